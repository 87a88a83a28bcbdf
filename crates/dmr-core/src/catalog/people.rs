//! Principals, roles and keys, and who an asker is (P7).

use crate::change::RegistryKind;
use crate::gate::{Exported, Gatekeeper};
use crate::log::unhex;
use crate::principal::{ADMIN, ANONYMOUS, ApiKey, Asker, Principal, Right, Role};
use crate::record::PrincipalId;
use crate::{Object, Value};
use foldhash::quality::RandomState;
use parking_lot::RwLock;
use std::collections::{BTreeMap, BTreeSet, HashMap};
use std::sync::Arc;

/// An API key with the asker it stands for, resolved on first use.
#[derive(Debug)]
pub struct KeyEntry {
    /// The key.
    pub key: ApiKey,
    /// The asker under the state it was resolved in. The lock guards this cell alone.
    asker: RwLock<Option<Arc<Asker>>>,
}

/// Principals, roles and keys.
#[derive(Debug, Default)]
pub struct People {
    /// Principals by id.
    pub principals: BTreeMap<PrincipalId, Arc<Principal>>,
    /// Roles that were given rights or heirs; any other role has none.
    pub roles: BTreeMap<String, Role>,
    keys: HashMap<PrincipalId, Arc<KeyEntry>, RandomState>,
    by_hash: HashMap<[u8; 32], Arc<KeyEntry>, RandomState>,
    by_name: HashMap<String, PrincipalId, RandomState>,
    gatekeeper: Gatekeeper,
    /// Raised by every change, of the export list too: what askers are resolved under.
    pub stamp: u64,
}

impl People {
    pub(super) fn put(&mut self, what: RegistryKind, key: &str, body: Option<&Value>) -> Result<(), serde_json::Error> {
        self.stamp += 1;
        let body = body.cloned();
        match what {
            RegistryKind::Principal => self.put_principal(key, body.map(serde_json::from_value).transpose()?),
            RegistryKind::Role => match body {
                Some(body) => drop(self.roles.insert(key.to_owned(), serde_json::from_value(body)?)),
                None => drop(self.roles.remove(key)),
            },
            _ => self.put_key(key, body.map(serde_json::from_value).transpose()?),
        }
        Ok(())
    }

    fn put_principal(&mut self, key: &str, principal: Option<Principal>) {
        let Some(id) = PrincipalId::parse(key) else { return };
        if let Some(known) = self.principals.remove(&id) {
            self.by_name.remove(&known.name);
        }
        if let Some(principal) = principal {
            self.by_name.insert(principal.name.clone(), id);
            self.principals.insert(id, Arc::new(principal));
        }
    }

    fn put_key(&mut self, key: &str, api_key: Option<ApiKey>) {
        let Some(id) = PrincipalId::parse(key) else { return };
        if let Some(known) = self.keys.remove(&id)
            && let Some(hash) = hash_of(&known.key)
        {
            self.by_hash.remove(&hash);
        }
        if let Some(api_key) = api_key {
            let hash = hash_of(&api_key);
            let entry = Arc::new(KeyEntry { key: api_key, asker: RwLock::default() });
            self.keys.insert(id, entry.clone());
            hash.map(|hash| self.by_hash.insert(hash, entry));
        }
    }

    /// Takes in how the export list is held to now (M9): whoever was resolved before is resolved again.
    pub fn set_gatekeeper(&mut self, gatekeeper: Gatekeeper) {
        if self.gatekeeper != gatekeeper {
            self.gatekeeper = gatekeeper;
            self.stamp += 1;
        }
    }

    /// How the export list is held to.
    pub fn gatekeeper(&self) -> &Gatekeeper {
        &self.gatekeeper
    }

    /// A role by itself: it and what it inherits, and what the export list leaves these of the models.
    pub fn reach_of(&self, role: &str) -> (Vec<String>, Option<Arc<Exported>>) {
        let roles: Vec<String> = self.reach([role.to_owned()]).into_iter().collect();
        let exported = self.gatekeeper.exported(&roles, None);
        (roles, exported)
    }

    /// The asker a key stands for at a time; none where there is no such living key of a living principal.
    pub fn asker_of(&self, hash: &[u8; 32], now: i64) -> Option<Arc<Asker>> {
        let entry = self.by_hash.get(hash)?;
        if entry.key.expires_at.is_some_and(|end| end <= now) {
            return None;
        }
        if let Some(asker) = entry.asker.read().as_ref().filter(|asker| asker.stamp == self.stamp) {
            return Some(asker.clone());
        }
        let asker = self.asker(entry.key.principal, entry.key.roles.as_ref())?;
        let asker = Arc::new(Asker { key: Some(*hash), until: entry.key.expires_at, ..(*asker).clone() });
        *entry.asker.write() = Some(asker.clone());
        Some(asker)
    }

