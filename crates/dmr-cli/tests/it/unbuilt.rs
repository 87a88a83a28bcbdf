//! What is not built is refused by name and leaves nothing behind, over HTTP and on the command line (M3, M4, P1).

use crate::world::{Server, World};
use dmr_api::client::{Client, Http, Request};
use serde_json::{Value, json};

/// What a refusal says of itself, however it came: its code, place and words.
fn told(problem: &Value) -> String {
    let first = &problem["errors"][0];
    let text = |value: &Value| value.as_str().unwrap_or_default().to_owned();
    format!("{} {}: {}", text(&problem["code"]), text(&first["pointer"]), text(&first["message"]))
}

pub fn over_http(server: &Server, request: Request) -> (u16, Value) {
    let runtime = tokio::runtime::Builder::new_current_thread().enable_all().build().unwrap();
    let client = Client::new(Http::new(server.address()).unwrap(), Some(server.key().to_owned()));
    let response = runtime.block_on(client.send(request)).unwrap();
    (response.status.as_u16(), response.json().unwrap())
}

/// The refusal of the same request at both doors.
fn refused(server: &Server, request: Request, local: &World, words: &str, document: &Value) -> String {
    let (status, problem) = over_http(server, request);
    assert_eq!(status, 422, "{problem}");
    let over = told(&problem);
    let words: Vec<&str> = words.split(' ').chain(["--format", "json"]).collect();
    let here = local.with(&[], &document.to_string(), &words).failed(3);
    assert_eq!(told(&serde_json::from_str(&here).unwrap()), over, "both doors say the same");
    over
}

fn thing() -> Value {
    json!({ "name": "Thing", "schema": { "type": "object", "properties": { "a": { "type": "string" }, "b": { "type": "integer" } } } })
}

fn with(mut document: Value, members: Value) -> Value {
    document.as_object_mut().unwrap().extend(members.as_object().unwrap().clone());
    document
}

/// What a registration may ask for and not get.
fn in_registrations() -> Vec<Value> {
    let behaviour = |name: &str| json!({ "fields": { "a": { "behaviours": [name] } } });
    let rights = |more: Value| json!({ "permissions": with(json!({ "models": { "admin": ["read"] } }), more) });
    vec![
        json!({ "mode": "cqrs" }),
        json!({ "key": ["a", "b"] }),
        behaviour("AUDITED"),
        behaviour("COMPUTED"),
        behaviour("MASKED"),
        behaviour("ENCRYPTED"),
        json!({ "fields": { "b": { "computed": "1 + 1" } } }),
        json!({ "fields": { "a": { "mask": "full" } } }),
        rights(json!({ "columns": { "a": { "read": ["admin"], "when": "b > 1" } } })),
        rights(json!({ "columns": { "a": { "read": ["admin"], "masks": { "user": "full" } } } })),
        rights(json!({ "rows": { "admin": { "read": { "role": "boss" } } } })),
        rights(json!({ "rows": { "admin": { "write": { "custom": "b > 1" } } } })),
    ]
}

