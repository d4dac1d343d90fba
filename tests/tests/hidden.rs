//! What the row policies hide (blocked customers, contracts canceled long ago) no function or view lets through.

#![allow(clippy::expect_used, clippy::unwrap_used, reason = "a failed step is a failed test")]

use neff_tests::postgres::{Server, unique};
use neff_tests::sql::{list, run, somebody, text, try_run};
use sqlx::Connection;

const OFFICE: &str = "
    INSERT INTO crew_members (name, role) VALUES ('Ann', 'operator');
    INSERT INTO customers (id, name, email, phone, status) VALUES ('00000000-0000-0000-0000-0000000000d1', 'Rotten Egg', 'rotten@example.com', '630-555-0143', 'blocked');
    INSERT INTO contracts (id, client_name, client_email, client_phone, service_type, project_address, status, created_at, updated_at) VALUES
        ('00000000-0000-0000-0000-0000000000e1', 'Rotten Egg', 'rotten@example.com', '630-555-0143', 'residential', '7 Secret Lane', 'canceled', now() - interval '3 years', now() - interval '2 years');
    INSERT INTO job_schedules (contract_id, start_date, end_date, location_address, crew_assigned) VALUES
        ('00000000-0000-0000-0000-0000000000e1', '2031-03-03 14:00Z', '2031-03-03 22:00Z', '9 Open Road', '[\"Ann\"]')";

#[tokio::test]
async fn functions_that_run_as_the_owner_hide_what_row_policies_hide() {
    let database = Server::get().await.office_database().await;
    let mut keeper = database.connect().await;
    run(&mut keeper, OFFICE).await;
    let (_, mut staff) = somebody(&database, &["neff_app"]).await;
    let (_, mut admin) = somebody(&database, &["neff_app", "neff_admin"]).await;
    // Whoever takes a role on has its rights, and no more, also a superuser.
    let mut as_staff = database.connect().await;
    run(&mut as_staff, "SET ROLE neff_app").await;
    let clash = "SELECT other_address || ' ' || coalesce(other_customer, 'nobody') FROM neff.find_clashes(NULL, '2031-03-03 15:00Z', '2031-03-03 16:00Z', '[\"Ann\"]', '[]')";
    for connection in [&mut staff, &mut as_staff] {
        for words in ["rotten", "rotten egg", "ro", "0143", "630-555-0143", "secret lane", "rotten@example.com"] {
            let found = format!(
                "SELECT kind || ' ' || title || ' ' || coalesce(subtitle, '') FROM neff.search_records('{words}')"
            );
            assert_eq!(list(connection, &found).await, Vec::<String>::new(), "{words}");
            let jobs = format!("SELECT count(*) FROM neff.jobs_with_text('{words}')");
            // Two letters begin a word: that of the road the job is on, which is no secret.
            assert_eq!(text(connection, &jobs).await, if words == "ro" { "1" } else { "0" }, "{words}");
        }
        // The job itself is no secret, only whose it is.
        assert_eq!(list(connection, "SELECT title FROM neff.search_records('open road')").await, ["9 Open Road"]);
        assert_eq!(list(connection, clash).await, ["9 Open Road nobody"]);
        assert_eq!(text(connection, "SELECT count(*) FROM contracts").await, "0");
    }
    assert!(list(&mut admin, "SELECT title FROM neff.search_records('rotten')").await.len() >= 2);
    assert_eq!(list(&mut admin, clash).await, ["9 Open Road Rotten Egg"]);
    // Nobody who is no staff, or was switched off, finds anything.
    let (_, mut program) = somebody(&database, &["neff_program"]).await;
    assert!(try_run(&mut program, "SELECT neff.search_records('open road')").await.is_err());
    let group = unique("group");
    Server::get().await.create_login(&group, "x", &["neff_app"]).await;
    let (login, mut eve) = somebody(&database, &[&group]).await;
    assert_eq!(text(&mut eve, "SELECT count(*) FROM neff.search_records('open road')").await, "1");
    run(
        &mut keeper,
        &format!("INSERT INTO app_users (user_id, name, database_login) VALUES ('eve', 'Eve', '{login}')"),
    )
    .await;
    run(&mut admin, "UPDATE app_users SET status = 'disabled' WHERE name = 'Eve'").await;
    assert_eq!(text(&mut eve, "SELECT count(*) FROM neff.search_records('open road')").await, "0");
    // A refused double booking tells no more than a look does.
    let refused = "SELECT set_config('app.source', 'manual_admin', false);
        INSERT INTO job_schedules (start_date, end_date, location_address, crew_assigned) VALUES ('2031-03-03 15:00Z', '2031-03-03 16:00Z', 'x', '[\"Ann\"]')";
    let error = sqlx::raw_sql(refused).execute(&mut staff).await.unwrap_err();
    let detail = error
        .as_database_error()
        .unwrap()
        .downcast_ref::<sqlx::postgres::PgDatabaseError>()
        .detail()
        .unwrap_or_default()
        .to_owned();
    assert!(detail.contains("9 Open Road") && !detail.contains("Rotten"), "{detail}");
    // No function or view that staff may use was forgotten: those that read customers or contracts are known.
    let readers = "SELECT DISTINCT p.proname::text FROM pg_proc p WHERE p.pronamespace IN ('neff'::regnamespace, 'public'::regnamespace) AND p.prosecdef
        AND p.prosrc ~ 'public\\.(customers|contracts)' AND p.prorettype <> 'trigger'::regtype
        AND (has_function_privilege('neff_app', p.oid, 'EXECUTE') OR has_function_privilege('neff_program', p.oid, 'EXECUTE'))";
    for name in list(&mut keeper, readers).await {
        let known = [
            "block_customer",
            "find_blocked_customer",
            "find_clashes",
            "jobs_with_text",
            "search_records",
            "unblock_customer",
        ];
        assert!(known.contains(&name.as_str()), "{name} reads customers or contracts as the owner");
    }
    keeper.close().await.unwrap();
}
