//! What goes in comes out, also after a refresh.

use chrono::TimeDelta;
use offline::{CopyError, FeedPosition, Kind, Progress, Record, Refresh, Window};
use uuid::Uuid;

use crate::support::{Job, NAMES, Office, everything, fill, hours, identity, job, key, note, others, progress, record};

fn jobs_of(copy: &offline::ScheduleCopy, from: i64, until: i64) -> Vec<u32> {
    let jobs: Vec<Job> = copy.jobs_between(hours(from), hours(until)).unwrap();
    jobs.iter().map(|j| u32::try_from(j.id.as_u128() & 0xffff_ffff).unwrap()).collect()
}

#[test]
fn what_is_put_in_is_read_again_by_the_next_program() {
    let office = Office::with(40);
    let copy = office.open().unwrap();
    assert_eq!(copy.jobs_between::<Job>(hours(0), hours(100)).unwrap(), (0..40).map(|n| job(n, 1)).collect::<Vec<_>>());
    assert_eq!(copy.job::<Job>(job(19, 1).id).unwrap(), Some(job(19, 1)));
    assert_eq!(copy.job::<Job>(Uuid::from_u128(5)).unwrap(), None);
    assert_eq!(copy.count(Kind::Job).unwrap(), 40);
    assert_eq!(copy.all::<String>(Kind::Estimate).unwrap(), ["first deadline", "second deadline"]);
    assert_eq!(copy.all::<String>(Kind::Notification).unwrap(), ["newer", "older"]);
    assert_eq!(copy.get::<String>(Kind::Office, Uuid::nil()).unwrap().as_deref(), Some("America/Denver"));
    assert_eq!(copy.all::<String>(Kind::TimeOff).unwrap(), [""; 0]);
    let state = copy.state().unwrap();
    assert_eq!((state.progress, state.full_pass), (progress(1), progress(1).as_of));
    drop(copy);
    assert_eq!(office.files(), ["copy", "copy.lock"], "closed, it is one file");
}

#[test]
fn a_stretch_of_time_has_the_jobs_that_touch_it_and_no_others() {
    let office = Office::empty();
    let mut copy = fill(&office.path, 10);
    // One that lasts for days, one with no length, one that ends before it begins.
    let mut odd = [job(100, 1), job(101, 1), job(102, 1)];
    (odd[0].start, odd[0].end) = (hours(-48), hours(4));
    (odd[1].start, odd[1].end) = (hours(5), hours(5));
    (odd[2].start, odd[2].end) = (hours(6), hours(2));
    let refresh = Refresh { upserts: odd.iter().map(record).collect(), ..Refresh::default() };
    copy.apply(&refresh, &progress(2)).unwrap();
    assert_eq!(jobs_of(&copy, 3, 4), [100, 2, 3]);
    assert_eq!(jobs_of(&copy, 4, 6), [3, 4, 5, 101], "in order of start and then of id");
    assert_eq!(jobs_of(&copy, 6, 7), [5, 6, 102]);
    assert_eq!(jobs_of(&copy, -100, -48), [0; 0]);
}

#[test]
fn a_refresh_changes_adds_and_deletes_and_leaves_the_rest() {
    let office = Office::empty();
    let mut copy = fill(&office.path, 10);
    let mut moved = job(3, 2);
    (moved.start, moved.end, moved.address) = (hours(50), hours(51), "5 Elm".into());
    let refresh = Refresh {
        upserts: vec![record(&moved), record(&job(20, 1)), note(Kind::Estimate, 2, "second deadline")],
        deletions: vec![(Kind::Job, job(4, 1).id), (Kind::Job, Uuid::from_u128(99)), (Kind::Crew, job(5, 1).id)],
        replaced: vec![Kind::Estimate, Kind::TimeOff],
    };
    copy.apply(&refresh, &progress(2)).unwrap();
    drop(copy);
    let copy = office.open().unwrap();
    assert_eq!(jobs_of(&copy, 0, 100), [0, 1, 2, 5, 6, 7, 8, 9, 20, 3]);
    assert_eq!(copy.job::<Job>(moved.id).unwrap(), Some(moved));
    assert_eq!(copy.all::<String>(Kind::Estimate).unwrap(), ["second deadline"]);
    assert_eq!(copy.all::<String>(Kind::Crew).unwrap(), [NAMES[4]]);
    let found = |text| copy.search::<Job>(Kind::Job, text, hours(0), 99).unwrap().len();
    assert_eq!((found("elm"), found("3 whippoorwill"), found("4 whippoorwill")), (1, 0, 0));
    let state = copy.state().unwrap();
    assert_eq!((state.progress, state.full_pass), (progress(2), progress(1).as_of));
}

