//! What the lists of the screen show.

use chrono::{DateTime, NaiveDate, Utc};
use serde_json::Value;
use sqlx::PgConnection;
use uuid::Uuid;

use super::LIST;
use crate::error::DatabaseError;
use crate::foreign::Foreign;

/// The office's clock.
#[derive(Debug, Clone)]
pub struct OfficeNow {
    /// The database's clock.
    pub now: DateTime<Utc>,
    /// IANA.
    pub zone: String,
    /// The office's date.
    pub today: NaiveDate,
}

/// Somebody of the field in the list.
#[derive(Debug, Clone)]
#[expect(missing_docs, reason = "columns; see the specification")]
pub struct PersonLineRow {
    pub id: Uuid,
    pub name: String,
    pub role: String,
    pub status: String,
    pub email: Option<String>,
    pub phone: Option<String>,
    pub specializations: Option<Value>,
    pub certifications: Option<Value>,
    /// Crews they are in today.
    pub crews: Vec<Uuid>,
    /// Those of them that they lead.
    pub leads: Vec<Uuid>,
    /// `leave` or `sick`, just now.
    pub away: Option<String>,
    /// Until when; none: without end, or not away.
    pub away_until: Option<DateTime<Utc>>,
    /// Jobs to come on which they are and cannot be.
    pub to_reassign: i64,
}

/// A crew in the list.
#[derive(Debug, Clone)]
#[expect(missing_docs, reason = "columns; see crews")]
pub struct CrewLineRow {
    pub id: Uuid,
    pub name: String,
    pub color: Option<String>,
    pub status: String,
    /// Who leads it today.
    pub lead: Option<String>,
    /// In it today.
    pub members: i64,
    /// Jobs to come that name it.
    pub jobs: i64,
    /// When the next of them begins.
    pub next_job: Option<DateTime<Utc>>,
}

/// A machine in the list.
#[derive(Debug, Clone)]
#[expect(missing_docs, reason = "columns; see equipment")]
pub struct MachineLineRow {
    pub id: Uuid,
    pub name: String,
    pub kind: String,
    pub status: String,
    /// In maintenance just now.
    pub away: bool,
    /// Until when; none: without end, or not in maintenance.
    pub away_until: Option<DateTime<Utc>>,
    /// When the next maintenance begins.
    pub next_maintenance: Option<DateTime<Utc>>,
    /// Jobs to come.
    pub jobs: i64,
    /// Jobs to come on which it is and cannot be.
    pub to_reassign: i64,
}

/// Somebody in a crew.
#[derive(Debug, Clone)]
#[expect(missing_docs, reason = "columns; see crew_memberships")]
pub struct MemberRow {
    pub id: Uuid,
    pub version: i32,
    pub crew_id: Uuid,
    pub crew_name: String,
    pub person_id: Uuid,
    pub person_name: String,
    pub person_role: String,
    pub person_status: String,
    pub from: Option<NaiveDate>,
    /// The day after the last.
    pub until: Option<NaiveDate>,
    pub is_lead: bool,
}

/// Time off.
#[derive(Debug, Clone)]
#[expect(missing_docs, reason = "columns; see time_off")]
pub struct AwayRow {
    pub id: Uuid,
    pub version: i32,
    pub kind: String,
    pub from: Option<DateTime<Utc>>,
    pub until: Option<DateTime<Utc>>,
    pub note: Option<String>,
    /// All of them, this list included.
    pub total: i64,
}

/// Somebody with what is written about their certificates.
#[derive(Debug, Clone)]
#[expect(missing_docs, reason = "columns; see the specification")]
pub struct HeldRow {
    pub id: Uuid,
    pub name: String,
    pub role: String,
    pub certifications: Option<Value>,
}

/// The office's clock at this moment.
///
/// # Errors
/// When the database cannot be asked.
pub async fn office_now(connection: &mut PgConnection) -> Result<OfficeNow, DatabaseError> {
    Ok(sqlx::query_as!(
        OfficeNow,
        r#"SELECT t.now AS "now!", z.zone AS "zone!", (t.now AT TIME ZONE z.zone)::date AS "today!"
             FROM (SELECT statement_timestamp() AS now) AS t, (SELECT neff.office_time_zone() AS zone) AS z"#
    )
    .fetch_one(connection)
    .await?)
}

