//! Jobs as the programs that enter them write them.

use std::collections::HashMap;

use serde_json::{Value, json};

use crate::calendar::plus;
use crate::copy::{Gone, Outlet, Source, Table};
use crate::crews::crew_name;
use crate::dice::{Dice, Topic, id};
use crate::estimates::place;
use crate::history;
use crate::plan::Plan;
use crate::schedule::{Job, Peculiar};
use crate::trade::Work;

/// Jobs written together, before their history.
const TOGETHER: usize = 10_000;

/// The status of a job, seen at six in the morning of today.
pub(crate) fn status(plan: &Plan, number: usize) -> &'static str {
    let job = &plan.jobs[number];
    let ahead = (job.day - plan.calendar.today).num_days();
    let mut dice = Dice::new(plan.seed, Topic::JobText, !number);
    match job.peculiar {
        Peculiar::Canceled => "canceled",
        _ if job.last < plan.calendar.today => "completed",
        Peculiar::Unassigned | Peculiar::Clash => "scheduled",
        // Those who start at six have started; who comes second today waits.
        _ if ahead <= 0 && job.start < 600 => "in_progress",
        _ if ahead <= 0 => "confirmed",
        _ if job.rained_out.is_some() => "rescheduled",
        _ if dice.chance(if ahead <= 7 { 620 } else { 150 }) => "confirmed",
        _ => "scheduled",
    }
}

/// Who is on it, in the shape its writer uses.
pub(crate) fn crew_assigned(plan: &Plan, number: usize, job: &Job) -> Option<Value> {
    let roster = &plan.roster;
    let mut dice = Dice::new(plan.seed, Topic::JobText, number);
    let crew = id(plan.seed, Topic::Crew, job.crew);
    let name = crew_name(job.crew, roster.crews);
    let member = |number: usize| id(plan.seed, Topic::Person, number);
    let full = |number: usize| roster.members[number].name.full();
    let members = || roster.on(job.crew, job.day);
    match job.peculiar {
        Peculiar::Unassigned => return dice.chance(700).then(|| json!([])),
        Peculiar::Clash => return Some(json!([name])),
        Peculiar::Unknown => {
            let nobody = dice.pick(&[
                "Big Mike",
                "2 temps from the agency",
                "Joe's nephew",
                "Crew 7",
                "sub: Fox Valley Striping",
            ]);
            let mut all: Vec<Value> = members().take(2).map(|number| json!(full(number))).collect();
            all.push(json!(nobody));
            return Some(Value::Array(all));
        }
        Peculiar::Nothing | Peculiar::Canceled => {}
    }
    Some(match (job.source, dice.below(100)) {
        (Source::Office | Source::System, 0..62) => json!([{"crew": crew}]),
        (Source::Office | Source::System, 62..80) => json!([{"crew": name}]),
        (Source::Office | Source::System, _) => {
            members().map(|number| json!({"id": member(number), "name": full(number)})).collect()
        }
        (Source::Calendly, 0..66) => json!([name]),
        (Source::Calendly, _) => members().map(|number| json!(full(number))).collect(),
        (Source::Mobile, _) => members().map(|number| json!(member(number))).collect(),
        (Source::Api, _) => members().map(|number| json!({"name": full(number)})).collect(),
    })
}

/// What is needed for it, in the shape its writer uses.
pub(crate) fn equipment_needed(plan: &Plan, number: usize, job: &Job) -> Value {
    if matches!(job.peculiar, Peculiar::Unassigned | Peculiar::Clash) {
        return json!([]);
    }
    let mut dice = Dice::new(plan.seed, Topic::Machine, !number);
    let count = 1 + dice.weighted(&[30, 45, 25]);
    let machine = |number: usize| id(plan.seed, Topic::Machine, number);
    let name = |number: usize| plan.roster.machines[number].name.as_str();
    let machines = plan.roster.machines_of(job.crew).take(count);
    match job.source {
        Source::Office | Source::System => {
            machines.map(|number| json!({"id": machine(number), "name": name(number)})).collect()
        }
        Source::Calendly => machines.map(|number| json!(name(number))).collect(),
        Source::Mobile => machines.map(|number| json!(machine(number))).collect(),
        Source::Api => machines.map(|number| json!({"name": name(number)})).collect(),
    }
}

fn instructions(job: &Job, dice: &mut Dice) -> Option<String> {
    let what = match (job.work, job.visit) {
        (_, 0) => job.work.name().to_owned(),
        (Work::Striping, _) => "Stripe, 24 h after the last coat".to_owned(),
        (Work::Patching, _) => "Edges and clean-up".to_owned(),
        (Work::LotOverlay, _) => "Second half of the lot".to_owned(),
        (work, visit) => format!("{}, visit {}", work.name(), visit + 1),
    };
    let more = dice.pick(&[
        "",
        "",
        "",
        "Call the customer 30 minutes before.",
        "Cars out by 6 am, notice is on the doors.",
        "Utility locates are marked.",
        "Park trucks on the street side.",
        "Keep the fire lane open.",
        "Gate code 4417.",
        "Second half after lunch.",
        "Mind the new concrete apron.",
        "Watch the low wire at the entrance.",
        "Bring the hand tamper for the edges.",
    ]);
    if job.emergency {
        return Some(format!("EMERGENCY: {what}. {more}").trim_end().to_owned());
    }
    dice.chance(700).then(|| format!("{what}. {more}").trim_end().to_owned())
}

