//! Rainy weeks as an office has them.

use super::world::*;
use crate::job_status::Status;
use crate::planning::*;
use crate::working_time::Interval;

#[test]
fn nothing_in_nothing_out() {
    let mut request = rainy(Vec::new());
    assert_eq!(plan(&request), Plan::default());
    (request.rain, request.crews) = (Vec::new(), Vec::new());
    assert_eq!(plan(&request), Plan::default());
    assert_eq!(check(&request, &Plan::default()), []);
}

#[test]
fn a_rained_out_job_goes_to_the_next_day_with_its_crew() {
    let request = rainy(vec![job(1001, A, "2026-06-03 06:00", "2026-06-03 14:00")]);
    assert_eq!(moves(&request), ["1001 Thu 06-04 06:00 to Thu 06-04 14:00 by 1"]);
    let plan = plan(&request);
    assert_eq!(plan.moves[0].sentence, "Rained out on Wed, Jun 3.");
    assert_eq!((plan.moves[0].days_later, plan.moves[0].why), (1, Why::RainedOut));
    assert_eq!(plan.tell, [id(1001)]);
    assert_eq!(plan.summary, Summary { hit: 1, moved: 1, days_of_delay: 1, ..Summary::default() });
}

#[test]
fn only_what_the_rain_falls_on_moves() {
    let mut request = rainy(vec![
        job(1001, A, "2026-06-03 06:00", "2026-06-03 11:00"),
        job(1002, A, "2026-06-03 12:30", "2026-06-03 16:00"),
        job(1003, B, "2026-06-03 10:00", "2026-06-03 13:00"),
        Job { weather_dependent: false, ..job(1004, C, "2026-06-03 06:00", "2026-06-03 14:00") },
        job(1005, C, "2026-06-04 06:00", "2026-06-04 14:00"),
    ]);
    request.rain = vec![stretch("2026-06-03 12:00", "2026-06-04 00:00")];
    request.not_before = at("2026-06-03 11:00");
    assert_eq!(
        moves(&request),
        ["1003 Thu 06-04 10:00 to Thu 06-04 13:00 by 2", "1002 Thu 06-04 12:30 to Thu 06-04 16:00 by 1"]
    );
    assert_eq!(plan(&request).summary.kept, 3);
}

#[test]
fn with_a_morning_that_stays_dry_and_free_the_afternoon_moves_into_it() {
    let mut request = rainy(vec![job(1001, A, "2026-06-03 13:00", "2026-06-03 16:00")]);
    request.rain = vec![stretch("2026-06-03 12:00", "2026-06-04 00:00")];
    assert_eq!(moves(&request), ["1001 Wed 06-03 06:00 to Wed 06-03 09:00 by 1"]);
    request.strategy = Strategy::PullNothingForward;
    assert_eq!(moves(&request), ["1001 Thu 06-04 13:00 to Thu 06-04 16:00 by 1"]);
}

#[test]
fn what_is_fixed_gets_a_call_instead() {
    let with = |number, status, pinned| Job {
        status,
        pinned,
        ..job(number, number - 1000, "2026-06-03 06:00", "2026-06-03 14:00")
    };
    let mut jobs = vec![with(1001, Status::Confirmed, false), with(1002, Status::InProgress, false)];
    jobs.extend([
        with(1003, Status::Scheduled, true),
        with(1004, Status::Completed, false),
        with(1005, Status::Canceled, false),
    ]);
    let request = rainy(jobs);
    assert!(moves(&request).is_empty());
    let plan = plan(&request);
    let calls: Vec<_> = plan.needs_call.iter().map(|call| (call.job, call.fixed)).collect();
    assert_eq!(calls, [(id(1001), Fixed::Confirmed), (id(1002), Fixed::InProgress), (id(1003), Fixed::Pinned)]);
    assert_eq!(
        plan.needs_call[0].sentence,
        "The customer confirmed this date, and Wed, Jun 3 is rained out. Call them before moving it."
    );
    assert_eq!(plan.summary, Summary { hit: 3, needs_call: 3, ..Summary::default() });
}

