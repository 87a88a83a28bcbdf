//! A limit of numbers, exactly as it was written.

use crate::Value;
use crate::number::{Decimal, text_of_f64};

/// A number that bounds others: from an integer, a double, or the text of a number of any precision (`"0.01"`).
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Limit(Option<String>);

impl Limit {
    /// The number as JSON; none where it was no number.
    pub(super) fn to_json(&self) -> Option<Value> {
        crate::json::parse(self.0.as_deref()?.as_bytes()).ok().filter(Value::is_number)
    }

    /// One in the last of so many decimal places.
    pub(super) fn place(places: u32) -> Self {
        Self(Some(if places == 0 { "1".to_owned() } else { format!("0.{}1", "0".repeat(places as usize - 1)) }))
    }
}

macro_rules! whole {
    ($($kind:ty),*) => { $(
        impl From<$kind> for Limit {
            fn from(number: $kind) -> Self {
                Self(Some(number.to_string()))
            }
        }
    )* };
}

whole!(i32, i64, u32, u64);

impl From<f64> for Limit {
    fn from(number: f64) -> Self {
        Self(text_of_f64(number))
    }
}

impl From<&str> for Limit {
    fn from(text: &str) -> Self {
        Self(Decimal::parse(text).map(|_| text.to_owned()))
    }
}
