//! Crews, and who is in them from when until when.

use chrono::NaiveDate;
use database::crew::{self, CrewValues, MembershipValues};
use database::{PgConnection, act};
use uuid::Uuid;

use super::super::changes::changed_meanwhile;
use super::super::company::invalid;
use super::machines::NOTES;
use super::people::sensible;
use super::steps::{Ran, Refusal, Step, keep_apart, run};
use super::texts::{one_of, optional, required};
use super::words;
use crate::error::{AppError, ErrorCode};
use crate::office::Office;
use crate::view::{CrewInput, CrewMove, CrewOutcome, CrewSaved, MembershipInput, RecordKind, RecordRef};

impl Office {
    /// Saves a crew, if nobody changed it since it was shown; `id` none: a new one. Set inactive, it stays on its jobs
    /// until they are reassigned.
    ///
    /// # Errors
    /// [`ErrorCode::Invalid`] with the field; [`ErrorCode::VersionConflict`].
    pub async fn save_crew(&self, id: Option<Uuid>, version: i32, input: &CrewInput) -> Result<CrewSaved, AppError> {
        let (pool, me) = self.at_work().await?;
        let actor = super::super::changes::actor(&me);
        let mut transaction = act::begin(&pool, &actor, None).await?;
        let c = &mut *transaction;
        let before = match id {
            Some(id) => Some(crew::crew(c, id).await?.ok_or_else(|| AppError::not_found("crew"))?),
            None => None,
        };
        let values = values(input, before.as_ref().map(|b| &b.values))?;
        let name = domain::text::shorten(&values.name, 200);
        let summary = match &before {
            None => format!("Crew {name} added"),
            Some(b) if b.values.status != values.status => {
                format!("Crew {name} set {}", values.status)
            }
            Some(_) => format!("Crew {name} changed"),
        };
        let crew = id.unwrap_or_else(Uuid::new_v4);
        if values.status == "active" {
            let counted = before.as_ref().filter(|b| b.values.status == "active").map(|b| b.values.name.as_str());
            keep_apart(c, crew, &values.name, counted).await?;
        }
        let ran = run(c, vec![Step::Crew { id: crew, seen: id.map(|_| version), values: Some(values) }]).await?;
        let version = ran.versions.get(&crew).copied().or(before.map(|b| b.version)).unwrap_or(version);
        let change = self.keep(transaction, &actor, ran.done(summary, None), None).await?;
        Ok(CrewSaved { id: crew, version, change })
    }

    /// Puts somebody into a crew, or changes from when until when, or whether they lead it. Who led it in that time no
    /// longer does. The jobs to come that name the crew are derived again; what would double book somebody is refused.
    ///
    /// # Errors
    /// [`ErrorCode::Invalid`] with the field; [`ErrorCode::VersionConflict`].
    pub async fn save_membership(&self, input: &MembershipInput) -> Result<CrewOutcome, AppError> {
        let values = membership(input)?;
        let (pool, me) = self.at_work().await?;
        let actor = super::super::changes::actor(&me);
        let mut transaction = act::begin(&pool, &actor, None).await?;
        let c = &mut *transaction;
        let (who, place) = names(c, input.person_id, input.crew_id).await?;
        let id = input.id.unwrap_or_else(Uuid::new_v4);
        let summary = match input.id {
            None => format!("{who} joined {place}"),
            Some(_) => format!("{who} in {place} changed"),
        };
        let mut steps = Vec::new();
        if values.is_lead {
            steps.extend(no_longer_lead(c, &values, id).await?);
        }
        steps.push(Step::Membership { id, seen: input.id.map(|_| input.version), values: Some(values) });
        let ran = run(c, steps).await;
        self.outcome(transaction, &actor, ran, id, input.version, (summary, input.crew_id)).await
    }

    /// Takes back that somebody will be in a crew. What has begun is ended instead: who was in which crew stays known.
    ///
    /// # Errors
    /// [`ErrorCode::Invalid`] when it has begun; [`ErrorCode::VersionConflict`].
    pub async fn remove_membership(&self, id: Uuid, version: i32) -> Result<CrewOutcome, AppError> {
        let (pool, me) = self.at_work().await?;
        let actor = super::super::changes::actor(&me);
        let mut transaction = act::begin(&pool, &actor, None).await?;
        let c = &mut *transaction;
        let (before, now) = crew::membership(c, id).await?.ok_or_else(|| AppError::not_found("entry"))?;
        if now != version {
            return Err(changed_meanwhile("who is in this crew"));
        }
        let today = crew::office_now(c).await?.today;
        if before.from.is_none_or(|from| from < today) {
            return Err(AppError::new(
                ErrorCode::Invalid,
                "They were in this crew already, which stays known. Enter a last day instead.",
            ));
        }
        let (who, place) = names(c, before.person_id, before.crew_id).await?;
        let ran = run(c, vec![Step::Membership { id, seen: Some(version), values: None }]).await;
        self.outcome(transaction, &actor, ran, id, version, (format!("{who} will not join {place}"), before.crew_id))
            .await
    }

