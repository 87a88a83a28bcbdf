//! The schemas of one model's records, for the caller's view.

use dmr::SeenModel;
use dmr::core::gate::{Check, Guard};
use dmr::core::model::{Behaviour, Field, FieldId};
use dmr::core::schema::out;
use dmr::core::types::FieldType;
use dmr::core::{Code, Object, Problem, Value};
use serde_json::json;

/// The names of the schemas below.
pub const RECORD: &str = "Record";
/// What of a record was asked for.
pub const RECORD_PART: &str = "RecordPart";
/// What a client sends for a whole record.
pub const NEW_RECORD: &str = "NewRecord";
/// A merge patch.
pub const RECORD_PATCH: &str = "RecordPatch";

/// The schemas of a model's records: as they come, whole and in part, as they are sent, as they are changed.
///
/// # Errors
/// Where the model's schema is not one that was registered.
pub fn of_records(seen: &SeenModel) -> Result<[(&'static str, Value); 4], Problem> {
    let (model, view) = (&seen.model, &seen.view);
    let reads = |path: &[FieldId]| path.last().is_some_and(|id| view.access_for(*id, Check::ColumnOpenapi).read != Guard::Never);
    let writes = |path: &[FieldId]| path.last().is_some_and(|id| view.access_for(*id, Check::ColumnOpenapi).write != Guard::Never);
    let (reads_rest, writes_rest) =
        (model.open && view.undeclared.read != Guard::Never, model.open && view.undeclared.write != Guard::Never);
    let schema = &model.version.schema;
    let mut record = out::visible(schema, &model.fields, &reads, reads_rest)?;
    let mut input = out::input(schema, &model.fields, &writes, writes_rest)?;
    let mut patch = out::merge_patch(schema, &model.fields, &writes, writes_rest)?;
    add_system_fields(&mut record, seen);
    for document in [&mut record, &mut input, &mut patch] {
        annotate(document, seen);
    }
    for document in [&mut input, &mut patch] {
        refuse_system_names(document);
    }
    let mut part = record.clone();
    if let Some(members) = part.as_object_mut() {
        members.remove("required");
    }
    Ok([
        (RECORD, at_home(record, RECORD)),
        (RECORD_PART, at_home(part, RECORD_PART)),
        (NEW_RECORD, at_home(input, NEW_RECORD)),
        (RECORD_PATCH, at_home(patch, RECORD_PATCH)),
    ])
}

/// The system fields of a record (R5).
pub fn system_fields() -> Object {
    let time = json!({ "type": "string", "format": "date-time", "readOnly": true });
    let who = json!({ "type": "string", "format": "uuid", "readOnly": true });
    let mut fields = Object::new();
    fields.insert("_id".into(), json!({ "type": "string", "format": "uuid", "readOnly": true }));
    fields.insert("_version".into(), json!({ "type": "integer", "minimum": 1, "readOnly": true }));
    for (name, schema) in [
        ("_created_at", &time),
        ("_updated_at", &time),
        ("_deleted_at", &time),
        ("_created_by", &who),
        ("_updated_by", &who),
        ("_owner", &who),
    ] {
        fields.insert(name.into(), schema.clone());
    }
    fields
}

/// What a record is shown with where that was asked for.
fn expanded() -> Value {
    json!({
        "type": "object",
        "readOnly": true,
        "description": "by the name of each reference that is expanded: the record, or the list of records, that it names and that the caller sees",
        "additionalProperties": { "type": ["object", "array"] },
    })
}

fn add_system_fields(document: &mut Value, seen: &SeenModel) {
    let Some(members) = document.as_object_mut() else { return };
    let properties = members.entry("properties").or_insert_with(|| json!({}));
    if let Some(properties) = properties.as_object_mut() {
        properties.extend(system_fields());
        let mut shown = seen.model.references.iter().filter_map(|reference| reference.ids.last());
        if shown.any(|id| seen.view.access_for(*id, Check::ColumnOpenapi).read != Guard::Never) {
            properties.insert("_expand".into(), expanded());
        }
    }
}

/// Where a model is open, what is not declared still has no name of the system's.
fn refuse_system_names(document: &mut Value) {
    let Some(members) = document.as_object_mut() else { return };
    if members.get("additionalProperties").is_some_and(|rest| *rest == Value::Bool(false)) {
        return;
    }
    if let Some(patterns) = members.entry("patternProperties").or_insert_with(|| json!({})).as_object_mut() {
        patterns.insert("^_".into(), false.into());
    }
}

/// Says of each field which codes a value of it can be refused with.
fn annotate(document: &mut Value, seen: &SeenModel) {
    let required: Vec<String> = document
        .get("required")
        .and_then(Value::as_array)
        .map(|names| names.iter().filter_map(|name| name.as_str().map(str::to_owned)).collect())
        .unwrap_or_default();
    let Some(properties) = document.get_mut("properties").and_then(Value::as_object_mut) else { return };
    for (name, schema) in properties {
        if let (Some(field), Some(members)) = (seen.model.field(name), schema.as_object_mut()) {
            let codes: Vec<&str> = codes(field, seen, required.contains(name), members).iter().map(|code| code.as_str()).collect();
            members.insert("x-dmr-codes".into(), codes.into());
            if field.shape.kind == FieldType::Integer {
                bound(members);
            }
        }
    }
}

/// An integer is one of 64 bits, whatever the schema leaves open.
fn bound(schema: &mut Object) {
    schema.entry("format").or_insert_with(|| "int64".into());
    if !schema.contains_key("exclusiveMinimum") {
        schema.entry("minimum").or_insert_with(|| i64::MIN.into());
    }
    if !schema.contains_key("exclusiveMaximum") {
        schema.entry("maximum").or_insert_with(|| i64::MAX.into());
    }
}

fn codes(field: &Field, seen: &SeenModel, required: bool, schema: &Object) -> Vec<Code> {
    if field.is(Behaviour::ReadOnly) {
        return vec![Code::FieldReadOnly];
    }
    let mut codes = vec![Code::ValueType];
    inside(schema, &mut codes);
    if matches!(field.shape.kind, FieldType::Integer | FieldType::Number) {
        codes.push(Code::ValueRange);
    }
    if required {
        codes.push(Code::FieldRequired);
    }
    if seen.model.head.unique.iter().any(|unique| unique.members.iter().any(|path| path.first() == Some(&field.id))) {
        codes.push(Code::UniqueTaken);
    }
    if seen.model.references.iter().any(|reference| reference.ids.first() == Some(&field.id)) {
        codes.push(Code::ReferenceUnknown);
    }
    let mut once = Vec::with_capacity(codes.len());
    codes.into_iter().for_each(|code| {
        if !once.contains(&code) {
            once.push(code)
        }
    });
    once
}

/// What a value, or a part of it, can be refused with by a schema.
fn inside(schema: &Object, codes: &mut Vec<Code>) {
    let each = |schemas: &mut dyn Iterator<Item = &Value>, codes: &mut Vec<Code>| {
        schemas.filter_map(Value::as_object).for_each(|schema| inside(schema, codes));
    };
    for (keyword, value) in schema {
        match (keyword.as_str(), value) {
            ("properties", Value::Object(parts)) => each(&mut parts.values(), codes),
            ("items", Value::Object(part)) => inside(part, codes),
            ("anyOf", Value::Array(parts)) => {
                if !parts.contains(&json!({ "type": "null" })) {
                    codes.push(Code::ValueRule);
                }
                each(&mut parts.iter(), codes);
            }
            ("type", kind) if *kind == "integer" || *kind == "number" => codes.push(Code::ValueRange),
            ("pattern", _) => codes.extend([Code::ValueRule, Code::PatternBudget]),
            ("required", _) => codes.push(Code::FieldRequired),
            ("additionalProperties", Value::Bool(false)) => codes.push(Code::FieldUnknown),
            (plain, _) if PLAIN_KEYWORDS.contains(&plain) => {}
            _ => codes.push(Code::ValueRule),
        }
    }
}

/// Keywords that say what a value is, not what it must satisfy beside that.
const PLAIN_KEYWORDS: [&str; 12] = [
    "type",
    "title",
    "description",
    "default",
    "examples",
    "x-dmr-id",
    "readOnly",
    "writeOnly",
    "deprecated",
    "$comment",
    "$anchor",
    "$ref",
];

/// Makes a schema's references to itself right where it stands in the document.
fn at_home(mut document: Value, name: &str) -> Value {
    if let Some(members) = document.as_object_mut() {
        members.remove("$schema");
        members.remove("$id");
    }
    refer(&mut document, &format!("#/components/schemas/{name}"));
    document
}

fn refer(schema: &mut Value, home: &str) {
    match schema {
        Value::Object(members) => {
            for (keyword, value) in members {
                match (keyword.as_str(), &mut *value) {
                    ("$ref" | "$dynamicRef", Value::String(target)) if target.starts_with('#') => target.replace_range(..1, home),
                    // Values, not schemas.
                    ("const" | "enum" | "default" | "examples" | "required", _) => {}
                    _ => refer(value, home),
                }
            }
        }
        Value::Array(items) => items.iter_mut().for_each(|item| refer(item, home)),
        _ => {}
    }
}
