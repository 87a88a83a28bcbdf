//! The number of the next version (M7): breaking raises the major, an added field the minor, anything else the patch.

use super::FieldChange;
use crate::name::Version;

/// The version after `old`, given what changed.
pub fn next_version(old: Version, changes: &[FieldChange]) -> Version {
    if changes.iter().any(|change| change.breaking) {
        Version { major: old.major.saturating_add(1), minor: 0, patch: 0 }
    } else if changes.iter().any(|change| change.kind == "field_added") {
        Version { minor: old.minor.saturating_add(1), patch: 0, ..old }
    } else {
        Version { patch: old.patch.saturating_add(1), ..old }
    }
}
