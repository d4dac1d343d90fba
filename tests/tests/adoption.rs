//! Two ways into one schema: an empty database, and one the company made from the specification and has lived with.

#![allow(clippy::expect_used, clippy::unwrap_used, reason = "a failed step is a failed test")]

use std::collections::{BTreeMap, BTreeSet};
use std::path::Path;
use std::process::{Child, Command, Output, Stdio};
use std::time::Duration;

use neff_tests::cluster::{Cluster, Entry};
use neff_tests::keeper::{Keeper, program, until};
use neff_tests::postgres::{Server, TestDatabase, unique};
use serde_json::{Value, json};
use sqlx::postgres::PgConnectOptions;
use sqlx::{AssertSqlSafe, ConnectOptions, PgConnection};

// ---- The program -----------------------------------------------------------------------------------------------------

/// The program on a computer of its own: no settings, no keychain.
fn neff(keeper: &Keeper) -> Command {
    let mut command = Command::new(program("neff"));
    command
        .env_clear()
        .envs(std::env::vars().filter(|(name, _)| name == "PATH" || name == "NEFF_POSTGRES_BIN"))
        .envs(["HOME", "NEFF_CONFIG_DIR", "NEFF_DATA_DIR"].map(|name| (name, keeper.folder())))
        .stdin(Stdio::null());
    command
}

fn said(output: &Output) -> String {
    format!("{}{}", String::from_utf8_lossy(&output.stdout), String::from_utf8_lossy(&output.stderr))
}

/// Migrates and gives what the program said; the test fails when it does.
fn migrate(url: &str, arguments: &[&str]) -> String {
    let output = try_migrate(url, arguments);
    assert!(output.status.success(), "neff migrate {arguments:?}:\n{}", said(&output));
    said(&output)
}

fn try_migrate(url: &str, arguments: &[&str]) -> Output {
    neff(&Keeper::new()).args(["migrate", "--url", url]).args(arguments).output().expect("neff")
}

/// Migrates, is refused, and gives the reason.
fn refused(url: &str, arguments: &[&str]) -> String {
    let output = try_migrate(url, arguments);
    assert_eq!(output.status.code(), Some(1), "neff migrate {arguments:?} should refuse:\n{}", said(&output));
    String::from_utf8(output.stderr).unwrap()
}

// ---- Looking at a database --------------------------------------------------------------------------------------------

/// Everything that makes a schema, a line each. What has `company_` in its name is the company's own.
const SCHEMA: &str = r#"
WITH ours AS (
    SELECT c.* FROM pg_class c WHERE c.relnamespace IN ('public'::regnamespace, to_regnamespace('neff')) AND c.relname <> '_sqlx_migrations'
       AND NOT EXISTS (SELECT FROM pg_depend d WHERE d.classid = 'pg_class'::regclass AND d.objid = c.oid AND d.deptype = 'e')
), lines AS (
    SELECT format('relation %s kind %s owner %s rls %s/%s options %s', relname, relkind, relowner::regrole, relrowsecurity,
                  relforcerowsecurity, reloptions) AS line FROM ours WHERE relkind IN ('r', 'v', 'S', 'c')
    UNION ALL
    SELECT format('column %s.%s %s not null %s default %s identity %s collation %s comment %s', c.relname, a.attname,
                  format_type(a.atttypid, a.atttypmod), a.attnotnull, pg_get_expr(d.adbin, d.adrelid), a.attidentity, a.attcollation,
                  col_description(c.oid, a.attnum))
      FROM ours c JOIN pg_attribute a ON a.attrelid = c.oid AND a.attnum > 0 AND NOT a.attisdropped
      LEFT JOIN pg_attrdef d ON d.adrelid = c.oid AND d.adnum = a.attnum WHERE c.relkind IN ('r', 'v', 'c')
    UNION ALL
    SELECT format('constraint %s on %s: %s valid %s', k.conname, c.relname, pg_get_constraintdef(k.oid), k.convalidated)
      FROM ours c JOIN pg_constraint k ON k.conrelid = c.oid
    UNION ALL
    SELECT format('index %s valid %s', pg_get_indexdef(i.indexrelid), i.indisvalid) FROM ours c JOIN pg_index i ON i.indrelid = c.oid
    UNION ALL
    SELECT format('trigger %s enabled %s', pg_get_triggerdef(t.oid), t.tgenabled)
      FROM ours c JOIN pg_trigger t ON t.tgrelid = c.oid WHERE NOT t.tgisinternal
    UNION ALL
    SELECT format('view %s: %s', relname, pg_get_viewdef(oid)) FROM ours WHERE relkind = 'v'
    UNION ALL
    SELECT format('sequence %s: %s', c.relname, to_jsonb(s) - 'seqrelid') FROM ours c JOIN pg_sequence s ON s.seqrelid = c.oid
    UNION ALL
    SELECT format('function %s owner %s: %s', p.oid::regprocedure, p.proowner::regrole, pg_get_functiondef(p.oid))
      FROM pg_proc p WHERE p.pronamespace IN ('public'::regnamespace, to_regnamespace('neff'))
       AND NOT EXISTS (SELECT FROM pg_depend d WHERE d.classid = 'pg_proc'::regclass AND d.objid = p.oid AND d.deptype = 'e')
    UNION ALL
    SELECT format('right on function %s: %s', p.oid::regprocedure, right_of.words)
      FROM pg_proc p CROSS JOIN LATERAL (
           SELECT format('%s by %s to %s grantable %s', a.privilege_type, a.grantor::regrole, a.grantee::regrole, a.is_grantable) AS words
             FROM aclexplode(coalesce(p.proacl, acldefault('f', p.proowner))) a) AS right_of
     WHERE p.pronamespace IN ('public'::regnamespace, to_regnamespace('neff'))
       AND NOT EXISTS (SELECT FROM pg_depend d WHERE d.classid = 'pg_proc'::regclass AND d.objid = p.oid AND d.deptype = 'e')
    UNION ALL
    SELECT format('right on %s: %s by %s to %s grantable %s', c.relname, a.privilege_type, a.grantor::regrole, a.grantee::regrole, a.is_grantable)
      FROM ours c CROSS JOIN LATERAL aclexplode(coalesce(c.relacl, acldefault(CASE c.relkind WHEN 'S' THEN 'S' ELSE 'r' END::"char", c.relowner))) a
     WHERE c.relkind IN ('r', 'v', 'S')
    UNION ALL
    SELECT format('right on %s.%s: %s by %s to %s', c.relname, t.attname, a.privilege_type, a.grantor::regrole, a.grantee::regrole)
      FROM ours c JOIN pg_attribute t ON t.attrelid = c.oid AND t.attnum > 0 AND NOT t.attisdropped CROSS JOIN LATERAL aclexplode(t.attacl) a
    UNION ALL
    SELECT format('policy %s', to_jsonb(p)) FROM pg_policies p WHERE p.schemaname = 'public'
    UNION ALL
    SELECT format('extension %s', e.extname) FROM pg_extension e
    UNION ALL
    SELECT format('by default %s %s: %s to %s', d.defaclrole::regrole, d.defaclobjtype, a.privilege_type, a.grantee::regrole)
      FROM pg_default_acl d CROSS JOIN LATERAL aclexplode(d.defaclacl) a
)
SELECT line FROM lines WHERE line NOT LIKE '%company\_%' ORDER BY 1"#;

