//! Finding records, and reading those that have no screen of their own yet.

use chrono::{DateTime, Utc};
use serde::{Deserialize, Serialize};
use specta::Type;
use uuid::Uuid;

use super::{ChangeRef, EstimateDetail, RecordKind, RecordRef};

/// What can be found.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize, Type)]
#[serde(rename_all = "snake_case")]
pub enum SearchKind {
    /// `customers`
    Customer,
    /// `estimates`
    Estimate,
    /// `job_schedules`
    Job,
    /// `contracts`
    Contract,
    /// `crews`
    Crew,
    /// `crew_members`
    Person,
    /// `equipment`
    Machine,
}

/// A record that was found.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, Type)]
pub struct SearchHit {
    /// Its kind.
    pub kind: SearchKind,
    /// Its id.
    pub id: Uuid,
    /// Its name.
    pub title: String,
    /// Where, by which number, in which state.
    pub subtitle: String,
    /// Start of a job; when an estimate or contract came in.
    pub when: Option<DateTime<Utc>>,
}

/// How a value is shown.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize, Type)]
#[serde(rename_all = "snake_case")]
pub enum SheetValue {
    /// As it is.
    Text,
    /// Dollars.
    Money,
    /// A day, `YYYY-MM-DD`.
    Date,
    /// An instant.
    Instant,
    /// A number to call.
    Phone,
    /// A mail address.
    Email,
    /// A place.
    Address,
    /// A state of its kind of record.
    Status,
    /// A service type.
    Service,
}

/// One value of a record.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, Type)]
pub struct SheetField {
    /// What it is.
    pub label: String,
    /// As text.
    pub value: String,
    /// How it is shown.
    pub kind: SheetValue,
    /// The record it leads to.
    pub about: Option<RecordRef>,
}

/// A record that hangs together with this one.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, Type)]
pub struct SheetItem {
    /// Its name or place.
    pub title: String,
    /// More of it.
    pub subtitle: String,
    /// When.
    pub when: Option<DateTime<Utc>>,
    /// The record, where it can be opened.
    pub about: Option<RecordRef>,
}

/// Records of one kind.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, Type)]
pub struct SheetSection {
    /// What they are.
    pub title: String,
    /// The first of them.
    pub items: Vec<SheetItem>,
    /// How many are not listed.
    pub more: u32,
}

/// A record for reading.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, Type)]
pub struct RecordSheet {
    /// Its kind.
    pub kind: RecordKind,
    /// Its id.
    pub id: Uuid,
    /// Its name.
    pub title: String,
    /// What it is, in a word or two.
    pub subtitle: String,
    /// Its values; those that are empty are left out.
    pub fields: Vec<SheetField>,
    /// What hangs together with it.
    pub sections: Vec<SheetSection>,
}

/// What was saved.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, Type)]
pub struct EstimateSaved {
    /// As it is now.
    pub estimate: EstimateDetail,
    /// None: nothing differed.
    pub change: Option<ChangeRef>,
}
