//! Applying a rain-out: moves, rain days and drafts to customers in one transaction, with one way back.

use std::collections::BTreeMap;

use chrono::Datelike;
use database::schedule::messages::{self, NewMessage};
use database::schedule::rain_days::{self, RainDay};
use database::{act, company};
use domain::job_status::Status;
use domain::planning::Fixed;
use domain::working_time::Interval;
use uuid::Uuid;

use super::moving::check_times;
use super::rain::{Ground, planned, rain_of};
use super::reassign::{newcomers, recrewed};
use super::wording;
use super::writing::{Edited, Holds, LockedJobs, Told, Why, changed_since, store};
use crate::error::AppError;
use crate::office::Office;
use crate::view::{JobVersion, RainOut, ScheduleOutcome};
use crate::workflows::changes::{Inverse, actor};
use crate::workflows::company::invalid;

impl Office {
    /// Applies a plan, all of it or nothing: the jobs move, the days are recorded as rain days, and what customers are to
    /// be told is drafted. One step to undo.
    ///
    /// # Errors
    /// [`crate::ErrorCode::Invalid`] without a reason or for times that are none; else when the database cannot be asked.
    pub async fn apply_rain_out(&self, rain_out: &RainOut) -> Result<ScheduleOutcome, AppError> {
        let why = Why::read(Some(&rain_out.reason), rain_out.override_reason.as_deref())?;
        let Some(reason) = why.reason else {
            return Err(invalid("reason", "Say why the jobs move: it stays in the history of each."));
        };
        for m in &rain_out.moves {
            check_times(m.job.start, m.job.end)?;
        }
        // Thousands of jobs are read and planned for: before any is locked. Those that move are compared by version after.
        let (ground, plan) = planned(self.ground(&rain_out.request).await?).await?;
        let (pool, me) = self.at_work().await?;
        let actor = actor(&me);
        let mut transaction = act::begin(&pool, &actor, why.told().as_deref()).await?;
        let c = &mut *transaction;
        let asked: Vec<JobVersion> =
            rain_out.moves.iter().map(|m| JobVersion { id: m.job.id, version: m.job.version }).collect();
        let ids: Vec<Uuid> = asked.iter().map(|j| j.id).collect();
        let locked = LockedJobs::lock(c, &ids).await?;
        if let Some(changed) = changed_since(c, &asked, &locked.jobs, Holds::Part, &me.user_id).await? {
            return Ok(changed);
        }
        let mut edits = Vec::new();
        for (before, _) in &locked.jobs {
            let Some(agreed) = rain_out.moves.iter().find(|m| m.job.id == before.id) else { continue };
            let mut after = before.clone();
            let status = Status::read(Some(&after.status)).unwrap_or(Status::Scheduled);
            if !status.is_open() || status == Status::InProgress {
                let sentence =
                    "A job of the plan is in progress, completed or canceled by now. Nothing was changed; plan again.";
                return Err(invalid("moves", sentence));
            }
            if after.start_date != agreed.job.start && status == Status::Confirmed {
                Status::Rescheduled.as_str().clone_into(&mut after.status);
            }
            after.start_date = agreed.job.start;
            after.end_date = agreed.job.end;
            if let Some(crews) = &agreed.crews {
                let known = locked.words.get(&before.id).map_or(&[][..], Vec::as_slice);
                let come = newcomers(c, known, crews).await?;
                after.crew_assigned = recrewed(before.crew_assigned.as_ref(), known, crews, &come);
            }
            if after != *before {
                edits.push(Edited { before: before.clone(), after });
            }
        }
        let rain_day = |r: Interval| RainDay { start: r.start, end: r.end, note: Some(reason.to_owned()) };
        let rain: Vec<_> = rain_of(&rain_out.request, &ground.time)?.into_iter().map(rain_day).collect();
        let summary = |edits: &[Edited], _: &Told<'_>| match edits.len() {
            0 => "Rain-out: rain days recorded".to_owned(),
            1 => "Rain-out: 1 job moved".to_owned(),
            n => format!("Rain-out: {n} jobs moved"),
        };
        let stored = store(c, &edits, &locked, why.override_reason, summary).await?;
        let (mut done, jobs) = match stored {
            Err(clashes) => return Ok(ScheduleOutcome::Clashes { clashes }),
            Ok(stored) => stored,
        };
        let rain_days = rain_days::add(c, &rain).await?;
        let fixed = plan.needs_call.iter().map(|call| (call.job, call.fixed)).filter(|(id, _)| !ids.contains(id));
        // No place was found, or the person took it out of the plan: somebody has to ring all the same.
        let left =
            ground.displaced().map(|job| job.id).filter(|id| !edits.iter().any(|e| e.before.id == *id && e.is_moved()));
        let calls = Calls { fixed: fixed.collect(), left: left.collect() };
        let drafts = drafts(&ground, &edits, &calls, reason, &company::read(c).await?.values);
        let drafted = messages::add(c, &drafts).await?;
        if !rain_days.is_empty() {
            done.fields.push(crate::view::FieldChange {
                label: "Rain days".to_owned(),
                before: None,
                after: Some(rain_days.len().to_string()),
            });
        }
        if let Inverse::Schedule(back) = &mut done.inverse {
            back.rain_days_off = rain_days;
            back.messages_off = drafted;
        }
        let change = self.keep(transaction, &actor, done, None).await?;
        Ok(ScheduleOutcome::Done { change, jobs })
    }
}

