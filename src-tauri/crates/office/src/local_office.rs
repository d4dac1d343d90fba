//! The local office: an office database on this computer, kept by the program itself.
//!
//! Two logins: `office`, which the person works with and which is theirs alone, and the server's own superuser, with
//! which the program makes, updates and repairs it. Both passwords are random and in the keychain. When an entry is
//! lost there the password is set anew: what a keychain forgets must not cost anybody their office.
//!
//! Where the server is reached by a socket nobody else could have put there, that says who it is; where it is reached by a
//! port, it has to prove that it knows the password, which it is never given.

use std::path::PathBuf;
use std::sync::Arc;
use std::time::Duration;

use database::migrate::{self, SchemaKind};
use database::{ConnectionSettings, Encryption, Failure, PgConnection, Tuning, owner};
use local_server::{LocalServer, LocalServerError, Programs, Running, random_password};
use secrecy::SecretString;
use serde::{Deserialize, Serialize};
use specta::Type;
use tokio::sync::Mutex;
use uuid::Uuid;

use crate::connecting;
use crate::error::{AppError, ErrorCode};
use crate::secrets::Secrets;
use crate::settings::{ConnectionKind, StoredConnection};
use crate::view::Progress;

const DATABASE: &str = "neff_paving_admin";
const LOGIN: &str = "office";
const SUPERUSER: &str = "postgres";
const PATIENCE: Duration = Duration::from_secs(10);
/// The name it is kept under.
pub const NAME: &str = "This computer";

/// The local office as the first run shows it.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, Type)]
pub struct LocalOfficeState {
    /// It was made.
    pub exists: bool,
    /// Its server runs for this program.
    pub running: bool,
    /// Its saved connection.
    pub connection_id: Option<Uuid>,
    /// Version of PostgreSQL that is or would be used, such as `15.18`.
    pub postgres: Option<String>,
    /// Why it cannot be used on this computer.
    pub problem: Option<AppError>,
    /// Where it is.
    pub folder: String,
    /// The name this computer knows the person by.
    pub suggestion: String,
}

/// The private server and the office in it.
#[derive(Debug)]
pub struct LocalOffice {
    server: LocalServer,
    folder: PathBuf,
    backups: PathBuf,
    secrets: Arc<Secrets>,
    /// Where PostgreSQL's programs are, as the person said, and as the installer brought them.
    chosen: Option<PathBuf>,
    bundled: Option<PathBuf>,
    running: Mutex<Option<Running>>,
}

/// Where the server is.
#[derive(Debug, Clone, PartialEq, Eq)]
struct At {
    /// The folder of its socket, or 127.0.0.1.
    host: String,
    port: u16,
}

/// Where to connect, now that it runs.
#[derive(Debug, Clone)]
pub struct Ready {
    /// With the socket or port of this start.
    pub settings: ConnectionSettings,
    /// Of the login `office`.
    pub password: SecretString,
}

impl LocalOffice {
    /// The local office in `data`. Nothing is touched.
    #[must_use]
    pub fn at(data: &std::path::Path, secrets: Arc<Secrets>, chosen: Option<PathBuf>) -> Self {
        let folder = data.join("local-office");
        // An installer puts PostgreSQL beside the program.
        let bundled = std::env::current_exe()
            .ok()
            .and_then(|exe| Some(exe.parent()?.join("postgresql").join("bin")))
            .filter(|p| p.is_dir());
        let server = match std::env::var_os("NEFF_LOCAL_SERVER_ROOT_BASE") {
            Some(base) => LocalServer::at(folder.clone()).with_base_for_root(base.into()),
            None => LocalServer::at(folder.clone()),
        };
        Self { server, folder, backups: data.join("backups"), secrets, chosen, bundled, running: Mutex::default() }
    }

    /// What there is, without starting anything.
    pub async fn state(&self, connection_id: Option<Uuid>) -> LocalOfficeState {
        let programs = self.programs().await;
        LocalOfficeState {
            exists: self.server.exists(),
            running: self.running.lock().await.is_some(),
            connection_id,
            postgres: programs.as_ref().ok().map(|p| p.version.clone()),
            problem: programs.err(),
            folder: self.folder.display().to_string(),
            suggestion: crate::settings::person_suggestion(),
        }
    }

    /// True when a finished cluster is there.
    pub fn exists(&self) -> bool {
        self.server.exists()
    }

