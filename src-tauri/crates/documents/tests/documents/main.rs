//! The documents, read back by other people's libraries.

#![expect(clippy::unwrap_used, reason = "a document that cannot be read back is a failure")]

mod calendar;
mod csv;
mod day_sheet;
mod figures;
mod office;
mod paper;
mod week_plan;
