//! A full pass: everything anew, in a file of its own that gets the copy's name when it is whole.

use std::sync::Arc;

use rusqlite::Connection;

use crate::connection::{self, Journal, LAYOUT, TABLES};
use crate::error::CopyError;
use crate::key::CopyKey;
use crate::place::Place;
use crate::record::Record;
use crate::schedule_copy::ScheduleCopy;
use crate::state::{self, Identity, Progress};
use crate::write;

/// A copy being filled. Dropping it leaves everything as it was.
#[derive(Debug)]
pub struct FullPass {
    /// `None` only while it is being finished.
    connection: Option<Connection>,
    pub(crate) place: Arc<Place>,
    pub(crate) key: CopyKey,
    pub(crate) identity: Identity,
}

impl FullPass {
    pub(crate) fn begin(place: Arc<Place>, key: &CopyKey, identity: Identity) -> Result<Self, CopyError> {
        let file = place.make_partial()?;
        // From here on dropping it removes the file.
        let mut pass = Self { connection: None, place, key: key.clone(), identity };
        let connection = connection::open(&file, key, Journal::None)?;
        connection.execute_batch(TABLES)?;
        connection.pragma_update(None, "user_version", LAYOUT)?;
        connection.execute_batch("BEGIN")?;
        pass.connection = Some(connection);
        Ok(pass)
    }

    /// Adds these; of two with the same kind and id the later counts. Jobs in order of start make reading a week
    /// faster.
    ///
    /// # Errors
    /// [`CopyError::DiskFull`] or [`CopyError::Io`]; the pass is then of no more use.
    pub fn add(&mut self, records: impl IntoIterator<Item = Record>) -> Result<(), CopyError> {
        let connection = self.connection.as_ref().ok_or(CopyError::Damaged)?;
        for record in records {
            write::put(connection, &record)?;
        }
        Ok(())
    }

    /// Puts it in place, where there was no copy or none that can be used, and opens it.
    ///
    /// # Errors
    /// When it could not be written. There is no copy then, or the one that cannot be used.
    pub fn finish(mut self, progress: &Progress) -> Result<ScheduleCopy, CopyError> {
        self.complete(progress)?;
        self.place.replace_unusable()?;
        ScheduleCopy::of(Arc::clone(&self.place), self.key.clone(), self.identity)
    }

    /// Writes what is left, and closes the file.
    pub(crate) fn complete(&mut self, progress: &Progress) -> Result<(), CopyError> {
        let connection = self.connection.take().ok_or(CopyError::Damaged)?;
        write::drop_outside(&connection, &progress.window)?;
        state::write(&connection, &self.identity, progress, progress.as_of)?;
        connection.execute_batch("COMMIT")?;
        connection::write_ahead(&connection)?;
        connection::close(connection)
    }
}

impl Drop for FullPass {
    fn drop(&mut self) {
        // Closed first: Windows does not remove a file that is open.
        drop(self.connection.take());
        self.place.passed();
    }
}
