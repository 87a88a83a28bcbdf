//! What changes do to state: from a decision, or from an entry of the log.

use super::state::{Derived, Kept, State};
use super::undo::Before;
use crate::follow::Followed;
use dmr_core::change::{Change, Outcome, QuarantineChange, RecordChange, RegistryChange, RegistryKind};
use dmr_core::log::{self, By, Entry};
use dmr_core::model::{Head, Model, ModelId, VersionRow};
use dmr_core::record::{Record, RecordId};
use dmr_core::{Code, Problem};
use std::sync::Arc;

/// What was there before each step of a commit.
type Steps = Vec<Before>;

impl State {
    /// Applies decided changes and their log entries, all or none; gives the position of the last.
    pub(super) fn commit(&mut self, changes: &[Change], by: By) -> Result<u64, Problem> {
        let (mut steps, entries) = (Vec::new(), self.log.len());
        let result = self.each(changes, by, &mut steps);
        if result.is_err() {
            self.take_back(steps, entries);
        }
        result
    }

    fn each(&mut self, changes: &[Change], by: By, steps: &mut Steps) -> Result<u64, Problem> {
        let mut position = 0;
        for change in changes {
            position = self.position() + 1;
            match change {
                Change::Record(change) => self.change(change, steps)?,
                Change::Registry(change) => self.register(change, steps)?,
                Change::Quarantine(change) => self.set_aside(change, steps),
                Change::Outcome(outcome) => self.remember(Arc::new((**outcome).clone()), by.time, steps),
            }
            self.log.push(Arc::new(log::entry_of(change, by, 0, position)));
        }
        Ok(position)
    }

    /// Applies an entry of the log (replay). State is undefined after an error.
    ///
    /// # Errors
    /// [`Code::DataDamaged`] where the entry does not fit the state before it.
    pub fn apply(&mut self, entry: &Entry) -> Result<(), Problem> {
        let steps = &mut Vec::new();
        if entry.kind.is_record() {
            let kept = self.models.entry(entry.model).or_default();
            let before = kept.records.get(&entry.record).cloned();
            let after = log::replay_record(entry, before.as_ref())?;
            kept.put(entry.record, after);
        } else {
            match log::decode(entry)? {
                Some(Change::Registry(change)) => self.register(&change, steps)?,
                Some(Change::Quarantine(change)) => self.set_aside(&change, steps),
                Some(Change::Outcome(outcome)) => self.remember(Arc::new(*outcome), entry.time, steps),
                Some(Change::Record(_)) | None => {}
            }
        }
        self.log.push(Arc::new(entry.clone()));
        Ok(())
    }

    fn change(&mut self, change: &RecordChange, steps: &mut Steps) -> Result<(), Problem> {
        let (model, id) = (change.model.id(), change.id());
        if !self.models.contains_key(&model) {
            steps.push(Before::Model(model, None));
        }
        let kept = self.models.entry(model).or_default();
        if kept.model.is_none() {
            steps.push(Before::Rule(model, None, None));
            kept.model = Some(change.model.clone());
        }
        let stored = kept.records.get(&id).map(|record| record.version);
        if stored != change.before.as_ref().map(|record| record.version) {
            return Err(Problem::new(Code::Internal, format!("the record {id} is not what the change found")));
        }
        steps.push(Before::Record(model, id, kept.put(id, change.after.clone())));
        Ok(())
    }

    fn remember(&mut self, outcome: Arc<Outcome>, time: i64, steps: &mut Steps) {
        while let Some(scope) = self.ended(time) {
            steps.push(Before::Outcome(scope, self.put_outcome(scope, None)));
        }
        steps.push(Before::Outcome(outcome.scope, self.put_outcome(outcome.scope, Some(outcome))));
    }

