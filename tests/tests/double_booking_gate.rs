//! Double booking and whoever is in the way: no lock a stranger can take, no import too large, nobody waits for long, no
//! other program is refused.

#![allow(clippy::expect_used, clippy::unwrap_used, reason = "a failed step is a failed test")]

use std::time::{Duration, Instant};

use neff_tests::booking::{Office, code, job, job_at, run, text};
use neff_tests::postgres::Server;
use serde_json::json;
use sqlx::PgConnection;

/// Who waits for the gate waits half a second (other programs) or one (the office); the rest is this machine.
const AT_ONCE: Duration = Duration::from_millis(450);
const WITHIN: Duration = Duration::from_millis(2500);

async fn timed(connection: &mut PgConnection, statement: &str) -> (Duration, Result<(), sqlx::Error>) {
    let start = Instant::now();
    let result = run(connection, statement).await;
    (start.elapsed(), result)
}

fn booking(day: u32, person: u32) -> String {
    format!(
        "INSERT INTO job_schedules (start_date, end_date, location_address, crew_assigned)
         VALUES ('2030-05-{day:02} 13:00Z', '2030-05-{day:02} 22:00Z', 'x', '[\"Person {person}\"]')"
    )
}

#[tokio::test]
async fn no_lock_of_a_stranger_stops_scheduling() {
    let mut office = Office::open().await;
    let server = Server::get().await;
    server.create_login("neff_test_stranger", "x", &[]).await;
    server.create_login("neff_test_webhook", "x", &["neff_program"]).await;
    office
        .run("DO $$ BEGIN EXECUTE format('GRANT CONNECT, TEMPORARY ON DATABASE %I TO neff_test_stranger, neff_test_webhook', current_database()); END $$")
        .await;
    let mut stranger = office.database.connect_as("neff_test_stranger").await;
    for attempt in [
        "DO $$ BEGIN LOCK TABLE neff.assignment_gate IN EXCLUSIVE MODE; END $$",
        "DO $$ BEGIN LOCK TABLE neff.assignment_gate IN ACCESS SHARE MODE; END $$",
        "SELECT * FROM neff.assignment_gate FOR UPDATE",
        "SELECT neff.enter_gate(1000)",
        "SELECT neff.judge_now()",
        "SELECT neff.settle_assignments()",
    ] {
        assert_eq!(code(&run(&mut stranger, attempt).await.expect_err(attempt)), "42501", "{attempt}");
    }
    // Every advisory lock of the former kind, and a thousand others.
    run(&mut stranger, "BEGIN; SELECT pg_advisory_xact_lock(hashtextextended('neff assignments', 0)), pg_advisory_xact_lock(n) FROM generate_series(1, 1000) n").await.unwrap();
    let mut dana = office.writer("manual_admin").await;
    let (took, booked) = timed(&mut dana, &booking(6, 1)).await;
    booked.unwrap();
    assert!(took < WITHIN, "{took:?}");
    assert_eq!(office.text("SELECT count(*) FROM job_assignments").await, "1");
    // Who may write jobs, but is not of the office, cannot stand in the gate either.
    let mut program = office.database.connect_as("neff_test_webhook").await;
    assert_eq!(code(&run(&mut program, "SELECT neff.judge_now()").await.expect_err("not theirs")), "42501");
    // Nor by having it judged early, however that is written, and whoever they say they are.
    run(
        &mut program,
        "CREATE FUNCTION pg_temp.early() RETURNS void LANGUAGE plpgsql AS 'BEGIN SET CONSTRAINTS ALL IMMEDIATE; END'",
    )
    .await
    .unwrap();
    for (day, early) in [
        (10, "SET CONSTRAINTS ALL IMMEDIATE"),
        (11, "SET/**/CONSTRAINTS ALL IMMEDIATE"),
        (12, "SET -- early\nCONSTRAINTS ALL IMMEDIATE"),
        (13, "SELECT pg_temp.early()"),
    ] {
        for source in ["api", "manual_admin"] {
            run(&mut program, &format!("BEGIN; SET LOCAL app.source = '{source}'")).await.unwrap();
            run(&mut program, &booking(day, 2)).await.unwrap();
            run(&mut program, early).await.unwrap();
            let held = "SELECT count(*) FROM pg_locks l JOIN pg_database d ON d.oid = l.database
                         WHERE d.datname = current_database() AND l.relation = 'neff.assignment_gate'::regclass";
            assert_eq!(office.text(held).await, "0", "{source}: {early}");
            run(&mut program, "ROLLBACK").await.unwrap();
        }
    }
}

