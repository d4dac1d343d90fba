//! The real window: a person's first morning, and what must not go wrong in it.

#![allow(clippy::expect_used, clippy::unwrap_used, reason = "a failed step is a failed test")]

use std::path::PathBuf;
use std::time::{Duration, Instant};

use neff_tests::keeper::{program, until};
use neff_tests::office::{Office, PASSWORD, request_estimate};
use neff_tests::postgres::unique;
use neff_tests::private_server::{Encryption, PrivateServer};
use neff_tests::proxy::{Link, Proxy};
use neff_tests::session::Session;
use neff_tests::window::{Key, Window, at_the_desk, said, test_id};
use neff_tests::worker::count;
use serde_json::json;
use sqlx::{AssertSqlSafe, Connection};
use uuid::Uuid;

const SOON: Duration = Duration::from_secs(10);

/// A job of today, noon to one in the office's zone, so that it is today whenever the tests run.
async fn job_today(office: &Office, address: &str) -> Uuid {
    sqlx::query_scalar(
        "INSERT INTO job_schedules (calendly_event_uri, start_date, end_date, location_address)
         SELECT $1, day + interval '12 hours', day + interval '13 hours', $2
           FROM (SELECT date_trunc('day', CURRENT_TIMESTAMP, value) AS day
                   FROM system_config WHERE key = 'office_time_zone') AS zone RETURNING id",
    )
    .bind(unique("event"))
    .bind(address)
    .fetch_one(&mut office.website().await)
    .await
    .expect("a job")
}

async fn wait_for_check(window: &Window, name: &str, state: &str) {
    let script = "const e = document.querySelector(arguments[0]); return !!e && e.dataset.state === arguments[1]";
    let arguments = vec![json!(test_id(&format!("check-{name}"))), json!(state)];
    window.wait_with(&format!("check {name} is {state}"), script, arguments).await;
}

async fn page_text(window: &Window) -> String {
    window.script("return document.body.innerText", vec![]).await.as_str().unwrap_or_default().to_owned()
}

#[tokio::test]
async fn the_first_morning() {
    let server = PrivateServer::start(Encryption::Off);
    let mut keeper = server.connect("postgres").await;
    let setup = format!("CREATE ROLE keeper LOGIN CREATEROLE PASSWORD '{PASSWORD}'");
    sqlx::raw_sql(AssertSqlSafe(setup)).execute(&mut keeper).await.unwrap();
    sqlx::raw_sql("CREATE DATABASE neff_paving_admin TEMPLATE template0 OWNER keeper")
        .execute(&mut keeper)
        .await
        .unwrap();

    let session = Session::start().await;
    let window = Window::launch(&session).await;
    window.fill_connect(server.port(), "neff_paving_admin", "keeper", PASSWORD, "none").await;
    window.screenshot("connect").await;
    window.click("connect-check").await;
    for check in ["host", "login"] {
        wait_for_check(&window, check, "ok").await;
    }
    window.screenshot("connect-checked").await;
    window.click("connect-submit").await;
    window.click("migrate-button").await;
    window.fill("who-name", "Dana Neff").await;
    window.screenshot("who-are-you").await;
    window.click("who-submit").await;
    window.wait_for_today().await;
    assert!(window.shows("today").await);
    window.screenshot("today-empty").await;

    let mut office = server.connect("neff_paving_admin").await;
    let people: Vec<String> =
        sqlx::query_scalar("SELECT name::text FROM app_users").fetch_all(&mut office).await.unwrap();
    assert_eq!(people, ["Dana Neff"]);
    assert!(window.terminate(Duration::from_secs(5)).await < Duration::from_secs(5));

    // The keychain, and nothing else, remembers the password: the next start needs no form.
    assert_eq!(session.files_with(PASSWORD), Vec::<PathBuf>::new(), "no file holds the password");
    let settings = std::fs::read_to_string(session.config().join("settings.json")).unwrap();
    assert!(settings.contains("keeper"), "the rest is remembered: {settings}");
    let again = Window::launch(&session).await;
    again.wait_for_today().await;
    for process in again.processes() {
        for file in ["cmdline", "environ"] {
            let text = std::fs::read(format!("/proc/{process}/{file}")).unwrap_or_default();
            assert!(!String::from_utf8_lossy(&text).contains(PASSWORD), "{file} of {process} holds the password");
        }
    }
    assert!(!page_text(&again).await.contains(PASSWORD));
}

