//! An aggregate as it is asked for, with fields by name.

use super::Op;
use crate::number::Decimal;
use crate::path::pointer;
use crate::problem::nearest;
use crate::query::{Condition, Sort, read_condition, read_path, read_sort, whole_value};
use crate::{Code, Issue, Object, Value};

/// How many fields an aggregate may group by.
pub const MOST_GROUP_FIELDS: usize = 16;
/// How many measures an aggregate may have.
pub const MOST_MEASURES: usize = 64;
/// How long the name of a measure may be.
const MOST_NAME: usize = 100;

/// An aggregate, as it was asked for.
#[derive(Debug, Clone, PartialEq, Default)]
pub struct Asked {
    /// The fields to group by, each a path of names; none: everything is one group.
    pub group_by: Vec<AskedField>,
    /// What is measured of each group, in the order of the answer.
    pub measures: Vec<AskedMeasure>,
    /// Which records.
    pub filter: Option<Condition>,
    /// Which groups, by what they came to.
    pub having: Option<Condition>,
    /// The order of the groups, by what they came to; without one, by their values.
    pub sort: Vec<Sort>,
    /// At most so many groups.
    pub limit: Option<usize>,
}

/// A field, and where it was named.
#[derive(Debug, Clone, PartialEq)]
pub struct AskedField {
    /// The path of names.
    pub path: Vec<String>,
    /// Where it stands.
    pub pointer: String,
}

/// A measure, as it was asked for.
#[derive(Debug, Clone, PartialEq)]
pub struct AskedMeasure {
    /// Its name in the answer.
    pub name: String,
    /// What is measured.
    pub op: Op,
    /// Of which field; only a count needs none.
    pub field: Option<AskedField>,
    /// Of a quantile: the share of the values below it, from 0 to 1.
    pub share: Option<Decimal>,
    /// Where it stands.
    pub pointer: String,
}

impl Asked {
    /// Reads `{group_by, measures: {<name>: {op, field, q}}, where, having, sort, limit}`.
    ///
    /// # Errors
    /// Everything that is wrong with its shape; whether fields exist is the gate's to say.
    pub fn read(document: &Value) -> Result<Self, Vec<Issue>> {
        const MEMBERS: [&str; 6] = ["group_by", "measures", "where", "having", "sort", "limit"];
        let Value::Object(members) = document else {
            return Err(vec![Issue::body("", Code::BodyShape, "an aggregate is an object").suggest(EXAMPLE)]);
        };
        let mut issues = Vec::new();
        let mut out = Self::default();
        for (name, value) in members {
            match name.as_str() {
                "group_by" => out.group_by = read_fields(value, &mut issues),
                "measures" => out.measures = read_measures(value, &mut issues),
                "where" => out.filter = read_condition(value, "/where", &mut issues),
                "having" => out.having = read_condition(value, "/having", &mut issues),
                "sort" => out.sort = read_sort(value, &mut issues),
                "limit" => match whole_value(value) {
                    Some(limit) => out.limit = Some(limit),
                    None => issues.push(Issue::body("/limit", Code::ParameterValue, "`limit` is a whole number from 1").value(value)),
                },
                other => issues.push(
                    Issue::body(pointer("", other), Code::ParameterUnknown, format!("an aggregate has no member `{other}`"))
                        .suggest_all(nearest(other, MEMBERS)),
                ),
            }
        }
        if issues.is_empty() && out.group_by.is_empty() && out.measures.is_empty() {
            issues.push(Issue::body("", Code::BodyShape, "an aggregate groups by something, measures something, or both").suggest(EXAMPLE));
        }
        if issues.is_empty() { Ok(out) } else { Err(issues) }
    }
}

const EXAMPLE: &str = r#"{"group_by": ["country"], "measures": {"people": {"op": "count"}, "mean": {"op": "avg", "field": "balance"}}}"#;

