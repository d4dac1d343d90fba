//! Consequences, before anything is written.

use std::collections::HashMap;

use chrono::Datelike;
use database::schedule::board;
use database::schedule::check::{self, ClaimedRow, Place, WaitRow};
use database::schedule::write::{self, JobImage};
use database::{DatabaseError, PgConnection};
use domain::availability::{Answer, Week};
use domain::certifications::{self, Held};
use domain::working_time::{Calendar, Interval};
use rust_decimal::prelude::ToPrimitive;
use uuid::Uuid;

use super::reassign::{Replacement, rewritten};
use super::writing::by_job;
use super::{OfficeTime, wording};
use crate::error::AppError;
use crate::office::Office;
use crate::view::{Consequences, JobCheck, JobClash, ResourceKind, Warning, WarningKind};
use crate::workflows::company::invalid;

/// The most places judged at once.
const TOGETHER: usize = 200;

impl Office {
    /// What would follow if jobs were there: clashes, which would be refused, and warnings, which would not.
    ///
    /// # Errors
    /// When there is no connection, or the database cannot be asked.
    pub async fn check_jobs(&self, checks: &[JobCheck]) -> Result<Vec<Consequences>, AppError> {
        if checks.len() > TOGETHER {
            return Err(invalid("jobs", "At most 200 places can be judged at once."));
        }
        let (pool, _) = self.at_work().await?;
        let mut connection = pool.acquire().await.map_err(DatabaseError::from)?;
        let c = &mut *connection;
        let checks: Vec<&JobCheck> = checks.iter().filter(|x| x.start < x.end).collect();
        let (places, images) = places(c, &checks).await?;
        let span = (checks.iter().map(|x| x.start).min(), checks.iter().map(|x| x.end).max());
        let (Some(from), Some(until)) = span else { return Ok(Vec::new()) };
        let time = OfficeTime::read(c).await?;
        let mut off = board::time_off(c, from, until).await?;
        off.retain(|t| t.person_id.is_none() && t.machine_id.is_none());
        let (rain, off): (Vec<_>, Vec<_>) = off.into_iter().partition(|t| t.kind == "rain");
        let rain: Vec<Interval> = rain.into_iter().map(|t| Interval::new(t.start, t.end)).collect();
        let closed: Vec<(Interval, String)> = off
            .into_iter()
            .filter(|t| t.kind == "holiday")
            .map(|t| (Interval::new(t.start, t.end), t.note.unwrap_or_else(|| "Holiday".to_owned())))
            .collect();
        let clashes = check::clashes(c, &places).await?;
        let claimed = check::claimed(c, &places).await?;
        let mut all: Vec<Consequences> = checks
            .iter()
            .map(|x| Consequences { job_id: x.job_id, clashes: Vec::new(), warnings: Vec::new() })
            .collect();
        for row in clashes {
            if let Some(one) = usize::try_from(row.n).ok().and_then(|n| all.get_mut(n)) {
                one.clashes.push(clash(row, one.job_id));
            }
        }
        // Jobs that move together are judged where they go.
        let together: HashMap<Uuid, Interval> =
            checks.iter().filter_map(|x| Some((x.job_id?, Interval::new(x.start, x.end)))).collect();
        let waits = check::waits(c, &together.keys().copied().collect::<Vec<_>>()).await?;
        for (n, x) in checks.iter().enumerate() {
            let job = Interval::new(x.start, x.end);
            all[n].warnings.extend(closed_days(&time.calendar, job, &closed));
            let image = x.job_id.and_then(|id| images.get(&id));
            if x.weather_dependent.or(image.map(|i| i.weather_dependent)).unwrap_or(true) {
                all[n].warnings.extend(recorded_rain(&time.calendar, job, &rain));
            }
            if let Some(id) = x.job_id {
                all[n].warnings.extend(too_soon(id, &waits, &together, &time));
            }
        }
        for row in claimed {
            if let Some(one) = usize::try_from(row.n).ok().and_then(|n| all.get_mut(n)) {
                one.warnings.extend(warnings(&row, &time.calendar));
            }
        }
        Ok(all)
    }
}