/// The office on this computer, from nothing to Today, and again at the next start, by its passwords in the keychain.
#[tokio::test]
async fn an_office_on_this_computer() {
    let session = Session::start().await;
    let window = Window::launch(&session).await;
    window.click("choose-local").await;
    window
        .wait("the name this computer knows is suggested", "return document.getElementById('local-name')?.value !== ''")
        .await;
    window.fill("local-name", "Dana Neff").await;
    window.click("local-sample").await;
    window.screenshot("local").await;
    window.click("local-create").await;
    window.find("local-progress").await;
    window.screenshot("local-progress").await;
    window.wait_for_today().await;
    window.find("estimate-due").await;
    window.screenshot("local-today").await;
    assert!(window.terminate(Duration::from_secs(15)).await < Duration::from_secs(15));
    let note = session.folder().join("office/data/local-office/data/postmaster.pid");
    assert!(!note.exists(), "the server ended with the program");

    let again = Window::launch(&session).await;
    again.wait_for_today().await;
    again.find("estimate-due").await;
    // Killed in the middle: the next start joins the server it left behind.
    again.kill().await;
    assert!(note.exists(), "a killed program leaves its server to the next");
    let after = Window::launch(&session).await;
    after.wait_for_today().await;
    after.terminate(Duration::from_secs(15)).await;
    assert!(!note.exists());
}

#[tokio::test]
async fn each_failure_to_connect_is_a_plain_sentence() {
    let server = PrivateServer::start(Encryption::Off);
    server.create_database("office").await;
    let session = Session::start().await;
    let window = Window::launch(&session).await;
    let nobody = neff_tests::cluster::free_port();
    let right = server.password();
    let cases = [
        ("wrong password", server.port(), "office", "wrong", "none", "login", "password"),
        ("no such database", server.port(), "offise", right, "none", "login", "offise"),
        ("no answer", nobody, "office", right, "none", "host", "answer"),
        ("not encrypted", server.port(), "office", right, "verify_full", "encryption", "encrypt"),
    ];
    for (name, port, database, password, encryption, check, word) in cases {
        window.fill_connect(port, database, "postgres", password, encryption).await;
        window.click("connect-check").await;
        wait_for_check(&window, check, "failed").await;
        let sentence = window.text(&format!("check-{check}")).await.to_lowercase();
        assert!(sentence.contains(word), "{name}: {sentence:?} says what is wrong");
        let page = page_text(&window).await;
        for technical in ["FATAL", "SQLSTATE", "28P01", "3D000", "os error", "sqlx", "Error(", "rustls"] {
            assert!(!page.contains(technical), "{name}: database text reached the person: {page}");
        }
        assert!(!page.contains(password) || password == "wrong", "{name}: the password is shown");
        window.screenshot(&format!("connect-{}", name.replace(' ', "-"))).await;
    }
}

#[tokio::test]
async fn a_popup_opens_the_estimate_it_is_about() {
    let (office, session) = (Office::open().await, Session::start().await);
    let window = at_the_desk(&session, &office, office.port).await;
    office.request_estimate("Another Customer").await;
    let estimate = office.request_estimate("Smith & Sons <Lot 4>").await;
    let name = |shown: &[_]| count(shown, "Smith &amp; Sons &lt;Lot 4&gt;") + count(shown, "Smith & Sons <Lot 4>");
    let shown = session.popups.wait("the popup", SOON, |shown| name(shown) == 1).await;
    let popup = shown.iter().find(|popup| name(std::slice::from_ref(popup)) == 1).unwrap();
    session.popups.invoke(popup.id, "default").await;
    let panel = "const e = document.querySelector(arguments[0]);
        return !!e && e.dataset.kind === 'estimate' && e.dataset.id === arguments[1]";
    window
        .wait_with("the estimate is opened", panel, vec![json!(test_id("detail-panel")), json!(estimate.to_string())])
        .await;
    window.wait_for_text("detail-panel", "Smith & Sons <Lot 4>").await;
    window.screenshot("estimate-from-popup").await;
    office.request_estimate("Afterwards").await;
    let shown = session.popups.wait("the later one", SOON, |shown| count(shown, "Afterwards") == 1).await;
    assert_eq!(name(&shown), 1, "shown once: {shown:#?}");
}

#[tokio::test]
async fn hostile_names_are_shown_and_do_nothing() {
    let (office, session) = (Office::open().await, Session::start().await);
    let window = at_the_desk(&session, &office, office.port).await;
    let hostile = "<img src=x onerror=\"document.title='owned'\"> \u{202e}evil";
    let estimate = office.request_estimate(hostile).await;
    window.wait_for_text("bell-count", "1").await;
    window.click("bell").await;
    window.click("notification").await;
    let panel = "const e = document.querySelector(arguments[0]); return !!e && e.dataset.id === arguments[1]";
    window.wait_with("it is opened", panel, vec![json!(test_id("detail-panel")), json!(estimate.to_string())]).await;
    window.wait_for_text("detail-panel", "<img src=x").await;
    let made = window.script("return document.querySelectorAll('img[src=\"x\"]').length", vec![]).await;
    assert_eq!(made, json!(0), "a customer's name made an element");
    assert_ne!(window.script("return document.title", vec![]).await, json!("owned"));
}

