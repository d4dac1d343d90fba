//! Files that are not as they were written: what is read is right, or damage is what is said.

use std::fs;
use std::path::Path;

use offline::{CopyError, OpenError, Record, Refresh, ScheduleCopy};
use rand::seq::SliceRandom;
use rand::{Rng, SeedableRng};
use rand_chacha::ChaCha8Rng;

use crate::support::{
    Everything, Office, beside, everything, expected, fill, identity, job, key, note, progress, record,
};

const PAGE: usize = 4096;

/// What a reader gets; `None` when it is told of damage. Everything else is a failed test.
fn read(path: &Path) -> Option<Everything> {
    match ScheduleCopy::open(path, &key(), &expected()) {
        Ok(copy) => match everything(&copy) {
            Ok(all) => Some(all),
            Err(CopyError::Damaged) => None,
            Err(other) => panic!("{other:?}"),
        },
        Err(OpenError::WrongKeyOrDamaged) => None,
        Err(other) => panic!("{other:?}"),
    }
}

/// Reads the copy with each of these contents; how many were noticed.
fn try_all(office: &Office, right: &Everything, contents: impl IntoIterator<Item = (String, Vec<u8>)>) -> usize {
    let mut noticed = 0;
    for (what, bytes) in contents {
        offline::wipe(&office.path).unwrap();
        fs::write(&office.path, bytes).unwrap();
        match read(&office.path) {
            None => noticed += 1,
            Some(all) => assert!(all == *right, "{what}: something else was read"),
        }
    }
    noticed
}

/// A copy of a hundred pages or more, what is read of it, and its bytes.
fn whole() -> (Office, Everything, Vec<u8>) {
    let office = Office::with(250);
    let right = read(&office.path).unwrap();
    let bytes = fs::read(&office.path).unwrap();
    assert!(bytes.len() > 100 * PAGE, "{}", bytes.len());
    (office, right, bytes)
}

#[test]
fn a_flipped_bit_anywhere_is_noticed_or_does_no_harm() {
    let (office, right, whole) = whole();
    let mut random = ChaCha8Rng::seed_from_u64(4);
    // One in every page, and in the first, which every reader needs, many.
    let mut places: Vec<usize> =
        (0..whole.len() / PAGE).map(|page| page * PAGE + random.random_range(0..PAGE)).collect();
    places.extend((0..80).map(|_| random.random_range(0..PAGE)));
    places.extend((0..80).map(|_| random.random_range(0..whole.len())));
    let tried = places.len();
    let flipped = places.into_iter().map(|at| {
        let bit = random.random_range(0..8);
        let mut bytes = whole.clone();
        bytes[at] ^= 1 << bit;
        (format!("bit {bit} of byte {at}"), bytes)
    });
    let noticed = try_all(&office, &right, flipped);
    assert!(noticed * 10 > tried * 9, "{noticed} of {tried}: everything() reads nearly all pages");
}

#[test]
fn a_page_that_was_never_written_or_is_somewhere_else_is_noticed() {
    let (office, right, whole) = whole();
    let pages = whole.len() / PAGE;
    let at = |page: usize| page * PAGE..(page + 1) * PAGE;
    let mut random = ChaCha8Rng::seed_from_u64(5);
    let zeroed = (0..pages).map(|page| {
        let mut bytes = whole.clone();
        bytes[at(page)].fill(0);
        (format!("page {page} zeroed"), bytes)
    });
    let noticed = try_all(&office, &right, zeroed);
    assert!(noticed * 10 > pages * 9, "{noticed} of {pages}");
    let moved = (0..60).map(|_| {
        let (from, to) = (random.random_range(0..pages), random.random_range(0..pages));
        let mut bytes = whole.clone();
        bytes.copy_within(at(from), to * PAGE);
        (format!("page {from} over page {to}"), bytes)
    });
    try_all(&office, &right, moved);
}

