//! Words that mean one thing to everybody: time zones, weekdays, names, and what waits for what.

#![allow(clippy::expect_used, clippy::unwrap_used, reason = "a failed step is a failed test")]

use chrono::{DateTime, Offset, TimeZone, Utc};
use chrono_tz::{TZ_VARIANTS, Tz};
use domain::working_time::WorkingDays;
use domain::zone;
use neff_tests::postgres::{Server, TestDatabase};
use sqlx::{AssertSqlSafe, Connection, PgConnection};
use uuid::Uuid;

async fn office() -> TestDatabase {
    Server::get().await.office_database().await
}

fn state(result: Result<sqlx::postgres::PgQueryResult, sqlx::Error>) -> (String, String) {
    match result.unwrap_err() {
        sqlx::Error::Database(error) => (
            error.code().unwrap_or_default().into_owned(),
            error.constraint().map_or_else(|| error.message().to_owned(), str::to_owned),
        ),
        other => panic!("{other}"),
    }
}

// ---- Zones and weekdays ---------------------------------------------------------------------------------------------

#[tokio::test]
async fn the_database_and_the_program_know_the_same_zones_and_the_same_times_in_them() {
    let database = office().await;
    let mut connection = database.connect().await;
    let mut written: Vec<String> = TZ_VARIANTS.iter().map(|zone| zone.name().to_owned()).collect();
    written.extend(written.clone().iter().map(|name| format!(" {} ", name.to_uppercase())));
    written.extend(
        ["CST", "CDT", "IST", "<-06>6", "posix/America/Chicago", "right/UTC", "localtime", "Factory", "+02", "", "  "]
            .map(str::to_owned),
    );
    let known: Vec<Option<String>> =
        sqlx::query_scalar("SELECT neff.time_zone(w) FROM unnest($1::text[]) WITH ORDINALITY AS w(w, n) ORDER BY n")
            .bind(&written)
            .fetch_all(&mut connection)
            .await
            .unwrap();
    for (written, known) in written.iter().zip(&known) {
        assert_eq!(known.as_deref(), zone::known(written).map(Tz::name), "{written:?}");
    }

    // What the clock says there, through two years of summers.
    let clocks: Vec<(String, DateTime<Utc>, i32)> = sqlx::query_as(
        "SELECT z.name, t, extract(epoch FROM (t AT TIME ZONE z.name) - (t AT TIME ZONE 'UTC'))::integer
           FROM (SELECT DISTINCT name FROM neff.time_zones) AS z
           JOIN pg_timezone_names USING (name)
          CROSS JOIN generate_series('2024-01-15 12:00Z'::timestamptz, '2025-12-15 12:00Z', '1 month') AS t",
    )
    .fetch_all(&mut connection)
    .await
    .unwrap();
    assert!(clocks.len() > 9_000, "{}", clocks.len());
    let wrong: Vec<_> = clocks
        .iter()
        .filter(|(name, at, offset)| {
            zone::known(name).unwrap().from_utc_datetime(&at.naive_utc()).offset().fix().local_minus_utc() != *offset
        })
        .map(|(name, ..)| name.as_str())
        .collect();
    // Rules that changed after one side's list was made differ for a while; two sides that read a word differently
    // differ in every zone of its kind.
    assert!(wrong.len() <= 24, "{wrong:?}");
}

#[tokio::test]
async fn the_office_s_zone_is_one_that_everybody_can_show() {
    let database = office().await;
    let mut connection = database.connect().await;
    for (written, zone, evening) in [
        ("america/chicago", "America/Chicago", "2026-06-30 19:00"),
        ("CST", "UTC", "2026-07-01 00:00"),
        ("CET", "Europe/Brussels", "2026-07-01 02:00"),
        ("America/Chikago", "UTC", "2026-07-01 00:00"),
        ("", "UTC", "2026-07-01 00:00"),
    ] {
        sqlx::query("UPDATE system_config SET value = $1 WHERE key = 'office_time_zone'")
            .bind(written)
            .execute(&mut connection)
            .await
            .unwrap();
        let (kept, counts, local): (String, String, String) = sqlx::query_as(
            "SELECT (SELECT value FROM system_config WHERE key = 'office_time_zone'), neff.office_time_zone(),
                    to_char('2026-07-01 00:00Z'::timestamptz AT TIME ZONE neff.office_time_zone(), 'YYYY-MM-DD HH24:MI')",
        )
        .fetch_one(&mut connection)
        .await
        .unwrap();
        assert_eq!((kept.as_str(), counts.as_str(), local.as_str()), (written, zone, evening));
    }
}

