//! The system's popups, a module for each system.

use std::sync::Arc;

use crate::desktop::PopupAction;

#[cfg(target_os = "linux")]
mod linux;
#[cfg(target_os = "linux")]
pub use linux::Notifier;
#[cfg(target_os = "macos")]
mod macos;
#[cfg(target_os = "macos")]
pub use macos::Notifier;
#[cfg(any(windows, target_os = "macos", test))]
#[cfg_attr(not(windows), allow(dead_code))] // the half of it that writes XML
mod toast;
#[cfg(windows)]
mod windows;
#[cfg(windows)]
pub use self::windows::Notifier;

/// Called when the person does something with a popup.
pub type OnAction = Arc<dyn Fn(PopupAction) + Send + Sync>;
