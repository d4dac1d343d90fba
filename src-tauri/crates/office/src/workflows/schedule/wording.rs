//! What changed about a job, in words of the screen.

use chrono::{DateTime, Datelike, Utc};
use chrono_tz::Tz;
use database::schedule::write::{JobImage, WordRow};
use domain::job_status::Status;
use rust_decimal::Decimal;
use serde_json::Value;

use crate::view::FieldChange;
use crate::workflows::changes::differing;

/// "Tue, Jun 9, 6:00 am"; the year where it is not the one given.
pub(crate) fn moment(at: DateTime<Utc>, zone: Tz, year: i32) -> String {
    let local = at.with_timezone(&zone);
    let pattern = if local.year() == year { "%a, %b %-d, %-I:%M %P" } else { "%a, %b %-d, %Y, %-I:%M %P" };
    local.format(pattern).to_string()
}

/// "Tue, Jun 9"; the year where it is not the one given.
pub(crate) fn day(at: DateTime<Utc>, zone: Tz, year: i32) -> String {
    let local = at.with_timezone(&zone);
    local.format(if local.year() == year { "%a, %b %-d" } else { "%a, %b %-d, %Y" }).to_string()
}

/// "Tue, Jun 9, 6:00 am – 2:00 pm".
pub(crate) fn stretch(start: DateTime<Utc>, end: DateTime<Utc>, zone: Tz, year: i32) -> String {
    let same_day = start.with_timezone(&zone).date_naive() == end.with_timezone(&zone).date_naive();
    let until =
        if same_day { end.with_timezone(&zone).format("%-I:%M %P").to_string() } else { moment(end, zone, year) };
    format!("{} – {until}", moment(start, zone, year))
}

/// A status as a person says it; what nobody knows as it is.
pub(crate) fn status(word: &str) -> String {
    Status::read(Some(word)).map_or_else(|| word.to_owned(), |s| s.words().to_owned())
}

/// The names in a column: those of whom its words name, else what is written.
pub(crate) fn names(column: &str, document: Option<&Value>, words: Option<&[WordRow]>) -> Option<String> {
    let names: Vec<String> = match words {
        Some(words) => words
            .iter()
            .filter(|w| w.kind == column)
            .map(|w| w.name.clone().unwrap_or_else(|| w.written.clone()))
            .collect(),
        None => written(document),
    };
    Some(names.join(", ")).filter(|n| !n.is_empty())
}

/// What a column says, for people, when nobody has looked up whom it names.
fn written(document: Option<&Value>) -> Vec<String> {
    let one = |value: &Value| match value {
        Value::Object(o) => {
            ["name", "crew", "id"].iter().find_map(|k| o.get(*k).and_then(Value::as_str)).map(str::to_owned)
        }
        Value::String(text) => Some(text.clone()),
        Value::Null => None,
        other => Some(other.to_string()),
    };
    match document {
        Some(Value::Array(items)) => items.iter().filter_map(one).collect(),
        Some(other) => one(other).into_iter().collect(),
        None => Vec::new(),
    }
}

/// What differs between two images of a job.
pub(crate) fn fields(
    before: &JobImage,
    after: &JobImage,
    words: (Option<&[WordRow]>, Option<&[WordRow]>),
    zone: Tz,
    year: i32,
) -> Vec<FieldChange> {
    let of = |image: &JobImage, words: Option<&[WordRow]>| {
        let yes_no = |on: bool| Some(if on { "yes" } else { "no" }.to_owned());
        let hours = |n: Decimal| n.normalize().to_string();
        [
            ("When", Some(stretch(image.start_date, image.end_date, zone, year))),
            ("Status", Some(status(&image.status))),
            ("Crew", names("person", image.crew_assigned.as_ref(), words)),
            ("Equipment", names("machine", image.equipment_needed.as_ref(), words)),
            ("Address", Some(image.location_address.clone())),
            ("Instructions", image.special_instructions.clone()),
            ("Hours of work", image.estimated_duration_hours.map(hours)),
            ("Weather-dependent", yes_no(image.weather_dependent)),
            ("Priority", Some(image.priority_level.to_string())),
            ("Pinned", yes_no(image.pinned)),
            ("Contract", image.contract_id.map(|id| id.to_string())),
            ("Waits for", image.follows_job_id.map(|id| id.to_string())),
            ("Hours to wait", Some(hours(image.follows_after_hours))),
            ("Calendly event", image.calendly_event_uri.clone()),
        ]
    };
    let (old, new) = (of(before, words.0), of(after, words.1));
    let mut fields = differing(old.iter().zip(&new).map(|((label, b), (_, a))| (*label, b.as_deref(), a.as_deref())));
    // An id says nothing to a person.
    for field in &mut fields {
        if matches!(field.label.as_str(), "Contract" | "Waits for") {
            let word = |v: &Option<String>| v.as_ref().map(|_| "set".to_owned());
            let other = |v: Option<String>, changed: bool| if changed { v.map(|_| "another".to_owned()) } else { v };
            let both = field.before.is_some() && field.after.is_some();
            (field.before, field.after) = (word(&field.before), other(word(&field.after), both));
        }
    }
    fields
}

#[cfg(test)]
mod tests {
    use super::*;
    use serde_json::json;

    #[test]
    fn a_stretch_names_its_days_once_where_it_can() {
        let zone: Tz = "America/Chicago".parse().unwrap();
        let at = |text: &str| text.parse::<DateTime<Utc>>().unwrap();
        let day = stretch(at("2026-06-09T11:00:00Z"), at("2026-06-09T19:00:00Z"), zone, 2026);
        assert_eq!(day, "Tue, Jun 9, 6:00 am – 2:00 pm");
        let days = stretch(at("2026-06-12T11:00:00Z"), at("2026-06-15T19:00:00Z"), zone, 2025);
        assert_eq!(days, "Fri, Jun 12, 2026, 6:00 am – Mon, Jun 15, 2026, 2:00 pm");
    }

    #[test]
    fn whatever_a_column_holds_is_told_or_left_out() {
        let told = |value: Value| names("person", Some(&value), None);
        assert_eq!(told(json!(["Bob", {"crew": "Paving A"}, null, 7])), Some("Bob, Paving A, 7".into()));
        assert_eq!(told(json!({"name": "Al"})), Some("Al".into()));
        assert_eq!(told(json!([])), None);
    }
}
