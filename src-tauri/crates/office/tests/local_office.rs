//! The local office: made by the program, and there again whatever happens to it.

#![allow(clippy::expect_used, clippy::unwrap_used, reason = "a failed step is a failed test")]

mod common;

use std::process::Command;
use std::sync::Arc;
use std::time::Duration;

use local_server::LocalServer;

use common::{Computer, Listener, online, open, until};
use office::link::ConnectionState;
use office::{ErrorCode, Office, Secrets};

const PASSWORD: &str = "0123456789abcdef";

fn secrets() -> Secrets {
    Secrets::given(PASSWORD.to_owned().into())
}

/// Stops the server also when a test fails: every server whose folder is below this computer's.
struct Cleaned(Computer);

impl Drop for Cleaned {
    fn drop(&mut self) {
        for pid in servers(&self.0) {
            let _ = Command::new("kill").args(["-QUIT", &pid.to_string()]).status();
        }
    }
}

fn local(sample: Secrets) -> Cleaned {
    Cleaned(Computer::with(sample))
}

/// The server processes of this computer's local office, the first the one that started the others.
fn servers(computer: &Computer) -> Vec<u32> {
    let server = LocalServer::at(computer.folder.path().join("data").join("local-office"));
    let note = server.logs().with_file_name("data").join("postmaster.pid");
    let Ok(note) = std::fs::read_to_string(note) else { return Vec::new() };
    let Some(first) = note.lines().next().and_then(|l| l.trim().parse::<u32>().ok()) else { return Vec::new() };
    if !neff_tests::keeper::is_alive(first) {
        return Vec::new();
    }
    let found = Command::new("pgrep").args(["-P", &first.to_string()]).output().unwrap();
    let children = String::from_utf8_lossy(&found.stdout).lines().filter_map(|l| l.parse().ok()).collect::<Vec<_>>();
    std::iter::once(first).chain(children).collect()
}

async fn make(computer: &Computer, sample: bool) -> ConnectionState {
    let state = computer.office.create_local_office("Dana Neff", sample).await.unwrap();
    assert!(online(&state), "{state:?}");
    state
}

/// As the program's end and next start.
async fn reopen(computer: &Computer, secrets: Secrets) -> (Arc<Office>, Arc<Listener>) {
    computer.office.stop().await;
    let (office, desktop) = open(computer.folder.path(), secrets);
    office.start().await;
    (office, desktop)
}

/// One full walk: sample data, then the ways a server and its password get lost. One cluster for all of it: making one
/// takes seconds.
#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_local_office_is_made_and_survives_what_happens_to_it() {
    let cleaned = local(secrets());
    let computer = &cleaned.0;
    let error = computer.office.create_local_office("  ", true).await.unwrap_err();
    assert_eq!((error.code, error.field.as_deref()), (ErrorCode::Invalid, Some("name")));
    assert!(!computer.office.local_office().await.exists);

    let state = make(computer, true).await;
    let ConnectionState::Online { person, person_is_proven, local, may_administer, server, .. } = state else {
        panic!()
    };
    if cfg!(unix) {
        assert!(server.starts_with('/') && server.ends_with("local-office/sockets"), "not by the network: {server}");
    }
    assert_eq!((person.name.as_str(), person_is_proven, local, may_administer), ("Dana Neff", true, true, true));
    let today = computer.office.today().await.unwrap();
    assert!(today.estimate_count > 0 && today.alert_count > 0, "sample data, with alerts for the person");
    assert!(computer.desktop.heard("LocalOffice") > 5, "the steps were told");
    let me = computer.office.me().await.unwrap();
    assert_eq!((me.office_role.as_str(), me.login.as_str()), ("owner", "office"), "the first person keeps the office");
    assert!(computer.office.local_office().await.running);

    // A second program of the same person joins it, and one of them may end without taking it along.
    let (second, _) = open(computer.folder.path(), secrets());
    second.start().await;
    assert!(online(&second.settled().await));
    computer.office.stop().await;
    assert!(second.today().await.unwrap().estimate_count > 0, "the server still runs for the other");

    // The power goes: everything is killed at once.
    let killed = servers(computer);
    assert!(!killed.is_empty());
    for pid in &killed {
        let _ = Command::new("kill").args(["-KILL", &pid.to_string()]).status();
    }
    until(&second, "online again by itself", online).await;
    let mut alive = None;
    for _ in 0..600 {
        alive = second.today().await.ok();
        if alive.is_some() {
            break;
        }
        tokio::time::sleep(Duration::from_millis(50)).await;
    }
    assert_eq!(alive.expect("it recovers").estimate_count, today.estimate_count, "nothing committed is lost");
    second.stop().await;
    assert!(servers(computer).is_empty(), "the last one out stops it");

    // The keychain has lost (or mixed up) both passwords.
    let (third, _) = reopen(computer, Secrets::given("fedcba9876543210".to_owned().into())).await;
    let state = third.settled().await;
    assert!(online(&state), "{state:?}");
    assert_eq!(third.today().await.unwrap().estimate_count, today.estimate_count);

    // Making it again finds it made, and adds nothing.
    third.create_local_office("Somebody Else", true).await.unwrap();
    assert_eq!(third.me().await.unwrap().name, "Dana Neff");
    // Forgetting the connection keeps the office; it opens again, with passwords set anew.
    let id = third.connections()[0].id;
    assert_eq!(third.forget_connection(id).await.unwrap(), ConnectionState::NotConfigured);
    assert!(servers(computer).is_empty());
    assert!(third.local_office().await.exists);
    assert!(online(&third.open_local_office().await.unwrap()));
    assert_eq!(third.me().await.unwrap().name, "Dana Neff");
    third.stop().await;
    assert!(servers(computer).is_empty());
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn an_empty_office_holds_nothing_and_gives_way_to_a_server() {
    let cleaned = local(secrets());
    let computer = &cleaned.0;
    make(computer, false).await;
    let today = computer.office.today().await.unwrap();
    assert_eq!((today.estimate_count, today.days[0].job_count), (0, 0));
    let error = computer.office.open_local_office().await;
    assert!(error.is_ok(), "it is open already");

    let at = neff_tests::office::Office::open().await;
    let state = computer.office.connect(&common::input(&at), Some(neff_tests::office::PASSWORD.into())).await.unwrap();
    assert!(online(&state), "{state:?}");
    assert!(servers(computer).is_empty(), "nobody uses it, so it does not run");
    let local = computer.office.connections().into_iter().find(|c| !c.active).unwrap();
    assert!(online(&computer.office.switch_connection(local.id).await.unwrap()));
    computer.office.stop().await;
}

#[tokio::test]
async fn without_one_there_is_a_sentence() {
    let computer = Computer::with(secrets());
    let error = computer.office.open_local_office().await.unwrap_err();
    assert_eq!(error.code, ErrorCode::LocalOffice);
    assert!(error.message.ends_with('.'), "{}", error.message);
}
