//! The bell.

use database::notifications::NotificationRow;
use database::{DatabaseError, notifications};

use super::today::count;
use crate::copy::read;
use crate::error::AppError;
use crate::office::Office;
use crate::view::{Notification, NotificationPage, RecordRef};

impl Office {
    /// The newest notifications of the person who works here: unread first.
    ///
    /// # Errors
    /// When there is no connection, or the database cannot be asked.
    pub async fn notifications(&self, limit: u32) -> Result<NotificationPage, AppError> {
        let answer = self.bell_of_the_server(limit).await;
        self.or_copy(answer, move |copy, _| read::notifications(copy, limit.clamp(1, 200))).await
    }

    async fn bell_of_the_server(&self, limit: u32) -> Result<NotificationPage, AppError> {
        let (pool, me) = self.at_work().await?;
        let mut connection = pool.acquire().await.map_err(DatabaseError::from)?;
        let limit = limit.clamp(1, 200);
        let mut rows = notifications::latest(&mut connection, &me.user_id, i64::from(limit) + 1).await?;
        let unread = notifications::unread_count(&mut connection, &me.user_id).await?;
        let more = rows.len() > limit as usize;
        rows.truncate(limit as usize);
        Ok(NotificationPage { unread: count(unread), items: rows.into_iter().map(Notification::from).collect(), more })
    }
}

impl From<NotificationRow> for Notification {
    fn from(row: NotificationRow) -> Self {
        Self {
            about: RecordRef::from_data(row.data.as_ref()),
            id: row.id,
            alert_type: row.alert_type,
            title: row.title,
            message: row.message,
            priority: row.priority,
            is_read: row.is_read,
            created_at: row.created_at,
            expires_at: row.expires_at,
        }
    }
}
