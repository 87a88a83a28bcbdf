//! Registering models, their next versions and changes in place (M1, M4, M7).

use super::Session;
use super::in_place::in_place;
use super::models::{etag, none_yet, plan};
use super::references::{held, key_held, lead_somewhere};
use super::submitted::Registering;
use crate::pending::Pending;
use crate::seen::SeenModel;
use crate::submission::Make;
use dmr_core::catalog::Catalog;
use dmr_core::change::{Change, RegistryChange, RegistryKind};
use dmr_core::decide::{Committed, Decision, Read, Reads, Snapshot};
use dmr_core::document;
use dmr_core::evolution::FieldChange;
use dmr_core::log::EntryKind;
use dmr_core::model::{Model, ModelId};
use dmr_core::permission::{Operation, Permissions};
use dmr_core::principal::{ADMIN, Right, USER};
use dmr_core::registration::{self, Built, Defaults, Registration, build};
use dmr_core::words::{count, either};
use dmr_core::{Code, Issue, Problem, Value};
use dmr_store::{Walk, WalkBy};
use serde_json::json;
use std::ops::ControlFlow;
use std::sync::Arc;
use std::sync::atomic::AtomicU64;
use std::time::Instant;

/// The most records that a new unique constraint is held against at once.
const MOST_CHECKED: usize = 1_000_000;

/// A registered model.
#[derive(Debug, Clone)]
pub struct Registered {
    /// The model, as `GET` gives it.
    pub model: Value,
    /// Its name as it works in a route.
    pub name: String,
    /// Whether it was made or changed; else it was so already.
    pub created: bool,
    /// Its entity tag.
    pub etag: String,
}

/// How the next version is registered.
#[derive(Debug, Clone, Default)]
pub struct PutModel {
    /// Only the plan is told.
    pub dry_run: bool,
    /// The entity tag it must have.
    pub if_match: Option<String>,
}

/// What a `PUT` came to.
#[derive(Debug, Clone)]
pub enum PutAnswer {
    /// What it would change.
    Plan(Value),
    /// The model.
    Model(Box<Registered>),
}

pub(super) type Decide = Box<dyn FnMut(&Catalog, &Snapshot, i64) -> Decision + Send>;

impl Session {
    /// Registers a model from `{name, schema, ...}` or a JSON Schema with a title (M1). The same registration again changes nothing.
    pub fn register(&self, body: Value) -> Pending<Registered> {
        self.pending(|session| {
            session.needs(Right::Register)?;
            Ok(session.register_as(Registration::read(body)?))
        })
    }

    /// Registers a model from a registration that was read already.
    pub(crate) fn register_as(&self, registration: Registration) -> Pending<Registered> {
        let name = registration.name.to_string();
        let known = self.inner.catalog.read().model(&name).cloned();
        if let Some(entry) = known {
            return Pending::ready(self.again(&entry, &registration));
        }
        let make: Make<Registering<Decide>> = Arc::new(move |session: &Session| {
            let built = build(&registration, None, &session.defaults(&registration, None))?;
            let mut built = Some(built);
            let decide: Decide = Box::new(move |catalog: &Catalog, _: &Snapshot, now| {
                if built.as_ref().is_some_and(|built| !lead_somewhere(&built.head, catalog)) {
                    return Decision::Stale;
                }
                let taken = built.as_ref().is_none_or(|built| catalog.model(&built.head.name.to_string()).is_some());
                match built.take() {
                    Some(built) if !taken => Decision::Changes(first_changes(built, catalog.next_model(), now)),
                    other => Decision::Refused(Box::new(exists(&other.map(|built| built.head.name.to_string()).unwrap_or_default()))),
                }
            });
            Ok(Registering { on: None, reads: Reads::default(), decide })
        });
        self.submit(make, registered, false)
    }

    /// The same registration again is no change; another under the same name is refused.
    fn again(&self, entry: &dmr_core::catalog::ModelEntry, registration: &Registration) -> Result<Registered, Problem> {
        let model = entry.model()?;
        let built = build(registration, Some(&model), &self.defaults(registration, Some(&model)))?;
        if built.is_new_version || unrevised(&built) != unrevised_head(&model) {
            return Err(exists(&entry.head.name.to_string()));
        }
        self.registered_model(&entry.head.name.to_string(), false, false)
    }

