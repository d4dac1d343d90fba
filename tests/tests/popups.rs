//! Popups: once each, never lost, any text, gone when read. Against the worker, which is the window's own code.

#![allow(clippy::expect_used, clippy::unwrap_used, reason = "a failed step is a failed test")]

use std::path::Path;
use std::time::{Duration, Instant};

use neff_tests::keeper::until;
use neff_tests::notifications::Shown;
use neff_tests::office::{Office, PASSWORD, request_estimate};
use neff_tests::proxy::{Link, Proxy};
use neff_tests::session::Session;
use neff_tests::window::Window;
use neff_tests::worker::{Worker, count};

const SOON: Duration = Duration::from_secs(10);

/// A wake-up, a question and its answer: well within it. A heartbeat alone takes longer.
const A_MOMENT: Duration = Duration::from_secs(1);
/// Long enough for what must not happen to have happened.
const A_WHILE: Duration = Duration::from_secs(2);

/// Everybody's quiet hours began an hour ago, by the clock of `zone`, and end after `rest`.
async fn quiet(office: &Office, zone: &str, rest: &str) {
    office
        .execute(&format!(
            "UPDATE app_users SET quiet_from = (CURRENT_TIMESTAMP AT TIME ZONE {zone} - interval '1 hour')::time,
                                  quiet_until = (CURRENT_TIMESTAMP AT TIME ZONE {zone} + interval '{rest}')::time"
        ))
        .await;
}

/// Waits for the popup that names `text`, then for one of a later event: what could have come twice would have come
/// before that.
async fn once(office: &Office, session: &Session, text: &str) -> Shown {
    let shown = session.popups.wait(&format!("a popup of {text}"), SOON, |shown| count(shown, text) > 0).await;
    let marker = neff_tests::postgres::unique("Marker");
    office.request_estimate(&marker).await;
    session.popups.wait("the popup of the later event", SOON, |shown| count(shown, &marker) > 0).await;
    assert_eq!(count(&session.popups.shown(), text), 1, "{text} is shown once: {:#?}", session.popups.shown());
    shown.into_iter().find(|popup| popup.summary.contains(text) || popup.body.contains(text)).unwrap()
}

#[tokio::test]
async fn an_estimate_request_without_a_cost_pops_up_once() {
    let (office, session) = (Office::open().await, Session::start().await);
    let _worker = Worker::proven(&session, &office, office.port).await;
    office.request_estimate("Maple Street Church").await;
    let popup = once(&office, &session, "Maple Street Church").await;
    assert_eq!(popup.program, "Neff Office");
    assert!(!popup.summary.trim().is_empty());
    assert!(popup.actions.iter().any(|action| action == "default"), "a click does something: {:?}", popup.actions);
    // Shown first, recorded after.
    let recorded = "SELECT count(*) FROM notification_popups";
    until("proof, church and marker are recorded", SOON, async || office.count(recorded).await == 3).await;
}

#[tokio::test]
async fn any_text_arrives_as_text() {
    let names = [
        "Smith & Sons <Lot 4>",
        "<img src=x onerror=alert(1)>",
        "<b>Bold & Co</b>",
        "O'Brien \"Paving\" \\n %s",
        "{{7*7}} {{customer_name}}",
    ];
    for capabilities in [&["actions", "body", "body-markup"][..], &["actions", "body"][..]] {
        let markup = capabilities.contains(&"body-markup");
        let (office, session) = (Office::open().await, Session::start_with(capabilities).await);
        let _worker = Worker::proven(&session, &office, office.port).await;
        for name in names {
            session.popups.forget();
            office.request_estimate(name).await;
            let shown = session.popups.wait("the popup", SOON, |shown| !shown.is_empty()).await;
            let body = if markup { unescaped(&shown[0].body) } else { shown[0].body.clone() };
            assert!(
                shown[0].summary.contains(name) || body.contains(name),
                "{name:?} is said as it is (markup: {markup}): {shown:#?}"
            );
            if markup {
                assert!(!shown[0].body.contains('<'), "nothing of a customer is markup: {}", shown[0].body);
            }
        }
    }
}

