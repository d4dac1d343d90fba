//! About the program itself.

use office::view::Exported;
use office::{AppError, ErrorCode};
use serde::Serialize;
use specta::Type;
use tauri::{AppHandle, WebviewWindow};

use super::{Answer, TheOffice};
use crate::dialogs;

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
    /// Where this program keeps what is of use on this computer only.
    data_folder: String,
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
        data_folder: office.data_folder().display().to_string(),
    })
}

#[tauri::command]
#[specta::specta]
pub(crate) async fn support_details(office: TheOffice<'_>) -> Answer<String> {
    Ok(office.support_details().await)
}

#[tauri::command]
#[specta::specta]
pub(crate) async fn export_logs(app: AppHandle, office: TheOffice<'_>) -> Answer<Option<Exported>> {
    let Some(file) = dialogs::save_as(&app, &office, "neff-office-log.txt", "Text", "txt").await else {
        return Ok(None);
    };
    let exported = office.export_logs(&file).await?;
    dialogs::reveal(&app, &file);
    Ok(Some(exported))
}

/// Prints what the window shows; the page's print styles decide what that is.
#[tauri::command]
#[specta::specta]
pub(crate) async fn print_window(window: WebviewWindow) -> Answer<()> {
    window.print().map_err(|error| {
        AppError::new(ErrorCode::Internal, "The print dialog could not be opened.").with_details(error.to_string())
    })
}
