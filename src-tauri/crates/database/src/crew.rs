//! Crew and equipment: people, crews and who is in them when, machines, time off, required certificates, and the jobs
//! that name any of them.
//!
//! Rows are read whole and written whole over the version seen: what an undo needs is what was there before.

mod jobs;
mod lists;
mod rows;
mod time;

pub use jobs::{JobRow, Span, crew_jobs, jobs_at_stake, resource_jobs};
pub use lists::{
    AwayRow, CrewLineRow, HeldRow, MachineLineRow, MemberRow, OfficeNow, PersonLineRow, crews, held_certificates,
    machines, memberships_of_crew, memberships_of_person, office_now, people, requirements, time_off_of_office,
    time_off_of_resource,
};
pub use rows::{
    CrewValues, MachineValues, MembershipValues, PersonValues, Stamped, TimeOffValues, contact, crew, found_alike,
    has_contact, has_dependents, lock_requirements, machine, membership, person, set_requirements, time_off,
    write_contact, write_crew, write_machine, write_membership, write_person, write_time_off,
};
pub use time::{dates, instants};

/// As many rows as a list of the screen holds.
pub const LIST: i64 = 5_000;