#[test]
fn a_file_cut_short_or_grown_is_noticed_or_does_no_harm() {
    let (office, right, whole) = whole();
    let mut random = ChaCha8Rng::seed_from_u64(6);
    let mut lengths = vec![0, 1, 15, 16, 17, 100, 511, PAGE - 1, PAGE, PAGE + 1, 2 * PAGE, whole.len() / 2];
    lengths.extend([whole.len() - 1, whole.len() - PAGE + 1, whole.len() - PAGE]);
    lengths.extend((0..60).map(|_| random.random_range(0..whole.len())));
    let tried = lengths.len();
    let cut = lengths.into_iter().map(|length| (format!("cut to {length}"), whole[..length].to_vec()));
    assert_eq!(try_all(&office, &right, cut), tried);
    let grown = [1, 100, PAGE, 10 * PAGE].into_iter().map(|more| {
        let mut bytes = whole.clone();
        bytes.extend((0..more).map(|_| random.random::<u8>()));
        (format!("{more} bytes more"), bytes)
    });
    try_all(&office, &right, grown);
}

#[test]
fn writing_to_a_damaged_copy_is_no_worse_than_reading_it() {
    let (office, right, whole) = whole();
    let mut random = ChaCha8Rng::seed_from_u64(7);
    let changed = job(17, 2);
    let refresh = Refresh { upserts: vec![record(&changed)], ..Refresh::default() };
    let mut refreshed = right;
    refreshed.state.progress = progress(2);
    refreshed.jobs[17] = changed;
    let mut noticed = 0;
    for _ in 0..100 {
        let at = random.random_range(0..whole.len());
        let mut bytes = whole.clone();
        bytes[at] ^= 1 << random.random_range(0..8);
        offline::wipe(&office.path).unwrap();
        fs::write(&office.path, bytes).unwrap();
        let Ok(mut copy) = office.open() else { continue };
        match copy.apply(&refresh, &progress(2)) {
            Ok(()) => match everything(&copy) {
                Ok(mut all) => {
                    // Only what the refresh touches is read here in another order of versions.
                    all.found.clone_from(&refreshed.found);
                    assert!(all == refreshed, "byte {at}");
                }
                Err(CopyError::Damaged) => noticed += 1,
                Err(other) => panic!("{other:?}"),
            },
            Err(CopyError::Damaged) => noticed += 1,
            Err(other) => panic!("{other:?}"),
        }
    }
    assert!(noticed > 50, "{noticed}");
}

/// A file and its log as a crash leaves them: a refresh is in the log only.
fn crashed() -> (Office, Everything, Everything, Vec<u8>) {
    let office = Office::empty();
    let mut copy = fill(&office.path, 120);
    let before = everything(&copy).unwrap();
    let upserts: Vec<Record> =
        (0..120).map(|n| record(&job(n, 2))).chain([note(offline::Kind::Machine, 5, "Roller")]).collect();
    copy.apply(&Refresh { upserts, ..Refresh::default() }, &progress(2)).unwrap();
    let after = everything(&copy).unwrap();
    let image = Office::empty();
    fs::copy(&office.path, &image.path).unwrap();
    let log = fs::read(beside(&office.path, "-wal")).unwrap();
    assert!(log.len() > 20 * PAGE, "the refresh is in the log: {}", log.len());
    (image, before, after, log)
}

#[test]
fn a_damaged_log_is_the_state_before_or_after_or_damage() {
    let (office, before, after, log) = crashed();
    let file = fs::read(&office.path).unwrap();
    let mut seen = [0; 3];
    let mut try_log = |what: &str, log: Option<Vec<u8>>| {
        offline::wipe(&office.path).unwrap();
        fs::write(&office.path, &file).unwrap();
        if let Some(log) = log {
            fs::write(beside(&office.path, "-wal"), log).unwrap();
        }
        match read(&office.path) {
            None => seen[2] += 1,
            Some(all) if all == before => seen[0] += 1,
            Some(all) => {
                assert!(all == after, "{what}: something else was read");
                seen[1] += 1;
            }
        }
    };
    let mut random = ChaCha8Rng::seed_from_u64(8);
    try_log("whole", Some(log.clone()));
    for _ in 0..80 {
        let at = random.random_range(0..log.len());
        let mut flipped = log.clone();
        flipped[at] ^= 1 << random.random_range(0..8);
        try_log(&format!("byte {at}"), Some(flipped));
        let length = random.random_range(0..log.len());
        try_log(&format!("cut to {length}"), Some(log[..length].to_vec()));
    }
    try_log("none", None);
    assert!(seen[0] > 60 && seen[1] >= 1, "before, after, damaged: {seen:?}");
}

