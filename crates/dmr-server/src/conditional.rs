//! Conditional headers: `If-Match` and `If-None-Match` against entity tags of the form `"<version>.<view>"`.

use dmr::core::problem::Place;
use dmr::core::{Code, Issue, Problem};
use http::{HeaderMap, HeaderName, HeaderValue};

/// The version an `If-Match` of a record names; none where there is no such header or it is `*`, which any record satisfies.
pub fn record_version(headers: &HeaderMap) -> Result<Option<u64>, Problem> {
    let Some(tag) = if_match(headers)? else { return Ok(None) };
    let version = opaque(tag).and_then(|inner| inner.split_once('.')).and_then(|(version, _)| version.parse().ok());
    version.map(Some).ok_or_else(|| fault("if-match", "this is an entity tag as a record's answer gave it: \"3.1f0c2a9b\""))
}

/// The entity tag an `If-Match` of anything else names.
pub fn tag(headers: &HeaderMap) -> Result<Option<String>, Problem> {
    Ok(if_match(headers)?.map(|tag| tag.strip_prefix("W/").unwrap_or(tag).to_owned()))
}

/// Whether an `If-None-Match` names a tag: the caller has this already.
pub fn has(headers: &HeaderMap, tag: &str) -> bool {
    headers.get_all(http::header::IF_NONE_MATCH).iter().filter_map(|value| value.to_str().ok()).any(|value| {
        value.trim() == "*" || value.split(',').any(|given| opaque(given.trim()).is_some_and(|given| Some(given) == opaque(tag)))
    })
}

/// The text of a header, where there is one.
pub fn text<'a>(headers: &'a HeaderMap, name: &HeaderName) -> Result<Option<&'a str>, Problem> {
    headers.get(name).map(|value| visible(value).ok_or_else(|| fault(name.as_str(), "this is not a text"))).transpose()
}

/// The fault of a header.
pub fn fault(name: &str, message: &str) -> Problem {
    Problem::one(Issue::at(Place::Header, name, Code::HeaderValue, message))
}

fn if_match(headers: &HeaderMap) -> Result<Option<&str>, Problem> {
    let mut values = headers.get_all(http::header::IF_MATCH).iter();
    let Some(value) = values.next() else { return Ok(None) };
    let text = visible(value).map(str::trim).ok_or_else(|| fault("if-match", "this is not a text"))?;
    if text == "*" {
        return Ok(None);
    }
    if values.next().is_some() || opaque(text).is_none() {
        return Err(fault("if-match", "this is one entity tag, in quotes, as an answer gave it"));
    }
    Ok(Some(text))
}

/// What stands between the quotes. A tag that a compressed answer made weak is the same tag here.
fn opaque(tag: &str) -> Option<&str> {
    let inner = tag.strip_prefix("W/").unwrap_or(tag).strip_prefix('"')?.strip_suffix('"')?;
    (!inner.contains('"')).then_some(inner)
}

fn visible(value: &HeaderValue) -> Option<&str> {
    value.to_str().ok()
}
