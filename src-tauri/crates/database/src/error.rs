//! What can go wrong between the program and the database, in the terms somebody can act on.

use std::fmt;

use sqlx::postgres::PgSeverity;

use crate::gate;

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
    /// The server wants the password in a way that gives it away, or cannot prove that it knows it itself.
    Unproven,
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
    /// Somebody else holds what is needed, longer than one waits; the detail names them where it is known.
    Occupied,
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
    ends_the_link: bool,
}

impl fmt::Display for DatabaseError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{:?}: {}", self.failure, self.technical)
    }
}

impl DatabaseError {
    /// An error found by the program itself.
    pub fn new(failure: Failure, technical: impl Into<String>) -> Self {
        Self {
            failure,
            technical: technical.into(),
            constraint: None,
            detail: None,
            ends_the_link: failure.is_of_the_link(),
        }
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
    /// The server's DETAIL: for [`Failure::DoubleBooked`] JSON naming the other jobs, for [`Failure::Occupied`] who it is.
    pub fn detail(&self) -> Option<&str> {
        self.detail.as_deref()
    }
    /// True when the connection itself failed (I/O, protocol, the server's goodbye, a closed pool): whatever is asked on it
    /// fails. Everything else is the failure of one question: the next one may be answered.
    pub fn is_disconnect(&self) -> bool {
        self.ends_the_link
    }
}

impl Failure {
    /// The connection's own failures, where the program itself says what failed.
    fn is_of_the_link(self) -> bool {
        matches!(self, Self::NoAnswer | Self::ServerRestarting | Self::TooManyConnections)
    }
}

impl From<sqlx::Error> for DatabaseError {
    fn from(error: sqlx::Error) -> Self {
        use sqlx::Error as E;
        let (mut constraint, mut detail) = (None, None);
        let (failure, ends_the_link) = match &error {
            E::Database(db) => {
                constraint = db.constraint().map(str::to_owned);
                let pg = db.try_downcast_ref::<sqlx::postgres::PgDatabaseError>();
                detail = pg.and_then(|pg| pg.detail()).map(str::to_owned);
                // A login that was locked or taken away, as a wrong password: not a matter of this computer or network.
                let locked = pg.and_then(|pg| pg.routine()) == Some("InitializeSessionUserId");
                let code = db.code();
                let (failure, ended) =
                    of_server(code.as_deref().unwrap_or_default(), pg.map(sqlx::postgres::PgDatabaseError::severity));
                match of_message(db.message()).unwrap_or(failure) {
                    Failure::NotLetIn if locked => (Failure::WrongPassword, ended),
                    failure => (failure, ended),
                }
            }
            E::Configuration(own) if own.downcast_ref::<Self>().is_some() => {
                own.downcast_ref::<Self>().map_or((Failure::Other, true), |own| (own.failure, true))
            }
            E::Tls(inner) if inner.to_string().contains("does not support TLS") => (Failure::NotEncrypted, true),
            // What the handshake finds wrong with a certificate comes up as unreadable data.
            E::Io(io) if io.kind() == std::io::ErrorKind::InvalidData => (Failure::Encryption, true),
            E::Io(_) | E::PoolTimedOut | E::PoolClosed | E::WorkerCrashed | E::Protocol(_) => (Failure::NoAnswer, true),
            E::Tls(_) | E::Configuration(_) => (Failure::Encryption, true),
            // A value that cannot be read or written, a row that is not there, a question that does not fit the tables.
            _ => (Failure::Other, false),
        };
        Self { failure, technical: error.to_string(), constraint, detail, ends_the_link }
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

/// What the server said, and whether it has closed the connection with it.
fn of_server(code: &str, severity: Option<PgSeverity>) -> (Failure, bool) {
    let failure = of_sqlstate(code);
    if matches!(severity, Some(PgSeverity::Fatal | PgSeverity::Panic)) {
        // Ended by somebody, or by one of the server's timeouts: it may be tried again.
        return (if failure == Failure::Other { Failure::NoAnswer } else { failure }, true);
    }
    (failure, failure.is_of_the_link())
}

/// What poolers refuse has no code of its own, and is said in English: `PgBouncer` 08P01, Amazon's proxy 0A000.
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
        gate::UNPROVEN => Failure::Unproven,
        gate::NOT_TRUSTED => Failure::Encryption,
        gate::NOT_ENCRYPTED => Failure::NotEncrypted,
        "3D000" => Failure::NoSuchDatabase,
        "42501" => Failure::RightsMissing,
        "53300" => Failure::TooManyConnections,
        "53100" => Failure::DiskFull,
        "57P01" | "57P02" | "57P03" => Failure::ServerRestarting,
        "40001" | "40P01" => Failure::Retry,
        "57014" => Failure::TookTooLong,
        "55P03" => Failure::Occupied,
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

    #[test]
    fn only_the_connections_own_failures_end_the_link() {
        use sqlx::Error as E;
        let odd = || "no such number".into();
        let io = |kind: std::io::ErrorKind| E::Io(kind.into());
        for (error, ends) in [
            (io(std::io::ErrorKind::ConnectionReset), true),
            (io(std::io::ErrorKind::UnexpectedEof), true),
            (io(std::io::ErrorKind::InvalidData), true),
            (E::Protocol("what?".into()), true),
            (E::Tls(odd()), true),
            (E::PoolClosed, true),
            (E::PoolTimedOut, true),
            (E::WorkerCrashed, true),
            (E::ColumnDecode { index: "data".into(), source: odd() }, false),
            (E::Decode(odd()), false),
            (E::Encode(odd()), false),
            (E::RowNotFound, false),
            (E::ColumnNotFound("data".into()), false),
            (E::ColumnIndexOutOfBounds { index: 1, len: 1 }, false),
            (E::TypeNotFound { type_name: "written_match".into() }, false),
            (E::BeginFailed, false),
        ] {
            let text = error.to_string();
            assert_eq!(DatabaseError::from(error).is_disconnect(), ends, "{text}");
        }
        for (failure, ends) in [(Failure::NoAnswer, true), (Failure::TookTooLong, false), (Failure::Other, false)] {
            assert_eq!(DatabaseError::new(failure, "").is_disconnect(), ends);
        }
    }

    #[test]
    fn what_the_server_refuses_is_one_question_and_its_goodbye_the_link() {
        let error = |code| of_server(code, Some(PgSeverity::Error));
        for code in ["22003", "22P02", "42501", "23514", "40001", "57014", "55P03", "53100", "XX000", "NF001", "42883"]
        {
            assert!(!error(code).1, "{code}");
        }
        // A pooler between us and the server says it as an ordinary error.
        assert_eq!(error("08006"), (Failure::NoAnswer, true));
        let goodbye = |code| of_server(code, Some(PgSeverity::Fatal));
        for code in ["57P01", "57P02", "57P03"] {
            assert_eq!(goodbye(code), (Failure::ServerRestarting, true));
        }
        // Idle too long in a transaction, or at all; anything else that is fatal.
        for code in ["25P03", "57P05", "XX000", "99999"] {
            assert_eq!(goodbye(code), (Failure::NoAnswer, true));
        }
        assert_eq!(goodbye("53300"), (Failure::TooManyConnections, true));
        assert_eq!(goodbye("28P01"), (Failure::WrongPassword, true));
        assert_eq!(of_server("XX001", Some(PgSeverity::Panic)), (Failure::NoAnswer, true));
    }
}
