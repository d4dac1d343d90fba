//! The schedule without a network: copied while the server answers, shown when it does not, wiped with whose it is.

#![allow(clippy::expect_used, clippy::unwrap_used, reason = "a failed step is a failed test")]

mod common;

use std::path::PathBuf;
use std::time::{Duration, Instant};

use common::yard::{A, at, done, enter, to, yard};
use common::{Computer, input, online, open, until};
use neff_tests::office::{Office as TestOffice, PASSWORD};
use neff_tests::proxy::{Link, Proxy};
use office::connecting::ConnectionInput;
use office::link::ConnectionState;
use office::view::{JobFilter, JobGroup, JobListQuery, JobSort, Schedule, ScheduleQuery};
use office::{ErrorCode, Secrets};
use uuid::Uuid;

/// A computer behind a link that can be cut.
async fn behind(office: &TestOffice) -> (Computer, Proxy) {
    let proxy = Proxy::start(office.port).await;
    let computer = Computer::new();
    let there = ConnectionInput { port: proxy.port(), ..input(office) };
    computer.office.connect(&there, None).await.unwrap();
    (computer, proxy)
}

fn soon() -> ScheduleQuery {
    let today = office::clock::now().date_naive();
    ScheduleQuery {
        from: today - chrono::Days::new(3),
        until: today + chrono::Days::new(30),
        filter: JobFilter::default(),
    }
}

/// Waits until the copy has caught up with a moment of the database.
async fn copied(computer: &Computer, what: &str, wanted: impl Fn(&Schedule) -> bool) -> Schedule {
    // Read through the copy itself: whatever it says is what somebody without a network sees.
    let started = Instant::now();
    loop {
        let shown = computer.office.schedule_of_the_copy(&soon()).await;
        match shown {
            Ok(schedule) if wanted(&schedule) => return schedule,
            other => assert!(started.elapsed() < Duration::from_secs(20), "{what} is not in the copy: {other:?}"),
        }
        tokio::time::sleep(Duration::from_millis(20)).await;
    }
}

fn files(computer: &Computer) -> Vec<PathBuf> {
    let folder = computer.folder.path().join("data").join("offline");
    let Ok(entries) = std::fs::read_dir(folder) else { return Vec::new() };
    entries.filter_map(|e| Some(e.ok()?.path())).filter(|p| p.metadata().is_ok_and(|m| m.len() > 0)).collect()
}

async fn tomorrow(office: &TestOffice) -> Uuid {
    let id = Uuid::new_v4();
    office
        .execute(&format!(
            "INSERT INTO job_schedules (id, contract_id, start_date, end_date, location_address, special_instructions, crew_assigned)
             VALUES ('{id}', '00000000-0000-4000-8000-0000000000d1', now() + interval '1 day', now() + interval '1 day 4 hours',
                     '77 Quarry Lane', 'Gate code 4417', '[{{\"id\": \"{A}\"}}, \"Big Bob\"]')"
        ))
        .await;
    id
}

