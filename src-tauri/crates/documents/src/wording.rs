//! Dates, times and telephone numbers the way the office says them.

use chrono::{DateTime, Datelike, NaiveDate, Timelike};
use chrono_tz::Tz;

use crate::input::{AsOf, Status};

/// `Tuesday, June 9, 2026`.
pub fn long_date(date: NaiveDate) -> String {
    date.format("%A, %B %-d, %Y").to_string()
}

/// `6:00 AM`.
pub fn time(moment: DateTime<Tz>) -> String {
    moment.format("%-I:%M %p").to_string()
}

/// For narrow places: `6–9:30 AM`, `6 AM–2:30 PM`; an end on another day says which.
pub fn hours(start: DateTime<Tz>, end: DateTime<Tz>) -> String {
    let clock = |moment: DateTime<Tz>| moment.format(if moment.minute() == 0 { "%-I" } else { "%-I:%M" }).to_string();
    let half = |moment: DateTime<Tz>| if moment.hour() < 12 { "AM" } else { "PM" };
    let same_day = start.date_naive() == end.date_naive();
    let from = if same_day && half(start) == half(end) {
        clock(start)
    } else {
        format!("{}\u{a0}{}", clock(start), half(start))
    };
    let day = if same_day { String::new() } else { end.format("%a ").to_string() };
    format!("{from}–{day}{}\u{a0}{}", clock(end), half(end))
}

/// The end of what began at `start`: `2:30 PM`, with the weekday if it is another day's.
pub fn until(start: DateTime<Tz>, end: DateTime<Tz>) -> String {
    if start.date_naive() == end.date_naive() { time(end) } else { format!("{} {}", end.format("%a"), time(end)) }
}

/// `June 8–14, 2026`, `June 29 – July 5, 2026`, `December 28, 2026 – January 3, 2027`.
pub fn date_range(first: NaiveDate, last: NaiveDate) -> String {
    if first == last {
        first.format("%B %-d, %Y").to_string()
    } else if first.year() != last.year() {
        format!("{} – {}", first.format("%B %-d, %Y"), last.format("%B %-d, %Y"))
    } else if first.month() != last.month() {
        format!("{} – {}", first.format("%B %-d"), last.format("%B %-d, %Y"))
    } else {
        format!("{}–{}", first.format("%B %-d"), last.format("%-d, %Y"))
    }
}

/// How fresh a document is, for its foot.
pub fn as_of(as_of: &AsOf) -> String {
    let at = format!("As of {}, {}", time(as_of.moment), as_of.moment.format("%a, %B %-d, %Y"));
    match as_of.copy_holds {
        _ if !as_of.from_copy => at,
        None => format!("{at}, from the copy on this computer (office not reached)"),
        Some((first, last)) => {
            let days = date_range(first, last);
            format!("{at}, from the copy on this computer, which holds {days} only (office not reached)")
        }
    }
}

/// A North American number as `(630) 555-0142`; anything else as it was typed. In this form a spreadsheet cannot take
/// it for a formula, as it does `+1 630 …`.
pub fn phone(number: &str) -> String {
    let number = number.trim();
    let plain = number.chars().all(|c| c.is_ascii_digit() || matches!(c, ' ' | '(' | ')' | '-' | '.' | '+' | '/'));
    let digits: String = number.chars().filter(char::is_ascii_digit).collect();
    let local = digits.strip_prefix('1').filter(|rest| rest.len() == 10).unwrap_or(&digits);
    let foreign = number.starts_with('+') && !digits.starts_with('1');
    if !plain || foreign || local.len() != 10 {
        return number.to_owned();
    }
    format!("({}) {}-{}", &local[..3], &local[3..6], &local[6..])
}

/// The status as people say it.
pub fn status(status: Status) -> &'static str {
    match status {
        Status::Scheduled => "Scheduled",
        Status::Confirmed => "Confirmed",
        Status::InProgress => "In progress",
        Status::Completed => "Completed",
        Status::Canceled => "Canceled",
        Status::Rescheduled => "Rescheduled",
    }
}

#[cfg(test)]
mod tests {
    use chrono::TimeZone;
    use chrono_tz::America::Chicago;

    use super::*;

    fn day(y: i32, m: u32, d: u32) -> NaiveDate {
        NaiveDate::from_ymd_opt(y, m, d).unwrap()
    }

    #[test]
    fn dates_are_american() {
        assert_eq!(long_date(day(2026, 6, 9)), "Tuesday, June 9, 2026");
        assert_eq!(date_range(day(2026, 6, 8), day(2026, 6, 14)), "June 8–14, 2026");
        assert_eq!(date_range(day(2026, 6, 29), day(2026, 7, 5)), "June 29 – July 5, 2026");
        assert_eq!(date_range(day(2026, 12, 28), day(2027, 1, 3)), "December 28, 2026 – January 3, 2027");
        assert_eq!(date_range(day(2026, 6, 8), day(2026, 6, 8)), "June 8, 2026");
    }

    #[test]
    fn hours_say_the_half_of_the_day_once() {
        let at = |d, h, m| Chicago.with_ymd_and_hms(2026, 6, d, h, m, 0).unwrap();
        assert_eq!(hours(at(9, 6, 0), at(9, 9, 30)), "6–9:30\u{a0}AM");
        assert_eq!(hours(at(9, 6, 0), at(9, 14, 30)), "6\u{a0}AM–2:30\u{a0}PM");
        assert_eq!(hours(at(9, 20, 0), at(10, 4, 0)), "8\u{a0}PM–Wed 4\u{a0}AM");
        assert_eq!(hours(at(9, 12, 0), at(9, 13, 0)), "12–1\u{a0}PM");
    }

    #[test]
    fn what_was_printed_offline_says_so() {
        let moment = Chicago.with_ymd_and_hms(2026, 6, 8, 16, 52, 0).unwrap();
        let from = |from_copy, copy_holds| as_of(&AsOf { moment, from_copy, copy_holds });
        assert_eq!(from(false, None), "As of 4:52 PM, Mon, June 8, 2026");
        assert!(from(true, None).contains("from the copy on this computer (office"));
        let day = |d| NaiveDate::from_ymd_opt(2026, 6, d).unwrap();
        assert!(from(true, Some((day(1), day(12)))).contains("which holds June 1–12, 2026 only"));
    }

    #[test]
    fn american_numbers_look_alike_and_others_stay() {
        for number in ["6305550142", "+1 630 555 0142", "630.555.0142", "1-630-555-0142", " (630) 555-0142 "] {
            assert_eq!(phone(number), "(630) 555-0142");
        }
        for number in
            ["", "555-0142", "+44 20 7946 0018", "630-555-0142 ext. 5", "=1+1", "call Bob", "+5 630 555 014 2"]
        {
            assert_eq!(phone(number), number);
        }
    }
}
