//! The schedule: Today, the board, the list, and moving jobs.

use office::view::{
    ClashPage, Consequences, CopyState, JobCheck, JobDetail, JobList, JobListQuery, JobMove, JobVersion, SavedView,
    Schedule, ScheduleOutcome, ScheduleQuery, Today, UnscheduledPage,
};
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

#[tauri::command]
#[specta::specta]
pub(crate) async fn schedule(office: TheOffice<'_>, query: ScheduleQuery) -> Answer<Schedule> {
    office.schedule(&query).await
}

#[tauri::command]
#[specta::specta]
pub(crate) async fn move_jobs(
    office: TheOffice<'_>,
    moves: Vec<JobMove>,
    reason: Option<String>,
    override_reason: Option<String>,
) -> Answer<ScheduleOutcome> {
    office.move_jobs(&moves, reason.as_deref(), override_reason.as_deref()).await
}

#[tauri::command]
#[specta::specta]
pub(crate) async fn set_job_status(
    office: TheOffice<'_>,
    jobs: Vec<JobVersion>,
    status: String,
    reason: Option<String>,
    override_reason: Option<String>,
) -> Answer<ScheduleOutcome> {
    office.set_job_status(&jobs, &status, reason.as_deref(), override_reason.as_deref()).await
}

#[tauri::command]
#[specta::specta]
pub(crate) async fn pin_jobs(office: TheOffice<'_>, jobs: Vec<JobVersion>, pinned: bool) -> Answer<ScheduleOutcome> {
    office.pin_jobs(&jobs, pinned).await
}

#[tauri::command]
#[specta::specta]
pub(crate) async fn check_jobs(office: TheOffice<'_>, checks: Vec<JobCheck>) -> Answer<Vec<Consequences>> {
    office.check_jobs(&checks).await
}

#[tauri::command]
#[specta::specta]
pub(crate) async fn unscheduled(office: TheOffice<'_>, text: Option<String>) -> Answer<UnscheduledPage> {
    office.unscheduled(text.as_deref()).await
}

#[tauri::command]
#[specta::specta]
pub(crate) async fn job_list(office: TheOffice<'_>, query: JobListQuery) -> Answer<JobList> {
    office.job_list(&query).await
}

#[tauri::command]
#[specta::specta]
pub(crate) async fn schedule_clashes(office: TheOffice<'_>) -> Answer<ClashPage> {
    office.schedule_clashes().await
}

#[tauri::command]
#[specta::specta]
pub(crate) async fn saved_views(office: TheOffice<'_>, screen: String) -> Answer<Vec<SavedView>> {
    office.saved_views(&screen).await
}

#[tauri::command]
#[specta::specta]
pub(crate) async fn save_view(
    office: TheOffice<'_>,
    screen: String,
    name: String,
    filters: String,
) -> Answer<Vec<SavedView>> {
    office.save_view(&screen, &name, &filters).await
}

#[tauri::command]
#[specta::specta]
pub(crate) async fn delete_view(office: TheOffice<'_>, screen: String, id: Uuid) -> Answer<Vec<SavedView>> {
    office.delete_view(&screen, id).await
}

#[tauri::command]
#[specta::specta]
pub(crate) async fn offline_copy(office: TheOffice<'_>) -> Answer<Option<CopyState>> {
    office.offline_copy().await
}
