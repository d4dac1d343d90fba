//! Judging places on the board before anything is written: whom a job would meet, and what else speaks against it.

use chrono::{DateTime, NaiveDate, Utc};
use rust_decimal::Decimal;
use serde::Serialize;
use serde_json::Value;
use sqlx::PgConnection;
use uuid::Uuid;

use crate::error::{DatabaseError, Failure};
use crate::foreign::{AsWritten, Foreign};

/// A place to judge.
#[derive(Debug, Clone, Serialize)]
pub struct Place {
    /// Its number: what is found says which place it is about.
    pub n: i32,
    /// Which job; none: a new one.
    pub job_id: Option<Uuid>,
    /// From.
    pub start: DateTime<Utc>,
    /// Until.
    pub end: DateTime<Utc>,
    /// As `job_schedules.crew_assigned`.
    pub crew: Option<Value>,
    /// As `job_schedules.equipment_needed`.
    pub equipment: Option<Value>,
}

/// Somebody or something that would be in two places.
#[derive(Debug, Clone)]
#[expect(missing_docs, reason = "columns of neff.find_clashes()")]
pub struct ClashRow {
    pub n: i32,
    pub resource_kind: String,
    pub resource_id: Uuid,
    pub resource_name: String,
    pub other_job_id: Uuid,
    pub other_customer: Option<String>,
    pub other_address: String,
    pub other_start: DateTime<Utc>,
    pub other_end: DateTime<Utc>,
    pub other_status: String,
}

/// Somebody or something that would be on the job, once a place.
#[derive(Debug, Clone)]
#[expect(missing_docs, reason = "columns of crew_members and equipment")]
pub struct ClaimedRow {
    pub n: i32,
    pub resource_kind: String,
    pub resource_id: Uuid,
    pub name: String,
    /// Of a person, else the machine's kind.
    pub role: String,
    pub status: String,
    pub availability: Option<Value>,
    pub certifications: Option<Value>,
    /// What their role must hold.
    pub required: Vec<String>,
    /// The stretches they would be there, in order.
    pub starts: Vec<DateTime<Utc>>,
    pub ends: Vec<DateTime<Utc>>,
    /// Kind of the time off that falls into one of them.
    pub off_kind: Option<String>,
    /// Its last day, in the office's zone.
    pub off_until: Option<NaiveDate>,
}

/// Whom these would meet. Jobs that are moved together do not meet where they were.
///
/// # Errors
/// When the database cannot be asked.
pub async fn clashes(connection: &mut PgConnection, places: &[Place]) -> Result<Vec<ClashRow>, DatabaseError> {
    let json = in_json(places)?;
    Ok(sqlx::query_as!(
        ClashRow,
        r#"SELECT DISTINCT ON (x.n, f.resource_id, f.other_job_id)
                  x.n AS "n!", f.resource_kind AS "resource_kind!", f.resource_id AS "resource_id!",
                  coalesce(f.resource_name, 'somebody removed') AS "resource_name!", f.other_job_id AS "other_job_id!",
                  f.other_customer, coalesce(f.other_address, '') AS "other_address!", f.other_start AS "other_start!",
                  f.other_end AS "other_end!", f.other_status AS "other_status!"
             FROM jsonb_to_recordset($1) AS x(n integer, job_id uuid, start timestamptz, "end" timestamptz, crew jsonb, equipment jsonb)
            CROSS JOIN LATERAL neff.find_clashes(x.job_id, x.start, x."end", x.crew, x.equipment) AS f
            WHERE NOT EXISTS (SELECT FROM jsonb_to_recordset($1) AS y(job_id uuid) WHERE y.job_id = f.other_job_id)
            ORDER BY x.n, f.resource_id, f.other_job_id
            LIMIT 500"#,
        AsWritten(Some(&json)) as _
    )
    .fetch_all(connection)
    .await?)
}

