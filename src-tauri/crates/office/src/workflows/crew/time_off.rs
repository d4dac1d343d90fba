//! Leave and sick days of people, maintenance of machines, holidays and rain days of the office.

use chrono::{DateTime, NaiveDate, NaiveTime, Utc};
use chrono_tz::Tz;
use database::crew::{self, AwayRow, TimeOffValues};
use database::{DatabaseError, PgConnection, act, company};
use domain::working_time::{Calendar, WorkingDays, WorkingHours};
use uuid::Uuid;

use super::super::company::{invalid, time};
use super::people::sensible;
use super::steps::{Step, run};
use super::texts::{one_of, optional};
use super::words;
use crate::error::AppError;
use crate::office::Office;
use crate::view::{AwayEntry, CrewSaved, TimeOffInput};

impl Office {
    /// Saves time off, if nobody changed it since it was shown. Jobs in it stay as they are until they are reassigned.
    ///
    /// # Errors
    /// [`crate::ErrorCode::Invalid`] with the field; [`crate::ErrorCode::VersionConflict`].
    pub async fn save_time_off(&self, input: &TimeOffInput) -> Result<CrewSaved, AppError> {
        let (pool, me) = self.at_work().await?;
        let actor = super::super::changes::actor(&me);
        let mut transaction = act::begin(&pool, &actor, None).await?;
        let c = &mut *transaction;
        let clock = clock(c).await?;
        let values = values(input, &clock)?;
        let id = input.id.unwrap_or_else(Uuid::new_v4);
        let verb = if input.id.is_some() { "changed" } else { "added" };
        let summary = summary(c, &values, &clock, verb).await?;
        let ran =
            run(c, vec![Step::TimeOff { id, seen: input.id.map(|_| input.version), values: Some(values) }]).await?;
        let version = ran.versions.get(&id).copied().unwrap_or(input.version);
        let change = self.keep(transaction, &actor, ran.done(summary, None), None).await?;
        Ok(CrewSaved { id, version, change })
    }

    /// Takes time off back.
    ///
    /// # Errors
    /// [`crate::ErrorCode::VersionConflict`]; [`crate::ErrorCode::NotFound`].
    pub async fn remove_time_off(&self, id: Uuid, version: i32) -> Result<CrewSaved, AppError> {
        let (pool, me) = self.at_work().await?;
        let actor = super::super::changes::actor(&me);
        let mut transaction = act::begin(&pool, &actor, None).await?;
        let c = &mut *transaction;
        let (before, _) = crew::time_off(c, id).await?.ok_or_else(|| AppError::not_found("entry"))?;
        let clock = clock(c).await?;
        let summary = summary(c, &before, &clock, "removed").await?;
        let ran = run(c, vec![Step::TimeOff { id, seen: Some(version), values: None }]).await?;
        let version = ran.version(id);
        let change = self.keep(transaction, &actor, ran.done(summary, None), None).await?;
        Ok(CrewSaved { id, version, change })
    }
}

/// The office's clock.
pub(super) struct Clock(Calendar);

/// Of the office; of no zone when its setting names none.
pub(super) async fn clock(c: &mut PgConnection) -> Result<Clock, DatabaseError> {
    let zone: Tz = domain::zone::known(&company::office_zone(c).await?).unwrap_or(Tz::UTC);
    Ok(Clock(Calendar::new(zone, WorkingDays::default(), WorkingHours::default(), Vec::new())))
}

