//! The office's calendar: its clock, its working days and hours, and when it is closed.
//!
//! Whatever is stored is an instant; whatever a person sees and means is the clock on the office's wall. Everything
//! that turns one into the other is here, so that both nights on which the clocks change are right everywhere: a time
//! that is skipped moves forward by what was skipped (2:30 becomes 3:30), and of a time that comes twice the first
//! counts.

mod claims;
mod shape;
mod span;

use std::fmt;

use chrono::{DateTime, Datelike, Days, MappedLocalTime, NaiveDate, NaiveDateTime, NaiveTime, Offset, TimeDelta};
use chrono::{TimeZone, Utc, Weekday, WeekdaySet};
use chrono_tz::{GapInfo, Tz};
use serde::{Deserialize, Serialize};

pub use claims::ClaimedDay;
pub use shape::Shape;

/// Looking for a working day ends after ten years: a calendar may have none at all.
const FURTHEST: u64 = 3_660;

/// From an instant up to, but without, another.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
pub struct Interval {
    /// The first instant.
    pub start: DateTime<Utc>,
    /// The first instant after it.
    pub end: DateTime<Utc>,
}

impl Interval {
    /// From `start` up to `end`; empty where that is not later.
    #[must_use]
    pub const fn new(start: DateTime<Utc>, end: DateTime<Utc>) -> Self {
        Self { start, end }
    }

    /// No time at all.
    #[must_use]
    pub fn is_empty(&self) -> bool {
        self.end <= self.start
    }

    /// Whether both share any time. What is empty shares none.
    #[must_use]
    pub fn overlaps(&self, other: &Self) -> bool {
        self.start.max(other.start) < self.end.min(other.end)
    }

    /// The time both share.
    #[must_use]
    pub fn intersection(&self, other: &Self) -> Option<Self> {
        let both = Self::new(self.start.max(other.start), self.end.min(other.end));
        (!both.is_empty()).then_some(both)
    }

    /// Whether the instant lies in it.
    #[must_use]
    pub fn contains(&self, instant: DateTime<Utc>) -> bool {
        self.start <= instant && instant < self.end
    }

    /// How long it lasts; zero for what is empty.
    #[must_use]
    pub fn duration(&self) -> TimeDelta {
        (self.end - self.start).max(TimeDelta::zero())
    }
}

/// The weekdays on which the office works. Stored as the database does: `1,2,3,4,5`, where 1 is Monday and 7 Sunday.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(from = "String", into = "String")]
pub struct WorkingDays(WeekdaySet);

impl WorkingDays {
    /// Monday to Friday.
    pub const WEEKDAYS: Self =
        Self(WeekdaySet::from_array([Weekday::Mon, Weekday::Tue, Weekday::Wed, Weekday::Thu, Weekday::Fri]));

    /// These days; possibly none.
    pub fn new(days: impl IntoIterator<Item = Weekday>) -> Self {
        Self(days.into_iter().collect())
    }

    /// Reads the setting as the database does: every digit from 1 to 7 is a day, whatever stands between them.
    /// Without a single one it is Monday to Friday.
    #[must_use]
    pub fn read(setting: &str) -> Self {
        let digits = setting.chars().filter_map(|c| c.to_digit(10)).filter_map(|n| u8::try_from(n).ok());
        let days: WeekdaySet =
            digits.filter(|n| (1..=7).contains(n)).filter_map(|n| Weekday::try_from(n - 1).ok()).collect();
        if days.is_empty() { Self::WEEKDAYS } else { Self(days) }
    }

    /// Whether the office works on such a day.
    #[must_use]
    pub const fn contains(self, day: Weekday) -> bool {
        self.0.contains(day)
    }

    /// Whether the office never works.
    #[must_use]
    pub const fn is_empty(self) -> bool {
        self.0.is_empty()
    }
}

impl Default for WorkingDays {
    fn default() -> Self {
        Self::WEEKDAYS
    }
}

