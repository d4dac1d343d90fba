//! Customers as they call in: houses and businesses, some of them twice under slightly different names.

use std::collections::HashSet;

use chrono::NaiveDate;

use crate::copy::{Gone, Outlet, Source, Table};
use crate::dice::{Dice, Topic, id};
use crate::names::{self, Person};
use crate::places::{self, Address, TOWNS};
use crate::plan::Plan;

/// Customers that are another one written differently, per mille of new ones.
const DUPLICATES: usize = 118;

/// Texts that break programs which splice, truncate or assume.
pub(crate) const AWKWARD: &[&str] = &[
    "Smith & Sons <Lot 4>",
    "Siobhán O'Malley's Tavern",
    "Sunny Side Daycare 🌞",
    "أحمد الخطيب",
    "Robert'); DROP TABLE customers;--",
    "{{customer_name}} Holdings",
    "=SUM(A1:A9) Consulting",
    "Владимир Ковальчук",
    "The Trustees of the Prairie Ridge at Springbrook Crossing Phases II, III and IV Townhome and Villa Community Master Association",
    "  Null  ",
];

const LONG_ADDRESS: &str = "Rear service drive behind Building 7 (the one with the green awning, not the one with the blue awning), \
    second entrance past the retention pond, Prairie Ridge at Springbrook Crossing Corporate Center, \
    2450-2498 West Diehl Road, Suites 100 through 480 and Loading Docks A, B, C and F, \
    c/o Midwest Consolidated Commercial Property Management of Northern Illinois, Naperville, IL 60563";

/// What the plan keeps of a customer; everything else is told again when it is needed.
#[derive(Debug, Clone)]
pub(crate) struct Customer {
    pub(crate) since: NaiveDate,
    pub(crate) business: bool,
    /// The customer this one really is.
    pub(crate) same_as: Option<usize>,
    /// Position in [`AWKWARD`].
    awkward: Option<usize>,
    /// Somebody else has this e-mail address already.
    email_taken: bool,
    pub(crate) sites: usize,
    /// Completed contracts, and their cents.
    pub(crate) projects: i64,
    pub(crate) spent: i64,
}

/// How to reach a customer, as the office has it.
#[derive(Debug, Clone)]
pub(crate) struct Card {
    pub(crate) name: String,
    pub(crate) email: Option<String>,
    pub(crate) phone: String,
    pub(crate) address: String,
    pub(crate) town: usize,
}

impl Customer {
    /// Customer number `number` of `among`, who first called on `since`.
    pub(crate) fn new(seed: u64, number: usize, among: usize, since: NaiveDate, before: &[Self]) -> Self {
        let mut dice = Dice::new(seed, Topic::FirstContact, number);
        // The awkward ones called lately, so that they are on the screens people look at.
        let back = among - 1 - number;
        let awkward = (back % 6 == 3 && back / 6 < AWKWARD.len()).then_some(back / 6);
        let same_as = if number > 20 && awkward.is_none() && dice.chance(DUPLICATES) {
            let original = dice.below(number);
            (before[original].same_as.is_none() && before[original].awkward.is_none()).then_some(original)
        } else {
            None
        };
        let business =
            same_as.map_or_else(|| awkward.is_some() || dice.chance(270), |original| before[original].business);
        let sites = if business && same_as.is_none() && dice.chance(350) { dice.below(4) + 1 } else { 0 };
        Self { since, business, same_as, awkward, email_taken: false, sites, projects: 0, spent: 0 }
    }
}

/// Marks everybody whose e-mail address an earlier customer has: addresses are unique in the database.
pub(crate) fn keep_emails_apart(plan: &mut Plan) {
    let mut taken = HashSet::with_capacity(plan.customers.len());
    for number in 0..plan.customers.len() {
        if let Some(email) = card(plan, number).email {
            plan.customers[number].email_taken = !taken.insert(email);
        }
    }
}

