//! What comes out of an input: rows, and what could not become one.

use dmr_core::{Code, Object};
use serde::{Deserialize, Serialize};

/// The most bytes of a quarantined record that are kept.
pub const MOST_RAW: usize = 64 * 1024;

/// Where a record begins in its input.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize)]
pub struct Place {
    /// Line, from 1; for posted records the number of the record.
    pub line: u64,
    /// Offset in bytes, from 0, a byte order mark counted.
    pub byte: u64,
}

/// A record that was read, under the names of the model's fields and typed as the layout says.
#[derive(Debug, Clone, PartialEq)]
pub struct Row {
    /// Where it begins.
    pub place: Place,
    /// Its fields; a cell that is empty is absent.
    pub values: Object,
    /// The bytes it was read from, at most [`MOST_RAW`]: what goes to quarantine when the model refuses the row.
    pub raw: Vec<u8>,
}

/// A record that could not be read and is set aside, never dropped (invariant 11).
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Quarantined {
    /// Where it begins.
    pub place: Place,
    /// What is wrong with it.
    pub code: Code,
    /// The same in words, with the place inside the record where one is known.
    pub message: String,
    /// Its bytes, at most [`MOST_RAW`].
    pub raw: Vec<u8>,
    /// How many bytes it has; more than `raw` holds where it was cut, which the message then says.
    pub length: u64,
}

/// What became of one record of the input.
#[derive(Debug, Clone, PartialEq)]
pub enum Outcome {
    /// It is a row.
    Row(Row),
    /// It is set aside.
    Quarantined(Quarantined),
}

impl Quarantined {
    /// Sets a record aside whose bytes are all at hand.
    pub(crate) fn new(place: Place, code: Code, message: impl Into<String>, bytes: &[u8]) -> Self {
        Self::long(place, code, message, bytes, bytes.len() as u64)
    }

    /// Sets a record aside of which only the beginning is at hand.
    pub(crate) fn long(place: Place, code: Code, message: impl Into<String>, beginning: &[u8], length: u64) -> Self {
        let mut message = message.into();
        let raw = cut(beginning);
        if (raw.len() as u64) < length {
            message.push_str(&format!("; only the first {} of its {length} bytes are kept", raw.len()));
        }
        Self { place, code, message, raw, length }
    }
}

/// The bytes of a record as far as they are kept.
pub(crate) fn cut(bytes: &[u8]) -> Vec<u8> {
    bytes.get(..MOST_RAW).unwrap_or(bytes).to_vec()
}
