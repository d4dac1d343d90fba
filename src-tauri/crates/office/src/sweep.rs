//! What is due by time and not by a change, once a minute, and what waits for somebody, at once; done by whichever
//! computer comes first.

use std::sync::Arc;
use std::time::Duration;

use database::{DatabaseError, PgPool};
use rand::Rng;
use tokio::sync::{Notify, watch};
use tokio_util::sync::CancellationToken;

use crate::link::ConnectionState;

const EVERY: Duration = Duration::from_mins(1);
/// What somebody's open transaction holds up is tried again this soon.
const AGAIN: Duration = Duration::from_secs(2);

/// Sweeps while the link is up, until `token` is cancelled; each computer starts at a moment of its own. `wanted`: the
/// link heard that something waits.
pub(crate) async fn sweep(
    pool: PgPool,
    state: watch::Receiver<ConnectionState>,
    wanted: Arc<Notify>,
    token: CancellationToken,
) {
    let first = EVERY.mul_f64(rand::rng().random_range(0.1..1.0));
    let mut ticks = tokio::time::interval_at(tokio::time::Instant::now() + first, EVERY);
    ticks.set_missed_tick_behavior(tokio::time::MissedTickBehavior::Delay);
    let mut waiting = false;
    loop {
        let everything = tokio::select! {
            () = token.cancelled() => return,
            _ = ticks.tick() => true,
            () = wanted.notified() => false,
            () = tokio::time::sleep(AGAIN), if waiting => false,
        };
        let writable = matches!(&*state.borrow(), ConnectionState::Online { read_only: false, .. });
        // Not inside the select: a step that has begun is finished, or ended by its own timeout.
        waiting = writable
            && match once(&pool, everything).await {
                Ok(waiting) => waiting,
                Err(error) => {
                    tracing::warn!(%error, "the sweep did not finish");
                    false
                }
            };
    }
}

async fn once(pool: &PgPool, everything: bool) -> Result<bool, DatabaseError> {
    let mut connection = pool.acquire().await.map_err(DatabaseError::from)?;
    if everything {
        database::sweep::run(&mut connection).await
    } else {
        database::sweep::at_once(&mut connection).await
    }
}
