//! Rain-out: a proposed plan, the check of an edited one, and applying it as one step.

use std::collections::{BTreeMap, HashMap};

use chrono::{DateTime, Days, NaiveTime, TimeDelta, Utc};
use database::schedule::board::{self, ScheduleJobRow};
use database::schedule::editor::{self, ContractRow};
use database::schedule::list;
use database::schedule::write::{self, JobImage};
use database::{DatabaseError, PgConnection};
use domain::job_status::Status;
use domain::planning::{self, Follows, Job, Request, Severity};
use domain::working_time::Interval;
use rust_decimal::prelude::ToPrimitive;
use serde_json::json;
use uuid::Uuid;

use super::OfficeTime;
use super::rain_people::{blocked, crews};
use crate::error::AppError;
use crate::office::Office;
use crate::view::{
    AgreedMove, Contact, KeptJob, PlanProblem, PlanStrategy, PlannedMove, RainPlan, RainRequest, ScheduleJob,
};
use crate::workflows::company::invalid;

/// Driving and setting up between two jobs of a day.
const TURNAROUND: u32 = 30;
/// The most days of rain in one plan, and the most working days to push by.
const RAIN_DAYS: usize = 14;
const PUSH: u32 = 20;

/// Everything a plan was made from.
pub(super) struct Ground {
    pub request: Request,
    pub time: OfficeTime,
    /// By job.
    pub rows: HashMap<Uuid, ScheduleJobRow>,
    /// By contract.
    pub contracts: HashMap<Uuid, ContractRow>,
}

impl Office {
    /// Proposes where the jobs that rain displaces could go. Nothing is written.
    ///
    /// # Errors
    /// [`crate::ErrorCode::Invalid`] for no days, too many, or a time that is none; else when the database cannot be
    /// asked.
    pub async fn plan_rain_out(&self, request: &RainRequest) -> Result<RainPlan, AppError> {
        let ground = self.ground(request).await?;
        let (ground, plan) = planned(ground).await?;
        let told = |id: &Uuid| ground.rows.get(id).cloned().map(ScheduleJob::from);
        let hit = |id: &Uuid| plan.needs_call.iter().all(|c| c.job != *id) && ground.is_hit(*id);
        let mut moves: Vec<PlannedMove> = plan
            .moves
            .iter()
            .filter_map(|m| {
                Some(PlannedMove {
                    job: told(&m.job)?,
                    hit: hit(&m.job),
                    start: Some(m.to.start),
                    end: Some(m.to.end),
                    crews: m.to.crews.clone(),
                    why: m.sentence.clone(),
                    days_later: i32::try_from(m.days_later).unwrap_or_default(),
                    tell: ground.contact(m.job),
                })
            })
            .collect();
        moves.extend(plan.unplaced.iter().filter_map(|u| {
            Some(PlannedMove {
                job: told(&u.job)?,
                hit: u.hit,
                start: None,
                end: None,
                crews: u.from.crews.clone(),
                why: u.sentence.clone(),
                days_later: 0,
                tell: ground.contact(u.job),
            })
        }));
        let kept = plan
            .needs_call
            .iter()
            .filter_map(|c| Some(KeptJob { job: told(&c.job)?, why: c.sentence.clone(), tell: ground.contact(c.job) }))
            .collect();
        Ok(RainPlan {
            as_of: ground.time.now,
            zone: ground.time.zone().name().to_owned(),
            moves,
            kept,
            days_of_delay: u32::try_from(plan.summary.days_of_delay).unwrap_or_default(),
        })
    }

    /// What is wrong with a plan that a person edited.
    ///
    /// # Errors
    /// As [`Office::plan_rain_out`].
    pub async fn check_rain_out(
        &self,
        request: &RainRequest,
        moves: &[AgreedMove],
    ) -> Result<Vec<PlanProblem>, AppError> {
        let ground = self.ground(request).await?;
        let plan = ground.agreed(moves);
        let problems = tokio::task::spawn_blocking(move || planning::check(&ground.request, &plan)).await;
        Ok(problems
            .unwrap_or_default()
            .into_iter()
            .map(|v| PlanProblem { job_id: v.job, text: v.sentence, refuses: v.severity == Severity::Stops })
            .collect())
    }

    pub(super) async fn ground(&self, request: &RainRequest) -> Result<Ground, AppError> {
        let (pool, _) = self.at_work().await?;
        let mut connection = pool.acquire().await.map_err(DatabaseError::from)?;
        read_ground(&mut connection, request).await
    }
}

