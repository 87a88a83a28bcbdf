//! What changes do: the same rules as the memory store's, as statements that are sent later.

use super::batch::{Batch, Expects, Line, Statement, Step, statement};
use super::fault::Fault;
use super::key::{cut, hold, whole};
use dmr_core::change::{Change, Outcome, QuarantineChange, RecordChange, RegistryChange, RegistryKind};
use dmr_core::log::{self, About, By};
use dmr_core::model::{Model, ModelId, Storage};
use dmr_core::record::{Record, RecordId};
use dmr_core::{Code, Problem, Value, json};

impl Batch<'_> {
    /// Takes in the changes of one command. After an error the batch is not to be used any more.
    pub fn apply(&mut self, changes: &[Change], by: By) -> Result<(), Fault> {
        for change in changes {
            match change {
                Change::Record(change) => self.record_changed(change)?,
                Change::Registry(change) => self.register(change)?,
                Change::Quarantine(change) => self.set_aside(change),
                Change::Outcome(outcome) => self.keep_outcome(outcome, by.time),
            }
            let about = About::of(change);
            let body = log::encode(change).into_owned();
            let leaf = about.leaf(by, &body);
            self.touched.0.insert(about.model);
            self.touched.1.insert((about.model, about.record));
            self.lines.push(Line { about, by, leaf, body });
        }
        Ok(())
    }

    /// Keeps a note or forgets it; no change of state.
    pub fn set_note(&mut self, name: &str, value: Option<&Value>) {
        let name = name.to_owned();
        self.then(match value {
            Some(value) => statement!(
                "INSERT INTO dmr_note(tenant_id, name, value) VALUES(1, $1, $2) \
                 ON CONFLICT(tenant_id, name) DO UPDATE SET value = excluded.value",
                Expects::Anything,
                name,
                json::to_string(value)
            ),
            None => statement!("DELETE FROM dmr_note WHERE tenant_id = 1 AND name = $1", Expects::Anything, name),
        });
    }

    pub(super) fn then(&mut self, statement: Statement) {
        self.steps.push(Step::Statement(statement));
    }

    fn record_changed(&mut self, change: &RecordChange) -> Result<(), Fault> {
        let model = &change.model;
        match (&change.before, &change.after) {
            (None, Some(after)) => self.then(inserted(model.id(), after)?),
            (Some(before), Some(after)) => self.then(updated(model.id(), before, after)?),
            (Some(before), None) => self.then(removed(model.id(), before)),
            (None, None) => return Ok(()),
        }
        self.known.borrow_mut().records.insert((model.id(), change.id()), change.after.clone());
        let before = change.before.as_ref().filter(|record| record.deleted_at.is_none());
        let after = change.after.as_ref().filter(|record| record.deleted_at.is_none());
        self.move_entries(model, change.id(), before, after);
        self.move_uniques(model, change.id(), before, after);
        let (live, deleted) = self.tallies.entry(model.id()).or_default();
        for (record, by) in [(&change.before, -1), (&change.after, 1)] {
            match record {
                Some(record) if record.deleted_at.is_some() => *deleted += by,
                Some(_) => *live += by,
                None => {}
            }
        }
        Ok(())
    }

    fn move_entries(&mut self, model: &Model, id: RecordId, before: Option<&Record>, after: Option<&Record>) {
        for index in &model.indexes {
            let old = before.map(|record| index.key(&record.as_ref()));
            let new = after.map(|record| index.key(&record.as_ref()));
            if old == new {
                continue;
            }
            if let Some(old) = old {
                self.then(statement!(
                    "DELETE FROM dmr_entry WHERE tenant_id = 1 AND model = $1 AND idx = $2 AND head = $3 AND record = $4",
                    Expects::Anything,
                    i64::from(model.id().0),
                    i64::from(index.id),
                    cut(&old).0.to_vec(),
                    id.0.to_vec()
                ));
            }
            if let Some(new) = new {
                self.then(entry_made(model.id(), index.id, &new, id));
            }
        }
    }

    fn move_uniques(&mut self, model: &Model, id: RecordId, before: Option<&Record>, after: Option<&Record>) {
        for unique in &model.uniques {
            let old = before.and_then(|record| unique.key(&record.doc));
            let new = after.and_then(|record| unique.key(&record.doc));
            if old == new {
                continue;
            }
            if let Some(old) = old {
                self.then(statement!(
                    "DELETE FROM dmr_unique_key WHERE tenant_id = 1 AND model = $1 AND rule = $2 AND hold = $3",
                    Expects::Anything,
                    i64::from(model.id().0),
                    i64::from(unique.id),
                    hold(&old)
                ));
                self.known.borrow_mut().uniques.insert((model.id(), unique.id, old), None);
            }
            if let Some(new) = new {
                self.then(unique_made(model.id(), unique.id, &new, id));
                self.known.borrow_mut().uniques.insert((model.id(), unique.id, new), Some(id));
            }
        }
    }

    fn register(&mut self, change: &RegistryChange) -> Result<(), Fault> {
        let (what, key) = (change.what.as_str(), change.key.clone());
        self.then(match &change.after {
            Some(after) => statement!(
                "INSERT INTO dmr_registry(tenant_id, what, key, body) VALUES(1, $1, $2, $3) \
                 ON CONFLICT(tenant_id, what, key) DO UPDATE SET body = excluded.body",
                Expects::Anything,
                what,
                key,
                json::to_string(after)
            ),
            None => statement!("DELETE FROM dmr_registry WHERE tenant_id = 1 AND what = $1 AND key = $2", Expects::Anything, what, key),
        });
        if change.what != RegistryKind::Model {
            return Ok(());
        }
        let gone = change.after.is_none() || change.new_model.as_ref().is_some_and(|model| model.head.deleted);
        let of = change.new_model.as_ref().or(change.old_model.as_ref());
        match (of, &change.new_model) {
            (Some(model), _) if gone => self.drop_model(model.id()),
            (_, Some(new)) if new.storage() == Storage::Structured => return Err(Fault::Command(structured())),
            (_, Some(new)) => self.lay_out(change.old_model.as_deref(), new),
            _ => return Err(Fault::Command(Problem::new(Code::Internal, "a change of a model came without the model"))),
        }
        Ok(())
    }

    fn set_aside(&mut self, change: &QuarantineChange) {
        let row = &change.row;
        let id = row.id.0.to_vec();
        self.then(if change.added {
            statement!(
                "INSERT INTO dmr_quarantine(tenant_id, id, ingest, model, line, byte, code, message, raw) \
                 VALUES(1, $1, $2, $3, $4, $5, $6, $7, $8)",
                Expects::Anything,
                id,
                row.ingest.0.to_vec(),
                i64::from(row.model.0),
                row.line.cast_signed(),
                row.byte.cast_signed(),
                row.code.clone(),
                row.message.clone(),
                row.raw.clone()
            )
        } else {
            statement!("DELETE FROM dmr_quarantine WHERE tenant_id = 1 AND id = $1", Expects::Anything, id)
        });
        self.known.borrow_mut().quarantined.insert(row.id, change.added.then(|| row.clone()));
    }

    /// Keeps an outcome and forgets those that have expired: as of the entry's time, so that replay forgets the same.
    fn keep_outcome(&mut self, outcome: &Outcome, now: i64) {
        self.then(statement!("DELETE FROM dmr_outcome WHERE tenant_id = 1 AND expires_at <= $1", Expects::Anything, now));
        self.then(statement!(
            "INSERT INTO dmr_outcome(tenant_id, scope, request, expires_at, answer) VALUES(1, $1, $2, $3, $4) \
             ON CONFLICT(tenant_id, scope) DO UPDATE SET request = excluded.request, expires_at = excluded.expires_at, answer = excluded.answer",
            Expects::Anything,
            outcome.scope.to_vec(),
            outcome.request.to_vec(),
            outcome.expires_at,
            json::to_string(&outcome.answer)
        ));
        let mut known = self.known.borrow_mut();
        known.forgotten = Some(now);
        known.outcomes.retain(|_, kept| kept.as_ref().is_none_or(|kept| kept.expires_at > now));
        known.outcomes.insert(outcome.scope, Some(outcome.clone()));
    }
}

