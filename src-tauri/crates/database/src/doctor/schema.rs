//! The schema and what it needs of the server.

use sqlx::PgConnection;

use super::{CheckName, CheckState, Report};
use crate::error::DatabaseError;
use crate::migrate::{self, SchemaKind};

pub(super) fn schema(report: &mut Report, state: &migrate::SchemaState, encoding: &str) {
    let version = state.version.clone().unwrap_or_default();
    let steps = state.pending.len();
    if encoding != "UTF8" {
        report
            .add(
                CheckName::Schema,
                CheckState::Failed,
                format!("The database stores text as {encoding}; UTF-8 is needed."),
            )
            .remedy("Have a new database made with UTF-8 and the data brought over.");
        return;
    }
    match state.kind {
        SchemaKind::Current if state.writable => {
            report.add(CheckName::Schema, CheckState::Ok, format!("The database is up to date (version {version})."))
        }
        SchemaKind::Current | SchemaKind::Newer if !state.writable => report
            .add(
                CheckName::Schema,
                CheckState::Failed,
                format!("The database (version {version}) asks for a newer Neff Office."),
            )
            .remedy("Update Neff Office on this computer."),
        SchemaKind::Newer => report
            .add(
                CheckName::Schema,
                CheckState::Warning,
                format!("The database (version {version}) is newer than this program, which can still work with it."),
            )
            .remedy("Update Neff Office on this computer."),
        SchemaKind::Empty => report
            .add(CheckName::Schema, CheckState::Failed, "The database is empty.")
            .remedy("Set it up: this takes a few seconds."),
        SchemaKind::Specification => report
            .add(
                CheckName::Schema,
                CheckState::Failed,
                format!(
                    "The company's database (version {}), not yet brought up to Neff Office.",
                    if version.is_empty() { "unknown" } else { &version }
                ),
            )
            .remedy(format!("Bring it up to date: {steps} steps, every row stays, a verified backup comes first.")),
        SchemaKind::Older => report
            .add(
                CheckName::Schema,
                CheckState::Failed,
                format!("The database (version {version}) is {steps} steps behind this program."),
            )
            .remedy("Bring it up to date: every row stays, a verified backup comes first."),
        SchemaKind::Unreleased => report
            .add(
                CheckName::Schema,
                CheckState::Failed,
                format!("The database (version {version}) was made by a Neff Office from before its first release."),
            )
            .remedy("It is left as it is. Set up a new, empty database instead."),
        SchemaKind::NotNeff => report
            .add(CheckName::Schema, CheckState::Failed, "The database holds other tables, not an office.")
            .remedy("Check the name of the database, or choose an empty one."),
        SchemaKind::Current => report.add(CheckName::Schema, CheckState::Ok, "The database is up to date."),
    };
}

pub(super) async fn extensions(report: &mut Report, connection: &mut PgConnection) -> Result<(), DatabaseError> {
    let rows: Vec<(String, bool, bool)> = sqlx::query_as(
        "SELECT wanted, a.name IS NOT NULL, a.installed_version IS NOT NULL
           FROM unnest(ARRAY['btree_gist', 'pg_trgm']) AS wanted
           LEFT JOIN pg_available_extensions a ON a.name = wanted",
    )
    .fetch_all(&mut *connection)
    .await?;
    let absent: Vec<_> = rows.iter().filter(|(_, available, _)| !available).map(|(n, ..)| n.as_str()).collect();
    let uninstalled: Vec<_> = rows.iter().filter(|(_, a, i)| *a && !i).map(|(n, ..)| n.as_str()).collect();
    if !absent.is_empty() {
        report
            .add(
                CheckName::Extensions,
                CheckState::Failed,
                format!("The server lacks the extension {}.", absent.join(" and ")),
            )
            .remedy("Have PostgreSQL's contrib package installed on the server.")
            .command("apt install postgresql-contrib");
    } else if !uninstalled.is_empty() && report.schema == Some(SchemaKind::Current) {
        report
            .add(
                CheckName::Extensions,
                CheckState::Failed,
                format!("The extension {} was removed from the database.", uninstalled.join(" and ")),
            )
            .remedy("Have it installed again.")
            .command(uninstalled.iter().map(|n| format!("CREATE EXTENSION {n};")).collect::<Vec<_>>().join("\n"));
    } else {
        report.add(CheckName::Extensions, CheckState::Ok, "The extensions it needs are there.");
    }
    Ok(())
}
