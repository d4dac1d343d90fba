//! How long a plan takes. `cargo test -p neff-domain --lib -- --ignored --nocapture how_long`

use std::time::Instant;

use chrono::TimeDelta;

use super::world::*;
use crate::job_status::Status;
use crate::planning::*;
use crate::working_time::Interval;

/// Two weeks of six crews of five and thirty machines, about sixty jobs; `seed` makes each board another one.
fn busy_board(seed: u64, strategy: Strategy) -> Request {
    let mut state = seed.wrapping_mul(0x9E37_79B9_7F4A_7C15) | 1;
    let mut dice = |sides: u64| {
        state ^= state << 13;
        state ^= state >> 7;
        state ^= state << 17;
        state % sides
    };
    let mut request = rainy(Vec::new());
    request.strategy = strategy;
    request.horizon_days = 14;
    request.may_change_crew = true;
    request.substitutes = vec![vec![id(1), id(2), id(3)], vec![id(4), id(5), id(6)]];
    request.crews = (1..=6)
        .map(|crew| Crew {
            id: id(crew),
            members: (0..5).map(|n| Membership { person: id(100 + crew * 10 + n), from: None, until: None }).collect(),
        })
        .collect();
    let day = |offset: u64, hour: u64| {
        let date = "2026-06-01".parse::<chrono::NaiveDate>().unwrap() + chrono::Days::new(offset);
        request.calendar.instant(date.and_hms_opt(0, 0, 0).unwrap() + TimeDelta::hours(i64::try_from(hour).unwrap()))
    };
    for number in 0..60_u64 {
        let crew = u128::from(number % 6) + 1;
        let working = [0, 1, 2, 3, 4, 7, 8, 9, 10, 11][usize::try_from(number / 6).unwrap()];
        let long = dice(8) == 0 && working != 4 && working != 11;
        let end = if long { day(working + 1, 14) } else { day(working, 12 + dice(5)) };
        request.jobs.push(Job {
            start: day(working, 6),
            end,
            status: if dice(5) == 0 { Status::Confirmed } else { Status::Scheduled },
            weather_dependent: dice(6) != 0,
            priority: u8::try_from(1 + dice(5)).unwrap(),
            pinned: dice(20) == 0,
            contract: Some(id(900 + u128::from(dice(30)))),
            crews: vec![id(crew)],
            machines: (0..5).map(|n| id(200 + crew * 5 + n)).collect(),
            ..job(1000 + u128::from(number), 1, "2026-06-03 06:00", "2026-06-03 14:00")
        });
    }
    for person in 0..30_u128 {
        let resource = super::world::person(100 + (person / 5 + 1) * 10 + person % 5);
        for offset in 0..21 {
            let during = Interval::new(day(offset, 17), day(offset + 1, 6));
            request.blocked.push(Blocked { resource, during, kind: BlockKind::Weekly });
        }
        if dice(6) == 0 {
            let from = dice(14);
            let during = Interval::new(day(from, 0), day(from + 2, 0));
            request.blocked.push(Blocked { resource, during, kind: BlockKind::TimeOff });
        }
    }
    // It rains for two days in the middle of a full fortnight.
    request.rain = vec![Interval::new(whole("2026-06-03").start, whole("2026-06-04").end)];
    request
}

#[test]
#[ignore = "measures; run it by name"]
fn how_long_a_plan_takes() {
    for strategy in [Strategy::BestFit, Strategy::PullNothingForward, Strategy::PushAll { working_days: 2 }] {
        let mut times = Vec::new();
        let (mut moved, mut unplaced) = (0, 0);
        for seed in 0..100 {
            let request = busy_board(seed, strategy);
            let begun = Instant::now();
            let plan = plan(&request);
            times.push(begun.elapsed());
            assert_eq!(check(&request, &plan), []);
            (moved, unplaced) = (moved + plan.summary.moved, unplaced + plan.summary.unplaced);
        }
        times.sort_unstable();
        let request = busy_board(0, strategy);
        let plan = plan(&request);
        let begun = Instant::now();
        let _ = check(&request, &plan);
        let checking = begun.elapsed();
        println!(
            "{strategy:?}: p50 {:.1?}, p95 {:.1?}, p99 {:.1?}, longest {:.1?}; checking {:.1?}; {moved} moved, {unplaced} unplaced",
            times[50], times[95], times[98], times[99], checking
        );
    }
}

#[test]
fn a_full_board_is_planned_within_a_second() {
    let worst = (0..3)
        .map(|seed| {
            let request = busy_board(seed, Strategy::BestFit);
            let begun = Instant::now();
            let _ = plan(&request);
            begun.elapsed()
        })
        .min()
        .unwrap();
    assert!(worst.as_millis() < 1_000, "{worst:?}");
}
