//! What `postmaster.pid` says, and whether to believe it.

use std::fs;
use std::io;
use std::path::Path;

use crate::error::LocalServerError;
use crate::platform::{self, Process};

const FILE: &str = "postmaster.pid";

/// A server's own note about itself.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) struct Postmaster {
    pub(crate) pid: u32,
    /// Not yet known in the first moments of a start.
    pub(crate) port: Option<u16>,
    /// It listens on a socket. It says so a moment after it has noted itself.
    pub(crate) by_socket: bool,
    /// It listens on 127.0.0.1.
    pub(crate) by_port: bool,
}

/// What the note means.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Found {
    /// No note: nothing runs.
    Nothing,
    /// A note whose process is no server of ours: of before a power cut, or of one that was killed.
    Stale,
    /// A note without a word in it: being written at this moment, or cut off by a power cut.
    Blank,
    /// A note whose process is one of PostgreSQL's.
    Noted(Postmaster),
}

/// Looks at the note of the cluster in `data`. May take a while: not on the runtime.
pub(crate) fn look(data: &Path) -> Result<Found, LocalServerError> {
    let path = data.join(FILE);
    let text = match fs::read(&path) {
        Ok(bytes) => String::from_utf8_lossy(&bytes).into_owned(),
        Err(error) if error.kind() == io::ErrorKind::NotFound => return Ok(Found::Nothing),
        Err(error) => return Err(LocalServerError::io("read the server's note", &path, error)),
    };
    let Some(noted) = parse(&text) else { return Ok(Found::Blank) };
    let believable =
        platform::process(noted.pid) == Process::Postgres && platform::works_elsewhere(noted.pid, data) != Some(true);
    Ok(if believable { Found::Noted(noted) } else { Found::Stale })
}

/// Whether `postmaster` is still the server of the cluster in `data`, and runs. Cheap.
pub(crate) fn still_runs(data: &Path, postmaster: Postmaster) -> bool {
    let noted = fs::read_to_string(data.join(FILE)).ok().and_then(|text| parse(&text));
    noted.is_some_and(|noted| noted.pid == postmaster.pid)
        && postmaster.port.is_some_and(|port| platform::still_runs(postmaster.pid, port))
}

/// Whether `postmaster` runs in `data` for certain, and has been heard of by a socket: then it listens on one, and whoever
/// does not reach it there never will. Cheap.
pub(crate) fn has_a_socket(data: &Path, postmaster: Postmaster) -> bool {
    postmaster.by_socket && platform::works_elsewhere(postmaster.pid, data) == Some(false)
}

/// Removes a note nobody stands behind.
///
/// PostgreSQL does that itself when the number is free, but not when another program of this person has got it since,
/// or when the dead server was never waited for. Should a server run after all, the next one sees that by the shared
/// memory and refuses to start.
pub(crate) fn forget(data: &Path) -> Result<(), LocalServerError> {
    let path = data.join(FILE);
    match fs::remove_file(&path) {
        Err(error) if error.kind() != io::ErrorKind::NotFound => {
            Err(LocalServerError::io("remove the note of a server that is gone", &path, error))
        }
        _ => Ok(()),
    }
}

/// Number of the process, folder, time of start, port, …: a line each, and the first lines come first.
fn parse(text: &str) -> Option<Postmaster> {
    let mut lines = text.lines();
    // A single-user session writes its number negative.
    let pid = lines.next()?.trim().parse::<i64>().ok()?.unsigned_abs();
    let port = lines.nth(2).and_then(|line| line.trim().parse().ok());
    let mut is_said = || lines.next().is_some_and(|line| !line.trim().is_empty());
    let (by_socket, by_port) = (is_said(), is_said());
    Some(Postmaster { pid: u32::try_from(pid).ok()?, port, by_socket, by_port })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn reads_whole_and_half_written_notes() {
        let whole = "4711\n/home/x/Büro/data\n1700000000\n54321\n\n127.0.0.1\n  12  34\nready   \n";
        assert_eq!(parse(whole), Some(Postmaster { pid: 4711, port: Some(54321), by_socket: false, by_port: true }));
        let socket = whole.replace("54321\n\n127.0.0.1", "5432\n../sockets\n");
        assert_eq!(parse(&socket), Some(Postmaster { pid: 4711, port: Some(5432), by_socket: true, by_port: false }));
        assert_eq!(parse("4711\n/home"), Some(Postmaster { pid: 4711, port: None, by_socket: false, by_port: false }));
        assert_eq!(
            parse("-4711\n/home\n1\n0\n"),
            Some(Postmaster { pid: 4711, port: Some(0), by_socket: false, by_port: false })
        );
        assert_eq!(parse(""), None);
        assert_eq!(parse("\0\0\0\0"), None);
    }

    #[test]
    fn believes_no_note_of_another_program() {
        let folder = tempfile::tempdir().unwrap();
        assert_eq!(look(folder.path()).unwrap(), Found::Nothing);
        let note = |text: &str| fs::write(folder.path().join(FILE), text).unwrap();
        note("");
        assert_eq!(look(folder.path()).unwrap(), Found::Blank);
        note(&format!("{}\n/somewhere\n1\n54321\n", std::process::id()));
        assert_eq!(look(folder.path()).unwrap(), Found::Stale);
        forget(folder.path()).unwrap();
        forget(folder.path()).unwrap();
        assert_eq!(look(folder.path()).unwrap(), Found::Nothing);
    }
}
