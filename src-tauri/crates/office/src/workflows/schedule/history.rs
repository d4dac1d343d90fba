//! A job's history as sentences, each line with its way back where there is one.

use chrono::{DateTime, Datelike, Utc};
use chrono_tz::Tz;
use database::schedule::history::{self, TrailRow};
use database::schedule::write::{self, JobImage};
use database::{DatabaseError, PgConnection};
use serde_json::{Map, Value};
use uuid::Uuid;

use super::writing::{Edited, LockedJobs, store};
use super::{OfficeTime, wording};
use crate::error::{AppError, ErrorCode};
use crate::office::Office;
use crate::view::{FieldChange, HistoryLine};
use crate::workflows::changes::{Done, differing};

/// What a line of the trail can put back: the columns of [`JobImage`], as the database writes them.
const COLUMNS: [(&str, &str); 14] = [
    ("start_date", "Start"),
    ("end_date", "End"),
    ("status", "Status"),
    ("crew_assigned", "Crew"),
    ("equipment_needed", "Equipment"),
    ("location_address", "Address"),
    ("special_instructions", "Instructions"),
    ("estimated_duration_hours", "Hours of work"),
    ("weather_dependent", "Weather-dependent"),
    ("priority_level", "Priority"),
    ("pinned", "Pinned"),
    ("contract_id", "Contract"),
    ("follows_job_id", "Waits for"),
    ("follows_after_hours", "Hours to wait"),
];

impl Office {
    /// What happened to a job, newest first; 200 lines at most.
    ///
    /// # Errors
    /// When there is no connection, or the database cannot be asked.
    pub async fn job_history(&self, id: Uuid) -> Result<Vec<HistoryLine>, AppError> {
        let (pool, _) = self.at_work().await?;
        let mut connection = pool.acquire().await.map_err(DatabaseError::from)?;
        let c = &mut *connection;
        let time = OfficeTime::read(c).await?;
        let now = write::read(c, &[id]).await?.pop().map(|(image, _)| as_json(&image));
        let rows = history::of_job(c, id).await?;
        Ok(rows.into_iter().map(|row| line(row, now.as_ref(), &time)).collect())
    }
}

/// Puts back what a line of the trail changed, if it was not changed again since.
pub(crate) async fn revert(c: &mut PgConnection, id: Uuid) -> Result<Option<Done>, AppError> {
    let Some(row) = history::line(c, id).await? else { return Ok(None) };
    let Some(job) = row.job_id else { return Err(AppError::not_found("job")) };
    let locked = LockedJobs::lock(c, &[job]).await?;
    let before = locked.jobs.first().map(|(image, _)| image.clone()).ok_or_else(|| AppError::not_found("job"))?;
    let now = as_json(&before);
    if let Some(why_not) = why_not(&row, Some(&now)) {
        let code = if why_not.ends_with("since.") { ErrorCode::VersionConflict } else { ErrorCode::Invalid };
        return Err(AppError::new(code, format!("{why_not} Nothing was changed.")));
    }
    let mut patched = now.clone();
    for (column, _, old, _) in differences(&row) {
        // The database writes numbers as such, an image as text: exact either way.
        let old = match old {
            Some(Value::Number(n)) if column.ends_with("_hours") => Value::String(n.to_string()),
            other => other.cloned().unwrap_or(Value::Null),
        };
        patched.insert(column.to_owned(), old);
    }
    let after: JobImage = serde_json::from_value(Value::Object(patched)).map_err(|error| {
        AppError::new(ErrorCode::Invalid, "What was there before cannot be read. Nothing was changed.")
            .with_details(error.to_string())
    })?;
    let time = &locked.time;
    let sentence = sentence(&row, time.zone(), time.today().year());
    let summary = |_: &[Edited], told: &super::writing::Told<'_>| {
        format!("Undone for {}: {}", told.of(job), domain::text::shorten(&sentence, 200))
    };
    match store(c, &[Edited { before, after }], &locked, None, summary).await? {
        Ok((done, jobs)) => Ok(Some(Done { jobs, ..done })),
        Err(clashes) => {
            let year = time.today().year();
            let sentence =
                clashes.first().map(|x| super::writing::clash_sentence(x, time.zone(), year)).unwrap_or_default();
            Err(AppError::new(
                ErrorCode::Invalid,
                format!("That would put somebody or something in two places at once. {sentence} Nothing was changed."),
            ))
        }
    }
}

