//! What can go wrong, in a sentence for the person and in details for support. Neither ever holds a password.

use std::io;
use std::path::{Path, PathBuf};

/// Why the local office's server could not be found, made, started, stopped or repaired.
///
/// `Display` is for the person in front of the computer; [`LocalServerError::details`] for whoever helps them.
#[derive(Debug, thiserror::Error)]
pub enum LocalServerError {
    /// None of the places has PostgreSQL's programs.
    #[error("PostgreSQL is not installed on this computer, or not where it usually is. Install it, then try again.")]
    NotFound {
        /// Every folder that was looked at.
        looked_at: Vec<PathBuf>,
    },
    /// Only programs before the oldest that works were found.
    #[error("PostgreSQL {version} on this computer is too old. Install version 13 or newer.")]
    TooOld {
        /// The newest that was found, as it says itself.
        version: String,
        /// Where it is.
        bin: PathBuf,
    },
    /// The disk has no room.
    #[error("The disk is full. Make some room on it, then try again; nothing that was saved is lost.")]
    DiskFull {
        /// A folder on that disk.
        folder: PathBuf,
    },
    /// This person may not read or write there.
    #[error("This computer does not let the program use {}. Check who owns it and who may write to it.", path.display())]
    NoRights {
        /// What was refused.
        path: PathBuf,
    },
    /// The program runs as root and there is no other user the server could run as.
    #[error("PostgreSQL does not run as root. Start the program as an ordinary user, or add a user named postgres.")]
    RunsAsRoot,
    /// There is no cluster yet.
    #[error("There is no local office on this computer yet.")]
    NotThere,
    /// There is a cluster already; it is left as it is.
    #[error("There is a local office on this computer already.")]
    AlreadyThere,
    /// A new cluster could not be made; what was begun is removed.
    #[error("The local office could not be set up.")]
    CannotMake {
        /// What `initdb` said.
        details: String,
    },
    /// The server does not start, and none of the other reasons is it.
    #[error("The local office's database does not start.")]
    CannotStart {
        /// The end of what it said.
        log_tail: String,
    },
    /// The server runs, but takes its time, for example after a power cut.
    #[error("The local office's database is still putting itself in order. Try again in a minute.")]
    StillStarting {
        /// The end of what it said.
        log_tail: String,
    },
    /// The server did not stop, not even when told to drop everything.
    #[error("The local office's database did not stop.")]
    CannotStop {
        /// What `pg_ctl` said.
        details: String,
    },
    /// The password could not be set anew; the old one still holds.
    #[error("The local office's password could not be set anew. Nothing was changed.")]
    CannotReset {
        /// What the server said, without the password.
        details: String,
    },
    /// Files of the cluster are missing or unreadable.
    #[error("The local office's files are damaged. They are kept as they are; copy the details for whoever helps you.")]
    DamagedCluster {
        /// What the server said.
        details: String,
    },
    /// The cluster belongs to another major version of PostgreSQL.
    #[error(
        "The local office was made by PostgreSQL {cluster}, and these programs are PostgreSQL {programs}. Install PostgreSQL {cluster} again; nothing in the office is lost."
    )]
    WrongMajor {
        /// The version the cluster was made by.
        cluster: u32,
        /// The version of the programs.
        programs: u32,
    },
    /// Another program of the same person uses the server, so it cannot be stopped for this.
    #[error("The local office is open in another program. Close that one, then try again.")]
    InUse,
    /// Another program has been making, starting or stopping the server for longer than that takes.
    #[error("Another program is just starting or stopping the local office. Try again in a minute.")]
    Busy,
    /// An empty password, or one with a line break in it.
    #[error("This password cannot be used. Choose one without line breaks.")]
    UnusablePassword,
    /// One of PostgreSQL's programs did not come to its end, or the disk does not answer.
    #[error("This computer took too long. Try again; if it stays so, restart it.")]
    TimedOut {
        /// Which program, or the disk.
        waited_for: String,
    },
    /// The operating system refused something else.
    #[error("This computer could not {doing}.")]
    Io {
        /// What was tried, as it stands after "could not".
        doing: &'static str,
        /// With which file.
        path: PathBuf,
        /// What the system said.
        source: io::Error,
    },
}

impl LocalServerError {
    /// What support wants to know beside the sentence.
    pub fn details(&self) -> String {
        match self {
            Self::NotFound { looked_at } => {
                let places: Vec<String> = looked_at.iter().map(|path| path.display().to_string()).collect();
                format!("looked in {}", places.join(", "))
            }
            Self::TooOld { bin, .. } => bin.display().to_string(),
            Self::DiskFull { folder } => folder.display().to_string(),
            Self::NoRights { path } => path.display().to_string(),
            Self::CannotMake { details }
            | Self::CannotStop { details }
            | Self::CannotReset { details }
            | Self::DamagedCluster { details } => details.clone(),
            Self::CannotStart { log_tail } | Self::StillStarting { log_tail } => log_tail.clone(),
            Self::TimedOut { waited_for } => waited_for.clone(),
            Self::Io { path, source, .. } => format!("{}: {source}", path.display()),
            Self::RunsAsRoot
            | Self::NotThere
            | Self::AlreadyThere
            | Self::WrongMajor { .. }
            | Self::InUse
            | Self::Busy
            | Self::UnusablePassword => String::new(),
        }
    }

    /// An error of the operating system, in the words of this crate. `doing` stands after "could not".
    pub(crate) fn io(doing: &'static str, path: &Path, source: io::Error) -> Self {
        match source.kind() {
            io::ErrorKind::StorageFull | io::ErrorKind::QuotaExceeded => Self::DiskFull { folder: path.to_owned() },
            io::ErrorKind::PermissionDenied | io::ErrorKind::ReadOnlyFilesystem => {
                Self::NoRights { path: path.to_owned() }
            }
            _ => Self::Io { doing, path: path.to_owned(), source },
        }
    }
}
