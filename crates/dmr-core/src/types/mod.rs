//! Field types: for each what it accepts, equality, one total order and its key, and what a typed column holds.
//!
//! One file a type. A new type is a file with a [`Kind`] (or [`Written`], for a type whose JSON form is a string) and a line in each table below.

mod any;
mod boolean;
mod calendar;
mod date;
mod date_time;
mod decimal;
mod fault;
mod integer;
mod list;
mod local_date_time;
mod number;
mod object;
mod text;
mod time;
mod uuid;

use serde::{Deserialize, Serialize};
use serde_json::Value;

use crate::{json, key};
pub use fault::Fault;

/// What a field holds.
#[derive(Debug, Clone, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum FieldType {
    /// Any text; compares by code point.
    Text,
    /// A whole number that fits 64 bits.
    Integer,
    /// A number that compares as a double and keeps its digits.
    Number,
    /// An exact number, written as a string.
    Decimal,
    /// True or false.
    Boolean,
    /// A day.
    Date,
    /// A time of day.
    Time,
    /// An instant: date, time and offset.
    DateTime,
    /// Date and time without a zone.
    LocalDateTime,
    /// A UUID.
    Uuid,
    /// Elements of one type.
    List(Box<FieldType>),
    /// Members; what they are stands in the model's tree of fields.
    Object,
    /// Anything: unions, and what is not known.
    Any,
}

/// What a column with a type holds. Integers and reals order as numbers, texts and bytes as bytes, null before all.
#[derive(Debug, Clone, PartialEq)]
pub enum Native {
    /// Nothing.
    Null,
    /// A whole number.
    Integer(i64),
    /// A double; can be infinite, is never minus zero and never "not a number".
    Real(f64),
    /// A text.
    Text(String),
    /// Bytes.
    Bytes(Vec<u8>),
}

impl FieldType {
    /// Every type that has a name, with `list` as a list of anything.
    pub fn all() -> Vec<Self> {
        let mut all = Self::SCALARS.to_vec();
        all.extend([Self::List(Box::new(Self::Any)), Self::Object, Self::Any]);
        all
    }

    /// The types that have an order and a native form.
    pub const SCALARS: [Self; 10] = [
        Self::Text,
        Self::Integer,
        Self::Number,
        Self::Decimal,
        Self::Boolean,
        Self::Date,
        Self::Time,
        Self::DateTime,
        Self::LocalDateTime,
        Self::Uuid,
    ];

    /// The name as it travels.
    pub fn name(&self) -> &'static str {
        self.kind().name()
    }

    /// Checks a value that came typed and gives the one that is stored. Null is the caller's: here it is of no type.
    ///
    /// # Errors
    /// `value.type`, `value.range` or `json.text`.
    pub fn read(&self, value: Value) -> Result<Value, Fault> {
        match self {
            Self::List(element) => list::read(element, value),
            _ => self.kind().read(value),
        }
    }

    /// Reads a text that stands for a value: a query parameter, a cell, an argument.
    ///
    /// # Errors
    /// As [`FieldType::read`].
    pub fn read_text(&self, text: &str) -> Result<Value, Fault> {
        match self {
            Self::List(element) => list::read_text(element, text),
            _ => self.kind().read_text(text),
        }
    }

    /// Appends the key of a value. A value that is not of the type, as an older record can have, gets the key of its own kind.
    pub fn key(&self, value: &Value, out: &mut Vec<u8>) {
        if !self.kind().key(value, out) {
            key::any(value, out);
        }
    }

    /// As [`FieldType::key`], from the text of a stored value.
    pub fn key_raw(&self, raw: &[u8], out: &mut Vec<u8>) {
        if raw == b"null" {
            key::null(out);
        } else if !self.kind().key_raw(raw, out) {
            self.key(&json::raw::value(raw), out);
        }
    }

    /// What a typed column holds for a value, and whether [`FieldType::from_native`] gives exactly that value back.
    /// A value that has no native form is held as null, which does not give it back.
    pub fn native(&self, value: &Value) -> (Native, bool) {
        match value {
            Value::Null => (Native::Null, true),
            value => self.kind().native(value).unwrap_or((Native::Null, false)),
        }
    }

    /// The value a typed column stands for; null where the column holds what this type never writes.
    pub fn from_native(&self, native: Native) -> Value {
        self.kind().value_of(native).unwrap_or(Value::Null)
    }

    /// Whether values of the type have a native form at all.
    pub fn has_native(&self) -> bool {
        self.ordered()
    }

    /// Whether the type has an order that means something: not lists, objects and unions.
    pub fn ordered(&self) -> bool {
        !matches!(self, Self::List(_) | Self::Object | Self::Any)
    }

    /// The type as JSON Schema 2020-12.
    pub fn schema(&self) -> Value {
        match self {
            Self::List(element) => list::schema(element),
            _ => self.kind().schema(),
        }
    }

    /// The type that a schema's `type` and `format` name. A format that is not known says nothing about a string.
    pub fn from_schema(type_name: &str, format: Option<&str>) -> Option<Self> {
        Some(match (type_name, format) {
            ("string", Some("date-time")) => Self::DateTime,
            ("string", Some("local-date-time")) => Self::LocalDateTime,
            ("string", Some("date")) => Self::Date,
            ("string", Some("time")) => Self::Time,
            ("string", Some("uuid")) => Self::Uuid,
            ("string", Some("decimal")) => Self::Decimal,
            ("string", _) => Self::Text,
            ("integer", _) => Self::Integer,
            ("number", _) => Self::Number,
            ("boolean", _) => Self::Boolean,
            ("array", _) => Self::List(Box::new(Self::Any)),
            ("object", _) => Self::Object,
            _ => return None,
        })
    }

    fn kind(&self) -> &'static dyn Kind {
        match self {
            Self::Text => &text::Text,
            Self::Integer => &integer::Integer,
            Self::Number => &number::Number,
            Self::Decimal => &decimal::Decimal,
            Self::Boolean => &boolean::Boolean,
            Self::Date => &date::Date,
            Self::Time => &time::Time,
            Self::DateTime => &date_time::DateTime,
            Self::LocalDateTime => &local_date_time::LocalDateTime,
            Self::Uuid => &uuid::Uuid,
            Self::List(_) => &list::List,
            Self::Object => &object::Object,
            Self::Any => &any::Any,
        }
    }
}

