//! Double booking: nobody is in two places, no other program is ever refused, the office is told whom it would meet.

#![allow(clippy::expect_used, clippy::unwrap_used, reason = "a failed step is a failed test")]

use std::collections::BTreeMap;
use std::time::{Duration, Instant};

use neff_tests::postgres::{Server, TestDatabase};
use rand::rngs::StdRng;
use rand::{Rng, SeedableRng};
use serde_json::{Value, json};
use sqlx::{AssertSqlSafe, Connection, PgConnection, Row};
use uuid::Uuid;

/// An office with four crews of six, six people of no crew and twenty machines.
struct Office {
    database: TestDatabase,
    connection: PgConnection,
}

impl Office {
    async fn open() -> Self {
        let database = Server::get().await.office_database().await;
        let mut office = Self { connection: database.connect().await, database };
        office
            .run(
                "INSERT INTO crew_members (name, role) SELECT 'Person ' || i, 'laborer' FROM generate_series(1, 30) i;
                 INSERT INTO crews (name) SELECT 'Crew ' || i FROM generate_series(1, 4) i;
                 INSERT INTO crew_memberships (crew_id, crew_member_id, during)
                 SELECT c.id, m.id, '[2020-01-01,)' FROM crews c JOIN crew_members m
                     ON (substr(m.name, 8)::int - 1) / 6 + 1 = substr(c.name, 6)::int;
                 INSERT INTO equipment (name, kind) SELECT 'Machine ' || i, 'paver' FROM generate_series(1, 20) i",
            )
            .await;
        office
    }

    async fn run(&mut self, text: &str) {
        run(&mut self.connection, text).await.unwrap_or_else(|error| panic!("{text}: {error}"));
    }

    async fn text(&mut self, query: &str) -> String {
        text(&mut self.connection, query).await
    }

    /// A job of another program, on a day of May 2030 (the first is a Wednesday), 8 to 17 o'clock in Chicago.
    async fn job(&mut self, day: u32, crew: Value, equipment: Value) -> Uuid {
        insert(&mut self.connection, day, crew, equipment).await.expect("no other program is refused")
    }

    /// A setting of this session: who is writing.
    async fn write_as(&mut self, source: &str) {
        self.run(&format!("SELECT set_config('app.source', '{source}', false)")).await;
    }

    /// "name state, …" of a job's claims, in the order of name and time.
    async fn claims(&mut self, job: Uuid) -> String {
        self.text(&format!(
            "SELECT string_agg(coalesce(m.name, q.name, '?') || ' ' || a.state, ', '
                               ORDER BY coalesce(m.name, q.name) COLLATE \"C\", lower(a.during))
               FROM job_assignments a LEFT JOIN crew_members m ON m.id = a.resource_id
               LEFT JOIN equipment q ON q.id = a.resource_id WHERE a.job_schedule_id = '{job}'"
        ))
        .await
    }

    async fn unknown(&mut self, job: Uuid) -> String {
        self.text(&format!(
            "SELECT string_agg(kind || ' ' || reason || ' ' || written, ', ' ORDER BY kind, written COLLATE \"C\")
               FROM job_unknown_resources WHERE job_schedule_id = '{job}'"
        ))
        .await
    }

    /// A claim's local times, in the office's zone.
    async fn times(&mut self, job: Uuid) -> String {
        self.text(&format!(
            "SELECT string_agg(to_char(lower(during) AT TIME ZONE 'America/Chicago', 'MM-DD HH24:MI') || ' - ' ||
                               to_char(upper(during) AT TIME ZONE 'America/Chicago', 'MM-DD HH24:MI') || ' = ' ||
                               extract(epoch FROM upper(during) - lower(during))::int / 3600 || 'h', ', ' ORDER BY during)
               FROM job_assignments WHERE job_schedule_id = '{job}'"
        ))
        .await
    }
}

async fn run(connection: &mut PgConnection, text: &str) -> Result<(), sqlx::Error> {
    sqlx::raw_sql(AssertSqlSafe(text.to_owned())).execute(connection).await.map(|_| ())
}

/// The first column of the first row, as text; empty for NULL.
async fn text(connection: &mut PgConnection, query: &str) -> String {
    let query = format!("SELECT ({query})::text");
    sqlx::query_scalar::<_, Option<String>>(AssertSqlSafe(query.clone()))
        .fetch_one(connection)
        .await
        .unwrap_or_else(|error| panic!("{query}: {error}"))
        .unwrap_or_default()
}

async fn insert(connection: &mut PgConnection, day: u32, crew: Value, equipment: Value) -> Result<Uuid, sqlx::Error> {
    let start = format!("2030-05-{day:02} 08:00 America/Chicago");
    let end = format!("2030-05-{day:02} 17:00 America/Chicago");
    insert_at(connection, &start, &end, crew, equipment).await
}

async fn insert_at(
    connection: &mut PgConnection,
    start: &str,
    end: &str,
    crew: Value,
    equipment: Value,
) -> Result<Uuid, sqlx::Error> {
    sqlx::query_scalar(
        "INSERT INTO job_schedules (start_date, end_date, location_address, crew_assigned, equipment_needed)
         VALUES ($1::text::timestamptz, $2::text::timestamptz, '12 Elm Street', $3, $4) RETURNING id",
    )
    .bind(start)
    .bind(end)
    .bind(crew)
    .bind(equipment)
    .fetch_one(connection)
    .await
}

fn code(error: &sqlx::Error) -> String {
    error
        .as_database_error()
        .and_then(sqlx::error::DatabaseError::code)
        .map_or_else(|| error.to_string(), std::borrow::Cow::into_owned)
}

const STATES: &str =
    "SELECT jsonb_object_agg(state, n) FROM (SELECT state, count(*) n FROM job_assignments GROUP BY 1) s";

/// Claims in `state` that meet another job's claim for which `other` holds. (Written so that it uses the indexes also
/// where nobody has counted the rows yet.)
fn meeting(state: &str, other: &str) -> String {
    format!(
        "SELECT count(*) FROM job_assignments a
          WHERE a.state = '{state}'
            AND (SELECT true FROM job_assignments b
                  WHERE b.resource_id = a.resource_id AND b.during && a.during AND {other}
                    AND b.job_schedule_id <> a.job_schedule_id LIMIT 1)"
    )
}

const FIRM: &str = "b.state = 'firm'";
const EARLIER: &str = "b.state IN ('conflict', 'overridden') AND b.id < a.id";

/// What is left to be judged.
const NOTES: &str = "SELECT count(*) FROM neff.assignment_notes";

/// As the desktops do when they hear of it.
async fn settle(connection: &mut PgConnection) {
    while text(connection, "SELECT neff.settle_assignments()").await != "0" {}
}

/// What must be true at any moment between two statements, whoever wrote.
async fn assert_sound(connection: &mut PgConnection) {
    run(connection, "SET enable_seqscan = off").await.unwrap();
    assert_eq!(text(connection, &meeting("firm", FIRM)).await, "0", "nobody is firmly in two places");
}

/// After settling: nothing waits for nothing, nothing is left to do, and deriving everything again changes nothing.
async fn assert_settled(connection: &mut PgConnection) {
    settle(connection).await;
    assert_eq!(text(connection, NOTES).await, "0");
    assert_eq!(text(connection, "SELECT neff.misassigned_jobs()").await, "{}", "the table says what the jobs say");
    assert_sound(connection).await;
    let meets = |other: &str| {
        format!(
            "coalesce((SELECT true FROM job_assignments b
                        WHERE b.resource_id = a.resource_id AND b.during && a.during AND {other}
                          AND b.job_schedule_id <> a.job_schedule_id LIMIT 1), false)"
        )
    };
    let idle = format!(
        "SELECT count(*) FROM job_assignments a WHERE a.state = 'conflict' AND NOT {} AND NOT {}",
        meets(FIRM),
        meets(EARLIER)
    );
    assert_eq!(text(connection, &idle).await, "0", "no conflict without the other job");
}

