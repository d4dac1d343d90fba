//! What is known of a customer, a contract, a crew, somebody of it, a machine: for reading, with what hangs together.

use chrono::{DateTime, NaiveDate, Utc};
use rust_decimal::Decimal;
use sqlx::PgConnection;
use uuid::Uuid;

use crate::error::DatabaseError;
use crate::foreign::Foreign;

/// As many linked records are listed of each kind.
pub const LISTED: i64 = 20;

/// A linked record, newest first; `total` counts all of them.
#[derive(Debug, Clone)]
#[expect(missing_docs, reason = "columns under one shape")]
pub struct LinkRow {
    pub id: Uuid,
    pub title: String,
    pub subtitle: Option<String>,
    pub at: Option<DateTime<Utc>>,
    pub total: i64,
}

/// A customer.
#[derive(Debug, Clone)]
#[expect(missing_docs, reason = "columns; see the specification")]
pub struct CustomerRow {
    pub name: String,
    pub email: Option<String>,
    pub phone: Option<String>,
    pub address: Option<String>,
    pub preferred_contact_method: String,
    pub service_area: Option<String>,
    pub customer_since: Option<NaiveDate>,
    pub total_projects: i32,
    pub total_spent: Decimal,
    pub status: String,
    pub notes: Option<String>,
}

/// A customer, if there and not hidden from this login.
///
/// # Errors
/// When the database cannot be asked.
pub async fn customer(connection: &mut PgConnection, id: Uuid) -> Result<Option<CustomerRow>, DatabaseError> {
    Ok(sqlx::query_as!(
        CustomerRow,
        "SELECT name, email, phone, address, preferred_contact_method, service_area, customer_since, total_projects, total_spent,
                status, notes
           FROM customers WHERE id = $1",
        id
    )
    .fetch_optional(connection)
    .await?)
}

/// A customer's estimates.
///
/// # Errors
/// When the database cannot be asked.
pub async fn customer_estimates(connection: &mut PgConnection, id: Uuid) -> Result<Vec<LinkRow>, DatabaseError> {
    Ok(sqlx::query_as!(
        LinkRow,
        r#"SELECT id, project_address AS "title!", concat_ws(' · ', service_type, status) AS subtitle, created_at AS "at?",
                  count(*) OVER () AS "total!"
             FROM estimates WHERE customer_id = $1 ORDER BY created_at DESC LIMIT $2"#,
        id,
        LISTED
    )
    .fetch_all(connection)
    .await?)
}

/// A customer's contracts.
///
/// # Errors
/// When the database cannot be asked.
pub async fn customer_contracts(connection: &mut PgConnection, id: Uuid) -> Result<Vec<LinkRow>, DatabaseError> {
    Ok(sqlx::query_as!(
        LinkRow,
        r#"SELECT id, project_address AS "title!", concat_ws(' · ', service_type, status) AS subtitle, created_at AS "at?",
                  count(*) OVER () AS "total!"
             FROM contracts WHERE customer_id = $1 ORDER BY created_at DESC LIMIT $2"#,
        id,
        LISTED
    )
    .fetch_all(connection)
    .await?)
}

/// A contract.
#[derive(Debug, Clone)]
#[expect(missing_docs, reason = "columns; see the specification")]
pub struct ContractRow {
    pub client_name: String,
    pub client_email: Option<String>,
    pub client_phone: Option<String>,
    pub service_type: String,
    pub project_address: String,
    pub project_size: Option<Decimal>,
    pub estimated_cost: Option<Decimal>,
    pub status: String,
    pub customer_id: Option<Uuid>,
    pub estimate_id: Option<Uuid>,
    pub created_at: DateTime<Utc>,
    pub paid: Decimal,
}

/// A contract, if there and not hidden from this login.
///
/// # Errors
/// When the database cannot be asked.
pub async fn contract(connection: &mut PgConnection, id: Uuid) -> Result<Option<ContractRow>, DatabaseError> {
    Ok(sqlx::query_as!(
        ContractRow,
        r#"SELECT client_name, client_email, client_phone, service_type, project_address, project_size, estimated_cost, status,
                  customer_id, estimate_id, created_at,
                  coalesce((SELECT sum(p.amount) FROM payments p WHERE p.contract_id = c.id), 0) AS "paid!"
             FROM contracts c WHERE id = $1"#,
        id
    )
    .fetch_optional(connection)
    .await?)
}

/// The jobs of a contract.
///
/// # Errors
/// When the database cannot be asked.
pub async fn contract_jobs(connection: &mut PgConnection, id: Uuid) -> Result<Vec<LinkRow>, DatabaseError> {
    Ok(sqlx::query_as!(
        LinkRow,
        r#"SELECT id, location_address AS "title!", status AS "subtitle?", start_date AS "at?", count(*) OVER () AS "total!"
             FROM job_schedules WHERE contract_id = $1 ORDER BY start_date DESC LIMIT $2"#,
        id,
        LISTED
    )
    .fetch_all(connection)
    .await?)
}

/// A crew.
#[derive(Debug, Clone)]
#[expect(missing_docs, reason = "columns; see crews")]
pub struct CrewRow {
    pub name: String,
    pub status: String,
    pub notes: Option<String>,
}

