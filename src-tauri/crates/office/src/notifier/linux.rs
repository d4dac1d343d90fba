//! Popups over the session bus (`org.freedesktop.Notifications` 1.2), with clicks and closing.

use std::collections::HashMap;
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};
use std::time::Duration;

use futures_util::StreamExt;
use tokio_util::task::AbortOnDropHandle;
use uuid::Uuid;
use zbus::zvariant::Value;

use super::OnAction;
use crate::desktop::{Popup, PopupAction, PopupError};
use crate::view::RecordRef;

/// A service that hangs must not hold up the link to the database.
const PATIENCE: Duration = Duration::from_secs(3);

#[zbus::proxy(
    interface = "org.freedesktop.Notifications",
    default_service = "org.freedesktop.Notifications",
    default_path = "/org/freedesktop/Notifications",
    gen_blocking = false
)]
trait Notifications {
    #[expect(clippy::too_many_arguments, reason = "the signature of the specification")]
    fn notify(
        &self,
        app_name: &str,
        replaces_id: u32,
        app_icon: &str,
        summary: &str,
        body: &str,
        actions: &[&str],
        hints: HashMap<&str, Value<'_>>,
        expire_timeout: i32,
    ) -> zbus::Result<u32>;
    fn close_notification(&self, id: u32) -> zbus::Result<()>;
    fn get_capabilities(&self) -> zbus::Result<Vec<String>>;
    #[zbus(signal)]
    fn action_invoked(&self, id: u32, action_key: String) -> zbus::Result<()>;
    #[zbus(signal)]
    fn notification_closed(&self, id: u32, reason: u32) -> zbus::Result<()>;
}

/// The keys of what a person can do with a popup. `default` is a click on the popup itself.
const OPEN: &str = "default";
const MARK_READ: &str = "read";

type Open = Arc<Mutex<HashMap<u32, (Vec<Uuid>, Option<RecordRef>)>>>;
/// Held while a popup is handed over: a click may be heard before the service's answer that says which popup it was.
type HandingOver = Arc<tokio::sync::Mutex<()>>;

/// The notification service of this session.
pub struct Notifier {
    on_action: OnAction,
    /// None: the session's.
    bus: Option<String>,
    service: tokio::sync::Mutex<Option<Service>>,
    open: Open,
    handing_over: HandingOver,
}

#[derive(Clone)]
struct Service {
    proxy: NotificationsProxy<'static>,
    markup: bool,
    actions: bool,
    /// Ends with the last copy: a service connected to anew is not heard twice.
    _follower: Arc<AbortOnDropHandle<()>>,
}

impl Notifier {
    /// Connects when the first popup is to be shown.
    #[must_use]
    pub fn new(on_action: OnAction) -> Self {
        Self::of_bus(on_action, None)
    }

    /// The service on the bus at this D-Bus address instead of the session's.
    #[must_use]
    pub fn on_bus(address: &str, on_action: OnAction) -> Self {
        Self::of_bus(on_action, Some(address.to_owned()))
    }

    fn of_bus(on_action: OnAction, bus: Option<String>) -> Self {
        Self {
            on_action,
            bus,
            service: tokio::sync::Mutex::default(),
            open: Open::default(),
            handing_over: HandingOver::default(),
        }
    }

    /// Gets the connection ready, so that the first popup does not pay for it.
    pub async fn warm_up(&self) {
        if let Err(error) = self.service().await {
            tracing::warn!(%error, "no notification service yet");
        }
    }

    /// Shows a popup; returns when the service has it.
    ///
    /// # Errors
    /// When there is no service, or it does not answer.
    pub async fn show(&self, popup: &Popup) -> Result<(), PopupError> {
        let result = tokio::time::timeout(PATIENCE, self.try_show(popup)).await;
        let result =
            result.unwrap_or_else(|_| Err(zbus::Error::Failure("the notification service does not answer".into())));
        if result.as_ref().is_err_and(has_gone) {
            // Perhaps the bus with it; the next popup connects anew, and asks the next service what it can do.
            *self.service.lock().await = None;
        }
        result.map_err(|error| PopupError(error.to_string()))
    }

    /// Closes what still shows any of these notifications alone.
    pub async fn close(&self, notifications: &[Uuid]) {
        let ids: Vec<u32> = {
            let open = lock(&self.open);
            let all_read = |(_, (shown, _)): &(&u32, &(Vec<Uuid>, _))| {
                // A test popup stands for nothing.
                !shown.is_empty() && shown.iter().all(|id| notifications.contains(id))
            };
            open.iter().filter(all_read).map(|(id, _)| *id).collect()
        };
        if ids.is_empty() {
            return;
        }
        let service = tokio::time::timeout(PATIENCE, self.service()).await;
        for id in ids {
            lock(&self.open).remove(&id);
            if let Ok(Ok(service)) = &service {
                // Closed by the person a moment ago: nothing to do.
                let _ = tokio::time::timeout(PATIENCE, service.proxy.close_notification(id)).await;
            }
        }
    }

