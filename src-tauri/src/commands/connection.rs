//! Connecting, and who works here.

use office::connecting::{ConnectionInput, DoctorReport, SavedConnection};
use office::link::ConnectionState;
use office::view::MigrationResult;
use uuid::Uuid;

use super::{Answer, TheOffice};

#[tauri::command]
#[specta::specta]
pub(crate) async fn connection_state(office: TheOffice<'_>) -> Answer<ConnectionState> {
    Ok(office.connection_state().await)
}

#[tauri::command]
#[specta::specta]
pub(crate) async fn saved_connection(office: TheOffice<'_>) -> Answer<Option<SavedConnection>> {
    Ok(office.saved_connection().await)
}

#[tauri::command]
#[specta::specta]
pub(crate) async fn check_connection(
    office: TheOffice<'_>,
    input: ConnectionInput,
    password: Option<String>,
) -> Answer<DoctorReport> {
    office.check(&input, password).await
}

#[tauri::command]
#[specta::specta]
pub(crate) async fn connect(
    office: TheOffice<'_>,
    input: ConnectionInput,
    password: Option<String>,
) -> Answer<ConnectionState> {
    office.connect(&input, password).await
}

#[tauri::command]
#[specta::specta]
pub(crate) async fn reconnect(office: TheOffice<'_>) -> Answer<ConnectionState> {
    Ok(office.reconnect().await)
}

#[tauri::command]
#[specta::specta]
pub(crate) async fn forget_connection(office: TheOffice<'_>) -> Answer<()> {
    office.forget_connection().await
}

#[tauri::command]
#[specta::specta]
pub(crate) async fn migrate(office: TheOffice<'_>) -> Answer<MigrationResult> {
    office.migrate().await
}

#[tauri::command]
#[specta::specta]
pub(crate) async fn i_am(office: TheOffice<'_>, person_id: Uuid) -> Answer<ConnectionState> {
    office.i_am(person_id).await
}

#[tauri::command]
#[specta::specta]
pub(crate) async fn i_am_new(office: TheOffice<'_>, name: String) -> Answer<ConnectionState> {
    office.i_am_new(&name).await
}
