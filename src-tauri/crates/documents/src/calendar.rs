//! Jobs for Outlook, Google Calendar and Apple's Calendar (RFC 5545).
//!
//! **A job is one event**, whatever its length, with one UID made from the job's id. A job that is worked on for several
//! days with a night or a weekend between is that event repeated daily (`RRULE`), without the days nobody works
//! (`EXDATE`); a day with other hours than most is an exception of it (`RECURRENCE-ID`). One bar from Friday to Monday
//! would show the crew at work on Sunday; an event with a UID of its own for each day would leave the days behind that
//! a shortened job no longer has, because no calendar would be told to drop them. This way a change or a cancellation
//! finds the whole job, and all three programs show separate days.
//!
//! Where a spring or autumn clock change makes a time ambiguous, it is written in UTC, which cannot be misread.

use std::ops::RangeInclusive;

use calcard::common::{CalendarScale, PartialDateTime};
use calcard::icalendar::{
    ICalendar, ICalendarComponent, ICalendarComponentType, ICalendarEntry, ICalendarFrequency, ICalendarMethod,
    ICalendarParameter, ICalendarProperty, ICalendarRecurrenceRule, ICalendarStatus, ICalendarTransparency,
};
use chrono::{DateTime, Datelike, NaiveDate, NaiveTime, TimeDelta, TimeZone, Utc};
use chrono_tz::Tz;

use crate::DocumentError;
use crate::input::{Calendar, CalendarJob, Person, Status, Stretch};
use crate::text::{plain, plain_line};
use crate::wording::{phone, status};

const LINE: usize = 250;
const LONG: usize = 4_000;
const YEARS: RangeInclusive<i32> = 1970..=2199;
/// Repeated days looked at, at most: no job lasts longer.
const MOST_DAYS: usize = 366;

/// A calendar file of the jobs, for import or subscription: `METHOD:PUBLISH`, times in the office's zone with the block
/// that explains the zone, lines folded at 75 octets.
///
/// A job that is [`Status::Canceled`] is written as canceled, so that calendars that have it drop it; scheduled and
/// rescheduled ones are tentative until confirmed. A job outside the years 1970 to 2199 is a slip of another program and
/// left out: one such year and Outlook refuses the whole file.
///
/// # Errors
/// [`DocumentError::Calendar`] if the text cannot be written; no input does that.
pub fn calendar_ics(calendar: &Calendar) -> Result<Vec<u8>, DocumentError> {
    let mut root = ICalendarComponent::new(ICalendarComponentType::VCalendar);
    root.add_property(ICalendarProperty::Prodid, "-//Neff Paving//Neff Office//EN");
    root.add_property(ICalendarProperty::Version, "2.0");
    root.add_property(ICalendarProperty::Calscale, CalendarScale::Gregorian);
    root.add_property(ICalendarProperty::Method, ICalendarMethod::Publish);
    let name = plain_line(&calendar.name, LINE);
    root.add_property(ICalendarProperty::Other("X-WR-CALNAME".to_owned()), name.as_str());
    root.add_property(ICalendarProperty::Other("X-WR-TIMEZONE".to_owned()), calendar.zone.name());
    let mut file = ICalendar { components: vec![root] };

    let mut covered = (calendar.made, calendar.made);
    for job in &calendar.jobs {
        let stretches = stretches(job, calendar.zone);
        if !stretches.iter().all(|stretch| YEARS.contains(&stretch.start.year()) && YEARS.contains(&stretch.end.year()))
        {
            continue;
        }
        for stretch in &stretches {
            covered = (covered.0.min(stretch.start), covered.1.max(stretch.end));
        }
        for event in events(calendar, job, &stretches) {
            push(&mut file, event);
        }
    }
    add_zone(&mut file, calendar.zone, covered);

    let mut text = String::new();
    file.write_to(&mut text)?;
    Ok(text.into_bytes())
}

fn push(file: &mut ICalendar, event: ICalendarComponent) {
    let id = u32::try_from(file.components.len()).unwrap_or(u32::MAX);
    file.components.push(event);
    if let Some(root) = file.components.first_mut() {
        root.component_ids.push(id);
    }
}

/// The rules of the zone, from the year before the first event: Outlook believes this block, not the zone's name.
fn add_zone(file: &mut ICalendar, zone: Tz, (first, last): (DateTime<Utc>, DateTime<Utc>)) {
    let new_year = |year| Utc.with_ymd_and_hms(year, 1, 1, 0, 0, 0).single().unwrap_or(first).timestamp();
    // Two years on, so that a rule is seen to go on and is written without an end.
    let (from, to) = (new_year(first.year() - 1), new_year(last.year() + 3));
    let Some(block) = file.add_timezone(zone.name(), from, to) else { return };
    // The first entry only says what was in force on January 1. Where clocks change every year, the entries after it
    // cover every event, and without it the block has the two rules that all programs understand.
    if let Some(block) = file.components.get_mut(block as usize)
        && block.component_ids.len() == 3
    {
        block.component_ids.remove(0);
    }
}

