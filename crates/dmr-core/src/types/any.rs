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
        if has_nul(&value) { Err(Fault::nul()) } else { Ok(value) }
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

/// Whether U+0000 hides anywhere inside: what our own reader refuses, a caller of the library can still hand in.
pub(super) fn has_nul(value: &Value) -> bool {
    let nul = |text: &str| memchr::memchr(0, text.as_bytes()).is_some();
    match value {
        Value::String(text) => nul(text),
        Value::Array(list) => list.iter().any(has_nul),
        Value::Object(map) => map.iter().any(|(name, member)| nul(name) || has_nul(member)),
        _ => false,
    }
}