/// The card of a customer.
pub(crate) fn card(plan: &Plan, number: usize) -> Card {
    let customer = &plan.customers[number];
    let mut card = match customer.same_as {
        Some(original) => written_again(plan, original, number),
        None => first_card(plan, number).0,
    };
    if customer.email_taken {
        card.email = card.email.map(|email| email.replacen('@', &format!(".{number}@"), 1));
    }
    card
}

fn first_card(plan: &Plan, number: usize) -> (Card, Option<Person>, String, Address) {
    let mut dice = Dice::new(plan.seed, Topic::Customer, number);
    let customer = &plan.customers[number];
    let town = places::any_town(&mut dice);
    let address = Address::new(&mut dice, town, customer.business);
    let digits = places::digits(number, plan.customers.len());
    let phone = places::phone(&digits, &mut dice);
    let (name, email, person) = if customer.business {
        let name = names::company(&mut dice, TOWNS[town].name);
        let mailbox = dice.pick(&["office", "info", "facilities", "accounts", "manager"]);
        let email = format!("{mailbox}@{}.example", names::plain(&name));
        (name, email, None)
    } else {
        let person = Person::new(&mut dice);
        let name = if dice.chance(60) {
            format!("{} & {} {}", person.short, person.spouse(&mut dice).short, person.last)
        } else {
            person.full()
        };
        (name, email_of(person, &mut dice), Some(person))
    };
    let email = (!dice.chance(60)).then_some(email);
    let mut card = Card { name, email, phone, address: address.written(), town };
    if let Some(text) = customer.awkward {
        AWKWARD[text].clone_into(&mut card.name);
        card.email = Some(format!("office{text}@awkward.example"));
        if text == 8 {
            LONG_ADDRESS.clone_into(&mut card.address);
        }
    }
    (card, person, digits, address)
}

fn email_of(person: Person, dice: &mut Dice) -> String {
    let (first, last) = (names::plain(person.first), names::plain(person.last));
    let local = match dice.below(5) {
        0 => format!("{first}.{last}"),
        1 => format!("{}{last}", &first[..1]),
        2 => format!("{first}{last}{:02}", dice.between(1, 99)),
        3 => format!("{last}.family{}", dice.between(1, 9)),
        _ => format!("{}_{last}{}", names::plain(person.short), dice.between(1950, 2004)),
    };
    format!(
        "{local}@{}",
        dice.pick(&["mail.example", "inbox.example", "homenet.example", "example.com", "example.net"])
    )
}

/// The same household or company as another programme or another day wrote it down.
fn written_again(plan: &Plan, original: usize, number: usize) -> Card {
    let (first, person, digits, address) = first_card(plan, original);
    let mut dice = Dice::new(plan.seed, Topic::Duplicate, number);
    let mut card = Card { phone: places::phone(&digits, &mut dice), ..first };
    let Some(person) = person else {
        card.name = names::company_otherwise(&card.name, &mut dice);
        let someone = Person::new(&mut dice);
        let domain = card.email.as_ref().and_then(|email| email.split_once('@')).map(|(_, domain)| domain.to_owned());
        card.email = domain.map(|domain| format!("{}@{domain}", names::plain(someone.first)));
        if dice.chance(500) {
            card.address = address.written_otherwise(&mut dice);
        }
        return card;
    };
    match dice.below(6) {
        0 => {
            let spouse = person.spouse(&mut dice);
            card.name = spouse.full();
            card.email = Some(email_of(spouse, &mut dice));
        }
        1 => {
            card.name = names::misspelled(&person.full(), &mut dice);
            card.email = Some(email_of(person, &mut dice));
        }
        2 => {
            card.name = format!("{} {}", person.short, person.last);
            card.email = Some(email_of(person, &mut dice));
            card.address = address.written_otherwise(&mut dice);
        }
        3 => {
            card.name = person.full().to_lowercase();
            card.email = card.email.map(|email| email[..1].to_uppercase() + &email[1..]);
            card.address = address.written_otherwise(&mut dice);
        }
        4 => {
            card.name = format!("{}, {}", person.last, person.first);
            card.email = None;
            card.address = address.written_otherwise(&mut dice);
        }
        _ => {
            // A new telephone, the same front door.
            card.name = format!("{} {}", person.short, person.last);
            card.email = Some(email_of(person, &mut dice));
            card.phone = places::phone(&places::digits(number, plan.customers.len()), &mut dice);
        }
    }
    card
}

