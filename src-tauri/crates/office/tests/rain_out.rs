//! A rain-out against a real database: planned, edited, applied as one step, told to customers, undone.

#![allow(clippy::expect_used, clippy::unwrap_used, reason = "a failed step is a failed test")]

mod common;

use chrono::{DateTime, Days, Utc};
use common::rain::{Scene, agreed};
use common::yard::{A, ANN, PAVER, S, done};
use office::ErrorCode;
use office::view::{
    AgreedMove, JobCheck, JobMove, JobVersion, MessageInput, MessagesQuery, PlanStrategy, RainOut, RainRequest,
    ScheduleOutcome, WarningKind,
};
use uuid::Uuid;

#[tokio::test]
async fn a_rain_out_is_planned_applied_told_and_undone_as_one() {
    let scene = Scene::new().await;
    scene.office.execute("UPDATE contracts SET client_email = NULL").await;
    let hit = scene.job(A, 0, "").await;
    let tuesday = scene.job(A, 1, "").await;
    let promised = scene.job(S, 0, "UPDATE job_schedules SET status = 'confirmed' WHERE id = '$id'").await;
    let indoors = scene.job(S, 3, "UPDATE job_schedules SET weather_dependent = false WHERE id = '$id'").await;
    let before = scene.jobs().await;

    let plan = scene.dana.office.plan_rain_out(&scene.rain(&[0])).await.unwrap();
    assert_eq!(plan.kept.iter().map(|k| k.job.id).collect::<Vec<_>>(), [promised]);
    let ids: Vec<Uuid> = plan.moves.iter().map(|m| m.job.id).collect();
    assert!(ids.contains(&hit) && !ids.contains(&indoors), "{plan:?}");
    let first = plan.moves.iter().find(|m| m.job.id == hit).unwrap();
    assert!(first.hit && first.start.unwrap() > first.job.start && !first.why.is_empty());
    assert_eq!((first.tell.method.as_str(), first.tell.phone.as_deref()), ("phone", Some("630-555-0101")));
    assert_eq!(scene.jobs().await, before, "planning writes nothing");
    let again = scene.dana.office.plan_rain_out(&scene.rain(&[0])).await.unwrap();
    assert_eq!(again.moves, plan.moves, "the same question, the same plan");

    let moves: Vec<AgreedMove> = plan.moves.iter().map(agreed).collect();
    let problems = scene.dana.office.check_rain_out(&scene.rain(&[0]), &moves).await.unwrap();
    assert!(problems.iter().all(|p| !p.refuses), "{problems:?}");
    let (change, jobs) = done(scene.apply(scene.rain(&[0]), moves.clone()).await);
    assert_eq!(jobs.len(), moves.len());
    assert!(scene.jobs().await.iter().all(|j| j.clashes == 0));
    let rain_days = "SELECT count(*) FROM time_off WHERE kind = 'rain' AND crew_member_id IS NULL";
    assert_eq!(scene.office.count(rain_days).await, 1);
    let history = scene.dana.office.job_history(hit).await.unwrap();
    assert_eq!(history[0].reason.as_deref(), Some("Rain on Monday"));

    let query = MessagesQuery { change_id: Some(change), open: true };
    let messages = scene.dana.office.customer_messages(&query).await.unwrap();
    assert_eq!(messages.len(), moves.len() + 1, "everybody who moves, and the one who was promised the date");
    assert!(messages.iter().all(|m| m.state == "draft" && m.to_address.as_deref() == Some("630-555-0101")));
    assert!(messages.iter().any(|m| m.job.as_ref().is_some_and(|j| j.id == promised)));
    let one = &messages[0];
    let input = MessageInput {
        id: one.id,
        version: one.version,
        channel: one.channel.clone(),
        to_address: one.to_address.clone(),
        subject: None,
        body: one.body.clone(),
        state: "done".into(),
        note: Some("Reached <her>".into()),
    };
    let saved = scene.dana.office.save_message(&input).await.unwrap();
    assert_eq!((saved.state.as_str(), saved.note.as_deref()), ("done", Some("Reached <her>")));
    assert_eq!(scene.dana.office.save_message(&input).await.unwrap_err().code, ErrorCode::VersionConflict);

    let undone = scene.dana.office.undo_change(change).await.unwrap().change;
    assert_eq!(scene.one(hit).await.start, before.iter().find(|j| j.id == hit).unwrap().start);
    assert_eq!(scene.one(tuesday).await.start, before.iter().find(|j| j.id == tuesday).unwrap().start);
    assert_eq!(scene.office.count(rain_days).await, 0);
    let left = scene.dana.office.customer_messages(&query).await.unwrap();
    assert!(left.is_empty(), "nobody is told of what was taken back: {left:?}");
    let again = scene.dana.office.undo_change(undone.id).await.unwrap().change;
    assert_eq!(scene.office.count(rain_days).await, 1);
    let query = MessagesQuery { change_id: Some(again.id), open: true };
    assert_eq!(scene.dana.office.customer_messages(&query).await.unwrap().len(), messages.len() - 1);
}

