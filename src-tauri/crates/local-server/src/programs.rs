//! PostgreSQL's own programs: where they are, and how new.

use std::env::consts::EXE_SUFFIX;
use std::path::{Path, PathBuf};
use std::time::Duration;

use crate::error::LocalServerError;
use crate::platform::{self, Account};
use crate::run::{self, blocking};

/// The oldest major version the office's database works on.
const OLDEST: u32 = 13;
const PATIENCE: Duration = Duration::from_secs(20);
const NEEDED: [&str; 3] = ["initdb", "postgres", "pg_ctl"];

/// PostgreSQL's programs in one folder.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Programs {
    /// The folder that holds them.
    pub bin: PathBuf,
    /// As they say themselves, such as "15.18".
    pub version: String,
    /// The first part of the version.
    pub major: u32,
}

impl Programs {
    /// Finds `initdb`, `postgres` and `pg_ctl` of PostgreSQL 13 or newer.
    ///
    /// A folder the person has set is the only one looked at. Otherwise those bundled with the program are taken, and
    /// without them the newest of PATH and the usual places of this system. Both may name the folder of the programs
    /// or the one above it.
    ///
    /// # Errors
    /// [`LocalServerError::NotFound`] with all places looked at; [`LocalServerError::TooOld`] when only older ones are
    /// there.
    pub async fn find(setting: Option<&Path>, bundled: Option<&Path>) -> Result<Self, LocalServerError> {
        find(None, setting, bundled).await
    }

    /// Finds those of one major version: what an existing cluster needs ([`LocalServer::major`](crate::LocalServer::major)).
    ///
    /// Looks at the same places in the same order, and in all of them: those the person has set or those bundled may
    /// be of another version.
    ///
    /// # Errors
    /// As [`Programs::find`].
    pub async fn find_major(
        major: u32,
        setting: Option<&Path>,
        bundled: Option<&Path>,
    ) -> Result<Self, LocalServerError> {
        find(Some(major), setting, bundled).await
    }

    pub(crate) fn path(&self, name: &str) -> PathBuf {
        program(&self.bin, name)
    }
}

async fn find(
    major: Option<u32>,
    setting: Option<&Path>,
    bundled: Option<&Path>,
) -> Result<Programs, LocalServerError> {
    let (mut looked_at, mut too_old) = (Vec::new(), None);
    let fits = |programs: &Programs| programs.major >= OLDEST && major.is_none_or(|major| programs.major == major);
    for folder in [setting, bundled].into_iter().flatten() {
        for bin in [folder.join("bin"), folder.to_owned()] {
            match examine(&bin).await {
                Some(programs) if fits(&programs) => return Ok(programs),
                Some(programs) if programs.major < OLDEST => too_old = Some(programs),
                _ => {}
            }
            looked_at.push(bin);
        }
        if setting.is_some() && major.is_none() {
            return Err(none(looked_at, too_old));
        }
    }
    let mut found = Vec::new();
    for bin in blocking(|| Ok(usual_places())).await? {
        found.extend(examine(&bin).await);
        looked_at.push(bin);
    }
    let (fitting, others): (Vec<_>, Vec<_>) = found.into_iter().partition(fits);
    // The first of equals: PATH stands before the usual places.
    match fitting.into_iter().rev().max_by_key(|programs| parts(&programs.version)) {
        Some(programs) => Ok(programs),
        None => Err(none(looked_at, too_old.or(others.into_iter().find(|programs| programs.major < OLDEST)))),
    }
}

fn none(looked_at: Vec<PathBuf>, too_old: Option<Programs>) -> LocalServerError {
    match too_old {
        Some(Programs { version, bin, .. }) => LocalServerError::TooOld { version, bin },
        None => LocalServerError::NotFound { looked_at },
    }
}

/// The programs in a folder, if all are there and run.
async fn examine(bin: &Path) -> Option<Programs> {
    let folder = bin.to_owned();
    let complete = move || {
        let all = NEEDED.iter().all(|name| program(&folder, name).is_file());
        // Root's own folders are closed to the user the server runs as.
        let closed =
            all && platform::is_root() && Account::unprivileged().and_then(|user| user.barrier(&folder)).is_some();
        Ok(all && !closed)
    };
    if !blocking(complete).await.ok()? {
        return None;
    }
    let mut command = run::plain_command(&program(bin, "postgres"));
    command.arg("--version");
    let finished = run::finish(command, None, PATIENCE).await;
    let finished = finished.inspect_err(|error| tracing::warn!(bin = %bin.display(), %error, "postgres does not run"));
    let version = version(&finished.ok()?.text)?;
    let major = parts(&version).0;
    Some(Programs { bin: bin.to_owned(), version, major })
}

