//! Transactions of a person: each carries who says they act, from where, and why.

use sqlx::{PgPool, Postgres, Transaction};

use crate::error::DatabaseError;

/// Who says they act, on which computer. The login is the proof; the database keeps both.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Actor {
    /// `app_users.user_id`
    pub user_id: String,
    /// Name of the computer.
    pub computer: String,
}

/// Begins a transaction of the office itself (`app.source` is `manual_admin`). What is not committed is rolled back.
///
/// Never to be awaited inside a timeout or `select!`: a begin that is dropped half-way leaves its connection in doubt.
///
/// # Errors
/// When no connection can be had in time.
pub async fn begin(
    pool: &PgPool,
    actor: &Actor,
    reason: Option<&str>,
) -> Result<Transaction<'static, Postgres>, DatabaseError> {
    // One question for the two: a person waits for each.
    let begin = format!(
        "BEGIN; SELECT set_config('app.current_user', {}, true), set_config('app.source', 'manual_admin', true),
                set_config('app.reason', {}, true)",
        literal(&actor.user_id),
        literal(reason.unwrap_or_default())
    );
    Ok(pool.begin_with(sqlx::AssertSqlSafe(begin)).await?)
}

/// Text as a constant of SQL, whatever the server's `standard_conforming_strings` says.
fn literal(text: &str) -> String {
    let plain: String = text.chars().filter(|&c| c != '\0').collect();
    format!("E'{}'", plain.replace('\\', "\\\\").replace('\'', "''"))
}

/// Begins a transaction that reads of one moment, whatever is written meanwhile.
///
/// # Errors
/// When no connection can be had in time.
pub async fn snapshot(pool: &PgPool) -> Result<Transaction<'static, Postgres>, DatabaseError> {
    Ok(pool.begin_with("BEGIN ISOLATION LEVEL REPEATABLE READ READ ONLY").await?)
}

/// Says why, after the transaction has begun.
///
/// # Errors
/// When the database cannot be asked.
pub async fn give_reason(connection: &mut sqlx::PgConnection, reason: &str) -> Result<(), DatabaseError> {
    sqlx::query!("SELECT set_config('app.reason', $1, true) AS reason", reason).fetch_one(connection).await?;
    Ok(())
}
