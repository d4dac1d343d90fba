//! Finding records, reading those without a screen of their own, and undoing.

use office::view::{ChangePage, ChangesQuery, RecordKind, RecordSheet, SearchHit, Undone};
use uuid::Uuid;

use super::{Answer, TheOffice};

#[tauri::command]
#[specta::specta]
pub(crate) async fn search(office: TheOffice<'_>, text: String, limit: u32) -> Answer<Vec<SearchHit>> {
    office.search(&text, limit).await
}

#[tauri::command]
#[specta::specta]
pub(crate) async fn record(office: TheOffice<'_>, kind: RecordKind, id: Uuid) -> Answer<RecordSheet> {
    office.record(kind, id).await
}

#[tauri::command]
#[specta::specta]
pub(crate) async fn recent_changes(office: TheOffice<'_>, query: ChangesQuery) -> Answer<ChangePage> {
    office.recent_changes(&query).await
}

#[tauri::command]
#[specta::specta]
pub(crate) async fn undo_change(office: TheOffice<'_>, id: Uuid) -> Answer<Undone> {
    office.undo_change(id).await
}
