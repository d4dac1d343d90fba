//! Popups: each of my notifications once on this computer, never twice, never lost, never a flood.
//!
//! Shown first, recorded after: a crash between a commit and its popup loses nothing, the next start finds it "not
//! yet shown". What was shown while the record could not be written (the link broke at that moment) stands in a
//! small journal file until it is recorded, so that the next session does not show it again.

use std::collections::HashSet;
use std::fs::{File, OpenOptions};
use std::io::Write;
use std::path::{Path, PathBuf};
use std::sync::{Mutex, MutexGuard, PoisonError};
use std::time::Duration;

use database::DatabaseError;
use database::listen::Listener;
use database::notifications::{self, NotificationRow};
use tokio::time::Instant;
use uuid::Uuid;

use crate::desktop::{Desktop, Popup};
use crate::link::in_time;
use crate::view::RecordRef;

/// More than this at once is a backlog: one summary.
const AT_ONCE: usize = 3;
/// And no more than this many one by one in [`WINDOW`]; what comes on top waits for its end and is one summary.
const IN_A_ROW: usize = 6;
const WINDOW: Duration = Duration::from_secs(10);

/// Whose popups, on which computer.
#[derive(Debug, Clone)]
pub struct Inbox {
    /// `dashboard_notifications.user_id`
    pub user_id: String,
    /// `office_computers.id`
    pub computer: Uuid,
}

/// The popups of this computer. Only one program of a person shows them: who holds the lock file.
#[derive(Debug)]
pub struct Popups {
    journal: PathBuf,
    lock_file: PathBuf,
    state: Mutex<State>,
}

#[derive(Debug, Default)]
struct State {
    lock: Option<File>,
    /// Shown, not yet recorded; also in the journal.
    unrecorded: HashSet<Uuid>,
    /// Shown in this session and perhaps still open: closed when read elsewhere.
    open: Vec<Uuid>,
    recent: Vec<Instant>,
    due_again: Option<Instant>,
}

impl Popups {
    /// Popups with their journal in `folder`.
    ///
    /// # Errors
    /// When the folder cannot be made or the journal not be read.
    pub fn new(folder: &Path) -> std::io::Result<Self> {
        std::fs::create_dir_all(folder)?;
        let journal = folder.join("popups.journal");
        let known = match std::fs::read_to_string(&journal) {
            Ok(text) => text.lines().filter_map(|line| line.parse().ok()).collect(),
            Err(error) if error.kind() == std::io::ErrorKind::NotFound => HashSet::new(),
            Err(error) => return Err(error),
        };
        let state = State { unrecorded: known, ..State::default() };
        Ok(Self { journal, lock_file: folder.join("popups.lock"), state: Mutex::new(state) })
    }

    /// When popups that were held back may be shown.
    pub(crate) fn due_again(&self) -> Option<Instant> {
        self.state().due_again
    }

    /// Shows what is due, records it, and closes what was read elsewhere.
    pub(crate) async fn catch_up(&self, listener: &mut Listener, inbox: &Inbox, desktop: &dyn Desktop) -> Result<(), DatabaseError> {
        if !self.is_ours() {
            return Ok(());
        }
        let connection = listener.connection().await?;
        let mut due = in_time(notifications::due_popups(connection, &inbox.user_id, inbox.computer)).await?;
        let unrecorded = self.state().unrecorded.clone();
        due.retain(|n| !unrecorded.contains(&n.id));
        let now = Instant::now();
        for popup in self.choose(&due, now) {
            match desktop.show(&popup).await {
                Ok(()) => self.shown(&popup, now),
                // No notification service at the moment: it stays due, and is tried again with the next beat.
                Err(error) => tracing::warn!(%error, "a popup could not be shown"),
            }
        }
        self.record(listener, inbox).await?;
        self.close_read(listener, desktop).await
    }

