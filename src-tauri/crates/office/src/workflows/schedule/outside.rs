//! What other programs entered, until somebody looked at it.

use std::collections::HashMap;

use database::schedule::{board, editor, outside};
use database::{DatabaseError, PgConnection, act};
use uuid::Uuid;

use super::reassign::noun;
use super::writing::{Edited, Holds, LockedJobs, Why, changed_since, store, tells};
use crate::desktop::DesktopEvent;
use crate::error::{AppError, ErrorCode};
use crate::office::Office;
use crate::view::{
    ChangeRef, FieldChange, JobVersion, LikelyMove, NewJob, Outside, ResourceKind, ResourceName, ResourceRef,
    ScheduleJob, ScheduleOutcome, UnknownName,
};
use crate::workflows::changes::{Done, Inverse, Now, actor, changed_meanwhile, commit};
use crate::workflows::company::invalid;
use crate::workflows::today::count;

impl Office {
    /// What other programs did that somebody should look at.
    ///
    /// # Errors
    /// When there is no connection, or the database cannot be asked.
    pub async fn outside(&self) -> Result<Outside, AppError> {
        let (pool, _) = self.at_work().await?;
        let mut connection = pool.acquire().await.map_err(DatabaseError::from)?;
        let c = &mut *connection;
        let new = outside::new_jobs(c).await?;
        let moves = outside::likely_moves(c).await?;
        let mut ids = new.clone();
        ids.extend(moves.iter().flat_map(|m| [m.canceled, m.instead]));
        let rows: HashMap<Uuid, board::ScheduleJobRow> =
            board::jobs(c, &ids).await?.into_iter().map(|r| (r.id, r)).collect();
        let job = |id: Uuid| rows.get(&id).cloned().map(ScheduleJob::from);
        let mut moves: Vec<LikelyMove> = moves
            .into_iter()
            .filter_map(|m| {
                Some(LikelyMove { canceled: job(m.canceled)?, canceled_at: m.canceled_at, new: job(m.instead)? })
            })
            .collect();
        moves.sort_by_key(|m| std::cmp::Reverse(m.canceled_at));
        // A job that stands in a pair is looked at there.
        let new_jobs = new
            .into_iter()
            .filter(|id| !moves.iter().any(|m| m.new.id == *id))
            .filter_map(|id| Some(NewJob { created_at: rows.get(&id)?.created_at, job: job(id)? }))
            .collect();
        Ok(Outside { new_jobs, moves, unknown: unknown(c).await? })
    }

    /// Somebody looked at these.
    ///
    /// # Errors
    /// When there is no connection, or the database cannot be asked.
    pub async fn mark_looked_at(&self, jobs: &[Uuid]) -> Result<(), AppError> {
        let (pool, me) = self.at_work().await?;
        let mut transaction = act::begin(&pool, &actor(&me), None).await?;
        outside::looked_at(&mut transaction, jobs).await?;
        commit(transaction).await?;
        self.tell(DesktopEvent::ScheduleChanged);
        Ok(())
    }

    /// From now on this name means this one, on every job.
    ///
    /// # Errors
    /// [`ErrorCode::Invalid`] for a machine among people; [`ErrorCode::NotFound`] when it is gone.
    pub async fn match_name(
        &self,
        machine: bool,
        written: &str,
        resource: ResourceRef,
    ) -> Result<Option<ChangeRef>, AppError> {
        let written = written.trim();
        if written.is_empty() || written.chars().count() > 500 || written.contains('\0') {
            return Err(invalid("written", "This name cannot be matched."));
        }
        if machine != (resource.kind == ResourceKind::Machine) {
            return Err(invalid("resource", "A machine cannot stand for a person, nor the other way round."));
        }
        let (pool, me) = self.at_work().await?;
        let actor = actor(&me);
        let mut transaction = act::begin(&pool, &actor, None).await?;
        let means = Some((resource.kind, resource.id));
        let done = write_alias(&mut transaction, machine, written, means, Now::Any).await?;
        self.keep(transaction, &actor, done, None).await
    }

