//! The connections this computer remembers, switching between them, and who works here.

use std::sync::PoisonError;
use std::time::Duration;

use database::act::{self, Actor};
use database::{ConnectionSettings, Failure, Tuning, configuration, doctor, people};
use secrecy::SecretString;
use uuid::Uuid;

use crate::connecting::{ConnectionInput, DoctorReport, ImportedConfiguration, SavedConnection};
use crate::desktop::DesktopEvent;
use crate::error::{AppError, ErrorCode};
use crate::link::ConnectionState;
use crate::local_office::{self, LocalOfficeState};
use crate::office::{Office, not_connected};
use crate::settings::{ConnectionKind, StoredConnection};
use crate::workflows::changes::commit;
use crate::workflows::company::invalid;

/// How long a trial of a connection may take.
const TRIAL: Duration = Duration::from_secs(10);

impl Office {
    /// The connections by name.
    pub fn connections(&self) -> Vec<SavedConnection> {
        let (mut all, active) = {
            let settings = self.lock_settings();
            (settings.connections.clone(), settings.active().map(|c| c.id))
        };
        all.sort_by_key(|c| c.name.to_lowercase());
        let mut shown = Vec::with_capacity(all.len());
        for stored in all {
            shown.push(SavedConnection::of(&stored, active == Some(stored.id), self.secrets.is_kept(stored.id)));
        }
        shown
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
        let name = input.chosen_name(&settings)?;
        let edited = input.id.and_then(|id| self.lock_settings().connection(id).cloned());
        if edited.as_ref().is_some_and(|c| c.kind == ConnectionKind::Local) {
            return Err(AppError::new(ErrorCode::Invalid, "Where the local office is, the program finds by itself."));
        }
        let password = self.password_for(&settings, password).await;
        let trial = settings.open(password.as_ref(), &self.application, TRIAL).await?;
        database::close(trial).await;

        let stored = {
            let mut all = self.lock_settings();
            let same = edited.or_else(|| {
                let server =
                    |c: &&StoredConnection| c.kind == ConnectionKind::Server && c.settings.same_place(&settings);
                all.connections.iter().find(server).cloned()
            });
            // Whoever said who they are said it to this database: another place asks again.
            let person = same.as_ref().filter(|c| c.settings.same_place(&settings)).and_then(|c| c.person);
            let id = same.map_or_else(Uuid::new_v4, |c| c.id);
            let stored = StoredConnection { id, name, kind: ConnectionKind::Server, settings, person };
            all.keep_and_use(stored.clone());
            self.save(&all)?;
            stored
        };
        if let Some(password) = password.clone() {
            self.keep_password(stored.id, password).await;
        }
        self.imported.lock().unwrap_or_else(PoisonError::into_inner).take();
        self.link_to(&stored, password).await;
        Ok(self.settled().await)
    }

    /// Goes to work through another of the connections.
    ///
    /// # Errors
    /// [`ErrorCode::NotFound`] when it is not there any more.
    pub async fn switch_connection(&self, id: Uuid) -> Result<ConnectionState, AppError> {
        let stored = {
            let mut all = self.lock_settings();
            let stored = all.connection(id).cloned().ok_or_else(|| AppError::not_found("connection"))?;
            all.active = Some(id);
            self.save(&all)?;
            stored
        };
        let password = self.saved_password(&stored).await;
        self.link_to(&stored, password).await;
        Ok(self.settled().await)
    }

    /// Another name, other numbers of connections and seconds; at once in use.
    ///
    /// # Errors
    /// [`ErrorCode::Invalid`] with the field; [`ErrorCode::NotFound`].
    pub async fn update_connection(&self, id: Uuid, name: &str, tuning: Tuning) -> Result<SavedConnection, AppError> {
        tuning.check()?;
        let name = name.trim();
        if name.is_empty() || name.chars().count() > 100 {
            return Err(invalid("name", "Enter a name, up to 100 characters."));
        }
        let (stored, active) = {
            let mut all = self.lock_settings();
            let active = all.active().map(|c| c.id) == Some(id);
            let slot =
                all.connections.iter_mut().find(|c| c.id == id).ok_or_else(|| AppError::not_found("connection"))?;
            name.clone_into(&mut slot.name);
            slot.settings.tuning = tuning;
            let stored = slot.clone();
            self.save(&all)?;
            (stored, active)
        };
        if active {
            let password = self.saved_password(&stored).await;
            self.link_to(&stored, password).await;
            self.settled().await;
        }
        Ok(SavedConnection::of(&stored, active, self.secrets.is_kept(id)))
    }

