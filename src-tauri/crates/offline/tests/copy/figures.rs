//! How long it takes: `cargo test --release -p neff-offline --test copy -- --ignored --nocapture figures`.

use std::time::{Duration, Instant};

use chrono::TimeDelta;
use offline::{Kind, Progress, Refresh, ScheduleCopy, Window};

use crate::support::{Job, Office, expected, fill, hours, identity, job, key, others, progress, record};

const JOBS: u32 = 10_000;

fn measure(what: &str, times: usize, mut act: impl FnMut(usize)) -> Duration {
    let mut taken: Vec<Duration> = (0..times)
        .map(|n| {
            let start = Instant::now();
            act(n);
            start.elapsed()
        })
        .collect();
    taken.sort();
    let at = |percent: usize| taken[(taken.len() - 1) * percent / 100];
    println!("{what:<48} p50 {:>9.2?}   p95 {:>9.2?}   max {:>9.2?}", at(50), at(95), at(100));
    at(95)
}

/// Of a usual length, 10,000 of them in 120 days.
fn usual(n: u32, version: i64) -> Job {
    let mut job = job(n, version);
    job.start = hours(-24 * 30) + TimeDelta::seconds(i64::from(n) * 1036);
    job.end = job.start + TimeDelta::hours(8);
    job.instructions = Some("Gate code 4471; keep the driveway of number 9 free. ".repeat(6));
    job.assignments = job.assignments.iter().cycle().take(9).cloned().collect();
    job
}

#[test]
#[ignore = "takes a while: measures"]
fn figures() {
    let office = Office::empty();
    let window = Window { from: hours(-24 * 30), until: hours(24 * 95) };
    let at = |n: i64| Progress { window, ..progress(n) };
    let all = |version| (0..JOBS).map(move |n| record(&usual(n, version))).chain(others());
    let mut made = None;
    measure("first full pass, 10,000 jobs", 1, |_| {
        let mut pass = ScheduleCopy::begin(&office.path, &key(), identity()).unwrap();
        pass.add(all(1)).unwrap();
        made = Some(pass.finish(&at(1)).unwrap());
    });
    let mut copy = made.unwrap();
    assert_eq!(copy.count(Kind::Job).unwrap(), u64::from(JOBS));
    println!("{:<48} {} KB", "size", std::fs::metadata(&office.path).unwrap().len() / 1000);
    let mut next = 2;
    measure("another full pass, exchange included", 3, |_| {
        let mut pass = copy.full_pass().unwrap();
        pass.add(all(next)).unwrap();
        copy.swap_in(pass, &at(next)).unwrap();
        next += 1;
    });
    let slowest = measure("refresh after one change", 200, |n| {
        let upserts = vec![record(&usual(u32::try_from(n).unwrap() * 47, next))];
        copy.apply(&Refresh { upserts, ..Refresh::default() }, &at(next)).unwrap();
        next += 1;
    });
    assert!(slowest <= Duration::from_millis(50));
    measure("refresh with nothing but the time", 200, |_| {
        copy.apply(&Refresh::default(), &at(next)).unwrap();
        next += 1;
    });
    drop(copy);

    measure("open", 50, |_| drop(ScheduleCopy::open(&office.path, &key(), &expected()).unwrap()));
    let mut jobs = 0;
    let slowest = measure("open and read a week and the resources", 50, |_| {
        let copy = ScheduleCopy::open(&office.path, &key(), &expected()).unwrap();
        let week: Vec<Job> = copy.jobs_between(hours(0), hours(24 * 7)).unwrap();
        for kind in Kind::ALL.into_iter().filter(|kind| *kind != Kind::Job) {
            let _: Vec<serde_json::Value> = copy.all(kind).unwrap();
        }
        jobs = week.len();
    });
    assert!(slowest <= Duration::from_millis(300));
    println!("{:<48} {jobs} jobs", "that week");
    measure("open and read all 10,000 jobs", 10, |_| {
        let copy = ScheduleCopy::open(&office.path, &key(), &expected()).unwrap();
        let all: Vec<Job> = copy.jobs_between(hours(-99_999), hours(99_999)).unwrap();
        assert_eq!(all.len(), JOBS as usize);
    });
    measure("open and search, nothing in memory", 20, |_| {
        let copy = ScheduleCopy::open(&office.path, &key(), &expected()).unwrap();
        let _: Vec<Job> = copy.search(Kind::Job, "whippoor 99", hours(0), 20).unwrap();
    });
    let copy = ScheduleCopy::open(&office.path, &key(), &expected()).unwrap();
    for text in ["w", "quarry 123", "8015551234", "nobody at all"] {
        measure(&format!("search: {text}"), 50, |_| {
            let _: Vec<Job> = copy.search(Kind::Job, text, hours(0), 20).unwrap();
        });
    }
    measure("read a week, open", 50, |_| {
        let _: Vec<Job> = copy.jobs_between(hours(0), hours(24 * 7)).unwrap();
    });
    measure("read a job", 200, |n| {
        let _: Option<Job> = copy.job(usual(u32::try_from(n).unwrap() * 31, 1).id).unwrap();
    });
    drop(copy);
    drop(fill(&office.path, 1));
}
