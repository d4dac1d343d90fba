//! What the documents are made from: plain data, filled in by whoever read the office database or the copy of it.

use chrono::{DateTime, NaiveDate, Utc};
use chrono_tz::Tz;
use uuid::Uuid;

/// Whose paper it is. Empty parts are left out.
#[derive(Debug, Clone, Default)]
pub struct Letterhead {
    /// The company, as it calls itself on paper.
    pub name: String,
    /// The office's telephone number.
    pub phone: String,
    /// The contractor's license, number only.
    pub license: String,
    /// Postal address, one line.
    pub address: String,
}

/// Whom a crew calls with a question.
#[derive(Debug, Clone, Default)]
pub struct Contact {
    /// A person or "Office".
    pub name: String,
    /// Their number; empty: the letterhead's.
    pub phone: String,
}

/// How fresh the data is.
#[derive(Debug, Clone, Copy)]
pub struct AsOf {
    /// The moment the data was read or, printed offline, when the copy was last refreshed; in the office's zone.
    pub moment: DateTime<Tz>,
    /// Printed from the copy on this computer, because the office database could not be reached.
    pub from_copy: bool,
    /// The first and the last day that copy holds, where that is not all that was asked for.
    pub copy_holds: Option<(NaiveDate, NaiveDate)>,
}

/// Day sheets of one date: each crew begins on a page of its own.
#[derive(Debug, Clone)]
pub struct DaySheet {
    /// Head of every sheet.
    pub company: Letterhead,
    /// The day, as the office's zone counts it.
    pub date: NaiveDate,
    /// Crews in the order they are to be printed.
    pub crews: Vec<CrewSheet>,
    /// Weather for every crew, such as "High 82 °F, storms after 3 PM"; empty: none.
    pub weather: String,
    /// Whom the crews call.
    pub contact: Contact,
    /// How fresh this is.
    pub as_of: AsOf,
    /// Crews with nothing that day get a page that says so; otherwise they are left out.
    pub idle_crews: bool,
}

/// One crew's day.
#[derive(Debug, Clone, Default)]
pub struct CrewSheet {
    /// The crew's name, "Paving 1".
    pub name: String,
    /// Name of the one who leads; printed first whatever the order of `people`.
    pub lead: String,
    /// The people of the crew that day, without those who are off.
    pub people: Vec<Person>,
    /// Who is off that day, so that nobody waits for them.
    pub away: Vec<Away>,
    /// The day's work; printed by start time.
    pub stops: Vec<Stop>,
}

/// Somebody on a crew.
#[derive(Debug, Clone, Default)]
pub struct Person {
    /// Full name.
    pub name: String,
    /// The trade's word: "Screed operator".
    pub role: String,
    /// Their telephone number, empty if it is not to be printed.
    pub phone: String,
}

/// Somebody who is off.
#[derive(Debug, Clone, Default)]
pub struct Away {
    /// Full name.
    pub name: String,
    /// "Vacation", "Sick"; empty if nobody has to know.
    pub reason: String,
}

/// How far a job is.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub enum Status {
    /// On the schedule, not yet confirmed with the customer.
    #[default]
    Scheduled,
    /// The customer knows and agreed.
    Confirmed,
    /// Work has begun.
    InProgress,
    /// Done.
    Completed,
    /// Called off.
    Canceled,
    /// Moved; not yet confirmed again.
    Rescheduled,
}

/// Which working day of a job that takes several.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Part {
    /// From 1.
    pub day: u32,
    /// Working days in all.
    pub of: u32,
}

