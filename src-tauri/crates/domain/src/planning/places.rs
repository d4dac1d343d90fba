//! Where a job could be put, the best place first, before anybody looks at who is free.

use std::cell::RefCell;
use std::collections::{BTreeMap, HashMap};
use std::rc::Rc;

use chrono::{Datelike, NaiveDate, TimeDelta};
use uuid::Uuid;

use super::board::{Board, Task, quarter, worked};
use crate::working_time::{ClaimedDay, Interval, plus};

/// A place on the calendar.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) struct Candidate {
    pub(super) during: Interval,
    /// Whether it is put behind or before another job of the day, and needs time to get there.
    pub(super) squeezed: bool,
}

/// The days of the horizon in groups, the nearest to `wanted` first: in a group one later and one earlier day, which
/// are equally far, counted in working days.
pub(super) fn days_by_distance(
    days: &BTreeMap<NaiveDate, i64>,
    board: &Board<'_>,
    wanted: NaiveDate,
) -> Vec<Vec<NaiveDate>> {
    let Some((first, last)) = days.first_key_value().zip(days.last_key_value()) else { return Vec::new() };
    let ordinal = |day: NaiveDate| -> i64 {
        if let Some(ordinal) = days.get(&day) {
            return *ordinal;
        }
        // Beside the horizon every weekday counts: only the order matters.
        let (edge, at) = if day < *first.0 { first } else { last };
        at + day.signed_duration_since(*edge).num_days() * 5 / 7
    };
    let wanted_at = ordinal(wanted);
    let mut groups: BTreeMap<i64, Vec<NaiveDate>> = BTreeMap::new();
    for (day, at) in days.iter().filter(|(day, _)| board.dry.is_working_weekday(**day)) {
        // The wanted day itself may be none of the working days; those on both sides of it are one away.
        let distance = if *day == wanted { 0 } else { (at - wanted_at).abs().max(1) };
        groups.entry(distance).or_default().push(*day);
    }
    let mut groups: Vec<_> = groups.into_values().collect();
    for group in &mut groups {
        group.sort_by_key(|day| (*day < wanted, day.signed_duration_since(wanted).num_days().abs()));
    }
    groups
}

/// A place on the calendar that is open for the job.
pub(super) struct Laid {
    /// What it claims there, whoever does it.
    pub(super) claimed: Vec<ClaimedDay>,
    /// When it is worked on.
    pub(super) work: Vec<ClaimedDay>,
}

/// By job and something; none where it was found out that there is none.
type Known<Key, Value> = RefCell<HashMap<(usize, Key), Option<Value>>>;

/// What was worked out before and never changes: a search asks for the same places again and again.
#[derive(Default)]
pub(super) struct Memory {
    usual: Known<NaiveDate, Interval>,
    laid: Known<Interval, Rc<Laid>>,
}

impl Memory {
    /// The job on that day, at its own time on the clock; none where it has not enough open days from there on.
    pub(super) fn same_time(&self, board: &Board<'_>, number: usize, day: NaiveDate) -> Option<Interval> {
        let known = self.usual.borrow().get(&(number, day)).copied();
        known.unwrap_or_else(|| {
            let during = same_time(board, &board.tasks[number], day);
            self.usual.borrow_mut().insert((number, day), during);
            during
        })
    }

    /// The job at that time; none where that is closed for it, too short or outside its hours.
    pub(super) fn laid(&self, board: &Board<'_>, number: usize, during: Interval) -> Option<Rc<Laid>> {
        let known = self.laid.borrow().get(&(number, during)).cloned();
        known.unwrap_or_else(|| {
            let laid = laid(board, &board.tasks[number], during).map(Rc::new);
            self.laid.borrow_mut().insert((number, during), laid.clone());
            laid
        })
    }
}

