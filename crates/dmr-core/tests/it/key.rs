//! Keys: bytes that compare like the values they stand for (R2, invariant 13).

use std::cmp::Ordering;
use std::collections::BTreeMap;

use dmr_core::{FieldType, Value, json, key};
use proptest::prelude::*;

use crate::values::{any_value, date_time, day, key_of, local_date_time, micros, number_text, of_type, pair, string, text, uuid, value};

/// A value of any of the types or of none.
fn typed() -> impl Strategy<Value = (FieldType, Value)> {
    prop::sample::select(FieldType::all()).prop_flat_map(|field_type| {
        let values = prop_oneof![3 => of_type(&field_type), 1 => any_value().boxed()];
        values.prop_map(move |value| (field_type.clone(), value))
    })
}

fn ascends(field_type: &FieldType, texts: &[&str]) {
    let keys: Vec<_> = texts.iter().map(|text| (text, key_of(field_type, &value(text)))).collect();
    for pair in keys.windows(2) {
        assert!(pair[0].1 < pair[1].1, "{} before {} as {field_type}", pair[0].0, pair[1].0);
    }
}

fn same(field_type: &FieldType, texts: &[&str]) {
    let keys: Vec<_> = texts.iter().map(|text| key_of(field_type, &value(text))).collect();
    assert!(keys.windows(2).all(|pair| pair[0] == pair[1]), "{texts:?} as {field_type}");
}

#[test]
fn r2_every_value_has_a_place() {
    let of = |field_type: FieldType, text: &str| key_of(&field_type, &value(text));
    let keys = [
        of(FieldType::Text, "null"),
        of(FieldType::Boolean, "false"),
        of(FieldType::Boolean, "true"),
        of(FieldType::Integer, "9223372036854775807"),
        of(FieldType::Number, "-1e400"),
        of(FieldType::Decimal, "\"-1e400\""),
        of(FieldType::Any, "1e99999999999999999999"),
        of(FieldType::Date, "\"9999-12-31\""),
        of(FieldType::Time, "\"00:00:00\""),
        of(FieldType::LocalDateTime, "\"0000-01-01T00:00:00\""),
        of(FieldType::DateTime, "\"0000-01-01T00:00:00Z\""),
        of(FieldType::Uuid, "\"00000000-0000-0000-0000-000000000000\""),
        of(FieldType::Text, "\"\""),
        of(FieldType::Any, "[]"),
        of(FieldType::Any, "{}"),
    ];
    assert!(keys.is_sorted_by(|a, b| a < b));
}

#[test]
fn r2_edges_stand_in_order() {
    ascends(&FieldType::Integer, &["-9223372036854775808", "-1", "0", "1", "9007199254740992", "9007199254740993", "9223372036854775807"]);
    ascends(&FieldType::Number, &["-1e400", "-1e308", "-0.5", "-1e-300", "0", "1e-300", "0.3", "0.30000000000000004", "1e308", "1e400"]);
    ascends(
        &FieldType::Any,
        &[
            "-1e400",
            "-1e308",
            "-12",
            "-1.25",
            "-1.2",
            "0",
            "1e-400",
            "1.2",
            "1.25",
            "9007199254740992",
            "9007199254740993",
            "1e308",
            "1e400",
        ],
    );
    ascends(
        &FieldType::Text,
        &[
            "\"\"",
            "\"\\u0001\"",
            "\"A\"",
            "\"Z\"",
            "\"a\"",
            "\"a\\u0001\"",
            "\"aa\"",
            "\"e\u{301}\"",
            "\"é\"",
            "\"\u{ffff}\"",
            "\"\u{10000}\"",
        ],
    );
    ascends(
        &FieldType::DateTime,
        &[
            "\"0000-01-01T00:00:00+23:59\"",
            "\"0000-01-01T00:00:00Z\"",
            "\"1969-12-31T23:59:59.999999Z\"",
            "\"1970-01-01T00:00:00Z\"",
            "\"2024-02-29T12:00:00+02:00\"",
            "\"2024-02-29T11:00:00Z\"",
            "\"9999-12-31T23:59:59.999999Z\"",
            "\"9999-12-31T23:59:59-23:59\"",
        ],
    );
    ascends(
        &FieldType::Date,
        &["\"0000-01-01\"", "\"0000-12-31\"", "\"1969-12-31\"", "\"1970-01-01\"", "\"2024-02-29\"", "\"9999-12-31\""],
    );
    ascends(&FieldType::Time, &["\"00:00:00\"", "\"10:15:00.5\"", "\"12:00:00+01:00\"", "\"11:00:00.000001Z\"", "\"23:59:59\""]);
}

