//! What crosses to the window. Shapes for screens, made from rows at the edge; times are UTC instants, days are
//! the office's, money is exact decimal text.

use chrono::{DateTime, NaiveDate, Utc};
use serde::{Deserialize, Serialize};
use specta::Type;
use uuid::Uuid;

mod changes;
mod crew;
mod find;
mod inbox;
mod jobs;
mod people;
mod rain;
mod schedule;

pub use changes::{Change, ChangePage, ChangeRef, ChangesQuery, FieldChange, Undone, Written};
pub use crew::{
    Away, AwayEntry, Certificate, CertificateInput, CertificateLine, CertificateMarks, CertificateOverview,
    CertificateState, ClosedDays, ContactInput, CrewInput, CrewLine, CrewMove, CrewOutcome, CrewRecord, CrewSaved,
    DayHours, EmergencyContact, MachineInput, MachineLine, MachineRecord, Membership, MembershipInput,
    MissingCertificate, PersonInput, PersonLine, PersonRecord, ResourceJob, ResourceJobs, ResourceJobsQuery,
    RoleRequirement, Roster, TimeOffInput, UnreadableItem, WeekDay, WeeklyHours,
};
pub use find::{EstimateSaved, RecordSheet, SearchHit, SearchKind, SheetField, SheetItem, SheetSection, SheetValue};
pub use inbox::{AlertKind, Exported, InboxOrder, InboxPage, InboxQuery, InboxShow};
pub use jobs::{
    ContractChoice, HistoryLine, JobCheck, JobEdit, JobInput, JobSeed, LikelyMove, NewJob, Outside, RelatedJob,
    ResourceName, ResourceRef, ResourceWord, StatusChoice, UnknownName,
};
pub use people::{Company, CompanyInput, CompanySaved, ComputerSettings, Me, MeInput, MeSaved};
pub use rain::{
    AgreedMove, Contact, CustomerMessage, KeptJob, MessageInput, MessagesQuery, PlanProblem, PlanStrategy, PlannedMove,
    RainOut, RainPlan, RainRequest,
};
pub use schedule::{
    ClashPage, Consequences, CopyDays, CopyState, JobClash, JobFilter, JobGroup, JobGroupCount, JobLine, JobList,
    JobListQuery, JobMove, JobSort, JobVersion, OfficeHours, Reassign, ResourceKind, SavedView, Schedule, ScheduleCrew,
    ScheduleJob, ScheduleMachine, ScheduleOutcome, SchedulePerson, ScheduleQuery, TimeOff, UnscheduledPage,
    UnscheduledWork, Warning, WarningKind,
};

/// A record of the office.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize, Type)]
#[serde(rename_all = "snake_case")]
pub enum RecordKind {
    /// `estimates`
    Estimate,
    /// `job_schedules`
    Job,
    /// `contracts`
    Contract,
    /// `customers`
    Customer,
    /// `crews`
    Crew,
    /// `crew_members`: somebody of a crew.
    Person,
    /// `equipment`
    Machine,
    /// An alert that is about no record.
    Alert,
}

/// Which record.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize, Type)]
pub struct RecordRef {
    /// Its kind.
    pub kind: RecordKind,
    /// Its id.
    pub id: Uuid,
}

impl RecordKind {
    /// As the database writes it.
    #[must_use]
    pub fn as_str(self) -> &'static str {
        match self {
            Self::Estimate => "estimate",
            Self::Job => "job",
            Self::Contract => "contract",
            Self::Customer => "customer",
            Self::Crew => "crew",
            Self::Person => "person",
            Self::Machine => "machine",
            Self::Alert => "alert",
        }
    }
    /// What the database wrote, which another program may have written.
    #[must_use]
    pub fn read(text: &str) -> Option<Self> {
        serde_json::from_value(text.into()).ok()
    }
}

impl RecordRef {
    /// Reads the `about` of a notification's data, which another program may have written: anything else is none.
    #[must_use]
    pub fn from_data(data: Option<&serde_json::Value>) -> Option<Self> {
        let about = data?.get("about")?;
        Some(Self {
            kind: serde_json::from_value(about.get("kind")?.clone()).ok()?,
            id: about.get("id")?.as_str()?.parse().ok()?,
        })
    }
}

