//! What happened to the jobs: entered, moved for rain, crews changed, started, done.

use chrono::{DateTime, NaiveDate, Utc};
use serde_json::{Value, json};

use crate::calendar::{Calendar, plus};
use crate::copy::{Gone, Outlet, Source, Table};
use crate::crews::crew_name;
use crate::dice::{Dice, Topic, id};
use crate::jobs;
use crate::plan::{Plan, office_day};
use crate::schedule::{Job, Peculiar};

/// A line of the history.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Event {
    Entered,
    Noted,
    RainedOut,
    CrewChanged,
    EquipmentChanged,
    Confirmed,
    Started,
    Completed,
    Canceled,
}

/// When a job was entered.
pub(crate) fn entered(plan: &Plan, number: usize) -> DateTime<Utc> {
    let mut dice = Dice::new(plan.seed, Topic::Change, number);
    plan.calendar.at(plan.jobs[number].created, dice.between(8 * 60, 11 * 60 + 55))
}

/// Everything that may have happened to a job, in the order of time. True: it did; false: it may be left out.
fn story(plan: &Plan, number: usize) -> impl Iterator<Item = (Event, bool)> {
    let job = &plan.jobs[number];
    let status = jobs::status(plan, number);
    let mut dice = Dice::new(plan.seed, Topic::TimeOff, number);
    let done = status == "completed";
    let begun = done || status == "in_progress";
    let staffed = !matches!(job.peculiar, Peculiar::Unassigned | Peculiar::Clash | Peculiar::Unknown);
    let (noted, crew, equipment) = (dice.chance(400), dice.chance(300), dice.chance(130));
    let all = [
        (true, Event::Entered, true),
        (noted, Event::Noted, false),
        (job.rained_out.is_some(), Event::RainedOut, true),
        (staffed && crew && begun, Event::CrewChanged, false),
        (staffed && equipment && begun, Event::EquipmentChanged, false),
        (begun || status == "confirmed", Event::Confirmed, status == "confirmed"),
        (begun, Event::Started, status == "in_progress"),
        (done, Event::Completed, true),
        (job.is_canceled(), Event::Canceled, true),
    ];
    all.into_iter().filter(|(possible, _, _)| *possible).map(|(_, event, certain)| (event, certain))
}

/// The database has already written that each job was entered, just now and by the program that fills it. This is
/// when and by whom it was.
///
/// The rows are found one by one through their index: the tables grow within the transaction, and the planner would
/// read all of them.
pub(crate) const ENTERED: &str = "
    SET LOCAL enable_hashjoin = off; SET LOCAL enable_mergejoin = off; SET LOCAL enable_seqscan = off;
    UPDATE schedule_changes c
       SET id = e.id, previous_data = NULL, new_data = e.new_data, reason = e.reason, changed_at = e.changed_at,
           changed_by = e.changed_by, source = e.source
      FROM sample_entered e
     WHERE c.job_schedule_id = e.job_schedule_id AND c.written_by_trigger;
    SET LOCAL enable_hashjoin = on; SET LOCAL enable_mergejoin = on; SET LOCAL enable_seqscan = on;
    TRUNCATE sample_entered";

/// Where the rows for [`ENTERED`] wait.
pub(crate) const WAITING: &str = "
    CREATE TEMPORARY TABLE sample_entered (
        id uuid, job_schedule_id uuid, job_id_was uuid, change_type text, previous_data jsonb, new_data jsonb, reason text,
        changed_at timestamptz, changed_by text, source text) ON COMMIT DROP";

/// Writes histories; of what may be left out so much stays that the number of lines is the one wanted.
pub(crate) struct Writer<'a> {
    plan: &'a Plan,
    entered: Table<'a>,
    table: Table<'a>,
    lines: usize,
    /// Lines that may be left out: how many are still to be written, of how many.
    wanted: usize,
    left: usize,
}

