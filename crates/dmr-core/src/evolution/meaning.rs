//! What a schema means, in a form in which two of them can be compared: references followed, words for people left out.

use crate::schema::facts::{Facts, Reader, Types};
use crate::schema::keyword::{Holds, escape, holds};
use crate::schema::resolve::{Document, Spot, Target};
use crate::{Object, Value};
use jsonschema::canonical::{self, Containment};

/// How many values an expanded schema may hold; beyond it two schemas are not compared but told apart.
const MOST: usize = 5_000;
/// How long the text of two schemas may be for the engine to compare what they admit, in bytes.
const LONGEST: usize = 20_000;
/// Members that say nothing about values.
const WORDS: [&str; 8] = ["title", "description", "default", "examples", "$comment", "readOnly", "writeOnly", "deprecated"];

/// One version's schema.
pub(super) struct Side<'a> {
    reader: Reader<'a>,
}

impl<'a> Side<'a> {
    pub(super) fn new(document: Document<'a>) -> Self {
        Self { reader: Reader::new(document) }
    }

    /// What is known of a record.
    pub(super) fn root(&mut self) -> Facts<'a> {
        let root = self.reader.document.root.clone();
        self.reader.facts(&[root])
    }

    /// Whether the schema refers to itself as a whole.
    pub(super) fn refers_to_root(&self) -> bool {
        self.reader.document.refers_to_root
    }

    /// What is known of a property; none where only a branch of a choice declares it: then the choice is compared as a whole.
    pub(super) fn property(&mut self, object: &Facts<'a>, name: &str) -> Option<Facts<'a>> {
        let spots = object.property(name)?.spots.clone();
        Some(self.reader.facts(&spots))
    }

    /// Properties that are declared so that no value satisfies them.
    pub(super) fn refused(&mut self, object: &Facts<'a>) -> Vec<String> {
        let mut refused = Vec::new();
        for property in &object.properties {
            if self.reader.facts(&property.spots).types == Types::NONE {
                refused.push(property.name.clone());
            }
        }
        refused
    }

    /// What is known of the elements of a list.
    pub(super) fn elements(&mut self, list: &Facts<'a>) -> Option<Facts<'a>> {
        (!list.tuple && !list.items.is_empty()).then(|| self.reader.facts(&list.items))
    }

    /// What a keyword says at each place it stands, expanded.
    pub(super) fn said(&self, facts: &Facts<'a>, keyword: &str) -> Vec<Value> {
        let places = facts.rules.iter().filter(|(name, _)| *name == keyword);
        places.map(|(_, spot)| self.expanded(spot, keyword)).collect()
    }

    fn expanded(&self, spot: &Spot<'a>, keyword: &str) -> Value {
        let mut expansion = Expansion { document: &self.reader.document, open: vec![spot.identity()], values: 0 };
        let Some(schema) = spot.value.as_object() else { return Value::Null };
        if keyword == "if" {
            let parts = ["if", "then", "else"].into_iter().filter_map(|part| Some((part, schema.get(part)?)));
            let written = parts.map(|(part, value)| (part.to_owned(), expansion.held(spot, part, Holds::One, value))).collect();
            return Value::Object(written);
        }
        let Some(value) = schema.get(keyword) else { return Value::Null };
        match holds(keyword) {
            Some(how) => expansion.held(spot, keyword, how, value),
            None => value.clone(),
        }
    }
}

struct Expansion<'d, 'a> {
    document: &'d Document<'a>,
    /// The schemas being expanded: one that comes again is named by how far above it is.
    open: Vec<*const Value>,
    values: usize,
}

impl<'a> Expansion<'_, 'a> {
    fn schema(&mut self, spot: &Spot<'a>) -> Value {
        let Some(given) = spot.value.as_object() else { return spot.value.clone() };
        if let Some(above) = self.open.iter().rev().position(|schema| *schema == spot.identity()) {
            return Value::Object([("recursion".to_owned(), Value::from(above))].into_iter().collect());
        }
        self.values += given.len() + 1;
        if self.values > MOST || self.open.len() > 100 {
            // The pointer tells it apart from any other.
            return Value::Object([("elsewhere".to_owned(), Value::from(&*spot.pointer))].into_iter().collect());
        }
        self.open.push(spot.identity());
        let mut out = Object::new();
        for (keyword, value) in given {
            if WORDS.contains(&keyword.as_str())
                || keyword.starts_with("x-")
                || ["$defs", "definitions", "$id", "$anchor"].contains(&keyword.as_str())
            {
                continue;
            }
            let written = match (keyword.as_str(), holds(keyword)) {
                ("$ref" | "$dynamicRef", _) => self.target(spot, keyword, value),
                (_, Some(how)) => self.held(spot, keyword, how, value),
                _ => value.clone(),
            };
            match keyword.as_str() {
                "$ref" | "$dynamicRef" if given.len() == 1 => {
                    self.open.pop();
                    return written;
                }
                "$ref" | "$dynamicRef" => conjoin(&mut out, written),
                "allOf" => written.as_array().cloned().unwrap_or_default().into_iter().for_each(|schema| conjoin(&mut out, schema)),
                _ => {
                    out.insert(keyword.clone(), written);
                }
            }
        }
        self.open.pop();
        out.sort_keys();
        Value::Object(out)
    }

    fn target(&mut self, spot: &Spot<'a>, keyword: &str, value: &'a Value) -> Value {
        match value.as_str().map(|reference| self.document.follow(spot, keyword, reference)) {
            Some(Ok(Target::Here(target))) => self.schema(&target),
            _ => Value::Object([("$ref".to_owned(), value.clone())].into_iter().collect()),
        }
    }

    fn held(&mut self, spot: &Spot<'a>, keyword: &str, how: Holds, value: &'a Value) -> Value {
        match (how, value) {
            (Holds::List | Holds::OneOrList, Value::Array(items)) => {
                let spots = items.iter().enumerate().map(|(at, item)| self.document.enter(spot, &format!("/{keyword}/{at}"), item));
                let spots: Vec<_> = spots.collect();
                spots.iter().map(|spot| self.schema(spot)).collect()
            }
            (Holds::Named | Holds::NamedOrNames, Value::Object(named)) => {
                let mut out = Object::new();
                for (name, schema) in named {
                    let inside = self.document.enter(spot, &format!("/{keyword}/{}", escape(name)), schema);
                    out.insert(name.clone(), self.schema(&inside));
                }
                out.sort_keys();
                Value::Object(out)
            }
            (_, value) => self.schema(&self.document.enter(spot, &format!("/{keyword}"), value)),
        }
    }
}

