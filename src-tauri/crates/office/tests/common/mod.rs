//! An office at work in this process: the real core against a real database, with a desktop that only listens.
#![allow(dead_code, clippy::unwrap_used, reason = "each test file uses a part of it; a failed step is a failed test")]

pub mod paper;
pub mod rain;
pub mod yard;

use std::path::Path;
use std::sync::{Arc, Mutex};
use std::time::Duration;

use database::{Encryption, Tuning};
use futures_util::future::BoxFuture;
use neff_tests::office::{Office as TestOffice, PASSWORD};
use office::connecting::ConnectionInput;
use office::link::ConnectionState;
use office::{Desktop, DesktopEvent, Office, Paths, Popup, PopupError, Secrets};
use tempfile::TempDir;
use uuid::Uuid;

/// A desktop that shows nothing and remembers what it was told.
#[derive(Default)]
pub struct Listener {
    pub told: Mutex<Vec<String>>,
}

impl Desktop for Listener {
    fn show<'a>(&'a self, _popup: &'a Popup) -> BoxFuture<'a, Result<(), PopupError>> {
        Box::pin(std::future::ready(Ok(())))
    }
    fn close<'a>(&'a self, _notifications: &'a [Uuid]) -> BoxFuture<'a, ()> {
        Box::pin(std::future::ready(()))
    }
    fn tell(&self, event: DesktopEvent) {
        self.told.lock().unwrap().push(format!("{event:?}"));
    }
}

impl Listener {
    /// How often something was told that begins like this.
    pub fn heard(&self, start: &str) -> usize {
        self.told.lock().unwrap().iter().filter(|t| t.starts_with(start)).count()
    }
}

/// A computer: an office with folders of its own.
pub struct Computer {
    pub office: Arc<Office>,
    pub desktop: Arc<Listener>,
    pub folder: TempDir,
}

impl Computer {
    /// A computer that was just unpacked.
    pub fn new() -> Self {
        Self::with(Secrets::given(PASSWORD.to_owned().into()))
    }

    pub fn with(secrets: Secrets) -> Self {
        let folder = TempDir::with_prefix("neff-office-").unwrap();
        // As root the local office's server runs as another user, who has to reach its folder in here.
        #[cfg(unix)]
        std::fs::set_permissions(folder.path(), std::os::unix::fs::PermissionsExt::from_mode(0o755)).unwrap();
        let (office, desktop) = open(folder.path(), secrets);
        Self { office, desktop, folder }
    }

    /// A computer on which this person works.
    pub async fn of(at: &TestOffice) -> Self {
        let computer = Self::new();
        let state = computer.office.connect(&input(at), None).await.unwrap();
        assert!(matches!(state, ConnectionState::Online { .. }), "{state:?}");
        computer
    }
}

/// The core over these folders.
pub fn open(folder: &Path, secrets: Secrets) -> (Arc<Office>, Arc<Listener>) {
    let desktop = Arc::new(Listener::default());
    let paths = Paths { config: folder.join("config"), data: folder.join("data") };
    (Arc::new(Office::open(paths, secrets, desktop.clone()).unwrap()), desktop)
}

/// What the person would type to reach this office.
pub fn input(at: &TestOffice) -> ConnectionInput {
    ConnectionInput {
        id: None,
        name: None,
        host: "127.0.0.1".to_owned(),
        port: at.port,
        database: at.name.clone(),
        login: at.login.clone(),
        encryption: Encryption::None,
        ca_file: None,
        tuning: Tuning::default(),
    }
}

/// Makes the person's login one that may administer.
pub async fn promote(at: &TestOffice) {
    at.execute(&format!("BEGIN; SELECT pg_advisory_xact_lock(7310001); GRANT neff_admin TO {}; COMMIT", at.login))
        .await;
}

/// Waits for a state, half a minute at most.
pub async fn until(office: &Office, what: &str, wanted: impl Fn(&ConnectionState) -> bool) -> ConnectionState {
    let mut last = None;
    for _ in 0..600 {
        let state = office.connection_state().await;
        if wanted(&state) {
            return state;
        }
        last = Some(state);
        tokio::time::sleep(Duration::from_millis(50)).await;
    }
    panic!("not {what} in time: {last:?}");
}

pub fn online(state: &ConnectionState) -> bool {
    matches!(state, ConnectionState::Online { .. })
}
