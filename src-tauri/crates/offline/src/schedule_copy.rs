//! Opening a copy, bringing it up to date, replacing it.

use std::path::Path;
use std::sync::Arc;

use chrono::{DateTime, TimeDelta, Utc};
use rusqlite::{Connection, TransactionBehavior};

use crate::connection::{self, Journal, LAYOUT, PAGE};
use crate::error::{CopyError, OpenError};
use crate::key::CopyKey;
use crate::pass::FullPass;
use crate::place::{self, Place};
use crate::state::{self, Identity, Progress, Row};
use crate::write::{self, Refresh};

/// Time that passes is written down this often at most.
const NOTED_EVERY: TimeDelta = TimeDelta::minutes(1);

/// What a copy has to be for this person to read it now.
#[derive(Debug, Clone, Copy)]
pub struct Expected {
    /// Whose copy it has to be.
    pub identity: Identity,
    /// What this computer's clock shows.
    pub now: DateTime<Utc>,
    /// How long after the server was last reached the copy can be read.
    pub readable_for: TimeDelta,
}

/// The copy of the schedule on this computer, open.
#[derive(Debug)]
pub struct ScheduleCopy {
    pub(crate) connection: Connection,
    place: Arc<Place>,
    key: CopyKey,
    identity: Identity,
}

impl ScheduleCopy {
    /// Opens the copy there is. It reads a page or two: whether the others are as they were written shows when they
    /// are read.
    ///
    /// # Errors
    /// Why it cannot be opened. It is left where it is: [`crate::wipe`] one that is too old, too, if nobody is to
    /// keep it.
    pub fn open(path: &Path, key: &CopyKey, expected: &Expected) -> Result<Self, OpenError> {
        // Before the folder is made and the lock is taken, which somebody without a copy needs not.
        if path.symlink_metadata().is_err_and(|error| error.kind() == std::io::ErrorKind::NotFound) {
            return Err(OpenError::Missing);
        }
        let place = Place::take(path)?;
        match place.length()? {
            None => return Err(OpenError::Missing),
            // To SQLite, a file with nothing in it is a new database.
            Some(length) if length < PAGE => return Err(OpenError::WrongKeyOrDamaged),
            Some(_) => {}
        }
        place.make_private().map_err(CopyError::from)?;
        place.remove_partial().map_err(CopyError::from)?;
        let connection = connection::open(path, key, Journal::Ahead)?;
        if connection::layout(&connection)? != LAYOUT {
            return Err(OpenError::OtherSchema { found: None });
        }
        let row = state::read(&connection)?;
        let wanted = expected.identity;
        if (row.identity.connection, row.identity.person) != (wanted.connection, wanted.person) {
            return Err(OpenError::OtherIdentity);
        }
        if row.identity.schema != wanted.schema {
            return Err(OpenError::OtherSchema { found: Some(row.identity.schema) });
        }
        let copy = Self { connection, place, key: key.clone(), identity: wanted };
        if copy.young_enough(&row, expected.now, expected.readable_for)? {
            Ok(copy)
        } else {
            Err(OpenError::TooOld { as_of: row.state.progress.as_of })
        }
    }

    /// Starts a copy where there is none, or none that can be used. The folder is made if it is not there.
    ///
    /// # Errors
    /// [`CopyError::Busy`] when it is open, here or in another process; [`CopyError::DiskFull`] and [`CopyError::Io`].
    pub fn begin(path: &Path, key: &CopyKey, identity: Identity) -> Result<FullPass, CopyError> {
        let place = Place::take(path)?;
        place.length()?;
        FullPass::begin(place, key, identity)
    }

    /// Starts filling a new file, while this copy goes on being read and refreshed. What is refreshed meanwhile is
    /// not in the new one: its own position says from where it goes on.
    ///
    /// # Errors
    /// [`CopyError::Busy`] when a pass is under way; [`CopyError::DiskFull`] and [`CopyError::Io`].
    pub fn full_pass(&self) -> Result<FullPass, CopyError> {
        FullPass::begin(Arc::clone(&self.place), &self.key, self.identity)
    }

    /// Goes over to what a full pass has read.
    ///
    /// # Errors
    /// When it could not be written or put in place. The copy is as it was then.
    pub fn swap_in(&mut self, mut pass: FullPass, progress: &Progress) -> Result<(), CopyError> {
        if !Arc::ptr_eq(&self.place, &pass.place) {
            return Err(CopyError::Busy);
        }
        pass.complete(progress)?;
        let usable = match connection::write_back(&self.connection) {
            Ok(()) => true,
            Err(CopyError::Damaged) => false,
            // What is still in the log would be lost, or, worse, added to the new file.
            Err(error) => return Err(error),
        };
        // Windows does not replace a file that is open.
        let nothing = Connection::open_in_memory()?;
        let old = std::mem::replace(&mut self.connection, nothing);
        let closed = connection::close(old);
        let replaced = match closed {
            Err(error) if usable => Err(error),
            Ok(()) if usable => self.place.replace().map_err(CopyError::from),
            _ => self.place.replace_unusable().map_err(CopyError::from),
        };
        // The new one, or again the old one.
        self.connection = connection::open(&self.place.path, &self.key, Journal::Ahead)?;
        replaced
    }

