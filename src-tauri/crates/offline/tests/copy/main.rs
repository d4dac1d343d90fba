//! The copy on real files: what it keeps, what it refuses, and what a thief, a crash and a full disk make of it.

#![expect(clippy::unwrap_used, clippy::panic, reason = "a test ends at the first thing that goes wrong")]

mod crash;
mod damage;
#[cfg(target_os = "linux")]
mod disk;
mod figures;
mod holding;
mod keeping;
mod support;
mod theft;
