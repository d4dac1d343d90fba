//! When a person can work in an ordinary week, read from `crew_members.availability_schedule`.
//!
//! The column is JSON that anybody may have written: the office, a mobile app, somebody's script. What can be
//! understood is; what cannot is *unknown*, which holds nobody up and is shown as such. Nothing here fails.

mod read;
mod text;

use chrono::{Datelike, Days, NaiveDate, NaiveDateTime, NaiveTime, TimeDelta, Timelike, Weekday};
use serde::{Deserialize, Serialize};

use crate::working_time::{Calendar, Interval, merged};

/// Minutes of a day.
const DAY: u16 = 24 * 60;

/// Hours in which somebody can work, in minutes after the midnight the day begins with.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
pub struct Window {
    /// From 0 to 1,439.
    pub from: u16,
    /// Later than `from`, up to 2,879: above 1,440 it reaches into the next day.
    pub until: u16,
}

/// What is known of one weekday.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Day {
    /// Nothing that could be understood.
    #[default]
    Unknown,
    /// Does not work on that day.
    Off,
    /// Any time.
    AllDay,
    /// In these hours, in order.
    Hours(Vec<Window>),
}

/// Whether somebody can work at a time.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Answer {
    /// All of the time.
    Yes,
    /// Not all of it.
    No,
    /// Nobody wrote it down, or not so that it can be understood.
    Unknown,
}

/// An ordinary week of a person.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct Week {
    /// Monday first.
    days: [Day; 7],
}

impl Week {
    /// Reads the column. Whatever it holds, there is an answer; NULL, and what cannot be understood, is unknown.
    ///
    /// Understood are, among others, `{"monday": [{"start": "06:00", "end": "16:00"}], …}`, the same without the
    /// list, `{"mon": ["06:00-16:00"]}`, `{"monday": true, "friday": false}`, `["monday", "tue"]`,
    /// `[{"day": "monday", "from": "6 am", "to": "4 pm"}]`, `{"days": ["mon"], "start": …, "end": …}`, and
    /// `"Mon-Fri 6:00-16:00"`. A day that is not mentioned beside days on which the person works is a day off.
    #[must_use]
    pub fn read(column: Option<&serde_json::Value>) -> Self {
        Self { days: read::week(column.unwrap_or(&serde_json::Value::Null)) }
    }

    /// What is known of that weekday.
    #[must_use]
    pub fn day(&self, weekday: Weekday) -> &Day {
        &self.days[weekday.num_days_from_monday() as usize]
    }

    /// Whether nothing at all is known.
    #[must_use]
    pub fn is_unknown(&self) -> bool {
        self.days.iter().all(|day| *day == Day::Unknown)
    }

    /// Whether the person can work on that date from one time until another, by the office's clock. `until` at or
    /// before `from` means the next day.
    #[must_use]
    pub fn is_available(&self, date: NaiveDate, from: NaiveTime, until: NaiveTime) -> Answer {
        let next = if until <= from { date.checked_add_days(Days::new(1)).unwrap_or(date) } else { date };
        self.is_available_between(date.and_time(from), next.and_time(until))
    }

    /// The same over any stretch of the office's clock, which may last days.
    #[must_use]
    pub fn is_available_between(&self, from: NaiveDateTime, until: NaiveDateTime) -> Answer {
        let mut answer = Answer::Yes;
        for date in from.date().iter_days().take(8) {
            let midnight = date.and_time(NaiveTime::MIN);
            if midnight >= until {
                break;
            }
            let minutes =
                |local: NaiveDateTime| local.signed_duration_since(midnight).num_minutes().clamp(0, i64::from(DAY));
            // A started minute counts whole.
            let asked = (minutes(from), (minutes(until - TimeDelta::nanoseconds(1)) + 1).min(i64::from(DAY)));
            match self.of_day(date.weekday(), asked) {
                Answer::Yes => {}
                Answer::No => return Answer::No,
                Answer::Unknown => answer = Answer::Unknown,
            }
        }
        answer
    }

    fn of_day(&self, weekday: Weekday, (from, until): (i64, i64)) -> Answer {
        // What began yesterday and reaches into this day counts as well.
        let spilled = hours(self.day(weekday.pred())).iter().filter(|window| window.until > DAY);
        let spilled = spilled.map(|window| (0, i64::from(window.until - DAY)));
        let own: Vec<(i64, i64)> = match self.day(weekday) {
            Day::Unknown => return Answer::Unknown,
            Day::AllDay => return Answer::Yes,
            Day::Off => Vec::new(),
            Day::Hours(windows) => windows.iter().map(|w| (i64::from(w.from), i64::from(w.until.min(DAY)))).collect(),
        };
        let mut all: Vec<_> = spilled.chain(own).collect();
        all.sort_unstable();
        let mut reached = from;
        for (start, end) in all {
            if start <= reached {
                reached = reached.max(end);
            }
        }
        if reached >= until { Answer::Yes } else { Answer::No }
    }

    /// When the person cannot work, from one date up to, but without, another; in order. What is unknown is not in it.
    #[must_use]
    pub fn unavailable(&self, calendar: &Calendar, from: NaiveDate, until: NaiveDate) -> Vec<Interval> {
        if self.is_unknown() {
            return Vec::new();
        }
        let dates = from.iter_days().take_while(|date| *date < until);
        merged(dates.flat_map(|date| self.gaps(calendar, date)).collect())
    }

    fn gaps(&self, calendar: &Calendar, date: NaiveDate) -> Vec<Interval> {
        let minute = |minutes: u16| {
            let midnight = date.and_time(NaiveTime::MIN);
            calendar.instant(midnight.checked_add_signed(TimeDelta::minutes(i64::from(minutes))).unwrap_or(midnight))
        };
        if matches!(self.day(date.weekday()), Day::Unknown | Day::AllDay) {
            return Vec::new();
        }
        let spilled = hours(self.day(date.weekday().pred())).iter().filter(|window| window.until > DAY);
        let spilled = spilled.map(|window| Window { from: 0, until: window.until - DAY });
        let mut windows: Vec<_> = spilled.chain(hours(self.day(date.weekday())).iter().copied()).collect();
        windows.sort_unstable();
        let mut gaps = Vec::new();
        let mut reached = 0;
        for window in windows {
            if window.from > reached {
                gaps.push(Interval::new(minute(reached), minute(window.from)));
            }
            reached = reached.max(window.until.min(DAY));
        }
        gaps.push(Interval::new(minute(reached), minute(DAY)));
        gaps
    }
}

fn hours(day: &Day) -> &[Window] {
    match day {
        Day::Hours(windows) => windows,
        _ => &[],
    }
}

impl Window {
    /// The time on the clock at which it begins.
    #[must_use]
    pub fn starts(self) -> NaiveTime {
        clock(self.from)
    }

    /// The time on the clock at which it ends; midnight at the end of the day.
    #[must_use]
    pub fn ends(self) -> NaiveTime {
        clock(self.until)
    }
}

fn clock(minutes: u16) -> NaiveTime {
    NaiveTime::MIN
        .with_hour(u32::from(minutes / 60 % 24))
        .and_then(|t| t.with_minute(u32::from(minutes % 60)))
        .unwrap_or_default()
}

#[cfg(test)]
mod tests;