    /// Removes a connection from this computer, and its password from the keychain. The local office's files stay.
    ///
    /// # Errors
    /// [`ErrorCode::Keychain`] when the password stayed there; the connection is gone in any case.
    pub async fn forget_connection(&self, id: Uuid) -> Result<ConnectionState, AppError> {
        let (gone, was_active) = {
            let mut all = self.lock_settings();
            let was_active = all.active().map(|c| c.id) == Some(id);
            let at = all.connections.iter().position(|c| c.id == id);
            let gone = all.connections.remove(at.ok_or_else(|| AppError::not_found("connection"))?);
            if was_active {
                all.active = None;
            }
            self.save(&all)?;
            (gone, was_active)
        };
        if was_active {
            self.unlink().await;
            match self.active_connection() {
                Some(next) => {
                    let password = self.saved_password(&next).await;
                    self.link_to(&next, password).await;
                    self.settled().await;
                }
                None => self.desktop.tell(DesktopEvent::Connection(Box::new(ConnectionState::NotConfigured))),
            }
        }
        if gone.kind == ConnectionKind::Local {
            self.local.stop(Duration::from_secs(8)).await;
            self.secrets.remove(local_office::owner_entry(id)).await?;
        }
        self.copy.leave(id).await;
        self.secrets.remove(id).await?;
        Ok(self.connection_state().await)
    }

    /// Reads a pasted `.env` or URL. Its password stays here: connecting to the same place uses it.
    ///
    /// # Errors
    /// [`ErrorCode::Invalid`] when no database is named in it.
    pub fn read_configuration(&self, text: &str) -> Result<ImportedConfiguration, AppError> {
        let found = configuration::read(text)?;
        let input = ConnectionInput::of(&found.settings);
        let password_found = found.password.is_some();
        *self.imported.lock().unwrap_or_else(PoisonError::into_inner) =
            found.password.map(|password| (found.settings, password));
        Ok(ImportedConfiguration {
            input,
            password_found,
            warnings: found.warnings,
            notes: found.notes,
            ignored: found.ignored,
        })
    }

    /// Tries now instead of waiting for the next attempt.
    pub async fn reconnect(&self) -> ConnectionState {
        if let Some(link) = &*self.link().await {
            link.try_again();
        }
        self.connection_state().await
    }

    // ---- The local office ---------------------------------------------------------------------------------------

    /// Whether there is a local office, and whether there can be one.
    pub async fn local_office(&self) -> LocalOfficeState {
        self.local.state(self.local_connection().map(|c| c.id)).await
    }

    /// Makes the local office, and goes to work in it.
    ///
    /// # Errors
    /// [`ErrorCode::Invalid`] at `name`; [`ErrorCode::LocalOffice`] or [`ErrorCode::DiskFull`] with a sentence.
    pub async fn create_local_office(&self, name: &str, sample_data: bool) -> Result<ConnectionState, AppError> {
        let name = name.trim();
        if name.is_empty() || name.chars().count() > 200 || name.contains('\0') {
            return Err(invalid("name", "Enter your name, up to 200 characters."));
        }
        // The id is remembered before the server is made: its passwords are in the keychain under it.
        let id = self.local_connection().map_or_else(|| self.local_id(), |c| c.id);
        let desktop = self.desktop.clone();
        let tell = move |p| desktop.tell(DesktopEvent::LocalOffice(p));
        let (stored, _) = self.local.make(id, name, sample_data, &tell).await?;
        self.use_local(stored).await
    }

    /// Goes to work in the local office that is there.
    ///
    /// # Errors
    /// [`ErrorCode::LocalOffice`] when there is none.
    pub async fn open_local_office(&self) -> Result<ConnectionState, AppError> {
        if !self.local.exists() {
            return Err(local_server::LocalServerError::NotThere.into());
        }
        let stored = self.local_connection().unwrap_or_else(|| local_office::connection(self.local_id()));
        self.use_local(stored).await
    }

    async fn use_local(&self, stored: StoredConnection) -> Result<ConnectionState, AppError> {
        {
            let mut all = self.lock_settings();
            all.keep_and_use(stored.clone());
            self.save(&all)?;
        }
        self.link_to(&stored, None).await;
        Ok(self.settled().await)
    }

    fn local_connection(&self) -> Option<StoredConnection> {
        self.lock_settings().connections.iter().find(|c| c.kind == ConnectionKind::Local).cloned()
    }

