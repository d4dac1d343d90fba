//! Day sheets, read back.

use crate::office::{HOSTILE, at, crew, day_sheet, hostile_sheet, stop};
use crate::paper::Paper;
use documents::{CrewSheet, Status, day_sheet_pdf};

fn print(sheet: &documents::DaySheet) -> Paper {
    Paper::read(&day_sheet_pdf(sheet).unwrap())
}

#[test]
fn a_sheet_says_what_a_crew_needs() {
    let paper = print(&day_sheet(1));
    for text in [
        "Paving 1",
        "Tuesday, June 9, 2026",
        "Neff Paving",
        "(630) 555-0100",
        "License IL 104-0188",
        "LEAD",
        "Ray Ortiz",
        "Screed operator",
        "Off today: Kim Dunn (Vacation)",
        "storms possible after 3 PM",
        "4 stops",
        "first start 6:00 AM",
        "done by 4:30 PM",
        "1420 W Ogden Ave",
        "Naperville, IL 60563",
        "(630) 555-0142",
        "Gate code 4471#",
        "Do not block the fire lane",
        "Paver CAT AP655, Steel roller 2",
        "Eddie Marsh, flagger",
        "Dry weather only",
        "Top priority",
        "Not confirmed with customer",
        "Day 2 of 3",
        "José Núñez",
        "Oswego, IL 60543",
        "to 2:30 PM",
        "Invoice goes to the diocese.",
        "Questions? Call Dana: (630) 555-0101",
        "As of 4:52 PM, Mon, June 8",
        "Paving 1 · 1 of 2",
        "Paving 1 · 2 of 2",
        "(continued)",
    ] {
        assert!(paper.shows(text), "{text} is missing in {}", paper.text());
    }
    assert!(!paper.shows("copy on this computer"));
    assert_eq!(paper.info("Title"), "Day sheets, Tuesday, June 9, 2026");
    assert_eq!(paper.info("Author"), "Neff Paving");
    assert!(paper.tagged() && paper.accessible());
}

#[test]
fn stops_are_in_the_order_of_the_day_and_the_lead_is_first() {
    let text = print(&day_sheet(1)).text();
    let place = |what: &str| text.find(what).unwrap_or_else(|| panic!("{what} is missing"));
    let stops = ["1420WOgdenAve", "88IndustrialDr", "310SBroadway", "9BirchCt"].map(place);
    assert!(stops.is_sorted(), "{stops:?}");
    assert!(place("RayOrtiz") < place("DaleWhitfield"));
}

#[test]
fn each_crew_begins_on_a_page_of_its_own_and_counts_for_itself() {
    let paper = print(&day_sheet(3));
    assert_eq!(paper.pages.len(), 6);
    for (n, page) in paper.pages.iter().enumerate() {
        assert!(page.contains(&format!("Paving{}·{}of2", n / 2 + 1, n % 2 + 1)), "{page}");
    }
}

#[test]
fn an_idle_crew_has_a_page_only_when_asked_for() {
    let mut sheet = day_sheet(1);
    sheet.crews.push(CrewSheet { name: "Striping".into(), ..CrewSheet::default() });
    assert!(!print(&sheet).shows("Striping"));
    sheet.idle_crews = true;
    let paper = print(&sheet);
    assert_eq!(paper.pages.len(), 3);
    assert!(paper.pages[2].contains("Nothingisscheduled"), "{}", paper.pages[2]);
    sheet.crews.clear();
    assert!(print(&sheet).shows("Nothing is scheduled"));
}

#[test]
fn what_was_printed_offline_says_so() {
    let mut sheet = day_sheet(1);
    sheet.as_of.from_copy = true;
    assert!(print(&sheet).shows("from the copy on this computer"));
}

#[test]
fn called_off_work_is_marked_and_not_counted() {
    let mut sheet = day_sheet(1);
    sheet.crews[0].stops[1].status = Status::Canceled;
    let paper = print(&sheet);
    assert!(paper.shows("Canceled"));
    assert!(paper.shows("3 stops"));
    assert!(paper.shows("first start 10:00 AM"));
}

#[test]
fn hostile_text_is_text() {
    let paper = print(&hostile_sheet());
    for name in HOSTILE {
        // Text from right to left is read back in the order in which it is drawn.
        let drawn: String = if name.starts_with('ש') { name.chars().rev().collect() } else { name.to_owned() };
        assert!(paper.shows(&drawn), "{name} is missing in {}", paper.text());
    }
    for text in ["Neff #strike[Paving] & Co", "#read(\"/etc/passwd\")", "Crew *1* #pagebreak()"] {
        assert!(paper.shows(text), "{text} is missing in {}", paper.text());
    }
    assert!(paper.shows("nulbellrtlend"));
    assert!(paper.shows("WWWWWWWWWW"));
    assert!(paper.text().matches('W').count() < 1_000, "shortened");
    assert!(paper.text().matches("Mindthestep.").count() >= 150, "instructions run over pages, they are not lost");
    assert!(paper.pages.len() < 12, "{}", paper.pages.len());
    assert!(paper.tagged() && paper.accessible());
}

#[test]
fn a_year_far_away_is_printed() {
    use chrono::TimeZone;
    let mut sheet = day_sheet(1);
    let far = chrono_tz::America::Chicago.with_ymd_and_hms(250_000, 6, 9, 6, 0, 0).unwrap();
    sheet.as_of.moment = far;
    sheet.crews[0].stops[0].end = far;
    assert!(print(&sheet).shows("88 Industrial Dr"));
}

#[test]
fn what_no_font_has_is_seen_to_be_missing() {
    let mut sheet = day_sheet(1);
    sheet.crews[0].stops[0].customer = "山田 Paving".into();
    assert!(print(&sheet).shows("□□ Paving"));
}

#[test]
fn the_same_input_gives_the_same_bytes() {
    let sheet = hostile_sheet();
    assert_eq!(day_sheet_pdf(&sheet).unwrap(), day_sheet_pdf(&sheet).unwrap());
}

#[test]
fn a_large_crew_and_a_long_day_fit() {
    let mut sheet = day_sheet(1);
    sheet.crews[0].people =
        (0..24).map(|n| crate::office::person(&format!("Person Number{n}"), "Laborer", "6305550100")).collect();
    sheet.crews[0].stops = (0..40)
        .map(|n| {
            stop(
                at(9, 6 + n / 4, n % 4 * 15),
                at(9, 6 + n / 4, n % 4 * 15 + 10),
                "A",
                &format!("{n}00 Main St, Aurora"),
                "Patch",
            )
        })
        .collect();
    let paper = print(&sheet);
    assert!(paper.shows("Person Number0") && paper.shows("Person Number23"));
    for n in 0..40 {
        assert!(paper.shows(&format!("{n}00 Main St")));
    }
}

#[test]
fn empty_fields_leave_no_trace() {
    let mut sheet = day_sheet(1);
    let mut bare = stop(at(9, 6, 0), at(9, 7, 0), "", "", "");
    bare.phone.clear();
    sheet.crews = vec![CrewSheet { stops: vec![bare], ..crew("", 9) }];
    sheet.company = documents::Letterhead::default();
    sheet.contact = documents::Contact::default();
    sheet.weather.clear();
    let paper = print(&sheet);
    assert!(paper.shows("No address given"));
    for label in ["Instructions", "INSTRUCTIONS", "Machines", "Weather", "License", "Questions?"] {
        assert!(!paper.shows(label), "{label}");
    }
}
