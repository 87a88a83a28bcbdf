//! SEARCHABLE fields (M4) and the words a record has in them.

use super::question::Term;
use super::words::words;
use crate::json::raw;
use crate::model::{Behaviour, Field, FieldId};
use crate::path::StoredPath;
use crate::types::FieldType;

/// A SEARCHABLE field.
#[derive(Debug, Clone, PartialEq)]
pub struct Searched {
    /// Its ids from the top down.
    pub ids: Vec<FieldId>,
    /// Where its value is.
    pub path: StoredPath,
}

/// What a store looks up: records that hold every term in one of these fields are among those it hands out.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Probe {
    /// The fields, each by its own id.
    pub fields: Vec<FieldId>,
    /// What has to be there.
    pub terms: Vec<Term>,
}

/// Whether a field of this type can be SEARCHABLE: it holds texts, or may.
pub fn is_searchable(kind: &FieldType) -> bool {
    match kind {
        FieldType::Text | FieldType::Uuid | FieldType::Any => true,
        FieldType::List(item) => matches!(**item, FieldType::Text | FieldType::Uuid | FieldType::Any),
        _ => false,
    }
}

impl Searched {
    /// Those of a model's fields, in order of id.
    pub fn of(fields: &[Field]) -> Vec<Self> {
        let mut all = Vec::new();
        gather(fields, &mut Vec::new(), &mut all);
        all.sort_by_key(Self::id);
        all
    }

    /// Its own id.
    pub fn id(&self) -> FieldId {
        self.ids.last().copied().unwrap_or(FieldId(0))
    }

    /// The texts it holds in a document: its own, or with its place each of a list. Anything but texts is not searched.
    pub fn texts(&self, doc: &[u8], each: &mut dyn FnMut(Option<usize>, &str)) {
        let Some(value) = self.path.single(doc) else { return };
        match value.first() {
            Some(b'"') => {
                if let Some(text) = raw::text(value) {
                    each(None, &text);
                }
            }
            Some(b'[') => {
                for (at, element) in raw::elements(value).enumerate() {
                    if let Some(text) = raw::text(element) {
                        each(Some(at), &text);
                    }
                }
            }
            _ => {}
        }
    }

    /// The folded words it holds in a document, in order.
    pub fn words(&self, doc: &[u8], each: &mut dyn FnMut(&str)) {
        self.texts(doc, &mut |_, text| words(text, &mut |word| each(&word.folded())));
    }
}

fn gather<'f>(fields: &'f [Field], above: &mut Vec<&'f Field>, all: &mut Vec<Searched>) {
    for field in fields {
        above.push(field);
        // A version that gave the field another type leaves it as it is: found in nothing.
        if field.is(Behaviour::Searchable) && is_searchable(&field.shape.kind) {
            let ids = above.iter().map(|field| field.id).collect();
            all.push(Searched { ids, path: StoredPath::of_fields(above.iter().copied()) });
        }
        gather(&field.children, above, all);
        above.pop();
    }
}
