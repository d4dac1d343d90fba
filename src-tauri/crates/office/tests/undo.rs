//! Several changes of one thing are taken back one after the other, and done again in turn.

#![allow(clippy::expect_used, clippy::unwrap_used, reason = "a failed step is a failed test")]

mod common;

use common::yard::{A, ANN, at, done, enter, to, yard};
use common::{Computer, promote};
use office::ErrorCode;
use office::view::{
    JobFilter, JobMove, JobVersion, MeInput, PersonInput, ResourceKind, ResourceRef, ScheduleJob, ScheduleQuery,
};
use uuid::Uuid;

async fn job(dana: &Computer, id: Uuid) -> ScheduleJob {
    let query = ScheduleQuery {
        from: "2027-06-01".parse().unwrap(),
        until: "2027-07-01".parse().unwrap(),
        filter: JobFilter::default(),
    };
    dana.office.schedule(&query).await.unwrap().jobs.into_iter().find(|j| j.id == id).unwrap()
}

/// Takes the newest back first, then does them again in turn; what is shown after each step.
async fn back_and_forth<T>(dana: &Computer, changes: &[Uuid], mut shown: impl AsyncFnMut() -> T) -> Vec<T> {
    let mut seen = vec![shown().await];
    let mut undone = Vec::new();
    for change in changes.iter().rev() {
        undone.push(dana.office.undo_change(*change).await.unwrap().change.id);
        seen.push(shown().await);
    }
    for change in undone.iter().rev() {
        dana.office.undo_change(*change).await.unwrap();
        seen.push(shown().await);
    }
    seen
}

#[tokio::test]
async fn a_job_moved_three_times_goes_all_the_way_back_and_forth() {
    let (_office, dana) = yard().await;
    let mut now = enter(&dana, A, "2027-06-07T06:00", "2027-06-07T14:00").await;
    let mut changes = Vec::new();
    for (start, end) in [
        ("2027-06-08T06:00", "2027-06-08T14:00"),
        ("2027-06-08T07:30", "2027-06-08T14:00"),
        ("2027-06-09T07:30", "2027-06-09T14:00"),
    ] {
        let (change, jobs) = done(dana.office.move_jobs(&[to(&now, start, end)], None, None).await.unwrap());
        changes.push(change);
        now = jobs.into_iter().next().unwrap();
    }
    let seen = back_and_forth(&dana, &changes, async || job(&dana, now.id).await.start).await;
    let days = ["2027-06-07T06:00", "2027-06-08T06:00", "2027-06-08T07:30", "2027-06-09T07:30"].map(at);
    assert_eq!(seen, [days[3], days[2], days[1], days[0], days[1], days[2], days[3]]);
    // What is not as it was left stays: three steps were done again, then somebody else moved it.
    let there = job(&dana, now.id).await;
    let other = JobMove { version: there.version, ..to(&there, "2027-06-10T06:00", "2027-06-10T14:00") };
    done(dana.office.move_jobs(&[other], None, None).await.unwrap());
    let page = dana.office.job_history(now.id).await.unwrap();
    assert!(page[0].can_undo && !page[1].can_undo);
}

#[tokio::test]
async fn entering_editing_and_canceling_a_job_go_back_in_turn() {
    let (_office, dana) = yard().await;
    let entered = enter(&dana, A, "2027-06-07T06:00", "2027-06-07T14:00").await;
    let mut edit = dana.office.job_edit(entered.id).await.unwrap();
    edit.input.instructions = Some("Gate code 4711".into());
    let edited = dana.office.save_job(entered.id, edit.version, &edit.input, None, None).await.unwrap();
    let (edited, jobs) = done(edited);
    let version = JobVersion { id: entered.id, version: jobs[0].version };
    let (canceled, _) = done(dana.office.set_job_status(&[version], "canceled", Some("Rain"), None).await.unwrap());
    let seen = back_and_forth(&dana, &[edited, canceled], async || {
        let edit = dana.office.job_edit(entered.id).await.unwrap();
        (edit.input.status, edit.input.instructions)
    })
    .await;
    let is = |status: &str, code: bool| (status.to_owned(), code.then(|| "Gate code 4711".to_owned()));
    assert_eq!(
        seen,
        [
            is("canceled", true),
            is("scheduled", true),
            is("scheduled", false),
            is("scheduled", true),
            is("canceled", true)
        ]
    );
}

