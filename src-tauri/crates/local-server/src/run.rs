//! Running PostgreSQL's programs: as the right user, apart from our terminal, and never for ever.

use std::ffi::OsStr;
use std::fs::OpenOptions;
use std::path::Path;
use std::process::Stdio;
use std::time::Duration;

use tokio::io::AsyncWriteExt;
use tokio::process::Command;

use crate::error::LocalServerError;
use crate::place::Place;
use crate::platform;

/// A disk that is slower than this hangs: a network folder, or a broken one.
const DISK_PATIENCE: Duration = Duration::from_mins(2);

/// What a program that came to its end left.
pub(crate) struct Finished {
    pub(crate) success: bool,
    /// What it printed, on both of its outputs.
    pub(crate) text: String,
}

/// A program that works in the home of the cluster.
///
/// All paths it is given are relative to that: `pg_ctl` puts them into a shell's command line between double quotes,
/// where a folder's name could do anything, and on Windows they would have to survive the code page.
pub(crate) fn server_command(program: &Path, place: &Place) -> Command {
    let mut command = plain_command(program);
    command.current_dir(&place.home);
    if let Some(account) = place.account {
        account.put_on(&mut command);
    }
    command
}

/// A program with PostgreSQL's messages in English, and without the settings of other PostgreSQL programs.
pub(crate) fn plain_command(program: &Path) -> Command {
    let mut command = Command::new(program);
    command.env("LC_ALL", "C").env("LC_MESSAGES", "C").stdin(Stdio::null());
    for (name, _) in std::env::vars_os().filter(|(name, _)| is_postgres_setting(name)) {
        command.env_remove(name);
    }
    platform::set_apart(&mut command);
    command
}

/// Runs a program to its end, writes `input` to it, and gives what it printed. Stopped when the time is over.
pub(crate) async fn finish(
    mut command: Command,
    input: Option<&[u8]>,
    limit: Duration,
) -> Result<Finished, LocalServerError> {
    command.stdout(Stdio::piped()).stderr(Stdio::piped()).kill_on_drop(true);
    if input.is_some() {
        command.stdin(Stdio::piped());
    }
    let program = command.as_std().get_program().to_owned();
    let mut child = command.spawn().map_err(|error| not_started(&program, error))?;
    let stdin = child.stdin.take();
    let work = async {
        let write = async {
            if let (Some(mut stdin), Some(input)) = (stdin, input) {
                // One that ended before it read everything says why in what it printed.
                let _ = stdin.write_all(input).await;
            }
        };
        tokio::join!(write, child.wait_with_output()).1
    };
    match tokio::time::timeout(limit, work).await {
        Ok(Ok(output)) => {
            let mut text = String::from_utf8_lossy(&output.stdout).into_owned();
            text.push_str(&String::from_utf8_lossy(&output.stderr));
            Ok(Finished { success: output.status.success(), text })
        }
        Ok(Err(error)) => Err(not_started(&program, error)),
        Err(_) => Err(timed_out(&program)),
    }
}

/// Runs `pg_ctl` to its end, with what it prints in `control.log`.
///
/// Not through a pipe: on Windows the server would inherit it and keep it open for as long as it runs.
pub(crate) async fn control(
    mut command: Command,
    place: &Place,
    limit: Duration,
) -> Result<Finished, LocalServerError> {
    let path = place.file("control.log");
    let file = {
        let (place, path) = (place.clone(), path.clone());
        blocking(move || {
            let open = || {
                let file = place.open(&path, OpenOptions::new().create(true).truncate(true).write(true))?;
                Ok((file.try_clone()?, file))
            };
            open().map_err(|error| LocalServerError::io("write a log file", &path, error))
        })
        .await?
    };
    command.stdout(Stdio::from(file.0)).stderr(Stdio::from(file.1));
    let program = command.as_std().get_program().to_owned();
    let mut child = command.spawn().map_err(|error| not_started(&program, error))?;
    let status = tokio::time::timeout(limit, child.wait()).await;
    // It holds our ends of the log.
    drop(command);
    match status {
        Ok(Ok(status)) => {
            let text = tokio::fs::read(&path).await.unwrap_or_default();
            Ok(Finished { success: status.success(), text: String::from_utf8_lossy(&text).into_owned() })
        }
        Ok(Err(error)) => Err(not_started(&program, error)),
        Err(_) => {
            // pg_ctl alone; what it started goes on, and is found by whoever starts next.
            let _ = child.kill().await;
            Err(timed_out(&program))
        }
    }
}

/// Work with files that may be slow, away from the runtime.
pub(crate) async fn blocking<T: Send + 'static>(
    work: impl FnOnce() -> Result<T, LocalServerError> + Send + 'static,
) -> Result<T, LocalServerError> {
    match tokio::time::timeout(DISK_PATIENCE, tokio::task::spawn_blocking(work)).await {
        Ok(Ok(outcome)) => outcome,
        Ok(Err(error)) => Err(LocalServerError::Io {
            doing: "finish a piece of work",
            path: std::path::PathBuf::new(),
            source: std::io::Error::other(error),
        }),
        Err(_) => Err(LocalServerError::TimedOut { waited_for: "the disk".into() }),
    }
}

fn not_started(program: &OsStr, error: std::io::Error) -> LocalServerError {
    LocalServerError::io("run one of PostgreSQL's programs", Path::new(program), error)
}

fn timed_out(program: &OsStr) -> LocalServerError {
    LocalServerError::TimedOut { waited_for: program.to_string_lossy().into_owned() }
}

fn is_postgres_setting(name: &OsStr) -> bool {
    name.to_str().is_some_and(|name| name.starts_with("PG"))
}
