//! Validation and coercion of a whole record (R4): every violation at once.

use crate::document;
use crate::gate::{Check, Guard, View};
use crate::model::{Behaviour, Field, Fresh, Model};
use crate::path;
use crate::problem::nearest;
use crate::record::PrincipalId;
use crate::types::FieldType;
use crate::{Code, Issue, Object, Problem, Value};

/// Whether what the asker sent names only what it may set: unknown, hidden, read-only and system members are told, nothing is dropped.
/// `owner` is the record's, for rules that ask for it.
pub fn check_rights(model: &Model, view: &View, asker: PrincipalId, owner: PrincipalId, sent: &Object, issues: &mut Vec<Issue>) {
    if view.writes_all && sent.keys().all(|name| model.position(name).is_some()) {
        return;
    }
    for (name, value) in sent {
        let pointer = path::pointer("", name);
        match model.field(name) {
            Some(field) => check_field(model, view, asker, owner, field, value, &pointer, issues),
            None if name.starts_with('_') => issues.push(
                Issue::body(pointer, Code::FieldReadOnly, "members that begin with `_` are the system's and never accepted")
                    .suggest(format!("leave `{name}` out")),
            ),
            None => {
                if !model.open || !view.undeclared.write.holds(owner, asker) {
                    issues.push(undeclared(model, view, name, &pointer));
                }
            }
        }
    }
}

#[expect(clippy::too_many_arguments, reason = "the record's context on a recursive walk")]
fn check_field(
    model: &Model,
    view: &View,
    asker: PrincipalId,
    owner: PrincipalId,
    field: &Field,
    value: &Value,
    pointer: &str,
    issues: &mut Vec<Issue>,
) {
    let access = view.access(field.id);
    if !access.write.holds(owner, asker) {
        let seen = access.read.holds(owner, asker);
        issues.push(match field.is(Behaviour::ReadOnly) && (seen || access.read != Guard::Never) {
            true => Issue::body(pointer, Code::FieldReadOnly, format!("`{}` is never accepted from a client", field.name())),
            false if seen => Issue::body(pointer, Code::RightMissing, format!("you may read `{}` but not write it", field.name())),
            false => undeclared(model, view, field.name(), pointer),
        });
        return;
    }
    let (Value::Object(inner), false) = (value, field.children.is_empty()) else { return };
    let hides = !view.undeclared.write.holds(owner, asker) || field.children.iter().any(|child| !view.access(child.id).known);
    for (name, value) in inner {
        let pointer = path::pointer(pointer, name);
        match field.child(name) {
            Some(child) => check_field(model, view, asker, owner, child, value, &pointer, issues),
            // Else the one name that is refused among all that are data would be a hidden field's.
            None if hides => issues.push(undeclared(model, view, name, &pointer)),
            None => {}
        }
    }
}

fn undeclared(model: &Model, view: &View, name: &str, pointer: &str) -> Issue {
    let names: Vec<&str> =
        model.fields.iter().filter(|field| view.access_for(field.id, Check::ColumnSuggest).known).map(Field::name).collect();
    Issue::body(pointer, Code::FieldUnknown, format!("the model has no field `{name}`")).suggest_all(nearest(name, names))
}

/// A record that does not satisfy its model.
#[derive(Debug)]
pub struct Unfit {
    /// Every violation.
    pub issues: Vec<Issue>,
    /// What nothing is wrong with: only the store knows whether its unique keys are free.
    pub stands: Object,
}

impl Unfit {
    /// The unique keys of what stands, each with its constraint.
    pub fn keys(&self, model: &Model) -> Vec<(u32, Vec<u8>)> {
        if model.uniques.is_empty() {
            return Vec::new();
        }
        unique_keys(model, &self.stands)
    }
}

/// The unique keys of a record, each with its constraint.
pub(super) fn unique_keys(model: &Model, record: &Object) -> Vec<(u32, Vec<u8>)> {
    let doc = document::encode(model, record);
    model.uniques.iter().filter_map(|unique| Some((unique.id, unique.key(&doc)?))).collect()
}

/// Checks a whole record and gives it in canonical form: values as they are stored, constant defaults filled in.
///
/// `own`: whether the record is the asker's.
///
/// # Errors
/// Every violation. What lies in fields the asker may not know is told without place or value.
pub fn check(model: &Model, view: &View, own: bool, record: Object) -> Result<Object, Box<Unfit>> {
    check_new(model, view, own, record, None)
}

