//! `min` and `max`: the smallest and the greatest value by the key of the field's type, as it stands in a record. Null is neither.

use super::{Measure, Unfit, other_half};
use crate::FieldType;
use crate::aggregate::groups::is_plainer;
use crate::projection::Cell;
use std::any::Any;

pub(super) struct Extreme {
    kind: FieldType,
    greatest: bool,
    best: Vec<Best>,
    key: Vec<u8>,
    text: Vec<u8>,
}

/// The best value of a group; its key is empty as long as there is none.
#[derive(Default)]
struct Best {
    key: Vec<u8>,
    text: Vec<u8>,
    /// Whether it came out of a typed column: then it is the only spelling columns have of it.
    held: bool,
}

impl Extreme {
    pub fn new(kind: FieldType, greatest: bool) -> Self {
        Self { kind, greatest, best: Vec::new(), key: Vec::new(), text: Vec::new() }
    }
}

impl Measure for Extreme {
    fn grow(&mut self) -> usize {
        self.best.push(Best::default());
        size_of::<Best>()
    }

    fn add(&mut self, group: usize, cell: Cell<'_>) -> Result<usize, Unfit> {
        let Some(best) = self.best.get_mut(group).filter(|_| cell != Cell::Nothing) else { return Ok(0) };
        self.key.clear();
        cell.write_key(&self.kind, &mut self.key);
        let held = matches!(cell, Cell::Held(..));
        let first = best.key.is_empty();
        let same = self.key == best.key;
        let better = if self.greatest { self.key > best.key } else { self.key < best.key };
        if !(first || better || same && !(held && best.held)) {
            return Ok(0);
        }
        self.text.clear();
        cell.write_json(&mut self.text);
        if same && !is_plainer(&self.text, &best.text) {
            return Ok(0);
        }
        let before = best.key.capacity() + best.text.capacity();
        best.key.clone_from(&self.key);
        best.text.clone_from(&self.text);
        best.held = held;
        Ok((best.key.capacity() + best.text.capacity()).saturating_sub(before))
    }

    fn merge(&mut self, other: Box<dyn Any>, groups: &[usize]) {
        let Some(other) = other_half::<Self>(other) else { return };
        for (group, there) in groups.iter().zip(other.best) {
            let Some(best) = self.best.get_mut(*group).filter(|_| !there.key.is_empty()) else { continue };
            let better = if self.greatest { there.key > best.key } else { there.key < best.key };
            if best.key.is_empty() || better || there.key == best.key && is_plainer(&there.text, &best.text) {
                *best = there;
            } else {
                best.held &= there.held || there.key != best.key;
            }
        }
    }

    fn write(&mut self, group: usize, out: &mut Vec<u8>) {
        match self.best.get(group) {
            Some(best) if !best.key.is_empty() => out.extend_from_slice(&best.text),
            _ => out.extend_from_slice(b"null"),
        }
    }
}
