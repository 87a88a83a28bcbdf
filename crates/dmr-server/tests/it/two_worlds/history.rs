//! What happened in the two worlds before R asks: the same, but for what R may not see.

use super::worlds::{Answered, Asked, Worlds};
use dmr::core::Value;
use serde_json::{Map, json};

/// The models R may know of.
pub const MODELS: [&str; 9] = ["Person", "Own", "Seen", "Bag", "Grow", "Keyed", "Uni", "Blind", "Link"];

/// Names of each model that nobody who asks may know of: fields, or undeclared members.
pub const HIDDEN: [(&str, &[&str]); 9] = [
    ("Person", &["hush", "lat", "sku"]),
    ("Own", &[]),
    ("Seen", &[]),
    ("Bag", &["hush", "xmore"]),
    ("Grow", &["xgone", "xaged", "xold", "xlong"]),
    ("Keyed", &[]),
    ("Uni", &["tok"]),
    ("Blind", &[]),
    ("Link", &["hush"]),
];

/// Models whose rows are changed by their owners only.
pub const OWN_ROWS: [&str; 3] = ["Own", "Seen", "Keyed"];

/// Who may do what: what the permissions below come to.
pub const GRANTED: [(&str, &str, &[&str]); 14] = [
    ("r1", "Person", &ALL),
    ("r1", "Own", &ALL),
    ("r1", "Seen", &ALL),
    ("r1", "Bag", &ALL),
    ("r1", "Grow", &GROW),
    ("r1", "Keyed", &ALL),
    ("r1", "Uni", &ALL),
    ("r1", "Blind", &ALL),
    ("r1", "Link", &ALL),
    ("q1", "Person", &["list"]),
    ("q1", "Seen", &["read"]),
    ("q1", "Bag", &["create"]),
    ("q1", "Keyed", &["update"]),
    ("q1", "Uni", &["delete"]),
];

const GROW: [&str; 4] = ["read", "list", "create", "update"];

/// The operations of everybody in a model, as permissions say them.
fn granted(model: &str) -> Value {
    let mut out = Map::new();
    out.insert("admin".into(), json!(ALL));
    for (who, _, operations) in GRANTED.iter().filter(|(_, of, _)| *of == model) {
        out.insert(who[..1].to_owned(), json!(operations));
    }
    Value::Object(out)
}

const ALL: [&str; 5] = ["create", "read", "update", "delete", "list"];

/// A text only one world holds, or nothing.
pub fn secret(side: usize, at: usize) -> Value {
    match (side, at % 4) {
        (0, _) => json!(format!("s{at}")),
        (_, 0) => Value::Null,
        (_, 1) => json!(""),
        _ => json!(format!("zz{}", at * 7 % 5)),
    }
}

/// A number of one world.
fn figure(side: usize, at: usize) -> Value {
    if side == 0 { json!(at) } else { json!(1000 - 3 * i64::try_from(at).unwrap()) }
}

pub fn live(worlds: &Worlds, storage: &str) {
    worlds.as_admin("PUT", "/api/roles/r", &|_| json!({ "rights": ["audit"] }));
    worlds.as_admin("PUT", "/api/roles/q", &|_| json!({ "rights": [] }));
    worlds.person("r1", &["r"]);
    worlds.person("r2", &["r"]);
    worlds.person("q1", &["q"]);
    worlds.person("m1", &["m", "n"]);
    register(worlds, storage);
    people(worlds);
    owned(worlds);
    bag(worlds);
    keyed(worlds);
    grow(worlds);
    others(worlds);
    linked(worlds);
    ingested(worlds);
}

fn model(worlds: &Worlds, storage: &str, mut body: Value) {
    body["storage"] = if storage == "structured" { "structured" } else { "flexible" }.into();
    worlds.as_admin("POST", "/api/registry/models", &|_| body.clone());
}

