//! Backups as they are asked for and told.

use super::{Named, list, time};
use serde_json::json;

pub fn all() -> Named {
    let name = json!({ "type": ["string", "null"], "pattern": "^[A-Za-z0-9][A-Za-z0-9._-]{0,63}$" });
    let new = json!({
        "type": "object",
        "properties": {
            "name": name,
            "directory": { "type": ["string", "null"], "pattern": "^/", "description": "only for whoever owns the data directory" },
        },
        "additionalProperties": false,
    });
    let number = json!({ "type": "integer", "minimum": 0 });
    let text = json!({ "type": "string" });
    let manifest = json!({
        "type": "object",
        "required": ["form", "program", "format", "made_at", "position", "records", "bytes", "sha256"],
        "properties": {
            "form": number, "program": text, "format": number, "made_at": time(), "position": number, "leaf": { "type": ["string", "null"] },
            "models": number, "records": number, "deleted": number, "principals": number, "keys": number, "quarantined": number,
            "bytes": number, "sha256": text, "seal": text,
        },
    });
    let told = json!({
        "type": "object", "required": ["name"],
        "properties": { "name": text, "backup": manifest, "problem": { "type": "object" } },
    });
    vec![("NewBackup", new), ("Backup", told), ("Backups", list("Backup"))]
}
