//! The system's popups, a module for each system.

use std::sync::Arc;

use crate::desktop::PopupAction;

#[cfg(target_os = "linux")]
mod linux;
#[cfg(target_os = "linux")]
pub use linux::Notifier;
#[cfg(not(target_os = "linux"))]
mod other;
#[cfg(not(target_os = "linux"))]
pub use other::Notifier;

/// Called when the person does something with a popup.
pub type OnAction = Arc<dyn Fn(PopupAction) + Send + Sync>;