/// One dashboard notification.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, Type)]
pub struct Notification {
    /// `dashboard_notifications.id`
    pub id: Uuid,
    /// Name of the alert type.
    pub alert_type: String,
    /// One line.
    pub title: String,
    /// A sentence or two.
    pub message: String,
    /// 5 is the most urgent.
    pub priority: i32,
    /// Read, on whichever computer.
    pub is_read: bool,
    /// When it came in.
    pub created_at: DateTime<Utc>,
    /// When it is of no use any more.
    pub expires_at: Option<DateTime<Utc>>,
    /// What it is about.
    pub about: Option<RecordRef>,
}

/// The newest notifications of a person.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, Type)]
pub struct NotificationPage {
    /// Unread in all.
    pub unread: u32,
    /// Unread first, the most urgent and newest of them first.
    pub items: Vec<Notification>,
    /// There are more than shown.
    pub more: bool,
}

/// A job as lists show it.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, Type)]
pub struct JobCard {
    /// `job_schedules.id`
    pub id: Uuid,
    /// Client of the contract; none where the job has no contract.
    pub customer: Option<String>,
    /// Of the contract: `residential`, `commercial`, …
    pub service_type: Option<String>,
    /// Where.
    pub address: String,
    /// From.
    pub start: DateTime<Utc>,
    /// Until.
    pub end: DateTime<Utc>,
    /// `scheduled`, `confirmed`, `in_progress`, `completed`, `canceled` or `rescheduled`.
    pub status: String,
    /// 1–5; 5 is the most urgent.
    pub priority: i32,
    /// Cannot be done in the rain.
    pub weather_dependent: bool,
    /// Known people on it.
    pub people: u32,
    /// Known machines on it.
    pub machines: u32,
    /// Names on it that nobody here knows.
    pub unknown: u32,
    /// Its people and machines that are in two places at once.
    pub clashes: u32,
}

/// The jobs of one crew on one day.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, Type)]
pub struct CrewDay {
    /// None: jobs with people but no crew.
    pub crew_id: Option<Uuid>,
    /// The crew's name.
    pub crew_name: String,
    /// In order of start.
    pub jobs: Vec<JobCard>,
}

/// One day of Today.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, Type)]
pub struct TodayDay {
    /// In the office's zone.
    pub date: NaiveDate,
    /// Jobs of the day in all.
    pub job_count: u32,
    /// How many of them are listed.
    pub shown: u32,
    /// By crew name.
    pub crews: Vec<CrewDay>,
}

/// Two jobs that claim the same people or machines at the same time.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, Type)]
pub struct Clash {
    /// The job that came second.
    pub job: JobCard,
    /// Who is on both, by name.
    pub people: Vec<String>,
    /// What is on both, by name.
    pub machines: Vec<String>,
    /// The job that was there first.
    pub other_job_id: Uuid,
    /// Its client.
    pub other_customer: Option<String>,
    /// Its place.
    pub other_address: String,
    /// From.
    pub other_start: DateTime<Utc>,
    /// Until.
    pub other_end: DateTime<Utc>,
}

/// An estimate somebody waits for.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, Type)]
pub struct EstimateDue {
    /// `estimates.id`
    pub id: Uuid,
    /// Who asked.
    pub customer_name: String,
    /// `residential`, `commercial`, … or whatever the website wrote.
    pub service_type: String,
    /// Where.
    pub address: String,
    /// `pending`, …
    pub status: String,
    /// By when they were promised an answer.
    pub response_by: DateTime<Utc>,
    /// That time has passed.
    pub overdue: bool,
    /// Dollars; none: not priced yet.
    pub estimated_cost: Option<String>,
}

/// The Today screen. Lists hold 100 at most, counts are exact.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, Type)]
pub struct Today {
    /// The database's clock.
    pub as_of: DateTime<Utc>,
    /// The office's time zone (IANA).
    pub zone: String,
    /// The office's date.
    pub today: NaiveDate,
    /// The day after.
    pub tomorrow: NaiveDate,
    /// Today and tomorrow.
    pub days: Vec<TodayDay>,
    /// From today on.
    pub clashes: Vec<Clash>,
    /// All of them.
    pub clash_count: u32,
    /// Jobs of the next 14 days with nobody on them.
    pub unassigned: Vec<JobCard>,
    /// All of them.
    pub unassigned_count: u32,
    /// Pending, answer due within two days or overdue.
    pub estimates: Vec<EstimateDue>,
    /// All of them.
    pub estimate_count: u32,
    /// My unread notifications.
    pub alerts: Vec<Notification>,
    /// All of them.
    pub alert_count: u32,
}

