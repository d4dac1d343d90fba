//! What another session holds up is told by the worker, as soon as it lets go, once.

#![allow(clippy::expect_used, clippy::unwrap_used, reason = "a failed step is a failed test")]

use std::time::Duration;

use neff_tests::office::Office;
use neff_tests::session::Session;
use neff_tests::worker::{Worker, count};

/// The worker tries again every two seconds what somebody holds up.
const SOON: Duration = Duration::from_secs(10);

#[tokio::test]
async fn an_alert_that_was_held_up_pops_up_once_when_it_is_let_go() {
    let (office, session) = (Office::open().await, Session::start().await);
    let _worker = Worker::proven(&session, &office, office.port).await;
    let mut held = office.keeper().await.begin().await.unwrap();
    sqlx::query("SELECT * FROM alert_types FOR UPDATE").execute(&mut *held).await.unwrap();
    office.request_estimate("Maple Street Church").await;
    assert_eq!(office.count("SELECT count(*) FROM neff.alert_events").await, 1);
    assert_eq!(count(&session.popups.shown(), "Maple Street Church"), 0);
    held.rollback().await.unwrap();
    session.popups.wait("the popup", SOON, |shown| count(shown, "Maple Street Church") > 0).await;
    let marker = neff_tests::postgres::unique("Marker");
    office.request_estimate(&marker).await;
    session.popups.wait("the popup of a later event", SOON, |shown| count(shown, &marker) > 0).await;
    assert_eq!(count(&session.popups.shown(), "Maple Street Church"), 1);
    // The worker keeps the database, too.
    assert_eq!(office.count("SELECT count(*) FROM neff.alert_events").await, 0);
}
