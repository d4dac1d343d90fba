//! Scheduling against a real database: moving, refusing, overriding, undoing, two people, other programs.

#![allow(clippy::expect_used, clippy::unwrap_used, reason = "a failed step is a failed test")]

mod common;

use chrono::{DateTime, TimeDelta, Utc};
use common::Computer;
use common::yard::{A, ANN, PAVER, S, SMITH, at, done, enter, to, yard};
use office::ErrorCode;
use office::view::{
    JobCheck, JobFilter, JobGroup, JobListQuery, JobMove, JobSeed, JobSort, JobVersion, Reassign, ResourceKind,
    ResourceRef, ScheduleJob, ScheduleOutcome, ScheduleQuery, WarningKind,
};
use uuid::Uuid;

async fn june(dana: &Computer, filter: JobFilter) -> Vec<ScheduleJob> {
    let (from, until) = ("2027-06-01".parse().unwrap(), "2027-07-01".parse().unwrap());
    dana.office.schedule(&ScheduleQuery { from, until, filter }).await.unwrap().jobs
}

async fn one(dana: &Computer, id: Uuid) -> ScheduleJob {
    june(dana, JobFilter::default()).await.into_iter().find(|j| j.id == id).unwrap()
}

#[tokio::test]
async fn a_job_is_entered_moved_undone_and_done_again() {
    let (office, dana) = yard().await;
    assert_eq!(dana.office.unscheduled(None).await.unwrap().total, 1, "an approved contract waits");
    let job = enter(&dana, A, "2027-06-07T06:00", "2027-06-07T14:00").await;
    assert_eq!((job.customer.as_deref(), job.address.as_str()), (Some("Smith & Sons <Lot 4>"), "12 Oak St"));
    assert_eq!((job.crews.as_slice(), job.people.len()), (&[A][..], 2));
    assert_eq!(dana.office.unscheduled(None).await.unwrap().total, 0);

    let moved = dana.office.move_jobs(&[to(&job, "2027-06-08T07:00", "2027-06-08T15:00")], None, None).await.unwrap();
    let (change, jobs) = done(moved);
    assert_eq!((jobs[0].start, jobs[0].version), (at("2027-06-08T07:00"), job.version + 1));
    let line = dana.office.job_history(job.id).await.unwrap().remove(0);
    assert_eq!(line.sentence, "Moved from Mon, Jun 7, 2027, 6:00 am – 2:00 pm to Tue, Jun 8, 2027, 7:00 am – 3:00 pm");
    assert_eq!((line.by.as_str(), line.source.as_str(), line.can_undo), ("Dana Neff", "manual_admin", true));

    let undone = dana.office.undo_change(change).await.unwrap().change;
    assert_eq!(one(&dana, job.id).await.start, job.start);
    dana.office.undo_change(undone.id).await.unwrap();
    assert_eq!(one(&dana, job.id).await.start, at("2027-06-08T07:00"));
    let reasons = office
        .count(&format!("SELECT count(*) FROM schedule_changes WHERE job_schedule_id = '{}' AND reason LIKE 'Undone: Job of Smith%'", job.id))
        .await;
    assert_eq!(reasons, 1, "the trail says that it was undone");
}

#[tokio::test]
async fn entering_a_job_is_undone_by_canceling_it() {
    let (_office, dana) = yard().await;
    let seed = JobSeed { contract_id: Some(SMITH), ..JobSeed::default() };
    let edit = dana.office.job_seed(&seed).await.unwrap();
    let (change, jobs) = done(dana.office.create_job(&edit.input, None, None).await.unwrap());
    dana.office.undo_change(change).await.unwrap();
    assert_eq!(dana.office.job_edit(jobs[0].id).await.unwrap().input.status, "canceled");
    assert_eq!(dana.office.unscheduled(None).await.unwrap().total, 1, "the contract waits again");
}

#[tokio::test]
async fn several_jobs_are_entered_in_one_step_or_none() {
    let (office, dana) = yard().await;
    let first = enter(&dana, A, "2027-06-07T06:00", "2027-06-07T14:00").await;
    let copy = async |start: &str, end: &str| {
        let seed =
            JobSeed { copy_of: Some(first.id), start: Some(at(start)), end: Some(at(end)), ..JobSeed::default() };
        dana.office.job_seed(&seed).await.unwrap().input
    };
    let free = copy("2027-06-08T06:00", "2027-06-08T14:00").await;
    let taken = copy("2027-06-07T08:00", "2027-06-07T16:00").await;
    let jobs = "SELECT count(*) FROM job_schedules";
    let before = office.count(jobs).await;

    let refused = dana.office.create_jobs(&[free.clone(), taken.clone()], None, None).await.unwrap();
    let ScheduleOutcome::Clashes { clashes } = refused else { panic!() };
    assert!(clashes.iter().all(|c| c.job_id.is_none() && c.other_job_id == first.id));
    assert_eq!(office.count(jobs).await, before, "not even the one that would fit");
    assert!(dana.office.create_jobs(&[], None, None).await.is_err());

    let both = dana.office.create_jobs(&[free, taken], None, Some("Two halves of one lot")).await.unwrap();
    let (change, made) = done(both);
    assert_eq!((made.len(), office.count(jobs).await), (2, before + 2));
    let recorded = office.count("SELECT count(*) FROM office_changes WHERE summary = '2 jobs scheduled'").await;
    assert_eq!(recorded, 1);
    dana.office.undo_change(change).await.unwrap();
    for job in &made {
        assert_eq!(dana.office.job_edit(job.id).await.unwrap().input.status, "canceled");
    }
}

