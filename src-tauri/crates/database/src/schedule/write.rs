//! Writing jobs: whole images over the versions seen, any number in one statement, clashes refused by the database.

use chrono::{DateTime, Utc};
use rust_decimal::Decimal;
use serde::{Deserialize, Serialize};
use serde_json::Value;
use sqlx::PgConnection;
use uuid::Uuid;

use crate::error::{DatabaseError, Failure};
use crate::foreign::{self, AsWritten, Foreign};

/// Everything of a job that people edit, as its columns hold it.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[expect(missing_docs, reason = "columns; see the specification")]
pub struct JobImage {
    pub id: Uuid,
    pub contract_id: Option<Uuid>,
    pub calendly_event_uri: Option<String>,
    pub start_date: DateTime<Utc>,
    pub end_date: DateTime<Utc>,
    pub status: String,
    pub crew_assigned: Option<Value>,
    pub equipment_needed: Option<Value>,
    pub location_address: String,
    pub special_instructions: Option<String>,
    pub estimated_duration_hours: Option<Decimal>,
    pub weather_dependent: bool,
    pub priority_level: i32,
    pub pinned: bool,
    pub follows_job_id: Option<Uuid>,
    pub follows_after_hours: Decimal,
}

/// These jobs as they are, each with its version, in order of id. What is gone is left out.
///
/// # Errors
/// When the database cannot be asked.
pub async fn read(connection: &mut PgConnection, ids: &[Uuid]) -> Result<Vec<(JobImage, i32)>, DatabaseError> {
    let rows = sqlx::query_as!(
        VersionedImage,
        r#"SELECT id, contract_id, calendly_event_uri, start_date, end_date, status, crew_assigned AS "crew_assigned!: Foreign",
                  equipment_needed AS "equipment_needed!: Foreign", location_address, special_instructions,
                  estimated_duration_hours, weather_dependent, priority_level, pinned, follows_job_id, follows_after_hours,
                  version
             FROM job_schedules WHERE id = ANY ($1) ORDER BY id"#,
        ids
    )
    .fetch_all(connection)
    .await?;
    Ok(rows.into_iter().map(VersionedImage::apart).collect())
}

/// The same, locked until the transaction ends: in order of id, so that two who lock the same come one after the other.
///
/// # Errors
/// When the database cannot be asked, or somebody holds one of them for too long.
pub async fn lock(connection: &mut PgConnection, ids: &[Uuid]) -> Result<Vec<(JobImage, i32)>, DatabaseError> {
    sqlx::query!("SELECT id FROM job_schedules WHERE id = ANY ($1) ORDER BY id FOR NO KEY UPDATE", ids)
        .fetch_all(&mut *connection)
        .await?;
    read(connection, ids).await
}

struct VersionedImage {
    id: Uuid,
    contract_id: Option<Uuid>,
    calendly_event_uri: Option<String>,
    start_date: DateTime<Utc>,
    end_date: DateTime<Utc>,
    status: String,
    crew_assigned: Option<Value>,
    equipment_needed: Option<Value>,
    location_address: String,
    special_instructions: Option<String>,
    estimated_duration_hours: Option<Decimal>,
    weather_dependent: bool,
    priority_level: i32,
    pinned: bool,
    follows_job_id: Option<Uuid>,
    follows_after_hours: Decimal,
    version: i32,
}

impl VersionedImage {
    fn apart(self) -> (JobImage, i32) {
        let image = JobImage {
            id: self.id,
            contract_id: self.contract_id,
            calendly_event_uri: self.calendly_event_uri,
            start_date: self.start_date,
            end_date: self.end_date,
            status: self.status,
            crew_assigned: self.crew_assigned,
            equipment_needed: self.equipment_needed,
            location_address: self.location_address,
            special_instructions: self.special_instructions,
            estimated_duration_hours: self.estimated_duration_hours,
            weather_dependent: self.weather_dependent,
            priority_level: self.priority_level,
            pinned: self.pinned,
            follows_job_id: self.follows_job_id,
            follows_after_hours: self.follows_after_hours,
        };
        (image, self.version)
    }
}