#[tokio::test]
async fn today_follows_within_a_second_and_keeps_its_place() {
    let (office, session) = (Office::open().await, Session::start().await);
    for number in 0..30 {
        job_today(&office, &format!("{number} Long Road")).await;
    }
    let window = at_the_desk(&session, &office, office.port).await;
    let cards = "return document.querySelectorAll('[data-testid=\"job-card\"]').length >= 10";
    window.wait("the jobs are there", cards).await;
    // Scroll whatever scrolls, put the focus on the first card in sight, and remember where on screen it stands. (New
    // rows come in above it too: then the scroll position has to move, so that what the person looks at does not.)
    let place = window
        .script(
            "const cards = [...document.querySelectorAll('[data-testid=\"job-card\"]')];
             let box = cards[Math.floor(cards.length / 2)].parentElement;
             while (box && box.scrollHeight <= box.clientHeight + 4) box = box.parentElement;
             box = box || document.scrollingElement;
             box.scrollTop = 120;
             const edge = box.getBoundingClientRect().top;
             const card = cards.find((c) => box.contains(c) && c.getBoundingClientRect().top >= edge);
             const focusable = card.matches('a, button, [tabindex]') ? card : card.querySelector('a, button, [tabindex]');
             focusable.focus({ preventScroll: true });
             window.__card = card; window.__focus = document.activeElement;
             return [box.scrollTop, card.getBoundingClientRect().top, document.activeElement !== document.body]",
            vec![],
        )
        .await;
    assert!(place[0].as_f64().unwrap() > 0.0, "there is something to scroll: {place}");
    assert_eq!(place[2], json!(true), "a card takes the focus");

    let mut slowest = Duration::ZERO;
    for round in 0..5 {
        let address = format!("{round} New Street");
        let job = job_today(&office, &address).await;
        let committed = Instant::now();
        let shown = "return !!document.querySelector(`[data-testid=\"job-card\"][data-id=\"${arguments[0]}\"]`)
            || document.body.textContent.includes(arguments[1])";
        window.wait_with("the new job is shown", shown, vec![json!(job.to_string()), json!(address)]).await;
        slowest = slowest.max(committed.elapsed());
    }
    assert!(slowest < Duration::from_secs(1), "live within a second: {slowest:?}");
    let kept = window
        .script(
            "return [window.__card.isConnected && window.__card.getBoundingClientRect().top,
                     window.__focus.isConnected && document.activeElement === window.__focus]",
            vec![],
        )
        .await;
    let moved = kept[0].as_f64().expect("the card is still there") - place[1].as_f64().unwrap();
    assert!(moved.abs() <= 2.0, "the card in sight moved by {moved} px");
    assert_eq!(kept[1], json!(true), "the focus stays");
}

/// What every list, panel and search does with a row another program filled with poison.
#[tokio::test]
async fn a_poisoned_row_is_harmless_in_alerts_bell_palette_and_changes() {
    let (office, session) = (Office::open().await, Session::start().await);
    let poison = "<img src=x onerror=\"document.title='owned'\"> {{7*7}} \u{202e}evil";
    let estimate = office.request_estimate(poison).await;
    office.notify(&poison.chars().take(200).collect::<String>(), &format!("{poison} {}", "x".repeat(10_000))).await;
    office.execute(&format!("UPDATE estimates SET notes = repeat('{{{{7*7}}}} ', 1250) WHERE id = '{estimate}'")).await;
    let window = at_the_desk(&session, &office, office.port).await;

    window.click("nav-alerts").await;
    window.wait_for_text("alerts-list", "<img src=x").await;
    window.screenshot("poison-alerts").await;
    window.click("bell").await;
    window.wait_for_text("bell-list", "{{7*7}}").await;
    window.press(&[char::from(Key::Escape)]).await;
    window.press(&[char::from(Key::Control), 'k', char::from(Key::Null)]).await;
    window.find("palette-input").await.send_keys("onerror").await.unwrap();
    window.wait_for_text("palette", "<img src=x").await;
    window.screenshot("poison-palette").await;
    window.press(&[char::from(Key::Enter)]).await;
    window.wait_for_text("detail-panel", "<img src=x").await;
    window.screenshot("poison-panel").await;
    window.click("nav-changes").await;
    window.find("changes").await;

    let made = window.script("return document.querySelectorAll('img[src=\"x\"]').length", vec![]).await;
    assert_eq!(made, json!(0), "text became an element");
    let title = window.script("return document.title", vec![]).await;
    assert_ne!(title, json!("owned"), "text was run");
    assert!(!page_text(&window).await.contains("49"), "text was computed");
    let wide = "return document.documentElement.scrollWidth <= document.documentElement.clientWidth";
    assert_eq!(window.script(wide, vec![]).await, json!(true), "10,000 characters push the window apart");
}

