//! Figures of the core for `./dev bench`: `cargo test -p neff-office-core --test figures -- --ignored --nocapture`.

#![allow(clippy::expect_used, clippy::unwrap_used, reason = "a failed step is a failed test")]

mod common;

use std::time::{Duration, Instant};

use chrono::{Datelike, TimeDelta};
use common::{Computer, online, until};
use neff_tests::keeper::program;
use neff_tests::office::Office as TestOffice;
use neff_tests::private_server::{Encryption, PrivateServer};
use office::Secrets;
use office::link::ConnectionState;
use office::view::{
    InboxOrder, InboxQuery, InboxShow, JobFilter, JobGroup, JobListQuery, JobMove, JobSort, ScheduleOutcome,
    ScheduleQuery,
};

/// One line: what, how often, 50th, 95th and 99th percentile, what it should be.
fn figure(what: &str, sizes: &str, mut times: Vec<Duration>, aim: &str) {
    times.sort_unstable();
    let at = |share: usize| times[(times.len() * share / 100).min(times.len() - 1)].as_secs_f64() * 1000.0;
    println!("| {what} | {sizes} | {} | {:.1} ms | {:.1} ms | {:.1} ms | {aim} |", times.len(), at(50), at(95), at(99));
}

#[tokio::test]
#[ignore = "a figure, not a test"]
async fn a_page_of_the_inbox_at_a_million_alerts() {
    let at = TestOffice::open().await;
    at.execute(&format!(
        "INSERT INTO dashboard_notifications (user_id, alert_type_id, title, message, priority_level, is_read, created_at)
         SELECT '{}', (SELECT id FROM alert_types ORDER BY name OFFSET n % 5 LIMIT 1), 'Estimate request ' || n,
                'Customer ' || md5(n::text) || ' asks for a driveway', 1 + (n / 7) % 5, n % 50 <> 0, now() - n * interval '37 seconds'
           FROM generate_series(1, 1000000) AS n; ANALYZE dashboard_notifications",
        at.user_id
    ))
    .await;
    at.execute("VACUUM dashboard_notifications").await;
    let dana = Computer::of(&at).await;
    let base = InboxQuery {
        show: InboxShow::All,
        order: InboxOrder::Newest,
        search: None,
        types: Vec::new(),
        min_priority: None,
        expired: false,
        after: None,
        limit: 50,
    };
    let queries = [
        ("unread and read, newest", base.clone()),
        ("unread, most urgent", InboxQuery { show: InboxShow::Unread, order: InboxOrder::Priority, ..base.clone() }),
        ("read only", InboxQuery { show: InboxShow::Read, ..base.clone() }),
        (
            "one kind, priority 4 and more",
            InboxQuery { min_priority: Some(4), types: vec!["system_error".into()], ..base.clone() },
        ),
        ("a word all have", InboxQuery { search: Some("driveway".into()), ..base.clone() }),
        ("a word one has", InboxQuery { search: Some("c4ca4238a0b9".into()), ..base.clone() }),
        ("a word none has", InboxQuery { search: Some("zzzzzz".into()), ..base }),
    ];
    for (name, mut query) in queries {
        let mut times = Vec::new();
        for _ in 0..40 {
            let started = Instant::now();
            let page = dana.office.inbox(&query).await.unwrap();
            times.push(started.elapsed());
            query.after = page.next;
        }
        figure(&format!("inbox page of 50: {name}"), "1,000,000 alerts", times, "≤ 30 ms");
    }
}

/// An office with sample data, `NEFF_BENCH_SCALE` times a real one, and that number.
async fn filled() -> (TestOffice, String) {
    let scale = std::env::var("NEFF_BENCH_SCALE").unwrap_or_else(|_| "1".to_owned());
    let at = TestOffice::open().await;
    let url = &at.database.as_ref().unwrap().url;
    let filled = std::process::Command::new(program("neff"))
        .args(["sample-data", "--scale", &scale, "--url", url])
        .output()
        .unwrap();
    assert!(filled.status.success());
    at.execute("VACUUM ANALYZE").await;
    (at, format!("sample data {scale}×"))
}

#[tokio::test]
#[ignore = "a figure, not a test"]
async fn a_keystroke_of_the_palette() {
    let (at, sizes) = filled().await;
    let dana = Computer::of(&at).await;
    for text in ["s", "sm", "smi", "smit", "smith", "oak st", "63055", "paver", "zzzz", "street"] {
        let mut times = Vec::new();
        for _ in 0..40 {
            let started = Instant::now();
            dana.office.search(text, 20).await.unwrap();
            times.push(started.elapsed());
        }
        figure(&format!("palette: “{text}”"), &sizes, times, "≤ 60 ms with the window");
    }
}