// ---- What is written --------------------------------------------------------------------------------------------

#[tokio::test]
async fn every_way_to_write_a_resource_is_understood() {
    let mut office = Office::open().await;
    let person = office.text("SELECT id FROM crew_members WHERE name = 'Person 25'").await;
    let machine = office.text("SELECT id FROM equipment WHERE name = 'Machine 7'").await;
    let crew = office.text("SELECT id FROM crews WHERE name = 'Crew 1'").await;
    let six = "Person 1 firm, Person 2 firm, Person 3 firm, Person 4 firm, Person 5 firm, Person 6 firm";
    let shapes = [
        (json!([person]), json!([]), "Person 25 firm"),
        (json!([person.to_uppercase()]), json!([]), "Person 25 firm"),
        (json!(["  pERSON 25\t"]), json!(["MACHINE 7"]), "Machine 7 firm, Person 25 firm"),
        (json!([{"id": person}]), json!([{"id": machine, "note": "x"}]), "Machine 7 firm, Person 25 firm"),
        (json!([{"id": 17, "name": "Person 25"}]), json!([{"name": "machine 7 "}]), "Machine 7 firm, Person 25 firm"),
        (json!(["Crew 1"]), json!([]), six),
        (json!([crew]), json!([]), six),
        (json!([{"crew": "crew 1"}]), json!([]), six),
        (json!([{"crew": crew}]), json!([]), six),
        (json!([{"id": person, "crew": "Crew 1"}]), json!([]), "Person 25 firm"),
        (json!(["Crew 1", "Person 3", {"name": "Person 3"}]), json!([]), six),
        // A person is no machine, and a machine no person.
        (json!(["Machine 7"]), json!([person]), ""),
    ];
    for (crew, equipment, expected) in shapes {
        let job = office.job(6, crew.clone(), equipment.clone()).await;
        assert_eq!(office.claims(job).await, expected, "{crew} {equipment}");
        let kept = office.text(&format!("SELECT crew_assigned = '{crew}' AND equipment_needed = '{equipment}' FROM job_schedules WHERE id = '{job}'")).await;
        assert_eq!(kept, "true", "kept as written");
        office.run(&format!("DELETE FROM job_schedules WHERE id = '{job}'")).await;
        assert_eq!(office.claims(job).await, "", "gone with its job");
    }
}

#[tokio::test]
async fn what_names_nobody_is_unknown_and_never_raises() {
    let mut office = Office::open().await;
    office.run("INSERT INTO crew_members (name, role) VALUES ('Twin', 'raker'), ('twin ', 'raker')").await;
    let long = "x".repeat(100_000);
    let hostile = "'; DROP TABLE job_schedules; -- \u{1F4A3} \u{202E} %s {}";
    let shapes = [
        (json!("Crew 1"), json!(null), "person unknown Crew 1"),
        (json!({"name": "Person 1"}), json!(5), "machine unknown 5, person unknown Person 1"),
        (json!(true), json!(""), "person unknown true"),
        (json!([null, "", "  ", {}]), json!([]), ""),
        (
            json!([["Person 1"], 17, false]),
            json!([]),
            "person unknown 17, person unknown [\"Person 1\"], person unknown false",
        ),
        (json!(["Twin"]), json!([]), "person ambiguous Twin"),
        (
            json!([hostile]),
            json!([{"name": hostile}]),
            "machine unknown '; DROP TABLE job_schedules; -- \u{1F4A3} \u{202E} %s {}, person unknown '; DROP TABLE job_schedules; -- \u{1F4A3} \u{202E} %s {}",
        ),
        (
            json!([{"weight": 3}]),
            json!([{"id": {"a": 1}}]),
            "machine unknown {\"a\": 1}, person unknown {\"weight\": 3}",
        ),
        (json!(["Nobody", "Person 1"]), json!([]), "person unknown Nobody"),
        (json!([{"crew": ["Crew 1"]}]), json!([]), "person unknown [\"Crew 1\"]"),
    ];
    for (crew, equipment, expected) in shapes {
        let job = office.job(6, crew.clone(), equipment.clone()).await;
        assert_eq!(office.unknown(job).await, expected, "{crew} {equipment}");
    }
    // So many words are no quick work: settled after it.
    let job = office.job(6, json!([long]), json!(vec!["nothing"; 20_000])).await;
    settle(&mut office.connection).await;
    assert_eq!(office.unknown(job).await.len(), "machine unknown nothing, person unknown ".len() + 500);
    // SQL's own NULL, and text instead of an array, written by an update.
    let job = office.job(7, json!(["Person 1"]), json!([])).await;
    assert_eq!(office.claims(job).await, "Person 1 firm");
    office
        .run(&format!("UPDATE job_schedules SET crew_assigned = NULL, equipment_needed = NULL WHERE id = '{job}'"))
        .await;
    assert_eq!(office.claims(job).await, "");
    // Times no calendar has.
    office
        .run(
            "INSERT INTO job_schedules (start_date, end_date, location_address, crew_assigned)
             SELECT s, e, 'x', '[\"Crew 2\", \"Person 1\"]'
               FROM (VALUES ('-infinity'::timestamptz, 'infinity'::timestamptz), ('2030-01-01', 'infinity'),
                            ('4713-01-01 00:00 BC', '294276-12-31'), ('294276-12-30', '294276-12-31 23:59:59.999999'),
                            ('2031-01-01', '2031-01-01 00:00:00.000001')) AS t(s, e)",
        )
        .await;
    assert_eq!(office.text(NOTES).await, "0", "none of it was an error");
}

#[tokio::test]
async fn what_was_unknown_is_found_once_the_office_says_who_it_is() {
    let mut office = Office::open().await;
    let job = office.job(6, json!(["New Guy", "Big Bob", "Crew Z"]), json!(["Roller"])).await;
    let past =
        insert_at(&mut office.connection, "2020-05-06 13:00Z", "2020-05-06 20:00Z", json!(["New Guy"]), json!([]))
            .await
            .unwrap();
    assert_eq!(
        office.unknown(job).await,
        "machine unknown Roller, person unknown Big Bob, person unknown Crew Z, person unknown New Guy"
    );
    office.run("INSERT INTO crew_members (name, role) VALUES ('new guy', 'raker')").await;
    office.run("INSERT INTO equipment (name, kind) VALUES ('Old roller', 'roller')").await;
    office.run("UPDATE equipment SET name = 'ROLLER' WHERE name = 'Old roller'").await;
    office.run("INSERT INTO resource_aliases (kind, written, resource_id) SELECT 'person', 'big bob', id FROM crew_members WHERE name = 'Person 30'").await;
    assert_eq!(office.claims(job).await, "Person 30 firm, ROLLER firm, new guy firm");
    assert_eq!(office.unknown(job).await, "person unknown Crew Z");
    assert_eq!(office.unknown(past).await, "person unknown New Guy", "what is over stays as it was");
    office.run("INSERT INTO crews (name) VALUES ('Crew Z')").await;
    assert_eq!(office.unknown(job).await, "");
    // A crew without members is still on the job, and brings those who join.
    assert_eq!(office.text(&format!("SELECT count(*) FROM job_crews WHERE job_schedule_id = '{job}'")).await, "1");
    office.run("INSERT INTO crew_memberships (crew_id, crew_member_id) SELECT c.id, m.id FROM crews c, crew_members m WHERE c.name = 'Crew Z' AND m.name = 'Person 29'").await;
    assert_eq!(office.claims(job).await, "Person 29 firm, Person 30 firm, ROLLER firm, new guy firm");
    // Renamed: still found under the name that stands in the job.
    office.run("UPDATE crew_members SET name = 'Neville' WHERE name = 'new guy'").await;
    office.run(&format!("UPDATE job_schedules SET end_date = end_date + interval '1 hour' WHERE id = '{job}'")).await;
    assert_eq!(office.claims(job).await, "Neville firm, Person 29 firm, Person 30 firm, ROLLER firm");
    // Gone: unknown again.
    office.run("DELETE FROM crew_members WHERE name = 'Neville'; DELETE FROM resource_aliases WHERE written = 'big bob'; DELETE FROM crews WHERE name = 'Crew Z'").await;
    assert_eq!(office.claims(job).await, "ROLLER firm");
    assert_eq!(office.unknown(job).await, "person unknown Big Bob, person unknown Crew Z, person unknown New Guy");
    assert_settled(&mut office.connection).await;
}

