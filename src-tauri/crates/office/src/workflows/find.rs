//! Finding any record.

use database::{DatabaseError, search};

use crate::error::AppError;
use crate::office::Office;
use crate::view::{SearchHit, SearchKind};

impl Office {
    /// Records that hold every word of `text`, the best first. An empty text finds nothing.
    ///
    /// # Errors
    /// When there is no connection, or the database cannot be asked.
    pub async fn search(&self, text: &str, limit: u32) -> Result<Vec<SearchHit>, AppError> {
        if text.trim().is_empty() {
            return Ok(Vec::new());
        }
        let (pool, _) = self.at_work().await?;
        let mut connection = pool.acquire().await.map_err(DatabaseError::from)?;
        // NUL cannot be sent; the database shortens what is too long.
        let text: String = text.chars().filter(|c| *c != '\0').take(200).collect();
        let limit = i32::try_from(limit.clamp(1, 100)).unwrap_or(100);
        let rows = search::records(&mut connection, &text, limit).await?;
        Ok(rows
            .into_iter()
            .filter_map(|row| {
                let kind: SearchKind = serde_json::from_value(row.kind.into()).ok()?;
                // When a customer, crew, person or machine was last touched tells nobody anything.
                let timed = matches!(kind, SearchKind::Job | SearchKind::Estimate | SearchKind::Contract);
                Some(SearchHit {
                    kind,
                    id: row.id,
                    title: row.title,
                    subtitle: row.subtitle.unwrap_or_default(),
                    when: row.at.filter(|_| timed),
                })
            })
            .collect())
    }
}
