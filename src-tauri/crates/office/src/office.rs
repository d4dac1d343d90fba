//! The office on this computer: its connection, its secrets, its workers. What commands of the window call.

use std::path::PathBuf;
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};

use chrono::{DateTime, Utc};
use database::{PgPool, doctor, people};
use secrecy::SecretString;
use uuid::Uuid;

use crate::connecting::{self, ConnectionInput, DoctorReport, SavedConnection};
use crate::desktop::{Desktop, DesktopEvent};
use crate::error::{AppError, ErrorCode};
use crate::link::{ConnectionState, Link, Target};
use crate::paths::Paths;
use crate::popups::Popups;
use crate::secrets::Secrets;
use crate::settings::{Settings, StoredConnection, computer_name};
use crate::view::MigrationResult;

/// One person's office on one computer.
pub struct Office {
    paths: Paths,
    settings: Mutex<Settings>,
    secrets: Secrets,
    desktop: Arc<dyn Desktop>,
    popups: Arc<Popups>,
    link: tokio::sync::RwLock<Option<Link>>,
    application: String,
    /// The newest notification the person was shown: "mark all read" reaches that far.
    listed_until: Mutex<Option<DateTime<Utc>>>,
}

impl Office {
    /// Reads what this computer remembers. Nothing is connected yet.
    ///
    /// # Errors
    /// When the settings or data folder cannot be read or written.
    pub fn open(paths: Paths, secrets: Secrets, desktop: Arc<dyn Desktop>) -> std::io::Result<Self> {
        let settings = Settings::load(&paths.config)?;
        let popups = Arc::new(Popups::new(&paths.data)?);
        Ok(Self {
            application: format!("Neff Office {} {}", env!("CARGO_PKG_VERSION"), computer_name()),
            settings: Mutex::new(settings),
            paths,
            secrets,
            desktop,
            popups,
            link: tokio::sync::RwLock::default(),
            listed_until: Mutex::default(),
        })
    }

    /// Connects to the connection in use, if there is one.
    pub async fn start(&self) {
        let Some(stored) = self.lock_settings().active().cloned() else { return };
        let password = match self.secrets.get(stored.id).await {
            Ok(password) => password,
            Err(error) => {
                tracing::warn!(details = error.details, "the keychain gave no password");
                None
            }
        };
        self.link_to(&stored, password).await;
    }

    /// What the connection is doing.
    pub async fn connection_state(&self) -> ConnectionState {
        match &*self.link.read().await {
            Some(link) => link.state(),
            None if self.lock_settings().active().is_some() => ConnectionState::Connecting,
            None => ConnectionState::NotConfigured,
        }
    }

    /// The connection in use.
    pub async fn saved_connection(&self) -> Option<SavedConnection> {
        let stored = self.lock_settings().active().cloned()?;
        let has_password = matches!(self.secrets.get(stored.id).await, Ok(Some(_)));
        Some(SavedConnection::of(&stored, has_password))
    }

    /// Lets the doctor look. Without a password typed, the one of the same saved connection is used.
    ///
    /// # Errors
    /// [`ErrorCode::Invalid`] for a field that cannot be right.
    pub async fn check(&self, input: &ConnectionInput, password: Option<String>) -> Result<DoctorReport, AppError> {
        let settings = input.settings()?;
        let password = self.password_for(&settings, password).await;
        Ok(doctor::examine(&settings, password.as_ref(), &self.application).await.into())
    }

    /// Tries the connection, remembers it with its password in the keychain, and goes to work through it. When it
    /// fails nothing is changed.
    ///
    /// # Errors
    /// Why the server could not be used.
    pub async fn connect(
        &self,
        input: &ConnectionInput,
        password: Option<String>,
    ) -> Result<ConnectionState, AppError> {
        let settings = input.settings()?;
        let password = self.password_for(&settings, password).await;
        let patience = std::time::Duration::from_secs(10);
        let trial = settings.open(password.as_ref(), &self.application, patience).await?;
        database::close(trial).await;

        let stored = {
            let mut all = self.lock_settings();
            let same = all.connections.iter().position(|c| c.settings == settings);
            let stored = match same {
                Some(at) => all.connections.remove(at),
                None => StoredConnection {
                    id: Uuid::new_v4(),
                    name: format!("{} on {}", settings.database, settings.host),
                    settings,
                    person: None,
                },
            };
            // One connection for now: what it replaces goes, and its password with it.
            let replaced: Vec<Uuid> = all.connections.drain(..).map(|c| c.id).collect();
            all.connections.push(stored.clone());
            self.save(&all)?;
            (stored, replaced)
        };
        let (stored, replaced) = stored;
        for id in replaced {
            if let Err(error) = self.secrets.remove(id).await {
                tracing::warn!(details = error.details, "an old password stayed in the keychain");
            }
        }
        if let Some(password) = &password
            && let Err(error) = self.secrets.set(stored.id, password.clone()).await
        {
            // It goes on with the password in memory; the saved connection says that it is not kept.
            tracing::warn!(details = error.details, "the keychain did not keep the password");
        }
        self.link_to(&stored, password).await;
        Ok(self.settled().await)
    }

    /// Tries now instead of waiting for the next attempt.
    pub async fn reconnect(&self) -> ConnectionState {
        if let Some(link) = &*self.link.read().await {
            link.try_again();
        }
        self.connection_state().await
    }

    /// Removes the connection from this computer, and its password from the keychain.
    ///
    /// # Errors
    /// [`ErrorCode::Keychain`] when the password stayed there; the connection is gone in any case.
    pub async fn forget_connection(&self) -> Result<(), AppError> {
        let gone = {
            let mut all = self.lock_settings();
            let gone: Vec<Uuid> = all.connections.drain(..).map(|c| c.id).collect();
            self.save(&all)?;
            gone
        };
        if let Some(link) = self.link.write().await.take() {
            link.stop().await;
        }
        self.desktop.tell(DesktopEvent::Connection(Box::new(ConnectionState::NotConfigured)));
        for id in gone {
            self.secrets.remove(id).await?;
        }
        Ok(())
    }

