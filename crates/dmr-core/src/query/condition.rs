//! What is asked: the query document, with fields by name.

use super::Operator;
use crate::problem::nearest;
use crate::{Code, Issue, Object, Value};

/// How deep conditions may nest.
pub const MOST_DEPTH: usize = 32;
/// How many tests and values a condition may have.
pub const MOST_PARTS: usize = 10_000;

/// A condition with fields by name.
#[derive(Debug, Clone, PartialEq)]
pub enum Condition {
    /// All of them.
    And(Vec<Condition>),
    /// One of them.
    Or(Vec<Condition>),
    /// The opposite.
    Not(Box<Condition>),
    /// One test.
    Test {
        /// The path of names.
        field: Vec<String>,
        /// The operator as it was spelled: whether it exists is told only of a field that does.
        operator: String,
        /// The value, or values.
        value: Value,
        /// Where it stands: a pointer, or the parameter's name.
        pointer: String,
        /// Whether `value` is text to be read by the field's type, as parameters are.
        text: bool,
    },
}

/// One member of an order.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Sort {
    /// The path of names.
    pub field: Vec<String>,
    /// Greater first.
    pub descending: bool,
    /// Where it stands.
    pub pointer: String,
}

/// A reference to follow to the records it names (M5).
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Expand {
    /// The path of names: of a reference, and on from there of references of the records it names.
    pub field: Vec<String>,
    /// Where it stands.
    pub pointer: String,
}

/// Whether and how the total is told.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub enum Count {
    /// Not at all.
    #[default]
    None,
    /// Exactly, within the scan's budget.
    Exact,
    /// Exactly where that is free, else as the number of records the asker could see at most.
    Estimated,
}

/// A question, as it was asked.
#[derive(Debug, Clone, PartialEq, Default)]
pub struct Document {
    /// Which records.
    pub filter: Option<Condition>,
    /// In which order.
    pub sort: Vec<Sort>,
    /// Which fields, each a path of names; none: all.
    pub fields: Option<Vec<Vec<String>>>,
    /// Beside each record, the records that it refers to.
    pub expand: Vec<Expand>,
    /// At most so many.
    pub limit: Option<usize>,
    /// From where to go on.
    pub cursor: Option<String>,
    /// The number of the page, from 1, instead of a cursor.
    pub page: Option<usize>,
    /// Whether the total is told.
    pub count: Count,
    /// Whether it came as a document, not as parameters.
    pub is_body: bool,
}

impl Document {
    /// Reads the query document `{where, sort, fields, expand, limit, cursor, count}`.
    ///
    /// # Errors
    /// Everything that is wrong with its shape.
    pub fn read(document: &Value) -> Result<Self, Vec<Issue>> {
        let mut issues = Vec::new();
        let mut out = Self { is_body: true, ..Self::default() };
        let Value::Object(members) = document else {
            return Err(vec![Issue::body("", Code::BodyShape, "a query document is an object")]);
        };
        const MEMBERS: [&str; 7] = ["where", "sort", "fields", "expand", "limit", "cursor", "count"];
        for (name, value) in members {
            let pointer = crate::path::pointer("", name);
            match name.as_str() {
                "where" => out.filter = read_condition(value, "/where", &mut issues),
                "sort" => out.sort = read_sort(value, &mut issues),
                "fields" => out.fields = read_fields(value, &mut issues),
                "expand" => match read_expand(value, "/expand") {
                    Some(expand) => out.expand = expand,
                    None => issues.push(Issue::body(
                        pointer,
                        Code::BodyShape,
                        "`expand` is a list of references, each a text or a list of texts",
                    )),
                },
                "limit" => match super::whole_value(value) {
                    Some(limit) => out.limit = Some(limit),
                    None => issues.push(Issue::body(pointer, Code::ParameterValue, "`limit` is a whole number from 1").value(value)),
                },
                "cursor" => match value {
                    Value::Null => {}
                    Value::String(cursor) if cursor.is_empty() => {}
                    Value::String(cursor) => out.cursor = Some(cursor.clone()),
                    _ => issues.push(Issue::body(pointer, Code::CursorInvalid, "a cursor is a text").value(value)),
                },
                "count" => match value.as_str().and_then(read_count) {
                    Some(count) => out.count = count,
                    None => issues.push(Issue::body(pointer, Code::ParameterValue, "`count` is `exact` or `estimated`").value(value)),
                },
                other => issues.push(
                    Issue::body(pointer, Code::ParameterUnknown, format!("a query document has no member `{other}`"))
                        .suggest_all(nearest(other, MEMBERS)),
                ),
            }
        }
        if issues.is_empty() { Ok(out) } else { Err(issues) }
    }
}

/// Reads `exact`, `estimated` or `none`.
pub fn read_count(text: &str) -> Option<Count> {
    match text {
        "exact" => Some(Count::Exact),
        "estimated" => Some(Count::Estimated),
        "none" => Some(Count::None),
        _ => None,
    }
}

/// Reads a condition of a query document.
pub fn read_condition(value: &Value, pointer: &str, issues: &mut Vec<Issue>) -> Option<Condition> {
    let mut parts = 0;
    read_level(value, pointer, 0, &mut parts, issues)
}

