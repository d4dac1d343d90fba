//! Undo: every change is written with its inverse, and reversing one is a change again.
//!
//! An inverse says what to write and the version it may write over: when somebody changed the same thing since, it is
//! refused and nothing is lost. It is read back from the database, where another program may have written it: it is
//! data for the same checked statements as any edit, never more.

use std::collections::BTreeMap;

use database::act::{self, Actor};
use database::changes::{self, ChangeRow, NewChange, Place};
use database::people::PersonRow;
use database::schedule::messages;
use database::{DatabaseError, Failure, PgConnection, foreign};
use serde::{Deserialize, Serialize};
use uuid::Uuid;

use super::schedule::writing::ScheduleInverse;
use crate::desktop::DesktopEvent;
use crate::error::{AppError, ErrorCode};
use crate::office::Office;
use crate::view::{
    Change, ChangePage, ChangeRef, ChangesQuery, FieldChange, RecordKind, RecordRef, ResourceKind, ScheduleJob, Undone,
    Written,
};

/// How to reverse a change.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[serde(tag = "do", rename_all = "snake_case")]
pub(crate) enum Inverse {
    /// Write these company settings.
    Company {
        /// By key of `system_config`.
        values: BTreeMap<String, String>,
        /// The settings' version to write over.
        version: i64,
        /// The values it was left at: over these it may write whatever the version is by now.
        #[serde(default)]
        left: BTreeMap<String, String>,
    },
    /// Write what a person chose.
    Me {
        /// Whose.
        id: Uuid,
        /// The row's version to write over.
        version: i32,
        /// The values, as in [`crate::view::MeInput`].
        name: String,
        email: Option<String>,
        phone: Option<String>,
        time_zone: Option<String>,
        quiet_from: Option<chrono::NaiveTime>,
        quiet_until: Option<chrono::NaiveTime>,
        /// What it was left at, as `Company`'s.
        #[serde(default)]
        left: Option<Box<crate::workflows::me::Chosen>>,
    },
    /// Write an estimate's notes.
    EstimateNotes {
        /// Which.
        id: Uuid,
        /// The row's version to write over.
        version: i32,
        /// The text; none: empty.
        notes: Option<String>,
        /// The text it was left at, as `Company`'s.
        #[serde(default)]
        left: Option<String>,
    },
    /// Write jobs, and what belongs to them.
    Schedule(Box<ScheduleInverse>),
    /// What a name on jobs means.
    Alias {
        /// Among the machines.
        machine: bool,
        /// The name.
        written: String,
        /// Whom; none: nobody.
        means: Option<(ResourceKind, Uuid)>,
        /// Whom it must mean now.
        now: Option<(ResourceKind, Uuid)>,
    },
    /// Write people, crews, machines and what hangs on them.
    Crew {
        /// One row after the other.
        steps: Vec<super::crew::Step>,
        /// Each row as it was left.
        #[serde(default)]
        left: Vec<super::crew::Step>,
    },
}

impl Inverse {
    /// The rows that were written when this became the way back, with the versions they have now. What stayed as it was
    /// is not among them: its version may be somebody else's.
    fn wrote(&self) -> Vec<Written> {
        // An UPDATE that differs raises a row's version by one.
        let written = |id: Uuid, version: i32| Written { id, over: version - 1, version };
        match self {
            Self::Company { version, left, .. } => {
                // It is the sum of its rows' versions.
                let rows = i32::try_from(left.len()).unwrap_or(i32::MAX);
                let version = i32::try_from(*version).unwrap_or(i32::MAX);
                let one = Written { id: Uuid::nil(), over: version.saturating_sub(rows), version };
                if rows == 0 { Vec::new() } else { vec![one] }
            }
            Self::Me { id, version, name, email, phone, time_zone, quiet_from, quiet_until, left } => {
                let (name, email, phone) = (name.clone(), email.clone(), phone.clone());
                let (time_zone, quiet_from, quiet_until) = (time_zone.clone(), *quiet_from, *quiet_until);
                let before = crate::workflows::me::Chosen { name, email, phone, time_zone, quiet_from, quiet_until };
                if left.as_deref() == Some(&before) { Vec::new() } else { vec![written(*id, *version)] }
            }
            Self::EstimateNotes { id, version, notes, left } if notes != left => vec![written(*id, *version)],
            Self::Schedule(back) => {
                let wrote = back.jobs.iter().filter(|back| back.to != back.left);
                wrote.map(|back| written(back.to.id, back.version)).collect()
            }
            Self::Crew { steps, .. } => {
                let rows = steps.iter().filter_map(super::crew::Step::row);
                rows.map(|(id, version)| written(id, version)).collect()
            }
            Self::EstimateNotes { .. } | Self::Alias { .. } => Vec::new(),
        }
    }
}

