//! The audit trail: a reading of the log, under the asker's rights of today (A1, A3).
//!
//! Entries about records of models the asker may not read, and of rows it may not see, are left out as if they were not there; of the
//! others it learns the names of those changed fields that it may read in that record. Entries about what is registered are shown to those
//! with the right to register it. That other entries exist shows in the gaps between positions: the right `audit` includes that much.

use super::Session;
use super::read::find;
use super::write::target;
use crate::cursor::Position;
use crate::page::Page;
use crate::pending::Pending;
use crate::seen::SeenModel;
use dmr_core::catalog::ModelEntry;
use dmr_core::change::RegistryKind;
use dmr_core::gate::{Check, Guard, NumberStyle, Rendering, write_record};
use dmr_core::json::raw;
use dmr_core::log::{Entry, EntryKind};
use dmr_core::model::ModelId;
use dmr_core::principal::Right;
use dmr_core::problem::nearest;
use dmr_core::record::{PrincipalId, RecordId, RecordRef};
use dmr_core::{Code, Issue, Object, Problem, Value, json, time};
use dmr_store::LogRange;
use serde_json::json;
use std::collections::HashMap;
use std::ops::ControlFlow;
use std::sync::Arc;
use std::time::Instant;

/// How many entries are read at one moment.
const SLICE: u32 = 10_000;
/// How many entries are taken up before they are held against the asker's rights.
const TAKEN: usize = 500;

/// Which entries of the audit trail.
#[derive(Debug, Clone, Default, PartialEq, Eq, Hash)]
pub struct AuditFilter {
    /// Only of this model.
    pub model: Option<String>,
    /// Only of this record: its `_id`, or the declared key of a living one; with `model`.
    pub record: Option<String>,
    /// Only by this principal: its id, or its name for those who may know it.
    pub user: Option<String>,
    /// Only of this operation: `create`, `model.register` ...
    pub operation: Option<String>,
    /// Only of at least this time, in microseconds since 1970 UTC.
    pub since: Option<i64>,
    /// Only of at most this time.
    pub until: Option<i64>,
    /// At most so many.
    pub limit: Option<usize>,
    /// From where to go on.
    pub cursor: Option<String>,
}

impl Session {
    /// Entries of the audit trail, newest first: `{bucket, position, at, by, operation, model, record, version, changed}`, and where the
    /// entry is not about a record `what` was registered, under which `key`. Needs the right `audit`.
    pub fn audit(&self, filter: AuditFilter) -> Pending<Page> {
        self.pending(|session| {
            let reading = Reading::new(session, &filter)?;
            session.apart(move |_| reading.page())
        })
    }
}

struct Reading {
    session: Session,
    range: LogRange,
    by: Option<PrincipalId>,
    kind: Option<EntryKind>,
    /// Of one record that is not there or not for this asker: nothing is.
    nothing: bool,
    limit: usize,
    question: Vec<u8>,
    models: HashMap<ModelId, Option<SeenModel>>,
    owners: HashMap<(ModelId, RecordId), Option<PrincipalId>>,
}

impl Reading {
    fn new(session: &Session, filter: &AuditFilter) -> Result<Self, Problem> {
        session.needs(Right::Audit)?;
        let mut issues = Vec::new();
        let kind = filter.operation.as_deref().and_then(|operation| kind_of(operation, &mut issues));
        let by = filter.user.as_deref().and_then(|user| session.user(user, &mut issues));
        if filter.record.is_some() && filter.model.is_none() {
            let issue = Issue::query("record", Code::ParameterValue, "`record` goes with `model`");
            issues.push(issue.suggest("model=<name>"));
        }
        if !issues.is_empty() {
            return Err(Problem::of(Code::ParameterValue, issues));
        }
        let model = filter.model.as_deref().map(|model| session.seen_model(model)).transpose()?;
        let record = match (&model, &filter.record) {
            (Some(of), Some(record)) => Some(session.record_called(of, record)?),
            _ => None,
        };
        let question = format!("audit{:?}{:?}", AuditFilter { cursor: None, limit: None, ..filter.clone() }, session.asker.id).into_bytes();
        let after = filter.cursor.as_deref().map(|cursor| session.inner.seal.open(&question, cursor)).transpose()?;
        let before = after.and_then(|position| position.sort_key.try_into().ok()).map(u64::from_be_bytes);
        let settings = &session.inner.settings().records;
        Ok(Self {
            range: LogRange {
                model: model.map(|of| of.model.id()),
                record: record.flatten(),
                before,
                since: filter.since,
                until: filter.until,
                reverse: true,
                ..LogRange::default()
            },
            session: session.clone(),
            by,
            kind,
            nothing: record == Some(None),
            limit: filter.limit.unwrap_or(settings.page_size).clamp(1, settings.max_page_size),
            question,
            models: HashMap::new(),
            owners: HashMap::new(),
        })
    }