    /// Brings it up to date: all of it, or nothing. Jobs that have left the window are dropped. With nothing changed
    /// it notes that the server was heard.
    ///
    /// # Errors
    /// [`CopyError::OtherFeed`] when only a full pass helps; otherwise when it could not be written. The copy is as it
    /// was then.
    pub fn apply(&mut self, refresh: &Refresh, progress: &Progress) -> Result<(), CopyError> {
        let outcome = self.write_all(refresh, progress);
        if matches!(outcome, Err(CopyError::DiskFull)) {
            // Gives back what the log has grown to. If that fails, too, the next time does it.
            let _ = connection::write_back(&self.connection);
        }
        outcome
    }

    /// Whether it can still be read: for a program that stays open for days without the server. Time only goes
    /// forward: setting the computer's clock back does not help, a clock that ran ahead is forgiven when the server is
    /// heard again.
    ///
    /// # Errors
    /// [`CopyError::Damaged`] when the copy is not as it was written.
    pub fn still_readable(&self, now: DateTime<Utc>, readable_for: TimeDelta) -> Result<bool, CopyError> {
        let row = state::read(&self.connection)?;
        self.young_enough(&row, now, readable_for)
    }

    /// The server does not accept the login (any more): noted until it is heard again, also by another start of the program.
    ///
    /// # Errors
    /// When it could not be written.
    pub fn note_refused(&self, now: DateTime<Utc>) -> Result<(), CopyError> {
        state::note_refused(&self.connection, now)
    }

    /// How long the server has not accepted the login; `None` when it did, as far as is known. Setting the computer's
    /// clock back does not make it shorter.
    ///
    /// # Errors
    /// [`CopyError::Damaged`] when the copy is not as it was written.
    pub fn refused_for(&self, now: DateTime<Utc>) -> Result<Option<TimeDelta>, CopyError> {
        let row = state::read(&self.connection)?;
        Ok(row.refused.map(|since| now.max(row.seen).max(since) - since))
    }

    /// Closes and removes it, as [`crate::wipe`] does.
    ///
    /// # Errors
    /// When a file could not be removed. The others are.
    pub fn wipe(self) -> std::io::Result<()> {
        let Self { connection, place, .. } = self;
        drop(connection);
        place::wipe(&place.path)
    }

    /// A copy that was just put in place.
    pub(crate) fn of(place: Arc<Place>, key: CopyKey, identity: Identity) -> Result<Self, CopyError> {
        let connection = connection::open(&place.path, &key, Journal::Ahead)?;
        Ok(Self { connection, place, key, identity })
    }

    fn write_all(&mut self, refresh: &Refresh, progress: &Progress) -> Result<(), CopyError> {
        let transaction = self.connection.transaction_with_behavior(TransactionBehavior::Immediate)?;
        let before = state::read(&transaction)?;
        if before.state.progress.feed.feed != progress.feed.feed {
            return Err(CopyError::OtherFeed);
        }
        write::refresh(&transaction, refresh, &progress.window)?;
        state::write(&transaction, &self.identity, progress, before.state.full_pass)?;
        Ok(transaction.commit()?)
    }

    fn young_enough(&self, row: &Row, now: DateTime<Utc>, readable_for: TimeDelta) -> Result<bool, CopyError> {
        let as_of = row.state.progress.as_of;
        if now - row.seen >= NOTED_EVERY {
            match state::note_time(&self.connection, now) {
                // With the disk full the schedule is shown all the same.
                Ok(()) | Err(CopyError::DiskFull) => {}
                Err(error) => return Err(error),
            }
        }
        Ok(now.max(row.seen).max(as_of) - as_of <= readable_for)
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::record::{Kind, Record};
    use crate::state::{FeedPosition, Window};
    use uuid::Uuid;

    /// A real full disk is tried where a test can have one; this is tried on every system.
    #[test]
    fn a_file_that_may_not_grow_keeps_what_it_held() {
        let folder = tempfile::tempdir().unwrap();
        let identity = Identity { connection: Uuid::nil(), person: Uuid::nil(), schema: 1 };
        let path = place::path_for(folder.path(), identity.connection, identity.person);
        let feed = FeedPosition { feed: Uuid::nil(), snapshot: String::new(), xmin: 0, last_id: 0 };
        let start = DateTime::UNIX_EPOCH;
        let progress = Progress { feed, as_of: start, window: Window { from: start, until: start } };
        let notes = |text: &str| {
            let notes = (0..200).map(|n| Record::new(Kind::Machine, Uuid::from_u128(n), &text.repeat(99)).unwrap());
            Refresh { upserts: notes.collect(), ..Refresh::default() }
        };
        let key = CopyKey::random().unwrap();
        let mut pass = ScheduleCopy::begin(&path, &key, identity).unwrap();
        pass.add(notes("old").upserts).unwrap();
        let mut copy = pass.finish(&progress).unwrap();
        let pages: i64 = copy.connection.query_row("PRAGMA page_count", [], |row| row.get(0)).unwrap();
        copy.connection.query_row(&format!("PRAGMA max_page_count = {pages}"), [], |_| Ok(())).unwrap();
        let later = Progress { as_of: start + TimeDelta::days(1), ..progress.clone() };
        assert!(matches!(copy.apply(&notes("newer"), &later), Err(CopyError::DiskFull)));
        assert_eq!(copy.all::<String>(Kind::Machine).unwrap(), vec!["old".repeat(99); 200]);
        assert_eq!(copy.state().unwrap().progress, progress);
        copy.connection.query_row("PRAGMA max_page_count = 1000000", [], |_| Ok(())).unwrap();
        copy.apply(&notes("newer"), &later).unwrap();
        assert_eq!(copy.all::<String>(Kind::Machine).unwrap(), vec!["newer".repeat(99); 200]);
    }
}
