//! Popups: each of my notifications once on this computer, never twice, never lost, never a flood.
//!
//! Shown first, recorded after: a crash between a commit and its popup loses nothing, the next start finds it "not
//! yet shown". What was shown while the record could not be written (the link broke at that moment) stands in a
//! small journal file until it is recorded, so that the next session does not show it again. What was marked read on
//! a popup stands in another until the database has it.
//!
//! In quiet hours, and while this computer's popups are off, nothing is shown and nothing counts as shown, however
//! urgent it is: the bell counts it, and what is still unread and of use afterwards pops up then.

mod journal;
mod preferences;

use std::collections::{HashSet, VecDeque};
use std::fs::File;
use std::path::{Path, PathBuf};
use std::sync::{Mutex, MutexGuard, PoisonError};
use std::time::Duration;

use chrono::{DateTime, Utc};
use database::listen::Listener;
use database::notifications::{self, NotificationRow};
use database::{DatabaseError, Failure};
use domain::popups::{ASKED_FOR, Due, Plan, WINDOW, plan};
use domain::text::{alert_type_in_words, shorten};
use tokio::sync::Notify;
use tokio::time::Instant;
use uuid::Uuid;

use crate::desktop::{Desktop, Popup, PopupError};
use crate::link::in_time;
use crate::view::RecordRef;

use journal::Journal;
pub use preferences::Preferences;

/// As many popups are remembered to be closed when they are read elsewhere.
const REMEMBERED: usize = 200;
/// How long a person who tries it waits for the system's answer.
const TEST_PATIENCE: Duration = Duration::from_secs(5);

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
    lock_file: PathBuf,
    /// Something has to be done that no change of the database says.
    wanted: Notify,
    state: Mutex<State>,
}

#[derive(Debug)]
struct State {
    lock: Option<File>,
    preferences: Preferences,
    /// Shown, not yet recorded.
    shown: Journal,
    /// A summary stood for more than were asked for: for all that came in until then.
    shown_until: Option<DateTime<Utc>>,
    /// Marked read on a popup, not yet in the database.
    read: Journal,
    /// Shown in this session and perhaps still open: closed when read elsewhere.
    open: VecDeque<Open>,
    recent: Vec<Instant>,
    due_again: Option<Instant>,
    /// When something was due last, it was held back by quiet hours.
    quiet: bool,
}

/// A popup that may still be open.
#[derive(Debug)]
struct Open {
    notifications: Vec<Uuid>,
    unread: HashSet<Uuid>,
}

impl Popups {
    /// Popups with their journals in `folder`.
    ///
    /// # Errors
    /// When the folder cannot be made or a journal not be read.
    pub fn new(folder: &Path) -> std::io::Result<Self> {
        files::make_folder(folder)?;
        let state = State {
            lock: None,
            preferences: Preferences::default(),
            shown: Journal::open(folder.join("popups.journal"))?,
            shown_until: None,
            read: Journal::open(folder.join("popups-read.journal"))?,
            open: VecDeque::new(),
            recent: Vec::new(),
            due_again: None,
            quiet: false,
        };
        Ok(Self { lock_file: folder.join("popups.lock"), wanted: Notify::new(), state: Mutex::new(state) })
    }

    /// How this computer pops up.
    pub fn preferences(&self) -> Preferences {
        self.state().preferences
    }

    /// From now on it pops up like this.
    pub fn set_preferences(&self, preferences: Preferences) {
        self.state().preferences = preferences;
        self.wanted.notify_one();
    }

    /// A person marked these read on a popup. The link tells the database at once, or when it is up again; also after
    /// a restart.
    pub fn mark_read(&self, ids: &[Uuid]) {
        self.state().read.add(ids);
        self.wanted.notify_one();
    }

    /// Shows a popup for a person who wants to see how it looks, quiet hours or not, switched off or not.
    ///
    /// # Errors
    /// When the system refuses it or does not answer.
    pub async fn test(&self, desktop: &dyn Desktop) -> Result<(), PopupError> {
        let popup = Popup {
            title: "Test popup".to_owned(),
            body: "This is how Neff Office tells you of an alert.".to_owned(),
            priority: 3,
            notifications: Vec::new(),
            about: None,
            silent: false,
        };
        match tokio::time::timeout(TEST_PATIENCE, desktop.show(&self.dressed(popup, None))).await {
            Ok(outcome) => outcome,
            Err(_) => Err(PopupError("the system does not answer".to_owned())),
        }
    }

