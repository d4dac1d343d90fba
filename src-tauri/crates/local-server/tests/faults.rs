//! What an office's computer goes through: killed programs, power cuts, full disks, taken ports, renamed folders.
#![cfg(unix)]

mod common;

use std::fs;
use std::net::TcpListener;
use std::os::unix::fs::PermissionsExt;
use std::process::{Command, Stdio};

use common::{LIMIT, Office, as_server_user, fill_up, kill_all, lives, run, small_disk, sql, until};
use local_server::{LocalServerError, Stopped};
use secrecy::{ExposeSecret, SecretString};

#[tokio::test]
async fn other_program() {
    common::be_other_program().await;
}

#[tokio::test]
async fn a_killed_program_leaves_a_server_that_the_next_one_joins() {
    let office = Office::made().await;
    let mut other = office.other_program("use");
    let port: u16 = other.says("port").parse().unwrap();
    office.fill(port);
    other.kill();
    let running = office.start().await;
    assert!(!running.started_by_us);
    assert_eq!(running.port, port);
    office.assert_kept(port);
    assert_eq!(running.stop(LIMIT).await.unwrap(), Stopped::InOrder);
}

#[tokio::test]
async fn ctrl_c_in_a_terminal_does_not_reach_the_server() {
    let office = Office::made().await;
    let mut other = office.other_program("use");
    let port: u16 = other.says("port").parse().unwrap();
    let postmaster = office.postmaster();
    other.interrupt();
    assert!(lives(postmaster));
    office.fill(port);
    let running = office.start().await;
    assert!(!running.started_by_us);
    running.stop(LIMIT).await.unwrap();
}

#[tokio::test]
async fn everything_killed_is_recovered() {
    let office = Office::made().await;
    let running = office.start().await;
    office.fill(running.port);
    for _ in 0..2 {
        kill_all(office.postmaster());
        let running = office.start().await;
        assert!(running.started_by_us);
        office.assert_kept(running.port);
    }
    // The postmaster alone: its processes notice, and the next one waits for that.
    let before = office.start().await;
    run(Command::new("kill").args(["-9", &office.postmaster().to_string()]));
    before.gone().await;
    assert_eq!(before.stop(LIMIT).await.unwrap(), Stopped::StillUsed, "the first two are still held");
    let running = office.start().await;
    assert!(running.started_by_us);
    office.assert_kept(running.port);
}

#[tokio::test]
async fn a_server_that_died_is_noticed_and_started_again() {
    let office = Office::made().await;
    let first = office.start().await;
    office.fill(first.port);
    let (gone, ()) = tokio::join!(tokio::time::timeout(LIMIT, first.gone()), async { kill_all(office.postmaster()) });
    gone.unwrap();
    let second = office.start().await;
    assert!(!first.is_alive().await && second.is_alive().await, "a new server is another one");
    office.assert_kept(second.port);
    drop(first);
    assert_eq!(second.stop(LIMIT).await.unwrap(), Stopped::InOrder);

    let running = office.start().await;
    kill_all(office.postmaster());
    assert_eq!(running.stop(LIMIT).await.unwrap(), Stopped::Gone);
}

#[tokio::test]
async fn notes_left_by_a_power_cut_are_no_obstacle() {
    let office = Office::made_by_port().await;
    office.start().await.stop(LIMIT).await.unwrap();
    // After the computer's start, another program of the same user has got the number.
    let mut other = as_server_user("sleep").arg("600").spawn().unwrap();
    // Or another PostgreSQL server has.
    let elsewhere = Office::made_by_port().await;
    let busy = elsewhere.start().await;
    let data = office.data();
    let note = |pid: u32| format!("{pid}\n{}\n1700000000\n{}\n\n127.0.0.1\n\nready   \n", data.display(), 59999);
    for text in [String::new(), note(other.id()), note(elsewhere.postmaster()), note(999_999), "\0\0\0".into()] {
        let path = office.data().join("postmaster.pid");
        fs::write(&path, &text).unwrap();
        fs::set_permissions(&path, fs::Permissions::from_mode(0o644)).unwrap();
        let running = office.start().await;
        assert!(running.started_by_us, "{text}");
        assert_ne!(running.port, busy.port);
        assert_eq!(running.stop(LIMIT).await.unwrap(), Stopped::InOrder);
    }
    assert!(busy.is_alive().await);
    other.kill().unwrap();
    other.wait().unwrap();
}

