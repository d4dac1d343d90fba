//! Days on which somebody or something is not there: rain, holidays, leave, sick days, the workshop.

use chrono::Datelike;

use crate::calendar::{holiday, in_season, plus};
use crate::copy::{Gone, Outlet, Source, Table};
use crate::dice::{Dice, Topic, id};
use crate::plan::Plan;
use uuid::Uuid;

/// Writes them all; nothing stands in the way of today's and tomorrow's crews.
pub(crate) fn write(plan: &Plan, outlet: &Outlet) -> Result<(), Gone> {
    let columns = "id, crew_member_id, equipment_id, kind, during, note, created_at, updated_at";
    let calendar = &plan.calendar;
    let today = calendar.today;
    let mut table = Table::new(outlet, Source::Office, "time_off", columns);
    let mut number = 0;
    let mut add = |member: Option<Uuid>, machine: Option<Uuid>, kind: &str, from, until, note: &str| {
        let known =
            calendar.at(plus(from, if kind == "rain" || kind == "sick" { 0 } else { -10 }), 5 * 60).min(plan.now());
        table.plain(id(plan.seed, Topic::TimeOff, number)).maybe_plain(member).maybe_plain(machine).plain(kind);
        table.text(&format!("[{},{})", calendar.at(from, 0).to_rfc3339(), calendar.at(plus(until, 1), 0).to_rfc3339()));
        table.text(note).time(known).time(known);
        number += 1;
        table.end()
    };
    for day in calendar.rain() {
        let note = if day.month() <= 4 || day.month() >= 11 { "Too wet and too cold" } else { "Rained out" };
        add(None, None, "rain", day, day, note)?;
    }
    let near = [today, plus(today, 1)];
    for back in -200..=5 * 365 {
        let day = plus(today, -back);
        if let Some(name) = holiday(day).filter(|_| !near.contains(&day)) {
            add(None, None, "holiday", day, day, name)?;
        }
    }
    for member in 0..plan.roster.members.len() {
        let mut dice = Dice::new(plan.seed, Topic::TimeOff, !member);
        let who = Some(id(plan.seed, Topic::Person, member));
        // A week in winter every year, now and then a few days in summer, a sick day.
        for years in 0..5 {
            let mut from = plus(today, -years * 365 - dice.between(0, 364));
            while in_season(from) && dice.chance(800) {
                from = plus(from, 30);
            }
            let until = plus(from, dice.between(2, 6));
            if until < today {
                add(who, None, "leave", from, until, "Vacation")?;
            }
            let sick = plus(today, -years * 365 - dice.between(3, 364));
            if dice.chance(500) && sick < plus(today, -2) {
                add(who, None, "sick", sick, sick, "Called in")?;
            }
        }
        if member % 8 == 5 {
            let from = plus(today, dice.between(3, 24));
            add(
                who,
                None,
                "leave",
                from,
                plus(from, dice.between(0, 4)),
                dice.pick(&["Vacation", "Daughter's wedding", "Doctor", "Hunting week"]),
            )?;
        }
    }
    for machine in 0..plan.roster.machines.len() {
        let mut dice = Dice::new(plan.seed, Topic::TimeOff, (!machine) ^ 0x8000_0000);
        let what = Some(id(plan.seed, Topic::Machine, machine));
        if dice.chance(500) {
            let from = plus(today, -dice.between(20, 900));
            add(None, what, "maintenance", from, plus(from, dice.between(0, 2)), "Service")?;
        }
        if machine % 10 == 4 {
            let from = plus(today, dice.between(3, 20));
            add(None, what, "maintenance", from, from, "Yearly inspection")?;
        }
    }
    table.flush()
}
