//! One row at a time, as it is written and as an undo writes it back.
//!
//! Every `write_*` does one of three things: inserts (nothing was there: `seen` is none), updates over the version
//! `seen`, or deletes it (`values` is none). It answers the row's version afterwards (0 when deleted), or none when the
//! row is not as it was seen.

use chrono::{DateTime, NaiveDate, Utc};
use serde::{Deserialize, Serialize};
use serde_json::Value;
use sqlx::PgConnection;
use uuid::Uuid;

use super::time::{dates, instants};
use crate::error::DatabaseError;

/// A row with what the database keeps of it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Stamped<T> {
    /// The row.
    pub values: T,
    /// Rises with every change.
    pub version: i32,
    /// When it was entered.
    pub created_at: DateTime<Utc>,
    /// When it was last changed.
    pub updated_at: DateTime<Utc>,
}

/// Somebody of the field. Not their emergency contact: that is asked for and written by itself.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[expect(missing_docs, reason = "columns; see the specification")]
pub struct PersonValues {
    pub name: String,
    pub email: Option<String>,
    pub phone: Option<String>,
    pub role: String,
    pub status: String,
    pub hire_date: Option<NaiveDate>,
    /// Anything another program wrote.
    pub specializations: Option<Value>,
    /// Anything another program wrote.
    pub availability: Option<Value>,
    /// Anything another program wrote.
    pub certifications: Option<Value>,
}

/// A crew.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[expect(missing_docs, reason = "columns; see crews")]
pub struct CrewValues {
    pub name: String,
    pub status: String,
    pub color: Option<String>,
    pub notes: Option<String>,
}

/// A machine.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[expect(missing_docs, reason = "columns; see equipment")]
pub struct MachineValues {
    pub name: String,
    pub kind: String,
    pub status: String,
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

/// Somebody of the field, if there.
///
/// # Errors
/// When the database cannot be asked.
pub async fn person(connection: &mut PgConnection, id: Uuid) -> Result<Option<Stamped<PersonValues>>, DatabaseError> {
    let row = sqlx::query!(
        "SELECT name, email, phone, role, status, hire_date, specializations, availability_schedule, certifications,
                version, created_at, updated_at
           FROM crew_members WHERE id = $1",
        id
    )
    .fetch_optional(connection)
    .await?;
    Ok(row.map(|r| Stamped {
        values: PersonValues {
            name: r.name,
            email: r.email,
            phone: r.phone,
            role: r.role,
            status: r.status,
            hire_date: r.hire_date,
            specializations: r.specializations,
            availability: r.availability_schedule,
            certifications: r.certifications,
        },
        version: r.version,
        created_at: r.created_at,
        updated_at: r.updated_at,
    }))
}

/// Writes somebody of the field.
///
/// # Errors
/// When a value is refused.
pub async fn write_person(
    connection: &mut PgConnection,
    id: Uuid,
    seen: Option<i32>,
    values: Option<&PersonValues>,
) -> Result<Option<i32>, DatabaseError> {
    Ok(match (seen, values) {
        (None, Some(v)) => {
            sqlx::query_scalar!(
                "INSERT INTO crew_members (id, name, email, phone, role, status, hire_date, specializations,
                                           availability_schedule, certifications)
                 VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10) ON CONFLICT (id) DO NOTHING RETURNING version",
                id,
                v.name,
                v.email,
                v.phone,
                v.role,
                v.status,
                v.hire_date,
                v.specializations,
                v.availability,
                v.certifications
            )
            .fetch_optional(connection)
            .await?
        }
        (Some(version), Some(v)) => {
            sqlx::query_scalar!(
                "UPDATE crew_members SET name = $3, email = $4, phone = $5, role = $6, status = $7, hire_date = $8,
                        specializations = $9, availability_schedule = $10, certifications = $11
                  WHERE id = $1 AND version = $2 RETURNING version",
                id,
                version,
                v.name,
                v.email,
                v.phone,
                v.role,
                v.status,
                v.hire_date,
                v.specializations,
                v.availability,
                v.certifications
            )
            .fetch_optional(connection)
            .await?
        }
        (Some(version), None) => {
            let done = sqlx::query!("DELETE FROM crew_members WHERE id = $1 AND version = $2", id, version);
            gone(done.execute(connection).await?.rows_affected())
        }
        (None, None) => None,
    })
}

