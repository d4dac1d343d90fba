//! One person, crew or machine with everything that hangs on it.

use chrono::{DateTime, NaiveDate, Utc};
use serde::{Deserialize, Serialize};
use specta::Type;
use uuid::Uuid;

use crate::view::ResourceKind;

/// Hours of a day, in the office's clock.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, Type)]
pub struct DayHours {
    /// `HH:MM`
    pub from: String,
    /// `HH:MM`; not later than `from`: on the next day. `00:00` is midnight at the end of the day.
    pub until: String,
}

/// What is known of one weekday.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, Type)]
#[serde(tag = "kind", rename_all = "snake_case")]
pub enum WeekDay {
    /// Nothing, or nothing that can be read.
    Unknown,
    /// Does not work.
    Off,
    /// Any time.
    AllDay,
    /// In these hours, in order.
    Hours {
        /// At least one.
        hours: Vec<DayHours>,
    },
}

/// When somebody can work in an ordinary week.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, Type)]
pub struct WeeklyHours {
    /// Monday first; seven.
    pub days: Vec<WeekDay>,
    /// What is written, where it, or a part of it, cannot be read; it is kept until hours are written in its place.
    pub unreadable: Option<String>,
}

/// How a certificate stands today.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize, Type)]
#[serde(rename_all = "snake_case")]
pub enum CertificateState {
    /// Good, and not about to expire.
    Valid,
    /// Good for 30 more days at most.
    Expiring,
    /// No longer good.
    Expired,
    /// A date nobody can read.
    Unreadable,
}

/// A certificate somebody holds.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, Type)]
pub struct Certificate {
    /// Its place in the column, from 0.
    pub item: u32,
    /// As it is written.
    pub name: String,
    /// The last day on which it is good; none: it does not expire, or the date cannot be read.
    pub expires: Option<NaiveDate>,
    /// A date that cannot be read, as it is written.
    pub written: Option<String>,
    /// How it stands today.
    pub state: CertificateState,
}

/// An entry among the certificates that names none.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, Type)]
pub struct UnreadableItem {
    /// Its place in the column, from 0.
    pub item: u32,
    /// As it is written; at most 500 characters.
    pub written: String,
}

/// Somebody in a crew.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, Type)]
pub struct Membership {
    /// `crew_memberships.id`
    pub id: Uuid,
    /// To be given back.
    pub version: i32,
    /// Which crew.
    pub crew_id: Uuid,
    /// Its name.
    pub crew_name: String,
    /// Who.
    pub person_id: Uuid,
    /// Their name.
    pub person_name: String,
    /// What they do.
    pub person_role: String,
    /// Their status.
    pub person_status: String,
    /// First day; none: always was.
    pub from: Option<NaiveDate>,
    /// Last day; none: without end.
    pub until: Option<NaiveDate>,
    /// Leads the crew.
    pub is_lead: bool,
}

/// Leave, maintenance, a holiday or rain.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, Type)]
pub struct AwayEntry {
    /// `time_off.id`
    pub id: Uuid,
    /// To be given back.
    pub version: i32,
    /// `leave`, `sick`, `maintenance`, `holiday` or `rain`.
    pub kind: String,
    /// First day, in the office's zone; none: always was.
    pub from: Option<NaiveDate>,
    /// `HH:MM`; none: from the beginning of that day.
    pub from_time: Option<String>,
    /// Last day; none: without end.
    pub until: Option<NaiveDate>,
    /// `HH:MM`; none: until the end of that day.
    pub until_time: Option<String>,
    /// What was noted.
    pub note: Option<String>,
    /// It is over.
    pub over: bool,
}

/// A job to come that names somebody or something.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, Type)]
pub struct ResourceJob {
    /// `job_schedules.id`
    pub id: Uuid,
    /// To be given back with every change.
    pub version: i32,
    /// Client of the contract.
    pub customer: Option<String>,
    /// Of the contract.
    pub service_type: Option<String>,
    /// Where.
    pub address: String,
    /// From.
    pub start: DateTime<Utc>,
    /// Until.
    pub end: DateTime<Utc>,
    /// Its status.
    pub status: String,
    /// The crew that brings the person along: the job itself does not name them.
    pub via_crew: Option<Uuid>,
}