/// Writes jobs that are locked.
///
/// # Errors
/// [`Failure::DoubleBooked`] when somebody or something would be in two places: the transaction is over, unless this
/// ran in a savepoint.
pub async fn update(connection: &mut PgConnection, images: &[JobImage]) -> Result<(), DatabaseError> {
    let json = in_json(images)?;
    // An event may be in one job only: taken off first, so that two jobs can change theirs in one step.
    let moving = sqlx::query_scalar!(
        r#"SELECT EXISTS (SELECT FROM jsonb_to_recordset($1) AS x(id uuid, calendly_event_uri varchar)
             JOIN job_schedules j USING (id) WHERE j.calendly_event_uri IS DISTINCT FROM x.calendly_event_uri) AS "moving!""#,
        AsWritten(Some(&json)) as _
    )
    .fetch_one(&mut *connection)
    .await?;
    if moving {
        sqlx::query!(
            "UPDATE job_schedules j SET calendly_event_uri = NULL
               FROM jsonb_to_recordset($1) AS x(id uuid, calendly_event_uri varchar)
              WHERE j.id = x.id AND j.calendly_event_uri IS DISTINCT FROM x.calendly_event_uri
                AND j.calendly_event_uri IS NOT NULL",
            AsWritten(Some(&json)) as _
        )
        .execute(&mut *connection)
        .await?;
    }
    sqlx::query!(
        "UPDATE job_schedules j
              SET contract_id = x.contract_id, calendly_event_uri = x.calendly_event_uri, start_date = x.start_date,
                  end_date = x.end_date, status = x.status, crew_assigned = x.crew_assigned,
                  equipment_needed = x.equipment_needed, location_address = x.location_address,
                  special_instructions = x.special_instructions, estimated_duration_hours = x.estimated_duration_hours,
                  weather_dependent = x.weather_dependent, priority_level = x.priority_level, pinned = x.pinned,
                  follows_job_id = x.follows_job_id, follows_after_hours = x.follows_after_hours
             FROM jsonb_to_recordset($1) AS x(
                  id uuid, contract_id uuid, calendly_event_uri varchar, start_date timestamptz, end_date timestamptz,
                  status varchar, crew_assigned jsonb, equipment_needed jsonb, location_address text,
                  special_instructions text, estimated_duration_hours numeric, weather_dependent boolean,
                  priority_level integer, pinned boolean, follows_job_id uuid, follows_after_hours numeric)
            WHERE j.id = x.id",
        AsWritten(Some(&json)) as _
    )
    .execute(connection)
    .await?;
    Ok(())
}

/// Enters jobs.
///
/// # Errors
/// As [`update`].
pub async fn insert(connection: &mut PgConnection, images: &[JobImage]) -> Result<(), DatabaseError> {
    let json = in_json(images)?;
    sqlx::query!(
        "INSERT INTO job_schedules (id, contract_id, calendly_event_uri, start_date, end_date, status, crew_assigned,
                equipment_needed, location_address, special_instructions, estimated_duration_hours, weather_dependent,
                priority_level, pinned, follows_job_id, follows_after_hours)
         SELECT x.*
           FROM jsonb_to_recordset($1) AS x(
                id uuid, contract_id uuid, calendly_event_uri varchar, start_date timestamptz, end_date timestamptz,
                status varchar, crew_assigned jsonb, equipment_needed jsonb, location_address text, special_instructions text,
                estimated_duration_hours numeric, weather_dependent boolean, priority_level integer, pinned boolean,
                follows_job_id uuid, follows_after_hours numeric)",
        AsWritten(Some(&json)) as _
    )
    .execute(connection)
    .await?;
    Ok(())
}

/// Who or what is in two places by these jobs: the job, and whom or what it shares with another, whichever of the two is
/// the one that is marked.
///
/// # Errors
/// When the database cannot be asked.
pub async fn double_booked(connection: &mut PgConnection, jobs: &[Uuid]) -> Result<Vec<(Uuid, Uuid)>, DatabaseError> {
    let rows = sqlx::query!(
        "SELECT DISTINCT a.job_schedule_id, a.resource_id
           FROM job_assignments a
          WHERE a.job_schedule_id = ANY ($1) AND a.state <> 'released'
            AND (a.state <> 'firm'
                 OR EXISTS (SELECT FROM job_assignments o
                             WHERE o.resource_id = a.resource_id AND o.during && a.during
                               AND o.job_schedule_id <> a.job_schedule_id
                               AND o.state IN ('conflict', 'overridden', 'probe')))",
        jobs
    )
    .fetch_all(connection)
    .await?;
    Ok(rows.into_iter().map(|r| (r.job_schedule_id, r.resource_id)).collect())
}

/// Goes ahead anyway: this person or machine may be on this job at its new time, for this reason.
///
/// # Errors
/// When the database cannot be asked.
pub async fn override_clash(
    connection: &mut PgConnection,
    job: Uuid,
    resource: Uuid,
    reason: &str,
) -> Result<(), DatabaseError> {
    sqlx::query!(
        "INSERT INTO assignment_overrides (job_schedule_id, resource_id, reason) VALUES ($1, $2, $3)
         ON CONFLICT (job_schedule_id, resource_id) DO UPDATE SET reason = excluded.reason, overridden_by = neff.app_actor()",
        job,
        resource,
        reason
    )
    .execute(connection)
    .await?;
    Ok(())
}

