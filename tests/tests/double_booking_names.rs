//! Double booking by names: what a word means now, and whom it puts where when it comes to mean somebody else.

#![allow(clippy::expect_used, clippy::unwrap_used, reason = "a failed step is a failed test")]

use neff_tests::booking::{Office, job, job_at, run, text};
use serde_json::json;

async fn id(office: &mut Office, table: &str, name: &str) -> String {
    office.text(&format!("SELECT id FROM {table} WHERE name = '{name}'")).await
}

const BOBS: &str = "INSERT INTO crew_members (name, role) VALUES ('Bob', 'raker'), ('Ann', 'raker')";

#[tokio::test]
async fn a_name_that_comes_to_mean_somebody_else_is_derived_again() {
    let mut office = Office::open().await;
    office.run(BOBS).await;
    let bob = id(&mut office, "crew_members", "Bob").await;
    let named = office.job(6, json!(["Bob"])).await;
    assert_eq!(office.claims(named).await, "Bob firm");
    let unknown =
        format!("SELECT string_agg(reason, ',') FROM job_unknown_resources WHERE job_schedule_id = '{named}'");
    // A second Bob: nobody guesses which. He leaves: the first again. He is back.
    office.run("INSERT INTO crew_members (name, role) VALUES (' BOB ', 'raker')").await;
    assert_eq!((office.claims(named).await, office.text(&unknown).await), (String::new(), "ambiguous".to_owned()));
    office.run("UPDATE crew_members SET status = 'terminated' WHERE name = ' BOB '").await;
    assert_eq!((office.claims(named).await, office.text(&unknown).await), ("Bob firm".to_owned(), String::new()));
    office.run("UPDATE crew_members SET status = 'active' WHERE name = ' BOB '").await;
    assert_eq!(office.claims(named).await, "");
    // Of two Bobs the one who is renamed does not take the name along; nor a crew that is called so and goes.
    office.run("UPDATE crew_members SET name = 'Robert' WHERE name = ' BOB '").await;
    assert_eq!(office.claims(named).await, "Bob firm");
    office.run("INSERT INTO crews (name) VALUES ('Bob')").await;
    assert_eq!((office.claims(named).await, office.text(&unknown).await), (String::new(), "ambiguous".to_owned()));
    office.run("DELETE FROM crews WHERE name = 'Bob'").await;
    assert_eq!(office.claims(named).await, "Bob firm");
    // Said once and for all, even where two are called so.
    office.run("INSERT INTO crew_members (name, role) VALUES ('bob', 'raker')").await;
    office
        .run(&format!("INSERT INTO resource_aliases (kind, written, resource_id) VALUES ('person', 'bob', '{bob}')"))
        .await;
    assert_eq!(office.claims(named).await, "Bob firm");
    office.settle().await;
}

#[tokio::test]
async fn nobody_is_firm_twice_because_a_name_moved_on() {
    let mut office = Office::open().await;
    office.run("INSERT INTO crew_members (name, role) VALUES ('Zoe', 'raker'), ('Max', 'raker')").await;
    let max = id(&mut office, "crew_members", "Max").await;
    let (of_zoe, of_max) = (office.job(6, json!(["Zoe"])).await, office.job(6, json!([max])).await);
    office.run("DELETE FROM crew_members WHERE name = 'Zoe'").await;
    assert_eq!(office.claims(of_zoe).await, "");
    office.run("UPDATE crew_members SET name = 'Zoe' WHERE name = 'Max'").await;
    assert_eq!((office.claims(of_zoe).await, office.claims(of_max).await), ("Zoe conflict".into(), "Zoe firm".into()));
    office.settle().await;
}

