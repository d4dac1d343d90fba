//! What leaves the program: day sheets and week plans on paper ([`day_sheet_pdf`], [`week_plan_pdf`]), jobs in other
//! calendars ([`calendar_ics`]), and the job list in a spreadsheet ([`jobs_csv`]).
//!
//! Structs in, bytes out. Nothing here reads a clock, a file, a font of the computer or a database, so the same
//! input gives the same bytes on every computer. Every text may come from a stranger: it is passed to the typesetter
//! as a value, never as markup, and what cannot be printed is replaced or shortened where one can see it.

mod calendar;
mod csv;
mod day_sheet;
mod input;
mod text;
mod typeset;
mod week_plan;
mod wording;

pub use calendar::calendar_ics;
pub use csv::jobs_csv;
pub use day_sheet::day_sheet_pdf;
pub use input::{
    AsOf, Away, Calendar, CalendarJob, Contact, CrewDay, CrewSheet, CrewWeek, DaySheet, JobRow, Letterhead, Part,
    Person, PlanDay, Status, Stop, Stretch, WeekPlan,
};
pub use week_plan::week_plan_pdf;

/// Why there is no document. No text of a customer is in it, so it may be logged.
#[derive(Debug, thiserror::Error)]
pub enum DocumentError {
    /// The typesetter could not lay the pages out: a fault of the program, not of the data.
    #[error("the pages could not be laid out: {0}")]
    Layout(String),
    /// The pages were laid out and could not be written as a PDF.
    #[error("the PDF could not be written: {0}")]
    Pdf(String),
    /// The input could not be handed to the typesetter.
    #[error("the document's content could not be passed on")]
    Content(#[from] serde_json::Error),
    /// The calendar could not be written.
    #[error("the calendar could not be written")]
    Calendar(#[from] std::fmt::Error),
}
