//! Where the password comes from: the environment, the keychain, the person. Never an argument.

use std::io::IsTerminal;

use database::{ConnectionSettings, Failure};
use office::settings::Settings;
use office::{Paths, Secrets};
use secrecy::SecretString;
use uuid::Uuid;

use crate::Failed;

/// `NEFF_DATABASE_PASSWORD`; else what the window saved for the very same place; else none if the server asks for
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
    Secrets::keychain().get(saved_for(&stored, settings)?).await.ok().flatten()
}

/// The saved connection to the very same place, equally protected: its password goes there, and nowhere else.
fn saved_for(stored: &Settings, settings: &ConnectionSettings) -> Option<Uuid> {
    stored.connections.iter().find(|c| c.settings.same_place(settings)).map(|c| c.id)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_saved_password_goes_to_the_very_place_it_was_saved_for() {
        let folder = std::env::temp_dir().join(format!("neff-cli-{}", Uuid::new_v4()));
        let mut stored = Settings::load(&folder).unwrap();
        let of = |url: &str| ConnectionSettings::from_url(url).unwrap().0;
        let saved = "postgres://office@db.example.com:5432/neff?sslmode=verify-full&sslrootcert=/etc/ca.pem";
        let mut kept = office::settings::StoredConnection::passing(of(saved), None);
        kept.id = Uuid::from_u128(7);
        // How many connections and how much patience is no other place.
        kept.settings.tuning.max_connections = 9;
        stored.keep_and_use(kept);
        assert_eq!(saved_for(&stored, &of(saved)), Some(Uuid::from_u128(7)));
        for (from, to) in [
            ("verify-full", "verify-ca"),
            ("verify-full", "require"),
            ("/etc/ca.pem", "/tmp/ca.pem"),
            ("&sslrootcert=/etc/ca.pem", ""),
            (":5432", ":5433"),
            ("db.example.com", "db.example.org"),
            ("/neff?", "/other?"),
            ("office@", "dana@"),
        ] {
            let other = saved.replace(from, to);
            assert_ne!(other, saved);
            assert_eq!(saved_for(&stored, &of(&other)), None, "{other}");
        }
        std::fs::remove_dir_all(folder).unwrap();
    }
}
