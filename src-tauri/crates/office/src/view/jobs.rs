//! One job: editing it, its history, and what other programs entered.

use chrono::{DateTime, Utc};
use serde::{Deserialize, Serialize};
use specta::Type;
use uuid::Uuid;

use super::{FieldChange, ResourceKind, ScheduleJob};

/// Somebody or something on a job, as its columns name it.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, Type)]
pub struct ResourceWord {
    /// None: nobody here knows it.
    pub kind: Option<ResourceKind>,
    /// Which.
    pub id: Option<Uuid>,
    /// Its name; for an unknown one what is written.
    pub name: String,
    /// Its place in the column, from 1; none: added now. What keeps its place is kept as it was written.
    pub item: Option<u32>,
    /// More than one has this name.
    pub ambiguous: bool,
}

/// Everything of a job that is edited.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, Type)]
pub struct JobInput {
    /// `contracts.id`
    pub contract_id: Option<Uuid>,
    /// From.
    pub start: DateTime<Utc>,
    /// Until.
    pub end: DateTime<Utc>,
    /// `scheduled`, …
    pub status: String,
    /// Crews and people.
    pub crew: Vec<ResourceWord>,
    /// Machines.
    pub machines: Vec<ResourceWord>,
    /// Where.
    pub address: String,
    /// For the crew.
    pub instructions: Option<String>,
    /// Hours of work, decimal text; more than 0, at most 99,999.99.
    pub duration_hours: Option<String>,
    /// Cannot be done in the rain.
    pub weather_dependent: bool,
    /// 1–5; 5 is the most urgent.
    pub priority: i32,
    /// No plan moves it.
    pub pinned: bool,
    /// The job it waits for.
    pub follows_job_id: Option<Uuid>,
    /// Hours between the end of that and the start of this, decimal text.
    pub follows_after_hours: String,
}

/// A contract to choose.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, Type)]
pub struct ContractChoice {
    /// `contracts.id`
    pub id: Uuid,
    /// The client.
    pub customer: String,
    /// Their number.
    pub phone: Option<String>,
    /// `residential`, …
    pub service_type: String,
    /// Where.
    pub address: String,
    /// `pending`, `approved`, …
    pub status: String,
}

/// Another job of the same contract.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, Type)]
pub struct RelatedJob {
    /// `job_schedules.id`
    pub id: Uuid,
    /// From.
    pub start: DateTime<Utc>,
    /// Until.
    pub end: DateTime<Utc>,
    /// Its status.
    pub status: String,
    /// Beginning of its instructions.
    pub instructions: Option<String>,
}

/// A status that may follow.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, Type)]
pub struct StatusChoice {
    /// `confirmed`, …
    pub status: String,
    /// As a person says it.
    pub label: String,
    /// A reason has to be given.
    pub needs_reason: bool,
}

/// A job in the editor.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, Type)]
pub struct JobEdit {
    /// None: a new one.
    pub id: Option<Uuid>,
    /// To be given back.
    pub version: i32,
    /// What is edited.
    pub input: JobInput,
    /// Its contract.
    pub contract: Option<ContractChoice>,
    /// Other jobs of the contract, in order of start, 20 at most.
    pub related: Vec<RelatedJob>,
    /// Where its status may go from here; not the status it has.
    pub may_become: Vec<StatusChoice>,
    /// The office's time zone (IANA).
    pub zone: String,
    /// Who entered it.
    pub source: String,
    /// Its event in Calendly.
    pub calendly_event_uri: Option<String>,
    /// When it was entered; none: a new one.
    pub created_at: Option<DateTime<Utc>>,
    /// When it was last changed.
    pub updated_at: Option<DateTime<Utc>>,
}

/// What a new job begins with.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize, Type)]
pub struct JobSeed {
    /// For this contract.
    pub contract_id: Option<Uuid>,
    /// As a copy of this job: everything but its status, its times and its event.
    pub copy_of: Option<Uuid>,
    /// From.
    pub start: Option<DateTime<Utc>>,
    /// Until.
    pub end: Option<DateTime<Utc>>,
    /// On the row of this crew, person or machine.
    pub resource: Option<ResourceRef>,
}

/// A crew, a person or a machine.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize, Type)]
pub struct ResourceRef {
    /// What it is.
    pub kind: ResourceKind,
    /// Which.
    pub id: Uuid,
}

/// A crew, a person or a machine with its name.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, Type)]
pub struct ResourceName {
    /// What it is.
    pub kind: ResourceKind,
    /// Which.
    pub id: Uuid,
    /// Its name.
    pub name: String,
}

/// A place on the board that is tried out.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, Type)]
pub struct JobCheck {
    /// Which job; none: a new one.
    pub job_id: Option<Uuid>,
    /// From.
    pub start: DateTime<Utc>,
    /// Until.
    pub end: DateTime<Utc>,
    /// Where it goes to another row.
    pub reassign: Option<super::Reassign>,
    /// Instead of what is on it: these.
    pub words: Option<Vec<ResourceWord>>,
    /// Whether rain stops it; none: as it is, and a new one is stopped.
    pub weather_dependent: Option<bool>,
}

/// One line of a job's history, as a sentence.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, Type)]
pub struct HistoryLine {
    /// `schedule_changes.id`; for undoing it.
    pub id: Uuid,
    /// When.
    pub at: DateTime<Utc>,
    /// Name of the person, or what the program called itself.
    pub by: String,
    /// `manual_admin`, `calendly_webhook`, `mobile_app`, `api` or `system`.
    pub source: String,
    /// `scheduled`, `rescheduled`, `canceled`, `completed`, `crew_changed`, …
    pub change: String,
    /// "Moved from Tue, June 9, 6:00 am to Thu, June 11, 6:00 am", in the office's zone.
    pub sentence: String,
    /// Why.
    pub reason: Option<String>,
    /// What differs.
    pub fields: Vec<FieldChange>,
    /// It has a way back now.
    pub can_undo: bool,
    /// Why it has none.
    pub why_not: Option<String>,
}

/// A job of another program that nobody has looked at.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, Type)]
pub struct NewJob {
    /// The job.
    pub job: ScheduleJob,
    /// When it came in.
    pub created_at: DateTime<Utc>,
}

/// A cancellation and a new job that look like one move.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, Type)]
pub struct LikelyMove {
    /// The job that was canceled: it holds the history, the crew and the notes.
    pub canceled: ScheduleJob,
    /// When it was.
    pub canceled_at: DateTime<Utc>,
    /// The job that came instead.
    pub new: ScheduleJob,
}

/// A name on jobs that matches nobody, or more than one.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, Type)]
pub struct UnknownName {
    /// Among the machines, else among people and crews.
    pub machine: bool,
    /// What is written.
    pub written: String,
    /// More than one has this name.
    pub ambiguous: bool,
    /// Jobs from today on that name it.
    pub jobs: u32,
    /// Who it could be, the likeliest first; 5 at most.
    pub suggestions: Vec<ResourceName>,
}

/// What other programs did that somebody should look at.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, Type)]
pub struct Outside {
    /// Of the last 30 days, newest first; 100 at most.
    pub new_jobs: Vec<NewJob>,
    /// Newest first.
    pub moves: Vec<LikelyMove>,
    /// The most frequent first; 100 at most.
    pub unknown: Vec<UnknownName>,
}
