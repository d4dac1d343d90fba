//! The list.

use std::collections::HashMap;

use database::schedule::{board, list};
use database::{DatabaseError, PgConnection, act};
use serde_json::{Value, json};
use uuid::Uuid;

use super::OfficeTime;
use super::part::filter_of;
use crate::copy::bodies::{JobInFull, jobs_in_full};
use crate::copy::read;
use crate::error::AppError;
use crate::office::Office;
use crate::view::{JobGroup, JobGroupCount, JobLine, JobList, JobListQuery, JobSort, ScheduleJob};
use crate::workflows::company::invalid;
use crate::workflows::today::count;

/// An export ends here: more is for a report, not a list.
const EXPORTED: usize = 50_000;

impl Office {
    /// A page of the list.
    ///
    /// # Errors
    /// When there is no connection, or the database cannot be asked.
    pub async fn job_list(&self, query: &JobListQuery) -> Result<JobList, AppError> {
        let answer = self.list_of_the_server(query).await;
        let query = query.clone();
        self.or_copy(answer, move |copy, _| read::job_list(copy, &query)).await
    }

    async fn list_of_the_server(&self, query: &JobListQuery) -> Result<JobList, AppError> {
        let (pool, _) = self.at_work().await?;
        let mut connection = pool.acquire().await.map_err(DatabaseError::from)?;
        let c = &mut *connection;
        let filter = filter(c, query).await?;
        let (items, next, known) = page(c, &filter, query).await?;
        let (mut groups, mut total) = (Vec::new(), None);
        if query.after.is_none() {
            if query.group != JobGroup::None {
                groups = list::counts(c, &filter, group_word(query.group)).await?;
            }
            // The groups say it already, unless one was not counted to its end.
            let whole = !groups.is_empty() && groups.iter().all(|(_, n)| *n < list::COUNTED);
            total = match known {
                Some(known) => Some(known),
                None if next.is_none() => Some(i64::try_from(items.len()).unwrap_or(i64::MAX)),
                None if whole => Some(groups.iter().map(|(_, n)| n).sum()),
                None => Some(list::counts(c, &filter, "none").await?.first().map_or(0, |(_, n)| *n)),
            };
        }
        Ok(JobList {
            items,
            groups: groups
                .into_iter()
                .map(|(key, n)| JobGroupCount { key: key.unwrap_or_default(), count: count(n) })
                .collect(),
            total: total.map(count),
            next,
            copy_as_of: None,
            copy_days: None,
        })
    }

    /// Every job the query shows, in its order, for a file; 50,000 at most.
    pub(super) async fn all_jobs(&self, query: &JobListQuery) -> Result<Vec<JobInFull>, AppError> {
        let answer = self.all_jobs_of_the_server(query).await;
        let query = query.clone();
        self.or_copy(answer, move |copy, _| Ok(read::job_lines(copy, &query)?.into_iter().map(|(_, j)| j).collect()))
            .await
    }

    async fn all_jobs_of_the_server(&self, query: &JobListQuery) -> Result<Vec<JobInFull>, AppError> {
        let (pool, _) = self.at_work().await?;
        // Of one moment: a job that is moved or removed while the pages are read must not end them early.
        let mut snapshot = act::snapshot(&pool).await?;
        let c = &mut *snapshot;
        let filter = filter(c, query).await?;
        let mut asked = list::Page {
            filter: &filter,
            group: group_word(query.group),
            sort: sort_word(query.sort),
            descending: query.descending,
            after: None,
            limit: 1_000,
        };
        let mut jobs: Vec<JobInFull> = Vec::new();
        loop {
            let ids: Vec<Uuid> = list::page(c, &asked).await?.into_iter().map(|(id, _)| id).collect();
            jobs.extend(jobs_in_full(c, &ids).await?);
            if ids.len() < 1_000 || jobs.len() >= EXPORTED {
                return Ok(jobs);
            }
            asked.after = ids.last().copied();
        }
    }
}

async fn filter(c: &mut PgConnection, query: &JobListQuery) -> Result<Value, AppError> {
    let mut filter = filter_of(&query.filter);
    if let (Some(from), Some(until)) = (query.from, query.until)
        && until <= from
    {
        return Err(invalid("until", "The last day comes before the first."));
    }
    if query.from.is_some() || query.until.is_some() {
        let time = OfficeTime::read(c).await?;
        for (key, day) in [("from", query.from), ("until", query.until)] {
            if let Some(day) = day {
                filter.insert(key.into(), json!(time.midnight(day)));
            }
        }
    }
    Ok(Value::Object(filter))
}

async fn page(
    c: &mut PgConnection,
    filter: &Value,
    query: &JobListQuery,
) -> Result<(Vec<JobLine>, Option<Uuid>, Option<i64>), AppError> {
    let limit = query.limit.clamp(1, 500);
    let asked = list::Page {
        filter,
        group: group_word(query.group),
        sort: sort_word(query.sort),
        descending: query.descending,
        after: query.after,
        limit: i32::try_from(limit + 1).unwrap_or(501),
    };
    let (mut found, total) = list::page_and_total(c, &asked).await?;
    let more = found.len() > limit as usize;
    found.truncate(limit as usize);
    let next = found.last().filter(|_| more).map(|(id, _)| *id);
    let ids: Vec<_> = found.iter().map(|(id, _)| *id).collect();
    let rows = board::jobs(c, &ids).await?;
    let crews: Vec<_> = rows.iter().flat_map(|r| r.crews.iter().copied()).collect();
    let names: HashMap<_, _> = board::crew_names(c, &crews).await?.into_iter().collect();
    let mut groups: HashMap<_, _> = found.into_iter().collect();
    let lines = rows
        .into_iter()
        .map(|row| {
            let mut crew_names: Vec<String> = row.crews.iter().filter_map(|id| names.get(id).cloned()).collect();
            crew_names.sort();
            JobLine {
                group: groups.remove(&row.id).flatten(),
                updated_at: row.updated_at,
                crew_names,
                job: ScheduleJob::from(row),
            }
        })
        .collect();
    Ok((lines, next, total))
}

fn group_word(group: JobGroup) -> &'static str {
    match group {
        JobGroup::None => "none",
        JobGroup::Day => "day",
        JobGroup::Week => "week",
        JobGroup::Status => "status",
        JobGroup::Crew => "crew",
        JobGroup::Customer => "customer",
        JobGroup::Service => "service",
    }
}

fn sort_word(sort: JobSort) -> &'static str {
    match sort {
        JobSort::Start => "start",
        JobSort::End => "end",
        JobSort::Customer => "customer",
        JobSort::Address => "address",
        JobSort::Status => "status",
        JobSort::Priority => "priority",
        JobSort::Updated => "updated",
        JobSort::Created => "created",
    }
}
