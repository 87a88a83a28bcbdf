//! A number as it stands in a record, exactly.

use crate::FieldType;
use crate::json::raw;
use crate::key;
use crate::number::{Decimal, text_of_f64};
use crate::projection::{Cell, Held};

/// The most digits after the point of a small number.
pub(super) const MOST_SCALE: u32 = 18;

/// An exact number.
#[derive(Debug, Clone, PartialEq)]
pub(crate) enum Exact {
    /// The first, divided by ten to the second, which is at most [`MOST_SCALE`].
    Small(i64, u32),
    /// One that does not fit.
    Large(Box<Decimal>),
}

/// What a cell is to a measure that needs numbers.
#[derive(Debug, Clone, PartialEq)]
pub(crate) enum Reading {
    /// Null or absent.
    Nothing,
    /// A number.
    Number(Exact),
    /// No number, or one beyond ten to the ±10,000, with which nothing is reckoned.
    Unfit,
}

impl Exact {
    /// Reads a cell of a field.
    pub fn read(kind: &FieldType, cell: Cell<'_>) -> Reading {
        let number = match cell {
            Cell::Nothing => return Reading::Nothing,
            Cell::Json(text) => of_json(kind, text),
            Cell::Held(FieldType::Integer, Held::Integer(value)) => Some(Self::Small(value, 0)),
            Cell::Held(FieldType::Number, Held::Real(value)) => of_double(value),
            Cell::Held(FieldType::Decimal, Held::Bytes(key)) => of_key(key),
            Cell::Held(..) => None,
        };
        number.map_or(Reading::Unfit, Reading::Number)
    }

    /// As a decimal of whatever size.
    pub fn decimal(&self) -> Decimal {
        match self {
            Self::Large(decimal) => (**decimal).clone(),
            Self::Small(mantissa, scale) => of_mantissa(&mantissa.to_string(), i64::from(*scale)),
        }
    }
}

/// The decimal of a whole number's text, divided by ten to a scale.
pub(super) fn of_mantissa(text: &str, scale: i64) -> Decimal {
    let (negative, digits) = text.strip_prefix('-').map_or((false, text), |digits| (true, digits));
    let digits = digits.trim_start_matches('0');
    let exponent = i64::try_from(digits.len()).unwrap_or(i64::MAX) - scale;
    let kept = digits.trim_end_matches('0');
    if kept.is_empty() {
        return Decimal { negative: false, exponent: 1, digits: Vec::new() };
    }
    let exponent = i32::try_from(exponent).unwrap_or(i32::MAX);
    Decimal { negative, exponent, digits: kept.bytes().map(|digit| digit - b'0').collect() }
}

/// Numbers are JSON numbers; of a decimal field also texts, since that is how decimals stand in JSON.
fn of_json(kind: &FieldType, text: &[u8]) -> Option<Exact> {
    match text.first()? {
        b'"' if *kind == FieldType::Decimal => match text.get(1..text.len() - 1).and_then(of_digits) {
            Some(exact) => Some(exact),
            None => of_any_text(&raw::text(text)?),
        },
        b'-' | b'0'..=b'9' => of_digits(text).or_else(|| of_any_text(std::str::from_utf8(text).ok()?)),
        _ => None,
    }
}

/// The usual case: digits, with a point or without, few enough.
fn of_digits(text: &[u8]) -> Option<Exact> {
    let (negative, unsigned) = text.strip_prefix(b"-").map_or((false, text), |rest| (true, rest));
    // 18 significant digits are what an i64 surely holds.
    if unsigned.is_empty() || unsigned.len() > 2 + MOST_SCALE as usize || unsigned[0] == b'.' {
        return None;
    }
    let (mut mantissa, mut significant, mut scale, mut pointed) = (0_i64, 0_u32, 0_u32, false);
    for byte in unsigned {
        match byte {
            b'0'..=b'9' => {
                if significant == MOST_SCALE {
                    return None;
                }
                mantissa = mantissa * 10 + i64::from(byte - b'0');
                significant += u32::from(mantissa != 0);
                scale += u32::from(pointed);
            }
            b'.' if !pointed => pointed = true,
            _ => return None,
        }
    }
    // The grammar allows no zero in front of other digits.
    let leads_with_zero = matches!(unsigned, [b'0', b'0'..=b'9', ..]);
    let ends_with_point = pointed && scale == 0;
    (!leads_with_zero && !ends_with_point).then_some(Exact::Small(if negative { -mantissa } else { mantissa }, scale))
}

fn of_any_text(text: &str) -> Option<Exact> {
    Decimal::parse(text).map(of_decimal)
}

fn of_decimal(decimal: Decimal) -> Exact {
    let digits = i64::try_from(decimal.digits.len()).unwrap_or(i64::MAX);
    let scale = digits - i64::from(decimal.exponent);
    small(decimal.negative, decimal.digits.iter().copied(), digits, scale).unwrap_or_else(|| Exact::Large(Box::new(decimal)))
}

fn small(negative: bool, digits: impl Iterator<Item = u8>, count: i64, scale: i64) -> Option<Exact> {
    let zeros = u32::try_from((-scale).max(0)).ok()?;
    if count + i64::from(zeros) > i64::from(MOST_SCALE) || scale > i64::from(MOST_SCALE) {
        return None;
    }
    let mantissa = digits.fold(0_i64, |sum, digit| sum * 10 + i64::from(digit)) * 10_i64.pow(zeros);
    Some(Exact::Small(if negative { -mantissa } else { mantissa }, u32::try_from(scale.max(0)).ok()?))
}

