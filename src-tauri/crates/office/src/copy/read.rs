//! The schedule out of the copy: the same shapes as from the server.

use std::collections::BTreeMap;
use std::time::Duration;

use chrono::{DateTime, Datelike, NaiveTime, Utc};
use chrono_tz::Tz;
use domain::search::{Sought, folded, searchable, sortable};
use domain::working_time::{Calendar, WorkingDays, WorkingHours};
use offline::{CopyError, Kind, ScheduleCopy};
use uuid::Uuid;

use super::bodies::{CrewInFull, JobInFull, OfficeBody, PersonInFull, Waiting};
use crate::error::{AppError, ErrorCode};
use crate::office::Office;
use crate::view::{
    CopyDays, CopyState, EstimateDetail, InboxOrder, InboxPage, InboxQuery, InboxShow, JobCard, JobDetail, JobFilter,
    JobGroup, JobGroupCount, JobLine, JobList, JobListQuery, JobSort, Notification, NotificationPage, OfficeHours,
    Schedule, ScheduleJob, ScheduleMachine, SchedulePerson, ScheduleQuery, TimeOff, UnscheduledPage, UnscheduledWork,
};
use crate::workflows::schedule::check_part;
use crate::workflows::today::count;

/// The most jobs a part holds, as from the server.
const PART: usize = database::schedule::board::PART as usize;

/// How long a link that is being tried for the first time is waited for before the copy is shown. A server that is there has
/// said within it whether it accepts the login; behind a link that swallows everything, opening the copy still has to fit in
/// the two seconds in which the program has to show something.
const FIRST_WORD: Duration = Duration::from_secs(1);

impl Office {
    /// What the copy on this computer is good for, if there is one that can be read.
    ///
    /// # Errors
    /// Why it cannot be read, as a sentence.
    pub async fn offline_copy(&self) -> Result<Option<CopyState>, AppError> {
        let question =
            |copy: &ScheduleCopy| Ok((office(copy)?.person, copy.count(Kind::Job)?, copy.state()?.progress.window));
        match self.ask_copy(question).await {
            Ok(((person, jobs, window), as_of)) => {
                Ok(Some(CopyState { as_of, person, jobs: count(jobs), from: window.from, until: window.until }))
            }
            // Nothing was ever copied: that is no error to show.
            Err(error) if error.details.as_deref() == Some("Missing") => Ok(None),
            Err(error) => Err(error),
        }
    }

    /// A part of the schedule as the copy knows it, whether the server answers or not.
    ///
    /// # Errors
    /// Why the copy cannot be read.
    pub async fn schedule_of_the_copy(&self, query: &ScheduleQuery) -> Result<Schedule, AppError> {
        let (query, now) = (query.clone(), crate::clock::now());
        Ok(self.ask_copy(move |copy| schedule(copy, &query, now)).await?.0)
    }

    /// The answer of the copy where the server gave none; where there is no copy, why the server gave none.
    pub(crate) async fn or_copy<T: Send + 'static>(
        &self,
        answer: Result<T, AppError>,
        question: impl FnOnce(&ScheduleCopy, DateTime<Utc>) -> Result<T, CopyError> + Send + 'static,
    ) -> Result<T, AppError> {
        let error = match answer {
            Err(error) if error.is_about_the_link() => error,
            other => return other,
        };
        let now = crate::clock::now();
        match self.ask_copy(move |copy| question(copy, now)).await {
            Ok((answer, _)) => Ok(answer),
            // The password comes first.
            Err(copy) if copy.code == ErrorCode::WrongPassword => Err(copy),
            Err(copy) => {
                let details = [error.details.clone(), copy.details].into_iter().flatten().collect::<Vec<_>>();
                Err(AppError { details: Some(details.join("; ")), ..error })
            }
        }
    }

    async fn ask_copy<T: Send + 'static>(
        &self,
        question: impl FnOnce(&ScheduleCopy) -> Result<T, CopyError> + Send + 'static,
    ) -> Result<(T, DateTime<Utc>), AppError> {
        let stored = self.active_connection().ok_or_else(crate::office::not_connected)?;
        // A server that is there says first whether it still accepts the login.
        let _ = tokio::time::timeout(FIRST_WORD, self.settled()).await;
        self.copy.read(stored.id, question).await
    }
}

/// The office of the copy.
pub(super) fn office(copy: &ScheduleCopy) -> Result<OfficeBody, CopyError> {
    copy.get(Kind::Office, Uuid::nil())?.ok_or(CopyError::Damaged)
}

