//! Any: unions, and what is not known. Equality as JSON has it, with numbers exact: 1.0 is 1.

use serde_json::Value;

use super::{Fault, Kind};
use crate::{json, key};

pub(super) struct Any;

impl Kind for Any {
    fn name(&self) -> &'static str {
        "any"
    }

    fn read(&self, value: Value) -> Result<Value, Fault> {
        Ok(value)
    }

    /// What the text says as JSON; where it is not JSON, the text itself.
    fn read_text(&self, text: &str) -> Result<Value, Fault> {
        match json::parse(text.as_bytes()) {
            Ok(value) => Ok(value),
            Err(_) if text.contains('\0') => Err(Fault::nul()),
            Err(_) => Ok(Value::String(text.to_owned())),
        }
    }

    fn key(&self, value: &Value, out: &mut Vec<u8>) -> bool {
        key::any(value, out);
        true
    }

    fn schema(&self) -> Value {
        serde_json::json!({})
    }
}
