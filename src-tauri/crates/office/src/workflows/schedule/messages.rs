//! Customers to tell.

use std::collections::HashMap;

use database::schedule::messages::{self, MessageRow};
use database::{DatabaseError, PgConnection, act};
use uuid::Uuid;

use super::shown;
use crate::desktop::DesktopEvent;
use crate::error::AppError;
use crate::office::Office;
use crate::view::{CustomerMessage, MessageInput, MessagesQuery, ScheduleJob};
use crate::workflows::changes::{actor, changed_meanwhile, commit};
use crate::workflows::company::invalid;

impl Office {
    /// Calls first, then mails and texts, the newest first; 500 at most.
    ///
    /// # Errors
    /// When there is no connection, or the database cannot be asked.
    pub async fn customer_messages(&self, query: &MessagesQuery) -> Result<Vec<CustomerMessage>, AppError> {
        let (pool, _) = self.at_work().await?;
        let mut connection = pool.acquire().await.map_err(DatabaseError::from)?;
        let rows = messages::all(&mut connection, query.change_id, query.open).await?;
        with_jobs(&mut connection, rows).await
    }

    /// Saves one over the version seen.
    ///
    /// # Errors
    /// [`crate::ErrorCode::Invalid`] with the field; [`crate::ErrorCode::VersionConflict`].
    pub async fn save_message(&self, input: &MessageInput) -> Result<CustomerMessage, AppError> {
        check(input)?;
        let (pool, me) = self.at_work().await?;
        let mut transaction = act::begin(&pool, &actor(&me), None).await?;
        let c = &mut *transaction;
        let filled =
            |text: &Option<String>| text.as_deref().map(str::trim).filter(|t| !t.is_empty()).map(str::to_owned);
        let (to, subject, note) = (filled(&input.to_address), filled(&input.subject), filled(&input.note));
        let saved = messages::save(
            c,
            input.id,
            input.version,
            &input.channel,
            to.as_deref(),
            subject.as_deref(),
            input.body.trim_end(),
            &input.state,
            note.as_deref(),
        )
        .await?;
        if !saved {
            return Err(match messages::one(c, input.id).await? {
                Some(_) => changed_meanwhile("this message"),
                None => AppError::not_found("message"),
            });
        }
        let row = messages::one(c, input.id).await?.ok_or_else(|| AppError::not_found("message"))?;
        let message = with_jobs(c, vec![row]).await?.pop().ok_or_else(|| AppError::not_found("message"))?;
        commit(transaction).await?;
        self.tell(DesktopEvent::ScheduleChanged);
        Ok(message)
    }
}

async fn with_jobs(c: &mut PgConnection, rows: Vec<MessageRow>) -> Result<Vec<CustomerMessage>, AppError> {
    let mut ids: Vec<Uuid> = rows.iter().filter_map(|r| r.job_id).collect();
    ids.sort_unstable();
    ids.dedup();
    let jobs: HashMap<Uuid, ScheduleJob> = shown(c, &ids).await?.into_iter().map(|j| (j.id, j)).collect();
    Ok(rows
        .into_iter()
        .map(|r| CustomerMessage {
            id: r.id,
            version: r.version,
            job: r.job_id.and_then(|id| jobs.get(&id)).cloned(),
            channel: r.channel,
            to_name: r.to_name,
            to_address: r.to_address,
            subject: r.subject,
            body: r.body,
            state: r.state,
            note: r.note,
            created_at: r.created_at,
        })
        .collect())
}

fn check(input: &MessageInput) -> Result<(), AppError> {
    if !["email", "sms", "phone"].contains(&input.channel.as_str()) {
        return Err(invalid("channel", "A customer is told by mail, by text message or on the telephone."));
    }
    if !["draft", "done", "dropped"].contains(&input.state.as_str()) {
        return Err(invalid("state", "A message is a draft, done or dropped."));
    }
    let too_long =
        |text: Option<&str>, longest: usize| text.is_some_and(|t| t.chars().count() > longest || t.contains('\0'));
    if input.body.trim().is_empty() || too_long(Some(&input.body), 20_000) {
        return Err(invalid("body", "Enter what to say, up to 20,000 characters."));
    }
    if too_long(input.to_address.as_deref(), 255) {
        return Err(invalid("to_address", "This is too long for an address: 255 characters at most."));
    }
    if too_long(input.subject.as_deref(), 500) {
        return Err(invalid("subject", "A subject holds up to 500 characters."));
    }
    if too_long(input.note.as_deref(), 5_000) {
        return Err(invalid("note", "A note holds up to 5,000 characters."));
    }
    Ok(())
}
