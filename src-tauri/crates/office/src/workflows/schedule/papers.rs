//! Day sheets, week plans, calendars and spreadsheets: from the server, or from the copy when there is no network.

mod content;
mod ground;

use std::collections::HashMap;
use std::path::{Path, PathBuf};

use chrono::{Days, NaiveDate};
use documents::JobRow;
use uuid::Uuid;

use self::content::{calendar, day_sheet, stop, week_plan};
use self::ground::{Ground, ground_of};
use super::part::check_part;
use crate::error::{AppError, ErrorCode};
use crate::office::Office;
use crate::view::{CopyDays, Exported, JobFilter, JobListQuery, ScheduleQuery};
use crate::workflows::inbox::write_bytes;
use crate::workflows::today::count;

/// A calendar holds jobs from so far back to so far ahead.
const CALENDAR_BACK: Days = Days::new(30);
const CALENDAR_AHEAD: Days = Days::new(69);

impl Office {
    /// Day sheets of these crews (none: of every crew with work that day) as a PDF in this program's folder.
    ///
    /// # Errors
    /// When neither the server nor the copy can be asked, or the file not be written.
    pub async fn day_sheet(&self, day: NaiveDate, crews: &[Uuid]) -> Result<(PathBuf, Exported), AppError> {
        let ground = self.paper_ground(day, day + Days::new(1), None).await?;
        let sheet = day_sheet(&ground, day, crews);
        let pages = count(sheet.crews.len());
        let made = made(move || documents::day_sheet_pdf(&sheet)).await?;
        self.keep_paper(&format!("Day sheets {day}.pdf"), made, pages).await
    }

    /// The plan of seven days as a PDF in this program's folder; no crews: all of them.
    ///
    /// # Errors
    /// As [`Office::day_sheet`].
    pub async fn week_plan(&self, from: NaiveDate, crews: &[Uuid]) -> Result<(PathBuf, Exported), AppError> {
        let ground = self.paper_ground(from, from + Days::new(7), None).await?;
        let plan = week_plan(&ground, crews);
        let rows = count(plan.crews.len());
        let made = made(move || documents::week_plan_pdf(&plan)).await?;
        self.keep_paper(&format!("Week plan {from}.pdf"), made, rows).await
    }

    /// Jobs from 30 days back to 69 ahead, of one crew or all, as a calendar file.
    ///
    /// # Errors
    /// As [`Office::day_sheet`].
    pub async fn export_calendar(&self, crew: Option<Uuid>, file: &Path) -> Result<Exported, AppError> {
        let (from, until) = calendar_days();
        let ground = self.paper_ground(from, until, crew).await?;
        let calendar = calendar(&ground, crew);
        let events = count(calendar.jobs.len());
        let made = made(move || documents::calendar_ics(&calendar)).await?;
        write_bytes(file.to_owned(), made).await?;
        Ok(Exported { path: file.display().to_string(), rows: events })
    }

    /// What a calendar file would be called.
    pub async fn calendar_name(&self, crew: Option<Uuid>) -> String {
        let (from, _) = calendar_days();
        let name = match crew {
            Some(id) => self
                .ground_of_days(from, from + Days::new(1), None)
                .await
                .ok()
                .and_then(|g| g.schedule.crews.into_iter().find(|c| c.id == id).map(|c| c.name)),
            None => None,
        };
        let name = name.unwrap_or_else(|| "Schedule".to_owned());
        let safe: String =
            name.chars().map(|c| if c.is_alphanumeric() || " -_".contains(c) { c } else { ' ' }).collect();
        format!("{}.ics", safe.split_whitespace().collect::<Vec<_>>().join(" "))
    }

