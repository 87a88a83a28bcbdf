//! Rewriting schemas of any draft as 2020-12 in one resource: every reference leads to a name under `$defs`.

use super::super::draft::Draft;
use super::super::keyword::{Holds, escape, holds, since};
use super::super::resolve::{Document, Spot, Target};
use super::notes::Notes;
use crate::{Object, Value};
use std::collections::HashMap;

/// Members that say nothing about values; they stay where JSON Schema ignores what stands beside `$ref`.
const ANNOTATIONS: [&str; 9] = ["title", "description", "default", "examples", "$comment", "readOnly", "writeOnly", "deprecated", "format"];

/// Members that the rewriting takes away: their work is done by names under `$defs`.
const ADDRESSES: [&str; 9] =
    ["$schema", "id", "$id", "$anchor", "$dynamicAnchor", "$recursiveAnchor", "$vocabulary", "definitions", "$defs"];

/// Writes schemas, and gathers what they refer to.
pub(super) struct Writer<'d, 'a> {
    document: &'d Document<'a>,
    notes: &'d Notes,
    names: HashMap<*const Value, String>,
    used: HashMap<String, usize>,
    pending: Vec<(String, Spot<'a>)>,
    /// Whether it matters which keyword looks at a member: `unevaluatedProperties` does not know what `dependencies` saw, but what
    /// `dependentSchemas` did.
    by_looks: bool,
}

impl<'d, 'a> Writer<'d, 'a> {
    /// `whole`: the root is written itself, and references to it stay so.
    pub(super) fn new(document: &'d Document<'a>, notes: &'d Notes, whole: bool) -> Self {
        let mut names = HashMap::new();
        if whole {
            names.insert(document.root.identity(), String::new());
        }
        let by_looks = document.draft >= Draft::Draft2019 && mentions(document.root.value, "unevaluatedProperties");
        Self { document, notes, names, used: HashMap::new(), pending: Vec::new(), by_looks }
    }

    /// The schema at a place.
    pub(super) fn schema(&mut self, spot: &Spot<'a>) -> Value {
        let Some(given) = spot.value.as_object() else {
            let mut out = spot.value.clone();
            self.notes.annotate(&spot.pointer, &mut out);
            return out;
        };
        let mut out = Object::new();
        let alone = self.draft().reference_alone() && given.contains_key("$ref");
        for (keyword, value) in given {
            if ADDRESSES.contains(&keyword.as_str()) || keyword.starts_with("x-dmr-") || since(keyword) > self.draft() {
                continue;
            }
            if alone && keyword != "$ref" && !(ANNOTATIONS.contains(&keyword.as_str()) && keyword != "format") && !keyword.starts_with("x-")
            {
                continue;
            }
            self.member(spot, given, keyword, value, &mut out);
        }
        let mut out = Value::Object(out);
        self.notes.annotate(&spot.pointer, &mut out);
        out
    }

    /// Adds what the written schemas refer to, under `$defs`.
    pub(super) fn finish(mut self, mut schema: Value) -> Value {
        let mut defs: Vec<(String, Value)> = Vec::new();
        while let Some((name, spot)) = self.pending.pop() {
            let written = self.schema(&spot);
            defs.push((name, written));
        }
        defs.sort_by(|a, b| a.0.cmp(&b.0));
        if let (false, Some(members)) = (defs.is_empty(), schema.as_object_mut()) {
            members.insert("$defs".to_owned(), Value::Object(defs.into_iter().collect()));
        }
        schema
    }

    fn draft(&self) -> Draft {
        self.document.draft
    }

    fn member(&mut self, spot: &Spot<'a>, given: &'a Object, keyword: &str, value: &'a Value, out: &mut Object) {
        let modern = self.draft() == Draft::Draft2020;
        match keyword {
            "$ref" | "$dynamicRef" | "$recursiveRef" => self.reference(spot, keyword, value, out),
            "minimum" | "maximum" if excludes(given, keyword) => {
                out.insert(format!("exclusive{}", if keyword == "minimum" { "Minimum" } else { "Maximum" }), value.clone());
            }
            "exclusiveMinimum" | "exclusiveMaximum" if value.is_boolean() => {}
            "items" if value.is_array() && !modern => {
                out.insert("prefixItems".to_owned(), self.held(spot, keyword, Holds::List, value));
            }
            "additionalItems" if !modern => {
                if given.get("items").is_some_and(Value::is_array) {
                    out.insert("items".to_owned(), self.held(spot, keyword, Holds::One, value));
                }
            }
            "dependencies" if !modern && !self.by_looks => self.dependencies(spot, value, out),
            _ => {
                let written = match holds(keyword) {
                    Some(how) => self.held(spot, keyword, how, value),
                    None => value.clone(),
                };
                say(out, keyword, written);
            }
        }
    }

