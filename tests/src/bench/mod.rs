//! What `./dev bench` measures, and the table it prints.

pub mod figures;
pub mod popups;
pub mod rules;
pub mod start;
