//! A rain-out where others were at work meanwhile: crews written in odd ways, rain days and drafts changed since.

#![allow(clippy::expect_used, clippy::unwrap_used, reason = "a failed step is a failed test")]

mod common;

use common::rain::Scene;
use common::yard::{A, S, done};
use office::view::{AgreedMove, JobMove, ScheduleJob};
use sqlx::AssertSqlSafe;
use uuid::Uuid;

/// It stays where it is, with these crews.
fn with_crews(job: &ScheduleJob, crews: &[Uuid]) -> AgreedMove {
    let there = JobMove { id: job.id, version: job.version, start: job.start, end: job.end, reassign: None };
    AgreedMove { job: there, crews: Some(crews.to_vec()) }
}

async fn crew_column(scene: &Scene, job: Uuid) -> serde_json::Value {
    let query = format!("SELECT crew_assigned FROM job_schedules WHERE id = '{job}'");
    sqlx::query_scalar(AssertSqlSafe(query)).fetch_one(scene.office.keeper().await).await.unwrap()
}

#[tokio::test]
async fn changing_crews_leaves_the_other_words_of_the_column() {
    let scene = Scene::new().await;
    let b = Uuid::from_u128(0xb);
    scene.office.execute(&format!("INSERT INTO crews (id, name) VALUES ('{b}', 'Paving B')")).await;
    let written = |column: String| format!("UPDATE job_schedules SET crew_assigned = '{column}' WHERE id = '$id'");
    let twice = scene.job(A, 0, &written(r#"["Paving A", "two rakers", {"crew": "Paving A"}]"#.into())).await;
    let three =
        scene.job(A, 2, &written(format!(r#"["Paving A", {{"id": "{S}"}}, {{"id": "{b}", "since": 7}}]"#))).await;
    let moves = vec![with_crews(&scene.one(twice).await, &[b]), with_crews(&scene.one(three).await, &[b])];
    let (change, _) = done(scene.apply(scene.rain(&[0]), moves).await);
    assert_eq!(crew_column(&scene, twice).await, serde_json::json!([{"id": b, "name": "Paving B"}, "two rakers"]));
    assert_eq!(crew_column(&scene, three).await, serde_json::json!([{"id": b, "since": 7}]));
    scene.dana.office.undo_change(change).await.unwrap();

    // What comes and stays, comes once; what nobody takes off is left as it was written.
    let moves = vec![with_crews(&scene.one(twice).await, &[A, S]), with_crews(&scene.one(three).await, &[])];
    done(scene.apply(scene.rain(&[0]), moves).await);
    let expected = serde_json::json!(["Paving A", "two rakers", {"crew": "Paving A"}, {"id": S, "name": "Sealcoat"}]);
    assert_eq!(crew_column(&scene, twice).await, expected);
    assert_eq!(crew_column(&scene, three).await, serde_json::json!([]));
}
