//! References of a schema document: where each leads. Nothing is fetched; what is not in the document is an issue.

use super::draft::Draft;
use super::keyword::{escape, subschemas, unescape};
use super::reach;
use crate::{Code, Issue, problem::nearest};
use serde_json::Value;
use std::collections::{HashMap, HashSet};
use std::rc::Rc;

/// The base of a document that names none.
const ROOT: &str = "json-schema:///";

/// A place in the document.
#[derive(Debug, Clone)]
pub(crate) struct Spot<'a> {
    /// What stands there.
    pub(crate) value: &'a Value,
    /// Its JSON pointer from the root of the document.
    pub(crate) pointer: Rc<str>,
    /// The address against which its references are read.
    base: Rc<str>,
}

impl<'a> Spot<'a> {
    /// The place at a pointer below this one.
    pub(crate) fn below(&self, suffix: &str, value: &'a Value) -> Self {
        Self { value, pointer: [&*self.pointer, suffix].concat().into(), base: self.base.clone() }
    }

    /// What makes it itself: two spots with the same are the same.
    pub(crate) fn identity(&self) -> *const Value {
        std::ptr::from_ref(self.value)
    }
}

/// Where a reference leads.
pub(crate) enum Target<'a> {
    /// Into the document.
    Here(Spot<'a>),
    /// To the schema of schemas, which the engine knows.
    Meta,
}

/// A reference: where it stands, its keyword, its text.
struct Reference<'a>(Spot<'a>, &'static str, &'a str);

/// A schema document with its resources and anchors.
pub(crate) struct Document<'a> {
    pub(crate) draft: Draft,
    pub(crate) root: Spot<'a>,
    /// Whether some reference leads to the root.
    pub(crate) refers_to_root: bool,
    resources: HashMap<String, Spot<'a>>,
    anchors: HashMap<(String, String), Spot<'a>>,
}

impl<'a> Document<'a> {
    /// Walks a document; gives every reference in it that leads nowhere as an issue.
    pub(crate) fn read(value: &'a Value, draft: Draft) -> (Self, Vec<Issue>) {
        let root = Spot { value, pointer: Rc::from(""), base: Rc::from(ROOT) };
        let mut document = Self { draft, root: root.clone(), refers_to_root: false, resources: HashMap::new(), anchors: HashMap::new() };
        document.root = document.rebase(root);
        document.resources.insert(ROOT.to_owned(), document.root.clone());
        let (references, all) = document.index();
        let leads = |Reference(spot, keyword, text): &Reference<'a>| document.follow(spot, keyword, text).err();
        let to_root = references.iter().any(|Reference(spot, keyword, text)| match document.follow(spot, keyword, text) {
            Ok(Target::Here(target)) => target.identity() == document.root.identity(),
            _ => false,
        });
        let mut issues: Vec<Issue> = references.iter().filter_map(leads).collect();
        document.refers_to_root = to_root;
        issues.extend(reach::issues(&document, &all));
        (document, issues)
    }

    /// A document that was read before: nothing is looked for in it but what references can name.
    pub(crate) fn known(value: &'a Value, draft: Draft) -> Self {
        let root = Spot { value, pointer: Rc::from(""), base: Rc::from(ROOT) };
        let mut document = Self { draft, root: root.clone(), refers_to_root: false, resources: HashMap::new(), anchors: HashMap::new() };
        document.root = document.rebase(root);
        document.resources.insert(ROOT.to_owned(), document.root.clone());
        document.resources.insert(document.root.base.to_string(), document.root.clone());
        if names_places(value, draft, true) {
            document.index();
        }
        document
    }

    /// Whether every place is read against one base, so that equal references lead to equal places.
    pub(crate) fn is_one_resource(&self) -> bool {
        self.resources.len() <= 2 && self.anchors.is_empty()
    }

    /// Where the reference that stands at a spot leads.
    pub(crate) fn follow(&self, from: &Spot<'a>, keyword: &str, reference: &str) -> Result<Target<'a>, Issue> {
        let issue = |message: String| {
            let pointer = format!("{}/{keyword}", from.pointer);
            Issue::body(pointer, Code::SchemaReference, message).rule(keyword).value(&Value::from(reference))
        };
        let (address, fragment) = reference.split_once('#').unwrap_or((reference, ""));
        let base = match address {
            "" => from.base.to_string(),
            address => join(&from.base, address).ok_or_else(|| issue("the reference is not an address".to_owned()))?,
        };
        let Some(resource) = self.resources.get(&base) else {
            if Draft::find(&base).is_some() {
                return Ok(Target::Meta);
            }
            let message = "the reference leads out of the document, and nothing is fetched".to_owned();
            return Err(issue(message).suggest("put what it names under '$defs' and refer to '#/$defs/<name>'"));
        };
        let fragment = decode(fragment).ok_or_else(|| issue("the reference is not an address".to_owned()))?;
        let found = if fragment.is_empty() {
            Some(resource.clone())
        } else if fragment.starts_with('/') {
            self.descend(resource, &fragment)
        } else {
            self.anchors.get(&(base, fragment)).cloned()
        };
        let found = found.filter(|spot| spot.value.is_object() || spot.value.is_boolean());
        found.map(Target::Here).ok_or_else(|| {
            let near = nearest(reference, self.definitions().iter().map(String::as_str));
            issue("the reference leads nowhere".to_owned()).suggest_all(near)
        })
    }

    /// A place below another, with the base that holds there.
    pub(crate) fn enter(&self, spot: &Spot<'a>, suffix: &str, value: &'a Value) -> Spot<'a> {
        self.rebase(spot.below(suffix, value))
    }

