//! Bringing a database to the schema this program knows: from empty, from the specification, from an older one.

use serde::{Deserialize, Serialize};
use sqlx::migrate::{Migrate, Migrator};
use sqlx::{Executor, PgConnection};

use crate::error::{DatabaseError, Failure};

static MIGRATOR: Migrator = sqlx::migrate!("../../../migrations/postgres");
const TABLE: &str = "_sqlx_migrations";

/// What a database is, seen from this program.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize, specta::Type)]
#[serde(rename_all = "snake_case")]
pub enum SchemaKind {
    /// No tables at all.
    Empty,
    /// Somebody else's tables.
    NotNeff,
    /// Made from the company's specification, not yet adopted.
    Specification,
    /// Ours, of an older program.
    Older,
    /// Ours, as this program wants it.
    Current,
    /// Ours, of a newer program.
    Newer,
    /// Ours, from before the first release: its migrations have been rewritten since.
    Unreleased,
}

/// The schema of a database and what would be done to it.
#[derive(Debug, Clone)]
pub struct SchemaState {
    /// What it is.
    pub kind: SchemaKind,
    /// The newest version it records, such as `3.0.14` or the specification's `2.0.0`.
    pub version: Option<String>,
    /// Descriptions of the migrations that are missing, in order.
    pub pending: Vec<String>,
    /// True when any of its tables holds a row that a migration could lose: a backup comes first.
    pub holds_rows: bool,
    /// False when the database asks for a newer program to write to it.
    pub writable: bool,
}

/// One step of a migration, for a progress bar.
#[derive(Debug, Clone)]
pub struct Step {
    /// What is being done.
    pub description: String,
    /// Steps finished before this one.
    pub done: usize,
    /// Steps in all.
    pub total: usize,
}

/// The version of the newest migration this program carries.
#[must_use]
pub fn newest() -> i64 {
    MIGRATOR.iter().map(|m| m.version).max().unwrap_or_default()
}

/// Looks at a database without changing anything.
///
/// # Errors
/// [`Failure::RightsMissing`] when the login may not see the schema's version.
pub async fn state(connection: &mut PgConnection) -> Result<SchemaState, DatabaseError> {
    let (tables, ours, versioned, readable): (i64, i64, bool, bool) = sqlx::query_as(
        "SELECT count(*),
                count(*) FILTER (WHERE relname IN ('contracts', 'estimates', 'customers', 'job_schedules',
                                                   'schedule_changes', 'crew_members', 'alert_rules', 'alert_types')),
                bool_or(relname = 'schema_versions') IS TRUE,
                bool_or(relname = 'schema_versions' AND has_table_privilege(oid, 'SELECT')) IS TRUE
           FROM pg_class WHERE relnamespace = 'public'::regnamespace AND relkind IN ('r', 'p')
            AND relname <> '_sqlx_migrations'",
    )
    .fetch_one(&mut *connection)
    .await?;
    let all = |after: i64| MIGRATOR.iter().filter(|m| m.version > after).map(|m| m.description.to_string()).collect();
    if tables == 0 {
        let state =
            SchemaState { kind: SchemaKind::Empty, version: None, pending: all(0), holds_rows: false, writable: true };
        return Ok(state);
    }
    if versioned && !readable {
        // `min_program` is ours: with it the database is adopted already and the login lacks a role of the office.
        let (adopted,): (bool,) = sqlx::query_as(
            "SELECT EXISTS (SELECT FROM pg_attribute WHERE attrelid = 'public.schema_versions'::regclass AND attname = 'min_program')",
        )
        .fetch_one(&mut *connection)
        .await?;
        if adopted || ours < 3 {
            return Err(DatabaseError::new(Failure::RightsMissing, "may not read schema_versions"));
        }
        // What cannot be looked at may hold rows.
        return Ok(SchemaState {
            kind: SchemaKind::Specification,
            version: None,
            pending: all(0),
            holds_rows: true,
            writable: true,
        });
    }
    let versions: Vec<(String, Option<String>)> = if versioned {
        // `min_program` is ours; the specification's table has no such column.
        sqlx::query_as("SELECT version, to_jsonb(v)->>'min_program' FROM schema_versions v")
            .fetch_all(&mut *connection)
            .await?
    } else {
        Vec::new()
    };
    let applied = versions.iter().filter_map(|(v, _)| number(v)).max();
    let writable = versions
        .iter()
        .filter_map(|(_, min)| min.as_deref())
        .all(|min| program_at_least(env!("CARGO_PKG_VERSION"), min));
    let holds_rows = holds_rows(connection).await?;
    let rewritten = applied.is_some_and(|n| n <= newest()) && rewritten(connection).await?;
    let (kind, version, pending) = match applied {
        Some(n) if rewritten => (SchemaKind::Unreleased, Some(n), Vec::new()),
        Some(n) if n > newest() => (SchemaKind::Newer, Some(n), Vec::new()),
        Some(n) if n == newest() => (SchemaKind::Current, Some(n), Vec::new()),
        Some(n) => (SchemaKind::Older, Some(n), all(n)),
        None if ours >= 3 => (SchemaKind::Specification, None, all(0)),
        None => (SchemaKind::NotNeff, None, Vec::new()),
    };
    let version = version.map(|n| format!("3.0.{n}")).or_else(|| versions.into_iter().map(|(v, _)| v).max());
    Ok(SchemaState { kind, version, pending, holds_rows, writable })
}

