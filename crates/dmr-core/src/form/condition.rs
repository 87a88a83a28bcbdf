//! What is required when: `dependentRequired`, and `if` where its test is a simple one.

use super::control::Control;
use super::rules;
use crate::schema::facts::Facts;
use crate::{Object, Value};
use serde::{Deserialize, Serialize};

/// What holds of an object's fields where a test says yes, or no.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct Condition {
    /// The test, over one field.
    pub when: Test,
    /// Fields that are then required.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub then_required: Vec<String>,
    /// Fields that are only then declared.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub then_fields: Vec<String>,
    /// Fields that are else required.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub else_required: Vec<String>,
    /// Fields that are only else declared.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub else_fields: Vec<String>,
}

/// A test over one field of an object.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct Test {
    /// The field.
    pub field: String,
    /// Its value is one of these; empty where any will do.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub is: Vec<Value>,
    /// What the test says where the field is absent.
    pub absent: bool,
}

impl Test {
    /// What it says of an object.
    pub fn holds(&self, object: &Object) -> bool {
        match object.get(&self.field) {
            None => self.absent,
            Some(value) => self.is.is_empty() || self.is.contains(value),
        }
    }
}

impl Condition {
    /// Whether a field is required in an object by this condition.
    pub fn requires(&self, name: &str, object: &Object) -> bool {
        let named = if self.when.holds(object) { &self.then_required } else { &self.else_required };
        named.iter().any(|own| own == name)
    }

    /// Whether a field has no place in an object: the other branch declares it.
    pub fn excludes(&self, name: &str, object: &Object) -> bool {
        let (others, own) = match self.when.holds(object) {
            true => (&self.else_fields, &self.then_fields),
            false => (&self.then_fields, &self.else_fields),
        };
        others.iter().any(|other| other == name) && !own.iter().any(|own| own == name)
    }
}

/// Takes the conditions of an object over into its control.
pub(super) fn add(control: &mut Control, facts: &Facts<'_>) {
    for (keyword, spot) in &facts.rules {
        match *keyword {
            "dependentRequired" | "dependencies" => depend(control, keyword, spot.value.get(*keyword)),
            "if" => branch(control, spot.value, facts),
            _ => {}
        }
    }
}

fn depend(control: &mut Control, keyword: &str, given: Option<&Value>) {
    for (field, needs) in given.and_then(Value::as_object).into_iter().flatten() {
        match needs {
            Value::Array(names) => {
                let then_required: Vec<String> = names.iter().filter_map(|name| name.as_str().map(str::to_owned)).collect();
                let when = Test { field: field.clone(), is: Vec::new(), absent: false };
                let none = Vec::new;
                control.conditions.push(Condition { when, then_required, then_fields: none(), else_required: none(), else_fields: none() });
            }
            _ => rules::leave(control, keyword, "what members must be can depend on whether others are there"),
        }
    }
}

fn branch(control: &mut Control, schema: &Value, facts: &Facts<'_>) {
    let (then, otherwise) = (schema.get("then"), schema.get("else"));
    if then.is_none() && otherwise.is_none() {
        return;
    }
    let Some(when) = schema.get("if").and_then(test) else {
        rules::leave(control, "if", "what members must be depends on others");
        return;
    };
    let (then_required, then_fields, then_plain) = told(then, facts);
    let (else_required, else_fields, else_plain) = told(otherwise, facts);
    if !(then_plain && else_plain) {
        rules::leave(control, "if", "what members must be depends on others");
    }
    control.conditions.push(Condition { when, then_required, then_fields, else_required, else_fields });
}

/// A test of one property's value, or of its being there.
fn test(schema: &Value) -> Option<Test> {
    let schema = schema.as_object()?;
    let known = |name: &String| matches!(name.as_str(), "properties" | "required" | "type" | "title" | "description" | "$comment");
    let required: Vec<&str> = schema.get("required").and_then(Value::as_array).into_iter().flatten().filter_map(Value::as_str).collect();
    let mut properties = schema.get("properties").and_then(Value::as_object).into_iter().flatten();
    let first = properties.next();
    if properties.next().is_some() || !schema.keys().all(known) {
        return None;
    }
    match (first, required.as_slice()) {
        (None, [only]) => Some(Test { field: (*only).to_owned(), is: Vec::new(), absent: false }),
        (Some((name, tested)), [] | [_]) if required.iter().all(|other| other == name) => {
            let is = values(tested)?;
            Some(Test { field: name.clone(), is, absent: required.is_empty() })
        }
        _ => None,
    }
}

fn values(schema: &Value) -> Option<Vec<Value>> {
    let schema = schema.as_object()?;
    let known = |name: &String| matches!(name.as_str(), "const" | "enum" | "type" | "title" | "description");
    if !schema.keys().all(known) {
        return None;
    }
    match (schema.get("const"), schema.get("enum")) {
        (Some(value), None) => Some(vec![value.clone()]),
        (None, Some(Value::Array(values))) => Some(values.clone()),
        _ => None,
    }
}

/// What a branch requires, what only it declares, and whether that is all it says.
fn told(branch: Option<&Value>, facts: &Facts<'_>) -> (Vec<String>, Vec<String>, bool) {
    let Some(branch) = branch.filter(|branch| **branch != Value::Bool(true)) else { return (Vec::new(), Vec::new(), true) };
    let required = branch.get("required").and_then(Value::as_array).into_iter().flatten();
    let required = required.filter_map(|name| name.as_str().map(str::to_owned)).collect();
    let declared = branch.get("properties").and_then(Value::as_object);
    let (own, shared): (Vec<&String>, Vec<&String>) =
        declared.into_iter().flatten().map(|(name, _)| name).partition(|name| facts.property(name).is_none());
    let members = branch.as_object();
    let plain = |name: &String| matches!(name.as_str(), "required" | "properties" | "title" | "description" | "$comment" | "type");
    let all = shared.is_empty() && members.is_some_and(|members| members.keys().all(plain));
    (required, own.into_iter().cloned().collect(), all)
}
