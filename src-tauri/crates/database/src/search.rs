//! Finding any record by a few letters of it.

use chrono::{DateTime, Utc};
use sqlx::PgConnection;
use uuid::Uuid;

use crate::error::DatabaseError;

/// A record that was found.
#[derive(Debug, Clone)]
pub struct HitRow {
    /// `customer`, `estimate`, `job`, `contract`, `crew`, `person` or `machine`.
    pub kind: String,
    /// Its id.
    pub id: Uuid,
    /// Its name.
    pub title: String,
    /// Where, by which number, in which state.
    pub subtitle: Option<String>,
    /// Start of a job; when an estimate or contract came in.
    pub at: Option<DateTime<Utc>>,
}

/// Records that hold every word of `text`, the best first; at most `limit` (1–200).
///
/// # Errors
/// When the database cannot be asked.
pub async fn records(connection: &mut PgConnection, text: &str, limit: i32) -> Result<Vec<HitRow>, DatabaseError> {
    Ok(sqlx::query_as!(
        HitRow,
        r#"SELECT kind AS "kind!", id AS "id!", title AS "title!", subtitle, at FROM neff.search_records($1, $2)"#,
        text,
        limit
    )
    .fetch_all(connection)
    .await?)
}
