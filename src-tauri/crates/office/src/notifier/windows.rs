//! Popups on Windows: toasts, by the system's own interface.
//!
//! A toast stays in the list of notifications after this program has ended, and nothing that this run hears by can
//! hear a click on it. So a click and "Open" do not call back but start `neff-office:open?n=…`, an address that belongs
//! to this program: a running one is handed the address by the second start (single instance), and shows what the
//! popup was about; without one the program starts. "Mark read" calls back, as nothing should open; in a toast of an
//! earlier run it does nothing but close the toast.

use std::collections::HashMap;
use std::path::{Path, PathBuf};
use std::sync::{Arc, Mutex, MutexGuard, OnceLock, PoisonError};
use std::time::Duration;

use uuid::Uuid;
use windows::Data::Xml::Dom::XmlDocument;
use windows::Foundation::{DateTime, IReference, PropertyValue, TypedEventHandler};
use windows::UI::Notifications::{
    NotificationSetting, ToastActivatedEventArgs, ToastDismissalReason, ToastDismissedEventArgs, ToastNotification,
    ToastNotificationManager,
};
use windows::core::{HSTRING, IInspectable, Interface, Ref};

use super::OnAction;
use super::toast::{self, Click, Level, Scenario, Shown};
use crate::Paths;
use crate::desktop::{Popup, PopupError};

/// The `AppUserModelID`: by it Windows knows whose toast it is, and keeps the person's choices for them.
const APP: &str = "com.neffpaving.office";
const GROUP: &str = "alerts";
const PICTURE: &[u8] = include_bytes!("../../../../../icons/icon.png");
/// The service of another process is asked; one that hangs must not hold up the link to the database.
const PATIENCE: Duration = Duration::from_secs(5);

/// Windows' notifications.
pub struct Notifier {
    shared: Arc<Shared>,
}

struct Shared {
    on_action: OnAction,
    shown: Mutex<Shown>,
    /// Kept, as they carry what hears "Mark read".
    toasts: Mutex<HashMap<Uuid, ToastNotification>>,
    registered: OnceLock<()>,
}

impl Notifier {
    /// Nothing is asked of the system before the first popup.
    #[must_use]
    pub fn new(on_action: OnAction) -> Self {
        let shared =
            Shared { on_action, shown: Mutex::default(), toasts: Mutex::default(), registered: OnceLock::new() };
        Self { shared: Arc::new(shared) }
    }

    /// Makes the program known to Windows, so that the first popup does not pay for it.
    pub async fn warm_up(&self) {
        let shared = self.shared.clone();
        if let Err(error) = blocking(move || shared.get_ready()).await {
            tracing::warn!(%error, "popups are not to be had yet");
        }
    }

    /// Shows a popup; returns when Windows has it. Shown again, it replaces itself.
    ///
    /// # Errors
    /// When Windows refuses it or does not answer.
    pub async fn show(&self, popup: &Popup) -> Result<(), PopupError> {
        let (shared, popup) = (self.shared.clone(), popup.clone());
        blocking(move || shared.show(&popup)).await
    }

    /// Closes what still shows any of these notifications alone.
    pub async fn close(&self, notifications: &[Uuid]) {
        let keys = lock(&self.shared.shown).read(notifications);
        if keys.is_empty() {
            return;
        }
        let shared = self.shared.clone();
        if let Err(error) = blocking(move || shared.close(&keys)).await {
            tracing::debug!(%error, "popups could not be closed");
        }
    }

    /// True when a second start of the program, with these arguments, was a click on a popup; it has been acted on.
    #[must_use]
    pub fn clicked(&self, arguments: &[String]) -> bool {
        let Some(key) = toast::started_by(arguments) else { return false };
        self.shared.act(Click::Open, key);
        true
    }
}

impl Shared {
    fn get_ready(&self) -> Result<(), PopupError> {
        self.registered.get_or_init(|| {
            // Without it toasts still come, under the program's id instead of its name.
            if let Err(error) = register() {
                tracing::warn!(%error, "the program could not be made known to Windows for its popups");
            }
        });
        let notifier =
            ToastNotificationManager::CreateToastNotifierWithId(&HSTRING::from(APP)).map_err(|e| refused(&e))?;
        // Before the first toast Windows may know of no setting, and says so by an error: then nothing forbids it.
        match notifier.Setting().unwrap_or(NotificationSetting::Enabled) {
            NotificationSetting::DisabledForApplication => Err(PopupError(
                "Windows shows no notifications of Neff Office: they are switched off in Settings, System, Notifications"
                    .into(),
            )),
            NotificationSetting::DisabledForUser => Err(PopupError(
                "Windows shows no notifications: they are switched off in Settings, System, Notifications".into(),
            )),
            NotificationSetting::DisabledByGroupPolicy => {
                Err(PopupError("Windows shows no notifications: this company's policy forbids them".into()))
            }
            _ => Ok(()),
        }
    }

    fn show(self: Arc<Self>, popup: &Popup) -> Result<(), PopupError> {
        self.get_ready()?;
        let key = toast::key(popup);
        let toast = self.toast(popup, key).map_err(|e| refused(&e))?;
        // Remembered first: it may be clicked before Windows has answered.
        let forgotten = lock(&self.shown).add(key, popup);
        {
            let mut toasts = lock(&self.toasts);
            toasts.insert(key, toast.clone());
            if let Some(forgotten) = forgotten {
                toasts.remove(&forgotten);
            }
        }
        let shown = ToastNotificationManager::CreateToastNotifierWithId(&HSTRING::from(APP))
            .and_then(|notifier| notifier.Show(&toast));
        if shown.is_err() {
            lock(&self.shown).forget(key);
            self.let_go(key);
        }
        shown.map_err(|e| refused(&e))
    }

