//! What each type accepts, what it stores, how it refuses (R4, M6), and folding (R2).

use dmr_core::{Code, Fault, FieldType, Place, Value, fold, json};
use proptest::prelude::*;
use serde_json::json;

use crate::values::{any_value, of_type, string, value};

/// What each type makes of a JSON text: what it stores or why not.
fn reads(field_type: &FieldType, texts: &[&str]) -> String {
    let read = |text: &&str| match field_type.read(value(text)) {
        Ok(stored) => format!("{text} -> {}", json::to_string(&stored)),
        Err(fault) => format!("{text} -> {}", shown(&fault)),
    };
    texts.iter().map(read).collect::<Vec<_>>().join("\n")
}

fn reads_text(field_type: &FieldType, texts: &[&str]) -> String {
    let read = |text: &&str| match field_type.read_text(text) {
        Ok(stored) => format!("{text:?} -> {}", json::to_string(&stored)),
        Err(fault) => format!("{text:?} -> {}", shown(&fault)),
    };
    texts.iter().map(read).collect::<Vec<_>>().join("\n")
}

fn shown(fault: &Fault) -> String {
    let Fault { code, message, suggestions, pointer } = fault;
    format!("{} {pointer:?} {}", code.as_str(), [std::slice::from_ref(message), suggestions.as_slice()].concat().join(". "))
}

fn accepts(field_type: &FieldType, text: &str) -> bool {
    let stored = field_type.read(string(text));
    assert_eq!(stored, field_type.read_text(text), "a text is read like the string it is");
    assert!(stored.as_ref().map_or(true, |stored| *stored == string(text)), "a string is kept as it came");
    stored.is_ok()
}

