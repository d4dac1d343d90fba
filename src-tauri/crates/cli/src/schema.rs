//! `neff migrate`.

use std::path::PathBuf;
use std::process::ExitCode;

use database::Failure;
use office::connecting;

use crate::{Failed, Where};

pub(crate) async fn migrate(at: &Where, backup_to: Option<PathBuf>, no_backup: bool) -> Result<ExitCode, Failed> {
    database::dump::clear_leftovers();
    let (settings, password) = at.resolve().await?;
    let mut connection = settings
        .open(password.as_ref(), "neff-migrate", std::time::Duration::from_secs(10))
        .await
        .map_err(|e| match e.failure() {
            // Only whoever has business in the office is let in; who brings it up to date is one of its owners.
            Failure::RightsMissing => format!(
                "{} may not connect to {}. Whoever keeps the database can allow it:\nGRANT neff_owner TO {} WITH ADMIN OPTION;",
                settings.login,
                settings.database,
                database::doctor::quoted(&settings.login),
            ),
            _ => sentence(&e.into()),
        })?;
    // What it may not look at it may not migrate either, and the step after says why.
    let state = database::migrate::state(&mut connection).await.ok();
    let missing = database::rights::missing_to_migrate(&mut connection).await.map_err(|e| sentence(&e.into()))?;
    database::close(connection).await;
    if state.is_some_and(|s| s.holds_rows && !s.pending.is_empty())
        && missing.is_empty()
        && backup_to.is_none()
        && !no_backup
    {
        return Err(
            "The database holds rows. Say where a verified backup goes first (--backup-to DIR), or that you have \
                    one (--no-backup). Nothing was changed."
                .into(),
        );
    }
    let result = connecting::migrate(&settings, password.as_ref(), backup_to, |step| {
        eprintln!("[{}/{}] {}", step.done + 1, step.total, step.step);
    })
    .await
    .map_err(|e| sentence(&e))?;
    if let Some(file) = &result.backup {
        println!("Backup, read back in full: {file}");
    }
    if result.applied.is_empty() {
        println!("{settings} is up to date.");
    } else {
        println!("{settings} is up to date: {} steps done.", result.applied.len());
    }
    if result.repairs > 0 {
        println!("{} values were repaired; the table adoption_repairs lists each.", result.repairs);
    }
    Ok(ExitCode::SUCCESS)
}

/// The sentence for a person with what a helper needs below it.
pub(crate) fn sentence(error: &office::AppError) -> Failed {
    match &error.details {
        Some(details) => format!("{}\n{details}", error.message),
        None => error.message.clone(),
    }
}