    /// Every job the query shows, as a spreadsheet; 50,000 lines at most.
    ///
    /// # Errors
    /// As [`Office::day_sheet`].
    pub async fn export_jobs(&self, query: &JobListQuery, file: &Path) -> Result<Exported, AppError> {
        let jobs = self.all_jobs(query).await?;
        let (from, _) = calendar_days();
        let ground = self.ground_of_days(from, from + Days::new(1), None).await?;
        if let Some(days) = ground.schedule.copy_days.filter(|_| jobs.is_empty()) {
            refuse_beyond(days, query.from.unwrap_or(days.from), query.until.unwrap_or(days.until))?;
        }
        let zone = ground.calendar().zone();
        let rows: Vec<JobRow> = jobs
            .iter()
            .map(|job| JobRow {
                crew: job.crew_names.join(", "),
                contract: job.job.contract_id.map(|id| id.to_string()).unwrap_or_default(),
                job: stop(job, (job.job.start, job.job.end), None, None, zone, &HashMap::new()),
            })
            .collect();
        let lines = count(rows.len());
        let made = made(move || Ok(documents::jobs_csv(&rows))).await?;
        write_bytes(file.to_owned(), made).await?;
        Ok(Exported { path: file.display().to_string(), rows: lines })
    }

    /// Everything of these days, or what is and was a crew's: from the server, else from the copy if it holds any of
    /// them. A paper with nothing on it would be read as days with nothing to do.
    async fn paper_ground(&self, from: NaiveDate, until: NaiveDate, crew: Option<Uuid>) -> Result<Ground, AppError> {
        let ground = self.ground_of_days(from, until, crew).await?;
        if let Some(days) = ground.schedule.copy_days {
            refuse_beyond(days, from, until)?;
        }
        Ok(ground)
    }

    /// The same, also where the copy holds none of these days.
    async fn ground_of_days(&self, from: NaiveDate, until: NaiveDate, crew: Option<Uuid>) -> Result<Ground, AppError> {
        check_part(from, until)?;
        let filter = JobFilter { crews: crew.into_iter().collect(), ..JobFilter::default() };
        let query = ScheduleQuery { from, until, filter };
        let answer = self.ground_of_the_server(&query, crew).await;
        self.or_copy(answer, move |copy, now| ground_of(copy, &query, now)).await
    }

    /// A paper to be opened: in this program's own folder, where old ones are removed.
    async fn keep_paper(&self, name: &str, content: Vec<u8>, rows: u32) -> Result<(PathBuf, Exported), AppError> {
        let folder = crate::papers::folder(&self.data_folder());
        let name = name.to_owned();
        let written = tokio::task::spawn_blocking(move || crate::papers::write(&folder, &name, &content)).await;
        let sentence = "The paper could not be written. Is this computer's disk full?";
        let file = match written {
            Ok(Ok(file)) => file,
            Ok(Err(error)) => {
                return Err(AppError::new(ErrorCode::DiskFull, sentence).with_details(error.to_string()));
            }
            Err(error) => return Err(AppError::new(ErrorCode::Internal, sentence).with_details(error.to_string())),
        };
        let exported = Exported { path: file.display().to_string(), rows };
        Ok((file, exported))
    }
}

/// None of these days is in the copy.
fn refuse_beyond(days: CopyDays, from: NaiveDate, until: NaiveDate) -> Result<(), AppError> {
    let on = |day: NaiveDate| day.format("%A, %B %-d, %Y");
    let edge = if from >= days.until {
        format!("ends on {}", on(days.until - Days::new(1)))
    } else if until <= days.from {
        format!("begins on {}", on(days.from))
    } else {
        return Ok(());
    };
    let sentence = format!(
        "The office database does not answer, and the copy of the schedule on this computer {edge}. Choose other days, or try again when it answers."
    );
    Err(AppError::new(ErrorCode::NotConnected, sentence))
}

/// The days a calendar file holds.
fn calendar_days() -> (NaiveDate, NaiveDate) {
    let now = crate::clock::now().date_naive();
    (now - CALENDAR_BACK, now + CALENDAR_AHEAD)
}

/// Typesetting takes a moment: not on the threads that answer the window.
async fn made(
    work: impl FnOnce() -> Result<Vec<u8>, documents::DocumentError> + Send + 'static,
) -> Result<Vec<u8>, AppError> {
    let sentence = "The paper could not be made. Nothing is lost; copy the details for support.";
    match tokio::task::spawn_blocking(work).await {
        Ok(Ok(bytes)) => Ok(bytes),
        Ok(Err(error)) => Err(AppError::new(ErrorCode::Internal, sentence).with_details(error.to_string())),
        Err(error) => Err(AppError::new(ErrorCode::Internal, sentence).with_details(error.to_string())),
    }
}
