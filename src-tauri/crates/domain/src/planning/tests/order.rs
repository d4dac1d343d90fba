//! Seal before stripe.

use super::world::*;
use crate::job_status::Status;
use crate::planning::*;

fn seal_and_stripe(stripe: &str) -> Request {
    let mut seal = job(1001, C, "2026-06-03 06:00", "2026-06-03 14:00");
    let mut striping = job(1002, B, &format!("{stripe} 06:00"), &format!("{stripe} 10:00"));
    (seal.contract, striping.contract) = (Some(id(900)), Some(id(900)));
    striping.follows = Some(Follows { job: id(1001), lag_hours: 24 });
    let mut request = rainy(vec![seal, striping]);
    request.names.insert(id(1001), "Seal coat, Oak Street".into());
    request.not_before = at("2026-06-03 06:00");
    request
}

#[test]
fn moving_the_seal_coat_drags_the_striping() {
    let request = seal_and_stripe("2026-06-05");
    let expected = ["1001 Thu 06-04 06:00 to Thu 06-04 14:00 by 3", "1002 Fri 06-05 14:00 to Fri 06-05 18:00 by 2"];
    assert_ne!(moves(&request), expected, "not after hours");
    let expected = ["1001 Thu 06-04 06:00 to Thu 06-04 14:00 by 3", "1002 Mon 06-08 06:00 to Mon 06-08 10:00 by 2"];
    assert_eq!(moves(&request), expected);
    let plan = plan(&request);
    assert_eq!(plan.moves[1].why, Why::Follows { job: id(1001) });
    assert_eq!(
        plan.moves[1].sentence,
        "It comes after Seal coat, Oak Street, which now ends too late for its old date."
    );
    assert_eq!(plan.tell, [id(1001), id(1002)]);
}

#[test]
fn what_still_comes_late_enough_stays() {
    assert_eq!(moves(&seal_and_stripe("2026-06-08")), ["1001 Thu 06-04 06:00 to Thu 06-04 14:00 by 3"]);
}

#[test]
fn of_two_days_equally_near_the_one_that_drags_nothing() {
    let mut request = seal_and_stripe("2026-06-05");
    request.not_before = at("2026-06-02 06:00");
    assert_eq!(moves(&request), ["1001 Tue 06-02 06:00 to Tue 06-02 14:00 by 3"]);
}

#[test]
fn a_confirmed_striping_holds_the_seal_coat_before_it() {
    let mut request = seal_and_stripe("2026-06-08");
    request.jobs[1].status = Status::Confirmed;
    assert_eq!(moves(&request), ["1001 Thu 06-04 06:00 to Thu 06-04 14:00 by 3"]);
    request.jobs[1].follows = Some(Follows { job: id(1001), lag_hours: 96 });
    assert_eq!(unplaced(&request), [1001]);
    let sentence = plan(&request).unplaced.remove(0).sentence;
    assert_eq!(
        sentence,
        "No day until Tue, Jun 23 keeps the order with another job, which cannot give way. Choose a day by hand."
    );
}

#[test]
fn without_a_word_the_order_of_the_contract_counts() {
    let mut request = seal_and_stripe("2026-06-04");
    request.jobs[1].follows = None;
    request.jobs[1].crews = vec![id(C)];
    let expected = ["1001 Thu 06-04 06:00 to Thu 06-04 14:00 by 3", "1002 Fri 06-05 06:00 to Fri 06-05 10:00 by 3"];
    assert_eq!(moves(&request), expected);
    // Of different contracts the seal coat finds another day, and nobody else moves.
    request.jobs[1].contract = None;
    assert_eq!(moves(&request), ["1001 Fri 06-05 06:00 to Fri 06-05 14:00 by 3"]);
}

#[test]
fn both_hit_the_urgent_one_waits_for_the_other_all_the_same() {
    let mut request = seal_and_stripe("2026-06-05");
    request.rain.push(whole("2026-06-05"));
    request.jobs[1].priority = 5;
    let expected = ["1001 Thu 06-04 06:00 to Thu 06-04 14:00 by 3", "1002 Mon 06-08 06:00 to Mon 06-08 10:00 by 2"];
    assert_eq!(moves(&request), expected);
}

#[test]
fn a_whole_chain_follows() {
    let mut request = seal_and_stripe("2026-06-05");
    let mut bumpers = job(1003, A, "2026-06-05 10:00", "2026-06-05 12:00");
    bumpers.follows = Some(Follows { job: id(1002), lag_hours: 0 });
    bumpers.weather_dependent = false;
    request.jobs.push(bumpers);
    let expected = [
        "1001 Thu 06-04 06:00 to Thu 06-04 14:00 by 3",
        "1002 Mon 06-08 06:00 to Mon 06-08 10:00 by 2",
        "1003 Mon 06-08 10:00 to Mon 06-08 12:00 by 1",
    ];
    assert_eq!(moves(&request), expected);
    assert_eq!(plan(&request).moves[2].why, Why::Follows { job: id(1002) });
}

#[test]
fn what_waits_for_a_job_without_a_place_is_named_with_it() {
    let mut request = seal_and_stripe("2026-06-05");
    let leave = Blocked {
        resource: person(131),
        during: stretch("2026-06-04 00:00", "2026-07-01 00:00"),
        kind: BlockKind::TimeOff,
    };
    request.blocked = vec![leave];
    assert!(moves(&request).is_empty());
    let plan = plan(&request);
    assert_eq!(
        plan.unplaced.iter().map(|none| (none.job, none.hit)).collect::<Vec<_>>(),
        [(id(1001), true), (id(1002), false)]
    );
    assert_eq!(plan.unplaced[1].reason, NoPlace::WaitsForUnplaced { job: id(1001) });
    assert_eq!(plan.summary.unplaced, 2);
}

#[test]
fn jobs_that_wait_for_each_other_are_named_and_nothing_hangs() {
    let mut request = seal_and_stripe("2026-06-05");
    request.jobs[0].follows = Some(Follows { job: id(1002), lag_hours: 0 });
    request.rain.push(whole("2026-06-05"));
    assert_eq!(unplaced(&request), [1001, 1002]);
    request.jobs[0].follows = Some(Follows { job: id(1001), lag_hours: 5 });
    assert!(unplaced(&request).is_empty(), "a job that waits for itself waits for nothing");
}

#[test]
fn pushing_keeps_the_pause() {
    let mut request = seal_and_stripe("2026-06-05");
    request.strategy = Strategy::PushAll { working_days: 2 };
    let expected = ["1001 Fri 06-05 06:00 to Fri 06-05 14:00 by 3", "1002 Tue 06-09 06:00 to Tue 06-09 10:00 by 2"];
    assert_eq!(moves(&request), expected);
    // The seal coat cannot go where it is pushed, and takes the striping further along.
    request.blocked = vec![Blocked {
        resource: person(131),
        during: stretch("2026-06-05 00:00", "2026-06-09 00:00"),
        kind: BlockKind::TimeOff,
    }];
    let expected = ["1001 Tue 06-09 06:00 to Tue 06-09 14:00 by 3", "1002 Thu 06-11 06:00 to Thu 06-11 10:00 by 2"];
    assert_eq!(moves(&request), expected);
}
