//! List: elements of one type. Lists have equality, element by element, and no order that means something.

use serde_json::Value;

use super::{Fault, FieldType, Kind};
use crate::{json, key};

pub(super) struct List;

/// Reads each element as the type of elements. Null elements stay: the schema says whether they may be.
pub(super) fn read(element: &FieldType, value: Value) -> Result<Value, Fault> {
    let Value::Array(elements) = value else {
        return Err(Fault::of_kind("list", &value));
    };
    let read = |(index, value): (usize, Value)| match value {
        Value::Null => Ok(Value::Null),
        value => element.read(value).map_err(|fault| fault.under(index)),
    };
    elements.into_iter().enumerate().map(read).collect::<Result<_, _>>().map(Value::Array)
}

/// Reads a list that is written as JSON.
pub(super) fn read_text(element: &FieldType, text: &str) -> Result<Value, Fault> {
    match json::parse(text.as_bytes()) {
        Ok(value) => read(element, value),
        Err(_) => Err(Fault::unreadable("list").suggest("Write it as JSON: [1, 2]")),
    }
}

pub(super) fn schema(element: &FieldType) -> Value {
    match element {
        FieldType::Any => serde_json::json!({"type": "array"}),
        element => serde_json::json!({"type": "array", "items": element.schema()}),
    }
}

/// A list of anything.
impl Kind for List {
    fn name(&self) -> &'static str {
        "list"
    }

    fn read(&self, value: Value) -> Result<Value, Fault> {
        read(&FieldType::Any, value)
    }

    fn read_text(&self, text: &str) -> Result<Value, Fault> {
        read_text(&FieldType::Any, text)
    }

    fn key(&self, value: &Value, out: &mut Vec<u8>) -> bool {
        key::any(value, out);
        true
    }

    fn schema(&self) -> Value {
        schema(&FieldType::Any)
    }
}
