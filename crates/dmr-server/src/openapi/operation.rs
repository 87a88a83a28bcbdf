//! One route as an operation.

use super::parameter;
use crate::route::{Access, Gives, Kind, Route, Shape};
use dmr::core::{Code, Object, Value};
use dmr_api::media;
use serde_json::json;
use std::collections::BTreeMap;

/// What refers to the schema of a shape.
pub fn named(shape: Shape) -> Value {
    json!({ "$ref": format!("#/components/schemas/{shape:?}") })
}

/// The operation of a route; `schema` gives the schema of each shape.
pub fn describe(route: &Route, schema: &dyn Fn(Shape) -> Value) -> Value {
    let mut operation = json!({
        "operationId": route.operation,
        "tags": [route.family.as_str()],
        "summary": route.about,
        "parameters": parameter::all(route),
        "responses": responses(route, schema),
    });
    if let (Some(takes), Some(members)) = (route.takes, operation.as_object_mut()) {
        let content: Object = takes.media.iter().map(|media| ((*media).to_owned(), body(takes.shape, media, schema))).collect();
        members.insert("requestBody".into(), json!({ "required": true, "content": content }));
    }
    if let (Access::Open, Some(members)) = (route.access, operation.as_object_mut()) {
        members.insert("security".into(), json!([]));
    }
    operation
}

/// The schemas of files by their media types.
fn files() -> [(&'static str, Value); 4] {
    let text = |about: &str| json!({ "type": "string", "description": about });
    [
        (media::JSON, json!({ "type": "array", "items": { "type": "object" } })),
        (media::NDJSON, text("a record a line")),
        (media::CSV, text("a header, and a record a line")),
        (media::PARQUET, json!({ "type": "string", "format": "binary" })),
    ]
}

/// Lines have no schema of the whole body; a JSON Patch has its own, whatever it changes.
fn body(shape: Shape, media: &str, schema: &dyn Fn(Shape) -> Value) -> Value {
    match media {
        media::NDJSON => json!({ "schema": { "type": "string", "description": "a record a line" } }),
        media::CSV => json!({ "schema": { "type": "string", "description": "a header, and a record a line" } }),
        media::PARQUET => json!({ "schema": { "type": "string", "format": "binary" } }),
        media::JSON_PATCH => json!({ "schema": super::shapes::json_patch() }),
        _ => json!({ "schema": schema(shape) }),
    }
}

fn responses(route: &Route, schema: &dyn Fn(Shape) -> Value) -> Value {
    let mut responses = Object::new();
    for gives in route.gives {
        responses.insert(gives.status.to_string(), given(route, gives, schema));
    }
    for (status, codes) in refusals(route) {
        responses.insert(status.to_string(), refused(status, &codes));
    }
    Value::Object(responses)
}

fn given(route: &Route, gives: &Gives, schema: &dyn Fn(Shape) -> Value) -> Value {
    let mut response = json!({ "description": gives.about });
    let Some(members) = response.as_object_mut() else { return response };
    if let Some(shape) = gives.shape {
        let mut content = Object::new();
        if shape == Shape::Exported {
            content.extend(files().into_iter().map(|(media, schema)| (media.to_owned(), json!({ "schema": schema }))));
        } else {
            content.insert(media_of(shape).to_owned(), json!({ "schema": schema(shape) }));
        }
        if let Some(about) = lines_of(shape) {
            content.insert(media::NDJSON.to_owned(), json!({ "schema": { "type": "string", "description": about } }));
        }
        members.insert("content".into(), content.into());
    }
    let headers: Object = gives
        .headers
        .iter()
        .chain(&["X-Request-Id"])
        .filter(|name| **name != "Link" || route.parameters.iter().any(|parameter| parameter.name == "cursor"))
        .map(|name| ((*name).to_owned(), json!({ "schema": { "type": "string" } })))
        .collect();
    members.insert("headers".into(), headers.into());
    response
}

/// What stands on the lines of an answer that comes as lines too.
fn lines_of(shape: Shape) -> Option<&'static str> {
    match shape {
        Shape::Records | Shape::Found => Some("a record a line, and last a line `{\"count\": n}` or `{\"problem\": ...}`"),
        Shape::Imported => Some("a failed row a line, and last a line with what it came to or `{\"problem\": ...}`"),
        Shape::Groups => Some("a group a line, and last a line `{\"count\": n}`"),
        _ => None,
    }
}

fn media_of(shape: Shape) -> &'static str {
    match shape {
        Shape::Word | Shape::Metrics => "text/plain",
        Shape::Page => "text/html",
        _ => media::JSON,
    }
}

/// The refusals of a route by status: its own, and those of every route.
pub fn refusals(route: &Route) -> BTreeMap<u16, Vec<Code>> {
    let mut codes =
        vec![Code::ParameterUnknown, Code::ParameterValue, Code::UrlEncoding, Code::HeaderValue, Code::HostRefused, Code::UrlTooLong];
    codes.extend([Code::QueueFull, Code::StoreClosed, Code::StoreFailed, Code::Internal]);
    if route.access == Access::Asker {
        codes.extend([Code::CredentialMissing, Code::CredentialInvalid]);
    }
    if route.takes.is_some() {
        codes.extend([Code::JsonSyntax, Code::JsonDuplicateKey, Code::JsonDepth, Code::JsonText, Code::BodyShape, Code::BodyType]);
        codes.extend([Code::BodyTooLarge, Code::RequestLate]);
    }
    if route.parameters.iter().any(|parameter| parameter.kind == Kind::Condition) {
        codes.extend([Code::JsonSyntax, Code::JsonDuplicateKey, Code::JsonDepth, Code::JsonText, Code::BodyShape]);
    }
    if route.writes() && route.takes.is_none_or(|takes| !matches!(takes.shape, Shape::Query | Shape::Aggregate)) {
        codes.extend([Code::ModelMoved, Code::StoreFull, Code::BehaviourUnavailable]);
    }
    if route.places().next().is_some() {
        codes.push(Code::RouteUnknown);
    }
    codes.extend(route.codes);
    let mut refusals: BTreeMap<u16, Vec<Code>> = BTreeMap::new();
    for code in codes {
        let of_status = refusals.entry(code.status()).or_default();
        if !of_status.contains(&code) {
            of_status.push(code);
        }
    }
    refusals
}

fn refused(status: u16, codes: &[Code]) -> Value {
    let spelled: Vec<&str> = codes.iter().map(|code| code.as_str()).collect();
    let mut response = json!({
        "description": spelled.iter().map(|code| format!("`{code}`")).collect::<Vec<_>>().join(", "),
        "content": { media::PROBLEM: { "schema": named_problem() } },
        "x-codes": spelled,
    });
    let header = match status {
        401 => "WWW-Authenticate",
        429 | 503 => "Retry-After",
        _ => return response,
    };
    if let Some(members) = response.as_object_mut() {
        members.insert("headers".into(), json!({ header: { "schema": { "type": "string" } } }));
    }
    response
}

fn named_problem() -> Value {
    json!({ "$ref": "#/components/schemas/Problem" })
}
