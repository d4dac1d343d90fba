//! A part of the schedule: its jobs and whom and what they may be given.

use std::collections::{HashMap, HashSet};

use chrono::{DateTime, Utc};
use sqlx::PgConnection;
use uuid::Uuid;

use crate::error::DatabaseError;

/// So many jobs are read with who and what is on them in one question.
const FEW: usize = 200;
/// The most jobs a part holds.
pub const PART: i32 = 5_000;

/// A job as the board shows it.
#[derive(Debug, Clone)]
#[expect(missing_docs, reason = "columns; see the specification")]
pub struct ScheduleJobRow {
    pub id: Uuid,
    pub version: i32,
    pub contract_id: Option<Uuid>,
    pub customer: Option<String>,
    pub service_type: Option<String>,
    pub address: String,
    pub start: DateTime<Utc>,
    pub end: DateTime<Utc>,
    pub status: String,
    pub priority: i32,
    pub weather_dependent: bool,
    pub pinned: bool,
    pub source: String,
    pub is_new: bool,
    pub crews: Vec<Uuid>,
    pub people: Vec<Uuid>,
    pub machines: Vec<Uuid>,
    pub unknown: i64,
    pub clashes: i64,
    pub overridden: i64,
    pub updated_at: DateTime<Utc>,
    pub created_at: DateTime<Utc>,
}

/// A crew.
#[derive(Debug, Clone)]
#[expect(missing_docs, reason = "columns")]
pub struct CrewRow {
    pub id: Uuid,
    pub name: String,
    pub color: Option<String>,
    pub active: bool,
    /// Who leads it on the first day asked for.
    pub lead: Option<String>,
    /// Who is in it on some of the days asked for.
    pub members: Vec<Uuid>,
}

/// Somebody of the field, or a machine: `role` is a machine's kind.
#[derive(Debug, Clone)]
#[expect(missing_docs, reason = "columns")]
pub struct ResourceRow {
    pub id: Uuid,
    pub name: String,
    pub role: String,
    pub status: String,
}

/// Leave, maintenance, a holiday or rain.
#[derive(Debug, Clone)]
#[expect(missing_docs, reason = "columns")]
pub struct TimeOffRow {
    pub id: Uuid,
    pub kind: String,
    pub person_id: Option<Uuid>,
    pub machine_id: Option<Uuid>,
    pub start: DateTime<Utc>,
    pub end: DateTime<Utc>,
    pub note: Option<String>,
}

/// These jobs, in the order given; what is gone is left out.
///
/// # Errors
/// When the database cannot be asked.
pub async fn jobs(connection: &mut PgConnection, ids: &[Uuid]) -> Result<Vec<ScheduleJobRow>, DatabaseError> {
    if ids.len() > FEW {
        let rows = rows(connection, ids).await?;
        let parts = parts(connection, ids).await?;
        return Ok(put_together(rows, parts));
    }
    // Of few, one question with everything costs less than two.
    Ok(sqlx::query_as!(
        ScheduleJobRow,
        r#"SELECT j.id, j.version, j.contract_id, k.client_name AS "customer?", k.service_type AS "service_type?",
                  j.location_address AS address, j.start_date AS start, j.end_date AS "end", j.status,
                  j.priority_level AS priority, j.weather_dependent, j.pinned, j.created_source AS source,
                  (j.created_source IN ('calendly_webhook', 'mobile_app', 'api') AND j.status NOT IN ('completed', 'canceled')
                   AND j.created_at > CURRENT_TIMESTAMP - interval '30 days'
                   AND NOT EXISTS (SELECT FROM job_reviews r WHERE r.job_schedule_id = j.id)) AS "is_new!",
                  ARRAY(SELECT c.crew_id FROM job_crews c WHERE c.job_schedule_id = j.id ORDER BY 1) AS "crews!",
                  coalesce(a.people, '{}') AS "people!", coalesce(a.machines, '{}') AS "machines!",
                  (SELECT count(*) FROM job_unknown_resources u WHERE u.job_schedule_id = j.id) AS "unknown!",
                  a.clashes AS "clashes!", a.overridden AS "overridden!", j.updated_at, j.created_at
             FROM unnest($1::uuid[]) WITH ORDINALITY AS asked(id, place)
             JOIN job_schedules j ON j.id = asked.id
             LEFT JOIN contracts k ON k.id = j.contract_id
            CROSS JOIN LATERAL (
                  SELECT array_agg(DISTINCT x.resource_id) FILTER (WHERE x.resource_kind = 'person') AS people,
                         array_agg(DISTINCT x.resource_id) FILTER (WHERE x.resource_kind <> 'person') AS machines,
                         count(DISTINCT x.resource_id) FILTER (WHERE x.state = 'conflict') AS clashes,
                         count(DISTINCT x.resource_id) FILTER (WHERE x.state = 'overridden') AS overridden
                    FROM job_assignments x WHERE x.job_schedule_id = j.id) AS a
            ORDER BY asked.place"#,
        ids
    )
    .fetch_all(connection)
    .await?)
}