#[tokio::test]
async fn a_double_booking_is_refused_by_name_unless_a_reason_is_given() {
    let (office, dana) = yard().await;
    let first = enter(&dana, A, "2027-06-07T06:00", "2027-06-07T14:00").await;
    let second = enter(&dana, A, "2027-06-08T06:00", "2027-06-08T14:00").await;
    let there = [to(&second, "2027-06-07T08:00", "2027-06-07T16:00")];
    let ScheduleOutcome::Clashes { clashes } = dana.office.move_jobs(&there, None, None).await.unwrap() else {
        panic!()
    };
    let mut names: Vec<_> = clashes.iter().map(|c| (c.resource_name.as_str(), c.other_job_id)).collect();
    names.sort_unstable();
    assert_eq!(names, [("Ann Ames", first.id), ("Bob <b>Bell</b>", first.id)]);
    assert_eq!(clashes[0].other_customer.as_deref(), Some("Smith & Sons <Lot 4>"));
    assert_eq!(one(&dana, second.id).await.version, second.version, "nothing was written");

    let (change, jobs) = done(dana.office.move_jobs(&there, None, Some("Two halves of one lot")).await.unwrap());
    assert_eq!((jobs[0].clashes, jobs[0].overridden), (0, 2));
    let kept = office.count("SELECT count(*) FROM assignment_overrides WHERE reason = 'Two halves of one lot'").await;
    assert_eq!(kept, 2);
    let line = dana.office.job_history(second.id).await.unwrap().remove(0);
    assert_eq!(line.reason.as_deref(), Some("Double booked: Two halves of one lot"));
    dana.office.undo_change(change).await.unwrap();
    assert_eq!(one(&dana, second.id).await.start, second.start);
}

#[tokio::test]
async fn two_jobs_change_places_in_one_step_and_a_bulk_move_is_one_undo() {
    let (office, dana) = yard().await;
    let first = enter(&dana, A, "2027-06-07T06:00", "2027-06-07T14:00").await;
    let second = enter(&dana, A, "2027-06-08T06:00", "2027-06-08T14:00").await;
    let swap =
        [to(&first, "2027-06-08T06:00", "2027-06-08T14:00"), to(&second, "2027-06-07T06:00", "2027-06-07T14:00")];
    let (change, jobs) = done(dana.office.move_jobs(&swap, None, None).await.unwrap());
    assert!(jobs.iter().all(|j| j.clashes == 0));
    let recorded = office.count("SELECT count(*) FROM office_changes WHERE summary = '2 jobs moved'").await;
    assert_eq!(recorded, 1);
    dana.office.undo_change(change).await.unwrap();
    assert_eq!(one(&dana, first.id).await.start, first.start);
    assert_eq!(one(&dana, second.id).await.start, second.start);
}

#[tokio::test]
async fn who_comes_second_is_shown_what_is_there_and_undo_never_overwrites() {
    let (office, dana) = yard().await;
    let job = enter(&dana, A, "2027-06-07T06:00", "2027-06-07T14:00").await;
    let (change, _) =
        done(dana.office.move_jobs(&[to(&job, "2027-06-08T06:00", "2027-06-08T14:00")], None, None).await.unwrap());
    office
        .execute(&format!(
            "INSERT INTO app_users (user_id, name) VALUES ('tom', 'Tom Neff'); BEGIN; SELECT set_config('app.current_user', 'tom', true);
             UPDATE job_schedules SET priority_level = 5 WHERE id = '{}'; COMMIT",
            job.id
        ))
        .await;
    let late = dana.office.move_jobs(&[to(&job, "2027-06-09T06:00", "2027-06-09T14:00")], None, None).await.unwrap();
    let ScheduleOutcome::Changed { jobs, missing, by } = late else { panic!("{late:?}") };
    assert_eq!((jobs[0].start, missing.len(), by.as_deref()), (at("2027-06-08T06:00"), 0, Some("Tom Neff")));
    let again = JobMove { version: jobs[0].version, ..to(&job, "2027-06-09T06:00", "2027-06-09T14:00") };
    done(dana.office.move_jobs(&[again], None, None).await.unwrap());
    let refused = dana.office.undo_change(change).await.unwrap_err();
    assert_eq!(refused.code, ErrorCode::VersionConflict);
    assert!(
        refused.message.contains("Tom Neff") && refused.message.contains("nothing was changed"),
        "{}",
        refused.message
    );
    assert_eq!(one(&dana, job.id).await.start, at("2027-06-09T06:00"));
}

