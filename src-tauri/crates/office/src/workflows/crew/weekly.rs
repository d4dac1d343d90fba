//! Weekly hours: read for the editor, written so that what nobody touched stays as it was written.

use chrono::Weekday;
use domain::availability::{Day, Week, Window};
use serde_json::{Map, Value, json};

use super::super::company::{invalid, time};
use super::texts::raw;
use crate::error::AppError;
use crate::view::{DayHours, WeekDay, WeeklyHours};

const DAYS: [(Weekday, &str, &str); 7] = [
    (Weekday::Mon, "monday", "Mon"),
    (Weekday::Tue, "tuesday", "Tue"),
    (Weekday::Wed, "wednesday", "Wed"),
    (Weekday::Thu, "thursday", "Thu"),
    (Weekday::Fri, "friday", "Fri"),
    (Weekday::Sat, "saturday", "Sat"),
    (Weekday::Sun, "sunday", "Sun"),
];

/// The column, for the window.
pub(super) fn shown(column: Option<&Value>) -> WeeklyHours {
    let week = Week::read(column);
    let days: Vec<WeekDay> = DAYS.iter().map(|(day, ..)| shown_day(week.day(*day))).collect();
    let nothing = column.is_none_or(says_nothing);
    let unreadable = column.filter(|_| !nothing && days.contains(&WeekDay::Unknown)).map(raw);
    WeeklyHours { days, unreadable }
}

/// Nobody wrote anything: NULL, an empty list, days that are all null.
fn says_nothing(value: &Value) -> bool {
    match value {
        Value::Null => true,
        Value::Array(items) => items.is_empty(),
        Value::Object(fields) => fields.values().all(Value::is_null),
        Value::String(text) => text.trim().is_empty(),
        Value::Bool(_) | Value::Number(_) => false,
    }
}

fn shown_day(day: &Day) -> WeekDay {
    match day {
        Day::Unknown => WeekDay::Unknown,
        Day::Off => WeekDay::Off,
        Day::AllDay => WeekDay::AllDay,
        Day::Hours(windows) => WeekDay::Hours {
            hours: windows
                .iter()
                .map(|w| DayHours {
                    from: w.starts().format("%H:%M").to_string(),
                    until: w.ends().format("%H:%M").to_string(),
                })
                .collect(),
        },
    }
}

/// The column with these days. Equal to what is there: as it is written. Keys that have nothing to do with the hours
/// stay.
///
/// # Errors
/// With the field `hours`, when a day cannot be right.
pub(super) fn written(column: Option<&Value>, days: &[WeekDay]) -> Result<Option<Value>, AppError> {
    if days.is_empty() {
        return Ok(None);
    }
    if days.len() != 7 {
        return Err(invalid("hours", "A week has seven days."));
    }
    let mut fields = Map::new();
    for (day, (_, key, name)) in days.iter().zip(DAYS) {
        let value = match day {
            WeekDay::Unknown => return Err(invalid("hours", &format!("Say what applies on {name}."))),
            WeekDay::Off => json!([]),
            WeekDay::AllDay => json!(true),
            WeekDay::Hours { hours } => of_hours(hours, name)?,
        };
        fields.insert(key.to_owned(), value);
    }
    let wanted = Week::read(Some(&Value::Object(fields.clone())));
    if column.is_some() && Week::read(column) == wanted {
        return Ok(column.cloned());
    }
    if let Some(Value::Object(old)) = column {
        let reads = Week::read(column);
        for (key, value) in old {
            let mut without = old.clone();
            without.remove(key);
            let mut with = fields.clone();
            // What does not say when somebody works, before or after, says something else.
            if !fields.contains_key(key) && Week::read(Some(&Value::Object(without))) == reads {
                with.insert(key.clone(), value.clone());
                if Week::read(Some(&Value::Object(with.clone()))) == wanted {
                    fields = with;
                }
            }
        }
    }
    Ok(Some(Value::Object(fields)))
}

fn of_hours(hours: &[DayHours], name: &str) -> Result<Value, AppError> {
    let mut windows = Vec::with_capacity(hours.len());
    for one in hours {
        let (from, until) = (time("hours", &one.from)?, time("hours", &one.until)?);
        let minutes = |t: chrono::NaiveTime| {
            let text = t.format("%H %M").to_string();
            text.split(' ').filter_map(|n| n.parse::<u16>().ok()).fold(0, |sum, n| sum * 60 + n)
        };
        let (from, until) = (minutes(from), minutes(until));
        windows.push(Window { from, until: if until > from { until } else { until + 24 * 60 } });
    }
    windows.sort_unstable();
    if windows.is_empty() {
        return Err(invalid("hours", &format!("Enter hours for {name}, or choose “Off”.")));
    }
    if windows.windows(2).any(|pair| pair[1].from < pair[0].until) {
        return Err(invalid("hours", &format!("Hours on {name} overlap.")));
    }
    let text = |minutes: u16| format!("{:02}:{:02}", minutes / 60, minutes % 60);
    let end = |minutes: u16| text(if minutes > 24 * 60 { minutes - 24 * 60 } else { minutes });
    Ok(windows.iter().map(|w| json!({"start": text(w.from), "end": end(w.until)})).collect())
}