// ---- one job ----------------------------------------------------------------------------------------------------------

/// The working stretches in order, at most one beginning on any day of the office's zone.
fn stretches(job: &CalendarJob, zone: Tz) -> Vec<Stretch> {
    let mut all = job.stretches.clone();
    if all.is_empty() {
        all.push(Stretch { start: job.job.start.to_utc(), end: job.job.end.to_utc() });
    }
    all.sort_by_key(|stretch| (stretch.start, stretch.end));
    let mut days: Vec<Stretch> = Vec::with_capacity(all.len());
    for stretch in all {
        match days.last_mut() {
            Some(last) if day(last.start, zone) == day(stretch.start, zone) => last.end = last.end.max(stretch.end),
            _ => days.push(stretch),
        }
    }
    days
}

fn day(moment: DateTime<Utc>, zone: Tz) -> NaiveDate {
    moment.with_timezone(&zone).date_naive()
}

/// What most days have in common.
#[derive(Clone, Copy, PartialEq, Eq)]
struct Hours {
    from: NaiveTime,
    lasts: TimeDelta,
}

impl Hours {
    fn of(stretch: Stretch, zone: Tz) -> Self {
        Self { from: stretch.start.with_timezone(&zone).time(), lasts: stretch.end - stretch.start }
    }
    /// The stretch on a date, if that time of day exists there once.
    fn on(self, date: NaiveDate, zone: Tz) -> Option<Stretch> {
        let start = zone.from_local_datetime(&date.and_time(self.from)).single()?.to_utc();
        Some(Stretch { start, end: start + self.lasts })
    }
}

fn events(calendar: &Calendar, job: &CalendarJob, stretches: &[Stretch]) -> Vec<ICalendarComponent> {
    let zone = calendar.zone;
    let (Some(first), Some(last)) = (stretches.first(), stretches.last()) else { return Vec::new() };
    let (begin, end) = (day(first.start, zone), day(last.start, zone));
    let usual = stretches
        .iter()
        .map(|stretch| Hours::of(*stretch, zone))
        .max_by_key(|hours| stretches.iter().filter(|s| Hours::of(**s, zone) == *hours).count());
    let whole = || vec![event(calendar, job, Stretch { start: first.start, end: last.end })];
    let Some(usual) = usual else { return whole() };
    if stretches.len() == 1 {
        return whole();
    }
    // Every day of the series must have the usual hour; a job across a night of changing clocks is one long event.
    let dates: Vec<NaiveDate> = begin.iter_days().take_while(|date| *date <= end).take(MOST_DAYS).collect();
    let Some(slots) = dates.iter().map(|date| usual.on(*date, zone)).collect::<Option<Vec<_>>>() else {
        return whole();
    };
    let (Some(start), Some(until)) = (slots.first(), slots.last()) else { return whole() };
    if dates.last() != Some(&end) {
        return whole();
    }

    let mut series = event(calendar, job, *start);
    series.add_property(
        ICalendarProperty::Rrule,
        ICalendarRecurrenceRule {
            freq: ICalendarFrequency::Daily,
            until: Some(PartialDateTime::from_utc_timestamp(until.start.timestamp())),
            ..ICalendarRecurrenceRule::default()
        },
    );
    let mut exceptions = Vec::new();
    for (date, slot) in dates.iter().zip(&slots) {
        match stretches.iter().find(|stretch| day(stretch.start, zone) == *date) {
            None => series.entries.push(moment(ICalendarProperty::Exdate, slot.start, zone)),
            Some(stretch) if stretch == slot => {}
            Some(stretch) => {
                let mut exception = event(calendar, job, *stretch);
                exception.entries.push(moment(ICalendarProperty::RecurrenceId, slot.start, zone));
                exceptions.push(exception);
            }
        }
    }
    // A series that is called off needs no exceptions: the whole UID goes.
    if job.job.status == Status::Canceled { vec![series] } else { std::iter::once(series).chain(exceptions).collect() }
}

