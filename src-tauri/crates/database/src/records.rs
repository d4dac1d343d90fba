//! One record at a time: an estimate, a job with who is on it and what happened to it.

use chrono::{DateTime, Utc};
use rust_decimal::Decimal;
use sqlx::PgConnection;
use uuid::Uuid;

use crate::error::DatabaseError;

/// An estimate.
#[derive(Debug, Clone)]
#[expect(missing_docs, reason = "columns; see the specification")]
pub struct EstimateRecord {
    pub id: Uuid,
    pub customer_name: String,
    pub email: Option<String>,
    pub phone: Option<String>,
    pub service_type: String,
    pub project_address: String,
    pub project_size: Option<String>,
    pub timeline: Option<String>,
    pub description: Option<String>,
    pub estimated_cost: Option<Decimal>,
    pub status: String,
    pub response_by: Option<DateTime<Utc>>,
    pub notes: Option<String>,
    pub version: i32,
    pub created_at: DateTime<Utc>,
    pub updated_at: DateTime<Utc>,
}

/// A person or machine on a job, one row each.
#[derive(Debug, Clone)]
#[expect(missing_docs, reason = "columns; see job_assignments")]
pub struct AssignedRow {
    pub kind: String,
    pub id: Uuid,
    pub name: String,
    pub via_crew: Option<String>,
    pub state: String,
    pub other_job_id: Option<Uuid>,
    pub other_address: Option<String>,
}

/// One line of the trail.
#[derive(Debug, Clone)]
#[expect(missing_docs, reason = "columns; see the specification")]
pub struct ChangeRow {
    pub at: DateTime<Utc>,
    pub by: String,
    pub source: String,
    pub change: String,
    pub reason: Option<String>,
}

/// What a job has beside what lists show.
#[derive(Debug, Clone)]
#[expect(missing_docs, reason = "columns; see the specification")]
pub struct JobRest {
    pub special_instructions: Option<String>,
    pub duration_hours: Option<Decimal>,
    pub created_at: DateTime<Utc>,
    pub updated_at: DateTime<Utc>,
}

/// An estimate, if it is there.
///
/// # Errors
/// When the database cannot be asked.
pub async fn estimate(connection: &mut PgConnection, id: Uuid) -> Result<Option<EstimateRecord>, DatabaseError> {
    Ok(sqlx::query_as!(
        EstimateRecord,
        "SELECT id, customer_name, email, phone, service_type, project_address, project_size, timeline, description,
                estimated_cost, status, response_by, notes, version, created_at, updated_at
           FROM estimates WHERE id = $1",
        id
    )
    .fetch_optional(connection)
    .await?)
}

/// Estimates somebody waits for an answer to, by when it is due; `limit` at most.
///
/// # Errors
/// When the database cannot be asked.
pub async fn open_estimates(connection: &mut PgConnection, limit: i64) -> Result<Vec<EstimateRecord>, DatabaseError> {
    Ok(sqlx::query_as!(
        EstimateRecord,
        "SELECT id, customer_name, email, phone, service_type, project_address, project_size, timeline, description,
                estimated_cost, status, response_by, notes, version, created_at, updated_at
           FROM estimates WHERE status = 'pending' AND response_by IS NOT NULL ORDER BY response_by, id LIMIT $1",
        limit
    )
    .fetch_all(connection)
    .await?)
}

/// Writes an estimate's notes, if it still has the version seen; returns the new version, none when not.
///
/// # Errors
/// When the database cannot be asked.
pub async fn set_estimate_notes(
    connection: &mut PgConnection,
    id: Uuid,
    version: i32,
    notes: Option<&str>,
) -> Result<Option<i32>, DatabaseError> {
    Ok(sqlx::query_scalar!(
        "UPDATE estimates SET notes = $3 WHERE id = $1 AND version = $2 RETURNING version",
        id,
        version,
        notes
    )
    .fetch_optional(connection)
    .await?)
}

/// The rest of a job, if it is there.
///
/// # Errors
/// When the database cannot be asked.
pub async fn job_rest(connection: &mut PgConnection, id: Uuid) -> Result<Option<JobRest>, DatabaseError> {
    Ok(sqlx::query_as!(
        JobRest,
        "SELECT special_instructions, estimated_duration_hours AS duration_hours, created_at, updated_at
           FROM job_schedules WHERE id = $1",
        id
    )
    .fetch_optional(connection)
    .await?)
}

/// Who and what is on a job: people before machines, by name; a clash of any of its days is the state shown.
///
/// # Errors
/// When the database cannot be asked.
pub async fn assigned(connection: &mut PgConnection, job: Uuid) -> Result<Vec<AssignedRow>, DatabaseError> {
    Ok(sqlx::query_as!(
        AssignedRow,
        r#"SELECT x.resource_kind AS "kind!", x.resource_id AS "id!",
                  coalesce(p.name, e.name, 'somebody removed') AS "name!", w.name AS "via_crew?", x.state AS "state!",
                  o.id AS "other_job_id?", o.location_address AS "other_address?"
             FROM (SELECT DISTINCT ON (a.resource_id) a.*
                     FROM job_assignments a WHERE a.job_schedule_id = $1
                    ORDER BY a.resource_id, array_position(ARRAY['conflict', 'overridden', 'firm', 'released'], a.state),
                             lower(a.during)) AS x
             LEFT JOIN crew_members p ON p.id = x.resource_id
             LEFT JOIN equipment e ON e.id = x.resource_id
             LEFT JOIN crews w ON w.id = x.via_crew_id
             LEFT JOIN LATERAL (
                  SELECT j.id, j.location_address
                    FROM (SELECT f.job_schedule_id, true AS firm FROM job_assignments f
                           WHERE f.state = 'firm' AND f.resource_id = x.resource_id AND f.during && x.during
                          UNION ALL
                          SELECT c.job_schedule_id, false FROM job_assignments c
                           WHERE c.state IN ('conflict', 'overridden')
                             AND c.resource_id = x.resource_id AND c.during && x.during) AS b
                    JOIN job_schedules j ON j.id = b.job_schedule_id
                   WHERE x.state IN ('conflict', 'overridden') AND b.job_schedule_id <> x.job_schedule_id
                   ORDER BY b.firm DESC, j.start_date, j.id LIMIT 1) AS o ON true
            ORDER BY x.resource_kind DESC, 3
            LIMIT 200"#,
        job
    )
    .fetch_all(connection)
    .await?)
}

/// Words on a job that match nobody here.
///
/// # Errors
/// When the database cannot be asked.
pub async fn unknown_names(connection: &mut PgConnection, job: Uuid) -> Result<Vec<String>, DatabaseError> {
    Ok(sqlx::query_scalar!(
        "SELECT written FROM job_unknown_resources WHERE job_schedule_id = $1 ORDER BY kind DESC, written LIMIT 100",
        job
    )
    .fetch_all(connection)
    .await?)
}

/// The newest 50 lines of a job's trail.
///
/// # Errors
/// When the database cannot be asked.
pub async fn changes(connection: &mut PgConnection, job: Uuid) -> Result<Vec<ChangeRow>, DatabaseError> {
    Ok(sqlx::query_as!(
        ChangeRow,
        r#"SELECT changed_at AS at, changed_by AS by, source AS "source!", change_type AS change, reason
             FROM schedule_changes WHERE job_id_was = $1 ORDER BY changed_at DESC, number DESC LIMIT 50"#,
        job
    )
    .fetch_all(connection)
    .await?)
}