// ---- When --------------------------------------------------------------------------------------------------------

#[tokio::test]
async fn a_long_job_claims_its_working_days_right_across_the_change_of_clocks() {
    let mut office = Office::open().await;
    let long = async |office: &mut Office, start: &str, end: &str| {
        let job = insert_at(&mut office.connection, start, end, json!(["Person 25"]), json!([])).await.unwrap();
        let times = office.times(job).await;
        office.run("DELETE FROM job_schedules").await;
        times
    };
    // Friday to Monday: not the weekend.
    assert_eq!(
        long(&mut office, "2030-05-03 07:00 America/Chicago", "2030-05-06 16:00 America/Chicago").await,
        "05-03 07:00 - 05-04 00:00 = 17h, 05-06 00:00 - 05-06 16:00 = 16h"
    );
    // Over midnight, 24 hours or less: one piece, on a Saturday too.
    assert_eq!(
        long(&mut office, "2030-05-03 18:00 America/Chicago", "2030-05-04 18:00 America/Chicago").await,
        "05-03 18:00 - 05-04 18:00 = 24h"
    );
    // Ends at midnight: that day is not touched. Starts on a Saturday: the first day always counts.
    assert_eq!(
        long(&mut office, "2030-05-04 12:00 America/Chicago", "2030-05-07 00:00 America/Chicago").await,
        "05-04 12:00 - 05-05 00:00 = 12h, 05-06 00:00 - 05-07 00:00 = 24h"
    );
    // The clocks go forward on Sunday, 2030-03-10, and back on Sunday, 2030-11-03.
    assert_eq!(
        long(&mut office, "2030-03-08 22:00 America/Chicago", "2030-03-10 12:00 America/Chicago").await,
        "03-08 22:00 - 03-09 00:00 = 2h, 03-10 00:00 - 03-10 12:00 = 11h"
    );
    office.run("UPDATE system_config SET value = '1,2,3,4,5,6,7' WHERE key = 'office_working_days'").await;
    assert_eq!(
        long(&mut office, "2030-11-02 12:00 America/Chicago", "2030-11-04 06:00 America/Chicago").await,
        "11-02 12:00 - 11-03 00:00 = 12h, 11-03 00:00 - 11-04 00:00 = 25h, 11-04 00:00 - 11-04 06:00 = 6h"
    );
    // Spoiled settings: Monday to Friday, and UTC.
    office.run("UPDATE system_config SET value = 'whenever' WHERE key = 'office_working_days'").await;
    assert_eq!(
        long(&mut office, "2030-05-03 07:00 America/Chicago", "2030-05-06 16:00 America/Chicago").await,
        "05-03 07:00 - 05-04 00:00 = 17h, 05-06 00:00 - 05-06 16:00 = 16h"
    );
    // The setting changes: what is still to come follows.
    let job = insert_at(
        &mut office.connection,
        "2030-05-03 07:00 America/Chicago",
        "2030-05-06 16:00 America/Chicago",
        json!(["Person 25"]),
        json!([]),
    )
    .await
    .unwrap();
    office.run("UPDATE system_config SET value = '6' WHERE key = 'office_working_days'").await;
    assert_eq!(
        office.times(job).await,
        "05-03 07:00 - 05-04 00:00 = 17h, 05-04 00:00 - 05-05 00:00 = 24h, 05-06 00:00 - 05-06 16:00 = 16h"
    );
}

#[tokio::test]
async fn a_weekend_between_two_days_of_a_job_is_free() {
    let mut office = Office::open().await;
    insert_at(
        &mut office.connection,
        "2030-05-03 07:00 America/Chicago",
        "2030-05-06 16:00 America/Chicago",
        json!(["Crew 1"]),
        json!([]),
    )
    .await
    .unwrap();
    let saturday = office.job(4, json!(["Crew 1"]), json!([])).await;
    assert!(!office.claims(saturday).await.contains("conflict"));
    let monday = office.job(6, json!(["Person 2"]), json!([])).await;
    assert_eq!(office.claims(monday).await, "Person 2 conflict");
}

#[tokio::test]
async fn a_crew_is_its_members_of_the_day() {
    let mut office = Office::open().await;
    let (friday, saturday, monday) = (
        office.job(3, json!(["Crew 1"]), json!([])).await,
        office.job(4, json!(["Crew 1"]), json!([])).await,
        office.job(6, json!(["Crew 1"]), json!([])).await,
    );
    // Midnight in the office, not in UTC: a job late on Friday evening is Friday's.
    let evening = insert_at(
        &mut office.connection,
        "2030-05-03 20:00 America/Chicago",
        "2030-05-04 02:00 America/Chicago",
        json!(["Crew 1"]),
        json!([]),
    )
    .await
    .unwrap();
    // Person 6 leaves on Saturday; Person 26 comes on Monday.
    office.run("UPDATE crew_memberships SET during = '[2020-01-01,2030-05-04)' WHERE crew_member_id = (SELECT id FROM crew_members WHERE name = 'Person 6')").await;
    office.run("INSERT INTO crew_memberships (crew_id, crew_member_id, during) SELECT c.id, m.id, '[2030-05-06,)' FROM crews c, crew_members m WHERE c.name = 'Crew 1' AND m.name = 'Person 26'").await;
    let five = "Person 1 firm, Person 2 firm, Person 3 firm, Person 4 firm, Person 5 firm";
    assert_eq!(
        office.claims(friday).await,
        format!("{five}, Person 6 firm").replace("firm, Person 3", "firm, Person 3")
    );
    assert_eq!(office.claims(evening).await, format!("{five}, Person 6 firm"));
    assert_eq!(office.claims(saturday).await, five);
    assert_eq!(
        office.claims(monday).await,
        "Person 1 firm, Person 2 firm, Person 26 firm, Person 3 firm, Person 4 firm, Person 5 firm"
    );
    // Whoever joins two crews at once is double booked: the office is refused, another program is not.
    let other = office.job(6, json!(["Crew 2"]), json!([])).await;
    let join = "INSERT INTO crew_memberships (crew_id, crew_member_id, during) SELECT c.id, m.id, '[2030-05-06,)' FROM crews c, crew_members m WHERE c.name = 'Crew 2' AND m.name = 'Person 1'";
    office.write_as("manual_admin").await;
    let error = run(&mut office.connection, join).await.expect_err("the office is refused");
    assert_eq!(code(&error), "NF001");
    office.write_as("api").await;
    office.run(join).await;
    assert!(office.claims(other).await.starts_with("Person 1 conflict, Person 10 firm"));
    // Leaves again: everything is as it was.
    office.run("DELETE FROM crew_memberships WHERE crew_id = (SELECT id FROM crews WHERE name = 'Crew 2') AND crew_member_id = (SELECT id FROM crew_members WHERE name = 'Person 1')").await;
    assert!(office.claims(other).await.starts_with("Person 10 firm"));
    assert_settled(&mut office.connection).await;
}

// ---- Who may ------------------------------------------------------------------------------------------------------

