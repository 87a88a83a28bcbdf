//! CSV: how a value stands in a cell, and how it is read back.
//!
//! Null and absent are both an empty cell. Texts stand as they are, but for those that a spreadsheet would take for a formula (and those
//! that begin with an apostrophe, and the empty one, which would be taken for nothing): they get an apostrophe in front, which is taken
//! away again. Numbers, times and the like stand as they are. Lists, objects, and values of fields that hold anything stand as JSON.

use super::cells::Cells;
use dmr_core::json::{self, raw};
use dmr_core::types::FieldType;
use dmr_core::{Fault, Object, Value};

/// Appends the header.
pub(super) fn header(cells: &Cells, out: &mut Vec<u8>) {
    let from = out.len();
    for column in &cells.columns {
        begin(out, from);
        quote(column.name.as_bytes(), out);
    }
    if cells.rest {
        begin(out, from);
        quote(cells.rest_name().as_bytes(), out);
    }
    end(out, from);
}

/// Appends a record.
pub(super) fn row(cells: &Cells, out: &mut Vec<u8>) {
    let from = out.len();
    let mut first = true;
    for (at, column) in cells.columns.iter().enumerate() {
        if !std::mem::replace(&mut first, false) {
            out.push(b',');
        }
        if let Some(value) = cells.get(at) {
            write(&column.kind, value, out);
        }
    }
    if cells.rest {
        if !first {
            out.push(b',');
        }
        quote(cells.others().unwrap_or_default(), out);
    }
    end(out, from);
}

fn begin(out: &mut Vec<u8>, from: usize) {
    if out.len() > from {
        out.push(b',');
    }
}

/// A line with nothing on it is no record: where that is all there is, the cell is quoted.
fn end(out: &mut Vec<u8>, from: usize) {
    if out.len() == from {
        out.extend_from_slice(b"\"\"");
    }
    out.push(b'\n');
}

/// Whether values of a type stand as JSON.
fn is_json(kind: &FieldType) -> bool {
    matches!(kind, FieldType::Any | FieldType::Object | FieldType::List(_))
}

fn write(kind: &FieldType, value: &[u8], out: &mut Vec<u8>) {
    if value == b"null" {
        return;
    }
    match raw::text(value).filter(|_| !is_json(kind)) {
        Some(text) => {
            let guarded = needs_apostrophe(&text) && (*kind == FieldType::Text || kind.read_text(&text).is_err());
            if guarded { quote(format!("'{text}").as_bytes(), out) } else { quote(text.as_bytes(), out) }
        }
        None => quote(value, out),
    }
}

fn needs_apostrophe(text: &str) -> bool {
    matches!(text.as_bytes().first(), None | Some(b'=' | b'+' | b'-' | b'@' | b'\''))
}

/// Appends a cell, in quotes where it has to be.
fn quote(text: &[u8], out: &mut Vec<u8>) {
    let edge = |byte: Option<&u8>| byte.is_some_and(u8::is_ascii_whitespace);
    let plain = !text.iter().any(|byte| matches!(byte, b',' | b'"' | b'\n' | b'\r'))
        && !edge(text.first())
        && !edge(text.last())
        && !text.starts_with(b"\xEF\xBB\xBF");
    if plain {
        out.extend_from_slice(text);
        return;
    }
    out.push(b'"');
    for byte in text {
        if *byte == b'"' {
            out.push(b'"');
        }
        out.push(*byte);
    }
    out.push(b'"');
}

/// The value of a cell that is not empty.
///
/// # Errors
/// Where it is not of the type.
pub(super) fn read(kind: &FieldType, text: String) -> Result<Value, Fault> {
    match kind {
        FieldType::Text => Ok(Value::String(match text.strip_prefix('\'') {
            Some(rest) => rest.to_owned(),
            None => text,
        })),
        kind => kind.read_text(&text),
    }
}

/// The members that the column of everything else holds.
pub(super) fn read_rest(text: &str) -> Option<Object> {
    match json::parse(text.as_bytes()) {
        Ok(Value::Object(members)) => Some(members),
        _ => None,
    }
}