#[tokio::test]
async fn settings_people_and_notes_go_back_in_turn() {
    let (office, dana) = yard().await;
    promote(&office).await;
    let o = &dana.office;

    let mut changes = Vec::new();
    for role in ["driver", "raker"] {
        let person = o.person_record(ANN).await.unwrap();
        let input = PersonInput {
            name: person.name,
            role: role.to_owned(),
            status: person.status,
            email: person.email,
            phone: person.phone,
            hire_date: person.hire_date,
            specializations: None,
            hours: None,
            certificates: None,
            keep_items: Vec::new(),
            leave_crews: None,
        };
        changes.push(o.save_person(Some(ANN), person.version, &input).await.unwrap().change.unwrap().id);
    }
    let seen = back_and_forth(&dana, &changes, async || o.person_record(ANN).await.unwrap().role).await;
    assert_eq!(seen, ["raker", "driver", "foreman", "driver", "raker"]);

    let mut changes = Vec::new();
    for zone in ["America/Denver", "America/Phoenix"] {
        let me = o.me().await.unwrap();
        let input = MeInput {
            name: me.name,
            email: me.email,
            phone: me.phone,
            time_zone: Some(zone.into()),
            quiet_from: None,
            quiet_until: None,
            version: me.version,
        };
        changes.push(o.save_me(&input).await.unwrap().change.unwrap().id);
    }
    let seen = back_and_forth(&dana, &changes, async || o.me().await.unwrap().time_zone).await;
    let zones = |all: [&str; 5]| all.map(|z| Some(z.to_owned()).filter(|z| !z.is_empty()));
    assert_eq!(seen, zones(["America/Phoenix", "America/Denver", "", "America/Denver", "America/Phoenix"]));

    let estimate = office.request_estimate("Smith & Sons <Lot 4>").await;
    let mut changes = Vec::new();
    for notes in ["Call before ten.", "Call before nine."] {
        let version = o.estimate(estimate).await.unwrap().version;
        changes.push(o.save_estimate_notes(estimate, notes, version).await.unwrap().change.unwrap().id);
    }
    let first = office.count("SELECT count(*) FROM estimates WHERE notes = 'Call before nine.'").await;
    assert_eq!(first, 1);
    let seen = back_and_forth(&dana, &changes, async || o.estimate(estimate).await.unwrap().notes).await;
    assert_eq!((seen[0].as_deref(), seen[1].as_deref()), (Some("Call before nine."), Some("Call before ten.")));
    assert_eq!((seen[2] != seen[1], &seen[3], &seen[4]), (true, &seen[1], &seen[0]));
}

#[tokio::test]
async fn a_job_dragged_out_of_a_clash_goes_back_into_it() {
    let (office, dana) = yard().await;
    let ours = enter(&dana, A, "2027-06-07T06:00", "2027-06-07T14:00").await;
    office
        .execute(&format!(
            "BEGIN; SET LOCAL app.source = 'calendly_webhook';
             INSERT INTO job_schedules (id, start_date, end_date, location_address, crew_assigned) VALUES
                 ('00000000-0000-4000-8000-0000000000f1', '2027-06-07T10:00-05:00', '2027-06-07T12:00-05:00', '1 Elm', '[\"{ANN}\"]');
             COMMIT"
        ))
        .await;
    let theirs = job(&dana, "00000000-0000-4000-8000-0000000000f1".parse().unwrap()).await;
    assert_eq!(theirs.clashes, 1);
    // Either of the two may be the one that is moved away.
    for one in [theirs.id, ours.id] {
        let before = job(&dana, one).await;
        let (change, _) = done(
            dana.office.move_jobs(&[to(&before, "2027-06-09T06:00", "2027-06-09T08:00")], None, None).await.unwrap(),
        );
        assert_eq!((job(&dana, ours.id).await.clashes, job(&dana, theirs.id).await.clashes), (0, 0));
        dana.office.undo_change(change).await.unwrap();
        let back = job(&dana, one).await;
        assert_eq!((back.start, back.clashes + back.overridden), (before.start, 1), "it stands there, marked");
    }
    // A clash that was not there before is refused as ever.
    let free = enter(&dana, A, "2027-06-10T06:00", "2027-06-10T14:00").await;
    let (change, _) =
        done(dana.office.move_jobs(&[to(&free, "2027-06-11T06:00", "2027-06-11T14:00")], None, None).await.unwrap());
    enter(&dana, A, "2027-06-10T06:00", "2027-06-10T14:00").await;
    let refused = dana.office.undo_change(change).await.unwrap_err();
    assert_eq!(refused.code, ErrorCode::Invalid);
    assert!(refused.message.contains("already on"), "{}", refused.message);
}

#[tokio::test]
async fn what_somebody_else_matched_since_is_not_taken_from_them() {
    let (office, dana) = yard().await;
    office
        .execute(
            "BEGIN; SET LOCAL app.source = 'mobile_app';
             INSERT INTO job_schedules (start_date, end_date, location_address, crew_assigned)
             VALUES (now() + interval '2 days', now() + interval '50 hours', '1 Elm', '[\"Big Bob\"]'); COMMIT",
        )
        .await;
    let person = |id| ResourceRef { kind: ResourceKind::Person, id };
    let bob = Uuid::from_u128(ANN.as_u128() + 1);
    let first = dana.office.match_name(false, "Big Bob", person(ANN)).await.unwrap().unwrap();
    dana.office.match_name(false, "Big Bob", person(bob)).await.unwrap().unwrap();
    let refused = dana.office.undo_change(first.id).await.unwrap_err();
    assert_eq!(refused.code, ErrorCode::VersionConflict, "{}", refused.message);
    let means = format!("SELECT count(*) FROM resource_aliases WHERE written = 'Big Bob' AND resource_id = '{bob}'");
    assert_eq!(office.count(&means).await, 1);
}
