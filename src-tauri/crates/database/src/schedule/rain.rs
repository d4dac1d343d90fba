//! What the planner has to know of crews and people.

use chrono::NaiveDate;
use serde_json::Value;
use sqlx::PgConnection;
use uuid::Uuid;

use crate::error::DatabaseError;
use crate::foreign::Foreign;

/// Somebody's days in a crew.
#[derive(Debug, Clone)]
pub struct MembershipRow {
    /// The crew.
    pub crew: Uuid,
    /// Its name.
    pub crew_name: String,
    /// Who; none: the crew has nobody.
    pub person: Option<Uuid>,
    /// The first day; none: always was.
    pub from: Option<NaiveDate>,
    /// The day after the last; none: still is.
    pub until: Option<NaiveDate>,
}

/// Active crews and who is in them between two days.
///
/// # Errors
/// When the database cannot be asked.
pub async fn memberships(
    connection: &mut PgConnection,
    from: NaiveDate,
    until: NaiveDate,
) -> Result<Vec<MembershipRow>, DatabaseError> {
    Ok(sqlx::query_as!(
        MembershipRow,
        r#"SELECT c.id AS crew, c.name AS crew_name, m.crew_member_id AS "person?", lower(m.during) AS from, upper(m.during) AS until
             FROM crews c LEFT JOIN crew_memberships m ON m.crew_id = c.id AND m.during && daterange($1, $2, '[]')
            WHERE c.status = 'active' OR m.id IS NOT NULL
            ORDER BY c.id, m.crew_member_id, lower(m.during)"#,
        from,
        until
    )
    .fetch_all(connection)
    .await?)
}

/// Somebody's ordinary week, as it is written.
#[derive(Debug, Clone)]
pub struct WeekRow {
    /// Who.
    pub id: Uuid,
    /// Their name.
    pub name: String,
    /// As `crew_members.status`.
    pub status: String,
    /// As `crew_members.availability_schedule`.
    pub week: Option<Value>,
}

/// The weeks of everybody, also of those who left: they may still stand on jobs.
///
/// # Errors
/// When the database cannot be asked.
pub async fn weeks(connection: &mut PgConnection) -> Result<Vec<WeekRow>, DatabaseError> {
    Ok(sqlx::query_as!(
        WeekRow,
        r#"SELECT id, name, status, availability_schedule AS "week!: Foreign" FROM crew_members ORDER BY id"#
    )
    .fetch_all(connection)
    .await?)
}
