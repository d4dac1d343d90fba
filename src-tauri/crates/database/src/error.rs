//! What can go wrong between the program and the database, in the terms somebody can act on.

use std::fmt;

/// The ways a call can fail that lead to different next steps.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Failure {
    /// Nothing answers at that host and port, or the answer stopped.
    NoAnswer,
    /// The login or its password is wrong.
    WrongPassword,
    /// The server has no database of that name.
    NoSuchDatabase,
    /// The certificate is not trusted.
    Encryption,
    /// The server does not encrypt.
    NotEncrypted,
    /// The server does not let this login in from this computer, whatever the password (`pg_hba.conf`).
    NotLetIn,
    /// Something between this computer and the server keeps a session from being the program's own.
    Pooler,
    /// The server switches triggers off in sessions of this login.
    TriggersOff,
    /// The server is a standby, or set to read only.
    ReadOnly,
    /// Older than PostgreSQL 13.
    ServerTooOld,
    /// The server takes no more connections.
    TooManyConnections,
    /// The login may not do this.
    RightsMissing,
    /// The server is shutting down or starting.
    ServerRestarting,
    /// Another transaction was in the way: the whole transaction may be tried again.
    Retry,
    /// It took longer than the statement or lock timeout.
    TookTooLong,
    /// A clash the database refused (SQLSTATE NF001); the detail names the other job.
    DoubleBooked,
    /// A rule's condition that cannot be compiled (SQLSTATE NF002).
    InvalidCondition,
    /// A constraint was violated.
    Constraint,
    /// The disk of the server is full.
    DiskFull,
    /// The database was made by a program from before the first release.
    Unreleased,
    /// Tables or columns of the company's own have the names of ones to be made.
    NameTaken,
    /// Anything else: a defect, to be reported.
    Other,
}

/// A failed call: what kind, and the technical text for whoever helps (never shown by itself to a person).
#[derive(Debug, thiserror::Error)]
pub struct DatabaseError {
    failure: Failure,
    technical: String,
    constraint: Option<String>,
    detail: Option<String>,
}

impl fmt::Display for DatabaseError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{:?}: {}", self.failure, self.technical)
    }
}

impl DatabaseError {
    /// An error found by the program itself.
    pub fn new(failure: Failure, technical: impl Into<String>) -> Self {
        Self { failure, technical: technical.into(), constraint: None, detail: None }
    }
    /// What kind of failure.
    pub fn failure(&self) -> Failure {
        self.failure
    }
    /// The technical text.
    pub fn technical(&self) -> &str {
        &self.technical
    }
    /// The violated constraint, where there is one.
    pub fn constraint(&self) -> Option<&str> {
        self.constraint.as_deref()
    }
    /// The server's DETAIL: for [`Failure::DoubleBooked`] JSON naming the other jobs.
    pub fn detail(&self) -> Option<&str> {
        self.detail.as_deref()
    }
    /// True when the link is gone, and not only this call refused.
    pub fn is_disconnect(&self) -> bool {
        matches!(self.failure, Failure::NoAnswer | Failure::ServerRestarting | Failure::TooManyConnections)
    }
}

impl From<sqlx::Error> for DatabaseError {
    fn from(error: sqlx::Error) -> Self {
        let (mut constraint, mut detail) = (None, None);
        let failure = match &error {
            sqlx::Error::Database(db) => {
                constraint = db.constraint().map(str::to_owned);
                let pg = db.try_downcast_ref::<sqlx::postgres::PgDatabaseError>();
                detail = pg.and_then(|pg| pg.detail()).map(str::to_owned);
                // A login that was locked or taken away, as a wrong password: not a matter of this computer or network.
                let locked = pg.and_then(|pg| pg.routine()) == Some("InitializeSessionUserId");
                match of_message(db.message()).unwrap_or_else(|| of_sqlstate(db.code().as_deref().unwrap_or_default()))
                {
                    Failure::NotLetIn if locked => Failure::WrongPassword,
                    failure => failure,
                }
            }
            sqlx::Error::Configuration(own) if own.downcast_ref::<Self>().is_some() => {
                own.downcast_ref::<Self>().map_or(Failure::Other, Self::failure)
            }
            sqlx::Error::Tls(inner) if inner.to_string().contains("does not support TLS") => Failure::NotEncrypted,
            // What the handshake finds wrong with a certificate comes up as unreadable data.
            sqlx::Error::Io(io) if io.kind() == std::io::ErrorKind::InvalidData => Failure::Encryption,
            sqlx::Error::Io(_)
            | sqlx::Error::PoolTimedOut
            | sqlx::Error::PoolClosed
            | sqlx::Error::WorkerCrashed
            | sqlx::Error::Protocol(_) => Failure::NoAnswer,
            sqlx::Error::Tls(_) | sqlx::Error::Configuration(_) => Failure::Encryption,
            _ => Failure::Other,
        };
        Self { failure, technical: error.to_string(), constraint, detail }
    }
}

impl From<sqlx::migrate::MigrateError> for DatabaseError {
    fn from(error: sqlx::migrate::MigrateError) -> Self {
        use sqlx::migrate::MigrateError as M;
        match error {
            M::Execute(inner) => inner.into(),
            M::ExecuteMigration(inner, version) => {
                let mut inner = Self::from(inner);
                inner.technical = format!("migration {version}: {}", inner.technical);
                inner
            }
            other => Self::new(Failure::Other, other.to_string()),
        }
    }
}

/// What poolers refuse has no code of its own, and is said in English: PgBouncer 08P01, Amazon's proxy 0A000.
fn of_message(message: &str) -> Option<Failure> {
    (message.starts_with("unsupported startup parameter") || message.contains("support command-line options"))
        .then_some(Failure::Pooler)
}

/// PostgreSQL's error codes (appendix A of its manual) to what follows from them.
fn of_sqlstate(code: &str) -> Failure {
    match code {
        "28P01" => Failure::WrongPassword,
        "28000" => Failure::NotLetIn,
        "25006" => Failure::ReadOnly,
        "3D000" => Failure::NoSuchDatabase,
        "42501" => Failure::RightsMissing,
        "53300" => Failure::TooManyConnections,
        "53100" => Failure::DiskFull,
        "57P01" | "57P02" | "57P03" => Failure::ServerRestarting,
        "40001" | "40P01" => Failure::Retry,
        "57014" | "55P03" => Failure::TookTooLong,
        "NF103" => Failure::NotEncrypted,
        "NF001" => Failure::DoubleBooked,
        "NF002" => Failure::InvalidCondition,
        _ if code.starts_with("08") => Failure::NoAnswer,
        _ if code.starts_with("23") => Failure::Constraint,
        _ => Failure::Other,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn codes_that_lead_to_different_next_steps() {
        assert_eq!(of_sqlstate("28P01"), Failure::WrongPassword);
        assert_eq!(of_sqlstate("28000"), Failure::NotLetIn);
        assert_eq!(of_message("unsupported startup parameter in options: search_path"), Some(Failure::Pooler));
        assert_eq!(of_sqlstate("08006"), Failure::NoAnswer);
        assert_eq!(of_sqlstate("23505"), Failure::Constraint);
        assert_eq!(of_sqlstate("40P01"), Failure::Retry);
        assert_eq!(of_sqlstate("XX000"), Failure::Other);
    }
}
