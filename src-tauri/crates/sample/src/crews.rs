//! The people, the crews they are in over the years, and the machines.

use chrono::{Datelike, NaiveDate};
use serde_json::{Value, json};

use crate::Sizes;
use crate::calendar::{Calendar, plus};
use crate::copy::{Gone, Outlet, Source, Table};
use crate::dice::{Dice, Topic, id};
use crate::names::{self, Person};
use crate::places;
use crate::plan::Plan;
use crate::trade::Skill;

/// A person of the field.
#[derive(Debug, Clone)]
pub(crate) struct Member {
    pub(crate) name: Person,
    role: &'static str,
    hired: NaiveDate,
    status: &'static str,
    /// Crew, from, until (the day after the last); in order, never overlapping. Moves happen in winter.
    memberships: Vec<(usize, NaiveDate, Option<NaiveDate>)>,
}

/// A machine; number `n` belongs to crew `n % crews`, the last few to the yard.
#[derive(Debug, Clone)]
pub(crate) struct Machine {
    pub(crate) name: String,
    kind: &'static str,
    status: &'static str,
}

/// Everybody and everything that can be put on a job.
#[derive(Debug)]
pub(crate) struct Roster {
    pub(crate) crews: usize,
    pub(crate) members: Vec<Member>,
    pub(crate) machines: Vec<Machine>,
    /// Positions in `members` of those who were ever in the crew.
    of_crew: Vec<Vec<usize>>,
}

const ROLES: &[&str] = &[
    "foreman",
    "paver operator",
    "screed operator",
    "roller operator",
    "raker",
    "laborer",
    "truck driver",
    "dump person",
    "flagger",
];

/// What each kind of crew has, the most needed first.
const PAVING_MACHINES: &[&str] =
    &["paver", "steel roller", "dump truck", "pneumatic roller", "tack distributor", "skid steer", "dump truck"];
const SEALING_MACHINES: &[&str] =
    &["sealcoat tank", "sweeper", "crack melter", "trailer", "skid steer", "dump truck", "sealcoat tank"];
const PATCHING_MACHINES: &[&str] =
    &["skid steer", "striper", "steel roller", "dump truck", "crack melter", "trailer", "mill"];

const MODELS: &[(&str, &str, &[&str])] = &[
    ("paver", "Paver", &["CAT AP655F", "Vögele Super 1700", "LeeBoy 8520C", "Blaw-Knox PF-161"]),
    ("steel roller", "Roller", &["Hamm HD12", "CAT CB7", "Dynapac CC1200", "Bomag BW 120"]),
    ("pneumatic roller", "Rubber roller", &["CAT CW16", "Hamm GRW 180i", "Dynapac CP1200"]),
    ("mill", "Mill", &["Wirtgen W 100", "CAT PM313", "Roadtec RX-300"]),
    ("skid steer", "Skid steer", &["Bobcat S650", "CAT 262D", "Case SV280"]),
    ("dump truck", "Truck", &["Mack Granite", "Peterbilt 567", "Kenworth T880", "International HX"]),
    ("tack distributor", "Tack truck", &["Etnyre Centennial", "Rosco Maximizer"]),
    ("sweeper", "Sweeper", &["Broce RJ350", "Elgin Pelican"]),
    ("crack melter", "Melter", &["Crafco SS125", "Cimline M2"]),
    ("sealcoat tank", "Seal rig", &["SealMaster SP300", "Neal DA350"]),
    ("striper", "Striper", &["Graco LineLazer 3400", "Titan PowrLiner 4955"]),
    ("trailer", "Trailer", &["Eager Beaver 20XPT", "Felling FT-24", "Load King 302"]),
];

/// What crew number `crew` is good at: of four crews two pave, one seals, one patches and stripes.
pub(crate) fn skill(crew: usize) -> Skill {
    match crew % 4 {
        0 | 1 => Skill::Paving,
        2 => Skill::Sealcoating,
        _ => Skill::Patching,
    }
}

/// The name painted on the door.
pub(crate) fn crew_name(crew: usize, crews: usize) -> String {
    let (set, letter) = (crew / 4 + 1, ["A", "B"][crew % 2]);
    match (skill(crew), crews > 4) {
        (Skill::Paving, false) => format!("Paving {letter}"),
        (Skill::Sealcoating, false) => "Sealcoat".to_owned(),
        (Skill::Patching, false) => "Patch & Stripe".to_owned(),
        (Skill::Paving, true) => format!("Paving {set}{letter}"),
        (Skill::Sealcoating, true) => format!("Sealcoat {set}"),
        (Skill::Patching, true) => format!("Patch & Stripe {set}"),
    }
}

