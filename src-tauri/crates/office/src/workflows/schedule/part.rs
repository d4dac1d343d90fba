//! A part of the schedule, and the tray.

use std::time::Duration;

use chrono::{Datelike, NaiveDate, TimeDelta};
use database::schedule::{board, list};
use database::{DatabaseError, PgConnection, PgPool, PoolConnection};
use serde_json::{Map, Value, json};

use super::OfficeTime;
use crate::copy::read;
use crate::error::AppError;
use crate::office::Office;
use crate::view::{
    ClashPage, JobFilter, OfficeHours, Schedule, ScheduleCrew, ScheduleJob, ScheduleMachine, SchedulePerson,
    ScheduleQuery, TimeOff, UnscheduledPage, UnscheduledWork,
};
use crate::workflows::company::invalid;
use crate::workflows::today::{clash_page, count};

/// How long another connection may take to open.
const ANOTHER: Duration = Duration::from_millis(300);
/// The longest part that can be asked for.
const LONGEST: TimeDelta = TimeDelta::days(100);

impl Office {
    /// A part of the schedule, with everything needed to draw it.
    ///
    /// # Errors
    /// [`crate::ErrorCode::Invalid`] for a part that ends before it begins or is longer than 100 days; else when the
    /// database cannot be asked.
    pub async fn schedule(&self, query: &ScheduleQuery) -> Result<Schedule, AppError> {
        check_part(query.from, query.until)?;
        let answer = self.schedule_of_the_server(query).await;
        let query = query.clone();
        self.or_copy(answer, move |copy, now| read::schedule(copy, &query, now)).await
    }

    pub(super) async fn schedule_of_the_server(&self, query: &ScheduleQuery) -> Result<Schedule, AppError> {
        let (pool, _) = self.at_work().await?;
        let mut connection = pool.acquire().await.map_err(DatabaseError::from)?;
        let c = &mut *connection;
        let time = OfficeTime::read(c).await?;
        let (from, until) = (time.midnight(query.from), time.midnight(query.until));
        let mut filter = filter_of(&query.filter);
        filter.insert("from".into(), json!(from));
        filter.insert("until".into(), json!(until));
        let page = list::Page {
            filter: &Value::Object(filter),
            group: "none",
            sort: "start",
            descending: false,
            after: None,
            limit: board::PART + 1,
        };
        let mut ids: Vec<_> = list::page(c, &page).await?.into_iter().map(|(id, _)| id).collect();
        let more = ids.len() > board::PART as usize;
        ids.truncate(board::PART as usize);
        let midnight = time.midnight(time.today());
        let rest = async |c: &mut PgConnection| -> Result<_, DatabaseError> {
            let parts = board::parts(c, &ids).await?;
            let time_off = board::time_off(c, from, until).await?;
            Ok((parts, time_off, board::counts(c, midnight).await?))
        };
        // Side by side where another connection is free: a week of a large office is read in half the time.
        let (rows, (parts, time_off, counts)) = match another(&pool).await {
            Some(mut other) => tokio::try_join!(board::rows(c, &ids), rest(&mut other))?,
            None => (board::rows(c, &ids).await?, rest(c).await?),
        };
        let jobs: Vec<ScheduleJob> = board::put_together(rows, parts).into_iter().map(ScheduleJob::from).collect();
        let on = |pick: fn(&ScheduleJob) -> &[uuid::Uuid]| {
            let mut all: Vec<_> = jobs.iter().flat_map(pick).copied().collect();
            all.sort_unstable();
            all.dedup();
            all
        };
        let crews = board::crews(c, &on(|j| &j.crews), from, until).await?;
        let people = board::people(c, &on(|j| &j.people)).await?;
        let machines = board::machines(c, &on(|j| &j.machines)).await?;
        Ok(Schedule {
            as_of: time.now,
            copy_as_of: None,
            copy_days: None,
            zone: time.zone().name().to_owned(),
            today: time.today(),
            from: query.from,
            until: query.until,
            hours: hours_of(&time),
            crews: crews.into_iter().map(ScheduleCrew::from).collect(),
            people: people
                .into_iter()
                .map(|p| SchedulePerson { id: p.id, name: p.name, role: p.role, status: p.status })
                .collect(),
            machines: machines.into_iter().map(ScheduleMachine::from).collect(),
            time_off: time_off.into_iter().map(TimeOff::from).collect(),
            jobs,
            more,
            clash_count: count(counts.clashes),
            unscheduled_count: count(counts.unscheduled),
            to_look_at: count(counts.to_look_at),
        })
    }

    /// Approved contracts with no job.
    ///
    /// # Errors
    /// When there is no connection, or the database cannot be asked.
    pub async fn unscheduled(&self, text: Option<&str>) -> Result<UnscheduledPage, AppError> {
        let answer = self.tray_of_the_server(text).await;
        let text = text.map(str::to_owned);
        self.or_copy(answer, move |copy, _| read::unscheduled(copy, text.as_deref())).await
    }

