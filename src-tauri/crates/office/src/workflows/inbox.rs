//! The alert inbox.

use std::io::Write;
use std::path::Path;

use database::inbox::{self, Filter, Place};
use database::notifications::NotificationRow;
use database::{DatabaseError, PgConnection, act};
use uuid::Uuid;

use super::changes::commit;
use super::today::count;
use crate::copy::read;
use crate::desktop::DesktopEvent;
use crate::error::{AppError, ErrorCode};
use crate::office::Office;
use crate::view::{AlertKind, Exported, InboxOrder, InboxPage, InboxQuery, InboxShow, Notification};

/// An export ends here: more is for a report, not a list.
const EXPORTED: usize = 50_000;

impl Office {
    /// A page of this person's alerts.
    ///
    /// # Errors
    /// When there is no connection, or the database cannot be asked.
    pub async fn inbox(&self, query: &InboxQuery) -> Result<InboxPage, AppError> {
        let answer = self.inbox_of_the_server(query).await;
        let query = query.clone();
        self.or_copy(answer, move |copy, _| read::inbox(copy, &query)).await
    }

    async fn inbox_of_the_server(&self, query: &InboxQuery) -> Result<InboxPage, AppError> {
        let (pool, me) = self.at_work().await?;
        let mut connection = pool.acquire().await.map_err(DatabaseError::from)?;
        let (unread, as_of) = inbox::unread(&mut connection, &me.user_id).await?;
        let (rows, next) = page(&mut connection, &me.user_id, query).await?;
        Ok(InboxPage { items: rows.into_iter().map(Notification::from).collect(), next, unread: count(unread), as_of })
    }

    /// The alert types, for filters.
    ///
    /// # Errors
    /// When there is no connection, or the database cannot be asked.
    pub async fn alert_kinds(&self) -> Result<Vec<AlertKind>, AppError> {
        let (pool, _) = self.at_work().await?;
        let mut connection = pool.acquire().await.map_err(DatabaseError::from)?;
        let rows = inbox::kinds(&mut connection).await?;
        Ok(rows
            .into_iter()
            .map(|k| AlertKind { name: k.name, description: k.description, category: k.category })
            .collect())
    }

    /// Marks these of the person's read or unread; returns how many changed. On every computer their popups close.
    ///
    /// # Errors
    /// When there is no connection, or the database cannot be asked.
    pub async fn set_read(&self, ids: &[Uuid], read: bool) -> Result<u32, AppError> {
        if ids.len() > 10_000 {
            return Err(AppError::new(ErrorCode::Invalid, "Choose up to 10,000 alerts at once."));
        }
        let (pool, me) = self.at_work().await?;
        let mut transaction = act::begin(&pool, &super::changes::actor(&me), None).await?;
        let changed = inbox::set_read(&mut transaction, &me.user_id, ids, read).await?;
        commit(transaction).await?;
        self.tell(DesktopEvent::NotificationsChanged);
        Ok(count(changed.len()))
    }

    /// Marks all that the filter shows read, up to `until`; returns how many.
    ///
    /// # Errors
    /// When there is no connection, or the database cannot be asked.
    pub async fn mark_all_read_in(
        &self,
        query: &InboxQuery,
        until: chrono::DateTime<chrono::Utc>,
    ) -> Result<u32, AppError> {
        let (pool, me) = self.at_work().await?;
        let mut transaction = act::begin(&pool, &super::changes::actor(&me), None).await?;
        let filter = filter(&mut transaction, query).await?;
        let changed = inbox::mark_all_read(&mut transaction, &me.user_id, &filter, until).await?;
        commit(transaction).await?;
        self.tell(DesktopEvent::NotificationsChanged);
        Ok(count(changed))
    }

    /// Writes what the filter shows to a file that Excel opens as it is meant; 50,000 lines at most. The file is
    /// written whole or not at all.
    ///
    /// # Errors
    /// When the database cannot be asked, or the file not be written.
    pub async fn export_inbox(&self, query: &InboxQuery, file: &Path) -> Result<Exported, AppError> {
        let (pool, me) = self.at_work().await?;
        let mut connection = pool.acquire().await.map_err(DatabaseError::from)?;
        let mut sheet =
            domain::csv::Sheet::new(&["Received", "Read", "Priority", "Kind", "Title", "Message", "Expires"]);
        let mut query = InboxQuery { limit: 200, after: None, ..query.clone() };
        loop {
            let (rows, next) = page(&mut connection, &me.user_id, &query).await?;
            for row in rows {
                sheet.row(&[
                    &row.created_at.format("%Y-%m-%d %H:%M:%S").to_string(),
                    if row.is_read { "yes" } else { "no" },
                    &row.priority.to_string(),
                    &row.alert_type,
                    &row.title,
                    &row.message,
                    &row.expires_at.map(|at| at.format("%Y-%m-%d %H:%M:%S").to_string()).unwrap_or_default(),
                ]);
            }
            match next {
                Some(next) if sheet.rows() < EXPORTED => query.after = Some(next),
                _ => break,
            }
        }
        drop(connection);
        let rows = count(sheet.rows());
        write_file(file.to_owned(), sheet.finish()).await?;
        Ok(Exported { path: file.display().to_string(), rows })
    }
}