#[tokio::test]
async fn an_open_transaction_refuses_nobody_and_comes_second() {
    let mut office = Office::open().await;
    let (mut website, mut dana) = (office.writer("api").await, office.writer("manual_admin").await);
    run(&mut website, "BEGIN").await.unwrap();
    let long = job_at(&mut website, "2030-06-01 08:00Z", "2030-07-16 08:00Z", json!(["Person 2"])).await.unwrap();
    for statement in [
        booking(6, 2),
        booking(7, 3),
        booking(8, 2).replace("2030-05", "2031-01"),
        booking(10, 2).replace("-05-", "-06-"),
    ] {
        let (took, saved) = timed(&mut dana, &statement).await;
        saved.expect("nobody is in its way yet");
        assert!(took < WITHIN, "{took:?}");
    }
    run(&mut website, "COMMIT").await.expect("never refused");
    office.settle().await;
    let days = office.claims(long).await;
    assert_eq!((days.matches("conflict").count(), days.matches("firm").count()), (1, 32), "{days}");
}

#[tokio::test]
async fn an_import_of_any_length_takes_no_memory_and_refuses_nobody() {
    let mut office = Office::open().await;
    let (mut import, mut dana) = (office.writer("api").await, office.writer("manual_admin").await);
    let locks = "SELECT count(*) FROM pg_locks WHERE locktype = 'advisory'
                   AND database = (SELECT oid FROM pg_database WHERE datname = current_database())";
    run(&mut import, "BEGIN").await.unwrap();
    for i in 0..2125 {
        let (day, crew) = (i / 4, i % 4 + 1);
        run(&mut import, &format!(
            "INSERT INTO job_schedules (start_date, end_date, location_address, crew_assigned)
             VALUES (timestamptz '2031-01-01 14:00Z' + {day} * interval '1 day', timestamptz '2031-01-01 20:00Z' + {day} * interval '1 day', 'x', '[\"Crew {crew}\"]')"
        )).await.unwrap();
    }
    assert_eq!(office.text(locks).await, "0", "however many statements");
    let (took, saved) = timed(&mut dana, &booking(6, 25)).await;
    saved.unwrap();
    assert!(took < WITHIN, "{took:?}");
    let (took, committed) = timed(&mut import, "COMMIT").await;
    committed.unwrap();
    println!("import of 2,125 statements committed in {took:.1?}");
    // The office goes on between the steps.
    let mut longest = Duration::ZERO;
    for day in 7..20 {
        let start = Instant::now();
        office.text("SELECT neff.settle_assignments()").await;
        longest = longest.max(start.elapsed());
        timed(&mut dana, &booking(day, 25)).await.1.expect("free");
    }
    println!("longest step of settling {longest:.1?}");
    office.settle().await;
    assert_eq!(
        office.text("SELECT count(*) FROM job_assignments WHERE state = 'firm'").await,
        (2125 * 6 + 14).to_string()
    );
}

