//! One record in the detail panel.

use database::{DatabaseError, PgConnection, people::PersonRow, records, today};
use uuid::Uuid;

use super::today::card;
use crate::copy::read;
use crate::error::AppError;
use crate::office::Office;
use crate::view::{Assigned, EstimateDetail, JobChange, JobDetail, Person};

impl Office {
    /// An estimate.
    ///
    /// # Errors
    /// [`crate::ErrorCode::NotFound`] when it is gone; else when the database cannot be asked.
    pub async fn estimate(&self, id: Uuid) -> Result<EstimateDetail, AppError> {
        let answer = self.estimate_of_the_server(id).await.map(Some);
        // The copy holds the open ones: that another is not in it does not say that it is gone.
        let why = answer.as_ref().err().cloned();
        let found = self.or_copy(answer, move |copy, _| read::estimate(copy, id)).await?;
        found.ok_or_else(|| why.unwrap_or_else(|| AppError::not_found("estimate")))
    }

    async fn estimate_of_the_server(&self, id: Uuid) -> Result<EstimateDetail, AppError> {
        let (pool, _) = self.at_work().await?;
        let mut connection = pool.acquire().await.map_err(DatabaseError::from)?;
        estimate(&mut connection, id).await
    }

    /// A job, with who is on it and what happened to it.
    ///
    /// # Errors
    /// [`crate::ErrorCode::NotFound`] when it is gone; else when the database cannot be asked.
    pub async fn job(&self, id: Uuid) -> Result<JobDetail, AppError> {
        let answer = self.job_of_the_server(id).await.map(Some);
        let job = self.or_copy(answer, move |copy, _| read::job(copy, id)).await?;
        job.ok_or_else(|| AppError::not_found("job"))
    }

    async fn job_of_the_server(&self, id: Uuid) -> Result<JobDetail, AppError> {
        let (pool, _) = self.at_work().await?;
        let mut connection = pool.acquire().await.map_err(DatabaseError::from)?;
        let c = &mut *connection;
        let found = (today::jobs(c, &[id]).await?.pop(), records::job_rest(c, id).await?);
        let (Some(row), Some(rest)) = found else { return Err(AppError::not_found("job")) };
        let assigned = records::assigned(c, id).await?;
        let unknown_names = records::unknown_names(c, id).await?;
        let changes = records::changes(c, id).await?;
        Ok(JobDetail {
            card: card(&row),
            contract_id: row.contract_id,
            special_instructions: rest.special_instructions,
            duration_hours: rest.duration_hours.map(|hours| hours.normalize().to_string()),
            assigned: assigned
                .into_iter()
                .map(|a| Assigned {
                    kind: a.kind,
                    id: a.id,
                    name: a.name,
                    via_crew: a.via_crew,
                    state: a.state,
                    other_job_id: a.other_job_id,
                    other_address: a.other_address,
                })
                .collect(),
            unknown_names,
            changes: changes
                .into_iter()
                .map(|c| JobChange { at: c.at, by: c.by, source: c.source, change: c.change, reason: c.reason })
                .collect(),
            created_at: rest.created_at,
            updated_at: rest.updated_at,
        })
    }
}

/// An estimate, on this connection.
pub(crate) async fn estimate(connection: &mut PgConnection, id: Uuid) -> Result<EstimateDetail, AppError> {
    let row = records::estimate(connection, id).await?.ok_or_else(|| AppError::not_found("estimate"))?;
    Ok(row.into())
}

impl From<records::EstimateRecord> for EstimateDetail {
    fn from(row: records::EstimateRecord) -> Self {
        Self {
            id: row.id,
            customer_name: row.customer_name,
            email: row.email,
            phone: row.phone,
            service_type: row.service_type,
            project_address: row.project_address,
            project_size: row.project_size,
            timeline: row.timeline,
            description: row.description,
            estimated_cost: row.estimated_cost.map(|cost| cost.to_string()),
            status: row.status,
            response_by: row.response_by,
            notes: row.notes,
            version: row.version,
            created_at: row.created_at,
            updated_at: row.updated_at,
        }
    }
}

impl From<PersonRow> for Person {
    fn from(row: PersonRow) -> Self {
        Self { id: row.id, name: row.name, email: row.email }
    }
}
