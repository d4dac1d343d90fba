//! What people do, as methods of [`crate::Office`]: ask the database, shape the answer for a screen.

pub(crate) mod changes;
pub(crate) mod company;
pub(crate) mod crew;
pub mod estimates;
pub mod find;
pub mod inbox;
pub mod me;
pub mod notifications;
pub mod popups;
pub mod records;
pub(crate) mod schedule;
pub mod sheets;
pub mod support;
pub mod today;