#[tokio::test]
async fn two_desktops_that_take_the_same_crew_at_once_cannot_both_have_it() {
    let (office, dana) = yard().await;
    let other = Computer::of(&office).await;
    let first = enter(&dana, A, "2027-06-07T06:00", "2027-06-07T14:00").await;
    let second = enter(&dana, A, "2027-06-08T06:00", "2027-06-08T14:00").await;
    let (one, two) =
        ([to(&first, "2027-06-10T06:00", "2027-06-10T14:00")], [to(&second, "2027-06-10T08:00", "2027-06-10T16:00")]);
    let (a, b) = tokio::join!(dana.office.move_jobs(&one, None, None), other.office.move_jobs(&two, None, None));
    let refused = [a.unwrap(), b.unwrap()].iter().filter(|o| matches!(o, ScheduleOutcome::Clashes { .. })).count();
    assert_eq!(refused, 1);
}

#[tokio::test]
async fn a_crew_is_replaced_and_what_other_programs_wrote_stays_as_written() {
    let (office, dana) = yard().await;
    let id = Uuid::new_v4();
    office
        .execute(&format!(
            "INSERT INTO job_schedules (id, start_date, end_date, location_address, crew_assigned, equipment_needed)
             VALUES ('{id}', '2027-06-07 11:00Z', '2027-06-07 19:00Z', '9 Elm', '[\"Big Bob\", {{\"crew\": \"paving a\", \"note\": 7}}]', '\"Paver 1\"')"
        ))
        .await;
    let job = one(&dana, id).await;
    assert_eq!((job.unknown, job.machines.len()), (2, 0), "what is no list names nobody");
    let reassign = Some(Reassign { kind: ResourceKind::Crew, from: Some(A), to: Some(S) });
    let there = JobMove { reassign, ..to(&job, "2027-06-07T06:00", "2027-06-07T14:00") };
    let (change, jobs) = done(dana.office.move_jobs(&[there], None, None).await.unwrap());
    assert_eq!((jobs[0].crews.as_slice(), jobs[0].unknown), (&[S][..], 2));
    let written = office
        .count(&format!("SELECT count(*) FROM job_schedules WHERE id = '{id}' AND crew_assigned->0 = '\"Big Bob\"' AND crew_assigned->1->>'id' = '{S}' AND equipment_needed = '\"Paver 1\"'"))
        .await;
    assert_eq!(written, 1);
    dana.office.undo_change(change).await.unwrap();
    let back = office
        .count(&format!("SELECT count(*) FROM job_schedules WHERE id = '{id}' AND crew_assigned->1 = '{{\"crew\": \"paving a\", \"note\": 7}}'"))
        .await;
    assert_eq!(back, 1);
    // The editor keeps what it does not know, and takes it off when told to.
    let mut edit = dana.office.job_edit(id).await.unwrap();
    assert_eq!(edit.input.crew.iter().map(|w| w.kind).collect::<Vec<_>>(), [None, Some(ResourceKind::Crew)]);
    edit.input.crew.remove(0);
    let saved = dana.office.save_job(id, edit.version, &edit.input, None, None).await.unwrap();
    assert_eq!(done(saved).1[0].unknown, 1);
    let kept = office
        .count(&format!("SELECT count(*) FROM job_schedules WHERE id = '{id}' AND crew_assigned = '[{{\"crew\": \"paving a\", \"note\": 7}}]' AND equipment_needed = '\"Paver 1\"'"))
        .await;
    assert_eq!(kept, 1, "a column nobody touched is no list yet, and stays none");
}

