//! The encrypted copy of the schedule on this computer, for when the server cannot be reached.
//!
//! One `SQLite` file per connection and person, encrypted and authenticated page by page with `SQLCipher`, so that what
//! is read is what was written or [`CopyError::Damaged`], never anything else. It holds [`Record`]s: columns to find
//! them by and a JSON body of the caller's. Nothing in it exists only here, so it is never repaired or migrated: what
//! cannot be read is made anew from the server.
//!
//! - [`ScheduleCopy::open`] opens the copy there is, or says why not ([`OpenError`]).
//! - [`ScheduleCopy::begin`] starts a new one where there is none that can be used; [`FullPass::finish`] puts it in place.
//! - [`ScheduleCopy::apply`] brings it up to date with what the change feed names, all or nothing.
//! - [`ScheduleCopy::full_pass`] and [`ScheduleCopy::swap_in`] replace everything; the old one stays readable meanwhile.
//! - [`wipe`] and [`wipe_connection`] remove it; [`found`] tells whose there are.
//!
//! Everything blocks: call it from a thread that may. A copy is [`Send`], and belongs to one process at a time.

mod connection;
mod error;
mod key;
mod pass;
mod place;
mod read;
mod record;
mod schedule_copy;
mod state;
mod write;

pub use error::{CopyError, OpenError};
pub use key::CopyKey;
pub use pass::FullPass;
pub use place::{found, path_for, wipe, wipe_connection};
pub use record::{Kind, Record};
pub use schedule_copy::{Expected, ScheduleCopy};
pub use state::{FeedPosition, Identity, Progress, State, Window};
pub use write::Refresh;
