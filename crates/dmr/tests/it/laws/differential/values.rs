//! Values that break things, for each type; few of each, so that equal ones meet.

use crate::laws::random::Random;
use serde_json::{Map, Number, Value, json};

/// What a field is declared to be.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Type {
    Text,
    Integer,
    Number,
    Decimal,
    Boolean,
    Date,
    Time,
    Instant,
    Local,
    Uuid,
    /// A list of texts.
    Texts,
    /// A list of whole numbers.
    Integers,
    /// An object that is data.
    Data,
    /// Anything.
    Any,
    /// An object of fields.
    Fields,
}

impl Type {
    pub fn schema(self, nullable: bool) -> Value {
        let name = |name: &str| if nullable { json!([name, "null"]) } else { json!(name) };
        match self {
            Self::Text => json!({ "type": name("string") }),
            Self::Integer => json!({ "type": name("integer") }),
            Self::Number => json!({ "type": name("number") }),
            Self::Boolean => json!({ "type": name("boolean") }),
            Self::Decimal => json!({ "type": name("string"), "format": "decimal" }),
            Self::Date => json!({ "type": name("string"), "format": "date" }),
            Self::Time => json!({ "type": name("string"), "format": "time" }),
            Self::Instant => json!({ "type": name("string"), "format": "date-time" }),
            Self::Local => json!({ "type": name("string"), "format": "local-date-time" }),
            Self::Uuid => json!({ "type": name("string"), "format": "uuid" }),
            Self::Texts => json!({ "type": name("array"), "items": { "type": "string" } }),
            Self::Integers => json!({ "type": name("array"), "items": { "type": "integer" } }),
            Self::Data | Self::Fields => json!({ "type": name("object") }),
            Self::Any => json!({}),
        }
    }

    pub fn is_ordered(self) -> bool {
        !matches!(self, Self::Texts | Self::Integers | Self::Data | Self::Any | Self::Fields)
    }

    /// Whether operators that look into texts are for it.
    pub fn is_textual(self) -> bool {
        !matches!(self, Self::Integer | Self::Number | Self::Boolean | Self::Integers | Self::Data | Self::Fields)
    }
}

pub const SCALARS: [Type; 10] =
    [Type::Text, Type::Integer, Type::Number, Type::Decimal, Type::Boolean, Type::Date, Type::Time, Type::Instant, Type::Local, Type::Uuid];

