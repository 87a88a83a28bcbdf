//! Schemas for those who see a part of a record: made of the visible fields, so that nothing of a hidden one can be in them (P6).

use super::super::facts::Reader;
use super::super::keyword::subschemas;
use super::super::resolve::{Document, Spot, Target};
use super::notes::{Notes, Placed, placed};
use super::plain::Writer;
use crate::model::{Behaviour, Field, FieldId};
use crate::{Object, Problem, Value};
use serde_json::json;
use std::collections::{HashMap, HashSet};

/// The schema of a record as someone sees it: only the fields for whose path of ids `visible` says yes. Rules of the record as a whole stand in
/// it only where every field is visible; `$defs` holds what is referred to and no more.
///
/// # Errors
/// Where the document is not one that was registered.
pub fn visible(document: &Value, fields: &[Field], visible: &dyn Fn(&[FieldId]) -> bool, open: bool) -> Result<Value, Problem> {
    if all_seen(fields, &mut Vec::new(), visible) && (open || closed(document)?) {
        return super::document(document, fields);
    }
    build(document, fields, visible, Form::Record, open)
}

/// The schema of what a client sends for a whole record: without READ_ONLY fields; a field with a default is not required.
///
/// # Errors
/// As [`visible`].
pub fn input(document: &Value, fields: &[Field], visible: &dyn Fn(&[FieldId]) -> bool, open: bool) -> Result<Value, Problem> {
    build(document, fields, visible, Form::Input, open)
}

/// The schema of a merge patch: as [`input`], with every field optional, and null, which removes it, admitted where it need not stay.
///
/// # Errors
/// As [`visible`].
pub fn merge_patch(document: &Value, fields: &[Field], visible: &dyn Fn(&[FieldId]) -> bool, open: bool) -> Result<Value, Problem> {
    build(document, fields, visible, Form::Patch, open)
}

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Form {
    Record,
    Input,
    Patch,
}

/// Whether the schema itself refuses what it does not declare.
fn closed(document: &Value) -> Result<bool, Problem> {
    let mut reader = Reader::new(super::open(document)?);
    let root = reader.document.root.clone();
    Ok(!reader.facts(&[root]).open())
}

fn all_seen(fields: &[Field], path: &mut Vec<FieldId>, visible: &dyn Fn(&[FieldId]) -> bool) -> bool {
    fields.iter().all(|field| {
        path.push(field.id);
        let seen = visible(path) && all_seen(&field.children, path, visible);
        path.pop();
        seen
    })
}

fn build(document: &Value, fields: &[Field], visible: &dyn Fn(&[FieldId]) -> bool, form: Form, open: bool) -> Result<Value, Problem> {
    let mut reader = Reader::new(super::open(document)?);
    let placed = placed(&mut reader, fields);
    let notes = Notes::default();
    let admits = |placed: &Placed<'_, '_>| visible(&placed.path) && (form == Form::Record || !placed.field.is(Behaviour::ReadOnly));
    let hidden: HashSet<*const Value> =
        placed.iter().filter(|placed| !admits(placed)).flat_map(|placed| placed.spots.iter().map(Spot::identity)).collect();
    let shown = placed.iter().filter(|placed| admits(placed)).map(|placed| (placed.path.clone(), placed)).collect();
    // Every rule of the root stands outside the fields, so a reference to the root shows them all.
    let mut view = Builder { document: &reader.document, hidden, shown, writer: Writer::new(&reader.document, &notes, false), form };
    let mut schema = view.object(fields, &[], open);
    schema.shift_insert(0, "$schema".to_owned(), super::Draft::Draft2020.uri().into());
    if let Some(title) = reader.document.root.value.get("title") {
        schema.shift_insert(1, "title".to_owned(), title.clone());
    }
    Ok(view.writer.finish(Value::Object(schema)))
}

struct Builder<'d, 'f, 'a> {
    document: &'d Document<'a>,
    /// Where hidden fields are declared: no schema that reaches such a place is copied.
    hidden: HashSet<*const Value>,
    shown: HashMap<Vec<FieldId>, &'d Placed<'f, 'a>>,
    writer: Writer<'d, 'a>,
    form: Form,
}

