//! Links that break, servers that go away, programs that are killed: nothing is lost, nothing comes twice.

#![allow(clippy::expect_used, clippy::unwrap_used, reason = "a failed step is a failed test")]

use std::time::Duration;

use neff_tests::keeper::until;
use neff_tests::office::Office;
use neff_tests::postgres::unique;
use neff_tests::private_server::{Encryption, PrivateServer};
use neff_tests::proxy::{Link, Proxy};
use neff_tests::session::Session;
use neff_tests::worker::{Worker, count};

const SOON: Duration = Duration::from_secs(10);
/// A dead link is noticed by a heartbeat and its patience, and a new one comes after a pause: well under this.
const AFTER_A_FAULT: Duration = Duration::from_secs(45);

struct Desk {
    office: Office,
    session: Session,
    proxy: Proxy,
    worker: Worker,
}

impl Desk {
    async fn start() -> Self {
        let (office, session) = (Office::open().await, Session::start().await);
        let proxy = Proxy::start(office.port).await;
        let worker = Worker::proven(&session, &office, proxy.port()).await;
        Self { office, session, proxy, worker }
    }

    /// Everything of `names` was shown exactly once, also after a later event came through.
    async fn all_once(&self, names: &[String]) {
        let whole = |shown: &[_]| names.iter().all(|name| count(shown, name) > 0);
        self.session.popups.wait("all of them", AFTER_A_FAULT, whole).await;
        let marker = unique("Marker");
        self.office.request_estimate(&marker).await;
        let shown = self.session.popups.wait("the later event", AFTER_A_FAULT, |shown| count(shown, &marker) > 0).await;
        for name in names {
            assert_eq!(count(&shown, name), 1, "{name}: {shown:#?}");
        }
    }
}

#[tokio::test]
async fn every_session_terminated_again_and_again() {
    let desk = Desk::start().await;
    let mut names = Vec::new();
    for round in 0..5 {
        let name = format!("Terminated {round}");
        // Sessions end around a commit: half of the rounds just before it, half just after.
        if round % 2 == 0 {
            desk.office.request_estimate(&name).await;
        }
        until("the worker is there to be cut off", AFTER_A_FAULT, async || desk.office.terminate_sessions().await > 0)
            .await;
        if round % 2 == 1 {
            desk.office.request_estimate(&name).await;
        }
        desk.session.popups.wait(&name, AFTER_A_FAULT, |shown| count(shown, &name) > 0).await;
        names.push(name);
    }
    desk.all_once(&names).await;
}

#[tokio::test]
async fn a_link_that_is_reset() {
    let desk = Desk::start().await;
    desk.proxy.set(Link::Reset).await;
    desk.office.request_estimate("While Reset").await;
    until("the worker tries again", AFTER_A_FAULT, async || desk.proxy.seen().connections >= 4).await;
    assert_eq!(count(&desk.session.popups.shown(), "While Reset"), 0);
    desk.proxy.set(Link::Pass).await;
    desk.all_once(&["While Reset".to_owned()]).await;
}

#[tokio::test]
async fn a_server_that_refuses() {
    let desk = Desk::start().await;
    desk.proxy.set(Link::Refuse).await;
    desk.office.request_estimate("While Refused").await;
    until("the server sees nobody", AFTER_A_FAULT, async || desk.office.sessions().await == 0).await;
    desk.proxy.set(Link::Pass).await;
    desk.all_once(&["While Refused".to_owned()]).await;
}

#[tokio::test]
async fn a_link_that_stalls_for_good_is_noticed_and_replaced() {
    let desk = Desk::start().await;
    let before = desk.proxy.seen().connections;
    desk.proxy.set(Link::Stall).await;
    desk.office.request_estimate("While Stalled").await;
    // New links pass at once; the old ones stay open, and silent, for ever.
    desk.proxy.set(Link::Pass).await;
    until("the worker gives up the silent link", AFTER_A_FAULT, async || desk.proxy.seen().connections > before).await;
    desk.all_once(&["While Stalled".to_owned()]).await;
}

