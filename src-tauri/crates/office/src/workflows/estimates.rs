//! What is changed about estimates.

use database::{PgConnection, act, records};
use uuid::Uuid;

use super::changes::{Done, Inverse, Now, changed_meanwhile, differing};
use super::company::invalid;
use crate::desktop::DesktopEvent;
use crate::error::AppError;
use crate::office::Office;
use crate::view::{EstimateSaved, RecordKind, RecordRef};

/// Longest note, in characters.
const NOTES: usize = 20_000;

impl Office {
    /// Saves an estimate's notes, if nobody else changed it since it was shown.
    ///
    /// # Errors
    /// [`crate::ErrorCode::Invalid`] when too long; [`crate::ErrorCode::VersionConflict`].
    pub async fn save_estimate_notes(&self, id: Uuid, notes: &str, version: i32) -> Result<EstimateSaved, AppError> {
        if notes.chars().count() > NOTES || notes.contains('\0') {
            return Err(invalid("notes", "Notes hold up to 20,000 characters."));
        }
        let (pool, me) = self.at_work().await?;
        let actor = super::changes::actor(&me);
        let mut transaction = act::begin(&pool, &actor, None).await?;
        let notes = Some(notes.trim_end()).filter(|n| !n.is_empty());
        let done = write_notes(&mut transaction, id, version, notes, Now::Any).await?;
        let estimate = super::records::estimate(&mut transaction, id).await?;
        let change = self.keep(transaction, &actor, done, None).await?;
        Ok(EstimateSaved { estimate, change })
    }
}

/// Writes the notes over the version seen, or over the text `left`.
pub(crate) async fn write_notes(
    connection: &mut PgConnection,
    id: Uuid,
    version: i32,
    notes: Option<&str>,
    left: Now<Option<&str>>,
) -> Result<Done, AppError> {
    let before = records::estimate(connection, id).await?.ok_or_else(|| AppError::not_found("estimate"))?;
    let what = "this estimate";
    let version = if left == Now::Is(before.notes.as_deref()) { before.version } else { version };
    let version =
        records::set_estimate_notes(connection, id, version, notes).await?.ok_or_else(|| changed_meanwhile(what))?;
    Ok(Done {
        summary: format!("Notes of the estimate of {} changed", domain::text::shorten(&before.customer_name, 200)),
        about: Some(RecordRef { kind: RecordKind::Estimate, id }),
        fields: differing([("Notes", before.notes.as_deref(), notes)]),
        inverse: Inverse::EstimateNotes { id, version, notes: before.notes, left: notes.map(str::to_owned) },
        jobs: Vec::new(),
        messages: Vec::new(),
        tells: vec![DesktopEvent::TodayChanged],
    })
}
