//! When a job is done that takes so many working hours.

use chrono::{DateTime, NaiveTime, TimeDelta, Utc};

use super::{Calendar, FURTHEST, Interval, plus, without};

impl Calendar {
    /// When a job that starts then and takes so many working hours is done; the start itself for none or less, and
    /// nothing where ten years are not enough.
    ///
    /// The first day counts whatever it is: somebody chose it. After it, days that are not working days and whatever
    /// is closed are left out when `skip_non_working` is set, and worked through when it is not. Somebody who starts
    /// within the working hours works within them every day; somebody who starts outside them (night work, an early
    /// shift) works as many hours a day, from the same time on the clock.
    #[must_use]
    pub fn span(&self, start: DateTime<Utc>, working: TimeDelta, skip_non_working: bool) -> Option<DateTime<Utc>> {
        let mut left = working;
        if left <= TimeDelta::zero() {
            return Some(start);
        }
        let local = self.local(start);
        let (first, clock) = (local.date(), local.time());
        let in_hours = self.hours.from() <= clock && clock < self.hours.until();
        let begins = if in_hours { self.hours.from() } else { clock };
        let chosen = !self.is_working_day(first);
        for offset in 0..i64::try_from(FURTHEST).unwrap_or_default() {
            let day = plus(first, offset);
            if skip_non_working && offset > 0 && !self.is_working_day(day) {
                continue;
            }
            let shift = self.shift(day, begins);
            let shift = Interval::new(if offset == 0 { start } else { shift.start }, shift.end);
            let closed = skip_non_working && !(offset == 0 && chosen);
            let pieces = without(shift, if closed { &self.closures } else { &[] });
            for piece in pieces {
                if left <= piece.duration() {
                    return Some(piece.start + left);
                }
                left -= piece.duration();
            }
        }
        None
    }

    /// A day's work that begins then, by the clock as long as the working hours.
    fn shift(&self, day: chrono::NaiveDate, begins: NaiveTime) -> Interval {
        let from = day.and_time(begins);
        let until = from.checked_add_signed(self.hours.length()).unwrap_or(from);
        Interval::new(self.instant(from), self.instant(until))
    }
}