    fn toast(self: &Arc<Self>, popup: &Popup, key: Uuid) -> windows::core::Result<ToastNotification> {
        let level = Level::of(popup.priority);
        let scenario = Scenario::of(level, windows_version::OsVersion::current().build);
        let content = XmlDocument::new()?;
        content.LoadXml(&HSTRING::from(toast::xml(popup, key, scenario)))?;
        let toast = ToastNotification::CreateToastNotification(&content)?;
        toast.SetTag(&HSTRING::from(toast::tag(key)))?;
        toast.SetGroup(&HSTRING::from(GROUP))?;
        let expires = DateTime { UniversalTime: toast::expires(level, crate::clock::now()) };
        toast.SetExpirationTime(&PropertyValue::CreateDateTime(expires)?.cast::<IReference<DateTime>>()?)?;

        // Weakly: the toast is kept by what it would keep.
        let heard = Arc::downgrade(self);
        toast.Activated(&TypedEventHandler::new(move |_, arguments: Ref<'_, IInspectable>| {
            let Some((shared, arguments)) = heard.upgrade().zip(arguments.as_ref()) else { return Ok(()) };
            let arguments = arguments.cast::<ToastActivatedEventArgs>()?.Arguments()?.to_string();
            if let Some((click, key)) = toast::pressed(&arguments) {
                shared.act(click, key);
            }
            Ok(())
        }))?;
        let heard = Arc::downgrade(self);
        toast.Dismissed(&TypedEventHandler::new(move |_, gone: Ref<'_, ToastDismissedEventArgs>| {
            let Some((shared, gone)) = heard.upgrade().zip(gone.as_ref()) else { return Ok(()) };
            // After a time-out it is still in the list, and can be clicked there.
            if gone.Reason()? != ToastDismissalReason::TimedOut {
                shared.let_go(key);
            }
            Ok(())
        }))?;
        Ok(toast)
    }

    fn close(&self, keys: &[Uuid]) -> Result<(), PopupError> {
        let closed: Vec<_> = {
            let mut toasts = lock(&self.toasts);
            keys.iter().filter_map(|key| toasts.remove(key)).collect()
        };
        // Out of the lock: the last reference to a toast calls into Windows.
        drop(closed);
        let history = ToastNotificationManager::History().map_err(|e| refused(&e))?;
        for key in keys {
            // Closed by the person a moment ago, or never shown here: nothing to do.
            let _ = history.RemoveGroupedTagWithId(
                &HSTRING::from(toast::tag(*key)),
                &HSTRING::from(GROUP),
                &HSTRING::from(APP),
            );
        }
        Ok(())
    }

    fn act(&self, click: Click, key: Uuid) {
        let action = lock(&self.shown).action(click, key);
        self.let_go(key);
        (self.on_action)(action);
    }

    /// The toast is gone. What it was about stays known: a click on it comes by way of another process, and later.
    fn let_go(&self, key: Uuid) {
        let toast = lock(&self.toasts).remove(&key);
        drop(toast);
    }
}

/// The program's name and picture on its popups, and the address that a click on one starts, for this person. An
/// installer does the same for the installed program; whichever program ran last is the one that is started.
fn register() -> windows::core::Result<()> {
    let classes = windows_registry::CURRENT_USER.create(r"Software\Classes")?;
    let app = classes.create(format!(r"AppUserModelId\{APP}"))?;
    app.set_string("DisplayName", "Neff Office")?;
    if let Some(picture) = picture() {
        app.set_hstring("IconUri", &HSTRING::from(picture.as_path()))?;
    }
    let Ok(program) = std::env::current_exe() else { return Ok(()) };
    // `neff worker` shows popups too, and is not what a click should start.
    if program.file_stem().is_some_and(|name| name == "neff-office") {
        let address = classes.create("neff-office")?;
        address.set_string("", "URL:Neff Office")?;
        address.set_string("URL Protocol", "")?;
        let command = format!(r#""{}" "%1""#, program.display());
        address.create(r"shell\open\command")?.set_string("", command)?;
    }
    Ok(())
}

/// Windows wants the picture as a file.
fn picture() -> Option<PathBuf> {
    let file = Paths::find().ok()?.data.join("popup.png");
    let current = |file: &Path| std::fs::metadata(file).is_ok_and(|found| found.len() == PICTURE.len() as u64);
    (current(&file) || std::fs::write(&file, PICTURE).is_ok()).then_some(file)
}

async fn blocking(work: impl FnOnce() -> Result<(), PopupError> + Send + 'static) -> Result<(), PopupError> {
    match tokio::time::timeout(PATIENCE, tokio::task::spawn_blocking(work)).await {
        Ok(Ok(result)) => result,
        Ok(Err(error)) => Err(PopupError(error.to_string())),
        Err(_) => Err(PopupError("Windows' notification service does not answer".into())),
    }
}

fn refused(error: &windows::core::Error) -> PopupError {
    PopupError(format!("Windows did not take the notification: {error}"))
}

fn lock<T>(mutex: &Mutex<T>) -> MutexGuard<'_, T> {
    mutex.lock().unwrap_or_else(PoisonError::into_inner)
}
