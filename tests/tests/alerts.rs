//! From something that happened to what people get: who, on which channel, once, throttled or combined; and that the
//! change itself never waits for it and never fails because of it.

#![allow(clippy::expect_used, clippy::unwrap_used, reason = "a failed step is a failed test")]

use std::time::{Duration, Instant};

use neff_tests::postgres::{Server, TestDatabase, unique};
use sqlx::postgres::PgListener;
use sqlx::{AssertSqlSafe, Connection, PgConnection};
use tokio::time::timeout;

const ESTIMATE: &str = "INSERT INTO estimates (customer_name, email, service_type, project_address)
                        VALUES ('Smith & Sons <Lot 4>', 'smith@example.com', 'driveway', '12 Oak St')";
const JOB: &str = "INSERT INTO job_schedules (start_date, end_date, location_address)
                   VALUES ('2027-01-05 13:00Z', '2027-01-05 20:00Z', '12 Oak St')";

/// Ann and Bob are admins, Cy and Ann sell; Bob has neither an address nor a phone.
async fn office() -> TestDatabase {
    let database = Server::get().await.office_database().await;
    database.psql(
        "INSERT INTO app_users (user_id, name, email, phone) VALUES
             ('ann', 'Ann', 'ann@example.com', '555-0101'), ('bob', 'Bob', NULL, NULL), ('cy', 'Cy', 'cy@example.com', '555-0103');
         INSERT INTO recipient_group_members
         SELECT g.id, u.id FROM recipient_groups g, app_users u
          WHERE (g.name, u.user_id) IN (('admins', 'ann'), ('admins', 'bob'), ('sales_team', 'ann'), ('sales_team', 'cy'))",
    );
    database
}

/// No shipped rules: each test makes its own.
async fn office_without_rules() -> TestDatabase {
    let database = office().await;
    database.psql("DELETE FROM alert_rules");
    database
}

fn rule(database: &TestDatabase, kind: &str, name: &str, conditions: &str, rest: &str) {
    database.psql(&format!(
        "INSERT INTO alert_rules (alert_type_id, name, conditions, throttle_minutes, notification_channels, recipient_groups)
         SELECT id, '{name}', '{conditions}', {rest} FROM alert_types WHERE name = '{kind}'"
    ));
}

fn notifications(database: &TestDatabase) -> String {
    database.psql("SELECT user_id, title, message FROM dashboard_notifications ORDER BY title, user_id")
}

fn deliveries(database: &TestDatabase) -> String {
    database.psql(
        "SELECT channel, status, coalesce(recipient_email, recipient_phone, split_part(recipient_key, ':', 1)), coalesce(error_message, '')
           FROM alert_history ORDER BY 1, 2, 3, 4",
    )
}

fn count(database: &TestDatabase, from: &str) -> i64 {
    database.psql(&format!("SELECT count(*) FROM {from}")).trim().parse().unwrap()
}

async fn run(connection: &mut PgConnection, text: impl Into<String>) {
    let text = text.into();
    sqlx::raw_sql(AssertSqlSafe(text.clone()))
        .execute(connection)
        .await
        .unwrap_or_else(|error| panic!("{text}: {error}"));
}

async fn error_code(connection: &mut PgConnection, text: &str) -> String {
    let error = sqlx::raw_sql(AssertSqlSafe(text.to_owned())).execute(connection).await.expect_err(text);
    error.as_database_error().and_then(|e| e.code().map(std::borrow::Cow::into_owned)).unwrap_or_default()
}

/// A minute that passes at once: windows and what waits for them lie `minutes` further back.
fn minutes_pass(database: &TestDatabase, minutes: i32) {
    database.psql(&format!(
        "UPDATE neff.alert_windows SET sent_at = sent_at - interval '{minutes} minutes';
         UPDATE alert_history SET next_attempt_at = next_attempt_at - interval '{minutes} minutes' WHERE status = 'throttled'"
    ));
}

#[tokio::test]
async fn an_estimate_without_a_cost_alerts_the_first_person_of_a_fresh_database() {
    let database = Server::get().await.office_database().await;
    let person = database.psql("SELECT neff.register_person('The nephew')");
    let mut listener = PgListener::connect(&database.url).await.unwrap();
    listener.listen("neff_notifications").await.unwrap();
    // The website: a login with the rights of the app and nothing else.
    let mut website = database.connect_as("neff_app").await;
    run(&mut website, ESTIMATE).await;
    let wake = timeout(Duration::from_secs(5), listener.recv()).await.expect("woken").unwrap();
    assert_eq!(wake.payload(), "");
    let about = database.psql("SELECT id FROM estimates");
    assert_eq!(
        database.psql("SELECT user_id, title, message, data->'about'->>'kind', data->'about'->>'id', priority_level, is_read FROM dashboard_notifications").trim(),
        format!(
            "{}|New estimate request: Smith & Sons <Lot 4>|Driveway, 12 Oak St, no price yet|estimate|{}|2|f",
            person.trim(), about.trim()
        )
    );
    assert_eq!(deliveries(&database).trim(), "dashboard|delivered|person|");
    // Reading it here wakes the other computers, which close it; nothing else does.
    run(&mut website, "UPDATE dashboard_notifications SET is_read = true").await;
    timeout(Duration::from_secs(5), listener.recv()).await.expect("woken").unwrap();
    run(&mut website, "UPDATE dashboard_notifications SET expires_at = now()").await;
    assert!(timeout(Duration::from_millis(300), listener.recv()).await.is_err(), "woken for nothing");
}

#[tokio::test]
async fn another_programs_own_notification_wakes_too_once_a_transaction() {
    let database = office().await;
    let mut listener = PgListener::connect(&database.url).await.unwrap();
    listener.listen("neff_notifications").await.unwrap();
    database.psql(
        "INSERT INTO dashboard_notifications (user_id, alert_type_id, title, message)
         SELECT 'ann', id, 'Hello', 'Hello' FROM alert_types WHERE name = 'job_scheduled';
         INSERT INTO dashboard_notifications (user_id, alert_type_id, title, message)
         SELECT 'bob', id, 'Hello', 'Hello' FROM alert_types WHERE name = 'job_scheduled'",
    );
    timeout(Duration::from_secs(5), listener.recv()).await.expect("woken").unwrap();
    assert!(timeout(Duration::from_millis(300), listener.recv()).await.is_err(), "woken twice");
}

