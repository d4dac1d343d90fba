//! `neff worker`: the program's background work with no window, so with nothing to wait for but the work itself.

use std::path::PathBuf;
use std::process::Child;
use std::time::Duration;

use tokio::time::Instant;

use crate::keeper::{is_alive, program, signal, until};
use crate::notifications::Shown;
use crate::office::{Office, PASSWORD};
use crate::session::Session;

/// A running worker.
pub struct Worker {
    child: Child,
    log: PathBuf,
}

impl Worker {
    /// Starts it for the office's person, reaching the server through `port`.
    pub fn start(session: &Session, office: &Office, port: u16) -> Self {
        let path = session.folder().join("worker.log");
        let log = std::fs::File::options().create(true).append(true).open(&path).expect("a log file");
        let child = session.spawn(
            session
                .command(&program("neff"))
                .args(["worker", "--url", &office.url(port)])
                .env("NEFF_DATABASE_PASSWORD", PASSWORD)
                .stdout(log.try_clone().expect("the same file"))
                .stderr(log),
        );
        Self { child, log: path }
    }

    /// Starts it and waits until it has shown a first popup: from here on it is known to work.
    pub async fn proven(session: &Session, office: &Office, port: u16) -> Self {
        let worker = Self::start(session, office, port);
        until("the worker registers its computer", Duration::from_secs(20), async || {
            office.count("SELECT count(*) FROM office_computers").await > 0
        })
        .await;
        let name = crate::postgres::unique("Proof");
        office.request_estimate(&name).await;
        session.popups.wait("the first popup", Duration::from_secs(20), |shown| count(shown, &name) == 1).await;
        worker
    }

    /// Its process.
    pub fn process(&self) -> u32 {
        self.child.id()
    }

    /// SIGKILL.
    pub fn kill(mut self) {
        self.child.kill().expect("it was running");
        self.child.wait().expect("it is gone");
    }

    /// SIGTERM; fails the test when it does not end, with success, within `limit`. Gives how long it took.
    pub async fn terminate(mut self, limit: Duration) -> Duration {
        let started = Instant::now();
        signal(self.child.id(), "TERM");
        let process = self.child.id();
        until("the worker ends after SIGTERM", limit, async || !is_alive(process)).await;
        let took = started.elapsed();
        let code = self.child.wait().expect("its code");
        assert!(code.success(), "the worker ended with {code}");
        took
    }
}

impl Drop for Worker {
    fn drop(&mut self) {
        if std::thread::panicking() {
            eprintln!("the worker said:\n{}", std::fs::read_to_string(&self.log).unwrap_or_default());
        }
    }
}

/// How many of these popups name `text`, in title or body.
pub fn count(shown: &[Shown], text: &str) -> usize {
    shown.iter().filter(|popup| popup.summary.contains(text) || popup.body.contains(text)).count()
}
