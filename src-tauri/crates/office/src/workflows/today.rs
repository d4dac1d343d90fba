//! The Today screen.

use std::collections::{BTreeMap, HashMap};

use chrono::{DateTime, Days, TimeDelta, Utc};
use database::today::{self as ask, ClashRow, EstimateRow, JobRow};
use database::{DatabaseError, PgConnection, notifications};
use uuid::Uuid;

use crate::error::AppError;
use crate::office::Office;
use crate::view::{Clash, CrewDay, EstimateDue, JobCard, Notification, Today, TodayDay};

/// How far ahead unassigned work is listed.
pub(crate) const UNASSIGNED_AHEAD: TimeDelta = TimeDelta::days(14);
/// An answer due this soon is listed before it is overdue.
pub(crate) const DUE_SOON: TimeDelta = TimeDelta::days(2);

impl Office {
    /// Everything Today shows, at this moment.
    ///
    /// # Errors
    /// When there is no connection, or the database cannot be asked.
    pub async fn today(&self) -> Result<Today, AppError> {
        let answer = self.today_of_the_server().await;
        self.or_copy(answer, crate::copy::today).await
    }

    async fn today_of_the_server(&self) -> Result<Today, AppError> {
        let (pool, me) = self.at_work().await?;
        let mut connection = pool.acquire().await.map_err(DatabaseError::from)?;
        let c = &mut *connection;
        let day = ask::office_day(c).await?;
        let [midnight, next, after] = day.midnights;
        let (first, first_count) = ask::jobs_between(c, midnight, next).await?;
        let (second, second_count) = ask::jobs_between(c, next, after).await?;
        let (unassigned, unassigned_count) = ask::unassigned_between(c, midnight, midnight + UNASSIGNED_AHEAD).await?;
        let clashes = ask::clashes_from(c, midnight).await?;
        let mut ids: Vec<Uuid> = [&first, &second, &unassigned].into_iter().flatten().copied().collect();
        ids.extend(clashes.iter().map(|x| x.job_id));
        ids.sort_unstable();
        ids.dedup();
        let rows: HashMap<Uuid, JobRow> = ask::jobs(c, &ids).await?.into_iter().map(|row| (row.id, row)).collect();
        let estimates = ask::estimates_due(c, day.now + DUE_SOON).await?;
        let alerts = notifications::latest(c, &me.user_id, ask::LIST).await?;
        let alert_count = notifications::unread_count(c, &me.user_id).await?;

        let tomorrow = day.today.checked_add_days(Days::new(1)).unwrap_or(day.today);
        Ok(Today {
            as_of: day.now,
            zone: day.zone,
            today: day.today,
            tomorrow,
            days: vec![
                TodayDay {
                    date: day.today,
                    job_count: count(first_count),
                    shown: count(first.len()),
                    crews: by_crew(&first, &rows),
                },
                TodayDay {
                    date: tomorrow,
                    job_count: count(second_count),
                    shown: count(second.len()),
                    crews: by_crew(&second, &rows),
                },
            ],
            clash_count: clashes.first().map_or(0, |x| count(x.total)),
            clashes: clashes.into_iter().filter_map(|x| clash(x, &rows)).collect(),
            unassigned: unassigned.iter().filter_map(|id| rows.get(id)).map(card).collect(),
            unassigned_count: count(unassigned_count),
            estimate_count: estimates.first().map_or(0, |e| count(e.total)),
            estimates: estimates.into_iter().map(|e| estimate_due(e, day.now)).collect(),
            alerts: alerts.into_iter().filter(|n| !n.is_read).map(Notification::from).collect(),
            alert_count: count(alert_count),
        })
    }
}

/// Clashes from a moment on, the soonest 100, and how many there are.
pub(crate) async fn clash_page(c: &mut PgConnection, from: DateTime<Utc>) -> Result<(Vec<Clash>, u32), AppError> {
    let found = ask::clashes_from(c, from).await?;
    let total = found.first().map_or(0, |x| count(x.total));
    let mut ids: Vec<Uuid> = found.iter().map(|x| x.job_id).collect();
    ids.dedup();
    let rows: HashMap<Uuid, JobRow> = ask::jobs(c, &ids).await?.into_iter().map(|row| (row.id, row)).collect();
    Ok((found.into_iter().filter_map(|x| clash(x, &rows)).collect(), total))
}

