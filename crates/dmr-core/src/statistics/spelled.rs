//! Values as they are told: whole, or the beginning of a long one.

use super::table;
use crate::FieldType;
use crate::json::{self, raw};
use std::borrow::Cow;

/// A longer value is told by its beginning.
pub(super) const LONGEST: usize = 200;

/// The text that stands for a value: itself, or for a long one the beginning of it as a JSON text.
pub(super) fn told(raw: &[u8]) -> Cow<'_, [u8]> {
    if raw.len() <= LONGEST { Cow::Borrowed(raw) } else { Cow::Owned(beginning(raw.get(..LONGEST).unwrap_or_default())) }
}

/// The same of an entry of a table.
pub(super) fn told_entry(key: &[u8]) -> (Cow<'_, [u8]>, usize, bool) {
    match table::entry(key) {
        (whole, None) => (Cow::Borrowed(whole), whole.len(), false),
        (start, Some(length)) => (Cow::Owned(beginning(start)), length, true),
    }
}

/// The first bytes of a value as a JSON text: of a text so much as can be read, of a list or an object how it is written.
fn beginning(start: &[u8]) -> Vec<u8> {
    let read = |less: usize| {
        let part = start.get(..start.len().checked_sub(less)?)?;
        let quoted = match part {
            [b'"', ..] => [part, b"\""].concat(),
            _ => return std::str::from_utf8(part).ok().map(str::to_owned),
        };
        raw::text(&quoted).map(Cow::into_owned)
    };
    // An escape of a character beyond the first 65,536 takes twelve bytes; one that was cut off reads as nothing or as a lone half.
    let text = (0..12).find_map(read).unwrap_or_default();
    let mut out = Vec::new();
    json::write_str(&text, &mut out);
    out
}

/// Whether a value of a type is told apart by its text: else by its key.
pub(super) fn is_its_text(kind: &FieldType) -> bool {
    matches!(kind, FieldType::Text | FieldType::Integer | FieldType::Boolean)
}

/// A number as a double; none where a value is none.
pub(super) fn double(raw: &[u8]) -> Option<f64> {
    let text = match raw {
        [b'"', inner @ .., b'"'] => inner,
        [b'-' | b'0'..=b'9', ..] => raw,
        _ => return None,
    };
    let number: f64 = std::str::from_utf8(text).ok()?.parse().ok()?;
    // Minus zero is zero.
    Some(number + 0.0).filter(|number| number.is_finite())
}
