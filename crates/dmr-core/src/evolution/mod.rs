//! What changed between two versions of a model, and whether it breaks anyone (M7). One file per kind of change.

mod assign;
mod likely;
mod version;

pub use assign::assign;
pub use likely::likely_renames;
pub use version::next_version;

use serde::{Deserialize, Serialize};

/// One change between two versions.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct FieldChange {
    /// `field_added`, `field_removed`, `field_renamed`, `type_widened`, `type_narrowed`, `constraint_tightened` ...
    pub kind: String,
    /// The field by its names now (before, where it is gone): `address.city`; empty where it is the whole record.
    pub field: String,
    /// Whether a record or client of the old version can fail under the new one.
    pub breaking: bool,
    /// Why, for a person.
    pub reason: String,
}

/// What changed between two versions of a model.
pub fn diff(
    _old: &[crate::model::Field],
    _old_schema: &crate::Value,
    _new: &[crate::model::Field],
    _new_schema: &crate::Value,
) -> Vec<FieldChange> {
    Vec::new()
}
