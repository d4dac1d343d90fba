//! What happened is what the triggers wrote: nobody hides it, dates it, or puts it in another's name.

#![allow(clippy::expect_used, clippy::unwrap_used, reason = "a failed step is a failed test")]

use neff_tests::postgres::{Server, TestDatabase};
use neff_tests::sql::{assert_forbidden, list, run, somebody, text};
use sqlx::PgConnection;

const JOB: &str = "'00000000-0000-0000-0000-0000000000f1'";

async fn office_with_a_job() -> (TestDatabase, PgConnection) {
    let database = Server::get().await.office_database().await;
    let mut connection = database.connect().await;
    run(
        &mut connection,
        &format!(
            "INSERT INTO job_schedules (id, start_date, end_date, location_address)
        VALUES ({JOB}, '2031-03-03 14:00Z', '2031-03-03 22:00Z', 'x')"
        ),
    )
    .await;
    (database, connection)
}

/// Lines in the order of events: what, who says so, whether the triggers wrote it.
const LINES: &str =
    "SELECT concat_ws(' ', change_type, changed_by, CASE WHEN written_by_trigger THEN 'recorded' ELSE 'said' END)
    FROM schedule_changes ORDER BY number";

#[tokio::test]
async fn a_foreign_line_stands_beside_the_recorded_ones() {
    let (database, mut keeper) = office_with_a_job().await;
    let (login, mut website) = somebody(&database, &["neff_app"]).await;
    let said = format!("INSERT INTO schedule_changes (job_schedule_id, job_id_was, change_type, changed_by, changed_at, source, previous_data, new_data, login, written_by_trigger)
        VALUES ({JOB}, {JOB}, 'rescheduled', 'Karen', '2020-01-01', 'manual_admin', '{{\"start_date\": \"2020-01-01\"}}', '{{}}', 'postgres', true)");
    let before = text(&mut keeper, "clock_timestamp()").await;
    run(
        &mut website,
        &format!(
            "BEGIN; {said};
        UPDATE job_schedules SET start_date = start_date - interval '1 h';
        UPDATE job_schedules SET status = 'confirmed';
        {said};
        UPDATE job_schedules SET status = 'canceled';
        COMMIT"
        ),
    )
    .await;
    assert_eq!(
        list(&mut keeper, LINES).await,
        [
            "scheduled system recorded",
            "rescheduled Karen said",
            "rescheduled system recorded",
            "status_updated system recorded",
            "rescheduled Karen said",
            "canceled system recorded",
        ]
    );
    // Whoever wrote them, and when: what they say of that is kept apart.
    let stamped = format!(
        "SELECT count(*) FROM schedule_changes WHERE login = '{login}' AND changed_at BETWEEN '{before}' AND clock_timestamp()"
    );
    assert_eq!(text(&mut keeper, &stamped).await, "5");
    assert_eq!(text(&mut keeper, "SELECT count(*) FROM schedule_changes WHERE said_at = '2020-01-01'").await, "2");
    for statement in [
        "UPDATE schedule_changes SET written_by_trigger = true",
        "DELETE FROM schedule_changes",
        "INSERT INTO schedule_changes (job_schedule_id, change_type, changed_by, number) VALUES (NULL, 'canceled', 'x', 1)",
    ] {
        let told = neff_tests::sql::try_run(&mut website, statement).await.unwrap_err();
        assert!(told.starts_with("42501") || told.starts_with("428C9"), "{statement}: {told}");
    }
}

#[tokio::test]
async fn a_trigger_of_a_session_s_own_records_nothing() {
    let (database, mut keeper) = office_with_a_job().await;
    let (_, mut website) = somebody(&database, &["neff_app"]).await;
    run(&mut website, &format!("CREATE TEMP TABLE t (a int);
        CREATE FUNCTION pg_temp.f() RETURNS trigger LANGUAGE plpgsql AS $$ BEGIN
            INSERT INTO public.schedule_changes (job_schedule_id, change_type, changed_by, written_by_trigger) VALUES ({JOB}, 'completed', 'Karen', true);
            RETURN NULL; END $$;
        CREATE TRIGGER t AFTER INSERT ON t FOR EACH ROW EXECUTE FUNCTION pg_temp.f(); INSERT INTO t VALUES (1)")).await;
    assert_eq!(list(&mut keeper, LINES).await, ["scheduled system recorded", "completed Karen said"]);
}

#[tokio::test]
async fn events_of_one_transaction_are_read_back_in_their_order() {
    let (_database, mut keeper) = office_with_a_job().await;
    run(&mut keeper, "BEGIN;
        INSERT INTO job_schedules (id, start_date, end_date, location_address) VALUES ('00000000-0000-0000-0000-0000000000f2', '2031-03-04', '2031-03-05', 'y');
        UPDATE job_schedules SET end_date = end_date + interval '1 day' WHERE location_address = 'y';
        UPDATE job_schedules SET status = 'canceled' WHERE location_address = 'y';
        INSERT INTO assignment_overrides (job_schedule_id, resource_id, reason) VALUES ('00000000-0000-0000-0000-0000000000f2', gen_random_uuid(), 'because');
        DELETE FROM assignment_overrides;
        COMMIT").await;
    let trail =
        "SELECT change_type FROM schedule_changes WHERE job_id_was::text LIKE '%f2' ORDER BY changed_at, number";
    assert_eq!(list(&mut keeper, trail).await, ["scheduled", "rescheduled", "canceled"]);
    let audit = "SELECT concat_ws(' ', table_name, operation, coalesce(new_values->>'status', old_values->>'reason')) FROM audit_logs
                  WHERE row_id LIKE '%f2' OR table_name = 'assignment_overrides' ORDER BY number";
    let audited = [
        "job_schedules INSERT scheduled",
        "job_schedules UPDATE scheduled",
        "job_schedules UPDATE canceled",
        "assignment_overrides INSERT",
        "assignment_overrides DELETE because",
    ];
    assert_eq!(list(&mut keeper, audit).await, audited);
    // The order is the clock's, too, and no number comes twice.
    for table in ["schedule_changes", "audit_logs"] {
        let at = if table == "audit_logs" { "\"timestamp\"" } else { "changed_at" };
        let disorder = format!(
            "SELECT count(*) FROM (SELECT {at} < lag({at}) OVER (ORDER BY number) AS earlier, number = lag(number) OVER (ORDER BY number) AS twice FROM {table}) AS o WHERE earlier OR twice"
        );
        assert_eq!(text(&mut keeper, &disorder).await, "0", "{table}");
    }
}

#[tokio::test]
async fn lines_from_before_the_adoption_keep_their_dates_and_are_numbered_by_them() {
    let database = Server::get().await.specification_database().await;
    let mut keeper = database.connect().await;
    run(&mut keeper, "ALTER TABLE job_schedules DISABLE TRIGGER USER;
        INSERT INTO job_schedules (id, calendly_event_uri, start_date, end_date, location_address) VALUES (gen_random_uuid(), 'u', now(), now() + interval '1 h', 'x');
        INSERT INTO schedule_changes (job_schedule_id, change_type, changed_by, changed_at) SELECT id, 'canceled', 'second', '2024-02-01' FROM job_schedules;
        INSERT INTO schedule_changes (job_schedule_id, change_type, changed_by, changed_at) SELECT id, 'scheduled', 'first', '2024-01-01' FROM job_schedules;
        INSERT INTO schedule_changes (job_schedule_id, change_type, changed_by, changed_at) SELECT id, 'completed', 'third', '2024-03-01' FROM job_schedules;
        ALTER TABLE job_schedules ENABLE TRIGGER USER").await;
    database.migrate().await;
    run(&mut keeper, "UPDATE job_schedules SET priority_level = 5").await;
    let lines = "SELECT concat_ws(' ', number, changed_by, changed_at::date = CURRENT_DATE, login) FROM schedule_changes ORDER BY number";
    assert_eq!(list(&mut keeper, lines).await, ["1 first f", "2 second f", "3 third f", "4 system t postgres"]);
}

#[tokio::test]
async fn emptying_a_table_at_once_leaves_its_traces() {
    let (database, mut keeper) = office_with_a_job().await;
    run(&mut keeper, "SELECT neff.register_person('Karen')").await;
    let mark = text(&mut keeper, "SELECT max(id) FROM change_feed").await;
    run(&mut keeper, "SELECT set_config('app.current_user', 'the keeper', false); TRUNCATE job_schedules CASCADE")
        .await;
    assert_eq!(list(&mut keeper, LINES).await, ["canceled the keeper recorded"]);
    let told = format!(
        "SELECT table_name || ' ' || row_id || ' ' || operation::text FROM change_feed WHERE id > {mark} AND operation = 'T' ORDER BY table_name"
    );
    let feed = list(&mut keeper, &told).await;
    assert!(
        feed.contains(&"job_schedules * T".to_owned()) && feed.contains(&"schedule_changes * T".to_owned()),
        "{feed:?}"
    );
    let audit = "SELECT concat_ws(' ', table_name, old_values->>'rows', user_name) FROM audit_logs WHERE operation = 'TRUNCATE' ORDER BY table_name";
    let audited = list(&mut keeper, audit).await;
    assert!(
        audited.contains(&"job_schedules 1 postgres".to_owned())
            && audited.contains(&"schedule_changes 1 postgres".to_owned()),
        "{audited:?}"
    );
    // Whatever people edit, and what is only read; the feed itself; the audit itself, which is news.
    let silent = "SELECT string_agg(DISTINCT c.relname::text, ' ') FROM pg_trigger f JOIN pg_class c ON c.oid = f.tgrelid
        WHERE f.tgname IN ('z_feed_insert', 'y_audit_insert')
          AND NOT EXISTS (SELECT FROM pg_trigger t WHERE t.tgrelid = c.oid AND t.tgname = replace(f.tgname, 'insert', 'truncate'))";
    assert_eq!(text(&mut keeper, silent).await, "", "tables that can be emptied unseen");
    run(&mut keeper, "TRUNCATE change_feed").await;
    assert_eq!(list(&mut keeper, "SELECT table_name || row_id FROM change_feed").await, ["change_feed*"]);
    run(&mut keeper, "TRUNCATE audit_logs").await;
    assert_eq!(
        list(&mut keeper, "SELECT table_name || ' ' || operation FROM audit_logs WHERE table_name = 'audit_logs'")
            .await,
        ["audit_logs TRUNCATE"]
    );
    let news = "SELECT count(*) FROM dashboard_notifications WHERE message LIKE 'The audit was emptied by the login postgres%'";
    assert_eq!(text(&mut keeper, news).await, "1");
    let (_, mut admin) = somebody(&database, &["neff_app", "neff_admin"]).await;
    for table in ["job_schedules CASCADE", "schedule_changes", "audit_logs", "change_feed", "customers CASCADE"] {
        assert_forbidden(&mut admin, &format!("TRUNCATE {table}")).await;
    }
}
