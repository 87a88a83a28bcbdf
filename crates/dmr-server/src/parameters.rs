//! Query parameters of routes that take no filters: each known, each given once.

use crate::route::{At, Route};
use dmr::core::problem::nearest;
use dmr::core::query::whole;
use dmr::core::{Code, Issue, Problem};

/// The parameters of a request, decoded.
#[derive(Default)]
pub struct Given(Vec<(String, String)>);

impl Given {
    /// Reads a query string against what a route takes.
    pub fn read(query: Option<&str>, route: &Route) -> Result<Self, Problem> {
        let Some(query) = query else { return Ok(Self::default()) };
        let pairs = crate::encoding::pairs(query)?;
        let issues: Vec<Issue> = pairs.iter().enumerate().filter_map(|(at, pair)| wrong(pair, &pairs[..at], route)).collect();
        match issues.first() {
            None => Ok(Self(pairs)),
            Some(first) => Err(Problem::of(first.code, issues)),
        }
    }

    /// A parameter's text.
    pub fn text(&self, name: &str) -> Option<&str> {
        self.0.iter().find(|(known, _)| known == name).map(|(_, value)| value.as_str())
    }

    /// Where a list goes on; an empty text is its beginning.
    pub fn cursor(&self) -> Option<&str> {
        self.text("cursor").filter(|cursor| !cursor.is_empty())
    }

    /// A parameter's text, owned.
    pub fn owned(&self, name: &str) -> Option<String> {
        self.text(name).map(str::to_owned)
    }

    /// A whole number from 1.
    pub fn number(&self, name: &str) -> Result<Option<usize>, Problem> {
        self.text(name).map(|text| whole(text).ok_or_else(|| value(name, "this is a whole number from 1"))).transpose()
    }

    /// One of some words: its place among them.
    pub fn word(&self, name: &str, words: &[&str]) -> Result<Option<usize>, Problem> {
        let Some(text) = self.text(name) else { return Ok(None) };
        match words.iter().position(|word| *word == text) {
            Some(at) => Ok(Some(at)),
            None => Err(value(name, &format!("this is one of: {}", words.join(", ")))),
        }
    }

    /// Whether a switch is on: `true` or `false`.
    pub fn switch(&self, name: &str) -> Result<bool, Problem> {
        Ok(self.word(name, &["false", "true"])? == Some(1))
    }

    /// A time, as microseconds since 1970 UTC.
    pub fn time(&self, name: &str) -> Result<Option<i64>, Problem> {
        self.text(name)
            .map(|text| dmr::core::time::parse(text).ok_or_else(|| value(name, "this is a time as RFC 3339 has it: 2026-11-21T08:30:00Z")))
            .transpose()
    }

    /// The pairs as they came.
    pub fn pairs(&self) -> &[(String, String)] {
        &self.0
    }
}

/// The issue of a parameter that no route takes because it would name the caller's own role (P7).
pub fn role_named(name: &str, code: Code) -> Issue {
    Issue::query(name, code, "roles come from the credential, never from a parameter").suggest("send `Authorization: Bearer <key>`")
}

fn wrong((name, _): &(String, String), before: &[(String, String)], route: &Route) -> Option<Issue> {
    let known = || route.parameters.iter().filter(|parameter| parameter.at == At::Query).map(|parameter| parameter.name);
    if known().any(|known| known == name) {
        let again = before.iter().any(|(earlier, _)| earlier == name);
        return again.then(|| Issue::query(name, Code::ParameterValue, "this parameter is given once"));
    }
    if name == "user_role" {
        return Some(role_named(name, Code::ParameterUnknown));
    }
    let message = format!("this route has no parameter `{}`", name.chars().take(100).collect::<String>());
    Some(Issue::query(name, Code::ParameterUnknown, message).suggest_all(nearest(name, known())))
}

fn value(name: &str, message: &str) -> Problem {
    Problem::one(Issue::query(name, Code::ParameterValue, message))
}
