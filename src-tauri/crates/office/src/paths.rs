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
