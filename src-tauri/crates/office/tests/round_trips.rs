//! How often a person waits for the server: with an office in another town every question costs a tenth of a second.

#![allow(clippy::expect_used, clippy::unwrap_used, reason = "a failed step is a failed test")]

mod common;

use chrono::TimeDelta;
use common::yard::{A, at, done, enter, yard};
use common::{Computer, input};
use neff_tests::proxy::Proxy;
use office::connecting::ConnectionInput;
use office::view::{JobMove, ScheduleJob};

fn later(job: &ScheduleJob, hours: i64) -> JobMove {
    let by = TimeDelta::hours(hours);
    JobMove { id: job.id, version: job.version, start: job.start + by, end: job.end + by, reassign: None }
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_move_asks_six_times() {
    let (office, dana) = yard().await;
    let mut job = enter(&dana, A, "2027-06-07T06:00", "2027-06-07T14:00").await;
    let proxy = Proxy::start(office.port).await;
    let far = Computer::new();
    far.office.connect(&ConnectionInput { port: proxy.port(), ..input(&office) }, None).await.unwrap();

    let mut fewest = usize::MAX;
    // What the link does by itself, and statements that are asked for the first time, are not the move's.
    for turn in 0..8 {
        let before = proxy.seen().asked;
        let (_, jobs) = done(far.office.move_jobs(&[later(&job, 1 - 2 * (turn % 2))], None, None).await.unwrap());
        fewest = fewest.min(proxy.seen().asked - before);
        job = jobs.into_iter().next().unwrap();
    }
    assert_eq!(job.start, at("2027-06-07T06:00"), "there and back");
    assert!(fewest <= 6, "begin, lock, write, show, record, commit; not {fewest}");
}