#[tokio::test]
async fn statuses_move_along_sensible_paths_with_a_reason_where_it_counts() {
    let (_office, dana) = yard().await;
    let job = enter(&dana, A, "2027-06-07T06:00", "2027-06-07T14:00").await;
    let now = |j: &ScheduleJob| [JobVersion { id: j.id, version: j.version }];
    let (_, jobs) = done(dana.office.set_job_status(&now(&job), "confirmed", None, None).await.unwrap());
    let error = dana.office.set_job_status(&now(&jobs[0]), "canceled", None, None).await.unwrap_err();
    assert_eq!((error.code, error.field.as_deref()), (ErrorCode::Invalid, Some("reason")));
    // The customer said yes to the date: another one needs a reason, and their yes is gone.
    let there = [to(&jobs[0], "2027-06-08T06:00", "2027-06-08T14:00")];
    let error = dana.office.move_jobs(&there, Some("  "), None).await.unwrap_err();
    assert_eq!(error.field.as_deref(), Some("reason"));
    let (_, jobs) = done(dana.office.move_jobs(&there, Some("Plant is closed"), None).await.unwrap());
    assert_eq!(jobs[0].status, "rescheduled");
    let (change, jobs) =
        done(dana.office.set_job_status(&now(&jobs[0]), "canceled", Some("Sold the lot"), None).await.unwrap());
    assert!(jobs[0].people.len() == 2 && jobs[0].clashes == 0);
    let error = dana.office.set_job_status(&now(&jobs[0]), "in_progress", Some("x"), None).await.unwrap_err();
    assert_eq!(error.field.as_deref(), Some("status"));
    let error =
        dana.office.move_jobs(&[to(&jobs[0], "2027-06-09T06:00", "2027-06-09T14:00")], None, None).await.unwrap_err();
    assert_eq!(error.code, ErrorCode::Invalid);
    // Meanwhile somebody else took the crew: taking the job up again would double book it, and says so.
    let taker = enter(&dana, A, "2027-06-08T06:00", "2027-06-08T14:00").await;
    let error = dana.office.undo_change(change).await.unwrap_err();
    assert!(error.message.contains("Ann Ames is already on"), "{}", error.message);
    done(dana.office.set_job_status(&now(&taker), "canceled", Some("Gone"), None).await.unwrap());
    dana.office.undo_change(change).await.unwrap();
    assert_eq!(one(&dana, job.id).await.status, "rescheduled");
}

#[tokio::test]
async fn consequences_are_told_before_anything_is_written() {
    let (office, dana) = yard().await;
    let job = enter(&dana, A, "2027-06-07T06:00", "2027-06-07T14:00").await;
    let other = enter(&dana, A, "2027-06-14T06:00", "2027-06-14T14:00").await;
    office
        .execute(
            "INSERT INTO time_off (crew_member_id, kind, during, note) VALUES
                 ('00000000-0000-4000-8000-0000000000a2', 'leave', '[2027-06-20 05:00Z, 2027-06-26 05:00Z)', NULL),
                 (NULL, 'holiday', '[2027-06-21 05:00Z, 2027-06-22 05:00Z)', 'Founders'' <Day>');
             UPDATE equipment SET status = 'in_shop'",
        )
        .await;
    let check = |start: &str, end: &str, reassign| JobCheck {
        job_id: Some(job.id),
        start: at(start),
        end: at(end),
        reassign,
        words: None,
        weather_dependent: None,
    };
    let machine = Some(Reassign { kind: ResourceKind::Machine, from: None, to: Some(PAVER) });
    let found = dana
        .office
        .check_jobs(&[
            check("2027-06-14T08:00", "2027-06-14T12:00", None),
            check("2027-06-21T06:00", "2027-06-21T14:00", machine),
            check("2027-06-13T06:00", "2027-06-13T14:00", None),
        ])
        .await
        .unwrap();
    assert_eq!(found[0].clashes.len(), 2);
    assert!(found[0].clashes.iter().all(|c| c.other_job_id == other.id));
    let kinds = |n: usize| found[n].warnings.iter().map(|w| w.kind).collect::<Vec<_>>();
    for kind in [
        WarningKind::Closed,
        WarningKind::OnLeave,
        WarningKind::InShop,
        WarningKind::CertificateExpired,
        WarningKind::CertificateMissing,
    ] {
        assert!(kinds(1).contains(&kind), "{kind:?}: {:?}", found[1].warnings);
    }
    assert!(
        found[1].warnings.iter().any(|w| w.text == "Bob <b>Bell</b> is on leave until Fri, Jun 25"),
        "{:?}",
        found[1].warnings
    );
    assert!(
        kinds(2).contains(&WarningKind::DayOff) && kinds(2).contains(&WarningKind::NotAvailable),
        "{:?}",
        found[2].warnings
    );
    assert_eq!(one(&dana, job.id).await.version, job.version, "nothing was written");
}