#[tokio::test]
async fn an_id_beats_a_name_whoever_else_has_it() {
    let mut office = Office::open().await;
    office.run(BOBS).await;
    let ann = id(&mut office, "crew_members", "Ann").await;
    let item = json!([{"id": ann, "name": "Bob"}]);
    let first = office.job(6, item.clone()).await;
    office.run("INSERT INTO crew_members (name, role) VALUES ('Bob', 'raker')").await;
    let among_two = office.job(7, item.clone()).await;
    // Two ever had the name, one of them still works here: today's rule once took him.
    office.run("UPDATE crew_members SET status = 'terminated' WHERE id = (SELECT min(id::text)::uuid FROM crew_members WHERE name = 'Bob')").await;
    let among_one_left = office.job(8, item).await;
    for job in [first, among_two, among_one_left] {
        assert_eq!(office.claims(job).await, "Ann firm");
    }
    // An id of nobody: then the name counts, until the id is somebody's.
    let new = uuid::Uuid::new_v4();
    let later = office.job(9, json!([{"id": new, "name": "Ann"}])).await;
    assert_eq!(office.claims(later).await, "Ann firm");
    office.run(&format!("INSERT INTO crew_members (id, name, role) VALUES ('{new}', 'Newcomer', 'raker')")).await;
    assert_eq!(office.claims(later).await, "Newcomer firm");
    office.settle().await;
}

#[tokio::test]
async fn case_accents_and_blanks_of_a_name_do_not_count() {
    let mut office = Office::open().await;
    office.run("INSERT INTO crew_members (name, role) VALUES ('José Muñoz', 'raker'), ('Pat O’Brien', 'raker')").await;
    for (day, written) in
        [(6, "josé muñoz"), (7, "JOSÉ MUÑOZ"), (8, "\u{a0}Jose Munoz "), (9, "JOSE\u{301} MUN\u{303}OZ")]
    {
        let job = office.job(day, json!([written, "pat o'brien"])).await;
        assert_eq!(office.claims(job).await, "José Muñoz firm, Pat O’Brien firm", "{written}");
    }
}

/// The job and the membership commit in either order, the crew is named or given by its id, at every isolation level.
#[tokio::test]
async fn a_crew_that_changes_beside_a_job_is_not_lost() {
    let mut office = Office::open().await;
    let crew = id(&mut office, "crews", "Crew 1").await;
    let mut day = 0;
    for isolation in ["READ COMMITTED", "REPEATABLE READ", "SERIALIZABLE"] {
        for written in ["Crew 1", &crew] {
            for job_first in [true, false] {
                day += 1;
                let other = office.job(day, json!(["Person 25"])).await;
                let (mut a, mut b) = (office.writer("api").await, office.writer("mobile_app").await);
                for c in [&mut a, &mut b] {
                    run(c, &format!("BEGIN ISOLATION LEVEL {isolation}; SELECT count(*) FROM crews")).await.unwrap();
                }
                let booked = job(&mut a, day, json!([written])).await.expect("never refused");
                let join = format!(
                    "INSERT INTO crew_memberships (crew_id, crew_member_id, during)
                     SELECT '{crew}', id, daterange('2030-05-{day:02}', '2030-05-{:02}') FROM crew_members WHERE name = 'Person 25'",
                    day + 1
                );
                run(&mut b, &join).await.expect("never refused");
                let (first, second) = if job_first { (&mut a, &mut b) } else { (&mut b, &mut a) };
                run(first, "COMMIT").await.expect("never refused");
                run(second, "COMMIT").await.expect("never refused");
                if isolation != "READ COMMITTED" {
                    office.settle().await;
                }
                let claims = office.claims(booked).await;
                assert!(claims.contains("Person 25 conflict"), "{isolation} {written} {job_first}: {claims}");
                assert_eq!(office.claims(other).await, "Person 25 firm");
            }
        }
    }
    office.settle().await;
}

