//! Words and times as people write them.

use chrono::Weekday;

use super::{DAY, Day, Window};

/// Longer texts are not looked at: nobody writes their week in so many characters.
const LONGEST: usize = 400;

/// The days a word names: `monday`, `Mon.`, `weekdays`, `mon-fri`; none for any other word.
pub(super) fn weekdays(word: &str) -> Option<Vec<Weekday>> {
    const ALL: [Weekday; 7] =
        [Weekday::Mon, Weekday::Tue, Weekday::Wed, Weekday::Thu, Weekday::Fri, Weekday::Sat, Weekday::Sun];
    if word.len() > 40 {
        return None;
    }
    let word = word.trim().trim_end_matches(['.', ':']).to_lowercase().replace(['–', '—'], "-");
    match word.as_str() {
        "weekdays" | "weekday" | "workdays" | "business days" => return Some(ALL[..5].to_vec()),
        "weekends" | "weekend" => return Some(ALL[5..].to_vec()),
        "daily" | "everyday" | "every day" | "all week" | "any day" => return Some(ALL.to_vec()),
        _ => {}
    }
    let one = |name: &str| -> Option<Weekday> {
        let name = name.trim().trim_end_matches('.');
        let known = match name {
            "tues" => "tue",
            "weds" => "wed",
            "thur" | "thurs" => "thu",
            _ => name.strip_suffix("days").map_or(name, |_| &name[..name.len() - 1]),
        };
        known.parse().ok()
    };
    if let Some(day) = one(&word) {
        return Some(vec![day]);
    }
    let (first, last) =
        word.split_once('-').or_else(|| word.split_once(" to ")).or_else(|| word.split_once(" thru "))?;
    let (first, last) = (one(first)?, one(last)?);
    let count = last.days_since(first) as usize + 1;
    Some(ALL.into_iter().cycle().skip(first.num_days_from_monday() as usize).take(count).collect())
}

/// Minutes after midnight, up to 1,440: `06:00`, `6`, `6:30 PM`, `1630`, `noon`, `24:00`.
pub(super) fn minutes(text: &str) -> Option<u16> {
    let text = text.trim().to_lowercase();
    if text.len() > 20 {
        return None;
    }
    match text.as_str() {
        "noon" => return Some(DAY / 2),
        "midnight" => return Some(0),
        _ => {}
    }
    let bare = text.replace(['.', ' '], "");
    let (digits, half) = match (bare.strip_suffix("am"), bare.strip_suffix("pm")) {
        (Some(rest), _) => (rest, Some(0)),
        (_, Some(rest)) => (rest, Some(12)),
        _ => match (bare.strip_suffix('a'), bare.strip_suffix('p')) {
            (Some(rest), _) => (rest, Some(0)),
            (_, Some(rest)) => (rest, Some(12)),
            _ => (bare.as_str(), None),
        },
    };
    let parts: Vec<&str> = digits.split(':').collect();
    if parts.is_empty() || parts.iter().any(|part| part.is_empty() || !part.bytes().all(|b| b.is_ascii_digit())) {
        return None;
    }
    let number = |part: &str| part.parse::<u16>().ok();
    let (hour, minute) = match parts.as_slice() {
        // 0630 and 1630, but not 630: that could be a number of anything.
        [four] if four.len() == 4 => (number(&four[..2])?, number(&four[2..])?),
        [hour] if hour.len() <= 2 => (number(hour)?, 0),
        [hour, minute] | [hour, minute, _] if hour.len() <= 2 && minute.len() == 2 => (number(hour)?, number(minute)?),
        _ => return None,
    };
    let hour = match half {
        Some(later) if (1..=12).contains(&hour) => hour % 12 + later,
        Some(_) => return None,
        None => hour,
    };
    (minute < 60 && (hour < 24 || (hour == 24 && minute == 0))).then_some(hour * 60 + minute)
}

/// A window between two times; over midnight when the second is not the later one.
pub(super) fn window(from: &str, until: &str) -> Option<Window> {
    let (from, until) = (minutes(from)?, minutes(until)?);
    if from == DAY {
        return None;
    }
    Some(Window { from, until: if until > from { until } else { until + DAY } }).filter(|window| window.until < 2 * DAY)
}

/// What a text says of a day: hours (`06:00-16:00`, `6am to 4pm, 6-8 pm`), or a word such as `off` or `all day`.
pub(super) fn day(text: &str) -> Day {
    if text.len() > LONGEST {
        return Day::Unknown;
    }
    let text = text.trim().to_lowercase().replace(['–', '—'], "-");
    match text.as_str() {
        "off" | "no" | "none" | "closed" | "unavailable" | "not available" | "n/a" | "false" => return Day::Off,
        "yes" | "available" | "all day" | "any" | "anytime" | "any time" | "open" | "full" | "true" | "24h" => {
            return Day::AllDay;
        }
        _ => {}
    }
    let windows: Option<Vec<Window>> = text.split([',', ';', '&']).map(range).collect();
    windows.map_or(Day::Unknown, |mut windows| {
        windows.sort_unstable();
        Day::Hours(windows)
    })
}

/// `6:00-16:00`, `6am to 4pm`, `06:00/16:00`, `6-4 pm`.
fn range(text: &str) -> Option<Window> {
    let (from, until) = ["-", " to ", " until ", "/"].into_iter().find_map(|between| text.split_once(between))?;
    // "6-8 pm": the half of the day belongs to both, unless the first says its own.
    let own = from.contains(['a', 'p']) || from.contains(':') || !until.contains("pm");
    if !own && minutes(from)? < minutes(&until.replace("pm", ""))? {
        return window(&format!("{from} pm"), until);
    }
    window(from, until)
}

/// A whole week in a text: `Mon-Fri 6:00-16:00; Sat 6-12`, or days alone.
pub(super) fn week(text: &str) -> Option<Vec<(Weekday, Day)>> {
    if text.len() > LONGEST {
        return None;
    }
    let text = text.replace(['–', '—'], "-").replace(" - ", "-");
    let mut week = Vec::new();
    let mut waiting: Vec<Weekday> = Vec::new();
    for part in text.split([',', ';', '\n']).map(str::trim).filter(|part| !part.is_empty()) {
        if let Some(days) = weekdays(part) {
            waiting.extend(days);
            continue;
        }
        // "Mon, Wed 6-14": the hours belong to all the days named since the last hours.
        let (name, hours) = part.split_once([' ', ':']).filter(|(name, _)| weekdays(name).is_some())?;
        waiting.extend(weekdays(name)?);
        let said = day(hours);
        if said == Day::Unknown {
            return None;
        }
        week.extend(waiting.drain(..).map(|weekday| (weekday, said.clone())));
    }
    week.extend(waiting.into_iter().map(|weekday| (weekday, Day::AllDay)));
    (!week.is_empty()).then_some(week)
}