/// A plan of another program that moves more jobs than one step can take must not clash with itself on the way.
#[tokio::test]
async fn a_push_of_many_jobs_makes_no_false_clash() {
    let mut office = Office::open().await;
    let mut import = office.writer("api").await;
    run(&mut import, "INSERT INTO job_schedules (start_date, end_date, location_address, crew_assigned)
         SELECT timestamptz '2031-01-01 14:00Z' + i * interval '1 day', timestamptz '2031-01-01 23:00Z' + i * interval '1 day', 'x', '[\"Crew 1\"]'
           FROM generate_series(0, 699) i").await.unwrap();
    office.settle().await;
    let alerts = "SELECT count(*) FROM job_assignments WHERE state = 'conflict'";
    run(
        &mut import,
        "UPDATE job_schedules SET start_date = start_date + interval '1 day', end_date = end_date + interval '1 day'",
    )
    .await
    .unwrap();
    while office.text("SELECT neff.settle_assignments()").await != "0" {
        assert_eq!(office.text(alerts).await, "0", "not for a moment");
    }
    office.settle().await;
    assert_eq!(office.text("SELECT count(*) FROM job_assignments WHERE state = 'firm'").await, "4200");
}

#[tokio::test]
async fn one_job_of_four_hundred_people_for_a_year_is_settled_in_short_steps() {
    let mut office = Office::open().await;
    office.run("INSERT INTO crew_members (name, role) SELECT 'P' || i, 'raker' FROM generate_series(1, 400) i").await;
    let mut api = office.writer("api").await;
    let people: Vec<_> = (1..=400).map(|i| format!("P{i}")).collect();
    let start = Instant::now();
    job_at(&mut api, "2030-01-01 08:00Z", "2030-12-31 08:00Z", json!(people)).await.expect("never refused");
    let entered = start.elapsed();
    let (mut longest, mut steps) = (Duration::ZERO, 0);
    loop {
        let start = Instant::now();
        if office.text("SELECT neff.settle_assignments()").await == "0" {
            break;
        }
        longest = longest.max(start.elapsed());
        steps += 1;
    }
    println!("400 people for a year: entered in {entered:.1?}, settled in {steps} steps of at most {longest:.1?}");
    assert!(steps > 20 && longest < Duration::from_secs(3), "{steps} steps, {longest:?}");
    assert_eq!(office.text("SELECT count(*) FROM job_assignments WHERE state = 'firm'").await, "104400");
    office.settle().await;
}

#[tokio::test]
async fn who_waits_is_told_for_whom_and_other_programs_are_settled_later() {
    let mut office = Office::open().await;
    let (mut dana, mut pat, mut website) =
        (office.writer("manual_admin").await, office.writer("manual_admin").await, office.writer("api").await);
    run(&mut dana, "SET application_name = 'the office of Dana'; BEGIN").await.unwrap();
    job(&mut dana, 6, json!(["Person 1"])).await.unwrap();
    run(&mut dana, "SELECT neff.judge_now()").await.unwrap();
    let start = Instant::now();
    let theirs = job(&mut website, 6, json!(["Person 1"])).await.expect("never refused");
    assert!(start.elapsed() < WITHIN, "{:?}", start.elapsed());
    let (took, refused) = timed(&mut pat, &booking(7, 2)).await;
    let refused = refused.expect_err("Dana's transaction is open");
    let told = refused.into_database_error().unwrap();
    let told = told.downcast_ref::<sqlx::postgres::PgDatabaseError>();
    assert_eq!(told.code(), "55P03");
    assert!(told.detail().is_some_and(|who| who.contains("the office of Dana")), "{told:?}");
    assert!(took < WITHIN, "{took:?}");
    run(&mut dana, "COMMIT").await.unwrap();
    // Whoever saves next settles it, too.
    timed(&mut pat, &booking(7, 2)).await.1.unwrap();
    assert_eq!(office.claims(theirs).await, "Person 1 conflict");
    office.settle().await;
}

#[tokio::test]
async fn a_program_that_judges_early_or_prepares_holds_nobody_up() {
    let mut office = Office::open().await;
    let (mut website, mut dana) = (office.writer("api").await, office.writer("manual_admin").await);
    for (day, early) in [(6, "BEGIN; SET CONSTRAINTS ALL IMMEDIATE"), (9, "BEGIN")] {
        run(&mut website, early).await.unwrap();
        job(&mut website, day, json!(["Person 1"])).await.unwrap();
        run(&mut website, "SET CONSTRAINTS ALL IMMEDIATE").await.unwrap();
        job(&mut website, day + 1, json!(["Person 1"])).await.unwrap();
        let (took, saved) = timed(&mut dana, &booking(day, 1)).await;
        saved.expect("not judged yet");
        assert!(took < AT_ONCE.max(WITHIN), "{took:?}");
        run(&mut website, "COMMIT").await.unwrap();
        office.settle().await;
    }
    assert_eq!(
        office.text("SELECT string_agg(state, ' ' ORDER BY id) FROM job_assignments").await,
        "firm conflict firm firm conflict firm"
    );
    // What it did not finish is called out: a desktop hears of it.
    let mut listener = sqlx::postgres::PgListener::connect_with(&office.database.pool().await).await.unwrap();
    listener.listen("neff_changes").await.unwrap();
    run(&mut website, "BEGIN ISOLATION LEVEL REPEATABLE READ").await.unwrap();
    job(&mut website, 20, json!(["Person 1"])).await.unwrap();
    run(&mut website, "COMMIT").await.unwrap();
    loop {
        let heard = tokio::time::timeout(Duration::from_secs(10), listener.recv()).await.expect("called out").unwrap();
        if heard.payload() == "assignment_notes" {
            break;
        }
    }
    office.settle().await;
}

/// Two-phase commit, where the server allows it, as the tests' own does: what is prepared may stay so for days, and must
/// hold nothing.
#[tokio::test]
async fn a_prepared_transaction_holds_nobody_up() {
    let mut office = Office::open().await;
    if office.text("SELECT current_setting('max_prepared_transactions')").await == "0" {
        println!("this server prepares no transactions");
        return;
    }
    let (mut website, mut dana) = (office.writer("api").await, office.writer("manual_admin").await);
    // However it is written; a word nobody knows claims nothing, and so would have nothing else to be refused for.
    for (day, crew, how) in [
        (6, "Person 1", "PREPARE TRANSACTION"),
        (7, "Person 1", "prepare /* a comment */ transaction"),
        (8, "Somebody Else", "PREPARE/**/TRANSACTION"),
    ] {
        let name = neff_tests::postgres::unique("prepared");
        run(&mut website, "BEGIN").await.unwrap();
        let prepared = job(&mut website, day, json!([crew])).await.unwrap();
        run(&mut website, &format!("{how} '{name}'")).await.expect("never refused");
        let (took, saved) = timed(&mut dana, &booking(day, 1)).await;
        saved.expect("not judged yet");
        assert!(took < WITHIN, "{took:?}");
        run(&mut website, &format!("COMMIT PREPARED '{name}'")).await.unwrap();
        office.settle().await;
        assert_eq!(office.claims(prepared).await, if crew == "Person 1" { "Person 1 conflict" } else { "" });
    }
}

/// Each books one person of its own: nothing they do depends on one another.
#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn serializable_writers_of_different_people_keep_out_of_each_others_way() {
    let mut office = Office::open().await;
    // What is judged here, not what other triggers read.
    office
        .run(
            r"DO $$ DECLARE t record; BEGIN
                  FOR t IN SELECT tgname FROM pg_trigger WHERE tgrelid = 'job_schedules'::regclass AND NOT tgisinternal AND tgname NOT LIKE 'a\_%' LOOP
                      EXECUTE format('ALTER TABLE job_schedules DISABLE TRIGGER %I', t.tgname);
                  END LOOP;
              END $$",
        )
        .await;
    let mut writers = Vec::new();
    for person in 1..=8_u32 {
        let mut writer = office.writer("api").await;
        writers.push(tokio::spawn(async move {
            let mut refused = 0_u32;
            for day in 1..=28 {
                let statement = format!("BEGIN ISOLATION LEVEL SERIALIZABLE; {}; COMMIT", booking(day, person));
                if let Err(error) = run(&mut writer, &statement).await {
                    assert_eq!(code(&error), "40001", "{error}");
                    run(&mut writer, "ROLLBACK").await.unwrap();
                    refused += 1;
                }
            }
            refused
        }));
    }
    let mut refused = 0;
    for writer in writers {
        refused += writer.await.unwrap();
    }
    assert!(refused <= 4, "{refused} of 224 refused");
    office.settle().await;
    assert_eq!(
        office.text("SELECT count(*) FROM job_assignments WHERE state = 'firm'").await,
        (224 - refused).to_string()
    );
}

