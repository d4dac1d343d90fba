//! The five years of an office, decided before a row is written: who asked for what and when, what was won, what
//! was scheduled. Rows refer to each other (a customer's totals, a contract's status), so the decisions come first;
//! the texts are told from them afterwards, row by row.

use chrono::{DateTime, Datelike, NaiveDate, Utc};
use chrono_tz::Tz;

use crate::calendar::{Calendar, is_weekend, is_working, plus, working_days_after};
use crate::crews::Roster;
use crate::customers::{self, Customer};
use crate::dice::{Dice, Topic};
use crate::payments;
use crate::schedule::{self, Job};
use crate::trade::{self, Item, Work};
use crate::{Options, Sizes};

/// Where an estimate stands.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Standing {
    Pending,
    Sent,
    Accepted,
    Rejected,
    Expired,
}

/// What the plan keeps of an estimate.
#[derive(Debug, Clone)]
pub(crate) struct Estimate {
    pub(crate) customer: usize,
    /// One of the customer's sites; the customer's own address where there is none.
    pub(crate) site: Option<usize>,
    pub(crate) created: NaiveDate,
    /// Minutes after midnight.
    pub(crate) minute: i64,
    pub(crate) standing: Standing,
    /// The day of the last change of its status.
    pub(crate) decided: NaiveDate,
    pub(crate) response_by: Option<NaiveDate>,
    pub(crate) work: Work,
    pub(crate) service: &'static str,
    pub(crate) size: i64,
    /// Cents; none until it is priced.
    pub(crate) cost: Option<i64>,
}

/// What the plan keeps of a contract.
#[derive(Debug, Clone)]
pub(crate) struct Contract {
    pub(crate) estimate: usize,
    pub(crate) signed: NaiveDate,
    pub(crate) cost: i64,
    pub(crate) canceled: bool,
    /// Won just now, not signed yet.
    pub(crate) unsigned: bool,
    /// Jobs that are not canceled, and how many of them are completed.
    pub(crate) jobs: usize,
    pub(crate) completed: usize,
    pub(crate) started: bool,
    /// The last day of its last completed job.
    pub(crate) finished: Option<NaiveDate>,
}

impl Contract {
    pub(crate) fn is_completed(&self) -> bool {
        !self.canceled && self.jobs > 0 && self.completed == self.jobs
    }

    pub(crate) fn status(&self) -> &'static str {
        if self.canceled {
            "canceled"
        } else if self.is_completed() {
            "completed"
        } else if self.started {
            "in_progress"
        } else if self.unsigned && self.jobs == 0 {
            "pending"
        } else {
            "approved"
        }
    }
}

/// Everything decided.
#[derive(Debug)]
pub(crate) struct Plan {
    pub(crate) seed: u64,
    pub(crate) sizes: Sizes,
    pub(crate) calendar: Calendar,
    pub(crate) roster: Roster,
    pub(crate) customers: Vec<Customer>,
    pub(crate) estimates: Vec<Estimate>,
    pub(crate) contracts: Vec<Contract>,
    pub(crate) jobs: Vec<Job>,
    /// Rows of `estimate_items` and `payments`, which only the plan knows.
    pub(crate) items: usize,
    pub(crate) payments: usize,
}

impl Plan {
    pub(crate) fn new(options: &Options, sizes: Sizes, zone: Tz) -> Self {
        let calendar = Calendar::new(options.today, zone, options.seed);
        let roster = Roster::new(options.seed, sizes, &calendar);
        let mut plan = Self {
            seed: options.seed,
            sizes,
            calendar,
            roster,
            customers: Vec::with_capacity(sizes.customers),
            estimates: Vec::with_capacity(sizes.estimates),
            contracts: Vec::new(),
            jobs: Vec::new(),
            items: 0,
            payments: 0,
        };
        plan.ask();
        customers::keep_emails_apart(&mut plan);
        plan.answer_in_time();
        plan.win();
        plan.jobs = schedule::jobs(&plan);
        plan.settle();
        plan
    }

    /// The moment the office opens today: nothing has happened after it.
    pub(crate) fn now(&self) -> DateTime<Utc> {
        self.calendar.at(self.calendar.today, 6 * 60)
    }

    /// A minute of that day at which something can come in: today only what came in overnight.
    pub(crate) fn first_minute(&self, day: NaiveDate, dice: &mut Dice) -> i64 {
        if day >= self.calendar.today { dice.between(10, 340) } else { dice.between(7 * 60, 21 * 60) }
    }

