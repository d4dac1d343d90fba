//! Whatever stands in any column of any table, written by whichever program: every question is answered, and everything
//! else is shown. The columns come from the catalogue, so that a new one is tried too.

#![allow(clippy::expect_used, clippy::unwrap_used, reason = "a failed step is a failed test")]

mod common;

use std::future::Future;
use std::panic::{AssertUnwindSafe, catch_unwind};
use std::task::Poll;
use std::time::{Duration, Instant};

use chrono::{Days, TimeDelta, Timelike};
use common::yard::{A, ANN, PAVER, SMITH, yard};
use common::{Computer, input, until};
use neff_tests::office::Office as TestOffice;
use neff_tests::proxy::{Link, Proxy};
use office::connecting::ConnectionInput;
use office::link::ConnectionState;
use office::view::{
    ChangesQuery, InboxOrder, InboxQuery, InboxShow, JobCheck, JobFilter, JobGroup, JobListQuery, JobSeed, JobSort,
    MessagesQuery, PlanStrategy, RainRequest, RecordKind, ResourceJobsQuery, ResourceKind, ScheduleQuery,
};
use office::{AppError, Office};
use uuid::Uuid;

/// Rows with ids like this are given odd values; of a table without such a row, all are.
const ODD: Uuid = Uuid::from_u128(0x0dd0_0000_0000_4000_8000_0000_0000_0001);
/// A job nobody gives odd values.
const WHOLE: Uuid = Uuid::from_u128(0x3017_0000_0000_4000_8000_0000_0000_0001);

/// A row to spoil beside one that stays, of everything that is shown; then of every other table a copy of some row.
const ROWS: &str = "
    INSERT INTO contracts (id, client_name, client_email, service_type, project_address, status) VALUES
        ('0dd00000-0000-4000-8000-000000000001', 'Odd Inc', 'odd@example.com', 'commercial', '9 Odd St', 'approved');
    INSERT INTO crew_members (id, name, role, status) VALUES ('0dd00000-0000-4000-8000-000000000001', 'Odd One', 'raker', 'active');
    INSERT INTO crews (id, name) VALUES ('0dd00000-0000-4000-8000-000000000001', 'Odd crew');
    INSERT INTO crew_memberships (id, crew_id, crew_member_id, during) VALUES
        ('0dd00000-0000-4000-8000-000000000001', '00000000-0000-4000-8000-0000000000c1', '0dd00000-0000-4000-8000-000000000001', '[2020-01-01,)');
    INSERT INTO equipment (id, name, kind) VALUES ('0dd00000-0000-4000-8000-000000000001', 'Odd mill', 'mill');
    INSERT INTO job_schedules (id, contract_id, start_date, end_date, location_address, crew_assigned, equipment_needed) VALUES
        ('0dd00000-0000-4000-8000-000000000001', '0dd00000-0000-4000-8000-000000000001', now() + interval '30 hours', now() + interval '34 hours',
         '9 Odd St', '[\"Odd One\"]', '[\"Odd mill\"]'),
        ('0dd00000-0000-4000-8000-000000000002', '0dd00000-0000-4000-8000-000000000001', now() - interval '2 hours', now() + interval '2 hours',
         '8 Odd St', '[]', '[]'),
        ('30170000-0000-4000-8000-000000000001', '00000000-0000-4000-8000-0000000000d1', now() + interval '30 hours', now() + interval '34 hours',
         '12 Whole St', '[\"Ann Ames\"]', '[\"Paver 1\"]');
    INSERT INTO estimates (id, customer_name, email, phone, service_type, project_address, description, response_by) VALUES
        ('0dd00000-0000-4000-8000-000000000001', 'Odd Asker', 'odd@example.com', '555-0100', 'residential', '7 Odd St', 'odd', now()),
        ('30170000-0000-4000-8000-000000000001', 'Whole Asker', 'whole@example.com', '555-0101', 'residential', '7 Whole St', 'whole', now());
    INSERT INTO customers (id, name) VALUES ('0dd00000-0000-4000-8000-000000000001', 'Odd Customer');
    UPDATE job_schedules SET special_instructions = 'Gate code' WHERE location_address LIKE '% St';
    INSERT INTO time_off (id, kind, crew_member_id, during) VALUES
        ('0dd00000-0000-4000-8000-000000000001', 'leave', '0dd00000-0000-4000-8000-000000000001', tstzrange(now() + interval '3 days', now() + interval '4 days'));
    INSERT INTO customer_messages (id, job_schedule_id, channel, body) VALUES
        ('0dd00000-0000-4000-8000-000000000001', '0dd00000-0000-4000-8000-000000000001', 'phone', 'odd');
    DO $$
    DECLARE
        t record;
    BEGIN
        SET LOCAL session_replication_role = replica;
        FOR t IN SELECT c.oid::regclass AS name, string_agg(quote_ident(a.attname), ', ') AS columns,
                        coalesce(jsonb_object_agg(a.attname, '0dd') FILTER (WHERE a.attname NOT LIKE '%user_id' AND a.atttypid IN ('text'::regtype, 'varchar'::regtype, 'name'::regtype)
                            AND EXISTS (SELECT FROM pg_index i WHERE i.indrelid = c.oid AND i.indisunique AND a.attnum = ANY (i.indkey))), '{}') AS own
                   FROM pg_class c JOIN pg_attribute a ON a.attrelid = c.oid AND a.attnum > 0 AND NOT a.attisdropped AND a.attgenerated = ''
                  WHERE c.relnamespace = 'public'::regnamespace AND c.relkind = 'r'
                    AND EXISTS (SELECT FROM pg_attribute i WHERE i.attrelid = c.oid AND i.attname = 'id' AND i.atttypid = 'uuid'::regtype)
                  GROUP BY c.oid
        LOOP
            BEGIN
                EXECUTE format('INSERT INTO %1$s (%2$s) OVERRIDING SYSTEM VALUE
                                SELECT %2$s FROM (SELECT (jsonb_populate_record(o.x, %3$L::jsonb)).* FROM (SELECT x FROM %1$s AS x LIMIT 1) AS o) AS y
                                 WHERE NOT EXISTS (SELECT FROM %1$s WHERE id::text LIKE ''0dd%%'')',
                               t.name, t.columns, t.own || '{\"id\": \"0dd00000-0000-4000-8000-000000000009\"}');
            EXCEPTION WHEN OTHERS THEN
                NULL;  -- all rows of it, then
            END;
        END LOOP;
    END $$;";