#[tokio::test]
async fn the_office_is_told_of_both_at_once() {
    let mut office = Office::open().await;
    office.job(6, json!(["Person 25"])).await;
    // A new person, a crew of them and its job, in one transaction; the clash is another member's.
    let mut dana = office.writer("manual_admin").await;
    run(
        &mut dana,
        "BEGIN; INSERT INTO crews (name) VALUES ('Night crew');
         INSERT INTO crew_members (name, role) VALUES ('Newcomer', 'raker');
         INSERT INTO crew_memberships (crew_id, crew_member_id, during)
         SELECT c.id, m.id, '[2020-01-01,)' FROM crews c, crew_members m WHERE c.name = 'Night crew' AND m.name IN ('Newcomer', 'Person 26')",
    )
    .await
    .unwrap();
    let night = job(&mut dana, 6, json!(["night CREW"])).await.unwrap();
    run(&mut dana, "SELECT neff.judge_now()").await.expect("nobody is elsewhere");
    let mine = format!("SELECT count(*) FROM job_assignments WHERE job_schedule_id = '{night}' AND state = 'firm'");
    assert_eq!(text(&mut dana, &mine).await, "2", "what is judged can be read before it is committed");
    run(&mut dana, "SAVEPOINT s").await.unwrap();
    run(&mut dana, "INSERT INTO crew_memberships (crew_id, crew_member_id, during) SELECT c.id, m.id, '[2020-01-01,)' FROM crews c, crew_members m WHERE c.name = 'Night crew' AND m.name = 'Person 25'").await.unwrap();
    let refused = run(&mut dana, "SELECT neff.judge_now()").await.expect_err("Person 25 is elsewhere");
    assert_eq!(neff_tests::booking::code(&refused), "NF001");
    run(&mut dana, "ROLLBACK TO SAVEPOINT s; COMMIT").await.expect("the rest stands");
    assert_eq!(office.claims(night).await, "Newcomer firm, Person 26 firm");
    office.settle().await;
}

#[tokio::test]
async fn the_working_days_are_read_as_they_are_meant() {
    let mut office = Office::open().await;
    office.run("UPDATE system_config SET value = '1-5' WHERE key = 'office_working_days'").await;
    let (from, until) = ("2030-05-06 07:00 America/Chicago", "2030-05-14 16:00 America/Chicago");
    let week = job_at(&mut office.connection, from, until, json!(["Person 25"])).await.unwrap();
    let days = format!(
        "SELECT string_agg(to_char(lower(during) AT TIME ZONE 'America/Chicago', 'DD'), ' ' ORDER BY during) FROM job_assignments WHERE job_schedule_id = '{week}'"
    );
    assert_eq!(office.text(&days).await, "06 07 08 09 10 13 14");
}

#[tokio::test]
async fn a_day_whose_midnight_comes_twice_has_all_its_hours() {
    let mut office = Office::open().await;
    office.run("UPDATE system_config SET value = 'America/Havana' WHERE key = 'office_time_zone'").await;
    office.run("UPDATE system_config SET value = '1,2,3,4,5,6,7' WHERE key = 'office_working_days'").await;
    // On Sunday, 2030-11-03, at one in the morning it is midnight again: 04:00Z and 05:00Z.
    let shown = |job| {
        format!(
            "SELECT string_agg(to_char(lower(during) AT TIME ZONE 'UTC', 'DD HH24:MI') || ' - ' || to_char(upper(during) AT TIME ZONE 'UTC', 'DD HH24:MI'),
                               ', ' ORDER BY during) FROM job_assignments WHERE job_schedule_id = '{job}'"
        )
    };
    let through =
        job_at(&mut office.connection, "2030-11-02 16:00Z", "2030-11-04 17:00Z", json!(["Person 25"])).await.unwrap();
    assert_eq!(office.text(&shown(through)).await, "02 16:00 - 03 04:00, 03 04:00 - 04 05:00, 04 05:00 - 04 17:00");
    let within =
        job_at(&mut office.connection, "2030-11-01 16:00Z", "2030-11-03 04:30Z", json!(["Person 26"])).await.unwrap();
    assert_eq!(office.text(&shown(within)).await, "01 16:00 - 02 04:00, 02 04:00 - 03 04:00, 03 04:00 - 03 04:30");
    // Saturday is no working day: the hour before the second midnight is Sunday's still.
    office.run("UPDATE system_config SET value = '1,2,3,4,5,7' WHERE key = 'office_working_days'").await;
    let over =
        job_at(&mut office.connection, "2030-11-01 16:00Z", "2030-11-04 17:00Z", json!(["Person 27"])).await.unwrap();
    assert_eq!(office.text(&shown(over)).await, "01 16:00 - 02 04:00, 03 04:00 - 04 05:00, 04 05:00 - 04 17:00");
    office.settle().await;
}
