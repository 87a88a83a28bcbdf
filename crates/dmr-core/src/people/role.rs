//! Making and changing roles, and what they are.

use super::reach::{beyond, beyond_rights, needs_principals, quoted, roles_word};
use super::{change, stored};
use crate::catalog::People;
use crate::change::{Change, RegistryKind};
use crate::log::EntryKind;
use crate::name::check_role;
use crate::principal::{ADMIN, ANONYMOUS, Asker, Right, Role, USER};
use crate::problem::nearest;
use crate::{Code, Issue, Place, Problem, Value};
use serde_json::json;
use std::collections::BTreeSet;

pub(super) fn set(people: &People, asker: &Asker, role: &str, new: &Role) -> Result<Vec<Change>, Problem> {
    needs_principals(asker)?;
    check(people, role, new)?;
    let before = people.roles.get(role);
    if let Some(before) = before {
        check_reach(people, asker, before, "this role has")?;
    }
    check_reach(people, asker, new, "you may not give")?;
    if before == Some(new) {
        return Ok(Vec::new());
    }
    Ok(vec![change(EntryKind::RoleSet, RegistryKind::Role, role.to_owned(), before.and_then(stored), stored(new))])
}

/// What a role is: `{name, rights, inherits}`.
///
/// # Errors
/// [`Code::RoleUnknown`] for a role that was given nothing and that nobody holds.
pub fn describe(people: &People, role: &str) -> Result<Value, Problem> {
    let names = names(people);
    if !names.contains(role) {
        let near = nearest(role, names.iter().map(String::as_str));
        return Err(Problem { suggestions: near, ..Problem::new(Code::RoleUnknown, format!("there is no role `{role}`")) });
    }
    Ok(described(people, role))
}

/// Every role that was given something or that somebody holds, by name.
pub fn describe_all(people: &People) -> Vec<Value> {
    names(people).iter().map(|role| described(people, role)).collect()
}

fn described(people: &People, role: &str) -> Value {
    let known = people.roles.get(role);
    match (known, role) {
        (Some(known), _) => json!({ "name": role, "rights": known.rights, "inherits": known.inherits }),
        (None, ADMIN) => json!({ "name": role, "rights": Right::ALL, "inherits": [] }),
        (None, _) => json!({ "name": role, "rights": [], "inherits": [] }),
    }
}

fn names(people: &People) -> BTreeSet<String> {
    let held = people.principals.values().flat_map(|principal| principal.roles.iter());
    [ADMIN, ANONYMOUS, USER].into_iter().map(str::to_owned).chain(people.roles.keys().cloned()).chain(held.cloned()).collect()
}

fn check(people: &People, role: &str, new: &Role) -> Result<(), Problem> {
    if let Err(fault) = check_role(role) {
        return Err(Problem::one(Issue { place: Place::Path, ..fault.at("role") }));
    }
    let wrong = |at: &str, message: String| Err(Problem::one(Issue::body(at, Code::RoleInvalid, message)));
    if role == ADMIN {
        return wrong("", "the role `admin` has every right; it cannot be changed, so that nobody locks everybody out".into());
    }
    if role == ANONYMOUS && !new.inherits.is_empty() {
        return wrong("/inherits", "`anonymous` inherits nothing: say what it may do under its own name".into());
    }
    if people.reach(new.inherits.iter().cloned()).contains(role) {
        return wrong("/inherits", format!("`{role}` would inherit from itself"));
    }
    Ok(())
}

/// Nobody gives a right it does not have, nor changes a role that has one.
fn check_reach(people: &People, asker: &Asker, role: &Role, what: &str) -> Result<(), Problem> {
    let inherited = people.reach(role.inherits.iter().cloned());
    let of_inherited = inherited.iter().filter_map(|role| people.roles.get(role)).flat_map(|role| role.rights.iter());
    let rights: BTreeSet<Right> = role.rights.iter().chain(of_inherited).copied().collect();
    let rights: Vec<String> = beyond_rights(asker, &rights).into_iter().map(|right| right.as_str().to_owned()).collect();
    let roles = beyond(people, asker, &role.inherits);
    let word = if rights.len() == 1 { "a right" } else { "rights" };
    let detail = match (rights.is_empty(), roles.is_empty()) {
        (true, true) => return Ok(()),
        (false, _) => format!("{what} {word} that you do not have: {}", quoted(&rights)),
        (true, false) => format!("{what} {} that you do not hold: {}", roles_word(&roles), quoted(&roles)),
    };
    Err(Problem::new(Code::RightMissing, detail).suggest("ask somebody who holds the role `admin`"))
}
