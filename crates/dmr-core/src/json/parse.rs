//! Reading a JSON text, strictly (RFC 8259), in one pass.

use std::borrow::Cow;

use serde_json::{Map, Number, Value};

use super::error::{Failure, ParseError, Step};
use super::{number, string};
use crate::problem::Code;

/// The deepest nesting any caller can ask for; reading and dropping a value recurse, so the stack is the bound.
pub const DEEPEST: usize = 512;

/// What a text may be at most.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Limits {
    /// Lists and objects inside one another; never more than [`DEEPEST`].
    pub depth: usize,
    /// Length of the text in bytes.
    pub bytes: usize,
}

impl Default for Limits {
    fn default() -> Self {
        Self { depth: 128, bytes: usize::MAX }
    }
}

/// Reads one JSON text. Numbers keep their digits, objects the order of their members.
///
/// # Errors
/// The first thing that is wrong, with its place: see [`ParseError::code`].
pub fn parse(bytes: &[u8]) -> Result<Value, ParseError> {
    parse_with(bytes, Limits::default())
}

/// Reads one JSON text within limits.
///
/// # Errors
/// As [`parse`], and `body.too_large` for a text longer than allowed.
pub fn parse_with(bytes: &[u8], limits: Limits) -> Result<Value, ParseError> {
    if bytes.len() > limits.bytes {
        let message = format!("The text has {}; at most {} are allowed", crate::words::count(bytes.len() as u64, "byte"), limits.bytes);
        return Err(Failure::new(Code::BodyTooLarge, limits.bytes, message).told(bytes));
    }
    let depth = limits.depth.min(DEEPEST);
    match std::str::from_utf8(bytes) {
        Ok(text) => document(text, depth).map_err(|failure| failure.told(bytes)),
        Err(error) => Err(not_utf8(bytes, error.valid_up_to(), depth)),
    }
}

fn document(text: &str, depth: usize) -> Result<Value, Box<Failure>> {
    let mut parser = Parser { text, bytes: text.as_bytes(), at: 0, allowed: depth, left: depth };
    if text.starts_with('\u{FEFF}') {
        return Err(parser.syntax("The text starts with a byte order mark; JSON has none"));
    }
    parser.space();
    if parser.at == parser.bytes.len() {
        return Err(parser.syntax("The text is empty"));
    }
    let value = parser.value()?;
    parser.space();
    if parser.at < parser.bytes.len() {
        return Err(parser.unexpected("nothing more after the value"));
    }
    Ok(value)
}

/// The error for a text that stops being UTF-8 at a byte. What stands before it is read to learn the pointer, and because
/// an earlier error is told first.
fn not_utf8(bytes: &[u8], at: usize, depth: usize) -> ParseError {
    let message = "These bytes are not UTF-8";
    let start = bytes.get(..at).and_then(|start| std::str::from_utf8(start).ok()).unwrap_or_default();
    let failure = match document(start, depth) {
        Err(mut failure) if failure.byte >= at => {
            failure.code = Code::JsonText;
            failure.byte = at;
            failure.message = Cow::Borrowed(message);
            failure
        }
        Err(earlier) => earlier,
        Ok(_) => Failure::new(Code::JsonText, at, message),
    };
    failure.told(bytes)
}

struct Parser<'a> {
    text: &'a str,
    bytes: &'a [u8],
    at: usize,
    allowed: usize,
    left: usize,
}

