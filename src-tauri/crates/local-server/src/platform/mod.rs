//! What differs from system to system, behind the same names.

#[cfg(unix)]
mod unix;
#[cfg(unix)]
pub(crate) use unix::*;

#[cfg(windows)]
mod windows;
#[cfg(windows)]
pub(crate) use windows::*;

/// What is behind a process number.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Process {
    /// No process, or a dead one nobody has waited for.
    Gone,
    /// One of PostgreSQL's.
    Postgres,
    /// Another program's: the number was given out anew.
    Other,
}
