//! Who may do what with a model: the document that `PUT .../permissions` takes and the form in which it is kept (P1, P2, P3).

use crate::model::FieldId;
use serde::{Deserialize, Serialize};
use std::collections::{BTreeMap, BTreeSet};

/// What a role may do with the records of a model (P1).
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, PartialOrd, Ord, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Operation {
    /// Make records.
    Create,
    /// Get one record.
    Read,
    /// Change, restore or revert a record.
    Update,
    /// Delete a record.
    Delete,
    /// List and count records.
    List,
}

impl Operation {
    /// All of them.
    pub const ALL: [Self; 5] = [Self::Create, Self::Read, Self::Update, Self::Delete, Self::List];

    /// As it is spelled.
    pub const fn as_str(self) -> &'static str {
        match self {
            Self::Create => "create",
            Self::Read => "read",
            Self::Update => "update",
            Self::Delete => "delete",
            Self::List => "list",
        }
    }
}

/// A set of operations.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Default)]
pub struct Operations(u8);

impl Operations {
    /// Every operation.
    pub const ALL: Self = Self(0b1_1111);
    /// No operation.
    pub const NONE: Self = Self(0);

    /// With one more.
    #[must_use]
    pub const fn with(self, operation: Operation) -> Self {
        Self(self.0 | 1 << operation as u8)
    }

    /// Both sets.
    #[must_use]
    pub const fn union(self, other: Self) -> Self {
        Self(self.0 | other.0)
    }

    /// Whether an operation is in it.
    pub const fn has(self, operation: Operation) -> bool {
        self.0 & 1 << operation as u8 != 0
    }

    /// Whether none is.
    pub const fn is_empty(self) -> bool {
        self.0 == 0
    }

    /// The operations, in order.
    pub fn iter(self) -> impl Iterator<Item = Operation> {
        Operation::ALL.into_iter().filter(move |operation| self.has(*operation))
    }
}

impl FromIterator<Operation> for Operations {
    fn from_iter<I: IntoIterator<Item = Operation>>(operations: I) -> Self {
        operations.into_iter().fold(Self::NONE, Self::with)
    }
}

impl Serialize for Operations {
    fn serialize<S: serde::Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        serializer.collect_seq(self.iter())
    }
}

impl<'de> Deserialize<'de> for Operations {
    fn deserialize<D: serde::Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        Ok(Vec::<Operation>::deserialize(deserializer)?.into_iter().collect())
    }
}

/// Which rows a role reaches (P2). Rules of other kinds come into this same place.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Default, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum RowRule {
    /// Every row.
    #[default]
    Public,
    /// The rows the principal owns.
    Owner,
}

/// The row rules of a role.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default, Serialize, Deserialize)]
pub struct RowRules {
    /// Which rows it sees.
    #[serde(default)]
    pub read: RowRule,
    /// Which rows it may change.
    #[serde(default)]
    pub write: RowRule,
}

/// The roles that may read and write a field; a field without a rule is open to all who may read or write the model.
#[derive(Debug, Clone, PartialEq, Eq, Default, Serialize, Deserialize)]
pub struct ColumnRule {
    /// Roles that see it; `None`: the rule says nothing of reading, then only `admin`.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub read: Option<BTreeSet<String>>,
    /// Roles that may set it; `None`: the rule says nothing of writing, then only `admin`.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub write: Option<BTreeSet<String>>,
}

/// Who may do what with a model, with fields by id. A role that is not named may do nothing.
#[derive(Debug, Clone, PartialEq, Eq, Default, Serialize, Deserialize)]
pub struct Permissions {
    /// What each role may do. `*` is any authenticated role.
    #[serde(default)]
    pub models: BTreeMap<String, Operations>,
    /// Which rows each role reaches; a role that is not named reaches all.
    #[serde(default, skip_serializing_if = "BTreeMap::is_empty")]
    pub rows: BTreeMap<String, RowRules>,
    /// Rules of fields; the key `*` is all undeclared properties.
    #[serde(default, skip_serializing_if = "BTreeMap::is_empty")]
    pub columns: BTreeMap<ColumnKey, ColumnRule>,
    /// Declared disclosures: constraints by which hidden data may influence an answer.
    #[serde(default, skip_serializing_if = "BTreeSet::is_empty")]
    pub discloses: BTreeSet<String>,
}

/// What a column rule is about.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub enum ColumnKey {
    /// A declared field.
    Field(FieldId),
    /// All properties the schema does not declare, as one.
    Undeclared,
}

impl Serialize for ColumnKey {
    fn serialize<S: serde::Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        match self {
            Self::Field(id) => serializer.collect_str(id),
            Self::Undeclared => serializer.serialize_str("*"),
        }
    }
}

impl<'de> Deserialize<'de> for ColumnKey {
    fn deserialize<D: serde::Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        let text = std::borrow::Cow::<str>::deserialize(deserializer)?;
        if text == "*" {
            return Ok(Self::Undeclared);
        }
        text.parse().map(|id| Self::Field(FieldId(id))).map_err(|_| serde::de::Error::custom("a column rule is kept under a field's id"))
    }
}