async fn schema(options: &PgConnectOptions) -> BTreeSet<String> {
    let mut connection = options.connect().await.unwrap();
    let lines: Vec<String> = sqlx::query_scalar(AssertSqlSafe(SCHEMA)).fetch_all(&mut connection).await.unwrap();
    assert!(lines.len() > 300, "a schema of {} lines compares nothing", lines.len());
    lines.into_iter().collect()
}

fn assert_same_schema(one: &BTreeSet<String>, other: &BTreeSet<String>) {
    let only = |a: &BTreeSet<String>, b: &BTreeSet<String>| a.difference(b).cloned().collect::<Vec<_>>().join("\n");
    assert!(one == other, "only in the first:\n{}\n\nonly in the second:\n{}", only(one, other), only(other, one));
}

/// What an empty database becomes: the measure of every other.
async fn schema_from_empty(server: &Server) -> BTreeSet<String> {
    let empty = server.empty_database().await;
    migrate(&empty.url, &[]);
    schema(empty.options()).await
}

type Rows = BTreeMap<String, BTreeMap<String, Value>>;

/// Every row of every table, by its key.
async fn rows(options: &PgConnectOptions) -> Rows {
    let mut connection = options.clone().options([("timezone", "UTC")]).connect().await.unwrap();
    let tables: Vec<String> = sqlx::query_scalar(
        "SELECT relname::text FROM pg_class WHERE relnamespace = 'public'::regnamespace AND relkind = 'r' AND relname <> '_sqlx_migrations'",
    )
    .fetch_all(&mut connection)
    .await
    .unwrap();
    let mut all = Rows::new();
    for table in tables {
        let read = format!("SELECT to_jsonb(t) FROM {table} t");
        let found: Vec<Value> = sqlx::query_scalar(AssertSqlSafe(read)).fetch_all(&mut connection).await.unwrap();
        let keyed: BTreeMap<String, Value> = found
            .into_iter()
            .map(|row| {
                let key = row.get("id").or_else(|| row.get("key")).cloned().unwrap_or_else(|| row.clone());
                (key.to_string(), row)
            })
            .collect();
        all.insert(table, keyed);
    }
    all
}

/// Nothing lost, nothing changed but what `adoption_repairs` lists, one by one. Gives how many repairs there were.
fn assert_all_there(before: &Rows, after: &Rows) -> usize {
    let mut repairs: BTreeMap<(String, String, String), (Value, Value)> = after["adoption_repairs"]
        .values()
        .map(|r| {
            let text = |name: &str| r[name].as_str().unwrap().to_owned();
            (
                (text("table_name"), json!(text("row_id")).to_string(), text("column_name")),
                (r["old_value"].clone(), r["new_value"].clone()),
            )
        })
        .collect();
    let listed = repairs.len();
    assert_eq!(listed, after["adoption_repairs"].len(), "a value is listed twice");
    for (table, old_rows) in before {
        for (key, old) in old_rows {
            let new = after[table].get(key).unwrap_or_else(|| panic!("{table} has lost {old}"));
            for (column, value) in old.as_object().unwrap() {
                let now = &new[column];
                match repairs.remove(&(table.clone(), key.clone(), column.clone())) {
                    Some((was, becomes)) => assert_eq!((value, now), (&was, &becomes), "{table}.{column} of {key}"),
                    // A type that named no template is given the one it has.
                    None if table == "alert_types" && column == "template_id" && value.is_null() => {}
                    None => assert_eq!(value, now, "{table}.{column} of {key} was changed and is not listed"),
                }
            }
        }
        // What came is ours: a version, a type, a rule, a template, a setting; and that it came is in the audit.
        let came = after[table].len() - old_rows.len();
        let may_come = [
            "schema_versions",
            "alert_types",
            "alert_rules",
            "email_templates",
            "sms_templates",
            "system_config",
            "audit_logs",
        ];
        assert!(came == 0 || may_come.contains(&table.as_str()), "{came} rows came to {table}");
    }
    assert!(repairs.is_empty(), "listed and not so: {repairs:?}");
    listed
}

// ---- A company's database after some years ----------------------------------------------------------------------------

/// What nobody planned for. `company_…` is what the company has added by itself.
const AWKWARD: &str = r#"
ALTER TABLE job_schedules DISABLE TRIGGER job_schedule_alert_trigger;
ALTER TABLE job_schedules ADD COLUMN company_gone text, ADD COLUMN company_truck text;
ALTER TABLE job_schedules DROP COLUMN company_gone;
ALTER TABLE contracts ADD COLUMN company_po text, ADD COLUMN company_scan xml;
ALTER TABLE customers ADD COLUMN company_portal json;

INSERT INTO contracts (id, client_name, client_email, service_type, project_address, estimated_cost, status, created_at, updated_at, company_po, company_scan) VALUES
    ('c0000000-0000-0000-0000-000000000001', 'No status', 'a@example.com', 'residential', '1 Quarry Road', 100, NULL, NULL, NULL, 'PO 1', '<scan/>'),
    ('c0000000-0000-0000-0000-000000000002', 'Called off', 'A@Example.com', 'custom', '2 Quarry Road', 'NaN', 'canceled', now() - interval '2 years', now() - interval '2 years', NULL, NULL),
    ('c0000000-0000-0000-0000-000000000003', E'Robert''); DROP TABLE contracts;--\\ \t\u2028 𝄞 \u202e %s $1 {{x}}', '', 'emergency', E'\n', 99999999.99, 'completed', '-infinity', 'infinity', '', '<!-- -->');
INSERT INTO estimates (customer_name, email, service_type, project_address, status, area_measurement, estimated_cost, response_by, created_at, updated_at) VALUES
    ('No status', 'x', 'anything goes here', '3', NULL, '7', NULL, 'infinity', NULL, NULL),
    ('<script>alert(1)</script>', ' spaced@example.com ', '', '', 'pending', '[[[]]]', 0, '1970-01-01', '0001-01-01', now());
INSERT INTO customers (name, email, status, preferred_contact_method, total_projects, total_spent, customer_since, created_at, updated_at, company_portal) VALUES
    ('Nulls', 'nulls@example.com', NULL, NULL, NULL, NULL, NULL, NULL, NULL, '{"a": 1, "a": 2}'),
    ('Blocked', 'blocked@example.com', 'blocked', 'sms', 1, 5, now(), now(), now(), NULL),
    ('Twice', 'a@example.com', 'active', 'mail', 2, 'NaN', now(), now(), now(), '[]'),
    ('Twice, nearly', 'A@EXAMPLE.COM', 'active', 'phone', -1, -2, '0001-01-01', now(), now(), 'null'),
    ('No address at all', '', 'inactive', 'email', 0, 9999999999.99, now(), now(), now(), '"x"');
