//! Papers out of a real office: day sheets, week plans, calendars, spreadsheets.

#![allow(clippy::expect_used, clippy::unwrap_used, reason = "a failed step is a failed test")]

mod common;

use std::path::{Path, PathBuf};

use chrono::{Datelike, Days, NaiveDate, Weekday};
use common::paper::{Event, Pdf, events};
use common::yard::{A, ANN, S, done, enter, yard};
use common::{Computer, input, online, until};
use neff_tests::office::{Office as TestOffice, PASSWORD};
use neff_tests::proxy::{Link, Proxy};
use office::ErrorCode;
use office::connecting::ConnectionInput;
use office::link::ConnectionState;
use office::view::{
    JobFilter, JobGroup, JobListQuery, JobSort, JobVersion, PlanStrategy, RainRequest, Schedule, ScheduleQuery,
};
use uuid::Uuid;

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
    assert_eq!(dana.office.export_jobs(&everything(), &file).await.unwrap().rows, 1);
    let text = std::fs::read_to_string(&file).unwrap();
    assert!(text.starts_with('\u{feff}') && text.contains("'=cmd|calc Smith & Sons <Lot 4>"), "{text}");
}

/// A day of the week in one to two weeks.
fn next(weekday: Weekday) -> NaiveDate {
    let today = office::clock::now().date_naive();
    (7..14).map(|n| today + Days::new(n)).find(|d| d.weekday() == weekday).unwrap()
}

async fn part(computer: &Computer, from: NaiveDate, days: u64) -> Schedule {
    let query = ScheduleQuery { from, until: from + Days::new(days), filter: JobFilter::default() };
    computer.office.schedule(&query).await.unwrap()
}

async fn calendar(computer: &Computer, crew: Option<Uuid>) -> Vec<Event> {
    let file = computer.folder.path().join("calendar.ics");
    computer.office.export_calendar(crew, &file).await.unwrap();
    events(&std::fs::read_to_string(file).unwrap())
}

/// Ann and Bob are in Paving A until and with the day, from the next on Cy leads it and Bob is in Sealcoat.
async fn change_crews_overnight(office: &TestOffice, day: NaiveDate) {
    let next = day + Days::new(1);
    office
        .execute(&format!(
            "UPDATE crew_memberships SET during = daterange('2020-01-01', '{next}');
             INSERT INTO crew_memberships (crew_id, crew_member_id, during, is_lead) VALUES
                 ('{A}', '00000000-0000-4000-8000-0000000000a3', '[{next},)', true),
                 ('{S}', '00000000-0000-4000-8000-0000000000a2', '[{next},)', false)"
        ))
        .await;
}

/// What is told of who is in Paving A and leads it, on a day and on the next, whether from the server or the copy.
async fn assert_each_day_has_its_own_people(computer: &Computer, day: NaiveDate) {
    let crew = |s: Schedule| s.crews.into_iter().find(|c| c.id == A).unwrap();
    let first = crew(part(computer, day, 1).await);
    assert_eq!((first.lead.as_deref(), first.members.len()), (Some("Ann Ames"), 2), "{first:?}");
    assert!(first.members.contains(&ANN));
    let second = crew(part(computer, day + Days::new(1), 1).await);
    assert_eq!((second.lead.as_deref(), second.members.len()), (Some("Cy Cole"), 1), "{second:?}");
    let both = crew(part(computer, day, 2).await);
    assert_eq!((both.lead.as_deref(), both.members.len()), (Some("Ann Ames"), 3), "{both:?}");

    let sheet = async |day: NaiveDate| -> (PathBuf, Pdf) {
        let (file, _) = computer.office.day_sheet(day, &[A]).await.unwrap();
        (file.clone(), Pdf::read(&file))
    };
    let (file, paper) = sheet(day).await;
    assert!(paper.shows("Ann Ames") && paper.shows("Bob <b>Bell</b>"), "{}", file.display());
    assert!(!paper.shows("Cy Cole"), "who joins on the next day is not on the sheet");
    let (file, paper) = sheet(day + Days::new(1)).await;
    assert!(paper.shows("Cy Cole"), "{}", file.display());
    assert!(!paper.shows("Ann Ames") && !paper.shows("Bob <b>Bell</b>"), "who left is not on the sheet");
    let (sealcoat, _) = computer.office.day_sheet(day, &[S]).await.unwrap();
    assert!(!Pdf::read(&sealcoat).shows("Bob"), "nobody is on two sheets of a day");
}

