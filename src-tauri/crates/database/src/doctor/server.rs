//! What kind of server it is, and whether this computer's sessions there are its own.

use sqlx::PgConnection;

use super::{CheckName, CheckState, Report, quoted};
use crate::connect::ConnectionSettings;
use crate::error::{DatabaseError, Failure};
use crate::session;

const OWN_PORT: &str = "Give the server's own address and port here, as a rule 5432. Neff Office hears of changes through a \
    session that stays its own, which a pooler that lends its connections to many programs in turn cannot pass on; \
    a few connections a computer are all it needs.";

/// What refuses a login, or a session just opened, though the password is right. True when that is what was said here.
pub(super) fn refused(report: &mut Report, settings: &ConnectionSettings, error: &DatabaseError) -> bool {
    match error.failure() {
        Failure::Pooler => {
            report
                .add(
                    CheckName::Session,
                    CheckState::Failed,
                    "Between this computer and the database stands a pooler (PgBouncer or the like), which does not pass on \
                     the settings of a session.",
                )
                .remedy(OWN_PORT);
        }
        Failure::TriggersOff => {
            let login = quoted(&settings.login);
            let database = quoted(&settings.database);
            report.add(
                CheckName::Login,
                CheckState::Ok,
                format!("{} may log in to {}.", settings.login, settings.database),
            );
            report
                .add(
                    CheckName::Session,
                    CheckState::Failed,
                    "The server switches the database's triggers off in this login's sessions \
                     (session_replication_role is replica): double bookings, alerts and the trail would be passed over.",
                )
                .remedy("A copy or a repair left that behind. Whoever keeps the server takes it back where it was set.")
                .command(format!(
                    "ALTER ROLE {login} RESET session_replication_role;\n\
                     ALTER ROLE {login} IN DATABASE {database} RESET session_replication_role;\n\
                     ALTER DATABASE {database} RESET session_replication_role;"
                ));
        }
        _ => return false,
    }
    true
}

/// Whether each session has a connection of the server to itself.
pub(super) async fn session(
    report: &mut Report,
    connection: &mut PgConnection,
    second: Option<&mut PgConnection>,
) -> Result<bool, DatabaseError> {
    if let Some(second) = second
        && session::is_shared(connection, second).await?
    {
        report.failure = Some(Failure::Pooler);
        report
            .add(
                CheckName::Session,
                CheckState::Failed,
                "Between this computer and the database stands a pooler that lends the server's connections from \
                 transaction to transaction.",
            )
            .remedy(OWN_PORT);
        return Ok(false);
    }
    report.add(CheckName::Session, CheckState::Ok, "This computer's sessions are its own, with its own settings.");
    Ok(true)
}

/// Its version; the database's encoding, where the version will do.
pub(super) async fn version(
    report: &mut Report,
    connection: &mut PgConnection,
) -> Result<Option<String>, DatabaseError> {
    let (version, number, encoding): (String, i32, String) = sqlx::query_as(
        "SELECT current_setting('server_version'), current_setting('server_version_num')::int, current_setting('server_encoding')",
    )
    .fetch_one(&mut *connection)
    .await?;
    let short = version.split_whitespace().next().unwrap_or_default().to_owned();
    report.server_version = Some(short.clone());
    if number >= 130_000 {
        return Ok(Some(encoding));
    }
    report.failure = Some(Failure::ServerTooOld);
    report.add(CheckName::Permissions, CheckState::Skipped, "Not checked: the server is too old.");
    report
        .add(
            CheckName::Schema,
            CheckState::Failed,
            format!("The server runs PostgreSQL {short}; version 13 or newer is needed."),
        )
        .remedy("Have the server upgraded.");
    Ok(None)
}