impl<'a> Builder<'_, '_, 'a> {
    fn object(&mut self, fields: &[Field], above: &[FieldId], open: bool) -> Object {
        let (mut properties, mut required) = (Object::new(), Vec::new());
        for field in fields {
            let path: Vec<FieldId> = above.iter().copied().chain([field.id]).collect();
            let Some(placed) = self.shown.get(&path).copied() else { continue };
            properties.insert(field.name().to_owned(), self.field(placed, field));
            let optional = self.form == Form::Patch || (self.form == Form::Input && field.shape.default.is_some());
            if field.shape.required && !optional {
                required.push(Value::from(field.name()));
            }
        }
        let mut schema = Object::new();
        schema.insert("type".to_owned(), "object".into());
        schema.insert("properties".to_owned(), Value::Object(properties));
        if !required.is_empty() {
            schema.insert("required".to_owned(), Value::Array(required));
        }
        if !open {
            schema.insert("additionalProperties".to_owned(), false.into());
        }
        schema
    }

    fn field(&mut self, placed: &Placed<'_, 'a>, field: &Field) -> Value {
        let taken_apart = self.form == Form::Patch && !field.children.is_empty();
        let as_given = !taken_apart && !self.touches_hidden(&placed.spots);
        let mut schema = if as_given {
            self.given(&placed.spots).unwrap_or_else(|| or_null(field.shape.kind.schema(), field.shape.nullable))
        } else if field.children.is_empty() {
            or_null(field.shape.kind.schema(), field.shape.nullable)
        } else {
            let inside = Value::Object(self.object(&field.children, &placed.path, field.shape.open));
            or_null(inside, field.shape.nullable)
        };
        if self.form == Form::Patch {
            let stays = field.shape.required && field.shape.default.is_none();
            schema = or_null(schema, !field.shape.nullable && !stays);
        }
        if schema == Value::Bool(true) {
            schema = Value::Object(Object::new());
        }
        if let Some(members) = schema.as_object_mut() {
            annotate(field, &placed.spots, members);
        }
        schema
    }

    /// The field's own schema; none where several places declare it and each says something else.
    fn given(&mut self, spots: &[Spot<'a>]) -> Option<Value> {
        let schemas: Vec<Value> = spots.iter().map(|spot| self.writer.schema(spot)).collect();
        let same = schemas.windows(2).all(|pair| pair[0] == pair[1]);
        schemas.into_iter().next().filter(|_| same)
    }

    /// Whether a hidden field is declared in or behind any of these schemas.
    fn touches_hidden(&self, spots: &[Spot<'a>]) -> bool {
        let (mut open, mut seen) = (spots.to_vec(), HashSet::new());
        while let Some(spot) = open.pop() {
            if !seen.insert(spot.identity()) {
                continue;
            }
            if self.hidden.contains(&spot.identity()) || (spot.identity() == self.document.root.identity() && !self.hidden.is_empty()) {
                return true;
            }
            let Some(schema) = spot.value.as_object() else { continue };
            for keyword in ["$ref", "$dynamicRef", "$recursiveRef"] {
                let reference = schema.get(keyword).and_then(Value::as_str);
                if let Some(Ok(Target::Here(target))) = reference.map(|reference| self.document.follow(&spot, keyword, reference)) {
                    open.push(target);
                }
            }
            let inside =
                subschemas(schema).into_iter().filter(|(suffix, _)| !suffix.starts_with("/$defs/") && !suffix.starts_with("/definitions/"));
            open.extend(inside.map(|(suffix, value)| self.document.enter(&spot, &suffix, value)));
        }
        false
    }
}

/// Title and description are those that stand at the field itself: what it refers to can be about more.
fn annotate(field: &Field, spots: &[Spot<'_>], members: &mut Object) {
    for name in ["title", "description"] {
        if let Some(text) = spots.iter().find_map(|spot| spot.value.get(name)) {
            members.entry(name).or_insert_with(|| text.clone());
        }
    }
    for (name, behaviour) in [("readOnly", Behaviour::ReadOnly), ("writeOnly", Behaviour::WriteOnly)] {
        members.shift_remove(name);
        if field.is(behaviour) {
            members.insert(name.to_owned(), true.into());
        }
    }
    members.insert("x-dmr-id".to_owned(), field.id.0.into());
}

fn or_null(schema: Value, nullable: bool) -> Value {
    if !nullable {
        return schema;
    }
    json!({"anyOf": [schema, {"type": "null"}]})
}
