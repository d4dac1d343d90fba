//! The trail of a job.

use chrono::{DateTime, Utc};
use serde_json::Value;
use sqlx::PgConnection;
use uuid::Uuid;

use crate::error::DatabaseError;

/// A line of the trail, with what other programs may have left out.
#[derive(Debug, Clone)]
#[expect(missing_docs, reason = "columns; see the specification")]
pub struct TrailRow {
    pub id: Uuid,
    pub job_id: Option<Uuid>,
    pub at: DateTime<Utc>,
    pub by: String,
    pub source: String,
    pub change: String,
    pub reason: Option<String>,
    pub before: Option<Value>,
    pub after: Option<Value>,
}

/// What happened to a job, newest first; 200 lines at most.
///
/// # Errors
/// When the database cannot be asked.
pub async fn of_job(connection: &mut PgConnection, job: Uuid) -> Result<Vec<TrailRow>, DatabaseError> {
    Ok(sqlx::query_as!(
        TrailRow,
        r#"SELECT s.id, s.job_schedule_id AS job_id, s.changed_at AS "at!", coalesce(u.name, s.changed_by) AS "by!",
                  s.source AS "source!", s.change_type AS change, s.reason, s.previous_data AS before, s.new_data AS after
             FROM schedule_changes s LEFT JOIN app_users u ON u.user_id = s.changed_by
            WHERE s.job_id_was = $1 OR s.job_schedule_id = $1
            ORDER BY s.changed_at DESC, s.id DESC LIMIT 200"#,
        job
    )
    .fetch_all(connection)
    .await?)
}

/// One line of it.
///
/// # Errors
/// When the database cannot be asked.
pub async fn line(connection: &mut PgConnection, id: Uuid) -> Result<Option<TrailRow>, DatabaseError> {
    Ok(sqlx::query_as!(
        TrailRow,
        r#"SELECT s.id, s.job_schedule_id AS job_id, s.changed_at AS "at!", coalesce(u.name, s.changed_by) AS "by!",
                  s.source AS "source!", s.change_type AS change, s.reason, s.previous_data AS before, s.new_data AS after
             FROM schedule_changes s LEFT JOIN app_users u ON u.user_id = s.changed_by
            WHERE s.id = $1"#,
        id
    )
    .fetch_optional(connection)
    .await?)
}
