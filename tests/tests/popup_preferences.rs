//! What a computer's settings make of its popups, and the popup a person tries them with. In here run the program's own
//! link, popups and notifier, on a real database and a real session bus.

#![cfg(target_os = "linux")]
#![allow(clippy::expect_used, clippy::unwrap_used, reason = "a failed step is a failed test")]

use std::sync::{Arc, OnceLock};
use std::time::{Duration, Instant};

use database::ConnectionSettings;
use futures_util::future::BoxFuture;
use neff_tests::keeper::{until, within};
use neff_tests::office::{Office, PASSWORD};
use neff_tests::session::Session;
use neff_tests::worker::count;
use office::link::{ConnectionState, Link, Target};
use office::notifier::Notifier;
use office::popups::{Popups, Preferences};
use office::settings::StoredConnection;
use office::{Desktop, DesktopEvent, Paths, Popup, PopupAction, PopupError, Secrets};
use uuid::Uuid;

const SOON: Duration = Duration::from_secs(10);
/// A heartbeat alone takes longer.
const A_MOMENT: Duration = Duration::from_secs(1);
const A_WHILE: Duration = Duration::from_secs(2);

/// The session's popups.
struct Screen(Notifier);

impl Desktop for Screen {
    fn show<'a>(&'a self, popup: &'a Popup) -> BoxFuture<'a, Result<(), PopupError>> {
        Box::pin(self.0.show(popup))
    }
    fn close<'a>(&'a self, notifications: &'a [Uuid]) -> BoxFuture<'a, ()> {
        Box::pin(self.0.close(notifications))
    }
    fn tell(&self, _: DesktopEvent) {}
}

/// A program with popups at a desk of an office.
struct Desk {
    office: Office,
    session: Session,
    popups: Arc<Popups>,
    link: Link,
}

impl Desk {
    async fn start() -> Self {
        let (office, session) = (Office::open().await, Session::start().await);
        let popups = Arc::new(Popups::new(&session.folder().join("office/data")).unwrap());
        let acting = popups.clone();
        let notifier = Notifier::on_bus(
            &bus(&session),
            Arc::new(move |action| {
                if let PopupAction::MarkRead(notifications) = action {
                    acting.mark_read(&notifications);
                }
            }),
        );
        let settings = ConnectionSettings::from_url(&office.url(office.port)).unwrap().0;
        let target = Target {
            connection: StoredConnection::passing(settings.clone(), None),
            local: None,
            settings,
            password: Some(PASSWORD.to_owned().into()),
            person: None,
            computer: Uuid::new_v4(),
            computer_name: "Reception".to_owned(),
            application: "neff-tests".to_owned(),
        };
        let link = Link::start(target, Arc::new(Screen(notifier)), popups.clone());
        let desk = Self { office, session, popups, link };
        until("the desk is online", SOON, async || matches!(desk.link.state(), ConnectionState::Online { .. })).await;
        desk
    }

    async fn shows_nothing(&self) {
        let shown = within(A_WHILE, async || !self.session.popups.shown().is_empty()).await;
        assert!(!shown, "{:#?}", self.session.popups.shown());
    }
}

fn bus(session: &Session) -> String {
    session.environment().find(|(name, _)| name == "DBUS_SESSION_BUS_ADDRESS").expect("a bus").1
}

#[tokio::test]
async fn titles_only_says_what_it_is_and_never_about_whom() {
    let desk = Desk::start().await;
    desk.popups.set_preferences(Preferences { titles_only: true, ..Preferences::default() });
    desk.office.request_estimate("Mrs. Private").await;
    let popups = &desk.session.popups;
    let shown = popups.wait("the popup", SOON, |shown| !shown.is_empty()).await;
    assert_eq!((shown[0].summary.as_str(), shown[0].body.as_str()), ("New estimate request", ""));

    desk.popups.set_preferences(Preferences { titles_only: true, enabled: false, ..Preferences::default() });
    popups.forget();
    for number in 0..5 {
        desk.office.request_estimate(&format!("Mr. Private {number}")).await;
    }
    desk.popups.set_preferences(Preferences { titles_only: true, ..Preferences::default() });
    let shown = popups.wait("the summary", SOON, |shown| !shown.is_empty()).await;
    assert_eq!((shown[0].summary.as_str(), shown[0].body.as_str()), ("5 new alerts", ""));
    assert!(!format!("{shown:?}").contains("Private"));
}

#[tokio::test]
async fn sound_is_suppressed_as_soon_as_it_is_switched_off() {
    let desk = Desk::start().await;
    desk.office.request_estimate("Loud").await;
    let shown = desk.session.popups.wait("the loud one", SOON, |shown| count(shown, "Loud") == 1).await;
    assert!(!shown[0].suppress_sound && shown[0].sound.is_some());
    desk.popups.set_preferences(Preferences { sound: false, ..Preferences::default() });
    desk.office.request_estimate("Hushed").await;
    let shown = desk.session.popups.wait("the hushed one", SOON, |shown| count(shown, "Hushed") == 1).await;
    assert!(shown[1].suppress_sound && shown[1].sound.is_none());
}