/// Everybody of the field, by name.
///
/// # Errors
/// When the database cannot be asked.
pub async fn people(connection: &mut PgConnection, at: &OfficeNow) -> Result<Vec<PersonLineRow>, DatabaseError> {
    Ok(sqlx::query_as!(
        PersonLineRow,
        r#"WITH inside AS MATERIALIZED (
               SELECT s.crew_member_id, array_agg(s.crew_id ORDER BY s.is_lead DESC, s.crew_id) AS crews,
                      coalesce(array_agg(s.crew_id) FILTER (WHERE s.is_lead), '{}') AS leads
                 FROM crew_memberships s WHERE s.during @> $1::date GROUP BY 1
           ), off AS MATERIALIZED (
               SELECT t.crew_member_id, t.kind, t.during FROM time_off t
                WHERE t.crew_member_id IS NOT NULL AND t.during && tstzrange($2, NULL)
           ), absent AS (
               SELECT p.id, tstzrange($2, NULL) AS during FROM crew_members p WHERE p.status <> 'active'
               UNION ALL
               SELECT o.crew_member_id, o.during * tstzrange($2, NULL) FROM off o
           ), stake AS MATERIALIZED (
               SELECT a.id, count(DISTINCT x.job_schedule_id) AS jobs
                 FROM absent a
                CROSS JOIN LATERAL (
                      SELECT f.job_schedule_id FROM job_assignments f
                       WHERE f.resource_id = a.id AND f.during && a.during AND f.state = 'firm'
                      UNION ALL
                      SELECT c.job_schedule_id FROM job_assignments c
                       WHERE c.resource_id = a.id AND c.during && a.during
                         AND c.state IN ('conflict', 'overridden')) AS x
                GROUP BY 1
           )
           SELECT p.id, p.name, p.role, p.status, p.email, p.phone, p.specializations AS "specializations!: Foreign",
                  p.certifications AS "certifications!: Foreign",
                  coalesce(i.crews, '{}') AS "crews!", coalesce(i.leads, '{}') AS "leads!",
                  n.kind AS "away?", n.until AS "away_until?", coalesce(s.jobs, 0) AS "to_reassign!"
             FROM crew_members p
             LEFT JOIN inside i ON i.crew_member_id = p.id
             LEFT JOIN stake s ON s.id = p.id
             LEFT JOIN LATERAL (
                  SELECT o.kind, CASE WHEN upper(o.during) < '2200-01-01Z' THEN upper(o.during) END AS until
                    FROM off o WHERE o.crew_member_id = p.id AND o.during @> $2
                   ORDER BY upper(o.during) DESC NULLS FIRST LIMIT 1) AS n ON true
            ORDER BY lower(p.name), p.id LIMIT $3"#,
        at.today,
        at.now,
        LIST
    )
    .fetch_all(connection)
    .await?)
}

/// Every crew, by name.
///
/// # Errors
/// When the database cannot be asked.
pub async fn crews(connection: &mut PgConnection, at: &OfficeNow) -> Result<Vec<CrewLineRow>, DatabaseError> {
    Ok(sqlx::query_as!(
        CrewLineRow,
        r#"SELECT w.id, w.name, w.color, w.status, m.lead AS "lead?", coalesce(m.members, 0) AS "members!",
                  coalesce(j.jobs, 0) AS "jobs!", j.next AS "next_job?"
             FROM crews w
             LEFT JOIN (SELECT s.crew_id, count(*) AS members,
                               string_agg(p.name, ', ' ORDER BY p.name) FILTER (WHERE s.is_lead) AS lead
                          FROM crew_memberships s JOIN crew_members p ON p.id = s.crew_member_id
                         WHERE s.during @> $1::date GROUP BY 1) AS m ON m.crew_id = w.id
             LEFT JOIN (SELECT c.crew_id, count(*) AS jobs, min(j.start_date) FILTER (WHERE j.start_date > $2) AS next
                          FROM job_schedules j JOIN job_crews c ON c.job_schedule_id = j.id
                         WHERE j.end_date > $2 AND j.status NOT IN ('canceled', 'completed') GROUP BY 1) AS j ON j.crew_id = w.id
            ORDER BY lower(w.name), w.id LIMIT $3"#,
        at.today,
        at.now,
        LIST
    )
    .fetch_all(connection)
    .await?)
}

