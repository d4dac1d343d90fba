//! The job list for a spreadsheet.

use domain::csv::Sheet;

use crate::input::{JobRow, Person};
use crate::text::{plain, plain_line};
use crate::wording::{phone, status};

/// A cell of a spreadsheet holds 32,767 characters; nobody reads half as much.
const LONG: usize = 8_000;
const SHORT: usize = 500;

/// The columns of [`jobs_csv`], in order.
const COLUMNS: [&str; 17] = [
    "Date",
    "Start",
    "End date",
    "End",
    "Crew",
    "Customer",
    "Phone",
    "Address",
    "Service",
    "Status",
    "Priority",
    "Dry weather only",
    "Machines",
    "Extra people",
    "Instructions",
    "Note",
    "Contract",
];

/// Jobs as CSV that Excel opens with a double click: UTF-8 with its mark, CRLF, quoted by RFC 4180, and no cell that
/// could be run as a formula. Dates are `2026-06-09` and times `6:00 AM`, which Excel takes for dates and times;
/// American telephone numbers are `(630) 555-0142`, because a cell that begins with `+` would have to be marked as text.
pub fn jobs_csv(rows: &[JobRow]) -> Vec<u8> {
    let mut sheet = Sheet::new(&COLUMNS);
    for row in rows {
        let cells = cells(row);
        sheet.row(&cells.each_ref().map(String::as_str));
    }
    sheet.finish().into_bytes()
}

fn cells(row: &JobRow) -> [String; COLUMNS.len()] {
    let job = &row.job;
    [
        job.start.format("%Y-%m-%d").to_string(),
        job.start.format("%-I:%M %p").to_string(),
        job.end.format("%Y-%m-%d").to_string(),
        job.end.format("%-I:%M %p").to_string(),
        plain_line(&row.crew, SHORT),
        plain_line(&job.customer, SHORT),
        plain_line(&phone(&job.phone), SHORT),
        plain_line(&job.address, SHORT),
        plain_line(&job.service, SHORT),
        status(job.status).to_owned(),
        job.priority.to_string(),
        if job.weather_dependent { "Yes" } else { "No" }.to_owned(),
        plain_line(&job.machines.join("; "), LONG),
        plain_line(&job.people.iter().map(person).collect::<Vec<_>>().join("; "), LONG),
        plain(&job.instructions, LONG),
        plain(&job.note, LONG),
        plain_line(&row.contract, SHORT),
    ]
}

fn person(person: &Person) -> String {
    match person.role.trim() {
        "" => person.name.trim().to_owned(),
        role => format!("{} ({role})", person.name.trim()),
    }
}
