//! What an aggregate came to.

use super::columns::{Columns, Reckoned};
use super::{Tally, bound::Aggregate};
use crate::gate::{NumberStyle, numbers_as_text};
use crate::json::{self, raw};
use crate::query::sort_key;
use crate::record::{PrincipalId, RecordId, RecordRef};

/// What an aggregate came to.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct Aggregated {
    /// The groups as JSON objects: what they are grouped by, then the measures.
    pub items: Vec<Vec<u8>>,
    /// How many groups there are, beyond the limit too.
    pub count: u64,
    /// Of measures that met values they could not take in (no numbers, or beyond ten to the ±10,000): how many. They count for nothing.
    pub unfit: Vec<(String, u64)>,
    /// The names of the items' members, in order.
    pub columns: Vec<String>,
}

impl Aggregated {
    /// Appends `{"items": [...], "count": n, "unfit"?: {<measure>: n}}`.
    pub fn write_json(&self, out: &mut Vec<u8>) {
        out.reserve(self.items.iter().map(|item| item.len() + 1).sum::<usize>() + 64);
        out.extend_from_slice(b"{\"items\":[");
        for (at, item) in self.items.iter().enumerate() {
            if at > 0 {
                out.push(b',');
            }
            out.extend_from_slice(item);
        }
        out.extend_from_slice(b"],");
        self.write_end(out);
        out.push(b'}');
    }

    /// Appends a line for each group, and a last one with their number.
    pub fn write_lines(&self, out: &mut Vec<u8>) {
        for item in &self.items {
            out.extend_from_slice(item);
            out.push(b'\n');
        }
        out.push(b'{');
        self.write_end(out);
        out.extend_from_slice(b"}\n");
    }

    fn write_end(&self, out: &mut Vec<u8>) {
        out.extend_from_slice(format!("\"count\":{}", self.count).as_bytes());
        if !self.unfit.is_empty() {
            let unfit: crate::Object = self.unfit.iter().map(|(name, count)| (name.clone(), (*count).into())).collect();
            out.extend_from_slice(b",\"unfit\":");
            json::write(&crate::Value::Object(unfit), out);
        }
    }

    /// The same as a value.
    pub fn to_value(&self) -> crate::Value {
        let mut out = Vec::new();
        self.write_json(&mut out);
        raw::value(&out)
    }
}

impl Tally<'_> {
    /// Brings it to an end: the groups that `having` selects, in order, within the limit.
    pub fn finish(mut self, numbers: NumberStyle) -> Aggregated {
        let of = self.of;
        let mut rows: Vec<(Vec<u8>, Vec<Vec<u8>>)> = Vec::with_capacity(self.groups.len());
        for group in 0..self.groups.len() {
            let values = self.values(group);
            if let Some(key) = judge(of, &values, self.groups.get(group).map_or(&[], |group| &group.key)) {
                rows.push((key, values));
            }
        }
        let count = rows.len() as u64;
        rows.sort_unstable_by(|(one, _), (other, _)| one.cmp(other));
        rows.truncate(of.limit);
        let unfit = of.columns.0.iter().skip(of.groups.len()).zip(&self.unfit);
        Aggregated {
            items: rows.into_iter().map(|(_, values)| item(&of.columns, &values, numbers)).collect(),
            count,
            unfit: unfit.filter(|(_, unfit)| **unfit > 0).map(|(column, unfit)| (column.name.clone(), *unfit)).collect(),
            columns: of.columns.0.iter().map(|column| column.name.clone()).collect(),
        }
    }

    /// The members of a group, each as JSON text.
    fn values(&mut self, group: usize) -> Vec<Vec<u8>> {
        let mut values = self.groups.get(group).map(|group| group.texts.clone()).unwrap_or_default();
        for measure in &mut self.measures {
            let mut text = Vec::new();
            measure.write(group, &mut text);
            values.push(text);
        }
        values
    }
}

/// The key of a group in the order that was asked for, its own last; none where `having` does not select it.
fn judge(of: &Aggregate, values: &[Vec<u8>], own: &[u8]) -> Option<Vec<u8>> {
    if of.having.is_none() && of.sort.is_empty() {
        return Some(own.to_vec());
    }
    let mut doc = vec![b'{'];
    for (at, value) in values.iter().enumerate() {
        doc.extend_from_slice(if at > 0 { b",\"" } else { b"\"" });
        doc.extend_from_slice(itoa::Buffer::new().format(at).as_bytes());
        doc.extend_from_slice(b"\":");
        doc.extend_from_slice(value);
    }
    doc.push(b'}');
    let nobody = PrincipalId::default();
    let record = RecordRef {
        id: RecordId::default(),
        version: 0,
        stamp: 0,
        created_at: 0,
        updated_at: 0,
        created_by: nobody,
        updated_by: nobody,
        owner: nobody,
        deleted_at: None,
        doc: &doc,
    };
    if of.having.as_ref().is_some_and(|having| !having.selects(&record, nobody)) {
        return None;
    }
    let mut key = sort_key(&of.sort, &record, nobody);
    key.extend_from_slice(own);
    Some(key)
}

fn item(columns: &Columns, values: &[Vec<u8>], numbers: NumberStyle) -> Vec<u8> {
    let mut out = vec![b'{'];
    for (column, value) in columns.0.iter().zip(values) {
        if out.len() > 1 {
            out.push(b',');
        }
        json::write_str(&column.name, &mut out);
        out.push(b':');
        match (column.reckoned, numbers, value.as_slice()) {
            // Reckoned numbers are texts so far.
            (Some(Reckoned::Number), NumberStyle::Exact, [b'"', number @ .., b'"']) => out.extend_from_slice(number),
            (Some(_), ..) | (None, NumberStyle::Exact, _) => out.extend_from_slice(value),
            (None, NumberStyle::Text, _) => json::write(&numbers_as_text(raw::value(value)), &mut out),
        }
    }
    out.push(b'}');
    out
}
