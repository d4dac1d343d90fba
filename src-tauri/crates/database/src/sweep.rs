//! What any computer of the office does for all of them, once a minute or when it hears that something waits. Safe on
//! many at once: each step takes what nobody else has taken and finds nothing when another has just done it.

use sqlx::{Connection, PgConnection};

use crate::error::DatabaseError;

/// How long the daily maintenance of a large office may take: longer than what a person would wait for.
const MAINTENANCE_PATIENCE: &str = "15min";

/// Everything that is due: what waits ([`at_once`]), alerts whose throttle window has ended, and, from the hour the
/// office has set, the daily maintenance. A step that fails does not keep the next from being done.
///
/// # Errors
/// The first step that failed; it is done at the next sweep.
pub async fn run(connection: &mut PgConnection) -> Result<bool, DatabaseError> {
    let waiting = at_once(connection).await;
    let checked = crate::assignments::check(connection).await;
    let summaries = sqlx::query_scalar!(r#"SELECT neff.flush_throttled_alerts() AS "n!""#)
        .fetch_one(&mut *connection)
        .await
        .map_err(DatabaseError::from);
    let maintained = maintain(connection).await;
    let (waiting, _, summaries, maintained) = (waiting?, checked?, summaries?, maintained?);
    if summaries > 0 || maintained {
        tracing::info!(summaries, maintained, "swept");
    }
    Ok(waiting)
}

/// What another program's transaction had to leave undone: assignments it could not finish, alerts it could not tell
/// anybody about without waiting. True when something still waits for whoever holds it up.
///
/// # Errors
/// When the database cannot be asked.
pub async fn at_once(connection: &mut PgConnection) -> Result<bool, DatabaseError> {
    let settled = crate::assignments::settle(connection).await?;
    if settled > 0 {
        tracing::info!(settled, "settled assignments");
    }
    loop {
        let round = sqlx::query!(r#"SELECT told AS "told!", waiting AS "waiting!" FROM neff.deliver_pending_alerts()"#)
            .fetch_one(&mut *connection)
            .await?;
        if round.told > 0 {
            tracing::info!(told = round.told, waiting = round.waiting, "told pending alerts");
        }
        if round.told == 0 || round.waiting == 0 {
            return Ok(round.waiting > 0);
        }
    }
}

/// The daily maintenance, where it is due and nobody else is at it.
async fn maintain(connection: &mut PgConnection) -> Result<bool, DatabaseError> {
    let mut transaction = connection.begin().await?;
    sqlx::query_scalar!("SELECT set_config('statement_timeout', $1, true)", MAINTENANCE_PATIENCE)
        .fetch_one(&mut *transaction)
        .await?;
    let done = sqlx::query_scalar!(r#"SELECT neff.daily_maintenance_if_due() AS "done!""#)
        .fetch_one(&mut *transaction)
        .await?;
    transaction.commit().await?;
    Ok(done)
}