#[tokio::test]
async fn direction_marks_of_a_customer_end_with_their_name() {
    let (office, session) = (Office::open().await, Session::start().await);
    let _worker = Worker::proven(&session, &office, office.port).await;
    session.popups.forget();
    // Right-to-left override, and an isolate, neither of which is closed.
    office.request_estimate("Evil \u{202e}gnivaP \u{2067}Co").await;
    let shown = session.popups.wait("the popup", SOON, |shown| !shown.is_empty()).await;
    for text in [&shown[0].summary, &shown[0].body] {
        let mut open = Vec::new();
        for character in text.chars() {
            match character {
                '\u{202a}' | '\u{202b}' | '\u{202d}' | '\u{202e}' => open.push('\u{202c}'),
                '\u{2066}'..='\u{2068}' => open.push('\u{2069}'),
                '\u{202c}' | '\u{2069}' => {
                    // Closing an isolate closes what was opened within it.
                    if let Some(position) = open.iter().rposition(|&closing| closing == character) {
                        open.truncate(position);
                    }
                }
                _ => {}
            }
        }
        assert!(open.is_empty(), "what follows would be turned round too: {text:?}");
    }
}

#[tokio::test]
async fn endless_text_is_cut() {
    let (office, session) = (Office::open().await, Session::start_with(&["body"]).await);
    let _worker = Worker::proven(&session, &office, office.port).await;
    session.popups.forget();
    office.notify("Endless", &"<b>é\u{202e}& ".repeat(1_430)).await;
    let shown = session.popups.wait("the popup", SOON, |shown| count(shown, "Endless") == 1).await;
    assert_eq!(shown[0].body.chars().count(), 400, "{shown:#?}");
    assert!(shown[0].body.ends_with('…') && !shown[0].body.contains('\u{202e}'), "{shown:#?}");
}

#[tokio::test]
async fn urgency_sound_and_kind_are_said_to_the_service() {
    let (office, session) = (Office::open().await, Session::start().await);
    let _worker = Worker::proven(&session, &office, office.port).await;
    for (priority, urgency, sound) in
        [(1, 0, "message-new-instant"), (3, 1, "message-new-instant"), (5, 2, "dialog-warning")]
    {
        let title = format!("Of priority {priority}");
        office
            .execute(&format!(
                "INSERT INTO dashboard_notifications (user_id, alert_type_id, title, message, priority_level)
                 SELECT '{}', id, '{title}', 'm', {priority} FROM alert_types WHERE name = 'system_error'",
                office.user_id
            ))
            .await;
        let shown = session.popups.wait(&title, SOON, |shown| count(shown, &title) == 1).await;
        let popup = shown.iter().find(|popup| popup.summary == title).unwrap();
        assert_eq!((popup.urgency, popup.sound.as_deref()), (Some(urgency), Some(sound)));
        assert!(!popup.suppress_sound);
        assert_eq!(popup.category.as_deref(), Some("x-neffpaving.alert"));
        assert_eq!(popup.desktop_entry.as_deref(), Some("com.neffpaving.office"));
        assert_eq!(popup.actions, ["default", "Open", "read", "Mark read"]);
    }
}

#[tokio::test]
async fn a_service_without_actions_is_given_none() {
    let (office, session) = (Office::open().await, Session::start_with(&["body"]).await);
    let _worker = Worker::proven(&session, &office, office.port).await;
    office.request_estimate("Nothing To Press").await;
    assert_eq!(once(&office, &session, "Nothing To Press").await.actions, Vec::<String>::new());
}

#[tokio::test]
async fn an_endless_backlog_is_one_summary_too() {
    let (office, session) = (Office::open().await, Session::start().await);
    Worker::proven(&session, &office, office.port).await.terminate(SOON).await;
    session.popups.forget();
    office
        .execute(&format!(
            "INSERT INTO dashboard_notifications (user_id, alert_type_id, title, message)
             SELECT '{}', id, 'Number ' || n, 'm' FROM alert_types, generate_series(1, 1000) AS n WHERE name = 'system_error'",
            office.user_id
        ))
        .await;
    let _worker = Worker::start(&session, &office, office.port);
    session.popups.wait("the summary", SOON, |shown| !shown.is_empty()).await;
    let open = "SELECT count(*) FROM dashboard_notifications n
                 WHERE NOT EXISTS (SELECT FROM notification_popups p WHERE p.notification_id = n.id)";
    until("all of it counts as shown", SOON, async || office.count(open).await == 0).await;
    office.request_estimate("After The Summary").await;
    let shown = session.popups.wait("the later event", SOON, |shown| count(shown, "After The Summary") > 0).await;
    assert_eq!(shown.len(), 2, "the summary and the later event: {shown:#?}");
}

