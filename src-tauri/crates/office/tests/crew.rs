//! Crew and equipment against a real database: every edit over the version seen, with its way back; what another
//! program wrote stays; whoever leaves leaves no job behind unseen.

#![allow(clippy::expect_used, clippy::unwrap_used, reason = "a failed step is a failed test")]

mod common;

use chrono::{Days, NaiveDate};
use common::Computer;
use neff_tests::office::Office as TestOffice;
use office::ErrorCode;
use office::view::{
    CertificateInput, CertificateState, ChangesQuery, ContactInput, CrewInput, CrewMove, CrewOutcome, CrewSaved,
    DayHours, MachineInput, MembershipInput, PersonInput, PersonRecord, ResourceJobsQuery, ResourceKind, TimeOffInput,
    WeekDay,
};
use sqlx::AssertSqlSafe;
use uuid::Uuid;

async fn office() -> (TestOffice, Computer) {
    let at = TestOffice::open().await;
    let dana = Computer::of(&at).await;
    (at, dana)
}

fn person(name: &str) -> PersonInput {
    PersonInput {
        name: name.to_owned(),
        role: "raker".to_owned(),
        status: "active".to_owned(),
        email: None,
        phone: None,
        hire_date: None,
        specializations: None,
        hours: None,
        certificates: None,
        keep_items: Vec::new(),
        leave_crews: None,
    }
}

/// As the window gives it back when nobody touched anything.
fn input(p: &PersonRecord) -> PersonInput {
    PersonInput {
        name: p.name.clone(),
        role: p.role.clone(),
        status: p.status.clone(),
        email: p.email.clone(),
        phone: p.phone.clone(),
        hire_date: p.hire_date,
        ..person("")
    }
}

fn crew(name: &str) -> CrewInput {
    CrewInput { name: name.to_owned(), status: "active".to_owned(), color: None, notes: None }
}

fn machine(name: &str, status: &str) -> MachineInput {
    MachineInput { name: name.to_owned(), kind: "paver".to_owned(), status: status.to_owned(), notes: None }
}

fn saved(outcome: CrewOutcome) -> CrewSaved {
    match outcome {
        CrewOutcome::Saved { saved } => saved,
        CrewOutcome::Clashes { clashes } => panic!("{clashes:?}"),
    }
}

impl Computer {
    async fn add(&self, name: &str) -> Uuid {
        self.office.save_person(None, 0, &person(name)).await.unwrap().id
    }
    async fn add_crew(&self, name: &str) -> Uuid {
        self.office.save_crew(None, 0, &crew(name)).await.unwrap().id
    }
    async fn join(&self, person_id: Uuid, crew_id: Uuid, from: NaiveDate, is_lead: bool) -> CrewSaved {
        let input =
            MembershipInput { id: None, version: 0, crew_id, person_id, from: Some(from), until: None, is_lead };
        saved(self.office.save_membership(&input).await.unwrap())
    }
    async fn today(&self) -> NaiveDate {
        self.office.roster().await.unwrap().today
    }
}

fn plus(day: NaiveDate, days: i64) -> NaiveDate {
    if days < 0 { day - Days::new(days.unsigned_abs()) } else { day + Days::new(days.unsigned_abs()) }
}

/// A job of another program, from 8 to 16 o'clock of the office, so many days from today.
async fn job(at: &TestOffice, in_days: i64, crew: &str, machines: &str) -> Uuid {
    let sql = format!(
        "INSERT INTO job_schedules (start_date, end_date, location_address, crew_assigned, equipment_needed)
         SELECT (d.day + time '08:00') AT TIME ZONE neff.office_time_zone(), (d.day + time '16:00') AT TIME ZONE neff.office_time_zone(),
                '{in_days} Oak St', '{crew}', '{machines}'
           FROM (SELECT (now() AT TIME ZONE neff.office_time_zone())::date + {in_days} AS day) AS d RETURNING id"
    );
    sqlx::query_scalar(AssertSqlSafe(sql)).fetch_one(at.keeper().await).await.unwrap()
}