/// The jobs themselves, without who and what is on them.
///
/// # Errors
/// When the database cannot be asked.
pub async fn rows(connection: &mut PgConnection, ids: &[Uuid]) -> Result<Vec<ScheduleJobRow>, DatabaseError> {
    Ok(sqlx::query_as!(
        ScheduleJobRow,
        r#"SELECT j.id, j.version, j.contract_id, k.client_name AS "customer?", k.service_type AS "service_type?",
                  j.location_address AS address, j.start_date AS start, j.end_date AS "end", j.status,
                  j.priority_level AS priority, j.weather_dependent, j.pinned, j.created_source AS source,
                  (j.created_source IN ('calendly_webhook', 'mobile_app', 'api') AND j.status NOT IN ('completed', 'canceled')
                   AND j.created_at > CURRENT_TIMESTAMP - interval '30 days'
                   AND NOT EXISTS (SELECT FROM job_reviews r WHERE r.job_schedule_id = j.id)) AS "is_new!",
                  '{}'::uuid[] AS "crews!", '{}'::uuid[] AS "people!", '{}'::uuid[] AS "machines!", 0::bigint AS "unknown!",
                  0::bigint AS "clashes!", 0::bigint AS "overridden!", j.updated_at, j.created_at
             FROM unnest($1::uuid[]) WITH ORDINALITY AS asked(id, place)
             JOIN job_schedules j ON j.id = asked.id
             LEFT JOIN contracts k ON k.id = j.contract_id
            ORDER BY asked.place"#,
        ids
    )
    .fetch_all(connection)
    .await?)
}

/// Somebody or something on a job, a crew it names, or a name of nobody.
#[derive(Debug, Clone)]
pub struct Part {
    job: Uuid,
    kind: String,
    id: Option<Uuid>,
    clashes: Option<bool>,
}

/// Who and what is on these jobs, in no order. Not put together by the database: of thousands of jobs, an aggregate of each
/// is what costs it most; and each table by itself, as so many look-ups one by one cost twice that.
///
/// # Errors
/// When the database cannot be asked.
pub async fn parts(connection: &mut PgConnection, ids: &[Uuid]) -> Result<Vec<Part>, DatabaseError> {
    Ok(sqlx::query_as!(
        Part,
        r#"SELECT a.job_schedule_id AS "job!", a.resource_kind AS "kind!", a.resource_id AS id,
                  CASE a.state WHEN 'conflict' THEN true WHEN 'overridden' THEN false END AS clashes
             FROM job_assignments a WHERE a.job_schedule_id = ANY ($1)
           UNION ALL
           SELECT c.job_schedule_id, 'crew', c.crew_id, NULL FROM job_crews c WHERE c.job_schedule_id = ANY ($1)
           UNION ALL
           SELECT u.job_schedule_id, 'unknown', NULL, NULL FROM job_unknown_resources u WHERE u.job_schedule_id = ANY ($1)"#,
        ids
    )
    .fetch_all(connection)
    .await?)
}

/// Jobs with who and what is on them.
#[must_use]
pub fn put_together(mut rows: Vec<ScheduleJobRow>, parts: Vec<Part>) -> Vec<ScheduleJobRow> {
    let places: HashMap<Uuid, usize> = rows.iter().enumerate().map(|(place, row)| (row.id, place)).collect();
    // Assignments are one for each day of a job: the same person more than once.
    let mut doubled: HashSet<(Uuid, Uuid, bool)> = HashSet::new();
    for part in parts {
        let Some(row) = places.get(&part.job).and_then(|&place| rows.get_mut(place)) else { continue };
        let Some(id) = part.id else {
            row.unknown += 1;
            continue;
        };
        match part.kind.as_str() {
            "crew" => row.crews.push(id),
            "person" => row.people.push(id),
            _ => row.machines.push(id),
        }
        if let Some(clashes) = part.clashes
            && doubled.insert((part.job, id, clashes))
        {
            *(if clashes { &mut row.clashes } else { &mut row.overridden }) += 1;
        }
    }
    for of_job in rows.iter_mut().flat_map(|row| [&mut row.crews, &mut row.people, &mut row.machines]) {
        of_job.sort_unstable();
        of_job.dedup();
    }
    rows
}

