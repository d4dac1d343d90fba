//! Certificates of somebody: read for the editor, written so that what nobody touched stays as it was written.

use chrono::NaiveDate;
use domain::certifications::{self, Certification, Standing};
use serde_json::{Map, Value, json};

use super::super::company::invalid;
use super::texts::{raw, required};
use crate::error::AppError;
use crate::view::{Certificate, CertificateInput, CertificateState, UnreadableItem};

/// As many certificates as somebody may have.
const MOST: usize = 200;

/// What is written about somebody's certificates.
pub(super) struct Held {
    /// Those that can be read, with their place.
    pub certificates: Vec<(u32, Certification)>,
    /// Entries that name none, with their place.
    pub others: Vec<UnreadableItem>,
    /// What is written, where it is no list with one certificate an entry.
    pub written: Option<String>,
}

/// Reads the column.
pub(super) fn read(column: Option<&Value>) -> Held {
    let mut held = Held { certificates: Vec::new(), others: Vec::new(), written: None };
    let numbered = |found: Vec<Certification>| (0..).zip(found).collect();
    let items = match column {
        None | Some(Value::Null) => return held,
        Some(Value::Array(items)) => items,
        Some(other) => {
            held.certificates = numbered(certifications::read(Some(other)));
            held.written = Some(raw(other));
            return held;
        }
    };
    for (place, item) in (0..).zip(items) {
        let mut found = certifications::read(Some(&json!([item])));
        match (found.pop(), found.is_empty()) {
            (Some(one), true) => held.certificates.push((place, one)),
            (None, _) => held.others.push(UnreadableItem { item: place, written: raw(item) }),
            // Several in one entry: they have no place of their own.
            (Some(_), false) => {
                let all = numbered(certifications::read(column));
                return Held { certificates: all, others: Vec::new(), written: column.map(raw) };
            }
        }
    }
    held
}

/// For the window.
pub(super) fn shown(held: &Held, today: NaiveDate) -> Vec<Certificate> {
    held.certificates
        .iter()
        .map(|(item, c)| Certificate {
            item: *item,
            name: c.name.clone(),
            expires: c.expires,
            written: c.unreadable_date.clone(),
            state: state(c, today),
        })
        .collect()
}

/// How it stands.
pub(super) fn state(certificate: &Certification, today: NaiveDate) -> CertificateState {
    match certificate.standing(today) {
        Standing::Valid => CertificateState::Valid,
        Standing::ExpiresSoon { .. } => CertificateState::Expiring,
        Standing::Unknown => CertificateState::Unreadable,
        Standing::Expired { .. } => CertificateState::Expired,
    }
}

/// The column with these certificates. What keeps its place and its values is kept as it is written, and so are the
/// entries of `keep`, which name no certificate.
///
/// # Errors
/// With the field `certificates`.
pub(super) fn written(
    column: Option<&Value>,
    inputs: &[CertificateInput],
    keep: &[u32],
) -> Result<Option<Value>, AppError> {
    const FIELD: &str = "certificates";
    if inputs.len() > MOST {
        return Err(invalid(FIELD, "That are more certificates than anybody has."));
    }
    let held = read(column);
    let mut entries: Vec<(u32, Value)> = Vec::new();
    let mut added = Vec::new();
    let mut all_as_written = inputs.len() == held.certificates.len() && keep.len() == held.others.len();
    for input in inputs {
        let name = required(FIELD, &input.name, 200, "Enter the certificate's name.")?;
        let old = input.item.and_then(|item| held.certificates.iter().find(|(place, _)| *place == item));
        let as_written = old.filter(|(_, c)| c.name.trim() == name && c.expires == input.expires);
        all_as_written &= as_written.is_some();
        let original = old.filter(|_| held.written.is_none()).and_then(|(place, _)| column?.get(*place as usize));
        let value = match (original, as_written) {
            (Some(original), Some(_)) => original.clone(),
            (Some(original), None) => changed(original, &name, input.expires),
            (None, _) => fresh(&name, input.expires),
        };
        match old {
            Some((place, _)) if !entries.iter().any(|(taken, _)| taken == place) => entries.push((*place, value)),
            _ => added.push(value),
        }
    }
    if all_as_written && column.is_some() {
        return Ok(column.cloned());
    }
    if held.written.is_none() {
        for other in held.others.iter().filter(|other| keep.contains(&other.item)) {
            if let Some(original) = column.and_then(|c| c.get(other.item as usize)) {
                entries.push((other.item, original.clone()));
            }
        }
    }
    entries.sort_by_key(|(place, _)| *place);
    Ok(Some(entries.into_iter().map(|(_, value)| value).chain(added).collect()))
}

fn fresh(name: &str, expires: Option<NaiveDate>) -> Value {
    let mut fields = Map::new();
    fields.insert("name".to_owned(), json!(name));
    if let Some(expires) = expires {
        fields.insert("expires".to_owned(), json!(expires));
    }
    Value::Object(fields)
}

/// The entry with another name or date, under the keys its writer used; everything else in it stays.
fn changed(original: &Value, name: &str, expires: Option<NaiveDate>) -> Value {
    let one = |value: &Value| {
        let mut found = certifications::read(Some(&json!([value])));
        found.pop().filter(|_| found.is_empty())
    };
    let Value::Object(fields) = original else { return fresh(name, expires) };
    // Which key holds what: the one that shows when something else stands there.
    let key = |probe: Value, shows: &dyn Fn(&Certification) -> bool| {
        fields.keys().find(|key| {
            let mut tried = fields.clone();
            tried.insert((*key).clone(), probe.clone());
            one(&Value::Object(tried)).is_some_and(|read| shows(&read))
        })
    };
    let probe = NaiveDate::from_ymd_opt(2199, 12, 31).unwrap_or_default();
    let name_key = key(json!("Neff probe"), &|read| read.name == "Neff probe");
    let date_key = key(json!(probe), &|read| read.expires == Some(probe));
    let mut new = fields.clone();
    new.insert(name_key.map_or_else(|| "name".to_owned(), Clone::clone), json!(name));
    let date_key = date_key.map_or_else(|| "expires".to_owned(), Clone::clone);
    match expires {
        Some(day) => drop(new.insert(date_key, json!(day))),
        None => drop(new.remove(&date_key)),
    }
    let new = Value::Object(new);
    let right = one(&new).is_some_and(|c| c.name == name && c.expires == expires && c.unreadable_date.is_none());
    if right { new } else { fresh(name, expires) }
}