#[tokio::test]
async fn a_backlog_is_one_summary() {
    let (office, session) = (Office::open().await, Session::start().await);
    Worker::proven(&session, &office, office.port).await.terminate(SOON).await;
    session.popups.forget();
    let mut website = office.website().await;
    for number in 0..50 {
        request_estimate(&mut website, &format!("Customer {number}")).await;
    }
    assert_eq!(office.count("SELECT count(*) FROM dashboard_notifications WHERE NOT is_read").await, 51);
    let _worker = Worker::start(&session, &office, office.port);
    let shown = session.popups.wait("the summary", SOON, |shown| !shown.is_empty()).await;
    assert!(shown[0].summary.contains("50"), "{shown:#?}");
    office.request_estimate("After The Summary").await;
    let shown = session.popups.wait("the later event", SOON, |shown| count(shown, "After The Summary") > 0).await;
    assert_eq!(shown.len(), 2, "the summary and the later event: {shown:#?}");
}

#[tokio::test]
async fn what_was_read_elsewhere_closes_here() {
    let (office, session) = (Office::open().await, Session::start().await);
    let _worker = Worker::proven(&session, &office, office.port).await;
    let estimate = office.request_estimate("Read Elsewhere Inc").await;
    let popup = once(&office, &session, "Read Elsewhere Inc").await;
    let notification = office.notification_of(estimate).await.expect("its notification");
    assert!(!session.popups.closed().contains(&popup.id));
    office.execute(&format!("UPDATE dashboard_notifications SET is_read = true WHERE id = '{notification}'")).await;
    session.popups.wait_closed(popup.id, SOON).await;
}

#[tokio::test]
async fn a_summary_closes_when_the_last_of_it_is_read() {
    let (office, session) = (Office::open().await, Session::start().await);
    Worker::proven(&session, &office, office.port).await.terminate(SOON).await;
    session.popups.forget();
    let first = office.notify("One of many", "m").await;
    for number in 0..7 {
        office.notify(&format!("Another {number}"), "m").await;
    }
    let _worker = Worker::start(&session, &office, office.port);
    let summary = session.popups.wait("the summary", SOON, |shown| !shown.is_empty()).await.remove(0);
    let all_but_one = format!("UPDATE dashboard_notifications SET is_read = true WHERE id <> '{first}'");
    office.execute(&all_but_one).await;
    office.request_estimate("The Later Event").await;
    session.popups.wait("the later event", SOON, |shown| count(shown, "The Later Event") > 0).await;
    assert!(!session.popups.closed().contains(&summary.id), "one is still unread");
    office.execute("UPDATE dashboard_notifications SET is_read = true").await;
    session.popups.wait_closed(summary.id, A_MOMENT).await;
}

#[tokio::test]
async fn marked_read_on_a_popup_it_closes_on_every_computer() {
    let (office, one, other) = (Office::open().await, Session::start().await, Session::start().await);
    let _first = Worker::proven(&one, &office, office.port).await;
    let _second = Worker::start(&other, &office, office.port);
    until("both computers are known", SOON, async || office.count("SELECT count(*) FROM office_computers").await == 2)
        .await;
    let estimate = office.request_estimate("Read On One Desk").await;
    let here = one.popups.wait("here", SOON, |shown| count(shown, "Read On One Desk") == 1).await;
    let there = other.popups.wait("there", SOON, |shown| count(shown, "Read On One Desk") == 1).await;
    let notification = office.notification_of(estimate).await.expect("its notification");
    one.popups.invoke(here.last().unwrap().id, "read").await;
    other.popups.wait_closed(there.last().unwrap().id, A_MOMENT).await;
    let read = format!(
        "SELECT count(*) FROM dashboard_notifications WHERE is_read AND read_at IS NOT NULL AND id = '{notification}'"
    );
    assert_eq!(office.count(&read).await, 1);
    assert_eq!(office.count("SELECT count(*) FROM dashboard_notifications WHERE is_read").await, 1, "and no other");
}

