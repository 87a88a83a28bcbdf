//! Why a task did not succeed.

use std::fmt::{self, Display, Formatter};

/// Why a task did not succeed.
#[derive(Debug)]
pub enum Failure {
    /// The command line asked for something that does not exist.
    Usage(String),
    /// A file or folder could not be read or written.
    File {
        /// Which.
        path: String,
        /// What the system said.
        source: std::io::Error,
    },
    /// Another program ended badly or could not be started.
    Program {
        /// As it was called.
        call: String,
        /// How it ended.
        outcome: String,
    },
    /// A check found something.
    Found {
        /// What was checked.
        check: &'static str,
        /// How much was found.
        findings: usize,
    },
    /// Something the task needs is not on this machine.
    Missing(String),
}

impl Failure {
    /// Exit code: 2 for usage, else 1.
    pub fn exit(&self) -> u8 {
        match self {
            Self::Usage(_) => 2,
            _ => 1,
        }
    }

    /// Turns an I/O error about a path into a failure.
    pub fn file(path: impl AsRef<std::path::Path>) -> impl FnOnce(std::io::Error) -> Self {
        let path = path.as_ref().display().to_string();
        move |source| Self::File { path, source }
    }
}

impl Display for Failure {
    fn fmt(&self, f: &mut Formatter<'_>) -> fmt::Result {
        match self {
            Self::Usage(message) | Self::Missing(message) => f.write_str(message),
            Self::File { path, source } => write!(f, "{path}: {source}"),
            Self::Program { call, outcome } => write!(f, "`{call}` {outcome}"),
            Self::Found { check, findings } => write!(f, "{check}: {findings} to mend"),
        }
    }
}

impl std::error::Error for Failure {}
