//! Passwords: in the operating system's keychain, and in memory for this session. Nowhere else.

use std::collections::HashMap;
use std::sync::Mutex;
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
}

impl Secrets {
    /// The operating system's keychain.
    #[must_use]
    pub fn keychain() -> Self {
        Self { keychain: true, given: None, session: Mutex::default() }
    }
    /// This session only, and no keychain: for a program that is given its password by the environment.
    #[must_use]
    pub fn given(password: SecretString) -> Self {
        Self { keychain: false, given: Some(password), session: Mutex::default() }
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
        let found = blocking(move || match entry(connection)?.get_password() {
            Ok(password) => Ok(Some(SecretString::from(password))),
            Err(keyring::Error::NoEntry) => Ok(None),
            Err(error) => Err(error),
        })
        .await?;
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
        blocking(move || entry(connection)?.set_password(password.expose_secret())).await
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
        if !self.keychain {
            return Ok(());
        }
        blocking(move || match entry(connection)?.delete_credential() {
            Ok(()) | Err(keyring::Error::NoEntry) => Ok(()),
            Err(error) => Err(error),
        })
        .await
    }

    fn lock(&self) -> std::sync::MutexGuard<'_, HashMap<Uuid, Option<SecretString>>> {
        self.session.lock().unwrap_or_else(std::sync::PoisonError::into_inner)
    }
}

fn entry(connection: Uuid) -> keyring::Result<keyring::Entry> {
    keyring::Entry::new(SERVICE, &connection.to_string())
}

/// Keychains block, ask and hang: never on the runtime, and never for ever.
async fn blocking<T: Send + 'static>(
    work: impl FnOnce() -> keyring::Result<T> + Send + 'static,
) -> Result<T, AppError> {
    let refused = |details: String| {
        AppError::new(ErrorCode::Keychain, "This computer's keychain did not keep or give the password. It is used for this session only; you will be asked for it again next time.")
            .with_details(details)
    };
    match tokio::time::timeout(PATIENCE, tokio::task::spawn_blocking(work)).await {
        Ok(Ok(Ok(value))) => Ok(value),
        Ok(Ok(Err(error))) => Err(refused(error.to_string())),
        Ok(Err(error)) => Err(refused(error.to_string())),
        Err(_) => Err(refused("the keychain did not answer".into())),
    }
}
