//! The schemas of bodies, by the names of their shapes. What a record holds is its model's to say: here it is any object.

mod aggregates;
mod backups;
mod forms;
mod gatekeeper;
mod ingestion;
mod models;
mod people;
mod problem;
mod records;
mod settings;
mod statistics;

pub use records::json_patch;

use dmr::core::{Object, Value};
use serde_json::json;

/// All of them, by name.
pub fn all() -> Object {
    let mut all = Object::new();
    let families = [
        problem::all(),
        service(),
        models::all(),
        forms::all(),
        gatekeeper::all(),
        records::all(),
        aggregates::all(),
        statistics::all(),
        people::all(),
        ingestion::all(),
        settings::all(),
        backups::all(),
    ];
    all.extend(families.into_iter().flatten().map(|(name, schema)| (name.to_owned(), schema)));
    all
}

type Named = Vec<(&'static str, Value)>;

fn service() -> Named {
    vec![
        ("Any", json!({})),
        ("Word", json!({ "type": "string" })),
        ("Page", json!({ "type": "string" })),
        ("Metrics", json!({ "type": "string" })),
        ("Figures", json!({ "type": "object", "additionalProperties": { "type": "integer", "minimum": 0 } })),
        ("OpenApi", json!({ "type": "object", "required": ["openapi", "info", "paths"] })),
    ]
}

/// A page of a list.
fn list(item: &str) -> Value {
    json!({
        "type": "object",
        "required": ["items", "next"],
        "properties": {
            "items": { "type": "array", "items": refer(item) },
            "next": { "type": ["string", "null"], "description": "the cursor of the next page" },
            "count": { "type": "integer", "minimum": 0, "description": "the total, where it was asked for" },
        },
    })
}

fn refer(name: &str) -> Value {
    json!({ "$ref": format!("#/components/schemas/{name}") })
}

fn uuid() -> Value {
    json!({ "type": "string", "format": "uuid" })
}

fn time() -> Value {
    json!({ "type": "string", "format": "date-time" })
}

fn names() -> Value {
    json!({ "type": "array", "items": { "type": "string" } })
}