fn register(worlds: &Worlds, storage: &str) {
    let text = json!({ "type": "string" });
    let maybe = json!({ "type": ["string", "null"] });
    let hidden = json!({ "read": ["admin"], "write": ["admin"] });
    let unseen = json!({ "read": ["admin"], "write": ["admin", "r"] });
    let searched = json!({ "behaviours": ["SEARCHABLE"] });
    let own = |title: &str, rows: Value| {
        json!({
            "name": title, "schema": { "type": "object", "properties": { "title": text, "num": { "type": "integer" }, "note": maybe } },
            "indexes": [["_owner", "num"], ["-num"], ["title"]], "fields": { "title": searched, "note": searched },
            "permissions": { "models": granted(title), "rows": { "r": rows } },
        })
    };
    model(
        worlds,
        storage,
        json!({
            "name": "Person",
            "schema": { "type": "object", "properties": {
                "name": text, "num": { "type": "integer", "minimum": 0 }, "hush": { "type": ["string", "null"], "maxLength": 20 }, "pw": maybe,
                "made": { "type": "string", "default": "here" }, "guess": maybe, "tags": { "type": "array", "items": text }, "sku": text, "mail": text,
                "addr": { "type": "object", "properties": {
                    "city": text, "hush": maybe, "set": maybe, "geo": { "type": "object", "properties": { "lat": { "type": "number" }, "lon": { "type": "number" } } },
                } },
            } },
            "fields": {
                "pw": { "behaviours": ["WRITE_ONLY"] }, "made": { "behaviours": ["READ_ONLY"] }, "name": { "behaviours": ["INDEXED", "SEARCHABLE"] },
                "hush": searched, "addr.hush": searched, "addr.city": searched, "tags": searched, "guess": searched, "sku": searched,
            },
            "indexes": [["num", "-name"], ["hush"], ["addr.hush", "num"], ["addr.city"]],
            "unique": [["sku"], ["mail"]],
            "permissions": {
                "models": granted("Person"),
                "columns": { "hush": hidden, "addr.hush": hidden, "addr.set": unseen, "addr.geo.lat": hidden, "guess": unseen, "sku": hidden },
                "discloses": ["mail"],
            },
        }),
    );
    model(worlds, storage, own("Own", json!({ "read": "owner" })));
    let mut seen = own("Seen", json!({ "read": "public", "write": "owner" }));
    // M lists its own rows by one role and reads each by another: what may be read may not be found.
    seen["permissions"]["models"]["m"] = json!(["list"]);
    seen["permissions"]["rows"]["m"] = json!({ "read": "owner" });
    seen["permissions"]["models"]["n"] = json!(["read"]);
    model(worlds, storage, seen);
    model(
        worlds,
        storage,
        json!({
            "name": "Bag",
            "schema": { "type": "object", "properties": { "pub": text, "deep": { "type": "object", "properties": { "a": text } } } },
            "fields": { "pub": searched, "deep.a": searched },
            "permissions": { "models": granted("Bag"), "columns": { "*": hidden } },
        }),
    );
    model(
        worlds,
        storage,
        json!({
            "name": "Keyed", "key": ["k"],
            "schema": { "type": "object", "properties": { "k": text, "v": { "type": "integer" } }, "required": ["k"] },
            "permissions": {
                "models": granted("Keyed"), "rows": { "r": { "read": "owner" }, "q": { "read": "owner" } }, "discloses": ["k"],
            },
        }),
    );
    model(
        worlds,
        storage,
        json!({
            "name": "Grow",
            "schema": { "type": "object", "properties": {
                "a": text, "xgone": maybe, "box": { "type": "object", "properties": { "x": text, "y": maybe } }, "wide": {}, "xold": maybe,
                "xlong": text,
                "flat": { "type": "object", "properties": { "x": text, "y": maybe } },
            } },
            "indexes": [["xgone"], ["a"]], "fields": { "a": searched, "xgone": searched, "xold": searched, "xlong": searched },
            "permissions": {
                "models": granted("Grow"),
                "columns": { "xlong": hidden, "xgone": hidden, "box.y": hidden, "xold": hidden, "flat.y": hidden },
            },
        }),
    );
    model(
        worlds,
        storage,
        json!({
            "name": "Uni",
            "schema": { "type": "object", "properties": { "label": text, "tok": maybe } },
            "unique": [["tok"]], "fields": { "label": searched, "tok": searched },
            "permissions": { "models": granted("Uni"), "columns": { "tok": unseen } },
        }),
    );
    // Whoever is in R may change every row and sees only its own.
    model(
        worlds,
        storage,
        json!({
            "name": "Blind",
            "schema": { "type": "object", "properties": { "word": { "type": "string" }, "size": { "type": "integer" }, "box": { "type": "object", "properties": { "in": text } } } },
            "indexes": [["size"]], "fields": { "word": searched, "box.in": searched },
            "permissions": { "models": granted("Blind"), "rows": { "r": { "read": "owner", "write": "public" } } },
        }),
    );
    // R could do everything with this one, but it is not on the export list.
    model(
        worlds,
        storage,
        json!({
            "name": "Closed", "schema": { "type": "object", "properties": { "hush": maybe } }, "fields": { "hush": searched },
            "permissions": { "models": { "admin": ALL, "r": ALL, "q": ALL, "anonymous": ALL } },
        }),
    );
    let exports = json!({ "*": MODELS, "anonymous": MODELS, "user": ["*"] });
    worlds.as_admin("PATCH", "/api/settings", &|_| json!({ "gatekeeper.exports": exports }));
    // R may not know of this one; it does not even hold as many records.
    let secret = json!({
        "name": "Secret", "schema": { "type": "object", "properties": { "hush": maybe, "link": maybe } }, "fields": { "hush": searched },
        "permissions": { "models": { "admin": ALL } },
    });
    model(worlds, storage, secret);
    references(worlds, storage);
}

