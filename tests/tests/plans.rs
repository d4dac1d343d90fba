//! That no question of the schedule has to read a whole table: with sequential scans priced out of the way, one is left
//! only where there is no index to use. How fast the plans are is the bench's to say.

#![allow(clippy::expect_used, clippy::unwrap_used, reason = "a failed step is a failed test")]

use database::schedule::{board, list};
use neff_tests::postgres::{Server, TestDatabase};
use serde_json::{Value, json};
use sqlx::{AssertSqlSafe, Connection, PgConnection, Row};

/// Six hundred jobs of six hundred customers, two people and a crew on each, read by somebody of the office.
async fn office() -> (TestDatabase, PgConnection) {
    let database = Server::get().await.office_database().await;
    let login = neff_tests::postgres::unique("planner");
    Server::get().await.create_login(&login, "secret", &["neff_app"]).await;
    sqlx::raw_sql(
        "INSERT INTO crew_members (name, role) SELECT 'Person ' || i, 'laborer' FROM generate_series(1, 600) i;
         INSERT INTO crews (name) SELECT 'Crew ' || i FROM generate_series(1, 600) i;
         INSERT INTO contracts (client_name, client_phone, client_email, service_type, project_address, status)
         SELECT 'Customer ' || i, '630-555-0101', i || '@example.com', 'commercial', i || ' Maple St', 'approved' FROM generate_series(1, 600) i;
         INSERT INTO job_schedules (contract_id, start_date, end_date, location_address, crew_assigned)
         SELECT c.id, s.at, s.at + interval '8 hours', c.project_address, jsonb_build_array('Crew ' || s.n, 'Person ' || s.n)
           FROM (SELECT id, project_address, row_number() OVER (ORDER BY id) AS n FROM contracts) AS c
           JOIN (SELECT i AS n, '2027-01-01T12:00Z'::timestamptz + i * interval '1 day' AS at FROM generate_series(1, 600) i) AS s USING (n);
         ANALYZE",
    )
    .execute(&mut database.connect().await)
    .await
    .unwrap();
    // What was entered in one piece is derived by whoever comes next.
    database::assignments::settle(&mut database.connect().await).await.unwrap();
    let connection = database.connect_as(&login).await;
    (database, connection)
}

/// Asks with sequential scans priced out, and says which of the large tables were read from end to end all the same.
async fn scanned(
    connection: &mut PgConnection,
    ask: impl AsyncFnOnce(&mut PgConnection) -> usize,
) -> (usize, Vec<String>) {
    let mut transaction = connection.begin().await.unwrap();
    sqlx::raw_sql("SET LOCAL enable_seqscan = off; SET LOCAL plan_cache_mode = force_custom_plan")
        .execute(&mut *transaction)
        .await
        .unwrap();
    let found = ask(&mut transaction).await;
    let rows = sqlx::query(AssertSqlSafe(
        "SELECT relname::text FROM pg_stat_xact_user_tables
          WHERE relname IN ('job_schedules', 'contracts', 'job_assignments', 'job_crews') AND seq_scan > 0 ORDER BY 1",
    ))
    .fetch_all(&mut *transaction)
    .await
    .unwrap();
    (found, rows.into_iter().map(|row| row.get(0)).collect())
}

async fn page(connection: &mut PgConnection, filter: &Value, group: &str, sort: &str) -> usize {
    let page = list::Page { filter, group, sort, descending: false, after: None, limit: 51 };
    list::page(connection, &page).await.unwrap().len()
}

#[tokio::test]
async fn a_week_of_the_board_is_read_by_indexes() {
    let (_database, mut connection) = office().await;
    let week = json!({ "from": "2027-06-07T05:00:00Z", "until": "2027-06-14T05:00:00Z" });
    let (jobs, scanned) = scanned(&mut connection, async |c| {
        let page = list::Page {
            filter: &week,
            group: "none",
            sort: "start",
            descending: false,
            after: None,
            limit: board::PART,
        };
        let ids: Vec<_> = list::page(c, &page).await.unwrap().into_iter().map(|(id, _)| id).collect();
        let jobs = board::jobs(c, &ids).await.unwrap();
        assert!(jobs.iter().all(|j| j.crews.len() == 1 && j.people.len() == 1), "each has its crew and its person");
        jobs.len()
    })
    .await;
    assert_eq!((jobs, scanned), (7, Vec::<String>::new()));
}

#[tokio::test]
async fn a_page_of_the_list_is_read_by_indexes() {
    let (_database, mut connection) = office().await;
    let all = json!({});
    for sort in ["start", "end", "status", "priority", "updated", "created", "address"] {
        let answer = scanned(&mut connection, async |c| page(c, &all, "none", sort).await).await;
        assert_eq!(answer, (51, vec![]), "all jobs by {sort}");
    }
    let ahead = json!({ "from": "2027-06-07T05:00:00Z" });
    for group in ["none", "customer", "crew", "day", "week", "status", "service"] {
        let answer = scanned(&mut connection, async |c| page(c, &ahead, group, "start").await).await;
        assert_eq!(answer, (51, vec![]), "jobs to come by {group}");
    }
    let week = json!({ "from": "2027-06-07T05:00:00Z", "until": "2027-06-14T05:00:00Z" });
    for sort in ["start", "end", "status", "priority", "updated", "address", "customer"] {
        let answer = scanned(&mut connection, async |c| page(c, &week, "none", sort).await).await;
        assert_eq!(answer, (7, vec![]), "jobs of a week by {sort}");
    }
}

#[tokio::test]
async fn what_is_typed_is_found_by_indexes() {
    let (_database, mut connection) = office().await;
    for (text, most) in
        [("customer 59", 16), ("59 maple", 16), ("59", 11), ("cu", 51), ("ma 5", 51), ("xq", 0), ("x", 0)]
    {
        let filter = json!({ "text": text });
        let (found, scanned) = scanned(&mut connection, async |c| page(c, &filter, "none", "start").await).await;
        assert_eq!((found, scanned), (most, vec![]), "{text:?}");
    }
}
