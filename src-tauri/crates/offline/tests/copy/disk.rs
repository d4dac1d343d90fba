//! Disks that are full and folders that may not be written to, as Linux lets a test have them.

use std::os::unix::fs::{MetadataExt, PermissionsExt, chown};
use std::os::unix::process::CommandExt;
use std::path::Path;
use std::process::{Command, Output};

use chrono::TimeDelta;
use offline::{CopyError, CopyKey, Expected, OpenError, Refresh, ScheduleCopy};

use crate::support::{
    Office, Other, PATH_VARIABLE, beside, everything, expected, fill, given_path, identity, job, key, progress, record,
    say,
};

/// Root may write anywhere, so that another process tries it as nobody, with a program it can reach.
#[test]
fn a_folder_that_may_not_be_written_to() {
    let set = |path: &Path, mode| {
        std::fs::set_permissions(path, std::fs::Permissions::from_mode(mode)).unwrap();
    };
    let office = Office::with(3);
    let program = office.folder.path().join("program");
    std::fs::copy(std::env::current_exe().unwrap(), &program).unwrap();
    set(&program, 0o755);
    let mut command = Command::new(&program);
    command.args(Other::arguments("disk::in_a_folder_that_may_not_be_written_to"));
    command.env(PATH_VARIABLE, &office.path).current_dir("/");
    if std::fs::metadata(office.folder.path()).unwrap().uid() == 0 {
        let nobody = 65534;
        command.uid(nobody).gid(nobody);
        for suffix in ["", ".lock"] {
            chown(beside(&office.path, suffix), Some(nobody), Some(nobody)).unwrap();
        }
    }
    std::fs::remove_file(beside(&office.path, ".lock")).unwrap();
    set(office.folder.path(), 0o555);
    let outcome = command.output().unwrap();
    set(office.folder.path(), 0o755);
    assert!(outcome.status.success(), "{outcome:?}");
    assert!(String::from_utf8_lossy(&outcome.stdout).contains(">tried"), "{outcome:?}");
}

#[test]
#[ignore = "started by a_folder_that_may_not_be_written_to"]
fn in_a_folder_that_may_not_be_written_to() {
    let Some(path) = given_path() else { return };
    let refused = ScheduleCopy::open(&path, &key(), &expected()).unwrap_err();
    assert!(matches!(refused, OpenError::Io(_)) && !refused.calls_for_a_new_copy(), "{refused:?}");
    assert!(refused.to_string().contains("does not let the program"), "{refused}");
    assert!(matches!(ScheduleCopy::begin(&path, &key(), identity()), Err(CopyError::Io(_))));
    say("tried");
}

/// A disk of three megabytes, which only another process sees.
#[test]
fn a_full_disk_leaves_the_copy_as_it_was() {
    let office = Office::empty();
    let run = |namespace: &[&str]| {
        let script = r#"mount -t tmpfs -o size=3m tmpfs "$1" && shift && exec "$@""#;
        let mut command = Command::new("unshare");
        command.args(namespace).args(["--mount", "sh", "-c", script, "sh"]).arg(office.folder.path());
        command.arg(std::env::current_exe().unwrap());
        command.args(Other::arguments("disk::on_a_small_disk"));
        command.env(PATH_VARIABLE, &office.path).output()
    };
    let mounted = |outcome: &std::io::Result<Output>| {
        outcome.as_ref().is_ok_and(|o| String::from_utf8_lossy(&o.stdout).contains(">begun"))
    };
    let mut outcome = run(&[]);
    if !mounted(&outcome) {
        outcome = run(&["--user", "--map-root-user"]);
    }
    assert!(mounted(&outcome), "this computer lets nobody mount a disk of their own: {outcome:?}");
    let outcome = outcome.unwrap();
    assert!(outcome.status.success(), "{outcome:?}");
    assert!(String::from_utf8_lossy(&outcome.stdout).contains(">tried"), "{outcome:?}");
}

#[test]
#[ignore = "started by a_full_disk_leaves_the_copy_as_it_was"]
fn on_a_small_disk() {
    let Some(path) = given_path() else { return };
    say("begun");
    let mut copy = fill(&path, 200);
    let mut right = everything(&copy).unwrap();
    let large =
        |version| Refresh { upserts: (0..3000).map(|n| record(&job(n, version))).collect(), ..Refresh::default() };

    // A refresh it has no room for, from the start and after another one.
    for _ in 0..3 {
        assert!(matches!(copy.apply(&large(2), &progress(9)), Err(CopyError::DiskFull)));
        assert_eq!(everything(&copy).unwrap(), right);
    }
    // Nor for a full pass, whether that shows while it is filled or when it is exchanged.
    for rounds in [1, 6, 1] {
        let mut pass = copy.full_pass().unwrap();
        let filled = (0..rounds).try_for_each(|n| pass.add((0..3000).map(|m| record(&job(n * 3000 + m, 3)))));
        assert_eq!(filled.is_err(), rounds == 6, "{filled:?}");
        let full = filled.and_then(|()| copy.swap_in(pass, &progress(9)));
        assert!(matches!(full, Err(CopyError::DiskFull)), "{full:?}");
        assert_eq!(everything(&copy).unwrap(), right);
    }
    drop(copy);
    let copy = ScheduleCopy::open(&path, &key(), &expected()).unwrap();
    assert_eq!(everything(&copy).unwrap(), right);
    drop(copy);

    // Somebody else has taken the last byte: what is there can still be read, if not changed.
    let filler = beside(&path, ".filler");
    let mut file = std::fs::File::create(&filler).unwrap();
    while std::io::Write::write(&mut file, &[1; 512]).is_ok() {}
    let later = Expected { now: expected().now + TimeDelta::hours(3), ..expected() };
    let mut copy = ScheduleCopy::open(&path, &key(), &later).unwrap();
    assert_eq!(everything(&copy).unwrap(), right);
    let small = Refresh { upserts: vec![record(&job(7, 2))], ..Refresh::default() };
    assert!(matches!(copy.apply(&small, &progress(2)), Err(CopyError::DiskFull)));
    assert!(matches!(copy.full_pass(), Err(CopyError::DiskFull)));
    assert!(matches!(
        ScheduleCopy::begin(&beside(&path, "2"), &CopyKey::random().unwrap(), identity()),
        Err(CopyError::DiskFull)
    ));
    assert_eq!(everything(&copy).unwrap(), right);

    // And gives it back.
    std::fs::remove_file(&filler).unwrap();
    drop(file);
    copy.apply(&small, &progress(2)).unwrap();
    right.state.progress = progress(2);
    right.jobs[7] = job(7, 2);
    let now = everything(&copy).unwrap();
    assert_eq!((now.state, now.jobs), (right.state, right.jobs));
    say("tried");
}