#[tokio::test]
async fn a_plan_somebody_else_overtook_is_not_applied_in_part() {
    let scene = Scene::new().await;
    let (one, two) = (scene.job(A, 0, "").await, scene.job(S, 0, "").await);
    let plan = scene.dana.office.plan_rain_out(&scene.rain(&[0])).await.unwrap();
    let moves: Vec<AgreedMove> = plan.moves.iter().map(agreed).collect();
    assert_eq!(moves.len(), 2);
    scene.office.execute(&format!("UPDATE job_schedules SET priority_level = 5 WHERE id = '{one}'")).await;
    let ScheduleOutcome::Changed { jobs, .. } = scene.apply(scene.rain(&[0]), moves).await else { panic!() };
    assert_eq!(jobs.iter().map(|j| j.id).collect::<Vec<_>>(), [one]);
    assert_eq!(scene.one(two).await.version, 1);
    assert_eq!(scene.office.count("SELECT count(*) FROM time_off WHERE kind = 'rain'").await, 0);
}

#[tokio::test]
async fn an_edited_plan_that_double_books_is_told_and_refused() {
    let scene = Scene::new().await;
    let hit = scene.job(A, 0, "").await;
    let wednesday = scene.job(A, 2, "UPDATE job_schedules SET status = 'confirmed' WHERE id = '$id'").await;
    let (job, there) = (scene.one(hit).await, scene.one(wednesday).await);
    let onto = AgreedMove {
        job: JobMove { id: job.id, version: job.version, start: there.start, end: there.end, reassign: None },
        crews: None,
    };
    let request = scene.rain(&[0]);
    let problems = scene.dana.office.check_rain_out(&request, std::slice::from_ref(&onto)).await.unwrap();
    assert!(problems.iter().any(|p| p.job_id == hit && p.refuses), "{problems:?}");
    let ScheduleOutcome::Clashes { clashes } = scene.apply(request, vec![onto]).await else { panic!() };
    assert!(clashes.iter().all(|c| c.other_job_id == wednesday));
    assert_eq!(scene.office.count("SELECT count(*) FROM customer_messages").await, 0);
}

#[tokio::test]
async fn the_striping_follows_the_seal_coat_with_its_pause() {
    let scene = Scene::new().await;
    let seal = scene.job(A, 0, "").await;
    let stripe = scene
        .job(
            S,
            1,
            &format!("UPDATE job_schedules SET follows_job_id = '{seal}', follows_after_hours = 12 WHERE id = '$id'"),
        )
        .await;
    // On Friday before the rain the seal coat has room, and then the striping can stay.
    scene.job(A, 4, "UPDATE job_schedules SET start_date = start_date - interval '7 days', end_date = end_date - interval '7 days', status = 'confirmed' WHERE id = '$id'").await;
    for request in [scene.rain(&[0]), scene.best_fit(&[0])] {
        let plan = scene.dana.office.plan_rain_out(&request).await.unwrap();
        let (first, second) = (
            plan.moves.iter().find(|m| m.job.id == seal).unwrap(),
            plan.moves.iter().find(|m| m.job.id == stripe).expect("it is dragged along"),
        );
        assert!(!second.hit);
        assert!(second.start.unwrap() >= first.end.unwrap() + chrono::TimeDelta::hours(12));
    }
}

