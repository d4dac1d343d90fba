//! Money received: deposits, balances, now and then a refund, and a few who have not paid.

use chrono::NaiveDate;

use crate::calendar::{is_weekend, plus};
use crate::copy::{Gone, Outlet, Source, Table};
use crate::dice::{Dice, Topic, id};
use crate::plan::Plan;

/// A payment on a contract, in cents; a refund is negative.
#[derive(Debug, Clone)]
pub(crate) struct Payment {
    amount: i64,
    method: &'static str,
    reference: Option<String>,
    day: NaiveDate,
    note: Option<&'static str>,
}

fn weekday(day: NaiveDate) -> NaiveDate {
    (0..3).map(|ahead| plus(day, ahead)).find(|day| !is_weekend(*day)).unwrap_or(day)
}

/// The payments on contract number `number`: in sum never more than its cost.
pub(crate) fn of(plan: &Plan, number: usize) -> Vec<Payment> {
    let contract = &plan.contracts[number];
    let today = plan.calendar.today;
    let mut dice = Dice::new(plan.seed, Topic::Payment, number);
    let mut payments = Vec::new();
    let mut add = |amount: i64, day: NaiveDate, note: Option<&'static str>, dice: &mut Dice| {
        let (method, reference) = match dice.weighted(&[52, 22, 22, 4]) {
            0 => ("check", Some(format!("Check {}", dice.between(1001, 9899)))),
            1 => ("ach", Some(format!("ACH {:06}", dice.below(1_000_000)))),
            2 => ("card", Some(format!("Card …{:04}", dice.below(10_000)))),
            _ => ("cash", None),
        };
        let day = weekday(day);
        if day < today {
            payments.push(Payment { amount, method, reference, day, note });
        }
    };
    // A third down above $5,000, in whole dollars.
    let deposit = if contract.cost > 500_000 && dice.chance(780) { contract.cost / 300 * 100 } else { 0 };
    if contract.unsigned {
        return payments;
    }
    if deposit > 0 {
        let paid_on = plus(contract.signed, dice.between(0, 6));
        add(deposit, paid_on, Some("Deposit"), &mut dice);
        if contract.canceled && paid_on < today {
            add(-deposit, plus(paid_on, dice.between(8, 25)), Some("Deposit returned, contract canceled"), &mut dice);
        }
    }
    let Some(finished) = contract.finished.filter(|_| contract.is_completed()) else { return payments };
    let balance = contract.cost - deposit;
    let paid_on = plus(finished, dice.between(1, 48));
    match dice.below(100) {
        // Still owing; the older, the rarer.
        0..3 if finished > plus(today, -400) => {}
        3..8 => {
            let first = balance / 200 * 100;
            add(first, paid_on, Some("First half of the balance"), &mut dice);
            add(balance - first, plus(paid_on, dice.between(20, 45)), None, &mut dice);
        }
        8 if balance > 60_000 => {
            add(balance, paid_on, None, &mut dice);
            add(
                -25_000,
                plus(paid_on, dice.between(5, 30)),
                Some("Refund: edge settled, customer had it fixed"),
                &mut dice,
            );
        }
        _ => add(balance, paid_on, None, &mut dice),
    }
    payments
}

/// Writes every payment, contract after contract.
pub(crate) fn write(plan: &Plan, outlet: &Outlet) -> Result<(), Gone> {
    let columns = "id, contract_id, amount, method, reference, received_on, notes, created_at, updated_at";
    let mut table = Table::new(outlet, Source::Office, "payments", columns);
    for number in 0..plan.contracts.len() {
        for (which, payment) in of(plan, number).into_iter().enumerate() {
            let mut dice = Dice::new(plan.seed, Topic::Payment, number + which);
            let entered = plan.calendar.at(payment.day, dice.between(9 * 60, 16 * 60));
            table
                .plain(id(plan.seed, Topic::Payment, number * 4 + which))
                .plain(id(plan.seed, Topic::Contract, number))
                .cents(payment.amount)
                .plain(payment.method)
                .maybe(payment.reference.as_deref())
                .plain(payment.day)
                .maybe(payment.note)
                .time(entered)
                .time(entered);
            table.end()?;
        }
    }
    table.flush()
}
