//! Working days and hours, as the office sets them.

use std::fmt;

use chrono::{NaiveTime, TimeDelta, Weekday, WeekdaySet};
use serde::{Deserialize, Serialize};

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

    /// Reads the setting as the database does (`neff.weekdays`): digits from 1 to 7 and names of days, with a dash or
    /// "to" between two of them for all from one to the other. Without a single one it is Monday to Friday.
    #[must_use]
    pub fn read(setting: &str) -> Self {
        let setting = setting.to_lowercase();
        let (mut days, mut rest) = (WeekdaySet::EMPTY, setting.as_str());
        while let Some(next) = rest.chars().next() {
            let Some((first, after)) = day(rest) else {
                rest = &rest[next.len_utf8()..];
                continue;
            };
            let (last, after) = until(after).unwrap_or((first, after));
            let mut at = first;
            days.insert(at);
            while at != last {
                at = at.succ();
                days.insert(at);
            }
            rest = after;
        }
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

/// The day a text begins with, and what follows it.
fn day(text: &str) -> Option<(Weekday, &str)> {
    const NAMES: [(&str, Weekday); 7] = [
        ("mon", Weekday::Mon),
        ("tue", Weekday::Tue),
        ("wed", Weekday::Wed),
        ("thu", Weekday::Thu),
        ("fri", Weekday::Fri),
        ("sat", Weekday::Sat),
        ("sun", Weekday::Sun),
    ];
    if let Some(digit @ b'1'..=b'7') = text.bytes().next() {
        return Some((Weekday::try_from(digit - b'1').ok()?, &text[1..]));
    }
    let (name, found) = NAMES.into_iter().find(|(name, _)| text.starts_with(name))?;
    Some((found, text[name.len()..].trim_start_matches(|c: char| c.is_ascii_lowercase())))
}

/// The last day of a range that a text goes on with, and what follows it.
fn until(text: &str) -> Option<(Weekday, &str)> {
    let text = text.trim_start();
    let text = ["-", "–", "—", "to"].into_iter().find_map(|dash| text.strip_prefix(dash))?;
    day(text.trim_start())
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
