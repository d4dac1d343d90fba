//! The rain-out planner: a proposal for the jobs that rain displaced, and a check of any proposal.
//!
//! # Which jobs move
//! A job is **hit** when it depends on the weather and somebody would work on it in the rain. It is **fixed**, and never
//! moved by a plan, when it is in progress, confirmed by the customer, pinned, completed or canceled (or its times make
//! no sense); a fixed job that is hit is returned as one that needs a call. Any other hit job moves. A job that was not
//! hit stays where it is, unless it has to follow a job that moved, or everything is pushed. A job that does not
//! depend on the weather is never hit, but follows and is pushed like any other.
//!
//! # Where to
//! In this order: the most urgent first, then what was to be done earliest, then the lower id; a job that others wait
//! for comes before them. Each goes to the nearest working day (see [`Strategy`]) with its own crew, at the same time
//! on the office's clock, or else within the working hours of that day behind what is in the way; only when its own
//! crew has no room in the whole horizon, and the request allows it, with a crew that can stand in. Among days equally
//! near, one that makes no other job move comes first. Jobs over several days keep their number of working days and
//! skip what is closed.
//!
//! # What is never broken
//! Nobody is in two places, counted per claimed day as the database counts; absences, maintenance, closures, working
//! days and hours are honored; jobs keep the order of their contract and the pause between them; no job is lost: one
//! without a place keeps its old one, and all it holds there, and is returned with the reason. The same request, its
//! lists in any order, gives the same plan.

mod board;
mod check;
mod input;
mod order;
mod output;
mod places;
mod search;
mod words;

use std::collections::BTreeMap;

use chrono::TimeDelta;

use board::{Board, Task};
use search::Search;
use words::Words;

pub use check::{Severity, Violation, ViolationKind, check};
pub use input::{
    BlockKind, Blocked, Crew, FURTHEST_PUSH, Follows, Job, LONGEST_HORIZON, Membership, Occupied, Request, Resource,
    ResourceKind, Strategy, USUAL_HORIZON,
};
pub use output::{Fixed, Move, NeedsCall, NoPlace, Obstacle, Plan, Slot, Summary, Unplaced, Why};

/// Proposes a plan.
#[must_use]
pub fn plan(request: &Request) -> Plan {
    let board = Board::new(request);
    let mut stuck: BTreeMap<usize, NoPlace> = BTreeMap::new();
    loop {
        // What found no place keeps its old one, and the others have to get along with that: so once more.
        let mut search = Search::new(&board, &stuck);
        let more = search.run();
        if more.is_empty() {
            return written(&board, &search, &stuck);
        }
        stuck.extend(more);
    }
}

fn written(board: &Board<'_>, search: &Search<'_, '_>, stuck: &BTreeMap<usize, NoPlace>) -> Plan {
    let words = Words::new(board);
    let mut plan = Plan::default();
    for (number, task) in board.tasks.iter().enumerate() {
        let Some(to) = search.slot(number).filter(|to| **to != task.slot) else { continue };
        let why = why(board, search, number);
        let day = |slot: &Slot| board.dry.day_of(slot.end - TimeDelta::microseconds(1));
        plan.moves.push(Move {
            job: task.job.id,
            from: task.slot.clone(),
            to: to.clone(),
            why,
            sentence: words.moved(task, to, why),
            days_later: day(to).signed_duration_since(day(&task.slot)).num_days(),
            tell_customer: (to.start, to.end) != (task.slot.start, task.slot.end),
        });
    }
    plan.moves.sort_by_key(|moved| (moved.to.start, moved.job));
    plan.tell = plan.moves.iter().filter(|moved| moved.tell_customer).map(|moved| moved.job).collect();

    let mut unplaced = stuck.clone();
    // What was not hit itself but waits for a job without a place.
    let mut ask: Vec<usize> = stuck.keys().copied().filter(|number| board.tasks[*number].hit).collect();
    while let Some(number) = ask.pop() {
        for link in &board.order.after[number] {
            let waits = &board.tasks[link.after];
            let stays = search.slot(link.after).is_none_or(|slot| *slot == waits.slot);
            if waits.is_movable() && stays && !unplaced.contains_key(&link.after) {
                unplaced.insert(link.after, NoPlace::WaitsForUnplaced { job: board.tasks[number].job.id });
                ask.push(link.after);
            }
        }
    }
    for (number, reason) in unplaced {
        let task = &board.tasks[number];
        let (job, from, hit) = (task.job.id, task.slot.clone(), task.hit);
        plan.unplaced.push(Unplaced { job, from, hit, reason, sentence: words.no_place(task, reason) });
    }
    let call = |task: &Task<'_>| {
        let fixed = task.fixed.filter(|_| task.hit)?;
        Some(NeedsCall { job: task.job.id, from: task.slot.clone(), fixed, sentence: words.needs_call(task, fixed) })
    };
    plan.needs_call = board.tasks.iter().filter_map(call).collect();
    plan.needs_call.sort_by_key(|call| (call.from.start, call.job));
    plan.unplaced.sort_by_key(|unplaced| (unplaced.from.start, unplaced.job));

    let open = board.tasks.iter().filter(|task| task.job.status.is_open()).count();
    plan.summary = Summary {
        hit: board.tasks.iter().filter(|task| task.hit).count(),
        moved: plan.moves.len(),
        kept: open - plan.moves.len() - plan.unplaced.len() - plan.needs_call.len(),
        unplaced: plan.unplaced.len(),
        needs_call: plan.needs_call.len(),
        other_crew: plan.moves.iter().filter(|moved| moved.from.crews != moved.to.crews).count(),
        days_of_delay: plan.moves.iter().map(|moved| moved.days_later.max(0)).sum(),
    };
    plan
}

fn why(board: &Board<'_>, search: &Search<'_, '_>, number: usize) -> Why {
    let task = &board.tasks[number];
    if let Strategy::PushAll { working_days } = board.request.strategy
        && search.wants(number)
    {
        return Why::Pushed { working_days };
    }
    // Whose new end came too late for its old start.
    let dragged_by = board.order.before[number].iter().find(|link| {
        let before = search.slot(link.before);
        before.is_some_and(|before| {
            board::after(before.end, link.lag) > task.slot.start && *before != board.tasks[link.before].slot
        })
    });
    match dragged_by {
        Some(link) if !task.hit => Why::Follows { job: board.tasks[link.before].job.id },
        _ => Why::RainedOut,
    }
}

#[cfg(test)]
mod tests;
