//! What the window may call. Each translates, calls `office` once, and translates back.

pub(crate) mod alerts;
pub(crate) mod connection;
pub(crate) mod crew;
pub(crate) mod estimates;
pub(crate) mod jobs;
pub(crate) mod papers;
pub(crate) mod rain;
pub(crate) mod records;
pub(crate) mod schedule;
pub(crate) mod settings;
pub(crate) mod system;

use std::sync::Arc;

use office::{AppError, Office};

/// What a command gives back.
pub(crate) type Answer<T> = Result<T, AppError>;
/// The office of this program.
pub(crate) type TheOffice<'a> = tauri::State<'a, Arc<Office>>;
