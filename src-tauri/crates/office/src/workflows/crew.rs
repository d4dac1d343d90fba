//! Crew and equipment: people, crews and who is in them when, machines, time off, certificates.
//!
//! Every edit is a list of [`Step`]s, each one row over the version seen; what undoes it is the same list of what was
//! there before, backwards. People are terminated, machines retired, crews set inactive: a row is deleted only to undo
//! that it was added, and only while nothing hangs on it.

mod certificates;
mod clashes;
mod contact;
mod crews;
mod jobs;
mod lists;
mod machines;
mod people;
mod records;
mod steps;
mod texts;
mod time_off;
mod weekly;
mod words;

pub(crate) use steps::{Step, apply};