#[tokio::test]
async fn whoever_stays_in_the_rain_without_a_new_date_is_rung() {
    let scene = Scene::new().await;
    let office = &scene.dana.office;
    // Its paver is in the shop for good: it finds no place. The other one the person takes out of the plan.
    let stuck = scene.job(S, 0, "UPDATE job_schedules SET equipment_needed = '[\"Paver 1\"]' WHERE id = '$id'").await;
    let left = scene.job(A, 0, "UPDATE job_schedules SET start_date = start_date + interval '6 hours', end_date = end_date + interval '3 hours' WHERE id = '$id'").await;
    let moved =
        scene.job(A, 0, "UPDATE job_schedules SET end_date = start_date + interval '2 hours' WHERE id = '$id'").await;
    scene
        .office
        .execute(&format!(
            "INSERT INTO time_off (equipment_id, kind, during) VALUES ('{PAVER}', 'maintenance', tstzrange('{}', NULL))",
            scene.monday - Days::new(30)
        ))
        .await;
    let plan = office.plan_rain_out(&scene.best_fit(&[0])).await.unwrap();
    let placed: Vec<_> = plan.moves.iter().filter(|m| m.start.is_some() && m.job.id != left).map(agreed).collect();
    assert_eq!(placed.iter().map(|m| m.job.id).collect::<Vec<_>>(), [moved], "{plan:?}");
    assert!(plan.moves.iter().any(|m| m.job.id == stuck && m.start.is_none()));
    let (change, _) = done(scene.apply(scene.best_fit(&[0]), placed).await);

    let query = MessagesQuery { change_id: Some(change), open: true };
    let messages = office.customer_messages(&query).await.unwrap();
    let of = |id: Uuid| messages.iter().filter(|m| m.job.as_ref().is_some_and(|j| j.id == id)).collect::<Vec<_>>();
    assert_eq!(messages.len(), 3);
    for id in [stuck, left] {
        let [call] = of(id)[..] else { panic!("{messages:?}") };
        assert_eq!((call.channel.as_str(), call.to_address.as_deref()), ("phone", Some("630-555-0101")));
        assert!(call.body.contains("has no new date yet"), "{}", call.body);
    }
    assert!(of(moved)[0].body.contains("new date is"), "{}", of(moved)[0].body);
}

#[tokio::test]
async fn who_was_told_of_a_rain_out_that_is_undone_is_told_again() {
    let scene = Scene::new().await;
    let office = &scene.dana.office;
    let (told, waits) = (scene.job(A, 0, "").await, scene.job(S, 0, "").await);
    let old = scene.one(told).await.start;
    let plan = office.plan_rain_out(&scene.rain(&[0])).await.unwrap();
    let (change, _) = done(scene.apply(scene.rain(&[0]), plan.moves.iter().map(agreed).collect()).await);
    // By mail, as they like it; then it was sent.
    assert_eq!(scene.open_calls(told).await[0].channel, "email");
    let first = scene.ring(told).await;

    let undone = office.undo_change(change).await.unwrap().change;
    assert!(scene.open_calls(waits).await.is_empty(), "nobody told them anything");
    let [call] = &scene.open_calls(told).await[..] else { panic!() };
    assert_eq!((call.channel.as_str(), call.to_address.as_deref()), ("phone", Some("630-555-0101")));
    assert!(call.body.starts_with("The old date stands after all: the work at 12 Oak St is on Mon, "), "{}", call.body);
    let query = MessagesQuery { change_id: Some(undone.id), open: true };
    assert_eq!(office.customer_messages(&query).await.unwrap().len(), 1, "it tells of the undoing");

    // Nobody rang yet: done again and undone again there is one call, and the same.
    let again = office.undo_change(undone.id).await.unwrap().change;
    assert!(scene.open_calls(told).await.is_empty(), "they know the new date");
    assert_eq!(scene.open_calls(waits).await.len(), 1);
    let undone = office.undo_change(again.id).await.unwrap().change;
    assert_eq!(scene.open_calls(told).await.iter().map(|m| m.id).collect::<Vec<_>>(), [call.id]);
    assert_eq!(scene.one(told).await.start, old);

    // Now somebody rings: done again, they hear the new date again, and so on.
    scene.ring(told).await;
    let again = office.undo_change(undone.id).await.unwrap().change;
    assert_eq!(scene.open_calls(told).await[0].body, first);
    let undone = office.undo_change(again.id).await.unwrap().change;
    assert!(scene.open_calls(told).await.is_empty(), "the last they heard is the old date");
    let again = office.undo_change(undone.id).await.unwrap().change;
    assert_eq!(scene.ring(told).await, first);
    office.undo_change(again.id).await.unwrap();
    assert!(scene.ring(told).await.starts_with("The old date stands after all"));
}

#[tokio::test]
async fn nobody_is_planned_who_is_on_leave_without_end_or_gone() {
    let scene = Scene::new().await;
    let office = &scene.dana.office;
    let named = scene.job(A, 0, "").await;
    scene
        .office
        .execute(&format!(
            "UPDATE job_schedules SET crew_assigned = '[{{\"id\": \"{ANN}\"}}]' WHERE id = '{named}';
             UPDATE crew_members SET status = 'on_leave' WHERE id = '{ANN}'"
        ))
        .await;
    let with_paver = scene
        .job(S, 0, "UPDATE job_schedules SET equipment_needed = '[\"Paver 1\"]' WHERE id = '$id'; UPDATE equipment SET status = 'retired'")
        .await;
    // Ann's crew goes on without her.
    let crews = scene.job(A, 1, "UPDATE job_schedules SET contract_id = NULL WHERE id = '$id'").await;
    let plan = office.plan_rain_out(&scene.best_fit(&[0, 1])).await.unwrap();
    let placed = |id: Uuid| plan.moves.iter().find(|m| m.job.id == id).unwrap().start.is_some();
    assert_eq!((placed(named), placed(with_paver), placed(crews)), (false, false, true), "{plan:?}");
    // Promised for this date with them, it keeps what it has.
    scene.office.execute("UPDATE job_schedules SET status = 'confirmed'").await;
    let plan = office.plan_rain_out(&scene.best_fit(&[0, 1])).await.unwrap();
    assert_eq!((plan.moves.len(), plan.kept.len()), (0, 3));
}

