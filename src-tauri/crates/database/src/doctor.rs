//! The doctor: looks at a database from outside in and says, in plain sentences, what is so and what to do.

use std::time::Duration;

use secrecy::SecretString;
use serde::{Deserialize, Serialize};
use sqlx::PgConnection;

use crate::connect::{ConnectionSettings, Encryption, is_this_computer};
use crate::error::{DatabaseError, Failure};
use crate::migrate::{self, SchemaKind};
use crate::rights;

/// What is looked at, in this order: each leans on the ones before.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize, specta::Type)]
#[serde(rename_all = "snake_case")]
pub enum CheckName {
    /// The host and port answer.
    Host,
    /// The link is protected as the settings ask.
    Encryption,
    /// The login and password are accepted and the database is there.
    Login,
    /// The login may do office work, or migrate where that is due.
    Permissions,
    /// The schema is the one this program knows.
    Schema,
    /// The four roles are there, and this login is no superuser.
    Roles,
    /// The extensions the schema needs.
    Extensions,
    /// No login still has a password that was published in a document.
    Passwords,
}

/// How a check came out.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize, specta::Type)]
#[serde(rename_all = "snake_case")]
pub enum CheckState {
    /// As it should be.
    Ok,
    /// Works, and should be changed.
    Warning,
    /// Does not work.
    Failed,
    /// Could not be looked at because of one before.
    Skipped,
}

/// One check: a sentence, what to do, and the command for whoever keeps the database.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, specta::Type)]
pub struct Check {
    /// What was looked at.
    pub name: CheckName,
    /// How it came out.
    pub state: CheckState,
    /// What is so.
    pub sentence: String,
    /// What to do about it.
    pub remedy: Option<String>,
    /// SQL or a shell line to copy.
    pub command: Option<String>,
}

/// Everything the doctor found.
#[derive(Debug, Clone)]
pub struct Report {
    /// In the order of [`CheckName`].
    pub checks: Vec<Check>,
    /// What the schema is; none when the server was not reached.
    pub schema: Option<SchemaKind>,
    /// Its version.
    pub schema_version: Option<String>,
    /// Such as `15.18`.
    pub server_version: Option<String>,
    /// True when this login may bring the database up to date.
    pub can_migrate: bool,
    /// True when a verified backup has to come first.
    pub holds_rows: bool,
    /// Why connecting fails, if it does.
    pub failure: Option<Failure>,
    /// The technical text behind `failure`.
    pub technical: Option<String>,
}

impl Report {
    /// True when nothing failed.
    #[must_use]
    pub fn ok(&self) -> bool {
        self.checks.iter().all(|c| c.state != CheckState::Failed)
    }
    fn add(&mut self, name: CheckName, state: CheckState, sentence: impl Into<String>) -> &mut Check {
        self.checks.push(Check { name, state, sentence: sentence.into(), remedy: None, command: None });
        let last = self.checks.len() - 1;
        &mut self.checks[last]
    }
    fn skip_rest(&mut self) {
        use CheckName as N;
        for name in [N::Host, N::Encryption, N::Login, N::Permissions, N::Schema, N::Roles, N::Extensions, N::Passwords]
        {
            if !self.checks.iter().any(|c| c.name == name) {
                self.add(name, CheckState::Skipped, "Not checked yet.");
            }
        }
    }
}

impl Check {
    fn remedy(&mut self, text: impl Into<String>) -> &mut Self {
        self.remedy = Some(text.into());
        self
    }
    fn command(&mut self, text: impl Into<String>) -> &mut Self {
        self.command = Some(text.into());
        self
    }
}

const CONNECT_TIMEOUT: Duration = Duration::from_secs(8);

/// The logins and passwords the specification prints: worse than none, everybody can read them.
const PUBLISHED: [(&str, &str); 3] =
    [("postgres", "password"), ("neff_app", "secure_app_password"), ("neff_readonly", "readonly_password")];

