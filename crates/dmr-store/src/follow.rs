//! Which indexes and constraints of a model hold the same keys after a change of the model.

use dmr_core::model::{FieldId, Index, MemberAt, Model, Unique};

/// Whether an index of the new model was there before and gives every record the same key.
pub(crate) fn has_index(old: &Model, new: &Model, index: &Index) -> bool {
    old.index(index.id) == Some(index)
        && index.members.iter().all(|member| match &member.at {
            MemberAt::Field { ids, .. } => same_names(old, new, ids),
            MemberAt::System(_) => true,
        })
}

/// Whether a constraint of the new model was there before and gives every record the same key.
pub(crate) fn has_unique(old: &Model, new: &Model, unique: &Unique) -> bool {
    old.uniques.contains(unique) && unique.members.iter().all(|(ids, ..)| same_names(old, new, ids))
}

/// A value that came before its field was declared stands under the field's name: another name finds another value.
fn same_names(old: &Model, new: &Model, ids: &[FieldId]) -> bool {
    old.names(ids) == new.names(ids)
}
