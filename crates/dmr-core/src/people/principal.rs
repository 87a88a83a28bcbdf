//! Making, changing and deleting principals.

use super::description::{NewPrincipal, PrincipalPatch};
use super::reach::{added, beyond, credential_missing, needs_principals, needs_reach, quoted, roles_word};
use super::{ADMINISTRATOR, LOCAL, change as change_of, stored};
use crate::catalog::People;
use crate::change::{Change, RegistryKind};
use crate::log::EntryKind;
use crate::principal::{ANONYMOUS, Asker, Principal, Right};
use crate::problem::nearest;
use crate::record::PrincipalId;
use crate::{Code, Issue, Object, Problem, Value};
use std::collections::BTreeSet;
use std::sync::Arc;

/// The principal with an id or a name, where the asker may know of it: with the right `principals`, or because it is itself.
///
/// # Errors
/// [`Code::PrincipalUnknown`], the same for one that is not there and one that is hidden.
pub fn find<'a>(people: &'a People, asker: &Asker, principal: &str) -> Result<&'a Arc<Principal>, Problem> {
    if asker.is_anonymous() && !asker.may(Right::Principals) {
        return Err(credential_missing());
    }
    let found = match PrincipalId::parse(principal) {
        Some(id) => people.principals.get(&id),
        None => people.principal_called(principal),
    };
    found.filter(|found| found.id == asker.id || asker.may(Right::Principals)).ok_or_else(|| unknown(people, asker, principal))
}

fn unknown(people: &People, asker: &Asker, principal: &str) -> Problem {
    let problem = Problem::new(Code::PrincipalUnknown, format!("there is no principal `{principal}`"));
    if !asker.may(Right::Principals) {
        return problem;
    }
    let names = people.principals.values().take(300).map(|known| known.name.as_str());
    Problem { suggestions: nearest(principal, names), ..problem }
}

pub(super) fn create(people: &People, asker: &Asker, id: PrincipalId, new: &NewPrincipal, now: i64) -> Result<Vec<Change>, Problem> {
    needs_principals(asker)?;
    let mut issues = Vec::new();
    check_name(people, asker, &new.name, None, &mut issues);
    check_given(people, asker, &new.roles)?;
    if !issues.is_empty() {
        return Err(Problem::of(issues.first().map_or(Code::PrincipalInvalid, |issue| issue.code), issues));
    }
    let principal = Principal {
        id,
        name: new.name.clone(),
        roles: new.roles.clone(),
        attributes: new.attributes.clone(),
        suspended: new.suspended,
        created_at: now,
        revision: 1,
    };
    Ok(vec![change_of(EntryKind::PrincipalCreate, RegistryKind::Principal, id.to_string(), None, stored(&principal))])
}

pub(super) fn change(
    people: &People,
    asker: &Asker,
    principal: &str,
    patch: &PrincipalPatch,
    if_revision: Option<u64>,
) -> Result<Vec<Change>, Problem> {
    let before = find(people, asker, principal)?;
    needs_principals(asker)?;
    needs_reach(people, asker, before)?;
    if if_revision.is_some_and(|revision| revision != before.revision) {
        return Err(Problem::new(Code::RecordVersion, "the principal has changed since").suggest("read it again"));
    }
    let mut after = (**before).clone();
    if let Some(name) = patch.name.as_ref().filter(|name| **name != before.name) {
        let mut issues = Vec::new();
        check_name(people, asker, name, Some(before.id), &mut issues);
        if let Some(issue) = issues.pop() {
            return Err(Problem::one(issue));
        }
        after.name.clone_from(name);
    }
    if let Some(roles) = &patch.roles {
        check_given(people, asker, &added(&before.roles, roles))?;
        after.roles.clone_from(roles);
    }
    match &patch.attributes {
        None => {}
        Some(None) => after.attributes.clear(),
        Some(Some(attributes)) => {
            let mut merged: Object = after.attributes.into_iter().collect();
            merge(&mut merged, attributes);
            after.attributes = merged.into_iter().collect();
        }
    }
    after.suspended = patch.suspended.unwrap_or(before.suspended);
    if after == **before {
        return Ok(Vec::new());
    }
    after.revision += 1;
    let key = before.id.to_string();
    Ok(vec![change_of(EntryKind::PrincipalChange, RegistryKind::Principal, key, stored(&**before), stored(&after))])
}

pub(super) fn delete(people: &People, asker: &Asker, principal: &str) -> Result<Vec<Change>, Problem> {
    let before = find(people, asker, principal)?;
    needs_principals(asker)?;
    needs_reach(people, asker, before)?;
    let mut changes: Vec<Change> = people.keys_of(before.id).into_iter().map(super::key::gone).collect();
    changes.push(change_of(EntryKind::PrincipalDelete, RegistryKind::Principal, before.id.to_string(), stored(&**before), None));
    Ok(changes)
}

/// A name is free, and not one by which the system finds its own.
fn check_name(people: &People, asker: &Asker, name: &str, own: Option<PrincipalId>, issues: &mut Vec<Issue>) {
    let reserved = name == ADMINISTRATOR || name.starts_with(LOCAL) || name == ANONYMOUS || name == "system";
    if reserved && asker.id != PrincipalId::SYSTEM {
        issues.push(Issue::body("/name", Code::NameReserved, format!("the name `{name}` is kept for the system")));
    } else if people.principal_called(name).is_some_and(|known| Some(known.id) != own) {
        issues.push(Issue::body("/name", Code::UniqueTaken, format!("another principal is called `{name}`")).rule("unique"));
    }
}

/// Nobody gives a role it does not hold.
fn check_given(people: &People, asker: &Asker, roles: &BTreeSet<String>) -> Result<(), Problem> {
    let beyond = beyond(people, asker, roles);
    if beyond.is_empty() {
        return Ok(());
    }
    Err(Problem::new(Code::RightMissing, format!("you may not give {} that you do not hold: {}", roles_word(&beyond), quoted(&beyond)))
        .suggest("ask somebody who holds the role `admin`"))
}

fn merge(into: &mut Object, patch: &Object) {
    for (name, value) in patch {
        match (value, into.get_mut(name)) {
            (Value::Null, _) => drop(into.shift_remove(name)),
            (Value::Object(patch), Some(Value::Object(known))) => merge(known, patch),
            (Value::Object(patch), _) => {
                let mut made = Object::new();
                merge(&mut made, patch);
                into.insert(name.clone(), Value::Object(made));
            }
            (value, _) => drop(into.insert(name.clone(), value.clone())),
        }
    }
}
