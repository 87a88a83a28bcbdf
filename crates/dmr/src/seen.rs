//! What an asker sees: a record, a model.

use dmr_core::document::OldLabels;
use dmr_core::gate::{Check, NumberStyle, Rendering, Selection, View, write_record};
use dmr_core::model::Model;
use dmr_core::record::{PrincipalId, Record, RecordId};
use dmr_core::{Value, json};
use std::ops::Deref;
use std::sync::Arc;

/// A model with what an asker sees of it.
#[derive(Debug, Clone)]
pub struct SeenModel {
    /// The model.
    pub model: Arc<Model>,
    /// What is seen of it.
    pub view: Arc<View>,
    /// The last labels of fields that are gone.
    pub old_labels: Arc<OldLabels>,
}

/// A record as its asker sees it.
#[derive(Debug, Clone)]
pub struct Seen {
    pub(crate) record: Record,
    pub(crate) of: SeenModel,
    pub(crate) asker: PrincipalId,
    pub(crate) selection: Option<Arc<Selection>>,
    /// What is shown beside it of what it refers to: a JSON object.
    pub(crate) expanded: Option<Arc<[u8]>>,
    pub(crate) numbers: NumberStyle,
}

impl Seen {
    /// Appends the record as JSON.
    pub fn write_json(&self, out: &mut Vec<u8>) {
        let rendering = Rendering {
            model: &self.of.model,
            view: &self.of.view,
            asker: self.asker,
            selection: self.selection.as_deref(),
            numbers: self.numbers,
            system: true,
            old: &self.of.old_labels,
            check: Check::ColumnRender,
        };
        write_record(&rendering, &self.record.as_ref(), out);
        if let Some(expanded) = &self.expanded {
            out.pop();
            out.extend_from_slice(b",\"_expand\":");
            out.extend_from_slice(expanded);
            out.push(b'}');
        }
    }

    /// Whether it is shown with what it refers to: then its entity tag says nothing of the whole answer.
    pub fn is_expanded(&self) -> bool {
        self.expanded.is_some()
    }

    /// The record as a value.
    pub fn to_value(&self) -> Value {
        let mut out = Vec::with_capacity(256);
        self.write_json(&mut out);
        json::raw::value(&out)
    }

    /// Its id.
    pub fn id(&self) -> RecordId {
        self.record.id
    }

    /// Its version.
    pub fn version(&self) -> u64 {
        self.record.version
    }

    /// Its entity tag: `"3.ab12cd34"`, with the quotes.
    pub fn etag(&self) -> String {
        format!("\"{}.{}\"", self.record.version, self.of.view.tag)
    }
}

/// What a write came to.
#[derive(Debug, Clone)]
pub struct Written {
    pub(crate) seen: Seen,
    /// Whether the record was made by it.
    pub created: bool,
    /// Whether the same request had been carried out before, and this is its answer again.
    pub replayed: bool,
}

impl Deref for Written {
    type Target = Seen;

    fn deref(&self) -> &Seen {
        &self.seen
    }
}
