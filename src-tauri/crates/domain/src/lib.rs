//! What the office knows, as plain functions: no I/O, no clock, no async.

pub mod availability;
pub mod certifications;
pub mod csv;
pub mod job_status;
pub mod planning;
pub mod popups;
pub mod quiet;
pub mod search;
pub mod text;
pub mod working_time;
pub mod zone;
