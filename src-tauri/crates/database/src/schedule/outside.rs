//! What other programs entered and somebody should look at.

use chrono::{DateTime, Utc};
use sqlx::PgConnection;
use uuid::Uuid;

use crate::error::DatabaseError;

/// A cancellation and a new job that look like one move.
#[derive(Debug, Clone, Copy)]
pub struct MoveRow {
    /// The job that was canceled.
    pub canceled: Uuid,
    /// When.
    pub canceled_at: DateTime<Utc>,
    /// The job that came instead.
    pub instead: Uuid,
}

/// A name that matches nobody, or more than one.
#[derive(Debug, Clone)]
pub struct UnknownRow {
    /// `person` or `machine`: the column it stands in.
    pub kind: String,
    /// As written.
    pub written: String,
    /// More than one has it.
    pub ambiguous: bool,
    /// Jobs from now on that name it.
    pub jobs: i64,
}

/// Who an unknown name could be.
#[derive(Debug, Clone)]
pub struct SuggestionRow {
    /// The unknown name.
    pub written: String,
    /// `person`, `crew` or `machine`.
    pub kind: String,
    /// Which.
    pub id: Uuid,
    /// Its name.
    pub name: String,
}

/// New jobs of the last 30 days, newest first; 100 at most.
///
/// # Errors
/// When the database cannot be asked.
pub async fn new_jobs(connection: &mut PgConnection) -> Result<Vec<Uuid>, DatabaseError> {
    Ok(sqlx::query_scalar!(
        "SELECT j.id FROM job_schedules j
          WHERE j.created_source IN ('calendly_webhook', 'mobile_app', 'api')
            AND j.created_at > CURRENT_TIMESTAMP - interval '30 days' AND j.status NOT IN ('completed', 'canceled')
            AND NOT EXISTS (SELECT FROM job_reviews r WHERE r.job_schedule_id = j.id)
          ORDER BY j.created_at DESC, j.id LIMIT 100"
    )
    .fetch_all(connection)
    .await?)
}

/// A job that Calendly canceled and one that it entered within 15 minutes, for the same contract or the same client:
/// Calendly writes a move that way. A webhook that does not say who it is is known by the event's address. Each job stands in one pair at most.
///
/// # Errors
/// When the database cannot be asked.
pub async fn likely_moves(connection: &mut PgConnection) -> Result<Vec<MoveRow>, DatabaseError> {
    Ok(sqlx::query_as!(
        MoveRow,
        r#"SELECT DISTINCT ON (p.canceled) p.canceled AS "canceled!", p.canceled_at AS "canceled_at!", p.instead AS "instead!"
             FROM (SELECT DISTINCT ON (n.id) n.id AS instead, c.id AS canceled, s.changed_at AS canceled_at, n.created_at,
                          abs(extract(epoch FROM s.changed_at - n.created_at)) AS apart
                     FROM job_schedules n
                     LEFT JOIN contracts nk ON nk.id = n.contract_id
                     JOIN schedule_changes s ON s.change_type = 'canceled' AND s.source IN ('calendly_webhook', 'system')
                      AND s.changed_at BETWEEN n.created_at - interval '15 minutes' AND n.created_at + interval '15 minutes'
                     JOIN job_schedules c ON c.id = s.job_schedule_id AND c.id <> n.id AND c.status = 'canceled'
                      AND (s.source = 'calendly_webhook' OR c.calendly_event_uri IS NOT NULL)
                     LEFT JOIN contracts ck ON ck.id = c.contract_id
                    WHERE n.created_source = 'calendly_webhook' AND n.status NOT IN ('completed', 'canceled')
                      AND n.created_at > CURRENT_TIMESTAMP - interval '30 days'
                      AND NOT EXISTS (SELECT FROM job_reviews r WHERE r.job_schedule_id = n.id)
                      AND (n.contract_id = c.contract_id
                           OR nullif(lower(btrim(nk.client_email)), '') = lower(btrim(ck.client_email))
                           OR (n.contract_id IS NULL OR c.contract_id IS NULL)
                              AND nullif(lower(btrim(n.location_address)), '') = lower(btrim(c.location_address)))
                    ORDER BY n.id, apart) AS p
            ORDER BY p.canceled, p.apart"#
    )
    .fetch_all(connection)
    .await?)
}

