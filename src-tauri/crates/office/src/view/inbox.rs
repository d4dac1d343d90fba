//! The alert inbox.

use chrono::{DateTime, Utc};
use serde::{Deserialize, Serialize};
use specta::Type;

use super::Notification;

/// Read or not.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize, Type)]
#[serde(rename_all = "snake_case")]
pub enum InboxShow {
    /// Not read on any computer.
    Unread,
    /// Read.
    Read,
    /// Both, the unread first.
    All,
}

/// Which first, among the unread; the read ones are always newest first.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize, Type)]
#[serde(rename_all = "snake_case")]
pub enum InboxOrder {
    /// By time.
    Newest,
    /// By priority, then time.
    Priority,
}

/// Which alerts.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, Type)]
pub struct InboxQuery {
    /// Read or not.
    pub show: InboxShow,
    /// Which first.
    pub order: InboxOrder,
    /// In title or message.
    pub search: Option<String>,
    /// Names of alert types; empty: every type.
    pub types: Vec<String>,
    /// 1–5
    pub min_priority: Option<i32>,
    /// Also those whose time has passed.
    pub expired: bool,
    /// `next` of the page before.
    pub after: Option<String>,
    /// 1–200
    pub limit: u32,
}

/// A page of them.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, Type)]
pub struct InboxPage {
    /// The alerts.
    pub items: Vec<Notification>,
    /// Where the next page begins; none: there is none.
    pub next: Option<String>,
    /// Unread in all, whatever the filter; 10,000 stands for more.
    pub unread: u32,
    /// The database's clock: "mark all read" reaches that far.
    pub as_of: DateTime<Utc>,
}

/// An alert type, for filters.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, Type)]
pub struct AlertKind {
    /// Such as `estimate_requested`.
    pub name: String,
    /// In words.
    pub description: Option<String>,
    /// Such as `business_operations`.
    pub category: String,
}

/// A file that was written.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, Type)]
pub struct Exported {
    /// Where.
    pub path: String,
    /// Lines in it, without the heading.
    pub rows: u32,
}