    async fn try_show(&self, popup: &Popup) -> zbus::Result<()> {
        let service = self.service().await?;
        let body = if service.markup { escape(&popup.body) } else { popup.body.clone() };
        let mut actions = Vec::new();
        if service.actions {
            actions.extend([OPEN, "Open"]);
            if !popup.notifications.is_empty() {
                actions.extend([MARK_READ, "Mark read"]);
            }
        }
        let _one_is_on_its_way = self.handing_over.lock().await;
        let hints = hints(popup);
        let id = service.proxy.notify("Neff Office", 0, "", &popup.title, &body, &actions, hints, -1).await?;
        lock(&self.open).insert(id, (popup.notifications.clone(), popup.about));
        Ok(())
    }

    async fn service(&self) -> zbus::Result<Service> {
        let mut slot = self.service.lock().await;
        if let Some(service) = &*slot {
            return Ok(service.clone());
        }
        let connection = match &self.bus {
            None => zbus::Connection::session().await?,
            Some(address) => zbus::connection::Builder::address(address.as_str())?.build().await?,
        };
        let proxy = NotificationsProxy::new(&connection).await?;
        let capabilities = proxy.get_capabilities().await?;
        let can = |what: &str| capabilities.iter().any(|capability| capability == what);
        let (markup, actions) = (can("body-markup"), can("actions"));
        let clicks = proxy.receive_action_invoked().await?;
        let closed = proxy.receive_notification_closed().await?;
        let heard = Heard { open: self.open.clone(), handing_over: self.handing_over.clone() };
        let follower = tokio::spawn(follow(clicks, closed, heard, self.on_action.clone()));
        let service = Service { proxy, markup, actions, _follower: Arc::new(AbortOnDropHandle::new(follower)) };
        *slot = Some(service.clone());
        Ok(service)
    }
}

struct Heard {
    open: Open,
    handing_over: HandingOver,
}

impl Heard {
    /// What was done, if the popup is one of ours: other programs' popups are signalled to everybody.
    async fn action(&self, id: u32, key: &str) -> Option<PopupAction> {
        let _none_is_on_its_way = self.handing_over.lock().await;
        let open = lock(&self.open);
        let (notifications, about) = open.get(&id)?;
        Some(if key == MARK_READ { PopupAction::MarkRead(notifications.clone()) } else { PopupAction::Open(*about) })
    }
}

/// Hears clicks and closings until the bus goes away. A click comes first when its closing comes with it: after that
/// the popup is forgotten.
async fn follow(
    mut clicks: ActionInvokedStream,
    mut closed: NotificationClosedStream,
    heard: Heard,
    on_action: OnAction,
) {
    loop {
        tokio::select! {
            biased;
            click = clicks.next() => {
                let Some(click) = click else { return };
                let Ok(args) = click.args() else { continue };
                if let Some(action) = heard.action(args.id, &args.action_key).await {
                    on_action(action);
                }
            }
            gone = closed.next() => {
                let Some(gone) = gone else { return };
                if let Ok(args) = gone.args() {
                    let _none_is_on_its_way = heard.handing_over.lock().await;
                    lock(&heard.open).remove(&args.id);
                }
            }
        }
    }
}

fn lock<T>(mutex: &Mutex<T>) -> MutexGuard<'_, T> {
    mutex.lock().unwrap_or_else(PoisonError::into_inner)
}

/// Whether the service itself is no longer there; one that refuses is, and what it shows belongs to our connection.
fn has_gone(error: &zbus::Error) -> bool {
    match error {
        zbus::Error::MethodError(name, ..) => {
            ["ServiceUnknown", "NameHasNoOwner", "NoReply"].iter().any(|reason| name.ends_with(reason))
        }
        _ => true,
    }
}

/// What the service may make of it: how urgent, by whom (on a locked screen it follows what is set for the program),
/// what kind, with which sound of the person's theme.
fn hints(popup: &Popup) -> HashMap<&'static str, Value<'static>> {
    let (urgency, sound): (u8, _) = match popup.priority {
        5.. => (2, "dialog-warning"),
        3..5 => (1, "message-new-instant"),
        _ => (0, "message-new-instant"),
    };
    let sound = if popup.silent { ("suppress-sound", Value::from(true)) } else { ("sound-name", Value::from(sound)) };
    HashMap::from([
        ("urgency", Value::from(urgency)),
        ("desktop-entry", Value::from("com.neffpaving.office")),
        ("category", Value::from("x-neffpaving.alert")),
        sound,
    ])
}

/// `Smith & Sons <Lot 4>` is text, not markup.
fn escape(text: &str) -> String {
    text.replace('&', "&amp;").replace('<', "&lt;").replace('>', "&gt;")
}

#[cfg(test)]
mod tests {
    #[test]
    fn names_with_brackets_stay_whole() {
        assert_eq!(super::escape("Smith & Sons <Lot 4>"), "Smith &amp; Sons &lt;Lot 4&gt;");
    }
}
