//! Checking any plan, also one that a person edited, against every rule.

use std::collections::{BTreeMap, BTreeSet};

use serde::{Deserialize, Serialize};
use uuid::Uuid;

use super::board::{Board, Task, after, worked};
use super::input::{BlockKind, Request, Resource, Strategy};
use super::output::{Fixed, Move, Plan, Slot};
use super::words::Words;
use crate::working_time::{ClaimedDay, Interval};

/// A rule a plan breaks.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Violation {
    /// The job it is about.
    pub job: Uuid,
    /// Which rule.
    pub kind: ViolationKind,
    /// The other job, where there is one.
    pub other: Option<Uuid>,
    /// Who or what it is about, where there is one.
    pub resource: Option<Resource>,
    /// Whether the plan can be applied all the same.
    pub severity: Severity,
    /// What is wrong, for a person.
    pub sentence: String,
}

/// Whether a plan can be applied with it.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Severity {
    /// No: it would double book somebody, move what must stay, or lose a job.
    Stops,
    /// Yes, if the person means it.
    Warns,
}

/// The rules.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum ViolationKind {
    /// A move or a remark is about a job that is not there.
    UnknownJob,
    /// The plan says two things about one job.
    SaidTwice,
    /// The job is not any more where the plan found it.
    ChangedMeanwhile,
    /// A fixed job moves.
    MovesFixed,
    /// A job that was hit is neither moved nor named as one without a place.
    Forgotten,
    /// It would end before it starts.
    BadTimes,
    /// Somebody or something would be on two jobs.
    Clash,
    /// It starts before it may, or ends after the horizon.
    OutOfHorizon,
    /// It would be done in the rain.
    InRain,
    /// It would be done on a day off or a holiday.
    Closed,
    /// It would be done outside the working hours, at a time it was not done before.
    OutOfHours,
    /// It gets more or fewer working days than it had.
    LengthChanged,
    /// Somebody or something cannot be had.
    Away,
    /// It does not wait for the job before it.
    Order,
    /// Its crew changes without leave, or to one that cannot stand in.
    OtherCrew,
    /// It starts earlier, and nothing was to.
    PulledForward,
}

impl ViolationKind {
    const fn severity(self) -> Severity {
        match self {
            Self::UnknownJob
            | Self::SaidTwice
            | Self::ChangedMeanwhile
            | Self::MovesFixed
            | Self::Forgotten
            | Self::BadTimes
            | Self::Clash => Severity::Stops,
            Self::OutOfHorizon
            | Self::InRain
            | Self::Closed
            | Self::OutOfHours
            | Self::LengthChanged
            | Self::Away
            | Self::Order
            | Self::OtherCrew
            | Self::PulledForward => Severity::Warns,
        }
    }
}

/// Every rule the plan breaks, in the order of its moves; an empty list for what [`super::plan`] proposes. Clashes and
/// orders that were there before and have nothing to do with what moves are not the plan's fault and not listed.
#[must_use]
pub fn check(request: &Request, plan: &Plan) -> Vec<Violation> {
    let board = Board::new(request);
    let mut check = Check { words: Words::new(&board), board: &board, found: Vec::new() };
    let moved = check.said(plan);
    for (number, to) in &moved {
        check.one(&board.tasks[*number], to);
    }
    check.clashes(&moved);
    check.order(&moved);
    check.found
}

struct Check<'b, 'a> {
    board: &'b Board<'a>,
    words: Words<'b, 'a>,
    found: Vec<Violation>,
}

impl Check<'_, '_> {
    fn add(&mut self, job: Uuid, kind: ViolationKind, sentence: String) {
        self.found.push(Violation { job, kind, other: None, resource: None, severity: kind.severity(), sentence });
    }

