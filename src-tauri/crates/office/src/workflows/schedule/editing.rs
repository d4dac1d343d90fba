//! The job editor: a job with everything that is edited, new jobs, saving.

use chrono::{DateTime, TimeDelta, Utc};
use database::schedule::editor::{self, ContractRow};
use database::schedule::write::{self, JobImage};
use database::{DatabaseError, PgConnection};
use domain::job_status::Status;
use rust_decimal::Decimal;
use rust_decimal::prelude::ToPrimitive;
use serde_json::{Value, json};
use uuid::Uuid;

use super::OfficeTime;
use super::following;
use super::moving::{check_times, set_status};
use super::reassign::{rewritten, words_of};
use super::writing::{Edited, Holds, Told, Why};
use crate::error::AppError;
use crate::office::Office;
use crate::view::{
    ContractChoice, JobEdit, JobInput, JobSeed, JobVersion, RelatedJob, ResourceKind, ResourceWord, ScheduleOutcome,
    StatusChoice,
};
use crate::workflows::company::invalid;

/// Longest address and instructions, in characters.
const ADDRESS: usize = 1_000;
const INSTRUCTIONS: usize = 20_000;
/// What fits `job_schedules.estimated_duration_hours` and `follows_after_hours`.
const HOURS: Decimal = Decimal::from_parts(9_999_999, 0, 0, false, 2);
const WAIT: Decimal = Decimal::from_parts(999_999, 0, 0, false, 2);
/// The most words of a column.
const WORDS: usize = 500;

impl Office {
    /// A job in the editor.
    ///
    /// # Errors
    /// [`crate::ErrorCode::NotFound`] when it is gone; else when the database cannot be asked.
    pub async fn job_edit(&self, id: Uuid) -> Result<JobEdit, AppError> {
        let (pool, _) = self.at_work().await?;
        let mut connection = pool.acquire().await.map_err(DatabaseError::from)?;
        let c = &mut *connection;
        let (image, version) = write::read(c, &[id]).await?.pop().ok_or_else(|| AppError::not_found("job"))?;
        let origin = editor::origin(c, id).await?.ok_or_else(|| AppError::not_found("job"))?;
        let mut edit = in_editor(c, &image, &[id]).await?;
        edit.id = Some(id);
        edit.version = version;
        edit.source = origin.source;
        edit.calendly_event_uri = image.calendly_event_uri;
        edit.created_at = Some(origin.created_at);
        edit.updated_at = Some(origin.updated_at);
        Ok(edit)
    }

    /// What a new job begins with: the next working morning, or what is asked for.
    ///
    /// # Errors
    /// [`crate::ErrorCode::NotFound`] when what it begins with is gone; else when the database cannot be asked.
    pub async fn job_seed(&self, seed: &JobSeed) -> Result<JobEdit, AppError> {
        let (pool, _) = self.at_work().await?;
        let mut connection = pool.acquire().await.map_err(DatabaseError::from)?;
        let c = &mut *connection;
        let now = database::today::office_day(c).await?.now;
        let time = OfficeTime::closed_on_holidays(c, now, now + TimeDelta::days(60)).await?;
        let mut image = match seed.copy_of {
            Some(id) => {
                let (image, _) = write::read(c, &[id]).await?.pop().ok_or_else(|| AppError::not_found("job"))?;
                JobImage {
                    calendly_event_uri: None,
                    status: Status::Scheduled.as_str().to_owned(),
                    follows_job_id: None,
                    follows_after_hours: Decimal::ZERO,
                    pinned: false,
                    ..image
                }
            }
            None => blank(&time),
        };
        let length = image.end_date - image.start_date;
        if let Some(start) = seed.start {
            image.start_date = start;
            image.end_date = seed.end.filter(|end| *end > start).unwrap_or(start + length);
        } else if seed.copy_of.is_some() {
            // A copy beside its original would clash with it at once.
            let from = image.end_date.max(time.now);
            let morning = next_morning(&time, from);
            image.start_date = time
                .calendar
                .instant(time.calendar.day_of(morning).and_time(time.calendar.local(image.start_date).time()));
            image.end_date = image.start_date + length;
        }
        if let Some(id) = seed.contract_id {
            let contract = editor::contracts(c, &[id]).await?.pop().ok_or_else(|| AppError::not_found("contract"))?;
            image.contract_id = Some(id);
            image.location_address = contract.address;
        }
        if seed.copy_of.is_none()
            && let Some(first) = following::proposed(c, &image, seed.resource).await?
        {
            image.follows_job_id = Some(first);
            image.follows_after_hours = following::STRIPED_AFTER;
        }
        let words_of_original: Vec<Uuid> = seed.copy_of.into_iter().collect();
        let mut edit = in_editor(c, &image, &words_of_original).await?;
        // They are written anew, not kept in another job's column.
        for word in edit.input.crew.iter_mut().chain(&mut edit.input.machines) {
            word.item = None;
        }
        if let Some(resource) = seed.resource
            && let Some(name) = editor::resource_name(c, resource.kind.as_str(), resource.id).await?
        {
            let word =
                ResourceWord { kind: Some(resource.kind), id: Some(resource.id), name, item: None, ambiguous: false };
            let list = match resource.kind {
                ResourceKind::Machine => &mut edit.input.machines,
                _ => &mut edit.input.crew,
            };
            // A copy on another row is that row's.
            if seed.copy_of.is_some() {
                list.retain(|w| w.kind != word.kind);
            }
            if !list.iter().any(|w| w.id == word.id) {
                list.push(word);
            }
        }
        Ok(edit)
    }