/// The emergency contact as it is written, with the person's version; none: there is no such person.
///
/// # Errors
/// When the login may not see it, or the database cannot be asked.
pub async fn contact(connection: &mut PgConnection, id: Uuid) -> Result<Option<(Option<Value>, i32)>, DatabaseError> {
    let row = sqlx::query!("SELECT emergency_contact, version FROM crew_members WHERE id = $1", id);
    Ok(row.fetch_optional(connection).await?.map(|r| (r.emergency_contact, r.version)))
}

/// Writes the emergency contact over the version seen.
///
/// # Errors
/// When the login may not.
pub async fn write_contact(
    connection: &mut PgConnection,
    id: Uuid,
    seen: i32,
    contact: Option<&Value>,
) -> Result<Option<i32>, DatabaseError> {
    Ok(sqlx::query_scalar!(
        "UPDATE crew_members SET emergency_contact = $3 WHERE id = $1 AND version = $2 RETURNING version",
        id,
        seen,
        contact
    )
    .fetch_optional(connection)
    .await?)
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

/// Whether an emergency contact is written; not what.
///
/// # Errors
/// When the login may not see it, or the database cannot be asked.
pub async fn has_contact(connection: &mut PgConnection, id: Uuid) -> Result<bool, DatabaseError> {
    Ok(sqlx::query_scalar!(
        r#"SELECT coalesce(emergency_contact NOT IN ('null', '{}', '[]', '""'), false) AS "has!"
             FROM crew_members WHERE id = $1"#,
        id
    )
    .fetch_optional(connection)
    .await?
    .unwrap_or_default())
}

/// Two people who change what roles need come one after the other, until the transaction ends.
///
/// # Errors
/// When somebody else is at it for too long.
pub async fn lock_requirements(connection: &mut PgConnection) -> Result<(), DatabaseError> {
    sqlx::query!(
        r#"SELECT pg_advisory_xact_lock(hashtextextended('neff certificate requirements', 0)) IS NULL AS "held!""#
    )
    .fetch_one(connection)
    .await?;
    Ok(())
}

/// Which certificates a role needs: these and no others.
///
/// # Errors
/// When the login may not.
pub async fn set_requirements(
    connection: &mut PgConnection,
    role: &str,
    certificates: &[String],
) -> Result<(), DatabaseError> {
    sqlx::query!(
        "DELETE FROM certificate_requirements WHERE role = $1 AND certificate <> ALL ($2)",
        role,
        certificates
    )
    .execute(&mut *connection)
    .await?;
    sqlx::query!(
        "INSERT INTO certificate_requirements (role, certificate) SELECT $1, unnest($2::text[]) ON CONFLICT DO NOTHING",
        role,
        certificates
    )
    .execute(connection)
    .await?;
    Ok(())
}

/// Whether anything hangs on a person, crew or machine that would be lost with it, or would lose it.
///
/// # Errors
/// When the database cannot be asked.
pub async fn has_dependents(connection: &mut PgConnection, id: Uuid) -> Result<bool, DatabaseError> {
    Ok(sqlx::query_scalar!(
        r#"SELECT EXISTS (SELECT FROM crew_memberships WHERE crew_member_id = $1)
               OR EXISTS (SELECT FROM crew_memberships WHERE crew_id = $1)
               OR EXISTS (SELECT FROM time_off WHERE crew_member_id = $1)
               OR EXISTS (SELECT FROM time_off WHERE equipment_id = $1)
               OR EXISTS (SELECT FROM resource_aliases WHERE resource_id = $1)
               OR EXISTS (SELECT FROM job_crews WHERE crew_id = $1)
               OR EXISTS (SELECT FROM job_assignments WHERE resource_id = $1) AS "any!""#,
        id
    )
    .fetch_one(connection)
    .await?)
}

/// A delete that hit nothing was over another version.
fn gone(rows: u64) -> Option<i32> {
    (rows == 1).then_some(0)
}
