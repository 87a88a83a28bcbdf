//! What is stored of a model: its head, which changes in place, and a row for each version, which never changes.

use super::{Behaviour, Factory, FieldId, Normaliser, ReferenceDefinition};
use crate::name::{ModelName, Version};
use crate::permission::Permissions;
use serde::{Deserialize, Serialize};
use serde_json::Value;
use std::collections::{BTreeMap, BTreeSet};

/// The identity of a model; never used again.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, PartialOrd, Ord, Serialize, Deserialize)]
#[serde(transparent)]
pub struct ModelId(pub u32);

/// Where a model came from (M2).
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Source {
    /// From code.
    Static,
    /// Inferred from data.
    Dynamic,
    /// From a schema made elsewhere.
    External,
}

/// How a model runs (M3).
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Mode {
    /// Records are written directly.
    Crud,
    /// Records are written by commands only. Not built: refused by name.
    Cqrs,
    /// Records are written directly; the log is also read as events.
    #[default]
    Hybrid,
}

/// How records are laid out (D4).
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Storage {
    /// One document a record in a table that all models share.
    #[default]
    Flexible,
    /// A table of its own with a typed column a field.
    Structured,
}

/// What was set of a field beside its schema.
#[derive(Debug, Clone, PartialEq, Default, Serialize, Deserialize)]
pub struct FieldSettings {
    /// Its behaviours.
    #[serde(default, skip_serializing_if = "BTreeSet::is_empty")]
    pub behaviours: BTreeSet<Behaviour>,
    /// The widget a person chose for it.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub widget: Option<String>,
    /// How its texts are written before they are checked and kept.
    #[serde(default, skip_serializing_if = "BTreeSet::is_empty")]
    pub normalise: BTreeSet<Normaliser>,
    /// What makes its value where a new record leaves it out.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub default_factory: Option<Factory>,
    /// Whose records its values name (M5).
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub references: Option<ReferenceDefinition>,
}

impl FieldSettings {
    /// Whether nothing is set.
    pub fn is_empty(&self) -> bool {
        *self == Self::default()
    }
}

/// One member of an index: a field by the ids on its path, or a system field by name.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct MemberDefinition {
    /// Ids from the top of the record down; empty for a system field.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub field: Vec<FieldId>,
    /// `_owner`, `_created_at`, `_updated_at`, `_version`.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub system: Option<String>,
    /// Whether greater comes first.
    #[serde(default, skip_serializing_if = "std::ops::Not::not")]
    pub descending: bool,
}

/// A declared index (M5).
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct IndexDefinition {
    /// Unique within the model, never used again.
    pub id: u32,
    /// What it is ordered by.
    pub members: Vec<MemberDefinition>,
    /// Whether it exists because a field is INDEXED.
    #[serde(default, skip_serializing_if = "std::ops::Not::not")]
    pub behaviour: bool,
}

/// A declared unique constraint (M5).
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct UniqueDefinition {
    /// Unique within the model, never used again; shares numbers with indexes.
    pub id: u32,
    /// The fields that together occur once, each by the ids on its path.
    pub members: Vec<Vec<FieldId>>,
}

/// What is true of a model now. Changed in place and by new versions; each change raises `revision`.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct Head {
    /// Identity.
    pub id: ModelId,
    /// Label.
    #[serde(flatten)]
    pub name: ModelName,
    /// Raised by every change of the model, its permissions too: its stamp for optimistic concurrency.
    pub revision: u64,
    /// Which version rules now.
    pub stamp: u32,
    /// Where it came from.
    pub source: Source,
    /// How it runs.
    #[serde(default)]
    pub mode: Mode,
    /// How records are laid out.
    #[serde(default)]
    pub storage: Storage,
    /// The declared key, each field by the ids on its path.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub key: Vec<FieldId>,
    /// The id of the unique constraint that keeps the key.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub key_unique: Option<u32>,
    /// What was set of fields.
    #[serde(default, skip_serializing_if = "BTreeMap::is_empty")]
    pub settings: BTreeMap<FieldId, FieldSettings>,
    /// Declared indexes and those of INDEXED fields.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub indexes: Vec<IndexDefinition>,
    /// Declared unique constraints and the key's.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub unique: Vec<UniqueDefinition>,
    /// The next id for an index or unique constraint.
    pub next_index: u32,
    /// The next id for a field.
    pub next_field: u32,
    /// Tags, sorted.
    #[serde(default, skip_serializing_if = "BTreeSet::is_empty")]
    pub tags: BTreeSet<String>,
    /// For a person.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub description: Option<String>,
    /// Who may do what.
    pub permissions: Permissions,
    /// Microseconds since 1970 UTC.
    pub created_at: i64,
    /// Microseconds since 1970 UTC.
    pub updated_at: i64,
    /// Whether it was deleted; its name is free, its ids are not.
    #[serde(default, skip_serializing_if = "std::ops::Not::not")]
    pub deleted: bool,
}

/// A version of a model; never changes.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct VersionRow {
    /// The model.
    pub model: ModelId,
    /// 1, 2, 3 ...: what records carry.
    pub stamp: u32,
    /// For a person.
    pub version: Version,
    /// The schema as it was given.
    pub schema: Value,
    /// The id of each field, by JSON pointer of names: `/address/city`.
    pub fields: BTreeMap<String, FieldId>,
    /// Microseconds since 1970 UTC.
    pub created_at: i64,
    /// What changed against the version before.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub changes: Vec<crate::evolution::FieldChange>,
}