fn read_level(value: &Value, pointer: &str, depth: usize, parts: &mut usize, issues: &mut Vec<Issue>) -> Option<Condition> {
    *parts += 1;
    if depth > MOST_DEPTH || *parts > MOST_PARTS {
        if !issues.iter().any(|issue| issue.code == Code::FilterDepth) {
            issues.push(Issue::body(
                pointer,
                Code::FilterDepth,
                format!("a condition nests at most {MOST_DEPTH} deep and has at most {MOST_PARTS} parts"),
            ));
        }
        return None;
    }
    let shape = |issues: &mut Vec<Issue>| {
        issues.push(
            Issue::body(pointer, Code::BodyShape, "a condition is {and: [...]}, {or: [...]}, {not: ...} or {field, op, value}")
                .suggest(r#"{"field": "price", "op": "gte", "value": 10}"#),
        );
        None
    };
    let Value::Object(members) = value else { return shape(issues) };
    if let Some(inner) = members.get("not").filter(|_| members.len() == 1) {
        return Some(Condition::Not(Box::new(read_level(inner, &format!("{pointer}/not"), depth + 1, parts, issues)?)));
    }
    for name in ["and", "or"] {
        if let Some(inner) = members.get(name).filter(|_| members.len() == 1) {
            let Value::Array(items) = inner else { return shape(issues) };
            let pointer = format!("{pointer}/{name}");
            let conditions = items
                .iter()
                .enumerate()
                .filter_map(|(at, item)| read_level(item, &format!("{pointer}/{at}"), depth + 1, parts, issues))
                .collect();
            return Some(if name == "and" { Condition::And(conditions) } else { Condition::Or(conditions) });
        }
    }
    if members.contains_key("field") && members.keys().all(|key| matches!(key.as_str(), "field" | "op" | "value")) {
        return read_test(members, pointer, parts, issues);
    }
    shape(issues)
}

fn read_test(members: &Object, pointer: &str, parts: &mut usize, issues: &mut Vec<Issue>) -> Option<Condition> {
    let field = members.get("field").and_then(read_path);
    let Some(field) = field else {
        issues.push(Issue::body(format!("{pointer}/field"), Code::BodyShape, "a field is a text or a list of texts"));
        return None;
    };
    let operator = match members.get("op") {
        None => Operator::Eq.as_str(),
        Some(Value::String(operator)) => operator,
        Some(_) => {
            issues.push(Issue::body(format!("{pointer}/op"), Code::FilterOperator, "an operator is a text"));
            return None;
        }
    };
    let value = members.get("value").cloned().unwrap_or(Value::Null);
    if let Value::Array(items) = &value {
        *parts += items.len();
        if *parts > MOST_PARTS {
            issues.push(Issue::body(format!("{pointer}/value"), Code::FilterDepth, format!("a condition has at most {MOST_PARTS} values")));
            return None;
        }
    }
    Some(Condition::Test { field, operator: operator.to_owned(), value, pointer: pointer.to_owned(), text: false })
}

/// Reads a path: `address.city`, or an array of names.
pub fn read_path(value: &Value) -> Option<Vec<String>> {
    match value {
        Value::String(path) => Some(path.split('.').map(str::to_owned).collect()),
        Value::Array(names) => {
            names.iter().map(|name| name.as_str().map(str::to_owned)).collect::<Option<Vec<_>>>().filter(|names| !names.is_empty())
        }
        _ => None,
    }
}

pub(crate) fn read_sort(value: &Value, issues: &mut Vec<Issue>) -> Vec<Sort> {
    let items: Vec<&Value> = match value {
        Value::Array(items) => items.iter().collect(),
        Value::String(_) => vec![value],
        _ => {
            issues.push(Issue::body("/sort", Code::BodyShape, "`sort` is a list of fields, `-` before one for descending"));
            return Vec::new();
        }
    };
    let mut out = Vec::new();
    for (at, item) in items.iter().enumerate() {
        let pointer = format!("/sort/{at}");
        match item {
            Value::String(text) => out.extend(text.split(',').map(|part| sort_of(part, &pointer))),
            Value::Array(_) => match read_path(item) {
                Some(mut field) => {
                    let descending = field[0].starts_with('-');
                    if descending {
                        field[0].remove(0);
                    }
                    out.push(Sort { field, descending, pointer });
                }
                None => issues.push(Issue::body(pointer, Code::BodyShape, "a path is a list of names")),
            },
            _ => issues.push(Issue::body(pointer, Code::BodyShape, "a field to sort by is a text")),
        }
    }
    out
}

/// Reads `-price`.
pub fn sort_of(text: &str, pointer: &str) -> Sort {
    let (descending, path) = match text.strip_prefix('-') {
        Some(path) => (true, path),
        None => (false, text),
    };
    Sort { field: path.split('.').map(str::to_owned).collect(), descending, pointer: pointer.to_owned() }
}

/// Reads a list of paths to expand, each at its place in the list.
pub(crate) fn read_expand(value: &Value, at: &str) -> Option<Vec<Expand>> {
    let one = |(place, value): (usize, &Value)| Some(Expand { field: read_path(value)?, pointer: format!("{at}/{place}") });
    value.as_array()?.iter().enumerate().map(one).collect()
}

fn read_fields(value: &Value, issues: &mut Vec<Issue>) -> Option<Vec<Vec<String>>> {
    let Value::Array(items) = value else {
        issues.push(Issue::body("/fields", Code::BodyShape, "`fields` is a list of fields"));
        return None;
    };
    let paths = items.iter().map(read_path).collect::<Option<Vec<_>>>();
    if paths.is_none() {
        issues.push(Issue::body("/fields", Code::BodyShape, "a field is a text or a list of texts"));
    }
    paths
}
