//! What this computer remembers: its identity, the connections, who is working on it. Never a password.

use std::path::{Path, PathBuf};

use database::ConnectionSettings;
use serde::{Deserialize, Serialize};
use uuid::Uuid;

use crate::view::ComputerSettings;

/// Whose server it is.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default, Serialize, Deserialize, specta::Type)]
#[serde(rename_all = "snake_case")]
pub enum ConnectionKind {
    /// This program's own, on this computer.
    Local,
    /// Somebody else keeps it.
    #[default]
    Server,
}

/// A named connection. Its password is in the keychain under its id.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct StoredConnection {
    /// Names the keychain entry.
    pub id: Uuid,
    /// Shown to people.
    pub name: String,
    /// Whose server it is. The local office's port is found anew at each start.
    #[serde(default)]
    pub kind: ConnectionKind,
    /// Where and how.
    #[serde(flatten)]
    pub settings: ConnectionSettings,
    /// Who said they work here through this connection (`app_users.id`), where the login does not prove it.
    #[serde(default)]
    pub person: Option<Uuid>,
}

impl StoredConnection {
    /// A server that is used without being remembered.
    #[must_use]
    pub fn passing(settings: ConnectionSettings, person: Option<Uuid>) -> Self {
        Self { id: Uuid::nil(), name: settings.to_string(), kind: ConnectionKind::Server, settings, person }
    }
}

/// The settings file.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Settings {
    /// This computer, as `office_computers.id`: popups are shown once on each.
    pub computer: Uuid,
    /// The connections.
    #[serde(default)]
    pub connections: Vec<StoredConnection>,
    /// The one in use; the first where it is not said.
    #[serde(default)]
    pub active: Option<Uuid>,
    /// What this computer does by itself.
    #[serde(default, deserialize_with = "database::connect::with_defaults")]
    pub behaviour: ComputerSettings,
    /// Where PostgreSQL's programs are, for the local office; found by themselves where it is not said.
    #[serde(default)]
    pub postgres_programs: Option<PathBuf>,
}

impl Settings {
    /// Reads the file, or starts a new one. A file that cannot be understood is put aside, not overwritten.
    ///
    /// # Errors
    /// When the folder cannot be read or written.
    pub fn load(folder: &Path) -> std::io::Result<Self> {
        let file = Self::file(folder);
        match std::fs::read(&file) {
            Ok(content) => match serde_json::from_slice(&content) {
                Ok(settings) => return Ok(settings),
                Err(error) => {
                    tracing::error!(%error, "settings.json cannot be understood; starting anew and keeping it as settings.damaged.json");
                    std::fs::rename(&file, file.with_file_name("settings.damaged.json"))?;
                }
            },
            Err(error) if error.kind() == std::io::ErrorKind::NotFound => {}
            Err(error) => return Err(error),
        }
        let settings = Self {
            computer: Uuid::new_v4(),
            connections: Vec::new(),
            active: None,
            behaviour: ComputerSettings::default(),
            postgres_programs: None,
        };
        settings.save(folder)?;
        Ok(settings)
    }

    /// Writes the file whole or not at all.
    ///
    /// # Errors
    /// When the folder cannot be written (a full disk leaves the old file as it was).
    pub fn save(&self, folder: &Path) -> std::io::Result<()> {
        files::make_folder(folder)?;
        files::write_whole(&Self::file(folder), &serde_json::to_vec_pretty(self)?)
    }

    /// The connection in use.
    #[must_use]
    pub fn active(&self) -> Option<&StoredConnection> {
        self.active.and_then(|id| self.connection(id)).or_else(|| self.connections.first())
    }
    /// One of the connections.
    #[must_use]
    pub fn connection(&self, id: Uuid) -> Option<&StoredConnection> {
        self.connections.iter().find(|c| c.id == id)
    }
    /// Keeps a connection and uses it from now on.
    pub fn keep_and_use(&mut self, stored: StoredConnection) {
        self.active = Some(stored.id);
        match self.connections.iter_mut().find(|c| c.id == stored.id) {
            Some(slot) => *slot = stored,
            None => self.connections.push(stored),
        }
    }

    fn file(folder: &Path) -> PathBuf {
        folder.join("settings.json")
    }
}

/// The name people know this computer by.
#[must_use]
pub fn computer_name() -> String {
    let name = whoami::hostname().unwrap_or_default();
    if name.trim().is_empty() { "this computer".to_owned() } else { name.chars().take(100).collect() }
}

/// The name of the person logged in to this computer, as a suggestion for who they are.
#[must_use]
pub fn person_suggestion() -> String {
    let real = whoami::realname().unwrap_or_default();
    if real.trim().is_empty() { whoami::username().unwrap_or_default() } else { real }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_damaged_file_is_kept_and_the_computer_stays_itself() {
        let folder = std::env::temp_dir().join(format!("neff-settings-{}", Uuid::new_v4()));
        let first = Settings::load(&folder).unwrap();
        assert_eq!(Settings::load(&folder).unwrap(), first, "the identity is made once");
        std::fs::write(folder.join("settings.json"), b"{\"computer\": ").unwrap();
        let second = Settings::load(&folder).unwrap();
        assert_ne!(second.computer, first.computer);
        assert_eq!(std::fs::read(folder.join("settings.damaged.json")).unwrap(), b"{\"computer\": ");
        std::fs::remove_dir_all(folder).unwrap();
    }
}
