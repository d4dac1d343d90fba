//! The private PostgreSQL of the local office: found, made, started, watched, stopped, repaired.
//!
//! Everything is in one folder, reached by a socket in it that only this person may use, and behind one password that this
//! crate never keeps. Where there are no sockets, or the folder's name is too long for one, it is reached on 127.0.0.1:
//! there anybody may listen in its place, so let it prove by SCRAM that it knows the password before it is believed.
//!
//! ```text
//! local-office/
//!   data/         the cluster; there only once it is complete
//!   making-…/     a cluster being made; left behind by a crash, removed by the next attempt
//!   logs/         what the server says, a file a weekday, without statements or values
//!   start.log     what it said while starting      control.log   what pg_ctl said
//!   sockets/      the way in; on Windows instead:
//!   port          the port of last time, tried first
//!   start.lock    held while somebody makes, starts, stops or repairs it
//!   users.lock    held, shared, by each program that uses it; the last one out stops it
//! ```
//!
//! The server is started by `pg_ctl` on every system rather than as a child of this program. It gets a session of its
//! own, so Ctrl-C in a terminal does not reach it; it outlives a killed program and is joined by the next one; the
//! system's init reaps it, so there are no zombies; and on Windows `pg_ctl` drops an administrator's rights, with which
//! PostgreSQL refuses to run. The price is that its end is noticed by looking, not by waiting for a child, which a
//! program that joined a running server has to do anyway.

mod error;
mod locks;
mod logs;
mod make;
mod ping;
mod place;
mod platform;
mod postmaster;
mod programs;
mod repair;
mod run;
mod running;
mod settings;
mod start;

use std::path::{Path, PathBuf};

use rand::TryRngCore;
use secrecy::SecretString;

pub use error::LocalServerError;
pub use programs::Programs;
pub use running::{Running, Stopped};

/// The private server of one person: where it is, not whether it runs.
#[derive(Clone, Debug)]
pub struct LocalServer {
    folder: PathBuf,
    root_base: PathBuf,
    by_port: bool,
}

impl LocalServer {
    /// The server kept in `folder`: the person's data folder and `local-office`. Nothing is touched.
    pub fn at(folder: PathBuf) -> Self {
        Self { folder, root_base: PathBuf::from("/var/lib/neff-office"), by_port: false }
    }

    /// Where the cluster goes when the program runs as root and the server's user cannot look into the folder
    /// (root's home); `/var/lib/neff-office` unless said. Has no meaning on Windows.
    #[must_use]
    pub fn with_base_for_root(self, root_base: PathBuf) -> Self {
        Self { root_base, ..self }
    }

    /// Reached on a port of 127.0.0.1 also where there are sockets: what is so on Windows, tried elsewhere.
    #[must_use]
    pub fn by_port(self) -> Self {
        Self { by_port: true, ..self }
    }

    /// Whether a cluster is there, one that was made to its end. It may be damaged all the same; only starting tells.
    ///
    /// Looks at a few files; takes no lock.
    pub fn exists(&self) -> bool {
        place::existing_home(&self.folder, &self.root_base).is_some()
    }

    /// The major version the cluster was made by, when there is one: what [`Programs::find_major`] has to find.
    pub fn major(&self) -> Option<u32> {
        let home = place::existing_home(&self.folder, &self.root_base)?;
        place::cluster_major(&home.join(place::DATA)).ok().flatten()
    }

    /// The folder of the server's own log files, for a person who sends them to support.
    pub fn logs(&self) -> PathBuf {
        place::existing_home(&self.folder, &self.root_base).unwrap_or_else(|| self.folder.clone()).join(place::LOGS)
    }

    fn folder(&self) -> &Path {
        &self.folder
    }

    fn root_base(&self) -> &Path {
        &self.root_base
    }

    fn sockets(&self, place: place::Place) -> place::Place {
        if self.by_port { place::Place { sockets: None, ..place } } else { place }
    }
}

/// A password for a new server: 256 bits of chance as hexadecimal digits, so that nothing has to quote it.
///
/// # Errors
/// [`LocalServerError::Io`] when the operating system has no chance to give.
pub fn random_password() -> Result<SecretString, LocalServerError> {
    let mut bytes = [0_u8; 32];
    rand::rngs::OsRng.try_fill_bytes(&mut bytes).map_err(|error| LocalServerError::Io {
        doing: "ask the system for random numbers",
        path: PathBuf::new(),
        source: std::io::Error::other(error),
    })?;
    let mut text = String::with_capacity(64);
    for byte in bytes {
        for digit in [byte >> 4, byte & 15] {
            text.extend(char::from_digit(u32::from(digit), 16));
        }
    }
    Ok(text.into())
}
