//! A storm of transactions of every kind, with others in the way and two workers of which one is killed again and again:
//! at the end every person was told of exactly what was committed.

#![allow(clippy::expect_used, clippy::unwrap_used, reason = "a failed step is a failed test")]

use std::sync::Arc;
use std::sync::atomic::{AtomicBool, AtomicI64, Ordering};
use std::time::{Duration, Instant};

use neff_tests::postgres::{Server, TestDatabase};
use rand::rngs::StdRng;
use rand::{Rng, SeedableRng};
use sqlx::{AssertSqlSafe, PgConnection};

const WRITERS: u64 = 6;
const FOR: Duration = Duration::from_secs(8);

async fn run(connection: &mut PgConnection, text: impl Into<String>) -> Result<(), sqlx::Error> {
    sqlx::raw_sql(AssertSqlSafe(text.into())).execute(connection).await.map(drop)
}

fn estimates(how_many: i64) -> String {
    format!(
        "INSERT INTO estimates (customer_name, email, service_type, project_address)
         SELECT 'C', 'c@example.com', 'lot', '1 Way' FROM generate_series(1, {how_many})"
    )
}

/// Writes transactions until it is time to stop; gives how many estimates it committed.
async fn write(mut connection: PgConnection, seed: u64, stop: Arc<AtomicBool>) -> i64 {
    let mut random = StdRng::seed_from_u64(seed);
    let mut committed = 0;
    while !stop.load(Ordering::Relaxed) {
        let isolation = ["READ COMMITTED", "REPEATABLE READ", "SERIALIZABLE"][random.random_range(0..3)];
        run(&mut connection, format!("BEGIN ISOLATION LEVEL {isolation}")).await.unwrap();
        let mut mine = 0;
        let mut failed = false;
        for _ in 0..random.random_range(1..5) {
            let many = random.random_range(1..4);
            let undone = random.random_bool(0.3);
            if undone {
                run(&mut connection, "SAVEPOINT s").await.unwrap();
            }
            // What is refused at SERIALIZABLE for other reasons is not this test's matter: such a transaction does not count.
            failed = run(&mut connection, estimates(many)).await.is_err();
            if failed {
                break;
            }
            if undone {
                run(&mut connection, "ROLLBACK TO s").await.unwrap();
            } else {
                mine += many;
            }
            if random.random_bool(0.05) {
                failed = run(&mut connection, "SET CONSTRAINTS ALL IMMEDIATE").await.is_err();
            }
            if failed {
                break;
            }
        }
        if failed || random.random_bool(0.2) {
            run(&mut connection, "ROLLBACK").await.unwrap();
        } else if run(&mut connection, "COMMIT").await.is_ok() {
            committed += mine;
        }
    }
    committed
}

/// Holds now this, now that, for a moment.
async fn hold(mut connection: PgConnection, stop: Arc<AtomicBool>) {
    let mut random = StdRng::seed_from_u64(7);
    while !stop.load(Ordering::Relaxed) {
        let what = [
            "SELECT * FROM alert_types FOR UPDATE",
            "LOCK alert_history IN SHARE MODE",
            "SELECT * FROM alert_rules FOR UPDATE",
            "LOCK dashboard_notifications IN SHARE MODE",
        ][random.random_range(0..4)];
        run(&mut connection, format!("BEGIN; {what}")).await.unwrap();
        tokio::time::sleep(Duration::from_millis(random.random_range(5..60))).await;
        run(&mut connection, "ROLLBACK").await.unwrap();
    }
}

/// Delivers and sums up; `killed`: its session is ended now and then, wherever it is.
async fn work(database: Arc<TestDatabase>, killed: bool, stop: Arc<AtomicBool>, kills: Arc<AtomicI64>) {
    let mut random = StdRng::seed_from_u64(11);
    while !stop.load(Ordering::Relaxed) {
        let mut connection = database.connect().await;
        let pid: i32 = sqlx::query_scalar("SELECT pg_backend_pid()").fetch_one(&mut connection).await.unwrap();
        let life = Duration::from_millis(if killed { random.random_range(20..120) } else { 100_000 });
        let working = async {
            while !stop.load(Ordering::Relaxed) {
                if run(&mut connection, "SELECT neff.deliver_pending_alerts(); SELECT neff.flush_throttled_alerts()")
                    .await
                    .is_err()
                {
                    break;
                }
            }
        };
        let killing = async {
            tokio::time::sleep(life).await;
            database.psql(&format!("SELECT pg_terminate_backend({pid})"));
            kills.fetch_add(1, Ordering::Relaxed);
        };
        if killed {
            tokio::join!(working, killing);
        } else {
            working.await;
        }
    }
}

