//! Whoever takes the files learns nothing from them.

use std::path::Path;

use aho_corasick::AhoCorasick;
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
    let needles = needles();
    let all = AhoCorasick::new(&needles).unwrap();
    let bytes = std::fs::read(path).unwrap();
    let mut found: Vec<String> = all
        .find_overlapping_iter(&bytes)
        .map(|found| String::from_utf8_lossy(&needles[found.pattern()]).into_owned())
        .collect();
    found.sort();
    found.dedup();
    found
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
    pass.add((0..4000).map(|n| record(&job(n, 3)))).unwrap();
    look("during a full pass");
    // Sorted and searched: nothing is put aside in a file.
    let _: Vec<serde_json::Value> = copy.search(Kind::Job, "whippoorwill", progress(1).as_of, 9999).unwrap();
    look("after a search");
    copy.swap_in(pass, &progress(3)).unwrap();
    look("after the exchange");
    let gone = (0..4000).map(|n| (Kind::Job, job(n, 1).id)).chain([(Kind::Office, Uuid::nil())]).collect();
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

/// Whether a key stands as text anywhere in this program's memory. What is looked for is never itself in memory.
#[cfg(target_os = "linux")]
fn in_memory(bytes: &[u8; 32]) -> bool {
    use std::io::{Read, Seek, SeekFrom};
    const MASK: u8 = 0x5a;
    let digit = |n: u8| if n < 10 { b'0' + n } else { b'a' - 10 + n } ^ MASK;
    let masked: Vec<u8> = bytes.iter().flat_map(|b| [digit(b >> 4), digit(b & 15)]).collect();
    let mut memory = std::fs::File::open("/proc/self/mem").unwrap();
    let maps = std::fs::read_to_string("/proc/self/maps").unwrap();
    for line in maps.lines().filter(|line| line.contains(" rw-p ")) {
        let (from, until) = line.split(' ').next().unwrap().split_once('-').unwrap();
        let [from, until] = [from, until].map(|n| u64::from_str_radix(n, 16).unwrap());
        let mut content = Vec::new();
        memory.seek(SeekFrom::Start(from)).unwrap();
        // What has gone meanwhile cannot be read.
        let _ = memory.by_ref().take(until - from).read_to_end(&mut content);
        let first = masked[0] ^ MASK;
        let stands = |found: &[u8]| found[0] == first && found.iter().zip(&masked).all(|(a, b)| a ^ MASK == *b);
        if content.windows(masked.len()).any(stands) {
            return true;
        }
    }
    false
}

#[cfg(target_os = "linux")]
#[test]
fn the_key_is_not_left_behind_in_memory() {
    let office = Office::empty();
    let bytes: [u8; 32] = rand::random();
    let own = offline::CopyKey::from_bytes(&bytes);
    drop(offline::ScheduleCopy::begin(&office.path, &own, crate::support::identity()).unwrap().finish(&progress(1)));
    let copy = offline::ScheduleCopy::open(&office.path, &own, &crate::support::expected()).unwrap();
    assert!(!in_memory(&bytes));
    let text = own.to_text();
    assert!(in_memory(&bytes), "it would be found");
    drop((text, copy));
}
