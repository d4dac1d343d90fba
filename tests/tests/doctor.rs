//! What the doctor says about a server on which the program could not work: the cause, and a next step that helps.

#![allow(clippy::expect_used, clippy::unwrap_used, reason = "a failed step is a failed test")]

use std::path::Path;

use database::ConnectionSettings;
use database::doctor::{Check, CheckName, CheckState, Report, examine};
use neff_tests::cluster::own;
use neff_tests::postgres::{Server, TestDatabase, migrate_database, unique};
use neff_tests::private_server::{Encryption, PrivateServer};
use secrecy::SecretString;
use sqlx::{AssertSqlSafe, PgConnection};

async fn run(connection: &mut PgConnection, statements: &str) {
    sqlx::raw_sql(AssertSqlSafe(statements.to_owned()))
        .execute(connection)
        .await
        .unwrap_or_else(|error| panic!("{statements}: {error}"));
}

async fn asked(url: &str, password: Option<&str>) -> Report {
    let settings = ConnectionSettings::from_url(url).unwrap().0;
    examine(&settings, password.map(|p| SecretString::from(p.to_owned())).as_ref(), "neff-doctor").await
}

fn check(report: &Report, name: CheckName) -> &Check {
    report.checks.iter().find(|c| c.name == name).unwrap()
}

/// That check failed, says this, and says what to do.
fn failed(report: &Report, name: CheckName, says: &str) -> Check {
    let check = check(report, name);
    assert_eq!(check.state, CheckState::Failed, "{:#?}", report.checks);
    assert!(check.sentence.contains(says), "{check:?}");
    assert!(check.remedy.is_some(), "{check:?}");
    assert!(!report.ok());
    check.clone()
}

/// A database of an office on the shared server, and a login of its staff.
async fn office() -> (TestDatabase, String) {
    let server = Server::get().await;
    let database = server.office_database().await;
    let login = unique("doctor");
    server.create_login(&login, "unused", &["neff_app"]).await;
    (database, login)
}

/// A server of its own that asks for passwords, with an office in `office`.
async fn guarded() -> PrivateServer {
    let server = PrivateServer::start(Encryption::Off);
    server.create_database("office").await;
    migrate_database(&server.options().database("office")).await;
    server
}

#[tokio::test]
async fn a_database_set_to_read_only_is_named_with_whoever_it_was_set_for() {
    let (database, login) = office().await;
    let url = database.url_for(&login);
    let everywhere = format!("ALTER DATABASE {} SET default_transaction_read_only = on", database.name);
    let here = format!("ALTER ROLE {login} IN DATABASE {} SET default_transaction_read_only = on", database.name);
    let login_only = format!("ALTER ROLE {login} SET default_transaction_read_only = on");
    for (set, whose) in [(everywhere, "this database is"), (here, "this login in this"), (login_only, "this login is")]
    {
        database.psql(&set);
        let report = asked(&url, None).await;
        let writing = failed(&report, CheckName::Writing, "default_transaction_read_only");
        assert!(writing.sentence.contains(whose), "{writing:?}");
        database.psql(&writing.command.unwrap());
        let report = asked(&url, None).await;
        assert_eq!(check(&report, CheckName::Writing).state, CheckState::Ok, "{:?}", report.checks);
    }
}

#[tokio::test]
async fn a_standby_is_named() {
    let server = guarded().await;
    let data = server.certificate().parent().map(|folder| folder.join("data")).unwrap();
    server.stop();
    let signal = data.join("standby.signal");
    std::fs::write(&signal, "").unwrap();
    own(&signal);
    server.resume();
    let report = asked(&server.url("postgres", "office"), Some(server.password())).await;
    failed(&report, CheckName::Writing, "standby");
    assert_eq!(check(&report, CheckName::Messages).state, CheckState::Skipped);
    assert_eq!(check(&report, CheckName::Schema).state, CheckState::Ok, "what can be read is looked at");
}