    /// One popup each, or one summary, or nothing yet.
    fn choose(&self, due: &[NotificationRow], now: Instant) -> Vec<Popup> {
        let mut state = self.state();
        state.recent.retain(|at| now.duration_since(*at) < WINDOW);
        if due.is_empty() {
            state.due_again = None;
            return Vec::new();
        }
        if due.len() <= AT_ONCE && state.recent.len() + due.len() > IN_A_ROW {
            state.due_again = state.recent.first().map(|first| *first + WINDOW);
            return Vec::new();
        }
        // A stream of alerts, each arriving alone, would pop up one by one without end: hold the next summary back too.
        if due.len() > AT_ONCE && state.recent.len() >= IN_A_ROW {
            state.due_again = state.recent.first().map(|first| *first + WINDOW);
            return Vec::new();
        }
        state.due_again = None;
        drop(state);
        if due.len() <= AT_ONCE { due.iter().rev().map(single).collect() } else { vec![summary(due)] }
    }

    fn shown(&self, popup: &Popup, now: Instant) {
        let mut state = self.state();
        state.recent.push(now);
        state.unrecorded.extend(&popup.notifications);
        state.open.extend(&popup.notifications);
        if state.open.len() > 500 {
            let extra = state.open.len() - 500;
            state.open.drain(..extra);
        }
        drop(state);
        let lines = popup.notifications.iter().fold(String::new(), |text, id| text + &id.to_string() + "\n");
        let written = OpenOptions::new().create(true).append(true).open(&self.journal).and_then(|mut f| f.write_all(lines.as_bytes()));
        if let Err(error) = written {
            tracing::warn!(%error, "the popup journal could not be written");
        }
    }

    async fn record(&self, listener: &mut Listener, inbox: &Inbox) -> Result<(), DatabaseError> {
        let ids: Vec<Uuid> = self.state().unrecorded.iter().copied().collect();
        if ids.is_empty() {
            return Ok(());
        }
        in_time(notifications::record_popups(listener.connection().await?, inbox.computer, &ids)).await?;
        self.state().unrecorded.clear();
        if let Err(error) = std::fs::write(&self.journal, b"") {
            tracing::warn!(%error, "the popup journal could not be emptied");
        }
        Ok(())
    }

    async fn close_read(&self, listener: &mut Listener, desktop: &dyn Desktop) -> Result<(), DatabaseError> {
        let open = self.state().open.clone();
        if open.is_empty() {
            return Ok(());
        }
        let read = in_time(notifications::no_longer_unread(listener.connection().await?, &open)).await?;
        if !read.is_empty() {
            self.state().open.retain(|id| !read.contains(id));
            desktop.close(&read).await;
        }
        Ok(())
    }

    /// Takes the lock if nobody has it: the window and `neff worker` on one computer must not both pop up.
    fn is_ours(&self) -> bool {
        let mut state = self.state();
        if state.lock.is_some() {
            return true;
        }
        let Ok(file) = OpenOptions::new().create(true).truncate(false).write(true).open(&self.lock_file) else { return false };
        if file.try_lock().is_ok() {
            state.lock = Some(file);
            return true;
        }
        false
    }

    fn state(&self) -> MutexGuard<'_, State> {
        self.state.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

fn single(row: &NotificationRow) -> Popup {
    Popup {
        title: shorten(&row.title, 120),
        body: shorten(&row.message, 400),
        priority: row.priority,
        notifications: vec![row.id],
        about: RecordRef::from_data(row.data.as_ref()),
    }
}

fn summary(due: &[NotificationRow]) -> Popup {
    let mut named: Vec<&NotificationRow> = due.iter().collect();
    named.sort_by_key(|n| (std::cmp::Reverse(n.priority), std::cmp::Reverse(n.created_at)));
    let mut lines: Vec<String> = named.iter().take(3).map(|n| shorten(&n.title, 80)).collect();
    if due.len() > lines.len() {
        lines.push(format!("and {} more", due.len() - lines.len()));
    }
    // The query reads 200 at most: beyond that the number is not exact, and is not pretended to be.
    let count = if due.len() >= 200 { "200 or more".to_owned() } else { due.len().to_string() };
    Popup {
        title: format!("{count} new alerts"),
        body: lines.join("\n"),
        priority: named.first().map_or(3, |n| n.priority),
        notifications: due.iter().map(|n| n.id).collect(),
        about: None,
    }
}

/// Cuts at a character, with an ellipsis; control characters would break the line or the bus.
fn shorten(text: &str, limit: usize) -> String {
    let clean: String = text.chars().map(|c| if c.is_control() || turns_text(c) { ' ' } else { c }).collect();
    if clean.chars().count() <= limit { clean } else { clean.chars().take(limit - 1).chain(['…']).collect() }
}

/// Embeddings, overrides and isolates of direction: left open by a customer's name, they turn round what follows it.
fn turns_text(c: char) -> bool {
    matches!(c, '\u{202a}'..='\u{202e}' | '\u{2066}'..='\u{2069}')
}

#[cfg(test)]
mod tests {
    use super::*;

