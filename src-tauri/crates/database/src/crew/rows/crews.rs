//! Crews, and who is in them.

use chrono::NaiveDate;
use serde::{Deserialize, Serialize};
use sqlx::PgConnection;
use uuid::Uuid;

use super::{Stamped, gone};
use crate::crew::time::dates;
use crate::error::DatabaseError;

/// A crew.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[expect(missing_docs, reason = "columns; see crews")]
pub struct CrewValues {
    pub name: String,
    pub status: String,
    pub color: Option<String>,
    pub notes: Option<String>,
}

/// Who is in which crew, from when until when.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct MembershipValues {
    /// `crews.id`
    pub crew_id: Uuid,
    /// `crew_members.id`
    pub person_id: Uuid,
    /// First day; none: always was.
    pub from: Option<NaiveDate>,
    /// The day after the last; none: without end.
    pub until: Option<NaiveDate>,
    /// Leads the crew.
    pub is_lead: bool,
}

/// A crew, if there.
///
/// # Errors
/// When the database cannot be asked.
pub async fn crew(connection: &mut PgConnection, id: Uuid) -> Result<Option<Stamped<CrewValues>>, DatabaseError> {
    let row =
        sqlx::query!("SELECT name, status, color, notes, version, created_at, updated_at FROM crews WHERE id = $1", id)
            .fetch_optional(connection)
            .await?;
    Ok(row.map(|r| Stamped {
        values: CrewValues { name: r.name, status: r.status, color: r.color, notes: r.notes },
        version: r.version,
        created_at: r.created_at,
        updated_at: r.updated_at,
    }))
}

/// Writes a crew.
///
/// # Errors
/// When a value is refused.
pub async fn write_crew(
    connection: &mut PgConnection,
    id: Uuid,
    seen: Option<i32>,
    values: Option<&CrewValues>,
) -> Result<Option<i32>, DatabaseError> {
    Ok(match (seen, values) {
        (None, Some(v)) => {
            sqlx::query_scalar!(
                "INSERT INTO crews (id, name, status, color, notes) VALUES ($1, $2, $3, $4, $5)
                 ON CONFLICT (id) DO NOTHING RETURNING version",
                id,
                v.name,
                v.status,
                v.color,
                v.notes
            )
            .fetch_optional(connection)
            .await?
        }
        (Some(version), Some(v)) => {
            sqlx::query_scalar!(
                "UPDATE crews SET name = $3, status = $4, color = $5, notes = $6
                  WHERE id = $1 AND version = $2 RETURNING version",
                id,
                version,
                v.name,
                v.status,
                v.color,
                v.notes
            )
            .fetch_optional(connection)
            .await?
        }
        (Some(version), None) => {
            let done = sqlx::query!("DELETE FROM crews WHERE id = $1 AND version = $2", id, version);
            gone(done.execute(connection).await?.rows_affected())
        }
        (None, None) => None,
    })
}

/// Who is in which crew when, with its version; if there.
///
/// # Errors
/// When the database cannot be asked.
pub async fn membership(
    connection: &mut PgConnection,
    id: Uuid,
) -> Result<Option<(MembershipValues, i32)>, DatabaseError> {
    let row = sqlx::query!(
        r#"SELECT crew_id, crew_member_id, is_lead, version,
                  CASE WHEN lower(during) BETWEEN '1900-01-01' AND '2200-01-01' THEN lower(during) END AS first,
                  CASE WHEN upper(during) BETWEEN '1900-01-01' AND '2200-01-01' THEN upper(during) END AS next
             FROM crew_memberships WHERE id = $1"#,
        id
    )
    .fetch_optional(connection)
    .await?;
    Ok(row.map(|r| {
        let values = MembershipValues {
            crew_id: r.crew_id,
            person_id: r.crew_member_id,
            from: r.first,
            until: r.next,
            is_lead: r.is_lead,
        };
        (values, r.version)
    }))
}

/// Writes who is in which crew when. The jobs to come that name the crew are derived again.
///
/// # Errors
/// [`crate::Failure::DoubleBooked`] when somebody would be in two places; when a value is refused.
pub async fn write_membership(
    connection: &mut PgConnection,
    id: Uuid,
    seen: Option<i32>,
    values: Option<&MembershipValues>,
) -> Result<Option<i32>, DatabaseError> {
    Ok(match (seen, values) {
        (None, Some(v)) => {
            sqlx::query_scalar!(
                "INSERT INTO crew_memberships (id, crew_id, crew_member_id, during, is_lead) VALUES ($1, $2, $3, $4, $5)
                 ON CONFLICT (id) DO NOTHING RETURNING version",
                id,
                v.crew_id,
                v.person_id,
                dates(v.from, v.until),
                v.is_lead
            )
            .fetch_optional(connection)
            .await?
        }
        (Some(version), Some(v)) => {
            sqlx::query_scalar!(
                "UPDATE crew_memberships SET crew_id = $3, crew_member_id = $4, during = $5, is_lead = $6
                  WHERE id = $1 AND version = $2 RETURNING version",
                id,
                version,
                v.crew_id,
                v.person_id,
                dates(v.from, v.until),
                v.is_lead
            )
            .fetch_optional(connection)
            .await?
        }
        (Some(version), None) => {
            let done = sqlx::query!("DELETE FROM crew_memberships WHERE id = $1 AND version = $2", id, version);
            gone(done.execute(connection).await?.rows_affected())
        }
        (None, None) => None,
    })
}
