use proptest::prelude::*;
use serde_json::json;

use super::*;

fn day(text: &str) -> NaiveDate {
    text.parse().unwrap()
}

fn read_one(value: &Value) -> Certification {
    let mut list = read(Some(value));
    assert_eq!(list.len(), 1, "{value} is {list:?}");
    list.remove(0)
}

#[test]
fn every_usual_way_to_write_a_certificate_is_understood() {
    let ways = [
        json!([{"name": "CDL A", "issued": "2023-05-01", "expires": "2027-05-01"}]),
        json!([{"certification": "CDL A", "expiry": "05/01/2027"}]),
        json!([{"title": " CDL A ", "expirationDate": "2027-05-01T00:00:00Z"}]),
        json!([{"type": "CDL A", "expires_on": "May 1, 2027"}]),
        json!([{"Name": "CDL A", "Valid Until": "2027-05-01 00:00:00"}]),
        json!({"name": "CDL A", "exp": 1_809_129_600}),
        json!({"CDL A": "2027-05-01"}),
        json!({"CDL A": {"expires": "5/1/27"}}),
        json!({"certifications": [{"name": "CDL A", "expires": "1 May 2027"}]}),
        json!(["CDL A (expires 2027-05-01)"]),
        json!(["CDL A - exp. 5/1/2027"]),
        json!("CDL A 2027-05-01"),
        json!("[{\"name\": \"CDL A\", \"expires\": \"2027-05-01\"}]"),
    ];
    for way in ways {
        let expected = Certification { name: "CDL A".into(), expires: Some(day("2027-05-01")), unreadable_date: None };
        assert_eq!(read_one(&way), expected, "{way}");
    }
}

#[test]
fn names_alone_never_expire_and_what_is_not_held_is_left_out() {
    let names = |value: Value| read(Some(&value)).into_iter().map(|held| held.name).collect::<Vec<_>>();
    assert_eq!(names(json!(["OSHA 10", "First aid/CPR"])), ["OSHA 10", "First aid/CPR"]);
    assert_eq!(names(json!("OSHA 10, CDL A")), ["OSHA 10", "CDL A"]);
    assert_eq!(names(json!({"OSHA 10": true, "CDL A": false, "Flagger": null})), ["Flagger", "OSHA 10"]);
    assert_eq!(names(json!([{"name": "CDL A", "valid": false}, {"name": ""}, {}, 7, null, "", [["x"]]])), ["x"]);
    assert!(read(None).is_empty() && read(Some(&json!(null))).is_empty() && read(Some(&json!(42))).is_empty());
    let experience = read_one(&json!(["Experienced operator"]));
    assert_eq!((experience.name.as_str(), experience.expires), ("Experienced operator", None));
    assert_eq!(
        read_one(&json!([{"name": "OSHA 10", "expires": "never"}])).standing(day("2030-01-01")),
        Standing::Valid
    );
    assert_eq!(read_one(&json!([{"name": "CDL", "expires": "2027-02"}])).expires, Some(day("2027-02-28")));
}

#[test]
fn a_date_nobody_can_read_does_not_pass_for_valid() {
    for date in
        [json!("soon"), json!("31/31/2027"), json!(2027), json!({}), json!("２０２７-05-01"), json!("0001-01-01")]
    {
        let held = read_one(&json!([{"name": "CDL A", "expires": date}]));
        assert_eq!(held.standing(day("2026-06-01")), Standing::Unknown, "{held:?}");
        assert!(matches!(super::held(&[held], "CDL", day("2026-06-01")), Held::NotGood { .. }));
    }
}

#[test]
fn it_is_good_on_its_last_day() {
    let held = Certification { name: "CDL A".into(), expires: Some(day("2026-07-01")), unreadable_date: None };
    assert_eq!(held.standing(day("2026-05-31")), Standing::Valid);
    assert_eq!(held.standing(day("2026-06-01")), Standing::ExpiresSoon { days_left: 30 });
    assert_eq!(held.standing(day("2026-07-01")), Standing::ExpiresSoon { days_left: 0 });
    assert_eq!(held.standing(day("2026-07-02")), Standing::Expired { days_ago: 1 });
}

#[test]
fn spelling_does_not_matter_and_the_higher_includes_the_lower() {
    for (held, required) in [
        ("CDL A", "CDL"),
        ("cdl-a", "CDL  A"),
        ("CDLA", "CDL B"),
        ("Class A CDL", "cdl a"),
        ("Commercial Driver's License (Class A)", "CDL A"),
        ("OSHA 30", "OSHA 10"),
        ("OSHA10", "OSHA 10-hour"),
        ("Flagger (ATSSA)", "Flagger"),
        ("flagging certification", "Flagger (ATSSA)"),
        ("DOT Medical Card", "dot medical"),
        ("Medical examiner's certificate", "DOT medical card"),
        ("First aid/CPR", "CPR"),
        ("First Aid & CPR", "First aid/CPR"),
        ("Nuclear gauge operator", "nuclear  GAUGE Operator certification"),
    ] {
        assert!(satisfies(held, required), "{held} for {required}");
    }
    for (held, required) in [
        ("CDL", "CDL A"),
        ("CDL B", "CDL A"),
        ("OSHA 10", "OSHA 30"),
        ("CPR", "First aid/CPR"),
        ("Nuclear gauge operator", "Crane operator"),
        ("CDL A", ""),
        ("", ""),
        ("certificate", "license"),
    ] {
        assert!(!satisfies(held, required), "{held} for {required}");
    }
}

#[test]
fn the_one_that_is_good_longest_counts() {
    let list = read(Some(&json!([
        {"name": "CDL B", "expires": "2026-01-01"}, {"name": "CDL A", "expires": "2026-09-01"},
        {"name": "OSHA 10", "expires": "2020-01-01"}, "First aid", {"name": "CPR", "expires": "2026-06-20"}])));
    let on = day("2026-06-01");
    assert!(matches!(held(&list, "CDL", on), Held::Yes { certification, .. } if certification.name == "CDL A"));
    assert!(matches!(held(&list, "OSHA 10", on), Held::NotGood { standing: Standing::Expired { .. }, .. }));
    assert_eq!(held(&list, "Flagger", on), Held::Missing);
    let both = held(&list, "First aid/CPR", on);
    assert!(
        matches!(both, Held::Yes { standing: Standing::ExpiresSoon { days_left: 19 }, .. }),
        "two papers: {both:?}"
    );
    assert!(
        matches!(held(&list, "First aid/CPR", day("2026-07-01")), Held::NotGood { certification, .. } if certification.name == "CPR")
    );
}

proptest! {
    #[test]
    fn whatever_is_written_nothing_fails(texts in prop::collection::vec(".{0,80}", 0..6), number: f64) {
        let value = json!([texts, {"name": texts.first(), "expires": number}, {"expires": texts}, number]);
        let on = day("2026-06-01");
        for value in [value.clone(), Value::from(value.to_string()), Value::from(texts.concat())] {
            for certification in read(Some(&value)) {
                prop_assert!(!certification.name.is_empty() && certification.name.chars().count() <= 200);
                let _ = (certification.standing(on), satisfies(&certification.name, "CDL"));
            }
        }
    }
}
