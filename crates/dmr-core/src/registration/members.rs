//! Members of indexes, unique constraints and keys: from names to ids.

use super::{Registration, Targets, reference};
use crate::model::{
    Behaviour, Field, FieldId, FieldSettings, Head, IndexDefinition, MemberDefinition, Model, OnDelete, UniqueDefinition, check_normalisers,
};
use crate::path::SystemField;
use crate::problem::nearest;
use crate::query::Sort;
use crate::search::is_searchable;
use crate::types::FieldType;
use crate::widget::Widget;
use crate::{Code, Issue};
use std::collections::BTreeMap;

/// Finds the field on a path of names.
pub(super) fn find<'a>(model: &'a Model, names: &[String], pointer: &str) -> Result<(Vec<FieldId>, &'a Field), Issue> {
    let unknown = || {
        let known: Vec<&str> = model.fields.iter().map(Field::name).collect();
        let name = names.join(".");
        Issue::body(pointer, Code::DefinitionInvalid, format!("the schema declares no field `{name}`")).suggest_all(nearest(&name, known))
    };
    // A name may hold dots itself.
    if let Some(field) = model.field(&names.join(".")) {
        return Ok((vec![field.id], field));
    }
    let (first, rest) = names.split_first().ok_or_else(unknown)?;
    let mut field = model.field(first).ok_or_else(unknown)?;
    let mut ids = vec![field.id];
    for name in rest {
        field = field.child(name).ok_or_else(unknown)?;
        ids.push(field.id);
    }
    Ok((ids, field))
}

fn keyed(field: &Field, pointer: &str) -> Result<(), Issue> {
    match field.shape.kind {
        FieldType::List(_) | FieldType::Object => {
            let what = field.shape.kind.name();
            Err(Issue::body(pointer, Code::DefinitionInvalid, format!("`{}` holds a {what}, which has no order to index", field.name())))
        }
        _ => Ok(()),
    }
}

fn ordered(field: &Field, pointer: &str) -> Result<(), Issue> {
    keyed(field, pointer)
}

/// Applies what a registration says of fields, indexes, unique constraints and the key to a head.
pub(super) fn apply(head: &mut Head, model: &Model, registration: &Registration, targets: &Targets, issues: &mut Vec<Issue>) {
    settings(head, model, registration, targets, issues);
    if let Some(indexes) = &registration.indexes {
        declared_indexes(head, model, indexes, issues);
    }
    behaviour_indexes(head, model, issues);
    searchable(&model.fields, registration, &mut Vec::new(), issues);
    if let Some(unique) = &registration.unique {
        declared_unique(head, model, unique, issues);
    }
    if let Some(key) = &registration.key {
        declared_key(head, model, key, issues);
    }
}

fn settings(head: &mut Head, model: &Model, registration: &Registration, targets: &Targets, issues: &mut Vec<Issue>) {
    for (name, settings) in &registration.fields {
        let names: Vec<String> = name.split('.').map(str::to_owned).collect();
        match find(model, &names, &crate::path::pointer("/fields", name)) {
            Ok((ids, field)) => {
                let Some(id) = ids.last() else { continue };
                if let Some(settings) = settings {
                    let at = format!("{}/normalise", crate::path::pointer("/fields", name));
                    issues.extend(check_normalisers(&settings.normalise, Some(&field.shape.kind), &at));
                    let at = format!("{}/widget", crate::path::pointer("/fields", name));
                    let widget = settings.widget.as_deref().filter(|_| field.shape.kind != FieldType::Any);
                    issues.extend(widget.and_then(|widget| Widget::check(widget, &field.shape.kind, &at)));
                    issues.extend(check_factory(field, settings, ids.len() == 1, &crate::path::pointer("/fields", name)));
                }
                let normalise = settings.as_ref().map(|settings| settings.normalise.clone()).unwrap_or_default();
                if head.key == ids && normalise != field.normalisers {
                    // Records that are there would be called as before, and no more found by what is sent.
                    let at = format!("{}/normalise", crate::path::pointer("/fields", name));
                    issues.push(Issue::body(
                        at,
                        Code::DefinitionInvalid,
                        "how a declared key is normalised is said when the model is registered",
                    ));
                }
                let references = reference::resolve(registration, name, targets, issues);
                let settings = FieldSettings { references, ..settings.clone().unwrap_or_default() };
                match settings.is_empty() {
                    false => drop(head.settings.insert(*id, settings)),
                    true => drop(head.settings.remove(id)),
                }
            }
            Err(issue) => issues.push(issue),
        }
    }
}

