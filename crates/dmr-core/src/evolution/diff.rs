//! The walk over two versions: fields are matched by id, each kind of change looks at each pair.

use super::meaning::Side;
use super::{FieldChange, access, constraint, default, description, nullable, presence, retype};
use crate::model::Field;
use crate::schema::facts::Facts;
use crate::schema::out;
use crate::{FieldType, Value};

/// One field in both versions.
pub(super) struct Pair<'p> {
    /// Its dotted name now.
    pub(super) name: &'p str,
    pub(super) old: &'p Field,
    pub(super) new: &'p Field,
}

impl Pair<'_> {
    /// Whether the fields inside are compared one by one: not where recursion or a union ends the tree of fields.
    pub(super) fn walked(&self, old: &Facts<'_>, new: &Facts<'_>) -> bool {
        let whole = |field: &Field, facts: &Facts<'_>| {
            field.shape.kind == FieldType::Object && field.children.is_empty() == facts.names().is_empty()
        };
        whole(self.old, old) && whole(self.new, new)
    }
}

/// What changed between two versions of a model: fields in the order of the new schema, those that are gone, the record as a whole.
/// A field is the same where its id is. What cannot be shown to admit every record of the old version is breaking.
pub fn diff(old: &[Field], old_schema: &Value, new: &[Field], new_schema: &Value) -> Vec<FieldChange> {
    let (Ok(old_plain), Ok(new_plain)) = (out::plain(old_schema), out::plain(new_schema)) else {
        return vec![FieldChange::new("schema_changed", "", true, "the schema changed in a way that cannot be told")];
    };
    let (Ok(old_document), Ok(new_document)) = (out::open(&old_plain), out::open(&new_plain)) else {
        return vec![FieldChange::new("schema_changed", "", true, "the schema changed in a way that cannot be told")];
    };
    let mut walk = Walk { old: Side::new(old_document), new: Side::new(new_document), changes: Vec::new() };
    let (old_root, new_root) = (walk.old.root(), walk.new.root());
    walk.level(old, new, &old_root, &new_root, "");
    walk.changes.extend(constraint::of_record(&walk.old, &old_root, &walk.new, &new_root));
    walk.described(old_schema, new_schema);
    walk.changes
}

struct Walk<'o, 'n> {
    old: Side<'o>,
    new: Side<'n>,
    changes: Vec<FieldChange>,
}

impl<'o, 'n> Walk<'o, 'n> {
    fn level(&mut self, old: &[Field], new: &[Field], old_facts: &Facts<'o>, new_facts: &Facts<'n>, above: &str) {
        for field in new {
            let name = format!("{above}{}", field.name());
            match old.iter().find(|other| other.id == field.id) {
                Some(before) => self.field(&Pair { name: &name, old: before, new: field }, old_facts, new_facts),
                None => self.changes.push(presence::added(field, &name)),
            }
        }
        let gone = old.iter().filter(|field| new.iter().all(|other| other.id != field.id));
        self.changes.extend(gone.map(|field| presence::removed(&format!("{above}{}", field.name()))));
        self.changes.extend(presence::required_undeclared((old, old_facts), (new, new_facts), above));
        let refused = self.old.refused(old_facts);
        let now = self.new.refused(new_facts);
        self.changes.extend(now.iter().filter(|name| !refused.contains(name)).map(|name| presence::refused(&format!("{above}{name}"))));
    }

    fn field(&mut self, pair: &Pair<'_>, old_facts: &Facts<'o>, new_facts: &Facts<'n>) {
        presence::changes(pair, &mut self.changes);
        retype::changes(pair, &mut self.changes);
        nullable::changes(pair, &mut self.changes);
        default::changes(pair, &mut self.changes);
        access::changes(pair, &mut self.changes);
        description::changes(pair, &mut self.changes);
        let old = self.old.property(old_facts, pair.old.name());
        let new = self.new.property(new_facts, pair.new.name());
        let (old, new) = match (old, new) {
            (Some(old), Some(new)) => (old, new),
            (None, None) => return,
            _ => {
                let reason = "it is now declared in another part of the schema; cannot be shown to admit all it did";
                return self.changes.push(FieldChange::new("constraint_changed", pair.name, true, reason));
            }
        };
        constraint::changes(pair, (&mut self.old, &old), (&mut self.new, &new), &mut self.changes);
        if pair.walked(&old, &new) {
            self.level(&pair.old.children, &pair.new.children, &old, &new, &format!("{}.", pair.name));
        }
    }

    fn described(&mut self, old: &Value, new: &Value) {
        if ["title", "description"].iter().any(|word| old.get(word) != new.get(word)) {
            self.changes.push(FieldChange::new("description_changed", "", false, "title or description of the model"));
        }
    }
}
