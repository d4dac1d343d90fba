//! Sessions as other programs have them: another search path, COPY, MERGE, upserts, a load of data alone.

#![allow(clippy::expect_used, clippy::unwrap_used, reason = "a failed step is a failed test")]

use neff_tests::postgres::{Server, TestDatabase};
use neff_tests::sql::{can_dump, dump, list, load, run, somebody, text};
use sqlx::{Connection, PgConnection};

async fn office() -> (TestDatabase, PgConnection) {
    let database = Server::get().await.office_database().await;
    let connection = database.connect().await;
    (database, connection)
}

/// One of everything that other programs write, with names written in full.
const ONE_OF_EACH: &str = "
    INSERT INTO public.crews (id, name) VALUES ('00000000-0000-0000-0000-0000000000c1', 'North');
    INSERT INTO public.crew_members (id, name, role) VALUES ('00000000-0000-0000-0000-0000000000a1', 'Ann', 'operator'), ('00000000-0000-0000-0000-0000000000a2', 'Bob', 'operator');
    INSERT INTO public.crew_memberships (crew_id, crew_member_id, during) VALUES ('00000000-0000-0000-0000-0000000000c1', '00000000-0000-0000-0000-0000000000a1', '[2026-01-01,)');
    INSERT INTO public.equipment (name, kind) VALUES ('Paver', 'paver');
    INSERT INTO public.time_off (kind, during) VALUES ('rain', '[2031-02-01, 2031-02-02)');
    INSERT INTO public.customers (id, name, email, phone, address) VALUES ('00000000-0000-0000-0000-0000000000d1', 'C', 'c@example.com', '630-555-0143', '1 Oak St');
    INSERT INTO public.contracts (id, client_name, service_type, project_address, status) VALUES ('00000000-0000-0000-0000-0000000000e1', 'C', 'residential', '1 Oak', 'approved');
    INSERT INTO public.estimates (customer_name, email, service_type, project_address) VALUES ('E', 'e@example.com', 'residential', '3 Ash');
    INSERT INTO public.job_schedules (id, contract_id, start_date, end_date, location_address, crew_assigned, equipment_needed) VALUES
        ('00000000-0000-0000-0000-0000000000f1', '00000000-0000-0000-0000-0000000000e1', '2031-01-06 12:00Z', '2031-01-09 20:00Z', '1 Oak', '[\"North\", \"Bob\", \"Zed\"]', '[\"Paver\"]'),
        ('00000000-0000-0000-0000-0000000000f2', NULL, '2031-01-07 12:00Z', '2031-01-07 20:00Z', '2 Elm', '[\"Bob\"]', '[]');
    INSERT INTO public.resource_aliases (kind, written, resource_id) VALUES ('person', 'Bobby', '00000000-0000-0000-0000-0000000000a2');
    INSERT INTO public.payments (contract_id, amount) VALUES ('00000000-0000-0000-0000-0000000000e1', 5);
    INSERT INTO public.schedule_changes (job_schedule_id, change_type, changed_by) VALUES ('00000000-0000-0000-0000-0000000000f1', 'notes_added', 'x');
    INSERT INTO public.office_changes (changed_by, login, proven, source, summary) VALUES ('x', 'x', true, 'api', 'x');
    INSERT INTO public.saved_views (screen, name, filters) VALUES ('schedule', 'Mine', '');
    INSERT INTO public.customer_messages (channel, body) VALUES ('phone', 'x');
    INSERT INTO public.job_reviews (job_schedule_id) VALUES ('00000000-0000-0000-0000-0000000000f2');
    INSERT INTO public.alert_rules (alert_type_id, name, conditions) SELECT id, 'R', '{\"priority_level\": {\">=\": 4}}' FROM public.alert_types WHERE name = 'job_scheduled';
    INSERT INTO public.dashboard_notifications (user_id, alert_type_id, title, message) SELECT 'x', id, 't', 'm' FROM public.alert_types LIMIT 1;
    UPDATE public.job_schedules SET status = 'confirmed', start_date = start_date - interval '1 h';
    UPDATE public.customers SET phone = '+1 630 555 0144'; UPDATE public.estimates SET status = 'sent'; UPDATE public.contracts SET status = 'in_progress';
    UPDATE public.crew_members SET name = 'Robert' WHERE name = 'Bob'; UPDATE public.app_users SET quiet_from = '20:00', quiet_until = '06:00'";
