//! What each role may do, and above all what it may not.

#![allow(clippy::expect_used, clippy::unwrap_used, reason = "a failed step is a failed test")]

use std::collections::{BTreeMap, BTreeSet};

use neff_tests::postgres::{Server, TestDatabase, unique};
use sqlx::{AssertSqlSafe, PgConnection};

const ROLES: [&str; 4] = ["neff_app", "neff_admin", "neff_program", "neff_readonly"];

async fn office() -> (TestDatabase, PgConnection) {
    let database = Server::get().await.office_database().await;
    let connection = database.connect().await;
    (database, connection)
}

/// Somebody with a login of their own in this role.
async fn somebody(database: &TestDatabase, role: &str) -> PgConnection {
    let login = unique("somebody");
    Server::get().await.create_login(&login, "x", &[role]).await;
    database.connect_as(&login).await
}

async fn try_run(connection: &mut PgConnection, statements: &str) -> Result<(), String> {
    match sqlx::raw_sql(AssertSqlSafe(statements.to_owned())).execute(connection).await {
        Ok(_) => Ok(()),
        Err(error) => Err(error
            .as_database_error()
            .map_or_else(|| error.to_string(), |e| format!("{} {}", e.code().unwrap_or_default(), e.message()))),
    }
}

async fn run(connection: &mut PgConnection, statements: &str) {
    try_run(connection, statements).await.unwrap_or_else(|error| panic!("{statements}: {error}"));
}

/// Fails the test unless the server says that this role may not.
async fn assert_forbidden(connection: &mut PgConnection, statement: &str) {
    match try_run(connection, statement).await {
        Ok(()) => panic!("{statement}: it worked"),
        // 42501: permission denied, not owner, or against a row policy.
        Err(error) => assert!(error.starts_with("42501"), "{statement}: {error}"),
    }
}

async fn text(connection: &mut PgConnection, query: &str) -> String {
    sqlx::query_scalar::<_, Option<String>>(AssertSqlSafe(format!("SELECT ({query})::text")))
        .fetch_one(connection)
        .await
        .unwrap_or_else(|error| panic!("{query}: {error}"))
        .unwrap_or_default()
}

/// `SELECT, UPDATE (a, b)` as rights on the whole and rights on columns.
fn parse(privileges: &str) -> (BTreeSet<String>, BTreeMap<String, BTreeSet<String>>) {
    let (mut whole, mut columns) = (BTreeSet::new(), BTreeMap::new());
    for part in privileges.split_inclusive([',', ')']).fold(Vec::<String>::new(), |mut parts, piece| {
        match parts.last_mut() {
            Some(last) if last.contains('(') && !last.contains(')') => last.push_str(piece),
            _ => parts.push(piece.to_owned()),
        }
        parts
    }) {
        let part = part.trim_matches([' ', ',']);
        match part.split_once('(') {
            Some((right, names)) => {
                let names = names.trim_end_matches(')').split(',').map(|name| name.trim().to_owned()).collect();
                columns.insert(right.trim().to_owned(), names);
            }
            None if !part.is_empty() => drop(whole.insert(part.to_owned())),
            None => {}
        }
    }
    (whole, columns)
}

#[test]
fn rights_are_read_as_they_are_granted() {
    let (whole, columns) = parse("SELECT, INSERT, UPDATE (name, last_seen)");
    assert_eq!(whole.into_iter().collect::<Vec<_>>(), ["INSERT", "SELECT"]);
    assert_eq!(columns["UPDATE"].iter().collect::<Vec<_>>(), ["last_seen", "name"]);
}

