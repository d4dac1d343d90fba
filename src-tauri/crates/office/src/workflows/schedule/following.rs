//! What a new job of a contract has to wait for, as far as words tell.

use database::PgConnection;
use database::schedule::write::JobImage;
use database::schedule::{board, editor};
use domain::job_status::Status;
use rust_decimal::Decimal;
use uuid::Uuid;

use crate::error::AppError;
use crate::view::{ResourceKind, ResourceRef};

/// Hours a seal coat dries before it is striped.
pub(super) const STRIPED_AFTER: Decimal = Decimal::from_parts(24, 0, 0, false, 0);

/// The seal coat a new job has to wait for. Which service a job is stands nowhere but in words, so it is proposed only
/// where they leave no doubt: the crew is one that stripes and does not seal, and of the contract's open jobs before it
/// exactly one says sealing, by its crew or its instructions.
pub(super) async fn proposed(
    c: &mut PgConnection,
    image: &JobImage,
    on: Option<ResourceRef>,
) -> Result<Option<Uuid>, AppError> {
    let (Some(contract), Some(crew)) = (image.contract_id, on.filter(|r| r.kind == ResourceKind::Crew)) else {
        return Ok(None);
    };
    let crew = editor::resource_name(c, crew.kind.as_str(), crew.id).await?.unwrap_or_default();
    if !says(&crew, "strip") || says(&crew, "seal") {
        return Ok(None);
    }
    let mut before = editor::related(c, contract, None).await?;
    before.retain(|r| r.start < image.start_date && Status::read(Some(&r.status)).is_some_and(Status::is_open));
    let ids: Vec<Uuid> = before.iter().map(|r| r.id).collect();
    let mut sealing: Vec<Uuid> =
        before.iter().filter(|r| says(r.instructions.as_deref().unwrap_or(""), "seal")).map(|r| r.id).collect();
    let jobs = board::jobs(c, &ids).await?;
    let crews: Vec<Uuid> = jobs.iter().flat_map(|job| job.crews.iter().copied()).collect();
    let mut sealers = board::crew_names(c, &crews).await?;
    sealers.retain(|(_, name)| says(name, "seal"));
    for job in jobs {
        if !sealing.contains(&job.id) && sealers.iter().any(|(id, _)| job.crews.contains(id)) {
            sealing.push(job.id);
        }
    }
    Ok(match sealing[..] {
        [one] => Some(one),
        _ => None,
    })
}

/// Whether one of its words begins so.
fn says(text: &str, begins: &str) -> bool {
    text.split(|c: char| !c.is_alphanumeric()).any(|word| word.to_lowercase().starts_with(begins))
}

#[cfg(test)]
mod tests {
    use super::says;

    #[test]
    fn a_service_is_known_by_how_a_word_begins() {
        assert!(says("Patch & Stripe 2", "strip") && says("SEALCOAT", "seal") && says("then re-striping", "strip"));
        assert!(!says("unsealed", "seal") && !says("", "seal"));
    }
}
