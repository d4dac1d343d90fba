//! Popups on macOS: the notification centre, by the system's own interface.
//!
//! It belongs to a bundle ("Neff Office.app"), which must be signed, if only ad hoc: a program started as a bare file
//! has none. A click on a popup of an earlier run starts the program or comes to the running one like any other; what
//! it was about is not known any more, so that it opens the program and no record.

use std::sync::{Arc, Mutex, MutexGuard, PoisonError};
use std::time::Duration;

use block2::{DynBlock, RcBlock};
use objc2::rc::Retained;
use objc2::runtime::{Bool, NSObject, ProtocolObject};
use objc2::{AnyThread, DefinedClass, available, define_class, msg_send};
use objc2_foundation::{NSArray, NSBundle, NSError, NSObjectProtocol, NSSet, NSString};
use objc2_user_notifications::{
    UNAuthorizationOptions, UNMutableNotificationContent, UNNotification, UNNotificationAction,
    UNNotificationActionOptions, UNNotificationCategory, UNNotificationCategoryOptions,
    UNNotificationInterruptionLevel, UNNotificationPresentationOptions, UNNotificationRequest, UNNotificationResponse,
    UNNotificationSound, UNUserNotificationCenter, UNUserNotificationCenterDelegate,
};
use tokio::sync::oneshot;
use uuid::Uuid;

use super::OnAction;
use super::toast::{self, Click, Level, Shown};
use crate::desktop::{Popup, PopupError};

const CATEGORY: &str = "ALERT";
const OPEN: &str = "OPEN";
const MARK_READ: &str = "MARK_READ";
/// The centre is another process; one that hangs must not hold up the link to the database.
const PATIENCE: Duration = Duration::from_secs(5);

/// The notification centre.
pub struct Notifier {
    shared: Arc<Shared>,
}

struct Shared {
    on_action: OnAction,
    shown: Mutex<Shown>,
    /// The delegate is set and the person was asked.
    ready: Mutex<bool>,
}

impl Notifier {
    /// Nothing is asked of the system before the first popup.
    #[must_use]
    pub fn new(on_action: OnAction) -> Self {
        let shared = Shared { on_action, shown: Mutex::default(), ready: Mutex::default() };
        Self { shared: Arc::new(shared) }
    }

    /// Asks the person, once on this computer, whether popups may be shown.
    pub async fn warm_up(&self) {
        let shared = self.shared.clone();
        if let Err(error) = blocking(move || shared.centre().map(|_| ())).await {
            tracing::warn!(%error, "popups are not to be had yet");
        }
    }

    /// Shows a popup; returns when the centre has it. Shown again, it replaces itself.
    ///
    /// # Errors
    /// When the program is no bundle, or the person allows no popups, or the centre does not answer.
    pub async fn show(&self, popup: &Popup) -> Result<(), PopupError> {
        let (shared, popup) = (self.shared.clone(), popup.clone());
        let key = toast::key(&popup);
        let taken = match blocking(move || shared.hand_over(key, &popup)).await {
            Ok(answer) => match tokio::time::timeout(PATIENCE, answer).await {
                Ok(Ok(taken)) => taken.map_err(PopupError),
                Ok(Err(_)) | Err(_) => Err(PopupError("the notification centre does not answer".into())),
            },
            Err(error) => Err(error),
        };
        if taken.is_err() {
            lock(&self.shared.shown).forget(key);
        }
        taken
    }

    /// Closes what still shows any of these notifications alone.
    pub async fn close(&self, notifications: &[Uuid]) {
        let keys = lock(&self.shared.shown).read(notifications);
        if keys.is_empty() {
            return;
        }
        let shared = self.shared.clone();
        let closed = blocking(move || {
            let names: Vec<_> = keys.iter().map(|key| NSString::from_str(&key.to_string())).collect();
            shared.centre()?.removeDeliveredNotificationsWithIdentifiers(&NSArray::from_retained_slice(&names));
            Ok(())
        });
        if let Err(error) = closed.await {
            tracing::debug!(%error, "popups could not be closed");
        }
    }
}

impl Shared {
    /// The centre, listened to, and with the person asked.
    fn centre(self: &Arc<Self>) -> Result<Retained<UNUserNotificationCenter>, PopupError> {
        // Asked for outside a bundle, the centre raises an exception that ends the program.
        if NSBundle::mainBundle().bundleIdentifier().is_none() {
            return Err(PopupError(
                "macOS shows popups of an app only: start Neff Office from Neff Office.app, not as a bare program"
                    .into(),
            ));
        }
        let centre = UNUserNotificationCenter::currentNotificationCenter();
        let mut ready = lock(&self.ready);
        if !*ready {
            *ready = true;
            let delegate = Delegate::new(self.clone());
            centre.setDelegate(Some(ProtocolObject::from_ref(&*delegate)));
            // The centre holds it weakly; it hears for as long as the program runs.
            std::mem::forget(delegate);
            centre.setNotificationCategories(&NSSet::from_retained_slice(&[category()]));
            let answered = RcBlock::new(|allowed: Bool, error: *mut NSError| {
                if !allowed.as_bool() {
                    tracing::warn!(error = said(error), "the person or the system allows no popups");
                }
            });
            let wanted = UNAuthorizationOptions::Alert | UNAuthorizationOptions::Sound;
            centre.requestAuthorizationWithOptions_completionHandler(wanted, &answered);
        }
        Ok(centre)
    }