/// Planning may take a while: not on the threads that answer the window.
pub(super) async fn planned(ground: Ground) -> Result<(Ground, planning::Plan), AppError> {
    tokio::task::spawn_blocking(move || {
        let plan = planning::plan(&ground.request);
        (ground, plan)
    })
    .await
    .map_err(|error| {
        AppError::new(crate::error::ErrorCode::Internal, "The plan could not be made. Nothing was changed.")
            .with_details(error.to_string())
    })
}

/// The stretches lost to rain.
pub(super) fn rain_of(request: &RainRequest, time: &OfficeTime) -> Result<Vec<Interval>, AppError> {
    let mut days = request.days.clone();
    days.sort_unstable();
    days.dedup();
    if days.is_empty() || days.len() > RAIN_DAYS {
        return Err(invalid("days", "Choose 1 to 14 days of rain."));
    }
    let from = match request.from_time.as_deref() {
        Some(text) => Some(
            NaiveTime::parse_from_str(text, "%H:%M")
                .map_err(|_| invalid("from_time", "Enter a time such as 12:00."))?,
        ),
        None => None,
    };
    Ok(days
        .iter()
        .enumerate()
        .map(|(n, day)| {
            let whole = time.calendar.day(*day);
            let start = from.filter(|_| n == 0).map_or(whole.start, |t| time.calendar.instant(day.and_time(t)));
            Interval::new(start, whole.end)
        })
        .collect())
}

async fn read_ground(c: &mut PgConnection, asked: &RainRequest) -> Result<Ground, AppError> {
    let now = database::today::office_day(c).await?.now;
    let time = OfficeTime::closed_on_holidays(c, now - TimeDelta::days(30), now + TimeDelta::days(200)).await?;
    let rain = rain_of(asked, &time)?;
    let strategy = match asked.strategy {
        PlanStrategy::BestFit => planning::Strategy::BestFit,
        PlanStrategy::NothingForward => planning::Strategy::PullNothingForward,
        PlanStrategy::PushAll if (1..=PUSH).contains(&asked.push_days) => {
            planning::Strategy::PushAll { working_days: asked.push_days }
        }
        PlanStrategy::PushAll => return Err(invalid("push_days", "Enter 1 to 20 working days.")),
    };
    let first_rain = rain.first().map_or(now, |r| r.start);
    let mut request = Request {
        calendar: time.calendar.clone(),
        // Nobody is sent somewhere today without having been told.
        not_before: tomorrow(&time),
        rain,
        recorded_rain: Vec::new(),
        horizon_days: planning::USUAL_HORIZON,
        strategy,
        may_change_crew: asked.other_crews,
        substitutes: Vec::new(),
        turnaround_minutes: TURNAROUND,
        jobs: Vec::new(),
        occupied: Vec::new(),
        crews: Vec::new(),
        blocked: Vec::new(),
        names: BTreeMap::new(),
    };
    let reach = request.reach();
    let (from, until) = (reach.start.min(first_rain), reach.end);

    let filter =
        json!({"from": from, "until": until, "statuses": ["scheduled", "rescheduled", "confirmed", "in_progress"]});
    let page = list::Page {
        filter: &filter,
        group: "none",
        sort: "start",
        descending: false,
        after: None,
        limit: board::PART + 1,
    };
    let mut ids: Vec<Uuid> = list::page(c, &page).await?.into_iter().map(|(id, _)| id).collect();
    if ids.len() > board::PART as usize {
        // Work put where jobs are that were left out would be double booked.
        let sentence = "More than 5,000 jobs are open in the weeks a plan looks at: it cannot be made for so many.";
        return Err(invalid("days", sentence));
    }
    let images = write::read(c, &ids).await?;
    // What is waited for counts wherever it is.
    let waited: Vec<Uuid> =
        images.iter().filter_map(|(i, _)| i.follows_job_id).filter(|id| !ids.contains(id)).collect();
    let mut images: HashMap<Uuid, JobImage> = images.into_iter().map(|(i, _)| (i.id, i)).collect();
    images.extend(write::read(c, &waited).await?.into_iter().map(|(i, _)| (i.id, i)));
    ids.extend(waited);
    let rows: HashMap<Uuid, ScheduleJobRow> = board::jobs(c, &ids).await?.into_iter().map(|r| (r.id, r)).collect();
    let contract_ids: Vec<Uuid> = rows.values().filter_map(|r| r.contract_id).collect();
    let contracts: HashMap<Uuid, ContractRow> =
        editor::contracts(c, &contract_ids).await?.into_iter().map(|k| (k.id, k)).collect();

    let mut direct: HashMap<Uuid, (Vec<Uuid>, Vec<Uuid>)> = HashMap::new();
    for word in write::words(c, &ids).await? {
        let (Some(id), people_and_machines) = (word.resource_id, direct.entry(word.job_id).or_default()) else {
            continue;
        };
        match word.found.as_str() {
            "person" => people_and_machines.0.push(id),
            "machine" => people_and_machines.1.push(id),
            _ => {}
        }
    }
    for id in &ids {
        if let (Some(image), Some(row)) = (images.get(id), rows.get(id)) {
            let (people, machines) = direct.remove(id).unwrap_or_default();
            request.jobs.push(job(image, row, people, machines));
            let name = row.customer.clone().unwrap_or_else(|| row.address.clone());
            request.names.insert(*id, name);
        }
    }
    crews(c, &mut request, &time, until).await?;
    blocked(c, &mut request, &time, (from, until)).await?;
    Ok(Ground { request, time, rows, contracts })
}

