//! The principals a registry makes by itself: the local user, the administrator, the owner of the data directory. Each is made and
//! logged by the system's own principal.

use crate::registry::{Inner, Registry, random};
use crate::session::Session;
use crate::session::submitted::Registering;
use crate::submission::Make;
use dmr_core::catalog::Catalog;
use dmr_core::change::{Change, RegistryChange, RegistryKind};
use dmr_core::decide::{Decision, Reads, Snapshot};
use dmr_core::log::{EntryKind, hex};
use dmr_core::principal::{ADMIN, ApiKey, Asker, Principal};
use dmr_core::record::PrincipalId;
use dmr_core::{Code, Problem};
use sha2::{Digest, Sha256};
use std::collections::BTreeSet;
use std::sync::Arc;

/// The principal that administrators' keys belong to.
const ADMINISTRATOR: &str = "administrator";

impl Registry {
    /// Whoever runs this process: the principal `local:<os user>`, with the role `admin`.
    ///
    /// # Errors
    /// That the store failed.
    pub fn local(&self) -> Result<Arc<Asker>, Problem> {
        let user = ["USER", "LOGNAME", "USERNAME"].iter().find_map(|name| std::env::var(name).ok()).filter(|user| !user.is_empty());
        let id = self.ensure(&format!("local:{}", user.as_deref().unwrap_or("unknown")))?;
        self.asker(id)
    }

    /// Makes a key called `name` for the administrator; it replaces the last one of that name.
    ///
    /// # Errors
    /// That the store failed.
    pub fn administrator_key(&self, name: &str) -> Result<String, Problem> {
        let principal = self.ensure(ADMINISTRATOR)?;
        let secret = new_secret()?;
        let (id, hash, name) = (self.inner.ids.next(), Sha256::digest(secret.as_bytes()), name.to_owned());
        let key = ApiKey {
            id: PrincipalId(id.0),
            principal,
            hash: hex(&hash),
            name: Some(name.clone()),
            roles: None,
            expires_at: None,
            created_at: 0,
        };
        self.as_system(move |catalog, now| {
            let old = catalog.people.keys_of(principal).into_iter().filter(|old| old.name.as_ref() == Some(&name));
            let mut changes: Vec<Change> =
                old.map(|old| person(EntryKind::KeyDelete, RegistryKind::Key, old.id, Some(old), None)).collect();
            let key = ApiKey { created_at: now, ..key.clone() };
            changes.push(person(EntryKind::KeyCreate, RegistryKind::Key, key.id, None, Some(&key)));
            changes
        })?;
        Ok(secret)
    }

    /// A credential that acts as the local user and dies with this process; it is nowhere stored.
    ///
    /// # Errors
    /// That the system gives no random bytes.
    pub fn owner_credential(&self) -> Result<String, Problem> {
        let secret = new_secret()?;
        *self.inner.owner.lock() = Some(Sha256::digest(secret.as_bytes()).into());
        Ok(secret)
    }

    fn asker(&self, id: PrincipalId) -> Result<Arc<Asker>, Problem> {
        let asker = self.inner.catalog.read().people.asker(id, None);
        asker.ok_or_else(|| Problem::new(Code::CredentialInvalid, "the principal is suspended"))
    }

    /// The principal with a name and the role `admin`, made where it is not there.
    fn ensure(&self, name: &str) -> Result<PrincipalId, Problem> {
        let known = |inner: &Inner| inner.catalog.read().people.principal_called(name).map(|principal| principal.id);
        if let Some(id) = known(&self.inner) {
            return Ok(id);
        }
        let _one_at_a_time = self.inner.people.lock();
        if let Some(id) = known(&self.inner) {
            return Ok(id);
        }
        let id = PrincipalId(self.inner.ids.next().0);
        let principal = Principal {
            id,
            name: name.to_owned(),
            roles: BTreeSet::from([ADMIN.to_owned()]),
            attributes: std::collections::BTreeMap::new(),
            suspended: false,
            created_at: 0,
            revision: 1,
        };
        self.as_system(move |_, now| {
            let principal = Principal { created_at: now, ..principal.clone() };
            vec![person(EntryKind::PrincipalCreate, RegistryKind::Principal, id, None, Some(&principal))]
        })?;
        Ok(id)
    }

    fn as_system(&self, changes: impl Fn(&Catalog, i64) -> Vec<Change> + Clone + Send + Sync + 'static) -> Result<(), Problem> {
        let system = Arc::new(self.inner.catalog.read().people.system());
        let make: Make<Registering<_>> = Arc::new(move |_: &Session| {
            let changes = changes.clone();
            let decide = move |catalog: &Catalog, _: &Snapshot, now| Decision::Changes(changes(catalog, now));
            Ok(Registering { on: None, reads: Reads::default(), decide })
        });
        self.session(system).submit(make, |_, _, _| Ok(()), false).wait()
    }
}

fn new_secret() -> Result<String, Problem> {
    Ok(format!("dmr_{}", crate::cursor::encode(&random()?)))
}

/// A change of a principal or key.
fn person<T: serde::Serialize>(kind: EntryKind, what: RegistryKind, id: PrincipalId, before: Option<&T>, after: Option<&T>) -> Change {
    let told = |value: Option<&T>| value.and_then(|value| serde_json::to_value(value).ok());
    Change::Registry(Box::new(RegistryChange {
        kind,
        what,
        key: id.to_string(),
        before: told(before),
        after: told(after),
        old_model: None,
        new_model: None,
    }))
}
