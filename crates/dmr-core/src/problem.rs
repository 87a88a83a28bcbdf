//! What goes wrong, told once: the problem document that HTTP, the command line and library callers all get (RFC 9457).

use serde::{Deserialize, Serialize};
use serde_json::Value;

pub use crate::code::Code;

/// The most issues one problem lists; how many more there were is told in [`Problem::more`].
pub const MOST_ISSUES: usize = 100;

/// Where an issue lies.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Place {
    /// In what was sent: a JSON pointer into it.
    Body,
    /// In a parameter: its name.
    Query,
    /// In a part of the path: its name.
    Path,
    /// In a header: its name.
    Header,
}

/// One thing that is wrong, and where.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct Issue {
    /// What `pointer` points into.
    #[serde(rename = "in")]
    pub place: Place,
    /// JSON pointer (body) or name (query, path, header).
    pub pointer: String,
    /// A code of the documented table.
    pub code: Code,
    /// The rule that was broken, as the schema spells it: `maxLength`.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub rule: Option<String>,
    /// What was given: only what the caller may read, cut at 100 characters.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub value: Option<Value>,
    /// A sentence for a person.
    pub message: String,
    /// What the caller may have meant, or may do.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub suggestions: Vec<String>,
}

impl Issue {
    /// An issue in the body at a JSON pointer.
    pub fn body(pointer: impl Into<String>, code: Code, message: impl Into<String>) -> Self {
        Self::at(Place::Body, pointer, code, message)
    }

    /// An issue in a query parameter.
    pub fn query(name: impl Into<String>, code: Code, message: impl Into<String>) -> Self {
        Self::at(Place::Query, name, code, message)
    }

    /// An issue at any place.
    pub fn at(place: Place, pointer: impl Into<String>, code: Code, message: impl Into<String>) -> Self {
        Self { place, pointer: pointer.into(), code, rule: None, value: None, message: message.into(), suggestions: Vec::new() }
    }

    /// Names the rule that was broken.
    #[must_use]
    pub fn rule(mut self, rule: impl Into<String>) -> Self {
        self.rule = Some(rule.into());
        self
    }

    /// Shows the value that was given, cut at 100 characters.
    #[must_use]
    pub fn value(mut self, value: &Value) -> Self {
        self.value = Some(cut(value));
        self
    }

    /// Adds a suggestion.
    #[must_use]
    pub fn suggest(mut self, suggestion: impl Into<String>) -> Self {
        self.suggestions.push(suggestion.into());
        self
    }

    /// Adds suggestions.
    #[must_use]
    pub fn suggest_all(mut self, suggestions: impl IntoIterator<Item = String>) -> Self {
        self.suggestions.extend(suggestions);
        self
    }
}

fn cut(value: &Value) -> Value {
    match value {
        Value::String(text) if text.chars().count() > 100 => Value::String(text.chars().take(100).chain(['…']).collect()),
        Value::Array(_) | Value::Object(_) => {
            let text = value.to_string();
            if text.chars().count() > 100 { Value::String(text.chars().take(100).chain(['…']).collect()) } else { value.clone() }
        }
        Value::Number(number) if number.to_string().len() > 100 => {
            Value::String(number.to_string().chars().take(100).chain(['…']).collect())
        }
        other => other.clone(),
    }
}

/// A refusal or failure as it is told to whoever asked.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct Problem {
    /// Code of the documented table; its status, title and exit code come from there.
    pub code: Code,
    /// A sentence for a person.
    pub detail: String,
    /// Each thing that is wrong, at most [`MOST_ISSUES`].
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub errors: Vec<Issue>,
    /// How many more issues there were than are listed.
    #[serde(default, skip_serializing_if = "is_zero")]
    pub more: usize,
    /// For a budget: what it is called, what it allows, what was asked.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub budget: Option<Budget>,
    /// Seconds after which another try makes sense.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub retry_after: Option<u32>,
    /// What the caller may do about it.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub suggestions: Vec<String>,
}

/// A bound that was passed.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct Budget {
    /// The setting or limit: `records.scan_budget`.
    pub limit: String,
    /// What it allows.
    pub allowed: u64,
    /// What was given, where it is known.
    pub given: Option<u64>,
}

#[expect(clippy::trivially_copy_pass_by_ref, reason = "serde's skip_serializing_if passes a reference")]
fn is_zero(n: &usize) -> bool {
    *n == 0
}

impl Problem {
    /// A problem with a code and a sentence.
    pub fn new(code: Code, detail: impl Into<String>) -> Self {
        Self { code, detail: detail.into(), errors: Vec::new(), more: 0, budget: None, retry_after: None, suggestions: Vec::new() }
    }

    /// A problem made of issues; keeps the first [`MOST_ISSUES`] and counts the rest.
    pub fn of(code: Code, issues: Vec<Issue>) -> Self {
        Self::of_some(code, issues, 0)
    }

