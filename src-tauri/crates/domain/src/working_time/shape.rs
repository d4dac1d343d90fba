//! How a job lies in its days, so that it can be laid on others with the same times on the clock.

use chrono::{NaiveDate, NaiveDateTime, NaiveTime, TimeDelta};

use super::{Calendar, FURTHEST, Interval, plus};

/// The times on the clock and the number of days of a job, without its date.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Shape {
    /// When it begins on its first day.
    pub starts: NaiveTime,
    /// When it ends, counted from the midnight its last day begins with, by the clock: above zero, up to 24 hours
    /// when it is spread over days; a job of one stretch may reach into the next day.
    pub ends: TimeDelta,
    /// Days on which somebody works: the first and the last whatever they are, and the working days between.
    pub days: u32,
}

impl Calendar {
    /// How the job lies in its days; none where it does not end after it starts.
    #[must_use]
    pub fn shape(&self, job: Interval) -> Option<Shape> {
        if job.is_empty() {
            return None;
        }
        let (start, end) = (self.local(job.start), self.local(job.end));
        let first = start.date();
        let Some(last) = self.last_day_of_several(job) else {
            // By the clock it may take no time at all, in the night in which an hour comes twice.
            let ends = (end - midnight(first)).max(start - midnight(first) + TimeDelta::minutes(1));
            return Some(Shape { starts: start.time(), ends, days: 1 });
        };
        let between = first.iter_days().skip(1).take_while(|day| *day < last);
        let days = between.filter(|day| self.is_working_day(*day)).count() + if last > first { 2 } else { 1 };
        Some(Shape { starts: start.time(), ends: end - midnight(last), days: u32::try_from(days).unwrap_or(u32::MAX) })
    }

    /// Lays a shape on days beginning with `first`; none where ten years do not have enough working days.
    #[must_use]
    pub fn lay(&self, shape: Shape, first: NaiveDate) -> Option<Interval> {
        self.lay_where(shape, first, |day| self.is_working_day(day))
    }

    /// The same, where `works` says on which days after the first the job goes on.
    pub(crate) fn lay_where(
        &self,
        shape: Shape,
        first: NaiveDate,
        works: impl Fn(NaiveDate) -> bool,
    ) -> Option<Interval> {
        let mut last = first;
        let mut left = shape.days.saturating_sub(1);
        for _ in 0..FURTHEST {
            if left == 0 {
                break;
            }
            last = plus(last, 1);
            left -= u32::from(works(last));
        }
        if left > 0 {
            return None;
        }
        let start = self.instant(first.and_time(shape.starts));
        let end = self.instant(midnight(last).checked_add_signed(shape.ends)?);
        // A start in the gap of spring moves forward, and could overtake the end.
        Some(Interval::new(start, end.max(start + TimeDelta::minutes(1))))
    }

    /// The job so many working days later, or earlier where that is negative: the same times on the office's clock,
    /// the same number of working days. None where it does not end after it starts, or there are not so many working
    /// days in ten years.
    #[must_use]
    pub fn shift_days(&self, job: Interval, working_days: i32) -> Option<Interval> {
        if working_days == 0 {
            return (!job.is_empty()).then_some(job);
        }
        let first = self.working_day_from(self.day_of(job.start), working_days)?;
        self.lay(self.shape(job)?, first)
    }
}

fn midnight(day: NaiveDate) -> NaiveDateTime {
    day.and_time(NaiveTime::MIN)
}
