//! The trail of a job.

use chrono::{DateTime, Utc};
use serde_json::Value;
use sqlx::PgConnection;
use uuid::Uuid;

use crate::error::DatabaseError;
use crate::foreign::Trail;

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
    /// The database wrote it when it happened; else another program says so.
    pub recorded: bool,
}

/// What happened to a job, newest first; 200 lines at most.
///
/// # Errors
/// When the database cannot be asked.
pub async fn of_job(connection: &mut PgConnection, job: Uuid) -> Result<Vec<TrailRow>, DatabaseError> {
    Ok(sqlx::query_as!(
        TrailRow,
        r#"SELECT s.id, s.job_schedule_id AS job_id, s.changed_at AS "at!",
                  CASE WHEN s.written_by_trigger OR s.login IS NULL OR u.database_login = s.login THEN coalesce(u.name, s.changed_by)
                       ELSE concat(s.changed_by, ' (login ', s.login, ')') END AS "by!",
                  s.source AS "source!", s.change_type AS change, s.reason, s.previous_data AS "before!: Trail",
                  s.new_data AS "after!: Trail",
                  s.written_by_trigger AS recorded
             FROM schedule_changes s LEFT JOIN app_users u ON u.user_id = s.changed_by
            WHERE s.job_id_was = $1 OR s.job_schedule_id = $1
            ORDER BY s.changed_at DESC, s.number DESC LIMIT 200"#,
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
        r#"SELECT s.id, s.job_schedule_id AS job_id, s.changed_at AS "at!",
                  CASE WHEN s.written_by_trigger OR s.login IS NULL OR u.database_login = s.login THEN coalesce(u.name, s.changed_by)
                       ELSE concat(s.changed_by, ' (login ', s.login, ')') END AS "by!",
                  s.source AS "source!", s.change_type AS change, s.reason, s.previous_data AS "before!: Trail",
                  s.new_data AS "after!: Trail",
                  s.written_by_trigger AS recorded
             FROM schedule_changes s LEFT JOIN app_users u ON u.user_id = s.changed_by
            WHERE s.id = $1"#,
        id
    )
    .fetch_optional(connection)
    .await?)
}

/// Jobs that once named a crew and do not any more: those of a stretch of time whenever that was, and any other that
/// named it until after its beginning. Words are compared as they are matched: the crew's id, its name, its aliases.
///
/// # Errors
/// When the database cannot be asked.
pub async fn left_crew(
    connection: &mut PgConnection,
    crew: Uuid,
    from: DateTime<Utc>,
    until: DateTime<Utc>,
) -> Result<Vec<Uuid>, DatabaseError> {
    Ok(sqlx::query_scalar!(
        r#"WITH key AS (
               SELECT w.id::text AS word FROM crews w WHERE w.id = $1
               UNION SELECT lower(btrim(w.name, E' \t\r\n\u00a0')) FROM crews w WHERE w.id = $1
               UNION SELECT lower(btrim(a.written, E' \t\r\n\u00a0')) FROM resource_aliases a WHERE a.kind = 'crew' AND a.resource_id = $1
           ), named AS (
               SELECT s.id, s.job_id_was, s.previous_data->'crew_assigned' AS before, s.new_data->'crew_assigned' AS after
                 FROM schedule_changes s WHERE s.changed_at >= $2
               UNION
               SELECT s.id, s.job_id_was, s.previous_data->'crew_assigned', s.new_data->'crew_assigned'
                 FROM job_schedules j JOIN schedule_changes s ON s.job_id_was = j.id
                WHERE tstzrange(j.start_date, j.end_date, '[)') && tstzrange($2, $3, '[)')
           )
           SELECT j.id FROM job_schedules j
            WHERE j.id IN (SELECT n.job_id_was FROM named n
                            WHERE n.before IS DISTINCT FROM n.after
                              AND EXISTS (SELECT FROM jsonb_path_query(n.before, '$.** ? (@.type() == "string")') AS w(word)
                                           WHERE lower(btrim(w.word #>> '{}', E' \t\r\n\u00a0')) IN (SELECT word FROM key)))
              AND NOT EXISTS (SELECT FROM job_crews c WHERE c.job_schedule_id = j.id AND c.crew_id = $1)
            ORDER BY j.start_date, j.id"#,
        crew,
        from,
        until
    )
    .fetch_all(connection)
    .await?)
}
