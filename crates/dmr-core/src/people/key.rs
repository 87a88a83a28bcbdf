//! Making and deleting API keys.

use super::description::KeyDescription;
use super::principal::find;
use super::reach::{needs_reach, quoted};
use super::{change, stored};
use crate::catalog::People;
use crate::change::{Change, RegistryKind};
use crate::log::{EntryKind, hex};
use crate::principal::{ApiKey, Asker, Principal};
use crate::record::PrincipalId;
use crate::{Code, Issue, Problem, time};
use std::collections::BTreeSet;

/// The most keys of a principal: anyone may make keys for itself.
pub const MOST_KEYS: usize = 100;

/// A key on its way.
pub(super) struct Made<'a> {
    pub id: PrincipalId,
    pub hash: &'a [u8; 32],
    pub description: &'a KeyDescription,
    pub replaces: bool,
    pub now: i64,
}

pub(super) fn create(people: &People, asker: &Asker, principal: &str, made: Made<'_>) -> Result<Vec<Change>, Problem> {
    let principal = find(people, asker, principal)?;
    let own = principal.id == asker.id;
    if !own {
        needs_reach(people, asker, principal)?;
    }
    let mut issues = Vec::new();
    let came_with = asker.key.as_ref().map(|hash| people.key_of(hash).ok_or_else(dead)).transpose()?.filter(|_| own);
    let roles = roles_of(asker, principal, came_with, made.description, &mut issues);
    let expires_at = end_of(came_with, made.description, made.now, &mut issues);
    if !issues.is_empty() {
        return Err(Problem::of(Code::PrincipalInvalid, issues));
    }
    let name = &made.description.name;
    let (replaced, kept): (Vec<&ApiKey>, Vec<&ApiKey>) =
        people.keys_of(principal.id).into_iter().partition(|key| made.replaces && key.name == *name);
    if kept.len() >= MOST_KEYS {
        let most = MOST_KEYS as u64;
        return Err(Problem::new(Code::PrincipalInvalid, format!("a principal has at most {MOST_KEYS} keys"))
            .budget("keys of a principal", most, Some(most + 1))
            .suggest("delete keys that are not used"));
    }
    let key =
        ApiKey { id: made.id, principal: principal.id, hash: hex(made.hash), name: name.clone(), roles, expires_at, created_at: made.now };
    let mut changes: Vec<Change> = replaced.into_iter().map(gone).collect();
    changes.push(change(EntryKind::KeyCreate, RegistryKind::Key, made.id.to_string(), None, stored(&key)));
    Ok(changes)
}

/// Which of the principal's roles the key has: at most those of the key the asker came with, where it is for itself.
fn roles_of(
    asker: &Asker,
    principal: &Principal,
    came_with: Option<&ApiKey>,
    description: &KeyDescription,
    issues: &mut Vec<Issue>,
) -> Option<BTreeSet<String>> {
    let limit = came_with.and_then(|key| key.roles.as_ref());
    let may: BTreeSet<String> = principal.roles.iter().filter(|role| limit.is_none_or(|limit| limit.contains(*role))).cloned().collect();
    let Some(asked) = &description.roles else { return limit.map(|_| may) };
    let beyond: Vec<String> = asked.difference(&may).cloned().collect();
    if !beyond.is_empty() {
        let whose = if principal.id == asker.id { "you come with" } else { "the principal has" };
        let message = format!("a key has at most the roles that {whose}; these are not among them: {}", quoted(&beyond));
        issues.push(Issue::body("/roles", Code::PrincipalInvalid, message).suggest_all(may));
    }
    Some(asked.clone())
}

/// When it ends: not before now, and not after the key the asker made it with, where it is for itself.
fn end_of(came_with: Option<&ApiKey>, description: &KeyDescription, now: i64, issues: &mut Vec<Issue>) -> Option<i64> {
    let latest = came_with.and_then(|key| key.expires_at);
    let Some(end) = description.expires_at else { return latest };
    let message = if end <= now {
        "`expires_at` is in the past".to_owned()
    } else {
        match latest.filter(|latest| end > *latest) {
            Some(latest) => format!("a key ends at the latest with the one it is made with: {}", time::text(latest)),
            None => return Some(end),
        }
    };
    issues.push(Issue::body("/expires_at", Code::PrincipalInvalid, message).suggest_all(latest.map(time::text)));
    None
}

/// A key that is gone bounds nothing, and so makes nothing.
fn dead() -> Problem {
    Problem::new(Code::CredentialInvalid, "the credential is not valid any more")
}

pub(super) fn delete(people: &People, asker: &Asker, principal: &str, key: &str) -> Result<Vec<Change>, Problem> {
    let principal = find(people, asker, principal)?;
    if principal.id != asker.id {
        needs_reach(people, asker, principal)?;
    }
    let found = PrincipalId::parse(key).and_then(|id| people.key(id)).filter(|key| key.principal == principal.id);
    let found = found.ok_or_else(|| Problem::new(Code::KeyUnknown, format!("the principal has no key `{key}`")))?;
    Ok(vec![gone(found)])
}

pub(super) fn gone(key: &ApiKey) -> Change {
    change(EntryKind::KeyDelete, RegistryKind::Key, key.id.to_string(), stored(key), None)
}