#[tokio::test]
async fn striping_is_proposed_to_wait_for_the_one_seal_coat_before_it() {
    let (office, dana) = yard().await;
    let stripers = Uuid::new_v4();
    office.execute(&format!("INSERT INTO crews (id, name) VALUES ('{stripers}', 'Patch & Stripe')")).await;
    let seal = enter(&dana, S, "2027-06-07T06:00", "2027-06-07T14:00").await;
    let follows = async |crew: Uuid, start: &str| {
        let seed = JobSeed {
            contract_id: Some(SMITH),
            start: Some(at(start)),
            resource: Some(ResourceRef { kind: ResourceKind::Crew, id: crew }),
            ..JobSeed::default()
        };
        let input = dana.office.job_seed(&seed).await.unwrap().input;
        input.follows_job_id.map(|id| (id, input.follows_after_hours))
    };
    let day = "2027-06-09T06:00";
    assert_eq!(follows(stripers, day).await, Some((seal.id, "24".to_owned())));
    assert_eq!(follows(A, day).await, None, "paving waits for nobody");
    assert_eq!(follows(stripers, "2027-06-04T06:00").await, None, "it comes before");
    // Two seal coats: which one is meant only a person knows.
    let second = enter(&dana, S, "2027-06-08T06:00", "2027-06-08T14:00").await;
    assert_eq!(follows(stripers, day).await, None);
    office.execute(&format!("UPDATE job_schedules SET status = 'canceled' WHERE id = '{}'", second.id)).await;
    assert_eq!(follows(stripers, day).await, Some((seal.id, "24".to_owned())));
}

#[tokio::test]
async fn the_pause_between_two_jobs_is_judged_from_both_sides() {
    let (office, dana) = yard().await;
    let seal = enter(&dana, S, "2027-06-07T06:00", "2027-06-07T14:00").await;
    let stripe = enter(&dana, A, "2027-06-09T06:00", "2027-06-09T14:00").await;
    let wait = format!(
        "UPDATE job_schedules SET follows_job_id = '{}', follows_after_hours = 24 WHERE id = '{}'",
        seal.id, stripe.id
    );
    office.execute(&wait).await;
    let check = |job: &ScheduleJob, day: u32| JobCheck {
        job_id: Some(job.id),
        start: at(&format!("2027-06-{day:02}T06:00")),
        end: at(&format!("2027-06-{day:02}T14:00")),
        reassign: None,
        words: None,
        weather_dependent: None,
    };
    let said = async |checks: &[JobCheck]| -> Vec<Vec<String>> {
        let found = dana.office.check_jobs(checks).await.unwrap();
        let soon = |c: &office::view::Consequences| {
            c.warnings.iter().filter(|w| w.kind == WarningKind::TooSoon).map(|w| w.text.clone()).collect()
        };
        found.iter().map(soon).collect()
    };
    let none = Vec::<String>::new();
    let late = "A job waits for it: Wed, Jun 9, 2027, 2:00 pm at the soonest, and it is on Wed, Jun 9, 2027, 6:00 am";
    assert_eq!(said(&[check(&seal, 8)]).await, [[late]]);
    let soon = "The job it waits for allows Tue, Jun 8, 2027, 2:00 pm at the soonest";
    assert_eq!(said(&[check(&stripe, 8)]).await, [[soon]]);
    assert_eq!(said(&[check(&seal, 14), check(&stripe, 16)]).await, [none.clone(), none.clone()], "together");
    let soon = "The job it waits for allows Tue, Jun 15, 2027, 2:00 pm at the soonest";
    assert_eq!(said(&[check(&seal, 14), check(&stripe, 15)]).await, [none.clone(), vec![soon.to_owned()]]);
    // What was canceled waits for nothing.
    office.execute(&format!("UPDATE job_schedules SET status = 'canceled' WHERE id = '{}'", stripe.id)).await;
    assert_eq!(said(&[check(&seal, 8)]).await, [none]);
}

#[tokio::test]
async fn a_day_off_is_told_of_the_last_day_as_of_the_first() {
    let (office, dana) = yard().await;
    let job = enter(&dana, A, "2027-06-07T06:00", "2027-06-07T14:00").await;
    let said = async |start: &str, end: &str| {
        let check = JobCheck {
            job_id: Some(job.id),
            start: at(start),
            end: at(end),
            reassign: None,
            words: None,
            weather_dependent: None,
        };
        let warnings = dana.office.check_jobs(&[check]).await.unwrap().remove(0).warnings;
        let days = warnings.into_iter().filter(|w| matches!(w.kind, WarningKind::DayOff | WarningKind::Closed));
        days.map(|w| w.text).collect::<Vec<_>>()
    };
    assert_eq!(said("2027-06-10T06:00", "2027-06-12T14:00").await, ["Saturday is no working day"]);
    assert_eq!(said("2027-06-12T06:00", "2027-06-13T14:00").await.len(), 2);
    let none = Vec::<String>::new();
    assert_eq!(said("2027-06-11T06:00", "2027-06-14T14:00").await, none, "it skips the weekend");
    assert_eq!(said("2027-06-11T20:00", "2027-06-12T04:00").await, none, "Friday's night");
    office
        .execute("INSERT INTO time_off (kind, during, note) VALUES ('holiday', '[2027-06-12 05:00Z, 2027-06-13 05:00Z)', 'Fair')")
        .await;
    assert_eq!(said("2027-06-10T06:00", "2027-06-12T14:00").await, ["The office is closed: Fair"]);
}

