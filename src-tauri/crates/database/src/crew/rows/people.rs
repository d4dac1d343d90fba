//! People of the field, their emergency contacts, and what their roles need.

use chrono::NaiveDate;
use serde::{Deserialize, Serialize};
use serde_json::Value;
use sqlx::PgConnection;
use uuid::Uuid;

use super::{Stamped, gone};
use crate::error::DatabaseError;
use crate::foreign::{AsWritten, Foreign};

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

/// Somebody of the field, if there.
///
/// # Errors
/// When the database cannot be asked.
pub async fn person(connection: &mut PgConnection, id: Uuid) -> Result<Option<Stamped<PersonValues>>, DatabaseError> {
    let row = sqlx::query!(
        r#"SELECT name, email, phone, role, status, hire_date, specializations AS "specializations!: Foreign",
                  availability_schedule AS "availability!: Foreign", certifications AS "certifications!: Foreign",
                  version, created_at, updated_at
             FROM crew_members WHERE id = $1"#,
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
            specializations: r.specializations.into(),
            availability: r.availability.into(),
            certifications: r.certifications.into(),
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
                AsWritten(v.specializations.as_ref()) as _,
                AsWritten(v.availability.as_ref()) as _,
                AsWritten(v.certifications.as_ref()) as _
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
                AsWritten(v.specializations.as_ref()) as _,
                AsWritten(v.availability.as_ref()) as _,
                AsWritten(v.certifications.as_ref()) as _
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
    let row =
        sqlx::query!(r#"SELECT emergency_contact AS "contact!: Foreign", version FROM crew_members WHERE id = $1"#, id);
    Ok(row.fetch_optional(connection).await?.map(|r| (r.contact.into(), r.version)))
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
        AsWritten(contact) as _
    )
    .fetch_optional(connection)
    .await?)
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
    // Unlike an advisory lock, nobody without rights on it can take this one.
    sqlx::query("LOCK TABLE public.certificate_requirements IN SHARE ROW EXCLUSIVE MODE").execute(connection).await?;
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

/// Who else is found when somebody writes this name: people still employed, and crews in use. `but`: not this one.
///
/// # Errors
/// When the database cannot be asked.
pub async fn found_alike(
    connection: &mut PgConnection,
    name: &str,
    but: Uuid,
) -> Result<Option<(String, bool)>, DatabaseError> {
    let alike = sqlx::query_as(
        "SELECT f.name, f.is_crew
           FROM (SELECT name, id, false AS is_crew FROM crew_members WHERE status <> 'terminated'
                 UNION ALL
                 SELECT name, id, true FROM crews WHERE status = 'active') AS f
          WHERE neff.word_key(f.name) = neff.word_key($1) AND f.id <> $2
          ORDER BY f.is_crew LIMIT 1",
    );
    Ok(alike.bind(name).bind(but).fetch_optional(connection).await?)
}