    /// As [`Problem::of`], of issues that `more` were cut off from already.
    pub(crate) fn of_some(code: Code, mut issues: Vec<Issue>, more: usize) -> Self {
        let more = more + issues.len().saturating_sub(MOST_ISSUES);
        issues.truncate(MOST_ISSUES);
        let detail = match issues.as_slice() {
            [only] if more == 0 => only.message.clone(),
            [first, ..] => format!("{} problems; the first: {}", issues.len() + more, first.message),
            [] => code.title().to_owned(),
        };
        Self { errors: issues, more, ..Self::new(code, detail) }
    }

    /// A problem with exactly one issue, under the issue's own code.
    pub fn one(issue: Issue) -> Self {
        Self::of(issue.code, vec![issue])
    }

    /// Adds a suggestion.
    #[must_use]
    pub fn suggest(mut self, suggestion: impl Into<String>) -> Self {
        self.suggestions.push(suggestion.into());
        self
    }

    /// Adds suggestions.
    #[must_use]
    pub fn suggest_all(mut self, suggestions: impl IntoIterator<Item = String>) -> Self {
        self.suggestions.extend(suggestions);
        self
    }

    /// Adds issues to those that are told.
    #[must_use]
    pub fn and(self, issues: Vec<Issue>) -> Self {
        if issues.is_empty() {
            return self;
        }
        let all = self.errors.into_iter().chain(issues).collect();
        Self { suggestions: self.suggestions, ..Self::of_some(self.code, all, self.more) }
    }

    /// Takes every issue's place away: where nothing was sent that it lies in.
    #[must_use]
    pub fn nowhere(mut self) -> Self {
        self.errors.iter_mut().for_each(|issue| issue.pointer.clear());
        self
    }

    /// Tells the bound that was passed.
    #[must_use]
    pub fn budget(mut self, limit: impl Into<String>, allowed: u64, given: Option<u64>) -> Self {
        self.budget = Some(Budget { limit: limit.into(), allowed, given });
        self
    }

    /// The HTTP status of its code.
    pub fn status(&self) -> u16 {
        self.code.status()
    }

    /// Puts every pointer under a prefix: `/price` under `/17` becomes `/17/price`.
    #[must_use]
    pub fn under(mut self, prefix: &str) -> Self {
        for issue in &mut self.errors {
            issue.pointer.insert_str(0, prefix);
        }
        self
    }

    /// Takes a prefix off every pointer: where a part is sent by itself.
    #[must_use]
    pub fn out_of(mut self, prefix: &str) -> Self {
        for issue in &mut self.errors {
            if let Some(inner) = issue.pointer.strip_prefix(prefix) {
                issue.pointer = inner.to_owned();
            }
        }
        self
    }

    /// The problem document of RFC 9457, as it travels.
    pub fn to_json(&self) -> Value {
        let mut out = serde_json::Map::new();
        out.insert("type".into(), format!("https://dmr.dev/problems/{}", self.code.as_str()).into());
        out.insert("title".into(), self.code.title().into());
        out.insert("status".into(), self.status().into());
        out.insert("detail".into(), self.detail.clone().into());
        out.insert("code".into(), self.code.as_str().into());
        let errors = self.errors.iter().filter_map(|issue| serde_json::to_value(issue).ok()).collect::<Vec<_>>();
        out.insert("errors".into(), errors.into());
        if self.more > 0 {
            out.insert("more".into(), self.more.into());
        }
        if !self.suggestions.is_empty() {
            out.insert("suggestions".into(), self.suggestions.clone().into());
        }
        if let Some(budget) = &self.budget {
            out.insert("limit".into(), budget.limit.clone().into());
            out.insert("allowed".into(), budget.allowed.into());
            if let Some(given) = budget.given {
                out.insert("given".into(), given.into());
            }
        }
        Value::Object(out)
    }
}

impl std::fmt::Display for Problem {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        write!(f, "{} ({})", self.detail, self.code.as_str())
    }
}

impl std::error::Error for Problem {}

/// The nearest names to one that is unknown, for "did you mean"; at most three, none where nothing is near.
/// Pass only names the caller may see.
pub fn nearest<'a>(wanted: &str, names: impl IntoIterator<Item = &'a str>) -> Vec<String> {
    let lower = wanted.to_lowercase();
    let mut scored: Vec<(usize, &str)> = names
        .into_iter()
        .map(|name| (strsim::damerau_levenshtein(&lower, &name.to_lowercase()), name))
        .filter(|(distance, name)| *distance <= 1 + name.chars().count().min(wanted.chars().count()) / 3)
        .collect();
    scored.sort();
    scored.into_iter().take(3).map(|(_, name)| name.to_owned()).collect()
}
