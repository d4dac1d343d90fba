//! Who would be in two places: what the database says when it refuses.

use database::schedule::write;
use database::{DatabaseError, Failure};

use crate::view::{JobClash, ResourceKind};

/// The clashes an error tells of; none: it is another error, or tells of none.
pub(super) fn read(error: &DatabaseError) -> Option<Vec<JobClash>> {
    if error.failure() != Failure::DoubleBooked {
        return None;
    }
    let clashes = write::refused(error.detail()).into_iter().map(|r| JobClash {
        job_id: Some(r.job),
        resource_kind: ResourceKind::read(&r.resource.kind).unwrap_or(ResourceKind::Person),
        resource_id: r.resource.id,
        resource_name: r.resource.name.unwrap_or_else(|| "Somebody removed".to_owned()),
        other_job_id: r.other.id,
        other_customer: r.other.customer,
        other_address: r.other.address.unwrap_or_default(),
        other_start: r.other.start,
        other_end: r.other.end,
        other_status: r.other.status.unwrap_or_default(),
    });
    let clashes: Vec<_> = clashes.collect();
    (!clashes.is_empty()).then_some(clashes)
}

/// One sentence, naming the first.
pub(super) fn sentence(clashes: &[JobClash]) -> String {
    let Some(first) = clashes.first() else {
        return "That would put somebody in two places at once. Nothing was changed.".to_owned();
    };
    let short = |text: &str| domain::text::shorten(text, 100);
    let place = first.other_customer.as_deref().unwrap_or(&first.other_address);
    let more = match clashes.len() - 1 {
        0 => String::new(),
        1 => ", and 1 more clash".to_owned(),
        n => format!(", and {n} more clashes"),
    };
    format!(
        "{} would be in two places at once: on the job of {} as well{more}. Nothing was changed.",
        short(&first.resource_name),
        short(place)
    )
}

#[cfg(test)]
mod tests {
    use chrono::DateTime;
    use uuid::Uuid;

    use super::*;

    #[test]
    fn the_sentence_names_the_first_and_counts_the_rest() {
        let clash = |name: &str| JobClash {
            job_id: None,
            resource_kind: ResourceKind::Person,
            resource_id: Uuid::nil(),
            resource_name: name.to_owned(),
            other_job_id: Uuid::nil(),
            other_customer: Some("Smith & Sons <Lot 4>".to_owned()),
            other_address: "Lot 4".to_owned(),
            other_start: DateTime::UNIX_EPOCH,
            other_end: DateTime::UNIX_EPOCH,
            other_status: "scheduled".to_owned(),
        };
        assert_eq!(
            sentence(&[clash("Luis"), clash("Ann"), clash("Ray")]),
            "Luis would be in two places at once: on the job of Smith & Sons <Lot 4> as well, and 2 more clashes. \
             Nothing was changed."
        );
    }
}
