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

    fn reads(&self, field: &Field) -> bool {
        self.view.access(field.id).read.holds(self.owner, self.asker)
    }

    fn writes_undeclared(&self) -> bool {
        self.view.undeclared.write.holds(self.owner, self.asker)
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
            if !kept.is_empty() {
                record.insert(name, Value::Object(kept));
                continue;
            }
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
    let mut after = replace_level(hand, &hand.model.fields, before, sent);
    if !hand.writes_undeclared() {
        after.extend(before.iter().filter(|(name, _)| hand.model.field(name).is_none()).map(|(name, value)| (name.clone(), value.clone())));
    }
    after
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
            let kept = replace_level(hand, &field.children, old, inner);
            if !kept.is_empty() {
                sent.insert(field.name().to_owned(), Value::Object(kept));
            }
        }
    }
    sent
}

fn hides_inside(hand: Hand<'_>, field: &Field) -> bool {
    field.children.iter().any(|child| !hand.writes(child) || !hand.reads(child) || hides_inside(hand, child))
}

/// The record after going back: what the asker may set as it was then, everything else as it is now.
pub(super) fn revert(hand: Hand<'_>, now: &Record, then: &Record) -> Object {
    let (now, mut then) = (current(hand.model, &now.doc), current(hand.model, &then.doc));
    let unseen: Vec<String> = hand.model.fields.iter().filter(|field| !hand.writes(field)).map(|field| field.name().to_owned()).collect();
    for name in unseen {
        then.shift_remove(&name);
    }
    if !hand.writes_undeclared() {
        then.retain(|name, _| hand.model.field(name).is_some());
    }
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
