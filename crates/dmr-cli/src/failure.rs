//! How a command ends when it does not end well.

use dmr::{Code, Problem};

/// Why a command did not do what it was asked.
#[derive(Debug)]
pub enum Failure {
    /// The API, the settings or a file said no.
    Problem(Box<Problem>),
    /// An expression on the command line cannot be read.
    Expression(Box<Misread>),
    /// What is wrong was told by the answer.
    Told,
    /// Whoever read our output left; nothing is wrong.
    ReaderLeft,
}

/// An expression with the place that cannot be read.
#[derive(Debug)]
pub struct Misread {
    /// The whole expression.
    pub text: String,
    /// Where, in bytes.
    pub at: usize,
    /// What was expected there.
    pub problem: Problem,
}

impl Failure {
    /// The exit code: 1 failed, 3 bad input, 4 not found, 5 refused, 6 conflict.
    pub fn exit(&self) -> u8 {
        match self {
            Self::Told => 1,
            _ => self.problem().map_or(0, |problem| problem.code.exit()),
        }
    }

    /// The problem that is told.
    pub fn problem(&self) -> Option<&Problem> {
        match self {
            Self::Problem(problem) => Some(problem),
            Self::Expression(misread) => Some(&misread.problem),
            Self::Told | Self::ReaderLeft => None,
        }
    }
}

impl From<Problem> for Failure {
    fn from(problem: Problem) -> Self {
        Self::Problem(Box::new(problem))
    }
}

/// Only our own output is written without a problem of its own: a reader that leaves early (`| head`) is no failure.
impl From<std::io::Error> for Failure {
    fn from(fault: std::io::Error) -> Self {
        if fault.kind() == std::io::ErrorKind::BrokenPipe {
            return Self::ReaderLeft;
        }
        Problem::new(Code::Internal, format!("the output cannot be written: {fault}")).into()
    }
}
