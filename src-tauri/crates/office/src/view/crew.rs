//! Crew and equipment: people, crews, machines, time off, certificates, and the jobs that name any of them.

use chrono::{DateTime, NaiveDate, Utc};
use serde::{Deserialize, Serialize};
use specta::Type;
use uuid::Uuid;

use super::{ChangeRef, JobClash, ResourceKind};

/// Not there, just now.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, Type)]
pub struct Away {
    /// `leave`, `sick` or `maintenance`.
    pub kind: String,
    /// None: nobody knows.
    pub until: Option<DateTime<Utc>>,
}

/// How somebody's certificates stand today.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize, Type)]
pub struct CertificateMarks {
    /// No longer good.
    pub expired: u32,
    /// Good for 30 more days at most.
    pub expiring: u32,
    /// With a date nobody can read.
    pub unreadable: u32,
    /// Required for the role, and never held.
    pub missing: Vec<String>,
    /// The first day, from today on, after which one of them is no longer good.
    pub next_expiry: Option<NaiveDate>,
}

/// Somebody of the field in the list.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, Type)]
pub struct PersonLine {
    /// `crew_members.id`
    pub id: Uuid,
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
    /// What they are good at, as far as it can be read.
    pub specializations: Vec<String>,
    /// Crews they are in today.
    pub crews: Vec<Uuid>,
    /// Those of them that they lead.
    pub leads: Vec<Uuid>,
    /// On leave or sick just now.
    pub away: Option<Away>,
    /// Their certificates.
    pub certificates: CertificateMarks,
    /// Jobs to come on which they are and cannot be.
    pub to_reassign: u32,
}

/// A crew in the list.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, Type)]
pub struct CrewLine {
    /// `crews.id`
    pub id: Uuid,
    /// Its name.
    pub name: String,
    /// As the office colored it; any text.
    pub color: Option<String>,
    /// `active` or `inactive`.
    pub status: String,
    /// Who leads it today.
    pub lead: Option<String>,
    /// In it today.
    pub members: u32,
    /// Jobs to come that name it.
    pub jobs: u32,
    /// When the next of them begins.
    pub next_job: Option<DateTime<Utc>>,
}

/// A machine in the list.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, Type)]
pub struct MachineLine {
    /// `equipment.id`
    pub id: Uuid,
    /// Its name.
    pub name: String,
    /// Paver, roller, …
    pub kind: String,
    /// `active`, `in_shop` or `retired`.
    pub status: String,
    /// In maintenance just now.
    pub away: Option<Away>,
    /// When the next maintenance begins.
    pub next_maintenance: Option<DateTime<Utc>>,
    /// Jobs to come.
    pub jobs: u32,
    /// Jobs to come on which it is and cannot be.
    pub to_reassign: u32,
}

/// Everybody and everything that can be put on a job.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, Type)]
pub struct Roster {
    /// The office's time zone (IANA).
    pub zone: String,
    /// The office's date.
    pub today: NaiveDate,
    /// By name; 5,000 at most, as each of the lists.
    pub people: Vec<PersonLine>,
    /// By name.
    pub crews: Vec<CrewLine>,
    /// By kind and name.
    pub machines: Vec<MachineLine>,
    /// What people do here and which roles need certificates: what can be chosen.
    pub roles: Vec<String>,
    /// What kinds of machines there are.
    pub machine_kinds: Vec<String>,
    /// Certificates people hold or roles need: what can be chosen.
    pub certificate_names: Vec<String>,
}

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

/// A certificate as it is to be.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, Type)]
pub struct CertificateInput {
    /// Its place in the column; none: a new one. What keeps its place and its values is kept as it is written.
    pub item: Option<u32>,
    /// 1–200 characters.
    pub name: String,
    /// The last day on which it is good; none: it does not expire, or the date stays as it is written.
    pub expires: Option<NaiveDate>,
}

/// Somebody of the field as they are to be.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, Type)]
pub struct PersonInput {
    /// 1–255 characters.
    pub name: String,
    /// What they do; 1–100 characters.
    pub role: String,
    /// `active`, `inactive`, `on_leave` or `terminated`.
    pub status: String,
    /// Their mail address.
    pub email: Option<String>,
    /// Their number.
    pub phone: Option<String>,
    /// When they were hired.
    pub hire_date: Option<NaiveDate>,
    /// None: as they are written.
    pub specializations: Option<Vec<String>>,
    /// Seven days, Monday first; none: as it is written; empty: nothing is said.
    pub hours: Option<Vec<WeekDay>>,
    /// None: as they are written.
    pub certificates: Option<Vec<CertificateInput>>,
    /// Entries that name no certificate and stay as they are written.
    pub keep_items: Vec<u32>,
    /// They leave the crews they are in after this day.
    pub leave_crews: Option<NaiveDate>,
}

/// A crew as it is to be.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, Type)]
pub struct CrewInput {
    /// 1–255 characters; no two crews have the same.
    pub name: String,
    /// `active` or `inactive`.
    pub status: String,
    /// `#rrggbb`
    pub color: Option<String>,
    /// What is noted.
    pub notes: Option<String>,
}

