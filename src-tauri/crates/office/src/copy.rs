//! The copy of the schedule on this computer: kept up to date while the server answers, read when it does not.
//!
//! One file per connection and person, encrypted; its key is in the keychain under an id of its own. Whatever is wrong
//! with a copy, it is made anew from the server: nothing exists only here.

pub(crate) mod bodies;
mod gather;
mod keep;
pub(crate) mod read;
mod today;

use std::collections::{BTreeSet, HashSet};
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
}

/// No copy is read after this, whatever it says itself.
const LONGEST: TimeDelta = TimeDelta::days(365);

/// Why a copy is not shown.
enum Closed {
    Open(OpenError),
    /// The server does not accept the login. `over`: for longer than the office lets the copy stay.
    Refused {
        over: bool,
    },
}

impl From<OpenError> for Closed {
    fn from(error: OpenError) -> Self {
        Self::Open(error)
    }
}

impl From<CopyError> for Closed {
    fn from(error: CopyError) -> Self {
        Self::Open(error.into())
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
    /// Connections whose login was refused while that could not be noted in their copy (a full disk): closed all the same.
    closed: std::sync::Mutex<HashSet<Uuid>>,
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
            closed: std::sync::Mutex::default(),
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
        let closed = self.closed().contains(&connection);
        let answer = self
            .with(connection, move |copy, now| {
                if closed {
                    return Err(Closed::Refused { over: false });
                }
                let limits = read::office(copy)?.limits;
                if let Some(length) = copy.refused_for(now)? {
                    return Err(Closed::Refused { over: length >= limits.kept_refused() });
                }
                if !copy.still_readable(now, limits.readable_for())? {
                    return Err(OpenError::TooOld { as_of: copy.state()?.progress.as_of }.into());
                }
                Ok((question(copy)?, copy.state()?.progress.as_of))
            })
            .await?;
        match answer {
            Ok(answer) => Ok(answer),
            Err(Closed::Open(OpenError::TooOld { as_of })) => {
                self.outlive(connection, as_of).await;
                Err(OpenError::TooOld { as_of }.into())
            }
            Err(Closed::Open(error)) => Err(error.into()),
            Err(Closed::Refused { over }) => {
                if over {
                    self.leave(connection).await;
                }
                Err(AppError::new(
                    ErrorCode::WrongPassword,
                    "The server does not accept the login. Nothing of the office is shown before the right password is typed.",
                ))
            }
        }
    }

    /// The server does not accept the login of a connection: its copy is not shown before it does again, and goes when the
    /// office's grace is over.
    pub(crate) async fn refused(&self, connection: Uuid) {
        let noted = self
            .with(connection, |copy, now| {
                copy.note_refused(now)?;
                let grace = read::office(copy)?.limits.kept_refused();
                Ok(copy.refused_for(now)?.is_some_and(|length| length >= grace))
            })
            .await;
        match noted {
            Ok(Ok(false) | Err(Closed::Open(OpenError::Missing | OpenError::TooOld { .. }))) => {}
            Ok(Ok(true)) => {
                tracing::warn!(
                    "the server has not accepted the login for longer than the office allows: the copy goes"
                );
                self.leave(connection).await;
            }
            Ok(Err(_)) | Err(_) => {
                tracing::warn!("that the login was refused could not be noted in the copy");
                self.closed().insert(connection);
            }
        }
    }

    /// The server accepts the login of a connection.
    fn accepted(&self, connection: Uuid) {
        self.closed().remove(&connection);
    }

