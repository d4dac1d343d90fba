//! Changes carry who acts, refuse to overwrite what somebody else did, and can be undone, by their own checked way.

#![allow(clippy::expect_used, clippy::unwrap_used, reason = "a failed step is a failed test")]

mod common;

use common::{Computer, promote};
use neff_tests::office::Office as TestOffice;
use office::ErrorCode;
use office::view::{ChangesQuery, CompanyInput, MeInput};
use uuid::Uuid;

fn all() -> ChangesQuery {
    ChangesQuery { mine: false, search: None, after: None, limit: 50 }
}

async fn company(computer: &Computer) -> CompanyInput {
    let c = computer.office.company().await.unwrap();
    CompanyInput {
        name: c.name,
        letterhead: c.letterhead,
        address: c.address,
        phone: c.phone,
        email: c.email,
        website: c.website,
        license: c.license,
        time_zone: c.time_zone,
        working_days: c.working_days,
        work_from: c.work_from,
        work_until: c.work_until,
        support_name: c.support_name,
        support_phone: c.support_phone,
        support_email: c.support_email,
        offline_readable_days: c.offline_readable_days,
        offline_refused_days: c.offline_refused_days,
        version: c.version,
    }
}

#[tokio::test]
async fn the_company_is_saved_undone_and_done_again() {
    let at = TestOffice::open().await;
    promote(&at).await;
    let dana = Computer::of(&at).await;
    let saved = dana
        .office
        .save_company(&CompanyInput { name: "Smith & Sons <Lot 4>".into(), ..company(&dana).await })
        .await
        .unwrap();
    let change = saved.change.unwrap();
    assert_eq!(saved.company.name, "Smith & Sons <Lot 4>");
    let page = dana.office.recent_changes(&all()).await.unwrap();
    let line = page.items.iter().find(|c| c.id == change.id).unwrap();
    assert_eq!((line.by.as_str(), line.proven, line.source.as_str()), ("Dana Neff", true, "manual_admin"));
    assert_eq!(line.fields.len(), 1);
    assert_eq!(
        (line.fields[0].label.as_str(), line.fields[0].after.as_deref()),
        ("Name", Some("Smith & Sons <Lot 4>"))
    );

    let undone = dana.office.undo_change(change.id).await.unwrap().change;
    assert_eq!(undone.summary, "Undone: Company settings changed");
    assert_eq!(dana.office.company().await.unwrap().name, "");
    let again = dana.office.undo_change(undone.id).await.unwrap().change;
    assert_eq!(again.summary, "Done again: Company settings changed");
    assert_eq!(dana.office.company().await.unwrap().name, "Smith & Sons <Lot 4>");
    // The first has been undone: undoing it a second time would do something else.
    let error = dana.office.undo_change(change.id).await.unwrap_err();
    assert_eq!(error.code, ErrorCode::VersionConflict);
    // Nothing differs: nothing is recorded.
    assert!(dana.office.save_company(&company(&dana).await).await.unwrap().change.is_none());
    // The audit knows the login and the person.
    let audited = at
        .count(&format!(
            "SELECT count(*) FROM audit_logs WHERE table_name = 'system_config' AND row_id = 'company_name' AND user_name = '{}'
              AND session_info->>'claimed_person' = '{}' AND session_info->>'source' = 'manual_admin'",
            at.login, at.user_id
        ))
        .await;
    assert_eq!(audited, 3);
}

#[tokio::test]
async fn two_who_save_at_once_do_not_overwrite_each_other() {
    let at = TestOffice::open().await;
    promote(&at).await;
    let (one, two) = (Computer::of(&at).await, Computer::of(&at).await);
    let (first, second) = (company(&one).await, company(&two).await);
    let (first, second) = (
        CompanyInput { phone: "630-555-0100".into(), ..first },
        CompanyInput { phone: "630-555-0199".into(), ..second },
    );
    let (a, b) = tokio::join!(one.office.save_company(&first), two.office.save_company(&second));
    let refused = match (&a, &b) {
        (Ok(_), Err(e)) | (Err(e), Ok(_)) => e,
        other => panic!("one of two: {other:?}"),
    };
    assert_eq!(refused.code, ErrorCode::VersionConflict);
    // An undo of what was changed again since is refused, too.
    let change = a.or(b).unwrap().change.unwrap();
    let now = company(&one).await;
    one.office.save_company(&CompanyInput { phone: "630-555-0123".into(), ..now }).await.unwrap();
    assert_eq!(two.office.undo_change(change.id).await.unwrap_err().code, ErrorCode::VersionConflict);
    assert_eq!(one.office.company().await.unwrap().phone, "630-555-0123");
}

