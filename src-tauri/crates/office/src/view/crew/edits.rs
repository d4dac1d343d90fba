//! People, crews, machines and time off as they are to be.

use chrono::NaiveDate;
use serde::{Deserialize, Serialize};
use specta::Type;
use uuid::Uuid;

use super::WeekDay;

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
