//! A person's alerts, page by page: a page asks for the rows after the last one seen, and costs the same at a million
//! rows as at ten.

use chrono::{DateTime, Utc};
use sqlx::PgConnection;
use uuid::Uuid;

use crate::error::DatabaseError;
use crate::foreign::Foreign;
use crate::notifications::NotificationRow;

/// More unread than this are not counted.
pub const COUNTED: i64 = 10_000;

/// Which of a person's alerts.
#[derive(Debug, Clone, Default)]
pub struct Filter {
    /// Lower case text in title or message.
    pub search: Option<String>,
    /// Ids of alert types; none: every type.
    pub types: Option<Vec<Uuid>>,
    /// 1–5
    pub min_priority: Option<i32>,
    /// Also those whose time has passed.
    pub expired: bool,
}

/// The last row of the page before.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Place {
    /// Its priority.
    pub priority: i32,
    /// When it came in.
    pub at: DateTime<Utc>,
    /// Its id.
    pub id: Uuid,
}

/// Unread (or read) ones, newest first.
///
/// # Errors
/// When the database cannot be asked.
pub async fn newest(
    connection: &mut PgConnection,
    user_id: &str,
    read: bool,
    filter: &Filter,
    after: Option<Place>,
    limit: i64,
) -> Result<Vec<NotificationRow>, DatabaseError> {
    let (at, id) = after.map_or((None, None), |p| (Some(p.at), Some(p.id)));
    let f = filter;
    // Planned for the value given (`force_custom_plan`), so that the partial index of its side is used.
    Ok(sqlx::query_as!(
        NotificationRow,
        r#"SELECT n.id, t.name AS "alert_type!", n.title, n.message, n.priority_level AS priority, n.is_read, n.created_at,
                  n.expires_at, n.data AS "data!: Foreign"
             FROM dashboard_notifications n JOIN alert_types t ON t.id = n.alert_type_id
            WHERE n.user_id = $1 AND n.is_read = $9
              AND ($2::timestamptz IS NULL OR (n.created_at, n.id) < ($2, $3::uuid))
              AND ($4::text IS NULL OR neff.folded(n.title || ' ' || n.message) LIKE '%' || neff.like_literal(neff.folded($4)) || '%')
              AND ($5::uuid[] IS NULL OR n.alert_type_id = ANY ($5))
              AND ($6::integer IS NULL OR n.priority_level >= $6)
              AND ($7 OR n.expires_at IS NULL OR n.expires_at > CURRENT_TIMESTAMP)
            ORDER BY n.created_at DESC, n.id DESC LIMIT $8"#,
        user_id,
        at,
        id,
        f.search,
        f.types.as_deref(),
        f.min_priority,
        f.expired,
        limit,
        read
    )
    .fetch_all(connection)
    .await?)
}

/// Unread ones, the most urgent first, the newest of them first.
///
/// # Errors
/// When the database cannot be asked.
pub async fn most_urgent(
    connection: &mut PgConnection,
    user_id: &str,
    filter: &Filter,
    after: Option<Place>,
    limit: i64,
) -> Result<Vec<NotificationRow>, DatabaseError> {
    let (priority, at, id) = after.map_or((None, None, None), |p| (Some(p.priority), Some(p.at), Some(p.id)));
    let f = filter;
    Ok(sqlx::query_as!(
        NotificationRow,
        r#"SELECT n.id, t.name AS "alert_type!", n.title, n.message, n.priority_level AS priority, n.is_read, n.created_at,
                  n.expires_at, n.data AS "data!: Foreign"
             FROM dashboard_notifications n JOIN alert_types t ON t.id = n.alert_type_id
            WHERE n.user_id = $1 AND NOT n.is_read
              AND ($2::integer IS NULL OR (n.priority_level, n.created_at, n.id) < ($2, $3::timestamptz, $4::uuid))
              AND ($5::text IS NULL OR neff.folded(n.title || ' ' || n.message) LIKE '%' || neff.like_literal(neff.folded($5)) || '%')
              AND ($6::uuid[] IS NULL OR n.alert_type_id = ANY ($6))
              AND ($7::integer IS NULL OR n.priority_level >= $7)
              AND ($8 OR n.expires_at IS NULL OR n.expires_at > CURRENT_TIMESTAMP)
            ORDER BY n.priority_level DESC, n.created_at DESC, n.id DESC LIMIT $9"#,
        user_id,
        priority,
        at,
        id,
        f.search,
        f.types.as_deref(),
        f.min_priority,
        f.expired,
        limit
    )
    .fetch_all(connection)
    .await?)
}

