//! Whoever may create in `public` (an upgraded server leaves that to everybody) captures nothing that runs with more rights.

#![allow(clippy::expect_used, clippy::unwrap_used, reason = "a failed step is a failed test")]

use neff_tests::postgres::{Server, unique};
use neff_tests::sql::{list, run, somebody, text};
use sqlx::Connection;

/// Writes along every trigger. Literals only: an operator or a function in it would be the session's own doing.
const WRITE: &str = "
    INSERT INTO public.crews (name) VALUES ('North');
    INSERT INTO public.crew_members (name, role, email, phone) VALUES ('Ann', 'operator', 'a@example.com', '630-555-0143');
    INSERT INTO public.crew_memberships (crew_id, crew_member_id) TABLE trap.membership;
    INSERT INTO public.equipment (name, kind) VALUES ('Paver', 'paver');
    INSERT INTO public.time_off (kind, during) VALUES ('rain', '[2031-02-01, 2031-02-02)');
    INSERT INTO public.customers (name, email, phone, address) VALUES ('C', 'c@example.com', '630-555-0143', '1 Oak St');
    INSERT INTO public.contracts (client_name, service_type, project_address) VALUES ('C', 'residential', '1 Oak');
    INSERT INTO public.estimates (customer_name, email, service_type, project_address, estimated_cost) VALUES ('E', 'e@example.com', 'residential', '3 Ash', 20000);
    INSERT INTO public.job_schedules (start_date, end_date, location_address, crew_assigned, equipment_needed, calendly_event_uri) VALUES
        ('2031-01-06 12:00Z', '2031-01-09 20:00Z', '1 Oak', '[\"North\", \"Ann\", \"Zed\"]', '[\"Paver\"]', 'u'),
        ('2031-01-07 12:00Z', '2031-01-07 20:00Z', '2 Elm', '[{\"name\": \"Ann\"}]', '[]', 'v');
    INSERT INTO public.payments (contract_id, amount) TABLE trap.payment;
    INSERT INTO public.schedule_changes (change_type, changed_by, changed_at) VALUES ('notes_added', 'x', 'infinity');
    INSERT INTO public.office_changes (changed_by, login, proven, source, summary) VALUES ('x', 'x', true, 'api', 'x');
    INSERT INTO public.saved_views (screen, name, filters) VALUES ('schedule', 'Mine', '');
    INSERT INTO public.customer_messages (channel, body) VALUES ('phone', 'x');
    INSERT INTO public.alert_rules (alert_type_id, name, conditions) TABLE trap.rule;
    INSERT INTO public.resource_aliases (kind, written, resource_id) VALUES ('person', 'Annie', '00000000-0000-0000-0000-0000000000a1');
    UPDATE public.job_schedules SET status = 'confirmed', crew_assigned = '[\"Ann\"]', start_date = '2031-01-06 11:00Z';
    UPDATE public.customers SET phone = '+1 630 555 0144'; UPDATE public.estimates SET status = 'sent'; UPDATE public.contracts SET status = 'in_progress';
    UPDATE public.crew_members SET name = 'Anne'; UPDATE public.crews SET name = 'South'; UPDATE public.alert_rules SET is_active = false;
    UPDATE public.app_users SET quiet_from = '20:00', quiet_until = '06:00'; UPDATE public.job_schedules SET status = 'canceled'";
const REMOVE: &str = "DELETE FROM public.payments; DELETE FROM public.crew_memberships; DELETE FROM public.job_schedules; DELETE FROM public.contracts;
    DELETE FROM public.estimates; DELETE FROM public.customers; DELETE FROM public.crews; DELETE FROM public.crew_members; DELETE FROM public.equipment;
    DELETE FROM public.resource_aliases; DELETE FROM public.time_off; DELETE FROM public.customer_messages; DELETE FROM public.saved_views";

