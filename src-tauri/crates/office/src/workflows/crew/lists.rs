//! What the lists of the screen show.

use std::collections::BTreeMap;

use chrono::{Datelike, NaiveDate, NaiveTime};
use database::crew::{self, PersonLineRow};
use database::{DatabaseError, act};
use domain::certifications;
use serde_json::Value;
use uuid::Uuid;

use super::super::company::invalid;
use super::super::today::count;
use super::certificates::state;
use super::steps::{Step, run};
use super::texts::{in_words, required};
use super::time_off::clock;
use crate::error::AppError;
use crate::office::Office;
use crate::view::{
    Away, CertificateLine, CertificateMarks, CertificateOverview, CertificateState, ClosedDays, CrewLine, CrewSaved,
    MachineLine, MissingCertificate, PersonLine, RoleRequirement, Roster,
};

/// The trade's words, offered before the office has any of its own.
const ROLES: [&str; 10] = [
    "foreman",
    "paver operator",
    "screed operator",
    "roller operator",
    "raker",
    "laborer",
    "truck driver",
    "dump person",
    "flagger",
    "mechanic",
];
const MACHINE_KINDS: [&str; 12] = [
    "paver",
    "steel roller",
    "pneumatic roller",
    "mill",
    "skid steer",
    "dump truck",
    "tack distributor",
    "sweeper",
    "crack melter",
    "sealcoat tank",
    "striper",
    "trailer",
];
const CERTIFICATES: [&str; 8] =
    ["Flagger (ATSSA)", "OSHA 10", "OSHA 30", "CDL A", "CDL B", "DOT medical card", "First aid/CPR", "Forklift"];

impl Office {
    /// Everybody and everything that can be put on a job.
    ///
    /// # Errors
    /// When there is no connection, or the database cannot be asked.
    pub async fn roster(&self) -> Result<Roster, AppError> {
        let (pool, _) = self.at_work().await?;
        let mut connection = pool.acquire().await.map_err(DatabaseError::from)?;
        let c = &mut *connection;
        let at = crew::office_now(c).await?;
        let people = crew::people(c, &at).await?;
        let crews = crew::crews(c, &at).await?;
        let machines = crew::machines(c, &at).await?;
        let required = crew::requirements(c).await?;
        let held: Vec<String> = people
            .iter()
            .flat_map(|p| certifications::read(p.certifications.as_ref()).into_iter().map(|c| c.name))
            .collect();
        let known_roles = people.iter().map(|p| p.role.as_str()).chain(required.iter().map(|(role, _)| role.as_str()));
        Ok(Roster {
            roles: offered(&ROLES, known_roles),
            machine_kinds: offered(&MACHINE_KINDS, machines.iter().map(|m| m.kind.as_str())),
            certificate_names: offered(
                &CERTIFICATES,
                held.iter().map(String::as_str).chain(required.iter().map(|(_, name)| name.as_str())),
            ),
            people: people.into_iter().map(|row| person(row, &required, at.today)).collect(),
            crews: crews
                .into_iter()
                .map(|row| CrewLine {
                    id: row.id,
                    name: row.name,
                    color: row.color,
                    status: row.status,
                    lead: row.lead,
                    members: count(row.members),
                    jobs: count(row.jobs),
                    next_job: row.next_job,
                })
                .collect(),
            machines: machines
                .into_iter()
                .map(|row| MachineLine {
                    id: row.id,
                    name: row.name,
                    kind: row.kind,
                    status: row.status,
                    away: row.away.then(|| Away { kind: "maintenance".to_owned(), until: row.away_until }),
                    next_maintenance: row.next_maintenance,
                    jobs: count(row.jobs),
                    to_reassign: count(row.to_reassign),
                })
                .collect(),
            zone: at.zone,
            today: at.today,
        })
    }

