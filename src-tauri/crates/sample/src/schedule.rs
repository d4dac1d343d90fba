//! Which job is done when and by which crew.

use std::collections::VecDeque;

use chrono::NaiveDate;

use crate::calendar::plus;
use crate::copy::Source;
use crate::crews;
use crate::customers;
use crate::dice::{Dice, Topic};
use crate::plan::{Plan, office_day};
use crate::slots::{self, Slot};
use crate::trade::{Skill, Work};

/// What is out of the ordinary about a job.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Peculiar {
    Nothing,
    Canceled,
    /// Nobody is on it yet.
    Unassigned,
    /// Written by the booking page over another job of the crew.
    Clash,
    /// Somebody wrote a name nobody has.
    Unknown,
}

/// What the plan keeps of a job.
#[derive(Debug, Clone)]
pub(crate) struct Job {
    pub(crate) contract: Option<usize>,
    pub(crate) customer: usize,
    pub(crate) site: Option<usize>,
    pub(crate) work: Work,
    /// 0 for the first visit, then 1, 2 …
    pub(crate) visit: usize,
    pub(crate) emergency: bool,
    pub(crate) day: NaiveDate,
    pub(crate) last: NaiveDate,
    pub(crate) crew: usize,
    pub(crate) start: i64,
    pub(crate) minutes: i64,
    pub(crate) days: i64,
    pub(crate) created: NaiveDate,
    /// The day on which it rained and from which it was moved.
    pub(crate) rained_out: Option<NaiveDate>,
    pub(crate) source: Source,
    pub(crate) peculiar: Peculiar,
}

impl Job {
    pub(crate) fn is_canceled(&self) -> bool {
        self.peculiar == Peculiar::Canceled
    }
}

/// A visit waiting for a crew.
#[derive(Debug, Clone, Copy)]
struct Waiting {
    contract: usize,
    visit: usize,
    ready: NaiveDate,
}

/// Every job, in the order of time.
pub(crate) fn jobs(plan: &Plan) -> Vec<Job> {
    let today = plan.calendar.today;
    let total = plan.sizes.jobs;
    let canceled = total * 55 / 1000;
    let clashes = plan.sizes.handful;
    let unassigned = plan.sizes.handful + 1;
    let regular = total - canceled - clashes - unassigned;
    let slots = slots::slots(plan, regular);
    let mut desk = Desk::new(plan);
    let mut jobs = Vec::with_capacity(total);
    let (mut needed, mut left) = (regular, slots.len());
    let mut must_left = slots.iter().filter(|slot| slot.must).count();
    for (number, slot) in slots.into_iter().enumerate() {
        let mut dice = Dice::new(plan.seed, Topic::Schedule, number);
        let free = left - must_left;
        // So many of so many, evenly: exactly `regular` in the end.
        let taken = slot.must || (needed > must_left && dice.below(free.max(1)) < needed - must_left);
        left -= 1;
        must_left -= usize::from(slot.must);
        if taken {
            needed -= 1;
            jobs.push(desk.job(slot, &mut dice));
        }
    }
    call_off(plan, &mut jobs, canceled, &desk.called_off);
    for number in 0..unassigned {
        let mut dice = Dice::new(plan.seed, Topic::Notice, number);
        let ahead = [0, 1, 2, 4][number.min(3)] + if number > 3 { dice.between(0, 9) } else { 0 };
        let mut job = desk.without_contract(plus(today, ahead), Skill::Patching, &mut dice);
        // The two of today and tomorrow are at places that try every screen and paper.
        if number < 2 {
            job.customer = plan.awkward(number).unwrap_or(job.customer);
        }
        jobs.push(Job { start: 780, minutes: 180, peculiar: Peculiar::Unassigned, source: Source::Calendly, ..job });
    }
    clash(plan, &mut jobs, clashes, &mut desk);
    make_unknown(plan, &mut jobs);
    jobs.sort_by_key(|job| (job.day, job.start, job.crew, job.peculiar as usize));
    jobs
}

/// The office's desk: visits waiting for a crew of each skill, and the contracts not looked at yet.
struct Desk<'a> {
    plan: &'a Plan,
    next: usize,
    waiting: [VecDeque<Waiting>; 3],
    called_off: Vec<usize>,
}

impl<'a> Desk<'a> {
    fn new(plan: &'a Plan) -> Self {
        Self { plan, next: 0, waiting: [VecDeque::new(), VecDeque::new(), VecDeque::new()], called_off: Vec::new() }
    }

    fn work_of(&self, contract: usize) -> Work {
        self.plan.estimates[self.plan.contracts[contract].estimate].work
    }