fn inserted(model: ModelId, record: &Record) -> Result<Statement, Fault> {
    Ok(statement!(
        "INSERT INTO dmr_record(tenant_id, model, id, version, stamp, created_at, updated_at, created_by, updated_by, owner, deleted_at, doc) \
         VALUES(1, $1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11)",
        Expects::Record(record.id),
        i64::from(model.0),
        record.id.0.to_vec(),
        record.version.cast_signed(),
        i64::from(record.stamp),
        record.created_at,
        record.updated_at,
        record.created_by.0.to_vec(),
        record.updated_by.0.to_vec(),
        record.owner.0.to_vec(),
        record.deleted_at,
        text(&record.doc)?
    ))
}

fn updated(model: ModelId, before: &Record, after: &Record) -> Result<Statement, Fault> {
    Ok(statement!(
        "UPDATE dmr_record SET version = $4, stamp = $5, updated_at = $6, updated_by = $7, owner = $8, deleted_at = $9, doc = $10 \
         WHERE tenant_id = 1 AND model = $1 AND id = $2 AND version = $3",
        Expects::Record(after.id),
        i64::from(model.0),
        after.id.0.to_vec(),
        before.version.cast_signed(),
        after.version.cast_signed(),
        i64::from(after.stamp),
        after.updated_at,
        after.updated_by.0.to_vec(),
        after.owner.0.to_vec(),
        after.deleted_at,
        text(&after.doc)?
    ))
}

fn removed(model: ModelId, before: &Record) -> Statement {
    statement!(
        "DELETE FROM dmr_record WHERE tenant_id = 1 AND model = $1 AND id = $2 AND version = $3",
        Expects::Record(before.id),
        i64::from(model.0),
        before.id.0.to_vec(),
        before.version.cast_signed()
    )
}

/// Puts a record into an index.
pub(super) fn entry_made(model: ModelId, index: u32, key: &[u8], id: RecordId) -> Statement {
    let (head, rest) = cut(key);
    statement!(
        "INSERT INTO dmr_entry(tenant_id, model, idx, head, rest, record) VALUES(1, $1, $2, $3, $4, $5)",
        Expects::Anything,
        i64::from(model.0),
        i64::from(index),
        head.to_vec(),
        rest.to_vec(),
        id.0.to_vec()
    )
}

/// Gives a record a unique key.
pub(super) fn unique_made(model: ModelId, constraint: u32, key: &[u8], id: RecordId) -> Statement {
    statement!(
        "INSERT INTO dmr_unique_key(tenant_id, model, rule, hold, whole, record) VALUES(1, $1, $2, $3, $4, $5)",
        Expects::Anything,
        i64::from(model.0),
        i64::from(constraint),
        hold(key),
        whole(key),
        id.0.to_vec()
    )
}

fn text(doc: &[u8]) -> Result<String, Fault> {
    let text = std::str::from_utf8(doc).map_err(|_| Problem::new(Code::Internal, "a document is not UTF-8"))?;
    Ok(text.to_owned())
}

fn structured() -> Problem {
    Problem::new(Code::BehaviourUnavailable, "structured storage is not built for PostgreSQL")
        .suggest("Register the model as flexible: its indexes and constraints are the same")
}