/// What stands there now, as far as that matters.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Now<T> {
    /// Whatever it is.
    Any,
    /// This, as it was left.
    Is(T),
}

/// What a change was, for its record.
#[derive(Debug)]
pub(crate) struct Done {
    /// One line.
    pub summary: String,
    /// What it was done to.
    pub about: Option<RecordRef>,
    /// What differs; nothing: there is nothing to record.
    pub fields: Vec<FieldChange>,
    /// The way back.
    pub inverse: Inverse,
    /// Jobs as they are now, where jobs were put back.
    pub jobs: Vec<ScheduleJob>,
    /// Messages to customers that were dropped or taken up again, as they were before.
    pub messages: Vec<Written>,
    /// What the window reads again.
    pub tells: Vec<DesktopEvent>,
}

impl Office {
    /// What was done lately, newest first.
    ///
    /// # Errors
    /// When there is no connection, or the database cannot be asked.
    pub async fn recent_changes(&self, query: &ChangesQuery) -> Result<ChangePage, AppError> {
        let (pool, me) = self.at_work().await?;
        let mut connection = pool.acquire().await.map_err(DatabaseError::from)?;
        let limit = query.limit.clamp(1, 200);
        let mine = query.mine.then_some(me.user_id.as_str());
        let search = query.search.as_deref().map(str::trim).filter(|s| !s.is_empty());
        let after = query.after.as_deref().and_then(read_place);
        let mut rows = changes::page(&mut connection, mine, search, after, i64::from(limit) + 1).await?;
        let more = rows.len() > limit as usize;
        rows.truncate(limit as usize);
        let next = rows.last().filter(|_| more).map(|r| format!("{} {}", r.at.to_rfc3339(), r.id));
        Ok(ChangePage { items: rows.into_iter().map(|row| shown(row, me.id)).collect(), next })
    }

    /// Reverses a change, if nobody changed the same thing since.
    ///
    /// # Errors
    /// [`ErrorCode::VersionConflict`] when somebody did, or undid it already; [`ErrorCode::Invalid`] when it has no
    /// way back.
    pub async fn undo_change(&self, id: Uuid) -> Result<Undone, AppError> {
        let (pool, me) = self.at_work().await?;
        let actor = actor(&me);
        let mut transaction = act::begin(&pool, &actor, None).await?;
        let Some(row) = changes::one(&mut transaction, id).await? else {
            // A line of a job's history, whoever wrote it.
            act::give_reason(&mut transaction, "Undone").await?;
            let done = super::schedule::revert(&mut transaction, id).await?;
            let mut done = done.ok_or_else(|| AppError::not_found("change"))?;
            let jobs = std::mem::take(&mut done.jobs);
            let change = self.keep(transaction, &actor, done, None).await?;
            return Ok(Undone { change: change.ok_or_else(|| AppError::not_found("change"))?, jobs });
        };
        if row.undone_by.is_some() {
            return Err(undone_already());
        }
        let inverse = row
            .inverse
            .and_then(|json| serde_json::from_value(json).ok())
            .ok_or_else(|| AppError::new(ErrorCode::Invalid, "This change has no way back. Nothing was changed."))?;
        let summary = match row.summary.strip_prefix("Undone: ") {
            Some(first) => format!("Done again: {first}"),
            None => format!("Undone: {}", row.summary.strip_prefix("Done again: ").unwrap_or(&row.summary)),
        };
        act::give_reason(&mut transaction, &summary).await?;
        let mut done = Done { summary, ..self.apply(&mut transaction, inverse, &me).await? };
        let jobs = std::mem::take(&mut done.jobs);
        let change =
            self.keep(transaction, &actor, done, Some(id)).await?.ok_or_else(|| AppError::not_found("change"))?;
        Ok(Undone { change, jobs })
    }

