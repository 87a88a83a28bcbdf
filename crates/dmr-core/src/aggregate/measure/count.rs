//! `count`: how many records there are, or in how many a field has a value.

use super::{Measure, Unfit};
use crate::projection::Cell;

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

    fn write(&mut self, group: usize, out: &mut Vec<u8>) {
        let count = self.counts.get(group).copied().unwrap_or_default();
        out.extend_from_slice(itoa::Buffer::new().format(count).as_bytes());
    }
}
