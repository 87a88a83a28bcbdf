//! Which members of a schema hold schemas: what tells a subschema from data (an `enum`, a `default`) that looks like one.

use super::draft::Draft;
use crate::Object;
use serde_json::Value;

/// How a member holds schemas.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Holds {
    /// One: `not`.
    One,
    /// A list of them: `allOf`.
    List,
    /// By name: `properties`.
    Named,
    /// One, or a list (`items` before 2020-12).
    OneOrList,
    /// By name, where a list of names may stand instead: `dependencies`.
    NamedOrNames,
}

/// How the member with this keyword holds schemas, if it does.
pub(crate) fn holds(keyword: &str) -> Option<Holds> {
    Some(match keyword {
        "additionalProperties"
        | "additionalItems"
        | "not"
        | "if"
        | "then"
        | "else"
        | "contains"
        | "propertyNames"
        | "unevaluatedItems"
        | "unevaluatedProperties"
        | "contentSchema" => Holds::One,
        "allOf" | "anyOf" | "oneOf" | "prefixItems" => Holds::List,
        "properties" | "patternProperties" | "$defs" | "definitions" | "dependentSchemas" => Holds::Named,
        "items" => Holds::OneOrList,
        "dependencies" => Holds::NamedOrNames,
        _ => return None,
    })
}

/// Whether a schema is a reference and what stands beside one without a say about values.
pub(crate) fn only_refers(schema: &Object) -> bool {
    const BESIDE: [&str; 8] = ["$ref", "title", "description", "default", "examples", "$comment", "deprecated", "readOnly"];
    schema.contains_key("$ref")
        && schema.keys().all(|name| BESIDE.contains(&name.as_str()) || (name.starts_with("x-") && name != "x-widget"))
}

/// The schemas directly inside one, each with its pointer below it: `/properties/price`.
pub(crate) fn subschemas(schema: &Object) -> Vec<(String, &Value)> {
    let mut found = Vec::new();
    for (keyword, value) in schema {
        match (holds(keyword), value) {
            (Some(Holds::One | Holds::OneOrList), Value::Object(_) | Value::Bool(_)) => found.push((format!("/{keyword}"), value)),
            (Some(Holds::List | Holds::OneOrList), Value::Array(items)) => {
                found.extend(items.iter().enumerate().map(|(at, item)| (format!("/{keyword}/{at}"), item)));
            }
            (Some(Holds::Named | Holds::NamedOrNames), Value::Object(named)) => {
                let schemas = named.iter().filter(|(_, schema)| schema.is_object() || schema.is_boolean());
                found.extend(schemas.map(|(name, schema)| (format!("/{keyword}/{}", escape(name)), schema)));
            }
            _ => {}
        }
    }
    found
}

/// The first draft in which a member has its meaning; in an older one it says nothing and must not begin to.
pub(crate) fn since(keyword: &str) -> Draft {
    match keyword {
        "const" | "contains" | "propertyNames" | "examples" => Draft::Draft6,
        "if" | "then" | "else" | "readOnly" | "writeOnly" | "$comment" | "contentEncoding" | "contentMediaType" => Draft::Draft7,
        "dependentSchemas"
        | "dependentRequired"
        | "unevaluatedItems"
        | "unevaluatedProperties"
        | "minContains"
        | "maxContains"
        | "$recursiveRef" => Draft::Draft2019,
        "prefixItems" | "$dynamicRef" => Draft::Draft2020,
        _ => Draft::Draft4,
    }
}

/// A name as a segment of a JSON pointer.
pub(crate) fn escape(name: &str) -> String {
    name.replace('~', "~0").replace('/', "~1")
}

/// A segment of a JSON pointer as the name it stands for.
pub(crate) fn unescape(segment: &str) -> String {
    segment.replace("~1", "/").replace("~0", "~")
}
