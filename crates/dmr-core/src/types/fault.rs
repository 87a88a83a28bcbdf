//! Why a value is not of a type.

use serde_json::Value;

use crate::problem::{Code, Issue, Place};

/// Why a value is not of a type. Its message names the type and never the value, which the asker may not be allowed to see.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Fault {
    /// `value.type`, `value.range` or `json.text`.
    pub code: Code,
    /// A sentence for a person.
    pub message: String,
    /// What would be accepted.
    pub suggestions: Vec<String>,
    /// JSON pointer from the value to the part that is wrong: empty, or `/3` in a list.
    pub pointer: String,
}

impl Fault {
    /// A fault of the value itself.
    pub fn new(code: Code, message: impl Into<String>) -> Self {
        Self { code, message: message.into(), suggestions: Vec::new(), pointer: String::new() }
    }

    /// Adds a suggestion.
    #[must_use]
    pub fn suggest(mut self, suggestion: impl Into<String>) -> Self {
        self.suggestions.push(suggestion.into());
        self
    }

    /// The fault as an issue; `pointer` is the value's own.
    pub fn issue(self, place: Place, pointer: &str) -> Issue {
        let inner = if place == Place::Body { self.pointer.as_str() } else { "" };
        Issue::at(place, format!("{pointer}{inner}"), self.code, self.message).suggest_all(self.suggestions)
    }

    pub(super) fn under(mut self, index: usize) -> Self {
        self.pointer.insert_str(0, &format!("/{index}"));
        self
    }

    /// A value of another kind than the type's.
    pub(super) fn of_kind(name: &str, value: &Value) -> Self {
        let found = match value {
            Value::Null => "null",
            Value::Bool(_) => "a boolean",
            Value::Number(_) => "a number",
            Value::String(_) => "a string",
            Value::Array(_) => "a list",
            Value::Object(_) => "an object",
        };
        Self::new(Code::ValueType, format!("not {}: {found} was given", with_article(name)))
    }

    /// A text or number of the right kind that does not say a value of the type.
    pub(super) fn unreadable(name: &str) -> Self {
        Self::new(Code::ValueType, format!("not {}", with_article(name)))
    }

    pub(super) fn out_of_range(message: &str) -> Self {
        Self::new(Code::ValueRange, message)
    }

    pub(super) fn nul() -> Self {
        Self::new(Code::JsonText, "A text cannot hold U+0000")
    }
}

fn with_article(name: &str) -> String {
    let article = if name.starts_with(['a', 'e', 'i', 'o']) { "an" } else { "a" };
    format!("{article} {name}")
}
