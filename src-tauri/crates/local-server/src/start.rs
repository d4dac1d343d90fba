//! Starting the server, or joining the one that already runs.

use std::fs::{self, OpenOptions};
use std::io::Write;
use std::net::{Ipv4Addr, TcpListener};
use std::path::Path;
use std::time::Duration;

use tokio::time::Instant;

use crate::error::LocalServerError;
use crate::locks::{StartLock, UserLock};
use crate::logs::{self, Mark, Reason};
use crate::ping::{self, Answer, ping, ping_socket};
use crate::place::{PORT_OF_SOCKETS, Place, cluster_major};
use crate::postmaster::{self, Found, Postmaster};
use crate::programs::Programs;
use crate::run::{self, blocking};
use crate::running::{self, Running};
use crate::{LocalServer, make, platform, settings};

/// How long a start may take in all: recovery after a power cut is most of it.
const PATIENCE: Duration = Duration::from_mins(3);
/// How long others may take with making, starting or stopping before we give up.
const LOCK_PATIENCE: Duration = Duration::from_mins(4);
/// A note with a process called postgres, and nobody on its port for this long: the number was given out anew.
const SILENCE: Duration = Duration::from_secs(20);
/// A server that listens on a socket, which is not there or another's for this long, is not reached there any more: its
/// own comes before its note says so, and goes just before it does.
const CUT_OFF: Duration = Duration::from_secs(1);
/// How long such a server may take to put everything in order.
const END: Duration = Duration::from_secs(30);
/// How long the note of a server may be without a word in it.
const BLANK: Duration = Duration::from_secs(1);
/// How long processes of a killed server may take to notice.
const LEFTOVERS: Duration = Duration::from_secs(30);
/// How long the log may lag behind the end of the server.
const LAST_WORDS: Duration = Duration::from_secs(2);
const POLL: Duration = Duration::from_millis(25);
const PORTS_TRIED: u32 = 10;
const PORT: &str = "port";

impl LocalServer {
    /// Joins the server when it runs, and starts it otherwise, on a free port. Waits until it lets people in.
    ///
    /// A port is kept from one start to the next while nobody else takes it. A server nobody can reach, because something
    /// else stands in the place of its socket, is stopped and started again.
    ///
    /// # Errors
    /// [`LocalServerError::NotThere`] before [`LocalServer::make`]; [`LocalServerError::InUse`] when a server nobody can
    /// reach any more is still used by another program; otherwise the reason, as far as it can be told.
    pub async fn start(&self, programs: &Programs) -> Result<Running, LocalServerError> {
        let place = self.place_for(programs).await?;
        let lock = StartLock::take(&place, LOCK_PATIENCE).await?;
        end_if_cut_off(&place, programs).await?;
        let users = UserLock::share(&place).await?;
        let tidied = place.clone();
        blocking(move || {
            make::clear(&tidied.home);
            Ok(())
        })
        .await?;
        let start = Start { place: &place, programs, deadline: Instant::now() + PATIENCE };
        let (postmaster, started_by_us) = start.run().await?;
        drop(lock);
        let port = postmaster.port.unwrap_or_default();
        // One that an earlier program started may still be on its port.
        let socket = place.sockets.as_deref().filter(|_| postmaster.by_socket).and_then(Path::to_str);
        let host = socket.unwrap_or("127.0.0.1").to_owned();
        Ok(Running { host, port, started_by_us, postmaster, place, programs: programs.clone(), users })
    }

    /// The place of the cluster, when it is there and belongs to these programs.
    pub(crate) async fn place_for(&self, programs: &Programs) -> Result<Place, LocalServerError> {
        let (asked, base) = (self.folder().to_owned(), self.root_base().to_owned());
        let place = self.sockets(blocking(move || Place::of_existing(&asked, &base)).await?);
        let data = place.data();
        let major = blocking(move || {
            cluster_major(&data).map_err(|error| LocalServerError::io("read the local office's files", &data, error))
        })
        .await?;
        match major {
            None => Err(LocalServerError::DamagedCluster { details: "PG_VERSION is missing or unreadable".into() }),
            Some(cluster) if cluster != programs.major => {
                Err(LocalServerError::WrongMajor { cluster, programs: programs.major })
            }
            Some(_) => Ok(place),
        }
    }
}