/// Who is on a job, by name, as the database derived it.
async fn on(at: &TestOffice, job: Uuid) -> String {
    sqlx::query_scalar(AssertSqlSafe(format!(
        "SELECT coalesce(string_agg(p.name || ' ' || a.state, ', ' ORDER BY p.name), '') FROM job_assignments a
           JOIN crew_members p ON p.id = a.resource_id WHERE a.job_schedule_id = '{job}'"
    )))
    .fetch_one(at.keeper().await)
    .await
    .unwrap()
}

async fn text(at: &TestOffice, query: &str) -> String {
    let query = format!("SELECT coalesce(({query})::text, 'NULL')");
    sqlx::query_scalar(AssertSqlSafe(query)).fetch_one(at.keeper().await).await.unwrap()
}

#[tokio::test]
async fn somebody_is_added_changed_undone_and_done_again() {
    let (at, dana) = office().await;
    let o = &dana.office;
    let certificates = vec![CertificateInput { item: None, name: "CDL A".into(), expires: "2031-05-01".parse().ok() }];
    let hours = WeekDay::Hours { hours: vec![DayHours { from: "06:00".into(), until: "16:30".into() }] };
    let mut week = vec![hours; 5];
    week.extend([WeekDay::Off, WeekDay::Off]);
    let new = PersonInput {
        email: Some("luis@crew.example".into()),
        hire_date: "2021-04-12".parse().ok(),
        specializations: Some(vec!["paving".into()]),
        hours: Some(week.clone()),
        certificates: Some(certificates),
        ..person("Smith & Sons <Lot 4>")
    };
    let added = o.save_person(None, 0, &new).await.unwrap();
    let seen = o.person_record(added.id).await.unwrap();
    assert_eq!(
        (seen.version, seen.name.as_str(), seen.hours.days.clone()),
        (added.version, "Smith & Sons <Lot 4>", week)
    );
    assert_eq!((seen.certificates[0].state, seen.has_contact), (CertificateState::Valid, false));
    assert_eq!(added.change.as_ref().unwrap().summary, "Smith & Sons <Lot 4> added");
    assert!(dana.desktop.heard("ScheduleChanged") > 0);

    // Adding is undone while nothing hangs on them, and the same person comes back.
    let undone = o.undo_change(added.change.unwrap().id).await.unwrap().change;
    assert_eq!(o.person_record(added.id).await.unwrap_err().code, ErrorCode::NotFound);
    o.undo_change(undone.id).await.unwrap();
    let back = o.person_record(added.id).await.unwrap();
    assert_eq!((back.email.as_deref(), &back.hours), (Some("luis@crew.example"), &seen.hours));

    let changed = o
        .save_person(Some(added.id), back.version, &PersonInput { role: "foreman".into(), ..input(&back) })
        .await
        .unwrap();
    let page = o.recent_changes(&ChangesQuery { mine: true, search: None, after: None, limit: 5 }).await.unwrap();
    assert_eq!(page.items[0].fields.len(), 1);
    assert_eq!(
        (page.items[0].fields[0].label.as_str(), page.items[0].fields[0].after.as_deref()),
        ("Role", Some("foreman"))
    );
    // Nothing differs: nothing is recorded.
    let again = PersonInput { role: "foreman".into(), ..input(&back) };
    let same = o.save_person(Some(added.id), changed.version, &again).await.unwrap();
    assert_eq!((same.change, same.version), (None, changed.version));
    // Who looked at an older version does not overwrite, and neither does an undo.
    let stale = o.save_person(Some(added.id), back.version, &input(&back)).await.unwrap_err();
    assert_eq!(stale.code, ErrorCode::VersionConflict);
    at.execute(&format!("UPDATE crew_members SET phone = '630-555-0100' WHERE id = '{}'", added.id)).await;
    let refused = o.undo_change(changed.change.unwrap().id).await.unwrap_err();
    assert_eq!(refused.code, ErrorCode::VersionConflict);
    assert_eq!(o.person_record(added.id).await.unwrap().role, "foreman");
}

