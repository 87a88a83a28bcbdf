//! Numbers: what the text of one means, exactly.

use std::cmp::Ordering;

use serde_json::Number;

use crate::json::scan_number;

/// The greatest power of ten, up or down, that a decimal's first digit may stand at.
pub const MOST_EXPONENT: i32 = 10_000;

/// Bounds of the exponent that is kept for a number of any size. Beyond them numbers with the same digits are equal.
const SATURATED: i64 = 1_000_000_000;

/// The integer a number is, exactly: also for `1.0` and `1e3`. None where it is not one or does not fit.
pub fn as_i64(number: &Number) -> Option<i64> {
    number.as_str().parse().ok().or_else(|| Decimal::of_any_size(number.as_str())?.to_i64())
}

/// The nearest double: what numbers compare as. Beyond its range it is infinite; minus zero is zero.
pub fn as_f64(number: &Number) -> f64 {
    // Adding zero turns minus zero into zero and changes nothing else.
    number.as_str().parse::<f64>().unwrap_or(f64::NAN) + 0.0
}

/// The shortest text that reads back as this double, without a point where it has no fraction. None where JSON has no such number.
pub fn text_of_f64(number: f64) -> Option<String> {
    if !number.is_finite() {
        return None;
    }
    let size = number.abs();
    Some(if size == 0.0 || (1e-7..1e21).contains(&size) { format!("{number}") } else { format!("{number:e}") })
}

/// A decimal number of any precision. Equal numbers are equal whatever their text: `1.50` is `1.5`.
#[derive(Debug, Clone, PartialEq, Eq, Hash)]
pub struct Decimal {
    pub(crate) negative: bool,
    /// The number is `0.DIGITS` times ten to this.
    pub(crate) exponent: i32,
    /// 0 to 9 each; neither the first nor the last is zero. Zero has none, and is not negative.
    pub(crate) digits: Vec<u8>,
}

impl Decimal {
    /// Reads a text of JSON's number grammar. None where it is not one or where its size is beyond ten to the ±10,000.
    pub fn parse(text: &str) -> Option<Self> {
        Self::of_any_size(text).filter(|decimal| (decimal.exponent - 1).abs() <= MOST_EXPONENT)
    }

    /// Reads a number of whatever size: for comparing, never for arithmetic.
    pub(crate) fn of_any_size(text: &str) -> Option<Self> {
        if scan_number(text.as_bytes()) != Ok(text.len()) {
            return None;
        }
        let (negative, unsigned) = text.strip_prefix('-').map_or((false, text), |rest| (true, rest));
        let (mantissa, power) = unsigned.split_once(['e', 'E']).map_or((unsigned, 0), |(mantissa, power)| (mantissa, bounded(power)));
        let (whole, fraction) = mantissa.split_once('.').unwrap_or((mantissa, ""));
        let mut digits: Vec<u8> = whole.bytes().chain(fraction.bytes()).map(|byte| byte - b'0').collect();
        let leading = digits.iter().take_while(|digit| **digit == 0).count();
        digits.drain(..leading);
        let kept = digits.iter().rposition(|digit| *digit != 0).map_or(0, |last| last + 1);
        digits.truncate(kept);
        if digits.is_empty() {
            return Some(Self { negative: false, exponent: 1, digits });
        }
        let length = |count: usize| i64::try_from(count).unwrap_or(SATURATED);
        let exponent = (power + length(whole.len()) - length(leading)).clamp(-SATURATED, SATURATED);
        Some(Self { negative, exponent: i32::try_from(exponent).ok()?, digits })
    }

    /// Whether it is zero.
    pub fn is_zero(&self) -> bool {
        self.digits.is_empty()
    }

    /// Whether it has no fraction.
    pub fn is_whole(&self) -> bool {
        self.is_zero() || usize::try_from(self.exponent).is_ok_and(|places| self.digits.len() <= places)
    }

    /// The integer it is; none where it has a fraction or does not fit.
    pub fn to_i64(&self) -> Option<i64> {
        if self.is_zero() {
            return Some(0);
        }
        let places = usize::try_from(self.exponent).ok().filter(|places| *places <= 19)?;
        if self.digits.len() > places {
            return None;
        }
        let zeros = std::iter::repeat_n(&0, places - self.digits.len());
        let size = self.digits.iter().chain(zeros).fold(0_i128, |sum, digit| sum * 10 + i128::from(*digit));
        i64::try_from(if self.negative { -size } else { size }).ok()
    }

    /// The one text of this number: no needless zeros, no exponent where the plain form is at most about 40 digits longer.
    pub fn text(&self) -> String {
        let digits: String = self.digits.iter().map(|digit| char::from(b'0' + digit)).collect();
        let count = i32::try_from(self.digits.len()).unwrap_or(i32::MAX);
        let sign = if self.negative { "-" } else { "" };
        let zeros = |count: i32| "0".repeat(usize::try_from(count).unwrap_or(0));
        if self.is_zero() {
            "0".to_owned()
        } else if (-40..=0).contains(&self.exponent) {
            format!("{sign}0.{}{digits}", zeros(-self.exponent))
        } else if self.exponent > 0 && self.exponent - count <= 40 {
            let (whole, fraction) = digits.split_at(digits.len().min(usize::try_from(self.exponent).unwrap_or(0)));
            let point = if fraction.is_empty() { "" } else { "." };
            format!("{sign}{whole}{}{point}{fraction}", zeros(self.exponent - count))
        } else {
            let (first, rest) = digits.split_at(1);
            let point = if rest.is_empty() { "" } else { "." };
            format!("{sign}{first}{point}{rest}e{}", self.exponent - 1)
        }
    }
}

impl Ord for Decimal {
    fn cmp(&self, other: &Self) -> Ordering {
        let sign = |decimal: &Self| if decimal.is_zero() { 0 } else { 1 - 2 * i8::from(decimal.negative) };
        sign(self).cmp(&sign(other)).then_with(|| {
            let size = self.exponent.cmp(&other.exponent).then_with(|| self.digits.cmp(&other.digits));
            if self.negative { size.reverse() } else { size }
        })
    }
}

impl PartialOrd for Decimal {
    fn partial_cmp(&self, other: &Self) -> Option<Ordering> {
        Some(self.cmp(other))
    }
}

impl std::fmt::Display for Decimal {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str(&self.text())
    }
}

/// An exponent's text as a number, kept within bounds.
fn bounded(text: &str) -> i64 {
    let (negative, digits) = text.strip_prefix('-').map_or((false, text), |rest| (true, rest));
    let size = digits.bytes().filter(u8::is_ascii_digit).fold(0_i64, |sum, digit| (sum * 10 + i64::from(digit - b'0')).min(SATURATED * 2));
    if negative { -size } else { size }
}
