//! Popups: once each, never lost, any text, gone when read. Against the worker, which is the window's own code.

#![allow(clippy::expect_used, clippy::unwrap_used, reason = "a failed step is a failed test")]

use std::path::Path;
use std::time::Duration;

use neff_tests::keeper::until;
use neff_tests::notifications::Shown;
use neff_tests::office::{Office, request_estimate};
use neff_tests::proxy::{Link, Proxy};
use neff_tests::session::Session;
use neff_tests::worker::{Worker, count};

const SOON: Duration = Duration::from_secs(10);

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
    let recorded = office.count("SELECT count(*) FROM notification_popups").await;
    assert_eq!(recorded, 3, "proof, church and marker are recorded as shown on this computer");
}

#[tokio::test]
async fn any_text_arrives_as_text() {
    let names =
        ["Smith & Sons <Lot 4>", "<img src=x onerror=alert(1)>", "<b>Bold & Co</b>", "O'Brien \"Paving\" \\n %s"];
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
    assert_eq!(office.count("SELECT count(*) FROM notification_popups").await, 1, "only the proof is recorded");
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
        let text = std::fs::read_to_string(path).unwrap_or_default();
        text.lines().any(|line| line.trim().parse::<uuid::Uuid>().is_ok())
    })
}

fn unescaped(text: &str) -> String {
    text.replace("&lt;", "<")
        .replace("&gt;", ">")
        .replace("&quot;", "\"")
        .replace("&apos;", "'")
        .replace("&#39;", "'")
        .replace("&amp;", "&")
}