    /// Makes the office: server, database, schema, the person, and sample data where asked for. What an attempt before
    /// left unfinished is finished.
    ///
    /// # Errors
    /// Why not, as a sentence; what was made by then is used by the next attempt.
    pub async fn make(
        &self,
        id: Uuid,
        person: &str,
        sample_data: bool,
        progress: &(dyn Fn(Progress) + Send + Sync),
    ) -> Result<(StoredConnection, Ready), AppError> {
        let step = |text: &str, done: u32| progress(Progress { step: text.to_owned(), done, total: 100 });
        step("Looking for the database program", 0);
        let programs = self.programs().await?;
        let owner_password = self.password(owner_entry(id)).await?;
        if !self.server.exists() {
            step("Making room for the office", 2);
            // Kept before it is used: whoever is killed in between finds it again.
            self.keep(owner_entry(id), &owner_password).await;
            match self.server.make(&programs, &owner_password).await {
                // Another program of the person was faster; with its password in the keychain, or one set anew.
                Ok(()) | Err(LocalServerError::AlreadyThere) => {}
                Err(error) => return Err(error.into()),
            }
        }
        step("Starting it", 15);
        let at = self.run().await?;
        let (mut connection, owner_password) = self.superuser(id, &at, "postgres").await?;
        let at = self.run().await?;
        step("Setting up the database", 20);
        owner::create_database(&mut connection, DATABASE).await?;
        database::close(connection).await;

        let superuser = settings(&at, SUPERUSER, DATABASE);
        connecting::migrate(&superuser, Some(&owner_password), None, |p| {
            let share = p.done.saturating_mul(20).checked_div(p.total.max(1)).unwrap_or(0);
            progress(Progress { step: format!("Setting up: {}", p.step), done: 25 + share, total: 100 });
        })
        .await?;
        step("Making your login", 48);
        let password = self.password(id).await?;
        let mut connection = superuser.open(Some(&owner_password), "Neff Office", PATIENCE).await?;
        owner::set_login(&mut connection, LOGIN, &password).await?;
        self.keep(id, &password).await;

        let ready = Ready { settings: settings(&at, LOGIN, DATABASE), password };
        let mut theirs = ready.settings.open(Some(&ready.password), "Neff Office", PATIENCE).await?;
        if database::people::who_am_i(&mut theirs, None).await? == database::people::Who::Nobody {
            database::people::register_with_login(&mut theirs, person).await?;
        }
        database::close(theirs).await;

        if sample_data && owner::is_empty(&mut connection).await? {
            step("Making up customers, estimates and jobs", 50);
            let today = database::today::office_day(&mut connection).await?.today;
            let options = sample::Options { scale: 1, seed: 1, today };
            sample::fill(&mut connection, &options, |_, done, total| {
                let share = done.saturating_mul(48).checked_div(total.max(1)).unwrap_or(0);
                let share = u32::try_from(share).unwrap_or(48).min(48);
                progress(Progress {
                    step: "Making up customers, estimates and jobs".to_owned(),
                    done: 50 + share,
                    total: 100,
                });
            })
            .await
            .map_err(|error| {
                AppError::new(
                    ErrorCode::LocalOffice,
                    "The sample data could not be made. The office is there, and empty.",
                )
                .with_details(error.to_string())
            })?;
        }
        database::close(connection).await;
        step("Ready", 100);
        let stored = StoredConnection { settings: ready.settings.clone(), ..self::connection(id) };
        Ok((stored, ready))
    }

    /// Starts it (or joins it where another program of the person has started it), mends its passwords where the
    /// keychain lost them, and brings its schema up to date: it is private, so nobody has to be asked.
    ///
    /// # Errors
    /// Why not, as a sentence.
    pub async fn prepare(&self, stored: &StoredConnection) -> Result<Ready, AppError> {
        if !self.server.exists() {
            return Err(LocalServerError::NotThere.into());
        }
        let mut at = self.run().await?;
        let tuned = |at: &At, login: &str| ConnectionSettings {
            tuning: stored.settings.tuning,
            ..settings(at, login, DATABASE)
        };
        let mut theirs = tuned(&at, LOGIN);
        let known = self.secrets.get(stored.id).await.ok().flatten();
        let opened = match &known {
            Some(password) => theirs.open(Some(password), "Neff Office", PATIENCE).await.map(|c| (c, password.clone())),
            None => Err(database::DatabaseError::new(Failure::WrongPassword, "the keychain has no password")),
        };
        let (mut connection, password) = match opened {
            Ok(opened) => opened,
            Err(error) if error.failure() == Failure::WrongPassword => {
                tracing::warn!("the local office's password is not in the keychain any more; setting a new one");
                let (mut superuser, _) = self.superuser(stored.id, &at, DATABASE).await?;
                let password = random_password()?;
                owner::set_login(&mut superuser, LOGIN, &password).await?;
                database::close(superuser).await;
                self.keep(stored.id, &password).await;
                // Mending may have started it again, on another port.
                at = self.run().await?;
                theirs = tuned(&at, LOGIN);
                (theirs.open(Some(&password), "Neff Office", PATIENCE).await?, password)
            }
            Err(error) => return Err(error.into()),
        };
        let schema = migrate::state(&mut connection).await?;
        database::close(connection).await;
        if schema.kind == SchemaKind::Unreleased {
            return Err(AppError::of_failure(Failure::Unreleased));
        }
        if schema.kind == SchemaKind::Older {
            let (superuser, owner_password) = self.superuser(stored.id, &at, DATABASE).await?;
            database::close(superuser).await;
            at = self.run().await?;
            theirs = tuned(&at, LOGIN);
            let backups = Some(self.backups.clone());
            connecting::migrate(&tuned(&at, SUPERUSER), Some(&owner_password), backups, |_| {}).await?;
        }
        Ok(Ready { settings: theirs, password })
    }