/// The shortest decimal that reads as this double: the number that stands in the record, since a column that holds a double gives the
/// record's text back.
fn of_double(value: f64) -> Option<Exact> {
    /// A decimal of at most 15 digits is the only such one that reads as its double, and so is the shortest.
    const SURE: f64 = 1e15;
    const PLACES: [(f64, u32); 3] = [(1.0, 0), (1e2, 2), (1e4, 4)];
    for (power, scale) in PLACES {
        let raised = value * power + 0.5_f64.copysign(value);
        if raised.abs() < SURE {
            #[expect(clippy::cast_possible_truncation, reason = "below 1e15; what is after the point is meant to go")]
            let mantissa = raised as i64;
            // Both are exact, so the quotient is the double nearest to the decimal.
            #[expect(clippy::cast_precision_loss, reason = "below 1e15")]
            if mantissa as f64 / power == value {
                return Some(Exact::Small(mantissa, scale));
            }
        }
    }
    if value.abs() < SURE
        && let Some(exact @ Exact::Small(_, scale)) = of_digits(zmij::Buffer::new().format_finite(value).as_bytes())
        && digits_after_point(value) != i64::from(scale) + 1
    {
        return Some(exact);
    }
    let text = text_of_f64(value)?;
    of_digits(text.as_bytes()).or_else(|| of_any_text(&text))
}

/// How many digits after the point a double has that is written out in full: as many as it has bits there. One more than its shortest
/// text has means that two texts are equally near to it, and not everyone chooses the same.
fn digits_after_point(value: f64) -> i64 {
    const FRACTION: u64 = (1 << 52) - 1;
    let bits = value.to_bits();
    let mantissa = (bits & FRACTION) | (1 << 52);
    let exponent = (bits >> 52 & 0x7ff).cast_signed() - 1075;
    -(exponent + i64::from(mantissa.trailing_zeros()))
}

/// From a decimal's key, without building the decimal.
fn of_key(bytes: &[u8]) -> Option<Exact> {
    key::decimal_mantissa(bytes).map(|(mantissa, scale)| Exact::Small(mantissa, scale)).or_else(|| key::read_decimal(bytes).map(of_decimal))
}

#[cfg(test)]
mod tests {
    use super::*;

    fn read(kind: &FieldType, text: &str) -> Option<String> {
        match Exact::read(kind, Cell::json(text.as_bytes())) {
            Reading::Number(exact) => Some(exact.decimal().text()),
            _ => None,
        }
    }

    #[test]
    fn r1_numbers_are_read_digit_by_digit() {
        let numbers = [
            ("0", "0"),
            ("-0.0", "0"),
            ("1.50", "1.5"),
            ("-12.34", "-12.34"),
            ("1e3", "1000"),
            ("9007199254740993", "9007199254740993"),
            ("9223372036854775807", "9223372036854775807"),
            ("0.1", "0.1"),
            ("1234567890123456789012345678901234567890", "1234567890123456789012345678901234567890"),
            ("0.0000000000000000000000001", "0.0000000000000000000000001"),
        ];
        for (text, exact) in numbers {
            assert_eq!(read(&FieldType::Number, text).as_deref(), Some(exact), "{text}");
            assert_eq!(read(&FieldType::Decimal, &format!("\"{text}\"")).as_deref(), Some(exact), "{text}");
        }
        for text in ["\"1\"", "true", "[1]", "1e10002", "{}"] {
            assert_eq!(read(&FieldType::Number, text), None, "{text}");
        }
        for text in ["\"01\"", "\".5\"", "\"1.\"", "\"-\"", "\"\"", "\"1 \"", "\"00.5\""] {
            assert_eq!(read(&FieldType::Decimal, text), None, "{text}");
        }
    }

    #[test]
    fn r1_a_double_is_the_shortest_decimal_that_reads_so() {
        let chosen =
            [0.0, 0.1, 0.3, 1.0 / 3.0, -2.5, 123.456, 0.000_001, 999_999_999_999_999.0, 1e15, 1e22, 4.35, 5e-324, 0.30000000000000004];
        // Every pattern of bits is some number; those of a spread of sizes are met by turning a counter into bits.
        let spread =
            (1..20_000_u64).map(|number| f64::from_bits(number.wrapping_mul(0x9e37_79b9_7f4a_7c15))).filter(|value| value.is_finite());
        let small = (1..20_000_u32).map(|number| f64::from(number) / 12_345.0);
        for value in chosen.into_iter().chain(spread).chain(small) {
            let Reading::Number(exact) = Exact::read(&FieldType::Number, Cell::Held(&FieldType::Number, Held::Real(value))) else {
                unreachable!("{value} is a number")
            };
            let shortest = Decimal::parse(&text_of_f64(value).unwrap_or_default());
            assert_eq!(Some(exact.decimal()), shortest, "{value}");
        }
        let infinite = Exact::read(&FieldType::Number, Cell::Held(&FieldType::Number, Held::Real(f64::INFINITY)));
        assert_eq!(infinite, Reading::Unfit);
    }

    #[test]
    fn r1_a_decimals_key_gives_its_digits() {
        for text in ["0", "12.5", "-12.5", "0.001", "1200", "-7", "123456789012345678", "1234567890123456789", "1e-30", "99.99", "1e40"] {
            let Some(decimal) = Decimal::parse(text) else { unreachable!("{text} is a decimal") };
            let mut bytes = Vec::new();
            key::decimal(&decimal, &mut bytes);
            let read = Exact::read(&FieldType::Decimal, Cell::Held(&FieldType::Decimal, Held::Bytes(&bytes)));
            let Reading::Number(exact) = read else { unreachable!("{text} is a number") };
            assert_eq!(exact.decimal(), decimal, "{text}");
        }
    }
}