    /// Every line of an estimate, priced or not.
    pub(crate) fn items_of(&self, number: usize) -> Vec<Item> {
        let estimate = &self.estimates[number];
        let years = i64::from(self.calendar.today.year() - estimate.created.year()).clamp(0, 5);
        let mut dice = Dice::new(self.seed, Topic::Items, number);
        trade::items(&mut dice, estimate.work, estimate.size, self.customers[estimate.customer].business, years)
    }

    /// Whether the office wrote down the lines. It does since a year ago; older estimates are a sum.
    pub(crate) fn has_lines(&self, number: usize) -> bool {
        let estimate = &self.estimates[number];
        estimate.cost.is_some() && estimate.created > plus(self.calendar.today, -365)
    }

    /// Who asks for an estimate, day by day.
    fn ask(&mut self) {
        let days = (self.calendar.today - self.calendar.start).num_days();
        let today = self.calendar.today;
        let weight = |back: i64| {
            let day = plus(today, -back);
            // January to December; a growing company; people ask on weekdays. The last two weeks are never empty.
            let month = [20, 36, 105, 150, 142, 120, 108, 108, 98, 62, 32, 19][day.month0() as usize];
            let month = if back < 14 { month.max(70) } else { month };
            let asking = if is_weekend(day) { 4 } else { 10 };
            month * asking * (1000 + (days - back) / 8)
        };
        let total: i64 = (0..=days).map(weight).sum();
        let wanted = i64::try_from(self.sizes.estimates).unwrap_or_default();
        let (mut so_far, mut made) = (0, 0);
        for back in (0..=days).rev() {
            so_far += weight(back);
            let until = i64::try_from(i128::from(wanted) * i128::from(so_far) / i128::from(total)).unwrap_or_default();
            let day = plus(today, -back);
            for _ in made..until {
                let estimate = self.request(day, back);
                self.estimates.push(estimate);
            }
            made = until;
        }
    }

    fn request(&mut self, created: NaiveDate, age: i64) -> Estimate {
        let number = self.estimates.len();
        let mut dice = Dice::new(self.seed, Topic::Estimate, number);
        let known = self.customers.len();
        let (new_wanted, left) = (self.sizes.customers - known, self.sizes.estimates - number);
        let customer = if known == 0 || dice.below(left) < new_wanted {
            let customer = Customer::new(self.seed, known, self.sizes.customers, created, &self.customers);
            self.customers.push(customer);
            known
        } else {
            // Businesses come back more often than houses.
            let one = dice.below(known);
            let other = dice.below(known);
            if self.customers[one].business { one } else { other }
        };
        let business = self.customers[customer].business;
        let sites = self.customers[customer].sites;
        let place = (sites > 0 && dice.chance(700)).then(|| dice.below(sites));
        let work = if business { Work::for_business(&mut dice) } else { Work::for_house(&mut dice) };
        let service = match (work, business) {
            (Work::Patching, _) if dice.chance(260) => "emergency",
            (Work::Custom, _) => "custom",
            (Work::Sealcoat | Work::CrackFill | Work::Striping, _) if dice.chance(600) => "maintenance",
            (_, true) => "commercial",
            _ => "residential",
        };
        let area = work.size(business, &mut dice);
        let minute = self.first_minute(created, &mut dice);
        let (standing, answered) = standing(&mut dice, age);
        let decided = plus(created, answered);
        let mut estimate = Estimate {
            customer,
            site: place,
            created,
            minute,
            standing,
            decided,
            response_by: None,
            work,
            service,
            size: area,
            cost: None,
        };
        let priced = match standing {
            Standing::Sent | Standing::Accepted => 1000,
            Standing::Rejected => 920,
            Standing::Expired => 640,
            // What came in overnight nobody has looked at.
            Standing::Pending => {
                if age == 0 {
                    0
                } else {
                    480
                }
            }
        };
        if dice.chance(priced) {
            estimate.cost = Some(0); // filled in by `win`, which has the items
        }
        estimate
    }

