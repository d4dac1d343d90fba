//! The doctor: looks at a database from outside in and says, in plain sentences, what is so and what to do.

use std::time::Duration;

use secrecy::SecretString;
use serde::{Deserialize, Serialize};
use sqlx::PgConnection;

use crate::connect::ConnectionSettings;
use crate::error::{DatabaseError, Failure};
use crate::migrate::{self, SchemaKind};

mod outside;
mod passwords;
mod rights;
mod schema;
mod server;
mod wording;

/// What is looked at, in this order: each leans on the ones before.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize, specta::Type)]
#[serde(rename_all = "snake_case")]
pub enum CheckName {
    /// The host and port answer.
    Host,
    /// The link is protected as the settings ask.
    Encryption,
    /// The login and password are accepted and the database is there.
    Login,
    /// The program has sessions of its own, which nothing between it and the server changes or lends to others.
    Session,
    /// The database takes changes: it is no standby, and not set to read only.
    Writing,
    /// The login may do office work, or migrate where that is due.
    Permissions,
    /// The schema is the one this program knows.
    Schema,
    /// The roles are there, nobody else may create in the schema public, and this login is no superuser.
    Roles,
    /// The extensions the schema needs.
    Extensions,
    /// No login still has a password that was published in a document.
    Passwords,
    /// The office's time zone and working days are ones that can be understood.
    Settings,
    /// The server passes on what changes; its queue for that is not filling up.
    Messages,
}

impl CheckName {
    /// In the order in which they are looked at.
    pub const ALL: [Self; 12] = [
        Self::Host,
        Self::Encryption,
        Self::Login,
        Self::Session,
        Self::Writing,
        Self::Permissions,
        Self::Schema,
        Self::Roles,
        Self::Extensions,
        Self::Passwords,
        Self::Settings,
        Self::Messages,
    ];

    /// As a person reads it.
    #[must_use]
    pub const fn title(self) -> &'static str {
        match self {
            Self::Host => "Host and port",
            Self::Encryption => "Encryption",
            Self::Login => "Login",
            Self::Session => "Own sessions",
            Self::Writing => "Takes changes",
            Self::Permissions => "Permissions",
            Self::Schema => "Schema",
            Self::Roles => "Roles",
            Self::Extensions => "Extensions",
            Self::Passwords => "Published passwords",
            Self::Settings => "Office settings",
            Self::Messages => "Live updates",
        }
    }
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
    const fn new() -> Self {
        Self {
            checks: Vec::new(),
            schema: None,
            schema_version: None,
            server_version: None,
            can_migrate: false,
            holds_rows: false,
            failure: None,
            technical: None,
        }
    }
    /// True when nothing failed.
    #[must_use]
    pub fn ok(&self) -> bool {
        self.checks.iter().all(|c| c.state != CheckState::Failed)
    }
    /// Adds what was found; what was found out about the same thing before gives way.
    fn add(&mut self, name: CheckName, state: CheckState, sentence: impl Into<String>) -> &mut Check {
        self.checks.retain(|c| c.name != name);
        let check = Check { name, state, sentence: sentence.into(), remedy: None, command: None };
        let at = self.checks.iter().position(|c| c.name > name).unwrap_or(self.checks.len());
        self.checks.insert(at, check);
        &mut self.checks[at]
    }
    fn skip_rest(&mut self) {
        for name in CheckName::ALL {
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

/// Looks at everything that can be looked at with these settings. Never fails: what fails is in the report.
pub async fn examine(settings: &ConnectionSettings, password: Option<&SecretString>, application: &str) -> Report {
    let mut report = Report::new();
    if outside::reached(&mut report, settings).await {
        match settings.open(password, application, CONNECT_TIMEOUT).await {
            Err(error) => outside::refused(&mut report, settings, &error),
            Ok(mut connection) => {
                outside::let_in(&mut report, settings);
                // A second session shows whether the first has a connection of the server to itself.
                let mut second = settings.open(password, application, CONNECT_TIMEOUT).await.ok();
                if let Err(error) = inside(&mut report, &mut connection, second.as_mut(), settings).await {
                    broken_off(&mut report, settings, &error);
                }
                for connection in [Some(connection), second].into_iter().flatten() {
                    let _ = sqlx::Connection::close(connection).await;
                }
            }
        }
    }
    report.skip_rest();
    report
}

async fn inside(
    report: &mut Report,
    connection: &mut PgConnection,
    second: Option<&mut PgConnection>,
    settings: &ConnectionSettings,
) -> Result<(), DatabaseError> {
    if !server::session(report, connection, second).await? {
        return Ok(());
    }
    let Some(encoding) = server::version(report, connection).await? else { return Ok(()) };
    let writes = server::writing(report, connection).await?;
    let state = migrate::state(connection).await?;
    report.schema = Some(state.kind);
    report.schema_version.clone_from(&state.version);
    report.holds_rows = state.holds_rows;
    let missing = rights::permissions(report, connection, settings, &state).await?;
    report.can_migrate = rights::is_migrating(&state) && missing.is_empty() && encoding == "UTF8" && writes;
    schema::schema(report, &state, &encoding);
    rights::roles(report, connection, settings).await?;
    schema::extensions(report, connection).await?;
    passwords::passwords(report, settings).await;
    if matches!(state.kind, SchemaKind::Current | SchemaKind::Newer) {
        wording::settings(report, connection).await?;
    }
    server::messages(report, connection).await
}

/// What a question of the doctor's own failed with.
fn broken_off(report: &mut Report, settings: &ConnectionSettings, error: &DatabaseError) {
    report.failure = Some(error.failure());
    report.technical = Some(error.technical().to_owned());
    // Behind a pooler that hands each question to another session, the next question finds nothing it left.
    let after = report.checks.iter().map(|c| c.name).max().unwrap_or(CheckName::Login);
    let name = CheckName::ALL.into_iter().find(|name| *name > after).unwrap_or(CheckName::Messages);
    if error.failure() == Failure::RightsMissing {
        report
            .add(CheckName::Permissions, CheckState::Failed, "This login may not read the office's tables.")
            .remedy("Whoever keeps the database gives the login its role.")
            .command(format!("GRANT neff_app TO {};", quoted(&settings.login)));
    } else {
        report
            .add(name, CheckState::Failed, "The database did not answer a question about this.")
            .remedy("Try again; if it stays so, give whoever keeps the server the technical details.");
    }
}

/// A name as SQL writes it.
#[must_use]
pub fn quoted(name: &str) -> String {
    format!("\"{}\"", name.replace('"', "\"\""))
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