    /// Waits until [`Popups::catch_up`] is wanted without a change in the database.
    pub(crate) async fn wanted(&self) {
        let due_again = self.state().due_again;
        let due = async {
            match due_again {
                Some(at) => tokio::time::sleep_until(at).await,
                None => std::future::pending().await,
            }
        };
        tokio::select! {
            () = self.wanted.notified() => {}
            () = due => {}
        }
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
        // Each on its own: one that fails takes none of the others with it.
        let read = of_the_link(self.tell_what_was_read(listener, inbox).await)?;
        let due = of_the_link(self.now_due(listener, inbox).await)?;
        for popup in due.as_ref().ok().into_iter().flatten() {
            match desktop.show(popup).await {
                Ok(()) => self.was_shown(popup.clone(), Instant::now()),
                Err(error) => {
                    // No notification service at the moment: it stays due, and is tried again with the next beat.
                    tracing::warn!(%error, "a popup could not be shown");
                    self.state().shown_until = None;
                    break;
                }
            }
        }
        let recorded = of_the_link(self.record(listener, inbox).await)?;
        self.close_read(listener, desktop).await?;
        read.and(due.map(drop)).and(recorded)
    }

    /// What to show now, if anything.
    async fn now_due(&self, listener: &mut Listener, inbox: &Inbox) -> Result<Vec<Popup>, DatabaseError> {
        self.state().due_again = None;
        if !self.preferences().enabled {
            return Ok(Vec::new());
        }
        // Through a long night only this is asked, not for what waits.
        let was_quiet = self.state().quiet;
        if was_quiet && self.is_quiet(listener, inbox).await? {
            return Ok(Vec::new());
        }
        let connection = listener.connection().await?;
        let mut due = in_time(notifications::due_popups(connection, &inbox.user_id, inbox.computer)).await?;
        let overflow = if due.len() >= ASKED_FOR { due.first().map(|newest| newest.created_at) } else { None };
        due.retain(|n| !self.state().shown.ids().contains(&n.id));
        if due.is_empty() {
            return Ok(Vec::new());
        }
        if self.is_quiet(listener, inbox).await? {
            return Ok(Vec::new());
        }
        let popups = self.choose(&due, Instant::now());
        self.state().shown_until = overflow.filter(|_| popups.iter().any(|popup| popup.notifications.len() > 1));
        Ok(popups)
    }

    /// Asked each time: a person's hours count from when they are changed, and a computer that slept wakes up to the
    /// time it is. The timer is for the moment itself.
    async fn is_quiet(&self, listener: &mut Listener, inbox: &Inbox) -> Result<bool, DatabaseError> {
        let rest = in_time(database::quiet::lasts(listener.connection().await?, &inbox.user_id)).await?;
        let mut state = self.state();
        state.quiet = rest.is_some();
        state.due_again = rest.map(|rest| Instant::now() + rest);
        Ok(state.quiet)
    }

    /// One popup each, or one summary, or nothing yet.
    fn choose(&self, due: &[NotificationRow], now: Instant) -> Vec<Popup> {
        let mut state = self.state();
        state.recent.retain(|at| now.duration_since(*at) < WINDOW);
        let ago: Vec<_> = state.recent.iter().map(|at| now.duration_since(*at)).collect();
        let heads: Vec<_> = due
            .iter()
            .map(|n| Due { title: n.title.clone(), priority: n.priority, created_at: n.created_at })
            .collect();
        match plan(&heads, &ago) {
            Plan::Nothing => Vec::new(),
            Plan::Wait(pause) => {
                state.due_again = Some(now + pause);
                Vec::new()
            }
            Plan::Each => {
                drop(state);
                due.iter().rev().map(|row| self.dressed(single(row), Some(&row.alert_type))).collect()
            }
            Plan::Summary(summary) => {
                drop(state);
                let popup = Popup {
                    title: summary.title,
                    body: summary.body,
                    priority: summary.priority,
                    notifications: due.iter().map(|n| n.id).collect(),
                    about: None,
                    silent: false,
                };
                vec![self.dressed(popup, None)]
            }
        }
    }

