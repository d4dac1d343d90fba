//! How the server is reached: by a socket in a folder of its own, or by a port where that cannot be; and who may read what it
//! keeps.
#![cfg(unix)]
#![expect(clippy::unwrap_used, reason = "a test fails by it")]

mod common;

use std::fs;
use std::io::Read;
use std::os::unix::fs::PermissionsExt;
use std::os::unix::net::{UnixListener, UnixStream};
use std::path::Path;
use std::time::{Duration, Instant};

use common::{LIMIT, Office, kill_all, sql};
use local_server::{LocalServer, LocalServerError, Stopped};
use secrecy::ExposeSecret;

#[tokio::test]
async fn other_program() {
    common::be_other_program().await;
}

fn rights(path: &Path) -> u32 {
    fs::metadata(path).unwrap().permissions().mode() & 0o777
}

#[tokio::test]
async fn nothing_of_it_is_open_to_others() {
    let office = Office::made().await;
    let running = office.start().await;
    office.fill(running.port);
    let sockets = office.folder.join("sockets");
    assert_eq!(running.host, sockets.display().to_string());
    let mut seen = Vec::new();
    let mut folders = vec![office.folder.clone()];
    while let Some(folder) = folders.pop() {
        assert_eq!(rights(&folder) & 0o077, 0, "{}", folder.display());
        for entry in fs::read_dir(&folder).unwrap().flatten() {
            let kind = entry.file_type().unwrap();
            if kind.is_dir() {
                folders.push(entry.path());
            } else {
                assert_eq!(rights(&entry.path()) & 0o077, 0, "{}", entry.path().display());
                seen.push(entry.file_name().into_string().unwrap());
            }
        }
    }
    for name in ["start.log", "control.log", "start.lock", "neff-office.conf", ".s.PGSQL.5432"] {
        assert!(seen.iter().any(|one| one == name), "{name}: {seen:?}");
    }
    // Opened by somebody, or by an archive it came back from: closed at the next start.
    assert_eq!(running.stop(LIMIT).await.unwrap(), Stopped::InOrder);
    fs::set_permissions(&sockets, fs::Permissions::from_mode(0o777)).unwrap();
    let running = office.start().await;
    assert_eq!(rights(&sockets), 0o700);
    running.stop(LIMIT).await.unwrap();
}

#[tokio::test]
async fn what_stands_in_the_sockets_place_is_no_obstacle() {
    let office = Office::made().await;
    let running = office.start().await;
    office.fill(running.port);
    kill_all(office.postmaster());
    drop(running);
    let sockets = office.folder.join("sockets");
    assert!(sockets.join(".s.PGSQL.5432").exists(), "left by the power cut");
    // Its number has been given to another program of the same person, which lives.
    let note = format!("{}\n{}\n1700000000\n5432\n../sockets\n", std::process::id(), office.data().display());
    fs::write(sockets.join(".s.PGSQL.5432.lock"), note).unwrap();
    let running = office.start().await;
    assert!(running.started_by_us);
    office.assert_kept(running.port);
    assert_eq!(running.stop(LIMIT).await.unwrap(), Stopped::InOrder);
    let _ = fs::remove_file(sockets.join(".s.PGSQL.5432"));
    let impostor = UnixListener::bind(sockets.join(".s.PGSQL.5432")).unwrap();
    let running = office.start().await;
    office.assert_kept(running.port);
    impostor.set_nonblocking(true).unwrap();
    assert!(impostor.accept().is_err(), "nobody came to it");
    running.stop(LIMIT).await.unwrap();
}

#[tokio::test]
async fn a_server_whose_socket_somebody_took_away_is_started_again() {
    let office = Office::made().await;
    let socket = office.folder.join("sockets/.s.PGSQL.5432");
    let first = office.start().await;
    office.fill(first.port);
    fs::remove_file(&socket).unwrap();
    assert!(!first.is_alive().await, "nobody comes to it any more");
    // Another program is still at work in it.
    let began = Instant::now();
    let outcome = office.server().start(&office.programs).await;
    assert!(matches!(outcome, Err(LocalServerError::InUse)), "{outcome:?}");
    assert!(began.elapsed() < Duration::from_secs(20), "{:?}", began.elapsed());
    // Its program is killed.
    drop(first);
    let second = office.start().await;
    assert!(second.started_by_us && second.is_alive().await);
    office.assert_kept(second.port);
    drop(second);

    // Somebody else listens in its place, and says nothing.
    fs::remove_file(&socket).unwrap();
    let impostor = UnixListener::bind(&socket).unwrap();
    let third = office.start().await;
    assert!(third.started_by_us);
    office.assert_kept(third.port);
    impostor.set_nonblocking(true).unwrap();
    let mut said = Vec::new();
    while let Ok((mut caller, _)) = impostor.accept() {
        caller.read_to_end(&mut said).unwrap();
    }
    assert_eq!(said, b"", "whoever looked in said nothing");
    assert_eq!(third.stop(LIMIT).await.unwrap(), Stopped::InOrder);
}

#[tokio::test]
async fn a_folder_with_too_long_a_name_is_reached_by_a_port() {
    let mut office = Office::empty().await;
    office.folder = office.temporary.join("a name that goes on ".repeat(5)).join("local-office");
    fs::create_dir_all(office.folder.parent().unwrap()).unwrap();
    office.make().await;
    office.by_port = true;
    let running = LocalServer::at(office.folder.clone())
        .with_base_for_root(office.temporary.join("base"))
        .start(&office.programs)
        .await
        .unwrap();
    assert_eq!(running.host, "127.0.0.1");
    office.fill(running.port);
    assert!(sql(&running.host, running.port, "wrong", "SELECT 1").unwrap_err().contains("password"));
    running.stop(LIMIT).await.unwrap();
}

#[tokio::test]
async fn one_that_an_earlier_program_started_on_a_port_is_joined_there_and_moves_at_the_next_start() {
    let office = Office::made_by_port().await;
    let earlier = office.start().await;
    office.fill(earlier.port);
    let now = || LocalServer::at(office.folder.clone()).with_base_for_root(office.temporary.join("base"));
    let joined = now().start(&office.programs).await.unwrap();
    assert_eq!((joined.host.as_str(), joined.port, joined.started_by_us), ("127.0.0.1", earlier.port, false));
    earlier.stop(LIMIT).await.unwrap();
    joined.stop(LIMIT).await.unwrap();
    let running = now().start(&office.programs).await.unwrap();
    let socket = office.folder.join("sockets").display().to_string();
    assert_eq!(running.host, socket);
    let kept = sql(&socket, running.port, office.password.expose_secret(), "SELECT name FROM jobs").unwrap();
    assert_eq!(kept, "Büro Größe");
    assert!(UnixStream::connect(office.folder.join("sockets/.s.PGSQL.5432")).is_ok());
    running.stop(LIMIT).await.unwrap();
}
