//! What of the popups needs neither database nor desktop.

use super::*;

fn row(n: u128, priority: i32) -> NotificationRow {
    NotificationRow {
        id: Uuid::from_u128(n),
        alert_type: "estimate_requested".into(),
        title: format!("Alert {n}"),
        message: "m".into(),
        priority,
        is_read: false,
        created_at: DateTime::UNIX_EPOCH,
        expires_at: None,
        data: None,
    }
}

fn popups() -> (Popups, PathBuf) {
    let folder = std::env::temp_dir().join(format!("neff-popups-{}", Uuid::new_v4()));
    (Popups::new(&folder).unwrap(), folder)
}

fn ids(numbers: &[u128]) -> Vec<Uuid> {
    numbers.iter().copied().map(Uuid::from_u128).collect()
}

#[test]
fn what_was_shown_is_remembered_by_the_next_program() {
    let (popups, folder) = popups();
    let next = Popups::new(&folder).unwrap();
    let chosen = popups.choose(&[row(1, 3)], Instant::now());
    popups.was_shown(chosen[0].clone(), Instant::now());
    drop(popups);
    assert!(next.is_ours());
    assert!(next.state().shown.ids().contains(&Uuid::from_u128(1)), "also by one that was started before");
    std::fs::remove_dir_all(folder).unwrap();
}

#[test]
fn only_one_program_of_a_computer_pops_up() {
    let (first, folder) = popups();
    let second = Popups::new(&folder).unwrap();
    assert!(first.is_ours());
    assert!(!second.is_ours());
    drop(first);
    assert!(second.is_ours(), "when the first is gone the second takes over");
    std::fs::remove_dir_all(folder).unwrap();
}

#[test]
fn titles_only_names_nobody() {
    let (popups, folder) = popups();
    popups.set_preferences(Preferences { titles_only: true, ..Preferences::default() });
    let each = popups.choose(&[row(1, 3)], Instant::now());
    assert_eq!((each[0].title.as_str(), each[0].body.as_str()), ("New estimate request", ""));
    let backlog: Vec<_> = (1..=5).map(|n| row(n, 3)).collect();
    let summary = popups.choose(&backlog, Instant::now());
    assert_eq!((summary[0].title.as_str(), summary[0].body.as_str()), ("5 new alerts", ""));
    std::fs::remove_dir_all(folder).unwrap();
}

#[test]
fn sound_off_is_silent() {
    let (popups, folder) = popups();
    assert!(!popups.choose(&[row(1, 3)], Instant::now())[0].silent);
    popups.set_preferences(Preferences { sound: false, ..Preferences::default() });
    assert!(popups.choose(&[row(1, 3)], Instant::now())[0].silent);
    std::fs::remove_dir_all(folder).unwrap();
}

#[test]
fn a_summary_closes_when_the_last_of_it_is_read() {
    let (popups, folder) = popups();
    let backlog: Vec<_> = (1..=5).map(|n| row(n, 3)).collect();
    let summary = popups.choose(&backlog, Instant::now()).remove(0);
    popups.was_shown(summary, Instant::now());
    popups.was_shown(popups.choose(&[row(6, 3)], Instant::now()).remove(0), Instant::now());
    let read = |numbers: &[u128]| popups.state().all_read(&HashSet::from_iter(ids(numbers)));
    assert_eq!(read(&[1, 2, 3]), ids(&[]));
    assert_eq!(read(&[4, 6]), ids(&[6]));
    assert_eq!(read(&[5]), ids(&[1, 2, 3, 4, 5]));
    assert!(popups.state().open.is_empty());
    std::fs::remove_dir_all(folder).unwrap();
}

#[test]
fn what_was_marked_read_waits_for_the_database() {
    let (popups, folder) = popups();
    popups.mark_read(&ids(&[7]));
    drop(popups);
    assert!(Popups::new(&folder).unwrap().state().read.ids().contains(&Uuid::from_u128(7)));
    std::fs::remove_dir_all(folder).unwrap();
}
