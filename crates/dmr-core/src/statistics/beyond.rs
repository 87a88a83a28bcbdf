//! What is kept of a field with more different values than the budget.

use super::class::Class;
use super::distinct::Distinct;
use super::extremes::Extremes;
use super::spelled::{is_its_text, told, told_entry};
use super::sums::Sums;
use super::table::{self, Table};
use crate::FieldType;

#[derive(Debug, Clone, Default)]
pub(super) struct Beyond {
    pub distinct: Distinct,
    pub extremes: Extremes,
    pub sums: Sums,
    /// How many values there are of each class.
    pub classes: [u64; Class::ALL.len()],
    /// The longest value since this was begun, in bytes.
    pub biggest: usize,
    /// Values taken away since this was begun.
    pub taken: u64,
}

impl Beyond {
    /// From all the values there are so far.
    pub fn of(kind: &FieldType, table: &Table) -> Self {
        let mut beyond = Self::default();
        let mut key = Vec::new();
        for (entry, number) in table.iter() {
            let (raw, length, cut) = told_entry(entry);
            beyond.see(kind, &raw, if cut { Some(entry) } else { None }, length, number, &mut key);
        }
        beyond
    }

    /// Takes in a value.
    pub fn add(&mut self, kind: &FieldType, raw: &[u8], key: &mut Vec<u8>) {
        if raw.len() <= super::spelled::LONGEST {
            return self.see(kind, raw, None, raw.len(), 1, key);
        }
        table::with_entry(raw, |entry| self.see(kind, &told(raw), Some(entry), raw.len(), 1, key));
    }

    /// `entry`: what a long value is known by.
    fn see(&mut self, kind: &FieldType, raw: &[u8], entry: Option<&[u8]>, length: usize, number: u64, key: &mut Vec<u8>) {
        self.biggest = self.biggest.max(length);
        key.clear();
        let by_text = is_its_text(kind) || entry.is_some();
        if !by_text || kind.ordered() {
            kind.key_raw(raw, key);
        }
        self.distinct.add(if by_text { entry.unwrap_or(raw) } else { key });
        self.classes[Class::of_key(kind, raw, key) as usize] += number;
        if kind.ordered() {
            self.extremes.add(key, raw, number);
        }
        if Sums::fit(kind) {
            self.sums.add(kind, raw, i64::try_from(number).unwrap_or(i64::MAX));
        }
    }

    /// Takes a value away.
    pub fn take(&mut self, kind: &FieldType, raw: &[u8], key: &mut Vec<u8>) {
        let raw = told(raw);
        self.taken += 1;
        key.clear();
        if kind.ordered() {
            kind.key_raw(&raw, key);
            self.extremes.take(key);
        }
        let class = &mut self.classes[Class::of(kind, &raw) as usize];
        *class = class.saturating_sub(1);
        if Sums::fit(kind) {
            self.sums.add(kind, &raw, -1);
        }
    }
}
