//! The bell.

use database::notifications::NotificationRow;
use database::{DatabaseError, act, notifications};
use uuid::Uuid;

use super::today::count;
use crate::desktop::DesktopEvent;
use crate::error::AppError;
use crate::office::Office;
use crate::view::{Notification, NotificationPage, RecordRef};

impl Office {
    /// The newest notifications of the person who works here: unread first.
    ///
    /// # Errors
    /// When there is no connection, or the database cannot be asked.
    pub async fn notifications(&self, limit: u32) -> Result<NotificationPage, AppError> {
        let (pool, me) = self.at_work().await?;
        let mut connection = pool.acquire().await.map_err(DatabaseError::from)?;
        let limit = limit.clamp(1, 200);
        let mut rows = notifications::latest(&mut connection, &me.user_id, i64::from(limit) + 1).await?;
        let unread = notifications::unread_count(&mut connection, &me.user_id).await?;
        let more = rows.len() > limit as usize;
        rows.truncate(limit as usize);
        *self.listed_until() = rows.iter().map(|r| r.created_at).max();
        Ok(NotificationPage { unread: count(unread), items: rows.into_iter().map(Notification::from).collect(), more })
    }

    /// Marks these of the person's read; on every computer their popups close.
    ///
    /// # Errors
    /// When there is no connection, or the database cannot be asked.
    pub async fn mark_read(&self, ids: &[Uuid]) -> Result<(), AppError> {
        self.set_read(ids, true).await?;
        Ok(())
    }

    /// Marks all read that the person was shown or that are older; what came since stays unread. Returns how many.
    ///
    /// # Errors
    /// When there is no connection, or the database cannot be asked.
    pub async fn mark_all_read(&self) -> Result<u32, AppError> {
        let (pool, me) = self.at_work().await?;
        let Some(until) = *self.listed_until() else { return Ok(0) };
        let mut transaction = act::begin(&pool, &super::changes::actor(&me), None).await?;
        let done = notifications::mark_all_read(&mut transaction, &me.user_id, until).await?;
        super::changes::commit(transaction).await?;
        self.tell(DesktopEvent::NotificationsChanged);
        Ok(count(done))
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
