//! Object: members, whose types stand in the model's tree of fields. Objects have equality, whatever the order of members.

use serde_json::Value;

use super::{Fault, Kind, any};
use crate::{json, key};

pub(super) struct Object;

impl Kind for Object {
    fn name(&self) -> &'static str {
        "object"
    }

    fn read(&self, value: Value) -> Result<Value, Fault> {
        match value {
            Value::Object(_) if any::has_nul(&value) => Err(Fault::nul()),
            Value::Object(_) => Ok(value),
            other => Err(Fault::of_kind(self.name(), &other)),
        }
    }

    fn read_text(&self, text: &str) -> Result<Value, Fault> {
        match json::parse(text.as_bytes()) {
            Ok(value) => self.read(value),
            Err(_) => Err(Fault::unreadable(self.name()).suggest("Write it as JSON: {\"a\": 1}")),
        }
    }

    fn key(&self, value: &Value, out: &mut Vec<u8>) -> bool {
        key::any(value, out);
        true
    }

    fn schema(&self) -> Value {
        serde_json::json!({"type": "object"})
    }
}
