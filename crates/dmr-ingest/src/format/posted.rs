//! Records that were posted as JSON: they are parsed already.

use super::element::{Next, Parsed, not_an_object};
use crate::row::{Place, Quarantined, cut};
use dmr_core::{Code, Value, json};
use std::sync::Arc;

/// Walks over posted records.
pub(crate) struct PostedReader {
    records: Arc<[Value]>,
    at: usize,
    keep: bool,
}

impl PostedReader {
    pub(crate) fn new(records: Arc<[Value]>, keep: bool) -> Self {
        Self { records, at: 0, keep }
    }

    pub(crate) fn read(&mut self) -> Next {
        let Some(record) = self.records.get(self.at) else { return Next::End };
        self.at += 1;
        let place = Place { line: self.at as u64, byte: 0 };
        match record {
            Value::Object(object) => {
                let raw = if self.keep { cut(json::to_string(record).as_bytes()) } else { Vec::new() };
                Next::Object(Parsed { place, object: object.clone(), raw })
            }
            other => {
                Next::Quarantined(Quarantined::new(place, Code::IngestElement, not_an_object(other), json::to_string(other).as_bytes()))
            }
        }
    }
}
