//! CSV as RFC 4180 has it.

use dmr::Value;
use std::io::{self, Write};

/// Every member of the rows, in the order in which they first stand.
pub fn columns(rows: &[Value]) -> Vec<String> {
    let mut columns = Vec::new();
    rows.iter().for_each(|row| add_columns(&mut columns, row));
    columns
}

/// Adds the members of a row that are not there yet.
pub fn add_columns(columns: &mut Vec<String>, row: &Value) {
    for name in row.as_object().into_iter().flat_map(|members| members.keys()) {
        if !columns.iter().any(|column| column == name) {
            columns.push(name.clone());
        }
    }
}

/// Writes the names of the columns; of no columns nothing.
pub fn header(out: &mut dyn Write, columns: &[String]) -> io::Result<()> {
    if columns.is_empty() {
        return Ok(());
    }
    line(out, columns.iter().map(|column| text(column)))
}

/// Writes a row: null and absent are empty, an empty text is `""`, lists and objects are JSON.
pub fn row(out: &mut dyn Write, columns: &[String], row: &Value) -> io::Result<()> {
    line(
        out,
        columns.iter().map(|column| match at(row, column) {
            None | Some(Value::Null) => String::new(),
            Some(Value::String(value)) => text(value),
            Some(other) => quote(other.to_string()),
        }),
    )
}

/// A member, or what lies on a path of members.
pub fn at<'v>(row: &'v Value, name: &str) -> Option<&'v Value> {
    row.get(name).or_else(|| name.split('.').try_fold(row, |value, part| value.get(part)))
}

fn line(out: &mut dyn Write, mut cells: impl Iterator<Item = String>) -> io::Result<()> {
    if let Some(first) = cells.next() {
        out.write_all(first.as_bytes())?;
    }
    for cell in cells {
        write!(out, ",{cell}")?;
    }
    out.write_all(b"\r\n")
}

/// A text that a spreadsheet would take for a formula gets a `'` before it; one that begins with `'` too, so that it can be taken off again.
fn text(value: &str) -> String {
    if value.is_empty() {
        return "\"\"".to_owned();
    }
    quote(if value.starts_with(['=', '+', '-', '@', '\'']) { format!("'{value}") } else { value.to_owned() })
}

fn quote(cell: String) -> String {
    if cell.contains(['"', ',', '\r', '\n']) || cell.starts_with(' ') || cell.ends_with(' ') {
        format!("\"{}\"", cell.replace('"', "\"\""))
    } else {
        cell
    }
}