#[tokio::test]
async fn a_taken_port_is_left_to_whoever_has_it() {
    let office = Office::made_by_port().await;
    let running = office.start().await;
    let port = running.port;
    running.stop(LIMIT).await.unwrap();
    let _taken = TcpListener::bind(("127.0.0.1", port)).unwrap();
    let running = office.start().await;
    assert!(running.started_by_us);
    assert_ne!(running.port, port);
    office.fill(running.port);
    running.stop(LIMIT).await.unwrap();
}

#[tokio::test]
async fn programs_of_one_person_share_it_and_the_last_one_stops_it() {
    let office = Office::made().await;
    let mut other = office.other_program("use");
    let port: u16 = other.says("port").parse().unwrap();
    let running = office.start().await;
    assert_eq!((running.port, running.started_by_us), (port, false));
    assert_eq!(running.stop(LIMIT).await.unwrap(), Stopped::StillUsed);
    office.fill(port);
    let outcome = office.server().reset_password(&office.programs, &office.password).await;
    assert!(matches!(outcome, Err(LocalServerError::InUse)), "{outcome:?}");

    let running = office.start().await;
    assert_eq!(other.finish(), "StillUsed");
    office.assert_kept(port);
    assert_eq!(running.stop(LIMIT).await.unwrap(), Stopped::InOrder);
}

#[tokio::test]
async fn two_begin_at_the_same_time() {
    let office = Office::empty().await;
    let server = office.server();
    let make = || server.make(&office.programs, &office.password);
    let (first, second, third) = tokio::join!(make(), make(), make());
    let outcomes = [first, second, third];
    assert_eq!(outcomes.iter().filter(|outcome| outcome.is_ok()).count(), 1, "{outcomes:?}");
    assert_eq!(outcomes.iter().filter(|outcome| matches!(outcome, Err(LocalServerError::AlreadyThere))).count(), 2);

    let mut programs: Vec<_> = (0..3).map(|_| office.other_program("use")).collect();
    let running = office.start().await;
    for program in &mut programs {
        assert_eq!(program.says("port"), running.port.to_string());
    }
    drop(running);
    let mut said: Vec<String> = programs.into_iter().map(common::OtherProgram::finish).collect();
    said.sort();
    assert_eq!(said, ["InOrder", "StillUsed", "StillUsed"]);
}

#[tokio::test]
async fn an_abandoned_start_is_no_obstacle() {
    let office = Office::made().await;
    let server = office.server();
    for wait in [1, 20, 60, 120] {
        // The window is closed in the middle of it.
        let start = server.start(&office.programs);
        let _ = tokio::time::timeout(std::time::Duration::from_millis(wait), start).await;
        let running = office.start().await;
        assert_eq!(office.sql(running.port, "SELECT 1").unwrap(), "1");
        assert_eq!(running.stop(LIMIT).await.unwrap(), Stopped::InOrder);
    }
}

#[tokio::test]
async fn a_making_that_was_killed_is_begun_anew() {
    let office = Office::empty().await;
    let unfinished = || {
        let entries = fs::read_dir(&office.folder).into_iter().flatten().flatten();
        entries.map(|entry| entry.path()).find(|path| path.to_string_lossy().contains("making-"))
    };
    let mut other = office.other_program("make");
    other.says("begins");
    until("initdb has begun", || unfinished().is_some_and(|folder| folder.join("data/PG_VERSION").exists()));
    other.kill();
    assert!(!office.server().exists());
    // As far as initdb came in another crash.
    let old = office.folder.join("making-before/data");
    fs::create_dir_all(&old).unwrap();
    fs::write(old.join("PG_VERSION"), "15\n").unwrap();
    fs::write(office.folder.join("making-before/password"), "secret of before\n").unwrap();

    office.make().await;
    let running = office.start().await;
    office.fill(running.port);
    running.stop(LIMIT).await.unwrap();
    office.start().await.stop(LIMIT).await.unwrap();
    assert_eq!(unfinished(), None);
    office.assert_nowhere("secret of before");
}

