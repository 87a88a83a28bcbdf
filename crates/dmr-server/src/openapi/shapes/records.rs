//! Records, questions over them, their history.

use super::super::schemas::system_fields;
use super::{Named, list, names, refer, time, uuid};
use dmr::core::{Object, Value};
use serde_json::json;

pub fn all() -> Named {
    vec![
        ("Record", json!({ "type": "object", "properties": any_numbers(system_fields()) })),
        ("NewRecord", json!({ "type": "object" })),
        ("RecordPatch", json!({ "type": "object" })),
        ("NewRecords", json!({ "anyOf": [refer("NewRecord"), { "type": "array", "items": refer("NewRecord") }] })),
        ("RecordPart", json!({ "type": "object", "properties": any_numbers(system_fields()) })),
        ("Records", list("RecordPart")),
        ("Hit", hit()),
        ("Found", list("Hit")),
        (
            "RecordOrIds",
            json!({ "anyOf": [refer("Record"), { "type": "object", "required": ["ids"], "properties": { "ids": { "type": "array", "items": uuid() } }, "additionalProperties": false }] }),
        ),
        ("Report", json!({ "anyOf": [results(), refer("Record")] })),
        ("Exported", json!({})),
        ("File", json!({ "anyOf": [refer("NewRecord"), { "type": "array", "items": refer("NewRecord") }] })),
        ("FailedRow", failed_row()),
        ("Imported", imported()),
        ("Batch", batch()),
        ("BatchAnswer", results()),
        ("Query", query()),
        ("Condition", condition()),
        (
            "Revert",
            json!({ "type": "object", "required": ["to"], "properties": { "to": { "type": "integer", "minimum": 1 } }, "additionalProperties": false }),
        ),
        ("Event", event()),
        ("History", list("Event")),
        ("Entry", entry()),
        ("Entries", list("Entry")),
    ]
}

/// What a search tells of a record.
fn hit() -> Value {
    let place = json!({ "type": "array", "items": { "type": ["integer", "string"], "minimum": 0 }, "minItems": 2, "maxItems": 2 });
    json!({
        "type": "object",
        "required": ["record", "score", "highlights"],
        "properties": {
            "record": refer("RecordPart"),
            "score": { "type": ["number", "string"], "minimum": 0, "description": "greater is better; comparable within one search only" },
            "highlights": {
                "type": "object",
                "description": "for each field with hits, of a list for each text (`tags.0`): from and to, in characters (Unicode code points)",
                "additionalProperties": { "type": "array", "items": place },
            },
        },
        "additionalProperties": false,
    })
}

/// With `numbers=string` every number is a text.
fn any_numbers(mut fields: Object) -> Object {
    fields.insert("_version".into(), json!({ "type": ["integer", "string"], "readOnly": true }));
    fields
}

fn results() -> Value {
    json!({
        "type": "object",
        "required": ["results"],
        "properties": { "results": { "type": "array", "items": {
            "type": "object",
            "required": ["index"],
            "properties": { "index": { "type": "integer", "minimum": 0 }, "id": uuid(), "errors": { "type": "array", "items": refer("Issue") } },
        } } },
    })
}

fn failed_row() -> Value {
    json!({
        "type": "object",
        "required": ["row", "errors"],
        "properties": {
            "row": { "type": "integer", "minimum": 1, "description": "which record of the file" },
            "line": { "type": "integer", "minimum": 1, "description": "the line it begins on" },
            "errors": { "type": "array", "items": refer("Issue") },
        },
        "additionalProperties": false,
    })
}

fn imported() -> Value {
    let number = || json!({ "type": "integer", "minimum": 0 });
    json!({
        "type": "object",
        "required": ["rows", "created", "updated", "unchanged", "failed", "errors"],
        "properties": {
            "rows": number(),
            "created": number(),
            "updated": number(),
            "unchanged": number(),
            "failed": number(),
            "errors": { "type": "array", "items": refer("FailedRow"), "description": "the first rows that failed" },
            "more": { "type": "integer", "minimum": 1, "description": "how many more failed" },
            "dry_run": { "const": true },
        },
        "additionalProperties": false,
    })
}

