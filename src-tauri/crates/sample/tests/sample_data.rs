//! Sample data as an office would find it: in a real database, with every trigger at work.

#![expect(clippy::unwrap_used, reason = "a failed step is a failed test")]

use chrono::NaiveDate;
use neff_tests::postgres::{Server, TestDatabase, unique};
use sample::{Options, SampleError, Summary, fill};
use sqlx::Connection;

const SUMMER: &str = "2026-06-16";

fn options(seed: u64, today: &str) -> Options {
    Options { scale: 1, seed, today: today.parse().unwrap() }
}

async fn filled(seed: u64, today: &str) -> (TestDatabase, Summary) {
    let office = Server::get().await.office_database().await;
    let summary = fill(&mut office.connect().await, &options(seed, today), |_, _, _| {}).await.unwrap();
    println!("1×, seed {seed}, {today}: {:.1} s", summary.elapsed.as_secs_f64());
    (office, summary)
}

fn ask<T: std::str::FromStr>(office: &TestDatabase, question: &str) -> T {
    let answer = office.psql(question);
    answer.trim().parse().ok().unwrap_or_else(|| panic!("{question}: {answer}"))
}

/// Rows of a question that must have none.
fn none(office: &TestDatabase, what: &str, from: &str) {
    let answer = office.psql(&format!("SELECT x::text FROM (SELECT * FROM {from} LIMIT 3) AS x"));
    assert!(answer.trim().is_empty(), "{what}: {answer}");
}

fn within(office: &TestDatabase, what: &str, question: &str, bounds: std::ops::RangeInclusive<f64>) {
    let value: f64 = ask(office, question);
    println!("{what}: {value:.2}");
    assert!(bounds.contains(&value), "{what}: {value}, expected {bounds:?}");
}

