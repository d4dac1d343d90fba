//! Rain days of the whole office: recorded by a rain-out, and taken back with it.

use chrono::{DateTime, Utc};
use serde::{Deserialize, Serialize};
use sqlx::PgConnection;
use uuid::Uuid;

use crate::error::DatabaseError;

/// A stretch on which the whole office could not work.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[expect(missing_docs, reason = "columns of time_off")]
pub struct RainDay {
    pub start: DateTime<Utc>,
    pub end: DateTime<Utc>,
    pub note: Option<String>,
}

/// One that is recorded.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct RecordedRainDay {
    /// `time_off.id`
    pub id: Uuid,
    /// What it was left as.
    pub day: RainDay,
}

/// Records those that are not recorded yet.
///
/// # Errors
/// When the database cannot be asked.
pub async fn add(connection: &mut PgConnection, days: &[RainDay]) -> Result<Vec<RecordedRainDay>, DatabaseError> {
    let starts: Vec<DateTime<Utc>> = days.iter().map(|d| d.start).collect();
    let ends: Vec<DateTime<Utc>> = days.iter().map(|d| d.end).collect();
    let notes: Vec<Option<String>> = days.iter().map(|d| d.note.clone()).collect();
    let rows = sqlx::query!(
        r#"INSERT INTO time_off (kind, during, note)
           SELECT 'rain', tstzrange(s, e), n FROM unnest($1::timestamptz[], $2::timestamptz[], $3::text[]) AS d(s, e, n)
            WHERE NOT EXISTS (SELECT FROM time_off t WHERE t.kind = 'rain' AND t.crew_member_id IS NULL
                                 AND t.equipment_id IS NULL AND t.during @> tstzrange(s, e))
           RETURNING id, lower(during) AS "start!", upper(during) AS "end!", note"#,
        &starts,
        &ends,
        &notes as &[Option<String>]
    )
    .fetch_all(connection)
    .await?;
    let day = |start, end, note| RainDay { start, end, note };
    Ok(rows.into_iter().map(|r| RecordedRainDay { id: r.id, day: day(r.start, r.end, r.note) }).collect())
}

/// Takes rain days back that are as they were left, and returns those. What is gone already is left out; what somebody
/// changed is the error inside, and then nothing is written.
///
/// # Errors
/// When the database cannot be asked.
pub async fn remove(
    connection: &mut PgConnection,
    recorded: &[RecordedRainDay],
) -> Result<Result<Vec<RainDay>, RainDay>, DatabaseError> {
    let ids: Vec<Uuid> = recorded.iter().map(|r| r.id).collect();
    // Other programs leave ends open.
    let rows = sqlx::query!(
        r#"SELECT id, lower(during) AS start, upper(during) AS end, note,
                  kind = 'rain' AND crew_member_id IS NULL AND equipment_id IS NULL AS "is_rain!"
             FROM time_off WHERE id = ANY ($1) ORDER BY id FOR UPDATE"#,
        &ids
    )
    .fetch_all(&mut *connection)
    .await?;
    let (mut there, mut days) = (Vec::new(), Vec::new());
    for row in rows {
        let Some(RecordedRainDay { day, .. }) = recorded.iter().find(|r| r.id == row.id) else { continue };
        // Not by its version: changed and changed back it is as it was left.
        let same = (row.start, row.end, &row.note) == (Some(day.start), Some(day.end), &day.note);
        if !(same && row.is_rain) {
            return Ok(Err(day.clone()));
        }
        there.push(row.id);
        days.push(day.clone());
    }
    sqlx::query!("DELETE FROM time_off WHERE id = ANY ($1)", &there).execute(connection).await?;
    Ok(Ok(days))
}