#[tokio::test]
async fn a_day_sheet_lists_who_is_in_the_crew_that_day_and_nobody_of_the_next() {
    let (office, dana) = yard().await;
    let day = next(Weekday::Wed);
    change_crews_overnight(&office, day).await;
    assert_each_day_has_its_own_people(&dana, day).await;
    // The calendar's events name who is in the crew then.
    enter(&dana, A, &format!("{day}T08:00"), &format!("{day}T12:00")).await;
    let all = calendar(&dana, None).await;
    let people = &all[0]["DESCRIPTION"];
    assert!(people.contains("Ann Ames") && !people.contains("Cy Cole"), "{people}");
}

#[tokio::test]
async fn of_two_people_of_one_name_only_the_one_on_leave_is_left_out() {
    let (office, dana) = yard().await;
    let day = next(Weekday::Wed);
    enter(&dana, A, &format!("{day}T08:00"), &format!("{day}T12:00")).await;
    office
        .execute(&format!(
            "UPDATE crew_members SET name = 'Mike Jones'
              WHERE id IN ('{ANN}', '00000000-0000-4000-8000-0000000000a2');
             UPDATE crew_members SET phone = '630-555-0171' WHERE id = '{ANN}';
             UPDATE crew_members SET phone = '630-555-0172' WHERE id = '00000000-0000-4000-8000-0000000000a2';
             INSERT INTO time_off (crew_member_id, kind, during)
             VALUES ('{ANN}', 'leave', tstzrange('{day}T00:00Z', '{}T12:00Z'))",
            day + Days::new(1)
        ))
        .await;
    let (sheet, _) = dana.office.day_sheet(day, &[]).await.unwrap();
    let sheet = Pdf::read(&sheet);
    assert!(sheet.shows("555-0172"), "who works that day is on the sheet, whoever has the same name");
    assert!(!sheet.shows("555-0171") && sheet.shows("off"));
}

#[tokio::test]
async fn with_no_network_papers_are_made_from_the_copy_and_are_the_same() {
    let (office, dana) = yard().await;
    let day = next(Weekday::Wed);
    change_crews_overnight(&office, day).await;
    enter(&dana, A, &format!("{day}T08:00"), &format!("{day}T12:00")).await;
    let proxy = Proxy::start(office.port).await;
    let computer = Computer::new();
    let there = ConnectionInput { port: proxy.port(), ..input(&office) };
    computer.office.connect(&there, None).await.unwrap();
    copied(&computer).await;
    let uids = |all: Vec<Event>| all.iter().map(|e| e["UID"].clone()).collect::<Vec<_>>();
    let of_the_server = uids(calendar(&computer, Some(A)).await);
    let (online_sheet, _) = computer.office.day_sheet(day, &[]).await.unwrap();
    assert!(Pdf::read(&online_sheet).shows("630-555-0101") || Pdf::read(&online_sheet).shows("(630) 555-0101"));

    proxy.set(Link::Refuse).await;
    until(&computer.office, "offline", |s| matches!(s, ConnectionState::Offline { .. })).await;
    assert_each_day_has_its_own_people(&computer, day).await;
    let (sheet, told) = computer.office.day_sheet(day, &[]).await.unwrap();
    let paper = Pdf::read(&sheet);
    assert_eq!(told.rows, 1);
    assert!(paper.shows("12 Oak St") && paper.shows("Smith & Sons <Lot 4>"), "{}", sheet.display());
    let (plan, _) = computer.office.week_plan(day, &[]).await.unwrap();
    assert!(Pdf::read(&plan).shows("12 Oak St") && Pdf::read(&plan).shows("Paving A"));
    assert_eq!(uids(calendar(&computer, Some(A)).await), of_the_server, "the same job, from wherever it is read");
    assert_eq!(of_the_server.len(), 1);
    let file = computer.folder.path().join("jobs.csv");
    assert_eq!(computer.office.export_jobs(&everything(), &file).await.unwrap().rows, 1);
    assert!(std::fs::read_to_string(&file).unwrap().contains("12 Oak St"));
    proxy.set(Link::Pass).await;
    until(&computer.office, "online again", online).await;
}