/// A model that refers to what R sees in part and to what it may not know of, and is referred to from there, which is not disclosed.
fn references(worlds: &Worlds, storage: &str) {
    let text = json!({ "type": ["string", "null"] });
    let hidden = json!({ "read": ["admin"], "write": ["admin"] });
    let refers = |model: &str| json!({ "references": model });
    let permissions = |models: Value| json!({ "models": models, "columns": { "hush": hidden } });
    let link = json!({
        "name": "Link",
        "schema": { "type": "object", "properties": {
            "to": text, "many": { "type": "array", "items": { "type": "string" } }, "code": text, "far": text, "up": text, "hush": text, "num": { "type": "integer" },
        } },
        "fields": {
            "to": refers("Own"), "many": refers("Seen"), "code": refers("Keyed"), "far": refers("Secret"), "up": refers("Link"), "hush": refers("Own"),
        },
        "permissions": permissions(json!({ "admin": ALL })),
    });
    model(worlds, storage, link);
    let restricts = json!({ "fields": { "link": { "references": "Link", "on_delete": "restrict" } } });
    worlds.as_admin("PATCH", "/api/registry/models/Secret", &|_| restricts.clone());
    // Who may delete comes after what restricts: nobody was meant to be told.
    worlds.as_admin("PUT", "/api/registry/models/Link/permissions", &|_| permissions(granted("Link")));
}

/// Records that name what R sees and what it does not; half of them are named in one world by what R may not know of.
fn linked(worlds: &Worlds) {
    let ids = |model: &str| -> Vec<String> {
        let all = worlds.as_admin("GET", &format!("/api/records/{model}?limit=1000&sort=_id"), &|_| Value::Null);
        let [one, other] = all.each_ref().map(|answer| -> Vec<String> {
            answer.json()["items"].as_array().unwrap().iter().map(|item| item["_id"].as_str().unwrap().to_owned()).collect()
        });
        one.into_iter().filter(|id| other.contains(id)).collect()
    };
    let (own, seen, far) = (ids("Own"), ids("Seen"), ids("Secret"));
    for at in 0..9 {
        let made = worlds.as_admin("POST", "/api/records/Link", &|side| {
            json!({
                "to": own[at % own.len()], "many": [seen[at % seen.len()], seen[(at + 4) % seen.len()]], "code": (format!("k{at}")), "far": far[at % far.len()],
                "hush": own[(at * 3 * (side + 1)) % own.len()], "num": at,
            })
        });
        let id = id(&made);
        worlds.as_admin(
            "POST",
            "/api/records/Secret",
            &|side| json!({ "hush": secret(side, at), "link": if at % 2 == side { json!(id) } else { Value::Null } }),
        );
    }
}

