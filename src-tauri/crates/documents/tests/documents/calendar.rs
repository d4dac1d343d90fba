//! Calendars, read back by another library than the one that writes them.

use chrono::{DateTime, Datelike, Duration, NaiveDateTime, Offset, TimeZone, Utc};
use chrono_tz::{America, Europe, Tz};
use documents::{Calendar, CalendarJob, Status, Stretch, calendar_ics};
use icalendar::{CalendarComponent, Component, DatePerhapsTime, Event, EventLike};
use rrule::RRuleSet;
use uuid::Uuid;

use crate::office::{HOSTILE, person, stop};

const CHICAGO: Tz = America::Chicago;

fn chicago(year: i32, month: u32, day: u32, hour: u32, minute: u32) -> DateTime<Utc> {
    CHICAGO.with_ymd_and_hms(year, month, day, hour, minute, 0).earliest().unwrap().to_utc()
}

fn job(start: DateTime<Utc>, end: DateTime<Utc>) -> CalendarJob {
    let (start, end) = (start.with_timezone(&CHICAGO), end.with_timezone(&CHICAGO));
    let mut stop = stop(start, end, "Smith & Sons <Lot 4>", "1420 W Ogden Ave, Naperville, IL 60563", "Mill & overlay");
    stop.instructions = "Gate 4471#; ring twice, then wait.\nNo dumping.".into();
    stop.machines = vec!["Paver".into(), "Roller".into()];
    CalendarJob {
        id: Uuid::from_u128(7),
        sequence: 3,
        modified: chicago(2026, 2, 1, 9, 0),
        crew: "Paving 1".into(),
        crew_people: vec![person("Ray Ortiz", "Foreman", "6305550110")],
        stretches: Vec::new(),
        job: stop,
    }
}

fn calendar(zone: Tz, jobs: Vec<CalendarJob>) -> Calendar {
    Calendar {
        name: "Neff Paving: Paving 1".into(),
        office_id: "4f1c.neff-office".into(),
        zone,
        made: chicago(2026, 2, 2, 6, 0),
        name_crews: true,
        jobs,
    }
}

fn write(calendar: &Calendar) -> String {
    String::from_utf8(calendar_ics(calendar).unwrap()).unwrap()
}

fn read(calendar: &Calendar) -> icalendar::Calendar {
    write(calendar).parse().unwrap()
}

fn events(calendar: &icalendar::Calendar) -> Vec<&Event> {
    calendar.components.iter().filter_map(CalendarComponent::as_event).collect()
}

fn instant(time: Option<DatePerhapsTime>) -> DateTime<Utc> {
    match time {
        Some(DatePerhapsTime::DateTime(time)) => time.try_into_utc().unwrap(),
        other => panic!("not a moment: {other:?}"),
    }
}

/// The stretches as a reader of the calendar works them out: the series, less what is left out, with its exceptions.
fn worked(calendar: &icalendar::Calendar) -> Vec<Stretch> {
    let mut series = Vec::new();
    let mut exceptions = Vec::new();
    for event in events(calendar) {
        let (start, end) = (instant(event.get_start()), instant(event.get_end()));
        if event.get_recurrence_id().is_some() {
            exceptions.push((instant(event.get_recurrence_id()), Stretch { start, end }));
        } else {
            let dates = event.get_recurrence().unwrap().all(1_000).dates;
            series.extend(dates.iter().map(|at| Stretch { start: at.to_utc(), end: at.to_utc() + (end - start) }));
        }
    }
    for (replaced, _) in &exceptions {
        let before = series.len();
        series.retain(|stretch| stretch.start != *replaced);
        assert_eq!(series.len(), before - 1, "an exception of nothing: {replaced}");
    }
    series.extend(exceptions.into_iter().map(|(_, stretch)| stretch));
    series.sort_by_key(|stretch| stretch.start);
    series
}

/// A calendar with everything in it, for reading with other programs by hand.
pub fn example() -> Calendar {
    let one = job(chicago(2026, 3, 8, 6, 0), chicago(2026, 3, 8, 14, 30));
    let mut two = job(chicago(2026, 11, 1, 6, 0), chicago(2026, 11, 1, 14, 30));
    two.id = Uuid::from_u128(8);
    let stretch = |day, from, to| Stretch { start: chicago(2026, 3, day, from, 0), end: chicago(2026, 3, day, to, 0) };
    let mut long = job(chicago(2026, 3, 6, 12, 0), chicago(2026, 3, 11, 11, 0));
    long.id = Uuid::from_u128(9);
    long.stretches = vec![stretch(6, 12, 16), stretch(9, 6, 16), stretch(10, 6, 16), stretch(11, 6, 11)];
    let mut gone = job(chicago(2026, 6, 9, 6, 0), chicago(2026, 6, 9, 8, 0));
    gone.id = Uuid::from_u128(10);
    gone.job.status = Status::Canceled;
    gone.job.customer = HOSTILE.join(", ");
    calendar(CHICAGO, vec![one, two, long, gone])
}

