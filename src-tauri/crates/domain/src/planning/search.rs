//! Finding the places: one job after the other, each with those that have to follow it, and back again where that
//! does not work out.

use std::cmp::Reverse;
use std::collections::BTreeMap;
use std::rc::Rc;

use chrono::{DateTime, NaiveDate, Utc};
use uuid::Uuid;

use super::board::{self, Board, after};
use super::input::Strategy;
use super::order::Link;
use super::output::{NoPlace, Obstacle, Slot};
use super::places::{self, Candidate};
use crate::working_time::Interval;

/// So many places are looked at for one job and those that follow it; then it has none. Only long chains of jobs on a
/// full board ever come near.
const PATIENCE: u32 = 3_000;

/// So many jobs are put one behind the other to follow one that moves: each is a step deeper, and the thread a plan is made
/// on has no room for thousands.
const DEEPEST: u32 = 200;

/// Not one of the jobs.
const OUTSIDE: usize = usize::MAX;

struct Placement {
    slot: Slot,
    claims: Vec<(usize, Interval)>,
}

pub(super) struct Search<'b, 'a> {
    board: &'b Board<'a>,
    days: BTreeMap<NaiveDate, i64>,
    /// Where each job is; none while it is lifted off the board, and for jobs that hold nothing.
    at: Vec<Option<Rc<Placement>>>,
    /// What takes each person, machine and crew, and by which job.
    busy: Vec<Vec<(Interval, usize)>>,
    /// Jobs without a place: they stay where they are.
    stuck: Vec<bool>,
    /// Jobs that have to move.
    wanting: Vec<bool>,
    /// The day each would like best, and before when it may not start.
    wanted: Vec<(NaiveDate, Option<DateTime<Utc>>)>,
    /// Jobs being placed right now, whose followers are being placed.
    in_hand: Vec<bool>,
    /// Where moved jobs were before, to go back.
    trail: Vec<(usize, Option<Rc<Placement>>)>,
    patience: u32,
    /// How many are in hand, each because of the one before it.
    depth: u32,
    failed: BTreeMap<usize, NoPlace>,
}

impl<'b, 'a> Search<'b, 'a> {
    pub(super) fn new(board: &'b Board<'a>, stuck: &BTreeMap<usize, NoPlace>) -> Self {
        let count = board.tasks.len();
        let mut search = Self {
            board,
            days: board::days(board),
            at: vec![None; count],
            busy: vec![Vec::new(); board.holders.len()],
            stuck: (0..count).map(|number| stuck.contains_key(&number)).collect(),
            wanting: vec![false; count],
            wanted: Vec::with_capacity(count),
            in_hand: vec![false; count],
            trail: Vec::new(),
            patience: 0,
            depth: 0,
            failed: BTreeMap::new(),
        };
        for (holder, during, _) in &board.outside {
            search.busy[*holder].push((*during, OUTSIDE));
        }
        for (number, task) in board.tasks.iter().enumerate() {
            search.wanted.push(match board.request.strategy {
                Strategy::BestFit => (task.first_day, None),
                Strategy::PullNothingForward => (task.first_day, Some(task.job.start)),
                Strategy::PushAll { working_days } => {
                    let day = places::pushed(board, task, working_days).unwrap_or(task.first_day);
                    (day, Some(board.dry.day(day).start.max(task.job.start)))
                }
            });
            if task.holds() {
                let slot = task.slot.clone();
                let claims = board.claims(task, &slot);
                search.put(number, Rc::new(Placement { slot, claims }));
            }
        }
        search.trail.clear();
        search
    }

    /// Where the job is in the end.
    pub(super) fn slot(&self, number: usize) -> Option<&Slot> {
        self.at[number].as_ref().map(|placement| &placement.slot)
    }

    /// Whether the job had to move by itself.
    pub(super) fn wants(&self, number: usize) -> bool {
        self.wanting[number]
    }

    /// Places everything that has to move, and returns what found no place.
    pub(super) fn run(&mut self) -> BTreeMap<usize, NoPlace> {
        let board = self.board;
        let push = matches!(board.request.strategy, Strategy::PushAll { .. });
        let pushed_from = board.dry.day(board.first_day).start;
        let mut order: Vec<usize> = (0..board.tasks.len())
            .filter(|number| {
                let task = &board.tasks[*number];
                let pushed = push && task.job.start >= pushed_from && task.job.start < board.open.end;
                task.is_movable() && !self.stuck[*number] && (task.hit || pushed)
            })
            .collect();
        order.sort_by_key(|number| {
            let job = board.tasks[*number].job;
            (Reverse(job.priority), job.start, job.id)
        });
        for number in &order {
            self.wanting[*number] = true;
            self.lift(*number);
        }
        if push {
            // Everything at its pushed place at once: what moves together seldom meets.
            for number in &order {
                self.put_where_pushed(*number);
            }
        }
        for number in order {
            self.attempt(number);
            self.trail.clear();
        }
        std::mem::take(&mut self.failed)
    }

