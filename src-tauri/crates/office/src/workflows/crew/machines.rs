//! Machines.

use database::act;
use database::crew::{self, MachineValues};
use uuid::Uuid;

use super::steps::{Step, run};
use super::texts::{one_of, optional, required};
use crate::error::AppError;
use crate::office::Office;
use crate::view::{CrewSaved, MachineInput};

/// Longest note, in characters.
pub(super) const NOTES: usize = 5_000;

impl Office {
    /// Saves a machine, if nobody changed it since it was shown; `id` none: a new one. In the shop or retired: its jobs
    /// stay its own until they are reassigned.
    ///
    /// # Errors
    /// [`crate::ErrorCode::Invalid`] with the field; [`crate::ErrorCode::VersionConflict`].
    pub async fn save_machine(
        &self,
        id: Option<Uuid>,
        version: i32,
        input: &MachineInput,
    ) -> Result<CrewSaved, AppError> {
        let values = MachineValues {
            name: required("name", &input.name, 255, "Enter a name.")?,
            kind: required("machine_kind", &input.kind, 100, "Enter what kind of machine it is.")?,
            status: one_of("status", &input.status, &["active", "in_shop", "retired"])?,
            notes: optional("notes", input.notes.as_deref(), NOTES)?,
        };
        let (pool, me) = self.at_work().await?;
        let actor = super::super::changes::actor(&me);
        let mut transaction = act::begin(&pool, &actor, None).await?;
        let c = &mut *transaction;
        let before = match id {
            Some(id) => Some(crew::machine(c, id).await?.ok_or_else(|| AppError::not_found("machine"))?),
            None => None,
        };
        let name = domain::text::shorten(&values.name, 200);
        let summary = match &before {
            None => format!("{name} added"),
            Some(b) if b.values.status != values.status => match values.status.as_str() {
                "in_shop" => format!("{name} went into the shop"),
                "retired" => format!("{name} retired"),
                _ => format!("{name} is back in use"),
            },
            Some(_) => format!("{name} changed"),
        };
        let machine = id.unwrap_or_else(Uuid::new_v4);
        let step = Step::Machine { id: machine, seen: id.map(|_| version), values: Some(values) };
        let ran = run(c, vec![step]).await?;
        let version = ran.versions.get(&machine).copied().or(before.map(|b| b.version)).unwrap_or(version);
        let change = self.keep(transaction, &actor, ran.done(summary, None), None).await?;
        Ok(CrewSaved { id: machine, version, change })
    }
}
