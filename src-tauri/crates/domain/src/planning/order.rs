//! Which job has to wait for which.

use std::collections::{BTreeMap, HashMap};

use chrono::TimeDelta;
use uuid::Uuid;

use super::board::Task;

/// One job that has to end before another starts.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub(super) struct Link {
    /// The earlier one.
    pub(super) before: usize,
    /// The later one.
    pub(super) after: usize,
    /// At least so much time between them.
    pub(super) lag: TimeDelta,
}

/// All links, and those of each job.
#[derive(Debug, Default)]
pub(super) struct Order {
    pub(super) links: Vec<Link>,
    /// By job: what it waits for.
    pub(super) before: Vec<Vec<Link>>,
    /// By job: what waits for it.
    pub(super) after: Vec<Vec<Link>>,
}

impl Order {
    /// What a job says it follows, and the order in which the jobs of one contract stand. What is over or called off
    /// is not waited for, and what was never in order is not put in order.
    pub(super) fn new(tasks: &[Task<'_>], index: &HashMap<Uuid, usize>) -> Self {
        let mut lags: BTreeMap<(usize, usize), TimeDelta> = BTreeMap::new();
        for (after, task) in tasks.iter().enumerate().filter(|(_, task)| task.holds()) {
            let Some(follows) = task.job.follows else { continue };
            let Some(before) = index.get(&follows.job).copied() else { continue };
            if before != after && tasks[before].holds() {
                lags.insert((before, after), TimeDelta::hours(i64::from(follows.lag_hours.min(10_000))));
            }
        }
        let mut contracts: BTreeMap<Uuid, Vec<usize>> = BTreeMap::new();
        for (number, task) in tasks.iter().enumerate().filter(|(_, task)| task.holds()) {
            if let Some(contract) = task.job.contract {
                contracts.entry(contract).or_default().push(number);
            }
        }
        for jobs in contracts.values() {
            for after in jobs {
                let start = tasks[*after].job.start;
                let earlier = || jobs.iter().filter(|before| tasks[**before].job.end <= start);
                // Only the last ones: what ended before they started is kept in order through them.
                let Some(latest) = earlier().map(|before| tasks[*before].job.start).max() else { continue };
                for before in earlier().filter(|before| tasks[**before].job.end > latest) {
                    lags.entry((*before, *after)).or_insert_with(TimeDelta::zero);
                }
            }
        }
        let mut order =
            Self { links: Vec::new(), before: vec![Vec::new(); tasks.len()], after: vec![Vec::new(); tasks.len()] };
        for ((before, after), lag) in lags {
            let link = Link { before, after, lag };
            order.links.push(link);
            order.before[after].push(link);
            order.after[before].push(link);
        }
        order
    }
}
