//! Parameters.

use crate::route::{At, Kind, Parameter, Route};
use dmr::core::log::EntryKind;
use dmr::core::{Object, Value};
use serde_json::json;

/// The parameters of a route: those of its path, then the others.
pub fn all(route: &Route) -> Vec<Value> {
    let filters = route.filters.then(filters);
    route.places().map(place).chain(route.parameters.iter().map(one)).chain(filters).collect()
}

/// A parameter of a path.
pub fn place(name: &str) -> Value {
    json!({ "name": name, "in": "path", "required": true, "schema": { "type": "string", "minLength": 1 } })
}

/// A parameter beside the path.
pub fn one(parameter: &Parameter) -> Value {
    let place = match parameter.at {
        At::Query => "query",
        At::Header => "header",
    };
    let mut told = json!({ "name": parameter.name, "in": place, "description": parameter.about, "schema": kind(parameter.kind) });
    if parameter.kind == Kind::Search {
        told["required"] = true.into();
    }
    told
}

fn kind(kind: Kind) -> Value {
    match kind {
        Kind::Text => json!({ "type": "string" }),
        Kind::Word(words) => json!({ "type": "string", "enum": words }),
        Kind::Operation => {
            let told = EntryKind::ALL.iter().filter(|kind| kind.is_change() && **kind != EntryKind::OutcomeKeep).map(|kind| kind.as_str());
            json!({ "type": "string", "enum": told.collect::<Vec<_>>() })
        }
        Kind::Number => json!({ "type": "integer", "minimum": 1 }),
        Kind::Time => json!({ "type": "string", "format": "date-time" }),
        Kind::Tag => json!({ "type": "string", "pattern": "^(\\*|\"[0-9]{1,15}\\.[0-9a-f]{8}\")$" }),
        Kind::Key => json!({ "type": "string", "pattern": "^[!-~]{1,255}$" }),
        Kind::Search => json!({ "type": "string", "minLength": 1, "maxLength": dmr::core::search::MOST_CHARACTERS }),
        Kind::Condition => {
            json!({ "type": "string", "contentMediaType": "application/json", "contentSchema": { "$ref": "#/components/schemas/Condition" } })
        }
    }
}

/// Any other parameter of a list.
fn filters() -> Value {
    let mut members = Object::new();
    members.insert("type".into(), "object".into());
    members.insert("additionalProperties".into(), json!({ "type": "string" }));
    json!({
        "name": "filters",
        "in": "query",
        "style": "form",
        "explode": true,
        "description": "filters: `<field>=<value>` or `<field>__<operator>=<value>`",
        "schema": members,
    })
}
