//! Dashboard notifications of one person: the bell, and what is still to pop up on one computer.

use chrono::{DateTime, Utc};
use sqlx::PgConnection;
use uuid::Uuid;

use crate::error::DatabaseError;
use crate::foreign::Foreign;

/// A notification with the name of its type.
#[derive(Debug, Clone)]
pub struct NotificationRow {
    /// `dashboard_notifications.id`
    pub id: Uuid,
    /// Name of the alert type.
    pub alert_type: String,
    /// One line.
    pub title: String,
    /// A sentence or two.
    pub message: String,
    /// 5 is the most urgent.
    pub priority: i32,
    /// Read on whichever computer.
    pub is_read: bool,
    /// When it came in.
    pub created_at: DateTime<Utc>,
    /// When it is of no use any more.
    pub expires_at: Option<DateTime<Utc>>,
    /// What it is about, as some program wrote it.
    pub data: Option<serde_json::Value>,
}

/// The unread, the most urgent and newest first, then the newest read; at most `limit`.
///
/// # Errors
/// When the database cannot be asked.
pub async fn latest(
    connection: &mut PgConnection,
    user_id: &str,
    limit: i64,
) -> Result<Vec<NotificationRow>, DatabaseError> {
    Ok(sqlx::query_as!(
        NotificationRow,
        r#"SELECT n.id AS "id!", t.name AS "alert_type!", n.title AS "title!", n.message AS "message!",
                  n.priority_level AS "priority!", n.is_read AS "is_read!", n.created_at AS "created_at!", n.expires_at, n.data AS "data!: Foreign"
             FROM ((SELECT * FROM dashboard_notifications
                     WHERE user_id = $1 AND NOT is_read AND (expires_at IS NULL OR expires_at > CURRENT_TIMESTAMP)
                     ORDER BY created_at DESC LIMIT $2)
                   UNION ALL
                   (SELECT * FROM dashboard_notifications
                     WHERE user_id = $1 AND is_read AND created_at > CURRENT_TIMESTAMP - interval '30 days'
                     ORDER BY created_at DESC LIMIT $2)) AS n
             JOIN alert_types t ON t.id = n.alert_type_id
            ORDER BY n.is_read, CASE WHEN NOT n.is_read THEN n.priority_level END DESC, n.created_at DESC
            LIMIT $2"#,
        user_id,
        limit
    )
    .fetch_all(connection)
    .await?)
}

/// How many are unread and still of use.
///
/// # Errors
/// When the database cannot be asked.
pub async fn unread_count(connection: &mut PgConnection, user_id: &str) -> Result<i64, DatabaseError> {
    Ok(sqlx::query_scalar!(
        r#"SELECT count(*) AS "n!" FROM dashboard_notifications
            WHERE user_id = $1 AND NOT is_read AND (expires_at IS NULL OR expires_at > CURRENT_TIMESTAMP)"#,
        user_id
    )
    .fetch_one(connection)
    .await?)
}

/// What is still to pop up on this computer: mine, unread, not expired, come in since the computer was set up, and
/// not shown here yet. "Not yet shown" instead of "newer than the last": a late commit is not skipped.
///
/// # Errors
/// When the database cannot be asked.
pub async fn due_popups(
    connection: &mut PgConnection,
    user_id: &str,
    computer: Uuid,
) -> Result<Vec<NotificationRow>, DatabaseError> {
    Ok(sqlx::query_as!(
        NotificationRow,
        r#"SELECT n.id, t.name AS "alert_type!", n.title, n.message, n.priority_level AS priority, n.is_read,
                  n.created_at, n.expires_at, n.data AS "data!: Foreign"
             FROM dashboard_notifications n
             JOIN alert_types t ON t.id = n.alert_type_id
            WHERE n.user_id = $1 AND NOT n.is_read
              AND n.created_at >= (SELECT set_up_at FROM office_computers WHERE id = $2)
              AND (n.expires_at IS NULL OR n.expires_at > CURRENT_TIMESTAMP)
              AND NOT EXISTS (SELECT FROM notification_popups p WHERE p.notification_id = n.id AND p.computer_id = $2)
            ORDER BY n.created_at DESC
            LIMIT 200"#,
        user_id,
        computer
    )
    .fetch_all(connection)
    .await?)
}

/// Records that these were shown on this computer. A notification that was deleted meanwhile is no error.
///
/// # Errors
/// When the database cannot be asked.
pub async fn record_popups(connection: &mut PgConnection, computer: Uuid, ids: &[Uuid]) -> Result<(), DatabaseError> {
    sqlx::query!(
        "INSERT INTO notification_popups (notification_id, computer_id)
         SELECT n.id, $1 FROM dashboard_notifications n WHERE n.id = ANY ($2)
         ON CONFLICT DO NOTHING",
        computer,
        ids
    )
    .execute(connection)
    .await?;
    Ok(())
}

/// Records all that came in up to `until` and is still to pop up as shown: one summary stood for all of it.
///
/// # Errors
/// When the database cannot be asked.
pub async fn record_all_popups(
    connection: &mut PgConnection,
    user_id: &str,
    computer: Uuid,
    until: DateTime<Utc>,
) -> Result<(), DatabaseError> {
    sqlx::query!(
        "INSERT INTO notification_popups (notification_id, computer_id)
         SELECT n.id, $2 FROM dashboard_notifications n
          WHERE n.user_id = $1 AND NOT n.is_read AND n.created_at <= $3
            AND n.created_at >= (SELECT set_up_at FROM office_computers WHERE id = $2)
         ON CONFLICT DO NOTHING",
        user_id,
        computer,
        until
    )
    .execute(connection)
    .await?;
    Ok(())
}

/// Which of these are read by now, or gone: their popups are closed.
///
/// # Errors
/// When the database cannot be asked.
pub async fn no_longer_unread(connection: &mut PgConnection, ids: &[Uuid]) -> Result<Vec<Uuid>, DatabaseError> {
    Ok(sqlx::query_scalar!(
        r#"SELECT id AS "id!" FROM unnest($1::uuid[]) AS id
            WHERE NOT EXISTS (SELECT FROM dashboard_notifications n WHERE n.id = id.id AND NOT n.is_read)"#,
        ids
    )
    .fetch_all(connection)
    .await?)
}
