//! What only a server's owner does: making the database and a login for the local office.

use secrecy::{ExposeSecret, SecretString};
use sqlx::{AssertSqlSafe, PgConnection};

use crate::error::{DatabaseError, Failure};

/// Makes a UTF-8 database, unless it is there.
///
/// # Errors
/// When the login may not, or the disk is full.
pub async fn create_database(connection: &mut PgConnection, name: &str) -> Result<(), DatabaseError> {
    let there = sqlx::query_scalar!(r#"SELECT EXISTS (SELECT FROM pg_database WHERE datname = $1) AS "there!""#, name)
        .fetch_one(&mut *connection)
        .await?;
    if !there {
        let statement = format!("CREATE DATABASE {} TEMPLATE template0 ENCODING 'UTF8'", identifier(name)?);
        sqlx::raw_sql(AssertSqlSafe(statement)).execute(connection).await?;
    }
    Ok(())
}

/// Makes a login of the office that may administer it, or gives it this password.
///
/// # Errors
/// When the login may not, or the password is not of hexadecimal digits, as ours are.
pub async fn set_login(
    connection: &mut PgConnection,
    login: &str,
    password: &SecretString,
) -> Result<(), DatabaseError> {
    let password = password.expose_secret();
    // A statement that sets a password takes no parameter: so it is one of ours or none.
    let ours = !password.is_empty() && password.chars().all(|c| c.is_ascii_alphanumeric() || "-_".contains(c));
    if !ours {
        return Err(DatabaseError::new(Failure::Other, "a password that is not of letters and digits"));
    }
    let login_name = identifier(login)?;
    let there = sqlx::query_scalar!(r#"SELECT EXISTS (SELECT FROM pg_roles WHERE rolname = $1) AS "there!""#, login)
        .fetch_one(&mut *connection)
        .await?;
    let make = if there { String::new() } else { format!("CREATE ROLE {login_name} IN ROLE neff_app, neff_admin;") };
    let statement = format!("{make} ALTER ROLE {login_name} LOGIN PASSWORD '{password}'");
    sqlx::raw_sql(AssertSqlSafe(statement)).execute(connection).await.map_err(|error| {
        // The statement holds the password; no part of it may end up in a log.
        let failure = DatabaseError::from(error).failure();
        DatabaseError::new(failure, "the login's password could not be set")
    })?;
    Ok(())
}

/// True when nobody has entered any business yet.
///
/// # Errors
/// When the database cannot be asked.
pub async fn is_empty(connection: &mut PgConnection) -> Result<bool, DatabaseError> {
    Ok(sqlx::query_scalar!(
        r#"SELECT NOT EXISTS (SELECT FROM customers) AND NOT EXISTS (SELECT FROM estimates)
              AND NOT EXISTS (SELECT FROM contracts) AND NOT EXISTS (SELECT FROM job_schedules) AS "empty!""#
    )
    .fetch_one(connection)
    .await?)
}

/// A name of letters, digits and underscores, quoted.
fn identifier(name: &str) -> Result<String, DatabaseError> {
    if name.is_empty() || !name.chars().all(|c| c.is_ascii_alphanumeric() || c == '_') {
        return Err(DatabaseError::new(Failure::Other, "a name that is not of letters and digits"));
    }
    Ok(format!("\"{name}\""))
}
