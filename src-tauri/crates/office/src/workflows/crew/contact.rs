//! Whom to call when something happens: asked for by itself, and each time is logged.

use database::{DatabaseError, act, crew};
use serde_json::{Map, Value, json};
use uuid::Uuid;

use super::steps::{Step, run};
use super::texts::{optional, raw};
use crate::error::AppError;
use crate::office::Office;
use crate::view::{ContactInput, CrewSaved, EmergencyContact};

const NAMES: &[&str] = &["name", "full_name", "contact_name", "contact"];
const PHONES: &[&str] = &["phone", "phone_number", "telephone", "mobile", "cell", "tel", "number"];
const RELATIONS: &[&str] = &["relation", "relationship"];

impl Office {
    /// The emergency contact of somebody. Who asked is logged, what was shown is not.
    ///
    /// # Errors
    /// [`crate::ErrorCode::NotFound`]; when the login may not see it.
    pub async fn emergency_contact(&self, person: Uuid) -> Result<EmergencyContact, AppError> {
        let (pool, me) = self.at_work().await?;
        let mut connection = pool.acquire().await.map_err(DatabaseError::from)?;
        let (column, version) =
            crew::contact(&mut connection, person).await?.ok_or_else(|| AppError::not_found("person"))?;
        tracing::info!(%person, shown_to = me.user_id, "an emergency contact was shown");
        Ok(shown(person, version, column.as_ref()))
    }

    /// Saves the emergency contact of somebody, if nobody changed them since it was shown.
    ///
    /// # Errors
    /// [`crate::ErrorCode::Invalid`] with the field; [`crate::ErrorCode::VersionConflict`].
    pub async fn save_emergency_contact(
        &self,
        person: Uuid,
        version: i32,
        input: &ContactInput,
    ) -> Result<CrewSaved, AppError> {
        let input = checked(input)?;
        let (pool, me) = self.at_work().await?;
        let actor = super::super::changes::actor(&me);
        let mut transaction = act::begin(&pool, &actor, None).await?;
        let c = &mut *transaction;
        let before = crew::person(c, person).await?.ok_or_else(|| AppError::not_found("person"))?;
        let (column, _) = crew::contact(c, person).await?.ok_or_else(|| AppError::not_found("person"))?;
        let contact = written(column.as_ref(), &input);
        let ran = run(c, vec![Step::Contact { id: person, seen: version, contact }]).await?;
        let version = ran.versions.get(&person).copied().unwrap_or(before.version);
        let name = domain::text::shorten(&before.values.name, 200);
        let change =
            self.keep(transaction, &actor, ran.done(format!("Emergency contact of {name} changed"), None), None);
        Ok(CrewSaved { id: person, version, change: change.await? })
    }
}

fn shown(person_id: Uuid, version: i32, column: Option<&Value>) -> EmergencyContact {
    let mut shown =
        EmergencyContact { person_id, version, contact: ContactInput::default(), more: Vec::new(), unreadable: None };
    match column {
        None | Some(Value::Null) => {}
        Some(Value::Object(fields)) => {
            let text = |names| key(fields, names).and_then(|key| fields.get(key)).and_then(plain);
            shown.contact = ContactInput { name: text(NAMES), phone: text(PHONES), relation: text(RELATIONS) };
            let known = [NAMES, PHONES, RELATIONS].map(|names| key(fields, names));
            let rest = fields.iter().filter(|(key, value)| !known.contains(&Some(key.as_str())) && !value.is_null());
            shown.more = rest.take(20).map(|(key, value)| (domain::text::shorten(key, 60), raw(value))).collect();
        }
        Some(other) => shown.unreadable = Some(raw(other)),
    }
    shown
}

/// The key that holds one of these, if what it holds is a text or a number.
fn key<'a>(fields: &'a Map<String, Value>, names: &[&str]) -> Option<&'a str> {
    let found = names.iter().find_map(|name| fields.get_key_value(*name).filter(|(_, value)| plain(value).is_some()));
    found.map(|(key, _)| key.as_str())
}

fn plain(value: &Value) -> Option<String> {
    match value {
        Value::String(text) => Some(text.trim()).filter(|t| !t.is_empty()).map(str::to_owned),
        Value::Number(number) => Some(number.to_string()),
        _ => None,
    }
}

fn checked(input: &ContactInput) -> Result<ContactInput, AppError> {
    Ok(ContactInput {
        name: optional("name", input.name.as_deref(), 200)?,
        phone: optional("phone", input.phone.as_deref(), 50)?,
        relation: optional("relation", input.relation.as_deref(), 100)?,
    })
}

/// The column with this contact; what else is written in it stays, and what cannot be read is replaced.
fn written(column: Option<&Value>, input: &ContactInput) -> Option<Value> {
    let mut fields = match column {
        Some(Value::Object(fields)) => fields.clone(),
        _ => Map::new(),
    };
    for (names, value) in [(NAMES, &input.name), (PHONES, &input.phone), (RELATIONS, &input.relation)] {
        let key = key(&fields, names).unwrap_or(names[0]).to_owned();
        match value {
            // A number that was written as one stays one as long as it is the same.
            Some(text) if fields.get(&key).and_then(plain).as_ref() == Some(text) => {}
            Some(text) => drop(fields.insert(key, json!(text))),
            None => drop(fields.remove(&key)),
        }
    }
    (!fields.is_empty()).then_some(Value::Object(fields))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_contact_is_read_however_it_was_written_and_keeps_what_else_is_in_it() {
        let column = json!({"contact_name": " Ana Bailey ", "mobile": 6_305_550_199_u64, "relationship": "wife", "notes": "works nights", "x": null});
        let read = shown(Uuid::nil(), 1, Some(&column));
        assert_eq!(read.contact.name.as_deref(), Some("Ana Bailey"));
        assert_eq!(read.contact.phone.as_deref(), Some("6305550199"));
        assert_eq!(read.more, [("notes".to_owned(), "works nights".to_owned())]);
        let new = ContactInput { relation: Some("ex-wife".into()), ..read.contact.clone() };
        assert_eq!(
            written(Some(&column), &ContactInput { name: Some(" Ana Bailey ".trim().into()), ..new }).unwrap(),
            json!({"contact_name": " Ana Bailey ", "mobile": 6_305_550_199_u64, "relationship": "ex-wife", "notes": "works nights", "x": null})
        );
    }

    #[test]
    fn what_cannot_be_read_is_shown_and_replaced_only_by_saving() {
        let column = json!("call Ana <630-555-0199>");
        let read = shown(Uuid::nil(), 1, Some(&column));
        assert_eq!(read.unreadable.as_deref(), Some("call Ana <630-555-0199>"));
        let new = ContactInput { name: Some("Ana".into()), ..ContactInput::default() };
        assert_eq!(written(Some(&column), &new), Some(json!({"name": "Ana"})));
        assert_eq!(written(Some(&json!({"name": "Ana"})), &ContactInput::default()), None);
    }
}
