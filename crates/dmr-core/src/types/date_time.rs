//! Date-time: an instant as RFC 3339 writes it, with its offset; kept as it came, compared in microseconds UTC.

use super::{Fault, Native, Written, calendar, local_date_time};
use crate::key;

pub(super) struct DateTime;

impl Written for DateTime {
    const NAME: &'static str = "date-time";
    const FORMAT: Option<&'static str> = Some("date-time");

    fn check(&self, text: &str) -> Result<(), Fault> {
        if micros_of(text).is_some() {
            return Ok(());
        }
        let fault = Fault::unreadable(Self::NAME);
        Err(if local_date_time::micros_of(text).is_some() {
            fault.suggest("Add the offset: Z for UTC, or one such as +02:00")
        } else if text.as_bytes().get(10) == Some(&b' ') {
            fault.suggest("Put a T between date and time: 2024-02-29T10:15:00Z")
        } else {
            fault.suggest("Date, T, time and offset: 2024-02-29T10:15:00Z, 2024-02-29T10:15:00.5+02:00")
        })
    }

    fn key_of(&self, text: &str, out: &mut Vec<u8>) -> bool {
        micros_of(text).is_some_and(|micros| {
            key::instant(micros, out);
            true
        })
    }

    fn native_of(&self, text: &str) -> Option<Native> {
        micros_of(text).map(Native::Integer)
    }

    fn text_of(&self, native: Native) -> Option<String> {
        match native {
            Native::Integer(micros) => Some(format!("{}Z", calendar::moment_text(micros))),
            _ => None,
        }
    }
}

/// Microseconds since 1970 UTC. A leap second counts only where one can be: at the end of a month in UTC.
fn micros_of(text: &str) -> Option<i64> {
    let (days, rest) = calendar::day(text.as_bytes())?;
    let (clock, rest) = calendar::clock(rest.strip_prefix(b"T").or_else(|| rest.strip_prefix(b"t"))?)?;
    let offset = calendar::offset(rest)?;
    let micros = days * calendar::MICROS_OF_DAY + clock.since_midnight() - offset * calendar::MICROS_OF_MINUTE;
    if clock.second == 60 && !(clock.leap_fits(offset) && calendar::ends_month(micros.div_euclid(calendar::MICROS_OF_DAY))) {
        return None;
    }
    Some(micros)
}