impl Clock {
    /// The instant at which the clock shows this.
    pub(super) fn at(&self, day: NaiveDate, time: NaiveTime) -> DateTime<Utc> {
        self.0.instant(day.and_time(time))
    }
    /// The instant at which that day ends.
    pub(super) fn end_of(&self, day: NaiveDate) -> DateTime<Utc> {
        self.at(day.succ_opt().unwrap_or(day), NaiveTime::MIN)
    }
    /// The first day, and from what time on, unless all of it.
    pub(super) fn first(&self, at: DateTime<Utc>) -> (NaiveDate, Option<NaiveTime>) {
        let local = self.0.local(at);
        (local.date(), Some(local.time()).filter(|time| *time != NaiveTime::MIN))
    }
    /// The last day, and until what time, unless all of it.
    pub(super) fn last(&self, until: DateTime<Utc>) -> (NaiveDate, Option<NaiveTime>) {
        let local = self.0.local(until);
        match local.time() {
            NaiveTime::MIN => (local.date().pred_opt().unwrap_or(local.date()), None),
            time => (local.date(), Some(time)),
        }
    }
    /// For the window.
    pub(super) fn shown(&self, row: AwayRow, now: DateTime<Utc>) -> AwayEntry {
        let (from, until) = (row.from.map(|at| self.first(at)), row.until.map(|at| self.last(at)));
        let text = |end: Option<(NaiveDate, Option<NaiveTime>)>| {
            end.and_then(|(_, time)| time).map(|time| time.format("%H:%M").to_string())
        };
        AwayEntry {
            id: row.id,
            version: row.version,
            kind: row.kind,
            from: from.map(|f| f.0),
            from_time: text(from),
            until: until.map(|u| u.0),
            until_time: text(until),
            note: row.note,
            over: row.until.is_some_and(|until| until <= now),
        }
    }
}

fn values(input: &TimeOffInput, clock: &Clock) -> Result<TimeOffValues, AppError> {
    let kinds: &[&str] = match (input.person_id, input.machine_id) {
        (Some(_), None) => &["leave", "sick"],
        (None, Some(_)) => &["maintenance"],
        (None, None) => &["holiday", "rain"],
        (Some(_), Some(_)) => return Err(invalid("person_id", "It is either a person's or a machine's.")),
    };
    for (field, day) in [("from", Some(input.from)), ("until", input.until)] {
        if day.is_some_and(|day| !sensible(day)) {
            return Err(invalid(field, "Enter a year between 1900 and 2199."));
        }
    }
    let clock_time =
        |field: &str, text: Option<&str>| text.filter(|t| !t.is_empty()).map(|t| time(field, t)).transpose();
    let from_time = clock_time("from_time", input.from_time.as_deref())?;
    let until_time = clock_time("until_time", input.until_time.as_deref())?;
    let from = clock.at(input.from, from_time.unwrap_or(NaiveTime::MIN));
    let until = match (input.until, until_time) {
        (None, _) => None,
        (Some(day), Some(time)) => Some(clock.at(day, time)),
        (Some(day), None) => Some(clock.end_of(day)),
    };
    if until.is_some_and(|until| until <= from) {
        let field = if input.until.is_some_and(|day| day < input.from) { "until" } else { "until_time" };
        return Err(invalid(field, "It ends before it begins."));
    }
    if until.is_none() && input.person_id.is_none() && input.machine_id.is_none() {
        return Err(invalid("until", "Enter the last day on which the office is closed."));
    }
    Ok(TimeOffValues {
        person_id: input.person_id,
        machine_id: input.machine_id,
        kind: one_of("time_off_kind", &input.kind, kinds)?,
        from: Some(from),
        until,
        note: optional("note", input.note.as_deref(), 500)?,
    })
}

async fn summary(c: &mut PgConnection, t: &TimeOffValues, clock: &Clock, verb: &str) -> Result<String, AppError> {
    let when = words::stretch(clock, t.from, t.until);
    let name = match (t.person_id, t.machine_id) {
        (Some(id), _) => crew::person(c, id)
            .await?
            .map(|p| p.values.name)
            .ok_or_else(|| invalid("person_id", "This person is not there any more."))?,
        (None, Some(id)) => crew::machine(c, id)
            .await?
            .map(|m| m.values.name)
            .ok_or_else(|| invalid("machine_id", "This machine is not there any more."))?,
        (None, None) => return Ok(format!("{} {verb}: {when}", words::kind(&t.kind))),
    };
    let what = if t.kind == "sick" { "Sick days".to_owned() } else { words::kind(&t.kind) };
    Ok(format!("{what} of {} {verb}: {when}", domain::text::shorten(&name, 150)))
}