    fn held(&mut self, spot: &Spot<'a>, keyword: &str, how: Holds, value: &'a Value) -> Value {
        match (how, value) {
            (Holds::List | Holds::OneOrList, Value::Array(items)) => {
                let below = |at: usize, item| self.document.enter(spot, &format!("/{keyword}/{at}"), item);
                let spots: Vec<_> = items.iter().enumerate().map(|(at, item)| below(at, item)).collect();
                spots.iter().map(|spot| self.schema(spot)).collect()
            }
            (Holds::Named | Holds::NamedOrNames, Value::Object(named)) => {
                let mut out = Object::new();
                for (name, schema) in named {
                    let inside = self.document.enter(spot, &format!("/{keyword}/{}", escape(name)), schema);
                    out.insert(name.clone(), self.schema(&inside));
                }
                Value::Object(out)
            }
            (_, value) => {
                let inside = self.document.enter(spot, &format!("/{keyword}"), value);
                self.schema(&inside)
            }
        }
    }

    fn reference(&mut self, spot: &Spot<'a>, keyword: &str, value: &'a Value, out: &mut Object) {
        let target = value.as_str().and_then(|reference| self.document.follow(spot, keyword, reference).ok());
        let Some(Target::Here(target)) = target else {
            out.insert("$ref".to_owned(), value.clone());
            return;
        };
        let name = self.name(&target);
        let leads = if name.is_empty() { "#".to_owned() } else { format!("#/$defs/{name}") };
        say(out, "$ref", leads.into());
    }

    /// The name of a place under `$defs`: its own last one, where that is free.
    fn name(&mut self, spot: &Spot<'a>) -> String {
        if let Some(name) = self.names.get(&spot.identity()) {
            return name.clone();
        }
        let last = spot.pointer.rsplit('/').next().filter(|last| !last.is_empty()).unwrap_or("Record");
        let plain: String = last.chars().map(|c| if c.is_ascii_alphanumeric() || c == '-' || c == '.' { c } else { '_' }).collect();
        let count = self.used.entry(plain.clone()).and_modify(|count| *count += 1).or_insert(1);
        let mut name = if *count == 1 { plain.clone() } else { format!("{plain}_{count}") };
        while self.names.values().any(|taken| *taken == name) {
            name.push('_');
        }
        self.names.insert(spot.identity(), name.clone());
        self.pending.push((name.clone(), spot.clone()));
        name
    }

    fn dependencies(&mut self, spot: &Spot<'a>, value: &'a Value, out: &mut Object) {
        let (mut schemas, mut required) = (Object::new(), Object::new());
        for (name, needs) in value.as_object().into_iter().flatten() {
            if needs.is_array() {
                required.insert(name.clone(), needs.clone());
            } else {
                let inside = self.document.enter(spot, &format!("/dependencies/{}", escape(name)), needs);
                schemas.insert(name.clone(), self.schema(&inside));
            }
        }
        for (keyword, members) in [("dependentSchemas", schemas), ("dependentRequired", required)] {
            if members.is_empty() {
                continue;
            }
            say(out, keyword, Value::Object(members));
        }
    }
}

/// Whether a keyword stands anywhere in a document.
fn mentions(value: &Value, keyword: &str) -> bool {
    match value {
        Value::Object(members) => members.iter().any(|(name, value)| name == keyword || mentions(value, keyword)),
        Value::Array(items) => items.iter().any(|item| mentions(item, keyword)),
        _ => false,
    }
}

/// Adds a member; where one of its name was written already, both hold.
fn say(out: &mut Object, keyword: &str, said: Value) {
    match (out.contains_key(keyword), said) {
        (false, said) => {
            out.insert(keyword.to_owned(), said);
        }
        (true, Value::Array(more)) if keyword == "allOf" => {
            if let Some(all) = out.get_mut(keyword).and_then(Value::as_array_mut) {
                all.extend(more);
            }
        }
        (true, said) => {
            let more = Value::Object([(keyword.to_owned(), said)].into_iter().collect());
            say(out, "allOf", Value::Array(vec![more]));
        }
    }
}

/// Draft 4: a flag beside a bound excludes it.
fn excludes(given: &Object, bound: &str) -> bool {
    let flag = if bound == "minimum" { "exclusiveMinimum" } else { "exclusiveMaximum" };
    given.get(flag) == Some(&Value::Bool(true))
}
