//! The copy of the schedule on this computer: kept up to date while the server answers, read when it does not.
//!
//! One file per connection and person, encrypted; its key is in the keychain under an id of its own. Whatever is wrong
//! with a copy, it is made anew from the server: nothing exists only here.

pub(crate) mod bodies;
mod gather;
mod keep;
pub(crate) mod read;
mod today;

use std::collections::BTreeSet;
use std::path::{Path, PathBuf};
use std::sync::{Arc, PoisonError};

use chrono::{DateTime, TimeDelta, Utc};
use offline::{CopyError, CopyKey, Expected, Identity, OpenError, ScheduleCopy};
use tokio::sync::{Mutex, Notify};
use uuid::Uuid;

use crate::error::{AppError, ErrorCode};
use crate::secrets::Secrets;

pub(crate) use keep::{Keep, keep};
pub(crate) use today::{clash_page, today};

/// The shape of the bodies: raised whenever one changes.
const SCHEMA: u32 = 4;

/// What a computer keeps of the schedule.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) struct Extent {
    /// Days of the past.
    pub back: u32,
    /// Days ahead.
    pub ahead: u32,
    /// Days after which a copy that has not heard of the server cannot be read.
    pub readable: u32,
}

impl Extent {
    fn readable_for(self) -> TimeDelta {
        TimeDelta::days(i64::from(self.readable.clamp(1, 365)))
    }
}

/// The copies of this computer; one is open at a time.
pub(crate) struct LocalCopy {
    folder: PathBuf,
    papers: PathBuf,
    secrets: Arc<Secrets>,
    slot: Arc<Mutex<Option<Opened>>>,
    /// None: the person wants no copy on this computer.
    extent: std::sync::Mutex<Option<Extent>>,
    wanted: Notify,
}

struct Opened {
    identity: Identity,
    copy: ScheduleCopy,
}

impl LocalCopy {
    pub(crate) fn at(data: &Path, secrets: Arc<Secrets>) -> Self {
        Self {
            folder: data.join("offline"),
            papers: crate::papers::folder(data),
            secrets,
            slot: Arc::default(),
            extent: std::sync::Mutex::default(),
            wanted: Notify::new(),
        }
    }

    /// How much is kept from now on; nothing: no copy, and what there is is for [`LocalCopy::wipe_all`].
    pub(crate) fn set_extent(&self, extent: Option<Extent>) {
        *self.extent.lock().unwrap_or_else(PoisonError::into_inner) = extent;
        self.refresh_soon();
    }

    fn extent(&self) -> Option<Extent> {
        *self.extent.lock().unwrap_or_else(PoisonError::into_inner)
    }

    /// Something it holds has changed.
    pub(crate) fn refresh_soon(&self) {
        self.wanted.notify_one();
    }

