//! The gatekeeper (M9): who may come to which models, asked and told. What it hides it hides in the gate, [`dmr_core::gate::Exports`]; here is
//! nothing that decides.

use super::{ModelFilter, Session};
use crate::accesses::{Access, Entry, Reason};
use crate::cursor::Position;
use dmr_core::catalog::ModelEntry;
use dmr_core::gate::{Exported, Exports, View};
use dmr_core::model::{Head, Source};
use dmr_core::name::{Glob, check_role};
use dmr_core::permission::Operation;
use dmr_core::principal::Right;
use dmr_core::{Code, Problem, Value, time};
use serde::Serialize;
use serde_json::json;
use std::collections::HashSet;
use std::sync::Arc;

/// What a check of access came to.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct Checked {
    /// The model, as it is called; as it was asked for where there is none.
    pub model: String,
    /// What was to be done.
    pub operation: Operation,
    /// For which role it was asked; none: for the asker, with all its roles.
    pub role: Option<String>,
    /// Whether it may be done, in some rows at least.
    pub allowed: bool,
    /// Why.
    pub reason: Reason,
}

/// Which models of a role are listed.
#[derive(Debug, Clone, Default)]
pub struct AccessibleFilter {
    /// At most so many.
    pub limit: Option<usize>,
    /// From where to go on.
    pub cursor: Option<String>,
}

/// Which entries of the access log.
#[derive(Debug, Clone, Default)]
pub struct AccessFilter {
    /// Only of this model.
    pub model: Option<String>,
    /// Only those that were granted, or refused.
    pub allowed: Option<bool>,
    /// At most so many.
    pub limit: Option<usize>,
    /// From where to go on.
    pub cursor: Option<String>,
}

/// Roles as the gate looks at them: with those they inherit, and what the export list leaves them.
type Reach = (Vec<String>, Option<Arc<Exported>>);

impl Session {
    /// Whether somebody may do something with the records of a model: the asker, or whoever comes with a role and no other. Of a role that is not
    /// the asker's own only for those with the right `register`. A model that is not there, or that the asker may not know of, is `unknown`.
    /// Every check is noted in the access log.
    ///
    /// ```
    /// # use serde_json::json;
    /// use dmr::core::permission::Operation;
    ///
    /// let registry = dmr::Registry::memory()?;
    /// let admin = registry.session(registry.local()?);
    /// admin.register(json!({ "name": "Product", "schema": { "type": "object" } })).wait()?;
    /// assert!(admin.check_access("Product", Operation::Read, Some("user"))?.allowed);
    /// admin.change_settings(json!({ "gatekeeper.exports": { "user": ["shop.*"] } })).wait()?;
    /// assert!(!admin.check_access("Product", Operation::Read, Some("user"))?.allowed);
    /// # Ok::<(), dmr::Problem>(())
    /// ```
    ///
    /// # Errors
    /// [`Code::RightMissing`], [`Code::NameInvalid`] for what is no role, [`Code::ModelAmbiguous`].
    pub fn check_access(&self, model: &str, operation: Operation, role: Option<&str>) -> Result<Checked, Problem> {
        let session = self.current()?;
        let (roles, exported) = session.reach_of(role)?;
        let found = match session.look_up(model) {
            Ok((entry, _)) => Some(entry),
            Err(problem) if matches!(problem.code, Code::ModelUnknown | Code::CredentialMissing) => None,
            Err(problem) => return Err(problem),
        };
        let because = |entry: Option<&Arc<ModelEntry>>| {
            entry.map_or(Reason::Unknown, |entry| reason(&entry.head, operation, &roles, exported.as_deref()))
        };
        let reason = because(found.as_ref());
        let checked = Checked {
            model: found.as_ref().map_or_else(|| model.to_owned(), |entry| entry.head.name.to_string()),
            operation,
            role: role.map(str::to_owned),
            allowed: reason.allows(),
            reason,
        };
        // The log says what is so; the answer what the asker may know.
        let actual = found.or_else(|| self.inner.catalog.read().model(model).cloned());
        session.note(Access {
            by: session.asker.id,
            role: checked.role.clone(),
            model: checked.model.clone(),
            id: actual.as_ref().map(|entry| entry.head.id),
            operation: Some(operation),
            reason: because(actual.as_ref()),
        });
        Ok(checked)
    }

