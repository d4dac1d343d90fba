//! The inbox pages through however many alerts there are, each once; finding records keeps to what a login may see.

#![allow(clippy::expect_used, clippy::unwrap_used, reason = "a failed step is a failed test")]

mod common;

use common::{Computer, promote};
use neff_tests::office::Office as TestOffice;
use office::view::{InboxOrder, InboxQuery, InboxShow, Notification, RecordKind, SearchKind};

fn query(show: InboxShow) -> InboxQuery {
    InboxQuery {
        show,
        order: InboxOrder::Newest,
        search: None,
        types: Vec::new(),
        min_priority: None,
        expired: false,
        after: None,
        limit: 50,
    }
}

/// 500 alerts, many of the same moment; every third read, every tenth expired.
async fn fill(at: &TestOffice) {
    at.execute(&format!(
        "INSERT INTO dashboard_notifications (user_id, alert_type_id, title, message, priority_level, is_read, created_at, expires_at)
         SELECT '{}', (SELECT id FROM alert_types ORDER BY name OFFSET n % 3 LIMIT 1), 'Alert ' || n, 'Message of 100%_' || n,
                1 + n % 5, n % 3 = 0, now() - (n / 20) * interval '1 minute', CASE WHEN n % 10 = 0 THEN now() - interval '1 hour' END
           FROM generate_series(1, 500) AS n",
        at.user_id
    ))
    .await;
}

async fn every(computer: &Computer, mut query: InboxQuery) -> Vec<Notification> {
    let mut all = Vec::new();
    loop {
        let page = computer.office.inbox(&query).await.unwrap();
        all.extend(page.items);
        match page.next {
            Some(next) => query.after = Some(next),
            None => return all,
        }
    }
}

fn distinct(items: &[Notification]) -> usize {
    let mut ids: Vec<_> = items.iter().map(|n| n.id).collect();
    ids.sort_unstable();
    ids.dedup();
    ids.len()
}

#[tokio::test]
async fn every_alert_is_on_one_page_and_the_unread_come_first() {
    let at = TestOffice::open().await;
    fill(&at).await;
    let dana = Computer::of(&at).await;
    for limit in [7, 50, 200] {
        for order in [InboxOrder::Newest, InboxOrder::Priority] {
            let all = every(&dana, InboxQuery { limit, order, expired: true, ..query(InboxShow::All) }).await;
            assert_eq!((all.len(), distinct(&all)), (500, 500), "{limit} {order:?}");
            assert!(all.is_sorted_by_key(|n| n.is_read), "unread first");
            let unread: Vec<_> = all.iter().filter(|n| !n.is_read).collect();
            match order {
                InboxOrder::Newest => assert!(unread.is_sorted_by(|a, b| a.created_at >= b.created_at)),
                InboxOrder::Priority => assert!(unread.is_sorted_by(|a, b| a.priority >= b.priority)),
            }
        }
    }
    assert_eq!(every(&dana, query(InboxShow::Unread)).await.len(), 300, "a tenth has expired");
    assert_eq!(dana.office.inbox(&query(InboxShow::Unread)).await.unwrap().unread, 300);
    let urgent = every(&dana, InboxQuery { min_priority: Some(5), expired: true, ..query(InboxShow::All) }).await;
    assert_eq!(urgent.len(), 100);
}

#[tokio::test]
async fn a_search_takes_every_character_as_it_is() {
    let at = TestOffice::open().await;
    fill(&at).await;
    let dana = Computer::of(&at).await;
    let find = async |text: &str| {
        every(&dana, InboxQuery { search: Some(text.into()), expired: true, ..query(InboxShow::All) }).await.len()
    };
    assert_eq!(find("ALERT 123").await, 1);
    assert_eq!(find("100%_77").await, 1);
    assert_eq!(find("100%%").await, 0);
    assert_eq!(find("'; DROP TABLE estimates; --\\").await, 0);
    let kinds = dana.office.alert_kinds().await.unwrap();
    let one = InboxQuery { types: vec![kinds[0].name.clone()], expired: true, ..query(InboxShow::All) };
    assert!((166..=167).contains(&every(&dana, one).await.len()));
}

