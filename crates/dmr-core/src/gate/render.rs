//! A stored record as its asker sees it: copied from the stored text member by member, without building values.

use super::{Check, FieldRef, RefAt, View};
use crate::document::{OldLabels, beside, id_of, label_of};
use crate::json::{self, raw};
use crate::model::{Field, FieldId, Model};
use crate::path::{SystemField, UNDECLARED};
use crate::record::{PrincipalId, RecordRef};
use std::collections::BTreeSet;

/// How numbers travel.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub enum NumberStyle {
    /// As JSON numbers with the digits they are stored with.
    #[default]
    Exact,
    /// As strings, for clients that have only doubles.
    Text,
}

/// Which fields an answer shows; made from references, so only of what the asker may see.
#[derive(Debug, Clone, PartialEq, Default)]
pub struct Selection {
    whole: BTreeSet<FieldId>,
    part: BTreeSet<FieldId>,
    system: BTreeSet<SystemField>,
    undeclared: BTreeSet<String>,
}

impl Selection {
    /// A selection of references.
    pub fn of(references: &[FieldRef]) -> Self {
        let mut selection = Self::default();
        for reference in references {
            match &reference.at {
                RefAt::System(field) => {
                    selection.system.insert(*field);
                }
                RefAt::Document { ids, .. } => match ids.split_last() {
                    Some((last, above)) => {
                        selection.part.extend(above);
                        selection.whole.insert(*last);
                    }
                    None => {
                        let name = reference.name.split('.').next().unwrap_or_default();
                        selection.undeclared.insert(name.to_owned());
                    }
                },
            }
        }
        selection
    }

    /// Whether a field is shown, whole or in part.
    pub fn shows(&self, id: FieldId) -> bool {
        self.whole.contains(&id) || self.part.contains(&id)
    }

    /// Whether a member that the system keeps is shown.
    pub fn shows_system(&self, field: SystemField) -> bool {
        self.system.contains(&field)
    }

    /// Whether members that are no fields are shown.
    pub fn shows_undeclared(&self) -> bool {
        !self.undeclared.is_empty()
    }
}

/// Everything a record is rendered under.
#[derive(Debug, Clone, Copy)]
pub struct Rendering<'a> {
    /// The model as it is now.
    pub model: &'a Model,
    /// What the asker sees of it.
    pub view: &'a View,
    /// Who asks.
    pub asker: PrincipalId,
    /// Which fields; none: all that are seen.
    pub selection: Option<&'a Selection>,
    /// How numbers travel.
    pub numbers: NumberStyle,
    /// Whether system fields are shown; a snapshot within the history has none.
    pub system: bool,
    /// The labels of fields that are gone.
    pub old: &'a OldLabels,
    /// What the record is shown for.
    pub check: Check,
}

/// Appends a record as JSON, as the asker sees it.
pub fn write_record(rendering: &Rendering<'_>, record: &RecordRef<'_>, out: &mut Vec<u8>) {
    out.push(b'{');
    if rendering.system {
        write_system(rendering, record, SystemField::Id, out);
    }
    let everything = rendering.selection.is_none();
    Writer { rendering, record }.level(&rendering.model.fields, record.doc, true, everything, out);
    if rendering.system {
        SystemField::ALL.iter().skip(1).for_each(|field| write_system(rendering, record, *field, out));
    }
    out.push(b'}');
}

pub(super) struct Writer<'a> {
    pub rendering: &'a Rendering<'a>,
    pub record: &'a RecordRef<'a>,
}

