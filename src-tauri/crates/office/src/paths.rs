//! Where this program keeps its files on each system.

use std::path::PathBuf;

/// The folders of one person on one computer.
#[derive(Debug, Clone)]
pub struct Paths {
    /// Settings: `settings.json`.
    pub config: PathBuf,
    /// What can be made again or is only of use here: popup journal, locks, backups before a migration.
    pub data: PathBuf,
}

impl Paths {
    /// The system's places, or `NEFF_CONFIG_DIR` and `NEFF_DATA_DIR`.
    ///
    /// # Errors
    /// When the person has no home folder.
    pub fn find() -> std::io::Result<Self> {
        let missing = || std::io::Error::new(std::io::ErrorKind::NotFound, "no home folder");
        let given = |name: &str| std::env::var_os(name).filter(|v| !v.is_empty()).map(PathBuf::from);
        Ok(Self {
            config: given("NEFF_CONFIG_DIR")
                .or_else(|| Some(dirs::config_dir()?.join("Neff Office")))
                .ok_or_else(missing)?,
            data: given("NEFF_DATA_DIR")
                .or_else(|| Some(dirs::data_local_dir()?.join("Neff Office")))
                .ok_or_else(missing)?,
        })
    }
    /// Makes the folders, for this person only.
    ///
    /// # Errors
    /// When they cannot be made.
    pub fn make(&self) -> std::io::Result<()> {
        files::make_folder(&self.config)?;
        if self.data.is_dir() {
            return Ok(());
        }
        files::own_home(&self.data)
    }
    /// Closes what an earlier version, or an archive it came back from, left open to everybody on this computer.
    pub fn close_to_others(&self) {
        let mut outcome = files::own_folder(&self.config).and(files::own_home(&self.data));
        let inside = ["logs", "backups", "papers", "offline", "exports"].map(|name| self.data.join(name));
        for folder in &inside {
            if folder.is_dir() {
                outcome = outcome.and(files::own_folder(folder));
            }
        }
        // On Windows they go by their folder.
        if cfg!(unix) {
            for folder in inside.iter().chain([&self.config, &self.data]) {
                for entry in std::fs::read_dir(folder).into_iter().flatten().flatten() {
                    if entry.file_type().is_ok_and(|kind| kind.is_file()) {
                        outcome = outcome.and(files::close_file(&entry.path()));
                    }
                }
            }
        }
        if let Err(error) = outcome {
            tracing::warn!(%error, "not everything could be closed to others on this computer");
        }
    }
    /// The log files, one a day.
    #[must_use]
    pub fn logs(&self) -> PathBuf {
        self.data.join("logs")
    }
    /// Backups made before a migration.
    #[must_use]
    pub fn backups(&self) -> PathBuf {
        self.data.join("backups")
    }
}
