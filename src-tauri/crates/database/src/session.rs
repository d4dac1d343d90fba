//! What a session of ours is like, whatever the server, the database, the login or this computer's environment say.
//!
//! `ALTER ROLE … SET`, `ALTER DATABASE … SET`, `postgresql.conf` and `PGOPTIONS` may all say how a session begins. What
//! could change an answer of ours travels with the login itself (the startup `options`), which beats the first three;
//! the environment is forgotten when the program starts. One question afterwards sees whether it arrived: something
//! between this computer and the server may have dropped it, and would then lend the server's connections to others.

use sqlx::{Connection, PgConnection, Row};

use crate::connect::Tuning;
use crate::error::{DatabaseError, Failure};

/// A setting of our own that nothing else sets: it is there when the server has read our `options`.
const MARK: (&str, &str) = ("neff.session", "own");

/// Settings any login may choose, known to every server since 13, by which an answer, a stored value or an error could differ.
const OURS: [(&str, &str); 24] = [
    ("search_path", "public, pg_temp"),
    ("role", "none"),
    ("timezone", "UTC"),
    ("datestyle", "ISO, MDY"),
    ("intervalstyle", "postgres"),
    ("bytea_output", "hex"),
    ("client_encoding", "UTF8"),
    ("extra_float_digits", "3"),
    ("standard_conforming_strings", "on"),
    ("backslash_quote", "safe_encoding"),
    ("array_nulls", "on"),
    ("transform_null_equals", "off"),
    ("xmlbinary", "base64"),
    ("xmloption", "content"),
    ("quote_all_identifiers", "off"),
    ("lc_time", "C"),
    ("lc_numeric", "C"),
    ("row_security", "on"),
    ("gin_fuzzy_search_limit", "0"),
    ("check_function_bodies", "on"),
    ("default_transaction_isolation", "read committed"),
    ("default_transaction_deferrable", "off"),
    // Questions with optional filters: planned for what was asked, not for what might have been.
    ("plan_cache_mode", "force_custom_plan"),
    // "There is no transaction in progress" after every use of the pool is no news.
    ("client_min_messages", "error"),
];

/// What the environment could put into a connection behind our back: sqlx reads some of it, libpq the rest.
const ENVIRONMENT: [&str; 9] = [
    "PGOPTIONS",
    "PGSSLCERT",
    "PGSSLKEY",
    "PGSSLROOTCERT",
    "PGSSLMODE",
    "PGTZ",
    "PGDATESTYLE",
    "PGCLIENTENCODING",
    "PGPASSWORD",
];

/// Forgets what the environment says about connections to PostgreSQL. The first thing a program does, while it has no
/// second thread.
#[expect(unsafe_code, reason = "no other thread reads the environment: the caller has just begun `main`")]
pub fn forget_environment() {
    for name in ENVIRONMENT {
        if std::env::var_os(name).is_some() {
            // SAFETY: see above; nothing else runs.
            unsafe { std::env::remove_var(name) };
        }
    }
}

/// The `options` that go with the login.
pub(crate) fn settings(tuning: &Tuning) -> Vec<(&'static str, String)> {
    let tuning = tuning.in_range();
    let seconds = |n: u32| format!("{n}s");
    let mut all: Vec<_> = OURS.iter().map(|(name, value)| (*name, (*value).to_owned())).collect();
    all.extend([
        ("statement_timeout", seconds(tuning.statement_seconds)),
        ("lock_timeout", seconds(tuning.lock_seconds)),
        ("idle_in_transaction_session_timeout", seconds(tuning.idle_in_transaction_seconds)),
        (MARK.0, MARK.1.to_owned()),
    ]);
    all
}

/// The same for PostgreSQL's own programs, which choose most of it themselves: they act as the login, nobody else.
pub(crate) fn for_programs() -> &'static str {
    "-c role=none -c client_encoding=UTF8 -c timezone=UTC -c default_transaction_isolation=read\\ committed"
}

/// Sees that the session is as asked for, once for every connection, and sets what only newer servers know.
///
/// # Errors
/// [`Failure::Pooler`] when our settings did not arrive; [`Failure::TriggersOff`] when this login's sessions skip the
/// database's triggers.
pub(crate) async fn verify(connection: &mut PgConnection) -> Result<(), DatabaseError> {
    // In one round trip, and with no prepared statement: a pooler could hand the next message to another server.
    let row = sqlx::raw_sql(
        "SELECT coalesce(own, false) AS own, pg_catalog.current_setting('session_replication_role') = 'replica' AS replica,
                CASE WHEN own AND version >= 140000 THEN pg_catalog.set_config('idle_session_timeout', '0', false) END,
                CASE WHEN own AND version >= 170000 THEN pg_catalog.set_config('transaction_timeout', '0', false) END
           FROM (SELECT pg_catalog.current_setting('neff.session', true) = 'own' AS own,
                        pg_catalog.current_setting('server_version_num')::integer AS version OFFSET 0) AS s",
    )
    .fetch_one(&mut *connection)
    .await?;
    let (own, replica): (bool, bool) = (row.try_get("own")?, row.try_get("replica")?);
    if !own {
        return Err(DatabaseError::new(Failure::Pooler, "the settings of the session did not arrive"));
    }
    if replica {
        return Err(DatabaseError::new(Failure::TriggersOff, "session_replication_role is replica"));
    }
    Ok(())
}

/// The same for a pool, which knows errors of sqlx only.
pub(crate) async fn verify_in_pool(connection: &mut PgConnection) -> Result<(), sqlx::Error> {
    verify(connection).await.map_err(|error| sqlx::Error::Configuration(Box::new(error)))
}

/// True when two sessions share one connection of the server: a pooler lends it from transaction to transaction.
///
/// # Errors
/// When the link broke.
pub(crate) async fn is_shared(one: &mut PgConnection, other: &mut PgConnection) -> Result<bool, DatabaseError> {
    for _ in 0..3 {
        let before = process(one).await?;
        // Held by a transaction, it cannot be the one that answers the first session now.
        let mut transaction = other.begin().await?;
        let held = process(&mut transaction).await?;
        let after = process(one).await?;
        transaction.rollback().await?;
        if held == before || after != before {
            return Ok(true);
        }
    }
    Ok(false)
}

/// Which of the server's processes answers.
async fn process(connection: &mut PgConnection) -> Result<i32, DatabaseError> {
    Ok(sqlx::raw_sql("SELECT pg_catalog.pg_backend_pid() AS pid").fetch_one(connection).await?.try_get("pid")?)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_setting_is_said_once() {
        let all = settings(&Tuning::default());
        let mut names: Vec<_> = all.iter().map(|(name, _)| *name).collect();
        names.sort_unstable();
        names.dedup();
        assert_eq!(names.len(), all.len());
    }
}
