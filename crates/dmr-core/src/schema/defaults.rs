//! A default has to satisfy the schema it stands in (R6): else every record that leaves the field out would be refused for it.

use super::draft::Draft;
use super::{decimal, message, validator};
use crate::types::FieldType;
use crate::{Code, Issue, Object, Value};
use serde_json::json;

/// The address the document has while its defaults are held against it.
const DOCUMENT: &str = "json-schema:///";
/// The address of the schema that refers to it.
const HOLDER: &str = "dmr:defaults";

/// A default, where it stands, and what it has to satisfy.
#[derive(Debug, Clone)]
pub(super) struct Given<'a> {
    /// JSON pointer of the default itself.
    pub(super) pointer: String,
    /// JSON pointers of the schemas of its field.
    pub(super) schemas: Vec<String>,
    /// The name of its field.
    pub(super) field: String,
    /// The type of its field.
    pub(super) kind: FieldType,
    /// The default.
    pub(super) value: &'a Value,
}

/// What is wrong with the defaults of a valid document. All are held against it at once: compiling it for each would take its square.
pub(super) fn issues(document: &Value, draft: Draft, given: &[Given<'_>]) -> Vec<Issue> {
    if given.is_empty() {
        return Vec::new();
    }
    let mut found = broken(document, draft, given);
    for issue in given.iter().filter_map(unreadable) {
        if !found.iter().any(|known| known.pointer == issue.pointer) {
            found.push(issue);
        }
    }
    found
}

/// A default that its type does not hold, whatever the schema says: an integer of thirty digits.
fn unreadable(given: &Given<'_>) -> Option<Issue> {
    if given.value.is_null() {
        return None;
    }
    let fault = given.kind.read(given.value.clone()).err()?;
    let message = format!("the default of `{}`: {}", given.field, fault.message);
    Some(Issue::body(&given.pointer, Code::SchemaDefault, message).rule("default").value(given.value).suggest_all(fault.suggestions))
}

fn broken(document: &Value, draft: Draft, given: &[Given<'_>]) -> Vec<Issue> {
    let document = decimal::armed(document);
    let registry = jsonschema::Registry::new().draft(draft.engine()).add(DOCUMENT, document.as_ref());
    // What cannot be compiled is told by whoever compiles the schema itself.
    let Ok(registry) = registry.and_then(|registry| registry.prepare()) else { return Vec::new() };
    let place = |pointer: &String| json!({ "$ref": format!("{DOCUMENT}#{}", in_fragment(pointer)) });
    let properties: Object = given
        .iter()
        .enumerate()
        .map(|(at, given)| (at.to_string(), json!({ "allOf": given.schemas.iter().map(place).collect::<Vec<_>>() })))
        .collect();
    let holder = json!({ "properties": properties });
    let options = validator::options(draft).with_registry(&registry).with_base_uri(HOLDER);
    let Ok(engine) = options.build(&holder) else { return Vec::new() };
    let values = Value::Object(given.iter().enumerate().map(|(at, given)| (at.to_string(), given.value.clone())).collect());
    if engine.is_valid(&values) {
        return Vec::new();
    }
    let told = message::issues(engine.iter_errors(&values), &Value::Null);
    told.into_iter().filter_map(|issue| placed(issue, given)).collect()
}

/// What is wrong with one of them, at the place where it stands in the document.
fn placed(issue: Issue, given: &[Given<'_>]) -> Option<Issue> {
    let (at, inside) = issue.pointer.get(1..)?.split_once('/').unwrap_or((issue.pointer.get(1..)?, ""));
    let given = given.get(at.parse::<usize>().ok()?)?;
    let inside = if inside.is_empty() { String::new() } else { format!("/{inside}") };
    let message = match inside.as_str() {
        "" => format!("the default of `{}` {}", given.field, issue.message),
        inside => format!("the default of `{}` at {inside}: {}", given.field, issue.message),
    };
    Some(Issue { pointer: format!("{}{inside}", given.pointer), code: Code::SchemaDefault, message, ..issue })
}

/// A JSON pointer as the fragment of an address.
fn in_fragment(pointer: &str) -> String {
    let mut out = String::with_capacity(pointer.len());
    for byte in pointer.bytes() {
        match byte {
            b'a'..=b'z' | b'A'..=b'Z' | b'0'..=b'9' | b'-' | b'.' | b'_' | b'~' | b'/' | b'$' => out.push(char::from(byte)),
            other => out.push_str(&format!("%{other:02X}")),
        }
    }
    out
}
