//! A rain-out where others were at work meanwhile: crews written in odd ways, rain days and drafts changed since.

#![allow(clippy::expect_used, clippy::unwrap_used, reason = "a failed step is a failed test")]

mod common;

use std::time::Duration;

use chrono::TimeDelta;
use common::rain::{Scene, agreed};
use common::yard::{A, S, done};
use office::ErrorCode;
use office::view::{AgreedMove, JobMove, MessageInput, ScheduleJob, ScheduleOutcome};
use sqlx::AssertSqlSafe;
use uuid::Uuid;

const RAIN_DAYS: &str = "SELECT count(*) FROM time_off WHERE kind = 'rain' AND crew_member_id IS NULL";

/// It stays where it is, with these crews.
fn with_crews(job: &ScheduleJob, crews: &[Uuid]) -> AgreedMove {
    let there = JobMove { id: job.id, version: job.version, start: job.start, end: job.end, reassign: None };
    AgreedMove { job: there, crews: Some(crews.to_vec()) }
}

async fn crew_column(scene: &Scene, job: Uuid) -> serde_json::Value {
    let query = format!("SELECT crew_assigned FROM job_schedules WHERE id = '{job}'");
    sqlx::query_scalar(AssertSqlSafe(query)).fetch_one(scene.office.keeper().await).await.unwrap()
}