#[tokio::test]
async fn who_may_not_change_the_company_is_told_who_may() {
    let at = TestOffice::open().await;
    let dana = Computer::of(&at).await;
    assert!(!dana.office.company().await.unwrap().may_edit);
    let input = CompanyInput { name: "Mine".into(), ..company(&dana).await };
    let error = dana.office.save_company(&input).await.unwrap_err();
    assert_eq!(error.code, ErrorCode::RightsMissing);
    assert!(error.message.contains("owner"), "{}", error.message);
}

#[tokio::test]
async fn quiet_hours_are_mine_to_change_and_to_undo() {
    let at = TestOffice::open().await;
    promote(&at).await;
    let dana = Computer::of(&at).await;
    let me = dana.office.me().await.unwrap();
    assert!(me.proven);
    let input = MeInput {
        name: me.name.clone(),
        email: Some("dana@neffpaving.example".into()),
        phone: None,
        time_zone: Some("America/Denver".into()),
        quiet_from: Some("21:30".into()),
        quiet_until: Some("05:45".into()),
        version: me.version,
    };
    let saved = dana.office.save_me(&input).await.unwrap();
    assert_eq!(saved.me.quiet_from.as_deref(), Some("21:30"));
    assert_eq!(dana.office.save_me(&input).await.unwrap_err().code, ErrorCode::VersionConflict, "the version is old");
    // Somebody else in the same office cannot undo it.
    let other = other_person(&at).await;
    let change = saved.change.unwrap();
    let refused = other.office.undo_change(change.id).await.unwrap_err();
    assert_eq!(refused.code, ErrorCode::RightsMissing);
    dana.office.undo_change(change.id).await.unwrap();
    assert_eq!(dana.office.me().await.unwrap().quiet_from, None);
}

#[tokio::test]
async fn on_a_shared_login_nobody_changes_where_alerts_go() {
    let at = TestOffice::open().await;
    let mike = other_person(&at).await;
    let me = mike.office.me().await.unwrap();
    let mut input = MeInput {
        name: me.name,
        email: None,
        phone: None,
        time_zone: Some("America/Denver".into()),
        quiet_from: Some("21:30".into()),
        quiet_until: Some("05:45".into()),
        version: me.version,
    };
    let saved = mike.office.save_me(&input).await.unwrap();
    assert_eq!(saved.me.quiet_from.as_deref(), Some("21:30"));
    input.version = saved.me.version;
    for (field, change) in [("email", "mike@example.com"), ("phone", "555-0100"), ("name", "Karen")] {
        let mut input = input.clone();
        match field {
            "email" => input.email = Some(change.to_owned()),
            "phone" => input.phone = Some(change.to_owned()),
            _ => change.clone_into(&mut input.name),
        }
        let refused = mike.office.save_me(&input).await.unwrap_err();
        assert_eq!((refused.code, refused.field.as_deref()), (ErrorCode::Invalid, Some(field)), "{refused:?}");
    }
    mike.office.undo_change(saved.change.unwrap().id).await.unwrap();
    assert_eq!(mike.office.me().await.unwrap().quiet_from, None);
    assert_eq!(at.count("SELECT count(*) FROM app_users WHERE name = 'Mike Stone' AND email IS NULL").await, 1);
}

/// Somebody on the shared login of the website, who says who they are.
async fn other_person(at: &TestOffice) -> Computer {
    at.execute("INSERT INTO app_users (user_id, name) VALUES ('mike', 'Mike Stone')").await;
    let login = neff_tests::postgres::unique("front_desk");
    at.execute(&format!(
        "BEGIN; SELECT pg_advisory_xact_lock(7310001); CREATE ROLE {login} LOGIN IN ROLE neff_app; COMMIT"
    ))
    .await;
    let mike: Uuid = sqlx::query_scalar("SELECT id FROM app_users WHERE user_id = 'mike'")
        .fetch_one(at.keeper().await)
        .await
        .unwrap();
    let computer = Computer::new();
    let input = office::connecting::ConnectionInput { login, ..common::input(at) };
    computer.office.connect(&input, None).await.unwrap();
    let state = computer.office.i_am(mike).await.unwrap();
    assert!(common::online(&state), "{state:?}");
    computer
}

