//! Nobody is in conflict with themselves: what a change or an undo answers is enough to go on from, and the core knows
//! one's own changes from those of others.

#![allow(clippy::expect_used, clippy::unwrap_used, reason = "a failed step is a failed test")]

mod common;

use common::yard::{A, ANN, PAVER, at, done, enter, to, yard};
use common::{Computer, promote};
use office::ErrorCode;
use office::view::{
    ChangeRef, CompanyInput, CrewInput, JobMove, JobVersion, MachineInput, MeInput, PersonInput, ScheduleJob,
    ScheduleOutcome, TimeOffInput, Written,
};
use uuid::Uuid;

/// What a change of one row says of it.
fn wrote(change: Option<&ChangeRef>) -> Written {
    let [one] = change.unwrap().wrote[..] else { panic!("{change:?}") };
    one
}

/// The undo of a change, its redo and so on: each over the version that the one before made.
async fn chain(dana: &Computer, change: &ChangeRef, id: Uuid) {
    let first = wrote(Some(change));
    assert_eq!((first.id, first.over + 1), (id, first.version));
    let undone = dana.office.undo_change(change.id).await.unwrap().change;
    let second = wrote(Some(&undone));
    assert_eq!((second.id, second.over, second.version), (id, first.version, first.version + 1));
    let again = dana.office.undo_change(undone.id).await.unwrap().change;
    let third = wrote(Some(&again));
    assert_eq!((third.id, third.over), (id, second.version));
}

#[tokio::test]
async fn an_undo_answers_with_the_job_as_it_leaves_it() {
    let (_office, dana) = yard().await;
    let job = enter(&dana, A, "2027-06-07T06:00", "2027-06-07T14:00").await;
    let steps = [to(&job, "2027-06-08T06:00", "2027-06-08T14:00")];
    let ScheduleOutcome::Done { change, jobs } = dana.office.move_jobs(&steps, None, None).await.unwrap() else {
        panic!("not moved")
    };
    let (change, moved) = (change.unwrap(), &jobs[0]);
    assert_eq!(change.wrote, [Written { id: job.id, over: job.version, version: moved.version }]);
    let undone = dana.office.undo_change(change.id).await.unwrap();
    let [back] = &undone.jobs[..] else { panic!("{undone:?}") };
    assert_eq!((back.id, back.start, back.version), (job.id, job.start, moved.version + 1));
    assert_eq!(undone.change.wrote, [Written { id: job.id, over: moved.version, version: back.version }]);
    // A line of the history, too.
    let line = dana.office.job_history(job.id).await.unwrap().remove(0);
    let again = dana.office.undo_change(line.id).await.unwrap();
    assert_eq!((again.jobs[0].start, again.jobs[0].version), (moved.start, back.version + 1));
    // Moved again over what was seen before all of that: it is all one's own.
    let stale = to(&job, "2027-06-09T06:00", "2027-06-09T14:00");
    let (_, jobs) = done(dana.office.move_jobs(&[stale], None, None).await.unwrap());
    assert_eq!(jobs[0].start, at("2027-06-09T06:00"));
}

#[tokio::test]
async fn what_others_did_in_between_is_asked_about_and_they_are_named() {
    let (office, dana) = yard().await;
    let job = enter(&dana, A, "2027-06-07T06:00", "2027-06-07T14:00").await;
    let seen = [to(&job, "2027-06-08T06:00", "2027-06-08T14:00")];
    done(dana.office.move_jobs(&seen, None, None).await.unwrap());
    office
        .execute(&format!(
            "INSERT INTO app_users (user_id, name) VALUES ('tom', 'Tom Neff'); BEGIN; SELECT set_config('app.current_user', 'tom', true);
             UPDATE job_schedules SET special_instructions = 'Gate code' WHERE id = '{}'; COMMIT",
            job.id
        ))
        .await;
    // Oneself was the last to change it: Tom is named all the same.
    let now: ScheduleJob = {
        let outcome = dana.office.move_jobs(&seen, None, None).await.unwrap();
        let ScheduleOutcome::Changed { mut jobs, by, .. } = outcome else { panic!("{outcome:?}") };
        assert_eq!(by.as_deref(), Some("Tom Neff"));
        jobs.remove(0)
    };
    let (change, _) =
        done(dana.office.pin_jobs(&[JobVersion { id: job.id, version: now.version }], true).await.unwrap());
    let outcome = dana.office.move_jobs(&seen, None, None).await.unwrap();
    let ScheduleOutcome::Changed { by, .. } = outcome else { panic!("{outcome:?}") };
    assert_eq!(by.as_deref(), Some("Tom Neff"));
    // What holds the whole job, a form, is told even of one's own: it takes it over and is sent again.
    let edit = dana.office.job_edit(job.id).await.unwrap();
    let ours = JobMove { version: edit.version, ..to(&job, "2027-06-09T06:00", "2027-06-09T14:00") };
    done(dana.office.move_jobs(&[ours], None, None).await.unwrap());
    let late = dana.office.save_job(job.id, edit.version - 1, &edit.input, None, None).await.unwrap();
    assert!(matches!(late, ScheduleOutcome::Changed { .. }), "{late:?}");
    // An undo over one's own later change says so.
    let later = to(&job, "2027-06-10T06:00", "2027-06-10T14:00");
    done(dana.office.move_jobs(&[JobMove { version: edit.version, ..later }], None, None).await.unwrap());
    let refused = dana.office.undo_change(change).await.unwrap_err();
    assert_eq!(refused.code, ErrorCode::VersionConflict);
    assert!(refused.message.starts_with("You yourself changed"), "{}", refused.message);
}

