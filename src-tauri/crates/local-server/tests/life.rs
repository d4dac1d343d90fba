//! A whole life: made, started, used, stopped, started again; and what is refused.
#![cfg(unix)]
#![expect(clippy::unwrap_used, reason = "a test fails by it")]

mod common;

use std::fs;
use std::os::unix::fs::PermissionsExt;
use std::path::Path;
use std::process::Command;
use std::time::Duration;

use common::{LIMIT, Office, run, sql};
use local_server::{LocalServer, LocalServerError, Programs, Running, Stopped};
use secrecy::{ExposeSecret, SecretString};

#[tokio::test]
async fn is_made_started_stopped_and_started_again() {
    let office = Office::empty().await;
    let server = office.server();
    assert!(!server.exists());
    assert_eq!(server.major(), None);
    assert!(!office.folder.exists(), "looking makes nothing");
    assert!(matches!(server.start(&office.programs).await, Err(LocalServerError::NotThere)));

    office.make().await;
    assert!(server.exists());
    assert_eq!(server.major(), Some(office.programs.major));
    assert!(matches!(server.make(&office.programs, &office.password).await, Err(LocalServerError::AlreadyThere)));
    assert_eq!(fs::metadata(office.data()).unwrap().permissions().mode() & 0o777, 0o700);
    office.assert_nowhere(office.password.expose_secret());

    let running = office.start().await;
    assert!(running.started_by_us && running.is_alive().await);
    let port = running.port;
    office.fill(port);
    assert!(sql(&running.host, port, "wrong", "SELECT 1").unwrap_err().contains("password authentication failed"));
    let setting = |name: &str| office.sql(port, &format!("SHOW {name}")).unwrap();
    assert_eq!(running.host, office.host());
    assert_eq!(setting("listen_addresses"), "");
    assert_eq!(setting("unix_socket_directories"), "../sockets");
    assert!(sql("127.0.0.1", port, "", "SELECT 1").is_err(), "nobody on this computer comes by the network");
    assert_eq!(setting("max_connections"), "50");
    assert_eq!(setting("timezone"), "UTC");
    assert_eq!(setting("server_encoding"), "UTF8");
    assert_eq!(setting("fsync"), "on");
    assert_eq!(setting("data_checksums"), "on");
    assert_eq!(office.sql(port, "SELECT datcollate FROM pg_database LIMIT 1").unwrap(), "C");
    assert_eq!(
        office.sql(port, "SELECT left(rolpassword, 13) FROM pg_authid WHERE rolname = 'postgres'").unwrap(),
        "SCRAM-SHA-256"
    );
    assert_eq!(running.stop(LIMIT).await.unwrap(), Stopped::InOrder);
    assert!(sql(&office.host(), port, "", "SELECT 1").unwrap_err().contains("Is the server running"));

    let running = office.start().await;
    office.assert_kept(running.port);
    assert_eq!(running.stop(LIMIT).await.unwrap(), Stopped::InOrder);
    assert_no_children();
}

#[tokio::test]
async fn writes_no_statement_and_no_value_into_its_logs() {
    let office = Office::made().await;
    let running = office.start().await;
    let port = running.port;
    office.sql(port, "CREATE TABLE people (mail text UNIQUE); INSERT INTO people VALUES ('ann@example.com')").unwrap();
    office.sql(port, "INSERT INTO people VALUES ('ann@example.com')").unwrap_err();
    office.sql(port, "SELECT 'ann@example.com' FROM nowhere").unwrap_err();
    let logs = office.server().logs();
    common::until("the errors are in the log", || log(&logs).contains("nowhere"));
    let log = log(&logs);
    assert!(log.contains("duplicate key"), "{log}");
    assert!(!log.contains("ann@example.com") && !log.contains("SELECT") && !log.contains("INSERT"), "{log}");
    running.stop(LIMIT).await.unwrap();
}

fn log(folder: &Path) -> String {
    let files = fs::read_dir(folder).into_iter().flatten().flatten();
    files.map(|file| fs::read_to_string(file.path()).unwrap()).collect()
}

