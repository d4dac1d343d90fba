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
    timed("day sheet, large crew, an idle one, offline", &|| {
        let mut sheet = crate::office::day_sheet(1);
        sheet.as_of.from_copy = true;
        sheet.idle_crews = true;
        sheet.crews[0].people.extend(
            (1..=9).map(|n| {
                crate::office::person(&format!("Alexander Papadopoulos {n}"), "Roller operator", "6305550113")
            }),
        );
        sheet.crews[0].stops[0].status = documents::Status::Canceled;
        sheet.crews.push(documents::CrewSheet { stops: Vec::new(), ..crate::office::crew("Striping", 9) });
        documents::day_sheet_pdf(&sheet).unwrap()
    });
    timed("week plan, seven working days", &|| {
        let mut plan = crate::office::week_plan(4);
        plan.days.iter_mut().for_each(|day| day.closed = false);
        plan.days[3].closed = true;
        plan.days[3].label = "Independence Day".into();
        plan.crews[1].days[5] = plan.crews[1].days[1].clone();
        plan.crews[2].name = "Sealcoating & striping".into();
        documents::week_plan_pdf(&plan).unwrap()
    });
    std::fs::write(folder.join("calendar.ics"), documents::calendar_ics(&crate::calendar::example()).unwrap()).unwrap();
    println!("in {}", folder.display());
}