#[tokio::test]
async fn a_job_of_a_crew_out_of_use_or_gone_is_on_the_papers_all_the_same() {
    let (office, dana) = yard().await;
    let day = next(Weekday::Wed);
    enter(&dana, A, &format!("{day}T08:00"), &format!("{day}T12:00")).await;
    // What is over keeps the crew it was given; last week, so that it is in the copy.
    let past = day - Days::new(14);
    office
        .execute(&format!(
            "UPDATE crews SET status = 'inactive' WHERE id = '{A}';
             INSERT INTO job_schedules (start_date, end_date, location_address, crew_assigned)
             VALUES ('{past}T13:00Z', '{past}T15:00Z', '5 Old Mill Rd', '[{{\"id\": \"{S}\"}}]')"
        ))
        .await;
    // Later: what a job names is looked up when its transaction ends.
    office
        .execute(&format!("DELETE FROM crew_memberships WHERE crew_id = '{S}'; DELETE FROM crews WHERE id = '{S}'"))
        .await;
    assert_eq!(office.count(&format!("SELECT count(*) FROM job_crews WHERE crew_id = '{S}'")).await, 1);
    let proxy = Proxy::start(office.port).await;
    let computer = Computer::new();
    let there = ConnectionInput { port: proxy.port(), ..input(&office) };
    computer.office.connect(&there, None).await.unwrap();
    copied(&computer).await;
    let papers = async || {
        let (sheet, told) = computer.office.day_sheet(day, &[]).await.unwrap();
        let sheet = Pdf::read(&sheet);
        assert!(told.rows == 1 && sheet.shows("12 Oak St") && sheet.shows("Paving A"), "{told:?}");
        let (old, told) = computer.office.day_sheet(past, &[]).await.unwrap();
        let old = Pdf::read(&old);
        assert!(told.rows == 1 && old.shows("5 Old Mill Rd") && old.shows("No crew"), "{told:?}");
        let (plan, _) = computer.office.week_plan(past, &[]).await.unwrap();
        assert!(Pdf::read(&plan).shows("5 Old Mill Rd"));
    };
    papers().await;
    proxy.set(Link::Refuse).await;
    until(&computer.office, "offline", |s| matches!(s, ConnectionState::Offline { .. })).await;
    papers().await;
}

