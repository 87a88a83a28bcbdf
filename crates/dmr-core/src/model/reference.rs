//! References: fields whose values name records of another model (M5).

use super::{Field, FieldId, FieldSettings, Index, MemberAt, Model, ModelId};
use crate::Value;
use crate::json::raw;
use crate::path::{StoredPath, pointer};
use crate::record::RecordId;
use crate::types::FieldType;
use serde::{Deserialize, Serialize};
use std::collections::BTreeMap;

/// What becomes of a reference whose record is to be deleted.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum OnDelete {
    /// The record goes; the reference stays as it is and leads nowhere.
    #[default]
    Keep,
    /// The record stays while a living record names it.
    Restrict,
}

impl OnDelete {
    /// As it is spelled.
    pub const fn as_str(self) -> &'static str {
        match self {
            Self::Keep => "keep",
            Self::Restrict => "restrict",
        }
    }

    /// From its spelling.
    pub fn find(spelling: &str) -> Option<Self> {
        [Self::Keep, Self::Restrict].into_iter().find(|choice| choice.as_str() == spelling)
    }
}

/// A reference as it is kept: by the identity of the model, so that a name is only a label (invariant 8).
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default, Serialize, Deserialize)]
pub struct ReferenceDefinition {
    /// The model whose records are named; none: the one that has the field.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub model: Option<ModelId>,
    /// What becomes of it when a record that it names is to be deleted.
    #[serde(default)]
    pub on_delete: OnDelete,
}

/// A reference of a compiled model.
#[derive(Debug, Clone, PartialEq)]
pub struct Reference {
    /// The field, by ids from the top down.
    pub ids: Vec<FieldId>,
    /// The same as a JSON pointer of names.
    pub pointer: String,
    /// Where its value is.
    pub path: StoredPath,
    /// What one value is: a text, an integer, a UUID.
    pub kind: FieldType,
    /// Whether the field holds a list of them.
    pub several: bool,
    /// Whether records that it names stay.
    pub restricts: bool,
    model: Option<ModelId>,
}

/// A value of a reference, and where it stands.
#[derive(Debug, Clone, PartialEq)]
pub struct NamedBy {
    /// A JSON pointer into the record.
    pub pointer: String,
    /// What names the record.
    pub value: Value,
}

impl Reference {
    /// The model whose records are named; `own`: the one that has the field.
    pub fn target(&self, own: ModelId) -> ModelId {
        self.model.unwrap_or(own)
    }

    /// Whether it leads to records of its own model.
    pub fn is_own(&self, own: ModelId) -> bool {
        self.target(own) == own
    }

    /// The values a stored document has of it; null is none.
    pub fn values(&self, doc: &[u8]) -> Vec<NamedBy> {
        let Some(value) = self.path.single(doc) else { return Vec::new() };
        let named = |pointer: String, value: &[u8]| (value != b"null").then(|| NamedBy { pointer, value: raw::value(value) });
        if !self.several {
            return named(self.pointer.clone(), value).into_iter().collect();
        }
        if value.first() != Some(&b'[') {
            return Vec::new();
        }
        let elements = raw::elements(value).enumerate();
        elements.filter_map(|(at, element)| named(format!("{}/{at}", self.pointer), element)).collect()
    }

    /// The id that a value is. A text is one only as it is always written: it is found again by what it is.
    pub fn id(&self, value: &Value) -> Option<RecordId> {
        let text = value.as_str()?;
        match self.kind {
            FieldType::Uuid => RecordId::parse(text),
            FieldType::Text => RecordId::parse(text).filter(|id| id.to_string() == text),
            _ => None,
        }
    }

    /// The declared key that a value is: the constraint of the target that keeps it, and the key there.
    pub fn key(&self, target: &Model, value: &Value) -> Option<(u32, Vec<u8>)> {
        let constraint = target.head.key_unique.filter(|_| self.fits_key(target))?;
        let mut key = Vec::new();
        self.kind.key(value, &mut key);
        Some((constraint, key))
    }

    /// Whether a value can be the declared key of a record of the target.
    pub fn fits_key(&self, target: &Model) -> bool {
        target.field_at(&target.head.key).is_some_and(|field| field.shape.kind == self.kind)
    }

    /// Whether a value can be the `_id` of a record.
    pub fn fits_id(&self) -> bool {
        matches!(self.kind, FieldType::Text | FieldType::Uuid)
    }

    /// The index of its model that is led by it.
    pub fn index(&self, model: &Model) -> Option<u32> {
        let led = |index: &&Index| {
            let first = index.members.first().filter(|member| !member.descending);
            matches!(first.map(|member| &member.at), Some(MemberAt::Field { ids, .. }) if *ids == self.ids)
        };
        model.indexes.iter().find(led).map(|index| index.id)
    }

    /// Under which keys a record of the target is named: in the order of this field, as an index of it has them.
    pub fn names(&self, target: &Model, id: RecordId, doc: &[u8]) -> Vec<Vec<u8>> {
        let mut names = Vec::new();
        if self.fits_id() {
            let mut key = Vec::new();
            self.kind.key(&Value::String(id.to_string()), &mut key);
            names.push(key);
        }
        if self.fits_key(target)
            && let Some(fields) = target.fields_at(&target.head.key)
            && let Some(value) = StoredPath::of_fields(fields).single(doc).filter(|value| *value != b"null")
        {
            let mut key = Vec::new();
            self.kind.key_raw(value, &mut key);
            names.push(key);
        }
        names
    }
}

/// The references of fields, as their settings say.
pub(super) fn compile(fields: &[Field], settings: &BTreeMap<FieldId, FieldSettings>) -> Vec<Reference> {
    let mut out = Vec::new();
    if settings.values().any(|settings| settings.references.is_some()) {
        gather(fields, settings, &mut Vec::new(), &mut out);
    }
    out
}

fn gather<'f>(fields: &'f [Field], settings: &BTreeMap<FieldId, FieldSettings>, above: &mut Vec<&'f Field>, out: &mut Vec<Reference>) {
    for field in fields {
        above.push(field);
        if let Some(definition) = settings.get(&field.id).and_then(|settings| settings.references) {
            let (kind, several) = match &field.shape.kind {
                FieldType::List(element) => ((**element).clone(), true),
                kind => (kind.clone(), false),
            };
            out.push(Reference {
                ids: above.iter().map(|field| field.id).collect(),
                pointer: above.iter().fold(String::new(), |above, field| pointer(&above, field.name())),
                path: StoredPath::of_fields(above.iter().copied()),
                kind,
                several,
                restricts: definition.on_delete == OnDelete::Restrict,
                model: definition.model,
            });
        }
        gather(&field.children, settings, above, out);
        above.pop();
    }
}
