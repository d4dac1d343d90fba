//! Whose copy it is, and how far it has got.

use chrono::{DateTime, Utc};
use rusqlite::{Connection, OptionalExtension, params};
use uuid::Uuid;

use crate::error::CopyError;

/// Whose copy it is, and what its bodies look like.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Identity {
    /// The connection it was filled through.
    pub connection: Uuid,
    /// Who sees it.
    pub person: Uuid,
    /// The version of the bodies' shape: raise it whenever a record's type changes.
    pub schema: u32,
}

/// How far the change feed has been read.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct FeedPosition {
    /// The feed's identity; a restored database has another.
    pub feed: Uuid,
    /// The server's snapshot as text (`pg_current_snapshot()`).
    pub snapshot: String,
    /// That snapshot's oldest transaction still open: everything before it is in the copy.
    pub xmin: u64,
    /// The last row read.
    pub last_id: i64,
}

/// The stretch of time the copy's jobs are from.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Window {
    /// Jobs that ended before are left out.
    pub from: DateTime<Utc>,
    /// Jobs that begin then or later are left out.
    pub until: DateTime<Utc>,
}

/// What the copy stands for once a refresh or a full pass is in it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Progress {
    /// How far the feed has been read.
    pub feed: FeedPosition,
    /// The server's clock when it was read.
    pub as_of: DateTime<Utc>,
    /// What its jobs are from.
    pub window: Window,
}

/// What the copy stands for.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct State {
    /// Up to where it is current.
    pub progress: Progress,
    /// The last full pass, by the server's clock.
    pub full_pass: DateTime<Utc>,
}

/// The whole row.
#[derive(Debug)]
pub(crate) struct Row {
    pub(crate) identity: Identity,
    pub(crate) state: State,
    /// The latest this computer's clock has shown: turning it back does not make the copy younger.
    pub(crate) seen: DateTime<Utc>,
    /// Since when the server does not accept the login; it was not heard since.
    pub(crate) refused: Option<DateTime<Utc>>,
}

/// # Errors
/// [`CopyError::Damaged`] also when there is none: a copy gets its row before it gets its name.
pub(crate) fn read(connection: &Connection) -> Result<Row, CopyError> {
    let mut statement = connection.prepare_cached(
        "SELECT connection, person, schema, feed, snapshot, xmin, last_id, as_of, full_pass, window_from,
                window_until, seen, refused FROM state WHERE singleton = 1",
    )?;
    let row = statement.query_row([], |row| {
        let id = |column| row.get(column).map(Uuid::from_bytes);
        let instant = |column| {
            let micros: i64 = row.get(column)?;
            DateTime::from_timestamp_micros(micros).ok_or(rusqlite::Error::IntegralValueOutOfRange(column, micros))
        };
        let feed = FeedPosition {
            feed: id(3)?,
            snapshot: row.get(4)?,
            xmin: row.get::<_, i64>(5)?.cast_unsigned(),
            last_id: row.get(6)?,
        };
        let window = Window { from: instant(9)?, until: instant(10)? };
        Ok(Row {
            identity: Identity { connection: id(0)?, person: id(1)?, schema: row.get(2)? },
            state: State { progress: Progress { feed, as_of: instant(7)?, window }, full_pass: instant(8)? },
            seen: instant(11)?,
            refused: row.get::<_, Option<i64>>(12)?.map(|_| instant(12)).transpose()?,
        })
    });
    row.optional()?.ok_or(CopyError::Damaged)
}

/// Notes how far it has got. The server was just heard, so that its clock, not this computer's, says what time it is, and
/// that it accepts the login.
pub(crate) fn write(
    connection: &Connection,
    identity: &Identity,
    progress: &Progress,
    full_pass: DateTime<Utc>,
) -> Result<(), CopyError> {
    connection
        .prepare_cached(
            "INSERT OR REPLACE INTO state (singleton, connection, person, schema, feed, snapshot, xmin, last_id, as_of,
                                           full_pass, window_from, window_until, seen)
             VALUES (1, ?1, ?2, ?3, ?4, ?5, ?6, ?7, ?8, ?9, ?10, ?11, ?8)",
        )?
        .execute(params![
            identity.connection.into_bytes(),
            identity.person.into_bytes(),
            identity.schema,
            progress.feed.feed.into_bytes(),
            progress.feed.snapshot,
            progress.feed.xmin.cast_signed(),
            progress.feed.last_id,
            progress.as_of.timestamp_micros(),
            full_pass.timestamp_micros(),
            progress.window.from.timestamp_micros(),
            progress.window.until.timestamp_micros(),
        ])?;
    Ok(())
}

/// Notes that the server does not accept the login, unless that is noted.
pub(crate) fn note_refused(connection: &Connection, now: DateTime<Utc>) -> Result<(), CopyError> {
    connection
        .prepare_cached("UPDATE state SET refused = coalesce(refused, max(seen, ?1)), seen = max(seen, ?1)")?
        .execute([now.timestamp_micros()])?;
    Ok(())
}

/// Notes what this computer's clock shows.
pub(crate) fn note_time(connection: &Connection, now: DateTime<Utc>) -> Result<(), CopyError> {
    connection.prepare_cached("UPDATE state SET seen = max(seen, ?1)")?.execute([now.timestamp_micros()])?;
    Ok(())
}
