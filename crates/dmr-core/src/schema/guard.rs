//! Bounds of a schema document, held before anything walks it: nothing here recurses.

use crate::{Code, Problem};
use serde_json::Value;

/// How deep a schema document may be nested.
pub(crate) const DEEPEST: usize = 128;
/// How many values a schema document may hold.
pub(crate) const MOST_VALUES: usize = 200_000;

/// Refuses a document that is nested too deep or holds too much.
pub(crate) fn check(document: &Value) -> Result<(), Problem> {
    let mut open = vec![(document, 1_usize)];
    let mut seen = 0;
    while let Some((value, depth)) = open.pop() {
        seen += 1;
        if depth > DEEPEST {
            return Err(Problem::new(Code::SchemaUnsupported, format!("a schema is nested at most {DEEPEST} deep")).budget(
                "schema.depth",
                DEEPEST as u64,
                None,
            ));
        }
        if seen > MOST_VALUES {
            return Err(Problem::new(Code::SchemaUnsupported, format!("a schema holds at most {MOST_VALUES} values")).budget(
                "schema.values",
                MOST_VALUES as u64,
                None,
            ));
        }
        match value {
            Value::Array(items) => open.extend(items.iter().map(|item| (item, depth + 1))),
            Value::Object(members) => open.extend(members.values().map(|member| (member, depth + 1))),
            _ => {}
        }
    }
    Ok(())
}
