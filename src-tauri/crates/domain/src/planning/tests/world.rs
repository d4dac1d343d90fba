//! A small office to try things in: crews A (1) and B (2) pave, crew C (3) seals; the paver is machine 201.

use chrono::{DateTime, NaiveDate, Utc};
use chrono_tz::Tz;
use uuid::Uuid;

use crate::job_status::Status;
use crate::planning::*;
use crate::working_time::{Calendar, Interval, WorkingDays, WorkingHours};

pub(super) const A: u128 = 1;
pub(super) const B: u128 = 2;
pub(super) const C: u128 = 3;
pub(super) const PAVER: u128 = 201;

pub(super) fn id(number: u128) -> Uuid {
    Uuid::from_u128(number)
}

pub(super) fn calendar(days: &str) -> Calendar {
    let hours = WorkingHours::new("06:00:00".parse().unwrap(), "16:00:00".parse().unwrap()).unwrap();
    Calendar::new(Tz::America__Chicago, WorkingDays::read(days), hours, Vec::new())
}

/// `2026-06-03 06:00` on the office's wall.
pub(super) fn at(text: &str) -> DateTime<Utc> {
    calendar("12345")
        .instant(text.replace(' ', "T").parse().or_else(|_| format!("{}:00", text.replace(' ', "T")).parse()).unwrap())
}

pub(super) fn stretch(from: &str, until: &str) -> Interval {
    Interval::new(at(from), at(until))
}

/// A whole day, midnight to midnight.
pub(super) fn whole(day: &str) -> Interval {
    calendar("12345").day(day.parse::<NaiveDate>().unwrap())
}

pub(super) fn person(number: u128) -> Resource {
    Resource { kind: ResourceKind::Person, id: id(number) }
}

pub(super) fn machine(number: u128) -> Resource {
    Resource { kind: ResourceKind::Machine, id: id(number) }
}

/// A scheduled, weather-dependent job of one crew.
pub(super) fn job(number: u128, crew: u128, from: &str, until: &str) -> Job {
    Job {
        id: id(number),
        start: at(from),
        end: at(until),
        status: Status::Scheduled,
        weather_dependent: true,
        priority: 3,
        pinned: false,
        contract: None,
        crews: vec![id(crew)],
        people: Vec::new(),
        machines: Vec::new(),
        follows: None,
    }
}

/// It rains all of Wednesday, the 3rd of June 2026; nobody may start before Tuesday morning.
pub(super) fn rainy(jobs: Vec<Job>) -> Request {
    let crew = |number: u128| Crew {
        id: id(number),
        members: (1..=3).map(|n| Membership { person: id(100 + number * 10 + n), from: None, until: None }).collect(),
    };
    let names = [(A, "Paving A"), (B, "Paving B"), (C, "Sealcoat"), (PAVER, "Paver 1"), (111, "Dan Weber")];
    Request {
        calendar: calendar("12345"),
        not_before: at("2026-06-02 06:00"),
        rain: vec![whole("2026-06-03")],
        recorded_rain: Vec::new(),
        horizon_days: USUAL_HORIZON,
        strategy: Strategy::BestFit,
        may_change_crew: false,
        substitutes: vec![vec![id(A), id(B)]],
        turnaround_minutes: 30,
        jobs,
        occupied: Vec::new(),
        crews: vec![crew(A), crew(B), crew(C)],
        blocked: Vec::new(),
        names: names.into_iter().map(|(number, name)| (id(number), name.to_owned())).collect(),
    }
}

/// `1001 Thu 06-04 06:00 to Thu 06-04 14:00 by 1`: every move of a plan the checker has nothing against.
pub(super) fn moves(request: &Request) -> Vec<String> {
    let plan = plan(request);
    assert_eq!(check(request, &plan), [], "{plan:#?}");
    let local = |instant| request.calendar.local(instant).format("%a %m-%d %H:%M").to_string();
    plan.moves
        .iter()
        .map(|moved| {
            let crews: Vec<String> = moved.to.crews.iter().map(|crew| crew.as_u128().to_string()).collect();
            let (start, end) = (local(moved.to.start), local(moved.to.end));
            format!("{} {start} to {end} by {}", moved.job.as_u128(), crews.join("+"))
        })
        .collect()
}

/// The ids of what found no place.
pub(super) fn unplaced(request: &Request) -> Vec<u128> {
    plan(request).unplaced.iter().map(|unplaced| unplaced.job.as_u128()).collect()
}