#[test]
fn r2_equal_values_have_one_key() {
    same(&FieldType::Integer, &["5", "5.0", "5e0", "50e-1"]);
    same(&FieldType::Number, &["1", "1.0", "1e0", "1.00000000000000000000001"]);
    same(&FieldType::Number, &["0", "-0.0", "-0", "1e-400"]);
    same(&FieldType::Number, &["9007199254740992", "9007199254740993"]);
    same(&FieldType::Decimal, &["\"1.50\"", "\"1.5\"", "\"15e-1\""]);
    same(&FieldType::Any, &["1", "1.0", "10e-1"]);
    same(&FieldType::Any, &[r#"{"a":[1,{"y":2,"x":0}],"b":null}"#, r#"{"b":null,"a":[1.0,{"x":-0,"y":2e0}]}"#]);
    same(&FieldType::Uuid, &["\"F81D4FAE-7DEC-11D0-A765-00A0C91E6BF6\"", "\"f81d4fae-7dec-11d0-a765-00a0c91e6bf6\""]);
    same(
        &FieldType::DateTime,
        &["\"2024-02-29T12:00:00+02:00\"", "\"2024-02-29T10:00:00Z\"", "\"2024-02-29t10:00:00.0000009z\"", "\"2024-02-29T10:00:00-00:00\""],
    );
    same(&FieldType::DateTime, &["\"1998-12-31T23:59:60Z\"", "\"1998-12-31T15:59:60.123-08:00\"", "\"1998-12-31T23:59:59.999999Z\""]);
}

#[test]
fn r2_different_values_have_different_keys() {
    for (a, b) in [
        (r#"{"a":null}"#, "{}"),
        ("[[1],2]", "[1,[2]]"),
        ("[null]", "[]"),
        ("\"1\"", "1"),
        (r#"{"a":{"b":1}}"#, r#"{"a":{},"b":1}"#),
        ("\"é\"", "\"e\u{301}\""),
    ] {
        assert_ne!(key_of(&FieldType::Any, &value(a)), key_of(&FieldType::Any, &value(b)), "{a} {b}");
    }
}

#[test]
fn r2_a_value_of_another_type_has_the_key_of_its_kind() {
    for (field_type, text) in [
        (FieldType::Integer, "\"five\""),
        (FieldType::Integer, "5.5"),
        (FieldType::Date, "\"2024-02-30\""),
        (FieldType::Text, "7"),
        (FieldType::Decimal, "1.5"),
    ] {
        assert_eq!(key_of(&field_type, &value(text)), key_of(&FieldType::Any, &value(text)), "{text} as {field_type}");
    }
}

#[test]
fn a_range_of_texts_has_ends() {
    let mut start = Vec::new();
    key::text_start("ab", &mut start);
    let end = key::after(&start).unwrap();
    let inside = |text: &str| (start.clone()..end.clone()).contains(&key_of(&FieldType::Text, &string(text)));
    assert_eq!(["ab", "abc", "ab\u{10ffff}", "aa", "ac", "a", ""].map(inside), [true, true, true, false, false, false, false]);
    assert_eq!(key::after(&[1, 0xFF, 0xFF]), Some(vec![2]));
    assert_eq!(key::after(&[0xFF]), None);
}

#[test]
fn a_text_that_should_not_exist_still_ends() {
    let mut out = Vec::new();
    key::text("a\0b", &mut out);
    assert_eq!(key::skip(&out), out.len());
}

/// Values as plain data whose derived order is the judge of the untyped key: numbers are halves.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord)]
enum Plain {
    Null,
    Boolean(bool),
    Halves(i64),
    Text(String),
    List(Vec<Plain>),
    Object(BTreeMap<String, Plain>),
}

fn plain() -> impl Strategy<Value = Plain> {
    let leaf = prop_oneof![
        Just(Plain::Null),
        any::<bool>().prop_map(Plain::Boolean),
        (-40..40_i64).prop_map(Plain::Halves),
        text().prop_map(Plain::Text)
    ];
    leaf.prop_recursive(3, 24, 3, |inner| {
        prop_oneof![
            prop::collection::vec(inner.clone(), 0..3).prop_map(Plain::List),
            prop::collection::btree_map("[ab]{0,2}", inner, 0..3).prop_map(Plain::Object),
        ]
    })
}

/// The value, spelled in one of several ways.
fn spelled(plain: &Plain, way: usize) -> Value {
    match plain {
        Plain::Null => Value::Null,
        Plain::Boolean(boolean) => Value::Bool(*boolean),
        Plain::Halves(halves) if way.is_multiple_of(3) && halves % 2 == 0 => Value::from(halves / 2),
        Plain::Halves(halves) if way % 3 == 1 => value(&format!("{}e-1", halves * 5)),
        Plain::Halves(halves) => value(&format!("{}{}.{}0", if *halves < 0 { "-" } else { "" }, halves.abs() / 2, halves.abs() % 2 * 5)),
        Plain::Text(text) => string(text),
        Plain::List(list) => list.iter().map(|element| spelled(element, way + 1)).collect(),
        Plain::Object(map) => {
            let mut members: Vec<_> = map.iter().map(|(name, member)| (name.clone(), spelled(member, way + 1))).collect();
            if way % 2 == 1 {
                members.reverse();
            }
            Value::Object(members.into_iter().collect())
        }
    }
}

fn keys_order(field_type: &FieldType, a: &Value, b: &Value) -> Ordering {
    key_of(field_type, a).cmp(&key_of(field_type, b))
}

proptest! {
    #[test]
    fn r2_untyped_keys_order_like_values(a in plain(), b in plain(), one in 0..6_usize, other in 0..6_usize) {
        prop_assert_eq!(keys_order(&FieldType::Any, &spelled(&a, one), &spelled(&b, other)), a.cmp(&b));
        prop_assert_eq!(key_of(&FieldType::Any, &spelled(&a, one)), key_of(&FieldType::Any, &spelled(&a, other)));
    }

    #[test]
    fn r2_texts_order_by_code_point(a in text(), b in text()) {
        prop_assert_eq!(keys_order(&FieldType::Text, &string(&a), &string(&b)), a.chars().cmp(b.chars()));
    }

    #[test]
    fn r2_integers_order(a in any::<i64>(), b in any::<i64>()) {
        prop_assert_eq!(keys_order(&FieldType::Integer, &a.into(), &b.into()), a.cmp(&b));
    }

    #[test]
    fn r2_numbers_order_as_doubles(a in number_text(), b in number_text()) {
        let (first, second): (f64, f64) = (a.parse().unwrap(), b.parse().unwrap());
        prop_assert_eq!(keys_order(&FieldType::Number, &value(&a), &value(&b)), first.partial_cmp(&second).unwrap());
    }

    #[test]
    fn r2_decimals_order_exactly(a in number_text(), b in number_text()) {
        let read = |text: &str| dmr_core::number::Decimal::parse(text).unwrap();
        prop_assert_eq!(keys_order(&FieldType::Decimal, &string(&a), &string(&b)), read(&a).cmp(&read(&b)));
        let mut key = Vec::new();
        key::decimal(&read(&a), &mut key);
        prop_assert_eq!(key::read_decimal(&key), Some(read(&a)));
    }

    #[test]
    fn r2_instants_order_whatever_their_offset((a, first) in date_time(), (b, second) in date_time()) {
        prop_assert_eq!(keys_order(&FieldType::DateTime, &string(&first), &string(&second)), a.cmp(&b));
        let mut key = Vec::new();
        key::instant(a, &mut key);
        prop_assert_eq!(key_of(&FieldType::DateTime, &string(&first)), key);
    }

    #[test]
    fn r2_local_times_order((a, first) in local_date_time(), (b, second) in local_date_time()) {
        prop_assert_eq!(keys_order(&FieldType::LocalDateTime, &string(&first), &string(&second)), a.cmp(&b));
    }

    #[test]
    fn r2_days_order(a in micros(), b in micros()) {
        let days = |micros: i64| micros.div_euclid(86_400_000_000);
        prop_assert_eq!(keys_order(&FieldType::Date, &string(&day(a)), &string(&day(b))), days(a).cmp(&days(b)));
    }

    #[test]
    fn r2_uuids_order_by_their_bytes((a, first) in uuid(), (b, second) in uuid()) {
        prop_assert_eq!(keys_order(&FieldType::Uuid, &string(&first), &string(&second)), a.cmp(&b));
    }

    #[test]
    fn r2_no_key_starts_another((one, a) in typed(), (other, b) in typed()) {
        let (a, b) = (key_of(&one, &a), key_of(&other, &b));
        prop_assert!(a == b || !b.starts_with(&a));
    }

    #[test]
    fn r2_keys_can_be_told_apart_in_a_row((one, a) in typed(), (other, b) in typed(), down in any::<bool>()) {
        let first = key_of(&one, &a);
        let mut row = first.clone();
        if down {
            key::invert(&mut row, 0);
        }
        other.key(&b, &mut row);
        prop_assert_eq!(if down { key::skip_inverted(&row) } else { key::skip(&row) }, first.len());
    }

    #[test]
    fn r2_inverted_keys_order_the_other_way((field_type, a, b) in pair(), rest in typed()) {
        let inverted = |value: &Value| {
            let mut out = vec![7];
            field_type.key(value, &mut out);
            key::invert(&mut out, 1);
            rest.0.key(&rest.1, &mut out);
            out
        };
        prop_assert_eq!(inverted(&a).cmp(&inverted(&b)), keys_order(&field_type, &b, &a));
    }

    #[test]
    fn r2_skip_ends_on_anything(bytes in prop::collection::vec(any::<u8>(), 0..30)) {
        prop_assert!(key::skip(&bytes) <= bytes.len() && key::skip_inverted(&bytes) <= bytes.len());
        key::read_decimal(&bytes);
    }

    #[test]
    fn r2_keys_of_stored_text_are_keys_of_values((field_type, value) in typed()) {
        let mut raw = Vec::new();
        field_type.key_raw(json::to_string(&value).as_bytes(), &mut raw);
        prop_assert_eq!(raw, key_of(&field_type, &value));
    }
}
