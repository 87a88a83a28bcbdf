//! What a change makes of a record: merge patch, replacement, and going back to an older version. Each touches only what its asker may
//! set; everything else stays as it is.

use crate::document;
use crate::gate::View;
use crate::model::{Behaviour, Field, Model};
use crate::record::{PrincipalId, Record};
use crate::{Object, Value};

/// Who changes which record.
#[derive(Clone, Copy)]
pub(super) struct Hand<'a> {
    pub model: &'a Model,
    pub view: &'a View,
    pub asker: PrincipalId,
    pub owner: PrincipalId,
}

impl Hand<'_> {
    fn writes(&self, field: &Field) -> bool {
        self.view.access(field.id).write.holds(self.owner, self.asker)
    }

    pub(super) fn reads(&self, field: &Field) -> bool {
        self.view.access(field.id).read.holds(self.owner, self.asker)
    }

    fn writes_undeclared(&self) -> bool {
        self.view.undeclared.write.holds(self.owner, self.asker)
    }

    pub(super) fn reads_undeclared(&self) -> bool {
        self.view.undeclared.read.holds(self.owner, self.asker)
    }

    /// Whether undeclared members are both seen and set.
    fn owns_undeclared(&self) -> bool {
        self.writes_undeclared() && self.reads_undeclared()
    }
}

/// A stored record under names, without fields that are gone from the model: the newest version rules at the next write.
pub(super) fn current(model: &Model, doc: &[u8]) -> Object {
    document::decode_current(model, doc)
}

/// RFC 7396, with one difference that keeps null and absent apart: null sets null where the field admits it. What lies hidden inside an
/// object stays, whatever becomes of the rest.
pub(super) fn merge(hand: Hand<'_>, record: &mut Object, patch: Object) {
    merge_level(hand, &hand.model.fields, record, patch);
}

fn merge_level(hand: Hand<'_>, fields: &[Field], record: &mut Object, patch: Object) {
    for (name, value) in patch {
        let field = fields.iter().find(|field| field.name() == name);
        if value.is_null()
            && let (Some(field), Some(Value::Object(old))) = (field, record.get(&name))
            && hides_inside(hand, field)
        {
            let kept = replace_level(hand, &field.children, old, Object::new());
            record.insert(name, Value::Object(kept));
            continue;
        }
        match value {
            Value::Null if field.is_some_and(|field| field.shape.nullable) => {
                record.insert(name, Value::Null);
            }
            Value::Null => {
                record.shift_remove(&name);
            }
            Value::Object(inner) => {
                let children = field.map_or(&[][..], |field| &field.children);
                let mut target = match record.get_mut(&name) {
                    Some(Value::Object(target)) => std::mem::take(target),
                    _ => Object::new(),
                };
                merge_level(hand, children, &mut target, inner);
                record.insert(name, Value::Object(target));
            }
            other => {
                record.insert(name, other);
            }
        }
    }
}

/// The record after a replacement: what was sent, and everything the asker may not set as it was. What it may set but not see (WRITE_ONLY,
/// or by its roles) stays where it was not sent.
pub(super) fn replace(hand: Hand<'_>, before: &Object, sent: Object) -> Object {
    replace_level(hand, &hand.model.fields, before, sent)
}

fn replace_level(hand: Hand<'_>, fields: &[Field], before: &Object, mut sent: Object) -> Object {
    for field in fields {
        let Some(old) = before.get(field.name()) else { continue };
        let keeps = !hand.writes(field) || (!hand.reads(field) && !sent.contains_key(field.name()));
        if keeps {
            sent.insert(field.name().to_owned(), old.clone());
            continue;
        }
        if let (true, Value::Object(old)) = (hides_inside(hand, field), old) {
            let inner = match sent.get_mut(field.name()) {
                Some(Value::Object(inner)) => std::mem::take(inner),
                None | Some(Value::Null) => Object::new(),
                // What is no object is refused by its type.
                Some(_) => continue,
            };
            // It stays an object also where nothing is left in it: whether something hidden is, is not told.
            sent.insert(field.name().to_owned(), Value::Object(replace_level(hand, &field.children, old, inner)));
        }
    }
    if !hand.owns_undeclared() {
        let undeclared = before.iter().filter(|(name, _)| !sent.contains_key(*name) && fields.iter().all(|field| field.name() != *name));
        let kept: Vec<_> = undeclared.map(|(name, value)| (name.clone(), value.clone())).collect();
        sent.extend(kept);
    }
    sent
}