#[tokio::test]
async fn a_link_that_dies_between_the_wake_up_and_the_question() {
    let desk = Desk::start().await;
    let before = desk.proxy.seen().connections;
    desk.proxy.set(Link::Mute).await;
    // The server's word of it still arrives; what the worker asks then never does, and has no answer.
    desk.office.request_estimate("Heard Of, Not Known").await;
    desk.proxy.set(Link::Pass).await;
    until("the worker gives up the mute link", AFTER_A_FAULT, async || desk.proxy.seen().connections > before).await;
    desk.all_once(&["Heard Of, Not Known".to_owned()]).await;
}

#[tokio::test]
async fn a_link_that_hangs_and_goes_on() {
    let desk = Desk::start().await;
    desk.proxy.set(Link::Hold).await;
    desk.office.request_estimate("While Held").await;
    assert!(
        !neff_tests::keeper::within(Duration::from_secs(2), async || count(&desk.session.popups.shown(), "While Held")
            > 0)
        .await,
        "nothing passes"
    );
    desk.proxy.set(Link::Pass).await;
    desk.all_once(&["While Held".to_owned()]).await;
}

#[tokio::test]
async fn a_slow_link() {
    let desk = Desk::start().await;
    desk.proxy.set(Link::Delay(Duration::from_millis(400))).await;
    let names: Vec<_> = (0..3).map(|number| format!("Slowly {number}")).collect();
    for name in &names {
        desk.office.request_estimate(name).await;
        desk.session.popups.wait(name, AFTER_A_FAULT, |shown| count(shown, name) > 0).await;
    }
    desk.all_once(&names).await;
}

#[tokio::test]
async fn a_server_that_is_away_for_ten_seconds() {
    let server = PrivateServer::start(Encryption::Off);
    let (office, session) = (Office::open_on(&server).await, Session::start().await);
    let worker = Worker::proven(&session, &office, office.port).await;
    server.stop();
    // The fault itself lasts this long.
    tokio::time::sleep(Duration::from_secs(10)).await;
    server.resume();
    office.request_estimate("Right After The Start").await;
    session.popups.wait("it", AFTER_A_FAULT, |shown| count(shown, "Right After The Start") > 0).await;
    server.kill();
    server.resume();
    office.request_estimate("After The Power Failed").await;
    let shown = session.popups.wait("it", AFTER_A_FAULT, |shown| count(shown, "After The Power Failed") > 0).await;
    for name in ["Right After The Start", "After The Power Failed"] {
        assert_eq!(count(&shown, name), 1, "{shown:#?}");
    }
    worker.terminate(SOON).await;
}

#[tokio::test]
async fn killed_between_commit_and_popup() {
    let desk = Desk::start().await;
    desk.proxy.set(Link::Hold).await;
    desk.office.request_estimate("Committed, Not Shown").await;
    desk.worker.kill();
    assert_eq!(count(&desk.session.popups.shown(), "Committed, Not Shown"), 0, "it was killed before it could know");
    desk.proxy.set(Link::Pass).await;
    let worker = Worker::start(&desk.session, &desk.office, desk.proxy.port());
    let desk = Desk { worker, ..desk };
    desk.all_once(&["Committed, Not Shown".to_owned()]).await;
}

#[tokio::test]
async fn sigterm_ends_it_soon_whatever_the_link_does() {
    for link in [Link::Pass, Link::Stall, Link::Reset, Link::Refuse, Link::Hold] {
        let desk = Desk::start().await;
        desk.proxy.set(link).await;
        let took = desk.worker.terminate(Duration::from_secs(5)).await;
        assert!(took < Duration::from_secs(5), "{link:?}: {took:?}");
    }
}

#[tokio::test]
async fn its_password_is_nowhere_to_be_read() {
    let desk = Desk::start().await;
    desk.office.terminate_sessions().await;
    desk.office.request_estimate("After An Error").await;
    desk.session.popups.wait("it", AFTER_A_FAULT, |shown| count(shown, "After An Error") > 0).await;
    let password = neff_tests::office::PASSWORD;
    assert_eq!(desk.session.files_with(password), Vec::<std::path::PathBuf>::new(), "no file holds it");
    let arguments = std::fs::read(format!("/proc/{}/cmdline", desk.worker.process())).unwrap_or_default();
    assert!(!String::from_utf8_lossy(&arguments).contains(password), "no argument holds it");
}
