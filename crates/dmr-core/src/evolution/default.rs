//! Another default.

use super::FieldChange;
use super::diff::Pair;

/// Another constant where the field is absent.
pub(super) fn changes(pair: &Pair<'_>, out: &mut Vec<FieldChange>) {
    let reason = match (&pair.old.shape.default, &pair.new.shape.default) {
        (old, new) if old == new => return,
        (None, Some(_)) => "records that leave it out now get a default",
        (Some(_), None) => "records that leave it out no longer get a default",
        _ => "records that leave it out get another default",
    };
    out.push(FieldChange::new("default_changed", pair.name, false, reason));
}
