//! What other programs write and no program can show: nothing that lists it fails, and nobody was refused.

#![allow(clippy::expect_used, clippy::unwrap_used, reason = "a failed step is a failed test")]

mod common;

use std::time::{Duration, Instant};

use common::yard::{A, ANN, done, enter, to, yard};
use office::link::ConnectionState;
use office::view::{JobFilter, PersonInput, ScheduleQuery};

#[tokio::test]
async fn leave_without_an_end_and_sizes_that_are_no_number_break_no_list() {
    let (office, dana) = yard().await;
    office
        .execute(&format!(
            "BEGIN; SET LOCAL app.source = 'api';
             INSERT INTO time_off (kind, crew_member_id, during) VALUES
                 ('leave', '{ANN}', '[2027-06-01Z, infinity)'), ('leave', '{ANN}', '[-infinity, infinity]');
             INSERT INTO crew_memberships (crew_id, crew_member_id, during)
             SELECT '{A}', id, '[2027-01-01, infinity)' FROM crew_members WHERE name = 'Cy Cole';
             UPDATE crew_members SET hire_date = '-infinity' WHERE id = '{ANN}';
             INSERT INTO job_schedules (start_date, end_date, location_address, crew_assigned, estimated_duration_hours, follows_after_hours)
             VALUES ('2027-06-08 11:00Z', 'infinity', '1 Elm', '[\"Ann Ames\"]', 'NaN', 'NaN'),
                    ('-infinity', '290000-01-01', '2 Elm', '[]', NULL, 0);
             INSERT INTO contracts (client_name, client_email, service_type, project_address, status, project_size, estimated_cost)
             VALUES ('NaN Inc', 'nan@example.com', 'commercial', '3 Elm', 'approved', 'NaN', 'NaN'); COMMIT"
        ))
        .await;
    let o = &dana.office;
    let (from, until) = ("2027-06-07".parse().unwrap(), "2027-06-14".parse().unwrap());
    let filter = JobFilter::default;
    let board = o.schedule(&ScheduleQuery { from, until, filter: filter() }).await.unwrap();
    assert_eq!((board.jobs.len(), board.time_off.len()), (2, 2));
    assert!(o.unscheduled(None).await.unwrap().items.iter().any(|c| c.customer == "NaN Inc"));
    for job in &board.jobs {
        o.job_edit(job.id).await.unwrap();
        o.job_history(job.id).await.unwrap();
    }
    assert_eq!(o.roster().await.unwrap().people.len(), 3);
    o.person_record(ANN).await.unwrap();
    o.today().await.unwrap();
}

#[tokio::test]
async fn what_nobody_touched_stays_as_it_was_written_also_where_it_cannot_be_read() {
    let (office, dana) = yard().await;
    let job = enter(&dana, A, "2027-06-08T06:00", "2027-06-08T14:00").await;
    let deep = format!("{}{}", "[".repeat(300), "]".repeat(300));
    office
        .execute(&format!(
            "UPDATE job_schedules SET crew_assigned = crew_assigned || '[1e400, {{\"n\": 0.12345678901234567890}}]' || '[{deep}]'
              WHERE id = '{0}';
             UPDATE crew_members SET certifications = certifications || '[-1e999, {deep}]', availability_schedule = '{{\"monday\": 1e400}}'
              WHERE id = '{ANN}'",
            job.id
        ))
        .await;
    let written = async || {
        let job = format!(
            "SELECT count(*) FROM job_schedules WHERE id = '{}' AND crew_assigned @> '[1e400, {{\"n\": 0.12345678901234567890}}]'
                AND crew_assigned->-1 = '{deep}'",
            job.id
        );
        let person = format!(
            "SELECT count(*) FROM crew_members WHERE id = '{ANN}' AND certifications @> '[-1e999]'
                AND certifications->-1 = '{deep}' AND availability_schedule = '{{\"monday\": 1e400}}'"
        );
        (office.count(&job).await, office.count(&person).await)
    };
    assert_eq!(written().await, (1, 1));
    let o = &dana.office;

    let version = o.job_edit(job.id).await.unwrap().version;
    let mut later = to(&job, "2027-06-09T06:00", "2027-06-09T14:00");
    later.version = version;
    let (change, _) = done(o.move_jobs(&[later], None, None).await.unwrap());
    assert_eq!(written().await, (1, 1), "moved");
    let undone = o.undo_change(change).await.unwrap().change;
    assert_eq!(written().await, (1, 1), "taken back");
    o.undo_change(undone.id).await.unwrap();
    assert_eq!(written().await, (1, 1), "done again");
    let edit = o.job_edit(job.id).await.unwrap();
    let mut input = edit.input.clone();
    input.instructions = Some("Gate code 4417".to_owned());
    done(o.save_job(job.id, edit.version, &input, None, None).await.unwrap());
    assert_eq!(written().await, (1, 1), "saved in the editor");
    assert!(o.job_history(job.id).await.unwrap().iter().any(|line| line.can_undo), "and the history has a way back");

    let ann = o.person_record(ANN).await.unwrap();
    let input = PersonInput {
        name: ann.name.clone(),
        role: "raker".to_owned(),
        status: ann.status.clone(),
        email: None,
        phone: None,
        hire_date: ann.hire_date,
        specializations: None,
        hours: None,
        certificates: None,
        keep_items: Vec::new(),
        leave_crews: None,
    };
    let saved = o.save_person(Some(ANN), ann.version, &input).await.unwrap();
    assert_eq!(written().await, (1, 1), "a person of another role");
    o.undo_change(saved.change.unwrap().id).await.unwrap();
    assert_eq!(written().await, (1, 1), "and of the first again");
}

#[tokio::test]
async fn a_question_that_fails_is_not_the_link() {
    let (office, dana) = yard().await;
    office.execute("REVOKE ALL ON notification_popups FROM neff_app").await;
    let before = dana.desktop.heard("NotificationsChanged");
    let id = office.notify("Not to pop up", "for want of a right").await;
    let started = Instant::now();
    while dana.desktop.heard("NotificationsChanged") == before {
        assert!(started.elapsed() < Duration::from_secs(10), "the window hears of it all the same");
        tokio::time::sleep(Duration::from_millis(10)).await;
    }
    assert!(matches!(dana.office.connection_state().await, ConnectionState::Online { .. }));
    assert!(dana.office.notifications(10).await.unwrap().items.iter().any(|n| n.id == id));
    office.execute("GRANT SELECT, INSERT ON notification_popups TO neff_app").await;
    office.notify("To pop up", "with the right").await;
    let shown = format!("SELECT count(*) FROM notification_popups WHERE notification_id = '{id}'");
    while office.count(&shown).await == 0 {
        assert!(started.elapsed() < Duration::from_secs(30), "what did not pop up does when it can");
        tokio::time::sleep(Duration::from_millis(20)).await;
    }
    assert_eq!(dana.desktop.heard("Connection(Offline"), 0);
}
