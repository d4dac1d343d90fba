//! A server that runs: whether it still does, and stopping it.

use std::time::Duration;

use crate::error::LocalServerError;
use crate::locks::{StartLock, UserLock};
use crate::logs;
use crate::place::Place;
use crate::postmaster::{self, Found, Postmaster};
use crate::programs::Programs;
use crate::run::{self, blocking};

/// How often [`Running::gone`] looks.
const WATCH: Duration = Duration::from_millis(500);
/// How long a server may take to drop everything.
const IMMEDIATE: Duration = Duration::from_secs(15);

/// The server runs, and this program uses it until this is stopped or dropped.
///
/// Dropping it leaves the server running, as a killed program does; the next one joins it.
#[derive(Debug)]
pub struct Running {
    /// The folder of its socket, or 127.0.0.1.
    pub host: String,
    /// Its port there; of a socket, the end of its name.
    pub port: u16,
    /// Whether it was started now, by this program, and not joined.
    pub started_by_us: bool,
    pub(crate) postmaster: Postmaster,
    pub(crate) place: Place,
    pub(crate) programs: Programs,
    pub(crate) users: UserLock,
}

/// What became of the server.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Stopped {
    /// It put everything in order and ended.
    InOrder,
    /// It took longer than it was given and had to drop its work; it recovers at the next start, and loses nothing that
    /// was committed.
    AtOnce,
    /// It runs on: another program of the same person uses it, and the last one stops it.
    StillUsed,
    /// It was gone already.
    Gone,
}

impl Running {
    /// Whether this very server still runs, and its socket is there. Cheap; a server that was started again is another one.
    pub async fn is_alive(&self) -> bool {
        let (place, port, postmaster) = (self.place.clone(), self.port, self.postmaster);
        let is_alive = move || {
            let data = place.data();
            let cut_off = || postmaster::has_a_socket(&data, postmaster) && place.lacks_socket(port);
            Ok(postmaster::still_runs(&data, postmaster) && !cut_off())
        };
        blocking(is_alive).await.unwrap_or(false)
    }

    /// Waits until the server is gone, noticed within about half a second. Then start it again.
    pub async fn gone(&self) {
        while self.is_alive().await {
            tokio::time::sleep(WATCH).await;
        }
    }

    /// Lets the server go, and stops it when no other program of the same person uses it.
    ///
    /// Sessions are ended at once; the server gets `patience` to put everything in order, and is then made to end.
    /// Takes up to 20 seconds longer than `patience`, and `patience` more while another program starts or stops it.
    ///
    /// # Errors
    /// [`LocalServerError::Busy`] when another program is starting or stopping it for longer than `patience`;
    /// [`LocalServerError::CannotStop`] when it does not end. This program's hold on it is gone all the same.
    pub async fn stop(self, patience: Duration) -> Result<Stopped, LocalServerError> {
        let _lock = StartLock::take(&self.place, patience).await?;
        // Nobody joins while we hold the start lock.
        let Some(_alone) = self.users.into_alone().await? else { return Ok(Stopped::StillUsed) };
        stop(&self.place, &self.programs, patience).await
    }
}

/// Stops the server of a place. Only alone, and under the start lock.
pub(crate) async fn stop(place: &Place, programs: &Programs, patience: Duration) -> Result<Stopped, LocalServerError> {
    if !runs(place).await? {
        return Ok(Stopped::Gone);
    }
    let mut said = String::new();
    for (mode, patience, stopped) in [("fast", patience, Stopped::InOrder), ("immediate", IMMEDIATE, Stopped::AtOnce)] {
        let mut command = run::server_command(&programs.path("pg_ctl"), place);
        command
            .args(["stop", "--wait", "--silent", "--pgdata", "data", "--mode", mode, "--timeout"])
            .arg(patience.as_secs().max(1).to_string());
        match run::control(command, place, patience + Duration::from_secs(5)).await {
            Ok(finished) if finished.success => return Ok(stopped),
            Ok(finished) => said.push_str(&finished.text),
            Err(error) => said.push_str(&error.details()),
        }
        if !runs(place).await? {
            return Ok(stopped);
        }
        tracing::warn!(mode, "the local server did not stop in time");
    }
    Err(LocalServerError::CannotStop { details: logs::tail(&said) })
}

async fn runs(place: &Place) -> Result<bool, LocalServerError> {
    let data = place.data();
    blocking(move || Ok(matches!(postmaster::look(&data)?, Found::Noted(_)))).await
}