impl Writer<'_> {
    /// The members of a stored object that are fields.
    fn level(&self, fields: &[Field], object: &[u8], top: bool, everything: bool, out: &mut Vec<u8>) {
        let members: Vec<(&[u8], &[u8])> = raw::members(object).collect();
        let mut next = 0;
        let mut known = 0;
        for field in fields {
            let key = field.key.as_bytes();
            let at = match members.get(next) {
                Some((name, _)) if *name == key => Some(next),
                _ => members.iter().position(|(name, _)| *name == key),
            };
            let Some(at) = at else { continue };
            next = at + 1;
            known += 1;
            self.field(field, members[at].1, everything, out);
        }
        if known < members.len() {
            self.others(fields, &members, top, everything, out);
        }
    }

    fn field(&self, field: &Field, value: &[u8], everything: bool, out: &mut Vec<u8>) {
        if !self.selected(field.id, everything) || !self.sees(field.id) {
            return;
        }
        let whole = everything || self.rendering.selection.is_some_and(|selection| selection.whole.contains(&field.id));
        self.labelled(field.name(), &field.children, value, whole, out);
    }

    fn labelled(&self, label: &str, children: &[Field], value: &[u8], whole: bool, out: &mut Vec<u8>) {
        separate(out);
        json::write_str(label, out);
        out.push(b':');
        self.inner(children, value, whole, out);
    }

    /// Whether undeclared members are seen: of the record, or of a field that declares some; what a field holds that declares none is its own.
    fn sees_undeclared(&self, top: bool, fields: &[Field]) -> bool {
        !top && fields.is_empty() || self.rendering.view.undeclared.read.holds(self.record.owner, self.rendering.asker)
    }

    /// The value of a field: an object of fields, an object that was data when it was written, or anything else.
    pub(super) fn inner(&self, children: &[Field], value: &[u8], whole: bool, out: &mut Vec<u8>) {
        if value.first() != Some(&b'{') {
            return self.value(value, out);
        }
        let holds_fields = raw::members(value).any(|(key, _)| key.first() == Some(&b'#') || key == UNDECLARED.as_bytes());
        if children.is_empty() && !holds_fields {
            return self.value(value, out);
        }
        out.push(b'{');
        if holds_fields || value == b"{}" {
            self.level(children, value, false, whole, out);
        } else {
            self.data(children, value, whole, out);
        }
        out.push(b'}');
    }

    /// Members under names, of which some are fields by now: those have their rights.
    fn data(&self, children: &[Field], object: &[u8], whole: bool, out: &mut Vec<u8>) {
        for (name, value) in raw::members(object) {
            let text = raw_name(name);
            match children.iter().find(|child| text.as_deref() == Some(child.name())) {
                Some(child) => self.field(child, value, whole, out),
                None if whole && self.sees_undeclared(false, children) => self.named(name, value, out),
                None => {}
            }
        }
    }

    fn named(&self, name: &[u8], value: &[u8], out: &mut Vec<u8>) {
        separate(out);
        out.push(b'"');
        out.extend_from_slice(name);
        out.extend_from_slice(b"\":");
        self.value(value, out);
    }

    /// Members that are no declared field: those of older versions, then undeclared ones.
    fn others(&self, fields: &[Field], members: &[(&[u8], &[u8])], top: bool, everything: bool, out: &mut Vec<u8>) {
        let undeclared = members.iter().find(|(key, _)| *key == UNDECLARED.as_bytes()).map(|(_, object)| *object);
        let seen = self.sees_undeclared(top, fields);
        // Only what is seen takes a name: what is hidden changes nothing.
        let named = |label: &str| undeclared.is_some_and(|object| seen && has(object, label));
        let mut told: Vec<String> = Vec::new();
        for (key, value) in members {
            let key = std::str::from_utf8(key).unwrap_or_default();
            if key == UNDECLARED || fields.iter().any(|field| &*field.key == key) {
                continue;
            }
            let Some(id) = id_of(key) else { continue };
            if everything && self.sees(id) {
                let field = |label: &str| fields.iter().any(|field| field.name() == label);
                let label = label_of(self.rendering.old, id, |label| field(label) || named(label) || told.iter().any(|told| told == label));
                self.labelled(&label, &[], value, true, out);
                told.push(label);
            }
        }
        let Some(object) = undeclared else { return };
        for (name, value) in raw::members(object) {
            let declared =
                if fields.is_empty() { None } else { raw_name(name).and_then(|name| fields.iter().find(|field| field.name() == name)) };
            match declared {
                Some(field) if !members.iter().any(|(key, _)| *key == field.key.as_bytes()) => self.field(field, value, everything, out),
                Some(field) if everything && self.sees(field.id) => {
                    let label = beside(field.name(), |label| named(label) || told.iter().any(|told| told == label));
                    self.labelled(&label, &field.children, value, true, out);
                }
                None if seen && (everything || self.names(name)) => self.named(name, value, out),
                _ => {}
            }
        }
    }

    fn names(&self, quoted: &[u8]) -> bool {
        raw_name(quoted).is_some_and(|name| self.rendering.selection.is_some_and(|selection| selection.undeclared.contains(&name)))
    }

    fn value(&self, value: &[u8], out: &mut Vec<u8>) {
        match self.rendering.numbers {
            NumberStyle::Exact => out.extend_from_slice(value),
            NumberStyle::Text => json::write(&numbers_as_text(raw::value(value)), out),
        }
    }

    fn selected(&self, id: FieldId, everything: bool) -> bool {
        everything || self.rendering.selection.is_none_or(|selection| selection.whole.contains(&id) || selection.part.contains(&id))
    }

    fn sees(&self, id: FieldId) -> bool {
        self.rendering.view.access_for(id, self.rendering.check).read.holds(self.record.owner, self.rendering.asker)
    }
}

/// Whether a stored object has a member of this name.
fn has(object: &[u8], name: &str) -> bool {
    raw::members(object).any(|(quoted, _)| raw_name(quoted).as_deref() == Some(name))
}

/// A name from how it stands between quotes.
fn raw_name(quoted: &[u8]) -> Option<String> {
    raw::text(&[b"\"", quoted, b"\""].concat()).map(std::borrow::Cow::into_owned)
}

pub(crate) fn numbers_as_text(value: crate::Value) -> crate::Value {
    use crate::Value;
    match value {
        Value::Number(number) => Value::String(number.to_string()),
        Value::Array(items) => items.into_iter().map(numbers_as_text).collect(),
        Value::Object(members) => members.into_iter().map(|(name, value)| (name, numbers_as_text(value))).collect(),
        other => other,
    }
}

fn separate(out: &mut Vec<u8>) {
    if out.last() != Some(&b'{') {
        out.push(b',');
    }
}

pub(super) fn write_system(rendering: &Rendering<'_>, record: &RecordRef<'_>, field: SystemField, out: &mut Vec<u8>) {
    let chosen = field == SystemField::Id || rendering.selection.is_none_or(|selection| selection.system.contains(&field));
    if !chosen || (field == SystemField::DeletedAt && record.deleted_at.is_none()) {
        return;
    }
    separate(out);
    out.push(b'"');
    out.extend_from_slice(field.as_str().as_bytes());
    out.extend_from_slice(b"\":");
    let quoted = field == SystemField::Version && rendering.numbers == NumberStyle::Text;
    quoted.then(|| out.push(b'"'));
    field.write_json(record, out);
    quoted.then(|| out.push(b'"'));
}
