//! What the Today screen asks. Lists hold [`LIST`] rows at most; counts are exact.

use chrono::{DateTime, NaiveDate, Utc};
use rust_decimal::Decimal;
use sqlx::PgConnection;
use uuid::Uuid;

use crate::error::DatabaseError;

/// The most a list of Today holds.
pub const LIST: i64 = 100;

/// The office's day, by the database's clock.
#[derive(Debug, Clone)]
pub struct OfficeDay {
    /// The database's clock.
    pub now: DateTime<Utc>,
    /// The office's zone (IANA).
    pub zone: String,
    /// The office's date.
    pub today: NaiveDate,
    /// Midnight of today, of tomorrow and of the day after, in the office's zone: 23, 24 or 25 hours apart.
    pub midnights: [DateTime<Utc>; 3],
}

/// A job with what a list shows of it.
#[derive(Debug, Clone)]
#[expect(missing_docs, reason = "columns; see the specification")]
pub struct JobRow {
    pub id: Uuid,
    pub contract_id: Option<Uuid>,
    pub customer: Option<String>,
    pub service_type: Option<String>,
    pub address: String,
    pub start: DateTime<Utc>,
    pub end: DateTime<Utc>,
    pub status: String,
    pub priority: i32,
    pub weather_dependent: bool,
    /// Known people on it.
    pub people: i64,
    /// Known machines on it.
    pub machines: i64,
    /// Words that match nobody, or more than one.
    pub unknown: i64,
    /// People and machines of it that are in two places.
    pub clashes: i64,
    /// The crews it names.
    pub crew_ids: Vec<Uuid>,
    /// Their names, in the same order.
    pub crew_names: Vec<String>,
}

/// Two jobs that claim the same people or machines at the same time.
#[derive(Debug, Clone)]
#[expect(missing_docs, reason = "columns; see job_assignments")]
pub struct ClashRow {
    pub job_id: Uuid,
    /// Who is on both, by name.
    pub people: Vec<String>,
    /// What is on both, by name.
    pub machines: Vec<String>,
    pub other_job_id: Uuid,
    pub other_customer: Option<String>,
    pub other_address: String,
    pub other_start: DateTime<Utc>,
    pub other_end: DateTime<Utc>,
    /// Of all clashes, this row's list included.
    pub total: i64,
}

/// An estimate somebody waits for.
#[derive(Debug, Clone)]
#[expect(missing_docs, reason = "columns; see the specification")]
pub struct EstimateRow {
    pub id: Uuid,
    pub customer_name: String,
    pub service_type: String,
    pub address: String,
    pub status: String,
    pub response_by: DateTime<Utc>,
    pub estimated_cost: Option<Decimal>,
    /// Of all that are due, this row's list included.
    pub total: i64,
}

/// The office's day at this moment.
///
/// # Errors
/// When the database cannot be asked.
pub async fn office_day(connection: &mut PgConnection) -> Result<OfficeDay, DatabaseError> {
    let r = sqlx::query!(
        r#"SELECT t.now AS "now!", z.zone AS "zone!", d.today AS "today!",
                  d.today::timestamp AT TIME ZONE z.zone AS "first!",
                  (d.today + 1)::timestamp AT TIME ZONE z.zone AS "second!",
                  (d.today + 2)::timestamp AT TIME ZONE z.zone AS "third!"
             FROM (SELECT statement_timestamp() AS now) AS t,
                  (SELECT neff.office_time_zone() AS zone) AS z,
                  LATERAL (SELECT (t.now AT TIME ZONE z.zone)::date AS today) AS d"#
    )
    .fetch_one(connection)
    .await?;
    Ok(OfficeDay { now: r.now, zone: r.zone, today: r.today, midnights: [r.first, r.second, r.third] })
}

