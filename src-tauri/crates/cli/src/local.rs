//! The local office from a terminal: made, and reached by every other command with `--local`.

use std::process::ExitCode;
use std::sync::{Arc, OnceLock};
use std::time::Duration;

use database::ConnectionSettings;
use futures_util::future::BoxFuture;
use office::local_office::LocalOffice;
use office::settings::{ConnectionKind, Settings, StoredConnection};
use office::{Desktop, DesktopEvent, Office, Paths, Popup, PopupError, Secrets};
use secrecy::SecretString;

use crate::Failed;
use crate::schema::sentence;

/// Held until the command ends: the server runs as long as somebody uses it.
static IN_USE: OnceLock<Arc<LocalOffice>> = OnceLock::new();

/// The keychain, or the password of the environment.
pub(crate) fn secrets() -> Secrets {
    match std::env::var("NEFF_DATABASE_PASSWORD") {
        Ok(password) => Secrets::given(password.into()),
        Err(_) => Secrets::keychain(),
    }
}

/// The local office and its saved connection.
pub(crate) fn office() -> Result<(StoredConnection, Arc<LocalOffice>), Failed> {
    let paths = Paths::find().map_err(|e| e.to_string())?;
    let known = Settings::load(&paths.config).map_err(|e| e.to_string())?;
    let stored = known.connections.iter().find(|c| c.kind == ConnectionKind::Local);
    let stored =
        stored.ok_or("There is no local office on this computer: neff local-office --person NAME makes one.")?;
    let local = LocalOffice::at(&paths.data, Arc::new(secrets()), known.postgres_programs.clone());
    Ok((stored.clone(), IN_USE.get_or_init(|| Arc::new(local)).clone()))
}

/// The way into the local office that may do everything.
pub(crate) async fn as_superuser() -> Result<(ConnectionSettings, Option<SecretString>), Failed> {
    let (stored, local) = office()?;
    let (settings, password) = local.as_superuser(stored.id).await.map_err(|e| sentence(&e))?;
    Ok((settings, Some(password)))
}

/// Lets the local office go.
pub(crate) async fn finish() {
    if let Some(local) = IN_USE.get() {
        local.stop(Duration::from_secs(8)).await;
    }
}

/// `neff local-office`
pub(crate) async fn make(person: &str, sample_data: bool) -> Result<ExitCode, Failed> {
    let paths = Paths::find().map_err(|e| e.to_string())?;
    let office = Office::open(paths, secrets(), Arc::new(Terminal)).map_err(|e| e.to_string())?;
    let made = office.create_local_office(person, sample_data).await.map_err(|e| sentence(&e));
    let folder = office.local_office().await.folder;
    office.stop().await;
    made?;
    println!("The local office is in {folder}");
    Ok(ExitCode::SUCCESS)
}

/// A desktop that tells of steps and shows nothing.
struct Terminal;

impl Desktop for Terminal {
    fn show<'a>(&'a self, _popup: &'a Popup) -> BoxFuture<'a, Result<(), PopupError>> {
        Box::pin(std::future::ready(Err(PopupError("no popups in a terminal".to_owned()))))
    }
    fn close<'a>(&'a self, _notifications: &'a [uuid::Uuid]) -> BoxFuture<'a, ()> {
        Box::pin(std::future::ready(()))
    }
    fn tell(&self, event: DesktopEvent) {
        if let DesktopEvent::LocalOffice(step) = event {
            eprintln!("[{:>3} %] {}", step.done, step.step);
        }
    }
}
