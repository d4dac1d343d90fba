//! Making the cluster: beside its place, durable, then into its place by one rename.

use std::fs;
use std::io::Write;
use std::path::{Path, PathBuf};
use std::time::Duration;

use secrecy::{ExposeSecret, SecretString};
use uuid::Uuid;

use crate::error::LocalServerError;
use crate::locks::StartLock;
use crate::logs::{self, Reason};
use crate::place::{DATA, Place};
use crate::programs::Programs;
use crate::run::{self, blocking};
use crate::{LocalServer, platform, settings};

/// A slow disk with a virus scanner on it takes minutes.
const PATIENCE: Duration = Duration::from_mins(5);
const UNFINISHED: &str = "making-";
const PASSWORD: &str = "password";

impl LocalServer {
    /// Makes the cluster, with the superuser `postgres` and this password. It is not started.
    ///
    /// Keep the password before, not after: whoever is killed in between can then still get in.
    ///
    /// # Errors
    /// [`LocalServerError::AlreadyThere`] when there is one, also when another program has just made it: take the
    /// password that one has kept. What a failed attempt began is removed.
    pub async fn make(&self, programs: &Programs, password: &SecretString) -> Result<(), LocalServerError> {
        check(password)?;
        let (asked, base) = (self.folder().to_owned(), self.root_base().to_owned());
        if self.exists() {
            return Err(LocalServerError::AlreadyThere);
        }
        let place = self.sockets(blocking(move || Place::of_new(&asked, &base)).await?);
        let _lock = StartLock::take(&place, PATIENCE).await?;
        if self.exists() {
            return Err(LocalServerError::AlreadyThere);
        }
        let name = format!("{UNFINISHED}{}", Uuid::new_v4());
        let folder = place.file(&name);
        let outcome = make_in(&name, &place, programs, password).await;
        if let Ok(Err(error)) = blocking(move || Ok(fs::remove_dir_all(&folder))).await {
            // The next start or attempt removes it; the password in it is gone already.
            tracing::warn!(%error, "a temporary folder could not be removed");
        }
        outcome
    }
}

/// A password that survives a file of one line.
pub(crate) fn check(password: &SecretString) -> Result<(), LocalServerError> {
    let text = password.expose_secret();
    if text.is_empty() || text.contains(['\n', '\r', '\0']) {
        return Err(LocalServerError::UnusablePassword);
    }
    Ok(())
}

async fn make_in(
    name: &str,
    place: &Place,
    programs: &Programs,
    password: &SecretString,
) -> Result<(), LocalServerError> {
    prepare(name, place, password).await?;
    let mut command = run::server_command(&programs.path("initdb"), place);
    command
        .args(["--username=postgres", "--auth=scram-sha-256", "--encoding=UTF8", "--locale=C", "--data-checksums"])
        .arg("--pgdata")
        .arg(Path::new(name).join(DATA))
        .arg("--pwfile")
        .arg(Path::new(name).join(PASSWORD));
    let finished = run::finish(command, None, PATIENCE).await;
    let password_file = place.file(name).join(PASSWORD);
    blocking(move || {
        fs::remove_file(&password_file)
            .map_err(|error| LocalServerError::io("remove a temporary file", &password_file, error))
    })
    .await?;
    let finished = finished?;
    if !finished.success {
        let home = place.home.clone();
        let full = blocking(move || Ok(logs::disk_is_full(&home))).await?;
        return Err(match logs::reason(&finished.text) {
            _ if full => LocalServerError::DiskFull { folder: place.home.clone() },
            Reason::DiskFull => LocalServerError::DiskFull { folder: place.home.clone() },
            Reason::NoRights => LocalServerError::NoRights { path: place.home.clone() },
            _ => LocalServerError::CannotMake { details: logs::tail(&finished.text) },
        });
    }
    let (place, made) = (place.clone(), place.file(name).join(DATA));
    blocking(move || settle(&place, &made)).await
}

/// Removes what crashes left, and puts the password where only the server's user reads it.
async fn prepare(name: &str, place: &Place, password: &SecretString) -> Result<(), LocalServerError> {
    let (place, folder, password) = (place.clone(), place.file(name), password.clone());
    blocking(move || {
        clear(&place.home);
        let write = || {
            // Left empty where a disk was full.
            let _ = fs::remove_dir(place.data());
            platform::make_private_folder(&folder)?;
            let path = folder.join(PASSWORD);
            let mut file = place.open(&path, fs::OpenOptions::new().create_new(true).write(true))?;
            platform::give(&folder, place.account)?;
            file.write_all(password.expose_secret().as_bytes())?;
            file.write_all(b"\n")?;
            file.flush()
        };
        write().map_err(|error| {
            // A full disk must not keep half a password.
            let _ = fs::remove_dir_all(&folder);
            LocalServerError::io("prepare the local office's folder", &place.home, error)
        })
    })
    .await
}

/// Writes our settings, makes all durable, and gives the cluster its name.
fn settle(place: &Place, made: &Path) -> Result<(), LocalServerError> {
    let finish = || {
        settings::include(place, made)?;
        rename(made, &place.data())?;
        platform::sync_folder(&place.home)
    };
    finish().map_err(|error| LocalServerError::io("put the local office into its place", &place.home, error))
}

/// A virus scanner that looks into a new folder on Windows keeps it from being renamed for a moment.
fn rename(from: &Path, to: &PathBuf) -> std::io::Result<()> {
    for _ in 0..100 {
        match fs::rename(from, to) {
            Err(error) if cfg!(windows) && error.kind() == std::io::ErrorKind::PermissionDenied => {
                std::thread::sleep(Duration::from_millis(100));
            }
            outcome => return outcome,
        }
    }
    fs::rename(from, to)
}

/// Removes what attempts that were killed left behind, the password among it. Only under the start lock.
pub(crate) fn clear(home: &Path) {
    for entry in fs::read_dir(home).into_iter().flatten().flatten() {
        if entry.file_name().to_str().is_some_and(|name| name.starts_with(UNFINISHED)) {
            // The initdb of a killed program may still write there; then the next attempt removes the rest.
            let _ = fs::remove_file(entry.path().join(PASSWORD));
            let _ = fs::remove_dir_all(entry.path());
        }
    }
}