/// The crews by name, those no longer in use too.
pub(crate) fn crews(copy: &ScheduleCopy) -> Result<Vec<CrewInFull>, CopyError> {
    Ok(sorted(copy.all(Kind::Crew)?, |c: &CrewInFull| (c.name.to_lowercase(), c.id)))
}

/// Its calendar, closed on its holidays.
pub(crate) fn calendar(zone: &str, hours: &OfficeHours) -> Calendar {
    let zone: Tz = domain::zone::known(zone).unwrap_or(Tz::UTC);
    let time = |text: &str| NaiveTime::parse_from_str(text, "%H:%M").ok();
    let OfficeHours { working_days, from, until } = hours;
    let hours = time(from).zip(time(until)).and_then(|(from, until)| WorkingHours::new(from, until).ok());
    let days = working_days.iter().map(u8::to_string).collect::<Vec<_>>().join(",");
    Calendar::new(zone, WorkingDays::read(&days), hours.unwrap_or_default(), Vec::new())
}

/// The days it holds. Of the last there may be a part more, and of the first a part less.
fn days(copy: &ScheduleCopy, calendar: &Calendar) -> Result<CopyDays, CopyError> {
    let window = copy.state()?.progress.window;
    Ok(CopyDays { from: calendar.day_of(window.from), until: calendar.day_of(window.until) })
}

/// A part of the schedule.
pub(crate) fn schedule(copy: &ScheduleCopy, query: &ScheduleQuery, now: DateTime<Utc>) -> Result<Schedule, CopyError> {
    if check_part(query.from, query.until).is_err() {
        return Err(CopyError::Damaged);
    }
    let body = office(copy)?;
    let calendar = body.calendar();
    let (from, until) = (calendar.day(query.from).start, calendar.day(query.until).start);
    let mut jobs: Vec<JobInFull> = copy.jobs_between(from, until)?;
    jobs.retain(|job| shows(&query.filter, job));
    let more = jobs.len() > PART;
    jobs.truncate(PART);
    let as_of = copy.state()?.progress.as_of;
    let today = calendar.day_of(now);
    let midnight = calendar.day(today).start;
    let clashing: Vec<JobInFull> = copy.jobs_between(midnight, DateTime::<Utc>::MAX_UTC.min(far()))?;
    let people: Vec<PersonInFull> = sorted(copy.all(Kind::Person)?, |p: &PersonInFull| (p.name.to_lowercase(), p.id));
    let mut time_off: Vec<TimeOff> = copy.all(Kind::TimeOff)?;
    time_off.retain(|t| t.start < until && t.end > from);
    let crews = crews(copy)?
        .iter()
        .filter(|c| c.active || jobs.iter().any(|j| j.job.crews.contains(&c.id)))
        .map(|c| c.of_days(query.from, query.until))
        .collect();
    Ok(Schedule {
        as_of: now,
        copy_as_of: Some(as_of),
        copy_days: Some(days(copy, &calendar)?),
        zone: body.zone,
        today,
        from: query.from,
        until: query.until,
        hours: body.hours,
        crews,
        people: people
            .into_iter()
            .map(|p| SchedulePerson { id: p.id, name: p.name, role: p.role, status: p.status })
            .collect(),
        machines: sorted(copy.all(Kind::Machine)?, |m: &ScheduleMachine| {
            (m.kind.to_lowercase(), m.name.to_lowercase(), m.id)
        }),
        time_off,
        jobs: jobs.into_iter().map(|j| j.job).collect(),
        more,
        clash_count: count(clashing.iter().filter(|j| j.job.clashes > 0).count()),
        unscheduled_count: copy.all::<Waiting>(Kind::Contract)?.first().map_or(0, |w| w.total),
        to_look_at: count(clashing.iter().filter(|j| j.job.is_new).count()),
    })
}

/// The list. What it shows is what the copy holds.
pub(crate) fn job_list(copy: &ScheduleCopy, query: &JobListQuery) -> Result<JobList, CopyError> {
    let mut lines: Vec<JobLine> = job_lines(copy, query)?
        .into_iter()
        .map(|(key, j)| JobLine {
            group: (query.group != JobGroup::None).then_some(key),
            crew_names: j.crew_names,
            updated_at: j.updated_at,
            job: j.job,
        })
        .collect();
    let total = lines.len();
    let mut groups: BTreeMap<String, u32> = BTreeMap::new();
    if query.group != JobGroup::None && query.after.is_none() {
        for line in &lines {
            *groups.entry(line.group.clone().unwrap_or_default()).or_default() += 1;
        }
    }
    if let Some(after) = query.after {
        let at = lines.iter().position(|l| l.job.id == after).map_or(0, |n| n + 1);
        lines.drain(..at);
    }
    let limit = query.limit.clamp(1, 500) as usize;
    let more = lines.len() > limit;
    lines.truncate(limit);
    Ok(JobList {
        next: lines.last().filter(|_| more).map(|l| l.job.id),
        items: lines,
        groups: groups.into_iter().map(|(key, count)| JobGroupCount { key, count }).collect(),
        total: query.after.is_none().then(|| count(total)),
        copy_as_of: Some(copy.state()?.progress.as_of),
        copy_days: Some(days(copy, &office(copy)?.calendar())?),
    })
}