impl Roster {
    pub(crate) fn new(seed: u64, sizes: Sizes, calendar: &Calendar) -> Self {
        let offset = Dice::new(seed, Topic::Crew, 0).below(Person::all());
        let mut roster = Self {
            crews: sizes.crews,
            members: Vec::new(),
            machines: Vec::new(),
            of_crew: vec![Vec::new(); sizes.crews],
        };
        for number in 0..sizes.members {
            let member = roster.member(seed, number, offset, calendar);
            for (crew, _, _) in &member.memberships {
                if !roster.of_crew[*crew].contains(&number) {
                    roster.of_crew[*crew].push(number);
                }
            }
            roster.members.push(member);
        }
        let of_crews = sizes.machines / sizes.crews * sizes.crews;
        for number in 0..sizes.machines {
            let set = number / sizes.crews;
            let kinds = match skill(number % sizes.crews) {
                Skill::Paving => PAVING_MACHINES,
                Skill::Sealcoating => SEALING_MACHINES,
                Skill::Patching => PATCHING_MACHINES,
            };
            let (kind, status) = if number < of_crews {
                (kinds[set % kinds.len()], "active")
            } else {
                (
                    ["mill", "trailer", "sweeper", "dump truck"][number % 4],
                    ["in_shop", "active", "retired"][(number - of_crews) % 3],
                )
            };
            let mut dice = Dice::new(seed, Topic::Machine, number);
            let (_, word, models) = MODELS.iter().find(|model| model.0 == kind).copied().unwrap_or(MODELS[0]);
            let same = roster.machines.iter().filter(|machine| machine.kind == kind).count() + 1;
            roster.machines.push(Machine { name: format!("{word} {same} ({})", dice.pick(models)), kind, status });
        }
        roster
    }

    /// Person number `number`. The first of each crew leads it; one in twelve has left, a few keep the yard.
    fn member(&self, seed: u64, number: usize, offset: usize, calendar: &Calendar) -> Member {
        let mut dice = Dice::new(seed, Topic::Person, number);
        // A step that shares no factor with the number of names: everybody has a name of their own.
        let name = Person::numbered((offset + number * 1_613) % Person::all());
        let crews = self.crews;
        let crew = number % crews;
        let hired = plus(calendar.start, dice.between(-2_600, -30));
        let winter = |year: i32| {
            NaiveDate::from_ymd_opt(year, 2, 1).filter(|day| *day > calendar.start && *day < plus(calendar.today, -60))
        };
        let moved = winter(calendar.today.year() - i32::try_from(dice.below(4)).unwrap_or_default());
        let lead = number < crews;
        let (status, memberships) = match number % 25 {
            12 | 20 if !lead => match moved {
                Some(day) => ("terminated", vec![(crew, calendar.start, Some(day))]),
                None => ("terminated", Vec::new()),
            },
            17 if !lead => ("on_leave", vec![(crew, calendar.start, Some(plus(calendar.today, -90)))]),
            24 if !lead => ("active", Vec::new()),
            _ if !lead && dice.chance(200) => match moved {
                Some(day) => {
                    let before = (crew + 1 + dice.below(crews - 1)) % crews;
                    ("active", vec![(before, calendar.start, Some(day)), (crew, day, None)])
                }
                None => ("active", vec![(crew, calendar.start, None)]),
            },
            _ => ("active", vec![(crew, calendar.start, None)]),
        };
        let role = if lead {
            "foreman"
        } else if memberships.is_empty() && status == "active" {
            "mechanic"
        } else {
            ROLES[1 + (number / crews - 1) % (ROLES.len() - 1)]
        };
        Member { name, role, hired, status, memberships }
    }

    /// Who is in the crew on that day, the lead first.
    pub(crate) fn on(&self, crew: usize, day: NaiveDate) -> impl Iterator<Item = usize> + '_ {
        self.of_crew[crew].iter().copied().filter(move |member| {
            self.members[*member]
                .memberships
                .iter()
                .any(|(of, from, until)| *of == crew && *from <= day && until.is_none_or(|until| day < until))
        })
    }

    /// The machines of a crew, the most needed first.
    pub(crate) fn machines_of(&self, crew: usize) -> impl Iterator<Item = usize> + '_ {
        let count = self.machines.len() / self.crews;
        (0..count).map(move |set| crew + set * self.crews)
    }
}

fn certifications(dice: &mut Dice, role: &str, today: NaiveDate) -> Value {
    let mut list = Vec::new();
    let mut add = |name: &str, years: i64, dice: &mut Dice| {
        // Most are good for a while; a few run out this month, and a few have.
        let left = match dice.weighted(&[84, 9, 7]) {
            0 => dice.between(45, years * 365 - 20),
            1 => dice.between(1, 30),
            _ => -dice.between(1, 60),
        };
        let expires = plus(today, left);
        list.push(json!({"name": name, "issued": plus(expires, -years * 365), "expires": expires}));
    };
    add(if role == "foreman" { "OSHA 30" } else { "OSHA 10" }, 5, dice);
    match role {
        "truck driver" => {
            add("CDL A", 4, dice);
            add("DOT medical card", 2, dice);
        }
        "flagger" | "laborer" | "dump person" => add("Flagger (ATSSA)", 4, dice),
        "foreman" => {
            add("First aid/CPR", 2, dice);
            add("CDL B", 4, dice);
        }
        _ if dice.chance(400) => add("First aid/CPR", 2, dice),
        _ => {}
    }
    Value::Array(list)
}

