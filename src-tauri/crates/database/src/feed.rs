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

/// What changed since a position.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Changes {
    /// These rows, each once.
    Rows(Vec<ChangedRow>),
    /// Whole tables were emptied at once, or the feed itself: what is kept is to be read anew.
    Everything,
}

/// What transactions changed that were not yet seen at a position (its `xmin` and `snapshot`): all of them that have
/// committed since, however early they began. Whoever keeps what is read keeps the position of before it was read.
///
/// # Errors
/// When the database cannot be asked.
pub async fn changed(connection: &mut PgConnection, xmin: u64, snapshot: &str) -> Result<Changes, DatabaseError> {
    // Numbers that this server has not reached yet came with a restored dump.
    let rows = sqlx::query_as!(
        ChangedRow,
        r#"SELECT DISTINCT f.table_name AS "table!", f.row_id AS "row!" FROM change_feed f
            WHERE f.xid >= $1::text::xid8 AND f.xid < pg_snapshot_xmax(pg_current_snapshot())
              AND NOT pg_visible_in_snapshot(f.xid, $2::text::pg_snapshot)"#,
        xmin.to_string(),
        snapshot
    )
    .fetch_all(connection)
    .await?;
    Ok(if rows.iter().any(|row| row.row == "*") { Changes::Everything } else { Changes::Rows(rows) })
}
