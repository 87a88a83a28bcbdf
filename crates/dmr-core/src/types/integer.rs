//! Integer: a whole number that fits 64 bits. `5.0` and `5e0` are 5 and are stored so.

use serde_json::{Number as JsonNumber, Value};

use super::{Fault, Kind, Native};
use crate::json::scan_number;
use crate::number::{Decimal, as_i64};
use crate::{key, number};

pub(super) struct Integer;

impl Kind for Integer {
    fn name(&self) -> &'static str {
        "integer"
    }

    fn read(&self, value: Value) -> Result<Value, Fault> {
        match value {
            Value::Number(number) => whole(&number),
            other => {
                let fault = Fault::of_kind(self.name(), &other);
                Err(if other.is_string() { fault.suggest("Write the number without quotes") } else { fault })
            }
        }
    }

    fn read_text(&self, text: &str) -> Result<Value, Fault> {
        if scan_number(text.as_bytes()) != Ok(text.len()) {
            return Err(Fault::unreadable(self.name()).suggest("Digits only, with a minus sign in front where it is negative: -12"));
        }
        whole(&JsonNumber::from_string_unchecked(text.to_owned()))
    }

    fn key(&self, value: &Value, out: &mut Vec<u8>) -> bool {
        integer_of(value).is_some_and(|integer| {
            key::integer(integer, out);
            true
        })
    }

    fn key_raw(&self, raw: &[u8], out: &mut Vec<u8>) -> bool {
        std::str::from_utf8(raw).ok().and_then(|text| text.parse().ok()).is_some_and(|integer| {
            key::integer(integer, out);
            true
        })
    }

    fn native(&self, value: &Value) -> Option<(Native, bool)> {
        let integer = integer_of(value)?;
        let exact = matches!(value, Value::Number(number) if number.as_str() == itoa::Buffer::new().format(integer));
        Some((Native::Integer(integer), exact))
    }

    fn value_of(&self, native: Native) -> Option<Value> {
        match native {
            Native::Integer(integer) => Some(integer.into()),
            _ => None,
        }
    }

    fn schema(&self) -> Value {
        serde_json::json!({"type": "integer"})
    }
}

fn integer_of(value: &Value) -> Option<i64> {
    match value {
        Value::Number(number) => as_i64(number),
        _ => None,
    }
}

fn whole(number: &JsonNumber) -> Result<Value, Fault> {
    if let Some(integer) = number::as_i64(number) {
        return Ok(integer.into());
    }
    // A whole number ends at or before its point: what is left is only too big.
    match Decimal::of_any_size(number.as_str()) {
        Some(decimal) if decimal.is_whole() => Err(Fault::out_of_range("not an integer of 64 bits")
            .suggest("From -9223372036854775808 to 9223372036854775807; a decimal holds more")),
        _ => Err(Fault::unreadable("integer").suggest("A whole number, without a fraction")),
    }
}