#[tokio::test]
async fn the_list_sorts_groups_and_pages_in_the_database() {
    let (office, dana) = yard().await;
    office
        .execute(
            "INSERT INTO job_schedules (start_date, end_date, location_address, priority_level, status, crew_assigned)
             SELECT '2027-06-01 11:00Z'::timestamptz + n * interval '1 day', '2027-06-01 19:00Z'::timestamptz + n * interval '1 day',
                    (100 - n) || ' Long <i>Rd</i>', 1 + n % 5, (ARRAY['scheduled', 'confirmed'])[1 + n % 2], '[]'
               FROM generate_series(0, 24) AS n",
        )
        .await;
    let query = JobListQuery {
        from: Some("2027-06-01".parse().unwrap()),
        until: None,
        filter: JobFilter::default(),
        group: JobGroup::Status,
        sort: JobSort::Priority,
        descending: true,
        after: None,
        limit: 7,
    };
    let mut seen = Vec::new();
    let mut after = None;
    loop {
        let page = dana.office.job_list(&JobListQuery { after, ..query.clone() }).await.unwrap();
        if after.is_none() {
            assert_eq!(page.total, Some(25));
            assert_eq!(
                page.groups.iter().map(|g| (g.key.as_str(), g.count)).collect::<Vec<_>>(),
                [("confirmed", 12), ("scheduled", 13)]
            );
        }
        seen.extend(page.items);
        after = page.next;
        if after.is_none() {
            break;
        }
    }
    assert_eq!(seen.len(), 25);
    let key = |l: &office::view::JobLine| (l.group.clone(), std::cmp::Reverse(l.job.priority));
    assert!(seen.windows(2).all(|w| key(&w[0]) <= key(&w[1])));
    let text = JobFilter { text: Some("long <I>rd 88".into()), ..JobFilter::default() };
    let found = dana.office.job_list(&JobListQuery { filter: text, group: JobGroup::None, ..query }).await.unwrap();
    assert_eq!(found.items.iter().map(|l| l.job.address.as_str()).collect::<Vec<_>>(), ["88 Long <i>Rd</i>"]);
}

#[tokio::test]
async fn a_job_over_days_off_ends_later_and_local_time_holds_over_both_clock_changes() {
    let (office, dana) = yard().await;
    office.execute("UPDATE system_config SET value = '16:00' WHERE key = 'office_work_until'").await;
    // Friday 6 am, 20 hours of 10-hour days: Monday 4 pm with the weekend off, Saturday without.
    let skip = dana.office.job_span(at("2027-06-11T06:00"), "20", true).await.unwrap();
    assert_eq!(skip, at("2027-06-14T16:00"));
    assert_eq!(dana.office.job_span(at("2027-06-11T06:00"), "20", false).await.unwrap(), at("2027-06-12T16:00"));
    assert!(dana.office.job_span(at("2027-06-11T06:00"), "0", false).await.is_err());
    // Friday before the clocks go forward (March 14, 2027) to Monday after.
    let friday = "2027-03-12T12:00:00Z".parse::<DateTime<Utc>>().unwrap();
    let monday = dana.office.job_span(friday, "20", true).await.unwrap();
    assert_eq!(monday, "2027-03-15T21:00:00Z".parse::<DateTime<Utc>>().unwrap(), "4 pm is an hour earlier in UTC");
}

#[tokio::test]
async fn jobs_of_other_programs_are_listed_until_looked_at_and_names_matched_once() {
    let (office, dana) = yard().await;
    office
        .execute(
            "BEGIN; SET LOCAL app.source = 'mobile_app';
             INSERT INTO job_schedules (start_date, end_date, location_address, crew_assigned)
             SELECT now() + n * interval '2 days', now() + n * interval '2 days' + interval '4 hours', '1 Elm', '[\"Anne Ames\"]'
               FROM generate_series(1, 3) AS n; COMMIT",
        )
        .await;
    let outside = dana.office.outside().await.unwrap();
    assert_eq!(outside.new_jobs.len(), 3);
    assert!(outside.new_jobs.iter().all(|n| n.job.is_new && n.job.source == "mobile_app" && n.job.unknown == 1));
    let name = &outside.unknown[0];
    assert_eq!((name.written.as_str(), name.jobs, name.machine), ("Anne Ames", 3, false));
    assert_eq!(name.suggestions[0].id, ANN, "{:?}", name.suggestions);
    let who = ResourceRef { kind: ResourceKind::Person, id: ANN };
    let change = dana.office.match_name(false, "Anne Ames", who).await.unwrap().unwrap();
    assert!(dana.office.outside().await.unwrap().unknown.is_empty());
    dana.office.undo_change(change.id).await.unwrap();
    assert_eq!(dana.office.outside().await.unwrap().unknown.len(), 1);
    assert!(dana.office.match_name(true, "Anne Ames", who).await.is_err(), "a person is no machine");
    let ids: Vec<Uuid> = outside.new_jobs.iter().map(|n| n.job.id).collect();
    dana.office.mark_looked_at(&ids).await.unwrap();
    assert!(dana.office.outside().await.unwrap().new_jobs.is_empty());
}

