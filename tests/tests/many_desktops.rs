//! Twenty desktops on one database while other programs write to it, through a restart of the server.
//!
//! Twenty seconds of changes; with `NEFF_LONG_TESTS=1` five minutes. `--no-capture` shows the figures.

#![allow(clippy::expect_used, clippy::unwrap_used, reason = "a failed step is a failed test")]

use std::collections::{HashMap, HashSet};
use std::sync::{Arc, Mutex, MutexGuard};
use std::time::{Duration, Instant};

use database::ConnectionSettings;
use futures_util::future::BoxFuture;
use neff_tests::keeper::{until, within};
use neff_tests::office::{Office, PASSWORD, request_estimate};
use neff_tests::private_server::{Encryption, PrivateServer};
use office::link::{ConnectionState, Link, Target};
use office::popups::Popups;
use office::settings::StoredConnection;
use office::{Desktop, DesktopEvent, Popup, PopupError};
use rand::Rng;
use rand::seq::IndexedRandom;
use sqlx::PgConnection;
use tokio::task::JoinSet;
use uuid::Uuid;

const DESKS: usize = 20;
const PEOPLE: usize = 4;
/// A listener, and the five connections of a pool.
const CONNECTIONS_A_DESK: i64 = 6;
/// How long the server is away: long enough for everybody to notice and to fail a few times.
const AWAY: Duration = Duration::from_secs(4);
const LOGIN: &str = "desktops";

/// What a desktop was told, and when.
#[derive(Default)]
struct Seen {
    shown: Vec<Vec<Uuid>>,
    closed: HashMap<Uuid, Instant>,
    woken: Vec<Instant>,
    online: Vec<Instant>,
}

struct Recording(Arc<Mutex<Seen>>);

impl Desktop for Recording {
    fn show<'a>(&'a self, popup: &'a Popup) -> BoxFuture<'a, Result<(), PopupError>> {
        self.0.lock().unwrap().shown.push(popup.notifications.clone());
        Box::pin(std::future::ready(Ok(())))
    }
    fn close<'a>(&'a self, notifications: &'a [Uuid]) -> BoxFuture<'a, ()> {
        let now = Instant::now();
        let mut seen = self.0.lock().unwrap();
        for id in notifications {
            assert!(seen.closed.insert(*id, now).is_none(), "closed twice");
        }
        Box::pin(std::future::ready(()))
    }
    fn tell(&self, event: DesktopEvent) {
        let mut seen = self.0.lock().unwrap();
        match event {
            DesktopEvent::TodayChanged => seen.woken.push(Instant::now()),
            DesktopEvent::Connection(state) if matches!(*state, ConnectionState::Online { .. }) => {
                seen.online.push(Instant::now());
            }
            _ => {}
        }
    }
}

struct Desk {
    link: Link,
    popups: Arc<Popups>,
    seen: Arc<Mutex<Seen>>,
    user_id: String,
    _folder: tempfile::TempDir,
}

impl Desk {
    fn start(number: usize, port: u16, database: &str, (person, user_id): &(Uuid, String)) -> Self {
        let url = format!("postgres://{LOGIN}@127.0.0.1:{port}/{database}?sslmode=disable");
        let folder = tempfile::TempDir::with_prefix("neff-desk-").unwrap();
        let popups = Arc::new(Popups::new(folder.path()).unwrap());
        let seen = Arc::new(Mutex::new(Seen::default()));
        let settings = ConnectionSettings::from_url(&url).unwrap().0;
        let target = Target {
            connection: StoredConnection::passing(settings.clone(), None),
            local: None,
            settings,
            password: Some(PASSWORD.to_owned().into()),
            person: Some(*person),
            computer: Uuid::new_v4(),
            computer_name: format!("Desk {number}"),
            application: format!("desk {number}"),
        };
        let link = Link::start(target, Arc::new(Recording(seen.clone())), popups.clone());
        Self { link, popups, seen, user_id: user_id.clone(), _folder: folder }
    }

    fn seen(&self) -> MutexGuard<'_, Seen> {
        self.seen.lock().unwrap()
    }

    fn is_online(&self) -> bool {
        matches!(self.link.state(), ConnectionState::Online { .. })
    }

    /// Everything it has shown, alone or in a summary.
    fn shown(&self) -> Vec<Uuid> {
        self.seen().shown.iter().flatten().copied().collect()
    }
}

/// A change by another program: from the statement's start to the answer that it is committed.
#[derive(Clone, Copy)]
struct Change {
    began: Instant,
    committed: Instant,
}

