//! Null that becomes a value of a field, or stops being one.

use super::FieldChange;
use super::diff::Pair;

/// Null admitted or refused.
pub(super) fn changes(pair: &Pair<'_>, out: &mut Vec<FieldChange>) {
    match (pair.old.shape.nullable, pair.new.shape.nullable) {
        (false, true) => out.push(FieldChange::new("nullable_added", pair.name, false, "it may now be null")),
        (true, false) => out.push(FieldChange::new("nullable_removed", pair.name, true, "records of the old version may hold null")),
        _ => {}
    }
}
