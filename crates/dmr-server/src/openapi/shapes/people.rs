//! Principals, keys, roles.

use super::{Named, list, names, refer, time};
use dmr::core::principal::Right;
use serde_json::json;

pub fn all() -> Named {
    let rights: Vec<&str> = Right::ALL.iter().map(|right| right.as_str()).collect();
    let given = json!({
        "name": { "type": "string", "minLength": 1 },
        "roles": names(),
        "attributes": { "type": "object" },
    });
    vec![
        ("NewPrincipal", json!({ "type": "object", "required": ["name"], "properties": given, "additionalProperties": false })),
        (
            "PrincipalPatch",
            json!({
                "type": "object",
                "properties": { "name": { "type": "string", "minLength": 1 }, "roles": names(), "attributes": { "type": ["object", "null"] }, "suspended": { "type": "boolean" } },
                "additionalProperties": false,
            }),
        ),
        (
            "Principal",
            json!({ "type": "object", "required": ["id", "name", "roles"], "properties": { "id": { "type": "string" }, "name": { "type": "string" }, "roles": names() } }),
        ),
        ("Principals", list("Principal")),
        (
            "NewKey",
            json!({
                "type": "object",
                "properties": { "name": { "type": "string" }, "expires_at": time(), "roles": names() },
                "additionalProperties": false,
            }),
        ),
        (
            "Key",
            json!({ "type": "object", "required": ["id", "key"], "properties": { "id": { "type": "string" }, "key": { "type": "string" } } }),
        ),
        (
            "Role",
            json!({
                "type": "object",
                "properties": { "rights": { "type": "array", "items": { "enum": rights } }, "inherits": names() },
            }),
        ),
        (
            "Roles",
            json!({ "type": "object", "required": ["items"], "properties": { "items": { "type": "array", "items": refer("Role") } } }),
        ),
        (
            "Me",
            json!({
                "type": "object",
                "required": ["id", "name", "roles", "rights"],
                "properties": { "id": { "type": "string" }, "name": { "type": "string" }, "roles": names(), "rights": { "type": "array", "items": { "enum": rights } } },
            }),
        ),
    ]
}
