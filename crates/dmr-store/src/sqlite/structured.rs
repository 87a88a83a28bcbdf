//! Documents in typed columns, and back.
//!
//! What a column does not give back byte by byte (nulls, values of another type, digits a double does not keep, an offset) stands in
//! `rest` as well, beside everything that has no column; on reading, `rest` wins (invariant 10).

use super::table::damaged;
use dmr_core::json::{self, raw};
use dmr_core::model::FieldId;
use dmr_core::path::UNDECLARED;
use dmr_core::{FieldType, Native};
use rusqlite::types::ValueRef;
use rusqlite::{Row, Statement};
use serde::{Deserialize, Serialize};
use std::borrow::Cow;

/// A typed column.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub(super) struct Column {
    /// `f<id>_<n>`
    pub name: String,
    /// The field.
    pub id: FieldId,
    /// What the field held when the column was made.
    pub kind: FieldType,
}

impl Column {
    /// How the column is declared. Only values of that kind are put into it, so nothing is ever converted.
    pub fn declaration(&self) -> String {
        let kind = match self.kind {
            FieldType::Text => "TEXT",
            FieldType::Number => "REAL",
            FieldType::Decimal | FieldType::Uuid => "BLOB",
            _ => "INTEGER",
        };
        format!("{} {kind}", self.name)
    }
}

/// A value as a column takes it.
enum Cell<'a> {
    Text(Cow<'a, str>),
    Other(Native),
}

/// Binds a document to the parameters of `rest` (at `from`) and the columns (after it); gives the parameter after them.
pub(super) fn bind(columns: &[Column], statement: &mut Statement<'_>, from: usize, doc: &[u8]) -> rusqlite::Result<usize> {
    let mut rest = Vec::new();
    let mut next = 0;
    for (key, value) in raw::members(doc) {
        let order = order_of(key);
        while columns.get(next).is_some_and(|column| u64::from(column.id.0) < order) {
            statement.raw_bind_parameter(from + 1 + next, rusqlite::types::Null)?;
            next += 1;
        }
        let column = columns.get(next).filter(|column| u64::from(column.id.0) == order);
        let exact = match column {
            Some(column) => {
                next += 1;
                bind_cell(statement, from + next, cell(&column.kind, value))?
            }
            None => false,
        };
        if !exact {
            rest.push(if rest.is_empty() { b'{' } else { b',' });
            write_member(key, value, &mut rest);
        }
    }
    for at in next..columns.len() {
        statement.raw_bind_parameter(from + 1 + at, rusqlite::types::Null)?;
    }
    if rest.is_empty() {
        statement.raw_bind_parameter(from, rusqlite::types::Null)?;
    } else {
        rest.push(b'}');
        statement.raw_bind_parameter(from, super::table::as_text(&rest)?)?;
    }
    Ok(from + 1 + columns.len())
}

/// Appends the document of a row whose `rest` is at `from` and whose columns follow.
pub(super) fn join(columns: &[Column], row: &Row<'_>, from: usize, out: &mut Vec<u8>) -> rusqlite::Result<()> {
    let rest = match row.get_ref(from)? {
        ValueRef::Null => &b"{}"[..],
        ValueRef::Text(text) => text,
        _ => return Err(damaged(from, "a text")),
    };
    let start = out.len();
    let comma = |out: &mut Vec<u8>| {
        if out.len() > start + 1 {
            out.push(b',');
        }
    };
    let mut rest = raw::members(rest).peekable();
    out.push(b'{');
    for (at, column) in columns.iter().enumerate() {
        let order = u64::from(column.id.0);
        let mut given = false;
        while let Some((key, value)) = rest.next_if(|(key, _)| order_of(key) <= order) {
            given = order_of(key) == order;
            comma(out);
            write_member(key, value, out);
        }
        let held = row.get_ref(from + 1 + at)?;
        if !given && held != ValueRef::Null {
            comma(out);
            out.push(b'"');
            out.extend_from_slice(itoa::Buffer::new().format(column.id.0).as_bytes());
            out.extend_from_slice(b"\":");
            write_cell(&column.kind, held, out);
        }
    }
    for (key, value) in rest {
        comma(out);
        write_member(key, value, out);
    }
    out.push(b'}');
    Ok(())
}

