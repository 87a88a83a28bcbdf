//! `sum` and `avg`: exact in decimal. Of no value at all they are null.

use super::{Measure, Unfit, number, other_half, write_number};
use crate::FieldType;
use crate::aggregate::total::Total;
use crate::projection::Cell;
use std::any::Any;

pub(super) struct Sum {
    kind: FieldType,
    mean: bool,
    /// The sum, and of how many.
    totals: Vec<(Total, u64)>,
}

impl Sum {
    pub fn new(kind: FieldType, mean: bool) -> Self {
        Self { kind, mean, totals: Vec::new() }
    }
}

impl Measure for Sum {
    fn grow(&mut self) -> usize {
        self.totals.push(Default::default());
        size_of::<(Total, u64)>()
    }

    fn add(&mut self, group: usize, cell: Cell<'_>) -> Result<usize, Unfit> {
        let (Some(number), Some((total, count))) = (number(&self.kind, cell)?, self.totals.get_mut(group)) else { return Ok(0) };
        *count += 1;
        Ok(total.add(&number))
    }

    fn merge(&mut self, other: Box<dyn Any>, groups: &[usize]) {
        let Some(other) = other_half::<Self>(other) else { return };
        for (group, (more, values)) in groups.iter().zip(other.totals) {
            if let Some((total, count)) = self.totals.get_mut(*group) {
                total.merge(more);
                *count += values;
            }
        }
    }

    fn write(&mut self, group: usize, out: &mut Vec<u8>) {
        match self.totals.get(group) {
            Some((total, count)) if *count > 0 => {
                let sum = total.sum();
                let answer = if self.mean { sum.over(*count) } else { sum };
                write_number(&answer.decimal(), out);
            }
            _ => out.extend_from_slice(b"null"),
        }
    }
}
