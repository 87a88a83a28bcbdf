//! A record under a JSON Patch: the operations apply to it as the asker sees it, and touch only what it may (R1, P3).

use super::check::check_rights;
use super::merge::{self, Hand};
use super::patch::{JsonPatch, Touch};
use crate::model::Field;
use crate::path::SystemField;
use crate::record::Record;
use crate::{Code, Issue, Object, Problem, Value, time};

/// The record after a patch, whether it set what the asker cannot see, and what it set.
pub(super) fn patched(hand: Hand<'_>, before: &Record, patch: &JsonPatch) -> Result<(Object, bool, Vec<Object>), Problem> {
    let current = merge::current(hand.model, &before.doc);
    let mut shown = current.clone();
    merge::retain_readable(hand, &mut shown);
    shown.extend(system(before));
    let mut document = Value::Object(shown);
    let (mut unseen, mut set) = (false, Vec::new());
    let result = patch.apply(&mut document, &mut |document, member, touch| match touch {
        Touch::Read(path) => {
            if reads(hand, document, path) {
                Vec::new()
            } else {
                vec![unknown(hand, member, path)]
            }
        }
        Touch::Take(path) => sets(hand, member, path, &Value::Null),
        Touch::Set(path, value) => {
            let sent = nested(path, value);
            unseen |= merge::sets_unseen(hand, &sent);
            if !hand.model.references.is_empty() {
                set.push(sent);
            }
            sets(hand, member, path, value)
        }
    });
    result.map_err(refused)?;
    let Value::Object(mut sent) = document else {
        return Err(Problem::one(Issue::body("", Code::ValueType, "a record stays an object")));
    };
    SystemField::ALL.iter().for_each(|field| drop(sent.shift_remove(field.as_str())));
    Ok((merge::replace(hand, &current, sent), unseen, set))
}

/// What the system keeps, as it is told.
fn system(record: &Record) -> Object {
    let told = |field: SystemField| match field {
        SystemField::Id => Some(record.id.to_string().into()),
        SystemField::Version => Some(record.version.into()),
        SystemField::CreatedAt => Some(time::text(record.created_at).into()),
        SystemField::UpdatedAt => Some(time::text(record.updated_at).into()),
        SystemField::CreatedBy => Some(record.created_by.to_string().into()),
        SystemField::UpdatedBy => Some(record.updated_by.to_string().into()),
        SystemField::Owner => Some(record.owner.to_string().into()),
        SystemField::DeletedAt => record.deleted_at.map(|at| time::text(at).into()),
    };
    SystemField::ALL.into_iter().filter_map(|field| Some((field.as_str().to_owned(), told(field)?))).collect()
}

/// Whether a path lies in what the asker sees of the record, or could lie there.
fn reads(hand: Hand<'_>, document: &Value, path: &[String]) -> bool {
    reads_in(hand, &hand.model.fields, hand.model.open, Some(document), path)
}

fn reads_in(hand: Hand<'_>, fields: &[Field], open: bool, here: Option<&Value>, path: &[String]) -> bool {
    let Some((name, rest)) = path.split_first() else { return true };
    let inside = here.and_then(|value| value.get(name));
    match fields.iter().find(|field| field.name() == name) {
        Some(field) if hand.reads(field) && field.children.is_empty() => true,
        Some(field) if hand.reads(field) => reads_in(hand, &field.children, field.shape.open, inside, rest),
        Some(_) | None if inside.is_some() => true,
        // Where something is hidden, the one name that is unknown among all that are absent would be a hidden field's.
        Some(_) | None => open && hand.reads_undeclared() && fields.iter().all(|field| hand.reads(field)),
    }
}

/// What is against setting a value at a path.
fn sets(hand: Hand<'_>, member: &str, path: &[String], value: &Value) -> Vec<Issue> {
    if path.is_empty() && !value.is_object() {
        return vec![Issue::body(member, Code::ValueType, "a record stays an object; it is deleted with DELETE")];
    }
    let mut issues = Vec::new();
    check_rights(hand.model, hand.view, hand.asker, hand.owner, &nested(path, value), &mut issues);
    let whole = path.iter().fold(String::new(), |above, name| crate::path::pointer(&above, name));
    issues
        .into_iter()
        .map(|issue| match issue.pointer.strip_prefix(&whole).filter(|rest| rest.starts_with('/')) {
            Some(rest) if member == "/path" => Issue { pointer: format!("/value{rest}"), ..issue },
            _ if issue.code == Code::FieldUnknown => unknown(hand, member, path),
            _ => Issue { pointer: member.to_owned(), ..issue },
        })
        .collect()
}

/// A value at the end of a path, as the object that would be sent to set it.
fn nested(path: &[String], value: &Value) -> Object {
    let whole = path.iter().rev().fold(value.clone(), |inner, name| Value::Object([(name.clone(), inner)].into_iter().collect()));
    match whole {
        Value::Object(object) => object,
        _ => Object::new(),
    }
}

/// The answer for a path that leads out of what the asker sees: the same whether anything is there or not.
fn unknown(hand: Hand<'_>, member: &str, path: &[String]) -> Issue {
    let issue = hand.view.unknown(hand.model, &path.join("."));
    Issue { place: crate::problem::Place::Body, pointer: member.to_owned(), ..issue }
}

/// Under the code of its issues where they agree.
fn refused(issues: Vec<Issue>) -> Problem {
    let code = issues.first().map_or(Code::ValueInvalid, |first| first.code);
    let one = issues.iter().all(|issue| issue.code == code);
    Problem::of(if one { code } else { Code::ValueInvalid }, issues)
}