impl std::fmt::Display for FieldType {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        match self {
            Self::List(element) => write!(f, "list of {element}"),
            _ => f.write_str(self.name()),
        }
    }
}

/// What every type says of itself.
trait Kind {
    /// The name as it travels.
    fn name(&self) -> &'static str;
    /// The stored form of a typed value.
    fn read(&self, value: Value) -> Result<Value, Fault>;
    /// The stored form of a text.
    fn read_text(&self, text: &str) -> Result<Value, Fault>;
    /// Appends the key and says yes; or appends nothing and says that the value is not of the type.
    fn key(&self, value: &Value, out: &mut Vec<u8>) -> bool;
    /// As `key`, from JSON text; may say no where reading the value first is needed.
    fn key_raw(&self, _raw: &[u8], _out: &mut Vec<u8>) -> bool {
        false
    }
    /// The native form and whether it is reversible; none where there is none.
    fn native(&self, _value: &Value) -> Option<(Native, bool)> {
        None
    }
    /// The value of a native form.
    fn value_of(&self, _native: Native) -> Option<Value> {
        None
    }
    /// JSON Schema of the type.
    fn schema(&self) -> Value;
}

/// A type whose JSON form is a string.
trait Written {
    const NAME: &'static str;
    /// The schema's `format`; none for plain text.
    const FORMAT: Option<&'static str>;
    /// What is wrong with a text.
    fn check(&self, text: &str) -> Result<(), Fault>;
    /// Appends the key; says no, and appends nothing, where the text is not of the type.
    fn key_of(&self, text: &str, out: &mut Vec<u8>) -> bool;
    fn native_of(&self, text: &str) -> Option<Native>;
    fn text_of(&self, native: Native) -> Option<String>;
    /// What to say of a JSON value that is not a string.
    fn not_text(&self, value: &Value) -> Fault {
        Fault::of_kind(Self::NAME, value)
    }
}

impl<T: Written> Kind for T {
    fn name(&self) -> &'static str {
        T::NAME
    }

    fn read(&self, value: Value) -> Result<Value, Fault> {
        match value {
            Value::String(text) => self.check(&text).map(|()| Value::String(text)),
            other => Err(self.not_text(&other)),
        }
    }

    fn read_text(&self, text: &str) -> Result<Value, Fault> {
        self.check(text).map(|()| Value::String(text.to_owned()))
    }

    fn key(&self, value: &Value, out: &mut Vec<u8>) -> bool {
        value.as_str().is_some_and(|text| self.key_of(text, out))
    }

    fn key_raw(&self, raw: &[u8], out: &mut Vec<u8>) -> bool {
        json::raw::text(raw).is_some_and(|text| self.key_of(&text, out))
    }

    fn native(&self, value: &Value) -> Option<(Native, bool)> {
        let text = value.as_str()?;
        let native = self.native_of(text)?;
        let exact = self.text_of(native.clone()).is_some_and(|again| again == text);
        Some((native, exact))
    }

    fn value_of(&self, native: Native) -> Option<Value> {
        self.text_of(native).map(Value::String)
    }

    fn schema(&self) -> Value {
        match T::FORMAT {
            Some(format) => serde_json::json!({"type": "string", "format": format}),
            None => serde_json::json!({"type": "string"}),
        }
    }
}
