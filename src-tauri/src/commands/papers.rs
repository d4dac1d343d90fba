//! What leaves the program: day sheets, week plans, calendars, spreadsheets.

use chrono::NaiveDate;
use office::view::{Exported, JobListQuery};
use tauri::AppHandle;
use uuid::Uuid;

use super::{Answer, TheOffice};
use crate::dialogs;

#[tauri::command]
#[specta::specta]
pub(crate) async fn open_day_sheet(
    app: AppHandle,
    office: TheOffice<'_>,
    day: NaiveDate,
    crews: Vec<Uuid>,
) -> Answer<Exported> {
    let (file, exported) = office.day_sheet(day, &crews).await?;
    dialogs::open(&app, &file)?;
    Ok(exported)
}

#[tauri::command]
#[specta::specta]
pub(crate) async fn open_week_plan(
    app: AppHandle,
    office: TheOffice<'_>,
    from: NaiveDate,
    crews: Vec<Uuid>,
) -> Answer<Exported> {
    let (file, exported) = office.week_plan(from, &crews).await?;
    dialogs::open(&app, &file)?;
    Ok(exported)
}

#[tauri::command]
#[specta::specta]
pub(crate) async fn export_calendar(
    app: AppHandle,
    office: TheOffice<'_>,
    crew: Option<Uuid>,
) -> Answer<Option<Exported>> {
    let name = office.calendar_name(crew).await;
    let Some(file) = dialogs::save_as(&app, &office, &name, "Calendar (ICS)", "ics").await else { return Ok(None) };
    let exported = office.export_calendar(crew, &file).await?;
    dialogs::reveal(&app, &file);
    Ok(Some(exported))
}

#[tauri::command]
#[specta::specta]
pub(crate) async fn export_jobs(
    app: AppHandle,
    office: TheOffice<'_>,
    query: JobListQuery,
) -> Answer<Option<Exported>> {
    let Some(file) = dialogs::save_as(&app, &office, "jobs.csv", "Spreadsheet (CSV)", "csv").await else {
        return Ok(None);
    };
    let exported = office.export_jobs(&query, &file).await?;
    dialogs::reveal(&app, &file);
    Ok(Some(exported))
}
