//! What the database writes by itself can be read by everybody: numbers beyond what a double holds and trees deeper than
//! a reader goes are bounded before they are stored, and nothing else is touched.

#![allow(clippy::expect_used, clippy::unwrap_used, reason = "a failed step is a failed test")]

use neff_tests::postgres::Server;
use serde_json::{Value, json};

fn nested(levels: usize) -> String {
    format!("{}1{}", "[".repeat(levels), "]".repeat(levels))
}

#[tokio::test]
async fn odd_values_are_bounded_and_others_are_not_touched() {
    let database = Server::get().await.office_database().await;
    let bounded = |json: &str| database.psql(&format!("SELECT neff.bounded_json('{json}')")).trim().to_owned();
    for same in [
        "null",
        "1",
        "-1e299",
        "1e-400",
        "{}",
        "[]",
        r#"{"a": [1, "x", null, true, {"b": 0.10}]}"#,
        r#"["1e400", "7"]"#,
        format!("[{}]", vec!["[]"; 200].join(", ")).as_str(),
        nested(64).as_str(),
    ] {
        let before = database.psql(&format!("SELECT '{same}'::jsonb")).trim().to_owned();
        assert_eq!(bounded(same), before, "{same}");
        let _: Value = serde_json::from_str(&before).unwrap();
    }
    for odd in [
        "1e400",
        "-1e400",
        "1.7976931348623157e308",
        "1e131071",
        nested(65).as_str(),
        nested(300).as_str(),
        nested(3000).as_str(),
    ] {
        for around in [odd.to_owned(), format!(r#"{{"a": [{odd}], "b": "kept"}}"#)] {
            let text = bounded(&around);
            let value: Value = serde_json::from_str(&text).unwrap_or_else(|error| panic!("{odd:.40}: {error}"));
            assert!(value.is_number() || text.contains('…'), "{odd:.40}: {text:.80}");
            assert!(text.len() < 1000);
            if around.contains("kept") {
                assert_eq!(value["b"], json!("kept"));
            }
        }
    }
}

#[tokio::test]
async fn everything_alerts_store_can_be_read() {
    let database = Server::get().await.office_database().await;
    database.psql("SELECT neff.register_person('Ann'); INSERT INTO alert_types (name, category, default_channels) VALUES ('gate_open', 'security', '[\"dashboard\"]')");
    for odd in ["1e400", "1.7976931348623157e308", nested(300).as_str()] {
        for data in [
            format!(r#"{{"about": {odd}, "of": {odd}, "n": {odd}}}"#),
            format!(
                r#"{{"about": {{"kind": {odd}, "id": [{odd}]}}, "deep": {{"a": {{"b": {odd}}}}}, "title": {odd}}}"#
            ),
            format!(r#"{{"long": "{}", "odd": {odd}}}"#, "x".repeat(4000)),
        ] {
            database.psql(&format!(
                "DELETE FROM alert_history; DELETE FROM dashboard_notifications; UPDATE neff.alert_windows SET sent_at = '-infinity';
                 SELECT neff.record_system_error('odd', 'odd', '{data}'); SELECT neff.raise_alert('gate_open', '{data}');
                 SELECT public.send_alert_notifications(NULL, (SELECT id FROM alert_types WHERE name = 'gate_open'), '{data}', '[\"dashboard\", \"email\"]', '[\"admins\"]')"
            ));
            let stored =
                database.psql("SELECT data FROM dashboard_notifications UNION ALL SELECT data FROM alert_history");
            assert_eq!(stored.trim().lines().count(), 9, "{stored:.2000}");
            for line in stored.trim().lines() {
                let value: Value = serde_json::from_str(line).unwrap_or_else(|error| panic!("{data:.60}: {error}"));
                assert!(value.is_object());
            }
        }
    }
    assert_eq!(
        database
            .psql("SELECT count(*) FROM alert_history WHERE status = 'failed' AND channel NOT IN ('email', 'sms')")
            .trim(),
        "0"
    );
}

#[tokio::test]
async fn what_a_program_writes_into_the_offices_changes_can_be_read() {
    let database = Server::get().await.office_database().await;
    let odd = nested(300);
    database.psql(&format!(
        r#"INSERT INTO office_changes (summary, changed_by, login, proven, source, fields, inverse)
           VALUES ('x', 'x', 'x', false, 'x', '[{{"label": "Notes", "before": 1e400, "after": {odd}}}]', '{{"row": {{"crew": [1e400]}}}}')"#
    ));
    for column in ["fields", "inverse"] {
        let text = database.psql(&format!("SELECT {column} FROM office_changes"));
        let _: Value = serde_json::from_str(text.trim()).unwrap_or_else(|error| panic!("{column}: {error}"));
    }
}