/// Whether it takes changes, and else why not.
pub(super) async fn writing(report: &mut Report, connection: &mut PgConnection) -> Result<bool, DatabaseError> {
    let (standby, read_only, source, login, database, sender): (bool, bool, String, String, String, Option<String>) =
        sqlx::query_as(
            "SELECT pg_is_in_recovery(), current_setting('transaction_read_only') = 'on',
                    (SELECT source FROM pg_settings WHERE name = 'default_transaction_read_only'),
                    quote_ident(session_user::text), quote_ident(current_database()::text),
                    CASE WHEN pg_is_in_recovery()
                         THEN (SELECT sender_host || ' port ' || sender_port FROM pg_stat_wal_receiver LIMIT 1) END",
        )
        .fetch_one(&mut *connection)
        .await?;
    if standby {
        report.failure = Some(Failure::ReadOnly);
        report
            .add(
                CheckName::Writing,
                CheckState::Failed,
                "This server is a standby: a copy of another one, which takes no changes.",
            )
            .remedy(match sender {
                Some(sender) => format!("Give the address of the server it copies: {sender}."),
                None => "Give the address of the server it copies; whoever keeps the servers knows it.".to_owned(),
            });
    } else if read_only {
        report.failure = Some(Failure::ReadOnly);
        let (whose, command) = match source.as_str() {
            "user" => ("this login", in_spite(&format!("ALTER ROLE {login} RESET default_transaction_read_only;"))),
            "database" => {
                ("this database", in_spite(&format!("ALTER DATABASE {database} RESET default_transaction_read_only;")))
            }
            "database user" => (
                "this login in this database",
                in_spite(&format!("ALTER ROLE {login} IN DATABASE {database} RESET default_transaction_read_only;")),
            ),
            _ => (
                "the whole server",
                "ALTER SYSTEM RESET default_transaction_read_only;\nSELECT pg_reload_conf();".to_owned(),
            ),
        };
        report
            .add(
                CheckName::Writing,
                CheckState::Failed,
                format!("It takes no changes: {whose} is set to read only (default_transaction_read_only)."),
            )
            .remedy("Somebody did that on purpose, as for a move to another server: ask whoever keeps it, then take it back.")
            .command(command);
    } else {
        report.add(CheckName::Writing, CheckState::Ok, "The database takes changes.");
    }
    Ok(!standby && !read_only)
}

/// A statement as somebody can run it whose own session is set to read only, too.
fn in_spite(statement: &str) -> String {
    format!("BEGIN READ WRITE;\n{statement}\nCOMMIT;")
}

/// How full the queue is in which the server keeps what listeners have not fetched. Full, nothing can be saved.
pub(super) async fn messages(report: &mut Report, connection: &mut PgConnection) -> Result<(), DatabaseError> {
    if report.checks.iter().any(|c| c.name == CheckName::Writing && c.state == CheckState::Failed) {
        report.add(
            CheckName::Messages,
            CheckState::Skipped,
            "Not checked: a server that takes no changes tells of none.",
        );
        return Ok(());
    }
    let used: f64 = sqlx::query_scalar("SELECT pg_notification_queue_usage()").fetch_one(&mut *connection).await?;
    queue(report, used);
    Ok(())
}

fn queue(report: &mut Report, used: f64) {
    if used <= 0.5 {
        report.add(CheckName::Messages, CheckState::Ok, "The server passes on what changes.");
        return;
    }
    report
        .add(
            CheckName::Messages,
            if used > 0.9 { CheckState::Failed } else { CheckState::Warning },
            format!("The server's queue for live updates is {:.0} % full. Full, nothing can be saved any more.", used * 100.0),
        )
        .remedy(
            "Some program listens and has left a transaction open, so that nothing can be cleared. Have it found and ended.",
        )
        .command(
            "SELECT pid, usename, application_name, xact_start FROM pg_stat_activity WHERE state LIKE 'idle in transaction%' \
             ORDER BY xact_start;\nSELECT pg_terminate_backend(…);",
        );
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_queue_that_fills_up_is_told_before_it_is_full() {
        let state = |used| {
            let mut report = Report::new();
            queue(&mut report, used);
            report.checks[0].state
        };
        assert_eq!(
            [state(0.0), state(0.5), state(0.51), state(0.95)],
            [CheckState::Ok, CheckState::Ok, CheckState::Warning, CheckState::Failed]
        );
    }
}