#[tokio::test]
async fn with_no_network_papers_say_which_days_the_copy_does_not_hold() {
    let (office, dana) = yard().await;
    let today = office::clock::now().date_naive();
    let ahead = |n| today + Days::new(n);
    for n in [5, 40] {
        enter(&dana, A, &format!("{}T08:00", ahead(n)), &format!("{}T12:00", ahead(n))).await;
    }
    let proxy = Proxy::start(office.port).await;
    let computer = Computer::new();
    let settings = office::view::ComputerSettings { offline_days_ahead: 7, ..computer.office.behaviour() };
    computer.office.set_behaviour(settings).await.unwrap();
    let there = ConnectionInput { port: proxy.port(), ..input(&office) };
    computer.office.connect(&there, None).await.unwrap();
    copied(&computer).await;
    assert!(part(&computer, today, 60).await.copy_days.is_none());
    proxy.set(Link::Refuse).await;
    until(&computer.office, "offline", |s| matches!(s, ConnectionState::Offline { .. })).await;

    let shown = part(&computer, today, 60).await;
    let days = shown.copy_days.unwrap();
    assert!(shown.jobs.len() == 1 && (ahead(8)..ahead(11)).contains(&days.until), "{days:?}");
    assert_eq!(computer.office.job_list(&everything()).await.unwrap().copy_days, Some(days));
    let last = (days.until - Days::new(1)).format("%B %-d, %Y").to_string();
    // Nothing of it: no empty paper.
    let file = computer.folder.path().join("jobs.csv");
    let next_month = JobListQuery { from: Some(ahead(35)), until: Some(ahead(45)), ..everything() };
    for refused in [
        computer.office.week_plan(ahead(36), &[]).await.map(|_| ()),
        computer.office.day_sheet(ahead(40), &[]).await.map(|_| ()),
        computer.office.export_jobs(&next_month, &file).await.map(|_| ()),
    ] {
        let error = refused.unwrap_err();
        assert_eq!(error.code, ErrorCode::NotConnected, "{error:?}");
        assert!(error.message.contains("ends on") && error.message.contains(&last), "{error:?}");
    }
    assert!(!file.exists());
    let past = computer.office.day_sheet(today - Days::new(50), &[]).await.unwrap_err();
    assert!(past.message.contains("begins on"), "{past:?}");
    // A part of it: that part, and where it ends.
    let (plan, _) = computer.office.week_plan(ahead(5), &[]).await.unwrap();
    let plan = Pdf::read(&plan);
    assert!(plan.shows("12 Oak St") && plan.shows("Not in the copy") && plan.shows("only (office not reached)"));
    let (sheet, _) = computer.office.day_sheet(ahead(5), &[]).await.unwrap();
    assert!(!Pdf::read(&sheet).shows("only (office"));
    let file = computer.folder.path().join("calendar.ics");
    assert_eq!(computer.office.export_calendar(Some(A), &file).await.unwrap().rows, 1);
    let until_when = format!("(until {})", last.split(',').next().unwrap());
    assert!(std::fs::read_to_string(&file).unwrap().contains(&until_when), "{until_when}");
    assert_eq!(computer.office.calendar_name(Some(A)).await, "Paving A.ics");
}

async fn copied(computer: &Computer) {
    let from = office::clock::now().date_naive();
    let query = ScheduleQuery { from, until: from + Days::new(30), filter: JobFilter::default() };
    for _ in 0..600 {
        if computer.office.schedule_of_the_copy(&query).await.is_ok_and(|s| !s.jobs.is_empty()) {
            return;
        }
        tokio::time::sleep(std::time::Duration::from_millis(50)).await;
    }
    panic!("nothing is in the copy");
}

#[tokio::test]
async fn a_restored_office_is_the_same_office_to_calendars() {
    let (office, dana) = yard().await;
    let day = next(Weekday::Wed);
    enter(&dana, A, &format!("{day}T08:00"), &format!("{day}T12:00")).await;
    let before = calendar(&dana, Some(A)).await;
    // What a restored database has of its own: another identity of its feed.
    office.execute("UPDATE neff.change_feed_identity SET id = gen_random_uuid()").await;
    let after = calendar(&dana, Some(A)).await;
    assert_eq!(before[0]["UID"], after[0]["UID"]);
}

