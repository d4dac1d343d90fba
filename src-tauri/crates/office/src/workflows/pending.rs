//! Not built yet.
#![allow(missing_docs, clippy::all, clippy::pedantic, unused)]
use crate::error::*;
use crate::office::Office;
use crate::view::*;
use chrono::{DateTime, Utc};
use uuid::Uuid;
impl Office {
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
