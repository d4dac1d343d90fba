//! From a commit to the notification service.

use std::time::Duration;

use sqlx::Connection;
use tokio::time::{Instant, sleep};

use super::figures::Figures;
use crate::office::{Office, request_estimate};
use crate::session::Session;
use crate::worker::{Worker, count};

/// No more than six popups in ten seconds come one by one (more are summed up): samples of one desk keep this far
/// apart, and several desks take turns.
const APART: Duration = Duration::from_millis(2100);
const DESKS: usize = 4;

/// Measures from just before COMMIT to the arrival at the notification service.
pub async fn measure(figures: &mut Figures, samples: usize) {
    let mut desks = Vec::new();
    for _ in 0..DESKS {
        let (office, session) = (Office::open().await, Session::start().await);
        let worker = Worker::proven(&session, &office, office.port).await;
        let website = office.website().await;
        desks.push((office, session, worker, website));
    }
    let mut times = Vec::with_capacity(samples);
    for round in 0..samples.div_ceil(DESKS) {
        let started = Instant::now();
        for (desk, (_, session, _, website)) in desks.iter_mut().enumerate() {
            let name = format!("Sample {desk}/{round}.");
            let mut transaction = website.begin().await.expect("a transaction");
            request_estimate(&mut transaction, &name).await;
            let before = std::time::Instant::now();
            transaction.commit().await.expect("committed");
            let shown = session.popups.wait(&name, Duration::from_secs(30), |shown| count(shown, &name) > 0).await;
            let popup = shown.iter().rfind(|popup| popup.summary.contains(&name) || popup.body.contains(&name));
            times.push(popup.expect("it was shown").at - before);
        }
        sleep(APART.saturating_sub(started.elapsed())).await;
    }
    figures.times("commit → notification service has it", "loopback, own login", &mut times, "p50 ≤ 5 ms, p99 ≤ 25 ms");
}
