//! Values with their numbers: all of them within a budget, beyond it the most frequent.
//!
//! Beyond the budget this is the summary of Misra and Gries: where the table is full, the median number is taken from every value and those
//! that come to nothing go. A value's true number then lies between the one here and that plus what was taken from each, also where records
//! are taken away later. A value longer than [`LONGEST`] bytes stands in the table by its beginning and its hash.

use super::spelled::LONGEST;
use sha2::{Digest, Sha256};
use std::collections::HashMap;

/// What an entry takes beside its bytes, about.
const ENTRY: usize = 64;
/// Values that are kept beyond the budget.
const FREQUENT: usize = 1024;

/// How much is kept exactly.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Bounds {
    /// Different values of a field.
    pub values: usize,
    /// Bytes for them, about.
    pub bytes: usize,
}

/// Values with their numbers.
#[derive(Debug, Clone, Default)]
pub(super) struct Table {
    numbers: HashMap<Box<[u8]>, u64, foldhash::fast::RandomState>,
    /// Bytes the entries take, about.
    held: usize,
    /// Taken from every value so far; 0 while all values are here.
    lost: u64,
}

impl Table {
    /// Adds to a value's number; says whether it is new here.
    pub fn add(&mut self, raw: &[u8], number: u64) -> bool {
        let mut buffer = [0; SHORTENED];
        let key = shortened(raw, &mut buffer);
        if let Some(there) = self.numbers.get_mut(key) {
            *there += number;
            return false;
        }
        self.held += key.len() + ENTRY;
        self.numbers.insert(key.into(), number);
        true
    }

    /// Takes one away; says whether it was here.
    pub fn take(&mut self, raw: &[u8]) -> bool {
        let mut buffer = [0; SHORTENED];
        let key = shortened(raw, &mut buffer);
        let Some(there) = self.numbers.get_mut(key) else { return false };
        *there -= 1;
        if *there == 0 {
            self.held -= key.len() + ENTRY;
            self.numbers.remove(key);
        }
        true
    }

    pub fn passes(&self, bounds: Bounds) -> bool {
        self.numbers.len() > bounds.values || self.held > bounds.bytes
    }

    /// Keeps only the most frequent values where there are too many.
    pub fn keep_frequent(&mut self) {
        if self.numbers.len() <= FREQUENT {
            return;
        }
        let mut numbers: Vec<u64> = self.numbers.values().copied().collect();
        // So many are left afterwards: half of what fits, so that this happens seldom.
        let place = numbers.len() - FREQUENT / 2;
        let (_, median, _) = numbers.select_nth_unstable(place);
        let less = *median;
        self.lost += less;
        self.numbers.retain(|_, number| {
            *number = number.saturating_sub(less);
            *number > 0
        });
        self.numbers.shrink_to(FREQUENT);
        self.held = self.numbers.keys().map(|key| key.len() + ENTRY).sum();
    }

    pub fn iter(&self) -> impl Iterator<Item = (&[u8], u64)> {
        self.numbers.iter().map(|(key, number)| (&**key, *number))
    }

    pub fn len(&self) -> usize {
        self.numbers.len()
    }

    /// By how much a value's number can be greater than the one here.
    pub fn lost(&self) -> u64 {
        self.lost
    }

    pub fn held(&self) -> usize {
        self.held
    }

    /// The table that was saved.
    pub fn saved(lost: u64, entries: impl Iterator<Item = (Box<[u8]>, u64)>) -> Self {
        let numbers: HashMap<Box<[u8]>, u64, _> = entries.collect();
        let held = numbers.keys().map(|key| key.len() + ENTRY).sum();
        Self { numbers, held, lost }
    }
}

/// The bytes of a long value in the table: its beginning, a zero that no JSON text holds, its hash and its length.
const SHORTENED: usize = LONGEST + 1 + 16 + 8;

fn shortened<'v>(raw: &'v [u8], buffer: &'v mut [u8; SHORTENED]) -> &'v [u8] {
    if raw.len() <= LONGEST {
        return raw;
    }
    let hash = Sha256::digest(raw);
    let parts = [&raw[..LONGEST], &[0], &hash[..16], &(raw.len() as u64).to_le_bytes()];
    let mut rest = &mut buffer[..];
    for part in parts {
        let (now, later) = rest.split_at_mut(part.len());
        now.copy_from_slice(part);
        rest = later;
    }
    buffer
}

/// Hands on what a table knows a long value by.
pub(super) fn with_entry(raw: &[u8], with: impl FnOnce(&[u8])) {
    with(shortened(raw, &mut [0; SHORTENED]));
}

/// What an entry of a table stands for: the value's text or the beginning of it, and how long it is.
pub(super) fn entry(key: &[u8]) -> (&[u8], Option<usize>) {
    match key.split_at_checked(LONGEST) {
        Some((start, [0, rest @ ..])) if key.len() == SHORTENED => {
            let length = rest.last_chunk::<8>().map_or(0, |bytes| u64::from_le_bytes(*bytes));
            (start, Some(usize::try_from(length).unwrap_or(usize::MAX)))
        }
        _ => (key, None),
    }
}
