//! `count_distinct`: how many different values a field has, null and absent not among them. Exact: every value is kept once.

use super::{Measure, Unfit, other_half};
use crate::FieldType;
use crate::projection::Cell;
use std::any::Any;
use std::collections::HashSet;

/// What an entry of the set takes beside its bytes, at most: pointer and length twice over, since the table is doubled when it is full, and
/// what the allocator adds.
const ENTRY: usize = 56;

pub(super) struct Distinct {
    kind: FieldType,
    /// Group and key, one after the other.
    seen: HashSet<Box<[u8]>, foldhash::quality::RandomState>,
    counts: Vec<u64>,
    entry: Vec<u8>,
}

impl Distinct {
    pub fn new(kind: FieldType) -> Self {
        Self { kind, seen: HashSet::default(), counts: Vec::new(), entry: Vec::new() }
    }
}

impl Measure for Distinct {
    fn grow(&mut self) -> usize {
        self.counts.push(0);
        size_of::<u64>()
    }

    fn add(&mut self, group: usize, cell: Cell<'_>) -> Result<usize, Unfit> {
        if cell == Cell::Nothing {
            return Ok(0);
        }
        self.entry.clear();
        self.entry.extend_from_slice(&group.to_ne_bytes());
        cell.write_key(&self.kind, &mut self.entry);
        if self.seen.contains(&*self.entry) {
            return Ok(0);
        }
        self.seen.insert(self.entry.as_slice().into());
        if let Some(count) = self.counts.get_mut(group) {
            *count += 1;
        }
        Ok(self.entry.len() + ENTRY)
    }

    fn merge(&mut self, other: Box<dyn Any>, groups: &[usize]) {
        let Some(other) = other_half::<Self>(other) else { return };
        for entry in other.seen {
            let Some((number, key)) = entry.split_first_chunk() else { continue };
            let Some(group) = groups.get(usize::from_ne_bytes(*number)) else { continue };
            self.entry.clear();
            self.entry.extend_from_slice(&group.to_ne_bytes());
            self.entry.extend_from_slice(key);
            if !self.seen.contains(&*self.entry)
                && let Some(count) = self.counts.get_mut(*group)
            {
                self.seen.insert(self.entry.as_slice().into());
                *count += 1;
            }
        }
    }

    fn write(&mut self, group: usize, out: &mut Vec<u8>) {
        let count = self.counts.get(group).copied().unwrap_or_default();
        out.extend_from_slice(itoa::Buffer::new().format(count).as_bytes());
    }
}
