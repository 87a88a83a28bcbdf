//! Between a record as people see it (members under names) and as it is stored (members under field ids).

use crate::model::{Field, Model};
use crate::path::UNDECLARED;
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
        other => json::write(other, out),
    }
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

/// The labels of fields that are gone from the model but still stand in records of older versions: by id, the last name each had.
pub type OldLabels = BTreeMap<String, String>;

/// Reads a stored document back under names. A field that is gone from the model comes under its last label, so that nothing of an
/// older record is lost (M7); where that label is taken by another field, `#<id>` is added.
pub fn decode(model: &Model, doc: &[u8], old: &OldLabels) -> Object {
    let Value::Object(stored) = json::raw::value(doc) else { return Object::new() };
    read_level(&model.fields, stored, old)
}

/// As [`decode`], of a document that is already read and holds no field that is gone.
pub fn decode_value(model: &Model, stored: Object) -> Object {
    read_level(&model.fields, stored, &OldLabels::new())
}

fn read_level(fields: &[Field], mut stored: Object, old: &OldLabels) -> Object {
    let mut out = Object::with_capacity(stored.len());
    for field in fields {
        if let Some(value) = stored.shift_remove(&*field.key) {
            let value = match value {
                Value::Object(inner) if !field.children.is_empty() => Value::Object(read_level(&field.children, inner, old)),
                other => other,
            };
            out.insert(field.name().to_owned(), value);
        }
    }
    let undeclared = stored.shift_remove(UNDECLARED);
    for (key, value) in stored {
        let label = old.get(&key).cloned().unwrap_or_else(|| format!("#{key}"));
        let label = if out.contains_key(&label) { format!("{label}#{key}") } else { label };
        out.insert(label, value);
    }
    if let Some(Value::Object(undeclared)) = undeclared {
        out.extend(undeclared);
    }
    out
}
