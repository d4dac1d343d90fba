//! Settings of the office that anybody may have written, in words that may mean nothing.

use sqlx::PgConnection;

use super::{CheckName, CheckState, Report};
use crate::error::DatabaseError;

pub(super) async fn settings(report: &mut Report, connection: &mut PgConnection) -> Result<(), DatabaseError> {
    let (zone, zone_written, days, days_written): (String, Option<String>, Vec<i32>, Option<String>) = sqlx::query_as(
        "SELECT neff.office_time_zone(), neff.config_text('office_time_zone', NULL),
                neff.office_working_days(), neff.config_text('office_working_days', NULL)",
    )
    .fetch_one(&mut *connection)
    .await?;
    let (zone_known, days_known): (bool, bool) = sqlx::query_as(
        "SELECT neff.time_zone($1) IS NOT DISTINCT FROM $2 AND $1 IS NOT NULL, neff.weekdays($3) IS NOT NULL",
    )
    .bind(&zone_written)
    .bind(&zone)
    .bind(&days_written)
    .fetch_one(&mut *connection)
    .await?;
    let mut wrong = Vec::new();
    if !zone_known {
        let written = zone_written.unwrap_or_default();
        wrong.push(format!("The time zone \"{written}\" is none; screens and papers show {zone}."));
    }
    if !days_known {
        let written = days_written.unwrap_or_default();
        wrong.push(format!("The working days \"{written}\" name no weekday; Monday to Friday count."));
    }
    if wrong.is_empty() {
        let days: Vec<_> = days.iter().filter_map(|d| DAYS.get(usize::try_from(d - 1).ok()?)).copied().collect();
        report.add(
            CheckName::Settings,
            CheckState::Ok,
            format!("The office's clock is {zone}; it works {}.", days.join(", ")),
        );
    } else {
        report
            .add(CheckName::Settings, CheckState::Warning, wrong.join(" "))
            .remedy("Choose them under Settings, Company.");
    }
    Ok(())
}

const DAYS: [&str; 7] = ["Mon", "Tue", "Wed", "Thu", "Fri", "Sat", "Sun"];
