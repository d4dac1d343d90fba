//! One person, crew or machine with everything that hangs on it.

use database::crew::{self, MemberRow};
use database::{DatabaseError, PgConnection};
use domain::certifications;
use uuid::Uuid;

use super::jobs::{LISTED, shown};
use super::lists::{needed, words};
use super::time_off::clock;
use super::{certificates, texts, weekly};
use crate::error::AppError;
use crate::office::Office;
use crate::view::{CrewRecord, MachineRecord, Membership, PersonRecord, ResourceJobs};

/// As many of the next jobs are listed.
const NEXT: i64 = 10;

impl Office {
    /// Somebody of the field, without their emergency contact.
    ///
    /// # Errors
    /// [`crate::ErrorCode::NotFound`] when they are gone; else when the database cannot be asked.
    pub async fn person_record(&self, id: Uuid) -> Result<PersonRecord, AppError> {
        let (pool, _) = self.at_work().await?;
        let mut connection = pool.acquire().await.map_err(DatabaseError::from)?;
        let c = &mut *connection;
        let row = crew::person(c, id).await?.ok_or_else(|| AppError::not_found("person"))?;
        let at = crew::office_now(c).await?;
        let clock = clock(c).await?;
        let has_contact = crew::has_contact(c, id).await?;
        let required = crew::requirements(c).await?;
        let held = certificates::read(row.values.certifications.as_ref());
        let all = certifications::read(row.values.certifications.as_ref());
        let missing = needed(&required, &row.values.role)
            .filter(|name| !matches!(certifications::held(&all, name, at.today), certifications::Held::Yes { .. }));
        let missing = missing.map(str::to_owned).collect();
        let specializations = words(row.values.specializations.as_ref());
        let unreadable = row.values.specializations.as_ref().filter(|_| specializations.is_none());
        let jobs = crew::resource_jobs(c, id, &[(Some(at.now), None)], NEXT).await?;
        let to_reassign = crew::jobs_at_stake(c, id, &at, row.values.status == "active", LISTED).await?;
        let time_off = crew::time_off_of_resource(c, id).await?;
        Ok(PersonRecord {
            id,
            version: row.version,
            specializations_unreadable: unreadable.map(texts::raw),
            specializations: specializations.unwrap_or_default(),
            hours: weekly::shown(row.values.availability.as_ref()),
            certificates: certificates::shown(&held, at.today),
            certificates_unreadable: held.others,
            certificates_written: held.written,
            missing,
            has_contact,
            memberships: memberships(crew::memberships_of_person(c, id).await?),
            time_off: time_off.into_iter().map(|row| clock.shown(row, at.now)).collect(),
            jobs: shown(jobs),
            to_reassign: shown(to_reassign),
            name: row.values.name,
            role: row.values.role,
            status: row.values.status,
            email: row.values.email,
            phone: row.values.phone,
            hire_date: row.values.hire_date,
            created_at: row.created_at,
            updated_at: row.updated_at,
        })
    }

    /// A crew.
    ///
    /// # Errors
    /// [`crate::ErrorCode::NotFound`] when it is gone; else when the database cannot be asked.
    pub async fn crew_record(&self, id: Uuid) -> Result<CrewRecord, AppError> {
        let (pool, _) = self.at_work().await?;
        let mut connection = pool.acquire().await.map_err(DatabaseError::from)?;
        let c = &mut *connection;
        let row = crew::crew(c, id).await?.ok_or_else(|| AppError::not_found("crew"))?;
        let memberships = memberships(crew::memberships_of_crew(c, id).await?);
        let active = row.values.status == "active";
        let to_reassign = if active { ResourceJobs::default() } else { crew_jobs(c, id, LISTED).await? };
        Ok(CrewRecord {
            id,
            version: row.version,
            memberships,
            jobs: crew_jobs(c, id, NEXT).await?,
            to_reassign,
            name: row.values.name,
            color: row.values.color,
            status: row.values.status,
            notes: row.values.notes,
            created_at: row.created_at,
            updated_at: row.updated_at,
        })
    }

    /// A machine.
    ///
    /// # Errors
    /// [`crate::ErrorCode::NotFound`] when it is gone; else when the database cannot be asked.
    pub async fn machine_record(&self, id: Uuid) -> Result<MachineRecord, AppError> {
        let (pool, _) = self.at_work().await?;
        let mut connection = pool.acquire().await.map_err(DatabaseError::from)?;
        let c = &mut *connection;
        let row = crew::machine(c, id).await?.ok_or_else(|| AppError::not_found("machine"))?;
        let at = crew::office_now(c).await?;
        let clock = clock(c).await?;
        let jobs = crew::resource_jobs(c, id, &[(Some(at.now), None)], NEXT).await?;
        let to_reassign = crew::jobs_at_stake(c, id, &at, row.values.status == "active", LISTED).await?;
        let maintenance = crew::time_off_of_resource(c, id).await?;
        Ok(MachineRecord {
            id,
            version: row.version,
            maintenance: maintenance.into_iter().map(|row| clock.shown(row, at.now)).collect(),
            jobs: shown(jobs),
            to_reassign: shown(to_reassign),
            name: row.values.name,
            kind: row.values.kind,
            status: row.values.status,
            notes: row.values.notes,
            created_at: row.created_at,
            updated_at: row.updated_at,
        })
    }
}

async fn crew_jobs(c: &mut PgConnection, id: Uuid, limit: i64) -> Result<ResourceJobs, AppError> {
    Ok(shown(crew::crew_jobs(c, id, &[(None, None)], limit).await?))
}

fn memberships(rows: Vec<MemberRow>) -> Vec<Membership> {
    let shown = |m: MemberRow| Membership {
        id: m.id,
        version: m.version,
        crew_id: m.crew_id,
        crew_name: m.crew_name,
        person_id: m.person_id,
        person_name: m.person_name,
        person_role: m.person_role,
        person_status: m.person_status,
        from: m.from,
        until: m.until.and_then(|next| next.pred_opt()),
        is_lead: m.is_lead,
    };
    rows.into_iter().map(shown).collect()
}