pub const TEXTS: [&str; 34] = [
    "",
    "a",
    "A",
    "b",
    "ab",
    "é",
    "e\u{301}",
    "É",
    "I",
    "i",
    "ı",
    "İ",
    "ß",
    "ẞ",
    "ss",
    "SS",
    "straße",
    "STRASSE",
    "ﬁ",
    "Fi",
    "Σ",
    "ς",
    "σ",
    "日本",
    "\u{10FFFF}",
    "\u{FFFD}",
    " ",
    "a\nb",
    "\"q\"",
    "\\",
    "\u{1}",
    "%_",
    "null",
    "0.5",
];
const INTEGERS: [&str; 12] = [
    "0",
    "-0",
    "1",
    "-1",
    "42",
    "9007199254740993",
    "9007199254740992",
    "9223372036854775807",
    "-9223372036854775808",
    "1.0",
    "4.2e1",
    "-7",
];
const NUMBERS: [&str; 22] = [
    "0",
    "-0.0",
    "-0",
    "0.1",
    "0.2",
    "0.3",
    "0.30000000000000004",
    "1e308",
    "-1e308",
    "1e400",
    "-1e400",
    "9007199254740993",
    "9007199254740992",
    "1",
    "1.0",
    "1e0",
    "5e-324",
    "12345678901234567890123",
    "100000",
    "1e5",
    "0.1000000000000000055511151231257827",
    "-2.5",
];
const DECIMALS: [&str; 15] = [
    "0",
    "-0",
    "0.00",
    "1.50",
    "1.5",
    "1e2",
    "100",
    "-1.50",
    "1234567890123456789012345678901234567890",
    "1234567890123456789012345678901234567891",
    "-1234567890123456789012345678901234567890",
    "0.0000000000000000000000000000000000000001",
    "-12345678901234567890.12345678901234567890",
    "9007199254740993",
    "99.99",
];
const DATES: [&str; 7] = ["0000-01-01", "9999-12-31", "2024-02-29", "1970-01-01", "1969-12-31", "2024-03-01", "0000-02-29"];
const TIMES: [&str; 11] = [
    "00:00:00",
    "23:59:59.999999",
    "10:15:00",
    "10:15:00Z",
    "12:15:00+02:00",
    "00:30:00+01:00",
    "23:30:00-01:00",
    "10:15:00.5",
    "10:15:00.500",
    "10:15:00.1234567",
    "10:15:00.1234561",
];
const INSTANTS: [&str; 12] = [
    "0000-01-01T00:00:00Z",
    "9999-12-31T23:59:59.999999Z",
    "0000-01-01T00:00:00+01:00",
    "9999-12-31T23:59:59-23:59",
    "2024-02-29T10:15:00Z",
    "2024-02-29T12:15:00+02:00",
    "2024-02-29t10:15:00z",
    "1970-01-01T00:00:00Z",
    "1969-12-31T23:59:59.5Z",
    "2024-02-29T10:15:00.000001Z",
    "2016-12-31T23:59:60Z",
    "2016-12-31T23:59:59.999999Z",
];
const LOCALS: [&str; 6] = [
    "0000-01-01T00:00:00",
    "9999-12-31T23:59:59.999999",
    "2024-02-29T10:15:00",
    "2024-02-29t10:15:00",
    "1970-01-01T00:00:00",
    "2024-02-29T10:15:00.25",
];
const UUIDS: [&str; 4] = [
    "018f2b5c-7c3e-7a41-9d2f-0123456789ab",
    "018F2B5C-7C3E-7A41-9D2F-0123456789AB",
    "00000000-0000-0000-0000-000000000000",
    "ffffffff-ffff-ffff-ffff-ffffffffffff",
];

pub fn number(text: &str) -> Value {
    Value::Number(Number::from_string_unchecked(text.to_owned()))
}

/// A value of a type; never null.
pub fn value(kind: Type, random: &mut Random) -> Value {
    let text = |texts: &[&str], random: &mut Random| Value::String((*random.pick(texts)).to_owned());
    match kind {
        Type::Text => text(&TEXTS, random),
        Type::Integer => number(random.pick::<&str>(&INTEGERS)),
        Type::Number => number(random.pick::<&str>(&NUMBERS)),
        Type::Boolean => Value::Bool(random.chance(50)),
        Type::Decimal => text(&DECIMALS, random),
        Type::Date => text(&DATES, random),
        Type::Time => text(&TIMES, random),
        Type::Instant => text(&INSTANTS, random),
        Type::Local => text(&LOCALS, random),
        Type::Uuid => text(&UUIDS, random),
        Type::Texts => (0..random.below(4)).map(|_| text(&TEXTS, random)).collect(),
        Type::Integers => (0..random.below(4)).map(|_| number(random.pick::<&str>(&INTEGERS))).collect(),
        Type::Data | Type::Fields => Value::Object(data(random, 0)),
        Type::Any => any(random, 0),
    }
}

/// A value that is not of any type; null only inside.
pub fn any(random: &mut Random, depth: usize) -> Value {
    match random.below(if depth > 2 { 5 } else { 8 }) {
        0 | 1 => value(Type::Text, random),
        2 => value(Type::Number, random),
        3 => value(Type::Boolean, random),
        4 => value(Type::Integer, random),
        5 => (0..random.below(3)).map(|_| inside(random, depth)).collect(),
        _ => Value::Object(data(random, depth + 1)),
    }
}

fn inside(random: &mut Random, depth: usize) -> Value {
    if random.chance(15) { Value::Null } else { any(random, depth + 1) }
}

fn data(random: &mut Random, depth: usize) -> Map<String, Value> {
    let names = random.some(&["k", "m", "7", "#7", "*", "é"], 35);
    names.into_iter().map(|name| (name.to_owned(), inside(random, depth + 1))).collect()
}
