//! What a rule's conditions mean: every operator against every kind of field, hostile names and values, and rules
//! that cannot be used beside rules that can.

#![allow(clippy::expect_used, clippy::unwrap_used, reason = "a failed step is a failed test")]

use neff_tests::postgres::{Server, TestDatabase};
use rand::rngs::StdRng;
use rand::{Rng, SeedableRng};
use serde_json::{Map, Value, json};
use sqlx::{PgPool, Row};

/// Data, conditions, and whether they hold.
const GOLDEN: &[(&str, &str, bool)] = &[
    // Nothing asked: always.
    (r"{}", r"{}", true),
    (r#"{"a": 1}"#, r"{}", true),
    // = and !=
    (r#"{"a": 4}"#, r#"{"a": {"=": 4}}"#, true),
    (r#"{"a": 4}"#, r#"{"a": {"=": 4.0}}"#, true),
    (r#"{"a": 4.10}"#, r#"{"a": {"=": 4.1}}"#, true),
    (r#"{"a": "4"}"#, r#"{"a": {"=": 4}}"#, false),
    (r#"{"a": 4}"#, r#"{"a": {"=": "4"}}"#, false),
    (r#"{"a": "84101"}"#, r#"{"a": {"=": "84101"}}"#, true),
    (r#"{"a": "x"}"#, r#"{"a": {"=": "X"}}"#, false),
    (r#"{"a": true}"#, r#"{"a": {"=": true}}"#, true),
    (r#"{"a": false}"#, r#"{"a": {"=": true}}"#, false),
    (r#"{"a": "true"}"#, r#"{"a": {"=": true}}"#, false),
    (r#"{"a": 1}"#, r#"{"a": {"=": true}}"#, false),
    (r#"{"a": null}"#, r#"{"a": {"=": 4}}"#, false),
    (r"{}", r#"{"a": {"=": 4}}"#, false),
    (r#"{"a": [4]}"#, r#"{"a": {"=": 4}}"#, false),
    (r#"{"a": {"b": 4}}"#, r#"{"a": {"=": 4}}"#, false),
    (r#"{"a": 5}"#, r#"{"a": {"!=": 4}}"#, true),
    (r#"{"a": 4}"#, r#"{"a": {"!=": 4}}"#, false),
    (r#"{"a": "y"}"#, r#"{"a": {"!=": "x"}}"#, true),
    (r#"{"a": false}"#, r#"{"a": {"!=": true}}"#, true),
    (r#"{"a": "5"}"#, r#"{"a": {"!=": 4}}"#, false),
    (r#"{"a": 5}"#, r#"{"a": {"!=": "x"}}"#, false),
    (r#"{"a": null}"#, r#"{"a": {"!=": 4}}"#, false),
    (r"{}", r#"{"a": {"!=": 4}}"#, false),
    (r#"{"a": [5]}"#, r#"{"a": {"!=": 4}}"#, false),
    (r#"{"a": []}"#, r#"{"a": {"!=": 4}}"#, false),
    (r#"{"a": {}}"#, r#"{"a": {"!=": 4}}"#, false),
    // Order
    (r#"{"a": 10001}"#, r#"{"a": {">": 10000}}"#, true),
    (r#"{"a": 10000}"#, r#"{"a": {">": 10000}}"#, false),
    (r#"{"a": 10000}"#, r#"{"a": {">=": 10000}}"#, true),
    (r#"{"a": 9999.99}"#, r#"{"a": {">=": 10000}}"#, false),
    (r#"{"a": 9}"#, r#"{"a": {"<": 10}}"#, true),
    (r#"{"a": 10}"#, r#"{"a": {"<": 10}}"#, false),
    (r#"{"a": 10}"#, r#"{"a": {"<=": 10}}"#, true),
    (r#"{"a": 11}"#, r#"{"a": {"<=": 10}}"#, false),
    (r#"{"a": -5}"#, r#"{"a": {"<": -4.5}}"#, true),
    (r#"{"a": -5}"#, r#"{"a": {"=": -5}}"#, true),
    (r#"{"a": 1e30}"#, r#"{"a": {">": 1e29}}"#, true),
    (r#"{"a": 1e-30}"#, r#"{"a": {"<": 1e-29}}"#, true),
    (r#"{"a": 12345678901234567890123}"#, r#"{"a": {"=": 12345678901234567890123}}"#, true),
    (r#"{"a": 12345678901234567890123}"#, r#"{"a": {"=": 12345678901234567890124}}"#, false),
    (r#"{"a": "b"}"#, r#"{"a": {">": "a"}}"#, true),
    (r#"{"a": "a"}"#, r#"{"a": {"<": "b"}}"#, true),
    (r#"{"a": "10"}"#, r#"{"a": {">": 9}}"#, false),
    (r#"{"a": "10"}"#, r#"{"a": {"<": 99}}"#, false),
    (r#"{"a": null}"#, r#"{"a": {">": 0}}"#, false),
    (r#"{"a": null}"#, r#"{"a": {"<=": 0}}"#, false),
    (r"{}", r#"{"a": {">": 0}}"#, false),
    (r"{}", r#"{"a": {"<": 0}}"#, false),
    (r#"{"a": [11]}"#, r#"{"a": {">": 10}}"#, false),
    (r#"{"a": [9]}"#, r#"{"a": {"<": 10}}"#, false),
    (r#"{"a": true}"#, r#"{"a": {">": 0}}"#, false),
    // in and not_in
    (r#"{"a": "x"}"#, r#"{"a": {"in": ["w", "x"]}}"#, true),
    (r#"{"a": "y"}"#, r#"{"a": {"in": ["w", "x"]}}"#, false),
    (r#"{"a": 2}"#, r#"{"a": {"in": [1, 2]}}"#, true),
    (r#"{"a": "2"}"#, r#"{"a": {"in": [1, 2]}}"#, false),
    (r#"{"a": "2"}"#, r#"{"a": {"in": [1, "2"]}}"#, true),
    (r#"{"a": null}"#, r#"{"a": {"in": [1, 2]}}"#, false),
    (r"{}", r#"{"a": {"in": [1, 2]}}"#, false),
    (r#"{"a": [1]}"#, r#"{"a": {"in": [1, 2]}}"#, false),
    (r#"{"a": true}"#, r#"{"a": {"in": [true]}}"#, true),
    (r#"{"a": 3}"#, r#"{"a": {"not_in": [1, 2]}}"#, true),
    (r#"{"a": 2}"#, r#"{"a": {"not_in": [1, 2]}}"#, false),
    (r#"{"a": "3"}"#, r#"{"a": {"not_in": [1, 2]}}"#, false),
    (r#"{"a": 3}"#, r#"{"a": {"not_in": [1, "x"]}}"#, true),
    (r#"{"a": "y"}"#, r#"{"a": {"not_in": [1, "x"]}}"#, true),
    (r#"{"a": "x"}"#, r#"{"a": {"not_in": [1, "x"]}}"#, false),
    (r#"{"a": null}"#, r#"{"a": {"not_in": [1, 2]}}"#, false),
    (r"{}", r#"{"a": {"not_in": [1, 2]}}"#, false),
    (r#"{"a": [3]}"#, r#"{"a": {"not_in": [1, 2]}}"#, false),
    (r#"{"a": []}"#, r#"{"a": {"not_in": [1, 2]}}"#, false),
    // between
    (r#"{"a": 5}"#, r#"{"a": {"between": [5, 7]}}"#, true),
    (r#"{"a": 7}"#, r#"{"a": {"between": [5, 7]}}"#, true),
    (r#"{"a": 7.01}"#, r#"{"a": {"between": [5, 7]}}"#, false),
    (r#"{"a": "6"}"#, r#"{"a": {"between": [5, 7]}}"#, false),
    (r#"{"a": "b"}"#, r#"{"a": {"between": ["a", "c"]}}"#, true),
    (r#"{"a": null}"#, r#"{"a": {"between": [5, 7]}}"#, false),
    (r"{}", r#"{"a": {"between": [5, 7]}}"#, false),
    (r#"{"a": [6]}"#, r#"{"a": {"between": [5, 7]}}"#, false),
    (r#"{"a": [5, 7]}"#, r#"{"a": {"between": [5, 7]}}"#, false),
    // contains
    (r#"{"a": "big parking lot"}"#, r#"{"a": {"contains": "parking"}}"#, true),
    (r#"{"a": "big parking lot"}"#, r#"{"a": {"contains": "Parking"}}"#, false),
    (r#"{"a": "anything"}"#, r#"{"a": {"contains": ""}}"#, true),
    (r#"{"a": "a.b"}"#, r#"{"a": {"contains": "a.b"}}"#, true),
    (r#"{"a": "axb"}"#, r#"{"a": {"contains": "a.b"}}"#, false),
    (r#"{"a": ["paver", "roller"]}"#, r#"{"a": {"contains": "roller"}}"#, true),
    (r#"{"a": ["paver", "roller"]}"#, r#"{"a": {"contains": "roll"}}"#, false),
    (r#"{"a": [1, 2]}"#, r#"{"a": {"contains": 2}}"#, true),
    (r#"{"a": [1, "2"]}"#, r#"{"a": {"contains": 2}}"#, false),
    (r#"{"a": [[2]]}"#, r#"{"a": {"contains": 2}}"#, false),
    (r#"{"a": [null, true]}"#, r#"{"a": {"contains": true}}"#, true),
    (r#"{"a": []}"#, r#"{"a": {"contains": ""}}"#, false),
    (r#"{"a": 12}"#, r#"{"a": {"contains": 1}}"#, false),
    (r#"{"a": 12}"#, r#"{"a": {"contains": "1"}}"#, false),
    (r#"{"a": {"b": "x"}}"#, r#"{"a": {"contains": "x"}}"#, false),
    (r#"{"a": null}"#, r#"{"a": {"contains": "x"}}"#, false),
    (r"{}", r#"{"a": {"contains": "x"}}"#, false),
    // starts_with
    (r#"{"a": "12 Oak St"}"#, r#"{"a": {"starts_with": "12 "}}"#, true),
    (r#"{"a": "112 Oak St"}"#, r#"{"a": {"starts_with": "12 "}}"#, false),
    (r#"{"a": ["12 Oak St"]}"#, r#"{"a": {"starts_with": "12 "}}"#, false),
    (r#"{"a": 12}"#, r#"{"a": {"starts_with": "1"}}"#, false),
    (r#"{"a": null}"#, r#"{"a": {"starts_with": ""}}"#, false),
    (r"{}", r#"{"a": {"starts_with": ""}}"#, false),
    // exists
    (r#"{"a": 0}"#, r#"{"a": {"exists": true}}"#, true),
    (r#"{"a": ""}"#, r#"{"a": {"exists": true}}"#, true),
    (r#"{"a": []}"#, r#"{"a": {"exists": true}}"#, true),
    (r#"{"a": {}}"#, r#"{"a": {"exists": true}}"#, true),
    (r#"{"a": null}"#, r#"{"a": {"exists": true}}"#, false),
    (r"{}", r#"{"a": {"exists": true}}"#, false),
    (r#"{"a": 0}"#, r#"{"a": {"exists": false}}"#, false),
    (r#"{"a": []}"#, r#"{"a": {"exists": false}}"#, false),
    (r#"{"a": null}"#, r#"{"a": {"exists": false}}"#, true),
    (r"{}", r#"{"a": {"exists": false}}"#, true),
    // Dotted fields: step by step, or a name with a dot in it.
    (r#"{"a": {"b": 5}}"#, r#"{"a.b": {"=": 5}}"#, true),
    (r#"{"a.b": 5}"#, r#"{"a.b": {"=": 5}}"#, true),
    (r#"{"a": [{"b": 5}]}"#, r#"{"a.b": {"=": 5}}"#, false),
    (r#"{"a": 5}"#, r#"{"a.b": {"!=": 5}}"#, false),
    (r#"{"a": {"b": {"c": "x"}}}"#, r#"{"a.b.c": {"starts_with": "x"}}"#, true),
    (r#"{"a": {"b": null}}"#, r#"{"a.b": {"exists": false}}"#, true),
    (r#"{"a": {"b": 1}}"#, r#"{"a.b": {"exists": false}}"#, false),
    (r#"{"a.b": 1}"#, r#"{"a.b": {"exists": false}}"#, false),
    // All must hold.
    (r#"{"a": 5, "b": "x"}"#, r#"{"a": {">": 4, "<": 6}, "b": {"=": "x"}}"#, true),
    (r#"{"a": 6, "b": "x"}"#, r#"{"a": {">": 4, "<": 6}, "b": {"=": "x"}}"#, false),
    (r#"{"a": 5}"#, r#"{"a": {">": 4}, "b": {"=": "x"}}"#, false),
    // Instants, however they are spelled, and days of the office (America/Chicago) on both sides of a clock change.
    (r#"{"t": "2026-04-01T13:00:00.000000Z"}"#, r#"{"t": {"=": "2026-04-01T08:00:00-05:00"}}"#, true),
    (r#"{"t": "2026-04-01T13:00:00.000000Z"}"#, r#"{"t": {"=": "2026-04-01 08:00"}}"#, true),
    (r#"{"t": "2026-04-01T13:00:00+00:00"}"#, r#"{"t": {"<=": "2026-04-01T08:00:00-05"}}"#, true),
    (r#"{"t": "2026-04-01T08:30:00-05:00"}"#, r#"{"t": {"<": "2026-04-01T13:00:00Z"}}"#, false),
    (r#"{"t": "2026-04-01T13:00:00.000000Z"}"#, r#"{"t": {"!=": "2026-04-01T08:00:00-05:00"}}"#, false),
    (
        r#"{"t": "2026-04-01T13:00:00.000000Z"}"#,
        r#"{"t": {"between": ["2026-04-01 07:59", "2026-04-01T13:00:00.000001Z"]}}"#,
        true,
    ),
    (r#"{"t": "2026-05-01T04:59:59.999999Z"}"#, r#"{"t": {"<=": "2026-04-30"}}"#, true),
    (r#"{"t": "2026-05-01T05:00:00.000000Z"}"#, r#"{"t": {"<=": "2026-04-30"}}"#, false),
    (r#"{"t": "2026-05-01T05:00:00.000000Z"}"#, r#"{"t": {">": "2026-04-30"}}"#, true),
    (r#"{"t": "2026-04-30T05:00:00.000000Z"}"#, r#"{"t": {"=": "2026-04-30"}}"#, true),
    (r#"{"t": "2026-04-30T04:59:00.000000Z"}"#, r#"{"t": {"=": "2026-04-30"}}"#, false),
    (r#"{"t": "2026-12-01T05:30:00.000000Z"}"#, r#"{"t": {"=": "2026-11-30"}}"#, true),
    (r#"{"t": "2026-04-30"}"#, r#"{"t": {"=": "2026-04-30"}}"#, true),
    (r#"{"t": "2026-04-30"}"#, r#"{"t": {"<=": "2026-04-30"}}"#, true),
    (r#"{"t": "2026-05-01"}"#, r#"{"t": {">": "2026-04-30"}}"#, true),
    (r#"{"t": null}"#, r#"{"t": {"!=": "2026-04-30"}}"#, false),
    (r#"{"t": 20260501}"#, r#"{"t": {"!=": "2026-04-30"}}"#, false),
    (r#"{"t": ["2026-04-30T12:00:00.000000Z"]}"#, r#"{"t": {"=": "2026-04-30"}}"#, false),
    (r"{}", r#"{"t": {"!=": "2026-04-30"}}"#, false),
    (r#"{"t": "2026-13-45T10:00"}"#, r#"{"t": {"=": "2026-13-45T10:00"}}"#, true),
    // Data that is no object.
    (r"[1]", r#"{"a": {"=": 1}}"#, false),
    (r#""a""#, r#"{"a": {"exists": true}}"#, false),
    (r"null", r#"{"a": {"!=": 1}}"#, false),
    // The specification's own rules.
    (r#"{"priority_level": 4}"#, r#"{"priority_level": {">=": 4}}"#, true),
    (r#"{"estimated_cost": null}"#, r#"{"estimated_cost": {">": 10000}}"#, false),
];

/// Conditions that mean nothing: stored and marked when another program writes them, refused to the office.
const BROKEN: &[&str] = &[
    "null",
    "[]",
    "5",
    r#""x""#,
    "true",
    r#"{"a": 5}"#,
    r#"{"a": null}"#,
    r#"{"a": [1]}"#,
    r#"{"a": {}}"#,
    r#"{"a": {"~": 5}}"#,
    r#"{"a": {"==": 5}}"#,
    r#"{"a": {"IN": [5]}}"#,
    r#"{"a": {"": 5}}"#,
    r#"{"a": {"=": null}}"#,
    r#"{"a": {"=": [1]}}"#,
    r#"{"a": {"!=": {}}}"#,
    r#"{"a": {">": true}}"#,
    r#"{"a": {">": null}}"#,
    r#"{"a": {"in": 5}}"#,
    r#"{"a": {"in": []}}"#,
    r#"{"a": {"in": [null]}}"#,
    r#"{"a": {"not_in": "x"}}"#,
    r#"{"a": {"not_in": [[1]]}}"#,
    r#"{"a": {"between": [1]}}"#,
    r#"{"a": {"between": [1, "b"]}}"#,
    r#"{"a": {"between": [2, 1]}}"#,
    r#"{"a": {"between": ["2026-05-01 00:00", "2026-04-01 00:00"]}}"#,
    r#"{"a": {"contains": null}}"#,
    r#"{"a": {"contains": ["x"]}}"#,
    r#"{"a": {"starts_with": 5}}"#,
    r#"{"a": {"exists": "yes"}}"#,
    r#"{"a": {"=": 5}, "b": {"no such": 1}}"#,
];

async fn office() -> (TestDatabase, PgPool) {
    let database = Server::get().await.office_database().await;
    let pool = database.pool().await;
    (database, pool)
}

/// What the three ways of evaluating say: the function, the stored predicate, and the stored predicate after it was
/// written out and read back (a dump and its restore).
async fn evaluated(pool: &PgPool, cases: &[(Value, Value)]) -> Vec<[bool; 3]> {
    let (data, conditions): (Vec<Value>, Vec<Value>) = cases.iter().cloned().unzip();
    sqlx::query(
        "INSERT INTO alert_rules (alert_type_id, name, conditions, is_active)
         SELECT (SELECT id FROM alert_types WHERE name = 'payment_received'), 'case ' || n, c, false
           FROM unnest($1::jsonb[]) WITH ORDINALITY AS t(c, n)",
    )
    .bind(&conditions)
    .execute(pool)
    .await
    .unwrap();
    let rows = sqlx::query(
        "SELECT evaluate_alert_conditions(t.d, t.c),
                coalesce(jsonb_path_match(neff.comparable_data(t.d), r.predicate, '{}', true), false),
                coalesce(jsonb_path_match(neff.comparable_data(t.d), r.predicate::text::jsonpath, '{}', true), false)
           FROM unnest($1::jsonb[], $2::jsonb[]) WITH ORDINALITY AS t(d, c, n)
           JOIN alert_rules r ON r.name = 'case ' || n ORDER BY n",
    )
    .bind(&data)
    .bind(&conditions)
    .fetch_all(pool)
    .await
    .unwrap();
    sqlx::query("DELETE FROM alert_rules WHERE name LIKE 'case %'").execute(pool).await.unwrap();
    assert_eq!(rows.len(), cases.len());
    rows.iter().map(|row| [row.get(0), row.get(1), row.get(2)]).collect()
}

#[tokio::test]
async fn golden_table() {
    let (_database, pool) = office().await;
    // As text: serde_json would read 12345678901234567890123 as a float.
    let mut wrong = Vec::new();
    for (data, conditions, expected) in GOLDEN {
        let row = sqlx::query(
            "WITH r AS (INSERT INTO alert_rules (alert_type_id, name, conditions, is_active)
                        SELECT id, 'golden', $2::text::jsonb, false FROM alert_types WHERE name = 'payment_received'
                        RETURNING predicate, predicate_error)
             SELECT evaluate_alert_conditions($1::text::jsonb, $2::text::jsonb),
                    coalesce(jsonb_path_match(neff.comparable_data($1::text::jsonb), predicate, '{}', true), false),
                    coalesce(jsonb_path_match(neff.comparable_data($1::text::jsonb), predicate::text::jsonpath, '{}', true), false),
                    predicate_error
               FROM r",
        )
        .bind(data)
        .bind(conditions)
        .fetch_one(&pool)
        .await
        .unwrap();
        let said: [bool; 3] = [row.get(0), row.get(1), row.get(2)];
        let error: Option<String> = row.get(3);
        if said != [*expected; 3] || error.is_some() {
            wrong.push(format!("{conditions} of {data}: expected {expected}, got {said:?} {error:?}"));
        }
    }
    assert!(wrong.is_empty(), "{} of {} wrong:\n{}", wrong.len(), GOLDEN.len(), wrong.join("\n"));
}

#[tokio::test]
async fn broken_conditions_are_marked_for_others_and_refused_to_the_office() {
    let (database, pool) = office().await;
    for conditions in BROKEN {
        let row = sqlx::query(
            "INSERT INTO alert_rules (alert_type_id, name, conditions)
             SELECT id, 'broken', $1::text::jsonb FROM alert_types WHERE name = 'payment_received'
             RETURNING predicate IS NULL, coalesce(predicate_error, '')",
        )
        .bind(conditions)
        .fetch_one(&pool)
        .await
        .unwrap_or_else(|error| panic!("{conditions} was refused to another program: {error}"));
        let (no_predicate, sentence): (bool, String) = (row.get(0), row.get(1));
        assert!(no_predicate && sentence.ends_with('.') && sentence.contains(' '), "{conditions}: {sentence:?}");

        let holds: bool =
            sqlx::query_scalar("SELECT evaluate_alert_conditions('{\"a\": 5, \"b\": 1}', $1::text::jsonb)")
                .bind(conditions)
                .fetch_one(&pool)
                .await
                .unwrap();
        assert!(!holds, "{conditions} holds");

        let mut office = database.connect().await;
        sqlx::query("SELECT set_config('app.source', 'manual_admin', false)").execute(&mut office).await.unwrap();
        let refused = sqlx::query(
            "INSERT INTO alert_rules (alert_type_id, name, conditions)
             SELECT id, 'broken', $1::text::jsonb FROM alert_types WHERE name = 'payment_received'",
        )
        .bind(conditions)
        .execute(&mut office)
        .await
        .expect_err(conditions);
        assert_eq!(refused.as_database_error().unwrap().code().unwrap(), "NF002", "{conditions}: {refused}");
    }
    let holds: bool =
        sqlx::query_scalar("SELECT evaluate_alert_conditions('{}', NULL)").fetch_one(&pool).await.unwrap();
    assert!(!holds);
}

#[tokio::test]
async fn the_office_can_switch_off_and_mend_a_broken_rule() {
    let (database, pool) = office().await;
    sqlx::query(
        "INSERT INTO alert_rules (alert_type_id, name, conditions)
         SELECT id, 'broken', '{\"a\": 5}' FROM alert_types WHERE name = 'payment_received'",
    )
    .execute(&pool)
    .await
    .unwrap();
    let mut office = database.connect().await;
    sqlx::query("SELECT set_config('app.source', 'manual_admin', false)").execute(&mut office).await.unwrap();
    sqlx::query("UPDATE alert_rules SET is_active = false WHERE name = 'broken'").execute(&mut office).await.unwrap();
    let error = sqlx::query("UPDATE alert_rules SET conditions = '{\"a\": 6}' WHERE name = 'broken'")
        .execute(&mut office)
        .await
        .expect_err("still broken");
    assert_eq!(error.as_database_error().unwrap().code().unwrap(), "NF002");
    let mended: (bool, Option<String>, i32) = sqlx::query_as(
        "UPDATE alert_rules SET conditions = '{\"a\": {\"=\": 6}}' WHERE name = 'broken'
         RETURNING predicate IS NOT NULL, predicate_error, version",
    )
    .fetch_one(&mut office)
    .await
    .unwrap();
    assert_eq!(mended, (true, None, 3));
    // Nothing changed: no new version; and nobody writes a predicate by hand.
    let kept: (String, i32) = sqlx::query_as(
        "UPDATE alert_rules SET predicate = 'strict (1 == 1)', version = 99 WHERE name = 'broken' RETURNING predicate::text, version",
    )
    .fetch_one(&mut office)
    .await
    .unwrap();
    assert_eq!(kept, (r#"strict ($."a" == 6)"#.to_owned(), 3));
}

/// Names and values that would break out of a quotation, or mean something to a pattern.
fn hostile() -> Vec<String> {
    let mut words: Vec<String> = [
        "",
        " ",
        "a",
        "a.b",
        ".",
        "..",
        "a.",
        ".a",
        "a..b",
        "$",
        "$.a",
        "@",
        "*",
        "\"",
        "\"\"",
        "\\",
        "\\\\",
        "\\\"",
        "'",
        "''",
        "\" || 1 == 1 || \"",
        "\") || ($.x == \"",
        "a\" flag \"i",
        ".*",
        "^a$",
        "[a-z]",
        "(",
        ")",
        "{1}",
        "a|b",
        "+",
        "?",
        "\\d",
        "***:a",
        "***=a",
        "(?i)a",
        "%",
        "_",
        "/",
        "//",
        "<b>&amp;</b>",
        "null",
        "true",
        "Größe",
        "名前",
        "🚧",
        "e\u{301}",
        "\u{202e}",
        "\n",
        "\t",
        "\r\n",
        "\u{1}",
        "\u{1f}",
        "\u{7f}",
        "\u{85}",
        "\u{feff}",
        "a b",
        "type()",
        "size()",
        "strict $",
        "lax $.a",
        "--",
        ";",
        "DROP TABLE alert_rules",
        "\\u0041",
        "\u{ffff}",
        "2026-04-01",
        "1",
        "-1",
        "1e5",
    ]
    .map(str::to_owned)
    .to_vec();
    words.push("x".repeat(2000));
    words.push("\"\\".repeat(500));
    words
}

#[tokio::test]
async fn hostile_names_and_values_are_data() {
    let (_database, pool) = office().await;
    let words = hostile();
    let mut cases: Vec<(Value, Value, bool)> = Vec::new();
    for (n, word) in words.iter().enumerate() {
        let other = &words[(n * 7 + 3) % words.len()];
        let data = json!({ word.as_str(): other, "x": 1 });
        let condition = |operator: &str, value: Value| json!({ word.as_str(): { operator: value } });
        let list = json!({ word.as_str(): [other, "zzz"], "x": 1 });
        let inside = format!("ab{other}cd");
        cases.extend([
            (data.clone(), condition("=", json!(other)), true),
            (data.clone(), condition("=", json!(format!("{other}!"))), false),
            (data.clone(), condition("!=", json!(format!("{other}!"))), true),
            (data.clone(), condition("in", json!(["q", other])), true),
            (data.clone(), condition("not_in", json!(["q", other])), false),
            (data.clone(), condition("starts_with", json!(other)), true),
            (data.clone(), condition("exists", json!(true)), true),
            (data.clone(), json!({ format!("{word}!"): { "exists": true } }), false),
            (list.clone(), condition("contains", json!(other)), true),
            (list, condition("=", json!(other)), false),
            (json!({ word.as_str(): inside }), condition("contains", json!(other)), true),
            (json!({ word.as_str(): "Q" }), condition("contains", json!(format!("{other}!"))), false),
        ]);
        if other.chars().count() == 1 && other != "Q" {
            cases.push((json!({ word.as_str(): "Q" }), condition("contains", json!(other)), false));
        }
    }
    let said = evaluated(&pool, &cases.iter().map(|(d, c, _)| (d.clone(), c.clone())).collect::<Vec<_>>()).await;
    let wrong: Vec<String> = cases
        .iter()
        .zip(said)
        .filter(|((_, _, expected), said)| *said != [*expected; 3])
        .map(|((data, conditions, expected), said)| {
            format!("{conditions} of {data}: expected {expected}, got {said:?}")
        })
        .collect();
    assert!(wrong.is_empty(), "{} of {} wrong:\n{}", wrong.len(), cases.len(), wrong.join("\n"));
}

/// What the conditions mean, said a second time and independently, for plain values.
fn holds(data: &Value, conditions: &Map<String, Value>) -> bool {
    conditions.iter().all(|(field, operators)| {
        let field = data.get(field).filter(|value| !value.is_null());
        operators.as_object().unwrap().iter().all(|(operator, value)| one_holds(field, operator, value))
    })
}

fn one_holds(field: Option<&Value>, operator: &str, value: &Value) -> bool {
    use std::cmp::Ordering::{Equal, Greater, Less};
    if operator == "exists" {
        return field.is_some() == value.as_bool().unwrap();
    }
    let Some(field) = field else { return false };
    let compare = |value: &Value| match (field, value) {
        (Value::Number(a), Value::Number(b)) => a.as_f64().unwrap().partial_cmp(&b.as_f64().unwrap()),
        (Value::String(a), Value::String(b)) => Some(a.cmp(b)),
        (Value::Bool(a), Value::Bool(b)) => Some(a.cmp(b)),
        _ => None,
    };
    let list = || value.as_array().unwrap();
    match operator {
        "=" => compare(value) == Some(Equal),
        "!=" => compare(value).is_some_and(|order| order != Equal),
        ">" => compare(value) == Some(Greater),
        ">=" => matches!(compare(value), Some(Greater | Equal)),
        "<" => compare(value) == Some(Less),
        "<=" => matches!(compare(value), Some(Less | Equal)),
        "in" => list().iter().any(|v| compare(v) == Some(Equal)),
        "not_in" => list().iter().any(|v| compare(v).is_some()) && list().iter().all(|v| compare(v) != Some(Equal)),
        "between" => {
            matches!(compare(&list()[0]), Some(Greater | Equal)) && matches!(compare(&list()[1]), Some(Less | Equal))
        }
        "contains" => match (field, value) {
            (Value::Array(items), _) => items.iter().any(|item| one_holds(Some(item), "=", value)),
            (Value::String(text), Value::String(part)) => text.contains(part.as_str()),
            _ => false,
        },
        "starts_with" => field.as_str().is_some_and(|text| text.starts_with(value.as_str().unwrap())),
        _ => unreachable!(),
    }
}

#[tokio::test]
async fn random_conditions_agree_with_a_second_opinion() {
    let (_database, pool) = office().await;
    let mut random = StdRng::seed_from_u64(20_261_123);
    let texts = ["", "a", "b", "ab", "ba", "abc", "B", "ä", "5", "."];
    let scalar = |random: &mut StdRng| match random.random_range(0..5) {
        0 | 1 => json!(texts[random.random_range(0..texts.len())]),
        2 => json!(random.random_range(-3..4)),
        3 => json!(f64::from(random.random_range(-6..7)) / 2.0),
        _ => json!(random.random_bool(0.5)),
    };
    let ordered = |random: &mut StdRng| {
        if random.random_bool(0.5) {
            json!(texts[random.random_range(0..texts.len())])
        } else {
            json!(random.random_range(-3..4))
        }
    };
    let mut cases = Vec::new();
    while cases.len() < 3000 {
        let mut data = Map::new();
        for key in ["p", "q"] {
            let value = match random.random_range(0..8) {
                0 => continue,
                1 => Value::Null,
                2 => json!((0..random.random_range(0..4)).map(|_| scalar(&mut random)).collect::<Vec<_>>()),
                3 => json!({ "p": scalar(&mut random) }),
                _ => scalar(&mut random),
            };
            data.insert(key.to_owned(), value);
        }
        let mut conditions = Map::new();
        for key in ["p", "q"].iter().take(if random.random_bool(0.2) { 2 } else { 1 }) {
            let operators =
                ["=", "!=", ">", ">=", "<", "<=", "in", "not_in", "between", "contains", "starts_with", "exists"];
            let operator = operators[random.random_range(0..operators.len())];
            let value = match operator {
                "=" | "!=" | "contains" => scalar(&mut random),
                "in" | "not_in" => {
                    json!((0..random.random_range(1..4)).map(|_| scalar(&mut random)).collect::<Vec<_>>())
                }
                "between" => {
                    let (low, high) = (random.random_range(-3..2), random.random_range(2..5));
                    json!([low, high])
                }
                "starts_with" => json!(texts[random.random_range(0..texts.len())]),
                "exists" => json!(random.random_bool(0.5)),
                _ => ordered(&mut random),
            };
            conditions.insert((*key).to_owned(), json!({ operator: value }));
        }
        cases.push((Value::Object(data), Value::Object(conditions)));
    }
    let said = evaluated(&pool, &cases).await;
    let mut held = 0;
    for ((data, conditions), said) in cases.iter().zip(said) {
        let expected = holds(data, conditions.as_object().unwrap());
        assert_eq!(said, [expected; 3], "{conditions} of {data}");
        held += usize::from(expected);
    }
    assert!(held > 300, "{held} of {} hold: the cases say little", cases.len());
}

#[tokio::test]
async fn long_conditions_neither_crash_nor_slip_through() {
    let (_database, pool) = office().await;
    let list = |n: i32| json!({ "a": { "in": (0..n).collect::<Vec<_>>() } });
    let said = evaluated(&pool, &[(json!({ "a": 999 }), list(1000)), (json!({ "a": 5 }), list(1001))]).await;
    assert_eq!(said, [[true; 3], [false; 3]]);
    let deep: Map<String, Value> = (0..900).map(|n| (format!("f{n}"), json!({ "exists": false }))).collect();
    assert_eq!(evaluated(&pool, &[(json!({}), Value::Object(deep))]).await, [[true; 3]]);
    let huge = json!({ "a": { "=": "x".repeat(200_000) } });
    assert_eq!(evaluated(&pool, &[(json!({ "a": "x".repeat(200_000) }), huge)]).await, [[false; 3]]);
    // Each comparison repeats the field's name: a few kilobytes of conditions must not become a hundred megabytes.
    for field in ["f".repeat(3000), "f.".repeat(1500), "\u{1}".repeat(700)] {
        for operator in ["in", "not_in"] {
            let conditions = json!({ field.as_str(): { operator: vec!["2026-04-30"; 900] } });
            let (stored, size): (bool, i64) = sqlx::query_as(
                "INSERT INTO alert_rules (alert_type_id, name, conditions)
                 SELECT id, 'wide', $1 FROM alert_types WHERE name = 'payment_received'
                 RETURNING predicate_error IS NOT NULL, coalesce(octet_length(predicate::text), 0)::bigint",
            )
            .bind(&conditions)
            .fetch_one(&pool)
            .await
            .unwrap();
            assert!(stored && size == 0, "{operator}: {size} characters");
        }
    }
    // What compresses well is measured as it is written.
    let wide: Map<String, Value> = (0..900).map(|n| (format!("f{n}"), json!({ "=": "x".repeat(5000) }))).collect();
    let error: Option<String> = sqlx::query_scalar(
        "INSERT INTO alert_rules (alert_type_id, name, conditions)
         SELECT id, 'wide', $1 FROM alert_types WHERE name = 'payment_received' RETURNING predicate_error",
    )
    .bind(Value::Object(wide))
    .fetch_one(&pool)
    .await
    .unwrap();
    assert_eq!(error.as_deref(), Some("The conditions are too long."));
}

#[tokio::test]
async fn days_in_conditions_follow_the_offices_clock() {
    let (_database, pool) = office().await;
    sqlx::query(
        "INSERT INTO alert_rules (alert_type_id, name, conditions)
         SELECT id, 'day', '{\"t\": {\"=\": \"2026-04-30\"}}' FROM alert_types WHERE name = 'payment_received'",
    )
    .execute(&pool)
    .await
    .unwrap();
    let holds =
        "SELECT coalesce(jsonb_path_match('{\"t\": \"2026-05-01T05:30:00.000000Z\"}', predicate, '{}', true), false)
                   FROM alert_rules WHERE name = 'day'";
    let in_chicago: bool = sqlx::query_scalar(holds).fetch_one(&pool).await.unwrap();
    assert!(!in_chicago, "half past midnight on May 1 in Chicago");
    sqlx::query("UPDATE system_config SET value = 'America/Denver' WHERE key = 'office_time_zone'")
        .execute(&pool)
        .await
        .unwrap();
    let in_denver: bool = sqlx::query_scalar(holds).fetch_one(&pool).await.unwrap();
    assert!(in_denver, "half past eleven on April 30 in Denver");
}

#[tokio::test]
async fn new_rules_start_from_the_offices_throttle() {
    let (_database, pool) = office().await;
    let insert = "INSERT INTO alert_rules (alert_type_id, name, conditions)
                  SELECT id, 'new', '{}' FROM alert_types WHERE name = 'payment_received' RETURNING throttle_minutes";
    let minutes: i32 = sqlx::query_scalar(insert).fetch_one(&pool).await.unwrap();
    assert_eq!(minutes, 15);
    for (setting, expected) in [("30", 30), ("-5", 0), ("often", 15)] {
        sqlx::query("UPDATE system_config SET value = $1 WHERE key = 'alert_throttle_default'")
            .bind(setting)
            .execute(&pool)
            .await
            .unwrap();
        let minutes: i32 = sqlx::query_scalar(insert).fetch_one(&pool).await.unwrap();
        assert_eq!(minutes, expected, "{setting}");
    }
    let given: i32 = sqlx::query_scalar(
        "INSERT INTO alert_rules (alert_type_id, name, conditions, throttle_minutes)
         SELECT id, 'given', '{}', 0 FROM alert_types WHERE name = 'payment_received' RETURNING throttle_minutes",
    )
    .fetch_one(&pool)
    .await
    .unwrap();
    assert_eq!(given, 0);
    let seeded: i32 =
        sqlx::query_scalar("SELECT max(throttle_minutes) FROM alert_rules WHERE name IN ('High Priority Job Scheduled', 'Large Project Estimate')")
            .fetch_one(&pool)
            .await
            .unwrap();
    assert_eq!(seeded, 0);
}

#[tokio::test]
async fn adopted_rules_keep_their_versions_and_dates() {
    let database = Server::get().await.specification_database().await;
    database.psql(
        "INSERT INTO alert_rules (alert_type_id, name, conditions, updated_at)
         SELECT id, 'shorthand', '{\"a\": 5}', '2024-01-01' FROM alert_types WHERE name = 'job_scheduled'",
    );
    database.migrate().await;
    let rows = database.psql(
        "SELECT name, predicate, predicate_error IS NOT NULL, version, updated_at::date FROM alert_rules
          WHERE name IN ('shorthand', 'High Priority Job Scheduled') ORDER BY name",
    );
    let today = database.psql("SELECT updated_at::date FROM alert_rules WHERE name = 'High Priority Job Scheduled'");
    assert_eq!(
        rows.trim(),
        format!(
            "High Priority Job Scheduled|strict ($.\"priority_level\" >= 4)|f|1|{}\nshorthand||t|1|2024-01-01",
            today.trim()
        )
    );
}
