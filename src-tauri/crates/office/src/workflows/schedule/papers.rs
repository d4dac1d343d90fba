//! Day sheets, week plans, calendars and spreadsheets: from the server, or from the copy when there is no network.

use std::collections::{BTreeMap, HashMap, HashSet};
use std::path::{Path, PathBuf};

use chrono::{DateTime, Days, NaiveDate, TimeDelta, Utc};
use chrono_tz::Tz;
use database::schedule::full;
use database::{DatabaseError, company, feed};
use documents::{
    AsOf, Away, CalendarJob, Contact, CrewDay, CrewSheet, CrewWeek, DaySheet, JobRow, PlanDay, Stop, Stretch, WeekPlan,
};
use domain::job_status::Status;
use domain::working_time::{Calendar, Interval};
use offline::{Kind, ScheduleCopy};
use uuid::Uuid;

use super::part::check_part;
use crate::copy::bodies::{JobInFull, Letterhead, OfficeBody, PersonInFull, jobs_in_full};
use crate::copy::read;
use crate::error::{AppError, ErrorCode};
use crate::office::Office;
use crate::view::{Exported, JobFilter, JobListQuery, Schedule, ScheduleCrew, ScheduleQuery, TimeOff};
use crate::workflows::inbox::write_bytes;
use crate::workflows::today::count;

/// A calendar holds jobs from so far back to so far ahead.
const CALENDAR_BACK: Days = Days::new(30);
const CALENDAR_AHEAD: Days = Days::new(69);
/// Papers that were opened are removed after this long.
const KEPT: std::time::Duration = std::time::Duration::from_hours(7 * 24);

/// From when to when on a day.
type Hours = (DateTime<Utc>, DateTime<Utc>);

/// What a paper is made from.
struct Ground {
    schedule: Schedule,
    jobs: Vec<JobInFull>,
    people: HashMap<Uuid, PersonInFull>,
    company: Letterhead,
    /// Of this office's history of changes: names it for good.
    feed: Uuid,
}

