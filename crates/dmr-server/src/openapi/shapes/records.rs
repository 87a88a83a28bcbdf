//! Records, questions over them, their history, and what was taken in from elsewhere.

use super::super::schemas::system_fields;
use super::{Named, list, names, refer, time, uuid};
use dmr::core::Value;
use serde_json::json;

pub fn all() -> Named {
    let mut all = vec![
        ("Record", json!({ "type": "object", "properties": system_fields() })),
        ("NewRecord", json!({ "type": "object" })),
        ("RecordPatch", json!({ "type": "object" })),
        ("NewRecords", json!({ "anyOf": [refer("NewRecord"), { "type": "array", "items": refer("NewRecord") }] })),
        ("Records", list("Record")),
        (
            "RecordOrIds",
            json!({ "anyOf": [refer("Record"), { "type": "object", "required": ["ids"], "properties": { "ids": { "type": "array", "items": uuid() } }, "additionalProperties": false }] }),
        ),
        ("Report", json!({ "anyOf": [results(), refer("Record")] })),
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
    ];
    all.extend(ingestion());
    all.extend(ingested());
    all
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

fn batch() -> Value {
    json!({
        "type": "object",
        "required": ["operations"],
        "properties": { "operations": { "type": "array", "items": {
            "type": "object",
            "required": ["op"],
            "properties": {
                "op": { "enum": ["create", "upsert", "update", "replace", "delete", "restore"] },
                "id": { "type": "string" },
                "if_version": { "type": "integer", "minimum": 1 },
                "record": { "type": "object" },
            },
        } } },
    })
}

fn query() -> Value {
    json!({
        "type": "object",
        "properties": {
            "where": refer("Condition"),
            "sort": names(),
            "fields": names(),
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

fn ingestion() -> Named {
    let storage = json!({ "enum": ["auto", "flexible", "structured"] });
    vec![
        (
            "Upload",
            json!({
                "type": "object",
                "required": ["file"],
                "properties": { "file": { "type": "string", "contentMediaType": "application/octet-stream", "format": "binary" }, "storage_method": storage, "model": { "type": "string" }, "if_changed": { "enum": ["true", "false"] } },
            }),
        ),
        (
            "Process",
            json!({
                "type": "object",
                "required": ["data_records", "source_name"],
                "properties": { "data_records": { "type": "array", "items": { "type": "object" } }, "source_name": { "type": "string" }, "storage_method": storage },
            }),
        ),
    ]
}

fn ingested() -> Named {
    vec![
        (
            "Ingested",
            json!({
                "type": "object",
                "required": ["ingest", "model", "records", "quarantined"],
                "properties": {
                    "ingest": { "type": "string" },
                    "model": { "type": "string" },
                    "version": { "type": ["string", "null"] },
                    "records": { "type": "integer", "minimum": 0 },
                    "quarantined": { "type": "integer", "minimum": 0 },
                    "storage": { "type": "object", "required": ["method"], "properties": { "method": { "enum": ["flexible", "structured"] }, "reasons": names() } },
                },
            }),
        ),
        (
            "Ingest",
            json!({
                "type": "object",
                "required": ["state", "records", "quarantined"],
                "properties": {
                    "state": { "type": "string" },
                    "records": { "type": "integer", "minimum": 0 },
                    "quarantined": { "type": "integer", "minimum": 0 },
                    "bytes": { "type": ["integer", "null"], "minimum": 0 },
                    "total_bytes": { "type": ["integer", "null"], "minimum": 0 },
                },
            }),
        ),
        (
            "Quarantined",
            json!({
                "type": "object",
                "required": ["id", "code", "message"],
                "properties": {
                    "id": {},
                    "place": { "type": ["object", "null"], "properties": { "line": { "type": ["integer", "null"] }, "byte": { "type": ["integer", "null"] } } },
                    "code": { "type": "string" },
                    "message": { "type": "string" },
                    "raw": {},
                },
            }),
        ),
        ("Quarantine", list("Quarantined")),
    ]
}