    async fn apply(&self, connection: &mut PgConnection, inverse: Inverse, me: &PersonRow) -> Result<Done, AppError> {
        match inverse {
            Inverse::Company { values, version, left } => {
                super::company::write(connection, &values, version, &left).await
            }
            Inverse::EstimateNotes { id, version, notes, left } => {
                super::estimates::write_notes(connection, id, version, notes.as_deref(), Now::Is(left.as_deref())).await
            }
            Inverse::Crew { steps, left } => super::crew::apply(connection, steps, left).await,
            Inverse::Schedule(inverse) => super::schedule::writing::go_back(connection, *inverse, &me.user_id).await,
            Inverse::Alias { machine, written, means, now } => {
                super::schedule::write_alias(connection, machine, &written, means, Now::Is(now)).await
            }
            Inverse::Me { id, .. } if id != me.id => Err(AppError::new(
                ErrorCode::RightsMissing,
                "Only the person themselves can undo a change of their own settings. Nothing was changed.",
            )),
            Inverse::Me { id, version, name, email, phone, time_zone, quiet_from, quiet_until, left } => {
                let (user_id, office_role, login) = Default::default();
                let row = database::people::MeRow {
                    id,
                    user_id,
                    name,
                    email,
                    phone,
                    office_role,
                    time_zone,
                    quiet_from,
                    quiet_until,
                    version,
                    login,
                };
                super::me::write(connection, row, left.as_deref()).await
            }
        }
    }

    /// Ends a transaction in which something was done: recorded unless nothing differs, committed, told to the window.
    pub(crate) async fn keep(
        &self,
        mut transaction: database::Transaction,
        actor: &Actor,
        done: Done,
        undoes: Option<Uuid>,
    ) -> Result<Option<ChangeRef>, AppError> {
        let mut change = None;
        // Two people of one name look alike in the fields: what was written counts.
        let wrote = match &done.inverse {
            Inverse::Schedule(back) => back.writes(),
            _ => !done.fields.is_empty(),
        };
        if wrote || undoes.is_some() {
            let mut recorded = record(&mut transaction, actor, &done, undoes).await?;
            if let Inverse::Schedule(back) = &done.inverse
                && !back.messages_off.is_empty()
            {
                messages::tell_of(&mut transaction, &back.messages_off, recorded.id).await?;
            }
            let written = messages_now(&mut transaction, done.messages).await?;
            recorded.wrote.extend(written.into_iter().filter(|m| m.over != m.version));
            change = Some(recorded);
        }
        commit(transaction).await?;
        if change.is_some() {
            self.tell_all(done.tells);
        }
        Ok(change)
    }

    /// The window is told of each.
    fn tell_all(&self, events: Vec<DesktopEvent>) {
        for event in events {
            self.tell(event);
        }
        self.tell(DesktopEvent::ChangesChanged);
    }
}

/// Who acts, for the transactions of this person.
pub(crate) fn actor(me: &PersonRow) -> Actor {
    Actor { user_id: me.user_id.clone(), computer: crate::settings::computer_name() }
}

/// Writes the record of a change into the transaction that makes it.
async fn record(
    connection: &mut PgConnection,
    actor: &Actor,
    done: &Done,
    undoes: Option<Uuid>,
) -> Result<ChangeRef, AppError> {
    let fields = serde_json::to_value(&done.fields).unwrap_or_default();
    let inverse = serde_json::to_value(&done.inverse).ok();
    let new = NewChange {
        summary: &done.summary,
        about: done.about.map(|a| (a.kind.as_str(), a.id)),
        fields,
        inverse,
        undoes,
    };
    let id = match changes::record(connection, actor, &new).await {
        Err(error) if error.failure() == Failure::Constraint && undoes.is_some() => return Err(undone_already()),
        other => other?,
    };
    Ok(ChangeRef { id, summary: done.summary.clone(), can_undo: true, wrote: done.inverse.wrote() })
}

/// Commits. When the link breaks at that moment nobody can know whether it was kept.
pub(crate) async fn commit(transaction: database::Transaction) -> Result<(), AppError> {
    transaction.commit().await.map_err(|error| {
        let error = DatabaseError::from(error);
        if error.is_disconnect() {
            AppError::new(
                ErrorCode::NoAnswer,
                "The connection broke at the moment of saving. Look whether it was saved before you try again.",
            )
            .with_details(error.technical())
        } else {
            error.into()
        }
    })
}