/// Jobs to come, in order of start.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize, Type)]
pub struct ResourceJobs {
    /// The first 500.
    pub jobs: Vec<ResourceJob>,
    /// All of them.
    pub total: u32,
}

/// Whose jobs, and when.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, Type)]
pub struct ResourceJobsQuery {
    /// What it is.
    pub kind: ResourceKind,
    /// Which.
    pub id: Uuid,
    /// First day; none: from now on.
    pub from: Option<NaiveDate>,
    /// Last day; none: without end.
    pub until: Option<NaiveDate>,
}

/// Somebody of the field, without their emergency contact.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, Type)]
pub struct PersonRecord {
    /// `crew_members.id`
    pub id: Uuid,
    /// To be given back.
    pub version: i32,
    /// Their name.
    pub name: String,
    /// What they do.
    pub role: String,
    /// `active`, `inactive`, `on_leave` or `terminated`.
    pub status: String,
    /// Their mail address.
    pub email: Option<String>,
    /// Their number.
    pub phone: Option<String>,
    /// When they were hired.
    pub hire_date: Option<NaiveDate>,
    /// What they are good at.
    pub specializations: Vec<String>,
    /// What is written, where it is no list of words.
    pub specializations_unreadable: Option<String>,
    /// An ordinary week.
    pub hours: WeeklyHours,
    /// In the order they are written.
    pub certificates: Vec<Certificate>,
    /// Entries that name no certificate.
    pub certificates_unreadable: Vec<UnreadableItem>,
    /// What is written, where it is no list: `certificates` is what could be read of it, and saving them replaces it.
    pub certificates_written: Option<String>,
    /// Required for the role and not good today.
    pub missing: Vec<String>,
    /// There is an emergency contact: shown on demand.
    pub has_contact: bool,
    /// Crews they were, are and will be in; the latest first.
    pub memberships: Vec<Membership>,
    /// The latest first; 200 at most.
    pub time_off: Vec<AwayEntry>,
    /// The next jobs.
    pub jobs: ResourceJobs,
    /// Those of them on which they cannot be: they are away then, or for good.
    pub to_reassign: ResourceJobs,
    /// When they were entered.
    pub created_at: DateTime<Utc>,
    /// When they were last changed.
    pub updated_at: DateTime<Utc>,
}

/// A crew.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, Type)]
pub struct CrewRecord {
    /// `crews.id`
    pub id: Uuid,
    /// To be given back.
    pub version: i32,
    /// Its name.
    pub name: String,
    /// As the office colored it; any text.
    pub color: Option<String>,
    /// `active` or `inactive`.
    pub status: String,
    /// What was noted.
    pub notes: Option<String>,
    /// Who was, is and will be in it; the latest first; 500 at most.
    pub memberships: Vec<Membership>,
    /// The next jobs.
    pub jobs: ResourceJobs,
    /// Those of them that it cannot do: it is inactive.
    pub to_reassign: ResourceJobs,
    /// When it was entered.
    pub created_at: DateTime<Utc>,
    /// When it was last changed.
    pub updated_at: DateTime<Utc>,
}

/// A machine.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, Type)]
pub struct MachineRecord {
    /// `equipment.id`
    pub id: Uuid,
    /// To be given back.
    pub version: i32,
    /// Its name.
    pub name: String,
    /// Paver, roller, …
    pub kind: String,
    /// `active`, `in_shop` or `retired`.
    pub status: String,
    /// What was noted.
    pub notes: Option<String>,
    /// The latest first; 200 at most.
    pub maintenance: Vec<AwayEntry>,
    /// The next jobs.
    pub jobs: ResourceJobs,
    /// Those of them on which it cannot be.
    pub to_reassign: ResourceJobs,
    /// When it was entered.
    pub created_at: DateTime<Utc>,
    /// When it was last changed.
    pub updated_at: DateTime<Utc>,
}
