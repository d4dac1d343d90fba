//! Everything the specification names is there and works, with what its statements get wrong put right.

#![allow(clippy::expect_used, clippy::unwrap_used, reason = "a failed step is a failed test")]

use std::collections::{BTreeMap, BTreeSet};
use std::process::{Command, Stdio};

use neff_tests::cluster::{Cluster, Entry};
use neff_tests::keeper::program;
use neff_tests::postgres::{Server, TestDatabase, unique};
use serde_json::{Value, json};
use sqlx::postgres::PgConnectOptions;
use sqlx::{AssertSqlSafe, ConnectOptions, Connection, PgConnection};

async fn office() -> (TestDatabase, PgConnection) {
    let database = Server::get().await.office_database().await;
    let connection = database.connect().await;
    (database, connection)
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

/// One value, as text; empty where it is NULL or there is no row.
async fn text(connection: &mut PgConnection, query: &str) -> String {
    sqlx::query_scalar::<_, Option<String>>(AssertSqlSafe(format!("SELECT ({query})::text")))
        .fetch_one(connection)
        .await
        .unwrap_or_else(|error| panic!("{query}: {error}"))
        .unwrap_or_default()
}

/// The first column of every row, as text.
async fn list(connection: &mut PgConnection, query: &str) -> BTreeSet<String> {
    let rows: Vec<String> = sqlx::query_scalar(AssertSqlSafe(query.to_owned()))
        .fetch_all(connection)
        .await
        .unwrap_or_else(|error| panic!("{query}: {error}"));
    rows.into_iter().collect()
}

async fn job(connection: &mut PgConnection, columns: &str, values: &str) -> String {
    text_of_insert(
        connection,
        &format!(
            "INSERT INTO job_schedules (start_date, end_date, location_address{columns})
             VALUES ('2031-03-03 14:00Z', '2031-03-03 22:00Z', '1 Quarry Road'{values}) RETURNING id::text"
        ),
    )
    .await
}

async fn text_of_insert(connection: &mut PgConnection, statement: &str) -> String {
    sqlx::query_scalar(AssertSqlSafe(statement.to_owned()))
        .fetch_one(connection)
        .await
        .unwrap_or_else(|error| panic!("{statement}: {error}"))
}

/// The trail of a job, oldest first: `type by source`.
async fn trail(connection: &mut PgConnection, job: &str) -> Vec<String> {
    sqlx::query_scalar(
        "SELECT concat_ws(' ', change_type, changed_by, source) FROM schedule_changes WHERE job_id_was = $1::uuid ORDER BY changed_at, number",
    )
    .bind(job)
    .fetch_all(connection)
    .await
    .unwrap()
}

// ---- What the specification names ------------------------------------------------------------------------------------

#[tokio::test]
async fn every_column_is_there_and_takes_what_it_took() {
    let server = Server::get().await;
    let specified = server.specification_database().await;
    let (_database, mut ours) = office().await;
    let mut theirs = specified.connect().await;
    let columns: &str =
        "SELECT jsonb_build_object('of', c.relname, 'name', a.attname, 'type', format_type(a.atttypid, a.atttypmod),
                'not_null', a.attnotnull, 'default', pg_get_expr(d.adbin, d.adrelid))
           FROM pg_class c JOIN pg_attribute a ON a.attrelid = c.oid AND a.attnum > 0 AND NOT a.attisdropped
           LEFT JOIN pg_attrdef d ON d.adrelid = c.oid AND d.adnum = a.attnum
          WHERE c.relnamespace = 'public'::regnamespace AND c.relkind = 'r'";
    let read = async |connection: &mut PgConnection| -> BTreeMap<(String, String), Value> {
        let rows: Vec<Value> = sqlx::query_scalar(columns).fetch_all(connection).await.unwrap();
        rows.into_iter()
            .map(|r| ((r["of"].as_str().unwrap().to_owned(), r["name"].as_str().unwrap().to_owned()), r))
            .collect()
    };
    let (specified, ours_all) = (read(&mut theirs).await, read(&mut ours).await);
    assert!(specified.len() > 130, "only {} columns were specified", specified.len());
    let turned: BTreeSet<String> =
        list(&mut ours, "SELECT table_name || '.' || column_name FROM null_means_default").await;
    for ((table, column), wanted) in &specified {
        let name = format!("{table}.{column}");
        let is = ours_all.get(&(table.clone(), column.clone())).unwrap_or_else(|| panic!("{name} is missing"));
        let wider = name == "job_schedules.estimated_duration_hours";
        assert_eq!(is["type"], if wider { json!("numeric(7,2)") } else { wanted["type"].clone() }, "{name}");
        // What was optional stays so, or its NULL becomes the default.
        if is["not_null"] == json!(true) && wanted["not_null"] == json!(false) {
            assert!(turned.contains(&name), "{name} no longer takes NULL");
        }
        // New rules start from the office's setting; every other default is the specification's.
        if name != "alert_rules.throttle_minutes" && is["default"] != wanted["default"] {
            let value =
                |row: &Value| format!("({})::{}", row["default"].as_str().unwrap(), row["type"].as_str().unwrap());
            let same = format!("{} = {}", value(wanted), value(is));
            assert_eq!(
                text(&mut ours, &same).await,
                "true",
                "{name}: {} instead of {}",
                is["default"],
                wanted["default"]
            );
        }
    }
    assert_eq!(text(&mut ours, "SELECT count(DISTINCT table_name) FROM null_means_default").await, "13");
}

