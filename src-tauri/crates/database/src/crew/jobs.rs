//! The jobs to come that name somebody or something: what is at stake when they go.

use chrono::{DateTime, Utc};
use sqlx::PgConnection;
use uuid::Uuid;

use super::OfficeNow;
use crate::error::DatabaseError;

/// A stretch of time; none: without beginning or end.
pub type Span = (Option<DateTime<Utc>>, Option<DateTime<Utc>>);

/// A job to come.
#[derive(Debug, Clone)]
#[expect(missing_docs, reason = "columns; see the specification")]
pub struct JobRow {
    pub id: Uuid,
    pub version: i32,
    pub customer: Option<String>,
    pub service_type: Option<String>,
    pub address: String,
    pub start: DateTime<Utc>,
    pub end: DateTime<Utc>,
    pub status: String,
    /// The crew that brings the person along; none: the job names them, or it, or the crew asked about.
    pub via_crew: Option<Uuid>,
    /// All of them, this list included.
    pub total: i64,
}

/// The jobs of a person or machine that touch any of these stretches and are not over, in order of start.
///
/// # Errors
/// When the database cannot be asked.
pub async fn resource_jobs(
    connection: &mut PgConnection,
    id: Uuid,
    spans: &[Span],
    limit: i64,
) -> Result<Vec<JobRow>, DatabaseError> {
    let (from, until): (Vec<_>, Vec<_>) = spans.iter().copied().unzip();
    Ok(sqlx::query_as!(
        JobRow,
        r#"SELECT j.id, j.version, c.client_name AS "customer?", c.service_type AS "service_type?",
                  j.location_address AS address, j.start_date AS start, j.end_date AS "end", j.status,
                  x.via_crew AS "via_crew?", count(*) OVER () AS "total!"
             FROM (SELECT a.job_schedule_id,
                          CASE WHEN bool_and(a.via_crew_id IS NOT NULL) THEN (array_agg(a.via_crew_id))[1] END AS via_crew
                     FROM (SELECT CASE WHEN coalesce(u.next > greatest(u.first, now()), true)
                                       THEN tstzrange(greatest(u.first, now()), u.next) END AS during
                             FROM unnest($2::timestamptz[], $3::timestamptz[]) AS u (first, next)) AS s
                    CROSS JOIN LATERAL (
                          SELECT f.job_schedule_id, f.via_crew_id FROM job_assignments f
                           WHERE f.resource_id = $1 AND f.during && s.during AND f.state = 'firm'
                          UNION ALL
                          SELECT w.job_schedule_id, w.via_crew_id FROM job_assignments w
                           WHERE w.resource_id = $1 AND w.during && s.during
                             AND w.state IN ('conflict', 'overridden')) AS a
                    GROUP BY 1) AS x
             JOIN job_schedules j ON j.id = x.job_schedule_id
             LEFT JOIN contracts c ON c.id = j.contract_id
            ORDER BY j.start_date, j.id LIMIT $4"#,
        id,
        &from as &[Option<DateTime<Utc>>],
        &until as &[Option<DateTime<Utc>>],
        limit
    )
    .fetch_all(connection)
    .await?)
}

/// The jobs that name a crew, touch any of these stretches and are not over, in order of start.
///
/// # Errors
/// When the database cannot be asked.
pub async fn crew_jobs(
    connection: &mut PgConnection,
    id: Uuid,
    spans: &[Span],
    limit: i64,
) -> Result<Vec<JobRow>, DatabaseError> {
    let (from, until): (Vec<_>, Vec<_>) = spans.iter().copied().unzip();
    Ok(sqlx::query_as!(
        JobRow,
        r#"SELECT j.id, j.version, c.client_name AS "customer?", c.service_type AS "service_type?",
                  j.location_address AS address, j.start_date AS start, j.end_date AS "end", j.status,
                  NULL::uuid AS "via_crew?", count(*) OVER () AS "total!"
             FROM job_schedules j
             JOIN job_crews w ON w.job_schedule_id = j.id AND w.crew_id = $1
             LEFT JOIN contracts c ON c.id = j.contract_id
            WHERE j.end_date > now() AND j.status NOT IN ('canceled', 'completed')
              AND EXISTS (SELECT FROM unnest($2::timestamptz[], $3::timestamptz[]) AS s (first, next)
                           WHERE (s.first IS NULL OR j.end_date > s.first) AND (s.next IS NULL OR j.start_date < s.next))
            ORDER BY j.start_date, j.id LIMIT $4"#,
        id,
        &from as &[Option<DateTime<Utc>>],
        &until as &[Option<DateTime<Utc>>],
        limit
    )
    .fetch_all(connection)
    .await?)
}

/// When a person or machine is not there from now on: always when their status says so, else their time off.
///
/// # Errors
/// When the database cannot be asked.
pub async fn jobs_at_stake(
    connection: &mut PgConnection,
    id: Uuid,
    at: &OfficeNow,
    here: bool,
    limit: i64,
) -> Result<Vec<JobRow>, DatabaseError> {
    if !here {
        return resource_jobs(connection, id, &[(Some(at.now), None)], limit).await;
    }
    let rows = sqlx::query!(
        r#"SELECT CASE WHEN lower(during) > '1900-01-01Z' THEN lower(during) END AS "first?",
                  CASE WHEN upper(during) < '2200-01-01Z' THEN upper(during) END AS "next?"
             FROM time_off WHERE (crew_member_id = $1 OR equipment_id = $1) AND during && tstzrange($2, NULL)"#,
        id,
        at.now
    )
    .fetch_all(&mut *connection)
    .await?;
    let spans: Vec<Span> = rows.into_iter().map(|r| (r.first, r.next)).collect();
    if spans.is_empty() {
        return Ok(Vec::new());
    }
    resource_jobs(connection, id, &spans, limit).await
}
