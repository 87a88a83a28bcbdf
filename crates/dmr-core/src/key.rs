//! Keys: one place for every value in one total order, as bytes that compare like the values.
//!
//! A key starts with its class, so that values of different kinds have an order too:
//! null and absent < false < true < integer < number < decimal < date < time < local date-time < date-time < ids < text < list < object.
//! No key is the start of another: keys stand one after the other without a separator, also when some are inverted.

use serde_json::Value;

use crate::number::Decimal;
use crate::projection::Held;
use crate::types::{FieldType, Native};

/// Ends a text, a decimal's digits, a list, an object; smaller than any class.
const END: u8 = 0;

const NULL: u8 = 0x02;
const FALSE: u8 = 0x04;
const TRUE: u8 = 0x05;
const INTEGER: u8 = 0x08;
const NUMBER: u8 = 0x09;
const DECIMAL: u8 = 0x0A;
const DATE: u8 = 0x10;
const TIME: u8 = 0x11;
const LOCAL: u8 = 0x12;
const INSTANT: u8 = 0x13;
const BYTES16: u8 = 0x18;
const TEXT: u8 = 0x20;
const LIST: u8 = 0x30;
const OBJECT: u8 = 0x31;

const NEGATIVE: u8 = 1;
const ZERO: u8 = 2;
const POSITIVE: u8 = 3;

/// The key of null, and of a field that is absent: the smallest.
pub fn null(out: &mut Vec<u8>) {
    out.push(NULL);
}

/// The key of a truth value.
pub fn boolean(value: bool, out: &mut Vec<u8>) {
    out.push(if value { TRUE } else { FALSE });
}

/// The key of an integer.
pub fn integer(value: i64, out: &mut Vec<u8>) {
    signed(INTEGER, value, out);
}

/// The key of a number that compares as a double. Minus zero is zero; what is not a number is greatest.
pub fn number(value: f64, out: &mut Vec<u8>) {
    let bits = if value.is_nan() { f64::NAN.to_bits() & (u64::MAX >> 1) } else { (value + 0.0).to_bits() };
    // Positive doubles order like their bits; negative ones the other way round.
    let ordered = if bits >> 63 == 0 { bits | (1 << 63) } else { !bits };
    out.push(NUMBER);
    out.extend_from_slice(&ordered.to_be_bytes());
}

/// The key of an exact decimal: sign, exponent, digits two a byte, end.
pub fn decimal(value: &Decimal, out: &mut Vec<u8>) {
    out.push(DECIMAL);
    if value.is_zero() {
        return out.push(ZERO);
    }
    out.push(if value.negative { NEGATIVE } else { POSITIVE });
    let from = out.len();
    out.extend_from_slice(&(value.exponent.cast_unsigned() ^ (1 << 31)).to_be_bytes());
    out.extend(value.digits.chunks(2).map(|pair| 1 + pair.first().unwrap_or(&0) * 10 + pair.get(1).unwrap_or(&0)));
    out.push(END);
    if value.negative {
        invert(out, from);
    }
}

/// The key of a date: days since 1970-01-01.
pub fn date(days: i64, out: &mut Vec<u8>) {
    signed(DATE, days, out);
}

/// The key of a time of day: microseconds since midnight.
pub fn time(micros: i64, out: &mut Vec<u8>) {
    signed(TIME, micros, out);
}

/// The key of a date and time without a zone: microseconds since 1970 as if in UTC.
pub fn local(micros: i64, out: &mut Vec<u8>) {
    signed(LOCAL, micros, out);
}

/// The key of an instant: microseconds since 1970 UTC.
pub fn instant(micros: i64, out: &mut Vec<u8>) {
    signed(INSTANT, micros, out);
}

/// The key of an id of 16 bytes.
pub fn bytes16(value: &[u8; 16], out: &mut Vec<u8>) {
    out.push(BYTES16);
    out.extend_from_slice(value);
}

/// The key of a text: its UTF-8 bytes, which order like its code points, and an end.
pub fn text(value: &str, out: &mut Vec<u8>) {
    text_bytes(value.as_bytes(), out);
}

/// The common start of the keys of all texts that start so: a text's key without its end.
pub fn text_start(value: &str, out: &mut Vec<u8>) {
    text_bytes(value.as_bytes(), out);
    out.pop();
}

