//! A backup that has been read back: what must exist before a database that holds rows is migrated.

use std::io::Write;
use std::path::{Path, PathBuf};
use std::process::Stdio;

use secrecy::{ExposeSecret, SecretString};
use sha2::{Digest, Sha256};
use sqlx::PgConnection;
use tokio::io::AsyncReadExt;
use tokio::process::Command;

use crate::connect::ConnectionSettings;
use crate::error::{DatabaseError, Failure};
use crate::gate::Gate;

/// A finished, fully read backup.
#[derive(Debug, Clone)]
pub struct Dump {
    /// The file, in `pg_dump`'s custom format.
    pub file: PathBuf,
    /// Its size in bytes.
    pub bytes: u64,
    /// SHA-256 of its content, also in the `.sha256` file beside it.
    pub sha256: String,
}

/// Dumps the whole database into `folder`, reads the dump in full, and only then gives it its name.
///
/// # Errors
/// [`Failure::RightsMissing`] when row policies would hide rows from this login; [`Failure::Other`] when
/// PostgreSQL's programs are missing or too old, or the dump cannot be read back; [`Failure::DiskFull`].
pub async fn verified_dump(
    connection: &mut PgConnection,
    settings: &ConnectionSettings,
    password: Option<&SecretString>,
    folder: &Path,
) -> Result<Dump, DatabaseError> {
    let missing = crate::rights::missing_to_back_up(connection, false).await?;
    if !missing.is_empty() {
        let commands: Vec<_> = missing.iter().map(|m| m.command.as_str()).collect();
        return Err(DatabaseError::new(Failure::RightsMissing, commands.join("\n")));
    }
    let (version, stamp): (i32, String) = sqlx::query_as(
        "SELECT current_setting('server_version_num')::int / 10000,
                to_char(clock_timestamp() AT TIME ZONE 'UTC', 'YYYYMMDD_HH24MISS')",
    )
    .fetch_one(&mut *connection)
    .await?;
    files::make_folder(folder).map_err(|e| io(&e))?;
    let programs = find_programs(version).await?;
    let name: String = settings
        .database
        .chars()
        .map(|c| if c.is_ascii_alphanumeric() || c == '_' || c == '-' { c } else { '_' })
        .collect();
    let file = folder.join(format!("{name}_{stamp}.dump"));
    let partial = file.with_extension("dump.partial");
    // `pg_dump` gives a password to whoever asks for it, as the driver does: it gets none, but a word for our own gate.
    let gate = Gate::open(settings, password.unwrap_or(&SecretString::default())).map_err(|e| io(&e))?;
    let passfile = Passfile::write(&settings.login, &gate.word)?;
    let environment = environment(settings, &gate, passfile.path());
    files::make_empty(&partial).and_then(|()| files::close_file(&partial)).map_err(|e| io(&e))?;

    let manifest = file.with_extension("dump.sha256");
    let result = match dump_and_read(&programs, environment, &partial).await {
        Ok(()) => finish(&partial, &manifest, file, folder).await,
        Err(error) => Err(error),
    };
    if result.is_err() {
        // Whatever is left looks like a backup and is none.
        let _ = std::fs::remove_file(&partial);
        let _ = std::fs::remove_file(&manifest);
    }
    result
}

async fn finish(partial: &Path, manifest: &Path, file: PathBuf, folder: &Path) -> Result<Dump, DatabaseError> {
    let (bytes, sha256) = hash(partial).await?;
    let line = format!("{sha256}  {}\n", file.file_name().unwrap_or_default().to_string_lossy());
    write_synced(manifest, line.as_bytes())?;
    // Windows flushes only what is open for writing.
    let written = std::fs::OpenOptions::new().write(true).open(partial);
    written.and_then(|f| f.sync_all()).map_err(|e| io(&e))?;
    std::fs::rename(partial, &file).map_err(|e| io(&e))?;
    // The new name itself has to reach the disk (not needed, and not possible, on Windows).
    #[cfg(unix)]
    std::fs::File::open(folder).and_then(|f| f.sync_all()).map_err(|e| io(&e))?;
    #[cfg(not(unix))]
    let _ = folder;
    Ok(Dump { file, bytes, sha256 })
}

async fn dump_and_read(
    programs: &Programs,
    environment: Vec<(String, std::ffi::OsString)>,
    partial: &Path,
) -> Result<(), DatabaseError> {
    let mut dump = Command::new(&programs.pg_dump);
    dump.args(["--format=custom", "--no-password"]).arg("--file").arg(partial).env_clear().envs(environment);
    run(&mut dump, "pg_dump").await?;
    // `pg_restore --list` accepts truncated and flipped files; only reading everything finds them.
    let mut read = Command::new(&programs.pg_restore);
    read.arg("--file")
        .arg(if cfg!(windows) { "NUL" } else { "/dev/null" })
        .arg(partial)
        .env_clear()
        .envs(plain_environment());
    run(&mut read, "pg_restore").await
}