#[tokio::test]
async fn two_who_save_at_once_do_not_overwrite_each_other() {
    let (at, one) = office().await;
    let two = Computer::of(&at).await;
    let id = one.add("Luis Bailey").await;
    let seen = one.office.person_record(id).await.unwrap();
    let (a, b) = (
        PersonInput { phone: Some("1".into()), ..input(&seen) },
        PersonInput { phone: Some("2".into()), ..input(&seen) },
    );
    let (a, b) = tokio::join!(
        one.office.save_person(Some(id), seen.version, &a),
        two.office.save_person(Some(id), seen.version, &b)
    );
    let refused = match (&a, &b) {
        (Ok(_), Err(e)) | (Err(e), Ok(_)) => e,
        other => panic!("one of two: {other:?}"),
    };
    assert_eq!(refused.code, ErrorCode::VersionConflict);
    // The next who saves has seen it.
    let now = one.office.person_record(id).await.unwrap();
    two.office.save_person(Some(id), now.version, &PersonInput { phone: None, ..input(&now) }).await.unwrap();
}

#[tokio::test]
async fn what_is_taken_or_cannot_be_right_is_told_at_its_field() {
    let (_at, dana) = office().await;
    let o = &dana.office;
    let with_mail = |mail: &str| PersonInput { email: Some(mail.to_owned()), ..person("Ann") };
    o.save_person(None, 0, &with_mail("ann@crew.example")).await.unwrap();
    let namesake = PersonInput { name: "Ann Olsen".to_owned(), ..with_mail("ann@crew.example") };
    let error = o.save_person(None, 0, &namesake).await.unwrap_err();
    assert_eq!((error.code, error.field.as_deref()), (ErrorCode::Invalid, Some("email")));
    dana.add_crew("Paving A").await;
    let error = o.save_crew(None, 0, &crew(" Paving A ")).await.unwrap_err();
    assert_eq!((error.field.as_deref(), error.message.contains("already")), (Some("name"), true));
    o.save_machine(None, 0, &machine("Paver 1", "active")).await.unwrap();
    assert_eq!(
        o.save_machine(None, 0, &machine("Paver 1", "active")).await.unwrap_err().field.as_deref(),
        Some("name")
    );
    let color = CrewInput { color: Some("javascript:1".into()), ..crew("Paving B") };
    assert_eq!(o.save_crew(None, 0, &color).await.unwrap_err().field.as_deref(), Some("color"));
    let nobody = MembershipInput {
        id: None,
        version: 0,
        crew_id: Uuid::nil(),
        person_id: dana.add("Bob").await,
        from: None,
        until: None,
        is_lead: false,
    };
    assert_eq!(o.save_membership(&nobody).await.unwrap_err().field.as_deref(), Some("crew_id"));
}

