//! The sheet a crew takes along in the truck.

use std::sync::LazyLock;

use chrono::Timelike;
use serde::Serialize;

use crate::DocumentError;
use crate::input::{CrewSheet, DaySheet, Person, Status, Stop};
use crate::text::Place;
use crate::typeset::{self, Template};
use crate::wording::{as_of, long_date, phone, status, time, until};

// How much fits where: characters, and the width of the place in sizes of its letters.
const CREW: Place = Place::line(60, 9.0);
const COMPANY: Place = Place::line(90, 17.0);
const SMALL_PRINT: Place = Place::line(200, 26.0);
const PERSON: Place = Place::line(60, 9.0);
const PHONE: Place = Place::line(30, 7.8);
const STREET: Place = Place::line(110, 19.5);
const ADDRESS: Place = Place::line(200, 26.0);
const CUSTOMER: Place = Place::line(90, 29.0);
const SHORT: Place = Place::line(60, 18.0);
const LINE: Place = Place::line(200, 29.0);
const INSTRUCTIONS: Place = Place::paragraphs(3_000, 29.0);

static TEMPLATE: LazyLock<Template> =
    LazyLock::new(|| Template::new("day_sheet.typ", include_str!("../templates/day_sheet.typ")));

/// Day sheets as a PDF: letter paper, every crew from a new page, readable at arm's length and in black and white.
///
/// A crew without work is left out unless [`DaySheet::idle_crews`]; if that leaves none, one page says so.
///
/// # Errors
/// Only by a fault of the program: no input is refused.
pub fn day_sheet_pdf(sheet: &DaySheet) -> Result<Vec<u8>, DocumentError> {
    typeset::pdf(&TEMPLATE, &pages(sheet), sheet.as_of.moment)
}

#[derive(Serialize)]
struct Pages {
    title: String,
    company: Head,
    date: String,
    contact: String,
    contact_phone: String,
    weather: String,
    as_of: String,
    crews: Vec<Crew>,
}

/// The company as the templates print it.
#[derive(Serialize)]
pub(crate) struct Head {
    name: String,
    phone: String,
    rest: String,
}

#[derive(Serialize)]
struct Crew {
    name: String,
    summary: Vec<String>,
    people: Vec<Member>,
    away: String,
    stops: Vec<Job>,
}

#[derive(Serialize)]
struct Member {
    name: String,
    role: String,
    phone: String,
    lead: bool,
}

#[derive(Serialize)]
struct Job {
    start: String,
    half: &'static str,
    until: String,
    street: String,
    place: String,
    customer: String,
    phone: String,
    service: String,
    instructions: String,
    machines: String,
    people: String,
    note: String,
    marks: Vec<String>,
    canceled: bool,
    whole: bool,
}

fn fit(place: Place, text: &str) -> String {
    place.fit(text, typeset::width)
}

impl Head {
    pub(crate) fn new(company: &crate::input::Letterhead) -> Self {
        let license = fit(SHORT, &company.license);
        let license = if license.is_empty() { license } else { format!("License {license}") };
        let rest = [fit(SMALL_PRINT, &company.address), license].into_iter().filter(|part| !part.is_empty());
        Self {
            name: fit(COMPANY, &company.name),
            phone: fit(PHONE, &phone(&company.phone)),
            rest: rest.collect::<Vec<_>>().join(" · "),
        }
    }
}

fn pages(sheet: &DaySheet) -> Pages {
    let company = Head::new(&sheet.company);
    let date = long_date(sheet.date);
    let number = if sheet.contact.phone.trim().is_empty() { &sheet.company.phone } else { &sheet.contact.phone };
    Pages {
        title: format!("Day sheets, {date}"),
        contact: fit(SHORT, if sheet.contact.name.trim().is_empty() { "the office" } else { &sheet.contact.name }),
        contact_phone: fit(PHONE, &phone(number)),
        weather: fit(LINE, &sheet.weather),
        as_of: as_of(&sheet.as_of),
        crews: sheet.crews.iter().filter(|crew| sheet.idle_crews || !crew.stops.is_empty()).map(page).collect(),
        company,
        date,
    }
}

fn page(crew: &CrewSheet) -> Crew {
    let mut stops: Vec<&Stop> = crew.stops.iter().collect();
    stops.sort_by_key(|stop| (stop.start, stop.end));
    let away = crew.away.iter().map(|away| match away.reason.trim() {
        "" => away.name.trim().to_owned(),
        reason => format!("{} ({reason})", away.name.trim()),
    });
    Crew {
        name: fit(CREW, &crew.name),
        summary: summary(&stops),
        people: members(crew),
        away: fit(LINE, &away.collect::<Vec<_>>().join(", ")),
        stops: stops.into_iter().map(job).collect(),
    }
}

