//! The schedule: what the board, the calendars and the list show, and what is asked of them.

use chrono::{DateTime, NaiveDate, Utc};
use serde::{Deserialize, Serialize};
use specta::Type;
use uuid::Uuid;

use super::{ChangeRef, Clash};

/// What a job is narrowed to. Empty lists and `None` mean "all".
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize, Type)]
pub struct JobFilter {
    /// `scheduled`, `confirmed`, …
    pub statuses: Vec<String>,
    /// Of the contract: `residential`, …; `none`: no contract.
    pub services: Vec<String>,
    /// Crews the job names.
    pub crews: Vec<Uuid>,
    /// Only (not) weather-dependent.
    pub weather: Option<bool>,
    /// 1–5; 5 is the most urgent.
    pub min_priority: Option<i32>,
    /// Every word in the address or in what is known of the client.
    pub text: Option<String>,
    /// Only what another program entered.
    pub outside: bool,
    /// Only with nobody on it.
    pub unassigned: bool,
    /// Only with somebody or something in two places.
    pub clashing: bool,
}

/// Which part of the schedule.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, Type)]
pub struct ScheduleQuery {
    /// First day, in the office's zone.
    pub from: NaiveDate,
    /// The day after the last; at most 100 days after the first.
    pub until: NaiveDate,
    /// Which jobs of it.
    pub filter: JobFilter,
}

/// When the office works.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, Type)]
pub struct OfficeHours {
    /// 1 = Monday … 7 = Sunday.
    pub working_days: Vec<u8>,
    /// `HH:MM`, in the office's zone.
    pub from: String,
    /// `HH:MM`, in the office's zone.
    pub until: String,
}

/// A crew, as a row of the board.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, Type)]
pub struct ScheduleCrew {
    /// `crews.id`
    pub id: Uuid,
    /// Its name.
    pub name: String,
    /// As the office colored it; any text.
    pub color: Option<String>,
    /// Still in use.
    pub active: bool,
    /// Who leads it on the first day of the part shown.
    pub lead: Option<String>,
    /// Who is in it on some day of the part shown.
    pub members: Vec<Uuid>,
}

/// Somebody of the field, as a row of the board.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, Type)]
pub struct SchedulePerson {
    /// `crew_members.id`
    pub id: Uuid,
    /// Their name.
    pub name: String,
    /// What they do.
    pub role: String,
    /// `active`, `inactive`, `on_leave` or `terminated`.
    pub status: String,
}

/// A machine, as a row of the board.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, Type)]
pub struct ScheduleMachine {
    /// `equipment.id`
    pub id: Uuid,
    /// Its name.
    pub name: String,
    /// Paver, roller, …
    pub kind: String,
    /// `active`, `in_shop` or `retired`.
    pub status: String,
}

/// Leave, maintenance, a holiday or rain.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, Type)]
pub struct TimeOff {
    /// `time_off.id`
    pub id: Uuid,
    /// `leave`, `sick`, `maintenance`, `holiday` or `rain`.
    pub kind: String,
    /// Whose; neither person nor machine: the whole office.
    pub person_id: Option<Uuid>,
    /// Which machine.
    pub machine_id: Option<Uuid>,
    /// From.
    pub start: DateTime<Utc>,
    /// Until.
    pub end: DateTime<Utc>,
    /// What was noted.
    pub note: Option<String>,
}

/// A job as the board shows it.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, Type)]
pub struct ScheduleJob {
    /// `job_schedules.id`
    pub id: Uuid,
    /// To be given back with every change.
    pub version: i32,
    /// `contracts.id`
    pub contract_id: Option<Uuid>,
    /// Client of the contract.
    pub customer: Option<String>,
    /// Of the contract: `residential`, `commercial`, `maintenance`, `emergency`, `custom`.
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
    /// No plan moves it.
    pub pinned: bool,
    /// Crews it names.
    pub crews: Vec<Uuid>,
    /// People on it, by themselves or through a crew.
    pub people: Vec<Uuid>,
    /// Machines on it.
    pub machines: Vec<Uuid>,
    /// Names on it that nobody here knows.
    pub unknown: u32,
    /// Its people and machines that are in two places at once.
    pub clashes: u32,
    /// … and those that are so on purpose, with a reason.
    pub overridden: u32,
    /// Who entered it: `manual_admin`, `calendly_webhook`, `mobile_app`, `api` or `system`.
    pub source: String,
    /// Another program entered it and nobody has looked at it.
    pub is_new: bool,
}