impl Parser<'_> {
    fn value(&mut self) -> Result<Value, Box<Failure>> {
        match self.peek() {
            Some(b'"') => self.string().map(Value::String),
            Some(b'{') => self.nested(Self::object),
            Some(b'[') => self.nested(Self::array),
            Some(b'-' | b'0'..=b'9') => self.number(),
            Some(b't') => self.word("true", Value::Bool(true)),
            Some(b'f') => self.word("false", Value::Bool(false)),
            Some(b'n') => self.word("null", Value::Null),
            _ => Err(self.unexpected("a value")),
        }
    }

    fn nested(&mut self, read: fn(&mut Self) -> Result<Value, Box<Failure>>) -> Result<Value, Box<Failure>> {
        let Some(left) = self.left.checked_sub(1) else {
            let message = format!("Lists and objects are nested deeper than {}", self.allowed);
            return Err(Failure::new(Code::JsonDepth, self.at, message));
        };
        self.left = left;
        self.at += 1;
        let value = read(self)?;
        self.left += 1;
        Ok(value)
    }

    fn object(&mut self) -> Result<Value, Box<Failure>> {
        self.space();
        if self.take(b'}') {
            return Ok(Value::Object(Map::new()));
        }
        // A guess at the number of members from what is left to read: one short field takes about 16 bytes.
        let mut map = Map::with_capacity(((self.bytes.len() - self.at) / 16 + 1).min(16));
        loop {
            let start = self.at;
            if self.peek() != Some(b'"') {
                return Err(self.unexpected("a key in double quotes"));
            }
            let key = self.string()?;
            self.space();
            if !self.take(b':') {
                return Err(self.unexpected("a colon after the key").inside(Step::Key(key)));
            }
            self.space();
            match self.value() {
                Ok(value) => {
                    if map.insert(key, value).is_some() {
                        return Err(self.twice(start));
                    }
                }
                Err(failure) => return Err(failure.inside(Step::Key(key))),
            }
            self.space();
            if self.take(b'}') {
                return Ok(Value::Object(map));
            }
            if !self.take(b',') {
                return Err(self.unexpected("a comma or a closing brace"));
            }
            self.space();
            if self.peek() == Some(b'}') {
                return Err(self.syntax("A comma stands before the closing brace"));
            }
        }
    }

    fn array(&mut self) -> Result<Value, Box<Failure>> {
        let mut list = Vec::new();
        self.space();
        if self.take(b']') {
            return Ok(Value::Array(list));
        }
        loop {
            match self.value() {
                Ok(value) => list.push(value),
                Err(failure) => return Err(failure.inside(Step::Index(list.len()))),
            }
            self.space();
            if self.take(b']') {
                return Ok(Value::Array(list));
            }
            if !self.take(b',') {
                return Err(self.unexpected("a comma or a closing bracket"));
            }
            self.space();
            if self.peek() == Some(b']') {
                return Err(self.syntax("A comma stands before the closing bracket"));
            }
        }
    }

    fn string(&mut self) -> Result<String, Box<Failure>> {
        let start = self.at + 1;
        let mut end = string::plain_end(self.bytes, start);
        if self.bytes.get(end) == Some(&b'"') {
            self.at = end + 1;
            return Ok(self.slice(start, end).to_owned());
        }
        let mut out = self.slice(start, end).to_owned();
        loop {
            match self.bytes.get(end) {
                Some(b'"') => {
                    self.at = end + 1;
                    return Ok(out);
                }
                Some(b'\\') => {
                    let (char, next) = string::escape(self.bytes, end)?;
                    out.push(char);
                    end = string::plain_end(self.bytes, next);
                    out.push_str(self.slice(next, end));
                }
                Some(0) => return Err(Failure::new(Code::JsonText, end, "A text cannot hold U+0000")),
                Some(_) => {
                    return Err(Failure::new(Code::JsonSyntax, end, "A control character in a string is written as an escape"));
                }
                None => return Err(Failure::new(Code::JsonSyntax, end, "The text ends inside a string")),
            }
        }
    }

    fn number(&mut self) -> Result<Value, Box<Failure>> {
        let start = self.at;
        match number::scan(self.bytes.get(start..).unwrap_or_default()) {
            Ok(length) => {
                self.at = start + length;
                Ok(Value::Number(Number::from_string_unchecked(self.slice(start, self.at).to_owned())))
            }
            Err((offset, message)) => Err(Failure::new(Code::JsonSyntax, start + offset, message)),
        }
    }

    fn word(&mut self, word: &'static str, value: Value) -> Result<Value, Box<Failure>> {
        if !self.bytes.get(self.at..).is_some_and(|rest| rest.starts_with(word.as_bytes())) {
            return Err(self.unexpected("a value"));
        }
        self.at += word.len();
        Ok(value)
    }

    fn peek(&self) -> Option<u8> {
        self.bytes.get(self.at).copied()
    }

    fn take(&mut self, byte: u8) -> bool {
        let found = self.peek() == Some(byte);
        self.at += usize::from(found);
        found
    }

    fn space(&mut self) {
        while let Some(b' ' | b'\n' | b'\r' | b'\t') = self.bytes.get(self.at) {
            self.at += 1;
        }
    }

    fn slice(&self, start: usize, end: usize) -> &str {
        self.text.get(start..end).unwrap_or_default()
    }

    fn syntax(&self, message: impl Into<Cow<'static, str>>) -> Box<Failure> {
        Failure::new(Code::JsonSyntax, self.at, message)
    }

    #[cold]
    fn unexpected(&self, wanted: &str) -> Box<Failure> {
        let found = self.text.get(self.at..).and_then(|rest| rest.chars().next());
        self.syntax(match found {
            Some(char) => format!("Expected {wanted}, found {char:?}"),
            None => format!("Expected {wanted}, but the text ends"),
        })
    }

    #[cold]
    fn twice(&mut self, start: usize) -> Box<Failure> {
        self.at = start;
        let key = self.string().unwrap_or_default();
        let shown: String = key.chars().take(100).collect();
        Failure::new(Code::JsonDuplicateKey, start, format!("The key {shown:?} stands twice in one object")).inside(Step::Key(key))
    }
}