#[tokio::test]
async fn every_kind_of_edit_says_which_versions_it_made() {
    let (office, dana) = yard().await;
    promote(&office).await;
    let o = &dana.office;

    let person = o.person_record(ANN).await.unwrap();
    let input = PersonInput {
        name: person.name,
        role: "driver".into(),
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
    let saved = o.save_person(Some(ANN), person.version, &input).await.unwrap();
    chain(&dana, &saved.change.unwrap(), ANN).await;

    let crew = o.crew_record(A).await.unwrap();
    let input = CrewInput { name: "Paving Z".into(), color: None, status: crew.status, notes: None };
    let saved = o.save_crew(Some(A), crew.version, &input).await.unwrap();
    chain(&dana, &saved.change.unwrap(), A).await;

    let machine = o.machine_record(PAVER).await.unwrap();
    let input = MachineInput { name: "Paver 9".into(), kind: machine.kind, status: machine.status, notes: None };
    let saved = o.save_machine(Some(PAVER), machine.version, &input).await.unwrap();
    chain(&dana, &saved.change.unwrap(), PAVER).await;

    let off = TimeOffInput {
        id: None,
        version: 0,
        person_id: Some(ANN),
        machine_id: None,
        kind: "leave".into(),
        from: "2027-07-01".parse().unwrap(),
        from_time: None,
        until: Some("2027-07-02".parse().unwrap()),
        until_time: None,
        note: None,
    };
    let entered = o.save_time_off(&off).await.unwrap();
    let first = wrote(entered.change.as_ref());
    assert_eq!((first.id, first.over, first.version), (entered.id, 0, entered.version));
    let longer = TimeOffInput {
        id: Some(entered.id),
        version: entered.version,
        until: Some("2027-07-03".parse().unwrap()),
        ..off
    };
    let saved = o.save_time_off(&longer).await.unwrap();
    chain(&dana, &saved.change.unwrap(), entered.id).await;

    let me = o.me().await.unwrap();
    let input = MeInput {
        name: me.name,
        email: me.email,
        phone: Some("630-555-0100".into()),
        time_zone: None,
        quiet_from: None,
        quiet_until: None,
        version: me.version,
    };
    let saved = o.save_me(&input).await.unwrap();
    chain(&dana, &saved.change.unwrap(), me.id).await;

    let estimate = office.request_estimate("Smith & Sons <Lot 4>").await;
    let version = o.estimate(estimate).await.unwrap().version;
    let saved = o.save_estimate_notes(estimate, "Call before ten.", version).await.unwrap();
    chain(&dana, &saved.change.unwrap(), estimate).await;

    // The company's settings are several rows under one version.
    let c = o.company().await.unwrap();
    let input = CompanyInput {
        name: "Smith & Sons <Lot 4>".into(),
        letterhead: c.letterhead,
        address: c.address,
        phone: "630-555-0100".into(),
        email: c.email,
        website: c.website,
        license: c.license,
        time_zone: c.time_zone,
        working_days: c.working_days,
        work_from: c.work_from,
        work_until: c.work_until,
        offline_readable_days: c.offline_readable_days,
        offline_refused_days: c.offline_refused_days,
        support_name: c.support_name,
        support_phone: c.support_phone,
        support_email: c.support_email,
        version: c.version,
    };
    let saved = o.save_company(&input).await.unwrap();
    let first = wrote(saved.change.as_ref());
    assert_eq!(first, Written { id: Uuid::nil(), over: c.version, version: saved.company.version });
    let undone = o.undo_change(saved.change.unwrap().id).await.unwrap().change;
    let second = wrote(Some(&undone));
    assert_eq!((second.over, second.version), (first.version, o.company().await.unwrap().version));
}
