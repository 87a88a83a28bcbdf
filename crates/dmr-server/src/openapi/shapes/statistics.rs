//! Statistics of a model.

use super::{Named, refer, time};
use dmr::core::Value;
use serde_json::json;

pub fn all() -> Named {
    vec![("Statistics", statistics()), ("FieldStatistics", field()), ("Estimates", estimates())]
}

fn count(about: &str) -> Value {
    json!({ "type": "integer", "minimum": 0, "description": about })
}

fn share() -> Value {
    json!({ "type": ["number", "null"], "minimum": 0, "maximum": 1 })
}

/// A number that was reckoned: a text where the field's values are, or where that is asked for.
fn reckoned() -> Value {
    json!({ "type": ["number", "string", "null"] })
}

fn statistics() -> Value {
    json!({
        "type": "object",
        "required": ["model", "version", "as_of", "current", "rows", "fields"],
        "properties": {
            "model": { "type": "string" },
            "version": { "type": "string" },
            "as_of": time(),
            "current": { "type": "boolean", "description": "whether everything is in them that was written before they were asked for" },
            "rows": count("records that live, of those one may list"),
            "deleted": count("records that can be restored; told with the right to what is deleted"),
            "row_size": {
                "type": "object",
                "required": ["average", "total"],
                "properties": { "average": { "type": ["number", "null"] }, "total": count("bytes of all records, as JSON text") },
                "description": "told to those who see every field of every record",
            },
            "position": count("the entry of the log up to which they hold; told with the right to the audit trail"),
            "behind": count("entries of the log that they lack; told with the right to the audit trail"),
            "fields": { "type": "array", "items": refer("FieldStatistics") },
        },
    })
}

fn field() -> Value {
    json!({
        "type": "object",
        "required": ["field", "type", "count", "nulls", "absent"],
        "properties": {
            "field": { "type": "string", "description": "fields inside others with dots" },
            "type": { "type": "string", "description": "as it is declared" },
            "count": count("records in which it is neither null nor absent"),
            "nulls": count("records in which it is null"),
            "absent": count("records without it"),
            "exact": { "type": "boolean", "description": "whether everything here is exact; else see `estimates`" },
            "inferred": { "type": ["string", "null"], "description": "what its values are: a type, or `mixed`" },
            "kinds": { "type": "object", "additionalProperties": { "type": "integer", "minimum": 1 }, "description": "how many values of each type" },
            "distinct": count("different values"),
            "unique_share": share(),
            "cardinality": { "enum": ["low", "medium", "high", null], "description": "below 5 % different values, up to 50 %, above" },
            "min": {},
            "max": {},
            "unfit": count("of a field of numbers: values that are none"),
            "sum": reckoned(),
            "mean": reckoned(),
            "deviation": reckoned(),
            "quantiles": { "type": "object", "additionalProperties": reckoned() },
            "histogram": {
                "type": ["object", "null"],
                "required": ["from", "to", "counts"],
                "properties": { "from": reckoned(), "to": reckoned(), "counts": { "type": "array", "items": count("") } },
            },
            "top": {
                "type": "array",
                "items": {
                    "type": "object",
                    "required": ["value", "count"],
                    "properties": { "value": {}, "count": count(""), "cut": { "type": "boolean", "description": "only the beginning of a long value" } },
                },
            },
            "size": {
                "type": "object",
                "required": ["average", "biggest"],
                "properties": { "average": { "type": ["number", "null"] }, "biggest": count("bytes of the longest value, as JSON text") },
            },
            "estimates": refer("Estimates"),
        },
    })
}

fn estimates() -> Value {
    json!({
        "type": "object",
        "properties": {
            "distinct": {
                "type": "object",
                "required": ["method", "low", "high", "confidence"],
                "properties": { "method": { "type": "string" }, "low": count(""), "high": count(""), "confidence": share() },
            },
            "top": {
                "type": "object",
                "required": ["method", "at_most_more"],
                "properties": { "method": { "type": "string" }, "at_most_more": count("by how much each count can be greater") },
            },
            "quantiles": {
                "type": "object",
                "required": ["method", "sample", "rank_error", "confidence"],
                "properties": { "method": { "type": "string" }, "sample": count("numbers in the sample"), "rank_error": share(), "confidence": share() },
            },
            "taken": count("values that were taken away since the records were read"),
            "range_lost": { "type": "boolean", "description": "so many were taken away that `min` or `max` is not known" },
        },
    })
}
