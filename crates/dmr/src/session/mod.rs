//! What an asker may do: every read and write of every door goes through here, as somebody (invariants 2 and 3).

pub(crate) mod submitted;
mod write;
mod bulk;
mod batch;
mod read;
mod list;
mod advice;
mod aggregate;
mod budget;
mod search;
mod statistics;
mod history;
mod ingest;
mod pace;
mod moving;
mod register;
mod declare;
mod references;
mod expand;
mod in_place;
mod in_slices;
mod jobs;
mod from_struct;
mod models;
mod gatekeeper;
mod narrowest;
mod ui_schema;
pub(crate) mod people;
mod audit;
mod settings;

pub(crate) use advice::Workloads;
pub use audit::AuditFilter;
pub use batch::BatchAnswer;
pub use bulk::{BulkAnswer, Rows};
pub use from_struct::{StructOptions, registration_of};
pub use gatekeeper::{AccessFilter, AccessibleFilter, Checked};
pub(crate) use ingest::Ingests;
pub use ingest::{Begun, MOST_SET_ASIDE, Upload};
pub use jobs::ModelChange;
pub(crate) use jobs::{JobWork, Jobs};
pub use models::ModelFilter;
pub use moving::{Export, Exported, FailedRow, FileFormat, Import, Imported};
pub use read::Get;
pub use register::{PutAnswer, PutModel, Registered};
pub use search::SearchFor;
pub use statistics::StatisticsFor;
pub use write::{Patch, Retry, Write};

use crate::pending::{Pending, Reply};
use crate::registry::Inner;
use crate::seen::SeenModel;
use crate::trace::{Trace, timed};
use dmr_core::catalog::{Catalog, ModelEntry};
use dmr_core::gate::View;
use dmr_core::model::Model;
use dmr_core::name::ambiguous;
use dmr_core::permission::Operation;
use dmr_core::principal::{Asker, Right};
use dmr_core::problem::nearest;
use dmr_core::record::PrincipalId;
use dmr_core::{Code, Problem, Value, command};
use serde_json::json;
use std::borrow::Cow;
use std::sync::Arc;
use std::time::Instant;

/// The registry as somebody. Cheap to make and to clone, and good for as long as one likes: each call is made under what the principal may
/// at that time, and refused where its key has ended or the principal is gone or suspended.
#[derive(Clone)]
pub struct Session {
    pub(crate) inner: Arc<Inner>,
    pub(crate) asker: Arc<Asker>,
    /// Whether a name without a namespace is searched for in no other than the default one.
    pub(crate) exact: bool,
    /// Where how long its steps take is noted.
    pub(crate) trace: Option<Arc<Trace>>,
}

impl Session {
    /// Who asks, as it was when this session was made.
    pub fn asker(&self) -> &Asker {
        &self.asker
    }

    /// Who asks, as `GET /api/me` tells it.
    ///
    /// # Errors
    /// [`Code::CredentialInvalid`] where it may ask nothing any more.
    pub fn me(&self) -> Result<Value, Problem> {
        let session = self.current()?;
        let asker = &session.asker;
        Ok(json!({
            "id": asker.id.to_string(), "name": asker.name, "roles": asker.roles, "rights": asker.rights, "anonymous": asker.is_anonymous(),
        }))
    }

