//! What papers are made from: the days asked for, from the server or from the copy.

use std::collections::{HashMap, HashSet};

use chrono::{DateTime, NaiveDate, Utc};
use chrono_tz::Tz;
use database::schedule::{board, full, history, list};
use database::{DatabaseError, company};
use documents::{AsOf, Away};
use domain::working_time::{Calendar, Interval};
use offline::{CopyError, Kind, ScheduleCopy};
use serde_json::{Value, json};
use uuid::Uuid;

use crate::copy::bodies::{CrewInFull, JobInFull, Letterhead, OfficeBody, PersonInFull, crews_in_full, jobs_in_full};
use crate::copy::read;
use crate::error::{AppError, ErrorCode};
use crate::office::Office;
use crate::view::{Schedule, ScheduleQuery, TimeOff};
use crate::workflows::schedule::OfficeTime;
use crate::workflows::schedule::part::filter_of;

/// Jobs are read in full so many at a time.
const AT_ONCE: usize = 500;
/// More jobs than any paper is read for.
const MOST: usize = 50_000;

/// What a paper is made from.
pub(super) struct Ground {
    pub schedule: Schedule,
    /// All of them, however many the schedule shows.
    pub jobs: Vec<JobInFull>,
    /// Jobs that were the crew's that is asked for, and are not any more.
    pub left: Vec<JobInFull>,
    pub crews: Vec<CrewInFull>,
    pub people: HashMap<Uuid, PersonInFull>,
    pub company: Letterhead,
}

impl Office {
    pub(super) async fn ground_of_the_server(
        &self,
        query: &ScheduleQuery,
        left: Option<Uuid>,
    ) -> Result<Ground, AppError> {
        let schedule = self.schedule_of_the_server(query).await?;
        let (pool, _) = self.at_work().await?;
        let mut connection = pool.acquire().await.map_err(DatabaseError::from)?;
        let c = &mut *connection;
        let time = OfficeTime::read(c).await?;
        let (from, until) = (time.midnight(query.from), time.midnight(query.until));
        let mut filter = filter_of(&query.filter);
        filter.insert("from".into(), json!(from));
        filter.insert("until".into(), json!(until));
        let filter = Value::Object(filter);
        let mut ids: Vec<Uuid> = schedule.jobs.iter().map(|j| j.id).collect();
        let mut more = schedule.more;
        while more {
            if ids.len() >= MOST {
                let sentence = "There are more than 50,000 jobs on these days. Choose one crew, or fewer days.";
                return Err(AppError::new(ErrorCode::Invalid, sentence));
            }
            let after = ids.last().copied();
            let page = list::Page {
                filter: &filter,
                group: "none",
                sort: "start",
                descending: false,
                after,
                limit: board::PART,
            };
            let found = list::page(c, &page).await?;
            more = found.len() == board::PART as usize;
            ids.extend(found.into_iter().map(|(id, _)| id));
        }
        let mut jobs = Vec::with_capacity(ids.len());
        for some in ids.chunks(AT_ONCE) {
            jobs.extend(jobs_in_full(c, some).await?);
        }
        let mut gone = Vec::new();
        if let Some(crew) = left {
            for some in history::left_crew(c, crew, from, until).await?.chunks(AT_ONCE) {
                gone.extend(jobs_in_full(c, some).await?);
            }
        }
        let mut phones: HashMap<Uuid, Option<String>> =
            full::phones(c).await?.into_iter().map(|p| (p.id, p.phone)).collect();
        let people = schedule
            .people
            .iter()
            .map(|p| {
                let phone = phones.remove(&p.id).flatten();
                let (name, role, status) = (p.name.clone(), p.role.clone(), p.status.clone());
                (p.id, PersonInFull { id: p.id, name, role, status, phone })
            })
            .collect();
        let crews = crews_in_full(c, query.from, query.until).await?;
        let company = Letterhead::of(&company::read(c).await?.values);
        Ok(Ground { schedule, jobs, left: gone, crews, people, company })
    }
}