fn job(image: &JobImage, row: &ScheduleJobRow, people: Vec<Uuid>, machines: Vec<Uuid>) -> Job {
    Job {
        id: image.id,
        start: image.start_date,
        end: image.end_date,
        status: Status::read(Some(&image.status)).unwrap_or(Status::Scheduled),
        weather_dependent: image.weather_dependent,
        priority: u8::try_from(image.priority_level).unwrap_or(3),
        pinned: image.pinned,
        contract: image.contract_id,
        crews: row.crews.clone(),
        people,
        machines,
        follows: image
            .follows_job_id
            .map(|job| Follows { job, lag_hours: image.follows_after_hours.ceil().to_u32().unwrap_or_default() }),
    }
}

/// When work begins tomorrow.
fn tomorrow(time: &OfficeTime) -> DateTime<Utc> {
    time.calendar.working_hours(time.today() + Days::new(1)).start
}

impl Ground {
    /// It would be done in the rain.
    fn is_hit(&self, id: Uuid) -> bool {
        self.rows.get(&id).is_some_and(|row| {
            let job = Interval::new(row.start, row.end);
            let days = self.request.calendar.work_of(job);
            row.weather_dependent && self.request.rain.iter().any(|r| days.iter().any(|d| d.during.overlaps(r)))
        })
    }

    /// What it would hit and may be moved.
    pub(super) fn displaced(&self) -> impl Iterator<Item = &Job> {
        self.request.jobs.iter().filter(|job| {
            matches!(job.status, Status::Scheduled | Status::Rescheduled) && !job.pinned && self.is_hit(job.id)
        })
    }

    /// Who is to be told about a job, and how they prefer it.
    pub(super) fn contact(&self, job: Uuid) -> Contact {
        let contract = self.rows.get(&job).and_then(|r| r.contract_id).and_then(|id| self.contracts.get(&id));
        let Some(k) = contract else {
            return Contact { name: None, method: "phone".to_owned(), phone: None, email: None };
        };
        let known = |text: &Option<String>| text.as_deref().map(str::trim).filter(|t| !t.is_empty()).map(str::to_owned);
        let (phone, email) = (known(&k.phone), known(&k.email));
        let preferred = k.method.as_deref().unwrap_or(if email.is_some() { "email" } else { "phone" });
        let method = match preferred {
            "email" if email.is_some() => "email",
            "sms" if phone.is_some() => "sms",
            // A letter is too slow for this.
            _ if phone.is_some() => "phone",
            _ if email.is_some() => "email",
            _ => "phone",
        };
        Contact { name: Some(k.customer.clone()), method: method.to_owned(), phone, email }
    }

    /// A plan as a person agreed to it; what they took out of it keeps its place.
    fn agreed(&self, moves: &[AgreedMove]) -> planning::Plan {
        let slot = |start, end, crews: &[Uuid]| {
            let mut crews = crews.to_vec();
            crews.sort_unstable();
            planning::Slot { start, end, crews }
        };
        let mut plan = planning::Plan::default();
        for m in moves {
            let Some(row) = self.rows.get(&m.job.id) else { continue };
            let to = slot(m.job.start, m.job.end, m.crews.as_deref().unwrap_or(&row.crews));
            plan.moves.push(planning::Move {
                job: row.id,
                from: slot(row.start, row.end, &row.crews),
                to,
                why: planning::Why::ByHand,
                sentence: String::new(),
                days_later: 0,
                tell_customer: true,
            });
        }
        plan.unplaced = self
            .displaced()
            .filter(|job| plan.moves.iter().all(|m| m.job != job.id))
            .map(|job| planning::Unplaced {
                job: job.id,
                from: slot(job.start, job.end, &job.crews),
                hit: true,
                reason: planning::NoPlace::NoWorkingDays,
                sentence: String::new(),
            })
            .collect();
        plan
    }
}