#[tokio::test]
async fn what_another_program_wrote_stays_as_it_is_until_it_is_replaced_on_purpose() {
    let (at, dana) = office().await;
    let o = &dana.office;
    let id = dana.add("Luis Bailey").await;
    let columns = format!(
        "SELECT concat(availability_schedule, ' ', certifications, ' ', specializations) FROM crew_members WHERE id = '{id}'"
    );
    at.execute(&format!(
        "UPDATE crew_members SET availability_schedule = '{{\"monday\": \"6-14\", \"friday\": {{\"start\": \"soon\"}}}}',
                certifications = '[\"OSHA 10\", 7, {{\"title\": \"CDL A\", \"exp\": \"5/1/2026\", \"number\": \"X\"}}]',
                specializations = '{{\"paving\": true}}' WHERE id = '{id}'"
    ))
    .await;
    let written = text(&at, &columns).await;
    let seen = o.person_record(id).await.unwrap();
    assert!(seen.hours.unreadable.as_deref().unwrap().contains("soon"));
    assert_eq!((seen.certificates.len(), seen.certificates_unreadable.len()), (2, 1));
    assert_eq!(seen.certificates[1].state, CertificateState::Expired);
    assert_eq!(seen.specializations_unreadable.as_deref(), Some("{\"paving\":true}"));
    let renamed =
        o.save_person(Some(id), seen.version, &PersonInput { name: "Luis B".into(), ..input(&seen) }).await.unwrap();
    assert_eq!(text(&at, &columns).await, written);

    let replaced = PersonInput {
        hours: Some(vec![WeekDay::AllDay; 7]),
        specializations: Some(vec!["milling".into()]),
        certificates: Some(vec![
            CertificateInput { item: Some(0), name: "OSHA 10".into(), expires: None },
            CertificateInput { item: Some(2), name: "CDL A".into(), expires: "2030-05-01".parse().ok() },
        ]),
        keep_items: vec![1],
        ..input(&o.person_record(id).await.unwrap())
    };
    let change = o.save_person(Some(id), renamed.version, &replaced).await.unwrap().change.unwrap();
    let certificates = text(&at, &format!("SELECT certifications FROM crew_members WHERE id = '{id}'")).await;
    assert_eq!(certificates, r#"["OSHA 10", 7, {"exp": "2030-05-01", "title": "CDL A", "number": "X"}]"#);
    o.undo_change(change.id).await.unwrap();
    assert_eq!(text(&at, &columns).await, written, "to the letter");
}

#[tokio::test]
async fn who_leaves_is_on_jobs_that_are_listed_and_leaves_the_crews() {
    let (at, dana) = office().await;
    let o = &dana.office;
    let today = dana.today().await;
    let (luis, paving) = (dana.add("Luis Bailey").await, dana.add_crew("Paving A").await);
    dana.join(luis, paving, plus(today, -100), true).await;
    let named = job(&at, 3, "[\"Luis Bailey\"]", "[]").await;
    let through = job(&at, 5, "[\"Paving A\"]", "[]").await;
    job(&at, -5, "[\"Luis Bailey\"]", "[]").await;
    job(&at, 7, "[\"Somebody else\"]", "[]").await;
    let canceled = job(&at, 8, "[\"Luis Bailey\"]", "[]").await;
    at.execute(&format!("UPDATE job_schedules SET status = 'canceled' WHERE id = '{canceled}'")).await;

    // Before: what would be left behind.
    let query = |from: i64, until: Option<i64>| ResourceJobsQuery {
        kind: ResourceKind::Person,
        id: luis,
        from: Some(plus(today, from)),
        until: until.map(|d| plus(today, d)),
    };
    let stake = o.resource_jobs(&query(0, None)).await.unwrap();
    assert_eq!(stake.total, 2);
    assert_eq!(
        stake.jobs.iter().map(|j| (j.id, j.via_crew)).collect::<Vec<_>>(),
        [(named, None), (through, Some(paving))]
    );
    assert_eq!(o.resource_jobs(&query(4, None)).await.unwrap().total, 1);
    assert_eq!(o.resource_jobs(&query(0, Some(2))).await.unwrap().total, 0);

    let seen = o.person_record(luis).await.unwrap();
    assert_eq!((seen.jobs.total, seen.to_reassign.total, seen.memberships.len()), (2, 0, 1));
    let gone = PersonInput { status: "terminated".into(), leave_crews: Some(today), ..input(&seen) };
    let change = o.save_person(Some(luis), seen.version, &gone).await.unwrap().change.unwrap();
    assert_eq!(change.summary, "Luis Bailey left the company");
    // After: the job that names them is still theirs, and listed; the crew's is the crew's.
    let now = o.person_record(luis).await.unwrap();
    assert_eq!((now.status.as_str(), now.memberships[0].until), ("terminated", Some(today)));
    assert_eq!(now.to_reassign.jobs.iter().map(|j| j.id).collect::<Vec<_>>(), [named]);
    assert_eq!((on(&at, named).await, on(&at, through).await), ("Luis Bailey firm".to_owned(), String::new()));
    let line = o.roster().await.unwrap().people.into_iter().find(|p| p.id == luis).unwrap();
    assert_eq!((line.to_reassign, line.crews), (1, vec![paving]), "today they are still there");
    o.undo_change(change.id).await.unwrap();
    let back = o.person_record(luis).await.unwrap();
    assert_eq!((back.status.as_str(), back.memberships[0].until, back.to_reassign.total), ("active", None, 0));
    assert_eq!(on(&at, through).await, "Luis Bailey firm");
}

#[tokio::test]
async fn leave_and_maintenance_name_the_jobs_in_them_and_no_others() {
    let (at, dana) = office().await;
    let o = &dana.office;
    let today = dana.today().await;
    let luis = dana.add("Luis Bailey").await;
    let paver = o.save_machine(None, 0, &machine("Paver 1", "active")).await.unwrap();
    let inside = job(&at, 3, "[\"Luis Bailey\"]", "[\"Paver 1\"]").await;
    job(&at, 9, "[\"Luis Bailey\"]", "[\"Paver 1\"]").await;
    let mut leave = TimeOffInput {
        id: None,
        version: 0,
        person_id: Some(luis),
        machine_id: None,
        kind: "leave".into(),
        from: plus(today, 2),
        from_time: None,
        until: Some(plus(today, 4)),
        until_time: None,
        note: Some("Daughter's wedding".into()),
    };
    let added = o.save_time_off(&leave).await.unwrap();
    let record = o.person_record(luis).await.unwrap();
    assert_eq!(record.to_reassign.jobs.iter().map(|j| j.id).collect::<Vec<_>>(), [inside]);
    let entry = &record.time_off[0];
    assert_eq!((entry.from, entry.until, entry.over), (Some(plus(today, 2)), Some(plus(today, 4)), false));
    assert_eq!(o.roster().await.unwrap().people[0].to_reassign, 1);
    // Longer, over the version seen only; until nobody knows when.
    leave.id = Some(added.id);
    leave.version = added.version;
    leave.until = None;
    o.save_time_off(&leave).await.unwrap();
    assert_eq!(o.person_record(luis).await.unwrap().to_reassign.total, 2);
    assert_eq!(o.save_time_off(&leave).await.unwrap_err().code, ErrorCode::VersionConflict);
    assert_eq!(o.remove_time_off(added.id, added.version).await.unwrap_err().code, ErrorCode::VersionConflict);
    let version = o.person_record(luis).await.unwrap().time_off[0].version;
    let removed = o.remove_time_off(added.id, version).await.unwrap();
    assert_eq!(o.person_record(luis).await.unwrap().time_off.len(), 0);
    o.undo_change(removed.change.unwrap().id).await.unwrap();
    assert_eq!(o.person_record(luis).await.unwrap().time_off[0].note.as_deref(), Some("Daughter's wedding"));

    let maintenance = TimeOffInput {
        id: None,
        person_id: None,
        machine_id: Some(paver.id),
        kind: "maintenance".into(),
        until: Some(plus(today, 3)),
        ..leave.clone()
    };
    o.save_time_off(&maintenance).await.unwrap();
    let record = o.machine_record(paver.id).await.unwrap();
    assert_eq!(record.to_reassign.jobs.iter().map(|j| j.id).collect::<Vec<_>>(), [inside]);
    let shop = o.save_machine(Some(paver.id), record.version, &machine("Paver 1", "in_shop")).await.unwrap();
    assert_eq!(o.machine_record(paver.id).await.unwrap().to_reassign.total, 2);
    let line = o.roster().await.unwrap().machines.remove(0);
    assert_eq!((line.jobs, line.to_reassign, line.away), (2, 2, None));
    o.undo_change(shop.change.unwrap().id).await.unwrap();
    assert_eq!(o.machine_record(paver.id).await.unwrap().status, "active");
    let wrong = TimeOffInput { kind: "leave".into(), ..maintenance };
    assert_eq!(o.save_time_off(&wrong).await.unwrap_err().field.as_deref(), Some("time_off_kind"));
}

#[tokio::test]
async fn a_crew_set_inactive_names_its_jobs() {
    let (at, dana) = office().await;
    let o = &dana.office;
    let id = dana.add_crew("Paving A").await;
    let ahead = job(&at, 3, "[{\"crew\": \"Paving A\"}]", "[]").await;
    job(&at, -3, "[\"Paving A\"]", "[]").await;
    let seen = o.crew_record(id).await.unwrap();
    assert_eq!((seen.jobs.total, seen.to_reassign.total), (1, 0));
    let query = ResourceJobsQuery { kind: ResourceKind::Crew, id, from: None, until: None };
    assert_eq!(o.resource_jobs(&query).await.unwrap().jobs[0].id, ahead);
    let inactive = CrewInput { status: "inactive".into(), color: Some("#b4532a".into()), ..crew("Paving A") };
    let change = o.save_crew(Some(id), seen.version, &inactive).await.unwrap().change.unwrap();
    assert_eq!(o.crew_record(id).await.unwrap().to_reassign.jobs[0].id, ahead);
    assert_eq!(o.save_crew(Some(id), seen.version, &inactive).await.unwrap_err().code, ErrorCode::VersionConflict);
    o.undo_change(change.id).await.unwrap();
    let back = o.crew_record(id).await.unwrap();
    assert_eq!((back.status.as_str(), back.color, back.to_reassign.total), ("active", None, 0));
}

#[tokio::test]
async fn moving_somebody_to_another_crew_moves_them_on_the_jobs_to_come() {
    let (at, dana) = office().await;
    let o = &dana.office;
    let today = dana.today().await;
    let (luis, a, b) = (dana.add("Luis").await, dana.add_crew("Paving A").await, dana.add_crew("Paving B").await);
    let inside = dana.join(luis, a, plus(today, -30), false).await;
    let (soon, late, others) = (
        job(&at, 2, "[\"Paving A\"]", "[]").await,
        job(&at, 6, "[\"Paving A\"]", "[]").await,
        job(&at, 6, "[\"Paving B\"]", "[]").await,
    );
    let to =
        CrewMove { membership_id: inside.id, version: inside.version, crew_id: b, from: plus(today, 5), is_lead: true };
    let moved = saved(o.move_to_crew(&to).await.unwrap());
    let before = (on(&at, soon).await, on(&at, late).await, on(&at, others).await);
    assert_eq!(before, ("Luis firm".to_owned(), String::new(), "Luis firm".to_owned()));
    let record = o.person_record(luis).await.unwrap();
    let spans: Vec<_> = record.memberships.iter().map(|m| (m.crew_name.as_str(), m.from, m.until, m.is_lead)).collect();
    assert_eq!(
        spans,
        [
            ("Paving B", Some(plus(today, 5)), None, true),
            ("Paving A", Some(plus(today, -30)), Some(plus(today, 4)), false)
        ]
    );
    // Twice from the same page: the second is told.
    assert_eq!(o.move_to_crew(&to).await.unwrap_err().code, ErrorCode::VersionConflict);
    let undone = o.undo_change(moved.change.unwrap().id).await.unwrap();
    assert_eq!((on(&at, late).await, on(&at, others).await), ("Luis firm".to_owned(), String::new()));
    o.undo_change(undone.change.id).await.unwrap();
    assert_eq!((on(&at, late).await, on(&at, others).await), (String::new(), "Luis firm".to_owned()));

    // One lead at a time.
    let ann = dana.add("Ann").await;
    let lead = dana.join(ann, b, plus(today, 10), true).await;
    let leads = |record: Vec<office::view::Membership>| {
        record.into_iter().filter(|m| m.is_lead).map(|m| m.person_name).collect::<Vec<_>>()
    };
    assert_eq!(leads(o.crew_record(b).await.unwrap().memberships), ["Ann"]);
    o.undo_change(lead.change.unwrap().id).await.unwrap();
    assert_eq!(leads(o.crew_record(b).await.unwrap().memberships), ["Luis"]);
}

#[tokio::test]
async fn a_membership_that_would_double_book_is_refused_and_names_the_other_job() {
    let (at, dana) = office().await;
    let o = &dana.office;
    let today = dana.today().await;
    let (luis, a) = (dana.add("Luis Bailey").await, dana.add_crew("Paving A").await);
    let own = job(&at, 3, "[\"Luis Bailey\"]", "[]").await;
    let crews = job(&at, 3, "[\"Paving A\"]", "[]").await;
    let join = MembershipInput {
        id: None,
        version: 0,
        crew_id: a,
        person_id: luis,
        from: Some(today),
        until: None,
        is_lead: false,
    };
    let CrewOutcome::Clashes { clashes } = o.save_membership(&join).await.unwrap() else { panic!("it was saved") };
    let named: Vec<_> = clashes
        .iter()
        .map(|c| (c.job_id, c.resource_name.as_str(), c.other_job_id, c.other_address.as_str()))
        .collect();
    assert_eq!(named, [(Some(crews), "Luis Bailey", own, "3 Oak St")]);
    assert_eq!(o.person_record(luis).await.unwrap().memberships.len(), 0, "nothing was saved");
    // After that day it works; the same time in the same crew does not.
    let later = MembershipInput { from: Some(plus(today, 4)), ..join.clone() };
    let inside = saved(o.save_membership(&later).await.unwrap());
    let twice = o.save_membership(&MembershipInput { from: Some(plus(today, 9)), ..join.clone() }).await.unwrap_err();
    assert_eq!((twice.code, twice.field.as_deref()), (ErrorCode::Invalid, Some("from")));
    // An undo that would double book says whom.
    let earlier =
        MembershipInput { id: Some(inside.id), version: inside.version, until: Some(plus(today, 8)), ..later };
    let ended = saved(o.save_membership(&earlier).await.unwrap());
    job(&at, 12, "[\"Paving A\"]", "[]").await;
    job(&at, 12, "[\"Luis Bailey\"]", "[]").await;
    let refused = o.undo_change(ended.change.unwrap().id).await.unwrap_err();
    assert!(refused.message.starts_with("Luis Bailey would be in two places at once"), "{}", refused.message);
}

#[tokio::test]
async fn who_was_in_a_crew_stays_known() {
    let (_at, dana) = office().await;
    let o = &dana.office;
    let today = dana.today().await;
    let (luis, a) = (dana.add("Luis Bailey").await, dana.add_crew("Paving A").await);
    let begun = dana.join(luis, a, plus(today, -1), false).await;
    let refused = o.remove_membership(begun.id, begun.version).await.unwrap_err();
    assert_eq!(refused.code, ErrorCode::Invalid);
    let ann = dana.add("Ann").await;
    let coming = dana.join(ann, a, plus(today, 3), false).await;
    let removed = saved(o.remove_membership(coming.id, coming.version).await.unwrap());
    assert_eq!(o.crew_record(a).await.unwrap().memberships.len(), 1);
    o.undo_change(removed.change.unwrap().id).await.unwrap();
    assert_eq!(o.crew_record(a).await.unwrap().memberships.len(), 2);
    // Adding somebody who is in a crew by now is not undone: it would take them out of it.
    let query = ChangesQuery { mine: true, search: Some("Ann added".into()), after: None, limit: 5 };
    let added = o.recent_changes(&query).await.unwrap().items.remove(0);
    let refused = o.undo_change(added.id).await.unwrap_err();
    assert_eq!(refused.code, ErrorCode::Invalid);
    assert!(refused.message.contains("Ann is on jobs, in a crew"), "{}", refused.message);
}

#[tokio::test]
async fn an_emergency_contact_is_shown_only_when_it_is_asked_for() {
    let (at, dana) = office().await;
    let o = &dana.office;
    let id = dana.add("Luis Bailey").await;
    at.execute(&format!(
        "UPDATE crew_members SET emergency_contact = '{{\"contact_name\": \"Ana\", \"mobile\": \"630-555-0199\", \"notes\": \"nights\"}}' WHERE id = '{id}'"
    ))
    .await;
    let record = o.person_record(id).await.unwrap();
    assert!(record.has_contact);
    let first = format!("{record:?} {:?}", o.roster().await.unwrap());
    assert!(!first.contains("630-555-0199") && !first.contains("Ana\""), "{first}");
    assert!(o.search("630-555-0199", 10).await.unwrap().is_empty());
    let shown = o.emergency_contact(id).await.unwrap();
    assert_eq!((shown.contact.name.as_deref(), shown.contact.phone.as_deref()), (Some("Ana"), Some("630-555-0199")));
    assert_eq!(shown.more, [("notes".to_owned(), "nights".to_owned())]);
    let new = ContactInput { phone: Some("630-555-0142".into()), ..shown.contact };
    let saved = o.save_emergency_contact(id, shown.version, &new).await.unwrap();
    let column = format!("SELECT emergency_contact FROM crew_members WHERE id = '{id}'");
    assert_eq!(text(&at, &column).await, r#"{"notes": "nights", "mobile": "630-555-0142", "contact_name": "Ana"}"#);
    assert_eq!(o.save_emergency_contact(id, shown.version, &new).await.unwrap_err().code, ErrorCode::VersionConflict);
    // "Recent changes" says that it was changed, not what it is.
    let changes = o.recent_changes(&ChangesQuery { mine: true, search: None, after: None, limit: 5 }).await.unwrap();
    assert!(!format!("{changes:?}").contains("555-0"), "{changes:?}");
    o.undo_change(saved.change.unwrap().id).await.unwrap();
    assert_eq!(o.emergency_contact(id).await.unwrap().contact.phone.as_deref(), Some("630-555-0199"));
}

#[tokio::test]
async fn certificates_are_in_the_order_in_which_they_run_out_and_what_a_role_needs_is_missed() {
    let (at, dana) = office().await;
    let o = &dana.office;
    let today = dana.today().await;
    for (name, role, certificates) in [
        ("Ann", "truck driver", format!("[{{\"name\": \"CDL A\", \"expires\": \"{}\"}}]", plus(today, 12))),
        (
            "Bob",
            "Truck Driver",
            format!("[{{\"name\": \"CDL B\", \"expires\": \"{}\"}}, \"OSHA 10\"]", plus(today, -2)),
        ),
        ("Gone", "truck driver", "[{\"name\": \"CDL A\", \"expires\": \"2020-01-01\"}]".to_owned()),
    ] {
        at.execute(&format!(
            "INSERT INTO crew_members (name, role, certifications) VALUES ('{name}', '{role}', '{certificates}')"
        ))
        .await;
    }
    at.execute("UPDATE crew_members SET status = 'terminated' WHERE name = 'Gone'").await;
    let all = o.certificate_overview().await.unwrap();
    let lines: Vec<_> =
        all.lines.iter().map(|l| (l.person_name.as_str(), l.name.as_str(), l.state, l.required)).collect();
    assert_eq!(
        lines,
        [
            ("Bob", "CDL B", CertificateState::Expired, true),
            ("Ann", "CDL A", CertificateState::Expiring, true),
            ("Bob", "OSHA 10", CertificateState::Valid, false),
        ]
    );
    let missing: Vec<_> = all.missing.iter().map(|m| (m.person_name.as_str(), m.certificate.as_str())).collect();
    assert_eq!(missing, [("Ann", "DOT medical card"), ("Bob", "DOT medical card")]);
    let needs = all.requirements.iter().find(|r| r.role == "truck driver").unwrap().certificates.clone();
    assert_eq!(needs, ["CDL", "DOT medical card"]);
    let saved = o.save_requirements("truck driver", &needs, &["CDL".into()]).await.unwrap();
    assert_eq!(o.certificate_overview().await.unwrap().missing.len(), 0);
    let stale = o.save_requirements("truck driver", &needs, &[]).await.unwrap_err();
    assert_eq!(stale.code, ErrorCode::VersionConflict);
    o.undo_change(saved.change.unwrap().id).await.unwrap();
    assert_eq!(o.certificate_overview().await.unwrap().missing.len(), 2);
    let line = o.roster().await.unwrap().people.into_iter().find(|p| p.name == "Ann").unwrap();
    assert_eq!((line.certificates.expiring, line.certificates.next_expiry), (1, Some(plus(today, 12))));
}

#[tokio::test]
async fn closed_days_are_those_of_the_year() {
    let (at, dana) = office().await;
    let o = &dana.office;
    at.execute("INSERT INTO time_off (kind, during, note) VALUES ('rain', '[-infinity, infinity)', 'the flood')").await;
    let fourth = TimeOffInput {
        id: None,
        version: 0,
        person_id: None,
        machine_id: None,
        kind: "holiday".into(),
        from: "2026-07-03".parse().unwrap(),
        from_time: None,
        until: "2026-07-04".parse().ok(),
        until_time: None,
        note: Some("Independence Day".into()),
    };
    let saved = o.save_time_off(&fourth).await.unwrap();
    let days = o.closed_days(Some(2026)).await.unwrap().days;
    let told: Vec<_> = days.iter().map(|d| (d.kind.as_str(), d.from, d.until)).collect();
    assert_eq!(told, [("rain", None, None), ("holiday", Some(fourth.from), fourth.until)]);
    assert_eq!(o.closed_days(Some(2025)).await.unwrap().days.len(), 1);
    assert_eq!(saved.change.as_ref().unwrap().summary, "Holiday added: Jul 3, 2026 – Jul 4, 2026");
    o.undo_change(saved.change.unwrap().id).await.unwrap();
    assert_eq!(o.closed_days(Some(2026)).await.unwrap().days.len(), 1);
    // What another program wrote without an end can be given one.
    let flood = &days[0];
    let mended = TimeOffInput {
        id: Some(flood.id),
        version: flood.version,
        kind: "rain".into(),
        from: "2026-06-01".parse().unwrap(),
        until: "2026-06-01".parse().ok(),
        ..fourth
    };
    o.save_time_off(&mended).await.unwrap();
    assert_eq!(o.closed_days(Some(2025)).await.unwrap().days.len(), 0);
}
