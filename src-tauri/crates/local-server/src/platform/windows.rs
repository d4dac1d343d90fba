//! Windows.

use std::fs;
use std::io;
use std::net::{Ipv4Addr, SocketAddr, TcpStream};
use std::os::windows::process::CommandExt;
use std::path::{Path, PathBuf};
use std::process::{Command, Stdio};
use std::time::Duration;

use super::Process;

/// A program without a window of its own, and with a hidden console, which Ctrl-C in ours does not reach.
const CREATE_NO_WINDOW: u32 = 0x0800_0000;

/// No other user than the one who runs the program: `pg_ctl` and `initdb` drop an administrator's rights themselves.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Account {}

impl Account {
    pub(crate) fn unprivileged() -> Option<Self> {
        None
    }

    pub(crate) fn owner_of(_path: &Path) -> Option<Self> {
        None
    }

    pub(crate) fn put_on(self, _command: &mut tokio::process::Command) {
        match self {}
    }

    pub(crate) fn barrier(self, _path: &Path) -> Option<PathBuf> {
        match self {}
    }
}

/// There is no root.
pub(crate) fn is_root() -> bool {
    false
}

/// The person owns what they make.
#[expect(clippy::unnecessary_wraps, reason = "the same name on every system")]
pub(crate) fn give(_path: &Path, _account: Option<Account>) -> io::Result<()> {
    Ok(())
}

/// Makes a folder, and those above it, that only its owner may look into.
pub(crate) fn make_private_folder(path: &Path) -> io::Result<()> {
    files::make_folder(path)
}

/// PostgreSQL has sockets here, too, but this program's driver does not.
pub(crate) fn sockets(_home: &Path, _port: u16) -> Option<PathBuf> {
    None
}

/// Never needed: there is no root.
pub(crate) fn make_common_folder(path: &Path) -> io::Result<()> {
    fs::create_dir_all(path)
}

/// PostgreSQL does not check it here.
#[expect(clippy::unnecessary_wraps, reason = "the same name on every system")]
pub(crate) fn close_to_others(_folder: &Path) -> io::Result<()> {
    Ok(())
}

/// Windows keeps names durable by itself, and does not open folders as files.
#[expect(clippy::unnecessary_wraps, reason = "the same name on every system")]
pub(crate) fn sync_folder(_folder: &Path) -> io::Result<()> {
    Ok(())
}

/// No window, and out of reach of this console's Ctrl-C.
pub(crate) fn set_apart(command: &mut tokio::process::Command) {
    command.creation_flags(CREATE_NO_WINDOW);
}

/// What is behind a process number. Starts `tasklist`: not for every second.
pub(crate) fn process(pid: u32) -> Process {
    let listed = Command::new("tasklist")
        .args(["/FI", &format!("PID eq {pid}"), "/FO", "CSV", "/NH"])
        .creation_flags(CREATE_NO_WINDOW)
        .stdin(Stdio::null())
        .output();
    // Without an answer it counts as PostgreSQL's; whether its port speaks decides then.
    let Ok(listed) = listed else { return Process::Postgres };
    let text = String::from_utf8_lossy(&listed.stdout).to_lowercase();
    if !text.contains(&format!("\"{pid}\"")) {
        Process::Gone
    } else if text.contains("postgres") {
        Process::Postgres
    } else {
        Process::Other
    }
}

/// Whether a server that ran a moment ago still does: it takes connections. Cheap.
pub(crate) fn still_runs(_pid: u32, port: u16) -> bool {
    let address = SocketAddr::from((Ipv4Addr::LOCALHOST, port));
    TcpStream::connect_timeout(&address, Duration::from_secs(2)).is_ok()
}

/// Not to be known without unsafe code.
pub(crate) fn works_elsewhere(_pid: u32, _data: &Path) -> Option<bool> {
    None
}
