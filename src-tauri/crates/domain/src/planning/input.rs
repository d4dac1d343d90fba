//! What the planner is told.

use std::collections::BTreeMap;

use chrono::{DateTime, NaiveDate, Utc};
use serde::{Deserialize, Serialize};
use uuid::Uuid;

use crate::job_status::Status;
use crate::working_time::{Calendar, Interval};

/// The horizon of a request that does not say otherwise, in days.
pub const USUAL_HORIZON: u32 = 21;
/// The longest horizon, in days.
pub const LONGEST_HORIZON: u32 = 90;
/// The furthest everything can be pushed, in working days.
pub const FURTHEST_PUSH: u32 = 30;

/// Everything a plan depends on. Lists may come in any order: the plan is the same. Of two jobs with the same id the
/// one that starts first counts.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Request {
    /// Zone, working days and hours, and what closes the whole office. The rain of this request belongs into `rain`.
    pub calendar: Calendar,
    /// No job is put before this instant: now, or tomorrow morning.
    pub not_before: DateTime<Utc>,
    /// The stretches lost to rain: whole days, or from noon until midnight.
    pub rain: Vec<Interval>,
    /// Days recorded as rain before, of the whole office: nobody puts what depends on the weather there. They displace
    /// nothing by themselves; that is what `rain` is for.
    pub recorded_rain: Vec<Interval>,
    /// Days, from the first rained-out day on, in which a job may be put; from 1 to [`LONGEST_HORIZON`].
    pub horizon_days: u32,
    /// How to plan.
    pub strategy: Strategy,
    /// Whether a job may go to another crew when its own has no room in the whole horizon.
    pub may_change_crew: bool,
    /// Crews that can stand in for each other. A crew may be in several groups.
    pub substitutes: Vec<Vec<Uuid>>,
    /// Minutes between two jobs of the same day, when one is put behind the other (driving, setting up); up to 480.
    pub turnaround_minutes: u32,
    /// Every job that reaches into [`Request::reach`], whatever its status, and those they follow.
    pub jobs: Vec<Job>,
    /// What else holds people and machines in that time.
    pub occupied: Vec<Occupied>,
    /// The crews and who is in them.
    pub crews: Vec<Crew>,
    /// When people and machines cannot be had.
    pub blocked: Vec<Blocked>,
    /// What to call jobs, crews, people and machines in sentences. Whatever stands here is data: it is shortened, and
    /// what has no name is called "a job" and the like.
    pub names: BTreeMap<Uuid, String>,
}

/// How to plan.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Strategy {
    /// Each job that was hit goes to the nearest working day with room, earlier days included; of two days equally
    /// near, the later, since a customer's lot is not empty before it was meant to be.
    BestFit,
    /// Every movable job that starts on or after the first rained-out day, or was hit, moves by so many working days,
    /// and further where there is no room.
    PushAll {
        /// From 0 to [`FURTHEST_PUSH`].
        working_days: u32,
    },
    /// As the best fit, but no job starts earlier than it did.
    PullNothingForward,
}

/// A job as it stands.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Job {
    /// Its id.
    pub id: Uuid,
    /// When it starts.
    pub start: DateTime<Utc>,
    /// When it ends.
    pub end: DateTime<Utc>,
    /// Where it stands. Only what is scheduled or rescheduled can be moved.
    pub status: Status,
    /// Whether rain stops it.
    pub weather_dependent: bool,
    /// From 1 to 5, the most urgent.
    pub priority: u8,
    /// The office said: do not touch.
    pub pinned: bool,
    /// Its contract: the jobs of one keep their order.
    pub contract: Option<Uuid>,
    /// The crews on it.
    pub crews: Vec<Uuid>,
    /// People on it by themselves.
    pub people: Vec<Uuid>,
    /// Its machines.
    pub machines: Vec<Uuid>,
    /// The job it has to wait for, whatever their contracts.
    pub follows: Option<Follows>,
}

/// One job after another, with a pause between them: striping 24 hours after the seal coat.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
pub struct Follows {
    /// The one to wait for. One that is not in the request, completed or canceled is not waited for.
    pub job: Uuid,
    /// Hours from its end to the start of this, up to 10,000.
    pub lag_hours: u32,
}

/// A person, a machine, or a crew as a whole.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
pub struct Resource {
    /// Which of them.
    pub kind: ResourceKind,
    /// Its id.
    pub id: Uuid,
}

/// What can be on one job at a time only.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum ResourceKind {
    /// A crew as a whole: also one whose members nobody wrote down is on one job at a time.
    Crew,
    /// A crew member.
    Person,
    /// A machine.
    Machine,
}

/// Time of a person or machine that is taken by something that is not among the jobs.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize)]
pub struct Occupied {
    /// Who or what.
    pub resource: Resource,
    /// When.
    pub during: Interval,
    /// The job that takes it. Where that is among the jobs, the job itself counts and this does not.
    pub job: Uuid,
}

/// A crew and its members.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Crew {
    /// Its id.
    pub id: Uuid,
    /// Who is in it when.
    pub members: Vec<Membership>,
}

/// Somebody's days in a crew.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize)]
pub struct Membership {
    /// The person.
    pub person: Uuid,
    /// The first day; none: always was.
    pub from: Option<NaiveDate>,
    /// The day after the last; none: still is.
    pub until: Option<NaiveDate>,
}

impl Membership {
    /// Whether it holds on that day.
    #[must_use]
    pub fn holds(&self, day: NaiveDate) -> bool {
        self.from.is_none_or(|from| from <= day) && self.until.is_none_or(|until| day < until)
    }
}

/// Time in which a person or machine cannot be had.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize)]
pub struct Blocked {
    /// Who or what.
    pub resource: Resource,
    /// When.
    pub during: Interval,
    /// Why.
    pub kind: BlockKind,
}

/// Why somebody or something cannot be had.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum BlockKind {
    /// Leave, a sick day. A member of the crew whose very absence covers the job's old time as well does not hold it
    /// up: it was to be done without them.
    TimeOff,
    /// In the shop.
    Maintenance,
    /// On leave nobody knows the end of, not with the company any more, retired. A crew goes on without such a member;
    /// whoever is named for a job by themselves is needed.
    Gone,
    /// Hours the person does not work in an ordinary week. A job may go so many minutes a day into them as it did
    /// before.
    Weekly,
}