#[tokio::test]
async fn marked_read_while_the_link_is_broken_it_is_so_afterwards() {
    let (office, session) = (Office::open().await, Session::start().await);
    let proxy = Proxy::start(office.port).await;
    let worker = Worker::proven(&session, &office, proxy.port()).await;
    office.request_estimate("Read Offline").await;
    let popup = once(&office, &session, "Read Offline").await;
    proxy.set(Link::Refuse).await;
    until("the link is gone", SOON, async || office.sessions().await == 0).await;
    session.popups.invoke(popup.id, "read").await;
    let journal = session.folder().join("office/data/popups-read.journal");
    until("it stands in the journal", SOON, async || holds_an_id(&journal)).await;
    // Not even the end of the program loses it.
    worker.kill();
    proxy.set(Link::Pass).await;
    let _worker = Worker::start(&session, &office, proxy.port());
    let read = "SELECT count(*) FROM dashboard_notifications WHERE is_read";
    until("the database knows", SOON, async || office.count(read).await == 1).await;
    until("the journal is empty", SOON, async || !holds_an_id(&journal)).await;
    once(&office, &session, "Read Offline").await;
}

#[tokio::test]
async fn in_quiet_hours_nothing_pops_up_before_they_end() {
    let (office, session) = (Office::open().await, Session::start().await);
    let _worker = Worker::proven(&session, &office, office.port).await;
    let recorded = "SELECT count(*) FROM notification_popups";
    until("the first is recorded", SOON, async || office.count(recorded).await == 1).await;
    quiet(&office, "neff.office_time_zone()", "1 hour").await;
    session.popups.forget();
    office.request_estimate("In The Night").await;
    let read = office.notify("Read Meanwhile", "m").await;
    let expired = office.notify("Expired Meanwhile", "m").await;
    office.execute(&format!(
        "UPDATE dashboard_notifications SET priority_level = 5; UPDATE dashboard_notifications SET is_read = true WHERE id = '{read}';
         UPDATE dashboard_notifications SET expires_at = CURRENT_TIMESTAMP WHERE id = '{expired}'"
    )).await;
    let early = neff_tests::keeper::within(A_WHILE, async || !session.popups.shown().is_empty()).await;
    assert!(!early, "quiet is quiet, however urgent: {:#?}", session.popups.shown());
    assert_eq!(office.count(recorded).await, 1, "nothing counts as shown");
    let ends = Instant::now() + Duration::from_secs(3);
    quiet(&office, "neff.office_time_zone()", "3 seconds").await;
    let shown = session.popups.wait("what is left", SOON, |shown| !shown.is_empty()).await;
    let late = shown[0].at.saturating_duration_since(ends);
    assert!(shown[0].at >= ends && late < A_MOMENT, "at the end of the quiet hours, not {late:?} after");
    assert_eq!((shown.len(), count(&shown, "In The Night")), (1, 1), "{shown:#?}");
    once(&office, &session, "In The Night").await;
}

#[tokio::test]
async fn quiet_hours_are_read_in_the_persons_zone_and_when_they_change() {
    let (office, session) = (Office::open().await, Session::start().await);
    let _worker = Worker::proven(&session, &office, office.port).await;
    // Quiet by the office's clock, and the person is in Japan.
    quiet(&office, "neff.office_time_zone()", "1 hour").await;
    office.execute("UPDATE app_users SET time_zone = 'Asia/Tokyo'").await;
    office.request_estimate("Awake In Tokyo").await;
    once(&office, &session, "Awake In Tokyo").await;
    quiet(&office, "'Asia/Tokyo'", "1 hour").await;
    session.popups.forget();
    for number in 0..10 {
        office.request_estimate(&format!("Asleep In Tokyo {number}")).await;
    }
    let early = neff_tests::keeper::within(A_WHILE, async || !session.popups.shown().is_empty()).await;
    assert!(!early, "asleep: {:#?}", session.popups.shown());
    office.execute("UPDATE app_users SET quiet_from = NULL, quiet_until = NULL").await;
    let shown = session.popups.wait("the night's summary", A_MOMENT, |shown| !shown.is_empty()).await;
    assert_eq!(shown[0].summary, "10 new alerts");
    office.request_estimate("The Later Event").await;
    let shown = session.popups.wait("the later event", SOON, |shown| count(shown, "The Later Event") > 0).await;
    assert_eq!(shown.len(), 2, "{shown:#?}");
}

