//! Percent-encoding, read strictly: what is not encoded as RFC 3986 and UTF-8 say is refused, not repaired.

use dmr::core::problem::Place;
use dmr::core::{Code, Issue, Problem};
use std::borrow::Cow;

/// A segment of a path, decoded.
pub fn segment(text: &str) -> Result<Cow<'_, str>, Problem> {
    decode(text, false).ok_or_else(|| fault(Place::Path, text))
}

/// The pairs of a query string, decoded; `+` is a space.
pub fn pairs(query: &str) -> Result<Vec<(String, String)>, Problem> {
    query
        .split('&')
        .filter(|pair| !pair.is_empty())
        .map(|pair| {
            let (name, value) = pair.split_once('=').unwrap_or((pair, ""));
            let decoded = |text| decode(text, true).map(Cow::into_owned).ok_or_else(|| fault(Place::Query, pair));
            Ok((decoded(name)?, decoded(value)?))
        })
        .collect()
}

fn decode(text: &str, plus: bool) -> Option<Cow<'_, str>> {
    let bytes = text.as_bytes();
    if memchr::memchr2(b'%', if plus { b'+' } else { b'%' }, bytes).is_none() {
        return Some(Cow::Borrowed(text));
    }
    let mut out = Vec::with_capacity(bytes.len());
    let mut rest = bytes.iter();
    while let Some(byte) = rest.next() {
        match byte {
            b'%' => out.push(digit(*rest.next()?)? << 4 | digit(*rest.next()?)?),
            b'+' if plus => out.push(b' '),
            other => out.push(*other),
        }
    }
    String::from_utf8(out).ok().map(Cow::Owned)
}

fn digit(byte: u8) -> Option<u8> {
    char::from(byte).to_digit(16).and_then(|digit| u8::try_from(digit).ok())
}

fn fault(place: Place, text: &str) -> Problem {
    let start: String = text.chars().take(100).collect();
    let message = format!("`{start}` is not percent-encoded UTF-8");
    Problem::one(Issue::at(place, "", Code::UrlEncoding, message))
}