#[tokio::test]
async fn a_server_without_tls_and_a_computer_it_does_not_let_in_are_named() {
    let server = guarded().await;
    for mode in ["prefer", "require", "verify-full"] {
        let report =
            asked(&format!("{}?sslmode={mode}", server.url("postgres", "office")), Some(server.password())).await;
        let encryption = failed(&report, CheckName::Encryption, "does not encrypt");
        assert!(encryption.remedy.unwrap().contains("sslmode=disable"), "it is this computer");
        assert_eq!(check(&report, CheckName::Login).state, CheckState::Skipped);
    }
    shut_out(&server.certificate().parent().map(|folder| folder.join("data/pg_hba.conf")).unwrap());
    let mut keeper = server.connect("office").await;
    run(&mut keeper, "CREATE ROLE shut LOGIN PASSWORD 'x'; CREATE ROLE asleep PASSWORD 'x'; SELECT pg_reload_conf()")
        .await;
    let report = loop {
        let report = asked(&server.url("shut", "office"), Some("x")).await;
        // The server reads the file again in its own time.
        if check(&report, CheckName::Login).state == CheckState::Failed {
            break report;
        }
    };
    failed(&report, CheckName::Login, "does not let shut in from this computer");
    let report = asked(&server.url("asleep", "office"), Some("x")).await;
    failed(&report, CheckName::Login, "The login or its password is wrong.");
}

fn shut_out(file: &Path) {
    let before = std::fs::read_to_string(file).unwrap();
    std::fs::write(file, format!("host all shut 127.0.0.1/32 reject\n{before}")).unwrap();
}

#[tokio::test]
async fn whoever_else_may_create_in_public_is_named() {
    let (database, login) = office().await;
    let url = database.url_for(&login);
    let other = unique("website");
    database.psql(&format!("CREATE ROLE {other}; GRANT CREATE ON SCHEMA public TO PUBLIC, {other}"));
    let report = asked(&url, None).await;
    let roles = failed(&report, CheckName::Roles, "may create objects in the schema public");
    assert!(roles.sentence.contains("PUBLIC") && roles.sentence.contains(&other), "{roles:?}");
    database.psql(&roles.command.unwrap());
    assert_eq!(check(&asked(&url, None).await, CheckName::Roles).state, CheckState::Ok);
    database.psql(&format!("DROP OWNED BY {other}; DROP ROLE {other}"));
}

#[tokio::test]
async fn tables_without_their_roles_or_their_owner_are_named() {
    let server = guarded().await;
    let mut keeper = server.connect("office").await;
    let url = server.url("postgres", "office");
    run(&mut keeper, "DROP OWNED BY neff_readonly; DROP ROLE neff_readonly").await;
    let report = asked(&url, Some(server.password())).await;
    let roles = failed(&report, CheckName::Roles, "not the roles neff_readonly");
    assert_eq!(roles.command.as_deref(), Some("CREATE ROLE neff_readonly LOGIN;"));
    run(&mut keeper, roles.command.as_deref().unwrap()).await;
    run(&mut keeper, "ALTER TABLE job_schedules OWNER TO postgres").await;
    failed(&asked(&url, Some(server.password())).await, CheckName::Roles, "belong to postgres");
}

#[tokio::test]
async fn settings_that_mean_nothing_are_told_and_those_that_mean_something_are_understood() {
    let (database, login) = office().await;
    let url = database.url_for(&login);
    let set = |zone: &str, days: &str| {
        database.psql(&format!(
            "UPDATE system_config SET value = '{zone}' WHERE key = 'office_time_zone';
             UPDATE system_config SET value = '{days}' WHERE key = 'office_working_days'"
        ));
    };
    set("america/denver", "Mon - Sat");
    let report = asked(&url, None).await;
    let settings = check(&report, CheckName::Settings);
    assert_eq!(settings.sentence, "The office's clock is America/Denver; it works Mon, Tue, Wed, Thu, Fri, Sat.");
    set("CST", "weekdays");
    let report = asked(&url, None).await;
    let settings = check(&report, CheckName::Settings);
    assert_eq!(settings.state, CheckState::Warning, "{settings:?}");
    assert!(settings.sentence.contains("\"CST\" is none; screens and papers show UTC"), "{settings:?}");
    assert!(settings.sentence.contains("\"weekdays\" name no weekday"), "{settings:?}");
}
