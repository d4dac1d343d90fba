//! Papers that were made to be opened. They are not encrypted, and hold names and numbers: they do not stay for ever, and
//! go with whoever made them.

use std::fs;
use std::io::{self, Write};
use std::path::{Path, PathBuf};
use std::time::Duration;

use uuid::Uuid;

/// Papers that were opened are removed after this long.
const KEPT: Duration = Duration::from_hours(7 * 24);

/// A paper of this name may be open so many times.
const OPEN_AT_ONCE: u32 = 20;

/// Where they are.
pub(crate) fn folder(data: &Path) -> PathBuf {
    data.join("papers")
}

/// Writes one, and removes old ones. Only the person reads it. Where one of its name cannot be replaced, because on
/// Windows it is still open, it has a number.
///
/// # Errors
/// When it cannot be written.
pub(crate) fn write(folder: &Path, name: &str, content: &[u8]) -> io::Result<PathBuf> {
    files::own_folder(folder)?;
    sweep(folder);
    let partial = folder.join(format!("{}.partial", Uuid::new_v4()));
    let mut file = files::private().create_new(true).open(&partial)?;
    let written = file.write_all(content).and_then(|()| file.sync_all());
    drop(file);
    let placed = written.and_then(|()| place(&partial, folder, name));
    if placed.is_err() {
        let _ = fs::remove_file(&partial);
    }
    placed
}

fn place(partial: &Path, folder: &Path, name: &str) -> io::Result<PathBuf> {
    let (stem, extension) = name.rsplit_once('.').unwrap_or((name, "pdf"));
    let mut number = 1;
    loop {
        let file = folder.join(if number == 1 { name.to_owned() } else { format!("{stem} ({number}).{extension}") });
        match fs::rename(partial, &file) {
            Ok(()) => return Ok(file),
            Err(_) if number < OPEN_AT_ONCE && file.exists() => number += 1,
            Err(error) => return Err(error),
        }
    }
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

fn remove(folder: &Path, which: impl Fn(&fs::DirEntry) -> bool) {
    let Ok(entries) = fs::read_dir(folder) else { return };
    for entry in entries.flatten().filter(which) {
        // On Windows one that is open stays until a later time.
        if let Err(error) = fs::remove_file(entry.path()) {
            tracing::warn!(%error, "a paper could not be removed");
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_paper_that_cannot_be_replaced_gets_a_number() {
        let data = tempfile::tempdir().unwrap();
        let folder = folder(data.path());
        let name = "Day sheets 2026-06-08.pdf";
        assert_eq!(write(&folder, name, b"one").unwrap(), folder.join(name));
        assert_eq!(write(&folder, name, b"two").unwrap(), folder.join(name));
        assert_eq!(fs::read(folder.join(name)).unwrap(), b"two");
        // What no system replaces by a file, as Windows does not replace one that is open.
        fs::remove_file(folder.join(name)).unwrap();
        fs::create_dir_all(folder.join(name).join("open")).unwrap();
        let second = write(&folder, name, b"three").unwrap();
        assert_eq!(second, folder.join("Day sheets 2026-06-08 (2).pdf"));
        assert_eq!(fs::read(second).unwrap(), b"three");
        assert_eq!(fs::read_dir(&folder).unwrap().count(), 2, "nothing unfinished is left");
    }

    #[cfg(unix)]
    #[test]
    fn only_the_person_reads_them() {
        use std::os::unix::fs::PermissionsExt;
        let data = tempfile::tempdir().unwrap();
        let folder = folder(data.path());
        fs::create_dir(&folder).unwrap();
        fs::set_permissions(&folder, fs::Permissions::from_mode(0o755)).unwrap();
        let paper = write(&folder, "Week plan.pdf", b"Ann Ames, 630-555-0101").unwrap();
        let rights = |path: &Path| fs::metadata(path).unwrap().permissions().mode() & 0o777;
        assert_eq!((rights(&folder), rights(&paper)), (0o700, 0o600));
    }
}
