//! People of the field.

use chrono::{Datelike, NaiveDate};
use database::crew::{self, MembershipValues, PersonValues};
use database::{PgConnection, act};
use serde_json::{Value, json};
use uuid::Uuid;

use super::super::company::{invalid, looks_like_mail};
use super::steps::{Step, keep_apart, run};
use super::texts::{one_of, optional, required};
use super::{certificates, weekly};
use crate::error::AppError;
use crate::office::Office;
use crate::view::{CrewSaved, PersonInput, RecordKind, RecordRef};

const STATUSES: [&str; 4] = ["active", "inactive", "on_leave", "terminated"];

impl Office {
    /// Saves somebody of the field, if nobody changed them since they were shown; `id` none: somebody new. Where they
    /// leave, their memberships end in the same change; their jobs stay theirs until they are reassigned.
    ///
    /// # Errors
    /// [`crate::ErrorCode::Invalid`] with the field; [`crate::ErrorCode::VersionConflict`].
    pub async fn save_person(
        &self,
        id: Option<Uuid>,
        version: i32,
        input: &PersonInput,
    ) -> Result<CrewSaved, AppError> {
        let (pool, me) = self.at_work().await?;
        let actor = super::super::changes::actor(&me);
        let mut transaction = act::begin(&pool, &actor, None).await?;
        let c = &mut *transaction;
        let before = match id {
            Some(id) => Some(crew::person(c, id).await?.ok_or_else(|| AppError::not_found("person"))?),
            None => None,
        };
        let old = before.as_ref().map(|b| &b.values);
        let values = values(input, old)?;
        let summary = summary(old, &values);
        let person = id.unwrap_or_else(Uuid::new_v4);
        if values.status != "terminated" {
            let counted = old.filter(|o| o.status != "terminated").map(|o| o.name.as_str());
            keep_apart(c, person, &values.name, counted).await?;
        }
        let mut steps = vec![Step::Person { id: person, seen: id.map(|_| version), values: Some(values) }];
        if let Some(last) = input.leave_crews {
            steps.extend(leave_crews(c, person, last).await?);
        }
        let ran = run(c, steps).await?;
        let version = ran.versions.get(&person).copied().or(before.map(|b| b.version)).unwrap_or(version);
        let about = RecordRef { kind: RecordKind::Person, id: person };
        let change = self.keep(transaction, &actor, ran.done(summary, Some(about)), None).await?;
        Ok(CrewSaved { id: person, version, change })
    }
}

fn values(input: &PersonInput, old: Option<&PersonValues>) -> Result<PersonValues, AppError> {
    let email = optional("email", input.email.as_deref(), 255)?;
    // What another program wrote there stays until somebody changes it.
    let kept = email.as_deref() == old.and_then(|o| o.email.as_deref());
    if !kept && email.as_deref().is_some_and(|mail| !looks_like_mail(mail)) {
        return Err(invalid("email", "This does not look like a mail address."));
    }
    if input.hire_date.is_some_and(|day| !sensible(day)) {
        return Err(invalid("hire_date", "Enter a year between 1900 and 2199."));
    }
    let specializations = match &input.specializations {
        None => old.map_or_else(|| Some(json!([])), |o| o.specializations.clone()),
        Some(words) => words_of(words, old.and_then(|o| o.specializations.as_ref()))?,
    };
    let availability = match &input.hours {
        None => old.and_then(|o| o.availability.clone()),
        Some(days) => weekly::written(old.and_then(|o| o.availability.as_ref()), days)?,
    };
    let certifications = match &input.certificates {
        None => old.map_or_else(|| Some(json!([])), |o| o.certifications.clone()),
        Some(list) => certificates::written(old.and_then(|o| o.certifications.as_ref()), list, &input.keep_items)?,
    };
    Ok(PersonValues {
        name: required("name", &input.name, 255, "Enter a name.")?,
        email,
        phone: optional("phone", input.phone.as_deref(), 50)?,
        role: required("role", &input.role, 100, "Enter what they do.")?,
        status: one_of("status", &input.status, &STATUSES)?,
        hire_date: input.hire_date,
        specializations,
        availability,
        certifications,
    })
}

/// Years in which people were hired, and in which the database's other programs can reckon.
pub(super) fn sensible(day: NaiveDate) -> bool {
    (1900..2200).contains(&day.year())
}

