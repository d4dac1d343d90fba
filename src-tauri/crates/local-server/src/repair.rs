//! A lost password: set anew, with every row kept.

use std::time::Duration;

use secrecy::{ExposeSecret, SecretString};
use tokio::time::Instant;

use crate::error::LocalServerError;
use crate::locks::{StartLock, UserLock};
use crate::logs::{self, Reason};
use crate::place::Place;
use crate::postmaster::{self, Found};
use crate::programs::Programs;
use crate::run::{self, Finished, blocking};
use crate::{LocalServer, make, running};

const LOCK_PATIENCE: Duration = Duration::from_mins(1);
const STOP_PATIENCE: Duration = Duration::from_secs(30);
/// A single session first puts in order what a power cut left.
const PATIENCE: Duration = Duration::from_mins(3);
/// How long processes of a killed server may take to notice.
const LEFTOVERS: Duration = Duration::from_secs(30);
/// Printed by the server only when the role is as it should be.
const DONE: &str = "neff-password-is-set";

impl LocalServer {
    /// Gives the superuser `postgres` a new password, and its right to log in should that be lost. Nothing else changes.
    ///
    /// The server is stopped for it, and is not running afterwards. The password goes to a session of its own through a
    /// pipe; it is in no argument, log or file.
    ///
    /// # Errors
    /// [`LocalServerError::InUse`] while any program uses the server, this one included: stop [`Running`](crate::Running)
    /// first. [`LocalServerError::CannotReset`] when the server refused; the old password still holds then.
    pub async fn reset_password(&self, programs: &Programs, password: &SecretString) -> Result<(), LocalServerError> {
        make::check(password)?;
        let place = self.place_for(programs).await?;
        let _lock = StartLock::take(&place, LOCK_PATIENCE).await?;
        let _alone = UserLock::alone(&place).await?.ok_or(LocalServerError::InUse)?;
        running::stop(&place, programs, STOP_PATIENCE).await?;
        let data = place.data();
        blocking(move || match postmaster::look(&data)? {
            Found::Stale | Found::Blank => postmaster::forget(&data),
            Found::Nothing | Found::Noted(_) => Ok(()),
        })
        .await?;

        let deadline = Instant::now() + LEFTOVERS;
        loop {
            let finished = single_session(&place, programs, password).await?;
            if finished.success && finished.text.contains(DONE) && !has_error(&finished.text) {
                return Ok(());
            }
            let reason = logs::reason(&finished.text);
            if reason == Reason::MemoryTaken && Instant::now() < deadline {
                tokio::time::sleep(Duration::from_millis(100)).await;
                continue;
            }
            let home = place.home.clone();
            let full = blocking(move || Ok(logs::disk_is_full(&home))).await?;
            // A complaint about what was typed would quote it.
            let details = logs::tail(&finished.text.replace(password.expose_secret(), "***"));
            return Err(match reason {
                _ if full => LocalServerError::DiskFull { folder: place.home },
                Reason::DiskFull => LocalServerError::DiskFull { folder: place.home },
                Reason::Damaged => LocalServerError::DamagedCluster { details },
                Reason::NoRights => LocalServerError::NoRights { path: place.data() },
                _ => LocalServerError::CannotReset { details },
            });
        }
    }
}

/// A server without a network, for whoever may read its files: no password is asked for.
async fn single_session(
    place: &Place,
    programs: &Programs,
    password: &SecretString,
) -> Result<Finished, LocalServerError> {
    let mut command = run::server_command(&programs.path("postgres"), place);
    command.args(["--single", "-D", "data"]);
    for setting in [
        // To us, and without what was typed.
        "logging_collector=off",
        "log_destination=stderr",
        "lc_messages=C",
        "log_min_messages=warning",
        "log_statement=none",
        "log_min_duration_statement=-1",
        "log_min_error_statement=panic",
        "log_error_verbosity=terse",
        "password_encryption=scram-sha-256",
        "standard_conforming_strings=on",
        "client_encoding=UTF8",
    ] {
        command.args(["-c", setting]);
    }
    command.arg("postgres");
    // One statement a line; that is how this kind of session reads.
    let text: SecretString = format!(
        "ALTER ROLE postgres LOGIN SUPERUSER PASSWORD '{}' VALID UNTIL 'infinity'\n\
         SELECT '{}' || '{}' FROM pg_authid WHERE rolname = 'postgres' AND rolpassword LIKE 'SCRAM-SHA-256$%'\n",
        password.expose_secret().replace('\'', "''"),
        // In two parts, so that an echo of the question is no answer.
        &DONE[..4],
        &DONE[4..],
    )
    .into();
    run::finish(command, Some(text.expose_secret().as_bytes()), PATIENCE).await
}

fn has_error(text: &str) -> bool {
    ["ERROR:", "FATAL:", "PANIC:"].iter().any(|level| text.contains(level))
}