    /// Contracts signed before `day` come onto the desk. The latest stay in the tray: approved, not scheduled.
    fn sign(&mut self, day: NaiveDate) {
        let today = self.plan.calendar.today;
        while let Some(contract) = self.plan.contracts.get(self.next).filter(|contract| contract.signed < day) {
            let number = self.next;
            self.next += 1;
            let mut dice = Dice::new(self.plan.seed, Topic::Contract, !number);
            let emergency = self.plan.estimates[contract.estimate].service == "emergency";
            if contract.canceled {
                self.called_off.push(number);
                continue;
            }
            let kept = contract.signed > plus(today, -4) || (contract.signed > plus(today, -60) && dice.chance(90));
            if contract.unsigned || (kept && !emergency) {
                continue;
            }
            let ready = plus(contract.signed, if emergency { 1 } else { dice.between(5, 16) });
            let waiting = Waiting { contract: number, visit: 0, ready };
            let queue = &mut self.waiting[self.work_of(number).skill() as usize];
            if emergency { queue.push_front(waiting) } else { queue.push_back(waiting) }
        }
    }

    /// The visit that has waited longest and can be made on that day by a crew of that skill.
    fn take(&mut self, skill: Skill, day: NaiveDate) -> Option<Waiting> {
        let order = match skill {
            Skill::Paving => [Skill::Paving, Skill::Patching],
            Skill::Sealcoating => [Skill::Sealcoating, Skill::Patching],
            Skill::Patching => [Skill::Patching, Skill::Paving],
        };
        order.into_iter().find_map(|skill| {
            let queue = &mut self.waiting[skill as usize];
            let position = queue.iter().take(40).position(|waiting| waiting.ready <= day)?;
            queue.remove(position)
        })
    }

    fn job(&mut self, slot: Slot, dice: &mut Dice) -> Job {
        self.sign(slot.day);
        let skill = crews::skill(slot.crew);
        let waiting = if dice.chance(45) { None } else { self.take(skill, slot.day) };
        // What is on the screens these days is somebody's: when no visit waits, a crew goes back to a recent customer.
        let near = slot.day >= plus(self.plan.calendar.today, -2);
        let waiting = waiting.or_else(|| if near { self.follow_up(slot.day, dice) } else { None });
        let mut job = match waiting {
            Some(waiting) => self.of_contract(waiting, slot, dice),
            None => self.without_contract(slot.day, skill, dice),
        };
        let Slot { day, last, crew, start, minutes, days, .. } = slot;
        job = Job { day, last, crew, start, minutes, days, ..job };
        job.rained_out = self.rained_out(&job, dice);
        job
    }

    /// A second visit to one of the contracts of the last months.
    fn follow_up(&self, day: NaiveDate, dice: &mut Dice) -> Option<Waiting> {
        let signed = |from: NaiveDate| self.plan.contracts.partition_point(|contract| contract.signed < from);
        let (first, end) = (signed(plus(day, -200)), signed(plus(day, -14)));
        let contract = first + dice.below(end.saturating_sub(first).max(1));
        let found = self.plan.contracts.get(contract)?;
        let fits = contract < end && !found.canceled && !found.unsigned;
        fits.then_some(Waiting { contract, visit: 1, ready: day })
    }

    fn of_contract(&mut self, waiting: Waiting, slot: Slot, dice: &mut Dice) -> Job {
        let contract = &self.plan.contracts[waiting.contract];
        let estimate = &self.plan.estimates[contract.estimate];
        // The fewer visits wait, the more often a job takes another one: the crews are paid either way.
        let backlog = self.waiting.iter().map(VecDeque::len).sum::<usize>() / self.plan.roster.crews;
        let again = match backlog {
            0..4 => 820,
            4..12 => 420,
            _ => 120,
        };
        if waiting.visit < 4 && slot.day < self.plan.calendar.today && dice.chance(again) {
            let visit = Waiting { visit: waiting.visit + 1, ready: plus(slot.last, dice.between(1, 12)), ..waiting };
            let skill = visit_work(estimate.work, visit.visit).skill();
            self.waiting[skill as usize].push_back(visit);
        }
        let earliest = if waiting.visit == 0 { contract.signed } else { plus(waiting.ready, -10).max(contract.signed) };
        Job {
            contract: Some(waiting.contract),
            customer: estimate.customer,
            site: estimate.site,
            work: visit_work(estimate.work, waiting.visit),
            visit: waiting.visit,
            emergency: estimate.service == "emergency",
            created: self.entered(plus(earliest, dice.between(0, 3)), slot.day),
            ..self.without_contract(slot.day, Skill::Patching, dice)
        }
    }

    /// A visit nobody signed for: a warranty, a pothole for a good customer, something small on the way.
    fn without_contract(&self, day: NaiveDate, skill: Skill, dice: &mut Dice) -> Job {
        let known = self.plan.customers.partition_point(|customer| customer.since < plus(day, -3)).max(1);
        let work = match skill {
            Skill::Paving => [Work::Patching, Work::DrivewayOverlay][dice.below(2)],
            Skill::Sealcoating => [Work::Sealcoat, Work::CrackFill][dice.below(2)],
            Skill::Patching => [Work::Patching, Work::Striping, Work::CrackFill][dice.below(3)],
        };
        Job {
            contract: None,
            customer: dice.below(known),
            site: None,
            work,
            visit: 0,
            emergency: dice.chance(50),
            day,
            last: day,
            crew: 0,
            start: 360,
            minutes: 480,
            days: 1,
            created: self.entered(plus(day, -dice.between(1, 12)), day),
            rained_out: None,
            source: [Source::Office, Source::Calendly, Source::Mobile, Source::Api][dice.weighted(&[46, 42, 6, 6])],
            peculiar: Peculiar::Nothing,
        }
    }