#[tokio::test(flavor = "multi_thread", worker_threads = 4)]
async fn everything_committed_is_told_exactly_once() {
    let database = Server::get().await.office_database().await;
    database.psql(
        r#"INSERT INTO app_users (user_id, name) VALUES ('loud', 'Loud'), ('calm', 'Calm');
           INSERT INTO recipient_groups (name) VALUES ('loud'), ('calm');
           INSERT INTO recipient_group_members SELECT g.id, u.id FROM recipient_groups g JOIN app_users u ON u.user_id = g.name;
           DELETE FROM alert_rules;
           INSERT INTO alert_rules (alert_type_id, name, conditions, throttle_minutes, notification_channels, recipient_groups)
           SELECT id, g.name, '{}', g.minutes, '["dashboard"]', jsonb_build_array(g.name)
             FROM alert_types, (VALUES ('loud', 0), ('calm', 1)) AS g(name, minutes) WHERE alert_types.name = 'estimate_requested'"#,
    );
    let database = Arc::new(database);
    let (stop, kills) = (Arc::new(AtomicBool::new(false)), Arc::new(AtomicI64::new(0)));
    let mut writers = Vec::new();
    for seed in 0..WRITERS {
        writers.push(tokio::spawn(write(database.connect().await, seed, stop.clone())));
    }
    let holder = tokio::spawn(hold(database.connect().await, stop.clone()));
    let workers = [false, true].map(|killed| tokio::spawn(work(database.clone(), killed, stop.clone(), kills.clone())));
    let began = Instant::now();
    while began.elapsed() < FOR {
        tokio::time::sleep(Duration::from_millis(200)).await;
        // A minute passes, beside nobody who is just summing up.
        database.psql(
            "BEGIN; SELECT FROM neff.duties WHERE task = 'sum up throttled alerts' FOR UPDATE;
             UPDATE alert_history SET next_attempt_at = now() WHERE status = 'throttled' AND next_attempt_at > now(); COMMIT",
        );
    }
    stop.store(true, Ordering::Relaxed);
    let mut committed = 0;
    for writer in writers {
        committed += writer.await.unwrap();
    }
    holder.await.unwrap();
    for worker in workers {
        worker.await.unwrap();
    }
    database.psql(
        "SELECT neff.deliver_pending_alerts(100000);
         UPDATE alert_history SET next_attempt_at = now() WHERE status = 'throttled';
         SELECT neff.flush_throttled_alerts()",
    );
    let number = |query: &str| database.psql(query).trim().parse::<i64>().unwrap();
    println!(
        "{committed} estimates, {} kills, {} notifications",
        kills.load(Ordering::Relaxed),
        number("SELECT count(*) FROM dashboard_notifications")
    );
    assert!(committed > 100 && kills.load(Ordering::Relaxed) > 5, "the storm says little: {committed} estimates");
    assert_eq!(number("SELECT count(*) FROM estimates"), committed);
    assert_eq!(number("SELECT count(*) FROM neff.alert_events"), 0);
    for person in ["loud", "calm"] {
        assert_eq!(
            number(&format!(
                "SELECT sum(coalesce(summarised_count, 1)) FROM dashboard_notifications WHERE user_id = '{person}'"
            )),
            committed,
            "{person}"
        );
    }
    assert_eq!(number("SELECT count(*) FROM alert_history WHERE status = 'failed'"), 0);
    // Nobody was shown one estimate twice.
    assert_eq!(
        number(
            "SELECT count(*) - count(DISTINCT (user_id, data #>> '{about,id}')) FROM dashboard_notifications WHERE summarised_count IS NULL"
        ),
        0
    );
}
