//! `count`: how many records there are, or in how many a field has a value.

use super::{Measure, Unfit, other_half};
use crate::projection::Cell;
use std::any::Any;

pub(super) struct Count {
    of_field: bool,
    counts: Vec<u64>,
}

impl Count {
    pub fn new(of_field: bool) -> Self {
        Self { of_field, counts: Vec::new() }
    }
}

impl Measure for Count {
    fn grow(&mut self) -> usize {
        self.counts.push(0);
        size_of::<u64>()
    }

    fn add(&mut self, group: usize, cell: Cell<'_>) -> Result<usize, Unfit> {
        if let Some(count) = self.counts.get_mut(group)
            && !(self.of_field && cell == Cell::Nothing)
        {
            *count += 1;
        }
        Ok(0)
    }

    fn merge(&mut self, other: Box<dyn Any>, groups: &[usize]) {
        let Some(other) = other_half::<Self>(other) else { return };
        for (group, more) in groups.iter().zip(other.counts) {
            if let Some(count) = self.counts.get_mut(*group) {
                *count += more;
            }
        }
    }

    fn write(&mut self, group: usize, out: &mut Vec<u8>) {
        let count = self.counts.get(group).copied().unwrap_or_default();
        out.extend_from_slice(itoa::Buffer::new().format(count).as_bytes());
    }
}