    /// This session under what holds of its asker now: what every call begins with (P1, P7).
    ///
    /// # Errors
    /// [`Code::CredentialInvalid`] where the asker is nobody any more, [`Code::StoreClosed`].
    pub(crate) fn current(&self) -> Result<Cow<'_, Self>, Problem> {
        self.inner.open_still()?;
        let same = self.inner.catalog.read().people.stamp == self.asker.stamp;
        if same && self.asker.until.is_none_or(|end| end > self.inner.now()) {
            return Ok(Cow::Borrowed(self));
        }
        self.renewed().map(Cow::Owned)
    }

    /// Begins what is answered later.
    pub(crate) fn pending<T>(&self, ask: impl FnOnce(&Self) -> Result<Pending<T>, Problem>) -> Pending<T> {
        self.current().and_then(|session| ask(&session)).unwrap_or_else(Pending::refused)
    }

    /// The same asker under what is known of it now.
    pub(crate) fn renewed(&self) -> Result<Self, Problem> {
        let asker = self.resolved(&self.inner.catalog.read());
        let asker = asker.ok_or_else(|| Problem::new(Code::CredentialInvalid, "the credential is not valid any more"))?;
        Ok(Self { asker, ..self.clone() })
    }

    /// The same, for those who spell names as routes do: a name without a namespace is one of the default namespace and is searched for
    /// nowhere else. Without this a short name that one model has will do (M8).
    #[must_use]
    pub fn exact(self) -> Self {
        Self { exact: true, ..self }
    }

    /// The same, with how long its steps take noted (C2).
    #[must_use]
    pub fn traced(self, trace: Arc<Trace>) -> Self {
        Self { trace: Some(trace), ..self }
    }

    /// Reads on a reader thread.
    pub(crate) fn apart<T: Send + 'static>(
        &self,
        read: impl FnOnce(&Reply<T>) -> Result<T, Problem> + Send + 'static,
    ) -> Result<Pending<T>, Problem> {
        let (reply, pending) = Pending::new();
        let noted = self.trace.clone().map(|trace| (trace, Instant::now()));
        self.inner.pool.run(move || {
            let answer = read(&reply);
            if let Some((trace, began)) = noted {
                trace.note("read", began.elapsed());
                trace.waits();
            }
            reply.send(answer);
        })?;
        Ok(pending)
    }

    /// Who the asker is by a catalog; none where it is nobody any more.
    pub(crate) fn resolved(&self, catalog: &Catalog) -> Option<Arc<Asker>> {
        let people = &catalog.people;
        match &self.asker.key {
            Some(hash) => people.asker_of(hash, self.inner.now()),
            None if self.asker.is_anonymous() => Some(Arc::new(people.anonymous())),
            None if self.asker.id == PrincipalId::SYSTEM => Some(Arc::new(people.system())),
            None => people.asker(self.asker.id, None),
        }
    }

    /// A right beside the records of models.
    pub(crate) fn needs(&self, right: Right) -> Result<(), Problem> {
        if self.asker.may(right) {
            return Ok(());
        }
        Err(self.forbidden(Problem::new(Code::RightMissing, format!("the right `{}` is missing", right.as_str()))))
    }

    /// A refusal as whoever came without a credential gets it: that one is needed, the same for everything.
    pub(crate) fn forbidden(&self, problem: Problem) -> Problem {
        if self.asker.is_anonymous() {
            return Problem::new(Code::CredentialMissing, "a credential is needed").suggest("Authorization: Bearer <API key>");
        }
        problem
    }

    /// A model and what the asker sees of it, by name (`Product`, `shop.Product`), by path (`ns.models.shop.Product`) or by a short name
    /// that only one model has of those the asker may know of (M8). What may not be known does not exist, byte for byte.
    ///
    /// # Errors
    /// [`Code::ModelUnknown`], for whoever comes without a credential [`Code::CredentialMissing`]; [`Code::ModelAmbiguous`] for a short
    /// name of several, with what they are called.
    pub fn seen_model(&self, name: &str) -> Result<SeenModel, Problem> {
        self.current()?.find(name).map(|(_, seen)| seen)
    }

    /// The same, with the model's entry.
    pub(crate) fn find(&self, name: &str) -> Result<(Arc<ModelEntry>, SeenModel), Problem> {
        let found = timed(self.trace.as_ref(), "gate", || self.look_up(name));
        if self.asker.exported.is_some() {
            self.note_found(name, found.as_ref().ok().map(|(entry, _)| entry));
        }
        found
    }

    /// Under an export list: notes that it hid a model, or would have. Whoever knows of models by a right is only kept from their records.
    fn note_found(&self, name: &str, found: Option<&Arc<ModelEntry>>) {
        let strict = self.asker.exported.as_ref().is_some_and(|exported| exported.is_strict());
        let entries: Vec<Arc<ModelEntry>> = match found {
            Some(_) if strict => Vec::new(),
            Some(entry) => vec![entry.clone()],
            None => {
                let catalog = self.inner.catalog.read();
                match catalog.model(name) {
                    Some(entry) => vec![entry.clone()],
                    None => catalog.models_called(name).filter(|_| !self.exact).take(10).cloned().collect(),
                }
            }
        };
        entries.iter().for_each(|entry| self.note_kept_from(&entry.head, None));
    }

    pub(super) fn look_up(&self, name: &str) -> Result<(Arc<ModelEntry>, SeenModel), Problem> {
        let entry = self.inner.catalog.read().model(name).cloned();
        if let Some(entry) = entry
            && let Some(seen) = self.see(&entry)?
        {
            return Ok((entry, seen));
        }
        let mut called = self.called(name)?;
        let names: Vec<String> = called.iter().map(|(entry, _)| entry.head.name.to_string()).collect();
        if names.len() > 1 && !self.exact {
            return Err(ambiguous(name, names));
        }
        called.pop().filter(|_| !self.exact).ok_or_else(|| self.unknown_model(name, names))
    }

    /// The models with a short name that the asker may know of, in order of path.
    fn called(&self, short: &str) -> Result<Vec<(Arc<ModelEntry>, SeenModel)>, Problem> {
        let entries: Vec<Arc<ModelEntry>> = self.inner.catalog.read().models_called(short).cloned().collect();
        let mut found = Vec::new();
        for entry in entries {
            found.extend(self.see(&entry)?.map(|seen| (entry, seen)));
        }
        found.sort_by_cached_key(|(entry, _)| entry.head.name.path());
        Ok(found)
    }

    /// The same, with a right to do something with its records.
    pub(crate) fn model_for(&self, name: &str, operation: Operation) -> Result<SeenModel, Problem> {
        let (entry, seen) = self.find(name)?;
        if seen.view.may(operation) {
            return Ok(seen);
        }
        self.note_kept_from(&entry.head, Some(operation));
        Err(self.forbidden(command::missing(operation)))
    }

    pub(crate) fn see(&self, entry: &ModelEntry) -> Result<Option<SeenModel>, Problem> {
        let model: Arc<Model> = entry.model()?;
        let roles = self.asker.roles_at(&entry.head);
        let known = entry.known_view(roles);
        self.inner.views.count(known.is_some());
        let view: Arc<View> = known.unwrap_or_else(|| entry.view(&model, roles));
        let known = view.knows_model() || self.asker.may(Right::Register);
        Ok(known.then(|| SeenModel { model, view, old_labels: entry.old_labels() }))
    }

    /// What the asker sees of every model it may know of, in order of path.
    pub fn seen_models(&self) -> Vec<SeenModel> {
        let Ok(session) = self.current() else { return Vec::new() };
        let entries: Vec<Arc<ModelEntry>> = self.inner.catalog.read().models().cloned().collect();
        entries.iter().filter_map(|entry| session.see(entry).ok().flatten()).collect()
    }

    /// `called`: models that have the name in other namespaces, of those the asker may know of.
    fn unknown_model(&self, name: &str, called: Vec<String>) -> Problem {
        let problem = Problem::new(Code::ModelUnknown, format!("there is no model `{name}`"));
        if self.asker.is_anonymous() {
            return self.forbidden(problem);
        }
        if !called.is_empty() {
            return problem.suggest_all(called);
        }
        // Only of a few hundred models: suggestions are a courtesy, not a scan of a large registry.
        let catalog = self.inner.catalog.read();
        let entries: Vec<Arc<ModelEntry>> = catalog.models().take(300).cloned().collect();
        drop(catalog);
        let seen: Vec<String> =
            entries.iter().filter(|entry| self.see(entry).ok().flatten().is_some()).map(|entry| entry.head.name.to_string()).collect();
        Problem { suggestions: nearest(name, seen.iter().map(String::as_str)), ..problem }
    }
}
