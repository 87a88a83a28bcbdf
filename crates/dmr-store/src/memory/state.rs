//! State, and how it is built from the log alone.

use super::words::Words;
use crate::Counts;
use dmr_core::Value;
use dmr_core::change::{Outcome, Quarantined, RegistryKind};
use dmr_core::log::Entry;
use dmr_core::model::{Model, ModelId};
use dmr_core::record::{Record, RecordId};
use std::collections::{BTreeMap, BTreeSet};
use std::sync::Arc;

/// Everything a store holds.
#[derive(Debug, Clone, Default)]
pub struct State {
    pub(super) registry: BTreeMap<(RegistryKind, String), Arc<Value>>,
    pub(super) models: BTreeMap<ModelId, Kept>,
    pub(super) quarantine: BTreeMap<RecordId, Arc<Quarantined>>,
    pub(super) outcomes: BTreeMap<[u8; 32], Arc<Outcome>>,
    /// When each outcome is forgotten, with its scope.
    ends: BTreeSet<(i64, [u8; 32])>,
    pub(super) notes: BTreeMap<String, Value>,
    pub(super) log: Vec<Arc<Entry>>,
}

/// What is kept of a model.
#[derive(Debug, Clone, Default)]
pub(super) struct Kept {
    /// As it is now; none until its head is known.
    pub(super) model: Option<Arc<Model>>,
    pub(super) records: BTreeMap<RecordId, Record>,
    /// What follows from the records and the model.
    pub(super) derived: Derived,
}

/// What follows from the records of a model and its indexes and constraints.
#[derive(Debug, Clone, Default)]
pub(super) struct Derived {
    /// Index and key: the record. Only live ones.
    pub(super) entries: BTreeMap<(u32, Vec<u8>), RecordId>,
    /// Constraint and key: the record. Only live ones.
    pub(super) uniques: BTreeMap<(u32, Vec<u8>), RecordId>,
    /// The words of SEARCHABLE fields, each with the records that hold it. Only live ones.
    pub(super) words: Words,
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

    /// What a request came to, and until when that is kept; gives what was kept of it before.
    pub(super) fn put_outcome(&mut self, scope: [u8; 32], outcome: Option<Arc<Outcome>>) -> Option<Arc<Outcome>> {
        let before = match outcome {
            Some(outcome) => {
                self.ends.insert((outcome.expires_at, scope));
                self.outcomes.insert(scope, outcome)
            }
            None => self.outcomes.remove(&scope),
        };
        let end = before.as_ref().map(|before| (before.expires_at, scope));
        let lives = self.outcomes.get(&scope).map(|now| (now.expires_at, scope));
        if let Some(end) = end.filter(|end| lives != Some(*end)) {
            self.ends.remove(&end);
        }
        before
    }

    /// The scope of an outcome that is to be forgotten at a time.
    pub(super) fn ended(&self, time: i64) -> Option<[u8; 32]> {
        self.ends.first().filter(|(end, _)| *end <= time).map(|(_, scope)| *scope)
    }

    pub(super) fn set_note(&mut self, name: &str, value: Option<&Value>) {
        match value {
            Some(value) => self.notes.insert(name.to_owned(), value.clone()),
            None => self.notes.remove(name),
        };
    }
}