#[test]
fn r4_integers() {
    insta::assert_snapshot!(reads(&FieldType::Integer, &["5", "5.0", "5e0", "-0", "9223372036854775807", "5.5", "9223372036854775808", "1e400", "1e-400", "\"5\"", "true", "null"]), @r#"
    5 -> 5
    5.0 -> 5
    5e0 -> 5
    -0 -> 0
    9223372036854775807 -> 9223372036854775807
    5.5 -> value.type "" not an integer. A whole number, without a fraction
    9223372036854775808 -> value.range "" not an integer of 64 bits. From -9223372036854775808 to 9223372036854775807; a decimal holds more
    1e400 -> value.range "" not an integer of 64 bits. From -9223372036854775808 to 9223372036854775807; a decimal holds more
    1e-400 -> value.type "" not an integer. A whole number, without a fraction
    "5" -> value.type "" not an integer: a string was given. Write the number without quotes
    true -> value.type "" not an integer: a boolean was given
    null -> value.type "" not an integer: null was given
    "#);
    insta::assert_snapshot!(reads_text(&FieldType::Integer, &["5", "5.0", "-12", "5.5", "+5", "007", " 5", "", "1e19"]), @r#"
    "5" -> 5
    "5.0" -> 5
    "-12" -> -12
    "5.5" -> value.type "" not an integer. A whole number, without a fraction
    "+5" -> value.type "" not an integer. Digits only, with a minus sign in front where it is negative: -12
    "007" -> value.type "" not an integer. Digits only, with a minus sign in front where it is negative: -12
    " 5" -> value.type "" not an integer. Digits only, with a minus sign in front where it is negative: -12
    "" -> value.type "" not an integer. Digits only, with a minus sign in front where it is negative: -12
    "1e19" -> value.range "" not an integer of 64 bits. From -9223372036854775808 to 9223372036854775807; a decimal holds more
    "#);
}

#[test]
fn r4_numbers() {
    insta::assert_snapshot!(reads(&FieldType::Number, &["5", "5.0", "1E400", "-0.0", "\"5\"", "[1]", "null"]), @r#"
    5 -> 5
    5.0 -> 5.0
    1E400 -> 1E400
    -0.0 -> -0.0
    "5" -> value.type "" not a number: a string was given. Write the number without quotes
    [1] -> value.type "" not a number: a list was given
    null -> value.type "" not a number: null was given
    "#);
    insta::assert_snapshot!(reads_text(&FieldType::Number, &["5", "6.02e23", ".5", "NaN", "1,5"]), @r#"
    "5" -> 5
    "6.02e23" -> 6.02e23
    ".5" -> value.type "" not a number. As in JSON: -12, 0.5, 6.02e23
    "NaN" -> value.type "" not a number. As in JSON: -12, 0.5, 6.02e23
    "1,5" -> value.type "" not a number. As in JSON: -12, 0.5, 6.02e23
    "#);
}

#[test]
fn r4_decimals() {
    insta::assert_snapshot!(reads(&FieldType::Decimal, &["\"12.50\"", "\"-1e3\"", "\"1234567890123456789012345678901234567890.1\"", "12.5", "\"12,5\"", "\"1e10001\"", "\"\"", "{}"]), @r#"
    "12.50" -> "12.50"
    "-1e3" -> "-1e3"
    "1234567890123456789012345678901234567890.1" -> "1234567890123456789012345678901234567890.1"
    12.5 -> value.type "" not a decimal: a number was given. Put the number in quotes: a decimal travels as a string
    "12,5" -> value.type "" not a decimal. Digits with a point: -1234.50
    "1e10001" -> value.range "" not a decimal that can be held: at most ten to the 10000, at least ten to the -10000
    "" -> value.type "" not a decimal. Digits with a point: -1234.50
    {} -> value.type "" not a decimal: an object was given
    "#);
}

#[test]
fn r4_booleans() {
    insta::assert_snapshot!(reads(&FieldType::Boolean, &["true", "false", "1", "\"true\"", "null"]), @r#"
    true -> true
    false -> false
    1 -> value.type "" not a boolean: a number was given. true or false, without quotes
    "true" -> value.type "" not a boolean: a string was given. true or false, without quotes
    null -> value.type "" not a boolean: null was given. true or false, without quotes
    "#);
    insta::assert_snapshot!(reads_text(&FieldType::Boolean, &["true", "False", "1"]), @r#"
    "true" -> true
    "False" -> value.type "" not a boolean. true or false
    "1" -> value.type "" not a boolean. true or false
    "#);
}

#[test]
fn r4_texts() {
    insta::assert_snapshot!(reads(&FieldType::Text, &["\"\"", "\"é\\n\"", "5", "null", "[\"a\"]"]), @r#"
    "" -> ""
    "é\n" -> "é\n"
    5 -> value.type "" not a text: a number was given
    null -> value.type "" not a text: null was given
    ["a"] -> value.type "" not a text: a list was given
    "#);
}

#[test]
fn r4_a_nul_is_refused_wherever_it_hides() {
    let code = |field_type: FieldType, value: Value| field_type.read(value).unwrap_err().code;
    assert_eq!(code(FieldType::Text, string("a\0b")), Code::JsonText);
    assert_eq!(code(FieldType::Any, json!({"a": [1, "a\0b"]})), Code::JsonText);
    assert_eq!(code(FieldType::Object, json!({"a\0": 1})), Code::JsonText);
    assert_eq!(code(FieldType::List(Box::new(FieldType::Any)), json!(["\0"])), Code::JsonText);
    assert_eq!(FieldType::Text.read_text("a\0b").unwrap_err().code, Code::JsonText);
    assert_eq!(FieldType::Any.read_text("a\0b").unwrap_err().code, Code::JsonText);
}

#[test]
fn r4_dates() {
    for text in ["0000-01-01", "0000-02-29", "1900-02-28", "2000-02-29", "2024-02-29", "9999-12-31"] {
        assert!(accepts(&FieldType::Date, text), "{text}");
    }
    for text in [
        "",
        "2024-2-29",
        "2023-02-29",
        "1900-02-29",
        "2024-00-10",
        "2024-13-01",
        "2024-01-00",
        "2024-04-31",
        "20240229",
        "2024-02-29T",
        "10000-01-01",
        "-001-01-01",
        "２024-01-01",
        "2024/02/29",
    ] {
        assert!(!accepts(&FieldType::Date, text), "{text}");
    }
}

#[test]
fn r4_times() {
    for text in ["00:00:00", "23:59:59.999999999", "10:15:00Z", "10:15:00.5+02:00", "10:15:00-23:59", "23:59:60Z", "22:59:60-01:00"] {
        assert!(accepts(&FieldType::Time, text), "{text}");
    }
    for text in [
        "",
        "24:00:00",
        "10:60:00",
        "10:15:61",
        "10:15",
        "10:15:00.",
        "10:15:00+2",
        "10:15:00+24:00",
        "10:15:60Z",
        "1:15:00",
        "10:15:00 Z",
        "10:15:00+0200",
    ] {
        assert!(!accepts(&FieldType::Time, text), "{text}");
    }
}

#[test]
fn r4_date_times() {
    for text in [
        "0000-01-01T00:00:00Z",
        "9999-12-31T23:59:59.999999999-23:59",
        "2024-02-29t10:15:00z",
        "2024-02-29T10:15:00-00:00",
        "1998-12-31T23:59:60Z",
        "1998-12-31T15:59:60.123-08:00",
        "1999-01-01T00:59:60+01:00",
    ] {
        assert!(accepts(&FieldType::DateTime, text), "{text}");
    }
    for text in [
        "",
        "2024-02-30T10:15:00Z",
        "2024-02-29T24:00:00Z",
        "2024-02-29T10:15Z",
        "2024-02-29T10:15:60Z",
        "1998-12-30T23:59:60Z",
        "2024-02-29",
        "2024-02-29T10:15:00+02",
        "2024-02-29T10:15:00Z ",
    ] {
        assert!(!accepts(&FieldType::DateTime, text), "{text}");
    }
    insta::assert_snapshot!(reads_text(&FieldType::DateTime, &["2024-02-29T10:15:00", "2024-02-29 10:15:00Z", "yesterday"]), @r#"
    "2024-02-29T10:15:00" -> value.type "" not a date-time. Add the offset: Z for UTC, or one such as +02:00
    "2024-02-29 10:15:00Z" -> value.type "" not a date-time. Put a T between date and time: 2024-02-29T10:15:00Z
    "yesterday" -> value.type "" not a date-time. Date, T, time and offset: 2024-02-29T10:15:00Z, 2024-02-29T10:15:00.5+02:00
    "#);
}

#[test]
fn r4_local_date_times() {
    assert!(accepts(&FieldType::LocalDateTime, "2024-02-29T10:15:00.123"));
    for text in ["2024-02-29T10:15:00Z", "1998-12-31T23:59:60", "2024-02-29"] {
        assert!(!accepts(&FieldType::LocalDateTime, text), "{text}");
    }
    insta::assert_snapshot!(reads_text(&FieldType::LocalDateTime, &["2024-02-29T10:15:00+02:00", "2024-02-29 10:15:00"]), @r#"
    "2024-02-29T10:15:00+02:00" -> value.type "" not a local-date-time. Date, T and time without an offset: 2024-02-29T10:15:00
    "2024-02-29 10:15:00" -> value.type "" not a local-date-time. Put a T between date and time: 2024-02-29T10:15:00
    "#);
}

#[test]
fn r4_uuids() {
    for text in ["f81d4fae-7dec-11d0-a765-00a0c91e6bf6", "F81D4FAE-7dec-11D0-A765-00A0C91E6BF6"] {
        assert!(accepts(&FieldType::Uuid, text), "{text}");
    }
    for text in [
        "",
        "f81d4fae7dec11d0a76500a0c91e6bf6",
        "{f81d4fae-7dec-11d0-a765-00a0c91e6bf6}",
        "g81d4fae-7dec-11d0-a765-00a0c91e6bf6",
        "f81d4fae-7dec-11d0-a76500-a0c91e6bf6",
    ] {
        assert!(!accepts(&FieldType::Uuid, text), "{text}");
    }
}

#[test]
fn r4_lists_objects_and_anything() {
    let integers = FieldType::List(Box::new(FieldType::Integer));
    insta::assert_snapshot!(reads(&integers, &["[]", "[1,2.0,null]", "[1,2.5]", "[1,\"2\"]", "{}", "1"]), @r#"
    [] -> []
    [1,2.0,null] -> [1,2,null]
    [1,2.5] -> value.type "/1" not an integer. A whole number, without a fraction
    [1,"2"] -> value.type "/1" not an integer: a string was given. Write the number without quotes
    {} -> value.type "" not a list: an object was given
    1 -> value.type "" not a list: a number was given
    "#);
    insta::assert_snapshot!(reads_text(&integers, &["[1, 2e0]", "[1,", "1"]), @r#"
    "[1, 2e0]" -> [1,2]
    "[1," -> value.type "" not a list. Write it as JSON: [1, 2]
    "1" -> value.type "" not a list: a number was given
    "#);
    let nested = FieldType::List(Box::new(integers));
    insta::assert_snapshot!(reads(&nested, &["[[1],[2.0]]", "[[1],[2,2.5]]"]), @r#"
    [[1],[2.0]] -> [[1],[2]]
    [[1],[2,2.5]] -> value.type "/1/1" not an integer. A whole number, without a fraction
    "#);
    insta::assert_snapshot!(reads(&FieldType::Object, &["{}", "{\"a\":1.0}", "[]"]), @r#"
    {} -> {}
    {"a":1.0} -> {"a":1.0}
    [] -> value.type "" not an object: a list was given
    "#);
    insta::assert_snapshot!(reads_text(&FieldType::Object, &["{\"a\": 1}", "a=1"]), @r#"
    "{\"a\": 1}" -> {"a":1}
    "a=1" -> value.type "" not an object. Write it as JSON: {"a": 1}
    "#);
    insta::assert_snapshot!(reads_text(&FieldType::Any, &["5", "\"5\"", "Paris", "{\"a\":1}", "{"]), @r#"
    "5" -> 5
    "\"5\"" -> "5"
    "Paris" -> "Paris"
    "{\"a\":1}" -> {"a":1}
    "{" -> "{"
    "#);
}

#[test]
fn r4_a_fault_becomes_an_issue() {
    let fault = FieldType::List(Box::new(FieldType::Boolean)).read(json!([true, 1])).unwrap_err();
    insta::assert_snapshot!(json::to_string(&serde_json::to_value(fault.issue(Place::Body, "/flags")).unwrap()), @r#"{"in":"body","pointer":"/flags/1","code":"value.type","message":"not a boolean: a number was given","suggestions":["true or false, without quotes"]}"#);
}

#[test]
fn m6_a_types_schema_names_the_type() {
    let schemas: Vec<_> = FieldType::all().iter().map(|field_type| format!("{field_type}: {}", field_type.schema())).collect();
    insta::assert_snapshot!(schemas.join("\n"), @r#"
    text: {"type":"string"}
    integer: {"type":"integer"}
    number: {"type":"number"}
    decimal: {"type":"string","format":"decimal"}
    boolean: {"type":"boolean"}
    date: {"type":"string","format":"date"}
    time: {"type":"string","format":"time"}
    date-time: {"type":"string","format":"date-time"}
    local-date-time: {"type":"string","format":"local-date-time"}
    uuid: {"type":"string","format":"uuid"}
    list of any: {"type":"array"}
    object: {"type":"object"}
    any: {}
    "#);
    for field_type in FieldType::all() {
        let schema = field_type.schema();
        let again = schema["type"].as_str().map_or(Some(FieldType::Any), |name| FieldType::from_schema(name, schema["format"].as_str()));
        assert_eq!(again, Some(field_type));
    }
    assert_eq!(FieldType::from_schema("string", Some("email")), Some(FieldType::Text));
    assert_eq!(FieldType::from_schema("null", None), None);
}

#[test]
fn m6_a_type_travels_by_its_name() {
    for field_type in FieldType::all() {
        let travelled = serde_json::to_value(&field_type).unwrap();
        assert_eq!(serde_json::from_value::<FieldType>(travelled.clone()).unwrap(), field_type);
        match field_type {
            FieldType::List(_) => assert_eq!(travelled, json!({"list": "any"})),
            other => assert_eq!(travelled, json!(other.name())),
        }
    }
}

#[test]
fn r2_folding_knows_unicode() {
    for (a, b) in [
        ("STRASSE", "straße"),
        ("Ünïcode", "üNÏCODE"),
        ("ΣΊΣΥΦΟΣ", "σίσυφος"),
        ("ﬀ", "FF"),
        ("E\u{301}", "e\u{301}"),
        ("İ", "i\u{307}"),
        ("Kelvin", "\u{212a}ELVIN"),
    ] {
        assert_eq!(fold(a), fold(b), "{a} {b}");
    }
    // Nothing is normalised, and Turkish has no rule of its own.
    for (a, b) in [("é", "e\u{301}"), ("ı", "i"), ("ı", "I"), ("İ", "i")] {
        assert_ne!(fold(a), fold(b), "{a} {b}");
    }
    assert!(matches!(fold("plain text"), std::borrow::Cow::Borrowed("plain text")));
}

proptest! {
    #[test]
    fn r4_what_is_stored_is_read_again_unchanged(field_type in prop::sample::select(FieldType::all()), value in any_value()) {
        if let Ok(stored) = field_type.read(value) {
            prop_assert_eq!(field_type.read(stored.clone()), Ok(stored));
        }
    }

    #[test]
    fn r4_a_type_accepts_its_values((field_type, value) in prop::sample::select(FieldType::SCALARS.to_vec()).prop_flat_map(|field_type| (Just(field_type.clone()), of_type(&field_type)))) {
        prop_assert_eq!(field_type.read(value.clone()), Ok(value));
    }

    #[test]
    fn r4_a_refusal_never_shows_the_value(field_type in prop::sample::select(FieldType::all()), secret in "[qxzjk]{6}") {
        for value in [string(&secret), json!([&secret]), json!({ &secret: &secret })] {
            if let Err(fault) = field_type.read(value) {
                prop_assert!(!shown(&fault).contains(&secret));
            }
        }
        if let Err(fault) = field_type.read_text(&secret) {
            prop_assert!(!shown(&fault).contains(&secret));
        }
    }

    #[test]
    fn r2_folding_twice_is_folding_once(text in "\\PC{0,12}") {
        let once = fold(&text).into_owned();
        prop_assert_eq!(fold(&once), once.as_str());
    }
}
