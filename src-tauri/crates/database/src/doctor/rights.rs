//! What the login may do, and whether the office's roles are as they were made.

use sqlx::PgConnection;

use super::{CheckName, CheckState, Report};
use crate::connect::{ConnectionSettings, is_this_computer};
use crate::error::{DatabaseError, Failure};
use crate::migrate::{SchemaKind, SchemaState};
use crate::rights::{self, MissingRight};

/// True where the database would be set up or brought up to date.
pub(super) fn is_migrating(state: &SchemaState) -> bool {
    matches!(state.kind, SchemaKind::Empty | SchemaKind::Specification | SchemaKind::Older)
}

pub(super) async fn permissions(
    report: &mut Report,
    connection: &mut PgConnection,
    settings: &ConnectionSettings,
    state: &SchemaState,
) -> Result<Vec<MissingRight>, DatabaseError> {
    let migrating = is_migrating(state);
    let mut missing = if migrating {
        rights::missing_to_migrate(connection).await?
    } else {
        rights::missing_to_work(connection).await?
    };
    if migrating && state.holds_rows {
        missing.extend(rights::missing_to_back_up(connection, true).await?);
    }
    if missing.is_empty() {
        let may = if migrating { "This login may set the database up." } else { "This login may do office work." };
        report.add(CheckName::Permissions, CheckState::Ok, may);
    } else {
        let what: Vec<_> = missing.iter().map(|m| m.what.as_str()).collect();
        let commands: Vec<_> = missing.iter().map(|m| m.command.as_str()).collect();
        report
            .add(
                CheckName::Permissions,
                CheckState::Failed,
                format!("The login {} {}.", settings.login, what.join("; ")),
            )
            .remedy("Whoever keeps the database runs these commands there, then check again.")
            .command(commands.join("\n"));
        report.failure = Some(Failure::RightsMissing);
    }
    Ok(missing)
}

/// The roles the office's rights hang on: their names, and whether somebody may log in as them.
const ROLES: [(&str, &str); 5] = [
    ("neff_owner", "NOLOGIN"),
    ("neff_admin", "NOLOGIN"),
    ("neff_app", "LOGIN"),
    ("neff_program", "NOLOGIN"),
    ("neff_readonly", "LOGIN"),
];

#[derive(sqlx::FromRow)]
struct Seen {
    superuser: bool,
    roles: Vec<String>,
    owner: Option<String>,
    open: Vec<String>,
}

async fn look(connection: &mut PgConnection) -> Result<Seen, DatabaseError> {
    Ok(sqlx::query_as(
        "SELECT (SELECT rolsuper FROM pg_roles WHERE rolname = current_user) AS superuser,
                ARRAY(SELECT rolname::text FROM pg_roles WHERE rolname LIKE 'neff\\_%') AS roles,
                (SELECT quote_ident(pg_get_userbyid(relowner)::text) FROM pg_class
                  WHERE oid = to_regclass('public.job_schedules')) AS owner,
                -- Who else may put things where the office's statements look for them.
                ARRAY(SELECT DISTINCT CASE a.grantee WHEN 0 THEN 'PUBLIC' ELSE quote_ident(pg_get_userbyid(a.grantee)::text) END
                        FROM pg_namespace n
                       CROSS JOIN LATERAL aclexplode(coalesce(n.nspacl, acldefault('n', n.nspowner))) AS a
                       WHERE n.nspname = 'public' AND a.privilege_type = 'CREATE' AND a.grantee <> n.nspowner
                         AND pg_get_userbyid(a.grantee) <> 'neff_owner' ORDER BY 1) AS open",
    )
    .fetch_one(&mut *connection)
    .await?)
}

pub(super) async fn roles(
    report: &mut Report,
    connection: &mut PgConnection,
    settings: &ConnectionSettings,
) -> Result<(), DatabaseError> {
    let seen = look(connection).await?;
    let missing: Vec<_> = ROLES.iter().filter(|(name, _)| !seen.roles.iter().any(|r| r == name)).collect();
    let made = matches!(report.schema, Some(SchemaKind::Current | SchemaKind::Newer));
    if made && !missing.is_empty() {
        let names: Vec<_> = missing.iter().map(|(name, _)| *name).collect();
        let commands: Vec<_> = missing.iter().map(|(name, login)| format!("CREATE ROLE {name} {login};")).collect();
        report
            .add(
                CheckName::Roles,
                CheckState::Failed,
                format!("The tables are there, but not the roles {} that own them or may use them.", names.join(", ")),
            )
            .remedy(
                "A backup was restored on a server that has no such roles. Have them made, then restore the backup again: \
                 owners and rights come with it.",
            )
            .command(commands.join("\n"));
    } else if let Some(owner) = seen.owner.as_deref().filter(|owner| made && *owner != "neff_owner") {
        report
            .add(
                CheckName::Roles,
                CheckState::Failed,
                format!("The tables belong to {owner}, not to neff_owner: the office's rights are not in force."),
            )
            .remedy("A backup was restored without its owners (--no-owner). Restore it again with them.");
    } else if made && !seen.open.is_empty() {
        let open = seen.open.join(", ");
        report
            .add(
                CheckName::Roles,
                CheckState::Failed,
                format!("{open} may create objects in the schema public, and so put them in the way of the office's."),
            )
            .remedy(
                "Whoever keeps the database takes that back; what other programs make goes into a schema of their own.",
            )
            .command(format!("REVOKE CREATE ON SCHEMA public FROM {open};"));
    } else if seen.superuser && !is_this_computer(&settings.host) {
        report
            .add(
                CheckName::Roles,
                CheckState::Warning,
                format!("{} is a superuser: a mistake here could harm the whole server.", settings.login),
            )
            .remedy("Have a login of its own made for the office.")
            .command("CREATE ROLE office_staff LOGIN PASSWORD '…' IN ROLE neff_app;");
    } else if !missing.is_empty() {
        report.add(CheckName::Roles, CheckState::Ok, "The roles are made when the database is set up.");
    } else if made && let Some((names, commands)) = disabled(connection).await? {
        report
            .add(
                CheckName::Roles,
                CheckState::Warning,
                format!("{names} may not work here any more, and the login still has a role of the office."),
            )
            .remedy("Whoever may change logins takes it away.")
            .command(commands);
    } else {
        report.add(
            CheckName::Roles,
            CheckState::Ok,
            "The office's roles are there. The website and other programs log in with one in the role neff_program.",
        );
    }
    Ok(())
}

/// People who were switched off and whose logins were not: their names, and the commands that take the rights away.
/// Only whoever keeps the office may ask.
async fn disabled(connection: &mut PgConnection) -> Result<Option<(String, String)>, DatabaseError> {
    let may: bool = sqlx::query_scalar(
        "SELECT coalesce(has_function_privilege(to_regprocedure('neff.disabled_with_rights()'), 'EXECUTE'), false)",
    )
    .fetch_one(&mut *connection)
    .await?;
    if !may {
        return Ok(None);
    }
    let rows: Vec<(String, String)> =
        sqlx::query_as("SELECT name::text, command FROM neff.disabled_with_rights() ORDER BY 1, 2")
            .fetch_all(&mut *connection)
            .await?;
    let mut names: Vec<&str> = rows.iter().map(|(name, _)| name.as_str()).collect();
    names.dedup();
    let commands: Vec<&str> = rows.iter().map(|(_, command)| command.as_str()).collect();
    Ok((!rows.is_empty()).then(|| (names.join(", "), commands.join("\n"))))
}
