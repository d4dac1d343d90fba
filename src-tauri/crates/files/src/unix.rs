//! Linux, macOS and their kin.

use std::fs::{self, DirBuilder, OpenOptions, Permissions};
use std::io;
use std::os::unix::fs::{DirBuilderExt, MetadataExt, OpenOptionsExt, PermissionsExt};
use std::path::Path;

const STICKY: u32 = 0o1000;
const OTHERS: u32 = 0o077;

pub(crate) fn only_mine(options: &mut OpenOptions) -> &mut OpenOptions {
    options.mode(0o600)
}

pub(crate) fn make_folder(folder: &Path) -> io::Result<()> {
    DirBuilder::new().recursive(true).mode(0o700).create(folder)
}

pub(crate) fn close_folder(folder: &Path) -> io::Result<()> {
    close(folder, 0o700)
}

pub(crate) fn close_home(folder: &Path) -> io::Result<()> {
    close(folder, if rustix::process::geteuid().is_root() { 0o711 } else { 0o700 })
}

fn close(folder: &Path, rights: u32) -> io::Result<()> {
    let found = fs::metadata(folder)?;
    let ours = found.uid() == rustix::process::geteuid().as_raw() && found.mode() & STICKY == 0;
    if ours && found.mode() & 0o777 != rights {
        fs::set_permissions(folder, Permissions::from_mode(rights))?;
    }
    Ok(())
}

pub(crate) fn close_file(file: &Path) -> io::Result<()> {
    let mode = fs::metadata(file)?.mode();
    if mode & OTHERS != 0 {
        fs::set_permissions(file, Permissions::from_mode(mode & 0o700))?;
    }
    Ok(())
}
