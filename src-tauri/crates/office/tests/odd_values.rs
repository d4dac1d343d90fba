//! What other programs write and no program can show: nothing that lists it fails, and nobody was refused.

#![allow(clippy::expect_used, clippy::unwrap_used, reason = "a failed step is a failed test")]

mod common;

use common::yard::{A, ANN, yard};
use office::view::{JobFilter, ScheduleQuery};

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
