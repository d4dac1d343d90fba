//! Once a minute: what is due by time and not by a change, done by whichever computer comes first.

use std::time::Duration;

use database::{DatabaseError, PgPool};
use rand::Rng;
use tokio::sync::watch;
use tokio_util::sync::CancellationToken;

use crate::link::ConnectionState;

const EVERY: Duration = Duration::from_mins(1);

/// Sweeps while the link is up, until `token` is cancelled. Each computer starts at a moment of its own.
pub(crate) async fn sweep(pool: PgPool, state: watch::Receiver<ConnectionState>, token: CancellationToken) {
    let first = EVERY.mul_f64(rand::rng().random_range(0.1..1.0));
    let mut ticks = tokio::time::interval_at(tokio::time::Instant::now() + first, EVERY);
    ticks.set_missed_tick_behavior(tokio::time::MissedTickBehavior::Delay);
    loop {
        tokio::select! {
            () = token.cancelled() => return,
            _ = ticks.tick() => {}
        }
        let writable = matches!(&*state.borrow(), ConnectionState::Online { read_only: false, .. });
        // Not inside the select: a step that has begun is finished, or ended by its own timeout.
        if writable && let Err(error) = once(&pool).await {
            tracing::warn!(%error, "the sweep did not finish");
        }
    }
}

async fn once(pool: &PgPool) -> Result<(), DatabaseError> {
    let mut connection = pool.acquire().await.map_err(DatabaseError::from)?;
    database::sweep::run(&mut connection).await
}
