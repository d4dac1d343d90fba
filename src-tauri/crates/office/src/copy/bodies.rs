//! What the copy holds, and what papers are made of.

use chrono::{DateTime, NaiveDate, Utc};
use database::schedule::{board, full};
use database::{PgConnection, foreign};
use serde::{Deserialize, Serialize};
use uuid::Uuid;

use crate::error::AppError;
use crate::view::{Assigned, OfficeHours, Person, ScheduleCrew, ScheduleJob, UnscheduledWork};

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

/// A crew, and who is in it when.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub(crate) struct CrewInFull {
    pub id: Uuid,
    pub name: String,
    pub color: Option<String>,
    pub active: bool,
    /// Leads first, then by name; somebody who comes back has two.
    pub memberships: Vec<Membership>,
}

/// Somebody's days in a crew.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub(crate) struct Membership {
    pub person: Uuid,
    pub name: String,
    pub from: NaiveDate,
    /// The day after the last.
    pub until: NaiveDate,
    pub lead: bool,
}

impl CrewInFull {
    /// Who is in it on some day from one up to, but without, another.
    pub(crate) fn members(&self, from: NaiveDate, until: NaiveDate) -> Vec<Uuid> {
        let mut people: Vec<Uuid> = Vec::new();
        for m in self.memberships.iter().filter(|m| m.from < until && from < m.until) {
            if !people.contains(&m.person) {
                people.push(m.person);
            }
        }
        people
    }

    /// Who leads it on a day.
    pub(crate) fn lead(&self, day: NaiveDate) -> Option<&str> {
        let leads = self.memberships.iter().filter(|m| m.lead && m.from <= day && day < m.until);
        leads.map(|m| m.name.as_str()).next()
    }

    /// As the board shows it for these days.
    pub(crate) fn of_days(&self, from: NaiveDate, until: NaiveDate) -> ScheduleCrew {
        ScheduleCrew {
            id: self.id,
            name: self.name.clone(),
            color: self.color.clone(),
            active: self.active,
            lead: self.lead(from).map(str::to_owned),
            members: self.members(from, until),
        }
    }
}

/// Work that waits for a day, beside how much of it there is: only who waits longest is kept.
#[derive(Debug, Clone, Serialize, Deserialize)]
pub(crate) struct Waiting {
    pub work: UnscheduledWork,
    pub total: u32,
}

/// The office, and whose copy it is.
#[derive(Debug, Clone, Serialize, Deserialize)]
pub(crate) struct OfficeBody {
    pub zone: String,
    pub hours: OfficeHours,
    pub company: Letterhead,
    pub person: Person,
    pub limits: Limits,
}

impl OfficeBody {
    /// The office's clock and week.
    pub(crate) fn calendar(&self) -> domain::working_time::Calendar {
        super::read::calendar(&self.zone, &self.hours)
    }
}

/// How long the office lets a copy be read: its settings, not this computer's, kept where nobody changes them.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
pub(crate) struct Limits {
    /// Days after which a copy that has not heard of the server cannot be read.
    pub readable_days: u32,
    /// Days after which it is wiped when the server does not accept the login any more; until then it is not shown.
    pub refused_days: u32,
}

impl Default for Limits {
    /// What holds where the office says nothing.
    fn default() -> Self {
        Self::of(&std::collections::BTreeMap::new())
    }
}

impl Limits {
    pub(crate) fn of(settings: &std::collections::BTreeMap<String, String>) -> Self {
        let days = |key: &str, usual: u32, least: u32| {
            settings.get(key).and_then(|text| text.trim().parse().ok()).unwrap_or(usual).clamp(least, 365)
        };
        Self {
            readable_days: days(database::company::OFFLINE_READABLE, 14, 1),
            refused_days: days(database::company::OFFLINE_REFUSED, 7, 0),
        }
    }

    pub(crate) fn readable_for(self) -> chrono::TimeDelta {
        chrono::TimeDelta::days(self.readable_days.into())
    }

    pub(crate) fn kept_refused(self) -> chrono::TimeDelta {
        chrono::TimeDelta::days(self.refused_days.into())
    }
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

/// Every crew, with whoever is in it on some day from one up to, but without, another.
pub(crate) async fn crews_in_full(
    c: &mut PgConnection,
    from: NaiveDate,
    until: NaiveDate,
) -> Result<Vec<CrewInFull>, AppError> {
    let rows = full::crews(c, from, until).await?;
    Ok(rows
        .into_iter()
        .map(|row| CrewInFull {
            id: row.id,
            name: row.name,
            color: row.color,
            active: row.active,
            memberships: foreign::each(row.memberships),
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
    foreign::each::<Row>(json)
        .into_iter()
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

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_day_of_a_crew_is_whoever_is_in_it_that_day_and_nobody_of_the_next() {
        let day = |d| NaiveDate::from_ymd_opt(2026, 6, d).unwrap();
        let of = |n, from, until, lead| Membership {
            person: Uuid::from_u128(n),
            name: format!("P{n}"),
            from: day(from),
            until: day(until),
            lead,
        };
        let memberships = vec![of(2, 10, 20, true), of(1, 1, 10, true), of(3, 1, 5, false), of(3, 9, 12, false)];
        let crew = CrewInFull { id: Uuid::nil(), name: "A".into(), color: None, active: true, memberships };
        let members =
            |from, until| -> Vec<u128> { crew.members(day(from), day(until)).iter().map(Uuid::as_u128).collect() };
        assert_eq!(members(9, 10), [1, 3]);
        assert_eq!(members(10, 11), [2, 3]);
        assert_eq!(members(1, 30), [2, 1, 3]);
        assert_eq!(members(5, 9), [1]);
        assert_eq!((crew.lead(day(9)), crew.lead(day(10)), crew.lead(day(20))), (Some("P1"), Some("P2"), None));
    }
}
