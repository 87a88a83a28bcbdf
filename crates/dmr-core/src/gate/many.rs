//! Many records of one view, one after the other: what is the same for all of them is found out once.

use super::render::{Writer, write_system};
use super::{Guard, NumberStyle, Rendering, write_record};
use crate::json::{self, raw};
use crate::model::Field;
use crate::path::SystemField;
use crate::record::RecordRef;

/// Writes many records, each byte for byte as [`write_record`] does.
pub struct Many<'a> {
    rendering: Rendering<'a>,
    /// The fields in the order in which they are stored and shown; none where the two orders differ, or not all of a record is shown.
    quick: Option<Vec<Quick<'a>>>,
}

struct Quick<'a> {
    key: &'a [u8],
    /// The label with its quotes and the colon.
    label: Vec<u8>,
    read: Guard,
    children: &'a [Field],
}

impl<'a> Many<'a> {
    /// Records under a rendering.
    pub fn new(rendering: Rendering<'a>) -> Self {
        let fields = &rendering.model.fields;
        let alike = rendering.selection.is_none()
            && rendering.numbers == NumberStyle::Exact
            && rendering.model.stored_order.iter().enumerate().all(|(at, stored)| at == *stored);
        let quick = |field: &'a Field| {
            let mut label = Vec::new();
            json::write_str(field.name(), &mut label);
            label.push(b':');
            let read = rendering.view.access_for(field.id, rendering.check).read;
            Quick { key: field.key.as_bytes(), label, read, children: &field.children }
        };
        let quick = alike.then(|| fields.iter().map(quick).collect());
        Self { rendering, quick }
    }

    /// Appends a record as JSON.
    pub fn write(&self, record: &RecordRef<'_>, out: &mut Vec<u8>) {
        let from = out.len();
        let written = self.quick.as_ref().is_some_and(|quick| self.write_quick(quick, record, out));
        if !written {
            out.truncate(from);
            write_record(&self.rendering, record, out);
        }
    }

    /// Says no where the record holds what is no field, or what is in no order.
    fn write_quick(&self, fields: &[Quick<'_>], record: &RecordRef<'_>, out: &mut Vec<u8>) -> bool {
        out.push(b'{');
        if self.rendering.system {
            write_system(&self.rendering, record, SystemField::Id, out);
        }
        let mut fields = fields.iter();
        let writer = Writer { rendering: &self.rendering, record };
        for (key, value) in raw::members(record.doc) {
            let Some(field) = fields.find(|field| field.key == key) else { return false };
            if !field.read.holds(record.owner, self.rendering.asker) {
                continue;
            }
            if out.last() != Some(&b'{') {
                out.push(b',');
            }
            out.extend_from_slice(&field.label);
            if value.first() == Some(&b'{') {
                writer.inner(field.children, value, true, out);
            } else {
                out.extend_from_slice(value);
            }
        }
        if self.rendering.system {
            SystemField::ALL.iter().skip(1).for_each(|field| write_system(&self.rendering, record, *field, out));
        }
        out.push(b'}');
        true
    }
}