#[cfg(test)]
mod tests {
    use super::*;

    fn chicago() -> Clock {
        Clock(Calendar::new(Tz::America__Chicago, WorkingDays::default(), WorkingHours::default(), Vec::new()))
    }
    fn day(text: &str) -> NaiveDate {
        text.parse().unwrap()
    }
    fn input() -> TimeOffInput {
        TimeOffInput {
            id: None,
            version: 0,
            person_id: Some(Uuid::nil()),
            machine_id: None,
            kind: "leave".into(),
            from: day("2026-03-06"),
            from_time: None,
            until: Some(day("2026-03-08")),
            until_time: None,
            note: None,
        }
    }
    fn row(t: &TimeOffValues) -> AwayRow {
        AwayRow {
            id: Uuid::nil(),
            version: 1,
            kind: t.kind.clone(),
            from: t.from,
            until: t.until,
            note: None,
            total: 1,
        }
    }

    #[test]
    fn whole_days_are_days_of_the_office_also_when_the_clocks_change() {
        let values = values(&input(), &chicago()).unwrap();
        // The clocks go forward on March 8: that day ends at five in UTC, the sixth began at six.
        assert_eq!(values.from.unwrap().to_rfc3339(), "2026-03-06T06:00:00+00:00");
        assert_eq!(values.until.unwrap().to_rfc3339(), "2026-03-09T05:00:00+00:00");
        let shown = chicago().shown(row(&values), values.from.unwrap());
        assert_eq!((shown.from, shown.until), (Some(day("2026-03-06")), Some(day("2026-03-08"))));
        assert_eq!((shown.from_time, shown.until_time, shown.over), (None, None, false));
        assert_eq!(words::stretch(&chicago(), values.from, values.until), "Mar 6, 2026 – Mar 8, 2026");
    }

    #[test]
    fn a_part_of_a_day_keeps_its_times() {
        let input = TimeOffInput {
            until: Some(day("2026-03-06")),
            from_time: Some("12:30".into()),
            until_time: Some("15:00".into()),
            ..input()
        };
        let values = values(&input, &chicago()).unwrap();
        let shown = chicago().shown(row(&values), values.until.unwrap());
        assert_eq!((shown.from_time.as_deref(), shown.until_time.as_deref()), (Some("12:30"), Some("15:00")));
        assert!(shown.over);
        assert_eq!(words::stretch(&chicago(), values.from, values.until), "Mar 6, 2026 12:30 pm – Mar 6, 2026 3:00 pm");
    }

    #[test]
    fn what_cannot_be_right_is_told_at_its_field() {
        let field = |change: fn(&mut TimeOffInput)| {
            let mut input = input();
            change(&mut input);
            values(&input, &chicago()).unwrap_err().field.unwrap()
        };
        assert_eq!(field(|i| i.until = Some(day("2026-03-05"))), "until");
        assert_eq!(field(|i| i.kind = "rain".into()), "time_off_kind");
        assert_eq!(field(|i| i.machine_id = i.person_id), "person_id");
        assert_eq!(field(|i| i.from_time = Some("noon".into())), "from_time");
        assert_eq!(field(|i| i.note = Some("x".repeat(501))), "note");
        assert_eq!(
            field(|i| {
                i.until = Some(i.from);
                i.from_time = Some("10:00".into());
                i.until_time = Some("10:00".into());
            }),
            "until_time"
        );
        assert_eq!(
            field(|i| {
                (i.person_id, i.until) = (None, None);
                i.kind = "holiday".into();
            }),
            "until"
        );
        assert!(values(&TimeOffInput { until: None, ..input() }, &chicago()).unwrap().until.is_none(), "open leave");
    }
}