    fn put_where_pushed(&mut self, number: usize) {
        let task = &self.board.tasks[number];
        let (day, not_before) = self.wanted[number];
        let Some(during) = self.board.memory.same_time(self.board, number, day) else { return };
        if not_before.is_some_and(|earliest| during.start < earliest) {
            return;
        }
        let candidate = Candidate { during, squeezed: false };
        if let Ok(placement) = self.fits(number, candidate, &task.slot.crews)
            && self.left_behind(number, &placement.slot).is_empty()
        {
            self.put(number, placement);
        }
    }

    /// Finds a place for a job that has none, and for those it waits for before it, however many wait for each other.
    fn attempt(&mut self, number: usize) {
        let board = self.board;
        // Each with how many of its links were seen to.
        let mut waiting = vec![(number, 0)];
        while let Some((number, seen)) = waiting.pop() {
            if seen == 0 {
                if self.at[number].is_some() || self.failed.contains_key(&number) || self.in_hand[number] {
                    continue;
                }
                self.in_hand[number] = true;
            }
            let mut links = board.order.before[number].iter().enumerate().skip(seen);
            if let Some((at, link)) = links.find(|(_, link)| self.wanting[link.before]) {
                waiting.push((number, at + 1));
                waiting.push((link.before, 0));
            } else {
                self.in_hand[number] = false;
                self.attempt_alone(number);
            }
        }
    }

    fn attempt_alone(&mut self, number: usize) {
        let nowhere = |before: usize| self.failed.contains_key(&before) || self.stuck[before];
        let waits_for = self.board.order.before[number].iter().find(|link| {
            // One that was not hit is fine where it is, also when it could not be pushed.
            nowhere(link.before) && self.board.tasks[link.before].hit
        });
        if let Some(link) = waits_for {
            self.failed.insert(number, NoPlace::WaitsForUnplaced { job: self.board.tasks[link.before].job.id });
            return;
        }
        self.patience = PATIENCE;
        let mut blame = BTreeMap::new();
        if !self.place(number, &mut blame) {
            let worst = blame.into_iter().max_by_key(|(obstacle, count)| (*count, Reverse(*obstacle)));
            let reason = match worst {
                Some((obstacle, _)) => NoPlace::NoRoom { obstacle },
                None => NoPlace::NoWorkingDays,
            };
            self.failed.insert(number, reason);
        }
    }

    /// Puts a lifted job at its best place, together with what has to follow it. False, and nothing changed, where
    /// there is none.
    fn place(&mut self, number: usize, blame: &mut BTreeMap<Obstacle, u32>) -> bool {
        let board = self.board;
        let task = &board.tasks[number];
        let (wanted, not_before) = self.wanted[number];
        let groups = places::days_by_distance(&self.days, board, wanted);
        let one_day = task.shape.is_some_and(|shape| shape.days == 1);
        for crews in board.crew_choices(&task.slot) {
            for group in &groups {
                let mut with_followers = Vec::new();
                for during in group.iter().filter_map(|day| board.memory.same_time(board, number, *day)) {
                    let others = || {
                        let times = if one_day {
                            places::other_times(board, task, &crews, during, &self.busy)
                        } else {
                            Vec::new()
                        };
                        times.into_iter().map(|during| Candidate { during, squeezed: true })
                    };
                    let usual = Candidate { during, squeezed: false };
                    for candidate in std::iter::once(usual).chain(std::iter::once_with(others).flatten()) {
                        if not_before.is_some_and(|earliest| candidate.during.start < earliest) {
                            continue;
                        }
                        if self.patience == 0 {
                            return false;
                        }
                        self.patience -= 1;
                        match self.fits(number, candidate, &crews) {
                            Err(obstacle) => *blame.entry(obstacle).or_default() += 1,
                            Ok(placement) if self.left_behind(number, &placement.slot).is_empty() => {
                                self.put(number, placement);
                                return true;
                            }
                            Ok(placement) => with_followers.push(placement),
                        }
                    }
                }
                for placement in with_followers {
                    match self.put_with_followers(number, placement) {
                        Ok(()) => return true,
                        Err(obstacle) => *blame.entry(obstacle).or_default() += 1,
                    }
                }
            }
        }
        false
    }

