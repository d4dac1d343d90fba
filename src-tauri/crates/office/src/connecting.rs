//! Setting up a connection: what the person types, what the doctor finds, bringing the schema up to date.

use std::path::PathBuf;
use std::time::Duration;

use database::doctor::{self, Check};
use database::migrate::{self, SchemaKind};
use database::{ConnectionSettings, Encryption, Failure, PgConnection, Tuning};
use secrecy::SecretString;
use serde::{Deserialize, Serialize};
use specta::Type;
use uuid::Uuid;

use crate::error::{AppError, ErrorCode};
use crate::settings::{ConnectionKind, StoredConnection};
use crate::view::{MigrationResult, Progress};

/// A connection as the person enters it; the password travels beside it, never in it.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, Type)]
pub struct ConnectionInput {
    /// Of the saved connection that is edited; none: a new one.
    pub id: Option<Uuid>,
    /// Shown to people; none or empty: "database on host".
    pub name: Option<String>,
    /// Name or address of the server.
    pub host: String,
    /// 1–65535.
    pub port: u16,
    /// Name of the database.
    pub database: String,
    /// Login on the server.
    pub login: String,
    /// `verify_full`, `verify_ca`, `require`, `none`.
    pub encryption: Encryption,
    /// File of a certificate authority.
    pub ca_file: Option<String>,
    /// How many connections, how much patience.
    pub tuning: Tuning,
}

/// A connection this computer remembers.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, Type)]
pub struct SavedConnection {
    /// Names its keychain entry.
    pub id: Uuid,
    /// Shown to people.
    pub name: String,
    /// Whose server it is.
    pub kind: ConnectionKind,
    /// In use.
    pub active: bool,
    /// Name or address of the server.
    pub host: String,
    /// 1–65535.
    pub port: u16,
    /// Name of the database.
    pub database: String,
    /// Login on the server.
    pub login: String,
    /// How the link is protected.
    pub encryption: Encryption,
    /// File of a certificate authority.
    pub ca_file: Option<String>,
    /// How many connections, how much patience.
    pub tuning: Tuning,
    /// The keychain has its password; else it is used for this session only.
    pub password_saved: bool,
}

/// What a pasted configuration says.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, Type)]
pub struct ImportedConfiguration {
    /// Where and how.
    pub input: ConnectionInput,
    /// A password was in it: connecting to the same place without typing one uses it.
    pub password_found: bool,
    /// What should not stay as it is.
    pub warnings: Vec<String>,
    /// What was taken otherwise than it was written.
    pub notes: Vec<String>,
    /// Names that mean nothing here.
    pub ignored: Vec<String>,
}

impl ConnectionInput {
    /// The settings, checked.
    ///
    /// # Errors
    /// [`ErrorCode::Invalid`] with the field that cannot be right.
    pub fn settings(&self) -> Result<ConnectionSettings, AppError> {
        let settings = ConnectionSettings {
            host: self.host.trim().to_owned(),
            port: self.port,
            database: self.database.trim().to_owned(),
            login: self.login.trim().to_owned(),
            encryption: self.encryption,
            ca_file: self.ca_file.as_deref().map(str::trim).filter(|f| !f.is_empty()).map(PathBuf::from),
            tuning: self.tuning,
            must_prove: false,
        };
        settings.check()?;
        if let Some(file) = &settings.ca_file
            && !file.is_file()
        {
            let invalid = AppError::new(ErrorCode::Invalid, "There is no such file on this computer.");
            return Err(AppError { field: Some("ca_file".into()), ..invalid });
        }
        Ok(settings)
    }

    /// The name to keep it under.
    ///
    /// # Errors
    /// [`ErrorCode::Invalid`] when too long.
    pub fn chosen_name(&self, settings: &ConnectionSettings) -> Result<String, AppError> {
        match self.name.as_deref().map(str::trim).filter(|n| !n.is_empty()) {
            Some(name) if name.chars().count() > 100 => {
                let invalid = AppError::new(ErrorCode::Invalid, "The name has up to 100 characters.");
                Err(AppError { field: Some("name".into()), ..invalid })
            }
            Some(name) => Ok(name.to_owned()),
            None => Ok(format!("{} on {}", settings.database, settings.host)),
        }
    }

    /// As the person would have typed it.
    #[must_use]
    pub fn of(settings: &ConnectionSettings) -> Self {
        Self {
            id: None,
            name: None,
            host: settings.host.clone(),
            port: settings.port,
            database: settings.database.clone(),
            login: settings.login.clone(),
            encryption: settings.encryption,
            ca_file: settings.ca_file.as_ref().map(|f| f.display().to_string()),
            tuning: settings.tuning,
        }
    }
}

impl SavedConnection {
    /// For the window.
    #[must_use]
    pub fn of(stored: &StoredConnection, active: bool, password_saved: bool) -> Self {
        let s = &stored.settings;
        Self {
            id: stored.id,
            name: stored.name.clone(),
            kind: stored.kind,
            active,
            host: s.host.clone(),
            port: s.port,
            database: s.database.clone(),
            login: s.login.clone(),
            encryption: s.encryption,
            ca_file: s.ca_file.as_ref().map(|f| f.display().to_string()),
            tuning: s.tuning,
            password_saved,
        }
    }
}