/// The mouse lies in a drawer: from Today to an estimate, its notes changed and changed back, alerts read, all by keys.
#[tokio::test]
async fn a_morning_by_keyboard_only() {
    let (office, session) = (Office::open().await, Session::start().await);
    let estimate = office.request_estimate("Quarry Lane Homeowners").await;
    let window = at_the_desk(&session, &office, office.port).await;
    let (ctrl, nothing) = (char::from(Key::Control), char::from(Key::Null));
    let notes = async || -> Option<String> {
        sqlx::query_scalar("SELECT notes FROM estimates WHERE id = $1")
            .bind(estimate)
            .fetch_one(office.keeper().await)
            .await
            .unwrap()
    };

    window.press(&[ctrl, 'k', nothing]).await;
    window.find("palette-input").await.send_keys("quarry lane").await.unwrap();
    window.wait_for_text("palette", "Quarry Lane Homeowners").await;
    window.press(&[char::from(Key::Enter)]).await;
    window.wait_for_text("detail-panel", "Quarry Lane Homeowners").await;

    // "Edit the notes" is a command like any other.
    window.press(&[ctrl, 'k', nothing]).await;
    window.find("palette-input").await.send_keys("edit the notes").await.unwrap();
    window.find("palette-row").await;
    window.press(&[char::from(Key::Enter)]).await;
    window.find_css("[data-testid=detail-panel] textarea").await;
    window.wait("the notes have the focus", "return document.activeElement?.tagName === 'TEXTAREA'").await;
    window.press(&"Call before ten.".chars().collect::<Vec<_>>()).await;
    window.press(&[ctrl, char::from(Key::Enter), nothing]).await;
    until("the notes are saved", SOON, async || notes().await.as_deref() == Some("Call before ten.")).await;
    window.wait("typing is over", "return document.activeElement?.tagName !== 'TEXTAREA'").await;
    window.press(&[ctrl, 'z', nothing]).await;
    until("and undone", SOON, async || notes().await.is_none()).await;
    window.press(&[ctrl, char::from(Key::Shift), 'z', nothing]).await;
    until("and done again", SOON, async || notes().await.is_some()).await;
    window.screenshot("keyboard-notes").await;

    window.press(&[ctrl, 'k', nothing]).await;
    window.find("palette-input").await.send_keys("go to alerts").await.unwrap();
    window.find("palette-row").await;
    window.press(&[char::from(Key::Enter)]).await;
    window.find("alert").await;
    window.press(&['?']).await;
    window.find("shortcut-sheet").await;
    window.screenshot("keyboard-sheet").await;
    window.press(&[char::from(Key::Escape)]).await;
}

#[tokio::test]
async fn the_bell_counts_and_forgets_what_is_read() {
    let (office, session) = (Office::open().await, Session::start().await);
    let window = at_the_desk(&session, &office, office.port).await;
    let mut website = office.website().await;
    for number in 0..3 {
        request_estimate(&mut website, &format!("Bell {number}")).await;
    }
    window.wait_for_text("bell-count", "3").await;
    window.click("bell").await;
    window.screenshot("bell").await;
    window.click("mark-read").await;
    window.wait_for_text("bell-count", "2").await;
    let unread = "SELECT count(*) FROM dashboard_notifications WHERE NOT is_read";
    assert_eq!(office.count(unread).await, 2, "the database knows");
    // Read on another computer: gone here too.
    office
        .execute("UPDATE dashboard_notifications SET is_read = true WHERE id = (SELECT id FROM dashboard_notifications WHERE NOT is_read LIMIT 1)")
        .await;
    window.wait_for_text("bell-count", "1").await;
    window.click("mark-all-read").await;
    until("all are read", SOON, async || office.count(unread).await == 0).await;
    let none = "const e = document.querySelector(arguments[0]);
        return !e || e.getClientRects().length === 0 || ['', '0'].includes(e.textContent.trim())";
    window.wait_with("the bell is quiet", none, vec![json!(test_id("bell-count"))]).await;
}

