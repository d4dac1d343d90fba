//! Jobs with everything that is printed of them and kept for when there is no network, any number in one question.

use chrono::{DateTime, NaiveDate, Utc};
use rust_decimal::Decimal;
use serde_json::Value;
use sqlx::PgConnection;
use uuid::Uuid;

use crate::error::DatabaseError;
use crate::foreign::Foreign;

/// What a job has beside what the board shows.
#[derive(Debug, Clone)]
#[expect(missing_docs, reason = "columns; see the specification")]
pub struct RestRow {
    pub id: Uuid,
    pub phone: Option<String>,
    pub instructions: Option<String>,
    pub duration_hours: Option<Decimal>,
    pub crew_names: Vec<String>,
    /// `[{"kind", "id", "name", "via_crew", "state"}]`: people, then machines, by name.
    pub assigned: Value,
    pub unknown_names: Vec<String>,
    pub created_at: DateTime<Utc>,
    pub updated_at: DateTime<Utc>,
}

/// The rest of these jobs, in no order.
///
/// # Errors
/// When the database cannot be asked.
pub async fn rest(connection: &mut PgConnection, ids: &[Uuid]) -> Result<Vec<RestRow>, DatabaseError> {
    Ok(sqlx::query_as!(
        RestRow,
        r#"WITH one AS (
               SELECT DISTINCT ON (a.job_schedule_id, a.resource_id) a.job_schedule_id, a.resource_kind, a.resource_id,
                      a.via_crew_id, a.state
                 FROM job_assignments a WHERE a.job_schedule_id = ANY ($1)
                ORDER BY a.job_schedule_id, a.resource_id,
                         array_position(ARRAY['conflict', 'overridden', 'firm', 'released'], a.state)
           ), claim AS (
               SELECT o.job_schedule_id,
                      jsonb_agg(jsonb_build_object('kind', o.resource_kind, 'id', o.resource_id,
                                    'name', coalesce(p.name, e.name, 'somebody removed'), 'via_crew', w.name, 'state', o.state)
                                ORDER BY o.resource_kind DESC, coalesce(p.name, e.name)) AS assigned
                 FROM one o
                 LEFT JOIN crew_members p ON p.id = o.resource_id
                 LEFT JOIN equipment e ON e.id = o.resource_id
                 LEFT JOIN crews w ON w.id = o.via_crew_id
                GROUP BY 1
           ), crew AS (
               SELECT c.job_schedule_id, array_agg(w.name::text ORDER BY w.name) AS names
                 FROM job_crews c JOIN crews w ON w.id = c.crew_id WHERE c.job_schedule_id = ANY ($1) GROUP BY 1
           ), word AS (
               SELECT u.job_schedule_id, array_agg(u.written ORDER BY u.written) AS names
                 FROM job_unknown_resources u WHERE u.job_schedule_id = ANY ($1) GROUP BY 1
           )
           SELECT j.id AS "id!", k.client_phone AS "phone?", j.special_instructions AS instructions,
                  j.estimated_duration_hours AS duration_hours, coalesce(crew.names, '{}') AS "crew_names!",
                  coalesce(claim.assigned, '[]') AS "assigned!: Foreign", coalesce(word.names, '{}') AS "unknown_names!",
                  j.created_at AS "created_at!", j.updated_at AS "updated_at!"
             FROM job_schedules j
             LEFT JOIN contracts k ON k.id = j.contract_id
             LEFT JOIN claim ON claim.job_schedule_id = j.id
             LEFT JOIN crew ON crew.job_schedule_id = j.id
             LEFT JOIN word ON word.job_schedule_id = j.id
            WHERE j.id = ANY ($1)"#,
        ids
    )
    .fetch_all(connection)
    .await?)
}

/// The jobs of these contracts.
///
/// # Errors
/// When the database cannot be asked.
pub async fn of_contracts(connection: &mut PgConnection, contracts: &[Uuid]) -> Result<Vec<Uuid>, DatabaseError> {
    Ok(sqlx::query_scalar!("SELECT id FROM job_schedules WHERE contract_id = ANY ($1)", contracts)
        .fetch_all(connection)
        .await?)
}

