//! The office's calendar: its clock, its working days and hours, and when it is closed.
//!
//! Whatever is stored is an instant; whatever a person sees and means is the clock on the office's wall. Everything
//! that turns one into the other is here, so that both nights on which the clocks change are right everywhere: a time
//! that is skipped moves forward by what was skipped (2:30 becomes 3:30), and of a time that comes twice the first
//! counts.

mod claims;
mod interval;
mod settings;
mod shape;
mod span;

use chrono::{DateTime, Datelike, Days, MappedLocalTime, NaiveDate, NaiveDateTime, NaiveTime, Offset};
use chrono::{TimeZone, Utc};
use chrono_tz::{GapInfo, Tz};
use serde::{Deserialize, Serialize};

pub use claims::ClaimedDay;
pub use interval::Interval;
pub(crate) use interval::{merged, without};
pub use settings::{HoursOutOfOrder, WorkingDays, WorkingHours};
pub use shape::Shape;

/// Looking for a working day ends after ten years: a calendar may have none at all.
const FURTHEST: u64 = 3_660;

/// When the office works: zone, working days, working hours, and the stretches on which everything is closed.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(from = "Parts", into = "Parts")]
pub struct Calendar {
    zone: Tz,
    days: WorkingDays,
    hours: WorkingHours,
    /// In order, neither touching nor empty.
    closures: Vec<Interval>,
}

#[derive(Serialize, Deserialize)]
struct Parts {
    zone: Tz,
    days: WorkingDays,
    hours: WorkingHours,
    closures: Vec<Interval>,
}

impl From<Parts> for Calendar {
    fn from(parts: Parts) -> Self {
        Self::new(parts.zone, parts.days, parts.hours, parts.closures)
    }
}

impl From<Calendar> for Parts {
    fn from(calendar: Calendar) -> Self {
        let Calendar { zone, days, hours, closures } = calendar;
        Self { zone, days, hours, closures }
    }
}

impl Calendar {
    /// A calendar. `closures`: holidays and whatever else closes the whole office, in any order.
    #[must_use]
    pub fn new(zone: Tz, days: WorkingDays, hours: WorkingHours, closures: Vec<Interval>) -> Self {
        Self { zone, days, hours, closures: merged(closures) }
    }

    /// The office's zone.
    #[must_use]
    pub const fn zone(&self) -> Tz {
        self.zone
    }

    /// The weekdays on which the office works.
    #[must_use]
    pub const fn working_weekdays(&self) -> WorkingDays {
        self.days
    }

    /// When it works on such a day.
    #[must_use]
    pub const fn hours(&self) -> WorkingHours {
        self.hours
    }

    /// When everything is closed: in order, neither touching nor empty.
    #[must_use]
    pub fn closures(&self) -> &[Interval] {
        &self.closures
    }

    /// The same calendar, closed on these as well.
    #[must_use]
    pub fn also_closed(&self, closures: &[Interval]) -> Self {
        let all = self.closures.iter().chain(closures).copied().collect();
        Self { closures: merged(all), ..self.clone() }
    }

    /// The same calendar, not closed on these.
    #[must_use]
    pub fn opened(&self, open: &[Interval]) -> Self {
        let closures = self.closures.iter().flat_map(|closure| without(*closure, &merged(open.to_vec()))).collect();
        Self { closures, ..self.clone() }
    }

    /// The instant at which the office's clock reads `local`. A time the clock skips moves forward by what it skips;
    /// of a time it shows twice, the first.
    #[must_use]
    pub fn instant(&self, local: NaiveDateTime) -> DateTime<Utc> {
        match self.zone.from_local_datetime(&local) {
            MappedLocalTime::Single(time) | MappedLocalTime::Ambiguous(time, _) => time.with_timezone(&Utc),
            MappedLocalTime::None => self.after_gap(local),
        }
    }

    fn after_gap(&self, local: NaiveDateTime) -> DateTime<Utc> {
        // Read with the offset from before the change it lies as far behind the change as it lay in the gap.
        let before = GapInfo::new(&local, &self.zone).and_then(|gap| gap.begin).map(|(_, offset)| offset.fix());
        before.and_then(|offset| local.checked_sub_offset(offset)).unwrap_or(local).and_utc()
    }

