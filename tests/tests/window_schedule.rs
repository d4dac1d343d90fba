//! Scheduling in the real window, against a real database: by mouse, by keys alone, and with the server away.

#![allow(clippy::expect_used, clippy::unwrap_used, reason = "a failed step is a failed test")]

use std::time::{Duration, Instant};

use neff_tests::keeper::until;
use neff_tests::office::{Office, PASSWORD};
use neff_tests::proxy::{Link, Proxy};
use neff_tests::session::Session;
use neff_tests::window::{Key, Window, at_the_desk, test_id};
use serde_json::json;

const SOON: Duration = Duration::from_secs(10);
/// Of Monday the 7th of June 2027, six to two, and of Tuesday; both of one crew.
const MONDAY: &str = "00000000-0000-4000-8000-0000000000f1";
const TUESDAY: &str = "00000000-0000-4000-8000-0000000000f2";

async fn yard() -> Office {
    let office = Office::open().await;
    office
        .execute(&format!(
            "INSERT INTO crew_members (id, name, role, status)
             VALUES ('00000000-0000-4000-8000-0000000000a1', 'Ann Ames', 'foreman', 'active');
             INSERT INTO crews (id, name) VALUES ('00000000-0000-4000-8000-0000000000c1', 'Paving A');
             INSERT INTO crew_memberships (crew_id, crew_member_id, during)
             VALUES ('00000000-0000-4000-8000-0000000000c1', '00000000-0000-4000-8000-0000000000a1', '[2020-01-01,)');
             INSERT INTO job_schedules (id, start_date, end_date, location_address, crew_assigned) VALUES
                 ('{MONDAY}', '2027-06-07 06:00-05', '2027-06-07 14:00-05', '1 Monday Lane', '[\"Paving A\"]'),
                 ('{TUESDAY}', '2027-06-08 06:00-05', '2027-06-08 14:00-05', 'Smith & Sons <Lot 4>', '[\"Paving A\"]')"
        ))
        .await;
    office
}

/// The board of that week.
async fn board(window: &Window) {
    window.script("location.hash = '#/schedule?date=2027-06-09&zoom=week'; return true", vec![]).await;
    window.find_css(&bar(MONDAY)).await;
}

fn bar(job: &str) -> String {
    format!("{}[data-id=\"{job}\"]", test_id("bar"))
}

/// Days that a job was moved by, so far.
async fn moved_by(office: &Office, job: &str, first: &str) -> i64 {
    office
        .count(&format!(
            "SELECT round(extract(epoch FROM start_date - '{first}'::timestamptz) / 86400)::bigint
               FROM job_schedules WHERE id = '{job}'"
        ))
        .await
}

#[tokio::test]
async fn a_job_is_dragged_refused_booked_anyway_and_taken_back() {
    let (office, session) = (yard().await, Session::start().await);
    let window = at_the_desk(&session, &office, office.port).await;
    board(&window).await;
    let width = "return document.querySelector(arguments[0]).getBoundingClientRect().width";
    let day = window.script(width, vec![json!(test_id("board-day"))]).await.as_f64().unwrap();
    let at = async |days: i64| {
        until(&format!("it is {days} days on"), SOON, async || {
            moved_by(&office, MONDAY, "2027-06-07 06:00-05").await == days
        })
        .await;
    };

    window.drag(&bar(MONDAY), 2.0 * day, 0.0).await;
    at(2).await;
    // The other job has the crew on Tuesday: said by name, nothing saved until somebody says why.
    window.drag(&bar(MONDAY), -day, 0.0).await;
    window.wait_for_text("clash-dialog", "Ann Ames").await;
    window.wait_for_text("clash-dialog", "Smith & Sons <Lot 4>").await;
    window.screenshot("schedule-clash").await;
    assert_eq!(moved_by(&office, MONDAY, "2027-06-07 06:00-05").await, 2);
    window.click("clash-ahead").await;
    window.find_css("[data-testid=clash-dialog] textarea").await;
    window.wait("the reason has the focus", "return document.activeElement?.tagName === 'TEXTAREA'").await;
    window.press(&"Both ends of one lot".chars().collect::<Vec<_>>()).await;
    window.click("clash-book").await;
    at(1).await;
    let kept = "SELECT count(*) FROM assignment_overrides WHERE reason = 'Both ends of one lot'";
    assert_eq!(office.count(kept).await, 1);
    window.screenshot("schedule-overridden").await;

    let (ctrl, nothing) = (char::from(Key::Control), char::from(Key::Null));
    for days in [2, 0] {
        window.wait("the dialog is gone", "return !document.querySelector('[data-testid=clash-dialog]')").await;
        window.press(&[ctrl, 'z', nothing]).await;
        at(days).await;
    }
    for days in [2, 1] {
        window.press(&[ctrl, char::from(Key::Shift), 'z', nothing]).await;
        at(days).await;
    }
}

