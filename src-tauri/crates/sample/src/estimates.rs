//! Estimates, their lines, the price book, and the contracts that came of them.

use serde_json::{Value, json};

use crate::copy::{Gone, Outlet, Source, Table};
use crate::customers;
use crate::dice::{Dice, Topic, id};
use crate::plan::{Estimate, Plan, Standing};
use crate::trade::{PRICE_BOOK, Work};

/// Writes the price book as of today.
pub(crate) fn write_prices(plan: &Plan, outlet: &Outlet) -> Result<(), Gone> {
    let mut table =
        Table::new(outlet, Source::Office, "price_book_items", "id, name, unit, unit_price, created_at, updated_at");
    let begun = plan.calendar.at(plan.calendar.start, 8 * 60);
    for (number, (name, unit, cents)) in PRICE_BOOK.iter().enumerate() {
        table.plain(id(plan.seed, Topic::Price, number)).text(name).text(unit).cents(*cents).time(begun).time(begun);
        table.end()?;
    }
    table.flush()
}

/// Where the work is to be done.
pub(crate) fn place(plan: &Plan, customer: usize, site: Option<usize>) -> String {
    match site {
        Some(site) => customers::site(plan, customer, site).1,
        None => customers::card(plan, customer).address,
    }
}

/// The size as the customer put it into the form.
fn size_in_words(estimate: &Estimate, dice: &mut Dice) -> Option<String> {
    let size = estimate.size;
    match estimate.work {
        Work::Striping => Some(format!("{size} stalls")),
        Work::Custom => Some(format!("{size} pieces")),
        _ => match dice.below(6) {
            0 => None,
            1 => Some(format!("about {} sq ft", size / 100 * 100)),
            2 if size < 4_500 => {
                let width = dice.between(10, 20);
                Some(format!("{width} x {}", size / width))
            }
            3 if size > 20_000 => Some(format!("{}.{} acres", size / 43_560, size % 43_560 * 10 / 43_560)),
            4 => Some("not sure".to_owned()),
            _ => Some(format!("{size} sq ft")),
        },
    }
}

fn description(estimate: &Estimate, business: bool, dice: &mut Dice) -> Option<String> {
    let asked: &[&str] = match estimate.work {
        Work::NewDriveway => &[
            "Driveway is crumbling, would like it torn out and replaced.",
            "New asphalt driveway, old one is 30 years old. Two cars wide.",
            "Want to widen the drive by about 3 feet on the left while you are at it.",
        ],
        Work::DrivewayOverlay => &[
            "Driveway has cracks but base seems fine, looking for an overlay.",
            "Need a price to resurface our driveway this year.",
            "Low spot by the garage holds water. Resurface?",
        ],
        Work::Sealcoat if business => &[
            "Sealcoat and restripe the whole lot, weekend only.",
            "Yearly sealcoat, same as last time please.",
            "Sealcoat in two halves so we can stay open.",
        ],
        Work::Sealcoat => &[
            "Driveway sealcoating please.",
            "Sealing and a few cracks to fill.",
            "How much to seal? Neighbor had you out last week.",
        ],
        Work::CrackFill => &["Lots of cracks after this winter.", "Crack filling before it gets worse."],
        Work::Patching if !business => &[
            "Gas company dug up the end of our drive, needs patching.",
            "Sunken spot by the garage, water runs in.",
            "Tree root lifted part of the drive, cut out and patch.",
        ],
        Work::Patching => &[
            "Pothole by the entrance, somebody is going to break an axle.",
            "Water main dig was backfilled with gravel, needs asphalt patch.",
            "Several bad spots, saw-cut and patch.",
        ],
        Work::LotOverlay => &[
            "Lot needs to be resurfaced, we can close half at a time.",
            "Overlay of the main lot, keep the drainage as it is.",
            "Budget price for next year's board meeting, please.",
        ],
        Work::MillAndPave => &[
            "Mill 2 inches and repave, night work preferred.",
            "Per plan sheet C-3, mill and overlay. Bid due Friday.",
        ],
        Work::NewLot => {
            &["New lot for the addition, drawings attached to e-mail.", "Gravel lot to be paved, about 40 spaces."]
        }
        Work::Striping => &[
            "Restripe as existing.",
            "Need to add accessible stalls, village inspector was here.",
            "New layout with arrows.",
        ],
        Work::Custom => &["Speed bumps at the playground.", "Signs and wheel stops."],
    };
    dice.chance(860).then(|| dice.pick(asked).to_owned())
}

/// What the website's map or the wheel measured.
fn measurement(estimate: &Estimate, dice: &mut Dice) -> Option<Value> {
    if matches!(estimate.work, Work::Striping | Work::Custom) || !dice.chance(640) {
        return None;
    }
    let side = estimate.size.isqrt();
    let mut value = json!({
        "area_sq_ft": estimate.size,
        "perimeter_ft": side * 4 + dice.between(10, 60),
        "method": dice.pick(&["map", "wheel", "plans"]),
    });
    if dice.chance(120) {
        // Thousandths of a degree around the yard: a square on the map.
        let (lat, lon) = (dice.between(41_640, 41_940), dice.between(88_060, 88_420));
        let corner = |north: i64, west: i64| {
            json!([format!("41.{:03}", lat + north - 41_000), format!("-88.{:03}", lon + west - 88_000)])
        };
        value["polygon"] = json!([corner(0, 0), corner(1, 0), corner(1, 1), corner(0, 1)]);
    }
    Some(value)
}

