//! The problem document (RFC 9457).

use super::{Named, refer};
use dmr::core::Code;
use dmr::core::problem::MOST_ISSUES;
use serde_json::json;

pub fn all() -> Named {
    let codes: Vec<&str> = Code::ALL.iter().map(|code| code.as_str()).collect();
    vec![
        ("Code", json!({ "type": "string", "enum": codes })),
        (
            "Issue",
            json!({
                "type": "object",
                "required": ["in", "pointer", "code", "message"],
                "properties": {
                    "in": { "enum": ["body", "query", "path", "header"] },
                    "pointer": { "type": "string", "description": "JSON pointer into the body, else a name" },
                    "code": refer("Code"),
                    "rule": { "type": "string", "description": "the rule that was broken, as the schema spells it" },
                    "value": { "description": "what was given, cut at 100 characters" },
                    "message": { "type": "string" },
                    "suggestions": { "type": "array", "items": { "type": "string" } },
                },
                "additionalProperties": false,
            }),
        ),
        (
            "Problem",
            json!({
                "type": "object",
                "required": ["type", "title", "status", "detail", "code", "errors"],
                "properties": {
                    "type": { "type": "string", "format": "uri" },
                    "title": { "type": "string" },
                    "status": { "type": "integer", "minimum": 400, "maximum": 599 },
                    "detail": { "type": "string" },
                    "code": refer("Code"),
                    "errors": { "type": "array", "items": refer("Issue"), "maxItems": MOST_ISSUES },
                    "more": { "type": "integer", "minimum": 1, "description": "how many more there were than are listed" },
                    "suggestions": { "type": "array", "items": { "type": "string" } },
                    "limit": { "type": "string", "description": "the bound that was passed" },
                    "allowed": { "type": "integer", "minimum": 0 },
                    "given": { "type": "integer", "minimum": 0 },
                },
                "additionalProperties": false,
            }),
        ),
    ]
}
