//! About the program itself.

use serde::Serialize;
use specta::Type;

use super::{Answer, TheOffice};

/// For "About" and "Copy details".
#[derive(Debug, Clone, Serialize, Type)]
pub struct AppInfo {
    /// Of the program.
    version: String,
    /// `linux`, `macos` or `windows`.
    platform: String,
    /// Name of this computer.
    computer: String,
    /// Where the log files are.
    log_folder: String,
}

#[tauri::command]
#[specta::specta]
#[expect(clippy::unnecessary_wraps, reason = "every command answers with data or an error")]
#[expect(clippy::needless_pass_by_value, reason = "tauri hands the state over like this")]
pub(crate) fn app_info(office: TheOffice<'_>) -> Answer<AppInfo> {
    Ok(AppInfo {
        version: env!("CARGO_PKG_VERSION").to_owned(),
        platform: std::env::consts::OS.to_owned(),
        computer: office::settings::computer_name(),
        log_folder: office.log_folder().display().to_string(),
    })
}