impl<'a> Writer<'a> {
    pub(crate) fn new(plan: &'a Plan, outlet: &'a Outlet) -> Self {
        let columns = "id, job_schedule_id, job_id_was, change_type, previous_data, new_data, reason, changed_at, changed_by, source";
        let (mut certain, mut left) = (0, 0);
        for number in 0..plan.jobs.len() {
            for (_, is_certain) in story(plan, number) {
                if is_certain { certain += 1 } else { left += 1 }
            }
        }
        let wanted = plan.sizes.changes.saturating_sub(certain);
        let table = |name| Table::new(outlet, Source::System, name, columns);
        let entered = table("sample_entered").then(ENTERED);
        Self { plan, entered, table: table("schedule_changes"), lines: 0, wanted, left }
    }

    pub(crate) fn flush(&mut self) -> Result<(), Gone> {
        self.entered.flush()?;
        self.table.flush()
    }

    /// The history of one job.
    pub(crate) fn write(&mut self, number: usize) -> Result<(), Gone> {
        let mut status = "scheduled";
        for (event, certain) in story(self.plan, number) {
            if !certain {
                let mut dice = Dice::new(self.plan.seed, Topic::Change, self.lines ^ (number << 20));
                let stays = dice.below(self.left) < self.wanted;
                self.left -= 1;
                if !stays {
                    continue;
                }
                self.wanted -= 1;
            }
            self.line(number, event, &mut status)?;
        }
        Ok(())
    }

    fn line(&mut self, number: usize, event: Event, status: &mut &'static str) -> Result<(), Gone> {
        let plan = self.plan;
        let job = &plan.jobs[number];
        let mut dice = Dice::new(plan.seed, Topic::Membership, !self.lines);
        let told = tell(plan, number, event, status, &mut dice);
        let table = if event == Event::Entered { &mut self.entered } else { &mut self.table };
        table
            .plain(id(plan.seed, Topic::Change, self.lines))
            .plain(id(plan.seed, Topic::JobText, number))
            .plain(id(plan.seed, Topic::JobText, number))
            .plain(told.kind);
        match told.before {
            Some(value) => table.json(&value),
            None => table.null(),
        };
        table.json(&told.after).text(&told.reason).time(when(plan, number, event, &mut dice));
        table.text(&who(plan, job, event, &mut dice)).plain(source(job, event).name());
        self.lines += 1;
        table.end()
    }
}

struct Told {
    kind: &'static str,
    before: Option<Value>,
    after: Value,
    reason: String,
}

fn tell(plan: &Plan, number: usize, event: Event, status: &mut &'static str, dice: &mut Dice) -> Told {
    let job = &plan.jobs[number];
    let mut becomes = |now: &'static str| {
        let before = json!({"status": *status});
        *status = now;
        (Some(before), json!({"status": now}))
    };
    let dates = |day: NaiveDate| times(&plan.calendar, job, day);
    let (kind, (before, after), reason) = match event {
        Event::Entered => {
            let mut after = dates(job.rained_out.unwrap_or(job.day));
            after["status"] = json!("scheduled");
            let reason =
                if job.source == Source::Calendly { "Booked on the web page" } else { "Job initially scheduled" };
            ("scheduled", (None, after), reason.to_owned())
        }
        Event::Noted => {
            let note = dice.pick(&[
                "Customer asks for a call the day before",
                "Gate code added",
                "Locates requested",
                "Plan sheet attached",
                "Access from the alley only",
            ]);
            (
                "notes_added",
                (Some(json!({"special_instructions": null})), json!({"special_instructions": note})),
                note.to_owned(),
            )
        }
        Event::RainedOut => {
            let rain = job.rained_out.unwrap_or(job.day);
            let reason = format!(
                "{}: moved from {} to {}",
                dice.pick(&["Rained out", "Rain", "Too wet and too cold", "Storms"]),
                rain.format("%a %b %-d"),
                job.day.format("%a %b %-d")
            );
            ("rescheduled", (Some(dates(rain)), dates(job.day)), reason)
        }
        Event::CrewChanged => {
            let other = (job.crew + 1 + dice.below(plan.roster.crews - 1)) % plan.roster.crews;
            let before = json!({"crew_assigned": [{"crew": crew_name(other, plan.roster.crews)}]});
            let after = json!({"crew_assigned": jobs::crew_assigned(plan, number, job)});
            (
                "crew_changed",
                (Some(before), after),
                dice.pick(&["Called in sick", "Short a roller operator", "Other crew runs late", "Closer to the yard"])
                    .to_owned(),
            )
        }
        Event::EquipmentChanged => {
            let after = json!({"equipment_needed": jobs::equipment_needed(plan, number, job)});
            (
                "equipment_changed",
                (Some(json!({"equipment_needed": []})), after),
                dice.pick(&["Machine in the shop", "Machines decided at the morning meeting"]).to_owned(),
            )
        }
        Event::Confirmed => (
            "status_updated",
            becomes("confirmed"),
            dice.pick(&["Customer confirmed by phone", "Confirmed by text", "Customer confirmed"]).to_owned(),
        ),
        Event::Started => ("status_updated", becomes("in_progress"), "Crew on site".to_owned()),
        Event::Completed => (
            "completed",
            becomes("completed"),
            dice.pick(&["Done, photos taken", "Done", "Done, customer walked it with us"]).to_owned(),
        ),
        Event::Canceled => (
            "canceled",
            becomes("canceled"),
            dice.pick(&[
                "Customer canceled",
                "Customer sold the house",
                "No permit this year",
                "Booked twice",
                "Postponed to next season",
            ])
            .to_owned(),
        ),
    };
    Told { kind, before, after, reason }
}