#[tokio::test]
async fn a_job_is_carried_by_keys_alone() {
    let (office, session) = (yard().await, Session::start().await);
    let window = at_the_desk(&session, &office, office.port).await;
    board(&window).await;
    let focus = "return document.activeElement?.dataset.id ?? document.activeElement?.dataset.cell ?? null";
    for _ in 0..60 {
        if window.script("return !!document.activeElement?.closest('[data-cell]')", vec![]).await == json!(true) {
            break;
        }
        window.press(&[char::from(Key::Tab)]).await;
    }
    for _ in 0..6 {
        if window.script(focus, vec![]).await == json!(MONDAY) {
            break;
        }
        window.press(&[char::from(Key::Right)]).await;
    }
    assert_eq!(window.script(focus, vec![]).await, json!(MONDAY), "arrows go from job to job");
    window.press(&['m']).await;
    let carried = "return document.querySelector(arguments[0])?.dataset.carried === 'true'";
    window.wait_with("it is picked up", carried, vec![json!(bar(MONDAY))]).await;
    let (shift, nothing) = (char::from(Key::Shift), char::from(Key::Null));
    for _ in 0..3 {
        window.press(&[shift, char::from(Key::Right), nothing]).await;
    }
    window.screenshot("schedule-carried").await;
    window.press(&[char::from(Key::Enter)]).await;
    let days = async || moved_by(&office, MONDAY, "2027-06-07 06:00-05").await;
    until("it is three days on", SOON, async || days().await == 3).await;
    window.press(&[char::from(Key::Control), 'z', nothing]).await;
    until("and back", SOON, async || days().await == 0).await;

    // Carried onto the other job, and put back when that is said.
    window.wait("it has the focus", "return document.activeElement?.dataset.id !== undefined").await;
    window.press(&['m']).await;
    window.press(&[shift, char::from(Key::Right), nothing]).await;
    window.press(&[char::from(Key::Enter)]).await;
    window.wait_for_text("clash-dialog", "Ann Ames").await;
    window.press(&[char::from(Key::Escape)]).await;
    window.wait("the dialog is gone", "return !document.querySelector('[data-testid=clash-dialog]')").await;
    assert_eq!(days().await, 0);
}

/// What another program moves is on the open board within a second.
#[tokio::test]
async fn the_open_board_follows_others() {
    let (office, session) = (yard().await, Session::start().await);
    let window = at_the_desk(&session, &office, office.port).await;
    board(&window).await;
    let left = "return document.querySelector(arguments[0]).getBoundingClientRect().left";
    let mut took = Vec::new();
    for _ in 0..5 {
        let before = window.script(left, vec![json!(bar(MONDAY))]).await;
        let later = "start_date = start_date + interval '1 hour', end_date = end_date + interval '1 hour'";
        office.execute(&format!("UPDATE job_schedules SET {later} WHERE id = '{MONDAY}'")).await;
        let committed = Instant::now();
        let further = "return document.querySelector(arguments[0]).getBoundingClientRect().left > arguments[1] + 1";
        window.wait_with("the bar moves", further, vec![json!(bar(MONDAY)), before]).await;
        took.push(committed.elapsed());
    }
    took.sort();
    println!("others' changes on the open board: {took:?}");
    assert!(took[2] < Duration::from_secs(1), "the board took {took:?}");
}

/// The server is away when the program starts: the board of the copy is there, dated, and comes back to life.
#[tokio::test]
async fn a_start_without_the_server_shows_the_copy() {
    let (office, session) = (yard().await, Session::start().await);
    let near = "00000000-0000-4000-8000-0000000000f3";
    office
        .execute(&format!(
            "INSERT INTO job_schedules (id, start_date, end_date, location_address)
             VALUES ('{near}', now() + interval '2 days', now() + interval '51 hours', '3 Near Lane')"
        ))
        .await;
    let route = sqlx::query_scalar::<_, String>(
        "SELECT '#/schedule?night=1&date=' || to_char((now() + interval '2 days') AT TIME ZONE neff.office_time_zone(), 'YYYY-MM-DD')",
    )
    .fetch_one(office.keeper().await)
    .await
    .unwrap();
    let proxy = Proxy::start(office.port).await;
    // By the form, so that the password is in the keychain, as the key of the copy will be.
    let window = Window::launch(&session).await;
    window.fill_connect(proxy.port(), &office.name, &office.login, PASSWORD, "none").await;
    window.click("connect-submit").await;
    window.wait_for_today().await;
    window
        .wait(
            "there is a copy",
            "window.__TAURI_INTERNALS__.invoke('offline_copy').then((copy) => (window.copied = copy?.as_of));
             return typeof window.copied === 'string'",
        )
        .await;
    window.script("location.hash = arguments[0]; return true", vec![json!(route)]).await;
    window.find_css(&bar(near)).await;
    window.terminate(Duration::from_secs(5)).await;

    // It neither answers nor refuses: only patience would tell.
    proxy.set(Link::Stall).await;
    let again = Window::launch(&session).await;
    let started = Instant::now();
    again.script("location.hash = arguments[0]; return true", vec![json!(route)]).await;
    again.find_css(&bar(near)).await;
    println!("the board of the copy, after the window answered: {:?}", started.elapsed());
    assert!(started.elapsed() < Duration::from_secs(2), "not at once: {:?}", started.elapsed());
    again.wait_for_text("offline-banner", "as of").await;
    again.screenshot("schedule-offline-start").await;
    proxy.set(Link::Pass).await;
    let dot = "return document.querySelector('[data-testid=\"connection-dot\"]')?.dataset.state === 'online'";
    again.wait("online again", dot).await;
    again.find_css(&bar(near)).await;
    let hash = again.script("return location.hash", vec![]).await;
    assert!(hash.as_str().is_some_and(|h| h.starts_with("#/schedule")), "the person is where they were: {hash}");
}