#[test]
fn the_most_urgent_gets_the_nearest_day() {
    let mut request = rainy(vec![
        job(1001, A, "2026-06-03 06:00", "2026-06-03 16:00"),
        Job { priority: 5, ..job(1002, B, "2026-06-03 06:00", "2026-06-03 16:00") },
        Job { priority: 5, ..job(1003, C, "2026-06-03 06:00", "2026-06-03 16:00") },
    ]);
    for job in &mut request.jobs {
        job.crews = vec![id(A)];
    }
    request.not_before = at("2026-06-03 06:00");
    let expected = [
        "1002 Thu 06-04 06:00 to Thu 06-04 16:00 by 1",
        "1003 Fri 06-05 06:00 to Fri 06-05 16:00 by 1",
        "1001 Mon 06-08 06:00 to Mon 06-08 16:00 by 1",
    ];
    assert_eq!(moves(&request), expected);
}

#[test]
fn a_short_job_goes_behind_another_of_the_same_day() {
    let request = rainy(vec![
        job(1001, A, "2026-06-03 06:00", "2026-06-03 09:00"),
        Job { status: Status::Confirmed, ..job(1002, A, "2026-06-04 06:00", "2026-06-04 10:50") },
        Job { status: Status::Confirmed, ..job(1003, A, "2026-06-02 06:00", "2026-06-02 16:00") },
    ]);
    assert_eq!(moves(&request), ["1001 Thu 06-04 11:30 to Thu 06-04 14:30 by 1"], "half an hour to get there");
}

#[test]
fn another_crew_only_when_the_own_one_has_no_room_at_all() {
    let busy = |number, from: &str, until: &str| Job {
        status: Status::Confirmed,
        weather_dependent: false,
        ..job(number, A, from, until)
    };
    let mut request = rainy(vec![
        job(1001, A, "2026-06-03 06:00", "2026-06-03 16:00"),
        busy(1002, "2026-06-04 06:00", "2026-06-19 16:00"),
        busy(1003, "2026-06-02 06:00", "2026-06-02 16:00"),
    ]);
    request.may_change_crew = true;
    assert_eq!(moves(&request), ["1001 Mon 06-22 06:00 to Mon 06-22 16:00 by 1"], "late, but the same crew");
    request.horizon_days = 14;
    assert_eq!(moves(&request), ["1001 Thu 06-04 06:00 to Thu 06-04 16:00 by 2"]);
    let moved = plan(&request).moves.remove(0);
    assert_eq!(moved.sentence, "Rained out on Wed, Jun 3. Paving B does it, because its own crew has no room in time.");
    request.may_change_crew = false;
    assert_eq!(unplaced(&request), [1001]);
    let none = plan(&request).unplaced.remove(0);
    assert_eq!(none.sentence, "No day until Tue, Jun 16 has room: Paving A is on other jobs. Choose a day by hand.");
    assert_eq!(check(&request, &plan(&request)), []);
}

#[test]
fn absences_maintenance_and_closures_are_honored() {
    let mut request =
        rainy(vec![Job { machines: vec![id(PAVER)], ..job(1001, A, "2026-06-03 06:00", "2026-06-03 14:00") }]);
    request.not_before = at("2026-06-03 06:00");
    let block = |resource, during, kind| Blocked { resource, during, kind };
    request.blocked = vec![
        block(person(111), whole("2026-06-04"), BlockKind::TimeOff),
        block(machine(PAVER), stretch("2026-06-05 12:00", "2026-06-06 12:00"), BlockKind::Maintenance),
        block(person(112), stretch("2026-06-09 00:00", "2026-06-09 08:00"), BlockKind::Weekly),
    ];
    request.calendar = request.calendar.also_closed(&[whole("2026-06-08")]);
    assert_eq!(moves(&request), ["1001 Tue 06-09 08:00 to Tue 06-09 16:00 by 1"], "the paver is needed all Friday");
    let mut shorter = request.clone();
    shorter.jobs[0].end = at("2026-06-03 12:00");
    assert_eq!(moves(&shorter), ["1001 Fri 06-05 06:00 to Fri 06-05 12:00 by 1"]);
}

