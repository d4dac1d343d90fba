//! The jobs to come that name somebody or something: what is at stake when they go.

use chrono::NaiveTime;
use database::DatabaseError;
use database::crew::{self, JobRow};

use super::super::today::count;
use super::time_off::clock;
use crate::error::AppError;
use crate::office::Office;
use crate::view::{ResourceJob, ResourceJobs, ResourceJobsQuery, ResourceKind};

/// As many are listed.
pub(super) const LISTED: i64 = 500;

impl Office {
    /// The jobs to come of a crew, a person or a machine, between two days.
    ///
    /// # Errors
    /// When there is no connection, or the database cannot be asked.
    pub async fn resource_jobs(&self, query: &ResourceJobsQuery) -> Result<ResourceJobs, AppError> {
        let (pool, _) = self.at_work().await?;
        let mut connection = pool.acquire().await.map_err(DatabaseError::from)?;
        let c = &mut *connection;
        let clock = clock(c).await?;
        let from = query.from.map(|day| clock.at(day, NaiveTime::MIN));
        let spans = [(from, query.until.map(|day| clock.end_of(day)))];
        let rows = match query.kind {
            ResourceKind::Crew => crew::crew_jobs(c, query.id, &spans, LISTED).await?,
            ResourceKind::Person | ResourceKind::Machine => crew::resource_jobs(c, query.id, &spans, LISTED).await?,
        };
        Ok(shown(rows))
    }
}

/// For the window.
pub(super) fn shown(rows: Vec<JobRow>) -> ResourceJobs {
    let total = rows.first().map_or(0, |row| count(row.total));
    let jobs = rows.into_iter().map(|row| ResourceJob {
        id: row.id,
        version: row.version,
        customer: row.customer,
        service_type: row.service_type,
        address: row.address,
        start: row.start,
        end: row.end,
        status: row.status,
        via_crew: row.via_crew,
    });
    ResourceJobs { jobs: jobs.collect(), total }
}
