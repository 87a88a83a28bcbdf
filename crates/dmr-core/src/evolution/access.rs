//! `readOnly` and `writeOnly` of the schema.

use super::FieldChange;
use super::diff::Pair;

/// Who may no longer write or read, or may again.
pub(super) fn changes(pair: &Pair<'_>, out: &mut Vec<FieldChange>) {
    let (old, new) = (&pair.old.shape, &pair.new.shape);
    let mut change = |was: bool, is: bool, word: &str, breaks: &str, frees: &str| match (was, is) {
        (false, true) => out.push(FieldChange::new(&format!("{word}_added"), pair.name, true, breaks)),
        (true, false) => out.push(FieldChange::new(&format!("{word}_removed"), pair.name, false, frees)),
        _ => {}
    };
    change(old.read_only, new.read_only, "read_only", "clients that write it fail", "clients may write it");
    change(old.write_only, new.write_only, "write_only", "clients that read it no longer get it", "clients may read it");
}
