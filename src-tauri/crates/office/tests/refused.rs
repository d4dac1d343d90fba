//! A login the server accepts no more: the password is asked for, the copy is not shown meanwhile, and goes when the office's
//! grace is over.

#![allow(clippy::expect_used, clippy::unwrap_used, reason = "a failed step is a failed test")]

mod common;

use std::path::Path;
use std::time::{Duration, Instant};

use common::yard::yard;
use common::{Computer, input, online, open, until};
use neff_tests::office::{Office as TestOffice, PASSWORD};
use neff_tests::proxy::{Link, Proxy};
use office::connecting::ConnectionInput;
use office::link::ConnectionState;
use office::view::{JobFilter, ScheduleQuery};
use office::{ErrorCode, Office, Secrets};

fn soon() -> ScheduleQuery {
    let today = office::clock::now().date_naive();
    ScheduleQuery { from: today, until: today + chrono::Days::new(3), filter: JobFilter::default() }
}

fn refused(state: &ConnectionState) -> bool {
    matches!(state, ConnectionState::Offline { error, .. } if error.code == ErrorCode::WrongPassword)
}

fn copies(folder: &Path) -> usize {
    let entries = std::fs::read_dir(folder.join("data").join("offline")).unwrap();
    entries.flatten().filter(|e| e.path().extension().is_some_and(|x| x == "db")).count()
}

async fn wait(what: &str, condition: impl AsyncFn() -> bool) {
    let started = Instant::now();
    while !condition().await {
        assert!(started.elapsed() < Duration::from_secs(30), "not in time: {what}");
        tokio::time::sleep(Duration::from_millis(20)).await;
    }
}

/// The office lets the person log in, or does not.
async fn let_in(office: &TestOffice, may: bool) {
    let verb = if may { "LOGIN" } else { "NOLOGIN" };
    office.execute(&format!("ALTER ROLE \"{}\" {verb}", office.login)).await;
    if !may {
        office.terminate_sessions().await;
    }
}

async fn nothing_is_shown(office: &Office) {
    for code in [
        office.schedule(&soon()).await.map(|_| ()).unwrap_err().code,
        office.today().await.map(|_| ()).unwrap_err().code,
        office.schedule_of_the_copy(&soon()).await.map(|_| ()).unwrap_err().code,
        office.offline_copy().await.map(|_| ()).unwrap_err().code,
    ] {
        assert_eq!(code, ErrorCode::WrongPassword);
    }
}

#[tokio::test]
async fn a_refused_login_hides_the_copy_until_it_is_accepted_again_and_wipes_it_after_the_grace() {
    let (at, _dana) = yard().await;
    let proxy = Proxy::start(at.port).await;
    // A keychain that still has the copy's key at the next start of the program, but not the password.
    let key = || Secrets::given("5e".repeat(32).into());
    let computer = Computer::with(key());
    let there = ConnectionInput { port: proxy.port(), ..input(&at) };
    computer.office.connect(&there, Some(PASSWORD.to_owned())).await.unwrap();
    let office = &computer.office;
    wait("a copy", async || office.schedule_of_the_copy(&soon()).await.is_ok()).await;

    let_in(&at, false).await;
    until(office, "refused", refused).await;
    nothing_is_shown(office).await;
    assert_eq!(copies(computer.folder.path()), 1, "for a week it stays");
    // Pulling the plug, and starting the program again, is no way around.
    proxy.set(Link::Refuse).await;
    until(office, "without an answer", |s| matches!(s, ConnectionState::Offline { .. }) && !refused(s)).await;
    nothing_is_shown(office).await;
    office.stop().await;
    let (office, _) = open(computer.folder.path(), key());
    office.start().await;
    nothing_is_shown(&office).await;
    assert_eq!(copies(computer.folder.path()), 1, "it is the note that hides it");

    // Accepted again, it is as it was; and without an answer the copy is shown.
    let_in(&at, true).await;
    proxy.set(Link::Pass).await;
    office.connect(&there, Some(PASSWORD.to_owned())).await.unwrap();
    until(&office, "online", online).await;
    wait("the copy", async || office.schedule_of_the_copy(&soon()).await.is_ok()).await;
    proxy.set(Link::Refuse).await;
    until(&office, "offline", |s| matches!(s, ConnectionState::Offline { .. })).await;
    assert!(office.schedule(&soon()).await.unwrap().copy_as_of.is_some());

    // An office that allows no grace.
    proxy.set(Link::Pass).await;
    until(&office, "online", online).await;
    at.execute("UPDATE system_config SET value = '0' WHERE key = 'offline_refused_days'").await;
    let since = office::clock::now();
    wait("a newer copy", async || {
        office.schedule_of_the_copy(&soon()).await.is_ok_and(|shown| shown.copy_as_of > Some(since))
    })
    .await;
    let_in(&at, false).await;
    until(&office, "refused", refused).await;
    wait("it is wiped", async || copies(computer.folder.path()) == 0).await;
    let_in(&at, true).await;
}
