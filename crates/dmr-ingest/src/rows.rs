//! The second pass: rows, under the names and types of a layout.

use crate::format::{
    csv::{CsvReader, Next as NextRecord, Record},
    element::{Elements, Next as NextElement, Parsed},
};
use crate::input::Input;
use crate::label::label;
use crate::layout::{Column, Layout};
use crate::row::{Outcome, Quarantined, Row, cut};
use dmr_core::name::check_field;
use dmr_core::{Code, FieldType, Object, Problem, Value};
use std::borrow::Cow;
use std::collections::HashMap;

/// The records of an input, one after the other: each is a row or set aside. It ends after a failure to read.
pub struct Rows {
    reader: Reader,
    failed: bool,
}

enum Reader {
    Cells(Box<CsvReader>, Vec<Column>),
    Elements(Box<Elements>, HashMap<String, Column>),
}

/// Reads an input as its layout says. Every record comes out, as a row or set aside (invariant 11).
///
/// # Errors
/// `file.unreadable`, and `ingest.format` where the input is not the one that the layout was made for.
pub fn rows(input: &Input, layout: &Layout) -> Result<Rows, Problem> {
    let reader = match (layout.header(input)?, Elements::open(input, layout, true)?) {
        (Some((reader, header)), _) if header.len() == layout.columns.len() => Reader::Cells(Box::new(reader), layout.columns.clone()),
        (None, Some(elements)) => {
            let columns = layout.columns.iter().map(|column| (column.source.clone(), column.clone())).collect();
            Reader::Elements(Box::new(elements), columns)
        }
        _ => {
            let detail = format!("'{}' changed since it was looked at", input.name());
            return Err(Problem::new(Code::IngestFormat, detail));
        }
    };
    Ok(Rows { reader, failed: false })
}

impl Rows {
    /// How far it has read, in bytes.
    pub fn byte(&self) -> u64 {
        match &self.reader {
            Reader::Cells(reader, _) => reader.byte(),
            Reader::Elements(reader, _) => reader.byte(),
        }
    }

    fn read(&mut self) -> Result<Option<Outcome>, Problem> {
        Ok(match &mut self.reader {
            Reader::Cells(reader, columns) => match reader.read()? {
                NextRecord::Record(record) => Some(from_cells(&record, columns)),
                NextRecord::Quarantined(aside) => Some(Outcome::Quarantined(aside)),
                NextRecord::End => None,
            },
            Reader::Elements(reader, columns) => match reader.read()? {
                NextElement::Object(parsed) => Some(Outcome::Row(from_object(parsed, columns))),
                NextElement::Quarantined(aside) => Some(Outcome::Quarantined(aside)),
                NextElement::End => None,
            },
        })
    }
}

impl Iterator for Rows {
    type Item = Result<Outcome, Problem>;

    fn next(&mut self) -> Option<Self::Item> {
        if self.failed {
            return None;
        }
        let outcome = self.read();
        self.failed = outcome.is_err();
        outcome.transpose()
    }
}

/// A row of cells; set aside where a cell is not of its column's type, with all such cells named.
fn from_cells(record: &Record, columns: &[Column]) -> Outcome {
    let mut values = Object::with_capacity(columns.len());
    let mut faults: Vec<(Code, String)> = Vec::new();
    for (column, text) in columns.iter().zip(record.texts()) {
        if text.is_empty() {
            continue;
        }
        match cell(&column.field_type, text) {
            Ok(value) => {
                values.insert(column.name.clone(), value);
            }
            Err(fault) => {
                let hint = fault.suggestions.first().map(|hint| format!(" ({hint})")).unwrap_or_default();
                faults.push((fault.code, format!("column '{}': {}{hint}", column.source, fault.message)));
            }
        }
    }
    let place = record.place;
    match faults.first() {
        None => Outcome::Row(Row { place, values, raw: cut(record.text.as_bytes()) }),
        Some((code, _)) => {
            let messages: Vec<String> = faults.iter().map(|(_, message)| message.clone()).collect();
            Outcome::Quarantined(Quarantined::new(place, *code, messages.join("; "), record.text.as_bytes()))
        }
    }
}

fn cell(field_type: &FieldType, text: Cow<str>) -> Result<Value, dmr_core::Fault> {
    match field_type {
        // The reader has refused U+0000 already, which is all that a text cannot hold.
        FieldType::Text => Ok(Value::String(text.into_owned())),
        other => other.read_text(&text),
    }
}

/// A row of members, under the names of their fields. A member without a field keeps its name where a field could have it.
fn from_object(parsed: Parsed, columns: &HashMap<String, Column>) -> Row {
    let Parsed { place, object, raw } = parsed;
    let stays = |name: &String| match columns.get(name) {
        Some(column) => column.name == *name,
        None => check_field(name, true).is_ok(),
    };
    if object.keys().all(stays) {
        return Row { place, values: object, raw };
    }
    let mut values = Object::new();
    for (name, value) in &object {
        let name = match columns.get(name) {
            Some(column) => column.name.clone(),
            None if check_field(name, true).is_ok() => name.clone(),
            None => label(name, |wanted| object.contains_key(wanted) || values.contains_key(wanted)),
        };
        values.insert(name, value.clone());
    }
    Row { place, values, raw }
}