#[tokio::test]
async fn the_office_is_refused_and_told_whom_it_would_meet() {
    let mut office = Office::open().await;
    office.run("INSERT INTO contracts (client_name, service_type, project_address) VALUES ('Maple Street Church', 'commercial', '9 Maple Street')").await;
    let first = office.job(6, json!(["Person 1"]), json!(["Machine 1"])).await;
    office.run(&format!("UPDATE job_schedules SET contract_id = (SELECT id FROM contracts), location_address = '9 Maple Street' WHERE id = '{first}'")).await;
    office.write_as("manual_admin").await;
    let error = insert(&mut office.connection, 6, json!(["Crew 1"]), json!(["Machine 2"])).await.expect_err("refused");
    let database = error.into_database_error().unwrap();
    let postgres = database.downcast_ref::<sqlx::postgres::PgDatabaseError>();
    assert_eq!(postgres.code(), "NF001");
    let detail: Value = serde_json::from_str(postgres.detail().unwrap()).expect("the detail is JSON");
    let clashes = detail["clashes"].as_array().unwrap();
    assert_eq!(clashes.len(), 1, "{detail}");
    assert_eq!(clashes[0]["resource"]["name"], "Person 1");
    assert_eq!(clashes[0]["resource"]["kind"], "person");
    assert_eq!(
        clashes[0]["resource"]["crew"].as_str().unwrap(),
        office.text("SELECT id FROM crews WHERE name = 'Crew 1'").await
    );
    assert_eq!(clashes[0]["other"]["id"].as_str().unwrap(), first.to_string());
    assert_eq!(clashes[0]["other"]["address"], "9 Maple Street");
    assert_eq!(clashes[0]["other"]["customer"], "Maple Street Church");
    assert_eq!(clashes[0]["other"]["start"], "2030-05-06T13:00:00+00:00");
    assert_eq!(office.text("SELECT count(*) FROM job_schedules").await, "1", "nothing of it stays");
    // What find_clashes says beforehand is the same.
    let query = "SELECT string_agg(resource_name || ' ' || other_job_id || ' ' || other_customer || ' ' || other_state, '|')
                   FROM neff.find_clashes(NULL, '2030-05-06 12:00Z', '2030-05-06 18:00Z', '[\"Crew 1\"]', '[\"Machine 1\"]')";
    let expected = format!("Machine 1 {first} Maple Street Church firm|Person 1 {first} Maple Street Church firm");
    let mut told: Vec<String> = office.text(query).await.split('|').map(str::to_owned).collect();
    told.sort();
    assert_eq!(told.join("|"), expected);
    let own = format!(
        "SELECT count(*) FROM neff.find_clashes('{first}', '2030-05-06 12:00Z', '2030-05-06 18:00Z', '[\"Crew 1\"]', '[]')"
    );
    assert_eq!(office.text(&own).await, "0", "a job does not meet itself");
    // The other day is free; moving there and back; an edit that is no move.
    let second = insert(&mut office.connection, 7, json!(["Crew 1"]), json!([])).await.expect("free");
    let error = run(&mut office.connection, &format!("UPDATE job_schedules SET start_date = start_date - interval '1 day', end_date = end_date - interval '1 day' WHERE id = '{second}'")).await.expect_err("refused");
    assert_eq!(code(&error), "NF001");
    office.run(&format!("UPDATE job_schedules SET special_instructions = 'Ring first', end_date = end_date - interval '1 hour' WHERE id = '{second}'")).await;
    // Also over what another program left in conflict.
    office.write_as("api").await;
    let conflict = office.job(7, json!(["Person 3", "Person 27"]), json!([])).await;
    assert_eq!(office.claims(conflict).await, "Person 27 firm, Person 3 conflict");
    office.run(&format!("UPDATE job_schedules SET status = 'canceled' WHERE id = '{second}'")).await;
    let third = office.job(7, json!(["Person 3"]), json!([])).await;
    assert_eq!(office.claims(third).await, "Person 3 conflict");
    office.write_as("manual_admin").await;
    let error =
        run(&mut office.connection, &format!("UPDATE job_schedules SET status = 'scheduled' WHERE id = '{second}'"))
            .await
            .expect_err("refused");
    assert_eq!(code(&error), "NF001", "a cancelled job that comes back finds its people gone");
    // Editing something else of a job in conflict is no new clash.
    office.run(&format!("UPDATE job_schedules SET equipment_needed = '[\"Machine 3\"]' WHERE id = '{third}'")).await;
    assert_eq!(office.claims(third).await, "Machine 3 firm, Person 3 conflict");
}

#[tokio::test]
async fn the_office_goes_ahead_with_a_reason_and_the_reason_counts_for_that_time() {
    let mut office = Office::open().await;
    let first = office.job(6, json!(["Person 1"]), json!([])).await;
    office.write_as("manual_admin").await;
    let blank = run(&mut office.connection, &format!("INSERT INTO assignment_overrides (job_schedule_id, resource_id, reason) SELECT '{first}', id, '  ' FROM crew_members WHERE name = 'Person 1'")).await;
    assert_eq!(code(&blank.expect_err("a blank reason is none")), "23514");
    // The reason first, then its job: the office picks the id.
    let job = Uuid::new_v4();
    let reason = |reason: &str| {
        format!(
            "INSERT INTO assignment_overrides (job_schedule_id, resource_id, reason) SELECT '{job}', id, '{reason}' FROM crew_members WHERE name = 'Person 1'
             ON CONFLICT (job_schedule_id, resource_id) DO UPDATE SET reason = excluded.reason"
        )
    };
    office
        .run(&format!(
            "BEGIN; SELECT set_config('app.current_user', 'pat', true); {}; INSERT INTO job_schedules (id, start_date, end_date, location_address, crew_assigned)
             VALUES ('{job}', '2030-05-06 13:00Z', '2030-05-06 20:00Z', 'x', '[\"Person 1\", \"Person 2\"]'); COMMIT",
            reason("Both are around the corner")
        ))
        .await;
    assert_eq!(office.claims(job).await, "Person 1 overridden, Person 2 firm");
    assert_eq!(office.text("SELECT overridden_by FROM assignment_overrides").await, "pat");
    let orphan = run(
        &mut office.connection,
        &format!(
            "INSERT INTO assignment_overrides (job_schedule_id, resource_id, reason) VALUES ('{}', '{}', 'x')",
            Uuid::new_v4(),
            Uuid::new_v4()
        ),
    )
    .await;
    assert_eq!(code(&orphan.expect_err("no job, no reason")), "23503");
    // Within the time it was given for: fine. Another clash: a new reason, please.
    office.job(8, json!(["Person 1"]), json!([])).await;
    office.run(&format!("UPDATE job_schedules SET start_date = '2030-05-06 15:00Z' WHERE id = '{job}'")).await;
    assert_eq!(office.claims(job).await, "Person 1 overridden, Person 2 firm");
    let move_it = format!(
        "UPDATE job_schedules SET start_date = '2030-05-08 13:00Z', end_date = '2030-05-08 20:00Z' WHERE id = '{job}'"
    );
    assert_eq!(code(&run(&mut office.connection, &move_it).await.expect_err("refused")), "NF001");
    office.run(&format!("BEGIN; {}; {move_it}; COMMIT", reason("Half a day each"))).await;
    assert_eq!(office.claims(job).await, "Person 1 overridden, Person 2 firm");
    // The reason is taken back: a conflict again, and no error. Given again: settled again.
    office.run("DELETE FROM assignment_overrides").await;
    assert_eq!(office.claims(job).await, "Person 1 conflict, Person 2 firm");
    office.run(&reason("It will do")).await;
    assert_eq!(office.claims(job).await, "Person 1 overridden, Person 2 firm");
    // A clash that is gone, and a job that is gone with its reason.
    office.run(&format!("DELETE FROM job_schedules WHERE id = '{job}'")).await;
    assert_eq!(office.text("SELECT count(*) FROM assignment_overrides").await, "0");
    assert_eq!(office.text("SELECT count(*) FROM job_assignments WHERE state <> 'firm'").await, "0");
}

