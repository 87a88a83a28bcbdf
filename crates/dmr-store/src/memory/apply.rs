//! What changes do to state: from a decision, or from an entry of the log.

use super::state::{Kept, State};
use crate::Counts;
use crate::follow::Followed;
use dmr_core::change::{Change, QuarantineChange, RegistryChange, RegistryKind};
use dmr_core::log::{self, By, Entry};
use dmr_core::model::{Head, Model, ModelId, VersionRow};
use dmr_core::record::{Record, RecordId};
use dmr_core::{Code, Problem};
use std::sync::Arc;

impl State {
    /// Applies decided changes and their log entries; gives the position of the last. State is undefined after an error.
    pub(super) fn commit(&mut self, changes: &[Change], by: By) -> Result<u64, Problem> {
        let mut position = 0;
        for change in changes {
            position = self.position() + 1;
            match change {
                Change::Record(change) => {
                    let kept = self.models.entry(change.model.id()).or_default();
                    kept.model.get_or_insert_with(|| change.model.clone());
                    kept.set(change.id(), change.before.as_ref(), change.after.clone())?;
                }
                Change::Registry(change) => self.register(change)?,
                Change::Quarantine(change) => self.set_aside(change),
                Change::Outcome(outcome) => {
                    self.outcomes.retain(|_, kept| kept.expires_at > by.time);
                    self.outcomes.insert(outcome.scope, Arc::new((**outcome).clone()));
                }
            }
            self.log.push(Arc::new(log::entry_of(change, by, 0, position)));
        }
        Ok(position)
    }

    /// Applies an entry of the log (replay).
    ///
    /// # Errors
    /// [`Code::DataDamaged`] where the entry does not fit the state before it.
    pub fn apply(&mut self, entry: &Entry) -> Result<(), Problem> {
        if entry.kind.is_record() {
            let kept = self.models.entry(entry.model).or_default();
            let before = kept.records.get(&entry.record).cloned();
            let after = log::replay_record(entry, before.as_ref())?;
            kept.set(entry.record, before.as_ref(), after)?;
        } else {
            match log::decode(entry)? {
                Some(Change::Registry(change)) => self.register(&change)?,
                Some(Change::Quarantine(change)) => self.set_aside(&change),
                Some(Change::Outcome(outcome)) => {
                    self.outcomes.retain(|_, kept| kept.expires_at > entry.time);
                    self.outcomes.insert(outcome.scope, Arc::new(*outcome));
                }
                Some(Change::Record(_)) | None => {}
            }
        }
        self.log.push(Arc::new(entry.clone()));
        Ok(())
    }

    fn register(&mut self, change: &RegistryChange) -> Result<(), Problem> {
        let key = (change.what, change.key.clone());
        match &change.after {
            Some(after) => self.registry.insert(key, Arc::new(after.clone())),
            None => self.registry.remove(&key),
        };
        match change.what {
            RegistryKind::Model => {
                let id = id_of(&change.key)?;
                let model = match &change.new_model {
                    Some(model) => Some(model.clone()),
                    None => self.compile(id)?,
                };
                self.rule(id, model);
            }
            RegistryKind::Version => {
                // A head can come before the version it names.
                let id = id_of(change.key.split('/').next().unwrap_or_default())?;
                let waits = self.models.get(&id).is_none_or(|kept| kept.model.is_none());
                if waits && let Some(model) = self.compile(id)? {
                    self.rule(id, Some(model));
                }
            }
            _ => {}
        }
        Ok(())
    }

    /// The model as its registry rows say; none where they are not all there.
    fn compile(&self, id: ModelId) -> Result<Option<Arc<Model>>, Problem> {
        let Some(head) = self.registry.get(&(RegistryKind::Model, id.0.to_string())) else { return Ok(None) };
        let head: Head = crate::dump::read(head)?;
        let Some(version) = self.registry.get(&(RegistryKind::Version, format!("{}/{}", id.0, head.stamp))) else { return Ok(None) };
        let version: VersionRow = crate::dump::read(version)?;
        Ok(Some(Arc::new(Model::compile(head, Arc::new(version))?)))
    }

    /// From now on a model is so: its entries and unique keys follow. A deleted one holds nothing.
    fn rule(&mut self, id: ModelId, model: Option<Arc<Model>>) {
        if model.as_ref().is_some_and(|model| model.head.deleted) || !self.registry.contains_key(&(RegistryKind::Model, id.0.to_string())) {
            self.models.remove(&id);
            return;
        }
        let kept = self.models.entry(id).or_default();
        let same = match (&kept.model, &model) {
            (Some(old), Some(new)) => Followed::of(Some(old), new) == Followed::default(),
            _ => false,
        };
        kept.model = model;
        if !same {
            kept.derive();
        }
    }

    fn set_aside(&mut self, change: &QuarantineChange) {
        if change.added {
            self.quarantine.insert(change.row.id, Arc::new(change.row.clone()));
        } else {
            self.quarantine.remove(&change.row.id);
        }
    }
}

impl Kept {
    fn set(&mut self, id: RecordId, before: Option<&Record>, after: Option<Record>) -> Result<(), Problem> {
        let stored = self.records.get(&id);
        if stored.map(|record| record.version) != before.map(|record| record.version) {
            return Err(Problem::new(Code::Internal, format!("the record {id} is not what the change found")));
        }
        self.forget(id);
        if let Some(after) = after {
            self.hold(&after);
            self.records.insert(id, after);
        }
        Ok(())
    }

    fn forget(&mut self, id: RecordId) {
        let Some(record) = self.records.remove(&id) else { return };
        if record.deleted_at.is_some() {
            self.counts.deleted -= 1;
            return;
        }
        self.counts.live -= 1;
        let Some(model) = &self.model else { return };
        for index in &model.indexes {
            self.entries.remove(&(index.id, index.key(&record.as_ref())));
        }
        for unique in &model.uniques {
            if let Some(key) = unique.key(&record.doc) {
                self.uniques.remove(&(unique.id, key));
            }
        }
    }

    fn hold(&mut self, record: &Record) {
        if record.deleted_at.is_some() {
            self.counts.deleted += 1;
            return;
        }
        self.counts.live += 1;
        let Some(model) = &self.model else { return };
        for index in &model.indexes {
            self.entries.insert((index.id, index.key(&record.as_ref())), record.id);
        }
        for unique in &model.uniques {
            if let Some(key) = unique.key(&record.doc) {
                self.uniques.insert((unique.id, key), record.id);
            }
        }
    }

    /// Makes entries, unique keys and counts again from the records.
    fn derive(&mut self) {
        self.entries.clear();
        self.uniques.clear();
        self.counts = Counts::default();
        for record in self.records.values().cloned().collect::<Vec<_>>() {
            self.hold(&record);
        }
    }
}

fn id_of(key: &str) -> Result<ModelId, Problem> {
    key.parse().map(ModelId).map_err(|_| Problem::new(Code::DataDamaged, format!("the registry key {key} is not a model's id")))
}
