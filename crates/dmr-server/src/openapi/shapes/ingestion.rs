//! What is taken in from elsewhere, and what came of it.

use super::{Named, list, names, time, uuid};
use dmr::core::Value;
use serde_json::json;

pub fn all() -> Named {
    let storage = json!({ "enum": ["auto", "flexible", "structured"] });
    let form = json!({
        "type": "object",
        "required": ["file"],
        "properties": {
            "file": { "type": "string", "contentMediaType": "application/octet-stream", "format": "binary" },
            "storage_method": storage,
            "model": { "type": "string" },
            "if_changed": { "enum": ["true", "false"] },
        },
        "additionalProperties": false,
    });
    let posted = json!({
        "type": "object",
        "required": ["data_records", "source_name"],
        "properties": {
            "data_records": { "type": "array", "description": "objects; what is none is set aside" },
            "source_name": { "type": "string", "pattern": r"\S" },
            "storage_method": storage,
        },
        "additionalProperties": false,
    });
    vec![
        ("Upload", form),
        ("Process", posted),
        ("Ingested", ingested()),
        ("Ingest", ingest()),
        ("Quarantined", quarantined()),
        ("Quarantine", list("Quarantined")),
    ]
}

fn ingested() -> Value {
    json!({
        "type": "object",
        "required": ["ingest", "model", "version", "created", "records", "quarantined", "storage", "fields", "notices"],
        "properties": {
            "ingest": uuid(),
            "model": { "type": "string" },
            "version": { "type": "string" },
            "created": { "type": "boolean", "description": "whether the model is new" },
            "records": number(),
            "quarantined": number(),
            "storage": {
                "type": "object",
                "required": ["method", "reasons"],
                "properties": { "method": { "enum": ["flexible", "structured"] }, "reasons": names() },
            },
            "fields": { "type": "array", "items": { "type": "object" }, "description": "of a new model: what was seen of each field" },
            "notices": { "type": "array" },
            "unchanged": { "const": true },
            "resumed": { "const": true },
        },
    })
}

fn ingest() -> Value {
    json!({
        "type": "object",
        "required": ["id", "state", "records", "quarantined", "bytes", "started_at"],
        "properties": {
            "id": uuid(),
            "state": { "enum": ["running", "done", "failed", "interrupted"] },
            "records": number(),
            "quarantined": number(),
            "bytes": number(),
            "total_bytes": { "type": ["integer", "null"], "minimum": 0 },
            "started_at": time(),
        },
    })
}

fn quarantined() -> Value {
    json!({
        "type": "object",
        "required": ["id", "place", "code", "message"],
        "properties": {
            "id": uuid(),
            "place": { "type": "object", "properties": { "line": number(), "byte": number() } },
            "code": { "type": "string" },
            "message": { "type": "string" },
            "raw": { "type": "string" },
            "raw_base64": { "type": "string", "contentEncoding": "base64" },
        },
    })
}

fn number() -> Value {
    json!({ "type": "integer", "minimum": 0 })
}
