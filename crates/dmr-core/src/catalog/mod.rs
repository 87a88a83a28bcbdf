//! The catalog: everything registered, in memory, found by name, path, glob, tag and source (M8). Plain data: whoever holds it decides
//! about locks.

mod model_entry;
mod paths;
mod people;

pub use model_entry::{ModelEntry, StoredVersion};
pub use people::{KeyEntry, People};

use self::paths::Paths;
use crate::change::{Change, RegistryChange, RegistryKind};
use crate::model::{Head, ModelId};
use crate::name::{DEFAULT_NAMESPACE, Glob};
use crate::{Code, Problem, Value, json};
use foldhash::quality::RandomState;
use std::collections::{BTreeMap, BTreeSet, HashMap};
use std::sync::Arc;

/// Everything registered.
#[derive(Debug, Default)]
pub struct Catalog {
    models: HashMap<ModelId, Arc<ModelEntry>, RandomState>,
    by_name: HashMap<Box<str>, Arc<ModelEntry>, RandomState>,
    by_short: HashMap<Box<str>, Vec<ModelId>, RandomState>,
    paths: Paths,
    /// The living models that refer to a model, itself among them where it does.
    referrers: HashMap<ModelId, BTreeSet<ModelId>, RandomState>,
    next_model: u32,
    /// Principals, roles and keys.
    pub people: People,
    settings: BTreeMap<String, Value>,
    ingests: BTreeMap<String, Value>,
    sequences: BTreeMap<String, Value>,
}

impl Catalog {
    /// Takes in a stored row. Heads come after their versions.
    ///
    /// # Errors
    /// [`Code::DataDamaged`] where the row is not what its kind says.
    pub fn load(&mut self, what: RegistryKind, key: &str, body: Vec<u8>) -> Result<(), Problem> {
        if what == RegistryKind::Version { self.add_version(key, body) } else { self.put(what, key, Some(&json::raw::value(&body))) }
    }

    /// Takes in committed changes.
    ///
    /// # Errors
    /// As [`Catalog::load`].
    pub fn apply(&mut self, changes: &[Change]) -> Result<(), Problem> {
        for change in changes {
            if let Change::Registry(change) = change {
                self.apply_one(change)?;
            }
        }
        Ok(())
    }

    fn apply_one(&mut self, change: &RegistryChange) -> Result<(), Problem> {
        match (change.what, &change.after, &change.new_model) {
            (RegistryKind::Version, Some(after), _) => self.add_version(&change.key, json::to_string(after).into_bytes()),
            (RegistryKind::Model, Some(_), Some(model)) => {
                let versions = self.models.get(&model.id()).map(|entry| entry.versions.clone()).unwrap_or_default();
                self.enter(ModelEntry::compiled(model.clone(), versions));
                Ok(())
            }
            (what, after, _) => self.put(what, &change.key, after.as_ref()),
        }
    }

    fn put(&mut self, what: RegistryKind, key: &str, body: Option<&Value>) -> Result<(), Problem> {
        let damaged = |_| Problem::new(Code::DataDamaged, format!("the {} {key} cannot be read", what.as_str()));
        match what {
            RegistryKind::Model => {
                let Some(body) = body else { return Ok(()) };
                let head: Head = serde_json::from_value(body.clone()).map_err(damaged)?;
                let versions = self.models.get(&head.id).map(|entry| entry.versions.clone()).unwrap_or_default();
                self.enter(ModelEntry::new(head, versions));
            }
            RegistryKind::Version => {}
            RegistryKind::Principal | RegistryKind::Role | RegistryKind::Key => self.people.put(what, key, body).map_err(damaged)?,
            RegistryKind::Setting => put_in(&mut self.settings, key, body),
            RegistryKind::Ingest => put_in(&mut self.ingests, key, body),
            RegistryKind::Sequence => put_in(&mut self.sequences, key, body),
        }
        Ok(())
    }

    fn add_version(&mut self, key: &str, body: Vec<u8>) -> Result<(), Problem> {
        let damaged = || Problem::new(Code::DataDamaged, format!("the version {key} cannot be read"));
        let (model, stamp) = key.split_once('/').ok_or_else(damaged)?;
        let (model, stamp) = (ModelId(model.parse().map_err(|_| damaged())?), stamp.parse().map_err(|_| damaged())?);
        let version = Arc::new(StoredVersion::new(body));
        match self.models.get(&model) {
            Some(entry) => {
                let entry = entry.with_version(stamp, version);
                self.enter(entry);
            }
            None => {
                let mut versions = BTreeMap::new();
                versions.insert(stamp, version);
                self.models.insert(model, Arc::new(ModelEntry::waiting(model, versions)));
            }
        }
        Ok(())
    }