/// Looks at everything that can be looked at with these settings. Never fails: what fails is in the report.
pub async fn examine(settings: &ConnectionSettings, password: Option<&SecretString>, application: &str) -> Report {
    let mut report = Report {
        checks: Vec::new(),
        schema: None,
        schema_version: None,
        server_version: None,
        can_migrate: false,
        holds_rows: false,
        failure: None,
        technical: None,
    };
    if let Err(error) = reach(settings).await {
        report
            .add(
                CheckName::Host,
                CheckState::Failed,
                format!("Nothing answers at {} port {}.", settings.host, settings.port),
            )
            .remedy(
                "Check the name and port, that the server is switched on, and that this computer is on its network.",
            );
        report.failure = Some(Failure::NoAnswer);
        report.technical = Some(error);
        report.skip_rest();
        return report;
    }
    report.add(CheckName::Host, CheckState::Ok, format!("{} answers on port {}.", settings.host, settings.port));

    match settings.open(password, application, CONNECT_TIMEOUT).await {
        Err(error) => refused(&mut report, settings, &error),
        Ok(mut connection) => {
            encryption(&mut report, settings);
            report.add(
                CheckName::Login,
                CheckState::Ok,
                format!("{} may log in to {}.", settings.login, settings.database),
            );
            if let Err(error) = inside(&mut report, &mut connection, settings).await {
                report.failure = Some(error.failure());
                report.technical = Some(error.technical().to_owned());
                if error.failure() == Failure::RightsMissing {
                    report
                        .add(CheckName::Permissions, CheckState::Failed, "This login may not read the office's tables.")
                        .remedy("Whoever keeps the database gives the login its role.")
                        .command(format!("GRANT neff_app TO \"{}\";", settings.login.replace('"', "\"\"")));
                } else {
                    report
                        .add(
                            CheckName::Permissions,
                            CheckState::Failed,
                            "The database stopped answering while it was being checked.",
                        )
                        .remedy("Try again; if it stays so, look at the server.");
                }
            }
            let _ = sqlx::Connection::close(connection).await;
        }
    }
    report.skip_rest();
    report
}

async fn reach(settings: &ConnectionSettings) -> Result<(), String> {
    if settings.host.starts_with('/') {
        let socket = std::path::Path::new(&settings.host).join(format!(".s.PGSQL.{}", settings.port));
        return if socket.exists() { Ok(()) } else { Err(format!("no socket at {}", socket.display())) };
    }
    let address = (settings.host.trim_matches(['[', ']']), settings.port);
    match tokio::time::timeout(CONNECT_TIMEOUT, tokio::net::TcpStream::connect(address)).await {
        Ok(Ok(_)) => Ok(()),
        Ok(Err(error)) => Err(error.to_string()),
        Err(_) => Err("no answer in time".into()),
    }
}

fn encryption(report: &mut Report, settings: &ConnectionSettings) {
    match settings.encryption {
        Encryption::VerifyFull => report.add(
            CheckName::Encryption,
            CheckState::Ok,
            "The link is encrypted and the server's certificate is trusted.",
        ),
        Encryption::VerifyCa => report.add(
            CheckName::Encryption,
            CheckState::Ok,
            "The link is encrypted and its certificate is trusted; the server's name is not checked.",
        ),
        Encryption::Require => report
            .add(
                CheckName::Encryption,
                CheckState::Warning,
                "The link is encrypted, but anybody could pose as the server.",
            )
            .remedy("Choose \"certificate checked\" and give the certificate authority's file."),
        Encryption::None => {
            report.add(CheckName::Encryption, CheckState::Ok, "Not encrypted: the server is on this computer.")
        }
    };
}