#[test]
fn jobs_the_window_has_left_behind_are_dropped() {
    let office = Office::empty();
    let mut copy = fill(&office.path, 20);
    let window = Window { from: hours(5), until: hours(15) };
    copy.apply(&Refresh::default(), &Progress { window, ..progress(2) }).unwrap();
    // Job 4 ends at half past five.
    assert_eq!(jobs_of(&copy, -100, 100), (4..15).collect::<Vec<_>>());
    assert_eq!(copy.count(Kind::Estimate).unwrap(), 2, "only jobs have a window");
}

#[test]
fn after_a_restore_only_a_full_pass_is_taken() {
    let office = Office::empty();
    let mut copy = fill(&office.path, 5);
    let before = everything(&copy).unwrap();
    let restored = Progress { feed: FeedPosition { feed: Uuid::from_u128(0xbeef), ..progress(2).feed }, ..progress(2) };
    let refresh = Refresh { upserts: vec![record(&job(9, 1))], ..Refresh::default() };
    assert!(matches!(copy.apply(&refresh, &restored), Err(CopyError::OtherFeed)));
    assert_eq!(everything(&copy).unwrap(), before);
    let mut pass = copy.full_pass().unwrap();
    pass.add([record(&job(9, 1))]).unwrap();
    copy.swap_in(pass, &restored).unwrap();
    assert_eq!((jobs_of(&copy, 0, 100), copy.state().unwrap().progress), (vec![9], restored));
}

#[test]
fn during_a_full_pass_the_old_copy_goes_on() {
    let office = Office::empty();
    let mut copy = fill(&office.path, 10);
    let mut pass = copy.full_pass().unwrap();
    assert!(matches!(copy.full_pass(), Err(CopyError::Busy)), "one at a time");
    pass.add((0..2000).map(|n| record(&job(n, 7)))).unwrap();
    assert_eq!(jobs_of(&copy, 0, 100).len(), 10);
    copy.apply(&Refresh { upserts: vec![record(&job(50, 1))], ..Refresh::default() }, &progress(2)).unwrap();
    assert_eq!(jobs_of(&copy, 0, 100).len(), 11);
    copy.swap_in(pass, &progress(3)).unwrap();
    assert_eq!(copy.count(Kind::Job).unwrap(), 2000);
    assert_eq!(copy.all::<String>(Kind::Crew).unwrap(), [""; 0]);
    assert_eq!(copy.state().unwrap().full_pass, progress(3).as_of);
    copy.apply(&Refresh { upserts: others(), ..Refresh::default() }, &progress(4)).unwrap();
    drop(copy);
    assert_eq!(office.open().unwrap().count(Kind::Crew).unwrap(), 1);
    assert_eq!(office.files(), ["copy", "copy.lock"]);
}

#[test]
fn a_full_pass_that_is_given_up_changes_nothing() {
    let office = Office::with(10);
    let copy = office.open().unwrap();
    let before = everything(&copy).unwrap();
    let mut pass = copy.full_pass().unwrap();
    pass.add((0..2000).map(|n| record(&job(n, 7)))).unwrap();
    drop(pass);
    assert_eq!(everything(&copy).unwrap(), before);
    drop(copy.full_pass().unwrap());
    drop(copy);
    assert_eq!(office.files(), ["copy", "copy.lock"]);
}

