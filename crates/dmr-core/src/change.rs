//! Changes: what a decision is made of. Plain data; every store applies them by the same rules, and each is one entry of the log
//! (invariant 6).

use crate::log::EntryKind;
use crate::model::{Model, ModelId};
use crate::record::{Record, RecordId};
use serde_json::Value;
use std::sync::Arc;

/// One changed object.
#[derive(Debug, Clone)]
pub enum Change {
    /// A record.
    Record(Box<RecordChange>),
    /// Something registered: a model, a version, a principal, a role, a key, a setting, an ingest.
    Registry(Box<RegistryChange>),
    /// A row that was set aside, or one that left.
    Quarantine(Box<QuarantineChange>),
    /// What a request with an idempotency key came to.
    Outcome(Box<Outcome>),
}

/// A record before and after.
#[derive(Debug, Clone)]
pub struct RecordChange {
    /// What was done: one of the `Record...` kinds.
    pub kind: EntryKind,
    /// The model as it is now.
    pub model: Arc<Model>,
    /// As it was; none when it is made.
    pub before: Option<Record>,
    /// As it is; none when it is gone for good.
    pub after: Option<Record>,
}

impl RecordChange {
    /// The record's id.
    pub fn id(&self) -> RecordId {
        self.after.as_ref().or(self.before.as_ref()).map(|record| record.id).unwrap_or_default()
    }

    /// The version of the record that this change made.
    pub fn version(&self) -> u64 {
        match (&self.after, &self.before) {
            (Some(after), _) => after.version,
            (None, Some(before)) => before.version + 1,
            (None, None) => 0,
        }
    }
}

/// The kinds of things that are registered, as keys of the registry's rows.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub enum RegistryKind {
    /// A model's head, under its id.
    Model,
    /// A version of a model, under `<model>/<stamp>`.
    Version,
    /// A principal, under its id.
    Principal,
    /// A role, under its name.
    Role,
    /// An API key, under its id.
    Key,
    /// A setting changed at run time, under its name.
    Setting,
    /// An ingest, under its id.
    Ingest,
    /// How far the numbers of a field are reserved, under `<model>/<field>`.
    Sequence,
}

impl RegistryKind {
    /// All of them, in the order they are loaded.
    pub const ALL: [Self; 8] =
        [Self::Setting, Self::Role, Self::Principal, Self::Key, Self::Version, Self::Model, Self::Ingest, Self::Sequence];

    /// As it is spelled in rows and log entries.
    pub const fn as_str(self) -> &'static str {
        match self {
            Self::Model => "model",
            Self::Version => "version",
            Self::Principal => "principal",
            Self::Role => "role",
            Self::Key => "key",
            Self::Setting => "setting",
            Self::Ingest => "ingest",
            Self::Sequence => "sequence",
        }
    }

    /// The kind with this spelling.
    pub fn find(spelling: &str) -> Option<Self> {
        Self::ALL.into_iter().find(|kind| kind.as_str() == spelling)
    }
}

/// A registered thing before and after.
#[derive(Debug, Clone)]
pub struct RegistryChange {
    /// What was done.
    pub kind: EntryKind,
    /// What sort of thing it is.
    pub what: RegistryKind,
    /// Its key among things of its sort.
    pub key: String,
    /// As it was.
    pub before: Option<Value>,
    /// As it is.
    pub after: Option<Value>,
    /// For a model's head: the compiled model as it was, so that a store can change its layout.
    pub old_model: Option<Arc<Model>>,
    /// For a model's head: the compiled model as it is.
    pub new_model: Option<Arc<Model>>,
}

/// A row that could not become a record (invariant 11).
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Quarantined {
    /// Identity: a UUIDv7.
    pub id: RecordId,
    /// The ingest it came with.
    pub ingest: RecordId,
    /// The model it was meant for.
    pub model: ModelId,
    /// Line in the input, from 1.
    pub line: u64,
    /// Byte in the input, from 0.
    pub byte: u64,
    /// Why: a code of the table.
    pub code: String,
    /// Why, for a person.
    pub message: String,
    /// The bytes of the input.
    pub raw: Vec<u8>,
}

/// A quarantined row that came or left.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct QuarantineChange {
    /// Whether it came; else it left.
    pub added: bool,
    /// The row.
    pub row: Quarantined,
}

/// What a request with an idempotency key came to, kept with its commit.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Outcome {
    /// SHA-256 over principal, method, path and key.
    pub scope: [u8; 32],
    /// SHA-256 over the request.
    pub request: [u8; 32],
    /// When it is forgotten, in microseconds since 1970 UTC.
    pub expires_at: i64,
    /// What is needed to render the answer again under today's rights.
    pub answer: Value,
}
