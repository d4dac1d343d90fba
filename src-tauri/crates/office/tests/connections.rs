//! Several named connections: switched, tuned, imported, forgotten, each with who works there.

#![allow(clippy::expect_used, clippy::unwrap_used, reason = "a failed step is a failed test")]

mod common;

use std::time::Duration;

use common::{Computer, input, online};
use database::Tuning;
use neff_tests::keeper::until;
use neff_tests::office::{Office as TestOffice, PASSWORD};
use office::ErrorCode;
use office::connecting::ConnectionInput;
use office::link::ConnectionState;

#[tokio::test]
async fn two_offices_are_kept_and_switched_between() {
    let (first, second) = (TestOffice::open().await, TestOffice::open().await);
    let computer = Computer::of(&first).await;
    let office = &computer.office;
    let named = ConnectionInput { name: Some("The other office".into()), ..input(&second) };
    office.connect(&named, Some(PASSWORD.into())).await.unwrap();
    let all = office.connections();
    assert_eq!(all.len(), 2);
    assert_eq!(all.iter().filter(|c| c.active).map(|c| c.name.as_str()).collect::<Vec<_>>(), ["The other office"]);
    let back = all.iter().find(|c| !c.active).unwrap();
    let ConnectionState::Online { database, connection_id, person_is_proven, may_administer, local, .. } =
        office.switch_connection(back.id).await.unwrap()
    else {
        panic!("not online")
    };
    assert_eq!((database, connection_id), (first.name.clone(), back.id));
    assert_eq!((person_is_proven, may_administer, local), (true, false, false));
    assert_eq!(second.sessions().await, 0, "nothing is left open at the other");
    // The same place again is the same connection.
    office.connect(&input(&first), None).await.unwrap();
    assert_eq!(office.connections().len(), 2);

    // Forgetting the one in use goes on with the other; forgetting both leaves none.
    assert!(online(&office.forget_connection(back.id).await.unwrap()));
    let last = office.connections()[0].id;
    assert_eq!(office.forget_connection(last).await.unwrap(), ConnectionState::NotConfigured);
    assert_eq!(office.forget_connection(last).await.unwrap_err().code, ErrorCode::NotFound);
}

#[tokio::test]
async fn a_failed_trial_changes_nothing() {
    let at = TestOffice::open().await;
    let computer = Computer::of(&at).await;
    let office = &computer.office;
    let before = office.connections();
    for (wrong, code) in [
        (ConnectionInput { database: "no_such_office".into(), ..input(&at) }, ErrorCode::NoSuchDatabase),
        (ConnectionInput { port: 9, ..input(&at) }, ErrorCode::NoAnswer),
        (ConnectionInput { login: "nobody_at_all".into(), ..input(&at) }, ErrorCode::WrongPassword),
        (ConnectionInput { host: "db.example.com".into(), ..input(&at) }, ErrorCode::Invalid),
        (ConnectionInput { name: Some("x".repeat(101)), ..input(&at) }, ErrorCode::Invalid),
        (
            ConnectionInput { tuning: Tuning { max_connections: 500, ..Tuning::default() }, ..input(&at) },
            ErrorCode::Invalid,
        ),
    ] {
        let error = office.connect(&wrong, Some("x".into())).await.unwrap_err();
        assert_eq!(error.code, code, "{wrong:?}");
        assert!(error.message.ends_with('.') && !error.message.contains("sqlx"), "{}", error.message);
    }
    assert_eq!(office.connections(), before);
    assert!(online(&office.connection_state().await));
}

#[tokio::test]
async fn pool_and_session_settings_are_in_use_at_once() {
    let at = TestOffice::open().await;
    let computer = Computer::of(&at).await;
    let id = computer.office.connections()[0].id;
    let tuning = Tuning { statement_seconds: 1, lock_seconds: 2, keep_ready: 2, ..Tuning::default() };
    let saved = computer.office.update_connection(id, "Ours", tuning).await.unwrap();
    assert_eq!((saved.name.as_str(), saved.tuning), ("Ours", tuning));
    // One that work opened beside them is given back when it has been idle for 30 seconds, which is looked at as often.
    until("two ready and one listening", Duration::from_secs(90), async || at.sessions().await == 3).await;
    let error = computer.office.update_connection(id, "Ours", Tuning { lock_seconds: 0, ..tuning }).await.unwrap_err();
    assert_eq!(error.field.as_deref(), Some("lock_seconds"));
    // A lock somebody else holds is waited for as long as was chosen, and no longer.
    let estimate = at.request_estimate("Slow").await;
    let seen = computer.office.estimate(estimate).await.unwrap();
    let mut holder = at.keeper().await.begin().await.unwrap();
    sqlx::query("SELECT FROM estimates WHERE id = $1 FOR UPDATE").bind(estimate).execute(&mut *holder).await.unwrap();
    let started = std::time::Instant::now();
    let error = computer.office.save_estimate_notes(estimate, "x", seen.version).await.unwrap_err();
    assert!(started.elapsed().as_millis() < 1900, "the statement's second comes before the lock's two");
    assert!(error.message.contains("too long"), "{}", error.message);
    holder.rollback().await.unwrap();
}

