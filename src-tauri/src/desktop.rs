//! What `office` asks of the desktop: popups, and events to the window.

use std::sync::{Arc, OnceLock};

use futures_util::future::BoxFuture;
use office::notifier::Notifier;
use office::view::RecordRef;
use office::{Desktop, DesktopEvent, Office, Popup, PopupAction, PopupError};
use tauri::{AppHandle, Manager};
use tauri_specta::Event;
use uuid::Uuid;

use crate::bindings::{
    ChangesChanged, CompanyChanged, ConnectionChanged, LocalOfficeProgress, MeChanged, MigrationStep,
    NotificationsChanged, OpenRecord, ScheduleChanged, TodayChanged,
};

/// The window and the system's popups.
pub(crate) struct Shell {
    app: Arc<OnceLock<AppHandle>>,
    notifier: Notifier,
}

impl Shell {
    /// A desktop whose window comes later.
    pub(crate) fn new() -> Self {
        let app = Arc::new(OnceLock::<AppHandle>::new());
        let clicked = app.clone();
        let notifier = Notifier::new(Arc::new(move |action| {
            let Some(app) = clicked.get() else { return };
            match action {
                PopupAction::Open(about) => open(app, about),
                read @ PopupAction::MarkRead(_) => app.state::<Arc<Office>>().popup_action(read),
            }
        }));
        Self { app, notifier }
    }
    /// The window is there.
    pub(crate) fn attach(&self, app: AppHandle) {
        let _ = self.app.set(app);
    }
    /// True when a second start of the program was a click on a popup, which has been acted on. Only Windows starts a
    /// program for that.
    #[cfg(windows)]
    pub(crate) fn clicked(&self, arguments: &[String]) -> bool {
        self.notifier.clicked(arguments)
    }
    /// Gets the popups ready.
    pub(crate) async fn warm_up(&self) {
        self.notifier.warm_up().await;
    }
}

impl Desktop for Shell {
    fn show<'a>(&'a self, popup: &'a Popup) -> BoxFuture<'a, Result<(), PopupError>> {
        Box::pin(self.notifier.show(popup))
    }
    fn close<'a>(&'a self, notifications: &'a [Uuid]) -> BoxFuture<'a, ()> {
        Box::pin(self.notifier.close(notifications))
    }
    fn tell(&self, event: DesktopEvent) {
        let Some(app) = self.app.get() else { return };
        let told = match event {
            DesktopEvent::Connection(state) => ConnectionChanged(*state).emit(app),
            DesktopEvent::TodayChanged => TodayChanged(()).emit(app),
            DesktopEvent::ScheduleChanged => ScheduleChanged(()).emit(app),
            DesktopEvent::NotificationsChanged => NotificationsChanged(()).emit(app),
            DesktopEvent::Migration(step) => MigrationStep(step).emit(app),
            DesktopEvent::LocalOffice(step) => LocalOfficeProgress(step).emit(app),
            DesktopEvent::CompanyChanged => CompanyChanged(()).emit(app),
            DesktopEvent::MeChanged => MeChanged(()).emit(app),
            DesktopEvent::ChangesChanged => ChangesChanged(()).emit(app),
        };
        if let Err(error) = told {
            tracing::warn!(%error, "the window could not be told");
        }
    }
}

/// Brings the window to the front, and what a popup was about into it.
pub(crate) fn open(app: &AppHandle, about: Option<RecordRef>) {
    if let Some(window) = app.get_webview_window("main") {
        let _ = window.show();
        let _ = window.unminimize();
        let _ = window.set_focus();
    }
    if let Some(about) = about
        && let Err(error) = OpenRecord(about).emit(app)
    {
        tracing::warn!(%error, "the window could not be told what to open");
    }
}