#[tokio::test]
async fn nothing_of_others_runs_with_the_owners_rights() {
    let server = Server::get().await;
    let database = server.office_database().await;
    let mut keeper = database.connect().await;
    let thief = unique("thief");
    server.create_login(&thief, "x", &[]).await;
    run(&mut keeper, &format!("SELECT neff.register_person('Karen');
        CREATE SCHEMA trap; CREATE TABLE trap.caught (who name, what text); GRANT USAGE ON SCHEMA trap TO PUBLIC; GRANT INSERT ON trap.caught TO PUBLIC;
        CREATE VIEW trap.membership AS SELECT c.id AS crew_id, m.id AS crew_member_id FROM crews c, crew_members m;
        CREATE VIEW trap.payment AS SELECT id, 5 FROM contracts; CREATE VIEW trap.rule AS SELECT id, 'R', '{{\"estimated_cost\": {{\">\": 1}}}}'::jsonb FROM alert_types;
        GRANT SELECT ON ALL TABLES IN SCHEMA trap TO PUBLIC; REVOKE SELECT ON trap.caught FROM PUBLIC;
        GRANT CREATE ON SCHEMA public TO PUBLIC; GRANT CONNECT, TEMPORARY ON DATABASE {} TO {thief}", database.name)).await;
    let mut thief = database.connect_as(&thief).await;
    run(&mut thief, include_str!("../fixtures/traps.sql")).await;
    let traps = "SELECT count(*) FROM pg_proc p JOIN pg_operator o ON o.oprnamespace = p.pronamespace WHERE p.pronamespace = 'public'::regnamespace AND o.oprname = '*<>'";
    assert!(text(&mut keeper, traps).await.parse::<u32>().unwrap() > 10_000, "traps that are not set catch nobody");
    // They do catch whoever is careless.
    run(&mut thief, "SELECT btrim(rolname) FROM pg_roles").await;
    assert_ne!(text(&mut keeper, "SELECT count(*) FROM trap.caught").await, "0");
    run(&mut keeper, "TRUNCATE trap.caught").await;

    let (_, mut staff) = somebody(&database, &["neff_app"]).await;
    let (_, mut program) = somebody(&database, &["neff_program"]).await;
    for path in ["public", "trap, public", "pg_temp, public", "''"] {
        run(&mut staff, &format!("SET search_path = {path}; {WRITE}; {REMOVE}")).await;
        run(&mut staff, "SELECT FROM neff.search_records('oak'); SELECT FROM public.database_health; SELECT FROM public.table_sizes; SELECT FROM public.assignment_conflicts").await;
        run(&mut program, &format!("SET search_path = {path}; INSERT INTO public.estimates (customer_name, email, service_type, project_address) VALUES ('E', 'e', 'residential', 'x')")).await;
        // The keeper's own statements look nothing up: what runs then is ours.
        run(
            &mut keeper,
            &format!("SET search_path = {path}; {WRITE}; TRUNCATE public.job_schedules CASCADE; {REMOVE}"),
        )
        .await;
        run(&mut keeper, "SELECT public.daily_maintenance(); SELECT public.weekly_optimization(); SELECT neff.apply_role_privileges(); SELECT neff.flush_throttled_alerts()").await;
    }
    // A function of a session's own is none either.
    run(&mut staff, "SET search_path = public; CREATE FUNCTION pg_temp.pg_stat_statements_reset() RETURNS void LANGUAGE sql AS 'INSERT INTO trap.caught VALUES (current_user, ''temporary'')'").await;
    run(&mut keeper, "CREATE FUNCTION pg_temp.pg_stat_statements_reset() RETURNS void LANGUAGE sql AS 'INSERT INTO trap.caught VALUES (current_user, ''temporary'')'; SELECT public.weekly_optimization()").await;
    keeper.close().await.unwrap();
    let mut keeper = database.connect().await;
    let caught = list(&mut keeper, "SELECT DISTINCT who || ': ' || what FROM trap.caught ORDER BY 1").await;
    assert_eq!(caught, Vec::<String>::new());
}
