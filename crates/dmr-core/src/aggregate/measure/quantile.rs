//! `median` and `quantile`: exact, from all the values of a group.
//!
//! Of n values in order, counted from 0, the quantile q is the value at q * (n - 1), and between two neighbours in proportion: what
//! numeric libraries call linear interpolation, and Python's `statistics.quantiles` the inclusive method.

use super::{Measure, Unfit, number, other_half, write_number};
use crate::FieldType;
use crate::aggregate::exact::Exact;
use crate::aggregate::total::Large;
use crate::number::Decimal;
use crate::projection::Cell;
use std::any::Any;

pub(super) struct Quantile {
    kind: FieldType,
    /// The share below.
    share: Large,
    values: Vec<Values>,
}

/// The values of a group: whole numbers divided by ten to a common scale, as long as all of them fit.
#[derive(Default)]
struct Values {
    scale: u32,
    small: Vec<i64>,
    large: Vec<Decimal>,
}

impl Quantile {
    /// The share is from 0 to 1.
    pub fn new(kind: FieldType, share: Large) -> Self {
        Self { kind, share, values: Vec::new() }
    }
}

impl Measure for Quantile {
    fn grow(&mut self) -> usize {
        self.values.push(Values::default());
        size_of::<Values>()
    }

    fn add(&mut self, group: usize, cell: Cell<'_>) -> Result<usize, Unfit> {
        let (Some(number), Some(values)) = (number(&self.kind, cell)?, self.values.get_mut(group)) else { return Ok(0) };
        Ok(values.push(&number))
    }

    fn merge(&mut self, other: Box<dyn Any>, groups: &[usize]) {
        let Some(other) = other_half::<Self>(other) else { return };
        for (group, more) in groups.iter().zip(other.values) {
            let Some(values) = self.values.get_mut(*group) else { continue };
            for mantissa in more.small {
                values.push(&Exact::Small(mantissa, more.scale));
            }
            for decimal in more.large {
                values.push(&Exact::Large(Box::new(decimal)));
            }
        }
    }

    fn write(&mut self, group: usize, out: &mut Vec<u8>) {
        match self.values.get_mut(group).and_then(|values| values.quantile(&self.share)) {
            Some(value) => write_number(&value, out),
            None => out.extend_from_slice(b"null"),
        }
    }
}

impl Values {
    /// Takes in a number; gives how many bytes more are held.
    fn push(&mut self, number: &Exact) -> usize {
        let before = self.small.capacity() * size_of::<i64>();
        if self.large.is_empty()
            && let Some(mantissa) = self.scaled(number)
        {
            self.small.push(mantissa);
            return self.small.capacity() * size_of::<i64>() - before;
        }
        let scale = self.scale;
        let moved = std::mem::take(&mut self.small).into_iter().map(|mantissa| Exact::Small(mantissa, scale).decimal());
        let from = self.large.len();
        self.large.extend(moved);
        self.large.push(number.decimal());
        let more = |decimal: &Decimal| 2 * size_of::<Decimal>() + decimal.digits.len();
        self.large.iter().skip(from).map(more).sum()
    }

    /// A number at the common scale, which is raised where that helps.
    fn scaled(&mut self, number: &Exact) -> Option<i64> {
        let Exact::Small(mantissa, scale) = *number else { return None };
        if scale <= self.scale {
            return mantissa.checked_mul(10_i64.checked_pow(self.scale - scale)?);
        }
        let power = 10_i64.checked_pow(scale - self.scale)?;
        if self.small.iter().any(|value| value.checked_mul(power).is_none()) {
            return None;
        }
        self.small.iter_mut().for_each(|value| *value *= power);
        self.scale = scale;
        Some(mantissa)
    }

    fn quantile(&mut self, share: &Large) -> Option<Decimal> {
        let last = self.small.len().max(self.large.len()).checked_sub(1)?;
        let (at, between) = share.times(&Large::whole(i128::try_from(last).ok()?, 0)).parts();
        let (low, high) = self.neighbours(at.min(last))?;
        Some(low.plus(&high.minus(&low).times(&between)).decimal())
    }

    /// The value at a place in order, and the one after it.
    fn neighbours(&mut self, at: usize) -> Option<(Large, Large)> {
        if self.large.is_empty() {
            let (_, low, above) = self.small.select_nth_unstable(at);
            let high = above.iter().min().unwrap_or(low);
            return Some((Large::whole(i128::from(*low), self.scale), Large::whole(i128::from(*high), self.scale)));
        }
        let (_, low, above) = self.large.select_nth_unstable(at);
        let high = above.iter().min().unwrap_or(low);
        Some((Large::of(low), Large::of(high)))
    }
}