    /// Registers the next version of a model; members that are left out stay as they are (M7).
    pub fn put_model(&self, name: &str, body: Value, options: PutModel) -> Pending<PutAnswer> {
        self.pending(|session| {
            let seen = session.changeable(name, options.if_match.as_deref())?;
            let registration = Registration::read_next(seen.model.head.name.clone(), seen.model.head.source, body)?;
            if options.dry_run {
                return Ok(Pending::ready(session.plan_of(&seen, &registration).map(PutAnswer::Plan)));
            }
            Ok(session.change(
                name,
                options.if_match,
                registration,
                EntryKind::ModelVersion,
                |session, command, committed| registered(session, command, committed).map(|model| PutAnswer::Model(Box::new(model))),
                None,
            ))
        })
    }

    /// Changes a model in place: a merge patch on fields, indexes, unique, tags, description; no new version, logged (M4).
    pub fn change_model(&self, name: &str, patch: Value, if_match: Option<String>) -> Pending<Registered> {
        self.pending(|session| {
            let registration = in_place(session, &session.changeable(name, if_match.as_deref())?, patch)?;
            Ok(session.change(name, if_match, registration, EntryKind::ModelChange, registered, None))
        })
    }

    /// Replaces the permissions of a model, whole (P1).
    pub fn set_permissions(&self, name: &str, body: Value, if_match: Option<String>) -> Pending<Value> {
        self.pending(|session| {
            let seen = session.changeable(name, if_match.as_deref())?;
            let head = &seen.model.head;
            let registration = Registration { permissions: Some(body), ..Registration::new(head.name.clone(), head.source) };
            Ok(session.change(
                name,
                if_match,
                registration,
                EntryKind::ModelPermissions,
                |session, command, committed| Ok(registration::write_permissions(&*model_of(session, &command, committed)?)),
                None,
            ))
        })
    }

    /// Deletes a model; with its records only where that is asked for. Its name is free then, its ids are not.
    pub fn delete_model(&self, name: &str, with_records: bool) -> Pending<()> {
        let name = name.to_owned();
        let make: Make<Registering<Decide>> = Arc::new(move |session: &Session| {
            let seen = session.changeable(&name, None)?;
            if with_records && !seen.view.may(Operation::Delete) {
                return Err(dmr_core::command::missing(Operation::Delete));
            }
            let (model, id) = (seen.model.clone(), seen.model.id());
            let decide: Decide = Box::new(move |catalog: &Catalog, snapshot: &Snapshot, now| match snapshot.counts(&id) {
                None => Decision::Need(Reads(vec![Read::Counts(id)])),
                Some((live, _)) if *live > 0 && !with_records => Decision::Refused(Box::new(
                    Problem::new(Code::ModelNotEmpty, format!("the model has {}", count(*live, "live record")))
                        .suggest("delete them with it: ?records=delete"),
                )),
                Some(_) => {
                    if let Some(problem) = held(catalog, id) {
                        return Decision::Refused(Box::new(problem));
                    }
                    let sequences = catalog.sequences_of(id).map(|(key, reserved)| ended(key, reserved));
                    Decision::Changes(sequences.chain([deleted(&model, now)]).collect())
                }
            });
            Ok(Registering { on: Some((id, seen.model.head.revision)), reads: Reads(vec![Read::Counts(id)]), decide })
        });
        self.submit(make, |_, _, _| Ok(()), false)
    }

    pub(super) fn defaults(&self, registration: &Registration, previous: Option<&Model>) -> Defaults {
        let settings = &self.inner.settings();
        let roles = [(ADMIN, settings.permissions.default_admin), (USER, settings.permissions.default_user)];
        let models =
            roles.into_iter().filter(|(_, operations)| !operations.is_empty()).map(|(role, operations)| (role.to_owned(), operations));
        Defaults {
            permissions: Permissions { models: models.collect(), ..Permissions::default() },
            first_version: settings.models.first_version,
            targets: self.targets(registration, previous),
        }
    }