/// A factory makes values of its field's type, of a field at the top of the record that has no constant default.
fn check_factory(field: &Field, settings: &FieldSettings, at_top: bool, at: &str) -> Option<Issue> {
    let factory = settings.default_factory?;
    let at = format!("{at}/default_factory");
    if !at_top {
        return Some(Issue::body(at, Code::DefinitionInvalid, "a default factory is of a field at the top of the record"));
    }
    if field.shape.default.is_some() {
        let message = format!("the schema gives `{}` a constant default already", field.name());
        return Some(Issue::body(at, Code::BehaviourContradiction, message).suggest("take `default` out of its schema"));
    }
    factory.misfit(&field.shape.kind, &at)
}

/// What is said to be SEARCHABLE holds texts. A field that another type made unfit later stays as it is, and is found in nothing.
fn searchable<'f>(fields: &'f [Field], registration: &Registration, above: &mut Vec<&'f str>, issues: &mut Vec<Issue>) {
    for field in fields {
        above.push(field.name());
        let name = above.join(".");
        let settings = registration.fields.get(&name).and_then(Option::as_ref);
        if settings.is_some_and(|set| set.behaviours.contains(&Behaviour::Searchable)) {
            let at = format!("{}/behaviours", crate::path::pointer("/fields", &name));
            if !is_searchable(&field.shape.kind) {
                let what = field.shape.kind.name();
                let message = format!("`{name}` holds {what}; only texts and lists of texts are searched");
                issues.push(Issue::body(at, Code::DefinitionInvalid, message).suggest("INDEXED"));
            } else if field.shape.write_only && !settings.is_some_and(|set| set.behaviours.contains(&Behaviour::ReadWrite)) {
                let message = format!("the schema says that `{name}` is never shown (`writeOnly`): it cannot be SEARCHABLE");
                issues.push(Issue::body(at, Code::BehaviourContradiction, message));
            }
        }
        searchable(&field.children, registration, above, issues);
        above.pop();
    }
}

fn declared_indexes(head: &mut Head, model: &Model, indexes: &[Vec<Sort>], issues: &mut Vec<Issue>) {
    let mut kept: Vec<IndexDefinition> = Vec::new();
    for (at, members) in indexes.iter().enumerate() {
        let pointer = format!("/indexes/{at}");
        let read: Result<Vec<MemberDefinition>, Issue> = members.iter().map(|member| member_of(model, member, &pointer)).collect();
        match read {
            Ok(members) => {
                if kept.iter().any(|index| index.members == members) {
                    issues.push(Issue::body(pointer, Code::DefinitionInvalid, "this index is declared twice"));
                    continue;
                }
                let known = head.indexes.iter().find(|index| !index.behaviour && index.members == members).map(|index| index.id);
                let id = known.unwrap_or_else(|| take(&mut head.next_index));
                kept.push(IndexDefinition { id, members, behaviour: false });
            }
            Err(issue) => issues.push(issue),
        }
    }
    // Those of behaviours come last, as at the first registration: the same again is then the same.
    kept.extend(head.indexes.iter().filter(|index| index.behaviour).cloned());
    head.indexes = kept;
}

fn member_of(model: &Model, member: &Sort, pointer: &str) -> Result<MemberDefinition, Issue> {
    if let [name] = member.field.as_slice()
        && let Some(system) = SystemField::find(name)
    {
        if system == SystemField::DeletedAt {
            return Err(Issue::body(
                pointer,
                Code::DefinitionInvalid,
                "only living records are in an index: `_deleted_at` cannot be a member",
            ));
        }
        return Ok(MemberDefinition { field: Vec::new(), system: Some(name.clone()), descending: member.descending });
    }
    let (ids, field) = find(model, &member.field, pointer)?;
    ordered(field, pointer)?;
    Ok(MemberDefinition { field: ids, system: None, descending: member.descending })
}

