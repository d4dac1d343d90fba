//! What leaves the program: day sheets, week plans, calendars, spreadsheets.

use chrono::NaiveDate;
use office::view::{Exported, JobListQuery};
use uuid::Uuid;

use super::{Answer, TheOffice};

#[tauri::command]
#[specta::specta]
pub(crate) async fn open_day_sheet(office: TheOffice<'_>, day: NaiveDate, crews: Vec<Uuid>) -> Answer<Exported> {
    office.open_day_sheet(day, &crews).await
}

#[tauri::command]
#[specta::specta]
pub(crate) async fn open_week_plan(office: TheOffice<'_>, from: NaiveDate, crews: Vec<Uuid>) -> Answer<Exported> {
    office.open_week_plan(from, &crews).await
}

#[tauri::command]
#[specta::specta]
pub(crate) async fn export_calendar(office: TheOffice<'_>, crew: Option<Uuid>) -> Answer<Option<Exported>> {
    office.export_calendar(crew).await
}

#[tauri::command]
#[specta::specta]
pub(crate) async fn export_jobs(office: TheOffice<'_>, query: JobListQuery) -> Answer<Option<Exported>> {
    office.export_jobs(&query).await
}