/// The server answered and said no: which of the checks that is.
fn refused(report: &mut Report, settings: &ConnectionSettings, error: &DatabaseError) {
    report.failure = Some(error.failure());
    report.technical = Some(error.technical().to_owned());
    if error.failure() == Failure::Encryption {
        let check = report.add(
            CheckName::Encryption,
            CheckState::Failed,
            "The server's certificate is not trusted, or it does not encrypt.",
        );
        check.remedy("Give the file of the certificate authority that signed the server's certificate, and use the name the certificate was made for.");
        return;
    }
    encryption(report, settings);
    match error.failure() {
        Failure::WrongPassword => report
            .add(CheckName::Login, CheckState::Failed, "The login or its password is wrong.")
            .remedy("Type the password again. It is the database's password, not your e-mail's."),
        Failure::NoSuchDatabase => report
            .add(
                CheckName::Login,
                CheckState::Failed,
                format!("The server has no database called {}.", settings.database),
            )
            .remedy("Check the name, or have an empty database made.")
            .command(format!(
                "CREATE DATABASE \"{}\" ENCODING 'UTF8' TEMPLATE template0;",
                settings.database.replace('"', "\"\"")
            )),
        Failure::TooManyConnections => report
            .add(CheckName::Login, CheckState::Failed, "The server takes no more connections at the moment.")
            .remedy("Close programs that use the database, or have max_connections raised."),
        Failure::ServerRestarting => report
            .add(CheckName::Login, CheckState::Failed, "The server is starting or shutting down.")
            .remedy("Try again in a minute."),
        Failure::RightsMissing => report
            .add(
                CheckName::Login,
                CheckState::Failed,
                format!("{} may not connect to {}.", settings.login, settings.database),
            )
            .remedy("Whoever keeps the database grants it.")
            .command(format!(
                "GRANT CONNECT ON DATABASE \"{}\" TO \"{}\";",
                settings.database.replace('"', "\"\""),
                settings.login.replace('"', "\"\"")
            )),
        _ => report
            .add(CheckName::Login, CheckState::Failed, "The server answered, but the connection did not come about.")
            .remedy("Check that the port is PostgreSQL's and that the server lets this computer in (pg_hba.conf)."),
    };
}

async fn inside(
    report: &mut Report,
    connection: &mut PgConnection,
    settings: &ConnectionSettings,
) -> Result<(), DatabaseError> {
    let (version, number, superuser, encoding): (String, i32, bool, String) = sqlx::query_as(
        "SELECT current_setting('server_version'), current_setting('server_version_num')::int, rolsuper, current_setting('server_encoding')
           FROM pg_roles WHERE rolname = current_user",
    )
    .fetch_one(&mut *connection)
    .await?;
    let short = version.split_whitespace().next().unwrap_or_default().to_owned();
    report.server_version = Some(short.clone());
    if number < 130_000 {
        report.failure = Some(Failure::ServerTooOld);
        report.add(CheckName::Permissions, CheckState::Skipped, "Not checked: the server is too old.");
        report
            .add(
                CheckName::Schema,
                CheckState::Failed,
                format!("The server runs PostgreSQL {short}; version 13 or newer is needed."),
            )
            .remedy("Have the server upgraded.");
        return Ok(());
    }
    let state = migrate::state(connection).await?;
    report.schema = Some(state.kind);
    report.schema_version.clone_from(&state.version);
    report.holds_rows = state.holds_rows;

    let migrating = matches!(state.kind, SchemaKind::Empty | SchemaKind::Specification | SchemaKind::Older);
    let mut missing = if migrating {
        rights::missing_to_migrate(connection).await?
    } else {
        rights::missing_to_work(connection).await?
    };
    if migrating && state.holds_rows {
        missing.extend(rights::missing_to_back_up(connection, true).await?);
    }
    report.can_migrate = migrating && missing.is_empty() && encoding == "UTF8";
    if missing.is_empty() {
        let may = if migrating { "This login may set the database up." } else { "This login may do office work." };
        report.add(CheckName::Permissions, CheckState::Ok, may);
    } else {
        let what: Vec<_> = missing.iter().map(|m| m.what.as_str()).collect();
        let commands: Vec<_> = missing.iter().map(|m| m.command.as_str()).collect();
        report
            .add(
                CheckName::Permissions,
                CheckState::Failed,
                format!("The login {} {}.", settings.login, what.join("; ")),
            )
            .remedy("Whoever keeps the database runs these commands there, then check again.")
            .command(commands.join("\n"));
        report.failure = Some(Failure::RightsMissing);
    }
    schema(report, &state, &encoding);
    roles(report, connection, superuser, settings).await?;
    extensions(report, connection).await?;
    passwords(report, settings).await;
    Ok(())
}