impl Edited {
    fn is_moved(&self) -> bool {
        (self.before.start_date, self.before.end_date) != (self.after.start_date, self.after.end_date)
    }
}

/// Jobs that stay in the rain.
struct Calls {
    /// They cannot be moved without a call, and why.
    fixed: Vec<(Uuid, Fixed)>,
    /// They could, and were not.
    left: Vec<Uuid>,
}

/// What customers are to be told: those whose date changes, and those whose job stays in the rain.
fn drafts(
    ground: &Ground,
    edits: &[Edited],
    calls: &Calls,
    reason: &str,
    company: &BTreeMap<String, String>,
) -> Vec<NewMessage> {
    let (zone, year) = (ground.time.zone(), ground.time.today().year());
    let setting = |key: &str| company.get(key).map(|v| v.trim()).filter(|v| !v.is_empty());
    let us = setting("company_name").unwrap_or("The office");
    let ring = setting("company_phone").map_or_else(String::new, |phone| format!(" at {phone}"));
    let mut all: Vec<NewMessage> = edits
        .iter()
        .filter(|e| e.is_moved())
        .map(|e| {
            let old = wording::moment(e.before.start_date, zone, year);
            let new = wording::moment(e.after.start_date, zone, year);
            let address = domain::text::shorten(&e.after.location_address, 200);
            let to = ground.contact(e.after.id);
            let name = to.name.clone().unwrap_or_else(|| "customer".to_owned());
            let (subject, body) = match to.method.as_str() {
                "email" => (
                    Some(format!("New date for the work at {address}")),
                    format!(
                        "Hello {name},\n\nthe work at {address} cannot be done on {old} ({reason}). Its new date is {new}.\n\n\
                         If that does not suit you, please call us{ring}.\n\n{us}"
                    ),
                ),
                "sms" => (
                    None,
                    format!("{us}: work at {} moved from {old} to {new}.{}", domain::text::shorten(&address, 40), tail(&ring)),
                ),
                _ => (
                    None,
                    format!("The work at {address} cannot be done on {old} ({reason}). The new date is {new}. Does that suit them?"),
                ),
            };
            message(e.after.id, to, subject, body)
        })
        .collect();
    let fixed = calls.fixed.iter().map(|(id, why)| (id, Some(*why)));
    all.extend(fixed.chain(calls.left.iter().map(|id| (id, None))).filter_map(|(id, fixed)| {
        let row = ground.rows.get(id)?;
        let when = wording::moment(row.start, zone, year);
        let address = domain::text::shorten(&row.address, 200);
        let mut to = ground.contact(*id);
        "phone".clone_into(&mut to.method);
        let stays = match fixed {
            Some(Fixed::Confirmed) => "is promised and was not moved. Agree on a new date with them.",
            Some(Fixed::Pinned) => "is pinned and was not moved. Agree on a new date with them.",
            Some(Fixed::InProgress) => "is in progress and was not moved. Tell them that it goes on later.",
            Some(Fixed::Completed | Fixed::Canceled | Fixed::BadTimes) => {
                "was not moved. Look at it, and agree on a new date with them."
            }
            None => "cannot be done that day and has no new date yet. Tell them, and agree on one.",
        };
        let body = format!("{reason}: the work at {address} on {when} {stays}");
        Some(NewMessage { instead_of: Some(row.start), ..message(*id, to, None, body) })
    }));
    all
}

fn tail(ring: &str) -> String {
    if ring.is_empty() { String::new() } else { format!(" Questions? Call us{ring}.") }
}

fn message(job_id: Uuid, to: crate::view::Contact, subject: Option<String>, body: String) -> NewMessage {
    let short = |text: String, longest| domain::text::shorten(&text, longest);
    let (channel, to_address) = match to.method.as_str() {
        "email" => ("email", to.email),
        "sms" => ("sms", to.phone),
        _ => ("phone", to.phone),
    };
    NewMessage {
        job_id,
        channel,
        to_name: to.name.map(|n| short(n, 255)),
        to_address: to_address.map(|a| short(a, 255)),
        subject: subject.map(|s| short(s, 500)),
        body,
        instead_of: None,
    }
}