/// The same for a new record: what factories make of `fresh` is filled in too.
pub fn check_new(model: &Model, view: &View, own: bool, mut record: Object, fresh: Option<&Fresh>) -> Result<Object, Box<Unfit>> {
    let mut issues = Vec::new();
    if let Some(fresh) = fresh {
        for (field, _) in model.made() {
            if !record.contains_key(field.name())
                && let Some(value) = fresh.value(field)
            {
                record.insert(field.name().to_owned(), value);
            }
        }
    }
    settle(&model.fields, &mut record, "", &mut issues);
    issues.extend(reserved_key(model, &record));
    let validator = model.validator().map_err(|problem| Box::new(Unfit { issues: problem.errors, stands: Object::new() }))?;
    let value = Value::Object(record);
    if issues.is_empty() && validator.accepts(&value) {
        let Value::Object(record) = value else { return Ok(Object::new()) };
        return Ok(record);
    }
    for issue in validator.check(&value) {
        // What could not be read stands there no more: the validator knows less of it.
        let inside = |known: &Issue| known.pointer.strip_prefix(&issue.pointer).is_some_and(|rest| rest.starts_with('/'));
        if !issues.iter().any(|known| known.pointer == issue.pointer || issue.code == Code::ValueType && inside(known)) {
            issues.push(issue);
        }
    }
    if issues.is_empty() {
        issues.push(Issue::body("", Code::ValueInvalid, "the record does not satisfy its model"));
    }
    let Value::Object(record) = value else { return Ok(Object::new()) };
    let stands = without(record, &issues);
    Err(Box::new(Unfit { issues: issues.into_iter().map(|issue| veil(model, view, own, issue)).collect(), stands }))
}

/// What stands behind a model in addresses beside its records: no record can be called so.
const SUB_ROUTES: [&str; 7] = ["query", "batch", "search", "aggregate", "export", "import", "changes"];

/// A declared key that would name an address of something else.
fn reserved_key(model: &Model, record: &Object) -> Option<Issue> {
    if model.head.key.is_empty() {
        return None;
    }
    let path = model.names(&model.head.key);
    let mut names = path.split('.');
    let value = names.next().and_then(|first| record.get(first))?;
    let key = names.try_fold(value, |value, name| value.get(name))?.as_str().filter(|key| SUB_ROUTES.contains(key))?;
    let pointer = format!("/{}", path.replace('.', "/"));
    Some(Issue::body(pointer, Code::NameReserved, format!("no record can be called `{key}`: an address of the model is called so")))
}

/// Fills defaults, writes texts as their fields ask for it and reads each value by its field's type.
fn settle(fields: &[Field], object: &mut Object, above: &str, issues: &mut Vec<Issue>) {
    for field in fields {
        let Some(value) = object.get_mut(field.name()) else {
            if let Some(default) = &field.shape.default {
                object.insert(field.name().to_owned(), field.normal(default.clone()));
            }
            continue;
        };
        field.normalise(value);
        if value.is_null() || matches!(field.shape.kind, FieldType::Text if value.is_string()) {
            continue;
        }
        if let (Value::Object(inner), false) = (&mut *value, field.children.is_empty()) {
            settle(&field.children, inner, &path::pointer(above, field.name()), issues);
            continue;
        }
        match field.shape.kind.read(std::mem::take(value)) {
            Ok(read) => *value = read,
            Err(fault) => {
                let pointer = path::pointer(above, field.name()) + &fault.pointer;
                issues.push(Issue::body(pointer, fault.code, fault.message).suggest_all(fault.suggestions));
            }
        }
    }
}

/// Takes place and value out of an issue about what the asker may not know, and the value alone where it may not read it.
fn veil(model: &Model, view: &View, own: bool, mut issue: Issue) -> Issue {
    let seen = |guard: Guard| guard == Guard::Always || guard == Guard::Own && own;
    if !(view.plain && seen(view.sight())) && matches!(issue.value, Some(Value::Object(_) | Value::Array(_))) {
        // A rule about an object shows the whole of it, hidden members too.
        issue.value = None;
    }
    let pointer = issue.pointer.clone();
    let mut level = &model.fields;
    for step in pointer.split('/').skip(1) {
        let name = step.replace("~1", "/").replace("~0", "~");
        let Some(field) = level.iter().find(|field| field.name() == name) else { break };
        let access = view.access_for(field.id, Check::ColumnProblem);
        if !access.known {
            return Issue::body("", Code::ValueInvalid, "the record does not satisfy its model in a part you may not see");
        }
        if !seen(access.read) {
            // What is not shown of this record is not shown in an error either (WRITE_ONLY, or a row that is only written).
            issue.value = None;
        }
        level = &field.children;
    }
    told(view, issue)
}

/// The validator suggests from the whole schema: only to those who may know all of it.
fn told(view: &View, issue: Issue) -> Issue {
    if view.knows_all { issue } else { Issue { suggestions: Vec::new(), ..issue } }
}

/// What was sent without what is refused already: its values are held against no rule, so that nothing is told of a hidden field's.
pub fn without(mut sent: Object, issues: &[Issue]) -> Object {
    for issue in issues {
        let names: Vec<String> = issue.pointer.split('/').skip(1).map(|step| step.replace("~1", "/").replace("~0", "~")).collect();
        if let Some((last, above)) = names.split_last() {
            let object = above.iter().try_fold(&mut sent, |object, name| object.get_mut(name).and_then(Value::as_object_mut));
            object.map(|object| object.shift_remove(last));
        }
    }
    sent
}

/// A problem of issues: forbidden where a right is missing, else invalid.
pub fn refusal(issues: Vec<Issue>) -> Problem {
    let code = if issues.iter().all(|issue| issue.code == Code::RightMissing) { Code::RightMissing } else { Code::ValueInvalid };
    Problem::of(code, issues)
}