/// Where the jobs would be, with whom and what on them; and the jobs as they are.
async fn places(c: &mut PgConnection, checks: &[&JobCheck]) -> Result<(Vec<Place>, HashMap<Uuid, JobImage>), AppError> {
    let ids: Vec<Uuid> = checks.iter().filter_map(|x| x.job_id).collect();
    let images: HashMap<Uuid, JobImage> =
        write::read(c, &ids).await?.into_iter().map(|(image, _)| (image.id, image)).collect();
    let words =
        if checks.iter().any(|x| x.reassign.is_some()) { by_job(write::words(c, &ids).await?) } else { HashMap::new() };
    let mut places = Vec::with_capacity(checks.len());
    for (n, x) in checks.iter().enumerate() {
        let mut image = x.job_id.and_then(|id| images.get(&id)).cloned().unwrap_or_else(|| blank(x));
        if let Some(reassign) = &x.reassign {
            let known = words.get(&image.id).map_or(&[][..], Vec::as_slice);
            Replacement::read(c, reassign).await?.apply(&mut image, known);
        }
        if let Some(words) = &x.words {
            let (machines, people): (Vec<_>, Vec<_>) =
                words.iter().cloned().partition(|w| w.kind == Some(ResourceKind::Machine));
            image.crew_assigned = Some(rewritten(&people, image.crew_assigned.as_ref()));
            image.equipment_needed = Some(rewritten(&machines, image.equipment_needed.as_ref()));
        }
        places.push(Place {
            n: i32::try_from(n).unwrap_or_default(),
            job_id: x.job_id,
            start: x.start,
            end: x.end,
            crew: image.crew_assigned,
            equipment: image.equipment_needed,
        });
    }
    Ok((places, images))
}

fn blank(x: &JobCheck) -> JobImage {
    JobImage {
        id: Uuid::nil(),
        contract_id: None,
        calendly_event_uri: None,
        start_date: x.start,
        end_date: x.end,
        status: "scheduled".to_owned(),
        crew_assigned: None,
        equipment_needed: None,
        location_address: String::new(),
        special_instructions: None,
        estimated_duration_hours: None,
        weather_dependent: true,
        priority_level: 3,
        pinned: false,
        follows_job_id: None,
        follows_after_hours: rust_decimal::Decimal::ZERO,
    }
}

fn clash(row: check::ClashRow, job_id: Option<Uuid>) -> JobClash {
    JobClash {
        job_id,
        resource_kind: ResourceKind::read(&row.resource_kind).unwrap_or(ResourceKind::Person),
        resource_id: row.resource_id,
        resource_name: row.resource_name,
        other_job_id: row.other_job_id,
        other_customer: row.other_customer,
        other_address: row.other_address,
        other_start: row.other_start,
        other_end: row.other_end,
        other_status: row.other_status,
    }
}

/// A holiday it falls on; a first or last day on which the office does not work. The days between skip those.
fn closed_days(calendar: &Calendar, job: Interval, closed: &[(Interval, String)]) -> Vec<Warning> {
    let days = calendar.working_days_of(job);
    let mut found: Vec<Warning> = closed
        .iter()
        .filter(|(off, _)| days.iter().any(|day| day.during.overlaps(off)))
        .map(|(_, note)| Warning {
            kind: WarningKind::Closed,
            resource_id: None,
            text: format!("The office is closed: {}", domain::text::shorten(note, 100)),
        })
        .collect();
    let mut ends: Vec<_> = days.first().into_iter().chain(days.last()).collect();
    ends.dedup();
    let off = ends
        .into_iter()
        .filter(|end| !calendar.is_working_weekday(end.day) && !closed.iter().any(|(off, _)| end.during.overlaps(off)));
    found.extend(off.map(|end| Warning {
        kind: WarningKind::DayOff,
        resource_id: None,
        text: format!("{} is no working day", end.day.format("%A")),
    }));
    found
}

/// A day of it was recorded as lost to rain.
fn recorded_rain(calendar: &Calendar, job: Interval, rain: &[Interval]) -> Option<Warning> {
    let wet = calendar.work_of(job).into_iter().find(|day| rain.iter().any(|r| r.overlaps(&day.during)))?;
    Some(Warning {
        kind: WarningKind::RainRecorded,
        resource_id: None,
        text: format!("Rain is recorded for {}", wet.day.format("%a, %b %-d")),
    })
}