#[tokio::test]
async fn the_window_marks_read_and_tries_a_popup() {
    let (office, session) = (Office::open().await, Session::start().await);
    let settings = serde_json::json!({
        "computer": uuid::Uuid::new_v4(),
        "connections": [{
            "id": uuid::Uuid::new_v4(), "name": "The office", "host": "127.0.0.1", "port": office.port,
            "database": office.name, "login": office.login, "encryption": "none", "ca_file": null, "person": null
        }]
    });
    std::fs::write(session.config().join("settings.json"), settings.to_string()).unwrap();
    let window = Window::launch_with(&session, &[("NEFF_DATABASE_PASSWORD", PASSWORD)]).await;
    window.wait_for_today().await;
    office.request_estimate("Marked Read In The Corner").await;
    let shown = session.popups.wait("the popup", SOON, |shown| count(shown, "Marked Read In") == 1).await;
    session.popups.invoke(shown[0].id, "read").await;
    let read = "SELECT count(*) FROM dashboard_notifications WHERE is_read";
    until("the database knows", SOON, async || office.count(read).await == 1).await;

    let test = "window.outcome = null; window.__TAURI_INTERNALS__.invoke('test_popup')
        .then(() => { window.outcome = 'shown' }, error => { window.outcome = error.message })";
    quiet(&office, "neff.office_time_zone()", "1 hour").await;
    window.script(test, vec![]).await;
    let shown = session.popups.wait("the test popup", SOON, |shown| count(shown, "Test popup") == 1).await;
    assert_eq!(shown.last().unwrap().actions, ["default", "Open"], "there is nothing to mark read");
    window.wait("the window hears that it was shown", "return window.outcome === 'shown'").await;
    session.popups.refuse(true);
    window.script(test, vec![]).await;
    window.wait("the window has a sentence", "return (window.outcome ?? '').includes('did not show the popup')").await;
}

#[tokio::test]
async fn what_is_read_expired_or_somebody_elses_does_not_pop_up() {
    let (office, session) = (Office::open().await, Session::start().await);
    let _worker = Worker::proven(&session, &office, office.port).await;
    session.popups.forget();
    office
        .execute(&format!(
            "INSERT INTO dashboard_notifications (user_id, alert_type_id, title, message, is_read, expires_at)
             SELECT n.user_id, t.id, n.title, n.title, n.is_read, n.expires_at
               FROM alert_types t, (VALUES
                ('somebody else', 'Not mine', false, NULL),
                ('{0}', 'Expired', false, CURRENT_TIMESTAMP - interval '1 minute'),
                ('{0}', 'Already read', true, NULL)) AS n (user_id, title, is_read, expires_at)
              WHERE t.name = 'system_error'",
            office.user_id
        ))
        .await;
    office.notify("Mine", "Mine and new").await;
    let shown = session.popups.wait("my popup", SOON, |shown| count(shown, "Mine") > 0).await;
    assert_eq!(shown.len(), 1, "only mine: {shown:#?}");
}

#[tokio::test]
async fn a_service_that_refuses_gets_it_later_and_once() {
    let (office, session) = (Office::open().await, Session::start().await);
    let _worker = Worker::proven(&session, &office, office.port).await;
    session.popups.refuse(true);
    office.request_estimate("Refused At First").await;
    assert!(
        !neff_tests::keeper::within(Duration::from_secs(2), async || count(&session.popups.shown(), "Refused") > 0)
            .await,
        "the service refuses"
    );
    session.popups.refuse(false);
    session
        .popups
        .wait("the popup after all", Duration::from_secs(40), |shown| count(shown, "Refused At First") > 0)
        .await;
    once(&office, &session, "Refused At First").await;
}

