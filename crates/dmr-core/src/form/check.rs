//! Checking one answer against the rules of its control, as the record will be checked as a whole.

use super::control::Control;
use crate::schema::Validator;
use crate::{Issue, Object, Value};

/// What is wrong with a value by the rules and options of a control alone, with pointers below the value; nothing is said of what is inside it.
pub fn check(control: &Control, value: &Value) -> Vec<Issue> {
    if value.is_null() && control.nullable {
        return Vec::new();
    }
    let mut schema = match control.scalar() {
        Some(kind) => match kind.schema() {
            Value::Object(schema) => schema,
            _ => Object::new(),
        },
        None => Object::new(),
    };
    if !control.options.is_empty() && !control.others {
        schema.insert("enum".to_owned(), control.options.iter().map(|option| option.value.clone()).collect());
    }
    let mut others = Vec::new();
    for rule in &control.rules {
        let Some(limit) = &rule.value else { continue };
        if schema.contains_key(&rule.rule) {
            others.push(Value::Object([(rule.rule.clone(), limit.clone())].into_iter().collect()));
        } else {
            schema.insert(rule.rule.clone(), limit.clone());
        }
    }
    if !others.is_empty() {
        schema.insert("allOf".to_owned(), Value::Array(others));
    }
    let whole = Value::Object(schema);
    Validator::compile(&whole).map(|validator| validator.check(value)).unwrap_or_default()
}
