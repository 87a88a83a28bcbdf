//! The parameters of a list: `?price__gte=10&sort=-price&limit=50`.

use super::Operator;
use super::condition::{Condition, Document, Expand, MOST_PARTS, read_condition, read_count, read_expand, read_path, sort_of};
use crate::problem::nearest;
use crate::{Code, Issue, Place, Value, json};

/// Which rows of deleted records are asked for; a right of its own.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub enum Deleted {
    /// Only living records.
    #[default]
    Exclude,
    /// Both.
    Include,
    /// Only deleted ones.
    Only,
}

/// The parameters of a list, read.
#[derive(Debug, Clone, PartialEq, Default)]
pub struct Parameters {
    /// The question.
    pub document: Document,
    /// Whether deleted records are asked for.
    pub deleted: Deleted,
    /// Whether numbers come as strings.
    pub numbers_as_text: bool,
}

const RESERVED: [&str; 11] = ["where", "sort", "fields", "expand", "limit", "cursor", "page", "page_size", "count", "deleted", "numbers"];

/// Reads the decoded pairs of a query string. A name that is not a parameter is a filter: a path of names joined by dots, and after `__`
/// an operator.
///
/// # Errors
/// Everything that is wrong with their shape; whether fields exist is the gate's to say.
pub fn read_parameters(pairs: &[(String, String)]) -> Result<Parameters, Vec<Issue>> {
    let mut reading = Reading::default();
    for (name, value) in pairs {
        reading.pair(name, value);
    }
    reading.finish()
}

/// A whole number from 1 in decimal digits. What is too large to count is as large as can be: it is capped anyway.
pub fn whole(text: &str) -> Option<usize> {
    let digits = !text.is_empty() && text.bytes().all(|byte| byte.is_ascii_digit());
    digits.then(|| text.parse().unwrap_or(usize::MAX)).filter(|number| *number > 0)
}

/// As [`whole`], of a JSON number; 7.0 is 7.
pub fn whole_value(value: &Value) -> Option<usize> {
    let number = value.as_f64().filter(|number| *number >= 1.0 && number.fract() == 0.0)?;
    let exact = value.as_u64().and_then(|exact| usize::try_from(exact).ok());
    #[expect(clippy::cast_possible_truncation, clippy::cast_sign_loss, reason = "whole, from 1; what is too large is as large as can be")]
    Some(exact.unwrap_or(number as usize))
}

/// References to expand, joined by commas, or a JSON list of paths.
fn expand_list(value: &str) -> Option<Vec<Expand>> {
    let at = |field| Expand { field, pointer: "expand".to_owned() };
    if value.starts_with('[') {
        let paths = read_expand(&json::parse(value.as_bytes()).ok()?, "")?;
        return Some(paths.into_iter().map(|path| at(path.field)).collect());
    }
    let paths = value.split(',').filter(|path| !path.is_empty());
    Some(paths.map(|path| at(path.split('.').map(str::to_owned).collect())).collect())
}

#[derive(Default)]
struct Reading {
    out: Parameters,
    seen: Vec<String>,
    filters: Vec<(String, Vec<String>)>,
    conditions: Vec<Condition>,
    issues: Vec<Issue>,
}

impl Reading {
    fn pair(&mut self, name: &str, value: &str) {
        if RESERVED.contains(&name) {
            if self.seen.iter().any(|seen| seen == name) {
                self.wrong(name, Code::ParameterValue, "this parameter is given once");
                return;
            }
            self.seen.push(name.to_owned());
            return self.reserved(name, value);
        }
        match self.filters.iter_mut().find(|(known, _)| known == name) {
            Some((_, values)) => values.push(value.to_owned()),
            None => self.filters.push((name.to_owned(), vec![value.to_owned()])),
        }
    }

