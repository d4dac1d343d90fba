//! The job list as a spreadsheet reads it.

use documents::{JobRow, Status, jobs_csv};

use crate::office::{at, stop};

fn row() -> JobRow {
    let mut job = stop(at(9, 6, 0), at(11, 14, 30), "Smith & Sons <Lot 4>", "1 Elm St, Aurora, IL", "Mill & overlay");
    job.phone = "+1 (630) 555-0142".into();
    job.machines = vec!["Paver".into(), "Roller \"B\"".into()];
    job.instructions = "Gate 4\nRing twice".into();
    JobRow { crew: "Paving 1".into(), contract: "C-2026-014".into(), job }
}

#[test]
fn a_row_is_what_excel_understands() {
    let text = String::from_utf8(jobs_csv(&[row()])).unwrap();
    assert_eq!(
        text,
        "\u{feff}Date,Start,End date,End,Crew,Customer,Phone,Address,Service,Status,Priority,Dry weather only,Machines,\
         Extra people,Instructions,Note,Contract\r\n\
         2026-06-09,6:00 AM,2026-06-11,2:30 PM,Paving 1,Smith & Sons <Lot 4>,(630) 555-0142,\"1 Elm St, Aurora, IL\",\
         Mill & overlay,Confirmed,3,No,\"Paver; Roller \"\"B\"\"\",,\"Gate 4\nRing twice\",,C-2026-014\r\n"
    );
}

#[test]
fn no_cell_is_a_formula() {
    for evil in ["=1+1", "+1+1", "-1+1", "@SUM(A1)", "\t=1+1", "\r=1+1", " \n=1+1", "\0=1+1", "\u{202E}=1+1", "-5"] {
        let mut row = row();
        for field in [&mut row.crew, &mut row.contract, &mut row.job.customer, &mut row.job.phone, &mut row.job.address]
        {
            evil.clone_into(field);
        }
        for field in [&mut row.job.service, &mut row.job.instructions, &mut row.job.note] {
            evil.clone_into(field);
        }
        row.job.machines = vec![evil.to_owned()];
        row.job.people = vec![documents::Person { name: evil.into(), ..documents::Person::default() }];
        row.job.status = Status::Canceled;
        let bytes = jobs_csv(&[row]);
        let mut reader = ::csv::ReaderBuilder::new().from_reader(&bytes[3..]);
        let record = reader.records().next().unwrap().unwrap();
        assert_eq!(record.len(), 17);
        for cell in &record {
            assert!(!cell.starts_with(['=', '+', '-', '@', '\t', '\r', '\n', '\0']), "{evil:?} came out as {cell:?}");
        }
    }
}

#[test]
fn a_huge_cell_stays_below_what_a_spreadsheet_takes() {
    let mut row = row();
    row.job.instructions = "x".repeat(100_000);
    row.job.customer = "x".repeat(100_000);
    let bytes = jobs_csv(&[row]);
    let mut reader = ::csv::ReaderBuilder::new().from_reader(&bytes[3..]);
    assert!(reader.records().next().unwrap().unwrap().iter().all(|cell| cell.chars().count() <= 32_767));
}