/// Ends a server that runs and cannot be reached any more. Those who are in work on, so not under their hands. Only under
/// the start lock.
async fn end_if_cut_off(place: &Place, programs: &Programs) -> Result<(), LocalServerError> {
    let Some(folder) = &place.sockets else { return Ok(()) };
    let deadline = Instant::now() + CUT_OFF;
    loop {
        let data = place.data();
        let runs = move || {
            Ok(match postmaster::look(&data)? {
                Found::Noted(postmaster) => postmaster::has_a_socket(&data, postmaster).then_some(postmaster),
                _ => None,
            })
        };
        let Some(Postmaster { pid, port: Some(port), .. }) = blocking(runs).await? else { return Ok(()) };
        if !ping::is_not_behind(pid, folder, port).await {
            return Ok(());
        }
        if Instant::now() >= deadline {
            break;
        }
        tokio::time::sleep(POLL * 4).await;
    }
    tracing::warn!("something else stands in the place of the local server's socket");
    let Some(_alone) = UserLock::alone(place).await? else { return Err(LocalServerError::InUse) };
    running::stop(place, programs, END).await?;
    Ok(())
}

/// What a look at the note led to.
enum Next {
    Launch,
    Join(Postmaster),
}

struct Start<'a> {
    place: &'a Place,
    programs: &'a Programs,
    deadline: Instant,
}

