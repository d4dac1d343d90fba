//! Today out of the copy.

use std::collections::{BTreeMap, HashMap};

use chrono::{DateTime, Days, Utc};
use offline::{CopyError, Kind, ScheduleCopy};
use uuid::Uuid;

use super::bodies::JobInFull;
use super::read::{card, far, office};
use crate::view::{Clash, ClashPage, CrewDay, EstimateDetail, EstimateDue, JobCard, Notification, Today, TodayDay};
use crate::workflows::today::{DUE_SOON, UNASSIGNED_AHEAD, count};

/// The most a list of Today holds.
const LIST: usize = 100;

/// Today, as far as the copy knows: what was entered since is not in it.
pub(crate) fn today(copy: &ScheduleCopy, now: DateTime<Utc>) -> Result<Today, CopyError> {
    let body = office(copy)?;
    let calendar = body.calendar();
    let today = calendar.day_of(now);
    let tomorrow = today + Days::new(1);
    let crews: HashMap<Uuid, String> = super::read::crews(copy)?.into_iter().map(|c| (c.id, c.name)).collect();
    let mut days = Vec::new();
    for date in [today, tomorrow] {
        let day = calendar.day(date);
        let mut jobs: Vec<JobInFull> = copy.jobs_between(day.start, day.end)?;
        jobs.retain(|j| j.job.status != "canceled");
        let all = jobs.len();
        jobs.truncate(LIST);
        days.push(TodayDay { date, job_count: count(all), shown: count(jobs.len()), crews: by_crew(&jobs, &crews) });
    }
    let midnight = calendar.day(today).start;
    let ahead: Vec<JobInFull> = copy.jobs_between(midnight, far())?;
    let ClashPage { items: clashes, total: clash_count } = clashes(&ahead);
    let mut unassigned: Vec<JobCard> = ahead
        .iter()
        .filter(|j| {
            let job = &j.job;
            job.start >= midnight
                && job.start < midnight + UNASSIGNED_AHEAD
                && !matches!(job.status.as_str(), "completed" | "canceled")
                && job.people.is_empty()
                && job.crews.is_empty()
                && job.unknown == 0
        })
        .map(|j| card(&j.job))
        .collect();
    let unassigned_count = count(unassigned.len());
    unassigned.truncate(LIST);
    let mut estimates: Vec<EstimateDue> = copy
        .all::<EstimateDetail>(Kind::Estimate)?
        .into_iter()
        .filter_map(|e| {
            let response_by = e.response_by.filter(|due| *due <= now + DUE_SOON)?;
            Some(EstimateDue {
                id: e.id,
                customer_name: e.customer_name,
                service_type: e.service_type,
                address: e.project_address,
                status: e.status,
                response_by,
                overdue: response_by < now,
                estimated_cost: e.estimated_cost,
            })
        })
        .collect();
    let estimate_count = count(estimates.len());
    estimates.truncate(LIST);
    let mut alerts: Vec<Notification> = copy.all(Kind::Notification)?;
    alerts.retain(|n| !n.is_read);
    Ok(Today {
        as_of: copy.state()?.progress.as_of,
        zone: body.zone,
        today,
        tomorrow,
        days,
        clash_count,
        clashes,
        unassigned,
        unassigned_count,
        estimates,
        estimate_count,
        alert_count: count(alerts.len()),
        alerts,
    })
}

fn by_crew(jobs: &[JobInFull], names: &HashMap<Uuid, String>) -> Vec<CrewDay> {
    let mut crews: BTreeMap<(bool, String, Option<Uuid>), Vec<JobCard>> = BTreeMap::new();
    for j in jobs {
        if j.job.crews.is_empty() {
            crews.entry((true, "No crew".to_owned(), None)).or_default().push(card(&j.job));
        }
        for id in &j.job.crews {
            let name = names.get(id).cloned().unwrap_or_else(|| "A crew".to_owned());
            crews.entry((false, name, Some(*id))).or_default().push(card(&j.job));
        }
    }
    crews.into_iter().map(|((_, crew_name, crew_id), jobs)| CrewDay { crew_id, crew_name, jobs }).collect()
}

/// Clashes from today on.
pub(crate) fn clash_page(copy: &ScheduleCopy, now: DateTime<Utc>) -> Result<ClashPage, CopyError> {
    let calendar = office(copy)?.calendar();
    Ok(clashes(&copy.jobs_between(calendar.day(calendar.day_of(now)).start, far())?))
}

/// Each job in conflict beside the first one that has the same people or machines at that time.
fn clashes(jobs: &[JobInFull]) -> ClashPage {
    let in_conflict = |j: &&JobInFull| j.job.clashes > 0;
    let mut found: Vec<Clash> = jobs
        .iter()
        .filter(in_conflict)
        .filter_map(|j| {
            let of = |j: &JobInFull, state: &str| -> Vec<Uuid> {
                j.assigned.iter().filter(|a| a.state == state).map(|a| a.id).collect()
            };
            let mine = of(j, "conflict");
            let other = jobs.iter().find(|o| {
                o.job.id != j.job.id
                    && o.job.start < j.job.end
                    && j.job.start < o.job.end
                    && o.assigned.iter().any(|a| a.state != "released" && mine.contains(&a.id))
            })?;
            let named = |kind: &str| -> Vec<String> {
                j.assigned
                    .iter()
                    .filter(|a| a.kind == kind && a.state == "conflict" && other.assigned.iter().any(|o| o.id == a.id))
                    .map(|a| a.name.clone())
                    .collect()
            };
            Some(Clash {
                job: card(&j.job),
                people: named("person"),
                machines: named("machine"),
                other_job_id: other.job.id,
                other_customer: other.job.customer.clone(),
                other_address: other.job.address.clone(),
                other_start: other.job.start,
                other_end: other.job.end,
            })
        })
        .collect();
    let total = count(found.len());
    found.truncate(LIST);
    ClashPage { items: found, total }
}
