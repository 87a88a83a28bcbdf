//! Advice on a model (M5, D4): what would make it faster or plainer, each with its reason and, where one request does it, that request.
//!
//! One file a kind of advice. A new one is a file with a function from [`Facts`] to [`Advice`] and a line in [`advise`].

mod bound;
mod index;
mod naming;
mod storage;

pub use storage::{MANY_COLUMNS, MANY_RECORDS};

use crate::Value;
use crate::gate::{Check, Guard, View};
use crate::model::{Field, FieldId, Model, Storage};
use serde::Serialize;
use std::collections::BTreeMap;

/// What advice rests on.
pub struct Facts<'a> {
    /// The model.
    pub model: &'a Model,
    /// What the asker sees of it: of other fields nothing is said.
    pub view: &'a View,
    /// How many records live; none where the asker may not know.
    pub records: Option<u64>,
    /// What was asked of its records since the start.
    pub workload: &'a Workload,
}

/// What was asked of a model's records.
#[derive(Debug, Clone, Default, PartialEq)]
pub struct Workload {
    /// Lists that an index served, or that were asked for in order of id without a condition.
    pub served: u64,
    /// Lists that read every record.
    pub scans: u64,
    /// Aggregates that read every record.
    pub aggregates: u64,
    /// By which declared fields those lists were filtered or sorted, and how often.
    pub by: BTreeMap<Vec<FieldId>, u64>,
}

/// The most combinations of fields that are counted.
const MOST_COMBINATIONS: usize = 64;

impl Workload {
    /// Takes in a list that read every record, by the fields it was filtered or sorted by.
    pub fn scanned(&mut self, by: Vec<FieldId>) {
        self.scans += 1;
        if self.by.contains_key(&by) || self.by.len() < MOST_COMBINATIONS {
            *self.by.entry(by).or_default() += 1;
        }
    }
}

/// A piece of advice.
#[derive(Debug, Clone, PartialEq, Serialize)]
pub struct Advice {
    /// What about: `storage.structured`, `storage.flexible`, `index.missing`, `index.reference`, `index.many`, `index.twice`, `name.vague`, `bound.missing`.
    pub kind: &'static str,
    /// The field, by its path of names.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub field: Option<String>,
    /// What, for a person.
    pub message: String,
    /// Why, in words.
    pub reasons: Vec<String>,
    /// The merge patch of the model that does it.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub patch: Option<Value>,
}

/// Everything that is to be said of a model; what makes most of a difference first.
pub fn advise(facts: &Facts<'_>) -> Vec<Advice> {
    let mut all: Vec<Advice> = storage::advise(facts).into_iter().collect();
    all.extend(index::advise(facts));
    each_field(facts, &mut |path, field| {
        all.extend(naming::advise(path, field));
        all.extend(bound::advise(path, field));
    });
    all
}

/// How a model should be laid out, and why.
pub fn storage(facts: &Facts<'_>) -> (Storage, Vec<String>) {
    storage::weigh(facts)
}

/// Every declared field that the asker sees in every record, with its path of names.
fn each_field<'f>(facts: &Facts<'f>, each: &mut dyn FnMut(&str, &'f Field)) {
    fn below<'f>(view: &View, fields: &'f [Field], above: &str, each: &mut dyn FnMut(&str, &'f Field)) {
        for field in fields.iter().filter(|field| view.access_for(field.id, Check::ColumnSelect).read == Guard::Always) {
            let path = if above.is_empty() { field.name().to_owned() } else { format!("{above}.{}", field.name()) };
            each(&path, field);
            below(view, &field.children, &path, each);
        }
    }
    below(facts.view, &facts.model.fields, "", each);
}