    /// A model the asker may change, at the revision it was seen at.
    pub(super) fn changeable(&self, name: &str, if_match: Option<&str>) -> Result<SeenModel, Problem> {
        let seen = self.seen_model(name)?;
        self.needs(Right::Register)?;
        if let Some(tag) = if_match.filter(|tag| *tag != "*") {
            let revision =
                tag.trim_start_matches("W/").trim_matches('"').split('.').next().and_then(|revision| revision.parse::<u64>().ok());
            if revision != Some(seen.model.head.revision) {
                return Err(Problem::new(Code::RecordVersion, "the model has changed since").suggest("read it again and repeat the change"));
            }
        }
        Ok(seen)
    }

    /// Changes a model; where many records must be gone through for that, it is made ready beside other writes first. `done` counts the
    /// records that were gone through, for whoever runs the change as a job.
    pub(super) fn change<T: Send + 'static>(
        &self,
        name: &str,
        if_match: Option<String>,
        registration: Registration,
        kind: EntryKind,
        finish: crate::submission::Finish<Registering<Decide>, T>,
        done: Option<Arc<AtomicU64>>,
    ) -> Pending<T> {
        let ahead = self.changeable(name, if_match.as_deref()).and_then(|seen| self.ahead(&seen, &registration));
        let ahead = match ahead {
            Ok(ahead) => ahead,
            Err(problem) => return Pending::refused(problem),
        };
        let name = name.to_owned();
        let make: Make<Registering<Decide>> = Arc::new(move |session: &Session| {
            let seen = session.changeable(&name, if_match.as_deref())?;
            let part = if kind == EntryKind::ModelPermissions { "/permissions" } else { "" };
            let mut built = build(&registration, Some(&seen.model), &session.defaults(&registration, Some(&seen.model)))
                .map_err(|problem| problem.out_of(part))?;
            if built.is_new_version {
                session.weigh(&seen, &mut built)?;
            }
            let on = Some((seen.model.id(), seen.model.head.revision));
            let unchanged = !built.is_new_version && unrevised(&built) == unrevised_head(&seen.model);
            let new_unique = built.head.unique.iter().any(|unique| !seen.model.head.unique.contains(unique))
                || built.is_new_version && !built.head.unique.is_empty();
            let (old, id) = (seen.model.clone(), seen.model.id());
            let mut built = Some(built);
            let decide: Decide = Box::new(move |catalog: &Catalog, snapshot: &Snapshot, now| {
                if unchanged {
                    return Decision::Changes(Vec::new());
                }
                if let Some(against) = built.as_ref().and_then(|built| against(catalog, &old, built)) {
                    return against;
                }
                if new_unique && let Some(model) = built.as_ref().map(|built| &built.model) {
                    match snapshot.all(&id) {
                        None => return Decision::Need(Reads(vec![Read::All(old.clone(), MOST_CHECKED)])),
                        Some(records) => {
                            if let Some(problem) = twice(model, records) {
                                return Decision::Refused(Box::new(problem));
                            }
                        }
                    }
                }
                match built.take() {
                    Some(built) => Decision::Changes(next_changes(&old, built, kind, now)),
                    None => Decision::Stale,
                }
            });
            Ok(Registering { on, reads: Reads::default(), decide })
        });
        match ahead {
            Some(ahead) => self.submit_prepared(ahead, done.unwrap_or_default(), make, finish),
            None => self.submit(make, finish, done.is_some()),
        }
    }

    /// A version that stored records do not satisfy is breaking: they are counted.
    fn weigh(&self, seen: &SeenModel, built: &mut Built) -> Result<u64, Problem> {
        if !built.changes.iter().any(|change| change.breaking) {
            return Ok(0);
        }
        let unsatisfied = self.unsatisfied(seen, &built.model)?;
        if unsatisfied > 0 {
            let reason = format!(
                "{} {}",
                count(unsatisfied, "stored record"),
                either(
                    unsatisfied,
                    "does not satisfy it; it keeps its version and must satisfy this one at its next write",
                    "do not satisfy it; they keep their version and must satisfy this one at their next write"
                )
            );
            built.changes.push(FieldChange { kind: "records_unsatisfied".into(), field: String::new(), breaking: true, reason });
            let mut row = (*built.version).clone();
            row.changes.clone_from(&built.changes);
            built.version = Arc::new(row);
            built.model.version = built.version.clone();
        }
        Ok(unsatisfied)
    }

    /// How many living records a version would not accept, within the scan's time.
    fn unsatisfied(&self, seen: &SeenModel, next: &Model) -> Result<u64, Problem> {
        let validator = next.validator()?;
        let (mut count, mut after) = (0, None);
        let began = Instant::now();
        loop {
            let mut seen_rows = 0;
            self.inner.store.read(false, &mut |reader| {
                let walk = Walk { model: &seen.model, by: WalkBy::Id { after }, reverse: false, hint: None };
                reader.walk(&walk, &mut |_, record| {
                    seen_rows += 1;
                    after = Some(record.id);
                    if record.deleted_at.is_none() {
                        let now = Value::Object(document::decode(next, record.doc, &seen.old_labels));
                        count += u64::from(!validator.accepts(&now));
                    }
                    if seen_rows == 5_000 { ControlFlow::Break(()) } else { ControlFlow::Continue(()) }
                })
            })?;
            if seen_rows < 5_000 || began.elapsed() > self.inner.settings().records.scan_budget.time {
                return Ok(count);
            }
        }
    }

    fn plan_of(&self, seen: &SeenModel, registration: &Registration) -> Result<Value, Problem> {
        let mut built = build(registration, Some(&seen.model), &self.defaults(registration, Some(&seen.model)))?;
        let unsatisfied = self.weigh(seen, &mut built)?;
        let mut plan = plan(seen, &seen.model, &built.model, Some(unsatisfied));
        plan["changes"] = serde_json::to_value(&built.changes).unwrap_or_default();
        plan["breaking"] = built.changes.iter().any(|change| change.breaking).into();
        Ok(plan)
    }

    /// `new`: it was just made and holds nothing, so nothing is read. A connection that reads after a table was made reads the whole
    /// schema of the file anew.
    fn registered_model(&self, name: &str, created: bool, new: bool) -> Result<Registered, Problem> {
        let unseen = || Problem::new(Code::ModelUnknown, "the model is registered, but not for you to see");
        let entry = self.inner.catalog.read().model(name).cloned().ok_or_else(unseen)?;
        let seen = self.see(&entry)?.ok_or_else(unseen)?;
        let records = if new { none_yet(&seen) } else { self.count_records(&seen)? };
        Ok(Registered { model: self.model_answer(&entry, &seen, records)?, name: name.to_owned(), created, etag: etag(&seen) })
    }
}