/// The questions of the Schedule screen, and a move from the click to the other desktop's board.
#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
#[ignore = "a figure, not a test"]
async fn the_schedule() {
    let (at, sizes) = filled().await;
    let (dana, eli) = (Computer::of(&at).await, Computer::of(&at).await);
    let today = dana.office.today().await.unwrap().today;
    let monday = today - TimeDelta::days(i64::from(today.weekday().num_days_from_monday()));
    let week = |filter| ScheduleQuery { from: monday, until: monday + TimeDelta::days(7), filter };
    let asked = week(JobFilter::default());
    let jobs = dana.office.schedule(&asked).await.unwrap().jobs;
    let mut times = Vec::new();
    for _ in 0..100 {
        let started = Instant::now();
        dana.office.schedule(&asked).await.unwrap();
        times.push(started.elapsed());
    }
    figure(&format!("board's week, {} jobs", jobs.len()), &sizes, times, "p50 ≤ 15, p99 ≤ 30 ms");

    let all = JobListQuery {
        filter: JobFilter::default(),
        from: None,
        until: None,
        group: JobGroup::None,
        sort: JobSort::Start,
        descending: true,
        after: None,
        limit: 50,
    };
    let ahead = JobListQuery { from: Some(today), descending: false, ..all.clone() };
    let only = |filter| JobListQuery { filter, ..all.clone() };
    let named = |text: &str| JobListQuery {
        filter: JobFilter { text: Some(text.to_owned()), ..JobFilter::default() },
        ..all.clone()
    };
    let lists = [
        ("all, latest first".to_owned(), "≤ 30 ms", all.clone()),
        ("all by customer".to_owned(), "≤ 30 ms", JobListQuery { sort: JobSort::Customer, ..all.clone() }),
        ("all by address".to_owned(), "≤ 30 ms", JobListQuery { sort: JobSort::Address, ..all.clone() }),
        ("all by last change".to_owned(), "≤ 30 ms", JobListQuery { sort: JobSort::Updated, ..all.clone() }),
        ("from today".to_owned(), "≤ 30 ms", ahead.clone()),
        ("from today, by crew".to_owned(), "≤ 30 ms", JobListQuery { group: JobGroup::Crew, ..ahead.clone() }),
        ("from today, by status".to_owned(), "≤ 30 ms", JobListQuery { group: JobGroup::Status, ..ahead }),
        ("all, by crew".to_owned(), "≤ 30 ms", JobListQuery { group: JobGroup::Crew, ..all.clone() }),
        (
            "all of one service".to_owned(),
            "≤ 30 ms",
            only(JobFilter { services: vec!["commercial".to_owned()], ..JobFilter::default() }),
        ),
        ("all with nobody on them".to_owned(), "≤ 30 ms", only(JobFilter { unassigned: true, ..JobFilter::default() })),
    ];
    let mut times = Vec::new();
    for _ in 0..40 {
        let started = Instant::now();
        dana.office.today().await.unwrap();
        times.push(started.elapsed());
    }
    figure("Today", &sizes, times, "≤ 30 ms");
    let mut times = Vec::new();
    for _ in 0..40 {
        let started = Instant::now();
        dana.office.unscheduled(None).await.unwrap();
        times.push(started.elapsed());
    }
    figure("tray of work without a job", &sizes, times, "≤ 30 ms");
    let texts = ["m", "ma", "map", "maple", "smith", "maple ave", "zzzz", "(630) 555 0143"];
    let searches = texts.map(|text| (format!("“{text}”"), "≤ 50 ms", named(text)));
    for (name, aim, mut query) in lists.into_iter().chain(searches) {
        let mut times = Vec::new();
        for _ in 0..40 {
            let started = Instant::now();
            let page = dana.office.job_list(&query).await.unwrap();
            times.push(started.elapsed());
            query.after = page.next;
        }
        figure(&format!("list page of 50: {name}"), &sizes, times, aim);
    }

    // Eli's board is open: it hears, and reads the week again.
    let mut moving: Vec<_> = jobs.into_iter().filter(|j| j.status == "scheduled" && j.clashes == 0).take(40).collect();
    let mut times = Vec::new();
    for turn in 0..100 {
        let count = moving.len();
        let job = &mut moving[turn % count];
        let by = TimeDelta::minutes(if (turn / count) % 2 == 0 { 1 } else { -1 });
        let to = JobMove { id: job.id, version: job.version, start: job.start + by, end: job.end + by, reassign: None };
        let heard = eli.desktop.heard("ScheduleChanged");
        let started = Instant::now();
        let ScheduleOutcome::Done { jobs, .. } = dana.office.move_jobs(&[to], None, None).await.unwrap() else {
            continue;
        };
        while eli.desktop.heard("ScheduleChanged") == heard {
            tokio::time::sleep(Duration::from_micros(200)).await;
        }
        let seen = eli.office.schedule(&asked).await.unwrap().jobs;
        assert!(seen.iter().any(|j| j.id == jobs[0].id && j.version == jobs[0].version));
        times.push(started.elapsed());
        *job = jobs.into_iter().next().unwrap();
    }
    figure("a job is moved → on the other board", &sizes, times, "p95 ≤ 150 ms");
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
#[ignore = "a figure, not a test"]
async fn a_new_local_office_with_sample_data() {
    let mut times = Vec::new();
    for _ in 0..3 {
        let computer = Computer::with(Secrets::given("0123456789abcdef".to_owned().into()));
        let started = Instant::now();
        let state = computer.office.create_local_office("Dana Neff", true).await.unwrap();
        assert!(online(&state));
        computer.office.today().await.unwrap();
        times.push(started.elapsed());
        computer.office.stop().await;
    }
    figure("first run → Today, new local office", "sample data 1×", times, "≤ 10 s");
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
#[ignore = "a figure, not a test"]
async fn back_online_after_the_server_returns() {
    let server = tokio::task::spawn_blocking(|| PrivateServer::start(Encryption::Off)).await.unwrap();
    let at = TestOffice::open_on(&server).await;
    let computer = Computer::with(Secrets::given(neff_tests::office::PASSWORD.to_owned().into()));
    computer.office.connect(&common::input(&at), None).await.unwrap();
    let mut times = Vec::new();
    for round in 0..30_u64 {
        server.stop();
        until(&computer.office, "offline", |s| matches!(s, ConnectionState::Offline { .. })).await;
        // Down for as long as a restart of a server takes, and somewhat longer.
        tokio::time::sleep(Duration::from_millis(500 + 100 * round)).await;
        server.resume();
        let started = Instant::now();
        until(&computer.office, "online", online).await;
        times.push(started.elapsed());
    }
    figure("reconnect after the server returns", "down 0.5–3.5 s", times, "p95 ≤ 2 s");
}
