//! Reading from the server what the copy holds.

use chrono::{DateTime, TimeDelta, Utc};
use database::schedule::{board, full, list};
use database::{PgConnection, company, notifications, people::PersonRow, records, today};
use offline::{Kind, Record, Window};
use serde::Serialize;
use serde_json::json;
use uuid::Uuid;

use super::bodies::{JobInFull, Letterhead, Limits, OfficeBody, PersonInFull, Waiting, crews_in_full, jobs_in_full};
use crate::error::{AppError, ErrorCode};
use crate::view::{EstimateDetail, Notification, Person, ScheduleMachine, TimeOff, UnscheduledWork};
use crate::workflows::schedule::{OfficeTime, hours_of};
use crate::workflows::today::count;

/// Jobs are read so many at a time.
const AT_ONCE: usize = 500;
/// Open estimates that are kept: those due first.
const ESTIMATES: i64 = 2_000;

/// Every kind but jobs: read as a whole, they are few.
pub(super) const WHOLE: [Kind; 8] = [
    Kind::Contract,
    Kind::Estimate,
    Kind::Notification,
    Kind::Crew,
    Kind::Person,
    Kind::Machine,
    Kind::TimeOff,
    Kind::Office,
];

/// The jobs of the window, in order of start.
pub(super) async fn job_ids(c: &mut PgConnection, window: &Window) -> Result<Vec<Uuid>, AppError> {
    let filter = json!({"from": window.from, "until": window.until});
    let mut ids = Vec::new();
    let mut after = None;
    loop {
        let page =
            list::Page { filter: &filter, group: "none", sort: "start", descending: false, after, limit: board::PART };
        let found = list::page(c, &page).await?;
        let more = found.len() == board::PART as usize;
        ids.extend(found.into_iter().map(|(id, _)| id));
        after = ids.last().copied();
        if !more {
            return Ok(ids);
        }
    }
}

/// These jobs, as records.
pub(super) async fn jobs(c: &mut PgConnection, ids: &[Uuid]) -> Result<Vec<Record>, AppError> {
    let mut records = Vec::with_capacity(ids.len());
    for some in ids.chunks(AT_ONCE) {
        for job in jobs_in_full(c, some).await? {
            records.push(job_record(&job)?);
        }
    }
    Ok(records)
}

fn job_record(job: &JobInFull) -> Result<Record, AppError> {
    let words = [Some(&job.job.address), job.job.customer.as_ref(), job.phone.as_ref()];
    Ok(record(Kind::Job, job.job.id, job)?
        .during(job.job.start, job.job.end)
        .found_by(words.into_iter().flatten().map(String::as_str)))
}

/// All records of these kinds.
pub(super) async fn whole(
    c: &mut PgConnection,
    kinds: &[Kind],
    me: &PersonRow,
    window: &Window,
) -> Result<Vec<Record>, AppError> {
    let mut all = Vec::new();
    for kind in kinds {
        match kind {
            Kind::Contract => {
                for r in board::unscheduled(c, None).await? {
                    let (id, total) = (r.contract_id, count(r.total));
                    all.push(record(*kind, id, &Waiting { work: UnscheduledWork::from(r), total })?);
                }
            }
            Kind::Estimate => {
                for r in records::open_estimates(c, ESTIMATES).await? {
                    let (id, due) = (r.id, r.response_by);
                    let record = record(*kind, id, &EstimateDetail::from(r))?;
                    all.push(match due {
                        Some(due) => record.at(due),
                        None => record,
                    });
                }
            }
            Kind::Notification => {
                for n in notifications::latest(c, &me.user_id, today::LIST).await? {
                    let (id, at) = (n.id, n.created_at);
                    all.push(record(*kind, id, &Notification::from(n))?.at(at));
                }
            }
            Kind::Crew => {
                // A day more on each side: whatever the office's zone, its days of the window are in it.
                let days = (window.from - TimeDelta::days(1), window.until + TimeDelta::days(2));
                for crew in crews_in_full(c, days.0.date_naive(), days.1.date_naive()).await? {
                    all.push(record(*kind, crew.id, &crew)?);
                }
            }
            Kind::Person => {
                let mut phones: std::collections::HashMap<Uuid, Option<String>> =
                    full::phones(c).await?.into_iter().map(|p| (p.id, p.phone)).collect();
                for r in board::people(c, &[]).await? {
                    let phone = phones.remove(&r.id).flatten();
                    let body = PersonInFull { id: r.id, name: r.name, role: r.role, status: r.status, phone };
                    all.push(record(*kind, body.id, &body)?);
                }
            }
            Kind::Machine => {
                for r in board::machines(c, &[]).await? {
                    all.push(record(*kind, r.id, &ScheduleMachine::from(r))?);
                }
            }
            Kind::TimeOff => {
                for r in board::time_off(c, window.from, window.until).await? {
                    let (id, start, end): (Uuid, DateTime<Utc>, DateTime<Utc>) = (r.id, r.start, r.end);
                    all.push(record(*kind, id, &TimeOff::from(r))?.during(start, end));
                }
            }
            Kind::Office => {
                let time = OfficeTime::read(c).await?;
                let settings = company::read(c).await?.values;
                let body = OfficeBody {
                    zone: time.zone().name().to_owned(),
                    hours: hours_of(&time),
                    company: Letterhead::of(&settings),
                    person: Person { id: me.id, name: me.name.clone(), email: me.email.clone() },
                    limits: Limits::of(&settings),
                };
                all.push(record(*kind, Uuid::nil(), &body)?);
            }
            Kind::Job => {}
        }
    }
    Ok(all)
}

fn record(kind: Kind, id: Uuid, body: &impl Serialize) -> Result<Record, AppError> {
    Record::new(kind, id, body).map_err(|error| {
        AppError::new(ErrorCode::Internal, "The copy of the schedule could not be written.")
            .with_details(error.to_string())
    })
}
