//! Why a text is not JSON, and where.

use std::borrow::Cow;

use crate::problem::{Code, Issue, Problem};

/// The first thing that is wrong with a JSON text.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct ParseError {
    /// `json.syntax`, `json.duplicate_key`, `json.depth`, `json.text`, or `body.too_large`.
    pub code: Code,
    /// Where, in bytes from the start of the text.
    pub byte: usize,
    /// The line, from 1.
    pub line: usize,
    /// The column in characters, from 1.
    pub column: usize,
    /// JSON pointer to the value that was being read.
    pub pointer: String,
    /// A sentence for a person, without the place.
    pub message: String,
}

impl std::fmt::Display for ParseError {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        write!(f, "{} (line {}, column {})", self.message, self.line, self.column)
    }
}

impl std::error::Error for ParseError {}

impl From<ParseError> for Problem {
    fn from(error: ParseError) -> Self {
        let message = error.to_string();
        Problem::one(Issue::body(error.pointer, error.code, message))
    }
}

/// A step from a container to the member or element that failed.
#[derive(Debug)]
pub(super) enum Step {
    Key(String),
    Index(usize),
}

/// A failure on its way out. The path is gathered while the recursion unwinds, so that reading pays nothing for it.
#[derive(Debug)]
pub(super) struct Failure {
    pub code: Code,
    pub byte: usize,
    pub message: Cow<'static, str>,
    /// From the innermost step to the outermost.
    pub steps: Vec<Step>,
}

impl Failure {
    pub fn new(code: Code, byte: usize, message: impl Into<Cow<'static, str>>) -> Box<Self> {
        Box::new(Self { code, byte, message: message.into(), steps: Vec::new() })
    }

    pub fn inside(mut self: Box<Self>, step: Step) -> Box<Self> {
        self.steps.push(step);
        self
    }

    /// The error as it is told: line and column are counted here, once.
    pub fn told(self, bytes: &[u8]) -> ParseError {
        let before = bytes.get(..self.byte).unwrap_or(bytes);
        let line_start = memchr::memrchr(b'\n', before).map_or(0, |at| at + 1);
        // Every byte that does not continue a UTF-8 sequence begins a character.
        let column = 1 + before.iter().skip(line_start).filter(|byte| (**byte & 0xC0) != 0x80).count();
        ParseError {
            code: self.code,
            byte: self.byte,
            line: 1 + memchr::memchr_iter(b'\n', before).count(),
            column,
            pointer: pointer(&self.steps),
            message: self.message.into_owned(),
        }
    }
}

fn pointer(steps: &[Step]) -> String {
    let mut out = String::new();
    for step in steps.iter().rev() {
        out.push('/');
        match step {
            Step::Index(index) => out.push_str(itoa::Buffer::new().format(*index)),
            Step::Key(key) => out.push_str(&key.replace('~', "~0").replace('/', "~1")),
        }
    }
    out
}