#[tokio::test]
async fn a_real_office_of_five_years() {
    let (office, summary) = filled(1, SUMMER).await;
    for (table, rows) in [
        ("customers", 3_000),
        ("estimates", 6_000),
        ("job_schedules", 3_000),
        ("schedule_changes", 12_000),
        ("crew_members", 25),
        ("equipment", 30),
        ("crews", 4),
    ] {
        assert_eq!(ask::<u64>(&office, &format!("SELECT count(*) FROM {table}")), rows, "{table}");
        assert_eq!(summary.rows[table], rows, "{table} in the summary");
    }
    within(
        &office,
        "won, % of decided",
        "SELECT 100.0 * count(*) FILTER (WHERE status = 'accepted') / count(*) FROM estimates
        WHERE status IN ('accepted', 'rejected', 'expired')",
        25.0..=40.0,
    );
    within(
        &office,
        "of open ones without a price, %",
        "SELECT 100.0 * count(*) FILTER (WHERE estimated_cost IS NULL) / count(*)
        FROM estimates WHERE status = 'pending'",
        30.0..=75.0,
    );
    within(&office, "customers who are another one too, %", "WITH c AS (
            SELECT id, created_at, right(regexp_replace(phone, '\\D', '', 'g'), 10) AS digits,
                   array_to_string(regexp_match(lower(address), '^\\s*(\\d+)\\s+(\\w+)'), ' ') AS door FROM customers)
        SELECT 100.0 * count(*) / 3000 FROM c WHERE EXISTS (SELECT FROM c o WHERE (o.digits = c.digits OR o.door = c.door)
            AND (o.created_at, o.id) < (c.created_at, c.id))", 8.0..=15.0);
    none(
        &office,
        "a priced or sent estimate without a price",
        "estimates WHERE status IN ('sent', 'accepted') AND estimated_cost IS NULL",
    );
    none(
        &office,
        "an open estimate without a date to answer by",
        "estimates WHERE status IN ('pending', 'sent') AND response_by IS NULL",
    );
    let today = format!("'{SUMMER}'::date");
    let due = |test: &str| {
        ask::<u64>(
            &office,
            &format!(
                "SELECT count(*) FROM estimates WHERE status IN ('pending', 'sent')
        AND (response_by AT TIME ZONE 'America/Chicago')::date {test} {today}"
            ),
        )
    };
    assert!((2..=15).contains(&due("=")), "{} due today", due("="));
    assert!((2..=40).contains(&due("<")), "{} overdue", due("<"));
    for status in ["pending", "sent", "accepted", "rejected", "expired"] {
        assert!(
            ask::<u64>(&office, &format!("SELECT count(*) FROM estimates WHERE status = '{status}'")) > 5,
            "{status}"
        );
    }
    for status in ["pending", "approved", "in_progress", "completed", "canceled"] {
        assert!(
            ask::<u64>(&office, &format!("SELECT count(*) FROM contracts WHERE status = '{status}'")) > 2,
            "{status}"
        );
    }
    within(
        &office,
        "approved and not scheduled",
        "SELECT count(*) FROM contracts c WHERE status = 'approved'
        AND NOT EXISTS (SELECT FROM job_schedules j WHERE j.contract_id = c.id)",
        4.0..=60.0,
    );
    none(
        &office,
        "a past job that is open, or one to come that is done",
        &format!(
            "job_schedules WHERE (end_date < {today} - 1 AND status NOT IN ('completed', 'canceled'))
                          OR (start_date > {today} + 1 AND status IN ('completed', 'in_progress'))"
        ),
    );
    none(&office, "something that happened after the office opened", &format!(
        "(SELECT created_at AS at FROM customers UNION ALL SELECT created_at FROM estimates UNION ALL SELECT created_at FROM contracts
          UNION ALL SELECT changed_at FROM schedule_changes UNION ALL SELECT created_at FROM payments
          UNION ALL SELECT created_at FROM job_schedules) AS all_rows WHERE at > ({today} + time '06:00') AT TIME ZONE 'America/Chicago'"));
    none(
        &office,
        "an address or number that could be somebody's",
        "customers WHERE phone !~ '555'
        OR email !~ '@([a-z0-9.-]+\\.example|example\\.(com|net))$'",
    );
    for text in ["<Lot 4>", "O''Malley", "🌞", "الخطيب", "DROP TABLE"] {
        assert_eq!(
            ask::<u64>(&office, &format!("SELECT count(*) FROM customers WHERE name LIKE '%{text}%'")),
            1,
            "{text}"
        );
    }
    within(&office, "longest address", "SELECT max(length(address)) FROM customers", 300.0..=600.0);
}

#[tokio::test]
async fn the_season_the_weather_and_the_clock() {
    let (office, _) = filled(2, SUMMER).await;
    let job = "(SELECT *, start_date AT TIME ZONE 'America/Chicago' AS starts, end_date AT TIME ZONE 'America/Chicago' AS ends FROM job_schedules) AS j";
    within(
        &office,
        "jobs from April to November, %",
        &format!(
            "SELECT 100.0 * count(*) FILTER (WHERE extract(month FROM starts) BETWEEN 4 AND 11) / count(*) FROM {job}"
        ),
        96.0..=99.9,
    );
    within(
        &office,
        "jobs that begin at six, %",
        &format!("SELECT 100.0 * count(*) FILTER (WHERE starts::time = '06:00') / count(*) FROM {job}"),
        60.0..=95.0,
    );
    none(
        &office,
        "a job at an odd hour",
        &format!("{job} WHERE starts::time NOT BETWEEN '06:00' AND '13:00' AND starts::time <> '19:00'"),
    );
    within(&office, "jobs at night", &format!("SELECT count(*) FROM {job} WHERE starts::time = '19:00'"), 10.0..=120.0);
    within(
        &office,
        "jobs over several days",
        &format!("SELECT count(*) FROM {job} WHERE ends - starts > interval '1 day'"),
        60.0..=500.0,
    );
    // Working days of the seasons: Monday to Friday, holidays left out.
    within(&office, "days lost to weather, %", &format!("WITH day AS (
            SELECT d::date AS day FROM generate_series('{SUMMER}'::date - 1826, '{SUMMER}'::date - 1, interval '1 day') AS d
             WHERE extract(month FROM d) BETWEEN 4 AND 11 AND extract(isodow FROM d) < 6),
        off AS (SELECT kind, (lower(during) AT TIME ZONE 'America/Chicago')::date AS day FROM time_off)
        SELECT 100.0 * count(*) FILTER (WHERE EXISTS (SELECT FROM off WHERE off.day = day.day AND kind = 'rain')) / count(*)
          FROM day WHERE NOT EXISTS (SELECT FROM off WHERE off.day = day.day AND kind = 'holiday')"), 20.0..=25.0);
    none(
        &office,
        "work on a day lost to weather",
        &format!("{job} JOIN time_off r ON r.kind = 'rain' AND r.during @> j.start_date WHERE j.status <> 'canceled'"),
    );
    within(
        &office,
        "jobs moved for rain, %",
        "SELECT 100.0 * count(DISTINCT job_schedule_id) / 3000 FROM schedule_changes
        WHERE change_type = 'rescheduled' AND source = 'manual_admin'",
        12.0..=45.0,
    );
    none(&office, "a move from a day on which it did not rain", "(SELECT (previous_data->>'start_date')::timestamptz AS was FROM schedule_changes
        WHERE change_type = 'rescheduled') AS moved WHERE NOT EXISTS (SELECT FROM time_off r WHERE r.kind = 'rain' AND r.during @> was)");
    none(
        &office,
        "a job without the line that it was entered",
        "job_schedules j WHERE (SELECT count(*) FROM schedule_changes c
        WHERE c.job_schedule_id = j.id AND c.change_type = 'scheduled' AND c.changed_at = j.created_at) <> 1",
    );
}

#[tokio::test]
async fn nobody_is_in_two_places_but_where_it_is_meant() {
    let (office, _) = filled(3, SUMMER).await;
    assert_eq!(
        ask::<u64>(&office, "SELECT count(DISTINCT job_schedule_id) FROM job_assignments WHERE state = 'conflict'"),
        3
    );
    none(
        &office,
        "a clash that somebody of the office made",
        "job_assignments a JOIN job_schedules j ON j.id = a.job_schedule_id
        WHERE a.state = 'conflict' AND j.created_source <> 'calendly_webhook'",
    );
    // What is done holds nobody any more; it was still done by people who are in one place.
    let twice = |status: &str| {
        format!(
            "(SELECT lower(a.during) < lag(upper(a.during)) OVER (PARTITION BY a.resource_id ORDER BY lower(a.during)) AS twice
                FROM job_assignments a JOIN job_schedules j ON j.id = a.job_schedule_id WHERE j.status {status}) AS x WHERE twice"
        )
    };
    none(&office, "somebody in two places in the past", &twice("= 'completed'"));
    let meant: u64 =
        ask(&office, &format!("SELECT count(*) FROM {}", twice("IN ('scheduled', 'confirmed', 'in_progress')")));
    assert!(meant >= 3, "the clashes that are meant are found the same way: {meant}");
    within(
        &office,
        "people on a completed job",
        "SELECT 1.0 * count(*) FILTER (WHERE resource_kind = 'person') / count(DISTINCT job_schedule_id)
        FROM job_assignments a JOIN job_schedules j ON j.id = a.job_schedule_id AND j.status = 'completed'",
        4.0..=7.5,
    );
    within(
        &office,
        "jobs with a name nobody has",
        "SELECT count(DISTINCT job_schedule_id) FROM job_unknown_resources",
        4.0..=8.0,
    );
    for shape in [
        "crew_assigned->0 ? 'crew'",
        "crew_assigned->0 ? 'id'",
        "crew_assigned->0 ? 'name'",
        "jsonb_typeof(crew_assigned->0) = 'string'",
        "crew_assigned = '[]'",
        "calendly_event_uri IS NOT NULL",
        "contract_id IS NULL",
    ] {
        assert!(ask::<u64>(&office, &format!("SELECT count(*) FROM job_schedules WHERE {shape}")) > 0, "{shape}");
    }
    assert_eq!(ask::<u64>(&office, "SELECT count(*) FROM alert_history"), 0, "quiet");
    assert_eq!(ask::<u64>(&office, "SELECT count(*) FROM app_users"), 0, "who connects first is the first person");
}