fn write_member(key: &[u8], value: &[u8], out: &mut Vec<u8>) {
    out.push(b'"');
    out.extend_from_slice(key);
    out.extend_from_slice(b"\":");
    out.extend_from_slice(value);
}

/// The place of a member in a stored document: by field id, what is undeclared last.
fn order_of(key: &[u8]) -> u64 {
    if key == UNDECLARED.as_bytes() {
        return u64::MAX;
    }
    std::str::from_utf8(key).ok().and_then(|text| text.parse::<u32>().ok()).map_or(u64::MAX - 1, u64::from)
}

/// What a column holds for a value, and whether that gives back exactly these bytes. None: null.
fn cell<'a>(kind: &FieldType, value: &'a [u8]) -> Option<(Cell<'a>, bool)> {
    match kind {
        FieldType::Text => {
            let text = raw::text(value)?;
            let exact = match &text {
                Cow::Borrowed(_) => true,
                Cow::Owned(text) => {
                    let mut again = Vec::with_capacity(value.len());
                    json::write_str(text, &mut again);
                    again == value
                }
            };
            (!text.contains('\0')).then_some((Cell::Text(text), exact))
        }
        FieldType::Integer => match std::str::from_utf8(value).ok()?.parse::<i64>() {
            Ok(integer) => Some((Cell::Other(Native::Integer(integer)), itoa::Buffer::new().format(integer).as_bytes() == value)),
            Err(_) => any_cell(kind, value),
        },
        _ => any_cell(kind, value),
    }
}

fn any_cell<'a>(kind: &FieldType, value: &[u8]) -> Option<(Cell<'a>, bool)> {
    let (native, exact) = kind.native(&raw::value(value));
    if native == Native::Null {
        return None;
    }
    let exact = exact && {
        let mut again = Vec::with_capacity(value.len());
        json::write(&kind.from_native(native.clone()), &mut again);
        again == value
    };
    Some((Cell::Other(native), exact))
}

fn bind_cell(statement: &mut Statement<'_>, at: usize, cell: Option<(Cell<'_>, bool)>) -> rusqlite::Result<bool> {
    let Some((cell, exact)) = cell else {
        statement.raw_bind_parameter(at, rusqlite::types::Null)?;
        return Ok(false);
    };
    match cell {
        Cell::Text(text) => statement.raw_bind_parameter(at, &*text)?,
        Cell::Other(native) => bind_native(statement, at, &native)?,
    }
    Ok(exact)
}

/// Binds what a typed column compares with or holds.
pub(super) fn bind_native(statement: &mut Statement<'_>, at: usize, native: &Native) -> rusqlite::Result<()> {
    match native {
        Native::Null => statement.raw_bind_parameter(at, rusqlite::types::Null),
        Native::Integer(integer) => statement.raw_bind_parameter(at, integer),
        Native::Real(real) => statement.raw_bind_parameter(at, real),
        Native::Text(text) => statement.raw_bind_parameter(at, text.as_str()),
        Native::Bytes(bytes) => statement.raw_bind_parameter(at, &bytes[..]),
    }
}

fn write_cell(kind: &FieldType, held: ValueRef<'_>, out: &mut Vec<u8>) {
    match (kind, held) {
        (FieldType::Text, ValueRef::Text(text)) => match std::str::from_utf8(text) {
            Ok(text) => json::write_str(text, out),
            Err(_) => json::write_str(&String::from_utf8_lossy(text), out),
        },
        (FieldType::Integer, ValueRef::Integer(integer)) => {
            out.extend_from_slice(itoa::Buffer::new().format(integer).as_bytes());
        }
        (kind, held) => json::write(&kind.from_native(native_of(held)), out),
    }
}

fn native_of(held: ValueRef<'_>) -> Native {
    match held {
        ValueRef::Null => Native::Null,
        ValueRef::Integer(integer) => Native::Integer(integer),
        ValueRef::Real(real) => Native::Real(real),
        ValueRef::Text(text) => Native::Text(String::from_utf8_lossy(text).into_owned()),
        ValueRef::Blob(bytes) => Native::Bytes(bytes.to_vec()),
    }
}
