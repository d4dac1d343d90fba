//! Rain-out: the days, the plan, and the customers to tell.

use chrono::{DateTime, NaiveDate, Utc};
use serde::{Deserialize, Serialize};
use specta::Type;
use uuid::Uuid;

use super::{JobMove, ScheduleJob};

/// How a plan is made.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize, Type)]
#[serde(rename_all = "snake_case")]
pub enum PlanStrategy {
    /// The soonest free place for each, the most urgent first.
    BestFit,
    /// The same, but nothing ends up sooner than it was.
    NothingForward,
    /// Everything movable from the first day on, by a number of working days.
    PushAll,
}

/// Which days, and how.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, Type)]
pub struct RainRequest {
    /// In the office's zone; 1–14 days.
    pub days: Vec<NaiveDate>,
    /// From this time on the first day (`HH:MM`); none: all of it.
    pub from_time: Option<String>,
    /// How.
    pub strategy: PlanStrategy,
    /// Working days to push by, 1–20.
    pub push_days: u32,
    /// Another crew may take a job when its own has no room.
    pub other_crews: bool,
}

/// How a customer is told.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, Type)]
pub struct Contact {
    /// Their name.
    pub name: Option<String>,
    /// What they prefer: `email`, `sms`, `phone` or `mail`.
    pub method: String,
    /// Their number.
    pub phone: Option<String>,
    /// Their mail address.
    pub email: Option<String>,
}

/// A job and where the plan puts it.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, Type)]
pub struct PlannedMove {
    /// As it stands.
    pub job: ScheduleJob,
    /// It is rained out; otherwise it moves with another.
    pub hit: bool,
    /// Its new start; none: no place was found.
    pub start: Option<DateTime<Utc>>,
    /// Its new end.
    pub end: Option<DateTime<Utc>>,
    /// Its crews then.
    pub crews: Vec<Uuid>,
    /// One sentence: why there, why not at all.
    pub why: String,
    /// Working days later; below 0: sooner.
    pub days_later: i32,
    /// Who is to be told.
    pub tell: Contact,
}

/// A job in the rain that is not moved.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, Type)]
pub struct KeptJob {
    /// As it stands.
    pub job: ScheduleJob,
    /// One sentence: why it stays.
    pub why: String,
    /// Somebody should call about it.
    pub tell: Contact,
}

/// A proposed plan.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, Type)]
pub struct RainPlan {
    /// The database's clock.
    pub as_of: DateTime<Utc>,
    /// The office's time zone (IANA).
    pub zone: String,
    /// What moves, in order of the new start; what found no place last.
    pub moves: Vec<PlannedMove>,
    /// In the rain and not moved.
    pub kept: Vec<KeptJob>,
    /// Working days of delay in all.
    pub days_of_delay: u32,
}

/// What is wrong with a plan a person edited.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, Type)]
pub struct PlanProblem {
    /// With which job.
    pub job_id: Uuid,
    /// One sentence.
    pub text: String,
    /// It would be refused without an override; otherwise it is only a pity.
    pub refuses: bool,
}

/// A move of the plan, as a person agreed to it.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, Type)]
pub struct AgreedMove {
    /// Where it goes.
    pub job: JobMove,
    /// Its crews then; none: as they are.
    pub crews: Option<Vec<Uuid>>,
}

/// A plan to apply.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, Type)]
pub struct RainOut {
    /// The days are recorded as rain days.
    pub request: RainRequest,
    /// All of it, or nothing.
    pub moves: Vec<AgreedMove>,
    /// Why, for every job's history.
    pub reason: String,
    /// Going ahead over clashes, and why.
    pub override_reason: Option<String>,
}

/// A customer to tell.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, Type)]
pub struct CustomerMessage {
    /// `customer_messages.id`
    pub id: Uuid,
    /// To be given back.
    pub version: i32,
    /// The job it is about, as it stands now; none: gone.
    pub job: Option<ScheduleJob>,
    /// `email`, `sms` or `phone`.
    pub channel: String,
    /// Who.
    pub to_name: Option<String>,
    /// Where; none: nothing is known.
    pub to_address: Option<String>,
    /// One line, of mails.
    pub subject: Option<String>,
    /// The text; for a call what to say.
    pub body: String,
    /// `draft`, `queued`, `sent`, `done` or `dropped`.
    pub state: String,
    /// What they said.
    pub note: Option<String>,
    /// When it was written.
    pub created_at: DateTime<Utc>,
}

/// Which messages.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, Type)]
pub struct MessagesQuery {
    /// Of this change; none: of all.
    pub change_id: Option<Uuid>,
    /// Only drafts.
    pub open: bool,
}

/// What is saved of a message.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, Type)]
pub struct MessageInput {
    /// Which.
    pub id: Uuid,
    /// As it was seen.
    pub version: i32,
    /// `email`, `sms` or `phone`.
    pub channel: String,
    /// Where.
    pub to_address: Option<String>,
    /// One line.
    pub subject: Option<String>,
    /// The text.
    pub body: String,
    /// `draft`, `done` or `dropped`.
    pub state: String,
    /// What they said.
    pub note: Option<String>,
}