INSERT INTO crew_members (id, name, email, role, status, specializations, created_at, updated_at) VALUES
    ('d0000000-0000-0000-0000-000000000001', 'Bob', 'bob@example.com', 'operator', NULL, NULL, NULL, NULL),
    ('d0000000-0000-0000-0000-000000000002', 'Bob', NULL, 'laborer', 'terminated', '"asphalt"', now(), now()),
    ('d0000000-0000-0000-0000-000000000003', 'Carla', NULL, '', 'on_leave', '{}', now(), now());
INSERT INTO job_schedules (id, contract_id, calendly_event_uri, start_date, end_date, status, crew_assigned, equipment_needed, location_address, priority_level, weather_dependent, estimated_duration_hours, created_at, updated_at) VALUES
    ('e0000000-0000-0000-0000-000000000001', NULL, 'u1', '2030-01-07 14:00Z', '2030-01-07 22:00Z', NULL, '["Carla"]', '[]', 'first with Carla', NULL, NULL, 99.99, '2020-01-02', NULL),
    ('e0000000-0000-0000-0000-000000000002', NULL, 'u2', '2030-01-07 14:00Z', '2030-01-07 22:00Z', 'confirmed', '[{"id": "d0000000-0000-0000-0000-000000000003"}]', '[]', 'entered first, so Carla is theirs', 1, false, 0.01, '2020-01-01', now()),
    ('e0000000-0000-0000-0000-000000000003', 'c0000000-0000-0000-0000-000000000001', 'u3', '-infinity', 'infinity', 'scheduled', '"Big Bob and two more"', '{"roller": 2}', 'for ever', 5, true, NULL, NULL, now()),
    ('e0000000-0000-0000-0000-000000000004', NULL, 'u4', '2030-02-01', '2030-02-02', 'in_progress', '{"crew": "Night crew"}', '7', 'object, number', 3, true, 1, now(), now()),
    ('e0000000-0000-0000-0000-000000000005', NULL, 'u5', '2030-02-01', '2030-02-02', 'rescheduled', NULL, NULL, 'nothing', 3, true, 1, now(), now()),
    ('e0000000-0000-0000-0000-000000000006', NULL, 'u6', '2030-02-01', '2030-02-02', 'scheduled', 'null', 'true', 'JSON null', 3, true, 1, now(), now()),
    ('e0000000-0000-0000-0000-000000000007', 'c0000000-0000-0000-0000-000000000002', 'u7', '2019-02-01', '2019-02-02', 'canceled', '["Nobody Known", "Bob", 3, null, [1, ["x"]], {}, {"name": null}, {"id": "not-a-uuid"}, "", "  "]', '["Paver ''; --", {"name": "Roller"}]', 'a mixture', 3, true, 1, now(), now());
INSERT INTO schedule_changes (job_schedule_id, change_type, changed_by, source, changed_at, previous_data, reason) VALUES
    ('e0000000-0000-0000-0000-000000000001', 'scheduled', '', NULL, NULL, '"text"', NULL),
    ('e0000000-0000-0000-0000-000000000007', 'canceled', 'somebody', 'mobile_app', '2019-01-01', NULL, 'rain');
INSERT INTO alert_types (id, name, category, priority_level, is_active, default_channels, template_id, created_at) VALUES
    ('a0000000-0000-0000-0000-000000000001', 'company_gate_open', 'security', NULL, NULL, NULL, gen_random_uuid(), NULL),
    ('a0000000-0000-0000-0000-000000000002', 'company_fuel_low', 'maintenance', 5, false, '"sms"', NULL, now());
DELETE FROM alert_rules WHERE name = 'High Priority Job Scheduled';
INSERT INTO alert_rules (id, alert_type_id, name, conditions, notification_channels, recipient_groups, throttle_minutes, is_active, created_at, updated_at) VALUES
    ('b0000000-0000-0000-0000-000000000001', 'a0000000-0000-0000-0000-000000000001', 'No list of anything', '"always"', NULL, NULL, NULL, NULL, NULL, NULL),
    ('b0000000-0000-0000-0000-000000000002', 'a0000000-0000-0000-0000-000000000002', 'Unknown operator', '{"level": {"~~": 1}}', '7', '{"a": 1}', 100000, true, now(), now());
INSERT INTO alert_history (alert_type_id, alert_rule_id, channel, status, retry_count, recipient_email, message, created_at) VALUES
    ('a0000000-0000-0000-0000-000000000001', NULL, 'email', NULL, NULL, NULL, NULL, NULL),
    ('a0000000-0000-0000-0000-000000000001', NULL, 'email', 'pending', 0, NULL, 'to nobody', now()),
    ('a0000000-0000-0000-0000-000000000002', 'b0000000-0000-0000-0000-000000000002', 'slack', 'throttled', -1, 'x', 'again', now()),
    ('a0000000-0000-0000-0000-000000000002', 'b0000000-0000-0000-0000-000000000002', 'slack', 'throttled', -1, 'x', 'again', now());
INSERT INTO dashboard_notifications (user_id, alert_type_id, title, message, is_read, priority_level, created_at) VALUES
    ('', 'a0000000-0000-0000-0000-000000000001', '', '', NULL, NULL, NULL), ('somebody', 'a0000000-0000-0000-0000-000000000001', 't', 'm', true, 1, now());
INSERT INTO email_templates (name, subject_template, body_template, is_html, created_at, updated_at) VALUES ('company_mail', '{{', '}}', NULL, NULL, NULL);
INSERT INTO sms_templates (name, message_template, max_length, created_at) VALUES ('company_sms', '', NULL, NULL);
INSERT INTO audit_logs (table_name, operation, old_values, "timestamp") VALUES ('customers', 'DELETE', '7', NULL), ('', '', NULL, '2001-01-01');
DELETE FROM system_config WHERE key = 'backup_retention_days';
UPDATE system_config SET value = 'soon' WHERE key = 'database_maintenance_hour';
INSERT INTO system_config (key, value, data_type, is_sensitive, updated_at) VALUES ('company_key', 'swordfish', NULL, true, NULL), ('company_other', '', '', NULL, now());

CREATE TABLE company_fuel_log (id serial PRIMARY KEY, job uuid REFERENCES job_schedules ON DELETE SET NULL, liters numeric, seen json);
INSERT INTO company_fuel_log (job, liters, seen) VALUES ('e0000000-0000-0000-0000-000000000004', 12.5, '{}'), (NULL, NULL, NULL);
CREATE VIEW company_jobs AS SELECT * FROM job_schedules;
CREATE VIEW company_long_jobs WITH (security_barrier = true) AS SELECT id, estimated_duration_hours * 2 AS twice FROM company_jobs;
COMMENT ON VIEW company_long_jobs IS 'for the foreman''s "sheet"';
GRANT SELECT ON company_long_jobs TO neff_readonly;
CREATE VIEW company_sizes AS SELECT tablename FROM table_sizes;
CREATE TRIGGER company_audit AFTER INSERT OR UPDATE OR DELETE ON customers FOR EACH ROW EXECUTE FUNCTION audit_trigger_function();
CREATE TRIGGER company_audit AFTER INSERT OR UPDATE OR DELETE ON company_fuel_log FOR EACH ROW EXECUTE FUNCTION audit_trigger_function();
ALTER TABLE job_schedules ENABLE TRIGGER job_schedule_alert_trigger;
"#;

