//! A record as cells: one for each field of the view in the schema's order, and one for everything that is no field.
//!
//! Cells are cut from the record as the gate renders it: what is hidden is not there.

use super::super::list::Listing;
use dmr_core::gate::{Check, Guard, Rendering, write_record};
use dmr_core::json::{self, raw};
use dmr_core::model::{Field, FieldId};
use dmr_core::path::{SystemField, UNDECLARED};
use dmr_core::query::Deleted;
use dmr_core::record::RecordRef;
use dmr_core::types::FieldType;
use std::ops::Range;

/// A column of a file.
#[derive(Debug, Clone, PartialEq)]
pub(super) struct Column {
    /// Its name: the field's.
    pub name: String,
    /// What its cells hold.
    pub kind: FieldType,
    /// The name as JSON spells it between quotes.
    quoted: Vec<u8>,
}

impl Column {
    /// A column.
    pub fn new(name: &str, kind: FieldType) -> Self {
        let mut quoted = Vec::new();
        json::write_str(name, &mut quoted);
        let quoted = quoted[1..quoted.len() - 1].to_vec();
        Self { name: name.to_owned(), kind, quoted }
    }
}

/// Cuts records into cells.
pub(super) struct Cells {
    /// The columns.
    pub columns: Vec<Column>,
    /// Whether a last column holds what is in no other.
    pub rest: bool,
    text: Vec<u8>,
    ranges: Vec<Option<Range<usize>>>,
    others: Vec<u8>,
}

impl Cells {
    /// The columns of what a list shows.
    pub fn of(listing: &Listing, system: bool) -> Self {
        let view = &listing.of.view;
        let seen = |id: FieldId| view.access_for(id, Check::ColumnRender).read != Guard::Never;
        let shown = |field: &&Field| seen(field.id) && listing.selection.as_ref().is_none_or(|selection| selection.shows(field.id));
        let mut columns: Vec<Column> = Vec::new();
        let beside = |field: &SystemField| {
            system
                && (*field != SystemField::DeletedAt || listing.deleted != Deleted::Exclude)
                && listing.selection.as_ref().is_none_or(|selection| *field == SystemField::Id || selection.shows_system(*field))
        };
        let (before, after) = SystemField::ALL.split_at(1);
        let system_column = |field: &SystemField| Column::new(field.as_str(), field.kind());
        columns.extend(before.iter().filter(|field| beside(field)).map(system_column));
        columns.extend(listing.of.model.fields.iter().filter(shown).map(|field| Column::new(field.name(), field.shape.kind.clone())));
        columns.extend(after.iter().filter(|field| beside(field)).map(system_column));
        let gone = |id: &FieldId| listing.of.model.fields.iter().all(|field| field.id != *id) && seen(*id);
        let rest = match &listing.selection {
            None => listing.of.model.open && view.undeclared.read != Guard::Never || listing.of.old_labels.keys().any(gone),
            Some(selection) => selection.shows_undeclared(),
        };
        let ranges = vec![None; columns.len()];
        Self { columns, rest, text: Vec::new(), ranges, others: Vec::new() }
    }

    /// Takes the next record.
    pub fn take(&mut self, rendering: &Rendering<'_>, record: &RecordRef<'_>) {
        self.text.clear();
        self.others.clear();
        self.ranges.fill(None);
        write_record(rendering, record, &mut self.text);
        let mut from = 0;
        for (name, value) in raw::members(&self.text) {
            let found = (from..self.columns.len()).chain(0..from).find(|at| self.columns[*at].quoted == name);
            match found {
                Some(at) => {
                    let begin = value.as_ptr() as usize - self.text.as_ptr() as usize;
                    self.ranges[at] = Some(begin..begin + value.len());
                    from = at + 1;
                }
                None => {
                    self.others.extend_from_slice(if self.others.is_empty() { b"{\"" } else { b",\"" });
                    self.others.extend_from_slice(name);
                    self.others.extend_from_slice(b"\":");
                    self.others.extend_from_slice(value);
                }
            }
        }
        if !self.others.is_empty() {
            self.others.push(b'}');
        }
    }

    /// A cell of the record, as the text of its JSON value; none where it is absent.
    pub fn get(&self, at: usize) -> Option<&[u8]> {
        self.text.get(self.ranges.get(at)?.clone()?)
    }

    /// Everything of the record that is in no column, as a JSON object; none where there is nothing.
    pub fn others(&self) -> Option<&[u8]> {
        Some(self.others.as_slice()).filter(|others| !others.is_empty())
    }
}

impl Cells {
    /// The name of the column of everything that has none of its own: `*`, or more of them where a field is called so.
    pub fn rest_name(&self) -> String {
        let mut name = UNDECLARED.to_owned();
        while self.columns.iter().any(|column| column.name == name) {
            name.push_str(UNDECLARED);
        }
        name
    }
}

/// Whether a name that is no field's is that of the column of everything else.
pub(super) fn is_rest(name: &str) -> bool {
    !name.is_empty() && name.trim_start_matches(UNDECLARED).is_empty()
}