#[tokio::test]
async fn each_role_has_what_the_table_of_rights_says_and_nothing_else() {
    let (_database, mut connection) = office().await;
    let granted: BTreeMap<(String, String), String> = sqlx::query_as::<_, (String, String, String)>(
        "SELECT role_name::text, table_name::text, privileges FROM role_privileges",
    )
    .fetch_all(&mut connection)
    .await
    .unwrap()
    .into_iter()
    .map(|(role, table, rights)| ((role, table), rights))
    .collect();
    // Every table and view of the schema, and every column of each; what an extension brings is its own.
    let facts: Vec<(String, String, String, bool, Vec<String>)> = sqlx::query_as(
        "SELECT role, c.relname::text, p, has_table_privilege(role, c.oid, p),
                ARRAY(SELECT a.attname::text FROM pg_attribute a WHERE a.attrelid = c.oid AND a.attnum > 0 AND NOT a.attisdropped
                         AND p IN ('SELECT', 'INSERT', 'UPDATE', 'REFERENCES') AND has_column_privilege(role, c.oid, a.attnum, p))
           FROM unnest($1::text[]) AS role, pg_class c,
                unnest(ARRAY['SELECT', 'INSERT', 'UPDATE', 'DELETE', 'TRUNCATE', 'REFERENCES', 'TRIGGER']) AS p
          WHERE c.relnamespace = 'public'::regnamespace AND c.relkind IN ('r', 'v', 'm', 'p')
            AND NOT EXISTS (SELECT FROM pg_depend d WHERE d.objid = c.oid AND d.deptype = 'e')",
    )
    .bind(ROLES.as_slice())
    .fetch_all(&mut connection)
    .await
    .unwrap();
    assert!(facts.len() > 800, "{}", facts.len());
    let mut seen = BTreeSet::new();
    for (role, table, right, has, on_columns) in facts {
        let wanted = granted.get(&(role.clone(), table.clone())).cloned().unwrap_or_default();
        seen.insert((role.clone(), table.clone()));
        let (whole, columns) = parse(&wanted);
        assert_eq!(has, whole.contains(&right), "{role}: {right} on {table} ({wanted})");
        if !has {
            let wanted: BTreeSet<String> = columns.get(&right).cloned().unwrap_or_default();
            assert_eq!(
                on_columns.into_iter().collect::<BTreeSet<_>>(),
                wanted,
                "{role}: {right} on columns of {table}"
            );
        }
    }
    // The two views that come with their extension may be missing; a table that is no more may not be granted.
    let nowhere: Vec<_> = granted.keys().filter(|key| !seen.contains(*key)).map(|(_, table)| table.as_str()).collect();
    assert!(nowhere.iter().all(|table| ["slow_queries", "query_performance"].contains(table)), "{nowhere:?}");

    let public = "SELECT count(*) FROM pg_class c, aclexplode(coalesce(c.relacl, acldefault('r', c.relowner))) a
                  WHERE c.relnamespace = 'public'::regnamespace AND c.relkind IN ('r', 'v') AND a.grantee = 0
                    AND NOT EXISTS (SELECT FROM pg_depend d WHERE d.objid = c.oid AND d.deptype = 'e')";
    assert_eq!(text(&mut connection, public).await, "0", "everybody has a right on some table");
    let sequences = "SELECT count(*) FROM pg_class c, unnest(ARRAY['neff_app', 'neff_admin', 'neff_program', 'neff_readonly', 'public']) AS role
                     WHERE c.relnamespace = 'public'::regnamespace AND c.relkind = 'S' AND has_sequence_privilege(role, c.oid, 'USAGE, UPDATE')";
    assert_eq!(text(&mut connection, sequences).await, "0");
}

#[tokio::test]
async fn applying_the_table_of_rights_again_changes_nothing() {
    let (database, mut connection) = office().await;
    let rights = "SELECT md5(string_agg(concat_ws(' ', c.relname, c.relacl::text, (SELECT string_agg(a.attname || a.attacl::text, ',' ORDER BY a.attnum) FROM pg_attribute a WHERE a.attrelid = c.oid)), '; ' ORDER BY c.relname))
                    FROM pg_class c WHERE c.relnamespace = 'public'::regnamespace";
    let before = text(&mut connection, rights).await;
    let mut admin = somebody(&database, "neff_admin").await;
    run(&mut admin, "SELECT neff.apply_role_privileges()").await;
    assert_eq!(text(&mut connection, rights).await, before);
    // It puts back what somebody loosened.
    run(&mut connection, "GRANT ALL ON audit_logs, database_health TO neff_app, PUBLIC; GRANT UPDATE (office_role) ON app_users TO neff_app").await;
    run(&mut admin, "SELECT neff.apply_role_privileges()").await;
    assert_eq!(text(&mut connection, rights).await, before);
}