/// Rows written where no trigger fires, and a word that means what it should not: found, put right, and told.
#[tokio::test]
async fn what_is_out_of_line_is_put_right_and_the_administrators_are_told() {
    let mut office = Office::open().await;
    let (first, second) = (office.job(6, json!(["Person 1"])).await, office.job(7, json!(["Person 2"])).await);
    assert_eq!(office.text("SELECT neff.check_assignments()").await, "0");
    office
        .run(&format!(
            "SET session_replication_role = replica; DELETE FROM job_assignments WHERE job_schedule_id = '{first}';
             DELETE FROM job_schedules WHERE id = '{second}'; SET session_replication_role = origin;
             DELETE FROM neff.resource_words WHERE word = 'person 3'; UPDATE neff.assignment_checks SET checked_at = '-infinity'"
        ))
        .await;
    let third = office.job(8, json!(["Person 3"])).await;
    assert_eq!(office.claims(third).await, "");
    let wrong: u32 = office.text("SELECT neff.check_assignments()").await.parse().unwrap();
    assert_eq!(wrong, 3);
    assert_eq!(office.text("SELECT neff.check_assignments()").await, "0", "once a minute, whoever asks");
    assert_eq!(
        (office.claims(first).await, office.claims(third).await),
        ("Person 1 firm".into(), "Person 3 firm".into())
    );
    assert_eq!(office.claims(second).await, "");
    office.settle().await;
    let told =
        "SELECT count(*) > 0 FROM dashboard_notifications WHERE message LIKE '%3 jobs were not what their jobs say%'
                 OR data::text LIKE '%3 jobs were not what their jobs say%'";
    let mut admin = office.database.connect().await;
    let any = text(&mut admin, "SELECT count(*) FROM app_users").await;
    println!("{any} people; told {}", text(&mut admin, told).await);
    assert_eq!(text(&mut admin, "SELECT count(*) > 0 FROM alert_history h JOIN alert_types t ON t.id = h.alert_type_id WHERE t.name = 'system_error'").await, "true");
}
