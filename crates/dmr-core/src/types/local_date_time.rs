//! Local date-time: date and time on a wall clock somewhere, without a zone: `2024-02-29T10:15:00`.

use super::{Fault, Native, Written, calendar};
use crate::key;

pub(super) struct LocalDateTime;

impl Written for LocalDateTime {
    const NAME: &'static str = "local-date-time";
    const FORMAT: Option<&'static str> = Some("local-date-time");

    fn check(&self, text: &str) -> Result<(), Fault> {
        if micros_of(text).is_some() {
            return Ok(());
        }
        let fault = Fault::unreadable(Self::NAME);
        Err(if text.as_bytes().get(10) == Some(&b' ') {
            fault.suggest("Put a T between date and time: 2024-02-29T10:15:00")
        } else {
            fault.suggest("Date, T and time without an offset: 2024-02-29T10:15:00")
        })
    }

    fn key_of(&self, text: &str, out: &mut Vec<u8>) -> bool {
        micros_of(text).is_some_and(|micros| {
            key::local(micros, out);
            true
        })
    }

    fn native_of(&self, text: &str) -> Option<Native> {
        micros_of(text).map(Native::Integer)
    }

    fn text_of(&self, native: Native) -> Option<String> {
        match native {
            Native::Integer(micros) => Some(calendar::moment_text(micros)),
            _ => None,
        }
    }
}

/// Microseconds since 1970 as if in UTC. There are no leap seconds here: where they fall depends on the zone.
pub(super) fn micros_of(text: &str) -> Option<i64> {
    let (days, rest) = calendar::day(text.as_bytes())?;
    let (clock, rest) = calendar::clock(rest.strip_prefix(b"T").or_else(|| rest.strip_prefix(b"t"))?)?;
    (rest.is_empty() && clock.second < 60).then(|| days * calendar::MICROS_OF_DAY + clock.since_midnight())
}