fn line(row: TrailRow, now: Option<&Map<String, Value>>, time: &OfficeTime) -> HistoryLine {
    let (zone, year) = (time.zone(), time.today().year());
    let why_not = why_not(&row, now);
    HistoryLine {
        id: row.id,
        at: row.at,
        sentence: sentence(&row, zone, year),
        fields: fields(&row, zone, year),
        by: row.by,
        source: row.source,
        change: row.change,
        reason: row.reason,
        can_undo: why_not.is_none(),
        why_not,
    }
}

/// Columns that differ in a line: name, label, before, after. A line another program wrote may hold a part of a job only,
/// and may lack what was before.
fn differences(row: &TrailRow) -> Vec<(&'static str, &'static str, Option<&Value>, Option<&Value>)> {
    let (Some(Value::Object(before)), Some(Value::Object(after))) = (&row.before, &row.after) else {
        return Vec::new();
    };
    COLUMNS
        .iter()
        .filter(|(column, _)| before.contains_key(*column) && after.contains_key(*column))
        .map(|(column, label)| (*column, *label, before.get(*column), after.get(*column)))
        .filter(|(column, _, b, a)| !same(column, *b, *a))
        .collect()
}

/// Why a line cannot be put back; none: it can.
fn why_not(row: &TrailRow, now: Option<&Map<String, Value>>) -> Option<String> {
    let Some(now) = now else { return Some("The job is not there any more.".to_owned()) };
    if row.change == "scheduled" {
        return Some("This is how the job began. Cancel the job instead.".to_owned());
    }
    if !row.recorded {
        return Some("Another program wrote this line. What the database recorded stands beside it.".to_owned());
    }
    let changed = differences(row);
    if changed.is_empty() {
        return Some("What was there before is not known.".to_owned());
    }
    let overtaken = changed.iter().find(|(column, _, _, after)| !same(column, now.get(*column), *after));
    overtaken.map(|(_, label, _, _)| format!("{label} was changed again since."))
}

/// Two values of a column that mean the same: instants and numbers are written in more than one way.
fn same(column: &str, a: Option<&Value>, b: Option<&Value>) -> bool {
    let null = Value::Null;
    let (a, b) = (a.unwrap_or(&null), b.unwrap_or(&null));
    if a == b {
        return true;
    }
    match column {
        "start_date" | "end_date" => instant(a).is_some() && instant(a) == instant(b),
        "estimated_duration_hours" | "follows_after_hours" => number(a).is_some() && number(a) == number(b),
        _ => false,
    }
}

fn instant(value: &Value) -> Option<DateTime<Utc>> {
    let text = value.as_str()?;
    DateTime::parse_from_rfc3339(text).map(|t| t.to_utc()).ok()
}

fn number(value: &Value) -> Option<rust_decimal::Decimal> {
    match value {
        Value::Number(n) => n.to_string().parse().ok(),
        Value::String(text) => text.parse().ok(),
        _ => None,
    }
}

fn as_json(image: &JobImage) -> Map<String, Value> {
    match serde_json::to_value(image) {
        Ok(Value::Object(map)) => map,
        _ => Map::new(),
    }
}

/// One line as a sentence.
fn sentence(row: &TrailRow, zone: Tz, year: i32) -> String {
    let side = |doc: &Option<Value>, column: &str| doc.as_ref().and_then(|d| d.get(column)).cloned();
    let at = |doc: &Option<Value>, column: &str| side(doc, column).as_ref().and_then(instant);
    let stretch =
        |doc: &Option<Value>| Some(wording::stretch(at(doc, "start_date")?, at(doc, "end_date")?, zone, year));
    let word = |doc: &Option<Value>, column: &str| side(doc, column).and_then(|v| v.as_str().map(wording::status));
    let people = |column: &str, what: &str, nobody: &str| {
        let names = |doc| {
            let kind = if column == "crew_assigned" { "person" } else { "machine" };
            wording::names(kind, side(doc, column).as_ref(), None).unwrap_or_else(|| nobody.to_owned())
        };
        format!("{what} changed from {} to {}", names(&row.before), names(&row.after))
    };
    match row.change.as_str() {
        "scheduled" => match stretch(&row.after) {
            Some(when) => format!("Scheduled for {when}"),
            None => "Scheduled".to_owned(),
        },
        "rescheduled" => match (stretch(&row.before), stretch(&row.after)) {
            (Some(from), Some(to)) if from != to => format!("Moved from {from} to {to}"),
            (None, Some(to)) => format!("Moved to {to}"),
            _ => "Rescheduled".to_owned(),
        },
        "canceled" => "Canceled".to_owned(),
        "completed" => "Completed".to_owned(),
        "crew_changed" => people("crew_assigned", "Crew", "nobody"),
        "equipment_changed" => people("equipment_needed", "Equipment", "nothing"),
        "notes_added" => "Instructions changed".to_owned(),
        "status_updated" => match (word(&row.before, "status"), word(&row.after, "status")) {
            (Some(from), Some(to)) => format!("Status changed from {from} to {to}"),
            (None, Some(to)) => format!("Status changed to {to}"),
            _ => "Status changed".to_owned(),
        },
        _ => {
            let labels: Vec<&str> = differences(row).into_iter().map(|(_, label, _, _)| label).collect();
            if labels.is_empty() { "Details changed".to_owned() } else { format!("{} changed", labels.join(", ")) }
        }
    }
}

