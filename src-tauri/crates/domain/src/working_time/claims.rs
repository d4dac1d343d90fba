//! Which stretches of time a job claims of its people and machines.

use chrono::{DateTime, NaiveDate, NaiveTime, TimeDelta, Utc};
use serde::{Deserialize, Serialize};

use super::{Calendar, Interval, plus};

/// A stretch a job claims, and the day whose crew does it.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize)]
pub struct ClaimedDay {
    /// The date in the office's zone: who is in the crew on that day is claimed.
    pub day: NaiveDate,
    /// What is claimed.
    pub during: Interval,
}

impl Calendar {
    /// What a job claims, exactly as the database derives it (`spread_claims`): up to 24 hours one stretch; longer,
    /// one for every working weekday and for the first and the last day whatever they are, so that a job from Friday
    /// to Monday does not hold Saturday and one on Saturday and Sunday holds both. Over 366 days, or outside 1900 to
    /// 2200: one stretch. Holidays do not matter here: the database does not know them when it claims.
    ///
    /// Empty where the job does not end after it starts.
    #[must_use]
    pub fn working_days_of(&self, job: Interval) -> Vec<ClaimedDay> {
        if job.is_empty() {
            return Vec::new();
        }
        let first = self.day_of(job.start);
        let Some(last) = self.last_day_of_several(job) else {
            return vec![ClaimedDay { day: first, during: job }];
        };
        let midnight = |day: NaiveDate| self.instant(day.and_time(NaiveTime::MIN));
        let claimed = |day: &NaiveDate| *day == first || *day == last || self.is_working_weekday(*day);
        first
            .iter_days()
            .take_while(|day| *day <= last)
            .filter(claimed)
            .filter_map(|day| {
                let during = job.intersection(&Interval::new(midnight(day), midnight(plus(day, 1))))?;
                Some(ClaimedDay { day, during })
            })
            .collect()
    }

    /// The last day of a job that is spread over days; none where it is one stretch.
    pub(super) fn last_day_of_several(&self, job: Interval) -> Option<NaiveDate> {
        let of_years = |year| NaiveDate::from_ymd_opt(year, 1, 1).map(|day| day.and_time(NaiveTime::MIN).and_utc());
        let (earliest, latest): (DateTime<Utc>, DateTime<Utc>) = (of_years(1900)?, of_years(2200)?);
        let long = job.duration() > TimeDelta::hours(24) && job.duration() <= TimeDelta::days(366);
        (job.start >= earliest && job.end < latest && long).then(|| self.day_of(job.end - TimeDelta::microseconds(1)))
    }

    /// When somebody is really at work for the job: of each stretch it claims, the working hours. A job over several
    /// days claims the nights between as well, though nobody works then; its first day counts from its start and its
    /// last until its end, however early or late that is.
    #[must_use]
    pub fn work_of(&self, job: Interval) -> Vec<ClaimedDay> {
        let mut parts = self.working_days_of(job);
        if self.last_day_of_several(job).is_none() {
            return parts;
        }
        let last = parts.len().saturating_sub(1);
        for (position, part) in parts.iter_mut().enumerate() {
            let hours = self.working_hours(part.day);
            let claim = part.during;
            // Somebody who starts after hours works at night: then the night is what counts.
            let start =
                if position == 0 || claim.end <= hours.start { claim.start } else { claim.start.max(hours.start) };
            let end = if position == last || claim.start >= hours.end { claim.end } else { claim.end.min(hours.end) };
            part.during = Interval::new(start, end);
        }
        parts
    }
}
