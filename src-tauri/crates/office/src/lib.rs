//! Neff Office without a window: what this computer remembers, the link to the office database, the popups, and
//! what people do. The desktop shell and the command line both stand on it.

pub mod clock;
pub mod connecting;
mod connections;
mod copy;
pub mod desktop;
pub mod error;
pub mod link;
pub mod local_office;
pub mod notifier;
pub mod office;
mod papers;
pub mod paths;
pub mod popups;
pub mod secrets;
pub mod settings;
mod sweep;
pub mod view;
mod workflows;

pub use desktop::{Desktop, DesktopEvent, Popup, PopupAction, PopupError};
pub use error::{AppError, ErrorCode};
pub use office::Office;
pub use paths::Paths;
pub use secrets::Secrets;