impl fmt::Display for WorkingDays {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let digits: Vec<_> = self.0.iter(Weekday::Mon).map(|day| day.number_from_monday().to_string()).collect();
        f.write_str(&digits.join(","))
    }
}

impl From<String> for WorkingDays {
    fn from(setting: String) -> Self {
        // An empty list is a real answer here; only what is no list at all falls back.
        if setting.trim().is_empty() { Self(WeekdaySet::EMPTY) } else { Self::read(&setting) }
    }
}

impl From<WorkingDays> for String {
    fn from(days: WorkingDays) -> Self {
        days.to_string()
    }
}

/// When the office works on a working day, by its own clock; never over midnight.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(try_from = "(NaiveTime, NaiveTime)", into = "(NaiveTime, NaiveTime)")]
pub struct WorkingHours {
    from: NaiveTime,
    until: NaiveTime,
}

/// Working hours that end before they begin.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
#[error("The working day has to end after it begins.")]
pub struct HoursOutOfOrder;

impl WorkingHours {
    /// From one time on the clock until a later one.
    ///
    /// # Errors
    /// [`HoursOutOfOrder`] when `until` is not later than `from`.
    pub fn new(from: NaiveTime, until: NaiveTime) -> Result<Self, HoursOutOfOrder> {
        if from < until { Ok(Self { from, until }) } else { Err(HoursOutOfOrder) }
    }

    /// When work begins.
    #[must_use]
    pub const fn from(self) -> NaiveTime {
        self.from
    }

    /// When work ends.
    #[must_use]
    pub const fn until(self) -> NaiveTime {
        self.until
    }

    /// How long a working day is, by the clock.
    #[must_use]
    pub fn length(self) -> TimeDelta {
        self.until - self.from
    }
}

impl Default for WorkingHours {
    /// Six in the morning until half past four, the hours of the trade.
    fn default() -> Self {
        let time = |hour, minute| NaiveTime::from_hms_opt(hour, minute, 0).unwrap_or_default();
        Self { from: time(6, 0), until: time(16, 30) }
    }
}

impl TryFrom<(NaiveTime, NaiveTime)> for WorkingHours {
    type Error = HoursOutOfOrder;

    fn try_from((from, until): (NaiveTime, NaiveTime)) -> Result<Self, HoursOutOfOrder> {
        Self::new(from, until)
    }
}

impl From<WorkingHours> for (NaiveTime, NaiveTime) {
    fn from(hours: WorkingHours) -> Self {
        (hours.from, hours.until)
    }
}

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

    /// The same for PostgreSQL's `AT TIME ZONE`, which takes the second of a time that comes twice.
    fn database_instant(&self, local: NaiveDateTime) -> DateTime<Utc> {
        match self.zone.from_local_datetime(&local) {
            MappedLocalTime::Single(time) | MappedLocalTime::Ambiguous(_, time) => time.with_timezone(&Utc),
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
        Interval::new(self.instant(date.and_time(self.hours.from)), self.instant(date.and_time(self.hours.until)))
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

/// In order; what overlaps or touches becomes one.
pub(crate) fn merged(mut intervals: Vec<Interval>) -> Vec<Interval> {
    intervals.retain(|interval| !interval.is_empty());
    intervals.sort_unstable();
    let mut result: Vec<Interval> = Vec::with_capacity(intervals.len());
    for next in intervals {
        match result.last_mut() {
            Some(last) if next.start <= last.end => last.end = last.end.max(next.end),
            _ => result.push(next),
        }
    }
    result
}

/// What is left of `whole` when the `holes` (merged) are cut out.
pub(crate) fn without(whole: Interval, holes: &[Interval]) -> Vec<Interval> {
    let mut left = Vec::new();
    let mut from = whole.start;
    let first = holes.partition_point(|hole| hole.end <= whole.start);
    for hole in holes[first..].iter().take_while(|hole| hole.start < whole.end) {
        left.push(Interval::new(from, hole.start));
        from = hole.end;
    }
    left.push(Interval::new(from, whole.end));
    left.retain(|piece| !piece.is_empty());
    left
}

#[cfg(test)]
mod tests;
