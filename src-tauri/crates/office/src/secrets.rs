//! Passwords: in the operating system's keychain, and in memory for this session. Nowhere else.

use std::collections::{HashMap, HashSet};
use std::sync::atomic::{AtomicBool, Ordering};
use std::sync::{Mutex, MutexGuard, PoisonError};
use std::time::Duration;

use secrecy::{ExposeSecret, SecretString};
use uuid::Uuid;

use crate::error::{AppError, ErrorCode};

const SERVICE: &str = "Neff Office";
/// A keychain may ask the person for its own password, and a locked one with a display waits for ever.
const PATIENCE: Duration = Duration::from_mins(1);

/// Where passwords are kept.
#[derive(Debug)]
pub struct Secrets {
    keychain: bool,
    given: Option<SecretString>,
    /// Of this session: asked once, also when the keychain refuses. `None`: the keychain has none.
    session: Mutex<HashMap<Uuid, Option<SecretString>>>,
    /// In the keychain for certain: read from it or written to it.
    kept: Mutex<HashSet<Uuid>>,
    turn: tokio::sync::Mutex<()>,
    /// It refused or did not answer: not asked again in this session, so that nobody waits or is asked twice.
    refused: AtomicBool,
}

impl Secrets {
    /// The operating system's keychain.
    #[must_use]
    pub fn keychain() -> Self {
        Self {
            keychain: true,
            given: None,
            session: Mutex::default(),
            kept: Mutex::default(),
            turn: tokio::sync::Mutex::default(),
            refused: AtomicBool::new(false),
        }
    }
    /// This session only, and no keychain: for a program that is given its password by the environment.
    #[must_use]
    pub fn given(password: SecretString) -> Self {
        Self { keychain: false, given: Some(password), ..Self::keychain() }
    }

    /// A keychain that refused once.
    #[cfg(test)]
    pub(crate) fn refusing() -> Self {
        Self { refused: AtomicBool::new(true), ..Self::keychain() }
    }

    /// The password of a connection, if there is one.
    ///
    /// # Errors
    /// [`ErrorCode::Keychain`] when the keychain refuses or does not answer; the connection can still be used by
    /// typing the password.
    pub async fn get(&self, connection: Uuid) -> Result<Option<SecretString>, AppError> {
        if let Some(known) = self.lock().get(&connection) {
            return Ok(known.clone());
        }
        if !self.keychain {
            return Ok(self.given.clone());
        }
        let found = self
            .ask(move || match entry(connection)?.get_password() {
                Ok(password) => Ok(Some(SecretString::from(password))),
                Err(keyring::Error::NoEntry) => Ok(None),
                Err(error) => Err(error),
            })
            .await?;
        if found.is_some() {
            self.kept().insert(connection);
        }
        self.lock().insert(connection, found.clone());
        Ok(found)
    }

    /// Keeps a password. In memory it is kept in any case.
    ///
    /// # Errors
    /// [`ErrorCode::Keychain`] when it could not be stored for the next start.
    pub async fn set(&self, connection: Uuid, password: SecretString) -> Result<(), AppError> {
        self.lock().insert(connection, Some(password.clone()));
        if !self.keychain {
            return Ok(());
        }
        self.ask(move || entry(connection)?.set_password(password.expose_secret())).await?;
        self.kept().insert(connection);
        Ok(())
    }

    /// The one password of a program that is given its password by the environment.
    pub fn by_environment(&self) -> Option<SecretString> {
        self.given.clone()
    }

    /// False when the password of a connection is in memory only: the next start will ask for it. One that was not
    /// needed yet in this session is taken to be in the keychain, which is not asked for it before.
    pub fn is_kept(&self, connection: Uuid) -> bool {
        self.kept().contains(&connection) || !self.lock().contains_key(&connection)
    }

    /// Keeps a password for this session only.
    pub fn remember(&self, connection: Uuid, password: SecretString) {
        self.lock().insert(connection, Some(password));
    }

    /// Removes a password everywhere.
    ///
    /// # Errors
    /// [`ErrorCode::Keychain`] when the keychain did not let it go.
    pub async fn remove(&self, connection: Uuid) -> Result<(), AppError> {
        self.lock().remove(&connection);
        self.kept().remove(&connection);
        if !self.keychain {
            return Ok(());
        }
        self.ask(move || match entry(connection)?.delete_credential() {
            Ok(()) | Err(keyring::Error::NoEntry) => Ok(()),
            Err(error) => Err(error),
        })
        .await
    }

    /// Keychains block, ask and hang: never on the runtime, never for ever, one question at a time (Windows mixes up
    /// calls for one entry), and none any more once it refused.
    async fn ask<T: Send + 'static>(
        &self,
        work: impl FnOnce() -> keyring::Result<T> + Send + 'static,
    ) -> Result<T, AppError> {
        let refused = |details: &str| {
            AppError::new(ErrorCode::Keychain, "This computer's keychain did not keep or give the password. It is used for this session only; you will be asked for it again next time.")
                .with_details(details)
        };
        let _turn = self.turn.lock().await;
        if self.refused.load(Ordering::SeqCst) {
            return Err(refused("the keychain refused before in this session"));
        }
        let details = match tokio::time::timeout(PATIENCE, tokio::task::spawn_blocking(work)).await {
            Ok(Ok(Ok(value))) => return Ok(value),
            // About this one password, not about the keychain.
            Ok(Ok(Err(error @ (keyring::Error::TooLong(..) | keyring::Error::BadEncoding(_))))) => {
                return Err(refused(&said(&error)));
            }
            Ok(Ok(Err(error))) => said(&error),
            Ok(Err(error)) => error.to_string(),
            Err(_) => "the keychain did not answer".to_owned(),
        };
        self.refused.store(true, Ordering::SeqCst);
        tracing::warn!(details, "the keychain is not used any more in this session");
        Err(refused(&details))
    }

    fn kept(&self) -> MutexGuard<'_, HashSet<Uuid>> {
        self.kept.lock().unwrap_or_else(PoisonError::into_inner)
    }

    fn lock(&self) -> MutexGuard<'_, HashMap<Uuid, Option<SecretString>>> {
        self.session.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

#[cfg(not(windows))]
fn entry(connection: Uuid) -> keyring::Result<keyring::Entry> {
    keyring::Entry::new(SERVICE, &connection.to_string())
}

/// On this computer only: unless told, Windows takes the password along in a profile that roams.
#[cfg(windows)]
fn entry(connection: Uuid) -> keyring::Result<keyring::Entry> {
    if keyring::Entry::store_status().is_err() {
        return Err(keyring::Error::NoDefaultStore);
    }
    let here = HashMap::from([("persistence", "local")]);
    let inner = keyring_core::Entry::new_with_modifiers(SERVICE, &connection.to_string(), &here)?;
    Ok(keyring::Entry { inner })
}

/// What a keychain error says; one of them would print the bytes it could not read, which are a password.
fn said(error: &keyring::Error) -> String {
    match error {
        keyring::Error::BadEncoding(_) => "what is stored is no text".to_owned(),
        other => other.to_string(),
    }
}
