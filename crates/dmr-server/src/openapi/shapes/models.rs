//! Models, their schemas, versions and permissions.

use super::{Named, list, names, refer, time, uuid};
use dmr::core::Value;
use dmr::core::model::{Behaviour, Factory, Normaliser, OnDelete};
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
        ("Advice", advice()),
        ("Job", job()),
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
    let described = json!({
        "schema": { "type": "object", "description": "a JSON Schema of any draft from 4 on; its root describes an object" },
        "fields": fields(false),
        "indexes": lists(),
        "unique": lists(),
        "tags": names(),
        "description": { "type": ["string", "null"] },
        "storage": { "enum": ["flexible", "structured", "auto"] },
        "key": { "type": "array", "minItems": 1, "items": path() },
        "mode": { "enum": ["crud", "hybrid"] },
        "permissions": refer("Permissions"),
        "version": { "type": "string", "pattern": r"^(0|[1-9][0-9]{0,8})(\.(0|[1-9][0-9]{0,8})){2}$" },
        "source": { "enum": ["static", "dynamic", "external"] },
        "name": { "type": "string", "pattern": format!("^{SEGMENT}(\\.{SEGMENT})*$") },
        "namespace": { "type": ["string", "null"], "pattern": format!("^{SEGMENT}(\\.{SEGMENT})*$"), "maxLength": 200 },
        "renames": { "type": "object", "additionalProperties": { "type": "string" }, "description": "old name to new name" },
    });
    let document =
        |required: &[&str]| json!({ "type": "object", "required": required, "properties": described, "additionalProperties": false });
    let bare = json!({
        "type": "object",
        "description": "a bare JSON Schema; its title becomes the model's name",
        "required": ["title", "properties"],
        "properties": { "title": { "type": "string", "pattern": format!("^{SEGMENT}(\\.{SEGMENT})*$") }, "properties": { "type": "object" } },
        "not": { "required": ["schema"] },
    });
    let next = json!({
        "type": "object",
        "description": "a bare JSON Schema",
        "required": ["properties"],
        "properties": { "properties": { "type": "object" } },
        "not": { "required": ["schema"] },
    });
    vec![
        ("Registration", json!({ "anyOf": [document(&["name", "schema"]), bare] })),
        ("NextVersion", json!({ "anyOf": [document(&[]), next] })),
        (
            "ModelPatch",
            json!({
                "type": "object",
                "properties": {
                    "fields": fields(true),
                    "indexes": or_null(&lists()),
                    "unique": or_null(&lists()),
                    "tags": or_null(&names()),
                    "description": { "type": ["string", "null"] },
                    "storage": { "enum": ["flexible", "structured"] },
                },
                "additionalProperties": false,
            }),
        ),
    ]
}

/// A change of a model that runs, or ran.
fn advice() -> Value {
    let storage = json!({ "enum": ["flexible", "structured"] });
    json!({
        "type": "object",
        "required": ["storage", "items"],
        "properties": {
            "storage": {
                "type": "object",
                "required": ["now", "advised", "reasons"],
                "properties": { "now": storage, "advised": storage, "reasons": names() },
            },
            "items": { "type": "array", "items": {
                "type": "object",
                "required": ["kind", "message", "reasons"],
                "properties": {
                    "kind": { "type": "string" },
                    "field": { "type": "string" },
                    "message": { "type": "string" },
                    "reasons": names(),
                    "patch": { "type": "object", "description": "the merge patch of the model that does it" },
                },
                "additionalProperties": false,
            } },
        },
    })
}

fn job() -> Value {
    json!({
        "type": "object",
        "required": ["id", "state", "kind", "started_at", "by"],
        "properties": {
            "id": uuid(),
            "state": { "enum": ["running", "done", "failed"] },
            "kind": { "enum": ["change", "backup"] },
            "model": { "type": "string", "description": "of a change" },
            "name": { "type": ["string", "null"], "description": "of a backup" },
            "backup": { "type": "object", "description": "the manifest of a backup that is done" },
            "progress": { "type": "object", "description": "how much is done, and of how much" },
            "started_at": time(),
            "ended_at": time(),
            "by": uuid(),
            "records": { "type": "integer", "minimum": 0, "description": "how many records were gone through, while it runs" },
            "problem": refer("Problem"),
        },
        "additionalProperties": false,
    })
}

/// A segment of a name.
const SEGMENT: &str = "[A-Za-z][A-Za-z0-9_-]{0,63}";

/// The settings of fields; in a patch null takes one back.
fn fields(patch: bool) -> Value {
    let able = Behaviour::ALL.into_iter().filter(|behaviour| behaviour.available()).map(Behaviour::as_str);
    let behaviours = json!({ "type": "array", "items": { "enum": able.collect::<Vec<_>>() } });
    let normalisers = json!({ "type": "array", "items": { "enum": Normaliser::ALL.map(Normaliser::as_str) } });
    let factories =
        json!({ "enum": Factory::ALL.map(Factory::as_str), "description": "what makes the value where a new record leaves it out" });
    let settings = json!({
        "behaviours": if patch { or_null(&behaviours) } else { behaviours },
        "widget": { "type": ["string", "null"] },
        "normalise": if patch { or_null(&normalisers) } else { normalisers },
        "default_factory": if patch { or_null(&factories) } else { factories },
        "references": {
            "type": ["string", "null"],
            "description": "the model whose records the values name, by `_id` or by its declared key",
        },
        "on_delete": {
            "enum": [OnDelete::Keep.as_str(), OnDelete::Restrict.as_str(), null],
            "description": "`restrict`: a record stays while another names it",
        },
    });
    json!({
        "type": "object",
        "description": "by the name of the field",
        "additionalProperties": { "type": ["object", "null"], "properties": settings, "additionalProperties": false },
    })
}

/// A field: its name, or the names that lead to it.
fn path() -> Value {
    json!({ "anyOf": [{ "type": "string" }, { "type": "array", "minItems": 1, "items": { "type": "string" } }] })
}

/// Fields of an index or unique constraint, several times.
fn lists() -> Value {
    json!({ "type": "array", "items": { "type": "array", "minItems": 1, "items": { "type": "string" } } })
}
