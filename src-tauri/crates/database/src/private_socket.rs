//! Whether a socket can only be the server's: where nobody else may put one.

/// Whether `host` is a folder of sockets that only this person, or root, may write, and no other could be put in its place.
#[cfg(unix)]
pub(crate) fn is_private(host: &str) -> bool {
    use std::os::unix::fs::MetadataExt;

    if !host.starts_with('/') {
        return false;
    }
    let me = rustix::process::geteuid().as_raw();
    let Ok(real) = std::fs::canonicalize(host) else { return false };
    real.ancestors().enumerate().all(|(above, folder)| {
        let Ok(found) = std::fs::metadata(folder) else { return false };
        let others_write = found.mode() & 0o022 != 0;
        // In a folder such as /tmp nobody renames what is not theirs.
        let sticky = above > 0 && found.mode() & 0o1000 != 0;
        (found.uid() == me || found.uid() == 0) && (!others_write || sticky)
    })
}

#[cfg(not(unix))]
pub(crate) fn is_private(_host: &str) -> bool {
    false
}

#[cfg(all(test, unix))]
mod tests {
    use std::fs;
    use std::os::unix::fs::PermissionsExt;

    use super::is_private;

    #[test]
    fn a_folder_others_may_write_is_not_private() {
        let folder = std::env::temp_dir().join(format!("neff-{}", uuid::Uuid::new_v4()));
        fs::create_dir(&folder).unwrap();
        let with = |mode| {
            fs::set_permissions(&folder, fs::Permissions::from_mode(mode)).unwrap();
            is_private(folder.to_str().unwrap())
        };
        assert_eq!([0o700, 0o755, 0o770, 0o777, 0o1777].map(with), [true, true, false, false, false]);
        with(0o700);
        let link = folder.join("link");
        std::os::unix::fs::symlink("/tmp", &link).unwrap();
        assert!(!is_private(link.to_str().unwrap()), "where it leads counts");
        for other in ["localhost", "127.0.0.1", "", "/nowhere/at/all"] {
            assert!(!is_private(other), "{other}");
        }
        fs::remove_dir_all(folder).unwrap();
    }
}