#[tokio::test]
async fn changing_crews_leaves_the_other_words_of_the_column() {
    let scene = Scene::new().await;
    let b = Uuid::from_u128(0xb);
    scene.office.execute(&format!("INSERT INTO crews (id, name) VALUES ('{b}', 'Paving B')")).await;
    let written = |column: String| format!("UPDATE job_schedules SET crew_assigned = '{column}' WHERE id = '$id'");
    let twice = scene.job(A, 0, &written(r#"["Paving A", "two rakers", {"crew": "Paving A"}]"#.into())).await;
    let three =
        scene.job(A, 2, &written(format!(r#"["Paving A", {{"id": "{S}"}}, {{"id": "{b}", "since": 7}}]"#))).await;
    let moves = vec![with_crews(&scene.one(twice).await, &[b]), with_crews(&scene.one(three).await, &[b])];
    let (change, _) = done(scene.apply(scene.rain(&[0]), moves).await);
    assert_eq!(crew_column(&scene, twice).await, serde_json::json!([{"id": b, "name": "Paving B"}, "two rakers"]));
    assert_eq!(crew_column(&scene, three).await, serde_json::json!([{"id": b, "since": 7}]));
    scene.dana.office.undo_change(change).await.unwrap();

    // What comes and stays, comes once; what nobody takes off is left as it was written.
    let moves = vec![with_crews(&scene.one(twice).await, &[A, S]), with_crews(&scene.one(three).await, &[])];
    done(scene.apply(scene.rain(&[0]), moves).await);
    let expected = serde_json::json!(["Paving A", "two rakers", {"crew": "Paving A"}, {"id": S, "name": "Sealcoat"}]);
    assert_eq!(crew_column(&scene, twice).await, expected);
    assert_eq!(crew_column(&scene, three).await, serde_json::json!([]));
}

#[tokio::test]
async fn a_rain_day_that_somebody_changed_since_is_not_taken_back() {
    let scene = Scene::new().await;
    let office = &scene.dana.office;
    let hit = scene.job(A, 0, "").await;
    let plan = office.plan_rain_out(&scene.rain(&[0])).await.unwrap();
    let (change, _) = done(scene.apply(scene.rain(&[0]), plan.moves.iter().map(agreed).collect()).await);
    let moved = scene.one(hit).await;
    let keep = "CREATE TABLE as_it_was AS SELECT id, during, note FROM time_off WHERE kind = 'rain'";
    scene.office.execute(keep).await;
    let edits = [
        "note = 'Only a shower'",
        "during = tstzrange(lower(during), NULL)",
        "during = tstzrange(NULL, upper(during))",
    ];
    for edit in edits {
        scene.office.execute(&format!("UPDATE time_off SET {edit} WHERE kind = 'rain'")).await;
        let error = office.undo_change(change).await.unwrap_err();
        assert_eq!(error.code, ErrorCode::VersionConflict, "{edit}: {error:?}");
        let named = format!("The rain day of {}", scene.monday.format("%a, %b %-d"));
        let ends = "was changed since. Undoing would write over that, so nothing was changed.";
        assert!(error.message.starts_with(&named) && error.message.ends_with(ends), "{}", error.message);
        assert_eq!((scene.office.count(RAIN_DAYS).await, scene.one(hit).await.start), (1, moved.start));
        let back = "UPDATE time_off t SET during = o.during, note = o.note FROM as_it_was o WHERE t.id = o.id";
        scene.office.execute(back).await;
    }

    // It is as it was left again, and done again it has its note again.
    let undone = office.undo_change(change).await.unwrap().change;
    assert_eq!(scene.office.count(RAIN_DAYS).await, 0);
    let again = office.undo_change(undone.id).await.unwrap().change;
    let same = "SELECT count(*) FROM time_off t JOIN as_it_was o USING (during) WHERE t.note = 'Rain on Monday' AND o.note = t.note";
    assert_eq!(scene.office.count(same).await, 1);

    // Somebody took it off already: there is nothing of theirs to write over.
    scene.office.execute("DELETE FROM time_off WHERE kind = 'rain'").await;
    let undone = office.undo_change(again.id).await.unwrap().change;
    office.undo_change(undone.id).await.unwrap();
    assert_eq!(scene.office.count(RAIN_DAYS).await, 0);
}

#[tokio::test]
async fn a_draft_that_a_person_dropped_stays_dropped() {
    let scene = Scene::new().await;
    let office = &scene.dana.office;
    let (one, two) = (scene.job(A, 0, "").await, scene.job(S, 0, "").await);
    let plan = office.plan_rain_out(&scene.rain(&[0])).await.unwrap();
    let (change, _) = done(scene.apply(scene.rain(&[0]), plan.moves.iter().map(agreed).collect()).await);
    let draft = scene.open_calls(one).await.remove(0);
    let input = MessageInput {
        id: draft.id,
        version: draft.version,
        channel: draft.channel,
        to_address: draft.to_address,
        subject: draft.subject,
        body: draft.body,
        state: "dropped".into(),
        note: None,
    };
    office.save_message(&input).await.unwrap();
    let undone = office.undo_change(change).await.unwrap().change;
    assert!(scene.open_calls(two).await.is_empty());
    office.undo_change(undone.id).await.unwrap();
    assert_eq!(scene.open_calls(two).await.len(), 1);
    assert!(scene.open_calls(one).await.is_empty(), "nobody wanted to tell them");
}

#[tokio::test]
async fn whoever_is_to_be_rung_already_is_not_put_on_the_list_twice() {
    let scene = Scene::new().await;
    let promised = scene.job(A, 0, "UPDATE job_schedules SET status = 'confirmed' WHERE id = '$id'").await;
    let left = scene.job(S, 0, "").await;
    done(scene.apply(scene.rain(&[0]), Vec::new()).await);
    let ScheduleOutcome::Done { change, .. } = scene.apply(scene.rain(&[0]), Vec::new()).await else { panic!() };
    assert_eq!(change, None, "all of it is recorded");
    for job in [promised, left] {
        assert_eq!(scene.open_calls(job).await.len(), 1);
    }
    // Rung about Monday, and it rains on: they hear it again. And of another day as well.
    scene.ring(promised).await;
    scene
        .office
        .execute(&format!(
            "UPDATE job_schedules SET start_date = start_date + interval '1 day', end_date = end_date + interval '1 day'
              WHERE id = '{left}'"
        ))
        .await;
    done(scene.apply(scene.rain(&[0, 1]), Vec::new()).await);
    assert_eq!(scene.open_calls(promised).await.len(), 1);
    assert_eq!(scene.open_calls(left).await.len(), 2);
}

#[tokio::test]
async fn the_call_about_a_fixed_job_says_what_holds_it() {
    let scene = Scene::new().await;
    let set = |what: &str| format!("UPDATE job_schedules SET {what} WHERE id = '$id'");
    let jobs = [
        (
            scene.job(A, 0, &set("status = 'confirmed'")).await,
            "is promised and was not moved. Agree on a new date with them.",
        ),
        (scene.job(S, 0, &set("pinned = true")).await, "is pinned and was not moved. Agree on a new date with them."),
        (
            scene.job(A, 1, &set("status = 'in_progress'")).await,
            "is in progress and was not moved. Tell them that it goes on later.",
        ),
    ];
    done(scene.apply(scene.rain(&[0, 1]), Vec::new()).await);
    for (job, said) in jobs {
        let calls = scene.open_calls(job).await;
        let [call] = &calls[..] else { panic!("{calls:?}") };
        assert!(
            call.body.starts_with("Rain on Monday: the work at 12 Oak St on ") && call.body.ends_with(said),
            "{}",
            call.body
        );
    }
}

#[tokio::test]
async fn nobody_waits_for_a_job_while_the_plan_is_made() {
    let scene = Scene::new().await;
    let hit = scene.job(A, 0, "").await;
    let plan = scene.dana.office.plan_rain_out(&scene.rain(&[0])).await.unwrap();
    let moves = plan.moves.iter().map(agreed).collect();
    // The plan needs who is in the crews, and has to wait for it.
    let mut slow = scene.office.keeper().await.begin().await.unwrap();
    sqlx::query("LOCK TABLE crew_memberships IN ACCESS EXCLUSIVE MODE").execute(&mut *slow).await.unwrap();
    let colleague = async {
        let waits = "SELECT count(*) FROM pg_locks WHERE NOT granted AND relation = 'crew_memberships'::regclass";
        while scene.office.count(waits).await == 0 {
            tokio::time::sleep(Duration::from_millis(20)).await;
        }
        let mut free = scene.office.keeper().await.begin().await.unwrap();
        let lock = format!("SELECT FROM job_schedules WHERE id = '{hit}' FOR UPDATE NOWAIT");
        let locked = sqlx::query(AssertSqlSafe(lock)).execute(&mut *free).await;
        drop(free);
        slow.rollback().await.unwrap();
        locked.map(|_| ())
    };
    let together = tokio::time::timeout(Duration::from_secs(30), async {
        tokio::join!(scene.apply(scene.rain(&[0]), moves), colleague)
    });
    let (outcome, locked) = Box::pin(together).await.expect("the plan is made");
    locked.expect("somebody else can edit the job");
    done(outcome);
    assert!(scene.one(hit).await.start > plan.moves[0].job.start + TimeDelta::hours(12));
}