/// As [`text`], for a text that is known to be UTF-8 only by where it came from.
pub(crate) fn text_bytes(value: &[u8], out: &mut Vec<u8>) {
    out.push(TEXT);
    if memchr::memchr(0, value).is_none() {
        out.extend_from_slice(value);
    } else {
        // U+0000 is refused at every door. Should one get here all the same, the key still ends where it must.
        out.extend(value.iter().map(|byte| (*byte).max(1)));
    }
    out.push(END);
}

/// The key of any JSON value without a type. Numbers are exact (1.0 is 1); the order of an object's members does not matter.
pub fn any(value: &Value, out: &mut Vec<u8>) {
    match value {
        Value::Null => null(out),
        Value::Bool(value) => boolean(*value, out),
        Value::Number(value) => match Decimal::of_any_size(value.as_str()) {
            Some(exact) => decimal(&exact, out),
            None => number(crate::number::as_f64(value), out),
        },
        Value::String(value) => text(value, out),
        Value::Array(list) => {
            out.push(LIST);
            for element in list {
                any(element, out);
            }
            out.push(END);
        }
        Value::Object(map) => {
            out.push(OBJECT);
            let mut members: Vec<_> = map.iter().collect();
            members.sort_unstable_by_key(|(name, _)| *name);
            for (name, member) in members {
                text(name, out);
                any(member, out);
            }
            out.push(END);
        }
    }
}

/// Whether a key is that of a text.
pub fn is_text(key: &[u8]) -> bool {
    key.first() == Some(&TEXT)
}

/// Whether a key is that of an object.
pub fn is_object(key: &[u8]) -> bool {
    key.first() == Some(&OBJECT)
}

/// Turns what was written from an offset on into its opposite: what was greater is smaller. Doing it twice undoes it.
pub fn invert(out: &mut [u8], from: usize) {
    for byte in out.iter_mut().skip(from) {
        *byte = !*byte;
    }
}

/// How long the first key is; everything where the bytes do not hold a whole key.
pub fn skip(keys: &[u8]) -> usize {
    walk(keys, 0)
}

/// As [`skip`], where the first key is inverted.
pub fn skip_inverted(keys: &[u8]) -> usize {
    walk(keys, 0xFF)
}

/// The least bytes greater than all that start so: the open end of a range. None where there are none.
pub fn after(start: &[u8]) -> Option<Vec<u8>> {
    let last = start.iter().rposition(|byte| *byte != 0xFF)?;
    let mut out = start.get(..=last)?.to_vec();
    *out.last_mut()? += 1;
    Some(out)
}

/// What a typed column holds for the value of a key; none for null, lists, objects and what is no key.
pub fn native(key: &[u8]) -> Option<Native> {
    let (class, rest) = key.split_first()?;
    let bits = || rest.try_into().ok().map(u64::from_be_bytes);
    Some(match *class {
        FALSE | TRUE => Native::Integer(i64::from(*class == TRUE)),
        INTEGER | DATE | TIME | LOCAL | INSTANT => Native::Integer((bits()? ^ (1 << 63)).cast_signed()),
        NUMBER => {
            let ordered = bits()?;
            Native::Real(f64::from_bits(if ordered >> 63 == 1 { ordered ^ (1 << 63) } else { !ordered }))
        }
        DECIMAL => Native::Bytes(key.to_vec()),
        BYTES16 if rest.len() == 16 => Native::Bytes(rest.to_vec()),
        TEXT => Native::Text(std::str::from_utf8(rest.strip_suffix(&[END])?).ok()?.to_owned()),
        _ => return None,
    })
}

/// Appends the key of what a typed column of a type holds; or appends nothing and says no, where that type never holds it.
pub fn held(kind: &FieldType, held: Held<'_>, out: &mut Vec<u8>) -> bool {
    match (kind, held) {
        (FieldType::Text, Held::Text(bytes)) => text_bytes(bytes, out),
        (FieldType::Integer, Held::Integer(value)) => integer(value, out),
        (FieldType::Number, Held::Real(value)) => number(value, out),
        (FieldType::Decimal, Held::Bytes(key)) => out.extend_from_slice(key),
        (FieldType::Boolean, Held::Integer(value)) => boolean(value != 0, out),
        (FieldType::Date, Held::Integer(days)) => date(days, out),
        (FieldType::Time, Held::Integer(micros)) => time(micros, out),
        (FieldType::LocalDateTime, Held::Integer(micros)) => local(micros, out),
        (FieldType::DateTime, Held::Integer(micros)) => instant(micros, out),
        (FieldType::Uuid, Held::Bytes(bytes)) => match bytes.try_into() {
            Ok(bytes) => bytes16(bytes, out),
            Err(_) => return false,
        },
        _ => return false,
    }
    true
}