/// One estimate.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, Type)]
#[expect(missing_docs, reason = "the columns of `estimates`, which the specification describes")]
pub struct EstimateDetail {
    pub id: Uuid,
    pub customer_name: String,
    pub email: Option<String>,
    pub phone: Option<String>,
    pub service_type: String,
    pub project_address: String,
    pub project_size: Option<String>,
    pub timeline: Option<String>,
    pub description: Option<String>,
    pub estimated_cost: Option<String>,
    pub status: String,
    pub response_by: Option<DateTime<Utc>>,
    pub notes: Option<String>,
    pub version: i32,
    pub created_at: DateTime<Utc>,
    pub updated_at: DateTime<Utc>,
}

/// A person or machine on a job.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, Type)]
pub struct Assigned {
    /// `person` or `machine`.
    pub kind: String,
    /// `crew_members.id` or `equipment.id`.
    pub id: Uuid,
    /// Its name.
    pub name: String,
    /// The crew through which they are on it.
    pub via_crew: Option<String>,
    /// `firm`, `overridden`, `conflict` or `released`.
    pub state: String,
    /// In conflict with this job.
    pub other_job_id: Option<Uuid>,
    /// Its place.
    pub other_address: Option<String>,
}

/// One line of a job's history.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, Type)]
pub struct JobChange {
    /// When.
    pub at: DateTime<Utc>,
    /// Who said they did it.
    pub by: String,
    /// From where: `manual_admin`, `calendly_webhook`, …
    pub source: String,
    /// What kind: `scheduled`, `rescheduled`, …
    pub change: String,
    /// Why.
    pub reason: Option<String>,
}

/// One job.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, Type)]
pub struct JobDetail {
    /// As lists show it.
    pub card: JobCard,
    /// `contracts.id`
    pub contract_id: Option<Uuid>,
    /// For the crew.
    pub special_instructions: Option<String>,
    /// Hours.
    pub duration_hours: Option<String>,
    /// People, then machines.
    pub assigned: Vec<Assigned>,
    /// Names nobody here knows.
    pub unknown_names: Vec<String>,
    /// Newest first, 50 at most.
    pub changes: Vec<JobChange>,
    /// When it was entered.
    pub created_at: DateTime<Utc>,
    /// When it was last changed.
    pub updated_at: DateTime<Utc>,
}

/// Somebody of the office.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, Type)]
pub struct Person {
    /// `app_users.id`
    pub id: Uuid,
    /// Their name.
    pub name: String,
    /// Their address.
    pub email: Option<String>,
}

/// A step of something that takes a while: a migration, making the local office.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, Type)]
pub struct Progress {
    /// What is being done.
    pub step: String,
    /// Steps finished.
    pub done: u32,
    /// Steps in all.
    pub total: u32,
}

/// What a migration did.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, Type)]
pub struct MigrationResult {
    /// The steps.
    pub applied: Vec<String>,
    /// The backup made before, where the database held rows.
    pub backup: Option<String>,
    /// Values that were repaired; listed in `adoption_repairs`.
    pub repairs: u32,
}

#[cfg(test)]
mod tests {
    use super::*;
    use serde_json::json;

    #[test]
    fn what_a_notification_is_about_is_read_with_care() {
        let id = Uuid::from_u128(7);
        let good = json!({"about": {"kind": "estimate", "id": id}});
        assert_eq!(RecordRef::from_data(Some(&good)), Some(RecordRef { kind: RecordKind::Estimate, id }));
        for bad in [
            json!(null),
            json!([]),
            json!({"about": 1}),
            json!({"about": {"kind": "estimate", "id": "x"}}),
            json!({"about": {"kind": "spell", "id": id}}),
        ] {
            assert_eq!(RecordRef::from_data(Some(&bad)), None, "{bad}");
        }
    }
}