/// A crew, if there.
///
/// # Errors
/// When the database cannot be asked.
pub async fn crew(connection: &mut PgConnection, id: Uuid) -> Result<Option<CrewRow>, DatabaseError> {
    Ok(sqlx::query_as!(CrewRow, "SELECT name, status, notes FROM crews WHERE id = $1", id)
        .fetch_optional(connection)
        .await?)
}

/// Who is in a crew today, its lead first.
///
/// # Errors
/// When the database cannot be asked.
pub async fn crew_people(connection: &mut PgConnection, id: Uuid) -> Result<Vec<LinkRow>, DatabaseError> {
    Ok(sqlx::query_as!(
        LinkRow,
        r#"SELECT p.id, p.name AS "title!", concat_ws(' · ', CASE WHEN m.is_lead THEN 'lead' END, p.role, p.phone) AS subtitle,
                  NULL::timestamptz AS at, count(*) OVER () AS "total!"
             FROM crew_memberships m JOIN crew_members p ON p.id = m.crew_member_id
            WHERE m.crew_id = $1 AND m.during @> (now() AT TIME ZONE neff.office_time_zone())::date
            ORDER BY m.is_lead DESC, p.name LIMIT $2"#,
        id,
        LISTED
    )
    .fetch_all(connection)
    .await?)
}

/// The next jobs of a crew.
///
/// # Errors
/// When the database cannot be asked.
pub async fn crew_jobs(connection: &mut PgConnection, id: Uuid) -> Result<Vec<LinkRow>, DatabaseError> {
    Ok(sqlx::query_as!(
        LinkRow,
        r#"SELECT j.id, j.location_address AS "title!", j.status AS "subtitle?", j.start_date AS "at?", count(*) OVER () AS "total!"
             FROM job_crews c JOIN job_schedules j ON j.id = c.job_schedule_id
            WHERE c.crew_id = $1 AND j.end_date > now() AND j.status NOT IN ('canceled', 'completed')
            ORDER BY j.start_date LIMIT $2"#,
        id,
        LISTED
    )
    .fetch_all(connection)
    .await?)
}

/// Somebody of a crew. Not their emergency contact: that is asked for on purpose only.
#[derive(Debug, Clone)]
#[expect(missing_docs, reason = "columns; see the specification")]
pub struct CrewMemberRow {
    pub name: String,
    pub email: Option<String>,
    pub phone: Option<String>,
    pub role: String,
    pub status: String,
    pub hire_date: Option<NaiveDate>,
    pub certifications: Option<serde_json::Value>,
}

/// Somebody of a crew, if there.
///
/// # Errors
/// When the database cannot be asked.
pub async fn crew_member(connection: &mut PgConnection, id: Uuid) -> Result<Option<CrewMemberRow>, DatabaseError> {
    Ok(sqlx::query_as!(
        CrewMemberRow,
        r#"SELECT name, email, phone, role, status, hire_date, certifications AS "certifications!: Foreign"
             FROM crew_members WHERE id = $1"#,
        id
    )
    .fetch_optional(connection)
    .await?)
}

/// A machine.
#[derive(Debug, Clone)]
#[expect(missing_docs, reason = "columns; see equipment")]
pub struct MachineRow {
    pub name: String,
    pub kind: String,
    pub status: String,
    pub notes: Option<String>,
}

/// A machine, if there.
///
/// # Errors
/// When the database cannot be asked.
pub async fn machine(connection: &mut PgConnection, id: Uuid) -> Result<Option<MachineRow>, DatabaseError> {
    Ok(sqlx::query_as!(MachineRow, "SELECT name, kind, status, notes FROM equipment WHERE id = $1", id)
        .fetch_optional(connection)
        .await?)
}

/// The next jobs of a person or machine.
///
/// # Errors
/// When the database cannot be asked.
pub async fn resource_jobs(connection: &mut PgConnection, id: Uuid) -> Result<Vec<LinkRow>, DatabaseError> {
    Ok(sqlx::query_as!(
        LinkRow,
        r#"SELECT j.id, j.location_address AS "title!", j.status AS "subtitle?", j.start_date AS "at?", count(*) OVER () AS "total!"
             FROM job_schedules j
            WHERE j.id IN (SELECT a.job_schedule_id FROM job_assignments a
                            WHERE a.resource_id = $1 AND a.state <> 'released' AND upper(a.during) > now())
            ORDER BY j.start_date LIMIT $2"#,
        id,
        LISTED
    )
    .fetch_all(connection)
    .await?)
}

/// Time off of a person or machine that is not over.
///
/// # Errors
/// When the database cannot be asked.
pub async fn time_off(connection: &mut PgConnection, id: Uuid) -> Result<Vec<LinkRow>, DatabaseError> {
    Ok(sqlx::query_as!(
        LinkRow,
        r#"SELECT id, kind AS "title!", note AS subtitle, lower(during) AS at, count(*) OVER () AS "total!"
             FROM time_off
            WHERE (crew_member_id = $1 OR equipment_id = $1) AND upper(during) > now()
            ORDER BY lower(during) LIMIT $2"#,
        id,
        LISTED
    )
    .fetch_all(connection)
    .await?)
}