#[tokio::test]
async fn with_no_network_the_schedule_is_shown_from_the_copy_and_comes_back_by_itself() {
    let (office, _dana) = yard().await;
    let id = tomorrow(&office).await;
    let (computer, proxy) = behind(&office).await;
    let before = copied(&computer, "the job", |s| s.jobs.iter().any(|j| j.id == id)).await;
    assert!(before.copy_as_of.is_some());
    proxy.set(Link::Refuse).await;
    until(&computer.office, "offline", |s| matches!(s, ConnectionState::Offline { .. })).await;

    let shown = computer.office.schedule(&soon()).await.unwrap();
    assert!(shown.copy_as_of.is_some());
    let job = shown.jobs.iter().find(|j| j.id == id).unwrap();
    assert_eq!(
        (job.customer.as_deref(), job.crews.as_slice(), job.unknown),
        (Some("Smith & Sons <Lot 4>"), &[A][..], 1)
    );
    assert!(shown.crews.iter().any(|c| c.id == A && c.lead.as_deref() == Some("Ann Ames")));
    let detail = computer.office.job(id).await.unwrap();
    assert_eq!(
        (detail.special_instructions.as_deref(), detail.unknown_names),
        (Some("Gate code 4417"), vec!["Big Bob".to_owned()])
    );
    assert!(detail.assigned.iter().any(|a| a.name == "Ann Ames" && a.via_crew.as_deref() == Some("Paving A")));
    let today = computer.office.today().await.unwrap();
    assert_eq!(today.days.iter().flat_map(|d| &d.crews).flat_map(|c| &c.jobs).filter(|j| j.id == id).count(), 1);
    let list = JobListQuery {
        from: None,
        until: None,
        filter: JobFilter { text: Some("smith QUARRY".into()), ..JobFilter::default() },
        group: JobGroup::Crew,
        sort: JobSort::Start,
        descending: false,
        after: None,
        limit: 50,
    };
    let found = computer.office.job_list(&list).await.unwrap();
    assert_eq!((found.items.len(), found.groups[0].key.as_str(), found.total), (1, "Paving A", Some(1)));
    // Nothing can be changed, and it says so.
    let version = office::view::JobVersion { id, version: job.version };
    let refused = computer.office.pin_jobs(&[version], true).await.unwrap_err();
    assert_eq!(refused.code, ErrorCode::NotConnected);

    proxy.set(Link::Pass).await;
    until(&computer.office, "online again", online).await;
    assert!(computer.office.schedule(&soon()).await.unwrap().copy_as_of.is_none());
}

#[tokio::test]
async fn the_copy_follows_every_change_deletions_included() {
    let (office, dana) = yard().await;
    let id = tomorrow(&office).await;
    let (computer, _proxy) = behind(&office).await;
    copied(&computer, "the job", |s| s.jobs.iter().any(|j| j.id == id)).await;
    // The contract's client has another name: every job of it is told so.
    office.execute("UPDATE contracts SET client_name = 'Oak Ridge HOA'").await;
    copied(&computer, "the client's name", |s| s.jobs.iter().any(|j| j.customer.as_deref() == Some("Oak Ridge HOA")))
        .await;
    // Leave, a new person, and a job moved by somebody else.
    office
        .execute(
            "INSERT INTO time_off (crew_member_id, kind, during) VALUES
                 ('00000000-0000-4000-8000-0000000000a1', 'leave', tstzrange(now() + interval '2 days', now() + interval '3 days'))",
        )
        .await;
    copied(&computer, "the leave", |s| s.time_off.len() == 1).await;
    let start = (office::clock::now() + chrono::TimeDelta::days(9)).format("%Y-%m-%dT06:00").to_string();
    let end = (office::clock::now() + chrono::TimeDelta::days(9)).format("%Y-%m-%dT12:00").to_string();
    let other = enter(&dana, A, &start, &end).await;
    copied(&computer, "the new job", |s| s.jobs.iter().any(|j| j.id == other.id)).await;
    let later = (office::clock::now() + chrono::TimeDelta::days(10)).format("%Y-%m-%dT").to_string();
    let moved = to(&other, &format!("{later}06:00"), &format!("{later}12:00"));
    done(dana.office.move_jobs(&[moved], None, None).await.unwrap());
    let there = at(&format!("{later}06:00"));
    copied(&computer, "the move", |s| s.jobs.iter().any(|j| j.id == other.id && j.start == there)).await;
    office.execute(&format!("DELETE FROM job_schedules WHERE id = '{id}'")).await;
    copied(&computer, "the deletion", |s| s.jobs.iter().all(|j| j.id != id)).await;
    computer.office.stop().await;
    let left = files(&computer);
    assert_eq!(left.len(), 2, "one copy and whose it is, nothing beside it: {left:?}");
}