async fn awkward_database(server: &Server) -> TestDatabase {
    // The roles are the server's: whoever grants to neff_readonly below needs it to be there.
    let database = server.specification_database().await;
    database.psql(AWKWARD);
    database
}

async fn text(connection: &mut PgConnection, query: &str) -> String {
    sqlx::query_scalar::<_, Option<String>>(AssertSqlSafe(format!("SELECT ({query})::text")))
        .fetch_one(connection)
        .await
        .unwrap_or_else(|error| panic!("{query}: {error}"))
        .unwrap_or_default()
}

async fn run(connection: &mut PgConnection, statement: &str) {
    sqlx::raw_sql(AssertSqlSafe(statement.to_owned()))
        .execute(connection)
        .await
        .unwrap_or_else(|error| panic!("{statement}: {error}"));
}

#[tokio::test]
async fn every_row_of_a_lived_in_database_survives_and_the_schema_is_the_same() {
    let server = Server::get().await;
    let database = awkward_database(server).await;
    let before = rows(database.options()).await;
    let output = migrate(&database.url, &["--no-backup"]);
    let after = rows(database.options()).await;

    let repairs = assert_all_there(&before, &after);
    assert!(repairs >= 35, "only {repairs} values were repaired: has the awkward data been lost?");
    assert!(output.contains(&format!("{repairs} values were repaired")), "{output}");
    assert_same_schema(&schema(database.options()).await, &schema_from_empty(server).await);

    // A rule and a setting that somebody deleted do not come back; the rule that is ours comes once.
    let mut connection = database.connect().await;
    assert_eq!(
        text(&mut connection, "SELECT count(*) FROM alert_rules WHERE name = 'High Priority Job Scheduled'").await,
        "0"
    );
    assert_eq!(
        text(&mut connection, "SELECT count(*) FROM alert_rules WHERE name = 'New Estimate Request'").await,
        "1"
    );
    assert_eq!(
        text(&mut connection, "SELECT count(*) FROM system_config WHERE key = 'backup_retention_days'").await,
        "0"
    );

    // Whoever was entered first keeps Carla; what names nobody is shown as unknown.
    let claim = "SELECT string_agg(right(job_schedule_id::text, 1) || ' ' || state, ', ' ORDER BY job_schedule_id)
                   FROM job_assignments WHERE resource_id = 'd0000000-0000-0000-0000-000000000003'";
    assert_eq!(text(&mut connection, claim).await, "1 conflict, 2 firm");
    let unknown = "SELECT count(*) FROM job_unknown_resources WHERE written IN ('Big Bob and two more', 'Night crew', 'Nobody Known')";
    assert_eq!(text(&mut connection, unknown).await, "3");

    // Adopting alerts nobody: no popups on Monday morning about jobs of five years.
    assert_eq!(before["alert_history"].len(), after["alert_history"].len());
    assert_eq!(before["dashboard_notifications"].len(), after["dashboard_notifications"].len());
}

#[tokio::test]
async fn what_the_company_added_by_itself_goes_on_working() {
    let server = Server::get().await;
    let database = awkward_database(server).await;
    let website = unique("website");
    server.create_login(&website, "x", &[]).await;
    database.psql(&format!(
        "GRANT SELECT, INSERT, UPDATE ON estimates, job_schedules TO {website}; GRANT ALL ON company_fuel_log TO {website};
         GRANT USAGE ON SEQUENCE company_fuel_log_id_seq TO {website};"
    ));
    migrate(&database.url, &["--no-backup"]);

    // Columns of types that know no equality do not stand in the way of an UPDATE.
    let mut connection = database.connect().await;
    run(&mut connection, "UPDATE customers SET phone = '555' WHERE name = 'Blocked'; UPDATE contracts SET company_po = 'PO 2' WHERE client_name = 'No status'").await;
    assert_eq!(text(&mut connection, "SELECT version FROM customers WHERE name = 'Blocked'").await, "2");
    assert_eq!(text(&mut connection, "SELECT version FROM contracts WHERE client_name = 'No status'").await, "2");

    // The company had attached the audit itself: still one row an edit, on its own table, too.
    let audited = "SELECT count(*) FROM audit_logs WHERE table_name = 'customers' AND operation = 'UPDATE' AND new_values->>'phone' = '555'";
    assert_eq!(text(&mut connection, audited).await, "1");
    run(
        &mut connection,
        "UPDATE company_fuel_log SET liters = 13 WHERE id = 1; DELETE FROM company_fuel_log WHERE id = 2",
    )
    .await;
    let audited = "SELECT string_agg(operation || ' ' || row_id || ' ' || coalesce(old_values->>'liters', '-') || ' ' || coalesce(new_values->>'liters', '-'), ', ' ORDER BY row_id)
                     FROM audit_logs WHERE table_name = 'company_fuel_log'";
    assert_eq!(text(&mut connection, audited).await, "UPDATE 1 12.5 13, DELETE 2 - -");

    // Its views over jobs are what they were.
    assert_eq!(
        text(&mut connection, "SELECT twice FROM company_long_jobs WHERE id = 'e0000000-0000-0000-0000-000000000001'")
            .await,
        "199.98"
    );
    assert_eq!(text(&mut connection, "SELECT array_to_string(reloptions, ',') || ' ' || obj_description(oid) FROM pg_class WHERE relname = 'company_long_jobs'").await, "security_barrier=true for the foreman's \"sheet\"");
    assert_eq!(
        text(&mut connection, "SELECT relowner::regrole FROM pg_class WHERE relname = 'company_jobs'").await,
        "postgres"
    );
    run(
        &mut connection,
        "SET ROLE neff_readonly; SELECT * FROM company_long_jobs; RESET ROLE; SELECT * FROM company_sizes",
    )
    .await;

    // And a login with rights of its own on tables still writes to them, without knowing of us.
    let mut website = database.connect_as(&website).await;
    run(&mut website, "INSERT INTO estimates (customer_name, email, service_type, project_address, status) VALUES ('Web', 'w@example.com', 'residential', '4 Quarry Road', NULL)").await;
    run(
        &mut website,
        "UPDATE job_schedules SET crew_assigned = '[\"Carla\"]', status = NULL WHERE calendly_event_uri = 'u4'",
    )
    .await;
    run(&mut website, "INSERT INTO company_fuel_log (liters) VALUES (1)").await;
}

#[tokio::test]
async fn adopting_twice_changes_nothing() {
    let server = Server::get().await;
    let database = awkward_database(server).await;
    migrate(&database.url, &["--no-backup"]);
    let (before, shape) = (rows(database.options()).await, schema(database.options()).await);
    let output = migrate(&database.url, &[]);
    assert!(output.trim_end().ends_with("is up to date."), "{output}");
    assert_eq!(before, rows(database.options()).await);
    assert_same_schema(&shape, &schema(database.options()).await);
}

