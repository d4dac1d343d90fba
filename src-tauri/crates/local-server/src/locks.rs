//! Locks between the programs of one person, which the system lets go when a program is killed.

use std::fs::{File, OpenOptions, TryLockError};
use std::path::{Path, PathBuf};
use std::time::Duration;

use tokio::time::Instant;

use crate::error::LocalServerError;
use crate::place::Place;
use crate::run::blocking;

const PAUSE: Duration = Duration::from_millis(25);

/// Held while making, starting, stopping or repairing. Let go when dropped.
pub(crate) struct StartLock(#[expect(dead_code, reason = "held, not read")] File);

impl StartLock {
    /// Waits until no other program makes, starts, stops or repairs the server.
    pub(crate) async fn take(place: &Place, patience: Duration) -> Result<Self, LocalServerError> {
        let path = place.file("start.lock");
        let deadline = Instant::now() + patience;
        loop {
            let file = open(place, &path).await?;
            if let Some(file) = attempt(file, &path, true).await? {
                return Ok(Self(file));
            }
            if Instant::now() >= deadline {
                return Err(LocalServerError::Busy);
            }
            tokio::time::sleep(PAUSE).await;
        }
    }
}

/// Says that this program uses the server. Let go when dropped, or when the program is gone.
#[derive(Debug)]
pub(crate) struct UserLock {
    file: File,
    path: PathBuf,
}

impl UserLock {
    /// Joins those who use the server. Only under the start lock, where nobody can hold it alone.
    pub(crate) async fn share(place: &Place) -> Result<Self, LocalServerError> {
        let path = place.file("users.lock");
        let file = attempt(open(place, &path).await?, &path, false).await?.ok_or(LocalServerError::Busy)?;
        Ok(Self { file, path })
    }

    /// The lock of the only one who uses the server; `None` when somebody else does. Only under the start lock.
    pub(crate) async fn alone(place: &Place) -> Result<Option<Self>, LocalServerError> {
        let path = place.file("users.lock");
        let file = attempt(open(place, &path).await?, &path, true).await?;
        Ok(file.map(|file| Self { file, path }))
    }

    /// From one of those who use it to the only one; `None`, and let go, when somebody else uses it.
    pub(crate) async fn into_alone(self) -> Result<Option<Self>, LocalServerError> {
        let Self { file, path } = self;
        file.unlock().map_err(|error| LocalServerError::io("let a lock go", &path, error))?;
        let file = attempt(file, &path, true).await?;
        Ok(file.map(|file| Self { file, path }))
    }
}

async fn open(place: &Place, path: &Path) -> Result<File, LocalServerError> {
    let (place, path) = (place.clone(), path.to_owned());
    blocking(move || {
        let mut options = OpenOptions::new();
        options.create(true).truncate(false).read(true).write(true);
        place.open(&path, &mut options).map_err(|error| LocalServerError::io("open a lock file", &path, error))
    })
    .await
}

async fn attempt(file: File, path: &Path, alone: bool) -> Result<Option<File>, LocalServerError> {
    let path = path.to_owned();
    blocking(move || {
        let outcome = if alone { file.try_lock() } else { file.try_lock_shared() };
        match outcome {
            Ok(()) => Ok(Some(file)),
            Err(TryLockError::WouldBlock) => Ok(None),
            Err(TryLockError::Error(error)) => Err(LocalServerError::io("lock a file", &path, error)),
        }
    })
    .await
}