impl Start<'_> {
    async fn run(&self) -> Result<(Postmaster, bool), LocalServerError> {
        let mut port = self.last_port().await;
        let mut ports_tried = 0;
        let leftovers = Instant::now() + LEFTOVERS;
        let mut ours = false;
        loop {
            if let Next::Join(postmaster) = self.examine().await? {
                return Ok((postmaster, ours));
            }
            let chosen = match port.take() {
                _ if self.place.sockets.is_some() => PORT_OF_SOCKETS,
                Some(port) => port,
                None => free_port().await?,
            };
            let Some(said) = self.launch(chosen).await? else {
                ours = true;
                self.remember_port(chosen).await;
                continue;
            };
            let reason = logs::reason(&said);
            let (full, taken) = self.look_around(chosen).await?;
            match reason {
                _ if full => return Err(self.failed(Reason::DiskFull, &said)),
                // Somebody was faster, or is still there: look again.
                Reason::NoteTaken | Reason::MemoryTaken if Instant::now() < leftovers => {
                    port = Some(chosen);
                    tokio::time::sleep(POLL * 4).await;
                }
                Reason::PortTaken if ports_tried < PORTS_TRIED => ports_tried += 1,
                Reason::Unknown if taken && ports_tried < PORTS_TRIED => ports_tried += 1,
                _ => return Err(self.failed(reason, &said)),
            }
        }
    }

    /// Follows the note of a server until it answers, or nobody stands behind it.
    async fn examine(&self) -> Result<Next, LocalServerError> {
        let (mut blank_since, mut silent_since) = (None, None);
        loop {
            let found = self.look().await?;
            let mut forget = found == Found::Stale;
            match found {
                Found::Nothing => return Ok(Next::Launch),
                Found::Stale => {}
                Found::Blank => forget = blank_since.get_or_insert_with(Instant::now).elapsed() > BLANK,
                Found::Noted(postmaster) => {
                    // On a port it has not taken yet somebody else may answer.
                    let answer = match (postmaster.port.filter(|&port| port > 0), &self.place.sockets) {
                        (Some(port), Some(folder)) if postmaster.by_socket => ping_socket(folder, port).await,
                        (Some(port), _) if postmaster.by_port => ping(port).await,
                        _ => Answer::Nobody,
                    };
                    match answer {
                        Answer::Ready => return Ok(Next::Join(postmaster)),
                        Answer::Nobody => {
                            forget = silent_since.get_or_insert_with(Instant::now).elapsed() > SILENCE;
                        }
                        Answer::NotNow | Answer::Silent => silent_since = None,
                    }
                }
            }
            if forget {
                let data = self.place.data();
                tracing::info!("removing the note of a server that is gone");
                blocking(move || postmaster::forget(&data)).await?;
                return Ok(Next::Launch);
            }
            if Instant::now() >= self.deadline {
                return Err(LocalServerError::StillStarting { log_tail: String::new() });
            }
            tokio::time::sleep(POLL).await;
        }
    }

    /// Starts the server. `Some` is what it said when it did not.
    async fn launch(&self, port: u16) -> Result<Option<String>, LocalServerError> {
        let place = self.place.clone();
        let mark = blocking(move || {
            let data = place.data();
            platform::close_to_others(&data)
                .map_err(|error| LocalServerError::io("close a folder to others", &data, error))?;
            settings::renew(&place)?;
            place.prepare_sockets().map_err(|error| LocalServerError::io("make room for a socket", &data, error))?;
            // Begun anew each time; also by whom it is written depends on who runs the server.
            let _ = fs::remove_file(place.file("start.log"));
            Ok(Mark::set(&place))
        })
        .await?;
        let patience = self.deadline.saturating_duration_since(Instant::now());
        let mut command = run::server_command(&self.programs.path("pg_ctl"), self.place);
        command
            .args(["start", "--wait", "--silent", "--pgdata", "data", "--log", "start.log", "--options"])
            .arg(format!("-p {port}"))
            .arg("--timeout")
            .arg((patience.as_secs() + 1).to_string());
        let finished = run::control(command, self.place, patience + SILENCE).await?;
        if finished.success {
            return Ok(None);
        }
        let still = Instant::now() >= self.deadline && matches!(self.look().await?, Found::Noted(_));
        if still {
            return Err(LocalServerError::StillStarting { log_tail: logs::tail(&mark.since()) });
        }
        // The process that writes the log outlives the server by a moment.
        let deadline = Instant::now() + LAST_WORDS;
        loop {
            let said = mark.since();
            if logs::is_complete(&said) || Instant::now() >= deadline {
                return Ok(Some(said + &finished.text));
            }
            tokio::time::sleep(POLL).await;
        }
    }

    async fn look(&self) -> Result<Found, LocalServerError> {
        let data = self.place.data();
        blocking(move || postmaster::look(&data)).await
    }

    /// Whether the disk is full, and whether somebody else has the port: what a log that is not there cannot say.
    async fn look_around(&self, port: u16) -> Result<(bool, bool), LocalServerError> {
        let (home, by_socket) = (self.place.home.clone(), self.place.sockets.is_some());
        blocking(move || {
            let taken = !by_socket && TcpListener::bind((Ipv4Addr::LOCALHOST, port)).is_err();
            Ok((logs::disk_is_full(&home), taken))
        })
        .await
    }

    fn failed(&self, reason: Reason, said: &str) -> LocalServerError {
        let log_tail = logs::tail(said);
        match reason {
            Reason::DiskFull => LocalServerError::DiskFull { folder: self.place.home.clone() },
            Reason::NoRights => LocalServerError::NoRights { path: self.place.data() },
            Reason::Damaged => LocalServerError::DamagedCluster { details: log_tail },
            _ => LocalServerError::CannotStart { log_tail },
        }
    }

    async fn last_port(&self) -> Option<u16> {
        let text = tokio::fs::read_to_string(self.place.file(PORT)).await.ok()?;
        text.trim().parse().ok().filter(|&port| port > 1023)
    }

    /// A convenience for whoever connects by other means; a start does not fail for it.
    async fn remember_port(&self, port: u16) {
        if self.place.sockets.is_some() {
            return;
        }
        let place = self.place.clone();
        let write = move || {
            let mut options = OpenOptions::new();
            let path = place.file(PORT);
            place.open(&path, options.create(true).truncate(true).write(true))?.write_all(port.to_string().as_bytes())
        };
        let outcome = blocking(move || Ok(write())).await;
        if let Ok(Err(error)) = outcome {
            tracing::warn!(%error, "the local server's port was not noted");
        }
    }
}

/// A port nobody listens on at this moment.
async fn free_port() -> Result<u16, LocalServerError> {
    blocking(|| {
        let listener = TcpListener::bind((Ipv4Addr::LOCALHOST, 0));
        listener.and_then(|listener| listener.local_addr()).map(|address| address.port()).map_err(|source| {
            LocalServerError::Io { doing: "find a free port", path: std::path::PathBuf::new(), source }
        })
    })
    .await
}