/// Every job the query shows, with the key of its group.
pub(crate) fn job_lines(copy: &ScheduleCopy, query: &JobListQuery) -> Result<Vec<(String, JobInFull)>, CopyError> {
    let calendar = office(copy)?.calendar();
    let from = query.from.map_or(DateTime::UNIX_EPOCH, |d| calendar.day(d).start);
    let until = query.until.map_or_else(far, |d| calendar.day(d).start);
    let mut jobs: Vec<JobInFull> = copy.jobs_between(from, until)?;
    // With one end only the server asks when a job starts.
    jobs.retain(|j| shows(&query.filter, j) && (query.until.is_some() || j.job.start >= from));
    let mut lines: Vec<(String, JobInFull)> =
        jobs.into_iter().map(|job| (group_key(query.group, &job, &calendar), job)).collect();
    lines.sort_by(|(ga, a), (gb, b)| {
        let within = by(query.sort, a, b).then(a.job.id.cmp(&b.job.id));
        ga.cmp(gb).then(if query.descending { within.reverse() } else { within })
    });
    Ok(lines)
}

/// One job. Its history is on the server.
pub(crate) fn job(copy: &ScheduleCopy, id: Uuid) -> Result<Option<JobDetail>, CopyError> {
    Ok(copy.job::<JobInFull>(id)?.map(|j| JobDetail {
        card: card(&j.job),
        contract_id: j.job.contract_id,
        special_instructions: j.instructions,
        duration_hours: j.duration_hours,
        assigned: j.assigned,
        unknown_names: j.unknown_names,
        changes: Vec::new(),
        created_at: j.created_at,
        updated_at: j.updated_at,
    }))
}

/// An open estimate.
pub(crate) fn estimate(copy: &ScheduleCopy, id: Uuid) -> Result<Option<EstimateDetail>, CopyError> {
    copy.get(Kind::Estimate, id)
}

/// The tray.
pub(crate) fn unscheduled(copy: &ScheduleCopy, text: Option<&str>) -> Result<UnscheduledPage, CopyError> {
    let wanted = Sought::read(text.unwrap_or_default());
    let kept: Vec<Waiting> = copy.all(Kind::Contract)?;
    let all = kept.first().map_or(0, |w| w.total);
    let mut items: Vec<UnscheduledWork> = kept.into_iter().map(|w| w.work).collect();
    items.retain(|w| {
        let phone = w.phone.as_deref().unwrap_or_default();
        wanted.is_in(&searchable(&w.customer, "", phone, &w.address))
    });
    items.sort_by_key(|w| (w.since, w.contract_id));
    // How many of those that are not kept would be found, only the server knows.
    Ok(UnscheduledPage { total: if wanted.is_empty() { all } else { count(items.len()) }, items })
}

/// The bell.
pub(crate) fn notifications(copy: &ScheduleCopy, limit: u32) -> Result<NotificationPage, CopyError> {
    let all: Vec<Notification> = copy.all(Kind::Notification)?;
    let unread = count(all.iter().filter(|n| !n.is_read).count());
    let mut items = all;
    items.sort_by_key(|n| (n.is_read, std::cmp::Reverse(n.priority), std::cmp::Reverse(n.created_at)));
    let more = items.len() > limit as usize;
    items.truncate(limit as usize);
    Ok(NotificationPage { unread, items, more })
}

