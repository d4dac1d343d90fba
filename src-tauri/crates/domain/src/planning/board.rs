//! The request, put in order: everything has a number, and what never changes while planning is worked out once.

use std::collections::{BTreeMap, BTreeSet, HashMap};

use chrono::{DateTime, NaiveDate, TimeDelta, Utc};
use uuid::Uuid;

use super::input::{BlockKind, Job, LONGEST_HORIZON, Request, Resource, ResourceKind, Strategy};
use super::order::Order;
use super::output::{Fixed, Slot};
use super::places::Memory;
use crate::job_status::Status;
use crate::working_time::{Calendar, ClaimedDay, Interval, Shape, merged, plus};

/// A job and what is known of it.
pub(super) struct Task<'a> {
    pub(super) job: &'a Job,
    pub(super) slot: Slot,
    pub(super) fixed: Option<Fixed>,
    /// Whether rain falls on it.
    pub(super) hit: bool,
    /// Who is on it by themselves.
    pub(super) people: Vec<usize>,
    pub(super) machines: Vec<usize>,
    /// How it lies in its days; none where its times make no sense.
    pub(super) shape: Option<Shape>,
    /// The office's date of its start.
    pub(super) first_day: NaiveDate,
    /// Minutes a day it goes into the hours somebody on it does not ordinarily work.
    pub(super) tolerated: TimeDelta,
    /// Absences of crew members it was to be done without.
    pub(super) without: Vec<(usize, Interval)>,
}

impl Task<'_> {
    pub(super) fn is_movable(&self) -> bool {
        self.fixed.is_none()
    }

    /// Whether it holds people and machines.
    pub(super) fn holds(&self) -> bool {
        self.job.status.is_open() && self.fixed != Some(Fixed::BadTimes)
    }
}

/// A person, machine or crew and when it cannot be had.
pub(super) struct Holder {
    pub(super) what: Resource,
    /// Each by itself: a job may be exempt from one and not from the next.
    pub(super) away: Vec<(Interval, BlockKind)>,
    /// In order, neither touching nor overlapping.
    pub(super) weekly: Vec<Interval>,
}

/// Somebody in a crew: who, from, until.
type Member = (usize, Option<NaiveDate>, Option<NaiveDate>);

pub(super) struct Board<'a> {
    pub(super) request: &'a Request,
    /// In the order of their ids.
    pub(super) tasks: Vec<Task<'a>>,
    pub(super) index: HashMap<Uuid, usize>,
    pub(super) holders: Vec<Holder>,
    numbers: HashMap<Resource, usize>,
    crews: HashMap<Uuid, Vec<Member>>,
    /// What is taken by something that is not among the jobs.
    pub(super) outside: Vec<(usize, Interval, Uuid)>,
    pub(super) order: Order,
    /// Without the rain: by this one the work of a job is counted.
    pub(super) dry: Calendar,
    /// With the rain that was recorded before: what depends on the weather was not done on those days.
    damp: Calendar,
    /// With all the rain.
    pub(super) wet: Calendar,
    pub(super) rain: Vec<Interval>,
    /// The rain that was recorded before.
    pub(super) recorded: Vec<Interval>,
    /// The first rained-out day.
    pub(super) first_day: NaiveDate,
    /// Where jobs may be put.
    pub(super) open: Interval,
    pub(super) memory: Memory,
}

impl Request {
    /// The time a plan looks at: what jobs, occupation and absences have to be given for.
    #[must_use]
    pub fn reach(&self) -> Interval {
        let first = self.first_rained_day();
        let days = i64::from(self.horizon_days.clamp(1, LONGEST_HORIZON));
        let mut end = plus(first, days);
        if let Strategy::PushAll { working_days } = self.strategy {
            let count = i32::try_from(working_days.min(super::FURTHEST_PUSH)).unwrap_or_default();
            end = self.calendar.working_day_from(end, count).unwrap_or(end);
        }
        // A careless "not before" of long ago must not make the days to try endless.
        let earliest = self.calendar.day(plus(first, -days)).start;
        let end = self.calendar.day(end).start;
        Interval::new(self.not_before.max(earliest), end)
    }

