//! The daily maintenance: once a day over all computers, at the office's hour, waiting for nobody and telling nobody of
//! what nobody is shown; and that the weekly one runs nothing of a stranger's.

#![allow(clippy::expect_used, clippy::unwrap_used, reason = "a failed step is a failed test")]

use std::time::Duration;

use neff_tests::postgres::{Server, TestDatabase};
use sqlx::{AssertSqlSafe, PgConnection};
use tokio::time::timeout;

async fn run(connection: &mut PgConnection, text: impl Into<String>) {
    let text = text.into();
    sqlx::raw_sql(AssertSqlSafe(text.clone()))
        .execute(connection)
        .await
        .unwrap_or_else(|error| panic!("{text}: {error}"));
}

fn number(database: &TestDatabase, query: &str) -> i64 {
    database.psql(query).trim().parse().unwrap()
}

const RUNS: &str = "SELECT count(*) FROM maintenance_runs WHERE task = 'daily_maintenance' AND result = 'good'";

#[tokio::test]
async fn one_computer_does_it_once_a_day() {
    let database = Server::get().await.office_database().await;
    let sweepers = futures_util::future::join_all((0..6).map(|_| database.connect_as("neff_app"))).await;
    let handles: Vec<_> = sweepers
        .into_iter()
        .map(|mut sweeper| tokio::spawn(async move { database::sweep::run(&mut sweeper).await.unwrap() }))
        .collect();
    for handle in handles {
        handle.await.unwrap();
    }
    assert_eq!(number(&database, RUNS), 1);
    let mut sweeper = database.connect_as("neff_app").await;
    database::sweep::run(&mut sweeper).await.unwrap();
    assert_eq!(number(&database, RUNS), 1, "twice on one day");
    database.psql("UPDATE neff.duties SET last_day = last_day - 1 WHERE task = 'daily maintenance'");
    database::sweep::run(&mut sweeper).await.unwrap();
    assert_eq!(number(&database, RUNS), 2);
}

#[tokio::test]
async fn the_day_begins_at_the_offices_hour() {
    let database = Server::get().await.office_database().await;
    let due = |hour: &str| {
        database.psql(&format!(
            "UPDATE system_config SET value = {hour} WHERE key = 'database_maintenance_hour';
             SELECT neff.daily_maintenance_if_due()"
        ))
    };
    let local = "clock_timestamp() AT TIME ZONE neff.office_time_zone()";
    // It was done yesterday, and the hour has come or not.
    database.psql(&format!("UPDATE neff.duties SET last_day = ({local})::date - 1 WHERE task = 'daily maintenance'"));
    if database.psql(&format!("SELECT extract(hour FROM {local}) < 23")).trim() == "t" {
        assert_eq!(due(&format!("(extract(hour FROM {local}) + 1)::integer::text")).trim(), "f");
    }
    assert_eq!(due(&format!("extract(hour FROM {local})::integer::text")).trim(), "t");
    // A setting that is no hour is the usual one.
    database.psql("UPDATE neff.duties SET last_day = NULL");
    assert_eq!(due("'at night'").trim(), "t");
}