#[tokio::test]
async fn a_write_somebody_leaves_open_keeps_nothing_out_of_the_copy() {
    let (office, _dana) = yard().await;
    let id = tomorrow(&office).await;
    let (computer, _proxy) = behind(&office).await;
    copied(&computer, "the job", |s| s.jobs.iter().any(|j| j.id == id)).await;
    // Somebody's tool on the server, hours in the middle of something; it changed a job, too.
    let mut other = office.website().await;
    let late = Uuid::new_v4();
    let text = format!(
        "BEGIN; INSERT INTO job_schedules (id, start_date, end_date, location_address)
         VALUES ('{late}', now() + interval '1 day', now() + interval '1 day 4 hours', '9 Late Ct')"
    );
    sqlx::raw_sql(sqlx::AssertSqlSafe(text)).execute(&mut other).await.unwrap();
    let before = office::clock::now();
    let after = tomorrow(&office).await;
    let shown = copied(&computer, "the job entered since", |s| s.jobs.iter().any(|j| j.id == after)).await;
    assert!(
        shown.copy_as_of.unwrap() > before - chrono::TimeDelta::seconds(1) && shown.jobs.iter().all(|j| j.id != late)
    );
    office.execute(&format!("DELETE FROM job_schedules WHERE id = '{after}'")).await;
    copied(&computer, "the deletion", |s| s.jobs.iter().all(|j| j.id != after)).await;
    // What commits late is not skipped.
    sqlx::raw_sql("COMMIT").execute(&mut other).await.unwrap();
    copied(&computer, "what was committed late", |s| s.jobs.iter().any(|j| j.id == late)).await;
}

#[tokio::test]
async fn a_copy_goes_with_its_person_and_with_its_connection() {
    let (office, _dana) = yard().await;
    let id = tomorrow(&office).await;
    let (computer, _proxy) = behind(&office).await;
    copied(&computer, "the job", |s| s.jobs.iter().any(|j| j.id == id)).await;
    assert_tells_nothing(&computer);
    // What is printed is made to be read, until whoever printed it is gone.
    let printed = (office::clock::now() + chrono::TimeDelta::days(1)).date_naive();
    let (sheet, _) = computer.office.day_sheet(printed, &[]).await.unwrap();
    assert!(sheet.exists());
    // Disabled in the office: nobody works here any more from that moment on, and nothing is left behind.
    office.execute(&format!("UPDATE app_users SET status = 'disabled' WHERE user_id = '{}'", office.user_id)).await;
    until(
        &computer.office,
        "shut out",
        |s| matches!(s, ConnectionState::Offline { error, .. } if error.code == ErrorCode::RightsMissing),
    )
    .await;
    gone(&computer).await;
    let started = Instant::now();
    while sheet.exists() {
        assert!(started.elapsed() < Duration::from_secs(10), "left behind: {}", sheet.display());
        tokio::time::sleep(Duration::from_millis(20)).await;
    }
    assert_tells_nothing(&computer);

    let (office, _dana) = yard().await;
    tomorrow(&office).await;
    let (computer, _proxy) = behind(&office).await;
    copied(&computer, "the job", |s| !s.jobs.is_empty()).await;
    let connection = computer.office.connections()[0].id;
    let (sheet, _) = computer.office.day_sheet(printed, &[]).await.unwrap();
    computer.office.forget_connection(connection).await.unwrap();
    assert!(!sheet.exists(), "{}", sheet.display());
    gone(&computer).await;
    assert_tells_nothing(&computer);
}

#[tokio::test]
async fn a_table_that_was_emptied_at_once_is_empty_in_the_copy() {
    let (office, _dana) = yard().await;
    let id = tomorrow(&office).await;
    let (computer, _proxy) = behind(&office).await;
    copied(&computer, "the job", |s| s.jobs.iter().any(|j| j.id == id)).await;
    // No row tells of it, and another transaction that is open holds the feed's horizon back: it is told once.
    let mut other = office.website().await;
    sqlx::raw_sql("BEGIN; INSERT INTO estimates (customer_name, email, service_type, project_address) VALUES ('x', 'x', 'residential', 'x')")
        .execute(&mut other)
        .await
        .unwrap();
    office.execute("TRUNCATE job_schedules CASCADE").await;
    copied(&computer, "that nothing is left", |s| s.jobs.is_empty()).await;
    let after = tomorrow(&office).await;
    copied(&computer, "what came after", |s| s.jobs.iter().any(|j| j.id == after)).await;
    sqlx::raw_sql("ROLLBACK").execute(&mut other).await.unwrap();
}