/// A place of a customer that has several.
pub(crate) fn site(plan: &Plan, customer: usize, site: usize) -> (String, String) {
    let mut dice = Dice::new(plan.seed, Topic::Site, customer * 8 + site);
    let town = places::any_town(&mut dice);
    let address = Address::new(&mut dice, town, true).written();
    let part = dice.pick(&[
        "North lot",
        "South lot",
        "Rear lot",
        "Loading dock",
        "Overflow lot",
        "Main entrance",
        "Employee lot",
    ]);
    (format!("{} – {part}", TOWNS[town].name), address)
}

const NOTES: &[&str] = &[
    "Prefers a call after 3 pm.",
    "Gate code from the front desk.",
    "Tenants need 48 hours' notice before the lot is closed.",
    "Dog in the back yard, ring first.",
    "Pays by check on completion.",
    "Purchase order needed before work starts.",
    "Neighbor at the corner wants a price too.",
    "Sprinkler heads along the drive: mark before paving.",
    "Deliveries until 9 am, start at the far end.",
    "Met at the spring home show.",
    "Asked twice about the sealcoat warranty; see e-mail of last fall.\nDo not promise a date before the soil test.",
];

/// Writes every customer, then the sites of those who have several.
pub(crate) fn write(plan: &Plan, outlet: &Outlet) -> Result<(), Gone> {
    let columns = "id, name, email, phone, address, preferred_contact_method, service_area, customer_since, \
                   total_projects, total_spent, status, notes, created_at, updated_at";
    let mut table = Table::new(outlet, Source::Api, "customers", columns);
    for (number, customer) in plan.customers.iter().enumerate() {
        let card = card(plan, number);
        let mut dice = Dice::new(plan.seed, Topic::Price, number);
        let method = match (&card.email, dice.weighted(&[50, 30, 16, 4])) {
            (Some(_), 0) => "email",
            (_, 2) => "sms",
            (_, 3) => "mail",
            _ => "phone",
        };
        let quiet_for = (plan.calendar.today - customer.since).num_days();
        let status = match dice.below(1000) {
            0..8 if customer.projects == 0 => "blocked",
            8..110 if quiet_for > 700 => "inactive",
            _ => "active",
        };
        let created = plan.calendar.at(customer.since, plan.first_minute(customer.since, &mut dice));
        table
            .plain(id(plan.seed, Topic::Customer, number))
            .text(&card.name)
            .maybe(card.email.as_deref())
            .text(&card.phone)
            .text(&card.address)
            .plain(method)
            .text(TOWNS[card.town].area)
            .plain(customer.since)
            .plain(customer.projects)
            .cents(customer.spent)
            .plain(status);
        if dice.chance(140) {
            table.text(dice.pick(NOTES))
        } else {
            table.null()
        };
        table.time(created).time(created);
        table.end()?;
    }
    table.flush()?;

    let columns = "id, customer_id, name, address, created_at, updated_at";
    let mut table = Table::new(outlet, Source::Office, "customer_sites", columns);
    for (number, customer) in plan.customers.iter().enumerate() {
        for which in 0..customer.sites {
            let (name, address) = site(plan, number, which);
            let created = plan.calendar.at(customer.since, 17 * 60).min(plan.now());
            table
                .plain(id(plan.seed, Topic::Site, number * 8 + which))
                .plain(id(plan.seed, Topic::Customer, number))
                .text(&name)
                .text(&address)
                .time(created)
                .time(created);
            table.end()?;
        }
    }
    table.flush()
}
