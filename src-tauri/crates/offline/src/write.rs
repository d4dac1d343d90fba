//! Putting records into a copy, and taking them out.

use std::collections::HashSet;

use chrono::{DateTime, Utc};
use rusqlite::{Connection, params};
use uuid::Uuid;

use crate::error::CopyError;
use crate::record::{Kind, Record};
use crate::state::Window;

/// What has changed on the server since the last time.
#[derive(Debug, Clone, Default)]
pub struct Refresh {
    /// New or changed.
    pub upserts: Vec<Record>,
    /// Gone. What the copy does not hold may be named, too.
    pub deletions: Vec<(Kind, Uuid)>,
    /// Of these kinds, [`Refresh::upserts`] holds every record there is: all others go. For what is read as a whole,
    /// such as machines or the newest notifications.
    pub replaced: Vec<Kind>,
}

pub(crate) fn put(connection: &Connection, record: &Record) -> Result<(), CopyError> {
    let id = record.id.into_bytes();
    let instant = |of: Option<DateTime<Utc>>| of.map(|i| i.timestamp_micros());
    // What is as it was is not written again: a kind that is replaced mostly is.
    connection
        .prepare_cached(
            "INSERT INTO record (kind, id, begins, ends, body) VALUES (?1, ?2, ?3, ?4, ?5)
             ON CONFLICT (kind, id) DO UPDATE SET begins = excluded.begins, ends = excluded.ends, body = excluded.body
             WHERE (begins, ends, body) IS NOT (excluded.begins, excluded.ends, excluded.body)",
        )?
        .execute(params![record.kind.number(), id, instant(record.begins), instant(record.ends), record.body])?;
    if record.words.is_empty() {
        connection
            .prepare_cached("DELETE FROM words WHERE key = (SELECT key FROM record WHERE kind = ?1 AND id = ?2)")?
            .execute(params![record.kind.number(), id])?;
    } else {
        connection
            .prepare_cached(
                "INSERT INTO words (key, kind, begins, folded)
                 SELECT key, kind, begins, ?3 FROM record WHERE kind = ?1 AND id = ?2
                 ON CONFLICT (key) DO UPDATE SET begins = excluded.begins, folded = excluded.folded
                 WHERE (begins, folded) IS NOT (excluded.begins, excluded.folded)",
            )?
            .execute(params![record.kind.number(), id, record.words])?;
    }
    Ok(())
}

/// Puts in, takes out, and drops the jobs the window has left behind.
pub(crate) fn refresh(connection: &Connection, refresh: &Refresh, window: &Window) -> Result<(), CopyError> {
    for (kind, id) in &refresh.deletions {
        connection
            .prepare_cached("DELETE FROM record WHERE kind = ?1 AND id = ?2")?
            .execute(params![kind.number(), id.into_bytes()])?;
    }
    for record in &refresh.upserts {
        put(connection, record)?;
    }
    for kind in &refresh.replaced {
        drop_others(connection, *kind, &refresh.upserts)?;
    }
    drop_outside(connection, window)
}

/// Drops the jobs that are not in the window at all.
pub(crate) fn drop_outside(connection: &Connection, window: &Window) -> Result<(), CopyError> {
    connection
        .prepare_cached(
            "DELETE FROM record WHERE kind = ?1 AND (begins >= ?3 OR (begins < ?2 AND coalesce(ends, begins) <= ?2))",
        )?
        .execute(params![Kind::Job.number(), window.from.timestamp_micros(), window.until.timestamp_micros()])?;
    Ok(())
}

fn drop_others(connection: &Connection, kind: Kind, kept: &[Record]) -> Result<(), CopyError> {
    let kept: HashSet<Uuid> = kept.iter().filter(|record| record.kind == kind).map(|record| record.id).collect();
    let mut gone: Vec<i64> = Vec::new();
    let mut statement = connection.prepare_cached("SELECT key, id FROM record WHERE kind = ?1")?;
    let mut rows = statement.query([kind.number()])?;
    while let Some(row) = rows.next()? {
        if !kept.contains(&Uuid::from_bytes(row.get(1)?)) {
            gone.push(row.get(0)?);
        }
    }
    let mut delete = connection.prepare_cached("DELETE FROM record WHERE key = ?1")?;
    for key in gone {
        delete.execute([key])?;
    }
    Ok(())
}
