//! An ingest as the registry keeps it: written when it begins, with each slice, and when it ends.

use super::storage::StorageChosen;
use dmr_core::change::{Change, RegistryChange, RegistryKind};
use dmr_core::log::EntryKind;
use dmr_core::model::ModelId;
use dmr_core::record::{PrincipalId, RecordId};
use dmr_core::{Code, Object, Problem, Value};
use serde::{Deserialize, Serialize};

/// How far an ingest is.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub(super) enum State {
    /// It runs, or ran when its process ended: then it is shown as `interrupted`.
    Running,
    /// All of the input is in the model or set aside.
    Done,
    /// It stopped; `problem` says why.
    Failed,
}

/// An ingest.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub(super) struct Entry {
    /// Its id.
    pub id: RecordId,
    /// The model's name when it began.
    pub model: String,
    /// The model.
    pub model_id: ModelId,
    /// The file or source.
    pub name: String,
    /// SHA-256 of the input, in hexadecimal.
    pub hash: String,
    /// How far it is.
    pub state: State,
    /// Records of the input that are in the model or set aside.
    pub rows: u64,
    /// Records made.
    pub records: u64,
    /// Rows set aside.
    pub quarantined: u64,
    /// Bytes of the input that are done.
    pub bytes: u64,
    /// Bytes of the input, where they are known.
    pub total_bytes: Option<u64>,
    /// RFC 3339 UTC.
    pub started_at: String,
    /// RFC 3339 UTC.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub ended_at: Option<String>,
    /// Who started it.
    pub by: PrincipalId,
    /// The model's storage and why.
    pub storage: StorageChosen,
    /// Why it failed.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub problem: Option<Value>,
}

impl Entry {
    /// Reads a stored one.
    pub fn read(stored: &Value) -> Result<Self, Problem> {
        serde_json::from_value(stored.clone()).map_err(|_| Problem::new(Code::DataDamaged, "the entry of an ingest cannot be read"))
    }

    /// As it is stored.
    pub fn to_value(&self) -> Value {
        serde_json::to_value(self).unwrap_or_default()
    }

    /// The change from what was stored to this.
    pub fn change(&self, before: Option<&Value>) -> Change {
        Change::Registry(Box::new(RegistryChange {
            kind: EntryKind::IngestChange,
            what: RegistryKind::Ingest,
            key: self.id.to_string(),
            before: before.cloned(),
            after: Some(self.to_value()),
            old_model: None,
            new_model: None,
        }))
    }

    /// As it is told.
    pub fn told(&self, runs: bool) -> Value {
        let Value::Object(mut told) = self.to_value() else { return Value::Object(Object::new()) };
        told.shift_remove("model_id");
        told.shift_remove("rows");
        if self.state == State::Running && !runs {
            told.insert("state".into(), "interrupted".into());
        }
        Value::Object(told)
    }
}