    /// What the office's clock reads at that instant.
    #[must_use]
    pub fn local(&self, instant: DateTime<Utc>) -> NaiveDateTime {
        // Beyond year 9999 there is nothing to schedule, and arithmetic there could overflow.
        let year = instant.year().clamp(1, 9_999);
        let sane = if year == instant.year() {
            instant.naive_utc()
        } else {
            NaiveDate::from_ymd_opt(year, 1, 2).unwrap_or_default().and_time(NaiveTime::MIN)
        };
        self.zone.from_utc_datetime(&sane).naive_local()
    }

    /// The date on the office's wall at that instant.
    #[must_use]
    pub fn day_of(&self, instant: DateTime<Utc>) -> NaiveDate {
        self.local(instant).date()
    }

    /// That day, midnight to midnight: 23 or 25 hours when the clocks change.
    #[must_use]
    pub fn day(&self, date: NaiveDate) -> Interval {
        let midnight = |date: NaiveDate| self.instant(date.and_time(NaiveTime::MIN));
        Interval::new(midnight(date), midnight(plus(date, 1)))
    }

    /// The working hours of that day, whether or not it is a working day.
    #[must_use]
    pub fn working_hours(&self, date: NaiveDate) -> Interval {
        Interval::new(self.instant(date.and_time(self.hours.from())), self.instant(date.and_time(self.hours.until())))
    }

    /// What is open of the working hours of that day, in order; nothing when it is not a working day.
    #[must_use]
    pub fn open_hours(&self, date: NaiveDate) -> Vec<Interval> {
        if !self.is_working_weekday(date) {
            return Vec::new();
        }
        without(self.working_hours(date), &self.closures)
    }

    /// Whether the weekday is one on which the office works, whatever is closed.
    #[must_use]
    pub fn is_working_weekday(&self, date: NaiveDate) -> bool {
        self.days.contains(date.weekday())
    }

    /// Whether any of the working hours of that day is open. A half holiday is a working day.
    #[must_use]
    pub fn is_working_day(&self, date: NaiveDate) -> bool {
        self.is_working_weekday(date) && {
            let hours = self.working_hours(date);
            // Closures are merged: what is closed all day is closed by one of them.
            !self.closures_in(hours).any(|closure| closure.start <= hours.start && hours.end <= closure.end)
        }
    }

    /// Whether the whole of it is open.
    #[must_use]
    pub fn is_open(&self, during: Interval) -> bool {
        self.closures_in(during).next().is_none()
    }

    fn closures_in(&self, during: Interval) -> impl Iterator<Item = &Interval> {
        let first = self.closures.partition_point(|closure| closure.end <= during.start);
        self.closures[first..].iter().take_while(move |closure| closure.start < during.end)
    }

    /// The first working day after that date; none in ten years where the office never works.
    #[must_use]
    pub fn next_working_day(&self, date: NaiveDate) -> Option<NaiveDate> {
        self.working_day_from(date, 1)
    }

    /// The working day `count` working days after the date, or before it where that is negative; the date itself for
    /// zero. None where ten years do not have so many.
    #[must_use]
    pub fn working_day_from(&self, date: NaiveDate, count: i32) -> Option<NaiveDate> {
        let step = i64::from(count.signum());
        let (mut day, mut left) = (date, count.unsigned_abs());
        for _ in 0..FURTHEST {
            if left == 0 {
                return Some(day);
            }
            day = plus(day, step);
            left -= u32::from(self.is_working_day(day));
        }
        (left == 0).then_some(day)
    }
}

/// The date so many days later, or earlier; the date itself at the end of what dates can say.
pub(crate) fn plus(date: NaiveDate, days: i64) -> NaiveDate {
    let count = Days::new(days.unsigned_abs());
    let moved = if days < 0 { date.checked_sub_days(count) } else { date.checked_add_days(count) };
    moved.unwrap_or(date)
}

#[cfg(test)]
mod tests;