/// No file of this computer's shows a name, a place or a number, wherever it lies.
fn assert_tells_nothing(computer: &Computer) {
    let mut folders = vec![computer.folder.path().to_owned()];
    let mut read = 0;
    while let Some(folder) = folders.pop() {
        for entry in std::fs::read_dir(folder).unwrap() {
            let path = entry.unwrap().path();
            if path.is_dir() {
                folders.push(path);
                continue;
            }
            let bytes = std::fs::read(&path).unwrap();
            read += 1;
            assert!(!bytes.starts_with(b"%PDF"), "a paper was left behind: {}", path.display());
            for secret in ["Quarry", "Smith", "Ann Ames", "4417", "630-555"] {
                let stands = bytes.windows(secret.len()).any(|w| w == secret.as_bytes());
                assert!(!stands, "{secret} stands in {}", path.display());
            }
        }
    }
    assert!(read > 0, "there is something to be stolen");
}

async fn gone(computer: &Computer) {
    let started = Instant::now();
    while !files(computer).is_empty() {
        assert!(started.elapsed() < Duration::from_secs(10), "left behind: {:?}", files(computer));
        tokio::time::sleep(Duration::from_millis(20)).await;
    }
    assert!(computer.office.schedule_of_the_copy(&soon()).await.is_err());
}

#[tokio::test]
async fn without_its_key_a_copy_is_nothing_and_is_made_anew() {
    let (office, _dana) = yard().await;
    let id = tomorrow(&office).await;
    let (computer, proxy) = behind(&office).await;
    copied(&computer, "the job", |s| s.jobs.iter().any(|j| j.id == id)).await;
    computer.office.stop().await;
    // The next start of the program, on a computer whose keychain has lost the key.
    proxy.set(Link::Refuse).await;
    let (next, _) = open(computer.folder.path(), Secrets::given(PASSWORD.to_owned().into()));
    next.start().await;
    let error = next.schedule(&soon()).await.unwrap_err();
    assert!(matches!(error.code, ErrorCode::NotConnected | ErrorCode::NoAnswer), "{error:?}");
    proxy.set(Link::Pass).await;
    until(&next, "online", online).await;
    let next = Computer { office: next, ..computer };
    copied(&next, "the job, made anew", |s| s.jobs.iter().any(|j| j.id == id)).await;
}

async fn cut(computer: &Computer, proxy: &Proxy) {
    proxy.set(Link::Refuse).await;
    until(&computer.office, "offline", |s| matches!(s, ConnectionState::Offline { .. })).await;
}

#[tokio::test]
async fn behind_a_link_that_swallows_everything_it_starts_from_the_copy_at_once() {
    let (office, _dana) = yard().await;
    let id = tomorrow(&office).await;
    // A keychain that still has the copy's key at the next start of the program.
    let key = || Secrets::given("5e".repeat(32).into());
    let proxy = Proxy::start(office.port).await;
    let computer = Computer::with(key());
    let there = ConnectionInput { port: proxy.port(), ..input(&office) };
    computer.office.connect(&there, Some(PASSWORD.to_owned())).await.unwrap();
    copied(&computer, "the job", |s| s.jobs.iter().any(|j| j.id == id)).await;
    computer.office.stop().await;

    proxy.set(Link::Stall).await;
    let (next, _) = open(computer.folder.path(), key());
    let started = Instant::now();
    next.start().await;
    let shown = next.schedule(&soon()).await.unwrap();
    let took = started.elapsed();
    assert!(shown.copy_as_of.is_some() && shown.jobs.iter().any(|j| j.id == id));
    assert!(took < Duration::from_secs(2), "{took:?}");
    next.stop().await;
}

