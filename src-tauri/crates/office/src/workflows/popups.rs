//! What a person does with popups.

use crate::desktop::PopupAction;
use crate::error::{AppError, ErrorCode};
use crate::office::Office;
use crate::popups::Preferences;

impl Office {
    /// A person did this with a popup. Marked read, it is so on every computer within a second; while the link is
    /// broken it is remembered, also through a restart. The window hears of it as of any change. Opening is up to the shell, which has the window.
    pub fn popup_action(&self, action: PopupAction) {
        if let PopupAction::MarkRead(notifications) = action {
            self.popups().0.mark_read(&notifications);
        }
    }

    /// How this computer pops up.
    pub fn popup_preferences(&self) -> Preferences {
        self.popups().0.preferences()
    }

    /// From now on it pops up like this, until the program ends.
    pub fn set_popup_preferences(&self, preferences: Preferences) {
        self.popups().0.set_preferences(preferences);
    }

    /// Shows a popup now, so that the person sees whether and how they work: also in quiet hours, also switched off.
    ///
    /// # Errors
    /// When the system refuses it or does not answer.
    pub async fn test_popup(&self) -> Result<(), AppError> {
        let (popups, desktop) = self.popups();
        popups.test(desktop).await.map_err(|error| {
            let message = "This computer did not show the popup. Check in its own settings that Neff Office may show \
                           notifications, then try again.";
            AppError::new(ErrorCode::Internal, message).with_details(error.to_string())
        })
    }
}