    fn descend(&self, from: &Spot<'a>, pointer: &str) -> Option<Spot<'a>> {
        let mut spot = from.clone();
        for segment in pointer.split('/').skip(1) {
            let value = match spot.value {
                Value::Object(members) => members.get(&unescape(segment))?,
                Value::Array(items) => items.get(segment.parse::<usize>().ok()?)?,
                _ => return None,
            };
            spot = self.enter(&spot, &format!("/{segment}"), value);
        }
        Some(spot)
    }

    fn rebase(&self, mut spot: Spot<'a>) -> Spot<'a> {
        let alone = self.draft.reference_alone() && spot.value.get("$ref").is_some();
        let id = spot.value.get(self.draft.id_member()).and_then(Value::as_str).filter(|id| !alone && !id.starts_with('#'));
        if let Some(base) = id.and_then(|id| join(&spot.base, id.split('#').next().unwrap_or(id))) {
            spot.base = Rc::from(base);
        }
        spot
    }

    /// Gathers resources and anchors, and gives the references and every schema; also of what only a reference reaches, such as a schema
    /// under a member that JSON Schema does not know.
    fn index(&mut self) -> (Vec<Reference<'a>>, Vec<Spot<'a>>) {
        let (mut references, mut all, mut seen) = (Vec::new(), Vec::new(), HashSet::new());
        let mut open = vec![self.root.clone()];
        let mut followed = 0;
        loop {
            while let Some(spot) = open.pop() {
                if seen.insert(spot.identity()) {
                    self.note(&spot, &mut references, &mut open);
                    all.push(spot);
                }
            }
            let targets =
                references[followed..].iter().filter_map(|Reference(spot, keyword, text)| match self.follow(spot, keyword, text) {
                    Ok(Target::Here(target)) if !seen.contains(&target.identity()) => Some(target),
                    _ => None,
                });
            open.extend(targets);
            followed = references.len();
            if open.is_empty() {
                return (references, all);
            }
        }
    }

    fn note(&mut self, spot: &Spot<'a>, references: &mut Vec<Reference<'a>>, open: &mut Vec<Spot<'a>>) {
        let Some(schema) = spot.value.as_object() else { return };
        let text = |member: &str| schema.get(member).and_then(Value::as_str);
        if text(self.draft.id_member()).is_some_and(|id| !id.starts_with('#')) {
            self.resources.entry(spot.base.to_string()).or_insert_with(|| spot.clone());
        }
        let named_by_id = text(self.draft.id_member()).and_then(|id| id.strip_prefix('#'));
        for anchor in [text("$anchor"), text("$dynamicAnchor"), named_by_id].into_iter().flatten() {
            self.anchors.entry((spot.base.to_string(), anchor.to_owned())).or_insert_with(|| spot.clone());
        }
        for keyword in ["$ref", "$dynamicRef", "$recursiveRef"] {
            if let Some(reference) = text(keyword) {
                references.push(Reference(spot.clone(), keyword, reference));
            }
        }
        open.extend(subschemas(schema).into_iter().rev().map(|(suffix, value)| self.enter(spot, &suffix, value)));
    }

    fn definitions(&self) -> Vec<String> {
        let mut found = Vec::new();
        for holder in ["$defs", "definitions"] {
            let named = self.root.value.get(holder).and_then(Value::as_object);
            found.extend(named.into_iter().flatten().map(|(name, _)| format!("#/{holder}/{}", escape(name))));
        }
        found
    }
}

/// Whether something below the root has an address or an anchor of its own.
fn names_places(value: &Value, draft: Draft, root: bool) -> bool {
    match value {
        Value::Object(members) => members.iter().any(|(name, value)| match value {
            Value::String(text) => {
                matches!(name.as_str(), "$anchor" | "$dynamicAnchor") || (name == draft.id_member() && (!root || text.starts_with('#')))
            }
            other => names_places(other, draft, false),
        }),
        Value::Array(items) => items.iter().any(|item| names_places(item, draft, false)),
        _ => false,
    }
}

/// An address read against a base, without a fragment.
fn join(base: &str, address: &str) -> Option<String> {
    let base = jsonschema::uri::from_str(base).ok()?;
    let joined = jsonschema::uri::resolve_against(&base.borrow(), address).ok()?;
    Some(joined.as_str().trim_end_matches('#').to_owned())
}

/// Takes percent signs out of a fragment.
fn decode(fragment: &str) -> Option<String> {
    let mut out = Vec::with_capacity(fragment.len());
    let mut bytes = fragment.bytes();
    while let Some(byte) = bytes.next() {
        let decoded = if byte == b'%' {
            let digit = |byte: Option<u8>| byte.and_then(|byte| char::from(byte).to_digit(16));
            let value = digit(bytes.next())? * 16 + digit(bytes.next())?;
            u8::try_from(value).ok()?
        } else {
            byte
        };
        out.push(decoded);
    }
    String::from_utf8(out).ok()
}
