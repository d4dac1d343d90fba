//! Popups over the session bus (`org.freedesktop.Notifications` 1.2), with clicks and closing.

use std::collections::HashMap;
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};
use std::time::Duration;

use futures_util::StreamExt;
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

type Open = Arc<Mutex<HashMap<u32, (Vec<Uuid>, Option<RecordRef>)>>>;
/// Held while a popup is handed over: a click may be heard before the service's answer that says which popup it was.
type HandingOver = Arc<tokio::sync::Mutex<()>>;

/// The notification service of this session.
pub struct Notifier {
    on_action: OnAction,
    service: tokio::sync::Mutex<Option<Service>>,
    open: Open,
    handing_over: HandingOver,
}

#[derive(Clone)]
struct Service {
    proxy: NotificationsProxy<'static>,
    markup: bool,
}

impl Notifier {
    /// Connects when the first popup is to be shown.
    #[must_use]
    pub fn new(on_action: OnAction) -> Self {
        Self {
            on_action,
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
        if result.is_err() {
            // The bus may have gone with the service; the next popup connects anew.
            *self.service.lock().await = None;
        }
        result.map_err(|error| PopupError(error.to_string()))
    }

    /// Closes what still shows any of these notifications alone.
    pub async fn close(&self, notifications: &[Uuid]) {
        let ids: Vec<u32> = {
            let open = lock(&self.open);
            let all_read =
                |(_, (shown, _)): &(&u32, &(Vec<Uuid>, _))| shown.iter().all(|id| notifications.contains(id));
            open.iter().filter(all_read).map(|(id, _)| *id).collect()
        };
        let service = self.service.lock().await.clone();
        for id in ids {
            lock(&self.open).remove(&id);
            if let Some(service) = &service {
                // Closed by the person a moment ago: nothing to do.
                let _ = tokio::time::timeout(PATIENCE, service.proxy.close_notification(id)).await;
            }
        }
    }

    async fn try_show(&self, popup: &Popup) -> zbus::Result<()> {
        let service = self.service().await?;
        let body = if service.markup { escape(&popup.body) } else { popup.body.clone() };
        let urgency: u8 = match popup.priority {
            5.. => 2,
            3..5 => 1,
            _ => 0,
        };
        let hints =
            HashMap::from([("urgency", Value::from(urgency)), ("desktop-entry", Value::from("com.neffpaving.office"))]);
        let id =
            service.proxy.notify("Neff Office", 0, "", &popup.title, &body, &["default", "Open"], hints, -1).await?;
        lock(&self.open).insert(id, (popup.notifications.clone(), popup.about));
        Ok(())
    }

    async fn service(&self) -> zbus::Result<Service> {
        let mut slot = self.service.lock().await;
        if let Some(service) = &*slot {
            return Ok(service.clone());
        }
        let connection = zbus::Connection::session().await?;
        let proxy = NotificationsProxy::new(&connection).await?;
        let markup = proxy.get_capabilities().await?.iter().any(|c| c == "body-markup");
        let clicks = proxy.receive_action_invoked().await?;
        let closed = proxy.receive_notification_closed().await?;
        let heard = Heard { open: self.open.clone(), handing_over: self.handing_over.clone() };
        tokio::spawn(follow(clicks, closed, heard, self.on_action.clone()));
        let service = Service { proxy, markup };
        *slot = Some(service.clone());
        Ok(service)
    }
}

struct Heard {
    open: Open,
    handing_over: HandingOver,
}

impl Heard {
    /// What the popup was about, if it is one of ours: other programs' popups are signalled to everybody.
    async fn about(&self, id: u32) -> Option<Option<RecordRef>> {
        let _none_is_on_its_way = self.handing_over.lock().await;
        lock(&self.open).get(&id).map(|(_, about)| *about)
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
                if let Some(about) = heard.about(args.id).await {
                    on_action(PopupAction::Open(about));
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