#[tokio::test]
async fn a_day_recorded_as_rain_stays_wet_for_the_next_plan() {
    let scene = Scene::new().await;
    let office = &scene.dana.office;
    let wednesday = scene.job(A, 2, "").await;
    let thursday = scene.job(A, 3, "").await;
    // Of another customer: the jobs of one keep their order.
    scene.job(A, 4, "UPDATE job_schedules SET status = 'confirmed', contract_id = NULL WHERE id = '$id'").await;
    let plan = office.plan_rain_out(&scene.best_fit(&[2])).await.unwrap();
    assert_eq!(plan.moves.iter().map(|m| m.job.id).collect::<Vec<_>>(), [wednesday]);
    done(scene.apply(scene.best_fit(&[2]), plan.moves.iter().map(agreed).collect()).await);

    // Now Thursday is lost as well, Friday is promised, and Wednesday is empty: empty because it rains.
    let plan = office.plan_rain_out(&scene.best_fit(&[3])).await.unwrap();
    let lost = |day: DateTime<Utc>| day.date_naive() == scene.monday + Days::new(2);
    let to = plan.moves.iter().find(|m| m.job.id == thursday).unwrap();
    assert!(!lost(to.start.unwrap()), "{to:?}");
    let mut there = agreed(to);
    let day = chrono::TimeDelta::days(1);
    (there.job.start, there.job.end) = (to.job.start - day, to.job.end - day);
    let problems = office.check_rain_out(&scene.best_fit(&[3]), std::slice::from_ref(&there)).await.unwrap();
    assert!(problems.iter().any(|p| p.text.contains("rain is recorded for that day") && !p.refuses), "{problems:?}");

    let check = |weather_dependent| JobCheck {
        job_id: Some(thursday),
        start: there.job.start,
        end: there.job.end,
        reassign: None,
        words: None,
        weather_dependent,
    };
    let found = office.check_jobs(&[check(None), check(Some(false))]).await.unwrap();
    let warned = |n: usize| found[n].warnings.iter().find(|w| w.kind == WarningKind::RainRecorded);
    let day = (scene.monday + Days::new(2)).format("%a, %b %-d");
    assert_eq!(warned(0).unwrap().text, format!("Rain is recorded for {day}"));
    assert!(warned(1).is_none(), "what rain does not stop may go there");
}

#[tokio::test]
async fn bad_requests_get_a_sentence_at_their_field() {
    let scene = Scene::new().await;
    let field =
        async |request: RainRequest| scene.dana.office.plan_rain_out(&request).await.unwrap_err().field.unwrap();
    assert_eq!(field(scene.rain(&[])).await, "days");
    assert_eq!(field(RainRequest { from_time: Some("noon".into()), ..scene.rain(&[0]) }).await, "from_time");
    let push = RainRequest { strategy: PlanStrategy::PushAll, push_days: 0, ..scene.rain(&[0]) };
    assert_eq!(field(push).await, "push_days");
    let job = scene.job(A, 0, "").await;
    let plan = scene.dana.office.plan_rain_out(&scene.rain(&[0])).await.unwrap();
    let moves = plan.moves.iter().map(agreed).collect();
    let silent = RainOut { request: scene.rain(&[0]), moves, reason: "  ".into(), override_reason: None };
    assert_eq!(scene.dana.office.apply_rain_out(&silent).await.unwrap_err().field.as_deref(), Some("reason"));
    // From noon on the morning's work stands.
    let noon = RainRequest { from_time: Some("14:00".into()), ..scene.rain(&[0]) };
    assert!(scene.dana.office.plan_rain_out(&noon).await.unwrap().moves.is_empty());
    // Pinned by the office: it is told, not moved.
    let version = scene.one(job).await.version;
    scene.dana.office.pin_jobs(&[JobVersion { id: job, version }], true).await.unwrap();
    let plan = scene.dana.office.plan_rain_out(&scene.rain(&[0])).await.unwrap();
    assert_eq!((plan.moves.len(), plan.kept.len()), (0, 1));
}