    fn page(mut self) -> Result<Page, Problem> {
        let mut page = Page::default();
        let (mut last, began) = (0, Instant::now());
        let time = self.session.inner.settings().records.scan_budget.time;
        while !self.nothing {
            let (entries, finished) = self.take()?;
            for entry in &entries {
                let Some(item) = self.item(entry)? else { continue };
                if page.items.len() == self.limit {
                    let position = Position { sort_key: u64::to_be_bytes(last).to_vec(), ..Position::default() };
                    page.next = Some(self.session.inner.seal.close(&self.question, &position));
                    return Ok(page);
                }
                page.items.push(json::to_string(&item).into_bytes());
                last = entry.position;
            }
            if finished {
                break;
            }
            if began.elapsed() > time {
                let allowed = u64::try_from(time.as_millis()).unwrap_or(u64::MAX);
                return Err(Problem::new(Code::ScanBudget, "finding these entries takes longer than a question may")
                    .budget("records.scan_budget", allowed, None)
                    .suggest("ask for one `model`, or for a time with `since` and `until`"));
            }
        }
        Ok(page)
    }

    /// The next entries that were asked for, and whether there are no more.
    fn take(&mut self) -> Result<(Vec<Entry>, bool), Problem> {
        let (mut taken, mut read, mut before, mut finished) = (Vec::new(), 0, self.range.before, true);
        let (by, kind) = (self.by, self.kind);
        self.session.inner.store.read(false, &mut |reader| {
            reader.log(&self.range, &mut |entry| {
                read += 1;
                before = Some(entry.position);
                let asked = by.is_none_or(|by| by == entry.principal) && kind.is_none_or(|kind| kind == entry.kind);
                if asked && is_told(entry.kind) {
                    taken.push(entry.clone());
                }
                if read == SLICE || taken.len() == TAKEN {
                    finished = false;
                    return ControlFlow::Break(());
                }
                ControlFlow::Continue(())
            })
        })?;
        self.range.before = before;
        Ok((taken, finished))
    }

    fn item(&mut self, entry: &Entry) -> Result<Option<Value>, Problem> {
        if entry.kind.is_record() { self.record_item(entry) } else { Ok(self.registry_item(entry)) }
    }

    fn record_item(&mut self, entry: &Entry) -> Result<Option<Value>, Problem> {
        let Some(of) = self.model(entry.model)? else { return Ok(None) };
        let sight = if Check::RowsAudit.stands() { of.view.sight() } else { Guard::Always };
        let owner = match sight {
            Guard::Never => return Ok(None),
            Guard::Own => self.owner(&of, entry.record)?,
            Guard::Always if of.view.plain => Some(PrincipalId::default()),
            Guard::Always => self.owner(&of, entry.record)?,
        };
        let Some(owner) = owner.filter(|owner| sight.holds(*owner, self.session.asker.id)) else { return Ok(None) };
        let mut told = envelope(entry, Some(&of));
        told.insert("record".into(), entry.record.to_string().into());
        told.insert("version".into(), entry.version.into());
        told.insert("changed".into(), self.changed(&of, owner, entry).into());
        Ok(Some(Value::Object(told)))
    }

    /// The names of the changed fields that the asker sees: what the gate renders differs before and after.
    fn changed(&self, of: &SeenModel, owner: PrincipalId, entry: &Entry) -> Vec<String> {
        let (before, after): (&[u8], &[u8]) = match entry.kind {
            EntryKind::RecordCreate => (b"{}", &entry.body),
            EntryKind::RecordDelete | EntryKind::RecordPurge => return Vec::new(),
            _ => (raw::get(&entry.body, b"old").unwrap_or(b"{}"), raw::get(&entry.body, b"new").unwrap_or(b"{}")),
        };
        let (before, after) = (self.seen(of, owner, before), self.seen(of, owner, after));
        let mut names: Vec<String> =
            after.iter().filter(|(name, value)| before.get(*name) != Some(*value)).map(|(name, _)| name.clone()).collect();
        names.extend(before.keys().filter(|name| !after.contains_key(*name)).cloned());
        names
    }

