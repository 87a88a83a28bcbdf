//! How records are best laid out (D4): by how many there are, what they look like, and what is asked of them.

use super::{Advice, Facts};
use crate::model::Storage;
use crate::words::count;
use serde_json::json;

/// A table of its own pays from so many records on ...
pub const MANY_RECORDS: u64 = 100_000;
/// ... from a tenth of that where they are read through again and again ...
const MANY_READ: u64 = 10_000;
/// ... that is at least so often ...
const OFTEN: u64 = 20;
/// ... with at least so many plain columns, a file of SQLite being able to hold only so many tables.
pub const MANY_COLUMNS: usize = 5;
/// A table of its own is more than is needed for so few.
const FEW_RECORDS: u64 = 1_000;

pub(super) fn advise(facts: &Facts<'_>) -> Option<Advice> {
    let (storage, reasons) = weigh(facts);
    if storage == facts.model.storage() {
        return None;
    }
    let (kind, name) = match storage {
        Storage::Structured => ("storage.structured", "structured"),
        Storage::Flexible => ("storage.flexible", "flexible"),
    };
    let message = format!("{name} storage would serve it better; nothing is lost by the change and writes go on meanwhile");
    Some(Advice { kind, field: None, message, reasons, patch: Some(json!({ "storage": name })) })
}

pub(super) fn weigh(facts: &Facts<'_>) -> (Storage, Vec<String>) {
    let now = facts.model.storage();
    let fields = &facts.model.fields;
    let plain = fields.iter().filter(|field| field.shape.kind.has_native()).count();
    let Some(records) = facts.records else {
        return (now, vec!["how many records there are is not for you to know, so nothing is advised".into()]);
    };
    let read = facts.workload.scans + facts.workload.aggregates;
    let mut reasons = vec![format!("{} of {}, {plain} of them plain", count(records, "record"), count(fields.len() as u64, "field"))];
    if read > 0 {
        reasons.push(format!("all of them were read through {} since the start", count(read, "time")));
    }
    let nested = plain * 2 < fields.len();
    if nested {
        reasons.push("most of what is in a record is nested, which one document a record holds best".into());
        return (Storage::Flexible, reasons);
    }
    if plain < MANY_COLUMNS {
        reasons.push(format!("typed columns pay for at least {MANY_COLUMNS} plain fields"));
        return (now, reasons);
    }
    if records > MANY_RECORDS || records > MANY_READ && read >= OFTEN {
        reasons.push("so many are scanned several times faster in typed columns of their own".into());
        return (Storage::Structured, reasons);
    }
    if records < FEW_RECORDS && now == Storage::Structured {
        reasons.push("so few are read as fast as one document each, and a file holds only so many tables".into());
        return (Storage::Flexible, reasons);
    }
    reasons.push(format!("a table of its own pays for more than {MANY_RECORDS} records, or {MANY_READ} that are read through often"));
    (now, reasons)
}
