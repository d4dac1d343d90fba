//! The office on this computer: its connection, its secrets, its workers. What commands of the window call.

use std::path::PathBuf;
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};

use database::{ConnectionSettings, PgPool, people};
use secrecy::SecretString;

use crate::connecting;
use crate::copy::{Extent, LocalCopy};
use crate::desktop::{Desktop, DesktopEvent};
use crate::error::{AppError, ErrorCode};
use crate::link::{ConnectionState, Link, Target};
use crate::local_office::LocalOffice;
use crate::paths::Paths;
use crate::popups::{Popups, Preferences};
use crate::secrets::Secrets;
use crate::settings::{ConnectionKind, Settings, StoredConnection, computer_name};
use crate::view::{ComputerSettings, MigrationResult};

/// How long the local office's server may take to put everything in order.
const LOCAL_PATIENCE: std::time::Duration = std::time::Duration::from_secs(8);

/// One person's office on one computer.
pub struct Office {
    paths: Paths,
    settings: Mutex<Settings>,
    pub(crate) secrets: Arc<Secrets>,
    pub(crate) local: Arc<LocalOffice>,
    /// Of a pasted configuration: it goes to the place it was pasted with, and nowhere else.
    pub(crate) imported: Mutex<Option<(ConnectionSettings, SecretString)>>,
    pub(crate) desktop: Arc<dyn Desktop>,
    popups: Arc<Popups>,
    pub(crate) copy: Arc<LocalCopy>,
    link: tokio::sync::RwLock<Option<Link>>,
    pub(crate) application: String,
}

impl Office {
    /// Reads what this computer remembers. Nothing is connected yet.
    ///
    /// # Errors
    /// When the settings or data folder cannot be read or written.
    pub fn open(paths: Paths, secrets: Secrets, desktop: Arc<dyn Desktop>) -> std::io::Result<Self> {
        paths.make()?;
        let settings = Settings::load(&paths.config)?;
        let popups = Arc::new(Popups::new(&paths.data)?);
        popups.set_preferences(popups_of(settings.behaviour));
        let secrets = Arc::new(secrets);
        let copy = Arc::new(LocalCopy::at(&paths.data, secrets.clone()));
        copy.set_extent(extent_of(settings.behaviour));
        let local = LocalOffice::at(&paths.data, secrets.clone(), settings.postgres_programs.clone());
        Ok(Self {
            application: format!("Neff Office {} {}", env!("CARGO_PKG_VERSION"), computer_name()),
            settings: Mutex::new(settings),
            paths,
            secrets,
            local: Arc::new(local),
            imported: Mutex::default(),
            desktop,
            popups,
            copy,
            link: tokio::sync::RwLock::default(),
        })
    }

    /// Connects to the connection in use, if there is one; old papers go.
    pub async fn start(&self) {
        let paths = self.paths.clone();
        tokio::task::spawn_blocking(move || {
            crate::papers::sweep(&crate::papers::folder(&paths.data));
            database::dump::clear_leftovers();
            paths.close_to_others();
        });
        self.wipe_unwanted_copies().await;
        let Some(stored) = self.lock_settings().active().cloned() else { return };
        let password = match stored.kind {
            // Its own keeper asks for it, and mends it.
            ConnectionKind::Local => None,
            ConnectionKind::Server => match self.secrets.get(stored.id).await {
                Ok(password) => password,
                Err(error) => {
                    tracing::warn!(details = error.details, "the keychain gave no password");
                    None
                }
            },
        };
        self.link_to(&stored, password).await;
    }

    /// What the connection is doing.
    pub async fn connection_state(&self) -> ConnectionState {
        match &*self.link.read().await {
            Some(link) => link.state(),
            None if self.lock_settings().active().is_some() => {
                ConnectionState::Connecting { step: Some("Waiting for this computer's keychain".to_owned()) }
            }
            None => ConnectionState::NotConfigured,
        }
    }

    /// Brings the database in use up to date, after a verified backup where it holds rows.
    ///
    /// # Errors
    /// Why not; each step is whole or not at all.
    pub async fn migrate(&self) -> Result<MigrationResult, AppError> {
        let stored = self.active_connection().ok_or_else(not_connected)?;
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

    /// The connection in use.
    pub(crate) fn active_connection(&self) -> Option<StoredConnection> {
        self.lock_settings().active().cloned()
    }

    /// Ends the link, within three seconds, and lets the local office go.
    pub async fn stop(&self) {
        self.unlink().await;
        self.copy.close().await;
        self.local.stop(LOCAL_PATIENCE).await;
    }

    /// The link, if there is one.
    pub(crate) async fn link(&self) -> tokio::sync::RwLockReadGuard<'_, Option<Link>> {
        self.link.read().await
    }