fn conjoin(out: &mut Object, schema: Value) {
    match out.get_mut("allOf").and_then(Value::as_array_mut) {
        Some(all) => all.push(schema),
        None => {
            out.insert("allOf".to_owned(), Value::Array(vec![schema]));
        }
    }
}

/// How what two schemas admit compares, as far as it can be shown.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Compared {
    /// They admit the same.
    Same,
    /// The new one admits all that the old one does.
    Wider,
    /// The old one admits all that the new one does.
    Narrower,
    /// Neither was shown.
    Unknown,
}

/// Compares two schemas without references, by the engine's normal form.
pub(super) fn compare(old: &Value, new: &Value) -> Compared {
    if old == new {
        return Compared::Same;
    }
    if old.to_string().len() + new.to_string().len() > LONGEST || mentions_decimal(old) || mentions_decimal(new) {
        return Compared::Unknown;
    }
    let normal = |schema: &Value| {
        let options = canonical::options().with_draft(jsonschema::Draft::Draft202012).offline().should_validate_formats(true);
        options.canonicalize(schema).ok()
    };
    let (Some(old), Some(new)) = (normal(old), normal(new)) else { return Compared::Unknown };
    let covers = |outer: &canonical::CanonicalSchema, inner| matches!(outer.covers(inner), Ok(Containment::Yes));
    match (covers(&new, &old), covers(&old, &new)) {
        (true, true) => Compared::Same,
        (true, false) => Compared::Wider,
        (false, true) => Compared::Narrower,
        (false, false) => Compared::Unknown,
    }
}

/// The engine does not know that numeric limits apply to decimals, nor what this house means by its formats.
fn mentions_decimal(schema: &Value) -> bool {
    match schema {
        Value::Object(members) => {
            ["recursion", "elsewhere"].iter().any(|word| members.contains_key(*word))
                || members.get("format").and_then(Value::as_str) == Some("decimal")
                || members.values().any(mentions_decimal)
        }
        Value::Array(items) => items.iter().any(mentions_decimal),
        _ => false,
    }
}
