//! Texts as people enter them, and JSON nobody can read.

use serde_json::Value;

use super::super::company::invalid;
use crate::error::AppError;

/// JSON as it is written, on one line, at most 500 characters.
pub(super) fn raw(value: &Value) -> String {
    let text = match value {
        Value::String(text) => text.clone(),
        other => other.to_string(),
    };
    domain::text::shorten(&text, 500)
}

/// A text that has to be there.
pub(super) fn required(field: &str, text: &str, most: usize, missing: &str) -> Result<String, AppError> {
    optional(field, Some(text), most)?.ok_or_else(|| invalid(field, missing))
}

/// A text that may be there, trimmed.
pub(super) fn optional(field: &str, text: Option<&str>, most: usize) -> Result<Option<String>, AppError> {
    match text.map(str::trim).filter(|text| !text.is_empty()) {
        Some(text) if text.contains('\0') => Err(invalid(field, "There is a character in it that cannot be kept.")),
        Some(text) if text.chars().count() > most => {
            Err(invalid(field, &format!("This is too long: {most} characters at most.")))
        }
        text => Ok(text.map(str::to_owned)),
    }
}

/// One of the words the database takes.
pub(super) fn one_of(field: &str, text: &str, words: &[&str]) -> Result<String, AppError> {
    if words.contains(&text) { Ok(text.to_owned()) } else { Err(invalid(field, "Choose one of those offered.")) }
}

/// `on_leave`: "On leave".
pub(super) fn in_words(word: &str) -> String {
    let mut text = word.replace('_', " ");
    if let Some(first) = text.get_mut(..1) {
        first.make_ascii_uppercase();
    }
    text
}
