//! What a server says went wrong, in core's codes.

use dmr_core::{Code, Problem};
use tokio_postgres::Error;

/// Why changes could not be written.
#[derive(Debug, Clone)]
pub(super) enum Fault {
    /// This command cannot be; others in its batch can.
    Command(Problem),
    /// Another transaction came between: the same again may well go through.
    Again(Problem),
    /// The server failed, or is out of reach: nothing in the batch is on disk.
    Store(Problem),
}

impl Fault {
    /// As it is told.
    pub fn problem(self) -> Problem {
        match self {
            Self::Command(problem) | Self::Store(problem) => problem,
            Self::Again(mut problem) => {
                problem.retry_after = Some(1);
                problem
            }
        }
    }
}

impl From<&Error> for Fault {
    fn from(error: &Error) -> Self {
        let state = error.code().map_or("", |state| state.code());
        match (state, state.get(..2).unwrap_or_default()) {
            ("40001" | "40P01", _) => Self::Again(Problem::new(Code::StoreFailed, "other transactions came between, again and again")),
            // Core decides what is taken; a constraint that fails here was not decided upon.
            (_, "23") => Self::Command(Problem::new(Code::Internal, format!("a change does not fit what is stored: {}", told(error)))),
            (_, "54") => Self::Command(Problem::new(Code::BodyTooLarge, "a value is larger than the store can hold")),
            _ => Self::Store(problem(error)),
        }
    }
}

impl From<Problem> for Fault {
    fn from(problem: Problem) -> Self {
        Self::Command(problem)
    }
}

/// An error of the server as it is told.
pub(super) fn problem(error: &Error) -> Problem {
    let state = error.code().map_or("", |state| state.code());
    let code = match (state, state.get(..2).unwrap_or_default()) {
        ("53100" | "25006", _) => Code::StoreFull,
        (_, "XX") => Code::DataDamaged,
        _ => Code::StoreFailed,
    };
    let problem = Problem::new(code, format!("{}: {}", code.title(), told(error)));
    match code {
        Code::StoreFull => problem.suggest("Make room on the server's disk, or let it be written; reads go on meanwhile"),
        Code::DataDamaged => problem.suggest("Bring back a backup"),
        _ if state.is_empty() => problem.suggest("See whether the server runs and can be reached"),
        _ => problem,
    }
}

/// What the server said; else what the connection did. The values a statement was about are not in it.
fn told(error: &Error) -> String {
    match error.as_db_error() {
        Some(said) => format!("{} ({})", said.message(), said.code().code()),
        None => std::error::Error::source(error).map_or_else(|| error.to_string(), |source| format!("{error}: {source}")),
    }
}

/// For use with `map_err`.
pub(super) fn failed(error: Error) -> Problem {
    problem(&error)
}
