//! What a change of a row was, for "Recent changes".

use chrono::{DateTime, NaiveDate, Utc};
use database::crew::{self, CrewValues, MachineValues, MembershipValues, PersonValues, TimeOffValues};
use database::{DatabaseError, PgConnection};
use serde_json::Value;
use uuid::Uuid;

use super::super::changes::differing;
use super::time_off::{Clock, clock};
use super::{certificates, texts, weekly};
use crate::view::FieldChange;

/// What a field is called, and how it reads.
type Told<T> = (&'static str, fn(&T) -> Option<String>);

pub(super) fn person(before: Option<&PersonValues>, after: Option<&PersonValues>) -> Vec<FieldChange> {
    const FIELDS: [Told<PersonValues>; 9] = [
        ("Name", |p| Some(p.name.clone())),
        ("Role", |p| Some(p.role.clone())),
        ("Status", |p| Some(texts::in_words(&p.status))),
        ("Email", |p| p.email.clone()),
        ("Phone", |p| p.phone.clone()),
        ("Hired", |p| p.hire_date.map(day)),
        ("Specializations", |p| specializations(p.specializations.as_ref())),
        ("Certificates", |p| certificates::in_words(p.certifications.as_ref())),
        ("Weekly hours", |p| weekly::in_words(p.availability.as_ref())),
    ];
    told(&FIELDS, before, after)
}

pub(super) fn crew(before: Option<&CrewValues>, after: Option<&CrewValues>) -> Vec<FieldChange> {
    const FIELDS: [Told<CrewValues>; 4] = [
        ("Name", |w| Some(w.name.clone())),
        ("Status", |w| Some(texts::in_words(&w.status))),
        ("Color", |w| w.color.clone()),
        ("Notes", |w| w.notes.clone()),
    ];
    told(&FIELDS, before, after)
}

pub(super) fn machine(before: Option<&MachineValues>, after: Option<&MachineValues>) -> Vec<FieldChange> {
    const FIELDS: [Told<MachineValues>; 4] = [
        ("Name", |m| Some(m.name.clone())),
        ("Kind", |m| Some(m.kind.clone())),
        ("Status", |m| Some(texts::in_words(&m.status))),
        ("Notes", |m| m.notes.clone()),
    ];
    told(&FIELDS, before, after)
}

fn told<T>(fields: &[Told<T>], before: Option<&T>, after: Option<&T>) -> Vec<FieldChange> {
    let texts: Vec<_> =
        fields.iter().map(|(label, text)| (*label, before.and_then(text), after.and_then(text))).collect();
    let mut changes = differing(texts.iter().map(|(label, b, a)| (*label, b.as_deref(), a.as_deref())));
    if changes.is_empty() {
        // Something differs that reads the same: the way it is written.
        changes.push(FieldChange { label: "As written".to_owned(), before: None, after: Some("Changed".to_owned()) });
    }
    changes
}

/// That it was changed; not what it is.
pub(super) fn contact(before: Option<&Value>, after: Option<&Value>) -> FieldChange {
    let file = || "On file".to_owned();
    FieldChange {
        label: "Emergency contact".to_owned(),
        before: before.map(|_| file()),
        after: after.map(|_| before.map_or_else(file, |_| "Changed".to_owned())),
    }
}

pub(super) async fn membership(
    c: &mut PgConnection,
    before: Option<&MembershipValues>,
    after: Option<&MembershipValues>,
) -> Result<FieldChange, DatabaseError> {
    let mut label = String::new();
    let mut sides = Vec::with_capacity(2);
    for side in [before, after] {
        let Some(m) = side else {
            sides.push(None);
            continue;
        };
        label = crew_name(c, m.crew_id).await?;
        let who = person_name(c, m.person_id).await?;
        let lead = if m.is_lead { ", leads the crew" } else { "" };
        sides.push(Some(format!("{who}, {}{lead}", days(m.from, m.until.and_then(|next| next.pred_opt())))));
    }
    let after = sides.pop().flatten();
    Ok(FieldChange { label, before: sides.pop().flatten(), after })
}

pub(super) async fn time_off(
    c: &mut PgConnection,
    before: Option<&TimeOffValues>,
    after: Option<&TimeOffValues>,
) -> Result<FieldChange, DatabaseError> {
    let clock = clock(c).await?;
    let text = |t: &TimeOffValues| {
        let note = t.note.as_deref().map(|note| format!(", {note}")).unwrap_or_default();
        format!("{}, {}{note}", kind(&t.kind), stretch(&clock, t.from, t.until))
    };
    let office = after.or(before).is_some_and(|t| t.person_id.is_none() && t.machine_id.is_none());
    let label = if office { "Closed days" } else { "Time off" };
    Ok(FieldChange { label: label.to_owned(), before: before.map(text), after: after.map(text) })
}

pub(super) fn requirements(role: &str, before: &[String], after: &[String]) -> FieldChange {
    let list = |names: &[String]| (!names.is_empty()).then(|| names.join(", "));
    FieldChange { label: format!("{} needs", texts::in_words(role)), before: list(before), after: list(after) }
}

/// `leave`: "Leave"; `rain`: "Rain day".
pub(super) fn kind(kind: &str) -> String {
    match kind {
        "sick" => "Sick".to_owned(),
        "rain" => "Rain day".to_owned(),
        other => texts::in_words(other),
    }
}

/// "Jun 9, 2026".
pub(super) fn day(date: NaiveDate) -> String {
    date.format("%b %-d, %Y").to_string()
}

/// "Jun 9, 2026 – Jun 13, 2026", "since Jun 9, 2026".
fn days(from: Option<NaiveDate>, until: Option<NaiveDate>) -> String {
    match (from, until) {
        (Some(from), Some(until)) if from == until => day(from),
        (Some(from), Some(until)) => format!("{} – {}", day(from), day(until)),
        (Some(from), None) => format!("from {} on", day(from)),
        (None, Some(until)) => format!("until {}", day(until)),
        (None, None) => "always".to_owned(),
    }
}

/// The same with times where it does not last whole days.
pub(super) fn stretch(clock: &Clock, from: Option<DateTime<Utc>>, until: Option<DateTime<Utc>>) -> String {
    let (first, last) = (from.map(|at| clock.first(at)), until.map(|at| clock.last(at)));
    let whole = first.is_none_or(|(_, time)| time.is_none()) && last.is_none_or(|(_, time)| time.is_none());
    if whole {
        return days(first.map(|f| f.0), last.map(|l| l.0));
    }
    let side = |(date, time): (NaiveDate, Option<chrono::NaiveTime>)| match time {
        Some(time) => format!("{} {}", day(date), time.format("%-I:%M %P")),
        None => day(date),
    };
    let side = |end: Option<(NaiveDate, Option<chrono::NaiveTime>)>| end.map_or_else(|| "…".to_owned(), side);
    format!("{} – {}", side(first), side(last))
}

fn specializations(column: Option<&Value>) -> Option<String> {
    match column {
        None | Some(Value::Null) => None,
        Some(Value::Array(items)) if items.is_empty() => None,
        Some(Value::Array(items)) => Some(items.iter().map(texts::raw).collect::<Vec<_>>().join(", ")),
        Some(other) => Some(texts::raw(other)),
    }
}

async fn crew_name(c: &mut PgConnection, id: Uuid) -> Result<String, DatabaseError> {
    let name = crew::crew(c, id).await?.map(|row| row.values.name);
    Ok(name.map_or_else(|| "A crew".to_owned(), |name| domain::text::shorten(&name, 100)))
}

async fn person_name(c: &mut PgConnection, id: Uuid) -> Result<String, DatabaseError> {
    let name = crew::person(c, id).await?.map(|row| row.values.name);
    Ok(name.map_or_else(|| "Somebody removed".to_owned(), |name| domain::text::shorten(&name, 200)))
}
