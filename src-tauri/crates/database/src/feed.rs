//! The change feed: what has changed since, deletions included, and nothing skipped that committed late.

use chrono::{DateTime, Utc};
use sqlx::PgConnection;
use uuid::Uuid;

use crate::error::{DatabaseError, Failure};

/// How far the feed can be read at this moment.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Position {
    /// The feed's identity; a restored database has another.
    pub feed: Uuid,
    /// `pg_current_snapshot()` as text.
    pub snapshot: String,
    /// Its oldest transaction still open: everything before it has been committed or rolled back.
    pub xmin: u64,
    /// The newest row of the feed.
    pub last_id: i64,
    /// The database's clock.
    pub now: DateTime<Utc>,
}

/// Where the feed stands.
///
/// # Errors
/// When the database cannot be asked.
pub async fn position(connection: &mut PgConnection) -> Result<Position, DatabaseError> {
    let row = sqlx::query!(
        r#"SELECT neff.change_feed_id() AS "feed!", s.snapshot::text AS "snapshot!", pg_snapshot_xmin(s.snapshot)::text AS "xmin!",
                  coalesce((SELECT f.id FROM change_feed f ORDER BY f.id DESC LIMIT 1), 0) AS "last_id!",
                  statement_timestamp() AS "now!"
             FROM (SELECT pg_current_snapshot() AS snapshot) AS s"#
    )
    .fetch_one(connection)
    .await?;
    let xmin = row.xmin.parse().map_err(|_| DatabaseError::new(Failure::Other, "a snapshot without a number"))?;
    Ok(Position { feed: row.feed, snapshot: row.snapshot, xmin, last_id: row.last_id, now: row.now })
}

/// A row that changed.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct ChangedRow {
    /// Its table.
    pub table: String,
    /// Its key.
    pub row: String,
}

/// Each row that transactions from `since` on changed, once: all of them that have committed. Whoever keeps what is
/// read keeps [`Position::xmin`] of before it, and reads again what younger transactions changed: any write left open
/// anywhere on the server holds that number back, but nothing of what everybody can see already.
///
/// # Errors
/// When the database cannot be asked.
pub async fn changed(connection: &mut PgConnection, since: u64) -> Result<Vec<ChangedRow>, DatabaseError> {
    Ok(sqlx::query_as!(
        ChangedRow,
        r#"SELECT DISTINCT f.table_name AS "table!", f.row_id AS "row!" FROM change_feed f
            WHERE f.xid >= $1::text::xid8"#,
        since.to_string()
    )
    .fetch_all(connection)
    .await?)
}
