//! What one field holds.

use super::beyond::Beyond;
use super::shape::Watched;
use super::table::{Bounds, Table};

#[derive(Debug, Clone, Default)]
pub(super) struct Field {
    /// Records in which it is null.
    pub nulls: u64,
    /// Records in which it is neither null nor absent.
    pub count: u64,
    /// Bytes of its values, as JSON text.
    pub bytes: u64,
    /// Its values, all of them unless there is `beyond`.
    pub table: Table,
    pub beyond: Option<Box<Beyond>>,
    /// Something was taken away that was not there.
    pub damaged: bool,
}

impl Field {
    /// Takes in a value; none where the field is absent.
    pub fn add(&mut self, of: &Watched, value: Option<&[u8]>, bounds: Bounds, key: &mut Vec<u8>) {
        let Some(raw) = value else { return };
        if raw == b"null" {
            self.nulls += 1;
            return;
        }
        self.count += 1;
        if of.above_fields {
            return;
        }
        self.bytes += raw.len() as u64;
        let is_new = self.table.add(raw, 1);
        if let Some(beyond) = &mut self.beyond {
            beyond.add(&of.kind, raw, key);
            if is_new {
                self.table.keep_frequent();
            }
        } else if is_new && self.table.passes(bounds) {
            self.beyond = Some(Box::new(Beyond::of(&of.kind, &self.table)));
            self.table.keep_frequent();
        }
    }

    /// Takes a value away.
    pub fn take(&mut self, of: &Watched, value: Option<&[u8]>, key: &mut Vec<u8>) {
        let Some(raw) = value else { return };
        let counted = if raw == b"null" { &mut self.nulls } else { &mut self.count };
        self.damaged |= *counted == 0;
        *counted = counted.saturating_sub(1);
        if raw == b"null" || of.above_fields {
            return;
        }
        self.bytes = self.bytes.saturating_sub(raw.len() as u64);
        let was_here = self.table.take(raw);
        match &mut self.beyond {
            Some(beyond) => beyond.take(&of.kind, raw, key),
            None => self.damaged |= !was_here,
        }
    }

    /// Whether so much was taken away that what is told of it is not worth much any more.
    pub fn is_worn(&self) -> bool {
        const LEAST: u64 = 1000;
        const SHARE: u64 = 10;
        let taken = |beyond: &Beyond| beyond.taken > LEAST.max(self.count / SHARE) || beyond.extremes.are_lost();
        self.damaged || self.beyond.as_deref().is_some_and(taken)
    }

    /// Whether anything was taken away that what is kept cannot give back.
    pub fn is_touched(&self) -> bool {
        self.damaged || self.beyond.as_deref().is_some_and(|beyond| beyond.taken > 0)
    }

    /// Bytes it takes, about.
    pub fn held(&self) -> usize {
        const SKETCH: usize = 32 * 1024;
        self.table.held() + if self.beyond.is_some() { SKETCH } else { 0 } + size_of::<Self>()
    }
}