    fn seen(&self, of: &SeenModel, owner: PrincipalId, doc: &[u8]) -> Object {
        let rendering = Rendering {
            model: &of.model,
            view: &of.view,
            asker: self.session.asker.id,
            selection: None,
            numbers: NumberStyle::Exact,
            system: false,
            old: &of.old_labels,
            check: Check::ColumnAudit,
        };
        let nobody = PrincipalId::default();
        let record = RecordRef {
            id: RecordId::default(),
            version: 0,
            stamp: 0,
            created_at: 0,
            updated_at: 0,
            created_by: nobody,
            updated_by: nobody,
            owner,
            deleted_at: None,
            doc,
        };
        let mut out = Vec::with_capacity(doc.len());
        write_record(&rendering, &record, &mut out);
        match raw::value(&out) {
            Value::Object(members) => members,
            _ => Object::new(),
        }
    }

    fn registry_item(&mut self, entry: &Entry) -> Option<Value> {
        let asker = &self.session.asker;
        let told = match entry.kind {
            EntryKind::PrincipalCreate
            | EntryKind::PrincipalChange
            | EntryKind::PrincipalDelete
            | EntryKind::RoleSet
            | EntryKind::KeyCreate
            | EntryKind::KeyDelete => asker.may(Right::Principals),
            EntryKind::SettingChange => asker.may(Right::Settings),
            _ => asker.may(Right::Register),
        };
        if !told {
            return None;
        }
        let of = self.model(entry.model).ok().flatten();
        let mut told = envelope(entry, of.as_ref());
        told.insert("record".into(), Value::Null);
        told.insert("version".into(), Value::Null);
        let body = raw::value(&entry.body);
        match body["what"].as_str().and_then(RegistryKind::find) {
            Some(what) => {
                told.insert("changed".into(), changed_members(what, &body["old"], &body["new"]).into());
                told.insert("what".into(), what.as_str().into());
                told.insert("key".into(), body["key"].clone());
            }
            None => {
                told.insert("changed".into(), json!([]));
                told.insert("what".into(), "quarantine".into());
                told.insert("key".into(), body["id"].clone());
            }
        }
        Some(Value::Object(told))
    }

    /// A model, deleted ones too, where the asker may know of it.
    fn model(&mut self, id: ModelId) -> Result<Option<SeenModel>, Problem> {
        if let Some(known) = self.models.get(&id) {
            return Ok(known.clone());
        }
        let entry: Option<Arc<ModelEntry>> = self.session.inner.catalog.read().model_by_id(id).cloned();
        let seen = match entry {
            Some(entry) => self.session.see(&entry)?,
            None => None,
        };
        self.models.insert(id, seen.clone());
        Ok(seen)
    }

    /// Whose a record is, or was: who made it.
    fn owner(&mut self, of: &SeenModel, record: RecordId) -> Result<Option<PrincipalId>, Problem> {
        let key = (of.model.id(), record);
        if let Some(known) = self.owners.get(&key) {
            return Ok(*known);
        }
        let mut owner = None;
        self.session.inner.store.read(false, &mut |reader| {
            owner = reader.record(&of.model, record)?.map(|record| record.owner);
            if owner.is_some() {
                return Ok(());
            }
            let range = LogRange { model: Some(key.0), record: Some(record), to_version: Some(1), ..LogRange::default() };
            reader.log(&range, &mut |entry| {
                owner = Some(entry.principal);
                ControlFlow::Break(())
            })
        })?;
        self.owners.insert(key, owner);
        Ok(owner)
    }
}

impl Session {
    /// A record of a filter; none where there is none for this asker.
    fn record_called(&self, of: &SeenModel, record: &str) -> Result<Option<RecordId>, Problem> {
        let Some(target) = target(of, record) else { return Ok(None) };
        let mut found = None;
        self.inner.store.read(false, &mut |reader| {
            found = find(reader, &of.model, &target)?;
            Ok(())
        })?;
        // One that is gone for good still has its history.
        Ok(found.map(|record| record.id).or_else(|| RecordId::parse(record)))
    }

