//! Files and folders that only this person reads: settings, logs, backups, copies and papers hold customers' data.
//!
//! On Linux and macOS by their rights (0600 and 0700), whatever the umask says; on Windows by an access list that is not
//! inherited. What a person chose to save somewhere is theirs to share, and none of this.

#[cfg(unix)]
mod unix;
#[cfg(unix)]
use unix as system;

#[cfg(windows)]
mod windows;
#[cfg(windows)]
use windows as system;

use std::fs::{self, File, OpenOptions};
use std::io::{self, Write};
use std::path::Path;

/// To write a file with; one that is made has no other readers. Say how: `create`, `create_new`, `append`, `truncate`.
#[must_use]
pub fn private() -> OpenOptions {
    let mut options = OpenOptions::new();
    options.write(true);
    only_mine(&mut options);
    options
}

/// What is made with these options has no other readers.
pub fn only_mine(options: &mut OpenOptions) -> &mut OpenOptions {
    system::only_mine(options)
}

/// Makes a folder nobody else looks into, and those above it that are not there. One that is there stays as it is: it may
/// be somebody's choice.
///
/// # Errors
/// When it cannot be made.
pub fn make_folder(folder: &Path) -> io::Result<()> {
    if folder.is_dir() {
        return Ok(());
    }
    system::make_folder(folder)
}

/// Makes a folder of the program's own, or closes the one there is to everybody else: an earlier version, or an archive it
/// came back from, may have left it open. A folder that is not ours, or shared by design as the one for temporary files is,
/// stays as it is.
///
/// # Errors
/// When it cannot be made or closed.
pub fn own_folder(folder: &Path) -> io::Result<()> {
    make_folder(folder)?;
    system::close_folder(folder)
}

/// The same for the folder all others are in. Run by root, the local office's server works in it as another user, who has to
/// pass through it: they may do that, and not look into it.
///
/// # Errors
/// When it cannot be made or closed.
pub fn own_home(folder: &Path) -> io::Result<()> {
    make_folder(folder)?;
    system::close_home(folder)
}

/// Closes a file that is there to everybody else.
///
/// # Errors
/// When it is not ours.
pub fn close_file(file: &Path) -> io::Result<()> {
    system::close_file(file)
}

/// A file with nothing in it, for another program to write into: whatever was there is gone. In a folder that is not the
/// program's own, [`close_file`] it as well: on Windows a file is as open as its folder.
///
/// # Errors
/// When it cannot be made.
pub fn make_empty(file: &Path) -> io::Result<()> {
    match fs::remove_file(file) {
        Err(error) if error.kind() != io::ErrorKind::NotFound => return Err(error),
        _ => {}
    }
    private().create_new(true).open(file).map(drop)
}

/// Writes a file whole or not at all: a full disk, a crash or a power cut leaves the old one.
///
/// # Errors
/// When it cannot be written.
pub fn write_whole(file: &Path, content: &[u8]) -> io::Result<()> {
    let mut partial = file.as_os_str().to_owned();
    partial.push(".partial");
    let partial = Path::new(&partial);
    make_empty(partial)?;
    let mut handle: File = private().truncate(true).open(partial)?;
    let written = handle.write_all(content).and_then(|()| handle.sync_all());
    drop(handle);
    let placed = written.and_then(|()| fs::rename(partial, file));
    if placed.is_err() {
        let _ = fs::remove_file(partial);
    }
    placed
}

#[cfg(all(test, unix))]
#[expect(clippy::unwrap_used, reason = "a failed step is a failed test")]
mod tests {
    use std::os::unix::fs::PermissionsExt;

    use super::*;

    fn rights(path: &Path) -> u32 {
        fs::metadata(path).unwrap().permissions().mode() & 0o7777
    }

    fn open_up(path: &Path, mode: u32) {
        fs::set_permissions(path, fs::Permissions::from_mode(mode)).unwrap();
    }

    #[test]
    fn what_is_made_is_private_and_what_was_open_is_closed() {
        let temporary = tempfile::tempdir().unwrap();
        let folder = temporary.path().join("new").join("folder");
        make_folder(&folder).unwrap();
        assert_eq!((rights(&folder), rights(folder.parent().unwrap())), (0o700, 0o700));
        open_up(&folder, 0o755);
        make_folder(&folder).unwrap();
        assert_eq!(rights(&folder), 0o755, "somebody's choice");
        own_folder(&folder).unwrap();
        assert_eq!(rights(&folder), 0o700);
        // As /tmp is: nobody's own.
        open_up(&folder, 0o1777);
        own_folder(&folder).unwrap();
        assert_eq!(rights(&folder), 0o1777);

        let file = folder.join("settings.json");
        fs::write(&file, "old").unwrap();
        open_up(&file, 0o644);
        close_file(&file).unwrap();
        assert_eq!(rights(&file), 0o600);
        open_up(&file, 0o644);
        write_whole(&file, b"new").unwrap();
        assert_eq!((rights(&file), fs::read(&file).unwrap()), (0o600, b"new".to_vec()));
        assert_eq!(fs::read_dir(&folder).unwrap().count(), 1, "nothing unfinished is left");
        make_empty(&file).unwrap();
        assert_eq!((rights(&file), fs::metadata(&file).unwrap().len()), (0o600, 0));
        let appended = folder.join("log");
        drop(private().create(true).append(true).open(&appended).unwrap());
        assert_eq!(rights(&appended), 0o600);
    }

    #[test]
    fn a_file_that_cannot_be_written_leaves_the_old_one() {
        let temporary = tempfile::tempdir().unwrap();
        let file = temporary.path().join("settings.json");
        fs::create_dir_all(file.join("in the way")).unwrap();
        assert!(write_whole(&file, b"new").is_err());
        assert_eq!(fs::read_dir(temporary.path()).unwrap().count(), 1);
    }
}
