//! One row after the other over the versions seen, and the way back.

use std::collections::HashMap;

use database::crew::{self, CrewValues, MachineValues, MembershipValues, PersonValues, TimeOffValues};
use database::{DatabaseError, Failure, PgConnection};
use serde::{Deserialize, Serialize};
use serde_json::Value;
use uuid::Uuid;

use super::super::changes::{Done, Inverse, changed_meanwhile};
use super::super::company::invalid;
use super::{clashes, words};
use crate::desktop::DesktopEvent;
use crate::error::{AppError, ErrorCode};
use crate::view::{FieldChange, JobClash, RecordKind, RecordRef};

/// A row as it is to be. `seen` none: it is not there yet; `values` none: it is to go.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(tag = "row", rename_all = "snake_case")]
pub(crate) enum Step {
    /// `crew_members`, without the emergency contact.
    Person {
        /// Which.
        id: Uuid,
        /// Its version.
        seen: Option<i32>,
        /// What it holds.
        values: Option<PersonValues>,
    },
    /// The emergency contact of somebody.
    Contact {
        /// Of the person.
        id: Uuid,
        /// The person's version.
        seen: i32,
        /// What is written.
        contact: Option<Value>,
    },
    /// `crews`
    Crew {
        /// Which.
        id: Uuid,
        /// Its version.
        seen: Option<i32>,
        /// What it holds.
        values: Option<CrewValues>,
    },
    /// `equipment`
    Machine {
        /// Which.
        id: Uuid,
        /// Its version.
        seen: Option<i32>,
        /// What it holds.
        values: Option<MachineValues>,
    },
    /// `crew_memberships`
    Membership {
        /// Which.
        id: Uuid,
        /// Its version.
        seen: Option<i32>,
        /// What it holds.
        values: Option<MembershipValues>,
    },
    /// `time_off`
    TimeOff {
        /// Which.
        id: Uuid,
        /// Its version.
        seen: Option<i32>,
        /// What it holds.
        values: Option<TimeOffValues>,
    },
    /// What a role must hold.
    Requirements {
        /// Which role.
        role: String,
        /// What it had to hold.
        seen: Vec<String>,
        /// What it has to.
        certificates: Vec<String>,
    },
}

impl Step {
    /// The row and the version that was seen of it; none for what is not there, or is no one row.
    pub(crate) fn row(&self) -> Option<(Uuid, i32)> {
        match self {
            Self::Person { id, seen, .. }
            | Self::Crew { id, seen, .. }
            | Self::Machine { id, seen, .. }
            | Self::Membership { id, seen, .. }
            | Self::TimeOff { id, seen, .. } => seen.map(|seen| (*id, seen)),
            Self::Contact { id, seen, .. } => Some((*id, *seen)),
            Self::Requirements { .. } => None,
        }
    }
}

/// What the steps did.
#[derive(Debug, Default)]
pub(super) struct Ran {
    pub fields: Vec<FieldChange>,
    /// Backwards.
    pub back: Vec<Step>,
    /// Each row as it was left, for whoever takes the step back.
    pub left: Vec<Step>,
    pub versions: HashMap<Uuid, i32>,
    pub about: Option<RecordRef>,
}

/// Why the steps were not taken.
#[derive(Debug)]
pub(super) enum Refusal {
    /// Anything else.
    Error(AppError),
    /// It would put these in two places.
    Clashes(Vec<JobClash>),
}

impl From<AppError> for Refusal {
    fn from(error: AppError) -> Self {
        Self::Error(error)
    }
}

impl From<DatabaseError> for Refusal {
    fn from(error: DatabaseError) -> Self {
        match clashes::read(&error) {
            Some(clashes) => Self::Clashes(clashes),
            None => Self::Error(told(error)),
        }
    }
}

impl From<Refusal> for AppError {
    fn from(refusal: Refusal) -> Self {
        match refusal {
            Refusal::Error(error) => error,
            Refusal::Clashes(clashes) => Self::new(ErrorCode::Invalid, clashes::sentence(&clashes)),
        }
    }
}

impl Ran {
    /// For the record of the change.
    pub(super) fn done(self, summary: String, about: Option<RecordRef>) -> Done {
        Done {
            summary,
            about: about.or(self.about),
            fields: self.fields,
            inverse: Inverse::Crew { steps: self.back, left: self.left },
            jobs: Vec::new(),
            messages: Vec::new(),
            tells: vec![DesktopEvent::ScheduleChanged, DesktopEvent::TodayChanged],
        }
    }
    /// The version of a row now.
    pub(super) fn version(&self, id: Uuid) -> i32 {
        self.versions.get(&id).copied().unwrap_or_default()
    }
}