#[tokio::test]
async fn every_constraint_index_trigger_and_policy_is_there() {
    let specified = Server::get().await.specification_database().await;
    let (_database, mut ours) = office().await;
    let mut theirs = specified.connect().await;

    let constraints: &str =
        "SELECT conrelid::regclass || ' ' || conname || ' ' || pg_get_constraintdef(oid) FROM pg_constraint
        WHERE connamespace = 'public'::regnamespace AND contype <> 'n'";
    let (wanted, there) = (list(&mut theirs, constraints).await, list(&mut ours, constraints).await);
    assert!(wanted.len() > 45, "{wanted:?}");
    let changed: Vec<&String> = wanted.difference(&there).collect();
    let names: Vec<&str> = changed.iter().map(|c| c.split(' ').nth(1).unwrap()).collect();
    // The trail outlives its job, and knows one kind of change more.
    assert_eq!(names, ["schedule_changes_job_schedule_id_fkey", "valid_change_type"], "{changed:?}");

    let indexes: &str = "SELECT pg_get_indexdef(indexrelid) FROM pg_index JOIN pg_class c ON c.oid = indrelid WHERE c.relnamespace = 'public'::regnamespace";
    let (wanted, there) = (list(&mut theirs, indexes).await, list(&mut ours, indexes).await);
    assert!(wanted.len() > 55, "{}", wanted.len());
    assert_eq!(wanted.difference(&there).collect::<Vec<_>>(), Vec::<&String>::new());
    assert!(there.iter().any(|i| i.contains("idx_job_schedules_location_trgm") && i.contains("gin_trgm_ops")));

    let triggers: &str = "SELECT tgrelid::regclass || ' ' || tgname FROM pg_trigger WHERE NOT tgisinternal";
    let (wanted, there) = (list(&mut theirs, triggers).await, list(&mut ours, triggers).await);
    assert_eq!(wanted.len(), 5);
    assert_eq!(wanted.difference(&there).collect::<Vec<_>>(), Vec::<&String>::new());

    let policies: &str = "SELECT tablename || ' ' || policyname || ' ' || roles::text FROM pg_policies";
    let (wanted, there) = (list(&mut theirs, policies).await, list(&mut ours, policies).await);
    assert_eq!(wanted.len(), 2);
    assert_eq!(wanted.difference(&there).collect::<Vec<_>>(), Vec::<&String>::new());
    assert_eq!(
        text(&mut ours, "SELECT string_agg(relname, ' ' ORDER BY relname) FROM pg_class WHERE relrowsecurity").await,
        "app_users contracts customers saved_views system_config"
    );

    // Whatever points to another table is found from there without reading all of it.
    let unindexed = "SELECT coalesce(string_agg(k.conrelid::regclass || '.' || k.conname, ', '), 'none') FROM pg_constraint k
        WHERE k.contype = 'f' AND k.connamespace = 'public'::regnamespace
          AND NOT EXISTS (SELECT FROM pg_index i WHERE i.indrelid = k.conrelid AND i.indkey[0] = k.conkey[1]
                           -- A key that is looked for is not null: an index of those that are not serves it.
                           AND (i.indpred IS NULL OR pg_get_expr(i.indpred, i.indrelid) = format('(%I IS NOT NULL)',
                                (SELECT attname FROM pg_attribute WHERE attrelid = k.conrelid AND attnum = k.conkey[1]))))";
    assert_eq!(text(&mut ours, unindexed).await, "none");
}

#[tokio::test]
async fn every_default_row_is_there_as_it_was_written() {
    let specified = Server::get().await.specification_database().await;
    let (_database, mut ours) = office().await;
    let mut theirs = specified.connect().await;
    for (table, count) in [
        ("alert_types", 8),
        ("alert_rules", 2),
        ("email_templates", 1),
        ("sms_templates", 1),
        ("system_config", 6),
        ("schema_versions", 1),
    ] {
        // Ids and times are each database's own; a type is given its template, and a type's id goes by its name.
        let read = format!(
            "SELECT (to_jsonb(t) - ARRAY['id', 'created_at', 'updated_at', 'applied_at', 'applied_by', 'template_id', 'alert_type_id', 'version', 'is_shipped',
                     'predicate', 'predicate_error', 'retired_at', 'retired_by', 'min_program']
                     || jsonb_build_object('version_text', to_jsonb(t)->>'version', 'type', (SELECT a.name FROM alert_types a WHERE a.id::text = to_jsonb(t)->>'alert_type_id')))::text
               FROM {table} t"
        );
        let wanted = list(&mut theirs, &read).await;
        let there: BTreeSet<String> = list(&mut ours, &read).await;
        assert_eq!(wanted.len(), count, "{table}");
        let plain = |rows: &BTreeSet<String>| -> Vec<Value> {
            rows.iter()
                .map(|r| {
                    let mut row: Value = serde_json::from_str(r).unwrap();
                    if table != "schema_versions" {
                        row.as_object_mut().unwrap().remove("version_text");
                    }
                    row
                })
                .collect()
        };
        let there = plain(&there);
        for row in plain(&wanted) {
            assert!(there.contains(&row), "{table} lacks {row}");
        }
    }
}

