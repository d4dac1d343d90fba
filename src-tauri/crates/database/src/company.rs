//! The company's own settings: rows of `system_config`, read and written as one record.

use std::collections::BTreeMap;

use sqlx::PgConnection;

use crate::error::DatabaseError;

/// The keys that make up the company, in the order of the screen.
pub const KEYS: [&str; 16] = [
    "company_name",
    "company_letterhead",
    "company_address",
    "company_phone",
    "company_email",
    "company_website",
    "company_license",
    "office_time_zone",
    "office_working_days",
    "office_work_from",
    "office_work_until",
    "support_name",
    "support_phone",
    "support_email",
    OFFLINE_READABLE,
    OFFLINE_REFUSED,
];

/// Days after which a copy on a computer that has not heard of the server cannot be read.
pub const OFFLINE_READABLE: &str = "offline_readable_days";
/// Days after which it is wiped there when the server does not accept the login any more.
pub const OFFLINE_REFUSED: &str = "offline_refused_days";

/// The settings and their common version: it rises with every change of any of them.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct CompanyRow {
    /// By key; a key that is not there is empty.
    pub values: BTreeMap<String, String>,
    /// Sum of the rows' versions.
    pub version: i64,
}

/// Reads them.
///
/// # Errors
/// When the database cannot be asked.
pub async fn read(connection: &mut PgConnection) -> Result<CompanyRow, DatabaseError> {
    let keys: Vec<String> = KEYS.iter().map(|k| (*k).to_owned()).collect();
    let rows = sqlx::query!("SELECT key, value, version FROM system_config WHERE key = ANY ($1)", &keys)
        .fetch_all(connection)
        .await?;
    let version = rows.iter().map(|r| i64::from(r.version)).sum();
    Ok(CompanyRow { values: rows.into_iter().map(|r| (r.key, r.value)).collect(), version })
}

/// Locks them until the transaction ends: two people who save at once come one after the other.
///
/// # Errors
/// When the login may not change them, or somebody else holds them.
pub async fn lock(connection: &mut PgConnection) -> Result<(), DatabaseError> {
    let keys: Vec<String> = KEYS.iter().map(|k| (*k).to_owned()).collect();
    sqlx::query!("SELECT key FROM system_config WHERE key = ANY ($1) ORDER BY key FOR UPDATE", &keys)
        .fetch_all(connection)
        .await?;
    Ok(())
}

/// Writes those that differ; the others keep their version.
///
/// # Errors
/// When the login may not.
pub async fn write(connection: &mut PgConnection, values: &BTreeMap<String, String>) -> Result<u64, DatabaseError> {
    let (keys, values): (Vec<String>, Vec<String>) = values.iter().map(|(k, v)| (k.clone(), v.clone())).unzip();
    let done = sqlx::query!(
        "INSERT INTO system_config AS c (key, value)
         SELECT k, v FROM unnest($1::text[], $2::text[]) AS n (k, v)
         ON CONFLICT (key) DO UPDATE SET value = excluded.value WHERE c.value IS DISTINCT FROM excluded.value",
        &keys,
        &values
    )
    .execute(connection)
    .await?;
    Ok(done.rows_affected())
}

/// True when this login may change settings, people and everything else of the office.
///
/// # Errors
/// When the database cannot be asked.
pub async fn may_administer(connection: &mut PgConnection) -> Result<bool, DatabaseError> {
    Ok(sqlx::query_scalar!(r#"SELECT pg_has_role(session_user, 'neff_admin', 'MEMBER') AS "may!""#)
        .fetch_one(connection)
        .await?)
}

/// The time zone of this name, as the world spells it; none where the program or the server knows none.
///
/// # Errors
/// When the database cannot be asked.
pub async fn zone_named(connection: &mut PgConnection, name: &str) -> Result<Option<String>, DatabaseError> {
    let known = "SELECT z FROM neff.time_zone($1) AS z WHERE EXISTS (SELECT FROM pg_timezone_names n WHERE n.name = z)";
    Ok(sqlx::query_scalar(known).bind(name).fetch_optional(connection).await?)
}

/// The office's time zone.
///
/// # Errors
/// When the database cannot be asked.
pub async fn office_zone(connection: &mut PgConnection) -> Result<String, DatabaseError> {
    Ok(sqlx::query_scalar!(r#"SELECT neff.office_time_zone() AS "zone!""#).fetch_one(connection).await?)
}
