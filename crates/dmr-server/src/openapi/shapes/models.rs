//! Models, their schemas, versions and permissions.

use super::{Named, list, names, refer};
use dmr::core::Value;
use serde_json::json;

pub fn all() -> Named {
    let mut all = definitions();
    all.extend(vec![
        ("Model", model()),
        ("Models", list("Model")),
        ("ModelOrPlan", json!({ "anyOf": [refer("Model"), refer("Diff")] })),
        ("Schema", json!({ "type": ["object", "boolean"], "description": "a JSON Schema (2020-12)" })),
        (
            "Versions",
            json!({
                "type": "object",
                "required": ["items", "next"],
                "properties": { "next": { "type": "null" }, "items": { "type": "array", "items": { "type": "object", "required": ["version"], "properties": { "version": { "type": "string" } } } } },
            }),
        ),
        ("Diff", diff()),
        ("Permissions", permissions()),
    ]);
    all
}

fn model() -> Value {
    json!({
        "type": "object",
        "required": ["name", "namespace", "path", "version", "source", "mode", "storage", "schema", "records"],
        "properties": {
            "name": { "type": "string", "description": "as it works in a route" },
            "namespace": { "type": "string" },
            "path": { "type": "string" },
            "version": { "type": "string" },
            "source": { "enum": ["static", "dynamic", "external"] },
            "mode": { "enum": ["crud", "cqrs", "hybrid"] },
            "storage": { "enum": ["flexible", "structured"] },
            "key": names(),
            "schema": refer("Schema"),
            "fields": { "type": "object" },
            "indexes": { "type": "array", "items": names() },
            "unique": { "type": "array", "items": names() },
            "tags": names(),
            "description": { "type": ["string", "null"] },
            "records": { "type": ["integer", "null"], "minimum": 0, "description": "how many live; not told to those who do not see them all" },
        },
    })
}

fn diff() -> Value {
    json!({
        "type": "object",
        "required": ["from", "to", "breaking", "changes"],
        "properties": {
            "from": { "type": ["string", "null"] },
            "to": { "type": ["string", "null"] },
            "breaking": { "type": "boolean" },
            "changes": { "type": "array", "items": {
                "type": "object",
                "required": ["kind", "breaking"],
                "properties": {
                    "kind": { "type": "string" },
                    "field": { "type": ["string", "null"] },
                    "breaking": { "type": "boolean" },
                    "reason": { "type": ["string", "null"] },
                },
            } },
            "records": { "type": ["integer", "null"], "minimum": 0, "description": "records concerned" },
            "likely_renames": { "type": ["object", "array"] },
        },
    })
}

fn permissions() -> Value {
    let roles = names();
    json!({
        "type": "object",
        "properties": {
            "models": { "type": "object", "additionalProperties": { "type": "array", "items": { "enum": ["create", "read", "update", "delete", "list"] } } },
            "rows": { "type": "object", "additionalProperties": {
                "type": "object",
                "properties": { "read": { "enum": ["owner", "public"] }, "write": { "enum": ["owner", "public"] } },
                "additionalProperties": false,
            } },
            "columns": { "type": "object", "additionalProperties": {
                "type": "object",
                "properties": { "read": roles, "write": roles },
                "additionalProperties": false,
            } },
            "discloses": names(),
        },
        "additionalProperties": false,
    })
}

fn or_null(schema: &Value) -> Value {
    json!({ "anyOf": [schema, { "type": "null" }] })
}

/// What is the same in a registration and in a next version. What of a schema a model can be made of is said by the problem documents.
fn definitions() -> Named {
    let schema = json!({ "type": "object", "description": "a JSON Schema of any draft from 4 on; its root describes an object" });
    let fields = json!({
        "type": "object",
        "description": "per field: `behaviours` (READ_ONLY, WRITE_ONLY, READ_WRITE, INDEXED) and `widget`",
        "additionalProperties": { "type": "object" },
    });
    let lists = json!({ "type": "array", "items": { "type": "array", "minItems": 1, "items": { "type": "string" } } });
    let common = |mut more: Value, required: &[&str]| {
        let properties = json!({
            "schema": schema,
            "fields": fields,
            "indexes": lists,
            "unique": lists,
            "tags": names(),
            "description": { "type": "string" },
            "storage": { "enum": ["flexible", "structured", "auto"] },
        });
        if let (Some(more), Value::Object(properties)) = (more.as_object_mut(), properties) {
            more.extend(properties);
        }
        json!({ "type": "object", "required": required, "properties": more })
    };
    let registration = json!({
        "name": { "type": "string" },
        "namespace": { "type": "string" },
        "key": names(),
        "mode": { "enum": ["crud", "hybrid"] },
        "permissions": refer("Permissions"),
    });
    let next =
        json!({ "renames": { "type": "object", "additionalProperties": { "type": "string" }, "description": "old name to new name" } });
    vec![
        ("Registration", common(registration, &["name", "schema"])),
        ("NextVersion", common(next, &[])),
        (
            "ModelPatch",
            json!({
                "type": "object",
                "properties": {
                    "fields": fields,
                    "indexes": or_null(&lists),
                    "unique": or_null(&lists),
                    "tags": or_null(&names()),
                    "description": { "type": ["string", "null"] },
                    "storage": { "enum": ["flexible", "structured"] },
                },
                "additionalProperties": false,
            }),
        ),
    ]
}