#[tokio::test]
async fn a_job_given_to_another_crew_is_called_off_in_the_first_one_s_calendar() {
    let (office, dana) = yard().await;
    let day = next(Weekday::Wed);
    let job = enter(&dana, A, &format!("{day}T08:00"), &format!("{day}T12:00")).await;
    enter(&dana, S, &format!("{day}T13:00"), &format!("{day}T15:00")).await;
    let sequence = |e: &Event| e["SEQUENCE"].parse::<u32>().unwrap();
    let before = calendar(&dana, Some(A)).await;
    assert_eq!((before.len(), before[0]["STATUS"].as_str()), (1, "TENTATIVE"));

    office
        .execute(&format!("UPDATE job_schedules SET crew_assigned = '[{{\"id\": \"{S}\"}}]' WHERE id = '{}'", job.id))
        .await;
    let after = calendar(&dana, Some(A)).await;
    assert_eq!(after.len(), 1, "{after:?}");
    assert_eq!((after[0]["UID"].as_str(), after[0]["STATUS"].as_str()), (before[0]["UID"].as_str(), "CANCELLED"));
    assert!(sequence(&after[0]) > sequence(&before[0]), "a calendar ignores what is not newer");
    let theirs = calendar(&dana, Some(S)).await;
    assert_eq!(theirs.iter().filter(|e| e["STATUS"] == "CANCELLED").count(), 0, "{theirs:?}");
    assert_eq!(theirs.len(), 2);
    // Nor where it was moved out of the days the calendar holds, and whoever wrote the crew's name instead of its id.
    office
        .execute(
            "UPDATE job_schedules SET crew_assigned = '[{\"name\": \" PAVING a\"}]' WHERE location_address = '12 Oak St'",
        )
        .await;
    let back = calendar(&dana, Some(A)).await;
    assert_eq!((back.len(), back.iter().filter(|e| e["STATUS"] == "CANCELLED").count()), (2, 0), "{back:?}");
    office
        .execute(
            "UPDATE job_schedules SET crew_assigned = NULL, start_date = start_date + interval '300 days',
                    end_date = end_date + interval '300 days'",
        )
        .await;
    let gone = calendar(&dana, Some(A)).await;
    assert_eq!((gone.len(), gone.iter().filter(|e| e["STATUS"] == "CANCELLED").count()), (2, 2), "{gone:?}");
    // And given back it is theirs again.
    office
        .execute(&format!(
            "UPDATE job_schedules SET crew_assigned = '[{{\"id\": \"{A}\"}}]', start_date = start_date - interval '300 days',
                    end_date = end_date - interval '300 days' WHERE id = '{}'",
            job.id
        ))
        .await;
    let back = calendar(&dana, Some(A)).await;
    let again = back.iter().find(|e| e["UID"] == before[0]["UID"]).unwrap();
    assert_eq!(again["STATUS"], "TENTATIVE");
    assert!(sequence(again) > sequence(&gone[0]));
}

#[tokio::test]
async fn no_calendar_ends_in_the_middle_however_many_jobs_there_are() {
    let (office, dana) = yard().await;
    let day = next(Weekday::Wed);
    office
        .execute(&format!(
            "INSERT INTO job_schedules (start_date, end_date, location_address)
             SELECT '{day}T12:00Z', '{day}T13:00Z', n || ' Elm St' FROM generate_series(1, 5001) AS n"
        ))
        .await;
    // The last of all in order of time.
    enter(&dana, A, &format!("{day}T15:00"), &format!("{day}T16:00")).await;
    assert_eq!(calendar(&dana, Some(A)).await.len(), 1, "a crew's calendar holds its jobs, whatever others have");
    assert_eq!(calendar(&dana, None).await.len(), 5002);
    let (sheet, _) = dana.office.day_sheet(day, &[A]).await.unwrap();
    assert!(Pdf::read(&sheet).shows("12 Oak St"));
    // A plan that leaves jobs out would double book them.
    let request = RainRequest {
        days: vec![day],
        from_time: None,
        strategy: PlanStrategy::NothingForward,
        push_days: 1,
        other_crews: false,
    };
    let refused = dana.office.plan_rain_out(&request).await.unwrap_err();
    assert_eq!(refused.code, ErrorCode::Invalid, "{refused:?}");
    assert!(refused.message.contains("5,000"), "{refused:?}");
}

