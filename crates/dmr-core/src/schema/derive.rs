//! From a schema document to the fields of a model (M1).

use super::defaults::{self, Given};
use super::draft::Draft;
use super::facts::{Facts, Reader, Types};
use super::resolve::Document;
use super::{guard, message, shape};
use crate::model::Shape;
use crate::{Code, Issue, Problem, Value};

/// What a schema says a record is.
#[derive(Debug, Clone, PartialEq)]
pub struct Derived {
    /// Declared fields in the schema's order.
    pub fields: Vec<Shape>,
    /// Whether properties that are not declared are kept.
    pub open: bool,
    /// The schema's `title`.
    pub title: Option<String>,
    /// The schema's `description`.
    pub description: Option<String>,
    /// The draft it is written in.
    pub draft: Draft,
}

/// What a schema says a record is (M1).
///
/// Local references are followed, `allOf` is merged, "T or null" is a nullable T. Of a union, of `then` and `else`, the properties of
/// all branches become optional fields: with a type where all branches agree on it, else with [`Any`](crate::FieldType::Any), so that nothing
/// the schema admits is refused. Recursion ends in an object without children.
///
/// # Errors
/// All problems of the schema, each with a JSON pointer into it: `schema.invalid`, `schema.reference`, `schema.default`,
/// `schema.unsupported`, `name.invalid`.
pub fn derive(document: &Value) -> Result<Derived, Problem> {
    guard::check(document)?;
    let draft = Draft::of(document).map_err(Problem::one)?;
    if !document.is_object() {
        let issue = Issue::body("", Code::SchemaInvalid, "a model's schema is an object that describes objects");
        return Err(Problem::one(issue.suggest(r#"{"type": "object", "properties": {...}}"#)));
    }
    let mut issues = against_meta_schema(document, draft);
    let valid = issues.is_empty();
    let (read, unresolved) = Document::read(document, draft);
    issues.extend(unresolved);
    let derived = valid.then(|| read_fields(read, &mut issues)).flatten();
    if issues.is_empty()
        && let Some((_, given)) = &derived
    {
        issues = defaults::issues(document, draft, given);
    }
    match derived {
        Some((derived, _)) if issues.is_empty() => Ok(derived),
        _ => {
            let code = issues.first().map_or(Code::SchemaInvalid, |issue| issue.code);
            let same = issues.iter().all(|issue| issue.code == code);
            Err(Problem::of(if same { code } else { Code::SchemaInvalid }, issues))
        }
    }
}

/// As [`derive`], for a document that was accepted before: does not hold it against its meta-schema again.
///
/// # Errors
/// As [`derive`].
pub fn derive_kept(document: &Value) -> Result<Derived, Problem> {
    guard::check(document)?;
    let draft = Draft::of(document).map_err(Problem::one)?;
    let (read, mut issues) = Document::read(document, draft);
    let derived = read_fields(read, &mut issues);
    derived.filter(|_| issues.is_empty()).map(|(derived, _)| derived).ok_or_else(|| Problem::of(Code::SchemaInvalid, issues))
}

fn read_fields<'a>(document: Document<'a>, issues: &mut Vec<Issue>) -> Option<(Derived, Vec<Given<'a>>)> {
    let (root, draft) = (document.root.clone(), document.draft);
    let mut reader = Reader::new(document);
    let facts = reader.facts(&[root]);
    if !facts.types.has(Types::OBJECT) {
        let issue = Issue::body("/type", Code::SchemaInvalid, "a record is an object, so its schema describes objects").rule("type");
        issues.push(issue.suggest(r#""type": "object""#));
        return None;
    }
    let (fields, defaults) = shape::shapes(&mut reader, &facts, issues);
    if reader.exhausted() {
        issues.push(Issue::body("", Code::SchemaUnsupported, "the references of the schema fan out too far to be followed"));
        return None;
    }
    Some((described(&facts, fields, draft), defaults))
}

fn described(facts: &Facts<'_>, fields: Vec<Shape>, draft: Draft) -> Derived {
    Derived { fields, open: facts.open(), title: facts.title.map(str::to_owned), description: facts.description.map(str::to_owned), draft }
}

/// What the draft's own schema says against a document.
fn against_meta_schema(document: &Value, draft: Draft) -> Vec<Issue> {
    let meta = match draft {
        Draft::Draft4 => jsonschema::draft4::meta::validator(),
        Draft::Draft6 => jsonschema::draft6::meta::validator(),
        Draft::Draft7 => jsonschema::draft7::meta::validator(),
        Draft::Draft2019 => jsonschema::draft201909::meta::validator(),
        Draft::Draft2020 => jsonschema::draft202012::meta::validator(),
    };
    if meta.is_valid(document) {
        return Vec::new();
    }
    let mut issues = message::issues(meta.iter_errors(document), &Value::Null);
    for issue in &mut issues {
        issue.code = Code::SchemaInvalid;
    }
    issues
}