/// Writes a value into every column of these types that takes it: not into what rows are found by, nor into the books of
/// what was migrated.
fn spoil(types: &[&str], value: &str, silently: bool) -> String {
    let role = if silently { "replica" } else { "origin" };
    let value = value.replace('\'', "''");
    let types = types.iter().map(|t| format!("'{t}'::regtype")).collect::<Vec<_>>().join(", ");
    format!(
        "DO $spoil$
         DECLARE
             c record;
             odd boolean;
         BEGIN
             SET LOCAL session_replication_role = {role};
             FOR c IN SELECT t.oid::regclass AS tab, t.oid, a.attname, format_type(a.atttypid, NULL) AS kind,
                             CASE WHEN a.atttypid = 'varchar'::regtype AND a.atttypmod > 4 THEN a.atttypmod - 4 ELSE 100000000 END AS most
                        FROM pg_class t JOIN pg_attribute a ON a.attrelid = t.oid AND a.attnum > 0 AND NOT a.attisdropped
                       WHERE t.relnamespace = 'public'::regnamespace AND t.relkind = 'r' AND a.attgenerated = ''
                         AND a.atttypid IN ({types})
                         AND t.relname NOT IN ('schema_versions', '_sqlx_migrations', 'role_privileges')
                         AND a.attname NOT IN ('user_id', 'database_login')
                         AND NOT EXISTS (SELECT FROM pg_constraint k WHERE k.conrelid = t.oid AND k.contype IN ('p', 'f') AND a.attnum = ANY (k.conkey))
             LOOP
                 BEGIN
                     odd := false;
                     IF EXISTS (SELECT FROM pg_attribute i WHERE i.attrelid = c.oid AND i.attname = 'id' AND i.atttypid = 'uuid'::regtype) THEN
                         EXECUTE format('SELECT EXISTS (SELECT FROM %s WHERE id::text LIKE ''0dd%%'')', c.tab) INTO odd;
                     END IF;
                     EXECUTE format('UPDATE %s SET %I = (%L)::%s WHERE %s', c.tab, c.attname, left('{value}', CASE WHEN odd THEN c.most ELSE least(c.most, 2000) END), c.kind,
                                    CASE WHEN odd THEN 'id::text LIKE ''0dd%''' ELSE 'true' END);
                 EXCEPTION WHEN OTHERS THEN
                     NULL;  -- refused: it cannot stand there
                 END;
             END LOOP;
         END $spoil$"
    )
}