#[tokio::test]
async fn a_move_in_calendly_keeps_the_job_its_history_and_its_notes() {
    let (office, dana) = yard().await;
    let (old, new) = (Uuid::new_v4(), Uuid::new_v4());
    office
        .execute(&format!(
            "BEGIN; SET LOCAL app.source = 'calendly_webhook';
             INSERT INTO job_schedules (id, contract_id, calendly_event_uri, start_date, end_date, location_address, special_instructions)
             VALUES ('{old}', '{SMITH}', 'https://calendly/1', '2027-06-07 11:00Z', '2027-06-07 19:00Z', '12 Oak St', 'Gate code 4417');
             COMMIT; BEGIN; SET LOCAL app.source = 'calendly_webhook';
             UPDATE job_schedules SET status = 'canceled' WHERE id = '{old}';
             INSERT INTO job_schedules (id, contract_id, calendly_event_uri, start_date, end_date, location_address)
             VALUES ('{new}', '{SMITH}', 'https://calendly/2', '2027-06-10 11:00Z', '2027-06-10 19:00Z', '12 Oak St'); COMMIT"
        ))
        .await;
    let outside = dana.office.outside().await.unwrap();
    assert_eq!((outside.moves.len(), outside.new_jobs.len()), (1, 0));
    let pair = &outside.moves[0];
    assert_eq!((pair.canceled.id, pair.new.id), (old, new));
    // The crew has other work at the new time: said first, and gone ahead with for a reason.
    let crew = format!("UPDATE job_schedules SET crew_assigned = '[\"{ANN}\"]' WHERE id = '{old}'");
    office.execute(&crew).await;
    let other = enter(&dana, A, "2027-06-10T06:00", "2027-06-10T14:00").await;
    let version = async |id: Uuid| JobVersion { id, version: dana.office.job_edit(id).await.unwrap().version };
    let join = async |why| dana.office.join_moved(version(old).await, version(new).await, why).await.unwrap();
    let ScheduleOutcome::Clashes { clashes } = join(None).await else { panic!("nobody minds") };
    assert_eq!((clashes.len(), clashes[0].other_job_id), (1, other.id));
    let (change, jobs) = done(join(Some("Half a day each")).await);
    assert_eq!(jobs.iter().map(|j| j.overridden).sum::<u32>(), 1);
    dana.office.undo_change(change).await.unwrap();
    office.execute(&crew.replace(&ANN.to_string(), "nobody")).await;
    let (change, _) = done(join(None).await);
    let edit = dana.office.job_edit(old).await.unwrap();
    assert_eq!(edit.calendly_event_uri.as_deref(), Some("https://calendly/2"), "the next webhook finds this job");
    assert_eq!(
        (edit.input.status.as_str(), edit.input.instructions.as_deref()),
        ("rescheduled", Some("Gate code 4417"))
    );
    assert_eq!(edit.input.start, at("2027-06-10T06:00"));
    assert!(dana.office.outside().await.unwrap().moves.is_empty());
    dana.office.undo_change(change).await.unwrap();
    assert_eq!(dana.office.job_edit(new).await.unwrap().calendly_event_uri.as_deref(), Some("https://calendly/2"));
    assert_eq!(dana.office.job_edit(old).await.unwrap().input.status, "canceled");
}