fn event(calendar: &Calendar, job: &CalendarJob, when: Stretch) -> ICalendarComponent {
    let stop = &job.job;
    let canceled = stop.status == Status::Canceled;
    let mut event = ICalendarComponent::new(ICalendarComponentType::VEvent);
    event.add_uid(&uid(calendar, job));
    event.add_sequence(i64::from(job.sequence.min(i32::MAX as u32)));
    event.add_dtstamp(PartialDateTime::from_utc_timestamp(calendar.made.timestamp()));
    let modified = PartialDateTime::from_utc_timestamp(job.modified.timestamp());
    event.add_property(ICalendarProperty::LastModified, modified);
    event.entries.push(moment(ICalendarProperty::Dtstart, when.start, calendar.zone));
    event.entries.push(moment(ICalendarProperty::Dtend, when.end.max(when.start), calendar.zone));
    event.add_property(
        ICalendarProperty::Status,
        match stop.status {
            Status::Scheduled | Status::Rescheduled => ICalendarStatus::Tentative,
            Status::Confirmed | Status::InProgress | Status::Completed => ICalendarStatus::Confirmed,
            Status::Canceled => ICalendarStatus::Cancelled,
        },
    );
    let busy = if canceled { ICalendarTransparency::Transparent } else { ICalendarTransparency::Opaque };
    event.add_property(ICalendarProperty::Transp, busy);
    event.add_property(ICalendarProperty::Summary, summary(calendar, job));
    let address = plain_line(&stop.address, LINE);
    if !address.is_empty() {
        event.add_property(ICalendarProperty::Location, address);
    }
    let description = description(job);
    if !description.is_empty() {
        event.add_property(ICalendarProperty::Description, description);
    }
    // RFC 5545 counts from 1, the highest, to 9; the office from 5, the highest, to 1.
    event.add_property(ICalendarProperty::Priority, 11 - 2 * i64::from(stop.priority.clamp(1, 5)));
    event
}

fn uid(calendar: &Calendar, job: &CalendarJob) -> String {
    let office = calendar.office_id.chars().take(100);
    let office: String = office.map(|c| if c.is_ascii_alphanumeric() || c == '.' { c } else { '-' }).collect();
    format!("job-{}@{office}", job.id)
}

/// A moment in the office's zone; in UTC where the zone's clock shows that time twice.
fn moment(name: ICalendarProperty, at: DateTime<Utc>, zone: Tz) -> ICalendarEntry {
    let shown = at.with_timezone(&zone).naive_local();
    if zone.from_local_datetime(&shown).single().is_none() {
        return ICalendarEntry::new(name).with_value(PartialDateTime::from_utc_timestamp(at.timestamp()));
    }
    let zone_name = ICalendarParameter::tzid(zone.name().to_owned());
    ICalendarEntry::new(name).with_param(zone_name).with_value(local(at, zone))
}

fn local(at: DateTime<Utc>, zone: Tz) -> PartialDateTime {
    PartialDateTime::from_naive_timestamp(at.with_timezone(&zone).naive_local().and_utc().timestamp())
}

fn summary(calendar: &Calendar, job: &CalendarJob) -> String {
    let customer = job.job.customer.trim();
    let parts = [if calendar.name_crews { job.crew.trim() } else { "" }, customer, job.job.service.trim()];
    let text = parts.into_iter().filter(|part| !part.is_empty()).collect::<Vec<_>>().join(" · ");
    let text = if text.is_empty() { "Job".to_owned() } else { text };
    // Not every program shows a canceled event as such.
    let text = if job.job.status == Status::Canceled { format!("Canceled: {text}") } else { text };
    plain_line(&text, LINE)
}

fn description(job: &CalendarJob) -> String {
    let stop = &job.job;
    let people = |people: &[Person]| people.iter().map(person).collect::<Vec<_>>().join("\n");
    let customer = [stop.customer.trim().to_owned(), phone(&stop.phone)];
    let parts = [
        ("", stop.instructions.trim().to_owned()),
        ("Customer: ", customer.into_iter().filter(|part| !part.is_empty()).collect::<Vec<_>>().join(", ")),
        ("Work: ", stop.service.trim().to_owned()),
        ("Crew: ", job.crew.trim().to_owned()),
        ("People:\n", people(&job.crew_people)),
        ("Also on this job:\n", people(&stop.people)),
        ("Machines: ", stop.machines.join(", ")),
        ("", if stop.weather_dependent { "Dry weather only.".to_owned() } else { String::new() }),
        ("Note: ", stop.note.trim().to_owned()),
        ("Status: ", status(stop.status).to_owned()),
    ];
    let parts = parts.into_iter().filter(|(_, text)| !text.is_empty()).map(|(label, text)| format!("{label}{text}"));
    plain(&parts.collect::<Vec<_>>().join("\n\n"), LONG)
}

fn person(person: &Person) -> String {
    let number = phone(&person.phone);
    let parts = [person.name.trim(), person.role.trim(), number.as_str()];
    parts.into_iter().filter(|part| !part.is_empty()).collect::<Vec<_>>().join(", ")
}
