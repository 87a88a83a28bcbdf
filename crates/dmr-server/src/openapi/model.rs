//! The document of one model: its records' routes, with each field, constraint and code, for the caller's view (P6).

use super::{add, document, operation, schemas, shapes};
use crate::route::Route;
use dmr::SeenModel;
use dmr::core::permission::Operation;
use dmr::core::{Problem, Value};
use dmr_api::route;
use serde_json::json;

/// The routes of a record, with what a caller must be allowed to do for each to be of use.
const OF_RECORDS: [(&str, Operation); 11] = [
    ("list_records", Operation::List),
    ("create_records", Operation::Create),
    ("query_records", Operation::List),
    ("search_records", Operation::List),
    ("get_record", Operation::Read),
    ("replace_record", Operation::Update),
    ("update_record", Operation::Update),
    ("delete_record", Operation::Delete),
    ("record_history", Operation::Read),
    ("restore_record", Operation::Update),
    ("revert_record", Operation::Update),
];

/// The document of a model, under the name it was asked by.
///
/// # Errors
/// Where the model's schema is not one that was registered.
pub fn of_model(seen: &SeenModel, name: &str) -> Result<Value, Problem> {
    let mut paths = dmr::core::Object::new();
    for (wanted, needs) in OF_RECORDS {
        let Some(found) = crate::routes().iter().find(|route| route.operation == wanted) else { continue };
        if seen.view.may(needs) {
            let path = found.template.replace("{model}", &route::fill("{model}", &[name]));
            add(&mut paths, &path, found, narrowed(found, name));
        }
    }
    let mut all = shapes::all();
    for (name, schema) in schemas::of_records(seen)? {
        all.insert(name.to_owned(), schema);
    }
    let head = &seen.model.head;
    let about = head.description.clone().unwrap_or_else(|| format!("The records of {}.", head.name.path()));
    Ok(document(name, &about, paths, &all))
}

/// An operation for one model: without the parameters that would make an answer something else than a record of it.
fn narrowed(route: &Route, name: &str) -> Value {
    let mut operation = operation::describe(route, &operation::named);
    let Some(members) = operation.as_object_mut() else { return operation };
    members.insert("operationId".into(), json!(format!("{}_{}", route.operation, name.replace(|c: char| !c.is_ascii_alphanumeric(), "_"))));
    if let Some(parameters) = members.get_mut("parameters").and_then(Value::as_array_mut) {
        let part = !matches!(route.operation, "list_records" | "search_records");
        let left_out = |name: &str| matches!(name, "model" | "numbers" | "filters") || name == "fields" && part;
        parameters.retain(|parameter| !parameter.get("name").and_then(Value::as_str).is_some_and(left_out));
    }
    operation
}
