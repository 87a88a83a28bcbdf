//! Other words for people.

use super::FieldChange;
use super::diff::Pair;

/// Another title or description.
pub(super) fn changes(pair: &Pair<'_>, out: &mut Vec<FieldChange>) {
    let (old, new) = (&pair.old.shape, &pair.new.shape);
    if old.title != new.title || old.description != new.description {
        out.push(FieldChange::new("description_changed", pair.name, false, "title or description"));
    }
}