/// How many are unread and still of use, up to [`COUNTED`]; and the database's clock.
///
/// # Errors
/// When the database cannot be asked.
pub async fn unread(connection: &mut PgConnection, user_id: &str) -> Result<(i64, DateTime<Utc>), DatabaseError> {
    let row = sqlx::query!(
        r#"SELECT clock_timestamp() AS "now!", (SELECT count(*) FROM (
               SELECT FROM dashboard_notifications
                WHERE user_id = $1 AND NOT is_read AND (expires_at IS NULL OR expires_at > CURRENT_TIMESTAMP)
                LIMIT $2) AS counted) AS "n!""#,
        user_id,
        COUNTED
    )
    .fetch_one(connection)
    .await?;
    Ok((row.n, row.now))
}

/// Marks these of a person's read or unread; returns those that changed.
///
/// # Errors
/// When the database cannot be asked.
pub async fn set_read(
    connection: &mut PgConnection,
    user_id: &str,
    ids: &[Uuid],
    read: bool,
) -> Result<Vec<Uuid>, DatabaseError> {
    Ok(sqlx::query_scalar!(
        "UPDATE dashboard_notifications
            SET is_read = $3, read_at = CASE WHEN $3 THEN CURRENT_TIMESTAMP END
          WHERE user_id = $1 AND id = ANY ($2) AND is_read <> $3 RETURNING id",
        user_id,
        ids,
        read
    )
    .fetch_all(connection)
    .await?)
}

/// Marks all unread ones of the filter read that came in up to `until`: what came after the person looked stays unread.
///
/// # Errors
/// When the database cannot be asked.
pub async fn mark_all_read(
    connection: &mut PgConnection,
    user_id: &str,
    filter: &Filter,
    until: DateTime<Utc>,
) -> Result<u64, DatabaseError> {
    let f = filter;
    let done = sqlx::query!(
        "UPDATE dashboard_notifications n SET is_read = true, read_at = CURRENT_TIMESTAMP
          WHERE n.user_id = $1 AND NOT n.is_read AND n.created_at <= $2
            AND ($3::text IS NULL OR neff.folded(n.title || ' ' || n.message) LIKE '%' || neff.like_literal(neff.folded($3)) || '%')
            AND ($4::uuid[] IS NULL OR n.alert_type_id = ANY ($4))
            AND ($5::integer IS NULL OR n.priority_level >= $5)",
        user_id,
        until,
        f.search,
        f.types.as_deref(),
        f.min_priority
    )
    .execute(connection)
    .await?;
    Ok(done.rows_affected())
}

/// The ids of alert types; a name that is none of them is left out.
///
/// # Errors
/// When the database cannot be asked.
pub async fn kind_ids(connection: &mut PgConnection, names: &[String]) -> Result<Vec<Uuid>, DatabaseError> {
    Ok(sqlx::query_scalar!("SELECT id FROM alert_types WHERE name = ANY ($1)", names).fetch_all(connection).await?)
}

/// An alert type, for filters.
#[derive(Debug, Clone)]
pub struct KindRow {
    /// Such as `estimate_requested`.
    pub name: String,
    /// In words.
    pub description: Option<String>,
    /// Such as `business_operations`.
    pub category: String,
}

/// All alert types by name.
///
/// # Errors
/// When the database cannot be asked.
pub async fn kinds(connection: &mut PgConnection) -> Result<Vec<KindRow>, DatabaseError> {
    Ok(sqlx::query_as!(KindRow, "SELECT name, description, category FROM alert_types ORDER BY name LIMIT 500")
        .fetch_all(connection)
        .await?)
}
