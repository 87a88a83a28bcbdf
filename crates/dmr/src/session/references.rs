//! References between models (M5): where those of a registration lead, and how they are told.

use super::Session;
use dmr_core::catalog::{Catalog, ModelEntry};
use dmr_core::model::{Head, Model, ModelId};
use dmr_core::registration::{Registration, Targets};
use dmr_core::{Code, Problem, Value};
use std::sync::Arc;

impl Session {
    /// The models that references lead to: of a registration, and of the model as it is.
    pub(super) fn targets(&self, registration: &Registration, previous: Option<&Model>) -> Targets {
        let mut targets = Targets::default();
        for asked in registration.references.values().filter(|asked| !registration.is_called(&asked.model)) {
            targets.named.insert(asked.model.clone(), self.find(&asked.model).map(|(_, seen)| seen.model));
        }
        let Some(previous) = previous else { return targets };
        for reference in &previous.references {
            let entry = self.entry(reference.target(previous.id()));
            if let Some(model) = entry.and_then(|entry| entry.model().ok()) {
                targets.known.insert(model.id(), model);
            }
        }
        targets
    }

    /// The model that a reference leads to, by name; null where the asker may not know of it.
    pub(super) fn told_target(&self, target: ModelId) -> Result<Value, Problem> {
        let Some(entry) = self.entry(target) else { return Ok(Value::Null) };
        Ok(self.see(&entry)?.map_or(Value::Null, |seen| seen.model.head.name.to_string().into()))
    }

    /// A living model by its identity.
    pub(super) fn entry(&self, id: ModelId) -> Option<Arc<ModelEntry>> {
        self.inner.catalog.read().model_by_id(id).filter(|entry| !entry.head.deleted).cloned()
    }
}

/// Whether every model that a head refers to is there.
pub(super) fn lead_somewhere(head: &Head, catalog: &Catalog) -> bool {
    let mut targets = head.settings.values().filter_map(|settings| settings.references?.model);
    targets.all(|id| catalog.model_by_id(id).is_some_and(|entry| !entry.head.deleted))
}

/// The refusal to delete a model that others refer to. It is for those who may register, and know of every model.
pub(super) fn held(catalog: &Catalog, id: ModelId) -> Option<Problem> {
    let names: Vec<String> = catalog.referrers(id).filter(|entry| entry.head.id != id).map(|entry| entry.head.name.to_string()).collect();
    let first = names.first()?;
    let detail = match names.len() {
        1 => format!("the model `{first}` refers to it"),
        more => format!("{more} models refer to it: {}", names.join(", ")),
    };
    let suggestion = format!("take the reference back first: PATCH /api/registry/models/{first}");
    Some(Problem::new(Code::ReferenceHeld, detail).suggest(suggestion))
}

/// The refusal of another key for a model whose records others name by the one it has: they would name nothing.
pub(super) fn key_held(catalog: &Catalog, old: &Model, head: &Head, new: &Model) -> Option<Problem> {
    let key = old.field_at(&old.head.key)?;
    if head.key == old.head.key && new.field_at(&head.key).is_some_and(|field| field.shape.kind == key.shape.kind) {
        return None;
    }
    let by_key = |model: &Model| model.references.iter().any(|one| one.target(old.id()) == old.id() && one.fits_key(old));
    let others = catalog.referrers(old.id()).filter(|entry| entry.head.id != old.id());
    let mut names: Vec<String> =
        others.filter(|entry| entry.model().is_ok_and(|model| by_key(&model))).map(|entry| entry.head.name.to_string()).collect();
    names.extend(by_key(new).then(|| head.name.to_string()));
    let first = names.first()?;
    let detail = format!("records are named by the key `{}` in: {}", old.names(&old.head.key), names.join(", "));
    let suggestion = format!("take the reference back first: PATCH /api/registry/models/{first}");
    Some(Problem::new(Code::ReferenceHeld, detail).suggest(suggestion))
}