#[tokio::test]
async fn notes_of_an_estimate_are_saved_over_the_version_seen_only() {
    let at = TestOffice::open().await;
    let dana = Computer::of(&at).await;
    let id = at.request_estimate("Smith & Sons <Lot 4>").await;
    let seen = dana.office.estimate(id).await.unwrap();
    let saved = dana.office.save_estimate_notes(id, "Call before ten.\n", seen.version).await.unwrap();
    assert_eq!(saved.estimate.notes.as_deref(), Some("Call before ten."));
    let stale = dana.office.save_estimate_notes(id, "Lost?", seen.version).await.unwrap_err();
    assert_eq!(stale.code, ErrorCode::VersionConflict);
    // Another program writes to the same row: over its notes nothing is undone, the rest of the row does not matter.
    let change = saved.change.unwrap().id;
    at.execute(&format!("UPDATE estimates SET timeline = 'spring', notes = 'Call at noon.' WHERE id = '{id}'")).await;
    let error = dana.office.undo_change(change).await.unwrap_err();
    assert_eq!(error.code, ErrorCode::VersionConflict);
    assert_eq!(dana.office.estimate(id).await.unwrap().notes.as_deref(), Some("Call at noon."));
    at.execute(&format!("UPDATE estimates SET notes = 'Call before ten.' WHERE id = '{id}'")).await;
    dana.office.undo_change(change).await.unwrap();
    assert_eq!(dana.office.estimate(id).await.unwrap().notes, seen.notes);
}

#[tokio::test]
async fn nobody_writes_a_change_in_another_persons_name_or_rewrites_one() {
    let at = TestOffice::open().await;
    let dana = Computer::of(&at).await;
    let mut website = at.website().await;
    let id: Uuid = sqlx::query_scalar(
        "INSERT INTO office_changes (changed_by, login, proven, source, summary, inverse)
         VALUES ($1, $1::name, true, 'manual_admin', 'Forged', '{\"do\": \"drop\"}') RETURNING id",
    )
    .bind(&at.user_id)
    .fetch_one(&mut website)
    .await
    .unwrap();
    let page = dana.office.recent_changes(&all()).await.unwrap();
    let line = page.items.iter().find(|c| c.id == id).unwrap();
    assert_eq!(
        (line.by.as_str(), line.proven, line.source.as_str(), line.can_undo),
        ("system", false, "system", false)
    );
    assert_eq!(dana.office.undo_change(id).await.unwrap_err().code, ErrorCode::Invalid);
    for statement in ["UPDATE office_changes SET summary = 'x'", "DELETE FROM office_changes"] {
        let error = sqlx::query(statement).execute(&mut website).await.unwrap_err();
        assert!(error.to_string().contains("permission denied"), "{error}");
    }
}

#[tokio::test]
async fn what_other_programs_did_stands_among_the_changes_page_by_page() {
    let at = TestOffice::open().await;
    let dana = Computer::of(&at).await;
    for n in 0..7 {
        let id = at.request_estimate(&format!("Customer {n}")).await;
        let seen = dana.office.estimate(id).await.unwrap();
        dana.office.save_estimate_notes(id, "x", seen.version).await.unwrap();
        at.execute(&format!(
            "INSERT INTO job_schedules (start_date, end_date, location_address) VALUES (now(), now() + interval '1 hour', '{n} Oak St')"
        ))
        .await;
    }
    let mut seen = Vec::new();
    let mut query = ChangesQuery { limit: 4, ..all() };
    loop {
        let page = dana.office.recent_changes(&query).await.unwrap();
        seen.extend(page.items);
        match page.next {
            Some(next) => query.after = Some(next),
            None => break,
        }
    }
    assert_eq!(seen.len(), 14);
    assert!(seen.is_sorted_by(|a, b| a.at >= b.at));
    assert_eq!(seen.iter().filter(|c| c.summary.starts_with("Job scheduled: ") && !c.can_undo).count(), 7);
    let found = dana.office.recent_changes(&ChangesQuery { search: Some("3 oak".into()), ..all() }).await.unwrap();
    assert_eq!(found.items.len(), 1);
    let mine = dana.office.recent_changes(&ChangesQuery { mine: true, ..all() }).await.unwrap();
    assert_eq!(mine.items.len(), 7);
    assert!(dana.desktop.heard("ChangesChanged") > 0);
}