#[tokio::test]
async fn a_full_disk_while_making_says_so_and_leaves_nothing() {
    let mut office = Office::empty().await;
    let disk = office.temporary.join("small");
    if !small_disk(&disk, 12 << 10) {
        return;
    }
    office.folder = disk.join("local-office");
    let outcome = office.server().make(&office.programs, &office.password).await;
    assert!(matches!(outcome, Err(LocalServerError::DiskFull { .. })), "{outcome:?}");
    assert!(!office.server().exists());
    // Somebody makes room.
    run(Command::new("mount").args(["-o", "remount,size=200m"]).arg(&disk));
    office.make().await;
    let running = office.start().await;
    office.fill(running.port);
    running.stop(LIMIT).await.unwrap();

    // Full to the last byte while starting: without the room that logs written anew give back.
    for name in ["start.log", "control.log"] {
        fs::remove_file(office.folder.join(name)).unwrap();
    }
    let filler = disk.join("filler");
    fill_up(&filler);
    let outcome = office.server().start(&office.programs).await;
    assert!(matches!(outcome, Err(LocalServerError::DiskFull { .. })), "{outcome:?}");
    let outcome = office.server().reset_password(&office.programs, &office.password).await;
    assert!(matches!(outcome, Err(LocalServerError::DiskFull { .. })), "{outcome:?}");
    fs::remove_file(&filler).unwrap();
    let running = office.start().await;
    office.assert_kept(running.port);

    // And full while it runs: it answers, and goes on when there is room again.
    fill_up(&filler);
    office.assert_kept(running.port);
    fs::remove_file(&filler).unwrap();
    running.stop(LIMIT).await.unwrap();
}

#[tokio::test]
async fn a_renamed_folder_is_the_same_office() {
    let mut office = Office::made().await;
    let running = office.start().await;
    office.fill(running.port);
    running.stop(LIMIT).await.unwrap();
    for name in ["Büro Größe", "it's \"the\" $HOME & `others`; 100%", "-o 日本"] {
        let renamed = office.temporary.join(name);
        fs::rename(office.folder.parent().unwrap().join(office.folder.file_name().unwrap()), &renamed).unwrap();
        office.folder = renamed;
        let running = office.start().await;
        assert!(running.started_by_us);
        office.assert_kept(running.port);
        running.stop(LIMIT).await.unwrap();
    }
    // Made there as well.
    office.folder = office.temporary.join("Zweites Büro \"$HOME\"");
    office.make().await;
    let running = office.start().await;
    office.fill(running.port);
    // And renamed while it runs, by a file manager.
    let renamed = office.temporary.join("Drittes Büro");
    fs::rename(&office.folder, &renamed).unwrap();
    office.folder = renamed;
    let joined = office.start().await;
    assert!(!joined.started_by_us);
    office.assert_kept(joined.port);
    drop(running);
    assert_eq!(joined.stop(LIMIT).await.unwrap(), Stopped::InOrder);
}

#[tokio::test]
async fn a_lost_password_is_set_anew_with_every_row_kept() {
    let mut office = Office::made().await;
    let server = office.server();
    let running = office.start().await;
    office.fill(running.port);
    office.sql(running.port, "ALTER ROLE postgres VALID UNTIL '2001-01-01'").unwrap();
    let outcome = server.reset_password(&office.programs, &office.password).await;
    assert!(matches!(outcome, Err(LocalServerError::InUse)), "{outcome:?}");
    // Left running by a killed program, and then a power cut: both first have to be put in order.
    drop(running);
    let lost = office.password.clone();
    for (cut, text) in [(false, "it's \\ \"new\" $1 %s Größe; --"), (true, "0123456789abcdef-and-quite-long")] {
        if cut {
            office.start().await;
            kill_all(office.postmaster());
        }
        office.password = SecretString::from(text);
        server.reset_password(&office.programs, &office.password).await.unwrap();
        assert!(!office.data().join("postmaster.pid").exists(), "nothing runs afterwards");
        let running = office.start().await;
        office.assert_kept(running.port);
        sql(&office.host(), running.port, lost.expose_secret(), "SELECT 1").unwrap_err();
        assert_eq!(running.stop(LIMIT).await.unwrap(), Stopped::InOrder);
        office.assert_nowhere(text);
    }
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_password_is_in_no_argument_of_any_program() {
    let office = Office::empty().await;
    let secret = office.password.expose_secret().to_owned();
    let (done, ended) = std::sync::mpsc::channel::<()>();
    let watch = std::thread::spawn(move || {
        let (mut made, mut reset) = (false, false);
        while ended.try_recv() == Err(std::sync::mpsc::TryRecvError::Empty) {
            let all = Command::new("ps").args(["-eo", "args="]).stderr(Stdio::null()).output().unwrap().stdout;
            let all = String::from_utf8_lossy(&all);
            made |= all.contains("initdb");
            reset |= all.contains("--single");
            assert!(!all.contains(&secret));
        }
        (made, reset)
    });
    office.make().await;
    office.server().reset_password(&office.programs, &office.password).await.unwrap();
    drop(done);
    assert_eq!(watch.join().unwrap(), (true, true), "both were seen while they ran");
}
