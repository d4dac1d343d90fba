//! Plans that a person edited.

use super::world::*;
use crate::job_status::Status;
use crate::planning::*;

/// Two rained-out jobs of crew A, a confirmed one of crew B on Friday.
fn request() -> Request {
    let mut request = rainy(vec![
        job(1001, A, "2026-06-03 06:00", "2026-06-03 11:00"),
        job(1002, A, "2026-06-03 11:00", "2026-06-03 16:00"),
        Job { status: Status::Confirmed, ..job(1003, B, "2026-06-05 06:00", "2026-06-05 14:00") },
    ]);
    request.names.insert(id(1001), "Oak Street".into());
    request.names.insert(id(1002), "Elm & Sons <Lot 4>".into());
    request
}

/// What the checker says once the first job of the plan is put there.
fn edited(request: &Request, from: &str, until: &str, crew: u128) -> Vec<(ViolationKind, String)> {
    let mut plan = plan(request);
    let first = plan.moves.iter_mut().find(|moved| moved.job == id(1001)).unwrap();
    first.to = Slot { start: at(from), end: at(until), crews: vec![id(crew)] };
    first.why = Why::ByHand;
    check(request, &plan).into_iter().map(|found| (found.kind, found.sentence)).collect()
}

fn says(found: &[(ViolationKind, String)], kind: ViolationKind, sentence: &str) {
    assert_eq!(found, [(kind, sentence.to_owned())]);
}

#[test]
fn a_good_edit_is_fine() {
    assert_eq!(edited(&request(), "2026-06-08 09:00", "2026-06-08 14:00", A), []);
}

#[test]
fn every_broken_rule_is_said_once_and_plainly() {
    use ViolationKind as Kind;
    let request = request();
    let edited = |from: &str, until: &str, crew| edited(&request, from, until, crew);
    says(
        &edited("2026-06-04 10:00", "2026-06-04 15:00", A),
        Kind::Clash,
        "Oak Street and Elm & Sons <Lot 4> would both have Paving A on Thu, Jun 4 at 11:00 AM.",
    );
    says(
        &edited("2026-06-03 06:00", "2026-06-03 11:00", A),
        Kind::InRain,
        "Oak Street would be done in the rain on Wed, Jun 3.",
    );
    says(
        &edited("2026-06-06 06:00", "2026-06-06 11:00", A),
        Kind::Closed,
        "Oak Street would be done on Sat, Jun 6, when the office is closed.",
    );
    says(
        &edited("2026-06-08 13:00", "2026-06-08 18:00", A),
        Kind::OutOfHours,
        "Oak Street would be done outside the working hours, starting Mon, Jun 8 at 1:00 PM.",
    );
    says(
        &edited("2026-06-08 06:00", "2026-06-09 11:00", A),
        Kind::LengthChanged,
        "Oak Street would get 2 working days instead of 1.",
    );
    says(
        &edited("2026-06-08 06:00", "2026-06-08 11:00", C),
        Kind::OtherCrew,
        "Oak Street would go to Sealcoat, which was not meant to stand in.",
    );
    says(&edited("2026-06-08 11:00", "2026-06-08 06:00", A), Kind::BadTimes, "Oak Street would end before it starts.");
    says(
        &edited("2026-06-01 06:00", "2026-06-01 11:00", A),
        Kind::OutOfHorizon,
        "Oak Street would start on Mon, Jun 1 at 6:00 AM, which is too early to get ready for.",
    );
    says(
        &edited("2026-06-24 06:00", "2026-06-24 11:00", A),
        Kind::OutOfHorizon,
        "Oak Street would end after Tue, Jun 23, the last day of this plan.",
    );
}

