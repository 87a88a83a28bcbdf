//! The permissions of a model: from the document with names to the form with ids, and back (P1, P2, P3).

use super::members::find;
use super::read::unavailable;
use crate::gate::{Guard, View};
use crate::model::{Behaviour, Factory, Field, Head, Model};
use crate::path::pointer;
use crate::permission::{ColumnKey, ColumnRule, Operation, Operations, Permissions, RowRule, RowRules};
use crate::problem::nearest;
use crate::{Code, Issue, Object, Problem, Value};
use serde_json::json;
use std::collections::BTreeSet;

/// Reads a permissions document. Pointers are under `at`.
///
/// # Errors
/// Everything that is wrong with it; masks, conditions and rules that are not built are refused by name.
pub fn read_permissions(document: &Value, model: &Model, at: &str) -> Result<Permissions, Problem> {
    let mut issues = Vec::new();
    let mut out = Permissions::default();
    let Value::Object(members) = document else {
        return Err(Problem::one(Issue::body(
            at,
            Code::PermissionsInvalid,
            "permissions are an object: {models, rows, columns, discloses}",
        )));
    };
    for (member, value) in members {
        let here = pointer(at, member);
        match (member.as_str(), value) {
            ("models", Value::Object(roles)) => read_models(roles, &here, &mut out, &mut issues),
            ("rows", Value::Object(roles)) => read_rows(roles, &here, &mut out, &mut issues),
            ("columns", Value::Object(fields)) => read_columns(fields, &here, model, &mut out, &mut issues),
            ("discloses", Value::Array(items)) => {
                for item in items {
                    match item.as_str() {
                        Some(name) => drop(out.discloses.insert(name.to_owned())),
                        None => issues.push(invalid(&here, "`discloses` is a list of field names")),
                    }
                }
            }
            ("models" | "rows" | "columns" | "discloses", _) => {
                issues.push(invalid(&here, "this is not of the shape it has in the documentation"))
            }
            (other, _) => issues.push(
                invalid(&here, &format!("permissions have no member `{other}`"))
                    .suggest_all(nearest(other, ["models", "rows", "columns", "discloses"])),
            ),
        }
    }
    for role in out.rows.keys().filter(|role| !out.models.contains_key(*role)) {
        issues.push(invalid(&pointer(&format!("{at}/rows"), role), "this role has row rules but no operations under `models`"));
    }
    if issues.is_empty() { Ok(out) } else { Err(super::read::problem(issues)) }
}

fn invalid(at: &str, message: &str) -> Issue {
    Issue::body(at, Code::PermissionsInvalid, message)
}

fn read_models(roles: &Object, at: &str, out: &mut Permissions, issues: &mut Vec<Issue>) {
    for (role, operations) in roles {
        let here = pointer(at, role);
        check_role(role, &here, issues);
        let Value::Array(names) = operations else {
            issues.push(invalid(&here, "a role has a list of create, read, update, delete, list"));
            continue;
        };
        let mut set = Operations::NONE;
        for name in names {
            let found = Operation::ALL.into_iter().find(|operation| name.as_str() == Some(operation.as_str()));
            match found {
                Some(operation) => set = set.with(operation),
                None => issues.push(
                    invalid(&here, "there is no such operation")
                        .value(name)
                        .suggest_all(Operation::ALL.map(|operation| operation.as_str().to_owned())),
                ),
            }
        }
        out.models.insert(role.clone(), set);
    }
}

/// A role is named like anything else: letters, digits, `_`, `-`; or `*`.
fn check_role(role: &str, at: &str, issues: &mut Vec<Issue>) {
    if role == crate::principal::ANY_ROLE {
        return;
    }
    if let Err(fault) = crate::name::check_role(role) {
        issues.push(invalid(at, &fault.message));
    }
}

fn read_rows(roles: &Object, at: &str, out: &mut Permissions, issues: &mut Vec<Issue>) {
    for (role, rules) in roles {
        let here = pointer(at, role);
        check_role(role, &here, issues);
        let Value::Object(rules) = rules else {
            issues.push(invalid(&here, "row rules are {read: <rule>, write: <rule>}"));
            continue;
        };
        let mut read = RowRules::default();
        for (use_, rule) in rules {
            let here = pointer(&here, use_);
            let rule = match rule {
                Value::String(rule) if rule == "owner" => RowRule::Owner,
                Value::String(rule) if rule == "public" => RowRule::Public,
                Value::Object(rule) if rule.contains_key("role") || rule.contains_key("custom") => {
                    issues.push(unavailable(&here, "a row rule of the kind `role` or `custom`").suggest("owner").suggest("public"));
                    continue;
                }
                _ => {
                    issues.push(invalid(&here, "a row rule is \"owner\" or \"public\"").value(rule));
                    continue;
                }
            };
            match use_.as_str() {
                "read" => read.read = rule,
                "write" => read.write = rule,
                other => issues.push(invalid(&here, &format!("a role has no row rule for `{other}`")).suggest("read").suggest("write")),
            }
        }
        // Who sees only what is its own changes only what is its own, unless the rule says otherwise.
        if !rules.contains_key("write") {
            read.write = read.read;
        }
        out.rows.insert(role.clone(), read);
    }
}

