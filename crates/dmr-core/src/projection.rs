//! What a scan reads of each record: a few values out of the document, in the form in which the store has them, without putting the
//! record together.

use crate::FieldType;
use crate::gate::{FieldRef, RefAt};
use crate::json::raw;
use crate::key;
use crate::model::FieldId;
use crate::path::{StoredPath, UNDECLARED};
use crate::query::Predicate;
use crate::record::RecordRef;
use crate::types::Native;

/// What a scan reads of each record.
#[derive(Debug, Clone, Default)]
pub struct Projection {
    /// The values that are read, each once.
    pub cells: Vec<Projected>,
    /// Whether what stands beside the document is read.
    pub system: bool,
    /// The fields at the top of the document that [`RecordRef::doc`] must hold, beside whatever has no field; none: nothing of it is read.
    pub tested: Option<Vec<FieldId>>,
}

/// A value that a scan reads.
#[derive(Debug, Clone, PartialEq)]
pub struct Projected {
    /// Where it is in the document.
    pub path: StoredPath,
    /// The field it is, where that stands at the top of the document: a typed column can hold it.
    pub column: Option<FieldId>,
    /// The declared part of the path: a name in data can look like the key of a field.
    declared: Vec<FieldId>,
}

/// One value of a record.
#[derive(Debug, Clone, Copy, PartialEq)]
pub enum Cell<'a> {
    /// Absent or null.
    Nothing,
    /// JSON text, as it is stored; never null.
    Json(&'a [u8]),
    /// What a typed column of this type holds, where that gives the value back exactly.
    Held(&'a FieldType, Held<'a>),
}

/// What a typed column holds, borrowed.
#[derive(Debug, Clone, Copy, PartialEq)]
pub enum Held<'a> {
    /// A whole number.
    Integer(i64),
    /// A double.
    Real(f64),
    /// A text in UTF-8.
    Text(&'a [u8]),
    /// Bytes.
    Bytes(&'a [u8]),
}

/// A record that a scan is at.
pub trait Scanned {
    /// Its system members where [`Projection::system`] asks for them, and so much of its document as [`Projection::tested`] asks for.
    fn record(&self) -> &RecordRef<'_>;

    /// A value, by its place in [`Projection::cells`].
    fn cell(&self, at: usize) -> Cell<'_>;
}

impl Projection {
    /// Reads the value of a reference too; gives its place. None for what stands beside the document.
    pub fn add(&mut self, field: &FieldRef) -> Option<usize> {
        let RefAt::Document { path, ids } = &field.at else {
            self.system = true;
            return None;
        };
        let column = match field.declared() {
            Some([id]) => Some(*id),
            _ => None,
        };
        let cell = Projected { path: path.clone(), column, declared: ids.clone() };
        Some(self.cells.iter().position(|known| *known == cell).unwrap_or_else(|| {
            self.cells.push(cell);
            self.cells.len() - 1
        }))
    }

    /// Reads what a predicate tests too.
    pub fn add_tested(&mut self, predicate: &Predicate) {
        match predicate {
            Predicate::And(parts) | Predicate::Or(parts) => parts.iter().for_each(|part| self.add_tested(part)),
            Predicate::Not(inner) => self.add_tested(inner),
            Predicate::Test(test) => {
                self.system = true;
                let tested = self.tested.get_or_insert_default();
                if let RefAt::Document { ids, .. } = &test.field.at
                    && let Some(first) = ids.first()
                    && !tested.contains(first)
                {
                    tested.push(*first);
                }
            }
        }
    }

    /// Finds the values in a document, or in the part of one that is stored as text. `places` is emptied first.
    pub fn find(&self, doc: &[u8], places: &mut Places) {
        places.0.clear();
        places.0.resize(self.cells.len(), None);
        let mut missing = self.cells.len();
        let mut undeclared = None;
        for (key, member) in raw::members(doc) {
            if missing == 0 {
                return;
            }
            if key == UNDECLARED.as_bytes() {
                undeclared = Some(member);
            }
            for (cell, place) in self.cells.iter().zip(&mut places.0) {
                if place.is_none() && cell.path.first_key() == key {
                    *place = cell.path.single_within(member).and_then(|value| place_of(doc, value));
                    missing -= usize::from(place.is_some());
                }
            }
        }
        let Some(undeclared) = undeclared else { return };
        for (cell, place) in self.cells.iter().zip(&mut places.0) {
            if place.is_none() {
                *place = cell.path.single_undeclared(undeclared).and_then(|value| place_of(doc, value));
            }
        }
    }
}

/// Where the values of a projection are in a document.
#[derive(Debug, Default)]
pub struct Places(Vec<Option<(usize, usize)>>);

impl Places {
    /// Whether nothing was found in the last document.
    pub fn is_empty(&self) -> bool {
        self.0.iter().all(Option::is_none)
    }

    /// A value; none where the document does not have it.
    pub fn get<'d>(&self, doc: &'d [u8], at: usize) -> Option<&'d [u8]> {
        let (from, to) = (*self.0.get(at)?)?;
        doc.get(from..to)
    }
}