/// The office's clock and working time, as the settings write them.
#[derive(Debug, Clone)]
#[expect(missing_docs, reason = "columns of office_time()")]
pub struct OfficeTimeRow {
    pub now: DateTime<Utc>,
    pub zone: String,
    pub today: NaiveDate,
    pub working_days: String,
    pub work_from: String,
    pub work_until: String,
}

/// The office's time at this moment.
///
/// # Errors
/// When the database cannot be asked.
pub async fn office_time(connection: &mut PgConnection) -> Result<OfficeTimeRow, DatabaseError> {
    Ok(sqlx::query_as!(
        OfficeTimeRow,
        r#"SELECT now AS "now!", zone AS "zone!", today AS "today!", working_days AS "working_days!", work_from AS "work_from!",
                  work_until AS "work_until!" FROM neff.office_time()"#
    )
    .fetch_one(connection)
    .await?)
}

/// Jobs that touch a stretch of time, canceled ones aside, in order of start; and how many there are.
///
/// # Errors
/// When the database cannot be asked.
pub async fn jobs_between(
    connection: &mut PgConnection,
    from: DateTime<Utc>,
    until: DateTime<Utc>,
) -> Result<(Vec<Uuid>, i64), DatabaseError> {
    let rows = sqlx::query!(
        r#"SELECT id, count(*) OVER () AS "total!"
             FROM job_schedules
            WHERE tstzrange(start_date, end_date, '[)') && tstzrange($1, $2, '[)') AND status <> 'canceled'
            ORDER BY start_date, id LIMIT $3"#,
        from,
        until,
        LIST
    )
    .fetch_all(connection)
    .await?;
    let total = rows.first().map_or(0, |r| r.total);
    Ok((rows.into_iter().map(|r| r.id).collect(), total))
}

/// Jobs that start in a stretch of time with nobody on them: no person, no crew, not even an unknown name.
///
/// # Errors
/// When the database cannot be asked.
pub async fn unassigned_between(
    connection: &mut PgConnection,
    from: DateTime<Utc>,
    until: DateTime<Utc>,
) -> Result<(Vec<Uuid>, i64), DatabaseError> {
    let rows = sqlx::query!(
        r#"SELECT j.id, count(*) OVER () AS "total!"
             FROM job_schedules j
            WHERE j.start_date >= $1 AND j.start_date < $2
              AND j.status IN ('scheduled', 'confirmed', 'in_progress', 'rescheduled')
              AND neff.names_nobody(j.crew_assigned)
            ORDER BY j.start_date, j.id LIMIT $3"#,
        from,
        until,
        LIST
    )
    .fetch_all(connection)
    .await?;
    let total = rows.first().map_or(0, |r| r.total);
    Ok((rows.into_iter().map(|r| r.id).collect(), total))
}

/// These jobs as lists show them, in no order.
///
/// # Errors
/// When the database cannot be asked.
pub async fn jobs(connection: &mut PgConnection, ids: &[Uuid]) -> Result<Vec<JobRow>, DatabaseError> {
    Ok(sqlx::query_as!(
        JobRow,
        r#"SELECT j.id, j.contract_id, k.client_name AS "customer?", k.service_type AS "service_type?",
                  j.location_address AS address, j.start_date AS start, j.end_date AS "end", j.status,
                  j.priority_level AS priority, j.weather_dependent,
                  a.people AS "people!", a.machines AS "machines!", u.n AS "unknown!", a.clashes AS "clashes!",
                  c.ids AS "crew_ids!", c.names AS "crew_names!"
             FROM job_schedules j
             LEFT JOIN contracts k ON k.id = j.contract_id
            CROSS JOIN LATERAL (
                  SELECT count(DISTINCT resource_id) FILTER (WHERE resource_kind = 'person') AS people,
                         count(DISTINCT resource_id) FILTER (WHERE resource_kind = 'machine') AS machines,
                         count(DISTINCT resource_id) FILTER (WHERE state = 'conflict') AS clashes
                    FROM job_assignments WHERE job_schedule_id = j.id) AS a
            CROSS JOIN LATERAL (SELECT count(*) AS n FROM job_unknown_resources WHERE job_schedule_id = j.id) AS u
            CROSS JOIN LATERAL (
                  SELECT coalesce(array_agg(w.id ORDER BY w.name), '{}') AS ids,
                         coalesce(array_agg(w.name::text ORDER BY w.name), '{}') AS names
                    FROM job_crews jc JOIN crews w ON w.id = jc.crew_id WHERE jc.job_schedule_id = j.id) AS c
            WHERE j.id = ANY ($1)"#,
        ids
    )
    .fetch_all(connection)
    .await?)
}

