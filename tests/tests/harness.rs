//! The harness itself: a fault that does not happen, or a database that is not fresh, would make every other test
//! say too little.

#![allow(clippy::expect_used, clippy::unwrap_used, reason = "a failed step is a failed test")]

use std::collections::HashMap;
use std::time::{Duration, Instant};

use neff_tests::postgres::{Server, unique};
use neff_tests::private_server::{Encryption, PrivateServer};
use neff_tests::proxy::{Link, Proxy};
use neff_tests::session::Session;
use sqlx::ConnectOptions;
use sqlx::postgres::PgSslMode;
use tokio::time::timeout;

#[tokio::test]
async fn office_databases_are_fresh_and_migrated() {
    let server = Server::get().await;
    let (one, other) = (server.office_database().await, server.office_database().await);
    let insert = "INSERT INTO estimates (customer_name, email, service_type, project_address) VALUES ('A', 'a@example.com', 'residential', 'B')";
    one.psql(insert);
    assert_eq!(one.psql("SELECT count(*) FROM estimates").trim(), "1");
    assert_eq!(other.psql("SELECT count(*) FROM estimates").trim(), "0");
    assert_eq!(other.psql("SHOW timezone").trim(), "UTC");
}

#[tokio::test]
async fn the_specifications_own_sql_makes_its_tables() {
    let database = Server::get().await.specification_database().await;
    let tables = database.psql("SELECT string_agg(relname, ' ' ORDER BY relname) FROM pg_class WHERE relkind = 'r' AND relnamespace = 'public'::regnamespace");
    for table in [
        "alert_rules",
        "contracts",
        "customers",
        "dashboard_notifications",
        "estimates",
        "job_schedules",
        "schema_versions",
    ] {
        assert!(tables.contains(table), "{table} is missing: {tables}");
    }
}

#[tokio::test]
async fn a_database_goes_with_its_test() {
    let server = Server::get().await;
    let keeper = server.empty_database().await;
    let gone = server.empty_database().await;
    let name = gone.name.clone();
    let _busy = gone.connect().await;
    drop(gone);
    assert_eq!(keeper.psql(&format!("SELECT count(*) FROM pg_database WHERE datname = '{name}'")).trim(), "0");
}

#[tokio::test]
async fn a_login_connects_as_itself() {
    let server = Server::get().await;
    let database = server.empty_database().await;
    let login = unique("dana");
    server.create_login(&login, "it's a password", &["pg_monitor"]).await;
    let who: String = sqlx::query_scalar("SELECT session_user::text")
        .fetch_one(&mut database.connect_as(&login).await)
        .await
        .unwrap();
    assert_eq!(who, login);
}

#[tokio::test]
async fn a_private_server_asks_for_its_password_and_comes_back() {
    let server = PrivateServer::start(Encryption::Off);
    let mut connection = server.connect("postgres").await;
    sqlx::query("CREATE TABLE kept (id int)").execute(&mut connection).await.unwrap();
    assert!(server.options().password("wrong").connect().await.is_err());
    server.restart();
    assert!(sqlx::query("SELECT 1").execute(&mut connection).await.is_err(), "the session ended with the server");
    server.kill();
    assert!(server.options().connect().await.is_err());
    server.resume();
    sqlx::query("SELECT * FROM kept").execute(&mut server.connect("postgres").await).await.unwrap();
}

#[tokio::test]
async fn a_private_server_can_speak_tls() {
    let server = PrivateServer::start(Encryption::On);
    let verified = server.options().ssl_mode(PgSslMode::VerifyFull).ssl_root_cert(server.certificate());
    let mut connection = verified.connect().await.unwrap();
    let encrypted: bool = sqlx::query_scalar("SELECT ssl FROM pg_stat_ssl WHERE pid = pg_backend_pid()")
        .fetch_one(&mut connection)
        .await
        .unwrap();
    assert!(encrypted);
    assert!(server.options().ssl_mode(PgSslMode::VerifyFull).connect().await.is_err(), "an unknown authority");
}

#[tokio::test]
async fn the_link_breaks_in_each_way() {
    let server = Server::get().await;
    let proxy = Proxy::start(server.superuser().get_port()).await;
    let through = server.superuser().clone().port(proxy.port());
    let select = "SELECT 1";
    let soon = Duration::from_millis(300);

    let mut one = through.connect().await.unwrap();
    proxy.set(Link::Delay(Duration::from_millis(50))).await;
    let started = Instant::now();
    sqlx::query(select).execute(&mut one).await.unwrap();
    assert!(started.elapsed() >= Duration::from_millis(100), "there and back: {:?}", started.elapsed());

    proxy.set(Link::Hold).await;
    let mut held = Box::pin(sqlx::query("SELECT 2").execute(&mut one));
    assert!(timeout(soon, &mut held).await.is_err(), "nothing passes");
    proxy.set(Link::Pass).await;
    held.as_mut().await.unwrap();
    drop(held);

    proxy.set(Link::Stall).await;
    assert!(timeout(soon, sqlx::query(select).execute(&mut one)).await.is_err(), "nothing arrives");
    assert!(timeout(soon, through.connect()).await.is_err(), "no new connection");
    proxy.set(Link::Pass).await;
    let mut other = through.connect().await.unwrap();
    sqlx::query(select).execute(&mut other).await.unwrap();

    proxy.set(Link::Reset).await;
    assert!(timeout(soon, sqlx::query(select).execute(&mut other)).await.expect("at once").is_err());
    assert!(timeout(soon, through.connect()).await.expect("at once").is_err());
    proxy.set(Link::Refuse).await;
    let refused = tokio::net::TcpStream::connect(("127.0.0.1", proxy.port())).await.unwrap_err();
    assert_eq!(refused.kind(), std::io::ErrorKind::ConnectionRefused);
    proxy.set(Link::Pass).await;
    through.connect().await.unwrap();
}

#[tokio::test]
async fn the_session_has_a_keychain_and_records_popups() {
    let session = Session::start().await;
    let bus = session.environment().find(|(name, _)| name == "DBUS_SESSION_BUS_ADDRESS").unwrap().1;
    let caller = zbus::connection::Builder::address(bus.as_str()).unwrap().build().await.unwrap();
    let hints: HashMap<String, zbus::zvariant::Value<'_>> = HashMap::new();
    let call = ("Neff Office", 0_u32, "", "Title", "Text", vec!["default", "Open"], hints, -1_i32);
    let interface = Some("org.freedesktop.Notifications");
    let answer =
        caller.call_method(interface, "/org/freedesktop/Notifications", interface, "Notify", &call).await.unwrap();
    let id: u32 = answer.body().deserialize().unwrap();
    let shown = session.popups.wait("the popup", Duration::from_secs(5), |shown| shown.len() == 1).await;
    assert_eq!((shown[0].id, shown[0].summary.as_str(), shown[0].body.as_str()), (id, "Title", "Text"));
    let picture = session.picture("harness");
    assert!(std::fs::metadata(&picture).unwrap().len() > 100);
    std::fs::write(session.config().join("leak"), "a secret here").unwrap();
    assert_eq!(session.files_with("secret here"), [session.config().join("leak")]);
    let folder = session.folder().to_path_buf();
    drop(session);
    assert!(!folder.exists());
    std::fs::remove_file(picture).unwrap();
}
