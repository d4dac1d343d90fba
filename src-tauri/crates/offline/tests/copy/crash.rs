//! A program that is killed while it writes: the copy is as before or as after.

use std::time::{Duration, Instant};

use offline::{Refresh, ScheduleCopy};
use rand::{Rng, SeedableRng};
use rand_chacha::ChaCha8Rng;

use crate::support::{Office, Other, beside, everything, expected, fill, given_path, job, key, progress, record, say};

const JOBS: u32 = 200;

/// Kills it in the midst of writing, again and again; each time, all jobs are of one version, which is not older than
/// the last it said was written.
fn survives(writer: &str, suffix: &str) {
    let office = Office::empty();
    drop(fill(&office.path, JOBS));
    let mut random = ChaCha8Rng::seed_from_u64(12);
    let mut version = 1;
    for round in 0..10 {
        let mut other = Other::start(writer, &office.path);
        let mut said = 0;
        for _ in 0..random.random_range(1..4) {
            said = other.hear().unwrap().parse().unwrap();
        }
        // It is at the next one now: killed as soon as it writes to that file, and a little later each time.
        let file = beside(&office.path, suffix);
        let written = || file.metadata().map(|m| (m.len(), m.modified().unwrap())).ok();
        let (start, patience) = (written(), Instant::now());
        while written() == start && patience.elapsed() < Duration::from_secs(5) {
            std::hint::spin_loop();
        }
        let later = Instant::now() + Duration::from_micros(400 * random.random_range(0..round + 1));
        while Instant::now() < later {
            std::hint::spin_loop();
        }
        other.kill();

        let copy = office.open().unwrap();
        let all = everything(&copy).unwrap();
        version = all.state.progress.feed.last_id;
        assert!(version >= said, "{version} is older than {said}, which was written");
        assert_eq!(all.state.progress, progress(version));
        assert_eq!(all.jobs, (0..JOBS).map(|n| job(n, version)).collect::<Vec<_>>());
        drop(copy);
        assert_eq!(office.files(), ["copy", "copy.lock"], "what was unfinished is gone");
    }
    assert!(version > 10);
}

#[test]
fn killed_while_it_refreshes() {
    survives("crash::the_program_that_refreshes", "-wal");
}

#[test]
fn killed_during_full_passes() {
    survives("crash::the_program_that_passes", ".partial");
}

fn next(copy: &ScheduleCopy) -> i64 {
    copy.state().unwrap().progress.feed.last_id + 1
}

#[test]
#[ignore = "started by killed_while_it_refreshes"]
fn the_program_that_refreshes() {
    let Some(path) = given_path() else { return };
    let mut copy = ScheduleCopy::open(&path, &key(), &expected()).unwrap();
    loop {
        let version = next(&copy);
        let upserts = (0..JOBS).map(|n| record(&job(n, version))).collect();
        copy.apply(&Refresh { upserts, ..Refresh::default() }, &progress(version)).unwrap();
        say(&version.to_string());
    }
}

#[test]
#[ignore = "started by killed_during_full_passes"]
fn the_program_that_passes() {
    let Some(path) = given_path() else { return };
    let mut copy = ScheduleCopy::open(&path, &key(), &expected()).unwrap();
    loop {
        let version = next(&copy);
        let mut pass = copy.full_pass().unwrap();
        pass.add((0..JOBS).map(|n| record(&job(n, version)))).unwrap();
        pass.add(crate::support::others()).unwrap();
        copy.swap_in(pass, &progress(version)).unwrap();
        say(&version.to_string());
    }
}
