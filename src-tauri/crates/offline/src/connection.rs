//! A connection to an encrypted file, with everything set that keeps it secret and whole.

use std::path::Path;
use std::time::Duration;

use rusqlite::{Connection, OpenFlags};

use crate::error::CopyError;
use crate::key::CopyKey;

/// The tables.
pub(crate) const TABLES: &str = include_str!("../../../../migrations/offline/0001_copy.sql");
/// Their version, in the file's `user_version`: a file with another is made anew. Zero is a file with none.
pub(crate) const LAYOUT: i64 = 2;

/// The length of a page, and so of the shortest file.
pub(crate) const PAGE: u64 = 4096;

/// Another program, such as a virus scanner, may hold the file for a moment.
const PATIENCE: Duration = Duration::from_secs(2);

/// How the file is written.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Journal {
    /// A write-ahead log: a crash costs at most the last refresh, which comes again, and never leaves a mixture. It
    /// holds encrypted pages, as the file does. A torn or missing one is an older state, where a torn rollback journal
    /// would be a mixture.
    Ahead,
    /// None: for a file that is thrown away if it does not get finished.
    None,
}

/// Opens a file that is there.
pub(crate) fn open(path: &Path, key: &CopyKey, journal: Journal) -> Result<Connection, CopyError> {
    let flags = OpenFlags::SQLITE_OPEN_READ_WRITE | OpenFlags::SQLITE_OPEN_NO_MUTEX;
    let connection = Connection::open_with_flags(path, flags)?;
    connection.busy_timeout(PATIENCE)?;
    // Its complaints go to stderr otherwise.
    pragma(&connection, "PRAGMA cipher_log_level = NONE")?;
    pragma(&connection, &key.statement())?;
    // EXCLUSIVE: the index of the log stays in memory instead of a file of its own. MEMORY: sorting writes no files.
    for statement in [
        "PRAGMA locking_mode = EXCLUSIVE",
        "PRAGMA temp_store = MEMORY",
        "PRAGMA trusted_schema = OFF",
        "PRAGMA cell_size_check = ON",
    ] {
        pragma(&connection, statement)?;
    }
    let settings = match journal {
        Journal::Ahead => {
            // The first read: with the wrong key it fails here.
            let tables: i64 = connection.query_row("SELECT count(*) FROM sqlite_schema", [], |row| row.get(0))?;
            if tables == 0 {
                return Err(CopyError::Damaged);
            }
            write_ahead(&connection)?;
            // The words of all jobs and a month of them fit in 16 MB.
            ["PRAGMA synchronous = NORMAL", "PRAGMA journal_size_limit = 4194304", "PRAGMA cache_size = -16384"]
        }
        Journal::None => ["PRAGMA synchronous = OFF", "PRAGMA journal_mode = OFF", "PRAGMA cache_size = -4096"],
    };
    for statement in settings {
        pragma(&connection, statement)?;
    }
    Ok(connection)
}

/// Sets the write-ahead log, which is kept in the file.
pub(crate) fn write_ahead(connection: &Connection) -> Result<(), CopyError> {
    let mode: String = connection.query_row("PRAGMA journal_mode = WAL", [], |row| row.get(0))?;
    if mode == "wal" { Ok(()) } else { Err(std::io::Error::other(format!("journal mode {mode}")).into()) }
}

/// Brings what is in the log into the file.
///
/// # Errors
/// When something is left in the log, which then must not be removed.
pub(crate) fn write_back(connection: &Connection) -> Result<(), CopyError> {
    let busy: i64 = connection.query_row("PRAGMA wal_checkpoint(TRUNCATE)", [], |row| row.get(0))?;
    if busy == 0 { Ok(()) } else { Err(CopyError::Busy) }
}

/// The version of the tables.
pub(crate) fn layout(connection: &Connection) -> Result<i64, CopyError> {
    Ok(connection.query_row("PRAGMA user_version", [], |row| row.get(0))?)
}

/// Closes it, and says so when that fails; the file is closed at the latest when the error is dropped.
pub(crate) fn close(connection: Connection) -> Result<(), CopyError> {
    connection.close().map_err(|(_, error)| error.into())
}

/// Some answer with a row, some do not.
fn pragma(connection: &Connection, statement: &str) -> Result<(), CopyError> {
    let mut prepared = connection.prepare(statement)?;
    let mut rows = prepared.query([])?;
    while rows.next()?.is_some() {}
    Ok(())
}