/// Somebody's or something's name, role and number, for papers.
#[derive(Debug, Clone)]
#[expect(missing_docs, reason = "columns; see the specification")]
pub struct PhoneRow {
    pub id: Uuid,
    pub role: String,
    pub phone: Option<String>,
}

/// The numbers of everybody who may be given work.
///
/// # Errors
/// When the database cannot be asked.
pub async fn phones(connection: &mut PgConnection) -> Result<Vec<PhoneRow>, DatabaseError> {
    Ok(sqlx::query_as!(PhoneRow, "SELECT id, role, phone FROM crew_members WHERE status <> 'terminated'")
        .fetch_all(connection)
        .await?)
}

/// A crew with who is in it when.
#[derive(Debug, Clone)]
#[expect(missing_docs, reason = "columns; see the specification")]
pub struct CrewRow {
    pub id: Uuid,
    pub name: String,
    pub color: Option<String>,
    pub active: bool,
    /// `[{"person", "name", "from", "until", "lead"}]`: leads first, then by name; `until` is the day after the last.
    pub memberships: Value,
}

/// Every crew, those no longer in use too, with whoever is in it on some day from one up to, but without, another.
///
/// # Errors
/// When the database cannot be asked.
pub async fn crews(
    connection: &mut PgConnection,
    from: NaiveDate,
    until: NaiveDate,
) -> Result<Vec<CrewRow>, DatabaseError> {
    Ok(sqlx::query_as!(
        CrewRow,
        r#"SELECT c.id, c.name, c.color, c.status = 'active' AS "active!",
                  coalesce((SELECT jsonb_agg(jsonb_build_object('person', m.crew_member_id, 'name', p.name,
                                        'from', greatest(lower(m.during), '1900-01-01'),
                                        'until', least(upper(m.during), '2200-01-01'), 'lead', m.is_lead)
                                    ORDER BY m.is_lead DESC, p.name, m.id)
                              FROM crew_memberships m JOIN crew_members p ON p.id = m.crew_member_id
                             WHERE m.crew_id = c.id AND m.during && daterange($1, $2)), '[]') AS "memberships!: Foreign"
             FROM crews c ORDER BY c.name, c.id"#,
        from,
        until
    )
    .fetch_all(connection)
    .await?)
}

/// What may read otherwise in the jobs that name it, because it has changed.
#[derive(Debug, Clone, Default)]
pub struct Named {
    /// People, crews and machines.
    pub ids: Vec<Uuid>,
    /// Words that were matched once and for all.
    pub aliases: Vec<Uuid>,
    /// Who is in which crew.
    pub memberships: bool,
}

/// The jobs between two moments that name these, and those with words that name nobody, any more or yet.
///
/// # Errors
/// When the database cannot be asked.
pub async fn naming(
    connection: &mut PgConnection,
    named: &Named,
    from: DateTime<Utc>,
    until: DateTime<Utc>,
) -> Result<Vec<Uuid>, DatabaseError> {
    Ok(sqlx::query_scalar!(
        r#"WITH named AS (
               SELECT ARRAY(SELECT unnest($1::uuid[]) UNION SELECT r.resource_id FROM resource_aliases r WHERE r.id = ANY ($2)) AS ids)
           SELECT j.id FROM job_schedules j, named n
            WHERE tstzrange(j.start_date, j.end_date, '[)') && tstzrange($4, $5, '[)')
              AND (EXISTS (SELECT FROM job_assignments a WHERE a.job_schedule_id = j.id AND a.resource_id = ANY (n.ids))
                   OR EXISTS (SELECT FROM job_crews c WHERE c.job_schedule_id = j.id AND ($3 OR c.crew_id = ANY (n.ids)))
                   OR EXISTS (SELECT FROM job_unknown_resources u WHERE u.job_schedule_id = j.id))"#,
        &named.ids,
        &named.aliases,
        named.memberships,
        from,
        until
    )
    .fetch_all(connection)
    .await?)
}
