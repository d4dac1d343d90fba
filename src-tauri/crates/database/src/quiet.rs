//! The hours in which a person wants no popups.

use std::time::Duration;

use domain::quiet::QuietHours;
use sqlx::PgConnection;

use crate::error::DatabaseError;

/// How much longer it is quiet for this person; none: it is not. By the database's clock, which is right on every
/// computer, and in the person's zone or else the office's.
///
/// # Errors
/// When the database cannot be asked.
pub async fn lasts(connection: &mut PgConnection, user_id: &str) -> Result<Option<Duration>, DatabaseError> {
    let person = sqlx::query!(
        r#"SELECT quiet_from, quiet_until, coalesce(time_zone, '') AS "zone!", neff.office_time_zone() AS "office_zone!",
                  CURRENT_TIMESTAMP AS "now!"
             FROM app_users WHERE user_id = $1 AND quiet_from IS NOT NULL"#,
        user_id
    )
    .fetch_optional(connection)
    .await?;
    Ok(person.and_then(|person| {
        let hours = QuietHours::new(person.quiet_from, person.quiet_until, &[&person.zone, &person.office_zone])?;
        (hours.end(person.now)? - person.now).to_std().ok()
    }))
}