#[tokio::test]
async fn ends_sessions_and_does_not_wait_for_ever() {
    let office = Office::made().await;
    let running = office.start().await;
    let mut session = Command::new("psql")
        .args(["-h", &running.host, "-p", &running.port.to_string(), "-U", "postgres", "-c", "SELECT pg_sleep(300)"])
        .env("PGPASSWORD", office.password.expose_secret())
        .stderr(std::process::Stdio::null())
        .spawn()
        .unwrap();
    common::until("somebody is busy", || {
        office.sql(running.port, "SELECT count(*) FROM pg_stat_activity WHERE query LIKE '%sleep(300)'").unwrap() == "1"
    });
    assert_eq!(running.stop(LIMIT).await.unwrap(), Stopped::InOrder);
    assert!(!session.wait().unwrap().success());

    // The process that writes everything down at the end hangs, as on a broken disk.
    let running = office.start().await;
    let hung =
        office.sql(running.port, "SELECT pid FROM pg_stat_activity WHERE backend_type = 'checkpointer'").unwrap();
    run(Command::new("kill").args(["-STOP", &hung]));
    assert_eq!(running.stop(Duration::from_millis(500)).await.unwrap(), Stopped::AtOnce);
    let running = office.start().await;
    running.stop(LIMIT).await.unwrap();
}

#[tokio::test]
async fn refuses_passwords_that_do_not_fit_in_a_line() {
    let office = Office::empty().await;
    for password in ["", "two\nlines", "nul\0"] {
        let outcome = office.server().make(&office.programs, &SecretString::from(password)).await;
        assert!(matches!(outcome, Err(LocalServerError::UnusablePassword)));
    }
    assert!(!office.folder.exists());
}

#[tokio::test]
async fn finds_programs_and_says_where_it_looked() {
    let found = Programs::find(None, None).await.unwrap();
    assert!(found.major >= 13 && found.version.starts_with(&found.major.to_string()));
    let above = found.bin.parent().unwrap();
    assert_eq!(Programs::find(Some(above), None).await.unwrap().bin, found.bin);
    assert_eq!(Programs::find(None, Some(&found.bin)).await.unwrap().bin, found.bin);
    assert_eq!(Programs::find_major(found.major, Some(Path::new("/nowhere")), None).await.unwrap(), found);

    let Err(error) = Programs::find(Some(Path::new("/nowhere")), Some(&found.bin)).await else { panic!("found") };
    assert!(matches!(error, LocalServerError::NotFound { .. }));
    assert!(error.details().contains("/nowhere/bin"));
    let Err(error) = Programs::find_major(99, None, None).await else { panic!("found") };
    assert!(error.details().contains("/usr/lib/postgresql"), "{}", error.details());

    let old = tempfile::tempdir().unwrap();
    for name in ["initdb", "postgres", "pg_ctl"] {
        let program = old.path().join(name);
        fs::write(&program, "#!/bin/sh\necho 'postgres (PostgreSQL) 9.6.24'\n").unwrap();
        fs::set_permissions(&program, fs::Permissions::from_mode(0o755)).unwrap();
    }
    let Err(error) = Programs::find(Some(old.path()), None).await else { panic!("found") };
    assert!(matches!(&error, LocalServerError::TooOld { version, .. } if version == "9.6.24"), "{error:?}");
}

#[tokio::test]
async fn knows_a_cluster_of_another_version_and_a_damaged_one() {
    let office = Office::made().await;
    let server = office.server();
    let other = Programs { major: 99, ..office.programs.clone() };
    let outcome = server.start(&other).await;
    assert!(matches!(outcome, Err(LocalServerError::WrongMajor { programs: 99, .. })), "{outcome:?}");

    let control = office.data().join("global/pg_control");
    let whole = fs::read(&control).unwrap();
    fs::write(&control, vec![7; whole.len()]).unwrap();
    let outcome = server.start(&office.programs).await;
    assert!(
        matches!(&outcome, Err(LocalServerError::DamagedCluster { details }) if !details.is_empty()),
        "{outcome:?}"
    );
    fs::remove_file(&control).unwrap();
    let outcome = server.start(&office.programs).await;
    assert!(matches!(outcome, Err(LocalServerError::DamagedCluster { .. })), "{outcome:?}");
    let outcome = server.reset_password(&office.programs, &office.password).await;
    assert!(matches!(outcome, Err(LocalServerError::DamagedCluster { .. })), "{outcome:?}");
    fs::remove_file(office.data().join("PG_VERSION")).unwrap();
    let outcome = server.start(&office.programs).await;
    assert!(matches!(outcome, Err(LocalServerError::DamagedCluster { .. })), "{outcome:?}");
    // What may be somebody's rows is never taken for nothing.
    assert!(server.exists());
    assert!(matches!(server.make(&office.programs, &office.password).await, Err(LocalServerError::AlreadyThere)));
}