#[tokio::test]
async fn other_programs_are_never_refused_and_who_waited_longest_moves_up() {
    let mut office = Office::open().await;
    let first = office.job(6, json!(["Person 1"]), json!([])).await;
    let second = office.job(6, json!(["Person 1"]), json!([])).await;
    let third = office.job(6, json!(["Person 1"]), json!([])).await;
    assert_eq!(office.claims(first).await, "Person 1 firm");
    assert_eq!(office.claims(second).await, "Person 1 conflict");
    assert_eq!(office.claims(third).await, "Person 1 conflict");
    let shown = office.text(&format!("SELECT string_agg(other_job_id || ' ' || other_state, '|' ORDER BY other_state DESC) FROM assignment_conflicts WHERE job_schedule_id = '{second}'")).await;
    assert_eq!(shown, format!("{first} firm|{third} conflict"));
    // Statuses that hold, one after another: nothing changes. Cancelled: the next moves up, the last goes on waiting.
    for status in ["confirmed", "in_progress", "rescheduled", "scheduled"] {
        office.run(&format!("UPDATE job_schedules SET status = '{status}' WHERE id = '{first}'")).await;
        assert_eq!(office.claims(first).await, "Person 1 firm", "{status}");
        assert_eq!(office.claims(second).await, "Person 1 conflict", "{status}");
    }
    office.run(&format!("UPDATE job_schedules SET status = 'canceled' WHERE id = '{first}'")).await;
    assert_eq!(office.claims(first).await, "Person 1 released");
    assert_eq!(office.claims(second).await, "Person 1 firm");
    assert_eq!(office.claims(third).await, "Person 1 conflict");
    // Moved away, a rescheduled job holds its new dates.
    office.run(&format!("UPDATE job_schedules SET status = 'rescheduled', start_date = start_date + interval '1 day', end_date = end_date + interval '1 day' WHERE id = '{second}'")).await;
    assert_eq!(office.claims(second).await, "Person 1 firm");
    assert_eq!(office.claims(third).await, "Person 1 firm");
    let late = office.job(7, json!(["Person 1"]), json!([])).await;
    assert_eq!(office.claims(late).await, "Person 1 conflict");
    // Completed, deleted, or without the person: free.
    office.run(&format!("UPDATE job_schedules SET status = 'completed' WHERE id = '{second}'")).await;
    assert_eq!(office.claims(second).await, "Person 1 released");
    assert_eq!(office.claims(late).await, "Person 1 firm");
    let next = office.job(6, json!(["Person 1"]), json!([])).await;
    office.run(&format!("UPDATE job_schedules SET crew_assigned = '[]' WHERE id = '{third}'")).await;
    assert_eq!(office.claims(next).await, "Person 1 firm");
    let last = office.job(6, json!(["Person 1"]), json!([])).await;
    office.run(&format!("DELETE FROM job_schedules WHERE id = '{next}'")).await;
    assert_eq!(office.claims(last).await, "Person 1 firm");
    // The first comes back: now it is the one that clashes.
    office.run(&format!("UPDATE job_schedules SET status = 'scheduled' WHERE id = '{first}'")).await;
    assert_eq!(office.claims(first).await, "Person 1 conflict");
    assert_settled(&mut office.connection).await;
}

#[tokio::test]
async fn a_deleted_contract_takes_its_jobs_and_frees_their_people() {
    let mut office = Office::open().await;
    office.run("INSERT INTO contracts (client_name, service_type, project_address) VALUES ('A', 'custom', 'x')").await;
    let job = office.job(6, json!(["Crew 1", "Nobody"]), json!(["Machine 1"])).await;
    office.run(&format!("UPDATE job_schedules SET contract_id = (SELECT id FROM contracts) WHERE id = '{job}'")).await;
    let waiting = office.job(6, json!(["Person 1"]), json!(["Machine 1"])).await;
    assert_eq!(office.claims(waiting).await, "Machine 1 conflict, Person 1 conflict");
    office.run("DELETE FROM contracts").await;
    assert_eq!(office.claims(waiting).await, "Machine 1 firm, Person 1 firm");
    for table in ["job_assignments", "job_crews", "job_unknown_resources"] {
        assert_eq!(
            office.text(&format!("SELECT count(*) FROM {table} WHERE job_schedule_id = '{job}'")).await,
            "0",
            "{table}"
        );
    }
    office.run("TRUNCATE job_schedules CASCADE").await;
    assert_eq!(office.text("SELECT count(*) FROM job_assignments").await, "0");
}

#[tokio::test]
async fn an_ordinary_login_books_but_cannot_write_assignments() {
    let mut office = Office::open().await;
    office.run("DO $$ BEGIN EXECUTE format('GRANT TEMP ON DATABASE %I TO neff_app', current_database()); END $$").await;
    let mut app = office.database.connect_as("neff_app").await;
    for table in ["job_assignments", "job_crews", "job_unknown_resources", "assignment_conflicts"] {
        run(&mut app, &format!("SELECT count(*) FROM {table}")).await.expect(table);
    }
    let first = insert(&mut app, 6, json!(["Crew 1"]), json!(["Machine 1"])).await.expect("booked");
    let second = insert(&mut app, 6, json!(["Person 1"]), json!([])).await.expect("not refused");
    assert!(office.claims(first).await.contains("Machine 1 firm, Person 1 firm"));
    assert_eq!(office.claims(second).await, "Person 1 conflict");
    // A table of its own in front of ours changes nothing.
    run(&mut app, "CREATE TEMP TABLE job_assignments (LIKE public.job_assignments); CREATE TEMP TABLE job_schedules (LIKE public.job_schedules)").await.unwrap();
    run(&mut app, "UPDATE public.job_schedules SET status = 'canceled' WHERE crew_assigned = '[\"Crew 1\"]'")
        .await
        .unwrap();
    assert_eq!(office.claims(second).await, "Person 1 firm");
    for attempt in [
        "UPDATE public.job_assignments SET state = 'firm'",
        "DELETE FROM public.job_assignments",
        "INSERT INTO public.job_assignments (job_schedule_id, resource_kind, resource_id, during, state) VALUES (gen_random_uuid(), 'person', gen_random_uuid(), '[2030-01-01,2030-01-02)', 'firm')",
        "DELETE FROM public.job_unknown_resources",
        "INSERT INTO neff.assignment_notes (why) VALUES ('x')",
        "DO $$ BEGIN LOCK TABLE neff.assignment_gate IN EXCLUSIVE MODE; END $$",
        "DO $$ BEGIN LOCK TABLE neff.assignment_gate IN ACCESS SHARE MODE; END $$",
        "SELECT neff.assign_jobs('{}', false, false)",
        "SELECT neff.promote_waiting('{}', '{}')",
    ] {
        assert_eq!(code(&run(&mut app, attempt).await.expect_err(attempt)), "42501", "{attempt}");
    }
    assert_eq!(
        text(
            &mut app,
            "SELECT count(*) FROM neff.find_clashes(NULL, '2030-05-06 12:00Z', '2030-05-06 18:00Z', '[\"Person 1\"]', '[]')"
        )
        .await,
        "1"
    );
    run(&mut app, "SELECT neff.settle_assignments()").await.expect("anybody may have it settled");
}

// ---- At the same time ----------------------------------------------------------------------------------------------