/// The inbox: as many as the copy holds.
pub(crate) fn inbox(copy: &ScheduleCopy, query: &InboxQuery) -> Result<InboxPage, CopyError> {
    let mut items: Vec<Notification> = copy.all(Kind::Notification)?;
    let unread = count(items.iter().filter(|n| !n.is_read).count());
    let words = query.search.as_deref().map(|s| folded(s.trim())).unwrap_or_default();
    let as_of = copy.state()?.progress.as_of;
    items.retain(|n| {
        let shown = match query.show {
            InboxShow::Unread => !n.is_read,
            InboxShow::Read => n.is_read,
            InboxShow::All => true,
        };
        shown
            && (query.types.is_empty() || query.types.contains(&n.alert_type))
            && query.min_priority.is_none_or(|p| n.priority >= p)
            && (query.expired || n.expires_at.is_none_or(|at| at > as_of))
            && folded(&format!("{} {}", n.title, n.message)).contains(&words)
    });
    items.sort_by_key(|n| {
        let urgent = if query.order == InboxOrder::Priority && !n.is_read { -n.priority } else { 0 };
        (n.is_read, urgent, std::cmp::Reverse(n.created_at), n.id)
    });
    Ok(InboxPage { items, next: None, unread, as_of })
}

/// A job as lists show it.
pub(super) fn card(job: &ScheduleJob) -> JobCard {
    JobCard {
        id: job.id,
        customer: job.customer.clone(),
        service_type: job.service_type.clone(),
        address: job.address.clone(),
        start: job.start,
        end: job.end,
        status: job.status.clone(),
        priority: job.priority,
        weather_dependent: job.weather_dependent,
        people: count(job.people.len()),
        machines: count(job.machines.len()),
        unknown: job.unknown,
        clashes: job.clashes,
    }
}

/// Whether a filter lets a job through, as `job_filter()` of the database judges it.
fn shows(filter: &JobFilter, full: &JobInFull) -> bool {
    let job = &full.job;
    let service = job.service_type.as_deref().unwrap_or("none");
    let nobody = job.people.is_empty() && job.crews.is_empty() && job.unknown == 0;
    (filter.statuses.is_empty() || filter.statuses.contains(&job.status))
        && (filter.services.is_empty() || filter.services.iter().any(|s| s == service))
        && (filter.crews.is_empty() || filter.crews.iter().any(|c| job.crews.contains(c)))
        && filter.weather.is_none_or(|w| w == job.weather_dependent)
        && filter.min_priority.is_none_or(|p| job.priority >= p)
        && (!filter.outside || matches!(job.source.as_str(), "calendly_webhook" | "mobile_app" | "api"))
        && (!filter.unassigned || nobody)
        && (!filter.clashing || job.clashes > 0)
        && filter.text.as_deref().is_none_or(|text| holds_words(text, full))
}

fn holds_words(text: &str, full: &JobInFull) -> bool {
    let (client, phone) = (full.job.customer.as_deref().unwrap_or_default(), full.phone.as_deref().unwrap_or_default());
    let words = Sought::read(text);
    words.is_in(&searchable("", "", "", &full.job.address))
        || words.is_in(&searchable(client, "", phone, &full.job.address))
}

fn group_key(group: JobGroup, full: &JobInFull, calendar: &Calendar) -> String {
    let job = &full.job;
    let day = calendar.day_of(job.start);
    match group {
        JobGroup::None => String::new(),
        JobGroup::Day => day.to_string(),
        JobGroup::Week => day.week(chrono::Weekday::Mon).first_day().to_string(),
        JobGroup::Status => job.status.clone(),
        JobGroup::Crew => full.crew_names.iter().min().cloned().unwrap_or_default(),
        JobGroup::Customer => sortable(job.customer.as_deref().unwrap_or_default()),
        JobGroup::Service => job.service_type.clone().unwrap_or_else(|| "none".to_owned()),
    }
}

fn by(sort: JobSort, a: &JobInFull, b: &JobInFull) -> std::cmp::Ordering {
    let plain = |text: Option<&str>| sortable(text.unwrap_or_default());
    match sort {
        JobSort::Start => a.job.start.cmp(&b.job.start),
        JobSort::End => a.job.end.cmp(&b.job.end),
        JobSort::Customer => plain(a.job.customer.as_deref()).cmp(&plain(b.job.customer.as_deref())),
        JobSort::Address => plain(Some(&a.job.address)).cmp(&plain(Some(&b.job.address))),
        JobSort::Status => (&a.job.status, a.job.start).cmp(&(&b.job.status, b.job.start)),
        JobSort::Priority => a.job.priority.cmp(&b.job.priority),
        JobSort::Updated => a.updated_at.cmp(&b.updated_at),
        JobSort::Created => a.created_at.cmp(&b.created_at),
    }
}

fn sorted<T, K: Ord>(mut all: Vec<T>, key: impl Fn(&T) -> K) -> Vec<T> {
    all.sort_by_cached_key(key);
    all
}

/// Later than any job.
pub(super) fn far() -> DateTime<Utc> {
    DateTime::UNIX_EPOCH.with_year(2200).unwrap_or(DateTime::<Utc>::MAX_UTC)
}
