//! The list: filtered, grouped, sorted and paged by the database.

use serde_json::Value;
use sqlx::PgConnection;
use uuid::Uuid;

use crate::error::DatabaseError;

/// Which jobs, in which order. `filter` is what `neff.job_filter()` reads; `group` and `sort` are words of `neff.list_jobs()`, and
/// others mean "none" and "start".
#[derive(Debug, Clone)]
#[expect(missing_docs, reason = "the arguments of neff.list_jobs()")]
pub struct Page<'a> {
    pub filter: &'a Value,
    pub group: &'a str,
    pub sort: &'a str,
    pub descending: bool,
    pub after: Option<Uuid>,
    /// 1–5,001
    pub limit: i32,
}

/// Of a crew's jobs no more are counted where the list is very long: this many means "at least".
pub const COUNTED: i64 = 1_000;

/// A page: each job with the key of its group.
///
/// # Errors
/// When the database cannot be asked.
pub async fn page(
    connection: &mut PgConnection,
    page: &Page<'_>,
) -> Result<Vec<(Uuid, Option<String>)>, DatabaseError> {
    Ok(page_and_total(connection, page).await?.0)
}

/// The same, and how many there are in all where that is known anyway: of jobs with a text, on their first page.
///
/// # Errors
/// When the database cannot be asked.
pub async fn page_and_total(
    connection: &mut PgConnection,
    page: &Page<'_>,
) -> Result<(Vec<(Uuid, Option<String>)>, Option<i64>), DatabaseError> {
    let rows = sqlx::query!(
        r#"SELECT id AS "id!", group_key, total FROM neff.list_jobs($1, $2, $3, $4, $5, $6) ORDER BY place"#,
        page.filter,
        page.group,
        page.sort,
        page.descending,
        page.after,
        page.limit
    )
    .fetch_all(connection)
    .await?;
    let total = rows.first().and_then(|r| r.total);
    Ok((rows.into_iter().map(|r| (r.id, r.group_key)).collect(), total))
}

/// How many jobs there are: of each group by its key, or in all (no key; 10,000 at most).
///
/// # Errors
/// When the database cannot be asked.
pub async fn counts(
    connection: &mut PgConnection,
    filter: &Value,
    group: &str,
) -> Result<Vec<(Option<String>, i64)>, DatabaseError> {
    let rows = sqlx::query!(r#"SELECT group_key, jobs AS "jobs!" FROM neff.count_jobs($1, $2)"#, filter, group)
        .fetch_all(connection)
        .await?;
    Ok(rows.into_iter().map(|r| (r.group_key, r.jobs)).collect())
}