/// Writes until `end`, by `change`, with pauses around `pace`; a server that is away is waited for.
async fn write(
    office: Arc<Office>,
    end: Instant,
    pace: Duration,
    change: impl AsyncFn(&mut PgConnection, usize) -> Result<(), sqlx::Error>,
) -> Vec<Change> {
    let mut changes = Vec::new();
    let mut website = office.website().await;
    let mut number = 0;
    while Instant::now() < end {
        let began = Instant::now();
        number += 1;
        if change(&mut website, number).await.is_ok() {
            changes.push(Change { began, committed: Instant::now() });
        } else if let Ok(again) = office.try_website().await {
            website = again;
        }
        let pause = pace.mul_f64(rand::rng().random_range(0.5..1.5));
        tokio::time::sleep(pause).await;
    }
    changes
}

/// All that other programs do.
fn writers(office: &Arc<Office>, end: Instant) -> JoinSet<Vec<Change>> {
    let mut writers = JoinSet::new();
    writers.spawn(write(office.clone(), end, Duration::from_millis(700), async |website, number| {
        let asked = "INSERT INTO estimates (customer_name, email, phone, service_type, project_address, description)
                     VALUES ($1, 'customer@example.com', '555-0100', 'residential', '12 Quarry Road', 'A driveway')";
        sqlx::query(asked).bind(format!("Customer {number}")).execute(website).await.map(drop)
    }));
    writers.spawn(write(office.clone(), end, Duration::from_millis(300), async |website, number| {
        let booked = "INSERT INTO job_schedules (calendly_event_uri, start_date, end_date, location_address)
                      SELECT $1, day, day + interval '2 hours', '4 Mill Lane'
                        FROM (SELECT CURRENT_TIMESTAMP + make_interval(days => $2) AS day) AS some";
        let uri = neff_tests::postgres::unique("event");
        let days = i32::try_from(number % 60).unwrap();
        sqlx::query(booked).bind(uri).bind(days).execute(website).await.map(drop)
    }));
    writers.spawn(write(office.clone(), end, Duration::from_millis(250), async |website, number| {
        let priced = "UPDATE contracts SET estimated_cost = $1 WHERE client_name = 'Priced Again And Again'";
        sqlx::query(priced).bind(i32::try_from(number).unwrap()).execute(website).await.map(drop)
    }));
    writers
}

/// Desktops mark read what everybody it is for has seen: half of it on a popup, half in the window. Gives when.
async fn readers(desks: Arc<Vec<Desk>>, end: Instant) -> HashMap<Uuid, Instant> {
    let mut read: HashMap<Uuid, Instant> = HashMap::new();
    let mut turn = 0;
    while Instant::now() < end {
        tokio::time::sleep(Duration::from_millis(400)).await;
        turn += 1;
        let Some(desk) = desks.choose(&mut rand::rng()).filter(|desk| desk.is_online()) else { continue };
        let mut everywhere: HashSet<Uuid> = desk.shown().into_iter().collect();
        for other in desks.iter().filter(|other| other.user_id == desk.user_id) {
            let there: HashSet<Uuid> = other.shown().into_iter().collect();
            everywhere.retain(|id| there.contains(id));
        }
        let some: Vec<Uuid> = everywhere.into_iter().filter(|id| !read.contains_key(id)).take(3).collect();
        if turn % 2 == 0 {
            desk.popups.mark_read(&some);
        } else {
            let Ok(mut connection) = desk.link.pool().acquire().await else { continue };
            if database::inbox::set_read(&mut connection, &desk.user_id, &some, true).await.is_err() {
                continue;
            }
        }
        let now = Instant::now();
        read.extend(some.into_iter().map(|id| (id, now)));
    }
    read
}

#[derive(Debug, Default)]
struct Connections {
    peak: i64,
    samples: u32,
}

/// How many connections the desktops have, ten times a second.
async fn count_connections(office: Arc<Office>, counted: Arc<Mutex<Connections>>) {
    loop {
        if let Some(now) = connections(&office).await {
            let mut counted = counted.lock().unwrap();
            counted.peak = counted.peak.max(now);
            counted.samples += 1;
        }
        tokio::time::sleep(Duration::from_millis(100)).await;
    }
}

/// None while the server is away.
async fn connections(office: &Office) -> Option<i64> {
    sqlx::query_scalar("SELECT count(*) FROM pg_stat_activity WHERE usename = $1")
        .bind(LOGIN)
        .fetch_one(office.keeper().await)
        .await
        .ok()
}

/// People of the office, in `admins`, who say who they are.
async fn people(office: &Office) -> Vec<(Uuid, String)> {
    office
        .execute(&format!(
            "CREATE ROLE {LOGIN} LOGIN PASSWORD '{PASSWORD}' IN ROLE neff_app;
             INSERT INTO app_users (user_id, name) SELECT 'person-' || n, 'Person ' || n FROM generate_series(1, {PEOPLE}) AS n;
             INSERT INTO recipient_group_members (group_id, app_user_id)
             SELECT g.id, p.id FROM recipient_groups g, app_users p WHERE g.name = 'admins' AND p.name LIKE 'Person %';
             INSERT INTO contracts (client_name, client_email, service_type, project_address)
             VALUES ('Priced Again And Again', 'p@example.com', 'commercial', '1 Main Street')"
        ))
        .await;
    office.execute("ALTER SYSTEM SET log_connections = on").await;
    office.execute("SELECT pg_reload_conf()").await;
    sqlx::query_as("SELECT id, user_id::text FROM app_users WHERE name LIKE 'Person %' ORDER BY user_id")
        .fetch_all(office.keeper().await)
        .await
        .unwrap()
}

