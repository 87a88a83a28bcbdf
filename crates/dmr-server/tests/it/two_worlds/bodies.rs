//! Bodies R sends, for each shape a route takes.

use super::names::{OPERATORS, field, value};
use super::random::Random;
use dmr::core::Value;
use dmr_server::route::Shape;
use serde_json::{Map, json};

/// A body of a shape for a model; most are near what the route wants.
pub fn body(shape: Shape, model: &str, ids: &[String], random: &mut Random) -> Value {
    match shape {
        Shape::NewRecord | Shape::Record => record(model, random, false),
        Shape::NewRecords | Shape::Records => match random.below(3) {
            0 => (0..random.below(4)).map(|_| record(model, random, false)).collect(),
            _ => record(model, random, false),
        },
        Shape::File => (0..random.between(1, 3)).map(|_| record(model, random, false)).collect(),
        Shape::RecordPatch => record(model, random, true),
        Shape::Batch => json!({ "operations": (0..random.below(4)).map(|_| operation(model, ids, random)).collect::<Vec<_>>() }),
        Shape::Query => query(model, random),
        Shape::Aggregate => aggregate(model, random),
        Shape::Revert => json!({ "to": random.between(0, 4) }),
        Shape::NewKey => match random.below(4) {
            0 => json!({}),
            1 => json!({ "roles": ["r"] }),
            2 => json!({ "roles": ["admin"] }),
            _ => json!({ "name": "another", "expires_at": "2030-01-01T00:00:00Z" }),
        },
        Shape::Registration => {
            json!({ "name": (random.pick(&["Person", "Secret", "Mine"])), "schema": { "type": "object", "properties": { "a": {} } } })
        }
        Shape::NextVersion => json!({ "schema": { "type": "object", "properties": { "hush": { "type": "integer" } } } }),
        Shape::ModelPatch => json!({ "unique": [[field(random)]], "indexes": [[field(random)]] }),
        Shape::Permissions => json!({ "models": { "r": ["read", "list"] } }),
        Shape::NewPrincipal => json!({ "name": "mallory", "roles": ["admin"] }),
        Shape::PrincipalPatch => json!({ "roles": ["admin"] }),
        Shape::NewBackup => match random.below(3) {
            0 => json!({}),
            1 => json!({ "name": "mine" }),
            _ => json!({ "directory": "/nonexistent/mine" }),
        },
        Shape::SettingsPatch => {
            json!({ (*random.pick(&["records.page_size", "search.limit", "hush"])): (*random.pick(&[json!(1), json!("x"), Value::Null])) })
        }
        Shape::NewRole => json!({ "rights": ["principals"] }),
        Shape::Process => json!({ "data_records": [{ "a": 1 }], "source_name": "mine", "storage_method": "auto" }),
        other => panic!("no body of the shape {other:?} is made here"),
    }
}

/// Records as a file of cells: what a cell cannot hold stands as JSON.
pub fn cells(rows: &[Value]) -> String {
    let mut names: Vec<&String> = rows.iter().filter_map(Value::as_object).flat_map(Map::keys).collect();
    names.sort();
    names.dedup();
    let quoted = |text: &str| format!("\"{}\"", text.replace('"', "\"\""));
    let line = |cells: Vec<String>| cells.join(",") + "\n";
    let cell = |value: &Value| match value {
        Value::Null => String::new(),
        Value::String(text) => quoted(text),
        other => quoted(&other.to_string()),
    };
    let mut out = line(names.iter().map(|name| quoted(name)).collect());
    for row in rows {
        out += &line(names.iter().map(|name| cell(&row[name.as_str()])).collect());
    }
    out
}

/// A field: mostly one of the model.
pub fn field_of(model: &str, random: &mut Random) -> String {
    match MEMBERS.iter().find(|(of, _)| *of == model && random.chance(60)) {
        Some((_, members)) => (*random.pick(members)).to_owned(),
        None => field(random),
    }
}

