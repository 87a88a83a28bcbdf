//! What is written beside each field's declaration when a schema goes out: its id, and what it admits.

use super::super::facts::{Facts, Reader};
use super::super::resolve::Spot;
use crate::model::{Behaviour, Field, FieldId};
use crate::{Object, Value};
use std::collections::BTreeMap;

/// What is known of the fields that one declaration is of.
#[derive(Debug, Clone, PartialEq)]
struct Note {
    /// None where several fields share the declaration.
    id: Option<FieldId>,
    read_only: bool,
    write_only: bool,
}

/// Notes by the JSON pointer of the declaration in the document as given.
#[derive(Debug, Default)]
pub(super) struct Notes(BTreeMap<String, Note>);

/// A field, its path of ids, and where it is declared.
pub(super) struct Placed<'f, 'a> {
    pub(super) path: Vec<FieldId>,
    pub(super) field: &'f Field,
    pub(super) spots: Vec<Spot<'a>>,
}

/// Every field with the places that declare it, parents before children.
pub(super) fn placed<'f, 'a>(reader: &mut Reader<'a>, fields: &'f [Field]) -> Vec<Placed<'f, 'a>> {
    let root = reader.document.root.clone();
    let facts = reader.facts(&[root]);
    let mut out = Vec::new();
    place(reader, &facts, fields, &[], &mut out);
    out
}

fn place<'f, 'a>(reader: &mut Reader<'a>, facts: &Facts<'a>, fields: &'f [Field], above: &[FieldId], out: &mut Vec<Placed<'f, 'a>>) {
    for field in fields {
        let spots = facts.places(field.name());
        let path: Vec<FieldId> = above.iter().copied().chain([field.id]).collect();
        if !field.children.is_empty() {
            let inside = reader.facts(&spots);
            out.push(Placed { path: path.clone(), field, spots });
            place(reader, &inside, &field.children, &path, out);
        } else {
            out.push(Placed { path, field, spots });
        }
    }
}

impl Notes {
    pub(super) fn of(reader: &mut Reader<'_>, fields: &[Field]) -> Self {
        let mut notes: BTreeMap<String, Note> = BTreeMap::new();
        for placed in placed(reader, fields) {
            let field = placed.field;
            let note = Note { id: Some(field.id), read_only: field.is(Behaviour::ReadOnly), write_only: field.is(Behaviour::WriteOnly) };
            for spot in placed.spots {
                let known = notes.entry(spot.pointer.to_string()).or_insert_with(|| note.clone());
                if known.id != note.id {
                    known.id = None;
                }
                known.read_only &= note.read_only;
                known.write_only &= note.write_only;
            }
        }
        Self(notes)
    }

    /// Writes the note of a declaration into it.
    pub(super) fn annotate(&self, pointer: &str, schema: &mut Value) {
        let Some(note) = self.0.get(pointer) else { return };
        if schema == &Value::Bool(true) {
            *schema = Value::Object(Object::new());
        }
        let Some(members) = schema.as_object_mut() else { return };
        if let Some(FieldId(id)) = note.id {
            members.insert("x-dmr-id".to_owned(), id.into());
        } else {
            members.shift_remove("x-dmr-id");
        }
        for (name, said) in [("readOnly", note.read_only), ("writeOnly", note.write_only)] {
            if said {
                members.insert(name.to_owned(), true.into());
            } else {
                members.shift_remove(name);
            }
        }
    }

    /// Writes every note into a document whose layout is the given one.
    pub(super) fn write_into(&self, document: &mut Value) {
        for pointer in self.0.keys() {
            if let Some(schema) = document.pointer_mut(pointer) {
                self.annotate(pointer, schema);
            }
        }
    }
}
