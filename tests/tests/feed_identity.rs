//! A restored database is another history of changes, wherever it is restored to: copies on computers are read anew.

#![allow(clippy::expect_used, clippy::unwrap_used, reason = "a failed step is a failed test")]

use neff_tests::cluster::{Cluster, Entry, own};
use neff_tests::postgres::{Server, migrate_database};
use neff_tests::sql::{can_dump, dump, list, load, run, text};
use sqlx::postgres::{PgConnectOptions, PgSslMode};
use sqlx::{ConnectOptions, Connection};

/// A fresh server whose first database is an office that is to be.
async fn fresh() -> (Cluster, PgConnectOptions, String) {
    let cluster = tokio::task::spawn_blocking(|| Cluster::start(Entry::Trust, "unused", &[])).await.unwrap();
    let options = PgConnectOptions::new_without_pgpass()
        .host("127.0.0.1")
        .port(cluster.port())
        .username("postgres")
        .ssl_mode(PgSslMode::Disable);
    run(
        &mut options.clone().database("postgres").connect().await.unwrap(),
        "CREATE DATABASE office TEMPLATE template0",
    )
    .await;
    let url = format!("postgres://postgres@127.0.0.1:{}/office?sslmode=disable", cluster.port());
    (cluster, options.database("office"), url)
}

const ID: &str = "neff.change_feed_id()";
const OID: &str = "SELECT oid FROM pg_database WHERE datname = current_database()";

#[tokio::test]
async fn a_restore_on_a_fresh_server_and_a_recovery_are_other_histories() {
    if !can_dump().await {
        eprintln!("no pg_dump here knows this server");
        return;
    }
    let (cluster, office, url) = fresh().await;
    migrate_database(&office).await;
    let mut here = office.connect().await.unwrap();
    run(&mut here, "INSERT INTO customers (name, email) SELECT n::text, n::text FROM generate_series(1, 10) AS n; TRUNCATE equipment CASCADE").await;
    let id = text(&mut here, ID).await;
    let folder = tempfile::tempdir().unwrap();
    let file = folder.path().join("dump");
    dump(&url, &[], &file);

    let (_elsewhere, restored, restored_url) = fresh().await;
    let mut there = restored.connect().await.unwrap();
    for role in ["neff_owner", "neff_admin", "neff_app", "neff_program", "neff_readonly"] {
        run(&mut there, &format!("CREATE ROLE {role}")).await;
    }
    assert_eq!(load(&restored_url, &file), Vec::<String>::new());
    assert_eq!(text(&mut there, OID).await, text(&mut here, OID).await, "else this proves nothing");
    assert_ne!(text(&mut there, ID).await, id);
    // Nothing of the old history looks like a change of this one: the numbers of its transactions are not reached yet.
    run(&mut there, "UPDATE change_feed SET xid = (xid::text::bigint + 1000000)::text::xid8").await;
    let new = "SELECT count(*) FROM change_feed f WHERE f.xid < pg_snapshot_xmax(pg_current_snapshot())";
    assert_eq!(text(&mut there, new).await, "0");

    // The same server, brought back to a moment of before: it goes on along another timeline.
    assert_eq!(text(&mut here, ID).await, id, "nothing else changes it");
    here.close().await.unwrap();
    cluster.stop("fast");
    let signal = cluster.folder().join("data/standby.signal");
    std::fs::write(&signal, "").unwrap();
    own(&signal);
    cluster.resume();
    let mut here = office.connect().await.unwrap();
    assert_eq!(list(&mut here, "SELECT pg_promote()::text").await, ["true"]);
    run(&mut here, "CHECKPOINT").await;
    assert_ne!(text(&mut here, ID).await, id);
}

/// Who may not ask for the server's name is told of another history at each of its starts, and of one between.
#[tokio::test]
async fn a_server_that_does_not_say_who_it_is_has_a_history_all_the_same() {
    let database = Server::get().await.office_database().await;
    let mut keeper = database.connect().await;
    let id = text(&mut keeper, ID).await;
    run(&mut keeper, "REVOKE EXECUTE ON FUNCTION pg_control_system(), pg_control_checkpoint() FROM PUBLIC").await;
    let other = text(&mut keeper, ID).await;
    assert!(other != id && !other.is_empty());
    assert_eq!(text(&mut keeper, ID).await, other);
}