#[test]
fn an_event_says_what_a_crew_needs() {
    let calendar = read(&calendar(CHICAGO, vec![job(chicago(2026, 6, 9, 6, 0), chicago(2026, 6, 9, 14, 30))]));
    assert_eq!(calendar.property_value("METHOD"), Some("PUBLISH"));
    assert_eq!(calendar.property_value("VERSION"), Some("2.0"));
    assert_eq!(calendar.property_value("X-WR-CALNAME"), Some("Neff Paving: Paving 1"));
    let events = events(&calendar);
    let event = events[0];
    assert_eq!(event.get_uid(), Some("job-00000000-0000-0000-0000-000000000007@4f1c.neff-office"));
    assert_eq!(event.get_sequence(), Some(3));
    assert_eq!(event.property_value("STATUS"), Some("CONFIRMED"));
    assert_eq!(event.get_summary(), Some("Paving 1 · Smith & Sons <Lot 4> · Mill & overlay"));
    assert_eq!(event.get_location(), Some("1420 W Ogden Ave, Naperville, IL 60563"));
    assert_eq!(event.get_timestamp(), Some(chicago(2026, 2, 2, 6, 0)));
    assert_eq!(event.property_value("LAST-MODIFIED"), Some("20260201T150000Z"));
    let description = event.get_description().unwrap();
    for text in [
        "Gate 4471#; ring twice, then wait.\nNo dumping.",
        "(630) 555-0142",
        "Ray Ortiz, Foreman, (630) 555-0110",
        "Paver, Roller",
    ] {
        assert!(description.contains(text), "{text} is missing in {description}");
    }
    assert_eq!(worked(&calendar), [Stretch { start: chicago(2026, 6, 9, 6, 0), end: chicago(2026, 6, 9, 14, 30) }]);
}

#[test]
fn times_are_right_on_the_days_the_clocks_change() {
    for (month, day, offset) in [(3, 7, 6), (3, 8, 5), (10, 31, 5), (11, 1, 6), (7, 1, 5), (12, 31, 6)] {
        let start = chicago(2026, month, day, 6, 0);
        assert_eq!(start.format("%-H").to_string(), (6 + offset).to_string());
        let text = write(&calendar(CHICAGO, vec![job(start, start + Duration::hours(8))]));
        assert!(text.contains(&format!("DTSTART;TZID=America/Chicago:2026{month:02}{day:02}T060000\r\n")), "{text}");
        let calendar: icalendar::Calendar = text.parse().unwrap();
        assert_eq!(worked(&calendar), [Stretch { start, end: start + Duration::hours(8) }]);
        assert_eq!(Zone::of(&text).utc(start.with_timezone(&CHICAGO).naive_local()), start, "by the zone block alone");
    }
}

#[test]
fn an_hour_that_comes_twice_is_not_misread() {
    // 1:30 AM, the second time, on November 1.
    let second = Utc.with_ymd_and_hms(2026, 11, 1, 7, 30, 0).unwrap();
    let text = write(&calendar(CHICAGO, vec![job(second, second + Duration::hours(4))]));
    assert!(text.contains("DTSTART:20261101T073000Z\r\n"), "{text}");
    assert_eq!(worked(&text.parse().unwrap())[0].start, second);
}

#[test]
fn the_zone_block_gives_the_zone_for_every_hour() {
    for zone in
        [CHICAGO, America::New_York, America::Phoenix, America::Anchorage, Europe::Berlin, chrono_tz::Australia::Sydney]
    {
        let text = write(&calendar(zone, vec![job(chicago(2026, 1, 5, 6, 0), chicago(2027, 12, 20, 14, 0))]));
        let block = Zone::of(&text);
        let mut local = Utc.with_ymd_and_hms(2026, 1, 1, 0, 0, 0).unwrap().naive_utc();
        while local.year() < 2028 {
            if let Some(truth) = zone.from_local_datetime(&local).single() {
                assert_eq!(block.offset(local), truth.offset().fix().local_minus_utc(), "{zone} at {local}:\n{text}");
            }
            local += Duration::minutes(30);
        }
        assert!(text.contains(&format!("BEGIN:VTIMEZONE\r\nTZID:{zone}\r\n")), "{text}");
    }
}

