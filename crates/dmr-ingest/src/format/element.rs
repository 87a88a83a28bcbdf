//! What JSON in all its wrappings comes down to: one object after the other.

use super::{Format, json::JsonReader, ndjson::LineReader, posted::PostedReader};
use crate::input::Input;
use crate::layout::Layout;
use crate::row::{Place, Quarantined, cut};
use dmr_core::{Code, Object, Problem, Value};

/// An object as it stood in the input.
pub(crate) struct Parsed {
    pub(crate) place: Place,
    pub(crate) object: Object,
    /// Its bytes, cut; empty where they were not asked for.
    pub(crate) raw: Vec<u8>,
}

/// What comes next in an input of objects.
pub(crate) enum Next {
    Object(Parsed),
    Quarantined(Quarantined),
    End,
}

/// A reader of objects.
pub(crate) enum Elements {
    Json(JsonReader),
    Lines(LineReader),
    Posted(PostedReader),
}

impl Elements {
    /// Opens an input; `keep` asks for the bytes of each object. None for a format whose records are cells.
    pub(crate) fn open(input: &Input, layout: &Layout, keep: bool) -> Result<Option<Self>, Problem> {
        Ok(match layout.format {
            Format::Json => Some(Self::Json(JsonReader::open(input, &layout.rows_at, layout.most, keep)?)),
            Format::Ndjson => Some(Self::Lines(LineReader::open(input, layout.most, keep)?)),
            Format::Records => input.posted().map(|records| Self::Posted(PostedReader::new(records, keep))),
            Format::Csv { .. } => None,
        })
    }

    pub(crate) fn read(&mut self) -> Result<Next, Problem> {
        match self {
            Self::Json(reader) => reader.read(),
            Self::Lines(reader) => reader.read(),
            Self::Posted(reader) => Ok(reader.read()),
        }
    }

    /// How far it has read, in bytes.
    pub(crate) fn byte(&self) -> u64 {
        match self {
            Self::Json(reader) => reader.byte(),
            Self::Lines(reader) => reader.byte(),
            Self::Posted(_) => 0,
        }
    }
}

/// Reads the bytes of one element, which has to be an object.
pub(crate) fn element(place: Place, bytes: &[u8], keep: bool) -> Next {
    match dmr_core::json::parse(bytes) {
        Ok(Value::Object(object)) => Next::Object(Parsed { place, object, raw: if keep { cut(bytes) } else { Vec::new() } }),
        Ok(other) => Next::Quarantined(Quarantined::new(place, Code::IngestElement, not_an_object(&other), bytes)),
        Err(error) => {
            let at = if error.pointer.is_empty() { String::new() } else { format!(", in {}", error.pointer) };
            let message = format!("{} (byte {} of the record{at})", error.message, error.byte + 1);
            Next::Quarantined(Quarantined::new(place, error.code, message, bytes))
        }
    }
}

/// Says what stands where an object should.
pub(crate) fn not_an_object(value: &Value) -> String {
    let what = match value {
        Value::Null => "null",
        Value::Bool(_) => "a boolean",
        Value::Number(_) => "a number",
        Value::String(_) => "a text",
        Value::Array(_) => "a list",
        Value::Object(_) => "an object",
    };
    format!("a record is an object, this is {what}")
}

/// The refusal of a record that is longer than allowed.
pub(crate) fn too_large(place: Place, most: usize, beginning: &[u8], length: u64) -> Quarantined {
    Quarantined::long(place, Code::IngestTooLarge, format!("the record is longer than the {most} bytes allowed"), beginning, length)
}
