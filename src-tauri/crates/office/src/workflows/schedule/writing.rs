//! How the schedule is changed: lock, compare versions, edit, let the database judge, record with the way back.

use std::collections::HashMap;

use chrono::Datelike;
use chrono_tz::Tz;
use database::schedule::messages;
use database::schedule::rain_days::{self, RainDay, RecordedRainDay};
use database::schedule::since::since;
use database::schedule::write::{self, JobImage, Refused, StoredJob, WordRow};
use database::{PgConnection, act};
use serde::{Deserialize, Serialize};
use uuid::Uuid;

use super::{OfficeTime, shown, telling, wording};
use crate::desktop::DesktopEvent;
use crate::error::{AppError, ErrorCode};
use crate::office::Office;
use crate::view::{
    FieldChange, JobClash, JobVersion, RecordKind, RecordRef, ResourceKind, ScheduleJob, ScheduleOutcome, Written,
};
use crate::workflows::changes::{Done, Inverse, actor, changed_meanwhile};
use crate::workflows::company::invalid;

/// The most jobs of one change.
const TOGETHER: usize = 500;
/// The most fields a change of many jobs records.
const FIELDS: usize = 200;
/// Longest reason, in characters.
const REASON: usize = 2_000;

/// Why, and whether over clashes.
#[derive(Debug, Clone, Copy, Default)]
pub(super) struct Why<'a> {
    pub reason: Option<&'a str>,
    pub override_reason: Option<&'a str>,
}

impl<'a> Why<'a> {
    /// Trimmed; nothing for nothing.
    pub(super) fn read(reason: Option<&'a str>, override_reason: Option<&'a str>) -> Result<Self, AppError> {
        let read = |text: Option<&'a str>| {
            let text = text.map(str::trim).filter(|t| !t.is_empty());
            match text {
                Some(t) if t.chars().count() > REASON || t.contains('\0') => {
                    Err(invalid("reason", "A reason holds up to 2,000 characters."))
                }
                other => Ok(other),
            }
        };
        Ok(Self { reason: read(reason)?, override_reason: read(override_reason)? })
    }

    /// What the job's history says.
    pub(super) fn told(self) -> Option<String> {
        match (self.reason, self.override_reason) {
            (Some(reason), Some(over)) if reason != over => Some(format!("{reason} (double booked: {over})")),
            (None, Some(over)) => Some(format!("Double booked: {over}")),
            (reason, _) => reason.map(str::to_owned),
        }
    }
}

/// What an edit says of a job.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Holds {
    /// Some of it: where it goes, how it stands. The rest stays as it is now, so that what oneself did since the job was
    /// seen, on this computer or another, is nothing to be asked about.
    Part,
    /// All of it: what was done since would go, whoever did it.
    All,
}

/// A job before and after.
#[derive(Debug, Clone)]
pub(super) struct Edited {
    pub before: JobImage,
    pub after: JobImage,
}

/// The way back of a change of the schedule.
#[derive(Debug, Clone, Default, PartialEq, Serialize, Deserialize)]
pub(crate) struct ScheduleInverse {
    /// Jobs as they are to be again.
    pub jobs: Vec<Back>,
    /// Jobs, and whom or what each shared with another: in two places it was before, there it may be again.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub doubled: Vec<(Uuid, Uuid)>,
    /// Rain days to take back.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub rain_days_off: Vec<RecordedRainDay>,
    /// Rain days to record.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub rain_days_on: Vec<RainDay>,
    /// Messages to drop.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub messages_off: Vec<Uuid>,
    /// Dropped messages to take up again.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub messages_on: Vec<Uuid>,
}

impl ScheduleInverse {
    /// There is something to take back.
    pub(crate) fn writes(&self) -> bool {
        !(self.jobs.is_empty()
            && self.rain_days_off.is_empty()
            && self.rain_days_on.is_empty()
            && self.messages_off.is_empty()
            && self.messages_on.is_empty())
    }
}