/// A job that waits for another.
#[derive(Debug, Clone)]
pub struct WaitRow {
    /// The one that waits.
    pub job: Uuid,
    /// When it starts.
    pub start: DateTime<Utc>,
    /// So many hours.
    pub hours: Decimal,
    /// For which one.
    pub first: Uuid,
    /// When that one ends.
    pub first_end: DateTime<Utc>,
}

/// What these wait for, and what waits for them. Nobody waits for what was canceled, and what is over waits no more.
///
/// # Errors
/// When the database cannot be asked.
pub async fn waits(connection: &mut PgConnection, jobs: &[Uuid]) -> Result<Vec<WaitRow>, DatabaseError> {
    Ok(sqlx::query_as!(
        WaitRow,
        r#"SELECT w.id AS job, w.start_date AS start, w.follows_after_hours AS hours, f.id AS first, f.end_date AS first_end
             FROM job_schedules w JOIN job_schedules f ON f.id = w.follows_job_id
            WHERE (w.id = ANY ($1) OR w.follows_job_id = ANY ($1))
              AND w.status NOT IN ('canceled', 'completed') AND f.status <> 'canceled'
            ORDER BY w.start_date, w.id"#,
        jobs
    )
    .fetch_all(connection)
    .await?)
}

/// Who and what would be there, with what is known of them.
///
/// # Errors
/// When the database cannot be asked.
pub async fn claimed(connection: &mut PgConnection, places: &[Place]) -> Result<Vec<ClaimedRow>, DatabaseError> {
    let json = in_json(places)?;
    Ok(sqlx::query_as!(
        ClaimedRow,
        r#"WITH claim AS MATERIALIZED (
               SELECT x.n, c.resource_kind, c.resource_id, array_agg(lower(c.during) ORDER BY c.during) AS starts,
                      array_agg(upper(c.during) ORDER BY c.during) AS ends
                 FROM jsonb_to_recordset($1) AS x(n integer, start timestamptz, "end" timestamptz, crew jsonb, equipment jsonb)
                CROSS JOIN LATERAL neff.job_claims(x.start, x."end", x.crew, x.equipment) AS c
                GROUP BY x.n, c.resource_kind, c.resource_id
           )
           SELECT c.n AS "n!", c.resource_kind AS "resource_kind!", c.resource_id AS "resource_id!",
                  coalesce(p.name, e.name, '') AS "name!", coalesce(p.role, e.kind, '') AS "role!",
                  coalesce(p.status, e.status, 'active') AS "status!", p.availability_schedule AS "availability!: Foreign",
                  p.certifications AS "certifications!: Foreign",
                  coalesce((SELECT array_agg(q.certificate::text ORDER BY q.certificate) FROM certificate_requirements q
                             WHERE lower(q.role) = lower(p.role)), '{}') AS "required!",
                  c.starts AS "starts!", c.ends AS "ends!", o.kind AS "off_kind?", o.until AS "off_until?"
             FROM claim c
             LEFT JOIN crew_members p ON p.id = c.resource_id AND c.resource_kind = 'person'
             LEFT JOIN equipment e ON e.id = c.resource_id AND c.resource_kind = 'machine'
             LEFT JOIN LATERAL (
                  SELECT t.kind, ((upper(t.during) - interval '1 microsecond') AT TIME ZONE neff.office_time_zone())::date AS until
                    FROM time_off t
                   WHERE (t.crew_member_id = c.resource_id OR t.equipment_id = c.resource_id)
                     AND EXISTS (SELECT FROM unnest(c.starts, c.ends) AS d(s, e) WHERE t.during && tstzrange(d.s, d.e))
                   ORDER BY lower(t.during) LIMIT 1) AS o ON true
            ORDER BY c.n, c.resource_kind DESC, 4"#,
        AsWritten(Some(&json)) as _
    )
    .fetch_all(connection)
    .await?)
}

fn in_json(places: &[Place]) -> Result<Value, DatabaseError> {
    serde_json::to_value(places).map_err(|error| DatabaseError::new(Failure::Other, error.to_string()))
}
