//! What SQLite says went wrong, in core's codes.

use dmr_core::{Code, Problem};
use rusqlite::{Error, ErrorCode};

/// Why changes could not be written.
#[derive(Debug)]
pub(super) enum Fault {
    /// This command cannot be; others in its batch can.
    Command(Problem),
    /// The file failed: nothing in the batch is on disk.
    Store(Problem),
}

impl From<Error> for Fault {
    fn from(error: Error) -> Self {
        match error.sqlite_error_code() {
            // Core decides what is taken; a constraint that fails here was not decided upon.
            Some(ErrorCode::ConstraintViolation) => {
                Self::Command(Problem::new(Code::Internal, format!("a change does not fit what is stored: {error}")))
            }
            Some(ErrorCode::TooBig) => Self::Command(Problem::new(Code::BodyTooLarge, "a value is larger than the store can hold")),
            _ => Self::Store(problem(&error)),
        }
    }
}

impl From<Problem> for Fault {
    fn from(problem: Problem) -> Self {
        Self::Command(problem)
    }
}

/// An error of SQLite as it is told.
pub(super) fn problem(error: &Error) -> Problem {
    let code = match error.sqlite_error_code() {
        Some(ErrorCode::DiskFull | ErrorCode::ReadOnly) => Code::StoreFull,
        Some(ErrorCode::DatabaseBusy | ErrorCode::DatabaseLocked) => Code::DataOwned,
        Some(ErrorCode::DatabaseCorrupt | ErrorCode::NotADatabase) => Code::DataDamaged,
        _ => Code::StoreFailed,
    };
    let problem = Problem::new(code, format!("{}: {error}", code.title()));
    match code {
        Code::StoreFull => problem.suggest("Make room on the disk, or let it be written; reads go on meanwhile"),
        Code::DataOwned => problem.suggest("Stop the other process, or name another data directory"),
        Code::DataDamaged => problem.suggest("Bring back a backup"),
        _ => problem,
    }
}

/// For use with `map_err`.
pub(super) fn failed(error: Error) -> Problem {
    problem(&error)
}