    /// The way in that may do everything, for the command line: the office runs until this program ends.
    ///
    /// # Errors
    /// Why not, as a sentence.
    pub async fn as_superuser(&self, id: Uuid) -> Result<(ConnectionSettings, SecretString), AppError> {
        let at = self.run().await?;
        let (connection, password) = self.superuser(id, &at, DATABASE).await?;
        database::close(connection).await;
        Ok((settings(&self.run().await?, SUPERUSER, DATABASE), password))
    }

    /// Lets the server go; it is stopped when no other program of the person uses it.
    pub async fn stop(&self, patience: Duration) {
        if let Some(running) = self.running.lock().await.take()
            && let Err(error) = running.stop(patience).await
        {
            tracing::warn!(%error, details = error.details(), "the local office did not stop");
        }
    }

    /// Where it runs, started where it does not.
    async fn run(&self) -> Result<At, AppError> {
        let mut slot = self.running.lock().await;
        if let Some(running) = &*slot {
            if running.is_alive().await {
                return Ok(At { host: running.host.clone(), port: running.port });
            }
            tracing::warn!("the local office's server is gone; starting it again");
            *slot = None;
        }
        let programs = self.programs().await?;
        let running = self.server.start(&programs).await?;
        let at = At { host: running.host.clone(), port: running.port };
        *slot = Some(running);
        Ok(at)
    }

    async fn programs(&self) -> Result<Programs, AppError> {
        let (chosen, bundled) = (self.chosen.as_deref(), self.bundled.as_deref());
        Ok(match self.server.major() {
            Some(major) => Programs::find_major(major, chosen, bundled).await?,
            None => Programs::find(chosen, bundled).await?,
        })
    }

    /// A connection of the superuser; where its password is lost, it is set anew with the server stopped.
    async fn superuser(&self, id: Uuid, at: &At, database: &str) -> Result<(PgConnection, SecretString), AppError> {
        let entry = owner_entry(id);
        let at = settings(at, SUPERUSER, database);
        if let Some(password) = self.secrets.get(entry).await.ok().flatten() {
            match at.open(Some(&password), "Neff Office", PATIENCE).await {
                Ok(connection) => return Ok((connection, password)),
                Err(error) if error.failure() == Failure::WrongPassword => {}
                Err(error) => return Err(error.into()),
            }
        }
        tracing::warn!("the local office's own password is not in the keychain any more; setting a new one");
        self.stop(PATIENCE).await;
        let password = random_password()?;
        self.server.reset_password(&self.programs().await?, &password).await?;
        self.keep(entry, &password).await;
        let at = self.run().await?;
        let connection = settings(&at, SUPERUSER, database).open(Some(&password), "Neff Office", PATIENCE).await?;
        Ok((connection, password))
    }

    /// The password under this entry, or a new one.
    async fn password(&self, entry: Uuid) -> Result<SecretString, AppError> {
        Ok(match self.secrets.get(entry).await.ok().flatten() {
            Some(password) => password,
            None => random_password()?,
        })
    }

    async fn keep(&self, entry: Uuid, password: &SecretString) {
        if let Err(error) = self.secrets.set(entry, password.clone()).await {
            tracing::warn!(details = error.details, "the keychain did not keep a password of the local office");
        }
    }
}

/// The saved connection of the local office.
#[must_use]
pub fn connection(id: Uuid) -> StoredConnection {
    StoredConnection {
        id,
        name: NAME.to_owned(),
        kind: ConnectionKind::Local,
        // Where it is at the moment is found at each start.
        settings: settings(&At { host: "127.0.0.1".into(), port: 0 }, LOGIN, DATABASE),
        person: None,
    }
}

/// The keychain entry of the superuser's password.
#[must_use]
pub fn owner_entry(connection: Uuid) -> Uuid {
    Uuid::new_v5(&connection, b"owner")
}

fn settings(at: &At, login: &str, database: &str) -> ConnectionSettings {
    ConnectionSettings {
        host: at.host.clone(),
        port: at.port,
        database: database.to_owned(),
        login: login.to_owned(),
        // It never leaves this computer.
        encryption: Encryption::None,
        ca_file: None,
        tuning: Tuning::default(),
        must_prove: true,
    }
}

impl From<LocalServerError> for AppError {
    fn from(error: LocalServerError) -> Self {
        let code = match error {
            LocalServerError::DiskFull { .. } => ErrorCode::DiskFull,
            _ => ErrorCode::LocalOffice,
        };
        Self::new(code, error.to_string()).with_details(error.details())
    }
}
