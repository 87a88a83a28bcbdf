//! How many schemas apply to one and the same value, one inside or behind another: a circle of references never ends, a long chain
//! exhausts the stack and a wide one the processor. Nothing here recurses.

use super::keyword::subschemas;
use super::resolve::{Document, Spot, Target};
use crate::{Code, Issue, Value};
use std::collections::HashMap;

/// How many schemas may apply to one value one behind another.
pub(crate) const LONGEST: usize = 32;
/// How many schemas may apply to one value, counting each as often as it is reached.
const MOST: usize = 20_000;

/// Members whose schemas apply to the same value as the schema they stand in.
const IN_PLACE: [&str; 9] = ["allOf", "anyOf", "oneOf", "not", "if", "then", "else", "dependentSchemas", "dependencies"];

#[derive(Clone, Copy)]
enum Reach {
    Open,
    Done { length: usize, count: usize },
}

/// What is wrong with how schemas apply one behind another.
pub(crate) fn issues<'a>(document: &Document<'a>, all: &[Spot<'a>]) -> Vec<Issue> {
    let mut known: HashMap<*const Value, Reach> = HashMap::new();
    all.iter().find_map(|spot| walk(document, spot, &mut known)).into_iter().collect()
}

/// Follows everything that applies behind one schema, depth first.
fn walk<'a>(document: &Document<'a>, start: &Spot<'a>, known: &mut HashMap<*const Value, Reach>) -> Option<Issue> {
    let mut open = vec![(start.clone(), false)];
    while let Some((spot, left)) = open.pop() {
        let identity = spot.identity();
        if left {
            let behind = next(document, &spot);
            let reaches = behind.iter().filter_map(|spot| match known.get(&spot.identity()) {
                Some(Reach::Done { length, count }) => Some((*length, *count)),
                _ => None,
            });
            let (length, count) = reaches.fold((1, 1_usize), |(length, count), (l, c)| (length.max(l + 1), count.saturating_add(c)));
            if length > LONGEST || count > MOST {
                let message = format!("more than {LONGEST} schemas apply to one value one behind another, or more than {MOST} in all");
                return Some(Issue::body(&*spot.pointer, Code::SchemaUnsupported, message));
            }
            known.insert(identity, Reach::Done { length, count });
            continue;
        }
        match known.get(&identity) {
            Some(Reach::Done { .. }) => continue,
            Some(Reach::Open) => return Some(circle(&spot)),
            None => {}
        }
        known.insert(identity, Reach::Open);
        open.push((spot.clone(), true));
        for inside in next(document, &spot) {
            match known.get(&inside.identity()) {
                Some(Reach::Done { .. }) => {}
                Some(Reach::Open) if ends(&open, &inside) => return Some(circle(&inside)),
                _ => open.push((inside, false)),
            }
        }
    }
    None
}

/// Whether a schema that is being followed comes again.
fn ends(open: &[(Spot<'_>, bool)], spot: &Spot<'_>) -> bool {
    open.iter().any(|(other, left)| *left && other.identity() == spot.identity())
}

fn circle(spot: &Spot<'_>) -> Issue {
    Issue::body(&*spot.pointer, Code::SchemaReference, "the references from here lead back to here for the same value").rule("$ref")
}

/// The schemas that apply to the same value as this one.
fn next<'a>(document: &Document<'a>, spot: &Spot<'a>) -> Vec<Spot<'a>> {
    let Some(schema) = spot.value.as_object() else { return Vec::new() };
    let mut found = Vec::new();
    for keyword in ["$ref", "$dynamicRef", "$recursiveRef"] {
        let reference = schema.get(keyword).and_then(Value::as_str);
        if let Some(Ok(Target::Here(target))) = reference.map(|reference| document.follow(spot, keyword, reference)) {
            found.push(target);
        }
    }
    if document.draft.reference_alone() && !found.is_empty() {
        return found;
    }
    for (suffix, inside) in subschemas(schema) {
        let keyword = suffix.split('/').nth(1).unwrap_or_default();
        if IN_PLACE.contains(&keyword) {
            found.push(document.enter(spot, &suffix, inside));
        }
    }
    found
}