/// Whether the database was made by migrations that are not today's: they were rewritten until the first release. The
/// schema `neff` is newer than all of that; whoever may read the bookkeeping also compares each migration.
async fn rewritten(connection: &mut PgConnection) -> Result<bool, DatabaseError> {
    let (schema, readable): (bool, bool) = sqlx::query_as(
        "SELECT to_regnamespace('neff') IS NOT NULL,
                coalesce(has_table_privilege(to_regclass('public._sqlx_migrations'), 'SELECT'), false)",
    )
    .fetch_one(&mut *connection)
    .await?;
    if !schema || !readable {
        return Ok(!schema);
    }
    let applied: Vec<(i64, Vec<u8>)> =
        sqlx::query_as("SELECT version, checksum FROM public._sqlx_migrations").fetch_all(connection).await?;
    Ok(MIGRATOR.iter().any(|known| applied.iter().any(|(n, sum)| *n == known.version && **sum != *known.checksum)))
}

/// Whether any table but the bookkeeping holds a row. Default rows of the specification count: a backup of nine
/// rows costs nothing.
async fn holds_rows(connection: &mut PgConnection) -> Result<bool, DatabaseError> {
    let tables: Vec<(String,)> = sqlx::query_as(
        "SELECT format('%I.%I', n.nspname, c.relname)
           FROM pg_class c JOIN pg_namespace n ON n.oid = c.relnamespace
          WHERE n.nspname = 'public' AND c.relkind IN ('r', 'p') AND has_table_privilege(c.oid, 'SELECT')
            AND c.relname NOT IN ('_sqlx_migrations', 'schema_versions')",
    )
    .fetch_all(&mut *connection)
    .await?;
    for (table,) in tables {
        let sql = format!("SELECT EXISTS (SELECT FROM {table})");
        // The name comes from the server's catalogue, quoted by the server.
        let (found,): (bool,) = sqlx::query_as(sqlx::AssertSqlSafe(sql)).fetch_one(&mut *connection).await?;
        if found {
            return Ok(true);
        }
    }
    Ok(false)
}

/// Applies every missing migration, each in one transaction, under a lock that a second computer waits for.
///
/// Killed at any point, the next run goes on where this one stopped. `progress` is called before each step.
///
/// # Errors
/// [`Failure::RightsMissing`] when the login may not; [`Failure::Other`] for a database that is newer or not ours.
pub async fn run(
    connection: &mut PgConnection,
    mut progress: impl FnMut(Step) + Send,
) -> Result<Vec<String>, DatabaseError> {
    // Migrating takes as long as it takes, and the other computer may be at it for a while.
    connection.execute("SET statement_timeout = 0; SET lock_timeout = '15min'; SET timezone = 'UTC'").await?;
    // Unqualified names mean the office's schema, whatever this login's own search path says; extensions the company
    // has installed elsewhere are still found.
    connection
        .execute(
            "SELECT set_config('search_path', concat_ws(', ', 'public', (
                        SELECT string_agg(DISTINCT quote_ident(n.nspname), ', ')
                          FROM pg_extension e JOIN pg_namespace n ON n.oid = e.extnamespace
                         WHERE e.extname IN ('pg_trgm', 'btree_gist') AND n.nspname <> 'public')), false)",
        )
        .await?;
    connection.lock().await?;
    connection.execute("SET lock_timeout = '60s'").await?;
    let result = run_locked(connection, &mut progress).await;
    let unlocked = connection.unlock().await;
    let applied = result?;
    unlocked?;
    Ok(applied)
}

