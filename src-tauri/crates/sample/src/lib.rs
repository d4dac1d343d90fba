//! Believable sample data: five years of an office of the trade, written into a real office database.
//!
//! [`fill`] decides the whole of it first ([`Options::seed`] and [`Options::today`] say everything), and writes it in
//! one transaction, with every trigger of the database at work and alerts quiet: it is all there, or nothing is.
//! Telephone numbers are in the exchange nobody has and e-mail addresses under names reserved for examples, so that
//! no trial ever reaches a stranger.

mod calendar;
mod copy;
mod crews;
mod customers;
mod dice;
mod error;
mod estimates;
mod fill;
mod history;
mod jobs;
mod names;
mod notices;
mod payments;
mod places;
mod plan;
mod schedule;
mod slots;
mod time_off;
mod trade;

use std::collections::BTreeMap;
use std::time::Duration;

pub use error::SampleError;
pub use fill::fill;

/// What to make.
#[derive(Debug, Clone)]
pub struct Options {
    /// 1 for a real office of five years, or 10, 100, 1000 times that.
    pub scale: u32,
    /// The same seed makes the same office.
    pub seed: u64,
    /// The day of the office on which the data is centred: five years before it, some weeks after it.
    pub today: chrono::NaiveDate,
}

/// What was made.
#[derive(Debug, Clone)]
pub struct Summary {
    /// Rows written, by table. Rows that the database's triggers added are not counted.
    pub rows: BTreeMap<&'static str, u64>,
    /// How long it took.
    pub elapsed: Duration,
}

/// How many of each.
#[derive(Debug, Clone, Copy)]
pub(crate) struct Sizes {
    customers: usize,
    estimates: usize,
    jobs: usize,
    changes: usize,
    members: usize,
    machines: usize,
    crews: usize,
    /// Of what there are only a few: clashes, unassigned jobs, unknown names.
    handful: usize,
}

impl Sizes {
    /// The sizes the office is designed for; none for another scale.
    fn of(scale: u32) -> Option<Self> {
        let (members, machines, crews, handful) = match scale {
            1 => (25, 30, 4, 3),
            10 => (100, 120, 20, 6),
            100 => (500, 600, 100, 9),
            1000 => (2_500, 3_000, 500, 12),
            _ => return None,
        };
        let scale = usize::try_from(scale).ok()?;
        let (customers, estimates, jobs, changes) = (3_000 * scale, 6_000 * scale, 3_000 * scale, 12_000 * scale);
        Some(Self { customers, estimates, jobs, changes, members, machines, crews, handful })
    }
}
