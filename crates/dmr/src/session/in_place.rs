//! What a merge patch on a model asks for: of its members only those that change in place (M4).

use super::write::object;
use crate::seen::SeenModel;
use dmr_core::registration::Registration;
use dmr_core::{Code, Issue, Object, Problem, Value};
use serde_json::json;

/// What a merge patch makes of the members of a model that change in place.
pub(super) fn in_place(seen: &SeenModel, patch: Value) -> Result<Registration, Problem> {
    const MEMBERS: [&str; 6] = ["fields", "indexes", "unique", "tags", "description", "storage"];
    let mut patch = object(patch)?;
    let wrong: Vec<Issue> = patch
        .keys()
        .filter(|name| !MEMBERS.contains(&name.as_str()))
        .map(|name| {
            Issue::body(dmr_core::path::pointer("", name), Code::DefinitionInvalid, format!("`{name}` does not change in place"))
                .suggest("register the next version with PUT")
        })
        .collect();
    if !wrong.is_empty() {
        return Err(Problem::of(Code::DefinitionInvalid, wrong));
    }
    if let Some(Value::Object(fields)) = patch.get_mut("fields") {
        for (name, settings) in fields.iter_mut() {
            if let Value::Object(given) = settings {
                *settings = Value::Object(merged(current_settings(seen, name), given));
            }
        }
    }
    for name in ["indexes", "unique", "tags"] {
        if patch.get(name).is_some_and(Value::is_null) {
            patch.insert(name.into(), json!([]));
        }
    }
    Registration::read_next(seen.model.head.name.clone(), seen.model.head.source, Value::Object(patch))
}

fn current_settings(seen: &SeenModel, name: &str) -> Object {
    let mut level = &seen.model.fields;
    let mut id = None;
    for part in name.split('.') {
        let Some(field) = level.iter().find(|field| field.name() == part) else { return Object::new() };
        id = Some(field.id);
        level = &field.children;
    }
    match id.and_then(|id| seen.model.head.settings.get(&id)).map(serde_json::to_value) {
        Some(Ok(Value::Object(settings))) => settings,
        _ => Object::new(),
    }
}

fn merged(mut current: Object, given: &Object) -> Object {
    for (name, value) in given {
        match value {
            Value::Null => drop(current.shift_remove(name)),
            value => drop(current.insert(name.clone(), value.clone())),
        }
    }
    current
}
