//! Estimates.

use office::view::{EstimateDetail, EstimateSaved};
use uuid::Uuid;

use super::{Answer, TheOffice};

#[tauri::command]
#[specta::specta]
pub(crate) async fn estimate(office: TheOffice<'_>, id: Uuid) -> Answer<EstimateDetail> {
    office.estimate(id).await
}

#[tauri::command]
#[specta::specta]
pub(crate) async fn save_estimate_notes(
    office: TheOffice<'_>,
    id: Uuid,
    notes: String,
    version: i32,
) -> Answer<EstimateSaved> {
    office.save_estimate_notes(id, &notes, version).await
}
