//! The harness of the office's tests: real servers, links that break, a desktop session, the real window.
//!
//! Nothing in here is a fake of the program. What surrounds the program is real too, except the notification
//! service, which records what it is asked to show.

// A test that cannot get its server, window or session has failed: panicking with the reason is the report.
#![allow(
    clippy::expect_used,
    clippy::unwrap_used,
    clippy::missing_panics_doc,
    reason = "the harness of tests: a failed step is a failed test"
)]

pub mod bench;
pub mod booking;
pub mod cluster;
pub mod keeper;
pub mod notifications;
pub mod office;
pub mod pooler;
pub mod postgres;
pub mod private_server;
pub mod proxy;
pub mod session;
pub mod sql;
pub mod window;
pub mod worker;