#[tokio::test]
async fn with_no_network_clashes_and_open_estimates_are_shown_from_the_copy() {
    let (office, _dana) = yard().await;
    let (first, second) = (tomorrow(&office).await, tomorrow(&office).await);
    // Website and telephone are busy: more are open than Today lists, some due in months, and one was answered.
    office
        .execute(
            "INSERT INTO estimates (id, customer_name, email, phone, service_type, project_address, description, response_by, status)
             SELECT ('00000000-0000-4000-9000-' || lpad(n::text, 12, '0'))::uuid, 'Caller ' || n, 'c@example.com', '630-555-0199',
                    'residential', n || ' Birch Rd', 'Cracks along the curb', now() + n * interval '1 day',
                    CASE n WHEN 3 THEN 'accepted' ELSE 'pending' END
               FROM generate_series(1, 150) AS n",
        )
        .await;
    let last = Uuid::from_u128(0x0000_0000_0000_4000_9000_0000_0000_0150);
    let answered = Uuid::from_u128(0x0000_0000_0000_4000_9000_0000_0000_0003);
    let (computer, proxy) = behind(&office).await;
    copied(&computer, "the clash", |s| s.clash_count > 0).await;
    let told = computer.office.schedule_clashes().await.unwrap();
    let estimate = computer.office.estimate(last).await.unwrap();
    cut(&computer, &proxy).await;

    let shown = computer.office.schedule_clashes().await.unwrap();
    assert_eq!(shown.total, told.total);
    let pair = |page: &office::view::ClashPage| {
        (page.items[0].job.id, page.items[0].other_job_id, page.items[0].people.clone())
    };
    assert_eq!(pair(&shown), pair(&told));
    assert!([first, second].contains(&shown.items[0].job.id));
    assert_eq!(computer.office.estimate(last).await.unwrap(), estimate);
    assert_eq!(estimate.description.as_deref(), Some("Cracks along the curb"));
    let today = computer.office.today().await.unwrap();
    assert_eq!(today.estimates.iter().map(|e| e.customer_name.as_str()).collect::<Vec<_>>(), ["Caller 1", "Caller 2"]);
    // One that is not in the copy is not gone: nobody can say before the server answers.
    let error = computer.office.estimate(answered).await.unwrap_err();
    assert_eq!(error.code, ErrorCode::NotConnected, "{error:?}");
}

#[tokio::test]
async fn names_in_the_copy_s_jobs_follow_whoever_is_renamed() {
    let (office, _dana) = yard().await;
    let id = tomorrow(&office).await;
    let (computer, proxy) = behind(&office).await;
    copied(&computer, "the job", |s| s.jobs.iter().any(|j| j.id == id)).await;
    office
        .execute(
            "UPDATE crews SET name = 'Night Paving' WHERE name = 'Paving A';
             UPDATE crew_members SET name = 'Ann Archer' WHERE name = 'Ann Ames';
             INSERT INTO crew_members (name, role) VALUES ('Big Bob', 'raker');
             UPDATE crew_memberships SET during = daterange('2020-01-01', '2020-02-01')
              WHERE crew_member_id = '00000000-0000-4000-8000-0000000000a2'",
        )
        .await;
    copied(&computer, "the names", |s| {
        s.crews
            .iter()
            .any(|c| c.name == "Night Paving" && c.lead.as_deref() == Some("Ann Archer") && c.members.len() == 1)
    })
    .await;
    let told = computer.office.job(id).await.unwrap();
    cut(&computer, &proxy).await;
    let shown = computer.office.job(id).await.unwrap();
    let names = |job: &office::view::JobDetail| {
        let mut all: Vec<_> = job.assigned.iter().map(|a| (a.name.clone(), a.via_crew.clone())).collect();
        all.sort();
        (all, job.unknown_names.clone())
    };
    assert_eq!(names(&shown), names(&told));
    let crew = Some("Night Paving".to_owned());
    assert_eq!(names(&shown).0, [("Ann Archer".to_owned(), crew), ("Big Bob".to_owned(), None)]);
    assert!(shown.unknown_names.is_empty(), "the word has somebody it names now");
}