/// Takes the steps of an undo. `left`: the rows as they were left, which may be written over whatever their versions are
/// by now: undoing twice in a row raises them.
pub(crate) async fn apply(connection: &mut PgConnection, steps: Vec<Step>, left: Vec<Step>) -> Result<Done, AppError> {
    let left = left.into_iter().map(Some).chain(std::iter::repeat(None));
    Ok(run_over(connection, steps.into_iter().zip(left)).await?.done(String::new(), None))
}

/// Takes the steps in their order, all or none (the transaction is the caller's).
pub(super) async fn run(connection: &mut PgConnection, steps: Vec<Step>) -> Result<Ran, Refusal> {
    run_over(connection, steps.into_iter().map(|step| (step, None))).await
}

async fn run_over(
    connection: &mut PgConnection,
    steps: impl Iterator<Item = (Step, Option<Step>)>,
) -> Result<Ran, Refusal> {
    let mut ran = Ran::default();
    for (step, left) in steps {
        ran.take(connection, step, left).await?;
    }
    // Now, while there is somebody to tell whom it would put in two places.
    database::assignments::judge(connection).await?;
    ran.back.reverse();
    ran.left.reverse();
    Ok(ran)
}

impl Ran {
    async fn take(&mut self, c: &mut PgConnection, step: Step, left: Option<Step>) -> Result<(), Refusal> {
        match step {
            Step::Person { id, seen, values } => self.person(c, id, seen, values, left).await,
            Step::Contact { id, seen, contact } => self.contact(c, id, seen, contact, left).await,
            Step::Crew { id, seen, values } => self.crew(c, id, seen, values, left).await,
            Step::Machine { id, seen, values } => self.machine(c, id, seen, values, left).await,
            Step::Membership { id, seen, values } => self.membership(c, id, seen, values, left).await,
            Step::TimeOff { id, seen, values } => self.time_off(c, id, seen, values, left).await,
            Step::Requirements { role, seen, certificates } => self.requirements(c, role, seen, certificates).await,
        }
    }

    async fn person(
        &mut self,
        c: &mut PgConnection,
        id: Uuid,
        seen: Option<i32>,
        values: Option<PersonValues>,
        left: Option<Step>,
    ) -> Result<(), Refusal> {
        let before = crew::person(c, id).await?;
        let there = before.as_ref().map(|b| b.version);
        let before = before.map(|b| b.values);
        let same = matches!(&left, Some(Step::Person { values, .. }) if *values == before);
        let over = self.over(id, seen, there, same, "person")?;
        self.tell(RecordKind::Person, id);
        if before == values {
            return Ok(());
        }
        if let (None, Some(was)) = (&values, &before) {
            keeps_nothing(c, id, &was.name).await?;
        }
        let version = crew::write_person(c, id, over, values.as_ref()).await?;
        let seen = self.wrote(id, version, values.is_some(), "this person")?;
        self.fields.extend(words::person(before.as_ref(), values.as_ref()));
        self.back.push(Step::Person { id, seen, values: before });
        self.left.push(Step::Person { id, seen, values });
        Ok(())
    }

    async fn contact(
        &mut self,
        c: &mut PgConnection,
        id: Uuid,
        seen: i32,
        contact: Option<Value>,
        left: Option<Step>,
    ) -> Result<(), Refusal> {
        let (before, version) = crew::contact(c, id).await?.ok_or_else(|| AppError::not_found("person"))?;
        let same = matches!(&left, Some(Step::Contact { contact, .. }) if *contact == before);
        let over = self.over(id, Some(seen), Some(version), same, "person")?.unwrap_or(version);
        self.tell(RecordKind::Person, id);
        if before == contact {
            return Ok(());
        }
        let version = crew::write_contact(c, id, over, contact.as_ref()).await?;
        let seen = self.wrote(id, version, true, "this person")?.unwrap_or_default();
        self.fields.push(words::contact(before.as_ref(), contact.as_ref()));
        self.back.push(Step::Contact { id, seen, contact: before });
        self.left.push(Step::Contact { id, seen, contact });
        Ok(())
    }