/// A job as a crew meets it. On a day sheet and in a week plan `start` and `end` are that day's hours; in a job list
/// they are the whole job's.
#[derive(Debug, Clone)]
pub struct Stop {
    /// Start, in the office's zone.
    pub start: DateTime<Tz>,
    /// End, in the office's zone, after `start`.
    pub end: DateTime<Tz>,
    /// Which day of several; `None` for a job of one day.
    pub part: Option<Part>,
    /// Who it is for.
    pub customer: String,
    /// Their telephone number.
    pub phone: String,
    /// Where; the street before the first comma or line break is printed largest.
    pub address: String,
    /// What: "Mill & overlay".
    pub service: String,
    /// What the crew must know.
    pub instructions: String,
    /// Machines that go to this job.
    pub machines: Vec<String>,
    /// People on this job besides the crew.
    pub people: Vec<Person>,
    /// Cannot be done in rain or cold.
    pub weather_dependent: bool,
    /// How far it is.
    pub status: Status,
    /// 1 (can wait) to 5 (first of all); 3 is usual.
    pub priority: u8,
    /// The office's own remark; empty: none.
    pub note: String,
}

/// A week (or any run of days) for all crews on landscape pages.
#[derive(Debug, Clone)]
pub struct WeekPlan {
    /// Head of every page.
    pub company: Letterhead,
    /// The columns, in order: seven days, or only those worked.
    pub days: Vec<PlanDay>,
    /// The rows, in order.
    pub crews: Vec<CrewWeek>,
    /// How fresh this is.
    pub as_of: AsOf,
}

/// A column of the plan.
#[derive(Debug, Clone)]
pub struct PlanDay {
    /// The date.
    pub date: NaiveDate,
    /// The office is closed: weekend or holiday. Shaded.
    pub closed: bool,
    /// Name of the holiday, rain day and the like; empty: none.
    pub label: String,
}

/// A row of the plan.
#[derive(Debug, Clone, Default)]
pub struct CrewWeek {
    /// The crew's name, or "No crew yet".
    pub name: String,
    /// Who leads; empty: nobody.
    pub lead: String,
    /// One for each of [`WeekPlan::days`]; missing ones are empty.
    pub days: Vec<CrewDay>,
}

/// A crew on one day.
#[derive(Debug, Clone, Default)]
pub struct CrewDay {
    /// The day's work; printed by start time.
    pub stops: Vec<Stop>,
    /// Who of the crew is off.
    pub away: Vec<Away>,
}

/// A calendar for other programs.
#[derive(Debug, Clone)]
pub struct Calendar {
    /// What the calendar is called where it is shown: "Neff Paving: Paving 1".
    pub name: String,
    /// Stands after the `@` of every UID: never changed, also when the office's database is restored. Letters, digits,
    /// `.` and `-`; anything else becomes `-`.
    pub office_id: String,
    /// The office's zone: events are written in it.
    pub zone: Tz,
    /// When the calendar was made.
    pub made: DateTime<Utc>,
    /// Names the crew in every event; leave it off in a calendar of one crew.
    pub name_crews: bool,
    /// The jobs, canceled ones too: a calendar that has a job must be told to drop it.
    pub jobs: Vec<CalendarJob>,
}

/// One working stretch of a job.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Stretch {
    /// Start.
    pub start: DateTime<Utc>,
    /// End, after `start`.
    pub end: DateTime<Utc>,
}

/// A job in a calendar.
#[derive(Debug, Clone)]
pub struct CalendarJob {
    /// The job. Its UID is made from this alone, so that it stays when the job is moved.
    pub id: Uuid,
    /// Rises with every change; a calendar ignores what is not above what it has. At most 2³¹ − 1.
    pub sequence: u32,
    /// When the job last changed.
    pub modified: DateTime<Utc>,
    /// The crew; empty: none yet.
    pub crew: String,
    /// The crew's people, lead first; those for this job only are in `job.people`.
    pub crew_people: Vec<Person>,
    /// When it is worked on, one stretch a working day. Empty: from `job.start` to `job.end` without a break.
    pub stretches: Vec<Stretch>,
    /// The rest.
    pub job: Stop,
}

/// A line of the job list.
#[derive(Debug, Clone)]
pub struct JobRow {
    /// The crew; empty: none yet.
    pub crew: String,
    /// The contract's number; empty: none.
    pub contract: String,
    /// The rest; `start` and `end` are the whole job's.
    pub job: Stop,
}
