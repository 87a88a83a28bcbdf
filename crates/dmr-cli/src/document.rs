//! Documents from outside: a file, standard input, or `field=value` pairs.

use crate::types::Types;
use dmr::core::json;
use dmr::{Code, Issue, Object, Problem, Value};
use std::io::Read;
use std::path::Path;

/// Reads a file, or standard input for `-`.
pub fn bytes(path: &Path) -> Result<Vec<u8>, Problem> {
    let mut bytes = Vec::new();
    let read = if path.as_os_str() == "-" {
        std::io::stdin().lock().read_to_end(&mut bytes).map(|_| ())
    } else {
        std::fs::read(path).map(|read| bytes = read)
    };
    match read {
        Ok(()) => Ok(bytes),
        Err(fault) => Err(Problem::new(Code::FileUnreadable, format!("{} cannot be read: {fault}", path.display()))),
    }
}

/// Parses JSON; what is wrong is told with the file's name, line and column.
pub fn parse(path: &Path, bytes: &[u8]) -> Result<Value, Problem> {
    json::parse(bytes).map_err(|fault| {
        let message = format!("{}, line {}, column {}: {}", path.display(), fault.line, fault.column, fault.message);
        Problem::one(Issue::body(fault.pointer, fault.code, message))
    })
}

/// Reads and parses.
pub fn read(path: &Path) -> Result<Value, Problem> {
    parse(path, &bytes(path)?)
}

/// The members that pairs describe: `price=10`, `address.city=Paris`, `tags:=["a","b"]` (JSON as it stands).
pub fn of_pairs(pairs: &[String], types: Types<'_>) -> Result<Value, Problem> {
    let mut out = Object::new();
    let mut issues = Vec::new();
    for pair in pairs {
        let Some((name, value)) = pair.split_once('=').filter(|(name, _)| !name.trim_end_matches(':').is_empty()) else {
            issues.push(Issue::body("", Code::BodyShape, format!("`{pair}` is not FIELD=VALUE or FIELD:=JSON")));
            continue;
        };
        let (name, read) = match name.strip_suffix(':') {
            Some(name) => {
                (name, json::parse(value.as_bytes()).map_err(|fault| format!("`{pair}`: what follows `:=` is not JSON: {}", fault.message)))
            }
            None => (name, Ok(types.read(&name.split('.').collect::<Vec<_>>(), value))),
        };
        match read {
            Ok(value) => put(&mut out, name, value),
            Err(message) => issues.push(Issue::body("", Code::BodyShape, message)),
        }
    }
    if issues.is_empty() { Ok(Value::Object(out)) } else { Err(Problem::of(Code::BodyShape, issues)) }
}

fn put(out: &mut Object, path: &str, value: Value) {
    match path.split_once('.') {
        None => {
            out.insert(path.to_owned(), value);
        }
        Some((first, rest)) => {
            let inner = out.entry(first).or_insert_with(|| Value::Object(Object::new()));
            if !inner.is_object() {
                *inner = Value::Object(Object::new());
            }
            if let Value::Object(inner) = inner {
                put(inner, rest, value);
            }
        }
    }
}
