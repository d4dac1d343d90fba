//! What stands on each paper.

use std::collections::HashMap;

use chrono::{DateTime, Days, NaiveDate, TimeDelta, Utc};
use chrono_tz::Tz;
use documents::{CalendarJob, Contact, CrewDay, CrewSheet, CrewWeek, DaySheet, PlanDay, Stop, Stretch, WeekPlan};
use domain::job_status::Status;
use domain::working_time::{Calendar, Interval};
use uuid::Uuid;

use super::ground::Ground;
use crate::copy::bodies::{CrewInFull, JobInFull, PersonInFull};
use crate::view::TimeOff;
use crate::workflows::today::count;

/// From when to when on a day.
type Hours = (DateTime<Utc>, DateTime<Utc>);

/// Stands after the `@` of every UID of a calendar. A job's id is its alone in whichever office: nothing of this
/// database's own is added, which a restored one would not have, and every calendar would show each job twice.
const OFFICE: &str = "neff-office";

/// The stretch of a job on a day, and which of its working days that is.
fn on_day(job: &JobInFull, calendar: &Calendar, day: NaiveDate) -> Option<(Hours, Option<documents::Part>)> {
    let days = calendar.working_days_of(Interval::new(job.job.start, job.job.end));
    let at = days.iter().position(|d| d.day == day)?;
    let during = days.get(at)?.during;
    let part = (days.len() > 1).then(|| documents::Part { day: count(at + 1), of: count(days.len()) });
    Some(((during.start, during.end), part))
}

pub(super) fn stop(
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

pub(super) fn day_sheet(ground: &Ground, day: NaiveDate, asked: &[Uuid]) -> DaySheet {
    let calendar = ground.calendar();
    let zone = calendar.zone();
    let mut crews: Vec<CrewSheet> = Vec::new();
    for crew in ground.crews(asked) {
        let stops = stops_of(ground, &calendar, day, |job| job.job.crews.contains(&crew.id), Some(&crew.name));
        if stops.is_empty() && asked.is_empty() {
            continue;
        }
        let members = crew.members(day, day + Days::new(1));
        let away = ground.away(&members, calendar.day(day));
        let here = members.iter().filter(|id| !away.iter().any(|(off, _)| off == *id));
        crews.push(CrewSheet {
            name: crew.name.clone(),
            lead: crew.lead(day).unwrap_or_default().to_owned(),
            people: here.filter_map(|id| ground.person(*id)).collect(),
            away: away.into_iter().map(|(_, away)| away).collect(),
            stops,
        });
    }
    if asked.is_empty() {
        let stops = stops_of(ground, &calendar, day, |job| ground.of_no_crew(job), None);
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

pub(super) fn week_plan(ground: &Ground, asked: &[Uuid]) -> WeekPlan {
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
                label: if ground.knows(*date) { label.unwrap_or_default() } else { "Not in the copy".to_owned() },
            }
        })
        .collect();
    let mut crews: Vec<CrewWeek> = ground
        .crews(asked)
        .map(|crew: &CrewInFull| CrewWeek {
            name: crew.name.clone(),
            lead: crew.lead(s.from).unwrap_or_default().to_owned(),
            days: dates
                .iter()
                .map(|date| {
                    let away = ground.away(&crew.members(*date, *date + Days::new(1)), calendar.day(*date));
                    CrewDay {
                        stops: stops_of(ground, &calendar, *date, |j| j.job.crews.contains(&crew.id), Some(&crew.name)),
                        away: away.into_iter().map(|(_, away)| away).collect(),
                    }
                })
                .collect(),
        })
        .collect();
    if asked.is_empty() {
        let days: Vec<CrewDay> = dates
            .iter()
            .map(|date| CrewDay {
                stops: stops_of(ground, &calendar, *date, |j| ground.of_no_crew(j), None),
                away: Vec::new(),
            })
            .collect();
        if days.iter().any(|d| !d.stops.is_empty()) {
            crews.push(CrewWeek { name: "No crew yet".to_owned(), lead: String::new(), days });
        }
    }
    WeekPlan { company: ground.letterhead(), days, crews, as_of: ground.as_of(calendar.zone()) }
}

/// The jobs of a crew, or all. A job that was a crew's and is not any more is called off in that crew's calendar: a
/// calendar that only lacks it goes on showing it wherever it was imported before.
pub(super) fn calendar(ground: &Ground, crew: Option<Uuid>) -> documents::Calendar {
    let office = ground.calendar();
    let company = if ground.company.name.is_empty() { "Schedule" } else { &ground.company.name };
    let name = match crew.and_then(|id| ground.crew(id)) {
        Some(crew) => format!("{company}: {}", crew.name),
        None => company.to_owned(),
    };
    // A calendar has no foot to say it on.
    let short = ground.schedule.copy_days.filter(|days| days.until < ground.schedule.until);
    let name = match short.and_then(|days| days.until.pred_opt()) {
        Some(last) => format!("{name} (until {})", last.format("%B %-d")),
        None => name,
    };
    let theirs = ground.jobs.iter().filter(|job| crew.is_none_or(|id| job.job.crews.contains(&id)));
    let left = ground.left.iter().map(|job| {
        let mut event = event(ground, &office, job);
        event.job.status = documents::Status::Canceled;
        event
    });
    documents::Calendar {
        name,
        office_id: OFFICE.to_owned(),
        zone: office.zone(),
        made: ground.schedule.as_of,
        name_crews: crew.is_none(),
        jobs: theirs.map(|job| event(ground, &office, job)).chain(left).collect(),
    }
}

fn event(ground: &Ground, office: &Calendar, job: &JobInFull) -> CalendarJob {
    let during = Interval::new(job.job.start, job.job.end.max(job.job.start + TimeDelta::minutes(1)));
    let days = office.working_days_of(Interval::new(job.job.start, job.job.end));
    let several = days.len() > 1;
    let first = office.day_of(during.start);
    let after = office.day_of(during.end - TimeDelta::microseconds(1)) + Days::new(1);
    let crews = job.job.crews.iter().filter_map(|id| ground.crew(*id));
    CalendarJob {
        id: job.job.id,
        sequence: u32::try_from(job.job.version).unwrap_or_default(),
        modified: job.updated_at,
        crew: job.crew_names.join(", "),
        crew_people: crews.flat_map(|c| c.members(first, after)).filter_map(|id| ground.person(id)).collect(),
        stretches: days
            .into_iter()
            .filter(|_| several)
            .map(|d| Stretch { start: d.during.start, end: d.during.end })
            .collect(),
        job: stop(
            job,
            (during.start, during.end),
            None,
            job.crew_names.first().map(String::as_str),
            office.zone(),
            &ground.people,
        ),
    }
}