/// The answer of a registration; runs on the writer after the catalog took it in.
pub(super) fn registered(session: &Session, command: Registering<Decide>, committed: Committed) -> Result<Registered, Problem> {
    let changed = !committed.changes.is_empty();
    let new = command.on.is_none();
    let name = model_of(session, &command, committed)?.head.name.to_string();
    session.registered_model(&name, changed, new)
}

/// The model a registration came to; where nothing was to change, as it is.
fn model_of(session: &Session, command: &Registering<Decide>, committed: Committed) -> Result<Arc<Model>, Problem> {
    let made = committed.changes.into_iter().find_map(|change| match change {
        Change::Registry(change) => change.new_model,
        _ => None,
    });
    let none = || Problem::new(Code::Internal, "a registration without a model");
    match (made, command.on) {
        (Some(model), _) => Ok(model),
        (None, Some((id, _))) => session.inner.catalog.read().model_by_id(id).cloned().ok_or_else(none)?.model(),
        (None, None) => Err(none()),
    }
}

/// What references have against a change: that they lead nowhere by now, or would.
fn against(catalog: &Catalog, old: &Model, built: &Built) -> Option<Decision> {
    if !lead_somewhere(&built.head, catalog) {
        return Some(Decision::Stale);
    }
    key_held(catalog, old, &built.head, &built.model).map(|problem| Decision::Refused(Box::new(problem)))
}

fn exists(name: &str) -> Problem {
    Problem::new(Code::ModelExists, format!("there is a model `{name}` already"))
        .suggest(format!("register its next version: PUT /api/registry/models/{name}"))
}

fn unrevised(built: &Built) -> Value {
    json!({ "head": built.head, "version": built.version.stamp })
}

fn unrevised_head(model: &Model) -> Value {
    json!({ "head": model.head, "version": model.version.stamp })
}