#[tokio::test]
async fn an_old_snapshot_sees_nothing_and_still_books_nobody_twice() {
    let mut office = Office::open().await;
    let mut old = office.database.connect().await;
    let begin = "BEGIN ISOLATION LEVEL REPEATABLE READ; SELECT count(*) FROM job_assignments";
    // A firm claim it cannot see; and, later that day, one in conflict it cannot see, with nothing firm beside it.
    run(&mut old, begin).await.unwrap();
    office.job(6, json!(["Person 1"]), json!([])).await;
    let (morning, day) = (("2030-05-07 08:00 America/Chicago", "2030-05-07 12:00 America/Chicago"), 7);
    insert_at(&mut office.connection, morning.0, morning.1, json!(["Person 2"]), json!([])).await.unwrap();
    let waiting = office.job(day, json!(["Person 2"]), json!([])).await;
    assert_eq!(office.claims(waiting).await, "Person 2 conflict");
    let (seen, free) = (
        insert(&mut old, 6, json!(["Person 1", "Person 3"]), json!([])).await.expect("never refused"),
        insert_at(
            &mut old,
            "2030-05-07 13:00 America/Chicago",
            "2030-05-07 17:00 America/Chicago",
            json!(["Person 2"]),
            json!([]),
        )
        .await
        .expect("never refused"),
    );
    run(&mut old, "COMMIT").await.unwrap();
    // What it cannot see it does not judge: that is left to whoever has fresh eyes.
    assert_eq!(office.claims(seen).await, "");
    assert_settled(&mut office.connection).await;
    assert_eq!(office.claims(seen).await, "Person 1 conflict, Person 3 firm");
    assert_eq!(office.claims(free).await, "Person 2 conflict");

    // Its own claim was promoted meanwhile: PostgreSQL would say 40001. The move stands, and is settled.
    let first = office.job(8, json!(["Person 1"]), json!([])).await;
    let second = office.job(8, json!(["Person 1"]), json!([])).await;
    let move_it = format!(
        "UPDATE job_schedules SET start_date = start_date + interval '1 day', end_date = end_date + interval '1 day' WHERE id = '{second}'"
    );
    run(&mut old, begin).await.unwrap();
    office.run(&format!("DELETE FROM job_schedules WHERE id = '{first}'")).await;
    assert_eq!(office.claims(second).await, "Person 1 firm");
    run(&mut old, &move_it).await.expect("never refused");
    run(&mut old, "COMMIT").await.unwrap();
    assert_settled(&mut office.connection).await;
    assert_eq!(office.claims(second).await, "Person 1 firm");
    assert_eq!(office.times(second).await, "05-09 08:00 - 05-09 17:00 = 9h");

    // A member joined meanwhile.
    run(&mut old, begin).await.unwrap();
    let crew_job = office.job(10, json!(["Crew 2"]), json!([])).await;
    office.run("INSERT INTO crew_memberships (crew_id, crew_member_id) SELECT c.id, m.id FROM crews c, crew_members m WHERE c.name = 'Crew 2' AND m.name = 'Person 28'").await;
    let unseen = insert(&mut old, 13, json!(["Crew 2"]), json!([])).await.expect("never refused");
    run(&mut old, "COMMIT").await.unwrap();
    assert_settled(&mut office.connection).await;
    for job in [crew_job, unseen] {
        assert!(office.claims(job).await.contains("Person 28 firm"));
    }

    // The office tries again: 40001 is what every client repeats by itself.
    run(&mut old, "SELECT set_config('app.source', 'manual_admin', false)").await.unwrap();
    run(&mut old, begin).await.unwrap();
    office.job(14, json!(["Person 1"]), json!([])).await;
    insert(&mut old, 14, json!(["Person 1"]), json!([])).await.unwrap();
    let error = run(&mut old, "COMMIT").await.expect_err("the office does not book over it");
    assert_eq!(code(&error), "40001");
    run(&mut old, "BEGIN ISOLATION LEVEL REPEATABLE READ").await.unwrap();
    insert(&mut old, 14, json!(["Person 1"]), json!([])).await.unwrap();
    let error = run(&mut old, "SELECT neff.judge_now()").await.expect_err("refused, and before it commits");
    assert_eq!(code(&error), "NF001");
}

/// Nothing is locked before a transaction ends: two that book crosswise have nothing to deadlock over, as they once had.
#[tokio::test]
async fn two_programs_that_book_crosswise_wait_for_nothing() {
    let mut office = Office::open().await;
    let (mut a, mut b) = (office.database.connect().await, office.database.connect().await);
    for connection in [&mut a, &mut b] {
        run(connection, "BEGIN").await.unwrap();
    }
    insert(&mut a, 6, json!(["Person 1"]), json!([])).await.unwrap();
    insert(&mut b, 6, json!(["Person 2"]), json!([])).await.unwrap();
    let start = Instant::now();
    let second_of_a = insert(&mut a, 6, json!(["Person 2"]), json!([])).await.expect("never refused");
    let second_of_b = insert(&mut b, 6, json!(["Person 1"]), json!([])).await.expect("never refused");
    run(&mut a, "COMMIT").await.unwrap();
    run(&mut b, "COMMIT").await.unwrap();
    assert!(start.elapsed() < Duration::from_secs(3), "{:?}", start.elapsed());
    assert_eq!(office.text("SELECT count(*) FROM job_schedules").await, "4");
    assert_settled(&mut office.connection).await;
    // Whoever committed first holds both.
    assert_eq!(office.claims(second_of_a).await, "Person 2 firm");
    assert_eq!(office.claims(second_of_b).await, "Person 1 conflict");
}

/// An open transaction holds nobody up, and has nothing yet: it is judged when it commits, and comes second then.
#[tokio::test]
async fn nobody_waits_for_an_open_transaction() {
    let mut office = Office::open().await;
    let mut slow = office.database.connect().await;
    run(&mut slow, "BEGIN").await.unwrap();
    let held = insert(&mut slow, 6, json!(["Person 1"]), json!([])).await.unwrap();
    let mut website = office.database.connect().await;
    run(&mut website, "SET statement_timeout = '6s'; SET lock_timeout = '7s'").await.unwrap();
    let start = Instant::now();
    let job = insert(&mut website, 6, json!(["Person 1", "Person 2"]), json!([])).await.expect("never refused");
    assert!(start.elapsed() < Duration::from_secs(1), "{:?}", start.elapsed());
    assert_eq!(office.claims(job).await, "Person 1 firm, Person 2 firm");
    assert_eq!(text(&mut website, "SELECT current_setting('lock_timeout')").await, "7s", "their settings are theirs");
    run(&mut slow, "COMMIT").await.unwrap();
    assert_settled(&mut office.connection).await;
    assert_eq!(office.claims(job).await, "Person 1 firm, Person 2 firm");
    assert_eq!(office.claims(held).await, "Person 1 conflict");
}

/// What one writer of the storm does, again and again.
struct Writer {
    connection: PgConnection,
    office: bool,
    isolation: &'static str,
    dice: StdRng,
    jobs: Vec<Uuid>,
    times: Vec<Duration>,
    refused: Vec<String>,
}

impl Writer {
    fn crew(&mut self) -> Value {
        match self.dice.random_range(0..4) {
            0 => json!([format!("Crew {}", self.dice.random_range(1..=4))]),
            1 => json!([{"crew": format!("crew {}", self.dice.random_range(1..=4))}, "Person 27"]),
            _ => json!([
                format!("Person {}", self.dice.random_range(1..=30)),
                format!("Person {}", self.dice.random_range(1..=30)),
                format!("Person {}", self.dice.random_range(1..=30)),
            ]),
        }
    }

