//! What alert rules cost the program that inserts a job.

use std::time::{Duration, Instant};

use sqlx::PgConnection;

use super::figures::Figures;
use crate::office::Office;
use crate::postgres::unique;

/// Measures one INSERT of a job, committed, with rules that do not match and with some that do.
pub async fn measure(figures: &mut Figures, samples: usize) {
    let office = Office::open().await;
    let mut website = office.website().await;
    for (none, matching) in [(0, 0), (10, 0), (100, 0), (1000, 0), (1000, 10)] {
        set_rules(&office, none, matching).await;
        for _ in 0..20 {
            insert_job(&mut website).await;
        }
        let mut times = Vec::with_capacity(samples);
        for _ in 0..samples {
            times.push(insert_job(&mut website).await);
        }
        let what = if matching == 0 { "INSERT of a job, no rule matches" } else { "INSERT of a job, 10 rules match" };
        let aim = if none == 1000 && matching == 0 { "≤ 3 × that with 0 rules" } else { "" };
        figures.times(what, &format!("{} rules", none + matching), &mut times, aim);
    }
}

async fn set_rules(office: &Office, none: i32, matching: i32) {
    office
        .execute(&format!(
            "DELETE FROM alert_history; DELETE FROM dashboard_notifications; DELETE FROM alert_rules;
             INSERT INTO alert_rules (alert_type_id, name, conditions, notification_channels, recipient_groups)
             SELECT t.id, 'Rule ' || n, '{{\"priority_level\": {{\">=\": 4}}, \"location_address\": {{\"contains\": \"Nowhere\"}}}}',
                    '[\"dashboard\"]', '[\"admins\"]'
               FROM alert_types t, generate_series(1, {none}) n WHERE t.name = 'job_scheduled';
             INSERT INTO alert_rules (alert_type_id, name, conditions, notification_channels, recipient_groups)
             SELECT t.id, 'Matching rule ' || n, '{{\"priority_level\": {{\">=\": 2}}}}', '[\"dashboard\"]', '[\"admins\"]'
               FROM alert_types t, generate_series(1, {matching}) n WHERE t.name = 'job_scheduled';
             -- Without any rule the type's own channels would speak: nobody is to be told in this measurement.
             INSERT INTO alert_rules (alert_type_id, name, conditions, is_active)
             SELECT t.id, 'Retired', '{{}}', false FROM alert_types t WHERE t.name = 'job_scheduled';
             ANALYZE alert_rules"
        ))
        .await;
    let active = office.count("SELECT count(*) FROM alert_rules WHERE is_active").await;
    assert_eq!(active, i64::from(none + matching), "the rules are there");
}

async fn insert_job(website: &mut PgConnection) -> Duration {
    let event = unique("event");
    let started = Instant::now();
    sqlx::query(
        "INSERT INTO job_schedules (calendly_event_uri, start_date, end_date, location_address)
         VALUES ($1, CURRENT_TIMESTAMP + interval '9 days', CURRENT_TIMESTAMP + interval '9 days 8 hours', '12 Quarry Road')",
    )
    .bind(event)
    .execute(website)
    .await
    .expect("the job is taken");
    started.elapsed()
}
