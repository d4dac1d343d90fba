//! The hours in which a person wants no popups, in their own time zone.

use chrono::{DateTime, Days, NaiveDate, NaiveDateTime, NaiveTime, TimeDelta, TimeZone, Utc};
use chrono_tz::Tz;

use crate::zone;

/// Daily, from one time on the clock until another; over midnight when the second is the earlier one.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct QuietHours {
    from: NaiveTime,
    until: NaiveTime,
    zone: Tz,
}

impl QuietHours {
    /// None unless both times are set and differ: from seven until seven would be all day or never, and a person who
    /// wants no popups at all switches them off.
    ///
    /// The first of `zones` (IANA names) that is known counts; where none is, UTC.
    #[must_use]
    pub fn new(from: Option<NaiveTime>, until: Option<NaiveTime>, zones: &[&str]) -> Option<Self> {
        let (from, until) = (from?, until?);
        let zone = zones.iter().find_map(|name| zone::known(name)).unwrap_or(Tz::UTC);
        (from != until).then_some(Self { from, until, zone })
    }

    /// When the quiet hours that `now` lies in end; none: it is not quiet.
    ///
    /// On the day the clocks change, quiet lasts as long as the clock on the wall says so: a time that is skipped is
    /// the moment of the change, and one that comes twice counts from its first and until its last.
    #[must_use]
    pub fn end(&self, now: DateTime<Utc>) -> Option<DateTime<Utc>> {
        let today = now.with_timezone(&self.zone).date_naive();
        // Those that began yesterday may still last.
        let days = [today.checked_sub_days(Days::new(1)), Some(today)];
        let windows = days.into_iter().flatten().filter_map(|day| self.of_day(day));
        windows.filter(|(from, until)| (*from..*until).contains(&now)).map(|(_, until)| until).max()
    }

    fn of_day(&self, day: NaiveDate) -> Option<(DateTime<Utc>, DateTime<Utc>)> {
        let last = if self.from < self.until { day } else { day.checked_add_days(Days::new(1))? };
        Some((self.instants(day.and_time(self.from))?.0, self.instants(last.and_time(self.until))?.1))
    }

    /// The first and last moment at which clocks read `local`.
    fn instants(&self, local: NaiveDateTime) -> Option<(DateTime<Utc>, DateTime<Utc>)> {
        // A zone that moved across the date line skipped a whole day; nothing longer is known.
        let mut minutes = (0..=24 * 60).filter_map(|n| local.checked_add_signed(TimeDelta::minutes(n)));
        let (first, last) = minutes.find_map(|local| {
            let found = self.zone.from_local_datetime(&local);
            Some((found.earliest()?, found.latest()?))
        })?;
        Some((first.with_timezone(&Utc), last.with_timezone(&Utc)))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn at(text: &str) -> DateTime<Utc> {
        text.parse().unwrap()
    }

    fn hours(from: &str, until: &str, zone: &str) -> QuietHours {
        QuietHours::new(Some(from.parse().unwrap()), Some(until.parse().unwrap()), &[zone]).unwrap()
    }

    /// From the first instant on, up to but without the second; and not a second before or after.
    fn lasts(hours: QuietHours, from: &str, until: &str) {
        let (from, until, second) = (at(from), at(until), TimeDelta::seconds(1));
        assert_eq!(hours.end(from - second), None, "before");
        assert_eq!(hours.end(from), Some(until), "at the first moment");
        assert_eq!(hours.end(until - second), Some(until), "at the last");
        assert_eq!(hours.end(until), None, "after");
    }

    #[test]
    fn within_a_day() {
        lasts(hours("12:00:00", "13:30:00", "America/Chicago"), "2026-06-10T17:00:00Z", "2026-06-10T18:30:00Z");
    }

    #[test]
    fn over_midnight() {
        lasts(hours("21:00:00", "06:00:00", "America/Chicago"), "2026-06-11T02:00:00Z", "2026-06-11T11:00:00Z");
        // Far ahead of UTC it is another day there.
        lasts(hours("21:00:00", "06:00:00", "Pacific/Auckland"), "2026-06-10T09:00:00Z", "2026-06-10T18:00:00Z");
    }

    #[test]
    fn the_night_in_spring_is_an_hour_shorter() {
        lasts(hours("22:00:00", "06:00:00", "America/Chicago"), "2026-03-08T04:00:00Z", "2026-03-08T11:00:00Z");
    }

    #[test]
    fn the_night_in_autumn_is_an_hour_longer() {
        lasts(hours("22:00:00", "06:00:00", "America/Chicago"), "2026-11-01T03:00:00Z", "2026-11-01T12:00:00Z");
    }

    #[test]
    fn a_time_that_is_skipped_is_the_moment_of_the_change() {
        // Chicago goes from 1:59:59 to 3:00:00 at 8:00 UTC.
        lasts(hours("22:00:00", "02:30:00", "America/Chicago"), "2026-03-08T04:00:00Z", "2026-03-08T08:00:00Z");
        lasts(hours("02:30:00", "05:00:00", "America/Chicago"), "2026-03-08T08:00:00Z", "2026-03-08T10:00:00Z");
        let gone = hours("02:10:00", "02:50:00", "America/Chicago");
        for minute in 0..180 {
            assert_eq!(gone.end(at("2026-03-08T07:00:00Z") + TimeDelta::minutes(minute)), None);
        }
    }

    #[test]
    fn a_time_that_comes_twice_counts_from_its_first_until_its_last() {
        // Chicago reads 1:30 at 6:30 and at 7:30 UTC.
        lasts(hours("22:00:00", "01:30:00", "America/Chicago"), "2026-11-01T03:00:00Z", "2026-11-01T07:30:00Z");
        lasts(hours("01:30:00", "05:00:00", "America/Chicago"), "2026-11-01T06:30:00Z", "2026-11-01T11:00:00Z");
    }

    #[test]
    fn a_day_that_was_skipped_whole_is_lived_through() {
        // Samoa had no 30 December 2011: at 10:00 UTC it went from the 29th to the 31st.
        let hours = hours("22:00:00", "06:00:00", "Pacific/Apia");
        for (time, quiet) in [("07:59", false), ("08:00", true), ("10:00", true), ("15:59", true), ("16:00", false)] {
            assert_eq!(hours.end(at(&format!("2011-12-30T{time}:00Z"))).is_some(), quiet, "{time}");
        }
    }

    #[test]
    fn half_set_or_equal_times_are_none() {
        let seven = NaiveTime::from_hms_opt(7, 0, 0);
        for (from, until) in [(None, None), (seven, None), (None, seven), (seven, seven)] {
            assert_eq!(QuietHours::new(from, until, &["America/Chicago"]), None);
        }
    }

    #[test]
    fn the_first_known_zone_counts() {
        let zone = |zones: &[&str]| {
            QuietHours::new(NaiveTime::from_hms_opt(7, 0, 0), NaiveTime::from_hms_opt(8, 0, 0), zones).unwrap().zone
        };
        assert_eq!(zone(&["America/Denver", "America/Chicago"]), Tz::America__Denver);
        assert_eq!(zone(&["america/denver"]), Tz::America__Denver);
        assert_eq!(zone(&["Middle/Earth", "America/Chicago"]), Tz::America__Chicago);
        assert_eq!(zone(&["", "'; DROP TABLE app_users"]), Tz::UTC);
        assert_eq!(zone(&[]), Tz::UTC);
    }
}