#[test]
fn m3_m4_p1_what_is_not_built_is_refused_by_name_at_every_door() {
    let (served, local) = (World::new(), World::new());
    let server = served.start("serve");
    let model = "/api/registry/models/Thing";
    let mut out = String::new();
    let mut tell = |what: &str, refusal: String| out += &format!("{what} {refusal}\n");

    for members in in_registrations() {
        let document = with(thing(), members);
        let asked = Request::post("/api/registry/models").json(&document);
        tell("register", refused(&server, asked, &local, "register -", &document));
    }
    assert_eq!(over_http(&server, Request::get("/api/registry/models")).1["items"], json!([]), "none of them was registered");
    assert_eq!(local.dmr("show models --format ndjson").done(), "");

    // The same of a model that is there: its next version, its change in place, its permissions.
    assert_eq!(over_http(&server, Request::post("/api/registry/models").json(&thing())).0, 201);
    local.with(&[], &thing().to_string(), &["register", "-"]).done();
    let before = over_http(&server, Request::get(model));
    for members in in_registrations().into_iter() {
        let document = with(json!({ "schema": thing()["schema"] }), members.clone());
        tell("next", refused(&server, Request::put(model).json(&document), &local, "register --next Thing -", &document));
        if members.get("fields").is_some() {
            let (status, problem) = over_http(&server, Request::patch(model).json(&members));
            assert_eq!(status, 422, "{problem}");
            tell("change", told(&problem));
        }
        if let Some(permissions) = members.get("permissions") {
            let asked = Request::put(format!("{model}/permissions")).json(permissions);
            tell("permit", refused(&server, asked, &local, "permissions set Thing --file -", permissions));
        }
    }
    assert_eq!(over_http(&server, Request::get(model)), before, "nothing of it was taken");
    insta::assert_snapshot!(out.trim_end(), @"
    register behaviour.unavailable /mode: the mode `cqrs` is not built yet
    register behaviour.unavailable /key: a key of several fields is not built yet
    register behaviour.unavailable /fields/a/behaviours: AUDITED is not built yet
    register behaviour.unavailable /fields/a/behaviours: COMPUTED is not built yet
    register behaviour.unavailable /fields/a/behaviours: MASKED is not built yet
    register behaviour.unavailable /fields/a/behaviours: ENCRYPTED is not built yet
    register behaviour.unavailable /fields/b/computed: COMPUTED is not built yet
    register behaviour.unavailable /fields/a/mask: MASKED is not built yet
    register behaviour.unavailable /permissions/columns/a/when: `when` is not built yet
    register behaviour.unavailable /permissions/columns/a/masks: a mask is not built yet
    register behaviour.unavailable /permissions/rows/admin/read: a row rule of the kind `role` or `custom` is not built yet
    register behaviour.unavailable /permissions/rows/admin/write: a row rule of the kind `role` or `custom` is not built yet
    next behaviour.unavailable /mode: the mode `cqrs` is not built yet
    next behaviour.unavailable /key: a key of several fields is not built yet
    next behaviour.unavailable /fields/a/behaviours: AUDITED is not built yet
    change behaviour.unavailable /fields/a/behaviours: AUDITED is not built yet
    next behaviour.unavailable /fields/a/behaviours: COMPUTED is not built yet
    change behaviour.unavailable /fields/a/behaviours: COMPUTED is not built yet
    next behaviour.unavailable /fields/a/behaviours: MASKED is not built yet
    change behaviour.unavailable /fields/a/behaviours: MASKED is not built yet
    next behaviour.unavailable /fields/a/behaviours: ENCRYPTED is not built yet
    change behaviour.unavailable /fields/a/behaviours: ENCRYPTED is not built yet
    next behaviour.unavailable /fields/b/computed: COMPUTED is not built yet
    change behaviour.unavailable /fields/b/computed: COMPUTED is not built yet
    next behaviour.unavailable /fields/a/mask: MASKED is not built yet
    change behaviour.unavailable /fields/a/mask: MASKED is not built yet
    next behaviour.unavailable /permissions/columns/a/when: `when` is not built yet
    permit behaviour.unavailable /columns/a/when: `when` is not built yet
    next behaviour.unavailable /permissions/columns/a/masks: a mask is not built yet
    permit behaviour.unavailable /columns/a/masks: a mask is not built yet
    next behaviour.unavailable /permissions/rows/admin/read: a row rule of the kind `role` or `custom` is not built yet
    permit behaviour.unavailable /rows/admin/read: a row rule of the kind `role` or `custom` is not built yet
    next behaviour.unavailable /permissions/rows/admin/write: a row rule of the kind `role` or `custom` is not built yet
    permit behaviour.unavailable /rows/admin/write: a row rule of the kind `role` or `custom` is not built yet
    ");
}
