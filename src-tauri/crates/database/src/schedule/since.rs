//! Who changed a job since somebody saw it.

use sqlx::PgConnection;
use uuid::Uuid;

use crate::error::DatabaseError;

/// What came after a version of a job.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Since {
    /// All of it was done by the one who asks.
    pub own: bool,
    /// Who else changed it, the last of them; none: nobody that is known.
    pub by: Option<String>,
}

/// Of the versions after `seen`, up to `now`: whether `person` wrote every one of them, else who did. Every change of a
/// job leaves a line of the trail with the row it made, and its version.
///
/// # Errors
/// When the database cannot be asked.
pub async fn since(
    connection: &mut PgConnection,
    job: Uuid,
    seen: i32,
    now: i32,
    person: &str,
) -> Result<Since, DatabaseError> {
    Ok(sqlx::query_as!(
        Since,
        r#"SELECT count(DISTINCT x.version) FILTER (WHERE x.changed_by = $4) = $3::integer - $2::integer AS "own!",
                  (array_agg(coalesce(u.name, x.changed_by)::text ORDER BY x.version DESC, x.changed_at DESC)
                       FILTER (WHERE x.changed_by <> $4))[1] AS "by?"
             FROM (SELECT s.changed_by, s.changed_at,
                          CASE WHEN s.written_by_trigger THEN (s.new_data->>'version')::integer END AS version
                     FROM schedule_changes s WHERE s.job_schedule_id = $1) AS x
             LEFT JOIN app_users u ON u.user_id = x.changed_by
            WHERE x.version > $2 AND x.version <= $3"#,
        job,
        seen,
        now,
        person
    )
    .fetch_one(connection)
    .await?)
}