/// Active crews and those of these jobs, by name, with who is in them from a day up to, but without, another: both are
/// given by the midnight they begin with.
///
/// # Errors
/// When the database cannot be asked.
pub async fn crews(
    connection: &mut PgConnection,
    also: &[Uuid],
    from: DateTime<Utc>,
    until: DateTime<Utc>,
) -> Result<Vec<CrewRow>, DatabaseError> {
    Ok(sqlx::query_as!(
        CrewRow,
        r#"SELECT c.id, c.name, c.color, c.status = 'active' AS "active!",
                  (SELECT p.name FROM crew_memberships m JOIN crew_members p ON p.id = m.crew_member_id
                    WHERE m.crew_id = c.id AND m.is_lead AND m.during @> lower(d.days)
                    ORDER BY p.name LIMIT 1) AS lead,
                  coalesce((SELECT array_agg(DISTINCT m.crew_member_id) FROM crew_memberships m
                             WHERE m.crew_id = c.id AND m.during && d.days), '{}') AS "members!"
             FROM crews c,
                  -- The office's days, worked out once and not for every membership.
                  (SELECT daterange(($2::timestamptz AT TIME ZONE z.zone)::date, ($3::timestamptz AT TIME ZONE z.zone)::date) AS days
                     FROM (SELECT neff.office_time_zone() AS zone OFFSET 0) AS z OFFSET 0) AS d
            WHERE c.status = 'active' OR c.id = ANY ($1)
            ORDER BY c.name, c.id"#,
        also,
        from,
        until
    )
    .fetch_all(connection)
    .await?)
}

/// People who may be given work, and these, by name.
///
/// # Errors
/// When the database cannot be asked.
pub async fn people(connection: &mut PgConnection, also: &[Uuid]) -> Result<Vec<ResourceRow>, DatabaseError> {
    Ok(sqlx::query_as!(
        ResourceRow,
        "SELECT id, name, role, status FROM crew_members WHERE status <> 'terminated' OR id = ANY ($1) ORDER BY name, id",
        also
    )
    .fetch_all(connection)
    .await?)
}

/// Machines in use, and these, by kind and name.
///
/// # Errors
/// When the database cannot be asked.
pub async fn machines(connection: &mut PgConnection, also: &[Uuid]) -> Result<Vec<ResourceRow>, DatabaseError> {
    Ok(sqlx::query_as!(
        ResourceRow,
        "SELECT id, name, kind AS role, status FROM equipment WHERE status <> 'retired' OR id = ANY ($1) ORDER BY kind, name, id",
        also
    )
    .fetch_all(connection)
    .await?)
}

/// Time off that touches a stretch of time, in order of start.
///
/// # Errors
/// When the database cannot be asked.
pub async fn time_off(
    connection: &mut PgConnection,
    from: DateTime<Utc>,
    until: DateTime<Utc>,
) -> Result<Vec<TimeOffRow>, DatabaseError> {
    Ok(sqlx::query_as!(
        TimeOffRow,
        r#"SELECT id, kind, crew_member_id AS person_id, equipment_id AS machine_id,
                  coalesce(lower(during), '1900-01-01Z') AS "start!", coalesce(upper(during), '2200-01-01Z') AS "end!", note
             FROM time_off WHERE during && tstzrange($1, $2) ORDER BY lower(during), id LIMIT 20000"#,
        from,
        until
    )
    .fetch_all(connection)
    .await?)
}

/// What the counters of the schedule say.
#[derive(Debug, Clone, Copy)]
pub struct Counts {
    /// Pairs of jobs in conflict from a moment on.
    pub clashes: i64,
    /// Approved contracts with no job.
    pub unscheduled: i64,
    /// New jobs of other programs, and unknown names on jobs to come.
    pub to_look_at: i64,
}