/// The members of each model's records that R may set, and others it tries.
const MEMBERS: [(&str, &[&str]); 9] = [
    ("Person", &["name", "num", "mail", "tags", "addr", "guess", "pw"]),
    ("Own", &["title", "num", "note"]),
    ("Seen", &["title", "num", "note"]),
    ("Bag", &["pub", "deep"]),
    ("Keyed", &["k", "v"]),
    ("Grow", &["a", "wide"]),
    ("Uni", &["label"]),
    ("Blind", &["word", "size", "box"]),
    ("Link", &["to", "many", "code", "up", "num"]),
];
const CLOSED: [&str; 15] =
    ["hush", "sku", "xmore", "xgone", "box", "flat", "xaged", "xold", "xlong", "tok", "made", "x1", "_owner", "_id", "*"];

fn record(model: &str, random: &mut Random, patch: bool) -> Value {
    let mut out = Map::new();
    // What belongs to another model is refused as unknown.
    let of =
        MEMBERS.iter().find(|(of, _)| *of == model && !random.chance(4)).map_or_else(|| random.pick(&MEMBERS).1, |(_, members)| members);
    for name in random.some(of, if patch { 40 } else { 65 }) {
        out.insert(name.to_owned(), member(name, random));
    }
    if random.chance(12) {
        let name = match model {
            "Uni" if random.chance(60) => "tok",
            "Person" if random.chance(30) => "made",
            _ => *random.pick(&CLOSED),
        };
        out.insert(name.to_owned(), member(name, random));
    }
    if random.chance(8) {
        let path = field(random);
        out.insert(path.split('.').next().unwrap_or_default().to_owned(), value(random));
    }
    Value::Object(out)
}

/// A value that mostly fits.
fn member(name: &str, random: &mut Random) -> Value {
    if random.chance(7) {
        return if random.chance(50) { Value::Null } else { value(random) };
    }
    let at = random.below(12);
    match name {
        "num" | "v" | "size" => json!(at),
        "mail" => json!(format!("m{}@example.org", at * 3)),
        "tags" => json!(["blue", format!("s{at}")]),
        "addr" => {
            let mut addr = Map::new();
            for inner in random.some(&["city", "set", "geo", "city", "geo", "set", "city", "hush", "zzz"], 15) {
                let inside = match inner {
                    "geo" => [
                        json!({ "lon": at }),
                        json!({ "lon": 2 }),
                        json!({}),
                        json!({ "lat": at }),
                        json!({ "lon": 1.5, "q": 1 }),
                        Value::Null,
                    ][at % 6]
                        .clone(),
                    "set" => super::history::secret(at % 2, at),
                    "city" => json!(["Paris", "Rome", "Oslo"][at % 3]),
                    _ => value(random),
                };
                addr.insert(inner.to_owned(), inside);
            }
            Value::Object(addr)
        }
        "guess" | "pw" | "note" | "hush" | "tok" | "xlong" => {
            if at.is_multiple_of(3) {
                json!(format!("pw{at}"))
            } else {
                super::history::secret(at % 2, at)
            }
        }
        "deep" => [json!({ "a": "y" }), json!({ "a": "z" }), json!({ "a": "y", "hush": "s1" }), json!({}), Value::Null][at % 5].clone(),
        "wide" => [json!({ "p": "p" }), json!({ "q": "q2" }), json!({ "p": "p", "zzz": 1 }), Value::Null][at % 4].clone(),
        "box" => [json!({ "in": "b" }), json!({ "in": "b0" }), json!({ "x": 1 }), json!({})][at % 4].clone(),
        "word" => json!(["a", "b", "long"][at % 3]),
        "k" | "code" => json!(format!("k{at}")),
        "to" => named("Own", at),
        "many" => (0..at % 3).map(|more| named("Seen", at + more * 5)).collect(),
        "up" => named("Link", at),
        _ => json!(format!("{}{at}", &name[..1])),
    }
}

/// One of a model's records, in the place of its id.
fn named(model: &str, at: usize) -> Value {
    json!(format!("@{model}@{at}@"))
}