/// Jobs that clash from a moment on: one row for each pair of jobs, soonest first. A claim in conflict is told with the
/// job that stands in its way, the firm one before any other. (The two lists of states are those of the partial
/// indexes: asked for in other words, the same question reads everything that was ever released.)
///
/// # Errors
/// When the database cannot be asked.
pub async fn clashes_from(connection: &mut PgConnection, from: DateTime<Utc>) -> Result<Vec<ClashRow>, DatabaseError> {
    Ok(sqlx::query_as!(
        ClashRow,
        r#"SELECT x.job_schedule_id AS "job_id!",
                  coalesce(array_agg(DISTINCT coalesce(p.name, 'somebody removed')::text)
                      FILTER (WHERE x.resource_kind = 'person'), '{}') AS "people!",
                  coalesce(array_agg(DISTINCT coalesce(e.name, 'something removed')::text)
                      FILTER (WHERE x.resource_kind = 'machine'), '{}') AS "machines!",
                  o.id AS "other_job_id!", k.client_name AS "other_customer?", o.location_address AS "other_address!",
                  o.start_date AS "other_start!", o.end_date AS "other_end!", count(*) OVER () AS "total!"
             FROM job_assignments x
            CROSS JOIN LATERAL (
                  SELECT j.id, j.contract_id, j.location_address, j.start_date, j.end_date
                    FROM (SELECT f.job_schedule_id, true AS firm FROM job_assignments f
                           WHERE f.state = 'firm' AND f.resource_id = x.resource_id AND f.during && x.during
                          UNION ALL
                          SELECT c.job_schedule_id, false FROM job_assignments c
                           WHERE c.state IN ('conflict', 'overridden')
                             AND c.resource_id = x.resource_id AND c.during && x.during) AS b
                    JOIN job_schedules j ON j.id = b.job_schedule_id
                   WHERE b.job_schedule_id <> x.job_schedule_id
                   ORDER BY b.firm DESC, j.start_date, j.id LIMIT 1) AS o
             LEFT JOIN contracts k ON k.id = o.contract_id
             LEFT JOIN crew_members p ON p.id = x.resource_id
             LEFT JOIN equipment e ON e.id = x.resource_id
            WHERE x.state IN ('conflict', 'overridden') AND x.state = 'conflict' AND upper(x.during) > $1
            GROUP BY x.job_schedule_id, o.id, k.client_name, o.location_address, o.start_date, o.end_date
            ORDER BY min(lower(x.during)), x.job_schedule_id, o.id
            LIMIT $2"#,
        from,
        LIST
    )
    .fetch_all(connection)
    .await?)
}

/// Pending estimates whose answer is due by a moment, the most overdue first.
///
/// # Errors
/// When the database cannot be asked.
pub async fn estimates_due(
    connection: &mut PgConnection,
    by: DateTime<Utc>,
) -> Result<Vec<EstimateRow>, DatabaseError> {
    Ok(sqlx::query_as!(
        EstimateRow,
        r#"SELECT id, customer_name, service_type, project_address AS address, status, response_by AS "response_by!",
                  estimated_cost, count(*) OVER () AS "total!"
             FROM estimates WHERE status = 'pending' AND response_by <= $1
            ORDER BY response_by, id LIMIT $2"#,
        by,
        LIST
    )
    .fetch_all(connection)
    .await?)
}