/// The decimal of a key that [`decimal`] wrote.
pub fn read_decimal(key: &[u8]) -> Option<Decimal> {
    let (sign, rest) = key.strip_prefix(&[DECIMAL])?.split_first()?;
    let mask = match *sign {
        ZERO => return Decimal::parse("0").filter(|_| rest.is_empty()),
        POSITIVE => 0,
        NEGATIVE => 0xFF,
        _ => return None,
    };
    let bytes: Vec<u8> = rest.iter().map(|byte| byte ^ mask).collect();
    let (exponent, rest) = bytes.split_first_chunk::<4>()?;
    let pairs = rest.strip_suffix(&[END])?;
    let mut digits = Vec::with_capacity(pairs.len() * 2);
    for pair in pairs {
        let pair = pair.checked_sub(1).filter(|pair| *pair < 100)?;
        digits.extend([pair / 10, pair % 10]);
    }
    if digits.last() == Some(&0) {
        digits.pop();
    }
    let exponent = (u32::from_be_bytes(*exponent) ^ (1 << 31)).cast_signed();
    Some(Decimal { negative: mask != 0, exponent, digits })
}

/// The digits of a key that [`decimal`] wrote as a whole number, and by which power of ten that is to be divided; none where they are more
/// than 18 or the power is not from 0 to 18.
pub(crate) fn decimal_mantissa(key: &[u8]) -> Option<(i64, u32)> {
    let (negative, rest) = match key {
        [DECIMAL, ZERO] => return Some((0, 0)),
        [DECIMAL, POSITIVE, rest @ ..] => (false, rest),
        [DECIMAL, NEGATIVE, rest @ ..] => (true, rest),
        _ => return None,
    };
    let mask = if negative { 0xFF } else { 0 };
    let (exponent, rest) = rest.split_first_chunk::<4>()?;
    let exponent = (u32::from_be_bytes(exponent.map(|byte| byte ^ mask)) ^ (1 << 31)).cast_signed();
    let (_, pairs) = rest.split_last()?;
    if pairs.len() > 9 || exponent > 18 {
        return None;
    }
    let mut mantissa = 0_i64;
    for pair in pairs {
        mantissa = mantissa * 100 + i64::from((pair ^ mask).checked_sub(1).filter(|pair| *pair < 100)?);
    }
    // A pair may end with a zero that is no digit: one place more, and the same number.
    let scale = i32::try_from(pairs.len() * 2).ok()? - exponent;
    let (mantissa, scale) =
        if scale < 0 { (mantissa.checked_mul(10_i64.checked_pow(scale.unsigned_abs())?)?, 0) } else { (mantissa, scale) };
    let scale = u32::try_from(scale).ok().filter(|scale| *scale <= 18)?;
    Some((if negative { -mantissa } else { mantissa }, scale))
}

fn signed(class: u8, value: i64, out: &mut Vec<u8>) {
    out.push(class);
    out.extend_from_slice(&(value.cast_unsigned() ^ (1 << 63)).to_be_bytes());
}

fn walk(keys: &[u8], mask: u8) -> usize {
    let mut open = 0_usize;
    let mut at = 0;
    while let Some(class) = keys.get(at).map(|byte| byte ^ mask) {
        at += 1;
        match class {
            END => open = open.saturating_sub(1),
            LIST | OBJECT => open += 1,
            INTEGER | NUMBER | DATE | TIME | LOCAL | INSTANT => at += 8,
            BYTES16 => at += 16,
            TEXT => at = end_after(keys, at, END ^ mask),
            DECIMAL => at = decimal_end(keys, at, mask),
            _ => {}
        }
        if open == 0 {
            break;
        }
    }
    at.min(keys.len())
}

fn decimal_end(keys: &[u8], at: usize, mask: u8) -> usize {
    match keys.get(at).map(|byte| byte ^ mask) {
        Some(POSITIVE) => end_after(keys, at + 5, END ^ mask),
        Some(NEGATIVE) => end_after(keys, at + 5, !END ^ mask),
        _ => at + 1,
    }
}

fn end_after(keys: &[u8], from: usize, end: u8) -> usize {
    keys.get(from..).and_then(|rest| memchr::memchr(end, rest)).map_or(keys.len(), |found| from + found + 1)
}
