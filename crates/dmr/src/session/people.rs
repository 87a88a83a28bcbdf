//! Principals, roles and keys (P7): the rules are core's, [`dmr_core::people`].
//!
//! A principal is named by its id or by its name. One that the asker may not know of is answered like one that is not there.

use super::Session;
use crate::cursor::{Position, encode};
use crate::pending::Pending;
use crate::submission::{Command, Finish, Make};
use dmr_core::catalog::Catalog;
use dmr_core::decide::{Committed, Decision, Snapshot};
use dmr_core::people::{self, KeyDescription, NewPrincipal, PeopleCommand, PrincipalPatch};
use dmr_core::principal::{Asker, Principal, Right, Role};
use dmr_core::record::PrincipalId;
use dmr_core::{Code, Issue, Place, Problem, Value, time};
use serde_json::json;
use sha2::{Digest, Sha256};
use std::ops::Bound;
use std::sync::Arc;

/// A command about principals, roles or keys, on its way.
pub(crate) struct Peopling {
    act: PeopleCommand,
    asker: Arc<Asker>,
    /// The key that is told this once.
    secret: Option<String>,
}

impl Command for Peopling {
    fn is_stale(&self, _: &Catalog) -> bool {
        false
    }

    fn decide(&mut self, catalog: &Catalog, _: &Snapshot, now: i64) -> Decision {
        match self.act.decide(catalog, &self.asker, now) {
            Ok(changes) => Decision::Changes(changes),
            Err(problem) => Decision::Refused(Box::new(problem)),
        }
    }
}

impl Session {
    /// Makes a principal from `{name, roles, attributes?, suspended?}`. Nobody gives a role it does not hold itself.
    ///
    /// ```
    /// # use serde_json::json;
    /// let registry = dmr::Registry::memory()?;
    /// let admin = registry.session(registry.local()?);
    /// let ana = admin.create_principal(json!({ "name": "ana", "roles": ["user"] })).wait()?;
    /// let key = admin.create_key("ana", json!({ "name": "laptop" })).wait()?;
    ///
    /// let as_ana = registry.session(registry.authenticate(key["key"].as_str())?);
    /// assert_eq!(as_ana.me()?["id"], ana["id"]);
    /// assert_eq!(as_ana.me()?["roles"], json!(["user"]));
    /// # Ok::<(), dmr::Problem>(())
    /// ```
    pub fn create_principal(&self, body: Value) -> Pending<Value> {
        let make = move |session: &Session| {
            session.needs(Right::Principals)?;
            let id = PrincipalId(session.inner.ids.next().0);
            Ok(session.act(PeopleCommand::CreatePrincipal { id, new: NewPrincipal::read(body.clone())? }))
        };
        self.people(make, told)
    }

    /// Changes a principal by a merge patch on `{name, roles, attributes, suspended}`; with `if_match` only if it still has that tag.
    pub fn change_principal(&self, principal: &str, patch: Value, if_match: Option<String>) -> Pending<Value> {
        let principal = principal.to_owned();
        let make = move |session: &Session| {
            let principal = session.known(&principal)?.id.to_string();
            session.needs(Right::Principals)?;
            let if_revision = if_match.as_deref().map(revision).transpose()?.flatten();
            let patch = PrincipalPatch::read(patch.clone())?;
            Ok(session.act(PeopleCommand::ChangePrincipal { principal, patch, if_revision }))
        };
        self.people(make, told)
    }

    /// Deletes a principal and its keys. What it owned stays its own; its name is free.
    pub fn delete_principal(&self, principal: &str) -> Pending<()> {
        let principal = principal.to_owned();
        let make = move |session: &Session| Ok(session.act(PeopleCommand::DeletePrincipal { principal: principal.clone() }));
        self.people(make, |_, _, _| Ok(()))
    }

    /// A principal and its entity tag; its keys without what they are. With the right `principals`, or of oneself.
    ///
    /// # Errors
    /// [`Code::PrincipalUnknown`].
    pub fn principal(&self, principal: &str) -> Result<(Value, String), Problem> {
        let session = self.current()?;
        let principal = session.known(principal)?;
        let told = self.inner.catalog.read().people.describe(&principal);
        Ok((told, format!("\"{}\"", principal.revision)))
    }

    /// Principals in order of id, which is that in which they were made: `{items, next}`.
    ///
    /// # Errors
    /// Without the right `principals`; a cursor of another list.
    pub fn principals(&self, limit: Option<usize>, cursor: Option<&str>) -> Result<Value, Problem> {
        let session = self.current()?;
        const QUESTION: &[u8] = b"principals";
        session.needs(Right::Principals)?;
        let after = cursor.map(|cursor| self.inner.seal.open(QUESTION, cursor)).transpose()?;
        let from = after.map_or(Bound::Unbounded, |position| Bound::Excluded(PrincipalId(position.id)));
        let settings = &self.inner.settings().records;
        let limit = limit.unwrap_or(settings.page_size).clamp(1, settings.max_page_size);
        let catalog = self.inner.catalog.read();
        let people = &catalog.people;
        let mut left = people.principals.range((from, Bound::Unbounded)).map(|(_, principal)| principal);
        let page: Vec<&Arc<Principal>> = left.by_ref().take(limit).collect();
        let last = page.last().filter(|_| left.next().is_some());
        let next = last.map(|last| self.inner.seal.close(QUESTION, &Position { id: last.id.0, ..Position::default() }));
        let items: Vec<Value> = page.into_iter().map(|principal| people.describe(principal)).collect();
        Ok(json!({ "items": items, "next": next }))
    }

