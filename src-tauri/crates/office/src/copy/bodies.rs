//! What the copy holds, and what papers are made of.

use chrono::{DateTime, Utc};
use database::PgConnection;
use database::schedule::{board, full};
use serde::{Deserialize, Serialize};
use uuid::Uuid;

use crate::error::AppError;
use crate::view::{Assigned, OfficeHours, Person, ScheduleJob};

/// A job with everything that is shown and printed of it.
#[derive(Debug, Clone, Serialize, Deserialize)]
pub(crate) struct JobInFull {
    pub job: ScheduleJob,
    pub phone: Option<String>,
    pub instructions: Option<String>,
    pub duration_hours: Option<String>,
    pub crew_names: Vec<String>,
    pub assigned: Vec<Assigned>,
    pub unknown_names: Vec<String>,
    pub created_at: DateTime<Utc>,
    pub updated_at: DateTime<Utc>,
}

/// Somebody of the field, with their number.
#[derive(Debug, Clone, Serialize, Deserialize)]
pub(crate) struct PersonInFull {
    pub id: Uuid,
    pub name: String,
    pub role: String,
    pub status: String,
    pub phone: Option<String>,
}

/// The office, and whose copy it is.
#[derive(Debug, Clone, Serialize, Deserialize)]
pub(crate) struct OfficeBody {
    pub zone: String,
    pub hours: OfficeHours,
    pub company: Letterhead,
    pub person: Person,
}

/// What stands at the top and the foot of papers.
#[derive(Debug, Clone, Default, Serialize, Deserialize)]
pub(crate) struct Letterhead {
    pub name: String,
    pub phone: String,
    pub address: String,
    pub license: String,
}

impl Letterhead {
    pub(crate) fn of(settings: &std::collections::BTreeMap<String, String>) -> Self {
        let get = |key: &str| settings.get(key).map(|v| v.trim().to_owned()).unwrap_or_default();
        let name = get("company_letterhead");
        Self {
            name: if name.is_empty() { get("company_name") } else { name },
            phone: get("company_phone"),
            address: get("company_address"),
            license: get("company_license"),
        }
    }
}

/// These jobs in full, in the order given; what is gone is left out.
pub(crate) async fn jobs_in_full(c: &mut PgConnection, ids: &[Uuid]) -> Result<Vec<JobInFull>, AppError> {
    let mut rest: std::collections::HashMap<Uuid, full::RestRow> =
        full::rest(c, ids).await?.into_iter().map(|r| (r.id, r)).collect();
    let rows = board::jobs(c, ids).await?;
    Ok(rows
        .into_iter()
        .filter_map(|row| {
            let rest = rest.remove(&row.id)?;
            Some(JobInFull {
                job: row.into(),
                phone: rest.phone,
                instructions: rest.instructions,
                duration_hours: rest.duration_hours.map(|h| h.normalize().to_string()),
                crew_names: rest.crew_names,
                assigned: assigned(rest.assigned),
                unknown_names: rest.unknown_names,
                created_at: rest.created_at,
                updated_at: rest.updated_at,
            })
        })
        .collect())
}

fn assigned(json: serde_json::Value) -> Vec<Assigned> {
    #[derive(Deserialize)]
    struct Row {
        kind: String,
        id: Uuid,
        name: String,
        via_crew: Option<String>,
        state: String,
    }
    let rows: Vec<Row> = serde_json::from_value(json).unwrap_or_default();
    rows.into_iter()
        .map(|r| Assigned {
            kind: r.kind,
            id: r.id,
            name: r.name,
            via_crew: r.via_crew,
            state: r.state,
            other_job_id: None,
            other_address: None,
        })
        .collect()
}
