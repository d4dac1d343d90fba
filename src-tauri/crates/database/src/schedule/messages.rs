//! What customers are to be told about their jobs.

use chrono::{DateTime, Utc};
use sqlx::PgConnection;
use uuid::Uuid;

use crate::error::DatabaseError;

/// A message.
#[derive(Debug, Clone)]
#[expect(missing_docs, reason = "columns of customer_messages")]
pub struct MessageRow {
    pub id: Uuid,
    pub version: i32,
    pub job_id: Option<Uuid>,
    pub channel: String,
    pub to_name: Option<String>,
    pub to_address: Option<String>,
    pub subject: Option<String>,
    pub body: String,
    pub state: String,
    pub note: Option<String>,
    pub created_at: DateTime<Utc>,
}

/// One to write.
#[derive(Debug, Clone)]
#[expect(missing_docs, reason = "columns of customer_messages")]
pub struct NewMessage {
    pub job_id: Uuid,
    pub channel: &'static str,
    pub to_name: Option<String>,
    pub to_address: Option<String>,
    pub subject: Option<String>,
    pub body: String,
    /// The start for which a new date is to be agreed on; none: it only tells.
    pub instead_of: Option<DateTime<Utc>>,
}

/// Messages, calls first, then the newest; 500 at most.
///
/// # Errors
/// When the database cannot be asked.
pub async fn all(
    connection: &mut PgConnection,
    change: Option<Uuid>,
    open: bool,
) -> Result<Vec<MessageRow>, DatabaseError> {
    Ok(sqlx::query_as!(
        MessageRow,
        "SELECT id, version, job_schedule_id AS job_id, channel, to_name, to_address, subject, body, state, note, created_at
           FROM customer_messages
          WHERE ($1::uuid IS NULL OR office_change_id = $1) AND (NOT $2 OR state IN ('draft', 'queued'))
          ORDER BY (channel = 'phone') DESC, created_at DESC, to_name, id LIMIT 500",
        change,
        open
    )
    .fetch_all(connection)
    .await?)
}

/// One of them.
///
/// # Errors
/// When the database cannot be asked.
pub async fn one(connection: &mut PgConnection, id: Uuid) -> Result<Option<MessageRow>, DatabaseError> {
    Ok(sqlx::query_as!(
        MessageRow,
        "SELECT id, version, job_schedule_id AS job_id, channel, to_name, to_address, subject, body, state, note, created_at
           FROM customer_messages WHERE id = $1",
        id
    )
    .fetch_optional(connection)
    .await?)
}

/// These, in the order in which they were written.
///
/// # Errors
/// When the database cannot be asked.
pub async fn these(connection: &mut PgConnection, ids: &[Uuid]) -> Result<Vec<MessageRow>, DatabaseError> {
    Ok(sqlx::query_as!(
        MessageRow,
        "SELECT id, version, job_schedule_id AS job_id, channel, to_name, to_address, subject, body, state, note, created_at
           FROM customer_messages WHERE id = ANY ($1) ORDER BY created_at, id",
        ids
    )
    .fetch_all(connection)
    .await?)
}

/// Writes drafts. Their ids; what somebody is to agree on already, by a message that is open, is not asked for twice.
///
/// # Errors
/// When the database cannot be asked.
pub async fn add(connection: &mut PgConnection, messages: &[NewMessage]) -> Result<Vec<Uuid>, DatabaseError> {
    let jobs: Vec<Uuid> = messages.iter().map(|m| m.job_id).collect();
    let channels: Vec<String> = messages.iter().map(|m| m.channel.to_owned()).collect();
    let names: Vec<Option<String>> = messages.iter().map(|m| m.to_name.clone()).collect();
    let addresses: Vec<Option<String>> = messages.iter().map(|m| m.to_address.clone()).collect();
    let subjects: Vec<Option<String>> = messages.iter().map(|m| m.subject.clone()).collect();
    let bodies: Vec<String> = messages.iter().map(|m| m.body.clone()).collect();
    let instead_of: Vec<Option<DateTime<Utc>>> = messages.iter().map(|m| m.instead_of).collect();
    Ok(sqlx::query_scalar!(
        "INSERT INTO customer_messages (job_schedule_id, channel, to_name, to_address, subject, body, instead_of)
         SELECT m.* FROM unnest($1::uuid[], $2::text[], $3::text[], $4::text[], $5::text[], $6::text[], $7::timestamptz[])
                      AS m(job, channel, to_name, to_address, subject, body, instead_of)
          WHERE NOT EXISTS (SELECT FROM customer_messages o WHERE o.job_schedule_id = m.job AND o.instead_of = m.instead_of
                               AND o.state IN ('draft', 'queued'))
         RETURNING id",
        &jobs,
        &channels,
        &names as &[Option<String>],
        &addresses as &[Option<String>],
        &subjects as &[Option<String>],
        &bodies,
        &instead_of as &[Option<DateTime<Utc>>]
    )
    .fetch_all(connection)
    .await?)
}

/// These tell of that change.
///
/// # Errors
/// When the database cannot be asked.
pub async fn tell_of(connection: &mut PgConnection, messages: &[Uuid], change: Uuid) -> Result<(), DatabaseError> {
    sqlx::query!("UPDATE customer_messages SET office_change_id = $2 WHERE id = ANY ($1)", messages, change)
        .execute(connection)
        .await?;
    Ok(())
}

/// Drops what was not told yet, or takes it up again. Those of which that was done.
///
/// # Errors
/// When the database cannot be asked.
pub async fn drop_or_restore(
    connection: &mut PgConnection,
    messages: &[Uuid],
    drop: bool,
) -> Result<Vec<Uuid>, DatabaseError> {
    let (from, to) = if drop { ("draft", "dropped") } else { ("dropped", "draft") };
    Ok(sqlx::query_scalar!(
        "UPDATE customer_messages SET state = $3 WHERE id = ANY ($1) AND state = $2 RETURNING id",
        messages,
        from,
        to
    )
    .fetch_all(connection)
    .await?)
}

/// Saves what a person changed, over the version seen; false when somebody else changed it meanwhile.
///
/// # Errors
/// When the database cannot be asked.
#[expect(clippy::too_many_arguments, reason = "the columns of one row")]
pub async fn save(
    connection: &mut PgConnection,
    id: Uuid,
    version: i32,
    channel: &str,
    to_address: Option<&str>,
    subject: Option<&str>,
    body: &str,
    state: &str,
    note: Option<&str>,
) -> Result<bool, DatabaseError> {
    let done = sqlx::query!(
        "UPDATE customer_messages SET channel = $3, to_address = $4, subject = $5, body = $6, state = $7, note = $8
          WHERE id = $1 AND version = $2",
        id,
        version,
        channel,
        to_address,
        subject,
        body,
        state,
        note
    )
    .execute(connection)
    .await?;
    Ok(done.rows_affected() == 1)
}
