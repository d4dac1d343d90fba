//! The shapes in which certificates are written as JSON.

use serde_json::{Map, Value};

use super::Certification;
use super::dates::{self, Written};
use crate::text::shorten;

const NAMES: &[&str] =
    &["name", "certification", "certificate", "cert", "title", "type", "label", "certification_name"];
const ENDS: &[&str] = &[
    "expires",
    "expiry",
    "expires_on",
    "expires_at",
    "expiration",
    "expiration_date",
    "expiry_date",
    "expiring",
    "valid_until",
    "valid_through",
    "valid_to",
    "good_until",
    "until",
    "exp",
    "expire_date",
    "exp_date",
    "renewal_date",
];
const LISTS: &[&str] = &["certifications", "certificates", "certs", "items", "list"];
const SWITCHES: &[&str] = &["held", "has", "active", "valid", "current"];

/// More than this is not somebody's list of certificates.
const MOST: usize = 200;

pub(super) fn list(value: &Value) -> Vec<Certification> {
    let mut found = Vec::new();
    collect(value, &mut found, 0);
    found.truncate(MOST);
    found
}

fn collect(value: &Value, found: &mut Vec<Certification>, depth: usize) {
    if depth > 3 || found.len() > MOST {
        return;
    }
    match value {
        Value::Array(items) => items.iter().for_each(|item| collect(item, found, depth + 1)),
        Value::Object(fields) => object(fields, found, depth),
        Value::String(written) if written.trim_start().starts_with(['{', '[']) && written.len() < 20_000 => {
            match serde_json::from_str::<Value>(written) {
                Ok(inner) => collect(&inner, found, depth + 1),
                Err(_) => found.extend(text(written)),
            }
        }
        // One text for all of them: "OSHA 10, CDL A".
        Value::String(written) if depth == 0 => {
            found.extend(written.split([',', ';', '\n']).take(MOST).filter_map(text));
        }
        Value::String(written) => found.extend(text(written)),
        Value::Null | Value::Bool(_) | Value::Number(_) => {}
    }
}

fn object(fields: &Map<String, Value>, found: &mut Vec<Certification>, depth: usize) {
    if let Some(name) = field(fields, NAMES).and_then(Value::as_str) {
        if is_off(field(fields, SWITCHES)) {
            return;
        }
        let Some(mut named) = text(name) else { return };
        if let Some(date) = field(fields, ENDS) {
            write_date(&mut named, Some(date));
        }
        found.push(named);
        return;
    }
    if let Some(inner @ (Value::Array(_) | Value::Object(_))) = field(fields, LISTS) {
        collect(inner, found, depth + 1);
        return;
    }
    // {"CDL A": "2027-05-01", "OSHA 10": true, "Flagger": {"expires": …}}
    for (name, value) in fields {
        let Some(mut named) = text(name) else { continue };
        match value {
            Value::Bool(false) | Value::Array(_) => continue,
            Value::Object(inner) if is_off(field(inner, SWITCHES)) => continue,
            Value::Object(inner) => write_date(&mut named, field(inner, ENDS)),
            date => write_date(&mut named, Some(date)),
        }
        found.push(named);
    }
}

fn is_off(switch: Option<&Value>) -> bool {
    switch.and_then(Value::as_bool) == Some(false)
}

fn write_date(certification: &mut Certification, written: Option<&Value>) {
    match dates::read(written) {
        Written::Never => {}
        Written::On(day) => (certification.expires, certification.unreadable_date) = (Some(day), None),
        Written::Unreadable(text) => certification.unreadable_date = Some(text),
    }
}

/// A name, with or without its date: `CDL A`, `CDL A (exp. 5/1/2027)`, `CDL A - expires May 1, 2027`.
fn text(written: &str) -> Option<Certification> {
    let written = shorten(written, 200);
    let whole = written.trim();
    let bare = |name: &str| name.trim().trim_end_matches(['-', '–', '—', ':', ',', '(', '[']).trim().to_owned();
    let lower = whole.to_ascii_lowercase();
    // A word that announces a date; ASCII lowercasing keeps every position.
    let cut = ["expires", "expiry", "expiration", "valid until", "good until", "exp ", "exp.", "exp:", "until "]
        .iter()
        .filter_map(|word| lower.find(word).map(|at| (at, at + word.len())))
        .filter(|(at, _)| whole[..*at].ends_with([' ', '(', '[', ',', '-']))
        .min();
    let (name, date) = match cut {
        Some((at, end)) => (bare(&whole[..at]), Some(&whole[end..])),
        None => match whole.rsplit_once(['(', '[', ' ']) {
            Some((name, date)) if dates::date(date.trim_end_matches([')', ']'])).is_some() && date.len() >= 6 => {
                (bare(name), Some(date))
            }
            _ => (whole.to_owned(), None),
        },
    };
    if !name.chars().any(char::is_alphanumeric) {
        return None;
    }
    let mut certification = Certification { name, expires: None, unreadable_date: None };
    if let Some(date) = date {
        let date = date.trim().trim_start_matches(['.', ':', '-']).trim().trim_end_matches([')', ']']).trim();
        let date = date.strip_prefix("on ").unwrap_or(date);
        write_date(&mut certification, Some(&Value::from(date)));
    }
    Some(certification)
}

pub(super) fn short(text: &str) -> String {
    shorten(text, 60)
}

fn field<'a>(fields: &'a Map<String, Value>, names: &[&str]) -> Option<&'a Value> {
    let plain = |key: &str| key.to_lowercase().replace(['_', '-', ' '], "");
    names.iter().find_map(|name| {
        fields.get(*name).or_else(|| {
            fields.iter().find(|(key, _)| key.len() < 40 && plain(key) == plain(name)).map(|(_, value)| value)
        })
    })
}