#[tokio::test]
async fn money_is_exact() {
    let (office, _) = filled(4, SUMMER).await;
    none(&office, "an estimate that is not the sum of its lines", "(SELECT e.id, e.estimated_cost, sum(round(i.quantity * i.unit_price, 2)) AS lines
        FROM estimates e JOIN estimate_items i ON i.estimate_id = e.id GROUP BY e.id) AS e WHERE estimated_cost <> lines");
    within(&office, "estimates with lines", "SELECT count(DISTINCT estimate_id) FROM estimate_items", 500.0..=2_000.0);
    none(
        &office,
        "a contract paid above its cost",
        "(SELECT c.id, c.estimated_cost, sum(p.amount) AS paid FROM contracts c
        JOIN payments p ON p.contract_id = c.id GROUP BY c.id) AS c WHERE paid > estimated_cost OR paid < 0",
    );
    within(&office, "completed contracts paid to the cent, %", "SELECT 100.0 * count(*) FILTER (WHERE paid = estimated_cost) / count(*)
        FROM (SELECT c.estimated_cost, (SELECT sum(p.amount) FROM payments p WHERE p.contract_id = c.id) AS paid FROM contracts c WHERE status = 'completed') AS c", 85.0..=99.0);
    // Tons = ft² × inches/12 × pcf/2000 × (1 + waste), with 145 to 150 pcf and 5 to 10 % waste.
    let hot_mix = "(SELECT i.quantity * 2000 * 12 / ((e.area_measurement->>'area_sq_ft')::numeric
                           * (regexp_match(i.description, '([0-9.]+) in compacted'))[1]::numeric) AS pounds
                      FROM estimate_items i JOIN estimates e ON e.id = i.estimate_id
                     WHERE i.description LIKE 'Hot-mix%compacted' AND e.area_measurement IS NOT NULL) AS h";
    none(
        &office,
        "tons against the trade's formula",
        &format!("{hot_mix} WHERE pounds NOT BETWEEN 145 * 1.05 - 0.6 AND 150 * 1.10 + 0.6"),
    );
    assert!(ask::<u64>(&office, &format!("SELECT count(*) FROM {hot_mix}")) > 100);
    // The nightly maintenance finds the totals right already.
    let customers = "SELECT md5(string_agg(c::text, '' ORDER BY id)) FROM customers c";
    let before = office.psql(customers);
    office.psql("SELECT daily_maintenance()");
    assert_eq!(office.psql(customers), before);
    assert!(ask::<u64>(&office, "SELECT count(*) FROM customers WHERE total_spent > 0") > 500);
}

