//! What can go wrong, in a sentence for the person and in details for support.

use std::io;

use chrono::{DateTime, Utc};
use rusqlite::ErrorCode;
use rusqlite::ffi;

/// Why the copy cannot be opened.
///
/// `Display` is for the person in front of the computer; [`OpenError::details`] for whoever helps them.
#[derive(Debug, thiserror::Error)]
pub enum OpenError {
    /// There is none.
    #[error("There is no copy of the schedule on this computer yet. It is made when the server can be reached.")]
    Missing,
    /// It was made with another key, or is not as it was written: which of the two, nobody can tell.
    #[error(
        "The copy of the schedule on this computer cannot be read. It is made anew when the server can be reached; nothing is lost."
    )]
    WrongKeyOrDamaged,
    /// It is of another connection or person.
    #[error(
        "The copy of the schedule on this computer is somebody else's. It is made anew when the server can be reached."
    )]
    OtherIdentity,
    /// Another version of the program made it.
    #[error(
        "Another version of the program made the copy of the schedule. It is made anew when the server can be reached; nothing is lost."
    )]
    OtherSchema {
        /// The version of its bodies; `None` when its tables are others, too.
        found: Option<u32>,
    },
    /// The server has not been reached for longer than a copy may be read.
    #[error("The copy of the schedule is too old to be shown. Connect to the server once, and it is there again.")]
    TooOld {
        /// When the server was last reached, by the server's clock.
        as_of: DateTime<Utc>,
    },
    /// Another process has it open.
    #[error("Another window of the program is using the copy of the schedule. Close that one, then try again.")]
    Busy,
    /// The disk has no room.
    #[error("The disk is full, so the copy of the schedule cannot be used. Make some room on it; nothing is lost.")]
    DiskFull,
    /// The computer refuses, or something else stands in its place.
    #[error("This computer does not let the program use its copy of the schedule. What is on the server is safe.")]
    Io(#[source] io::Error),
}

/// Why the copy could not be read or written. What it held before a failed write, it still holds.
///
/// `Display` is for the person in front of the computer; [`CopyError::details`] for whoever helps them.
#[derive(Debug, thiserror::Error)]
pub enum CopyError {
    /// It is not as it was written. Begin a new one.
    #[error(
        "The copy of the schedule on this computer is damaged. It is made anew when the server can be reached; nothing is lost."
    )]
    Damaged,
    /// The feed is another than the copy's: the database was restored. Only a full pass helps.
    #[error("The database was restored, so the copy of the schedule has to be made anew.")]
    OtherFeed,
    /// Another process has it open, or a full pass is under way already.
    #[error("Another window of the program is using the copy of the schedule. Close that one, then try again.")]
    Busy,
    /// The disk has no room.
    #[error(
        "The disk is full, so the copy of the schedule could not be brought up to date. Make some room on it; nothing is lost."
    )]
    DiskFull,
    /// The computer refuses.
    #[error("This computer does not let the program use its copy of the schedule. What is on the server is safe.")]
    Io(#[source] io::Error),
}

impl OpenError {
    /// Whether a new copy from the server is the answer; else it would fail for the same reason.
    #[must_use]
    pub fn calls_for_a_new_copy(&self) -> bool {
        match self {
            Self::Missing
            | Self::WrongKeyOrDamaged
            | Self::OtherIdentity
            | Self::OtherSchema { .. }
            | Self::TooOld { .. } => true,
            Self::Busy | Self::DiskFull | Self::Io(_) => false,
        }
    }

    /// For support: nothing of what the copy holds.
    #[must_use]
    pub fn details(&self) -> String {
        format!("{self:?}")
    }
}

impl CopyError {
    /// For support: nothing of what the copy holds.
    #[must_use]
    pub fn details(&self) -> String {
        format!("{self:?}")
    }
}

impl From<CopyError> for OpenError {
    fn from(error: CopyError) -> Self {
        match error {
            CopyError::Damaged | CopyError::OtherFeed => Self::WrongKeyOrDamaged,
            CopyError::Busy => Self::Busy,
            CopyError::DiskFull => Self::DiskFull,
            CopyError::Io(error) => Self::Io(error),
        }
    }
}

impl From<io::Error> for CopyError {
    fn from(error: io::Error) -> Self {
        match error.kind() {
            io::ErrorKind::StorageFull | io::ErrorKind::QuotaExceeded => Self::DiskFull,
            _ => Self::Io(error),
        }
    }
}

impl From<rusqlite::Error> for CopyError {
    /// Everything that is not about the computer counts as damage: the statements are ours and the tables are known,
    /// so that nothing else is left which could be wrong.
    fn from(error: rusqlite::Error) -> Self {
        let rusqlite::Error::SqliteFailure(failure, _) = &error else {
            return Self::Damaged;
        };
        match (failure.code, failure.extended_code) {
            // No room for the pages, or for the memory shared between connections.
            (ErrorCode::DiskFull, _) | (_, ffi::SQLITE_IOERR_SHMSIZE) => Self::DiskFull,
            (ErrorCode::DatabaseBusy | ErrorCode::DatabaseLocked, _) => Self::Busy,
            // A disk that cannot read what it holds.
            (_, ffi::SQLITE_IOERR_READ | ffi::SQLITE_IOERR_SHORT_READ | ffi::SQLITE_IOERR_CORRUPTFS) => Self::Damaged,
            (
                ErrorCode::CannotOpen
                | ErrorCode::ReadOnly
                | ErrorCode::PermissionDenied
                | ErrorCode::SystemIoFailure
                | ErrorCode::OutOfMemory
                | ErrorCode::NoLargeFileSupport,
                _,
            ) => Self::Io(io::Error::other(error)),
            _ => Self::Damaged,
        }
    }
}
