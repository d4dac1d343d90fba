//! Where the cluster is, and as whom its server runs.

use std::fs::{self, File, OpenOptions};
use std::io;
use std::path::{Path, PathBuf};

use uuid::Uuid;

use crate::error::LocalServerError;
use crate::platform::{self, Account};

pub(crate) const DATA: &str = "data";
pub(crate) const LOGS: &str = "logs";
/// A socket's name ends in a port nobody listens on; the folder is this server's alone.
pub(crate) const PORT_OF_SOCKETS: u16 = 5432;
/// In the folder the program asked for, when root's cluster had to go elsewhere: where that is. It moves with the folder.
const POINTER: &str = "place";

/// A home of a cluster, and the user its server runs as.
#[derive(Clone, Debug)]
pub(crate) struct Place {
    pub(crate) home: PathBuf,
    /// `None`: as ourselves.
    pub(crate) account: Option<Account>,
    /// The folder of its socket, where there are sockets and this one's name is not too long.
    pub(crate) sockets: Option<PathBuf>,
}

impl Place {
    /// Where a cluster already is.
    pub(crate) fn of_existing(asked: &Path, root_base: &Path) -> Result<Self, LocalServerError> {
        let home = existing_home(asked, root_base).ok_or(LocalServerError::NotThere)?;
        if !platform::is_root() {
            return Ok(Self::at(home, None));
        }
        // Root opens a person's own office as that person.
        let account =
            Account::owner_of(&home.join(DATA)).or_else(Account::unprivileged).ok_or(LocalServerError::RunsAsRoot)?;
        match account.barrier(&home) {
            Some(path) => Err(LocalServerError::NoRights { path }),
            None => Ok(Self::at(home, Some(account))),
        }
    }

    /// Where a new one goes; its folder is made.
    pub(crate) fn of_new(asked: &Path, root_base: &Path) -> Result<Self, LocalServerError> {
        let failed = |error| LocalServerError::io("make a folder for the local office", asked, error);
        if !platform::is_root() {
            platform::make_private_folder(asked).map_err(failed)?;
            return Ok(Self::at(asked.to_owned(), None));
        }
        let account = Account::unprivileged().ok_or(LocalServerError::RunsAsRoot)?;
        let parent = asked.parent().unwrap_or(asked);
        let mut home = asked.to_owned();
        platform::make_private_folder(asked).map_err(failed)?;
        if account.barrier(parent).is_some() {
            home = elsewhere(asked, root_base);
            platform::make_common_folder(root_base).map_err(failed)?;
            if let Some(path) = account.barrier(root_base) {
                return Err(LocalServerError::NoRights { path });
            }
            platform::make_private_folder(&home).map_err(failed)?;
            files::write_whole(&asked.join(POINTER), home.as_os_str().as_encoded_bytes()).map_err(failed)?;
        }
        platform::give(&home, Some(account)).map_err(failed)?;
        Ok(Self::at(home, Some(account)))
    }

    fn at(home: PathBuf, account: Option<Account>) -> Self {
        let sockets = platform::sockets(&home, PORT_OF_SOCKETS);
        Self { home, account, sockets }
    }

    /// The folder of the socket, made if it is not there, closed to others, and without what a killed server left in it.
    /// Only under the start lock, and when no server runs.
    pub(crate) fn prepare_sockets(&self) -> io::Result<()> {
        let Some(folder) = &self.sockets else { return Ok(()) };
        platform::make_private_folder(folder)?;
        platform::close_to_others(folder)?;
        platform::give(folder, self.account)?;
        for entry in fs::read_dir(folder)?.flatten() {
            fs::remove_file(entry.path())?;
        }
        Ok(())
    }

    /// Whether there is nothing where the socket has to be.
    pub(crate) fn lacks_socket(&self, port: u16) -> bool {
        let socket = self.sockets.as_ref().map(|folder| folder.join(format!(".s.PGSQL.{port}")));
        socket.is_some_and(|socket| socket.symlink_metadata().is_err_and(|e| e.kind() == io::ErrorKind::NotFound))
    }

    pub(crate) fn data(&self) -> PathBuf {
        self.home.join(DATA)
    }

    pub(crate) fn file(&self, name: &str) -> PathBuf {
        self.home.join(name)
    }

    /// Opens a file only the server's user may read. Root's are given away, or that person would be locked out of
    /// their own office afterwards.
    pub(crate) fn open(&self, path: &Path, options: &mut OpenOptions) -> io::Result<File> {
        let file = files::only_mine(options).open(path)?;
        platform::give(path, self.account)?;
        Ok(file)
    }
}

/// The home of the cluster of `asked`, when there is one made to its end: only such a one is ever named `data`.
pub(crate) fn existing_home(asked: &Path, root_base: &Path) -> Option<PathBuf> {
    let mut homes = vec![asked.to_owned()];
    if platform::is_root() {
        homes.extend(pointed_to(asked));
        homes.push(elsewhere(asked, root_base));
    }
    homes.into_iter().find(|home| has_files(&home.join(DATA)))
}

/// The major version a cluster was made by; `None` when its version file is lost.
pub(crate) fn cluster_major(data: &Path) -> io::Result<Option<u32>> {
    match fs::read_to_string(data.join("PG_VERSION")) {
        Ok(text) => Ok(text.trim().parse().ok()),
        Err(error) if error.kind() == io::ErrorKind::NotFound => Ok(None),
        Err(error) => Err(error),
    }
}

/// An empty folder may be left where a disk was full; anything else, seen or not, could be somebody's rows.
fn has_files(folder: &Path) -> bool {
    match fs::read_dir(folder) {
        Ok(mut entries) => entries.next().is_some(),
        Err(error) => error.kind() == io::ErrorKind::PermissionDenied,
    }
}

fn pointed_to(asked: &Path) -> Option<PathBuf> {
    let text = fs::read_to_string(asked.join(POINTER)).ok()?;
    let path = PathBuf::from(text.trim());
    path.is_absolute().then_some(path)
}

/// Root's home is closed to the server's user: the cluster goes under a name made from the folder's.
fn elsewhere(asked: &Path, root_base: &Path) -> PathBuf {
    let id = Uuid::new_v5(&Uuid::NAMESPACE_URL, asked.as_os_str().as_encoded_bytes());
    root_base.join(id.to_string())
}