fn people(worlds: &Worlds) {
    let person = |side: usize, at: usize| {
        let mut row = json!({
            "name": (["Ana", "Bo", "Cy", "Di"][at % 4]), "num": at % 5, "hush": secret(side, at), "pw": format!("pw{}", at + side), "guess": secret(side, at + 1),
            "mail": (format!("m{at}@example.org")), "sku": format!("c{}", at + 100 * side), "tags": ["red", "s1"],
            "addr": { "city": (["Paris", "Rome"][at % 2]), "hush": secret(side, at + 2), "set": secret(side, at + 3), "geo": { "lat": figure(side, at), "lon": 1.5 } },
        });
        // A hidden cell may also not be there.
        if side == 1 && at.is_multiple_of(3) {
            row["addr"].as_object_mut().unwrap().shift_remove("hush");
            row.as_object_mut().unwrap().shift_remove("hush");
            row.as_object_mut().unwrap().shift_remove("pw");
            row["addr"]["geo"].as_object_mut().unwrap().shift_remove("lat");
        }
        row
    };
    for at in 0..12 {
        let made = worlds.as_admin("POST", "/api/records/Person", &|side| person(side, at));
        let id = id(&made);
        for change in 0..at % 3 {
            let n = at + change + 20;
            worlds.as_admin("PATCH", &format!("/api/records/Person/{id}"), &|side| match change {
                0 if side == 0 => json!({ "hush": (format!("s{n}")), "addr": { "geo": { "lat": n } } }),
                0 => json!({ "sku": (format!("c9{n}")) }),
                _ => json!({ "num": n, "addr": { "hush": (format!("{}{n}", ["s", "zz"][side])) } }),
            });
        }
        if at % 5 == 4 {
            worlds.as_admin("DELETE", &format!("/api/records/Person/{id}"), &|_| Value::Null);
        }
    }
    for at in 0..4 {
        worlds.as_admin("POST", "/api/records/Secret", &|side| json!({ "hush": secret(side, at) }));
        worlds.as_admin("POST", "/api/records/Closed", &|side| json!({ "hush": secret(side, at) }));
    }
}

fn id(made: &[Answered; 2]) -> String {
    let [one, other] = made.each_ref().map(|made| made.json()["_id"].as_str().unwrap().to_owned());
    assert_eq!(one, other, "ids are made from the seed");
    one
}

fn owned(worlds: &Worlds) {
    for model in ["Own", "Seen"] {
        for at in 0..15 {
            let who = ["r1", "r2", "admin"][at % 3];
            let visible = who == "r1" || model == "Seen";
            let side_of = |side: usize| if visible { 0 } else { side };
            let row = |side: usize| json!({ "title": secret(side_of(side), at).as_str().unwrap_or("t"), "num": figure(side_of(side), at), "note": secret(side_of(side), at + 1) });
            let made = worlds.each(who, &|side| ("POST".into(), format!("/api/records/{model}"), row(side)));
            let id = id(&made);
            if at.is_multiple_of(2) {
                let patch = |side: usize| json!({ "num": figure(side_of(side), at + 50) });
                worlds.each(who, &|side| ("PATCH".into(), format!("/api/records/{model}/{id}"), patch(side)));
            }
            // A hidden row goes in one world and changes in the other: the log is as long in both.
            if !visible && at > 8 {
                worlds.each("admin", &|side| match side {
                    0 => ("DELETE".into(), format!("/api/records/{model}/{id}?hard=true"), Value::Null),
                    _ => ("PATCH".into(), format!("/api/records/{model}/{id}"), json!({ "note": "still here" })),
                });
            }
            if visible && at % 4 == 3 {
                worlds.each("admin", &|_| ("DELETE".into(), format!("/api/records/{model}/{id}"), Value::Null));
            }
        }
    }
    // Stored records that do not satisfy the next version are counted: here only hidden ones, and only in one world.
    let next = json!({ "schema": { "type": "object", "properties": {
        "title": { "type": "string" }, "num": { "type": "integer", "maximum": 900 }, "note": { "type": ["string", "null"] },
    } } });
    worlds.as_admin("PUT", "/api/registry/models/Own", &|_| next.clone());
}

fn bag(worlds: &Worlds) {
    for at in 0..8 {
        let made = worlds.as_admin("POST", "/api/records/Bag", &|side| {
            let mut row = Map::new();
            row.insert("pub".into(), json!(format!("p{at}")));
            row.insert("deep".into(), if at % 2 == side { json!({ "a": "x" }) } else { json!({ "a": "x", "hush": secret(side, at) }) });
            if at % 3 == side {
                row.insert("hush".into(), secret(side, at));
            }
            Value::Object(row)
        });
        let id = id(&made);
        worlds.as_admin(
            "PATCH",
            &format!("/api/records/Bag/{id}"),
            &|side| json!({ "xmore": figure(side, at), "deep": { "xmore": secret(side, at + 1) } }),
        );
    }
}

fn keyed(worlds: &Worlds) {
    for at in 0..9 {
        let who = ["r1", "r2", "admin"][at % 3];
        // The key is disclosed, so it is the same in both worlds.
        let row = |side: usize| json!({ "k": format!("k{at}"), "v": figure(if who == "r1" { 0 } else { side }, at) });
        worlds.each(who, &|side| ("POST".into(), "/api/records/Keyed".into(), row(side)));
    }
}