/// The same out of the copy. It holds no trail: which jobs a crew once had, only the server knows.
pub(super) fn ground_of(copy: &ScheduleCopy, query: &ScheduleQuery, now: DateTime<Utc>) -> Result<Ground, CopyError> {
    let schedule = read::schedule(copy, query, now)?;
    let body: OfficeBody = copy.get(Kind::Office, Uuid::nil())?.ok_or(CopyError::Damaged)?;
    let calendar = body.calendar();
    let jobs = copy.jobs_between(calendar.day(query.from).start, calendar.day(query.until).start)?;
    let people = copy.all::<PersonInFull>(Kind::Person)?.into_iter().map(|p| (p.id, p)).collect();
    Ok(Ground { schedule, jobs, left: Vec::new(), crews: read::crews(copy)?, people, company: body.company })
}

impl Ground {
    pub(super) fn crew(&self, id: Uuid) -> Option<&CrewInFull> {
        self.crews.iter().find(|c| c.id == id)
    }

    /// The crews in use and those that have a job of the days asked for, or of them these.
    pub(super) fn crews<'a>(&'a self, asked: &'a [Uuid]) -> impl Iterator<Item = &'a CrewInFull> {
        let at_work: HashSet<Uuid> = self.jobs.iter().flat_map(|j| j.job.crews.iter().copied()).collect();
        let shown = move |c: &&CrewInFull| c.active || at_work.contains(&c.id);
        self.crews.iter().filter(shown).filter(|c| asked.is_empty() || asked.contains(&c.id))
    }

    /// Nobody has it, or only crews that are gone: else it would stand on no paper.
    pub(super) fn of_no_crew(&self, job: &JobInFull) -> bool {
        !job.job.crews.iter().any(|id| self.crew(*id).is_some())
    }

    pub(super) fn calendar(&self) -> Calendar {
        read::calendar(&self.schedule.zone, &self.schedule.hours)
    }

    pub(super) fn letterhead(&self) -> documents::Letterhead {
        let Letterhead { name, phone, address, license } = self.company.clone();
        documents::Letterhead { name, phone, license, address }
    }

    pub(super) fn as_of(&self, zone: Tz) -> AsOf {
        let s = &self.schedule;
        let moment = s.copy_as_of.unwrap_or(s.as_of).with_timezone(&zone);
        let short = s.copy_days.filter(|days| s.from < days.from || days.until < s.until);
        let copy_holds = short.map(|days| (days.from, days.until.pred_opt().unwrap_or(days.until)));
        AsOf { moment, from_copy: s.copy_as_of.is_some(), copy_holds }
    }

    /// False where the copy this is from knows nothing of a day.
    pub(super) fn knows(&self, day: NaiveDate) -> bool {
        self.schedule.copy_days.is_none_or(|days| days.from <= day && day < days.until)
    }

    /// Who of these is off then, and why. By id: two people may have one name.
    pub(super) fn away(&self, people: &[Uuid], day: Interval) -> Vec<(Uuid, Away)> {
        let off = |t: &&TimeOff| day.overlaps(&Interval::new(t.start, t.end));
        let mut seen = HashSet::new();
        self.schedule
            .time_off
            .iter()
            .filter(off)
            .filter_map(|t| Some((t, t.person_id.filter(|id| people.contains(id) && seen.insert(*id))?)))
            .filter_map(|(t, id)| {
                let name = self.people.get(&id)?.name.clone();
                // What kind of absence is nobody's business on a truck's dashboard.
                let reason = if t.kind == "sick" || t.kind == "leave" { "off" } else { "away" };
                Some((id, Away { name, reason: reason.to_owned() }))
            })
            .collect()
    }

    pub(super) fn person(&self, id: Uuid) -> Option<documents::Person> {
        let p = self.people.get(&id)?;
        let phone = p.phone.clone().unwrap_or_default();
        Some(documents::Person { name: p.name.clone(), role: p.role.clone(), phone })
    }
}