/// Every machine, by kind and name.
///
/// # Errors
/// When the database cannot be asked.
pub async fn machines(connection: &mut PgConnection, at: &OfficeNow) -> Result<Vec<MachineLineRow>, DatabaseError> {
    Ok(sqlx::query_as!(
        MachineLineRow,
        r#"WITH off AS MATERIALIZED (
               SELECT t.equipment_id, t.during FROM time_off t
                WHERE t.equipment_id IS NOT NULL AND t.during && tstzrange($1, NULL)
           ), asked AS (
               SELECT q.id, tstzrange($1, NULL) AS during, false AS absent FROM equipment q
               UNION ALL
               SELECT q.id, tstzrange($1, NULL), true FROM equipment q WHERE q.status <> 'active'
               UNION ALL
               SELECT o.equipment_id, o.during * tstzrange($1, NULL), true FROM off o
           ), booked AS MATERIALIZED (
               SELECT a.id, count(DISTINCT x.job_schedule_id) FILTER (WHERE NOT a.absent) AS jobs,
                      count(DISTINCT x.job_schedule_id) FILTER (WHERE a.absent) AS stake
                 FROM asked a
                CROSS JOIN LATERAL (
                      SELECT f.job_schedule_id FROM job_assignments f
                       WHERE f.resource_id = a.id AND f.during && a.during AND f.state = 'firm'
                      UNION ALL
                      SELECT c.job_schedule_id FROM job_assignments c
                       WHERE c.resource_id = a.id AND c.during && a.during
                         AND c.state IN ('conflict', 'overridden')) AS x
                GROUP BY 1
           )
           SELECT q.id, q.name, q.kind, q.status, n.away IS NOT NULL AS "away!", n.until AS "away_until?",
                  (SELECT min(lower(o.during)) FROM off o WHERE o.equipment_id = q.id AND lower(o.during) > $1
                      AND lower(o.during) < '2200-01-01Z') AS "next_maintenance?",
                  coalesce(b.jobs, 0) AS "jobs!", coalesce(b.stake, 0) AS "to_reassign!"
             FROM equipment q
             LEFT JOIN booked b ON b.id = q.id
             LEFT JOIN LATERAL (
                  SELECT true AS away, CASE WHEN upper(o.during) < '2200-01-01Z' THEN upper(o.during) END AS until
                    FROM off o WHERE o.equipment_id = q.id AND o.during @> $1
                   ORDER BY upper(o.during) DESC NULLS FIRST LIMIT 1) AS n ON true
            ORDER BY lower(q.kind), lower(q.name), q.id LIMIT $2"#,
        at.now,
        LIST
    )
    .fetch_all(connection)
    .await?)
}

/// Who was, is and will be in a crew: those of today first, then who comes, then who was; at most 500.
///
/// # Errors
/// When the database cannot be asked.
pub async fn memberships_of_crew(connection: &mut PgConnection, crew: Uuid) -> Result<Vec<MemberRow>, DatabaseError> {
    memberships(connection, Some(crew), None).await
}

/// The crews somebody was, is and will be in; the latest first; at most 500.
///
/// # Errors
/// When the database cannot be asked.
pub async fn memberships_of_person(
    connection: &mut PgConnection,
    person: Uuid,
) -> Result<Vec<MemberRow>, DatabaseError> {
    memberships(connection, None, Some(person)).await
}

