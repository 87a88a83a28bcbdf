//! What a check found.

use dmr::{Problem, Value};
use serde_json::json;

/// How it stands.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum State {
    /// As it should be.
    Ok,
    /// It works; somebody should look.
    Warn,
    /// It does not work.
    Fail,
}

impl State {
    /// In a word.
    pub fn as_str(self) -> &'static str {
        match self {
            Self::Ok => "ok",
            Self::Warn => "warn",
            Self::Fail => "fail",
        }
    }
}

/// What a check found.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Finding {
    /// What was looked at.
    pub what: &'static str,
    /// How it stands.
    pub state: State,
    /// What was seen.
    pub found: String,
    /// What to do; empty where nothing is.
    pub advice: String,
}

impl Finding {
    pub fn ok(what: &'static str, found: impl Into<String>) -> Self {
        Self { what, state: State::Ok, found: found.into(), advice: String::new() }
    }

    pub fn warn(what: &'static str, found: impl Into<String>) -> Self {
        Self { state: State::Warn, ..Self::ok(what, found) }
    }

    pub fn fail(what: &'static str, found: impl Into<String>) -> Self {
        Self { state: State::Fail, ..Self::ok(what, found) }
    }

    /// A refusal, with what its own suggestions say to do.
    pub fn of(what: &'static str, problem: &Problem) -> Self {
        let suggestions: Vec<&str> =
            problem.suggestions.iter().chain(problem.errors.iter().flat_map(|issue| &issue.suggestions)).map(String::as_str).collect();
        Self::fail(what, problem.to_string()).advise(suggestions.join("; "))
    }

    /// Says what to do.
    #[must_use]
    pub fn advise(self, advice: impl Into<String>) -> Self {
        Self { advice: advice.into(), ..self }
    }

    /// For programs.
    pub fn to_json(&self) -> Value {
        json!({ "what": self.what, "state": self.state.as_str(), "found": self.found, "advice": self.advice })
    }
}
