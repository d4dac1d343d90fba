//! Week plans, read back.

use crate::office::{HOSTILE, hostile_plan, week_plan};
use crate::paper::Paper;
use documents::{WeekPlan, week_plan_pdf};

fn print(plan: &WeekPlan) -> Paper {
    Paper::read(&week_plan_pdf(plan).unwrap())
}

#[test]
fn a_plan_shows_the_week() {
    let paper = print(&week_plan(2));
    for text in [
        "June 8–14, 2026",
        "Week plan",
        "Monday",
        "Jun 8",
        "Saturday",
        "Closed",
        "Company picnic 2 PM",
        "Paving 1",
        "Paving 2",
        "Ray Ortiz",
        "6–9:30 AM",
        "10 AM–12 PM",
        "Oak Ridge Homeowners Association",
        "1420 W Ogden Ave, Naperville",
        "Day 2 of 3",
        "DRY",
        "Off Luis Prado (vacation)",
        "Confirmed with customer",
        "As of 4:52 PM",
        "Neff Paving",
        "Week plan · 1 of",
    ] {
        assert!(paper.shows(text), "{text} is missing in {}", paper.text());
    }
    assert_eq!(paper.info("Title"), "Week plan, June 8–14, 2026");
    assert!(paper.tagged() && paper.accessible());
}

#[test]
fn every_page_repeats_the_head() {
    let paper = print(&week_plan(8));
    assert!(paper.pages.len() > 2, "{}", paper.pages.len());
    for (n, page) in paper.pages.iter().enumerate() {
        for head in ["June8–14,2026", "Wednesday", "Jun10", "Notconfirmed"] {
            assert!(page.contains(head), "page {n} has no {head}");
        }
        assert!(page.contains(&format!("{}of{}", n + 1, paper.pages.len())), "{page}");
    }
}

#[test]
fn only_the_days_asked_for_are_columns() {
    let mut plan = week_plan(1);
    plan.days.truncate(5);
    let paper = print(&plan);
    assert!(paper.shows("June 8–12, 2026"));
    assert!(!paper.shows("Saturday"));
    plan.days.clear();
    assert!(print(&plan).shows("no crews or days"));
}

#[test]
fn a_crowded_day_goes_on_and_loses_nothing() {
    let mut plan = week_plan(1);
    let one = plan.crews[0].days[1].stops[0].clone();
    plan.crews[0].days[1].stops =
        (0..30).map(|n| documents::Stop { customer: format!("Customer {n}."), ..one.clone() }).collect();
    let paper = print(&plan);
    assert!(paper.shows("(continued)"));
    for n in 0..30 {
        assert!(paper.shows(&format!("Customer {n}.")), "{n}");
    }
}

#[test]
fn hostile_text_is_text() {
    let paper = print(&hostile_plan());
    for name in HOSTILE.iter().filter(|name| !name.starts_with('ש')) {
        assert!(paper.shows(name), "{name} is missing in {}", paper.text());
    }
    assert!(paper.shows("Labor *Day* #x"));
    assert!(paper.text().matches('W').count() < 800, "shortened");
    assert!(paper.tagged() && paper.accessible());
}

#[test]
fn the_same_input_gives_the_same_bytes() {
    assert_eq!(week_plan_pdf(&week_plan(3)).unwrap(), week_plan_pdf(&week_plan(3)).unwrap());
}