/// A part of the schedule with everything needed to draw it.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, Type)]
pub struct Schedule {
    /// The database's clock.
    pub as_of: DateTime<Utc>,
    /// Set when this is the copy on this computer: how old it is.
    pub copy_as_of: Option<DateTime<Utc>>,
    /// … and which days it holds: of others it knows nothing.
    pub copy_days: Option<CopyDays>,
    /// The office's time zone (IANA).
    pub zone: String,
    /// The office's date.
    pub today: NaiveDate,
    /// The part.
    pub from: NaiveDate,
    /// The day after it.
    pub until: NaiveDate,
    /// When the office works.
    pub hours: OfficeHours,
    /// Active ones, and others that are on a job of the part, by name.
    pub crews: Vec<ScheduleCrew>,
    /// Not terminated, and others that are on a job of the part, by name.
    pub people: Vec<SchedulePerson>,
    /// Not retired, and others that are on a job of the part, by kind and name.
    pub machines: Vec<ScheduleMachine>,
    /// What touches the part.
    pub time_off: Vec<TimeOff>,
    /// What touches the part, in order of start; 5,000 at most.
    pub jobs: Vec<ScheduleJob>,
    /// There are more jobs than these.
    pub more: bool,
    /// Pairs of jobs in conflict from today on, whatever the filter.
    pub clash_count: u32,
    /// Approved contracts with no job.
    pub unscheduled_count: u32,
    /// New jobs of other programs, likely moves and unknown names.
    pub to_look_at: u32,
}

/// What a resource of a job is.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize, Type)]
#[serde(rename_all = "snake_case")]
pub enum ResourceKind {
    /// `crews`
    Crew,
    /// `crew_members`
    Person,
    /// `equipment`
    Machine,
}

/// One resource of a job replaced by another.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, Type)]
pub struct Reassign {
    /// Of both.
    pub kind: ResourceKind,
    /// Taken off; none: nothing.
    pub from: Option<Uuid>,
    /// Put on; none: nothing.
    pub to: Option<Uuid>,
}

/// Where a job goes.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, Type)]
pub struct JobMove {
    /// Which.
    pub id: Uuid,
    /// As it was seen.
    pub version: i32,
    /// Its new start.
    pub start: DateTime<Utc>,
    /// Its new end.
    pub end: DateTime<Utc>,
    /// Where it goes to another row.
    pub reassign: Option<Reassign>,
}

/// Which job, as it was seen.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize, Type)]
pub struct JobVersion {
    /// Which.
    pub id: Uuid,
    /// As it was seen.
    pub version: i32,
}

/// Somebody or something that would be in two places at once.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, Type)]
pub struct JobClash {
    /// The job that was to be saved; none: a new one.
    pub job_id: Option<Uuid>,
    /// `person` or `machine`.
    pub resource_kind: ResourceKind,
    /// Its id.
    pub resource_id: Uuid,
    /// Its name.
    pub resource_name: String,
    /// The job that is there already.
    pub other_job_id: Uuid,
    /// Its client.
    pub other_customer: Option<String>,
    /// Its place.
    pub other_address: String,
    /// From.
    pub other_start: DateTime<Utc>,
    /// Until.
    pub other_end: DateTime<Utc>,
    /// Its status.
    pub other_status: String,
}

/// What came of a change of the schedule.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, Type)]
#[serde(tag = "kind", rename_all = "snake_case")]
pub enum ScheduleOutcome {
    /// It is saved.
    Done {
        /// For undoing it; none: nothing differed.
        change: Option<ChangeRef>,
        /// The jobs as they are now.
        jobs: Vec<ScheduleJob>,
    },
    /// Nothing was saved: it would put these in two places. The same again with an override reason saves it.
    Clashes {
        /// Who and what, 50 at most.
        clashes: Vec<JobClash>,
    },
    /// Nothing was saved: somebody changed these meanwhile.
    Changed {
        /// As they are now.
        jobs: Vec<ScheduleJob>,
        /// Gone.
        missing: Vec<Uuid>,
        /// Who changed the first of them last.
        by: Option<String>,
    },
}

/// What kind of thing speaks against a place on the board.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize, Type)]
#[serde(rename_all = "snake_case")]
pub enum WarningKind {
    /// On leave, sick, or of status `on_leave`.
    OnLeave,
    /// Outside their weekly hours.
    NotAvailable,
    /// A certificate of theirs has expired by then.
    CertificateExpired,
    /// A certificate their role needs is not there.
    CertificateMissing,
    /// The machine is in the shop or in maintenance then.
    InShop,
    /// No longer with the company, or retired.
    Gone,
    /// A holiday or a closed day.
    Closed,
    /// No working day.
    DayOff,
    /// A day recorded as rain, for a job that rain stops.
    RainRecorded,
    /// Sooner than what it waits for allows.
    TooSoon,
}

