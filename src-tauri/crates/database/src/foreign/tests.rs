use serde_json::json;

use super::*;

fn written(value: &Value) -> String {
    serde_json::to_string(&Part(value)).unwrap()
}

fn marked(text: &str) -> Value {
    json!(format!("{MARK}{text}"))
}

/// As jsonb prints it.
fn zeros(n: usize) -> String {
    "0".repeat(n)
}

#[test]
fn ordinary_documents_are_read_as_they_are() {
    for text in [
        "null",
        "[]",
        "{}",
        " [ 1 , -2.50 , true , null , \"a\\\"]\\\\\" ] ",
        "{\"a\": {\"b\": [1, {\"ä\u{1F600}\": \"\\u00e9\\n\"}]}, \"\": 18446744073709551615}",
        "\"}{\"",
        "-0.1",
        "0.30000000000000004",
        "1750000000000000000",
    ] {
        assert_eq!(of_text(text), serde_json::from_str::<Value>(text).unwrap(), "{text}");
    }
}

#[test]
fn a_number_no_program_can_hold_costs_itself_and_is_written_back() {
    let huge = format!("1{}", zeros(400));
    let most = format!("17976931348623157{}", zeros(292));
    let tiny = format!("-0.{}12", zeros(400));
    let long = "1234567890.12345678901234567890";
    let text = format!("[\"Bob\", {huge}, {{\"n\": {most}}}, {tiny}, {long}, 7]");
    let value = of_text(&text);
    assert_eq!(value[0], "Bob");
    assert_eq!((&value[1], &value[3]), (&marked("1e400"), &marked("-1.2e-401")));
    assert_eq!((&value[4], &value[5]), (&marked(long), &json!(7)));
    let n = value[2]["n"].clone();
    assert!(n.is_f64() || n == marked("1.7976931348623157e308"), "{n}");
    let back = written(&value);
    assert!(back.starts_with("[\"Bob\",1e400,{\"n\":1.7976931348623157e"), "{back}");
    assert!(back.ends_with(&format!(",-1.2e-401,{long},7]")), "{back}");
    // Read and written again it is the same, however often.
    assert_eq!(written(&of_text(&back)).replace("e+", "e"), back);
}

#[test]
fn what_is_nested_too_deep_is_cut_where_it_is_and_written_back_whole() {
    let deep = format!("{}\"]\", 1e999{}", "[".repeat(300), "]".repeat(300));
    let text = format!("{{\"before\": 1, \"deep\": {deep}, \"letters\": [\"ä{{\"], \"after\": [2]}}");
    let value = of_text(&text);
    assert_eq!((&value["before"], &value["after"], &value["letters"]), (&json!(1), &json!([2]), &json!(["ä{"])));
    serde_json::from_str::<Value>(&value.to_string()).unwrap();
    assert_eq!(written(&value["deep"]), deep);
    // In a line of the trail a column is cut at the same place.
    assert_eq!(read(&text, DEPTH + 1)["deep"], read(&deep, DEPTH));
    // Without end it is no JSON, and a text.
    assert_eq!(of_text(&"[".repeat(100_000)), json!("[".repeat(100_000)));
}

#[test]
fn whatever_comes_something_is_read() {
    for text in [
        "",
        " ",
        "{",
        "[1,]",
        "[1 2]",
        "{\"a\" 1}",
        "{1: 2}",
        "nul",
        "NaN",
        "\"a",
        "\"\\",
        "1 2",
        "]",
        "{\"a\":1}}",
        "+1",
        ".5",
    ] {
        assert_eq!(of_text(text), json!(text));
    }
    // Half a letter, as `json` may hold it.
    let value = of_text("[\"\\ud800\", 1]");
    assert_eq!((written(&value), &value[1]), ("[\"\\ud800\",1]".to_owned(), &json!(1)));
    assert_eq!(of_text("{\"a\": 1, \"a\": 2}"), json!({"a": 2}));
}

#[test]
fn a_text_somebody_made_up_stays_a_text() {
    for text in ["1], \"admin\": [true", "{", "1 2", "", "\"", "NaN"] {
        let value = json!([format!("{MARK}{text}")]);
        assert_eq!(serde_json::from_str::<Value>(&written(&value)).unwrap(), value);
    }
}

#[test]
fn of_a_list_only_the_entries_that_are_something_else_are_missing() {
    assert_eq!(each::<String>(json!(["a", 1, null, ["b"], "c"])), ["a", "c"]);
    assert_eq!(each::<String>(json!({"a": "b"})), Vec::<String>::new());
}

proptest::proptest! {
    #[test]
    fn nothing_makes_it_fail_and_what_serde_reads_is_read_alike(text in "[\\[\\]{}:,\"\\\\u0-9. a\\-]{0,40}") {
        let value = of_text(&text);
        if let Ok(plain) = serde_json::from_str::<Value>(&text) {
            let same = value == plain || value.to_string().contains(MARK);
            proptest::prop_assert!(same, "{} {}", text, value);
        }
        // And read again, written back.
        proptest::prop_assert_eq!(of_text(&written(&value)), value);
    }
}

#[test]
fn every_json_column_that_is_asked_for_is_read_so_that_it_cannot_fail() {
    let folder = std::path::Path::new(env!("CARGO_MANIFEST_DIR")).join("../../../.sqlx");
    let mut asked = 0;
    for entry in std::fs::read_dir(&folder).unwrap() {
        let query: Value = serde_json::from_str(&std::fs::read_to_string(entry.unwrap().path()).unwrap()).unwrap();
        for column in query["describe"]["columns"].as_array().unwrap() {
            if matches!(column["type_info"].as_str(), Some("Json" | "Jsonb" | "JsonArray" | "JsonbArray")) {
                let name = column["name"].as_str().unwrap();
                let lenient = ["Foreign", "Trail", "Around"].iter().any(|of| name.contains(&format!("!: {of}")));
                assert!(lenient, "{name} AS \"{name}!: Foreign\" in {}", query["query"]);
                asked += 1;
            }
        }
    }
    assert!(asked > 20, "{asked} in {}", folder.display());
}
