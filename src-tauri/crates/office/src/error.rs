//! Errors as they cross to the window: a code it acts on, a sentence for a person, details for a helper.

use database::{DatabaseError, Failure, InvalidSetting};
use domain::text::shorten;
use serde::{Deserialize, Serialize};
use specta::Type;

/// What the window can act on. A code is added only when it does.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize, Type)]
#[serde(rename_all = "snake_case")]
pub enum ErrorCode {
    /// No usable connection at the moment.
    NotConnected,
    /// The host or port does not answer.
    NoAnswer,
    /// The login or its password is wrong.
    WrongPassword,
    /// The server has no such database.
    NoSuchDatabase,
    /// Encryption refused, or the certificate is not trusted.
    EncryptionFailed,
    /// Older than PostgreSQL 13.
    ServerTooOld,
    /// The server takes no more connections.
    TooManyConnections,
    /// Somebody else's tables.
    NotANeffDatabase,
    /// Needs migrating.
    SchemaOlder,
    /// This program is too old.
    SchemaNewer,
    /// The login may not.
    RightsMissing,
    /// The keychain refused or did not answer.
    Keychain,
    /// The record is not there (any more).
    NotFound,
    /// Something entered cannot be right; `field` says which.
    Invalid,
    /// Somebody else changed the same record.
    VersionConflict,
    /// The backup that must come first did not succeed.
    BackupFailed,
    /// The local office's own server cannot be found, made or started.
    LocalOffice,
    /// A disk is full: this computer's or the server's.
    DiskFull,
    /// A defect: to be reported.
    Internal,
}

/// An error for the window. `message` says what happened and what to do; `details` is for the helper on the phone.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, Type, thiserror::Error)]
#[error("{message}")]
pub struct AppError {
    /// What the window acts on.
    pub code: ErrorCode,
    /// Plain words.
    pub message: String,
    /// The field to put the message at.
    pub field: Option<String>,
    /// Technical text, behind "Copy details".
    pub details: Option<String>,
}

impl AppError {
    /// An error with a sentence.
    pub fn new(code: ErrorCode, message: impl Into<String>) -> Self {
        Self { code, message: message.into(), field: None, details: None }
    }
    /// Adds the technical text.
    #[must_use]
    pub fn with_details(mut self, details: impl Into<String>) -> Self {
        self.details = Some(details.into());
        self
    }
    /// The server could not be asked, whatever the question.
    pub(crate) fn is_about_the_link(&self) -> bool {
        matches!(self.code, ErrorCode::NotConnected | ErrorCode::NoAnswer | ErrorCode::TooManyConnections)
    }
    /// A record that is not there.
    pub fn not_found(what: &str) -> Self {
        Self::new(ErrorCode::NotFound, format!("This {what} is not there any more. Somebody may have removed it."))
    }
    /// The sentence and code of a kind of database failure.
    pub fn of_failure(failure: Failure) -> Self {
        use ErrorCode as C;
        let (code, message) = match failure {
            Failure::NoAnswer => (
                C::NoAnswer,
                "The office database does not answer. Check that this computer is on the network and the server is switched on.",
            ),
            Failure::WrongPassword => {
                (C::WrongPassword, "The login or its password is wrong. Type the password again.")
            }
            Failure::NoSuchDatabase => (C::NoSuchDatabase, "The server has no database of that name. Check the name."),
            Failure::Encryption => {
                (C::EncryptionFailed, "The server's certificate is not trusted. No password was sent.")
            }
            Failure::NotEncrypted => (
                C::EncryptionFailed,
                "The server does not encrypt (TLS is switched off there), and this connection asks for it. No password was sent.",
            ),
            Failure::NotLetIn => (
                C::NotConnected,
                "The server does not let this login in from this computer. Whoever keeps the server can allow it (pg_hba.conf).",
            ),
            Failure::Pooler => (
                C::NotConnected,
                "Between this computer and the database stands a pooler (PgBouncer or the like), which lends its connections to many programs. Give the server's own port, as a rule 5432.",
            ),
            Failure::TriggersOff => (
                C::NotConnected,
                "The server switches the database's triggers off for this login, so nothing would be checked. Have session_replication_role reset.",
            ),
            Failure::ReadOnly => (
                C::NotConnected,
                "The database takes no changes: the server is a standby, or set to read only. Nothing was changed.",
            ),
            Failure::Unproven => (
                C::EncryptionFailed,
                "The server asks for the password in a way that would give it away, and nothing proves that it is the right server. Nothing was sent. Choose \"Encrypted, full verification\", or have the login's password set anew for SCRAM (scram-sha-256) on the server.",
            ),
            Failure::ServerTooOld => {
                (C::ServerTooOld, "The server's PostgreSQL is older than version 13. Have it upgraded.")
            }
            Failure::TooManyConnections => {
                (C::TooManyConnections, "The server takes no more connections at the moment. It will be tried again.")
            }
            Failure::RightsMissing => {
                (C::RightsMissing, "This login may not do that. Whoever keeps the database can allow it.")
            }
            Failure::ServerRestarting => {
                (C::NoAnswer, "The database server is restarting. It will be tried again in a moment.")
            }
            Failure::Retry => (
                C::VersionConflict,
                "Somebody else changed the same thing at that moment. Nothing was changed; try again.",
            ),
            Failure::TookTooLong => {
                (C::Internal, "The database took too long, so it was stopped. Nothing was changed; try again.")
            }
            // No conflict: the same step, an undo say, works in a moment.
            Failure::Occupied => {
                (C::Internal, "Somebody else is saving at this moment. Nothing was changed; try again.")
            }
            Failure::DoubleBooked => {
                (C::Invalid, "That would put somebody or something in two places at once. Nothing was changed.")
            }
            Failure::InvalidCondition => {
                (C::Invalid, "The rule's condition cannot be understood. Nothing was changed.")
            }
            Failure::Constraint => (C::Invalid, "The database refused a value. Nothing was changed."),
            Failure::DiskFull => {
                (C::DiskFull, "The server's disk is full. Nothing was changed; space has to be made there first.")
            }
            Failure::Unreleased => (
                C::NotANeffDatabase,
                "This database was made by a Neff Office from before its first release. It is left as it is: this program can neither use it nor bring it up to date. Set up a new, empty database instead.",
            ),
            Failure::NameTaken => (
                C::NotANeffDatabase,
                "The database has tables or columns of its own with names Neff Office needs. Nothing was changed; have them renamed first.",
            ),
            Failure::Other => (
                C::Internal,
                "Something went wrong that should not. Nothing was changed; copy the details for support.",
            ),
        };
        Self::new(code, message)
    }
}

impl From<DatabaseError> for AppError {
    fn from(error: DatabaseError) -> Self {
        if error.constraint() == Some("jobs_wait_in_no_circle") {
            let message = "These jobs would wait for each other in a circle. Let one of them wait for none.";
            let circle = Self::new(ErrorCode::Invalid, message).with_details(error.technical());
            return Self { field: Some("follows_job_id".into()), ..circle };
        }
        let told = match (error.failure(), error.detail()) {
            (Failure::Occupied, Some(who)) if !who.is_empty() => Self::new(
                ErrorCode::Internal,
                format!("{} is saving jobs at this moment. Nothing was changed; try again.", shorten(who, 200)),
            ),
            (failure, _) => Self::of_failure(failure),
        };
        told.with_details(error.technical())
    }
}

impl From<InvalidSetting> for AppError {
    fn from(invalid: InvalidSetting) -> Self {
        Self { field: Some(invalid.field.to_owned()), ..Self::new(ErrorCode::Invalid, invalid.message) }
    }
}