/// Jobs under each crew they name, crews by name, jobs without a crew last; each in order of start.
fn by_crew(ids: &[Uuid], rows: &HashMap<Uuid, JobRow>) -> Vec<CrewDay> {
    let mut crews: BTreeMap<(bool, String, Option<Uuid>), Vec<JobCard>> = BTreeMap::new();
    for row in ids.iter().filter_map(|id| rows.get(id)) {
        if row.crew_ids.is_empty() {
            crews.entry((true, "No crew".to_owned(), None)).or_default().push(card(row));
        }
        for (id, name) in row.crew_ids.iter().zip(&row.crew_names) {
            crews.entry((false, name.clone(), Some(*id))).or_default().push(card(row));
        }
    }
    crews.into_iter().map(|((_, crew_name, crew_id), jobs)| CrewDay { crew_id, crew_name, jobs }).collect()
}

/// A row as lists show it.
pub(crate) fn card(row: &JobRow) -> JobCard {
    JobCard {
        id: row.id,
        customer: row.customer.clone(),
        service_type: row.service_type.clone(),
        address: row.address.clone(),
        start: row.start,
        end: row.end,
        status: row.status.clone(),
        priority: row.priority,
        weather_dependent: row.weather_dependent,
        people: count(row.people),
        machines: count(row.machines),
        unknown: count(row.unknown),
        clashes: count(row.clashes),
    }
}

fn clash(x: ClashRow, rows: &HashMap<Uuid, JobRow>) -> Option<Clash> {
    Some(Clash {
        job: card(rows.get(&x.job_id)?),
        people: x.people,
        machines: x.machines,
        other_job_id: x.other_job_id,
        other_customer: x.other_customer,
        other_address: x.other_address,
        other_start: x.other_start,
        other_end: x.other_end,
    })
}

fn estimate_due(row: EstimateRow, now: DateTime<Utc>) -> EstimateDue {
    EstimateDue {
        id: row.id,
        customer_name: row.customer_name,
        service_type: row.service_type,
        address: row.address,
        status: row.status,
        response_by: row.response_by,
        overdue: row.response_by < now,
        estimated_cost: row.estimated_cost.map(|cost| cost.to_string()),
    }
}

/// A count for the window; what does not fit is as good as endless.
pub(crate) fn count(n: impl TryInto<u32>) -> u32 {
    n.try_into().unwrap_or(u32::MAX)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn row(n: u128, crews: &[(&str, u128)]) -> JobRow {
        JobRow {
            id: Uuid::from_u128(n),
            contract_id: None,
            customer: None,
            service_type: None,
            address: "12 Oak St".into(),
            start: DateTime::UNIX_EPOCH,
            end: DateTime::UNIX_EPOCH,
            status: "scheduled".into(),
            priority: 3,
            weather_dependent: true,
            people: 0,
            machines: 0,
            unknown: 0,
            clashes: 0,
            crew_ids: crews.iter().map(|(_, id)| Uuid::from_u128(*id)).collect(),
            crew_names: crews.iter().map(|(name, _)| (*name).to_owned()).collect(),
        }
    }

    #[test]
    fn jobs_stand_under_each_of_their_crews_and_those_without_come_last() {
        let rows: HashMap<_, _> = [row(1, &[]), row(2, &[("Zeta", 9)]), row(3, &[("Alpha", 8), ("Zeta", 9)])]
            .into_iter()
            .map(|r| (r.id, r))
            .collect();
        let crews = by_crew(&[Uuid::from_u128(1), Uuid::from_u128(2), Uuid::from_u128(3), Uuid::from_u128(404)], &rows);
        let names: Vec<_> = crews.iter().map(|c| (c.crew_name.as_str(), c.jobs.len())).collect();
        assert_eq!(names, [("Alpha", 1), ("Zeta", 2), ("No crew", 1)]);
    }

    #[test]
    fn two_crews_of_one_name_stay_two() {
        let rows: HashMap<_, _> =
            [row(1, &[("Paving", 8)]), row(2, &[("Paving", 9)])].into_iter().map(|r| (r.id, r)).collect();
        assert_eq!(by_crew(&[Uuid::from_u128(1), Uuid::from_u128(2)], &rows).len(), 2);
    }
}