/// A job as it is to be again.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub(crate) struct Back {
    pub to: JobImage,
    /// The version to write over.
    pub version: i32,
    /// How it was left: that may be written over whatever its version is by now. Undoing twice in a row raises it.
    pub left: JobImage,
}

impl From<ScheduleInverse> for Inverse {
    fn from(inverse: ScheduleInverse) -> Self {
        Self::Schedule(Box::new(inverse))
    }
}

/// Jobs that may be changed until the transaction ends.
pub(super) struct LockedJobs {
    /// The office's time.
    pub time: OfficeTime,
    /// Each as it is, with its version, in order of id.
    pub jobs: Vec<(JobImage, i32)>,
    /// Whom their words name.
    pub words: HashMap<Uuid, Vec<WordRow>>,
    /// Jobs, and whom or what each shares with another.
    doubled: Vec<(Uuid, Uuid)>,
}

impl LockedJobs {
    /// Locks them, in one question.
    pub(super) async fn lock(c: &mut PgConnection, ids: &[Uuid]) -> Result<Self, AppError> {
        let (time, locked) = write::lock(c, ids).await?;
        let mut all = Self { time: time.into(), jobs: Vec::new(), words: HashMap::new(), doubled: Vec::new() };
        for job in locked {
            let id = job.image.id;
            all.doubled.extend(job.doubled.into_iter().map(|resource| (id, resource)));
            all.words.insert(id, job.words);
            all.jobs.push((job.image, job.version));
        }
        Ok(all)
    }

    fn words_of(&self, job: Uuid) -> &[WordRow] {
        self.words.get(&job).map_or(&[], Vec::as_slice)
    }
}