    fn reserved(&mut self, name: &str, value: &str) {
        match name {
            "where" => self.condition(value),
            "sort" => self.out.document.sort = value.split(',').filter(|part| !part.is_empty()).map(|part| sort_of(part, "sort")).collect(),
            "fields" => match value.starts_with('[') {
                true => self.field_list(value),
                false => {
                    let paths =
                        value.split(',').filter(|part| !part.is_empty()).map(|path| path.split('.').map(str::to_owned).collect()).collect();
                    self.out.document.fields = Some(paths);
                }
            },
            "expand" => match expand_list(value) {
                Some(expand) => self.out.document.expand = expand,
                None => self.wrong("expand", Code::ParameterValue, "`expand` is a list of references, or of paths as JSON"),
            },
            "limit" | "page_size" => match whole(value) {
                Some(limit) => self.out.document.limit = Some(limit),
                None => self.wrong(name, Code::ParameterValue, "this is a whole number from 1"),
            },
            "page" => match whole(value) {
                Some(page) => self.out.document.page = Some(page),
                None => self.wrong(name, Code::ParameterValue, "pages are counted from 1"),
            },
            // An empty one is the beginning: a template that puts in `next` need not ask whether there is one.
            "cursor" => self.out.document.cursor = Some(value.to_owned()).filter(|cursor| !cursor.is_empty()),
            "count" => match read_count(value) {
                Some(count) => self.out.document.count = count,
                None => self.wrong(name, Code::ParameterValue, "`count` is `exact`, `estimated` or `none`"),
            },
            "deleted" => match value {
                "exclude" => self.out.deleted = Deleted::Exclude,
                "include" => self.out.deleted = Deleted::Include,
                "only" => self.out.deleted = Deleted::Only,
                _ => self.wrong(name, Code::ParameterValue, "`deleted` is `exclude`, `include` or `only`"),
            },
            _ => match value {
                "string" => self.out.numbers_as_text = true,
                "number" => self.out.numbers_as_text = false,
                _ => self.wrong(name, Code::ParameterValue, "`numbers` is `number` or `string`"),
            },
        }
    }

    fn condition(&mut self, value: &str) {
        match json::parse(value.as_bytes()) {
            Ok(document) => {
                let mut issues = Vec::new();
                self.conditions.extend(read_condition(&document, "where", &mut issues));
                self.issues.extend(issues.into_iter().map(|issue| Issue { place: Place::Query, ..issue }));
            }
            Err(fault) => {
                let message = format!("`where` is a condition in JSON: {}", fault.message);
                self.issues.push(Issue::query("where", fault.code, message).suggest(r#"where={"field":"price","op":"gte","value":10}"#));
            }
        }
    }

    fn field_list(&mut self, value: &str) {
        let paths = json::parse(value.as_bytes())
            .ok()
            .and_then(|list| list.as_array().map(|items| items.iter().map(read_path).collect::<Option<Vec<_>>>()));
        match paths.flatten() {
            Some(paths) => self.out.document.fields = Some(paths),
            None => self.wrong("fields", Code::ParameterValue, "`fields` is a list of names, or of paths as JSON"),
        }
    }

    fn finish(mut self) -> Result<Parameters, Vec<Issue>> {
        if self.filters.iter().map(|(_, values)| values.len()).sum::<usize>() > MOST_PARTS {
            self.wrong("", Code::FilterDepth, "too many filters");
        }
        for (name, values) in std::mem::take(&mut self.filters) {
            self.filter(&name, values);
        }
        self.out.document.filter = match self.conditions.len() {
            0 => None,
            1 => self.conditions.pop(),
            _ => Some(Condition::And(self.conditions)),
        };
        if self.out.document.cursor.is_some() && self.out.document.page.is_some() {
            self.issues.push(Issue::query("page", Code::ParameterValue, "a list goes on by `cursor` or by `page`, not both"));
        }
        if ["limit", "page_size"].iter().all(|name| self.seen.iter().any(|seen| seen == name)) {
            self.issues.push(Issue::query(
                "page_size",
                Code::ParameterValue,
                "`page_size` is another name of `limit`: one of them is enough",
            ));
        }
        if self.issues.is_empty() { Ok(self.out) } else { Err(self.issues) }
    }

    fn filter(&mut self, name: &str, values: Vec<String>) {
        let (path, operator) = match name.rsplit_once("__") {
            Some((path, operator)) if !path.is_empty() => (path, operator),
            _ => (name, Operator::Eq.as_str()),
        };
        let several = Operator::find(operator).is_some_and(Operator::takes_several);
        let value = match <[String; 1]>::try_from(values) {
            Ok([value]) if !several => Value::String(value),
            Ok([value]) => Value::Array(vec![Value::String(value)]),
            Err(values) => Value::Array(values.into_iter().map(Value::String).collect()),
        };
        self.conditions.push(Condition::Test {
            field: path.split('.').map(str::to_owned).collect(),
            operator: operator.to_owned(),
            value,
            pointer: name.to_owned(),
            text: true,
        });
    }

    fn wrong(&mut self, name: &str, code: Code, message: &str) {
        let issue = Issue::query(name, code, message);
        self.issues.push(if code == Code::ParameterUnknown { issue.suggest_all(nearest(name, RESERVED)) } else { issue });
    }
}