    fn row(n: u128, priority: i32) -> NotificationRow {
        NotificationRow {
            id: Uuid::from_u128(n),
            alert_type: "estimate_requested".into(),
            title: format!("Alert {n}"),
            message: "m".into(),
            priority,
            is_read: false,
            created_at: chrono::DateTime::UNIX_EPOCH,
            expires_at: None,
            data: None,
        }
    }

    fn popups() -> (Popups, PathBuf) {
        let folder = std::env::temp_dir().join(format!("neff-popups-{}", Uuid::new_v4()));
        (Popups::new(&folder).unwrap(), folder)
    }

    #[test]
    fn a_backlog_is_one_summary_with_the_most_urgent_first() {
        let (popups, folder) = popups();
        let due: Vec<_> = (1..=50).map(|n| row(n, if n == 33 { 5 } else { 2 })).collect();
        let chosen = popups.choose(&due, Instant::now());
        assert_eq!(chosen.len(), 1);
        assert_eq!(chosen[0].title, "50 new alerts");
        assert!(chosen[0].body.starts_with("Alert 33\n") && chosen[0].body.ends_with("and 47 more"), "{}", chosen[0].body);
        assert_eq!(chosen[0].notifications.len(), 50);
        std::fs::remove_dir_all(folder).unwrap();
    }

    #[test]
    fn a_stream_of_single_alerts_is_held_back_and_summed_up() {
        let (popups, folder) = popups();
        let start = Instant::now();
        for n in 0..6 {
            let chosen = popups.choose(&[row(n, 3)], start);
            assert_eq!(chosen.len(), 1, "{n}");
            popups.shown(&chosen[0], start);
        }
        assert!(popups.choose(&[row(7, 3)], start).is_empty());
        assert_eq!(popups.due_again(), Some(start + WINDOW));
        let later = popups.choose(&(7..17).map(|n| row(n, 3)).collect::<Vec<_>>(), start + WINDOW);
        assert_eq!(later.len(), 1);
        assert_eq!(later[0].title, "10 new alerts");
        std::fs::remove_dir_all(folder).unwrap();
    }

    #[test]
    fn what_was_shown_is_remembered_by_the_next_program() {
        let (popups, folder) = popups();
        let chosen = popups.choose(&[row(1, 3)], Instant::now());
        popups.shown(&chosen[0], Instant::now());
        drop(popups);
        let next = Popups::new(&folder).unwrap();
        assert!(next.state().unrecorded.contains(&Uuid::from_u128(1)));
        std::fs::remove_dir_all(folder).unwrap();
    }

    #[test]
    fn only_one_program_of_a_computer_pops_up() {
        let (first, folder) = popups();
        let second = Popups::new(&folder).unwrap();
        assert!(first.is_ours());
        assert!(!second.is_ours());
        drop(first);
        assert!(second.is_ours(), "when the first is gone the second takes over");
        std::fs::remove_dir_all(folder).unwrap();
    }

    #[test]
    fn hostile_text_is_cut_at_a_character_and_loses_its_control_characters() {
        assert_eq!(shorten("a\u{0}b\r\nc", 10), "a b  c");
        assert_eq!(shorten("a\u{202e}b\u{2067}c", 10), "a b c");
        assert_eq!(shorten(&"é".repeat(10), 4), "ééé…");
    }
}
