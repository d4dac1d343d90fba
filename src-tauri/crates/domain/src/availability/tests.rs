use chrono_tz::Tz;
use proptest::prelude::*;
use serde_json::{Value, json};

use super::*;
use crate::working_time::{WorkingDays, WorkingHours};

fn week(value: &Value) -> Week {
    Week::read(Some(value))
}

fn hours(from: u16, until: u16) -> Day {
    Day::Hours(vec![Window { from: from * 60, until: until * 60 }])
}

fn time(text: &str) -> NaiveTime {
    text.parse().unwrap()
}

/// 2026-06-01 is a Monday.
fn monday(plus: u64) -> NaiveDate {
    NaiveDate::from_ymd_opt(2026, 6, 1).unwrap() + Days::new(plus)
}

#[test]
fn every_usual_way_to_write_a_monday_is_understood() {
    let ways = [
        json!({"monday": [{"start": "06:00", "end": "16:00"}], "tuesday": [], "saturday": []}),
        json!({"monday": {"start": "06:00", "end": "16:00"}}),
        json!({"Mon": {"from": "6:00", "to": "4 pm"}}),
        json!({"mon": ["06:00-16:00"]}),
        json!({"MONDAY": "6am-4pm"}),
        json!({"mon": ["06:00", "16:00"]}),
        json!({"monday": {"available": true, "hours": {"begin": "0600", "finish": "1600"}}}),
        json!({"monday": {"start": 6, "end": 16}}),
        json!({"schedule": {"monday": {"startTime": "06:00:00", "endTime": "16:00:00"}}}),
        json!([{"day": "monday", "start": "06:00", "end": "16:00"}]),
        json!({"days": ["monday"], "start": "06:00", "end": "16:00"}),
        json!("Mon 6:00-16:00"),
        json!("{\"monday\": \"06:00–16:00\"}"),
    ];
    for way in ways {
        let week = week(&way);
        assert_eq!(week.day(Weekday::Mon), &hours(6, 16), "{way}");
        assert_eq!(week.day(Weekday::Sat), &Day::Off, "{way}");
    }
}

#[test]
fn yes_no_and_lists_of_days_are_understood() {
    let said = week(&json!({"monday": true, "tuesday": false, "wednesday": null, "sunday": "off"}));
    assert_eq!(said.day(Weekday::Mon), &Day::AllDay);
    for off in [Weekday::Tue, Weekday::Wed, Weekday::Thu, Weekday::Sun] {
        assert_eq!(said.day(off), &Day::Off, "{off}");
    }
    for way in [json!(["monday", "Tues"]), json!("Mon, Tue"), json!({"days": "mon, tue"}), json!(["mon-tue"])] {
        assert_eq!((week(&way).day(Weekday::Tue), week(&way).day(Weekday::Wed)), (&Day::AllDay, &Day::Off), "{way}");
    }
    let groups = week(&json!({"weekdays": "7-15", "friday": "7-12"}));
    assert_eq!((groups.day(Weekday::Thu), groups.day(Weekday::Fri)), (&hours(7, 15), &hours(7, 12)));
    assert_eq!(groups.day(Weekday::Sun), &Day::Off);
    let text = week(&json!("Mon-Thu 6:00 - 16:30; Fri 6-12"));
    assert_eq!(text.day(Weekday::Fri), &hours(6, 12));
    assert_eq!(text.day(Weekday::Tue), &Day::Hours(vec![Window { from: 360, until: 990 }]));
}

#[test]
fn what_only_says_no_leaves_the_other_days_open() {
    let said = week(&json!({"saturday": false, "sunday": []}));
    assert_eq!(said.day(Weekday::Sat), &Day::Off);
    assert_eq!(said.day(Weekday::Mon), &Day::Unknown);
    assert_eq!(said.is_available(monday(0), time("06:00:00"), time("14:00:00")), Answer::Unknown);
}

#[test]
fn what_cannot_be_understood_is_unknown() {
    let junk = [
        Value::Null,
        json!({}),
        json!([]),
        json!(7),
        json!(true),
        json!("whenever"),
        json!(["06:00"]),
        json!([[["monday"]]]),
        json!({"monday": null, "tuesday": null}),
        json!({"1": "06:00-16:00"}),
        json!({"monday": {"start": "early", "end": "late"}}),
        json!({"monday": {}}),
        json!({"monday": 8}),
        json!({"monday": "25:00-26:00"}),
        json!({"<script>": {"start": "06:00", "end": "16:00"}}),
        json!("m".repeat(5_000)),
    ];
    for value in junk {
        assert!(week(&value).is_unknown(), "{value}");
    }
    assert!(Week::read(None).is_unknown());
    let broken_friday = week(&json!({"monday": "6-16", "friday": {"start": "soon", "end": "16:00"}}));
    assert_eq!(broken_friday.day(Weekday::Fri), &Day::Unknown, "one bad day does not spoil the others");
    assert_eq!(broken_friday.day(Weekday::Mon), &hours(6, 16));
}

