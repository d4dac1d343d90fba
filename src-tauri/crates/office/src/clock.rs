//! The one place that asks this computer for the time. Leases and deadlines use the database's clock.

use chrono::{DateTime, Utc};

/// Now, by this computer's clock: for what is shown, never for what is decided.
#[must_use]
#[expect(clippy::disallowed_methods, reason = "this is the clock")]
pub fn now() -> DateTime<Utc> {
    Utc::now()
}
