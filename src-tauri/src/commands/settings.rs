//! The company, the person, this computer.

use office::view::{Company, CompanyInput, CompanySaved, ComputerSettings, Me, MeInput, MeSaved};
use office::{AppError, ErrorCode};
use tauri::AppHandle;
use tauri_plugin_autostart::ManagerExt;

use super::{Answer, TheOffice};

#[tauri::command]
#[specta::specta]
pub(crate) async fn me(office: TheOffice<'_>) -> Answer<Me> {
    office.me().await
}

#[tauri::command]
#[specta::specta]
pub(crate) async fn save_me(office: TheOffice<'_>, input: MeInput) -> Answer<MeSaved> {
    office.save_me(&input).await
}

#[tauri::command]
#[specta::specta]
pub(crate) async fn company(office: TheOffice<'_>) -> Answer<Company> {
    office.company().await
}

#[tauri::command]
#[specta::specta]
pub(crate) async fn save_company(office: TheOffice<'_>, input: CompanyInput) -> Answer<CompanySaved> {
    office.save_company(&input).await
}

#[tauri::command]
#[specta::specta]
pub(crate) async fn computer_settings(app: AppHandle, office: TheOffice<'_>) -> Answer<ComputerSettings> {
    // The person may have changed it in the system's own settings.
    let start_at_login = app.autolaunch().is_enabled().unwrap_or(false);
    Ok(ComputerSettings { start_at_login, ..office.behaviour() })
}

#[tauri::command]
#[specta::specta]
pub(crate) async fn save_computer_settings(
    app: AppHandle,
    office: TheOffice<'_>,
    settings: ComputerSettings,
) -> Answer<ComputerSettings> {
    let login = app.autolaunch();
    if login.is_enabled().unwrap_or(false) != settings.start_at_login {
        let done = if settings.start_at_login { login.enable() } else { login.disable() };
        done.map_err(|error| {
            AppError::new(
                ErrorCode::Internal,
                "This computer does not let programs start at login. Nothing was changed.",
            )
            .with_details(error.to_string())
        })?;
    }
    office.set_behaviour(settings).await
}

#[tauri::command]
#[specta::specta]
pub(crate) async fn test_popup(office: TheOffice<'_>) -> Answer<()> {
    office.test_popup().await
}