    /// The days of a year on which the whole office is closed.
    ///
    /// # Errors
    /// When there is no connection, or the database cannot be asked.
    pub async fn closed_days(&self, year: Option<i32>) -> Result<ClosedDays, AppError> {
        let (pool, _) = self.at_work().await?;
        let mut connection = pool.acquire().await.map_err(DatabaseError::from)?;
        let c = &mut *connection;
        let at = crew::office_now(c).await?;
        let clock = clock(c).await?;
        let year = year.unwrap_or_else(|| at.today.year()).clamp(1900, 2199);
        let first = |year| NaiveDate::from_ymd_opt(year, 1, 1).unwrap_or(at.today);
        let (from, until) = (clock.at(first(year), NaiveTime::MIN), clock.at(first(year + 1), NaiveTime::MIN));
        let rows = crew::time_off_of_office(c, from, until).await?;
        let days = rows.into_iter().map(|row| clock.shown(row, at.now)).collect();
        Ok(ClosedDays { today: at.today, year, days })
    }

    /// Everybody's certificates, what expires next first, and who must hold what.
    ///
    /// # Errors
    /// When there is no connection, or the database cannot be asked.
    pub async fn certificate_overview(&self) -> Result<CertificateOverview, AppError> {
        let (pool, _) = self.at_work().await?;
        let mut connection = pool.acquire().await.map_err(DatabaseError::from)?;
        let c = &mut *connection;
        let today = crew::office_now(c).await?.today;
        let required = crew::requirements(c).await?;
        let (mut lines, mut missing) = (Vec::new(), Vec::new());
        for row in crew::held_certificates(c).await? {
            let held = certifications::read(row.certifications.as_ref());
            let needs: Vec<&str> = needed(&required, &row.role).collect();
            missing.extend(
                needs
                    .iter()
                    .filter(|name| certifications::held(&held, name, today) == certifications::Held::Missing)
                    .map(|name| MissingCertificate {
                        person_id: row.id,
                        person_name: row.name.clone(),
                        role: row.role.clone(),
                        certificate: (*name).to_owned(),
                    }),
            );
            lines.extend(held.into_iter().map(|one| CertificateLine {
                person_id: row.id,
                person_name: row.name.clone(),
                role: row.role.clone(),
                state: state(&one, today),
                required: needs.iter().any(|name| certifications::satisfies(&one.name, name)),
                name: one.name,
                expires: one.expires,
                written: one.unreadable_date,
            }));
        }
        lines.sort_by_key(|line| (line.state != CertificateState::Unreadable, line.expires.is_none(), line.expires));
        let mut roles: BTreeMap<String, Vec<String>> = BTreeMap::new();
        for (role, certificate) in required {
            roles.entry(role).or_default().push(certificate);
        }
        let requirements = roles.into_iter().map(|(role, certificates)| RoleRequirement { role, certificates });
        Ok(CertificateOverview { today, lines, missing, requirements: requirements.collect() })
    }

    /// Saves which certificates a role needs, if nobody changed it since it was shown.
    ///
    /// # Errors
    /// [`crate::ErrorCode::Invalid`] with the field; [`crate::ErrorCode::VersionConflict`].
    pub async fn save_requirements(
        &self,
        role: &str,
        seen: &[String],
        certificates: &[String],
    ) -> Result<CrewSaved, AppError> {
        let role = required("role", role, 100, "Enter the role.")?;
        let mut names: Vec<String> = Vec::new();
        for name in certificates {
            let name = required("certificates", name, 100, "Enter the certificate's name.")?;
            if !names.iter().any(|known| known.to_lowercase() == name.to_lowercase()) {
                names.push(name);
            }
        }
        if names.len() > 30 {
            return Err(invalid("certificates", "30 certificates at most."));
        }
        let (pool, me) = self.at_work().await?;
        let actor = super::super::changes::actor(&me);
        let mut transaction = act::begin(&pool, &actor, None).await?;
        let summary = format!("Certificates of the role {} changed", in_words(&domain::text::shorten(&role, 100)));
        let step = Step::Requirements { role, seen: seen.to_vec(), certificates: names };
        let ran = run(&mut transaction, vec![step]).await?;
        let change = self.keep(transaction, &actor, ran.done(summary, None), None).await?;
        Ok(CrewSaved { id: Uuid::nil(), version: 0, change })
    }
}

