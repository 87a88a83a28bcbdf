//! A reading as bytes, to be kept beside the state, and back.
//!
//! What comes back is checked for its form only: whether it belongs to these records the caller knows.

use super::beyond::Beyond;
use super::distinct::Distinct;
use super::extremes::{End, Extremes};
use super::field::Field;
use super::reading::Reading;
use super::sample::Sample;
use super::shape::Shape;
use super::sums::Sums;
use super::table::Table;
use crate::record::RecordId;
use sha2::{Digest, Sha256};
use std::sync::Arc;

/// Raised by every change of the form.
const FORM: u64 = 1;

impl Reading {
    /// As bytes.
    pub fn save(&self) -> Vec<u8> {
        let mut out = Out(Vec::with_capacity(self.held() / 2));
        out.number(FORM);
        out.bytes(&self.shape.fingerprint());
        for number in [self.rows, self.deleted, self.bytes, u64::from(self.damaged)] {
            out.number(number);
        }
        self.fields.iter().for_each(|field| out.field(field));
        out.number(u64::from(self.sample.zeros));
        out.number(self.sample.records.len() as u64);
        for (id, numbers) in &self.sample.records {
            out.0.extend_from_slice(&id.0);
            numbers.iter().for_each(|number| out.0.extend_from_slice(&number.to_le_bytes()));
        }
        out.0
    }

    /// What was saved of a shape; none where it is something else.
    pub fn saved(shape: Arc<Shape>, bytes: &[u8]) -> Option<Self> {
        let mut from = In(bytes);
        if from.number()? != FORM || from.bytes()? != shape.fingerprint() {
            return None;
        }
        let mut reading = Self::new(shape);
        reading.rows = from.number()?;
        reading.deleted = from.number()?;
        reading.bytes = from.number()?;
        reading.damaged = from.number()? != 0;
        for field in &mut reading.fields {
            *field = from.field()?;
        }
        reading.sample = Sample { zeros: u32::try_from(from.number()?).ok()?, ..Sample::default() };
        for _ in 0..from.number()? {
            let id = RecordId(*from.array::<16>()?);
            let numbers = (0..reading.numbers.len()).map(|_| from.array::<8>().map(|bytes| f64::from_le_bytes(*bytes)));
            let numbers = numbers.collect::<Option<_>>()?;
            reading.sample.records.insert(id, numbers);
        }
        from.0.is_empty().then_some(reading)
    }
}

impl Shape {
    /// The same for shapes that are the same.
    fn fingerprint(&self) -> [u8; 32] {
        let mut hash = Sha256::new();
        for field in &self.fields {
            let ids: Vec<u32> = field.ids.iter().map(|id| id.0).collect();
            hash.update(format!("{ids:?}{:?}{:?}{}\n", field.names, field.kind, field.above_fields));
        }
        hash.finalize().into()
    }
}

struct Out(Vec<u8>);

impl Out {
    fn number(&mut self, mut number: u64) {
        while number >= 0x80 {
            self.0.push(number.to_le_bytes()[0] | 0x80);
            number >>= 7;
        }
        self.0.push(number.to_le_bytes()[0]);
    }

    fn bytes(&mut self, bytes: &[u8]) {
        self.number(bytes.len() as u64);
        self.0.extend_from_slice(bytes);
    }

    fn field(&mut self, field: &Field) {
        for number in [field.nulls, field.count, field.bytes, u64::from(field.damaged), field.table.lost(), field.table.len() as u64] {
            self.number(number);
        }
        for (entry, number) in field.table.iter() {
            self.bytes(entry);
            self.number(number);
        }
        self.number(u64::from(field.beyond.is_some()));
        if let Some(beyond) = &field.beyond {
            self.bytes(&beyond.distinct.save());
            self.end(&beyond.extremes.least);
            self.end(&beyond.extremes.greatest);
            let [sum, squares] = beyond.sums.save();
            self.bytes(sum.as_bytes());
            self.bytes(squares.as_bytes());
            for number in [beyond.sums.count, beyond.sums.unfit, beyond.biggest as u64, beyond.taken].into_iter().chain(beyond.classes) {
                self.number(number);
            }
        }
    }

    fn end(&mut self, end: &End) {
        self.number(u64::from(end.more));
        self.number(end.kept.len() as u64);
        for (key, (number, raw)) in &end.kept {
            self.bytes(key);
            self.number(*number);
            self.bytes(raw);
        }
    }
}

struct In<'a>(&'a [u8]);

impl<'a> In<'a> {
    fn number(&mut self) -> Option<u64> {
        let mut number = 0;
        for shift in (0..64).step_by(7) {
            let (byte, rest) = self.0.split_first()?;
            self.0 = rest;
            number |= u64::from(byte & 0x7F) << shift;
            if byte & 0x80 == 0 {
                return Some(number);
            }
        }
        None
    }

    fn bytes(&mut self) -> Option<&'a [u8]> {
        let length = usize::try_from(self.number()?).ok()?;
        let (bytes, rest) = self.0.split_at_checked(length)?;
        self.0 = rest;
        Some(bytes)
    }

    fn array<const N: usize>(&mut self) -> Option<&'a [u8; N]> {
        let (bytes, rest) = self.0.split_first_chunk::<N>()?;
        self.0 = rest;
        Some(bytes)
    }

    fn text(&mut self) -> Option<&'a str> {
        std::str::from_utf8(self.bytes()?).ok()
    }

    fn field(&mut self) -> Option<Field> {
        let [nulls, count, bytes, damaged, lost, length] = self.numbers()?;
        let entries = (0..length).map(|_| Some((Box::from(self.bytes()?), self.number()?))).collect::<Option<Vec<_>>>()?;
        let table = Table::saved(lost, entries.into_iter());
        let beyond = if self.number()? == 0 { None } else { Some(Box::new(self.beyond()?)) };
        Some(Field { nulls, count, bytes, table, beyond, damaged: damaged != 0 })
    }

    fn numbers<const N: usize>(&mut self) -> Option<[u64; N]> {
        let mut numbers = [0; N];
        for number in &mut numbers {
            *number = self.number()?;
        }
        Some(numbers)
    }

    fn beyond(&mut self) -> Option<Beyond> {
        let distinct = Distinct::saved(self.bytes()?)?;
        let extremes = Extremes { least: self.end()?, greatest: self.end()? };
        let (sum, squares) = (self.text()?, self.text()?);
        let [count, unfit, biggest, taken] = self.numbers()?;
        let sums = Sums::saved(sum, squares, count, unfit)?;
        Some(Beyond { distinct, extremes, sums, classes: self.numbers()?, biggest: usize::try_from(biggest).ok()?, taken })
    }

    fn end(&mut self) -> Option<End> {
        let mut end = End { more: self.number()? != 0, ..End::default() };
        for _ in 0..self.number()? {
            let (key, number, raw) = (self.bytes()?, self.number()?, self.bytes()?);
            end.kept.insert(key.into(), (number, raw.into()));
        }
        Some(end)
    }
}
