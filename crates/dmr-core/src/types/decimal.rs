//! Decimal: an exact number such as an amount of money, written as a string. `"12.50"` equals `"12.5"` and is given back as it came.

use serde_json::Value;

use super::{Fault, Native, Written};
use crate::{key, number};

pub(super) struct Decimal;

impl Written for Decimal {
    const NAME: &'static str = "decimal";
    const FORMAT: Option<&'static str> = Some("decimal");

    fn check(&self, text: &str) -> Result<(), Fault> {
        if number::Decimal::parse(text).is_some() {
            Ok(())
        } else if number::Decimal::of_any_size(text).is_some() {
            Err(Fault::out_of_range("not a decimal that can be held: at most ten to the 10000, at least ten to the -10000"))
        } else {
            Err(Fault::unreadable(Self::NAME).suggest("Digits with a point: -1234.50"))
        }
    }

    fn key_of(&self, text: &str, out: &mut Vec<u8>) -> bool {
        number::Decimal::parse(text).is_some_and(|decimal| {
            key::decimal(&decimal, out);
            true
        })
    }

    fn native_of(&self, text: &str) -> Option<Native> {
        let mut bytes = Vec::with_capacity(16);
        self.key_of(text, &mut bytes).then_some(Native::Bytes(bytes))
    }

    fn text_of(&self, native: Native) -> Option<String> {
        match native {
            Native::Bytes(bytes) => key::read_decimal(&bytes).map(|decimal| decimal.text()),
            _ => None,
        }
    }

    fn not_text(&self, value: &Value) -> Fault {
        let fault = Fault::of_kind(Self::NAME, value);
        if value.is_number() { fault.suggest("Put the number in quotes: a decimal travels as a string") } else { fault }
    }
}
