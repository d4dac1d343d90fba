//! Crew and equipment: people, crews, machines, time off, certificates, and the jobs that name any of them.

use chrono::{DateTime, NaiveDate, Utc};
use serde::{Deserialize, Serialize};
use specta::Type;
use uuid::Uuid;

use super::{ChangeRef, JobClash};

mod edits;
mod records;

pub use edits::*;
pub use records::*;

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