#[test]
fn who_was_away_on_the_old_date_as_well_does_not_hold_the_job_up() {
    let mut request = rainy(vec![job(1001, A, "2026-06-03 06:00", "2026-06-03 14:00")]);
    let leave = |from: &str, until: &str| Blocked {
        resource: person(111),
        during: stretch(from, until),
        kind: BlockKind::TimeOff,
    };
    request.blocked = vec![leave("2026-06-01 00:00", "2026-06-20 00:00")];
    assert_eq!(moves(&request), ["1001 Thu 06-04 06:00 to Thu 06-04 14:00 by 1"]);
    // Two separate leaves: the second is news.
    request.blocked =
        vec![leave("2026-06-02 00:00", "2026-06-04 00:00"), leave("2026-06-04 00:00", "2026-06-06 00:00")];
    assert_eq!(moves(&request), ["1001 Tue 06-02 06:00 to Tue 06-02 14:00 by 1"]);
    // A person named for the job by themselves is needed.
    request.jobs[0].people = vec![id(111)];
    request.jobs[0].crews = vec![id(B)];
    request.blocked = vec![leave("2026-06-01 00:00", "2026-06-08 00:00")];
    assert_eq!(moves(&request), ["1001 Mon 06-08 06:00 to Mon 06-08 14:00 by 2"]);
}

#[test]
fn a_crew_goes_on_without_who_is_gone_and_who_is_named_is_needed() {
    let mut request = rainy(vec![job(1001, A, "2026-06-03 06:00", "2026-06-03 14:00")]);
    let during = stretch("2026-01-01 00:00", "2027-01-01 00:00");
    let gone = |resource| Blocked { resource, during, kind: BlockKind::Gone };
    request.blocked = vec![gone(person(111)), gone(person(121))];
    assert_eq!(moves(&request), ["1001 Thu 06-04 06:00 to Thu 06-04 14:00 by 1"]);
    // Also a crew that stands in.
    let promised = |n: u128, day: &str| Job {
        status: Status::Confirmed,
        ..job(n, A, &format!("2026-06-{day} 06:00"), &format!("2026-06-{day} 16:00"))
    };
    request.horizon_days = 3;
    request.may_change_crew = true;
    request.jobs.extend([promised(1002, "02"), promised(1003, "04"), promised(1004, "05")]);
    assert_eq!(moves(&request), ["1001 Thu 06-04 06:00 to Thu 06-04 14:00 by 2"]);
    request.jobs.truncate(1);
    request.jobs[0].people = vec![id(111)];
    assert_eq!(unplaced(&request), [1001]);
    request.jobs[0].people.clear();
    request.jobs[0].machines = vec![id(PAVER)];
    request.blocked.push(gone(machine(PAVER)));
    assert_eq!(unplaced(&request), [1001]);
    let mut by_hand = plan(&request);
    let Unplaced { job, from, .. } = by_hand.unplaced.remove(0);
    let to = Slot { start: at("2026-06-04 06:00"), end: at("2026-06-04 14:00"), ..from.clone() };
    let (why, sentence) = (Why::ByHand, String::new());
    by_hand.moves.push(Move { job, from, to, why, sentence, days_later: 1, tell_customer: true });
    let found = check(&request, &by_hand);
    assert_eq!(found.iter().map(|f| f.kind).collect::<Vec<_>>(), [ViolationKind::Away]);
    assert_eq!(found[0].sentence, "This job: Paver 1 cannot be had until further notice.");
}

#[test]
fn a_late_riser_is_tolerated_as_before_but_not_more() {
    let mut request = rainy(vec![job(1001, A, "2026-06-03 06:00", "2026-06-03 14:00")]);
    request.not_before = at("2026-06-03 06:00");
    let weekly = |from: &str, until: &str| Blocked {
        resource: person(111),
        during: stretch(from, until),
        kind: BlockKind::Weekly,
    };
    request.blocked = vec![
        weekly("2026-06-03 00:00", "2026-06-03 06:30"),
        weekly("2026-06-04 00:00", "2026-06-04 06:31"),
        weekly("2026-06-04 12:00", "2026-06-05 06:30"),
    ];
    assert_eq!(moves(&request), ["1001 Fri 06-05 06:00 to Fri 06-05 14:00 by 1"]);
}