fn schema(report: &mut Report, state: &migrate::SchemaState, encoding: &str) {
    let version = state.version.clone().unwrap_or_default();
    let steps = state.pending.len();
    if encoding != "UTF8" {
        report
            .add(
                CheckName::Schema,
                CheckState::Failed,
                format!("The database stores text as {encoding}; UTF-8 is needed."),
            )
            .remedy("Have a new database made with UTF-8 and the data brought over.");
        return;
    }
    match state.kind {
        SchemaKind::Current if state.writable => {
            report.add(CheckName::Schema, CheckState::Ok, format!("The database is up to date (version {version})."))
        }
        SchemaKind::Current | SchemaKind::Newer if !state.writable => report
            .add(
                CheckName::Schema,
                CheckState::Failed,
                format!("The database (version {version}) asks for a newer Neff Office."),
            )
            .remedy("Update Neff Office on this computer."),
        SchemaKind::Newer => report
            .add(
                CheckName::Schema,
                CheckState::Warning,
                format!("The database (version {version}) is newer than this program, which can still work with it."),
            )
            .remedy("Update Neff Office on this computer."),
        SchemaKind::Empty => report
            .add(CheckName::Schema, CheckState::Failed, "The database is empty.")
            .remedy("Set it up: this takes a few seconds."),
        SchemaKind::Specification => report
            .add(
                CheckName::Schema,
                CheckState::Failed,
                format!(
                    "The company's database (version {}), not yet brought up to Neff Office.",
                    if version.is_empty() { "unknown" } else { &version }
                ),
            )
            .remedy(format!("Bring it up to date: {steps} steps, every row stays, a verified backup comes first.")),
        SchemaKind::Older => report
            .add(
                CheckName::Schema,
                CheckState::Failed,
                format!("The database (version {version}) is {steps} steps behind this program."),
            )
            .remedy("Bring it up to date: every row stays, a verified backup comes first."),
        SchemaKind::Unreleased => report
            .add(
                CheckName::Schema,
                CheckState::Failed,
                format!("The database (version {version}) was made by a Neff Office from before its first release."),
            )
            .remedy("It is left as it is. Set up a new, empty database instead."),
        SchemaKind::NotNeff => report
            .add(CheckName::Schema, CheckState::Failed, "The database holds other tables, not an office.")
            .remedy("Check the name of the database, or choose an empty one."),
        SchemaKind::Current => report.add(CheckName::Schema, CheckState::Ok, "The database is up to date."),
    };
}

async fn roles(
    report: &mut Report,
    connection: &mut PgConnection,
    superuser: bool,
    settings: &ConnectionSettings,
) -> Result<(), DatabaseError> {
    let (found,): (i64,) = sqlx::query_as(
        "SELECT count(*) FROM pg_roles WHERE rolname IN ('neff_owner', 'neff_admin', 'neff_app', 'neff_readonly')",
    )
    .fetch_one(&mut *connection)
    .await?;
    if found < 4 && report.schema == Some(SchemaKind::Current) {
        report
            .add(
                CheckName::Roles,
                CheckState::Failed,
                format!("{} of the four roles are missing on this server.", 4 - found),
            )
            .remedy("Set the database up again from a login that may create roles.");
    } else if superuser && !is_this_computer(&settings.host) {
        report
            .add(
                CheckName::Roles,
                CheckState::Warning,
                format!("{} is a superuser: a mistake here could harm the whole server.", settings.login),
            )
            .remedy("Have a login of its own made for the office.")
            .command("CREATE ROLE office_staff LOGIN PASSWORD '…' IN ROLE neff_app;");
    } else if found < 4 {
        report.add(CheckName::Roles, CheckState::Ok, "The roles are made when the database is set up.");
    } else {
        report.add(CheckName::Roles, CheckState::Ok, "The office's roles are there.");
    }
    Ok(())
}