/// Values that stand there at once, each in every column of its types.
type Round = Vec<(Vec<&'static str>, String)>;

fn documents() -> Vec<String> {
    let nested = |open: &str, close: &str| format!("{}{}", open.repeat(300), close.repeat(300));
    vec![
        "[1e400]".into(),
        "1e400".into(),
        r#"{"about": {"kind": "job", "id": 1e400}, "name": 1.7976931348623157e308, "monday": -1e999, "n": 1e-400}"#
            .into(),
        nested("[", "]"),
        format!(r#"{{"about": {}, "start_date": {}}}"#, nested(r#"{"a":"#, "}").replace(":}", ":1}"), nested("[", "]")),
        r#"[null, [], {}, "", {"name": null, "id": [1e400]}, true, "Ann Ames", {"expires": 1e400, "name": "CDL"}]"#
            .into(),
        r#"{"start_date": "infinity", "end_date": 7, "crew_assigned": [1e400], "do": "schedule", "jobs": [1e400]}"#
            .into(),
        format!(r#"["{}"]"#, "ä\u{1F600}".repeat(100_000)),
        r#""""#.into(),
        "null".into(),
    ]
}

fn texts() -> Vec<String> {
    vec![
        String::new(),
        " \u{a0}\u{200b}\u{feff} ".into(),
        "<script>alert('1')</script> %s %n \\ \" ${x} {{y}} -- ;".into(),
        "\u{1}\u{2}\u{1b}[31m\u{7f}\u{85}\r\n\t".into(),
        "\u{202e}\u{2066}e\u{301}\u{301}\u{301}\u{1F468}\u{200d}\u{1F469}\u{FFFF}\u{10FFFF}".into(),
        "x".repeat(1_000_000),
        "ß".repeat(3_000),
        r#"[1e400, {"a": 1}]"#.into(),
        "infinity".into(),
        "294276-12-31".into(),
        "NaN".into(),
    ]
}

/// Types of the days and numbers, and what stands at their ends; a few at a time.
fn ends() -> Vec<Round> {
    let round = |values: &[(&'static str, &str)]| {
        values.iter().map(|(kind, value)| (vec![*kind], (*value).to_owned())).collect::<Round>()
    };
    vec![
        round(&[
            ("timestamptz", "infinity"),
            ("date", "infinity"),
            ("tstzrange", "[-infinity,infinity]"),
            ("daterange", "[-infinity,infinity]"),
            ("numeric", "NaN"),
        ]),
        round(&[
            ("timestamptz", "-infinity"),
            ("date", "5874897-12-31"),
            ("daterange", "empty"),
            ("numeric", "99999.99"),
        ]),
        round(&[
            ("timestamptz", "294276-12-31 23:59:59Z"),
            ("date", "4713-01-01 BC"),
            ("tstzrange", "[2020-01-01Z,294276-12-31Z)"),
        ]),
        round(&[("timestamptz", "4713-01-01 00:00:00Z BC"), ("date", "-infinity")]),
        round(&[("timestamptz", "0001-01-01 00:00:00Z"), ("timestamptz", "9999-12-31 23:59:59.999999Z")]),
        round(&[("int4", "2147483647")]),
        round(&[("int4", "-2147483648")]),
    ]
}

/// Asks; a panic is no answer either.
async fn ask<T>(
    failed: &mut Vec<String>,
    what: &str,
    question: impl Future<Output = Result<T, AppError>>,
) -> Option<T> {
    let mut question = Box::pin(question);
    let answer = std::future::poll_fn(|context| {
        catch_unwind(AssertUnwindSafe(|| question.as_mut().poll(context)))
            .unwrap_or(Poll::Ready(Err(AppError::new(office::ErrorCode::Internal, "It panicked."))))
    })
    .await;
    answer.map_err(|error| failed.push(format!("{what}: {error:?}"))).ok()
}

fn list(group: JobGroup, sort: JobSort) -> JobListQuery {
    let filter = JobFilter::default();
    JobListQuery { from: None, until: None, filter, group, sort, descending: true, after: None, limit: 100 }
}

fn inbox(show: InboxShow, order: InboxOrder) -> InboxQuery {
    InboxQuery {
        show,
        order,
        search: Some("whole alert".to_owned()),
        types: Vec::new(),
        min_priority: None,
        expired: true,
        after: None,
        limit: 100,
    }
}

fn soon() -> ScheduleQuery {
    let today = office::clock::now().date_naive();
    ScheduleQuery { from: today - Days::new(3), until: today + Days::new(30), filter: JobFilter::default() }
}

/// What the copy answers too.
async fn ask_what_is_kept(o: &Office, failed: &mut Vec<String>) {
    if let Some(board) = ask(failed, "board", o.schedule(&soon())).await {
        check(failed, "the board's other job", board.jobs.iter().any(|j| j.id == WHOLE && j.address == "12 Whole St"));
        check(failed, "the board's other crew", board.crews.iter().any(|c| c.id == A && c.name == "Paving A"));
        check(failed, "the board's other people", board.people.iter().any(|p| p.id == ANN));
    }
    if let Some(today) = ask(failed, "today", o.today()).await {
        check(failed, "today's other estimate", today.estimates.iter().any(|e| e.customer_name == "Whole Asker"));
    }
    for (group, sort) in [
        (JobGroup::None, JobSort::Start),
        (JobGroup::Week, JobSort::Updated),
        (JobGroup::Crew, JobSort::Customer),
        (JobGroup::Customer, JobSort::Address),
        (JobGroup::Service, JobSort::Priority),
    ] {
        if let Some(jobs) = ask(failed, &format!("list by {group:?}"), o.job_list(&list(group, sort))).await {
            check(failed, "the list's other job", jobs.items.iter().any(|line| line.job.id == WHOLE));
        }
    }
    for id in [ODD, WHOLE] {
        ask(failed, "job", o.job(id)).await;
    }
    ask(failed, "unscheduled", o.unscheduled(None)).await;
    ask(failed, "clashes", o.schedule_clashes()).await;
    ask(failed, "bell", o.notifications(50)).await;
    for (show, order) in [(InboxShow::Unread, InboxOrder::Priority), (InboxShow::All, InboxOrder::Newest)] {
        if let Some(page) = ask(failed, "inbox", o.inbox(&inbox(show, order))).await {
            check(failed, "the inbox's other alert", page.items.iter().any(|n| n.title == "Whole alert"));
        }
    }
}

fn check(failed: &mut Vec<String>, what: &str, there: bool) {
    if !there {
        failed.push(format!("{what} is missing"));
    }
}

/// Everything the office asks.
async fn ask_all(o: &Office, failed: &mut Vec<String>) {
    ask_what_is_kept(o, failed).await;
    for id in [ODD, WHOLE] {
        ask(failed, "job in the editor", o.job_edit(id)).await;
        ask(failed, "history", o.job_history(id)).await;
        ask(failed, "copy of a job", o.job_seed(&JobSeed { copy_of: Some(id), ..JobSeed::default() })).await;
        ask(failed, "estimate", o.estimate(id)).await;
        let start = office::clock::now().with_nanosecond(0).unwrap() + TimeDelta::hours(30);
        let (end, words) = (start + TimeDelta::hours(4), None);
        let to = JobCheck { job_id: Some(id), start, end, reassign: None, words, weather_dependent: None };
        ask(failed, "check of a move", o.check_jobs(&[to])).await;
    }
    for (kind, other) in [
        (RecordKind::Contract, SMITH),
        (RecordKind::Customer, ODD),
        (RecordKind::Crew, A),
        (RecordKind::Person, ANN),
        (RecordKind::Machine, PAVER),
    ] {
        ask(failed, &format!("{kind:?}"), o.record(kind, ODD)).await;
        ask(failed, &format!("other {kind:?}"), o.record(kind, other)).await;
    }
    for (person, crew, machine) in [(ODD, ODD, ODD), (ANN, A, PAVER)] {
        ask(failed, "person", o.person_record(person)).await;
        ask(failed, "crew", o.crew_record(crew)).await;
        ask(failed, "machine", o.machine_record(machine)).await;
    }
    if let Some(roster) = ask(failed, "roster", o.roster()).await {
        check(failed, "the other person", roster.people.iter().any(|p| p.name == "Ann Ames"));
    }
    if let Some(overview) = ask(failed, "certificates", o.certificate_overview()).await {
        check(failed, "the other certificate", overview.lines.iter().any(|line| line.name == "OSHA 30"));
    }
    ask(failed, "closed days", o.closed_days(None)).await;
    for (kind, id) in [(ResourceKind::Person, ODD), (ResourceKind::Crew, ODD), (ResourceKind::Machine, ODD)] {
        ask(failed, "jobs of one", o.resource_jobs(&ResourceJobsQuery { kind, id, from: None, until: None })).await;
    }
    for (mine, search) in [(false, None), (true, None), (false, Some("whole".to_owned()))] {
        let query = ChangesQuery { mine, search, after: None, limit: 200 };
        if let Some(page) = ask(failed, "recent changes", o.recent_changes(&query)).await {
            check(
                failed,
                "the other change",
                page.items.iter().any(|c| c.summary.starts_with("Job of Smith")) || query.search.is_some(),
            );
        }
    }
    if let Some(hits) = ask(failed, "search", o.search("whole", 20)).await {
        check(failed, "the other one found", hits.iter().any(|hit| hit.id == WHOLE));
    }
    ask(failed, "search of odd ones", o.search("odd", 20)).await;
    ask(failed, "company", o.company()).await;
    ask(failed, "me", o.me()).await;
    ask(failed, "outside", o.outside()).await;
    ask(failed, "alert kinds", o.alert_kinds()).await;
    ask(failed, "contracts", o.contract_choices("")).await;
    ask(failed, "messages", o.customer_messages(&MessagesQuery { change_id: None, open: false })).await;
    ask(failed, "saved views", o.saved_views("schedule")).await;
    let days = vec![office::clock::now().date_naive() + Days::new(1)];
    let rain = RainRequest { days, from_time: None, strategy: PlanStrategy::BestFit, push_days: 1, other_crews: true };
    ask(failed, "rain", o.plan_rain_out(&rain)).await;
}

/// What is new still pops up.
async fn pops_up(at: &TestOffice, failed: &mut Vec<String>) {
    let id = at.notify("New alert", "Something came in").await;
    let started = Instant::now();
    while at.count(&format!("SELECT count(*) FROM notification_popups WHERE notification_id = '{id}'")).await == 0 {
        if started.elapsed() > Duration::from_secs(20) {
            return failed.push("the popup did not come".to_owned());
        }
        tokio::time::sleep(Duration::from_millis(20)).await;
    }
}

async fn furnished() -> (TestOffice, Computer) {
    let (at, dana) = yard().await;
    at.notify("Whole alert", "Somebody asks").await;
    at.execute(&format!(
        "INSERT INTO dashboard_notifications (id, user_id, alert_type_id, title, message)
         SELECT '{ODD}', '{}', id, 'Odd alert', 'Somebody asks' FROM alert_types WHERE name = 'system_error'",
        at.user_id
    ))
    .await;
    common::yard::enter(&dana, A, "2027-06-08T06:00", "2027-06-08T14:00").await;
    at.execute(ROWS).await;
    (at, dana)
}

/// Tries one round after the other: written as any program writes, then past every trigger that would refuse it.
async fn tried(rounds: Vec<Round>) {
    let (at, dana) = furnished().await;
    let mut all = Vec::new();
    ask_all(&dana.office, &mut all).await;
    assert!(all.is_empty(), "before anything is odd: {all:#?}");
    for round in rounds {
        let mut failed = Vec::new();
        for (types, value) in &round {
            at.execute(&spoil(types, value, false)).await;
            at.execute(&spoil(types, value, true)).await;
        }
        ask_all(&dana.office, &mut failed).await;
        let shown: String = format!("{round:?}").chars().take(120).collect();
        all.extend(failed.into_iter().map(|f| format!("{shown}: {f}")));
    }
    pops_up(&at, &mut all).await;
    check(&mut all, "the link", dana.desktop.heard("Connection(Offline") == 0);
    assert!(all.is_empty(), "{} answers are missing: {:#?}", all.len(), all.iter().take(30).collect::<Vec<_>>());
}

#[tokio::test]
async fn no_document_in_any_json_column_costs_more_than_itself() {
    tried(documents().into_iter().map(|value| vec![(vec!["jsonb", "json"], value)]).collect()).await;
}

#[tokio::test]
async fn no_text_in_any_text_column_costs_more_than_itself() {
    tried(texts().into_iter().map(|value| vec![(vec!["text", "varchar"], value)]).collect()).await;
}

#[tokio::test]
async fn no_day_or_number_in_any_column_costs_more_than_itself() {
    tried(ends()).await;
}

#[tokio::test]
async fn the_copy_holds_everything_else_whatever_is_odd() {
    let (at, _dana) = furnished().await;
    let mut odd = ends().remove(0);
    odd.push((vec!["jsonb", "json"], documents()[5].clone()));
    odd.push((vec!["text", "varchar"], texts()[2].clone()));
    for (types, value) in odd {
        at.execute(&spoil(&types, &value, true)).await;
    }
    let proxy = Proxy::start(at.port).await;
    let computer = Computer::new();
    computer.office.connect(&ConnectionInput { port: proxy.port(), ..input(&at) }, None).await.unwrap();
    let started = Instant::now();
    while let Err(error) = computer.office.schedule_of_the_copy(&soon()).await {
        assert!(started.elapsed() < Duration::from_secs(20), "no copy is made: {error:?}");
        tokio::time::sleep(Duration::from_millis(50)).await;
    }
    proxy.set(Link::Refuse).await;
    until(&computer.office, "offline", |s| matches!(s, ConnectionState::Offline { .. })).await;
    let mut failed = Vec::new();
    ask_what_is_kept(&computer.office, &mut failed).await;
    assert!(failed.is_empty(), "{failed:#?}");
}
