//! A yard that is rained out: jobs from the Monday after next on, the questions the window asks, what customers hear.
#![allow(dead_code, clippy::unwrap_used, reason = "each test file uses a part of it; a failed step is a failed test")]

use chrono::{DateTime, Datelike, Days, NaiveDate, Utc, Weekday};
use neff_tests::office::Office as TestOffice;
use office::view::{
    AgreedMove, CustomerMessage, JobFilter, JobMove, MessageInput, MessagesQuery, PlanStrategy, PlannedMove, RainOut,
    RainRequest, ScheduleJob, ScheduleOutcome, ScheduleQuery,
};
use uuid::Uuid;

use super::Computer;
use super::yard::{SMITH, yard};

/// The Monday after next, so that every day of the test lies ahead.
fn monday(at: DateTime<Utc>) -> NaiveDate {
    let day = at.date_naive() + Days::new(8);
    day + Days::new(u64::from((7 - day.weekday().num_days_from_monday()) % 7))
}

/// An office whose Monday is rained out.
pub struct Scene {
    pub office: TestOffice,
    pub dana: Computer,
    pub monday: NaiveDate,
}

impl Scene {
    pub async fn new() -> Self {
        let (office, dana) = yard().await;
        // Nobody's week or certificate is in the way here.
        office.execute("UPDATE crew_members SET availability_schedule = NULL").await;
        let monday = monday(office::clock::now());
        assert_eq!(monday.weekday(), Weekday::Mon);
        Self { office, dana, monday }
    }

    /// A job of a crew on a day, from 7 in the morning for 6 hours of the office's clock.
    pub async fn job(&self, crew: Uuid, day: u64, more: &str) -> Uuid {
        let id = Uuid::new_v4();
        let day = self.monday + Days::new(day);
        self.office
            .execute(&format!(
                "BEGIN; SET LOCAL app.source = 'manual_admin';
                 INSERT INTO job_schedules (id, contract_id, start_date, end_date, location_address, crew_assigned)
                 VALUES ('{id}', '{SMITH}', '{day} 07:00'::timestamp AT TIME ZONE neff.office_time_zone(), '{day} 13:00'::timestamp AT TIME ZONE neff.office_time_zone(),
                         '12 Oak St', '[{{\"id\": \"{crew}\"}}]'); {more}; COMMIT",
                more = more.replace("$id", &id.to_string()),
            ))
            .await;
        id
    }

    pub fn rain(&self, days: &[u64]) -> RainRequest {
        RainRequest {
            days: days.iter().map(|d| self.monday + Days::new(*d)).collect(),
            from_time: None,
            // The best fit may do the work sooner, on the Friday before.
            strategy: PlanStrategy::NothingForward,
            push_days: 1,
            other_crews: false,
        }
    }

    /// As the window asks at first.
    pub fn best_fit(&self, days: &[u64]) -> RainRequest {
        RainRequest { strategy: PlanStrategy::BestFit, ..self.rain(days) }
    }

    pub async fn jobs(&self) -> Vec<ScheduleJob> {
        let query =
            ScheduleQuery { from: self.monday, until: self.monday + Days::new(30), filter: JobFilter::default() };
        self.dana.office.schedule(&query).await.unwrap().jobs
    }

    pub async fn one(&self, id: Uuid) -> ScheduleJob {
        self.jobs().await.into_iter().find(|j| j.id == id).unwrap()
    }

    pub async fn apply(&self, request: RainRequest, moves: Vec<AgreedMove>) -> ScheduleOutcome {
        let rain_out = RainOut { request, moves, reason: "Rain on Monday".into(), override_reason: None };
        self.dana.office.apply_rain_out(&rain_out).await.unwrap()
    }

    /// What is to be said about a job.
    pub async fn open_calls(&self, job: Uuid) -> Vec<CustomerMessage> {
        let query = MessagesQuery { change_id: None, open: true };
        let all = self.dana.office.customer_messages(&query).await.unwrap();
        all.into_iter().filter(|m| m.job.as_ref().is_some_and(|j| j.id == job)).collect()
    }

    /// The only thing to be said about a job, and it is said.
    pub async fn ring(&self, job: Uuid) -> String {
        let call = self.open_calls(job).await;
        let [call] = &call[..] else { panic!("{call:?}") };
        let input = MessageInput {
            id: call.id,
            version: call.version,
            channel: call.channel.clone(),
            to_address: call.to_address.clone(),
            subject: call.subject.clone(),
            body: call.body.clone(),
            state: "done".into(),
            note: None,
        };
        self.dana.office.save_message(&input).await.unwrap().body
    }
}

/// A move as it was proposed.
pub fn agreed(m: &PlannedMove) -> AgreedMove {
    let (start, end) = (m.start.unwrap(), m.end.unwrap());
    AgreedMove {
        job: JobMove { id: m.job.id, version: m.job.version, start, end, reassign: None },
        crews: Some(m.crews.clone()),
    }
}