    /// What the plan says, each job once; and whether it says something about all that were hit.
    fn said(&mut self, plan: &Plan) -> Vec<(usize, Slot)> {
        let mut moved = Vec::new();
        let mut seen = BTreeSet::new();
        for Move { job, from, to, .. } in &plan.moves {
            let Some(number) = self.known(*job) else { continue };
            let task = &self.board.tasks[number];
            let name = self.words.this_job(*job);
            if !seen.insert(number) {
                self.add(*job, ViolationKind::SaidTwice, format!("{name} is in the plan twice."));
                continue;
            }
            if sorted(from) != task.slot {
                let now = self.words.time(task.job.start);
                let sentence = format!("{name} was changed meanwhile and is now on {now}. Make the plan again.");
                self.add(*job, ViolationKind::ChangedMeanwhile, sentence);
            }
            moved.push((number, sorted(to)));
        }
        for unplaced in &plan.unplaced {
            if let Some(number) = self.known(unplaced.job)
                && !seen.insert(number)
            {
                let name = self.words.this_job(unplaced.job);
                let sentence = format!("{name} is in the plan twice: moved, and without a place.");
                self.add(unplaced.job, ViolationKind::SaidTwice, sentence);
            }
        }
        for (number, task) in self.board.tasks.iter().enumerate() {
            if task.hit && task.is_movable() && !seen.contains(&number) {
                let name = self.words.this_job(task.job.id);
                let sentence = format!("{name} is rained out, and the plan says nothing about it.");
                self.add(task.job.id, ViolationKind::Forgotten, sentence);
            }
        }
        moved
    }

    fn known(&mut self, job: Uuid) -> Option<usize> {
        let number = self.board.index.get(&job).copied();
        if number.is_none() {
            let name = self.words.this_job(job);
            self.add(job, ViolationKind::UnknownJob, format!("{name} is not on the schedule any more."));
        }
        number
    }

    /// What can be said about a job without looking at the others.
    fn one(&mut self, task: &Task<'_>, to: &Slot) {
        let (board, job) = (self.board, task.job.id);
        let name = self.words.this_job(job);
        let when = self.words.time(to.start);
        let during = Interval::new(to.start, to.end);
        if let Some(fixed) = task.fixed.filter(|fixed| *fixed != Fixed::BadTimes) {
            let why = match fixed {
                Fixed::InProgress => "the crew is already on it",
                Fixed::Confirmed => "the customer confirmed its date",
                Fixed::Completed => "it is completed",
                Fixed::Canceled => "it is canceled",
                Fixed::Pinned | Fixed::BadTimes => "it is pinned",
            };
            self.add(job, ViolationKind::MovesFixed, format!("{name} must stay where it is: {why}."));
        }
        if during.is_empty() {
            self.add(job, ViolationKind::BadTimes, format!("{name} would end before it starts."));
            return;
        }
        if to.start < board.open.start || board.open.end < to.end {
            let sentence = if to.start < board.open.start {
                format!("{name} would start on {when}, which is too early to get ready for.")
            } else {
                let last = self.words.day(board.open.end - chrono::TimeDelta::microseconds(1));
                format!("{name} would end after {last}, the last day of this plan.")
            };
            self.add(job, ViolationKind::OutOfHorizon, sentence);
        }
        if board.request.strategy == Strategy::PullNothingForward && to.start < task.job.start {
            let sentence = format!("{name} would start earlier than it did, on {when}.");
            self.add(job, ViolationKind::PulledForward, sentence);
        }
        if task.fixed != Some(Fixed::BadTimes) && !board.keeps_hours(task, during) {
            let sentence = format!("{name} would be done outside the working hours, starting {when}.");
            self.add(job, ViolationKind::OutOfHours, sentence);
        }
        self.work(task, to, &name);
        let allowed = board.crew_choices(&task.slot);
        if !allowed.contains(&to.crews) {
            let crews = self.words.crews(&to.crews);
            let sentence = if to.crews.is_empty() {
                format!("{name} would have no crew.")
            } else {
                format!("{name} would go to {crews}, which was not meant to stand in.")
            };
            self.add(job, ViolationKind::OtherCrew, sentence);
        }
    }

    fn work(&mut self, task: &Task<'_>, to: &Slot, name: &str) {
        let (board, job) = (self.board, task.job.id);
        let during = Interval::new(to.start, to.end);
        let calendar = board.calendar_of(task);
        let work = worked(calendar, during);
        let rains = |rain: &[Interval], part: &ClaimedDay| {
            task.job.weather_dependent && rain.iter().any(|rain| rain.overlaps(&part.during))
        };
        let wet = work.iter().find(|part| rains(&board.rain, part) || rains(&board.recorded, part));
        if let Some(part) = wet {
            let day = self.words.day(part.during.start);
            let sentence = if rains(&board.rain, part) {
                format!("{name} would be done in the rain on {day}.")
            } else {
                format!("{name} would be done on {day}, and rain is recorded for that day.")
            };
            self.add(job, ViolationKind::InRain, sentence);
        }
        let closed = work.iter().find(|part| {
            !calendar.is_working_weekday(part.day)
                || (!calendar.is_open(part.during) && wet.is_none_or(|wet| wet.day != part.day))
        });
        if let Some(part) = closed {
            let sentence =
                format!("{name} would be done on {}, when the office is closed.", self.words.day(part.during.start));
            self.add(job, ViolationKind::Closed, sentence);
        }
        if let Some(shape) = task.shape.filter(|shape| shape.days as usize != work.len()) {
            let sentence = format!("{name} would get {} working days instead of {}.", work.len(), shape.days);
            self.add(job, ViolationKind::LengthChanged, sentence);
        }
        if let Some((holder, kind)) = board.away(task, &to.crews, &work) {
            let resource = board.holders[holder].what;
            let who = self.words.resource(resource);
            let sentence = match kind {
                BlockKind::TimeOff => format!("{name}: {who} has time off then."),
                BlockKind::Maintenance => format!("{name}: {who} is in the shop then."),
                BlockKind::Gone => format!("{name}: {who} cannot be had until further notice."),
                BlockKind::Weekly => format!("{name}: {who} does not ordinarily work then."),
            };
            self.add(job, ViolationKind::Away, sentence);
            if let Some(last) = self.found.last_mut() {
                last.resource = Some(resource);
            }
        }
    }

