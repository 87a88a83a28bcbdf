//! What was seen in one column of cells.

use super::sample::Sample;
use super::tally::Tally;
use crate::proposal::Evidence;

/// The cells of one column.
#[derive(Debug, Clone, Default)]
pub(crate) struct Cells {
    seen: u64,
    empty: u64,
    tally: Tally,
    sample: Sample,
}

impl Cells {
    /// Counts a cell.
    pub(crate) fn add(&mut self, text: &str, line: u64) {
        if text.is_empty() {
            self.empty += 1;
            return;
        }
        self.seen += 1;
        self.tally.add(text, line);
        self.sample.add(text);
    }

    /// The evidence for a field, with the type that follows from it.
    pub(crate) fn evidence(&self, name: &str, source: &str) -> Evidence {
        let decision = self.tally.cells();
        let mut reason = decision.reason;
        if self.empty > 0 {
            reason.push_str(&format!("; {} empty", crate::words::count(self.empty, "cell")));
        }
        Evidence {
            name: name.to_owned(),
            source: source.to_owned(),
            seen: self.seen,
            nulls: 0,
            absent: self.empty,
            field_type: decision.field_type,
            reason,
            sample: self.sample.shown(),
        }
    }
}