#[test]
fn a_job_over_a_weekend_is_one_event_on_the_days_worked() {
    let days = [chicago(2026, 6, 12, 6, 0), chicago(2026, 6, 15, 6, 0), chicago(2026, 6, 16, 6, 0)];
    let mut long = job(days[0], days[2] + Duration::hours(8));
    long.stretches = days.map(|start| Stretch { start, end: start + Duration::hours(8) }).to_vec();
    let expected = long.stretches.clone();
    let calendar = read(&calendar(CHICAGO, vec![long]));
    assert_eq!(events(&calendar).len(), 1);
    assert_eq!(worked(&calendar), expected);
}

#[test]
fn days_with_other_hours_are_exceptions_with_the_same_uid() {
    // From noon on Friday March 6 over the clock change to Tuesday, the last day only until 11.
    let stretch = |day, from, to| Stretch { start: chicago(2026, 3, day, from, 0), end: chicago(2026, 3, day, to, 0) };
    let mut long = job(chicago(2026, 3, 6, 12, 0), chicago(2026, 3, 11, 11, 0));
    long.stretches = vec![stretch(6, 12, 16), stretch(9, 6, 16), stretch(10, 6, 16), stretch(11, 6, 11)];
    let expected = long.stretches.clone();
    let calendar = read(&calendar(CHICAGO, vec![long]));
    let events = events(&calendar);
    assert_eq!(events.len(), 3);
    assert!(events.iter().all(|event| event.get_uid() == events[0].get_uid() && event.get_sequence() == Some(3)));
    assert_eq!(worked(&calendar), expected);
}

#[test]
fn night_work_across_the_clock_change_keeps_its_instants() {
    let night = |day, month, hours| {
        let start = chicago(2026, month, day, 20, 0);
        Stretch { start, end: start + Duration::hours(hours) }
    };
    for stretches in [
        vec![night(6, 3, 8), night(7, 3, 7), night(8, 3, 8)],
        vec![night(30, 10, 8), night(31, 10, 9), night(1, 11, 8)],
    ] {
        let mut long = job(stretches[0].start, stretches[2].end);
        long.stretches.clone_from(&stretches);
        assert_eq!(worked(&read(&calendar(CHICAGO, vec![long]))), stretches);
    }
}

#[test]
fn a_cancellation_takes_the_whole_job_away() {
    let days = [chicago(2026, 6, 12, 12, 0), chicago(2026, 6, 15, 6, 0), chicago(2026, 6, 16, 6, 0)];
    let mut long = job(days[0], days[2] + Duration::hours(8));
    long.stretches = days.map(|start| Stretch { start, end: start + Duration::hours(4) }).to_vec();
    let before = read(&calendar(CHICAGO, vec![long.clone()]));
    long.job.status = Status::Canceled;
    long.sequence += 1;
    let after = read(&calendar(CHICAGO, vec![long]));
    let (before, after) = (events(&before), events(&after));
    assert_eq!(after.len(), 1);
    assert_eq!(after[0].get_uid(), before[0].get_uid());
    assert!(after[0].get_sequence() > before[0].get_sequence());
    assert_eq!(after[0].property_value("STATUS"), Some("CANCELLED"));
    assert!(after[0].get_summary().unwrap().starts_with("Canceled: "));
}

#[test]
fn what_is_not_confirmed_is_tentative() {
    for (status, word) in [
        (Status::Scheduled, "TENTATIVE"),
        (Status::Rescheduled, "TENTATIVE"),
        (Status::InProgress, "CONFIRMED"),
        (Status::Completed, "CONFIRMED"),
    ] {
        let mut one = job(chicago(2026, 6, 9, 6, 0), chicago(2026, 6, 9, 8, 0));
        one.job.status = status;
        assert_eq!(events(&read(&calendar(CHICAGO, vec![one])))[0].property_value("STATUS"), Some(word));
    }
}

#[test]
fn lines_are_folded_and_ended_by_the_rules() {
    let mut one = job(chicago(2026, 6, 9, 6, 0), chicago(2026, 6, 9, 8, 0));
    one.job.instructions = "Pflasterstraße → Gehweg 👷 ".repeat(100);
    let text = write(&calendar(CHICAGO, vec![one]));
    assert!(text.ends_with("END:VCALENDAR\r\n"));
    for line in text.split("\r\n") {
        assert!(line.len() <= 75, "{} octets: {line}", line.len());
        assert!(!line.contains(['\r', '\n']));
    }
}