fn batch() -> Value {
    let operation = |names: &[&str], required: &[&str]| {
        let mut properties = json!({
            "op": { "enum": names },
            "id": {},
            "if_version": { "type": ["integer", "null"], "minimum": 1, "maximum": i64::MAX },
            "record": { "type": "object" },
        });
        if names == ["delete"] {
            properties["hard"] = json!({ "type": ["boolean", "null"], "description": "for good; a right of its own" });
        }
        json!({ "type": "object", "required": required, "properties": properties, "additionalProperties": false })
    };
    let operations = json!({ "anyOf": [
        operation(&["create", "upsert"], &["op", "record"]),
        operation(&["update", "replace"], &["op", "id", "record"]),
        operation(&["delete"], &["op", "id"]),
        operation(&["restore"], &["op", "id"]),
    ] });
    json!({
        "type": "object",
        "required": ["operations"],
        "properties": { "operations": { "type": "array", "items": operations } },
        "additionalProperties": false,
    })
}

/// A JSON Patch (RFC 6902).
pub fn json_patch() -> Value {
    let pointer = json!({ "type": "string", "pattern": "^(/([^~/]|~[01])*)*$" });
    let operation = |name: &str, op: Value, members: Value, required: &[&str]| {
        let mut properties = json!({ "op": op, "path": pointer });
        if let (Some(properties), Value::Object(members)) = (properties.as_object_mut(), members) {
            properties.extend(members);
        }
        json!({ "title": name, "type": "object", "required": required, "properties": properties })
    };
    let with_value = json!({ "enum": ["add", "replace", "test"] });
    json!({
        "type": "array",
        "maxItems": dmr::core::command::MOST_OPERATIONS,
        "description": "a JSON Patch (RFC 6902): operations on the record as the caller sees it, all or none",
        "items": { "oneOf": [
            operation("set or test", with_value, json!({ "value": {} }), &["op", "path", "value"]),
            operation("remove", json!({ "const": "remove" }), json!({}), &["op", "path"]),
            operation("move or copy", json!({ "enum": ["move", "copy"] }), json!({ "from": pointer }), &["op", "path", "from"]),
        ] },
    })
}

fn query() -> Value {
    json!({
        "type": "object",
        "properties": {
            "where": refer("Condition"),
            "sort": names(),
            "fields": names(),
            "expand": names(),
            "limit": { "type": "integer", "minimum": 1 },
            "cursor": { "type": ["string", "null"] },
            "count": { "enum": ["none", "exact", "estimated"] },
        },
        "additionalProperties": false,
    })
}

fn condition() -> Value {
    let path = json!({ "anyOf": [{ "type": "string" }, names()] });
    json!({ "anyOf": [
        { "type": "object", "required": ["and"], "properties": { "and": { "type": "array", "items": refer("Condition") } }, "additionalProperties": false },
        { "type": "object", "required": ["or"], "properties": { "or": { "type": "array", "items": refer("Condition") } }, "additionalProperties": false },
        { "type": "object", "required": ["not"], "properties": { "not": refer("Condition") }, "additionalProperties": false },
        { "type": "object", "required": ["field", "op", "value"], "properties": { "field": path, "op": { "type": "string" }, "value": {} }, "additionalProperties": false },
    ] })
}

fn event() -> Value {
    json!({
        "type": "object",
        "required": ["version", "operation", "at", "by"],
        "properties": {
            "version": { "type": "integer", "minimum": 1 },
            "operation": { "type": "string" },
            "at": time(),
            "by": { "type": "string" },
            "before": { "type": ["object", "null"] },
            "after": { "type": ["object", "null"] },
        },
    })
}

fn entry() -> Value {
    json!({
        "type": "object",
        "required": ["bucket", "position", "at", "by", "operation"],
        "properties": {
            "bucket": { "type": "integer", "minimum": 0 },
            "position": { "type": "integer", "minimum": 0 },
            "at": time(),
            "by": { "type": "string" },
            "operation": { "type": "string" },
            "model": { "type": ["string", "null"] },
            "record": { "type": ["string", "null"] },
            "version": { "type": ["integer", "null"] },
            "changed": { "type": ["array", "null"] },
        },
    })
}