/// It was changed, by whomever: oneself on another computer is not somebody else.
pub(crate) fn changed_meanwhile(what: &str) -> AppError {
    AppError::new(ErrorCode::VersionConflict, format!("Meanwhile {what} changed. Nothing of yours was saved yet."))
}

/// The fields that differ, with their labels.
pub(crate) fn differing<'a>(
    fields: impl IntoIterator<Item = (&'a str, Option<&'a str>, Option<&'a str>)>,
) -> Vec<FieldChange> {
    let filled = |v: Option<&str>| v.filter(|v| !v.is_empty()).map(str::to_owned);
    fields
        .into_iter()
        .map(|(label, before, after)| FieldChange {
            label: label.to_owned(),
            before: filled(before),
            after: filled(after),
        })
        .filter(|f| f.before != f.after)
        .collect()
}

/// What these messages are by now.
async fn messages_now(connection: &mut PgConnection, mut before: Vec<Written>) -> Result<Vec<Written>, AppError> {
    if before.is_empty() {
        return Ok(before);
    }
    let ids: Vec<Uuid> = before.iter().map(|m| m.id).collect();
    let now: BTreeMap<Uuid, i32> =
        messages::these(connection, &ids).await?.into_iter().map(|m| (m.id, m.version)).collect();
    for message in &mut before {
        message.version = now.get(&message.id).copied().unwrap_or(message.over);
    }
    Ok(before)
}

fn undone_already() -> AppError {
    AppError::new(ErrorCode::VersionConflict, "This was undone already. Nothing was changed.")
}

fn shown(row: ChangeRow, me: Uuid) -> Change {
    let inverse: Option<Inverse> = row.inverse.and_then(|json| serde_json::from_value(json).ok());
    let why_not = if row.undone_by.is_some() {
        Some("It was undone.".to_owned())
    } else {
        match &inverse {
            None if row.source != "manual_admin" => Some("Another program did it.".to_owned()),
            None => Some("It has no way back.".to_owned()),
            Some(Inverse::Me { id, .. }) if *id != me => Some("Only they can undo it.".to_owned()),
            Some(_) => None,
        }
    };
    let about = row.about_kind.as_deref().and_then(RecordKind::read).zip(row.about_id);
    Change {
        id: row.id,
        at: row.at,
        by: row.by,
        proven: row.proven,
        source: row.source,
        computer: row.computer,
        summary: row.summary,
        reason: row.reason,
        about: about.map(|(kind, id)| RecordRef { kind, id }),
        fields: foreign::each(row.fields),
        can_undo: why_not.is_none(),
        why_not,
        undoes: row.undoes,
        undone_by: row.undone_by,
    }
}

/// A cursor is ours, but it comes back from the window: what cannot be read begins at the top.
fn read_place(text: &str) -> Option<Place> {
    let (at, id) = text.split_once(' ')?;
    Some(Place { at: at.parse().ok()?, id: id.parse().ok()? })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn an_inverse_another_program_wrote_is_data_or_nothing() {
        for bad in [
            serde_json::json!({"do": "drop_everything"}),
            serde_json::json!({"do": "company", "values": [], "version": "1"}),
            serde_json::json!("DROP TABLE estimates"),
            serde_json::json!(null),
        ] {
            assert!(serde_json::from_value::<Inverse>(bad).is_err());
        }
    }

    #[test]
    fn only_what_differs_is_told_and_empty_is_nothing() {
        let fields =
            differing([("Name", Some("Neff"), Some("Neff")), ("Phone", None, Some("")), ("Notes", Some("a"), None)]);
        assert_eq!(fields, [FieldChange { label: "Notes".into(), before: Some("a".into()), after: None }]);
    }

    #[test]
    fn a_cursor_that_is_not_ours_begins_at_the_top() {
        let id = Uuid::from_u128(7);
        let place = read_place(&format!("2026-04-01T12:00:00.123456+00:00 {id}")).unwrap();
        assert_eq!((place.id, place.at.timestamp_subsec_micros()), (id, 123_456));
        for text in ["", "x", "2026-04-01T12:00:00Z", "'; DROP TABLE x 1"] {
            assert_eq!(read_place(text), None);
        }
    }
}
