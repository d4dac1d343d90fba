//! Dates as people and programs write them.

use chrono::{DateTime, Datelike, NaiveDate, NaiveDateTime};
use serde_json::Value;

use super::read::short;

/// What is written where the date of expiry belongs.
pub(super) enum Written {
    /// It does not expire, or nobody said.
    Never,
    /// The last good day.
    On(NaiveDate),
    /// Something that is no date.
    Unreadable(String),
}

pub(super) fn read(value: Option<&Value>) -> Written {
    match value {
        None | Some(Value::Null | Value::Bool(_)) => Written::Never,
        Some(Value::String(written)) => text(written),
        Some(Value::Number(number)) => match number.as_i64() {
            // Seconds or milliseconds since 1970: this century, and nothing smaller, which could be a year.
            Some(seconds @ 946_684_800..=4_102_444_800) => day_of(seconds, number),
            Some(millis @ 946_684_800_000..=4_102_444_800_000) => day_of(millis / 1_000, number),
            _ => Written::Unreadable(short(&number.to_string())),
        },
        Some(other) => Written::Unreadable(short(&other.to_string())),
    }
}

fn day_of(seconds: i64, number: &serde_json::Number) -> Written {
    DateTime::from_timestamp(seconds, 0)
        .map_or_else(|| Written::Unreadable(number.to_string()), |time| Written::On(time.date_naive()))
}

fn text(written: &str) -> Written {
    let trimmed = written.trim();
    match trimmed.to_lowercase().as_str() {
        "" | "never" | "none" | "no" | "n/a" | "na" | "-" | "null" | "permanent" | "lifetime" | "does not expire" => {
            Written::Never
        }
        _ => date(trimmed).map_or_else(|| Written::Unreadable(short(trimmed)), Written::On),
    }
}

/// `2027-05-01`, with a time or without; `5/1/2027`, the American way round; `May 1, 2027`; `2027-05`, its last day.
pub(super) fn date(written: &str) -> Option<NaiveDate> {
    let written = written.trim();
    if written.len() > 40 || !written.is_ascii() {
        return None;
    }
    let formats =
        ["%Y-%m-%d", "%m/%d/%Y", "%m/%d/%y", "%m-%d-%Y", "%Y/%m/%d", "%B %d, %Y", "%B %d %Y", "%d %B %Y", "%Y%m%d"];
    // "27" is read as the year 27 before it is read as 2027.
    let sane = |date: &NaiveDate| (1900..=2200).contains(&date.year());
    let whole = formats.iter().find_map(|format| NaiveDate::parse_from_str(written, format).ok().filter(sane));
    let whole = whole.or_else(|| DateTime::parse_from_rfc3339(written).ok().map(|time| time.date_naive()));
    let whole = whole.or_else(|| {
        let formats = ["%Y-%m-%d %H:%M:%S%.f", "%Y-%m-%dT%H:%M:%S%.f", "%Y-%m-%dT%H:%M", "%Y-%m-%d %H:%M:%S%.f%#z"];
        formats.iter().find_map(|format| NaiveDateTime::parse_from_str(written, format).ok()).map(|time| time.date())
    });
    whole.or_else(|| month(written)).filter(sane)
}

/// A month alone lasts until its last day.
fn month(written: &str) -> Option<NaiveDate> {
    let formats = [
        ("%Y-%m-%d", format!("{written}-01")),
        ("%d/%m/%Y", format!("01/{written}")),
        ("%d %B %Y", format!("1 {written}")),
    ];
    let first = formats.iter().find_map(|(format, text)| NaiveDate::parse_from_str(text, format).ok())?;
    first.checked_add_months(chrono::Months::new(1))?.pred_opt()
}
