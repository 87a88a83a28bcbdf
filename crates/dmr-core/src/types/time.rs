//! Time: a time of day, `10:15:00`, with or without an offset from UTC. It compares by its time in UTC;
//! without an offset as if it were in UTC.

use super::calendar::{self, MICROS_OF_MINUTE};
use super::{Fault, Native, Written};
use crate::key;

pub(super) struct Time;

impl Written for Time {
    const NAME: &'static str = "time";
    const FORMAT: Option<&'static str> = Some("time");

    fn check(&self, text: &str) -> Result<(), Fault> {
        match micros_of(text) {
            Some(_) => Ok(()),
            None => {
                Err(Fault::unreadable(Self::NAME)
                    .suggest("Hours, minutes and seconds, and an offset where there is one: 10:15:00, 10:15:00Z"))
            }
        }
    }

    fn key_of(&self, text: &str, out: &mut Vec<u8>) -> bool {
        micros_of(text).is_some_and(|micros| {
            key::time(micros, out);
            true
        })
    }

    fn native_of(&self, text: &str) -> Option<Native> {
        micros_of(text).map(Native::Integer)
    }

    fn text_of(&self, native: Native) -> Option<String> {
        match native {
            Native::Integer(micros) => text_of(micros),
            _ => None,
        }
    }
}

/// Microseconds since midnight UTC; an offset can bring it before 0 or past a day.
fn micros_of(text: &str) -> Option<i64> {
    let (clock, rest) = calendar::clock(text.as_bytes())?;
    let offset = if rest.is_empty() { 0 } else { calendar::offset(rest)? };
    clock.leap_fits(offset).then(|| clock.since_midnight() - offset * MICROS_OF_MINUTE)
}

/// The time without an offset; where it is outside of the day in UTC, with the least offset that brings it inside.
fn text_of(micros: i64) -> Option<String> {
    let minutes = micros.div_euclid(MICROS_OF_MINUTE);
    let offset = minutes.clamp(0, 1439) - minutes;
    if offset == 0 {
        return Some(calendar::clock_text(micros));
    }
    let sign = if offset < 0 { '-' } else { '+' };
    let (hours, minutes) = (offset.abs() / 60, offset.abs() % 60);
    (hours <= 23).then(|| format!("{}{sign}{hours:02}:{minutes:02}", calendar::clock_text(micros + offset * MICROS_OF_MINUTE)))
}