/// A word of a job's columns and whom it names. `item`: its place in the column, from 1.
#[derive(Debug, Clone)]
#[expect(missing_docs, reason = "columns of neff.job_words()")]
pub struct WordRow {
    pub job_id: Uuid,
    /// `person` or `machine`: the column.
    pub kind: String,
    pub item: i64,
    /// `person`, `crew`, `machine` or `unknown`.
    pub found: String,
    pub resource_id: Option<Uuid>,
    pub written: String,
    pub ambiguous: bool,
    /// The name of whom it names.
    pub name: Option<String>,
}

/// The words of these jobs' columns, in their order.
///
/// # Errors
/// When the database cannot be asked.
pub async fn words(connection: &mut PgConnection, jobs: &[Uuid]) -> Result<Vec<WordRow>, DatabaseError> {
    Ok(sqlx::query_as!(
        WordRow,
        r#"SELECT w.job_id AS "job_id!", w.kind AS "kind!", w.item AS "item!", w.found AS "found!", w.resource_id,
                  w.written AS "written!", coalesce(w.reason = 'ambiguous', false) AS "ambiguous!",
                  coalesce(p.name, c.name, e.name) AS "name?"
             FROM neff.job_words($1) AS w
             LEFT JOIN crew_members p ON p.id = w.resource_id AND w.found = 'person'
             LEFT JOIN crews c ON c.id = w.resource_id AND w.found = 'crew'
             LEFT JOIN equipment e ON e.id = w.resource_id AND w.found = 'machine'
            ORDER BY w.job_id, w.kind, w.item"#,
        jobs
    )
    .fetch_all(connection)
    .await?)
}

fn in_json(images: &[JobImage]) -> Result<Value, DatabaseError> {
    serde_json::to_value(images).map_err(|error| DatabaseError::new(Failure::Other, error.to_string()))
}

/// A clash the database refused.
#[derive(Debug, Clone, Deserialize)]
pub struct Refused {
    /// The job that was to be written.
    pub job: Uuid,
    /// Who or what would be in two places.
    pub resource: RefusedResource,
    /// Where they are already.
    pub other: RefusedOther,
}

/// Who or what would be in two places.
#[derive(Debug, Clone, Deserialize)]
#[expect(missing_docs, reason = "the words of the error's detail")]
pub struct RefusedResource {
    pub kind: String,
    pub id: Uuid,
    pub name: Option<String>,
}

/// The job that is there already.
#[derive(Debug, Clone, Deserialize)]
#[expect(missing_docs, reason = "the words of the error's detail")]
pub struct RefusedOther {
    pub id: Uuid,
    pub address: Option<String>,
    pub customer: Option<String>,
    pub start: DateTime<Utc>,
    pub end: DateTime<Utc>,
    pub status: Option<String>,
}

/// Writes jobs that are locked, or enters new ones, and if they clash leaves the transaction as it was. With a reason it
/// goes ahead: what clashes is overridden with it.
///
/// # Errors
/// When the database cannot be asked. A clash is no error.
pub async fn store(
    connection: &mut PgConnection,
    images: &[JobImage],
    new: bool,
    override_reason: Option<&str>,
) -> Result<Result<(), Vec<Refused>>, DatabaseError> {
    let mut overridden = Vec::new();
    loop {
        let mut savepoint = sqlx::Acquire::begin(&mut *connection).await?;
        for (job, resource) in &overridden {
            override_clash(&mut savepoint, *job, *resource, override_reason.unwrap_or_default()).await?;
        }
        let written = if new { insert(&mut savepoint, images).await } else { update(&mut savepoint, images).await };
        let judged = match written {
            Ok(()) => crate::assignments::judge(&mut savepoint).await,
            refused => refused,
        };
        match judged {
            Ok(()) => {
                savepoint.commit().await?;
                return Ok(Ok(()));
            }
            Err(error) if error.failure() == Failure::DoubleBooked => {
                savepoint.rollback().await?;
                let refused = refused(error.detail());
                let before = overridden.len();
                if override_reason.is_some() {
                    overridden.extend(refused.iter().map(|r| (r.job, r.resource.id)));
                    overridden.sort_unstable();
                    overridden.dedup();
                }
                // The error names 50 at most: the rest comes with the next attempt. Nothing new: it will not get better.
                if overridden.len() == before {
                    return Ok(Err(refused));
                }
            }
            Err(error) => return Err(error),
        }
    }
}

/// The clashes a refusal's DETAIL names.
#[must_use]
pub fn refused(detail: Option<&str>) -> Vec<Refused> {
    let mut detail = detail.map(foreign::of_text).unwrap_or_default();
    foreign::each(detail.get_mut("clashes").map(serde_json::Value::take).unwrap_or_default())
}
