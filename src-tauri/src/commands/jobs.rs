//! One job: editing it, its history, and what other programs entered.

use chrono::{DateTime, Utc};
use office::view::{
    ChangeRef, ContractChoice, HistoryLine, JobEdit, JobInput, JobSeed, JobVersion, Outside, ResourceRef,
    ScheduleOutcome,
};
use uuid::Uuid;

use super::{Answer, TheOffice};

#[tauri::command]
#[specta::specta]
pub(crate) async fn job_edit(office: TheOffice<'_>, id: Uuid) -> Answer<JobEdit> {
    office.job_edit(id).await
}

#[tauri::command]
#[specta::specta]
pub(crate) async fn job_seed(office: TheOffice<'_>, seed: JobSeed) -> Answer<JobEdit> {
    office.job_seed(&seed).await
}

#[tauri::command]
#[specta::specta]
pub(crate) async fn create_job(
    office: TheOffice<'_>,
    input: JobInput,
    reason: Option<String>,
    override_reason: Option<String>,
) -> Answer<ScheduleOutcome> {
    office.create_job(&input, reason.as_deref(), override_reason.as_deref()).await
}

#[tauri::command]
#[specta::specta]
pub(crate) async fn create_jobs(
    office: TheOffice<'_>,
    inputs: Vec<JobInput>,
    reason: Option<String>,
    override_reason: Option<String>,
) -> Answer<ScheduleOutcome> {
    office.create_jobs(&inputs, reason.as_deref(), override_reason.as_deref()).await
}

#[tauri::command]
#[specta::specta]
pub(crate) async fn save_job(
    office: TheOffice<'_>,
    id: Uuid,
    version: i32,
    input: JobInput,
    reason: Option<String>,
    override_reason: Option<String>,
) -> Answer<ScheduleOutcome> {
    office.save_job(id, version, &input, reason.as_deref(), override_reason.as_deref()).await
}

#[tauri::command]
#[specta::specta]
pub(crate) async fn job_span(
    office: TheOffice<'_>,
    start: DateTime<Utc>,
    hours: String,
    skip_days_off: bool,
) -> Answer<DateTime<Utc>> {
    office.job_span(start, &hours, skip_days_off).await
}

#[tauri::command]
#[specta::specta]
pub(crate) async fn contract_choices(office: TheOffice<'_>, text: String) -> Answer<Vec<ContractChoice>> {
    office.contract_choices(&text).await
}

#[tauri::command]
#[specta::specta]
pub(crate) async fn job_history(office: TheOffice<'_>, id: Uuid) -> Answer<Vec<HistoryLine>> {
    office.job_history(id).await
}

#[tauri::command]
#[specta::specta]
pub(crate) async fn outside(office: TheOffice<'_>) -> Answer<Outside> {
    office.outside().await
}

#[tauri::command]
#[specta::specta]
pub(crate) async fn mark_looked_at(office: TheOffice<'_>, jobs: Vec<Uuid>) -> Answer<()> {
    office.mark_looked_at(&jobs).await
}

#[tauri::command]
#[specta::specta]
pub(crate) async fn match_name(
    office: TheOffice<'_>,
    machine: bool,
    written: String,
    resource: ResourceRef,
) -> Answer<Option<ChangeRef>> {
    office.match_name(machine, &written, resource).await
}

#[tauri::command]
#[specta::specta]
pub(crate) async fn join_moved(
    office: TheOffice<'_>,
    canceled: JobVersion,
    instead: JobVersion,
    override_reason: Option<String>,
) -> Answer<ScheduleOutcome> {
    office.join_moved(canceled, instead, override_reason.as_deref()).await
}
