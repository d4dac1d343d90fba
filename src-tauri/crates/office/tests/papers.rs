//! Papers out of a real office: day sheets, week plans, calendars, spreadsheets.

#![allow(clippy::expect_used, clippy::unwrap_used, reason = "a failed step is a failed test")]

mod common;

use common::yard::{A, done, enter, yard};
use office::view::{JobFilter, JobGroup, JobListQuery, JobSort, JobVersion};

#[tokio::test]
async fn sheets_plans_calendars_and_spreadsheets_are_made_from_the_schedule() {
    let (office, dana) = yard().await;
    office.execute("UPDATE contracts SET client_name = '=cmd|calc Smith & Sons <Lot 4>'").await;
    // The calendar reaches ten weeks ahead; Friday to Monday, so that the weekend is in between.
    let days_ahead = |n: i64| office::clock::now().date_naive() + chrono::TimeDelta::days(n);
    let friday = (3..10).map(days_ahead).find(|d| chrono::Datelike::weekday(d) == chrono::Weekday::Fri).unwrap();
    let monday = friday + chrono::TimeDelta::days(3);
    let job = enter(&dana, A, &format!("{friday}T12:00"), &format!("{monday}T20:00")).await;

    let (sheet, told) = dana.office.day_sheet(friday, &[]).await.unwrap();
    assert!(std::fs::read(&sheet).unwrap().starts_with(b"%PDF-"), "{}", sheet.display());
    assert_eq!(told.rows, 1, "one crew works that day");
    let (saturday, told) = dana.office.day_sheet(friday + chrono::TimeDelta::days(1), &[]).await.unwrap();
    assert!(saturday.exists());
    assert_eq!(told.rows, 0, "nobody works on Saturday");
    let (plan, _) = dana.office.week_plan(friday, &[A]).await.unwrap();
    assert!(std::fs::read(plan).unwrap().starts_with(b"%PDF-"));

    let folder = dana.folder.path();
    let file = folder.join("paving.ics");
    dana.office.export_calendar(Some(A), &file).await.unwrap();
    let first = std::fs::read_to_string(&file).unwrap();
    let uids = |text: &str| text.lines().filter(|l| l.starts_with("UID:")).map(str::to_owned).collect::<Vec<_>>();
    let one_job = |text: &str| uids(text).into_iter().collect::<std::collections::BTreeSet<_>>();
    assert_eq!((uids(&first).len(), one_job(&first).len()), (2, 1), "an event a working day, all of one job: {first}");
    let version = JobVersion { id: job.id, version: job.version };
    let canceled = dana.office.set_job_status(&[version], "canceled", Some("Sold"), None).await.unwrap();
    done(canceled);
    dana.office.export_calendar(Some(A), &file).await.unwrap();
    let second = std::fs::read_to_string(&file).unwrap();
    assert_eq!(one_job(&first), one_job(&second), "the same job, called off");
    assert!(second.contains("STATUS:CANCELLED"), "{second}");
    let sequence =
        |text: &str| -> u32 { text.lines().find_map(|l| l.strip_prefix("SEQUENCE:")?.trim().parse().ok()).unwrap() };
    assert!(sequence(&second) > sequence(&first));
    assert_eq!(dana.office.calendar_name(Some(A)).await, "Paving A.ics");

    let file = folder.join("jobs.csv");
    let query = JobListQuery {
        from: None,
        until: None,
        filter: JobFilter::default(),
        group: JobGroup::None,
        sort: JobSort::Start,
        descending: false,
        after: None,
        limit: 50,
    };
    assert_eq!(dana.office.export_jobs(&query, &file).await.unwrap().rows, 1);
    let text = std::fs::read_to_string(&file).unwrap();
    assert!(text.starts_with('\u{feff}') && text.contains("'=cmd|calc Smith & Sons <Lot 4>"), "{text}");
}
