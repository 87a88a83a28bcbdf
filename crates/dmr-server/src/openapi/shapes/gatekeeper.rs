//! The export list, the folder of models, and who comes to what.

use super::{Named, list, names, refer, time};
use dmr::core::Value;
use serde_json::json;

pub fn all() -> Named {
    vec![
        ("Gatekeeper", gatekeeper()),
        ("ModelsFolder", folder()),
        ("RoleModel", role_model()),
        ("RoleModels", list("RoleModel")),
        ("Checked", checked()),
        ("Access", access()),
        ("Accesses", list("Access")),
    ]
}

fn gatekeeper() -> Value {
    let row = json!({
        "type": "object",
        "required": ["to", "patterns", "models"],
        "properties": {
            "to": { "type": "string", "description": "a role, `*` for every authenticated one, `@` and the name of a principal" },
            "patterns": names(),
            "models": { "type": "integer", "minimum": 0, "description": "how many models it exports" },
        },
        "additionalProperties": false,
    });
    json!({
        "type": "object",
        "required": ["strict", "auto_export", "exports", "hidden", "folder"],
        "properties": {
            "strict": { "type": "boolean", "description": "whether what is not on the list is hidden" },
            "auto_export": { "type": "boolean", "description": "whether discovered models need not stand on it" },
            "exports": { "type": "array", "items": row },
            "hidden": { "type": "integer", "minimum": 0, "description": "how many models no row exports" },
            "folder": { "anyOf": [refer("ModelsFolder"), { "type": "null" }] },
        },
        "additionalProperties": false,
    })
}

fn folder() -> Value {
    let file = json!({
        "type": "object",
        "required": ["file", "state", "read_at"],
        "properties": {
            "file": { "type": "string" },
            "state": { "enum": ["waiting", "registered", "unchanged", "failed"] },
            "model": { "type": "string" },
            "problem": refer("Problem"),
            "read_at": { "anyOf": [time(), { "type": "null" }] },
        },
        "additionalProperties": false,
    });
    json!({
        "type": "object",
        "required": ["path", "watched", "files"],
        "properties": {
            "path": { "type": "string" },
            "watched": { "type": "boolean" },
            "files": { "type": "array", "items": file },
            "fault": { "type": "string", "description": "why it cannot be read" },
        },
        "additionalProperties": false,
    })
}

fn operation() -> Value {
    json!({ "enum": ["create", "read", "update", "delete", "list"] })
}

fn role_model() -> Value {
    json!({
        "type": "object",
        "required": ["name", "path", "source", "operations"],
        "properties": {
            "name": { "type": "string" },
            "path": { "type": "string" },
            "source": { "enum": ["static", "dynamic", "external"] },
            "operations": { "type": "array", "items": operation() },
        },
        "additionalProperties": false,
    })
}

fn checked() -> Value {
    json!({
        "type": "object",
        "required": ["model", "operation", "role", "allowed", "reason"],
        "properties": {
            "model": { "type": "string" },
            "operation": operation(),
            "role": { "type": ["string", "null"] },
            "allowed": { "type": "boolean" },
            "reason": reason(),
        },
        "additionalProperties": false,
    })
}

fn access() -> Value {
    json!({
        "type": "object",
        "required": ["at", "since", "times", "by", "role", "model", "operation", "allowed", "reason"],
        "properties": {
            "at": time(),
            "since": time(),
            "times": { "type": "integer", "minimum": 1 },
            "by": { "type": "string" },
            "role": { "type": ["string", "null"] },
            "model": { "type": "string" },
            "operation": { "anyOf": [operation(), { "type": "null" }] },
            "allowed": { "type": "boolean" },
            "reason": reason(),
        },
        "additionalProperties": false,
    })
}

fn reason() -> Value {
    json!({ "enum": ["granted", "not_enforced", "not_exported", "not_permitted", "unknown"] })
}
