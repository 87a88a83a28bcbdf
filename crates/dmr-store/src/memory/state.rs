//! State, and how it is built from the log alone.

use crate::Counts;
use dmr_core::Value;
use dmr_core::change::{Outcome, Quarantined, RegistryKind};
use dmr_core::log::Entry;
use dmr_core::model::{Model, ModelId};
use dmr_core::record::{Record, RecordId};
use std::collections::BTreeMap;
use std::sync::Arc;

/// Everything a store holds.
#[derive(Debug, Clone, Default)]
pub struct State {
    pub(super) registry: BTreeMap<(RegistryKind, String), Arc<Value>>,
    pub(super) models: BTreeMap<ModelId, Kept>,
    pub(super) quarantine: BTreeMap<RecordId, Arc<Quarantined>>,
    pub(super) outcomes: BTreeMap<[u8; 32], Arc<Outcome>>,
    pub(super) notes: BTreeMap<String, Value>,
    pub(super) log: Vec<Arc<Entry>>,
}

/// What is kept of a model.
#[derive(Debug, Clone, Default)]
pub(super) struct Kept {
    /// As it is now; none until its head is known.
    pub(super) model: Option<Arc<Model>>,
    pub(super) records: BTreeMap<RecordId, Record>,
    /// Index and key: the record. Only live ones.
    pub(super) entries: BTreeMap<(u32, Vec<u8>), RecordId>,
    /// Constraint and key: the record. Only live ones.
    pub(super) uniques: BTreeMap<(u32, Vec<u8>), RecordId>,
    pub(super) counts: Counts,
}

impl State {
    /// The time of the newest entry of the log; 0 without one.
    pub fn last_time(&self) -> i64 {
        self.log.last().map_or(0, |entry| entry.time)
    }

    /// The position of the newest entry of the log; 0 without one.
    pub fn position(&self) -> u64 {
        self.log.last().map_or(0, |entry| entry.position)
    }

    pub(super) fn set_note(&mut self, name: &str, value: Option<&Value>) {
        match value {
            Some(value) => self.notes.insert(name.to_owned(), value.clone()),
            None => self.notes.remove(name),
        };
    }
}
