//! The system's popups, a module for each system.

use std::sync::Arc;

use crate::view::RecordRef;

#[cfg(target_os = "linux")]
mod linux;
#[cfg(target_os = "linux")]
pub use linux::Notifier;
#[cfg(not(target_os = "linux"))]
mod other;
#[cfg(not(target_os = "linux"))]
pub use other::Notifier;

/// Called when the person clicks a popup, with what it is about.
pub type OnClick = Arc<dyn Fn(Option<RecordRef>) + Send + Sync>;