/// Writes a file beside its place and moves it there, off the runtime.
pub(crate) async fn write_file(file: std::path::PathBuf, content: String) -> Result<(), AppError> {
    write_bytes(file, content.into_bytes()).await
}

/// The same for what is no text.
pub(crate) async fn write_bytes(file: std::path::PathBuf, content: Vec<u8>) -> Result<(), AppError> {
    let written = tokio::task::spawn_blocking(move || {
        let mut partial = file.clone().into_os_string();
        partial.push(".partial");
        let result = std::fs::File::create(&partial)
            .and_then(|mut f| f.write_all(&content).and_then(|()| f.sync_all()))
            .and_then(|()| std::fs::rename(&partial, &file));
        if result.is_err() {
            let _ = std::fs::remove_file(&partial);
        }
        result
    })
    .await;
    let sentence = "The file could not be written. Is the disk full, or the folder protected?";
    match written {
        Ok(Ok(())) => Ok(()),
        Ok(Err(error)) => Err(AppError::new(ErrorCode::DiskFull, sentence).with_details(error.to_string())),
        Err(error) => Err(AppError::new(ErrorCode::Internal, sentence).with_details(error.to_string())),
    }
}

/// A page: unread first, then read ones, and where the next begins.
async fn page(
    connection: &mut PgConnection,
    user_id: &str,
    query: &InboxQuery,
) -> Result<(Vec<NotificationRow>, Option<String>), AppError> {
    let limit = query.limit.clamp(1, 200) as usize;
    let filter = filter(connection, query).await?;
    let (mut reading_read, mut after) = match query.after.as_deref().and_then(read_place) {
        Some((read, place)) => (read, Some(place)),
        None => (query.show == InboxShow::Read, None),
    };
    let wanted = |have: usize| i64::try_from(limit + 1 - have).unwrap_or(1);
    let mut rows = Vec::new();
    if !reading_read {
        rows = match query.order {
            InboxOrder::Newest => inbox::newest(connection, user_id, false, &filter, after, wanted(0)).await?,
            InboxOrder::Priority => inbox::most_urgent(connection, user_id, &filter, after, wanted(0)).await?,
        };
        if rows.len() <= limit && query.show == InboxShow::All {
            (reading_read, after) = (true, None);
        }
    }
    if reading_read && query.show != InboxShow::Unread {
        let more = inbox::newest(connection, user_id, true, &filter, after, wanted(rows.len())).await?;
        rows.extend(more);
    }
    let more = rows.len() > limit;
    rows.truncate(limit);
    let next = rows.last().filter(|_| more).map(|last| {
        let side = if last.is_read { 'r' } else { 'u' };
        format!("{side} {} {} {}", last.priority, last.created_at.to_rfc3339(), last.id)
    });
    Ok((rows, next))
}

async fn filter(connection: &mut PgConnection, query: &InboxQuery) -> Result<Filter, AppError> {
    let types = match query.types.as_slice() {
        [] => None,
        names => Some(inbox::kind_ids(connection, &names[..names.len().min(500)]).await?),
    };
    let search = query.search.as_deref().map(str::trim).filter(|s| !s.is_empty());
    Ok(Filter {
        search: search.map(|s| s.chars().take(200).collect::<String>()),
        types,
        min_priority: query.min_priority,
        expired: query.expired,
    })
}

/// A cursor is ours, but it comes back from the window: what cannot be read begins at the top.
fn read_place(text: &str) -> Option<(bool, Place)> {
    let mut parts = text.split(' ');
    let read = match parts.next()? {
        "r" => true,
        "u" => false,
        _ => return None,
    };
    let place = Place {
        priority: parts.next()?.parse().ok()?,
        at: parts.next()?.parse().ok()?,
        id: parts.next()?.parse().ok()?,
    };
    Some((read, place))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_cursor_comes_back_as_it_went_or_begins_at_the_top() {
        let id = Uuid::from_u128(9);
        let (read, place) = read_place(&format!("u 4 2026-04-01T12:00:00.000001+00:00 {id}")).unwrap();
        assert_eq!((read, place.priority, place.id), (false, 4, id));
        assert_eq!(place.at.timestamp_subsec_micros(), 1);
        for text in ["", "u", "x 4 2026-04-01T12:00:00Z 1", "u 4 yesterday 1"] {
            assert_eq!(read_place(text), None, "{text}");
        }
    }
}