#[tokio::test]
async fn says_why_a_bad_setting_keeps_it_from_starting() {
    let office = Office::made().await;
    fs::write(office.data().join("postgresql.auto.conf"), "max_connections = 'many'\n").unwrap();
    let outcome = office.server().start(&office.programs).await;
    assert!(
        matches!(&outcome, Err(LocalServerError::CannotStart { log_tail }) if log_tail.contains("max_connections")),
        "{outcome:?}"
    );
}

#[tokio::test]
async fn opens_a_data_folder_others_could_look_into() {
    let office = Office::made().await;
    fs::set_permissions(office.data(), fs::Permissions::from_mode(0o755)).unwrap();
    office.start().await.stop(LIMIT).await.unwrap();
}

#[tokio::test]
async fn root_keeps_it_where_the_servers_user_can_go() {
    if !common::is_root() {
        eprintln!("SKIPPED: not root");
        return;
    }
    let mut office = Office::empty().await;
    let closed = office.temporary.join("root's home");
    fs::create_dir(&closed).unwrap();
    fs::set_permissions(&closed, fs::Permissions::from_mode(0o700)).unwrap();
    office.folder = closed.join("local-office");
    office.make().await;
    assert!(!office.data().exists());
    let running = office.start().await;
    // Where the program says, which is not in the folder it was given.
    assert!(Path::new(&running.host).starts_with(office.temporary.join("base")), "{}", running.host);
    let password = office.password.clone();
    let ask = |running: &Running, text: &str| sql(&running.host, running.port, password.expose_secret(), text).unwrap();
    ask(&running, "CREATE TABLE jobs (name text); INSERT INTO jobs VALUES ('Büro Größe')");
    running.stop(LIMIT).await.unwrap();

    // The folder keeps the way to it.
    let renamed = office.temporary.join("Büro");
    fs::rename(&closed, &renamed).unwrap();
    office.folder = renamed.join("local-office");
    assert!(office.server().exists());
    let running = office.start().await;
    assert_eq!(ask(&running, "SELECT name FROM jobs"), "Büro Größe");
    running.stop(LIMIT).await.unwrap();
}

#[tokio::test]
async fn root_opens_a_persons_office_as_that_person() {
    if !common::is_root() {
        eprintln!("SKIPPED: not root");
        return;
    }
    let office = Office::made().await;
    run(Command::new("chown").args(["-R", "nobody:nogroup"]).arg(&office.folder));
    let running = office.start().await;
    let user = run(Command::new("ps").args(["-o", "user=", "-p", &office.postmaster().to_string()]));
    assert_eq!(user.trim(), "nobody");
    running.stop(LIMIT).await.unwrap();
    // And leaves nothing of root's behind that would lock them out.
    assert_eq!(run(Command::new("find").arg(&office.folder).args(["!", "-user", "nobody"])), "");
    // Closed to that user, it says what is in the way.
    fs::set_permissions(&office.temporary, fs::Permissions::from_mode(0o700)).unwrap();
    let outcome = office.server().start(&office.programs).await;
    assert!(matches!(&outcome, Err(LocalServerError::NoRights { path }) if *path == office.temporary), "{outcome:?}");
}

#[tokio::test]
async fn other_program() {
    common::be_other_program().await;
}

#[tokio::test]
async fn root_alone_on_a_computer_is_told_so() {
    if !common::is_root() {
        eprintln!("SKIPPED: not root");
        return;
    }
    let office = Office::empty().await;
    // A computer without a user named postgres.
    let id = office.temporary.join("id");
    fs::write(&id, "#!/bin/sh\necho \"id: '$2': no such user\" >&2\nexit 1\n").unwrap();
    fs::set_permissions(&id, fs::Permissions::from_mode(0o755)).unwrap();
    let mut other = office.other_program("make without a user");
    assert_eq!(other.says("refused"), "RunsAsRoot");
    assert!(!office.server().exists());
}

#[test]
fn errors_are_sentences_and_a_server_is_only_a_place() {
    let error = LocalServerError::DiskFull { folder: "/data".into() };
    assert!(error.to_string().ends_with('.') && error.details() == "/data");
    let server = LocalServer::at("/nowhere/at/all".into());
    assert!(!server.exists());
}

/// Each program that was started has been waited for.
fn assert_no_children() {
    let own = std::process::id().to_string();
    // Other tests of this process may be ending children of theirs.
    common::until("no zombies", || {
        let children = Command::new("ps").args(["-o", "stat=,comm=", "--ppid", &own]).output().unwrap();
        !String::from_utf8_lossy(&children.stdout).lines().any(|line| line.starts_with('Z'))
    });
}
