//! Writing jobs: whole images over the versions seen, any number in one statement, clashes refused by the database.

use chrono::{DateTime, Utc};
use rust_decimal::Decimal;
use serde::{Deserialize, Serialize};
use serde_json::Value;
use sqlx::PgConnection;
use uuid::Uuid;

use crate::error::{DatabaseError, Failure};
use crate::foreign::{self, AsWritten, Foreign};
use crate::today::OfficeTimeRow;

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

/// A job of a row in which every column may be missing.
macro_rules! image_of {
    ($r:ident) => {
        JobImage {
            id: $r.id?,
            contract_id: $r.contract_id,
            calendly_event_uri: $r.calendly_event_uri,
            start_date: $r.start_date?,
            end_date: $r.end_date?,
            status: $r.status?,
            crew_assigned: $r.crew_assigned.into(),
            equipment_needed: $r.equipment_needed.into(),
            location_address: $r.location_address?,
            special_instructions: $r.special_instructions,
            estimated_duration_hours: $r.estimated_duration_hours,
            weather_dependent: $r.weather_dependent?,
            priority_level: $r.priority_level?,
            pinned: $r.pinned?,
            follows_job_id: $r.follows_job_id,
            follows_after_hours: $r.follows_after_hours?,
        }
    };
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

/// A job that may be changed until the transaction ends.
#[derive(Debug, Clone)]
pub struct Locked {
    /// As it is.
    pub image: JobImage,
    /// Its version.
    pub version: i32,
    /// Whom the words of its columns name, in their order.
    pub words: Vec<WordRow>,
    /// Whom and what it shares with another job, whichever of the two is the one that is marked.
    pub doubled: Vec<Uuid>,
}

/// These jobs, locked until the transaction ends, and the office's time: one question. In order of id, so that two who
/// lock the same come one after the other; what is gone is left out.
///
/// # Errors
/// When the database cannot be asked, or somebody holds one of them for too long.
pub async fn lock(connection: &mut PgConnection, ids: &[Uuid]) -> Result<(OfficeTimeRow, Vec<Locked>), DatabaseError> {
    let rows = sqlx::query!(
        r#"SELECT t.now AS "now!", t.zone AS "zone!", t.today AS "today!", t.working_days AS "working_days!",
                  t.work_from AS "work_from!", t.work_until AS "work_until!",
                  (x.job).id AS "id?", (x.job).contract_id AS "contract_id?", (x.job).calendly_event_uri AS "calendly_event_uri?",
                  (x.job).start_date AS "start_date?", (x.job).end_date AS "end_date?", (x.job).status AS "status?",
                  (x.job).crew_assigned AS "crew_assigned!: Foreign", (x.job).equipment_needed AS "equipment_needed!: Foreign",
                  (x.job).location_address AS "location_address?", (x.job).special_instructions AS "special_instructions?",
                  (x.job).estimated_duration_hours AS "estimated_duration_hours?", (x.job).weather_dependent AS "weather_dependent?",
                  (x.job).priority_level AS "priority_level?", (x.job).pinned AS "pinned?", (x.job).follows_job_id AS "follows_job_id?",
                  (x.job).follows_after_hours AS "follows_after_hours?", (x.job).version AS "version?", x.words AS "words!: Foreign<2>",
                  x.doubled AS "doubled?"
             FROM neff.office_time() AS t LEFT JOIN neff.jobs_to_change($1) AS x ON true
            ORDER BY (x.job).id"#,
        ids
    )
    .fetch_all(connection)
    .await?;
    let first = rows.first().ok_or_else(|| DatabaseError::new(Failure::Other, "the office has no time"))?;
    let time = OfficeTimeRow {
        now: first.now,
        zone: first.zone.clone(),
        today: first.today,
        working_days: first.working_days.clone(),
        work_from: first.work_from.clone(),
        work_until: first.work_until.clone(),
    };
    let locked = rows.into_iter().filter_map(|r| {
        Some(Locked {
            image: image_of!(r),
            version: r.version?,
            words: read_words(r.words),
            doubled: r.doubled.unwrap_or_default(),
        })
    });
    Ok((time, locked.collect()))
}

fn read_words(json: Foreign<2>) -> Vec<WordRow> {
    foreign::each(json.into())
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

/// A word of a job's columns and whom it names. `item`: its place in the column, from 1.
#[derive(Debug, Clone, Deserialize)]
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

/// A job as it was written.
#[derive(Debug, Clone)]
pub struct StoredJob {
    /// As the database holds it: it writes some values in its own way.
    pub image: JobImage,
    /// Its version.
    pub version: i32,
    /// Whom the words of its columns name by now.
    pub words: Vec<WordRow>,
}

/// Writes jobs that are locked, or enters new ones, in one question, and if they clash leaves the transaction as it was.
/// With a reason it goes ahead: what clashes is overridden with it.
///
/// # Errors
/// When the database cannot be asked. A clash is no error.
pub async fn store(
    connection: &mut PgConnection,
    images: &[JobImage],
    new: bool,
    override_reason: Option<&str>,
) -> Result<Result<Vec<StoredJob>, Vec<Refused>>, DatabaseError> {
    if images.is_empty() {
        return Ok(Ok(Vec::new()));
    }
    let rows = sqlx::query!(
        r#"SELECT x.refused AS "refused!: Foreign<2>", (x.job).id AS "id?", (x.job).contract_id AS "contract_id?",
                  (x.job).calendly_event_uri AS "calendly_event_uri?", (x.job).start_date AS "start_date?",
                  (x.job).end_date AS "end_date?", (x.job).status AS "status?", (x.job).crew_assigned AS "crew_assigned!: Foreign",
                  (x.job).equipment_needed AS "equipment_needed!: Foreign", (x.job).location_address AS "location_address?",
                  (x.job).special_instructions AS "special_instructions?",
                  (x.job).estimated_duration_hours AS "estimated_duration_hours?", (x.job).weather_dependent AS "weather_dependent?",
                  (x.job).priority_level AS "priority_level?", (x.job).pinned AS "pinned?", (x.job).follows_job_id AS "follows_job_id?",
                  (x.job).follows_after_hours AS "follows_after_hours?", (x.job).version AS "version?", x.words AS "words!: Foreign<2>"
             FROM neff.write_jobs($1, $2, $3) AS x"#,
        AsWritten(Some(&in_json(images)?)) as _,
        new,
        override_reason
    )
    .fetch_all(connection)
    .await?;
    let mut written = Vec::with_capacity(rows.len());
    for r in rows {
        if let Some(refused) = Option::<Value>::from(r.refused) {
            return Ok(Err(foreign::each(refused)));
        }
        let one = (|| {
            let image = image_of!(r);
            Some(StoredJob { image, version: r.version?, words: read_words(r.words) })
        })();
        written.extend(one);
    }
    Ok(Ok(written))
}

/// The clashes a refusal's DETAIL names.
#[must_use]
pub fn refused(detail: Option<&str>) -> Vec<Refused> {
    let mut detail = detail.map(foreign::of_text).unwrap_or_default();
    foreign::each(detail.get_mut("clashes").map(Value::take).unwrap_or_default())
}
