//! Who and what a rain-out plan can count on: crews and their members, absences, weekly hours, rain recorded before.

use std::collections::{BTreeMap, HashSet};

use chrono::{DateTime, Days, TimeDelta, Utc};
use database::PgConnection;
use database::schedule::board;
use database::schedule::rain::{memberships, weeks};
use domain::availability::Week;
use domain::planning::{self, BlockKind, Blocked, Crew, Membership, Request, Resource};
use domain::working_time::Interval;
use uuid::Uuid;

use super::OfficeTime;
use crate::error::AppError;

/// The crews, who is in them, and which can stand in for each other.
pub(super) async fn crews(
    c: &mut PgConnection,
    request: &mut Request,
    time: &OfficeTime,
    until: DateTime<Utc>,
) -> Result<(), AppError> {
    let days = (time.today() - Days::new(30), time.calendar.day_of(until));
    let mut groups: BTreeMap<String, Vec<Uuid>> = BTreeMap::new();
    for row in memberships(c, days.0, days.1).await? {
        if request.crews.last().is_none_or(|crew| crew.id != row.crew) {
            groups.entry(trade(&row.crew_name)).or_default().push(row.crew);
            request.names.insert(row.crew, row.crew_name);
            request.crews.push(Crew { id: row.crew, members: Vec::new() });
        }
        if let (Some(crew), Some(person)) = (request.crews.last_mut(), row.person) {
            crew.members.push(Membership { person, from: row.from, until: row.until });
        }
    }
    request.substitutes = groups.into_values().filter(|group| group.len() > 1).collect();
    Ok(())
}

/// What a crew does, by its name without its number or letter: "Paving A" and "Paving 12B" stand in for each other.
fn trade(name: &str) -> String {
    let words: Vec<&str> = name.split_whitespace().collect();
    let short = |w: &&str| w.chars().count() <= 3 && !w.contains('&');
    let trade = match words.split_last() {
        Some((last, rest)) if !rest.is_empty() && short(last) => rest,
        _ => &words,
    };
    trade.join(" ").to_lowercase()
}

/// What has no end is blocked so far beside the time a plan looks at: jobs that follow others may lie there.
const BEYOND: TimeDelta = TimeDelta::days(400);

/// Who is not at work at all, leave, maintenance, rain recorded before, and the hours people do not work in an ordinary week.
pub(super) async fn blocked(
    c: &mut PgConnection,
    request: &mut Request,
    time: &OfficeTime,
    (from, until): (DateTime<Utc>, DateTime<Utc>),
) -> Result<(), AppError> {
    let whole = Interval::new(from - BEYOND, until + BEYOND);
    let people = weeks(c).await?;
    // What their calendar says beside it is of no use to a plan.
    let gone: HashSet<Uuid> = people.iter().filter(|p| p.status != "active").map(|p| p.id).collect();
    // A job over several days may have begun before the rain, around a day that was lost already.
    for off in board::time_off(c, from - TimeDelta::days(30), until).await? {
        let during = Interval::new(off.start, off.end);
        if let Some(id) = off.person_id {
            if gone.contains(&id) {
                continue;
            }
            let resource = Resource { kind: planning::ResourceKind::Person, id };
            request.blocked.push(Blocked { resource, during, kind: BlockKind::TimeOff });
        } else if let Some(id) = off.machine_id {
            let resource = Resource { kind: planning::ResourceKind::Machine, id };
            request.blocked.push(Blocked { resource, during, kind: BlockKind::Maintenance });
        } else if off.kind == "rain" {
            request.recorded_rain.push(during);
        }
    }
    let days = (time.calendar.day_of(from), time.calendar.day_of(until) + Days::new(1));
    for row in people {
        let resource = Resource { kind: planning::ResourceKind::Person, id: row.id };
        request.names.insert(row.id, row.name);
        if gone.contains(&row.id) {
            request.blocked.push(Blocked { resource, during: whole, kind: BlockKind::Gone });
            continue;
        }
        let off = Week::read(row.week.as_ref()).unavailable(&time.calendar, days.0, days.1);
        request.blocked.extend(off.into_iter().map(|during| Blocked { resource, during, kind: BlockKind::Weekly }));
    }
    // Retired ones as well, where they still stand on a job.
    let on_jobs: Vec<Uuid> = request.jobs.iter().flat_map(|job| job.machines.iter().copied()).collect();
    for machine in board::machines(c, &on_jobs).await? {
        let resource = Resource { kind: planning::ResourceKind::Machine, id: machine.id };
        let kind = match machine.status.as_str() {
            "in_shop" => Some(BlockKind::Maintenance),
            "retired" => Some(BlockKind::Gone),
            _ => None,
        };
        request.blocked.extend(kind.map(|kind| Blocked { resource, during: whole, kind }));
        request.names.insert(machine.id, machine.name);
    }
    Ok(())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn crews_of_one_trade_stand_in_for_each_other() {
        assert_eq!(trade("Paving A"), trade("paving  12B"));
        assert_ne!(trade("Paving A"), trade("Sealcoat 1"));
        assert_eq!(trade("Sealcoat"), "sealcoat");
        assert_eq!(trade("A"), "a");
        assert_eq!(trade("Patch & Stripe 2"), trade("Patch & Stripe"));
    }
}
