//! The schedule: reading a part of it, judging a place on it, and writing jobs.

pub mod board;
pub mod check;
pub mod editor;
pub mod full;
pub mod history;
pub mod list;
pub mod messages;
pub mod outside;
pub mod rain;
pub mod rain_days;
pub mod since;
pub mod views;
pub mod write;