fn fields(row: &TrailRow, zone: Tz, year: i32) -> Vec<FieldChange> {
    let told = |column: &str, value: Option<&Value>| -> Option<String> {
        let value = value.filter(|v| !v.is_null())?;
        match column {
            "start_date" | "end_date" => instant(value).map(|at| wording::moment(at, zone, year)),
            "status" => value.as_str().map(wording::status),
            "crew_assigned" | "equipment_needed" => wording::names("person", Some(value), None),
            "weather_dependent" | "pinned" => value.as_bool().map(|on| if on { "yes" } else { "no" }.to_owned()),
            "contract_id" | "follows_job_id" => Some("set".to_owned()),
            _ => match value {
                Value::String(text) => Some(text.clone()),
                other => Some(other.to_string()),
            },
        }
    };
    let all: Vec<_> = differences(row)
        .into_iter()
        .map(|(column, label, before, after)| (label, told(column, before), told(column, after)))
        .collect();
    differing(all.iter().map(|(label, before, after)| (*label, before.as_deref(), after.as_deref())))
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;

    fn row(change: &str, before: Option<Value>, after: Option<Value>) -> TrailRow {
        TrailRow {
            id: Uuid::nil(),
            job_id: Some(Uuid::nil()),
            at: DateTime::UNIX_EPOCH,
            by: "Dana".into(),
            source: "api".into(),
            change: change.into(),
            reason: None,
            before,
            after,
            recorded: true,
        }
    }

    #[test]
    fn a_line_is_put_back_only_while_what_it_wrote_still_stands() {
        let moved = row(
            "rescheduled",
            Some(json!({"start_date": "2026-06-09T11:00:00+00:00", "priority_level": 3})),
            Some(json!({"start_date": "2026-06-11T11:00:00+00:00", "priority_level": 3})),
        );
        let mut now = Map::new();
        // The same instant, written in another way.
        now.insert("start_date".into(), json!("2026-06-11T11:00:00Z"));
        assert_eq!(why_not(&moved, Some(&now)), None);
        now.insert("start_date".into(), json!("2026-06-12T11:00:00Z"));
        assert_eq!(why_not(&moved, Some(&now)).as_deref(), Some("Start was changed again since."));
        assert!(why_not(&moved, None).is_some());
    }

    #[test]
    fn whatever_another_program_wrote_has_a_sentence() {
        let zone: Tz = "America/Chicago".parse().unwrap();
        for (before, after) in [
            (None, None),
            (Some(json!([])), Some(json!("x"))),
            (Some(json!({"start_date": 7})), Some(json!({"start_date": "yesterday"}))),
            (None, Some(json!({"crew_assigned": {"name": null}}))),
        ] {
            for change in ["scheduled", "rescheduled", "crew_changed", "status_updated", "details_changed", "odd"] {
                let line = row(change, before.clone(), after.clone());
                assert!(!sentence(&line, zone, 2026).is_empty());
                assert!(why_not(&line, Some(&Map::new())).is_some());
            }
        }
        let moved = row(
            "rescheduled",
            Some(json!({"start_date": "2026-06-09T11:00:00Z", "end_date": "2026-06-09T19:00:00Z"})),
            Some(json!({"start_date": "2026-06-11T11:00:00Z", "end_date": "2026-06-11T19:00:00Z"})),
        );
        let told = "Moved from Tue, Jun 9, 6:00 am – 2:00 pm to Thu, Jun 11, 6:00 am – 2:00 pm";
        assert_eq!(sentence(&moved, zone, 2026), told);
    }
}