const REMOVE: &str = "DELETE FROM public.crew_memberships; DELETE FROM public.payments; DELETE FROM public.job_schedules; DELETE FROM public.contracts;
    DELETE FROM public.estimates; DELETE FROM public.customers; DELETE FROM public.crews; DELETE FROM public.crew_members; DELETE FROM public.equipment;
    DELETE FROM public.resource_aliases; DELETE FROM public.time_off; DELETE FROM public.dashboard_notifications; DELETE FROM public.alert_rules WHERE name = 'R'; DELETE FROM public.saved_views";

#[tokio::test]
async fn any_search_path_will_do() {
    let (database, mut keeper) = office().await;
    let (login, mut session) = somebody(&database, &["neff_app"]).await;
    run(&mut keeper, "CREATE SCHEMA elsewhere; GRANT USAGE ON SCHEMA elsewhere TO PUBLIC").await;
    for path in ["''", "elsewhere", "pg_catalog", "pg_temp, public", "public"] {
        run(&mut session, &format!("SET search_path = {path}; {ONE_OF_EACH}; {REMOVE}")).await;
        run(&mut keeper, &format!("SET search_path = {path}; {ONE_OF_EACH}; {REMOVE}; SELECT public.daily_maintenance(); SELECT public.weekly_optimization();
            SELECT neff.apply_role_privileges()")).await;
    }
    // As a login has it that somebody set up so.
    run(&mut keeper, &format!("ALTER ROLE {login} SET search_path = ''")).await;
    let mut session = database.connect_as(&login).await;
    run(&mut session, ONE_OF_EACH).await;
    let claims = "SELECT count(*) FROM public.job_assignments WHERE state <> 'released'";
    assert!(text(&mut keeper, claims).await.parse::<u32>().unwrap() > 5);
}

#[tokio::test]
async fn copy_merge_and_upserts_leave_the_same_traces() {
    let (database, mut keeper) = office().await;
    let (_, mut session) = somebody(&database, &["neff_app"]).await;
    let mut copy = session
        .copy_in_raw("COPY job_schedules (start_date, end_date, location_address, crew_assigned) FROM STDIN")
        .await
        .unwrap();
    let lines = [
        "2031-03-03 14:00Z\t2031-03-03 22:00Z\t1 Oak\t[\"Ann\"]\n",
        "2031-03-04 14:00Z\t2031-03-04 22:00Z\t2 Elm\t[]\n",
    ];
    copy.send(lines.concat().as_bytes()).await.unwrap();
    copy.finish().await.unwrap();
    let traces = async |keeper: &mut PgConnection| {
        let feed =
            "SELECT string_agg(operation::text, '' ORDER BY id) FROM change_feed WHERE table_name = 'job_schedules'";
        let audit = "SELECT string_agg(left(operation, 1), '' ORDER BY number) FROM audit_logs WHERE table_name = 'job_schedules'";
        let trail = "SELECT string_agg(change_type, ' ' ORDER BY number) FROM schedule_changes";
        (text(keeper, feed).await, text(keeper, audit).await, text(keeper, trail).await)
    };
    assert_eq!(traces(&mut keeper).await, ("II".into(), "II".into(), "scheduled scheduled".into()));
    run(&mut session, "INSERT INTO job_schedules (calendly_event_uri, start_date, end_date, location_address) VALUES ('u', '2031-03-05 14:00Z', '2031-03-05 22:00Z', '3 Ash')
        ON CONFLICT (calendly_event_uri) DO UPDATE SET status = 'canceled'").await;
    run(&mut session, "INSERT INTO job_schedules (calendly_event_uri, start_date, end_date, location_address) VALUES ('u', '2031-03-05 14:00Z', '2031-03-05 22:00Z', '3 Ash'),
        ('v', '2031-03-06 14:00Z', '2031-03-06 22:00Z', '4 Fir') ON CONFLICT (calendly_event_uri) DO UPDATE SET status = 'canceled'").await;
    assert_eq!(
        traces(&mut keeper).await,
        ("IIIUI".into(), "IIIUI".into(), "scheduled scheduled scheduled canceled scheduled".into())
    );
    run(&mut session, "INSERT INTO customers (name, email) VALUES ('C', 'c@example.com'); INSERT INTO customers (name, email) VALUES ('D', 'c@example.com') ON CONFLICT (email) DO UPDATE SET name = excluded.name").await;
    assert_eq!(text(&mut keeper, "SELECT name || version FROM customers").await, "D2");
    if Server::get().await.major >= 15 {
        run(&mut session, "MERGE INTO job_schedules j USING (VALUES ('v', 'completed'), ('w', 'scheduled')) AS s (uri, status) ON j.calendly_event_uri = s.uri
            WHEN MATCHED THEN UPDATE SET status = s.status
            WHEN NOT MATCHED THEN INSERT (calendly_event_uri, start_date, end_date, location_address) VALUES (s.uri, '2031-03-07 14:00Z', '2031-03-07 22:00Z', '5 Yew')").await;
        run(&mut session, "MERGE INTO job_schedules j USING (VALUES ('u')) AS s (uri) ON j.calendly_event_uri = s.uri WHEN MATCHED THEN DELETE").await;
        let (feed, audit, trail) = traces(&mut keeper).await;
        for traces in [&feed, &audit] {
            let mut last: Vec<char> = traces.chars().skip(5).collect();
            last.sort_unstable();
            assert_eq!(last, ['D', 'I', 'U'], "{traces}");
        }
        assert!(trail.ends_with("completed scheduled") || trail.ends_with("scheduled completed"), "{trail}");
    }
}

/// A statement in a transaction that is prepared wakes nobody, and is not refused; others do.
#[tokio::test]
async fn the_listeners_are_woken_when_it_is_over() {
    let (database, _keeper) = office().await;
    let mut listener = sqlx::postgres::PgListener::connect(&database.url).await.unwrap();
    listener.listen("neff_changes").await.unwrap();
    let (_, mut session) = somebody(&database, &["neff_app"]).await;
    run(&mut session, "BEGIN; SET CONSTRAINTS ALL IMMEDIATE; INSERT INTO customers (name, email) SELECT n::text, n::text FROM generate_series(1, 50) n").await;
    run(&mut session, "UPDATE customers SET phone = '1'; INSERT INTO crews (name) VALUES ('N'); COMMIT").await;
    run(&mut session, "NOTIFY neff_changes, 'that is all'").await;
    let mut told = Vec::new();
    while told.last().is_none_or(|last| last != "that is all") {
        told.push(listener.recv().await.unwrap().payload().to_owned());
    }
    for table in ["customers", "crews"] {
        assert_eq!(told.iter().filter(|t| *t == table).count(), 1, "once a table and transaction: {told:?}");
    }
}

/// Ranges are text in JSON, and text in the session's way of dates.
#[tokio::test]
async fn a_session_that_writes_dates_in_another_way_writes_the_same() {
    let (_database, mut keeper) = office().await;
    for style in ["ISO, MDY", "German", "SQL, DMY", "Postgres, MDY"] {
        run(&mut keeper, &format!("SET datestyle = '{style}'; SET timezone = 'America/Chicago'")).await;
        run(
            &mut keeper,
            "INSERT INTO time_off (kind, during) VALUES ('holiday', tstzrange('2030-02-01Z', '20000-01-01Z')),
                ('rain', tstzrange('0044-03-15 00:00:00+00 BC', '2030-02-01Z'))",
        )
        .await;
        run(&mut keeper, "RESET datestyle; SET timezone = 'UTC'").await;
        let held = "SELECT string_agg(during::text, ' ' ORDER BY kind) FROM time_off";
        let audited = "SELECT string_agg(new_values->>'during', ' ' ORDER BY number) FROM audit_logs WHERE table_name = 'time_off'";
        let expected = r#"["2030-02-01 00:00:00+00",) (,"2030-02-01 00:00:00+00")"#;
        assert_eq!(text(&mut keeper, held).await, expected, "{style}");
        assert_eq!(text(&mut keeper, audited).await, expected, "{style}");
        run(&mut keeper, "DELETE FROM time_off; DELETE FROM audit_logs").await;
    }
}

#[tokio::test]
async fn a_dump_of_the_data_alone_is_loaded() {
    let (database, mut keeper) = office().await;
    if !can_dump().await {
        eprintln!("no pg_dump here knows this server");
        return;
    }
    run(&mut keeper, &format!("SELECT neff.register_person('Karen'); {ONE_OF_EACH}; UPDATE job_schedules SET follows_job_id = '00000000-0000-0000-0000-0000000000f1' WHERE location_address = '2 Elm'")).await;
    let folder = tempfile::tempdir().unwrap();
    let (schema, data, plain) = (folder.path().join("schema"), folder.path().join("data"), folder.path().join("plain"));
    dump(&database.url, &["--schema-only"], &schema);
    dump(&database.url, &["--data-only", "--disable-triggers"], &data);
    dump(&database.url, &["--data-only"], &plain);
    let tables = list(&mut keeper, "SELECT c.oid::regclass::text FROM pg_class c WHERE c.relkind = 'r' AND c.relnamespace IN ('public'::regnamespace, 'neff'::regnamespace) ORDER BY 1").await;
    assert!(tables.len() > 40, "{tables:?}");
    let content = async |connection: &mut PgConnection, table: &str| {
        text(
            connection,
            &format!("SELECT string_agg(to_jsonb(t)::text, E'\\n' ORDER BY to_jsonb(t)::text) FROM {table} AS t"),
        )
        .await
    };

    // Without triggers every row is as it was, and what the triggers do goes on from there.
    let copy = Server::get().await.empty_database().await;
    assert_eq!(load(&copy.url, &schema), Vec::<String>::new());
    assert_eq!(load(&copy.url, &data), Vec::<String>::new());
    let mut there = copy.connect().await;
    for table in &tables {
        assert_eq!(content(&mut there, table).await, content(&mut keeper, table).await, "{table}");
    }
    assert_ne!(text(&mut there, "neff.change_feed_id()").await, text(&mut keeper, "neff.change_feed_id()").await);
    run(&mut there, "UPDATE job_schedules SET status = 'canceled'; INSERT INTO customers (name, email) VALUES ('New', 'new@example.com')").await;
    assert_eq!(text(&mut there, "SELECT count(*) = count(DISTINCT number) FROM schedule_changes").await, "true");
    there.close().await.unwrap();

    // With them it is an import like any other: nothing is refused, what people entered is there, what is derived once.
    let copy = Server::get().await.empty_database().await;
    assert_eq!(load(&copy.url, &schema), Vec::<String>::new());
    assert_eq!(load(&copy.url, &plain), Vec::<String>::new());
    let mut there = copy.connect().await;
    for table in [
        "customers",
        "contracts",
        "estimates",
        "job_schedules",
        "crew_members",
        "crews",
        "crew_memberships",
        "equipment",
        "payments",
        "app_users",
        "system_config",
        "office_changes",
    ] {
        let (was, is) = (content(&mut keeper, table).await, content(&mut there, table).await);
        assert_eq!(is.lines().count(), was.lines().count(), "{table}");
        if !["office_changes", "job_schedules"].contains(&table) {
            assert_eq!(is, was, "{table}");
        }
    }
    let claims = "SELECT count(DISTINCT (job_schedule_id, resource_id)) FROM job_assignments";
    assert_eq!(text(&mut there, claims).await, text(&mut keeper, claims).await);
}