    /// The office's date on which the rain begins; without any, that of `not_before`.
    #[must_use]
    pub fn first_rained_day(&self) -> NaiveDate {
        let rain = self.rain.iter().filter(|rain| !rain.is_empty()).map(|rain| rain.start).min();
        self.calendar.day_of(rain.unwrap_or(self.not_before))
    }
}

impl<'a> Board<'a> {
    pub(super) fn new(request: &'a Request) -> Self {
        let rain = merged(request.rain.clone());
        let recorded = merged(request.recorded_rain.clone());
        let mut board = Self {
            request,
            tasks: Vec::new(),
            index: HashMap::new(),
            holders: Vec::new(),
            numbers: HashMap::new(),
            crews: HashMap::new(),
            outside: Vec::new(),
            order: Order::default(),
            dry: request.calendar.opened(&rain),
            damp: request.calendar.also_closed(&recorded).opened(&rain),
            wet: request.calendar.also_closed(&recorded).also_closed(&rain),
            rain,
            recorded,
            first_day: request.first_rained_day(),
            open: request.reach(),
            memory: Memory::default(),
        };
        board.number();
        let mut jobs: Vec<&Job> = request.jobs.iter().collect();
        jobs.sort_by_key(|job| (job.id, job.start, job.end));
        jobs.dedup_by_key(|job| job.id);
        for job in jobs {
            let task = board.task(job);
            board.index.insert(job.id, board.tasks.len());
            board.tasks.push(task);
        }
        for occupied in request.occupied.iter().collect::<BTreeSet<_>>() {
            if !board.index.contains_key(&occupied.job) {
                let holder = board.numbers[&occupied.resource];
                board.outside.push((holder, occupied.during, occupied.job));
            }
        }
        board.order = Order::new(&board.tasks, &board.index);
        board
    }

    /// Gives everybody and everything a number, in the order of kinds and ids.
    fn number(&mut self) {
        let request = self.request;
        let of = |kind, id: &Uuid| Resource { kind, id: *id };
        let mut all: BTreeSet<Resource> = request.blocked.iter().map(|blocked| blocked.resource).collect();
        all.extend(request.occupied.iter().map(|occupied| occupied.resource));
        for job in &request.jobs {
            all.extend(job.crews.iter().map(|id| of(ResourceKind::Crew, id)));
            all.extend(job.people.iter().map(|id| of(ResourceKind::Person, id)));
            all.extend(job.machines.iter().map(|id| of(ResourceKind::Machine, id)));
        }
        all.extend(request.substitutes.iter().flatten().map(|id| of(ResourceKind::Crew, id)));
        for crew in &request.crews {
            all.insert(of(ResourceKind::Crew, &crew.id));
            all.extend(crew.members.iter().map(|member| of(ResourceKind::Person, &member.person)));
        }
        self.numbers = all.iter().enumerate().map(|(number, resource)| (*resource, number)).collect();
        self.holders = all.into_iter().map(|what| Holder { what, away: Vec::new(), weekly: Vec::new() }).collect();
        for blocked in request.blocked.iter().collect::<BTreeSet<_>>() {
            let holder = &mut self.holders[self.numbers[&blocked.resource]];
            match blocked.kind {
                BlockKind::Weekly => holder.weekly.push(blocked.during),
                kind => holder.away.push((blocked.during, kind)),
            }
        }
        for holder in &mut self.holders {
            holder.weekly = merged(std::mem::take(&mut holder.weekly));
        }
        for crew in &request.crews {
            let members = crew
                .members
                .iter()
                .map(|member| (self.numbers[&of(ResourceKind::Person, &member.person)], member.from, member.until));
            self.crews.entry(crew.id).or_default().extend(members);
        }
        for members in self.crews.values_mut() {
            members.sort_unstable();
        }
    }

