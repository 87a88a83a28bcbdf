//! What the server says of itself: OpenAPI 3.1, made from the table of routes.

mod model;
mod operation;
mod parameter;
mod schemas;
mod shapes;

pub use model::of_model;

use crate::route::{Family, Route};
use dmr::core::{Object, Value};
use serde_json::json;

/// The document of all routes.
pub fn all() -> Value {
    let about = "A dynamic model registry: models described at run time, their records stored, validated, guarded and recorded. \
                 The routes of records are here for any model; `/openapi/{model}.json` has them for one, with each field, constraint and error.";
    let mut paths = Object::new();
    for route in crate::routes() {
        add(&mut paths, route.template, route, operation::describe(route, &operation::named));
    }
    document("dmr", about, paths, &shapes::all())
}

fn add(paths: &mut Object, path: &str, route: &Route, operation: Value) {
    // The last segment is an address with an ending; a template cannot say that, but a reader of the document can.
    let path = if path == dmr_api::route::OPENAPI_MODEL { "/openapi/{model}.json" } else { path };
    let item = paths.entry(path).or_insert_with(|| json!({}));
    if let Some(item) = item.as_object_mut() {
        item.insert(route.method.as_str().to_lowercase(), operation);
    }
}

fn document(title: &str, about: &str, paths: Object, schemas: &Object) -> Value {
    let tags: Vec<Value> =
        [Family::Service, Family::Models, Family::Gatekeeper, Family::Records, Family::Audit, Family::Principals, Family::Ingestion]
            .iter()
            .map(|family| json!({ "name": family.as_str() }))
            .collect();
    json!({
        "openapi": "3.1.0",
        "jsonSchemaDialect": "https://json-schema.org/draft/2020-12/schema",
        "info": { "title": title, "version": env!("CARGO_PKG_VERSION"), "description": about, "license": { "name": "MIT OR Apache-2.0", "identifier": "MIT OR Apache-2.0" } },
        "servers": [{ "url": "/" }],
        "tags": tags,
        "security": [{ "key": [] }, {}],
        "paths": paths,
        "components": {
            "securitySchemes": { "key": { "type": "http", "scheme": "bearer", "description": "an API key: `Authorization: Bearer <key>`" } },
            "schemas": schemas,
        },
    })
}
