//! Where a job stands, and along which paths that may change.

use std::fmt;

use serde::{Deserialize, Serialize};

/// The statuses of a job, as the database writes them.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Status {
    /// It has a date.
    Scheduled,
    /// The customer said yes to the date.
    Confirmed,
    /// The crew is at it.
    InProgress,
    /// Done.
    Completed,
    /// It will not be done.
    Canceled,
    /// It has another date than it had, which the customer has not said yes to.
    Rescheduled,
}

/// Why a status cannot become another one.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
#[error("{}", self.sentence())]
pub struct NotAllowed {
    /// Where the job stands.
    pub from: Status,
    /// Where it was meant to go.
    pub to: Status,
}

impl Status {
    /// All of them, in the order of a job's life.
    pub const ALL: [Self; 6] =
        [Self::Scheduled, Self::Rescheduled, Self::Confirmed, Self::InProgress, Self::Completed, Self::Canceled];

    /// As the database writes it.
    #[must_use]
    pub const fn as_str(self) -> &'static str {
        match self {
            Self::Scheduled => "scheduled",
            Self::Confirmed => "confirmed",
            Self::InProgress => "in_progress",
            Self::Completed => "completed",
            Self::Canceled => "canceled",
            Self::Rescheduled => "rescheduled",
        }
    }

    /// Reads what stands in the database. Nothing is `scheduled`, its default; none for a word nobody knows.
    #[must_use]
    pub fn read(written: Option<&str>) -> Option<Self> {
        let word = written.unwrap_or_default().trim().to_lowercase().replace([' ', '-'], "_");
        match word.as_str() {
            "" => Some(Self::Scheduled),
            "cancelled" => Some(Self::Canceled),
            word => Self::ALL.into_iter().find(|status| status.as_str() == word),
        }
    }

    /// One or two words for a person.
    #[must_use]
    pub const fn words(self) -> &'static str {
        match self {
            Self::Scheduled => "Scheduled",
            Self::Confirmed => "Confirmed",
            Self::InProgress => "In progress",
            Self::Completed => "Completed",
            Self::Canceled => "Canceled",
            Self::Rescheduled => "Rescheduled",
        }
    }

    /// Whether the job is neither over nor called off: it holds its crew and machines.
    #[must_use]
    pub const fn is_open(self) -> bool {
        !matches!(self, Self::Completed | Self::Canceled)
    }

    /// What may follow, the likeliest first. What is over can only be taken up again, and a job may be completed
    /// without ever having been marked as started: a crew that is paving does not press buttons. Moving a
    /// rescheduled job once more leaves it rescheduled.
    #[must_use]
    pub const fn may_follow(self) -> &'static [Self] {
        match self {
            Self::Scheduled => &[Self::Confirmed, Self::InProgress, Self::Completed, Self::Rescheduled, Self::Canceled],
            // Back to scheduled: the customer takes the yes back.
            Self::Confirmed => &[Self::InProgress, Self::Completed, Self::Scheduled, Self::Rescheduled, Self::Canceled],
            // Back to scheduled: it was marked by mistake.
            Self::InProgress => &[Self::Completed, Self::Rescheduled, Self::Scheduled, Self::Canceled],
            Self::Completed => &[Self::InProgress],
            Self::Canceled => &[Self::Scheduled],
            Self::Rescheduled => &[Self::Confirmed, Self::InProgress, Self::Completed, Self::Scheduled, Self::Canceled],
        }
    }

    /// Whether the change needs a reason: canceling, moving to another date, and taking up again what was over.
    #[must_use]
    pub const fn needs_reason(self, to: Self) -> bool {
        matches!(to, Self::Canceled | Self::Rescheduled) || !self.is_open()
    }

    /// Whether the job may go from here to there. Staying where it is always may.
    ///
    /// # Errors
    /// [`NotAllowed`], with a sentence for a person.
    pub fn change(self, to: Self) -> Result<(), NotAllowed> {
        if self == to || self.may_follow().contains(&to) { Ok(()) } else { Err(NotAllowed { from: self, to }) }
    }
}

impl fmt::Display for Status {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self.words())
    }
}

impl NotAllowed {
    /// What is in the way, and what to do instead.
    #[must_use]
    pub const fn sentence(self) -> &'static str {
        match (self.from, self.to) {
            (Status::Completed, Status::Canceled) => {
                "This job is completed, so there is nothing left to cancel. If it is not done after all, reopen it first."
            }
            (Status::Completed, _) => {
                "This job is completed. If it is not done after all, reopen it: it is then in progress."
            }
            (Status::Canceled, Status::Completed) => {
                "This job is canceled. Put it back on the schedule first, then mark it completed."
            }
            (Status::Canceled, _) => "This job is canceled. Put it back on the schedule first: it is then scheduled.",
            (Status::InProgress, Status::Confirmed) => {
                "The crew is already on this job. If that was marked by mistake, set it back to scheduled first."
            }
            (Status::Rescheduled | Status::Scheduled | Status::Confirmed | Status::InProgress, _) => {
                "This job cannot go there from where it stands. Choose one of the steps offered."
            }
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_is_over_can_only_be_taken_up_again() {
        assert_eq!(Status::Completed.may_follow(), [Status::InProgress]);
        assert_eq!(Status::Canceled.may_follow(), [Status::Scheduled]);
        assert!(Status::Completed.change(Status::Canceled).unwrap_err().to_string().contains("reopen it first"));
        assert!(Status::Canceled.change(Status::Confirmed).is_err());
    }

    #[test]
    fn every_step_is_allowed_or_says_why_not() {
        for from in Status::ALL {
            assert_eq!(from.change(from), Ok(()));
            assert!(!from.may_follow().contains(&from));
            for to in Status::ALL.into_iter().filter(|to| *to != from) {
                assert_eq!(from.change(to).is_ok(), from.may_follow().contains(&to));
                if let Err(why) = from.change(to) {
                    assert!(!why.sentence().starts_with("This job cannot go there"), "{from} to {to} has no answer");
                }
            }
            // Nothing is a dead end.
            assert!(!from.may_follow().is_empty());
        }
    }

    #[test]
    fn reasons_are_asked_for_what_somebody_will_ask_about() {
        assert!(Status::Scheduled.needs_reason(Status::Canceled));
        assert!(Status::Confirmed.needs_reason(Status::Rescheduled));
        assert!(Status::Completed.needs_reason(Status::InProgress));
        assert!(Status::Canceled.needs_reason(Status::Scheduled));
        assert!(!Status::Scheduled.needs_reason(Status::InProgress));
        assert!(!Status::InProgress.needs_reason(Status::Completed));
    }

    #[test]
    fn it_is_read_as_it_is_written() {
        for status in Status::ALL {
            assert_eq!(Status::read(Some(status.as_str())), Some(status));
            assert_eq!(serde_json::to_value(status).unwrap(), status.as_str());
        }
        assert_eq!(Status::read(None), Some(Status::Scheduled));
        assert_eq!(Status::read(Some(" In Progress ")), Some(Status::InProgress));
        assert_eq!(Status::read(Some("cancelled")), Some(Status::Canceled));
        assert_eq!(Status::read(Some("'; DROP TABLE job_schedules")), None);
    }
}