#[tokio::test]
async fn what_fails_is_said_and_tried_again_in_an_hour() {
    let database = Server::get().await.office_database().await;
    database.psql("SELECT neff.register_person('Ann')");
    database.psql("ALTER TABLE customers ADD CONSTRAINT sabotage CHECK (total_projects < 1) NOT VALID;
        INSERT INTO customers (name, email) VALUES ('C', 'c@example.com');
        INSERT INTO contracts (client_name, client_email, service_type, project_address, status) VALUES ('C', 'c@example.com', 'custom', 'x', 'completed')");
    assert_eq!(database.psql("SELECT neff.daily_maintenance_if_due()").trim(), "f");
    assert_eq!(database.psql("SELECT neff.daily_maintenance_if_due()").trim(), "f");
    assert_eq!(
        database.psql("SELECT result, count(*), bool_and(details->>'error' LIKE '%sabotage%') FROM maintenance_runs GROUP BY 1").trim(),
        "failed|1|t"
    );
    assert_eq!(number(&database, "SELECT count(*) FROM dashboard_notifications WHERE title LIKE '%maintenance'"), 1);
    database.psql("ALTER TABLE customers DROP CONSTRAINT sabotage; UPDATE neff.duties SET next_try = now() WHERE next_try IS NOT NULL");
    assert_eq!(database.psql("SELECT neff.daily_maintenance_if_due()").trim(), "t");
    assert_eq!(number(&database, "SELECT total_projects FROM customers"), 1);
}

#[tokio::test]
async fn it_waits_for_nobody_and_tells_nobody_of_what_nobody_is_shown() {
    let database = Server::get().await.office_database().await;
    database.psql(
        "INSERT INTO customers (name, email) VALUES ('Held', 'held@example.com'), ('Free', 'free@example.com');
         INSERT INTO contracts (client_name, client_email, service_type, project_address, status, estimated_cost)
         SELECT name, email, 'custom', 'x', 'completed', 100 FROM customers;
         INSERT INTO dashboard_notifications (user_id, alert_type_id, title, message, expires_at)
         SELECT 'ann', id, 'Old', 'Old', now() - interval '1 day' FROM alert_types WHERE name = 'job_scheduled';
         INSERT INTO job_schedules (start_date, end_date, location_address) VALUES ('2027-01-05 13:00Z', '2027-01-05 20:00Z', 'x')",
    );
    let mut holder = database.connect().await;
    run(&mut holder, "BEGIN; SELECT * FROM customers WHERE name = 'Held' FOR UPDATE").await;
    let feed = number(&database, "SELECT coalesce(max(id), 0) FROM change_feed");
    let mut sweeper = database.connect().await;
    timeout(Duration::from_secs(20), run(&mut sweeper, "SELECT daily_maintenance()")).await.expect("it waits");
    assert_eq!(database.psql("SELECT string_agg(name, ',') FROM customers WHERE total_projects = 1").trim(), "Free");
    assert_eq!(number(&database, "SELECT count(*) FROM dashboard_notifications WHERE title = 'Old'"), 0);
    // The totals stand on a customer's sheet; nothing else that was done is on any screen.
    assert_eq!(
        database
            .psql(&format!("SELECT string_agg(table_name || operation::text, ',') FROM change_feed WHERE id > {feed}"))
            .trim(),
        "customersU"
    );
    assert_eq!(number(&database, "SELECT count(*) FROM neff.feed_silence"), 0, "others are heard as before");
    run(&mut holder, "ROLLBACK").await;
    run(&mut sweeper, "SELECT daily_maintenance()").await;
    assert_eq!(number(&database, "SELECT count(*) FROM customers WHERE total_projects = 1"), 2);
}

#[tokio::test]
async fn the_weekly_optimization_runs_only_what_the_extension_brought() {
    let database = Server::get().await.office_database().await;
    let mut admin = database.connect().await;
    run(
        &mut admin,
        "CREATE TABLE taken (by name);
         GRANT INSERT ON taken TO PUBLIC;
         CREATE FUNCTION pg_temp.pg_stat_statements_reset() RETURNS void LANGUAGE sql AS 'INSERT INTO public.taken VALUES (current_user)';
         CREATE FUNCTION public.pg_stat_statements_reset() RETURNS void LANGUAGE sql AS 'INSERT INTO public.taken VALUES (current_user)';
         SELECT weekly_optimization()",
    )
    .await;
    assert_eq!(number(&database, "SELECT count(*) FROM taken"), 0);
    // With the extension there, beside one that is called like its own.
    if number(&database, "SELECT count(*) FROM pg_available_extensions WHERE name = 'pg_stat_statements'") == 1 {
        run(
            &mut admin,
            "DROP FUNCTION public.pg_stat_statements_reset(); CREATE EXTENSION pg_stat_statements;
             CREATE FUNCTION public.pg_stat_statements_reset() RETURNS void LANGUAGE sql AS 'INSERT INTO public.taken VALUES (current_user)';
             GRANT EXECUTE ON ALL FUNCTIONS IN SCHEMA public TO neff_owner; SELECT weekly_optimization()",
        )
        .await;
        assert_eq!(number(&database, "SELECT count(*) FROM taken"), 0);
    }
    assert_eq!(
        database.psql("SELECT DISTINCT result FROM maintenance_runs WHERE task = 'weekly_optimization'").trim(),
        "good"
    );
}
