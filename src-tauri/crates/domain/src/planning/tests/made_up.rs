//! Boards made up by chance.

use chrono::{NaiveDate, TimeDelta};
use proptest::prelude::*;
use proptest::sample::select;
use proptest::strategy::Strategy;

use super::world::*;
use crate::job_status::Status;
use crate::planning::{Strategy as How, *};
use crate::working_time::Interval;

/// Days of the horizon's first half, in which the clocks change or not.
pub(super) fn board() -> impl Strategy<Value = Request> {
    let anchor = select(vec!["2026-03-04", "2026-06-03", "2026-10-28"]);
    (anchor, jobs(), blocks(), rules()).prop_map(|(anchor, jobs, blocks, rules)| build(anchor, jobs, blocks, &rules))
}

#[derive(Debug, Clone)]
struct MadeUp {
    day: i64,
    half_hour: i64,
    half_hours: i64,
    days: i64,
    crew: u128,
    machine: Option<u128>,
    person: Option<u128>,
    status: Status,
    dry: bool,
    pinned: bool,
    priority: u8,
    contract: Option<u128>,
    follows: Option<(u128, u32)>,
}

fn jobs() -> impl Strategy<Value = Vec<MadeUp>> {
    let status = prop_oneof![
        8 => Just(Status::Scheduled), 2 => Just(Status::Rescheduled), 2 => Just(Status::Confirmed),
        1 => Just(Status::InProgress), 1 => Just(Status::Completed), 1 => Just(Status::Canceled)];
    let time = (0..12_i64, 12..30_i64, 2..21_i64, prop_oneof![7 => Just(0_i64), 2 => 1..4_i64]);
    let by = (1..5_u128, prop::option::weighted(0.4, 201..204_u128), prop::option::weighted(0.2, 111..115_u128));
    let kind = (status, prop::bool::weighted(0.15), prop::bool::weighted(0.1), 1..6_u8);
    let order = (
        prop::option::weighted(0.5, 900..903_u128),
        prop::option::weighted(0.2, (0..14_u128, select(vec![0, 6, 24, 48]))),
    );
    let one = (time, by, kind, order).prop_map(|(time, by, kind, order)| MadeUp {
        day: time.0,
        half_hour: time.1,
        half_hours: time.2,
        days: time.3,
        crew: by.0,
        machine: by.1,
        person: by.2,
        status: kind.0,
        dry: kind.1,
        pinned: kind.2,
        priority: kind.3,
        contract: order.0,
        follows: order.1,
    });
    prop::collection::vec(one, 0..14)
}

type Block = (u8, i64, i64, i64);

fn blocks() -> impl Strategy<Value = Vec<Block>> {
    prop::collection::vec((0..15_u8, 0..16_i64, 0..24_i64, 1..60_i64), 0..8)
}

#[derive(Debug, Clone)]
struct Rules {
    how: How,
    horizon: u32,
    change: bool,
    from_noon: bool,
    rain_days: i64,
    not_before: i64,
    six_days: bool,
    turnaround: u32,
}

fn rules() -> impl Strategy<Value = Rules> {
    let how = prop_oneof![
        Just(How::BestFit),
        Just(How::PullNothingForward),
        (0..4_u32).prop_map(|working_days| How::PushAll { working_days })
    ];
    (how, 2..22_u32, any::<bool>(), any::<bool>(), 1..3_i64, -2..2_i64, any::<bool>(), select(vec![0, 30])).prop_map(
        |(how, horizon, change, from_noon, rain_days, not_before, six_days, turnaround)| Rules {
            how,
            horizon,
            change,
            from_noon,
            rain_days,
            not_before,
            six_days,
            turnaround,
        },
    )
}

fn build(anchor: &str, jobs: Vec<MadeUp>, blocks: Vec<Block>, rules: &Rules) -> Request {
    let calendar = calendar(if rules.six_days { "123467" } else { "12345" });
    let anchor: NaiveDate = anchor.parse().unwrap();
    let day = |offset: i64| anchor + TimeDelta::days(offset);
    let local = |offset: i64, half_hours: i64| {
        calendar.instant(day(offset).and_hms_opt(0, 0, 0).unwrap() + TimeDelta::minutes(30 * half_hours))
    };
    let mut request = rainy(Vec::new());
    for (number, made) in jobs.into_iter().enumerate() {
        let number = number as u128;
        // A few work at night.
        let half_hour = if made.half_hour == 29 { 40 } else { made.half_hour };
        let start = local(made.day - 3, half_hour);
        let end = local(made.day - 3 + made.days, half_hour + made.half_hours).max(start + TimeDelta::minutes(30));
        request.jobs.push(Job {
            start,
            end,
            status: made.status,
            weather_dependent: !made.dry,
            priority: made.priority,
            pinned: made.pinned,
            contract: made.contract.map(id),
            crews: if made.crew == 4 { Vec::new() } else { vec![id(made.crew)] },
            people: made.person.map(id).into_iter().collect(),
            machines: made.machine.map(id).into_iter().collect(),
            follows: made.follows.map(|(other, lag_hours)| Follows { job: id(1000 + other), lag_hours }),
            ..job(1000 + number, A, "2026-06-03 06:00", "2026-06-03 14:00")
        });
    }
    // Somebody changes crews in the middle of the horizon.
    request.crews[0].members[0].until = Some(day(4));
    request.crews[1].members.push(Membership { person: id(111), from: Some(day(4)), until: None });
    let mut closures = Vec::new();
    for (what, offset, half_hour, length) in blocks {
        let during = Interval::new(local(offset - 3, half_hour), local(offset - 3, half_hour + length));
        let block = |resource, kind| Blocked { resource, during, kind };
        match what {
            0..=4 => request.blocked.push(block(person(111 + u128::from(what) * 5), BlockKind::TimeOff)),
            5..=6 => request.blocked.push(block(machine(196 + u128::from(what)), BlockKind::Maintenance)),
            7..=8 => request.blocked.push(block(person(105 + u128::from(what)), BlockKind::Weekly)),
            14 => {
                let resource =
                    if half_hour % 3 == 0 { machine(202) } else { person(111 + u128::try_from(offset % 4).unwrap()) };
                let during = Interval::new(local(-400, 0), local(400, 0));
                request.blocked.push(Blocked { resource, during, kind: BlockKind::Gone });
            }
            12..=13 => request.recorded_rain.push(during),
            9 => request.occupied.push(Occupied { resource: person(121), during, job: id(7_000) }),
            _ => closures.push(during),
        }
    }
    request.calendar = calendar.also_closed(&closures);
    let from = if rules.from_noon { local(0, 24) } else { local(0, 0) };
    request.rain = vec![Interval::new(from, local(rules.rain_days, 0))];
    request.not_before = local(rules.not_before, 12);
    request.strategy = rules.how;
    request.horizon_days = rules.horizon;
    request.may_change_crew = rules.change;
    request.turnaround_minutes = rules.turnaround;
    request
}