    /// Reads the copy of a connection: of whoever worked through it last. The answer, and how old it is.
    pub(crate) async fn read<T: Send + 'static>(
        &self,
        connection: Uuid,
        question: impl FnOnce(&ScheduleCopy) -> Result<T, CopyError> + Send + 'static,
    ) -> Result<(T, DateTime<Utc>), AppError> {
        let extent = self.extent().ok_or_else(|| AppError::from(OpenError::Missing))?;
        let none = || {
            AppError::from(self.outlived(connection).map_or(OpenError::Missing, |as_of| OpenError::TooOld { as_of }))
        };
        let person = self.last_person(connection).ok_or_else(none)?;
        let key = self.key(connection, person).await?.ok_or_else(none)?;
        let identity = Identity { connection, person, schema: SCHEMA };
        let path = offline::path_for(&self.folder, connection, person);
        let mut slot = self.slot.clone().lock_owned().await;
        let answer = tokio::task::spawn_blocking(move || {
            let now = crate::clock::now();
            if slot.as_ref().is_none_or(|open| open.identity != identity) {
                *slot = None;
                let expected = Expected { identity, now, readable_for: extent.readable_for() };
                *slot = Some(Opened { identity, copy: ScheduleCopy::open(&path, &key, &expected)? });
            }
            let Some(open) = slot.as_mut() else { return Err(OpenError::Missing) };
            let read = |copy: &ScheduleCopy| -> Result<Option<(T, DateTime<Utc>)>, CopyError> {
                if !copy.still_readable(now, extent.readable_for())? {
                    return Ok(None);
                }
                Ok(Some((question(copy)?, copy.state()?.progress.as_of)))
            };
            match read(&open.copy) {
                Ok(Some(found)) => Ok(found),
                Ok(None) => Err(OpenError::TooOld { as_of: open.copy.state()?.progress.as_of }),
                Err(error) => {
                    // Opened anew, or made anew by the next refresh.
                    *slot = None;
                    Err(error.into())
                }
            }
        })
        .await;
        match answer {
            Ok(Err(OpenError::TooOld { as_of })) => {
                self.outlive(connection, as_of).await;
                Err(OpenError::TooOld { as_of }.into())
            }
            Ok(answer) => answer.map_err(AppError::from),
            Err(error) => Err(AppError::new(ErrorCode::Internal, "The copy of the schedule could not be read.")
                .with_details(error.to_string())),
        }
    }

    /// Closes the copy that is open: another start of the program may open it.
    pub(crate) async fn close(&self) {
        *self.slot.lock().await = None;
    }

    /// Whoever worked through a connection works here no more: nothing of what they saw stays, their papers neither.
    pub(crate) async fn leave(&self, connection: Uuid) {
        self.wipe(connection).await;
        let papers = self.papers.clone();
        let _ = tokio::task::spawn_blocking(move || crate::papers::clear(&papers)).await;
    }

    /// No copy is wanted on this computer any more: whether a server answers or not, those of these connections go, and
    /// those of any other that are found.
    pub(crate) async fn wipe_all(&self, connections: impl IntoIterator<Item = Uuid>) {
        let mut all: BTreeSet<Uuid> = connections.into_iter().collect();
        all.extend(self.found().await.into_iter().map(|(connection, _)| connection));
        for connection in all {
            self.wipe(connection).await;
        }
    }

    /// Nobody may read it any more, and so nobody keeps it. That it was too old is still said.
    async fn outlive(&self, connection: Uuid, as_of: DateTime<Utc>) {
        self.wipe(connection).await;
        let _ = std::fs::write(self.note_of(connection, "old"), as_of.to_rfc3339());
    }

    fn outlived(&self, connection: Uuid) -> Option<DateTime<Utc>> {
        std::fs::read_to_string(self.note_of(connection, "old")).ok()?.trim().parse().ok()
    }

    /// Whose copies there are.
    async fn found(&self) -> BTreeSet<(Uuid, Uuid)> {
        let folder = self.folder.clone();
        match tokio::task::spawn_blocking(move || offline::found(&folder)).await {
            Ok(Ok(found)) => found,
            Ok(Err(error)) => {
                tracing::warn!(%error, "the folder of the copies could not be read");
                BTreeSet::new()
            }
            Err(_) => BTreeSet::new(),
        }
    }

    /// Removes every copy of a connection, and their keys.
    pub(crate) async fn wipe(&self, connection: Uuid) {
        let mut slot = self.slot.clone().lock_owned().await;
        if slot.as_ref().is_some_and(|open| open.identity.connection == connection) {
            *slot = None;
        }
        let mut persons: BTreeSet<Uuid> = self.last_person(connection).into_iter().collect();
        persons.extend(self.found().await.into_iter().filter(|(of, _)| *of == connection).map(|(_, person)| person));
        let (folder, notes) = (self.folder.clone(), ["person", "old"].map(|what| self.note_of(connection, what)));
        let wiped = tokio::task::spawn_blocking(move || {
            for note in notes {
                let _ = std::fs::remove_file(note);
            }
            offline::wipe_connection(&folder, connection)
        })
        .await;
        if let Ok(Err(error)) = wiped {
            tracing::warn!(%error, "a copy of the schedule could not be removed");
        }
        // Without its key the file is noise, even where the disk keeps what was deleted. A keychain may take a minute.
        for person in persons {
            if let Err(error) = self.secrets.remove(key_entry(connection, person)).await {
                tracing::warn!(details = error.details, "the key of a copy stayed in the keychain");
            }
        }
        drop(slot);
    }

    /// Whoever worked through a connection last: their copy is the one that is read.
    fn last_person(&self, connection: Uuid) -> Option<Uuid> {
        std::fs::read_to_string(self.note_of(connection, "person")).ok()?.trim().parse().ok()
    }

    fn note_person(&self, connection: Uuid, person: Uuid) -> std::io::Result<()> {
        std::fs::create_dir_all(&self.folder)?;
        let _ = std::fs::remove_file(self.note_of(connection, "old"));
        std::fs::write(self.note_of(connection, "person"), person.to_string())
    }

    /// A file beside a connection's copies.
    fn note_of(&self, connection: Uuid, what: &str) -> PathBuf {
        self.folder.join(format!("{connection}.{what}"))
    }

    /// The key, if there is one that can be used.
    async fn key(&self, connection: Uuid, person: Uuid) -> Result<Option<CopyKey>, AppError> {
        Ok(self.secrets.get(key_entry(connection, person)).await?.as_ref().and_then(CopyKey::from_text))
    }

    /// The key, or a new one. What was written with another cannot be read with it, and is made anew: a keychain that
    /// fails once has not lost the key it holds, and is given no other.
    async fn key_or_new(&self, connection: Uuid, person: Uuid) -> Result<CopyKey, AppError> {
        if let Some(key) = self.key(connection, person).await? {
            return Ok(key);
        }
        let key = CopyKey::random().map_err(|error| {
            AppError::new(ErrorCode::Internal, "This computer gave no random numbers.").with_details(error.to_string())
        })?;
        if let Err(error) = self.secrets.set(key_entry(connection, person), key.to_text()).await {
            tracing::warn!(details = error.details, "the key of the copy is kept for this session only");
        }
        Ok(key)
    }
}