#[test]
fn times_are_read_as_people_write_them() {
    for (written, minutes) in
        [("6", 360), ("06:30", 390), ("6:30 PM", 1_110), ("12 am", 0), ("12pm", 720), ("1630", 990)]
    {
        assert_eq!(text::minutes(written), Some(minutes), "{written}");
    }
    for (written, minutes) in [("24:00", 1_440), ("noon", 720), ("6 p.m.", 1_080), ("6a", 360), ("06:30:15", 390)] {
        assert_eq!(text::minutes(written), Some(minutes), "{written}");
    }
    for written in ["", ":", "630", "25", "6:7", "13 pm", "0 am", "6:60", "-6", "６", "99999999999", "am"] {
        assert_eq!(text::minutes(written), None, "{written}");
    }
    assert_eq!(text::day("6-8 pm"), hours(18, 20));
    assert_eq!(text::day("6-4 pm"), hours(6, 16));
    assert_eq!(text::day("22:00-06:00"), hours(22, 30));
}

#[test]
fn availability_is_asked_for_by_the_clock() {
    let said = week(&json!({
        "monday": ["06:00-10:00", "10:00-16:00"], "tuesday": "off", "wednesday": "22:00-06:00", "friday": true}));
    let asked = |day, from, until| said.is_available(monday(day), time(from), time(until));
    assert_eq!(asked(0, "06:00:00", "16:00:00"), Answer::Yes, "two windows that touch are one");
    assert_eq!(asked(0, "05:59:00", "10:00:00"), Answer::No);
    assert_eq!(asked(0, "15:00:00", "16:00:01"), Answer::No);
    assert_eq!(asked(1, "06:00:00", "07:00:00"), Answer::No);
    assert_eq!(asked(2, "23:00:00", "05:00:00"), Answer::Yes, "over midnight");
    assert_eq!(asked(3, "02:00:00", "05:00:00"), Answer::Yes, "what began on Wednesday");
    assert_eq!(asked(3, "02:00:00", "07:00:00"), Answer::No);
    assert_eq!(asked(4, "00:00:00", "00:00:00"), Answer::Yes, "all of Friday, up to midnight");
    let days = said.is_available_between(monday(0).and_time(time("06:00:00")), monday(1).and_time(time("12:00:00")));
    assert_eq!(days, Answer::No);
}

#[test]
fn what_is_left_of_a_week_is_when_somebody_cannot_work() {
    let hours = WorkingHours::new(time("06:00:00"), time("16:00:00")).unwrap();
    let calendar = Calendar::new(Tz::America__Chicago, WorkingDays::WEEKDAYS, hours, Vec::new());
    let said = week(&json!({"monday": "06:00-16:00", "tuesday": "off", "wednesday": true, "thursday": "22:00-24:00"}));
    let gaps = said.unavailable(&calendar, monday(0), monday(4));
    let local: Vec<_> = gaps
        .iter()
        .map(|gap| {
            format!(
                "{} to {}",
                calendar.local(gap.start).format("%a %H:%M"),
                calendar.local(gap.end).format("%a %H:%M")
            )
        })
        .collect();
    assert_eq!(local, ["Mon 00:00 to Mon 06:00", "Mon 16:00 to Wed 00:00", "Thu 00:00 to Thu 22:00"]);
    assert_eq!(Week::default().unavailable(&calendar, monday(0), monday(7)), []);
    // The Sunday on which the clocks go forward: six o'clock is six o'clock.
    let sunday = NaiveDate::from_ymd_opt(2026, 3, 8).unwrap();
    let gaps = week(&json!({"sunday": "6-16"})).unavailable(&calendar, sunday, sunday + Days::new(1));
    assert_eq!(gaps[0].duration(), TimeDelta::hours(5));
}

fn anything() -> impl Strategy<Value = Value> {
    let words = prop_oneof![
        Just("monday".to_owned()),
        Just("start".to_owned()),
        Just("end".to_owned()),
        Just("06:00-16:00".to_owned()),
        Just("days".to_owned()),
        Just("off".to_owned()),
        Just("mon-fri".to_owned()),
        Just("24:00".to_owned()),
        ".{0,12}",
    ];
    let leaf = prop_oneof![
        Just(Value::Null),
        any::<bool>().prop_map(Value::from),
        any::<i64>().prop_map(Value::from),
        any::<f64>().prop_map(Value::from),
        words.clone().prop_map(Value::from),
    ];
    leaf.prop_recursive(4, 40, 6, move |inner| {
        prop_oneof![
            prop::collection::vec(inner.clone(), 0..5).prop_map(Value::from),
            prop::collection::vec((words.clone(), inner), 0..5)
                .prop_map(|fields| Value::Object(fields.into_iter().collect())),
        ]
    })
}

proptest! {
    #[test]
    fn whatever_is_written_there_is_an_answer(value in anything(), text in ".{0,60}") {
        for value in [value, Value::from(text)] {
            let week = week(&value);
            for day in &week.days {
                if let Day::Hours(windows) = day {
                    prop_assert!(!windows.is_empty());
                    prop_assert!(windows.iter().all(|w| w.from < DAY && w.from < w.until && w.until < 2 * DAY));
                }
            }
            let _ = week.is_available(monday(0), time("22:00:00"), time("06:00:00"));
            let again: Week = serde_json::from_value(serde_json::to_value(&week).unwrap()).unwrap();
            prop_assert_eq!(again, week);
        }
    }
}