/// What the role must hold. Spelling and spaces at its ends do not matter.
pub(super) fn needed<'a>(required: &'a [(String, String)], role: &str) -> impl Iterator<Item = &'a str> + use<'a> {
    let role = role.trim().to_lowercase();
    required.iter().filter(move |(of, _)| of.trim().to_lowercase() == role).map(|(_, name)| name.as_str())
}

/// A column that should be a list of words, as far as it is one.
pub(super) fn words(column: Option<&Value>) -> Option<Vec<String>> {
    match column {
        None | Some(Value::Null) => Some(Vec::new()),
        Some(Value::Array(items)) => items.iter().map(|item| item.as_str().map(str::to_owned)).collect(),
        Some(_) => None,
    }
}

fn person(row: PersonLineRow, required: &[(String, String)], today: NaiveDate) -> PersonLine {
    PersonLine {
        certificates: marks(row.certifications.as_ref(), needed(required, &row.role), today),
        specializations: words(row.specializations.as_ref()).unwrap_or_default(),
        id: row.id,
        name: row.name,
        role: row.role,
        status: row.status,
        email: row.email,
        phone: row.phone,
        crews: row.crews,
        leads: row.leads,
        away: row.away.map(|kind| Away { kind, until: row.away_until }),
        to_reassign: count(row.to_reassign),
    }
}

fn marks<'a>(column: Option<&Value>, needs: impl Iterator<Item = &'a str>, today: NaiveDate) -> CertificateMarks {
    let held = certifications::read(column);
    let of = |wanted| count(held.iter().filter(|one| state(one, today) == wanted).count());
    CertificateMarks {
        expired: of(CertificateState::Expired),
        expiring: of(CertificateState::Expiring),
        unreadable: of(CertificateState::Unreadable),
        missing: needs
            .filter(|name| certifications::held(&held, name, today) == certifications::Held::Missing)
            .map(str::to_owned)
            .collect(),
        next_expiry: held.iter().filter_map(|one| one.expires).filter(|day| *day >= today).min(),
    }
}

/// The words there are, and those of the trade, once each and in order; at most 500.
fn offered<'a>(usual: &[&'a str], known: impl Iterator<Item = &'a str>) -> Vec<String> {
    let mut all: BTreeMap<String, String> = BTreeMap::new();
    for word in known.chain(usual.iter().copied()).map(str::trim).filter(|word| !word.is_empty()) {
        all.entry(word.to_lowercase()).or_insert_with(|| word.chars().take(200).collect());
    }
    all.into_values().take(500).collect()
}

#[cfg(test)]
mod tests {
    use super::*;
    use serde_json::json;

    #[test]
    fn certificates_are_counted_and_what_the_role_needs_is_missed() {
        let today: NaiveDate = "2026-06-18".parse().unwrap();
        let column = json!([
            {"name": "OSHA 30", "expires": "2026-06-17"}, {"name": "CDL A", "expires": "2026-07-18"},
            {"name": "CPR", "expires": "2027-01-01"}, {"name": "Forklift", "expires": "whenever"}, 7]);
        let marks = marks(Some(&column), ["CDL", "DOT medical card", "OSHA 10"].into_iter(), today);
        assert_eq!((marks.expired, marks.expiring, marks.unreadable), (1, 1, 1));
        assert_eq!(marks.missing, ["DOT medical card"], "an expired one is not missing, a CDL A is a CDL");
        assert_eq!(marks.next_expiry, "2026-07-18".parse().ok());
    }

    #[test]
    fn a_role_is_found_however_it_is_spelled() {
        let required = [("truck driver".to_owned(), "CDL".to_owned()), ("flagger".to_owned(), "Flagger".to_owned())];
        assert_eq!(needed(&required, " Truck Driver ").collect::<Vec<_>>(), ["CDL"]);
    }

    #[test]
    fn what_is_offered_comes_once_in_the_spelling_of_the_office() {
        let words = offered(&["foreman", "raker"], ["Foreman", "foreman ", " ", "yard boss"].into_iter());
        assert_eq!(words, ["Foreman", "raker", "yard boss"]);
    }
}