/// The lead first, even if nobody of that name is among the people.
fn members(crew: &CrewSheet) -> Vec<Member> {
    let member = |person: &Person, lead: bool| Member {
        name: fit(PERSON, &person.name),
        role: fit(PERSON, &person.role),
        phone: fit(PHONE, &phone(&person.phone)),
        lead,
    };
    let lead = crew.lead.trim();
    let at = crew.people.iter().position(|person| !lead.is_empty() && person.name.trim() == lead);
    let mut members = Vec::with_capacity(crew.people.len() + 1);
    match at.and_then(|at| crew.people.get(at)) {
        Some(person) => members.push(member(person, true)),
        None if !lead.is_empty() => members.push(member(&Person { name: lead.to_owned(), ..Person::default() }, true)),
        None => {}
    }
    let rest = crew.people.iter().enumerate().filter(|(n, _)| Some(*n) != at);
    members.extend(rest.map(|(_, person)| member(person, false)));
    members
}

/// `3 stops`, `first start 6:00 AM`, `done by 4:30 PM`; work that was called off does not count.
fn summary(stops: &[&Stop]) -> Vec<String> {
    let live: Vec<&&Stop> = stops.iter().filter(|stop| stop.status != Status::Canceled).collect();
    let (Some(first), Some(last)) = (live.iter().min_by_key(|s| s.start), live.iter().max_by_key(|s| s.end)) else {
        return Vec::new();
    };
    let count = if live.len() == 1 { "1 stop".to_owned() } else { format!("{} stops", live.len()) };
    vec![count, format!("first start {}", time(first.start)), format!("done by {}", until(first.start, last.end))]
}

fn job(stop: &Stop) -> Job {
    let (street, place) = address(&stop.address);
    let instructions = fit(INSTRUCTIONS, &stop.instructions);
    let people = stop.people.iter().map(|person| {
        let role = person.role.trim();
        let number = phone(&person.phone);
        let mut text = person.name.trim().to_owned();
        if !role.is_empty() {
            text = format!("{text}, {}", role.to_lowercase());
        }
        if number.is_empty() { text } else { format!("{text} {number}") }
    });
    let job = Job {
        start: stop.start.format("%-I:%M").to_string(),
        half: if stop.start.hour() < 12 { "AM" } else { "PM" },
        until: until(stop.start, stop.end),
        customer: fit(CUSTOMER, &stop.customer),
        phone: fit(PHONE, &phone(&stop.phone)),
        service: fit(CUSTOMER, &stop.service),
        machines: fit(LINE, &stop.machines.iter().map(|m| m.trim()).collect::<Vec<_>>().join(", ")),
        people: fit(LINE, &people.collect::<Vec<_>>().join("; ")),
        note: fit(LINE, &stop.note),
        marks: marks(stop),
        canceled: stop.status == Status::Canceled,
        whole: false,
        street,
        place,
        instructions,
    };
    let length = job.instructions.chars().count() + job.instructions.matches('\n').count() * 60;
    let rest = [&job.street, &job.place, &job.customer, &job.machines, &job.people, &job.note];
    // Kept on one page if that is sure to be possible.
    Job { whole: length + rest.into_iter().map(|part| part.chars().count()).sum::<usize>() < 900, ..job }
}

/// The street, and the rest of the address.
fn address(address: &str) -> (String, String) {
    let address = address.trim();
    let (street, place) = address.split_once([',', '\n']).unwrap_or((address, ""));
    // "Lot 4, …": too little to stand alone in the largest letters.
    if street.trim().is_empty() || place.trim().is_empty() {
        return (fit(STREET, address.trim_matches([',', ' '])), String::new());
    }
    (fit(STREET, street), fit(ADDRESS, place))
}

/// What sets the job apart, in words: a copier knows no colors.
fn marks(stop: &Stop) -> Vec<String> {
    let mut marks = Vec::new();
    if let Some(part) = stop.part {
        marks.push(format!("Day {} of {}", part.day, part.of));
    }
    match stop.status {
        Status::Scheduled => marks.push("Not confirmed with customer".to_owned()),
        Status::Confirmed => {}
        other => marks.push(status(other).to_owned()),
    }
    match stop.priority {
        5.. => marks.push("Top priority".to_owned()),
        4 => marks.push("High priority".to_owned()),
        _ => {}
    }
    if stop.weather_dependent {
        marks.push("Dry weather only".to_owned());
    }
    marks
}
