//! Windows. The system's own program sets the access lists: doing it by the system's calls takes unsafe code.

use std::fs::{self, OpenOptions};
use std::io;
use std::os::windows::process::CommandExt;
use std::path::Path;
use std::process::{Command, Stdio};
use std::sync::OnceLock;

const CREATE_NO_WINDOW: u32 = 0x0800_0000;
/// The system itself and whoever administers the computer, in every language: backups and virus scanners go on.
const SYSTEM: &str = "*S-1-5-18";
const ADMINISTRATORS: &str = "*S-1-5-32-544";

/// A file gets the list of its folder.
pub(crate) fn only_mine(options: &mut OpenOptions) -> &mut OpenOptions {
    options
}

pub(crate) fn make_folder(folder: &Path) -> io::Result<()> {
    fs::create_dir_all(folder)?;
    close_folder(folder)
}

pub(crate) fn close_folder(folder: &Path) -> io::Result<()> {
    grant(folder, ":(OI)(CI)F")
}

pub(crate) fn close_home(folder: &Path) -> io::Result<()> {
    close_folder(folder)
}

pub(crate) fn close_file(file: &Path) -> io::Result<()> {
    grant(file, ":F")
}

/// Nobody by inheritance, and these three by name.
fn grant(path: &Path, rights: &str) -> io::Result<()> {
    let mut command = program("icacls.exe");
    command.arg(path).args(["/inheritance:r", "/grant:r"]);
    for who in [me()?, SYSTEM, ADMINISTRATORS] {
        command.arg(format!("{who}{rights}"));
    }
    let output = command.args(["/C", "/Q"]).output()?;
    if output.status.success() {
        return Ok(());
    }
    let said = String::from_utf8_lossy(&output.stderr);
    Err(io::Error::new(io::ErrorKind::PermissionDenied, format!("icacls: {}", said.trim())))
}

/// This person's number (`*S-1-5-21-…`): a name may be another's in another domain.
fn me() -> io::Result<&'static str> {
    static ME: OnceLock<Option<String>> = OnceLock::new();
    let found = ME.get_or_init(|| {
        let output = program("whoami.exe").args(["/user", "/fo", "csv", "/nh"]).output().ok()?;
        let said = String::from_utf8_lossy(&output.stdout).into_owned();
        let number = said.trim().rsplit(',').next()?.trim_matches('"');
        number.starts_with("S-1-").then(|| format!("*{number}"))
    });
    found.as_deref().ok_or_else(|| io::Error::new(io::ErrorKind::NotFound, "whoami named nobody"))
}

/// The system's own, and not one of that name in the folder we are in.
fn program(name: &str) -> Command {
    let root = std::env::var_os("SystemRoot").unwrap_or_else(|| "C:\\Windows".into());
    let mut command = Command::new(Path::new(&root).join("System32").join(name));
    command.creation_flags(CREATE_NO_WINDOW).stdin(Stdio::null());
    command
}