    /// Enters a job.
    ///
    /// # Errors
    /// [`crate::ErrorCode::Invalid`] with the field; else when the database cannot be asked.
    pub async fn create_job(
        &self,
        input: &JobInput,
        reason: Option<&str>,
        override_reason: Option<&str>,
    ) -> Result<ScheduleOutcome, AppError> {
        let why = Why::read(reason, override_reason)?;
        self.enter_jobs(&[new_image(input)?], why).await
    }

    /// Enters several jobs in one step, which is undone as one.
    ///
    /// # Errors
    /// [`crate::ErrorCode::Invalid`] with the field; else when the database cannot be asked.
    pub async fn create_jobs(
        &self,
        inputs: &[JobInput],
        reason: Option<&str>,
        override_reason: Option<&str>,
    ) -> Result<ScheduleOutcome, AppError> {
        let why = Why::read(reason, override_reason)?;
        let images = inputs.iter().map(new_image).collect::<Result<Vec<_>, _>>()?;
        self.enter_jobs(&images, why).await
    }

    /// Saves a job over the version seen.
    ///
    /// # Errors
    /// [`crate::ErrorCode::Invalid`] with the field; else when the database cannot be asked.
    pub async fn save_job(
        &self,
        id: Uuid,
        version: i32,
        input: &JobInput,
        reason: Option<&str>,
        override_reason: Option<&str>,
    ) -> Result<ScheduleOutcome, AppError> {
        let why = Why::read(reason, override_reason)?;
        let checked = check(input)?;
        if input.follows_job_id == Some(id) {
            return Err(invalid("follows_job_id", "A job cannot wait for itself."));
        }
        let to = Status::read(Some(&input.status)).ok_or_else(|| invalid("status", "There is no such status."))?;
        let summary = |edits: &[Edited], told: &Told<'_>| {
            edits.first().map_or_else(String::new, |e| format!("Job of {} changed", told.of(e.after.id)))
        };
        self.change_jobs(&[JobVersion { id, version }], Holds::All, why, summary, |image, _| {
            let from = Status::read(Some(&image.status));
            if from != Some(to) {
                set_status(image, to, why.reason.is_some())?;
            }
            let moved = image.start_date != input.start && from == Some(Status::Confirmed) && to == Status::Confirmed;
            if moved {
                set_status(image, Status::Rescheduled, why.reason.is_some())?;
            }
            checked.put(image);
            Ok(())
        })
        .await
    }

    /// When a job that starts then and takes so many hours of work is done.
    ///
    /// # Errors
    /// [`crate::ErrorCode::Invalid`] for hours that are none or over 9,999.
    pub async fn job_span(
        &self,
        start: DateTime<Utc>,
        hours: &str,
        skip_days_off: bool,
    ) -> Result<DateTime<Utc>, AppError> {
        let wrong = || invalid("duration_hours", "Enter the hours of work, more than 0 and at most 9,999.");
        let hours = decimal(hours).filter(|h| *h > Decimal::ZERO && *h < Decimal::from(10_000)).ok_or_else(wrong)?;
        let minutes = (hours * Decimal::from(60)).round().to_i64().ok_or_else(wrong)?;
        let (pool, _) = self.at_work().await?;
        let mut connection = pool.acquire().await.map_err(DatabaseError::from)?;
        let time = OfficeTime::closed_on_holidays(&mut connection, start, start + TimeDelta::days(1_500)).await?;
        time.calendar.span(start, TimeDelta::minutes(minutes), skip_days_off).ok_or_else(wrong)
    }

    /// Contracts to choose from.
    ///
    /// # Errors
    /// When there is no connection, or the database cannot be asked.
    pub async fn contract_choices(&self, text: &str) -> Result<Vec<ContractChoice>, AppError> {
        let (pool, _) = self.at_work().await?;
        let mut connection = pool.acquire().await.map_err(DatabaseError::from)?;
        let text = text.replace('\0', "");
        Ok(editor::contract_choices(&mut connection, text.trim()).await?.into_iter().map(choice).collect())
    }
}

