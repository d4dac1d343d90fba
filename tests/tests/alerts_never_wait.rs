//! Alerting never waits, never refuses and never loses: whatever other sessions hold, a change is saved at once, what
//! happened is written down with it, and everybody it is for hears of it exactly once.

#![allow(clippy::expect_used, clippy::unwrap_used, reason = "a failed step is a failed test")]

use std::time::{Duration, Instant};

use neff_tests::cluster::{Cluster, Entry};
use neff_tests::keeper::until;
use neff_tests::postgres::{Server, TestDatabase, migrate_database};
use sqlx::postgres::{PgConnectOptions, PgListener, PgSslMode};
use sqlx::{AssertSqlSafe, ConnectOptions, Connection, PgConnection};
use tokio::time::timeout;

const ESTIMATE: &str = "INSERT INTO estimates (customer_name, email, service_type, project_address)
                        VALUES ('Smith', 'smith@example.com', 'driveway', '12 Oak St')";

/// Ann and Bob are admins, Cy and Ann sell.
async fn office() -> TestDatabase {
    let database = Server::get().await.office_database().await;
    database.psql(PEOPLE);
    database
}

const PEOPLE: &str =
    "INSERT INTO app_users (user_id, name, email) VALUES ('ann', 'Ann', 'ann@example.com'), ('bob', 'Bob', 'bob@example.com'), ('cy', 'Cy', 'cy@example.com');
     INSERT INTO recipient_group_members
     SELECT g.id, u.id FROM recipient_groups g, app_users u
      WHERE (g.name, u.user_id) IN (('admins', 'ann'), ('admins', 'bob'), ('sales_team', 'ann'), ('sales_team', 'cy'))";

fn rules(database: &TestDatabase, how_many: i32, minutes: i32, groups: &str) {
    database.psql(&format!(
        "DELETE FROM alert_rules;
         INSERT INTO alert_rules (alert_type_id, name, conditions, throttle_minutes, notification_channels, recipient_groups)
         SELECT id, 'R' || n, '{{}}', {minutes}, '[\"dashboard\"]', '{groups}'
           FROM alert_types, generate_series(1, {how_many}) AS n WHERE name = 'estimate_requested'"
    ));
}

fn number(database: &TestDatabase, query: &str) -> i64 {
    database.psql(query).trim().parse().unwrap()
}

fn told(database: &TestDatabase, person: &str) -> i64 {
    number(
        database,
        &format!(
            "SELECT coalesce(sum(coalesce(summarised_count, 1)), 0) FROM dashboard_notifications WHERE user_id = '{person}'"
        ),
    )
}

async fn run(connection: &mut PgConnection, text: impl Into<String>) {
    let text = text.into();
    sqlx::raw_sql(AssertSqlSafe(text.clone()))
        .execute(connection)
        .await
        .unwrap_or_else(|error| panic!("{text}: {error}"));
}

/// A minute that passes at once.
fn minutes_pass(database: &TestDatabase, minutes: i32) {
    database.psql(&format!(
        "UPDATE neff.alert_windows SET sent_at = sent_at - interval '{minutes} minutes';
         UPDATE alert_history SET next_attempt_at = next_attempt_at - interval '{minutes} minutes' WHERE status = 'throttled'"
    ));
}