/// In words: "CDL A until Jan 31, 2027, OSHA 10".
pub(super) fn in_words(column: Option<&Value>) -> Option<String> {
    let held = read(column);
    let named = held.certificates.iter().map(|(_, c)| match (c.expires, &c.unreadable_date) {
        (Some(day), _) => format!("{} until {}", c.name, day.format("%b %-d, %Y")),
        (None, Some(text)) => format!("{} until “{text}”", c.name),
        (None, None) => c.name.clone(),
    });
    let others = held.others.iter().map(|other| format!("“{}”", other.written));
    let text = named.chain(others).collect::<Vec<_>>().join(", ");
    if text.is_empty() { held.written } else { Some(domain::text::shorten(&text, 2_000)) }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn day(text: &str) -> NaiveDate {
        text.parse().unwrap()
    }
    fn input(item: Option<u32>, name: &str, expires: Option<&str>) -> CertificateInput {
        CertificateInput { item, name: name.to_owned(), expires: expires.map(day) }
    }
    /// What the window gives back when nobody touched anything.
    fn untouched(held: &Held) -> (Vec<CertificateInput>, Vec<u32>) {
        let inputs = held.certificates.iter();
        let inputs =
            inputs.map(|(item, c)| CertificateInput { item: Some(*item), name: c.name.clone(), expires: c.expires });
        (inputs.collect(), held.others.iter().map(|o| o.item).collect())
    }

    #[test]
    fn what_nobody_touched_stays_as_it_was_written() {
        for column in [
            json!(["OSHA 10", {"name": "CDL A", "expires": "2027-01-31", "number": 7}, 7, null, {"title": "CPR", "exp": "soon"}]),
            json!({"CDL A": "2027-05-01", "OSHA 10": true}),
            json!("OSHA 10, CDL A"),
            json!([{"CDL A": "2027-05-01", "OSHA 10": true}]),
            json!([]),
        ] {
            let (inputs, keep) = untouched(&read(Some(&column)));
            assert_eq!(written(Some(&column), &inputs, &keep).unwrap(), Some(column));
        }
    }

    #[test]
    fn a_renewed_one_keeps_its_keys_and_everything_else_of_it() {
        let column = json!([{"title": "CDL A", "valid_until": "1/31/2026", "number": "X-7"}, "OSHA 10", 9]);
        let inputs = [input(Some(0), "CDL A", Some("2030-01-31")), input(Some(1), "OSHA 10", None)];
        let new = written(Some(&column), &inputs, &[2]).unwrap().unwrap();
        assert_eq!(new, json!([{"title": "CDL A", "valid_until": "2030-01-31", "number": "X-7"}, "OSHA 10", 9]));
        let gone = written(Some(&column), &[input(Some(0), "CDL A", None)], &[]).unwrap().unwrap();
        assert_eq!(gone, json!([{"title": "CDL A", "number": "X-7"}]));
    }

    #[test]
    fn a_text_becomes_an_entry_when_it_is_changed_and_new_ones_come_last() {
        let column = json!(["CDL A (exp. 5/1/2026)"]);
        let inputs = [input(None, "First aid/CPR", Some("2027-04-01")), input(Some(0), "CDL A", Some("2030-05-01"))];
        assert_eq!(
            written(Some(&column), &inputs, &[]).unwrap().unwrap(),
            json!([{"name": "CDL A", "expires": "2030-05-01"}, {"name": "First aid/CPR", "expires": "2027-04-01"}])
        );
    }

    #[test]
    fn what_is_no_list_becomes_one_when_it_is_changed() {
        let column = json!({"CDL A": "2027-05-01", "OSHA 10": true});
        let held = read(Some(&column));
        assert!(held.written.is_some());
        let (mut inputs, keep) = untouched(&held);
        inputs.push(input(None, "CPR", None));
        let new = written(Some(&column), &inputs, &keep).unwrap().unwrap();
        assert_eq!(new, json!([{"name": "CDL A", "expires": "2027-05-01"}, {"name": "OSHA 10"}, {"name": "CPR"}]));
    }

    #[test]
    fn a_name_is_needed_and_two_never_take_one_place() {
        assert_eq!(written(None, &[input(None, " ", None)], &[]).unwrap_err().field.as_deref(), Some("certificates"));
        let column = json!(["CPR"]);
        let twice = [input(Some(0), "CPR", None), input(Some(0), "CPR 2", None), input(Some(9), "X", None)];
        assert_eq!(written(Some(&column), &twice, &[]).unwrap().unwrap().as_array().unwrap().len(), 3);
    }

    #[test]
    fn certificates_are_told_in_a_line() {
        let column = json!([{"name": "CDL A", "expires": "2027-01-31"}, "OSHA 10", {"name": "CPR", "exp": "soon"}, 4]);
        assert_eq!(in_words(Some(&column)).unwrap(), "CDL A until Jan 31, 2027, OSHA 10, CPR until “soon”, “4”");
        assert_eq!(in_words(Some(&json!([]))), None);
    }
}