#[tokio::test]
async fn a_type_without_any_rule_uses_its_own_channels_to_the_admins() {
    let database = office_without_rules().await;
    database.psql("INSERT INTO contracts (client_name, service_type, project_address, estimated_cost) VALUES ('Jones', 'residential', '3 Elm St', 1000)");
    database.psql("INSERT INTO payments (contract_id, amount) SELECT id, 250 FROM contracts");
    let expected = "ann|Payment received: Jones|$250.00 by check, balance $750.00\nbob|Payment received: Jones|$250.00 by check, balance $750.00";
    assert_eq!(notifications(&database).trim(), expected);
    assert_eq!(
        deliveries(&database).trim(),
        "dashboard|delivered|person|\ndashboard|delivered|person|\nemail|failed|person|Bob has no e-mail address\nemail|pending|ann@example.com|"
    );
    // A rule nobody can use is no rule; one that is switched off is a decision; one that matches nothing is too.
    rule(&database, "payment_received", "broken", r#"{"a": 5}"#, "0, NULL, NULL");
    database.psql("INSERT INTO payments (contract_id, amount) SELECT id, -100 FROM contracts");
    assert_eq!(
        count(&database, "dashboard_notifications WHERE title = 'Refund: Jones' AND message LIKE '-$100.00%'"),
        2
    );
    rule(&database, "payment_received", "large", r#"{"amount": {">": 100000}}"#, "0, NULL, NULL");
    database.psql("INSERT INTO payments (contract_id, amount) SELECT id, 10 FROM contracts");
    database.psql("UPDATE alert_rules SET is_active = false WHERE name = 'large'");
    database.psql("INSERT INTO payments (contract_id, amount) SELECT id, 11 FROM contracts");
    assert_eq!(count(&database, "dashboard_notifications"), 4);
}

#[tokio::test]
async fn a_broken_rule_does_not_stop_the_good_one_beside_it() {
    let database = office_without_rules().await;
    rule(
        &database,
        "estimate_requested",
        "broken",
        r#"{"estimated_cost": {"~~": 1}}"#,
        r#"0, '["dashboard"]', '["admins"]'"#,
    );
    rule(
        &database,
        "estimate_requested",
        "good",
        r#"{"has_cost": {"=": false}}"#,
        r#"0, '["dashboard"]', '["sales_team"]'"#,
    );
    database.psql(ESTIMATE);
    assert_eq!(
        database.psql("SELECT string_agg(user_id, ',' ORDER BY user_id) FROM dashboard_notifications").trim(),
        "ann,cy"
    );
}

#[tokio::test]
async fn one_event_is_one_notification_a_person_however_many_rules_match() {
    let database = office().await;
    database.psql("INSERT INTO estimates (customer_name, email, service_type, project_address, estimated_cost) VALUES ('Big', 'b@example.com', 'lot', '1 Way', 20000)");
    assert_eq!(
        notifications(&database).trim(),
        "ann|New estimate request: Big|Lot, 1 Way, $20,000.00\nbob|New estimate request: Big|Lot, 1 Way, $20,000.00\ncy|New estimate request: Big|Lot, 1 Way, $20,000.00"
    );
    assert_eq!(count(&database, "alert_history WHERE channel = 'dashboard' AND status = 'delivered'"), 6);
    assert_eq!(
        database
            .psql("SELECT recipient_email FROM alert_history WHERE channel = 'email' AND status = 'pending' ORDER BY 1")
            .trim(),
        "ann@example.com\ncy@example.com"
    );
    assert_eq!(count(&database, "(SELECT DISTINCT event_id FROM alert_history) AS events"), 1);
}

#[tokio::test]
async fn each_change_of_a_job_is_one_alert() {
    let database = office_without_rules().await;
    let titles = || {
        let titles =
            database.psql("SELECT title FROM dashboard_notifications WHERE user_id = 'ann' ORDER BY created_at, title");
        database.psql("DELETE FROM dashboard_notifications");
        titles.trim().replace('\n', ", ")
    };
    database.psql(
        "INSERT INTO contracts (client_name, service_type, project_address) VALUES ('Jones', 'commercial', '3 Elm St')",
    );
    database.psql("INSERT INTO job_schedules (contract_id, start_date, end_date, location_address, status) SELECT id, '2027-07-06 13:00Z', '2027-07-06 20:00Z', '3 Elm St', NULL FROM contracts");
    assert_eq!(
        database.psql("SELECT message FROM dashboard_notifications LIMIT 1").trim(),
        "Commercial, 3 Elm St, Tue Jul 6, 8:00 AM"
    );
    assert_eq!(titles(), "Job scheduled: Jones");
    for (change, expected) in [
        ("status = 'confirmed'", ""),
        ("start_date = start_date + interval '1 day', end_date = end_date + interval '1 day'", "Job moved: Jones"),
        (
            "start_date = start_date + interval '1 day', end_date = end_date + interval '1 day', status = 'rescheduled'",
            "Job moved: Jones",
        ),
        ("end_date = end_date + interval '1 hour'", "Job moved: Jones"),
        ("special_instructions = 'Gate code 12'", ""),
        ("status = 'in_progress'", ""),
        ("status = NULL", ""),
        ("status = 'rescheduled'", "Job moved: Jones"),
        ("status = 'canceled', start_date = start_date + interval '1 hour'", "Job canceled: Jones"),
        ("status = 'canceled'", ""),
        ("start_date = start_date + interval '1 hour'", ""),
        ("status = 'scheduled'", ""),
    ] {
        database.psql(&format!("UPDATE job_schedules SET {change}"));
        assert_eq!(titles(), expected, "{change}");
    }
    // One statement, three kinds of change.
    database.psql("INSERT INTO job_schedules (start_date, end_date, location_address) SELECT '2027-08-0' || n || ' 13:00Z', '2027-08-0' || n || ' 20:00Z', 'Stop ' || n FROM (SELECT generate_series(1, 3)::text) AS s(n)".replace("'2027-08-0' || n || ' 13:00Z'", "('2027-08-0' || n || ' 13:00Z')::timestamptz").replace("'2027-08-0' || n || ' 20:00Z'", "('2027-08-0' || n || ' 20:00Z')::timestamptz").as_str());
    titles();
    database.psql(
        "UPDATE job_schedules SET status = CASE location_address WHEN 'Stop 1' THEN 'canceled' ELSE status END,
                start_date = CASE location_address WHEN 'Stop 2' THEN start_date - interval '1 hour' ELSE start_date END
          WHERE location_address LIKE 'Stop %'",
    );
    assert_eq!(titles(), "Job canceled: Stop 1, Job moved: Stop 2");
    // Entered after the fact: history, not news.
    database.psql("INSERT INTO job_schedules (start_date, end_date, location_address, status) VALUES ('2020-01-01Z', '2020-01-02Z', 'Old', 'completed'), ('2020-01-01Z', '2020-01-02Z', 'Old', 'canceled')");
    assert_eq!(titles(), "");
}

#[tokio::test]
async fn rules_ask_about_contract_customer_and_time() {
    let database = office_without_rules().await;
    for (name, conditions) in [
        ("customer", r#"{"customer_name": {"starts_with": "Jon"}, "customer_status": {"=": "active"}}"#),
        ("soon", r#"{"lead_time_hours": {"between": [20, 28]}}"#),
        ("late", r#"{"lead_time_hours": {">": 28}}"#),
        ("value", r#"{"contract_value": {">=": 5000}, "project_type": {"in": ["commercial"]}}"#),
        ("crew", r#"{"crew_assigned": {"contains": "Big Bob"}}"#),
        ("early", r#"{"start_hour": {"<": 24}, "duration": {"=": 7}}"#),
    ] {
        rule(&database, "job_scheduled", name, conditions, r#"0, '["dashboard"]', '["admins"]'"#);
    }
    database.psql("INSERT INTO customers (name, email) VALUES ('Jones', 'jones@example.com')");
    database.psql("INSERT INTO contracts (client_name, client_email, service_type, project_address, estimated_cost) VALUES ('Jones', 'jones@example.com', 'commercial', '3 Elm St', 5000)");
    database.psql("INSERT INTO job_schedules (contract_id, start_date, end_date, location_address, crew_assigned) SELECT id, now() + interval '24 hours', now() + interval '31 hours', '3 Elm St', '[\"Big Bob\"]' FROM contracts");
    assert_eq!(
        database.psql("SELECT string_agg(DISTINCT r.name, ',' ORDER BY r.name) FROM alert_history h JOIN alert_rules r ON r.id = h.alert_rule_id").trim(),
        "crew,customer,early,soon,value"
    );
}

#[tokio::test]
async fn a_double_booking_alerts_once() {
    let database = office_without_rules().await;
    database.psql("INSERT INTO crew_members (name, role) VALUES ('Big Bob', 'foreman')");
    let job = "INSERT INTO job_schedules (start_date, end_date, location_address, crew_assigned) VALUES ('2027-01-05 13:00Z', '2027-01-05 20:00Z', '1 Oak St', '[\"Big Bob\"]')";
    database.psql(job);
    let clash = "dashboard_notifications WHERE title = 'Double booking: Big Bob' AND user_id = 'ann' AND data->'about'->>'kind' = 'job'";
    assert_eq!(count(&database, clash), 0);
    database.psql(job);
    assert_eq!(count(&database, clash), 1);
    database.psql("UPDATE job_schedules SET special_instructions = 'x'");
    assert_eq!(count(&database, clash), 1);
}

#[tokio::test]
async fn more_than_five_events_are_one_message_in_one_statement_and_in_many() {
    let database = office().await;
    let one = |n: i32| {
        format!(
            "INSERT INTO estimates (customer_name, email, service_type, project_address, estimated_cost)
             VALUES ('C{n}', 'c@example.com', 'lot', '1 Way', {})",
            if n % 3 == 0 { 20_000 } else { 10 }
        )
    };
    let clean = || database.psql("DELETE FROM dashboard_notifications; DELETE FROM alert_history");
    let people = "dashboard_notifications WHERE title = '312 estimates were requested' AND message = 'C1, C2, C3 and 309 more' AND summarised_count = 312";

    // One statement.
    database.psql("INSERT INTO estimates (customer_name, email, service_type, project_address, estimated_cost) SELECT 'C' || n, 'c@example.com', 'lot', '1 Way', CASE n % 3 WHEN 0 THEN 20000 ELSE 10 END FROM generate_series(1, 312) AS n");
    assert_eq!(
        (count(&database, people), count(&database, "dashboard_notifications")),
        (3, 3),
        "{}",
        notifications(&database)
    );
    assert_eq!(
        database.psql("SELECT recipient_email, summarised_count, subject FROM alert_history WHERE channel = 'email' AND status = 'pending' ORDER BY 1").trim(),
        "ann@example.com|104|104 estimates were requested\ncy@example.com|104|104 estimates were requested"
    );
    clean();

    // Many statements are one import all the same.
    let mut importer = database.connect().await;
    run(&mut importer, "BEGIN").await;
    for n in 1..=312 {
        run(&mut importer, one(n)).await;
        if n == 6 {
            // Nothing is told before the end, and nothing is lost by then.
            let noted: i64 =
                sqlx::query_scalar("SELECT count(*) FROM neff.alert_events").fetch_one(&mut importer).await.unwrap();
            let told: i64 =
                sqlx::query_scalar("SELECT count(*) FROM alert_history").fetch_one(&mut importer).await.unwrap();
            assert_eq!((noted, told), (6, 0));
        }
    }
    run(&mut importer, "COMMIT").await;
    assert_eq!(
        (count(&database, people), count(&database, "dashboard_notifications")),
        (3, 3),
        "{}",
        notifications(&database)
    );
    assert_eq!(
        database.psql("SELECT recipient_email, summarised_count, subject FROM alert_history WHERE channel = 'email' AND status = 'pending' ORDER BY 1").trim(),
        "ann@example.com|104|104 estimates were requested\ncy@example.com|104|104 estimates were requested"
    );
    clean();

    // What a savepoint takes back does not count, and the next transaction starts again.
    run(&mut importer, "BEGIN; SAVEPOINT s").await;
    for n in [1, 2, 4, 5, 7, 8, 10, 11] {
        run(&mut importer, one(n)).await;
    }
    run(&mut importer, "ROLLBACK TO s").await;
    for n in [1, 2, 4, 5, 7] {
        run(&mut importer, one(n)).await;
    }
    run(&mut importer, "COMMIT").await;
    run(&mut importer, one(8)).await;
    assert_eq!(
        count(&database, "dashboard_notifications WHERE summarised_count IS NULL AND title LIKE 'New estimate%'"),
        18
    );
    assert_eq!(count(&database, "dashboard_notifications"), 18);
    clean();

    // Constraints made immediate in the middle: still everybody is counted.
    run(&mut importer, "BEGIN").await;
    for n in 1..=10 {
        run(&mut importer, one(n * 3 + 1)).await;
        if n == 8 {
            run(&mut importer, "SET CONSTRAINTS ALL IMMEDIATE").await;
        }
    }
    run(&mut importer, "COMMIT").await;
    assert_eq!(
        database
            .psql("SELECT sum(coalesce(summarised_count, 1)) FROM dashboard_notifications WHERE user_id = 'ann'")
            .trim(),
        "10"
    );
}

#[tokio::test]
async fn a_message_absorbed_by_one_rule_stays_for_the_other() {
    let database = office_without_rules().await;
    rule(&database, "estimate_requested", "all", "{}", r#"0, '["dashboard"]', '["admins"]'"#);
    rule(
        &database,
        "estimate_requested",
        "lot",
        r#"{"service_type": {"=": "lot"}}"#,
        r#"0, '["dashboard"]', '["admins"]'"#,
    );
    let mut importer = database.connect().await;
    run(&mut importer, "BEGIN").await;
    for n in 1..=8 {
        run(&mut importer, format!(
            "INSERT INTO estimates (customer_name, email, service_type, project_address) VALUES ('C{n}', 'c@example.com', '{}', '1 Way')",
            if n == 2 { "lot" } else { "drive" })).await;
    }
    run(&mut importer, "COMMIT").await;
    assert_eq!(
        database.psql("SELECT title FROM dashboard_notifications WHERE user_id = 'ann' ORDER BY 1").trim(),
        "8 estimates were requested\nNew estimate request: C2"
    );
}

#[tokio::test]
async fn one_of_many_simultaneous_events_goes_through_and_the_others_are_summed_up() {
    let database = office_without_rules().await;
    rule(&database, "estimate_requested", "calm", "{}", r#"15, '["dashboard", "email"]', '["admins"]'"#);
    let writers: Vec<_> = futures_util::future::join_all((0..8).map(|_| database.connect())).await;
    let handles: Vec<_> =
        writers.into_iter().map(|mut writer| tokio::spawn(async move { run(&mut writer, ESTIMATE).await })).collect();
    for handle in handles {
        handle.await.unwrap();
    }
    // Whoever would have waited for another one's window left its event to be told right after.
    while database.psql("SELECT waiting FROM neff.deliver_pending_alerts()").trim() != "0" {}
    assert_eq!(count(&database, "dashboard_notifications WHERE user_id = 'ann'"), 1);
    assert_eq!(count(&database, "alert_history WHERE status = 'throttled' AND summarised_in IS NULL"), 7);
    assert_eq!(database.psql("SELECT neff.flush_throttled_alerts()").trim(), "0", "the window has not ended");

    minutes_pass(&database, 15);
    // Every computer sweeps at once.
    let sweepers = futures_util::future::join_all((0..4).map(|_| database.connect())).await;
    let handles: Vec<_> = sweepers
        .into_iter()
        .map(|mut sweeper| {
            tokio::spawn(async move {
                sqlx::query_scalar::<_, i32>("SELECT neff.flush_throttled_alerts()")
                    .fetch_one(&mut sweeper)
                    .await
                    .unwrap()
            })
        })
        .collect();
    let mut messages = 0;
    for handle in handles {
        messages += handle.await.unwrap();
    }
    assert_eq!(messages, 1);
    assert_eq!(
        database.psql("SELECT user_id, title, summarised_count FROM dashboard_notifications WHERE summarised_count IS NOT NULL ORDER BY 1").trim(),
        "ann|7 estimates were requested|7\nbob|7 estimates were requested|7"
    );
    assert_eq!(count(&database, "alert_history WHERE status = 'throttled' AND summarised_in IS NULL"), 0);
    assert_eq!(count(&database, "alert_history WHERE channel = 'email' AND status = 'pending'"), 2);
    // The summary is a message too: the next event waits for its window.
    database.psql(ESTIMATE);
    assert_eq!(count(&database, "dashboard_notifications WHERE user_id = 'ann'"), 2);
    minutes_pass(&database, 15);
    database.psql(ESTIMATE);
    assert_eq!(count(&database, "dashboard_notifications WHERE user_id = 'ann'"), 3);
    assert_eq!(database.psql("SELECT neff.flush_throttled_alerts()").trim(), "1");
    assert_eq!(
        count(&database, "dashboard_notifications WHERE user_id = 'ann' AND title LIKE 'New estimate request:%'"),
        3
    );
}

#[tokio::test]
async fn what_was_throttled_survives_the_rollback_of_the_one_that_went_through() {
    for isolation in ["READ COMMITTED", "REPEATABLE READ"] {
        let database = office_without_rules().await;
        rule(&database, "estimate_requested", "calm", "{}", r#"15, '["dashboard"]', '["admins"]'"#);
        let (mut holder, mut other) = (database.connect().await, database.connect().await);
        // Told before its end, by a session that does not end: it holds the window.
        run(&mut holder, format!("BEGIN ISOLATION LEVEL {isolation}; {ESTIMATE}; SET CONSTRAINTS ALL IMMEDIATE")).await;
        let began = Instant::now();
        run(&mut other, format!("BEGIN ISOLATION LEVEL {isolation}; {ESTIMATE}; COMMIT")).await;
        assert!(began.elapsed() < Duration::from_secs(1), "it waited {:?}", began.elapsed());
        assert_eq!(count(&database, "alert_history WHERE status = 'throttled'"), 1);
        run(&mut holder, "ROLLBACK").await;
        assert_eq!(count(&database, "dashboard_notifications"), 0);
        minutes_pass(&database, 15);
        assert_eq!(database.psql("SELECT neff.flush_throttled_alerts()").trim(), "1");
        assert_eq!(
            database.psql("SELECT title FROM dashboard_notifications WHERE user_id = 'ann'").trim(),
            "New estimate request: Smith & Sons <Lot 4>"
        );
        // And at REPEATABLE READ a window opened by somebody since our snapshot is noticed.
        minutes_pass(&database, 15);
        database.psql("DELETE FROM dashboard_notifications");
        run(&mut holder, format!("BEGIN ISOLATION LEVEL {isolation}; SELECT count(*) FROM estimates")).await;
        run(&mut other, ESTIMATE).await;
        run(&mut holder, format!("{ESTIMATE}; COMMIT")).await;
        database.psql("SELECT neff.deliver_pending_alerts()");
        assert_eq!(count(&database, "dashboard_notifications WHERE user_id = 'ann'"), 1, "{isolation}");
        assert_eq!(count(&database, "alert_history WHERE status = 'failed'"), 0, "{}", deliveries(&database));
        assert_eq!(count(&database, "alert_history WHERE status = 'throttled' AND summarised_in IS NULL"), 1);
        assert_eq!((count(&database, "estimates"), count(&database, "neff.alert_events")), (3, 0));
    }
}

#[tokio::test]
async fn importers_in_opposite_order_neither_wait_nor_deadlock_nor_lose_anything() {
    let database = office_without_rules().await;
    for n in 0..10 {
        rule(
            &database,
            "estimate_requested",
            &format!("R{n}"),
            &format!(r#"{{"project_size": {{"=": "{n}"}}}}"#),
            r#"15, '["dashboard"]', '["admins"]'"#,
        );
    }
    let (mut up, mut down) = (database.connect().await, database.connect().await);
    let one = |n: i32| {
        format!(
            "INSERT INTO estimates (customer_name, email, service_type, project_address, project_size) VALUES ('C', 'c@example.com', 'lot', '1 Way', '{n}')"
        )
    };
    for _ in 0..5 {
        run(&mut up, "BEGIN").await;
        run(&mut down, "BEGIN").await;
        for n in 0..10 {
            // In turns, each while the other holds its locks: waiting would never end.
            for (importer, rule) in [(&mut up, n), (&mut down, 9 - n)] {
                timeout(Duration::from_secs(5), run(importer, one(rule)))
                    .await
                    .expect("it waits for the other importer");
            }
        }
        run(&mut up, "COMMIT").await;
        run(&mut down, "COMMIT").await;
    }
    let sent =
        "SELECT coalesce(sum(coalesce(summarised_count, 1)), 0) FROM dashboard_notifications WHERE user_id = 'ann'";
    assert_eq!(database.psql(sent).trim(), "10", "one message a rule and window");
    assert_eq!(count(&database, "alert_history WHERE status = 'throttled'"), 90);
    minutes_pass(&database, 15);
    assert_eq!(database.psql("SELECT neff.flush_throttled_alerts()").trim(), "10");
    assert_eq!(database.psql(sent).trim(), "100", "nothing is swallowed");
    assert_eq!(count(&database, "alert_history WHERE status = 'failed'"), 0);
}

#[tokio::test]
async fn a_throttled_import_of_many_statements_is_summed_up_whole() {
    let database = office_without_rules().await;
    rule(&database, "estimate_requested", "calm", "{}", r#"15, '["dashboard"]', '["admins"]'"#);
    let mut importer = database.connect().await;
    for _ in 0..2 {
        run(&mut importer, "BEGIN").await;
        for _ in 0..40 {
            run(&mut importer, ESTIMATE).await;
        }
        run(&mut importer, "COMMIT").await;
    }
    // The first found its window open: one message at once. The second waits for the end of it.
    let told = "dashboard_notifications WHERE user_id = 'ann' AND title = '40 estimates were requested'";
    assert_eq!(count(&database, told), 1);
    assert_eq!(
        database.psql("SELECT count(*), sum(summarised_count) FROM alert_history WHERE status = 'throttled'").trim(),
        "1|40"
    );
    minutes_pass(&database, 15);
    database.psql("SELECT neff.flush_throttled_alerts()");
    assert_eq!(count(&database, told), 2);
    // One statement with an open window: one message for all of them.
    minutes_pass(&database, 15);
    database.psql("INSERT INTO estimates (customer_name, email, service_type, project_address) SELECT 'C' || n, 'c@example.com', 'lot', '1 Way' FROM generate_series(1, 3) AS n");
    assert_eq!(
        count(
            &database,
            "dashboard_notifications WHERE user_id = 'ann' AND title = '3 estimates were requested' AND message = 'C1, C2, C3'"
        ),
        1
    );
}

#[tokio::test]
async fn alerting_does_not_wait_for_a_rule_somebody_holds() {
    let database = office_without_rules().await;
    rule(&database, "estimate_requested", "held", "{}", r#"0, '["dashboard"]', '["admins"]'"#);
    let mut editor = database.connect().await;
    run(&mut editor, "BEGIN; SELECT * FROM alert_rules FOR UPDATE").await;
    let mut website = database.connect().await;
    timeout(Duration::from_secs(3), run(&mut website, ESTIMATE)).await.expect("it waits for the editor");
    assert_eq!(
        count(&database, "dashboard_notifications WHERE title LIKE 'New estimate%'"),
        2,
        "{}",
        deliveries(&database)
    );
}

#[tokio::test]
async fn what_cannot_be_delivered_says_why_and_the_change_is_saved() {
    let database = office_without_rules().await;
    database.psql("INSERT INTO recipient_groups (name) VALUES ('empty')");
    for (channels, groups, expected) in [
        (r#"["dashboard"]"#, r#"["empty"]"#, "dashboard|failed|rule|Nobody is in the group empty"),
        (r#"["dashboard"]"#, "[]", "dashboard|failed|rule|The rule names nobody"),
        (
            r#"["dashboard"]"#,
            r#"["no such"]"#,
            "dashboard|failed|group|There is no group called \"no such\"\ndashboard|failed|rule|Nobody is in the group no such",
        ),
        (r#"["dashboard"]"#, r#"["empty", "sales_team"]"#, "dashboard|delivered|person|\ndashboard|delivered|person|"),
        (r#"["pigeon"]"#, r#"["admins"]"#, "dashboard|failed|channel|There is no channel called \"pigeon\""),
        (
            r#"["pigeon", "SMS"]"#,
            r#"["sales_team"]"#,
            "dashboard|failed|channel|There is no channel called \"pigeon\"\nsms|pending|555-0101|\nsms|pending|555-0103|",
        ),
        (
            r#"[7, {"a": 1}, null]"#,
            r#"["admins"]"#,
            "dashboard|failed|channel|There is no channel called \"7\"\ndashboard|failed|channel|There is no channel called \"{\"a\": 1}\"",
        ),
        (r#"["slack"]"#, r#"["admins"]"#, "slack|failed|channel|No slack target is set up"),
        (r#"["sms"]"#, r#"["admins"]"#, "sms|failed|person|Bob has no phone number\nsms|pending|555-0101|"),
    ] {
        database.psql("DELETE FROM alert_history; DELETE FROM alert_rules");
        rule(&database, "estimate_requested", "r", "{}", &format!("0, '{channels}', '{groups}'"));
        database.psql(ESTIMATE);
        assert_eq!(deliveries(&database).trim(), expected, "{channels} to {groups}");
    }
    database.psql("INSERT INTO channel_endpoints (name, channel, host) VALUES ('#jobs', 'slack', 'hooks.slack.com'), ('#off', 'slack', 'hooks.slack.com'); UPDATE channel_endpoints SET is_active = false WHERE name = '#off'");
    database.psql("DELETE FROM alert_history; DELETE FROM alert_rules");
    rule(&database, "estimate_requested", "r", "{}", r#"0, '["slack"]', '["empty"]'"#);
    database.psql(ESTIMATE);
    assert_eq!(deliveries(&database).trim(), "slack|pending|endpoint|");
    assert_eq!(count(&database, "estimates"), 10);
}

#[tokio::test]
async fn people_choose_channels_and_urgency() {
    let database = office_without_rules().await;
    database.psql(r#"UPDATE app_users SET channels = '{"sms": {"enabled": false}, "email": {"min_priority": 3}}' WHERE user_id = 'ann'; UPDATE app_users SET status = 'disabled' WHERE user_id = 'bob'"#);
    rule(&database, "estimate_requested", "r", "{}", r#"0, '["sms", "email", "dashboard"]', '["admins"]'"#);
    database.psql(ESTIMATE);
    assert_eq!(deliveries(&database).trim(), "dashboard|delivered|person|");
}

#[tokio::test]
async fn a_rule_without_usable_channels_uses_those_of_its_type() {
    let database = office_without_rules().await;
    for channels in ["NULL", "'null'", "'[]'", "'{}'", "'\"email\"'", "'5'"] {
        database.psql("DELETE FROM alert_history; DELETE FROM dashboard_notifications; DELETE FROM alert_rules");
        rule(&database, "estimate_requested", "r", "{}", &format!("0, {channels}, NULL"));
        database.psql(ESTIMATE);
        assert_eq!(
            deliveries(&database).trim(),
            "dashboard|delivered|person|\ndashboard|delivered|person|\nemail|failed|person|Bob has no e-mail address\nemail|pending|ann@example.com|",
            "{channels}"
        );
    }
}

#[tokio::test]
async fn a_quiet_import_alerts_nobody_and_says_so() {
    let database = office_without_rules().await;
    for (setting, alerts) in [("on", 0), ("1", 0), ("true", 0), ("yes", 0), ("", 2), ("off", 2), ("0", 2), ("false", 2)]
    {
        database.psql("DELETE FROM dashboard_notifications");
        database.psql(&format!("SELECT set_config('app.quiet', '{setting}', true); {JOB}"));
        assert_eq!(count(&database, "dashboard_notifications"), alerts, "app.quiet = {setting:?}");
    }
    assert_eq!(count(&database, "schedule_changes WHERE reason LIKE '%(quiet import: no alerts)'"), 4);
}

#[tokio::test]
async fn the_specifications_functions_work_as_it_calls_them() {
    let database = office_without_rules().await;
    rule(
        &database,
        "job_canceled",
        "r",
        r#"{"location_address": {"=": "12 Oak St"}}"#,
        r#"0, '["dashboard"]', '["admins"]'"#,
    );
    database.psql(JOB);
    database.psql("DELETE FROM dashboard_notifications; DELETE FROM alert_history");
    let mut app = database.connect_as("neff_app").await;
    let job: uuid::Uuid = sqlx::query_scalar("SELECT id FROM job_schedules").fetch_one(&mut app).await.unwrap();
    sqlx::query("SELECT process_job_alert($1, 'job_canceled')").bind(job).execute(&mut app).await.unwrap();
    assert_eq!(count(&database, "dashboard_notifications WHERE title = 'Job canceled: 12 Oak St'"), 2);
    for nothing in [
        "process_job_alert(gen_random_uuid(), 'job_canceled')",
        "process_job_alert(NULL, NULL)",
        "process_job_alert(NULL, 'no such type')",
    ] {
        run(&mut app, format!("SELECT {nothing}")).await;
    }
    assert_eq!(count(&database, "alert_history"), 2, "{}", deliveries(&database));
    assert!(
        sqlx::query_scalar::<_, bool>("SELECT evaluate_alert_conditions('{\"a\": 5}', '{\"a\": {\">\": 4}}')")
            .fetch_one(&mut app)
            .await
            .unwrap()
    );

    // With the whole job as data, as the specification's own loop does it.
    database.psql("DELETE FROM dashboard_notifications; DELETE FROM alert_history");
    let send = "SELECT send_alert_notifications(r.id, r.alert_type_id, to_jsonb(j.*), r.notification_channels, r.recipient_groups) FROM alert_rules r, job_schedules j";
    database.psql(send);
    assert_eq!(
        notifications(&database).trim(),
        "ann|Job canceled: 12 Oak St|was Tue Jan 5, 7:00 AM\nbob|Job canceled: 12 Oak St|was Tue Jan 5, 7:00 AM"
    );
    for odd in [
        "NULL, NULL, NULL, NULL, NULL",
        "NULL, (SELECT id FROM alert_types WHERE name = 'job_canceled'), 'null', '5', '{}'",
        "gen_random_uuid(), gen_random_uuid(), '{}', '[]', '[]'",
    ] {
        database.psql(&format!("SELECT send_alert_notifications({odd})"));
    }
    // The same job saved by another program's own statement does not fail where the specification's trigger did.
    for status in ["confirmed", "in_progress", "completed"] {
        database.psql(&format!("UPDATE job_schedules SET status = '{status}'"));
    }
}

#[tokio::test]
async fn only_granted_roles_raise_alerts_and_only_of_the_offices_own_types() {
    let database = office().await;
    database.psql("INSERT INTO alert_types (name, category, default_channels) VALUES ('gate_open', 'security', '[\"dashboard\"]')");
    let login = unique("sensor");
    Server::get().await.create_login(&login, "unused", &[]).await;
    database.psql(&format!(
        "GRANT CONNECT ON DATABASE {} TO {login}; GRANT USAGE ON SCHEMA neff TO {login}",
        database.name
    ));
    let mut sensor = database.connect_as(&login).await;
    let raise =
        r#"SELECT neff.raise_alert('gate_open', '{"title": "The gate is open", "message": "Since 10 minutes"}')"#;
    assert_eq!(error_code(&mut sensor, raise).await, "42501");
    database.psql(&format!("GRANT EXECUTE ON FUNCTION neff.raise_alert(varchar, jsonb) TO {login}"));
    run(&mut sensor, raise).await;
    assert_eq!(
        notifications(&database).trim(),
        "ann|The gate is open|Since 10 minutes\nbob|The gate is open|Since 10 minutes"
    );
    for refused in [
        "SELECT neff.raise_alert('security_breach', '{}')",
        "SELECT neff.raise_alert('double_booking', '{}')",
        "SELECT neff.raise_alert('no such', '{}')",
        "SELECT neff.raise_alert(NULL, '{}')",
        "SELECT neff.raise_alert('gate_open', '[]')",
        "SELECT neff.raise_alert('gate_open', NULL)",
        "SELECT neff.raise_alert('gate_open', jsonb_build_object('message', repeat('x', 8001)))",
    ] {
        assert_eq!(error_code(&mut sensor, refused).await, "NF003", "{refused}");
    }
    // Everything behind it stays closed.
    for closed in [
        "SELECT neff.tell_alerts('1', 'security_breach')",
        "SELECT neff.told_alerts('1', 'security_breach')",
        "SELECT neff.note_alert('security_breach', 'data', NULL, '{}')",
        "SELECT neff.record_system_error('a', 'b')",
        "SELECT neff.flush_throttled_alerts()",
        "SELECT neff.deliver_pending_alerts()",
        "SELECT neff.daily_maintenance_if_due()",
        "SELECT neff.open_alert_windows(ARRAY[gen_random_uuid()], ARRAY[5])",
        "SELECT * FROM neff.alert_windows",
        "SELECT * FROM neff.alert_events FOR UPDATE",
        "DO $$ BEGIN LOCK TABLE neff.alert_events IN ACCESS SHARE MODE; END $$",
        "INSERT INTO neff.alert_events (type_name, source) VALUES ('security_breach', 'data')",
        "SELECT * FROM neff.duties FOR UPDATE",
        "INSERT INTO neff.feed_silence VALUES ('1')",
        "SELECT * FROM alert_history",
    ] {
        assert_eq!(error_code(&mut sensor, closed).await, "42501", "{closed}");
    }
    database.psql(&format!("DROP OWNED BY {login}; DROP ROLE {login}"));
}

#[tokio::test]
async fn temporary_tables_and_operators_redirect_nothing() {
    let database = office().await;
    let mut attacker = database.connect_as("neff_app").await;
    for table in [
        "alert_rules",
        "alert_types",
        "alert_history",
        "dashboard_notifications",
        "app_users",
        "recipient_groups",
        "recipient_group_members",
        "system_config",
        "estimates_shadow",
    ] {
        let like = if table == "estimates_shadow" { "estimates" } else { table };
        run(&mut attacker, format!("CREATE TEMP TABLE {table} (LIKE public.{like} INCLUDING DEFAULTS)")).await;
    }
    run(&mut attacker, "CREATE FUNCTION pg_temp.app_quiet() RETURNS boolean LANGUAGE sql AS 'SELECT true'").await;
    run(&mut attacker, "SET search_path = pg_temp, public, pg_catalog").await;
    run(&mut attacker, ESTIMATE.replace("estimates", "public.estimates")).await;
    assert_eq!(count(&database, "dashboard_notifications"), 3);
    let fooled: i64 = sqlx::query_scalar("SELECT count(*) FROM pg_temp.dashboard_notifications")
        .fetch_one(&mut attacker)
        .await
        .unwrap();
    assert_eq!(fooled, 0);
}

#[tokio::test]
async fn the_specifications_own_loop_notifies_a_person_once() {
    let database = office_without_rules().await;
    database.psql(JOB);
    database.psql("DELETE FROM dashboard_notifications; DELETE FROM alert_history");
    rule(&database, "job_canceled", "one", "{}", r#"0, '["dashboard"]', '["admins"]'"#);
    rule(&database, "job_canceled", "other", "{}", r#"0, '["dashboard"]', '["admins", "sales_team"]'"#);
    database.psql(
        "SELECT send_alert_notifications(r.id, r.alert_type_id, to_jsonb(j.*), r.notification_channels, r.recipient_groups)
           FROM alert_rules r, job_schedules j",
    );
    assert_eq!(
        database.psql("SELECT string_agg(user_id, ',' ORDER BY user_id) FROM dashboard_notifications").trim(),
        "ann,bob,cy"
    );
    assert_eq!(count(&database, "alert_history WHERE status = 'delivered'"), 5);
}

#[tokio::test]
async fn long_and_strange_texts_are_shortened_not_refused() {
    let database = office().await;
    database.psql("INSERT INTO estimates (customer_name, email, service_type, project_address, description, notes) VALUES (repeat('Ä', 255), 'a@example.com', repeat('s', 100), repeat('long street ', 10000), repeat('x', 1000000), E'line\\nline\\u0001')");
    database.psql("INSERT INTO alert_rules (alert_type_id, name, conditions, notification_channels) SELECT id, repeat('n', 255), '{}', to_jsonb(ARRAY[repeat('c', 5000)]) FROM alert_types WHERE name = 'estimate_requested'");
    database.psql(ESTIMATE);
    assert_eq!(count(&database, "estimates"), 2);
    assert_eq!(
        count(
            &database,
            "dashboard_notifications WHERE length(title) <= 255 AND title LIKE 'New estimate request: ÄÄÄ%…' AND length(message) <= 400"
        ),
        3
    );
    assert_eq!(
        count(&database, "alert_history WHERE status = 'failed' AND error_message LIKE 'There is no channel called%'"),
        1
    );
    assert_eq!(count(&database, "alert_history WHERE pg_column_size(data) > 20000"), 0);
    assert_eq!(count(&database, "alert_history WHERE subject = 'An alert could not be made'"), 0);
}

#[tokio::test]
async fn a_failure_of_alerting_is_recorded_and_the_change_commits() {
    let database = office().await;
    database.psql("ALTER TABLE dashboard_notifications ADD CONSTRAINT sabotage CHECK (title NOT LIKE 'New estimate%')");
    database.psql(ESTIMATE);
    assert_eq!(count(&database, "estimates"), 1);
    assert_eq!(
        count(
            &database,
            "alert_history h JOIN alert_types t ON t.id = h.alert_type_id WHERE t.name = 'estimate_requested' AND status = 'failed' AND error_message LIKE '%sabotage%'"
        ),
        1
    );
    assert_eq!(
        count(&database, "dashboard_notifications WHERE title = 'Something went wrong: alerts' AND user_id = 'ann'"),
        1
    );
    // Even where nothing at all can be recorded.
    database.psql("ALTER TABLE alert_history ADD CONSTRAINT sabotage CHECK (false) NOT VALID; ALTER TABLE dashboard_notifications ADD CONSTRAINT more CHECK (false) NOT VALID");
    database.psql(ESTIMATE);
    database.psql(JOB);
    database.psql("UPDATE job_schedules SET status = 'canceled'");
    assert_eq!((count(&database, "estimates"), count(&database, "job_schedules WHERE status = 'canceled'")), (2, 1));
}

#[tokio::test]
async fn errors_in_a_flood_are_one_message_and_a_summary() {
    let database = office().await;
    for n in 0..5 {
        database.psql(&format!("SELECT neff.record_system_error('backup', 'disk full {n}')"));
    }
    assert_eq!(
        notifications(&database).trim(),
        "ann|Something went wrong: backup|disk full 0\nbob|Something went wrong: backup|disk full 0"
    );
    minutes_pass(&database, 15);
    database.psql("SELECT neff.flush_throttled_alerts()");
    assert_eq!(count(&database, "dashboard_notifications WHERE title = '4 errors' AND user_id = 'ann'"), 1);
    database.psql("SELECT neff.record_problem('security_breach', 'audit', 'The audit was switched off'); SELECT neff.record_problem('database_issue', 'server', 'gone')");
    assert_eq!(count(&database, "dashboard_notifications WHERE priority_level = 5 AND user_id = 'ann'"), 2);
}

#[tokio::test]
async fn a_rule_with_history_is_retired_and_can_come_back() {
    let database = office_without_rules().await;
    rule(&database, "estimate_requested", "used", "{}", r#"0, '["dashboard"]', '["admins"]'"#);
    rule(
        &database,
        "estimate_requested",
        "unused",
        r#"{"service_type": {"=": "no such"}}"#,
        r#"0, '["dashboard"]', '["admins"]'"#,
    );
    database.psql(ESTIMATE);
    let mut app = database.connect_as("neff_app").await;
    run(&mut app, "SELECT set_config('app.current_user', 'Ann', false); DELETE FROM alert_rules").await;
    assert_eq!(database.psql("SELECT name, retired_at IS NOT NULL, retired_by FROM alert_rules").trim(), "used|t|Ann");
    assert_eq!(count(&database, "alert_history WHERE alert_rule_id IS NOT NULL"), 2);
    rule(
        &database,
        "estimate_requested",
        "other",
        r#"{"service_type": {"=": "no such"}}"#,
        r#"0, '["dashboard"]', '["admins"]'"#,
    );
    database.psql(ESTIMATE);
    assert_eq!(count(&database, "dashboard_notifications"), 2, "a retired rule is not evaluated");
    run(&mut app, "UPDATE alert_rules SET retired_at = NULL, retired_by = NULL WHERE name = 'used'").await;
    database.psql(ESTIMATE);
    assert_eq!(count(&database, "dashboard_notifications"), 4);
}

#[tokio::test]
async fn every_shipped_type_has_templates_that_fit() {
    let database = office().await;
    assert_eq!(
        count(
            &database,
            "alert_types t WHERE is_shipped AND NOT EXISTS (SELECT FROM email_templates e WHERE e.id = t.template_id AND e.alert_type_id = t.id)"
        ),
        0
    );
    assert_eq!(count(&database, "alert_types t WHERE is_shipped"), 9);
    let rows = database.psql("SELECT t.name, s.message_template, s.max_length FROM alert_types t LEFT JOIN sms_templates s ON s.alert_type_id = t.id WHERE t.is_shipped AND t.name <> 'job_scheduled' ORDER BY 1");
    for line in rows.trim().lines() {
        let parts: Vec<&str> = line.split('|').collect();
        let mut text = parts[1].to_owned();
        for (variable, value) in [
            ("customer_name", "Brookside Homeowners Assoc."),
            ("start_date", "Tue Apr 14, 8:00 AM"),
            ("conflict_start", "Tue Apr 14, 8:00 AM"),
            ("location_address", "1248 Cottonwood Ln, Springfield"),
            ("project_address", "1248 Cottonwood Ln, Springfield"),
            ("phone", "(555) 555-0123"),
            ("amount", "$12,500.00"),
            ("balance", "$2,500.00"),
            ("resource_name", "Roller 2"),
            ("component", "backup"),
            ("message", "The backup of last night could not be written: the disk is full"),
        ] {
            text = text.replace(&format!("{{{{{variable}}}}}"), value);
        }
        assert!(!text.contains("{{"), "{text}");
        assert!(
            !text.is_empty() && text.len() <= parts[2].parse().unwrap(),
            "{}: {} characters: {text}",
            parts[0],
            text.len()
        );
    }
    assert_eq!(
        database.psql("SELECT message_template FROM sms_templates WHERE name = 'job_scheduled_sms'").trim(),
        "NEFF PAVING: Job scheduled for {{customer_name}} on {{start_date}} at {{location_address}}. Priority: {{priority_level}}"
    );
}

#[tokio::test]
async fn ten_thousand_estimates_against_a_hundred_rules() {
    let database = office_without_rules().await;
    let import = "INSERT INTO estimates (customer_name, email, service_type, project_address, estimated_cost) SELECT 'C' || n, 'c@example.com', 'lot', '1 Way', n FROM generate_series(1, 10000) AS n";
    let mut importer = database.connect().await;
    let began = Instant::now();
    run(&mut importer, format!("BEGIN; SET LOCAL app.quiet = 'on'; {import}; COMMIT")).await;
    let quiet = began.elapsed();
    for n in 1..=100 {
        // One in ten matches: the fiftieth those above 5,000.
        let conditions = if n % 10 == 0 {
            format!(r#"{{"estimated_cost": {{">": {}}}}}"#, n * 100)
        } else {
            r#"{"estimated_cost": {"<": 0}}"#.to_owned()
        };
        rule(
            &database,
            "estimate_requested",
            &format!("R{n}"),
            &conditions,
            r#"0, '["dashboard", "email"]', '["admins"]'"#,
        );
    }
    let began = Instant::now();
    run(&mut importer, import).await;
    let loud = began.elapsed();
    println!("10,000 estimates: {quiet:?} quiet, {loud:?} with 100 rules");
    assert!(loud < quiet + Duration::from_secs(8), "{loud:?} with 100 rules, {quiet:?} quiet");
    // Rules 10, 20, … 90 match 9,000, 8,000, … 1,000; rule 100 matches none.
    assert_eq!(
        database.psql("SELECT string_agg(summarised_count::text, ',' ORDER BY summarised_count) FROM alert_history WHERE channel = 'email' AND status = 'pending'").trim(),
        "1000,2000,3000,4000,5000,6000,7000,8000,9000"
    );
    assert_eq!(count(&database, "estimates"), 20000);
}

#[tokio::test]
async fn a_job_does_not_feel_a_thousand_rules_that_do_not_match() {
    let few = office_without_rules().await;
    let many = office_without_rules().await;
    for database in [&few, &many] {
        rule(database, "job_scheduled", "first", r#"{"priority_level": {">": 5}}"#, "0, NULL, NULL");
    }
    many.psql(
        r#"INSERT INTO alert_rules (alert_type_id, name, conditions)
           SELECT id, 'R' || n, '{"priority_level": {">": 5}, "project_type": {"in": ["commercial", "custom"]}}'
             FROM alert_types, generate_series(1, 1000) AS n WHERE name = 'job_scheduled'"#,
    );
    many.psql("ANALYZE alert_rules");
    // In turns, so that whatever else the computer does slows both.
    let mut writers = [few.connect().await, many.connect().await];
    let mut times = [Vec::new(), Vec::new()];
    for _ in 0..80 {
        for (writer, times) in writers.iter_mut().zip(&mut times) {
            let began = Instant::now();
            run(writer, JOB).await;
            times.push(began.elapsed());
        }
    }
    let [few_median, many_median] = times.map(|mut times| {
        times.sort();
        times[times.len() / 2]
    });
    println!("one job: {few_median:?} with 1 rule, {many_median:?} with 1,001");
    assert_eq!(count(&many, "alert_history"), 0);
    assert!(many_median < few_median * 3, "{few_median:?} became {many_median:?}");
}

#[tokio::test]
async fn adopted_deliveries_without_an_address_survive() {
    let database = Server::get().await.specification_database().await;
    database.psql("INSERT INTO alert_history (alert_type_id, channel) SELECT id, 'email' FROM alert_types WHERE name = 'job_scheduled'; INSERT INTO alert_history (alert_type_id, channel, status) SELECT id, 'sms', 'throttled' FROM alert_types WHERE name = 'job_scheduled'");
    database.migrate().await;
    assert_eq!(database.psql("SELECT neff.flush_throttled_alerts()").trim(), "0");
    assert_eq!(
        database
            .psql("SELECT channel, status, recipient_email IS NULL, attempts, fence FROM alert_history ORDER BY 1")
            .trim(),
        "email|pending|t|0|0\nsms|throttled|t|0|0"
    );
    let mut connection = database.connect().await;
    connection.ping().await.unwrap();
}