fn laid(board: &Board<'_>, task: &Task<'_>, during: Interval) -> Option<Laid> {
    let calendar = board.calendar_of(task);
    let work = worked(calendar, during);
    let open = |part: &ClaimedDay| calendar.is_working_weekday(part.day) && calendar.is_open(part.during);
    let enough = task.shape.is_some_and(|shape| shape.days as usize == work.len());
    (enough && work.iter().all(open) && board.keeps_hours(task, during))
        .then(|| Laid { claimed: calendar.working_days_of(during), work })
}

/// The job on that day, at the same time on the clock; none where it has not enough open days from there on.
fn same_time(board: &Board<'_>, task: &Task<'_>, day: NaiveDate) -> Option<Interval> {
    let calendar = board.calendar_of(task);
    let shape = task.shape?;
    let hours = calendar.hours();
    let left = std::cell::Cell::new(shape.days.saturating_sub(1));
    // The last day only has to be open as long as the job lasts on it, the ones between for all the working hours.
    calendar.lay_where(shape, day, |day| {
        let until = if left.get() == 1 {
            day.and_time(chrono::NaiveTime::MIN).checked_add_signed(shape.ends)
        } else {
            Some(day.and_time(hours.until()))
        };
        let Some(until) = until else { return false };
        let part = Interval::new(calendar.instant(day.and_time(hours.from())), calendar.instant(until));
        let works = day.year() < 9_999 && calendar.is_working_weekday(day) && calendar.is_open(part);
        left.set(left.get().saturating_sub(u32::from(works)));
        works
    })
}

/// Other times of that day for a job of one day: when the office opens, and behind what is in the way; the nearest to
/// its own time first.
pub(super) fn other_times(
    board: &Board<'_>,
    task: &Task<'_>,
    crews: &[Uuid],
    usual: Interval,
    busy: &[Vec<(Interval, usize)>],
) -> Vec<Interval> {
    let day = board.dry.day_of(usual.start);
    let hours = board.dry.working_hours(day);
    let length = usual.end - usual.start;
    // Night work has no other times.
    if usual.start < hours.start || hours.end < usual.end {
        return Vec::new();
    }
    let turnaround = turnaround(board);
    let mut starts = vec![hours.start];
    for holder in board.takes(task, crews, day) {
        let on_jobs = busy[holder].iter().filter(|(taken, _)| hours.contains(taken.end));
        starts.extend(on_jobs.map(|(taken, _)| quarter(taken.end + turnaround)));
        let known = &board.holders[holder];
        let weekly = known.weekly.partition_point(|away| away.end <= hours.start);
        let weekly = known.weekly[weekly..].iter().take_while(|away| away.end < hours.end);
        let away = known.away.iter().map(|(away, _)| away).chain(weekly);
        starts.extend(away.filter(|away| hours.contains(away.end)).map(|away| quarter(away.end)));
    }
    let closures = board.calendar_of(task).closures();
    let first = closures.partition_point(|closed| closed.end <= hours.start);
    let closed = closures[first..].iter().take_while(|closed| closed.end < hours.end);
    starts.extend(closed.map(|closed| quarter(closed.end)));
    starts.retain(|start| *start != usual.start && hours.start <= *start && *start + length <= hours.end);
    starts.sort_unstable_by_key(|start| ((*start - usual.start).abs(), *start < usual.start, *start));
    starts.dedup();
    starts.into_iter().map(|start| Interval::new(start, start + length)).collect()
}

/// The time between two jobs of a day, when one is put beside the other.
pub(super) fn turnaround(board: &Board<'_>) -> TimeDelta {
    TimeDelta::minutes(i64::from(board.request.turnaround_minutes.min(480)))
}

/// Where "push everything" would put the job: the same, so many working days later.
pub(super) fn pushed(board: &Board<'_>, task: &Task<'_>, working_days: u32) -> Option<NaiveDate> {
    let count = i32::try_from(working_days.min(super::FURTHEST_PUSH)).ok()?;
    board.dry.working_day_from(task.first_day, count).or_else(|| Some(plus(task.first_day, i64::from(count))))
}
