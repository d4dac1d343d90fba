//! One row at a time, as it is written and as an undo writes it back.
//!
//! Every `write_*` does one of three things: inserts (nothing was there: `seen` is none), updates over the version
//! `seen`, or deletes it (`values` is none). It answers the row's version afterwards (0 when deleted), or none when the
//! row is not as it was seen.

mod crews;
mod machines;
mod people;
mod time_off;

use chrono::{DateTime, Utc};
use sqlx::PgConnection;
use uuid::Uuid;

use crate::error::DatabaseError;

pub use crews::{CrewValues, MembershipValues, crew, membership, write_crew, write_membership};
pub use machines::{MachineValues, machine, write_machine};
pub use people::{
    PersonValues, contact, found_alike, has_contact, lock_requirements, person, set_requirements, write_contact,
    write_person,
};
pub use time_off::{TimeOffValues, time_off, write_time_off};

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