    /// A principal as an asker, with some of its roles or all.
    pub fn asker(&self, id: PrincipalId, only: Option<&BTreeSet<String>>) -> Option<Arc<Asker>> {
        let principal = self.principals.get(&id).filter(|principal| !principal.suspended)?;
        let roles = principal.roles.iter().filter(|role| only.is_none_or(|only| only.contains(*role)));
        Some(Arc::new(self.resolve(id, &principal.name, roles.cloned().collect())))
    }

    /// Whoever comes without a credential.
    pub fn anonymous(&self) -> Asker {
        self.resolve(PrincipalId::ANONYMOUS, ANONYMOUS, BTreeSet::from([ANONYMOUS.to_owned()]))
    }

    /// The system itself.
    pub fn system(&self) -> Asker {
        self.resolve(PrincipalId::SYSTEM, "system", BTreeSet::from([ADMIN.to_owned()]))
    }

    fn resolve(&self, id: PrincipalId, name: &str, given: BTreeSet<String>) -> Asker {
        let roles = self.reach(given);
        let mut rights: BTreeSet<Right> =
            roles.iter().filter_map(|role| self.roles.get(role)).flat_map(|role| role.rights.iter().copied()).collect();
        if roles.contains(ADMIN) && !self.roles.contains_key(ADMIN) {
            rights.extend(Right::ALL);
        }
        let roles: Vec<String> = roles.into_iter().collect();
        // The system itself registers what folders and code declare: it is bound by no list.
        let bound = id != PrincipalId::SYSTEM;
        let exported = bound.then(|| self.gatekeeper.exported(&roles, Some(name).filter(|_| id != PrincipalId::ANONYMOUS))).flatten();
        Asker { id, name: name.to_owned(), roles, rights, key: None, until: None, exported, stamp: self.stamp }
    }

    /// Roles with all that they inherit.
    pub fn reach(&self, given: impl IntoIterator<Item = String>) -> BTreeSet<String> {
        let (mut roles, mut open) = (BTreeSet::new(), given.into_iter().collect::<Vec<_>>());
        while let Some(role) = open.pop() {
            if roles.insert(role.clone()) {
                open.extend(self.roles.get(&role).into_iter().flat_map(|role| role.inherits.iter().cloned()));
            }
        }
        roles
    }

    /// The living principal with a name.
    pub fn principal_called(&self, name: &str) -> Option<&Arc<Principal>> {
        self.principals.get(self.by_name.get(name)?)
    }

    /// A key by its hash.
    pub fn key_of(&self, hash: &[u8; 32]) -> Option<&ApiKey> {
        self.by_hash.get(hash).map(|entry| &entry.key)
    }

    /// A key by id.
    pub fn key(&self, id: PrincipalId) -> Option<&ApiKey> {
        self.keys.get(&id).map(|entry| &entry.key)
    }

    /// How many keys there are.
    pub fn key_count(&self) -> usize {
        self.keys.len()
    }

    /// The keys of a principal, oldest first.
    pub fn keys_of(&self, principal: PrincipalId) -> Vec<&ApiKey> {
        let mut keys: Vec<&ApiKey> = self.keys.values().map(|entry| &entry.key).filter(|key| key.principal == principal).collect();
        keys.sort_by_key(|key| key.id);
        keys
    }

    /// What a principal is, for those who may know; keys without their hashes.
    pub fn describe(&self, principal: &Principal) -> Value {
        let mut out = match serde_json::to_value(principal) {
            Ok(Value::Object(out)) => out,
            _ => Object::new(),
        };
        out.shift_remove("revision");
        out.insert("suspended".into(), principal.suspended.into());
        out.insert("created_at".into(), crate::time::text(principal.created_at).into());
        let keys = self.keys_of(principal.id).into_iter().map(describe_key).collect::<Vec<_>>();
        out.insert("keys".into(), keys.into());
        Value::Object(out)
    }
}

fn describe_key(key: &ApiKey) -> Value {
    serde_json::json!({
        "id": key.id.to_string(), "name": key.name, "roles": key.roles,
        "expires_at": key.expires_at.map(crate::time::text), "created_at": crate::time::text(key.created_at),
    })
}

fn hash_of(key: &ApiKey) -> Option<[u8; 32]> {
    unhex(&key.hash)?.try_into().ok()
}