const COLUMNS: &str = "id, contract_id, calendly_event_uri, start_date, end_date, status, crew_assigned, equipment_needed, \
    location_address, special_instructions, estimated_duration_hours, weather_dependent, priority_level, pinned, follows_job_id, \
    follows_after_hours, created_at, updated_at";

/// Writes the jobs in the order of time, ten thousand by ten thousand, each with its history.
pub(crate) fn write(plan: &Plan, outlet: &Outlet) -> Result<(), Gone> {
    let visits = visits(plan);
    let mut history = history::Writer::new(plan, outlet);
    let numbers: Vec<usize> = (0..plan.jobs.len()).collect();
    for together in numbers.chunks(TOGETHER) {
        for source in [Source::Office, Source::Mobile, Source::Api, Source::Calendly] {
            let mut table = Table::new(outlet, source, "job_schedules", COLUMNS);
            // Over what is there already: the booking page asks nobody.
            for over in [false, true] {
                let of_source = together.iter().filter(|number| plan.jobs[**number].source == source);
                for number in of_source.filter(|number| (plan.jobs[**number].peculiar == Peculiar::Clash) == over) {
                    write_job(plan, &visits, *number, &mut table)?;
                }
            }
            table.flush()?;
        }
        for number in together {
            history.write(*number)?;
        }
        history.flush()?;
    }
    Ok(())
}

/// The jobs of the office by contract and visit.
type Visits = HashMap<(usize, usize), usize>;

/// Jobs the office entered, where what they wait for is written before them.
fn visits(plan: &Plan) -> Visits {
    let entered = plan.jobs.iter().enumerate().filter(|(_, job)| job.source == Source::Office && !job.is_canceled());
    entered.filter_map(|(number, job)| Some(((job.contract?, job.visit), number))).collect()
}

/// The job that striping waits for, a day and a night.
fn first_of(plan: &Plan, visits: &Visits, number: usize) -> Option<usize> {
    let job = &plan.jobs[number];
    let waits = job.source == Source::Office && job.work == Work::Striping && !job.is_canceled();
    let first = *visits.get(&(job.contract.filter(|_| waits)?, job.visit.checked_sub(1)?))?;
    (first < number && plus(plan.jobs[first].last, 1) < job.day).then_some(first)
}

/// A few dates the office promised itself.
fn pinned(plan: &Plan, number: usize, status: &str) -> bool {
    let job = &plan.jobs[number];
    job.source == Source::Office
        && job.day > plan.calendar.today
        && matches!(status, "scheduled" | "rescheduled")
        && Dice::new(plan.seed, Topic::Pinned, number).chance(40)
}

fn write_job(plan: &Plan, visits: &Visits, number: usize, table: &mut Table<'_>) -> Result<(), Gone> {
    let job = &plan.jobs[number];
    let calendar = &plan.calendar;
    let mut dice = Dice::new(plan.seed, Topic::Schedule, !number);
    let status = status(plan, number);
    let (start, end) = (calendar.at(job.day, job.start), calendar.at(job.last, job.start + job.minutes));
    let created = history::entered(plan, number);
    let changed = match status {
        "completed" => calendar.at(job.last, job.start + job.minutes + 10),
        "canceled" => created,
        _ => calendar.at(plus(calendar.today, -1), 17 * 60),
    };
    table.plain(id(plan.seed, Topic::JobText, number));
    table.maybe_plain(job.contract.map(|contract| id(plan.seed, Topic::Contract, contract)));
    if job.source == Source::Calendly {
        let event = id(plan.seed, Topic::Schedule, number);
        table.plain(format_args!("https://api.calendly.com/scheduled_events/{event}"));
    } else {
        table.null();
    }
    table.time(start).time(end).plain(status);
    match crew_assigned(plan, number, job) {
        Some(crew) => table.json(&crew),
        None => table.null(),
    };
    let priority = if job.emergency { 5 } else { [3, 2, 4, 1][dice.weighted(&[62, 20, 13, 5])] };
    table
        .json(&equipment_needed(plan, number, job))
        .text(&place(plan, job.customer, job.site))
        .maybe(instructions(job, &mut dice).as_deref())
        .cents(job.minutes * job.days * 100 / 60)
        .plain(job.work.weather_dependent() && !job.emergency)
        .plain(priority)
        .plain(pinned(plan, number, status));
    let first = first_of(plan, visits, number);
    table
        .maybe_plain(first.map(|first| id(plan.seed, Topic::JobText, first)))
        .plain(if first.is_some() { 24 } else { 0 })
        .time(created)
        .time(changed.max(created));
    table.end()
}
