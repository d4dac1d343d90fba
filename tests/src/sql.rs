//! SQL as other programs write it, and what a login may.

use std::path::{Path, PathBuf};
use std::process::Command;

use sqlx::{AssertSqlSafe, PgConnection};

use crate::cluster::binaries;
use crate::postgres::{Server, TestDatabase, unique};

/// Runs statements; the error is the code and the message.
///
/// # Errors
/// What the server says.
pub async fn try_run(connection: &mut PgConnection, statements: &str) -> Result<(), String> {
    match sqlx::raw_sql(AssertSqlSafe(statements.to_owned())).execute(connection).await {
        Ok(_) => Ok(()),
        Err(error) => Err(error
            .as_database_error()
            .map_or_else(|| error.to_string(), |e| format!("{} {}", e.code().unwrap_or_default(), e.message()))),
    }
}

/// Runs statements, which must work.
pub async fn run(connection: &mut PgConnection, statements: &str) {
    try_run(connection, statements).await.unwrap_or_else(|error| panic!("{statements}: {error}"));
}

/// Fails the test unless the server says that this login may not (42501).
pub async fn assert_forbidden(connection: &mut PgConnection, statement: &str) {
    match try_run(connection, statement).await {
        Ok(()) => panic!("{statement}: it worked"),
        Err(error) => assert!(error.starts_with("42501"), "{statement}: {error}"),
    }
}

/// One value, as text; empty where it is NULL or there is no row.
pub async fn text(connection: &mut PgConnection, query: &str) -> String {
    sqlx::query_scalar::<_, Option<String>>(AssertSqlSafe(format!("SELECT ({query})::text")))
        .fetch_one(connection)
        .await
        .unwrap_or_else(|error| panic!("{query}: {error}"))
        .unwrap_or_default()
}

/// The first column of every row, as text, in their order.
pub async fn list(connection: &mut PgConnection, query: &str) -> Vec<String> {
    sqlx::query_scalar(AssertSqlSafe(query.to_owned()))
        .fetch_all(connection)
        .await
        .unwrap_or_else(|error| panic!("{query}: {error}"))
}

/// A new login in these roles, and a connection of it.
pub async fn somebody(database: &TestDatabase, roles: &[&str]) -> (String, PgConnection) {
    let login = unique("somebody");
    Server::get().await.create_login(&login, "x", roles).await;
    let connection = database.connect_as(&login).await;
    (login, connection)
}

/// Whether a `pg_dump` is there that knows this server: its own, or a newer one of this computer.
pub async fn can_dump() -> bool {
    let told = Command::new(program("pg_dump")).arg("--version").output().expect("pg_dump");
    let told = String::from_utf8_lossy(&told.stdout).into_owned();
    let major = told.split(|c: char| !c.is_ascii_digit()).find_map(|digits| digits.parse::<u32>().ok());
    major.expect("a version") >= Server::get().await.major
}

/// `pg_dump` of the tests' server with these options, into a file.
pub fn dump(url: &str, options: &[&str], file: &Path) {
    crate::cluster::run(Command::new(program("pg_dump")).args(options).arg("--file").arg(file).arg(url));
}

/// Loads a file with psql; gives the lines in which it says ERROR.
pub fn load(url: &str, file: &Path) -> Vec<String> {
    let mut psql = Command::new(program("psql"));
    let output = psql.args(["--no-psqlrc", "--quiet", "--file"]).arg(file).arg(url).output().expect("psql");
    let told = String::from_utf8_lossy(&output.stderr);
    told.lines().filter(|line| line.contains("ERROR") || line.contains("FATAL")).map(str::to_owned).collect()
}

/// Beside the tests' server, or on the path: a server that was only fetched to be tried has none.
fn program(name: &str) -> PathBuf {
    Some(binaries().join(name)).filter(|path| path.exists()).unwrap_or_else(|| name.into())
}
