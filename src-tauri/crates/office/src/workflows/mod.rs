//! What people do here, each a function of [`crate::Office`]: ask the database, shape the answer for a screen.

pub mod notifications;
pub mod popups;
pub mod records;
pub mod today;