#[test]
fn days_recorded_as_rain_are_wet_and_displace_nothing_themselves() {
    // Wednesday was emptied before; now it rains on Thursday as well, and on Friday the crew is promised.
    let mut request = rainy(vec![
        job(1001, A, "2026-06-04 06:00", "2026-06-04 14:00"),
        Job { status: Status::Confirmed, ..job(1002, A, "2026-06-05 06:00", "2026-06-05 16:00") },
        job(1003, B, "2026-06-03 06:00", "2026-06-03 14:00"),
    ]);
    request.not_before = at("2026-06-03 06:00");
    request.rain = vec![whole("2026-06-04")];
    assert_eq!(moves(&request), ["1001 Wed 06-03 06:00 to Wed 06-03 14:00 by 1"]);
    request.recorded_rain = vec![whole("2026-06-03")];
    assert_eq!(moves(&request), ["1001 Mon 06-08 06:00 to Mon 06-08 14:00 by 1"], "and what lies in it stays there");
    let mut by_hand = plan(&request);
    by_hand.moves[0].to = Slot { start: at("2026-06-03 06:00"), end: at("2026-06-03 14:00"), crews: vec![id(A)] };
    let found = check(&request, &by_hand);
    assert_eq!(found.iter().map(|found| found.kind).collect::<Vec<_>>(), [ViolationKind::InRain]);
    assert_eq!(found[0].sentence, "This job would be done on Wed, Jun 3, and rain is recorded for that day.");
}

#[test]
fn what_rain_does_not_stop_may_go_where_rain_is_recorded() {
    let mut request = rainy(vec![
        job(1001, A, "2026-06-02 06:00", "2026-06-02 14:00"),
        Job { weather_dependent: false, ..job(1002, B, "2026-06-02 06:00", "2026-06-02 14:00") },
    ]);
    request.rain = vec![whole("2026-06-02")];
    request.recorded_rain = vec![whole("2026-06-03")];
    request.strategy = Strategy::PushAll { working_days: 1 };
    let expected = ["1002 Wed 06-03 06:00 to Wed 06-03 14:00 by 2", "1001 Thu 06-04 06:00 to Thu 06-04 14:00 by 1"];
    assert_eq!(moves(&request), expected);
}

#[test]
fn a_job_laid_around_recorded_rain_does_not_grow_by_it() {
    // Three days of work: Tuesday, Thursday and Friday, because it rained on Wednesday. Now Thursday is lost as well.
    let mut request = rainy(vec![job(1001, A, "2026-06-02 06:00", "2026-06-05 14:00")]);
    request.recorded_rain = vec![whole("2026-06-03")];
    request.rain = vec![whole("2026-06-04")];
    assert_eq!(moves(&request), ["1001 Tue 06-02 06:00 to Mon 06-08 14:00 by 1"]);
}

#[test]
fn a_job_over_days_keeps_their_number_and_skips_what_is_closed() {
    let mut request = rainy(vec![job(1001, A, "2026-06-02 07:00", "2026-06-04 15:00")]);
    assert_eq!(moves(&request), ["1001 Tue 06-02 07:00 to Fri 06-05 15:00 by 1"], "Tuesday, Thursday, Friday");
    request.rain = vec![Interval::new(whole("2026-06-02").start, whole("2026-06-03").end)];
    request.calendar = request.calendar.also_closed(&[whole("2026-06-08")]);
    assert_eq!(
        moves(&request),
        ["1001 Thu 06-04 07:00 to Tue 06-09 15:00 by 1"],
        "the weekend and a holiday in between"
    );
    // The rain was recorded as a closure already: the job still is three days long.
    request.calendar = calendar("12345").also_closed(&request.rain);
    assert_eq!(moves(&request), ["1001 Thu 06-04 07:00 to Mon 06-08 15:00 by 1"]);
}