#[tokio::test]
async fn read_here_is_read_on_every_computer_and_what_came_since_stays_unread() {
    let at = TestOffice::open().await;
    fill(&at).await;
    let (one, two) = (Computer::of(&at).await, Computer::of(&at).await);
    let page = one.office.inbox(&query(InboxShow::Unread)).await.unwrap();
    let ids: Vec<_> = page.items.iter().map(|n| n.id).collect();
    let before = two.desktop.heard("NotificationsChanged");
    let started = std::time::Instant::now();
    assert_eq!(one.office.set_read(&ids, true).await.unwrap(), 50);
    while two.desktop.heard("NotificationsChanged") == before {
        assert!(started.elapsed().as_secs() < 1, "the other computer hears of it within a second");
        tokio::time::sleep(std::time::Duration::from_millis(5)).await;
    }
    assert_eq!(two.office.inbox(&query(InboxShow::Unread)).await.unwrap().unread, 250);
    assert_eq!(one.office.set_read(&ids, false).await.unwrap(), 50, "and back");

    let as_of = one.office.inbox(&query(InboxShow::Unread)).await.unwrap().as_of;
    let late = at.notify("Late", "after the person looked").await;
    one.office.mark_all_read_in(&query(InboxShow::Unread), as_of).await.unwrap();
    let left = two.office.inbox(&query(InboxShow::Unread)).await.unwrap();
    assert_eq!(left.items.iter().map(|n| n.id).collect::<Vec<_>>(), [late]);
    // Another person's alerts are nobody else's to read.
    at.execute("INSERT INTO dashboard_notifications (user_id, alert_type_id, title, message) SELECT 'mike', id, 't', 'm' FROM alert_types LIMIT 1").await;
    assert_eq!(two.office.inbox(&query(InboxShow::All)).await.unwrap().unread, 1);
}

#[tokio::test]
async fn an_export_holds_what_the_filter_shows() {
    let at = TestOffice::open().await;
    fill(&at).await;
    at.notify("=cmd|' /C calc'!A0", "Smith & Sons <Lot 4>, \"quoted\"").await;
    let dana = Computer::of(&at).await;
    let file = dana.folder.path().join("alerts.csv");
    let done = dana.office.export_inbox(&InboxQuery { expired: true, ..query(InboxShow::All) }, &file).await.unwrap();
    assert_eq!(done.rows, 501);
    let text = std::fs::read_to_string(&file).unwrap();
    assert_eq!(text.lines().count(), 502);
    assert!(text.contains("\"'=cmd|' /C calc'!A0\",\"Smith & Sons <Lot 4>, \"\"quoted\"\"\""));
    let nowhere = dana.folder.path().join("missing").join("alerts.csv");
    assert!(dana.office.export_inbox(&query(InboxShow::All), &nowhere).await.is_err());
}

#[tokio::test]
async fn a_record_is_found_by_name_street_and_number() {
    let at = TestOffice::open().await;
    at.execute(
        "INSERT INTO customers (name, phone, address) VALUES ('Smith & Sons <Lot 4>', '(630) 555-0142', '12 Quarry Road, Lisle');
         INSERT INTO customers (name, email, status) VALUES ('Blocked Smith', 'b@example.com', 'blocked');
         INSERT INTO contracts (client_name, service_type, project_address) VALUES ('Ana Díaz', 'commercial', '7 Mill St');
         INSERT INTO job_schedules (contract_id, start_date, end_date, location_address)
              SELECT id, now(), now() + interval '1 hour', '9 Depot Ave' FROM contracts;
         INSERT INTO crews (name) VALUES ('Smith Crew'); INSERT INTO equipment (name, kind) VALUES ('Paver 3', 'paver')",
    )
    .await;
    at.request_estimate("{{7*7}} <img onerror=x>").await;
    let dana = Computer::of(&at).await;
    let kinds =
        async |text: &str| dana.office.search(text, 20).await.unwrap().into_iter().map(|h| h.kind).collect::<Vec<_>>();
    assert_eq!(kinds("smith").await, [SearchKind::Crew, SearchKind::Customer]);
    assert_eq!(kinds("quarry smi").await, [SearchKind::Customer], "two words of two columns");
    assert_eq!(kinds("6305550142").await, [SearchKind::Customer], "a number however it was written");
    assert_eq!(kinds("díaz").await, [SearchKind::Job, SearchKind::Contract]);
    assert_eq!(kinds("depot").await, [SearchKind::Job]);
    assert_eq!(kinds("{{7*7}}").await, [SearchKind::Estimate]);
    assert_eq!(kinds("pa").await, [SearchKind::Machine]);
    for nothing in ["", "   ", "100%", "\\", "'", "zzzz"] {
        assert!(kinds(nothing).await.is_empty(), "{nothing}");
    }
    promote(&at).await;
    let admin = Computer::of(&at).await;
    assert_eq!(
        admin.office.search("blocked", 20).await.unwrap().len(),
        1,
        "who administers sees the blocked ones, too"
    );
    for hit in admin.office.search("smith", 20).await.unwrap() {
        let kind = match hit.kind {
            SearchKind::Customer => RecordKind::Customer,
            SearchKind::Crew => RecordKind::Crew,
            other => panic!("{other:?}"),
        };
        assert_eq!(admin.office.record(kind, hit.id).await.unwrap().id, hit.id);
    }
}
