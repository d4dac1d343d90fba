//! Not built yet.
#![allow(missing_docs, clippy::all, clippy::pedantic, unused)]
use crate::error::*;
use crate::office::Office;
use crate::view::*;
use chrono::{DateTime, Utc};
use uuid::Uuid;
impl Office {
    pub async fn schedule(&self, query: &ScheduleQuery) -> Result<Schedule, AppError> {
        Err(AppError::not_found("part"))
    }
    pub async fn move_jobs(
        &self,
        moves: &[JobMove],
        reason: Option<&str>,
        override_reason: Option<&str>,
    ) -> Result<ScheduleOutcome, AppError> {
        Err(AppError::not_found("part"))
    }
    pub async fn set_job_status(
        &self,
        jobs: &[JobVersion],
        status: &str,
        reason: Option<&str>,
        override_reason: Option<&str>,
    ) -> Result<ScheduleOutcome, AppError> {
        Err(AppError::not_found("part"))
    }
    pub async fn pin_jobs(&self, jobs: &[JobVersion], pinned: bool) -> Result<ScheduleOutcome, AppError> {
        Err(AppError::not_found("part"))
    }
    pub async fn check_jobs(&self, checks: &[JobCheck]) -> Result<Vec<Consequences>, AppError> {
        Err(AppError::not_found("part"))
    }
    pub async fn unscheduled(&self, text: Option<&str>) -> Result<UnscheduledPage, AppError> {
        Err(AppError::not_found("part"))
    }
    pub async fn job_list(&self, query: &JobListQuery) -> Result<JobList, AppError> {
        Err(AppError::not_found("part"))
    }
    pub async fn schedule_clashes(&self) -> Result<ClashPage, AppError> {
        Err(AppError::not_found("part"))
    }
    pub async fn saved_views(&self, screen: &str) -> Result<Vec<SavedView>, AppError> {
        Err(AppError::not_found("part"))
    }
    pub async fn save_view(&self, screen: &str, name: &str, filters: &str) -> Result<Vec<SavedView>, AppError> {
        Err(AppError::not_found("part"))
    }
    pub async fn delete_view(&self, screen: &str, id: Uuid) -> Result<Vec<SavedView>, AppError> {
        Err(AppError::not_found("part"))
    }
    pub async fn job_edit(&self, id: Uuid) -> Result<JobEdit, AppError> {
        Err(AppError::not_found("part"))
    }
    pub async fn job_seed(&self, seed: &JobSeed) -> Result<JobEdit, AppError> {
        Err(AppError::not_found("part"))
    }
    pub async fn create_job(
        &self,
        input: &JobInput,
        reason: Option<&str>,
        override_reason: Option<&str>,
    ) -> Result<ScheduleOutcome, AppError> {
        Err(AppError::not_found("part"))
    }
    pub async fn save_job(
        &self,
        id: Uuid,
        version: i32,
        input: &JobInput,
        reason: Option<&str>,
        override_reason: Option<&str>,
    ) -> Result<ScheduleOutcome, AppError> {
        Err(AppError::not_found("part"))
    }
    pub async fn job_span(
        &self,
        start: DateTime<Utc>,
        hours: &str,
        skip_days_off: bool,
    ) -> Result<DateTime<Utc>, AppError> {
        Err(AppError::not_found("part"))
    }
    pub async fn contract_choices(&self, text: &str) -> Result<Vec<ContractChoice>, AppError> {
        Err(AppError::not_found("part"))
    }
    pub async fn job_history(&self, id: Uuid) -> Result<Vec<HistoryLine>, AppError> {
        Err(AppError::not_found("part"))
    }
    pub async fn outside(&self) -> Result<Outside, AppError> {
        Err(AppError::not_found("part"))
    }
    pub async fn mark_looked_at(&self, jobs: &[Uuid]) -> Result<(), AppError> {
        Err(AppError::not_found("part"))
    }
    pub async fn match_name(
        &self,
        machine: bool,
        written: &str,
        resource: ResourceRef,
    ) -> Result<Option<ChangeRef>, AppError> {
        Err(AppError::not_found("part"))
    }
    pub async fn join_moved(&self, canceled: JobVersion, instead: JobVersion) -> Result<ScheduleOutcome, AppError> {
        Err(AppError::not_found("part"))
    }
    pub async fn plan_rain_out(&self, request: &RainRequest) -> Result<RainPlan, AppError> {
        Err(AppError::not_found("part"))
    }
    pub async fn check_rain_out(
        &self,
        request: &RainRequest,
        moves: &[AgreedMove],
    ) -> Result<Vec<PlanProblem>, AppError> {
        Err(AppError::not_found("part"))
    }
    pub async fn apply_rain_out(&self, rain_out: &RainOut) -> Result<ScheduleOutcome, AppError> {
        Err(AppError::not_found("part"))
    }
    pub async fn customer_messages(&self, query: &MessagesQuery) -> Result<Vec<CustomerMessage>, AppError> {
        Err(AppError::not_found("part"))
    }
    pub async fn save_message(&self, input: &MessageInput) -> Result<CustomerMessage, AppError> {
        Err(AppError::not_found("part"))
    }
    pub async fn open_day_sheet(&self, day: chrono::NaiveDate, crews: &[Uuid]) -> Result<Exported, AppError> {
        Err(AppError::not_found("part"))
    }
    pub async fn open_week_plan(&self, from: chrono::NaiveDate, crews: &[Uuid]) -> Result<Exported, AppError> {
        Err(AppError::not_found("part"))
    }
    pub async fn export_calendar(&self, crew: Option<Uuid>) -> Result<Option<Exported>, AppError> {
        Err(AppError::not_found("part"))
    }
    pub async fn export_jobs(&self, query: &JobListQuery) -> Result<Option<Exported>, AppError> {
        Err(AppError::not_found("part"))
    }
}
