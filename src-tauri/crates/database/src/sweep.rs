//! What any computer of the office does for all of them once a minute. Safe on many at once: each step takes what
//! is due under its own lock and finds nothing when another has just done it.

use sqlx::PgConnection;

use crate::error::DatabaseError;

/// Looks again with fresh eyes at assignments a foreign writer could not finish; sums up alerts whose throttle window
/// has ended.
///
/// # Errors
/// The first step that failed; the others are done at the next sweep.
pub async fn run(connection: &mut PgConnection) -> Result<(), DatabaseError> {
    let settled =
        sqlx::query_scalar!(r#"SELECT neff.settle_assignments() AS "n!""#).fetch_one(&mut *connection).await?;
    let summaries =
        sqlx::query_scalar!(r#"SELECT neff.flush_throttled_alerts() AS "n!""#).fetch_one(&mut *connection).await?;
    if settled > 0 || summaries > 0 {
        tracing::info!(settled, summaries, "swept");
    }
    Ok(())
}
