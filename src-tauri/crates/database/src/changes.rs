//! What people did through the program: written with each change, listed newest first, reversed with its inverse.

use chrono::{DateTime, Utc};
use sqlx::PgConnection;
use uuid::Uuid;

use crate::act::Actor;
use crate::error::DatabaseError;
use crate::foreign::{Around, Foreign};

/// A change to be recorded.
#[derive(Debug, Clone)]
pub struct NewChange<'a> {
    /// One line, 500 characters at most.
    pub summary: &'a str,
    /// `customer`, `estimate`, … and its id.
    pub about: Option<(&'a str, Uuid)>,
    /// `[{"label", "before", "after"}]`
    pub fields: serde_json::Value,
    /// How to reverse it.
    pub inverse: Option<serde_json::Value>,
    /// The change this one reverses.
    pub undoes: Option<Uuid>,
}

/// A line of "Recent changes": one of ours, or one of the trail that another program wrote.
#[derive(Debug, Clone)]
pub struct ChangeRow {
    /// `office_changes.id` or `schedule_changes.id`
    pub id: Uuid,
    /// When.
    pub at: DateTime<Utc>,
    /// Name of the person, or what the program called itself.
    pub by: String,
    /// Their own login proves it.
    pub proven: bool,
    /// `manual_admin`, `calendly_webhook`, `mobile_app`, `api` or `system`.
    pub source: String,
    /// Name of the computer.
    pub computer: Option<String>,
    /// One line.
    pub summary: String,
    /// Why.
    pub reason: Option<String>,
    /// `customer`, `estimate`, …
    pub about_kind: Option<String>,
    /// Its id.
    pub about_id: Option<Uuid>,
    /// `[{"label", "before", "after"}]`
    pub fields: serde_json::Value,
    /// How to reverse it; none: it cannot be.
    pub inverse: Option<serde_json::Value>,
    /// The change it reverses.
    pub undoes: Option<Uuid>,
    /// The change that reversed it.
    pub undone_by: Option<Uuid>,
}

/// Where a page begins: after this line.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Place {
    /// Its time.
    pub at: DateTime<Utc>,
    /// Its id.
    pub id: Uuid,
}

/// Records a change in the transaction that makes it.
///
/// # Errors
/// [`crate::Failure::Constraint`] when `undoes` was undone by somebody else meanwhile.
pub async fn record(
    connection: &mut PgConnection,
    actor: &Actor,
    change: &NewChange<'_>,
) -> Result<Uuid, DatabaseError> {
    Ok(sqlx::query_scalar!(
        r#"INSERT INTO office_changes (changed_by, login, proven, source, computer, summary, about_kind, about_id, fields, inverse, undoes)
           VALUES ('', '', false, '', $1, left($2, 500), $3, $4, $5, $6, $7) RETURNING id"#,
        actor.computer,
        change.summary,
        change.about.map(|(kind, _)| kind),
        change.about.map(|(_, id)| id),
        change.fields,
        change.inverse,
        change.undoes
    )
    .fetch_one(connection)
    .await?)
}

