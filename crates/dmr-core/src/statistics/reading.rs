//! The statistics of one model's records, as far as they have been taken in.

use super::field::Field;
use super::sample::Sample;
use super::shape::{Found, Shape};
use super::spelled::double;
use super::sums::Sums;
use super::table::Bounds;
use crate::json::raw;
use crate::path::UNDECLARED;
use crate::record::RecordId;
use std::sync::Arc;

/// A record before or after a change.
#[derive(Debug, Clone, Copy)]
pub struct State<'a> {
    /// Whether it is deleted, and can be restored.
    pub deleted: bool,
    /// Canonical JSON under field ids.
    pub doc: &'a [u8],
}

impl<'a> State<'a> {
    fn live(self) -> Option<&'a [u8]> {
        (!self.deleted).then_some(self.doc)
    }
}

/// The statistics of one model's records.
#[derive(Debug)]
pub struct Reading {
    pub(super) shape: Arc<Shape>,
    pub(super) rows: u64,
    pub(super) deleted: u64,
    /// Bytes of the living records' documents.
    pub(super) bytes: u64,
    pub(super) fields: Vec<Field>,
    pub(super) sample: Sample,
    /// The fields whose numbers the sample holds.
    pub(super) numbers: Vec<usize>,
    /// What was taken in does not fit what was there: the records have to be read again.
    pub(super) damaged: bool,
    before: Found,
    after: Found,
    key: Vec<u8>,
}

impl Reading {
    /// Of no record.
    pub fn new(shape: Arc<Shape>) -> Self {
        let numbers = shape.fields.iter().enumerate().filter(|(_, field)| Sums::fit(&field.kind) && !field.above_fields);
        Self {
            rows: 0,
            deleted: 0,
            bytes: 0,
            fields: vec![Field::default(); shape.len()],
            sample: Sample::default(),
            numbers: numbers.map(|(at, _)| at).collect(),
            damaged: false,
            before: Found::default(),
            after: Found::default(),
            key: Vec::new(),
            shape,
        }
    }

    /// What is read.
    pub fn shape(&self) -> &Arc<Shape> {
        &self.shape
    }

    /// Records that live.
    pub fn rows(&self) -> u64 {
        self.rows
    }

    /// Records that are deleted and can be restored.
    pub fn deleted(&self) -> u64 {
        self.deleted
    }

    /// Bytes of the living records' documents, without their braces, each member with its comma.
    pub fn bytes(&self) -> u64 {
        self.bytes
    }

    /// Whether the records should be read again when there is time: so much was taken away that estimates are worth less than they say.
    pub fn is_worn(&self) -> bool {
        self.damaged || self.sample.is_poor() && !self.numbers.is_empty() || self.fields.iter().any(Field::is_worn)
    }

    /// Whether reading the records again would tell more: something was taken away from an estimate.
    pub fn is_touched(&self) -> bool {
        self.is_worn() || self.fields.iter().any(Field::is_touched)
    }

    /// Bytes it takes, about.
    pub fn held(&self) -> usize {
        self.fields.iter().map(Field::held).sum::<usize>() + self.sample.held()
    }

    /// Takes in a change of a record.
    pub fn change(&mut self, id: RecordId, before: Option<State<'_>>, after: Option<State<'_>>, bounds: Bounds) {
        self.count_deleted(before, -1);
        self.count_deleted(after, 1);
        match (before.and_then(State::live), after.and_then(State::live)) {
            (None, Some(doc)) => self.add(id, doc, bounds),
            (Some(doc), None) => self.take(id, doc),
            (Some(old), Some(new)) => self.replace(id, old, new, bounds),
            (None, None) => {}
        }
    }

    fn count_deleted(&mut self, state: Option<State<'_>>, by: i64) {
        if state.is_some_and(|state| state.deleted) {
            self.damaged |= by < 0 && self.deleted == 0;
            self.deleted = self.deleted.saturating_add_signed(by);
        }
    }

    /// Takes in a living record.
    pub fn add(&mut self, id: RecordId, doc: &[u8], bounds: Bounds) {
        self.add_seen(id, doc, &|_| true, bounds);
    }