    /// Who would be on two jobs, where at least one of them moves; each pair of jobs once.
    fn clashes(&mut self, moved: &[(usize, Slot)]) {
        let board = self.board;
        let new: BTreeMap<usize, &Slot> = moved.iter().map(|(number, to)| (*number, to)).collect();
        let mut busy: Vec<Vec<(Interval, Option<usize>, Uuid)>> = vec![Vec::new(); board.holders.len()];
        for (holder, during, by) in &board.outside {
            busy[*holder].push((*during, None, *by));
        }
        for (number, task) in board.tasks.iter().enumerate().filter(|(_, task)| task.job.status.is_open()) {
            let slot = new.get(&number).copied().unwrap_or(&task.slot);
            for (holder, during) in board.claims(task, slot) {
                busy[holder].push((during, Some(number), task.job.id));
            }
        }
        let mut told = BTreeSet::new();
        for (number, to) in moved {
            let job = board.tasks[*number].job;
            if !job.status.is_open() {
                continue;
            }
            // Crews come before people and people before machines: the crew says it for all its members.
            let mut claims = board.claims(&board.tasks[*number], to);
            claims.sort_by_key(|(holder, during)| (*holder, during.start));
            for (holder, during) in claims {
                for (taken, by, other) in &busy[holder] {
                    let met = *by != Some(*number) && taken.overlaps(&during);
                    if !met || !told.insert((job.id.min(*other), job.id.max(*other))) {
                        continue;
                    }
                    let resource = board.holders[holder].what;
                    let both = taken.intersection(&during).unwrap_or(during);
                    let sentence = format!(
                        "{} and {} would both have {} on {}.",
                        self.words.this_job(job.id),
                        self.words.job(*other),
                        self.words.resource(resource),
                        self.words.time(both.start)
                    );
                    self.add(job.id, ViolationKind::Clash, sentence);
                    if let Some(last) = self.found.last_mut() {
                        (last.other, last.resource) = (Some(*other), Some(resource));
                    }
                }
            }
        }
    }

    fn order(&mut self, moved: &[(usize, Slot)]) {
        let board = self.board;
        let new: BTreeMap<usize, &Slot> = moved.iter().map(|(number, to)| (*number, to)).collect();
        for link in &board.order.links {
            let (first, second) = (new.get(&link.before), new.get(&link.after));
            if first.is_none() && second.is_none() {
                continue;
            }
            let end = first.map_or(board.tasks[link.before].slot.end, |slot| slot.end);
            let start = second.map_or(board.tasks[link.after].slot.start, |slot| slot.start);
            if after(end, link.lag) <= start {
                continue;
            }
            let (first, second) = (board.tasks[link.before].job.id, board.tasks[link.after].job.id);
            let pause = match link.lag.num_hours() {
                0 => "after".to_owned(),
                1 => "an hour after".to_owned(),
                hours => format!("{hours} hours after"),
            };
            let sentence = format!(
                "{} has to start {pause} {} ends, on {}.",
                self.words.this_job(second),
                self.words.job(first),
                self.words.time(end)
            );
            self.add(second, ViolationKind::Order, sentence);
            if let Some(last) = self.found.last_mut() {
                last.other = Some(first);
            }
        }
    }
}

fn sorted(slot: &Slot) -> Slot {
    let mut slot = slot.clone();
    slot.crews.sort_unstable();
    slot.crews.dedup();
    slot
}
