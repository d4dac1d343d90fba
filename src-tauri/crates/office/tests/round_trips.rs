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
    // What the link does by itself goes through other connections; a statement asked for the first time asks twice.
    for turn in 0..20 {
        let before = proxy.asked();
        let (_, jobs) = done(far.office.move_jobs(&[later(&job, 1 - 2 * (turn % 2))], None, None).await.unwrap());
        let after = proxy.asked();
        let busiest = after.iter().enumerate().map(|(n, all)| all - before.get(n).copied().unwrap_or_default()).max();
        fewest = fewest.min(busiest.unwrap_or_default());
        job = jobs.into_iter().next().unwrap();
    }
    assert_eq!(job.start, at("2027-06-07T06:00"), "there and back");
    // The ROLLBACK with which the pool takes a connection back may be counted already; nobody waits for it.
    assert!((6..=7).contains(&fewest), "begin, lock, write, show, record, commit; not {fewest}");
}