#[tokio::test]
async fn every_view_selects_and_every_function_runs() {
    let (_database, mut connection) = office().await;
    for (view, columns) in [
        ("table_sizes", "schemaname name, tablename name, size text, size_bytes bigint"),
        ("database_health", "metric text, current_value bigint, max_value integer, usage_percent numeric"),
        ("alert_system_health", "metric text, value numeric"),
        (
            "table_statistics",
            "schemaname name, tablename name, inserts bigint, updates bigint, deletes bigint, live_tuples bigint, dead_tuples bigint, last_vacuum timestamp with time zone, last_autovacuum timestamp with time zone, last_analyze timestamp with time zone, last_autoanalyze timestamp with time zone",
        ),
    ] {
        run(&mut connection, &format!("SELECT * FROM {view}")).await;
        let is = format!(
            "SELECT string_agg(attname || ' ' || format_type(atttypid, atttypmod), ', ' ORDER BY attnum) FROM pg_attribute WHERE attrelid = '{view}'::regclass AND attnum > 0"
        );
        assert_eq!(text(&mut connection, &is).await, columns);
    }
    let job = job(&mut connection, "", "").await;
    run(&mut connection, &format!("SELECT process_job_alert('{job}', 'job_scheduled'::varchar(100)); SELECT daily_maintenance(); SELECT weekly_optimization()")).await;
    assert_eq!(
        text(&mut connection, r#"SELECT evaluate_alert_conditions('{"a": 5}', '{"a": {">": 4}}')"#).await,
        "true"
    );
    for (function, kind) in [
        ("trigger_job_schedule_alerts()", "trigger"),
        ("update_timestamp()", "trigger"),
        ("audit_trigger_function()", "trigger"),
        ("daily_maintenance()", "void"),
        ("weekly_optimization()", "void"),
        ("process_job_alert(uuid, varchar)", "void"),
        ("evaluate_alert_conditions(jsonb, jsonb)", "boolean"),
        ("send_alert_notifications(uuid, uuid, jsonb, jsonb, jsonb)", "void"),
    ] {
        assert_eq!(
            text(
                &mut connection,
                &format!("SELECT prorettype::regtype FROM pg_proc WHERE oid = '{function}'::regprocedure")
            )
            .await,
            kind,
            "{function}"
        );
    }
    let done = "SELECT string_agg(task || ' ' || result, ', ' ORDER BY task) FROM maintenance_runs WHERE finished_at IS NOT NULL";
    assert_eq!(text(&mut connection, done).await, "daily_maintenance good, weekly_optimization good");
}

#[tokio::test]
async fn roles_come_without_passwords_and_statement_views_with_their_extension() {
    let server = Cluster::start(
        Entry::Trust,
        "unused",
        &["shared_preload_libraries=pg_stat_statements", "compute_query_id=on"]
            .into_iter()
            .filter(|s| !s.starts_with("compute") || !old_server())
            .collect::<Vec<_>>(),
    );
    let at = |login: &str| {
        PgConnectOptions::new_without_pgpass()
            .host("127.0.0.1")
            .port(server.port())
            .username(login)
            .database("postgres")
            .disable_statement_logging()
    };
    let url = format!("postgres://postgres@127.0.0.1:{}/postgres", server.port());
    let migrated = Command::new(program("neff"))
        .args(["migrate", "--url", &url])
        .env("NEFF_CONFIG_DIR", server.folder())
        .env("NEFF_DATA_DIR", server.folder())
        .stdin(Stdio::null())
        .output()
        .unwrap();
    assert!(migrated.status.success(), "{}", String::from_utf8_lossy(&migrated.stderr));

    let mut keeper = at("postgres").connect().await.unwrap();
    let roles = "SELECT string_agg(concat_ws(' ', rolname, CASE WHEN rolcanlogin THEN 'login' END, rolpassword), ', ' ORDER BY rolname) FROM pg_authid WHERE rolname LIKE 'neff%'";
    assert_eq!(
        text(&mut keeper, roles).await,
        "neff_admin, neff_app login, neff_owner, neff_program, neff_readonly login"
    );
    let strong = "SELECT count(*) FROM pg_roles WHERE rolname LIKE 'neff%' AND (rolsuper OR rolcreaterole OR rolcreatedb OR rolbypassrls OR rolreplication)";
    assert_eq!(text(&mut keeper, strong).await, "0");

    run(&mut keeper, "CREATE ROLE boss LOGIN IN ROLE neff_admin; CREATE SCHEMA tools").await;
    let mut boss = at("boss").connect().await.unwrap();
    assert_eq!(text(&mut boss, "neff.make_statement_views()").await, "false");
    run(&mut boss, "SELECT weekly_optimization()").await;
    if text(&mut keeper, "EXISTS (SELECT FROM pg_available_extensions WHERE name = 'pg_stat_statements')").await
        == "false"
    {
        return; // a server without contrib
    }
    run(&mut keeper, "CREATE EXTENSION pg_stat_statements SCHEMA tools; GRANT USAGE ON SCHEMA tools TO PUBLIC").await;
    assert_eq!(text(&mut boss, "neff.make_statement_views()").await, "true");
    assert_eq!(text(&mut boss, "neff.make_statement_views()").await, "true");
    run(&mut boss, "SELECT query, calls, total_time, mean_time, rows, hit_percent FROM slow_queries; SELECT query, calls, total_time, mean_time, stddev_time, rows, hit_percent FROM query_performance").await;
    assert!(text(&mut keeper, "SELECT count(*) FROM slow_queries").await.parse::<u32>().unwrap() > 10);
    run(&mut boss, "SELECT weekly_optimization()").await;
    let mut reporting = at("neff_readonly").connect().await.unwrap();
    assert!(try_run(&mut reporting, "SELECT * FROM slow_queries").await.unwrap_err().starts_with("42501"));

    // Connections are counted for everybody, although an ordinary login sees none but its own.
    let _third = at("neff_app").connect().await.unwrap();
    let counted = "SELECT current_value FROM database_health WHERE metric = 'database_connections'";
    assert_eq!(text(&mut reporting, counted).await, "4");
    run(&mut keeper, "REVOKE pg_read_all_stats FROM neff_owner").await;
    assert_eq!(text(&mut reporting, counted).await, "", "could not check, instead of a wrong number");
}

/// PostgreSQL 13 does not know `compute_query_id`.
fn old_server() -> bool {
    let postgres = neff_tests::cluster::binaries().join("postgres");
    neff_tests::cluster::run(Command::new(postgres).arg("--version")).contains(" 13.")
}

#[tokio::test]
async fn the_database_keeps_utc_whatever_a_writer_s_clock_says() {
    let (database, mut connection) = office().await;
    assert_eq!(text(&mut connection, "current_setting('timezone')").await, "UTC");
    let mut chicago = database.options().clone().options([("timezone", "America/Chicago")]).connect().await.unwrap();
    let id = job(&mut chicago, "", "").await;
    run(&mut chicago, &format!("UPDATE job_schedules SET end_date = '2031-07-03 22:00Z' WHERE id = '{id}'")).await;
    let seen = format!(
        "SELECT string_agg(new_data->>'end_date', ' ' ORDER BY changed_at) FROM schedule_changes WHERE job_id_was = '{id}'"
    );
    assert_eq!(text(&mut connection, &seen).await, "2031-03-03T22:00:00+00:00 2031-07-03T22:00:00+00:00");
    let seen = format!(
        "SELECT string_agg(new_values->>'end_date', ' ' ORDER BY \"timestamp\") FROM audit_logs WHERE row_id = '{id}'"
    );
    assert_eq!(text(&mut connection, &seen).await, "2031-03-03T22:00:00+00:00 2031-07-03T22:00:00+00:00");
}

// ---- What another program may write ------------------------------------------------------------------------------------

/// One row in every table that people or programs edit.
const ONE_OF_EACH: &str = "
    INSERT INTO customers (id, name, email) VALUES ('11111111-0000-0000-0000-000000000001', 'C', 'c@example.com');
    INSERT INTO contracts (id, client_name, client_email, service_type, project_address) VALUES ('11111111-0000-0000-0000-000000000001', 'C', 'c@example.com', 'residential', 'x');
    INSERT INTO estimates (id, customer_name, email, service_type, project_address) VALUES ('11111111-0000-0000-0000-000000000001', 'C', 'c@example.com', 'residential', 'x');
    INSERT INTO job_schedules (id, start_date, end_date, location_address) VALUES ('11111111-0000-0000-0000-000000000001', '2031-01-01', '2031-01-02', 'x');
    INSERT INTO crew_members (id, name, role) VALUES ('11111111-0000-0000-0000-000000000001', 'C', 'operator');
    INSERT INTO alert_types (id, name, category) VALUES ('11111111-0000-0000-0000-000000000001', 'gate_open', 'security');
    INSERT INTO alert_rules (id, alert_type_id, name, conditions) VALUES ('11111111-0000-0000-0000-000000000001', '11111111-0000-0000-0000-000000000001', 'R', '{}');
    INSERT INTO alert_history (id, alert_type_id, channel) VALUES ('11111111-0000-0000-0000-000000000001', '11111111-0000-0000-0000-000000000001', 'email');
    INSERT INTO dashboard_notifications (id, user_id, alert_type_id, title, message) VALUES ('11111111-0000-0000-0000-000000000001', 'u', '11111111-0000-0000-0000-000000000001', 't', 'm');
    INSERT INTO email_templates (id, name, subject_template, body_template) VALUES ('11111111-0000-0000-0000-000000000001', 'E', 's', 'b');
    INSERT INTO sms_templates (id, name, message_template) VALUES ('11111111-0000-0000-0000-000000000001', 'S', 'm');
    INSERT INTO schedule_changes (id, job_schedule_id, change_type, changed_by) VALUES ('11111111-0000-0000-0000-000000000001', '11111111-0000-0000-0000-000000000001', 'notes_added', 'x');
    INSERT INTO system_config (key, value) VALUES ('11111111-0000-0000-0000-000000000001', 'v');
    INSERT INTO app_users (id, user_id, name) VALUES ('11111111-0000-0000-0000-000000000001', 'u', 'U');
    INSERT INTO recipient_groups (id, name) VALUES ('11111111-0000-0000-0000-000000000001', 'G');
    INSERT INTO channel_endpoints (id, name, channel, host) VALUES ('11111111-0000-0000-0000-000000000001', 'E', 'slack', 'h');
    INSERT INTO customer_sites (id, customer_id, address) VALUES ('11111111-0000-0000-0000-000000000001', '11111111-0000-0000-0000-000000000001', 'x');
    INSERT INTO crews (id, name) VALUES ('11111111-0000-0000-0000-000000000001', 'Night crew');
    INSERT INTO crew_memberships (id, crew_id, crew_member_id) VALUES ('11111111-0000-0000-0000-000000000001', '11111111-0000-0000-0000-000000000001', '11111111-0000-0000-0000-000000000001');
    INSERT INTO equipment (id, name, kind) VALUES ('11111111-0000-0000-0000-000000000001', 'Paver', 'paver');
    INSERT INTO time_off (id, kind, during) VALUES ('11111111-0000-0000-0000-000000000001', 'rain', '[2031-01-01, 2031-01-02)');
    INSERT INTO price_book_items (id, name, unit, unit_price) VALUES ('11111111-0000-0000-0000-000000000001', 'Asphalt', 'ton', 90);
    INSERT INTO estimate_items (id, estimate_id, position, description, quantity, unit, unit_price) VALUES ('11111111-0000-0000-0000-000000000001', '11111111-0000-0000-0000-000000000001', 1, 'x', 1, 'ton', 90);
    INSERT INTO payments (id, contract_id, amount) VALUES ('11111111-0000-0000-0000-000000000001', '11111111-0000-0000-0000-000000000001', 5);
    INSERT INTO saved_views (id, screen, name, filters) VALUES ('11111111-0000-0000-0000-000000000001', 'schedule', 'x', '');
    INSERT INTO customer_messages (id, channel, body) VALUES ('11111111-0000-0000-0000-000000000001', 'phone', 'x');";
const ONE: &str = "'11111111-0000-0000-0000-000000000001'";

#[tokio::test]
async fn null_where_a_default_is_meant_is_taken_and_becomes_the_default() {
    let (_database, mut connection) = office().await;
    run(&mut connection, ONE_OF_EACH).await;
    let columns =
        list(&mut connection, "SELECT table_name || ' ' || column_name || ' ' || replacement FROM null_means_default")
            .await;
    assert!(columns.len() > 35, "{}", columns.len());
    for entry in &columns {
        let mut parts = entry.splitn(3, ' ');
        let (table, column, replacement) = (parts.next().unwrap(), parts.next().unwrap(), parts.next().unwrap());
        let key = if table == "system_config" { "key" } else { "id" };
        run(&mut connection, &format!("UPDATE {table} SET {column} = NULL WHERE {key} = {ONE}")).await;
        // updated_at is the time of the change in any case, and changed_at is only asked to be there.
        let is = if replacement == "CURRENT_TIMESTAMP" {
            format!("{column} > now() - interval '1 minute'")
        } else {
            format!("{column} = {replacement}")
        };
        assert_eq!(
            text(&mut connection, &format!("SELECT {is} FROM {table} WHERE {key} = {ONE}")).await,
            "true",
            "{entry}"
        );
    }
    // And when a row is made, as an ORM makes it: every column named.
    run(&mut connection, "INSERT INTO customers (name, email, status, preferred_contact_method, total_projects, total_spent, created_at, updated_at) VALUES ('ORM', NULL, NULL, NULL, NULL, NULL, NULL, NULL);
         INSERT INTO job_schedules (start_date, end_date, location_address, status, crew_assigned, equipment_needed, weather_dependent, priority_level) VALUES (now(), now() + interval '1 h', 'x', NULL, NULL, NULL, NULL, NULL)").await;
    assert_eq!(text(&mut connection, "SELECT concat_ws(' ', status, preferred_contact_method, total_projects, total_spent) FROM customers WHERE name = 'ORM'").await, "active email 0 0.00");
    // A status that is none is still refused, NULL before it or not.
    assert!(try_run(&mut connection, "UPDATE contracts SET status = 'lost'").await.unwrap_err().starts_with("23514"));
}

#[tokio::test]
async fn what_the_schema_refused_by_accident_is_taken() {
    let (_database, mut connection) = office().await;
    // A job entered by hand, twice; the webhook's event only once.
    let long = job(&mut connection, ", estimated_duration_hours", ", 100").await;
    job(&mut connection, ", estimated_duration_hours, calendly_event_uri", ", 99999.99, 'https://calendly.example/1'")
        .await;
    assert_eq!(
        text(&mut connection, &format!("SELECT estimated_duration_hours FROM job_schedules WHERE id = '{long}'")).await,
        "100.00"
    );
    let twice = "INSERT INTO job_schedules (start_date, end_date, location_address, calendly_event_uri) VALUES (now(), now() + interval '1 h', 'x', 'https://calendly.example/1')";
    assert!(try_run(&mut connection, twice).await.unwrap_err().starts_with("23505"));
    // Customers, clients and inquiries with a phone only.
    run(&mut connection, "INSERT INTO customers (name, phone) VALUES ('Phone', '555-0100'), ('Other phone', '555-0101');
         INSERT INTO contracts (client_name, client_phone, service_type, project_address) VALUES ('Phone', '555-0100', 'residential', 'x');
         INSERT INTO estimates (customer_name, phone, service_type, project_address) VALUES ('Phone', '555-0100', 'residential', 'x'); SELECT daily_maintenance()").await;
    // Every status there is.
    for status in ["confirmed", "in_progress", "completed", "canceled", "rescheduled", "scheduled"] {
        run(&mut connection, &format!("UPDATE job_schedules SET status = '{status}' WHERE id = '{long}'")).await;
    }
}

#[tokio::test]
async fn a_session_that_says_nothing_or_nonsense_of_itself_is_no_error() {
    let (_database, mut connection) = office().await;
    // A setting that was set in a transaction reads '' afterwards, not NULL.
    run(
        &mut connection,
        "BEGIN; SET LOCAL app.source = 'mobile_app'; SELECT set_config('app.current_user', 'Dana', true); COMMIT",
    )
    .await;
    assert_eq!(text(&mut connection, "current_setting('app.source', true) = ''").await, "true");
    let quiet = job(&mut connection, "", "").await;
    assert_eq!(trail(&mut connection, &quiet).await, ["scheduled system system"]);
    for (source, person, expected) in [
        ("calendly_webhook", "O'Neil", "scheduled O'Neil calendly_webhook"),
        ("zapier", " ", "scheduled system api"),
        ("", "", "scheduled system system"),
        ("  ", "Ann", "scheduled Ann system"),
    ] {
        run(
            &mut connection,
            &format!(
                "SELECT set_config('app.source', '{source}', false), set_config('app.current_user', '{}', false)",
                person.replace('\'', "''")
            ),
        )
        .await;
        let id = job(&mut connection, "", "").await;
        assert_eq!(trail(&mut connection, &id).await, [expected]);
    }
    run(&mut connection, "SELECT set_config('app.current_user', repeat('x', 1000), false)").await;
    let id = job(&mut connection, "", "").await;
    assert_eq!(trail(&mut connection, &id).await, [format!("scheduled {} system", "x".repeat(255))]);
}

// ---- The trail ----------------------------------------------------------------------------------------------------------

#[tokio::test]
async fn one_change_is_one_row_of_the_trail() {
    let (_database, mut connection) = office().await;
    let id = job(&mut connection, "", "").await;
    for (change, expected) in [
        ("status = 'confirmed'", "status_updated"),
        ("start_date = start_date - interval '1 h'", "rescheduled"),
        (
            "start_date = start_date + interval '1 day', end_date = end_date + interval '1 day', status = 'rescheduled', crew_assigned = '[\"Ann\"]'",
            "rescheduled",
        ),
        ("end_date = end_date + interval '1 day'", "rescheduled"),
        ("crew_assigned = '[\"Bob\"]'", "crew_changed"),
        ("crew_assigned = NULL", "crew_changed"),
        ("equipment_needed = '[\"Paver\"]'", "equipment_changed"),
        ("special_instructions = 'Mind the dog'", "notes_added"),
        ("location_address = '2 Quarry Road', priority_level = 5", "details_changed"),
        ("status = NULL", "status_updated"),
        ("status = 'completed'", "completed"),
        ("status = 'canceled', start_date = start_date - interval '1 h'", "canceled"),
    ] {
        let before = trail(&mut connection, &id).await.len();
        run(&mut connection, &format!("UPDATE job_schedules SET {change} WHERE id = '{id}'")).await;
        let after = trail(&mut connection, &id).await;
        assert_eq!(after.len(), before + 1, "{change}");
        let last = format!(
            "SELECT change_type FROM schedule_changes WHERE job_id_was = '{id}' ORDER BY changed_at DESC LIMIT 1"
        );
        assert_eq!(text(&mut connection, &last).await, expected, "{change}");
        let data = format!(
            "SELECT previous_data <> new_data FROM schedule_changes WHERE job_id_was = '{id}' ORDER BY changed_at DESC LIMIT 1"
        );
        assert_eq!(text(&mut connection, &data).await, "true", "{change}");
    }
    // What changes nothing is no change.
    let before = trail(&mut connection, &id).await.len();
    run(&mut connection, &format!("UPDATE job_schedules SET status = status, updated_at = now() WHERE id = '{id}'"))
        .await;
    assert_eq!(trail(&mut connection, &id).await.len(), before);
}

#[tokio::test]
async fn the_trail_outlives_its_job() {
    let (_database, mut connection) = office().await;
    run(&mut connection, ONE_OF_EACH).await;
    let id = job(&mut connection, ", contract_id", &format!(", {ONE}")).await;
    run(
        &mut connection,
        &format!(
            "UPDATE job_schedules SET status = 'confirmed' WHERE id = '{id}'; DELETE FROM contracts WHERE id = {ONE}"
        ),
    )
    .await;
    assert_eq!(text(&mut connection, &format!("SELECT count(*) FROM job_schedules WHERE id = '{id}'")).await, "0");
    assert_eq!(trail(&mut connection, &id).await, ["scheduled system system", "status_updated system system"]);
    let orphans =
        format!("SELECT count(*) FROM schedule_changes WHERE job_id_was = '{id}' AND job_schedule_id IS NULL");
    assert_eq!(text(&mut connection, &orphans).await, "2");
}

// ---- Versions, audit, feed -------------------------------------------------------------------------------------------------

#[tokio::test]
async fn every_table_people_edit_counts_its_versions_and_knows_when() {
    let (_database, mut connection) = office().await;
    run(&mut connection, ONE_OF_EACH).await;
    let tables = list(&mut connection, "SELECT c.relname::text FROM pg_class c JOIN pg_attribute a ON a.attrelid = c.oid AND a.attname = 'updated_at' WHERE c.relkind = 'r' AND c.relnamespace = 'public'::regnamespace").await;
    assert!(tables.len() >= 20, "{tables:?}");
    for table in [
        "crew_members",
        "alert_rules",
        "email_templates",
        "sms_templates",
        "system_config",
        "job_schedules",
        "payments",
    ] {
        assert!(tables.contains(table), "{table}");
    }
    for table in &tables {
        let key = if table == "system_config" { "key" } else { "id" };
        let column = match table.as_str() {
            "time_off" => "note",
            "estimates" => "customer_name",
            "contracts" => "client_name",
            "job_schedules" => "location_address",
            "customer_sites" => "address",
            "estimate_items" => "description",
            "payments" => "reference",
            "customer_messages" => "subject",
            "crew_memberships" => "is_lead",
            "system_config" => "value",
            _ => "name",
        };
        let value = if column == "is_lead" { "NOT is_lead" } else { "'changed'" };
        let state = format!(
            "SELECT version || ' ' || (updated_at > now() - interval '1 hour') FROM {table} WHERE {key} = {ONE}"
        );
        run(&mut connection, &format!("ALTER TABLE {table} DISABLE TRIGGER USER; UPDATE {table} SET updated_at = '2001-01-01' WHERE {key} = {ONE}; ALTER TABLE {table} ENABLE TRIGGER USER")).await;
        assert_eq!(text(&mut connection, &state).await, "1 false", "{table}");
        run(&mut connection, &format!("UPDATE {table} SET {column} = {value} WHERE {key} = {ONE}")).await;
        assert_eq!(text(&mut connection, &state).await, "2 true", "{table}");
        // Nothing differs, or only what nobody may set.
        run(&mut connection, &format!("UPDATE {table} SET {column} = {column}, version = 77 WHERE {key} = {ONE}"))
            .await;
        assert_eq!(text(&mut connection, &state).await, "2 true", "{table}");
    }
    run(&mut connection, &format!("UPDATE customers SET total_projects = 7, total_spent = 8 WHERE id = {ONE}")).await;
    assert_eq!(
        text(&mut connection, &format!("SELECT version FROM customers WHERE id = {ONE}")).await,
        "2",
        "derived totals are no edit"
    );
}

#[tokio::test]
async fn the_audit_keeps_old_and_new_the_login_and_the_claim() {
    let server = Server::get().await;
    let (database, mut keeper) = office().await;
    let login = unique("dana");
    server.create_login(&login, "x", &["neff_app"]).await;
    let mut dana = database.connect_as(&login).await;
    run(&mut dana, "SELECT set_config('app.current_user', 'Somebody Else', false), set_config('app.source', 'manual_admin', false), set_config('app.reason', 'asked on the phone', false);
        INSERT INTO customers (name, email, phone) VALUES ('Old', 'o@example.com', '1'), ('Other', 'p@example.com', '1')").await;
    run(&mut dana, "UPDATE customers SET phone = '2' WHERE name = 'Old'; UPDATE customers SET phone = phone; DELETE FROM customers WHERE name = 'Old'").await;
    let rows = "SELECT string_agg(concat_ws(' ', operation, old_values->>'phone', '>', new_values->>'phone', session_info->>'claimed_person', session_info->>'source', session_info->>'reason', (row_id = coalesce(new_values, old_values)->>'id')::text), '; ' ORDER BY \"timestamp\")
                  FROM audit_logs WHERE coalesce(new_values, old_values)->>'name' = 'Old'";
    let said = "Somebody Else manual_admin asked on the phone true";
    assert_eq!(text(&mut keeper, rows).await, format!("INSERT > 1 {said}; UPDATE 1 > 2 {said}; DELETE 2 > {said}"));
    assert_eq!(
        text(&mut keeper, "SELECT string_agg(DISTINCT user_name, ',') FROM audit_logs WHERE table_name = 'customers'")
            .await,
        login
    );
    assert_eq!(
        text(&mut keeper, "SELECT count(*) FROM audit_logs WHERE new_values->>'name' = 'Other'").await,
        "1",
        "what changed nothing is not logged"
    );

    run(&mut keeper, "INSERT INTO system_config (key, value, is_sensitive) VALUES ('mail_password', 'swordfish', true);
        UPDATE system_config SET value = 'trombone' WHERE key = 'mail_password';
        UPDATE system_config SET is_sensitive = false, value = 'public' WHERE key = 'mail_password'; DELETE FROM system_config WHERE key = 'mail_password'").await;
    assert_eq!(
        text(
            &mut keeper,
            "SELECT count(*) FROM audit_logs WHERE table_name = 'system_config' AND row_id = 'mail_password'"
        )
        .await,
        "4"
    );
    assert_eq!(
        text(&mut keeper, "SELECT count(*) FROM audit_logs WHERE to_jsonb(audit_logs)::text ~ 'swordfish|trombone'")
            .await,
        "0"
    );

    // Every table people edit, and what is no edit is in none of it.
    run(&mut keeper, ONE_OF_EACH).await;
    let audited = list(&mut keeper, "SELECT DISTINCT table_name::text FROM audit_logs").await;
    for table in [
        "alert_rules",
        "alert_types",
        "app_users",
        "channel_endpoints",
        "contracts",
        "crew_members",
        "crew_memberships",
        "crews",
        "customer_sites",
        "customers",
        "email_templates",
        "equipment",
        "estimate_items",
        "estimates",
        "job_schedules",
        "payments",
        "price_book_items",
        "recipient_groups",
        "sms_templates",
        "system_config",
        "time_off",
    ] {
        assert!(audited.contains(table), "{table} is not audited");
    }
    for table in ["alert_history", "dashboard_notifications", "job_assignments", "change_feed", "schedule_changes"] {
        assert!(!audited.contains(table), "{table} is audited");
    }
}

#[tokio::test]
async fn the_feed_skips_nobody_who_commits_late_and_tells_of_deletions() {
    let (database, mut reader) = office().await;
    let (mut slow, mut quick) = (database.connect().await, database.connect().await);
    let mut from = text(&mut reader, "pg_snapshot_xmin(pg_current_snapshot())").await;
    let mut fresh = async |reader: &mut PgConnection, until_there: usize| -> Vec<String> {
        let mut told = Vec::new();
        let deadline = std::time::Instant::now() + std::time::Duration::from_mins(1);
        // Transactions of other databases of the server hold the horizon back as well: wait until they are through.
        loop {
            let until = text(reader, "pg_snapshot_xmin(pg_current_snapshot())").await;
            let rows: Vec<String> = sqlx::query_scalar(AssertSqlSafe(format!(
                "SELECT f.operation::text || ' ' || coalesce((SELECT name FROM customers WHERE id::text = f.row_id), 'gone')
                   FROM change_feed f WHERE f.xid >= '{from}' AND f.xid < '{until}' AND f.table_name = 'customers' ORDER BY f.xid, f.id"
            )))
            .fetch_all(&mut *reader)
            .await
            .unwrap();
            from = until;
            told.extend(rows);
            if told.len() >= until_there || std::time::Instant::now() > deadline {
                return told;
            }
        }
    };
    run(&mut slow, "BEGIN; INSERT INTO customers (name) VALUES ('first to write')").await;
    run(&mut quick, "INSERT INTO customers (name) VALUES ('first to commit')").await;
    assert_eq!(fresh(&mut reader, 0).await, Vec::<String>::new(), "an earlier transaction is still open");
    run(&mut slow, "COMMIT").await;
    assert_eq!(fresh(&mut reader, 2).await, ["I first to write", "I first to commit"]);
    run(&mut quick, "UPDATE customers SET phone = '1'; DELETE FROM customers WHERE name = 'first to write'").await;
    let mut told = fresh(&mut reader, 3).await;
    told.sort();
    assert_eq!(told, ["D gone", "U first to commit", "U gone"]);
    run(&mut quick, "BEGIN; INSERT INTO customers (name) VALUES ('never'); ROLLBACK").await;
    run(&mut quick, "INSERT INTO customers (name) VALUES ('after it')").await;
    assert_eq!(fresh(&mut reader, 1).await, ["I after it"]);

    // A copy of the database is another history.
    let one = text(&mut reader, "neff.change_feed_id()").await;
    assert_eq!(one, text(&mut quick, "neff.change_feed_id()").await);
    drop((reader, slow, quick));
    let copy = Server::get().await.empty_database().await;
    let own = neff_tests::cluster::binaries().join("pg_dump");
    let pg_dump = if own.exists() { own } else { "pg_dump".into() };
    let mut dump =
        Command::new(pg_dump).args(["--format=plain", &database.url]).stdout(Stdio::piped()).spawn().unwrap();
    let restored = Command::new("psql")
        .args(["-qX", &copy.url])
        .stdin(dump.stdout.take().unwrap())
        .stdout(Stdio::null())
        .stderr(Stdio::null())
        .status()
        .unwrap();
    dump.wait().unwrap();
    assert!(restored.success());
    assert_ne!(one, text(&mut copy.connect().await, "neff.change_feed_id()").await);
}

// ---- Health and maintenance ----------------------------------------------------------------------------------------------------

#[tokio::test]
async fn the_daily_maintenance_touches_only_what_changes_and_deletes_nothing_unfinished() {
    let (_database, mut connection) = office().await;
    run(&mut connection, "
        INSERT INTO customers (id, name, email, total_projects, total_spent) VALUES
            ('22222222-0000-0000-0000-000000000001', 'right', 'right@example.com', 1, 100), ('22222222-0000-0000-0000-000000000002', 'wrong', 'wrong@example.com', 9, 9),
            ('22222222-0000-0000-0000-000000000003', 'linked', NULL, 0, 0), ('22222222-0000-0000-0000-000000000004', 'none', NULL, 0, 0);
        INSERT INTO contracts (client_name, client_email, service_type, project_address, status, estimated_cost, customer_id) VALUES
            ('a', 'right@example.com', 'residential', 'x', 'completed', 100, NULL), ('b', 'wrong@example.com', 'residential', 'x', 'completed', 99999999.99, NULL),
            ('c', 'wrong@example.com', 'residential', 'x', 'completed', NULL, NULL), ('d', 'wrong@example.com', 'residential', 'x', 'pending', 5, NULL),
            ('e', NULL, 'residential', 'x', 'completed', 7, '22222222-0000-0000-0000-000000000003'),
            ('f', 'right@example.com', 'residential', 'x', 'completed', 8, '22222222-0000-0000-0000-000000000003');
        INSERT INTO alert_history (alert_type_id, channel, status, created_at)
        SELECT (SELECT id FROM alert_types LIMIT 1), 'email', s, now() - d FROM unnest(ARRAY['pending', 'sent', 'delivered', 'failed', 'throttled']) AS s, unnest(ARRAY[interval '91 days', interval '89 days']) AS d;
        INSERT INTO audit_logs (table_name, operation, \"timestamp\") VALUES ('old', 'X', now() - interval '366 days'), ('young', 'X', now() - interval '364 days');
        INSERT INTO dashboard_notifications (user_id, alert_type_id, title, message, expires_at) SELECT 'u', id, t, 'm', now() + e FROM (SELECT id FROM alert_types LIMIT 1) AS a, (VALUES ('over', interval '-1 s'), ('still', '1 day'), ('always', NULL)) AS n(t, e);
        SET ROLE neff_owner;
        INSERT INTO change_feed (table_name, row_id, operation, changed_at) VALUES ('old', '', 'I', now() - interval '31 days'), ('young', '', 'I', now() - interval '29 days');
        RESET ROLE").await;
    let untouched = "SELECT string_agg(name || ' ' || xmin::text, ',' ORDER BY name) FROM customers WHERE name IN ('right', 'none')";
    let before = text(&mut connection, untouched).await;
    run(&mut connection, "SELECT daily_maintenance()").await;
    assert_eq!(text(&mut connection, untouched).await, before, "a customer whose totals are right is not written to");
    let totals = "SELECT string_agg(concat_ws(' ', name, total_projects, total_spent, version), ', ' ORDER BY name) FROM customers";
    assert_eq!(
        text(&mut connection, totals).await,
        "linked 2 15.00 1, none 0 0.00 1, right 1 100.00 1, wrong 2 99999999.99 1"
    );
    let left = "SELECT string_agg(status || ' ' || (created_at < now() - interval '90 days'), ', ' ORDER BY status, created_at) FROM alert_history WHERE event_id IS NULL";
    assert_eq!(
        text(&mut connection, left).await,
        "delivered false, failed false, pending true, pending false, sent false, throttled false"
    );
    assert_eq!(
        text(&mut connection, "SELECT string_agg(table_name, ' ') FROM audit_logs WHERE operation = 'X'").await,
        "young"
    );
    assert_eq!(
        text(
            &mut connection,
            "SELECT string_agg(title, ' ' ORDER BY title) FROM dashboard_notifications WHERE user_id = 'u'"
        )
        .await,
        "always still"
    );
    assert_eq!(
        text(&mut connection, "SELECT string_agg(table_name, ' ') FROM change_feed WHERE row_id = ''").await,
        "young"
    );
    let before = text(&mut connection, "SELECT string_agg(name || xmin::text, ',' ORDER BY name) FROM customers").await;
    run(&mut connection, "SELECT daily_maintenance()").await;
    assert_eq!(
        text(&mut connection, "SELECT string_agg(name || xmin::text, ',' ORDER BY name) FROM customers").await,
        before
    );
}

#[tokio::test]
async fn health_counts_right() {
    let (_database, mut connection) = office().await;
    let health = "SELECT string_agg(metric || ' ' || coalesce(value::text, 'none'), ', ' ORDER BY metric) FROM alert_system_health";
    assert_eq!(
        text(&mut connection, health).await,
        "alert_success_rate none, failed_alerts 0, pending_alerts 0, stuck_alerts 0, waiting_events 0"
    );
    run(&mut connection, "INSERT INTO alert_history (alert_type_id, channel, status, created_at) SELECT (SELECT id FROM alert_types LIMIT 1), 'email', s, now() - d
         FROM (VALUES ('pending', interval '1 minute'), ('pending', '3 days'), ('sent', '1 h'), ('delivered', '1 h'), ('failed', '1 h'), ('failed', '25 h')) AS v(s, d)").await;
    assert_eq!(
        text(&mut connection, health).await,
        "alert_success_rate 50.00, failed_alerts 1, pending_alerts 2, stuck_alerts 1, waiting_events 0"
    );

    // Client backends, not the server's own processes.
    let counted = "SELECT (SELECT current_value FROM database_health WHERE metric = 'database_connections')
                   - (SELECT count(*) FROM pg_stat_activity WHERE backend_type = 'client backend') BETWEEN -3 AND 3
                   AND (SELECT usage_percent = round(100.0 * current_value / max_value, 2) FROM database_health WHERE metric = 'database_connections')";
    assert_eq!(text(&mut connection, counted).await, "true");
    assert_eq!(
        text(&mut connection, "SELECT string_agg(metric, ' ' ORDER BY metric) FROM database_health").await,
        "active_queries database_connections database_size"
    );

    run(&mut connection, "CREATE TABLE \"Odd \"\"name'\" (id int); INSERT INTO \"Odd \"\"name'\" VALUES (1)").await;
    assert_eq!(
        text(&mut connection, "SELECT size_bytes > 0 FROM table_sizes WHERE tablename = 'Odd \"name'''").await,
        "true"
    );
    run(&mut connection, "SELECT * FROM table_statistics").await;
    connection.close().await.unwrap();
}
