//! What the planner answers.

use chrono::{DateTime, Utc};
use serde::{Deserialize, Serialize};
use uuid::Uuid;

use super::input::Resource;

/// A proposal. A person may edit `moves` by hand and have it checked.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct Plan {
    /// What moves where, in the order of the new starts.
    pub moves: Vec<Move>,
    /// What found no place and stays where it is, rained out or not, until a person decides.
    pub unplaced: Vec<Unplaced>,
    /// What was hit and may not be moved without a call.
    pub needs_call: Vec<NeedsCall>,
    /// Jobs whose date changes: whose customers must be told, in the order of the moves.
    pub tell: Vec<Uuid>,
    /// The plan in figures.
    pub summary: Summary,
}

/// When and by whom.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize)]
pub struct Slot {
    /// When it starts.
    pub start: DateTime<Utc>,
    /// When it ends.
    pub end: DateTime<Utc>,
    /// Its crews, in the order of their ids.
    pub crews: Vec<Uuid>,
}

/// One job, from where to where.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Move {
    /// The job.
    pub job: Uuid,
    /// Where it stands now.
    pub from: Slot,
    /// Where it goes.
    pub to: Slot,
    /// Why it moves.
    pub why: Why,
    /// The same for a person.
    pub sentence: String,
    /// Days by which it ends later, by the office's calendar; negative when earlier.
    pub days_later: i64,
    /// Whether its date or time changes, so that the customer must be told.
    pub tell_customer: bool,
}

/// Why a job moves.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case", tag = "kind")]
pub enum Why {
    /// It was to be done in the rain.
    RainedOut,
    /// The job it waits for moved.
    Follows {
        /// That job.
        job: Uuid,
    },
    /// Everything is pushed.
    Pushed {
        /// By so many working days, or more where there was no room.
        working_days: u32,
    },
    /// A person put it there.
    ByHand,
}

/// A job without a new place. It keeps its old one, and what it holds there.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Unplaced {
    /// The job.
    pub job: Uuid,
    /// Where it stands.
    pub from: Slot,
    /// Whether rain hit it; else it only could not follow or be pushed.
    pub hit: bool,
    /// Why there is no place.
    pub reason: NoPlace,
    /// The same for a person.
    pub sentence: String,
}

/// Why there is no place for a job.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case", tag = "kind")]
pub enum NoPlace {
    /// Nothing was free; what stood in the way most often.
    NoRoom {
        /// What that was.
        obstacle: Obstacle,
    },
    /// The job it waits for has no place.
    WaitsForUnplaced {
        /// That job.
        job: Uuid,
    },
    /// There is no working day left in the horizon, or it takes more of them than there are.
    NoWorkingDays,
}

/// What stands in the way of a job at a time.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(rename_all = "snake_case", tag = "kind")]
pub enum Obstacle {
    /// Before now, or after the horizon.
    OutOfHorizon,
    /// Rain, a holiday, or not enough open days.
    Closed,
    /// Somebody or something is on another job.
    Busy {
        /// Who or what.
        resource: Resource,
    },
    /// Somebody or something cannot be had.
    Away {
        /// Who or what.
        resource: Resource,
    },
    /// The order of the contract: it would not be done in time for this job, which cannot move away, or not wait for it.
    Order {
        /// The other job.
        job: Uuid,
    },
}

/// A job that was hit and may not be moved by a plan.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct NeedsCall {
    /// The job.
    pub job: Uuid,
    /// Where it stands.
    pub from: Slot,
    /// Why it may not be moved.
    pub fixed: Fixed,
    /// What to do, for a person.
    pub sentence: String,
}

/// Why a job is not moved.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Fixed {
    /// The crew is at it.
    InProgress,
    /// The customer said yes to its date.
    Confirmed,
    /// It is done.
    Completed,
    /// It is called off.
    Canceled,
    /// The office said: do not touch.
    Pinned,
    /// It does not end after it starts; somebody has to put that right first.
    BadTimes,
}

/// The plan in figures.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct Summary {
    /// Jobs that rain hit, fixed ones included.
    pub hit: usize,
    /// Jobs that move.
    pub moved: usize,
    /// Jobs neither over nor called off that stay, those without a place and those that need a call not counted.
    pub kept: usize,
    /// Jobs without a place.
    pub unplaced: usize,
    /// Jobs that need a call.
    pub needs_call: usize,
    /// Moves that go to another crew.
    pub other_crew: usize,
    /// The days all moved jobs end later, added up; what ends earlier does not make up for it.
    pub days_of_delay: i64,
}
