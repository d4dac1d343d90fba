//! When crews work: one stop after another, never two at once, and none on a day that was lost to weather.

use std::collections::VecDeque;

use chrono::{Datelike, NaiveDate, Weekday};

use crate::calendar::{in_season, is_working, plus};
use crate::crews;
use crate::dice::{Dice, Topic};
use crate::plan::Plan;
use crate::trade::Skill;

/// A time at which a crew can do a job.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) struct Slot {
    pub(crate) day: NaiveDate,
    /// The last day; the same day for nearly all, also for a night that ends the next morning.
    pub(crate) last: NaiveDate,
    pub(crate) crew: usize,
    /// Minutes after midnight at which work begins, and minutes of work on each day.
    pub(crate) start: i64,
    pub(crate) minutes: i64,
    /// Working days.
    pub(crate) days: i64,
    /// Today and tomorrow: never left out.
    pub(crate) must: bool,
}

/// At least `wanted` slots in the order of time.
pub(crate) fn slots(plan: &Plan, wanted: usize) -> Vec<Slot> {
    // A crew has one stop a day; where there are more jobs than crews have days (the larger sizes), the stops are
    // shorter and there are more of them.
    let mut per_mille = 1_150;
    loop {
        let slots = Walk { plan, per_mille }.walk();
        if slots.len() >= wanted {
            return slots;
        }
        let missing = wanted.saturating_mul(1000) / slots.len().max(1);
        per_mille = (per_mille * missing / 1000).max(per_mille + 60);
    }
}

struct Walk<'a> {
    plan: &'a Plan,
    per_mille: usize,
}

impl Walk<'_> {
    fn walk(&self) -> Vec<Slot> {
        let (calendar, crews) = (&self.plan.calendar, self.plan.roster.crews);
        let mut slots = Vec::new();
        // The first day on which each crew is free again.
        let mut free: VecDeque<NaiveDate> = vec![calendar.start; crews].into();
        let mut day = calendar.start;
        let end = plus(calendar.today, 130);
        while day < end {
            for (crew, free) in free.iter_mut().enumerate() {
                let mut dice = Dice::new(
                    self.plan.seed,
                    Topic::Slots,
                    crew * 4_096 + usize::try_from((day - calendar.start).num_days()).unwrap_or_default(),
                );
                let must = self.is_must(day);
                if *free > day || !(must || dice.chance(self.chance_of_work(day, crew))) {
                    continue;
                }
                let last = self.fill_day(day, crew, must, &mut dice, &mut slots);
                *free = plus(last, 1);
            }
            day = plus(day, 1);
        }
        slots
    }

    fn is_must(&self, day: NaiveDate) -> bool {
        day == self.plan.calendar.today || day == plus(self.plan.calendar.today, 1)
    }

    /// Per mille: whether the crew goes out that day.
    fn chance_of_work(&self, day: NaiveDate, crew: usize) -> usize {
        let calendar = &self.plan.calendar;
        let ahead = (day - calendar.today).num_days();
        if calendar.is_rain(day) || day.weekday() == Weekday::Sun || crate::calendar::holiday(day).is_some() {
            return 0;
        }
        if !in_season(day) {
            // Cold patch and emergencies.
            let patching = crews::skill(crew) == Skill::Patching;
            return match (patching && is_working(day), ahead) {
                (true, ..=0) => 70,
                (true, 1..=9) => 400,
                _ => 0,
            };
        }
        // In winter the book fills for April.
        let lead = if in_season(calendar.today) { ahead } else { ahead - first_season_day(calendar.today) };
        match (day.weekday() == Weekday::Sat, lead) {
            (true, ..=0) if calendar.lost_in_week_before(day) >= 2 => 600,
            (true, ..=0) => 60,
            (true, 1..=28) => 20,
            (false, ..=0) => 950,
            (false, 1..=7) => 900,
            (false, 8..=14) => 760,
            (false, 15..=21) => 560,
            (false, 22..=28) => 380,
            (false, 29..=42) => 180,
            _ => 0,
        }
    }

    /// Gives the crew its stops of that day; the answer is the last day it is busy.
    fn fill_day(&self, day: NaiveDate, crew: usize, must: bool, dice: &mut Dice, slots: &mut Vec<Slot>) -> NaiveDate {
        let small = self.plan.roster.crews <= 4;
        let slot = Slot { day, last: day, crew, start: 360, minutes: 480, days: 1, must };
        let stops = if must && small {
            // Five stops for the four crews, a different crew with two of them tomorrow.
            let second = (usize::try_from(self.plan.calendar.today.ordinal()).unwrap_or_default()
                + usize::from(day != self.plan.calendar.today))
                % 4;
            if crew == second { 2 } else { 1 }
        } else {
            let natural = self.per_mille / 1000 + usize::from(dice.chance(self.per_mille % 1000));
            natural.max(1)
        };
        if stops == 1 {
            if !must && dice.chance(24) && crews::skill(crew) != Skill::Sealcoating && self.can_sleep(day) {
                slots.push(Slot { start: 19 * 60, minutes: 540, ..slot });
                return plus(day, 1);
            }
            let start = 360 + 30 * i64::try_from(dice.weighted(&[80, 12, 8])).unwrap_or_default();
            let slot = Slot { start, minutes: 480 + 30 * dice.between(0, 4), ..slot };
            let more = if must || !dice.chance(95) { 0 } else { 1 + dice.weighted(&[70, 20, 10]) };
            let (last, days) = self.stretch(day, more);
            slots.push(Slot { last, days, ..slot });
            return last;
        }
        // Whole quarters of an hour, in a day of at most ten hours.
        let each = 600 / i64::try_from(stops).unwrap_or(1);
        let longest = (each - 5) / 15 * 15;
        let shorter = if stops <= 3 { 15 * dice.between(0, 2) } else { 0 };
        for stop in (0..).take(stops) {
            slots.push(Slot { start: 360 + stop * (each / 5 * 5), minutes: (longest - shorter).max(15), ..slot });
        }
        day
    }

    /// The crew comes home in the morning: it must be free, and needs to be, the next day.
    fn can_sleep(&self, day: NaiveDate) -> bool {
        day.weekday() != Weekday::Sat
            && day.weekday() != Weekday::Fri
            && !self.is_must(day)
            && !self.is_must(plus(day, 1))
    }

    /// Up to so many more working days in a row, as far as the weather held.
    fn stretch(&self, first: NaiveDate, more: usize) -> (NaiveDate, i64) {
        let calendar = &self.plan.calendar;
        let (mut last, mut days) = (first, 1);
        let mut next = first;
        for _ in 0..more {
            next = plus(next, 1);
            while matches!(next.weekday(), Weekday::Sat | Weekday::Sun) {
                next = plus(next, 1);
            }
            // A rain day over the weekend cannot be: only working days are lost.
            if !is_working(next)
                || !in_season(next)
                || calendar.is_rain(next)
                || (first < calendar.today && next >= calendar.today)
            {
                break;
            }
            (last, days) = (next, days + 1);
        }
        (last, days)
    }
}

/// Days from a winter's day to the first of April.
fn first_season_day(today: NaiveDate) -> i64 {
    (0..130).find(|ahead| in_season(plus(today, *ahead))).unwrap_or_default()
}
