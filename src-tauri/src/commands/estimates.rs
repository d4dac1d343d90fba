//! Estimates.

use office::view::EstimateDetail;
use uuid::Uuid;

use super::{Answer, TheOffice};

#[tauri::command]
#[specta::specta]
pub(crate) async fn estimate(office: TheOffice<'_>, id: Uuid) -> Answer<EstimateDetail> {
    office.estimate(id).await
}