    fn enter(&mut self, entry: ModelEntry) {
        let entry = Arc::new(entry);
        let id = entry.head.id;
        self.next_model = self.next_model.max(id.0);
        if entry.is_waiting() {
            self.models.insert(id, entry);
            return;
        }
        self.refer(id, &entry.head);
        let name = entry.head.name.to_string();
        if entry.head.deleted {
            if self.by_name.get(name.as_str()).is_some_and(|known| known.head.id == id) {
                self.by_name.remove(name.as_str());
                self.paths.remove(entry.head.name.path().as_str());
            }
            if let Some(ids) = self.by_short.get_mut(entry.head.name.name.as_str()) {
                ids.retain(|known| *known != id);
            }
        } else {
            let known = self.by_name.insert(name.into(), entry.clone());
            if known.is_none() {
                self.paths.insert(&entry.head.name.path(), id);
                self.by_short.entry(entry.head.name.name.as_str().into()).or_default().push(id);
            }
        }
        self.models.insert(id, entry);
    }

    /// Takes in to which models a model refers.
    fn refer(&mut self, id: ModelId, head: &Head) {
        let targets = |head: &Head| -> BTreeSet<ModelId> {
            let references = head.settings.values().filter_map(|settings| settings.references);
            references.map(|reference| reference.model.unwrap_or(id)).collect()
        };
        let before = self.models.get(&id).filter(|known| !known.is_waiting()).map(|known| targets(&known.head)).unwrap_or_default();
        let now = if head.deleted { BTreeSet::new() } else { targets(head) };
        for target in before.difference(&now) {
            if let Some(referrers) = self.referrers.get_mut(target) {
                referrers.remove(&id);
            }
        }
        for target in now {
            self.referrers.entry(target).or_default().insert(id);
        }
    }

    /// The living models whose records name records of a model, itself among them where they do (M5).
    pub fn referrers(&self, of: ModelId) -> impl Iterator<Item = &Arc<ModelEntry>> {
        self.referrers.get(&of).into_iter().flatten().filter_map(|id| self.models.get(id))
    }

    /// The model with a name as routes spell it: `Product`, `shop.Product`, `ns.models.shop.Product`. Without allocation.
    pub fn model(&self, name: &str) -> Option<&Arc<ModelEntry>> {
        let name = name.strip_prefix("ns.models.").unwrap_or(name);
        let short = name.strip_prefix(DEFAULT_NAMESPACE).and_then(|rest| rest.strip_prefix('.')).filter(|rest| !rest.contains('.'));
        self.by_name.get(short.unwrap_or(name))
    }

    /// The model with an id, deleted ones too.
    pub fn model_by_id(&self, id: ModelId) -> Option<&Arc<ModelEntry>> {
        self.models.get(&id)
    }

    /// Models with a short name, in any namespace.
    pub fn models_called(&self, short: &str) -> impl Iterator<Item = &Arc<ModelEntry>> {
        self.by_short.get(short).into_iter().flatten().filter_map(|id| self.models.get(id))
    }

    /// Models whose path matches, in order of path.
    pub fn glob<'a>(&'a self, glob: &'a Glob) -> impl Iterator<Item = &'a Arc<ModelEntry>> {
        // A pattern is text, and what it begins with ends before an ASCII character.
        let prefix = std::str::from_utf8(glob.prefix()).unwrap_or_default();
        self.paths
            .from(prefix)
            // Comparing with an empty text that lies nowhere costs ten times a match.
            .take_while(move |(path, _)| prefix.is_empty() || path.starts_with(prefix))
            .filter(|(path, _)| glob.matches(path))
            .filter_map(|(_, id)| self.models.get(&id))
    }

    /// Every living model, in order of path.
    pub fn models(&self) -> impl Iterator<Item = &Arc<ModelEntry>> {
        self.paths.models().filter_map(|id| self.models.get(&id))
    }

    /// The id of the next new model.
    pub fn next_model(&self) -> ModelId {
        ModelId(self.next_model + 1)
    }

    /// A setting that was changed at run time.
    pub fn setting(&self, name: &str) -> Option<&Value> {
        self.settings.get(name)
    }

    /// Every one of them, by name.
    pub fn settings(&self) -> impl Iterator<Item = (&String, &Value)> {
        self.settings.iter()
    }

    /// An ingest, by id.
    pub fn ingest(&self, id: &str) -> Option<&Value> {
        self.ingests.get(id)
    }

    /// The last number of a sequence that is reserved; 0: none is.
    pub fn reserved(&self, sequence: &str) -> i64 {
        self.sequences.get(sequence).and_then(Value::as_i64).unwrap_or(0)
    }

    /// The sequences of a model that have reserved numbers.
    pub fn sequences_of(&self, model: ModelId) -> impl Iterator<Item = (&String, &Value)> {
        let prefix = format!("{}/", model.0);
        self.sequences.range(prefix.clone()..).take_while(move |(key, _)| key.starts_with(&prefix))
    }

    /// Every ingest, in order of id, which is that of time.
    pub fn ingests(&self) -> impl DoubleEndedIterator<Item = (&String, &Value)> {
        self.ingests.iter()
    }
}

fn put_in(map: &mut BTreeMap<String, Value>, key: &str, body: Option<&Value>) {
    match body {
        Some(body) => drop(map.insert(key.to_owned(), body.clone())),
        None => drop(map.remove(key)),
    }
}