    /// Makes a key from `{name?, expires_at?, roles?}`: `{id, key, name, roles, expires_at}`, the key told this once. For oneself without
    /// any right, with at most the roles of the key one came with and ending at the latest when it does.
    pub fn create_key(&self, principal: &str, body: Value) -> Pending<Value> {
        let principal = principal.to_owned();
        let make = move |session: &Session| {
            let principal = session.known(&principal)?.id.to_string();
            session.key(principal, KeyDescription::read(body.clone())?, false)
        };
        self.people(make, told_key)
    }

    /// Deletes a key: it is dead at once.
    pub fn delete_key(&self, principal: &str, key: &str) -> Pending<()> {
        let (principal, key) = (principal.to_owned(), key.to_owned());
        let make = move |session: &Session| Ok(session.act(PeopleCommand::DeleteKey { principal: principal.clone(), key: key.clone() }));
        self.people(make, |_, _, _| Ok(()))
    }

    /// A role: `{name, rights, inherits}`.
    ///
    /// # Errors
    /// Without the right `principals`; [`Code::RoleUnknown`] for a role that was given nothing and that nobody holds.
    pub fn role(&self, role: &str) -> Result<Value, Problem> {
        let session = self.current()?;
        session.needs(Right::Principals)?;
        people::describe_role(&self.inner.catalog.read().people, role)
    }

    /// Every role that was given something or that somebody holds: `{items, next}`.
    ///
    /// # Errors
    /// Without the right `principals`.
    pub fn roles(&self) -> Result<Value, Problem> {
        let session = self.current()?;
        session.needs(Right::Principals)?;
        Ok(json!({ "items": people::describe_roles(&self.inner.catalog.read().people), "next": null }))
    }

    /// Makes a role what `{rights, inherits?}` says. Nobody gives a right it does not have.
    pub fn set_role(&self, role: &str, body: Value) -> Pending<Value> {
        let role = role.to_owned();
        let make = move |session: &Session| {
            session.needs(Right::Principals)?;
            Ok(session.act(PeopleCommand::SetRole { role: role.clone(), new: Role::read(body.clone())? }))
        };
        self.people(make, |session, command, _| match command.act {
            PeopleCommand::SetRole { role, .. } => people::describe_role(&session.inner.catalog.read().people, &role),
            _ => Err(no_answer()),
        })
    }

    pub(crate) fn people<T: Send + 'static>(
        &self,
        make: impl Fn(&Session) -> Result<Peopling, Problem> + Send + Sync + 'static,
        finish: Finish<Peopling, T>,
    ) -> Pending<T> {
        let make: Make<Peopling> = Arc::new(make);
        self.submit(make, finish, false)
    }

    pub(crate) fn act(&self, act: PeopleCommand) -> Peopling {
        Peopling { act, asker: self.asker.clone(), secret: None }
    }

    /// A new key of a principal. Only its hash is kept.
    pub(crate) fn key(&self, principal: String, key: KeyDescription, replaces: bool) -> Result<Peopling, Problem> {
        let (secret, hash) = secret(self.inner.ids.secret()?);
        let id = PrincipalId(self.inner.ids.next().0);
        let act = PeopleCommand::CreateKey { principal, id, hash, key, replaces };
        Ok(Peopling { secret: Some(secret), ..self.act(act) })
    }

    fn known(&self, principal: &str) -> Result<Arc<Principal>, Problem> {
        people::find(&self.inner.catalog.read().people, &self.asker, principal).cloned()
    }
}

/// A key of bytes nobody can guess, and its hash.
pub(crate) fn secret(bytes: [u8; 32]) -> (String, [u8; 32]) {
    let secret = format!("dmr_{}", encode(&bytes));
    let hash = Sha256::digest(secret.as_bytes()).into();
    (secret, hash)
}

/// The principal a command was about.
fn told(session: &Session, command: Peopling, _: Committed) -> Result<Value, Problem> {
    let catalog = session.inner.catalog.read();
    let principal = match &command.act {
        PeopleCommand::CreatePrincipal { id, .. } => catalog.people.principals.get(id),
        PeopleCommand::ChangePrincipal { principal, .. } => PrincipalId::parse(principal).and_then(|id| catalog.people.principals.get(&id)),
        _ => None,
    };
    principal.map(|principal| catalog.people.describe(principal)).ok_or_else(no_answer)
}

pub(crate) fn told_key(session: &Session, command: Peopling, _: Committed) -> Result<Value, Problem> {
    let PeopleCommand::CreateKey { id, .. } = command.act else { return Err(no_answer()) };
    let catalog = session.inner.catalog.read();
    let key = catalog.people.key(id).ok_or_else(no_answer)?;
    Ok(json!({
        "id": id, "key": command.secret, "name": key.name, "roles": key.roles, "expires_at": key.expires_at.map(time::text),
    }))
}

/// The revision that an entity tag names; none for `*`.
fn revision(tag: &str) -> Result<Option<u64>, Problem> {
    if tag == "*" {
        return Ok(None);
    }
    let revision = tag.trim_start_matches("W/").trim_matches('"').parse();
    revision.map(Some).map_err(|_| {
        Problem::one(Issue::at(Place::Header, "If-Match", Code::HeaderValue, "this is not the entity tag of a principal").suggest("\"1\""))
    })
}

fn no_answer() -> Problem {
    Problem::new(Code::Internal, "a committed command has no answer")
}
