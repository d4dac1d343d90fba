//! What holds for every board and every plan. The rules are written down here once more, as plainly as they can be,
//! without the planner's or the checker's own reasoning.

use std::collections::{BTreeMap, BTreeSet};

use chrono::{NaiveDate, TimeDelta};
use proptest::prelude::*;
use uuid::Uuid;

use super::made_up::board;
use crate::planning::{Strategy as How, *};
use crate::working_time::Interval;

/// Where every job is after the plan.
fn after(request: &Request, plan: &Plan) -> BTreeMap<Uuid, (Interval, Vec<Uuid>)> {
    let mut at: BTreeMap<Uuid, (Interval, Vec<Uuid>)> =
        request.jobs.iter().map(|job| (job.id, (Interval::new(job.start, job.end), job.crews.clone()))).collect();
    for moved in &plan.moves {
        at.insert(moved.job, (Interval::new(moved.to.start, moved.to.end), moved.to.crews.clone()));
    }
    at
}

/// The people a job has on a day, and its machines.
fn needs(request: &Request, job: &Job, crews: &[Uuid], day: NaiveDate) -> BTreeSet<Resource> {
    let person = |id: Uuid| Resource { kind: ResourceKind::Person, id };
    let members = request.crews.iter().filter(|crew| crews.contains(&crew.id)).flat_map(|crew| &crew.members);
    let members = members.filter(|member| member.holds(day)).map(|member| person(member.person));
    let machines = job.machines.iter().map(|id| Resource { kind: ResourceKind::Machine, id: *id });
    members.chain(job.people.iter().map(|id| person(*id))).chain(machines).collect()
}

fn is_fixed(job: &Job) -> bool {
    use crate::job_status::Status::{Rescheduled, Scheduled};
    job.pinned || !matches!(job.status, Scheduled | Rescheduled)
}

fn pushes(request: &Request) -> bool {
    matches!(request.strategy, How::PushAll { .. })
}

fn clash(request: &Request, plan: &Plan) -> Option<String> {
    let at = after(request, plan);
    let moved: BTreeSet<Uuid> = plan.moves.iter().map(|moved| moved.job).collect();
    let claims = |job: &Job| -> Vec<(Resource, Interval)> {
        let (during, crews) = &at[&job.id];
        let days = request.calendar.working_days_of(*during);
        days.iter().flat_map(|d| needs(request, job, crews, d.day).into_iter().map(|r| (r, d.during))).collect()
    };
    let open: Vec<&Job> = request.jobs.iter().filter(|job| job.status.is_open()).collect();
    for job in open.iter().filter(|job| moved.contains(&job.id)) {
        let mine = claims(job);
        let others = open.iter().filter(|other| other.id != job.id).flat_map(|other| claims(other));
        let others = others.chain(request.occupied.iter().map(|o| (o.resource, o.during)));
        for (resource, during) in others {
            if mine.iter().any(|(own, claimed)| *own == resource && claimed.overlaps(&during)) {
                return Some(format!("{} meets {during:?} of {resource:?}", job.id));
            }
        }
    }
    None
}

fn shuffled<T: Clone>(list: &[T], seed: u64) -> Vec<T> {
    let mut keyed: Vec<(u64, T)> = list
        .iter()
        .enumerate()
        .map(|(n, item)| {
            (
                (n as u64 + 1).wrapping_mul(seed | 1).wrapping_mul(6_364_136_223_846_793_005).rotate_left(23),
                item.clone(),
            )
        })
        .collect();
    keyed.sort_by_key(|(key, _)| *key);
    keyed.into_iter().map(|(_, item)| item).collect()
}