impl Office {
    /// Changes jobs, all or none. `edit` is given each with the words of its columns; `summary` what came of it.
    pub(super) async fn change_jobs(
        &self,
        asked: &[JobVersion],
        holds: Holds,
        why: Why<'_>,
        summary: impl Fn(&[Edited], &Told<'_>) -> String,
        mut edit: impl FnMut(&mut JobImage, &[WordRow]) -> Result<(), AppError>,
    ) -> Result<ScheduleOutcome, AppError> {
        if asked.len() > TOGETHER {
            return Err(invalid("jobs", "At most 500 jobs can be changed in one step. Nothing was changed."));
        }
        let (pool, me) = self.at_work().await?;
        let actor = actor(&me);
        let mut transaction = act::begin(&pool, &actor, why.told().as_deref()).await?;
        let c = &mut *transaction;
        let ids: Vec<Uuid> = asked.iter().map(|j| j.id).collect();
        let locked = LockedJobs::lock(c, &ids).await?;
        if let Some(changed) = changed_since(c, asked, &locked.jobs, holds, &me.user_id).await? {
            return Ok(changed);
        }
        let mut edits = Vec::new();
        for (before, _) in &locked.jobs {
            let mut after = before.clone();
            edit(&mut after, locked.words_of(before.id))?;
            if after != *before {
                edits.push(Edited { before: before.clone(), after });
            }
        }
        match store(c, &edits, &locked, why.override_reason, summary).await? {
            Err(clashes) => Ok(ScheduleOutcome::Clashes { clashes }),
            Ok((done, jobs)) => {
                let change = self.keep(transaction, &actor, done, None).await?;
                Ok(ScheduleOutcome::Done { change, jobs: if edits.is_empty() { Vec::new() } else { jobs } })
            }
        }
    }

    /// Enters jobs, all or none.
    pub(super) async fn enter_jobs(&self, images: &[JobImage], why: Why<'_>) -> Result<ScheduleOutcome, AppError> {
        if images.is_empty() || images.len() > TOGETHER {
            return Err(invalid("jobs", "Between 1 and 500 jobs can be entered in one step. Nothing was changed."));
        }
        let (pool, me) = self.at_work().await?;
        let actor = actor(&me);
        let mut transaction = act::begin(&pool, &actor, why.told().as_deref()).await?;
        let c = &mut *transaction;
        let entered = match write::store(c, images, true, why.override_reason).await? {
            Ok(entered) => entered,
            Err(refused) => {
                let clashes = clashes(refused).into_iter().map(|clash| JobClash { job_id: None, ..clash }).collect();
                return Ok(ScheduleOutcome::Clashes { clashes });
            }
        };
        let time = OfficeTime::read(c).await?;
        let ids: Vec<Uuid> = images.iter().map(|image| image.id).collect();
        let jobs = shown(c, &ids).await?;
        let told = Told::new(&jobs, &time);
        let when = |image: &JobImage| wording::stretch(image.start_date, image.end_date, time.zone(), told.year);
        let (summary, about) = match images {
            [one] => (
                format!("Job of {} scheduled for {}", told.of(one.id), when(one)),
                Some(RecordRef { kind: RecordKind::Job, id: one.id }),
            ),
            _ => (format!("{} jobs scheduled", images.len()), None),
        };
        let label = |image: &JobImage| match images {
            [_] => "When".to_owned(),
            _ => format!("{}: When", told.of(image.id)),
        };
        let field = |image: &JobImage| FieldChange { label: label(image), before: None, after: Some(when(image)) };
        // The office cancels, it never deletes.
        let back = |job: StoredJob| Back {
            to: JobImage { status: "canceled".to_owned(), ..job.image.clone() },
            version: job.version,
            left: job.image,
        };
        let done = Done {
            summary,
            about,
            fields: images.iter().take(FIELDS).map(field).collect(),
            inverse: ScheduleInverse { jobs: entered.into_iter().map(back).collect(), ..ScheduleInverse::default() }
                .into(),
            jobs: Vec::new(),
            messages: Vec::new(),
            tells: tells(),
        };
        let change = self.keep(transaction, &actor, done, None).await?;
        Ok(ScheduleOutcome::Done { change, jobs })
    }
}

/// What the window reads again.
pub(super) fn tells() -> Vec<DesktopEvent> {
    vec![DesktopEvent::ScheduleChanged, DesktopEvent::TodayChanged]
}

/// Names for sentences about jobs.
pub(super) struct Told<'a> {
    jobs: HashMap<Uuid, &'a ScheduleJob>,
    pub zone: Tz,
    pub year: i32,
}

impl<'a> Told<'a> {
    pub(super) fn new(jobs: &'a [ScheduleJob], time: &OfficeTime) -> Self {
        Self { jobs: jobs.iter().map(|j| (j.id, j)).collect(), zone: time.zone(), year: time.today().year() }
    }

    /// The client, else the address.
    pub(super) fn of(&self, id: Uuid) -> String {
        let job = self.jobs.get(&id);
        let name = job.and_then(|j| j.customer.as_deref()).or(job.map(|j| j.address.as_str())).unwrap_or("a job");
        domain::text::shorten(name, 120)
    }
}

