//! References to fields: made here and nowhere else.

use super::{Check, Guard, View};
use crate::json::{self, raw};
use crate::model::{Field, FieldId, Model};
use crate::path::{StoredPath, SystemField, UNDECLARED};
use crate::problem::nearest;
use crate::types::FieldType;
use crate::{Code, Issue, Object, Value, document};
use std::sync::Arc;

/// What a reference is for. The answer for a hidden field is the same for each: it does not exist.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Use {
    /// To be shown.
    Select,
    /// To be compared.
    Filter,
    /// To order by.
    Sort,
    /// To make groups of records by.
    Group,
    /// To be counted, summed up, compared for the least or the greatest.
    Measure,
    /// To look for words in.
    Search,
    /// To be told of in statistics.
    Statistics,
    /// To be followed to the records it names.
    Expand,
}

impl Use {
    const fn check(self) -> Check {
        match self {
            Self::Select => Check::ColumnSelect,
            Self::Filter => Check::ColumnFilter,
            Self::Sort => Check::ColumnSort,
            Self::Group => Check::ColumnGroup,
            Self::Measure => Check::ColumnMeasure,
            Self::Search => Check::ColumnSearch,
            Self::Statistics => Check::ColumnStatistics,
            Self::Expand => Check::ColumnExpand,
        }
    }
}

/// A field the asker may use, and where.
#[derive(Debug, Clone, PartialEq)]
pub struct FieldRef {
    /// Its names, joined by dots.
    pub name: String,
    /// Where its value is.
    pub at: RefAt,
    /// What its values are.
    pub kind: FieldType,
    /// In which rows it is there; elsewhere it is absent.
    pub guard: Guard,
    /// For a declared field: what is seen inside it.
    pub inside: Option<Arc<Inside>>,
}

/// What is seen inside the value of a field.
#[derive(Debug, Clone, PartialEq)]
pub struct Inside {
    members: Vec<InsideMember>,
    undeclared: Guard,
}

#[derive(Debug, Clone, PartialEq)]
struct InsideMember {
    key: Box<str>,
    name: Box<str>,
    guard: Guard,
    inside: Inside,
}

impl Inside {
    /// A stored object as it is seen, under names; `own`: whether the record is the asker's. Fields that are gone from the model are not
    /// there.
    pub fn seen(&self, object: &[u8], own: bool) -> Value {
        let Value::Object(mut stored) = raw::value(object) else { return raw::value(object) };
        let there = |guard: Guard| guard == Guard::Always || guard == Guard::Own && own;
        let fields = document::holds_fields(stored.keys().map(String::as_str));
        let data = if fields { stored.shift_remove(UNDECLARED) } else { None };
        let mut out = Object::new();
        let mut data = match data {
            Some(Value::Object(data)) => data,
            _ if fields => Object::new(),
            _ => std::mem::take(&mut stored),
        };
        for member in &self.members {
            // Taken out in any case: a field has its name for itself.
            let undeclared = data.shift_remove(&*member.name);
            let value = stored.shift_remove(&*member.key).or(undeclared);
            if let Some(value) = value.filter(|_| there(member.guard)) {
                let value = match &value {
                    Value::Object(_) => member.inside.seen(json::to_string(&value).as_bytes(), own),
                    _ => value,
                };
                out.insert((*member.name).to_owned(), value);
            }
        }
        if there(self.undeclared) {
            out.extend(data);
        }
        Value::Object(out)
    }
}

/// Where a reference's value is.
#[derive(Debug, Clone, PartialEq)]
pub enum RefAt {
    /// In the document.
    Document {
        /// The declared part of the path, from the top down.
        ids: Vec<FieldId>,
        /// The whole path; longer than `ids` where it leads into data.
        path: StoredPath,
    },
    /// Beside it.
    System(SystemField),
}

impl FieldRef {
    /// The ids of a field that is declared whole; none for system fields and paths into data.
    pub fn declared(&self) -> Option<&[FieldId]> {
        match &self.at {
            RefAt::Document { ids, path } if !ids.is_empty() && *path == StoredPath::of_ids(ids) => Some(ids),
            _ => None,
        }
    }

    /// Why nothing can be put in order by it.
    pub fn unordered(&self) -> String {
        let what = match self.kind {
            FieldType::Any if self.declared().is_none() => {
                return format!("`{}` is not declared, and only declared fields have an order", self.name);
            }
            FieldType::Any => "any value".to_owned(),
            _ => format!("{} {}", if self.kind.name().starts_with('o') { "an" } else { "a" }, self.kind.name()),
        };
        format!("`{}` holds {what}, which has no order", self.name)
    }
}

impl View {
    /// The reference for a path of names, or that there is no such field.
    ///
    /// # Errors
    /// The same answer for a field that does not exist and one the asker may not read; suggestions come from what it may.
    pub fn reference(&self, model: &Model, names: &[&str], wanted: Use) -> Result<FieldRef, Issue> {
        self.find(model, names, wanted.check()).ok_or_else(|| self.unknown(model, &names.join(".")))
    }