/// Where a part of a text stands in it.
fn place_of(text: &[u8], part: &[u8]) -> Option<(usize, usize)> {
    let from = (part.as_ptr() as usize).checked_sub(text.as_ptr() as usize)?;
    Some((from, from + part.len()))
}

/// A record whose document is text.
#[derive(Debug)]
pub struct Documented<'a> {
    /// The record.
    pub record: RecordRef<'a>,
    /// Where the values are in it.
    pub places: &'a Places,
}

impl Scanned for Documented<'_> {
    fn record(&self) -> &RecordRef<'_> {
        &self.record
    }

    fn cell(&self, at: usize) -> Cell<'_> {
        self.places.get(self.record.doc, at).map_or(Cell::Nothing, Cell::json)
    }
}

impl<'a> Cell<'a> {
    /// The cell of a stored JSON text.
    pub fn json(text: &'a [u8]) -> Self {
        if text == b"null" { Self::Nothing } else { Self::Json(text) }
    }

    /// Appends the JSON text of the value.
    pub fn write_json(&self, out: &mut Vec<u8>) {
        match *self {
            Cell::Nothing => out.extend_from_slice(b"null"),
            Cell::Json(text) => out.extend_from_slice(text),
            Cell::Held(FieldType::Integer, Held::Integer(value)) => out.extend_from_slice(itoa::Buffer::new().format(value).as_bytes()),
            Cell::Held(FieldType::Text, Held::Text(text)) => crate::json::write_str(&String::from_utf8_lossy(text), out),
            Cell::Held(kind, held) => crate::json::write(&kind.from_native(held.native()), out),
        }
    }

    /// Appends the key of the value as one of a field's type.
    pub fn write_key(&self, kind: &FieldType, out: &mut Vec<u8>) {
        match *self {
            Cell::Nothing => key::null(out),
            Cell::Json(text) => kind.key_raw(text, out),
            Cell::Held(column, held) if column == kind && key::held(kind, held, out) => {}
            Cell::Held(..) => {
                let mut text = Vec::new();
                self.write_json(&mut text);
                kind.key_raw(&text, out);
            }
        }
    }

    /// Appends bytes that are the same only for the same spelling of the same value in the same form: far cheaper than the key.
    pub fn write_spelling(&self, out: &mut Vec<u8>) {
        match *self {
            Cell::Nothing => out.push(0),
            Cell::Json(text) => spelled(1, text, out),
            Cell::Held(_, Held::Integer(value)) => spelled(2, &value.to_ne_bytes(), out),
            Cell::Held(_, Held::Real(value)) => spelled(3, &value.to_bits().to_ne_bytes(), out),
            Cell::Held(_, Held::Text(text)) => spelled(4, text, out),
            Cell::Held(_, Held::Bytes(bytes)) => spelled(5, bytes, out),
        }
    }
}

fn spelled(form: u8, bytes: &[u8], out: &mut Vec<u8>) {
    out.push(form);
    out.extend_from_slice(&bytes.len().to_ne_bytes());
    out.extend_from_slice(bytes);
}

impl Held<'_> {
    /// The same, owned.
    pub fn native(self) -> Native {
        match self {
            Self::Integer(value) => Native::Integer(value),
            Self::Real(value) => Native::Real(value),
            Self::Text(text) => Native::Text(String::from_utf8_lossy(text).into_owned()),
            Self::Bytes(bytes) => Native::Bytes(bytes.to_vec()),
        }
    }
}