    /// Ends the link.
    pub(crate) async fn unlink(&self) {
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

    /// The window is told, as when another program had changed it.
    pub(crate) fn tell(&self, event: DesktopEvent) {
        self.desktop.tell(event);
    }

    /// What this computer does by itself.
    pub fn behaviour(&self) -> ComputerSettings {
        self.lock_settings().behaviour
    }

    /// Changes what this computer does by itself, at once.
    ///
    /// # Errors
    /// When the settings cannot be saved.
    pub async fn set_behaviour(&self, behaviour: ComputerSettings) -> Result<ComputerSettings, AppError> {
        {
            let mut all = self.lock_settings();
            all.behaviour = behaviour;
            self.save(&all)?;
        }
        self.set_popup_preferences(popups_of(behaviour));
        self.copy.set_extent(extent_of(behaviour));
        self.wipe_unwanted_copies().await;
        Ok(behaviour)
    }

    /// Copies nobody wants on this computer go at once, whether their servers answer or not.
    async fn wipe_unwanted_copies(&self) {
        let connections = {
            let all = self.lock_settings();
            if all.behaviour.offline_copy {
                return;
            }
            all.connections.iter().map(|c| c.id).collect::<Vec<_>>()
        };
        self.copy.wipe_all(connections).await;
    }

    /// Where this program keeps what is of use on this computer only.
    pub fn data_folder(&self) -> PathBuf {
        self.paths.data.clone()
    }

    /// The popups of this computer, and what shows them.
    pub(crate) fn popups(&self) -> (&Popups, &dyn Desktop) {
        (&self.popups, self.desktop.as_ref())
    }

    /// Where the log files are.
    pub fn log_folder(&self) -> PathBuf {
        self.paths.logs()
    }

    pub(crate) async fn pool(&self) -> Result<PgPool, AppError> {
        self.link.read().await.as_ref().map(|l| l.pool().clone()).ok_or_else(not_connected)
    }

    pub(crate) async fn link_to(&self, stored: &StoredConnection, password: Option<SecretString>) {
        let local = match stored.kind {
            ConnectionKind::Local => Some(self.local.clone()),
            ConnectionKind::Server => None,
        };
        let target = Target {
            connection: stored.clone(),
            local: local.clone(),
            settings: stored.settings.clone(),
            password,
            person: stored.person,
            computer: self.lock_settings().computer,
            computer_name: computer_name(),
            application: self.application.clone(),
        };
        // The local office is on this computer anyway.
        let copy = local.is_none().then(|| self.copy.clone());
        let mut slot = self.link.write().await;
        if let Some(old) = slot.take() {
            old.stop().await;
        }
        if local.is_none() {
            // Nothing of this program uses it any more.
            self.local.stop(LOCAL_PATIENCE).await;
        }
        *slot = Some(Link::start_with_copy(target, self.desktop.clone(), self.popups.clone(), copy));
    }

    pub(crate) fn lock_settings(&self) -> MutexGuard<'_, Settings> {
        self.settings.lock().unwrap_or_else(PoisonError::into_inner)
    }

    pub(crate) fn save(&self, settings: &Settings) -> Result<(), AppError> {
        settings.save(&self.paths.config).map_err(|error| {
            AppError::new(ErrorCode::Internal, "This computer's settings could not be saved. Is its disk full?")
                .with_details(error.to_string())
        })
    }
}

pub(crate) fn not_connected() -> AppError {
    AppError::new(ErrorCode::NotConnected, "There is no connection to the office database at the moment.")
}

fn extent_of(b: ComputerSettings) -> Option<Extent> {
    b.offline_copy.then_some(Extent { back: b.offline_days_back, ahead: b.offline_days_ahead })
}

fn popups_of(behaviour: ComputerSettings) -> Preferences {
    Preferences { enabled: behaviour.popups, titles_only: behaviour.popup_titles_only, sound: behaviour.popup_sound }
}
