//! When alerts pop up one by one, and when they become one summary: never a flood.

use std::cmp::Reverse;
use std::time::Duration;

use chrono::{DateTime, Utc};

use crate::text::shorten;

/// More than this due at once is a backlog: one summary.
pub const AT_ONCE: usize = 3;
/// No more than this many popups in [`WINDOW`]; what comes on top waits for its end.
pub const IN_A_ROW: usize = 6;
/// The stretch of time in which popups are counted.
pub const WINDOW: Duration = Duration::from_secs(10);
/// As many as are asked for at once; beyond that the number is not known.
pub const ASKED_FOR: usize = 200;

/// An alert that is due to pop up.
#[derive(Debug, Clone)]
pub struct Due {
    /// One line.
    pub title: String,
    /// 5 is the most urgent.
    pub priority: i32,
    /// When it came in.
    pub created_at: DateTime<Utc>,
}

/// What to do with what is due.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Plan {
    /// Nothing is due.
    Nothing,
    /// A popup each.
    Each,
    /// One for all of them.
    Summary(Summary),
    /// Too many lately: look again after this.
    Wait(Duration),
}

/// One popup for many alerts.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Summary {
    /// How many.
    pub title: String,
    /// The most urgent three by name.
    pub body: String,
    /// Of the most urgent.
    pub priority: i32,
}

/// Decides. `shown_ago`: how long ago each of the latest popups was shown, in any order.
#[must_use]
pub fn plan(due: &[Due], shown_ago: &[Duration]) -> Plan {
    let lately: Vec<Duration> = shown_ago.iter().copied().filter(|ago| *ago < WINDOW).collect();
    let oldest = lately.iter().max().copied().unwrap_or_default();
    let popups = if due.len() > AT_ONCE { 1 } else { due.len() };
    match due.len() {
        0 => Plan::Nothing,
        // A stream of alerts, each arriving alone, would pop up without end.
        _ if lately.len() + popups > IN_A_ROW => Plan::Wait(WINDOW.saturating_sub(oldest)),
        1..=AT_ONCE => Plan::Each,
        _ => Plan::Summary(summary(due)),
    }
}

fn summary(due: &[Due]) -> Summary {
    let mut named: Vec<&Due> = due.iter().collect();
    named.sort_by_key(|n| (Reverse(n.priority), Reverse(n.created_at)));
    let mut lines: Vec<String> = named.iter().take(3).map(|n| shorten(&n.title, 80)).collect();
    lines.push(format!("and {} more", due.len() - lines.len()));
    let count = if due.len() >= ASKED_FOR { format!("{ASKED_FOR} or more") } else { due.len().to_string() };
    Summary {
        title: format!("{count} new alerts"),
        body: lines.join("\n"),
        priority: named.first().map_or(3, |n| n.priority),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn due(n: usize, priority: i32) -> Due {
        Due { title: format!("Alert {n}"), priority, created_at: DateTime::UNIX_EPOCH }
    }

    #[test]
    fn a_backlog_is_one_summary_with_the_most_urgent_first() {
        let backlog: Vec<_> = (1..=50).map(|n| due(n, if n == 33 { 5 } else { 2 })).collect();
        let Plan::Summary(summary) = plan(&backlog, &[]) else { panic!("no summary") };
        assert_eq!(summary.title, "50 new alerts");
        assert!(summary.body.starts_with("Alert 33\n") && summary.body.ends_with("and 47 more"), "{}", summary.body);
        assert_eq!(summary.priority, 5);
    }

    #[test]
    fn a_stream_of_single_alerts_is_held_back_until_the_window_ends() {
        let mut shown = Vec::new();
        for n in 0..IN_A_ROW {
            assert_eq!(plan(&[due(n, 3)], &shown), Plan::Each, "{n}");
            shown.push(Duration::from_secs(4));
        }
        assert_eq!(plan(&[due(7, 3)], &shown), Plan::Wait(Duration::from_secs(6)));
        let many: Vec<_> = (0..10).map(|n| due(n, 3)).collect();
        assert_eq!(plan(&many, &shown), Plan::Wait(Duration::from_secs(6)), "not even a summary");
        assert!(matches!(plan(&many, &[WINDOW; IN_A_ROW]), Plan::Summary(_)), "what was shown earlier does not count");
    }

    #[test]
    fn a_few_pop_up_one_by_one() {
        assert_eq!(plan(&[], &[]), Plan::Nothing);
        assert_eq!(plan(&[due(1, 3), due(2, 3), due(3, 3)], &[]), Plan::Each);
        assert!(matches!(plan(&[due(1, 3), due(2, 3), due(3, 3), due(4, 3)], &[]), Plan::Summary(_)));
        assert!(
            matches!(plan(&vec![due(1, 3); ASKED_FOR], &[]), Plan::Summary(s) if s.title == "200 or more new alerts")
        );
    }
}