#[tokio::test]
async fn offline_is_said_and_ends_by_itself() {
    let (office, session) = (Office::open().await, Session::start().await);
    let proxy = Proxy::start(office.port).await;
    let window = at_the_desk(&session, &office, proxy.port()).await;
    let dot = "return document.querySelector('[data-testid=\"connection-dot\"]')?.dataset.state === arguments[0]";
    window.wait_with("online", dot, vec![json!("online")]).await;
    proxy.set(Link::Refuse).await;
    window.wait_with("offline", dot, vec![json!("offline")]).await;
    window.find("offline-banner").await;
    assert!(window.shows("today").await, "what was there stays");
    window.screenshot("offline").await;
    office.request_estimate("While Away").await;
    proxy.set(Link::Pass).await;
    window.wait_with("online again", dot, vec![json!("online")]).await;
    session.popups.wait("what came meanwhile", SOON, |shown| count(shown, "While Away") == 1).await;
    window.wait_for_text("bell-count", "1").await;
}

#[tokio::test]
async fn killed_before_the_popup_it_pops_up_at_the_next_start() {
    let (office, session) = (Office::open().await, Session::start().await);
    let proxy = Proxy::start(office.port).await;
    let window = at_the_desk(&session, &office, proxy.port()).await;
    proxy.set(Link::Hold).await;
    office.request_estimate("Committed, Not Shown").await;
    window.kill().await;
    proxy.set(Link::Pass).await;
    assert_eq!(count(&session.popups.shown(), "Committed, Not Shown"), 0);
    let again = Window::launch_with(&session, &[("NEFF_DATABASE_PASSWORD", PASSWORD)]).await;
    again.wait_for_today().await;
    office.request_estimate("Later").await;
    let shown = session.popups.wait("the later one", SOON, |shown| count(shown, "Later") == 1).await;
    assert_eq!(count(&shown, "Committed, Not Shown"), 1, "{shown:#?}");
}

#[tokio::test]
async fn a_second_start_only_raises_the_first() {
    let (office, session) = (Office::open().await, Session::start().await);
    let window = at_the_desk(&session, &office, office.port).await;
    let mut second = session.spawn(&mut session.command(&program("neff-office")));
    let process = second.id();
    until("the second one ends", SOON, async || !neff_tests::keeper::is_alive(process)).await;
    let code = second.wait().unwrap();
    assert!(code.success(), "the second start ended with {code}: {}", said(&session));
    assert!(window.shows("today").await, "the first goes on");
    assert_eq!(office.count("SELECT count(*) FROM office_computers").await, 1);
}

#[tokio::test]
async fn sigterm_ends_it_soon_and_closes_its_sessions() {
    let (office, session) = (Office::open().await, Session::start().await);
    let proxy = Proxy::start(office.port).await;
    let window = at_the_desk(&session, &office, proxy.port()).await;
    window.terminate(Duration::from_secs(5)).await;
    until("its sessions are gone", SOON, async || office.sessions().await == 0).await;
    let stalled = at_the_desk(&session, &office, proxy.port()).await;
    proxy.set(Link::Stall).await;
    stalled.terminate(Duration::from_secs(5)).await;
}

#[tokio::test]
async fn light_and_dark() {
    let (office, session) = (Office::open().await, Session::start().await);
    job_today(&office, "1 Picture Lane").await;
    let window = at_the_desk(&session, &office, office.port).await;
    let ground = "return getComputedStyle(document.body).backgroundColor";
    let before = window.script(ground, vec![]).await;
    window.click("theme-toggle").await;
    window
        .wait_with(
            "the ground changes",
            "return getComputedStyle(document.body).backgroundColor !== arguments[0]",
            vec![before],
        )
        .await;
}

#[tokio::test]
async fn the_page_cannot_leave_the_program() {
    let (office, session) = (Office::open().await, Session::start().await);
    let window = at_the_desk(&session, &office, office.port).await;
    let address = window.script("return location.href", vec![]).await;
    // Nothing listens there, and nothing may even be asked for.
    window.script("location.href = 'http://127.0.0.1:9/'; return true", vec![]).await;
    let evaluated = window.script("try { return new Function('return 1')() } catch { return 'refused' }", vec![]).await;
    assert_eq!(evaluated, json!("refused"), "the content security policy is on");
    assert_eq!(window.script("return location.href", vec![]).await, address, "navigation is refused");
    assert!(window.shows("today").await);
    let global = window.script("return typeof window.__TAURI__", vec![]).await;
    assert_eq!(global, json!("undefined"), "no global door to the program");
    office.website().await.close().await.unwrap();
}
