//! What a group came to, as a record of its own: `having` and `sort` speak of it by the names of the answer.

use crate::gate::{FieldRef, Guard, RefAt};
use crate::path::StoredPath;
use crate::problem::nearest;
use crate::query::Condition;
use crate::{Code, FieldType, Issue, Value};

/// The members of an answer's items, in order.
#[derive(Debug, Clone, Default)]
pub(super) struct Columns(pub Vec<Column>);

/// One of them.
#[derive(Debug, Clone)]
pub(super) struct Column {
    /// Its name in the answer.
    pub name: String,
    /// What its values are. Numbers that were reckoned are compared as decimals.
    pub kind: FieldType,
    /// Whether it was reckoned, and of what the numbers are; none for values as they stand in records.
    pub reckoned: Option<Reckoned>,
}

/// Which form reckoned numbers have in an answer.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Reckoned {
    /// That of decimals, which travel as texts.
    Text,
    /// That of numbers.
    Number,
}

impl Columns {
    /// The reference to a column, or that there is none.
    pub fn find(&self, names: &[&str]) -> Result<FieldRef, Issue> {
        let name = names.join(".");
        let Some(at) = self.0.iter().position(|column| column.name == name) else {
            let known: Vec<&str> = self.0.iter().map(|column| column.name.as_str()).collect();
            let near = nearest(&name, known.iter().copied());
            let suggestions = if near.is_empty() { known.iter().take(5).map(|name| (*name).to_owned()).collect() } else { near };
            let message = format!("the answer has no `{name}`: it has what is grouped by, and the measures");
            return Err(Issue::body("", Code::FilterField, message).suggest_all(suggestions));
        };
        let mut path = StoredPath::default();
        path.push(&at.to_string());
        let at_path = RefAt::Document { ids: Vec::new(), path };
        Ok(FieldRef { name, at: at_path, kind: self.0[at].kind.clone(), guard: Guard::Always, inside: None })
    }

    /// A condition in which reckoned numbers may be compared with JSON numbers and with texts, whichever form they travel in.
    pub fn spelled(&self, condition: &Condition) -> Condition {
        match condition {
            Condition::And(parts) => Condition::And(parts.iter().map(|part| self.spelled(part)).collect()),
            Condition::Or(parts) => Condition::Or(parts.iter().map(|part| self.spelled(part)).collect()),
            Condition::Not(inner) => Condition::Not(Box::new(self.spelled(inner))),
            Condition::Test { field, operator, value, pointer, text } => {
                let name = field.join(".");
                let reckoned = self.0.iter().any(|column| column.name == name && column.reckoned.is_some());
                let value = if reckoned { as_text(value) } else { value.clone() };
                Condition::Test { field: field.clone(), operator: operator.clone(), value, pointer: pointer.clone(), text: *text }
            }
        }
    }
}

fn as_text(value: &Value) -> Value {
    match value {
        Value::Number(number) => Value::String(number.to_string()),
        Value::Array(items) => items.iter().map(as_text).collect(),
        other => other.clone(),
    }
}