    async fn tray_of_the_server(&self, text: Option<&str>) -> Result<UnscheduledPage, AppError> {
        let (pool, _) = self.at_work().await?;
        let mut connection = pool.acquire().await.map_err(DatabaseError::from)?;
        let text = text.map(str::trim).filter(|t| !t.is_empty());
        let rows = board::unscheduled(&mut connection, text).await?;
        Ok(UnscheduledPage {
            total: rows.first().map_or(0, |r| count(r.total)),
            items: rows.into_iter().map(UnscheduledWork::from).collect(),
        })
    }

    /// Clashes from today on, the soonest first.
    ///
    /// # Errors
    /// When there is no connection, or the database cannot be asked.
    pub async fn schedule_clashes(&self) -> Result<ClashPage, AppError> {
        let answer = self.clashes_of_the_server().await;
        self.or_copy(answer, crate::copy::clash_page).await
    }

    async fn clashes_of_the_server(&self) -> Result<ClashPage, AppError> {
        let (pool, _) = self.at_work().await?;
        let mut connection = pool.acquire().await.map_err(DatabaseError::from)?;
        let day = database::today::office_day(&mut connection).await?;
        let (items, total) = clash_page(&mut connection, day.midnights[0]).await?;
        Ok(ClashPage { items, total })
    }
}

/// Another connection, if that takes no waiting for anybody.
async fn another(pool: &PgPool) -> Option<PoolConnection> {
    if let Some(free) = pool.try_acquire() {
        return Some(free);
    }
    if pool.size() >= pool.options().get_max_connections() {
        return None;
    }
    tokio::time::timeout(ANOTHER, pool.acquire()).await.ok()?.ok()
}

/// When the office works, for the window.
pub(crate) fn hours_of(time: &OfficeTime) -> OfficeHours {
    let (days, hours) = (time.calendar.working_weekdays(), time.calendar.hours());
    OfficeHours {
        working_days: (0..7_u8)
            .filter_map(|n| chrono::Weekday::try_from(n).ok())
            .filter(|day| days.contains(*day))
            .filter_map(|day| u8::try_from(day.number_from_monday()).ok())
            .collect(),
        from: hours.from().format("%H:%M").to_string(),
        until: hours.until().format("%H:%M").to_string(),
    }
}

pub(crate) fn check_part(from: NaiveDate, until: NaiveDate) -> Result<(), AppError> {
    let in_reach = (1900..2200).contains(&from.year()) && (1900..2200).contains(&until.year());
    if !in_reach || until <= from || until - from > LONGEST {
        return Err(invalid("until", "This part of the schedule cannot be shown: 1 to 100 days are possible."));
    }
    Ok(())
}

/// A filter as `neff.job_filter()` reads it. What is empty narrows nothing.
pub(super) fn filter_of(filter: &JobFilter) -> Map<String, Value> {
    let mut json = Map::new();
    let mut put = |key: &str, value: Value| json.insert(key.to_owned(), value);
    if !filter.statuses.is_empty() {
        put("statuses", json!(filter.statuses));
    }
    if !filter.services.is_empty() {
        put("services", json!(filter.services));
    }
    if !filter.crews.is_empty() {
        put("crews", json!(filter.crews));
    }
    if let Some(weather) = filter.weather {
        put("weather", json!(weather));
    }
    if let Some(priority) = filter.min_priority {
        put("min_priority", json!(priority));
    }
    if let Some(text) = filter.text.as_deref().map(|t| t.replace('\0', "")).filter(|t| !t.trim().is_empty()) {
        put("text", json!(text));
    }
    for (key, on) in [("outside", filter.outside), ("unassigned", filter.unassigned), ("clashing", filter.clashing)] {
        if on {
            put(key, json!(true));
        }
    }
    json
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn an_empty_filter_narrows_nothing_and_no_zero_byte_reaches_the_database() {
        assert!(filter_of(&JobFilter::default()).is_empty());
        let hostile = JobFilter { text: Some("a\0b'; --".into()), ..JobFilter::default() };
        assert_eq!(filter_of(&hostile).get("text"), Some(&json!("ab'; --")));
        assert!(filter_of(&JobFilter { text: Some(" \0".into()), ..JobFilter::default() }).is_empty());
    }

    #[test]
    fn a_part_is_1_to_100_days() {
        let day = |d| NaiveDate::from_ymd_opt(2026, 6, d).unwrap();
        assert!(check_part(day(1), day(2)).is_ok());
        assert!(check_part(day(2), day(2)).is_err());
        assert!(check_part(day(1), day(1) + TimeDelta::days(101)).is_err());
        assert!(check_part(NaiveDate::MIN, NaiveDate::MIN + TimeDelta::days(7)).is_err());
    }
}
