//! The people of the office, and which of them works on this computer.

use sqlx::PgConnection;
use uuid::Uuid;

use crate::error::DatabaseError;

/// Somebody of the office.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct PersonRow {
    /// `app_users.id`
    pub id: Uuid,
    /// What `dashboard_notifications.user_id` holds for them.
    pub user_id: String,
    /// Their name.
    pub name: String,
    /// Their address.
    pub email: Option<String>,
    /// Their own login proves who they are; otherwise they said so.
    pub proven: bool,
}

/// Who works here.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Who {
    /// The person whose login this is, or the one who said so on this computer.
    Person(PersonRow),
    /// Nobody has said so, or whoever did is not in the office any more.
    Nobody,
    /// The login is a person's who was switched off.
    SwitchedOff,
}

/// Who works here: the person whose login this is, or else the one who said so on this computer. Nobody says they are
/// somebody with a login of their own.
///
/// # Errors
/// When the database cannot be asked.
pub async fn who_am_i(connection: &mut PgConnection, said: Option<Uuid>) -> Result<Who, DatabaseError> {
    if sqlx::query_scalar!(r#"SELECT neff.login_is_disabled() AS "off!""#).fetch_one(&mut *connection).await? {
        return Ok(Who::SwitchedOff);
    }
    let row = sqlx::query_as!(
        PersonRow,
        r#"SELECT id, user_id, name, email, coalesce(database_login = session_user, false) AS "proven!"
             FROM app_users
            WHERE status = 'active' AND (database_login = session_user OR (id = $1 AND database_login IS NULL))
            ORDER BY 5 DESC
            LIMIT 1"#,
        said
    )
    .fetch_optional(connection)
    .await?;
    Ok(row.map_or(Who::Nobody, Who::Person))
}

/// Everybody who may say they work here, by name.
///
/// # Errors
/// When the database cannot be asked.
pub async fn active(connection: &mut PgConnection) -> Result<Vec<PersonRow>, DatabaseError> {
    Ok(sqlx::query_as!(
        PersonRow,
        r#"SELECT id, user_id, name, email, false AS "proven!" FROM app_users
            WHERE status = 'active' AND database_login IS NULL
            ORDER BY lower(name) LIMIT 200"#
    )
    .fetch_all(connection)
    .await?)
}

/// Adds a person. The first who may administer the office is its owner; alerts reach them.
///
/// # Errors
/// [`crate::Failure::Constraint`] when somebody is called so already; [`crate::Failure::RightsMissing`] when that was
/// somebody who is switched off, or the login is one person's own.
pub async fn register(connection: &mut PgConnection, name: &str) -> Result<Uuid, DatabaseError> {
    let id = sqlx::query_scalar!(r#"SELECT neff.register_person($1) AS "id!""#, name).fetch_one(connection).await?;
    Ok(id)
}

/// Adds a person whose own login this is: who they are is proven from then on. Only an administrator may.
///
/// # Errors
/// When the name is empty or too long, or the login is somebody's already.
pub async fn register_with_login(connection: &mut PgConnection, name: &str) -> Result<Uuid, DatabaseError> {
    let id =
        sqlx::query_scalar!(r#"SELECT neff.register_person($1, true) AS "id!""#, name).fetch_one(connection).await?;
    Ok(id)
}

/// Makes this computer known: popups are shown once on each, from its first day on.
///
/// # Errors
/// When the database cannot be asked.
pub async fn register_computer(connection: &mut PgConnection, computer: Uuid, name: &str) -> Result<(), DatabaseError> {
    sqlx::query!(
        "INSERT INTO office_computers (id, name) VALUES ($1, $2)
         ON CONFLICT (id) DO UPDATE SET name = excluded.name, last_seen = CURRENT_TIMESTAMP",
        computer,
        name
    )
    .execute(connection)
    .await?;
    Ok(())
}

/// A person with what they chose for themselves.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct MeRow {
    /// `app_users.id`
    pub id: Uuid,
    /// What `dashboard_notifications.user_id` holds for them.
    pub user_id: String,
    /// Their name.
    pub name: String,
    /// Their address.
    pub email: Option<String>,
    /// Their number.
    pub phone: Option<String>,
    /// `owner`, `manager`, …
    pub office_role: String,
    /// IANA; none: the office's.
    pub time_zone: Option<String>,
    /// Local to their zone; both or neither.
    pub quiet_from: Option<chrono::NaiveTime>,
    /// Local to their zone; before `quiet_from`: the next morning.
    pub quiet_until: Option<chrono::NaiveTime>,
    /// Rises with every change.
    pub version: i32,
    /// The login they are proven by, or the one that is used here.
    pub login: String,
}

/// A person, if they are still there.
///
/// # Errors
/// When the database cannot be asked.
pub async fn me(connection: &mut PgConnection, id: Uuid) -> Result<Option<MeRow>, DatabaseError> {
    Ok(sqlx::query_as!(
        MeRow,
        r#"SELECT id, user_id, name, email, phone, office_role, time_zone, quiet_from, quiet_until, version,
                  session_user::text AS "login!"
             FROM app_users WHERE id = $1"#,
        id
    )
    .fetch_optional(connection)
    .await?)
}

/// Writes what a person chose, if they still have the version seen; none when not.
///
/// # Errors
/// When a value is refused.
pub async fn save_me(connection: &mut PgConnection, row: &MeRow) -> Result<Option<i32>, DatabaseError> {
    Ok(sqlx::query_scalar!(
        "UPDATE app_users SET name = $3, email = $4, phone = $5, time_zone = $6, quiet_from = $7, quiet_until = $8
          WHERE id = $1 AND version = $2 RETURNING version",
        row.id,
        row.version,
        row.name,
        row.email,
        row.phone,
        row.time_zone,
        row.quiet_from,
        row.quiet_until
    )
    .fetch_optional(connection)
    .await?)
}

/// Whether this login may change what a person is known by and reached at: it is theirs alone, or an administrator's.
///
/// # Errors
/// When the database cannot be asked.
pub async fn may_rename(connection: &mut PgConnection, id: Uuid) -> Result<bool, DatabaseError> {
    Ok(sqlx::query_scalar!(
        r#"SELECT neff.sees_all() OR EXISTS (SELECT FROM app_users WHERE id = $1 AND database_login = session_user) AS "may!""#,
        id
    )
    .fetch_one(connection)
    .await?)
}
