//! The desktop shell: one window over `office`, its popups and events. The only crate that names `tauri`.

mod bindings;
mod commands;
mod desktop;
mod dialogs;
mod logging;
mod run;
mod start_failure;
mod tray;

pub use run::run;
pub use start_failure::StartFailure;
