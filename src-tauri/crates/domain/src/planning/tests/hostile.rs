//! Rows as other programs leave them.

use chrono::{DateTime, TimeDelta, Utc};

use super::world::*;
use crate::job_status::Status;
use crate::planning::*;
use crate::working_time::Interval;

#[test]
fn jobs_whose_times_make_no_sense_stay_and_hold_nothing() {
    let mut backwards = job(1001, A, "2026-06-03 14:00", "2026-06-03 06:00");
    backwards.contract = Some(id(900));
    let mut forever = job(1002, B, "2026-06-03 06:00", "2026-06-03 14:00");
    (forever.start, forever.end) = (DateTime::<Utc>::MIN_UTC, DateTime::<Utc>::MAX_UTC);
    let mut centuries = job(1003, C, "2026-06-03 06:00", "2026-06-03 14:00");
    centuries.end += TimeDelta::days(100_000);
    let ordinary = Job { contract: Some(id(900)), ..job(1004, A, "2026-06-03 06:00", "2026-06-03 14:00") };
    let request = rainy(vec![backwards, forever, centuries, ordinary]);
    assert_eq!(moves(&request), ["1004 Thu 06-04 06:00 to Thu 06-04 14:00 by 1"]);
    let plan = plan(&request);
    let unplaced: Vec<_> = plan.unplaced.iter().map(|none| none.job).collect();
    assert_eq!(unplaced, [id(1002), id(1003)], "they are hit, and too long to be put anywhere");
}

#[test]
fn requests_without_sense_are_answered() {
    let jobs = vec![job(1001, A, "2026-06-03 06:00", "2026-06-03 14:00")];
    let mut request = rainy(jobs);
    request.calendar =
        calendar("12345").also_closed(&[Interval::new(DateTime::<Utc>::MIN_UTC, DateTime::<Utc>::MAX_UTC)]);
    assert_eq!(unplaced(&request), [1001]);
    assert_eq!(plan(&request).unplaced[0].reason, NoPlace::NoRoom { obstacle: Obstacle::Closed });
    request.calendar = calendar("12345");
    for horizon in [0, u32::MAX] {
        request.horizon_days = horizon;
        for strategy in
            [Strategy::BestFit, Strategy::PushAll { working_days: u32::MAX }, Strategy::PushAll { working_days: 0 }]
        {
            request.strategy = strategy;
            let plan = plan(&request);
            assert_eq!(plan.moves.len() + plan.unplaced.len(), 1);
            assert_eq!(check(&request, &plan), []);
        }
    }
    request.strategy = Strategy::BestFit;
    for not_before in [DateTime::<Utc>::MIN_UTC, DateTime::<Utc>::MAX_UTC, at("2030-01-01 00:00")] {
        request.not_before = not_before;
        let plan = plan(&request);
        assert_eq!(plan.moves.len() + plan.unplaced.len(), 1);
    }
    request.not_before = at("2026-06-02 06:00");
    request.rain = vec![Interval::new(DateTime::<Utc>::MIN_UTC, DateTime::<Utc>::MAX_UTC)];
    assert_eq!(unplaced(&request), [1001], "it never stops raining");
    request.rain = vec![Interval::new(at("2026-06-04 00:00"), at("2026-06-03 00:00"))];
    assert!(moves(&request).is_empty(), "rain that ends before it begins is none");
}

/// Work of a minute in the night, one job behind the other from the 4th of June on; the first is rained out.
fn endless_chain(count: u128) -> Request {
    let mut jobs = Vec::new();
    let mut start = at("2026-06-03 23:50");
    for number in 0..count {
        let mut next = job(1001 + number, A, "2026-06-03 06:00", "2026-06-03 07:00");
        (next.start, next.end) = (start, start + TimeDelta::minutes(1));
        (next.contract, next.crews) = (Some(id(900)), Vec::new());
        jobs.push(next);
        // So many a night.
        start = match number % 400 {
            399 if start < at("2026-06-05 00:00") => at("2026-06-05 17:00"),
            399 => start + TimeDelta::days(3) - TimeDelta::minutes(399),
            _ if number == 0 => at("2026-06-04 17:00"),
            _ => start + TimeDelta::minutes(1),
        };
    }
    let mut request = rainy(jobs);
    request.not_before = at("2026-06-03 06:00");
    request.strategy = Strategy::PullNothingForward;
    request
}