    fn statement(&mut self) -> String {
        let start =
            format!("timestamptz '2030-05-01 11:00Z' + interval '{} hours'", self.dice.random_range(0..24 * 20));
        let hours = self.dice.random_range(2..=30);
        let crew = self.crew();
        let machine = self.dice.random_range(1..=20);
        let own = if self.jobs.is_empty() { None } else { Some(self.jobs[self.dice.random_range(0..self.jobs.len())]) };
        match (self.dice.random_range(0..10), own) {
            (0, Some(job)) => format!(
                "UPDATE job_schedules SET start_date = {start}, end_date = {start} + interval '{hours} hours' WHERE id = '{job}'"
            ),
            (1, Some(job)) => format!("UPDATE job_schedules SET crew_assigned = '{crew}' WHERE id = '{job}'"),
            (2, Some(job)) => format!(
                "UPDATE job_schedules SET status = CASE status WHEN 'canceled' THEN 'scheduled' ELSE 'canceled' END WHERE id = '{job}'"
            ),
            (3, Some(job)) => format!("DELETE FROM job_schedules WHERE id = '{job}'"),
            (choice, _) => {
                let job = Uuid::new_v4();
                self.jobs.push(job);
                let reason = if self.office && choice == 4 {
                    format!(
                        "INSERT INTO assignment_overrides (job_schedule_id, resource_id, reason) SELECT '{job}', id, 'storm' FROM crew_members;"
                    )
                } else {
                    String::new()
                };
                format!(
                    "{reason} INSERT INTO job_schedules (id, start_date, end_date, location_address, crew_assigned, equipment_needed)
                     VALUES ('{job}', {start}, {start} + interval '{hours} hours', 'x', '{crew}', '[\"Machine {machine}\"]')"
                )
            }
        }
    }

    /// `pairs`: one transaction in so many holds two statements, in any order; 0: none.
    async fn storm(mut self, attempts: usize, pairs: u32) -> Self {
        let source = if self.office { "manual_admin" } else { "api" };
        run(&mut self.connection, &format!("SELECT set_config('app.source', '{source}', false)")).await.unwrap();
        for _ in 0..attempts {
            let mut statements = vec![self.statement()];
            if pairs > 0 && self.dice.random_range(0..pairs) == 0 {
                statements.push(self.statement());
            }
            let start = Instant::now();
            run(&mut self.connection, &format!("BEGIN ISOLATION LEVEL {}; SELECT count(*) FROM crews", self.isolation))
                .await
                .unwrap();
            let mut result = Ok(());
            for statement in &statements {
                result = run(&mut self.connection, statement).await;
                if result.is_err() {
                    break;
                }
            }
            // Judged here.
            if result.is_ok() {
                result = run(&mut self.connection, "COMMIT").await;
            } else {
                run(&mut self.connection, "ROLLBACK").await.unwrap();
            }
            self.times.push(start.elapsed());
            if let Err(error) = result {
                self.refused.push(code(&error));
            }
        }
        self
    }
}

/// What became of a storm.
struct Storm {
    times: Vec<Duration>,
    refused: BTreeMap<String, usize>,
    jobs_of_the_office: Vec<Uuid>,
}

/// Eight writers at once: the office and other programs, both isolation levels. Beside them the crews change, and
/// what was left is settled, as the program does.
async fn storm(office: &Office, attempts: usize, pairs: u32) -> Storm {
    let mut writers = Vec::new();
    for seed in 0..8_u64 {
        let writer = Writer {
            connection: office.database.connect().await,
            office: seed % 2 == 0,
            isolation: if seed < 4 { "READ COMMITTED" } else { "REPEATABLE READ" },
            dice: StdRng::seed_from_u64(seed),
            jobs: Vec::new(),
            times: Vec::new(),
            refused: Vec::new(),
        };
        writers.push(tokio::spawn(writer.storm(attempts / 8, pairs)));
    }
    let (mut changer, mut settler) = (office.database.connect().await, office.database.connect().await);
    let crews = tokio::spawn(async move {
        for day in 1..=20 {
            let change = format!(
                "UPDATE crew_memberships SET during = '[2020-01-01,2030-05-{day:02})'
                  WHERE crew_member_id IN (SELECT id FROM crew_members WHERE name IN ('Person 1', 'Person 8'))"
            );
            run(&mut changer, &change).await.expect("another program is never refused");
            tokio::time::sleep(Duration::from_millis(50)).await;
        }
    });
    let settling = tokio::spawn(async move {
        for _ in 0..5 {
            if let Err(error) = run(&mut settler, "SELECT neff.settle_assignments()").await {
                assert_eq!(code(&error), "55P03", "settling may find others at it, and is called again");
            }
            tokio::time::sleep(Duration::from_millis(300)).await;
        }
    });
    let mut storm = Storm { times: Vec::new(), refused: BTreeMap::new(), jobs_of_the_office: Vec::new() };
    for writer in writers {
        let writer = writer.await.unwrap();
        storm.times.extend(writer.times);
        if writer.office {
            storm.jobs_of_the_office.extend(writer.jobs);
            for code in writer.refused {
                assert!(["NF001", "40001", "55P03"].contains(&code.as_str()), "the office is refused with {code}");
                *storm.refused.entry(code).or_default() += 1;
            }
        } else {
            assert!(writer.refused.is_empty(), "refused at {}: {:?}", writer.isolation, writer.refused);
        }
    }
    crews.await.unwrap();
    settling.await.unwrap();
    storm.times.sort();
    storm
}