#[tokio::test]
async fn a_half_made_database_gets_the_other_half_with_its_default_rows() {
    let server = Server::get().await;
    let database = server.empty_database().await;
    let whole =
        std::fs::read_to_string(Path::new(env!("CARGO_MANIFEST_DIR")).join("fixtures/specification.sql")).unwrap();
    let half = &whole[..whole.find("-- View for monitoring slow queries").expect("the middle of the specification")];
    let _ = Command::new("psql").args(["-qX", "--command", half, &database.url]).output();
    // `--command` is one transaction and one statement of it fails (no pg_trgm): statement by statement, then.
    for statement in half.split(";\n") {
        let _ = Command::new("psql").args(["-qX", "--command", statement, &database.url]).output().expect("psql");
    }
    database.psql("INSERT INTO customers (name, email) VALUES ('Kept', 'kept@example.com')");
    assert_eq!(
        database.psql("SELECT to_regclass('alert_types') IS NULL AND to_regclass('crew_members') IS NOT NULL").trim(),
        "t"
    );

    migrate(&database.url, &["--no-backup"]);
    assert_same_schema(&schema(database.options()).await, &schema_from_empty(server).await);
    let counts = "SELECT concat_ws(' ', (SELECT count(*) FROM alert_types WHERE is_shipped), (SELECT count(*) FROM alert_rules),
                  (SELECT count(*) FROM system_config WHERE key = 'backup_retention_days'), (SELECT count(*) FROM email_templates),
                  (SELECT count(*) FROM sms_templates), (SELECT count(*) FROM customers))";
    assert_eq!(database.psql(counts).trim(), "9 3 1 9 9 1");
}

#[tokio::test]
async fn names_that_are_the_companys_own_are_refused_before_anything_is_changed() {
    let server = Server::get().await;
    let database = server.specification_database().await;
    database.psql("CREATE TABLE payments (id int); ALTER TABLE contracts ADD COLUMN estimate_id text; ALTER TABLE customers ADD COLUMN version text; CREATE VIEW crews AS SELECT 1 AS one");
    let before = schema(database.options()).await;
    let reason = refused(&database.url, &["--no-backup"]);
    assert!(reason.contains("names Neff Office needs"), "{reason}");
    assert!(reason.contains("contracts.estimate_id, crews, customers.version, payments"), "{reason}");
    assert_same_schema(&before, &schema(database.options()).await);

    database.psql("ALTER TABLE payments RENAME TO company_payments; ALTER TABLE contracts DROP COLUMN estimate_id; DROP VIEW crews; ALTER TABLE customers DROP COLUMN version; ALTER TABLE customers ADD COLUMN version int NOT NULL DEFAULT 41");
    database.psql("INSERT INTO customers (name, email) VALUES ('Counted', 'c@example.com')");
    migrate(&database.url, &["--no-backup"]);
    database.psql("UPDATE customers SET phone = '1', version = 7");
    assert_eq!(database.psql("SELECT version FROM customers").trim(), "42");
}

