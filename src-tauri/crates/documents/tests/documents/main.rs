//! The documents, read back by other people's libraries.

mod calendar;
mod csv;
mod day_sheet;
mod figures;
mod office;
mod paper;
mod week_plan;