/// The job's times, had it been on that day.
fn times(calendar: &Calendar, job: &Job, day: NaiveDate) -> Value {
    let length = (job.last - job.day).num_days();
    let (start, end) = (calendar.at(day, job.start), calendar.at(plus(day, length), job.start + job.minutes));
    json!({"start_date": start, "end_date": end})
}

/// Never after the office opened today, and in the order of the story.
fn when(plan: &Plan, number: usize, event: Event, dice: &mut Dice) -> DateTime<Utc> {
    let job = &plan.jobs[number];
    let calendar = &plan.calendar;
    let eve = plus(job.day, -1).min(plus(calendar.today, -1));
    let last_call = if office_day(eve) >= job.created { office_day(eve) } else { eve };
    let mut at = |day: NaiveDate, from: i64, until: i64| calendar.at(day, dice.between(from, until));
    match event {
        Event::Entered => entered(plan, number),
        Event::Noted => at(job.created, 12 * 60, 12 * 60 + 55),
        Event::RainedOut => at(job.rained_out.unwrap_or(job.day), 5 * 60, 7 * 60 + 30),
        Event::CrewChanged => at(last_call, 13 * 60, 13 * 60 + 50),
        Event::EquipmentChanged => at(last_call, 14 * 60, 14 * 60 + 50),
        Event::Confirmed => at(last_call, 15 * 60, 17 * 60),
        Event::Started => at(job.day, job.start - 5, job.start + 15).min(plan.now()),
        Event::Completed => at(job.last, job.start + job.minutes - 20, job.start + job.minutes + 25).min(plan.now()),
        Event::Canceled => at(last_call, 13 * 60, 17 * 60),
    }
}

fn who(plan: &Plan, job: &Job, event: Event, dice: &mut Dice) -> String {
    match (event, source(job, event)) {
        (Event::Started | Event::Completed, _) => plan
            .roster
            .on(job.crew, job.day)
            .next()
            .map_or_else(|| "Field app".to_owned(), |lead| plan.roster.members[lead].name.full()),
        (_, Source::Calendly) => "Calendly".to_owned(),
        (_, Source::Api) => "Website".to_owned(),
        _ => dice.pick(&["Karen Neff", "Karen Neff", "Tom Brandt", "Lisa Ortega"]).to_owned(),
    }
}

fn source(job: &Job, event: Event) -> Source {
    match event {
        Event::Entered => job.source,
        Event::Started | Event::Completed => Source::Mobile,
        _ => Source::Office,
    }
}
