//! Whose schema it is: nothing is made where others may put something in its way, every function of ours looks names up
//! where only its owner may write, and a database from before the first release is left alone.

#![allow(clippy::expect_used, clippy::unwrap_used, reason = "a failed step is a failed test")]

use std::process::{Command, Output, Stdio};

use neff_tests::keeper::{Keeper, program};
use neff_tests::postgres::{Server, TestDatabase, unique};

fn migrate(url: &str) -> Output {
    let keeper = Keeper::new();
    Command::new(program("neff"))
        .env_clear()
        .envs(std::env::vars().filter(|(name, _)| name == "PATH" || name == "NEFF_POSTGRES_BIN"))
        .envs(["HOME", "NEFF_CONFIG_DIR", "NEFF_DATA_DIR"].map(|name| (name, keeper.folder())))
        .args(["migrate", "--no-backup", "--url", url])
        .stdin(Stdio::null())
        .output()
        .expect("neff")
}

fn refused(url: &str) -> String {
    let output = migrate(url);
    assert_eq!(output.status.code(), Some(1), "{output:?}");
    String::from_utf8(output.stderr).unwrap()
}

/// What stands in the database, by the catalogue's own counters: a change of anything changes it.
fn shape(database: &TestDatabase) -> String {
    database.psql(
        "SELECT count(*), max(c.oid), sum(c.relnatts) FROM pg_class c WHERE c.relnamespace >= 2200;
         SELECT count(*), max(p.oid) FROM pg_proc p; SELECT nspname, nspacl FROM pg_namespace ORDER BY 1;",
    )
}

#[tokio::test]
async fn nothing_is_made_while_another_role_may_create_in_public() {
    let server = Server::get().await;
    let database = server.empty_database().await;
    let website = unique("website");
    server.create_login(&website, "x", &[]).await;
    database.psql(&format!("GRANT CREATE ON SCHEMA public TO {website}"));
    let before = shape(&database);
    let said = refused(&database.url);
    let command = format!("REVOKE CREATE ON SCHEMA public FROM {website};");
    assert!(said.contains(&command), "it names the command: {said}");
    assert_eq!(shape(&database), before, "and changes nothing");

    // The migration by itself holds the same, whoever runs it and however.
    let (name, first) = &neff_tests::postgres::migrations()[0];
    let mut connection = database.connect().await;
    let error =
        sqlx::raw_sql(sqlx::AssertSqlSafe(first.clone())).execute(&mut connection).await.unwrap_err().to_string();
    assert!(error.contains(&format!("{website} may create in the schema public")), "{name}: {error}");

    database.psql(&command);
    let output = migrate(&database.url);
    assert!(output.status.success(), "{output:?}");
}

/// The company's other programs may have tables of their own beside the office's.
#[tokio::test]
async fn whoever_has_something_in_the_database_still_comes_in_and_nobody_else() {
    let server = Server::get().await;
    let database = server.specification_database().await;
    let logins = ["site", "reports", "reader", "stranger"].map(unique);
    for login in &logins {
        server.create_login(login, "x", &[]).await;
    }
    let [site, reports, reader, _] = &logins;
    database.psql(&format!(
        "CREATE SCHEMA site AUTHORIZATION {site}; GRANT USAGE ON SCHEMA site TO {reader};
         CREATE TABLE public.theirs (a integer); ALTER TABLE public.theirs OWNER TO {reports}"
    ));
    database.migrate().await;
    let may = |login: &String| {
        let asked = format!("SELECT has_database_privilege('{login}', current_database(), 'CONNECT')");
        database.psql(&asked).trim() == "t"
    };
    assert_eq!(logins.each_ref().map(may), [true, true, true, false]);
}

#[tokio::test]
async fn what_everybody_may_create_in_public_is_taken_back() {
    let database = Server::get().await.empty_database().await;
    database.psql("GRANT CREATE ON SCHEMA public TO PUBLIC");
    let output = migrate(&database.url);
    assert!(output.status.success(), "{output:?}");
    assert_eq!(database.psql("SELECT has_schema_privilege('neff_readonly', 'public', 'CREATE')").trim(), "f");
}

