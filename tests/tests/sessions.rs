//! Sessions of the program are its own: hostile defaults of the server, the database and the login change no answer.

#![allow(clippy::expect_used, clippy::unwrap_used, reason = "a failed step is a failed test")]

use std::time::Duration;

use database::listen::{Listener, Wake};
use database::{ConnectionSettings, Failure, PgConnection};
use neff_tests::pooler::Pooler;
use neff_tests::postgres::{Server, TestDatabase, unique};
use sqlx::AssertSqlSafe;

const PATIENCE: Duration = Duration::from_secs(20);

/// Everything a login, a database or a server may say about how a session begins, as unlike ours as it gets.
const HOSTILE: [(&str, &str); 20] = [
    ("search_path", "''"),
    ("role", "neff_readonly"),
    ("timezone", "'Asia/Kolkata'"),
    ("datestyle", "'SQL, DMY'"),
    ("intervalstyle", "iso_8601"),
    ("bytea_output", "escape"),
    ("client_encoding", "LATIN1"),
    ("extra_float_digits", "-15"),
    ("standard_conforming_strings", "off"),
    ("transform_null_equals", "on"),
    ("xmloption", "document"),
    ("quote_all_identifiers", "on"),
    ("row_security", "off"),
    ("gin_fuzzy_search_limit", "1"),
    ("default_transaction_isolation", "serializable"),
    ("statement_timeout", "1"),
    ("lock_timeout", "1"),
    ("idle_in_transaction_session_timeout", "1"),
    ("plan_cache_mode", "force_generic_plan"),
    ("client_min_messages", "debug5"),
];

async fn staff(server: &Server) -> String {
    let login = unique("hostile");
    server.create_login(&login, "unused", &["neff_app", "neff_readonly"]).await;
    login
}

fn settings(url: &str) -> ConnectionSettings {
    ConnectionSettings::from_url(url).unwrap().0
}

async fn shown(connection: &mut PgConnection, name: &str) -> String {
    let text = format!("SELECT current_setting('{name}')");
    sqlx::query_scalar(AssertSqlSafe(text)).fetch_one(connection).await.unwrap()
}

async fn office() -> (&'static Server, TestDatabase, String) {
    let server = Server::get().await;
    let database = server.office_database().await;
    let login = staff(server).await;
    (server, database, login)
}

#[tokio::test]
async fn what_the_server_says_about_sessions_changes_none_of_ours() {
    let (server, database, login) = office().await;
    let mut plain = settings(&database.url_for(&login)).open(None, "plain", PATIENCE).await.unwrap();
    for (name, value) in HOSTILE {
        database.psql(&format!("ALTER ROLE {login} SET {name} = {value}"));
        if name != "role" {
            database.psql(&format!("ALTER DATABASE {} SET {name} = {value}", database.name));
        }
    }
    // Only newer servers know these: they are set a moment after the login.
    let newer = [(14, "idle_session_timeout"), (17, "transaction_timeout")];
    let newer: Vec<&str> =
        newer.into_iter().filter(|(since, _)| server.major >= *since).map(|(_, name)| name).collect();
    for name in &newer {
        database.psql(&format!("ALTER ROLE {login} SET {name} = '1s'"));
    }
    let settings = settings(&database.url_for(&login));
    let mut hostile = settings.open(None, "hostile", PATIENCE).await.unwrap();
    for (name, _) in HOSTILE {
        assert_eq!(shown(&mut hostile, name).await, shown(&mut plain, name).await, "{name}");
    }
    for name in newer {
        assert_eq!(shown(&mut hostile, name).await, "0", "{name}");
    }
    assert_eq!(shown(&mut hostile, "search_path").await, "public, pg_temp");
    assert_eq!(shown(&mut hostile, "transaction_isolation").await, "read committed");
    let who: (String, bool) =
        sqlx::query_as("SELECT current_user::text, (version = NULL) IS NULL FROM schema_versions LIMIT 1")
            .fetch_one(&mut hostile)
            .await
            .unwrap();
    assert_eq!(who, (login.clone(), true));

    // … and the office's own questions, through the pool and the listener as well.
    let pool = settings.pool(None, "hostile");
    let rows = database::company::read(&mut pool.acquire().await.unwrap()).await.unwrap();
    assert_eq!(rows.values["office_time_zone"], "America/Chicago");
    assert_eq!(shown(&mut pool.acquire().await.unwrap(), "search_path").await, "public, pg_temp");
    let mut listener = Listener::connect(&settings, None, "hostile").await.unwrap();
    listener.listen().await.unwrap();
    assert_eq!(shown(listener.connection().await.unwrap(), "search_path").await, "public, pg_temp");
    sqlx::query("INSERT INTO crews (name) VALUES ('Night crew')").execute(&pool).await.unwrap();
    let heard = listener.next(PATIENCE).await.unwrap();
    assert!(matches!(heard, Wake::Changed(_)), "{heard:?}");
    pool.close().await;
}

#[tokio::test]
async fn a_session_that_skips_the_triggers_is_no_session_of_ours() {
    let (_, database, login) = office().await;
    database.psql(&format!("ALTER ROLE {login} SET session_replication_role = replica"));
    let settings = settings(&database.url_for(&login));
    let refused = settings.open(None, "test", PATIENCE).await.unwrap_err();
    assert_eq!(refused.failure(), Failure::TriggersOff);
    let refused = Listener::connect(&settings, None, "test").await.unwrap_err();
    assert_eq!(refused.failure(), Failure::TriggersOff);
}

#[tokio::test]
async fn a_pooler_is_named_whether_it_refuses_our_settings_or_swallows_them() {
    let (server, database, login) = office().await;
    let port = server.superuser().get_port();
    for passes_over in ["extra_float_digits", "extra_float_digits, options"] {
        let pooler = Pooler::start(port, &database.name, &login, passes_over).await;
        let settings = settings(&format!("postgres://{login}@127.0.0.1:{}/{}", pooler.port, database.name));
        let refused = settings.open(None, "test", PATIENCE).await.unwrap_err();
        assert_eq!(refused.failure(), Failure::Pooler, "{passes_over}: {refused}");
        let refused = Listener::connect(&settings, None, "test").await.unwrap_err();
        assert_eq!(refused.failure(), Failure::Pooler, "{passes_over}: {refused}");
        let report = database::doctor::examine(&settings, None, "test").await;
        let session = report.checks.iter().find(|c| c.name == database::doctor::CheckName::Session).unwrap();
        assert!(session.sentence.contains("PgBouncer"), "{session:?}");
        assert!(session.remedy.as_ref().unwrap().contains("server's own address and port"), "{session:?}");
        assert!(!report.ok());
    }
}
