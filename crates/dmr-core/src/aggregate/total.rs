//! A sum of exact numbers, and what is reckoned from it.

use super::exact::{Exact, MOST_SCALE, of_mantissa};
use crate::number::Decimal;
use num_bigint::{BigInt, Sign};

/// The fewest significant digits of a quotient that does not end.
const QUOTIENT_DIGITS: usize = 34;
/// So many more than the sum has, where it has many.
const MORE_DIGITS: usize = 6;

/// A sum: a small part, into which nearly everything goes, and the rest.
#[derive(Debug, Clone, Default)]
pub(crate) struct Total {
    mantissa: i128,
    scale: u32,
    large: Option<Box<Large>>,
}

/// A number of any size: the mantissa divided by ten to the scale.
#[derive(Debug, Clone, Default, PartialEq)]
pub(crate) struct Large {
    mantissa: BigInt,
    scale: i64,
}

impl Total {
    /// Adds a number; gives how many bytes more the sum takes.
    pub fn add(&mut self, number: &Exact) -> usize {
        match number {
            Exact::Small(mantissa, scale) => {
                if self.add_small(i128::from(*mantissa), *scale) {
                    return 0;
                }
                let small = std::mem::take(&mut self.mantissa);
                let part = Large { mantissa: small.into(), scale: i64::from(self.scale) };
                self.scale = 0;
                let more = self.add_large(&part);
                // Nothing is there any more, so this fits.
                self.add_small(i128::from(*mantissa), *scale);
                more
            }
            Exact::Large(decimal) => self.add_large(&Large::of(decimal)),
        }
    }

    /// Adds what another sum came to.
    pub fn merge(&mut self, other: Self) {
        if !self.add_small(other.mantissa, other.scale) {
            self.add_large(&Large { mantissa: other.mantissa.into(), scale: i64::from(other.scale) });
        }
        if let Some(large) = other.large {
            self.add_large(&large);
        }
    }

    fn add_small(&mut self, mantissa: i128, scale: u32) -> bool {
        let sum = if scale == self.scale {
            self.mantissa.checked_add(mantissa)
        } else if scale < self.scale {
            let raised = mantissa.checked_mul(power_of_ten(self.scale - scale));
            raised.and_then(|raised| self.mantissa.checked_add(raised))
        } else {
            let raised = self.mantissa.checked_mul(power_of_ten(scale - self.scale));
            raised.and_then(|raised| raised.checked_add(mantissa))
        };
        if let Some(sum) = sum {
            self.mantissa = sum;
            self.scale = self.scale.max(scale);
        }
        sum.is_some()
    }

    fn add_large(&mut self, part: &Large) -> usize {
        let large = self.large.get_or_insert_default();
        let before = large.bytes();
        **large = large.plus(part);
        large.bytes().saturating_sub(before)
    }

    /// The sum.
    pub fn sum(&self) -> Large {
        let small = Large { mantissa: self.mantissa.into(), scale: i64::from(self.scale) };
        self.large.as_ref().map_or(small.clone(), |large| large.plus(&small))
    }
}

impl Large {
    /// From a decimal.
    pub fn of(decimal: &Decimal) -> Self {
        let sign = if decimal.negative { Sign::Minus } else { Sign::Plus };
        let scale = i64::try_from(decimal.digits.len()).unwrap_or(i64::MAX) - i64::from(decimal.exponent);
        Self { mantissa: BigInt::from_radix_be(sign, &decimal.digits, 10).unwrap_or_default(), scale }
    }

    /// A whole number divided by ten to a scale.
    pub fn whole(number: i128, scale: u32) -> Self {
        Self { mantissa: number.into(), scale: i64::from(scale) }
    }

    /// The sum of two.
    pub fn plus(&self, other: &Self) -> Self {
        let scale = self.scale.max(other.scale);
        Self { mantissa: self.at(scale) + other.at(scale), scale }
    }

    /// The difference.
    pub fn minus(&self, other: &Self) -> Self {
        let scale = self.scale.max(other.scale);
        Self { mantissa: self.at(scale) - other.at(scale), scale }
    }

    /// The product.
    pub fn times(&self, other: &Self) -> Self {
        Self { mantissa: &self.mantissa * &other.mantissa, scale: self.scale + other.scale }
    }

    /// Divided by a count: exactly where that ends soon, else the nearest of 34 significant digits, or of six more than the sum has.
    pub fn over(&self, count: u64) -> Self {
        // Without zeros at its end: how many digits there are must not depend on the order in which they came together.
        Self::of(&self.decimal()).quotient(count)
    }