    /// Brings the database in use up to date, after a verified backup where it holds rows.
    ///
    /// # Errors
    /// Why not; each step is whole or not at all.
    pub async fn migrate(&self) -> Result<MigrationResult, AppError> {
        let stored = self.lock_settings().active().cloned().ok_or_else(not_connected)?;
        let password = self.secrets.get(stored.id).await.unwrap_or_default();
        let desktop = self.desktop.clone();
        let result = connecting::migrate(&stored.settings, password.as_ref(), Some(self.paths.backups()), |step| {
            desktop.tell(DesktopEvent::Migration(step));
        })
        .await?;
        self.link_to(&stored, password).await;
        self.settled().await;
        Ok(result)
    }

    /// "I am this person": remembered for this computer and connection.
    ///
    /// # Errors
    /// When the settings cannot be saved.
    pub async fn i_am(&self, person: Uuid) -> Result<ConnectionState, AppError> {
        let stored = {
            let mut all = self.lock_settings();
            let active = all.connections.first_mut().ok_or_else(not_connected)?;
            active.person = Some(person);
            let stored = active.clone();
            self.save(&all)?;
            stored
        };
        let password = self.secrets.get(stored.id).await.unwrap_or_default();
        self.link_to(&stored, password).await;
        Ok(self.settled().await)
    }

    /// "I am new here": adds the person, who is in `admins` when the first.
    ///
    /// # Errors
    /// [`ErrorCode::Invalid`] for an empty or endless name.
    pub async fn i_am_new(&self, name: &str) -> Result<ConnectionState, AppError> {
        let name = name.trim();
        if name.is_empty() || name.chars().count() > 200 {
            let invalid = AppError::new(ErrorCode::Invalid, "Enter your name, up to 200 characters.");
            return Err(AppError { field: Some("name".into()), ..invalid });
        }
        let pool = self.pool().await?;
        let mut connection = pool.acquire().await.map_err(database::DatabaseError::from)?;
        let person = people::register(&mut connection, name).await?;
        drop(connection);
        self.i_am(person).await
    }

    /// Ends the link, within three seconds.
    pub async fn stop(&self) {
        if let Some(link) = self.link.write().await.take() {
            link.stop().await;
        }
    }

    /// Waits until the link has been tried once.
    pub async fn settled(&self) -> ConnectionState {
        match &*self.link.read().await {
            Some(link) => link.settled().await,
            None => ConnectionState::NotConfigured,
        }
    }

    /// Who works here and a pool to work with.
    pub(crate) async fn at_work(&self) -> Result<(PgPool, people::PersonRow), AppError> {
        let link = self.link.read().await;
        let link = link.as_ref().ok_or_else(not_connected)?;
        match (link.state(), link.me()) {
            (ConnectionState::Online { .. }, Some(me)) => Ok((link.pool().clone(), me)),
            (ConnectionState::Offline { error, .. }, _) => Err(AppError { code: ErrorCode::NotConnected, ..error }),
            _ => Err(not_connected()),
        }
    }

    /// How far the person's list of notifications reached.
    pub(crate) fn listed_until(&self) -> MutexGuard<'_, Option<DateTime<Utc>>> {
        self.listed_until.lock().unwrap_or_else(PoisonError::into_inner)
    }

    /// The window is told, as when another program had changed it.
    pub(crate) fn tell(&self, event: DesktopEvent) {
        self.desktop.tell(event);
    }

    /// The popups of this computer, and what shows them.
    pub(crate) fn popups(&self) -> (&Popups, &dyn Desktop) {
        (&self.popups, self.desktop.as_ref())
    }

    /// Where the log files are.
    pub fn log_folder(&self) -> PathBuf {
        self.paths.logs()
    }

    async fn pool(&self) -> Result<PgPool, AppError> {
        self.link.read().await.as_ref().map(|l| l.pool().clone()).ok_or_else(not_connected)
    }

    async fn link_to(&self, stored: &StoredConnection, password: Option<SecretString>) {
        let target = Target {
            settings: stored.settings.clone(),
            password,
            person: stored.person,
            computer: self.lock_settings().computer,
            computer_name: computer_name(),
            application: self.application.clone(),
        };
        let mut slot = self.link.write().await;
        if let Some(old) = slot.take() {
            old.stop().await;
        }
        *slot = Some(Link::start(target, self.desktop.clone(), self.popups.clone()));
    }

    async fn password_for(
        &self,
        settings: &database::ConnectionSettings,
        typed: Option<String>,
    ) -> Option<SecretString> {
        if let Some(typed) = typed {
            return Some(SecretString::from(typed));
        }
        // A saved password goes to the server it was saved for, with the same protection, and nowhere else.
        let same = self.lock_settings().connections.iter().find(|c| c.settings == *settings).map(|c| c.id)?;
        self.secrets.get(same).await.ok().flatten()
    }

    fn lock_settings(&self) -> MutexGuard<'_, Settings> {
        self.settings.lock().unwrap_or_else(PoisonError::into_inner)
    }

    fn save(&self, settings: &Settings) -> Result<(), AppError> {
        settings.save(&self.paths.config).map_err(|error| {
            AppError::new(ErrorCode::Internal, "This computer's settings could not be saved. Is its disk full?")
                .with_details(error.to_string())
        })
    }
}

fn not_connected() -> AppError {
    AppError::new(ErrorCode::NotConnected, "There is no connection to the office database at the moment.")
}