/// A job as the editor shows it; `words_of_jobs` is the job whose columns are read, if there is one.
async fn in_editor(c: &mut PgConnection, image: &JobImage, words_of_jobs: &[Uuid]) -> Result<JobEdit, AppError> {
    let words = write::words(c, words_of_jobs).await?;
    let contract = match image.contract_id {
        Some(id) => editor::contracts(c, &[id]).await?.pop().map(choice),
        None => None,
    };
    let except = words_of_jobs.first().copied().filter(|id| *id == image.id);
    let related = match image.contract_id {
        Some(id) => editor::related(c, id, except).await?,
        None => Vec::new(),
    };
    let zone = OfficeTime::read(c).await?.zone().name().to_owned();
    let from = Status::read(Some(&image.status)).unwrap_or(Status::Scheduled);
    Ok(JobEdit {
        id: None,
        version: 0,
        input: JobInput {
            contract_id: image.contract_id,
            start: image.start_date,
            end: image.end_date,
            status: image.status.clone(),
            crew: words_of(&words, "person"),
            machines: words_of(&words, "machine"),
            address: image.location_address.clone(),
            instructions: image.special_instructions.clone(),
            duration_hours: image.estimated_duration_hours.map(|h| h.normalize().to_string()),
            weather_dependent: image.weather_dependent,
            priority: image.priority_level,
            pinned: image.pinned,
            follows_job_id: image.follows_job_id,
            follows_after_hours: image.follows_after_hours.normalize().to_string(),
        },
        contract,
        related: related
            .into_iter()
            .map(|r| RelatedJob {
                id: r.id,
                start: r.start,
                end: r.end,
                status: r.status,
                instructions: r.instructions,
            })
            .collect(),
        may_become: from
            .may_follow()
            .iter()
            .map(|to| StatusChoice {
                status: to.as_str().to_owned(),
                label: to.words().to_owned(),
                needs_reason: from.needs_reason(*to),
            })
            .collect(),
        zone,
        source: "manual_admin".to_owned(),
        calendly_event_uri: None,
        created_at: None,
        updated_at: None,
    })
}

fn choice(row: ContractRow) -> ContractChoice {
    ContractChoice {
        id: row.id,
        customer: row.customer,
        phone: row.phone,
        service_type: row.service_type,
        address: row.address,
        status: row.status,
    }
}

/// A job of one working day, on the next working morning.
fn blank(time: &OfficeTime) -> JobImage {
    let start = next_morning(time, time.now);
    let hours = time.calendar.working_hours(time.calendar.day_of(start));
    bare(Uuid::nil(), hours.start, hours.end, Status::Scheduled)
}

/// A job of which nothing else is known yet.
fn bare(id: Uuid, start_date: DateTime<Utc>, end_date: DateTime<Utc>, status: Status) -> JobImage {
    JobImage {
        id,
        contract_id: None,
        calendly_event_uri: None,
        start_date,
        end_date,
        status: status.as_str().to_owned(),
        crew_assigned: None,
        equipment_needed: None,
        location_address: String::new(),
        special_instructions: None,
        estimated_duration_hours: None,
        weather_dependent: true,
        priority_level: 3,
        pinned: false,
        follows_job_id: None,
        follows_after_hours: Decimal::ZERO,
    }
}

/// The first working morning after a moment.
fn next_morning(time: &OfficeTime, after: DateTime<Utc>) -> DateTime<Utc> {
    let day = time.calendar.day_of(after) + chrono::Days::new(1);
    let day = time.calendar.next_working_day(day).unwrap_or(day);
    time.calendar.working_hours(day).start
}

