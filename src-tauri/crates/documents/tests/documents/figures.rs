//! How long the papers take, and the papers themselves to look at:
//! `cargo test --release -p neff-documents --test documents figures -- --ignored --nocapture`

use std::path::Path;
use std::time::Instant;

#[test]
#[ignore = "prints figures and writes PDFs"]
fn figures() {
    let folder = Path::new(env!("CARGO_TARGET_TMPDIR"));
    let timed = |name: &str, make: &dyn Fn() -> Vec<u8>| {
        let began = Instant::now();
        let bytes = make();
        println!("{name}: {:?}, {} bytes", began.elapsed(), bytes.len());
        std::fs::write(folder.join(format!("{name}.pdf")), bytes).unwrap();
    };
    timed("day sheet, 1 crew, the first of a program's life", &|| {
        documents::day_sheet_pdf(&crate::office::day_sheet(1)).unwrap()
    });
    timed("day sheets, 6 crews of 4 jobs", &|| documents::day_sheet_pdf(&crate::office::day_sheet(6)).unwrap());
    timed("day sheets, 6 crews of 4 jobs, again", &|| documents::day_sheet_pdf(&crate::office::day_sheet(6)).unwrap());
    timed("week plan, 8 crews", &|| documents::week_plan_pdf(&crate::office::week_plan(8)).unwrap());
    timed("day sheet, hostile", &|| documents::day_sheet_pdf(&crate::office::hostile_sheet()).unwrap());
    timed("week plan, hostile", &|| documents::week_plan_pdf(&crate::office::hostile_plan()).unwrap());
    std::fs::write(folder.join("calendar.ics"), documents::calendar_ics(&crate::calendar::example()).unwrap()).unwrap();
    println!("in {}", folder.display());
}
