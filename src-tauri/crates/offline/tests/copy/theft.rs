//! Whoever takes the files learns nothing from them.

use std::path::Path;

use memchr::memmem;
use offline::{Kind, Record, Refresh};
use uuid::Uuid;

use crate::support::{NAMES, Office, beside, fill, job, key, others, progress, record};

/// What could give something away, as it could be written.
fn needles() -> Vec<Vec<u8>> {
    let words = NAMES.iter().flat_map(|name| name.split([' ', '&', '-'])).filter(|word| word.len() >= 4);
    let texts = NAMES.iter().copied().chain(words).chain([
        "CREATE TABLE",
        "SQLite format",
        "Salt Lake",
        "whippoorwill",
        "8015550",
        "customer",
        "America/Denver",
    ]);
    let mut needles = Vec::new();
    for text in texts {
        needles.push(text.as_bytes().to_vec());
        needles.push(text.to_lowercase().into_bytes());
        needles.push(text.encode_utf16().flat_map(u16::to_le_bytes).collect());
        needles.push(text.encode_utf16().flat_map(u16::to_be_bytes).collect());
    }
    needles
}

fn found_in(path: &Path) -> Vec<String> {
    let bytes = std::fs::read(path).unwrap();
    let found = needles().into_iter().filter(|n| memmem::find(&bytes, n).is_some());
    found.map(|n| String::from_utf8_lossy(&n).into_owned()).collect()
}

#[test]
fn a_plain_file_would_show_them() {
    let office = Office::empty();
    let plain = rusqlite::Connection::open(&office.path).unwrap();
    plain.execute_batch("CREATE TABLE job (body TEXT)").unwrap();
    plain.execute("INSERT INTO job VALUES (?1)", [serde_json::to_string(&job(1, 1)).unwrap()]).unwrap();
    drop(plain);
    assert!(found_in(&office.path).len() > 10, "else this test finds nothing anywhere");
}

#[test]
fn no_file_shows_a_name_at_any_moment() {
    let office = Office::empty();
    let mut seen = std::collections::BTreeSet::new();
    let mut look = |when: &str| {
        for name in office.files() {
            let file = beside(&office.path, name.strip_prefix("copy").unwrap());
            assert_eq!(found_in(&file), [""; 0], "{name} {when}");
            if file.metadata().unwrap().len() > 0 {
                seen.insert(name);
            }
        }
    };
    let mut copy = fill(&office.path, 300);
    look("after the first pass");
    let upserts: Vec<Record> = (0..300).map(|n| record(&job(n, 2))).chain(others()).collect();
    copy.apply(&Refresh { upserts, ..Refresh::default() }, &progress(2)).unwrap();
    look("with a refresh in the log");
    let mut pass = copy.full_pass().unwrap();
    // More than it keeps in memory.
    pass.add((0..6000).map(|n| record(&job(n, 3)))).unwrap();
    look("during a full pass");
    // Sorted and searched: nothing is put aside in a file.
    let _: Vec<serde_json::Value> = copy.search(Kind::Job, "whippoorwill", progress(1).as_of, 9999).unwrap();
    look("after a search");
    copy.swap_in(pass, &progress(3)).unwrap();
    look("after the exchange");
    let gone = (0..6000).map(|n| (Kind::Job, job(n, 1).id)).chain([(Kind::Office, Uuid::nil())]).collect();
    copy.apply(&Refresh { deletions: gone, ..Refresh::default() }, &progress(4)).unwrap();
    look("with deletions in the log");
    drop(copy);
    look("closed");
    let seen: Vec<String> = seen.into_iter().collect();
    assert_eq!(seen, ["copy", "copy-wal", "copy.partial"], "every file was looked into");
}

#[test]
fn the_key_is_in_none_of_them() {
    let office = Office::empty();
    let mut copy = fill(&office.path, 30);
    copy.apply(&Refresh { upserts: others(), ..Refresh::default() }, &progress(2)).unwrap();
    let text = secrecy::ExposeSecret::expose_secret(&key().to_text()).to_owned();
    let bytes: Vec<u8> = (0..32).map(|i| u8::from_str_radix(&text[2 * i..2 * i + 2], 16).unwrap()).collect();
    for name in office.files() {
        let file = std::fs::read(beside(&office.path, name.strip_prefix("copy").unwrap())).unwrap();
        assert!(!file.windows(64).any(|w| w.eq_ignore_ascii_case(text.as_bytes())), "{name}");
        assert!(!file.windows(16).any(|w| w == &bytes[..16]), "{name}");
    }
}

#[test]
fn the_same_schedule_is_another_file_each_time() {
    let (one, two) = (Office::with(30), Office::with(30));
    let (one, two) = (std::fs::read(&one.path).unwrap(), std::fs::read(&two.path).unwrap());
    let same = one.iter().zip(&two).filter(|(a, b)| a == b).count();
    assert!(same * 100 < one.len(), "{same} of {} bytes", one.len());
}