    /// The working day on which it was entered: before the job, and before today.
    fn entered(&self, about: NaiveDate, day: NaiveDate) -> NaiveDate {
        office_day(about.min(plus(day, -1)).min(plus(self.plan.calendar.today, -1)))
    }

    /// Whether the job was meant for a day that was lost to weather.
    fn rained_out(&self, job: &Job, dice: &mut Dice) -> Option<NaiveDate> {
        let rain = self.plan.calendar.rain_before(job.day, 6)?;
        (job.work.weather_dependent() && !job.emergency && job.created < rain && dice.chance(520)).then_some(rain)
    }
}

/// What is done on the later visits of a job.
fn visit_work(work: Work, visit: usize) -> Work {
    match (work, visit) {
        (work, 0) => work,
        (Work::LotOverlay | Work::MillAndPave | Work::NewLot, 1 | 3) => Work::Striping,
        (Work::LotOverlay | Work::MillAndPave | Work::NewLot, _) => Work::LotOverlay,
        (Work::NewDriveway | Work::DrivewayOverlay, 2) => Work::Sealcoat,
        (Work::NewDriveway | Work::DrivewayOverlay, _) => Work::Patching,
        (work, _) => work,
    }
}

/// Cancels jobs: one of most canceled contracts, and plans that others then took the time of.
fn call_off(plan: &Plan, jobs: &mut Vec<Job>, count: usize, contracts: &[usize]) {
    let regular = jobs.len();
    for number in 0..count {
        let mut dice = Dice::new(plan.seed, Topic::Change, !number);
        let contract = contracts.get(number).copied();
        let near = contract.map_or_else(
            || dice.below(regular),
            |contract| {
                let about = plus(plan.contracts[contract].signed, 12);
                jobs[..regular].partition_point(|job| job.day < about).min(regular - 1)
            },
        );
        let mut job = Job { rained_out: None, peculiar: Peculiar::Canceled, ..jobs[near].clone() };
        if let Some(contract) = contract {
            let estimate = &plan.estimates[plan.contracts[contract].estimate];
            let created =
                office_day(plus(plan.contracts[contract].signed, 2)).min(office_day(plus(plan.calendar.today, -1)));
            job = Job {
                contract: Some(contract),
                customer: estimate.customer,
                site: estimate.site,
                work: estimate.work,
                visit: 0,
                created,
                ..job
            };
        }
        jobs.push(job);
    }
}

/// The booking page takes a time that a crew does not have.
fn clash(plan: &Plan, jobs: &mut Vec<Job>, count: usize, desk: &mut Desk<'_>) {
    let today = plan.calendar.today;
    for number in 0..count {
        let mut dice = Dice::new(plan.seed, Topic::Crew, !number);
        let wanted = plus(today, [0, 1, 3][number % 3]);
        let mine = |job: &&Job| job.peculiar == Peculiar::Nothing && job.day == job.last && job.start < 600;
        let on = |day: NaiveDate, nth: usize| jobs.iter().filter(mine).filter(|job| job.day == day).nth(nth);
        // On a day without work it is tomorrow's second crew.
        let other = on(wanted, number / 3).or_else(|| on(plus(today, 1), 1)).or_else(|| on(today, 0));
        let Some(other) = other.or_else(|| jobs.last()).cloned() else { return };
        let customer = plan.awkward(number + 2);
        let job = desk.without_contract(other.day, crews::skill(other.crew), &mut dice);
        jobs.push(Job {
            customer: customer.unwrap_or(job.customer),
            crew: other.crew,
            start: other.start + 60,
            minutes: 120,
            source: Source::Calendly,
            peculiar: Peculiar::Clash,
            ..job
        });
    }
}

/// In a handful of jobs somebody wrote a name that is in no list: half of them coming up, half done.
fn make_unknown(plan: &Plan, jobs: &mut [Job]) {
    let (before, soon) = (plus(plan.calendar.today, -2), plus(plan.calendar.today, 1));
    let fits = |job: &Job| job.peculiar == Peculiar::Nothing && job.source != Source::Office;
    let count = plan.sizes.handful;
    let ahead = jobs.iter_mut().filter(|job| job.day > soon && fits(job)).take(count);
    ahead.for_each(|job| job.peculiar = Peculiar::Unknown);
    let past = jobs.iter_mut().rev().filter(|job| job.last < before && fits(job)).take(count);
    past.for_each(|job| job.peculiar = Peculiar::Unknown);
}

impl Plan {
    /// A customer with an awkward name.
    fn awkward(&self, number: usize) -> Option<usize> {
        let back = [(8, 3), (0, 3), (3, 3), (1, 3), (5, 3)].get(number)?;
        self.customers.len().checked_sub(1 + back.0 * 6 + back.1).filter(|_| back.0 < customers::AWKWARD.len())
    }
}