#[test]
fn hostile_text_is_text() {
    let mut evil: Vec<&str> = HOSTILE.to_vec();
    evil.extend(["x\r\nEND:VEVENT\r\nBEGIN:VEVENT\r\nUID:mine", "a;b,c\\n\\;d\\", "\u{2028}BEGIN:VALARM"]);
    for name in evil {
        let mut one = job(chicago(2026, 6, 9, 6, 0), chicago(2026, 6, 9, 8, 0));
        one.job.customer = name.to_owned();
        one.job.address = name.to_owned();
        one.job.instructions = name.to_owned();
        one.crew.clear();
        one.job.service.clear();
        let mut calendar = calendar(CHICAGO, vec![one]);
        calendar.name = name.to_owned();
        calendar.office_id = "x\r\nATTENDEE:evil@example.com".into();
        let text = write(&calendar);
        assert!(!text.contains("\nATTENDEE"), "{text}");
        let calendar: icalendar::Calendar = text.parse().unwrap();
        assert_eq!(calendar.components.len(), 2, "one zone and one event: {text}");
        let plain = name.replace("\r\n", " ").replace('\u{2028}', "");
        assert_eq!(events(&calendar)[0].get_summary(), Some(plain.trim()), "{text}");
        assert_eq!(events(&calendar)[0].get_location(), Some(plain.trim()));
    }
    let mut one = job(chicago(2026, 6, 9, 6, 0), chicago(2026, 6, 9, 8, 0));
    one.job.customer = "W".repeat(5_000);
    one.job.instructions = "W".repeat(50_000);
    assert!(write(&calendar(CHICAGO, vec![one])).len() < 20_000);
}

#[test]
fn a_year_no_calendar_can_hold_spoils_nothing() {
    let good = job(chicago(2026, 6, 9, 6, 0), chicago(2026, 6, 9, 8, 0));
    let slips = [-4_000, 1, 1_026, 20_260, 250_000].map(|year| {
        let start = Utc.with_ymd_and_hms(year, 6, 9, 6, 0, 0).unwrap();
        job(start, start + Duration::hours(8))
    });
    let jobs = slips.into_iter().chain([good]).collect();
    let calendar = read(&calendar(CHICAGO, jobs));
    assert_eq!(events(&calendar).len(), 1);
}

#[test]
fn a_calendar_without_jobs_is_still_one() {
    let text = write(&calendar(CHICAGO, Vec::new()));
    assert!(text.contains("BEGIN:VTIMEZONE"));
    assert!(events(&text.parse().unwrap()).is_empty());
    assert_eq!(text, write(&calendar(CHICAGO, Vec::new())), "the same input, the same text");
}

/// A zone known only from the block in the file, as Outlook knows it: local onsets with the seconds east of UTC after them.
struct Zone(Vec<(NaiveDateTime, i32)>);

impl Zone {
    fn of(text: &str) -> Self {
        let block = text.split("BEGIN:VTIMEZONE\r\n").nth(1).unwrap().split("END:VTIMEZONE").next().unwrap();
        let mut onsets = Vec::new();
        for rule in block.split("BEGIN:").skip(1) {
            let value = |key: &str| rule.lines().find_map(|line| line.strip_prefix(key)?.strip_prefix(':'));
            let start = value("DTSTART").unwrap();
            let (hours, minutes) = value("TZOFFSETTO").unwrap().split_at(3);
            let sign = if hours.starts_with('-') { -1 } else { 1 };
            let offset = hours.parse::<i32>().unwrap() * 3_600 + sign * minutes.parse::<i32>().unwrap() * 60;
            let dates = match value("RRULE") {
                Some(rule) => {
                    let set: RRuleSet = format!("DTSTART:{start}Z\nRRULE:{rule}").parse().unwrap();
                    set.all(10).dates.iter().map(DateTime::naive_utc).collect()
                }
                None => vec![NaiveDateTime::parse_from_str(start, "%Y%m%dT%H%M%S").unwrap()],
            };
            onsets.extend(dates.into_iter().map(|at| (at, offset)));
        }
        onsets.sort_unstable();
        Self(onsets)
    }

    fn offset(&self, local: NaiveDateTime) -> i32 {
        self.0.iter().rev().find(|(onset, _)| *onset <= local).unwrap().1
    }

    fn utc(&self, local: NaiveDateTime) -> DateTime<Utc> {
        (local - Duration::seconds(i64::from(self.offset(local)))).and_utc()
    }
}
