//! Stretches of time.

use chrono::{DateTime, TimeDelta, Utc};
use serde::{Deserialize, Serialize};

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
