//! Where a copy is, who may use it, and how it is removed.

use std::collections::BTreeSet;
use std::ffi::OsString;
use std::fs::{self, File, OpenOptions, TryLockError};
use std::io;
use std::path::{Path, PathBuf};
use std::sync::Arc;
use std::sync::atomic::{AtomicBool, Ordering};

use uuid::Uuid;

use crate::error::CopyError;

/// Everything `SQLite` may put beside a file, and the file itself first: without it, the others say nothing.
const OF_A_FILE: [&str; 4] = ["", "-wal", "-shm", "-journal"];
const PARTIAL: &str = ".partial";
const LOCK: &str = ".lock";

/// The file of a connection and person in a folder.
#[must_use]
pub fn path_for(folder: &Path, connection: Uuid, person: Uuid) -> PathBuf {
    folder.join(format!("{}{person}.db", prefix(connection)))
}

/// Removes a copy and everything beside it; none being there is fine. Forget the key, too: it makes useless whatever
/// the disk still holds. An empty lock file stays, because removing it could let two processes in.
///
/// A copy that is open is to be closed before ([`crate::ScheduleCopy::wipe`] does both).
///
/// # Errors
/// When a file could not be removed. The others are.
pub fn wipe(path: &Path) -> io::Result<()> {
    remove_file_set(path).and(remove_file_set(&beside(path, PARTIAL)))
}

/// Removes the copies of all persons of a connection, as [`wipe`] does.
///
/// # Errors
/// When the folder cannot be read or a file could not be removed. The others are.
pub fn wipe_connection(folder: &Path, connection: Uuid) -> io::Result<()> {
    let entries = match fs::read_dir(folder) {
        Err(error) if error.kind() == io::ErrorKind::NotFound => return Ok(()),
        entries => entries?,
    };
    let mut outcome = Ok(());
    for entry in entries {
        let entry = entry?;
        let name = entry.file_name();
        let ours = name.to_str().is_some_and(|name| name.starts_with(&prefix(connection)) && !name.ends_with(LOCK));
        if ours {
            outcome = outcome.and(remove(&entry.path()));
        }
    }
    outcome
}

/// Whose copies, or parts of them, are in a folder: connections and persons.
///
/// # Errors
/// When the folder cannot be read.
pub fn found(folder: &Path) -> io::Result<BTreeSet<(Uuid, Uuid)>> {
    let entries = match fs::read_dir(folder) {
        Err(error) if error.kind() == io::ErrorKind::NotFound => return Ok(BTreeSet::new()),
        entries => entries?,
    };
    let mut all = BTreeSet::new();
    for entry in entries {
        let name = entry?.file_name();
        let Some(name) = name.to_str().filter(|name| !name.ends_with(LOCK)) else { continue };
        let ids = name.strip_prefix("schedule-").and_then(|ids| Some((ids.get(..36)?, ids.get(37..73)?)));
        all.extend(ids.and_then(|(connection, person)| Some((connection.parse().ok()?, person.parse().ok()?))));
    }
    Ok(all)
}

/// A copy's place, held by this process for as long as there is one.
#[derive(Debug)]
pub(crate) struct Place {
    pub(crate) path: PathBuf,
    /// A full pass is under way: there is one unfinished file.
    passing: AtomicBool,
    lock: File,
}

impl Place {
    /// Takes it. The folder is made if it is not there.
    ///
    /// A file of its own is locked, not the copy: opening and closing the copy's file a second time would drop the
    /// locks `SQLite` holds on it, and a full pass replaces that file.
    ///
    /// # Errors
    /// [`CopyError::Busy`] when another process has it, or another copy of this one.
    pub(crate) fn take(path: &Path) -> Result<Arc<Self>, CopyError> {
        if let Some(folder) = path.parent() {
            files::make_folder(folder)?;
        }
        let lock = files::private().create(true).truncate(false).open(beside(path, LOCK))?;
        match lock.try_lock() {
            Ok(()) => Ok(Arc::new(Self { path: path.to_owned(), passing: AtomicBool::new(false), lock })),
            Err(TryLockError::WouldBlock) => Err(CopyError::Busy),
            Err(TryLockError::Error(error)) => Err(error.into()),
        }
    }