fn availability(dice: &mut Dice) -> Value {
    let (start, end) = if dice.chance(800) { ("06:00", "16:30") } else { ("06:30", "15:00") };
    let hours = json!([{"start": start, "end": end}]);
    let saturday = if dice.chance(450) { json!([{"start": "06:00", "end": "12:00"}]) } else { json!([]) };
    let friday = if dice.chance(60) { json!([]) } else { hours.clone() };
    json!({"monday": hours, "tuesday": hours, "wednesday": hours, "thursday": hours, "friday": friday,
           "saturday": saturday, "sunday": []})
}

/// Writes people, crews, who is in which, and machines.
pub(crate) fn write(plan: &Plan, outlet: &Outlet) -> Result<(), Gone> {
    let (seed, roster, today) = (plan.seed, &plan.roster, plan.calendar.today);
    let begun = plan.calendar.at(plan.calendar.start, 8 * 60);
    let columns = "id, name, email, phone, role, specializations, availability_schedule, status, hire_date, \
                   emergency_contact, certifications, created_at, updated_at";
    let mut table = Table::new(outlet, Source::Office, "crew_members", columns);
    for (number, member) in roster.members.iter().enumerate() {
        let mut dice = Dice::new(seed, Topic::Membership, number);
        let digits = |dice: &mut Dice| format!("630555{:04}", dice.below(10_000));
        let phone = digits(&mut dice);
        let contact = member.name.spouse(&mut dice);
        let special = match roster.of_crew.iter().position(|crew| crew.contains(&number)).map(skill) {
            Some(Skill::Paving) => json!(["paving", "milling"]),
            Some(Skill::Sealcoating) => json!(["sealcoat", "crack fill"]),
            Some(Skill::Patching) => json!(["patching", "striping"]),
            None => json!(["maintenance"]),
        };
        let email = format!(
            "{}.{}{}@crew.example",
            names::plain(member.name.first),
            names::plain(member.name.last),
            number + 1
        );
        let written_phone = places::phone(&phone, &mut dice);
        let other_phone = digits(&mut dice);
        let relation = dice.pick(&["spouse", "brother", "sister", "parent"]);
        table
            .plain(id(seed, Topic::Person, number))
            .text(&member.name.full())
            .maybe(dice.chance(850).then_some(email.as_str()))
            .text(&written_phone)
            .plain(member.role)
            .json(&special)
            .json(&availability(&mut dice))
            .plain(member.status)
            .plain(member.hired)
            .json(
                &json!({"name": contact.full(), "phone": places::phone(&other_phone, &mut dice), "relation": relation}),
            )
            .json(&certifications(&mut dice, member.role, today))
            .time(begun)
            .time(begun);
        table.end()?;
    }
    table.flush()?;

    let mut table = Table::new(outlet, Source::Office, "crews", "id, name, status, color, created_at, updated_at");
    for crew in 0..roster.crews {
        let color = ["#b4532a", "#c98a1b", "#3f6f8f", "#5b7f4b", "#7a5ea8", "#a34a6a", "#2f7f7a", "#8a6d3b"][crew % 8];
        table.plain(id(seed, Topic::Crew, crew)).text(&crew_name(crew, roster.crews)).plain("active").plain(color);
        table.time(begun).time(begun);
        table.end()?;
    }
    table.flush()?;

    let columns = "id, crew_id, crew_member_id, during, is_lead, created_at, updated_at";
    let mut table = Table::new(outlet, Source::Office, "crew_memberships", columns);
    for (number, member) in roster.members.iter().enumerate() {
        for (which, (crew, from, until)) in member.memberships.iter().enumerate() {
            let until = until.map(|day| day.to_string()).unwrap_or_default();
            table
                .plain(id(seed, Topic::Membership, number * 4 + which))
                .plain(id(seed, Topic::Crew, *crew))
                .plain(id(seed, Topic::Person, number))
                .text(&format!("[{from},{until})"))
                .plain(number < roster.crews)
                .time(begun)
                .time(begun);
            table.end()?;
        }
    }
    table.flush()?;

    let mut table = Table::new(outlet, Source::Office, "equipment", "id, name, kind, status, created_at, updated_at");
    for (number, machine) in roster.machines.iter().enumerate() {
        table.plain(id(seed, Topic::Machine, number)).text(&machine.name).plain(machine.kind).plain(machine.status);
        table.time(begun).time(begun);
        table.end()?;
    }
    table.flush()
}
