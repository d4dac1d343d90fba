//! Popups on Windows and macOS.

use uuid::Uuid;

use super::OnAction;
use crate::desktop::{Popup, PopupError};

/// The system's notification centre.
pub struct Notifier {
    _on_action: OnAction,
}

impl Notifier {
    /// Nothing is connected before the first popup.
    #[must_use]
    pub fn new(on_action: OnAction) -> Self {
        Self { _on_action: on_action }
    }

    /// Nothing to get ready on these systems.
    pub async fn warm_up(&self) {}

    /// Shows a popup.
    ///
    /// # Errors
    /// When the system refuses it.
    pub async fn show(&self, popup: &Popup) -> Result<(), PopupError> {
        let (title, body) = (popup.title.clone(), popup.body.clone());
        tokio::task::spawn_blocking(move || {
            let mut notification = notify_rust::Notification::new();
            notification.appname("Neff Office").summary(&title).body(&body);
            #[cfg(windows)]
            notification.app_id("com.neffpaving.office");
            notification.show().map(|_| ()).map_err(|e| PopupError(e.to_string()))
        })
        .await
        .map_err(|e| PopupError(e.to_string()))?
    }

    /// These systems' own list keeps what was shown; nothing can be closed through this library.
    pub async fn close(&self, _notifications: &[Uuid]) {}
}
