//! What an asker may give to others, and whom it may touch.

use crate::catalog::People;
use crate::principal::{ADMIN, Asker, Principal, Right};
use crate::{Code, Problem};
use std::collections::BTreeSet;

/// The right to make principals, roles and keys.
pub(super) fn needs_principals(asker: &Asker) -> Result<(), Problem> {
    if asker.may(Right::Principals) {
        return Ok(());
    }
    if asker.is_anonymous() {
        return Err(credential_missing());
    }
    Err(Problem::new(Code::RightMissing, format!("the right `{}` is missing", Right::Principals.as_str())))
}

/// What whoever comes without a credential is told, of everything alike.
pub(super) fn credential_missing() -> Problem {
    Problem::new(Code::CredentialMissing, "a credential is needed").suggest("Authorization: Bearer <API key>")
}

/// The roles among some, with those they inherit, that the asker does not hold.
pub(super) fn beyond<'a>(people: &People, asker: &Asker, roles: impl IntoIterator<Item = &'a String>) -> Vec<String> {
    if is_admin(asker) {
        return Vec::new();
    }
    people.reach(roles.into_iter().cloned()).into_iter().filter(|role| asker.roles.binary_search(role).is_err()).collect()
}

/// The rights among some that the asker does not have.
pub(super) fn beyond_rights<'a>(asker: &Asker, rights: impl IntoIterator<Item = &'a Right>) -> Vec<Right> {
    if is_admin(asker) { Vec::new() } else { rights.into_iter().copied().filter(|right| !asker.may(*right)).collect() }
}

/// Whether the asker holds every role that a principal has.
pub(super) fn needs_reach(people: &People, asker: &Asker, principal: &Principal) -> Result<(), Problem> {
    let beyond = beyond(people, asker, &principal.roles);
    if beyond.is_empty() {
        return Ok(());
    }
    Err(Problem::new(Code::RightMissing, format!("this principal holds {} that you do not hold: {}", roles_word(&beyond), quoted(&beyond)))
        .suggest("ask somebody who holds the role `admin`"))
}

pub(super) fn is_admin(asker: &Asker) -> bool {
    asker.roles.iter().any(|role| role == ADMIN)
}

pub(super) fn roles_word(roles: &[String]) -> &'static str {
    if roles.len() == 1 { "a role" } else { "roles" }
}

pub(super) fn quoted(names: &[String]) -> String {
    names.iter().map(|name| format!("`{name}`")).collect::<Vec<_>>().join(", ")
}

/// Roles that are named but not held by anybody who would be the roles' giver, as a set.
pub(super) fn added(before: &BTreeSet<String>, after: &BTreeSet<String>) -> BTreeSet<String> {
    after.difference(before).cloned().collect()
}
