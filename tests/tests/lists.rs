//! What long lists are put in order by: kept by triggers, whoever writes, and never in anybody's way.

#![allow(clippy::expect_used, clippy::unwrap_used, reason = "a failed step is a failed test")]

use neff_tests::postgres::{Server, TestDatabase};
use sqlx::{Connection, Executor, PgConnection};

/// Forty jobs of eight crews, some of two, some of none.
async fn office() -> TestDatabase {
    let office = Server::get().await.office_database().await;
    sqlx::raw_sql(
        "INSERT INTO crews (name) SELECT 'Crew ' || i FROM generate_series(1, 8) i;
         INSERT INTO job_schedules (start_date, end_date, location_address, crew_assigned)
         SELECT s.at, s.at + interval '2 hours', s.i || ' Maple St',
                CASE s.i % 5 WHEN 0 THEN '[]' WHEN 1 THEN jsonb_build_array('Crew ' || 1 + s.i % 8, 'Crew ' || 1 + (s.i + 3) % 8)
                     ELSE jsonb_build_array('Crew ' || 1 + s.i % 8) END
           FROM (SELECT i, '2027-01-01T12:00Z'::timestamptz + i * interval '1 day' AS at FROM generate_series(1, 40) i) AS s",
    )
    .execute(&mut office.connect().await)
    .await
    .unwrap();
    database::assignments::settle(&mut office.connect().await).await.unwrap();
    office
}

async fn count(connection: &mut PgConnection, sql: &'static str) -> i64 {
    sqlx::query_scalar(sql).fetch_one(connection).await.unwrap()
}

/// Rows of `job_order` that are not what the tables say, missing and superfluous ones included.
const WRONG: &str = "SELECT count(*) FROM job_order o
      FULL JOIN job_schedules s ON s.id = o.job_schedule_id
     WHERE s.id IS NULL OR o.job_schedule_id IS NULL OR o.starts <> s.start_date OR o.touched <> s.updated_at
        OR nullif(o.crew_id, '00000000-0000-0000-0000-000000000000') IS DISTINCT FROM
           (SELECT c.crew_id FROM job_crews c JOIN crews w ON w.id = c.crew_id WHERE c.job_schedule_id = s.id ORDER BY w.name, w.id LIMIT 1)";

#[tokio::test]
async fn the_order_follows_whoever_writes() {
    let office = office().await;
    let mut c = office.connect().await;
    assert_eq!(count(&mut c, WRONG).await, 0, "entered");
    for step in [
        "UPDATE job_schedules SET start_date = start_date + interval '1 hour' WHERE location_address LIKE '1%'",
        "UPDATE job_schedules SET crew_assigned = '[\"Crew 8\", \"Crew 2\"]' WHERE location_address LIKE '2%'",
        "UPDATE crews SET name = 'Zeta' WHERE name = 'Crew 2'",
        "UPDATE crews SET name = 'Alpha' WHERE name = 'Crew 8'",
        "DELETE FROM job_schedules WHERE location_address LIKE '3%'",
        "BEGIN ISOLATION LEVEL SERIALIZABLE; UPDATE job_schedules SET start_date = start_date - interval '1 hour'
          WHERE location_address LIKE '4%'; COMMIT",
        "BEGIN ISOLATION LEVEL REPEATABLE READ; INSERT INTO job_schedules (start_date, end_date, location_address, crew_assigned)
         VALUES ('2027-05-01', '2027-05-02', '90 Oak St', '[\"Crew 3\"]'); COMMIT",
        "TRUNCATE job_schedules CASCADE",
    ] {
        c.execute(sqlx::raw_sql(step)).await.unwrap();
        database::assignments::settle(&mut c).await.unwrap();
        c.execute("SELECT neff.settle_job_order()").await.unwrap();
        assert_eq!(count(&mut c, WRONG).await, 0, "{step}");
    }
}