/// A machine as it is to be.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, Type)]
pub struct MachineInput {
    /// 1–255 characters; no two machines have the same.
    pub name: String,
    /// 1–100 characters.
    pub kind: String,
    /// `active`, `in_shop` or `retired`.
    pub status: String,
    /// What is noted.
    pub notes: Option<String>,
}

/// Somebody in a crew, as it is to be.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, Type)]
pub struct MembershipInput {
    /// None: a new one.
    pub id: Option<Uuid>,
    /// The version that was shown; of a new one it does not matter.
    pub version: i32,
    /// Which crew.
    pub crew_id: Uuid,
    /// Who.
    pub person_id: Uuid,
    /// First day; none: always was.
    pub from: Option<NaiveDate>,
    /// Last day; none: without end.
    pub until: Option<NaiveDate>,
    /// Leads the crew: whoever led it in that time no longer does.
    pub is_lead: bool,
}

/// Somebody goes to another crew.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, Type)]
pub struct CrewMove {
    /// The membership that ends.
    pub membership_id: Uuid,
    /// The version that was shown.
    pub version: i32,
    /// Where they go.
    pub crew_id: Uuid,
    /// Their first day there.
    pub from: NaiveDate,
    /// They lead it.
    pub is_lead: bool,
}

/// Leave, maintenance, a holiday or rain, as it is to be.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, Type)]
pub struct TimeOffInput {
    /// None: a new one.
    pub id: Option<Uuid>,
    /// The version that was shown; of a new one it does not matter.
    pub version: i32,
    /// Whose; neither person nor machine: the whole office.
    pub person_id: Option<Uuid>,
    /// Which machine.
    pub machine_id: Option<Uuid>,
    /// People: `leave` or `sick`; machines: `maintenance`; the office: `holiday` or `rain`.
    pub kind: String,
    /// First day.
    pub from: NaiveDate,
    /// `HH:MM`; none: from the beginning of that day.
    pub from_time: Option<String>,
    /// Last day; none: without end.
    pub until: Option<NaiveDate>,
    /// `HH:MM`; none: until the end of that day.
    pub until_time: Option<String>,
    /// What is noted.
    pub note: Option<String>,
}

/// Whom to call when something happens.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize, Type)]
pub struct ContactInput {
    /// Who.
    pub name: Option<String>,
    /// Their number.
    pub phone: Option<String>,
    /// Spouse, brother, …
    pub relation: Option<String>,
}

/// Whom to call when something happens. Asked for by itself, and each time is logged.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, Type)]
pub struct EmergencyContact {
    /// Whose.
    pub person_id: Uuid,
    /// The person's version, to be given back.
    pub version: i32,
    /// What can be read of it.
    pub contact: ContactInput,
    /// What else is written: label and text.
    pub more: Vec<(String, String)>,
    /// What is written, where it cannot be read; saving replaces it.
    pub unreadable: Option<String>,
}

/// It is saved.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, Type)]
pub struct CrewSaved {
    /// Of the row.
    pub id: Uuid,
    /// Its version now.
    pub version: i32,
    /// None: nothing differed.
    pub change: Option<ChangeRef>,
}

/// What came of a change of who is in which crew.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, Type)]
#[serde(tag = "kind", rename_all = "snake_case")]
pub enum CrewOutcome {
    /// It is saved.
    Saved {
        /// As it is now.
        saved: CrewSaved,
    },
    /// Nothing was saved: it would put these in two places.
    Clashes {
        /// Who, and on which jobs; 50 at most.
        clashes: Vec<JobClash>,
    },
}

/// A certificate of somebody, for the overview.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, Type)]
pub struct CertificateLine {
    /// Whose.
    pub person_id: Uuid,
    /// Their name.
    pub person_name: String,
    /// What they do.
    pub role: String,
    /// The certificate.
    pub name: String,
    /// The last day on which it is good.
    pub expires: Option<NaiveDate>,
    /// A date that cannot be read, as it is written.
    pub written: Option<String>,
    /// How it stands today.
    pub state: CertificateState,
    /// Their role needs it.
    pub required: bool,
}

/// A certificate somebody's role needs and they never had.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, Type)]
pub struct MissingCertificate {
    /// Who.
    pub person_id: Uuid,
    /// Their name.
    pub person_name: String,
    /// What they do.
    pub role: String,
    /// What is missing.
    pub certificate: String,
}

/// What a role must hold on the job.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, Type)]
pub struct RoleRequirement {
    /// As it is written.
    pub role: String,
    /// In order.
    pub certificates: Vec<String>,
}

/// All certificates, and who must hold what.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, Type)]
pub struct CertificateOverview {
    /// The office's date.
    pub today: NaiveDate,
    /// Of everybody still with the company: unreadable first, then what expires next; without a date last.
    pub lines: Vec<CertificateLine>,
    /// By name.
    pub missing: Vec<MissingCertificate>,
    /// By role.
    pub requirements: Vec<RoleRequirement>,
}

/// Days on which the whole office is closed.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, Type)]
pub struct ClosedDays {
    /// The office's date.
    pub today: NaiveDate,
    /// Of which year.
    pub year: i32,
    /// In order.
    pub days: Vec<AwayEntry>,
}