    /// Until when an answer is due. Whatever the season, some are due today and a few are overdue.
    fn answer_in_time(&mut self) {
        let today = self.calendar.today;
        let mut open = Vec::new();
        for (number, estimate) in self.estimates.iter_mut().enumerate() {
            let mut dice = Dice::new(self.seed, Topic::Notice, number);
            estimate.response_by = match estimate.standing {
                // The office promises an answer within three working days; an estimate holds for three weeks.
                Standing::Pending => Some(working_days_after(estimate.created, 3)),
                Standing::Sent => Some(plus(estimate.decided, 21)),
                _ => dice.chance(800).then(|| working_days_after(estimate.created, 3)),
            };
            if matches!(estimate.standing, Standing::Pending | Standing::Sent) {
                open.push(number);
            }
        }
        let due = |from: i64, to: i64, estimates: &[Estimate], open: &[usize]| {
            let wanted = plus(today, from)..=plus(today, to);
            open.iter().filter(|n| estimates[**n].response_by.is_some_and(|day| wanted.contains(&day))).count()
        };
        let overdue = due(-10_000, -1, &self.estimates, &open);
        let due_today = due(0, 0, &self.estimates, &open);
        let mut older = open
            .iter()
            .copied()
            .filter(|n| {
                let estimate = &self.estimates[*n];
                estimate.created < plus(today, -3) && estimate.response_by > Some(plus(today, 1))
            })
            .collect::<Vec<_>>()
            .into_iter();
        for number in older.by_ref().take(3_usize.saturating_sub(due_today)) {
            self.estimates[number].response_by = Some(today);
        }
        for (back, number) in (1..).zip(older.take(3_usize.saturating_sub(overdue))) {
            self.estimates[number].response_by = Some(plus(today, -back));
        }
    }

    /// Prices the estimates and makes contracts of the won ones.
    fn win(&mut self) {
        for number in 0..self.estimates.len() {
            if self.estimates[number].cost.is_none() {
                continue;
            }
            let items = self.items_of(number);
            let cost = items.iter().map(Item::total).sum();
            self.items += if self.has_lines(number) { items.len() } else { 0 };
            let estimate = &mut self.estimates[number];
            estimate.cost = Some(cost);
            if estimate.standing != Standing::Accepted {
                continue;
            }
            let signed = estimate.decided;
            let mut dice = Dice::new(self.seed, Topic::Contract, number);
            // A handshake takes off what is over the last fifty dollars.
            let cost = if cost > 100_000 && dice.chance(120) { cost - cost % 5_000 } else { cost };
            self.contracts.push(Contract {
                estimate: number,
                signed,
                cost,
                canceled: dice.chance(28),
                unsigned: signed > plus(self.calendar.today, -6) && dice.chance(500),
                jobs: 0,
                completed: 0,
                started: false,
                finished: None,
            });
        }
        self.contracts.sort_by_key(|contract| contract.signed);
    }

    /// What the jobs mean for the contracts, and these for the customers.
    fn settle(&mut self) {
        let today = self.calendar.today;
        for job in self.jobs.iter().filter(|job| !job.is_canceled()) {
            let Some(number) = job.contract else { continue };
            let contract = &mut self.contracts[number];
            contract.jobs += 1;
            contract.started |= job.day <= today;
            if job.last < today {
                contract.completed += 1;
                contract.finished = contract.finished.max(Some(job.last));
            }
        }
        for contract in self.contracts.iter().filter(|contract| contract.is_completed()) {
            let customer = &mut self.customers[self.estimates[contract.estimate].customer];
            customer.projects += 1;
            customer.spent += contract.cost;
        }
        self.payments = (0..self.contracts.len()).map(|number| payments::of(self, number).len()).sum();
    }
}

/// Where an estimate of that age (in days) stands, and how many days after it came in that was decided.
fn standing(dice: &mut Dice, age: i64) -> (Standing, i64) {
    use Standing::{Accepted, Expired, Pending, Rejected, Sent};
    let all = [Pending, Sent, Accepted, Rejected, Expired];
    let weights = match age {
        ..=0 => [1, 0, 0, 0, 0],
        1..=2 => [92, 8, 0, 0, 0],
        3..=7 => [26, 54, 12, 8, 0],
        8..=20 => [2, 40, 31, 25, 2],
        21..=45 => [0, 5, 35, 38, 22],
        _ => [0, 0, 34, 38, 28],
    };
    let standing = all[dice.weighted(&weights)];
    let days = match standing {
        Pending => 0,
        Sent => dice.between(1, 4),
        Accepted | Rejected => dice.between(2, 19),
        Expired => 21,
    };
    // Nothing was decided today: the office has just opened.
    (standing, days.min(age - 1).max(0))
}

/// The last working day on or before `day`.
pub(crate) fn office_day(day: NaiveDate) -> NaiveDate {
    (0..7).map(|back| plus(day, -back)).find(|day| is_working(*day)).unwrap_or(day)
}