#[tokio::test]
async fn what_is_kept_is_what_this_computer_s_settings_say() {
    let (office, _dana) = yard().await;
    let id = tomorrow(&office).await;
    office
        .execute(
            "INSERT INTO job_schedules (start_date, end_date, location_address) VALUES
                 (now() - interval '20 days', now() - interval '19 days 20 hours', 'Behind'),
                 (now() + interval '60 days', now() + interval '60 days 4 hours', 'Ahead')",
        )
        .await;
    let (computer, _proxy) = behind(&office).await;
    let set = async |change: fn(&mut office::view::ComputerSettings)| {
        let mut settings = computer.office.behaviour();
        change(&mut settings);
        computer.office.set_behaviour(settings).await.unwrap();
    };
    let day = |n: i64| (office::clock::now() + chrono::TimeDelta::days(n)).date_naive();
    let around = ScheduleQuery { from: day(-25), until: day(70), filter: JobFilter::default() };
    let holds = async |what: &str, wanted: &[&str]| {
        let started = Instant::now();
        loop {
            let shown = computer.office.schedule_of_the_copy(&around).await;
            let mut places: Vec<String> =
                shown.as_ref().map(|s| s.jobs.iter().map(|j| j.address.clone()).collect()).unwrap_or_default();
            places.sort();
            if places == wanted {
                return;
            }
            assert!(started.elapsed() < Duration::from_secs(20), "not {what}: {places:?} {:?}", shown.err());
            tokio::time::sleep(Duration::from_millis(20)).await;
        }
    };
    holds("all that is usual", &["77 Quarry Lane", "Ahead", "Behind"]).await;
    // Nothing is read again for less, but the next copy is as small as it is asked to be.
    set(|s| s.offline_copy = false).await;
    gone(&computer).await;
    assert_eq!(computer.office.offline_copy().await.unwrap(), None);
    set(|s| (s.offline_days_back, s.offline_days_ahead, s.offline_copy) = (5, 30, true)).await;
    holds("little", &["77 Quarry Lane"]).await;
    // More is asked for than the copy covers: read at once.
    set(|s| s.offline_days_ahead = 90).await;
    holds("more ahead", &["77 Quarry Lane", "Ahead"]).await;
    set(|s| s.offline_days_back = 30).await;
    holds("more of the past", &["77 Quarry Lane", "Ahead", "Behind"]).await;
    assert!(computer.office.job(id).await.is_ok());
}

#[tokio::test]
async fn switched_off_the_copies_of_every_connection_go_at_once_also_with_no_network() {
    let (office, _dana) = yard().await;
    tomorrow(&office).await;
    let (other, _lee) = yard().await;
    let theirs = tomorrow(&other).await;
    let (computer, first) = behind(&office).await;
    copied(&computer, "the job", |s| !s.jobs.is_empty()).await;
    let second = Proxy::start(other.port).await;
    let there = ConnectionInput { port: second.port(), ..input(&other) };
    computer.office.connect(&there, None).await.unwrap();
    copied(&computer, "the other office's job", |s| s.jobs.iter().any(|j| j.id == theirs)).await;
    let copies = || files(&computer).iter().filter(|p| p.extension().is_some_and(|e| e == "db")).count();
    assert_eq!(copies(), 2, "{:?}", files(&computer));
    first.set(Link::Refuse).await;
    cut(&computer, &second).await;
    assert!(computer.office.schedule(&soon()).await.unwrap().copy_as_of.is_some());

    let settings = office::view::ComputerSettings { offline_copy: false, ..computer.office.behaviour() };
    computer.office.set_behaviour(settings).await.unwrap();
    assert_eq!(files(&computer), Vec::<PathBuf>::new());
    assert!(computer.office.schedule(&soon()).await.is_err());
}

#[tokio::test]
async fn the_tray_says_how_much_waits_also_where_the_copy_keeps_a_part() {
    let (office, _dana) = yard().await;
    tomorrow(&office).await;
    office
        .execute(
            "INSERT INTO contracts (client_name, client_email, service_type, project_address, status)
             SELECT 'Client ' || n, 'c@example.com', 'commercial', n || ' Pine St', 'approved' FROM generate_series(1, 230) AS n",
        )
        .await;
    let (computer, proxy) = behind(&office).await;
    let told = computer.office.unscheduled(None).await.unwrap();
    assert_eq!((told.items.len(), told.total), (200, 230));
    copied(&computer, "the count", |s| s.unscheduled_count == 230).await;
    cut(&computer, &proxy).await;
    assert_eq!(computer.office.unscheduled(None).await.unwrap(), told);
    let some = computer.office.unscheduled(Some("no such client")).await.unwrap();
    assert_eq!((some.items.len(), some.total), (0, 0));
}