    async fn crew(
        &mut self,
        c: &mut PgConnection,
        id: Uuid,
        seen: Option<i32>,
        values: Option<CrewValues>,
        left: Option<Step>,
    ) -> Result<(), Refusal> {
        let before = crew::crew(c, id).await?;
        let there = before.as_ref().map(|b| b.version);
        let before = before.map(|b| b.values);
        let same = matches!(&left, Some(Step::Crew { values, .. }) if *values == before);
        let over = self.over(id, seen, there, same, "crew")?;
        self.tell(RecordKind::Crew, id);
        if before == values {
            return Ok(());
        }
        if let (None, Some(was)) = (&values, &before) {
            keeps_nothing(c, id, &was.name).await?;
        }
        let version = crew::write_crew(c, id, over, values.as_ref()).await?;
        let seen = self.wrote(id, version, values.is_some(), "this crew")?;
        self.fields.extend(words::crew(before.as_ref(), values.as_ref()));
        self.back.push(Step::Crew { id, seen, values: before });
        self.left.push(Step::Crew { id, seen, values });
        Ok(())
    }

    async fn machine(
        &mut self,
        c: &mut PgConnection,
        id: Uuid,
        seen: Option<i32>,
        values: Option<MachineValues>,
        left: Option<Step>,
    ) -> Result<(), Refusal> {
        let before = crew::machine(c, id).await?;
        let there = before.as_ref().map(|b| b.version);
        let before = before.map(|b| b.values);
        let same = matches!(&left, Some(Step::Machine { values, .. }) if *values == before);
        let over = self.over(id, seen, there, same, "machine")?;
        self.tell(RecordKind::Machine, id);
        if before == values {
            return Ok(());
        }
        if let (None, Some(was)) = (&values, &before) {
            keeps_nothing(c, id, &was.name).await?;
        }
        let version = crew::write_machine(c, id, over, values.as_ref()).await?;
        let seen = self.wrote(id, version, values.is_some(), "this machine")?;
        self.fields.extend(words::machine(before.as_ref(), values.as_ref()));
        self.back.push(Step::Machine { id, seen, values: before });
        self.left.push(Step::Machine { id, seen, values });
        Ok(())
    }

    async fn membership(
        &mut self,
        c: &mut PgConnection,
        id: Uuid,
        seen: Option<i32>,
        values: Option<MembershipValues>,
        left: Option<Step>,
    ) -> Result<(), Refusal> {
        let before = crew::membership(c, id).await?;
        let there = before.as_ref().map(|b| b.1);
        let before = before.map(|b| b.0);
        let same = matches!(&left, Some(Step::Membership { values, .. }) if *values == before);
        let over = self.over(id, seen, there, same, "entry")?;
        if let Some(values) = values.as_ref().or(before.as_ref()) {
            self.tell(RecordKind::Crew, values.crew_id);
        }
        if before == values {
            return Ok(());
        }
        let change = words::membership(c, before.as_ref(), values.as_ref()).await?;
        let version = crew::write_membership(c, id, over, values.as_ref()).await?;
        let seen = self.wrote(id, version, values.is_some(), "who is in this crew")?;
        self.fields.push(change);
        self.back.push(Step::Membership { id, seen, values: before });
        self.left.push(Step::Membership { id, seen, values });
        Ok(())
    }

    async fn time_off(
        &mut self,
        c: &mut PgConnection,
        id: Uuid,
        seen: Option<i32>,
        values: Option<TimeOffValues>,
        left: Option<Step>,
    ) -> Result<(), Refusal> {
        let before = crew::time_off(c, id).await?;
        let there = before.as_ref().map(|b| b.1);
        let before = before.map(|b| b.0);
        let same = matches!(&left, Some(Step::TimeOff { values, .. }) if *values == before);
        let over = self.over(id, seen, there, same, "entry")?;
        if let Some(values) = values.as_ref().or(before.as_ref()) {
            match (values.person_id, values.machine_id) {
                (Some(person), _) => self.tell(RecordKind::Person, person),
                (None, Some(machine)) => self.tell(RecordKind::Machine, machine),
                (None, None) => {}
            }
        }
        if before == values {
            return Ok(());
        }
        let change = words::time_off(c, before.as_ref(), values.as_ref()).await?;
        let version = crew::write_time_off(c, id, over, values.as_ref()).await?;
        let seen = self.wrote(id, version, values.is_some(), "this time off")?;
        self.fields.push(change);
        self.back.push(Step::TimeOff { id, seen, values: before });
        self.left.push(Step::TimeOff { id, seen, values });
        Ok(())
    }