    fn find(&self, model: &Model, names: &[&str], check: Check) -> Option<FieldRef> {
        let (first, rest) = names.split_first()?;
        if let Some(system) = SystemField::find(first) {
            let shown = rest.is_empty() && system != SystemField::DeletedAt;
            return shown.then(|| FieldRef {
                name: (*first).to_owned(),
                kind: system.kind(),
                at: RefAt::System(system),
                guard: Guard::Always,
                inside: None,
            });
        }
        // What may not be known is like any name the schema does not declare; where such names are data, so is this one, without a value.
        match model.field(first).filter(|field| self.access_for(field.id, check).known) {
            Some(_) => self.find_declared(model, names, check),
            None => self.find_undeclared(model, names),
        }
    }

    fn find_declared(&self, model: &Model, names: &[&str], check: Check) -> Option<FieldRef> {
        let (mut ids, mut path) = (Vec::new(), StoredPath::default());
        let mut names_left = names.iter();
        let mut field = model.field(names_left.next()?)?;
        let mut guard = Guard::Always;
        loop {
            guard = guard.min(self.access_for(field.id, check).read);
            if guard == Guard::Never {
                return None;
            }
            ids.push(field.id);
            path.push_field(field);
            let Some(name) = names_left.next() else {
                let inside = Some(Arc::new(self.inside(field, check)));
                let kind = field.shape.kind.clone();
                return Some(FieldRef { name: names.join("."), at: RefAt::Document { ids, path }, kind, guard, inside });
            };
            match field.child(name).filter(|child| self.access_for(child.id, check).known) {
                Some(child) => field = child,
                None => {
                    let kind = leads_into_data(field, name)?;
                    path.push(name);
                    let mut kind = kind;
                    for deeper in names_left {
                        path.push(deeper);
                        kind = FieldType::Any;
                    }
                    guard = guard.min(self.undeclared_in(field));
                    let at = RefAt::Document { ids, path };
                    let there = if field.child(name).is_some() { Guard::Never } else { guard };
                    return (guard != Guard::Never).then(|| FieldRef { name: names.join("."), at, kind, guard: there, inside: None });
                }
            }
        }
    }

    fn find_undeclared(&self, model: &Model, names: &[&str]) -> Option<FieldRef> {
        if !model.open || self.undeclared.read == Guard::Never || names.first().is_some_and(|name| name.starts_with('_')) {
            return None;
        }
        let mut path = StoredPath::default();
        path.push(UNDECLARED);
        names.iter().for_each(|name| path.push(name));
        let at = RefAt::Document { ids: Vec::new(), path };
        // What stood there before it was declared is the field's by now.
        let guard = if names.first().is_some_and(|name| model.field(name).is_some()) { Guard::Never } else { self.undeclared.read };
        Some(FieldRef { name: names.join("."), at, kind: FieldType::Any, guard, inside: None })
    }

    /// In which rows undeclared members of a field's value are seen: what a field holds that declares none is its own.
    pub(crate) fn undeclared_in(&self, field: &Field) -> Guard {
        if field.children.is_empty() { Guard::Always } else { self.undeclared.read }
    }

    fn inside(&self, field: &Field, check: Check) -> Inside {
        let member = |child: &Field| InsideMember {
            key: child.key.as_ref().into(),
            name: child.name().into(),
            guard: self.access_for(child.id, check).read,
            inside: self.inside(child, check),
        };
        Inside { members: field.children.iter().map(member).collect(), undeclared: self.undeclared_in(field) }
    }

    /// The issue that says a field does not exist.
    pub fn unknown(&self, model: &Model, name: &str) -> Issue {
        let names = self.visible_names(model);
        Issue::query(name, Code::FilterField, format!("there is no field `{name}`"))
            .suggest_all(nearest(name, names.iter().map(String::as_str)))
    }

    /// The names of fields the asker may read, nested ones with dots.
    pub fn visible_names(&self, model: &Model) -> Vec<String> {
        let mut names = Vec::new();
        let mut open: Vec<(String, &crate::model::Field)> =
            model.fields.iter().rev().map(|field| (field.name().to_owned(), field)).collect();
        while let Some((name, field)) = open.pop() {
            if self.access_for(field.id, Check::ColumnSuggest).read == Guard::Never {
                continue;
            }
            open.extend(field.children.iter().rev().map(|child| (format!("{name}.{}", child.name()), child)));
            names.push(name);
        }
        names
    }
}

/// The type of what lies under a name inside a field that is data; none where nothing can lie there.
fn leads_into_data(field: &crate::model::Field, _name: &str) -> Option<FieldType> {
    match &field.shape.kind {
        FieldType::Any => Some(FieldType::Any),
        FieldType::Object if field.children.is_empty() || field.shape.open => Some(FieldType::Any),
        FieldType::List(item) if matches!(**item, FieldType::Object | FieldType::Any) => Some(FieldType::Any),
        _ => None,
    }
}