#[tokio::test]
async fn a_pasted_configuration_connects_without_its_password_passing_through_the_window() {
    let at = TestOffice::open().await;
    let computer = Computer::with(office::Secrets::given("not this one".to_owned().into()));
    let text = format!(
        "# theirs\nDB_HOST=127.0.0.1\nDB_PORT={}\nDB_NAME={}\nDB_USER={}\nDB_PASSWORD='{PASSWORD}'\nDB_SSL=false\nDB_POOL_MAX=50\nPORT=3000",
        at.port, at.name, at.login
    );
    let found = computer.office.read_configuration(&text).unwrap();
    assert!(found.password_found && !format!("{found:?}").contains("Kiesgrube"));
    assert_eq!((found.ignored.as_slice(), found.notes.len()), (["PORT".to_owned()].as_slice(), 1));
    assert!(online(&computer.office.connect(&found.input, None).await.unwrap()));
    let files = std::fs::read_to_string(computer.folder.path().join("config/settings.json")).unwrap();
    assert!(!files.contains("Kiesgrube"));
    assert!(computer.office.read_configuration("hello").is_err());
}

#[tokio::test]
async fn on_a_shared_login_a_person_says_who_they_are_once_and_may_take_it_back() {
    let at = TestOffice::open().await;
    let login = neff_tests::postgres::unique("front_desk");
    at.execute(&format!(
        "BEGIN; SELECT pg_advisory_xact_lock(7310001); CREATE ROLE {login} LOGIN IN ROLE neff_app; COMMIT"
    ))
    .await;
    let computer = Computer::new();
    let shared = ConnectionInput { login, ..input(&at) };
    let state = computer.office.connect(&shared, None).await.unwrap();
    assert!(matches!(state, ConnectionState::WhoAreYou { .. }), "{state:?}");
    let state = computer.office.i_am_new("Ana Díaz").await.unwrap();
    let ConnectionState::Online { person, person_is_proven: false, .. } = state else { panic!("{state:?}") };
    assert_eq!(person.name, "Ana Díaz");
    // Said once: the next start of the program knows.
    let paths =
        office::Paths { config: computer.folder.path().join("config"), data: computer.folder.path().join("data2") };
    let again =
        office::Office::open(paths, office::Secrets::given(PASSWORD.to_owned().into()), computer.desktop.clone())
            .unwrap();
    again.start().await;
    assert!(online(&again.settled().await));
    again.stop().await;
    // What she does carries her name as a claim.
    let estimate = at.request_estimate("Claimed").await;
    let seen = computer.office.estimate(estimate).await.unwrap();
    computer.office.save_estimate_notes(estimate, "by Ana", seen.version).await.unwrap();
    assert_eq!(at.count("SELECT count(*) FROM office_changes WHERE NOT proven AND source = 'manual_admin'").await, 1);
    let state = computer.office.change_person().await.unwrap();
    assert!(matches!(state, ConnectionState::WhoAreYou { .. }), "{state:?}");
    // Dana's own login is hers: nobody else says they are her, and she cannot be somebody else.
    let dana = Computer::of(&at).await;
    assert_eq!(dana.office.change_person().await.unwrap_err().code, ErrorCode::Invalid);
    let state = computer.office.i_am(at.person).await.unwrap();
    assert!(matches!(state, ConnectionState::WhoAreYou { .. }), "{state:?}");
    // Nor is anybody here twice.
    for name in ["ana  díaz", "Dana Neff"] {
        let refused = computer.office.i_am_new(name).await.unwrap_err();
        assert_eq!((refused.code, refused.field.as_deref()), (ErrorCode::Invalid, Some("name")), "{refused:?}");
    }
}
