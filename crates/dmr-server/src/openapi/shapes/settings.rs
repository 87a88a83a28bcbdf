//! Settings in force and changes of them.

use super::{Named, list, names, time, uuid};
use dmr::core::{Object, Value};
use dmr::settings::{Kind, TABLE};
use serde_json::json;

pub fn all() -> Named {
    let text = json!({ "type": "string" });
    let changed = json!({
        "type": "object", "required": ["by", "at", "start"],
        "properties": { "by": uuid(), "at": time(), "start": { "type": "string", "description": "what it was opened with" } },
    });
    let told = json!({
        "type": "object",
        "required": ["key", "value", "default", "takes", "about", "live", "origin"],
        "properties": {
            "key": text, "value": text, "default": text, "takes": text, "about": text, "live": { "type": "boolean" }, "origin": text,
            "changed": changed,
        },
        "additionalProperties": false,
    });
    let live: Object = TABLE
        .iter()
        .filter(|setting| setting.live)
        .map(|setting| {
            let about = format!("{} It takes {}; null takes a change back.", setting.about, setting.kind.takes());
            let schema = match setting.kind {
                Kind::Exports => json!({ "type": ["string", "object", "null"], "additionalProperties": names(), "description": about }),
                _ => json!({ "type": ["string", "integer", "boolean", "null"], "description": about }),
            };
            (setting.key.to_owned(), schema)
        })
        .collect();
    let patch = json!({ "type": "object", "properties": Value::Object(live), "additionalProperties": false });
    vec![("Setting", told), ("Settings", list("Setting")), ("SettingsPatch", patch)]
}
