//! `neff doctor`.

use std::process::ExitCode;

use database::doctor::CheckState;
use office::connecting::DoctorReport;

use crate::{Failed, Where};

pub(crate) async fn examine(at: &Where, json: bool) -> Result<ExitCode, Failed> {
    let (settings, password) = at.resolve().await?;
    let report = DoctorReport::from(database::doctor::examine(&settings, password.as_ref(), "neff-doctor").await);
    if json {
        let text = serde_json::to_string_pretty(&report).map_err(|e| e.to_string())?;
        println!("{text}");
    } else {
        for check in &report.checks {
            let mark = match check.state {
                CheckState::Ok => "ok     ",
                CheckState::Warning => "warning",
                CheckState::Failed => "FAILED ",
                CheckState::Skipped => "-      ",
            };
            println!("{mark}  {}: {}", check.name.title(), check.sentence);
            if let Some(remedy) = &check.remedy {
                println!("         {remedy}");
            }
            for line in check.command.iter().flat_map(|c| c.lines()) {
                println!("             {line}");
            }
        }
    }
    Ok(if report.ok { ExitCode::SUCCESS } else { ExitCode::FAILURE })
}
