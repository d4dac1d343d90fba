//! A plausible office, for the tests.

use chrono::{DateTime, NaiveDate, TimeZone};
use chrono_tz::{America::Chicago, Tz};

use documents::{
    AsOf, Away, Contact, CrewDay, CrewSheet, CrewWeek, DaySheet, Letterhead, Part, Person, PlanDay, Status, Stop,
    WeekPlan,
};

pub fn at(day: u32, hour: u32, minute: u32) -> DateTime<Tz> {
    Chicago.with_ymd_and_hms(2026, 6, day, hour, minute, 0).unwrap()
}

pub fn date(day: u32) -> NaiveDate {
    NaiveDate::from_ymd_opt(2026, 6, day).unwrap()
}

pub fn letterhead() -> Letterhead {
    Letterhead {
        name: "Neff Paving".into(),
        phone: "6305550100".into(),
        license: "IL 104-0188".into(),
        address: "2200 Diehl Rd, Naperville, IL 60563".into(),
    }
}

pub fn as_of() -> AsOf {
    AsOf { moment: at(8, 16, 52), from_copy: false, copy_holds: None }
}

pub fn person(name: &str, role: &str, phone: &str) -> Person {
    Person { name: name.into(), role: role.into(), phone: phone.into() }
}

pub fn stop(start: DateTime<Tz>, end: DateTime<Tz>, customer: &str, address: &str, service: &str) -> Stop {
    Stop {
        start,
        end,
        part: None,
        customer: customer.into(),
        phone: "630-555-0142".into(),
        address: address.into(),
        service: service.into(),
        instructions: String::new(),
        machines: Vec::new(),
        people: Vec::new(),
        weather_dependent: false,
        status: Status::Confirmed,
        priority: 3,
        note: String::new(),
    }
}

pub fn crew(name: &str, day: u32) -> CrewSheet {
    let mut first = stop(
        at(day, 6, 0),
        at(day, 9, 30),
        "Oak Ridge Homeowners Association",
        "1420 W Ogden Ave, Naperville, IL 60563",
        "Mill & overlay, 2 inches",
    );
    first.instructions = "Gate code 4471#. Start at the north entrance; residents park on the south side until 10.\n\
        Do not block the fire lane. Dump at the Plainfield yard, ticket in Oak Ridge's name."
        .into();
    first.machines = vec!["Paver CAT AP655".into(), "Steel roller 2".into(), "Mill W120".into(), "Trucks 4, 7".into()];
    first.people = vec![person("Eddie Marsh", "Flagger", "6305550177")];
    first.weather_dependent = true;
    first.priority = 5;
    let mut second = stop(
        at(day, 10, 0),
        at(day, 12, 0),
        "Smith & Sons <Lot 4>",
        "88 Industrial Dr, Unit 12, Aurora, IL 60506",
        "Pothole patch",
    );
    second.status = Status::Scheduled;
    second.instructions = "Ask for Marie at the front desk.".into();
    let mut third = stop(
        at(day, 13, 0),
        at(day, 14, 30),
        "St. Mary's Parish",
        "310 S Broadway, Aurora, IL 60505",
        "Sealcoat and stripe",
    );
    third.part = Some(Part { day: 2, of: 3 });
    third.weather_dependent = true;
    third.machines = vec!["Sealcoat tank".into(), "Striper".into()];
    third.note = "Invoice goes to the diocese.".into();
    let mut fourth =
        stop(at(day, 15, 0), at(day, 16, 30), "José Núñez", "9 Birch Ct\nOswego, IL 60543", "Driveway, 1,200 ft²");
    fourth.phone = "+1 331 555 0109".into();
    CrewSheet {
        name: name.into(),
        lead: "Ray Ortiz".into(),
        people: vec![
            person("Dale Whitfield", "Paver operator", "6305550111"),
            person("Ray Ortiz", "Foreman", "6305550110"),
            person("Tomás Vega", "Screed operator", ""),
            person("Sam Okafor", "Roller operator", "3315550112"),
            person("Luis Prado", "Raker", ""),
        ],
        away: vec![Away { name: "Kim Dunn".into(), reason: "Vacation".into() }],
        stops: vec![second, first, third, fourth],
    }
}

