//! Who works here, what the company is called, what this computer does.

use serde::{Deserialize, Serialize};
use specta::Type;
use uuid::Uuid;

use super::ChangeRef;

/// The person who works here, with what they chose for themselves.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, Type)]
pub struct Me {
    /// `app_users.id`
    pub id: Uuid,
    /// What notifications are addressed to.
    pub user_id: String,
    /// Their name.
    pub name: String,
    /// Their address.
    pub email: Option<String>,
    /// Their number.
    pub phone: Option<String>,
    /// `owner`, `manager`, `sales`, `supervisor`, `database_keeper` or `viewer`.
    pub office_role: String,
    /// Their own login proves who they are.
    pub proven: bool,
    /// The login this computer uses.
    pub login: String,
    /// IANA; none: the office's.
    pub time_zone: Option<String>,
    /// The office's.
    pub office_zone: String,
    /// `HH:MM` in their zone; both or neither.
    pub quiet_from: Option<String>,
    /// `HH:MM`; before `quiet_from`: the next morning.
    pub quiet_until: Option<String>,
    /// Rises with every change.
    pub version: i32,
}

/// What a person may change about themselves.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, Type)]
pub struct MeInput {
    /// 1–200 characters.
    pub name: String,
    /// Where mail goes.
    pub email: Option<String>,
    /// Where texts go.
    pub phone: Option<String>,
    /// IANA; none: the office's.
    pub time_zone: Option<String>,
    /// `HH:MM`; both or neither.
    pub quiet_from: Option<String>,
    /// `HH:MM`
    pub quiet_until: Option<String>,
    /// The version that was shown.
    pub version: i32,
}

/// What was saved.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, Type)]
pub struct MeSaved {
    /// As it is now.
    pub me: Me,
    /// None: nothing differed.
    pub change: Option<ChangeRef>,
}

/// The company.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, Type)]
pub struct Company {
    /// On every paper.
    pub name: String,
    /// The name at the top of papers, where it is another.
    pub letterhead: String,
    /// Where letters reach the office.
    pub address: String,
    /// The office's number.
    pub phone: String,
    /// The office's mail address.
    pub email: String,
    /// Its website.
    pub website: String,
    /// Contractor's license number.
    pub license: String,
    /// IANA: what every screen and paper shows.
    pub time_zone: String,
    /// 1 Monday … 7 Sunday.
    pub working_days: Vec<u8>,
    /// `HH:MM`
    pub work_from: String,
    /// `HH:MM`, after `work_from`.
    pub work_until: String,
    /// Who helps.
    pub support_name: String,
    /// Their number.
    pub support_phone: String,
    /// Their mail address.
    pub support_email: String,
    /// A copy on a computer cannot be read after so many days without the server, 1–365.
    pub offline_readable_days: String,
    /// … and is wiped so many days after the server stopped accepting the login, 0–365.
    pub offline_refused_days: String,
    /// Rises with every change.
    pub version: i32,
    /// This login may change it.
    pub may_edit: bool,
}

/// What was saved.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, Type)]
pub struct CompanySaved {
    /// As it is now.
    pub company: Company,
    /// None: nothing differed.
    pub change: Option<ChangeRef>,
}

/// The company as it is to be.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, Type)]
#[expect(missing_docs, reason = "as in `Company`")]
pub struct CompanyInput {
    pub name: String,
    pub letterhead: String,
    pub address: String,
    pub phone: String,
    pub email: String,
    pub website: String,
    pub license: String,
    pub time_zone: String,
    pub working_days: Vec<u8>,
    pub work_from: String,
    pub work_until: String,
    pub support_name: String,
    pub support_phone: String,
    pub support_email: String,
    pub offline_readable_days: String,
    pub offline_refused_days: String,
    pub version: i32,
}

/// What this computer does by itself.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize, Type)]
#[expect(clippy::struct_excessive_bools, reason = "five independent switches")]
pub struct ComputerSettings {
    /// Alerts pop up.
    pub popups: bool,
    /// Popups name the kind of alert only, for a screen others can see.
    pub popup_titles_only: bool,
    /// Popups sound.
    pub popup_sound: bool,
    /// The program starts when the person logs in.
    pub start_at_login: bool,
    /// Closing the window leaves the program in the tray.
    pub close_to_tray: bool,
    /// A copy of the schedule is kept for when there is no network.
    pub offline_copy: bool,
    /// Days of the past it holds, 1–365.
    pub offline_days_back: u32,
    /// Days ahead it holds, 1–365.
    pub offline_days_ahead: u32,
}

impl Default for ComputerSettings {
    fn default() -> Self {
        Self {
            popups: true,
            popup_titles_only: false,
            popup_sound: true,
            start_at_login: false,
            close_to_tray: false,
            offline_copy: true,
            offline_days_back: 30,
            offline_days_ahead: 90,
        }
    }
}