/// Sooner than the job it waits for allows, or too late for one that waits for it. Of two that move together the one
/// that waits says it.
fn too_soon(job: Uuid, waits: &[WaitRow], together: &HashMap<Uuid, Interval>, time: &OfficeTime) -> Vec<Warning> {
    let when = |at| wording::moment(at, time.zone(), time.today().year());
    waits
        .iter()
        .filter(|w| w.job == job || (w.first == job && !together.contains_key(&w.job)))
        .filter_map(|w| {
            let end = together.get(&w.first).map_or(w.first_end, |place| place.end);
            let start = together.get(&w.job).map_or(w.start, |place| place.start);
            let minutes = (w.hours * rust_decimal::Decimal::from(60)).to_i64().unwrap_or_default();
            let earliest = end + chrono::TimeDelta::minutes(minutes.clamp(0, 600_000));
            let text = if w.job == job {
                format!("The job it waits for allows {} at the soonest", when(earliest))
            } else {
                format!("A job waits for it: {} at the soonest, and it is on {}", when(earliest), when(start))
            };
            (start < earliest).then_some(Warning { kind: WarningKind::TooSoon, resource_id: None, text })
        })
        .collect()
}

/// What speaks against somebody or something being there.
fn warnings(row: &ClaimedRow, calendar: &Calendar) -> Vec<Warning> {
    let name = domain::text::shorten(&row.name, 80);
    let warn = |kind, text: String| Warning { kind, resource_id: Some(row.resource_id), text };
    let mut found = Vec::new();
    match row.status.as_str() {
        "terminated" | "inactive" => {
            found.push(warn(WarningKind::Gone, format!("{name} is no longer with the company")));
        }
        "retired" => found.push(warn(WarningKind::Gone, format!("{name} is retired"))),
        "on_leave" => found.push(warn(WarningKind::OnLeave, format!("{name} is on leave"))),
        "in_shop" => found.push(warn(WarningKind::InShop, format!("{name} is in the shop"))),
        _ => {}
    }
    if let Some(kind) = row.off_kind.as_deref() {
        let until = row.off_until.map(|d| format!(" until {}", d.format("%a, %b %-d"))).unwrap_or_default();
        let (kind, what) = match kind {
            "maintenance" => (WarningKind::InShop, "in maintenance"),
            "sick" => (WarningKind::OnLeave, "sick"),
            _ => (WarningKind::OnLeave, "on leave"),
        };
        found.push(warn(kind, format!("{name} is {what}{until}")));
    }
    if row.resource_kind != "person" {
        return found;
    }
    let week = Week::read(row.availability.as_ref());
    let local = |at| calendar.local(at);
    let away = row
        .starts
        .iter()
        .zip(&row.ends)
        .find(|(start, end)| week.is_available_between(local(**start), local(**end)) == Answer::No);
    if let Some((start, _)) = away {
        let day = local(*start).format("%A");
        found.push(warn(WarningKind::NotAvailable, format!("{name} does not work these hours on {day}s")));
    }
    let held = certifications::read(row.certifications.as_ref());
    let last = row.ends.last().map(|end| calendar.day_of(*end - chrono::TimeDelta::microseconds(1)));
    for required in &row.required {
        let Some(on) = last else { break };
        match certifications::held(&held, required, on) {
            Held::Yes { .. } => {}
            Held::NotGood { certification, .. } => {
                let text = match certification.expires {
                    Some(day) => format!("{name}'s {} expires {}", certification.name, day.format("%b %-d, %Y")),
                    None => format!("{name}'s {} has a date nobody can read", certification.name),
                };
                found.push(warn(WarningKind::CertificateExpired, text));
            }
            Held::Missing => found.push(warn(WarningKind::CertificateMissing, format!("{name} has no {required}"))),
        }
    }
    for other in held.iter().filter(|h| !row.required.iter().any(|r| certifications::satisfies(&h.name, r))) {
        if last.is_some_and(|on| !other.standing(on).is_good()) && other.expires.is_some() {
            found.push(warn(WarningKind::CertificateExpired, format!("{name}'s {} will have expired", other.name)));
        }
    }
    found
}