fn read_columns(fields: &Object, at: &str, model: &Model, out: &mut Permissions, issues: &mut Vec<Issue>) {
    for (name, rule) in fields {
        let here = pointer(at, name);
        let key = if name == crate::path::UNDECLARED {
            ColumnKey::Undeclared
        } else {
            let names: Vec<String> = name.split('.').map(str::to_owned).collect();
            match find(model, &names, &here) {
                Ok((ids, _)) => ColumnKey::Field(*ids.last().unwrap_or(&crate::model::FieldId(0))),
                Err(issue) => {
                    issues.push(Issue { code: Code::PermissionsInvalid, ..issue });
                    continue;
                }
            }
        };
        let Value::Object(members) = rule else {
            issues.push(invalid(&here, "a column rule is {read: [role], write: [role]}"));
            continue;
        };
        let mut read = ColumnRule::default();
        for (member, value) in members {
            let here = pointer(&here, member);
            match member.as_str() {
                "read" => read.read = read_roles(value, &here, issues),
                "write" => read.write = read_roles(value, &here, issues),
                "when" => issues.push(unavailable(&here, "`when`")),
                "masks" | "mask" => issues.push(unavailable(&here, "a mask")),
                other => issues
                    .push(invalid(&here, &format!("a column rule has no member `{other}`")).suggest_all(nearest(other, ["read", "write"]))),
            }
        }
        out.columns.insert(key, read);
    }
}

fn read_roles(value: &Value, at: &str, issues: &mut Vec<Issue>) -> Option<BTreeSet<String>> {
    let Value::Array(items) = value else {
        issues.push(invalid(at, "this is a list of roles"));
        return None;
    };
    let mut roles = BTreeSet::new();
    for item in items {
        match item.as_str() {
            Some(role) => {
                check_role(role, at, issues);
                roles.insert(role.to_owned());
            }
            None => issues.push(invalid(at, "a role is a text")),
        }
    }
    Some(roles)
}

/// Fields that are gone from the model are in its older records and its history still, and have no name a document could give them a rule
/// under: theirs stay, whatever the new permissions say of the rest.
pub(super) fn keep_rules_of_gone(old: &Permissions, model: &Model, new: &mut Permissions) {
    for (key, rule) in &old.columns {
        if let ColumnKey::Field(id) = key
            && path_of(&model.fields, *id, "").is_none()
        {
            new.columns.insert(*key, rule.clone());
        }
    }
}

/// The permissions of a model under names, as they were given.
pub fn write_permissions(model: &Model) -> Value {
    let permissions = &model.head.permissions;
    let mut columns = Object::new();
    for (key, rule) in &permissions.columns {
        let name = match key {
            ColumnKey::Undeclared => crate::path::UNDECLARED.to_owned(),
            ColumnKey::Field(id) => match path_of(&model.fields, *id, "") {
                Some(name) => name,
                None => continue,
            },
        };
        columns.insert(name, serde_json::to_value(rule).unwrap_or_default());
    }
    json!({
        "models": permissions.models, "rows": permissions.rows, "columns": columns,
        "discloses": permissions.discloses,
    })
}

fn path_of(fields: &[Field], id: crate::model::FieldId, above: &str) -> Option<String> {
    fields.iter().find_map(|field| {
        let name = if above.is_empty() { field.name().to_owned() } else { format!("{above}.{}", field.name()) };
        if field.id == id { Some(name) } else { path_of(&field.children, id, &name) }
    })
}

/// Refuses permissions under which a role could create but never fill a required field, and fields that nobody could ever fill.
pub(super) fn check_reachable(head: &Head, model: &Model, issues: &mut Vec<Issue>) {
    let creators = head.permissions.models.iter().filter(|(_, operations)| operations.has(Operation::Create));
    for (role, _) in creators {
        let roles = if role == crate::principal::ANY_ROLE { vec!["anyone".to_owned()] } else { vec![role.clone()] };
        let view = View::compile(model, &roles);
        for field in model.fields.iter().filter(|field| field.shape.required && field.shape.default.is_none() && field.factory.is_none()) {
            if view.access(field.id).write != Guard::Never {
                continue;
            }
            if field.is(Behaviour::ReadOnly) {
                let message = format!("`{}` is required, READ_ONLY and has no default: no record could ever be created", field.name());
                let issue = Issue::body(pointer("/fields", field.name()), Code::BehaviourContradiction, message)
                    .suggest("give it a default, or do not require it");
                if !issues.iter().any(|known| known.pointer == issue.pointer) {
                    issues.push(issue);
                }
                continue;
            }
            let undisclosed = view.undisclosed.contains(&field.id);
            let message = format!("the role `{role}` may create records but never write `{}`, which is required", field.name());
            let issue = Issue::body(pointer("/permissions/models", role), Code::PermissionsUnreachable, message);
            issues.push(match undisclosed {
                true => issue.suggest(format!(
                    "a unique constraint on `{}` would tell this role of records it may not see: add it to `discloses`",
                    field.name()
                )),
                false => issue.suggest(format!("add `{role}` to the roles that write `{}`, or give it a default", field.name())),
            });
        }
    }
}

/// A sequence tells of records that one may not see how many there are: who sees only some of them, and its numbers, is told so by the
/// permissions.
pub(super) fn check_sequences(head: &Head, model: &Model, issues: &mut Vec<Issue>) {
    let sequences = model.fields.iter().filter(|field| field.factory == Some(Factory::Sequence));
    for field in sequences.filter(|field| !head.permissions.discloses.contains(field.name())) {
        for role in head.permissions.models.keys() {
            let roles = if role == crate::principal::ANY_ROLE { vec!["anyone".to_owned()] } else { vec![role.clone()] };
            let view = View::compile(model, &roles);
            let sight = view.sight();
            if sight == Guard::Own && view.access(field.id).read != Guard::Never {
                let name = field.name();
                let message =
                    format!("the numbers of `{name}` tell the role `{role}`, which sees only its own records, how many there are");
                issues.push(
                    Issue::body("/permissions/discloses", Code::DisclosureUndeclared, message)
                        .suggest(format!("add `{name}` to `discloses`, or do not let the role read it")),
                );
            }
        }
    }
}