async fn run_locked(
    connection: &mut PgConnection,
    progress: &mut (impl FnMut(Step) + Send),
) -> Result<Vec<String>, DatabaseError> {
    let state = state(connection).await?;
    match state.kind {
        SchemaKind::Newer => return Err(DatabaseError::new(Failure::Other, "the database belongs to a newer program")),
        SchemaKind::NotNeff => {
            return Err(DatabaseError::new(Failure::Other, "the database holds somebody else's tables"));
        }
        SchemaKind::Unreleased => {
            return Err(DatabaseError::new(Failure::Unreleased, "its migrations have been rewritten since"));
        }
        SchemaKind::Specification | SchemaKind::Older => {
            let taken = taken_names(connection).await?;
            if !taken.is_empty() {
                return Err(DatabaseError::new(Failure::NameTaken, taken.join(", ")));
            }
        }
        SchemaKind::Empty | SchemaKind::Current => {}
    }
    connection.ensure_migrations_table(TABLE).await?;
    if let Some(version) = connection.dirty_version(TABLE).await? {
        return Err(DatabaseError::new(Failure::Other, format!("migration {version} is half applied")));
    }
    let applied = connection.list_applied_migrations(TABLE).await?;
    let missing: Vec<_> = MIGRATOR.iter().filter(|m| !applied.iter().any(|a| a.version == m.version)).collect();
    let mut names = Vec::with_capacity(missing.len());
    for (done, migration) in missing.iter().enumerate() {
        progress(Step { description: migration.description.to_string(), done, total: missing.len() });
        connection.apply(TABLE, migration).await?;
        tracing::info!(version = migration.version, description = %migration.description, "migration applied");
        names.push(migration.description.to_string());
    }
    Ok(names)
}

/// Tables, views, types and columns of the company's own that have the name of one that is still to be made. Nothing
/// is changed as long as there are any: what they mean, only the company knows.
///
/// # Errors
/// When the catalogue cannot be read.
pub async fn taken_names(connection: &mut PgConnection) -> Result<Vec<String>, DatabaseError> {
    let applied: Vec<i64> = {
        let (bookkeeping,): (bool,) = sqlx::query_as("SELECT to_regclass('public._sqlx_migrations') IS NOT NULL")
            .fetch_one(&mut *connection)
            .await?;
        if bookkeeping {
            sqlx::query_scalar("SELECT version FROM public._sqlx_migrations").fetch_all(&mut *connection).await?
        } else {
            Vec::new()
        }
    };
    let (mut relations, mut tables, mut columns) = (Vec::new(), Vec::new(), Vec::new());
    for migration in MIGRATOR.iter().filter(|m| !applied.contains(&m.version)) {
        for name in names_made(migration.sql.as_str()) {
            match name {
                Made::Relation(name) => relations.push(name),
                Made::Column(table, column) => {
                    tables.push(table);
                    columns.push(column);
                }
            }
        }
    }
    Ok(sqlx::query_scalar(
        "SELECT t.typname::text FROM pg_type t
          WHERE t.typnamespace = 'public'::regnamespace AND t.typname = ANY ($1)
         UNION
         SELECT 'the schema neff' WHERE NOT $4 AND to_regnamespace('neff') IS NOT NULL
         UNION
         SELECT format('%s.%s', w.t, w.c)
           FROM unnest($2::text[], $3::text[]) AS w(t, c)
           JOIN pg_class k ON k.relname = w.t AND k.relnamespace = 'public'::regnamespace
           JOIN pg_attribute a ON a.attrelid = k.oid AND a.attname = w.c AND NOT a.attisdropped
         UNION
         -- `version` is taken over where it already counts.
         SELECT format('%s.version', k.relname)
           FROM pg_class k JOIN pg_attribute a ON a.attrelid = k.oid AND a.attname = 'version' AND NOT a.attisdropped
          WHERE k.relnamespace = 'public'::regnamespace AND (a.atttypid <> 'int4'::regtype OR NOT a.attnotnull)
            AND k.relname IN ('contracts', 'estimates', 'customers', 'job_schedules', 'crew_members', 'alert_types',
                              'alert_rules', 'email_templates', 'sms_templates', 'system_config')
          ORDER BY 1",
    )
    .bind(relations)
    .bind(tables)
    .bind(columns)
    .bind(!applied.is_empty())
    .fetch_all(&mut *connection)
    .await?)
}