/// A page of what was done, newest first. `mine`: what this person did; else also what other programs did to jobs.
///
/// # Errors
/// When the database cannot be asked.
pub async fn page(
    connection: &mut PgConnection,
    mine: Option<&str>,
    search: Option<&str>,
    after: Option<Place>,
    limit: i64,
) -> Result<Vec<ChangeRow>, DatabaseError> {
    let (at, id) = after.map_or((None, None), |p| (Some(p.at), Some(p.id)));
    Ok(sqlx::query_as!(
        ChangeRow,
        r#"SELECT x.id AS "id!", x.at AS "at!", coalesce(u.name, x.by) AS "by!", x.proven AS "proven!", x.source AS "source!",
                  x.computer AS "computer?", x.summary AS "summary!", x.reason AS "reason?", x.about_kind AS "about_kind?",
                  x.about_id AS "about_id?", x.fields AS "fields!: Foreign", x.inverse AS "inverse!: Around", x.undoes AS "undoes?",
                  (SELECT o.id FROM office_changes o WHERE o.undoes = x.id) AS "undone_by?"
             FROM ((SELECT c.id, c.changed_at AS at, c.changed_by::text AS by, c.proven, c.source::text AS source, c.computer, c.summary,
                           c.reason, c.about_kind::text AS about_kind, c.about_id, c.fields, c.inverse, c.undoes
                      FROM office_changes c
                     WHERE ($1::text IS NULL OR c.changed_by = $1)
                       AND ($3::timestamptz IS NULL OR (c.changed_at, c.id) < ($3, $4::uuid))
                       AND ($2::text IS NULL OR neff.folded(concat(c.summary, ' ', c.reason)) LIKE '%' || neff.like_literal(neff.folded($2)) || '%')
                     ORDER BY c.changed_at DESC, c.id DESC LIMIT $5)
                   UNION ALL
                   (SELECT s.id, s.changed_at,
                           CASE WHEN s.written_by_trigger OR s.login IS NULL OR p.database_login = s.login THEN s.changed_by
                                ELSE concat(s.changed_by, ' (login ', s.login, ')') END, false, s.source::text, NULL,
                           CASE WHEN s.written_by_trigger AND s.job_id_was IS NULL THEN 'All jobs deleted' ELSE CASE s.change_type
                               WHEN 'scheduled' THEN 'Job scheduled' WHEN 'rescheduled' THEN 'Job moved'
                               WHEN 'canceled' THEN 'Job canceled' WHEN 'completed' THEN 'Job completed'
                               WHEN 'crew_changed' THEN 'Crew of a job changed'
                               WHEN 'equipment_changed' THEN 'Equipment of a job changed'
                               WHEN 'notes_added' THEN 'Instructions of a job changed'
                               WHEN 'status_updated' THEN 'Status of a job changed'
                               ELSE 'Job changed' END END
                             || coalesce(': ' || coalesce(j.location_address, coalesce(s.new_data, s.previous_data)->>'location_address'), ''),
                           s.reason, 'job', coalesce(s.job_schedule_id, s.job_id_was), '[]'::jsonb, NULL, NULL
                      FROM schedule_changes s
                      LEFT JOIN job_schedules j ON j.id = s.job_schedule_id
                      LEFT JOIN app_users p ON p.user_id = s.changed_by
                     WHERE $1::text IS NULL AND (s.source IS DISTINCT FROM 'manual_admin' OR NOT s.written_by_trigger)
                       AND ($3::timestamptz IS NULL OR (s.changed_at, s.id) < ($3, $4::uuid))
                       AND ($2::text IS NULL OR neff.folded(concat(s.reason, ' ', coalesce(j.location_address, coalesce(s.new_data, s.previous_data)->>'location_address')))
                                                LIKE '%' || neff.like_literal(neff.folded($2)) || '%')
                     ORDER BY s.changed_at DESC, s.id DESC LIMIT $5)) AS x
             LEFT JOIN app_users u ON u.user_id = x.by
            ORDER BY x.at DESC, x.id DESC
            LIMIT $5"#,
        mine,
        search,
        at,
        id,
        limit
    )
    .fetch_all(connection)
    .await?)
}

/// One of ours.
///
/// # Errors
/// When the database cannot be asked.
pub async fn one(connection: &mut PgConnection, id: Uuid) -> Result<Option<ChangeRow>, DatabaseError> {
    Ok(sqlx::query_as!(
        ChangeRow,
        r#"SELECT c.id, c.changed_at AS at, coalesce(u.name, c.changed_by) AS "by!", c.proven, c.source, c.computer, c.summary, c.reason,
                  c.about_kind, c.about_id, c.fields AS "fields!: Foreign", c.inverse AS "inverse!: Around", c.undoes,
                  (SELECT o.id FROM office_changes o WHERE o.undoes = c.id) AS "undone_by?"
             FROM office_changes c LEFT JOIN app_users u ON u.user_id = c.changed_by
            WHERE c.id = $1"#,
        id
    )
    .fetch_optional(connection)
    .await?)
}
