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

/// Who works here: the person whose login this is, or else the one who said so on this computer.
///
/// # Errors
/// When the database cannot be asked.
pub async fn who_am_i(connection: &mut PgConnection, said: Option<Uuid>) -> Result<Option<PersonRow>, DatabaseError> {
    Ok(sqlx::query_as!(
        PersonRow,
        r#"SELECT id, user_id, name, email, coalesce(database_login = session_user, false) AS "proven!"
             FROM app_users
            WHERE status = 'active' AND (database_login = session_user OR id = $1)
            ORDER BY 5 DESC
            LIMIT 1"#,
        said
    )
    .fetch_optional(connection)
    .await?)
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

/// Adds a person. The very first of an office is its owner and in `admins`.
///
/// # Errors
/// When the name is empty or too long, or the login may not add people.
pub async fn register(connection: &mut PgConnection, name: &str) -> Result<Uuid, DatabaseError> {
    let id = sqlx::query_scalar!(r#"SELECT register_person($1) AS "id!""#, name).fetch_one(connection).await?;
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
