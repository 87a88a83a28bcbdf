//! A model in the catalog: compiled on first use, with its views and its versions.

use crate::document::OldLabels;
use crate::gate::View;
use crate::model::{FieldId, Head, Mode, Model, ModelId, Source, Storage, VersionRow};
use crate::name::ModelName;
use crate::permission::Permissions;
use crate::principal::Asker;
use crate::{Code, Problem, json};
use parking_lot::RwLock;
use std::collections::{BTreeMap, BTreeSet};
use std::sync::{Arc, OnceLock};

/// The most views kept of one model; beyond it the oldest go.
const MOST_VIEWS: usize = 64;

/// A version as it is stored, read on first use.
#[derive(Debug)]
pub struct StoredVersion {
    body: Vec<u8>,
    row: OnceLock<Option<Arc<VersionRow>>>,
}

impl StoredVersion {
    /// A version from its stored body.
    pub fn new(body: Vec<u8>) -> Self {
        Self { body, row: OnceLock::new() }
    }

    /// The version.
    ///
    /// # Errors
    /// [`Code::DataDamaged`] where it cannot be read.
    pub fn row(&self) -> Result<Arc<VersionRow>, Problem> {
        let read = || serde_json::from_value(json::raw::value(&self.body)).ok().map(Arc::new);
        self.row.get_or_init(read).clone().ok_or_else(|| Problem::new(Code::DataDamaged, "a version of a model cannot be read"))
    }
}

/// The versions of a model by stamp.
pub type Versions = Arc<BTreeMap<u32, Arc<StoredVersion>>>;

/// A model in the catalog.
#[derive(Debug)]
pub struct ModelEntry {
    /// What is true of it now.
    pub head: Head,
    /// Its versions by stamp.
    pub versions: Versions,
    compiled: OnceLock<Result<Arc<Model>, Problem>>,
    /// Views by role set. The lock guards the list alone; views never change.
    views: RwLock<Vec<(Vec<String>, Arc<View>)>>,
    old_labels: OnceLock<Arc<OldLabels>>,
}

impl ModelEntry {
    /// An entry that compiles when it is first used.
    pub fn new(head: Head, versions: Versions) -> Self {
        Self { head, versions, compiled: OnceLock::new(), views: RwLock::default(), old_labels: OnceLock::new() }
    }

    /// An entry of a compiled model.
    pub fn compiled(model: Arc<Model>, versions: Versions) -> Self {
        let entry = Self::new(model.head.clone(), versions);
        let _ = entry.compiled.set(Ok(model));
        entry
    }

    /// Versions whose head has not come yet.
    pub(super) fn waiting(id: ModelId, versions: BTreeMap<u32, Arc<StoredVersion>>) -> Self {
        let head = Head {
            id,
            name: ModelName { namespace: String::new(), name: String::new() },
            revision: 0,
            stamp: 0,
            source: Source::External,
            mode: Mode::Hybrid,
            storage: Storage::Flexible,
            key: Vec::new(),
            key_unique: None,
            settings: BTreeMap::new(),
            indexes: Vec::new(),
            unique: Vec::new(),
            next_index: 0,
            next_field: 0,
            tags: BTreeSet::new(),
            description: None,
            permissions: Permissions::default(),
            created_at: 0,
            updated_at: 0,
            deleted: false,
        };
        Self::new(head, Arc::new(versions))
    }

    pub(super) fn is_waiting(&self) -> bool {
        self.head.revision == 0
    }

    pub(super) fn with_version(&self, stamp: u32, version: Arc<StoredVersion>) -> Self {
        let mut versions = (*self.versions).clone();
        versions.insert(stamp, version);
        Self::new(self.head.clone(), Arc::new(versions))
    }

    /// The model, compiled on first use.
    ///
    /// # Errors
    /// [`Code::DataDamaged`] where what is stored is not a model.
    pub fn model(&self) -> Result<Arc<Model>, Problem> {
        let compile = || {
            let version =
                self.versions.get(&self.head.stamp).ok_or_else(|| Problem::new(Code::DataDamaged, "the version of a model is missing"))?;
            Model::compile(self.head.clone(), version.row()?).map(Arc::new)
        };
        self.compiled.get_or_init(compile).clone()
    }

    /// What a set of roles sees of it, where that was compiled before.
    pub fn known_view(&self, roles: &[String]) -> Option<Arc<View>> {
        self.views.read().iter().find(|(known, _)| known == roles).map(|(_, view)| view.clone())
    }

    /// What a set of roles sees of it, compiled on first use.
    pub fn view(&self, model: &Model, roles: &[String]) -> Arc<View> {
        if let Some(view) = self.known_view(roles) {
            return view;
        }
        let view = Arc::new(View::compile(model, roles));
        let mut views = self.views.write();
        if views.len() >= MOST_VIEWS {
            views.remove(0);
        }
        views.push((roles.to_vec(), view.clone()));
        view
    }

    /// What an asker sees of it.
    pub fn view_for(&self, model: &Model, asker: &Asker) -> Arc<View> {
        self.view(model, asker.roles_at(&self.head))
    }

    /// The last labels of fields that are gone.
    pub fn old_labels(&self) -> Arc<OldLabels> {
        let gather = || {
            let mut labels = OldLabels::new();
            if self.versions.len() < 2 {
                return Arc::new(labels);
            }
            for version in self.versions.values().filter_map(|version| version.row().ok()) {
                for (pointer, FieldId(id)) in &version.fields {
                    let name = pointer.rsplit('/').next().unwrap_or_default().replace("~1", "/").replace("~0", "~");
                    labels.insert(FieldId(*id), name);
                }
            }
            Arc::new(labels)
        };
        self.old_labels.get_or_init(gather).clone()
    }

    /// A version by its spelling: `1.2.0`, or its stamp.
    pub fn version(&self, spelling: &str) -> Option<Arc<VersionRow>> {
        let rows = || self.versions.values().filter_map(|version| version.row().ok());
        rows().find(|row| row.version.to_string() == spelling).or_else(|| rows().find(|row| row.stamp.to_string() == spelling))
    }
}
