//! The bell and the inbox.

use chrono::{DateTime, Utc};
use office::view::{AlertKind, Exported, InboxPage, InboxQuery, NotificationPage};
use tauri::AppHandle;
use uuid::Uuid;

use super::{Answer, TheOffice};
use crate::dialogs;

#[tauri::command]
#[specta::specta]
pub(crate) async fn notifications(office: TheOffice<'_>, limit: u32) -> Answer<NotificationPage> {
    office.notifications(limit).await
}

#[tauri::command]
#[specta::specta]
pub(crate) async fn inbox(office: TheOffice<'_>, query: InboxQuery) -> Answer<InboxPage> {
    office.inbox(&query).await
}

#[tauri::command]
#[specta::specta]
pub(crate) async fn alert_kinds(office: TheOffice<'_>) -> Answer<Vec<AlertKind>> {
    office.alert_kinds().await
}

#[tauri::command]
#[specta::specta]
pub(crate) async fn set_read(office: TheOffice<'_>, ids: Vec<Uuid>, read: bool) -> Answer<u32> {
    office.set_read(&ids, read).await
}

#[tauri::command]
#[specta::specta]
pub(crate) async fn mark_all_read_in(office: TheOffice<'_>, query: InboxQuery, until: DateTime<Utc>) -> Answer<u32> {
    office.mark_all_read_in(&query, until).await
}

#[tauri::command]
#[specta::specta]
pub(crate) async fn export_inbox(app: AppHandle, office: TheOffice<'_>, query: InboxQuery) -> Answer<Option<Exported>> {
    let Some(file) = dialogs::save_as(&app, &office, "alerts.csv", "Spreadsheet (CSV)", "csv").await else {
        return Ok(None);
    };
    let exported = office.export_inbox(&query, &file).await?;
    dialogs::reveal(&app, &file);
    Ok(Some(exported))
}
