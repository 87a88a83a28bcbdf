//! Typed columns: the same order as keys, and the value back where it is promised (invariants 10 and 13).

use std::cmp::Ordering;

use dmr_core::{FieldType, Native, Value};
use proptest::prelude::*;

use crate::values::{any_value, key_of, pair, string, value};

/// As a store compares: numbers as numbers, texts and bytes as bytes.
fn order(a: &Native, b: &Native) -> Ordering {
    match (a, b) {
        (Native::Integer(a), Native::Integer(b)) => a.cmp(b),
        (Native::Real(a), Native::Real(b)) => a.partial_cmp(b).unwrap(),
        (Native::Text(a), Native::Text(b)) => a.as_bytes().cmp(b.as_bytes()),
        (Native::Bytes(a), Native::Bytes(b)) => a.cmp(b),
        _ => panic!("one type has one kind of column: {a:?} {b:?}"),
    }
}

fn exact(field_type: &FieldType, text: &str) -> bool {
    field_type.native(&value(text)).1
}

#[test]
fn what_comes_back_exactly_is_known() {
    for (field_type, texts) in [
        (FieldType::Text, &["\"\"", "\"é\""][..]),
        (FieldType::Integer, &["0", "-9223372036854775808"]),
        (FieldType::Number, &["10", "0.5", "1e308", "0.30000000000000004", "-2.5"]),
        (FieldType::Decimal, &["\"12.5\"", "\"0\"", "\"-1234567890123456789012345678901234567890\""]),
        (FieldType::Boolean, &["true", "false"]),
        (FieldType::Date, &["\"0000-01-01\"", "\"9999-12-31\""]),
        (FieldType::Time, &["\"10:15:00\"", "\"10:15:00.5\""]),
        (FieldType::DateTime, &["\"2024-02-29T10:15:00Z\"", "\"0000-01-01T00:00:00.000001Z\""]),
        (FieldType::LocalDateTime, &["\"1969-12-31T23:59:59.25\""]),
        (FieldType::Uuid, &["\"f81d4fae-7dec-11d0-a765-00a0c91e6bf6\""]),
    ] {
        assert!(texts.iter().all(|text| exact(&field_type, text)), "{texts:?} as {field_type}");
    }
}

#[test]
fn what_does_not_come_back_exactly_is_known() {
    for (field_type, texts) in [
        (FieldType::Integer, &["5.0", "-0", "\"x\""][..]),
        (FieldType::Number, &["10.0", "1e400", "-0.0", "9007199254740993", "1E3"]),
        (FieldType::Decimal, &["\"12.50\"", "\"1e3\"", "\"x\""]),
        (FieldType::Time, &["\"10:15:00Z\"", "\"10:15:00.50\"", "\"23:59:60Z\""]),
        (
            FieldType::DateTime,
            &[
                "\"2024-02-29T10:15:00+00:00\"",
                "\"2024-02-29T10:15:00.0000001Z\"",
                "\"0000-01-01T00:00:00+01:00\"",
                "\"1998-12-31T23:59:60Z\"",
            ],
        ),
        (FieldType::Uuid, &["\"F81D4FAE-7DEC-11D0-A765-00A0C91E6BF6\""]),
        (FieldType::Object, &["{}"]),
        (FieldType::Any, &["1"]),
    ] {
        assert!(!texts.iter().any(|text| exact(&field_type, text)), "{texts:?} as {field_type}");
    }
}

#[test]
fn null_is_null_everywhere() {
    for field_type in FieldType::all() {
        assert_eq!(field_type.native(&Value::Null), (Native::Null, true));
        assert_eq!(field_type.from_native(Native::Null), Value::Null);
    }
}

#[test]
fn what_a_type_never_writes_is_null() {
    assert_eq!(FieldType::Integer.from_native(Native::Text("5".into())), Value::Null);
    assert_eq!(FieldType::Uuid.from_native(Native::Bytes(vec![1])), Value::Null);
    assert_eq!(FieldType::Decimal.from_native(Native::Bytes(vec![])), Value::Null);
    assert_eq!(FieldType::Number.from_native(Native::Real(f64::INFINITY)), Value::Null);
    assert_eq!(FieldType::DateTime.from_native(Native::Integer(i64::MAX)), string("294247-01-10T04:00:54.775807Z"));
    assert_eq!(FieldType::Date.from_native(Native::Integer(i64::MAX)).as_str().map(str::is_empty), Some(false));
}

proptest! {
    #[test]
    fn natives_order_like_keys((field_type, a, b) in pair()) {
        let keys = key_of(&field_type, &a).cmp(&key_of(&field_type, &b));
        prop_assert_eq!(order(&field_type.native(&a).0, &field_type.native(&b).0), keys);
    }

    #[test]
    fn a_key_tells_the_native_form((field_type, value, _) in pair()) {
        prop_assert_eq!(dmr_core::key::native(&key_of(&field_type, &value)), Some(field_type.native(&value).0));
    }

    #[test]
    fn what_is_promised_back_comes_back((field_type, value, _) in pair()) {
        let (native, exact) = field_type.native(&value);
        prop_assert!(native != Native::Null);
        let back = field_type.from_native(native.clone());
        prop_assert_eq!(exact, back == value);
        // What comes back is at least equal, where it can be written at all.
        if back != Value::Null && field_type.read(back.clone()).is_ok() {
            prop_assert_eq!(key_of(&field_type, &back), key_of(&field_type, &value));
        }
    }

    #[test]
    fn a_value_of_another_type_is_not_promised_back(field_type in prop::sample::select(FieldType::all()), value in any_value()) {
        let (native, exact) = field_type.native(&value);
        prop_assert!(!exact || field_type.from_native(native) == value);
    }
}
