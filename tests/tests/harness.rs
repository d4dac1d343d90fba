//! The harness itself: a fault that does not happen, or a database that is not fresh, would make every other test
//! say too little.

use neff_tests::postgres::{Server, unique};

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
    assert_eq!(
        keeper.psql(&format!("SELECT count(*) FROM pg_database WHERE datname = '{name}'")).trim(),
        "0"
    );
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
