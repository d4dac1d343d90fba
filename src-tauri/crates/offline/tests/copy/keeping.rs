//! Who may open a copy, when, and how many at a time.

use chrono::{DateTime, TimeDelta, Utc};
use offline::{CopyError, CopyKey, Expected, Identity, Kind, OpenError, Refresh, ScheduleCopy};
use uuid::Uuid;

use crate::support::{
    Office, Other, everything, expected, fill, given_path, hours, identity, key, progress, say, wait_for_end_of_input,
};

fn open_at(office: &Office, now: DateTime<Utc>) -> Result<ScheduleCopy, OpenError> {
    ScheduleCopy::open(&office.path, &key(), &Expected { now, ..expected() })
}

#[test]
fn without_a_copy_it_is_missing_and_nothing_is_made() {
    let office = Office::empty();
    assert!(matches!(office.open(), Err(OpenError::Missing)));
    assert_eq!(office.files(), [""; 0]);
    let deep = office.folder.path().join("not/there/yet.db");
    assert!(matches!(ScheduleCopy::open(&deep, &key(), &expected()), Err(OpenError::Missing)));
    drop(fill(&deep, 1));
    assert!(ScheduleCopy::open(&deep, &key(), &expected()).is_ok());
}

#[test]
fn another_key_opens_nothing_and_harms_nothing() {
    let office = Office::with(5);
    let before = std::fs::read(&office.path).unwrap();
    let other = CopyKey::random().unwrap();
    let refused = ScheduleCopy::open(&office.path, &other, &expected()).unwrap_err();
    assert!(matches!(refused, OpenError::WrongKeyOrDamaged) && refused.calls_for_a_new_copy());
    assert_eq!(std::fs::read(&office.path).unwrap(), before);
    assert!(office.open().is_ok());
}

#[test]
fn another_person_connection_or_schema_is_told_apart() {
    let office = Office::with(5);
    let open =
        |identity: Identity| ScheduleCopy::open(&office.path, &key(), &Expected { identity, ..expected() }).map(|_| ());
    let other = Uuid::from_u128(0xbad);
    assert!(matches!(open(Identity { person: other, ..identity() }), Err(OpenError::OtherIdentity)));
    assert!(matches!(open(Identity { connection: other, ..identity() }), Err(OpenError::OtherIdentity)));
    for schema in [2, 4] {
        let found = open(Identity { schema, ..identity() });
        assert!(matches!(found, Err(OpenError::OtherSchema { found: Some(3) })), "{found:?}");
    }
    assert!(open(identity()).is_ok());
}

#[test]
fn other_tables_are_another_schema() {
    let office = Office::with(5);
    {
        let file = rusqlite::Connection::open(&office.path).unwrap();
        let bytes: [u8; 32] = std::array::from_fn(|i| u8::try_from(i).unwrap() ^ 0xa5);
        let key = bytes.map(|b| format!("{b:02x}")).concat();
        file.execute_batch(&format!("PRAGMA key = \"x'{key}'\"; PRAGMA user_version = 77; DROP TABLE state")).unwrap();
    }
    assert!(matches!(office.open(), Err(OpenError::OtherSchema { found: None })));
    drop(fill(&office.path, 2));
    assert!(office.open().is_ok(), "a new one takes its place");
}

#[test]
fn a_copy_nobody_refreshed_for_too_long_is_not_shown() {
    let office = Office::with(5);
    let as_of = progress(1).as_of;
    let limit = as_of + TimeDelta::days(14);
    assert!(open_at(&office, limit).is_ok());
    let refused = open_at(&office, limit + TimeDelta::seconds(1)).unwrap_err();
    assert!(matches!(refused, OpenError::TooOld { as_of: at } if at == as_of));
    assert!(refused.calls_for_a_new_copy());
}

