//! The head and version that a registration makes, of nothing or of the model that is there.

use super::read::{Registration, StorageAsked, problem};
use super::{Targets, members, reference, rights};
use crate::evolution::{self, FieldChange};
use crate::model::{Head, Mode, Model, ModelId, Storage, VersionRow};
use crate::name::Version;
use crate::permission::Permissions;
use crate::{Code, Problem, schema};
use std::collections::{BTreeMap, BTreeSet};
use std::sync::Arc;

/// What a registration that says nothing of it gets.
#[derive(Debug, Clone)]
pub struct Defaults {
    /// Who may do what.
    pub permissions: Permissions,
    /// The first version of a model.
    pub first_version: Version,
    /// The models that its references lead to.
    pub targets: Targets,
}

/// What a registration makes.
#[derive(Debug)]
pub struct Built {
    /// The new state of the model; its id is 0 until a new model is decided.
    pub head: Head,
    /// Its version: a new one where `is_new_version`.
    pub version: Arc<VersionRow>,
    /// Whether the version is new.
    pub is_new_version: bool,
    /// The model as it will be.
    pub model: Model,
    /// What changed against the version before.
    pub changes: Vec<FieldChange>,
}

/// Builds a head and version. Times and a new model's id are filled in by whoever decides.
///
/// # Errors
/// Everything that is wrong with the schema, the settings, indexes, constraints and permissions.
pub fn build(registration: &Registration, previous: Option<&Model>, defaults: &Defaults) -> Result<Built, Problem> {
    let mut head = match previous {
        Some(model) => model.head.clone(),
        None => first_head(registration, defaults),
    };
    let (version, changes, is_new_version) = next_version(&mut head, registration, previous, defaults)?;
    let version = Arc::new(version);
    if let Some(mode) = registration.mode {
        head.mode = mode;
    }
    if let Some(storage) = registration.storage {
        head.storage = match storage {
            StorageAsked::Structured => Storage::Structured,
            StorageAsked::Flexible => Storage::Flexible,
            StorageAsked::Auto => head.storage,
        };
    }
    if let Some(tags) = &registration.tags {
        head.tags.clone_from(tags);
    }
    if let Some(description) = &registration.description {
        head.description.clone_from(description);
    }
    let bare = Head { indexes: Vec::new(), unique: Vec::new(), ..head.clone() };
    let fields = Model::compile(bare, version.clone())?;
    let mut issues = Vec::new();
    drop_gone_members(&mut head, &fields);
    reference::drop_gone(&mut head, &fields);
    members::apply(&mut head, &fields, registration, &defaults.targets, &mut issues);
    if let Some(document) = &registration.permissions {
        match rights::read_permissions(document, &fields, "/permissions") {
            Ok(mut permissions) => {
                rights::keep_rules_of_gone(&head.permissions, &fields, &mut permissions);
                head.permissions = permissions;
            }
            Err(wrong) => issues.extend(wrong.errors),
        }
    }
    if !issues.is_empty() {
        return Err(problem(issues));
    }
    let model = Model::compile(head.clone(), version.clone())?;
    rights::check_reachable(&head, &model, &mut issues);
    rights::check_sequences(&head, &model, &mut issues);
    reference::check(&model, &defaults.targets, &mut issues);
    if !issues.is_empty() {
        return Err(problem(issues));
    }
    model.validator().map_err(|problem| problem.under(registration.schema_at))?;
    Ok(Built { head, version, is_new_version, model, changes })
}

fn first_head(registration: &Registration, defaults: &Defaults) -> Head {
    Head {
        id: ModelId(0),
        name: registration.name.clone(),
        revision: 1,
        stamp: 0,
        source: registration.source,
        mode: Mode::Hybrid,
        storage: Storage::Flexible,
        key: Vec::new(),
        key_unique: None,
        settings: BTreeMap::new(),
        indexes: Vec::new(),
        unique: Vec::new(),
        next_index: 1,
        next_field: 1,
        tags: BTreeSet::new(),
        description: None,
        permissions: defaults.permissions.clone(),
        created_at: 0,
        updated_at: 0,
        deleted: false,
    }
}

/// The version that rules after this: the one that is there where neither schema nor names change.
fn next_version(
    head: &mut Head,
    registration: &Registration,
    previous: Option<&Model>,
    defaults: &Defaults,
) -> Result<(VersionRow, Vec<FieldChange>, bool), Problem> {
    let schema = registration.schema.as_ref().or(previous.map(|model| &model.version.schema));
    let schema = schema.ok_or_else(|| Problem::new(Code::BodyShape, "a registration needs a `schema`"))?;
    if let Some(model) = previous
        && *schema == model.version.schema
        && registration.renames.is_empty()
    {
        return Ok(((*model.version).clone(), Vec::new(), false));
    }
    let derived = schema::derive(schema).map_err(|problem| problem.under(registration.schema_at))?;
    let none = BTreeMap::new();
    let known = previous.map_or(&none, |model| &model.version.fields);
    let fields = evolution::assign(&derived.fields, known, &registration.renames, &mut head.next_field)?;
    head.stamp += 1;
    let mut row = VersionRow {
        model: head.id,
        stamp: head.stamp,
        version: registration.version.unwrap_or(defaults.first_version),
        schema: schema.clone(),
        fields,
        created_at: 0,
        changes: Vec::new(),
    };
    let Some(model) = previous else { return Ok((row, Vec::new(), true)) };
    let bare = Head { indexes: Vec::new(), unique: Vec::new(), ..head.clone() };
    let next = Model::compile(bare, Arc::new(row.clone()))?;
    let changes = evolution::diff(&model.fields, &model.version.schema, &next.fields, schema);
    row.version = registration.version.unwrap_or_else(|| evolution::next_version(model.version.version, &changes));
    if row.version <= model.version.version {
        return Err(Problem::new(Code::DefinitionInvalid, format!("version {} is not after {}", row.version, model.version.version))
            .suggest(evolution::next_version(model.version.version, &changes).to_string()));
    }
    row.changes.clone_from(&changes);
    Ok((row, changes, true))
}

/// Indexes, constraints and keys over fields that are gone go with them.
fn drop_gone_members(head: &mut Head, model: &Model) {
    head.indexes.retain(|index| index.members.iter().all(|member| member.system.is_some() || model.field_at(&member.field).is_some()));
    head.unique.retain(|unique| unique.members.iter().all(|ids| model.field_at(ids).is_some()));
    if !head.key.is_empty() && model.field_at(&head.key).is_none() {
        head.key.clear();
        head.key_unique = None;
    }
}