fn program(bin: &Path, name: &str) -> PathBuf {
    bin.join(format!("{name}{EXE_SUFFIX}"))
}

/// "postgres (PostgreSQL) 15.18 (Debian 15.18-0+deb12u1)": the third word.
fn version(said: &str) -> Option<String> {
    let version =
        said.lines().find_map(|line| line.strip_prefix("postgres (PostgreSQL) "))?.split_whitespace().next()?;
    (parts(version).0 > 0).then(|| version.to_owned())
}

/// "18.6" and "19beta1" as numbers to compare.
fn parts(version: &str) -> (u32, u32) {
    let number = |text: &str| -> u32 {
        let digits = text.find(|char: char| !char.is_ascii_digit()).unwrap_or(text.len());
        text.get(..digits).and_then(|digits| digits.parse().ok()).unwrap_or_default()
    };
    let (major, minor) = version.split_once('.').unwrap_or((version, ""));
    (number(major), number(minor))
}

fn usual_places() -> Vec<PathBuf> {
    let path = std::env::var_os("PATH").unwrap_or_default();
    let mut places: Vec<PathBuf> = std::env::split_paths(&path).filter(|folder| folder.is_absolute()).collect();
    for (parent, prefix, rest) in installers() {
        let mut versions: Vec<PathBuf> = std::fs::read_dir(&parent)
            .into_iter()
            .flatten()
            .flatten()
            .filter(|entry| entry.file_name().to_string_lossy().starts_with(prefix))
            .map(|entry| entry.path().join(rest))
            .collect();
        versions.sort();
        if versions.is_empty() {
            // Named all the same in what is said when nothing is found.
            versions.push(parent.join(format!("{prefix}*")).join(rest));
        }
        places.append(&mut versions);
    }
    let mut once = std::collections::HashSet::new();
    places.retain(|place| once.insert(place.clone()));
    places
}

/// Where installers put a folder for each version: the folder above, how each is named, and the way to its programs.
fn installers() -> Vec<(PathBuf, &'static str, &'static str)> {
    if cfg!(windows) {
        ["ProgramFiles", "ProgramW6432", "ProgramFiles(x86)"]
            .into_iter()
            .filter_map(std::env::var_os)
            .map(|folder| (PathBuf::from(folder).join("PostgreSQL"), "", "bin"))
            .chain(
                std::env::var_os("USERPROFILE")
                    .map(|home| (PathBuf::from(home).join("scoop/apps/postgresql"), "current", "bin")),
            )
            .collect()
    } else if cfg!(target_os = "macos") {
        [
            ("/opt/homebrew/opt", "postgresql", "bin"),
            ("/usr/local/opt", "postgresql", "bin"),
            ("/Library/PostgreSQL", "", "bin"),
            ("/Applications/Postgres.app/Contents/Versions", "", "bin"),
            ("/opt/local/lib", "postgresql", "bin"),
        ]
        .map(|(parent, prefix, rest)| (PathBuf::from(parent), prefix, rest))
        .into()
    } else {
        [
            ("/usr/lib/postgresql", "", "bin"),
            ("/usr", "pgsql-", "bin"),
            ("/usr/libexec", "postgresql", ""),
            ("/usr/local", "pgsql", "bin"),
            ("/opt", "postgresql", "bin"),
            ("/home/linuxbrew/.linuxbrew/opt", "postgresql", "bin"),
        ]
        .map(|(parent, prefix, rest)| (PathBuf::from(parent), prefix, rest))
        .into()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn reads_versions() {
        assert_eq!(version("postgres (PostgreSQL) 15.18 (Debian 15.18-0+deb12u1)\n").as_deref(), Some("15.18"));
        assert_eq!(version("postgres (PostgreSQL) 19beta1\n").as_deref(), Some("19beta1"));
        assert_eq!(version("something else"), None);
        assert!(parts("18.6") > parts("18.5") && parts("18.10") > parts("18.9") && parts("19beta1") > parts("18.6"));
    }
}