    /// The models a role comes to, in order of path: `{items: [{name, path, source, operations}], next}`. Without a role: those of the asker. As
    /// with [`Session::check_access`], of other roles only for those with the right `register`.
    ///
    /// # Errors
    /// [`Code::RightMissing`], [`Code::NameInvalid`], [`Code::CursorInvalid`].
    pub fn accessible_models(&self, role: Option<&str>, filter: &AccessibleFilter) -> Result<Value, Problem> {
        let session = self.current()?;
        let (roles, exported) = session.reach_of(role)?;
        let question = format!("accessible{role:?}{:?}", session.asker.id).into_bytes();
        let after = filter.cursor.as_deref().map(|cursor| self.inner.seal.open(&question, cursor)).transpose()?;
        let after = after.and_then(|position| String::from_utf8(position.sort_key).ok());
        let limit = session.page_size(filter.limit).max(1);
        let catalog = self.inner.catalog.read();
        let (mut items, mut last, mut more) = (Vec::new(), None, false);
        for entry in catalog.models() {
            let head = &entry.head;
            let operations = View::operations_of(&head.permissions, &roles);
            if operations.is_empty() || is_hidden(head, exported.as_deref()) {
                continue;
            }
            let path = head.name.path();
            if after.as_ref().is_some_and(|after| path <= *after) {
                continue;
            }
            if items.len() == limit {
                more = true;
                break;
            }
            items.push(json!({ "name": head.name.to_string(), "path": path, "source": head.source, "operations": operations }));
            last = Some(path);
        }
        let next = last
            .filter(|_| more)
            .map(|path| self.inner.seal.close(&question, &Position { sort_key: path.into_bytes(), ..Position::default() }));
        Ok(json!({ "items": items, "next": next }))
    }

    /// The names of the models the asker may know of, in order of path; of one source (`static`, `dynamic`, `external`) where one is named.
    ///
    /// # Errors
    /// As [`Session::models`].
    pub fn list_models(&self, source: Option<&str>) -> Result<Vec<String>, Problem> {
        let session = self.current()?;
        let filter = ModelFilter { source: source.map(str::to_owned), ..ModelFilter::default() };
        filter.check()?;
        let matching = session.matching(&filter);
        let seen = matching.iter().filter_map(|entry| session.see(entry).transpose().map(|seen| seen.map(|_| entry.head.name.to_string())));
        seen.collect()
    }

    /// A model as `GET` gives it, where the asker may know of it: [`Session::model`] without the entity tag.
    ///
    /// # Errors
    /// As [`Session::model`].
    pub fn get_model(&self, name: &str) -> Result<Value, Problem> {
        self.model(name).map(|(model, _)| model)
    }

    /// The export list and how it is held to, and the files of the folder of models:
    /// `{strict, auto_export, exports: [{to, patterns, models}], hidden, folder}`; `models` is how many models a row exports, `hidden` how many no row
    /// does. Needs the right `register`.
    ///
    /// # Errors
    /// [`Code::RightMissing`].
    pub fn gatekeeper(&self) -> Result<Value, Problem> {
        let session = self.current()?;
        session.needs(Right::Register)?;
        let catalog = self.inner.catalog.read();
        let rule = catalog.people.gatekeeper();
        let mut exported = HashSet::new();
        let mut rows = Vec::new();
        for (to, patterns) in rule.exports.rows() {
            let globs: Vec<Glob> = Exports::globs(patterns).collect();
            let models: HashSet<_> = globs.iter().flat_map(|glob| catalog.glob(glob)).map(|entry| entry.head.id).collect();
            rows.push(json!({ "to": to, "patterns": patterns, "models": models.len() }));
            exported.extend(models);
        }
        let discovered = |entry: &ModelEntry| rule.auto_export && entry.head.source == Source::Dynamic;
        let left_out = catalog.models().filter(|entry| !exported.contains(&entry.head.id) && !discovered(entry)).count();
        let hidden = if rule.exports.is_empty() { 0 } else { left_out };
        Ok(json!({
            "strict": rule.strict, "auto_export": rule.auto_export, "exports": rows, "hidden": hidden, "folder": self.inner.folder.told(),
        }))
    }

