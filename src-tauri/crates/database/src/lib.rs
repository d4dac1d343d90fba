//! The office database: how it is reached, brought up to date, checked, asked and listened to.
//!
//! Functions take a connection or a transaction and return plain data; no trait stands between. What PostgreSQL
//! says never reaches a person: [`DatabaseError`] carries what kind of failure it was, and the text for a helper.

pub mod act;
pub mod assignments;
pub mod changes;
pub mod company;
pub mod configuration;
pub mod connect;
pub mod crew;
pub mod doctor;
pub mod dump;
pub mod error;
pub mod feed;
pub mod foreign;
mod gate;
pub mod inbox;
pub mod listen;
pub mod migrate;
pub mod notifications;
pub mod owner;
pub mod people;
mod private_socket;
pub mod quiet;
pub mod records;
pub mod rights;
pub mod schedule;
pub mod search;
pub mod session;
pub mod sheets;
pub mod sweep;
pub mod today;

pub use connect::{ConnectionSettings, Encryption, InvalidSetting, Tuning, Way};
pub use error::{DatabaseError, Failure};
pub use sqlx::{PgConnection, PgPool};

/// A transaction on a connection of the pool.
pub type Transaction = sqlx::Transaction<'static, sqlx::Postgres>;
/// A connection of a pool, given back when dropped.
pub type PoolConnection = sqlx::pool::PoolConnection<sqlx::Postgres>;

/// Lets go of what a pool kept from before a link broke. What was in use a moment ago is not asked before its next use, and
/// the first question after the link is back would fail.
pub async fn drop_broken(pool: &PgPool) {
    let kept: Vec<PoolConnection> = std::iter::from_fn(|| pool.try_acquire()).collect();
    for mut connection in kept {
        let alive =
            tokio::time::timeout(std::time::Duration::from_secs(1), sqlx::Connection::ping(&mut *connection)).await;
        if !matches!(alive, Ok(Ok(()))) {
            drop(connection.detach());
        }
    }
}

/// Says goodbye to the server; a link that is gone already is no error.
pub async fn close(connection: PgConnection) {
    let _ = sqlx::Connection::close(connection).await;
}