fn first_changes(built: Built, id: ModelId, now: i64) -> Vec<Change> {
    let Built { head, version, mut model, .. } = built;
    let mut row = (*version).clone();
    (row.model, row.created_at) = (id, now);
    let row = Arc::new(row);
    model.head = dmr_core::model::Head { id, created_at: now, updated_at: now, ..head };
    model.version = row.clone();
    let model = Arc::new(model);
    vec![version_change(&model, None), head_change(EntryKind::ModelRegister, None, &model)]
}

fn next_changes(old: &Arc<Model>, built: Built, kind: EntryKind, now: i64) -> Vec<Change> {
    let Built { head, version, mut model, is_new_version, .. } = built;
    let mut row = (*version).clone();
    if is_new_version {
        row.created_at = now;
    }
    model.head = dmr_core::model::Head { revision: head.revision + 1, updated_at: now, ..head };
    model.version = Arc::new(row);
    let model = Arc::new(model);
    let mut changes = Vec::new();
    if is_new_version {
        changes.push(version_change(&model, Some(old)));
    }
    changes.push(head_change(kind, Some(old), &model));
    changes
}

fn version_change(model: &Arc<Model>, old: Option<&Arc<Model>>) -> Change {
    Change::Registry(Box::new(RegistryChange {
        kind: EntryKind::VersionAdd,
        what: RegistryKind::Version,
        key: format!("{}/{}", model.id().0, model.version.stamp),
        before: None,
        after: serde_json::to_value(&*model.version).ok(),
        old_model: old.cloned(),
        new_model: Some(model.clone()),
    }))
}

fn head_change(kind: EntryKind, old: Option<&Arc<Model>>, model: &Arc<Model>) -> Change {
    Change::Registry(Box::new(RegistryChange {
        kind,
        what: RegistryKind::Model,
        key: model.id().0.to_string(),
        before: old.and_then(|old| serde_json::to_value(&old.head).ok()),
        after: serde_json::to_value(&model.head).ok(),
        old_model: old.cloned(),
        new_model: Some(model.clone()),
    }))
}

/// A sequence goes with its model.
fn ended(key: &str, reserved: &Value) -> Change {
    Change::Registry(Box::new(RegistryChange {
        kind: EntryKind::SequenceReserve,
        what: RegistryKind::Sequence,
        key: key.to_owned(),
        before: Some(reserved.clone()),
        after: None,
        old_model: None,
        new_model: None,
    }))
}

fn deleted(old: &Arc<Model>, now: i64) -> Change {
    let head = dmr_core::model::Head { deleted: true, revision: old.head.revision + 1, updated_at: now, ..old.head.clone() };
    Change::Registry(Box::new(RegistryChange {
        kind: EntryKind::ModelDelete,
        what: RegistryKind::Model,
        key: old.id().0.to_string(),
        before: serde_json::to_value(&old.head).ok(),
        after: serde_json::to_value(&head).ok(),
        old_model: Some(old.clone()),
        // The stores take a model that is marked deleted for the end of its layout.
        new_model: Model::compile(head, old.version.clone()).ok().map(Arc::new),
    }))
}

/// The refusal of a unique constraint that stored records break.
fn twice(model: &Model, records: &[dmr_core::record::Record]) -> Option<Problem> {
    if records.len() > MOST_CHECKED {
        let problem = Problem::new(Code::ScanBudget, "a unique constraint can be added to at most so many records");
        return Some(problem.budget("unique", MOST_CHECKED as u64, Some(records.len() as u64)));
    }
    let mut issues = Vec::new();
    for unique in &model.uniques {
        let mut seen = std::collections::HashSet::new();
        let live = records.iter().filter(|record| record.deleted_at.is_none());
        let double = live.filter_map(|record| unique.key(&record.doc)).filter(|key| !seen.insert(key.clone())).count() as u64;
        if double > 0 {
            let names: Vec<String> = unique.members.iter().map(|(ids, ..)| model.names(ids)).collect();
            let message = format!(
                "{} {} a value of {} that another has too",
                count(double, "record"),
                either(double, "has", "have"),
                names.join(", ")
            );
            issues.push(
                Issue::body("/unique", Code::UniqueTaken, message).suggest(format!("find them: group or sort by {}", names.join(", "))),
            );
        }
    }
    (!issues.is_empty()).then(|| Problem::of(Code::UniqueTaken, issues))
}
