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

use database::DatabaseError;
use database::listen::Listener;
use database::notifications::{self, NotificationRow};
use domain::popups::{Due, Plan, WINDOW, plan};
use domain::text::shorten;
use tokio::time::Instant;
use uuid::Uuid;

use crate::desktop::{Desktop, Popup};
use crate::link::in_time;
use crate::view::RecordRef;

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
    pub(crate) async fn catch_up(
        &self,
        listener: &mut Listener,
        inbox: &Inbox,
        desktop: &dyn Desktop,
    ) -> Result<(), DatabaseError> {
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
        state.due_again = None;
        let ago: Vec<_> = state.recent.iter().map(|at| now.duration_since(*at)).collect();
        let heads: Vec<_> = due
            .iter()
            .map(|n| Due { title: n.title.clone(), priority: n.priority, created_at: n.created_at })
            .collect();
        match plan(&heads, &ago) {
            Plan::Nothing => Vec::new(),
            Plan::Each => due.iter().rev().map(single).collect(),
            Plan::Wait(pause) => {
                state.due_again = Some(now + pause);
                Vec::new()
            }
            Plan::Summary(summary) => vec![Popup {
                title: summary.title,
                body: summary.body,
                priority: summary.priority,
                notifications: due.iter().map(|n| n.id).collect(),
                about: None,
                silent: false,
            }],
        }
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
        let written = OpenOptions::new()
            .create(true)
            .append(true)
            .open(&self.journal)
            .and_then(|mut f| f.write_all(lines.as_bytes()));
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
        let Ok(file) = OpenOptions::new().create(true).truncate(false).write(true).open(&self.lock_file) else {
            return false;
        };
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
        silent: false,
    }
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
}
