//! What Windows' and macOS's popups have in common, and the text of a Windows toast. No system calls: tested everywhere.

use std::collections::{HashMap, VecDeque};

use chrono::{DateTime, Utc};
use uuid::Uuid;

use crate::desktop::{Popup, PopupAction};
use crate::view::RecordRef;

/// So many popups are remembered. Windows keeps 20 of a program, macOS some more.
const REMEMBERED: usize = 200;
/// Windows takes 5 KB for a whole toast and refuses what is longer.
const TITLE: usize = 120;
const BODY: usize = 400;
/// What Windows starts the program with when a popup is clicked.
const OPEN: &str = "neff-office:open?n=";
const MARK_READ: &str = "mark-read:";

/// How loudly a popup speaks up.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Level {
    /// In the list, without a sound.
    Low,
    Normal,
    /// Now, if the person lets it.
    High,
}

impl Level {
    pub(super) fn of(priority: i32) -> Self {
        match priority {
            5.. => Self::High,
            3..5 => Self::Normal,
            _ => Self::Low,
        }
    }
}

/// What is asked for in a popup.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Click {
    Open,
    MarkRead,
}

/// The name of a popup: its first notification, so that it is found again also after a restart.
pub(super) fn key(popup: &Popup) -> Uuid {
    popup.notifications.first().copied().unwrap_or_else(Uuid::new_v4)
}

/// The popups of this run.
#[derive(Debug, Default)]
pub(super) struct Shown {
    popups: HashMap<Uuid, One>,
    oldest_first: VecDeque<Uuid>,
}

#[derive(Debug)]
struct One {
    notifications: Vec<Uuid>,
    unread: Vec<Uuid>,
    about: Option<RecordRef>,
}

impl Shown {
    /// Remembers a popup; answers with the one that is forgotten for it.
    pub(super) fn add(&mut self, key: Uuid, popup: &Popup) -> Option<Uuid> {
        let one =
            One { notifications: popup.notifications.clone(), unread: popup.notifications.clone(), about: popup.about };
        if self.popups.insert(key, one).is_none() {
            self.oldest_first.push_back(key);
        }
        let forgotten = (self.oldest_first.len() > REMEMBERED).then(|| self.oldest_first.pop_front()).flatten()?;
        self.popups.remove(&forgotten);
        Some(forgotten)
    }

    /// These were read: the popups to close. A summary goes when all of it was read. What this run has not shown may
    /// be left from an earlier one, and closing what is not there harms nothing.
    pub(super) fn read(&mut self, notifications: &[Uuid]) -> Vec<Uuid> {
        let mut close = Vec::new();
        for (key, one) in &mut self.popups {
            one.unread.retain(|id| !notifications.contains(id));
            if one.unread.is_empty() {
                close.push(*key);
            }
        }
        close.extend(notifications.iter().filter(|id| !self.popups.contains_key(id)));
        for key in &close {
            self.forget(*key);
        }
        close
    }

    pub(super) fn forget(&mut self, key: Uuid) {
        if self.popups.remove(&key).is_some() {
            self.oldest_first.retain(|one| *one != key);
        }
    }

    /// What a click means. Of a popup of an earlier run only its first notification is known.
    pub(super) fn action(&self, click: Click, key: Uuid) -> PopupAction {
        let one = self.popups.get(&key);
        match click {
            Click::Open => PopupAction::Open(one.and_then(|one| one.about)),
            Click::MarkRead => PopupAction::MarkRead(one.map_or_else(|| vec![key], |one| one.notifications.clone())),
        }
    }
}

/// The tag that a toast is removed by: 16 characters, which is all that the oldest Windows 10 takes.
pub(super) fn tag(key: Uuid) -> String {
    let mut tag = key.simple().to_string();
    tag.truncate(16);
    tag
}

/// How insistent a toast is.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Scenario {
    Ordinary,
    /// Stays until it is answered.
    Reminder,
    /// Comes through "do not disturb", if the person allows this program that. Unknown before build 22546.
    Urgent,
}

impl Scenario {
    pub(super) fn of(level: Level, windows_build: u32) -> Self {
        match level {
            Level::High if windows_build >= 22_546 => Self::Urgent,
            Level::High => Self::Reminder,
            Level::Normal | Level::Low => Self::Ordinary,
        }
    }
}

