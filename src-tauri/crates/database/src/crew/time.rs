//! Ranges as anybody may have written them: an end that is infinite, or out of all reason, is no end.

use chrono::{DateTime, NaiveDate, Utc};
use sqlx::postgres::types::PgRange;
use std::ops::Bound;

/// A range of days, the last excluded; none: without beginning or end.
#[must_use]
pub fn dates(from: Option<NaiveDate>, until: Option<NaiveDate>) -> PgRange<NaiveDate> {
    range(from, until)
}

/// A range of time, its end excluded; none: without beginning or end.
#[must_use]
pub fn instants(from: Option<DateTime<Utc>>, until: Option<DateTime<Utc>>) -> PgRange<DateTime<Utc>> {
    range(from, until)
}

fn range<T>(from: Option<T>, until: Option<T>) -> PgRange<T> {
    PgRange {
        start: from.map_or(Bound::Unbounded, Bound::Included),
        end: until.map_or(Bound::Unbounded, Bound::Excluded),
    }
}
