//! Rules made of schemas: compared by what they admit, as far as that can be shown.

use super::super::meaning::{Compared, compare as admits};
use super::{Rules, Verdict};
use crate::{Object, Value};

/// Keywords whose meaning depends on what stands beside them.
const DEPENDING: [&str; 3] = ["additionalProperties", "unevaluatedProperties", "unevaluatedItems"];

/// A keyword that holds schemas.
pub(super) fn compare(rules: &Rules<'_, '_, '_>, group: &str) -> Option<Verdict> {
    let keywords: &[&str] = match group {
        "contains" => &["contains", "minContains", "maxContains"],
        "items" | "prefixItems" | "additionalItems" => &["items", "prefixItems", "additionalItems"],
        _ => &[group],
    };
    let (mut old, mut new) = (Vec::new(), Vec::new());
    for keyword in keywords {
        let (old_said, new_said) = rules.said(keyword);
        old.extend(old_said.into_iter().map(|said| standing(keyword, said)));
        new.extend(new_said.into_iter().map(|said| standing(keyword, said)));
    }
    let verdict = by_parts(group, &old, &new).or_else(|| by_meaning(&together(old, keywords), &together(new, keywords)))?;
    let closed = group == "properties" && !(rules.old.1.open() && rules.new.1.open());
    let depends = rules.keywords().into_iter().any(|keyword| DEPENDING.contains(&keyword));
    if (depends || closed) && verdict.compared == Compared::Wider {
        return Some(Verdict::other("what other rules of the schema say depends on it"));
    }
    Some(verdict)
}

/// Every part must hold, so fewer parts admit more. What stands in one list of parts and not in the other decides, where it stands alone.
fn by_parts(group: &str, old: &[Value], new: &[Value]) -> Option<Verdict> {
    if ["contains", "items", "prefixItems", "additionalItems"].contains(&group) {
        return None;
    }
    let within = |some: &[Value], all: &[Value]| some.iter().all(|part| all.contains(part));
    match (within(new, old), within(old, new)) {
        (true, false) => Some(Verdict::looser("a rule is gone")),
        (false, true) => Some(Verdict::tighter("a rule is new")),
        _ => None,
    }
}

fn by_meaning(old: &Value, new: &Value) -> Option<Verdict> {
    match admits(old, new) {
        Compared::Same => None,
        Compared::Wider => Some(Verdict::looser("admits all it did, and more")),
        Compared::Narrower => Some(Verdict::tighter("admits less than it did")),
        Compared::Unknown => Some(Verdict::other("cannot be shown to admit all it did")),
    }
}

/// What a keyword says, as a schema of its own.
fn standing(keyword: &str, said: Value) -> Value {
    if keyword == "if" {
        return said;
    }
    Value::Object([(keyword.to_owned(), said)].into_iter().collect())
}

/// Schemas that all hold; members that belong together in one.
fn together(schemas: Vec<Value>, joined: &[&str]) -> Value {
    if joined.len() > 1 && schemas.len() <= joined.len() {
        let members = schemas.iter().filter_map(Value::as_object).flatten().map(|(keyword, said)| (keyword.clone(), said.clone()));
        let merged: Object = members.collect();
        if merged.len() == schemas.len() {
            return Value::Object(merged);
        }
    }
    Value::Object([("allOf".to_owned(), Value::Array(schemas))].into_iter().collect())
}