#[test]
fn setting_the_clock_back_does_not_make_it_younger() {
    let office = Office::with(5);
    let late = hours(24 * 20);
    assert!(matches!(open_at(&office, late), Err(OpenError::TooOld { .. })));
    assert!(matches!(open_at(&office, hours(1)), Err(OpenError::TooOld { .. })), "it has seen a later time");
    assert!(matches!(open_at(&office, hours(-9000)), Err(OpenError::TooOld { .. })));
}

#[test]
fn time_passes_while_it_is_open_too() {
    let office = Office::with(5);
    let mut copy = office.open().unwrap();
    let (early, late, limit) = (hours(2), hours(24 * 20), TimeDelta::days(14));
    assert!(copy.still_readable(early, limit).unwrap());
    assert!(!copy.still_readable(late, limit).unwrap());
    assert!(!copy.still_readable(early, limit).unwrap(), "nor does the clock help");
    // The server says what time it is: a computer's clock that ran ahead is forgiven.
    copy.apply(&Refresh::default(), &progress(2)).unwrap();
    assert!(copy.still_readable(early, limit).unwrap());
}

#[test]
fn a_computer_whose_clock_is_behind_the_server_s_may_read() {
    let office = Office::with(5);
    assert!(open_at(&office, hours(-24)).is_ok());
}

#[test]
fn two_in_one_program_do_not_get_in_each_other_s_way() {
    let office = Office::empty();
    let copy = fill(&office.path, 5);
    assert!(matches!(office.open(), Err(OpenError::Busy)));
    assert!(matches!(ScheduleCopy::begin(&office.path, &key(), identity()), Err(CopyError::Busy)));
    assert_eq!(copy.count(Kind::Job).unwrap(), 5);
    drop(copy);
    assert!(office.open().is_ok());
}

#[test]
fn a_second_program_is_told_and_nothing_is_damaged() {
    let office = Office::with(5);
    let mut other = Other::start("keeping::the_other_program", &office.path);
    assert_eq!(other.hear().as_deref(), Some("open"));
    let busy = office.open().unwrap_err();
    assert!(matches!(busy, OpenError::Busy) && !busy.calls_for_a_new_copy());
    assert!(busy.to_string().contains("Another window"), "{busy}");
    assert!(matches!(ScheduleCopy::begin(&office.path, &key(), identity()), Err(CopyError::Busy)));
    assert!(other.let_go());
    let copy = office.open().unwrap();
    assert_eq!(copy.state().unwrap().progress, progress(2), "with what the other wrote");
    assert_eq!(everything(&copy).unwrap().jobs.len(), 5);
}

#[test]
#[ignore = "started by a_second_program_is_told_and_nothing_is_damaged"]
fn the_other_program() {
    let Some(path) = given_path() else { return };
    let mut copy = ScheduleCopy::open(&path, &key(), &expected()).unwrap();
    say("open");
    wait_for_end_of_input();
    copy.apply(&Refresh::default(), &progress(2)).unwrap();
}

#[cfg(unix)]
#[test]
fn only_the_person_may_read_it() {
    use std::os::unix::fs::PermissionsExt;
    let office = Office::empty();
    let path = office.folder.path().join("copies/one.db");
    let mut copy = fill(&path, 3);
    copy.apply(&offline::Refresh::default(), &progress(2)).unwrap();
    let pass = copy.full_pass().unwrap();
    let mode = |path: &std::path::Path| path.metadata().unwrap().permissions().mode() & 0o777;
    let mut seen = 0;
    for entry in std::fs::read_dir(path.parent().unwrap()).unwrap() {
        let file = entry.unwrap().path();
        assert_eq!(mode(&file), 0o600, "{}", file.display());
        seen += 1;
    }
    assert!(seen >= 4, "file, log, lock, unfinished: {seen}");
    assert_eq!(mode(path.parent().unwrap()), 0o700);
    drop((pass, copy));
    std::fs::set_permissions(&path, std::fs::Permissions::from_mode(0o644)).unwrap();
    drop(ScheduleCopy::open(&path, &key(), &expected()).unwrap());
    assert_eq!(mode(&path), 0o600, "also when somebody has copied it here");
}
