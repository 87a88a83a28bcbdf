//! What changed between two versions of a model, and whether it breaks anyone (M7). One file per kind of change.

mod access;
mod assign;
mod constraint;
mod default;
mod description;
mod diff;
mod likely;
mod meaning;
mod nullable;
mod presence;
mod retype;
mod version;

pub use assign::assign;
pub use diff::diff;
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

impl FieldChange {
    fn new(kind: &str, field: &str, breaking: bool, reason: impl Into<String>) -> Self {
        Self { kind: kind.to_owned(), field: field.to_owned(), breaking, reason: reason.into() }
    }
}
