//! Date: a day, `2024-02-29`.

use super::{Fault, Native, Written, calendar};
use crate::key;

pub(super) struct Date;

impl Written for Date {
    const NAME: &'static str = "date";
    const FORMAT: Option<&'static str> = Some("date");

    fn check(&self, text: &str) -> Result<(), Fault> {
        match days_of(text) {
            Some(_) => Ok(()),
            None => Err(Fault::unreadable(Self::NAME).suggest("A day that exists, as year-month-day: 2024-02-29")),
        }
    }

    fn key_of(&self, text: &str, out: &mut Vec<u8>) -> bool {
        days_of(text).is_some_and(|days| {
            key::date(days, out);
            true
        })
    }

    fn native_of(&self, text: &str) -> Option<Native> {
        days_of(text).map(Native::Integer)
    }

    fn text_of(&self, native: Native) -> Option<String> {
        match native {
            Native::Integer(days) => Some(calendar::day_text(days)),
            _ => None,
        }
    }
}

fn days_of(text: &str) -> Option<i64> {
    calendar::day(text.as_bytes()).filter(|(_, rest)| rest.is_empty()).map(|(days, _)| days)
}
