//! Scheduling: what is shown of it, and every change of it.

mod checking;
mod editing;
mod following;
mod history;
mod listing;
mod messages;
mod moving;
mod outside;
mod papers;
mod part;
mod rain;
mod rain_apply;
mod rain_people;
mod reassign;
mod telling;
mod views;
mod wording;
pub(crate) mod writing;

pub(crate) use history::revert;
pub(crate) use outside::write_alias;
pub(crate) use part::{check_part, hours_of};

use chrono::{DateTime, NaiveDate, NaiveTime, Utc};
use chrono_tz::Tz;
use database::schedule::board::{self, ScheduleJobRow};
use database::{PgConnection, today};
use domain::working_time::{Calendar, Interval, WorkingDays, WorkingHours};
use uuid::Uuid;

use super::today::count;
use crate::error::AppError;
use crate::view::{ScheduleCrew, ScheduleJob, ScheduleMachine, TimeOff, UnscheduledWork};

/// The office's clock and calendar at this moment.
#[derive(Debug, Clone)]
pub(crate) struct OfficeTime {
    /// The database's clock.
    pub now: DateTime<Utc>,
    /// Zone, working days and hours; closed on nothing yet.
    pub calendar: Calendar,
}

impl OfficeTime {
    /// Reads it. A setting that somebody spoiled counts as its default.
    pub(crate) async fn read(connection: &mut PgConnection) -> Result<Self, AppError> {
        Ok(today::office_time(connection).await?.into())
    }

    /// The same, closed on holidays between two moments.
    pub(crate) async fn closed_on_holidays(
        connection: &mut PgConnection,
        from: DateTime<Utc>,
        until: DateTime<Utc>,
    ) -> Result<Self, AppError> {
        let time = Self::read(connection).await?;
        let off = board::time_off(connection, from, until).await?;
        let closed: Vec<Interval> = off
            .into_iter()
            .filter(|t| t.person_id.is_none() && t.machine_id.is_none() && t.kind == "holiday")
            .map(|t| Interval::new(t.start, t.end))
            .collect();
        Ok(Self { calendar: time.calendar.also_closed(&closed), ..time })
    }

    /// The office's date.
    pub(crate) fn today(&self) -> NaiveDate {
        self.calendar.day_of(self.now)
    }

    /// The office's zone.
    pub(crate) fn zone(&self) -> Tz {
        self.calendar.zone()
    }

    /// When that day begins.
    pub(crate) fn midnight(&self, day: NaiveDate) -> DateTime<Utc> {
        self.calendar.day(day).start
    }
}

impl From<today::OfficeTimeRow> for OfficeTime {
    fn from(row: today::OfficeTimeRow) -> Self {
        let time = |text: &str| NaiveTime::parse_from_str(text.trim(), "%H:%M").ok();
        let hours = time(&row.work_from)
            .zip(time(&row.work_until))
            .and_then(|(from, until)| WorkingHours::new(from, until).ok())
            .unwrap_or_default();
        let days = WorkingDays::read(&row.working_days);
        Self { now: row.now, calendar: Calendar::new(zone_of(&row.zone), days, hours, Vec::new()) }
    }
}

/// The database answers with a zone it knows; one this program does not know is shown as UTC.
fn zone_of(name: &str) -> Tz {
    domain::zone::known(name).unwrap_or(Tz::UTC)
}

impl From<ScheduleJobRow> for ScheduleJob {
    fn from(row: ScheduleJobRow) -> Self {
        Self {
            id: row.id,
            version: row.version,
            contract_id: row.contract_id,
            customer: row.customer,
            service_type: row.service_type,
            address: row.address,
            start: row.start,
            end: row.end,
            status: row.status,
            priority: row.priority,
            weather_dependent: row.weather_dependent,
            pinned: row.pinned,
            crews: row.crews,
            people: row.people,
            machines: row.machines,
            unknown: count(row.unknown),
            clashes: count(row.clashes),
            overridden: count(row.overridden),
            source: row.source,
            is_new: row.is_new,
        }
    }
}

impl From<board::TimeOffRow> for TimeOff {
    fn from(row: board::TimeOffRow) -> Self {
        Self {
            id: row.id,
            kind: row.kind,
            person_id: row.person_id,
            machine_id: row.machine_id,
            start: row.start,
            end: row.end,
            note: row.note,
        }
    }
}

impl From<board::CrewRow> for ScheduleCrew {
    fn from(row: board::CrewRow) -> Self {
        Self { id: row.id, name: row.name, color: row.color, active: row.active, lead: row.lead, members: row.members }
    }
}

impl From<board::ResourceRow> for ScheduleMachine {
    fn from(row: board::ResourceRow) -> Self {
        Self { id: row.id, name: row.name, kind: row.role, status: row.status }
    }
}

impl From<board::UnscheduledRow> for UnscheduledWork {
    fn from(row: board::UnscheduledRow) -> Self {
        Self {
            contract_id: row.contract_id,
            customer: row.customer,
            phone: row.phone,
            service_type: row.service_type,
            address: row.address,
            project_size: row.project_size.map(|n| n.normalize().to_string()),
            estimated_cost: row.estimated_cost.map(|n| n.to_string()),
            since: row.since,
        }
    }
}

/// These jobs as the board shows them, in the order given.
pub(crate) async fn shown(connection: &mut PgConnection, ids: &[Uuid]) -> Result<Vec<ScheduleJob>, AppError> {
    Ok(board::jobs(connection, ids).await?.into_iter().map(ScheduleJob::from).collect())
}
