//! What a person narrowed a list to and gave a name. A row policy keeps everybody to their own.

use sqlx::PgConnection;
use uuid::Uuid;

use crate::error::DatabaseError;

/// A view.
#[derive(Debug, Clone)]
#[expect(missing_docs, reason = "columns")]
pub struct ViewRow {
    pub id: Uuid,
    pub name: String,
    pub filters: String,
}

/// A person's views of a screen, by name.
///
/// # Errors
/// When the database cannot be asked.
pub async fn all(connection: &mut PgConnection, user_id: &str, screen: &str) -> Result<Vec<ViewRow>, DatabaseError> {
    Ok(sqlx::query_as!(
        ViewRow,
        "SELECT id, name, filters FROM saved_views WHERE user_id = $1 AND screen = $2 ORDER BY neff.folded(name) LIMIT 200",
        user_id,
        screen
    )
    .fetch_all(connection)
    .await?)
}

/// Saves one under a name; one that has the name already is replaced.
///
/// # Errors
/// When the database cannot be asked.
pub async fn save(
    connection: &mut PgConnection,
    user_id: &str,
    screen: &str,
    name: &str,
    filters: &str,
) -> Result<(), DatabaseError> {
    sqlx::query!(
        "INSERT INTO saved_views (user_id, screen, name, filters) VALUES ($1, $2, $3, $4)
         ON CONFLICT (user_id, screen, neff.folded(name)) DO UPDATE SET name = excluded.name, filters = excluded.filters",
        user_id,
        screen,
        name,
        filters
    )
    .execute(connection)
    .await?;
    Ok(())
}

/// Removes one; one that is gone is no error.
///
/// # Errors
/// When the database cannot be asked.
pub async fn delete(connection: &mut PgConnection, user_id: &str, id: Uuid) -> Result<(), DatabaseError> {
    sqlx::query!("DELETE FROM saved_views WHERE id = $1 AND user_id = $2", id, user_id).execute(connection).await?;
    Ok(())
}