#[test]
fn everything_is_pushed_together() {
    let mut request = rainy(vec![
        job(1001, A, "2026-06-02 06:00", "2026-06-02 14:00"),
        job(1002, A, "2026-06-03 06:00", "2026-06-03 14:00"),
        job(1003, A, "2026-06-04 06:00", "2026-06-04 14:00"),
        Job { weather_dependent: false, ..job(1004, A, "2026-06-05 06:00", "2026-06-05 14:00") },
        Job { status: Status::Confirmed, ..job(1005, B, "2026-06-05 06:00", "2026-06-05 14:00") },
        job(1006, B, "2026-06-04 06:00", "2026-06-04 14:00"),
    ]);
    request.strategy = Strategy::PushAll { working_days: 1 };
    let expected = [
        "1002 Thu 06-04 06:00 to Thu 06-04 14:00 by 1",
        "1003 Fri 06-05 06:00 to Fri 06-05 14:00 by 1",
        "1004 Mon 06-08 06:00 to Mon 06-08 14:00 by 1",
        "1006 Mon 06-08 06:00 to Mon 06-08 14:00 by 2",
    ];
    assert_eq!(moves(&request), expected, "the confirmed one stays, and 1006 goes around it");
    let sentences: Vec<String> = plan(&request).moves.into_iter().map(|moved| moved.sentence).collect();
    assert_eq!(sentences[0], "Pushed by 1 working day with everything else.");
    assert_eq!(sentences[3], "Pushed by more than 1 working day: there was no room on the day itself.");
    request.strategy = Strategy::PushAll { working_days: 0 };
    assert_eq!(moves(&request), ["1002 Mon 06-08 06:00 to Mon 06-08 14:00 by 1"], "nowhere, except what was hit");
}

#[test]
fn six_in_the_morning_stays_six_when_the_clocks_change() {
    // Every day is a working day, so that the Sundays of the change themselves are used.
    for (rain, expected) in [
        ("2026-03-07", "1001 Sun 03-08 06:00 to Sun 03-08 14:00 by 1"),
        ("2026-10-31", "1001 Sun 11-01 06:00 to Sun 11-01 14:00 by 1"),
    ] {
        let mut request = rainy(vec![job(1001, A, &format!("{rain} 06:00"), &format!("{rain} 14:00"))]);
        request.calendar = calendar("1234567");
        (request.rain, request.not_before) = (vec![whole(rain)], at(&format!("{rain} 00:00")));
        assert_eq!(moves(&request), [expected]);
        let moved = &plan(&request).moves[0];
        assert_eq!((moved.to.end - moved.to.start).num_hours(), 8);
    }
    // Rain on the 23-hour and on the 25-hour day hits from its first to its last hour.
    for (rain, from, until) in [("2026-03-08", "00:30", "01:30"), ("2026-11-01", "23:00", "23:45")] {
        let mut request = rainy(vec![job(1001, A, &format!("{rain} {from}"), &format!("{rain} {until}"))]);
        request.calendar = calendar("1234567");
        (request.rain, request.not_before) = (vec![whole(rain)], at(&format!("{rain} 00:00")));
        assert_eq!(plan(&request).summary.hit, 1, "{rain}");
        assert_eq!(plan(&request).summary.moved, 1, "night work keeps its hours");
    }
}

#[test]
fn a_night_job_that_the_clocks_swallow_goes_to_the_night_after() {
    // 2:15 to 3:05 does not exist on the 8th of March.
    let mut request = rainy(vec![job(1001, A, "2026-03-07 02:15", "2026-03-07 03:05")]);
    request.calendar = calendar("1234567");
    (request.rain, request.not_before) = (vec![whole("2026-03-07")], at("2026-03-07 00:00"));
    assert_eq!(moves(&request), ["1001 Mon 03-09 02:15 to Mon 03-09 03:05 by 1"]);
}
