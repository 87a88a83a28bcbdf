//! From names to references and from values to keys: a condition goes through the gate.

use super::{Condition, Operand, Operator, Predicate, Test};
use crate::fold::fold;
use crate::gate::{FieldRef, Use, View};
use crate::model::Model;
use crate::problem::nearest;
use crate::types::FieldType;
use crate::{Code, Issue, Place, Value};
use regex::RegexBuilder;

/// The most bytes a compiled regular expression may take.
const REGEX_BYTES: usize = 1 << 20;

/// Finds what a path of names refers to, or says that there is no such thing.
pub(crate) type Resolve<'a> = &'a dyn Fn(&[&str]) -> Result<FieldRef, Issue>;

/// Binds a condition for an asker's view. Everything that is wrong is added to `issues`.
pub fn bind(condition: &Condition, model: &Model, view: &View, issues: &mut Vec<Issue>) -> Option<Predicate> {
    bind_to(condition, &|names| view.reference(model, names, Use::Filter), issues)
}

/// Binds a condition to whatever its names are found among.
pub(crate) fn bind_to(condition: &Condition, resolve: Resolve<'_>, issues: &mut Vec<Issue>) -> Option<Predicate> {
    match condition {
        Condition::And(parts) => Some(Predicate::And(bind_all(parts, resolve, issues)?)),
        Condition::Or(parts) => Some(Predicate::Or(bind_all(parts, resolve, issues)?)),
        Condition::Not(inner) => Some(Predicate::Not(Box::new(bind_to(inner, resolve, issues)?))),
        Condition::Test { field, operator, value, pointer, text } => {
            let test = Asked { field, operator, value, pointer, text: *text };
            match test.bind(resolve) {
                Ok(test) => Some(Predicate::Test(test)),
                Err(issue) => {
                    issues.push(*issue);
                    None
                }
            }
        }
    }
}

fn bind_all(parts: &[Condition], resolve: Resolve<'_>, issues: &mut Vec<Issue>) -> Option<Vec<Predicate>> {
    let bound: Vec<_> = parts.iter().map(|part| bind_to(part, resolve, issues)).collect();
    bound.into_iter().collect()
}

struct Asked<'a> {
    field: &'a [String],
    operator: &'a str,
    value: &'a Value,
    pointer: &'a str,
    text: bool,
}

