//! Leave, maintenance, holidays and rain days.

use chrono::{DateTime, Utc};
use serde::{Deserialize, Serialize};
use sqlx::PgConnection;
use uuid::Uuid;

use super::gone;
use crate::crew::time::instants;
use crate::error::DatabaseError;

/// Leave, maintenance, a holiday or rain; neither person nor machine: the whole office.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct TimeOffValues {
    /// `crew_members.id`
    pub person_id: Option<Uuid>,
    /// `equipment.id`
    pub machine_id: Option<Uuid>,
    /// `leave`, `sick`, `maintenance`, `holiday` or `rain`.
    pub kind: String,
    /// None: always was.
    pub from: Option<DateTime<Utc>>,
    /// None: without end.
    pub until: Option<DateTime<Utc>>,
    /// What was noted.
    pub note: Option<String>,
}

/// Time off with its version, if there.
///
/// # Errors
/// When the database cannot be asked.
pub async fn time_off(connection: &mut PgConnection, id: Uuid) -> Result<Option<(TimeOffValues, i32)>, DatabaseError> {
    let row = sqlx::query!(
        r#"SELECT crew_member_id, equipment_id, kind, note, version,
                  CASE WHEN lower(during) BETWEEN '1900-01-01Z' AND '2200-01-01Z' THEN lower(during) END AS first,
                  CASE WHEN upper(during) BETWEEN '1900-01-01Z' AND '2200-01-01Z' THEN upper(during) END AS next
             FROM time_off WHERE id = $1"#,
        id
    )
    .fetch_optional(connection)
    .await?;
    Ok(row.map(|r| {
        let values = TimeOffValues {
            person_id: r.crew_member_id,
            machine_id: r.equipment_id,
            kind: r.kind,
            from: r.first,
            until: r.next,
            note: r.note,
        };
        (values, r.version)
    }))
}

/// Writes time off.
///
/// # Errors
/// When a value is refused.
pub async fn write_time_off(
    connection: &mut PgConnection,
    id: Uuid,
    seen: Option<i32>,
    values: Option<&TimeOffValues>,
) -> Result<Option<i32>, DatabaseError> {
    Ok(match (seen, values) {
        (None, Some(v)) => {
            sqlx::query_scalar!(
                "INSERT INTO time_off (id, crew_member_id, equipment_id, kind, during, note)
                 VALUES ($1, $2, $3, $4, $5, $6) ON CONFLICT (id) DO NOTHING RETURNING version",
                id,
                v.person_id,
                v.machine_id,
                v.kind,
                instants(v.from, v.until),
                v.note
            )
            .fetch_optional(connection)
            .await?
        }
        (Some(version), Some(v)) => {
            sqlx::query_scalar!(
                "UPDATE time_off SET crew_member_id = $3, equipment_id = $4, kind = $5, during = $6, note = $7
                  WHERE id = $1 AND version = $2 RETURNING version",
                id,
                version,
                v.person_id,
                v.machine_id,
                v.kind,
                instants(v.from, v.until),
                v.note
            )
            .fetch_optional(connection)
            .await?
        }
        (Some(version), None) => {
            let done = sqlx::query!("DELETE FROM time_off WHERE id = $1 AND version = $2", id, version);
            gone(done.execute(connection).await?.rows_affected())
        }
        (None, None) => None,
    })
}
