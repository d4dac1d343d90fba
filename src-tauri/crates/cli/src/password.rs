//! Where the password comes from: the environment, the keychain, the person. Never an argument.

use std::io::IsTerminal;

use database::{ConnectionSettings, Failure};
use office::settings::Settings;
use office::{Paths, Secrets};
use secrecy::SecretString;

use crate::Failed;

/// `NEFF_DATABASE_PASSWORD`; else what the window saved for the same connection; else none if the server asks for
/// none; else a prompt.
pub(crate) async fn find(settings: &ConnectionSettings) -> Result<Option<SecretString>, Failed> {
    if let Ok(password) = std::env::var("NEFF_DATABASE_PASSWORD") {
        return Ok(Some(SecretString::from(password)));
    }
    if let Some(password) = from_keychain(settings).await {
        return Ok(Some(password));
    }
    // A server on this computer may let its own people in without one.
    match settings.open(None, "neff", std::time::Duration::from_secs(8)).await {
        Ok(connection) => {
            database::close(connection).await;
            Ok(None)
        }
        Err(error) if error.failure() == Failure::WrongPassword => {
            if !std::io::stdin().is_terminal() {
                return Err(
                    "A password is needed: set NEFF_DATABASE_PASSWORD, or save the connection in Neff Office.".into()
                );
            }
            let prompt = format!("Password of {} at {}: ", settings.login, settings.host);
            let typed = tokio::task::spawn_blocking(move || rpassword::prompt_password(prompt)).await;
            match typed {
                Ok(Ok(password)) => Ok(Some(SecretString::from(password))),
                _ => Err("No password was typed.".into()),
            }
        }
        // The command itself will find the same and say so in its own words.
        Err(_) => Ok(None),
    }
}

async fn from_keychain(settings: &ConnectionSettings) -> Option<SecretString> {
    let paths = Paths::find().ok()?;
    if !paths.config.join("settings.json").is_file() {
        return None;
    }
    let stored = Settings::load(&paths.config).ok()?;
    let same = stored.connections.iter().find(|c| {
        let s = &c.settings;
        (&s.host, s.port, &s.database, &s.login) == (&settings.host, settings.port, &settings.database, &settings.login)
    })?;
    Secrets::keychain().get(same.id).await.ok().flatten()
}