pub fn day_sheet(crews: usize) -> DaySheet {
    DaySheet {
        company: letterhead(),
        date: date(9),
        crews: (1..=crews).map(|n| crew(&format!("Paving {n}"), 9)).collect(),
        weather: "High 82 °F, sunny; storms possible after 3 PM, 40 %".into(),
        contact: Contact { name: "Dana".into(), phone: "6305550101".into() },
        as_of: as_of(),
        idle_crews: false,
    }
}

pub fn week_plan(crews: usize) -> WeekPlan {
    let day = |n: u32, label: &str| PlanDay { date: date(n), closed: n >= 13, label: label.into() };
    WeekPlan {
        company: letterhead(),
        days: (8..=14).map(|n| day(n, if n == 11 { "Company picnic 2 PM" } else { "" })).collect(),
        crews: (1..=crews)
            .map(|n| CrewWeek {
                name: format!("Paving {n}"),
                lead: "Ray Ortiz".into(),
                days: (8..=14_u32)
                    .map(|d| {
                        let mut stops = crew("x", d).stops;
                        stops.truncate(if d >= 13 { 0 } else { (d as usize + n) % 4 });
                        let away = if d == 10 && n % 2 == 0 {
                            vec![Away { name: "Luis Prado".into(), reason: "Vacation".into() }]
                        } else {
                            Vec::new()
                        };
                        CrewDay { stops, away }
                    })
                    .collect(),
            })
            .collect(),
        as_of: as_of(),
    }
}

/// Names that other programs wrote.
pub const HOSTILE: [&str; 9] = [
    "Smith & Sons <Lot 4>",
    "#panic(\"x\")",
    "*bold* _it_ `raw`",
    "$x$ @ref <label>",
    "C:\\path\\ \\u{41}",
    "// note /* more */ = head",
    "☎ 👷 🚧",
    "שלום ושות׳",
    "#import \"/etc/passwd\": *",
];

pub fn hostile_sheet() -> DaySheet {
    let mut sheet = day_sheet(1);
    sheet.company.name = "Neff #strike[Paving] & Co".into();
    sheet.weather = "#read(\"/etc/passwd\")".into();
    let crew = &mut sheet.crews[0];
    crew.name = "Crew *1* #pagebreak()".into();
    crew.stops = HOSTILE
        .iter()
        .enumerate()
        .map(|(n, name)| {
            let hour = 6 + u32::try_from(n).unwrap();
            let mut stop = stop(at(9, hour, 0), at(9, hour, 30), name, &format!("{} Elm St, {name}", 100 + n), name);
            stop.instructions = format!("Read {name}\nand again {name}");
            stop.machines = vec![(*name).to_owned()];
            stop
        })
        .collect();
    let long = "W".repeat(5_000);
    let mut wide = stop(at(9, 18, 0), at(9, 19, 0), &long, &long, &long);
    wide.instructions = "Mind the step. ".repeat(1_000);
    wide.phone.clone_from(&long);
    wide.machines = vec![long.clone(); 50];
    wide.note = "nul\0bell\u{7}rtl\u{202E}end".into();
    wide.status = Status::Canceled;
    crew.stops.push(wide);
    sheet
}

pub fn hostile_plan() -> WeekPlan {
    let mut plan = week_plan(1);
    let sheet = hostile_sheet();
    plan.days[3].label = "Labor *Day* #x".into();
    plan.crews[0].days[1].stops.clone_from(&sheet.crews[0].stops);
    plan.crews[0].days[2].away = vec![Away { name: "W".repeat(5_000), reason: "#sick".into() }];
    plan
}
