//! What the program keeps on a computer is for its person only: settings, copy, journals, backups, and what earlier versions
//! left open; and what a killed backup left is cleared.
#![cfg(unix)]
#![allow(clippy::expect_used, clippy::unwrap_used, reason = "a failed step is a failed test")]

mod common;

use std::fs;
use std::os::unix::fs::{MetadataExt, PermissionsExt};
use std::path::{Path, PathBuf};
use std::time::{Duration, Instant};

use common::yard::yard;
use common::{Computer, input, open};
use neff_tests::office::PASSWORD;
use office::Secrets;
use uuid::Uuid;

/// Every file and folder below with its rights.
fn all(folder: &Path) -> Vec<(PathBuf, u32)> {
    let mut found = Vec::new();
    let mut folders = vec![folder.to_owned()];
    while let Some(folder) = folders.pop() {
        found.push((folder.clone(), fs::metadata(&folder).unwrap().mode() & 0o777));
        for entry in fs::read_dir(&folder).unwrap().flatten() {
            if entry.file_type().unwrap().is_dir() {
                folders.push(entry.path());
            } else {
                found.push((entry.path(), entry.metadata().unwrap().mode() & 0o777));
            }
        }
    }
    found
}

/// What somebody else on this computer could read or write.
fn open_to_others(computer: &Computer) -> Vec<(PathBuf, u32)> {
    let below = ["config", "data"].map(|name| computer.folder.path().join(name));
    // Run by root, the folder of data is passed through by the local office's server.
    let root = fs::metadata(&below[1]).unwrap().uid() == 0;
    let may = |path: &Path| if root && path == below[1] { 0o011 } else { 0 };
    let everything = below.iter().flat_map(|folder| all(folder)).collect::<Vec<_>>();
    everything.into_iter().filter(|(path, mode)| mode & 0o077 & !may(path) != 0).collect()
}

async fn until(what: &str, condition: impl AsyncFn() -> bool) {
    let started = Instant::now();
    while !condition().await {
        assert!(started.elapsed() < Duration::from_secs(30), "not in time: {what}");
        tokio::time::sleep(Duration::from_millis(20)).await;
    }
}

#[tokio::test]
async fn everything_it_keeps_is_closed_to_others() {
    let (at, _dana) = yard().await;
    let computer = Computer::new();
    computer.office.connect(&input(&at), None).await.unwrap();
    let data = computer.folder.path().join("data");
    let is_copied = async || fs::read_dir(data.join("offline")).is_ok_and(|files| files.count() >= 3);
    until("a copy", is_copied).await;
    let estimate = at.request_estimate("Ann Ames").await;
    until("a popup is noted", async || at.notification_of(estimate).await.is_some()).await;
    assert_eq!(open_to_others(&computer), vec![]);
    let names: Vec<String> = all(computer.folder.path()).iter().map(|(path, _)| path.display().to_string()).collect();
    for part in ["settings.json", "popups.lock", "offline/schedule-"] {
        assert!(names.iter().any(|name| name.contains(part)), "{part}: {names:?}");
    }

    // An earlier version left all of it open; so did a backup and a log.
    computer.office.stop().await;
    for name in ["backups", "logs"] {
        fs::create_dir_all(data.join(name)).unwrap();
        fs::write(data.join(name).join("old"), "Ann Ames, 630-555-0101").unwrap();
    }
    for (path, _) in ["config", "data"].iter().flat_map(|name| all(&computer.folder.path().join(name))) {
        let mode = if path.is_dir() { 0o755 } else { 0o644 };
        fs::set_permissions(&path, fs::Permissions::from_mode(mode)).unwrap();
    }
    // A backup of it was killed, its password file is left.
    let left = std::env::temp_dir().join(format!("neff-pass-{}", Uuid::new_v4()));
    fs::write(&left, "127.0.0.1:*:*:office:word\n").unwrap();
    assert!(!open_to_others(&computer).is_empty());
    let (office, _) = open(computer.folder.path(), Secrets::given(PASSWORD.to_owned().into()));
    office.start().await;
    until("closed again", async || open_to_others(&computer).is_empty()).await;
    until("the password file is gone", async || !left.exists()).await;
    office.stop().await;
}
