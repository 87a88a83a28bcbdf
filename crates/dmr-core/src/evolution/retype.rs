//! Types that widen, narrow or become another.

use super::FieldChange;
use super::diff::Pair;
use crate::FieldType;

/// Another type.
pub(super) fn changes(pair: &Pair<'_>, out: &mut Vec<FieldChange>) {
    let (old, new) = (&pair.old.shape.kind, &pair.new.shape.kind);
    if old == new {
        return;
    }
    let (kind, breaking) = match (widens(old, new), widens(new, old)) {
        (true, _) => ("type_widened", false),
        (_, true) => ("type_narrowed", true),
        _ => ("type_changed", true),
    };
    let reason = match kind {
        "type_widened" => format!("every {old} is a value of {new}"),
        "type_narrowed" => format!("not every {old} is a value of {new}"),
        _ => format!("{old} became {new}"),
    };
    out.push(FieldChange::new(kind, pair.name, breaking, reason));
}

/// Whether every value of the old type is one of the new.
fn widens(old: &FieldType, new: &FieldType) -> bool {
    match (old, new) {
        (old, new) if old == new => true,
        (_, FieldType::Any) | (FieldType::Integer, FieldType::Number) => true,
        (FieldType::List(old), FieldType::List(new)) => widens(old, new),
        (old, FieldType::Text) => old.schema().get("type").is_some_and(|kind| kind == "string"),
        _ => false,
    }
}
