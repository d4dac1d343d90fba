//! `neff worker`: what the program does by itself, on a computer with no window.

use std::process::ExitCode;
use std::sync::Arc;
use std::time::Duration;

use database::people;
use futures_util::future::BoxFuture;
use office::link::{Link, Target};
use office::notifier::Notifier;
use office::popups::Popups;
use office::settings::{Settings, StoredConnection, computer_name};
use office::{Desktop, DesktopEvent, Paths, Popup, PopupAction, PopupError};
use uuid::Uuid;

use crate::schema::sentence;
use crate::{Failed, Where};

/// A desktop with popups and no window.
struct NoWindow(Notifier);

impl Desktop for NoWindow {
    fn show<'a>(&'a self, popup: &'a Popup) -> BoxFuture<'a, Result<(), PopupError>> {
        Box::pin(self.0.show(popup))
    }
    fn close<'a>(&'a self, notifications: &'a [Uuid]) -> BoxFuture<'a, ()> {
        Box::pin(self.0.close(notifications))
    }
    fn tell(&self, event: DesktopEvent) {
        if let DesktopEvent::Connection(state) = event {
            use office::link::ConnectionState as S;
            let line = match *state {
                S::NotConfigured => "not configured".to_owned(),
                S::Connecting { .. } => "connecting".to_owned(),
                S::Online { person, .. } => format!("online as {}", person.name),
                S::WhoAreYou { .. } => "online, but who are you? Say so with --person NAME".to_owned(),
                S::NeedsMigration { .. } => "the database has to be brought up to date: neff migrate".to_owned(),
                S::Offline { error, .. } => format!("offline: {}", error.message),
            };
            // One line a change, for whoever watches: systemd's journal, a test.
            println!("{line}");
        }
    }
}

pub(crate) async fn work(at: &Where, person: Option<&str>) -> Result<ExitCode, Failed> {
    // The local office's keeper finds the way in by itself, with the person's own login.
    let local = if at.local { Some(crate::local::office()?) } else { None };
    let (settings, password) = match &local {
        Some((stored, _)) => (stored.settings.clone(), None),
        None => at.resolve().await?,
    };
    let paths = Paths::find().map_err(|e| e.to_string())?;
    let known = Settings::load(&paths.config).map_err(|e| e.to_string())?;
    let person = match person {
        Some(name) => Some(person_called(&settings, password.as_ref(), name).await?),
        None => known.connections.iter().find(|c| c.settings.same_place(&settings)).and_then(|c| c.person),
    };
    let popups = Arc::new(Popups::new(&paths.data).map_err(|e| e.to_string())?);
    let notifier = Notifier::new({
        let popups = popups.clone();
        Arc::new(move |action| {
            // There is no window to open anything in.
            if let PopupAction::MarkRead(notifications) = action {
                popups.mark_read(&notifications);
            }
        })
    });
    notifier.warm_up().await;
    let connection = match &local {
        Some((stored, _)) => stored.clone(),
        None => StoredConnection::passing(settings.clone(), person),
    };
    let target = Target {
        connection,
        local: local.map(|(_, local)| local),
        settings,
        password,
        person,
        computer: known.computer,
        computer_name: computer_name(),
        application: format!("neff worker {} {}", env!("CARGO_PKG_VERSION"), computer_name()),
    };
    let link = Link::start(target, Arc::new(NoWindow(notifier)), popups);
    asked_to_stop().await.map_err(|e| e.to_string())?;
    link.stop().await;
    println!("stopped");
    Ok(ExitCode::SUCCESS)
}

async fn person_called(
    settings: &database::ConnectionSettings,
    password: Option<&secrecy::SecretString>,
    name: &str,
) -> Result<Uuid, Failed> {
    let mut connection =
        settings.open(password, "neff-worker", Duration::from_secs(10)).await.map_err(|e| sentence(&e.into()))?;
    let everybody = people::active(&mut connection).await.map_err(|e| sentence(&e.into()))?;
    database::close(connection).await;
    let named: Vec<_> =
        everybody.iter().filter(|p| p.name.eq_ignore_ascii_case(name.trim()) || p.user_id == name).collect();
    match named.as_slice() {
        [one] => Ok(one.id),
        [] => Err(format!("Nobody in this office is called {name}.")),
        _ => Err(format!("More than one person is called {name}: give the user id instead.")),
    }
}

/// SIGTERM or Ctrl+C; on Windows Ctrl+C.
async fn asked_to_stop() -> std::io::Result<()> {
    #[cfg(unix)]
    {
        let mut terminate = tokio::signal::unix::signal(tokio::signal::unix::SignalKind::terminate())?;
        tokio::select! {
            result = tokio::signal::ctrl_c() => result,
            _ = terminate.recv() => Ok(()),
        }
    }
    #[cfg(not(unix))]
    tokio::signal::ctrl_c().await
}