#[test]
fn absences_order_and_the_strategy_are_checked() {
    use ViolationKind as Kind;
    let mut request = request();
    request.blocked = vec![Blocked { resource: person(111), during: whole("2026-06-08"), kind: BlockKind::TimeOff }];
    says(
        &edited(&request, "2026-06-08 06:00", "2026-06-08 11:00", A),
        Kind::Away,
        "Oak Street: Dan Weber has time off then.",
    );
    request.blocked.clear();
    request.strategy = Strategy::PullNothingForward;
    says(
        &edited(&request, "2026-06-02 06:00", "2026-06-02 11:00", A),
        Kind::PulledForward,
        "Oak Street would start earlier than it did, on Tue, Jun 2 at 6:00 AM.",
    );
    request.strategy = Strategy::BestFit;
    request.jobs[1].follows = Some(Follows { job: id(1001), lag_hours: 1 });
    says(
        &edited(&request, "2026-06-08 06:00", "2026-06-08 11:00", A),
        Kind::Order,
        "Elm & Sons <Lot 4> has to start an hour after Oak Street ends, on Mon, Jun 8 at 11:00 AM.",
    );
}

#[test]
fn a_clash_with_what_does_not_move_names_the_other_job() {
    let mut request = request();
    request.may_change_crew = true;
    let mut plan = plan(&request);
    plan.moves[0].to = Slot { start: at("2026-06-05 08:00"), end: at("2026-06-05 13:00"), crews: vec![id(B)] };
    let found = check(&request, &plan);
    assert_eq!(found.len(), 1, "{found:?}");
    assert_eq!((found[0].other, found[0].severity), (Some(id(1003)), Severity::Stops));
    assert_eq!(found[0].resource, Some(Resource { kind: ResourceKind::Crew, id: id(B) }));
    assert_eq!(found[0].sentence, "Oak Street and another job would both have Paving B on Fri, Jun 5 at 8:00 AM.");
}

#[test]
fn what_does_not_add_up_stops_the_plan() {
    use ViolationKind as Kind;
    let request = request();
    let good = plan(&request);
    let kinds = |plan: &Plan| -> Vec<Kind> {
        let found = check(&request, plan);
        assert!(found.iter().all(|found| found.severity == Severity::Stops), "{found:?}");
        found.iter().map(|found| found.kind).collect()
    };
    let mut edited = good.clone();
    edited.moves.remove(0);
    assert_eq!(kinds(&edited), [Kind::Forgotten]);
    edited = good.clone();
    edited.moves.push(edited.moves[0].clone());
    assert_eq!(kinds(&edited), [Kind::SaidTwice]);
    edited = good.clone();
    edited.moves[0].job = id(77);
    assert_eq!(kinds(&edited), [Kind::UnknownJob, Kind::Forgotten]);
    edited = good.clone();
    edited.moves[0].from.start = at("2026-06-03 06:30");
    assert_eq!(kinds(&edited), [Kind::ChangedMeanwhile]);
    edited = good.clone();
    let from = Slot { start: at("2026-06-05 06:00"), end: at("2026-06-05 14:00"), crews: vec![id(B)] };
    let to = Slot { start: at("2026-06-08 06:00"), end: at("2026-06-08 14:00"), crews: vec![id(B)] };
    edited.moves.push(Move { job: id(1003), from, to, ..edited.moves[0].clone() });
    assert_eq!(kinds(&edited), [Kind::MovesFixed]);
    edited = good;
    let unplaced = Unplaced {
        job: id(1001),
        from: edited.moves[0].from.clone(),
        hit: true,
        reason: NoPlace::NoWorkingDays,
        sentence: String::new(),
    };
    edited.unplaced.push(unplaced.clone());
    assert_eq!(kinds(&edited), [Kind::SaidTwice]);
    edited.moves.retain(|moved| moved.job != id(1001));
    assert_eq!(kinds(&edited), []);
}

#[test]
fn clashes_that_were_there_before_are_not_the_plans_fault() {
    let mut request = request();
    request.jobs.push(job(1004, B, "2026-06-05 06:00", "2026-06-05 12:00"));
    assert_eq!(moves(&request).len(), 2);
}