async fn run(command: &mut Command, name: &str) -> Result<(), DatabaseError> {
    let output = command
        .stdin(Stdio::null())
        .stdout(Stdio::null())
        .stderr(Stdio::piped())
        .kill_on_drop(true)
        .output()
        .await
        .map_err(|e| io(&e))?;
    if output.status.success() {
        return Ok(());
    }
    let text = String::from_utf8_lossy(&output.stderr);
    let failure = if text.contains("No space left") { Failure::DiskFull } else { Failure::Other };
    Err(DatabaseError::new(failure, format!("{name} ended with {}: {}", output.status, text.trim())))
}

/// libpq's own settings, so that nothing secret or odd stands in an argument. Encrypting is the gate's part.
fn environment(settings: &ConnectionSettings, gate: &Gate, passfile: &Path) -> Vec<(String, std::ffi::OsString)> {
    let mut env = plain_environment();
    let mut set = |key: &str, value: &std::ffi::OsStr| env.push((key.to_owned(), value.to_owned()));
    set("PGHOST", "127.0.0.1".as_ref());
    set("PGPORT", gate.port.to_string().as_ref());
    set("PGDATABASE", settings.database.as_ref());
    set("PGUSER", settings.login.as_ref());
    set("PGPASSFILE", passfile.as_os_str());
    set("PGAPPNAME", "neff-backup".as_ref());
    set("PGOPTIONS", crate::session::for_programs().as_ref());
    set("PGSSLMODE", "disable".as_ref());
    set("PGGSSENCMODE", "disable".as_ref());
    env
}

/// What a program needs to start at all, and nothing that could redirect it.
fn plain_environment() -> Vec<(String, std::ffi::OsString)> {
    ["PATH", "HOME", "SystemRoot", "TEMP", "TMP", "TMPDIR", "LD_LIBRARY_PATH"]
        .into_iter()
        .filter_map(|key| std::env::var_os(key).map(|value| (key.to_owned(), value)))
        .chain([("LC_ALL".to_owned(), "C".into())])
        .collect()
}

struct Programs {
    pg_dump: PathBuf,
    pg_restore: PathBuf,
}

/// The usual places, the server's own major first: an older `pg_dump` refuses, a newer one's dump may not load back.
async fn find_programs(server_major: i32) -> Result<Programs, DatabaseError> {
    let exe = std::env::consts::EXE_SUFFIX;
    let mut folders: Vec<PathBuf> = std::env::var_os("NEFF_POSTGRES_BIN").map(PathBuf::from).into_iter().collect();
    for major in server_major..=server_major + 8 {
        folders.push(format!("/usr/lib/postgresql/{major}/bin").into());
        folders.push(format!("/opt/homebrew/opt/postgresql@{major}/bin").into());
        folders.push(format!("/usr/local/opt/postgresql@{major}/bin").into());
        folders.push(format!("/Library/PostgreSQL/{major}/bin").into());
        folders.push(format!("C:\\Program Files\\PostgreSQL\\{major}\\bin").into());
    }
    if let Some(path) = std::env::var_os("PATH") {
        folders.extend(std::env::split_paths(&path));
    }
    let mut newest_seen = None;
    for folder in folders {
        let (pg_dump, pg_restore) = (folder.join(format!("pg_dump{exe}")), folder.join(format!("pg_restore{exe}")));
        if !pg_dump.is_file() || !pg_restore.is_file() {
            continue;
        }
        let Ok(output) = Command::new(&pg_dump)
            .arg("--version")
            .env_clear()
            .envs(plain_environment())
            .stdin(Stdio::null())
            .output()
            .await
        else {
            continue;
        };
        let major = major_of(&String::from_utf8_lossy(&output.stdout));
        newest_seen = newest_seen.max(major);
        if major.is_some_and(|m| m >= server_major) {
            return Ok(Programs { pg_dump, pg_restore });
        }
    }
    let found = newest_seen.map_or("none was found".to_owned(), |m| format!("the newest here is {m}"));
    Err(DatabaseError::new(
        Failure::Other,
        format!(
            "PostgreSQL's own backup program, version {server_major} or newer, is needed on this computer; {found}"
        ),
    ))
}

/// `pg_dump (PostgreSQL) 15.18 (Debian …)` → 15.
fn major_of(version: &str) -> Option<i32> {
    version.split_whitespace().nth(2)?.split(['.', 'b', 'r', 'd']).next()?.parse().ok()
}

async fn hash(file: &Path) -> Result<(u64, String), DatabaseError> {
    let mut reader = tokio::fs::File::open(file).await.map_err(|e| io(&e))?;
    let (mut hasher, mut bytes, mut buffer) = (Sha256::new(), 0, vec![0; 1 << 20]);
    loop {
        let n = reader.read(&mut buffer).await.map_err(|e| io(&e))?;
        if n == 0 {
            break;
        }
        bytes += n as u64;
        hasher.update(&buffer[..n]);
    }
    let hex = hasher.finalize().iter().fold(String::new(), |text, byte| text + &format!("{byte:02x}"));
    Ok((bytes, hex))
}

