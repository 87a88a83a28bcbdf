//! Boolean: true or false and nothing that is nearly so. False is smaller.

use serde_json::Value;

use super::{Fault, Kind, Native};
use crate::key;

pub(super) struct Boolean;

impl Kind for Boolean {
    fn name(&self) -> &'static str {
        "boolean"
    }

    fn read(&self, value: Value) -> Result<Value, Fault> {
        if value.is_boolean() { Ok(value) } else { Err(Fault::of_kind(self.name(), &value).suggest("true or false, without quotes")) }
    }

    fn read_text(&self, text: &str) -> Result<Value, Fault> {
        match text {
            "true" => Ok(Value::Bool(true)),
            "false" => Ok(Value::Bool(false)),
            _ => Err(Fault::unreadable(self.name()).suggest("true or false")),
        }
    }

    fn key(&self, value: &Value, out: &mut Vec<u8>) -> bool {
        let Value::Bool(value) = value else { return false };
        key::boolean(*value, out);
        true
    }

    fn key_raw(&self, raw: &[u8], out: &mut Vec<u8>) -> bool {
        let value = raw == b"true";
        if value || raw == b"false" {
            key::boolean(value, out);
            return true;
        }
        false
    }

    fn native(&self, value: &Value) -> Option<(Native, bool)> {
        value.as_bool().map(|value| (Native::Integer(i64::from(value)), true))
    }

    fn value_of(&self, native: Native) -> Option<Value> {
        match native {
            Native::Integer(integer) => Some(Value::Bool(integer != 0)),
            _ => None,
        }
    }

    fn schema(&self) -> Value {
        serde_json::json!({"type": "boolean"})
    }
}
