//! The office's days: season, holidays, days lost to weather, and what the clock on the wall is in UTC.

use std::collections::BTreeSet;

use chrono::{DateTime, Datelike, Days, NaiveDate, TimeDelta, TimeZone, Utc, Weekday};
use chrono_tz::Tz;

use crate::dice::{Dice, Topic};

/// Share of the season's working days lost to weather, per mille; the trade loses 20–25 %.
const LOST_TO_WEATHER: usize = 225;

/// The office's calendar, five years back from today and half a year ahead.
#[derive(Debug)]
pub(crate) struct Calendar {
    pub(crate) today: NaiveDate,
    /// The first day of the five years.
    pub(crate) start: NaiveDate,
    zone: Tz,
    rain: BTreeSet<NaiveDate>,
}

impl Calendar {
    pub(crate) fn new(today: NaiveDate, zone: Tz, seed: u64) -> Self {
        let start = plus(today, -5 * 365 - 1);
        let mut calendar = Self { today, start, zone, rain: BTreeSet::new() };
        for year in start.year()..=today.year() {
            calendar.rain_of(year, seed);
        }
        calendar
    }

    /// Decides the days one season lost. Wet days come in groups, and their number is exact.
    fn rain_of(&mut self, year: i32, seed: u64) {
        let days: Vec<NaiveDate> = (1..=366)
            .filter_map(|day| NaiveDate::from_yo_opt(year, day))
            .filter(|day| *day >= self.start && *day < self.today && in_season(*day) && is_working(*day))
            .collect();
        let mut dice = Dice::new(seed, Topic::Calendar, usize::try_from(year).unwrap_or_default());
        let mut wanted = (days.len() * LOST_TO_WEATHER + 500) / 1000;
        let mut yesterday = false;
        for (position, day) in days.iter().enumerate() {
            let left = days.len() - position;
            let even = wanted * 1000 / left;
            let chance = if wanted >= left {
                1000
            } else if yesterday {
                even * 17 / 10
            } else {
                even * 8 / 10
            };
            yesterday = dice.chance(chance);
            if yesterday {
                wanted -= 1;
                self.rain.insert(*day);
            }
        }
    }

    /// The days lost to weather, in order; none today or later.
    pub(crate) fn rain(&self) -> impl Iterator<Item = NaiveDate> + '_ {
        self.rain.iter().copied()
    }

    pub(crate) fn is_rain(&self, day: NaiveDate) -> bool {
        self.rain.contains(&day)
    }

    /// The last day lost to weather in the `within` days before `day`.
    pub(crate) fn rain_before(&self, day: NaiveDate, within: i64) -> Option<NaiveDate> {
        self.rain.range(plus(day, -within)..day).next_back().copied()
    }

    /// Days lost in the week (Monday to Friday) before a Saturday.
    pub(crate) fn lost_in_week_before(&self, saturday: NaiveDate) -> usize {
        self.rain.range(plus(saturday, -5)..saturday).count()
    }

    /// That many minutes after midnight by the office's clock. Where the clock skips that minute, the next one
    /// there is; where it shows it twice, the first.
    pub(crate) fn at(&self, day: NaiveDate, minutes: i64) -> DateTime<Utc> {
        let local = day.and_time(chrono::NaiveTime::MIN) + TimeDelta::minutes(minutes);
        (0..4)
            .find_map(|hour| self.zone.from_local_datetime(&(local + TimeDelta::hours(hour))).earliest())
            .map_or_else(|| local.and_utc(), |time| time.with_timezone(&Utc))
    }
}

/// `day` and so many days.
pub(crate) fn plus(day: NaiveDate, days: i64) -> NaiveDate {
    let count = Days::new(days.unsigned_abs());
    let moved = if days < 0 { day.checked_sub_days(count) } else { day.checked_add_days(count) };
    moved.unwrap_or(day)
}

/// Hot-mix plants around here open in April and close for the winter at the end of November.
pub(crate) fn in_season(day: NaiveDate) -> bool {
    (4..=11).contains(&day.month())
}

pub(crate) fn is_weekend(day: NaiveDate) -> bool {
    matches!(day.weekday(), Weekday::Sat | Weekday::Sun)
}

/// Monday to Friday, and no holiday.
pub(crate) fn is_working(day: NaiveDate) -> bool {
    !is_weekend(day) && holiday(day).is_none()
}

/// The working day `count` working days after `day`.
pub(crate) fn working_days_after(day: NaiveDate, count: i64) -> NaiveDate {
    let mut result = day;
    let mut left = count;
    while left > 0 {
        result = plus(result, 1);
        if is_working(result) {
            left -= 1;
        }
    }
    result
}

/// The six holidays on which the office is closed.
pub(crate) fn holiday(day: NaiveDate) -> Option<&'static str> {
    match (day.month(), day.day(), day.weekday()) {
        (1, 1, _) => Some("New Year's Day"),
        (5, 25..=31, Weekday::Mon) => Some("Memorial Day"),
        (7, 4, _) => Some("Independence Day"),
        (9, 1..=7, Weekday::Mon) => Some("Labor Day"),
        (11, 22..=28, Weekday::Thu) => Some("Thanksgiving"),
        (12, 25, _) => Some("Christmas Day"),
        _ => None,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn day(text: &str) -> NaiveDate {
        text.parse().unwrap()
    }

    #[test]
    fn six_in_the_morning_is_six_on_both_sides_of_the_clock_change() {
        let calendar = Calendar::new(day("2026-03-10"), chrono_tz::America::Chicago, 1);
        assert_eq!(calendar.at(day("2026-03-07"), 360).to_string(), "2026-03-07 12:00:00 UTC");
        assert_eq!(calendar.at(day("2026-03-08"), 360).to_string(), "2026-03-08 11:00:00 UTC");
        assert_eq!(calendar.at(day("2026-03-08"), 150).to_string(), "2026-03-08 08:30:00 UTC", "2:30 does not exist");
        assert_eq!(calendar.at(day("2026-11-01"), 90).to_string(), "2026-11-01 06:30:00 UTC", "the first 1:30");
    }

    #[test]
    fn a_fifth_to_a_quarter_of_the_season_is_lost() {
        for today in ["2026-11-30", "2026-06-15", "2026-01-10"] {
            let calendar = Calendar::new(day(today), chrono_tz::America::Chicago, 5);
            let season = (0..5 * 365)
                .map(|back| plus(calendar.today, -1 - back))
                .filter(|day| in_season(*day) && is_working(*day))
                .count();
            let lost = calendar.rain().count() * 1000 / season;
            assert!((215..=235).contains(&lost), "{today}: {lost} of 1,000 days");
        }
    }

    #[test]
    fn holidays_and_working_days() {
        assert_eq!(holiday(day("2026-11-26")), Some("Thanksgiving"));
        assert_eq!(holiday(day("2026-05-25")), Some("Memorial Day"));
        assert_eq!(holiday(day("2026-05-18")), None);
        assert_eq!(working_days_after(day("2026-11-25"), 1), day("2026-11-27"));
        assert_eq!(working_days_after(day("2026-05-22"), 2), day("2026-05-27"));
    }
}
