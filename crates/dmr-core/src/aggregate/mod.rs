//! Aggregates (R1): groups of records and measures over them, by a hash table over one pass through the records.
//!
//! Everything is exact and does not depend on the order in which records come, so that every store gives the same answer. Sums are exact
//! in decimal, of doubles too: what is summed up is the number that stands in the record, digit by digit. Records are equal for a group as
//! they are for a filter: by the key of the field's type. A group shows one of the spellings that occur in it, the shortest.
//!
//! One file a measure. A new one is a file with a [`measure::Measure`] and a line in `measure/mod.rs`.

mod answer;
mod asked;
mod bound;
mod columns;
pub(crate) mod exact;
mod groups;
mod measure;
pub(crate) mod total;
mod tally;

pub use answer::Aggregated;
pub use asked::{Asked, AskedMeasure, MOST_GROUP_FIELDS, MOST_MEASURES};
pub use bound::{Aggregate, Bounds};
pub use measure::Op;
pub use tally::Tally;