#[derive(Debug, PartialEq, Eq)]
enum Made {
    /// A table, view or composite type.
    Relation(String),
    /// A column that comes to a table.
    Column(String, String),
}

/// What a migration makes and would fail over if it were there already. Migrations write their statements at the
/// start of a line; what they make by EXECUTE is not found, and is named after its table.
fn names_made(sql: &str) -> Vec<Made> {
    let mut made = Vec::new();
    let mut altered: Option<&str> = None;
    for line in sql.lines() {
        let words: Vec<_> =
            line.split(|c: char| c.is_whitespace() || "(,;".contains(c)).filter(|w| !w.is_empty()).collect();
        if !line.starts_with(' ') {
            altered = None;
        }
        match words.as_slice() {
            ["CREATE", "TABLE" | "VIEW" | "TYPE", name, ..] if !line.starts_with(' ') && *name != "IF" => {
                made.push(Made::Relation((*name).to_owned()));
            }
            ["ALTER", "TABLE", table, ..] if !line.starts_with(' ') => altered = Some(table),
            _ => {}
        }
        if let Some(table) = altered
            && let Some(at) = words.windows(2).position(|pair| pair == ["ADD", "COLUMN"])
            && let Some(column) = words.get(at + 2).filter(|word| **word != "IF")
        {
            made.push(Made::Column(table.to_owned(), (*column).to_owned()));
        }
        if line.contains(';') {
            altered = None;
        }
    }
    made
}

/// How many values were repaired when the database was adopted.
///
/// # Errors
/// When the database cannot be asked.
pub async fn repairs(connection: &mut PgConnection) -> Result<i64, DatabaseError> {
    Ok(sqlx::query_scalar!(r#"SELECT count(*) AS "n!" FROM adoption_repairs"#).fetch_one(connection).await?)
}

/// The `N` of `3.0.N`; the specification's `2.0.0` and foreign rows have none.
fn number(version: &str) -> Option<i64> {
    let mut parts = version.split('.');
    let major: i64 = parts.next()?.parse().ok()?;
    let minor: i64 = parts.next()?.parse().ok()?;
    let patch: i64 = parts.next()?.parse().ok()?;
    if parts.next().is_some() {
        return None;
    }
    match (major, minor) {
        (3, 0) => Some(patch),
        // A program that renumbered its schema is newer than this one, whatever the last number.
        (3.., _) => Some(i64::MAX),
        _ => None,
    }
}

fn program_at_least(program: &str, wanted: &str) -> bool {
    let parse = |v: &str| v.split(['.', '-']).map(|p| p.parse::<u32>().unwrap_or(0)).collect::<Vec<_>>();
    parse(program) >= parse(wanted)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn versions_of_the_schema() {
        assert_eq!(number("3.0.14"), Some(14));
        assert_eq!(number("2.0.0"), None);
        assert_eq!(number("4.1.0"), Some(i64::MAX));
        assert_eq!(number("banana"), None);
    }

    #[test]
    fn what_a_migration_makes() {
        let made = names_made(
            "CREATE TABLE crews (\n    id uuid\n);\nCREATE TABLE IF NOT EXISTS contracts (\nALTER TABLE t ADD COLUMN a uuid;\n\
             ALTER TABLE u\n    ADD COLUMN b jsonpath,     -- why\n    ADD COLUMN c text;\n\
             ALTER TABLE v ADD COLUMN IF NOT EXISTS e text;\nCREATE TYPE hit AS (\nALTER TABLE w ALTER COLUMN f DROP NOT NULL;",
        );
        let relation = |name: &str| Made::Relation(name.to_owned());
        let column = |table: &str, name: &str| Made::Column(table.to_owned(), name.to_owned());
        assert_eq!(made, [relation("crews"), column("t", "a"), column("u", "b"), column("u", "c"), relation("hit")]);
    }

    #[test]
    fn the_oldest_program_that_may_write() {
        assert!(program_at_least("0.10.0", "0.9.1"));
        assert!(!program_at_least("0.9.1", "0.10.0"));
        assert!(program_at_least("1.0.0", "1.0.0"));
    }
}
