//! Saved views.

use database::act;
use database::schedule::views;
use uuid::Uuid;

use crate::error::AppError;
use crate::office::Office;
use crate::view::SavedView;
use crate::workflows::changes::{actor, commit};
use crate::workflows::company::invalid;

impl Office {
    /// A person's views of a screen, by name.
    ///
    /// # Errors
    /// When there is no connection, or the database cannot be asked.
    pub async fn saved_views(&self, screen: &str) -> Result<Vec<SavedView>, AppError> {
        let (pool, me) = self.at_work().await?;
        // A row policy asks who acts.
        let mut transaction = act::begin(&pool, &actor(&me), None).await?;
        let rows = views::all(&mut transaction, &me.user_id, screen).await?;
        commit(transaction).await?;
        Ok(rows.into_iter().map(|r| SavedView { id: r.id, name: r.name, filters: r.filters }).collect())
    }

    /// Saves one under a name; one of that name is replaced. All of them then.
    ///
    /// # Errors
    /// [`crate::ErrorCode::Invalid`] with the field; else when the database cannot be asked.
    pub async fn save_view(&self, screen: &str, name: &str, filters: &str) -> Result<Vec<SavedView>, AppError> {
        let name = name.trim();
        if name.is_empty() || name.chars().count() > 100 || name.contains('\0') {
            return Err(invalid("name", "Give the view a name of up to 100 characters."));
        }
        if screen.len() > 50 || filters.len() > 4_000 || filters.contains('\0') {
            return Err(invalid("filters", "This view holds too much to be saved."));
        }
        let (pool, me) = self.at_work().await?;
        let mut transaction = act::begin(&pool, &actor(&me), None).await?;
        views::save(&mut transaction, &me.user_id, screen, name, filters).await?;
        commit(transaction).await?;
        self.saved_views(screen).await
    }

    /// Removes one. All that are left then.
    ///
    /// # Errors
    /// When there is no connection, or the database cannot be asked.
    pub async fn delete_view(&self, screen: &str, id: Uuid) -> Result<Vec<SavedView>, AppError> {
        let (pool, me) = self.at_work().await?;
        let mut transaction = act::begin(&pool, &actor(&me), None).await?;
        views::delete(&mut transaction, &me.user_id, id).await?;
        commit(transaction).await?;
        self.saved_views(screen).await
    }
}