#[tokio::test]
async fn switched_off_and_on_again_what_is_still_unread_is_one_summary() {
    let desk = Desk::start().await;
    let popups = &desk.session.popups;
    desk.office.request_estimate("Before").await;
    let before = popups.wait("the one before", SOON, |shown| count(shown, "Before") == 1).await;
    let recorded = "SELECT count(*) FROM notification_popups";
    until("it is recorded", SOON, async || desk.office.count(recorded).await == 1).await;
    desk.popups.set_preferences(Preferences { enabled: false, ..Preferences::default() });
    popups.forget();
    for number in 0..8 {
        desk.office.request_estimate(&format!("While Off {number}")).await;
    }
    desk.shows_nothing().await;
    assert_eq!(desk.office.count(recorded).await, 1, "nothing counts as shown");
    // What was open stays, and still closes.
    desk.office
        .execute("UPDATE dashboard_notifications SET is_read = true WHERE to_jsonb(dashboard_notifications)::text ~ 'Before|While Off [01]'")
        .await;
    popups.wait_closed(before[0].id, A_MOMENT).await;

    let on = Instant::now();
    desk.popups.set_preferences(Preferences::default());
    let shown = popups.wait("the summary", A_MOMENT, |shown| !shown.is_empty()).await;
    assert_eq!(shown[0].summary, "6 new alerts", "{:?} after it was switched on", on.elapsed());
    desk.office.request_estimate("Afterwards").await;
    let shown = popups.wait("the later event", SOON, |shown| count(shown, "Afterwards") == 1).await;
    assert_eq!(shown.len(), 2, "{shown:#?}");
}

#[tokio::test]
async fn marked_read_on_a_summary_all_of_it_is_read() {
    let desk = Desk::start().await;
    let popups = &desk.session.popups;
    desk.popups.set_preferences(Preferences { enabled: false, ..Preferences::default() });
    for number in 0..5 {
        desk.office.request_estimate(&format!("One Of Five {number}")).await;
    }
    desk.popups.set_preferences(Preferences::default());
    let summary = popups.wait("the summary", SOON, |shown| !shown.is_empty()).await.remove(0);
    desk.office.request_estimate("The Sixth").await;
    popups.wait("the sixth", SOON, |shown| count(shown, "The Sixth") == 1).await;
    popups.invoke(summary.id, "read").await;
    let unread = "SELECT count(*) FROM dashboard_notifications WHERE NOT is_read";
    until("only the sixth is unread", A_MOMENT, async || desk.office.count(unread).await == 1).await;
}

#[tokio::test]
async fn a_test_popup_comes_through_or_says_why_not() {
    let session = Session::start().await;
    let data = session.folder().join("office/data");
    let paths = Paths { config: session.config(), data };
    let clicked = Arc::new(OnceLock::new());
    let hear = clicked.clone();
    let notifier = Notifier::on_bus(&bus(&session), Arc::new(move |action| drop(hear.set(action))));
    let secrets = Secrets::given(PASSWORD.to_owned().into());
    let office = office::Office::open(paths, secrets, Arc::new(Screen(notifier))).unwrap();

    // Switched off, and as discreet as can be: it is shown all the same, as discreet.
    office.set_popup_preferences(Preferences { enabled: false, titles_only: true, sound: false });
    office.test_popup().await.unwrap();
    let discreet = session.popups.shown().remove(0);
    assert_eq!((discreet.summary.as_str(), discreet.body.as_str()), ("Test popup", ""));
    assert!(discreet.suppress_sound);
    office.set_popup_preferences(Preferences::default());
    office.test_popup().await.unwrap();
    let usual = session.popups.shown().remove(1);
    assert!(!usual.body.is_empty() && !usual.suppress_sound);
    session.popups.invoke(usual.id, "default").await;
    until("a click opens the program", SOON, async || clicked.get() == Some(&PopupAction::Open(None))).await;

    session.popups.refuse(true);
    let refused = office.test_popup().await.unwrap_err();
    assert!(refused.message.contains("did not show the popup") && refused.details.is_some(), "{refused:?}");
    session.popups.refuse(false);
    session.popups.answer(false);
    let asked = Instant::now();
    office.test_popup().await.unwrap_err();
    assert!(asked.elapsed() < Duration::from_secs(6), "a service that is stuck takes {:?}", asked.elapsed());
    session.popups.answer(true);
    office.test_popup().await.unwrap();
    assert_eq!(office.connection_state().await, ConnectionState::NotConfigured, "none of it needs a database");
}

/// A service that refuses for a day is asked every few seconds: each time over the same connection.
#[tokio::test]
async fn a_service_that_refuses_is_not_connected_to_again_and_again() {
    let desk = Desk::start().await;
    desk.office.request_estimate("Taken").await;
    desk.session.popups.wait("the first", SOON, |shown| count(shown, "Taken") == 1).await;
    let before = desk.session.popups.bus_connections().await;
    desk.session.popups.refuse(true);
    desk.session.popups.forget();
    for number in 0..10 {
        desk.office.request_estimate(&format!("Refused {number}")).await;
    }
    desk.shows_nothing().await;
    assert_eq!(desk.session.popups.bus_connections().await, before);
    // What was refused comes when the service takes it.
    desk.session.popups.refuse(false);
    desk.office.request_estimate("Taken Again").await;
    desk.session.popups.wait("the summary of it", SOON, |shown| count(shown, "new alerts") == 1).await;
}
