//! Number: compares as a double, keeps the digits it came with.

use serde_json::{Number as JsonNumber, Value};

use super::{Fault, Kind, Native};
use crate::json::scan_number;
use crate::key;
use crate::number::{as_f64, text_of_f64};

pub(super) struct Number;

impl Kind for Number {
    fn name(&self) -> &'static str {
        "number"
    }

    fn read(&self, value: Value) -> Result<Value, Fault> {
        match value {
            Value::Number(_) => Ok(value),
            other => {
                let fault = Fault::of_kind(self.name(), &other);
                Err(if other.is_string() { fault.suggest("Write the number without quotes") } else { fault })
            }
        }
    }

    fn read_text(&self, text: &str) -> Result<Value, Fault> {
        if scan_number(text.as_bytes()) == Ok(text.len()) {
            Ok(Value::Number(JsonNumber::from_string_unchecked(text.to_owned())))
        } else {
            Err(Fault::unreadable(self.name()).suggest("As in JSON: -12, 0.5, 6.02e23"))
        }
    }

    fn key(&self, value: &Value, out: &mut Vec<u8>) -> bool {
        let Value::Number(number) = value else { return false };
        key::number(as_f64(number), out);
        true
    }

    fn key_raw(&self, raw: &[u8], out: &mut Vec<u8>) -> bool {
        if !matches!(raw.first(), Some(b'-' | b'0'..=b'9')) {
            return false;
        }
        std::str::from_utf8(raw).ok().and_then(|text| text.parse::<f64>().ok()).is_some_and(|number| {
            key::number(number, out);
            true
        })
    }

    fn native(&self, value: &Value) -> Option<(Native, bool)> {
        let Value::Number(number) = value else { return None };
        let real = as_f64(number);
        let exact = text_of_f64(real).is_some_and(|text| text == number.as_str());
        Some((Native::Real(real), exact))
    }

    fn value_of(&self, native: Native) -> Option<Value> {
        let text = match native {
            Native::Real(real) => text_of_f64(real)?,
            // A store may hand a whole double back as an integer.
            Native::Integer(integer) => integer.to_string(),
            _ => return None,
        };
        Some(Value::Number(JsonNumber::from_string_unchecked(text)))
    }

    fn schema(&self) -> Value {
        serde_json::json!({"type": "number"})
    }
}
