//! Today and jobs.

use office::view::{JobDetail, Today};
use uuid::Uuid;

use super::{Answer, TheOffice};

#[tauri::command]
#[specta::specta]
pub(crate) async fn today(office: TheOffice<'_>) -> Answer<Today> {
    office.today().await
}

#[tauri::command]
#[specta::specta]
pub(crate) async fn job(office: TheOffice<'_>, id: Uuid) -> Answer<JobDetail> {
    office.job(id).await
}
