//! Models, permissions and records that are made up.

use super::values::{self, SCALARS, Type};
use crate::laws::random::Random;
use serde_json::{Map, Value, json};

/// A declared field.
#[derive(Debug, Clone)]
pub struct Field {
    pub name: &'static str,
    pub kind: Type,
    pub nullable: bool,
    pub children: Vec<Field>,
}

impl Field {
    fn new(name: &'static str, kind: Type, random: &mut Random) -> Self {
        Self { name, kind, nullable: kind != Type::Any && random.chance(50), children: Vec::new() }
    }

    fn schema(&self) -> Value {
        let mut schema = self.kind.schema(self.nullable);
        if !self.children.is_empty() {
            schema["properties"] = properties(&self.children);
        }
        schema
    }
}

pub fn properties(fields: &[Field]) -> Value {
    Value::Object(fields.iter().map(|field| (field.name.to_owned(), field.schema())).collect())
}

/// The fields of a model: always a text, a number and an object of fields.
pub fn fields(random: &mut Random) -> Vec<Field> {
    const NAMES: [&str; 10] = ["text", "int", "num", "dec", "flag", "day", "hour", "at", "local", "uid"];
    let mut fields = Vec::new();
    for (name, kind) in NAMES.into_iter().zip(SCALARS) {
        if matches!(name, "text" | "int") || random.chance(70) {
            fields.push(Field::new(name, kind, random));
        }
    }
    for (name, kind) in [("tags", Type::Texts), ("nums", Type::Integers), ("meta", Type::Data), ("some", Type::Any)] {
        if random.chance(70) {
            fields.push(Field::new(name, kind, random));
        }
    }
    let geo = Field {
        children: vec![Field::new("lat", Type::Number, random), Field::new("lon", Type::Number, random)],
        ..Field::new("geo", Type::Fields, random)
    };
    let mut children: Vec<Field> =
        [("city", Type::Text), ("zip", Type::Integer), ("sec", Type::Text)].map(|(name, kind)| Field::new(name, kind, random)).into();
    children.push(geo);
    fields.push(Field { children, ..Field::new("addr", Type::Fields, random) });
    for at in (1..fields.len()).rev() {
        fields.swap(at, random.below(at + 1));
    }
    fields
}

/// Every declared path, with dots.
pub fn paths(fields: &[Field]) -> Vec<(String, Type)> {
    let mut out = Vec::new();
    for field in fields {
        out.push((field.name.to_owned(), field.kind));
        out.extend(paths(&field.children).into_iter().map(|(path, kind)| (format!("{}.{path}", field.name), kind)));
    }
    out
}

/// Indexes of one to three members, ascending and descending, some that lead with the owner.
pub fn indexes(fields: &[Field], random: &mut Random) -> Vec<Vec<String>> {
    let keyed = |kind: Type| kind.is_ordered() || kind == Type::Any;
    let mut members: Vec<String> = paths(fields).into_iter().filter(|(_, kind)| keyed(*kind)).map(|(path, _)| path).collect();
    members.extend(["_owner", "_created_at", "_version"].map(str::to_owned));
    let mut out: Vec<Vec<String>> = Vec::new();
    for _ in 0..random.between(2, 7) {
        let mut index: Vec<String> = Vec::new();
        if random.chance(25) {
            index.push("_owner".to_owned());
        }
        for _ in 0..random.between(1, 3) {
            let member = random.pick(&members).clone();
            if !index.iter().any(|known| known.trim_start_matches('-') == member) {
                index.push(if random.chance(35) { format!("-{member}") } else { member });
            }
        }
        if !out.contains(&index) {
            out.push(index);
        }
    }
    out
}

/// A record with holes; values as a client sends them.
pub fn record(fields: &[Field], random: &mut Random) -> Map<String, Value> {
    let mut out = object(fields, random);
    for name in ["x1", "x2"] {
        if random.chance(30) {
            let value = if random.chance(10) { Value::Null } else { values::any(random, 0) };
            out.insert(name.to_owned(), value);
        }
    }
    out
}

fn object(fields: &[Field], random: &mut Random) -> Map<String, Value> {
    let mut out = Map::new();
    for field in fields {
        if random.chance(25) {
            continue;
        }
        let value = if field.nullable && random.chance(20) {
            Value::Null
        } else if field.kind == Type::Fields {
            let mut inner = object(&field.children, random);
            if random.chance(20) {
                inner.insert("zzz".to_owned(), values::any(random, 1));
            }
            Value::Object(inner)
        } else {
            values::value(field.kind, random)
        };
        out.insert(field.name.to_owned(), value);
    }
    out
}

/// Who may read a path: role names; a path that is not here is open.
pub type Columns = Vec<(String, Vec<&'static str>)>;

pub fn columns(fields: &[Field], random: &mut Random) -> Columns {
    let mut paths: Vec<String> = paths(fields).into_iter().map(|(path, _)| path).collect();
    paths.push("*".to_owned());
    let chosen = random.some(&paths, 25);
    chosen.into_iter().map(|path| (path, random.some(&["clerk", "viewer"], 40))).collect()
}

/// The permissions document: `admin` everything, `clerk` what it owns, `viewer` every row and not every column.
pub fn permissions(columns: &Columns) -> Value {
    let rules: Map<String, Value> = columns
        .iter()
        .map(|(path, readers)| {
            let readers: Vec<&str> = readers.iter().copied().chain(["admin"]).collect();
            (path.clone(), json!({ "read": readers, "write": ["admin", "clerk"] }))
        })
        .collect();
    json!({
        "models": {
            "admin": ["create", "read", "update", "delete", "list"], "clerk": ["create", "read", "list"], "viewer": ["read", "list"],
        },
        "rows": { "clerk": { "read": "owner" } },
        "columns": rules,
    })
}
