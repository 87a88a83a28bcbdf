//! Generators of values, shared by the laws.

use dmr_core::{FieldType, Value, json};
use jiff::civil::DateTime;
use jiff::tz::{Offset, TimeZone};
use jiff::{SignedDuration, Timestamp};
use proptest::prelude::*;

/// A value from JSON text.
pub fn value(text: &str) -> Value {
    json::parse(text.as_bytes()).unwrap()
}

pub fn string(text: &str) -> Value {
    Value::String(text.to_owned())
}

pub fn key_of(field_type: &FieldType, value: &Value) -> Vec<u8> {
    let mut out = Vec::new();
    field_type.key(value, &mut out);
    out
}

/// The texts of numbers in every spelling, most of them small so that equal ones meet.
pub fn number_text() -> impl Strategy<Value = String> {
    prop_oneof![
        4 => "-?(0|[1-9][0-9]{0,2})(\\.[0-9]{1,3})?([eE][+-]?[0-9]{1,2})?",
        2 => "-?[1-9][0-9]{15,40}(\\.[0-9]{1,20})?",
        1 => "-?[1-9]\\.[0-9]{1,17}e-?[0-9]{1,3}",
        1 => any::<i64>().prop_map(|number| number.to_string()),
        1 => prop::sample::select(EDGES.to_vec()).prop_map(str::to_owned),
    ]
}

const EDGES: [&str; 14] = [
    "-0.0",
    "-0",
    "0e5",
    "1e400",
    "-1e400",
    "1e308",
    "1e-400",
    "9007199254740992",
    "9007199254740993",
    "9223372036854775807",
    "9223372036854775808",
    "-9223372036854775808",
    "0.30000000000000004",
    "12345678901234567890123",
];

pub fn number() -> impl Strategy<Value = Value> {
    number_text().prop_map(|text| value(&text))
}

/// Texts with quotes, controls, combining and astral characters; never U+0000.
pub fn text() -> impl Strategy<Value = String> {
    prop_oneof![
        3 => "[a-c]{0,4}",
        2 => "[^\\x00]{0,12}",
        1 => "[\"\\\\/\\x01-\\x1f\u{e9}e\u{301}\u{130}\u{131}\u{df}\u{ffff}\u{10000}\u{10ffff}]{0,12}",
        1 => "[a-z\"\\\\]{30,60}",
    ]
}

/// Any JSON value, four levels deep.
pub fn any_value() -> impl Strategy<Value = Value> {
    let leaf = prop_oneof![Just(Value::Null), any::<bool>().prop_map(Value::Bool), number(), text().prop_map(Value::String),];
    leaf.prop_recursive(4, 40, 5, |inner| {
        prop_oneof![
            prop::collection::vec(inner.clone(), 0..5).prop_map(Value::Array),
            prop::collection::vec((text(), inner), 0..5).prop_map(|members| Value::Object(members.into_iter().collect())),
        ]
    })
}

/// Microseconds of the years 0 to 9999, often near one another.
pub fn micros() -> impl Strategy<Value = i64> {
    const LEAST: i64 = -62_167_219_200_000_000;
    const MOST: i64 = 253_402_300_799_999_999;
    prop_oneof![LEAST..=MOST, -5..5_i64, (-3..3_i64).prop_map(|day| day * 86_400_000_000), LEAST..LEAST + 5, MOST - 5..=MOST]
}

/// An instant with the text it has at some offset, written by another library than the one under test;
/// that one ends a day before the year 9999 does.
pub fn date_time() -> impl Strategy<Value = (i64, String)> {
    (micros(), -1439..1440_i32).prop_filter_map("the year has four digits at this offset too", |(micros, minutes)| {
        let zone = TimeZone::fixed(Offset::from_seconds(minutes * 60).ok()?);
        let zoned = Timestamp::from_microsecond(micros).ok()?.to_zoned(zone);
        (0..=9999).contains(&zoned.year()).then(|| (micros, zoned.strftime("%Y-%m-%dT%H:%M:%S%.f%:z").to_string()))
    })
}

pub fn local_date_time() -> impl Strategy<Value = (i64, String)> {
    micros().prop_map(|micros| (micros, moment(micros).strftime("%Y-%m-%dT%H:%M:%S%.f").to_string()))
}

/// A value of a scalar type, in any of its spellings.
pub fn of_type(field_type: &FieldType) -> BoxedStrategy<Value> {
    match field_type {
        FieldType::Text => text().prop_map(Value::String).boxed(),
        FieldType::Integer => prop_oneof![any::<i64>(), -20..20_i64].prop_map(Value::from).boxed(),
        FieldType::Number => number().boxed(),
        FieldType::Decimal => number_text().prop_map(Value::String).boxed(),
        FieldType::Boolean => any::<bool>().prop_map(Value::Bool).boxed(),
        FieldType::Date => micros().prop_map(|micros| Value::String(day(micros))).boxed(),
        FieldType::Time => (0..86_400_000_000_i64, "|Z|[+-](0[0-9]|1[0-9]):[0-5][0-9]")
            .prop_map(|(micros, offset)| Value::String(format!("{}{offset}", moment(micros).time())))
            .boxed(),
        FieldType::DateTime => date_time().prop_map(|(_, text)| Value::String(text.replace("+00:00", "Z"))).boxed(),
        FieldType::LocalDateTime => local_date_time().prop_map(|(_, text)| Value::String(text)).boxed(),
        FieldType::Uuid => uuid().prop_map(|(_, text)| Value::String(text)).boxed(),
        FieldType::List(_) | FieldType::Object | FieldType::Any => any_value().boxed(),
    }
}

/// The day of an instant, as another library writes it.
pub fn day(micros: i64) -> String {
    moment(micros).strftime("%Y-%m-%d").to_string()
}

fn moment(micros: i64) -> DateTime {
    DateTime::constant(1970, 1, 1, 0, 0, 0, 0) + SignedDuration::from_micros(micros)
}

pub fn uuid() -> impl Strategy<Value = ([u8; 16], String)> {
    (any::<[u8; 16]>(), any::<bool>()).prop_map(|(bytes, upper)| {
        let mut text: String = bytes.iter().map(|byte| format!("{byte:02x}")).collect();
        for at in [8, 13, 18, 23] {
            text.insert(at, '-');
        }
        (bytes, if upper { text.to_uppercase() } else { text })
    })
}

/// A scalar type and two of its values.
pub fn pair() -> impl Strategy<Value = (FieldType, Value, Value)> {
    prop::sample::select(FieldType::SCALARS.to_vec()).prop_flat_map(|field_type| {
        let values = (of_type(&field_type), of_type(&field_type));
        values.prop_map(move |(a, b)| (field_type.clone(), a, b))
    })
}