/// Everything the doctor found.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, Type)]
pub struct DoctorReport {
    /// Nothing failed.
    pub ok: bool,
    /// From outside in.
    pub checks: Vec<Check>,
    /// None when the server was not reached.
    pub schema: Option<SchemaKind>,
    /// Such as `3.0.14`.
    pub schema_version: Option<String>,
    /// Such as `15.18`.
    pub server_version: Option<String>,
    /// This login may bring the database up to date.
    pub can_migrate: bool,
    /// A verified backup comes first.
    pub holds_rows: bool,
    /// Why connecting would fail, if it would.
    pub error: Option<AppError>,
}

impl From<doctor::Report> for DoctorReport {
    fn from(report: doctor::Report) -> Self {
        let ok = report.ok();
        let error = report.failure.map(AppError::of_failure).or_else(|| {
            let (code, message) = match report.schema? {
                SchemaKind::Unreleased => return Some(AppError::of_failure(Failure::Unreleased)),
                SchemaKind::NotNeff => {
                    (ErrorCode::NotANeffDatabase, "This database holds other tables, not an office. Check its name.")
                }
                SchemaKind::Empty | SchemaKind::Specification | SchemaKind::Older => {
                    (ErrorCode::SchemaOlder, "The database has to be set up or brought up to date first.")
                }
                SchemaKind::Newer if !ok => (
                    ErrorCode::SchemaNewer,
                    "The database belongs to a newer Neff Office. Update the program on this computer.",
                ),
                _ => return None,
            };
            Some(AppError::new(code, message))
        });
        let error = error.map(|e| AppError { details: report.technical.clone(), ..e });
        Self {
            ok,
            checks: report.checks,
            schema: report.schema,
            schema_version: report.schema_version,
            server_version: report.server_version,
            can_migrate: report.can_migrate,
            holds_rows: report.holds_rows,
            error,
        }
    }
}

/// Brings a database up to date, after a verified backup when it holds rows. `backups`: where that goes; none when
/// the person said they made one themselves.
///
/// # Errors
/// [`ErrorCode::BackupFailed`] before anything was changed; else why a step failed (each step is whole or not at all).
pub async fn migrate(
    settings: &ConnectionSettings,
    password: Option<&SecretString>,
    backups: Option<PathBuf>,
    mut progress: impl FnMut(Progress) + Send,
) -> Result<MigrationResult, AppError> {
    let mut connection = settings.open(password, "neff-migrate", Duration::from_secs(10)).await?;
    let state = match migrate::state(&mut connection).await {
        Ok(state) => state,
        // It may not even look: what it lacks to migrate says how to change that.
        Err(error) if error.failure() == Failure::RightsMissing => {
            may_migrate(&mut connection, settings, backups.is_some()).await?;
            return Err(error.into());
        }
        Err(error) => return Err(error.into()),
    };
    match state.kind {
        SchemaKind::NotNeff => {
            return Err(AppError::new(
                ErrorCode::NotANeffDatabase,
                "This database holds other tables, not an office. Nothing was changed.",
            ));
        }
        SchemaKind::Newer => {
            return Err(AppError::new(
                ErrorCode::SchemaNewer,
                "The database is newer than this program. Nothing was changed; update Neff Office on this computer.",
            ));
        }
        SchemaKind::Unreleased => return Err(AppError::of_failure(Failure::Unreleased)),
        SchemaKind::Current => return Ok(MigrationResult { applied: Vec::new(), backup: None, repairs: 0 }),
        SchemaKind::Empty | SchemaKind::Specification | SchemaKind::Older => {}
    }
    may_migrate(&mut connection, settings, state.holds_rows && backups.is_some()).await?;
    let mut backup = None;
    if state.holds_rows
        && let Some(folder) = backups
    {
        progress(Progress { step: "Making a backup and reading it back".into(), done: 0, total: 1 });
        let dump = database::dump::verified_dump(&mut connection, settings, password, &folder).await.map_err(|e| {
            let message = match e.failure() {
                Failure::RightsMissing => {
                    "This login does not see every row, so a backup would not be whole. Nothing was changed."
                }
                Failure::DiskFull => "There is not enough space for the backup. Nothing was changed.",
                _ => "The backup that must come first did not succeed. Nothing was changed.",
            };
            AppError::new(ErrorCode::BackupFailed, message).with_details(e.technical())
        })?;
        backup = Some(dump.file.display().to_string());
    }
    let to_u32 = |n: usize| u32::try_from(n).unwrap_or(u32::MAX);
    let applied = migrate::run(&mut connection, |step| {
        progress(Progress { step: step.description, done: to_u32(step.done), total: to_u32(step.total) });
    })
    .await?;
    let repairs = migrate::repairs(&mut connection).await?;
    database::close(connection).await;
    Ok(MigrationResult { applied, backup, repairs: u32::try_from(repairs).unwrap_or(u32::MAX) })
}

/// Every right that is missing, with the commands that grant them.
async fn may_migrate(
    connection: &mut PgConnection,
    settings: &ConnectionSettings,
    backup: bool,
) -> Result<(), AppError> {
    let mut missing = database::rights::missing_to_migrate(connection).await?;
    if backup {
        missing.extend(database::rights::missing_to_back_up(connection, true).await?);
    }
    if missing.is_empty() {
        return Ok(());
    }
    let what: Vec<_> = missing.iter().map(|m| m.what.as_str()).collect();
    let commands: Vec<_> = missing.iter().map(|m| m.command.as_str()).collect();
    let message = format!("The login {} {}. Nothing was changed.", settings.login, what.join("; "));
    Err(AppError::new(ErrorCode::RightsMissing, message).with_details(commands.join("\n")))
}