/// A toast as Windows wants it. A click on it, or on "Open", starts the program with an address of its own
/// (`activationType="protocol"`), which works whether the program that showed it still runs or not; "Mark read" is
/// answered by the running one.
pub(super) fn xml(popup: &Popup, key: Uuid, scenario: Scenario) -> String {
    let scenario = match scenario {
        Scenario::Ordinary => "",
        Scenario::Reminder => r#" scenario="reminder""#,
        Scenario::Urgent => r#" scenario="urgent""#,
    };
    let silent = popup.silent || Level::of(popup.priority) == Level::Low;
    let audio = if silent { r#"<audio silent="true"/>"# } else { "" };
    let (title, body) = (text(&popup.title, TITLE), text(&popup.body, BODY));
    format!(
        r#"<toast launch="{OPEN}{key}" activationType="protocol"{scenario}><visual><binding template="ToastGeneric"><text>{title}</text><text>{body}</text></binding></visual>{audio}<actions><action content="Open" activationType="protocol" arguments="{OPEN}{key}"/><action content="Mark read" activationType="foreground" arguments="{MARK_READ}{key}"/></actions></toast>"#
    )
}

/// The popup that the program was started for, if its start was a click on one: nil, when it cannot be made out.
pub(super) fn started_by(arguments: &[String]) -> Option<Uuid> {
    let address = arguments.iter().find(|argument| argument.starts_with("neff-office:"))?;
    Some(address.strip_prefix(OPEN).and_then(|key| Uuid::parse_str(key).ok()).unwrap_or_default())
}

/// What was pressed in a running program's toast.
pub(super) fn pressed(arguments: &str) -> Option<(Click, Uuid)> {
    let (click, key) = match arguments.strip_prefix(MARK_READ) {
        Some(key) => (Click::MarkRead, key),
        None => (Click::Open, arguments.strip_prefix(OPEN)?),
    };
    Some((click, Uuid::parse_str(key).ok()?))
}

/// When a toast leaves the list by itself, as Windows counts: in 100 ns since 1601.
pub(super) fn expires(level: Level, now: DateTime<Utc>) -> i64 {
    const FROM_1601_TO_1970: i64 = 11_644_473_600;
    const DAY: i64 = 24 * 60 * 60;
    let keep = if level == Level::Low { DAY } else { 3 * DAY };
    (now.timestamp() + keep + FROM_1601_TO_1970).saturating_mul(10_000_000)
}

/// Text for XML: what XML does not allow is left out, even escaped it would make the whole toast unreadable.
fn text(given: &str, most: usize) -> String {
    let allowed = |c: &char| matches!(c, '\n' | ' '..='\u{7e}' | '\u{a0}'..='\u{fffd}' | '\u{10000}'..);
    let mut characters = given.chars().map(|c| if c == '\t' { ' ' } else { c }).filter(allowed);
    let mut text = String::new();
    for c in characters.by_ref().take(most) {
        match c {
            '&' => text.push_str("&amp;"),
            '<' => text.push_str("&lt;"),
            '>' => text.push_str("&gt;"),
            '"' => text.push_str("&quot;"),
            '\'' => text.push_str("&apos;"),
            c => text.push(c),
        }
    }
    if characters.next().is_some() {
        text.push('…');
    }
    text
}

#[cfg(test)]
mod tests {
    use super::*;

    const A: Uuid = Uuid::from_u128(0x0123_4567_89ab_4cde_8f01_2345_6789_abcd);
    const B: Uuid = Uuid::from_u128(0x1123_4567_89ab_4cde_8f01_2345_6789_abcd);

    fn popup(notifications: &[Uuid]) -> Popup {
        Popup {
            title: "New estimate".into(),
            body: "Smith & Sons <Lot 4>".into(),
            priority: 3,
            notifications: notifications.to_vec(),
            about: None,
            silent: false,
        }
    }

    #[test]
    fn an_ordinary_toast() {
        assert_eq!(
            xml(&popup(&[A]), A, Scenario::Ordinary),
            concat!(
                r#"<toast launch="neff-office:open?n=01234567-89ab-4cde-8f01-23456789abcd" activationType="protocol">"#,
                r#"<visual><binding template="ToastGeneric"><text>New estimate</text>"#,
                r#"<text>Smith &amp; Sons &lt;Lot 4&gt;</text></binding></visual>"#,
                r#"<actions><action content="Open" activationType="protocol" "#,
                r#"arguments="neff-office:open?n=01234567-89ab-4cde-8f01-23456789abcd"/>"#,
                r#"<action content="Mark read" activationType="foreground" "#,
                r#"arguments="mark-read:01234567-89ab-4cde-8f01-23456789abcd"/></actions></toast>"#
            )
        );
    }

    #[test]
    fn nobody_writes_xml_of_his_own_into_a_toast() {
        let mut popup = popup(&[A]);
        popup.title = r#"</text><image src="https://example.com/x"/>'"#.into();
        popup.body = "a\u{0}b\u{1b}[31m\u{fffe}\u{85}c\td\ne \u{1f6a7}".into();
        let xml = xml(&popup, A, Scenario::Ordinary);
        let expected = "<text>&lt;/text&gt;&lt;image src=&quot;https://example.com/x&quot;/&gt;&apos;</text>";
        assert!(xml.contains(expected), "{xml}");
        assert!(xml.contains("<text>ab[31mc d\ne \u{1f6a7}</text>"), "{xml}");
    }

    #[test]
    fn the_longest_toast_is_one_that_windows_takes() {
        for c in ["&", "\"", "\u{1f6a7}", "x"] {
            let long = Popup { title: c.repeat(5_000), body: c.repeat(5_000), ..popup(&[A]) };
            let xml = xml(&long, A, Scenario::Reminder);
            assert!(xml.len() < 5_000, "{} bytes", xml.len());
            assert!(xml.contains('…'));
        }
    }

    #[test]
    fn loudness_follows_priority() {
        use Level::{High, Low, Normal};
        let levels: Vec<_> = (0..=6).map(Level::of).collect();
        assert_eq!(levels, [Low, Low, Low, Normal, Normal, High, High]);
        assert_eq!(Scenario::of(High, 22_631), Scenario::Urgent);
        assert_eq!(Scenario::of(High, 19_045), Scenario::Reminder);
        assert_eq!(Scenario::of(Normal, 22_631), Scenario::Ordinary);
        let silent = r#"<audio silent="true"/>"#;
        assert!(xml(&Popup { silent: true, ..popup(&[A]) }, A, Scenario::Ordinary).contains(silent));
        assert!(xml(&Popup { priority: 2, ..popup(&[A]) }, A, Scenario::Ordinary).contains(silent));
        assert!(!xml(&popup(&[A]), A, Scenario::Ordinary).contains("audio"));
        assert!(xml(&popup(&[A]), A, Scenario::Urgent).contains(r#" scenario="urgent""#));
    }

    #[test]
    fn tags_are_short_and_the_same_again() {
        assert_eq!(tag(A), "0123456789ab4cde");
        assert_eq!(key(&popup(&[A, B])), A);
        assert_ne!(key(&popup(&[])), key(&popup(&[])));
    }

    #[test]
    fn what_a_click_hands_over_is_read_back() {
        let start = |argument: &str| started_by(&["neff-office.exe".into(), argument.into()]);
        assert_eq!(start(&format!("neff-office:open?n={A}")), Some(A));
        assert_eq!(start("neff-office:open?n=../../x"), Some(Uuid::nil()));
        assert_eq!(start("--hidden"), None);
        assert_eq!(pressed(&format!("mark-read:{A}")), Some((Click::MarkRead, A)));
        assert_eq!(pressed(&format!("neff-office:open?n={A}")), Some((Click::Open, A)));
        assert_eq!(pressed("mark-read:"), None);
        assert_eq!(pressed("anything"), None);
    }

    #[test]
    fn a_summary_goes_when_all_of_it_was_read() {
        let mut shown = Shown::default();
        shown.add(A, &popup(&[A, B]));
        assert_eq!(shown.action(Click::MarkRead, A), PopupAction::MarkRead(vec![A, B]));
        assert!(shown.read(&[A]).is_empty());
        assert_eq!(shown.read(&[B]), [A, B], "and one of an earlier run that was shown for B alone");
        assert_eq!(shown.action(Click::MarkRead, A), PopupAction::MarkRead(vec![A]));
        assert_eq!(shown.action(Click::Open, A), PopupAction::Open(None));
    }

    #[test]
    fn old_popups_are_forgotten() {
        let mut shown = Shown::default();
        let first = Uuid::from_u128(1);
        for n in 1..=u128::try_from(REMEMBERED).unwrap() {
            assert_eq!(shown.add(Uuid::from_u128(n), &popup(&[Uuid::from_u128(n)])), None);
        }
        assert_eq!(shown.add(first, &popup(&[first])), None, "shown again");
        assert_eq!(shown.add(A, &popup(&[A])), Some(first));
        assert_eq!(shown.popups.len(), REMEMBERED);
    }

    #[test]
    fn windows_counts_from_1601() {
        let now = DateTime::from_timestamp(1_700_000_000, 0).unwrap();
        assert_eq!(expires(Level::Low, now), (1_700_000_000 + 86_400 + 11_644_473_600) * 10_000_000);
        assert!(expires(Level::High, now) > expires(Level::Low, now));
    }
}
