//! What a person is certified for, read from `crew_members.certifications`, and whether it is enough for a job.
//!
//! The column is JSON that anybody may have written. What can be understood is; a date that cannot be read is said to
//! be unreadable instead of passing for a certificate that never expires. Nothing here fails.

mod dates;
mod matching;
mod read;

use chrono::NaiveDate;
use serde::{Deserialize, Serialize};
use serde_json::Value;

/// From this many days before the last day on, somebody should be warned.
pub const WARNED_DAYS_AHEAD: i64 = 30;

/// A certificate a person holds.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Certification {
    /// As it was written; at most 200 characters.
    pub name: String,
    /// The last day on which it is good; none where it does not expire, or the date could not be read.
    pub expires: Option<NaiveDate>,
    /// A date that was written and could not be read.
    pub unreadable_date: Option<String>,
}

/// Whether a certificate is good on a day.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Standing {
    /// Good, and not about to expire.
    Valid,
    /// Good, and expires within [`WARNED_DAYS_AHEAD`] days.
    ExpiresSoon {
        /// Days left after this one; 0 on the last day.
        days_left: i64,
    },
    /// A date is written that nobody can read: somebody has to look.
    Unknown,
    /// No longer good.
    Expired {
        /// Days since the last good day; at least 1.
        days_ago: i64,
    },
}

impl Standing {
    /// Whether it is good on that day.
    #[must_use]
    pub const fn is_good(self) -> bool {
        matches!(self, Self::Valid | Self::ExpiresSoon { .. })
    }
}

/// How somebody stands towards a certificate a job needs.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Held {
    /// They have it.
    Yes {
        /// The certificate that says so, and how it stands on the day.
        certification: Certification,
        /// On the day asked about.
        standing: Standing,
    },
    /// They had it, or its date cannot be read.
    NotGood {
        /// The best there is.
        certification: Certification,
        /// On the day asked about.
        standing: Standing,
    },
    /// They never had it, as far as anybody wrote down.
    Missing,
}

impl Certification {
    /// How it stands on that day. It is good on the day it expires.
    #[must_use]
    pub fn standing(&self, on: NaiveDate) -> Standing {
        match (self.expires, &self.unreadable_date) {
            (Some(last), _) => match last.signed_duration_since(on).num_days() {
                days if days < 0 => Standing::Expired { days_ago: -days },
                days_left @ 0..=WARNED_DAYS_AHEAD => Standing::ExpiresSoon { days_left },
                _ => Standing::Valid,
            },
            (None, Some(_)) => Standing::Unknown,
            (None, None) => Standing::Valid,
        }
    }
}

/// Reads the column, in the order it was written: a list of names, of objects with a name and a date, or one object
/// with names as its keys. What names nothing is left out; NULL and what cannot be understood are an empty list.
#[must_use]
pub fn read(column: Option<&Value>) -> Vec<Certification> {
    column.map(read::list).unwrap_or_default()
}

/// Whether a certificate of this name is enough where that one is required: spelling, spaces and order do not matter,
/// and the higher one includes the lower (a CDL A is a CDL B and a CDL, an OSHA 30 is an OSHA 10).
#[must_use]
pub fn satisfies(held: &str, required: &str) -> bool {
    matching::covers(&[held], required)
}

/// How somebody with these certificates stands towards a required one on a day: the one that is good longest counts.
#[must_use]
pub fn held(certifications: &[Certification], required: &str, on: NaiveDate) -> Held {
    let fitting = certifications.iter().filter(|held| satisfies(&held.name, required));
    // Good longest; then what cannot be read; then what expired last.
    let best = fitting.max_by_key(|held| {
        let standing = held.standing(on);
        (standing.is_good(), standing == Standing::Unknown, held.expires.unwrap_or(NaiveDate::MAX))
    });
    match best {
        Some(best) if best.standing(on).is_good() => {
            Held::Yes { certification: best.clone(), standing: best.standing(on) }
        }
        Some(best) => Held::NotGood { certification: best.clone(), standing: best.standing(on) },
        // "First aid/CPR" may be two pieces of paper.
        None => pieces(certifications, required, on),
    }
}

fn pieces(certifications: &[Certification], required: &str, on: NaiveDate) -> Held {
    let names = |good: bool| -> Vec<&str> {
        certifications.iter().filter(|c| !good || c.standing(on).is_good()).map(|c| c.name.as_str()).collect()
    };
    let part = |good: bool| {
        certifications
            .iter()
            .filter(|held| matching::is_part(&held.name, required) && held.standing(on).is_good() == good)
            .min_by_key(|held| held.expires.unwrap_or(NaiveDate::MAX))
    };
    if matching::covers(&names(true), required)
        && let Some(first) = part(true)
    {
        return Held::Yes { certification: first.clone(), standing: first.standing(on) };
    }
    match part(false) {
        Some(worst) if matching::covers(&names(false), required) => {
            Held::NotGood { certification: worst.clone(), standing: worst.standing(on) }
        }
        _ => Held::Missing,
    }
}

#[cfg(test)]
mod tests;