#[test]
fn another_copy_s_log_beside_it_is_noticed_or_does_no_harm() {
    let (office, _, _, log) = crashed();
    let other = Office::with(60);
    let right = read(&other.path).unwrap();
    fs::write(beside(&other.path, "-wal"), &log).unwrap();
    assert!(read(&other.path).is_none_or(|all| all == right));
    // Made anew over a crashed one, it does not inherit the log.
    fs::write(beside(&office.path, "-wal"), log).unwrap();
    drop(fill(&office.path, 60));
    assert!(read(&office.path).is_some_and(|all| all == right));
}

#[test]
fn what_is_no_copy_is_not_opened_and_makes_room_for_a_new_one() {
    let office = Office::empty();
    let mut garbage = vec![0; 50_000];
    rand::RngCore::fill_bytes(&mut ChaCha8Rng::seed_from_u64(9), &mut garbage);
    let mut shuffled: Vec<u8> = fs::read(&Office::with(9).path).unwrap();
    shuffled.shuffle(&mut ChaCha8Rng::seed_from_u64(10));
    for bytes in [Vec::new(), garbage, shuffled, b"SQLite format 3\0 and so on".to_vec()] {
        fs::write(&office.path, bytes).unwrap();
        assert!(matches!(office.open(), Err(OpenError::WrongKeyOrDamaged)));
    }
    fs::remove_file(&office.path).unwrap();
    let plain = rusqlite::Connection::open(&office.path).unwrap();
    plain.execute_batch("CREATE TABLE state (singleton INTEGER); INSERT INTO state VALUES (1)").unwrap();
    drop(plain);
    assert!(matches!(office.open(), Err(OpenError::WrongKeyOrDamaged)));
    drop(fill(&office.path, 4));
    assert_eq!(read(&office.path).unwrap().jobs.len(), 4);
}

#[test]
fn something_else_in_its_place_is_left_alone() {
    let office = Office::empty();
    fs::create_dir(&office.path).unwrap();
    fs::write(office.path.join("letter.txt"), "dear").unwrap();
    let refused = office.open().unwrap_err();
    assert!(matches!(refused, OpenError::Io(_)) && !refused.calls_for_a_new_copy());
    assert!(matches!(ScheduleCopy::begin(&office.path, &key(), identity()), Err(CopyError::Io(_))));
    assert!(office.path.join("letter.txt").exists());
    #[cfg(unix)]
    {
        let link = office.folder.path().join("link.db");
        std::os::unix::fs::symlink(office.folder.path().join("elsewhere"), &link).unwrap();
        assert!(matches!(ScheduleCopy::open(&link, &key(), &expected()), Err(OpenError::Io(_))));
    }
}

#[test]
fn damage_found_at_work_is_healed_by_a_full_pass() {
    let (office, _, whole) = whole();
    let mut random = ChaCha8Rng::seed_from_u64(11);
    let mut healed = 0;
    for _ in 0..20 {
        let mut bytes = whole.clone();
        for page in 3..whole.len() / PAGE {
            bytes[page * PAGE + random.random_range(0..PAGE)] ^= 1;
        }
        offline::wipe(&office.path).unwrap();
        fs::write(&office.path, bytes).unwrap();
        let Ok(mut copy) = office.open() else { continue };
        assert!(matches!(everything(&copy), Err(CopyError::Damaged)));
        let mut pass = copy.full_pass().unwrap();
        pass.add([record(&job(1, 9))]).unwrap();
        copy.swap_in(pass, &progress(5)).unwrap();
        assert_eq!(everything(&copy).unwrap().jobs, [job(1, 9)]);
        healed += 1;
    }
    assert!(healed > 0, "the state can be read while the jobs cannot");
}