fn everything() -> JobListQuery {
    JobListQuery {
        from: None,
        until: None,
        filter: JobFilter::default(),
        group: JobGroup::None,
        sort: JobSort::Start,
        descending: false,
        after: None,
        limit: 50,
    }
}

fn papers(computer: &Computer) -> Vec<PathBuf> {
    let folder: &Path = &computer.folder.path().join("data").join("papers");
    std::fs::read_dir(folder).into_iter().flatten().map(|e| e.unwrap().path()).collect()
}

#[tokio::test]
async fn papers_go_with_whoever_made_them_and_old_ones_at_the_next_start() {
    let (office, dana) = yard().await;
    let day = next(Weekday::Wed);
    enter(&dana, A, &format!("{day}T08:00"), &format!("{day}T12:00")).await;
    dana.office.day_sheet(day, &[]).await.unwrap();
    let (plan, _) = dana.office.week_plan(day, &[]).await.unwrap();
    assert_eq!(papers(&dana).len(), 2);
    // A week later, at the next start of the program.
    dana.office.stop().await;
    let long_ago = (office::clock::now() - chrono::TimeDelta::days(8)).into();
    std::fs::File::options().write(true).open(&plan).unwrap().set_modified(long_ago).unwrap();
    dana.office.start().await;
    for _ in 0..200 {
        if !plan.exists() {
            break;
        }
        tokio::time::sleep(std::time::Duration::from_millis(50)).await;
    }
    assert_eq!(papers(&dana).len(), 1, "the new one is kept, the old one went");
    // Somebody else sits down at this computer.
    until(&dana.office, "online", online).await;
    dana.office.i_am(office.person).await.unwrap();
    assert!(papers(&dana).is_empty(), "{:?}", papers(&dana));

    dana.office.day_sheet(day, &[]).await.unwrap();
    assert_eq!(papers(&dana).len(), 1);
    let connection = dana.office.connections()[0].id;
    dana.office.forget_connection(connection).await.unwrap();
    assert!(papers(&dana).is_empty(), "{:?}", papers(&dana));
}

#[tokio::test]
async fn a_connection_s_next_login_finds_nothing_of_the_last_one_s() {
    let (office, dana) = yard().await;
    let day = next(Weekday::Wed);
    enter(&dana, A, &format!("{day}T08:00"), &format!("{day}T12:00")).await;
    copied(&dana).await;
    dana.office.day_sheet(day, &[]).await.unwrap();
    let copies = || -> Vec<PathBuf> {
        let folder = dana.folder.path().join("data").join("offline");
        let all = std::fs::read_dir(folder).into_iter().flatten().map(|e| e.unwrap().path());
        all.filter(|p| p.extension().is_some_and(|e| e == "db")).collect()
    };
    let hers = copies();
    let login = format!("{}_two", office.login);
    office
        .execute(&format!(
            "BEGIN; SELECT pg_advisory_xact_lock(7310001);
             CREATE ROLE {login} LOGIN PASSWORD '{PASSWORD}' IN ROLE neff_app; COMMIT;
             INSERT INTO app_users (user_id, name, database_login, office_role) VALUES ('{login}', 'Lee Low', '{login}', 'manager')"
        ))
        .await;
    let connection = dana.office.connections()[0].id;
    let theirs = ConnectionInput { id: Some(connection), login, ..input(&office) };
    dana.office.connect(&theirs, Some(PASSWORD.to_owned())).await.unwrap();
    for _ in 0..400 {
        if papers(&dana).is_empty() && copies().len() == 1 && copies() != hers {
            break;
        }
        tokio::time::sleep(std::time::Duration::from_millis(50)).await;
    }
    assert!(papers(&dana).is_empty(), "{:?}", papers(&dana));
    assert_eq!(copies().len(), 1, "{:?}", copies());
    assert_ne!(copies(), hers);
}