#[tokio::test]
async fn the_database_and_the_program_read_working_days_alike() {
    let database = office().await;
    let mut connection = database.connect().await;
    for (written, days) in [
        ("1,2,3,4,5", "1,2,3,4,5"),
        ("1-5", "1,2,3,4,5"),
        ("1 – 4; 6", "1,2,3,4,6"),
        ("Mon-Fri", "1,2,3,4,5"),
        ("monday to SATURDAY", "1,2,3,4,5,6"),
        ("Sat-Mon", "1,6,7"),
        ("6-1", "1,6,7"),
        ("12345", "1,2,3,4,5"),
        ("1-3-5", "1,2,3,5"),
        ("5-5", "5"),
        ("7", "7"),
        ("0,9,x", "1,2,3,4,5"),
        ("", "1,2,3,4,5"),
        ("every day", "1,2,3,4,5"),
        ("-", "1,2,3,4,5"),
        ("Tue -", "2"),
    ] {
        sqlx::query("UPDATE system_config SET value = $1 WHERE key = 'office_working_days'")
            .bind(written)
            .execute(&mut connection)
            .await
            .unwrap();
        let read: String = sqlx::query_scalar("SELECT array_to_string(neff.office_working_days(), ',')")
            .fetch_one(&mut connection)
            .await
            .unwrap();
        assert_eq!((read.as_str(), WorkingDays::read(written).to_string().as_str()), (days, days), "{written:?}");
    }
}

// ---- Names ----------------------------------------------------------------------------------------------------------

#[tokio::test]
async fn crews_and_machines_that_would_be_found_alike_are_refused_for_everybody() {
    let database = office().await;
    let mut connection = database.connect().await;
    for (table, columns, first, alike) in [
        ("crews", "name", "('Paving A')", ["('paving a')", "(' PAVING A ')", "('Päving Á')"]),
        (
            "equipment",
            "name, kind",
            "('Roller 1', 'roller')",
            ["('ROLLER 1', 'roller')", "(' roller 1', 'mill')", "('Röller 1', 'x')"],
        ),
    ] {
        let insert = |row: &str| sqlx::query(AssertSqlSafe(format!("INSERT INTO {table} ({columns}) VALUES {row}")));
        insert(first).execute(&mut connection).await.unwrap();
        for row in alike {
            let refused = state(insert(row).execute(&mut connection).await);
            assert_eq!(refused, ("23505".to_owned(), format!("{table}_found_alike")), "{row}");
        }
    }
}

// ---- What waits for what --------------------------------------------------------------------------------------------

async fn jobs<const N: usize>(connection: &mut PgConnection) -> [Uuid; N] {
    let ids = [(); N].map(|()| Uuid::new_v4());
    sqlx::query(
        "INSERT INTO job_schedules (id, start_date, end_date, location_address)
         SELECT id, now(), now() + interval '2 hours', '12 Oak St' FROM unnest($1::uuid[]) AS id",
    )
    .bind(&ids[..])
    .execute(connection)
    .await
    .unwrap();
    ids
}

async fn waits(c: &mut PgConnection, job: Uuid, on: Uuid) -> Result<sqlx::postgres::PgQueryResult, sqlx::Error> {
    let update = sqlx::query("UPDATE job_schedules SET follows_job_id = $2 WHERE id = $1");
    update.bind(job).bind(on).execute(c).await
}

#[tokio::test]
async fn jobs_that_would_wait_for_each_other_in_a_circle_are_refused() {
    let database = office().await;
    let mut c = database.connect().await;
    let [x, y, z] = jobs(&mut c).await;
    waits(&mut c, y, x).await.unwrap();
    waits(&mut c, z, y).await.unwrap();
    let circle = ("23514".to_owned(), "jobs_wait_in_no_circle".to_owned());
    assert_eq!(state(waits(&mut c, x, z).await), circle);
    assert_eq!(state(waits(&mut c, x, x).await), circle);

    // What counts is how it stands in the end: turned round in one transaction it is no circle.
    let mut turned = c.begin().await.unwrap();
    waits(&mut turned, x, z).await.unwrap();
    sqlx::query("UPDATE job_schedules SET follows_job_id = NULL WHERE id = $1")
        .bind(z)
        .execute(&mut *turned)
        .await
        .unwrap();
    turned.commit().await.unwrap();
}

#[tokio::test]
async fn two_halves_of_a_circle_do_not_both_get_in() {
    let database = office().await;
    let (mut one, mut other) = (database.connect().await, database.connect().await);
    for isolation in ["READ COMMITTED", "REPEATABLE READ", "SERIALIZABLE"] {
        let [x, y] = jobs(&mut one).await;
        let begin = format!("BEGIN ISOLATION LEVEL {isolation}");
        for connection in [&mut one, &mut other] {
            sqlx::raw_sql(AssertSqlSafe(begin.clone())).execute(&mut *connection).await.unwrap();
            sqlx::raw_sql("SELECT count(*) FROM job_schedules").execute(&mut *connection).await.unwrap();
        }
        waits(&mut one, x, y).await.unwrap();
        waits(&mut other, y, x).await.unwrap();
        sqlx::raw_sql("COMMIT").execute(&mut one).await.unwrap();
        let (code, _) = state(sqlx::raw_sql("COMMIT").execute(&mut other).await);
        let expected = if isolation == "READ COMMITTED" { "23514" } else { "40001" };
        assert_eq!(code, expected, "{isolation}");
        sqlx::raw_sql("ROLLBACK").execute(&mut other).await.unwrap();
    }
}
