//! What the copy holds.

use chrono::{DateTime, Utc};
use domain::search::Sought;
use serde::Serialize;
use uuid::Uuid;

/// What a record is. The numbers are in the files.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, PartialOrd, Ord)]
#[repr(u8)]
pub enum Kind {
    /// A job with its assignments; from its start to its end.
    Job = 1,
    /// A contract with nothing scheduled.
    Contract = 2,
    /// An open estimate; begins at its deadline.
    Estimate = 3,
    /// A notification of the person's; begins when it was made.
    Notification = 4,
    /// A crew with its members.
    Crew = 5,
    /// Somebody who works on jobs.
    Person = 6,
    /// A machine.
    Machine = 7,
    /// Leave, a maintenance window, a holiday, a rain day.
    TimeOff = 8,
    /// The office's settings.
    Office = 9,
}

impl Kind {
    /// Every kind there is.
    pub const ALL: [Self; 9] = [
        Self::Job,
        Self::Contract,
        Self::Estimate,
        Self::Notification,
        Self::Crew,
        Self::Person,
        Self::Machine,
        Self::TimeOff,
        Self::Office,
    ];

    pub(crate) fn number(self) -> u8 {
        self as u8
    }
}

/// One thing the copy holds: what it is found by, and a body that the caller gives and gets back.
#[derive(Debug, Clone)]
pub struct Record {
    pub(crate) kind: Kind,
    pub(crate) id: Uuid,
    pub(crate) begins: Option<DateTime<Utc>>,
    pub(crate) ends: Option<DateTime<Utc>>,
    pub(crate) words: String,
    pub(crate) body: String,
}

impl Record {
    /// A record with this body. One without an id of its own, such as the office's settings, has [`Uuid::nil`].
    ///
    /// # Errors
    /// When the body has no JSON, for example a map whose keys are not text.
    pub fn new(kind: Kind, id: Uuid, body: &impl Serialize) -> serde_json::Result<Self> {
        let body = serde_json::to_string(body)?;
        Ok(Self { kind, id, begins: None, ends: None, words: String::new(), body })
    }

    /// From when to when it is; the end is not part of it. A job without is never found by time.
    #[must_use]
    pub fn during(self, begins: DateTime<Utc>, ends: DateTime<Utc>) -> Self {
        Self { begins: Some(begins), ends: Some(ends), ..self }
    }

    /// The instant it is sorted by.
    #[must_use]
    pub fn at(self, begins: DateTime<Utc>) -> Self {
        Self { begins: Some(begins), ..self }
    }

    /// What a search finds it by: names, addresses, phone numbers.
    #[must_use]
    pub fn found_by<'a>(self, texts: impl IntoIterator<Item = &'a str>) -> Self {
        Self { words: fold_all(texts), ..self }
    }

    /// What it is.
    #[must_use]
    pub fn kind(&self) -> Kind {
        self.kind
    }

    /// Its id.
    #[must_use]
    pub fn id(&self) -> Uuid {
        self.id
    }
}

/// The most that is kept of the words, in bytes: a row of them has to fit on one page, so that it is never a chain of
/// pages of which one can be missing unnoticed.
const MOST_WORDS: usize = 3000;

/// A number with fewer digits is found as it is written.
const PHONE_DIGITS: usize = 7;

fn fold_all<'a>(texts: impl IntoIterator<Item = &'a str>) -> String {
    let mut all = String::new();
    for text in texts {
        let folded = fold(text);
        let digits = only_digits(&folded);
        for piece in [folded, if digits.len() >= PHONE_DIGITS { digits } else { String::new() }] {
            // The rest of a name of thousands of letters is not worth the others' place.
            let piece = first_bytes(&piece, MOST_WORDS / 4);
            if !piece.is_empty() && all.len() + piece.len() < MOST_WORDS {
                all.push_str(piece);
                all.push('\n');
            }
        }
    }
    all
}

/// What is searched for, a word at a time: as it is written, and as a phone number where it can be one.
pub(crate) fn search_terms(text: &str) -> Vec<(String, Option<String>)> {
    Sought::read(text).terms().map(|(word, digits)| (word.to_owned(), digits)).collect()
}

/// As the database folds it, without control characters.
fn fold(text: &str) -> String {
    let visible: String = text.trim().chars().map(|c| if c.is_control() { ' ' } else { c }).collect();
    domain::search::searchable(&visible, "", "", "").trim().to_owned()
}

fn only_digits(text: &str) -> String {
    text.chars().filter(char::is_ascii_digit).collect()
}

fn first_bytes(text: &str, most: usize) -> &str {
    &text[..text.floor_char_boundary(most)]
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn kinds_have_numbers_of_their_own() {
        let numbers: std::collections::BTreeSet<u8> = Kind::ALL.iter().map(|kind| kind.number()).collect();
        assert_eq!(numbers.len(), Kind::ALL.len());
    }

    #[test]
    fn words_fit_on_a_page_whatever_is_in_them() {
        let long = "Ärger & Söhne ".repeat(5000);
        let texts = ["", "\0\n", &long, &"7".repeat(5000), "Oak St", "(801) 555-0142"];
        let words = fold_all(texts);
        assert!(words.len() <= MOST_WORDS, "{}", words.len());
        assert!(words.contains("oak st") && words.contains("8015550142"), "{words}");
        assert!(fold_all(std::iter::repeat_n(long.as_str(), 99)).len() <= MOST_WORDS);
    }
}