    fn put_with_followers(&mut self, number: usize, placement: Rc<Placement>) -> Result<(), Obstacle> {
        let followers = self.left_behind(number, &placement.slot);
        if self.depth == DEEPEST
            && let Some(follower) = followers.first()
        {
            return Err(Obstacle::Order { job: self.board.tasks[*follower].job.id });
        }
        let mark = self.trail.len();
        self.depth += 1;
        self.in_hand[number] = true;
        self.put(number, placement);
        let mut stopped = None;
        for follower in followers {
            // A follower of two may have been moved along with the first.
            self.lift(follower);
            if !self.place(follower, &mut BTreeMap::new()) {
                stopped = Some(Obstacle::Order { job: self.board.tasks[follower].job.id });
                break;
            }
        }
        self.in_hand[number] = false;
        self.depth -= 1;
        match stopped {
            None => Ok(()),
            Some(obstacle) => {
                self.back_to(mark);
                Err(obstacle)
            }
        }
    }

    /// Which jobs would start too early if the job were there.
    fn left_behind(&self, number: usize, slot: &Slot) -> Vec<usize> {
        let links = &self.board.order.after[number];
        let late =
            links.iter().filter(|link| self.slot(link.after).is_some_and(|next| !self.keeps_order(link, slot, next)));
        late.map(|link| link.after).collect()
    }

    /// Whether the pause of the link is kept. An order that was broken before, by two jobs that stay where they were,
    /// is nothing to move anybody for.
    fn keeps_order(&self, link: &Link, before: &Slot, next: &Slot) -> bool {
        let as_it_was = || (before, next) == (&self.board.tasks[link.before].slot, &self.board.tasks[link.after].slot);
        after(before.end, link.lag) <= next.start || as_it_was()
    }

    fn fits(&self, number: usize, candidate: Candidate, crews: &[Uuid]) -> Result<Rc<Placement>, Obstacle> {
        let board = self.board;
        let task = &board.tasks[number];
        let during = candidate.during;
        if during.start < board.open.start || board.open.end < during.end {
            return Err(Obstacle::OutOfHorizon);
        }
        let slot = Slot { start: during.start, end: during.end, crews: crews.to_vec() };
        let order = |other: usize| Obstacle::Order { job: board.tasks[other].job.id };
        for link in &board.order.before[number] {
            if self.slot(link.before).is_some_and(|before| !self.keeps_order(link, before, &slot)) {
                return Err(order(link.before));
            }
        }
        for link in &board.order.after[number] {
            let stays = !board.tasks[link.after].is_movable() || self.stuck[link.after] || self.in_hand[link.after];
            if stays && self.slot(link.after).is_some_and(|next| !self.keeps_order(link, &slot, next)) {
                return Err(order(link.after));
            }
        }
        let laid = board.memory.laid(board, number, during).ok_or(Obstacle::Closed)?;
        // What would have to move away to follow does not stand in the way.
        let makes_room = self.left_behind(number, &slot);
        let room = if candidate.squeezed { places::turnaround(board) } else { chrono::TimeDelta::zero() };
        let mut claims = Vec::new();
        for claimed in &laid.claimed {
            let wide = Interval::new(claimed.during.start - room, claimed.during.end + room);
            for holder in board.takes(task, crews, claimed.day) {
                let mut taken = self.busy[holder].iter().filter(|(taken, _)| taken.overlaps(&wide));
                if taken.any(|(_, by)| *by != number && !makes_room.contains(by)) {
                    return Err(Obstacle::Busy { resource: board.holders[holder].what });
                }
                claims.push((holder, claimed.during));
            }
        }
        if let Some((holder, _)) = board.away(task, crews, &laid.work) {
            return Err(Obstacle::Away { resource: board.holders[holder].what });
        }
        Ok(Rc::new(Placement { slot, claims }))
    }

    fn put(&mut self, number: usize, placement: Rc<Placement>) {
        self.set(number, Some(placement));
    }

    fn lift(&mut self, number: usize) {
        self.set(number, None);
    }

    fn set(&mut self, number: usize, to: Option<Rc<Placement>>) {
        let from = self.exchange(number, to);
        self.trail.push((number, from));
    }

    fn back_to(&mut self, mark: usize) {
        while self.trail.len() > mark {
            if let Some((number, before)) = self.trail.pop() {
                self.exchange(number, before);
            }
        }
    }

    fn exchange(&mut self, number: usize, to: Option<Rc<Placement>>) -> Option<Rc<Placement>> {
        let from = std::mem::replace(&mut self.at[number], to);
        for (holder, _) in from.iter().flat_map(|placement| &placement.claims) {
            self.busy[*holder].retain(|(_, by)| *by != number);
        }
        let claims = self.at[number].iter().flat_map(|placement| &placement.claims);
        for (holder, during) in claims {
            self.busy[*holder].push((*during, number));
        }
        from
    }
}
