//! The sentences.

use chrono::{DateTime, Timelike, Utc};
use uuid::Uuid;

use super::board::{Board, Task, worked};
use super::input::{Resource, ResourceKind, Strategy};
use super::output::{Fixed, NoPlace, Obstacle, Slot, Why};
use crate::text::shorten;
use crate::working_time::Interval;

/// Names are other people's text: so many characters of them are enough to know what is meant.
const NAME: usize = 60;

/// Words for what is on the board.
pub(super) struct Words<'b, 'a>(&'b Board<'a>);

impl<'b, 'a> Words<'b, 'a> {
    pub(super) const fn new(board: &'b Board<'a>) -> Self {
        Self(board)
    }

    fn name(&self, id: Uuid, nameless: &str) -> String {
        let name = self.0.request.names.get(&id).map(|name| shorten(name.trim(), NAME));
        name.filter(|name| !name.trim().is_empty()).unwrap_or_else(|| nameless.to_owned())
    }

    pub(super) fn job(&self, id: Uuid) -> String {
        self.name(id, "another job")
    }

    /// At the start of a sentence.
    pub(super) fn this_job(&self, id: Uuid) -> String {
        self.name(id, "This job")
    }

    pub(super) fn resource(&self, resource: Resource) -> String {
        self.name(
            resource.id,
            match resource.kind {
                ResourceKind::Crew => "the crew",
                ResourceKind::Person => "somebody on the crew",
                ResourceKind::Machine => "a machine",
            },
        )
    }

    pub(super) fn crews(&self, crews: &[Uuid]) -> String {
        let names: Vec<String> = crews.iter().map(|crew| self.name(*crew, "another crew")).collect();
        names.join(" and ")
    }

    /// `Thu, Jun 4`.
    pub(super) fn day(&self, instant: DateTime<Utc>) -> String {
        self.0.dry.local(instant).format("%a, %b %-d").to_string()
    }

    /// `Thu, Jun 4 at 6:00 AM`.
    pub(super) fn time(&self, instant: DateTime<Utc>) -> String {
        let local = self.0.dry.local(instant);
        let half = if local.hour() < 12 { "AM" } else { "PM" };
        format!("{} at {} {half}", self.day(instant), local.format("%-I:%M"))
    }

    pub(super) fn moved(&self, task: &Task<'_>, to: &Slot, why: Why) -> String {
        let reason = match why {
            Why::RainedOut => format!("Rained out on {}.", self.rained_on(task)),
            Why::Follows { job } => {
                format!("It comes after {}, which now ends too late for its old date.", self.job(job))
            }
            Why::Pushed { working_days } => {
                let wanted =
                    self.0.dry.working_day_from(task.first_day, i32::try_from(working_days).unwrap_or_default());
                let days =
                    if working_days == 1 { "1 working day".to_owned() } else { format!("{working_days} working days") };
                if wanted == Some(self.0.dry.day_of(to.start)) {
                    format!("Pushed by {days} with everything else.")
                } else {
                    format!("Pushed by more than {days}: there was no room on the day itself.")
                }
            }
            Why::ByHand => "Moved by hand.".to_owned(),
        };
        if to.crews == task.slot.crews {
            return reason;
        }
        let new: Vec<Uuid> = to.crews.iter().filter(|crew| !task.slot.crews.contains(crew)).copied().collect();
        format!("{reason} {} does it, because its own crew has no room in time.", self.crews(&new))
    }

    fn rained_on(&self, task: &Task<'_>) -> String {
        let work = worked(&self.0.dry, Interval::new(task.job.start, task.job.end));
        let wet = work.iter().find(|part| self.0.rain.iter().any(|rain| rain.overlaps(&part.during)));
        self.day(wet.map_or(task.job.start, |part| part.during.start))
    }

    pub(super) fn no_place(&self, task: &Task<'_>, reason: NoPlace) -> String {
        let until = self.day(self.0.open.end - chrono::TimeDelta::microseconds(1));
        let stays = if task.hit { "Choose a day by hand." } else { "It stays where it is." };
        let because = match reason {
            NoPlace::NoRoom { obstacle } => match obstacle {
                Obstacle::OutOfHorizon => format!("It does not fit in before {until}."),
                Obstacle::Closed => format!("There are not enough open working days until {until}."),
                Obstacle::Busy { resource } => {
                    format!("No day until {until} has room: {} is on other jobs.", self.resource(resource))
                }
                Obstacle::Away { resource } => {
                    format!("No day until {until} has room: {} cannot be had.", self.resource(resource))
                }
                Obstacle::Order { job } => {
                    format!("No day until {until} keeps the order with {}, which cannot give way.", self.job(job))
                }
            },
            NoPlace::WaitsForUnplaced { job } => {
                format!("It comes after {}, for which there is no day yet.", self.job(job))
            }
            NoPlace::NoWorkingDays => match self.0.request.strategy {
                Strategy::PushAll { .. } => format!("There is no working day left to push it to until {until}."),
                _ => format!("There is no working day left until {until}."),
            },
        };
        format!("{because} {stays}")
    }

    pub(super) fn needs_call(&self, task: &Task<'_>, fixed: Fixed) -> String {
        let day = self.rained_on(task);
        match fixed {
            Fixed::InProgress => format!("The crew is already on it, and {day} is rained out. Call the crew."),
            Fixed::Confirmed => {
                format!("The customer confirmed this date, and {day} is rained out. Call them before moving it.")
            }
            Fixed::Pinned => format!("It is pinned, and {day} is rained out. Unpin it to have it moved, or call."),
            Fixed::Completed | Fixed::Canceled | Fixed::BadTimes => format!("{day} is rained out. Look at it by hand."),
        }
    }
}