#[tokio::test]
async fn whatever_others_hold_the_change_is_saved_and_everybody_hears_of_it_once() {
    let database = office().await;
    rules(&database, 1, 0, r#"["admins"]"#);
    let mut website = database.connect_as("neff_app").await;
    run(&mut website, ESTIMATE).await;
    run(&mut website, "SET statement_timeout = '1500ms'").await;
    let mut sent = 1;
    for (hold, waits) in [
        ("SELECT * FROM alert_types FOR UPDATE", true),
        ("LOCK alert_types IN ACCESS EXCLUSIVE MODE", true),
        ("LOCK alert_rules IN ACCESS EXCLUSIVE MODE", true),
        ("SELECT * FROM alert_rules FOR UPDATE", false),
        ("LOCK alert_history IN SHARE MODE", true),
        ("LOCK alert_history IN ACCESS EXCLUSIVE MODE", true),
        ("LOCK dashboard_notifications IN SHARE ROW EXCLUSIVE MODE", true),
        ("LOCK recipient_groups, recipient_group_members IN ACCESS EXCLUSIVE MODE", true),
        ("SELECT * FROM app_users, recipient_groups FOR UPDATE", false),
        ("LOCK channel_endpoints IN ACCESS EXCLUSIVE MODE", true),
        ("SELECT pg_advisory_lock(hashtextextended('alert window ' || id, 0)) FROM alert_rules", false),
    ] {
        let mut holder = database.connect().await;
        run(&mut holder, format!("BEGIN; {hold}")).await;
        let began = Instant::now();
        run(&mut website, ESTIMATE).await;
        let took = began.elapsed();
        assert!(took < Duration::from_secs(1), "{hold}: it took {took:?}");
        // What happened is there, whether it could be told or not.
        let pending =
            number(&database, "SELECT count(*) FROM neff.alert_events WHERE type_name = 'estimate_requested'");
        assert_eq!(pending, i64::from(waits), "{hold}");
        sqlx::query("SELECT neff.deliver_pending_alerts()").execute(&mut holder).await.ok();
        run(&mut holder, "ROLLBACK; SELECT pg_advisory_unlock_all()").await;
        database::sweep::at_once(&mut database.connect().await).await.unwrap();
        sent += 1;
        for person in ["ann", "bob"] {
            assert_eq!(told(&database, person), sent, "{hold}: {person}");
        }
        assert_eq!(number(&database, "SELECT count(*) FROM neff.alert_events"), 0, "{hold}");
    }
    assert_eq!(number(&database, "SELECT count(*) FROM alert_history WHERE status = 'failed'"), 0);
}

#[tokio::test]
async fn what_waits_is_called_out_and_told_by_the_first_who_comes() {
    let database = office().await;
    rules(&database, 1, 0, r#"["admins"]"#);
    let mut listener = PgListener::connect(&database.url).await.unwrap();
    listener.listen_all(["neff_alerts", "neff_notifications"]).await.unwrap();
    let (mut holder, mut website) = (database.connect().await, database.connect().await);
    run(&mut holder, "BEGIN; SELECT * FROM alert_types FOR UPDATE").await;
    run(&mut website, ESTIMATE).await;
    let call = timeout(Duration::from_secs(5), listener.recv()).await.expect("called").unwrap();
    assert_eq!(call.channel(), "neff_alerts");
    let mut worker = database.connect().await;
    assert!(database::sweep::at_once(&mut worker).await.unwrap(), "it is still held up");
    run(&mut holder, "ROLLBACK").await;
    assert!(!database::sweep::at_once(&mut worker).await.unwrap());
    let call = timeout(Duration::from_secs(5), listener.recv()).await.expect("called").unwrap();
    assert_eq!((call.channel(), told(&database, "ann")), ("neff_notifications", 1));
}

#[tokio::test]
async fn who_cancels_the_telling_does_not_cancel_the_change() {
    let database = office().await;
    rules(&database, 1, 0, r#"["admins"]"#);
    database.psql(
        "CREATE FUNCTION slow() RETURNS trigger LANGUAGE plpgsql AS 'BEGIN PERFORM pg_sleep(60); RETURN NEW; END';
         CREATE TRIGGER slow BEFORE INSERT ON dashboard_notifications FOR EACH ROW EXECUTE FUNCTION slow()",
    );
    let mut website = database.connect_as("neff_app").await;
    let pid: i32 = sqlx::query_scalar("SELECT pg_backend_pid()").fetch_one(&mut website).await.unwrap();
    let saving = tokio::spawn(async move { run(&mut website, ESTIMATE).await });
    let asleep = format!("SELECT count(*) FROM pg_stat_activity WHERE pid = {pid} AND wait_event = 'PgSleep'");
    until("it is telling", Duration::from_secs(10), async || number(&database, &asleep) == 1).await;
    database.psql(&format!("SELECT pg_cancel_backend({pid})"));
    saving.await.unwrap();
    assert_eq!(number(&database, "SELECT count(*) FROM estimates"), 1);
    database.psql("DROP FUNCTION slow() CASCADE; SELECT neff.deliver_pending_alerts()");
    assert_eq!((told(&database, "ann"), told(&database, "bob")), (1, 1));
}

#[tokio::test]
async fn what_fails_is_kept_and_told_when_it_is_mended() {
    let database = office().await;
    rules(&database, 1, 0, r#"["admins"]"#);
    database.psql("ALTER TABLE dashboard_notifications ADD CONSTRAINT sabotage CHECK (title NOT LIKE 'New estimate%')");
    let mut importer = database.connect().await;
    run(&mut importer, format!("BEGIN; {ESTIMATE}; {ESTIMATE}; COMMIT")).await;
    assert_eq!(number(&database, "SELECT count(*) FROM estimates"), 2);
    let kept = "SELECT count(*) FROM neff.alert_events WHERE error LIKE '%sabotage%' AND next_try > now()";
    assert_eq!(number(&database, kept), 2);
    // Said once, however often it is tried.
    database.psql("UPDATE neff.alert_events SET next_try = NULL; SELECT neff.deliver_pending_alerts()");
    assert_eq!(number(&database, "SELECT count(*) FROM alert_history WHERE error_message LIKE '%sabotage%'"), 1);
    assert_eq!(
        number(
            &database,
            "SELECT count(*) FROM dashboard_notifications WHERE title = 'Something went wrong: alerts' AND user_id = 'ann'"
        ),
        1
    );
    assert_eq!(number(&database, "SELECT value FROM alert_system_health WHERE metric = 'waiting_events'"), 2);
    database.psql("ALTER TABLE dashboard_notifications DROP CONSTRAINT sabotage; UPDATE neff.alert_events SET next_try = NULL; SELECT neff.deliver_pending_alerts()");
    assert_eq!(
        number(
            &database,
            "SELECT count(*) FROM dashboard_notifications WHERE title LIKE 'New estimate%' AND user_id = 'ann'"
        ),
        2
    );
    assert_eq!(number(&database, "SELECT count(*) FROM neff.alert_events"), 0);
}

#[tokio::test]
async fn the_summary_of_a_rule_somebody_held_goes_to_its_own_people() {
    for gone in [false, true] {
        let database = office().await;
        rules(&database, 1, 15, r#"["sales_team"]"#);
        let (mut editor, mut website) = (database.connect().await, database.connect().await);
        run(&mut website, ESTIMATE).await;
        run(&mut editor, "BEGIN; SELECT * FROM alert_rules FOR UPDATE").await;
        run(&mut website, format!("{ESTIMATE}; {ESTIMATE}")).await;
        run(&mut editor, "COMMIT").await;
        if gone {
            database.psql("UPDATE alert_history SET alert_rule_id = NULL; DELETE FROM alert_rules");
        }
        minutes_pass(&database, 15);
        assert_eq!(database.psql("SELECT neff.flush_throttled_alerts()").trim(), "1");
        assert_eq!(
            database.psql("SELECT string_agg(user_id, ',' ORDER BY user_id) FROM dashboard_notifications WHERE title = '2 estimates were requested'").trim(),
            "ann,cy",
            "the rule is gone: {gone}"
        );
        assert_eq!(told(&database, "bob"), 0);
    }
}

#[tokio::test]
async fn a_session_that_stays_open_silences_no_rule() {
    let database = office().await;
    rules(&database, 1, 15, r#"["admins"]"#);
    let (mut stranger, mut website) = (database.connect_as("neff_app").await, database.connect().await);
    // It has opened the window and does not end.
    run(&mut stranger, format!("BEGIN; {ESTIMATE}; SET CONSTRAINTS ALL IMMEDIATE")).await;
    run(&mut website, ESTIMATE).await;
    minutes_pass_without_windows(&database, 15);
    assert_eq!(database.psql("SELECT neff.flush_throttled_alerts()").trim(), "1");
    assert_eq!(told(&database, "ann"), 1);
    run(&mut stranger, "ROLLBACK").await;
}

/// The windows themselves are held by somebody.
fn minutes_pass_without_windows(database: &TestDatabase, minutes: i32) {
    database.psql(&format!(
        "UPDATE alert_history SET next_attempt_at = next_attempt_at - interval '{minutes} minutes' WHERE status = 'throttled'"
    ));
}

#[tokio::test]
async fn no_advisory_lock_decides_who_is_told() {
    let database = office().await;
    assert_eq!(
        database.psql("SELECT string_agg(proname, ' ') FROM pg_proc WHERE pronamespace IN ('neff'::regnamespace, 'public'::regnamespace)
                        AND proname ~ 'alert|tell|told|maintenance' AND prosrc ~ 'advisory'").trim(),
        ""
    );
}

#[tokio::test]
async fn serializable_writers_refuse_each_other_nothing() {
    let database = office().await;
    rules(&database, 3, 15, r#"["admins"]"#);
    let writers: Vec<_> = futures_util::future::join_all((0..6).map(|_| database.connect())).await;
    let handles: Vec<_> = writers
        .into_iter()
        .map(|mut writer| {
            tokio::spawn(async move {
                run(&mut writer, "SET default_transaction_isolation = 'serializable'").await;
                for _ in 0..20 {
                    run(&mut writer, ESTIMATE).await;
                }
            })
        })
        .collect();
    for handle in handles {
        handle.await.unwrap();
    }
    database::sweep::at_once(&mut database.connect().await).await.unwrap();
    minutes_pass(&database, 15);
    database.psql("SELECT neff.flush_throttled_alerts()");
    assert_eq!(told(&database, "ann"), 3 * 120 - 2, "the first event is one message of three rules");
}

#[tokio::test]
async fn the_end_of_a_transaction_takes_as_long_as_there_are_rules() {
    let database = office().await;
    let mut importer = database.connect().await;
    let mut took = Vec::new();
    for how_many in [100, 100, 400, 1000] {
        rules(&database, how_many, 0, r#"["admins"]"#);
        run(&mut importer, "BEGIN").await;
        for _ in 0..6 {
            run(&mut importer, ESTIMATE).await;
        }
        let began = Instant::now();
        run(&mut importer, "COMMIT").await;
        took.push(began.elapsed());
        assert_eq!(
            number(&database, "SELECT count(*) FROM alert_history WHERE summarised_count = 6"),
            i64::from(how_many) * 2
        );
        assert_eq!(number(&database, "SELECT count(*) FROM dashboard_notifications"), 2);
        database.psql("DELETE FROM alert_history; DELETE FROM dashboard_notifications");
    }
    println!("COMMIT of six events with 100, 400, 1,000 matching rules: {:?}", &took[1..]);
    // Cubic, it was 64 and 1,000 times.
    assert!(took[2] < took[1] * 12 && took[3] < took[1] * 30, "{took:?}");
}

#[tokio::test]
async fn prepare_transaction_is_not_refused_and_what_was_prepared_is_told_with_it() {
    let cluster =
        tokio::task::spawn_blocking(|| Cluster::start(Entry::Trust, "unused", &["max_prepared_transactions=10"]))
            .await
            .unwrap();
    let options = PgConnectOptions::new_without_pgpass()
        .host("127.0.0.1")
        .port(cluster.port())
        .username("postgres")
        .database("postgres")
        .ssl_mode(PgSslMode::Disable);
    options.connect().await.unwrap().execute_all("CREATE DATABASE office").await;
    let options = options.database("office");
    migrate_database(&options).await;
    let (mut coordinator, mut other) = (options.connect().await.unwrap(), options.connect().await.unwrap());
    coordinator.execute_all(PEOPLE).await;
    let seen = "SELECT count(*) FROM dashboard_notifications WHERE user_id = 'ann'";
    for (n, begin) in
        ["BEGIN", "BEGIN; SET CONSTRAINTS ALL IMMEDIATE", "BEGIN ISOLATION LEVEL SERIALIZABLE"].into_iter().enumerate()
    {
        let job = format!(
            "INSERT INTO job_schedules (start_date, end_date, location_address) VALUES ('2027-01-0{day}Z', '2027-01-0{day} 12:00Z', 'x')",
            day = n + 4
        );
        coordinator.execute_all(&format!("{begin}; {ESTIMATE}; {job}")).await;
        coordinator.execute_all(&format!("PREPARE TRANSACTION 'p{n}'")).await;
        let before: i64 = sqlx::query_scalar(seen).fetch_one(&mut other).await.unwrap();
        // Prepared and not yet decided, it stops nobody.
        timeout(Duration::from_secs(3), other.execute_all(ESTIMATE))
            .await
            .expect("it waits for the prepared transaction");
        coordinator.execute_all(&format!("COMMIT PREPARED 'p{n}'")).await;
        database::sweep::at_once(&mut other).await.unwrap();
        let after: i64 = sqlx::query_scalar(seen).fetch_one(&mut other).await.unwrap();
        assert_eq!(after - before, 2, "{begin}");
    }
    other.close().await.unwrap();
    coordinator.close().await.unwrap();
}

trait ExecuteAll {
    async fn execute_all(&mut self, text: &str);
}

impl ExecuteAll for PgConnection {
    async fn execute_all(&mut self, text: &str) {
        run(self, text).await;
    }
}

#[tokio::test]
async fn a_quiet_import_does_not_silence_security() {
    let database = office().await;
    let mut importer = database.connect_as("neff_app").await;
    run(
        &mut importer,
        format!(
            "BEGIN; SET LOCAL app.quiet = 'on'; {ESTIMATE};
        SELECT neff.record_problem('security_breach', 'audit', 'The audit was switched off');
        SELECT neff.record_problem('system_error', 'import', 'A row was odd'); COMMIT"
        ),
    )
    .await;
    assert_eq!(
        database.psql("SELECT title FROM dashboard_notifications WHERE user_id = 'ann'").trim(),
        "Security warning: audit"
    );
    assert_eq!(number(&database, "SELECT count(*) FROM neff.alert_events"), 0);
}