async fn extensions(report: &mut Report, connection: &mut PgConnection) -> Result<(), DatabaseError> {
    let rows: Vec<(String, bool, bool)> = sqlx::query_as(
        "SELECT wanted, a.name IS NOT NULL, a.installed_version IS NOT NULL
           FROM unnest(ARRAY['btree_gist', 'pg_trgm']) AS wanted
           LEFT JOIN pg_available_extensions a ON a.name = wanted",
    )
    .fetch_all(&mut *connection)
    .await?;
    let absent: Vec<_> = rows.iter().filter(|(_, available, _)| !available).map(|(n, ..)| n.as_str()).collect();
    let uninstalled: Vec<_> = rows.iter().filter(|(_, a, i)| *a && !i).map(|(n, ..)| n.as_str()).collect();
    if !absent.is_empty() {
        report
            .add(
                CheckName::Extensions,
                CheckState::Failed,
                format!("The server lacks the extension {}.", absent.join(" and ")),
            )
            .remedy("Have PostgreSQL's contrib package installed on the server.")
            .command("apt install postgresql-contrib");
    } else if !uninstalled.is_empty() && report.schema == Some(SchemaKind::Current) {
        report
            .add(
                CheckName::Extensions,
                CheckState::Failed,
                format!("The extension {} was removed from the database.", uninstalled.join(" and ")),
            )
            .remedy("Have it installed again.")
            .command(uninstalled.iter().map(|n| format!("CREATE EXTENSION {n};")).collect::<Vec<_>>().join("\n"));
    } else {
        report.add(CheckName::Extensions, CheckState::Ok, "The extensions it needs are there.");
    }
    Ok(())
}

/// Tries the three published passwords. A server that checks no passwords at all (as on a developer's computer)
/// accepts any, which is its own warning.
async fn passwords(report: &mut Report, settings: &ConnectionSettings) {
    let probe = |login: &str, secret: &str| {
        let settings = ConnectionSettings { login: login.to_owned(), ..settings.clone() };
        let secret = SecretString::from(secret.to_owned());
        async move {
            match settings.open(Some(&secret), "neff-doctor", CONNECT_TIMEOUT).await {
                Ok(connection) => {
                    let _ = sqlx::Connection::close(connection).await;
                    true
                }
                // The password was right, and only then was it looked at what the login may.
                Err(error) => matches!(error.failure(), Failure::RightsMissing | Failure::TooManyConnections),
            }
        }
    };
    if probe(&settings.login, "not-the-password-of-anybody-1f8b").await {
        let here = is_this_computer(&settings.host);
        let state = if here { CheckState::Warning } else { CheckState::Failed };
        report
            .add(CheckName::Passwords, state, "The server lets anybody in without checking passwords.")
            .remedy("Have the lines with \"trust\" in its pg_hba.conf changed to \"scram-sha-256\".");
        return;
    }
    let mut found = Vec::new();
    for (login, secret) in PUBLISHED {
        if probe(login, secret).await {
            found.push(login);
        }
    }
    if found.is_empty() {
        report.add(CheckName::Passwords, CheckState::Ok, "No login has a published password.");
    } else {
        report
            .add(
                CheckName::Passwords,
                CheckState::Failed,
                format!(
                    "Anybody who read the manual can log in: {} still has its published password.",
                    found.join(", ")
                ),
            )
            .remedy("Have these passwords changed now, and in the programs that use them.")
            .command(found.iter().map(|login| format!("\\password {login}")).collect::<Vec<_>>().join("\n"));
    }
}

/// Version of the server and of the schema, for whoever helps.
///
/// # Errors
/// When the database cannot be asked.
pub async fn versions(pool: &sqlx::PgPool) -> Result<(String, String), DatabaseError> {
    let row = sqlx::query!(
        r#"SELECT current_setting('server_version') AS "server!",
                  (SELECT version FROM schema_versions ORDER BY id DESC LIMIT 1) AS schema"#
    )
    .fetch_one(pool)
    .await?;
    Ok((row.server, row.schema.unwrap_or_default()))
}