impl Asked<'_> {
    fn bind(&self, resolve: Resolve<'_>) -> Result<Test, Box<Issue>> {
        let names: Vec<&str> = self.field.iter().map(String::as_str).collect();
        let field = resolve(&names).map_err(|issue| Box::new(self.placed(issue)))?;
        let operator = Operator::find(self.operator).ok_or_else(|| {
            let issue = self.issue(Code::FilterOperator, format!("there is no operator `{}`", self.operator));
            Box::new(issue.suggest_all(nearest(self.operator, Operator::ALL.map(Operator::as_str))))
        })?;
        let operand = self.operand(&field, operator)?;
        Ok(Test { field, operator, operand })
    }

    fn operand(&self, field: &FieldRef, operator: Operator) -> Result<Operand, Box<Issue>> {
        if operator == Operator::Isnull {
            return self.truth().map(Operand::Truth);
        }
        if operator.needs_order() && !field.kind.ordered() {
            return Err(Box::new(self.issue(Code::FilterOperator, field.unordered()).suggest("eq")));
        }
        if operator.takes_several() {
            return self.several(field, operator);
        }
        if let Value::Array(_) = self.value
            && self.text
        {
            return Err(Box::new(
                self.issue(Code::ParameterValue, format!("`{}` takes one value; it was given several", operator.as_str())),
            ));
        }
        match operator {
            Operator::Contains => match &field.kind {
                FieldType::List(item) => Ok(Operand::Element(self.key(item, self.value)?, (**item).clone())),
                FieldType::Any => self.held(),
                _ => self.plain_text(field, operator).map(Operand::Text),
            },
            Operator::Icontains => Ok(Operand::Folded(fold(&self.plain_text(field, operator)?).into_owned())),
            Operator::Startswith | Operator::Endswith => self.plain_text(field, operator).map(Operand::Text),
            Operator::Regex => self.regex(&self.plain_text(field, operator)?),
            _ => Ok(Operand::Keys(vec![self.key(&field.kind, self.value)?])),
        }
    }

    /// What can be anything may hold a text with this in it, or a list with this element.
    fn held(&self) -> Result<Operand, Box<Issue>> {
        let text = self.value.as_str().map(|text| match crate::json::parse(text.as_bytes()) {
            Ok(Value::String(quoted)) if self.text => quoted,
            _ => text.to_owned(),
        });
        Ok(Operand::Held(text, self.key(&FieldType::Any, self.value)?))
    }

    fn several(&self, field: &FieldRef, operator: Operator) -> Result<Operand, Box<Issue>> {
        let single = [self.value.clone()];
        let items: &[Value] = match self.value {
            Value::Array(items) => items,
            _ if operator == Operator::Between => &[],
            _ => &single,
        };
        let mut keys = items.iter().map(|item| self.key(&field.kind, item)).collect::<Result<Vec<_>, _>>()?;
        if operator == Operator::Between && keys.len() != 2 {
            return Err(Box::new(self.issue(Code::ParameterValue, "`between` takes exactly two values, both included")));
        }
        if operator != Operator::Between {
            keys.sort();
            keys.dedup();
        }
        Ok(Operand::Keys(keys))
    }

    fn key(&self, kind: &FieldType, value: &Value) -> Result<Vec<u8>, Box<Issue>> {
        let fault = |message: &str, suggestions: Vec<String>| {
            Box::new(self.issue(Code::FilterValue, message).value(value).suggest_all(suggestions))
        };
        let read = match value {
            Value::Null => return Err(fault("null is compared with `isnull`", vec!["isnull".into()])),
            Value::String(text) if self.text && *kind == FieldType::Any => {
                Ok(crate::json::parse(text.as_bytes()).unwrap_or(Value::String(text.clone())))
            }
            Value::String(text) if self.text => kind.read_text(text),
            other => kind.read(other.clone()),
        };
        let read = read.map_err(|wrong| fault(&wrong.message, wrong.suggestions))?;
        let mut key = Vec::new();
        kind.key(&read, &mut key);
        Ok(key)
    }

    fn plain_text(&self, field: &FieldRef, operator: Operator) -> Result<String, Box<Issue>> {
        let textual = match &field.kind {
            FieldType::Text | FieldType::Any | FieldType::Uuid | FieldType::Decimal => true,
            FieldType::Date | FieldType::Time | FieldType::DateTime | FieldType::LocalDateTime => true,
            FieldType::List(item) => matches!(**item, FieldType::Text | FieldType::Any),
            _ => false,
        };
        if !textual || matches!(field.at, crate::gate::RefAt::System(_)) {
            let message = format!("`{}` holds {}; `{}` looks into texts", field.name, field.kind.name(), operator.as_str());
            return Err(Box::new(self.issue(Code::FilterOperator, message).suggest("eq")));
        }
        match self.value {
            Value::String(text) => Ok(text.clone()),
            other => Err(Box::new(self.issue(Code::FilterValue, format!("`{}` takes a text", operator.as_str())).value(other))),
        }
    }

    fn regex(&self, pattern: &str) -> Result<Operand, Box<Issue>> {
        RegexBuilder::new(pattern).size_limit(REGEX_BYTES).build().map(|regex| Operand::Regex(Box::new(regex))).map_err(|_| {
            Box::new(
                self.issue(
                    Code::FilterValue,
                    "this is not a regular expression of the linear-time kind (no back references, no look-around)",
                )
                .value(self.value),
            )
        })
    }

    fn truth(&self) -> Result<bool, Box<Issue>> {
        match self.value {
            Value::Bool(truth) => Ok(*truth),
            Value::String(text) if self.text && text == "true" => Ok(true),
            Value::String(text) if self.text && text == "false" => Ok(false),
            other => Err(Box::new(self.issue(Code::FilterValue, "`isnull` takes true or false").value(other))),
        }
    }

    fn issue(&self, code: Code, message: impl Into<String>) -> Issue {
        Issue::at(self.place(), self.pointer, code, message)
    }

    /// A pointer begins with `/` in a body, and with the parameter's name in a query string (`where/and/0`).
    fn place(&self) -> Place {
        if self.pointer.is_empty() || self.pointer.starts_with('/') { Place::Body } else { Place::Query }
    }

    fn placed(&self, issue: Issue) -> Issue {
        if self.text {
            Issue { pointer: self.pointer.to_owned(), ..issue }
        } else {
            Issue { place: self.place(), pointer: format!("{}/field", self.pointer), ..issue }
        }
    }
}