/// Writes edits into the transaction. What was done and the jobs as they are then; or what they would clash with, and
/// then nothing is written.
pub(super) async fn store(
    c: &mut PgConnection,
    edits: &[Edited],
    locked: &LockedJobs,
    override_reason: Option<&str>,
    summary: impl Fn(&[Edited], &Told<'_>) -> String,
) -> Result<Result<(Done, Vec<ScheduleJob>), Vec<JobClash>>, AppError> {
    let images: Vec<JobImage> = edits.iter().map(|e| e.after.clone()).collect();
    let ids: Vec<Uuid> = images.iter().map(|image| image.id).collect();
    let written = match write::store(c, &images, false, override_reason).await? {
        Ok(written) => written,
        Err(refused) => return Ok(Err(clashes(refused))),
    };
    let mut written: HashMap<Uuid, StoredJob> = written.into_iter().map(|job| (job.image.id, job)).collect();
    let jobs = shown(c, &ids).await?;
    let told = Told::new(&jobs, &locked.time);
    let mut fields = Vec::new();
    for edit in edits {
        let old = locked.words.get(&edit.before.id).map(Vec::as_slice);
        let new = written.get(&edit.after.id).map(|job| job.words.as_slice()).or(old);
        for mut field in wording::fields(&edit.before, &edit.after, (old, new), told.zone, told.year) {
            if edits.len() > 1 {
                field.label = format!("{}: {}", told.of(edit.after.id), field.label);
            }
            fields.push(field);
        }
    }
    fields.truncate(FIELDS);
    let doubled = locked.doubled.iter().filter(|(job, _)| ids.contains(job)).copied().collect();
    let back = edits.iter().filter_map(|e| {
        let job = written.remove(&e.before.id)?;
        Some(Back { to: e.before.clone(), version: job.version, left: job.image })
    });
    let done = Done {
        summary: summary(edits, &told),
        about: match edits {
            [one] => Some(RecordRef { kind: RecordKind::Job, id: one.after.id }),
            _ => None,
        },
        fields,
        inverse: ScheduleInverse { jobs: back.collect(), doubled, ..ScheduleInverse::default() }.into(),
        jobs: Vec::new(),
        messages: Vec::new(),
        tells: tells(),
    };
    Ok(Ok((done, jobs)))
}

/// Goes back: every job over the version it was left at or over what it was left as, rain days and messages with it.
pub(crate) async fn go_back(c: &mut PgConnection, inverse: ScheduleInverse, me: &str) -> Result<Done, AppError> {
    let ids: Vec<Uuid> = inverse.jobs.iter().map(|back| back.to.id).collect();
    let locked = LockedJobs::lock(c, &ids).await?;
    let now: HashMap<Uuid, &(JobImage, i32)> = locked.jobs.iter().map(|job| (job.0.id, job)).collect();
    let mut edits = Vec::with_capacity(ids.len());
    for Back { to: after, version, left } in inverse.jobs {
        match now.get(&after.id) {
            Some((before, now)) if *now == version || *before == left => {
                edits.push(Edited { before: before.clone(), after });
            }
            Some((_, now)) => return Err(overtaken(c, after.id, (version, *now), me).await?),
            None => return Err(AppError::not_found("job")),
        }
    }
    let time = &locked.time;
    let mut stored = store(c, &edits, &locked, None, |_, _| String::new()).await?;
    let was_doubled = |x: &JobClash| x.job_id.is_some_and(|job| inverse.doubled.contains(&(job, x.resource_id)));
    if stored.as_ref().is_err_and(|clashes| clashes.iter().all(was_doubled)) {
        let reason = Some("Put back as it was, double booked");
        stored = store(c, &edits, &locked, reason, |_, _| String::new()).await?;
    }
    let mut done = match stored {
        Ok((done, jobs)) => Done { jobs, ..done },
        Err(clashes) => {
            let now = crate::clock::now().year();
            let sentence = clashes.first().map_or_else(String::new, |x| clash_sentence(x, time.zone(), now));
            return Err(AppError::new(
                ErrorCode::Invalid,
                format!("That would put somebody or something in two places at once. {sentence} Nothing was changed."),
            ));
        }
    };
    let removed =
        rain_days::remove(c, &inverse.rain_days_off).await?.map_err(|changed| changed_rain_day(&changed, time))?;
    let added = rain_days::add(c, &inverse.rain_days_on).await?;
    let told = [inverse.messages_off.as_slice(), &inverse.messages_on].concat();
    if !told.is_empty() {
        let before = messages::these(c, &told).await?;
        done.messages = before.iter().map(|m| Written { id: m.id, over: m.version, version: m.version }).collect();
    }
    let turned = telling::turn(c, &inverse.messages_off, &inverse.messages_on, time).await?;
    if let Inverse::Schedule(again) = &mut done.inverse {
        again.rain_days_on = removed;
        again.rain_days_off = added;
        again.messages_on = turned.on;
        again.messages_off = turned.off;
    }
    Ok(done)
}

fn changed_rain_day(day: &RainDay, time: &OfficeTime) -> AppError {
    let day = wording::day(day.start, time.zone(), time.today().year());
    AppError::new(
        ErrorCode::VersionConflict,
        format!("The rain day of {day} was changed since. Undoing would write over that, so nothing was changed."),
    )
}

/// It was changed since, by whom. `versions`: as it was left, and now.
async fn overtaken(c: &mut PgConnection, job: Uuid, (left, now): (i32, i32), me: &str) -> Result<AppError, AppError> {
    let name = shown(c, &[job]).await?.pop().map(|j| j.customer.unwrap_or(j.address));
    let what = name.map_or_else(|| "the job".to_owned(), |n| format!("the job of {}", domain::text::shorten(&n, 120)));
    let since = since(c, job, left, now, me).await?;
    let who = if since.own { Some("You yourself".to_owned()) } else { since.by };
    Ok(match who {
        Some(who) => AppError::new(
            ErrorCode::VersionConflict,
            format!("{who} changed {what} since. Undoing would write over that, so nothing was changed."),
        ),
        None => changed_meanwhile(&what),
    })
}

/// What was asked about and has another version than was seen, if anything has.
pub(super) async fn changed_since(
    c: &mut PgConnection,
    asked: &[JobVersion],
    locked: &[(JobImage, i32)],
    holds: Holds,
    me: &str,
) -> Result<Option<ScheduleOutcome>, AppError> {
    let now: HashMap<Uuid, i32> = locked.iter().map(|(image, version)| (image.id, *version)).collect();
    let missing: Vec<Uuid> = asked.iter().filter(|j| !now.contains_key(&j.id)).map(|j| j.id).collect();
    let mut changed: Vec<Uuid> = Vec::new();
    let mut by = None;
    for JobVersion { id, version: seen } in asked {
        let Some(now) = now.get(id).filter(|now| *now != seen) else { continue };
        let since = since(c, *id, *seen, *now, me).await?;
        if !since.own || holds == Holds::All {
            changed.push(*id);
            by = by.or(since.by);
        }
    }
    if changed.is_empty() && missing.is_empty() {
        return Ok(None);
    }
    Ok(Some(ScheduleOutcome::Changed { jobs: shown(c, &changed).await?, missing, by }))
}

/// What the database refused, for the window.
pub(super) fn clashes(refused: Vec<Refused>) -> Vec<JobClash> {
    refused
        .into_iter()
        .map(|r| JobClash {
            job_id: Some(r.job),
            resource_kind: ResourceKind::read(&r.resource.kind).unwrap_or(ResourceKind::Person),
            resource_id: r.resource.id,
            resource_name: r.resource.name.unwrap_or_else(|| "Somebody removed".to_owned()),
            other_job_id: r.other.id,
            other_customer: r.other.customer,
            other_address: r.other.address.unwrap_or_default(),
            other_start: r.other.start,
            other_end: r.other.end,
            other_status: r.other.status.unwrap_or_default(),
        })
        .collect()
}

/// "Luis Bailey is already on Harbor Freight, Tue, Jun 9, 6:00 am – 2:00 pm."
pub(super) fn clash_sentence(clash: &JobClash, zone: Tz, year: i32) -> String {
    let other = clash.other_customer.as_deref().unwrap_or(&clash.other_address);
    format!(
        "{} is already on {}, {}.",
        clash.resource_name,
        domain::text::shorten(other, 120),
        wording::stretch(clash.other_start, clash.other_end, zone, year)
    )
}

pub(super) fn by_job(words: Vec<WordRow>) -> HashMap<Uuid, Vec<WordRow>> {
    let mut map: HashMap<Uuid, Vec<WordRow>> = HashMap::new();
    for word in words {
        map.entry(word.job_id).or_default().push(word);
    }
    map
}