    /// A cancellation and a new job are one move: the canceled job, with its history, crew and notes, takes over the new
    /// one's time and event; the new one goes.
    ///
    /// # Errors
    /// When there is no connection, or the database cannot be asked.
    pub async fn join_moved(
        &self,
        canceled: JobVersion,
        instead: JobVersion,
        override_reason: Option<&str>,
    ) -> Result<ScheduleOutcome, AppError> {
        if canceled.id == instead.id {
            return Err(invalid("instead", "These are not two jobs."));
        }
        let why = Why::read(Some("Moved in Calendly"), override_reason)?;
        let (pool, me) = self.at_work().await?;
        let actor = actor(&me);
        let mut transaction = act::begin(&pool, &actor, why.told().as_deref()).await?;
        let c = &mut *transaction;
        let ids = [canceled.id, instead.id];
        let found = LockedJobs::lock(c, &ids).await?;
        let locked = &found.jobs;
        if let Some(changed) = changed_since(c, &[canceled, instead], locked, Holds::Part, &me.user_id).await? {
            return Ok(changed);
        }
        let image = |id: Uuid| locked.iter().find(|(i, _)| i.id == id).map(|(i, _)| i.clone());
        let (Some(old), Some(new)) = (image(canceled.id), image(instead.id)) else {
            return Err(AppError::not_found("job"));
        };
        if old.status != "canceled" {
            return Err(AppError::new(
                ErrorCode::Invalid,
                "The first job is not canceled any more. Nothing was changed.",
            ));
        }
        let mut moved = old.clone();
        moved.start_date = new.start_date;
        moved.end_date = new.end_date;
        "rescheduled".clone_into(&mut moved.status);
        moved.calendly_event_uri.clone_from(&new.calendly_event_uri);
        let mut gone = new.clone();
        "canceled".clone_into(&mut gone.status);
        gone.calendly_event_uri.clone_from(&old.calendly_event_uri);
        let edits = [Edited { before: new, after: gone }, Edited { before: old, after: moved }];
        let summary = |_: &[Edited], told: &super::writing::Told<'_>| {
            format!("Job of {} moved as it was in Calendly", told.of(canceled.id))
        };
        match store(c, &edits, &found, why.override_reason, summary).await? {
            Err(clashes) => Ok(ScheduleOutcome::Clashes { clashes }),
            Ok((done, jobs)) => {
                outside::looked_at(c, &ids).await?;
                let change = self.keep(transaction, &actor, done, None).await?;
                Ok(ScheduleOutcome::Done { change, jobs })
            }
        }
    }
}

/// Says what a name means, or that it means nobody. `now`: what it must mean so far, if that matters.
pub(crate) async fn write_alias(
    c: &mut PgConnection,
    machine: bool,
    written: &str,
    means: Option<(ResourceKind, Uuid)>,
    now: Now<Option<(ResourceKind, Uuid)>>,
) -> Result<Done, AppError> {
    let name = match means {
        Some((kind, id)) => {
            Some(editor::resource_name(c, kind.as_str(), id).await?.ok_or_else(|| AppError::not_found(noun(kind)))?)
        }
        None => None,
    };
    let named = means.map(|(kind, id)| (kind.as_str(), id));
    let before = outside::set_alias(c, machine, written, named).await?;
    let earlier = before.as_ref().and_then(|(kind, id)| Some((ResourceKind::read(kind)?, *id)));
    if now != Now::Any && now != Now::Is(earlier) {
        return Err(changed_meanwhile(&format!("what “{}” means", domain::text::shorten(written, 120))));
    }
    let before_name = match &before {
        Some((kind, id)) => editor::resource_name(c, kind, *id).await?,
        None => None,
    };
    let short = domain::text::shorten(written, 120);
    Ok(Done {
        summary: match &name {
            Some(name) => format!("“{short}” means {} from now on", domain::text::shorten(name, 120)),
            None => format!("“{short}” means nobody any more"),
        },
        about: None,
        fields: vec![FieldChange { label: "Means".to_owned(), before: before_name, after: name }],
        inverse: Inverse::Alias { machine, written: written.to_owned(), means: earlier, now: means },
        jobs: Vec::new(),
        messages: Vec::new(),
        tells: tells(),
    })
}

/// Unknown names with who they could be.
async fn unknown(c: &mut PgConnection) -> Result<Vec<UnknownName>, AppError> {
    let names = outside::unknown_names(c).await?;
    let mut suggestions: HashMap<(bool, String), Vec<ResourceName>> = HashMap::new();
    for machine in [false, true] {
        let written: Vec<String> =
            names.iter().filter(|n| (n.kind == "machine") == machine).map(|n| n.written.clone()).collect();
        for row in outside::suggestions(c, machine, &written).await? {
            let Some(kind) = ResourceKind::read(&row.kind) else { continue };
            let one = ResourceName { kind, id: row.id, name: row.name };
            suggestions.entry((machine, row.written)).or_default().push(one);
        }
    }
    Ok(names
        .into_iter()
        .map(|n| {
            let machine = n.kind == "machine";
            UnknownName {
                machine,
                suggestions: suggestions.remove(&(machine, n.written.clone())).unwrap_or_default(),
                written: n.written,
                ambiguous: n.ambiguous,
                jobs: count(n.jobs),
            }
        })
        .collect())
}