/// When desktops came in, in milliseconds of the day, by this part of the server's log.
fn arrivals(log: &str) -> Vec<u64> {
    let ours = log.lines().filter(|line| line.contains(&format!("connection authorized: user={LOGIN} ")));
    ours.filter_map(|line| {
        let time = chrono::NaiveTime::parse_from_str(line.split_whitespace().nth(1)?, "%H:%M:%S%.3f").ok()?;
        u64::try_from((time - chrono::NaiveTime::MIN).num_milliseconds()).ok()
    })
    .collect()
}

/// How often anybody asked to be let in.
fn knocks(log: &str) -> usize {
    log.lines().filter(|line| line.contains("connection received")).count()
}

/// The most of `times` within `length`.
fn crowd(times: &[u64], length: u64) -> usize {
    times
        .iter()
        .map(|first| times.iter().filter(|time| (*first..first + length).contains(time)).count())
        .max()
        .unwrap_or(0)
}

fn percentiles(mut times: Vec<Duration>) -> String {
    times.sort();
    let at = |part: usize| {
        times.get((times.len() * part / 100).min(times.len().saturating_sub(1))).copied().unwrap_or_default()
    };
    format!(
        "{} measured, p50 {:.1?}, p95 {:.1?}, p99 {:.1?}, slowest {:.1?}",
        times.len(),
        at(50),
        at(95),
        at(99),
        at(100)
    )
}

#[tokio::test(flavor = "multi_thread")]
async fn twenty_desktops_see_everything_once_through_a_restart() {
    let long = std::env::var_os("NEFF_LONG_TESTS").is_some_and(|value| value == "1");
    let length = Duration::from_secs(if long { 300 } else { 20 });
    let server = tokio::task::block_in_place(|| PrivateServer::start(Encryption::Off));
    let office = Arc::new(Office::open_on(&server).await);
    let people = people(&office).await;
    let desks: Arc<Vec<Desk>> =
        Arc::new((0..DESKS).map(|n| Desk::start(n, server.port(), &office.name, &people[n % people.len()])).collect());
    let all_online = async || desks.iter().all(Desk::is_online);
    until("all desktops are online", Duration::from_secs(30), all_online).await;

    let counted = Arc::new(Mutex::new(Connections::default()));
    let counting = tokio::spawn(count_connections(office.clone(), counted.clone()));
    let began = Instant::now();
    let end = began + length;
    let (writers, readers) = (writers(&office, end), tokio::spawn(readers(desks.clone(), end)));

    tokio::time::sleep(length / 2).await;
    let before = server.log().len();
    let stopped = Instant::now();
    tokio::task::block_in_place(|| server.stop());
    tokio::time::sleep(AWAY).await;
    let down = server.log().len();
    tokio::task::block_in_place(|| server.resume());
    let resumed = Instant::now();
    until("all desktops are back", Duration::from_secs(30), async || {
        desks.iter().all(|desk| desk.seen().online.last().is_some_and(|at| *at > stopped))
    })
    .await;
    let back = Instant::now();
    let said = server.log();
    let (turned_away, knocked, arrived) = (knocks(&said[before..down]), knocks(&said[down..]), arrivals(&said[down..]));

    let changes: Vec<Change> = writers.join_all().await.into_iter().flatten().collect();
    let read = readers.await.unwrap();
    // A marker after everything else: what could have come twice would have come before it.
    request_estimate(&mut office.website().await, "The Last One").await;
    let mut wanted: HashMap<String, HashSet<Uuid>> = HashMap::new();
    let rows: Vec<(String, Uuid)> = sqlx::query_as("SELECT user_id::text, id FROM dashboard_notifications")
        .fetch_all(office.keeper().await)
        .await
        .unwrap();
    for (user_id, id) in rows {
        wanted.entry(user_id).or_default().insert(id);
    }
    let complete = within(Duration::from_mins(1), async || {
        desks.iter().all(|desk| desk.shown().len() >= wanted[&desk.user_id].len())
    })
    .await;
    for (number, desk) in desks.iter().enumerate() {
        let shown = desk.shown();
        let once: HashSet<Uuid> = shown.iter().copied().collect();
        let wanted = &wanted[&desk.user_id];
        assert_eq!(shown.len(), once.len(), "desk {number}: something was shown twice");
        assert!(complete && once == *wanted, "desk {number}: {} of {} shown", once.len(), wanted.len());
    }

    let (closed, late) = closings(&desks, &read, stopped..back).await;
    let woken = wakings(&desks, &changes, stopped..back);
    let counted = std::mem::take(&mut *counted.lock().unwrap());
    counting.abort();
    println!(
        "{DESKS} desktops of {PEOPLE} people for {length:?}: {} changes, {} notifications a person",
        changes.len(),
        wanted.values().map(HashSet::len).max().unwrap_or(0),
    );
    let popups: Vec<usize> = desks.iter().map(|desk| desk.seen().shown.len()).collect();
    println!("popups and summaries a desktop: {} to {}", popups.iter().min().unwrap(), popups.iter().max().unwrap());
    println!("from a commit to each desktop's wake-up: {}", percentiles(woken));
    println!(
        "{} marked read; from that to the closing on each desktop: {}, {late} later",
        read.len(),
        percentiles(closed)
    );
    println!("connections: {} at most, of {} counts", counted.peak, counted.samples);
    println!(
        "restart: away {:.1?}, all back {:.1?} after it; asked to be let in: {turned_away} times as it went down, \
         {knocked} as it came back; let in: {}, at most {} in 100 ms and {} in 1 s",
        resumed - stopped,
        back - resumed,
        arrived.len(),
        crowd(&arrived, 100),
        crowd(&arrived, 1000),
    );

    assert!(counted.peak <= CONNECTIONS_A_DESK * i64::try_from(DESKS).unwrap(), "{} connections", counted.peak);
    assert!(back - resumed < Duration::from_secs(15), "the last was back {:?} after the restart", back - resumed);
    // A listener each, which looks first whether anybody is there, and a pool's connection for what one has to do.
    assert!(knocked <= DESKS * 4, "{knocked} times somebody asked to be let in, for {DESKS} desktops");
    assert!(crowd(&arrived, 100) <= DESKS / 2, "{} came in within 100 ms", crowd(&arrived, 100));
    let limit = i64::try_from(DESKS * 2).unwrap();
    if long {
        until("idle pools are given back", Duration::from_secs(100), async || {
            connections(&office).await.is_some_and(|now| now <= limit)
        })
        .await;
        let mut most = 0;
        for _ in 0..20 {
            tokio::time::sleep(Duration::from_millis(500)).await;
            most = most.max(connections(&office).await.unwrap_or(0));
        }
        println!("idle: {most} connections at most in ten seconds");
        assert!(most <= limit, "{most} connections of idle desktops");
    }
    let desks = Arc::try_unwrap(desks).unwrap_or_else(|_| panic!("nobody else holds the desktops"));
    for desk in desks {
        desk.link.stop().await;
    }
}