/// The keychain's entry of a copy's key.
fn key_entry(connection: Uuid, person: Uuid) -> Uuid {
    Uuid::new_v5(&connection, format!("copy of {person}").as_bytes())
}

impl From<OpenError> for AppError {
    fn from(error: OpenError) -> Self {
        let code = match error {
            OpenError::DiskFull => ErrorCode::DiskFull,
            _ => ErrorCode::NotConnected,
        };
        Self::new(code, error.to_string()).with_details(error.details())
    }
}

#[cfg(test)]
mod tests {
    use offline::{FeedPosition, Progress, Window};

    use super::*;

    #[tokio::test]
    async fn a_key_the_keychain_does_not_give_is_not_replaced_by_another() {
        let folder = tempfile::tempdir().unwrap();
        let (connection, person) = (Uuid::from_u128(1), Uuid::from_u128(2));
        let copies = LocalCopy::at(folder.path(), Arc::new(Secrets::refusing()));
        let refused = copies.key_or_new(connection, person).await.map(|_| ()).unwrap_err();
        assert_eq!(refused.code, ErrorCode::Keychain, "{refused:?}");
        assert!(copies.key(connection, person).await.is_err(), "nor for this session");
    }

    #[tokio::test]
    async fn a_copy_is_read_for_as_many_days_as_this_computer_is_set_to() {
        let folder = tempfile::tempdir().unwrap();
        let (connection, person) = (Uuid::from_u128(1), Uuid::from_u128(2));
        let copies = LocalCopy::at(folder.path(), Arc::new(Secrets::given(String::new().into())));
        let path = offline::path_for(&copies.folder, connection, person);
        let as_of = crate::clock::now() - TimeDelta::days(3);
        let feed = FeedPosition { feed: Uuid::nil(), snapshot: String::new(), xmin: 0, last_id: 0 };
        let progress = Progress { feed, as_of, window: Window { from: as_of, until: as_of } };
        let make = async |connection: Uuid, person: Uuid| {
            let key = copies.key_or_new(connection, person).await.unwrap();
            let path = offline::path_for(&copies.folder, connection, person);
            let identity = Identity { connection, person, schema: SCHEMA };
            drop(ScheduleCopy::begin(&path, &key, identity).unwrap().finish(&progress).unwrap());
            copies.note_person(connection, person).unwrap();
        };
        make(connection, person).await;

        let ask = |readable: Option<u32>| {
            copies.set_extent(readable.map(|readable| Extent { back: 30, ahead: 90, readable }));
            copies.read(connection, |copy| Ok(copy.state()?.progress.as_of.timestamp()))
        };
        assert_eq!(ask(Some(4)).await.unwrap().0, as_of.timestamp());
        assert!(ask(None).await.is_err(), "switched off, it is not read before it is wiped");
        assert!(ask(Some(4)).await.is_ok() && path.exists());
        // While it is open, too. Nobody is to read it any more, so it does not stay; and it is said again why.
        for _ in 0..2 {
            let old = ask(Some(2)).await.unwrap_err();
            assert_eq!(old.code, ErrorCode::NotConnected, "{old:?}");
            assert!(old.message.contains("too old"), "{old:?}");
            assert!(!path.exists() && copies.key(connection, person).await.unwrap().is_none());
        }
        // A setting of nothing is a day, not for ever.
        make(connection, person).await;
        assert!(ask(Some(0)).await.is_err());
        make(connection, person).await;
        copies.leave(connection).await;
        let gone = ask(Some(4)).await.unwrap_err();
        assert!(!path.exists() && gone.message.contains("no copy"), "{gone:?}");
        // Of every connection and person, also one nobody has settings for.
        let others = [(connection, person), (connection, Uuid::from_u128(3)), (Uuid::from_u128(4), person)];
        for (connection, person) in others {
            make(connection, person).await;
        }
        copies.wipe_all([connection]).await;
        for (connection, person) in others {
            assert!(!offline::path_for(&copies.folder, connection, person).exists());
            assert!(copies.key(connection, person).await.unwrap().is_none());
        }
    }
}