/// In words: "Mon–Fri 6:00 am–4:30 pm, Sat off".
pub(super) fn in_words(column: Option<&Value>) -> Option<String> {
    let column = column.filter(|value| !says_nothing(value))?;
    let week = Week::read(Some(column));
    if DAYS.iter().any(|(day, ..)| *week.day(*day) == Day::Unknown) {
        return Some(raw(column));
    }
    let mut parts: Vec<(usize, usize, String)> = Vec::new();
    for (n, (day, ..)) in DAYS.iter().enumerate() {
        let said = match week.day(*day) {
            Day::Unknown | Day::Off => "off".to_owned(),
            Day::AllDay => "any time".to_owned(),
            Day::Hours(windows) => windows
                .iter()
                .map(|w| format!("{}–{}", w.starts().format("%-I:%M %P"), w.ends().format("%-I:%M %P")))
                .collect::<Vec<_>>()
                .join(" and "),
        };
        match parts.last_mut() {
            Some((_, last, text)) if *text == said => *last = n,
            _ => parts.push((n, n, said)),
        }
    }
    let named = parts.into_iter().map(|(first, last, said)| match last - first {
        0 => format!("{} {said}", DAYS[first].2),
        _ => format!("{}–{} {said}", DAYS[first].2, DAYS[last].2),
    });
    Some(named.collect::<Vec<_>>().join(", "))
}

#[cfg(test)]
mod tests {
    use super::*;

    fn hours(from: &str, until: &str) -> WeekDay {
        WeekDay::Hours { hours: vec![DayHours { from: from.into(), until: until.into() }] }
    }

    fn week() -> Vec<WeekDay> {
        let mut days = vec![hours("06:00", "16:30"); 5];
        days.extend([WeekDay::Off, WeekDay::Off]);
        days
    }

    #[test]
    fn what_is_shown_and_saved_again_stays_as_it_was_written() {
        for column in [
            json!({"mon": "6-4:30 pm", "tue": "6:00-16:30", "note": "no Fridays in June"}),
            json!("Mon-Fri 6:00-16:30; Sat 6-12"),
            json!([{"day": "monday", "from": "6 am", "to": "4 pm"}]),
        ] {
            let shown = shown(Some(&column));
            assert_eq!(shown.unreadable, None, "{column}");
            assert_eq!(written(Some(&column), &shown.days).unwrap(), Some(column));
        }
    }

    #[test]
    fn new_hours_keep_what_is_not_about_hours_and_leave_no_second_truth() {
        let old = json!({"mon": "6-14", "tuesday": [{"start": "06:00", "end": "14:00"}], "note": "drives the bus"});
        let new = written(Some(&old), &week()).unwrap().unwrap();
        assert_eq!(new["note"], "drives the bus");
        assert_eq!(new.get("mon"), None, "it would say something else than \"monday\"");
        assert_eq!(shown(Some(&new)).days, week());
    }

    #[test]
    fn nights_midnight_and_two_shifts_come_back_as_they_were_entered() {
        let mut days = week();
        days[0] = hours("22:00", "06:00");
        days[1] = hours("16:00", "00:00");
        days[2] = WeekDay::AllDay;
        days[3] = WeekDay::Hours {
            hours: vec![
                DayHours { from: "13:00".into(), until: "17:00".into() },
                DayHours { from: "06:00".into(), until: "12:00".into() },
            ],
        };
        let column = written(None, &days).unwrap().unwrap();
        let again = shown(Some(&column)).days;
        assert_eq!((&again[0], &again[1], &again[2]), (&days[0], &days[1], &days[2]));
        let WeekDay::Hours { hours } = &again[3] else { panic!("{again:?}") };
        assert_eq!((hours[0].from.as_str(), hours[1].until.as_str()), ("06:00", "17:00"));
    }

    #[test]
    fn what_cannot_be_read_is_shown_as_it_is_and_replaced_only_on_purpose() {
        let column = json!({"monday": "6-14", "friday": {"start": "soon"}, "<b>": 1});
        let shown = shown(Some(&column));
        assert_eq!(shown.days[4], WeekDay::Unknown);
        assert!(shown.unreadable.as_deref().unwrap().contains("soon"));
        let refused = written(Some(&column), &shown.days).unwrap_err();
        assert_eq!(refused.field.as_deref(), Some("hours"));
        for nothing in [None, Some(json!(null)), Some(json!({})), Some(json!({"monday": null}))] {
            assert_eq!(super::shown(nothing.as_ref()).unreadable, None);
        }
    }

    #[test]
    fn hours_that_cannot_be_right_are_refused() {
        for bad in [hours("6", "16:00"), hours("25:00", "26:00"), WeekDay::Hours { hours: vec![] }, WeekDay::Unknown] {
            let mut days = week();
            days[2] = bad;
            assert_eq!(written(None, &days).unwrap_err().field.as_deref(), Some("hours"));
        }
        let mut days = week();
        days[2] = WeekDay::Hours {
            hours: vec![
                DayHours { from: "06:00".into(), until: "12:00".into() },
                DayHours { from: "11:00".into(), until: "17:00".into() },
            ],
        };
        assert!(written(None, &days).is_err());
        assert!(written(None, &week()[..6]).is_err());
    }

    #[test]
    fn a_week_is_told_in_a_line() {
        let column = json!({"monday": "6-16", "tuesday": "6-16", "wednesday": "6-16", "saturday": true});
        assert_eq!(in_words(Some(&column)).unwrap(), "Mon–Wed 6:00 am–4:00 pm, Thu–Fri off, Sat any time, Sun off");
        assert_eq!(in_words(Some(&json!({}))), None);
        assert!(in_words(Some(&json!({"monday": 8}))).unwrap().contains("monday"));
    }
}
