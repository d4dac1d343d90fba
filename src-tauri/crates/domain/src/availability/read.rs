//! The shapes in which a week is written as JSON.

use chrono::Weekday;
use serde_json::{Map, Value};

use super::{Day, Window, text};

/// Deeper nesting is not followed: nobody writes a week that way, and it could be endless.
const DEEPEST: usize = 5;

const STARTS: &[&str] =
    &["start", "from", "begin", "begins", "starts", "open", "opens", "start_time", "starttime", "in"];
const ENDS: &[&str] = &["end", "until", "to", "finish", "ends", "close", "closes", "end_time", "endtime", "out"];
const LISTS: &[&str] = &["hours", "windows", "slots", "shifts", "times", "ranges", "time"];
const SWITCHES: &[&str] = &["available", "enabled", "is_available", "isavailable", "active", "works", "working"];
const INSIDE: &[&str] = &["schedule", "weekly", "week", "availability", "weekly_schedule", "regular", "default"];
const DAY_NAMES: &[&str] = &["day", "weekday", "day_of_week", "dayofweek", "days", "weekdays", "working_days"];

/// A week as far as it was written: nothing, a day off in passing, or what is said.
type Said = Option<Day>;

pub(super) fn week(value: &Value) -> [Day; 7] {
    let mut days: [Said; 7] = Default::default();
    read(value, &mut days, 0);
    let works = days.iter().flatten().any(|day| matches!(day, Day::AllDay | Day::Hours(_)));
    days.map(|day| match day {
        Some(day) => day,
        // Beside days on which the person works, a day that is not mentioned is a day off; alone it says nothing.
        None if works => Day::Off,
        None => Day::Unknown,
    })
}

fn set(days: &mut [Said; 7], weekday: Weekday, said: Day) {
    let place = &mut days[weekday.num_days_from_monday() as usize];
    *place = Some(match (place.take(), said) {
        (Some(Day::Hours(mut all)), Day::Hours(more)) => {
            all.extend(more);
            all.sort_unstable();
            all.dedup();
            Day::Hours(all)
        }
        (Some(known), Day::Unknown) => known,
        (_, said) => said,
    });
}

fn read(value: &Value, days: &mut [Said; 7], depth: usize) {
    if depth > DEEPEST {
        return;
    }
    match value {
        Value::Object(fields) => object(fields, days, depth),
        Value::Array(items) => {
            for item in items.iter().take(100) {
                match item {
                    Value::String(_) | Value::Object(_) => read(item, days, depth + 1),
                    _ => {}
                }
            }
        }
        Value::String(written) => {
            if let Some(week) = text::week(written) {
                for (weekday, said) in week {
                    set(days, weekday, said);
                }
            } else if written.trim_start().starts_with(['{', '[']) && written.len() < 20_000 {
                // JSON that somebody put into JSON as text.
                if let Ok(inner) = serde_json::from_str::<Value>(written) {
                    read(&inner, days, depth + 1);
                }
            }
        }
        Value::Null | Value::Bool(_) | Value::Number(_) => {}
    }
}

fn object(fields: &Map<String, Value>, days: &mut [Said; 7], depth: usize) {
    // {"day": "monday", "start": …}, {"days": ["mon", "tue"], "start": …}
    if let Some(named) = field(fields, DAY_NAMES) {
        let names: Vec<Weekday> = match named {
            Value::String(name) => name.split([',', ';', '/']).filter_map(text::weekdays).flatten().collect(),
            Value::Array(list) => list.iter().filter_map(Value::as_str).filter_map(text::weekdays).flatten().collect(),
            _ => Vec::new(),
        };
        if !names.is_empty() {
            let says_hours = [STARTS, ENDS, LISTS, SWITCHES].iter().any(|names| field(fields, names).is_some());
            let said = if says_hours { of_fields(fields, depth) } else { Day::AllDay };
            for weekday in names {
                set(days, weekday, said.clone());
            }
            return;
        }
    }
    // Groups first, so that a day by its own name says more.
    let mut named: Vec<_> = fields.iter().filter_map(|(key, value)| Some((text::weekdays(key)?, value))).collect();
    named.sort_by_key(|(weekdays, _)| std::cmp::Reverse(weekdays.len()));
    let any = named.iter().any(|(_, value)| matches!(day(value, depth), Day::AllDay | Day::Hours(_)));
    for (weekdays, value) in &named {
        for weekday in weekdays {
            if value.is_null() && !any {
                continue; // A form nobody filled in.
            }
            let said = if value.is_null() { Day::Off } else { day(value, depth) };
            let place = &mut days[weekday.num_days_from_monday() as usize];
            *place = Some(said);
        }
    }
    if named.is_empty()
        && let Some(inner) = field(fields, INSIDE)
    {
        read(inner, days, depth + 1);
    }
}

/// What a value says of one day.
fn day(value: &Value, depth: usize) -> Day {
    if depth > DEEPEST {
        return Day::Unknown;
    }
    match value {
        Value::Null | Value::Number(_) => Day::Unknown,
        Value::Bool(works) => {
            if *works {
                Day::AllDay
            } else {
                Day::Off
            }
        }
        Value::String(written) => text::day(written),
        Value::Array(items) => list(items, depth),
        Value::Object(fields) if fields.is_empty() => Day::Unknown,
        Value::Object(fields) => of_fields(fields, depth),
    }
}

fn list(items: &[Value], depth: usize) -> Day {
    // ["06:00", "16:00"] is a window, written without its words.
    if let [Value::String(from), Value::String(until)] = items
        && let Some(window) = text::window(from, until)
    {
        return Day::Hours(vec![window]);
    }
    let mut windows: Vec<Window> = Vec::new();
    for item in items.iter().take(50) {
        match day(item, depth + 1) {
            Day::Hours(more) => windows.extend(more),
            Day::AllDay => return Day::AllDay,
            Day::Off => {}
            Day::Unknown => return Day::Unknown,
        }
    }
    windows.sort_unstable();
    windows.dedup();
    // An empty list is how a day off is written beside the lists of the others.
    if windows.is_empty() { Day::Off } else { Day::Hours(windows) }
}

fn of_fields(fields: &Map<String, Value>, depth: usize) -> Day {
    let switch = field(fields, SWITCHES).and_then(Value::as_bool);
    if switch == Some(false) {
        return Day::Off;
    }
    match (field(fields, STARTS), field(fields, ENDS)) {
        (Some(from), Some(until)) if !from.is_null() && !until.is_null() => {
            return written(from)
                .zip(written(until))
                .and_then(|(from, until)| text::window(&from, &until))
                .map_or(Day::Unknown, |window| Day::Hours(vec![window]));
        }
        _ => {}
    }
    match (field(fields, LISTS), switch) {
        (Some(inner), _) if !inner.is_null() => day(inner, depth + 1),
        (_, Some(true)) => Day::AllDay,
        _ => Day::Unknown,
    }
}

/// A time that is text, or an hour that is a number.
fn written(value: &Value) -> Option<String> {
    match value {
        Value::String(text) => Some(text.clone()),
        Value::Number(hour) => hour.as_u64().filter(|hour| *hour <= 24).map(|hour| hour.to_string()),
        _ => None,
    }
}

fn field<'a>(fields: &'a Map<String, Value>, names: &[&str]) -> Option<&'a Value> {
    names.iter().find_map(|name| {
        fields.get(*name).or_else(|| {
            fields
                .iter()
                .find(|(key, _)| key.len() < 40 && key.trim().replace([' ', '-'], "_").eq_ignore_ascii_case(name))
                .map(|(_, v)| v)
        })
    })
}