    async fn requirements(
        &mut self,
        c: &mut PgConnection,
        role: String,
        seen: Vec<String>,
        certificates: Vec<String>,
    ) -> Result<(), Refusal> {
        crew::lock_requirements(c).await?;
        let all = crew::requirements(c).await?;
        let mut before: Vec<String> = all.into_iter().filter(|(of, _)| *of == role).map(|(_, name)| name).collect();
        let (mut was, mut wanted) = (seen, certificates);
        for list in [&mut before, &mut was, &mut wanted] {
            list.sort();
            list.dedup();
        }
        if before != was {
            return Err(changed_meanwhile("what this role needs").into());
        }
        if before == wanted {
            return Ok(());
        }
        crew::set_requirements(c, &role, &wanted).await?;
        self.fields.push(words::requirements(&role, &before, &wanted));
        self.left.push(Step::Requirements { role: role.clone(), seen: Vec::new(), certificates: Vec::new() });
        self.back.push(Step::Requirements { role, seen: wanted, certificates: before });
        Ok(())
    }

    /// The version to write over. What these steps wrote already is theirs; `same`: nothing would be lost.
    fn over(
        &self,
        id: Uuid,
        seen: Option<i32>,
        there: Option<i32>,
        same: bool,
        what: &str,
    ) -> Result<Option<i32>, AppError> {
        if self.versions.contains_key(&id) || seen == there || same {
            return Ok(there);
        }
        if there.is_none() { Err(AppError::not_found(what)) } else { Err(changed_meanwhile(&format!("this {what}"))) }
    }

    /// Notes the version written; the one to give to whoever undoes it.
    fn wrote(&mut self, id: Uuid, version: Option<i32>, there: bool, what: &str) -> Result<Option<i32>, AppError> {
        let version = version.ok_or_else(|| changed_meanwhile(what))?;
        self.versions.insert(id, version);
        Ok(there.then_some(version))
    }

    /// The first record is what the change is about.
    fn tell(&mut self, kind: RecordKind, id: Uuid) {
        self.about.get_or_insert(RecordRef { kind, id });
    }
}

/// A row that was added can be taken away as long as nothing would be lost with it.
async fn keeps_nothing(c: &mut PgConnection, id: Uuid, name: &str) -> Result<(), Refusal> {
    if crew::has_dependents(c, id).await? {
        let name = domain::text::shorten(name, 100);
        let message = format!(
            "{name} is on jobs, in a crew or has time off by now, so adding cannot be taken back. Change the status \
             instead. Nothing was changed."
        );
        return Err(AppError::new(ErrorCode::Invalid, message).into());
    }
    Ok(())
}

/// Refuses a name that means somebody else already, where it is new or begins to count: jobs name people and crews by
/// their names, too, and "Bob" must be one of them. (Another program may still have put two people of a name in.)
pub(super) async fn keep_apart(
    c: &mut PgConnection,
    id: Uuid,
    name: &str,
    before: Option<&str>,
) -> Result<(), AppError> {
    if before.is_some_and(|before| before.trim() == name.trim()) {
        return Ok(());
    }
    let Some((other, is_crew)) = crew::found_alike(c, name, id).await? else { return Ok(()) };
    let who = if is_crew { "a crew" } else { "somebody" };
    let message = format!(
        "There is {who} called {} already: a job that names them could mean either. Add something that tells them apart.",
        domain::text::shorten(&other, 100)
    );
    Err(invalid("name", &message))
}

/// What the database refused, in words and at its field.
fn told(error: DatabaseError) -> AppError {
    if error.failure() != Failure::Constraint {
        return error.into();
    }
    let (field, message) = match error.constraint() {
        Some("crew_members_email_key") => ("email", "Somebody else has this email already."),
        Some("crews_name_key" | "crews_found_alike") => ("name", "There is a crew of this name already."),
        Some("equipment_name_key" | "equipment_found_alike") => ("name", "There is a machine of this name already."),
        Some("crew_membership_once") => ("from", "They are in this crew in that time already."),
        Some("crew_membership_days") => ("until", "The last day comes before the first."),
        Some("crew_memberships_crew_id_fkey") => ("crew_id", "This crew is not there any more."),
        Some("crew_memberships_crew_member_id_fkey" | "time_off_crew_member_id_fkey") => {
            ("person_id", "This person is not there any more.")
        }
        Some("time_off_equipment_id_fkey") => ("machine_id", "This machine is not there any more."),
        _ => return error.into(),
    };
    AppError { details: Some(error.technical().to_owned()), ..invalid(field, message) }
}