proptest! {
    #![proptest_config(ProptestConfig { cases: 400, failure_persistence: None, ..ProptestConfig::default() })]

    #[test]
    fn nobody_is_ever_in_two_places(request in board()) {
        let plan = plan(&request);
        prop_assert_eq!(clash(&request, &plan), None);
    }

    #[test]
    fn what_is_fixed_never_moves_and_nothing_moves_without_a_cause(request in board()) {
        let plan = plan(&request);
        for moved in &plan.moves {
            let job = request.jobs.iter().find(|job| job.id == moved.job).unwrap();
            prop_assert!(!is_fixed(job));
            match moved.why {
                Why::RainedOut => prop_assert!(job.weather_dependent),
                Why::Follows { job: other } => prop_assert!(plan.moves.iter().any(|moved| moved.job == other)),
                Why::Pushed { .. } => prop_assert!(pushes(&request)),
                Why::ByHand => prop_assert!(false, "nobody touched it"),
            }
            if request.strategy == How::PullNothingForward {
                prop_assert!(moved.to.start >= job.start);
            }
        }
        for call in &plan.needs_call {
            prop_assert!(is_fixed(request.jobs.iter().find(|job| job.id == call.job).unwrap()));
        }
    }

    #[test]
    fn no_job_is_lost(request in board()) {
        let plan = plan(&request);
        let mut named: Vec<Uuid> = plan.moves.iter().map(|moved| moved.job).collect();
        named.extend(plan.unplaced.iter().map(|unplaced| unplaced.job));
        named.extend(plan.needs_call.iter().map(|call| call.job));
        let once: BTreeSet<Uuid> = named.iter().copied().collect();
        prop_assert_eq!(once.len(), named.len(), "each is named once");
        for job in request.jobs.iter().filter(|job| job.status.is_open() && job.weather_dependent) {
            let work = request.calendar.opened(&request.rain).work_of(Interval::new(job.start, job.end));
            let wet = |part: &Interval| request.rain.iter().any(|rain| rain.overlaps(part));
            // Its first and last day are worked whatever they are.
            let hit = work.first().is_some_and(|part| wet(&part.during)) || work.last().is_some_and(|part| wet(&part.during));
            prop_assert!(!hit || once.contains(&job.id), "{} was forgotten", job.id);
        }
        let open = request.jobs.iter().filter(|job| job.status.is_open()).count();
        let summary = plan.summary;
        prop_assert_eq!(summary.moved + summary.kept + summary.unplaced + summary.needs_call, open);
        for moved in &plan.moves {
            let job = request.jobs.iter().find(|job| job.id == moved.job).unwrap();
            prop_assert_eq!((moved.from.start, moved.from.end), (job.start, job.end));
        }
    }

    #[test]
    fn the_same_request_in_any_order_gives_the_same_plan(request in board(), seed: u64) {
        let first = plan(&request);
        let mut mixed = request.clone();
        mixed.jobs = shuffled(&request.jobs, seed);
        mixed.crews = shuffled(&request.crews, seed);
        for crew in &mut mixed.crews {
            crew.members = shuffled(&crew.members, seed);
        }
        mixed.blocked = shuffled(&request.blocked, seed);
        mixed.occupied = shuffled(&request.occupied, seed);
        mixed.rain = shuffled(&request.rain, seed);
        mixed.recorded_rain = shuffled(&request.recorded_rain, seed);
        mixed.substitutes = request.substitutes.iter().map(|group| shuffled(group, seed)).collect();
        prop_assert_eq!(plan(&mixed), first);
    }

    #[test]
    fn the_order_of_a_contract_and_the_pause_are_kept(request in board()) {
        let plan = plan(&request);
        let at = after(&request, &plan);
        let moved: BTreeSet<Uuid> = plan.moves.iter().map(|moved| moved.job).collect();
        for later in request.jobs.iter().filter(|job| job.status.is_open()) {
            for earlier in request.jobs.iter().filter(|job| job.status.is_open() && job.id != later.id) {
                if !moved.contains(&later.id) && !moved.contains(&earlier.id) {
                    continue;
                }
                let told = later.follows.filter(|follows| follows.job == earlier.id);
                let in_order = later.contract.is_some() && later.contract == earlier.contract && earlier.end <= later.start;
                let lag = match told {
                    Some(follows) => TimeDelta::hours(i64::from(follows.lag_hours)),
                    None if in_order => TimeDelta::zero(),
                    None => continue,
                };
                prop_assert!(at[&earlier.id].0.end + lag <= at[&later.id].0.start, "{} before {}", earlier.id, later.id);
            }
        }
    }

    #[test]
    fn closures_rain_and_absences_are_honored(request in board()) {
        let plan = plan(&request);
        for moved in &plan.moves {
            let job = request.jobs.iter().find(|job| job.id == moved.job).unwrap();
            let (new, old) = (Interval::new(moved.to.start, moved.to.end), Interval::new(job.start, job.end));
            prop_assert!(request.reach().start <= new.start && new.end <= request.reach().end);
            let rain = request.rain.iter().chain(&request.recorded_rain).filter(|_| job.weather_dependent);
            let closed: Vec<Interval> = request.calendar.closures().iter().chain(rain).copied().collect();
            let work = request.calendar.work_of(new);
            let ends = [work.first().unwrap(), work.last().unwrap()];
            for part in ends {
                prop_assert!(request.calendar.is_working_weekday(part.day));
                prop_assert!(!closed.iter().any(|closed| closed.overlaps(&part.during)), "{part:?}");
            }
            // Where it is closed in between, nobody works, and nobody has to be there.
            for part in work.iter().filter(|part| !closed.iter().any(|closed| closed.overlaps(&part.during))) {
                for resource in needs(&request, job, &moved.to.crews, part.day) {
                    for block in request.blocked.iter().filter(|b| b.resource == resource && b.kind != BlockKind::Weekly) {
                        let as_before = resource.kind == ResourceKind::Person
                            && !job.people.contains(&resource.id)
                            && (block.kind == BlockKind::Gone || block.during.overlaps(&old));
                        prop_assert!(as_before || !block.during.overlaps(&part.during), "{block:?} and {part:?}");
                    }
                }
            }
        }
    }

    #[test]
    fn the_checker_agrees_with_the_planner(request in board()) {
        let plan = plan(&request);
        prop_assert_eq!(check(&request, &plan), []);
    }

    #[test]
    fn the_checker_sees_every_clash_that_an_edit_makes(
        request in board(), which: prop::sample::Index, days in -2..8_i64, hours in -3..4_i64,
    ) {
        let mut plan = plan(&request);
        if plan.moves.is_empty() {
            return Ok(());
        }
        let edited = which.get(&plan.moves).job;
        for moved in plan.moves.iter_mut().filter(|moved| moved.job == edited) {
            let by = TimeDelta::days(days) + TimeDelta::hours(hours);
            (moved.to.start, moved.to.end) = (moved.to.start + by, moved.to.end + by);
        }
        // The checker also keeps crews apart whose members nobody wrote down; each of these has some.
        let told = check(&request, &plan).into_iter().find(|found| found.kind == ViolationKind::Clash);
        prop_assert_eq!(told.is_some(), clash(&request, &plan).is_some(), "{:?}", told);
    }
}
