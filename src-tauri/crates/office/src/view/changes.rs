//! What was done, and its way back.

use chrono::{DateTime, Utc};
use serde::{Deserialize, Serialize};
use specta::Type;
use uuid::Uuid;

use super::{RecordRef, ScheduleJob};

/// A change that was just made, for its toast.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, Type)]
pub struct ChangeRef {
    /// For undoing it.
    pub id: Uuid,
    /// One line.
    pub summary: String,
    /// It has a way back.
    pub can_undo: bool,
    /// The rows it wrote, as they are now: what comes next writes over these.
    pub wrote: Vec<Written>,
}

/// A row that was written.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize, Type)]
pub struct Written {
    /// Which; nil: the company's settings, which are many rows of one version.
    pub id: Uuid,
    /// The version it was written over.
    pub over: i32,
    /// Its version now.
    pub version: i32,
}

/// One field, before and after.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, Type)]
pub struct FieldChange {
    /// As the screen calls it.
    pub label: String,
    /// None: empty.
    pub before: Option<String>,
    /// None: empty.
    pub after: Option<String>,
}

/// A line of "Recent changes".
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, Type)]
pub struct Change {
    /// For undoing it.
    pub id: Uuid,
    /// When.
    pub at: DateTime<Utc>,
    /// Name of the person, or what the program called itself.
    pub by: String,
    /// Their own login proves it.
    pub proven: bool,
    /// `manual_admin`, `calendly_webhook`, `mobile_app`, `api` or `system`.
    pub source: String,
    /// Name of the computer.
    pub computer: Option<String>,
    /// One line.
    pub summary: String,
    /// Why.
    pub reason: Option<String>,
    /// What it was done to.
    pub about: Option<RecordRef>,
    /// What differs.
    pub fields: Vec<FieldChange>,
    /// It has a way back.
    pub can_undo: bool,
    /// Why it has none.
    pub why_not: Option<String>,
    /// The change it reverses.
    pub undoes: Option<Uuid>,
    /// The change that reversed it.
    pub undone_by: Option<Uuid>,
}

/// Which changes.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, Type)]
pub struct ChangesQuery {
    /// Only what this person did.
    pub mine: bool,
    /// In the line or the reason.
    pub search: Option<String>,
    /// `next` of the page before.
    pub after: Option<String>,
    /// 1–200
    pub limit: u32,
}

/// A page of them, newest first.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, Type)]
pub struct ChangePage {
    /// The lines.
    pub items: Vec<Change>,
    /// Where the next page begins; none: there is none.
    pub next: Option<String>,
}

/// What undoing did.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize, Type)]
pub struct Undone {
    /// The change that reversed the other; undoing it is redoing.
    pub change: ChangeRef,
    /// Jobs as they are now.
    pub jobs: Vec<ScheduleJob>,
}
