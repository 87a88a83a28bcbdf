//! The smallest and the greatest value by the key of the field's type, where not all values are kept: some at each end with their numbers,
//! so that an end can be taken away without looking at the records again.

use std::collections::BTreeMap;

/// Different values kept at each end.
const KEPT: usize = 32;

/// Values at both ends.
#[derive(Debug, Clone, Default)]
pub(super) struct Extremes {
    pub least: End,
    pub greatest: End,
}

/// The number of a value, and its text.
pub(super) type Spelled = (u64, Box<[u8]>);

/// Every value between an end and the last one kept, with its number and its text.
#[derive(Debug, Clone, Default)]
pub(super) struct End {
    pub kept: BTreeMap<Box<[u8]>, Spelled>,
    /// Whether there were values beyond the last one kept.
    pub more: bool,
}

impl Extremes {
    pub fn add(&mut self, key: &[u8], raw: &[u8], number: u64) {
        let least = &self.least;
        if !least.more || least.kept.last_key_value().is_some_and(|(last, _)| key <= &**last) {
            self.least.add(key, raw, number, false);
        }
        let greatest = &self.greatest;
        if !greatest.more || greatest.kept.first_key_value().is_some_and(|(last, _)| key >= &**last) {
            self.greatest.add(key, raw, number, true);
        }
    }

    pub fn take(&mut self, key: &[u8]) {
        self.least.take(key);
        self.greatest.take(key);
    }

    /// Whether so much was taken away that an end is not known any more.
    pub fn are_lost(&self) -> bool {
        [&self.least, &self.greatest].iter().any(|end| end.more && end.kept.is_empty())
    }
}

impl End {
    fn add(&mut self, key: &[u8], raw: &[u8], number: u64, greatest: bool) {
        if let Some((there, text)) = self.kept.get_mut(key) {
            *there += number;
            // Of two spellings of one value the plainer one is shown.
            if (raw.len(), raw) < (text.len(), &**text) {
                *text = raw.into();
            }
            return;
        }
        self.kept.insert(key.into(), (number, raw.into()));
        if self.kept.len() > KEPT {
            self.more = true;
            let _ = if greatest { self.kept.pop_first() } else { self.kept.pop_last() };
        }
    }

    fn take(&mut self, key: &[u8]) {
        if let Some((there, _)) = self.kept.get_mut(key) {
            *there -= 1;
            if *there == 0 {
                self.kept.remove(key);
            }
        }
    }
}