/// One thing that speaks against a place on the board, and does not forbid it.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, Type)]
pub struct Warning {
    /// What kind.
    pub kind: WarningKind,
    /// Whom it is about.
    pub resource_id: Option<Uuid>,
    /// One short sentence.
    pub text: String,
}

/// What would follow.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, Type)]
pub struct Consequences {
    /// Of which job; none: a new one.
    pub job_id: Option<Uuid>,
    /// It would be refused.
    pub clashes: Vec<JobClash>,
    /// It would be a pity.
    pub warnings: Vec<Warning>,
}

/// An approved contract with no job.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, Type)]
pub struct UnscheduledWork {
    /// `contracts.id`
    pub contract_id: Uuid,
    /// The client.
    pub customer: String,
    /// Their number.
    pub phone: Option<String>,
    /// `residential`, …
    pub service_type: String,
    /// Where.
    pub address: String,
    /// Square feet.
    pub project_size: Option<String>,
    /// Dollars.
    pub estimated_cost: Option<String>,
    /// Since when it waits.
    pub since: DateTime<Utc>,
}

/// The tray.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, Type)]
pub struct UnscheduledPage {
    /// Who waits longest first; 200 at most.
    pub items: Vec<UnscheduledWork>,
    /// All of them.
    pub total: u32,
}

/// How a list is put in groups.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize, Type)]
#[serde(rename_all = "snake_case")]
#[expect(missing_docs, reason = "the words say it")]
pub enum JobGroup {
    None,
    Day,
    Week,
    Status,
    Crew,
    Customer,
    Service,
}

/// What a list is sorted by, within its groups.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize, Type)]
#[serde(rename_all = "snake_case")]
#[expect(missing_docs, reason = "the columns say it")]
pub enum JobSort {
    Start,
    End,
    Customer,
    Address,
    Status,
    Priority,
    Updated,
    Created,
}

/// Which page of the list.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, Type)]
pub struct JobListQuery {
    /// First day; none: from the beginning.
    pub from: Option<NaiveDate>,
    /// The day after the last; none: without end.
    pub until: Option<NaiveDate>,
    /// Which jobs.
    pub filter: JobFilter,
    /// Groups, rising.
    pub group: JobGroup,
    /// Order within them.
    pub sort: JobSort,
    /// The other way round.
    pub descending: bool,
    /// `next` of the page before.
    pub after: Option<Uuid>,
    /// 1–500
    pub limit: u32,
}

/// One line of the list.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, Type)]
pub struct JobLine {
    /// Key of its group.
    pub group: Option<String>,
    /// The job.
    pub job: ScheduleJob,
    /// Its crews by name.
    pub crew_names: Vec<String>,
    /// When it was last changed.
    pub updated_at: DateTime<Utc>,
}

/// How many are in a group.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, Type)]
pub struct JobGroupCount {
    /// A date (days, weeks by their Monday), a status, a name; empty: without.
    pub key: String,
    /// Jobs in it.
    pub count: u32,
}

/// A page of the list.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, Type)]
pub struct JobList {
    /// The lines.
    pub items: Vec<JobLine>,
    /// Every group, on the first page only.
    pub groups: Vec<JobGroupCount>,
    /// Jobs in all, on the first page only; 10,000 means "at least".
    pub total: Option<u32>,
    /// Where the next page begins.
    pub next: Option<Uuid>,
    /// Set when this is the copy on this computer.
    pub copy_as_of: Option<DateTime<Utc>>,
    /// … and which days it holds: of others it knows nothing.
    pub copy_days: Option<CopyDays>,
}

/// What a person narrowed a list to and gave a name.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, Type)]
pub struct SavedView {
    /// For deleting it.
    pub id: Uuid,
    /// Its name.
    pub name: String,
    /// As the screen's route writes them.
    pub filters: String,
}

/// Clashes from today on.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, Type)]
pub struct ClashPage {
    /// The soonest 100.
    pub items: Vec<Clash>,
    /// All of them.
    pub total: u32,
}

/// The days a copy holds.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize, Type)]
pub struct CopyDays {
    /// The first.
    pub from: NaiveDate,
    /// The day after the last.
    pub until: NaiveDate,
}

/// What the copy on this computer is good for.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, Type)]
pub struct CopyState {
    /// Up to when it is current.
    pub as_of: DateTime<Utc>,
    /// Whose it is.
    pub person: super::Person,
    /// Jobs in it.
    pub jobs: u32,
    /// The time its jobs are from.
    pub from: DateTime<Utc>,
    /// … and until.
    pub until: DateTime<Utc>,
}
