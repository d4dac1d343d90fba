//! Ids that must outlive the program until the database has them.

use std::collections::HashSet;
use std::io::{ErrorKind, Write};
use std::path::PathBuf;

use uuid::Uuid;

/// A small file, an id a line, and what it holds.
#[derive(Debug)]
pub(super) struct Journal {
    file: PathBuf,
    ids: HashSet<Uuid>,
}

impl Journal {
    /// What the last program left.
    pub(super) fn open(file: PathBuf) -> std::io::Result<Self> {
        let mut journal = Self { file, ids: HashSet::new() };
        journal.read_again()?;
        Ok(journal)
    }

    /// Another program of this computer may have written to it since.
    pub(super) fn read_again(&mut self) -> std::io::Result<()> {
        self.ids = match std::fs::read_to_string(&self.file) {
            Ok(text) => text.lines().filter_map(|line| line.parse().ok()).collect(),
            Err(error) if error.kind() == ErrorKind::NotFound => HashSet::new(),
            Err(error) => return Err(error),
        };
        Ok(())
    }

    pub(super) fn ids(&self) -> &HashSet<Uuid> {
        &self.ids
    }

    /// Adds these. On a disk that takes nothing they are at least remembered until the program ends.
    pub(super) fn add(&mut self, ids: &[Uuid]) {
        self.ids.extend(ids);
        let written = files::private().create(true).append(true).open(&self.file);
        // On a line of its own, whatever a crash has cut off before.
        self.written(written.and_then(|mut file| file.write_all(format!("\n{}", lines(ids)).as_bytes())));
    }

    /// The database has these; what was added meanwhile stays.
    pub(super) fn done(&mut self, ids: &[Uuid]) {
        if ids.is_empty() {
            return;
        }
        self.ids.retain(|id| !ids.contains(id));
        self.written(files::write_whole(&self.file, lines(&self.ids).as_bytes()));
    }

    fn written(&self, outcome: std::io::Result<()>) {
        if let Err(error) = outcome {
            tracing::warn!(%error, file = %self.file.display(), "a journal of the popups could not be written");
        }
    }
}

fn lines<'a>(ids: impl IntoIterator<Item = &'a Uuid>) -> String {
    ids.into_iter().fold(String::new(), |text, id| text + &id.to_string() + "\n")
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn it_outlives_the_program_until_it_is_done() {
        let file = std::env::temp_dir().join(format!("neff-journal-{}", Uuid::new_v4()));
        let ids = [1, 2, 3].map(Uuid::from_u128);
        let mut journal = Journal::open(file.clone()).unwrap();
        journal.add(&ids);
        std::fs::OpenOptions::new().append(true).open(&file).unwrap().write_all(b"half a li").unwrap();
        let mut next = Journal::open(file.clone()).unwrap();
        assert_eq!(*next.ids(), HashSet::from(ids), "and what was cut off by a crash is no id");
        next.done(&ids[..2]);
        assert_eq!(*Journal::open(file.clone()).unwrap().ids(), HashSet::from([ids[2]]));
        std::fs::remove_file(file).unwrap();
    }
}
