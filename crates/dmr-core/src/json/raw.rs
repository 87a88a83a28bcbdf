//! Walking JSON text that we wrote ourselves without building values from it.
//!
//! Nothing here checks the text: it was checked when it came in. On text that is not JSON the answers are arbitrary,
//! but nothing panics and every walk ends.

use std::borrow::Cow;

use serde_json::Value;

use super::parse::{DEEPEST, Limits, parse_with};
use super::string::{escape, plain_end};

/// The members of an object: the key without its quotes and still escaped, and the text of the value.
pub fn members(object: &[u8]) -> Members<'_> {
    Members { rest: inside(object, b'{') }
}

/// The elements of a list, each as its text.
pub fn elements(list: &[u8]) -> Elements<'_> {
    Elements { rest: inside(list, b'[') }
}

/// The text of the member with this key (escaped as it was written); none where there is no such member.
pub fn get<'a>(object: &'a [u8], key: &[u8]) -> Option<&'a [u8]> {
    members(object).find(|(name, _)| *name == key).map(|(_, value)| value)
}

/// The text a JSON string stands for; none where it is not a string.
pub fn text(raw: &[u8]) -> Option<Cow<'_, str>> {
    let inner = raw.strip_prefix(b"\"")?.strip_suffix(b"\"")?;
    let Some(first) = memchr::memchr(b'\\', inner) else {
        return std::str::from_utf8(inner).ok().map(Cow::Borrowed);
    };
    let mut out = std::str::from_utf8(inner.get(..first)?).ok()?.to_owned();
    let mut at = first;
    while at < inner.len() {
        let (char, next) = escape(inner, at).ok()?;
        out.push(char);
        let rest = inner.get(next..)?;
        let end = memchr::memchr(b'\\', rest).unwrap_or(rest.len());
        out.push_str(std::str::from_utf8(rest.get(..end)?).ok()?);
        at = next + end;
    }
    Some(Cow::Owned(out))
}

/// The value a text stands for; null where it is not JSON.
pub fn value(raw: &[u8]) -> Value {
    parse_with(raw, Limits { depth: DEEPEST, bytes: usize::MAX }).unwrap_or(Value::Null)
}

/// How long the value is that the text starts with.
pub fn length(text: &[u8]) -> usize {
    match text.first() {
        Some(b'"') => string_length(text),
        Some(b'{' | b'[') => nested_length(text),
        _ => text.iter().position(|byte| matches!(byte, b',' | b'}' | b']' | b':' | b' ' | b'\n' | b'\r' | b'\t')).unwrap_or(text.len()),
    }
}

/// See [`members`].
#[derive(Debug, Clone)]
pub struct Members<'a> {
    rest: &'a [u8],
}

impl<'a> Iterator for Members<'a> {
    type Item = (&'a [u8], &'a [u8]);

    fn next(&mut self) -> Option<Self::Item> {
        self.rest = between(self.rest);
        if self.rest.first() != Some(&b'"') {
            return None;
        }
        let (key, rest) = self.rest.split_at_checked(string_length(self.rest))?;
        let (member, rest) = take(between(rest))?;
        self.rest = rest;
        Some((key.strip_prefix(b"\"")?.strip_suffix(b"\"")?, member))
    }
}

/// See [`elements`].
#[derive(Debug, Clone)]
pub struct Elements<'a> {
    rest: &'a [u8],
}

impl<'a> Iterator for Elements<'a> {
    type Item = &'a [u8];

    fn next(&mut self) -> Option<Self::Item> {
        let (element, rest) = take(between(self.rest))?;
        self.rest = rest;
        Some(element)
    }
}

fn inside(text: &[u8], open: u8) -> &[u8] {
    let text = text.trim_ascii_start();
    text.strip_prefix(&[open]).unwrap_or_default()
}

/// The value at the start and what follows it; none at the end of a container.
fn take(text: &[u8]) -> Option<(&[u8], &[u8])> {
    let (value, rest) = text.split_at_checked(length(text))?;
    // A length of nothing is the closing bracket, or the end.
    if value.is_empty() { None } else { Some((value, rest)) }
}

/// What stands after spaces, commas and colons.
fn between(text: &[u8]) -> &[u8] {
    match text.iter().position(|byte| !matches!(byte, b',' | b':' | b' ' | b'\n' | b'\r' | b'\t')) {
        Some(at) => text.get(at..).unwrap_or_default(),
        None => &[],
    }
}

fn string_length(text: &[u8]) -> usize {
    let mut at = 1;
    loop {
        at = plain_end(text, at);
        match text.get(at) {
            Some(b'"') => return at + 1,
            Some(b'\\') => at += 2,
            Some(_) => at += 1,
            None => return text.len(),
        }
    }
}

fn nested_length(text: &[u8]) -> usize {
    let mut depth = 0_usize;
    let mut at = 0;
    while let Some(byte) = text.get(at) {
        match byte {
            b'"' => at += string_length(text.get(at..).unwrap_or_default()),
            b'{' | b'[' => {
                depth += 1;
                at += 1;
            }
            b'}' | b']' => {
                depth = depth.saturating_sub(1);
                at += 1;
                if depth == 0 {
                    return at;
                }
            }
            _ => at += 1,
        }
    }
    text.len()
}
