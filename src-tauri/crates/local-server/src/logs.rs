//! What the server said during one start, and what that means.

use std::collections::HashMap;
use std::fs;
use std::io::{Read, Seek, SeekFrom, Write};
use std::path::{Path, PathBuf};

use uuid::Uuid;

use crate::error::LocalServerError;
use crate::place::{LOGS, Place};

/// No log file is carried on beyond this many bytes: the server empties one only when it runs at midnight.
const LARGEST: u64 = 5 << 20;
/// As much as support reads, in bytes.
const TAIL: usize = 4096;

/// How long each log was before a start.
pub(crate) struct Mark {
    home: PathBuf,
    lengths: HashMap<PathBuf, u64>,
}

impl Mark {
    /// Marks the end of each log, and throws those away that have grown too long.
    pub(crate) fn set(place: &Place) -> Self {
        let mut lengths = HashMap::new();
        for path in files(&place.home) {
            let length = fs::metadata(&path).map_or(0, |found| found.len());
            if length > LARGEST && fs::remove_file(&path).is_ok() {
                continue;
            }
            lengths.insert(path, length);
        }
        Self { home: place.home.clone(), lengths }
    }

    /// What was written since.
    pub(crate) fn since(&self) -> String {
        let mut all = String::new();
        for path in files(&self.home) {
            let from = self.lengths.get(&path).copied().unwrap_or_default();
            let Ok(mut file) = fs::File::open(&path) else { continue };
            let shorter = file.metadata().is_ok_and(|found| found.len() < from);
            let mut bytes = Vec::new();
            // What cannot be read is missing from the details, no more.
            if file.seek(SeekFrom::Start(if shorter { 0 } else { from })).is_ok()
                && file.take(1 << 20).read_to_end(&mut bytes).is_ok()
            {
                all.push_str(&String::from_utf8_lossy(&bytes));
            }
        }
        all
    }
}

/// The end of a text, from the beginning of a line.
pub(crate) fn tail(text: &str) -> String {
    let text = text.trim();
    let from = text.len().saturating_sub(TAIL);
    let Some(from) = (from..text.len()).find(|&at| at == 0 || text.as_bytes().get(at - 1) == Some(&b'\n')) else {
        return text.chars().rev().take(TAIL).collect::<Vec<_>>().into_iter().rev().collect();
    };
    text.get(from..).unwrap_or_default().to_owned()
}

/// Why a server did not start.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Reason {
    /// Somebody else listens on the port.
    PortTaken,
    /// Another server was faster, or its note is still there.
    NoteTaken,
    /// Processes of a killed server still end.
    MemoryTaken,
    /// No room on the disk.
    DiskFull,
    /// The server's user may not.
    NoRights,
    /// Files of the cluster are missing or wrong.
    Damaged,
    /// Something else.
    Unknown,
}

/// Reads the reason from what the server said, in English by `lc_messages`.
pub(crate) fn reason(text: &str) -> Reason {
    let says = |parts: &[&str]| parts.iter().any(|part| text.contains(part));
    // A kernel out of segments or semaphores says the same as a full disk.
    let full = text.lines().any(|line| {
        line.contains("No space left on device") && !line.contains("shared memory") && !line.contains("semaphore")
    });
    if full || says(&["Disk quota exceeded", "There is not enough space on the disk"]) {
        Reason::DiskFull
    } else if says(&["pre-existing shared memory block"]) {
        Reason::MemoryTaken
    } else if says(&["lock file \"postmaster.pid\""]) {
        Reason::NoteTaken
    } else if says(&["could not bind IPv4", "could not create any TCP/IP sockets", "could not create listen socket"]) {
        Reason::PortTaken
    } else if says(&["Permission denied", "wrong ownership", "Read-only file system"]) {
        Reason::NoRights
    } else if says(&[
        "checkpoint record",
        "database files are incompatible with server",
        "PANIC:",
        "incorrect checksum in control file",
        "could not find the database system",
        "is not a valid data directory",
        "invalid data in file",
        "bogus data in",
        "could not open file \"global/",
        "could not read file \"global/",
        "could not open directory \"pg_",
        "could not open file \"pg_",
        "is missing or erroneous",
    ]) {
        Reason::Damaged
    } else {
        Reason::Unknown
    }
}

/// Whether the last word has been said.
pub(crate) fn is_complete(text: &str) -> bool {
    ["FATAL:", "PANIC:", "database system is shut down", "No space left"].iter().any(|part| text.contains(part))
}

/// Whether the disk has no room for a little file. A server on a full disk cannot even say why it does not start.
pub(crate) fn disk_is_full(home: &Path) -> bool {
    let path = home.join(format!("room-{}", Uuid::new_v4()));
    let attempt = || {
        let mut file = fs::OpenOptions::new().create_new(true).write(true).open(&path)?;
        file.write_all(&vec![b' '; 64 << 10])?;
        file.sync_all()
    };
    let outcome = attempt();
    // Never made when even its name had no room.
    let _ = fs::remove_file(&path);
    outcome.is_err_and(|error| matches!(LocalServerError::io("", home, error), LocalServerError::DiskFull { .. }))
}

fn files(home: &Path) -> Vec<PathBuf> {
    let mut all = vec![home.join("start.log")];
    let kept = fs::read_dir(home.join(LOGS)).into_iter().flatten().flatten().map(|entry| entry.path());
    all.extend(kept.filter(|path| path.extension().is_some_and(|extension| extension == "log")));
    all.sort();
    all
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn reads_the_reason() {
        let cases = [
            ("LOG:  could not bind IPv4 address \"127.0.0.1\": Address already in use", Reason::PortTaken),
            ("FATAL:  lock file \"postmaster.pid\" already exists", Reason::NoteTaken),
            ("FATAL:  could not write lock file \"postmaster.pid\": No space left on device", Reason::DiskFull),
            ("FATAL:  could not create shared memory segment: No space left on device", Reason::Unknown),
            ("FATAL:  could not create semaphores: No space left on device", Reason::Unknown),
            ("PANIC:  could not locate a valid checkpoint record", Reason::Damaged),
            ("FATAL:  pre-existing shared memory block (key 1, ID 2) is still in use", Reason::MemoryTaken),
            ("FATAL:  data directory \"/x\" has wrong ownership", Reason::NoRights),
            ("", Reason::Unknown),
        ];
        for (text, expected) in cases {
            assert_eq!(reason(text), expected, "{text}");
        }
    }

    #[test]
    fn cuts_between_lines() {
        assert_eq!(tail(" one\ntwo\n"), "one\ntwo");
        let long = format!("{}\nlast ä line", "ä".repeat(TAIL));
        assert_eq!(tail(&long), "last ä line");
        assert_eq!(tail(&"ä".repeat(TAIL * 2)).chars().count(), TAIL);
    }
}
