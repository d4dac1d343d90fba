//! The week for all crews, to pin to the wall.

use std::sync::LazyLock;

use serde::Serialize;

use crate::DocumentError;
use crate::day_sheet::Head;
use crate::input::{CrewDay, CrewWeek, Status, Stop, WeekPlan};
use crate::text::Place;
use crate::typeset::{self, Template};
use crate::wording::{as_of, date_range, hours, status};

// How much fits where: characters, and the width of the place, in a plan of seven equal days, in sizes of its letters.
const CREW: Place = Place::line(40, 7.1);
const LEAD: Place = Place::line(40, 9.6);
const LABEL: Place = Place::line(40, 9.4);
const CUSTOMER: Place = Place::line(70, 8.5);
const LINE: Place = Place::line(90, 9.4);
const OFF: Place = Place::line(120, 8.1);

/// A crew with more jobs on a day goes on in a second row, which may stand on the next page.
const JOBS_IN_ROW: usize = 4;

static TEMPLATE: LazyLock<Template> =
    LazyLock::new(|| Template::new("week_plan.typ", include_str!("../templates/week_plan.typ")));

/// The week plan as a PDF: landscape letter paper, a row for each crew, a column for each day, the head repeated on
/// every page, a legend at the foot. Nothing depends on color.
///
/// # Errors
/// Only by a fault of the program: no input is refused.
pub fn week_plan_pdf(plan: &WeekPlan) -> Result<Vec<u8>, DocumentError> {
    typeset::pdf(&TEMPLATE, &pages(plan), plan.as_of.moment)
}

#[derive(Serialize)]
struct Pages {
    title: String,
    company: Head,
    range: String,
    as_of: String,
    days: Vec<Day>,
    rows: Vec<Row>,
}

#[derive(Serialize)]
struct Day {
    weekday: String,
    date: String,
    label: String,
    closed: bool,
    /// Closed and empty: it needs little room.
    narrow: bool,
}

#[derive(Serialize)]
struct Row {
    name: String,
    lead: String,
    continued: bool,
    whole: bool,
    cells: Vec<Cell>,
}

#[derive(Serialize, Default)]
struct Cell {
    off: String,
    jobs: Vec<Job>,
}

#[derive(Serialize)]
struct Job {
    hours: String,
    customer: String,
    address: String,
    service: String,
    tags: Vec<String>,
    firm: bool,
    canceled: bool,
}

fn fit(place: Place, text: &str) -> String {
    place.fit(text, typeset::width)
}

fn pages(plan: &WeekPlan) -> Pages {
    let dates = || plan.days.iter().map(|day| day.date);
    let range = dates().min().zip(dates().max()).map(|(first, last)| date_range(first, last)).unwrap_or_default();
    Pages {
        title: if range.is_empty() { "Week plan".to_owned() } else { format!("Week plan, {range}") },
        company: Head::new(&plan.company),
        range,
        as_of: as_of(&plan.as_of),
        days: plan.days.iter().enumerate().map(|(n, at)| day(at, !used(plan, n))).collect(),
        rows: plan.crews.iter().flat_map(|crew| rows(crew, plan.days.len())).collect(),
    }
}

/// Whether anything stands in the column.
fn used(plan: &WeekPlan, column: usize) -> bool {
    let days = plan.crews.iter().filter_map(|crew| crew.days.get(column));
    days.into_iter().any(|day| !day.stops.is_empty() || !day.away.is_empty())
}

fn day(day: &crate::input::PlanDay, empty: bool) -> Day {
    Day {
        weekday: day.date.format("%A").to_string(),
        date: day.date.format("%b %-d").to_string(),
        label: match fit(LABEL, &day.label) {
            label if label.is_empty() && day.closed => "Closed".to_owned(),
            label => label,
        },
        closed: day.closed,
        narrow: day.closed && empty && day.label.trim().is_empty(),
    }
}

fn rows(crew: &CrewWeek, days: usize) -> Vec<Row> {
    let nothing = CrewDay::default();
    let mut columns: Vec<(String, Vec<Job>)> = (0..days)
        .map(|n| {
            let day = crew.days.get(n).unwrap_or(&nothing);
            let mut stops: Vec<&Stop> = day.stops.iter().collect();
            stops.sort_by_key(|stop| (stop.start, stop.end));
            (off(day), stops.into_iter().map(job).collect())
        })
        .collect();
    let most = columns.iter().map(|(_, jobs)| jobs.len()).max().unwrap_or(0);
    (0..most.div_ceil(JOBS_IN_ROW).max(1))
        .map(|n| {
            let cells: Vec<Cell> = columns
                .iter_mut()
                .map(|(off, jobs)| {
                    let rest = jobs.split_off(jobs.len().min(JOBS_IN_ROW));
                    Cell { off: std::mem::take(off), jobs: std::mem::replace(jobs, rest) }
                })
                .collect();
            Row {
                name: fit(CREW, &crew.name),
                lead: fit(LEAD, &crew.lead),
                continued: n > 0,
                whole: cells.iter().all(|cell| cell.letters() < 700),
                cells,
            }
        })
        .collect()
}

impl Cell {
    /// Letters in it: how high it is at most.
    fn letters(&self) -> usize {
        let jobs = self.jobs.iter().flat_map(|job| [&job.customer, &job.address, &job.service]);
        self.off.chars().count() + self.jobs.len() * 30 + jobs.map(|text| text.chars().count()).sum::<usize>()
    }
}

fn off(day: &CrewDay) -> String {
    let away = day.away.iter().map(|away| match away.reason.trim() {
        "" => away.name.trim().to_owned(),
        reason => format!("{} ({})", away.name.trim(), reason.to_lowercase()),
    });
    fit(OFF, &away.collect::<Vec<_>>().join(", "))
}

fn job(stop: &Stop) -> Job {
    let firm = matches!(stop.status, Status::Confirmed | Status::InProgress | Status::Completed);
    Job {
        hours: hours(stop.start, stop.end),
        customer: fit(CUSTOMER, &stop.customer),
        address: fit(LINE, without_state(&stop.address)),
        service: fit(LINE, &stop.service),
        tags: tags(stop),
        firm,
        canceled: stop.status == Status::Canceled,
    }
}

/// The legend explains the first two.
fn tags(stop: &Stop) -> Vec<String> {
    let mut tags = Vec::new();
    if stop.priority >= 4 {
        tags.push("!".to_owned());
    }
    if stop.weather_dependent {
        tags.push("DRY".to_owned());
    }
    if let Some(part) = stop.part {
        tags.push(format!("Day {} of {}", part.day, part.of));
    }
    if !matches!(stop.status, Status::Scheduled | Status::Confirmed) {
        tags.push(status(stop.status).to_owned());
    }
    tags
}

/// Everybody in the office knows the state: `…, Naperville, IL 60563` is printed as `…, Naperville`.
fn without_state(address: &str) -> &str {
    let Some((before, last)) = address.trim().rsplit_once(',') else { return address };
    let mut words = last.split_whitespace();
    let state = words.next().is_some_and(|word| word.len() == 2 && word.bytes().all(|b| b.is_ascii_uppercase()));
    let zip = words.next().is_none_or(|word| word.len() >= 5 && word.bytes().all(|b| b.is_ascii_digit() || b == b'-'));
    if state && zip && words.next().is_none() { before } else { address }
}
