//! Machines.

use serde::{Deserialize, Serialize};
use sqlx::PgConnection;
use uuid::Uuid;

use super::{Stamped, gone};
use crate::error::DatabaseError;

/// A machine.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[expect(missing_docs, reason = "columns; see equipment")]
pub struct MachineValues {
    pub name: String,
    pub kind: String,
    pub status: String,
    pub notes: Option<String>,
}

/// A machine, if there.
///
/// # Errors
/// When the database cannot be asked.
pub async fn machine(connection: &mut PgConnection, id: Uuid) -> Result<Option<Stamped<MachineValues>>, DatabaseError> {
    let row = sqlx::query!(
        "SELECT name, kind, status, notes, version, created_at, updated_at FROM equipment WHERE id = $1",
        id
    )
    .fetch_optional(connection)
    .await?;
    Ok(row.map(|r| Stamped {
        values: MachineValues { name: r.name, kind: r.kind, status: r.status, notes: r.notes },
        version: r.version,
        created_at: r.created_at,
        updated_at: r.updated_at,
    }))
}

/// Writes a machine.
///
/// # Errors
/// When a value is refused.
pub async fn write_machine(
    connection: &mut PgConnection,
    id: Uuid,
    seen: Option<i32>,
    values: Option<&MachineValues>,
) -> Result<Option<i32>, DatabaseError> {
    Ok(match (seen, values) {
        (None, Some(v)) => {
            sqlx::query_scalar!(
                "INSERT INTO equipment (id, name, kind, status, notes) VALUES ($1, $2, $3, $4, $5)
                 ON CONFLICT (id) DO NOTHING RETURNING version",
                id,
                v.name,
                v.kind,
                v.status,
                v.notes
            )
            .fetch_optional(connection)
            .await?
        }
        (Some(version), Some(v)) => {
            sqlx::query_scalar!(
                "UPDATE equipment SET name = $3, kind = $4, status = $5, notes = $6
                  WHERE id = $1 AND version = $2 RETURNING version",
                id,
                version,
                v.name,
                v.kind,
                v.status,
                v.notes
            )
            .fetch_optional(connection)
            .await?
        }
        (Some(version), None) => {
            let done = sqlx::query!("DELETE FROM equipment WHERE id = $1 AND version = $2", id, version);
            gone(done.execute(connection).await?.rows_affected())
        }
        (None, None) => None,
    })
}