/// How long each desktop took to close what was marked read, and how many were marked around the restart. Fails for
/// what never closed although all its popup stood for is read.
async fn closings(
    desks: &[Desk],
    read: &HashMap<Uuid, Instant>,
    away: std::ops::Range<Instant>,
) -> (Vec<Duration>, usize) {
    let mut took = Vec::new();
    let mut late = 0;
    for desk in desks {
        let whole: Vec<Vec<Uuid>> =
            desk.seen().shown.iter().filter(|popup| popup.iter().all(|id| read.contains_key(id))).cloned().collect();
        until("all that was read is closed", Duration::from_secs(15), async || {
            whole.iter().flatten().all(|id| desk.seen().closed.contains_key(id))
        })
        .await;
        assert_eq!(desk.seen().closed.len(), whole.iter().flatten().count(), "nothing else is closed");
        for popup in whole {
            let marked = popup.iter().map(|id| read[id]).max().unwrap();
            let closed = desk.seen().closed[&popup[0]];
            let broken = marked + Duration::from_secs(1) > away.start && marked < away.end;
            if broken { late += 1 } else { took.push(closed.saturating_duration_since(marked)) }
        }
    }
    (took, late)
}

/// How long each desktop took to hear of each change, but for those around the restart. Fails for one it never heard of.
fn wakings(desks: &[Desk], changes: &[Change], away: std::ops::Range<Instant>) -> Vec<Duration> {
    let mut took = Vec::new();
    for (number, desk) in desks.iter().enumerate() {
        let seen = desk.seen();
        for change in changes {
            let heard = seen.woken.partition_point(|at| *at < change.began);
            let Some(at) = seen.woken.get(heard) else { panic!("desk {number} never heard of a change") };
            let broken = change.began + Duration::from_secs(1) > away.start && change.began < away.end;
            if !broken {
                let pause = at.saturating_duration_since(change.committed);
                assert!(pause < Duration::from_secs(5), "desk {number} heard of a change {pause:?} later");
                took.push(pause);
            }
        }
    }
    took
}
