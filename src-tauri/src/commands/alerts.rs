//! The bell.

use office::view::NotificationPage;
use uuid::Uuid;

use super::{Answer, TheOffice};

#[tauri::command]
#[specta::specta]
pub(crate) async fn notifications(office: TheOffice<'_>, limit: u32) -> Answer<NotificationPage> {
    office.notifications(limit).await
}

#[tauri::command]
#[specta::specta]
pub(crate) async fn mark_read(office: TheOffice<'_>, ids: Vec<Uuid>) -> Answer<()> {
    office.mark_read(&ids).await
}

#[tauri::command]
#[specta::specta]
pub(crate) async fn mark_all_read(office: TheOffice<'_>) -> Answer<u32> {
    office.mark_all_read().await
}

#[tauri::command]
#[specta::specta]
pub(crate) async fn test_popup(office: TheOffice<'_>) -> Answer<()> {
    office.test_popup().await
}