    fn quotient(&self, count: u64) -> Self {
        let digits = digits_of(&self.mantissa);
        let wanted = QUOTIENT_DIGITS.max(digits + MORE_DIGITS);
        let more = (wanted + digits_of(&count.into()) + 1).saturating_sub(digits);
        let raised = &self.mantissa * power(more);
        let (quotient, left) = (&raised / count, &raised % count);
        let scale = self.scale + i64::try_from(more).unwrap_or(i64::MAX);
        if left == BigInt::ZERO {
            return Self { mantissa: quotient, scale };
        }
        let beyond = digits_of(&quotient).saturating_sub(wanted);
        let unit = power(beyond);
        let (kept, cut) = (&quotient / &unit, &quotient % &unit);
        // Twice what is cut off, against a unit; something is left beyond it, so that nothing is exactly a half.
        let twice: BigInt = cut.magnitude().clone().into();
        let up = twice * 2 >= unit;
        let step = if self.mantissa.sign() == Sign::Minus { -1 } else { 1 };
        Self { mantissa: if up { kept + step } else { kept }, scale: scale - i64::try_from(beyond).unwrap_or(0) }
    }

    /// Of what is not negative, the whole part and the rest.
    pub fn parts(&self) -> (usize, Self) {
        let unit = power(usize::try_from(self.scale).unwrap_or(0));
        let whole = self.at(self.scale.max(0));
        let rest = Self { mantissa: &whole % &unit, scale: self.scale.max(0) };
        (usize::try_from(whole / unit).unwrap_or(usize::MAX), rest)
    }

    /// As a decimal.
    pub fn decimal(&self) -> Decimal {
        of_mantissa(&self.mantissa.to_string(), self.scale)
    }

    fn at(&self, scale: i64) -> BigInt {
        &self.mantissa * power(usize::try_from(scale - self.scale).unwrap_or(0))
    }

    fn bytes(&self) -> usize {
        usize::try_from(self.mantissa.bits() / 8).unwrap_or(usize::MAX)
    }
}

/// Ten to a difference of two scales.
fn power_of_ten(scale: u32) -> i128 {
    const POWERS: [i64; MOST_SCALE as usize + 1] = {
        let mut powers = [1; MOST_SCALE as usize + 1];
        let mut at = 1;
        while at < powers.len() {
            powers[at] = powers[at - 1] * 10;
            at += 1;
        }
        powers
    };
    POWERS[scale.min(MOST_SCALE) as usize].into()
}

fn power(of_ten: usize) -> BigInt {
    BigInt::from(10).pow(u32::try_from(of_ten).unwrap_or(u32::MAX))
}

fn digits_of(number: &BigInt) -> usize {
    number.magnitude().to_string().len()
}

#[cfg(test)]
mod tests {
    use super::*;

    fn total(numbers: &[&str]) -> Total {
        let mut total = Total::default();
        for text in numbers {
            let Some(decimal) = Decimal::parse(text) else { unreachable!("{text} is a decimal") };
            total.add(&Exact::Large(Box::new(decimal)));
        }
        total
    }

    #[test]
    fn r1_a_quotient_is_exact_where_it_ends() {
        let over = |numbers: &[&str], count| total(numbers).sum().over(count).decimal().text();
        assert_eq!(over(&["1", "2"], 2), "1.5");
        assert_eq!(over(&["10"], 3), "3.333333333333333333333333333333333");
        assert_eq!(over(&["-20"], 3), "-6.666666666666666666666666666666667");
        assert_eq!(over(&["0"], 7), "0");
        assert_eq!(over(&["1e39", "1000000000000000000000000000000000000001"], 2), "1000000000000000000000000000000000000000.5");
        assert_eq!(over(&["0.1"], 1024), "0.00009765625");
    }

    #[test]
    fn r1_small_and_large_sums_are_the_same() {
        let numbers = ["9223372036854775807", "0.000000000000000001", "-0.5", "12.34"];
        let mut small = Total::default();
        for _ in 0..20 {
            for text in numbers {
                let exact = match text.split_once('.') {
                    Some((whole, fraction)) => {
                        let Ok(mantissa) = format!("{whole}{fraction}").parse() else { unreachable!("digits") };
                        Exact::Small(if whole == "-0" { -5 } else { mantissa }, u32::try_from(fraction.len()).unwrap_or(0))
                    }
                    None => Exact::Small(i64::MAX, 0),
                };
                small.add(&exact);
            }
        }
        let twenty: Vec<&str> = (0..20).flat_map(|_| numbers).collect();
        assert_eq!(small.sum().decimal(), total(&twenty).sum().decimal());
        assert!(small.large.is_some(), "the small part has to overflow for this to show anything");
    }
}