#[tokio::test]
async fn a_search_path_of_its_own_leads_nowhere_else() {
    let server = Server::get().await;
    let database = server.empty_database().await;
    database.psql(&format!(
        "CREATE SCHEMA elsewhere AUTHORIZATION neff_owner; CREATE SCHEMA tools; CREATE EXTENSION pg_trgm SCHEMA tools; CREATE EXTENSION btree_gist SCHEMA tools;
         ALTER DATABASE {} SET search_path = elsewhere, public",
        database.name
    ));
    migrate(&database.url, &[]);
    assert_eq!(
        database.psql("SELECT count(*) FROM pg_class WHERE relnamespace = 'elsewhere'::regnamespace").trim(),
        "0"
    );
    let mut connection = database.connect().await;
    run(&mut connection, "INSERT INTO crew_members (name, role) VALUES ('Ann', 'operator');
         INSERT INTO job_schedules (start_date, end_date, location_address, crew_assigned) VALUES (now(), now() + interval '1 hour', 'x', '[\"Ann\"]')").await;
    assert_eq!(text(&mut connection, "SELECT string_agg(state, ',') FROM public.job_assignments").await, "firm");
}

// ---- Interrupted, twice at once, newer, somebody else's ----------------------------------------------------------------

/// A migration whose last step somebody else's open transaction holds back.
struct HeldBack {
    blocker: PgConnection,
    // What other sessions do is looked up once a transaction, so not by the one that is open.
    watcher: PgConnection,
}

impl HeldBack {
    /// Makes the migrator wait at the very end of migration `version`, with all of it done and nothing committed: its
    /// own list of applied migrations holds that number already, in a transaction that is open.
    async fn at(superuser: &PgConnectOptions, version: i64) -> Self {
        let (mut blocker, watcher) = (superuser.connect().await.unwrap(), superuser.connect().await.unwrap());
        run(&mut blocker, "CREATE TABLE IF NOT EXISTS _sqlx_migrations (version bigint PRIMARY KEY, description text NOT NULL,
             installed_on timestamptz NOT NULL DEFAULT now(), success boolean NOT NULL, checksum bytea NOT NULL, execution_time bigint NOT NULL);
             ALTER TABLE _sqlx_migrations OWNER TO neff_owner").await;
        run(
            &mut blocker,
            &format!("BEGIN; INSERT INTO _sqlx_migrations VALUES ({version}, 'held', now(), true, '', 0)"),
        )
        .await;
        Self { blocker, watcher }
    }

    /// How many migrators wait for this.
    async fn waiting(&mut self, what: &str) -> usize {
        let query = format!(
            "SELECT count(*) FROM pg_stat_activity WHERE datname = current_database() AND application_name = 'neff-migrate' AND wait_event = '{what}'"
        );
        text(&mut self.watcher, &query).await.parse().unwrap()
    }

    /// Kills the migrator once it waits, lets go, and waits until the server has noticed.
    async fn kill(mut self, mut migrating: Child) {
        until("the migration waits", Duration::from_mins(1), async || {
            assert!(migrating.try_wait().unwrap().is_none(), "it ended too early");
            self.waiting("transactionid").await == 1
        })
        .await;
        migrating.kill().unwrap();
        migrating.wait().unwrap();
        self.release().await;
        until("its session is gone", Duration::from_mins(1), async || {
            text(&mut self.watcher, "SELECT count(*) FROM pg_stat_activity WHERE datname = current_database() AND application_name = 'neff-migrate'").await == "0"
        })
        .await;
    }

    async fn release(&mut self) {
        run(&mut self.blocker, "ROLLBACK").await;
    }
}

fn start_migrating(keeper: &Keeper, url: &str) -> Child {
    keeper.spawn(
        neff(keeper).args(["migrate", "--no-backup", "--url", url]).stdout(Stdio::piped()).stderr(Stdio::piped()),
    )
}

#[tokio::test]
async fn killed_at_each_migration_it_goes_on_to_the_same_end() {
    let server = Server::get().await;
    server.office_database().await; // the roles
    let database = awkward_database(server).await;
    let before = rows(database.options()).await;
    let count = i64::try_from(neff_tests::postgres::migrations().len()).unwrap();
    let keeper = Keeper::new();
    for version in 1..=count {
        let held = HeldBack::at(database.options(), version).await;
        held.kill(start_migrating(&keeper, &database.url)).await;
        let mut connection = database.connect().await;
        let reached = text(&mut connection, "SELECT concat(max(version), ' ', count(*)) FROM _sqlx_migrations").await;
        assert_eq!(reached, if version == 1 { " 0".to_owned() } else { format!("{0} {0}", version - 1) });
        let recorded = text(&mut connection, "SELECT count(*) FROM schema_versions WHERE version LIKE '3.0.%'").await;
        // The second makes the table and records itself and the first.
        assert_eq!(recorded, if version == 2 { "0".to_owned() } else { (version - 1).to_string() });
    }
    migrate(&database.url, &["--no-backup"]);
    assert_all_there(&before, &rows(database.options()).await);
    assert_same_schema(&schema(database.options()).await, &schema_from_empty(server).await);
}

#[tokio::test]
async fn two_computers_at_once_both_succeed_and_one_does_the_work() {
    let server = Server::get().await;
    server.office_database().await; // the roles
    let database = awkward_database(server).await;
    let before = rows(database.options()).await;
    let mut held = HeldBack::at(database.options(), 5).await;
    let keeper = Keeper::new();
    let both = [start_migrating(&keeper, &database.url), start_migrating(&keeper, &database.url)];
    until("one waits for the other", Duration::from_mins(1), async || {
        held.waiting("transactionid").await == 1 && held.waiting("advisory").await == 1
    })
    .await;
    held.release().await;
    let mut said: Vec<String> = both
        .into_iter()
        .map(|one| {
            let output = one.wait_with_output().unwrap();
            assert!(output.status.success(), "{}", self::said(&output));
            let text = String::from_utf8(output.stdout).unwrap();
            text.lines().next().unwrap().rsplit_once("up to date").unwrap().1.to_owned()
        })
        .collect();
    said.sort();
    let count = neff_tests::postgres::migrations().len();
    assert_eq!(said, [".".to_owned(), format!(": {count} steps done.")]);
    assert_all_there(&before, &rows(database.options()).await);
    assert_same_schema(&schema(database.options()).await, &schema_from_empty(server).await);
}

#[tokio::test]
async fn a_newer_database_is_left_alone() {
    let database = Server::get().await.empty_database().await;
    migrate(&database.url, &[]);
    database.psql("INSERT INTO schema_versions (version, description) VALUES ('3.0.999', 'of a later year')");
    let (before, shape) = (rows(database.options()).await, schema(database.options()).await);
    let reason = refused(&database.url, &["--no-backup"]);
    assert!(reason.contains("The database is newer than this program. Nothing was changed"), "{reason}");
    assert_eq!(before, rows(database.options()).await);
    assert_same_schema(&shape, &schema(database.options()).await);
}

#[tokio::test]
async fn somebody_elses_database_is_left_alone() {
    let database = Server::get().await.empty_database().await;
    database.psql("CREATE TABLE orders (id int); CREATE TABLE customers (id int); INSERT INTO orders VALUES (1)");
    for arguments in [&["--no-backup"][..], &[][..]] {
        let reason = refused(&database.url, arguments);
        assert!(reason.contains("This database holds other tables, not an office. Nothing was changed."), "{reason}");
    }
    assert_eq!(database.psql("SELECT string_agg(relname, ' ' ORDER BY relname) FROM pg_class WHERE relnamespace = 'public'::regnamespace").trim(), "customers orders");
}

// ---- Rights ------------------------------------------------------------------------------------------------------------

/// A server on which nobody has ever heard of an office.
struct FreshServer(Cluster);

impl FreshServer {
    fn start() -> Self {
        Self(Cluster::start(Entry::Trust, "unused", &[]))
    }

    fn url(&self, login: &str, database: &str) -> String {
        format!("postgres://{login}@127.0.0.1:{}/{database}", self.0.port())
    }

    fn options(&self, login: &str, database: &str) -> PgConnectOptions {
        PgConnectOptions::new_without_pgpass()
            .host("127.0.0.1")
            .port(self.0.port())
            .username(login)
            .database(database)
            .disable_statement_logging()
    }

    /// Statements of the superuser, stopping at the first that fails.
    fn keeper(&self, database: &str, text: &str) -> String {
        neff_tests::cluster::run(Command::new("psql").args([
            "-qXAt",
            "-v",
            "ON_ERROR_STOP=1",
            "-c",
            text,
            &self.url("postgres", database),
        ]))
    }

    /// A database of `owner`, made from the specification by `maker` as far as its statements run, with awkward rows.
    fn specification(&self, name: &str, owner: &str, maker: &str) {
        self.keeper("postgres", &format!("CREATE DATABASE {name} TEMPLATE template0 OWNER {owner}"));
        let file = Path::new(env!("CARGO_MANIFEST_DIR")).join("fixtures/specification.sql");
        let made =
            Command::new("psql").args(["-qX", "--file"]).arg(file).arg(self.url(maker, name)).output().expect("psql");
        assert!(made.status.success());
        if maker == "postgres" {
            self.keeper(name, AWKWARD);
        }
    }
}

/// Migrating is refused with the reasons; whoever keeps the server runs exactly the commands that were printed, and
/// then it works: all rows there, the schema the same as a superuser would have made, and the office can work.
async fn adopts_after_exactly_the_commands_it_prints(
    server: &FreshServer,
    login: &str,
    name: &str,
    reasons: &[&str],
) -> String {
    let before = rows(&server.options("postgres", name)).await;
    let shape = schema(&server.options("postgres", name)).await;
    let url = server.url(login, name);
    let mut commands = String::new();
    if !reasons.is_empty() {
        let refusal = refused(&url, &["--backup-to", "/nowhere"]);
        for reason in reasons {
            assert!(refusal.contains(reason), "no word of {reason}:\n{refusal}");
        }
        assert!(refusal.contains("Nothing was changed."), "{refusal}");
        assert_eq!(before, rows(&server.options("postgres", name)).await);
        assert_same_schema(&shape, &schema(&server.options("postgres", name)).await);
        // What doctor prints is the same, and just as complete.
        let doctor = neff(&Keeper::new()).args(["doctor", "--url", &url]).output().unwrap();
        assert_eq!(doctor.status.code(), Some(1));
        commands = refusal.split_once('\n').expect("commands below the sentence").1.to_owned();
        for command in commands.lines() {
            assert!(said(&doctor).contains(command), "doctor does not say {command}:\n{}", said(&doctor));
        }
        server.keeper(name, &commands);
    }
    let folder = Keeper::new();
    migrate(&url, &["--backup-to", folder.folder().to_str().unwrap()]);
    assert_all_there(&before, &rows(&server.options("postgres", name)).await);

    // What a superuser makes on the same server. (Who may do what in the database and in its schema as such differs.)
    let reference = unique("reference");
    server.keeper("postgres", &format!("CREATE DATABASE {reference} TEMPLATE template0"));
    migrate(&server.url("postgres", &reference), &[]);
    assert_same_schema(
        &schema(&server.options("postgres", name)).await,
        &schema(&server.options("postgres", &reference)).await,
    );

    let doctor = neff(&Keeper::new()).args(["doctor", "--url", &url]).output().unwrap();
    assert!(doctor.status.success(), "{}", said(&doctor));
    let staff = unique("staff");
    server.keeper("postgres", &format!("CREATE ROLE {staff} LOGIN IN ROLE neff_app"));
    let mut connection = server.options(&staff, name).connect().await.unwrap();
    run(&mut connection, "SELECT neff.register_person('Dana Neff');
        INSERT INTO crew_members (name, role) VALUES ('Carl', 'operator');
        INSERT INTO job_schedules (start_date, end_date, location_address, crew_assigned, priority_level) VALUES (now(), now() + interval '1 hour', 'x', '[\"Carl\"]', 5);
        INSERT INTO estimates (customer_name, email, service_type, project_address) VALUES ('Web', 'w@example.com', 'residential', 'x')").await;
    assert_eq!(
        text(&mut connection, "SELECT count(*) FROM dashboard_notifications WHERE title LIKE '%Web%'").await,
        "1"
    );
    commands
}

const OWNERSHIP: &str = "of the database's tables, views and functions";

#[tokio::test]
async fn a_plain_login_adopts_a_database_of_postgres() {
    let server = FreshServer::start();
    server.keeper("postgres", "CREATE ROLE \"Dana's own\" LOGIN; CREATE ROLE plain LOGIN");
    server.specification("office", "postgres", "postgres");
    let mut reasons = vec![
        "may not create objects in this database",
        "may not create the roles",
        OWNERSHIP,
        "views that read job_schedules",
    ];
    if server.keeper("postgres", "SHOW server_version_num").trim().parse::<u32>().unwrap() >= 150_000 {
        reasons.push("may not create objects in the schema public");
    }
    let commands = adopts_after_exactly_the_commands_it_prints(&server, "plain", "office", &reasons).await;
    assert!(commands.contains("ALTER ROLE plain CREATEROLE;"), "{commands}");

    // A second office on this server, another plain login, one with an odd name: the roles are there already.
    server.specification("second", "postgres", "postgres");
    let url_name = "Dana's%20own";
    let refusal = refused(&server.url(url_name, "second"), &["--no-backup"]);
    assert!(
        refusal.contains("is not a member of neff_owner") && !refusal.contains("may not create the roles"),
        "{refusal}"
    );
    assert!(refusal.contains("GRANT neff_owner TO \"Dana's own\""), "{refusal}");
}

#[tokio::test]
async fn a_login_that_may_create_roles_adopts_a_database_of_postgres() {
    let server = FreshServer::start();
    server.keeper("postgres", "CREATE ROLE keeper LOGIN CREATEROLE");
    server.specification("office", "postgres", "postgres");
    let commands = adopts_after_exactly_the_commands_it_prints(
        &server,
        "keeper",
        "office",
        &["may not create objects in this database", OWNERSHIP],
    )
    .await;
    assert!(!commands.contains("CREATEROLE"), "{commands}");
}

#[tokio::test]
async fn a_plain_login_adopts_on_a_server_that_has_an_office_already() {
    let server = FreshServer::start();
    server.keeper("postgres", "CREATE ROLE plain LOGIN");
    server.keeper("postgres", "CREATE DATABASE first TEMPLATE template0");
    migrate(&server.url("postgres", "first"), &[]);
    server.specification("office", "postgres", "postgres");
    let commands = adopts_after_exactly_the_commands_it_prints(
        &server,
        "plain",
        "office",
        &["is not a member of neff_owner", OWNERSHIP],
    )
    .await;
    assert!(!commands.contains("CREATEROLE"), "{commands}");
}

#[tokio::test]
async fn the_databases_owner_adopts_it_without_being_a_superuser() {
    let server = FreshServer::start();
    server.keeper("postgres", "CREATE ROLE boss LOGIN");
    server.specification("office", "boss", "boss");
    adopts_after_exactly_the_commands_it_prints(&server, "boss", "office", &["may not create the roles"]).await;

    // Made by the superuser for them: they own the database and nothing in it.
    server.specification("other", "boss", "postgres");
    adopts_after_exactly_the_commands_it_prints(&server, "boss", "other", &[OWNERSHIP]).await;
}

#[tokio::test]
async fn a_login_that_inherits_nothing_is_told_so() {
    let server = FreshServer::start();
    server.keeper("postgres", "CREATE ROLE shy LOGIN NOINHERIT CREATEROLE");
    server.specification("office", "postgres", "postgres");
    adopts_after_exactly_the_commands_it_prints(
        &server,
        "shy",
        "office",
        &["does not inherit the rights of its roles"],
    )
    .await;
}

#[tokio::test]
async fn another_login_goes_on_where_the_first_was_interrupted() {
    let server = FreshServer::start();
    server.keeper("postgres", "CREATE ROLE first LOGIN CREATEROLE; CREATE ROLE second LOGIN");
    server.keeper("postgres", "CREATE DATABASE office OWNER first TEMPLATE template0");
    server.keeper("postgres", "CREATE DATABASE elsewhere TEMPLATE template0");
    migrate(&server.url("postgres", "elsewhere"), &[]); // the roles
    server.keeper("postgres", "GRANT neff_owner TO first WITH ADMIN OPTION");
    // Until 14 it belongs to the server's superuser, and everybody may create in it.
    server.keeper("office", "ALTER SCHEMA public OWNER TO first");
    let keeper = Keeper::new();
    let held = HeldBack::at(&server.options("postgres", "office"), 10).await;
    held.kill(start_migrating(&keeper, &server.url("first", "office"))).await;

    let refusal = refused(&server.url("second", "office"), &["--no-backup"]);
    assert!(refusal.contains("GRANT neff_owner TO \"second\" WITH ADMIN OPTION;"), "{refusal}");
    server.keeper("office", refusal.split_once('\n').unwrap().1);
    migrate(&server.url("second", "office"), &["--no-backup"]);
    let [one, other] = ["office", "elsewhere"].map(|name| server.options("postgres", name));
    assert_same_schema(&schema(&one).await, &schema(&other).await);
}

// ---- The backup that comes first -----------------------------------------------------------------------------------------

/// The database as it was: nothing migrated, nothing lost.
async fn assert_untouched(database: &TestDatabase, before: &Rows, shape: &BTreeSet<String>) {
    assert_eq!(before, &rows(database.options()).await);
    assert_same_schema(shape, &schema(database.options()).await);
}

fn files(folder: &Path) -> Vec<String> {
    let mut names: Vec<String> = std::fs::read_dir(folder)
        .map(|entries| entries.map(|entry| entry.unwrap().file_name().to_string_lossy().into_owned()).collect())
        .unwrap_or_default();
    names.sort();
    names
}

#[tokio::test]
async fn a_database_with_rows_is_not_migrated_without_a_word_about_a_backup() {
    let server = Server::get().await;
    let database = awkward_database(server).await;
    let (before, shape) = (rows(database.options()).await, schema(database.options()).await);
    let reason = refused(&database.url, &[]);
    assert!(
        reason.contains("--backup-to DIR") && reason.contains("--no-backup") && reason.contains("Nothing was changed"),
        "{reason}"
    );
    assert_untouched(&database, &before, &shape).await;
    let both = try_migrate(&database.url, &["--no-backup", "--backup-to", "/tmp"]);
    assert_eq!(both.status.code(), Some(2), "{}", said(&both));
    assert_untouched(&database, &before, &shape).await;
}

#[tokio::test]
async fn the_backup_holds_every_row_and_its_sum_is_right() {
    let server = Server::get().await;
    let database = awkward_database(server).await;
    let before = rows(database.options()).await;
    let keeper = Keeper::new();
    let folder = keeper.folder().join("backups, the company's");
    let output = migrate(&database.url, &["--backup-to", folder.to_str().unwrap()]);

    let found = files(&folder);
    let [dump, sum] = found.as_slice() else { panic!("{found:?}") };
    assert!(dump.starts_with(&database.name) && Path::new(dump).extension().is_some_and(|e| e == "dump"), "{dump}");
    assert!(output.contains(&format!("Backup, read back in full: {}", folder.join(dump).display())), "{output}");
    for (path, wanted) in [(folder.clone(), 0o700), (folder.join(dump), 0o600), (folder.join(sum), 0o600)] {
        let mode = std::os::unix::fs::PermissionsExt::mode(&std::fs::metadata(&path).unwrap().permissions());
        assert_eq!(mode & 0o777, wanted, "customers' data, for nobody else: {}", path.display());
    }
    neff_tests::cluster::run(Command::new("sha256sum").args(["--check", "--strict", sum]).current_dir(&folder));

    let restored = server.empty_database().await;
    let program = neff_tests::cluster::binaries().join("pg_restore");
    let program = if program.exists() { program } else { "pg_restore".into() };
    neff_tests::cluster::run(
        Command::new(program)
            .args(["--exit-on-error", "--single-transaction", "--dbname", &restored.url])
            .arg(folder.join(dump)),
    );
    assert_eq!(before, rows(restored.options()).await, "what is restored is what was there before the migration");
}

#[tokio::test]
async fn without_a_good_backup_nothing_is_changed_and_nothing_is_left_behind() {
    let server = Server::get().await;
    let database = awkward_database(server).await;
    // So that half of the file, and a bit further, is data and not the statements before it.
    database
        .psql("INSERT INTO company_fuel_log (seen) SELECT to_json(md5(i::text)) FROM generate_series(1, 20000) AS i");
    let (before, shape) = (rows(database.options()).await, schema(database.options()).await);
    let keeper = Keeper::new();
    let good = keeper.folder().join("good");

    // Where no folder can be.
    std::fs::write(keeper.folder().join("file"), "").unwrap();
    let reason = refused(&database.url, &["--backup-to", keeper.folder().join("file/below").to_str().unwrap()]);
    assert!(reason.contains("The backup that must come first did not succeed. Nothing was changed."), "{reason}");
    assert_untouched(&database, &before, &shape).await;

    // No space: the system ends whoever writes more than a few kilobytes.
    let program = neff_tests::keeper::program("neff");
    let limited = neff(&keeper)
        .get_envs()
        .fold(Command::new("sh"), |mut command, (name, value)| {
            if let Some(value) = value {
                command.env(name, value);
            }
            command
        })
        .args(["-c", "ulimit -f 8; exec \"$0\" \"$@\""])
        .arg(program)
        .args(["migrate", "--url", &database.url, "--backup-to"])
        .arg(&good)
        .output()
        .unwrap();
    assert_eq!(limited.status.code(), Some(1), "{}", said(&limited));
    assert!(said(&limited).contains("Nothing was changed."), "{}", said(&limited));
    assert_eq!(files(&good), Vec::<String>::new());
    assert_untouched(&database, &before, &shape).await;

    // A pg_dump that ends well and leaves half a file; one that flips a byte in the middle of the data.
    let real = ["pg_dump", "pg_restore"].map(|name| {
        let own = neff_tests::cluster::binaries().join(name);
        if own.exists() { own.display().to_string() } else { format!("/usr/bin/{name}") }
    });
    for (name, damage) in [
        ("half", "truncate -s $(($(stat -c %s \"$file\") / 2)) \"$file\""),
        (
            "flipped",
            "printf 'XXXXXXXXXXXXXXXX' | dd of=\"$file\" bs=1 seek=$(($(stat -c %s \"$file\") * 6 / 10)) conv=notrunc status=none",
        ),
    ] {
        let programs = keeper.folder().join(name);
        std::fs::create_dir(&programs).unwrap();
        let write = |name: &str, text: String| {
            use std::os::unix::fs::PermissionsExt;
            std::fs::write(programs.join(name), text).unwrap();
            std::fs::set_permissions(programs.join(name), std::fs::Permissions::from_mode(0o755)).unwrap();
        };
        write(
            "pg_dump",
            format!(
                "#!/bin/sh\n'{}' \"$@\" || exit 1\nfile=\nwhile [ $# -gt 0 ]; do [ \"$1\" = --file ] && file=$2; shift; done\n[ -z \"$file\" ] || {{ {damage}; }}\n",
                real[0]
            ),
        );
        write("pg_restore", format!("#!/bin/sh\nexec '{}' \"$@\"\n", real[1]));
        let output = neff(&keeper)
            .env("NEFF_POSTGRES_BIN", &programs)
            .args(["migrate", "--url", &database.url, "--backup-to"])
            .arg(&good)
            .output()
            .unwrap();
        assert_eq!(output.status.code(), Some(1), "{name}: {}", said(&output));
        assert!(said(&output).contains("pg_restore"), "{name}: {}", said(&output));
        assert_eq!(files(&good), Vec::<String>::new(), "{name}");
        assert_untouched(&database, &before, &shape).await;
    }
}

#[tokio::test]
async fn a_login_that_does_not_see_every_table_makes_no_backup() {
    let server = FreshServer::start();
    server.keeper("postgres", "CREATE ROLE boss LOGIN CREATEROLE");
    server.specification("office", "boss", "boss");
    server.keeper("office", "CREATE TABLE company_secrets (id int); INSERT INTO company_secrets VALUES (1)");
    let keeper = Keeper::new();
    let reason = refused(&server.url("boss", "office"), &["--backup-to", keeper.folder().to_str().unwrap()]);
    assert!(reason.contains("may not read company_secrets for a backup. Nothing was changed."), "{reason}");
    server.keeper("office", reason.split_once('\n').unwrap().1);
    server.keeper("office", "ALTER TABLE company_secrets ENABLE ROW LEVEL SECURITY");
    let reason = refused(&server.url("boss", "office"), &["--backup-to", keeper.folder().to_str().unwrap()]);
    assert!(
        reason.contains("does not see every row of company_secrets for a backup. Nothing was changed."),
        "{reason}"
    );
    server.keeper("office", reason.split_once('\n').unwrap().1);
    assert_eq!(files(keeper.folder()), Vec::<String>::new());
    migrate(&server.url("boss", "office"), &["--backup-to", keeper.folder().to_str().unwrap()]);
}