fn words_of(words: &[String], old: Option<&Value>) -> Result<Option<Value>, AppError> {
    const FIELD: &str = "specializations";
    let mut list: Vec<String> = Vec::with_capacity(words.len());
    for word in words {
        if let Some(word) = optional(FIELD, Some(word), 100)?
            && !list.iter().any(|known| known.to_lowercase() == word.to_lowercase())
        {
            list.push(word);
        }
    }
    if list.len() > 50 {
        return Err(invalid(FIELD, "50 specializations at most."));
    }
    if list.is_empty() && old.is_some_and(Value::is_null) {
        return Ok(old.cloned());
    }
    Ok(Some(json!(list)))
}

/// The steps that end who they are in which crew after a day. What has not begun by then never will.
async fn leave_crews(c: &mut PgConnection, person: Uuid, last: NaiveDate) -> Result<Vec<Step>, AppError> {
    if !sensible(last) {
        return Err(invalid("leave_crews", "Enter a year between 1900 and 2199."));
    }
    let next = last.succ_opt().unwrap_or(last);
    let rows = crew::memberships_of_person(c, person).await?;
    let open = rows.into_iter().filter(|m| m.until.is_none_or(|until| until > next));
    Ok(open
        .map(|m| Step::Membership {
            id: m.id,
            seen: Some(m.version),
            values: m.from.is_none_or(|from| from < next).then_some(MembershipValues {
                crew_id: m.crew_id,
                person_id: m.person_id,
                from: m.from,
                until: Some(next),
                is_lead: m.is_lead,
            }),
        })
        .collect())
}

fn summary(old: Option<&PersonValues>, new: &PersonValues) -> String {
    let name = domain::text::shorten(&new.name, 200);
    match old {
        None => format!("{name} added"),
        Some(old) if old.status != new.status => match new.status.as_str() {
            "terminated" => format!("{name} left the company"),
            "on_leave" => format!("{name} went on leave"),
            "inactive" => format!("{name} set inactive"),
            _ => format!("{name} is active again"),
        },
        Some(_) => format!("{name} changed"),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn input() -> PersonInput {
        PersonInput {
            name: " Luis Bailey ".into(),
            role: "raker".into(),
            status: "active".into(),
            email: None,
            phone: Some(" ".into()),
            hire_date: None,
            specializations: None,
            hours: None,
            certificates: None,
            keep_items: Vec::new(),
            leave_crews: None,
        }
    }

    #[test]
    fn what_is_not_given_stays_as_it_is_written() {
        let old = PersonValues {
            name: "Luis".into(),
            email: Some("not a mail address".into()),
            phone: None,
            role: "raker".into(),
            status: "active".into(),
            hire_date: None,
            specializations: Some(json!({"paving": true})),
            availability: Some(json!("whenever")),
            certifications: Some(json!(7)),
        };
        let new = values(&PersonInput { email: old.email.clone(), ..input() }, Some(&old)).unwrap();
        assert_eq!(new, PersonValues { name: "Luis Bailey".into(), ..old });
    }

    #[test]
    fn what_cannot_be_right_is_told_at_its_field() {
        let field = |change: fn(&mut PersonInput)| {
            let mut input = input();
            change(&mut input);
            values(&input, None).unwrap_err().field.unwrap()
        };
        assert_eq!(field(|i| i.name = " ".into()), "name");
        assert_eq!(field(|i| i.name = "x".repeat(256)), "name");
        assert_eq!(field(|i| i.role = String::new()), "role");
        assert_eq!(field(|i| i.status = "gone".into()), "status");
        assert_eq!(field(|i| i.email = Some("luis at home".into())), "email");
        assert_eq!(field(|i| i.phone = Some("5\0".into())), "phone");
        assert_eq!(field(|i| i.hire_date = NaiveDate::from_ymd_opt(20_026, 1, 1)), "hire_date");
        assert_eq!(field(|i| i.specializations = Some(vec!["x".repeat(101)])), "specializations");
    }

    #[test]
    fn words_come_once_and_without_empty_ones() {
        let words = ["paving".to_owned(), " ".to_owned(), "Paving".to_owned(), "milling ".to_owned()];
        assert_eq!(words_of(&words, None).unwrap(), Some(json!(["paving", "milling"])));
    }
}