/// As small as a thread for work that may take a while is.
fn on_a_small_thread(request: Request) -> Plan {
    let small = std::thread::Builder::new().stack_size(2 << 20);
    small.spawn(move || plan(&request)).unwrap().join().unwrap()
}

#[test]
fn a_chain_of_thousands_is_answered() {
    let plan = on_a_small_thread(endless_chain(1_600));
    assert_eq!((plan.moves.len(), plan.unplaced.first().map(|none| none.job)), (0, Some(id(1001))));
}

#[test]
fn a_chain_that_people_plan_follows() {
    let request = endless_chain(150);
    let plan = on_a_small_thread(request.clone());
    assert_eq!((plan.moves.len(), plan.unplaced.len()), (150, 0));
    assert_eq!(check(&request, &plan), []);
}

#[test]
fn names_are_other_peoples_text() {
    let mut request = rainy(vec![job(1001, A, "2026-06-03 06:00", "2026-06-03 14:00")]);
    request.names.insert(id(A), "x".repeat(5_000));
    request.names.insert(id(1001), "\u{202E}  ".into());
    request.blocked = vec![Blocked {
        resource: Resource { kind: ResourceKind::Crew, id: id(A) },
        during: stretch("2026-06-01 00:00", "2026-08-01 00:00"),
        kind: BlockKind::TimeOff,
    }];
    let sentence = plan(&request).unplaced.remove(0).sentence;
    assert!(sentence.chars().count() < 200, "{sentence}");
    let mut plan = plan(&request);
    plan.unplaced.clear();
    assert_eq!(check(&request, &plan)[0].sentence, "This job is rained out, and the plan says nothing about it.");
}

#[test]
fn everything_may_be_said_twice() {
    let mut request = rainy(vec![job(1001, A, "2026-06-03 06:00", "2026-06-03 14:00")]);
    let first = moves(&request);
    request.jobs = [request.jobs.clone(), request.jobs].concat();
    request.crews = [request.crews.clone(), request.crews].concat();
    request.rain = [request.rain.clone(), request.rain].concat();
    request.jobs.iter_mut().for_each(|job| job.crews = vec![id(A), id(A)]);
    assert_eq!(moves(&request), first);
}

#[test]
fn unknown_crews_people_and_machines_are_kept_apart_too() {
    let mut request = rainy(vec![
        Job { crews: vec![id(55)], ..job(1001, A, "2026-06-03 06:00", "2026-06-03 14:00") },
        Job { crews: vec![id(55)], status: Status::Confirmed, ..job(1002, A, "2026-06-04 06:00", "2026-06-04 16:00") },
        Job {
            crews: Vec::new(),
            people: vec![id(66)],
            machines: vec![id(77)],
            ..job(1003, A, "2026-06-03 06:00", "2026-06-03 14:00")
        },
    ]);
    request.occupied = vec![Occupied { resource: machine(77), during: whole("2026-06-04"), job: id(5_000) }];
    request.not_before = at("2026-06-03 06:00");
    let expected = ["1001 Fri 06-05 06:00 to Fri 06-05 14:00 by 55", "1003 Fri 06-05 06:00 to Fri 06-05 14:00 by "];
    assert_eq!(moves(&request), expected);
}

#[test]
fn a_job_nobody_is_on_moves_as_well() {
    let request = rainy(vec![Job { crews: Vec::new(), ..job(1001, A, "2026-06-03 06:00", "2026-06-03 14:00") }]);
    assert_eq!(moves(&request), ["1001 Thu 06-04 06:00 to Thu 06-04 14:00 by "]);
}

#[test]
fn requests_and_plans_survive_being_sent() {
    let request = rainy(vec![job(1001, A, "2026-06-03 06:00", "2026-06-03 14:00")]);
    let sent: Request = serde_json::from_str(&serde_json::to_string(&request).unwrap()).unwrap();
    assert_eq!(sent, request);
    let plan = plan(&request);
    assert_eq!(serde_json::from_str::<Plan>(&serde_json::to_string(&plan).unwrap()).unwrap(), plan);
}
