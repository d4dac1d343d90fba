//! Connecting, and who works here.

use database::Tuning;
use office::connecting::{ConnectionInput, DoctorReport, ImportedConfiguration, SavedConnection};
use office::link::ConnectionState;
use office::local_office::LocalOfficeState;
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
pub(crate) async fn connections(office: TheOffice<'_>) -> Answer<Vec<SavedConnection>> {
    Ok(office.connections())
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
pub(crate) async fn switch_connection(office: TheOffice<'_>, id: Uuid) -> Answer<ConnectionState> {
    office.switch_connection(id).await
}

#[tauri::command]
#[specta::specta]
pub(crate) async fn update_connection(
    office: TheOffice<'_>,
    id: Uuid,
    name: String,
    tuning: Tuning,
) -> Answer<SavedConnection> {
    office.update_connection(id, &name, tuning).await
}

#[tauri::command]
#[specta::specta]
pub(crate) async fn forget_connection(office: TheOffice<'_>, id: Uuid) -> Answer<ConnectionState> {
    office.forget_connection(id).await
}

#[tauri::command]
#[specta::specta]
pub(crate) async fn read_configuration(office: TheOffice<'_>, text: String) -> Answer<ImportedConfiguration> {
    office.read_configuration(&text)
}

#[tauri::command]
#[specta::specta]
#[expect(clippy::unnecessary_wraps, reason = "every command answers with data or an error")]
pub(crate) fn default_tuning() -> Answer<Tuning> {
    Ok(Tuning::default())
}

#[tauri::command]
#[specta::specta]
pub(crate) async fn change_person(office: TheOffice<'_>) -> Answer<ConnectionState> {
    office.change_person().await
}

#[tauri::command]
#[specta::specta]
pub(crate) async fn local_office(office: TheOffice<'_>) -> Answer<LocalOfficeState> {
    Ok(office.local_office().await)
}

#[tauri::command]
#[specta::specta]
pub(crate) async fn create_local_office(
    office: TheOffice<'_>,
    name: String,
    sample_data: bool,
) -> Answer<ConnectionState> {
    office.create_local_office(&name, sample_data).await
}

#[tauri::command]
#[specta::specta]
pub(crate) async fn open_local_office(office: TheOffice<'_>) -> Answer<ConnectionState> {
    office.open_local_office().await
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