/// Takes out READ_ONLY members that say what is stored, and that the asker may read: a record that was read goes back as it is.
pub(super) fn leave_out_same(hand: Hand<'_>, doc: &[u8], sent: &mut Object) {
    if holds_read_only(&hand.model.fields) {
        leave_out(hand, &hand.model.fields, &current(hand.model, doc), sent);
    }
}

fn leave_out(hand: Hand<'_>, fields: &[Field], before: &Object, sent: &mut Object) {
    for field in fields {
        let name = field.name();
        let (Some(old), Some(new)) = (before.get(name), sent.get_mut(name)) else { continue };
        if field.is(Behaviour::ReadOnly) && !hand.writes(field) && hand.reads(field) && *old == *new {
            sent.shift_remove(name);
        } else if let (Value::Object(old), Value::Object(new)) = (old, new) {
            leave_out(hand, &field.children, old, new);
        }
    }
}

fn holds_read_only(fields: &[Field]) -> bool {
    fields.iter().any(|field| field.is(Behaviour::ReadOnly) || holds_read_only(&field.children))
}

fn hides_inside(hand: Hand<'_>, field: &Field) -> bool {
    let hides = |child: &Field| !hand.writes(child) || !hand.reads(child) || hides_inside(hand, child);
    !field.children.is_empty() && (!hand.owns_undeclared() || field.children.iter().any(hides))
}

/// Takes out what the asker does not see.
pub(super) fn retain_readable(hand: Hand<'_>, record: &mut Object) {
    readable_level(hand, &hand.model.fields, record);
}

fn readable_level(hand: Hand<'_>, fields: &[Field], record: &mut Object) {
    record.retain(|name, value| match fields.iter().find(|field| field.name() == name) {
        None => hand.reads_undeclared(),
        Some(field) if !hand.reads(field) => false,
        Some(field) => {
            if let (false, Value::Object(inner)) = (field.children.is_empty(), value) {
                readable_level(hand, &field.children, inner);
            }
            true
        }
    });
}

/// Takes out what the asker may not set.
fn retain_writable(hand: Hand<'_>, fields: &[Field], record: &mut Object) {
    record.retain(|name, value| match fields.iter().find(|field| field.name() == name) {
        None => hand.writes_undeclared(),
        Some(field) if !hand.writes(field) => false,
        Some(field) => {
            if let (false, Value::Object(inner)) = (field.children.is_empty(), value) {
                retain_writable(hand, &field.children, inner);
            }
            true
        }
    });
}

/// The record after going back: what the asker may set as it was then, everything else as it is now.
pub(super) fn revert(hand: Hand<'_>, now: &Record, then: &Record) -> Object {
    let (now, mut then) = (current(hand.model, &now.doc), current(hand.model, &then.doc));
    retain_writable(hand, &hand.model.fields, &mut then);
    let write_only_absent =
        hand.model.fields.iter().filter(|field| field.is(Behaviour::WriteOnly) && !then.contains_key(field.name())).count();
    let mut after = replace(hand, &now, then.clone());
    if write_only_absent > 0 {
        after.retain(|name, _| {
            hand.model.field(name).is_none_or(|field| !field.is(Behaviour::WriteOnly) || !hand.writes(field) || then.contains_key(name))
        });
    }
    after
}

/// Whether what was sent sets a field the asker cannot see in this record: such a write is a new version also where the value was the same,
/// else its answer would tell whether it was.
pub(super) fn sets_unseen(hand: Hand<'_>, sent: &Object) -> bool {
    sets_unseen_in(hand, &hand.model.fields, sent)
}

fn sets_unseen_in(hand: Hand<'_>, fields: &[Field], sent: &Object) -> bool {
    sent.iter().any(|(name, value)| match (fields.iter().find(|field| field.name() == name), value) {
        (None, _) => !hand.reads_undeclared(),
        (Some(field), _) if !hand.reads(field) => true,
        (Some(field), Value::Object(inner)) if !field.children.is_empty() => sets_unseen_in(hand, &field.children, inner),
        _ => false,
    })
}

/// Whether there is anything that the asker may set in this record and cannot see: going back can set it.
pub(super) fn may_set_unseen(hand: Hand<'_>) -> bool {
    hand.writes_undeclared() && !hand.reads_undeclared() || may_set_unseen_in(hand, &hand.model.fields)
}

fn may_set_unseen_in(hand: Hand<'_>, fields: &[Field]) -> bool {
    fields.iter().any(|field| hand.writes(field) && (!hand.reads(field) || may_set_unseen_in(hand, &field.children)))
}
