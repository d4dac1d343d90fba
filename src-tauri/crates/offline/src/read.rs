//! Reading a copy. A body that is not what the caller expects counts as damage: the schema's version says it is.

use std::fmt::Write;

use chrono::{DateTime, Utc};
use rusqlite::types::Value;
use rusqlite::{Params, params, params_from_iter};
use serde::de::DeserializeOwned;
use uuid::Uuid;

use crate::error::CopyError;
use crate::record::{Kind, search_terms};
use crate::schedule_copy::ScheduleCopy;
use crate::state::{self, State};

impl ScheduleCopy {
    /// The jobs that touch a stretch of time (its end is not part of it), in order of start.
    ///
    /// # Errors
    /// [`CopyError::Damaged`] when the copy is not as it was written.
    pub fn jobs_between<T: DeserializeOwned>(
        &self,
        from: DateTime<Utc>,
        until: DateTime<Utc>,
    ) -> Result<Vec<T>, CopyError> {
        // The second half of the last condition finds a job with no length, or an end before its start.
        self.bodies(
            "SELECT body FROM record WHERE kind = ?1 AND begins < ?3 AND (ends > ?2 OR begins >= ?2)
              ORDER BY begins, id",
            params![Kind::Job.number(), from.timestamp_micros(), until.timestamp_micros()],
        )
    }

    /// One job.
    ///
    /// # Errors
    /// As [`ScheduleCopy::jobs_between`].
    pub fn job<T: DeserializeOwned>(&self, id: Uuid) -> Result<Option<T>, CopyError> {
        self.get(Kind::Job, id)
    }

    /// One record.
    ///
    /// # Errors
    /// As [`ScheduleCopy::jobs_between`].
    pub fn get<T: DeserializeOwned>(&self, kind: Kind, id: Uuid) -> Result<Option<T>, CopyError> {
        let found = self
            .bodies("SELECT body FROM record WHERE kind = ?1 AND id = ?2", params![kind.number(), id.into_bytes()])?;
        Ok(found.into_iter().next())
    }

    /// Every record of a kind by when it begins; notifications, the newest first.
    ///
    /// # Errors
    /// As [`ScheduleCopy::jobs_between`].
    pub fn all<T: DeserializeOwned>(&self, kind: Kind) -> Result<Vec<T>, CopyError> {
        let sql = match kind {
            Kind::Notification => "SELECT body FROM record WHERE kind = ?1 ORDER BY begins DESC, id DESC",
            _ => "SELECT body FROM record WHERE kind = ?1 ORDER BY begins, id",
        };
        self.bodies(sql, [kind.number()])
    }

    /// The records in whose words every word of the text occurs, capitals aside, those nearest in time first; a phone
    /// number is found however it is punctuated. Nothing is found by an empty text.
    ///
    /// # Errors
    /// As [`ScheduleCopy::jobs_between`].
    pub fn search<T: DeserializeOwned>(
        &self,
        kind: Kind,
        text: &str,
        near: DateTime<Utc>,
        limit: u32,
    ) -> Result<Vec<T>, CopyError> {
        let terms = search_terms(text);
        if terms.is_empty() {
            return Ok(Vec::new());
        }
        let mut values: Vec<Value> = vec![kind.number().into(), near.timestamp_micros().into(), limit.into()];
        let mut condition = String::from("kind = ?1");
        for (written, digits) in terms {
            values.push(written.clone().into());
            values.push(digits.unwrap_or(written).into());
            let last = values.len();
            // Writing to a string does not fail.
            let _ = write!(condition, " AND (instr(folded, ?{}) OR instr(folded, ?{last}))", last - 1);
        }
        let sql = format!(
            "SELECT body FROM (SELECT key, abs(begins - ?2) AS away FROM words WHERE {condition}
                                ORDER BY away, key LIMIT ?3) JOIN record USING (key)
              ORDER BY away, key"
        );
        self.bodies(&sql, params_from_iter(values))
    }

    /// How many records of a kind there are.
    ///
    /// # Errors
    /// As [`ScheduleCopy::jobs_between`].
    pub fn count(&self, kind: Kind) -> Result<u64, CopyError> {
        let mut statement = self.connection.prepare_cached("SELECT count(*) FROM record WHERE kind = ?1")?;
        let count: i64 = statement.query_row([kind.number()], |row| row.get(0))?;
        Ok(count.unsigned_abs())
    }

    /// How far the copy has got.
    ///
    /// # Errors
    /// As [`ScheduleCopy::jobs_between`].
    pub fn state(&self) -> Result<State, CopyError> {
        Ok(state::read(&self.connection)?.state)
    }

    fn bodies<T: DeserializeOwned>(&self, sql: &str, params: impl Params) -> Result<Vec<T>, CopyError> {
        let mut statement = self.connection.prepare_cached(sql)?;
        let mut rows = statement.query(params)?;
        let mut all = Vec::new();
        while let Some(row) = rows.next()? {
            let body = row.get_ref(0)?.as_str().map_err(|_| CopyError::Damaged)?;
            all.push(serde_json::from_str(body).map_err(|_| CopyError::Damaged)?);
        }
        Ok(all)
    }
}
