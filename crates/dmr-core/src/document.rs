//! Between a record as people see it (members under names) and as it is stored (members under field ids).

use crate::model::{Field, FieldId, Model};
use crate::path::{INNER, UNDECLARED};
use crate::{Object, Value, json};
use std::collections::BTreeMap;

/// Writes a checked object as the model's canonical document: declared fields in order of id, then undeclared ones under `*`.
pub fn encode(model: &Model, record: &Object) -> Vec<u8> {
    let mut out = Vec::with_capacity(128);
    out.push(b'{');
    for at in &model.stored_order {
        let field = &model.fields[*at];
        if let Some(value) = record.get(field.name()) {
            write_member(field, value, &mut out);
        }
    }
    write_undeclared(record, |name| model.position(name).is_some(), &mut out);
    out.push(b'}');
    out
}

fn write_member(field: &Field, value: &Value, out: &mut Vec<u8>) {
    if out.last() != Some(&b'{') {
        out.push(b',');
    }
    out.push(b'"');
    out.extend_from_slice(field.key.as_bytes());
    out.extend_from_slice(b"\":");
    match value {
        Value::Object(object) if !field.children.is_empty() => write_object(field, object, out),
        Value::Object(object) if object.keys().any(|name| is_inner(name)) => {
            out.push(b'{');
            write_undeclared(object, |_| false, out);
            out.push(b'}');
        }
        other => json::write(other, out),
    }
}

/// Whether a key tells that the members of its object are fields.
fn is_inner(key: &str) -> bool {
    key.starts_with(INNER) || key == UNDECLARED
}

/// Whether the members of a stored object, the value of a field, are fields; else it is data.
pub fn holds_fields<'a>(keys: impl IntoIterator<Item = &'a str>) -> bool {
    keys.into_iter().any(is_inner)
}

/// The id that a stored key stands for.
pub fn id_of(key: &str) -> Option<FieldId> {
    key.strip_prefix(INNER).unwrap_or(key).parse().ok().map(FieldId)
}

fn write_object(field: &Field, object: &Object, out: &mut Vec<u8>) {
    out.push(b'{');
    let mut children: Vec<&Field> = field.children.iter().collect();
    children.sort_by_key(|child| child.id);
    for child in children {
        if let Some(value) = object.get(child.name()) {
            write_member(child, value, out);
        }
    }
    write_undeclared(object, |name| field.child(name).is_some(), out);
    out.push(b'}');
}

fn write_undeclared(object: &Object, declared: impl Fn(&str) -> bool, out: &mut Vec<u8>) {
    let mut first = true;
    for (name, value) in object {
        if declared(name) {
            continue;
        }
        if first {
            if out.last() != Some(&b'{') {
                out.push(b',');
            }
            out.extend_from_slice(b"\"*\":{");
            first = false;
        } else {
            out.push(b',');
        }
        json::write_str(name, out);
        out.push(b':');
        json::write(value, out);
    }
    if !first {
        out.push(b'}');
    }
}

/// The last labels of all fields a model ever had, by id: under them the fields of older records are told that are gone from the model.
pub type OldLabels = BTreeMap<FieldId, String>;

/// Reads a stored document back under names. A field that is gone from the model comes under its last label, so that nothing of an
/// older record is lost (M7); where that label is taken by another member, `#<id>` is added. An undeclared member whose name has become
/// that of a field with a value of its own (by a rename) comes as `<name>#*`.
pub fn decode(model: &Model, doc: &[u8], old: &OldLabels) -> Object {
    let Value::Object(stored) = json::raw::value(doc) else { return Object::new() };
    read_level(&model.fields, stored, Some(old))
}

/// As [`decode`], without what is gone from the model: at its next write a record has the newest version.
pub fn decode_current(model: &Model, doc: &[u8]) -> Object {
    let Value::Object(stored) = json::raw::value(doc) else { return Object::new() };
    read_level(&model.fields, stored, None)
}

fn read_level(fields: &[Field], mut stored: Object, old: Option<&OldLabels>) -> Object {
    let mut out = Object::with_capacity(stored.len());
    for field in fields {
        if let Some(value) = stored.shift_remove(&*field.key) {
            out.insert(field.name().to_owned(), read_value(&field.children, value, old));
        }
    }
    let undeclared = match stored.shift_remove(UNDECLARED) {
        Some(Value::Object(undeclared)) => undeclared,
        _ => Object::new(),
    };
    for (key, value) in stored {
        let (Some(old), Some(id)) = (old, id_of(&key)) else { continue };
        let label = label_of(old, id, |label| out.contains_key(label) || undeclared.contains_key(label));
        out.insert(label, read_value(&[], value, Some(old)));
    }
    for (name, value) in undeclared {
        if !out.contains_key(&name) {
            out.insert(name, value);
        } else if old.is_some() {
            let label = beside(&name, |label| out.contains_key(label));
            out.insert(label, value);
        }
    }
    out
}

/// The value of a field: an object of fields under their names, or data as it stands.
fn read_value(children: &[Field], value: Value, old: Option<&OldLabels>) -> Value {
    match value {
        Value::Object(inner) if holds_fields(inner.keys().map(String::as_str)) => Value::Object(read_level(children, inner, old)),
        other => other,
    }
}

/// The label of a field that is gone, marked with its id where another member has it.
pub fn label_of(old: &OldLabels, id: FieldId, taken: impl Fn(&str) -> bool) -> String {
    match old.get(&id) {
        Some(label) if !taken(label) => label.clone(),
        Some(label) => free(format!("{label}#{id}"), taken),
        None => free(format!("#{id}"), taken),
    }
}

/// The label of an undeclared member whose name has become that of a field with a value of its own.
pub fn beside(name: &str, taken: impl Fn(&str) -> bool) -> String {
    free(format!("{name}#{UNDECLARED}"), taken)
}

fn free(mut label: String, taken: impl Fn(&str) -> bool) -> String {
    while taken(&label) {
        label.push('#');
    }
    label
}