    /// Moves somebody to another crew from a day on.
    ///
    /// # Errors
    /// [`ErrorCode::Invalid`] with the field; [`ErrorCode::VersionConflict`].
    pub async fn move_to_crew(&self, to: &CrewMove) -> Result<CrewOutcome, AppError> {
        if !sensible(to.from) {
            return Err(invalid("from", "Enter a year between 1900 and 2199."));
        }
        let (pool, me) = self.at_work().await?;
        let actor = super::super::changes::actor(&me);
        let mut transaction = act::begin(&pool, &actor, None).await?;
        let c = &mut *transaction;
        let (before, now) = crew::membership(c, to.membership_id).await?.ok_or_else(|| AppError::not_found("entry"))?;
        if now != to.version {
            return Err(changed_meanwhile("who is in this crew"));
        }
        if before.crew_id == to.crew_id {
            return Err(invalid("crew_id", "They are in this crew already. Choose another."));
        }
        if before.until.is_some_and(|until| until <= to.from) {
            return Err(invalid("from", "They have left their crew by then. Put them into the other one instead."));
        }
        let today = crew::office_now(c).await?.today;
        let begun = before.from.is_none_or(|from| from < to.from);
        if !begun && before.from.is_some_and(|from| from < today) {
            return Err(invalid("from", "They were in their crew on that day. Enter a later one."));
        }
        let (who, old) = names(c, before.person_id, before.crew_id).await?;
        let (_, new) = names(c, before.person_id, to.crew_id).await?;
        let id = Uuid::new_v4();
        let there =
            MembershipValues { crew_id: to.crew_id, from: Some(to.from), is_lead: to.is_lead, ..before.clone() };
        let rest = begun.then(|| MembershipValues { until: Some(to.from), ..before.clone() });
        let mut steps = vec![Step::Membership { id: to.membership_id, seen: Some(to.version), values: rest }];
        if there.is_lead {
            steps.extend(no_longer_lead(c, &there, id).await?);
        }
        steps.push(Step::Membership { id, seen: None, values: Some(there) });
        let summary = format!("{who} moved from {old} to {new} on {}", words::day(to.from));
        let ran = run(c, steps).await;
        self.outcome(transaction, &actor, ran, id, to.version, (summary, to.crew_id)).await
    }

    async fn outcome(
        &self,
        transaction: database::Transaction,
        actor: &act::Actor,
        ran: Result<Ran, Refusal>,
        id: Uuid,
        version: i32,
        (summary, crew): (String, Uuid),
    ) -> Result<CrewOutcome, AppError> {
        let ran = match ran {
            Ok(ran) => ran,
            Err(Refusal::Clashes(clashes)) => return Ok(CrewOutcome::Clashes { clashes }),
            Err(Refusal::Error(error)) => return Err(error),
        };
        let version = ran.versions.get(&id).copied().unwrap_or(version);
        let about = RecordRef { kind: RecordKind::Crew, id: crew };
        let change = self.keep(transaction, actor, ran.done(summary, Some(about)), None).await?;
        Ok(CrewOutcome::Saved { saved: CrewSaved { id, version, change } })
    }
}

fn values(input: &CrewInput, old: Option<&CrewValues>) -> Result<CrewValues, AppError> {
    let color = optional("color", input.color.as_deref(), 20)?;
    let kept = color.as_deref() == old.and_then(|o| o.color.as_deref());
    let hex = |text: &str| {
        text.strip_prefix('#').is_some_and(|digits| digits.len() == 6 && digits.bytes().all(|b| b.is_ascii_hexdigit()))
    };
    if !kept && color.as_deref().is_some_and(|text| !hex(text)) {
        return Err(invalid("color", "Choose one of the colors."));
    }
    Ok(CrewValues {
        name: required("name", &input.name, 255, "Enter a name.")?,
        status: one_of("status", &input.status, &["active", "inactive"])?,
        color,
        notes: optional("notes", input.notes.as_deref(), NOTES)?,
    })
}

fn membership(input: &MembershipInput) -> Result<MembershipValues, AppError> {
    let until = |last: NaiveDate| last.succ_opt().unwrap_or(last);
    for (field, day) in [("from", input.from), ("until", input.until)] {
        if day.is_some_and(|day| !sensible(day)) {
            return Err(invalid(field, "Enter a year between 1900 and 2199."));
        }
    }
    if let (Some(from), Some(last)) = (input.from, input.until)
        && last < from
    {
        return Err(invalid("until", "The last day comes before the first."));
    }
    Ok(MembershipValues {
        crew_id: input.crew_id,
        person_id: input.person_id,
        from: input.from,
        until: input.until.map(until),
        is_lead: input.is_lead,
    })
}

/// Whoever else leads that crew in that time no longer does.
async fn no_longer_lead(c: &mut PgConnection, there: &MembershipValues, id: Uuid) -> Result<Vec<Step>, AppError> {
    let rows = crew::memberships_of_crew(c, there.crew_id).await?;
    let before =
        |end: Option<NaiveDate>, start: Option<NaiveDate>| matches!((end, start), (Some(e), Some(s)) if e <= s);
    let leads = rows
        .into_iter()
        .filter(|m| m.is_lead && m.id != id && !before(m.until, there.from) && !before(there.until, m.from));
    Ok(leads
        .map(|m| Step::Membership {
            id: m.id,
            seen: Some(m.version),
            values: Some(MembershipValues {
                crew_id: m.crew_id,
                person_id: m.person_id,
                from: m.from,
                until: m.until,
                is_lead: false,
            }),
        })
        .collect())
}

async fn names(c: &mut PgConnection, person: Uuid, place: Uuid) -> Result<(String, String), AppError> {
    let who =
        crew::person(c, person).await?.ok_or_else(|| invalid("person_id", "This person is not there any more."))?;
    let place = crew::crew(c, place).await?.ok_or_else(|| invalid("crew_id", "This crew is not there any more."))?;
    let short = |name: &str| domain::text::shorten(name, 150);
    Ok((short(&who.values.name), short(&place.values.name)))
}