fn read_fields(value: &Value, issues: &mut Vec<Issue>) -> Vec<AskedField> {
    let single = [value.clone()];
    let items: &[Value] = match value {
        Value::Array(items) => items,
        Value::String(_) => &single,
        _ => {
            issues.push(Issue::body("/group_by", Code::BodyShape, "`group_by` is a list of fields").suggest(r#"["country"]"#));
            return Vec::new();
        }
    };
    if items.len() > MOST_GROUP_FIELDS {
        issues.push(Issue::body("/group_by", Code::ParameterValue, format!("an aggregate groups by at most {MOST_GROUP_FIELDS} fields")));
        return Vec::new();
    }
    let read = |(at, item): (usize, &Value)| {
        let pointer = if value.is_array() { format!("/group_by/{at}") } else { "/group_by".to_owned() };
        let path = read_path(item);
        if path.is_none() {
            issues.push(Issue::body(pointer.clone(), Code::BodyShape, "a field is a text or a list of texts"));
        }
        path.map(|path| AskedField { path, pointer })
    };
    items.iter().enumerate().filter_map(read).collect()
}

fn read_measures(value: &Value, issues: &mut Vec<Issue>) -> Vec<AskedMeasure> {
    let Value::Object(measures) = value else {
        let message = "`measures` is an object of measures by name";
        issues.push(Issue::body("/measures", Code::BodyShape, message).suggest(r#"{"total": {"op": "sum", "field": "price"}}"#));
        return Vec::new();
    };
    if measures.len() > MOST_MEASURES {
        issues.push(Issue::body("/measures", Code::ParameterValue, format!("an aggregate has at most {MOST_MEASURES} measures")));
        return Vec::new();
    }
    measures.iter().filter_map(|(name, measure)| read_measure(name, measure, issues)).collect()
}

fn read_measure(name: &str, value: &Value, issues: &mut Vec<Issue>) -> Option<AskedMeasure> {
    let pointer = pointer("/measures", name);
    let before = issues.len();
    if !is_name(name) {
        let message =
            format!("the name of a measure is of letters, digits and `_`, begins with a letter and has at most {MOST_NAME} characters");
        issues.push(Issue::body(pointer.clone(), Code::ParameterValue, message));
    }
    let Value::Object(members) = value else {
        issues.push(Issue::body(pointer, Code::BodyShape, "a measure is {op, field, q}").suggest(r#"{"op": "sum", "field": "price"}"#));
        return None;
    };
    for other in members.keys().filter(|key| !matches!(key.as_str(), "op" | "field" | "q")) {
        let message = format!("a measure has no member `{other}`");
        let issue = Issue::body(crate::path::pointer(&pointer, other), Code::ParameterUnknown, message);
        issues.push(issue.suggest_all(nearest(other, ["op", "field", "q"])));
    }
    let op = read_op(members, &pointer, issues)?;
    let field = read_field(members, op, &pointer, issues);
    let share = read_share(members, op, &pointer, issues);
    (issues.len() == before).then(|| AskedMeasure { name: name.to_owned(), op, field, share, pointer })
}

fn is_name(name: &str) -> bool {
    name.starts_with(|first: char| first.is_ascii_alphabetic())
        && name.bytes().all(|byte| byte.is_ascii_alphanumeric() || byte == b'_')
        && name.len() <= MOST_NAME
}

fn read_op(members: &Object, above: &str, issues: &mut Vec<Issue>) -> Option<Op> {
    let spelled = members.get("op").and_then(Value::as_str);
    let op = spelled.and_then(Op::find);
    if op.is_none() {
        let all = Op::ALL.map(Op::as_str);
        let (message, near) = match spelled {
            Some(spelled) => (format!("there is no measure `{spelled}`: there are {}", all.join(", ")), nearest(spelled, all)),
            None => (format!("a measure has an `op`: one of {}", all.join(", ")), Vec::new()),
        };
        issues.push(Issue::body(format!("{above}/op"), Code::FilterOperator, message).suggest_all(near));
    }
    op
}

fn read_field(members: &Object, op: Op, above: &str, issues: &mut Vec<Issue>) -> Option<AskedField> {
    let pointer = format!("{above}/field");
    let Some(value) = members.get("field") else {
        if op != Op::Count {
            issues.push(Issue::body(pointer, Code::BodyShape, format!("`{}` is of a field", op.as_str())));
        }
        return None;
    };
    let path = read_path(value);
    if path.is_none() {
        issues.push(Issue::body(pointer.clone(), Code::BodyShape, "a field is a text or a list of texts"));
    }
    path.map(|path| AskedField { path, pointer })
}

fn read_share(members: &Object, op: Op, above: &str, issues: &mut Vec<Issue>) -> Option<Decimal> {
    let pointer = format!("{above}/q");
    let mut wrong = |message: &str, value: Option<&Value>| {
        let issue = Issue::body(pointer.clone(), Code::ParameterValue, message).suggest(r#""q": 0.95"#);
        issues.push(match value {
            Some(value) => issue.value(value),
            None => issue,
        });
        None
    };
    let value = match (members.get("q"), op == Op::Quantile) {
        (None, false) => return None,
        (None, true) => return wrong("a quantile has a `q`: the share of the values below it", None),
        (Some(value), false) => return wrong("only a quantile has a `q`", Some(value)),
        (Some(value), true) => value,
    };
    let share = match value {
        Value::Number(number) => Decimal::parse(number.as_str()),
        _ => None,
    };
    let one = Decimal { negative: false, exponent: 1, digits: vec![1] };
    let share = share.filter(|share| !share.negative && *share <= one);
    match share {
        Some(share) => Some(share),
        None => wrong("`q` is a number from 0 to 1", Some(value)),
    }
}
