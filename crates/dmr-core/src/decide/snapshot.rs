//! What decide asks and what it was answered: plain data.

use crate::change::{Outcome, Quarantined};
use crate::log::Entry;
use crate::model::{Model, ModelId};
use crate::record::{Record, RecordId};
use std::collections::HashMap;
use std::sync::Arc;

/// A question about stored state.
#[derive(Debug, Clone)]
pub enum Read {
    /// A record, deleted ones too.
    Record(Arc<Model>, RecordId),
    /// Which live record holds a unique key.
    Unique(ModelId, u32, Vec<u8>),
    /// Which live records have a value in the index with this id, by its key, as the first member; at most so many.
    Holders(Arc<Model>, u32, Vec<u8>, usize),
    /// What a request with an idempotency key came to.
    Outcome([u8; 32]),
    /// The entries of a record's history up to and with a version, from the last whole one on.
    History(ModelId, RecordId, u64),
    /// How many live and deleted records a model has.
    Counts(ModelId),
    /// Every record of a model, deleted ones too, at most so many (one more says that there are more).
    All(Arc<Model>, usize),
    /// A quarantined row of an ingest.
    Quarantined(RecordId, RecordId),
}

/// Questions, in order.
#[derive(Debug, Clone, Default)]
pub struct Reads(pub Vec<Read>);

/// Answers. Asking for what was not answered yet gives `None`; the caller then asks for it.
#[derive(Debug, Default)]
pub struct Snapshot {
    records: HashMap<(ModelId, RecordId), Option<Record>>,
    uniques: HashMap<(ModelId, u32, Vec<u8>), Option<RecordId>>,
    holders: HashMap<(ModelId, u32, Vec<u8>), Vec<RecordId>>,
    outcomes: HashMap<[u8; 32], Option<Outcome>>,
    histories: HashMap<(ModelId, RecordId, u64), Vec<Entry>>,
    counts: HashMap<ModelId, (u64, u64)>,
    all: HashMap<ModelId, Vec<Record>>,
    quarantined: HashMap<RecordId, Option<Quarantined>>,
}

macro_rules! answers {
    ($($(#[$doc:meta])* $get:ident $put:ident $map:ident ($key:ty) -> $answer:ty;)*) => {
        impl Snapshot {
            $(
                $(#[$doc])*
                pub fn $get(&self, key: &$key) -> Option<&$answer> {
                    self.$map.get(key)
                }

                /// Answers it.
                pub fn $put(&mut self, key: $key, answer: $answer) {
                    self.$map.insert(key, answer);
                }
            )*

            /// Forgets every answer.
            pub fn clear(&mut self) {
                $(if !self.$map.is_empty() { self.$map.clear(); })*
            }
        }
    };
}

answers! {
    /// A record; inner none where there is none.
    record put_record records ((ModelId, RecordId)) -> Option<Record>;
    /// The live record that holds a unique key.
    unique put_unique uniques ((ModelId, u32, Vec<u8>)) -> Option<RecordId>;
    /// The live records that have a value in an index.
    holders put_holders holders ((ModelId, u32, Vec<u8>)) -> Vec<RecordId>;
    /// What a request came to.
    outcome put_outcome outcomes ([u8; 32]) -> Option<Outcome>;
    /// Entries of a record's history, oldest first.
    history put_history histories ((ModelId, RecordId, u64)) -> Vec<Entry>;
    /// Live and deleted records.
    counts put_counts counts (ModelId) -> (u64, u64);
    /// Every record of a model.
    all put_all all (ModelId) -> Vec<Record>;
    /// A quarantined row.
    quarantined put_quarantined quarantined (RecordId) -> Option<Quarantined>;
}