/// Writes every estimate, then the lines of those that have some.
pub(crate) fn write(plan: &Plan, outlet: &Outlet) -> Result<(), Gone> {
    let columns = "id, customer_id, customer_name, email, phone, service_type, project_address, project_size, timeline, \
                   description, area_measurement, estimated_cost, status, response_by, notes, created_at, updated_at";
    let mut table = Table::new(outlet, Source::Api, "estimates", columns);
    for (number, estimate) in plan.estimates.iter().enumerate() {
        let mut dice = Dice::new(plan.seed, Topic::EstimateText, number);
        let card = customers::card(plan, estimate.customer);
        let business = plan.customers[estimate.customer].business;
        let created = plan.calendar.at(estimate.created, estimate.minute);
        let changed = match estimate.standing {
            Standing::Pending => created,
            _ => plan.calendar.at(estimate.decided, dice.between(16 * 60, 18 * 60)).max(created),
        };
        // The website knows nobody; the office links what it has seen.
        let linked = changed > created || !dice.chance(500);
        table.plain(id(plan.seed, Topic::Estimate, number));
        table.maybe_plain(linked.then(|| id(plan.seed, Topic::Customer, estimate.customer)));
        let wishes =
            ["As soon as possible", "Within 2 weeks", "Within a month", "This season", "Flexible", "Next spring"];
        let timeline = if estimate.service == "emergency" { wishes[0] } else { dice.pick(&wishes) };
        table
            .text(&card.name)
            .maybe(card.email.as_deref())
            .text(&card.phone)
            .plain(estimate.service)
            .text(&place(plan, estimate.customer, estimate.site))
            .maybe(size_in_words(estimate, &mut dice).as_deref())
            .text(timeline)
            .maybe(description(estimate, business, &mut dice).as_deref());
        match measurement(estimate, &mut dice) {
            Some(value) => table.json(&value),
            None => table.null(),
        };
        match estimate.cost {
            Some(cents) => table.cents(cents),
            None => table.null(),
        };
        table.plain(match estimate.standing {
            Standing::Pending => "pending",
            Standing::Sent => "sent",
            Standing::Accepted => "accepted",
            Standing::Rejected => "rejected",
            Standing::Expired => "expired",
        });
        match estimate.response_by {
            Some(day) => table.time(plan.calendar.at(day, 17 * 60)),
            None => table.null(),
        };
        let note = match estimate.standing {
            Standing::Rejected => dice.pick(&[
                "Went with another bid.",
                "Too expensive for this year.",
                "Doing only part of it, next year.",
            ]),
            Standing::Expired => dice.pick(&["No answer after two calls.", "Left voicemail twice."]),
            Standing::Sent => {
                dice.pick(&["Follow up next week.", "Board decides on the 15th.", "Wants a second option with binder."])
            }
            _ => "Called back, site visit done.",
        };
        table.maybe(dice.chance(350).then_some(note)).time(created).time(changed);
        table.end()?;
    }
    table.flush()?;
    write_items(plan, outlet)
}

fn write_items(plan: &Plan, outlet: &Outlet) -> Result<(), Gone> {
    let columns = "id, estimate_id, price_book_item_id, position, description, quantity, unit, unit_price, created_at, updated_at";
    let mut table = Table::new(outlet, Source::Office, "estimate_items", columns);
    for (number, estimate) in plan.estimates.iter().enumerate() {
        if !plan.has_lines(number) {
            continue;
        }
        let priced = plan.calendar.at(estimate.created, estimate.minute);
        let estimate_id = id(plan.seed, Topic::Estimate, number);
        for (position, item) in plan.items_of(number).iter().enumerate() {
            table
                .plain(id(plan.seed, Topic::Items, number * 8 + position))
                .plain(estimate_id)
                .plain(id(plan.seed, Topic::Price, item.price))
                .plain(position + 1)
                .text(&item.description)
                .thousandths(item.quantity)
                .text(PRICE_BOOK[item.price].1)
                .cents(item.unit_price)
                .time(priced)
                .time(priced);
            table.end()?;
        }
    }
    table.flush()
}

/// Writes the contracts.
pub(crate) fn write_contracts(plan: &Plan, outlet: &Outlet) -> Result<(), Gone> {
    let columns = "id, customer_id, estimate_id, client_name, client_email, client_phone, service_type, project_address, \
                   project_size, estimated_cost, status, created_at, updated_at";
    let mut table = Table::new(outlet, Source::Office, "contracts", columns);
    for (number, contract) in plan.contracts.iter().enumerate() {
        let estimate = &plan.estimates[contract.estimate];
        let card = customers::card(plan, estimate.customer);
        let mut dice = Dice::new(plan.seed, Topic::Contract, number);
        let signed = plan.calendar.at(contract.signed, dice.between(9 * 60, 17 * 60)).min(plan.now());
        let changed = contract.finished.map_or(signed, |day| plan.calendar.at(day, 17 * 60)).min(plan.now());
        table
            .plain(id(plan.seed, Topic::Contract, number))
            .plain(id(plan.seed, Topic::Customer, estimate.customer))
            .plain(id(plan.seed, Topic::Estimate, contract.estimate))
            .text(&card.name)
            .maybe(card.email.as_deref())
            .text(&card.phone)
            .plain(estimate.service)
            .text(&place(plan, estimate.customer, estimate.site));
        // Stalls and pieces are no area.
        let area = !matches!(estimate.work, Work::Striping | Work::Custom);
        table.maybe_plain(area.then_some(estimate.size)).cents(contract.cost).plain(contract.status());
        table.time(signed).time(changed.max(signed));
        table.end()?;
    }
    table.flush()
}