fn write_synced(file: &Path, content: &[u8]) -> Result<(), DatabaseError> {
    files::make_empty(file).and_then(|()| files::close_file(file)).map_err(|e| io(&e))?;
    let mut handle = files::private().open(file).map_err(|e| io(&e))?;
    handle.write_all(content).and_then(|()| handle.sync_all()).map_err(|e| io(&e))
}

fn io(error: &std::io::Error) -> DatabaseError {
    let failure = if error.kind() == std::io::ErrorKind::StorageFull { Failure::DiskFull } else { Failure::Other };
    DatabaseError::new(failure, error.to_string())
}

/// The name of every password file, so that one left by a program that was killed is found.
const PASSFILE: &str = "neff-pass-";

/// libpq's password file, readable by this person only and gone when dropped: never an argument or a variable. What is in it
/// opens our own gate for as long as the backup takes.
struct Passfile {
    path: PathBuf,
    /// Its lock says that it is in use. Shared: on Windows nobody could read it otherwise.
    file: Option<std::fs::File>,
}

impl Passfile {
    fn write(login: &str, word: &SecretString) -> Result<Self, DatabaseError> {
        let path = std::env::temp_dir().join(format!("{PASSFILE}{}", uuid::Uuid::new_v4()));
        let escape = |s: &str| s.replace('\\', "\\\\").replace(':', "\\:");
        let mut file = files::private().create_new(true).open(&path).map_err(|e| io(&e))?;
        let line = format!("127.0.0.1:*:*:{}:{}\n", escape(login), word.expose_secret());
        // Written before it is locked: on Windows nobody writes what is locked, not even by the same handle.
        let written =
            files::close_file(&path).and_then(|()| file.write_all(line.as_bytes())).and_then(|()| file.lock_shared());
        let passfile = Self { path, file: Some(file) };
        written.map_err(|e| io(&e))?;
        Ok(passfile)
    }
    fn path(&self) -> &Path {
        &self.path
    }
}

/// Removes the password files of backups whose program was killed. Those of one that runs stay.
pub fn clear_leftovers() {
    clear_in(&std::env::temp_dir());
}

fn clear_in(folder: &Path) {
    for entry in std::fs::read_dir(folder).into_iter().flatten().flatten() {
        let ours = entry.file_name().to_str().is_some_and(|name| name.starts_with(PASSFILE));
        if !ours || !entry.file_type().is_ok_and(|kind| kind.is_file()) {
            continue;
        }
        let path = entry.path();
        // Another person's cannot be opened.
        let Ok(file) = std::fs::OpenOptions::new().read(true).write(true).open(&path) else { continue };
        if file.try_lock().is_ok() {
            drop(file);
            match std::fs::remove_file(&path) {
                Ok(()) => tracing::info!("removed the password file of a backup that was broken off"),
                Err(error) => tracing::warn!(%error, "a password file could not be removed"),
            }
        }
    }
}

impl Drop for Passfile {
    fn drop(&mut self) {
        // Windows removes nothing that is open.
        self.file = None;
        let _ = std::fs::remove_file(&self.path);
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn versions_of_pg_dump() {
        assert_eq!(major_of("pg_dump (PostgreSQL) 15.18 (Debian 15.18-0+deb12u1)"), Some(15));
        assert_eq!(major_of("pg_dump (PostgreSQL) 18beta1"), Some(18));
        assert_eq!(major_of(""), None);
    }

    #[test]
    fn the_password_file_is_private_and_short_lived() {
        let passfile = Passfile::write("a:b\\c", &SecretString::from("0123")).unwrap();
        let path = passfile.path().to_owned();
        assert_eq!(std::fs::read_to_string(&path).unwrap(), "127.0.0.1:*:*:a\\:b\\\\c:0123\n");
        #[cfg(unix)]
        {
            use std::os::unix::fs::PermissionsExt;
            assert_eq!(std::fs::metadata(&path).unwrap().permissions().mode() & 0o777, 0o600);
        }
        drop(passfile);
        assert!(!path.exists());
    }

    #[test]
    fn what_a_killed_backup_left_is_cleared_and_what_is_in_use_is_not() {
        let passfile = Passfile::write("office", &SecretString::from("0123")).unwrap();
        let folder = passfile.path().parent().unwrap().to_owned();
        let left = folder.join(format!("{PASSFILE}{}", uuid::Uuid::new_v4()));
        std::fs::write(&left, "127.0.0.1:*:*:office:4567\n").unwrap();
        clear_in(&folder);
        assert!(!left.exists());
        assert!(passfile.path().exists());
    }
}
