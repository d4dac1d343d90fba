//! What the program asks of the desktop it runs on: the one thing tests have to replace.

use futures_util::future::BoxFuture;
use uuid::Uuid;

use crate::link::ConnectionState;
use crate::view::{Progress, RecordRef};

/// A popup to show.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Popup {
    /// One line.
    pub title: String,
    /// One or two sentences; any text, shown as text.
    pub body: String,
    /// 5 is the most urgent.
    pub priority: i32,
    /// The notifications it stands for: one, or all of a summary.
    pub notifications: Vec<Uuid>,
    /// What a click opens; none opens the program.
    pub about: Option<RecordRef>,
    /// No sound with it.
    pub silent: bool,
}

/// What a person did with a popup.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum PopupAction {
    /// Clicked it, or its "Open": show this; none opens the program.
    Open(Option<RecordRef>),
    /// Its "Mark read".
    MarkRead(Vec<Uuid>),
}

/// Something the window wants to know.
#[derive(Debug, Clone)]
pub enum DesktopEvent {
    /// The state of the connection changed.
    Connection(Box<ConnectionState>),
    /// Something Today shows has changed.
    TodayChanged,
    /// Something the schedule shows has changed.
    ScheduleChanged,
    /// My notifications have changed.
    NotificationsChanged,
    /// A step of a migration.
    Migration(Progress),
    /// A step of making the local office.
    LocalOffice(Progress),
    /// The company's settings have changed.
    CompanyChanged,
    /// What I chose for myself has changed.
    MeChanged,
    /// Something was done or undone.
    ChangesChanged,
}

/// Popups and events. Implemented by the desktop shell, by `neff worker` and by tests.
pub trait Desktop: Send + Sync + 'static {
    /// Shows a popup; returns when the notification service has it.
    fn show<'a>(&'a self, popup: &'a Popup) -> BoxFuture<'a, Result<(), PopupError>>;
    /// Closes the popups that stand for these and nothing else: all of it was read. A summary is named whole, at once.
    fn close<'a>(&'a self, notifications: &'a [Uuid]) -> BoxFuture<'a, ()>;
    /// Tells the window.
    fn tell(&self, event: DesktopEvent);
}

/// Why a popup could not be shown; it is tried again.
#[derive(Debug, Clone, thiserror::Error)]
#[error("{0}")]
pub struct PopupError(pub String);
