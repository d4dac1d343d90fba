//! Papers that were made to be opened. They are not encrypted, and hold names and numbers: they do not stay for ever, and
//! go with whoever made them.

use std::path::{Path, PathBuf};
use std::time::Duration;

/// Papers that were opened are removed after this long.
const KEPT: Duration = Duration::from_hours(7 * 24);

/// Where they are.
pub(crate) fn folder(data: &Path) -> PathBuf {
    data.join("papers")
}

/// Removes the old ones.
pub(crate) fn sweep(folder: &Path) {
    remove(folder, |file| {
        file.metadata().and_then(|m| m.modified()).is_ok_and(|at| at.elapsed().is_ok_and(|age| age > KEPT))
    });
}

/// Removes all of them.
pub(crate) fn clear(folder: &Path) {
    remove(folder, |_| true);
}

fn remove(folder: &Path, which: impl Fn(&std::fs::DirEntry) -> bool) {
    let Ok(entries) = std::fs::read_dir(folder) else { return };
    for entry in entries.flatten().filter(which) {
        // On Windows one that is open stays until a later time.
        if let Err(error) = std::fs::remove_file(entry.path()) {
            tracing::warn!(%error, "a paper could not be removed");
        }
    }
}