#[test]
fn a_search_finds_names_streets_and_phone_numbers_however_they_are_written() {
    let office = Office::empty();
    let mut copy = fill(&office.path, 30);
    let mut hostile = job(40, 1);
    hostile.customer = Some(format!("Smith & Sons <Lot 4> 100% _under_ 'quote\" \0 {}", "x".repeat(5000)));
    hostile.phone = Some("+1 801.555.7777 ext. 12".into());
    copy.apply(&Refresh { upserts: vec![record(&hostile)], ..Refresh::default() }, &progress(2)).unwrap();
    let found = |text: &str| -> Vec<u32> {
        let jobs: Vec<Job> = copy.search(Kind::Job, text, hours(12), 5).unwrap();
        jobs.iter().map(|j| u32::try_from(j.id.as_u128() & 0xffff).unwrap()).collect()
    };
    assert_eq!(found("SÖHNE  whippoorwill"), [12, 11, 13, 10, 14], "the nearest first");
    assert_eq!(found("sons <lot"), [40]);
    assert_eq!(found("100% _under_ 'quote\""), [40]);
    for phone in ["801.555.7777", "(801) 555-7777", "8015557777", "801-555-7777", "5557777"] {
        assert_eq!(found(phone), [40], "{phone}");
    }
    for nothing in ["", "  \t", "nobody", "%", "100%25", "' OR 1=1 --", &"yy ".repeat(3000)] {
        assert_eq!(found(nothing), if nothing == "%" { vec![40] } else { vec![] }, "{nothing}");
    }
    assert_eq!(copy.job::<Job>(hostile.id).unwrap(), Some(hostile), "the body is kept to the letter");
}

#[test]
fn a_body_of_another_shape_is_no_panic() {
    let office = Office::with(3);
    let copy = office.open().unwrap();
    assert!(matches!(copy.all::<Vec<u8>>(Kind::Job), Err(CopyError::Damaged)));
    assert!(copy.all::<serde_json::Value>(Kind::Job).is_ok(), "it can still be read");
}

#[test]
fn a_record_without_its_job_s_times_is_kept_and_found_by_id() {
    let office = Office::empty();
    let mut copy = fill(&office.path, 1);
    let timeless = Record::new(Kind::Job, Uuid::from_u128(77), &"when?").unwrap();
    copy.apply(&Refresh { upserts: vec![timeless], ..Refresh::default() }, &progress(2)).unwrap();
    assert_eq!(copy.job::<String>(Uuid::from_u128(77)).unwrap().as_deref(), Some("when?"));
    let far = hours(0) + TimeDelta::days(365_000);
    assert_eq!(copy.jobs_between::<Job>(hours(0), far).unwrap().len(), 1);
}

#[test]
fn wiping_leaves_nothing_of_it_and_nothing_is_fine() {
    let office = Office::empty();
    offline::wipe(&office.path).unwrap();
    let copy = fill(&office.path, 3);
    copy.wipe().unwrap();
    assert_eq!(office.files(), ["copy.lock"]);
    drop(fill(&office.path, 3));
    for suffix in ["-wal", "-shm", "-journal", ".partial", ".partial-wal"] {
        std::fs::write(crate::support::beside(&office.path, suffix), "left").unwrap();
    }
    let neighbor = offline::path_for(office.folder.path(), Uuid::from_u128(1), identity().person);
    drop(fill(&neighbor, 1));
    let found = || offline::found(office.folder.path()).unwrap();
    let (ours, theirs) = (identity().connection, Uuid::from_u128(1));
    assert_eq!(found(), [(ours, identity().person), (theirs, identity().person)].into());
    offline::wipe_connection(office.folder.path(), ours).unwrap();
    assert_eq!(found(), [(theirs, identity().person)].into(), "a lock alone is nobody's copy");
    let own = office.path.file_name().unwrap().to_str().unwrap();
    let left = std::fs::read_dir(office.folder.path()).unwrap().map(|e| e.unwrap().file_name());
    let left: Vec<_> = left.filter(|name| name.to_str().unwrap().starts_with(own)).collect();
    assert_eq!(left, [format!("{own}.lock").as_str()]);
    assert!(neighbor.exists(), "the other connection keeps its copy");
    offline::wipe_connection(&office.folder.path().join("nowhere"), identity().connection).unwrap();
    assert!(offline::found(&office.folder.path().join("nowhere")).unwrap().is_empty());
    assert!(offline::ScheduleCopy::begin(&office.path, &key(), identity()).is_ok());
}