    fn hand_over(
        self: Arc<Self>,
        key: Uuid,
        popup: &Popup,
    ) -> Result<oneshot::Receiver<Result<(), String>>, PopupError> {
        let centre = self.centre()?;
        let content = UNMutableNotificationContent::new();
        content.setTitle(&NSString::from_str(&popup.title));
        content.setBody(&NSString::from_str(&popup.body));
        content.setCategoryIdentifier(&NSString::from_str(CATEGORY));
        let level = Level::of(popup.priority);
        if !popup.silent && level != Level::Low {
            content.setSound(Some(&UNNotificationSound::defaultSound()));
        }
        if available!(macos = 12.0) {
            content.setInterruptionLevel(match level {
                // Without the entitlement for it the system takes it as active.
                Level::High => UNNotificationInterruptionLevel::TimeSensitive,
                Level::Normal => UNNotificationInterruptionLevel::Active,
                Level::Low => UNNotificationInterruptionLevel::Passive,
            });
        }
        let name = NSString::from_str(&key.to_string());
        let request = UNNotificationRequest::requestWithIdentifier_content_trigger(&name, &content, None);
        let (answer, receiver) = oneshot::channel();
        let answer = Mutex::new(Some(answer));
        let taken = RcBlock::new(move |error: *mut NSError| {
            if let Some(answer) = lock(&answer).take() {
                let _ = answer.send(said(error).map_or(Ok(()), Err));
            }
        });
        // Remembered first: it may be clicked before the centre has answered.
        lock(&self.shown).add(key, popup);
        centre.addNotificationRequest_withCompletionHandler(&request, Some(&taken));
        Ok(receiver)
    }

    fn clicked(&self, action: &str, name: &str) {
        let click = match action {
            MARK_READ => Click::MarkRead,
            "com.apple.UNNotificationDismissActionIdentifier" => return,
            // OPEN, or the popup itself.
            _ => Click::Open,
        };
        let key = Uuid::parse_str(name).unwrap_or_default();
        let action = {
            let mut shown = lock(&self.shown);
            let action = shown.action(click, key);
            shown.forget(key);
            action
        };
        (self.on_action)(action);
    }
}

fn category() -> Retained<UNNotificationCategory> {
    let action = |name: &str, title: &str, options| {
        let (name, title) = (NSString::from_str(name), NSString::from_str(title));
        UNNotificationAction::actionWithIdentifier_title_options(&name, &title, options)
    };
    let actions = NSArray::from_retained_slice(&[
        action(OPEN, "Open", UNNotificationActionOptions::Foreground),
        action(MARK_READ, "Mark read", UNNotificationActionOptions::empty()),
    ]);
    UNNotificationCategory::categoryWithIdentifier_actions_intentIdentifiers_options(
        &NSString::from_str(CATEGORY),
        &actions,
        &NSArray::new(),
        UNNotificationCategoryOptions::empty(),
    )
}

define_class!(
    // SAFETY: NSObject may be subclassed without further conditions, and `Delegate` does not implement `Drop`.
    #[unsafe(super(NSObject))]
    #[name = "NeffOfficePopupDelegate"]
    #[ivars = Arc<Shared>]
    struct Delegate;

    // SAFETY: `NSObjectProtocol` has no conditions.
    unsafe impl NSObjectProtocol for Delegate {}

    // SAFETY: each method below has the types of its selector, as the protocol's declaration states them.
    unsafe impl UNUserNotificationCenterDelegate for Delegate {
        /// Also while the program's own window is in front.
        #[unsafe(method(userNotificationCenter:willPresentNotification:withCompletionHandler:))]
        fn will_present(
            &self,
            _centre: &UNUserNotificationCenter,
            _notification: &UNNotification,
            show: &DynBlock<dyn Fn(UNNotificationPresentationOptions)>,
        ) {
            show.call((UNNotificationPresentationOptions::Banner
                | UNNotificationPresentationOptions::List
                | UNNotificationPresentationOptions::Sound,));
        }

        #[unsafe(method(userNotificationCenter:didReceiveNotificationResponse:withCompletionHandler:))]
        fn did_receive(
            &self,
            _centre: &UNUserNotificationCenter,
            response: &UNNotificationResponse,
            done: &DynBlock<dyn Fn()>,
        ) {
            let name = response.notification().request().identifier().to_string();
            self.ivars().clicked(&response.actionIdentifier().to_string(), &name);
            done.call(());
        }
    }
);

impl Delegate {
    #[expect(unsafe_code, reason = "an object of a class of our own is made by sending it init")]
    fn new(shared: Arc<Shared>) -> Retained<Self> {
        let this = Self::alloc().set_ivars(shared);
        // SAFETY: `init` of NSObject takes nothing and returns the object.
        unsafe { msg_send![super(this), init] }
    }
}

/// What an error of the centre says; none when there was none.
#[expect(unsafe_code, reason = "the centre hands over a pointer, null without an error")]
fn said(error: *mut NSError) -> Option<String> {
    // SAFETY: null, or an error that lives until the completion handler that was given it returns.
    let error = unsafe { error.as_ref() };
    error.map(|error| error.localizedDescription().to_string())
}

async fn blocking<T: Send + 'static>(
    work: impl FnOnce() -> Result<T, PopupError> + Send + 'static,
) -> Result<T, PopupError> {
    match tokio::time::timeout(PATIENCE, tokio::task::spawn_blocking(work)).await {
        Ok(Ok(result)) => result,
        Ok(Err(error)) => Err(PopupError(error.to_string())),
        Err(_) => Err(PopupError("the notification centre does not answer".into())),
    }
}

fn lock<T>(mutex: &Mutex<T>) -> MutexGuard<'_, T> {
    mutex.lock().unwrap_or_else(PoisonError::into_inner)
}
