//! What a merge patch on a model asks for: of its members only those that change in place (M4).

use super::Session;
use super::write::object;
use crate::seen::SeenModel;
use dmr_core::registration::Registration;
use dmr_core::{Code, Issue, Object, Problem, Value};
use serde_json::json;

/// What a merge patch makes of the members of a model that change in place.
pub(super) fn in_place(session: &Session, seen: &SeenModel, patch: Value) -> Result<Registration, Problem> {
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
                *settings = Value::Object(merged(current_settings(session, seen, name)?, given));
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

/// The settings of a field as they would be given: what it refers to by name.
fn current_settings(session: &Session, seen: &SeenModel, name: &str) -> Result<Object, Problem> {
    let mut level = &seen.model.fields;
    let mut id = None;
    for part in name.split('.') {
        let Some(field) = level.iter().find(|field| field.name() == part) else { return Ok(Object::new()) };
        id = Some(field.id);
        level = &field.children;
    }
    let Some(settings) = id.and_then(|id| seen.model.head.settings.get(&id)) else { return Ok(Object::new()) };
    let Ok(Value::Object(mut told)) = serde_json::to_value(settings) else { return Ok(Object::new()) };
    if let Some(reference) = settings.references {
        told.insert("references".into(), session.told_target(reference.model.unwrap_or(seen.model.id()))?);
        told.insert("on_delete".into(), reference.on_delete.as_str().into());
    }
    Ok(told)
}

fn merged(mut current: Object, given: &Object) -> Object {
    for (name, value) in given {
        match value {
            Value::Null => {
                current.shift_remove(name);
                // What becomes of a reference goes with it.
                if name == "references" {
                    current.shift_remove("on_delete");
                }
            }
            value => drop(current.insert(name.clone(), value.clone())),
        }
    }
    current
}
