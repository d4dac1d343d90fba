//! A small paving company: two crews, three people, a paver, one customer.
#![allow(dead_code, clippy::unwrap_used, reason = "each test file uses a part of it; a failed step is a failed test")]

use chrono::{DateTime, Utc};
use neff_tests::office::Office as TestOffice;
use office::view::{JobMove, JobSeed, ResourceKind, ResourceRef, ScheduleJob, ScheduleOutcome};
use uuid::Uuid;

use super::Computer;

/// Two crews, three people, a machine, a customer with a contract; times are Chicago's June 2027.
const YARD: &str = "
    INSERT INTO crew_members (id, name, role, status, availability_schedule, certifications) VALUES
        ('00000000-0000-4000-8000-0000000000a1', 'Ann Ames', 'foreman', 'active', '{\"monday\": [{\"start\": \"06:00\", \"end\": \"16:30\"}], \"sunday\": []}', '[{\"name\": \"OSHA 30\", \"expires\": \"2027-06-09\"}]'),
        ('00000000-0000-4000-8000-0000000000a2', 'Bob <b>Bell</b>', 'truck driver', 'active', NULL, NULL),
        ('00000000-0000-4000-8000-0000000000a3', 'Cy Cole', 'raker', 'active', '\"whenever\"', '[]');
    INSERT INTO crews (id, name) VALUES
        ('00000000-0000-4000-8000-0000000000c1', 'Paving A'), ('00000000-0000-4000-8000-0000000000c2', 'Sealcoat');
    INSERT INTO crew_memberships (crew_id, crew_member_id, during, is_lead) VALUES
        ('00000000-0000-4000-8000-0000000000c1', '00000000-0000-4000-8000-0000000000a1', '[2020-01-01,)', true),
        ('00000000-0000-4000-8000-0000000000c1', '00000000-0000-4000-8000-0000000000a2', '[2020-01-01,)', false),
        ('00000000-0000-4000-8000-0000000000c2', '00000000-0000-4000-8000-0000000000a3', '[2020-01-01,)', false);
    INSERT INTO equipment (id, name, kind) VALUES ('00000000-0000-4000-8000-0000000000e1', 'Paver 1', 'paver');
    INSERT INTO contracts (id, client_name, client_phone, client_email, service_type, project_address, status) VALUES
        ('00000000-0000-4000-8000-0000000000d1', 'Smith & Sons <Lot 4>', '630-555-0101', 'smith@example.com', 'commercial', '12 Oak St', 'approved');";
pub const A: Uuid = Uuid::from_u128(0x0000_0000_0000_4000_8000_0000_0000_00c1);
pub const S: Uuid = Uuid::from_u128(0x0000_0000_0000_4000_8000_0000_0000_00c2);
pub const ANN: Uuid = Uuid::from_u128(0x0000_0000_0000_4000_8000_0000_0000_00a1);
pub const PAVER: Uuid = Uuid::from_u128(0x0000_0000_0000_4000_8000_0000_0000_00e1);
pub const SMITH: Uuid = Uuid::from_u128(0x0000_0000_0000_4000_8000_0000_0000_00d1);

pub fn at(text: &str) -> DateTime<Utc> {
    DateTime::parse_from_rfc3339(&format!("{text}:00-05:00")).unwrap().to_utc()
}

/// An office with the yard, and somebody at work in it.
pub async fn yard() -> (TestOffice, Computer) {
    let office = TestOffice::open().await;
    office.execute(YARD).await;
    let dana = Computer::of(&office).await;
    (office, dana)
}

/// A job of a crew, entered through the program.
pub async fn enter(dana: &Computer, crew: Uuid, start: &str, end: &str) -> ScheduleJob {
    let resource = Some(ResourceRef { kind: ResourceKind::Crew, id: crew });
    let seed = JobSeed {
        contract_id: Some(SMITH),
        start: Some(at(start)),
        end: Some(at(end)),
        resource,
        ..JobSeed::default()
    };
    let edit = dana.office.job_seed(&seed).await.unwrap();
    done(dana.office.create_job(&edit.input, None, None).await.unwrap()).1.remove(0)
}

pub fn done(outcome: ScheduleOutcome) -> (Uuid, Vec<ScheduleJob>) {
    match outcome {
        ScheduleOutcome::Done { change: Some(change), jobs } => (change.id, jobs),
        other => panic!("not done: {other:?}"),
    }
}

pub fn to(job: &ScheduleJob, start: &str, end: &str) -> JobMove {
    JobMove { id: job.id, version: job.version, start: at(start), end: at(end), reassign: None }
}