    fn user(&self, user: &str, issues: &mut Vec<Issue>) -> Option<PrincipalId> {
        if let Some(id) = PrincipalId::parse(user) {
            return Some(id);
        }
        let catalog = self.inner.catalog.read();
        let known = catalog.people.principal_called(user).map(|principal| principal.id);
        let known = known.filter(|id| *id == self.asker.id || self.asker.may(Right::Principals));
        if known.is_none() {
            let issue = Issue::query("user", Code::ParameterValue, format!("there is no principal `{user}`"));
            issues.push(issue.suggest("the id of a principal"));
        }
        known
    }
}

/// What every item tells.
fn envelope(entry: &Entry, of: Option<&SeenModel>) -> Object {
    let mut told = Object::new();
    told.insert("bucket".into(), entry.bucket.into());
    told.insert("position".into(), entry.position.into());
    told.insert("at".into(), time::text(entry.time).into());
    told.insert("by".into(), entry.principal.to_string().into());
    told.insert("operation".into(), entry.kind.as_str().into());
    told.insert("model".into(), of.map(|of| of.model.head.name.to_string()).into());
    told
}

/// Outcomes of idempotency keys are the registry's own book-keeping, no operation of anybody.
fn is_told(kind: EntryKind) -> bool {
    kind.is_change() && kind != EntryKind::OutcomeKeep
}

fn kind_of(operation: &str, issues: &mut Vec<Issue>) -> Option<EntryKind> {
    let known = EntryKind::find(operation).filter(|kind| is_told(*kind));
    if known.is_none() {
        let names: Vec<&str> = EntryKind::ALL.iter().filter(|kind| is_told(**kind)).map(|kind| kind.as_str()).collect();
        let near = nearest(operation, names.iter().copied());
        let suggestions = if near.is_empty() { names.into_iter().map(str::to_owned).collect() } else { near };
        let issue = Issue::query("operation", Code::ParameterValue, format!("there is no operation `{operation}`"));
        issues.push(issue.suggest_all(suggestions));
    }
    known
}

/// The members of a registered thing that changed, as its description calls them.
fn changed_members(what: RegistryKind, old: &Value, new: &Value) -> Vec<String> {
    let none = Object::new();
    let (Some(new), old) = (new.as_object(), old.as_object().unwrap_or(&none)) else { return Vec::new() };
    let mut names: Vec<&str> = new.iter().filter(|(name, value)| old.get(*name) != Some(*value)).map(|(name, _)| name.as_str()).collect();
    names.extend(old.keys().filter(|name| !new.contains_key(*name)).map(String::as_str));
    let mut told: Vec<String> = names.into_iter().filter_map(|name| member_name(what, name)).map(str::to_owned).collect();
    told.dedup();
    told
}

/// What a stored member is called in descriptions; none for what the system keeps for itself.
fn member_name(what: RegistryKind, stored: &str) -> Option<&str> {
    match (what, stored) {
        (_, "id" | "revision" | "created_at" | "updated_at" | "hash") => None,
        (RegistryKind::Model, "next_index" | "next_field" | "key_unique" | "deleted") => None,
        (RegistryKind::Model, "stamp") => Some("version"),
        (RegistryKind::Model, "settings") => Some("fields"),
        (RegistryKind::Version, "model" | "stamp") => None,
        (RegistryKind::Setting, "by" | "at") => None,
        (_, name) => Some(name),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn members_are_told_as_descriptions_call_them() {
        let old = json!({ "id": 1, "revision": 1, "stamp": 1, "tags": ["a"], "settings": {} });
        let new = json!({ "id": 1, "revision": 2, "stamp": 2, "tags": ["a"], "settings": { "1": {} }, "description": "x" });
        assert_eq!(changed_members(RegistryKind::Model, &old, &new), ["version", "fields", "description"]);
        assert_eq!(changed_members(RegistryKind::Key, &Value::Null, &json!({ "id": "x", "hash": "y", "name": "z" })), ["name"]);
        assert!(changed_members(RegistryKind::Key, &json!({ "name": "z" }), &Value::Null).is_empty());
    }
}
