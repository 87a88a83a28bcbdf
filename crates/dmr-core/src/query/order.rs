//! The order of a list: its members' keys one after the other, the record's id last, in the direction of the last member.

use crate::gate::{FieldRef, RefAt};
use crate::key;
use crate::record::{PrincipalId, RecordRef};

/// One member of an order.
#[derive(Debug, Clone, PartialEq)]
pub struct SortMember {
    /// What it orders by.
    pub field: FieldRef,
    /// Greater first.
    pub descending: bool,
}

/// The key of a record in an order: comparing keys byte by byte is the order.
pub fn sort_key(members: &[SortMember], record: &RecordRef<'_>, asker: PrincipalId) -> Vec<u8> {
    let mut out = Vec::with_capacity(48);
    for member in members {
        let from = out.len();
        write_member(&member.field, record, asker, &mut out);
        if member.descending {
            key::invert(&mut out, from);
        }
    }
    let from = out.len();
    out.extend_from_slice(&record.id.0);
    if members.last().is_some_and(|member| member.descending) {
        key::invert(&mut out, from);
    }
    out
}

fn write_member(field: &FieldRef, record: &RecordRef<'_>, asker: PrincipalId, out: &mut Vec<u8>) {
    match &field.at {
        RefAt::System(system) => system.write_key(record, out),
        RefAt::Document { path, .. } => match path.single(record.doc).filter(|_| field.guard.holds(record.owner, asker)) {
            Some(value) => field.kind.key_raw(value, out),
            None => key::null(out),
        },
    }
}
