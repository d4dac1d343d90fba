//! Papers read back by other programs' code than the one that wrote them.
#![allow(dead_code, clippy::unwrap_used, reason = "each test file uses a part of it; a failed step is a failed test")]

use std::collections::BTreeMap;
use std::path::Path;

use lopdf::Document;

/// The text of a PDF without spaces: the reader does not know where words end.
pub struct Pdf(String);

impl Pdf {
    pub fn read(file: &Path) -> Self {
        let document = Document::load(file).unwrap();
        let numbers: Vec<u32> = document.get_pages().into_keys().collect();
        Self(squeeze(&document.extract_text(&numbers).unwrap()))
    }

    /// Whether the text stands somewhere, whatever its line breaks.
    pub fn shows(&self, text: &str) -> bool {
        self.0.contains(&squeeze(text))
    }
}

fn squeeze(text: &str) -> String {
    text.chars().filter(|c| !c.is_whitespace() && *c != '\u{200B}').collect()
}

/// An event of a calendar file: what stands in it by name, its parameters aside.
pub type Event = BTreeMap<String, String>;

/// The events of a calendar file, its folded lines joined.
pub fn events(text: &str) -> Vec<Event> {
    let text = text.replace("\r\n ", "");
    text.split("BEGIN:VEVENT")
        .skip(1)
        .map(|event| {
            let lines = event.lines().take_while(|l| *l != "END:VEVENT").filter_map(|l| l.split_once(':'));
            lines.map(|(name, value)| (name.split(';').next().unwrap().to_owned(), value.to_owned())).collect()
        })
        .collect()
}
