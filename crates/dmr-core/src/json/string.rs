//! The inside of a JSON string: where it stops being plain, and what its escapes say.

use super::error::Failure;
use crate::problem::Code;

const ONES: u64 = 0x0101_0101_0101_0101;
const HIGH: u64 = 0x8080_8080_8080_8080;

/// The first byte at or after `at` that is a quote, a backslash or a control character; the length where there is none.
///
/// Eight bytes a step. The subtraction can borrow into bytes *after* a hit only, so the lowest flag is always right.
pub(super) fn plain_end(bytes: &[u8], mut at: usize) -> usize {
    while let Some(chunk) = bytes.get(at..).and_then(<[u8]>::first_chunk::<8>) {
        let word = u64::from_le_bytes(*chunk);
        let quote = word ^ (ONES * 0x22);
        let slash = word ^ (ONES * 0x5C);
        let hits = (quote.wrapping_sub(ONES) & !quote) | (slash.wrapping_sub(ONES) & !slash) | (word.wrapping_sub(ONES * 0x20) & !word);
        let hits = hits & HIGH;
        if hits != 0 {
            return at + (hits.trailing_zeros() / 8) as usize;
        }
        at += 8;
    }
    while bytes.get(at).is_some_and(|byte| *byte >= 0x20 && *byte != b'"' && *byte != b'\\') {
        at += 1;
    }
    at
}

/// The character an escape stands for and where the text goes on; `at` is the place of the backslash.
pub(super) fn escape(bytes: &[u8], at: usize) -> Result<(char, usize), Box<Failure>> {
    let plain = match bytes.get(at + 1) {
        Some(b'"') => '"',
        Some(b'\\') => '\\',
        Some(b'/') => '/',
        Some(b'b') => '\u{8}',
        Some(b'f') => '\u{C}',
        Some(b'n') => '\n',
        Some(b'r') => '\r',
        Some(b't') => '\t',
        Some(b'u') => return unicode(bytes, at),
        None => return Err(Failure::new(Code::JsonSyntax, bytes.len(), "The text ends inside a string")),
        Some(_) => return Err(Failure::new(Code::JsonSyntax, at, "There is no such escape; a backslash itself is written \\\\")),
    };
    Ok((plain, at + 2))
}

fn unicode(bytes: &[u8], at: usize) -> Result<(char, usize), Box<Failure>> {
    let first = unit(bytes, at)?;
    let (code, end) = match first {
        0 => return Err(Failure::new(Code::JsonText, at, "A text cannot hold U+0000")),
        0xD800..=0xDBFF => {
            if bytes.get(at + 6) != Some(&b'\\') || bytes.get(at + 7) != Some(&b'u') {
                return Err(lone(at));
            }
            let second = unit(bytes, at + 6)?;
            if !(0xDC00..=0xDFFF).contains(&second) {
                return Err(lone(at));
            }
            (0x10000 + ((first - 0xD800) << 10) + (second - 0xDC00), at + 12)
        }
        _ => (first, at + 6),
    };
    char::from_u32(code).map(|char| (char, end)).ok_or_else(|| lone(at))
}

fn unit(bytes: &[u8], at: usize) -> Result<u32, Box<Failure>> {
    let bad = || Failure::new(Code::JsonSyntax, at, "\\u is followed by four hexadecimal digits");
    let digits = bytes.get(at + 2..at + 6).ok_or_else(bad)?;
    digits.iter().try_fold(0, |sum, digit| Some(sum * 16 + char::from(*digit).to_digit(16)?)).ok_or_else(bad)
}

fn lone(at: usize) -> Box<Failure> {
    Failure::new(Code::JsonText, at, "A text cannot hold half of a surrogate pair")
}