/// What was entered, read.
struct Checked {
    input: JobInput,
    address: String,
    instructions: Option<String>,
    duration: Option<Decimal>,
    wait: Decimal,
}

impl Checked {
    fn put(&self, image: &mut JobImage) {
        let input = &self.input;
        image.contract_id = input.contract_id;
        image.start_date = input.start;
        image.end_date = input.end;
        image.crew_assigned = put_words(&input.crew, image.crew_assigned.take());
        image.equipment_needed = put_words(&input.machines, image.equipment_needed.take());
        image.location_address.clone_from(&self.address);
        image.special_instructions.clone_from(&self.instructions);
        image.estimated_duration_hours = self.duration;
        image.weather_dependent = input.weather_dependent;
        image.priority_level = input.priority;
        image.pinned = input.pinned;
        image.follows_job_id = input.follows_job_id;
        image.follows_after_hours = if input.follows_job_id.is_some() { self.wait } else { Decimal::ZERO };
    }
}

/// A column nobody changed stays as it was written, whatever it is.
fn put_words(words: &[ResourceWord], before: Option<Value>) -> Option<Value> {
    let after = rewritten(words, before.as_ref());
    match &before {
        Some(Value::Array(_)) => Some(after),
        Some(other) if after == json!([other]) => before,
        None | Some(Value::Null) if after == json!([]) => before.or(Some(after)),
        _ => Some(after),
    }
}

/// A job that is not there yet.
fn new_image(input: &JobInput) -> Result<JobImage, AppError> {
    let checked = check(input)?;
    let status = Status::read(Some(&input.status)).filter(|s| matches!(s, Status::Scheduled | Status::Confirmed));
    let Some(status) = status else {
        return Err(invalid("status", "A new job is scheduled, or confirmed with the customer."));
    };
    let mut image = bare(Uuid::new_v4(), input.start, input.end, status);
    checked.put(&mut image);
    Ok(image)
}

fn check(input: &JobInput) -> Result<Checked, AppError> {
    check_times(input.start, input.end)?;
    let address = input.address.trim();
    if address.is_empty() {
        return Err(invalid("address", "Enter where the work is."));
    }
    if address.chars().count() > ADDRESS || address.contains('\0') {
        return Err(invalid("address", "An address holds up to 1,000 characters."));
    }
    let instructions = input.instructions.as_deref().map(str::trim_end).filter(|t| !t.trim().is_empty());
    if instructions.is_some_and(|t| t.chars().count() > INSTRUCTIONS || t.contains('\0')) {
        return Err(invalid("instructions", "Instructions hold up to 20,000 characters."));
    }
    let duration = match input.duration_hours.as_deref().map(str::trim).filter(|t| !t.is_empty()) {
        Some(text) => Some(
            decimal(text)
                .filter(|h| *h > Decimal::ZERO && *h <= HOURS)
                .ok_or_else(|| invalid("duration_hours", "Enter the hours of work, more than 0."))?,
        ),
        None => None,
    };
    let wait = match input.follows_after_hours.trim() {
        "" => Decimal::ZERO,
        text => decimal(text)
            .filter(|h| *h >= Decimal::ZERO && *h <= WAIT)
            .ok_or_else(|| invalid("follows_after_hours", "Enter the hours to wait, 0 to 9,999."))?,
    };
    if !(1..=5).contains(&input.priority) {
        return Err(invalid("priority", "A priority is a number from 1 to 5."));
    }
    if input.crew.len() > WORDS || input.machines.len() > WORDS {
        return Err(invalid("crew", "At most 500 people and 500 machines can be on a job."));
    }
    let misplaced = input.crew.iter().any(|w| w.kind == Some(ResourceKind::Machine))
        || input.machines.iter().any(|w| w.kind.is_some_and(|k| k != ResourceKind::Machine));
    if misplaced || input.crew.iter().chain(&input.machines).any(|w| w.name.contains('\0')) {
        return Err(invalid("crew", "Somebody here cannot be put on a job. Choose them from the list."));
    }
    Ok(Checked {
        input: input.clone(),
        address: address.to_owned(),
        instructions: instructions.map(str::to_owned),
        duration: duration.map(|d| d.round_dp(2)),
        wait: wait.round_dp(2),
    })
}

fn decimal(text: &str) -> Option<Decimal> {
    text.trim().parse().ok()
}