    fn register(&mut self, change: &RegistryChange, steps: &mut Steps) -> Result<(), Problem> {
        let key = (change.what, change.key.clone());
        let before = match &change.after {
            Some(after) => self.registry.insert(key.clone(), Arc::new(after.clone())),
            None => self.registry.remove(&key),
        };
        steps.push(Before::Registry(key, before));
        match change.what {
            RegistryKind::Model => {
                let id = id_of(&change.key)?;
                let model = match &change.new_model {
                    Some(model) => Some(model.clone()),
                    None => self.compile(id)?,
                };
                self.rule(id, model, steps);
            }
            RegistryKind::Version => {
                // A head can come before the version it names.
                let id = id_of(change.key.split('/').next().unwrap_or_default())?;
                let waits = self.models.get(&id).is_none_or(|kept| kept.model.is_none());
                if waits && let Some(model) = self.compile(id)? {
                    self.rule(id, Some(model), steps);
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
    fn rule(&mut self, id: ModelId, model: Option<Arc<Model>>, steps: &mut Steps) {
        if model.as_ref().is_some_and(|model| model.head.deleted) || !self.registry.contains_key(&(RegistryKind::Model, id.0.to_string())) {
            steps.extend(self.models.remove(&id).map(|kept| Before::Model(id, Some(Box::new(kept)))));
            return;
        }
        if !self.models.contains_key(&id) {
            steps.push(Before::Model(id, None));
        }
        let kept = self.models.entry(id).or_default();
        let same = match (&kept.model, &model) {
            (Some(old), Some(new)) => Followed::of(Some(old), new) == Followed::default(),
            _ => false,
        };
        let old = std::mem::replace(&mut kept.model, model);
        let derived = (!same).then(|| kept.derive());
        steps.push(Before::Rule(id, old, derived));
    }

    fn set_aside(&mut self, change: &QuarantineChange, steps: &mut Steps) {
        let id = change.row.id;
        let before = match change.added {
            true => self.quarantine.insert(id, Arc::new(change.row.clone())),
            false => self.quarantine.remove(&id),
        };
        steps.push(Before::Quarantine(id, before));
    }
}

impl Kept {
    /// Puts a record in the place of the one with its id, or takes that away; gives what was there.
    pub(super) fn put(&mut self, id: RecordId, after: Option<Record>) -> Option<Record> {
        let before = self.forget(id);
        if let Some(after) = after {
            self.hold(&after);
            self.records.insert(id, after);
        }
        before
    }

    fn forget(&mut self, id: RecordId) -> Option<Record> {
        let record = self.records.remove(&id)?;
        self.let_go(&record);
        Some(record)
    }

    fn let_go(&mut self, record: &Record) {
        let derived = &mut self.derived;
        if record.deleted_at.is_some() {
            derived.counts.deleted -= 1;
            return;
        }
        derived.counts.live -= 1;
        let Some(model) = &self.model else { return };
        for index in &model.indexes {
            derived.entries.remove(&(index.id, index.key(&record.as_ref())));
        }
        for unique in &model.uniques {
            if let Some(key) = unique.key(&record.doc) {
                derived.uniques.remove(&(unique.id, key));
            }
        }
        derived.words.forget(model, record);
    }

    fn hold(&mut self, record: &Record) {
        let derived = &mut self.derived;
        if record.deleted_at.is_some() {
            derived.counts.deleted += 1;
            return;
        }
        derived.counts.live += 1;
        let Some(model) = &self.model else { return };
        for index in &model.indexes {
            derived.entries.insert((index.id, index.key(&record.as_ref())), record.id);
        }
        for unique in &model.uniques {
            if let Some(key) = unique.key(&record.doc) {
                derived.uniques.insert((unique.id, key), record.id);
            }
        }
        derived.words.hold(model, record);
    }

    /// Makes entries, unique keys and counts again from the records; gives what they were.
    fn derive(&mut self) -> Derived {
        let before = std::mem::take(&mut self.derived);
        for record in self.records.values().cloned().collect::<Vec<_>>() {
            self.hold(&record);
        }
        before
    }
}

fn id_of(key: &str) -> Result<ModelId, Problem> {
    key.parse().map(ModelId).map_err(|_| Problem::new(Code::DataDamaged, format!("the registry key {key} is not a model's id")))
}