    /// The same on this computer at every attempt, so that an attempt that was broken off finds its passwords again.
    fn local_id(&self) -> Uuid {
        Uuid::new_v5(&self.lock_settings().computer, b"local office")
    }

    // ---- Who works here -----------------------------------------------------------------------------------------

    /// "I am this person": remembered for this computer and connection.
    ///
    /// # Errors
    /// When the settings cannot be saved.
    pub async fn i_am(&self, person: Uuid) -> Result<ConnectionState, AppError> {
        self.set_person(Some(person)).await
    }

    /// "Not me": asks again who works here.
    ///
    /// # Errors
    /// [`ErrorCode::Invalid`] where the login proves who it is.
    pub async fn change_person(&self) -> Result<ConnectionState, AppError> {
        if let ConnectionState::Online { person_is_proven: true, .. } = self.connection_state().await {
            return Err(AppError::new(
                ErrorCode::Invalid,
                "The login on this computer is one person's own. Somebody else connects with theirs.",
            ));
        }
        self.set_person(None).await
    }

    /// "I am new here": adds the person, who is in `admins` when the first.
    ///
    /// # Errors
    /// [`ErrorCode::Invalid`] for an empty or endless name.
    pub async fn i_am_new(&self, name: &str) -> Result<ConnectionState, AppError> {
        let name = name.trim();
        if name.is_empty() || name.chars().count() > 200 || name.contains('\0') {
            return Err(invalid("name", "Enter your name, up to 200 characters."));
        }
        let pool = self.pool().await?;
        let claimed = Actor { user_id: name.to_owned(), computer: crate::settings::computer_name() };
        let mut transaction = act::begin(&pool, &claimed, None).await?;
        let person = people::register(&mut transaction, name).await.map_err(|error| match error.failure() {
            Failure::Constraint => {
                invalid("name", "Somebody of this name is here already. Choose them, or add something to the name.")
            }
            Failure::RightsMissing => AppError::new(
                ErrorCode::RightsMissing,
                "This was somebody who is switched off, or the login is one person's own. An administrator adds people.",
            )
            .with_details(error.technical()),
            _ => error.into(),
        })?;
        commit(transaction).await?;
        self.i_am(person).await
    }

    async fn set_person(&self, person: Option<Uuid>) -> Result<ConnectionState, AppError> {
        let stored = {
            let mut all = self.lock_settings();
            let id = all.active().map(|c| c.id).ok_or_else(not_connected)?;
            let slot = all.connections.iter_mut().find(|c| c.id == id).ok_or_else(not_connected)?;
            slot.person = person;
            let stored = slot.clone();
            self.save(&all)?;
            stored
        };
        self.unlink().await;
        // Whoever leaves takes nothing along: the next person gets a copy of their own.
        self.copy.leave(stored.id).await;
        let password = self.saved_password(&stored).await;
        self.link_to(&stored, password).await;
        Ok(self.settled().await)
    }

    /// Into the keychain. It goes on with the password in memory at once: a keychain that asks the person first, or does
    /// not answer, is waited for in the background. The list of connections says whether it was kept.
    async fn keep_password(&self, connection: Uuid, password: SecretString) {
        let secrets = self.secrets.clone();
        let keeping = tokio::spawn(async move {
            if let Err(error) = secrets.set(connection, password).await {
                tracing::warn!(details = error.details, "the keychain did not keep the password");
            }
        });
        let _ = tokio::time::timeout(Duration::from_secs(3), keeping).await;
    }

    /// The local office's keeper asks for its own.
    async fn saved_password(&self, stored: &StoredConnection) -> Option<SecretString> {
        match stored.kind {
            ConnectionKind::Local => None,
            ConnectionKind::Server => self.secrets.get(stored.id).await.unwrap_or_default(),
        }
    }

    async fn password_for(&self, settings: &ConnectionSettings, typed: Option<String>) -> Option<SecretString> {
        if let Some(typed) = typed {
            return Some(SecretString::from(typed));
        }
        if let Some((place, password)) = &*self.imported.lock().unwrap_or_else(PoisonError::into_inner)
            && place.same_place(settings)
        {
            return Some(password.clone());
        }
        // A saved password goes to the server it was saved for, with the same protection, and nowhere else.
        let same = self.lock_settings().connections.iter().find(|c| c.settings.same_place(settings)).map(|c| c.id);
        match same {
            Some(id) => self.secrets.get(id).await.ok().flatten(),
            // A program that is given its password by the environment has it for every place.
            None => self.secrets.by_environment(),
        }
    }
}
