//! The principals a registry makes by itself: the local user, the administrator, the owner of the data directory. Each is made and
//! logged by the system's own principal (invariant 3); their names are kept from everybody else.

use crate::registry::Registry;
use crate::session::people::{secret, told_key};
use dmr_core::people::{ADMINISTRATOR, KeyDescription, LOCAL, NewPrincipal, PeopleCommand, PrincipalPatch};
use dmr_core::principal::{ADMIN, Asker, Principal};
use dmr_core::record::PrincipalId;
use dmr_core::{Code, Problem, Value};
use std::collections::BTreeSet;
use std::sync::Arc;

impl Registry {
    /// Whoever runs this process: the principal `local:<os user>`, made with the role `admin` when it is first asked for. Waits for that
    /// commit, so not to be called on a thread of an async runtime.
    ///
    /// # Errors
    /// [`Code::CredentialInvalid`] where an administrator suspended it; that the store failed.
    pub fn local(&self) -> Result<Arc<Asker>, Problem> {
        self.inner.open_still()?;
        let name = local_name();
        let known = self.called(&name);
        let id = match known {
            Some(principal) => principal.id,
            None => {
                let _one_at_a_time = self.inner.people.lock();
                self.called(&name).map_or_else(|| self.make(&name), |principal| Ok(principal.id))?
            }
        };
        self.as_principal(id)
    }

    /// The local user as [`Registry::local`] made it; none is made.
    pub(crate) fn local_made(&self) -> Result<Arc<Asker>, Problem> {
        let known = self.called(&local_name());
        known.map_or_else(|| Err(Problem::new(Code::CredentialInvalid, "the credential is not valid")), |known| self.as_principal(known.id))
    }

    /// Makes a key called `name` for the principal `administrator`; it replaces the last one of that name. Where there is no such
    /// principal, or it is suspended or without the role `admin`, that is mended: who owns the data directory is not locked out of it.
    ///
    /// ```
    /// let registry = dmr::Registry::memory()?;
    /// let key = registry.administrator_key("first start")?;
    /// assert_eq!(registry.authenticate(Some(&key))?.name, "administrator");
    ///
    /// let next = registry.administrator_key("first start")?;
    /// assert!(registry.authenticate(Some(&key)).is_err());
    /// assert!(registry.authenticate(Some(&next)).is_ok());
    /// # Ok::<(), dmr::Problem>(())
    /// ```
    ///
    /// # Errors
    /// That the store failed.
    pub fn administrator_key(&self, name: &str) -> Result<String, Problem> {
        let _one_at_a_time = self.inner.people.lock();
        let principal = match self.called(ADMINISTRATOR) {
            None => self.make(ADMINISTRATOR)?,
            Some(known) => self.mend(&known)?,
        };
        let (principal, key) = (principal.to_string(), KeyDescription { name: Some(name.to_owned()), ..KeyDescription::default() });
        let told = self.system().people(move |session| session.key(principal.clone(), key.clone(), true), told_key).wait()?;
        match told.get("key") {
            Some(Value::String(key)) => Ok(key.clone()),
            _ => Err(Problem::new(Code::Internal, "a key that was made is not told")),
        }
    }

    /// A credential that acts as the local user and dies with this process; it is nowhere stored. It replaces the last one.
    ///
    /// # Errors
    /// As [`Registry::local`].
    pub fn owner_credential(&self) -> Result<String, Problem> {
        self.local()?;
        let (secret, hash) = secret(self.inner.ids.secret()?);
        *self.inner.owner.lock() = Some(hash);
        Ok(secret)
    }

    fn called(&self, name: &str) -> Option<Arc<Principal>> {
        self.inner.catalog.read().people.principal_called(name).cloned()
    }

    fn as_principal(&self, id: PrincipalId) -> Result<Arc<Asker>, Problem> {
        let asker = self.inner.catalog.read().people.asker(id, None);
        asker.ok_or_else(|| Problem::new(Code::CredentialInvalid, "the principal is suspended"))
    }

    fn make(&self, name: &str) -> Result<PrincipalId, Problem> {
        let id = PrincipalId(self.inner.ids.next().0);
        let new = NewPrincipal { name: name.to_owned(), roles: BTreeSet::from([ADMIN.to_owned()]), ..NewPrincipal::default() };
        self.carry_out(PeopleCommand::CreatePrincipal { id, new })?;
        Ok(id)
    }

    fn mend(&self, known: &Principal) -> Result<PrincipalId, Problem> {
        let mut roles = known.roles.clone();
        if roles.insert(ADMIN.to_owned()) || known.suspended {
            let patch = PrincipalPatch { roles: Some(roles), suspended: Some(false), ..PrincipalPatch::default() };
            self.carry_out(PeopleCommand::ChangePrincipal { principal: known.id.to_string(), patch, if_revision: None })?;
        }
        Ok(known.id)
    }

    fn carry_out(&self, act: PeopleCommand) -> Result<(), Problem> {
        self.system().people(move |session| Ok(session.act(act.clone())), |_, _, _| Ok(())).wait()
    }

    /// The system itself.
    pub(crate) fn system(&self) -> crate::Session {
        let system = self.inner.catalog.read().people.system();
        self.session(Arc::new(system))
    }
}

/// `local:<os user>`.
fn local_name() -> String {
    let named = ["USER", "LOGNAME", "USERNAME"].iter().filter_map(|name| std::env::var(name).ok());
    let user: Option<String> =
        named.map(|user| user.chars().filter(|c| !c.is_control()).take(64).collect::<String>()).find(|user| !user.trim().is_empty());
    format!("{LOCAL}{}", user.or_else(user_number).unwrap_or_else(|| "unknown".into()))
}

#[cfg(unix)]
fn user_number() -> Option<String> {
    use std::os::unix::fs::MetadataExt;
    std::fs::metadata("/proc/self").ok().map(|own| own.uid().to_string())
}

#[cfg(not(unix))]
fn user_number() -> Option<String> {
    None
}