#[tokio::test]
async fn a_restart_shows_nothing_again() {
    let (office, session) = (Office::open().await, Session::start().await);
    let worker = Worker::proven(&session, &office, office.port).await;
    office.request_estimate("Before The Restart").await;
    once(&office, &session, "Before The Restart").await;
    worker.terminate(SOON).await;
    let _worker = Worker::start(&session, &office, office.port);
    once(&office, &session, "Before The Restart").await;
}

#[tokio::test]
async fn what_was_shown_while_the_link_broke_is_not_shown_again() {
    let (office, session) = (Office::open().await, Session::start().await);
    let proxy = Proxy::start(office.port).await;
    let worker = Worker::proven(&session, &office, proxy.port()).await;
    let recorded = "SELECT count(*) FROM notification_popups";
    until("the proof is recorded", SOON, async || office.count(recorded).await == 1).await;
    // The service shows it; by the time the worker hears so, it cannot reach the database to record it.
    session.popups.answer(false);
    office.request_estimate("Shown, Not Recorded").await;
    session.popups.wait("the popup", SOON, |shown| count(shown, "Shown, Not Recorded") == 1).await;
    proxy.set(Link::Refuse).await;
    session.popups.answer(true);
    until("the worker tries to come back", SOON, async || office.sessions().await == 0).await;
    let journal = session.folder().join("office/data");
    until("it stands in the journal", SOON, async || any_file_holds_an_id(&journal)).await;
    worker.kill();
    assert_eq!(office.count(recorded).await, 1, "only the proof is recorded");
    proxy.set(Link::Pass).await;
    let _worker = Worker::start(&session, &office, proxy.port());
    once(&office, &session, "Shown, Not Recorded").await;
}

#[tokio::test]
async fn killed_before_it_knows_that_it_was_shown_nothing_is_lost() {
    let (office, session) = (Office::open().await, Session::start().await);
    let worker = Worker::proven(&session, &office, office.port).await;
    session.popups.answer(false);
    office.request_estimate("Shown, Unanswered").await;
    session.popups.wait("the popup", SOON, |shown| count(shown, "Shown, Unanswered") == 1).await;
    worker.kill();
    session.popups.answer(true);
    // Nobody can know whether the person saw it: once more is right, twice more is not.
    let _worker = Worker::start(&session, &office, office.port);
    office.request_estimate("The Later Event").await;
    let shown = session.popups.wait("the later event", SOON, |shown| count(shown, "The Later Event") > 0).await;
    assert_eq!(count(&shown, "The Later Event"), 1);
    assert!((1..=2).contains(&count(&shown, "Shown, Unanswered")), "{shown:#?}");
}

#[tokio::test]
async fn each_computer_shows_it_once() {
    let (office, one, other) = (Office::open().await, Session::start().await, Session::start().await);
    let _first = Worker::proven(&one, &office, office.port).await;
    let _second = Worker::start(&other, &office, office.port);
    until("both computers are known", SOON, async || office.count("SELECT count(*) FROM office_computers").await == 2)
        .await;
    office.request_estimate("On Both Desks").await;
    one.popups.wait("here", SOON, |shown| count(shown, "On Both Desks") == 1).await;
    other.popups.wait("there", SOON, |shown| count(shown, "On Both Desks") == 1).await;
    once(&office, &one, "On Both Desks").await;
    assert_eq!(count(&other.popups.shown(), "On Both Desks"), 1);
}

/// Whether some file in the folder or below has a line that is a UUID.
fn any_file_holds_an_id(folder: &Path) -> bool {
    std::fs::read_dir(folder).into_iter().flatten().flatten().any(|entry| {
        let path = entry.path();
        if path.is_dir() {
            return any_file_holds_an_id(&path);
        }
        holds_an_id(&path)
    })
}

fn holds_an_id(file: &Path) -> bool {
    let text = std::fs::read_to_string(file).unwrap_or_default();
    text.lines().any(|line| line.trim().parse::<uuid::Uuid>().is_ok())
}

fn unescaped(text: &str) -> String {
    text.replace("&lt;", "<")
        .replace("&gt;", ">")
        .replace("&quot;", "\"")
        .replace("&apos;", "'")
        .replace("&#39;", "'")
        .replace("&amp;", "&")
}
