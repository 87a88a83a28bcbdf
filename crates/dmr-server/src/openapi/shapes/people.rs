//! Principals, keys, roles.

use super::{Named, list, names, refer, time, uuid};
use dmr::core::Value;
use dmr::core::principal::Right;
use serde_json::json;

pub fn all() -> Named {
    let rights = json!({ "type": "array", "items": { "enum": Right::ALL.map(Right::as_str) } });
    let mut all = principals();
    all.extend(keys());
    all.extend(vec![
        ("NewRole", object(&[], json!({ "rights": rights, "inherits": role_names() }), true)),
        ("Role", object(&["name", "rights", "inherits"], json!({ "name": { "type": "string" }, "rights": rights, "inherits": names() }), true)),
        ("Roles", object(&["items", "next"], json!({ "items": { "type": "array", "items": refer("Role") }, "next": { "type": "null" } }), true)),
        (
            "Me",
            object(
                &["id", "name", "roles", "rights", "anonymous"],
                json!({ "id": uuid(), "name": { "type": "string" }, "roles": names(), "rights": rights, "anonymous": { "type": "boolean" } }),
                true,
            ),
        ),
    ]);
    all
}

fn principals() -> Named {
    let attributes = json!({ "type": "object" });
    let switch = json!({ "type": "boolean" });
    let given = json!({ "name": name(), "roles": role_names(), "attributes": attributes, "suspended": switch });
    let patch = json!({
        "name": name(), "roles": role_names(), "attributes": { "type": ["object", "null"] }, "suspended": { "type": ["boolean", "null"] },
    });
    let told = json!({
        "id": uuid(), "name": { "type": "string" }, "roles": names(), "attributes": attributes, "suspended": switch,
        "created_at": time(), "keys": { "type": "array", "items": refer("KeyDescription") },
    });
    vec![
        ("NewPrincipal", object(&["name", "roles"], given, true)),
        ("PrincipalPatch", object(&[], patch, true)),
        ("Principal", object(&["id", "name", "roles", "suspended", "created_at", "keys"], told, true)),
        ("Principals", list("Principal")),
    ]
}

fn keys() -> Named {
    let or_null = |schema: Value| json!({ "anyOf": [schema, { "type": "null" }] });
    let told = json!({
        "id": uuid(), "name": { "type": ["string", "null"] }, "roles": or_null(names()), "expires_at": or_null(time()), "created_at": time(),
    });
    let asked = json!({ "name": or_null(name()), "expires_at": or_null(time()), "roles": or_null(role_names()) });
    vec![
        ("NewKey", object(&[], asked, true)),
        ("Key", object(&["id", "key"], json!({ "id": uuid(), "key": { "type": "string" } }), false)),
        ("KeyDescription", object(&["id", "created_at"], told, true)),
    ]
}

/// A name of a principal or key: no spaces at its ends, no control characters.
fn name() -> Value {
    let (inside, ends) = (r"[^\u0000-\u001f\u007f-\u009f]", r"[^\u0000-\u0020\u007f-\u00a0]");
    json!({ "type": "string", "pattern": format!("^{ends}({inside}{{0,198}}{ends})?$") })
}

fn role_names() -> Value {
    json!({ "type": "array", "items": { "type": "string", "pattern": "^[A-Za-z][A-Za-z0-9_.:-]{0,63}$" } })
}

fn object(required: &[&str], properties: Value, closed: bool) -> Value {
    let mut schema = json!({ "type": "object", "required": required, "properties": properties });
    if closed {
        schema["additionalProperties"] = false.into();
    }
    schema
}
