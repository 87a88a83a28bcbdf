//! Fields that come, go, get another name, become required or stop being so.

use super::FieldChange;
use super::diff::Pair;
use crate::model::Field;
use crate::schema::facts::Facts;
use std::collections::BTreeSet;

/// A field the old version does not have.
pub(super) fn added(field: &Field, name: &str) -> FieldChange {
    if field.shape.required {
        FieldChange::new("field_added_required", name, true, "records of the old version do not have this required field")
    } else {
        FieldChange::new("field_added", name, false, "an optional field")
    }
}

/// A field the new version does not have.
pub(super) fn removed(name: &str) -> FieldChange {
    FieldChange::new("field_removed", name, true, "clients that read or write the field fail")
}

/// A property that no value satisfies any more.
pub(super) fn refused(name: &str) -> FieldChange {
    FieldChange::new("constraint_tightened", name, true, "no value is admitted under this name")
}

/// Names that are required and are no fields: what is not declared, and what no value satisfies.
pub(super) fn required_undeclared(old: (&[Field], &Facts<'_>), new: (&[Field], &Facts<'_>), above: &str) -> Vec<FieldChange> {
    let undeclared = |(fields, facts): (&[Field], &Facts<'_>)| -> BTreeSet<String> {
        facts.required.iter().filter(|name| fields.iter().all(|field| field.name() != **name)).map(|name| (*name).to_owned()).collect()
    };
    let (old, new) = (undeclared(old), undeclared(new));
    let name = |name: &String| format!("{above}{name}");
    let more = new.difference(&old).map(|added| FieldChange::new("required_added", &name(added), true, "required without being declared"));
    let fewer = old.difference(&new).map(|gone| FieldChange::new("required_removed", &name(gone), false, "no longer required"));
    more.chain(fewer).collect()
}

/// Another name, another necessity.
pub(super) fn changes(pair: &Pair<'_>, out: &mut Vec<FieldChange>) {
    if pair.old.name() != pair.new.name() {
        let reason = format!("it was called '{}'; its values stay, clients that use the old name fail", pair.old.name());
        out.push(FieldChange::new("field_renamed", pair.name, true, reason));
    }
    match (pair.old.shape.required, pair.new.shape.required) {
        (false, true) => out.push(FieldChange::new("required_added", pair.name, true, "records of the old version may not have it")),
        (true, false) => out.push(FieldChange::new("required_removed", pair.name, false, "it may now be absent")),
        _ => {}
    }
}
