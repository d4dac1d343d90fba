//! Going back on what customers were told.

use std::collections::HashMap;

use chrono::Datelike;
use database::PgConnection;
use database::schedule::messages::{self, MessageRow, NewMessage};
use database::schedule::{board, editor};
use uuid::Uuid;

use super::{OfficeTime, wording};
use crate::error::AppError;

/// What takes such a turn back.
#[derive(Debug, Default)]
pub(super) struct Turned {
    /// Messages to take up again.
    pub on: Vec<Uuid>,
    /// Messages to drop.
    pub off: Vec<Uuid>,
}

/// Drops the messages `off` and takes up again those in `on`. Who was told the dropped thing already hears the contrary:
/// for them a call is drafted, unless one of those taken up again says it. The way back.
pub(super) async fn turn(
    c: &mut PgConnection,
    off: &[Uuid],
    on: &[Uuid],
    time: &OfficeTime,
) -> Result<Turned, AppError> {
    if off.is_empty() && on.is_empty() {
        return Ok(Turned::default());
    }
    // As they stand before: what is dropped now was not told, what was dropped before is said again.
    let rows = messages::these(c, &[off, on].concat()).await?;
    let dropped = messages::drop_or_restore(c, off, true).await?;
    messages::drop_or_restore(c, on, false).await?;
    // What a person dropped stays so. What is told or on its way is kept, for saying it again.
    let open = |m: &MessageRow| matches!(m.state.as_str(), "draft" | "dropped");
    let told = rows.iter().filter(|m| off.contains(&m.id) && !open(m)).map(|m| m.id);
    let back_on: Vec<Uuid> = told.chain(dropped).collect();
    let mut by_job: HashMap<Uuid, Vec<&MessageRow>> = HashMap::new();
    for row in &rows {
        if let Some(job) = row.job_id {
            by_job.entry(job).or_default().push(row);
        }
    }
    let jobs: Vec<Uuid> = by_job.keys().copied().collect();
    let mut shown = board::jobs(c, &jobs).await?;
    shown.sort_by_key(|job| (job.start, job.id));
    let contracts: Vec<Uuid> = shown.iter().filter_map(|job| job.contract_id).collect();
    let phones: HashMap<Uuid, Option<String>> =
        editor::contracts(c, &contracts).await?.into_iter().map(|k| (k.id, k.phone)).collect();
    let mut calls = Vec::new();
    for job in shown {
        let Some(told) = by_job.get(&job.id) else { continue };
        // What they heard last counts; the rows come in the order in which they were written.
        let Some(last) = told.iter().rev().find(|m| is_told(m)).filter(|m| off.contains(&m.id)) else { continue };
        let mut contrary = told.iter().rev().filter(|m| on.contains(&m.id));
        if contrary.clone().any(|m| matches!(m.state.as_str(), "draft" | "queued" | "dropped")) {
            continue;
        }
        let body = contrary.next().filter(|m| is_told(m)).map_or_else(
            || {
                let when = wording::moment(job.start, time.zone(), time.today().year());
                let address = domain::text::shorten(&job.address, 200);
                format!(
                    "The old date stands after all: the work at {address} is on {when}. They were told otherwise before."
                )
            },
            |m| m.body.clone(),
        );
        let rung = last.to_address.clone().filter(|_| last.channel != "email");
        let phone = job.contract_id.and_then(|id| phones.get(&id).cloned().flatten());
        calls.push(NewMessage {
            job_id: job.id,
            channel: "phone",
            to_name: last.to_name.clone(),
            to_address: rung.or(phone).map(|to| domain::text::shorten(to.trim(), 255)).filter(|to| !to.is_empty()),
            subject: None,
            body,
            instead_of: None,
        });
    }
    let calls = messages::add(c, &calls).await?;
    Ok(Turned { on: back_on, off: [on, &calls].concat() })
}

fn is_told(message: &MessageRow) -> bool {
    matches!(message.state.as_str(), "done" | "sent")
}