#[tokio::test]
async fn nobody_waits_for_the_order_of_a_list() {
    let office = office().await;
    let (mut mover, mut other) = (office.connect().await, office.connect().await);
    let mut open = mover.begin().await.unwrap();
    open.execute("UPDATE job_schedules SET special_instructions = 'Gate code 7'").await.unwrap();
    // Every row of the order is held; whoever renames a crew goes on all the same.
    other.execute("SET lock_timeout = '2s'; SET statement_timeout = '5s'").await.unwrap();
    other.execute("SELECT neff.order_again(ARRAY(SELECT id FROM job_schedules))").await.unwrap();
    assert_eq!(count(&mut other, "SELECT count(*) FROM neff.job_order_backlog").await, 40);
    open.commit().await.unwrap();
    other.execute("SELECT neff.settle_job_order()").await.unwrap();
    assert_eq!(count(&mut other, "SELECT count(*) FROM neff.job_order_backlog").await, 0);
    assert_eq!(count(&mut other, WRONG).await, 0);
}

#[tokio::test]
async fn a_long_list_by_crew_is_in_the_order_of_a_short_one() {
    let office = office().await;
    let mut c = office.connect().await;
    for descending in [true, false] {
        let short: Vec<(uuid::Uuid, String)> = sqlx::query_as(
            "SELECT id, group_key FROM neff.list_jobs('{}', 'crew', 'start', $1, NULL, 100) ORDER BY place",
        )
        .bind(descending)
        .fetch_all(&mut c)
        .await
        .unwrap();
        let mut long = Vec::new();
        loop {
            let after: Option<uuid::Uuid> = long.last().map(|(id, _): &(uuid::Uuid, String)| *id);
            let page: Vec<(uuid::Uuid, String)> =
                sqlx::query_as("SELECT id, group_key FROM neff.list_jobs_by_crew('{}', $1, $2, 7) ORDER BY place")
                    .bind(descending)
                    .bind(after)
                    .fetch_all(&mut c)
                    .await
                    .unwrap();
            let last = page.len() < 7;
            long.extend(page);
            if last {
                break;
            }
        }
        assert_eq!(short.len(), 40);
        assert_eq!(long, short, "descending: {descending}");
    }
}

#[tokio::test]
async fn a_job_has_nobody_on_it_when_its_column_holds_no_word() {
    let office = Server::get().await.office_database().await;
    let mut c = office.connect().await;
    let wrong: Vec<String> = sqlx::query_scalar(
        r#"SELECT x.j::text FROM unnest(ARRAY['[]', 'null', '{}', '""', '" "', '"Bob"', '7', 'true', '[null]', '[{}]', '[""]', '["\u00a0"]',
                  '["Bob"]', '[[]]', '[["Bob"]]', '[{"name": null}]', '[{"name": ""}]', '[{"odd": 1}]', '{"name": "Bob"}', '[1e400]',
                  '[false]', '[null, {}, "\t"]', '["", "Bob"]']::jsonb[]) AS x(j)
            WHERE neff.names_nobody(x.j) = EXISTS (SELECT FROM neff.read_written(ARRAY[x.j], ARRAY['[]'::jsonb]) AS w WHERE w.kind = 'person')"#,
    )
    .fetch_all(&mut c)
    .await
    .unwrap();
    assert_eq!(wrong, Vec::<String>::new());
    assert!(sqlx::query_scalar::<_, bool>("SELECT neff.names_nobody(NULL)").fetch_one(&mut c).await.unwrap());
}

#[tokio::test]
async fn an_edit_of_no_indexed_column_touches_no_index() {
    let office = office().await;
    let mut c = office.connect().await;
    let mut transaction = c.begin().await.unwrap();
    for n in 0..3 {
        sqlx::query("UPDATE job_schedules SET special_instructions = $1, pinned = NOT pinned WHERE location_address = '8 Maple St'")
            .bind(format!("Gate code {n}"))
            .execute(&mut *transaction)
            .await
            .unwrap();
    }
    let (all, hot): (i64, i64) = sqlx::query_as(
        "SELECT n_tup_upd, n_tup_hot_upd FROM pg_stat_xact_user_tables WHERE relid = 'public.job_schedules'::regclass",
    )
    .fetch_one(&mut *transaction)
    .await
    .unwrap();
    assert_eq!((all, hot), (3, 3));
    transaction.rollback().await.unwrap();
    // The specification's own, and those that something asks: another one has to be worth its place in every insert.
    let indexes =
        count(&mut c, "SELECT count(*) FROM pg_index WHERE indrelid = 'public.job_schedules'::regclass").await;
    assert!(indexes <= 20, "{indexes} indexes of job_schedules");
}