/// No claim of the office is in conflict: it was refused, or has a reason. (Another program's change of members may
/// bring a crew of the office into conflict.)
async fn assert_the_office_had_reasons(office: &mut Office, storm: &Storm) {
    let jobs = storm.jobs_of_the_office.iter().map(Uuid::to_string).collect::<Vec<_>>().join(",");
    let without = format!(
        "SELECT count(*) FROM job_assignments
          WHERE job_schedule_id = ANY ('{{{jobs}}}') AND state = 'conflict' AND via_crew_id IS NULL"
    );
    assert_eq!(office.text(&without).await, "0", "no office clash without a reason");
    let without = "SELECT count(*) FROM job_assignments a WHERE a.state = 'overridden' AND NOT EXISTS (
                       SELECT FROM assignment_overrides o
                        WHERE o.job_schedule_id = a.job_schedule_id AND o.resource_id = a.resource_id)";
    assert_eq!(office.text(without).await, "0", "no overridden claim without a reason");
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_storm_of_eight_writers_books_nobody_twice() {
    let mut office = Office::open().await;
    let storm = storm(&office, 1000, 0).await;
    let states: Value = serde_json::from_str(&office.text(STATES).await).unwrap();
    let at = |share: usize| storm.times[(storm.times.len() * share / 100).min(storm.times.len() - 1)];
    println!(
        "storm: {} attempts, p50 {:.1?} p95 {:.1?} p99 {:.1?} max {:.1?}; refused {:?}; {states}; left {}",
        storm.times.len(),
        at(50),
        at(95),
        at(99),
        at(100),
        storm.refused,
        office
            .text("SELECT jsonb_object_agg(coalesce(why, ''), n) FROM (SELECT why, count(*) n FROM neff.assignment_turns GROUP BY 1) b")
            .await
    );
    assert_sound(&mut office.connection).await;
    assert_settled(&mut office.connection).await;
    assert_eq!(office.text(&meeting("firm", EARLIER)).await, "0", "no claim is firm over an earlier one");
    assert_the_office_had_reasons(&mut office, &storm).await;
    // It was a storm: clashes were refused, overridden, and left in conflict.
    assert!(storm.refused["NF001"] > 20, "{:?}", storm.refused);
    assert!(states["overridden"].as_u64() > Some(0) && states["conflict"].as_u64() > Some(20), "{states}");
    assert!(at(95) < Duration::from_millis(500), "p95 {:?}", at(95));
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_storm_of_transactions_that_book_crosswise_books_nobody_twice() {
    let mut office = Office::open().await;
    let storm = storm(&office, 160, 2).await;
    println!("storm of pairs: max {:.1?}; refused {:?}", storm.times.last().unwrap(), storm.refused);
    assert_sound(&mut office.connection).await;
    assert_settled(&mut office.connection).await;
    assert_the_office_had_reasons(&mut office, &storm).await;
}

// ---- Many at once ---------------------------------------------------------------------------------------------------

const TEN_THOUSAND: &str = "INSERT INTO job_schedules (start_date, end_date, location_address, crew_assigned, equipment_needed)
     SELECT timestamptz '2031-01-01 14:00Z' + i / 4 * interval '1 day', timestamptz '2031-01-01 23:00Z' + i / 4 * interval '1 day',
            i || ' Elm Street', jsonb_build_array('Crew ' || i % 4 + 1), jsonb_build_array('Machine ' || i % 4 + 1, 'Machine ' || i % 4 + 11)
       FROM generate_series(0, 9999) i";

#[tokio::test]
async fn ten_thousand_jobs_are_inserted_and_pushed_by_a_day_without_a_false_clash() {
    let mut office = Office::open().await;
    let start = Instant::now();
    office.run(TEN_THOUSAND).await;
    let inserted = start.elapsed();
    // So much of another program is settled in short steps, so that nobody waits for it.
    settle(&mut office.connection).await;
    assert_eq!(office.text(STATES).await, "{\"firm\": 80000}");
    let start = Instant::now();
    office.run("UPDATE job_schedules SET special_instructions = 'Ring first'").await;
    let unrelated = start.elapsed();
    let start = Instant::now();
    office.write_as("manual_admin").await;
    office.run("UPDATE job_schedules SET start_date = start_date + interval '1 day', end_date = end_date + interval '1 day'").await;
    let pushed = start.elapsed();
    assert_eq!(office.text(STATES).await, "{\"firm\": 80000}");
    println!(
        "10,000 jobs of 8: inserted in {inserted:.1?}, all pushed by a day in {pushed:.1?}, an unrelated update {unrelated:.1?}"
    );
    // A thousand more by another program: every one of them clashes, and every one of them is there.
    office.write_as("calendly_webhook").await;
    office.run(&TEN_THOUSAND.replace("2031-01-01", "2031-01-02").replace("9999", "999")).await;
    settle(&mut office.connection).await;
    assert_eq!(office.text(STATES).await, "{\"firm\": 80000, \"conflict\": 8000}");
    assert_eq!(office.text(NOTES).await, "0");
    // And by the office: nothing of it.
    office.write_as("manual_admin").await;
    assert_eq!(
        code(
            &run(&mut office.connection, &TEN_THOUSAND.replace("2031-01-01", "2031-01-03").replace("9999", "999"))
                .await
                .expect_err("refused")
        ),
        "NF001"
    );
    assert!(inserted < Duration::from_secs(30), "{inserted:?}");
}

#[tokio::test]
async fn jobs_that_swap_places_in_one_statement_do_not_clash() {
    let mut office = Office::open().await;
    office.write_as("manual_admin").await;
    let (first, second) =
        (office.job(6, json!(["Crew 1"]), json!([])).await, office.job(7, json!(["Crew 1"]), json!([])).await);
    office
        .run(&format!(
            "UPDATE job_schedules SET start_date = start_date + d, end_date = end_date + d
               FROM (VALUES ('{first}'::uuid, interval '1 day'), ('{second}', interval '-1 day')) AS v(job, d) WHERE id = job"
        ))
        .await;
    assert!(!office.claims(first).await.contains("conflict") && !office.claims(second).await.contains("conflict"));
    // Two jobs of one statement that clash with each other: the office is refused, too.
    let error = run(
        &mut office.connection,
        "INSERT INTO job_schedules (start_date, end_date, location_address, crew_assigned)
         SELECT '2030-05-20 12:00Z', '2030-05-20 20:00Z', 'x', '[\"Person 25\"]' FROM generate_series(1, 2)",
    )
    .await
    .expect_err("refused");
    assert_eq!(code(&error), "NF001");
    // An upsert that moves one job out of the way of another.
    office.run("INSERT INTO job_schedules (calendly_event_uri, start_date, end_date, location_address, crew_assigned) VALUES ('a', '2030-05-20 12:00Z', '2030-05-20 20:00Z', 'x', '[\"Person 25\"]')").await;
    office
        .run(
            "INSERT INTO job_schedules (calendly_event_uri, start_date, end_date, location_address, crew_assigned)
             VALUES ('a', '2030-05-21 12:00Z', '2030-05-21 20:00Z', 'x', '[\"Person 25\"]'), ('b', '2030-05-20 12:00Z', '2030-05-20 20:00Z', 'x', '[\"Person 25\"]')
             ON CONFLICT (calendly_event_uri) DO UPDATE SET start_date = excluded.start_date, end_date = excluded.end_date",
        )
        .await;
    assert_settled(&mut office.connection).await;
}

#[tokio::test]
async fn jobs_that_were_there_before_keep_the_order_in_which_they_were_entered() {
    let database = Server::get().await.specification_database().await;
    let mut connection = database.connect().await;
    // Three of the same morning, entered in another order than their ids; one over; one cancelled; 20,000 more.
    run(
        &mut connection,
        "SET session_replication_role = replica;
         INSERT INTO crew_members (name, role) SELECT 'Person ' || i, 'laborer' FROM generate_series(1, 30) i;
         INSERT INTO job_schedules (id, calendly_event_uri, start_date, end_date, location_address, status, crew_assigned, created_at)
         SELECT ('00000000-0000-0000-0000-00000000000' || n)::uuid, 'u' || n, '2030-05-06 13:00Z', '2030-05-06 20:00Z', 'x', status,
                '[\"Person 1\"]', timestamptz '2026-01-09' - n * interval '1 day'
           FROM (VALUES (1, 'scheduled'), (2, 'confirmed'), (3, 'in_progress'), (4, 'completed'), (5, 'canceled')) v(n, status);
         INSERT INTO job_schedules (calendly_event_uri, start_date, end_date, location_address, crew_assigned, equipment_needed)
         SELECT 'v' || i, timestamptz '2028-01-01 14:00Z' + i / 5 * interval '1 day', timestamptz '2028-01-01 23:00Z' + i / 5 * interval '1 day',
                'x', jsonb_build_array('Person ' || i % 5 * 6 + 1, 'Person ' || i % 5 * 6 + 2, 'Person ' || i % 5 * 6 + 3), CASE i % 3 WHEN 0 THEN '\"paver\"' WHEN 1 THEN NULL ELSE '[\"Roller\"]'::jsonb END
           FROM generate_series(1, 20000) i",
    )
    .await
    .unwrap();
    connection.close().await.unwrap();
    let start = Instant::now();
    database.migrate().await;
    println!("20,005 jobs adopted in {:.1?}, all migrations together", start.elapsed());
    let mut connection = database.connect().await;
    assert_eq!(text(&mut connection, "SELECT count(*) FROM job_schedules").await, "20005");
    let order = "SELECT string_agg(right(job_schedule_id::text, 1) || ' ' || state, ', ' ORDER BY job_schedule_id) FROM job_assignments WHERE job_schedule_id < '00000000-0000-0000-0000-000000000009'";
    assert_eq!(text(&mut connection, order).await, "1 conflict, 2 conflict, 3 firm, 4 released, 5 released");
    assert!(
        text(&mut connection, "SELECT count(*) FROM job_assignments WHERE state = 'firm'")
            .await
            .parse::<u32>()
            .unwrap()
            > 59_000
    );
    assert_settled(&mut connection).await;
    let row = sqlx::query("SELECT count(*) FILTER (WHERE written = 'paver'), count(*) FILTER (WHERE written = 'Roller') FROM job_unknown_resources")
        .fetch_one(&mut connection)
        .await
        .unwrap();
    assert_eq!((row.get::<i64, _>(0), row.get::<i64, _>(1)), (6666, 6667));
}