    fn task(&self, job: &'a Job) -> Task<'a> {
        let mut crews = job.crews.clone();
        crews.sort_unstable();
        crews.dedup();
        let slot = Slot { start: job.start, end: job.end, crews };
        let during = Interval::new(job.start, job.end);
        let fixed = match job.status {
            _ if during.is_empty() => Some(Fixed::BadTimes),
            Status::InProgress => Some(Fixed::InProgress),
            Status::Confirmed => Some(Fixed::Confirmed),
            Status::Completed => Some(Fixed::Completed),
            Status::Canceled => Some(Fixed::Canceled),
            Status::Scheduled | Status::Rescheduled => job.pinned.then_some(Fixed::Pinned),
        };
        let work = worked(&self.dry, during);
        let hit = job.status.is_open()
            && job.weather_dependent
            && work.iter().any(|part| self.rain.iter().any(|rain| rain.overlaps(&part.during)));
        let days = if job.weather_dependent { worked(&self.damp, during).len() } else { work.len() };
        let days = u32::try_from(days).unwrap_or(u32::MAX);
        let shape = self.dry.shape(during).map(|shape| Shape { days, ..shape });
        let numbers = |kind, ids: &[Uuid]| ids.iter().map(|id| self.numbers[&Resource { kind, id: *id }]).collect();
        let mut task = Task {
            job,
            slot,
            fixed,
            hit,
            people: numbers(ResourceKind::Person, &job.people),
            machines: numbers(ResourceKind::Machine, &job.machines),
            shape,
            first_day: self.dry.day_of(job.start),
            tolerated: TimeDelta::zero(),
            without: Vec::new(),
        };
        for part in &work {
            let crew_members = self.members(&task.slot.crews, part.day);
            for holder in crew_members.iter().chain(&task.people) {
                let into = overlap(&self.holders[*holder].weekly, part.during);
                task.tolerated = task.tolerated.max(into);
            }
            // Who is named by themselves is needed.
            for holder in crew_members.into_iter().filter(|holder| !task.people.contains(holder)) {
                let away = self.holders[holder].away.iter().filter(|(away, _)| away.overlaps(&part.during));
                task.without.extend(away.map(|(away, _)| (holder, *away)));
            }
        }
        task.without.sort_unstable();
        task.without.dedup();
        task
    }

    /// The calendar a job is put on: rain stops only what depends on the weather.
    pub(super) fn calendar_of(&self, task: &Task<'_>) -> &Calendar {
        if task.job.weather_dependent { &self.wet } else { &self.request.calendar }
    }

    /// Who is in these crews on that day.
    pub(super) fn members(&self, crews: &[Uuid], day: NaiveDate) -> Vec<usize> {
        let members = crews.iter().filter_map(|crew| self.crews.get(crew)).flatten();
        members
            .filter(|(_, from, until)| from.is_none_or(|from| from <= day) && until.is_none_or(|until| day < until))
            .map(|(person, _, _)| *person)
            .collect()
    }

    /// Everybody and everything a job with these crews takes on that day, each once, in order.
    pub(super) fn takes(&self, task: &Task<'_>, crews: &[Uuid], day: NaiveDate) -> Vec<usize> {
        let mut all = self.members(crews, day);
        all.extend(&task.people);
        all.extend(&task.machines);
        all.extend(crews.iter().filter_map(|id| self.numbers.get(&Resource { kind: ResourceKind::Crew, id: *id })));
        all.sort_unstable();
        all.dedup();
        all
    }

    /// What a job claims there, each person, machine and crew with its stretch.
    pub(super) fn claims(&self, task: &Task<'_>, slot: &Slot) -> Vec<(usize, Interval)> {
        let days = self.dry.working_days_of(Interval::new(slot.start, slot.end));
        let mut claims: Vec<_> = days
            .iter()
            .flat_map(|claim| self.takes(task, &slot.crews, claim.day).into_iter().map(|holder| (holder, claim.during)))
            .collect();
        claims.sort_unstable();
        claims
    }

    /// Crews that may stand in for this one, in the order of their ids.
    pub(super) fn stand_ins(&self, crew: Uuid) -> Vec<Uuid> {
        if !self.request.may_change_crew {
            return Vec::new();
        }
        let groups = self.request.substitutes.iter().filter(|group| group.contains(&crew));
        let all: BTreeSet<Uuid> = groups.flatten().copied().filter(|other| *other != crew).collect();
        all.into_iter().collect()
    }

    /// The crews a job may have: its own first, then with one of them replaced.
    pub(super) fn crew_choices(&self, slot: &Slot) -> Vec<Vec<Uuid>> {
        let mut choices = vec![slot.crews.clone()];
        for (position, crew) in slot.crews.iter().enumerate() {
            for other in self.stand_ins(*crew) {
                if !slot.crews.contains(&other) {
                    let mut crews = slot.crews.clone();
                    crews[position] = other;
                    crews.sort_unstable();
                    choices.push(crews);
                }
            }
        }
        choices
    }

    /// Why the job cannot be done there by those it takes, if it cannot: who is away.
    pub(super) fn away(&self, task: &Task<'_>, crews: &[Uuid], work: &[ClaimedDay]) -> Option<(usize, BlockKind)> {
        for part in work {
            for holder in self.takes(task, crews, part.day) {
                let known = &self.holders[holder];
                let only_member = known.what.kind == ResourceKind::Person && !task.people.contains(&holder);
                let away = known.away.iter().find(|(away, kind)| {
                    away.overlaps(&part.during)
                        && !(*kind == BlockKind::Gone && only_member)
                        && task.without.binary_search(&(holder, *away)).is_err()
                });
                if let Some((_, kind)) = away {
                    return Some((holder, *kind));
                }
                if overlap(&known.weekly, part.during) > task.tolerated {
                    return Some((holder, BlockKind::Weekly));
                }
            }
        }
        None
    }

    /// Whether a job keeps to the working hours there, or at least to the times on the clock it always had.
    pub(super) fn keeps_hours(&self, task: &Task<'_>, to: Interval) -> bool {
        let (start, end) = (self.dry.local(to.start), self.dry.local(to.end));
        let (was_start, was_end) = (self.dry.local(task.job.start), self.dry.local(task.job.end));
        let hours = self.dry.hours();
        let same = start.time() == was_start.time() && end.time() == was_end.time();
        let one_stretch = to.end - to.start <= TimeDelta::hours(24);
        let within = hours.from() <= start.time()
            && start.time() < hours.until()
            && hours.from() < end.time()
            && end.time() <= hours.until()
            && (!one_stretch || start.date() == end.date());
        same || within
    }
}

/// The stretches somebody really works for a job that lies there: what is closed by the calendar in its middle is
/// left out, its first and last day never are.
pub(super) fn worked(calendar: &Calendar, during: Interval) -> Vec<ClaimedDay> {
    let mut work = calendar.work_of(during);
    let last = work.last().map(|part| part.day);
    let first = work.first().map(|part| part.day);
    work.retain(|part| {
        Some(part.day) == first
            || Some(part.day) == last
            || (calendar.is_working_weekday(part.day) && calendar.is_open(part.during))
    });
    work
}

/// How much of it lies in these (merged) stretches.
pub(super) fn overlap(stretches: &[Interval], during: Interval) -> TimeDelta {
    let first = stretches.partition_point(|stretch| stretch.end <= during.start);
    stretches[first..]
        .iter()
        .map_while(|stretch| stretch.intersection(&during))
        .fold(TimeDelta::zero(), |sum, both| sum + both.duration())
}

/// The days a plan may put jobs on.
pub(super) fn days(board: &Board<'_>) -> BTreeMap<NaiveDate, i64> {
    let first = board.dry.day_of(board.open.start);
    let last = board.dry.day_of(board.open.end - TimeDelta::microseconds(1));
    let mut ordinal = 0;
    first
        .iter_days()
        .take_while(|day| *day <= last)
        .map(|day| {
            ordinal += i64::from(board.dry.is_working_day(day));
            (day, ordinal)
        })
        .collect()
}

/// What a `DateTime` is rounded up to when a job is put behind another: the quarter of an hour.
pub(super) fn quarter(instant: DateTime<Utc>) -> DateTime<Utc> {
    let over = instant.timestamp().rem_euclid(900);
    if over == 0 && instant.timestamp_subsec_nanos() == 0 {
        return instant;
    }
    DateTime::from_timestamp(instant.timestamp() - over + 900, 0).unwrap_or(instant)
}

/// So much later, or at the end of time.
pub(super) fn after(instant: DateTime<Utc>, by: TimeDelta) -> DateTime<Utc> {
    instant.checked_add_signed(by).unwrap_or(DateTime::<Utc>::MAX_UTC)
}
