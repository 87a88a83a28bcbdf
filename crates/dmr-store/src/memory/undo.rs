//! How a commit that fails half way is taken back: each step keeps what was there before it, so that a commit costs what it changes.

use super::state::{Derived, Kept, State};
use dmr_core::Value;
use dmr_core::change::{Outcome, Quarantined, RegistryKind};
use dmr_core::model::{Model, ModelId};
use dmr_core::record::{Record, RecordId};
use std::sync::Arc;

/// What was there before a step.
#[derive(Debug)]
pub(super) enum Before {
    /// A record of a model.
    Record(ModelId, RecordId, Option<Record>),
    /// All that is kept of a model; none where nothing was.
    Model(ModelId, Option<Box<Kept>>),
    /// What ruled a model, and what followed from that where it was made again.
    Rule(ModelId, Option<Arc<Model>>, Option<Derived>),
    /// A row of the registry.
    Registry((RegistryKind, String), Option<Arc<Value>>),
    /// A row that is set aside.
    Quarantine(RecordId, Option<Arc<Quarantined>>),
    /// What a request came to.
    Outcome([u8; 32], Option<Arc<Outcome>>),
}

impl State {
    /// Takes steps back, the last first.
    pub(super) fn take_back(&mut self, steps: Vec<Before>, entries: usize) {
        self.log.truncate(entries);
        for step in steps.into_iter().rev() {
            match step {
                Before::Record(model, id, before) => {
                    if let Some(kept) = self.models.get_mut(&model) {
                        kept.put(id, before);
                    }
                }
                Before::Model(id, None) => drop(self.models.remove(&id)),
                Before::Model(id, Some(kept)) => drop(self.models.insert(id, *kept)),
                Before::Rule(id, model, derived) => {
                    if let Some(kept) = self.models.get_mut(&id) {
                        kept.model = model;
                        if let Some(derived) = derived {
                            kept.derived = derived;
                        }
                    }
                }
                Before::Registry(key, Some(body)) => drop(self.registry.insert(key, body)),
                Before::Registry(key, None) => drop(self.registry.remove(&key)),
                Before::Quarantine(id, Some(row)) => drop(self.quarantine.insert(id, row)),
                Before::Quarantine(id, None) => drop(self.quarantine.remove(&id)),
                Before::Outcome(scope, before) => drop(self.put_outcome(scope, before)),
            }
        }
    }
}