/// A model whose hidden fields go, come and turn into data, with records of each version.
fn grow(worlds: &Worlds) {
    let (text, maybe) = (json!({ "type": "string" }), json!({ "type": ["string", "null"] }));
    let row = |side: usize, at: usize| {
        json!({
            "a": format!("a{at}"), "xgone": secret(side, at), "box": { "x": "x", "y": secret(side, at) }, "wide": { "p": "p" }, "xold": secret(side, at),
            "xlong": (format!("{}{at}", ["longer than five", "also too long"][side])),
            "flat": { "x": "x", "y": secret(side, at + 1) },
        })
    };
    for at in 0..5 {
        worlds.as_admin("POST", "/api/records/Grow", &|side| row(side, at));
    }
    // `xgone` and `box` go; `flat` turns into data; `wide` turns into fields; `xold` is called `xaged`; every `xlong`
    // that is stored is too long now, so that R cannot change those records, and is told so without the reason.
    let second = json!({ "renames": { "xold": "xaged" }, "schema": { "type": "object", "properties": {
        "a": text, "wide": { "type": "object", "properties": { "p": text, "q": maybe } }, "xaged": maybe, "flat": { "type": "object" },
        "xlong": { "type": "string", "maxLength": 5 },
    } } });
    worlds.as_admin("PUT", "/api/registry/models/Grow", &|_| second.clone());
    for at in 5..8 {
        worlds.as_admin(
            "POST",
            "/api/records/Grow",
            &|side| json!({ "a": format!("a{at}"), "wide": { "p": "p", "q": "q" }, "xaged": secret(side, at) }),
        );
    }
    let hidden = json!({ "read": ["admin"], "write": ["admin"] });
    // The permissions are given anew: the rules of fields that are gone stand nowhere in them.
    worlds.as_admin("PUT", "/api/registry/models/Grow/permissions", &|_| {
        json!({
            "models": granted("Grow"),
            "columns": { "xlong": hidden, "xaged": hidden },
        })
    });
}

fn others(worlds: &Worlds) {
    for at in 0..6 {
        worlds.as_admin(
            "POST",
            "/api/records/Uni",
            &|side| json!({ "label": (format!("l{at}")), "tok": (format!("{}{at}", ["s", "zz"][side])) }),
        );
        let who = ["r1", "r2", "admin"][at % 3];
        let side_of = |side: usize| if who == "r1" { 0 } else { side };
        let row = |side: usize| json!({ "word": (format!("{}{at}", ["longish", "z"][side_of(side)])), "size": figure(side_of(side), at), "box": { "in": (format!("b{}", side_of(side))) } });
        worlds.each(who, &|side| ("POST".into(), "/api/records/Blind".into(), row(side)));
    }
    // Words that are stored are too long for the next version: of its own rows R is told so, of others' without what is in them.
    let next = json!({ "schema": { "type": "object", "properties": {
        "word": { "type": "string", "maxLength": 1 }, "size": { "type": "integer" }, "box": { "type": "object", "properties": { "in": { "type": "string" } } },
    } } });
    worlds.as_admin("PUT", "/api/registry/models/Blind", &|_| next.clone());
}

/// A file the administrator put into a model; what was set aside holds hidden cells.
fn ingested(worlds: &Worlds) {
    worlds.each_asked(&|side| {
        let word = ["s1", "zz4"][side];
        let rows = format!("name,num,hush\nEm,3,{word}\nFay,none,{word}\n");
        Asked {
            headers: vec![("content-type".into(), "multipart/form-data; boundary=x".into())],
            body: form("people.csv", &rows, Some("Person")),
            ..Asked::with("admin", "POST", "/api/upload-dynamic", &Value::Null)
        }
    });
}

/// A file in a form.
pub fn form(name: &str, rows: &str, model: Option<&str>) -> Vec<u8> {
    let model = model.map(|model| format!("--x\r\nContent-Disposition: form-data; name=\"model\"\r\n\r\n{model}\r\n")).unwrap_or_default();
    let file = format!("--x\r\nContent-Disposition: form-data; name=\"file\"; filename=\"{name}\"\r\n\r\n{rows}\r\n");
    format!("{model}{file}--x--\r\n").into_bytes()
}