    /// Entries of the access log, newest first: `{items: [{at, since, times, by, role, model, operation, allowed, reason}], next}`: every check of
    /// access, and every time the export list kept somebody from a model, or would have. The same attempt within a minute is one entry.
    /// Needs the right `audit`; of models the asker may not know of, nothing is told.
    ///
    /// # Errors
    /// [`Code::RightMissing`], [`Code::ModelUnknown`], [`Code::CursorInvalid`].
    pub fn access_log(&self, filter: &AccessFilter) -> Result<Value, Problem> {
        let session = self.current()?;
        session.needs(Right::Audit)?;
        let model = filter.model.as_deref().map(|model| session.seen_model(model)).transpose()?.map(|seen| seen.model.id());
        let question = format!("accesses{model:?}{:?}{:?}", filter.allowed, session.asker.id).into_bytes();
        let before = filter.cursor.as_deref().map(|cursor| self.inner.seal.open(&question, cursor)).transpose()?;
        let before = before.and_then(|position| position.sort_key.try_into().ok()).map(u64::from_be_bytes);
        let limit = session.page_size(filter.limit).max(1);
        let (mut items, mut last, mut next) = (Vec::new(), 0, None);
        for entry in self.inner.accesses.before(before) {
            let asked = model.is_none_or(|model| entry.access.id == Some(model));
            if !asked || filter.allowed.is_some_and(|allowed| allowed != entry.access.reason.allows()) || !session.may_read(&entry)? {
                continue;
            }
            if items.len() == limit {
                let position = Position { sort_key: u64::to_be_bytes(last).to_vec(), ..Position::default() };
                next = Some(self.inner.seal.close(&question, &position));
                break;
            }
            last = entry.number;
            items.push(told(&entry));
        }
        Ok(json!({ "items": items, "next": next }))
    }

    /// Notes that the export list kept the asker from a model it would come to by its permissions; or would have kept it.
    pub(crate) fn note_kept_from(&self, head: &Head, operation: Option<Operation>) {
        if !self.asker.lacks(head) || View::operations_of(&head.permissions, &self.asker.roles).is_empty() {
            return;
        }
        let strict = self.asker.exported.as_ref().is_some_and(|exported| exported.is_strict());
        self.note(Access {
            by: self.asker.id,
            role: None,
            model: head.name.to_string(),
            id: Some(head.id),
            operation,
            reason: if strict { Reason::NotExported } else { Reason::NotEnforced },
        });
    }

    fn note(&self, access: Access) {
        self.inner.accesses.note(access, self.inner.now(), self.inner.settings().gatekeeper.log_entries);
    }

    /// A role that is the asker's own, or any for those who may register; without one the asker.
    fn reach_of(&self, role: Option<&str>) -> Result<Reach, Problem> {
        let Some(role) = role else { return Ok((self.asker.roles.clone(), self.asker.exported.clone())) };
        if !self.asker.roles.iter().any(|own| own == role) {
            self.needs(Right::Register)?;
        }
        check_role(role).map_err(|fault| Problem::new(Code::NameInvalid, fault.message).suggest_all(fault.suggestion))?;
        Ok(self.inner.catalog.read().people.reach_of(role))
    }

    /// Whether an entry is told: one of a model that is not there looks like one of a model that is hidden.
    fn may_read(&self, entry: &Entry) -> Result<bool, Problem> {
        if self.asker.may(Right::Register) {
            return Ok(true);
        }
        let Some(id) = entry.access.id else { return Ok(false) };
        let model = self.inner.catalog.read().model_by_id(id).cloned();
        Ok(model.map(|model| self.see(&model)).transpose()?.flatten().is_some())
    }
}

impl Reason {
    /// Whether the access is granted.
    pub fn allows(self) -> bool {
        matches!(self, Self::Granted | Self::NotEnforced)
    }
}

fn reason(head: &Head, operation: Operation, roles: &[String], exported: Option<&Exported>) -> Reason {
    let listed = exported.is_none_or(|exported| exported.has(head));
    if is_hidden(head, exported) {
        return Reason::NotExported;
    }
    match View::operations_of(&head.permissions, roles).has(operation) {
        false => Reason::NotPermitted,
        true if listed => Reason::Granted,
        true => Reason::NotEnforced,
    }
}

fn is_hidden(head: &Head, exported: Option<&Exported>) -> bool {
    exported.is_some_and(|exported| exported.is_strict() && !exported.has(head))
}

fn told(entry: &Entry) -> Value {
    let access = &entry.access;
    json!({
        "at": time::text(entry.at), "since": time::text(entry.since), "times": entry.times, "by": access.by.to_string(), "role": access.role,
        "model": access.model, "operation": access.operation, "allowed": access.reason.allows(), "reason": access.reason,
    })
}