/// Unknown names on jobs that are not over, the most frequent first; 100 at most.
///
/// # Errors
/// When the database cannot be asked.
pub async fn unknown_names(connection: &mut PgConnection) -> Result<Vec<UnknownRow>, DatabaseError> {
    Ok(sqlx::query_as!(
        UnknownRow,
        r#"SELECT u.kind, min(u.written) AS "written!", bool_or(u.reason = 'ambiguous') AS "ambiguous!",
                  count(DISTINCT j.id) AS "jobs!"
             FROM job_unknown_resources u JOIN job_schedules j ON j.id = u.job_schedule_id
            WHERE j.end_date > CURRENT_TIMESTAMP AND j.status NOT IN ('completed', 'canceled')
            GROUP BY u.kind, lower(btrim(u.written))
            ORDER BY 4 DESC, 2 LIMIT 100"#
    )
    .fetch_all(connection)
    .await?)
}

/// Who these names could be, the likeliest first; 5 for each at most.
///
/// # Errors
/// When the database cannot be asked.
pub async fn suggestions(
    connection: &mut PgConnection,
    machine: bool,
    written: &[String],
) -> Result<Vec<SuggestionRow>, DatabaseError> {
    Ok(sqlx::query_as!(
        SuggestionRow,
        r#"SELECT w.written AS "written!", s.kind AS "kind!", s.id AS "id!", s.name AS "name!"
             FROM unnest($2::text[]) AS w(written)
            CROSS JOIN LATERAL (
                  SELECT r.kind, r.id, r.name, word_similarity(lower(r.name), lower(w.written))
                                             + similarity(lower(r.name), lower(w.written)) AS alike
                    FROM (SELECT 'person' AS kind, p.id, p.name::text FROM crew_members p WHERE NOT $1 AND p.status <> 'terminated'
                          UNION ALL SELECT 'crew', c.id, c.name::text FROM crews c WHERE NOT $1 AND c.status = 'active'
                          UNION ALL SELECT 'machine', e.id, e.name::text FROM equipment e WHERE $1 AND e.status <> 'retired') AS r
                   ORDER BY alike DESC, r.name LIMIT 5) AS s
            WHERE s.alike > 0.3
            ORDER BY w.written, s.alike DESC"#,
        machine,
        written
    )
    .fetch_all(connection)
    .await?)
}

/// Somebody looked at these.
///
/// # Errors
/// When the database cannot be asked.
pub async fn looked_at(connection: &mut PgConnection, jobs: &[Uuid]) -> Result<(), DatabaseError> {
    sqlx::query!(
        "INSERT INTO job_reviews (job_schedule_id)
         SELECT j.id FROM job_schedules j WHERE j.id = ANY ($1) ON CONFLICT DO NOTHING",
        jobs
    )
    .execute(connection)
    .await?;
    Ok(())
}

/// From now on this name means this one. What it meant before, if anything.
///
/// # Errors
/// When the database cannot be asked.
pub async fn set_alias(
    connection: &mut PgConnection,
    machine: bool,
    written: &str,
    means: Option<(&str, Uuid)>,
) -> Result<Option<(String, Uuid)>, DatabaseError> {
    let before = sqlx::query!(
        r"DELETE FROM resource_aliases
           WHERE (kind = 'machine') = $1
             AND neff.word_key(written) = neff.word_key($2)
       RETURNING kind, resource_id",
        machine,
        written
    )
    .fetch_optional(&mut *connection)
    .await?;
    if let Some((kind, id)) = means {
        sqlx::query!(
            "INSERT INTO resource_aliases (kind, written, resource_id) VALUES ($1, $2, $3)",
            kind,
            written,
            id
        )
        .execute(connection)
        .await?;
    }
    Ok(before.map(|r| (r.kind, r.resource_id)))
}