#[tokio::test]
async fn a_database_from_before_the_first_release_is_left_alone_and_says_so() {
    let server = Server::get().await;
    for old in [
        "UPDATE _sqlx_migrations SET checksum = '\\x00' WHERE version = 8",
        // Before there was a schema of ours at all. (Dropped with all that hangs on it: it stands for one that never was.)
        "DROP SCHEMA neff CASCADE",
    ] {
        let database = server.empty_database().await;
        assert!(migrate(&database.url).status.success());
        database.psql(old);
        let before = shape(&database);
        let said = refused(&database.url);
        assert!(said.contains("from before its first release"), "{old}: {said}");
        assert!(said.contains("Set up a new, empty database"), "{old}: {said}");
        assert_eq!(shape(&database), before, "{old}");
    }
}

#[tokio::test]
async fn every_function_of_ours_looks_names_up_where_only_its_owner_may_write() {
    let database = Server::get().await.office_database().await;
    let ours = "p.pronamespace IN ('public'::regnamespace, 'neff'::regnamespace)
        AND NOT EXISTS (SELECT FROM pg_depend d WHERE d.classid = 'pg_proc'::regclass AND d.objid = p.oid AND d.deptype = 'e')";
    let without_path = database.psql(&format!(
        "SELECT p.oid::regprocedure FROM pg_proc p
          WHERE {ours} AND NOT 'search_path=pg_catalog, pg_temp' = ANY (coalesce(p.proconfig, '{{}}'))"
    ));
    assert_eq!(without_path.trim(), "", "no search path of its own, or another one");

    let in_public = database.psql(&format!(
        "SELECT string_agg(p.proname, ' ' ORDER BY p.proname) FROM pg_proc p
          WHERE p.pronamespace = 'public'::regnamespace AND {ours}"
    ));
    assert_eq!(
        in_public.trim(),
        "audit_trigger_function daily_maintenance evaluate_alert_conditions process_job_alert \
         send_alert_notifications trigger_job_schedule_alerts update_timestamp weekly_optimization",
        "the names of the specification, and no others"
    );
    let types = database.psql(
        "SELECT t.typname FROM pg_type t LEFT JOIN pg_class c ON c.oid = t.typrelid
          WHERE t.typnamespace = 'public'::regnamespace AND t.typelem = 0 AND coalesce(c.relkind, 'c') = 'c'
            AND NOT EXISTS (SELECT FROM pg_depend d WHERE d.classid = 'pg_type'::regclass AND d.objid = t.oid AND d.deptype = 'e')",
    );
    assert_eq!(types.trim(), "", "types stand with the functions that use them");

    let writers = database.psql(
        "SELECT r.rolname FROM pg_roles r
          WHERE has_schema_privilege(r.oid, 'neff', 'CREATE') AND NOT r.rolsuper AND NOT pg_has_role(r.oid, 'neff_owner', 'MEMBER')",
    );
    assert_eq!(writers.trim(), "", "only the owner may put something there");
}

/// The names a body uses must say where they are: inside `SET search_path = pg_catalog, pg_temp` an unqualified table is
/// found in no schema, or in the caller's temporary one.
#[tokio::test]
async fn no_function_names_a_table_or_a_function_of_ours_without_its_schema() {
    let database = Server::get().await.office_database().await;
    let loose = database.psql(
        r"WITH body AS (
              SELECT p.oid::regprocedure::text AS function, regexp_replace(p.prosrc, '--[^\n]*', '', 'g') AS text
                FROM pg_proc p
               WHERE p.pronamespace IN ('public'::regnamespace, 'neff'::regnamespace)
                 AND NOT EXISTS (SELECT FROM pg_depend d WHERE d.classid = 'pg_proc'::regclass AND d.objid = p.oid AND d.deptype = 'e')
          )
          SELECT DISTINCT b.function || ' says ' || c.relname FROM body b
            JOIN pg_class c ON c.relnamespace IN ('public'::regnamespace, 'neff'::regnamespace) AND c.relkind IN ('r', 'v')
             AND b.text ~* ('\m(FROM|JOIN|INSERT INTO|UPDATE|TABLE|USING)\s+' || c.relname || '\M')
          UNION
          SELECT b.function || ' calls ' || f.proname FROM body b
            JOIN pg_proc f ON f.pronamespace = 'neff'::regnamespace AND b.text ~ ('(^|[^.\w])' || f.proname || '\(')",
    );
    assert_eq!(loose.trim(), "");
}