async fn memberships(
    connection: &mut PgConnection,
    crew: Option<Uuid>,
    person: Option<Uuid>,
) -> Result<Vec<MemberRow>, DatabaseError> {
    Ok(sqlx::query_as!(
        MemberRow,
        r#"SELECT s.id, s.version, s.crew_id, w.name AS crew_name, s.crew_member_id AS person_id, p.name AS person_name,
                  p.role AS person_role, p.status AS person_status, s.is_lead,
                  CASE WHEN lower(s.during) BETWEEN '1900-01-01' AND '2200-01-01' THEN lower(s.during) END AS "from?",
                  CASE WHEN upper(s.during) BETWEEN '1900-01-01' AND '2200-01-01' THEN upper(s.during) END AS "until?"
             FROM crew_memberships s
             JOIN crews w ON w.id = s.crew_id
             JOIN crew_members p ON p.id = s.crew_member_id
            WHERE s.crew_id = coalesce($1, s.crew_id) AND s.crew_member_id = coalesce($2, s.crew_member_id)
            ORDER BY upper(s.during) DESC NULLS FIRST, s.is_lead DESC, lower(p.name), lower(s.during), s.id
            LIMIT 500"#,
        crew,
        person
    )
    .fetch_all(connection)
    .await?)
}

/// Time off of a person or machine, the latest first; at most 200.
///
/// # Errors
/// When the database cannot be asked.
pub async fn time_off_of_resource(connection: &mut PgConnection, id: Uuid) -> Result<Vec<AwayRow>, DatabaseError> {
    Ok(sqlx::query_as!(
        AwayRow,
        r#"SELECT id, version, kind, note, count(*) OVER () AS "total!",
                  CASE WHEN lower(during) BETWEEN '1900-01-01Z' AND '2200-01-01Z' THEN lower(during) END AS "from?",
                  CASE WHEN upper(during) BETWEEN '1900-01-01Z' AND '2200-01-01Z' THEN upper(during) END AS "until?"
             FROM time_off WHERE crew_member_id = $1 OR equipment_id = $1
            ORDER BY upper(during) DESC NULLS FIRST, id LIMIT 200"#,
        id
    )
    .fetch_all(connection)
    .await?)
}

/// Days on which the whole office is closed that touch a stretch of time, in order; at most 1,000.
///
/// # Errors
/// When the database cannot be asked.
pub async fn time_off_of_office(
    connection: &mut PgConnection,
    from: DateTime<Utc>,
    until: DateTime<Utc>,
) -> Result<Vec<AwayRow>, DatabaseError> {
    Ok(sqlx::query_as!(
        AwayRow,
        r#"SELECT id, version, kind, note, count(*) OVER () AS "total!",
                  CASE WHEN lower(during) BETWEEN '1900-01-01Z' AND '2200-01-01Z' THEN lower(during) END AS "from?",
                  CASE WHEN upper(during) BETWEEN '1900-01-01Z' AND '2200-01-01Z' THEN upper(during) END AS "until?"
             FROM time_off
            WHERE crew_member_id IS NULL AND equipment_id IS NULL AND during && tstzrange($1, $2)
            ORDER BY lower(during) NULLS FIRST, id LIMIT 1000"#,
        from,
        until
    )
    .fetch_all(connection)
    .await?)
}

/// What is written about the certificates of everybody who is still with the company.
///
/// # Errors
/// When the database cannot be asked.
pub async fn held_certificates(connection: &mut PgConnection) -> Result<Vec<HeldRow>, DatabaseError> {
    Ok(sqlx::query_as!(
        HeldRow,
        r#"SELECT id, name, role, certifications AS "certifications!: Foreign" FROM crew_members WHERE status <> 'terminated'
            ORDER BY lower(name), id LIMIT $1"#,
        LIST
    )
    .fetch_all(connection)
    .await?)
}

/// Which role must hold what: role and certificate, in order.
///
/// # Errors
/// When the database cannot be asked.
pub async fn requirements(connection: &mut PgConnection) -> Result<Vec<(String, String)>, DatabaseError> {
    let rows = sqlx::query!(
        "SELECT role, certificate FROM certificate_requirements ORDER BY lower(role), role, lower(certificate), certificate"
    )
    .fetch_all(connection)
    .await?;
    Ok(rows.into_iter().map(|r| (r.role, r.certificate)).collect())
}