/// An index for each INDEXED field, and none for those that are so no more.
fn behaviour_indexes(head: &mut Head, model: &Model, issues: &mut Vec<Issue>) {
    let mut wanted = Vec::new();
    gather(&model.fields, &head.settings, &mut Vec::new(), &mut wanted, issues);
    head.indexes.retain(|index| !index.behaviour || index.members.first().is_some_and(|member| wanted.contains(&member.field)));
    for ids in wanted {
        if !head.indexes.iter().any(|index| index.behaviour && index.members.first().is_some_and(|member| member.field == ids)) {
            let id = take(&mut head.next_index);
            head.indexes.push(IndexDefinition {
                id,
                members: vec![MemberDefinition { field: ids, system: None, descending: false }],
                behaviour: true,
            });
        }
    }
}

fn gather(
    fields: &[Field],
    settings: &BTreeMap<FieldId, FieldSettings>,
    above: &mut Vec<FieldId>,
    wanted: &mut Vec<Vec<FieldId>>,
    issues: &mut Vec<Issue>,
) {
    for field in fields {
        above.push(field.id);
        let set = settings.get(&field.id);
        // What restricts is looked up by its value.
        let restricts = |set: &FieldSettings| set.references.is_some_and(|reference| reference.on_delete == OnDelete::Restrict);
        let single = !matches!(field.shape.kind, FieldType::List(_) | FieldType::Object);
        if set.is_some_and(|set| set.behaviours.contains(&Behaviour::Indexed) || single && restricts(set)) {
            match ordered(field, &format!("/fields/{}", field.name())) {
                Ok(()) => wanted.push(above.clone()),
                Err(issue) => issues.push(issue),
            }
        }
        gather(&field.children, settings, above, wanted, issues);
        above.pop();
    }
}

fn declared_unique(head: &mut Head, model: &Model, unique: &[Vec<Vec<String>>], issues: &mut Vec<Issue>) {
    let mut kept: Vec<UniqueDefinition> = Vec::new();
    for (at, fields) in unique.iter().enumerate() {
        let pointer = format!("/unique/{at}");
        let members: Result<Vec<Vec<FieldId>>, Issue> =
            fields.iter().map(|names| find(model, names, &pointer).and_then(|(ids, field)| keyed(field, &pointer).map(|()| ids))).collect();
        match members {
            Ok(members) => {
                let known =
                    head.unique.iter().find(|known| known.members == members && Some(known.id) != head.key_unique).map(|known| known.id);
                let id = known.unwrap_or_else(|| take(&mut head.next_index));
                kept.push(UniqueDefinition { id, members });
            }
            Err(issue) => issues.push(issue),
        }
    }
    // The key's comes last, as at the first registration: the same again is then the same.
    kept.extend(head.unique.iter().filter(|known| Some(known.id) == head.key_unique).cloned());
    head.unique = kept;
}

fn declared_key(head: &mut Head, model: &Model, key: &[Vec<String>], issues: &mut Vec<Issue>) {
    let [names] = key else {
        issues.push(
            Issue::body("/key", Code::BehaviourUnavailable, "a key of several fields is not built yet")
                .suggest("declare the fields under `unique` and use `_id`"),
        );
        return;
    };
    let (ids, field) = match find(model, names, "/key/0") {
        Ok(found) => found,
        Err(issue) => return issues.push(issue),
    };
    if let Err(issue) = keyed(field, "/key/0") {
        return issues.push(issue);
    }
    if head.key == ids {
        return;
    }
    head.unique.retain(|unique| Some(unique.id) != head.key_unique);
    let id = take(&mut head.next_index);
    head.unique.push(UniqueDefinition { id, members: vec![ids.clone()] });
    head.key_unique = Some(id);
    head.key = ids;
}

fn take(next: &mut u32) -> u32 {
    let id = *next;
    *next += 1;
    id
}