fn content(office: &TestDatabase) -> Vec<String> {
    let tables = [
        "customers",
        "customer_sites",
        "estimates",
        "estimate_items",
        "contracts",
        "payments",
        "job_schedules",
        "schedule_changes",
        "crew_members",
        "crews",
        "crew_memberships",
        "equipment",
        "time_off",
        "price_book_items",
    ];
    // The transaction's own number is the only thing that time changes.
    tables
        .iter()
        .map(|table| {
            let hash = office.psql(&format!(
                "SELECT count(*), md5(string_agg(md5((to_jsonb(t) - 'xid')::text), '' ORDER BY t.id)) FROM {table} t"
            ));
            format!("{table}: {}", hash.trim())
        })
        .collect()
}

#[tokio::test]
async fn the_same_seed_is_the_same_office() {
    let ((one, _), (same, _), (other, _)) = tokio::join!(filled(7, SUMMER), filled(7, SUMMER), filled(8, SUMMER));
    let (one, same, other) = (content(&one), content(&same), content(&other));
    assert_eq!(one, same);
    for (a, b) in one.iter().zip(&other) {
        assert_ne!(a, b, "another seed, the same rows");
    }
}

#[tokio::test]
async fn there_is_work_today_and_tomorrow_whatever_the_day() {
    // Deep winter, the end of the season, a holiday, and both Sundays on which the clock changes.
    for today in ["2026-01-19", "2026-11-23", "2026-12-25", "2026-03-08", "2026-11-01"] {
        let (office, summary) = filled(5, today).await;
        assert_eq!(summary.rows["job_schedules"], 3_000, "{today}");
        assert_eq!(ask::<u64>(&office, "SELECT count(*) FROM schedule_changes"), 12_000, "{today}");
        let day: NaiveDate = today.parse().unwrap();
        for (ahead, day) in [(0, day), (1, day.succ_opt().unwrap())] {
            let on = format!("job_schedules WHERE status <> 'canceled' AND start_date < ('{day}'::date + 1)::timestamp AT TIME ZONE 'America/Chicago'
                AND end_date > '{day}'::timestamp AT TIME ZONE 'America/Chicago'");
            let jobs: u64 = ask(&office, &format!("SELECT count(*) FROM {on}"));
            assert!((4..=8).contains(&jobs), "{jobs} jobs on {day}");
            let at_six: u64 = ask(
                &office,
                &format!("SELECT count(*) FROM {on} AND (start_date AT TIME ZONE 'America/Chicago') = '{day} 06:00'"),
            );
            assert!(at_six >= 2, "{at_six} jobs begin at six on {day}");
            let unassigned: u64 =
                ask(&office, &format!("SELECT count(*) FROM {on} AND coalesce(crew_assigned, '[]') = '[]'"));
            assert_eq!(unassigned, 1, "{day}");
            let begun: u64 = ask(&office, &format!("SELECT count(*) FROM {on} AND status = 'in_progress'"));
            assert_eq!(begun > 0, ahead == 0, "{begun} under way on {day}");
        }
        assert_eq!(
            ask::<u64>(&office, "SELECT count(DISTINCT job_schedule_id) FROM job_assignments WHERE state = 'conflict'"),
            3,
            "{today}"
        );
    }
}

#[tokio::test]
async fn an_office_in_use_is_left_alone() {
    let server = Server::get().await;
    for (holding, insert) in [
        ("customers", "INSERT INTO customers (name) VALUES ('A')"),
        (
            "estimates",
            "INSERT INTO estimates (customer_name, service_type, project_address) VALUES ('A', 'residential', 'B')",
        ),
        (
            "jobs",
            "INSERT INTO job_schedules (start_date, end_date, location_address) VALUES (now(), now() + interval '1 hour', 'B')",
        ),
        ("crew members", "INSERT INTO crew_members (name, role) VALUES ('A', 'raker')"),
    ] {
        let office = server.office_database().await;
        office.psql(insert);
        let error = fill(&mut office.connect().await, &options(1, SUMMER), |_, _, _| {}).await.unwrap_err();
        assert!(matches!(error, SampleError::NotEmpty(what) if what == holding), "{error}");
        assert!(error.to_string().contains(&format!("already holds {holding}")), "{error}");
        assert_eq!(ask::<u64>(&office, "SELECT count(*) FROM price_book_items"), 0);
    }
    let empty = server.empty_database().await;
    let error = fill(&mut empty.connect().await, &options(1, SUMMER), |_, _, _| {}).await.unwrap_err();
    assert!(matches!(error, SampleError::NotMigrated), "{error}");
    let office = server.office_database().await;
    let error =
        fill(&mut office.connect().await, &Options { scale: 7, ..options(1, SUMMER) }, |_, _, _| {}).await.unwrap_err();
    assert!(matches!(error, SampleError::Scale(7)), "{error}");
    let login = unique("staff");
    server.create_login(&login, "not asked for", &["neff_app"]).await;
    let error = fill(&mut office.connect_as(&login).await, &options(1, SUMMER), |_, _, _| {}).await.unwrap_err();
    assert!(matches!(error, SampleError::RightsMissing), "{error}");
}

#[tokio::test]
async fn interrupted_it_leaves_nothing_behind() {
    let office = Server::get().await.office_database().await;
    let mut connection = office.connect().await;
    let options = options(1, SUMMER);
    let (begun, well_begun) = (tokio::sync::Notify::new(), 5_000);
    let filling = fill(&mut connection, &options, |_, done, total| {
        assert!(done <= total, "{done} of {total}");
        if done >= well_begun {
            begun.notify_one();
        }
    });
    tokio::select! {
        _ = filling => panic!("it ended before it was interrupted"),
        () = begun.notified() => {}
    }
    connection.close_hard().await.unwrap();
    assert_eq!(
        ask::<u64>(&office, "SELECT count(*) FROM customers")
            + ask::<u64>(&office, "SELECT count(*) FROM price_book_items"),
        0
    );
    // And the office can be filled afterwards.
    fill(&mut office.connect().await, &options, |_, _, _| {}).await.unwrap();
}

#[tokio::test]
async fn who_is_there_already_finds_six_notifications_in_the_offices_zone() {
    let office = Server::get().await.office_database().await;
    office.psql(
        "SELECT neff.register_person('Karen'); SELECT neff.register_person('Tom');
                 UPDATE system_config SET value = 'America/Denver' WHERE key = 'office_time_zone'",
    );
    let summary = fill(&mut office.connect().await, &options(6, SUMMER), |_, _, _| {}).await.unwrap();
    assert_eq!(summary.rows["dashboard_notifications"], 12);
    assert_eq!(
        office.psql("SELECT count(*) FROM dashboard_notifications WHERE NOT is_read GROUP BY user_id").trim(),
        "6\n6"
    );
    none(&office, "a notification about nothing", "dashboard_notifications n WHERE NOT EXISTS (
        SELECT FROM (SELECT 'estimate' AS kind, id FROM estimates UNION ALL SELECT 'job', id FROM job_schedules UNION ALL SELECT 'contract', id FROM contracts) AS about
         WHERE about.kind = n.data #>> '{about,kind}' AND about.id::text = n.data #>> '{about,id}')");
    assert_eq!(
        ask::<String>(&office, "SELECT value FROM system_config WHERE key = 'office_time_zone'"),
        "America/Denver"
    );
    let six = "SELECT count(*) FROM job_schedules WHERE (start_date AT TIME ZONE 'America/Denver')::time = '06:00'";
    assert!(ask::<u64>(&office, six) > 1_500);
}