/// Counts them.
///
/// # Errors
/// When the database cannot be asked.
pub async fn counts(connection: &mut PgConnection, from: DateTime<Utc>) -> Result<Counts, DatabaseError> {
    Ok(sqlx::query_as!(
        Counts,
        r#"SELECT (SELECT count(DISTINCT (x.job_schedule_id, o.job_schedule_id))
                     FROM job_assignments x
                    CROSS JOIN LATERAL (
                          SELECT b.job_schedule_id
                            FROM (SELECT f.job_schedule_id, true AS firm FROM job_assignments f
                                   WHERE f.state = 'firm' AND f.resource_id = x.resource_id AND f.during && x.during
                                  UNION ALL
                                  SELECT c.job_schedule_id, false FROM job_assignments c
                                   WHERE c.state IN ('conflict', 'overridden')
                                     AND c.resource_id = x.resource_id AND c.during && x.during) AS b
                           WHERE b.job_schedule_id <> x.job_schedule_id
                           ORDER BY b.firm DESC LIMIT 1) AS o
                    WHERE x.state IN ('conflict', 'overridden') AND x.state = 'conflict'
                      AND upper(x.during) > $1) AS "clashes!",
                  (SELECT count(*) FROM contracts k WHERE k.status = 'approved'
                      AND NOT EXISTS (SELECT FROM job_schedules j WHERE j.contract_id = k.id AND j.status <> 'canceled')) AS "unscheduled!",
                  (SELECT count(*) FROM job_schedules j
                    WHERE j.created_source IN ('calendly_webhook', 'mobile_app', 'api')
                      AND j.created_at > CURRENT_TIMESTAMP - interval '30 days'
                      AND j.status NOT IN ('completed', 'canceled')
                      AND NOT EXISTS (SELECT FROM job_reviews r WHERE r.job_schedule_id = j.id))
                  + (SELECT count(DISTINCT (u.kind, lower(u.written))) FROM job_unknown_resources u
                       JOIN job_schedules j ON j.id = u.job_schedule_id
                      WHERE j.end_date > $1 AND j.status NOT IN ('completed', 'canceled')) AS "to_look_at!""#,
        from
    )
    .fetch_one(connection)
    .await?)
}

/// An approved contract with no job.
#[derive(Debug, Clone)]
#[expect(missing_docs, reason = "columns; see the specification")]
pub struct UnscheduledRow {
    pub contract_id: Uuid,
    pub customer: String,
    pub phone: Option<String>,
    pub service_type: String,
    pub address: String,
    pub project_size: Option<rust_decimal::Decimal>,
    pub estimated_cost: Option<rust_decimal::Decimal>,
    pub since: DateTime<Utc>,
    /// Of all, this row's list included.
    pub total: i64,
}

/// Approved contracts with no job (canceled ones aside), who waits longest first; 200 at most.
///
/// # Errors
/// When the database cannot be asked.
pub async fn unscheduled(
    connection: &mut PgConnection,
    text: Option<&str>,
) -> Result<Vec<UnscheduledRow>, DatabaseError> {
    Ok(sqlx::query_as!(
        UnscheduledRow,
        r#"SELECT k.id AS contract_id, k.client_name AS customer, k.client_phone AS phone, k.service_type,
                  k.project_address AS address, k.project_size, k.estimated_cost, k.updated_at AS since, count(*) OVER () AS "total!"
             FROM contracts k
            WHERE k.status = 'approved'
              AND ($1::text IS NULL
                   OR neff.holds(neff.searchable(k.client_name, k.client_email, k.client_phone, k.project_address), neff.sought_words($1)))
              AND NOT EXISTS (SELECT FROM job_schedules j WHERE j.contract_id = k.id AND j.status <> 'canceled')
            ORDER BY k.updated_at, k.id LIMIT 200"#,
        text
    )
    .fetch_all(connection)
    .await?)
}

/// Names of these crews.
///
/// # Errors
/// When the database cannot be asked.
pub async fn crew_names(connection: &mut PgConnection, ids: &[Uuid]) -> Result<Vec<(Uuid, String)>, DatabaseError> {
    let rows = sqlx::query!("SELECT id, name FROM crews WHERE id = ANY ($1)", ids).fetch_all(connection).await?;
    Ok(rows.into_iter().map(|r| (r.id, r.name)).collect())
}