    /// The popup as this computer wants it. `kind`: of a single alert, whose own title may name somebody.
    fn dressed(&self, mut popup: Popup, kind: Option<&str>) -> Popup {
        let preferences = self.preferences();
        popup.silent = !preferences.sound;
        if preferences.titles_only {
            popup.body.clear();
            if let Some(kind) = kind {
                popup.title = alert_type_in_words(kind);
            }
        }
        popup
    }

    fn was_shown(&self, popup: Popup, now: Instant) {
        let mut state = self.state();
        state.recent.push(now);
        state.shown.add(&popup.notifications);
        if state.open.len() >= REMEMBERED {
            state.open.pop_front();
        }
        let unread = popup.notifications.iter().copied().collect();
        state.open.push_back(Open { notifications: popup.notifications, unread });
    }

    async fn record(&self, listener: &mut Listener, inbox: &Inbox) -> Result<(), DatabaseError> {
        let ids: Vec<Uuid> = self.state().shown.ids().iter().copied().collect();
        if ids.is_empty() {
            return Ok(());
        }
        in_time(notifications::record_popups(listener.connection().await?, inbox.computer, &ids)).await?;
        self.state().shown.done(&ids);
        let overflow = self.state().shown_until.take();
        if let Some(until) = overflow {
            let connection = listener.connection().await?;
            in_time(notifications::record_all_popups(connection, &inbox.user_id, inbox.computer, until)).await?;
        }
        Ok(())
    }

    async fn tell_what_was_read(&self, listener: &mut Listener, inbox: &Inbox) -> Result<(), DatabaseError> {
        let ids: Vec<Uuid> = self.state().read.ids().iter().copied().collect();
        if ids.is_empty() {
            return Ok(());
        }
        match in_time(database::inbox::set_read(listener.connection().await?, &inbox.user_id, &ids, true)).await {
            Ok(_) => {}
            // Asking again would change nothing, and hold up everything else.
            Err(error) if error.failure() == Failure::RightsMissing => {
                tracing::warn!(%error, "this login may not mark notifications read");
            }
            Err(error) => return Err(error),
        }
        self.state().read.done(&ids);
        Ok(())
    }

    /// A popup closes when all it stands for is read, or gone.
    async fn close_read(&self, listener: &mut Listener, desktop: &dyn Desktop) -> Result<(), DatabaseError> {
        let unread: Vec<Uuid> = self.state().open.iter().flat_map(|popup| &popup.unread).copied().collect();
        if unread.is_empty() {
            return Ok(());
        }
        let read = in_time(notifications::no_longer_unread(listener.connection().await?, &unread)).await?;
        if !read.is_empty() {
            let done = self.state().all_read(&HashSet::from_iter(read));
            desktop.close(&done).await;
        }
        Ok(())
    }

    /// Takes the lock if nobody has it: the window and `neff worker` on one computer must not both pop up.
    fn is_ours(&self) -> bool {
        let mut state = self.state();
        if state.lock.is_some() {
            return true;
        }
        let Ok(file) = files::private().create(true).truncate(false).open(&self.lock_file) else {
            return false;
        };
        if file.try_lock().is_err() {
            return false;
        }
        state.lock = Some(file);
        let State { shown, read, .. } = &mut *state;
        // Who had the lock until now may have left something since this program was started.
        for journal in [shown, read] {
            if let Err(error) = journal.read_again() {
                tracing::warn!(%error, "a journal of the popups could not be read");
            }
        }
        true
    }

    fn state(&self) -> MutexGuard<'_, State> {
        self.state.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

impl State {
    /// Strikes these out; gives what the popups stood for that have nothing unread any more.
    fn all_read(&mut self, read: &HashSet<Uuid>) -> Vec<Uuid> {
        let mut done = Vec::new();
        self.open.retain_mut(|popup| {
            popup.unread.retain(|id| !read.contains(id));
            if popup.unread.is_empty() {
                done.append(&mut popup.notifications);
            }
            !popup.unread.is_empty()
        });
        done
    }
}

/// Outside what ended the link, inside what came of one question.
fn of_the_link<T>(outcome: Result<T, DatabaseError>) -> Result<Result<T, DatabaseError>, DatabaseError> {
    match outcome {
        Err(error) if error.is_disconnect() => Err(error),
        other => Ok(other),
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
mod tests;
