//! `neff sample-data`.

use std::process::ExitCode;
use std::time::Duration;

use chrono::NaiveDate;

use crate::schema::sentence;
use crate::{Failed, Where};

pub(crate) async fn fill(at: &Where, scale: &str, seed: u64, today: Option<NaiveDate>) -> Result<ExitCode, Failed> {
    let (settings, password) = at.resolve().await?;
    let mut connection = settings
        .open(password.as_ref(), "neff-sample-data", Duration::from_secs(10))
        .await
        .map_err(|e| sentence(&e.into()))?;
    let today = match today {
        Some(day) => day,
        None => database::today::office_day(&mut connection).await.map_err(|e| sentence(&e.into()))?.today,
    };
    let options =
        sample::Options { scale: scale.parse().map_err(|_| "The scale is 1, 10, 100 or 1000.")?, seed, today };
    let summary = sample::fill(&mut connection, &options, |what, done, total| eprintln!("{what}: {done} of {total}"))
        .await
        .map_err(|e| e.to_string())?;
    database::close(connection).await;
    for (table, rows) in &summary.rows {
        println!("{rows:>12}  {table}");
    }
    println!("{:.1} s", summary.elapsed.as_secs_f64());
    Ok(ExitCode::SUCCESS)
}