    fn closed(&self) -> std::sync::MutexGuard<'_, HashSet<Uuid>> {
        self.closed.lock().unwrap_or_else(PoisonError::into_inner)
    }

    /// Works on the copy of a connection: of whoever worked through it last.
    async fn with<T: Send + 'static>(
        &self,
        connection: Uuid,
        work: impl FnOnce(&ScheduleCopy, DateTime<Utc>) -> Result<T, Closed> + Send + 'static,
    ) -> Result<Result<T, Closed>, AppError> {
        let outlived = || self.outlived(connection).map_or(OpenError::Missing, |as_of| OpenError::TooOld { as_of });
        if self.extent().is_none() {
            return Ok(Err(OpenError::Missing.into()));
        }
        let Some(person) = self.last_person(connection) else { return Ok(Err(outlived().into())) };
        let Some(key) = self.key(connection, person).await? else { return Ok(Err(outlived().into())) };
        let identity = Identity { connection, person, schema: SCHEMA };
        let path = offline::path_for(&self.folder, connection, person);
        let mut slot = self.slot.clone().lock_owned().await;
        let outcome = tokio::task::spawn_blocking(move || {
            let now = crate::clock::now();
            if slot.as_ref().is_none_or(|open| open.identity != identity) {
                *slot = None;
                let expected = Expected { identity, now, readable_for: LONGEST };
                *slot = Some(Opened { identity, copy: ScheduleCopy::open(&path, &key, &expected)? });
            }
            let Some(open) = slot.as_ref() else { return Err(OpenError::Missing.into()) };
            let outcome = work(&open.copy, now);
            if let Err(Closed::Open(error)) = &outcome
                && !matches!(error, OpenError::TooOld { .. })
            {
                // Opened anew, or made anew by the next refresh.
                *slot = None;
            }
            outcome
        })
        .await;
        outcome.map_err(|error| {
            AppError::new(ErrorCode::Internal, "The copy of the schedule could not be read.")
                .with_details(error.to_string())
        })
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
        let _ = files::write_whole(&self.note_of(connection, "old"), as_of.to_rfc3339().as_bytes());
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
        files::own_folder(&self.folder)?;
        let _ = std::fs::remove_file(self.note_of(connection, "old"));
        files::write_whole(&self.note_of(connection, "person"), person.to_string().as_bytes())
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

    fn office_with(readable_days: u32, refused_days: u32) -> bodies::OfficeBody {
        bodies::OfficeBody {
            zone: "America/Chicago".into(),
            hours: crate::view::OfficeHours { working_days: vec![1], from: "06:00".into(), until: "16:00".into() },
            company: bodies::Letterhead::default(),
            person: crate::view::Person { id: Uuid::nil(), name: "Dana Neff".into(), email: None },
            limits: bodies::Limits { readable_days, refused_days },
        }
    }

    /// Copies in a folder, and what makes one of three days ago with these limits.
    struct Made {
        _folder: tempfile::TempDir,
        copies: LocalCopy,
        as_of: DateTime<Utc>,
    }

    impl Made {
        fn new() -> Self {
            let folder = tempfile::tempdir().unwrap();
            let copies = LocalCopy::at(folder.path(), Arc::new(Secrets::given(String::new().into())));
            copies.set_extent(Some(Extent { back: 30, ahead: 90 }));
            Self { _folder: folder, copies, as_of: crate::clock::now() - TimeDelta::days(3) }
        }

        fn path(&self, connection: Uuid, person: Uuid) -> PathBuf {
            offline::path_for(&self.copies.folder, connection, person)
        }

        async fn make(&self, connection: Uuid, person: Uuid, readable_days: u32, refused_days: u32) {
            self.copies.close().await;
            let feed = FeedPosition { feed: Uuid::nil(), snapshot: String::new(), xmin: 0, last_id: 0 };
            let window = Window { from: self.as_of, until: self.as_of };
            let progress = Progress { feed, as_of: self.as_of, window };
            let key = self.copies.key_or_new(connection, person).await.unwrap();
            let identity = Identity { connection, person, schema: SCHEMA };
            let mut pass = ScheduleCopy::begin(&self.path(connection, person), &key, identity).unwrap();
            let office = office_with(readable_days, refused_days);
            pass.add(vec![offline::Record::new(offline::Kind::Office, Uuid::nil(), &office).unwrap()]).unwrap();
            drop(pass.finish(&progress).unwrap());
            self.copies.note_person(connection, person).unwrap();
        }

        async fn ask(&self, connection: Uuid) -> Result<i64, AppError> {
            let asked = self.copies.read(connection, |copy| Ok(copy.state()?.progress.as_of.timestamp())).await;
            asked.map(|(answer, _)| answer)
        }
    }

    #[tokio::test]
    async fn a_copy_is_read_for_as_many_days_as_the_office_says() {
        let (connection, person) = (Uuid::from_u128(1), Uuid::from_u128(2));
        let made = Made::new();
        let path = made.path(connection, person);
        made.make(connection, person, 4, 7).await;
        assert_eq!(made.ask(connection).await.unwrap(), made.as_of.timestamp());
        made.copies.set_extent(None);
        assert!(made.ask(connection).await.is_err(), "switched off, it is not read before it is wiped");
        made.copies.set_extent(Some(Extent { back: 30, ahead: 90 }));
        assert!(made.ask(connection).await.is_ok() && path.exists());
        // Nobody is to read it any more, so it does not stay; and it is said again why.
        made.make(connection, person, 2, 7).await;
        for _ in 0..2 {
            let old = made.ask(connection).await.unwrap_err();
            assert_eq!(old.code, ErrorCode::NotConnected, "{old:?}");
            assert!(old.message.contains("too old"), "{old:?}");
            assert!(!path.exists() && made.copies.key(connection, person).await.unwrap().is_none());
        }
        made.make(connection, person, 4, 7).await;
        made.copies.leave(connection).await;
        let gone = made.ask(connection).await.unwrap_err();
        assert!(!path.exists() && gone.message.contains("no copy"), "{gone:?}");
        // Of every connection and person, also one nobody has settings for.
        let others = [(connection, person), (connection, Uuid::from_u128(3)), (Uuid::from_u128(4), person)];
        for (connection, person) in others {
            made.make(connection, person, 4, 7).await;
        }
        made.copies.wipe_all([connection]).await;
        for (connection, person) in others {
            assert!(!made.path(connection, person).exists());
            assert!(made.copies.key(connection, person).await.unwrap().is_none());
        }
    }

    #[tokio::test]
    async fn a_refused_login_closes_the_copy_and_wipes_it_when_the_grace_is_over() {
        let (connection, person) = (Uuid::from_u128(1), Uuid::from_u128(2));
        let made = Made::new();
        let path = made.path(connection, person);
        made.copies.refused(connection).await;
        made.make(connection, person, 30, 7).await;
        assert!(made.ask(connection).await.is_ok());
        for _ in 0..2 {
            made.copies.refused(connection).await;
            assert_eq!(made.ask(connection).await.unwrap_err().code, ErrorCode::WrongPassword);
            assert!(path.exists());
            // Also to another start of the program.
            made.copies.close().await;
        }
        // It began three days ago, and the office allows two.
        let key = made.copies.key(connection, person).await.unwrap().unwrap();
        let identity = Identity { connection, person, schema: SCHEMA };
        let now = made.as_of;
        made.make(connection, person, 30, 2).await;
        let copy = ScheduleCopy::open(&path, &key, &Expected { identity, now, readable_for: LONGEST }).unwrap();
        copy.note_refused(made.as_of).unwrap();
        drop(copy);
        assert_eq!(made.ask(connection).await.unwrap_err().code, ErrorCode::WrongPassword);
        assert!(!path.exists() && made.copies.key(connection, person).await.unwrap().is_none());
        // An office without patience.
        made.make(connection, person, 30, 0).await;
        made.copies.refused(connection).await;
        assert!(!path.exists());
    }

    #[test]
    fn limits_that_somebody_spoiled_are_within_reason() {
        let limits = |readable: &str, refused: &str| {
            let settings = [
                (database::company::OFFLINE_READABLE.to_owned(), readable.to_owned()),
                (database::company::OFFLINE_REFUSED.to_owned(), refused.to_owned()),
            ];
            let found = bodies::Limits::of(&settings.into());
            (found.readable_days, found.refused_days)
        };
        assert_eq!(limits("30", " 0 "), (30, 0));
        assert_eq!(limits("0", "-1"), (1, 7));
        assert_eq!(limits("soon", "4000"), (14, 365));
        assert_eq!(bodies::Limits::of(&std::collections::BTreeMap::new()).readable_days, 14);
    }
}