fn operation(model: &str, ids: &[String], random: &mut Random) -> Value {
    let op = *random.pick(&["create", "upsert", "update", "replace", "delete", "restore", "purge"]);
    let mut out = json!({ "op": op });
    if !matches!(op, "create" | "upsert") || random.chance(5) {
        out["id"] = json!(random.pick(ids));
    }
    if random.chance(10) {
        out["if_version"] = json!(random.below(4));
    }
    if !matches!(op, "delete" | "restore") {
        out["record"] = record(model, random, op == "update");
    }
    out
}

fn query(model: &str, random: &mut Random) -> Value {
    let mut out = json!({});
    if random.chance(80) {
        let depth = random.below(3);
        out["where"] = condition(model, random, depth);
    }
    if random.chance(40) {
        out["sort"] = json!([format!("{}{}", if random.chance(40) { "-" } else { "" }, field_of(model, random))]);
    }
    if random.chance(30) {
        out["fields"] = json!([field_of(model, random), field_of(model, random)]);
    }
    if random.chance(40) {
        out["limit"] = json!(random.between(1, 6));
    }
    if random.chance(if model == "Link" { 50 } else { 5 }) {
        out["expand"] = json!([expanded(model, random)]);
    }
    if random.chance(30) {
        out["count"] = json!("exact");
    }
    out
}

/// What is expanded: mostly a reference, and one of those behind it.
pub fn expanded(model: &str, random: &mut Random) -> String {
    if random.chance(20) || model != "Link" {
        return field_of(model, random);
    }
    (*random.pick(&["to", "many", "code", "far", "up", "up.to", "up.up.many", "hush", "to.note", "up.hush", "many,code"])).to_owned()
}

/// An aggregate that mostly can be answered; now and then one of a measure that is not for its field.
fn aggregate(model: &str, random: &mut Random) -> Value {
    let mut out = json!({});
    if random.chance(75) {
        out["group_by"] = (0..random.between(1, 2)).map(|_| Value::from(field_of(model, random))).collect();
    }
    if random.chance(80) {
        let mut measures = Map::new();
        for at in 0..random.between(1, 3) {
            let op = *random.pick(&["count", "count", "count_distinct", "sum", "avg", "min", "max", "median", "quantile", "mode"]);
            let field = if random.chance(50) && op != "count" { "num".to_owned() } else { field_of(model, random) };
            let mut measure = json!({ "op": op, "field": field });
            if op == "quantile" {
                measure["q"] = json!(0.75);
            }
            measures.insert(format!("m{at}"), measure);
        }
        out["measures"] = Value::Object(measures);
    }
    if random.chance(40) {
        let depth = random.below(2);
        out["where"] = condition(model, random, depth);
    }
    if random.chance(25) {
        let field = if random.chance(70) { "m0".to_owned() } else { field_of(model, random) };
        out["having"] = json!({ "field": field, "op": random.pick(&OPERATORS), "value": value(random) });
    }
    if random.chance(25) {
        out["sort"] = json!([format!("-{}", if random.chance(70) { "m0".to_owned() } else { field_of(model, random) })]);
    }
    if random.chance(20) {
        out["limit"] = json!(random.between(1, 4));
    }
    out
}

pub fn condition(model: &str, random: &mut Random, depth: usize) -> Value {
    if depth == 0 {
        let op = *random.pick(&OPERATORS);
        let value = match op {
            "in" | "nin" => json!([value(random), value(random)]),
            "between" => json!([value(random), value(random)]),
            "isnull" => json!(random.chance(50)),
            "regex" | "contains" | "icontains" | "startswith" | "endswith" => {
                json!(random.pick(&["s", "z", "^s\\d", "a", "", "P", "(a+)+$"]))
            }
            _ => value(random),
        };
        let path = field_of(model, random);
        let path = if random.chance(20) { json!(path.split('.').collect::<Vec<_>>()) } else { json!(path) };
        return json!({ "field": path, "op": op, "value": value });
    }
    match random.below(3) {
        0 => json!({ "and": [condition(model, random, depth - 1), condition(model, random, depth - 1)] }),
        1 => json!({ "or": [condition(model, random, depth - 1), condition(model, random, depth - 1)] }),
        _ => json!({ "not": condition(model, random, depth - 1) }),
    }
}
