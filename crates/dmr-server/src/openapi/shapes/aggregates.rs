//! Aggregates, asked for and answered.

use super::{Named, names, refer};
use dmr::core::Value;
use dmr::core::aggregate::{MOST_GROUP_FIELDS, MOST_MEASURES, Op};
use serde_json::json;

pub fn all() -> Named {
    vec![("Aggregate", aggregate()), ("Measure", measure()), ("Groups", groups())]
}

fn path() -> Value {
    json!({ "anyOf": [{ "type": "string" }, { "type": "array", "items": { "type": "string" }, "minItems": 1 }] })
}

fn aggregate() -> Value {
    json!({
        "type": "object",
        "description": "groups of records and measures over them; without `group_by` everything is one group",
        "properties": {
            "group_by": { "anyOf": [{ "type": "string" }, { "type": "array", "items": path(), "maxItems": MOST_GROUP_FIELDS }] },
            "measures": {
                "type": "object",
                "propertyNames": { "pattern": r"^[a-zA-Z][a-zA-Z0-9_]*$", "maxLength": 100 },
                "additionalProperties": refer("Measure"),
                "maxProperties": MOST_MEASURES,
            },
            "where": refer("Condition"),
            "having": refer("Condition"),
            "sort": names(),
            "limit": { "type": "integer", "minimum": 1 },
        },
        "anyOf": [{ "required": ["group_by"] }, { "required": ["measures"] }],
        "additionalProperties": false,
    })
}

fn measure() -> Value {
    let ops = |ops: &[Op]| json!({ "enum": ops.iter().map(|op| op.as_str()).collect::<Vec<_>>() });
    let of_field: Vec<Op> = Op::ALL.into_iter().filter(|op| !matches!(op, Op::Count | Op::Quantile)).collect();
    json!({ "anyOf": [
        { "type": "object", "required": ["op"], "properties": { "op": ops(&[Op::Count]), "field": path() }, "additionalProperties": false },
        { "type": "object", "required": ["op", "field"], "properties": { "op": ops(&of_field), "field": path() }, "additionalProperties": false },
        {
            "type": "object",
            "required": ["op", "field", "q"],
            "properties": { "op": ops(&[Op::Quantile]), "field": path(), "q": { "type": "number", "minimum": 0, "maximum": 1 } },
            "additionalProperties": false,
        },
    ] })
}

fn groups() -> Value {
    json!({
        "type": "object",
        "required": ["items", "count"],
        "properties": {
            "items": {
                "type": "array",
                "items": { "type": "object", "description": "what is grouped by, under the names of the fields; then the measures" },
            },
            "count": { "type": "integer", "minimum": 0, "description": "how many groups there are, beyond `limit` too" },
            "unfit": {
                "type": "object",
                "additionalProperties": { "type": "integer", "minimum": 1 },
                "description": "of measures of numbers that met something else: how many values, which count for nothing",
            },
        },
    })
}