#[tokio::test]
async fn the_office_staff_may_work_and_cannot_make_themselves_more() {
    let (database, mut keeper) = office().await;
    let mut dana = somebody(&database, "neff_app").await;
    run(
        &mut keeper,
        "INSERT INTO system_config (key, value, is_sensitive) VALUES ('mail_password', 'swordfish', true)",
    )
    .await;
    run(&mut dana, "
        SELECT neff.register_person('Dana Neff');
        SELECT set_config('app.current_user', user_id, false) FROM app_users;
        INSERT INTO customers (name, email) VALUES ('C', 'c@example.com');
        INSERT INTO contracts (client_name, service_type, project_address) VALUES ('C', 'residential', 'x');
        INSERT INTO estimates (customer_name, service_type, project_address) VALUES ('C', 'residential', 'x');
        INSERT INTO crew_members (name, role, emergency_contact) VALUES ('Ann', 'operator', '{\"name\": \"Bo\"}');
        INSERT INTO job_schedules (start_date, end_date, location_address, crew_assigned) VALUES (now(), now() + interval '1 h', 'x', '[\"Ann\"]');
        UPDATE job_schedules SET status = 'confirmed';
        INSERT INTO schedule_changes (job_schedule_id, change_type, changed_by) SELECT id, 'notes_added', 'x' FROM job_schedules;
        INSERT INTO payments (contract_id, amount) SELECT id, 5 FROM contracts;
        INSERT INTO estimate_versions (estimate_id, number, content, created_by) SELECT id, 1, '{}', 'x' FROM estimates;
        UPDATE app_users SET quiet_from = '20:00', quiet_until = '06:00', channels = '{\"sms\": {\"enabled\": false}}';
        UPDATE dashboard_notifications SET is_read = true;
        INSERT INTO office_computers (id, name) VALUES (gen_random_uuid(), 'front desk');
        INSERT INTO alert_rules (alert_type_id, name, conditions) SELECT id, 'R', '{}' FROM alert_types WHERE name = 'job_scheduled';
        SELECT * FROM database_health; SELECT * FROM alert_system_health; SELECT * FROM table_sizes; SELECT * FROM assignment_conflicts; SELECT * FROM change_feed;
        DELETE FROM payments; DELETE FROM job_schedules; DELETE FROM contracts; DELETE FROM estimates; DELETE FROM crew_members; DELETE FROM customers").await;
    for statement in [
        // Who I am and what I may.
        "UPDATE app_users SET office_role = 'owner'",
        "UPDATE app_users SET database_login = 'postgres'",
        "UPDATE app_users SET status = 'disabled'",
        "UPDATE app_users SET email = 'somebody@else.example'",
        "SELECT neff.register_person('Owner', true)",
        "SELECT * FROM neff.disabled_with_rights()",
        "INSERT INTO app_users (user_id, name) VALUES ('x', 'X')",
        "DELETE FROM app_users",
        "INSERT INTO recipient_group_members SELECT g.id, u.id FROM recipient_groups g, app_users u",
        "DELETE FROM recipient_group_members",
        "UPDATE recipient_groups SET name = 'x'",
        "UPDATE role_privileges SET privileges = 'SELECT'",
        "INSERT INTO role_privileges VALUES ('neff_app', 'audit_logs', 'DELETE')",
        "SELECT neff.apply_role_privileges()",
        "SET ROLE neff_owner",
        "SET ROLE neff_admin",
        "GRANT SELECT ON audit_logs TO neff_app",
        // What the office is set to.
        "UPDATE system_config SET value = '0'",
        "INSERT INTO system_config (key, value) VALUES ('a', 'b')",
        "DELETE FROM system_config",
        "INSERT INTO alert_types (name, category) VALUES ('x', 'security')",
        "INSERT INTO channel_endpoints (name, channel, host) VALUES ('x', 'webhook', 'evil.example')",
        "INSERT INTO schema_versions (version) VALUES ('9.9.9')",
        "UPDATE schema_versions SET min_program = '99'",
        "DELETE FROM schema_versions",
        // What happened.
        "UPDATE schedule_changes SET changed_by = 'somebody else'",
        "DELETE FROM schedule_changes",
        "TRUNCATE schedule_changes",
        "SELECT * FROM audit_logs",
        "INSERT INTO audit_logs (table_name, operation) VALUES ('x', 'x')",
        "UPDATE audit_logs SET user_name = 'x'",
        "DELETE FROM audit_logs",
        "UPDATE estimate_versions SET content = '[]'",
        "DELETE FROM alert_history",
        "DELETE FROM change_feed",
        "INSERT INTO change_feed (table_name, row_id, operation) VALUES ('x', 'x', 'I')",
        // What is derived.
        "INSERT INTO job_assignments (job_schedule_id, resource_kind, resource_id, during, state) VALUES (gen_random_uuid(), 'person', gen_random_uuid(), '[now,infinity)', 'firm')",
        "UPDATE job_assignments SET state = 'released'",
        "DELETE FROM job_assignments",
        "SELECT neff.assign_jobs('{}', false)",
        // The schema and what guards it.
        "CREATE TABLE mine (id int)",
        "CREATE FUNCTION mine() RETURNS int LANGUAGE sql AS 'SELECT 1'",
        "CREATE VIEW mine AS SELECT 1",
        "CREATE SCHEMA mine",
        "ALTER TABLE customers DISABLE TRIGGER USER",
        "ALTER TABLE customers DISABLE ROW LEVEL SECURITY",
        "CREATE TRIGGER mine BEFORE INSERT ON customers FOR EACH ROW EXECUTE FUNCTION update_timestamp()",
        "DROP POLICY customer_access_policy ON customers",
        "DROP TABLE customers",
        "TRUNCATE customers",
        "ALTER FUNCTION neff.audit_session() RENAME TO x",
        "SELECT daily_maintenance()",
        "SELECT weekly_optimization()",
        "SELECT neff.raise_alert('job_scheduled', '{}')",
        "SELECT * FROM slow_queries_of_others()",
    ] {
        // The last is no function of ours: it must fail for another reason, or this list proves nothing.
        if statement.contains("slow_queries_of_others") {
            assert!(try_run(&mut dana, statement).await.unwrap_err().starts_with("42883"));
        } else {
            assert_forbidden(&mut dana, statement).await;
        }
    }
    // Settings that hide their value are hidden, also from the look-up everybody may call.
    assert_eq!(text(&mut dana, "SELECT count(*) FROM system_config WHERE is_sensitive").await, "0");
    assert_eq!(text(&mut dana, "neff.config_text('mail_password', 'not said')").await, "not said");
    assert_eq!(text(&mut dana, "neff.config_text('email_batch_size', 'not said')").await, "50");
    let mut admin = somebody(&database, "neff_admin").await;
    assert_eq!(text(&mut admin, "SELECT value FROM system_config WHERE key = 'mail_password'").await, "swordfish");
}

#[tokio::test]
async fn reporting_reads_the_work_and_nothing_personal() {
    let (database, mut keeper) = office().await;
    run(
        &mut keeper,
        "INSERT INTO crew_members (name, role, emergency_contact) VALUES ('Ann', 'operator', '{\"name\": \"Bo\"}');
         INSERT INTO system_config (key, value, is_sensitive) VALUES ('mail_password', 'swordfish', true)",
    )
    .await;
    let mut reporting = somebody(&database, "neff_readonly").await;
    for table in [
        "contracts",
        "estimates",
        "customers",
        "job_schedules",
        "schedule_changes",
        "crews",
        "equipment",
        "payments",
        "job_assignments",
        "time_off",
        "database_health",
        "alert_system_health",
        "table_sizes",
        "table_statistics",
        "assignment_conflicts",
    ] {
        run(&mut reporting, &format!("SELECT * FROM {table}")).await;
    }
    assert_eq!(text(&mut reporting, "SELECT name || ' ' || role FROM crew_members").await, "Ann operator");
    for statement in [
        "SELECT * FROM audit_logs",
        "SELECT * FROM system_config",
        "SELECT emergency_contact FROM crew_members",
        "SELECT * FROM crew_members",
        "SELECT to_jsonb(crew_members) FROM crew_members",
        "SELECT * FROM app_users",
        "SELECT * FROM dashboard_notifications",
        "SELECT message FROM alert_history",
        "SELECT recipient_email FROM alert_history",
        "SELECT * FROM channel_endpoints",
        "INSERT INTO customers (name) VALUES ('x')",
        "UPDATE customers SET name = 'x'",
        "DELETE FROM job_schedules",
        "SELECT neff.block_customer(gen_random_uuid())",
        "SELECT neff.find_blocked_customer('x')",
        "SELECT neff.register_person('X')",
        "SELECT process_job_alert(gen_random_uuid(), 'job_scheduled')",
        "SELECT neff.alert_contexts('1', '{}')",
        "CREATE TABLE mine (id int)",
        "SET ROLE neff_app",
    ] {
        assert_forbidden(&mut reporting, statement).await;
    }
    assert_eq!(text(&mut reporting, "neff.config_text('mail_password', 'not said')").await, "not said");
}

#[tokio::test]
async fn the_admin_keeps_people_and_settings_and_rewrites_no_history() {
    let (database, _keeper) = office().await;
    let mut admin = somebody(&database, "neff_admin").await;
    run(&mut admin, "
        INSERT INTO app_users (user_id, name, office_role) VALUES ('x', 'X', 'sales'); UPDATE app_users SET office_role = 'manager';
        INSERT INTO recipient_group_members SELECT g.id, u.id FROM recipient_groups g, app_users u WHERE g.name = 'admins';
        UPDATE system_config SET value = '1' WHERE key = 'sms_batch_size'; INSERT INTO system_config (key, value, is_sensitive) VALUES ('a', 'b', true); DELETE FROM system_config WHERE key = 'a';
        INSERT INTO alert_types (name, category) VALUES ('gate_open', 'security');
        SELECT * FROM audit_logs; SELECT daily_maintenance(); DELETE FROM app_users").await;
    for statement in [
        "UPDATE audit_logs SET user_name = 'x'",
        "DELETE FROM audit_logs",
        "INSERT INTO audit_logs (table_name, operation) VALUES ('x', 'x')",
        "UPDATE schedule_changes SET reason = 'x'",
        "DELETE FROM schedule_changes",
        "DELETE FROM job_assignments",
        "UPDATE role_privileges SET privileges = 'SELECT'",
        "DELETE FROM schema_versions",
        "SET ROLE neff_owner",
        "CREATE TABLE mine (id int)",
        "ALTER TABLE audit_logs DISABLE TRIGGER USER",
        "ALTER TABLE customers DISABLE TRIGGER USER",
    ] {
        assert_forbidden(&mut admin, statement).await;
    }
}

#[tokio::test]
async fn functions_are_nobody_s_to_call_unless_listed() {
    let (_database, mut connection) = office().await;
    let may_call = async |connection: &mut PgConnection, who: &str| -> String {
        text(connection, &format!(
            "SELECT string_agg(DISTINCT p.proname::text, ' ' ORDER BY p.proname::text) FROM pg_proc p, aclexplode(coalesce(p.proacl, acldefault('f', p.proowner))) a
              WHERE p.pronamespace IN ('public'::regnamespace, 'neff'::regnamespace) AND a.privilege_type = 'EXECUTE'
                AND a.grantee = CASE '{who}' WHEN 'public' THEN 0 ELSE to_regrole('{who}')::oid END
                AND NOT EXISTS (SELECT FROM pg_depend d WHERE d.objid = p.oid AND d.deptype = 'e')"
        )).await
    };
    assert_eq!(
        may_call(&mut connection, "public").await,
        "acting_role app_actor app_setting app_source config_int config_text default_throttle_minutes folded login_is_disabled may_look names_nobody office_time_zone office_working_days proven_person searchable sees_all sortable time_zone weekdays word_key"
    );
    assert_eq!(
        may_call(&mut connection, "neff_readonly").await,
        "change_feed_id client_connections waiting_alert_events"
    );
    assert_eq!(
        may_call(&mut connection, "neff_program").await,
        "change_feed_id evaluate_alert_conditions process_job_alert record_system_error send_alert_notifications"
    );
    let staff = may_call(&mut connection, "neff_app").await;
    assert_eq!(
        staff,
        "are_many_jobs block_customer change_feed_id check_assignments client_connections compile_alert_conditions count_jobs daily_maintenance_if_due deliver_pending_alerts evaluate_alert_conditions find_blocked_customer find_clashes flush_throttled_alerts holds holds_words job_claims job_filter job_group job_joined job_words jobs_to_change jobs_with_text judge_now like_literal list_jobs list_jobs_by_crew list_jobs_by_customer office_time process_job_alert record_problem record_system_error register_person search_records send_alert_notifications settle_assignments settle_job_order sought_words unblock_customer waiting_alert_events words_in_json write_jobs"
    );
    let admin = may_call(&mut connection, "neff_admin").await;
    let more: BTreeSet<&str> = admin.split(' ').filter(|f| !staff.split(' ').any(|s| s == *f)).collect();
    assert_eq!(
        more,
        [
            "apply_role_privileges",
            "daily_maintenance",
            "disabled_with_rights",
            "give_back_access",
            "make_statement_views",
            "take_access",
            "weekly_optimization",
        ]
        .into()
    );
    assert!(staff.split(' ').all(|f| admin.split(' ').any(|a| a == f)), "the admin may do what the staff may");

    let loose = "SELECT coalesce(string_agg(p.oid::regprocedure::text, ', '), 'none') FROM pg_proc p
                  WHERE p.pronamespace IN ('public'::regnamespace, 'neff'::regnamespace) AND p.prosecdef AND NOT 'search_path=pg_catalog, pg_temp' = ANY (coalesce(p.proconfig, '{}'))";
    assert_eq!(
        text(&mut connection, loose).await,
        "none",
        "definer functions that look names up where their caller says"
    );
    let others = "SELECT coalesce(string_agg(p.oid::regprocedure::text, ', '), 'none') FROM pg_proc p
                   WHERE p.pronamespace IN ('public'::regnamespace, 'neff'::regnamespace) AND p.prosecdef AND p.proowner <> 'neff_owner'::regrole";
    assert_eq!(text(&mut connection, others).await, "none");
    for role in ROLES {
        assert_eq!(
            text(&mut connection, &format!("has_schema_privilege('{role}', 'public', 'CREATE')")).await,
            "false",
            "{role}"
        );
    }
    run(
        &mut connection,
        "SET ROLE neff_owner; CREATE FUNCTION of_tomorrow() RETURNS int LANGUAGE sql AS 'SELECT 1'; RESET ROLE",
    )
    .await;
    assert_eq!(text(&mut connection, "has_function_privilege('neff_app', 'of_tomorrow()', 'EXECUTE')").await, "false");
}

/// A trigger that runs with the rights of the writer must not call what only the owner may: the write would be refused.
#[tokio::test]
async fn triggers_call_only_what_the_writer_may_call() {
    let (_database, mut connection) = office().await;
    let forbidden = "SELECT coalesce(string_agg(DISTINCT f.proname || ' calls ' || g.proname, ', '), 'none')
          FROM pg_proc f CROSS JOIN LATERAL regexp_matches(f.prosrc, '(?:neff|public)\\.([a-z_]+)\\(', 'g') AS m(called)
          JOIN pg_proc g ON g.proname = m.called[1] AND g.pronamespace IN ('neff'::regnamespace, 'public'::regnamespace)
         WHERE f.pronamespace IN ('neff'::regnamespace, 'public'::regnamespace) AND NOT f.prosecdef
           AND f.proname <> 'switch_person'  -- of administrators only
           AND EXISTS (SELECT FROM pg_trigger t WHERE t.tgfoid = f.oid)
           AND NOT EXISTS (SELECT FROM aclexplode(coalesce(g.proacl, acldefault('f', g.proowner))) a WHERE a.grantee = 0)";
    assert_eq!(text(&mut connection, forbidden).await, "none");
}

#[tokio::test]
async fn tables_of_a_session_s_own_redirect_nothing() {
    let (database, mut keeper) = office().await;
    let mut dana = somebody(&database, "neff_app").await;
    run(&mut dana, "SELECT neff.register_person('Dana Neff')").await;
    let tables = [
        "alert_rules",
        "alert_types",
        "alert_history",
        "system_config",
        "app_users",
        "recipient_groups",
        "recipient_group_members",
        "schedule_changes",
        "audit_logs",
        "change_feed",
        "job_assignments",
        "job_schedules",
        "customers",
        "contracts",
        "estimates",
        "crew_members",
        "dashboard_notifications",
        "assignment_overrides",
        "resource_aliases",
        "maintenance_runs",
    ];
    for table in tables {
        let columns =
            if table == "audit_logs" { "id uuid" } else { &format!("LIKE public.{table} INCLUDING DEFAULTS") };
        run(&mut dana, &format!("CREATE TEMP TABLE {table} ({columns})")).await;
    }
    run(&mut dana, "CREATE FUNCTION pg_temp.app_source() RETURNS varchar LANGUAGE sql AS $$ SELECT 'manual_admin'::varchar $$;
        INSERT INTO system_config (key, value) VALUES ('office_time_zone', 'Asia/Tokyo');
        INSERT INTO public.customers (name, email) VALUES ('C', 'c@example.com');
        UPDATE public.customers SET phone = '1'; UPDATE public.customers SET version = 9;
        INSERT INTO public.crew_members (name, role) VALUES ('Ann', 'operator');
        INSERT INTO public.estimates (customer_name, service_type, project_address) VALUES ('C', 'residential', 'x');
        INSERT INTO public.job_schedules (start_date, end_date, location_address, crew_assigned) VALUES (now(), now() + interval '1 h', 'x', '[\"Ann\"]');
        UPDATE public.job_schedules SET status = 'canceled';
        SELECT neff.block_customer(id) FROM public.customers").await;
    for table in tables {
        let expected = if table == "system_config" { "1" } else { "0" };
        assert_eq!(text(&mut dana, &format!("SELECT count(*) FROM pg_temp.{table}")).await, expected, "{table}");
    }
    assert_eq!(text(&mut keeper, "SELECT concat_ws(' ', version, status) FROM customers").await, "3 blocked");
    assert_eq!(
        text(
            &mut keeper,
            "SELECT string_agg(concat(change_type, ' ', source), ', ' ORDER BY changed_at) FROM schedule_changes"
        )
        .await,
        "scheduled system, canceled system"
    );
    assert_eq!(text(&mut keeper, "SELECT string_agg(state, ',') FROM job_assignments").await, "released");
    assert_eq!(text(&mut keeper, "SELECT count(*) > 5 FROM audit_logs").await, "true");
    assert_eq!(
        text(&mut keeper, "SELECT count(*) > 0 FROM dashboard_notifications WHERE title LIKE 'New estimate request%'")
            .await,
        "true"
    );
    assert_eq!(text(&mut dana, "SELECT neff.office_time_zone()").await, "America/Chicago");
}

// ---- Rows ------------------------------------------------------------------------------------------------------------------

#[tokio::test]
async fn a_blocked_customer_is_hidden_from_the_staff_and_can_be_unblocked() {
    let (database, mut keeper) = office().await;
    let mut dana = somebody(&database, "neff_app").await;
    run(
        &mut dana,
        "INSERT INTO customers (name, email) VALUES ('Good', 'good@example.com'), ('Bad', 'bad@example.com')",
    )
    .await;
    // The policy itself forbids the plain way: the row would vanish from under whoever writes it.
    assert_forbidden(&mut dana, "UPDATE customers SET status = 'blocked' WHERE name = 'Bad'").await;
    assert_forbidden(&mut dana, "INSERT INTO customers (name, status) VALUES ('Worse', 'blocked')").await;
    run(&mut dana, "SELECT neff.block_customer(id) FROM customers WHERE name = 'Bad'").await;
    assert_eq!(text(&mut dana, "SELECT string_agg(name, ',') FROM customers").await, "Good");
    assert_eq!(
        text(&mut keeper, "SELECT concat_ws(' ', status, version) FROM customers WHERE name = 'Bad'").await,
        "blocked 2"
    );
    // Neither changed nor deleted by accident.
    run(&mut dana, "UPDATE customers SET phone = '1'; DELETE FROM customers WHERE name = 'Bad'").await;
    assert_eq!(text(&mut keeper, "SELECT coalesce(phone, 'none') FROM customers WHERE name = 'Bad'").await, "none");
    // Adding them again meets the address; the office finds out why, and takes the block back.
    assert!(
        try_run(&mut dana, "INSERT INTO customers (name, email) VALUES ('Again', 'bad@example.com')")
            .await
            .unwrap_err()
            .starts_with("23505")
    );
    assert_eq!(text(&mut dana, "SELECT name FROM neff.find_blocked_customer('bad@example.com')").await, "Bad");
    assert_eq!(text(&mut dana, "SELECT count(*) FROM neff.find_blocked_customer('good@example.com')").await, "0");
    run(&mut dana, "SELECT neff.unblock_customer(id) FROM neff.find_blocked_customer('bad@example.com'); UPDATE customers SET status = 'inactive' WHERE name = 'Good'; SELECT neff.unblock_customer(id) FROM customers").await;
    assert_eq!(
        text(&mut dana, "SELECT string_agg(name || ' ' || status, ', ' ORDER BY name) FROM customers").await,
        "Bad active, Good inactive"
    );
    // Who blocked is in the audit.
    assert_eq!(
        text(
            &mut keeper,
            "SELECT count(*) FROM audit_logs WHERE new_values->>'status' = 'blocked' AND user_name LIKE 'somebody_%'"
        )
        .await,
        "1"
    );
    // A NULL status is none that hides anything.
    run(&mut dana, "UPDATE customers SET status = NULL WHERE name = 'Bad'").await;
    assert_eq!(text(&mut dana, "SELECT count(*) FROM customers").await, "2");
}

#[tokio::test]
async fn a_contract_of_years_ago_can_be_canceled() {
    let (database, mut keeper) = office().await;
    run(&mut keeper, "INSERT INTO contracts (client_name, service_type, project_address, status, created_at, updated_at) VALUES
         ('old, open', 'residential', 'x', 'approved', now() - interval '2 years', now() - interval '2 years'),
         ('old, canceled', 'residential', 'x', 'canceled', now() - interval '2 years', now() - interval '2 years'),
         ('old, canceled lately', 'residential', 'x', 'canceled', now() - interval '2 years', now() - interval '1 day')").await;
    let mut dana = somebody(&database, "neff_app").await;
    let names = "SELECT string_agg(client_name, '; ' ORDER BY client_name) FROM contracts";
    assert_eq!(text(&mut dana, names).await, "old, canceled lately; old, open");
    run(&mut dana, "UPDATE contracts SET status = 'canceled' WHERE client_name = 'old, open'").await;
    assert_eq!(text(&mut keeper, "SELECT status FROM contracts WHERE client_name = 'old, open'").await, "canceled");
    assert_eq!(text(&mut dana, names).await, "old, canceled lately; old, open", "and taken back, if it was a mistake");
    run(&mut dana, "UPDATE contracts SET status = 'approved' WHERE client_name = 'old, open'").await;
}

#[tokio::test]
async fn reporting_and_admin_see_every_row() {
    let (database, mut keeper) = office().await;
    run(&mut keeper, "INSERT INTO customers (name, status) VALUES ('a', 'active'), ('b', 'blocked');
         INSERT INTO contracts (client_name, service_type, project_address, status, created_at, updated_at) VALUES ('c', 'residential', 'x', 'canceled', '2001-01-01', '2001-01-01')").await;
    for role in ["neff_readonly", "neff_admin"] {
        let mut who = somebody(&database, role).await;
        assert_eq!(
            text(&mut who, "SELECT (SELECT count(*) FROM customers) || ' ' || (SELECT count(*) FROM contracts)").await,
            "2 1",
            "{role}"
        );
    }
    let mut admin = somebody(&database, "neff_admin").await;
    run(&mut admin, "UPDATE customers SET status = 'blocked'; UPDATE customers SET status = 'active'; UPDATE contracts SET status = 'pending'").await;
}
