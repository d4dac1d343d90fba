//! Moving jobs, changing their status, pinning them.

use std::collections::HashMap;

use database::DatabaseError;
use database::schedule::write::JobImage;
use domain::job_status::Status;
use uuid::Uuid;

use super::reassign::Replacement;
use super::wording;
use super::writing::{Edited, Holds, Told, Why};
use crate::error::AppError;
use crate::office::Office;
use crate::view::{JobMove, JobVersion, ScheduleOutcome};
use crate::workflows::company::invalid;

impl Office {
    /// Moves jobs in time, to other rows, or both; all or none.
    ///
    /// A job the customer has confirmed is `rescheduled` by a new start, and that needs a reason.
    ///
    /// # Errors
    /// [`crate::ErrorCode::Invalid`] for a job that ends before it begins, that is over or called off, or a missing
    /// reason (`field` is then `reason`); else when the database cannot be asked.
    pub async fn move_jobs(
        &self,
        moves: &[JobMove],
        reason: Option<&str>,
        override_reason: Option<&str>,
    ) -> Result<ScheduleOutcome, AppError> {
        let why = Why::read(reason, override_reason)?;
        for m in moves {
            check_times(m.start, m.end)?;
        }
        let mut replacements: HashMap<Uuid, Replacement> = HashMap::new();
        if moves.iter().any(|m| m.reassign.is_some()) {
            let (pool, _) = self.at_work().await?;
            let mut connection = pool.acquire().await.map_err(DatabaseError::from)?;
            for m in moves {
                if let Some(reassign) = &m.reassign {
                    replacements.insert(m.id, Replacement::read(&mut connection, reassign).await?);
                }
            }
        }
        let by_id: HashMap<Uuid, &JobMove> = moves.iter().map(|m| (m.id, m)).collect();
        let asked: Vec<JobVersion> = moves.iter().map(|m| JobVersion { id: m.id, version: m.version }).collect();
        self.change_jobs(&asked, Holds::Part, why, moved_summary, |image, words| {
            let Some(to) = by_id.get(&image.id) else { return Ok(()) };
            move_to(image, to, why.reason.is_some())?;
            if let Some(replacement) = replacements.get(&image.id) {
                replacement.apply(image, words);
            }
            Ok(())
        })
        .await
    }

    /// Changes the status of jobs along a sensible path.
    ///
    /// # Errors
    /// [`crate::ErrorCode::Invalid`] where the path is none, or a reason is missing (`field` is then `reason`); else
    /// when the database cannot be asked.
    pub async fn set_job_status(
        &self,
        jobs: &[JobVersion],
        status: &str,
        reason: Option<&str>,
        override_reason: Option<&str>,
    ) -> Result<ScheduleOutcome, AppError> {
        let why = Why::read(reason, override_reason)?;
        let to = Status::ALL
            .into_iter()
            .find(|s| s.as_str() == status)
            .ok_or_else(|| invalid("status", "There is no such status. Nothing was changed."))?;
        let summary = |edits: &[Edited], told: &Told<'_>| match edits {
            [one] => format!("Job of {}: {}", told.of(one.after.id), to.words().to_lowercase()),
            many => format!("{} jobs: {}", many.len(), to.words().to_lowercase()),
        };
        self.change_jobs(jobs, Holds::Part, why, summary, |image, _| set_status(image, to, why.reason.is_some())).await
    }

    /// Pins jobs to their place, or lets plans move them again.
    ///
    /// # Errors
    /// When there is no connection, or the database cannot be asked.
    pub async fn pin_jobs(&self, jobs: &[JobVersion], pinned: bool) -> Result<ScheduleOutcome, AppError> {
        let word = if pinned { "pinned" } else { "no longer pinned" };
        let summary = |edits: &[Edited], told: &Told<'_>| match edits {
            [one] => format!("Job of {} {word}", told.of(one.after.id)),
            many => format!("{} jobs {word}", many.len()),
        };
        self.change_jobs(jobs, Holds::Part, Why::default(), summary, |image, _| {
            image.pinned = pinned;
            Ok(())
        })
        .await
    }
}

/// Changes a status along its path.
pub(super) fn set_status(image: &mut JobImage, to: Status, has_reason: bool) -> Result<(), AppError> {
    let from = Status::read(Some(&image.status)).unwrap_or(Status::Scheduled);
    from.change(to).map_err(|not| invalid("status", &format!("{} Nothing was changed.", not.sentence())))?;
    if from != to && from.needs_reason(to) && !has_reason {
        return Err(needs_reason(from, to));
    }
    to.as_str().clone_into(&mut image.status);
    Ok(())
}

fn needs_reason(from: Status, to: Status) -> AppError {
    let what = match to {
        Status::Canceled => "canceled",
        Status::Rescheduled => "moved",
        _ if !from.is_open() => "taken up again",
        _ => "changed",
    };
    invalid("reason", &format!("Say why it is {what}: it stays in the job's history."))
}

fn move_to(image: &mut JobImage, to: &JobMove, has_reason: bool) -> Result<(), AppError> {
    let moves = image.start_date != to.start || image.end_date != to.end;
    let status = Status::read(Some(&image.status)).unwrap_or(Status::Scheduled);
    if !status.is_open() {
        return Err(invalid(
            "start",
            match status {
                Status::Completed => "A completed job stays where it was. Reopen it first; nothing was changed.",
                _ => "A canceled job holds no place. Schedule it again first; nothing was changed.",
            },
        ));
    }
    if image.start_date != to.start && status == Status::Confirmed {
        if !has_reason {
            return Err(invalid("reason", "The customer has confirmed this date. Say why it is moved."));
        }
        Status::Rescheduled.as_str().clone_into(&mut image.status);
    }
    if moves {
        image.start_date = to.start;
        image.end_date = to.end;
    }
    Ok(())
}

/// A job lasts from a microsecond to 366 days, in times this program can write.
pub(super) fn check_times(
    start: chrono::DateTime<chrono::Utc>,
    end: chrono::DateTime<chrono::Utc>,
) -> Result<(), AppError> {
    use chrono::Datelike;
    if end <= start {
        return Err(invalid("end", "A job has to end after it begins."));
    }
    if end - start > chrono::TimeDelta::days(366) || !(1970..2200).contains(&start.year()) {
        return Err(invalid("end", "A job may last a year at most. Check the dates."));
    }
    Ok(())
}

fn moved_summary(edits: &[Edited], told: &Told<'_>) -> String {
    let [one] = edits else { return format!("{} jobs moved", edits.len()) };
    let (old, new) = (&one.before, &one.after);
    let name = told.of(new.id);
    let crew = old.crew_assigned != new.crew_assigned || old.equipment_needed != new.equipment_needed;
    if old.start_date != new.start_date {
        format!("Job of {name} moved to {}", wording::moment(new.start_date, told.zone, told.year))
    } else if old.end_date != new.end_date {
        format!("Job of {name} now ends {}", wording::moment(new.end_date, told.zone, told.year))
    } else if crew {
        format!("Crew or equipment of the job of {name} changed")
    } else {
        format!("Job of {name} changed")
    }
}