    /// The same, of which only some fields are seen: the others are absent.
    pub fn add_seen(&mut self, id: RecordId, doc: &[u8], seen: &dyn Fn(usize) -> bool, bounds: Bounds) {
        let Self { shape, fields, after, key, .. } = self;
        shape.find(doc, after);
        for (at, (field, of)) in fields.iter_mut().zip(&shape.fields).enumerate() {
            if seen(at) {
                field.add(of, after.get(doc, at), bounds, key);
            }
        }
        self.rows += 1;
        self.bytes += size(doc);
        if !self.numbers.is_empty() && self.sample.wants(id) {
            let number = |at: &usize| self.after.get(doc, *at).filter(|_| seen(*at)).and_then(double).unwrap_or(f64::NAN);
            self.sample.put(id, self.numbers.iter().map(number).collect());
        }
    }

    /// Takes a living record away.
    fn take(&mut self, id: RecordId, doc: &[u8]) {
        let Self { shape, fields, before, key, .. } = self;
        shape.find(doc, before);
        for (at, (field, of)) in fields.iter_mut().zip(&shape.fields).enumerate() {
            field.take(of, before.get(doc, at), key);
        }
        self.damaged |= self.rows == 0;
        self.rows = self.rows.saturating_sub(1);
        self.bytes = self.bytes.saturating_sub(size(doc));
        self.sample.take(id);
    }

    fn replace(&mut self, id: RecordId, old: &[u8], new: &[u8], bounds: Bounds) {
        let shape = Arc::clone(&self.shape);
        let (mut before, mut after) = (std::mem::take(&mut self.before), std::mem::take(&mut self.after));
        shape.find(old, &mut before);
        shape.find(new, &mut after);
        for at in 0..shape.len() {
            self.exchange(id, at, before.get(old, at), after.get(new, at), bounds);
        }
        (self.before, self.after) = (before, after);
        self.bytes = (self.bytes + size(new)).saturating_sub(size(old));
    }

    /// Takes in a change of a living record of which only the members are known that changed, as an entry of the log holds them.
    pub fn patch(&mut self, id: RecordId, old: &[u8], new: &[u8], bounds: Bounds) {
        // What is undeclared can be a field's value: then the rest of the record decides.
        if [old, new].iter().any(|members| raw::get(members, UNDECLARED.as_bytes()).is_some()) {
            self.damaged = true;
            return;
        }
        let shape = Arc::clone(&self.shape);
        let (mut before, mut after) = (std::mem::take(&mut self.before), std::mem::take(&mut self.after));
        shape.find(old, &mut before);
        shape.find(new, &mut after);
        for (key, range) in shape.parts() {
            if raw::get(old, key).is_some() || raw::get(new, key).is_some() {
                for at in range {
                    self.exchange(id, at, before.get(old, at), after.get(new, at), bounds);
                }
            }
        }
        (self.before, self.after) = (before, after);
        self.bytes = (self.bytes + size(new)).saturating_sub(size(old));
    }

    fn exchange(&mut self, id: RecordId, at: usize, old: Option<&[u8]>, new: Option<&[u8]>, bounds: Bounds) {
        if old == new {
            return;
        }
        let Self { shape, fields, key, .. } = self;
        if let (Some(field), Some(of)) = (fields.get_mut(at), shape.fields.get(at)) {
            field.take(of, old, key);
            field.add(of, new, bounds, key);
        }
        if let Some(slot) = self.numbers.iter().position(|number| *number == at)
            && let Some(number) = self.sample.get_mut(id).and_then(|numbers| numbers.get_mut(slot))
        {
            *number = new.and_then(double).unwrap_or(f64::NAN);
        }
    }

    /// Takes in that a living record was deleted, to be restored or for good.
    pub fn delete(&mut self, id: RecordId, doc: &[u8], for_good: bool) {
        let after = (!for_good).then_some(State { deleted: true, doc });
        self.count_deleted(after, 1);
        self.take(id, doc);
    }

    /// Takes in that a deleted record is not one any more: it is restored or gone for good.
    pub fn forget_deleted(&mut self) {
        self.damaged |= self.deleted == 0;
        self.deleted = self.deleted.saturating_sub(1);
    }

    /// Takes in how many deleted records there are, which a scan does not see.
    pub fn count_deleted_rows(&mut self, deleted: u64) {
        self.deleted = deleted;
    }

    /// Takes in that nobody knows what happened to a record: everything has to be read again.
    pub fn lose(&mut self) {
        self.damaged = true;
    }
}

/// The bytes of a document without its braces, each member with its comma: what members take adds up to it.
fn size(doc: &[u8]) -> u64 {
    if doc.len() > 2 { doc.len() as u64 - 1 } else { 0 }
}