impl Office {
    /// Day sheets of these crews (none: of every crew with work that day) as a PDF in this program's folder.
    ///
    /// # Errors
    /// When neither the server nor the copy can be asked, or the file not be written.
    pub async fn day_sheet(&self, day: NaiveDate, crews: &[Uuid]) -> Result<(PathBuf, Exported), AppError> {
        let ground = self.paper_ground(day, day + Days::new(1)).await?;
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
        let ground = self.paper_ground(from, from + Days::new(7)).await?;
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
        let ground = self.paper_ground(from, until).await?;
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
                .paper_ground(from, from + Days::new(1))
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
        let zone = self.paper_ground(from, from + Days::new(1)).await?.calendar().zone();
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

    /// Everything of these days: from the server, else from the copy.
    async fn paper_ground(&self, from: NaiveDate, until: NaiveDate) -> Result<Ground, AppError> {
        check_part(from, until)?;
        let query = ScheduleQuery { from, until, filter: JobFilter::default() };
        let answer = self.ground_of_the_server(&query).await;
        self.or_copy(answer, move |copy, now| ground_of(copy, &query, now)).await
    }

    async fn ground_of_the_server(&self, query: &ScheduleQuery) -> Result<Ground, AppError> {
        let schedule = self.schedule_of_the_server(query).await?;
        let (pool, _) = self.at_work().await?;
        let mut connection = pool.acquire().await.map_err(DatabaseError::from)?;
        let c = &mut *connection;
        let ids: Vec<Uuid> = schedule.jobs.iter().map(|j| j.id).collect();
        let mut jobs = Vec::with_capacity(ids.len());
        for some in ids.chunks(500) {
            jobs.extend(jobs_in_full(c, some).await?);
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
        let company = Letterhead::of(&company::read(c).await?.values);
        let feed = feed::position(c).await?.feed;
        Ok(Ground { schedule, jobs, people, company, feed })
    }

    /// A paper to be opened: in this program's own folder, where old ones are removed.
    async fn keep_paper(&self, name: &str, content: Vec<u8>, rows: u32) -> Result<(PathBuf, Exported), AppError> {
        let folder = self.data_folder().join("papers");
        let file = folder.join(name);
        let made = tokio::task::spawn_blocking(move || {
            std::fs::create_dir_all(&folder)?;
            sweep(&folder);
            std::io::Result::Ok(())
        })
        .await;
        if let Ok(Err(error)) = made {
            let sentence = "The paper could not be written. Is this computer's disk full?";
            return Err(AppError::new(ErrorCode::DiskFull, sentence).with_details(error.to_string()));
        }
        write_bytes(file.clone(), content).await?;
        let exported = Exported { path: file.display().to_string(), rows };
        Ok((file, exported))
    }
}

/// The days a calendar file holds.
fn calendar_days() -> (NaiveDate, NaiveDate) {
    let now = crate::clock::now().date_naive();
    (now - CALENDAR_BACK, now + CALENDAR_AHEAD)
}

/// Papers hold names and numbers: they do not stay for ever.
fn sweep(folder: &Path) {
    let Ok(entries) = std::fs::read_dir(folder) else { return };
    for entry in entries.flatten() {
        let old = entry.metadata().and_then(|m| m.modified()).is_ok_and(|at| at.elapsed().is_ok_and(|age| age > KEPT));
        if old {
            let _ = std::fs::remove_file(entry.path());
        }
    }
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

fn ground_of(copy: &ScheduleCopy, query: &ScheduleQuery, now: DateTime<Utc>) -> Result<Ground, offline::CopyError> {
    let schedule = read::schedule(copy, query, now)?;
    let body: OfficeBody = copy.get(Kind::Office, Uuid::nil())?.ok_or(offline::CopyError::Damaged)?;
    let calendar = read::calendar(&body);
    let jobs = copy.jobs_between(calendar.day(query.from).start, calendar.day(query.until).start)?;
    let people = copy.all::<PersonInFull>(Kind::Person)?.into_iter().map(|p| (p.id, p)).collect();
    let feed = copy.state()?.progress.feed.feed;
    Ok(Ground { schedule, jobs, people, company: body.company, feed })
}

impl Ground {
    fn calendar(&self) -> Calendar {
        let s = &self.schedule;
        read::calendar(&OfficeBody {
            zone: s.zone.clone(),
            hours: s.hours.clone(),
            company: Letterhead::default(),
            person: crate::view::Person { id: Uuid::nil(), name: String::new(), email: None },
        })
    }

    fn letterhead(&self) -> documents::Letterhead {
        let Letterhead { name, phone, address, license } = self.company.clone();
        documents::Letterhead { name, phone, license, address }
    }

    fn as_of(&self, zone: Tz) -> AsOf {
        let moment = self.schedule.copy_as_of.unwrap_or(self.schedule.as_of).with_timezone(&zone);
        AsOf { moment, from_copy: self.schedule.copy_as_of.is_some() }
    }

    /// Who of these is off then, and why.
    fn away(&self, people: &[Uuid], day: Interval) -> Vec<Away> {
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
                Some(Away { name, reason: reason.to_owned() })
            })
            .collect()
    }

    fn person(&self, id: Uuid) -> Option<documents::Person> {
        let p = self.people.get(&id)?;
        let phone = p.phone.clone().unwrap_or_default();
        Some(documents::Person { name: p.name.clone(), role: p.role.clone(), phone })
    }
}

/// The stretch of a job on a day, and which of its working days that is.
fn on_day(job: &JobInFull, calendar: &Calendar, day: NaiveDate) -> Option<(Hours, Option<documents::Part>)> {
    let days = calendar.working_days_of(Interval::new(job.job.start, job.job.end));
    let at = days.iter().position(|d| d.day == day)?;
    let during = days.get(at)?.during;
    let part = (days.len() > 1).then(|| documents::Part { day: count(at + 1), of: count(days.len()) });
    Some(((during.start, during.end), part))
}

fn stop(
    job: &JobInFull,
    (start, end): Hours,
    part: Option<documents::Part>,
    crew: Option<&str>,
    zone: Tz,
    people: &HashMap<Uuid, PersonInFull>,
) -> Stop {
    let besides =
        |a: &&crate::view::Assigned| a.kind == "person" && (a.via_crew.is_none() || a.via_crew.as_deref() != crew);
    let status = match Status::read(Some(&job.job.status)).unwrap_or(Status::Scheduled) {
        Status::Scheduled => documents::Status::Scheduled,
        Status::Confirmed => documents::Status::Confirmed,
        Status::InProgress => documents::Status::InProgress,
        Status::Completed => documents::Status::Completed,
        Status::Canceled => documents::Status::Canceled,
        Status::Rescheduled => documents::Status::Rescheduled,
    };
    let unknown = (!job.unknown_names.is_empty()).then(|| format!("Also named: {}", job.unknown_names.join(", ")));
    Stop {
        start: start.with_timezone(&zone),
        end: end.with_timezone(&zone),
        part,
        customer: job.job.customer.clone().unwrap_or_default(),
        phone: job.phone.clone().unwrap_or_default(),
        address: job.job.address.clone(),
        service: job.job.service_type.as_deref().map(titled).unwrap_or_default(),
        instructions: job.instructions.clone().unwrap_or_default(),
        machines: job.assigned.iter().filter(|a| a.kind == "machine").map(|a| a.name.clone()).collect(),
        people: job
            .assigned
            .iter()
            .filter(besides)
            .map(|a| {
                let known = people.get(&a.id);
                documents::Person {
                    name: a.name.clone(),
                    role: known.map(|p| p.role.clone()).unwrap_or_default(),
                    phone: known.and_then(|p| p.phone.clone()).unwrap_or_default(),
                }
            })
            .collect(),
        weather_dependent: job.job.weather_dependent,
        status,
        priority: u8::try_from(job.job.priority).unwrap_or(3).clamp(1, 5),
        note: unknown.unwrap_or_default(),
    }
}

/// "commercial" → "Commercial".
fn titled(word: &str) -> String {
    let mut letters = word.chars();
    letters.next().map(|c| c.to_uppercase().collect::<String>() + letters.as_str()).unwrap_or_default()
}

fn day_sheet(ground: &Ground, day: NaiveDate, asked: &[Uuid]) -> DaySheet {
    let calendar = ground.calendar();
    let zone = calendar.zone();
    let open = |job: &&JobInFull| job.job.status != "canceled";
    let mut crews: Vec<CrewSheet> = Vec::new();
    for crew in ground.schedule.crews.iter().filter(|c| asked.is_empty() || asked.contains(&c.id)) {
        let stops = stops_of(ground, &calendar, day, |job| job.job.crews.contains(&crew.id), Some(&crew.name));
        if stops.is_empty() && asked.is_empty() {
            continue;
        }
        let away = ground.away(&crew.members, calendar.day(day));
        let people =
            crew.members.iter().filter_map(|id| ground.person(*id)).filter(|p| !away.iter().any(|a| a.name == p.name));
        crews.push(CrewSheet {
            name: crew.name.clone(),
            lead: crew.lead.clone().unwrap_or_default(),
            people: people.collect(),
            away,
            stops,
        });
    }
    if asked.is_empty() && ground.jobs.iter().filter(open).any(|j| j.job.crews.is_empty()) {
        let stops = stops_of(ground, &calendar, day, |job| job.job.crews.is_empty(), None);
        if !stops.is_empty() {
            crews.push(CrewSheet { name: "No crew".to_owned(), stops, ..CrewSheet::default() });
        }
    }
    DaySheet {
        company: ground.letterhead(),
        date: day,
        crews,
        weather: String::new(),
        contact: Contact { name: "Office".to_owned(), phone: ground.company.phone.clone() },
        as_of: ground.as_of(zone),
        idle_crews: !asked.is_empty(),
    }
}

fn stops_of(
    ground: &Ground,
    calendar: &Calendar,
    day: NaiveDate,
    of: impl Fn(&JobInFull) -> bool,
    crew: Option<&str>,
) -> Vec<Stop> {
    ground
        .jobs
        .iter()
        .filter(|job| job.job.status != "canceled" && of(job))
        .filter_map(|job| {
            let (hours, part) = on_day(job, calendar, day)?;
            Some(stop(job, hours, part, crew, calendar.zone(), &ground.people))
        })
        .collect()
}

fn week_plan(ground: &Ground, asked: &[Uuid]) -> WeekPlan {
    let calendar = ground.calendar();
    let s = &ground.schedule;
    let dates: Vec<NaiveDate> = s.from.iter_days().take_while(|d| *d < s.until).collect();
    let whole = |t: &&TimeOff| t.person_id.is_none() && t.machine_id.is_none();
    let days = dates
        .iter()
        .map(|date| {
            let day = calendar.day(*date);
            let named = s.time_off.iter().filter(whole).find(|t| day.overlaps(&Interval::new(t.start, t.end)));
            let label =
                named.map(|t| t.note.clone().filter(|n| !n.trim().is_empty()).unwrap_or_else(|| titled(&t.kind)));
            let holiday = named.is_some_and(|t| t.kind == "holiday");
            PlanDay {
                date: *date,
                closed: holiday || !calendar.is_working_weekday(*date),
                label: label.unwrap_or_default(),
            }
        })
        .collect();
    let mut crews: Vec<CrewWeek> = s
        .crews
        .iter()
        .filter(|c| asked.is_empty() || asked.contains(&c.id))
        .map(|crew: &ScheduleCrew| CrewWeek {
            name: crew.name.clone(),
            lead: crew.lead.clone().unwrap_or_default(),
            days: dates
                .iter()
                .map(|date| CrewDay {
                    stops: stops_of(ground, &calendar, *date, |j| j.job.crews.contains(&crew.id), Some(&crew.name)),
                    away: ground.away(&crew.members, calendar.day(*date)),
                })
                .collect(),
        })
        .collect();
    if asked.is_empty() {
        let days: Vec<CrewDay> = dates
            .iter()
            .map(|date| CrewDay {
                stops: stops_of(ground, &calendar, *date, |j| j.job.crews.is_empty(), None),
                away: Vec::new(),
            })
            .collect();
        if days.iter().any(|d| !d.stops.is_empty()) {
            crews.push(CrewWeek { name: "No crew yet".to_owned(), lead: String::new(), days });
        }
    }
    WeekPlan { company: ground.letterhead(), days, crews, as_of: ground.as_of(calendar.zone()) }
}

fn calendar(ground: &Ground, crew: Option<Uuid>) -> documents::Calendar {
    let office = ground.calendar();
    let names: BTreeMap<Uuid, &ScheduleCrew> = ground.schedule.crews.iter().map(|c| (c.id, c)).collect();
    let company = if ground.company.name.is_empty() { "Schedule" } else { &ground.company.name };
    let name = match crew.and_then(|id| names.get(&id)) {
        Some(crew) => format!("{company}: {}", crew.name),
        None => company.to_owned(),
    };
    let jobs = ground
        .jobs
        .iter()
        .filter(|job| crew.is_none_or(|id| job.job.crews.contains(&id)))
        .map(|job| {
            let days = office.working_days_of(Interval::new(job.job.start, job.job.end));
            let several = days.len() > 1;
            CalendarJob {
                id: job.job.id,
                sequence: u32::try_from(job.job.version).unwrap_or_default(),
                modified: job.updated_at,
                crew: job.crew_names.join(", "),
                crew_people: job
                    .job
                    .crews
                    .iter()
                    .filter_map(|id| names.get(id))
                    .flat_map(|c| c.members.iter().filter_map(|id| ground.person(*id)))
                    .collect(),
                stretches: days
                    .into_iter()
                    .filter(|_| several)
                    .map(|d| Stretch { start: d.during.start, end: d.during.end })
                    .collect(),
                job: stop(
                    job,
                    (job.job.start, job.job.end.max(job.job.start + TimeDelta::minutes(1))),
                    None,
                    job.crew_names.first().map(String::as_str),
                    office.zone(),
                    &ground.people,
                ),
            }
        })
        .collect();
    documents::Calendar {
        name,
        office_id: ground.feed.to_string(),
        zone: office.zone(),
        made: ground.schedule.as_of,
        name_crews: crew.is_none(),
        jobs,
    }
}
