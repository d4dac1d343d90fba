//! Linux, macOS and their kin.

use std::fs::{self, File};
use std::io;
use std::os::unix::fs::{DirBuilderExt, MetadataExt, PermissionsExt};
use std::path::{Path, PathBuf};
use std::process::{Command, Stdio};

use rustix::process::{Pid, geteuid, test_kill_process};

use super::Process;

/// A user the server runs as, when that is not the one this program runs as.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) struct Account {
    user: u32,
    group: u32,
}

impl Account {
    /// The unprivileged user for the server: the system's `postgres`.
    ///
    /// Asked of `id`, which knows the users of a directory service as well as those of `/etc/passwd`.
    pub(crate) fn unprivileged() -> Option<Self> {
        let id = |flag| {
            let output = Command::new("id").args([flag, "postgres"]).stdin(Stdio::null()).output().ok()?;
            let number: u32 = String::from_utf8(output.stdout).ok()?.trim().parse().ok()?;
            (number != 0).then_some(number)
        };
        Some(Self { user: id("-u")?, group: id("-g")? })
    }

    /// The owner of `path`, unless it is root or `path` is not there.
    pub(crate) fn owner_of(path: &Path) -> Option<Self> {
        let found = fs::metadata(path).ok()?;
        (found.uid() != 0).then(|| Self { user: found.uid(), group: found.gid() })
    }

    /// Starts `command` as this user, without root's groups.
    pub(crate) fn put_on(self, command: &mut tokio::process::Command) {
        command.uid(self.user).gid(self.group);
    }

    /// The first folder on the way to `path` that this user may not pass; what is not there yet counts as passable.
    pub(crate) fn barrier(self, path: &Path) -> Option<PathBuf> {
        let real = path.ancestors().find_map(|folder| fs::canonicalize(folder).ok())?;
        real.ancestors().filter(|folder| !self.may_pass(folder)).last().map(Path::to_owned)
    }

    fn may_pass(self, folder: &Path) -> bool {
        let Ok(found) = fs::metadata(folder) else { return false };
        let bit = if found.uid() == self.user {
            0o100
        } else if found.gid() == self.group {
            0o010
        } else {
            0o001
        };
        found.mode() & bit != 0
    }
}

/// Whether PostgreSQL would refuse to run as this program's user.
pub(crate) fn is_root() -> bool {
    geteuid().is_root()
}

/// Gives `path` to the user the server runs as.
pub(crate) fn give(path: &Path, account: Option<Account>) -> io::Result<()> {
    account.map_or(Ok(()), |account| std::os::unix::fs::chown(path, Some(account.user), Some(account.group)))
}

/// Makes a folder, and those above it, that only its owner may look into.
pub(crate) fn make_private_folder(path: &Path) -> io::Result<()> {
    files::make_folder(path)
}

/// Where the socket of a server with this home is; `None` when the system has no room for so long a name.
pub(crate) fn sockets(home: &Path, port: u16) -> Option<PathBuf> {
    let room = if cfg!(target_os = "linux") { 107 } else { 103 };
    let folder = home.join("sockets");
    // Whoever connects gives it as text.
    let name = folder.join(format!(".s.PGSQL.{port}")).to_str()?.len();
    (folder.is_absolute() && name <= room).then_some(folder)
}

/// Makes a folder, and those above it, that everybody may pass through.
pub(crate) fn make_common_folder(path: &Path) -> io::Result<()> {
    fs::DirBuilder::new().recursive(true).mode(0o755).create(path)
}

/// PostgreSQL refuses a data folder others may look into, as one is that came back from an archive.
pub(crate) fn close_to_others(folder: &Path) -> io::Result<()> {
    let mode = fs::metadata(folder)?.mode() & 0o777;
    if mode == 0o700 || mode == 0o750 {
        return Ok(());
    }
    fs::set_permissions(folder, fs::Permissions::from_mode(0o700))
}

/// Makes names in a folder as durable as the files behind them.
pub(crate) fn sync_folder(folder: &Path) -> io::Result<()> {
    File::open(folder)?.sync_all()
}

/// Keeps a program away from this terminal's Ctrl-C, and from the libraries an `AppImage` brings for itself.
pub(crate) fn set_apart(command: &mut tokio::process::Command) {
    command.process_group(0).env_remove("LD_LIBRARY_PATH");
}

/// What is behind a process number. May start `ps`: not for every second.
pub(crate) fn process(pid: u32) -> Process {
    if !exists(pid) {
        return Process::Gone;
    }
    let Some((state, name)) = state_and_name(pid) else { return Process::Gone };
    if state == 'Z' || state == 'X' {
        Process::Gone
    } else if name.contains("postgres") || name.contains("postmaster") {
        Process::Postgres
    } else {
        Process::Other
    }
}

/// Whether a process that was PostgreSQL's a moment ago still is. Cheap.
pub(crate) fn still_runs(pid: u32, _port: u16) -> bool {
    if cfg!(target_os = "linux") { process(pid) == Process::Postgres } else { exists(pid) }
}

/// Whether the process works in another folder than `data`; `None` where that is not to be known.
pub(crate) fn works_elsewhere(pid: u32, data: &Path) -> Option<bool> {
    // A postmaster changes into its data folder and stays there, also when the folder is renamed.
    let at = fs::read_link(format!("/proc/{pid}/cwd")).ok()?;
    Some(at != fs::canonicalize(data).ok()?)
}

fn exists(pid: u32) -> bool {
    let Some(pid) = i32::try_from(pid).ok().and_then(Pid::from_raw) else { return false };
    match test_kill_process(pid) {
        Ok(()) => true,
        // Somebody else's.
        Err(error) => error == rustix::io::Errno::PERM,
    }
}

fn state_and_name(pid: u32) -> Option<(char, String)> {
    if cfg!(target_os = "linux") {
        // "123 (name) S …", and a name may hold brackets.
        let text = fs::read_to_string(format!("/proc/{pid}/stat")).ok()?;
        let (before, after) = text.rsplit_once(')')?;
        let (_, name) = before.split_once('(')?;
        return Some((after.trim_start().chars().next()?, name.to_owned()));
    }
    let pid = pid.to_string();
    let output =
        Command::new("ps").args(["-o", "stat=", "-o", "comm=", "-p", &pid]).stdin(Stdio::null()).output().ok()?;
    let text = String::from_utf8_lossy(&output.stdout);
    let (state, name) = text.trim().split_once(char::is_whitespace)?;
    let name = Path::new(name.trim()).file_name()?.to_string_lossy().into_owned();
    Some((state.chars().next()?, name))
}