    /// The length of the copy's file; `None` when there is none.
    ///
    /// # Errors
    /// When something that is not a file stands there.
    pub(crate) fn length(&self) -> Result<Option<u64>, CopyError> {
        match fs::symlink_metadata(&self.path) {
            Ok(found) if found.is_file() => Ok(Some(found.len())),
            Ok(_) => Err(io::Error::new(io::ErrorKind::AlreadyExists, "what stands there is not a file").into()),
            Err(error) if error.kind() == io::ErrorKind::NotFound => Ok(None),
            Err(error) => Err(error.into()),
        }
    }

    /// Nobody else on this computer reads it, whoever copied it here.
    pub(crate) fn make_private(&self) -> io::Result<()> {
        // On Windows it goes by its folder.
        if cfg!(unix) { files::close_file(&self.path) } else { Ok(()) }
    }

    /// An empty file for a full pass; what an earlier one left is removed.
    ///
    /// # Errors
    /// [`CopyError::Busy`] when one is under way.
    pub(crate) fn make_partial(&self) -> Result<PathBuf, CopyError> {
        if self.passing.swap(true, Ordering::AcqRel) {
            return Err(CopyError::Busy);
        }
        let made = self.remove_partial().and_then(|()| files::private().create_new(true).open(self.partial()));
        match made {
            Ok(_) => Ok(self.partial()),
            Err(error) => {
                self.passing.store(false, Ordering::Release);
                Err(error.into())
            }
        }
    }

    /// The full pass is over.
    pub(crate) fn passed(&self) {
        // What cannot be removed now is removed by the next.
        let _ = self.remove_partial();
        self.passing.store(false, Ordering::Release);
    }

    /// What a crash left of a full pass.
    pub(crate) fn remove_partial(&self) -> io::Result<()> {
        remove_file_set(&self.partial())
    }

    /// Puts the finished file in place of one that cannot be used. First the old file goes and then its log: the
    /// other way round, a crash between would leave a file that lacks a part.
    pub(crate) fn replace_unusable(&self) -> io::Result<()> {
        remove(&self.path)?;
        remove_file_set(&self.path)?;
        self.replace()
    }

    /// Puts the finished file in place. The file there is closed, and nothing is left in its log.
    pub(crate) fn replace(&self) -> io::Result<()> {
        let partial = self.partial();
        // Windows flushes only through a handle that may write.
        OpenOptions::new().write(true).open(&partial)?.sync_all()?;
        fs::rename(&partial, &self.path)?;
        sync_folder(&self.path)
    }

    fn partial(&self) -> PathBuf {
        beside(&self.path, PARTIAL)
    }
}

impl Drop for Place {
    fn drop(&mut self) {
        // Closing the file is not enough: a process just being started still has it open for a moment.
        let _ = self.lock.unlock();
    }
}

fn prefix(connection: Uuid) -> String {
    format!("schedule-{connection}-")
}

fn beside(path: &Path, suffix: &str) -> PathBuf {
    let mut name = OsString::from(path);
    name.push(suffix);
    name.into()
}

/// All that can be removed is, whatever one of them says.
fn remove_file_set(path: &Path) -> io::Result<()> {
    let mut outcome = Ok(());
    for suffix in OF_A_FILE {
        outcome = outcome.and(remove(&beside(path, suffix)));
    }
    outcome
}

fn remove(path: &Path) -> io::Result<()> {
    match fs::remove_file(path) {
        Err(error) if error.kind() == io::ErrorKind::NotFound => Ok(()),
        outcome => outcome,
    }
}

/// A rename outlives a power cut when the folder is on the disk; Windows takes care of that itself.
fn sync_folder(path: &Path) -> io::Result<()> {
    #[cfg(unix)]
    if let Some(folder) = path.parent() {
        File::open(folder)?.sync_all()?;
    }
    #[cfg(not(unix))]
    let _ = path;
    Ok(())
}