#[tokio::test]
async fn each_line_of_a_history_is_reversible_also_what_another_program_did() {
    let (office, dana) = yard().await;
    let job = enter(&dana, A, "2027-06-07T06:00", "2027-06-07T14:00").await;
    for set in [
        "start_date = start_date + interval '1 day', end_date = end_date + interval '1 day'",
        "special_instructions = 'Call first', estimated_duration_hours = 7.5",
    ] {
        let sql = format!(
            "BEGIN; SET LOCAL app.source = 'api'; UPDATE job_schedules SET {set} WHERE id = '{}'; COMMIT",
            job.id
        );
        office.execute(&sql).await;
    }
    let lines = dana.office.job_history(job.id).await.unwrap();
    assert_eq!(
        lines.iter().map(|l| (l.change.as_str(), l.can_undo)).collect::<Vec<_>>(),
        [("notes_added", true), ("rescheduled", true), ("scheduled", false)]
    );
    let undone = dana.office.undo_change(lines[1].id).await.unwrap().change;
    let now = dana.office.job_edit(job.id).await.unwrap();
    assert_eq!(
        (now.input.start, now.input.instructions.as_deref(), now.input.duration_hours.as_deref()),
        (job.start, Some("Call first"), Some("7.5"))
    );
    let lines = dana.office.job_history(job.id).await.unwrap();
    let line = lines.iter().find(|l| l.source == "api" && l.change == "rescheduled").unwrap();
    assert_eq!((line.can_undo, line.why_not.as_deref()), (false, Some("Start was changed again since.")));
    assert_eq!(dana.office.undo_change(line.id).await.unwrap_err().code, ErrorCode::VersionConflict);
    dana.office.undo_change(undone.id).await.unwrap();
    assert_eq!(dana.office.job_edit(job.id).await.unwrap().input.start, job.start + TimeDelta::days(1));
    dana.office.undo_change(lines.iter().find(|l| l.change == "notes_added").unwrap().id).await.unwrap();
    assert_eq!(dana.office.job_edit(job.id).await.unwrap().input.instructions, None);
}

#[tokio::test]
async fn a_line_another_program_wrote_is_told_as_theirs_and_never_put_back() {
    let (office, dana) = yard().await;
    let job = enter(&dana, A, "2027-06-07T06:00", "2027-06-07T14:00").await;
    let mut website = office.website().await;
    let said = format!(
        "BEGIN; UPDATE job_schedules SET start_date = start_date + interval '1 h' WHERE id = '{0}';
         INSERT INTO schedule_changes (job_schedule_id, change_type, changed_by, changed_at, source, previous_data, new_data, written_by_trigger)
         SELECT id, 'rescheduled', '{1}', '2020-01-01', 'manual_admin', to_jsonb(j) || '{{\"start_date\": \"2020-01-01T00:00:00Z\"}}', to_jsonb(j), true
           FROM job_schedules j WHERE id = '{0}'; COMMIT",
        job.id, office.user_id
    );
    sqlx::raw_sql(sqlx::AssertSqlSafe(said)).execute(&mut website).await.unwrap();
    let lines = dana.office.job_history(job.id).await.unwrap();
    assert_eq!(lines.iter().map(|l| l.can_undo).collect::<Vec<_>>(), [false, true, false]);
    assert!(lines[0].by.starts_with(&format!("{} (login ", office.user_id)), "{}", lines[0].by);
    assert!(lines[0].at > lines[1].at && lines[1].by == "system", "{lines:?}");
    assert_eq!(dana.office.undo_change(lines[0].id).await.unwrap_err().code, ErrorCode::Invalid);
    dana.office.undo_change(lines[1].id).await.unwrap();
    assert_eq!(dana.office.job_edit(job.id).await.unwrap().input.start, job.start);
    // It is listed among what was done lately, whatever source it claims.
    let query = office::view::ChangesQuery { mine: false, search: None, after: None, limit: 50 };
    let page = dana.office.recent_changes(&query).await.unwrap();
    assert!(page.items.iter().any(|c| c.id == lines[0].id && !c.can_undo && !c.proven), "{:?}", page.items);
}

#[tokio::test]
async fn an_open_board_hears_of_others_within_a_second() {
    let (office, dana) = yard().await;
    let job = enter(&dana, A, "2027-06-07T06:00", "2027-06-07T14:00").await;
    let before = dana.desktop.heard("ScheduleChanged");
    let started = std::time::Instant::now();
    office.execute(&format!("UPDATE job_schedules SET priority_level = 5 WHERE id = '{}'", job.id)).await;
    while dana.desktop.heard("ScheduleChanged") == before {
        assert!(started.elapsed().as_secs() < 1, "not heard in a second");
        tokio::time::sleep(std::time::Duration::from_millis(5)).await;
    }
    assert_eq!(one(&dana, job.id).await.priority, 5);
}

#[tokio::test]
async fn saved_views_are_a_persons_own() {
    let (_office, dana) = yard().await;
    dana.office.save_view("schedule", "Rain <work>", "weather=yes").await.unwrap();
    let all = dana.office.save_view("schedule", "rain <WORK>", "weather=no").await.unwrap();
    assert_eq!(
        all.iter().map(|v| (v.name.as_str(), v.filters.as_str())).collect::<Vec<_>>(),
        [("rain <WORK>", "weather=no")]
    );
    assert_eq!(dana.office.save_view("schedule", "  ", "x").await.unwrap_err().field.as_deref(), Some("name"));
    assert!(dana.office.saved_views("crew").await.unwrap().is_empty());
    assert!(dana.office.delete_view("schedule", all[0].id).await.unwrap().is_empty());
}
